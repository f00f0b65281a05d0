//! The index of claims: chapter by chapter with their headline numbers, kind by kind, and what builds on what.

use maud::{Markup, html};

use super::parts::{badge, headroom, kind, link, list, separated, statement, table, value, wide};
use super::{Loom, fresh, graph};
use crate::notebook::book::page::{Block, Page};
use crate::notebook::claim::metric::{Metric, Reading, Value};
use crate::notebook::claim::wording;
use crate::notebook::registry::{Claim, Kind, Registry};

const INTRODUCTION: &str = "Every claim of the book with its headline number, what that is held to, how far it is from there, over how many runs, and in how many of the draws that nobody looked at while it was written. An identity is held to a bound on rounding; every other number to the tolerance with which it was accepted, and to its limit where it has one. [Room to spare](room.md) lists the limits that are very near or very far; [coverage](coverage.md) shows the claims behind each statement of the post.";

/// The page.
pub(super) fn index(loom: &Loom<'_>) -> Page {
    let mut page = Page::of("# All claims").and(INTRODUCTION);
    for chapter in loom.registry.chapters.iter().filter(|chapter| !chapter.claims.is_empty()) {
        let rows: Vec<Markup> = chapter.claims.iter().map(|claim| row(loom, claim)).collect();
        let columns = ["Claim", "Kind", "settles", ">headline", ">allowed", "headroom", ">runs", ">fresh draws"];
        page = page.and(html! { "## " (chapter.title) }).and(wide(&table("claims", &columns, &rows)));
    }
    let whole = Block::Plate(graph::whole(loom.registry));
    page.and("## By kind").with(kinds(loom.registry)).and("## What builds on what").with([whole])
}

fn row(loom: &Loom<'_>, claim: &Claim) -> Markup {
    let headline = loom.numbers().metric(&claim.id, &claim.head.headline);
    let reading = headline.map(|metric| metric.reading);
    let nearest = reading.and_then(wording::nearest).map(|nearest| format!("nearest run {nearest}"));
    html! {
        tr {
            td { (link(claim)) }
            td { (kind(claim.head.kind)) }
            td {
                (separated(claim.head.settles.iter().map(|(id, verdict)| statement(id, verdict.name(), &badge(*verdict, id))), " "))
            }
            td.r { @if let Some(reading) = reading { (value(reading)) } }
            td.r { @if let Some(reading) = reading { (wording::allowed(reading)) } }
            td title=[nearest] { @if let Some(room) = reading.and_then(Reading::room) { (headroom(room)) } }
            td.r { @if let Some(runs) = headline.and_then(runs) { (runs) " " span.unit { "runs" } } }
            td.r { (fresh::cell(loom, claim)) }
        }
    }
}

/// Over how many runs a number was measured, where it is one of several.
fn runs(metric: &Metric) -> Option<i64> {
    match metric.reading {
        Reading::Value(Value { spread, .. }) => spread.map(|spread| spread.runs),
        _ => None,
    }
}

fn kinds(registry: &Registry) -> impl Iterator<Item = Block> {
    let all = [Kind::Identity, Kind::Bound, Kind::Rate, Kind::Measured, Kind::Counterexample];
    all.into_iter().filter_map(|of| {
        let claims: Vec<&Claim> = registry.claims().filter(|claim| claim.head.kind == of).collect();
        let summary = html! { summary { (kind(of)) " " (claims.len()) ": " (shows(of)) } };
        (!claims.is_empty())
            .then(|| Block::Text(html! { details.list { (summary) "\n" (list(claims)) "\n" } }.into_string()))
    })
}

/// What the test of a claim of that kind must show.
fn shows(kind: Kind) -> &'static str {
    match kind {
        Kind::Identity => "equal up to rounding, within a bound that the test states",
        Kind::Bound => "never above, or never below",
        Kind::Rate => "a limit, or an order of convergence",
        Kind::Measured => "an effect over several runs, every one of them beyond a margin",
        Kind::Counterexample => "a sentence of the post that fails as it stands",
    }
}
