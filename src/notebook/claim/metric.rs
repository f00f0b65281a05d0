//! What a claim measured, how exactly it is remembered, and what it must obey.
//!
//! A [`Metric`] carries its tolerance beside its value, and its limit where it is judged. [`sticky`](super::sticky)
//! says which accepted digits stay when it is measured again, [`Room`] how far it is from its limit.
//!
//! Rounding noise is not a measurement: a [`Reading::Rounding`] remembers the bound it obeyed and its headroom, the
//! whole decades between the two, never the noise.
//!
//! ```
//! use attention_regression::notebook::claim::metric::{Limit, Reading, Tolerance, Value};
//!
//! let limit = Limit::AtMost(0.5);
//! let value = Value { value: 0.25, tolerance: Tolerance::Relative(0.125), limit: Some(limit), spread: None };
//! let room = Reading::Value(value).room();
//! assert!(room.is_some_and(|room| room.thin() && room.tolerances == Some(8.0)));
//! // What a control must show that misses the limit ten times.
//! assert_eq!(limit.broken(10.0, 7.0), Some(Limit::AtLeast(5.0)));
//! ```

mod room;

use serde::{Deserialize, Serialize};

pub use room::{Room, headroom};

/// One row of evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// What is measured, in words and formulas.
    pub measures: String,
    /// Where the number comes from that it is expected to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What came out.
    #[serde(flatten)]
    pub reading: Reading,
    /// What was put in place of a hypothesis, for a control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<Removed>,
    /// What is compared, for a contrast.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contrast: Option<Contrast>,
}

/// A control: the measure of the claim with one hypothesis removed, which must break the limit of that measure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Removed {
    /// The metric whose measure and limit these are.
    pub from: String,
    /// What holds in place of the hypothesis, as a clause: “the keys are not whitened”.
    #[serde(alias = "hypothesis")]
    pub instead: String,
    /// By how many times it must miss the limit.
    pub by: f64,
}

/// A contrast: two metrics of one measure, of which one must lie above the other in every run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contrast {
    /// The metric above.
    pub above: String,
    /// The metric below.
    pub below: String,
}

impl Metric {
    /// What was measured of the claim as it stands.
    pub fn new(measures: &str, reading: Reading) -> Self {
        Self { measures: measures.to_owned(), source: None, reading, removed: None, contrast: None }
    }

    /// Whether a hypothesis of the claim was removed first.
    pub fn is_control(&self) -> bool {
        self.removed.is_some()
    }

    /// Whether it is held to anything but its snapshot.
    pub fn is_judged(&self) -> bool {
        match self.reading {
            Reading::Rounding { .. } => true,
            Reading::Count { must, .. } => must,
            Reading::Value(value) => value.limit.is_some(),
        }
    }
}

/// What came out of a measurement.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Reading {
    /// Something that vanishes in exact arithmetic, below a derived bound.
    Rounding {
        /// The bound.
        rounding_at_most: f64,
        /// Whole decades between what was seen and the bound.
        headroom: i64,
    },
    /// A count, compared exactly.
    Count {
        /// The count.
        exactly: i64,
        /// Whether the claim demands it, or its snapshot alone remembers it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        must: bool,
    },
    /// A number.
    Value(Value),
}

/// A number with its tolerance and, where it is judged, its limit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// The number; over several runs, their median.
    pub value: f64,
    /// How far it may move unnoticed.
    #[serde(flatten)]
    pub tolerance: Tolerance,
    /// What it must obey.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// Over which runs.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<Spread>,
}

/// How far a number may move unnoticed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tolerance {
    /// A share of its magnitude.
    Relative(f64),
    /// In its own unit.
    Absolute(f64),
}

/// What a number must obey.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
    /// A closed form or a published figure.
    Expected(Expected),
}

/// What theory or literature says a number is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// The number.
    pub value: f64,
    /// How far from it theory allows the measured one to be.
    #[serde(flatten)]
    pub allowed: Tolerance,
}

/// The range over several runs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The lowest value.
    pub lowest: f64,
    /// The highest value.
    pub highest: f64,
    /// How many runs.
    #[serde(alias = "seeds")]
    pub runs: i64,
}

impl Tolerance {
    /// The widest unnoticed move of a number of this magnitude.
    pub fn margin(self, value: f64) -> f64 {
        match self {
            Self::Relative(share) => share * value.abs(),
            Self::Absolute(width) => width,
        }
    }
}

impl Value {
    /// What comes nearest to the limit: of several runs the worst; none where there is no limit or an expected value.
    pub(crate) fn nearest_to_limit(self) -> Option<f64> {
        match self.limit? {
            Limit::AtMost(_) => Some(self.spread.map_or(self.value, |spread| spread.highest)),
            Limit::AtLeast(_) => Some(self.spread.map_or(self.value, |spread| spread.lowest)),
            Limit::Expected(_) => None,
        }
    }
}

impl Limit {
    /// Whether `value` obeys it.
    pub fn allows(self, value: f64) -> bool {
        match self {
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
            Self::Expected(Expected { value: expected, allowed }) => {
                (value - expected).abs() <= allowed.margin(expected)
            }
        }
    }

    /// What a control must obey that misses this limit `by` so many times, on the side where `value` lies; none where
    /// the limit leaves no room for a factor.
    pub fn broken(self, by: f64, value: f64) -> Option<Self> {
        match self {
            Self::AtMost(limit) if limit > 0.0 => Some(Self::AtLeast(by * limit)),
            Self::AtLeast(limit) if limit > 0.0 => Some(Self::AtMost(limit / by)),
            Self::Expected(Expected { value: expected, allowed }) if allowed.margin(expected) > 0.0 => {
                let margin = by * allowed.margin(expected);
                Some(if value >= expected { Self::AtLeast(expected + margin) } else { Self::AtMost(expected - margin) })
            }
            _ => None,
        }
    }

    pub(super) fn map(self, f: impl Fn(f64) -> f64) -> Self {
        match self {
            Self::AtMost(limit) => Self::AtMost(f(limit)),
            Self::AtLeast(limit) => Self::AtLeast(f(limit)),
            Self::Expected(Expected { value, allowed }) => Self::Expected(Expected { value: f(value), allowed }),
        }
    }

    /// The number itself.
    pub(crate) fn number(self) -> f64 {
        match self {
            Self::AtMost(limit) | Self::AtLeast(limit) | Self::Expected(Expected { value: limit, .. }) => limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_may_be_reached_and_not_crossed() {
        assert!(Limit::AtMost(2.0).allows(2.0) && !Limit::AtMost(2.0).allows(2.0_f64.next_up()));
        assert!(Limit::AtLeast(2.0).allows(2.0) && !Limit::AtLeast(2.0).allows(2.0_f64.next_down()));
        let expected = |allowed| Limit::Expected(Expected { value: 2.0, allowed });
        for number in [1.5, 2.5] {
            assert!(
                expected(Tolerance::Relative(0.25)).allows(number)
                    && !expected(Tolerance::Absolute(0.499)).allows(number)
            );
        }
        assert!(!Limit::AtMost(2.0).allows(f64::NAN) && !Limit::AtLeast(2.0).allows(f64::NAN));
    }

    #[test]
    fn a_control_misses_the_limit_by_a_factor_on_its_own_side() {
        assert_eq!(Limit::AtMost(2.0).broken(10.0, 50.0), Some(Limit::AtLeast(20.0)));
        assert_eq!(Limit::AtLeast(2.0).broken(10.0, 0.0), Some(Limit::AtMost(0.2)));
        let expected = Limit::Expected(Expected { value: 2.0, allowed: Tolerance::Relative(0.25) });
        assert_eq!(expected.broken(3.0, 9.0), Some(Limit::AtLeast(3.5)));
        assert_eq!(expected.broken(3.0, 0.0), Some(Limit::AtMost(0.5)));
        assert_eq!([Limit::AtMost(0.0).broken(10.0, 1.0), Limit::AtLeast(-1.0).broken(10.0, -2.0)], [None, None]);
    }

    #[test]
    fn a_tolerance_is_a_share_of_the_magnitude_or_a_width() {
        assert_eq!(Tolerance::Relative(0.5).margin(-3.0), 1.5);
        assert_eq!(Tolerance::Absolute(0.5).margin(-3.0), 0.5);
    }
}
