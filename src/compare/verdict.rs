//! What the numbers of a variant say, in words.
//!
//! Outputs are the same where predictions for test rows differ by at most one hundredth of their norm, a mechanism
//! where the matrices point the same way and are of one size within a tenth. Where the seeds of a variant disagree,
//! that is the verdict.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::agreement::Mechanism;
use crate::experiment::Outcome;

/// The largest gap in outputs that still counts as the same.
pub(super) const OUTPUTS: f64 = 0.01;
/// The lowest alignment with the hat matrix at which a mechanism can still count as the same.
pub(super) const ALIGNMENT: f64 = 0.995;
/// The most by which the size of a matrix may then differ from the hat matrix's, as a share.
pub(super) const SIZE: f64 = 0.1;

/// Where a variant stands with ridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It predicts what ridge predicts, by the same mechanism.
    SameOutputsSameMechanism,
    /// It predicts what ridge predicts, by another mechanism.
    SameOutputsOtherMechanism,
    /// It predicts something else than ridge.
    OtherOutputs,
    /// Its seeds come to different verdicts.
    DependsOnTheSeed,
    /// No training ended.
    NotTrained,
}

impl Verdict {
    /// The verdict on one training.
    pub fn of(outcome: &Outcome) -> Self {
        Self::of_numbers(outcome.test.output_gap, outcome.mechanism)
    }

    fn of_numbers(outputs: f64, Mechanism { alignment, size, .. }: Mechanism) -> Self {
        match (outputs <= OUTPUTS, alignment >= ALIGNMENT && (size - 1.0).abs() <= SIZE) {
            (true, true) => Self::SameOutputsSameMechanism,
            (true, false) => Self::SameOutputsOtherMechanism,
            (false, _) => Self::OtherOutputs,
        }
    }

    /// The verdict on all trainings of a variant.
    pub(crate) fn of_all<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> Self {
        Self::joined(outcomes.into_iter().map(Self::of))
    }

    fn joined(mut verdicts: impl Iterator<Item = Self>) -> Self {
        let first = verdicts.next().unwrap_or(Self::NotTrained);
        if verdicts.all(|verdict| verdict == first) { first } else { Self::DependsOnTheSeed }
    }

    /// The verdict in words.
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
    format!(
        "same outputs: gap on test rows at most {OUTPUTS}; same mechanism: alignment ⟨A, H⟩/‖A‖‖H‖ at least {ALIGNMENT} and size ‖A‖/‖H‖ within {SIZE} of 1"
    )
}

#[cfg(test)]
mod tests {
    use super::Verdict::{
        DependsOnTheSeed, NotTrained, OtherOutputs, SameOutputsOtherMechanism, SameOutputsSameMechanism,
    };
    use super::*;

    #[test]
    fn a_verdict_follows_from_two_gaps() {
        let of = |outputs: f64, alignment: f64, size: f64| {
            Verdict::of_numbers(outputs, Mechanism { alignment, size, overlap: 1.0, gap: 0.0 })
        };
        assert_eq!((of(0.01, 0.995, 1.0), of(0.01, 1.0, 0.95)), (SameOutputsSameMechanism, SameOutputsSameMechanism));
        assert_eq!((of(0.01, 0.99, 1.0), of(0.01, 1.0, 1.2)), (SameOutputsOtherMechanism, SameOutputsOtherMechanism));
        assert_eq!((of(0.011, 1.0, 1.0), of(f64::NAN, 1.0, 1.0)), (OtherOutputs, OtherOutputs));
    }

    #[test]
    fn seeds_that_disagree_are_a_verdict_of_their_own() {
        assert_eq!(Verdict::joined([OtherOutputs, OtherOutputs].into_iter()), OtherOutputs);
        assert_eq!(Verdict::joined([OtherOutputs, SameOutputsOtherMechanism].into_iter()), DependsOnTheSeed);
        assert_eq!(Verdict::joined(std::iter::empty()), NotTrained);
    }
}
