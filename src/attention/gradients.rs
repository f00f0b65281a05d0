//! The loss of an attention layer, and its gradient with respect to the form W = WqWkᵀ of the scores.
//!
//! A [`Task`] has queries X* (n*×d), keys X (n×d), values V (n×m) and targets T (n*×m). The loss is the mean square
//! over every entry, L = ‖AV − T‖²/(n*m); an [`Objective`] gives L and D = ∂L/∂W (d×d). The scores see nothing but W,
//! so how D moves Wq and Wk is the business of whoever holds them: ∂L/∂Wq = DWk and ∂L/∂Wk = DᵀWq. With R = 2(AV −
//! T)/(n*m) the slope at the scores is RVᵀ for linear attention and A ∘ (RVᵀ − rowsums(A ∘ RVᵀ)) for softmax.
//!
//! ```
//! use attention_regression::attention::gradients::{Objective, Task};
//! use attention_regression::attention::{Diagonal, Normalisation};
//! use attention_regression::{Mat, data, linalg};
//!
//! let data = data::synthetic(1).standardised()?.centred();
//! let task = Task::regression(data.train.x.as_ref(), data.train.y.as_ref());
//! let mut objective = Objective::new(task, Normalisation::Softmax { temperature: 1.0 }, Diagonal::Masked)?;
//! let (form, mut gradient) = (Mat::<f64>::identity(8, 8), Mat::zeros(8, 8));
//! let loss = objective.evaluate(form.as_ref(), gradient.as_mut());
//! // A small step against the gradient lowers the loss by the square of its norm.
//! let moved = Mat::from_fn(8, 8, |i, j| form[(i, j)] - 1e-6 * gradient[(i, j)]);
//! let slope = (loss - objective.evaluate(moved.as_ref(), Mat::zeros(8, 8).as_mut())) / 1e-6;
//! assert!((slope / linalg::frobenius_norm(gradient.as_ref()).powi(2) - 1.0).abs() < 1e-4);
//! # Ok::<(), attention_regression::Error>(())
//! ```

mod linear;
mod softmax;

use faer::{MatMut, MatRef};

use super::{Diagonal, Normalisation};
use crate::Result;
use crate::linalg::check_finite;

/// What an attention layer is asked, and what it should answer.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    /// X*, the rows that ask, n*×d.
    pub queries: MatRef<'a, f64>,
    /// X, the rows that answer, n×d.
    pub keys: MatRef<'a, f64>,
    /// V, what they answer with, n×m.
    pub values: MatRef<'a, f64>,
    /// T, what is wanted, n*×m.
    pub targets: MatRef<'a, f64>,
}

impl<'a> Task<'a> {
    /// The post's: rows ask one another for the targets that they carry.
    pub fn regression(x: MatRef<'a, f64>, y: MatRef<'a, f64>) -> Self {
        Self { queries: x, keys: x, values: y, targets: y }
    }
}

/// L and ∂L/∂W as functions of W, with all memory that an evaluation needs.
#[derive(Debug)]
pub struct Objective(Kind);

#[derive(Debug)]
enum Kind {
    Softmax(softmax::Softmax),
    Linear(linear::Linear),
    MaskedLinear(linear::Masked),
}

impl Objective {
    /// Copies what it needs of the task: all rows for softmax, a triangular factor of d + m rows for linear attention.
    ///
    /// # Errors
    /// [`Error::Empty`](crate::Error::Empty), [`Error::NotFinite`](crate::Error::NotFinite), and what the normalisation
    /// cannot do.
    pub fn new(task: Task<'_>, normalisation: Normalisation, diagonal: Diagonal) -> Result<Self> {
        assert_eq!(task.queries.ncols(), task.keys.ncols(), "queries and keys of one width");
        assert_eq!(
            (task.keys.nrows(), task.queries.nrows()),
            (task.values.nrows(), task.targets.nrows()),
            "a value for each key, a target for each query"
        );
        assert_eq!(task.values.ncols(), task.targets.ncols(), "values and targets of one width");
        assert!(
            diagonal == Diagonal::Kept || task.queries.nrows() == task.keys.nrows(),
            "a masked diagonal needs queries and keys of the same rows"
        );
        for (what, matrix) in [
            ("the queries", task.queries),
            ("the keys", task.keys),
            ("the values", task.values),
            ("the targets", task.targets),
        ] {
            check_finite(what, matrix)?;
        }
        Ok(Self(match (normalisation, diagonal) {
            (Normalisation::Softmax { temperature }, diagonal) => {
                Kind::Softmax(softmax::Softmax::new(task, temperature, diagonal)?)
            }
            (Normalisation::Linear { scale }, Diagonal::Kept) => Kind::Linear(linear::Linear::new(task, scale)),
            (Normalisation::Linear { scale }, Diagonal::Masked) => Kind::MaskedLinear(linear::Masked::new(task, scale)),
        }))
    }

    /// L at the form W, and D = ∂L/∂W written to `gradient`, both d×d. Allocates nothing. Where a number overflowed, L
    /// is not finite.
    pub fn evaluate(&mut self, form: MatRef<'_, f64>, gradient: MatMut<'_, f64>) -> f64 {
        match &mut self.0 {
            Kind::Softmax(softmax) => softmax.evaluate(form, gradient),
            Kind::Linear(linear) => linear.evaluate(form, gradient),
            Kind::MaskedLinear(masked) => masked.evaluate(form, gradient),
        }
    }
}
