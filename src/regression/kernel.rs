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
    smoother(squares(queries, x, bandwidth)?, false)
}

/// S with each row's prediction from the other rows, n×n with a zero diagonal.
///
/// # Errors
/// Those of [`smoother_matrix`], and [`Error::TooFewRows`] for a single row.
pub fn leave_one_out_matrix(x: MatRef<'_, f64>, bandwidth: f64) -> Result<Mat<f64>> {
    two_rows(x)?;
    smoother(squares(x, x, bandwidth)?, true)
}

/// Of the candidates the bandwidth with the smallest leave-one-out error, the first where two tie. Distances are taken
/// once, n²d flops; each candidate costs n² exponentials and 2n²m flops.
///
/// # Errors
/// Those of [`leave_one_out_matrix`], and [`Error::InvalidBandwidth`] where there is no candidate.
pub fn bandwidth(x: MatRef<'_, f64>, y: MatRef<'_, f64>, candidates: &[f64]) -> Result<f64> {
    two_rows(x)?;
    let unit = candidates.iter().copied().fold(f64::NAN, f64::max);
    let squares = squares(x, x, unit)?;
    let mut best = (f64::INFINITY, f64::NAN);
    for &candidate in candidates {
        check(candidate)?;
        let mut weights = squares.clone();
        weigh(&mut weights, unit / candidate, true)?;
        let error = mse((weights.transpose() * y).as_ref(), y);
        if error < best.0 {
            best = (error, candidate);
        }
    }
    if best.1.is_nan() { Err(Error::InvalidBandwidth { bandwidth: f64::NAN }) } else { Ok(best.1) }
}

/// S of squares in bandwidths.
fn smoother(mut squares: Mat<f64>, masked: bool) -> Result<Mat<f64>> {
    weigh(&mut squares, 1.0, masked)?;
    Ok(squares.transpose().to_owned())
}

fn two_rows(x: MatRef<'_, f64>) -> Result<()> {
    if x.nrows() < 2 {
        return Err(Error::TooFewRows { what: "leaving one row out", rows: x.nrows(), needed: 2 });
    }
    Ok(())
}

fn check(bandwidth: f64) -> Result<()> {
    // What has no finite inverse is no distance either.
    let valid = bandwidth.is_finite() && bandwidth > 0.0 && (1.0 / bandwidth).is_finite();
    if valid { Ok(()) } else { Err(Error::InvalidBandwidth { bandwidth }) }
}

/// ‖q − x‖² in squares of `unit`, n×n*: a column for each query.
fn squares(queries: MatRef<'_, f64>, x: MatRef<'_, f64>, unit: f64) -> Result<Mat<f64>> {
    assert_eq!(queries.ncols(), x.ncols(), "queries and X have one number of columns");
    check(unit)?;
    check_finite("the queries", queries)?;
    check_finite("X", x)?;
    // Rows that lie together in memory.
    let [queries, x] = [queries, x].map(|rows| rows.transpose().to_owned());
    let inverse = 1.0 / unit;
    Ok(Mat::from_fn(x.ncols(), queries.ncols(), |j, i| {
        let (query, row) = (queries.col(i).try_as_col_major(), x.col(j).try_as_col_major());
        query.zip(row).map_or(0.0, |(query, row)| square(query.as_slice(), row.as_slice(), inverse))
    }))
}

/// Σ((a − b)·inverse)², in eight sums on every machine.
fn square(a: &[f64], b: &[f64], inverse: f64) -> f64 {
    let mut sums = [0.0; 8];
    let mut add = |a: &[f64], b: &[f64]| {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            let away = (a - b) * inverse;
            *sum += away * away;
        }
    };
    let (wide, rest) = a.as_chunks::<8>();
    let (others, last) = b.as_chunks::<8>();
    wide.iter().zip(others).for_each(|(a, b)| add(a, b));
    add(rest, last);
    sums.iter().sum()
}

/// In the place of squares the weights that they have `closer` times as near: a column for each query, its sum one.
fn weigh(squares: &mut Mat<f64>, closer: f64, masked: bool) -> Result<()> {
    for (i, column) in squares.col_iter_mut().enumerate() {
        let Some(column) = column.try_as_col_major_mut() else { continue };
        let weights = column.as_slice_mut();
        weights.iter_mut().for_each(|square| *square *= closer * closer);
        if masked {
            weights[i] = f64::INFINITY;
        }
        let nearest = weights.iter().copied().fold(f64::INFINITY, f64::min);
        if !nearest.is_finite() {
            return Err(Error::Overflow { what: "distances in bandwidths" });
        }
        weights.iter_mut().for_each(|square| *square = libm::exp(0.5 * (nearest - *square)));
        let total: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= total);
    }
    Ok(())
}
