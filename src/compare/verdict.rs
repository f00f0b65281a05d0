//! What the numbers of a variant say, in words.
//!
//! Outputs are the same where predictions for test rows differ by at most one hundredth of their norm, a mechanism where the
//! matrices do by at most one tenth of theirs. Where the seeds of a variant disagree, that is the verdict.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::comparison::Outcome;

/// The largest gap in outputs that still counts as the same.
pub const OUTPUTS: f64 = 0.01;
/// The largest gap in mechanism that still counts as the same.
pub const MECHANISM: f64 = 0.1;

/// Where a variant stands with ridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Alike in both.
    SameOutputsSameMechanism,
    /// It predicts alike by other means.
    SameOutputsOtherMechanism,
    /// It predicts otherwise.
    OtherOutputs,
    /// Its seeds come to different verdicts.
    DependsOnTheSeed,
    /// No training ended.
    NotTrained,
}

impl Verdict {
    /// Of one training.
    pub fn of(outcome: &Outcome) -> Self {
        Self::of_gaps(outcome.test.output_gap, outcome.mechanism_gap)
    }

    fn of_gaps(outputs: f64, mechanism: f64) -> Self {
        match (outputs <= OUTPUTS, mechanism <= MECHANISM) {
            (true, true) => Self::SameOutputsSameMechanism,
            (true, false) => Self::SameOutputsOtherMechanism,
            (false, _) => Self::OtherOutputs,
        }
    }

    /// Of all trainings of a variant.
    pub(crate) fn of_all<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> Self {
        Self::joined(outcomes.into_iter().map(Self::of))
    }

    fn joined(mut verdicts: impl Iterator<Item = Self>) -> Self {
        let first = verdicts.next().unwrap_or(Self::NotTrained);
        if verdicts.all(|verdict| verdict == first) { first } else { Self::DependsOnTheSeed }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::SameOutputsSameMechanism => "same outputs, same mechanism",
            Self::SameOutputsOtherMechanism => "same outputs, other mechanism",
            Self::OtherOutputs => "other outputs",
            Self::DependsOnTheSeed => "depends on the seed",
            Self::NotTrained => "could not be trained",
        }
    }
}

/// The thresholds, in words.
pub(crate) fn thresholds() -> String {
    format!("same outputs: gap on test rows at most {OUTPUTS}; same mechanism: ‖A − H‖/‖H‖ at most {MECHANISM}")
}

#[cfg(test)]
mod tests {
    use super::Verdict::{DependsOnTheSeed, NotTrained, OtherOutputs, SameOutputsOtherMechanism, SameOutputsSameMechanism};
    use super::*;

    #[test]
    fn a_verdict_follows_from_two_gaps() {
        assert_eq!(Verdict::of_gaps(0.01, 0.1), SameOutputsSameMechanism);
        assert_eq!(Verdict::of_gaps(0.01, 0.11), SameOutputsOtherMechanism);
        assert_eq!((Verdict::of_gaps(0.011, 0.0), Verdict::of_gaps(f64::NAN, 0.0)), (OtherOutputs, OtherOutputs));
    }

    #[test]
    fn seeds_that_disagree_are_a_verdict_of_their_own() {
        assert_eq!(Verdict::joined([OtherOutputs, OtherOutputs].into_iter()), OtherOutputs);
        assert_eq!(Verdict::joined([OtherOutputs, SameOutputsOtherMechanism].into_iter()), DependsOnTheSeed);
        assert_eq!(Verdict::joined(std::iter::empty()), NotTrained);
    }
}
