//! The numbers of a claim that moved: accepted and new, the change, its size in tolerances, and what is to be said of
//! it.

use maud::{Markup, html};

use super::{bar, breakable, prose};
use crate::notebook::claim::metric::{Metric, Reading};
use crate::notebook::claim::wording;
use crate::notebook::review::difference::Difference;
use crate::publish::number::{self, Digits};

pub(super) fn numbers(differences: &[Difference]) -> Markup {
    html! {
        div.wide {
            table.review {
                thead {
                    tr { th { "Metric" } th.r { "accepted" } th.r { "new" } th.r { "change" } th.r { "tolerances away" } th { "within, and decades beyond" } }
                }
                tbody { @for difference in differences { (row(difference)) } }
            }
        }
    }
}

fn row(difference: &Difference) -> Markup {
    let away = difference.tolerances();
    let label = difference.latest().map_or("", |metric| metric.measures.as_str());
    html! {
        tr {
            td {
                code { (breakable(&difference.name)) } @if difference.control() { " " i { "control" } }
                small { (prose::inline(label)) }
                @for remark in difference.remarks() { (flagged(&remark)) }
            }
            td.r.old { (value(difference.before.as_ref(), difference)) }
            td.r.new[difference.value_moved()] { (value(difference.after.as_ref(), difference)) }
            td.r {
                @if let Some(change) = difference.relative() { (percent(change)) }
                @if let Some(tolerance) = difference.tolerance() { small { "± " (tolerance) } }
            }
            td.r { @if let Some(away) = away { (signed(away)) } }
            td { @if let Some(away) = away { (bar::bar(&difference.name, away)) } }
        }
    }
}

/// What must not be passed over is flagged.
fn flagged(remark: &str) -> Markup {
    let loud = ["THE CONTROL", "must be", "is no control"].iter().any(|start| remark.starts_with(start))
        || remark.contains("WIDENED");
    html! { @if loud { span.flag.remark { (remark) } } @else { small { (remark) } } }
}

/// A reading with as many digits as tell the two apart; all of them in its title.
fn value(metric: Option<&Metric>, difference: &Difference) -> Markup {
    let Some(metric) = metric else { return html! { "–" } };
    let shown = match (metric.reading, difference.numbers()) {
        (Reading::Value(value), Some([before, after])) => {
            let told_apart = (3..=8).find(|&digits| {
                let short = |number| number::unicode(number, Digits::Significant(digits));
                short(before) != short(after)
            });
            number::unicode(value.value, Digits::Significant(told_apart.map_or(8, |digits| digits.max(4))))
        }
        (Reading::Rounding { .. }, _) => wording::allowed(metric.reading),
        (reading, _) => wording::value(reading),
    };
    html! { span title=(wording::recorded(metric.reading)) { (shown) } }
}

/// With its sign, to three digits.
pub(super) fn signed(number: f64) -> String {
    format!("{}{}", if number < 0.0 { "−" } else { "+" }, number::unicode(number.abs(), Digits::Significant(3)))
}

/// A share, in per cent up to a factor of ten.
fn percent(share: f64) -> String {
    if share.abs() < 9.0 {
        format!("{} %", signed(100.0 * share))
    } else {
        format!("× {}", number::unicode(1.0 + share, Digits::Significant(3)))
    }
}
