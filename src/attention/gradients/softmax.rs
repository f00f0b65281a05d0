//! Softmax attention's loss and gradient, fused over blocks of query rows.
//!
//! A block of scores becomes weights, then slopes, then a d×block product, and is forgotten: two products of 2n*nd
//! flops, two passes over a block that stays in the second-level cache, no n*×n matrix, nothing allocated after the
//! start. The softmax's shift by its row maximum makes a saturated row exact instead of infinite.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par};

use super::Task;
use crate::Result;
use crate::attention::softmax::{BLOCK, check};
use crate::attention::{Diagonal, row};
use crate::linalg::{count, leave_avx};

#[derive(Debug)]
pub(super) struct Softmax {
    queries: Mat<f64>,
    keys: Mat<f64>,
    values: Mat<f64>,
    targets: Mat<f64>,
    temperature: f64,
    diagonal: Diagonal,
    /// (X*W/τ)ᵀ, d×n*.
    asked: Mat<f64>,
    /// (slopes · X/τ)ᵀ, d×n*.
    pulled: Mat<f64>,
    /// Scores, then weights, then slopes of a block, one query after another; and RVᵀ.
    weights: Vec<f64>,
    slopes: Vec<f64>,
    /// AV of a block, then R: block×m.
    outputs: Mat<f64>,
    /// Of a block: sums of exponentials, and row sums of A ∘ RVᵀ.
    totals: Vec<f64>,
    shifts: Vec<f64>,
}

impl Softmax {
    pub(super) fn new(task: Task<'_>, temperature: f64, diagonal: Diagonal) -> Result<Self> {
        check(task.keys.nrows(), temperature, diagonal)?;
        let (d, n, asking) = (task.keys.ncols(), task.keys.nrows(), task.queries.nrows());
        let block = BLOCK.min(asking);
        Ok(Self {
            queries: task.queries.to_owned(),
            keys: task.keys.to_owned(),
            values: task.values.to_owned(),
            targets: task.targets.to_owned(),
            temperature,
            diagonal,
            asked: Mat::zeros(d, asking),
            pulled: Mat::zeros(d, asking),
            weights: vec![0.0; n * block],
            slopes: vec![0.0; n * block],
            outputs: Mat::zeros(block, task.values.ncols()),
            totals: vec![0.0; block],
            shifts: vec![0.0; block],
        })
    }

    pub(super) fn evaluate(&mut self, form: MatRef<'_, f64>, gradient: MatMut<'_, f64>) -> f64 {
        product(self.asked.as_mut(), form.transpose(), self.queries.transpose(), 1.0 / self.temperature);
        let asking = self.queries.nrows();
        let squares: f64 = (0..asking).step_by(BLOCK).map(|start| self.block(start, BLOCK.min(asking - start))).sum();
        product(gradient, self.queries.transpose(), self.pulled.transpose(), 1.0);
        squares / count(asking * self.values.ncols())
    }

    /// Σ of the squared errors of a block; its share of `pulled` is written.
    fn block(&mut self, start: usize, rows: usize) -> f64 {
        let (n, entries) = (self.keys.nrows(), count(self.queries.nrows() * self.values.ncols()));
        let weights = &mut self.weights[..n * rows];
        let scores = MatMut::from_column_major_slice_mut(weights, n, rows);
        product(scores, self.keys.as_ref(), self.asked.subcols(start, rows), 1.0);
        leave_avx();
        for (column, scores) in weights.chunks_exact_mut(n).enumerate() {
            if self.diagonal == Diagonal::Masked {
                scores[start + column] = f64::NEG_INFINITY;
            }
            self.totals[column] = row::exponentiate(scores);
        }
        let mut outputs = self.outputs.as_mut().subrows_mut(0, rows);
        let weighed = MatRef::from_column_major_slice(weights, n, rows).transpose();
        product(outputs.as_mut(), weighed, self.values.as_ref(), 1.0);
        let mut squares = 0.0;
        for column in 0..rows {
            self.shifts[column] = 0.0;
            for t in 0..self.values.ncols() {
                let output = outputs[(column, t)] / self.totals[column];
                let error = output - self.targets[(start + column, t)];
                squares += error * error;
                outputs[(column, t)] = 2.0 * error / entries;
                self.shifts[column] += outputs[(column, t)] * output;
            }
        }
        let factor = |column: usize| 1.0 / (self.totals[column] * self.temperature);
        // With one target the slopes RVᵀ of a query are a multiple of the values, and need not be written down.
        let only = (self.values.ncols() == 1).then(|| self.values.col(0).try_as_col_major()).flatten();
        if let Some(values) = only.map(|values| values.as_slice()) {
            for (column, weights) in weights.chunks_exact_mut(n).enumerate() {
                row::pull(weights, values, outputs[(column, 0)], self.shifts[column], factor(column));
            }
        } else {
            let slopes = &mut self.slopes[..n * rows];
            let outer = MatMut::from_column_major_slice_mut(slopes, n, rows);
            product(outer, self.values.as_ref(), outputs.transpose(), 1.0);
            for (column, (weights, slopes)) in weights.chunks_exact_mut(n).zip(slopes.chunks_exact(n)).enumerate() {
                row::pull(weights, slopes, 1.0, self.shifts[column], factor(column));
            }
        }
        let pulled = self.pulled.as_mut().subcols_mut(start, rows);
        product(pulled, self.keys.transpose(), MatRef::from_column_major_slice(weights, n, rows), 1.0);
        squares
    }
}

/// A product in the place of what was there, on one thread.
fn product(out: MatMut<'_, f64>, a: MatRef<'_, f64>, b: MatRef<'_, f64>, times: f64) {
    matmul(out, Accum::Replace, a, b, times, Par::Seq);
}
