//! How the document is made of a comparison and its runs.

use super::finite::finite;
use super::{Attention, Baselines, Context, Data, Document, Failure, Judged, Origin, SCHEMA, Thresholds};
use crate::compare::verdict::{ALIGNMENT, OUTPUTS, SIZE, Verdict};
use crate::experiment::{Comparison, Run, Variant};
use crate::{Result, linalg};

impl Document {
    /// Of a comparison, what it is compared with, and its runs.
    ///
    /// # Errors
    /// [`Error::NoNumber`](crate::Error::NoNumber), [`Error::NoConvergence`](crate::Error::NoConvergence).
    pub fn new(comparison: &Comparison, baselines: Baselines, mut origin: Origin, runs: &[Run]) -> Result<Self> {
        origin.notes.extend(doubt(comparison)?);
        let document = Self {
            schema: SCHEMA.to_owned(),
            data: Data::new(comparison, origin)?,
            ridge: baselines.ridge,
            ols: baselines.ols,
            variants: runs.iter().filter_map(|run| Attention::new(comparison, run)).collect(),
            failures: runs.iter().filter_map(failure).collect(),
            thresholds: Thresholds { output_gap: OUTPUTS, alignment: ALIGNMENT, size: SIZE },
            verdicts: judged(runs),
        };
        finite(document, "")
    }
}

/// What is to be said of columns that are dependent, or so nearly that an answer loses the digits of their condition
/// number.
fn doubt(comparison: &Comparison) -> Result<Option<String>> {
    let (factor, rank) = (comparison.factor(), comparison.ridge().rank());
    let varying = factor.x.col_iter().filter(|column| column.iter().any(|&entry| entry != 0.0)).count();
    if rank < varying {
        let words = format!(
            "of {varying} columns that vary, {rank} are independent above rounding: \
             least squares is the solution of minimum norm"
        );
        return Ok(Some(words).filter(|_| rank < factor.rows - 1));
    }
    let lost = comparison.resolution().worst(factor.x.as_ref());
    let digits = (-libm::log10(factor.condition_of_directions()? * lost)).floor().max(0.0);
    let number = if digits == 1.0 { "1 digit".to_owned() } else { format!("{digits} digits") };
    let few = format!(
        "the columns are nearly dependent, or hardly vary, so that least squares and its leverages are right to about {number}"
    );
    Ok(Some(few).filter(|_| digits < 6.0))
}

impl Data {
    fn new(comparison: &Comparison, origin: Origin) -> Result<Self> {
        let (data, units, rank) = (comparison.data(), comparison.units(), comparison.ridge().rank());
        // Of dependent columns it is infinite, whatever rounding left of their smallest singular value.
        let independent = rank >= data.features.len();
        let condition = independent.then(|| linalg::condition_number(comparison.factor().x.as_ref())).transpose()?;
        let variances = units.target_scales.iter().map(|deviation| deviation * deviation);
        Ok(Self {
            source: origin.source,
            n_train: data.train.n(),
            n_test: data.test.n(),
            features: data.features.clone(),
            targets: data.targets.clone(),
            scaling: units.clone(),
            rank,
            condition_number: condition.filter(|condition| condition.is_finite()),
            target_variance: variances.collect::<Vec<f64>>().into(),
            dropped_rows: origin.dropped_rows,
            notes: origin.notes,
            context: comparison
                .context_rows()
                .map(|rows| Context { rows: rows.len(), seed: comparison.settings().seed }),
        })
    }
}

fn failure(run: &Run) -> Option<Failure> {
    let error = run.result.as_ref().err()?;
    Some(Failure { variant: run.variant.into(), seed: run.seed, error: error.to_string() })
}

/// One verdict for each variant, in the order of the runs.
fn judged(runs: &[Run]) -> Vec<Judged> {
    let mut variants: Vec<Variant> = runs.iter().map(|run| run.variant).collect();
    variants.dedup();
    let judge = |variant: Variant| {
        let outcomes = || runs.iter().filter(move |run| run.variant == variant).filter_map(Run::outcome);
        let (alignments, sizes) =
            (outcomes().map(|run| run.mechanism.alignment), outcomes().map(|run| run.mechanism.size));
        let verdict = Verdict::of_all(outcomes());
        Judged {
            variant: variant.into(),
            verdict,
            words: verdict.words().to_owned(),
            output_gap: outcomes().map(|run| run.test.output_gap).max_by(f64::total_cmp),
            alignment: alignments.min_by(f64::total_cmp),
            size: sizes.max_by(|a, b| (a - 1.0).abs().total_cmp(&(b - 1.0).abs())),
        }
    };
    variants.into_iter().map(judge).collect()
}
