//! A review as one page that opens from a disk: no script, nothing loaded; choices are radio buttons and folds.
//!
//! Words are written with `maud`, which escapes what comes from claims and snapshots; figures escape their own.

mod bar;
mod figure;
mod overview;
mod prose;
mod table;
mod widen;

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::{Broken, Change, Item, Review};
use crate::notebook::registry::Claim;
use crate::publish::capital;
use crate::publish::standalone;

/// What makes the page; a file that says so may be written over.
pub(crate) const GENERATOR: &str = "attention-regression review";

/// The page; `provenance` says where it was made.
pub(crate) fn page(review: &Review, provenance: &str) -> String {
    let statements = review.statements.iter().map(|change| change.id.as_str());
    let anchors: BTreeSet<&str> = review.items.iter().map(|item| item.id.as_str()).chain(statements).collect();
    let body = html! {
        h1 { "Review of a change" }
        (overview::overview(review))
        @for item in &review.items { (claim(item, review.pending, &anchors)) }
        footer.provenance { (provenance) }
    };
    standalone::page("Review of a change", GENERATOR, include_str!("page/review.css"), &body)
}

fn claim(item: &Item, pending: bool, anchors: &BTreeSet<&str>) -> Markup {
    html! {
        section.claim id=(item.id) {
            (head(item))
            @if item.change == Change::New { p { "This claim has no accepted snapshot: everything in it is new." } }
            @if item.change == Change::Removed { p { "No claim records this snapshot any more." } }
            @if !item.differences.is_empty() { (table::numbers(&item.differences)) }
            @if !item.broken.is_empty() { div.loud { p { b { "No longer true" } } (phrases(&item.broken)) } }
            @if let Some(change) = &item.figure { (figure::versions(&item.id, change)) }
            (prose::sentences(&item.sentences))
            @if !item.dependents.is_empty() { (dependents(&item.dependents, anchors)) }
            @if let Some(claim) = &item.claim { (settles(claim, anchors)) }
            @if pending { @for sentence in item.left_undone() { p.small { (sentence) } } }
            div.command { span { (if pending { "Accept it" } else { "Check it" }) } pre { code { (item.command(pending)) } } }
        }
    }
}

fn head(item: &Item) -> Markup {
    let claim = item.claim.as_ref();
    html! {
        p.claim-head {
            @if let Some(kind) = claim.map(|claim| claim.head.kind.name()) { span class={ "kind " (kind) } { (capital(kind)) } }
            span { (flag(item)) }
        }
        h2 { (prose::inline(item.title())) }
        p.small {
            code { (breakable(&item.id)) }
            @if let Some(claim) = claim { " · " code { (claim.file.display()) ":" (claim.line) } }
            @if let Some(seconds) = item.seconds { " · its test last took " (seconds_in_words(seconds)) " here" }
        }
    }
}

fn settles(claim: &Claim, anchors: &BTreeSet<&str>) -> Markup {
    html! {
        @if !claim.head.settles.is_empty() {
            p.uses {
                "Settles "
                @for (place, (id, verdict)) in claim.head.settles.iter().enumerate() {
                    @if place > 0 { ", " }
                    @if anchors.contains(id.as_str()) { a href={ "#" (id) } { (id) } } @else { (id) }
                    " (" (verdict.name()) ")"
                }
                "."
            }
        }
    }
}

fn phrases<'a>(all: impl IntoIterator<Item = &'a Broken>) -> Markup {
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

/// The claims that build on one: those that moved too lead to where they stand.
fn dependents(all: &[String], moved: &BTreeSet<&str>) -> Markup {
    let also = all.iter().filter(|id| moved.contains(id.as_str())).count();
    html! {
        details {
            summary {
                @match (all.len(), also) {
                    (1, 0) => "1 claim builds on it",
                    (1, _) => "1 claim builds on it and moved too",
                    (all, 0) => { (all) " claims build on it" }
                    (all, also) => { (all) " claims build on it, " (also) " of them moved too" }
                }
            }
            ul.dependents {
                @for id in all {
                    @let name = html! { code { (breakable(id)) } };
                    li { @if moved.contains(id.as_str()) { a href={ "#" (id) } { (name) } } @else { (name) } }
                }
            }
        }
    }
}

/// What a claim shares with others is computed by the first that asks: the others take no time.
fn seconds_in_words(seconds: f64) -> String {
    if seconds < 0.01 { "less than 0.01 seconds".to_owned() } else { format!("{seconds:.2} seconds") }
}

fn flag(item: &Item) -> Markup {
    let alarm = item.alarming();
    html! { span.flag.moved[!alarm] { (item.change.name()) @if alarm { ", look closely" } } }
}

/// A name that may be broken where it has an underscore.
fn breakable(name: &str) -> Markup {
    html! { @for (place, part) in name.split('_').enumerate() { @if place > 0 { wbr; "_" } (part) } }
}
