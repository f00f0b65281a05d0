//! Data: what is fitted, and on what it is tested.
//!
//! [`synthetic()`] has known weights and correlated columns, [`sine()`] a nonlinear truth; [`diabetes`] and
//! [`linnerud`] are real tables, [`digits`] are pictures, [`series`] were measured through time. All randomness is
//! seeded ChaCha8 through libm's functions: the same digits on every machine.
//!
//! ```
//! use attention_regression::data;
//!
//! let data = data::synthetic(1).standardised()?.centred();
//! assert_eq!((data.train.x.ncols(), data.train.y.ncols()), (8, 1));
//! let (table, names) = data::diabetes::raw()?;
//! assert_eq!((table.n(), table.d(), names.len()), (442, 10, 10));
//! # Ok::<(), attention_regression::Error>(())
//! ```

pub mod built_in;
pub mod diabetes;
pub mod digits;
pub mod factor;
pub mod linnerud;
pub mod random;
pub mod series;
pub mod sine;
pub mod split;
pub mod synthetic;
pub mod units;
mod vendored;

use faer::{Mat, MatRef};

pub use built_in::BUILT_IN;
pub use factor::Factor;
pub use sine::{sine, sine_of_projection};
pub use split::Split;
pub use synthetic::{Synthetic, synthetic};
pub use units::{Scaling, Units};

use crate::linalg::{self, Moments};
use crate::{Error, Result};

/// Rows with their targets: X is n×d, Y is n×m.
#[derive(Debug, Clone)]
pub struct Table {
    /// Features.
    pub x: Mat<f64>,
    /// Targets.
    pub y: Mat<f64>,
}

impl Table {
    /// The number of rows.
    pub fn n(&self) -> usize {
        self.x.nrows()
    }

    /// The number of features.
    pub fn d(&self) -> usize {
        self.x.ncols()
    }

    /// The rows with these numbers, in this order.
    pub fn rows(&self, rows: &[usize]) -> Self {
        Self { x: linalg::select_rows(self.x.as_ref(), rows), y: linalg::select_rows(self.y.as_ref(), rows) }
    }
}

/// A training and a test part of one table.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// What it is called in figures and tables.
    pub name: String,
    /// Names of the features.
    pub features: Vec<String>,
    /// Names of the targets.
    pub targets: Vec<String>,
    /// What is fitted.
    pub train: Table,
    /// What it is tested on.
    pub test: Table,
    /// The weights that made the targets, d×m, where they are known.
    pub truth: Option<Mat<f64>>,
}

impl Dataset {
    /// X and Y minus their training means: what a fit without intercept needs.
    pub fn centred(&self) -> Self {
        let (x, y) = (linalg::moments(self.train.x.as_ref()), linalg::moments(self.train.y.as_ref()));
        self.map(|table| Table { x: linalg::centred(table.x.as_ref(), &x), y: linalg::centred(table.y.as_ref(), &y) })
    }

    /// X minus its training means, divided by its training standard deviations (over n); Y as it is.
    ///
    /// # Errors
    /// [`Error::ConstantColumn`] for a feature that does not vary on the training part.
    pub fn standardised(&self) -> Result<Self> {
        let moments = linalg::moments(self.train.x.as_ref());
        if let Some(constant) = moments.iter().position(Moments::is_constant) {
            return Err(Error::ConstantColumn { column: self.features[constant].clone() });
        }
        let scaled = |x: &Mat<f64>| Mat::from_fn(x.nrows(), x.ncols(), |i, j| moments[j].standardised(x[(i, j)], 1.0));
        let mut standardised = self.map(|table| Table { x: scaled(&table.x), y: table.y.clone() });
        // The known weights belong to the columns as they were.
        standardised.truth = standardised
            .truth
            .map(|truth| Mat::from_fn(truth.nrows(), truth.ncols(), |j, t| truth[(j, t)] * moments[j].deviation()));
        Ok(standardised)
    }

    fn map(&self, f: impl Fn(&Table) -> Table) -> Self {
        Self { train: f(&self.train), test: f(&self.test), ..self.clone() }
    }
}

/// Standard deviations of the columns, over n.
pub fn standard_deviations(x: MatRef<'_, f64>) -> Vec<f64> {
    x.col_iter().map(|column| Moments::of(column).deviation()).collect()
}
