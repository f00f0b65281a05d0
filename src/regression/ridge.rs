//! Ridge regression: β̂ = argmin ‖Y − Xβ‖² + λ‖β‖², for one target or many.
//!
//! X is n×d, Y is n×m, β̂ is d×m, λ ≥ 0. With λ > 0 the factor is a pivoted QR of the stacked [X; √λ I]: it squares no
//! condition number, as the normal equations would, and survives columns of very different scales, as an SVD would
//! not (Björck 1996, §2.7). With λ = 0 it is a pivoted QR of X on columns of one precision. What that shows to be dependent, by
//! rounding or for want of rows, is no direction of the data: the fit is made in a basis of what the rows span, at λ = 0 the
//! solution of minimum norm, and costs O(n²d) where rows are fewer than columns. How far columns are to be trusted, and so what is
//! dependent, is [`Resolution`]'s to say.
//!
//! The hat matrix is never formed: its diagonal, the leverages, are the squared row norms of the top of Q. What this
//! renounces: sparse data, and n so large that an n×d factor does not fit.

use faer::{Mat, MatRef};

use super::revealed::Revealed;
use crate::linalg::{self, Moments, Resolution, check_finite, count, mse};
use crate::{Error, Result};

/// Whether the fit has an unpenalised intercept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intercept {
    /// X and Y are centred first; the intercept is not penalised.
    Fitted,
    /// The fit goes through the origin.
    None,
}

/// A fitted ridge regression.
#[derive(Debug, Clone)]
pub struct Ridge {
    coefficients: Mat<f64>,
    intercept: Vec<f64>,
    fitted: Mat<f64>,
    residuals: Mat<f64>,
    leverages: Vec<f64>,
    solution: Solution,
    rank: usize,
    penalty: f64,
}

impl Ridge {
    /// Fits Y (n×m) on X (n×d) with penalty λ ≥ 0.
    ///
    /// # Errors
    /// [`Error::InvalidPenalty`], [`Error::Empty`], [`Error::NotFinite`], [`Error::Overflow`].
    pub fn fit(x: MatRef<'_, f64>, y: MatRef<'_, f64>, penalty: f64, intercept: Intercept) -> Result<Self> {
        check_targets(x, y)?;
        Self::with(Factor::new(x, penalty, intercept)?, y, penalty, intercept)
    }

    /// Fits without intercept where X is not as it was measured, but centred, scaled or the factor of such rows: `resolution`
    /// says how far its columns are to be trusted.
    ///
    /// # Errors
    /// Those of [`Ridge::fit`].
    pub fn fit_resolved(x: MatRef<'_, f64>, y: MatRef<'_, f64>, penalty: f64, resolution: &Resolution) -> Result<Self> {
        check_targets(x, y)?;
        Self::with(Factor::resolved(x, penalty, resolution)?, y, penalty, Intercept::None)
    }

    fn with(factor: Factor, y: MatRef<'_, f64>, penalty: f64, intercept: Intercept) -> Result<Self> {
        let x = &factor.x;
        let (targets, target_means) = match intercept {
            Intercept::Fitted => {
                let moments = linalg::moments(y);
                (centred("the centred targets", y, &moments)?, moments.iter().map(Moments::mean).collect())
            }
            Intercept::None => (y.to_owned(), vec![0.0; y.ncols()]),
        };
        let mut coefficients = factor.solve((factor.q.transpose() * &targets).as_ref());
        // A column of zeros has the coefficient zero, and not what rounding left of it.
        for column in (0..x.ncols()).filter(|&column| x.col(column).iter().all(|&entry| entry == 0.0)) {
            coefficients.row_mut(column).iter_mut().for_each(|coefficient| *coefficient = 0.0);
        }
        if !linalg::max_abs(coefficients.as_ref()).is_finite() {
            return Err(Error::Overflow { what: "the coefficients" });
        }
        let shift = |t: usize| factor.moments.iter().enumerate().map(|(j, column)| column.mean() * coefficients[(j, t)]).sum::<f64>();
        let intercept = (0..y.ncols()).map(|t| target_means[t] - shift(t)).collect();
        let centred_fit = x * &coefficients;
        let fitted = Mat::from_fn(x.nrows(), y.ncols(), |i, t| centred_fit[(i, t)] + target_means[t]);
        Ok(Self {
            coefficients,
            intercept,
            residuals: &targets - &centred_fit,
            fitted,
            leverages: factor.leverages(),
            rank: factor.rank,
            solution: factor.solution,
            penalty,
        })
    }

    /// β̂, d×m.
    pub fn coefficients(&self) -> MatRef<'_, f64> {
        self.coefficients.as_ref()
    }

    /// One intercept per target; zero where none was fitted.
    pub fn intercept(&self) -> &[f64] {
        &self.intercept
    }

    /// λ.
    pub fn penalty(&self) -> f64 {
        self.penalty
    }

    /// How many directions X has above rounding, centred where an intercept was fitted: then at most n − 1. Below d the
    /// λ = 0 solution is the one of minimum norm.
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// Xβ̂ + intercept on new rows, n*×m.
    pub fn predict(&self, x: MatRef<'_, f64>) -> Mat<f64> {
        let linear = x * &self.coefficients;
        Mat::from_fn(x.nrows(), self.intercept.len(), |i, t| linear[(i, t)] + self.intercept[t])
    }

    /// Predictions on the training rows, n×m.
    pub fn fitted(&self) -> MatRef<'_, f64> {
        self.fitted.as_ref()
    }

    /// hᵢᵢ of the hat matrix, without forming it; an intercept adds 1/n.
    pub fn leverages(&self) -> &[f64] {
        &self.leverages
    }

    /// xᵀ(G + λI)⁻¹x for rows that are centred as those of the fit were, n*×d; at λ = 0 with the pseudo-inverse. Each is right to about
    /// ε times [`Ridge::condition`].
    pub fn leverages_of(&self, x: MatRef<'_, f64>) -> Vec<f64> {
        let mut leverages = Vec::with_capacity(x.nrows());
        for start in (0..x.nrows()).step_by(LEVERAGE_BLOCK) {
            let rows = self.solution.rows(x.subrows(start, LEVERAGE_BLOCK.min(x.nrows() - start)));
            leverages.extend(rows.col_iter().map(|row| row.iter().map(|entry| entry * entry).sum::<f64>()));
        }
        leverages
    }

    /// How much of a column is left beside those before it, at worst: an estimate of the condition number of the factor, whatever
    /// the units of its columns.
    pub fn condition(&self) -> f64 {
        self.solution.condition()
    }

    /// tr H = Σ hᵢᵢ; an intercept counts one.
    pub fn effective_degrees_of_freedom(&self) -> f64 {
        self.leverages.iter().sum()
    }

    /// Each row's prediction by the fit without it: yᵢ − rᵢ/(1 − hᵢᵢ), exact for every λ (Allen 1974).
    ///
    /// # Errors
    /// [`Error::FullLeverage`] where a row determines its own fit.
    pub fn leave_one_out(&self) -> Result<Mat<f64>> {
        if let Some(row) = self.leverages.iter().position(|&leverage| is_full(leverage, count(self.leverages.len()) * f64::EPSILON)) {
            return Err(Error::FullLeverage { row });
        }
        Ok(Mat::from_fn(self.fitted.nrows(), self.fitted.ncols(), |i, t| {
            let residual = self.residuals[(i, t)];
            self.fitted[(i, t)] + residual - residual / (1.0 - self.leverages[i])
        }))
    }

    /// The mean square of the leave-one-out errors.
    ///
    /// # Errors
    /// [`Error::FullLeverage`].
    pub fn leave_one_out_mse(&self) -> Result<f64> {
        let left_out = self.leave_one_out()?;
        let observed = &self.fitted + &self.residuals;
        Ok(mse(left_out.as_ref(), observed.as_ref()))
    }
}

/// Whether a row determines its own fit, as far as can be told where its leverage may be off by `doubt`: with fewer than four digits of
/// what is left to one, a residual cannot be divided by it.
pub(crate) fn is_full(leverage: f64, doubt: f64) -> bool {
    1.0 - leverage <= 1e4 * doubt
}

fn check_targets(x: MatRef<'_, f64>, y: MatRef<'_, f64>) -> Result<()> {
    assert_eq!(x.nrows(), y.nrows(), "as many rows of Y as of X");
    check_finite("Y", y)
}

/// The factorisation behind a fit: X = Q·R with the penalty stacked below, of which Q keeps the top n rows.
pub(crate) struct Factor {
    /// X, centred where an intercept is fitted, n×d.
    x: Mat<f64>,
    /// n×r, r = d or the rank.
    q: Mat<f64>,
    solution: Solution,
    /// Of the columns before they were centred; none without an intercept.
    moments: Vec<Moments>,
    rank: usize,
}

/// Rows whose leverages are computed together.
const LEVERAGE_BLOCK: usize = 4096;

/// How the coefficients follow from Qᵀy.
#[derive(Debug, Clone)]
enum Solution {
    /// R (d×d) upper triangular, columns permuted and scaled: β = S P R⁻¹ z.
    Triangular { r: Mat<f64>, order: Vec<usize>, scales: Vec<f64> },
    /// β = Z T⁻ᵀ z, of minimum norm: X = QTᵀZᵀ, T upper triangular but for the order of its columns.
    MinimumNorm { z: Mat<f64>, t: Mat<f64>, order: Vec<usize> },
    /// β = Bγ in an orthonormal basis B (d×r) of what the rows span.
    Within { basis: Mat<f64>, inner: Box<Solution> },
}

impl Solution {
    /// What stands in Q's place for rows X*, transposed: r×n*, columns q with xᵀβ̂ = qᵀz.
    fn rows(&self, x: MatRef<'_, f64>) -> Mat<f64> {
        match self {
            Self::Triangular { r, order, scales } => {
                let mut rows = Mat::from_fn(order.len(), x.nrows(), |place, i| x[(i, order[place])] * scales[order[place]]);
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
    fn condition(&self) -> f64 {
        let of = |r: &Mat<f64>| (0..r.ncols()).map(|k| linalg::norm((0..=k).map(|i| r[(i, k)])) / r[(k, k)].abs()).fold(1.0, f64::max);
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
        // A column that is constant up to the rounding of its mean becomes exactly zero.
        for (j, column) in moments.iter().enumerate() {
            let noise = 4.0 * f64::EPSILON * column.mean().abs();
            if centred.col(j).iter().all(|entry| entry.abs() <= noise) {
                centred.col_mut(j).iter_mut().for_each(|entry| *entry = 0.0);
            }
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
            // What rounding has put into the other directions vanishes before such a penalty; and no column is mixed with another.
            (true, false) if x.nrows() >= x.ncols() && penalty * f64::EPSILON >= revealed.coarsest * revealed.coarsest => penalised(&x, penalty),
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

    fn leverages(&self) -> Vec<f64> {
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
        let weights = if self.moments.is_empty() { query * smoother } else { linalg::centred(query, &self.moments) * smoother };
        Mat::from_fn(weights.nrows(), weights.ncols(), |i, j| weights[(i, j)] + base)
    }
}

fn check(x: MatRef<'_, f64>, penalty: f64) -> Result<()> {
    if penalty.is_finite() && penalty >= 0.0 { check_finite("X", x) } else { Err(Error::InvalidPenalty { penalty }) }
}

/// A matrix minus its means, which is refused where a difference is no number.
fn centred(what: &'static str, x: MatRef<'_, f64>, moments: &[Moments]) -> Result<Mat<f64>> {
    let centred = linalg::centred(x, moments);
    if linalg::max_abs(centred.as_ref()).is_finite() { Ok(centred) } else { Err(Error::Overflow { what }) }
}

/// R of [X; √λ I], and of its Q the rows of X. The larger block stands on top: what is small is then found by products, and not as
/// what is left of something large.
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
