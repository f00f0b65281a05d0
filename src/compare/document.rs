//! Everything about a comparison as one document for programs: `--json`, described by a JSON Schema that is derived from it.
//!
//! Errors are in the target's own units, those ending in `_scaled` in units of its training variance. With one target an error
//! is a number, with several an array in the order of `data.targets`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Run;
use super::verdict::{MECHANISM, OUTPUTS, Verdict};
use crate::comparison::{Baseline, Comparison, Errors, Outcome, Scores, Variant};
use crate::data::{Scaling, Units};
use crate::linalg::{self, entries};
use crate::training::{Ending, Parametrisation};
use crate::{MatRef, Result};

/// The name and version of the schema.
pub const SCHEMA: &str = "attention-regression/compare/1";

/// The document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// `attention-regression/compare/1`.
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
    /// The largest gaps that count as the same.
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
    /// Their condition number; null where it is infinite.
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
    /// R² on training rows.
    pub r2_train: PerTarget<f64>,
    /// R² on test rows.
    pub r2_test: PerTarget<f64>,
    /// Mean squared leave-one-out error; null where a row determines its own fit.
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
    /// R² on training rows.
    pub r2_train: PerTarget<f64>,
    /// R² on test rows.
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
    /// ‖A − H‖/‖H‖ on training rows.
    pub mechanism_gap: f64,
    /// Distance of the effective weights from ridge's coefficients over their norm.
    pub weights_gap: f64,
    /// Singular values of A above 1e-8 of the largest.
    pub rank: usize,
    /// The trace of A: its effective degrees of freedom.
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
    /// Of mechanism.
    pub mechanism_gap: f64,
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
    /// The largest gap in mechanism over the seeds; null where nothing was trained.
    pub mechanism_gap: Option<f64>,
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
    /// Of a comparison and its runs.
    ///
    /// # Errors
    /// Those of [`Comparison::baseline`].
    pub fn new(comparison: &Comparison, origin: Origin, runs: &[Run]) -> Result<Self> {
        let units = comparison.units();
        let fit = |penalty: f64| comparison.baseline(penalty).map(|baseline| Fit::new(baseline, units));
        Ok(Self {
            schema: SCHEMA.to_owned(),
            data: Data::new(comparison, origin)?,
            ridge: fit(comparison.settings().penalty)?,
            ols: fit(0.0)?,
            variants: runs.iter().filter_map(|run| Attention::new(comparison, run)).collect(),
            failures: runs.iter().filter_map(Failure::new).collect(),
            thresholds: Thresholds { output_gap: OUTPUTS, mechanism_gap: MECHANISM },
            verdicts: judged(runs),
        })
    }

    /// The JSON Schema of the document.
    pub fn json_schema() -> String {
        serde_json::to_string_pretty(&schemars::schema_for!(Self)).unwrap_or_default()
    }

    /// The document, indented, every number such that it is read back exactly.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl Data {
    fn new(comparison: &Comparison, origin: Origin) -> Result<Self> {
        let (data, units) = (comparison.data(), comparison.units());
        let condition = linalg::condition_number(comparison.condensed().x.as_ref())?;
        Ok(Self {
            source: origin.source,
            n_train: data.train.n(),
            n_test: data.test.n(),
            features: data.features.clone(),
            targets: data.targets.clone(),
            scaling: Scales {
                kind: scaling(comparison.settings().scaling).to_owned(),
                feature_means: units.feature_means.clone(),
                feature_scales: units.feature_scales.clone(),
                target_means: units.target_means.clone(),
                target_scales: units.target_scales.clone(),
            },
            rank: comparison.ridge().rank(),
            condition_number: condition.is_finite().then_some(condition),
            target_variance: PerTarget::of(units.target_scales.iter().map(|deviation| deviation * deviation).collect()),
            dropped_rows: origin.dropped_rows,
            notes: origin.notes,
            context: comparison.sample().map(|rows| Context { rows: rows.len(), seed: comparison.settings().seed }),
        })
    }
}

impl Fit {
    fn new(baseline: Baseline, units: &Units) -> Self {
        let [train, test] = [&baseline.train, &baseline.test].map(|errors| InUnits::new(errors, units));
        let Baseline { leverages, .. } = baseline;
        Self {
            lambda: baseline.penalty,
            coefficients: PerTarget::of(baseline.coefficients),
            intercept: PerTarget::of(baseline.intercept),
            coefficients_scaled: PerTarget::of(baseline.coefficients_scaled),
            effective_degrees_of_freedom: baseline.effective_degrees_of_freedom,
            leverages: Leverages { min: leverages.min, median: leverages.median, mean: leverages.mean, max: leverages.max },
            mse_train: train.mse,
            mse_test: test.mse,
            mse_train_scaled: train.mse_scaled,
            mse_test_scaled: test.mse_scaled,
            r2_train: train.r_squared,
            r2_test: test.r_squared,
            loo_mse: baseline
                .leave_one_out
                .map(|errors| PerTarget::of(errors.iter().zip(&units.target_scales).map(|(mse, scale)| mse * scale * scale).collect())),
        }
    }
}

/// Errors of each target, in its own units and scaled.
struct InUnits {
    mse: PerTarget<f64>,
    mse_scaled: PerTarget<f64>,
    r_squared: PerTarget<f64>,
}

impl InUnits {
    fn new(errors: &[Errors], units: &Units) -> Self {
        let scaled = errors.iter().map(|error| error.mse);
        Self {
            mse: PerTarget::of(scaled.clone().zip(&units.target_scales).map(|(mse, scale)| mse * scale * scale).collect()),
            mse_scaled: PerTarget::of(scaled.collect()),
            r_squared: PerTarget::of(errors.iter().map(|error| error.r_squared).collect()),
        }
    }
}

impl Attention {
    fn new(comparison: &Comparison, run: &Run) -> Option<Self> {
        let (trained, outcome) = run.result.as_ref().ok()?;
        let [train, test] = outcome.errors.each_ref().map(|errors| InUnits::new(errors, comparison.units()));
        let Outcome { signature, train: on_train, test: on_test, .. } = outcome;
        Some(Self {
            score: score(run.variant).to_owned(),
            whitening: whitening(run.variant).to_owned(),
            weights: weights(run.variant).to_owned(),
            head_width: comparison.width(),
            seed: run.seed,
            steps: trained.last().step,
            converged: matches!(trained.ending, Ending::Converged { .. }),
            mse_train: train.mse,
            mse_test: test.mse,
            mse_train_scaled: train.mse_scaled,
            mse_test_scaled: test.mse_scaled,
            r2_train: train.r_squared,
            r2_test: test.r_squared,
            cosine_train: on_train.cosine,
            cosine_test: on_test.cosine,
            centred_cosine_test: on_test.centred_cosine,
            slope_test: on_test.slope,
            output_gap: on_test.output_gap,
            mechanism_gap: outcome.mechanism_gap,
            weights_gap: outcome.weights_gap,
            rank: signature.rank,
            trace: signature.trace,
            asymmetry: signature.asymmetry,
            idempotence_gap: signature.idempotence_gap,
            row_sum_min: signature.row_sums.0,
            row_sum_max: signature.row_sums.1,
            negative_share: signature.negative_share,
            perplexity: signature.perplexity,
            effective_weights: PerTarget::of(columns(comparison.effective_weights(run.variant, &trained.head).as_ref())),
            final_loss: trained.last().loss,
            seconds: run.seconds,
        })
    }
}

impl Failure {
    fn new(run: &Run) -> Option<Self> {
        let error = run.result.as_ref().err()?;
        let variant = run.variant;
        Some(Self {
            score: score(variant).to_owned(),
            whitening: whitening(variant).to_owned(),
            weights: weights(variant).to_owned(),
            seed: run.seed,
            error: error.to_string(),
        })
    }
}

/// One verdict for each variant, in the order of the runs.
fn judged(runs: &[Run]) -> Vec<Judged> {
    let mut variants: Vec<Variant> = runs.iter().map(|run| run.variant).collect();
    variants.dedup();
    let judge = |variant: Variant| {
        let outcomes = || runs.iter().filter(move |run| run.variant == variant).filter_map(Run::outcome);
        let largest = |of: fn(&Outcome) -> f64| outcomes().map(of).max_by(f64::total_cmp);
        let verdict = Verdict::of_all(outcomes());
        Judged {
            score: score(variant).to_owned(),
            whitening: whitening(variant).to_owned(),
            weights: weights(variant).to_owned(),
            verdict,
            words: verdict.words().to_owned(),
            output_gap: largest(|outcome| outcome.test.output_gap),
            mechanism_gap: largest(|outcome| outcome.mechanism_gap),
        }
    };
    variants.into_iter().map(judge).collect()
}

fn score(variant: Variant) -> &'static str {
    match variant.scores {
        Scores::Softmax => "softmax",
        Scores::Linear => "linear",
    }
}

fn whitening(variant: Variant) -> &'static str {
    if variant.whitened { "zca" } else { "none" }
}

fn weights(variant: Variant) -> &'static str {
    match variant.parametrisation {
        Parametrisation::Separate => "separate",
        Parametrisation::Tied => "tied",
        Parametrisation::Merged => "merged",
    }
}

fn scaling(scaling: Scaling) -> &'static str {
    match scaling {
        Scaling::None => "none",
        Scaling::Standard => "standard",
        Scaling::UnitNorm => "unit-norm",
    }
}

fn columns(matrix: MatRef<'_, f64>) -> Vec<Vec<f64>> {
    matrix.col_iter().map(|column| entries(column.as_mat()).collect()).collect()
}
