//! Ridge and least squares as the document tells them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PerTarget;
use super::finite::finite;
use crate::Result;
use crate::data::Units;
use crate::experiment::{Baseline, Comparison, Errors, Leverages};

/// Ridge or least squares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fit {
    /// The penalty on the scaled features.
    pub lambda: f64,
    /// Coefficients on the features and targets as they were measured.
    pub coefficients: PerTarget<Vec<f64>>,
    /// The intercept that goes with them.
    pub intercept: PerTarget<f64>,
    /// Coefficients on the scaled features, the target in its own unit.
    pub coefficients_scaled: PerTarget<Vec<f64>>,
    /// The trace of the hat matrix without the intercept, which would add one.
    pub effective_degrees_of_freedom: f64,
    /// Leverages of the training rows, the intercept's 1/n included.
    pub leverages: Leverages,
    /// Mean squared error on training rows.
    pub mse_train: PerTarget<f64>,
    /// Mean squared error on test rows.
    pub mse_test: PerTarget<f64>,
    /// Mean squared error on training rows, in units of the training variance.
    pub mse_train_scaled: PerTarget<f64>,
    /// Mean squared error on test rows, in units of the training variance.
    pub mse_test_scaled: PerTarget<f64>,
    /// R² on training rows; 0 where the targets of these rows do not vary.
    pub r2_train: PerTarget<f64>,
    /// R² on test rows; 0 where the targets of these rows do not vary.
    pub r2_test: PerTarget<f64>,
    /// Mean squared leave-one-out error; null where a row determines its own fit, or so nearly that no digit is sure.
    pub loo_mse: Option<PerTarget<f64>>,
}

impl Fit {
    fn new(baseline: Baseline, units: &Units) -> Self {
        let [train, test] = [&baseline.train, &baseline.test].map(|errors| InUnits::new(errors, units));
        let left_out = baseline.leave_one_out;
        Self {
            lambda: baseline.penalty,
            coefficients: baseline.coefficients.into(),
            intercept: baseline.intercept.into(),
            coefficients_scaled: baseline.coefficients_scaled.into(),
            effective_degrees_of_freedom: baseline.effective_degrees_of_freedom,
            leverages: baseline.leverages,
            mse_train: train.mse,
            mse_test: test.mse,
            mse_train_scaled: train.mse_scaled,
            mse_test_scaled: test.mse_scaled,
            r2_train: train.r_squared,
            r2_test: test.r_squared,
            loo_mse: left_out.map(|errors| PerTarget::in_units(errors.into_iter(), &units.target_scales)),
        }
    }
}

/// What attention is compared with, known before anything is trained.
#[derive(Debug)]
pub struct Baselines {
    pub(super) ridge: Fit,
    pub(super) ols: Fit,
}

impl Baselines {
    /// Ridge at the penalty of a comparison, and least squares.
    ///
    /// # Errors
    /// Those of [`Comparison::baseline`], and [`Error::NoNumber`](crate::Error::NoNumber) for what has none in the
    /// targets' own units.
    pub fn of(comparison: &Comparison) -> Result<Self> {
        let fit = |name: &str, penalty: f64| finite(Fit::new(comparison.baseline(penalty)?, comparison.units()), name);
        Ok(Self { ridge: fit("ridge.", comparison.settings().penalty)?, ols: fit("ols.", 0.0)? })
    }
}

/// Errors of each target, in its own units and scaled.
pub(super) struct InUnits {
    pub(super) mse: PerTarget<f64>,
    pub(super) mse_scaled: PerTarget<f64>,
    pub(super) r_squared: PerTarget<f64>,
}

impl InUnits {
    pub(super) fn new(errors: &[Errors], units: &Units) -> Self {
        let each = |of: fn(&Errors) -> f64| errors.iter().map(of);
        Self {
            mse: PerTarget::in_units(each(|error| error.mse), &units.target_scales),
            mse_scaled: each(|error| error.mse).collect::<Vec<f64>>().into(),
            r_squared: each(|error| error.r_squared).collect::<Vec<f64>>().into(),
        }
    }
}
