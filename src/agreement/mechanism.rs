//! Agreement of mechanism: what a smoother's matrix A does to the targets, n×n or n*×n.
//!
//! Rank, trace and the relative gap to another matrix are in [`linalg`](crate::linalg). Shares of a row that is zero
//! count as 0.
//!
//! ```
//! use attention_regression::Mat;
//! use attention_regression::agreement::{Mechanism, perplexity};
//!
//! // The mean of four rows, and half of it: they point one way and differ in size.
//! let (mean, half) = (Mat::from_fn(4, 4, |_, _| 0.25), Mat::from_fn(4, 4, |_, _| 0.125));
//! let basis = Mat::from_fn(4, 1, |_, _| 0.5);
//! let found = Mechanism::of(half.as_ref(), mean.as_ref(), basis.as_ref());
//! assert_eq!((found.alignment, found.size, found.overlap, found.gap), (1.0, 0.5, 1.0, 0.5));
//! assert!((perplexity(mean.as_ref()) - 4.0).abs() < 1e-12);
//! ```

use faer::MatRef;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::agreement::cosine;
use crate::linalg::{count, frobenius_norm, rank_above, relative_gap, trace};

/// Singular values below this share of the largest count as zero in a [`Signature`]'s rank.
const RANK_FLOOR: f64 = 1e-8;

/// How a smoother's matrix A compares with a hat matrix H: where it points, and how large it is.
///
/// The gap is made of the two, gap² = 1 + size² − 2·size·alignment, and cannot tell them apart: the zero matrix has a
/// gap of one, and so has a matrix of the norm of H at an alignment of one half.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Mechanism {
    /// ⟨A, H⟩/(‖A‖‖H‖): one where A is a multiple of H, zero for what has nothing in common with it.
    pub alignment: f64,
    /// ‖A‖/‖H‖.
    pub size: f64,
    /// ‖UᵀAU‖²/‖A‖², where the columns of U are an orthonormal basis of H's range: how much of A takes place in the
    /// subspace in which all of H does.
    pub overlap: f64,
    /// ‖A − H‖/‖H‖.
    pub gap: f64,
}

impl Mechanism {
    /// Of A against H, both n×n, with an orthonormal basis U of H's range, n×r.
    pub fn of(a: MatRef<'_, f64>, h: MatRef<'_, f64>, basis: MatRef<'_, f64>) -> Self {
        Self::of_factored(a, h, a, basis)
    }

    /// Of A = QCQᵀ against H = QDQᵀ, Q with orthonormal columns: angle and size are read from the small C and D, the
    /// overlap from A and U, or from their rows and columns on a sample.
    pub(crate) fn of_factored(
        c: MatRef<'_, f64>,
        d: MatRef<'_, f64>,
        a: MatRef<'_, f64>,
        basis: MatRef<'_, f64>,
    ) -> Self {
        let inside = basis.transpose() * a * basis;
        Self {
            alignment: cosine(c, d),
            size: share(frobenius_norm(c), frobenius_norm(d)),
            overlap: share(frobenius_norm(inside.as_ref()), frobenius_norm(a)).powi(2),
            gap: relative_gap(c, d),
        }
    }

    /// Whether there is a number for everything.
    pub(crate) fn is_finite(self) -> bool {
        [self.alignment, self.size, self.overlap, self.gap].into_iter().all(f64::is_finite)
    }
}

/// What a smoother matrix looks like, in eight numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Signature {
    /// Singular values above 10⁻⁸ of the largest.
    pub rank: usize,
    /// tr A: the effective degrees of freedom of a smoother whose weights were not fitted to the targets.
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

    /// The signature of a smoother A = QCQᵀ whose Q has orthonormal columns: what no basis changes is read from the
    /// small C, the rest from A, or from its rows and columns on a sample `x` where the whole is too large.
    ///
    /// # Errors
    /// [`Error::NoConvergence`](crate::Error::NoConvergence).
    pub(crate) fn of_factored(c: MatRef<'_, f64>, a: MatRef<'_, f64>, x: MatRef<'_, f64>) -> Result<Self> {
        Ok(Self {
            rank: rank_above(c, RANK_FLOOR)?,
            trace: trace(c),
            asymmetry: asymmetry(c),
            idempotence_gap: idempotence_gap(c),
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
        let entropy: f64 = a
            .row(i)
            .iter()
            .map(|entry| share(entry.abs(), total))
            .filter(|&p| p != 0.0)
            .map(|p| -p * libm::log(p))
            .sum();
        if total == 0.0 { 0.0 } else { libm::exp(entropy) }
    };
    share((0..a.nrows()).map(of_row).sum(), count(a.nrows()))
}

/// Mean over rows of the share of |weight| on the k keys nearest to the query, by Euclidean distance.
pub fn mass_on_nearest(a: MatRef<'_, f64>, queries: MatRef<'_, f64>, keys: MatRef<'_, f64>, k: usize) -> f64 {
    assert_eq!((a.nrows(), a.ncols()), (queries.nrows(), keys.nrows()), "a weight for each query and key");
    let of_row = |i: usize| {
        let distance =
            |j: usize| queries.row(i).iter().zip(keys.row(j).iter()).map(|(q, k)| (q - k) * (q - k)).sum::<f64>();
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
