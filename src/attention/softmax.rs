//! Softmax attention: A = softmax of the rows of QKᵀ/τ, output AV.
//!
//! Q is n*×p, K is n×p, V is n×m, τ > 0 is the temperature; Transformers take τ = √p (Vaswani et al. 2017). Each row is
//! shifted by its maximum first, so that no exponential overflows. [`output`] works through blocks of query rows and
//! holds one block of weights, never n*×n; [`weights`] forms the matrix for those who want to look at it.
//! The exponential is libm's, whose digits do not depend on the CPU.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par};

use super::{Diagonal, check_shapes};
use crate::linalg::{check_finite, count, leave_avx};
use crate::{Error, Result};

/// Query rows in a block: a block of scores for a few thousand keys stays in the second-level cache.
const BLOCK: usize = 32;

/// √p: the temperature that keeps scores of independent unit-variance entries at unit variance.
pub fn temperature_of_width(width: usize) -> f64 {
    count(width).sqrt()
}

/// softmax(QKᵀ/τ)V, n*×m, in blocks.
///
/// # Errors
/// [`Error::InvalidTemperature`], [`Error::NotFinite`] for a score or a value, and [`Error::TooFewRows`] where a masked row has nobody
/// else to attend to.
pub fn output(queries: MatRef<'_, f64>, keys: MatRef<'_, f64>, values: MatRef<'_, f64>, temperature: f64, diagonal: Diagonal) -> Result<Mat<f64>> {
    check_shapes(queries, keys, values, diagonal);
    check(keys.nrows(), temperature, diagonal)?;
    check_finite("V", values)?;
    let mut output = Mat::zeros(queries.nrows(), values.ncols());
    let mut block = Mat::zeros(keys.nrows(), BLOCK.min(queries.nrows()));
    for start in (0..queries.nrows()).step_by(BLOCK) {
        let rows = BLOCK.min(queries.nrows() - start);
        let mut weights = block.as_mut().subcols_mut(0, rows);
        weigh(weights.as_mut(), queries.subrows(start, rows), keys, temperature, diagonal, start)?;
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
pub fn weights(queries: MatRef<'_, f64>, keys: MatRef<'_, f64>, temperature: f64, diagonal: Diagonal) -> Result<Mat<f64>> {
    assert_eq!(queries.ncols(), keys.ncols(), "queries and keys of one width");
    check(keys.nrows(), temperature, diagonal)?;
    let mut transposed = Mat::zeros(keys.nrows(), queries.nrows());
    weigh(transposed.as_mut(), queries, keys, temperature, diagonal, 0)?;
    Ok(transposed.transpose().to_owned())
}

fn check(keys: usize, temperature: f64, diagonal: Diagonal) -> Result<()> {
    if !(temperature.is_finite() && temperature > 0.0) {
        return Err(Error::InvalidTemperature { temperature });
    }
    let (what, needed) = match diagonal {
        Diagonal::Kept => ("attention", 1),
        Diagonal::Masked => ("attention with a masked diagonal", 2),
    };
    if keys < needed { Err(Error::TooFewRows { what, rows: keys, needed }) } else { Ok(()) }
}

/// Writes the weights of a block of queries, one query a column, where the rows of faer's matrices are strided.
fn weigh(mut weights: MatMut<'_, f64>, queries: MatRef<'_, f64>, keys: MatRef<'_, f64>, temperature: f64, diagonal: Diagonal, first: usize) -> Result<()> {
    matmul(weights.as_mut(), Accum::Replace, keys, queries.transpose(), 1.0 / temperature, Par::Seq);
    leave_avx();
    for column in 0..weights.ncols() {
        let mut scores = weights.as_mut().col_mut(column);
        if diagonal == Diagonal::Masked {
            scores[first + column] = f64::NEG_INFINITY;
        }
        let largest = scores.as_ref().iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut total = 0.0;
        for score in scores.as_mut().iter_mut() {
            *score = libm::exp(*score - largest);
            total += *score;
        }
        // NaN among the scores, or infinities, end up in the sum.
        if !total.is_finite() {
            let key = scores.as_ref().iter().position(|weight| !weight.is_finite()).unwrap_or(0);
            return Err(Error::NotFinite { what: "a score QKᵀ/τ (row: query, column: key)", row: first + column, column: key, value: total });
        }
        scores.iter_mut().for_each(|weight| *weight /= total);
    }
    Ok(())
}
