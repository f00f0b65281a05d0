//! A trained attention as the document tells it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PerTarget;
use super::fit::InUnits;
use crate::compare::choice::Choice;
use crate::experiment::{Comparison, Outcome, Run};
use crate::training::Ending;

/// One variant from one seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attention {
    /// The variant, in three words.
    #[serde(flatten)]
    pub variant: Choice,
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
    /// Mean squared error on training rows, in units of the training variance.
    pub mse_train_scaled: PerTarget<f64>,
    /// Mean squared error on test rows, in units of the training variance.
    pub mse_test_scaled: PerTarget<f64>,
    /// R² on training rows; 0 where the targets of these rows do not vary.
    pub r2_train: PerTarget<f64>,
    /// R² on test rows; 0 where the targets of these rows do not vary.
    pub r2_test: PerTarget<f64>,
    /// Cosine to ridge's predictions on training rows.
    pub cosine_train: f64,
    /// Cosine to ridge's predictions on test rows.
    pub cosine_test: f64,
    /// Cosine to ridge's predictions on test rows after both means are removed.
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
    /// The trace of A. It counts effective degrees of freedom only where the weights were not fitted to the targets;
    /// these were.
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
    /// How many seconds training and judging took.
    pub seconds: f64,
}

impl Attention {
    /// Of a run, where training ended.
    pub(super) fn new(comparison: &Comparison, run: &Run) -> Option<Self> {
        let (trained, outcome) = run.result.as_ref().ok()?;
        let [train, test] = outcome.errors.each_ref().map(|errors| InUnits::new(errors, comparison.units()));
        let Outcome { signature, train: on_train, test: on_test, .. } = outcome;
        let weights = comparison.effective_weights(run.variant, &trained.head);
        Some(Self {
            variant: run.variant.into(),
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
            effective_weights: PerTarget::columns(weights.as_ref()),
            final_loss: trained.last().loss,
            seconds: run.seconds,
        })
    }
}
