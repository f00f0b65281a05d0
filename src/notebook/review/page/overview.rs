//! What a reviewer sees first: how much moved, what must not be passed over, the claims, the statements of the post that they settle.

use maud::{Markup, html};

use super::table::signed;
use super::{breakable, flag, phrases, prose};
use crate::notebook::registry::{STATEMENTS, Verdict};
use crate::notebook::review::difference::Difference;
use crate::notebook::review::terminal::{fell, summary, verdicts};
use crate::notebook::review::{Item, Review, Settled};

pub(super) fn overview(review: &Review) -> Markup {
    let alarms = [
        ("Controls that no longer break their claims", review.tamed()),
        ("Numbers beyond their limits", review.failing()),
        ("Tolerances that became wider", review.widened()),
    ];
    html! {
        @if review.is_empty() {
            p.lede { "Nothing moved against " (review.against) ": every number kept its accepted digits." }
        } @else {
            p.lede { (summary(review)) }
        }
        @for note in &review.notes { p.small { (note) } }
        @if !review.broken().is_empty() || review.judged_otherwise().next().is_some() || alarms.iter().any(|(_, all)| !all.is_empty()) {
            div.loud {
                @if review.judged_otherwise().next().is_some() { p { b { "Verdicts that changed" } } (judged_otherwise(review)) }
                @for (what, all) in alarms.iter().filter(|(_, all)| !all.is_empty()) { p { b { (what) } } (named(all)) }
                @if !review.broken().is_empty() { p { b { "Phrases that became untrue" } } (phrases(&review.broken())) }
            }
        }
        @if !review.items.is_empty() { (contents(review)) }
        @if !review.rates.is_empty() {
            h2 { "Fresh draws" }
            p.small { "In how many draws that nobody looked at a claim holds is not what it was." }
            ul { @for rates in &review.rates { li { (breakable(&rates.id)) ": " @if fell(rates) { b { (rates.words()) } } @else { (rates.words()) } } } }
        }
        @if !review.statements.is_empty() { (statements(&review.statements)) }
    }
}

fn named(all: &[(&str, &str)]) -> Markup {
    html! { ul { @for (claim, metric) in all { li { code { (metric) } " of " a href={ "#" (claim) } { (breakable(claim)) } } } } }
}

fn judged_otherwise(review: &Review) -> Markup {
    html! { ul { @for settled in review.judged_otherwise() { li { a href={ "#" (settled.id) } { (settled.id) } ": " (verdicts(settled)) } } } }
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
                            @if let Some(away) = item.largest().and_then(Difference::furthest) { td.r.away { (signed(away)) } } @else { td.r { (recount(item)) } }
                        }
                    }
                }
            }
        }
    }
}

/// A count has no tolerance to be away by.
fn recount(item: &Item) -> String {
    let digits = item.largest().filter(|largest| largest.recounted()).map(Difference::digits);
    digits.and_then(|[before, after]| Some(format!("{} → {}", before?, after?))).unwrap_or_default()
}

fn statements(all: &[Settled]) -> Markup {
    html! {
        h2 { "Statements of the post" }
        p.small { "The claims that settle them moved, or their verdict did. A verdict is written by hand: does it still say what the numbers say?" }
        div.wide {
            table.verdicts {
                thead { tr { th { "Verdict" } th { "The post, in our words" } th { "Claims that moved" } } }
                tbody {
                    @for settled in all {
                        tr id=(settled.id) {
                            td { (verdict(settled)) }
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

fn verdict(settled: &Settled) -> Markup {
    html! {
        @if let Some(was) = settled.was.filter(|_| settled.changed()) { (badge(was)) " → " }
        @match settled.verdict {
            Some(is) => { (badge(is)) @if settled.was.is_none() { " new" } }
            None => { "gone" }
        }
    }
}

fn badge(verdict: Verdict) -> Markup {
    html! { span class={ "verdict " (verdict.class()) } { (verdict.name()) } }
}
