//! A chapter and its claims as blocks of a page.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::evidence::evidence;
use super::parts::{command, kind, link, markup, separated, statement};
use super::{Laid, Loom, code, fresh, graph, quantity, room};
use crate::diagnostic::Diagnostic;
use crate::notebook::book::page::{Block, Page};
use crate::notebook::book::prose;
use crate::notebook::registry::{Chapter, Claim, Statement};

/// One chapter: its opening prose, then its claims.
pub(super) fn chapter(loom: &mut Loom<'_>, chapter: &Chapter) -> Page {
    let opening = loom.lay(&chapter.prose, &format!("{}.md", chapter.id), None).blocks;
    let page = Page::of(format!("# {}", chapter.title)).with(opening);
    chapter.claims.iter().fold(page, |page, claim| self::claim(loom, claim, page))
}

/// One claim, in the order of the style: kind and statements, title, prose with figure, evidence, what breaks it, the
/// test, the command.
fn claim(loom: &mut Loom<'_>, claim: &Claim, above: Page) -> Page {
    let page = prose::page(claim);
    let laid = loom.lay(&claim.prose, &page, Some(claim));
    let (breaks, broken) = loom.sentence(claim, "breaks_when", &claim.head.breaks_when, &page);
    check(loom, claim, &laid, &broken);
    loom.prose(&claim.titled, &page, Some(claim));
    let test = code::fold(loom, claim);
    above
        .and("<section class=\"claim\">")
        .and(head(loom, claim))
        .and(html! { h2 id=(claim.id) { (markup(&claim.title)) } })
        .with(laid.blocks)
        .and(evidence(claim, loom.numbers().of(&claim.id)))
        .and(fresh::line(loom, claim))
        .and(format!("<div class=\"breaks\">\n\n**Breaks when** {breaks}\n\n</div>"))
        .and(uses(loom, claim))
        .with(graph::around(loom.registry, claim).map(Block::Plate))
        .and(test)
        .and(command("Check it", &format!("cargo test --test claims {}", claim.id)))
        .and("</section>")
}

/// What the claim must say, and does not.
fn check(loom: &mut Loom<'_>, claim: &Claim, laid: &Laid, broken: &BTreeSet<(String, String)>) {
    if loom.figures.contains_key(&claim.id) && !laid.shown.contains(&claim.id) {
        let what = format!("the figure of `{}` is recorded and not shown", claim.id);
        loom.problems.push(Diagnostic::at(
            &claim.file,
            claim.line,
            what,
            "place it in the prose with `![caption](figure)`",
        ));
    }
    // Without a snapshot nothing could be quoted, and that is said already.
    let Some(metrics) = loom.metrics.get(&claim.id) else { return };
    let controls: BTreeSet<&str> = loom.controls(claim).map(|(name, _)| name.as_str()).collect();
    let mut problem =
        |key: &str, what: String, cure: &str| loom.problems.push(claim.sentence(key, "").diagnostic(0, what, cure));
    let headline = (claim.id.clone(), claim.head.headline.clone());
    if !laid.quoted.contains(&headline) && !broken.contains(&headline) {
        let what = format!("the headline metric `{}` of `{}` is absent from its prose", headline.1, claim.id);
        problem("headline", what, "quote it in the prose, or choose another headline");
    }
    if controls.is_empty() {
        let cure = "record one with `evidence.breaks(…)`, the same measure with a hypothesis removed, or a `contrast`";
        problem("breaks_when", format!("`{}` has no control and no contrast", claim.id), cure);
    } else if !broken.iter().any(|(id, metric)| id == &claim.id && controls.contains(metric.as_str())) {
        let what = format!("`breaks_when` of `{}` quotes none of its controls and contrasts", claim.id);
        problem("breaks_when", what, "quote the number that shows it break");
    }
    loom.problems.extend(room::problems(claim, metrics));
    loom.problems.extend(quantity::problems(claim, metrics));
}

fn head(loom: &Loom<'_>, claim: &Claim) -> Markup {
    let find = |id: &String| loom.registry.notebook.statement(id);
    let settled: Vec<&Statement> = claim.head.settles.keys().filter_map(find).collect();
    let link = |settled: &&Statement| statement(&settled.id, &settled.says, &html! { (settled.id) });
    html! {
        p.claim-head {
            (kind(claim.head.kind))
            @if !settled.is_empty() { span { "settles " (separated(settled.iter().map(link), ", ")) } }
        }
    }
}

/// What it builds on and what builds on it, as links.
fn uses(loom: &Loom<'_>, claim: &Claim) -> Markup {
    let below: Vec<&Claim> = claim.head.uses.iter().filter_map(|id| loom.registry.claim(id)).collect();
    let above: Vec<&Claim> = loom.registry.users(&claim.id).collect();
    let sentences = [("Builds on ", below), ("Used by ", above)].into_iter().filter(|(_, claims)| !claims.is_empty());
    let sentences: Vec<Markup> = sentences
        .map(|(words, claims)| html! { (words) (separated(claims.into_iter().map(link), ", ")) "." })
        .collect();
    html! { @if !sentences.is_empty() { p.uses { (separated(sentences, " ")) } } }
}
