//! A reading in words: what was measured, what it is held to, and every digit that is on record.

use super::metric::{Expected, Limit, Reading, Room, Tolerance, Value};
use crate::publish::number::{self, Digits};

/// The value as a reader needs it; rounding has none worth printing.
pub(crate) fn value(reading: Reading) -> String {
    match reading {
        Reading::Rounding { .. } => "rounding".to_owned(),
        Reading::Count { exactly, .. } => exactly.to_string(),
        Reading::Value(value) => number::unicode(value.value, Digits::Significant(significant(value))),
    }
}

/// At most four digits, and none that the tolerance leaves open.
fn significant(value: Value) -> usize {
    let margin = value.tolerance.margin(value.value);
    if value.value == 0.0 || margin <= 0.0 {
        return 3;
    }
    (libm::floor(libm::log10(value.value.abs() / margin)) + 1.0).clamp(2.0, 4.0) as usize
}

/// What the value is held to.
pub(crate) fn allowed(reading: Reading) -> String {
    let short = |number: f64| number::unicode(number, Digits::Short(4));
    match reading {
        Reading::Rounding { rounding_at_most, .. } => {
            format!("≤ {}", number::unicode(rounding_at_most, Digits::Short(2)))
        }
        Reading::Count { .. } => "exact".to_owned(),
        Reading::Value(value) => match value.limit {
            Some(Limit::AtMost(limit)) => format!("≤ {}", short(limit)),
            Some(Limit::AtLeast(limit)) => format!("≥ {}", short(limit)),
            Some(Limit::Expected(Expected { value, allowed })) => format!("{} {}", short(value), width(allowed)),
            None => width(value.tolerance),
        },
    }
}

/// Of several runs the one nearest to the limit: what the room is measured from.
pub(crate) fn nearest(reading: Reading) -> Option<String> {
    let Reading::Value(value) = reading else { return None };
    value.spread.and(value.nearest_to_limit()).map(|nearest| number::unicode(nearest, Digits::Significant(4)))
}

/// A limit with all its digits.
pub(crate) fn limit(limit: Limit) -> String {
    match limit {
        Limit::AtMost(limit) => format!("at most {limit:e}"),
        Limit::AtLeast(limit) => format!("at least {limit:e}"),
        Limit::Expected(Expected { value, allowed }) => format!("{value:e} ± {}", tolerance(allowed)),
    }
}

/// A tolerance with all its digits.
pub(crate) fn tolerance(tolerance: Tolerance) -> String {
    match tolerance {
        Tolerance::Relative(share) => format!("{share:e} relative"),
        Tolerance::Absolute(width) => format!("{width:e}"),
    }
}

/// The values of all runs, from the lowest to the highest; of one run its value.
pub(crate) fn range(reading: Reading) -> String {
    match reading {
        Reading::Value(Value { spread: Some(spread), .. }) => {
            let [lowest, highest] =
                [spread.lowest, spread.highest].map(|number| number::unicode(number, Digits::Short(3)));
            format!("{lowest} to {highest}")
        }
        other => value(other),
    }
}

fn width(tolerance: Tolerance) -> String {
    match tolerance {
        Tolerance::Relative(share) if share >= 1e-3 => {
            format!("± {} %", number::unicode(100.0 * share, Digits::Short(2)))
        }
        Tolerance::Relative(share) => format!("± {} relative", number::unicode(share, Digits::Short(2))),
        Tolerance::Absolute(width) => format!("± {}", number::unicode(width, Digits::Short(2))),
    }
}

/// `1 decade`, `3 decades`.
pub(crate) fn decades(headroom: i64) -> String {
    counted(&headroom.to_string())
}

/// The decades of some room: `3 decades`, `0.4 decades`.
pub(crate) fn room(room: Room) -> String {
    counted(&short(room.decades))
}

fn counted(decades: &str) -> String {
    format!("{decades} {}", if decades == "1" { "decade" } else { "decades" })
}

/// A distance: whole where it is more than ten, otherwise to a tenth, or a hundredth where it is less than one.
pub(crate) fn short(distance: f64) -> String {
    match distance {
        _ if distance.is_infinite() => "∞".to_owned(),
        _ if distance.fract() == 0.0 || distance >= 10.0 => format!("{distance:.0}"),
        _ if distance >= 1.0 => format!("{distance:.1}"),
        _ if distance >= 0.005 => format!("{distance:.2}"),
        _ => "0".to_owned(),
    }
}

/// Every number of the snapshot, with its tolerance.
pub(crate) fn recorded(reading: Reading) -> String {
    match reading {
        Reading::Rounding { rounding_at_most, headroom } => {
            format!("at most {rounding_at_most:e}, {} below it", decades(headroom))
        }
        Reading::Count { exactly, .. } => exactly.to_string(),
        Reading::Value(value) => {
            let limit = value.limit.map_or_else(String::new, |limit| format!(", must be {}", self::limit(limit)));
            let range = |spread: super::metric::Spread| {
                format!(", {} runs from {:e} to {:e}", spread.runs, spread.lowest, spread.highest)
            };
            format!(
                "{:e}, ± {}{limit}{}",
                value.value,
                tolerance(value.tolerance),
                value.spread.map_or(String::new(), range)
            )
        }
    }
}
