//! Agreement of mechanism: what a smoother's matrix A does to the targets, n×n or n*×n.
//!
//! Rank, trace and the relative gap to another matrix are in [`linalg`](crate::linalg). Shares of a row that is zero
//! count as 0.

use faer::MatRef;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::linalg::{count, frobenius_norm, rank_above, trace};

/// Singular values below this share of the largest count as zero in a [`Signature`]'s rank.
const RANK_FLOOR: f64 = 1e-8;

/// What a smoother matrix looks like, in eight numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Signature {
    /// Singular values above 10⁻⁸ of the largest.
    pub rank: usize,
    /// Effective degrees of freedom.
    pub trace: f64,
    /// ‖A − Aᵀ‖_F/‖A‖_F.
    pub asymmetry: f64,
    /// ‖A² − A‖_F/‖A‖_F.
    pub idempotence_gap: f64,
    /// The lowest and the highest row sum.
    pub row_sums: (f64, f64),
    /// The share of entries below zero.
    pub negative_share: f64,
    /// The share of |weight| on the ten rows nearest to the query.
    pub mass_on_ten_nearest: f64,
    /// How many rows a row effectively looks at.
    pub perplexity: f64,
}

impl Signature {
    /// The signature of a smoother of the rows of `x`, n×n.
    ///
    /// # Errors
    /// [`Error::NoConvergence`](crate::Error::NoConvergence).
    pub fn of(a: MatRef<'_, f64>, x: MatRef<'_, f64>) -> Result<Self> {
        Self::of_factored(a, a, x)
    }

    /// The signature of a smoother A = QCQᵀ whose Q has orthonormal columns: what no basis changes is read from the small C,
    /// the rest from A, or from its rows and columns on a sample `x` where the whole is too large.
    ///
    /// # Errors
    /// [`Error::NoConvergence`](crate::Error::NoConvergence).
    pub(crate) fn of_factored(core: MatRef<'_, f64>, a: MatRef<'_, f64>, x: MatRef<'_, f64>) -> Result<Self> {
        Ok(Self {
            rank: rank_above(core, RANK_FLOOR)?,
            trace: trace(core),
            asymmetry: asymmetry(core),
            idempotence_gap: idempotence_gap(core),
            row_sums: row_sums(a),
            negative_share: negative_share(a),
            mass_on_ten_nearest: mass_on_nearest(a, x, x, 10),
            perplexity: perplexity(a),
        })
    }
}

/// ‖A² − A‖_F/‖A‖_F: 0 for a projection.
pub fn idempotence_gap(a: MatRef<'_, f64>) -> f64 {
    assert_eq!(a.nrows(), a.ncols(), "a square matrix");
    share(frobenius_norm((a * a - a).as_ref()), frobenius_norm(a))
}

/// ‖A − Aᵀ‖_F/‖A‖_F: 0 where i weighs j as j weighs i.
pub fn asymmetry(a: MatRef<'_, f64>) -> f64 {
    assert_eq!(a.nrows(), a.ncols(), "a square matrix");
    share(frobenius_norm((a - a.transpose()).as_ref()), frobenius_norm(a))
}

/// The lowest and the highest row sum: both 1 where constants are reproduced.
pub fn row_sums(a: MatRef<'_, f64>) -> (f64, f64) {
    let sums: Vec<f64> = (0..a.nrows()).map(|i| a.row(i).iter().sum()).collect();
    if sums.iter().any(|sum| sum.is_nan()) {
        return (f64::NAN, f64::NAN);
    }
    sums.into_iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), sum| (low.min(sum), high.max(sum)))
}

/// The share of entries below zero.
pub fn negative_share(a: MatRef<'_, f64>) -> f64 {
    let negative = (0..a.ncols()).map(|j| a.col(j).iter().filter(|&&entry| entry < 0.0).count()).sum();
    share(count(negative), count(a.nrows() * a.ncols()))
}

/// Mean over rows of exp(entropy of |aᵢⱼ|/Σ|aᵢⱼ|): how many rows a row effectively looks at.
pub fn perplexity(a: MatRef<'_, f64>) -> f64 {
    let of_row = |i: usize| {
        let total: f64 = a.row(i).iter().map(|entry| entry.abs()).sum();
        let entropy: f64 = a.row(i).iter().map(|entry| share(entry.abs(), total)).filter(|&p| p != 0.0).map(|p| -p * libm::log(p)).sum();
        if total == 0.0 { 0.0 } else { libm::exp(entropy) }
    };
    share((0..a.nrows()).map(of_row).sum(), count(a.nrows()))
}

/// Mean over rows of the share of |weight| on the k keys nearest to the query, by Euclidean distance.
pub fn mass_on_nearest(a: MatRef<'_, f64>, queries: MatRef<'_, f64>, keys: MatRef<'_, f64>, k: usize) -> f64 {
    assert_eq!((a.nrows(), a.ncols()), (queries.nrows(), keys.nrows()), "a weight for each query and key");
    let of_row = |i: usize| {
        let distance = |j: usize| queries.row(i).iter().zip(keys.row(j).iter()).map(|(q, k)| (q - k) * (q - k)).sum::<f64>();
        let mut order: Vec<(f64, usize)> = (0..keys.nrows()).map(|j| (distance(j), j)).collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let total: f64 = a.row(i).iter().map(|entry| entry.abs()).sum();
        share(order.iter().take(k).map(|&(_, j)| a[(i, j)].abs()).sum(), total)
    };
    share((0..a.nrows()).map(of_row).sum(), count(a.nrows()))
}

fn share(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}
