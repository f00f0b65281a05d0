//! Softmax attention: A = softmax of the rows of QKᵀ/τ, output AV.
//!
//! Q is n*×p, K is n×p, V is n×m, τ > 0 is the temperature; Transformers take τ = √p (Vaswani et al. 2017). Each row is
//! shifted by its maximum first, so that no exponential overflows. [`output`] works through blocks of query rows and
//! holds one block of weights, never n*×n; [`weights`] forms the matrix for those who want to look at it.
//! The digits of the exponential do not depend on the CPU.
//!
//! ```
//! use attention_regression::attention::{Diagonal, softmax};
//! use attention_regression::{agreement, data, linalg};
//!
//! let data = data::sine(1);
//! let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
//! let weights = softmax::weights(x, x, 1.0, Diagonal::Kept)?;
//! let (lowest, highest) = agreement::row_sums(weights.as_ref());
//! assert!(lowest > 1.0 - 1e-12 && highest < 1.0 + 1e-12);
//! // At a temperature without end every row is weighed alike: the output is the mean of the values.
//! let hot = softmax::output(x, x, y, 1e12, Diagonal::Kept)?;
//! assert!((hot[(0, 0)] - linalg::column_means(y)[0]).abs() < 1e-9);
//! # Ok::<(), attention_regression::Error>(())
//! ```

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par};

use super::{Diagonal, check_shapes, row};
use crate::linalg::{check_finite, count, leave_avx};
use crate::{Error, Result};

/// Query rows in a block: a block of scores for a few thousand keys stays in the second-level cache.
pub(super) const BLOCK: usize = 32;

/// √p: the temperature that keeps scores of independent unit-variance entries at unit variance.
pub fn temperature_of_width(width: usize) -> f64 {
    count(width).sqrt()
}

/// softmax(QKᵀ/τ)V, n*×m, in blocks.
///
/// # Errors
/// [`Error::InvalidTemperature`], [`Error::NotFinite`] for a score or a value, and [`Error::TooFewRows`] where a masked
/// row has nobody else to attend to.
pub fn output(
    queries: MatRef<'_, f64>,
    keys: MatRef<'_, f64>,
    values: MatRef<'_, f64>,
    temperature: f64,
    diagonal: Diagonal,
) -> Result<Mat<f64>> {
    check_shapes(queries, keys, values, diagonal);
    check(keys.nrows(), temperature, diagonal)?;
    check_finite("V", values)?;
    let (n, mut output) = (keys.nrows(), Mat::zeros(queries.nrows(), values.ncols()));
    let mut block = vec![0.0; n * BLOCK.min(queries.nrows())];
    for start in (0..queries.nrows()).step_by(BLOCK) {
        let rows = BLOCK.min(queries.nrows() - start);
        let block = &mut block[..n * rows];
        weigh(block, queries.subrows(start, rows), keys, temperature, diagonal, start)?;
        let weights = MatRef::from_column_major_slice(block, n, rows);
        matmul(output.as_mut().subrows_mut(start, rows), Accum::Replace, weights.transpose(), values, 1.0, Par::Seq);
    }
    Ok(output)
}

/// softmax(QKᵀ/τ)V, n*×m, through the n*×n matrix.
///
/// # Errors
/// Those of [`output`].
pub fn output_by_definition(
    queries: MatRef<'_, f64>,
    keys: MatRef<'_, f64>,
    values: MatRef<'_, f64>,
    temperature: f64,
    diagonal: Diagonal,
) -> Result<Mat<f64>> {
    Ok(weights(queries, keys, temperature, diagonal)? * values)
}

/// A = softmax(QKᵀ/τ), n*×n: its rows are non-negative and sum to one.
///
/// # Errors
/// Those of [`output`].
pub fn weights(
    queries: MatRef<'_, f64>,
    keys: MatRef<'_, f64>,
    temperature: f64,
    diagonal: Diagonal,
) -> Result<Mat<f64>> {
    assert_eq!(queries.ncols(), keys.ncols(), "queries and keys of one width");
    check(keys.nrows(), temperature, diagonal)?;
    let mut transposed = vec![0.0; keys.nrows() * queries.nrows()];
    weigh(&mut transposed, queries, keys, temperature, diagonal, 0)?;
    Ok(MatRef::from_column_major_slice(&transposed, keys.nrows(), queries.nrows()).transpose().to_owned())
}

pub(super) fn check(keys: usize, temperature: f64, diagonal: Diagonal) -> Result<()> {
    if !(temperature.is_finite() && temperature > 0.0) {
        return Err(Error::InvalidTemperature { temperature });
    }
    let (what, needed) = match diagonal {
        Diagonal::Kept => ("attention", 1),
        Diagonal::Masked => ("attention with a masked diagonal", 2),
    };
    if keys < needed { Err(Error::TooFewRows { what, rows: keys, needed }) } else { Ok(()) }
}

/// Writes the weights of a block of queries, one query after another; `first` is the row of the first one.
fn weigh(
    weights: &mut [f64],
    queries: MatRef<'_, f64>,
    keys: MatRef<'_, f64>,
    temperature: f64,
    diagonal: Diagonal,
    first: usize,
) -> Result<()> {
    let n = keys.nrows();
    let scores = MatMut::from_column_major_slice_mut(weights, n, queries.nrows());
    matmul(scores, Accum::Replace, keys, queries.transpose(), 1.0 / temperature, Par::Seq);
    leave_avx();
    for (column, scores) in weights.chunks_exact_mut(n).enumerate() {
        if diagonal == Diagonal::Masked {
            scores[first + column] = f64::NEG_INFINITY;
        }
        let total = row::exponentiate(scores);
        if !total.is_finite() {
            let key = scores.iter().position(|weight| !weight.is_finite()).unwrap_or(0);
            return Err(Error::NotFinite {
                what: "a score QKᵀ/τ (row: query, column: key)",
                row: first + column,
                column: key,
                value: total,
            });
        }
        scores.iter_mut().for_each(|weight| *weight /= total);
    }
    Ok(())
}
