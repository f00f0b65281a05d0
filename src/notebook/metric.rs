//! What a claim measured, how exactly it is remembered, and what it must obey.
//!
//! A [`Metric`] carries its tolerance beside its value, and its limit where it is judged. [`settled()`] says which accepted digits
//! stay when it is measured again, [`Room`] how far it is from its limit.
//!
//! Rounding noise is not a measurement: a [`Reading::Rounding`] remembers the bound it obeyed and its headroom, the
//! whole decades between the two, never the noise.

mod room;
mod settled;

use serde::{Deserialize, Serialize};

pub use room::{Room, headroom};
pub use settled::{rounded, settled};

/// One row of evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// What is measured, in words and formulas.
    pub measures: String,
    /// Whether a hypothesis of the claim was removed first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub control: bool,
    /// What came out.
    #[serde(flatten)]
    pub reading: Reading,
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
    },
    /// A number.
    Value(Value),
}

/// A number with its tolerance and, where it is judged, its limit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// The number; over several seeds, their median.
    pub value: f64,
    /// How far it may move unnoticed.
    #[serde(flatten)]
    pub tolerance: Tolerance,
    /// What it must obey.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// Over which seeds.
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
    /// This, within the tolerance: a closed form or a published figure.
    Expected(f64),
}

/// The range over several seeds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The lowest value.
    pub lowest: f64,
    /// The highest value.
    pub highest: f64,
    /// How many seeds.
    pub seeds: i64,
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
    /// What comes nearest to the limit: of several seeds the worst; none where there is no limit or an expected value.
    pub(crate) fn nearest_to_limit(self) -> Option<f64> {
        match self.limit? {
            Limit::AtMost(_) => Some(self.spread.map_or(self.value, |spread| spread.highest)),
            Limit::AtLeast(_) => Some(self.spread.map_or(self.value, |spread| spread.lowest)),
            Limit::Expected(_) => None,
        }
    }
}

impl Limit {
    /// Whether `value`, known to `tolerance`, obeys it.
    pub fn allows(self, value: f64, tolerance: Tolerance) -> bool {
        match self {
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
            Self::Expected(expected) => (value - expected).abs() <= tolerance.margin(expected),
        }
    }

    fn map(self, f: impl Fn(f64) -> f64) -> Self {
        match self {
            Self::AtMost(limit) => Self::AtMost(f(limit)),
            Self::AtLeast(limit) => Self::AtLeast(f(limit)),
            Self::Expected(limit) => Self::Expected(f(limit)),
        }
    }

    /// The number itself.
    pub(crate) fn number(self) -> f64 {
        match self {
            Self::AtMost(limit) | Self::AtLeast(limit) | Self::Expected(limit) => limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_may_be_reached_and_not_crossed() {
        let tolerance = Tolerance::Relative(0.25);
        assert!(Limit::AtMost(2.0).allows(2.0, tolerance) && !Limit::AtMost(2.0).allows(2.0_f64.next_up(), tolerance));
        assert!(Limit::AtLeast(2.0).allows(2.0, tolerance) && !Limit::AtLeast(2.0).allows(2.0_f64.next_down(), tolerance));
        for number in [1.5, 2.5] {
            assert!(Limit::Expected(2.0).allows(number, tolerance) && !Limit::Expected(2.0).allows(number, Tolerance::Absolute(0.499)));
        }
        assert!(!Limit::AtMost(2.0).allows(f64::NAN, tolerance) && !Limit::AtLeast(2.0).allows(f64::NAN, tolerance));
    }

    #[test]
    fn a_tolerance_is_a_share_of_the_magnitude_or_a_width() {
        assert_eq!(Tolerance::Relative(0.5).margin(-3.0), 1.5);
        assert_eq!(Tolerance::Absolute(0.5).margin(-3.0), 0.5);
    }
}
