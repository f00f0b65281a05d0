//! What must hold between claims and statements, beyond the form of each.

use std::collections::{BTreeMap, BTreeSet};

use super::{Claim, Kind, Registry, STATEMENTS, Sort, Verdict};
use crate::diagnostic::Diagnostic;

/// Every problem between claims and statements.
pub(super) fn check(registry: &Registry, problems: &mut Vec<Diagnostic>) {
    check_names(registry, problems);
    check_uses(registry, problems);
    check_verdicts(registry, problems);
}

fn check_names(registry: &Registry, problems: &mut Vec<Diagnostic>) {
    let mut seen = BTreeMap::new();
    for claim in registry.claims() {
        if let Some((file, line)) = seen.insert(&claim.id, (&claim.file, claim.line)) {
            let first = format!("it is also at {}:{line}", file.display());
            problems.push(Diagnostic::at(
                &claim.file,
                claim.line,
                format!("duplicate claim id `{}`", claim.id),
                format!("{first}; rename one of the tests"),
            ));
        }
    }
    let mut ids = BTreeSet::new();
    for statement in &registry.notebook.statements {
        if !ids.insert(&statement.id) {
            problems.push(Diagnostic::at(
                STATEMENTS,
                statement.line,
                format!("duplicate statement id `{}`", statement.id),
                "number the statements once each",
            ));
        }
    }
}

fn check_uses(registry: &Registry, problems: &mut Vec<Diagnostic>) {
    let order: BTreeMap<&str, usize> =
        registry.claims().enumerate().map(|(place, claim)| (claim.id.as_str(), place)).collect();
    for claim in registry.claims() {
        let at = claim.sentence("uses", "");
        for used in &claim.head.uses {
            if !order.contains_key(used.as_str()) {
                problems.push(at.diagnostic(
                    0,
                    format!("`{}` uses `{used}`, which is no claim", claim.id),
                    "name a claim of tests/claims, or remove it from `uses`",
                ));
            }
        }
        if let Some(path) = cycle(registry, &claim.id) {
            problems.push(at.diagnostic(
                0,
                format!("`uses` goes round in a circle: {}", path.join(" → ")),
                "remove one of these uses",
            ));
        }
    }
}

/// A path of `uses` from a claim back to itself, reported once, at its first claim in the alphabet.
fn cycle(registry: &Registry, start: &str) -> Option<Vec<String>> {
    let mut paths = vec![vec![start.to_owned()]];
    let mut seen = BTreeSet::new();
    while let Some(path) = paths.pop() {
        let claim = path.last().and_then(|id| registry.claim(id));
        for next in claim.into_iter().flat_map(|claim| &claim.head.uses) {
            let longer: Vec<String> = path.iter().cloned().chain([next.clone()]).collect();
            if next == start {
                return (path.iter().min().map(String::as_str) == Some(start)).then_some(longer);
            }
            if seen.insert(next.clone()) {
                paths.push(longer);
            }
        }
    }
    None
}

fn check_verdicts(registry: &Registry, problems: &mut Vec<Diagnostic>) {
    for claim in registry.claims() {
        let at = claim.sentence("settles", "");
        for (id, verdict) in &claim.head.settles {
            problems.extend(
                settles(registry, claim, id, *verdict).into_iter().map(|(what, cure)| at.diagnostic(0, what, cure)),
            );
        }
        if !claim.head.settles.is_empty() && claim.head.finding.trim().is_empty() {
            let what = format!("`{}` settles a statement and has no `finding`", claim.id);
            problems.push(at.diagnostic(
                0,
                what,
                "say in one sentence what was found: it goes into the table of verdicts",
            ));
        }
    }
    for statement in &registry.notebook.statements {
        let mut problem =
            |what: String, cure: &str| problems.push(Diagnostic::at(STATEMENTS, statement.line, what, cure));
        if statement.argument.is_none() && registry.settling(&statement.id).next().is_none() {
            problem(
                format!("no claim settles {}", statement.id),
                "let a claim settle it, or give it an `argument` where no test can",
            );
        }
        if registry.notebook.post(&statement.at.post).is_none() {
            let what = format!("{} stands in the post `{}`, which is not listed", statement.id, statement.at.post);
            problem(what, "name one of the `[[post]]`s above, or add it");
        }
        if statement.argument.is_some() != (statement.sort == Sort::Interpretation) {
            let what = format!(
                "{} is {} {} `argument`",
                statement.id,
                statement.sort.with_article(),
                if statement.argument.is_some() { "with an" } else { "without" }
            );
            problem(
                what,
                "an interpretation is argued; what can be tested is an assertion or a description, and a claim settles it",
            );
        }
        let counterexample = registry.settling(&statement.id).any(|claim| claim.head.kind == Kind::Counterexample);
        if registry.verdict(statement) == Verdict::False && !counterexample {
            let what = format!("{} is “false as stated” and no counterexample says so", statement.id);
            problem(what, "let a claim of kind `counterexample` settle it");
        }
    }
}

/// What is wrong with one verdict of a claim, and the cure.
fn settles(registry: &Registry, claim: &Claim, id: &str, verdict: Verdict) -> Vec<(String, String)> {
    let Some(statement) = registry.notebook.statement(id) else {
        let what = format!("`{}` settles `{id}`, which is no statement", claim.id);
        return vec![(what, format!("add `{id}` to {STATEMENTS}, or remove it from `settles`"))];
    };
    let mut wrong = Vec::new();
    let agreed = registry.verdict(statement);
    if agreed != verdict {
        let what = format!("`{}` says of {id} “{}”, another claim says “{}”", claim.id, verdict.name(), agreed.name());
        wrong.push((what, "give both claims one verdict, or split the statement in two".to_owned()));
    }
    let possible = statement.sort.verdicts();
    if !possible.contains(&verdict) {
        let all: Vec<&str> = possible.iter().map(|verdict| verdict.name()).collect();
        let cure = if all.is_empty() {
            "no test settles an interpretation: remove this verdict".to_owned()
        } else {
            format!("say one of: {}", all.join(", "))
        };
        wrong.push((
            format!("`{}` says of {id} “{}”, and it is {}", claim.id, verdict.name(), statement.sort.with_article()),
            cure,
        ));
    }
    wrong
}
