//! The baseline, with what is reported of it: coefficients on both scales, leverages, errors with and without the row
//! itself.

use faer::{Mat, MatRef};
use serde::{Deserialize, Serialize};

use super::{Comparison, Errors};
use crate::data::Units;
use crate::linalg::{self, count};
use crate::regression::{Ridge, is_full};
use crate::{Error, Result};

/// Ridge, or least squares at λ = 0, where dependent columns leave the solution of minimum norm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// λ, the penalty on the scaled features.
    pub penalty: f64,
    /// For each target its coefficients on the features as they were measured.
    pub coefficients: Vec<Vec<f64>>,
    /// For each target its intercept.
    pub intercept: Vec<f64>,
    /// For each target its coefficients on the scaled features, the target in its own unit.
    pub coefficients_scaled: Vec<Vec<f64>>,
    /// The numerical rank of the centred features.
    pub rank: usize,
    /// tr H without the intercept, which would add one.
    pub effective_degrees_of_freedom: f64,
    /// Leverages of the training rows, the intercept's 1/n included.
    pub leverages: Leverages,
    /// Each target's error on the training rows.
    pub train: Vec<Errors>,
    /// Each target's error on the test rows.
    pub test: Vec<Errors>,
    /// Each target's mean squared leave-one-out error, in units of its training variance; none where a row determines
    /// its own fit, or so nearly that no digit is sure.
    pub leave_one_out: Option<Vec<f64>>,
}

/// A summary of leverages.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "notebook", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Leverages {
    /// The smallest leverage.
    pub min: f64,
    /// The middle leverage, or the mean of the middle two.
    pub median: f64,
    /// The mean leverage.
    pub mean: f64,
    /// The largest leverage.
    pub max: f64,
}

impl Baseline {
    /// Of data on scale: one fit on the factor of the training rows, one pass over them.
    pub(super) fn of(comparison: &Comparison, penalty: f64) -> Result<Self> {
        let Comparison { data, factor, units, resolution, .. } = comparison;
        let ridge = Ridge::fit_resolved(factor.x.as_ref(), factor.y.as_ref(), penalty, resolution)?;
        let [fitted, predicted] = [&data.train, &data.test].map(|rows| ridge.predict(rows.x.as_ref()));
        let n = count(data.train.n());
        // A triangular solve is right to the condition of its factor; what that puts above one is no leverage.
        let condition = ridge.condition();
        let doubt = |leverage: f64| (n + condition * leverage) * f64::EPSILON;
        let leverages = ridge.leverages_of(data.train.x.as_ref()).into_iter().map(|leverage| leverage + 1.0 / n);
        let leverages: Vec<f64> = leverages
            .map(|leverage| if leverage - 1.0 <= 1e4 * doubt(leverage) { leverage.min(1.0) } else { leverage })
            .collect();
        let full = leverages.iter().any(|&leverage| is_full(leverage, doubt(leverage)));
        let left_out = |t: usize| {
            let errors = (0..data.train.n()).map(|i| (data.train.y[(i, t)] - fitted[(i, t)]) / (1.0 - leverages[i]));
            errors.map(|error| error * error).sum::<f64>() / n
        };
        let targets = 0..data.targets.len();
        let (coefficients, intercept) = in_the_units_of_the_table(units, ridge.coefficients())?;
        let [train, test] = [(&fitted, &data.train.y), (&predicted, &data.test.y)]
            .map(|(prediction, target)| Errors::of(prediction.as_ref(), target.as_ref()));
        if !train.iter().chain(&test).all(Errors::are_numbers) {
            return Err(Error::Overflow { what: "the errors" });
        }
        Ok(Self {
            penalty,
            coefficients: columns(coefficients.as_ref()),
            intercept,
            coefficients_scaled: columns(units.in_target_units(ridge.coefficients()).as_ref()),
            rank: ridge.rank(),
            effective_degrees_of_freedom: ridge.effective_degrees_of_freedom(),
            leverages: Leverages::of(leverages.clone()),
            train,
            test,
            leave_one_out: (!full).then(|| targets.map(left_out).collect()),
        })
    }
}

/// Coefficients and intercepts on what was measured, if there are numbers for them.
fn in_the_units_of_the_table(units: &Units, scaled: MatRef<'_, f64>) -> Result<(Mat<f64>, Vec<f64>)> {
    let what = "coefficients in the units of the table";
    let (coefficients, intercept) = units.original(scaled);
    if !(linalg::max_abs(coefficients.as_ref()).is_finite() && intercept.iter().all(|number| number.is_finite())) {
        return Err(Error::Overflow { what });
    }
    let vanished = linalg::entries(scaled)
        .zip(linalg::entries(coefficients.as_ref()))
        .any(|(scaled, own)| scaled.is_normal() && !own.is_normal());
    if vanished { Err(Error::Underflow { what }) } else { Ok((coefficients, intercept)) }
}

impl Leverages {
    fn of(mut leverages: Vec<f64>) -> Self {
        leverages.sort_by(f64::total_cmp);
        let (n, mean) = (leverages.len(), leverages.iter().sum::<f64>() / count(leverages.len()));
        let middle = f64::midpoint(leverages[(n - 1) / 2], leverages[n / 2]);
        Self { min: leverages[0], median: middle, mean, max: leverages[n - 1] }
    }
}

fn columns(matrix: MatRef<'_, f64>) -> Vec<Vec<f64>> {
    matrix.col_iter().map(|column| linalg::entries(column.as_mat()).collect()).collect()
}
