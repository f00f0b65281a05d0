//! The table of evidence under a claim: what was measured, what is allowed, how much room is left.

use super::{escape, markup};
use crate::notebook::metric::{Limit, Metric, Reading, Tolerance, Value};
use crate::notebook::number::{self, Digits};
use crate::notebook::prose;
use crate::notebook::registry::Claim;
use crate::notebook::snapshot::Metrics;

/// Metric by metric, in the order in which the test measured them.
pub(super) fn table(claim: &Claim, metrics: &Metrics) -> String {
    let rows: Vec<String> = metrics.iter().map(|(name, metric)| row(claim, name, metric)).collect();
    format!(
        "<table class=\"evidence\">\n<thead><tr><th>Measured</th><th class=\"r\">value</th><th class=\"r\">allowed</th><th>headroom</th></tr></thead>\n<tbody>\n{}\n</tbody>\n</table>",
        rows.join("\n")
    )
}

fn row(claim: &Claim, name: &str, metric: &Metric) -> String {
    let role = if metric.control { "<i>control</i>: " } else { "" };
    // The title holds every recorded digit: the page changes whenever the snapshot does.
    format!(
        "<tr id=\"{}\"><td>{role}{}</td><td class=\"r\" title=\"{}\">{}</td><td class=\"r\">{}</td><td>{}</td></tr>",
        prose::anchor(&claim.id, name),
        markup(&metric.measures),
        escape(&recorded(metric)),
        shown(metric.reading),
        allowed(metric.reading),
        remark(metric),
    )
}

/// The headline of a claim in lists: its value, or the bound on its rounding.
pub(super) fn shown(reading: Reading) -> String {
    match reading {
        Reading::Rounding { .. } => "<span class=\"muted\">rounding</span>".to_owned(),
        Reading::Count { exactly } => exactly.to_string(),
        Reading::Value(value) => number::unicode(value.value, Digits::Significant(significant(value))),
    }
}

/// At most four digits, and no more than the tolerance knows.
fn significant(value: Value) -> usize {
    let margin = value.tolerance.margin(value.value);
    if value.value == 0.0 || margin <= 0.0 {
        return 3;
    }
    let known = (value.value.abs() / margin).log10().floor();
    known.clamp(2.0, 4.0) as usize
}

/// What the metric is held to.
pub(super) fn allowed(reading: Reading) -> String {
    let short = |number: f64| number::unicode(number, Digits::Short(4));
    match reading {
        Reading::Rounding { rounding_at_most, .. } => format!("≤ {}", number::unicode(rounding_at_most, Digits::Short(2))),
        Reading::Count { .. } => "exact".to_owned(),
        Reading::Value(value) => match value.limit {
            Some(Limit::AtMost(limit)) => format!("≤ {}", short(limit)),
            Some(Limit::AtLeast(limit)) => format!("≥ {}", short(limit)),
            Some(Limit::Expected(expected)) => {
                let digits = Digits::Short(significant(value).max(4));
                format!("{} {}", number::unicode(expected, digits), width(value.tolerance))
            }
            None => width(value.tolerance),
        },
    }
}

fn width(tolerance: Tolerance) -> String {
    match tolerance {
        Tolerance::Relative(share) if share >= 1e-3 => {
            format!("± {} %", number::unicode(100.0 * share, Digits::Short(2)))
        }
        Tolerance::Relative(share) => {
            format!("± {} relative", number::unicode(share, Digits::Short(2)))
        }
        Tolerance::Absolute(width) => format!("± {}", number::unicode(width, Digits::Short(2))),
    }
}

fn remark(metric: &Metric) -> String {
    let muted = |words: String| format!("<span class=\"muted\">{words}</span>");
    match metric.reading {
        Reading::Rounding { headroom, .. } => {
            let decades = if headroom == 1 { "decade" } else { "decades" };
            format!("<span class=\"headroom\" style=\"--d:{headroom}\">{headroom} {decades}</span>")
        }
        _ if metric.control => muted("breaks, as it must".to_owned()),
        Reading::Value(Value { spread: Some(spread), tolerance, .. }) => {
            let digits = Digits::Significant(3);
            let equal = (spread.highest - spread.lowest).abs() <= tolerance.margin(spread.highest);
            let range = if equal {
                "equal".to_owned()
            } else {
                format!("{} to {}", number::unicode(spread.lowest, digits), number::unicode(spread.highest, digits))
            };
            muted(format!("{} seeds, {range}", spread.seeds))
        }
        Reading::Value(Value { limit: Some(Limit::Expected(_)), .. }) => muted("as expected".to_owned()),
        Reading::Value(Value { limit: Some(_), .. }) => muted("obeys".to_owned()),
        Reading::Value(_) | Reading::Count { .. } => muted("accepted".to_owned()),
    }
}

/// Every number of the snapshot, with its tolerance.
fn recorded(metric: &Metric) -> String {
    match metric.reading {
        Reading::Rounding { rounding_at_most, headroom } => format!("at most {rounding_at_most:e}, {headroom} decades below it"),
        Reading::Count { exactly } => exactly.to_string(),
        Reading::Value(value) => {
            let tolerance = match value.tolerance {
                Tolerance::Relative(share) => format!("relative {share:e}"),
                Tolerance::Absolute(width) => format!("absolute {width:e}"),
            };
            let limit = match value.limit {
                Some(Limit::AtMost(limit)) => format!(", at most {limit:e}"),
                Some(Limit::AtLeast(limit)) => format!(", at least {limit:e}"),
                Some(Limit::Expected(expected)) => format!(", expected {expected:e}"),
                None => String::new(),
            };
            let spread = value
                .spread
                .map_or(String::new(), |spread| format!(", {} seeds from {:e} to {:e}", spread.seeds, spread.lowest, spread.highest));
            format!("{:e}, {tolerance}{limit}{spread}", value.value)
        }
    }
}
