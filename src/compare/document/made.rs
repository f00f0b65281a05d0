//! How the document is made of a comparison and its runs: errors in the targets' own units, names for what is chosen.

use super::{Attention, Context, Data, Document, Failure, Fit, Judged, Leverages, Origin, PerTarget, SCHEMA, Scales, Thresholds};
use crate::compare::Run;
use crate::compare::verdict::{ALIGNMENT, OUTPUTS, SIZE, Verdict};
use crate::data::{Scaling, Units};
use crate::experiment::{Baseline, Comparison, Errors, Outcome, Variant};
use crate::linalg::{self, entries};
use crate::training::Ending;
use crate::{Error, MatRef, Result};

impl Document {
    /// Of a comparison, what it is compared with, and its runs.
    ///
    /// # Errors
    /// [`Error::NoNumber`], [`Error::NoConvergence`].
    pub fn new(comparison: &Comparison, baselines: Baselines, mut origin: Origin, runs: &[Run]) -> Result<Self> {
        let units = comparison.units();
        origin.notes.extend(doubt(comparison)?);
        Self {
            schema: SCHEMA.to_owned(),
            data: Data::new(comparison, origin)?,
            ridge: Fit::new(baselines.ridge, units),
            ols: Fit::new(baselines.ols, units),
            variants: runs.iter().filter_map(|run| Attention::new(comparison, run)).collect(),
            failures: runs.iter().filter_map(Failure::new).collect(),
            thresholds: Thresholds { output_gap: OUTPUTS, alignment: ALIGNMENT, size: SIZE },
            verdicts: judged(runs),
        }
        .checked()
    }

    /// Itself, if it reads back as what it is: JSON has no word for what is no finite number, and would say null.
    fn checked(self) -> Result<Self> {
        let read = serde_json::to_value(&self)
            .map_err(|error| (String::new(), error))
            .and_then(|value| serde_path_to_error::deserialize::<_, Self>(value).map_err(|error| (error.path().to_string(), error.into_inner())));
        match read {
            Ok(read) if read == self => Ok(self),
            Ok(_) => Err(Error::NoNumber { place: "a field that may be null".to_owned() }),
            Err((place, _)) => Err(Error::NoNumber { place }),
        }
    }
}

/// What attention is compared with, known before anything is trained.
#[derive(Debug)]
pub struct Baselines {
    ridge: Baseline,
    ols: Baseline,
}

impl Baselines {
    /// Ridge at the penalty of a comparison, and least squares.
    ///
    /// # Errors
    /// Those of [`Comparison::baseline`].
    pub fn of(comparison: &Comparison) -> Result<Self> {
        Ok(Self { ridge: comparison.baseline(comparison.settings().penalty)?, ols: comparison.baseline(0.0)? })
    }
}

/// What is to be said of columns that are dependent, or so nearly that an answer loses the digits of their condition number.
fn doubt(comparison: &Comparison) -> Result<Option<String>> {
    let (rows, rank) = (comparison.condensed(), comparison.ridge().rank());
    let varying = rows.x.col_iter().filter(|column| column.iter().any(|&entry| entry != 0.0)).count();
    if rank < varying {
        let words = format!("of {varying} columns that vary, {rank} are independent above rounding: least squares is the solution of minimum norm");
        return Ok(Some(words).filter(|_| rank < rows.rows - 1));
    }
    let lost = comparison.units().resolution.worst(rows.x.as_ref());
    let digits = (-libm::log10(rows.condition_of_directions()? * lost)).floor().max(0.0);
    let few = |digits: f64| {
        let number = if digits == 1.0 { "1 digit".to_owned() } else { format!("{digits} digits") };
        format!("the columns are nearly dependent, or hardly vary, so that least squares and its leverages are right to about {number}")
    };
    Ok(Some(digits).filter(|digits| *digits < 6.0).map(few))
}

impl Data {
    fn new(comparison: &Comparison, origin: Origin) -> Result<Self> {
        let (data, units) = (comparison.data(), comparison.units());
        let rank = comparison.ridge().rank();
        // Of dependent columns it is infinite, whatever rounding left of their smallest singular value.
        let condition = if rank < data.features.len() { None } else { Some(linalg::condition_number(comparison.condensed().x.as_ref())?) };
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
            rank,
            condition_number: condition.filter(|condition| condition.is_finite()),
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
            score: run.variant.scores.name().to_owned(),
            whitening: whitening(run.variant).to_owned(),
            weights: run.variant.parametrisation.name().to_owned(),
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
            alignment: outcome.mechanism.alignment,
            size: outcome.mechanism.size,
            overlap: outcome.mechanism.overlap,
            mechanism_gap: outcome.mechanism.gap,
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
            score: variant.scores.name().to_owned(),
            whitening: whitening(variant).to_owned(),
            weights: variant.parametrisation.name().to_owned(),
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
            score: variant.scores.name().to_owned(),
            whitening: whitening(variant).to_owned(),
            weights: variant.parametrisation.name().to_owned(),
            verdict,
            words: verdict.words().to_owned(),
            output_gap: largest(|outcome| outcome.test.output_gap),
            alignment: outcomes().map(|outcome| outcome.mechanism.alignment).min_by(f64::total_cmp),
            size: outcomes().map(|outcome| outcome.mechanism.size).max_by(|a, b| (a - 1.0).abs().total_cmp(&(b - 1.0).abs())),
        }
    };
    variants.into_iter().map(judge).collect()
}

fn whitening(variant: Variant) -> &'static str {
    if variant.whitened { "zca" } else { "none" }
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
