//! What a claim measured, how exactly it is remembered, and which accepted digits stay.
//!
//! A [`Metric`] carries its tolerance beside its value. [`settled`] puts the accepted digits in place of every number
//! that is within the *smaller* of the accepted and the new tolerance; afterwards plain equality of text decides
//! whether anything moved. So unmoved digits never change, and a changed tolerance, bound, label or kind shows.
//!
//! Rounding noise is not a measurement: a [`Reading::Rounding`] remembers the bound it obeyed and its headroom, the
//! whole decades between the two, never the noise.

use serde::{Deserialize, Serialize};

/// Digits to which a derived bound on rounding is written.
const BOUND_DIGITS: usize = 2;
/// Digits to which a limit is written, and the relative tolerance that goes with them.
const LIMIT_DIGITS: usize = 10;
const LIMIT_TOLERANCE: f64 = 1e-9;
/// Decades by which the headroom of a bound may differ from machine to machine.
const HEADROOM_TOLERANCE: i64 = 2;

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

    /// `value` to a tenth of its margin: more digits would be noise.
    pub fn rounded(self, value: f64) -> f64 {
        let margin = self.margin(value);
        if value == 0.0 || margin <= 0.0 {
            return value;
        }
        let digits = libm::ceil(libm::log10(value.abs() / margin)) + 2.0;
        rounded(value, digits.clamp(1.0, 17.0) as usize)
    }

    /// The accepted number where the new one is within both tolerances of it, otherwise the new one.
    pub(crate) fn sticky(self, value: f64, accepted: f64, accepted_tolerance: Self) -> f64 {
        let margin = self.margin(accepted).min(accepted_tolerance.margin(accepted));
        if (value - accepted).abs() <= margin { accepted } else { self.rounded(value) }
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

/// How far a number is from the limit that it must obey; over several seeds, the seed that is nearest to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Room {
    /// In powers of ten; infinite where number and limit have no ratio.
    pub decades: f64,
    /// In tolerances of the number; none for rounding, which has none.
    pub tolerances: Option<f64>,
}

impl Room {
    /// More decades than this, and a limit says little about the number.
    const LOOSE: f64 = 6.0;
    /// Fewer decades than this, and the limit is near.
    const THIN: f64 = 1.0;

    /// Whether the limit is so far off that a much worse number would pass.
    pub fn loose(self) -> bool {
        self.decades > Self::LOOSE
    }

    /// Whether the limit is near the number.
    pub fn thin(self) -> bool {
        self.decades < Self::THIN
    }

    /// Whether a reason must be given for where the limit stands.
    pub fn needs_reason(self) -> bool {
        self.loose() || self.unwatched()
    }

    /// Whether the number could move beyond the limit before its snapshot shows that it moved.
    pub fn unwatched(self) -> bool {
        self.thin() && self.tolerances.is_none_or(|tolerances| tolerances <= 1.0)
    }
}

impl Reading {
    /// The room it has; none where it is held to an expected value, or to its snapshot alone.
    pub fn room(self) -> Option<Room> {
        let value = match self {
            #[expect(clippy::cast_precision_loss, reason = "decades are few")]
            Self::Rounding { headroom, .. } => return Some(Room { decades: headroom as f64, tolerances: None }),
            Self::Count { .. } => return None,
            Self::Value(value) => value,
        };
        let (limit, nearest) = (value.limit?.number(), value.nearest_to_limit()?);
        let ratio = limit / nearest;
        let decades = if ratio > 0.0 { libm::log10(ratio).abs() } else { f64::INFINITY };
        Some(Room { decades, tolerances: Some((limit - nearest).abs() / value.tolerance.margin(nearest)) })
    }
}

/// `value` to so many significant digits.
pub fn rounded(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits.max(1) - 1).parse().unwrap_or(value)
}

/// Whole decades between a gap and the bound on it; a gap under machine precision counts as that.
pub fn headroom(gap: f64, bound: f64) -> i64 {
    libm::floor(libm::log10(bound / gap.abs().max(f64::EPSILON))) as i64
}

/// The metric as it is written: with the accepted digits where nothing moved, and rounded where something did.
pub fn settled(fresh: &Metric, accepted: Option<&Metric>) -> Metric {
    let accepted = accepted.map(|metric| metric.reading);
    let reading = match fresh.reading {
        Reading::Rounding { rounding_at_most, headroom } => {
            let before = match accepted {
                Some(Reading::Rounding { rounding_at_most, headroom }) => Some((rounding_at_most, headroom)),
                _ => None,
            };
            Reading::Rounding {
                rounding_at_most: settled_bound(rounding_at_most, before.map(|(bound, _)| bound)),
                headroom: before.map(|(_, decades)| decades).filter(|decades| (decades - headroom).abs() <= HEADROOM_TOLERANCE).unwrap_or(headroom),
            }
        }
        Reading::Value(value) => Reading::Value(settled_value(
            value,
            match accepted {
                Some(Reading::Value(accepted)) => Some(accepted),
                _ => None,
            },
        )),
        count @ Reading::Count { .. } => count,
    };
    Metric { reading, ..fresh.clone() }
}

/// A bound is written to two digits; it keeps the accepted ones only where it sits on the edge between two roundings.
fn settled_bound(bound: f64, accepted: Option<f64>) -> f64 {
    let edges = [1.0 - LIMIT_TOLERANCE, 1.0 + LIMIT_TOLERANCE].map(|edge| rounded(bound * edge, BOUND_DIGITS));
    accepted.filter(|accepted| edges.contains(accepted)).unwrap_or_else(|| rounded(bound, BOUND_DIGITS))
}

fn settled_value(fresh: Value, accepted: Option<Value>) -> Value {
    let tolerance = fresh.tolerance;
    let sticky = |value: f64, of: fn(&Value) -> Option<f64>| match accepted.as_ref().and_then(|accepted| Some((of(accepted)?, accepted.tolerance))) {
        Some((number, width)) => tolerance.sticky(value, number, width),
        None => tolerance.rounded(value),
    };
    let limit = fresh.limit.map(|limit| {
        let before = accepted.and_then(|accepted| accepted.limit).filter(|before| std::mem::discriminant(before) == std::mem::discriminant(&limit));
        limit.map(|number| match before.map(Limit::number) {
            Some(before) if (number - before).abs() <= LIMIT_TOLERANCE * before.abs() => before,
            _ => rounded(number, LIMIT_DIGITS),
        })
    });
    let spread = fresh.spread.map(|spread| Spread {
        lowest: sticky(spread.lowest, |accepted| accepted.spread.map(|spread| spread.lowest)),
        highest: sticky(spread.highest, |accepted| accepted.spread.map(|spread| spread.highest)),
        seeds: spread.seeds,
    });
    Value { value: sticky(fresh.value, |accepted| Some(accepted.value)), tolerance, limit, spread }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(value: f64, share: f64) -> Metric {
        let value = Value { value, tolerance: Tolerance::Relative(share), limit: None, spread: None };
        Metric { measures: String::new(), control: false, reading: Reading::Value(value) }
    }

    #[test]
    fn digits_within_both_tolerances_stay() {
        assert_eq!(settled(&value(1.0004, 1e-3), Some(&value(1.0, 1e-3))), value(1.0, 1e-3));
        assert_eq!(settled(&value(1.0004, 1e-3), Some(&value(1.0, 1e-6))), value(1.0004, 1e-3));
        assert_eq!(settled(&value(1.0004, 1e-6), Some(&value(1.0, 1e-3))), value(1.0004, 1e-6));
        assert_eq!(settled(&value(1.002, 1e-3), Some(&value(1.0, 1e-3))), value(1.002, 1e-3));
    }

    #[test]
    fn a_lowered_bound_shows_and_a_rounding_edge_does_not() {
        assert_eq!(settled_bound(1.4e-11, Some(1.3e-11)), 1.4e-11);
        assert_eq!(settled_bound(1.45e-11 * (1.0 - 1e-13), Some(1.5e-11)), 1.5e-11);
        assert_eq!(settled_bound(1.45e-11 * (1.0 + 1e-13), Some(1.4e-11)), 1.4e-11);
    }

    #[test]
    fn headroom_counts_whole_decades_down_to_machine_precision() {
        assert_eq!(headroom(1e-14, 3e-11), 3);
        assert_eq!(headroom(0.0, 3e-11), 5);
        assert_eq!(headroom(1e-10, 3e-11), -1);
    }

    #[test]
    fn room_is_counted_from_the_seed_nearest_to_the_limit() {
        let spread = Some(Spread { lowest: 0.5, highest: 2.0, seeds: 5 });
        let reading = |limit: Limit| Reading::Value(Value { value: 1.0, tolerance: Tolerance::Relative(0.1), limit: Some(limit), spread });
        let most = reading(Limit::AtMost(20.0)).room().expect("a limit");
        assert!((most.decades - 1.0).abs() < 1e-12 && !most.thin() && !most.loose());
        assert!((most.tolerances.expect("a tolerance") - 90.0).abs() < 1e-9);
        let least = reading(Limit::AtLeast(0.46)).room().expect("a limit");
        assert!(least.thin() && least.unwatched(), "{least:?}");
        assert!(reading(Limit::AtLeast(-1.0)).room().is_some_and(Room::loose));
        assert_eq!(reading(Limit::Expected(1.0)).room(), None);
        let rounding = Reading::Rounding { rounding_at_most: 1e-9, headroom: 6 }.room().expect("a bound");
        assert!(!rounding.loose() && !rounding.thin());
    }

    #[test]
    fn a_limit_is_compared_with_the_tolerance_of_what_it_limits() {
        assert!(Limit::Expected(2.0).allows(2.001, Tolerance::Relative(1e-3)));
        assert!(!Limit::Expected(2.0).allows(2.01, Tolerance::Relative(1e-3)));
        assert!(!Limit::AtMost(2.0).allows(f64::NAN, Tolerance::Relative(1e-3)));
    }
}
