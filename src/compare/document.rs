//! Everything about a comparison as one document for programs: `--json`, described by a JSON Schema that is derived from it.
//!
//! Errors are in the target's own units, those ending in `_scaled` in units of its training variance. With one target an error
//! is a number, with several an array in the order of `data.targets`.

mod made;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::verdict::Verdict;
use crate::publish::harmless_json;
pub use made::Baselines;

/// The name and version of the schema.
pub const SCHEMA: &str = "attention-regression/compare/2";
/// What the document is called in a folder.
pub const DOCUMENT: &str = "comparison.json";

/// The document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// `attention-regression/compare/2`.
    pub schema: String,
    /// What was compared on.
    pub data: Data,
    /// The baseline.
    pub ridge: Fit,
    /// Least squares: the baseline without a penalty.
    pub ols: Fit,
    /// Every variant from every seed.
    pub variants: Vec<Attention>,
    /// Trainings that came to nothing, and why.
    pub failures: Vec<Failure>,
    /// What counts as the same. Since version 2 of this schema a mechanism is judged by alignment and size, not by one gap.
    pub thresholds: Thresholds,
    /// A verdict for each variant, over its seeds.
    pub verdicts: Vec<Judged>,
}

/// One number for one target, an array for several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum PerTarget<T> {
    /// For the only target.
    One(T),
    /// For each target.
    Each(Vec<T>),
}

impl<T> PerTarget<T> {
    fn of(mut all: Vec<T>) -> Self {
        match (all.len(), all.pop()) {
            (1, Some(only)) => Self::One(only),
            (_, last) => {
                all.extend(last);
                Self::Each(all)
            }
        }
    }

    /// Each target's.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        match self {
            Self::One(only) => std::slice::from_ref(only).iter(),
            Self::Each(all) => all.iter(),
        }
    }
}

/// The data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// The files, or the name of the built-in data.
    pub source: Vec<String>,
    /// Training rows.
    pub n_train: usize,
    /// Test rows.
    pub n_test: usize,
    /// Names of the features.
    pub features: Vec<String>,
    /// Names of the targets.
    pub targets: Vec<String>,
    /// What brought them to scale.
    pub scaling: Scales,
    /// The numerical rank of the scaled features.
    pub rank: usize,
    /// Their condition number; null where it is infinite, or more than their rounding lets one tell.
    pub condition_number: Option<f64>,
    /// Variance of the targets on the training rows.
    pub target_variance: PerTarget<f64>,
    /// Lines of rows that were left out for a missing cell, for each file.
    pub dropped_rows: Vec<Vec<u64>>,
    /// What else was done to the table, in sentences.
    pub notes: Vec<String>,
    /// The training rows that softmax attends to, where they are a sample.
    pub context: Option<Context>,
}

/// What was subtracted and divided by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scales {
    /// `none`, `standard` or `unit-norm`.
    pub kind: String,
    /// Training means of the features.
    pub feature_means: Vec<f64>,
    /// What the centred features were divided by.
    pub feature_scales: Vec<f64>,
    /// Training means of the targets.
    pub target_means: Vec<f64>,
    /// Training standard deviations of the targets, over n.
    pub target_scales: Vec<f64>,
}

/// A sample of the training rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// How many.
    pub rows: usize,
    /// The seed it was drawn with.
    pub seed: u64,
}

/// Ridge or least squares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fit {
    /// The penalty on the scaled features.
    pub lambda: f64,
    /// On the features and targets as they were measured.
    pub coefficients: PerTarget<Vec<f64>>,
    /// The intercept that goes with them.
    pub intercept: PerTarget<f64>,
    /// On the scaled features, the target in its own unit.
    pub coefficients_scaled: PerTarget<Vec<f64>>,
    /// The trace of the hat matrix without the intercept, which would add one.
    pub effective_degrees_of_freedom: f64,
    /// Of the training rows, the intercept's 1/n included.
    pub leverages: Leverages,
    /// Mean squared error on training rows.
    pub mse_train: PerTarget<f64>,
    /// Mean squared error on test rows.
    pub mse_test: PerTarget<f64>,
    /// The same in units of the training variance.
    pub mse_train_scaled: PerTarget<f64>,
    /// The same in units of the training variance.
    pub mse_test_scaled: PerTarget<f64>,
    /// R² on training rows; 0 where the targets of these rows do not vary.
    pub r2_train: PerTarget<f64>,
    /// R² on test rows; 0 where the targets of these rows do not vary.
    pub r2_test: PerTarget<f64>,
    /// Mean squared leave-one-out error; null where a row determines its own fit, or so nearly that no digit is sure.
    pub loo_mse: Option<PerTarget<f64>>,
}

/// A summary of leverages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Leverages {
    /// The smallest.
    pub min: f64,
    /// The middle one, or the mean of the middle two.
    pub median: f64,
    /// The mean.
    pub mean: f64,
    /// The largest.
    pub max: f64,
}

/// One variant from one seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attention {
    /// `softmax` or `linear`.
    pub score: String,
    /// `none` or `zca`.
    pub whitening: String,
    /// `separate`, `tied` or `merged`.
    pub weights: String,
    /// The columns of Wq and Wk.
    pub head_width: usize,
    /// The seed of the initial weights.
    pub seed: u64,
    /// Steps taken.
    pub steps: usize,
    /// Whether the gradient came to rest before the steps ran out.
    pub converged: bool,
    /// Mean squared error on training rows; for softmax on those that it attends to.
    pub mse_train: PerTarget<f64>,
    /// Mean squared error on test rows.
    pub mse_test: PerTarget<f64>,
    /// The same in units of the training variance.
    pub mse_train_scaled: PerTarget<f64>,
    /// The same in units of the training variance.
    pub mse_test_scaled: PerTarget<f64>,
    /// R² on training rows; 0 where the targets of these rows do not vary.
    pub r2_train: PerTarget<f64>,
    /// R² on test rows; 0 where the targets of these rows do not vary.
    pub r2_test: PerTarget<f64>,
    /// Cosine to ridge's predictions on training rows.
    pub cosine_train: f64,
    /// Cosine to ridge's predictions on test rows.
    pub cosine_test: f64,
    /// The same after both means are removed.
    pub centred_cosine_test: f64,
    /// Slope on ridge's predictions on test rows.
    pub slope_test: f64,
    /// Distance from ridge's predictions on test rows over their norm.
    pub output_gap: f64,
    /// ⟨A, H⟩/(‖A‖‖H‖) on training rows: 1 where A is a multiple of ridge's hat matrix.
    pub alignment: f64,
    /// ‖A‖/‖H‖.
    pub size: f64,
    /// The share of ‖A‖² in the column space of the features, in which all of H lies.
    pub overlap: f64,
    /// ‖A − H‖/‖H‖: of alignment and size together.
    pub mechanism_gap: f64,
    /// Distance of the effective weights from ridge's coefficients over their norm.
    pub weights_gap: f64,
    /// Singular values of A above 1e-8 of the largest.
    pub rank: usize,
    /// The trace of A. It counts effective degrees of freedom only where the weights were not fitted to the targets; these were.
    pub trace: f64,
    /// ‖A − Aᵀ‖/‖A‖.
    pub asymmetry: f64,
    /// ‖A² − A‖/‖A‖.
    pub idempotence_gap: f64,
    /// The lowest row sum of A.
    pub row_sum_min: f64,
    /// The highest row sum of A.
    pub row_sum_max: f64,
    /// The share of negative entries of A.
    pub negative_share: f64,
    /// How many rows a row of A looks at.
    pub perplexity: f64,
    /// WXᵀY/p on the scaled features, for each target.
    pub effective_weights: PerTarget<Vec<f64>>,
    /// The training loss at the end, in units of the training variance.
    pub final_loss: f64,
    /// What training and judging took.
    pub seconds: f64,
}

/// A training that came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// `softmax` or `linear`.
    pub score: String,
    /// `none` or `zca`.
    pub whitening: String,
    /// `separate`, `tied` or `merged`.
    pub weights: String,
    /// The seed of the initial weights.
    pub seed: u64,
    /// What happened.
    pub error: String,
}

/// The largest gaps that count as the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Of outputs.
    pub output_gap: f64,
    /// Of mechanism: the lowest alignment.
    pub alignment: f64,
    /// Of mechanism: the largest distance of the size from 1.
    pub size: f64,
}

/// A variant's verdict over its seeds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// `softmax` or `linear`.
    pub score: String,
    /// `none` or `zca`.
    pub whitening: String,
    /// `separate`, `tied` or `merged`.
    pub weights: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict in words.
    pub words: String,
    /// The largest gap in outputs over the seeds; null where nothing was trained.
    pub output_gap: Option<f64>,
    /// The lowest alignment over the seeds; null where nothing was trained.
    pub alignment: Option<f64>,
    /// The size furthest from 1 over the seeds; null where nothing was trained.
    pub size: Option<f64>,
}

/// Where the data came from and what was done to them before the comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The files, or the name of the built-in data.
    pub source: Vec<String>,
    /// Lines of rows that were left out, for each file.
    pub dropped_rows: Vec<Vec<u64>>,
    /// What else was done, in sentences.
    pub notes: Vec<String>,
}

impl Document {
    /// The JSON Schema of the document.
    ///
    /// # Errors
    /// Whatever keeps serde from writing it.
    pub fn json_schema() -> serde_json::Result<String> {
        serde_json::to_string_pretty(&schemars::schema_for!(Self))
    }

    /// The document, indented, every number such that it is read back exactly, and every character such that a terminal only shows
    /// it.
    ///
    /// # Errors
    /// Whatever keeps serde from writing it.
    pub fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|document| harmless_json(&document))
    }
}
