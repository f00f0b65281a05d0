//! Which columns of X carry a direction of their own: a pivoted QR that knows how far each column is to be trusted.
//!
//! Columns are brought to one precision by powers of two, so that the pivots go from the surest to the least sure. Column k is a
//! combination Xβ of those before it where what is left of it is no more than rounding: at most √(ηₖ² + Σ(βᵢηᵢ)²), η as in
//! [`Resolution`]. The test does not depend on the units of the columns, and one column that is nearly all rounding
//! hides none of the others. Such columns are put last; the rank is the number of the rest, at most the directions that there can be.

use faer::{Mat, MatRef};

use crate::linalg::{self, Resolution};

/// X = QRPᵀS⁻¹ with the columns that carry a direction first.
pub(super) struct Revealed {
    /// n×min(n, d).
    pub(super) q: Mat<f64>,
    /// min(n, d)×d, upper triangular.
    pub(super) r: Mat<f64>,
    /// The column of X at each place.
    pub(super) order: Vec<usize>,
    /// The powers of two that the columns of X were multiplied by.
    pub(super) scales: Vec<f64>,
    pub(super) rank: usize,
}

impl Revealed {
    pub(super) fn of(x: &Mat<f64>, resolution: &Resolution) -> Self {
        let limits: Vec<f64> = (0..x.ncols()).map(|j| resolution.of_column(j, linalg::frobenius_norm(x.subcols(j, 1)))).collect();
        let scales: Vec<f64> = limits.iter().map(|&limit| linalg::unit(limit)).collect();
        let qr = Mat::from_fn(x.nrows(), x.ncols(), |i, j| x[(i, j)] * scales[j]).col_piv_qr();
        let order = qr.P().arrays().0.to_vec();
        let limits: Vec<f64> = order.iter().map(|&j| limits[j] * scales[j]).collect();
        let mut kept = kept(qr.thin_R(), &limits);
        kept.truncate(resolution.most());
        let rank = kept.len();
        if kept.iter().enumerate().all(|(place, &at)| place == at) {
            return Self { q: qr.compute_thin_Q(), r: qr.thin_R().to_owned(), order, scales, rank };
        }
        let dropped = (0..order.len()).filter(|at| !kept.contains(at));
        let order: Vec<usize> = kept.iter().copied().chain(dropped).map(|at| order[at]).collect();
        let qr = Mat::from_fn(x.nrows(), x.ncols(), |i, at| x[(i, order[at])] * scales[order[at]]).qr();
        Self { q: qr.compute_thin_Q(), r: qr.thin_R().to_owned(), order, scales, rank }
    }
}

/// The places of R's columns that are no combination of kept ones before them. Of a matrix of zeros R is NaN, and NaN stands above
/// nothing.
fn kept(r: MatRef<'_, f64>, limits: &[f64]) -> Vec<usize> {
    let mut kept: Vec<usize> = Vec::new();
    for k in 0..r.nrows().min(r.ncols()) {
        let among = |row: &usize| kept.binary_search(row).is_ok();
        let left = linalg::norm((0..=k).filter(|row| !among(row)).map(|row| r[(row, k)]));
        let mut beta = Mat::from_fn(kept.len(), 1, |place, _| r[(kept[place], k)]);
        if kept.len() == k {
            r.submatrix(0, 0, k, k).solve_upper_triangular_in_place(&mut beta);
        } else {
            Mat::from_fn(kept.len(), kept.len(), |i, j| r[(kept[i], kept[j])]).solve_upper_triangular_in_place(&mut beta);
        }
        let owed = linalg::norm(kept.iter().enumerate().map(|(place, &at)| beta[(place, 0)] * limits[at]).chain([limits[k]]));
        if left > owed {
            kept.push(k);
        }
    }
    kept
}
