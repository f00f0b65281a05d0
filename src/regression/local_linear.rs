//! Local-linear regression: around every query a line of its own, fitted to the rows that are near it (Fan 1993).
//!
//! With the weights pᵢ of a [`kernel`] smoother at the query q, x̄ = Σpᵢxᵢ and ȳ = Σpᵢyᵢ, the prediction
//! is ȳ + (q − x̄)ᵀB, where B is the ridge of √p(y − ȳ) on √p(x − x̄). Without the second term it is the smoother; with
//! an infinite bandwidth it is least squares with an intercept. As an attention it is softmax with a correction that
//! reads out a covariance (Zuo et al. 2025).
//!
//! ```
//! use attention_regression::regression::local_linear;
//! use attention_regression::{Error, Mat, linalg};
//!
//! // On a line it is the line, wherever it is asked.
//! let x = linalg::column(&[0.0, 1.0, 2.0, 4.0]);
//! let y = Mat::from_fn(4, 1, |i, _| 3.0 - 2.0 * x[(i, 0)]);
//! let predicted = local_linear::predict(linalg::column(&[5.0]).as_ref(), x.as_ref(), y.as_ref(), 1.0, 0.0)?;
//! assert!((predicted[(0, 0)] + 7.0).abs() < 1e-12);
//! # Ok::<(), Error>(())
//! ```

use faer::{Mat, MatRef};

use super::{Intercept, Ridge, kernel};
use crate::Result;

/// Predictions at the rows of `queries` (n*×d), n*×m, from rows X (n×d) and their targets Y (n×m).
///
/// `penalty` is added to the weighted covariance of the rows around a query; without one, directions in which those
/// rows do not vary leave the solution of minimum norm. Each query costs a factorisation, 2nd² + 2ndm flops.
///
/// # Errors
/// Those of [`kernel::smoother_matrix`] and [`Ridge::fit`].
pub fn predict(
    queries: MatRef<'_, f64>,
    x: MatRef<'_, f64>,
    y: MatRef<'_, f64>,
    bandwidth: f64,
    penalty: f64,
) -> Result<Mat<f64>> {
    let weights = kernel::smoother_matrix(queries, x, bandwidth)?;
    let (rows, targets) = (&weights * x, &weights * y);
    let mut predictions = targets.clone();
    for i in 0..queries.nrows() {
        let around = |of: MatRef<'_, f64>, mean: &Mat<f64>| {
            Mat::from_fn(of.nrows(), of.ncols(), |j, k| weights[(i, j)].sqrt() * (of[(j, k)] - mean[(i, k)]))
        };
        let line = Ridge::fit(around(x, &rows).as_ref(), around(y, &targets).as_ref(), penalty, Intercept::None)?;
        let away = Mat::from_fn(1, x.ncols(), |_, k| queries[(i, k)] - rows[(i, k)]);
        let correction = line.predict(away.as_ref());
        (0..y.ncols()).for_each(|t| predictions[(i, t)] += correction[(0, t)]);
    }
    Ok(predictions)
}
