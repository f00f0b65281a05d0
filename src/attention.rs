//! Attention: values averaged with weights that come from products of queries and keys.
//!
//! Rows X* (n*×d) ask, rows X (n×d) answer. A [`Head`] holds Wq and Wk (d×p), queries are Q = X*Wq, keys K = XWk,
//! [`scores`] S = QKᵀ (n*×n). [`softmax`] attention weighs values by softmax rows of S/τ, [`linear`] attention by S
//! times a number. With values V = Y an attention layer predicts targets, as a regression does. [`gradients`] says how
//! its error moves with the form.
//!
//! ```
//! use attention_regression::attention::{Diagonal, Head, Normalisation};
//! use attention_regression::data;
//!
//! let data = data::sine(1);
//! let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
//! let head = Head::identity(x.ncols());
//! let (queries, keys) = (head.queries(x), head.keys(x));
//! let softmax = Normalisation::Softmax { temperature: 1.0 };
//! let weights = softmax.weights(queries.as_ref(), keys.as_ref(), Diagonal::Kept)?;
//! let predictions = softmax.output(queries.as_ref(), keys.as_ref(), y, Diagonal::Kept)?;
//! assert_eq!((weights.ncols(), predictions.nrows()), (x.nrows(), x.nrows()));
//! # Ok::<(), attention_regression::Error>(())
//! ```

pub mod gradients;
pub mod linear;
mod row;
pub mod softmax;

use faer::{Mat, MatRef};
use serde::{Deserialize, Serialize};

use crate::Result;

/// What makes weights of scores.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Normalisation {
    /// Softmax of the rows of QKᵀ/τ.
    Softmax {
        /// τ.
        temperature: f64,
    },
    /// A number times QKᵀ.
    Linear {
        /// The number.
        scale: f64,
    },
}

impl Normalisation {
    /// AV, n*×m.
    ///
    /// # Errors
    /// Those of [`softmax::output`].
    pub fn output(
        self,
        queries: MatRef<'_, f64>,
        keys: MatRef<'_, f64>,
        values: MatRef<'_, f64>,
        diagonal: Diagonal,
    ) -> Result<Mat<f64>> {
        match self {
            Self::Softmax { temperature } => softmax::output(queries, keys, values, temperature, diagonal),
            Self::Linear { scale } => Ok(linear::output(queries, keys, values, scale, diagonal)),
        }
    }

    /// A, n*×n.
    ///
    /// # Errors
    /// Those of [`softmax::weights`].
    pub fn weights(self, queries: MatRef<'_, f64>, keys: MatRef<'_, f64>, diagonal: Diagonal) -> Result<Mat<f64>> {
        match self {
            Self::Softmax { temperature } => softmax::weights(queries, keys, temperature, diagonal),
            Self::Linear { scale } => Ok(linear::weights(queries, keys, scale, diagonal)),
        }
    }
}

/// Whether a row may attend to itself, where queries and keys are the same rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Diagonal {
    /// It may.
    Kept,
    /// Its own weight is zero.
    Masked,
}

/// The query and key weights of one attention head.
#[derive(Debug, Clone)]
pub struct Head {
    query_weights: Mat<f64>,
    key_weights: Mat<f64>,
}

impl Head {
    /// Separate weights Wq and Wk, both d×p.
    pub fn separate(query_weights: Mat<f64>, key_weights: Mat<f64>) -> Self {
        let (q, k) = ((query_weights.nrows(), query_weights.ncols()), (key_weights.nrows(), key_weights.ncols()));
        assert_eq!(q, k, "query and key weights of one shape");
        Self { query_weights, key_weights }
    }

    /// One matrix W, d×p, for queries and keys.
    pub fn tied(weights: Mat<f64>) -> Self {
        Self { key_weights: weights.clone(), query_weights: weights }
    }

    /// The form itself: Wq = W, Wk = I.
    pub fn merged(form: Mat<f64>) -> Self {
        let d = form.ncols();
        Self::separate(form, Mat::identity(d, d))
    }

    /// Wq = Wk = I.
    pub fn identity(d: usize) -> Self {
        Self::tied(Mat::identity(d, d))
    }

    /// Wq and Wk, both times a number.
    pub fn scaled(&self, factor: f64) -> Self {
        Self::separate(&self.query_weights * faer::Scale(factor), &self.key_weights * faer::Scale(factor))
    }

    /// Wq, d×p.
    pub fn query_weights(&self) -> MatRef<'_, f64> {
        self.query_weights.as_ref()
    }

    /// Wk, d×p.
    pub fn key_weights(&self) -> MatRef<'_, f64> {
        self.key_weights.as_ref()
    }

    /// X*Wq, n*×p.
    pub fn queries(&self, x: MatRef<'_, f64>) -> Mat<f64> {
        x * &self.query_weights
    }

    /// XWk, n×p.
    pub fn keys(&self, x: MatRef<'_, f64>) -> Mat<f64> {
        x * &self.key_weights
    }

    /// WqWkᵀ, d×d: the bilinear form of the scores, all that they depend on.
    pub fn form(&self) -> Mat<f64> {
        &self.query_weights * self.key_weights.transpose()
    }

    /// p, the width of the head.
    pub fn width(&self) -> usize {
        self.key_weights.ncols()
    }
}

/// S = QKᵀ, n*×n.
pub fn scores(queries: MatRef<'_, f64>, keys: MatRef<'_, f64>) -> Mat<f64> {
    assert_eq!(queries.ncols(), keys.ncols(), "queries and keys of one width");
    queries * keys.transpose()
}

/// Queries, keys and values that belong together, or a panic with their shapes.
fn check_shapes(queries: MatRef<'_, f64>, keys: MatRef<'_, f64>, values: MatRef<'_, f64>, diagonal: Diagonal) {
    assert_eq!(queries.ncols(), keys.ncols(), "queries and keys of one width");
    assert_eq!(keys.nrows(), values.nrows(), "as many values as keys");
    if diagonal == Diagonal::Masked {
        assert_eq!(queries.nrows(), keys.nrows(), "a masked diagonal needs queries and keys of the same rows");
    }
}
