//! A chapter and its claims as Markdown.

use std::collections::BTreeSet;

use super::parts::{kind, link};
use super::{Loom, code, escape, evidence, fresh, graph, markup, quantity, room};
use crate::diagnostic::Diagnostic;
use crate::notebook::book::prose::{self, Medium, Place};
use crate::notebook::registry::{Chapter, Claim};

/// One chapter: its opening prose, then its claims.
pub(super) fn chapter(loom: &mut Loom<'_>, chapter: &Chapter) -> String {
    let page = format!("{}.md", chapter.id);
    let (markdown, _) = loom.prose(&chapter.prose, Place { page: &page, claim: None, medium: Medium::Page });
    let (markdown, _) = loom.place_figures(&chapter.prose, &markdown, None, "opening-");
    let claims: Vec<String> = chapter.claims.iter().map(|claim| self::claim(loom, claim)).collect();
    format!("# {}\n\n{}\n\n{}", chapter.title, markdown.trim(), claims.join("\n\n"))
}

/// One claim, in the order of the style: kind and statements, title, prose with figure, evidence, what breaks it, the
/// test, the command.
fn claim(loom: &mut Loom<'_>, claim: &Claim) -> String {
    let page = prose::page(claim);
    let (markdown, quoted) = loom.prose(&claim.prose, Place { page: &page, claim: Some(claim), medium: Medium::Page });
    let (markdown, shown) = loom.place_figures(&claim.prose, &markdown, Some(claim), "");
    let (breaks, broken) = loom.sentence(claim, "breaks_when", &claim.head.breaks_when, &page);
    check(loom, claim, &quoted, &broken, &shown);
    loom.prose(&claim.titled, Place { page: &page, claim: Some(claim), medium: Medium::Page });
    let rows = loom.metrics.get(&claim.id).map_or(String::new(), |metrics| evidence::table(claim, metrics));
    let (test, graph) = (code::fold(loom, claim), graph::around(loom, claim));
    [
        "<section class=\"claim\">".to_owned(),
        head(loom, claim),
        format!("<h2 id=\"{}\">{}</h2>", claim.id, markup(&claim.title)),
        markdown.trim().to_owned(),
        rows,
        fresh::line(loom, claim),
        format!("<div class=\"breaks\">\n\n**Breaks when** {}\n\n</div>", breaks.trim()),
        uses(loom, claim),
        graph,
        test,
        format!("<div class=\"command\"><span>Check it</span>\n\n```text\ncargo test --test claims {}\n```\n\n</div>", claim.id),
        "</section>".to_owned(),
    ]
    .into_iter()
    .filter(|part| !part.is_empty())
    .collect::<Vec<_>>()
    .join("\n\n")
}

fn check(loom: &mut Loom<'_>, claim: &Claim, quoted: &BTreeSet<(String, String)>, broken: &BTreeSet<(String, String)>, shown: &[String]) {
    let mut problem = |key: &str, what: String, cure: &str| loom.problems.push(claim.sentence(key, "").diagnostic(0, what, cure));
    let headline = (claim.id.clone(), claim.head.headline.clone());
    // Without a snapshot nothing could be quoted, and that is said already.
    if loom.metrics.contains_key(&claim.id) && !quoted.contains(&headline) && !broken.contains(&headline) {
        problem(
            "headline",
            format!("the headline metric `{}` of `{}` is absent from its prose", headline.1, claim.id),
            "quote it in the prose, or choose another headline",
        );
    }
    if let Some(metrics) = loom.metrics.get(&claim.id) {
        let controls: BTreeSet<&String> = metrics.iter().filter(|(_, metric)| metric.is_control() || metric.contrast.is_some()).map(|(name, _)| name).collect();
        if controls.is_empty() {
            problem(
                "breaks_when",
                format!("`{}` has no control and no contrast", claim.id),
                "record one with `evidence.breaks(…)`, the same measure with a hypothesis removed, or a `contrast`",
            );
        } else if !broken.iter().any(|(id, metric)| id == &claim.id && controls.contains(metric)) {
            problem(
                "breaks_when",
                format!("`breaks_when` of `{}` quotes none of its controls and contrasts", claim.id),
                "quote the number that shows it break",
            );
        }
    }
    if let Some(metrics) = loom.metrics.get(&claim.id) {
        loom.problems.extend(room::problems(claim, metrics));
        loom.problems.extend(quantity::problems(claim, metrics));
    }
    if loom.figures.contains_key(&claim.id) && !shown.contains(&claim.id) {
        let what = format!("the figure of `{}` is recorded and not shown", claim.id);
        loom.problems.push(Diagnostic::at(&claim.file, claim.line, what, "place it in the prose with `![caption](figure)`"));
    }
}

fn head(loom: &Loom<'_>, claim: &Claim) -> String {
    let settled = claim.head.settles.keys().filter_map(|id| loom.registry.statements.iter().find(|statement| &statement.id == id));
    let settled: Vec<String> =
        settled.map(|statement| format!("<a href=\"index.md#{}\" title=\"{}\">{}</a>", statement.id, escape(&statement.says), statement.id)).collect();
    let settles = if settled.is_empty() { String::new() } else { format!("<span>settles {}</span>", settled.join(", ")) };
    format!("<p class=\"claim-head\">{}{settles}</p>", kind(claim.head.kind))
}

/// What it builds on and what builds on it, as links.
fn uses(loom: &Loom<'_>, claim: &Claim) -> String {
    let links = |claims: Vec<&Claim>| claims.into_iter().map(link).collect::<Vec<_>>().join(", ");
    let sentence = |before: &str, links: String| (!links.is_empty()).then(|| format!("{before} {links}."));
    let below = sentence("Builds on", links(claim.head.uses.iter().filter_map(|id| loom.registry.claim(id)).collect()));
    let above = sentence("Used by", links(loom.registry.users(&claim.id).collect()));
    let sentences: Vec<String> = below.into_iter().chain(above).collect();
    if sentences.is_empty() { String::new() } else { format!("<p class=\"uses\">{}</p>", sentences.join(" ")) }
}
