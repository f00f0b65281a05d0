//! Rows through a small factor: all that least squares and linear attention see of them.
//!
//! With [X Y] = Q[R Z], X n×d and Y n×m, Q orthonormal, any product of columns is one of the factor's: XᵀX = RᵀR, XᵀY =
//! RᵀZ. The factor is found block by block, each stacked below what the blocks before it left and factored again (Golub
//! and Van Loan 2013, §5.2), so n rows cost O(n(d + m)²) time and O((d + m)²) memory beyond themselves, and no
//! condition number is squared.
//!
//! ```
//! use attention_regression::data::{self, Factor};
//! use attention_regression::linalg;
//! use attention_regression::regression::{Intercept, Ridge};
//!
//! let data = data::synthetic(1);
//! let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
//! let factor = Factor::of(x, y)?;
//! assert_eq!((factor.rows, factor.x.nrows()), (200, 9));
//! // Nine rows have the coefficients of two hundred.
//! let few = Ridge::fit(factor.x.as_ref(), factor.y.as_ref(), 1.0, Intercept::None)?;
//! let all = Ridge::fit(x, y, 1.0, Intercept::None)?;
//! assert!(linalg::relative_gap(few.coefficients(), all.coefficients()) < 1e-12);
//! # Ok::<(), attention_regression::Error>(())
//! ```

use faer::{Mat, MatRef};

use crate::Result;
use crate::linalg::{self, check_finite, count};

/// Rows of a block, at least.
const BLOCK: usize = 1024;

/// At most d + m rows with the inner products of n.
#[derive(Debug, Clone)]
pub struct Factor {
    /// n.
    pub rows: usize,
    /// R, k×d.
    pub x: Mat<f64>,
    /// Z, k×m.
    pub y: Mat<f64>,
}

impl Factor {
    /// The factor of X (n×d) and Y (n×m).
    ///
    /// # Errors
    /// [`Error::Empty`](crate::Error::Empty), [`Error::NotFinite`](crate::Error::NotFinite).
    pub fn of(x: MatRef<'_, f64>, y: MatRef<'_, f64>) -> Result<Self> {
        assert_eq!(x.nrows(), y.nrows(), "as many rows of Y as of X");
        check_finite("X", x)?;
        check_finite("Y", y)?;
        let (n, d, width) = (x.nrows(), x.ncols(), x.ncols() + y.ncols());
        // Powers of two keep the squares of huge and tiny columns among the numbers.
        let units: Vec<f64> =
            x.col_iter().chain(y.col_iter()).map(|column| linalg::unit(linalg::max_abs(column.as_mat()))).collect();
        let entry = |i: usize, j: usize| if j < d { x[(i, j)] } else { y[(i, j - d)] };
        let block = BLOCK.max(4 * width);
        let mut factor = Mat::<f64>::zeros(0, width);
        for start in (0..n).step_by(block) {
            let (above, rows) = (factor.nrows(), block.min(n - start));
            let stacked = Mat::from_fn(above + rows, width, |i, j| match i.checked_sub(above) {
                None => factor[(i, j)],
                Some(row) => entry(start + row, j) * units[j],
            });
            factor = linalg::factor(stacked.as_ref());
        }
        let column = |j: usize, i: usize| factor[(i, j)] / units[j];
        Ok(Self {
            rows: n,
            x: Mat::from_fn(factor.nrows(), d, |i, j| column(j, i)),
            y: Mat::from_fn(factor.nrows(), width - d, |i, t| column(d + t, i)),
        })
    }

    /// σ₁/σ_d of the columns of X, each divided by its norm so that units do not count: how much of an error in an
    /// entry an answer may see. Columns of zeros do not count.
    ///
    /// # Errors
    /// [`Error::NoConvergence`](crate::Error::NoConvergence).
    pub fn condition_of_directions(&self) -> Result<f64> {
        let norms = (0..self.x.ncols())
            .map(|j| (j, linalg::frobenius_norm(self.x.subcols(j, 1))))
            .filter(|(_, norm)| *norm > 0.0)
            .collect::<Vec<_>>();
        let values = linalg::singular_values(
            Mat::from_fn(self.x.nrows(), norms.len(), |i, at| self.x[(i, norms[at].0)] / norms[at].1).as_ref(),
        )?;
        Ok(values.first().zip(values.last()).map_or(1.0, |(first, last)| first / last))
    }

    /// The factor whose k rows have the mean products of the n: with these as queries and targets, a mean squared error
    /// over the factor is the one over the rows.
    pub fn averaged(&self) -> Self {
        let scale = faer::Scale((count(self.x.nrows()) / count(self.rows)).sqrt());
        Self { rows: self.x.nrows(), x: &self.x * scale, y: &self.y * scale }
    }
}
