//! How many columns of X carry a direction of their own: a pivoted QR that knows how far each column is to be trusted.
//!
//! Columns are brought to one precision by powers of two, so that the pivots go from the surest to the least sure.
//! Column k is a combination Xβ of those before it where what is left of it is no more than rounding: at most √(ηₖ² +
//! Σ(βᵢηᵢ)²), η as in [`Resolution`]. The test does not depend on the units of the columns, and one that is nearly all
//! rounding comes last and hides none of the others. There are at most as many directions as the rows can have.

use faer::linalg::solvers::ColPivQr;
use faer::{Mat, MatRef};

use crate::linalg::{self, Resolution};

/// X = QRPᵀS⁻¹ with the columns that carry a direction first.
pub(super) struct Revealed {
    qr: ColPivQr<f64>,
    /// The powers of two that the columns of X were multiplied by.
    pub(super) scales: Vec<f64>,
    pub(super) rank: usize,
    /// The largest of all η: how far X is to be trusted as a whole.
    pub(super) coarsest: f64,
}

impl Revealed {
    pub(super) fn of(x: &Mat<f64>, resolution: &Resolution) -> Self {
        let limits: Vec<f64> = (0..x.ncols()).map(|j| resolution.of_column(j, x.col(j))).collect();
        let coarsest = limits.iter().copied().fold(0.0, f64::max);
        let scales: Vec<f64> = limits.iter().map(|&limit| linalg::unit(limit)).collect();
        let qr = Mat::from_fn(x.nrows(), x.ncols(), |i, j| x[(i, j)] * scales[j]).col_piv_qr();
        let limits: Vec<f64> = qr.P().arrays().0.iter().map(|&j| limits[j] * scales[j]).collect();
        let rank = rank(qr.thin_R(), &limits).min(resolution.most());
        Self { qr, scales, rank, coarsest }
    }

    /// n×min(n, d).
    pub(super) fn q(&self) -> Mat<f64> {
        self.qr.compute_thin_Q()
    }

    /// min(n, d)×d, upper triangular.
    pub(super) fn r(&self) -> MatRef<'_, f64> {
        self.qr.thin_R()
    }

    /// The column of X at each place.
    pub(super) fn order(&self) -> &[usize] {
        self.qr.P().arrays().0
    }
}

/// How many of R's columns are no combination of those before them. Of a matrix of zeros R is NaN, and NaN stands above
/// nothing.
fn rank(r: MatRef<'_, f64>, limits: &[f64]) -> usize {
    let owed = |k: usize| {
        let mut beta = r.submatrix(0, k, k, 1).to_owned();
        r.submatrix(0, 0, k, k).solve_upper_triangular_in_place(&mut beta);
        linalg::norm((0..k).map(|i| beta[(i, 0)] * limits[i]).chain([limits[k]]))
    };
    (0..r.nrows().min(r.ncols())).take_while(|&k| r[(k, k)].abs() > owed(k)).count()
}
