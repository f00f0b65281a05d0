//! The digits that stay when a claim is measured again.
//!
//! [`metric`] puts the accepted digits in place of every number that is within the *smaller* of the accepted and the
//! new tolerance; afterwards plain equality of text decides whether anything moved. So unmoved digits never change, and
//! a changed tolerance, bound, label or kind shows.
//!
//! ```
//! use attention_regression::notebook::claim::metric::{Metric, Reading, Tolerance, Value};
//! use attention_regression::notebook::claim::sticky;
//!
//! let measured = |value: f64| {
//!     let tolerance = Tolerance::Relative(1e-3);
//!     Metric::new("the share", Reading::Value(Value { value, tolerance, limit: None, spread: None }))
//! };
//! let accepted = measured(0.5);
//! assert_eq!(sticky::metric(&measured(0.5004), Some(&accepted)), accepted);
//! assert_eq!(sticky::metric(&measured(0.51), Some(&accepted)), measured(0.51));
//! ```

mod figure;

pub(crate) use figure::figure;

use super::metric::{Limit, Metric, Reading, Removed, Spread, Tolerance, Value};

/// Digits to which a derived bound on rounding is written.
const BOUND_DIGITS: usize = 2;
/// Digits to which a limit is written, and the relative tolerance that goes with them.
const LIMIT_DIGITS: usize = 10;
const LIMIT_TOLERANCE: f64 = 1e-9;
/// Decades by which the headroom of a bound may differ from machine to machine.
const HEADROOM_TOLERANCE: i64 = 2;

impl Tolerance {
    /// `value` to a tenth of its margin: more digits would be noise.
    pub fn rounded(self, value: f64) -> f64 {
        let digits = libm::ceil(libm::log10(value.abs() / self.margin(value))) + 2.0;
        // Without a margin the ratio is infinite, or no number for zero: then all digits that there are.
        rounded(value, digits.min(17.0) as usize)
    }

    /// The accepted number where the new one is within both tolerances of it, otherwise the new one.
    pub(crate) fn sticky(self, value: f64, accepted: f64, accepted_tolerance: Self) -> f64 {
        let margin = self.margin(accepted).min(accepted_tolerance.margin(accepted));
        if (value - accepted).abs() <= margin { accepted } else { self.rounded(value) }
    }
}

/// `value` to so many significant digits.
pub fn rounded(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits.max(1) - 1).parse().unwrap_or(value)
}

/// The metric as it is written: with the accepted digits where nothing moved, and rounded where something did.
pub fn metric(fresh: &Metric, accepted: Option<&Metric>) -> Metric {
    let accepted = accepted.map(|metric| metric.reading);
    let reading = match fresh.reading {
        Reading::Rounding { rounding_at_most, headroom } => {
            let before = match accepted {
                Some(Reading::Rounding { rounding_at_most, headroom }) => Some((rounding_at_most, headroom)),
                _ => None,
            };
            Reading::Rounding {
                rounding_at_most: bound(rounding_at_most, before.map(|(bound, _)| bound)),
                headroom: before
                    .map(|(_, decades)| decades)
                    .filter(|decades| (decades - headroom).abs() <= HEADROOM_TOLERANCE)
                    .unwrap_or(headroom),
            }
        }
        Reading::Value(value) => Reading::Value(reading(
            value,
            match accepted {
                Some(Reading::Value(accepted)) => Some(accepted),
                _ => None,
            },
        )),
        count @ Reading::Count { .. } => count,
    };
    let removed = fresh.removed.clone().map(|removed| Removed { by: rounded(removed.by, LIMIT_DIGITS), ..removed });
    Metric { reading, removed, ..fresh.clone() }
}

/// A bound is written to two digits; it keeps the accepted ones only where it sits on the edge between two roundings.
fn bound(bound: f64, accepted: Option<f64>) -> f64 {
    let edges = [1.0 - LIMIT_TOLERANCE, 1.0 + LIMIT_TOLERANCE].map(|edge| rounded(bound * edge, BOUND_DIGITS));
    accepted.filter(|accepted| edges.contains(accepted)).unwrap_or_else(|| rounded(bound, BOUND_DIGITS))
}

fn reading(fresh: Value, accepted: Option<Value>) -> Value {
    let tolerance = fresh.tolerance;
    let sticky = |value: f64, of: fn(&Value) -> Option<f64>| match accepted
        .as_ref()
        .and_then(|accepted| Some((of(accepted)?, accepted.tolerance)))
    {
        Some((number, width)) => tolerance.sticky(value, number, width),
        None => tolerance.rounded(value),
    };
    let limit = fresh.limit.map(|limit| {
        let before = accepted
            .and_then(|accepted| accepted.limit)
            .filter(|before| std::mem::discriminant(before) == std::mem::discriminant(&limit));
        limit.map(|number| match before.map(Limit::number) {
            Some(before) if (number - before).abs() <= LIMIT_TOLERANCE * before.abs() => before,
            _ => rounded(number, LIMIT_DIGITS),
        })
    });
    let spread = fresh.spread.map(|spread| Spread {
        lowest: sticky(spread.lowest, |accepted| accepted.spread.map(|spread| spread.lowest)),
        highest: sticky(spread.highest, |accepted| accepted.spread.map(|spread| spread.highest)),
        runs: spread.runs,
    });
    // An accepted median that no longer lies among the runs is not theirs. Digits are written to a tenth of the margin.
    let value = sticky(fresh.value, |accepted| Some(accepted.value));
    let digit = tolerance.margin(value) / 10.0;
    let outside = fresh.spread.is_some_and(|spread| value < spread.lowest - digit || value > spread.highest + digit);
    Value { value: if outside { tolerance.rounded(fresh.value) } else { value }, tolerance, limit, spread }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::claim::metric::Expected;

    const TOLERANCE: Tolerance = Tolerance::Relative(1e-3);

    fn value(value: f64, tolerance: Tolerance) -> Value {
        Value { value, tolerance, limit: None, spread: None }
    }

    fn again(fresh: Reading, accepted: Reading) -> Reading {
        let removed = || Some(Removed { from: "gap".to_owned(), instead: "it".to_owned(), by: 10.0 });
        let metric = |reading| Metric { removed: removed(), ..Metric::new("it", reading) };
        let sticky = super::metric(&metric(fresh), Some(&metric(accepted)));
        assert!(sticky.is_control() && sticky.measures == "it");
        sticky.reading
    }

    #[test]
    fn digits_within_both_tolerances_stay() {
        let again = |fresh: f64, width: f64, accepted: f64, before: f64| {
            let [fresh, accepted] = [(fresh, width), (accepted, before)]
                .map(|(number, share)| Reading::Value(value(number, Tolerance::Relative(share))));
            self::again(fresh, accepted)
        };
        let kept = |number: f64, share: f64| Reading::Value(value(number, Tolerance::Relative(share)));
        assert_eq!(again(1.0004, 1e-3, 1.0, 1e-3), kept(1.0, 1e-3));
        assert_eq!(again(1.0004, 1e-3, 1.0, 1e-6), kept(1.0004, 1e-3));
        assert_eq!(again(1.0004, 1e-6, 1.0, 1e-3), kept(1.0004, 1e-6));
        assert_eq!(again(1.002, 1e-3, 1.0, 1e-3), kept(1.002, 1e-3));
        assert_eq!(again(1.25, 0.25, 1.0, 0.25), kept(1.0, 0.25), "a margin may be reached");
        assert_eq!(again(-1.0004, 1e-3, 1.0, 1e-3), kept(-1.0004, 1e-3));
        assert_eq!(
            self::again(kept(1.0004, 1e-3), Reading::Count { exactly: 1, must: false }),
            kept(1.0004, 1e-3),
            "a count has no digits to keep"
        );
        assert_eq!(
            self::again(Reading::Count { exactly: 2, must: false }, Reading::Count { exactly: 1, must: false }),
            Reading::Count { exactly: 2, must: false }
        );
    }

    #[test]
    fn a_number_is_written_to_a_tenth_of_its_margin() {
        assert_eq!(TOLERANCE.rounded(0.123_456_789), 0.123_46);
        assert_eq!(TOLERANCE.rounded(-123_456.789), -123_460.0);
        assert_eq!(Tolerance::Absolute(1e-2).rounded(5.123_456_7), 5.1235);
        assert_eq!(Tolerance::Absolute(50.0).rounded(0.37), 0.4, "one digit is left of what is all noise");
        assert_eq!(Tolerance::Absolute(0.0).rounded(0.1 + 0.2), 0.1 + 0.2);
        assert_eq!(TOLERANCE.rounded(0.0), 0.0);
        assert_eq!(rounded(0.0149, 0), 0.01);
        assert_eq!(rounded(0.0149, 2), 0.015);
    }

    #[test]
    fn a_lowered_bound_shows_and_a_rounding_edge_does_not() {
        assert_eq!(bound(1.4e-11, Some(1.3e-11)), 1.4e-11);
        assert_eq!(bound(1.449e-11, None), 1.4e-11);
        assert_eq!(bound(1.45e-11 * (1.0 - 1e-13), Some(1.5e-11)), 1.5e-11);
        assert_eq!(bound(1.45e-11 * (1.0 + 1e-13), Some(1.4e-11)), 1.4e-11);
    }

    #[test]
    fn headroom_may_differ_by_two_decades() {
        let rounding = |bound: f64, headroom: i64| Reading::Rounding { rounding_at_most: bound, headroom };
        for (fresh, kept) in [(2, 2), (3, 5), (5, 5), (7, 5), (8, 8)] {
            assert_eq!(again(rounding(1.4e-11, fresh), rounding(1.4e-11, 5)), rounding(1.4e-11, kept));
        }
        assert_eq!(again(rounding(1.449e-11, 3), Reading::Count { exactly: 5, must: false }), rounding(1.4e-11, 3));
    }

    #[test]
    fn a_limit_keeps_its_digits_within_rounding_and_its_side() {
        let limited = |limit: Limit| Reading::Value(Value { limit: Some(limit), ..value(1.0, TOLERANCE) });
        let (third, near) = (0.333_333_333_3, 0.333_333_333_333_333_3);
        assert_eq!(again(limited(Limit::AtMost(near)), limited(Limit::AtMost(third))), limited(Limit::AtMost(third)));
        assert_eq!(
            again(limited(Limit::AtMost(near)), Reading::Value(value(1.0, TOLERANCE))),
            limited(Limit::AtMost(third)),
            "ten digits"
        );
        let expected = |value| Limit::Expected(Expected { value, allowed: TOLERANCE });
        let (two, above, far) = (2.0, 2.0 + 1.5e-9, 2.0 + 3e-9);
        assert_eq!(again(limited(Limit::AtLeast(above)), limited(Limit::AtLeast(two))), limited(Limit::AtLeast(two)));
        assert_eq!(
            again(limited(Limit::AtLeast(far)), limited(Limit::AtLeast(two))),
            limited(Limit::AtLeast(2.000_000_003))
        );
        assert_eq!(
            again(limited(Limit::AtLeast(-above)), limited(Limit::AtLeast(-two))),
            limited(Limit::AtLeast(-two))
        );
        assert_eq!(
            again(limited(expected(above)), limited(Limit::AtMost(two))),
            limited(expected(2.000_000_002)),
            "another side is another limit"
        );
        assert_eq!(again(limited(expected(near)), limited(expected(third))), limited(expected(third)));
    }

    #[test]
    fn an_accepted_median_outside_the_runs_is_measured_again() {
        let over = |value: f64, lowest: f64, highest: f64| {
            let spread = Some(Spread { lowest, highest, runs: 5 });
            Reading::Value(Value { value, tolerance: Tolerance::Relative(0.5), limit: None, spread })
        };
        assert_eq!(again(over(1.1, 1.0, 2.0), over(1.4, 1.0, 2.0)), over(1.4, 1.0, 2.0));
        assert_eq!(again(over(1.1, 1.0, 1.2), over(1.4, 1.0, 1.6)), over(1.1, 1.0, 1.6));
    }

    #[test]
    fn the_ends_of_a_range_keep_their_digits_each_for_itself() {
        let over = |lowest: f64, highest: f64, runs: i64| {
            Reading::Value(Value { spread: Some(Spread { lowest, highest, runs }), ..value(1.0, TOLERANCE) })
        };
        assert_eq!(again(over(0.5001, 2.01, 6), over(0.5, 2.0, 5)), over(0.5, 2.01, 6));
        assert_eq!(again(over(0.51, 2.001, 5), over(0.5, 2.0, 5)), over(0.51, 2.0, 5));
        assert_eq!(again(over(0.500_000_1, 2.0, 5), Reading::Value(value(1.0, TOLERANCE))), over(0.5, 2.0, 5));
    }
}
