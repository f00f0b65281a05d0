//! Coverage: every statement of the post, the claims that settle it, and the controls without which they would prove nothing.

use super::parts::{badge, kind, link};
use super::{Loom, evidence, markup};
use crate::notebook::book::prose;
use crate::notebook::claim::metric::Metric;
use crate::notebook::claim::wording;
use crate::notebook::registry::{Claim, Statement};

/// The page.
pub(super) fn coverage(loom: &Loom<'_>) -> String {
    let registry = loom.registry;
    let rows: Vec<String> = registry.statements.iter().map(|statement| of_statement(loom, statement)).collect();
    let own: Vec<&Claim> = registry.claims().filter(|claim| claim.head.settles.is_empty()).collect();
    let list: Vec<String> = own.iter().map(|claim| format!("<li>{}</li>", link(claim))).collect();
    let settled = registry.statements.iter().filter(|statement| registry.settling(&statement.id).next().is_some()).count();
    let settling = registry.claims().filter(|claim| !claim.head.settles.is_empty());
    let (claims, controls) = settling.fold((0, 0), |(claims, all), claim| (claims + 1, all + controls(loom, claim).count()));
    let argued = registry.statements.len() - settled;
    let argued = match argued {
        0 => String::new(),
        1 => " The other one is interpretation, argued and not tested.".to_owned(),
        count => format!(" The other {count} are interpretation, argued and not tested."),
    };
    format!(
        "# Coverage\n\nWe could tell {} statements of the two posts apart. Tests settle {settled} of them, by {claims} claims; these are kept honest by {controls} controls and contrasts. A control takes away one hypothesis and repeats the measure, which must then miss the limit that the claim sets it; a contrast compares one measure under two conditions.{argued}\n\n<div class=\"wide\">\n<table class=\"coverage\">\n<thead><tr><th>Statement</th><th>Claim</th><th>Control</th><th class=\"r\">value</th><th class=\"r\">must be</th></tr></thead>\n{}\n</table>\n</div>\n\n## Beyond the posts\n\nAnother {} claims settle no statement. They hold up those that do, follow from them, or say what we wanted to know next.\n\n<ul>\n{}\n</ul>\n",
        registry.statements.len(),
        rows.join("\n"),
        own.len(),
        list.join("\n"),
    )
}

fn controls<'a>(loom: &'a Loom<'_>, claim: &Claim) -> impl Iterator<Item = &'a (String, Metric)> {
    loom.metrics.get(&claim.id).into_iter().flatten().filter(|(_, metric)| metric.is_control() || metric.contrast.is_some())
}

/// A group of rows: the statement beside its claims, each claim beside its controls.
fn of_statement(loom: &Loom<'_>, statement: &Statement) -> String {
    let registry = loom.registry;
    let claims: Vec<&Claim> = registry.settling(&statement.id).collect();
    let mut rows: Vec<String> = Vec::new();
    for claim in &claims {
        let all: Vec<String> = controls(loom, claim).map(|(name, metric)| control(claim, name, metric)).collect();
        let cell = format!("<td class=\"by\" rowspan=\"{}\">{}<br>{}</td>", all.len(), link(claim), kind(claim.head.kind));
        rows.extend(all.into_iter().enumerate().map(|(place, control)| if place == 0 { format!("{cell}{control}") } else { control }));
    }
    if rows.is_empty() {
        rows.push("<td colspan=\"4\">Argued, not tested.</td>".to_owned());
    }
    let verdict = registry.verdict(statement);
    let says = format!(
        "<td class=\"says\" rowspan=\"{}\"><a href=\"index.md#{}\">{}</a> {}<br><i>{}</i></td>",
        rows.len(),
        statement.id,
        statement.id,
        badge(verdict, verdict.name()),
        markup(&statement.says)
    );
    let rows: Vec<String> = rows.into_iter().enumerate().map(|(place, row)| format!("<tr>{}{row}</tr>", if place == 0 { says.as_str() } else { "" })).collect();
    format!("<tbody>\n{}\n</tbody>", rows.join("\n"))
}

fn control(claim: &Claim, name: &str, metric: &Metric) -> String {
    let instead = metric.removed.as_ref().map_or_else(String::new, |removed| format!(", where {}", markup(&removed.instead)));
    format!(
        "<td class=\"control\">{}{instead}</td><td class=\"r\"><a class=\"n\" href=\"{}#{}\">{}</a></td><td class=\"r\">{}</td>",
        markup(&metric.measures),
        prose::page(claim),
        prose::anchor(&claim.id, name),
        evidence::shown(metric.reading),
        wording::allowed(metric.reading)
    )
}
