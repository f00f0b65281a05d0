//! Linear attention's loss and gradient.
//!
//! [`Linear`]: the output sX*WC sees keys and values through C = XᵀV (d×m) alone, and with the triangular factor of [X*
//! T] = Q[R Z; 0 E] the error is ‖sRWC − Z‖² + ‖E‖². So a step costs O(d²m) at any n, and no condition number is
//! squared.
//!
//! [`Masked`]: without its diagonal, row i of the output is s(xᵢᵀWC − xᵢᵀWxᵢ vᵢ), and each row brings its own C. A step
//! costs O(nd²), still without an n×n matrix.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par};

use super::Task;
use crate::linalg::{count, entries};

#[derive(Debug)]
pub(super) struct Linear {
    scale: f64,
    /// C = XᵀV, d×m.
    content: Mat<f64>,
    /// R (r×d), Z (r×m) and ‖E‖².
    factor: Mat<f64>,
    target: Mat<f64>,
    rest: f64,
    /// n*m.
    count: f64,
    /// WC (d×m), then sRWC − Z (r×m), then its product with Rᵀ (d×m).
    read: Mat<f64>,
    error: Mat<f64>,
    pulled: Mat<f64>,
}

impl Linear {
    pub(super) fn new(task: Task<'_>, scale: f64) -> Self {
        let (d, m, n) = (task.keys.ncols(), task.values.ncols(), task.queries.nrows());
        let joined = Mat::from_fn(n, d + m, |i, j| if j < d { task.queries[(i, j)] } else { task.targets[(i, j - d)] });
        let triangle = joined.qr().thin_R().to_owned();
        let rows = d.min(triangle.nrows());
        let rest = triangle.as_ref().submatrix(rows, d, triangle.nrows() - rows, m);
        Self {
            scale,
            content: task.keys.transpose() * task.values,
            factor: triangle.as_ref().submatrix(0, 0, rows, d).to_owned(),
            target: triangle.as_ref().submatrix(0, d, rows, m).to_owned(),
            rest: entries(rest).map(|entry| entry * entry).sum(),
            count: count(n * m),
            read: Mat::zeros(d, m),
            error: Mat::zeros(rows, m),
            pulled: Mat::zeros(d, m),
        }
    }

    pub(super) fn evaluate(&mut self, form: MatRef<'_, f64>, gradient: MatMut<'_, f64>) -> f64 {
        matmul(self.read.as_mut(), Accum::Replace, form, self.content.as_ref(), self.scale, Par::Seq);
        matmul(self.error.as_mut(), Accum::Replace, self.factor.as_ref(), self.read.as_ref(), 1.0, Par::Seq);
        self.error -= &self.target;
        matmul(
            self.pulled.as_mut(),
            Accum::Replace,
            self.factor.transpose(),
            self.error.as_ref(),
            2.0 * self.scale / self.count,
            Par::Seq,
        );
        matmul(gradient, Accum::Replace, self.pulled.as_ref(), self.content.transpose(), 1.0, Par::Seq);
        (entries(self.error.as_ref()).map(|entry| entry * entry).sum::<f64>() + self.rest) / self.count
    }
}

#[derive(Debug)]
pub(super) struct Masked {
    scale: f64,
    queries: Mat<f64>,
    keys: Mat<f64>,
    values: Mat<f64>,
    targets: Mat<f64>,
    content: Mat<f64>,
    /// sX*W, n×d, then the queries weighted by their own slope.
    asked: Mat<f64>,
    /// sX*WC, then R, n×m.
    error: Mat<f64>,
    /// X*ᵀR, d×m.
    pulled: Mat<f64>,
}

impl Masked {
    pub(super) fn new(task: Task<'_>, scale: f64) -> Self {
        let (d, m, n) = (task.keys.ncols(), task.values.ncols(), task.queries.nrows());
        Self {
            scale,
            queries: task.queries.to_owned(),
            keys: task.keys.to_owned(),
            values: task.values.to_owned(),
            targets: task.targets.to_owned(),
            content: task.keys.transpose() * task.values,
            asked: Mat::zeros(n, d),
            error: Mat::zeros(n, m),
            pulled: Mat::zeros(d, m),
        }
    }

    pub(super) fn evaluate(&mut self, form: MatRef<'_, f64>, mut gradient: MatMut<'_, f64>) -> f64 {
        let (n, m) = (self.error.nrows(), self.error.ncols());
        matmul(self.asked.as_mut(), Accum::Replace, self.queries.as_ref(), form, self.scale, Par::Seq);
        matmul(self.error.as_mut(), Accum::Replace, self.asked.as_ref(), self.content.as_ref(), 1.0, Par::Seq);
        let mut squares = 0.0;
        for i in 0..n {
            let own: f64 = self.asked.row(i).iter().zip(self.keys.row(i).iter()).map(|(asked, key)| asked * key).sum();
            let mut slope = 0.0;
            for t in 0..m {
                let error = self.error[(i, t)] - own * self.values[(i, t)] - self.targets[(i, t)];
                squares += error * error;
                self.error[(i, t)] = 2.0 * self.scale * error / count(n * m);
                slope += self.error[(i, t)] * self.values[(i, t)];
            }
            for j in 0..self.queries.ncols() {
                self.asked[(i, j)] = slope * self.queries[(i, j)];
            }
        }
        matmul(self.pulled.as_mut(), Accum::Replace, self.queries.transpose(), self.error.as_ref(), 1.0, Par::Seq);
        matmul(gradient.as_mut(), Accum::Replace, self.pulled.as_ref(), self.content.transpose(), 1.0, Par::Seq);
        matmul(gradient, Accum::Add, self.asked.transpose(), self.keys.as_ref(), -1.0, Par::Seq);
        squares / count(n * m)
    }
}
