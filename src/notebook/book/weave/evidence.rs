//! The table of evidence under a claim: what was measured, what is allowed, how much room is left.

use maud::{Markup, html};

use super::parts::{headroom, markup, muted, table, value};
use crate::notebook::book::prose;
use crate::notebook::claim::metric::{Limit, Metric, Reading, Value};
use crate::notebook::claim::wording;
use crate::notebook::registry::Claim;
use crate::publish::number::{self, Digits};

/// Metric by metric, in the order in which the test measured them; nothing without a snapshot.
pub(super) fn evidence(claim: &Claim, metrics: &[(String, Metric)]) -> String {
    let rows: Vec<Markup> = metrics.iter().map(|(name, metric)| row(&prose::anchor(&claim.id, name), metric)).collect();
    if rows.is_empty() {
        String::new()
    } else {
        table("evidence", &["Measured", ">value", ">allowed", "remark"], &rows).0
    }
}

/// What is measured; for a control behind what holds in place of a hypothesis.
pub(super) fn measures(metric: &Metric) -> Markup {
    html! {
        @if let Some(removed) = &metric.removed { i { "where " (markup(&removed.instead)) ":" } " " }
        (markup(&metric.measures))
    }
}

/// The title holds every recorded digit: the page changes whenever the snapshot does. The value leads to the call that
/// recorded it.
fn row(anchor: &str, metric: &Metric) -> Markup {
    let reading = metric.reading;
    html! {
        tr id=(anchor) {
            td { (measures(metric)) }
            td.r title=(wording::recorded(reading)) { a.n href={ "#" (anchor) ".at" } { (value(reading)) } }
            td.r { (wording::allowed(reading)) }
            td { (remark(metric)) }
        }
    }
}

fn remark(metric: &Metric) -> Markup {
    match metric.reading {
        Reading::Rounding { .. } => html! { @if let Some(room) = metric.reading.room() { (headroom(room)) } },
        _ if let Some(removed) = &metric.removed => {
            muted(format!("misses the limit by a factor of {}", number::unicode(removed.by, Digits::Short(3))))
        }
        Reading::Value(Value { spread: Some(spread), .. }) => {
            let [lowest, highest] =
                [spread.lowest, spread.highest].map(|number| number::unicode(number, Digits::Significant(3)));
            let range = if lowest == highest { format!("all {lowest}") } else { format!("{lowest} to {highest}") };
            muted(format!("{} runs, {range}", spread.runs))
        }
        Reading::Value(Value { limit: Some(Limit::Expected(_)), .. }) => {
            let source = metric.source.as_deref().filter(|source| !source.is_empty());
            muted(html! { "as expected" @if let Some(source) = source { ": " (markup(source)) } })
        }
        Reading::Value(Value { limit: Some(_), .. }) => muted("obeys"),
        Reading::Value(_) | Reading::Count { .. } => muted("accepted"),
    }
}
