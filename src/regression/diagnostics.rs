//! What a fit does to its targets: the hat matrix H = X(XᵀX + λI)⁻¹Xᵀ and its rows for new queries.
//!
//! H is n×n and is formed only where it is the subject itself; leverages and effective degrees of freedom come from
//! [`Ridge`] without it. The twins `…_by_definition` compute the same by other routes, for tests.
//!
//! ```
//! use attention_regression::regression::{Intercept, Ridge, hat_matrix, smoother_matrix};
//! use attention_regression::{agreement, data, linalg};
//!
//! let data = data::synthetic(1).centred();
//! let (x, y, queries) = (data.train.x.as_ref(), data.train.y.as_ref(), data.test.x.as_ref());
//! // Least squares projects onto the columns of X.
//! let hat = hat_matrix(x, 0.0, Intercept::None)?;
//! assert!(agreement::idempotence_gap(hat.as_ref()) < 1e-12 && (linalg::trace(hat.as_ref()) - 8.0).abs() < 1e-12);
//! let predicted = Ridge::fit(x, y, 1.0, Intercept::None)?.predict(queries);
//! let smoothed = smoother_matrix(queries, x, 1.0, Intercept::None)? * y;
//! assert!(linalg::relative_gap(smoothed.as_ref(), predicted.as_ref()) < 1e-12);
//! # Ok::<(), attention_regression::Error>(())
//! ```

use faer::prelude::*;
use faer::{Mat, MatRef};

use super::factor::Factor;
use super::ridge::{Intercept, Ridge};
use crate::linalg::{self, Resolution, count};
use crate::{Error, Result};

/// H with ŷ = Hy, n×n; an intercept adds 1/n to every entry.
///
/// # Errors
/// [`Error::InvalidPenalty`], [`Error::Empty`], [`Error::NotFinite`].
pub fn hat_matrix(x: MatRef<'_, f64>, penalty: f64, intercept: Intercept) -> Result<Mat<f64>> {
    Ok(Factor::new(x, penalty, intercept)?.hat_matrix())
}

/// H without intercept where X is not as it was measured, but centred, scaled or the factor of such rows.
///
/// # Errors
/// Those of [`hat_matrix`].
pub fn hat_matrix_resolved(x: MatRef<'_, f64>, penalty: f64, resolution: &Resolution) -> Result<Mat<f64>> {
    Ok(Factor::resolved(x, penalty, resolution)?.hat_matrix())
}

/// S with predictions Sy at the rows of `query` (n*×d), n*×n: regression as weights on its training targets.
///
/// # Errors
/// [`Error::InvalidPenalty`], [`Error::Empty`], [`Error::NotFinite`].
pub fn smoother_matrix(
    query: MatRef<'_, f64>,
    x: MatRef<'_, f64>,
    penalty: f64,
    intercept: Intercept,
) -> Result<Mat<f64>> {
    assert_eq!(query.ncols(), x.ncols(), "queries and X have one number of columns");
    linalg::check_finite("the queries", query)?;
    Ok(Factor::new(x, penalty, intercept)?.smoother_matrix(query))
}

/// H from the normal equations: a Cholesky solve of XᵀX + λI. Squares the condition number.
///
/// # Errors
/// [`Error::RankDeficient`] where XᵀX + λI is not positive definite to working precision.
pub fn hat_matrix_by_definition(x: MatRef<'_, f64>, penalty: f64, intercept: Intercept) -> Result<Mat<f64>> {
    let (x, base) = match intercept {
        Intercept::Fitted => (linalg::centred(x, &linalg::moments(x)), 1.0 / count(x.nrows())),
        Intercept::None => (x.to_owned(), 0.0),
    };
    let gram = linalg::gram(x.as_ref());
    let shifted = Mat::from_fn(gram.nrows(), gram.ncols(), |i, j| gram[(i, j)] + if i == j { penalty } else { 0.0 });
    let rank = linalg::rank(x.as_ref())?;
    let cholesky = shifted.llt(faer::Side::Lower).map_err(|_| Error::RankDeficient {
        what: "XᵀX + λI",
        rank,
        columns: x.ncols(),
    })?;
    let hat = &x * cholesky.solve(x.transpose());
    Ok(Mat::from_fn(hat.nrows(), hat.ncols(), |i, j| hat[(i, j)] + base))
}

/// Leave-one-out predictions by n refits.
///
/// # Errors
/// Those of [`Ridge::fit`], and [`Error::TooFewRows`] for a single row.
pub fn leave_one_out_by_definition(
    x: MatRef<'_, f64>,
    y: MatRef<'_, f64>,
    penalty: f64,
    intercept: Intercept,
) -> Result<Mat<f64>> {
    let n = x.nrows();
    if n < 2 {
        return Err(Error::TooFewRows { what: "leaving one row out", rows: n, needed: 2 });
    }
    let mut predictions = Mat::zeros(n, y.ncols());
    for left_out in 0..n {
        let rows: Vec<usize> = (0..n).filter(|&row| row != left_out).collect();
        let fit = Ridge::fit(
            linalg::select_rows(x, &rows).as_ref(),
            linalg::select_rows(y, &rows).as_ref(),
            penalty,
            intercept,
        )?;
        let prediction = fit.predict(x.subrows(left_out, 1));
        for t in 0..y.ncols() {
            predictions[(left_out, t)] = prediction[(0, t)];
        }
    }
    Ok(predictions)
}
