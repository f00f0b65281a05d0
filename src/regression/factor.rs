//! The factorisation behind a fit: of X and the penalty, one stacked on the other, X = QR is kept, in a basis of what
//! the rows of X span where that is less than all columns.
//!
//! Q (n×r) keeps the rows of X; [`Solution`] is how coefficients follow from Qᵀy, and what stands in Q's place for
//! other rows.

use faer::{Mat, MatRef};

use super::Intercept;
use super::revealed::Revealed;
use crate::linalg::{self, Moments, Resolution, check_finite, count};
use crate::{Error, Result};

/// X = QR of the stack, of which Q keeps the rows of X.
pub(crate) struct Factor {
    /// X, centred where an intercept is fitted, n×d.
    pub(super) x: Mat<f64>,
    /// n×r, r = d or the rank.
    pub(super) q: Mat<f64>,
    pub(super) solution: Solution,
    /// Of the columns before they were centred; none without an intercept.
    pub(super) moments: Vec<Moments>,
    pub(super) rank: usize,
}

/// How the coefficients follow from Qᵀy.
#[derive(Debug, Clone)]
pub(super) enum Solution {
    /// R (d×d) upper triangular, columns permuted and scaled: β = S P R⁻¹ z.
    Triangular { r: Mat<f64>, order: Vec<usize>, scales: Vec<f64> },
    /// β = Z T⁻ᵀ z, of minimum norm: X = QTᵀZᵀ, T upper triangular but for the order of its columns.
    MinimumNorm { z: Mat<f64>, t: Mat<f64>, order: Vec<usize> },
    /// β = Bγ in an orthonormal basis B (d×r) of what the rows span.
    Within { basis: Mat<f64>, inner: Box<Solution> },
}

impl Solution {
    /// What stands in Q's place for rows X*, transposed: r×n*, columns q with xᵀβ̂ = qᵀz.
    pub(super) fn rows(&self, x: MatRef<'_, f64>) -> Mat<f64> {
        match self {
            Self::Triangular { r, order, scales } => {
                let mut rows =
                    Mat::from_fn(order.len(), x.nrows(), |place, i| x[(i, order[place])] * scales[order[place]]);
                r.transpose().solve_lower_triangular_in_place(&mut rows);
                rows
            }
            Self::MinimumNorm { z, t, order } => {
                let mut solved = z.transpose() * x.transpose();
                t.solve_upper_triangular_in_place(&mut solved);
                let mut rows = Mat::zeros(order.len(), x.nrows());
                order.iter().enumerate().for_each(|(place, &row)| rows.row_mut(row).copy_from(solved.row(place)));
                rows
            }
            Self::Within { basis, inner } => inner.rows((x * basis).as_ref()),
        }
    }

    /// max ‖Rₖ‖/|rₖₖ| over the columns of the triangular factor.
    pub(super) fn condition(&self) -> f64 {
        let of = |r: &Mat<f64>| {
            (0..r.ncols()).map(|k| linalg::norm((0..=k).map(|i| r[(i, k)])) / r[(k, k)].abs()).fold(1.0, f64::max)
        };
        match self {
            Self::Triangular { r, .. } => of(r),
            Self::MinimumNorm { t, .. } => of(t),
            Self::Within { inner, .. } => inner.condition(),
        }
    }

    /// β for z = Qᵀy (r×m), d×m.
    fn solve(&self, z: MatRef<'_, f64>) -> Mat<f64> {
        let mut solved = z.to_owned();
        match self {
            Self::Triangular { r, order, scales } => {
                r.solve_upper_triangular_in_place(&mut solved);
                let mut beta = Mat::zeros(order.len(), z.ncols());
                for (place, &column) in order.iter().enumerate() {
                    for t in 0..z.ncols() {
                        beta[(column, t)] = solved[(place, t)] * scales[column];
                    }
                }
                beta
            }
            Self::MinimumNorm { z: basis, t, order } => {
                order.iter().enumerate().for_each(|(place, &row)| solved.row_mut(place).copy_from(z.row(row)));
                t.transpose().solve_lower_triangular_in_place(&mut solved);
                basis * solved
            }
            Self::Within { basis, inner } => basis * inner.solve(z),
        }
    }
}

impl Factor {
    pub(crate) fn new(x: MatRef<'_, f64>, penalty: f64, intercept: Intercept) -> Result<Self> {
        check(x, penalty)?;
        if intercept == Intercept::None {
            return Self::resolved(x, penalty, &Resolution::of(x));
        }
        let moments = linalg::moments(x);
        let mut centred = centred("the centred features", x, &moments)?;
        for (j, _) in moments.iter().enumerate().filter(|(_, column)| column.is_constant()) {
            centred.col_mut(j).iter_mut().for_each(|entry| *entry = 0.0);
        }
        let resolution = Resolution::centred(x.nrows(), &moments);
        Ok(Self { moments, ..Self::of(centred, penalty, &resolution) })
    }

    /// Without intercept, of rows that are not as they were measured.
    pub(crate) fn resolved(x: MatRef<'_, f64>, penalty: f64, resolution: &Resolution) -> Result<Self> {
        check(x, penalty)?;
        Ok(Self::of(x.to_owned(), penalty, resolution))
    }

    fn of(x: Mat<f64>, penalty: f64, resolution: &Resolution) -> Self {
        let revealed = Revealed::of(&x, resolution);
        let rank = revealed.rank;
        let (q, solution) = match (penalty > 0.0, rank == x.ncols()) {
            (true, true) => penalised(&x, penalty),
            // What rounding has put into the other directions vanishes before such a penalty; and no column is mixed
            // with another.
            (true, false)
                if x.nrows() >= x.ncols() && penalty * f64::EPSILON >= revealed.coarsest * revealed.coarsest =>
            {
                penalised(&x, penalty)
            }
            (true, false) => {
                let (basis, ..) = span(&revealed);
                let (q, inner) = penalised(&(&x * &basis), penalty);
                (q, Solution::Within { basis, inner: Box::new(inner) })
            }
            (false, true) => {
                let (r, order) = (revealed.r().to_owned(), revealed.order().to_vec());
                (revealed.q(), Solution::Triangular { r, order, scales: revealed.scales })
            }
            (false, false) => {
                let (z, t, order) = span(&revealed);
                (revealed.q().subcols(0, rank).to_owned(), Solution::MinimumNorm { z, t, order })
            }
        };
        Self { x, q, solution, moments: Vec::new(), rank }
    }

    /// β for z = Qᵀy (r×m), d×m.
    pub(crate) fn solve(&self, z: MatRef<'_, f64>) -> Mat<f64> {
        self.solution.solve(z)
    }

    pub(super) fn leverages(&self) -> Vec<f64> {
        let base = self.constant_weight();
        (0..self.q.nrows()).map(|i| base + self.q.row(i).iter().map(|entry| entry * entry).sum::<f64>()).collect()
    }

    /// What the intercept puts on every row: 1/n.
    fn constant_weight(&self) -> f64 {
        if self.moments.is_empty() { 0.0 } else { 1.0 / count(self.q.nrows()) }
    }

    /// H, n×n.
    pub(crate) fn hat_matrix(&self) -> Mat<f64> {
        let base = self.constant_weight();
        let projection = &self.q * self.q.transpose();
        Mat::from_fn(projection.nrows(), projection.ncols(), |i, j| projection[(i, j)] + base)
    }

    /// S with predictions Sy at the rows of `query`, n*×n.
    pub(crate) fn smoother_matrix(&self, query: MatRef<'_, f64>) -> Mat<f64> {
        let base = self.constant_weight();
        let smoother = self.solve(self.q.transpose());
        let weights =
            if self.moments.is_empty() { query * smoother } else { linalg::centred(query, &self.moments) * smoother };
        Mat::from_fn(weights.nrows(), weights.ncols(), |i, j| weights[(i, j)] + base)
    }
}

fn check(x: MatRef<'_, f64>, penalty: f64) -> Result<()> {
    if penalty.is_finite() && penalty >= 0.0 { check_finite("X", x) } else { Err(Error::InvalidPenalty { penalty }) }
}

/// A matrix minus its means, which is refused where a difference is no number.
pub(super) fn centred(what: &'static str, x: MatRef<'_, f64>, moments: &[Moments]) -> Result<Mat<f64>> {
    let centred = linalg::centred(x, moments);
    if linalg::max_abs(centred.as_ref()).is_finite() { Ok(centred) } else { Err(Error::Overflow { what }) }
}

/// R of [X; √λ I], and of its Q the rows of X. The larger block stands on top: what is small is then found by products,
/// and not as what is left of something large.
fn penalised(x: &Mat<f64>, penalty: f64) -> (Mat<f64>, Solution) {
    let (n, d) = (x.nrows(), x.ncols());
    let root = penalty.sqrt();
    // A power of two keeps the squares of a huge penalty among the numbers; the coefficients take it back.
    let unit = linalg::unit(linalg::max_abs(x.as_ref()).max(root));
    let shrunk = root >= linalg::frobenius_norm(x.as_ref());
    let (x_at, root_at) = if shrunk { (d, 0) } else { (0, n) };
    let stacked = Mat::from_fn(n + d, d, |i, j| match (i.wrapping_sub(x_at), i.wrapping_sub(root_at)) {
        (row, _) if row < n => x[(row, j)] * unit,
        (_, row) if row == j => root * unit,
        _ => 0.0,
    });
    let scales = vec![unit; d];
    // Columns that are nearly the penalty's are nearly orthogonal as they stand.
    let (q, r, order) = if shrunk {
        let qr = stacked.qr();
        (qr.compute_thin_Q(), qr.thin_R().to_owned(), (0..d).collect())
    } else {
        let qr = stacked.col_piv_qr();
        (qr.compute_thin_Q(), qr.thin_R().to_owned(), qr.P().arrays().0.to_vec())
    };
    (q.subrows(x_at, n).to_owned(), Solution::Triangular { r, order, scales })
}

/// An orthonormal basis Z (d×r) of what the rows of X span, and T (r×r) with X = QTᵀZᵀ: its rows are the first r of R,
/// (R₁PᵀS⁻¹)ᵀ = ZT. T is upper triangular with its columns in the order that follows.
fn span(revealed: &Revealed) -> (Mat<f64>, Mat<f64>, Vec<usize>) {
    let (r, order, scales, rank) = (revealed.r(), revealed.order(), &revealed.scales, revealed.rank);
    let mut rows = Mat::zeros(order.len(), rank);
    for (place, &column) in order.iter().enumerate() {
        for k in 0..rank {
            rows[(column, k)] = r[(k, place)] / scales[column];
        }
    }
    let qr = rows.col_piv_qr();
    (qr.compute_thin_Q(), qr.thin_R().to_owned(), qr.P().arrays().0.to_vec())
}
