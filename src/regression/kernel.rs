//! Kernel smoothing: a prediction is the mean of the targets, weighted by how near their rows are (Nadaraya 1964,
//! Watson 1964).
//!
//! The weight of row j for a query q is exp(−‖q − xⱼ‖²/(2h²)) over the sum of all, h > 0 the bandwidth. Each row is
//! scaled by its largest weight first, so that a small h ends in the nearest neighbour and not in 0/0. Distances are
//! sums of squared differences, never ‖q‖² − 2q·x + ‖x‖², which cancels. It is regression that is local by
//! construction: no coefficients, one number to choose, and [`bandwidth`] chooses it by leaving rows out.
//!
//! ```
//! use attention_regression::regression::kernel;
//! use attention_regression::{agreement, data};
//!
//! let data = data::sine(1);
//! let (train, test) = (&data.train, &data.test);
//! let bandwidth = kernel::bandwidth(train.x.as_ref(), train.y.as_ref(), &[0.02, 0.2, 2.0])?;
//! let predicted = kernel::smoother_matrix(test.x.as_ref(), train.x.as_ref(), bandwidth)? * &train.y;
//! assert_eq!(bandwidth, 0.2);
//! assert!(agreement::r_squared(predicted.as_ref(), test.y.as_ref()) > 0.9);
//! # Ok::<(), attention_regression::Error>(())
//! ```

use faer::{Mat, MatRef};

use crate::linalg::{check_finite, mse};
use crate::{Error, Result};

/// S with predictions Sy at the rows of `queries` (n*×d), n*×n: non-negative, its rows sum to one.
///
/// # Errors
/// [`Error::InvalidBandwidth`], [`Error::Empty`], [`Error::NotFinite`], and [`Error::Overflow`] where a row is out of
/// every other's reach.
pub fn smoother_matrix(queries: MatRef<'_, f64>, x: MatRef<'_, f64>, bandwidth: f64) -> Result<Mat<f64>> {
    weights(queries, x, bandwidth, false)
}

/// S with each row's prediction from the other rows, n×n with a zero diagonal.
///
/// # Errors
/// Those of [`smoother_matrix`], and [`Error::TooFewRows`] for a single row.
pub fn leave_one_out_matrix(x: MatRef<'_, f64>, bandwidth: f64) -> Result<Mat<f64>> {
    if x.nrows() < 2 {
        return Err(Error::TooFewRows { what: "leaving one row out", rows: x.nrows(), needed: 2 });
    }
    weights(x, x, bandwidth, true)
}

/// Of the candidates the bandwidth with the smallest leave-one-out error, the first where two tie.
///
/// # Errors
/// Those of [`leave_one_out_matrix`], and [`Error::InvalidBandwidth`] where there is no candidate.
pub fn bandwidth(x: MatRef<'_, f64>, y: MatRef<'_, f64>, candidates: &[f64]) -> Result<f64> {
    let mut best = (f64::INFINITY, f64::NAN);
    for &candidate in candidates {
        let error = mse((leave_one_out_matrix(x, candidate)? * y).as_ref(), y);
        if error < best.0 {
            best = (error, candidate);
        }
    }
    if best.1.is_nan() { Err(Error::InvalidBandwidth { bandwidth: f64::NAN }) } else { Ok(best.1) }
}

fn weights(queries: MatRef<'_, f64>, x: MatRef<'_, f64>, bandwidth: f64, masked: bool) -> Result<Mat<f64>> {
    assert_eq!(queries.ncols(), x.ncols(), "queries and X have one number of columns");
    if !(bandwidth.is_finite() && bandwidth > 0.0) {
        return Err(Error::InvalidBandwidth { bandwidth });
    }
    check_finite("the queries", queries)?;
    check_finite("X", x)?;
    let mut weights = Mat::zeros(queries.nrows(), x.nrows());
    for i in 0..queries.nrows() {
        let distance = |j: usize| {
            queries
                .row(i)
                .iter()
                .zip(x.row(j).iter())
                .map(|(q, x)| ((q - x) / bandwidth) * ((q - x) / bandwidth))
                .sum::<f64>()
        };
        let distances: Vec<f64> =
            (0..x.nrows()).map(|j| if masked && i == j { f64::INFINITY } else { distance(j) }).collect();
        let nearest = distances.iter().copied().fold(f64::INFINITY, f64::min);
        if !nearest.is_finite() {
            return Err(Error::Overflow { what: "distances in bandwidths" });
        }
        let raw: Vec<f64> = distances.iter().map(|distance| libm::exp(0.5 * (nearest - distance))).collect();
        let total: f64 = raw.iter().sum();
        raw.iter().enumerate().for_each(|(j, weight)| weights[(i, j)] = weight / total);
    }
    Ok(weights)
}
