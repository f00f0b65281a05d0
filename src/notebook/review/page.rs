//! A review as one page that opens from a disk: no script, nothing loaded; choices are radio buttons and folds.
//!
//! Words are written with `maud`, which escapes what comes from claims and snapshots; figures escape their own.

mod bar;
mod figure;
mod prose;

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::terminal::summary;
use super::{Broken, Change, Item, Review, Settled};
use crate::notebook::difference::Difference;
use crate::notebook::metric::{Metric, Reading};
use crate::notebook::number::{self, Digits};
use crate::notebook::registry::{STATEMENTS, Verdict};
use crate::notebook::{standalone, wording};

/// What makes the page; a file that says so may be written over.
pub const GENERATOR: &str = "attention-regression review";

/// The page; `provenance` says where it was made.
pub fn page(review: &Review, provenance: &str) -> String {
    let statements = review.statements.iter().map(|settled| settled.id.as_str());
    let anchors: BTreeSet<&str> = review.items.iter().map(|item| item.id.as_str()).chain(statements).collect();
    let body = html! {
        h1 { "Review of a change" }
        (overview(review))
        @for item in &review.items { (claim(item, review.pending, &anchors)) }
        footer.provenance { (provenance) }
    };
    standalone::page("Review of a change", GENERATOR, include_str!("page/review.css"), &body)
}

fn overview(review: &Review) -> Markup {
    let alarms = [
        ("Controls that no longer break their claims", review.tamed()),
        ("Numbers beyond their limits", review.failing()),
        ("Tolerances that became wider", review.widened()),
    ];
    html! {
        @if review.items.is_empty() {
            p.lede { "Nothing moved against " (review.against) ": every number kept its accepted digits." }
        } @else {
            p.lede { (summary(review)) }
        }
        @for note in &review.notes { p.small { (note) } }
        @if !review.broken().is_empty() || alarms.iter().any(|(_, all)| !all.is_empty()) {
            div.loud {
                @for (what, all) in alarms.iter().filter(|(_, all)| !all.is_empty()) { p { b { (what) } } (named(all)) }
                @if !review.broken().is_empty() { p { b { "Phrases that became untrue" } } (phrases(&review.broken())) }
            }
        }
        @if !review.items.is_empty() { (contents(review)) }
        @if !review.statements.is_empty() { (statements(&review.statements)) }
    }
}

fn named(all: &[(&str, &str)]) -> Markup {
    html! { ul { @for (claim, metric) in all { li { code { (metric) } " of " a href={ "#" (claim) } { (breakable(claim)) } } } } }
}

fn phrases(all: &[&Broken]) -> Markup {
    html! {
        ul {
            @for broken in all {
                li {
                    @if let Some(words) = &broken.phrase { "“" (words) "”" } @else { code { (broken.reference) } }
                    " in " (prose::inline(&broken.title)) ", " code { (broken.file.display()) ":" (broken.line) } ": " (broken.what)
                }
            }
        }
    }
}

fn contents(review: &Review) -> Markup {
    html! {
        h2 { "Claims" }
        div.wide {
            table.contents {
                thead { tr { th { "Claim" } th { "What" } th { "Largest move" } th.r { "tolerances away" } } }
                tbody {
                    @for item in &review.items {
                        tr {
                            td { a href={ "#" (item.id) } { (prose::inline(item.title())) } small { (breakable(&item.id)) } }
                            td { (flag(item)) }
                            td {
                                @if let Some(largest) = item.largest() { code { (largest.name) } } @else if item.figure.is_some() { "the figure" }
                            }
                            td.r { @if let Some(away) = item.largest().and_then(Difference::tolerances) { (signed(away)) } }
                        }
                    }
                }
            }
        }
    }
}

fn flag(item: &Item) -> Markup {
    let alarm = item.alarming();
    html! { span.flag.moved[!alarm] { (item.change.name()) @if alarm { ", look closely" } } }
}

fn statements(all: &[Settled]) -> Markup {
    html! {
        h2 { "Statements of the post" }
        p.small { "The claims that settle them moved. A verdict is written by hand: does it still say what the numbers say?" }
        div.wide {
            table.verdicts {
                thead { tr { th { "Verdict" } th { "The post says" } th { "Claims that moved" } } }
                tbody {
                    @for settled in all {
                        tr id=(settled.id) {
                            td { @if let Some(was) = settled.was { (badge(was)) " → " } (badge(settled.verdict)) }
                            td { (prose::inline(&settled.says)) }
                            td {
                                @for claim in &settled.claims { a href={ "#" (claim) } { (breakable(claim)) } br; }
                                small { (settled.id) " · " (STATEMENTS) ":" (settled.line) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn badge(verdict: Verdict) -> Markup {
    let class = match verdict {
        Verdict::Holds => "holds",
        Verdict::HoldsIf => "holds-if",
        Verdict::False => "false",
        Verdict::Argued => "argued",
    };
    html! { span class={ "verdict " (class) } { (verdict.name()) } }
}

/// A name that may be broken where it has an underscore.
fn breakable(name: &str) -> Markup {
    html! { @for (place, part) in name.split('_').enumerate() { @if place > 0 { wbr; "_" } (part) } }
}

fn claim(item: &Item, pending: bool, anchors: &BTreeSet<&str>) -> Markup {
    let claim = item.claim.as_ref();
    html! {
        section.claim id=(item.id) {
            p.claim-head {
                @if let Some(claim) = claim { span class={ "kind " (claim.head.kind.name()) } { (capital(claim.head.kind.name())) } }
                span { (flag(item)) }
            }
            h2 { (prose::inline(item.title())) }
            p.small {
                code { (breakable(&item.id)) }
                @if let Some(claim) = claim { " · " code { (claim.file.display()) ":" (claim.line) } }
            }
            @if item.change == Change::New { p { "This claim has no accepted snapshot: everything in it is new." } }
            @if item.change == Change::Removed { p { "No claim records this snapshot any more." } }
            @if !item.differences.is_empty() { (numbers(&item.differences)) }
            @if !item.broken.is_empty() {
                div.loud { p { b { "No longer true" } } (phrases(&item.broken.iter().collect::<Vec<_>>())) }
            }
            @if let Some(change) = &item.figure { (figure::versions(&item.id, change)) }
            (prose::sentences(&item.sentences))
            @if !item.dependents.is_empty() { (dependents(&item.dependents, anchors)) }
            @if let Some(settles) = claim.map(|claim| &claim.head.settles).filter(|settles| !settles.is_empty()) {
                p.uses { "Settles " @for (place, (id, verdict)) in settles.iter().enumerate() { @if place > 0 { ", " } @if anchors.contains(id.as_str()) { a href={ "#" (id) } { (id) } } @else { (id) } " (" (verdict.name()) ")" } "." }
            }
            div.command { span { (if pending { "Accept it" } else { "Check it" }) } pre { code { (item.command(pending)) } } }
        }
    }
}

/// The claims that build on one: those that moved too lead to where they stand.
fn dependents(all: &[String], moved: &BTreeSet<&str>) -> Markup {
    let also = all.iter().filter(|id| moved.contains(id.as_str())).count();
    html! {
        details {
            summary {
                (all.len()) (if all.len() == 1 { " claim builds on it" } else { " claims build on it" })
                @if also > 0 { ", " (also) " of them moved too" }
            }
            ul.dependents {
                @for id in all { li { @if moved.contains(id.as_str()) { a href={ "#" (id) } { code { (breakable(id)) } } } @else { code { (breakable(id)) } } } }
            }
        }
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn numbers(differences: &[Difference]) -> Markup {
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
    let label = difference.after.as_ref().or(difference.before.as_ref()).map_or("", |metric| metric.measures.as_str());
    html! {
        tr {
            td {
                code { (breakable(&difference.name)) } @if difference.control() { " " i { "control" } }
                small { (prose::inline(label)) }
                @for remark in difference.remarks() { (said(&remark)) }
            }
            td.r.old { (value(difference.before.as_ref(), difference)) }
            td.r.new { (value(difference.after.as_ref(), difference)) }
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
fn said(remark: &str) -> Markup {
    let loud = remark.starts_with("THE CONTROL") || remark.contains("WIDENED") || remark.starts_with("must be") || remark.starts_with("is no control");
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
fn signed(number: f64) -> String {
    format!("{}{}", if number < 0.0 { "−" } else { "+" }, number::unicode(number.abs(), Digits::Significant(3)))
}

/// A share, in per cent up to a factor of ten.
fn percent(share: f64) -> String {
    if share.abs() < 9.0 { format!("{} %", signed(100.0 * share)) } else { format!("× {}", number::unicode(1.0 + share, Digits::Significant(3))) }
}
