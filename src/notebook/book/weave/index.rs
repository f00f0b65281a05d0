//! The index of claims: chapter by chapter with their headline numbers, kind by kind, and what builds on what.

use super::parts::{badge, kind, link};
use super::{Loom, escape, evidence, fresh, graph};
use crate::notebook::claim::metric::{Metric, Reading, Value};
use crate::notebook::claim::wording;
use crate::notebook::registry::{Claim, Kind};

/// The page.
pub(super) fn index(loom: &mut Loom<'_>) -> String {
    let mut out = "# All claims\n\nEvery claim of the book with its headline number, what that is held to, how far it is from there, over how many runs, and in how many of the draws that nobody looked at while it was written. An identity is held to a bound on rounding; every other number to the tolerance with which it was accepted, and to its limit where it has one. [Room to spare](room.md) lists the limits that are very near or very far; [coverage](coverage.md) shows the claims behind each statement of the post.\n".to_owned();
    for chapter in loom.registry.chapters.iter().filter(|chapter| !chapter.claims.is_empty()) {
        let rows: Vec<String> = chapter.claims.iter().map(|claim| row(loom, claim)).collect();
        out.push_str(&format!(
            "\n## {}\n\n<div class=\"wide\">\n<table class=\"claims\">\n<thead><tr><th>Claim</th><th>Kind</th><th>settles</th><th class=\"r\">headline</th><th class=\"r\">allowed</th><th>headroom</th><th class=\"r\">runs</th><th class=\"r\">fresh draws</th></tr></thead>\n<tbody>\n{}\n</tbody>\n</table>\n</div>\n",
            escape(&chapter.title),
            rows.join("\n")
        ));
    }
    format!("{out}\n## By kind\n\n{}\n\n## What builds on what\n\n{}\n", kinds(loom), graph::whole(loom))
}

fn row(loom: &Loom<'_>, claim: &Claim) -> String {
    let metrics = loom.metrics.get(&claim.id).map(Vec::as_slice).unwrap_or_default();
    let headline = metrics.iter().find(|(name, _)| name == &claim.head.headline).map(|(_, metric)| metric);
    let of = |words: &dyn Fn(Reading) -> String| headline.map_or(String::new(), |metric| words(metric.reading));
    let settles: Vec<String> =
        claim.head.settles.iter().map(|(id, verdict)| format!("<a href=\"index.md#{id}\" title=\"{}\">{}</a>", verdict.name(), badge(*verdict, id))).collect();
    let runs = headline.and_then(runs).map_or(String::new(), |runs| format!("{runs} <span class=\"unit\">runs</span>"));
    format!(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"r\">{}</td><td class=\"r\">{}</td><td{}>{}</td><td class=\"r\">{runs}</td><td class=\"r\">{}</td></tr>",
        link(claim),
        kind(claim.head.kind),
        settles.join(" "),
        of(&evidence::shown),
        of(&wording::allowed),
        of(&|reading| wording::nearest(reading).map_or(String::new(), |nearest| format!(" title=\"nearest run {nearest}\""))),
        of(&|reading| reading.room().map_or(String::new(), evidence::headroom)),
        fresh::cell(loom, claim),
    )
}

/// Over how many runs a number was measured, where it is one of several.
fn runs(metric: &Metric) -> Option<i64> {
    match metric.reading {
        Reading::Value(Value { spread, .. }) => spread.map(|spread| spread.runs),
        _ => None,
    }
}

fn kinds(loom: &Loom<'_>) -> String {
    let all = [Kind::Identity, Kind::Bound, Kind::Rate, Kind::Measured, Kind::Counterexample];
    let section = |of: Kind| {
        let links: Vec<String> = loom.registry.claims().filter(|claim| claim.head.kind == of).map(|claim| format!("<li>{}</li>", link(claim))).collect();
        (!links.is_empty()).then(|| {
            format!("<details class=\"list\"><summary>{} {}: {}</summary>\n<ul>\n{}\n</ul>\n</details>", kind(of), links.len(), shows(of), links.join("\n"))
        })
    };
    all.into_iter().filter_map(section).collect::<Vec<_>>().join("\n\n")
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
