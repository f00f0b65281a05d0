//! The post's experiment on one data set: every variant of attention against ridge regression, in outputs and in
//! mechanism.
//!
//! [`Comparison::new`] brings a data set to scale and fits ridge. [`Comparison::runs`] trains every [`Variant`] from
//! every seed, and says in an [`Outcome`] how far each came out from ridge; [`Comparison::train`] and
//! [`Comparison::outcome`] are its two steps. Errors are in units of the targets' training variance.
//!
//! What is linear sees the n training rows through their factor, and costs O(d³) once it is there, at any n. Softmax
//! attends to a context: all training rows, or of more than [`Settings::context`] a seeded sample; no n×n matrix is
//! larger.
//!
//! ```
//! use attention_regression::data;
//! use attention_regression::experiment::{Comparison, Scores, Settings, Variant};
//!
//! let comparison = Comparison::new(data::synthetic(1), Settings::default())?;
//! for run in comparison.runs(&Variant::grid(), &[1], 2, &|_| ()) {
//!     let (_, outcome) = run.result?;
//!     assert_eq!(outcome.test.output_gap < 0.01, run.variant.scores == Scores::Linear);
//! }
//! # Ok::<(), attention_regression::Error>(())
//! ```

mod baseline;
mod outcome;
mod prediction;
mod run;
mod settings;
mod smoother;
mod train;
mod variant;

use faer::{Mat, MatRef};

pub use baseline::{Baseline, Leverages};
pub use outcome::{Agreement, Errors, Outcome};
pub use run::Run;
pub use settings::Settings;
pub use variant::{Scores, Variant};

use crate::data::{Dataset, Factor, Table, Units, split};
use crate::linalg::{self, Resolution};
use crate::regression::{Ridge, hat_matrix_resolved};
use crate::whitening::{Divisor, Root, Whitening};
use crate::{Error, Result};

/// A data set on scale, with the baseline fitted.
#[derive(Debug)]
pub struct Comparison {
    settings: Settings,
    data: Dataset,
    units: Units,
    resolution: Resolution,
    factor: Factor,
    test_factor: Factor,
    ridge: Ridge,
    /// The training rows that softmax attends to, and the test rows; the same, whitened.
    context: Dataset,
    white: Dataset,
    /// Numbers of those training rows, where they are not all.
    context_rows: Option<Vec<usize>>,
    whitening: Mat<f64>,
    hat: Mat<f64>,
    /// An orthonormal basis of the column space of those rows.
    basis: Mat<f64>,
    /// C with H = QCQᵀ on all training rows X = QR, R their factor.
    hat_in_factor: Mat<f64>,
}

impl Comparison {
    /// Brings the data to scale, factors them, fits ridge and whitens the rows that softmax will see.
    ///
    /// # Errors
    /// [`Error::ConstantColumn`] and [`Error::BeyondNumbers`], [`Error::Overflow`], [`Error::InvalidWidth`], and those
    /// of [`Ridge::fit`] and of a whitening.
    pub fn new(data: Dataset, settings: Settings) -> Result<Self> {
        let (data, units, resolution) = data.scaled(settings.scaling)?;
        let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
        if let Some(width) = settings.width.filter(|&width| width == 0 || width > x.ncols()) {
            return Err(Error::InvalidWidth { width, features: x.ncols() });
        }
        let factor = Factor::of(x, y)?;
        let test_factor = Factor::of(data.test.x.as_ref(), data.test.y.as_ref())?;
        let ridge = Ridge::fit_resolved(factor.x.as_ref(), factor.y.as_ref(), settings.penalty, &resolution)?;
        let whitening = Whitening::of_factor(factor.x.as_ref(), Divisor::N.of(x.nrows()), Root::Zca, &resolution)?;
        let hat_in_factor = hat_matrix_resolved(factor.x.as_ref(), settings.penalty, &resolution)?;
        let many = x.nrows() > settings.context;
        let context_rows = many.then(|| split::sample(x.nrows(), settings.context, settings.seed));
        let (context, resolved) = match &context_rows {
            Some(rows) => (Dataset { train: data.train.rows(rows), ..data.clone() }, resolution.sampled(rows.len())),
            None => (data.clone(), resolution.clone()),
        };
        let apply = |table: &Table| Table { x: &table.x * &whitening, y: table.y.clone() };
        let white = Dataset { train: apply(&context.train), test: apply(&context.test), ..context.clone() };
        let hat = hat_matrix_resolved(context.train.x.as_ref(), settings.penalty, &resolved)?;
        let basis = linalg::orthonormal_basis(context.train.x.as_ref())?;
        Ok(Self {
            settings,
            data,
            units,
            resolution,
            factor,
            test_factor,
            ridge,
            context,
            white,
            context_rows,
            whitening,
            hat,
            basis,
            hat_in_factor,
        })
    }

    /// The data on scale.
    pub fn data(&self) -> &Dataset {
        &self.data
    }

    /// The means and scales that brought the data to scale.
    pub fn units(&self) -> &Units {
        &self.units
    }

    /// How far the features on scale are to be trusted.
    pub fn resolution(&self) -> &Resolution {
        &self.resolution
    }

    /// The settings of the comparison.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The baseline, fitted on the factor of the training rows: its coefficients are theirs, its fitted values are not.
    pub fn ridge(&self) -> &Ridge {
        &self.ridge
    }

    /// Ridge or, with a penalty of 0, least squares, with what is reported of it.
    ///
    /// # Errors
    /// Those of [`Ridge::fit`].
    pub fn baseline(&self, penalty: f64) -> Result<Baseline> {
        Baseline::of(self, penalty)
    }

    /// The factor of the training rows.
    pub fn factor(&self) -> &Factor {
        &self.factor
    }

    /// The data on scale, of the training rows those that softmax attends to.
    pub fn context(&self) -> &Dataset {
        &self.context
    }

    /// The numbers of the training rows that softmax attends to, where they are a sample.
    pub fn context_rows(&self) -> Option<&[usize]> {
        self.context_rows.as_deref()
    }

    /// K, with which rows X become whitened rows XK; d×d.
    pub fn whitening(&self) -> MatRef<'_, f64> {
        self.whitening.as_ref()
    }

    /// The hat matrix H of the baseline on the rows that softmax attends to, n×n.
    pub fn hat(&self) -> MatRef<'_, f64> {
        self.hat.as_ref()
    }

    /// The rows that a variant sees, whitened or not; of the training rows those that softmax attends to.
    pub fn rows(&self, variant: Variant) -> &Dataset {
        if variant.whitened { &self.white } else { &self.context }
    }

    /// p, the columns of Wq and Wk.
    pub fn width(&self) -> usize {
        self.settings.width_for(self.data.train.d())
    }
}
