//! Ridge regression: β̂ = argmin ‖Y − Xβ‖² + λ‖β‖², for one target or many.
//!
//! X is n×d, Y is n×m, β̂ is d×m, λ ≥ 0. With λ > 0 the factor is a QR of X and √λ I, the larger on top, pivoted unless
//! the penalty dwarfs X: it squares no condition number, as the normal equations would, and survives columns of very
//! different scales, as an SVD would not (Björck 1996, §2.7). With λ = 0 it is a pivoted QR of X on columns of one
//! precision. What that shows to be dependent, by rounding or for want of rows, is no direction of the data: the fit is
//! made in a basis of what the rows span, at λ = 0 the solution of minimum norm, and costs O(n²d) where rows are fewer
//! than columns. How far columns are to be trusted, and so what is dependent, is [`Resolution`]'s to say.
//!
//! The hat matrix is never formed: its diagonal, the leverages, are the squared row norms of the top of Q. What this
//! renounces: sparse data, and n so large that an n×d factor does not fit.
//!
//! ```
//! use attention_regression::regression::{Intercept, Ridge};
//! use attention_regression::{data, linalg};
//!
//! let data = data::synthetic(1).centred();
//! let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
//! let fit = Ridge::fit(x, y, 2.0, Intercept::None)?;
//! // The normal equations: what the residuals pull is the penalty times the coefficients.
//! let pulled = x.transpose() * (y - fit.fitted());
//! assert!(linalg::relative_gap(pulled.as_ref(), (fit.coefficients() + fit.coefficients()).as_ref()) < 1e-10);
//! # Ok::<(), attention_regression::Error>(())
//! ```

use faer::{Mat, MatRef};

use super::factor::{Factor, Solution, centred};
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

/// Rows whose leverages are computed together.
const LEVERAGE_BLOCK: usize = 4096;

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

    /// Fits without intercept where X is not as it was measured, but centred, scaled or the factor of such rows:
    /// `resolution` says how far its columns are to be trusted.
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
        let shift = |t: usize| {
            factor.moments.iter().enumerate().map(|(j, column)| column.mean() * coefficients[(j, t)]).sum::<f64>()
        };
        let intercept: Vec<f64> = (0..y.ncols()).map(|t| target_means[t] - shift(t)).collect();
        let centred_fit = x * &coefficients;
        let fitted = Mat::from_fn(x.nrows(), y.ncols(), |i, t| centred_fit[(i, t)] + target_means[t]);
        if !(intercept.iter().all(|number| number.is_finite()) && linalg::max_abs(fitted.as_ref()).is_finite()) {
            return Err(Error::Overflow { what: "the fitted values" });
        }
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

    /// xᵀ(G + λI)⁻¹x for rows that are centred as those of the fit were, n*×d; at λ = 0 with the pseudo-inverse. Each
    /// is right to about ε times the condition number of the factor.
    pub fn leverages_of(&self, x: MatRef<'_, f64>) -> Vec<f64> {
        let mut leverages = Vec::with_capacity(x.nrows());
        for start in (0..x.nrows()).step_by(LEVERAGE_BLOCK) {
            let rows = self.solution.rows(x.subrows(start, LEVERAGE_BLOCK.min(x.nrows() - start)));
            leverages.extend(rows.col_iter().map(|row| row.iter().map(|entry| entry * entry).sum::<f64>()));
        }
        leverages
    }

    /// How many times a column is as long as what is left of it beside those before it, at worst: an estimate of the
    /// condition number of the factor, whatever the units of its columns.
    pub(crate) fn condition(&self) -> f64 {
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
        if let Some(row) =
            self.leverages.iter().position(|&leverage| is_full(leverage, count(self.leverages.len()) * f64::EPSILON))
        {
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

/// Whether a row determines its own fit, as far as can be told where its leverage may be off by `doubt`: with fewer
/// than four digits of what is left to one, a residual cannot be divided by it.
pub(crate) fn is_full(leverage: f64, doubt: f64) -> bool {
    1.0 - leverage <= 1e4 * doubt
}

fn check_targets(x: MatRef<'_, f64>, y: MatRef<'_, f64>) -> Result<()> {
    assert_eq!(x.nrows(), y.nrows(), "as many rows of Y as of X");
    check_finite("Y", y)
}
