//! Linear attention: the weights are the scores times a number, A = scale · QKᵀ, without softmax.
//!
//! Q is n*×p, K is n×p, V is n×m. Without the softmax the product may be associated as Q(KᵀV), which costs
//! O((n + n*)pm) instead of O(n*n(p + m)) and never forms an n*×n matrix (Katharopoulos et al. 2020). The scale that
//! makes it a regression is 1/n on whitened keys; Transformers' habit is 1/√p, the post's is 1/d.
//!
//! ```
//! use attention_regression::attention::{Diagonal, Head, linear};
//! use attention_regression::{data, linalg};
//!
//! let data = data::synthetic(1).centred();
//! let (x, y, form) = (data.train.x.as_ref(), data.train.y.as_ref(), Head::identity(8).form());
//! let attended = linear::output(x, x, y, 1.0 / 200.0, Diagonal::Kept);
//! let predicted = x * linear::effective_weights(form.as_ref(), x, y, 1.0 / 200.0);
//! assert!(linalg::relative_gap(attended.as_ref(), predicted.as_ref()) < 1e-12);
//! assert_eq!((linear::flops(200, 200, 8, 1), linear::flops_by_definition(200, 200, 8, 1)), (6_400, 720_000));
//! ```

use faer::{Mat, MatRef, Scale};

use super::{Diagonal, check_shapes, scores};

/// scale · Q(KᵀV), n*×m.
pub fn output(
    queries: MatRef<'_, f64>,
    keys: MatRef<'_, f64>,
    values: MatRef<'_, f64>,
    scale: f64,
    diagonal: Diagonal,
) -> Mat<f64> {
    check_shapes(queries, keys, values, diagonal);
    let mut output = queries * (keys.transpose() * values) * Scale(scale);
    if diagonal == Diagonal::Masked {
        for i in 0..queries.nrows() {
            let own = scale * queries.row(i).iter().zip(keys.row(i).iter()).map(|(q, k)| q * k).sum::<f64>();
            for t in 0..values.ncols() {
                output[(i, t)] -= own * values[(i, t)];
            }
        }
    }
    output
}

/// (scale · QKᵀ)V, n*×m, the way the formula is written.
pub fn output_by_definition(
    queries: MatRef<'_, f64>,
    keys: MatRef<'_, f64>,
    values: MatRef<'_, f64>,
    scale: f64,
    diagonal: Diagonal,
) -> Mat<f64> {
    check_shapes(queries, keys, values, diagonal);
    weights(queries, keys, scale, diagonal) * values
}

/// A = scale · QKᵀ, n*×n.
pub fn weights(queries: MatRef<'_, f64>, keys: MatRef<'_, f64>, scale: f64, diagonal: Diagonal) -> Mat<f64> {
    let mut weights = scores(queries, keys) * Scale(scale);
    if diagonal == Diagonal::Masked {
        assert_eq!(queries.nrows(), keys.nrows(), "a masked diagonal needs queries and keys of the same rows");
        (0..queries.nrows()).for_each(|i| weights[(i, i)] = 0.0);
    }
    weights
}

/// scale · WXᵀV, d×m: the coefficients with which linear attention of the form W = WqWkᵀ predicts, X*·(these).
pub fn effective_weights(
    form: MatRef<'_, f64>,
    keys: MatRef<'_, f64>,
    values: MatRef<'_, f64>,
    scale: f64,
) -> Mat<f64> {
    assert_eq!(keys.nrows(), values.nrows(), "as many values as keys");
    form * (keys.transpose() * values) * Scale(scale)
}

/// Floating-point operations of Q(KᵀV), a multiplication and an addition counted apart: 2npm + 2n*pm.
pub fn flops(queries: usize, keys: usize, width: usize, targets: usize) -> u64 {
    2 * (keys + queries) as u64 * (width * targets) as u64
}

/// Floating-point operations of (QKᵀ)V: 2n*np + 2n*nm.
pub fn flops_by_definition(queries: usize, keys: usize, width: usize, targets: usize) -> u64 {
    2 * (queries * keys) as u64 * (width + targets) as u64
}
