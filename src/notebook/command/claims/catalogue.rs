//! The claims as a list: a table for a terminal, JSON for programs, one claim in full.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::notebook::book::prose::{self, Medium, Numbers, Place};
use crate::notebook::claim::last_run::LastRuns;
use crate::notebook::claim::metric::{Metric, Reading};
use crate::notebook::claim::snapshot::{self, Metrics};
use crate::notebook::claim::wording;
use crate::notebook::registry::{Claim, Prose, Registry, Statement};
use crate::publish::aligned;

/// The version of the JSON document.
const SCHEMA: &str = "attention-regression/claims/2";

/// Every claim on a line: id, kind, headline number, what it is held to, how long it took; then every statement with
/// its verdict.
pub(super) fn table(registry: &Registry, metrics: &BTreeMap<String, Metrics>, runs: &LastRuns) -> String {
    let claim = |claim: &Claim| {
        let headline = headline(claim, metrics);
        let (value, allowed) = headline.map_or(("not yet run".to_owned(), String::new()), |metric| {
            (wording::value(metric.reading), allowed(metric))
        });
        let seconds = runs.get(&claim.id).map_or(String::new(), |run| format!("{:.2}", run.seconds));
        [claim.id.clone(), claim.head.kind.name().to_owned(), value, allowed, seconds, claim.chapter.clone()]
    };
    let statement = |statement: &Statement| {
        let claims: Vec<&str> = registry.settling(&statement.id).map(|claim| claim.id.as_str()).collect();
        [statement.id.clone(), registry.verdict(statement).name().to_owned(), claims.join(", ")]
    };
    let claims = aligned(
        ["claim", "kind", "headline", "allowed", "seconds", "chapter"],
        &[2, 4],
        registry.claims().map(claim).collect(),
    );
    let statements = aligned(
        ["statement", "verdict", "settled by"],
        &[],
        registry.notebook.statements.iter().map(statement).collect(),
    );
    let total: f64 = registry.claims().filter_map(|claim| runs.get(&claim.id)).map(|run| run.seconds).sum();
    let note = if total > 0.0 {
        format!("{total:.1} seconds in all, when each last ran; claims that share trainings wait for them together.\n")
    } else {
        String::new()
    };
    format!("{claims}{note}\n{statements}")
}

/// The claims and statements as one JSON document.
pub(super) fn json(registry: &Registry, metrics: &BTreeMap<String, Metrics>) -> Value {
    let claim = |claim: &Claim| {
        // A claim that never ran has none.
        let measured = metrics.get(&claim.id).map(Vec::as_slice).unwrap_or_default();
        let pick = |of: fn(&Metric) -> bool| -> Value {
            measured
                .iter()
                .filter(|(_, metric)| of(metric))
                .map(|(name, metric)| (name.clone(), json!(metric)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        };
        let settles: serde_json::Map<_, _> =
            claim.head.settles.iter().map(|(id, verdict)| (id.clone(), json!(verdict.name()))).collect();
        json!({
            "id": claim.id, "kind": claim.head.kind.name(), "chapter": claim.chapter, "title": claim.title, "headline": claim.head.headline,
            "file": claim.file, "line": claim.line, "settles": settles, "uses": claim.head.uses, "metrics": pick(|metric| !metric.is_control() && metric.contrast.is_none()),
            "controls": pick(Metric::is_control), "contrasts": pick(|metric| metric.contrast.is_some()),
        })
    };
    let statement = |statement: &Statement| {
        let claims: Vec<&str> = registry.settling(&statement.id).map(|claim| claim.id.as_str()).collect();
        json!({ "id": statement.id, "post": statement.at.post, "section": statement.at.section, "passage": statement.at.passage,
            "sort": statement.sort.name(), "says": statement.says, "reading": statement.reading, "verdict": registry.verdict(statement).name(), "claims": claims })
    };
    json!({
        "schema": SCHEMA,
        "claims": registry.claims().map(claim).collect::<Vec<_>>(),
        "statements": registry.notebook.statements.iter().map(statement).collect::<Vec<_>>(),
    })
}

/// One claim in full.
pub(super) fn show(registry: &Registry, claim: &Claim, metrics: &BTreeMap<String, Metrics>) -> String {
    let place = Place { page: &prose::page(claim), claim: Some(claim), medium: Medium::Terminal };
    let woven = |text: &Prose| prose::weave(text, place, &Numbers { registry, metrics }).markdown().trim().to_owned();
    let head = format!(
        "{}\n{} · {} · {}:{}",
        claim.title,
        claim.head.kind.name(),
        claim.chapter,
        claim.file.display(),
        claim.line
    );
    let mut out = format!("{head}\n\n{}\n\n", woven(&claim.prose));
    if !metrics.contains_key(&claim.id) {
        out.push_str("  no accepted numbers: the test has not run, or what it measured waits for review\n");
    }
    for (name, metric) in metrics.get(&claim.id).into_iter().flatten() {
        let role = if metric.is_control() { " (control)" } else { "" };
        out.push_str(&format!(
            "  {name}{role}: {}, {}\n      {}\n",
            wording::value(metric.reading),
            allowed(metric),
            metric.measures
        ));
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
    snapshot::metric(metrics.get(&claim.id)?, &claim.head.headline)
}

/// What a metric is held to, and how much room is left.
fn allowed(metric: &Metric) -> String {
    match metric.reading {
        Reading::Rounding { headroom, .. } => {
            format!("{}, {} to spare", wording::allowed(metric.reading), wording::decades(headroom))
        }
        reading => wording::allowed(reading),
    }
}
