//! Rows through their triangular factor: all that least squares and linear attention see of them.
//!
//! With [X Y] = Q[R Z; 0 E], X n×d and Y n×m, any product of columns is one of the factor's: XᵀX = RᵀR, XᵀY = RᵀZ. The factor
//! is found block by block, each stacked below what the blocks before it left and factored again (Golub and Van Loan 2013,
//! §5.2), so n rows cost O(n(d + m)²) time and O((d + m)²) memory beyond themselves, and no condition number is squared.

use faer::{Mat, MatRef};

use crate::Result;
use crate::linalg::{check_finite, count};

/// Rows of a block, at least.
const BLOCK: usize = 1024;

/// At most d + m rows with the inner products of n.
#[derive(Debug, Clone)]
pub struct Condensed {
    /// n.
    pub rows: usize,
    /// [R; 0], k×d.
    pub x: Mat<f64>,
    /// [Z; E], k×m.
    pub y: Mat<f64>,
}

impl Condensed {
    /// The factor of X (n×d) and Y (n×m).
    ///
    /// # Errors
    /// [`Error::Empty`](crate::Error::Empty), [`Error::NotFinite`](crate::Error::NotFinite).
    pub fn of(x: MatRef<'_, f64>, y: MatRef<'_, f64>) -> Result<Self> {
        assert_eq!(x.nrows(), y.nrows(), "as many rows of Y as of X");
        check_finite("X", x)?;
        check_finite("Y", y)?;
        let (n, d, width) = (x.nrows(), x.ncols(), x.ncols() + y.ncols());
        let block = BLOCK.max(4 * width);
        let mut triangle = Mat::<f64>::zeros(0, width);
        for start in (0..n).step_by(block) {
            let (above, rows) = (triangle.nrows(), block.min(n - start));
            let stacked = Mat::from_fn(above + rows, width, |i, j| match i.checked_sub(above) {
                None => triangle[(i, j)],
                Some(row) if j < d => x[(start + row, j)],
                Some(row) => y[(start + row, j - d)],
            });
            triangle = stacked.qr().thin_R().to_owned();
        }
        Ok(Self { rows: n, x: triangle.subcols(0, d).to_owned(), y: triangle.subcols(d, width - d).to_owned() })
    }

    /// The factor whose k rows have the mean products of the n: with these as queries and targets, a mean squared error over
    /// the factor is the one over the rows.
    pub fn averaged(&self) -> Self {
        let scale = faer::Scale((count(self.x.nrows()) / count(self.rows)).sqrt());
        Self { rows: self.x.nrows(), x: &self.x * scale, y: &self.y * scale }
    }
}
