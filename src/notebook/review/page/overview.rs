//! What a reviewer sees first: how much moved, what must not be passed over, the claims, the statements of the post
//! that they settle.

use maud::{Markup, html};

use super::table::signed;
use super::{breakable, flag, phrases, prose};
use crate::notebook::registry::{STATEMENTS, Verdict};
use crate::notebook::review::difference::{Difference, Test};
use crate::notebook::review::terminal::summary;
use crate::notebook::review::{Item, RateChange, Review, StatementChange};

pub(super) fn overview(review: &Review) -> Markup {
    html! {
        @if review.is_empty() {
            p.lede { "Nothing moved against " (review.against) ": every number kept its accepted digits." }
        } @else {
            p.lede { (summary(review)) }
        }
        @for note in &review.notes { p.small { (note) } }
        (alarms(review))
        @if !review.items.is_empty() { (contents(review)) }
        @if !review.rates.is_empty() { (rates(&review.rates)) }
        @if !review.statements.is_empty() { (statements(&review.statements)) }
    }
}

/// What must not be passed over.
fn alarms(review: &Review) -> Markup {
    let mut alarms: Vec<(&str, Markup)> = Vec::new();
    if review.judged_otherwise().next().is_some() {
        alarms.push(("Verdicts that changed", judged_otherwise(review)));
    }
    let metrics: [(&str, Test); 3] = [
        ("Controls that no longer break their claims", Difference::tamed),
        ("Numbers beyond their limits", Difference::failing),
        ("Tolerances that became wider", Difference::widened),
    ];
    let metrics = metrics.map(|(what, test)| (what, review.metrics_that(test)));
    alarms.extend(metrics.iter().filter(|(_, all)| !all.is_empty()).map(|(what, all)| (*what, named(all))));
    if !review.broken().is_empty() {
        alarms.push(("Phrases that became untrue", phrases(review.broken())));
    }
    html! {
        @if !alarms.is_empty() {
            div.loud { @for (what, all) in &alarms { p { b { (what) } } (all) } }
        }
    }
}

fn named(all: &[(&str, &str)]) -> Markup {
    html! { ul { @for (claim, metric) in all { li { code { (metric) } " of " a href={ "#" (claim) } { (breakable(claim)) } } } } }
}

fn judged_otherwise(review: &Review) -> Markup {
    html! { ul { @for change in review.judged_otherwise() { li { a href={ "#" (change.id) } { (change.id) } ": " (change.words()) } } } }
}

fn contents(review: &Review) -> Markup {
    html! {
        h2 { "Claims" }
        div.wide {
            table.contents {
                thead { tr { th { "Claim" } th { "What" } th { "Largest move" } th.r { "tolerances away" } } }
                tbody { @for item in &review.items { (row(item)) } }
            }
        }
    }
}

fn row(item: &Item) -> Markup {
    let largest = item.largest();
    html! {
        tr {
            td { a href={ "#" (item.id) } { (prose::inline(item.title())) } small { (breakable(&item.id)) } }
            td { (flag(item)) }
            td { @if let Some(largest) = largest { code { (largest.name) } } @else if item.figure.is_some() { "the figure" } }
            @if let Some(away) = largest.and_then(Difference::furthest) {
                td.r.away { (signed(away)) }
            } @else {
                td.r { @if let Some(counts) = recount(item) { (counts) } }
            }
        }
    }
}

/// A count has no tolerance to be away by.
fn recount(item: &Item) -> Option<String> {
    item.largest().filter(|largest| largest.recounted()).map(|largest| largest.digits().join(" → "))
}

fn rates(all: &[RateChange]) -> Markup {
    html! {
        h2 { "Fresh draws" }
        p.small { "In how many draws that nobody looked at a claim holds is not what it was." }
        ul {
            @for rate in all {
                li { (breakable(&rate.id)) ": " @if rate.fell() { b { (rate.words()) } } @else { (rate.words()) } }
            }
        }
    }
}

fn statements(all: &[StatementChange]) -> Markup {
    html! {
        h2 { "Statements of the post" }
        p.small {
            "The claims that settle them moved, or their verdict did. A verdict is written by hand: does it still say what the numbers say?"
        }
        div.wide {
            table.verdicts {
                thead { tr { th { "Verdict" } th { "The post, in our words" } th { "Claims that moved" } } }
                tbody { @for change in all { (statement(change)) } }
            }
        }
    }
}

fn statement(change: &StatementChange) -> Markup {
    html! {
        tr id=(change.id) {
            td {
                @if let Some(was) = change.before.filter(|_| change.judged_otherwise()) { (badge(was)) " → " }
                @match change.after {
                    Some(is) => { (badge(is)) @if change.before.is_none() { " new" } }
                    None => { "gone" }
                }
            }
            td { (prose::inline(&change.says)) }
            td {
                @for claim in &change.claims { a href={ "#" (claim) } { (breakable(claim)) } br; }
                small { (change.id) " · " (STATEMENTS) ":" (change.line) }
            }
        }
    }
}

fn badge(verdict: Verdict) -> Markup {
    html! { span class={ "verdict " (verdict.class()) } { (verdict.name()) } }
}
