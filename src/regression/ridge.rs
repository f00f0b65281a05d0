//! Ridge regression: β̂ = argmin ‖Y − Xβ‖² + λ‖β‖², for one target or many.
//!
//! X is n×d, Y is n×m, β̂ is d×m, λ ≥ 0. With λ > 0 the factor is a pivoted QR of the stacked [X; √λ I]: it squares no
//! condition number, as the normal equations would, and survives columns of very different scales, as an SVD would
//! not (Björck 1996, §2.7). With λ = 0 the columns are first brought to one scale, and what the pivoted QR shows to be
//! dependent is resolved by the minimum-norm solution, through a complete orthogonal decomposition. With fewer rows than
//! columns the fit is made in a basis of what the rows span, and costs O(n²d).
//!
//! The hat matrix is never formed: its diagonal, the leverages, are the squared row norms of the top of Q. What this
//! renounces: sparse data, and n so large that an n×d factor does not fit.

use faer::{Mat, MatRef};

use crate::linalg::{self, check_finite, count, mse};
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
        assert_eq!(x.nrows(), y.nrows(), "as many rows of Y as of X");
        check_finite("Y", y)?;
        let factor = Factor::new(x, penalty, intercept)?;
        let target_means = match intercept {
            Intercept::Fitted => linalg::column_means(y),
            Intercept::None => vec![0.0; y.ncols()],
        };
        let targets = linalg::centred(y, &target_means);
        let mut coefficients = factor.solve((factor.q.transpose() * &targets).as_ref());
        // A column of zeros has the coefficient zero, and not what rounding left of it.
        for column in (0..x.ncols()).filter(|&column| factor.x.col(column).iter().all(|&entry| entry == 0.0)) {
            coefficients.row_mut(column).iter_mut().for_each(|coefficient| *coefficient = 0.0);
        }
        if !linalg::max_abs(coefficients.as_ref()).is_finite() {
            return Err(Error::Overflow { what: "the coefficients" });
        }
        let intercept = (0..y.ncols()).map(|t| target_means[t] - (0..x.ncols()).map(|j| factor.means[j] * coefficients[(j, t)]).sum::<f64>()).collect();
        let centred_fit = &factor.x * &coefficients;
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

    /// The numerical rank of X, centred where an intercept was fitted; below d the λ = 0 solution is the one of
    /// minimum norm.
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

    /// xᵀ(G + λI)⁻¹x for rows that are centred as those of the fit were, n*×d; at λ = 0 with the pseudo-inverse.
    pub fn leverages_of(&self, x: MatRef<'_, f64>) -> Vec<f64> {
        let mut leverages = Vec::with_capacity(x.nrows());
        for start in (0..x.nrows()).step_by(LEVERAGE_BLOCK) {
            let rows = self.solution.rows(x.subrows(start, LEVERAGE_BLOCK.min(x.nrows() - start)));
            leverages.extend(rows.col_iter().map(|row| row.iter().map(|entry| entry * entry).sum::<f64>()));
        }
        leverages
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
        let room = count(self.leverages.len()) * f64::EPSILON;
        if let Some(row) = self.leverages.iter().position(|leverage| 1.0 - leverage <= room) {
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

/// The factorisation behind a fit: X = Q·R with the penalty stacked below, of which Q keeps the top n rows.
pub(crate) struct Factor {
    /// X, centred where an intercept is fitted, n×d.
    x: Mat<f64>,
    /// n×r, r = d or the rank.
    q: Mat<f64>,
    solution: Solution,
    means: Vec<f64>,
    rank: usize,
    intercept: Intercept,
}

/// Rows whose leverages are computed together.
const LEVERAGE_BLOCK: usize = 4096;

/// How the coefficients follow from Qᵀy.
#[derive(Debug, Clone)]
enum Solution {
    /// R (d×d) upper triangular, columns permuted and scaled: β = S P R⁻¹ z.
    Triangular { r: Mat<f64>, order: Vec<usize>, scales: Vec<f64> },
    /// β = Z T⁻ᵀ z, of minimum norm.
    MinimumNorm { z: Mat<f64>, t: Mat<f64> },
    /// β = Bγ in an orthonormal basis B (d×n) of what the rows span.
    Wide { basis: Mat<f64>, inner: Box<Solution> },
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
            Self::MinimumNorm { z, t } => {
                let mut rows = z.transpose() * x.transpose();
                t.solve_upper_triangular_in_place(&mut rows);
                rows
            }
            Self::Wide { basis, inner } => inner.rows((x * basis).as_ref()),
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
            Self::MinimumNorm { z: basis, t } => {
                t.transpose().solve_lower_triangular_in_place(&mut solved);
                basis * solved
            }
            Self::Wide { basis, inner } => basis * inner.solve(z),
        }
    }
}

impl Factor {
    pub(crate) fn new(x: MatRef<'_, f64>, penalty: f64, intercept: Intercept) -> Result<Self> {
        if !(penalty.is_finite() && penalty >= 0.0) {
            return Err(Error::InvalidPenalty { penalty });
        }
        check_finite("X", x)?;
        let means = match intercept {
            Intercept::Fitted => linalg::column_means(x),
            Intercept::None => vec![0.0; x.ncols()],
        };
        let centred = without_constants(x, &means);
        let (q, solution, rank) = match penalty > 0.0 {
            true if x.nrows() < x.ncols() => wide(&centred, penalty),
            true => penalised(&centred, penalty),
            false => unpenalised(&centred),
        };
        Ok(Self { x: centred, q, solution, means, rank, intercept })
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
        match self.intercept {
            Intercept::Fitted => 1.0 / count(self.q.nrows()),
            Intercept::None => 0.0,
        }
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
        let weights = linalg::centred(query, &self.means) * self.solve(self.q.transpose());
        Mat::from_fn(weights.nrows(), weights.ncols(), |i, j| weights[(i, j)] + base)
    }
}

/// X minus its means; a column that is constant up to the rounding of its mean becomes exactly zero.
fn without_constants(x: MatRef<'_, f64>, means: &[f64]) -> Mat<f64> {
    let mut centred = linalg::centred(x, means);
    for (column, &mean) in means.iter().enumerate() {
        let noise = 4.0 * f64::EPSILON * mean.abs();
        if centred.col(column).iter().all(|entry| entry.abs() <= noise) {
            centred.col_mut(column).iter_mut().for_each(|entry| *entry = 0.0);
        }
    }
    centred
}

fn penalised(x: &Mat<f64>, penalty: f64) -> (Mat<f64>, Solution, usize) {
    let (n, d) = (x.nrows(), x.ncols());
    let root = penalty.sqrt();
    let stacked = Mat::from_fn(n + d, d, |i, j| match i.checked_sub(n) {
        None => x[(i, j)],
        Some(row) if row == j => root,
        Some(_) => 0.0,
    });
    let qr = stacked.col_piv_qr();
    let q = qr.compute_thin_Q().subrows(0, n).to_owned();
    let solution = Solution::Triangular { r: qr.thin_R().to_owned(), order: order(&qr), scales: vec![1.0; d] };
    (q, solution, unpenalised_rank(x))
}

/// With fewer rows than columns: X = LBᵀ, and a fit on L (n×n), since β lies in the span of the rows.
fn wide(x: &Mat<f64>, penalty: f64) -> (Mat<f64>, Solution, usize) {
    let qr = x.transpose().qr();
    let (q, inner, _) = penalised(&qr.thin_R().transpose().to_owned(), penalty);
    (q, Solution::Wide { basis: qr.compute_thin_Q(), inner: Box::new(inner) }, unpenalised_rank(x))
}

fn order(qr: &faer::linalg::solvers::ColPivQr<f64>) -> Vec<usize> {
    qr.P().arrays().0.to_vec()
}

/// X with every column scaled by a power of two to a norm near 1, and the scales.
fn equilibrated(x: &Mat<f64>) -> (Mat<f64>, Vec<f64>) {
    // A column of zeros gets the largest scale, and stays zero.
    let scale = |column: usize| libm::scalbn(1.0, -libm::ilogb(linalg::frobenius_norm(x.subcols(column, 1))).clamp(-1022, 1022));
    let scales: Vec<f64> = (0..x.ncols()).map(scale).collect();
    (Mat::from_fn(x.nrows(), x.ncols(), |i, j| x[(i, j)] * scales[j]), scales)
}

/// How many of R's diagonal stand above rounding. Of a matrix of zeros R is NaN, and NaN stands above nothing.
fn revealed_rank(x: &Mat<f64>, r: MatRef<'_, f64>) -> usize {
    let first = if r.nrows() == 0 { 0.0 } else { r[(0, 0)].abs() };
    let floor = linalg::rank_floor(x.as_ref(), first);
    (0..r.nrows().min(r.ncols())).take_while(|&i| r[(i, i)].abs() > floor).count()
}

fn unpenalised_rank(x: &Mat<f64>) -> usize {
    let (scaled, _) = equilibrated(x);
    let qr = scaled.col_piv_qr();
    revealed_rank(&scaled, qr.thin_R())
}

fn unpenalised(x: &Mat<f64>) -> (Mat<f64>, Solution, usize) {
    let (scaled, scales) = equilibrated(x);
    let qr = scaled.col_piv_qr();
    let (r, order) = (qr.thin_R(), order(&qr));
    let rank = revealed_rank(&scaled, r);
    let q = qr.compute_thin_Q().subcols(0, rank).to_owned();
    if rank == x.ncols() {
        return (q, Solution::Triangular { r: r.to_owned(), order, scales }, rank);
    }
    // Xᵀ = (R₁ Pᵀ S⁻¹)ᵀ Q₁ᵀ: the rows of X span what the first `rank` rows of R span, unscaled and unpermuted.
    let mut rows = Mat::zeros(x.ncols(), rank);
    for (place, &column) in order.iter().enumerate() {
        for k in 0..rank {
            rows[(column, k)] = r[(k, place)] / scales[column];
        }
    }
    let inner = rows.qr();
    let solution = Solution::MinimumNorm { z: inner.compute_thin_Q(), t: inner.thin_R().to_owned() };
    (q, solution, rank)
}
