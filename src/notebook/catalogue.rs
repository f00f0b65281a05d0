//! The claims as a list: a table for a terminal, JSON for programs, one claim in full.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::metric::{Metric, Reading};
use super::prose::{self, Medium, Numbers, Place};
use super::registry::{Claim, Prose, Registry};
use super::snapshot::Metrics;
use super::wording;

/// The version of the JSON document.
const SCHEMA: &str = "attention-regression/claims/1";

/// Every claim on a line: id, kind, headline number, what it is held to; chapter by chapter.
pub fn table(registry: &Registry, metrics: &BTreeMap<String, Metrics>) -> String {
    let rows: Vec<[String; 5]> = registry
        .claims()
        .map(|claim| {
            let headline = headline(claim, metrics);
            let (value, allowed) = headline.map_or(("not yet run".to_owned(), String::new()), |metric| (wording::value(metric.reading), allowed(metric)));
            [claim.id.clone(), claim.head.kind.name().to_owned(), value, allowed, claim.chapter.clone()]
        })
        .collect();
    let head = ["claim", "kind", "headline", "allowed", "chapter"].map(str::to_owned);
    let width = |column: usize| rows.iter().chain([&head]).map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [0, 1, 2, 3, 4].map(width);
    let line = |row: &[String; 5]| {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .enumerate()
            .map(|(column, (cell, width))| if column == 2 { format!("{cell:>width$}") } else { format!("{cell:<width$}") })
            .collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    let body: String = rows.iter().map(line).collect();
    format!("{}{body}", line(&head))
}

/// The claims and statements as one JSON document.
pub fn json(registry: &Registry, metrics: &BTreeMap<String, Metrics>) -> String {
    let claim = |claim: &Claim| {
        let measured = metrics.get(&claim.id).map(Vec::as_slice).unwrap_or_default();
        let pick = |control: bool| -> Value {
            measured
                .iter()
                .filter(|(_, metric)| metric.control == control)
                .map(|(name, metric)| (name.clone(), json!(metric)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        };
        let settles: serde_json::Map<_, _> = claim.head.settles.iter().map(|(id, verdict)| (id.clone(), json!(verdict.name()))).collect();
        json!({
            "id": claim.id, "kind": claim.head.kind.name(), "chapter": claim.chapter, "title": claim.title, "headline": claim.head.headline,
            "file": claim.file, "line": claim.line, "settles": settles, "uses": claim.head.uses, "metrics": pick(false), "controls": pick(true),
        })
    };
    let statement = |statement: &super::registry::Statement| {
        let claims: Vec<&str> = registry.settling(&statement.id).map(|claim| claim.id.as_str()).collect();
        json!({ "id": statement.id, "says": statement.says, "verdict": registry.verdict(statement).name(), "claims": claims })
    };
    let document = json!({
        "schema": SCHEMA,
        "claims": registry.claims().map(claim).collect::<Vec<_>>(),
        "statements": registry.statements.iter().map(statement).collect::<Vec<_>>(),
    });
    format!("{document:#}")
}

/// One claim in full.
pub fn show(registry: &Registry, claim: &Claim, metrics: &BTreeMap<String, Metrics>) -> String {
    let place = Place { page: &prose::page(claim), claim: Some(claim), medium: Medium::Terminal };
    let woven = |text: &Prose| prose::weave(text, place, &Numbers { registry, metrics }).markdown.trim().to_owned();
    let head = format!("{}\n{} · {} · {}:{}", claim.title, claim.head.kind.name(), claim.chapter, claim.file.display(), claim.line);
    let mut out = format!("{head}\n\n{}\n\n", woven(&claim.prose));
    for (name, metric) in metrics.get(&claim.id).map(Vec::as_slice).unwrap_or_default() {
        let role = if metric.control { " (control)" } else { "" };
        out.push_str(&format!("  {name}{role}: {}, {}\n      {}\n", wording::value(metric.reading), allowed(metric), metric.measures));
    }
    out.push_str(&format!("\nBreaks when {}\n", woven(&claim.sentence("breaks_when", &claim.head.breaks_when))));
    for (statement, verdict) in &claim.head.settles {
        out.push_str(&format!("Settles {statement}: {}\n", verdict.name()));
    }
    if !claim.head.uses.is_empty() {
        out.push_str(&format!("Uses {}\n", claim.head.uses.join(", ")));
    }
    out + &format!("\nCheck it: cargo test --test claims {}\n", claim.id)
}

fn headline<'a>(claim: &Claim, metrics: &'a BTreeMap<String, Metrics>) -> Option<&'a Metric> {
    metrics.get(&claim.id)?.iter().find(|(name, _)| name == &claim.head.headline).map(|(_, metric)| metric)
}

/// What a metric is held to, and how much room is left.
fn allowed(metric: &Metric) -> String {
    match metric.reading {
        Reading::Rounding { headroom, .. } => format!("{}, {} to spare", wording::allowed(metric.reading), wording::decades(headroom)),
        reading => wording::allowed(reading),
    }
}
