//! The table of evidence under a claim: what was measured, what is allowed, how much room is left.

use super::{escape, markup};
use crate::notebook::book::prose;
use crate::notebook::claim::metric::{Limit, Metric, Reading, Room, Value};
use crate::notebook::claim::snapshot::Metrics;
use crate::notebook::claim::wording;
use crate::notebook::registry::Claim;
use crate::publish::number::{self, Digits};

/// Metric by metric, in the order in which the test measured them.
pub(super) fn table(claim: &Claim, metrics: &Metrics) -> String {
    let rows: Vec<String> = metrics.iter().map(|(name, metric)| row(claim, name, metric)).collect();
    format!(
        "<table class=\"evidence\">\n<thead><tr><th>Measured</th><th class=\"r\">value</th><th class=\"r\">allowed</th><th>remark</th></tr></thead>\n<tbody>\n{}\n</tbody>\n</table>",
        rows.join("\n")
    )
}

/// What is measured; for a control behind what holds in place of a hypothesis.
pub(super) fn measures(metric: &Metric) -> String {
    let instead = metric.removed.as_ref().map_or_else(String::new, |removed| format!("<i>where {}:</i> ", markup(&removed.instead)));
    instead + &markup(&metric.measures)
}

fn row(claim: &Claim, name: &str, metric: &Metric) -> String {
    // The title holds every recorded digit: the page changes whenever the snapshot does. The value leads to the call that recorded it.
    format!(
        "<tr id=\"{0}\"><td>{1}</td><td class=\"r\" title=\"{2}\"><a class=\"n\" href=\"#{0}.at\">{3}</a></td><td class=\"r\">{4}</td><td>{5}</td></tr>",
        prose::anchor(&claim.id, name),
        measures(metric),
        escape(&wording::recorded(metric.reading)),
        shown(metric.reading),
        wording::allowed(metric.reading),
        remark(metric),
    )
}

fn muted(words: &str) -> String {
    format!("<span class=\"muted\">{words}</span>")
}

/// The value; rounding is not worth ink.
pub(super) fn shown(reading: Reading) -> String {
    let value = wording::value(reading);
    if matches!(reading, Reading::Rounding { .. }) { muted(&value) } else { value }
}

/// Decades as a bar and in words.
pub(super) fn headroom(room: Room) -> String {
    format!("<span class=\"headroom\" style=\"--d:{}\">{}</span>", wording::short(room.decades.min(20.0)), wording::room(room))
}

fn remark(metric: &Metric) -> String {
    match metric.reading {
        Reading::Rounding { .. } => metric.reading.room().map_or(String::new(), headroom),
        _ if metric.is_control() => muted(&broken(metric)),
        Reading::Value(Value { spread: Some(spread), .. }) => {
            let [lowest, highest] = [spread.lowest, spread.highest].map(|number| number::unicode(number, Digits::Significant(3)));
            let range = if lowest == highest { format!("all {lowest}") } else { format!("{lowest} to {highest}") };
            muted(&format!("{} runs, {range}", spread.runs))
        }
        Reading::Value(Value { limit: Some(Limit::Expected(_)), .. }) => format!("<span class=\"muted\">{}</span>", expected(metric)),
        Reading::Value(Value { limit: Some(_), .. }) => muted("obeys"),
        Reading::Value(_) | Reading::Count { .. } => muted("accepted"),
    }
}

/// By how much a control misses the limit of its measure.
fn broken(metric: &Metric) -> String {
    let by = metric.removed.as_ref().map(|removed| number::unicode(removed.by, Digits::Short(3)));
    by.map_or_else(String::new, |by| format!("misses the limit by a factor of {by}"))
}

/// What it was expected from.
fn expected(metric: &Metric) -> String {
    metric.source.as_deref().filter(|source| !source.is_empty()).map_or_else(|| "as expected".to_owned(), |source| format!("as expected: {}", markup(source)))
}
