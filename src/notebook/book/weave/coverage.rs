//! Coverage: every statement of the post, the claims that settle it, and the controls without which they would prove
//! nothing.

use maud::{Markup, html};

use super::Loom;
use super::parts::{badge, head, kind, link, list, markup, number, wide};
use crate::notebook::book::page::Page;
use crate::notebook::claim::metric::Metric;
use crate::notebook::claim::wording;
use crate::notebook::registry::{Claim, Statement};
use crate::publish::counted;

/// The page.
pub(super) fn coverage(loom: &Loom<'_>) -> Page {
    let registry = loom.registry;
    let table = html! {
        table.coverage {
            "\n" (head(&["Statement", "Claim", "Control", ">value", ">must be"])) "\n"
            @for statement in &registry.notebook.statements { (of_statement(loom, statement)) "\n" }
        }
    };
    let own: Vec<&Claim> = registry.claims().filter(|claim| claim.head.settles.is_empty()).collect();
    let settled = registry
        .notebook
        .statements
        .iter()
        .filter(|statement| registry.settling(&statement.id).next().is_some())
        .count();
    let settling = registry.claims().filter(|claim| !claim.head.settles.is_empty());
    let (claims, controls) =
        settling.fold((0, 0), |(claims, all), claim| (claims + 1, all + loom.controls(claim).count()));
    let argued = match registry.notebook.statements.len() - settled {
        0 => String::new(),
        1 => " The other one is interpretation, argued and not tested.".to_owned(),
        count => format!(" The other {count} are interpretation, argued and not tested."),
    };
    Page::of("# Coverage")
        .and(format!(
            "We could tell {} statements of {} apart. Tests settle {settled} of them, by {}; these are kept honest by {}. A control takes away one hypothesis and repeats the measure, which must then miss the limit that the claim sets it; a contrast compares one measure under two conditions.{argued}",
            registry.notebook.statements.len(),
            posts(registry.notebook.posts.len()),
            counted(claims, "claim", "claims"),
            counted(controls, "control or contrast", "controls and contrasts")
        ))
        .and(wide(&table))
        .and("## Beyond the posts")
        .and(match own.len() {
            1 => "One more claim settles no statement. It holds up one that does, follows from one, or says what we wanted \
                  to know next."
                .to_owned(),
            more => format!(
                "Another {more} claims settle no statement. They hold up those that do, follow from them, or say what we \
                 wanted to know next."
            ),
        })
        .and(list(own))
}

/// A group of rows: the statement beside its claims, each claim beside its controls.
fn of_statement(loom: &Loom<'_>, statement: &Statement) -> Markup {
    let mut rows: Vec<Markup> = Vec::new();
    for claim in loom.registry.settling(&statement.id) {
        let controls: Vec<_> = loom.controls(claim).collect();
        for (place, (name, metric)) in controls.iter().enumerate() {
            rows.push(html! {
                @if place == 0 { td.by rowspan=(controls.len()) { (link(claim)) br; (kind(claim.head.kind)) } }
                (control(claim, name, metric))
            });
        }
    }
    if rows.is_empty() {
        rows.push(html! { td colspan="4" { "Argued, not tested." } });
    }
    let verdict = loom.registry.verdict(statement);
    let says = html! {
        td.says rowspan=(rows.len()) {
            a href={ "index.md#" (statement.id) } { (statement.id) } " " (badge(verdict, verdict.name())) br; i { (markup(&statement.says)) }
        }
    };
    html! { tbody { "\n" @for (place, row) in rows.iter().enumerate() { tr { @if place == 0 { (says) } (row) } "\n" } } }
}

fn control(claim: &Claim, name: &str, metric: &Metric) -> Markup {
    html! {
        td.control { (markup(&metric.measures)) @if let Some(removed) = &metric.removed { ", where " (markup(&removed.instead)) } }
        td.r { (number(claim, name, metric.reading)) }
        td.r { (wording::allowed(metric.reading)) }
    }
}

/// So many posts, in words.
fn posts(count: usize) -> String {
    const FEW: [&str; 8] = ["two", "three", "four", "five", "six", "seven", "eight", "nine"];
    match count.checked_sub(2) {
        None => "the post".to_owned(),
        Some(place) => {
            format!("the {} posts", FEW.get(place).map_or_else(|| count.to_string(), |word| (*word).to_owned()))
        }
    }
}
