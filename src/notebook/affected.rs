//! The blast radius of a change before anything runs: which claims, figures, sentences and statements depend on a source file
//! or on a claim.
//!
//! [`Sources`] knows which modules of the crate every claim reaches: its test, the helpers that the test names, what those name,
//! and from there module by module. [`affected()`] adds what is downstream in the book: claims that build on an affected
//! one, sentences of others that quote it, statements that it settles.
//!
//! What it cannot see: macros, data files, build scripts, the versions of dependencies, and which function of a module is called.

mod modules;
mod scan;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::registry::{CONTENTS, Claim, Problem, Registry};
use super::{files_below, snapshot};
pub use modules::Sources;

/// What a change reaches.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Affected {
    /// Claims whose numbers may move, with the first thing named that reaches them.
    pub claims: BTreeMap<String, String>,
    /// Claims that build on one of those, and are not among them.
    pub downstream: BTreeSet<String>,
    /// Those of the claims that have a figure.
    pub figures: BTreeSet<String>,
    /// Where prose quotes a number of an affected claim that is not its own: file, line, and the claim quoted.
    pub sentences: BTreeSet<(PathBuf, usize, String)>,
    /// Statements that an affected claim settles.
    pub statements: BTreeSet<String>,
}

/// What depends on the files and claims named.
///
/// # Errors
/// A name that is neither.
pub fn affected(registry: &Registry, sources: &Sources, root: &Path, named: &[String]) -> Result<Affected, Vec<Problem>> {
    let mut found = Affected::default();
    let mut problems = Vec::new();
    for name in named {
        let reached = reached(registry, sources, root, name);
        if let Some(reached) = reached {
            for claim in reached {
                found.claims.entry(claim.id.clone()).or_insert_with(|| name.clone());
            }
        } else {
            let cure = "name a claim, or a file below src, tests/claims or snapshots";
            problems.push(Problem::new(name, 0, "is neither a claim nor a source of one", cure));
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    downstream(registry, root, &mut found);
    Ok(found)
}

/// The claims that one name reaches; none where it names nothing.
fn reached<'a>(registry: &'a Registry, sources: &Sources, root: &Path, name: &str) -> Option<Vec<&'a Claim>> {
    if let Some(claim) = registry.claim(name) {
        return Some(vec![claim]);
    }
    let path = Path::new(name);
    let path = path.strip_prefix(root).unwrap_or(path);
    let path = path.strip_prefix(".").unwrap_or(path);
    if path.starts_with(snapshot::FOLDER) {
        let stem = path.file_name()?.to_str()?.trim_end_matches(".new").trim_end_matches(".snap").trim_end_matches(snapshot::FIGURE);
        return registry.claims().find(|claim| claim.snapshot() == stem).map(|claim| vec![claim]);
    }
    if path.starts_with(Path::new(CONTENTS).parent()?) && root.join(path).is_file() {
        let own = registry.claims().filter(|claim| claim.file == path).collect::<Vec<_>>();
        // A file beside the chapters is everybody's: what of it a claim uses is seen only inside the crate.
        return Some(if own.is_empty() { registry.claims().collect() } else { own });
    }
    let module = sources.module(path)?;
    Some(registry.claims().filter(|claim| sources.reaches(claim, &module)).collect())
}

fn downstream(registry: &Registry, root: &Path, found: &mut Affected) {
    let downstream = found.claims.keys().flat_map(|id| registry.dependents(id)).map(|claim| claim.id.clone());
    found.downstream = downstream.filter(|id| !found.claims.contains_key(id)).collect();
    let has_figure = |claim: &&Claim| root.join(snapshot::path(&format!("{}{}", claim.snapshot(), snapshot::FIGURE))).is_file();
    let claims = || registry.claims().filter(|claim| found.claims.contains_key(&claim.id));
    found.figures = claims().filter(has_figure).map(|claim| claim.id.clone()).collect();
    found.statements = claims().flat_map(|claim| claim.head.settles.keys().cloned()).collect();
    found.sentences = quotations(registry, root).into_iter().filter(|(.., quoted)| found.claims.contains_key(quoted)).collect();
}

/// Every `{{claim/metric}}` and `figure:claim` of the prose, with the line where it stands.
fn quotations(registry: &Registry, root: &Path) -> Vec<(PathBuf, usize, String)> {
    let folder = Path::new(CONTENTS).parent().unwrap_or(Path::new(""));
    let mut quoted = Vec::new();
    for file in files_below(&root.join(folder)).into_iter().map(|file| folder.join(file)) {
        let text = std::fs::read_to_string(root.join(&file)).unwrap_or_default();
        for (line, number) in text.lines().zip(1..) {
            let quotes = |claim: &&Claim| line.contains(&format!("{{{{{}/", claim.id)) || line.contains(&format!("figure:{})", claim.id));
            quoted.extend(registry.claims().filter(quotes).map(|claim| (file.clone(), number, claim.id.clone())));
        }
    }
    quoted
}

/// For a terminal.
pub fn text(registry: &Registry, affected: &Affected) -> String {
    let mut out = String::new();
    let all = registry.claims().count();
    let mut section = |title: String, lines: Vec<String>| {
        if !lines.is_empty() {
            out.push_str(&format!("{title}\n{}\n\n", lines.iter().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")));
        }
    };
    let of = |claim: &&Claim| affected.claims.get(&claim.id).map(|because| format!("{} ({because})", claim.id));
    section(format!("{} of {all} claims may move", affected.claims.len()), registry.claims().filter_map(|claim| of(&claim)).collect());
    section(format!("{} more build on them", affected.downstream.len()), affected.downstream.iter().cloned().collect());
    section(format!("{} figures", affected.figures.len()), affected.figures.iter().cloned().collect());
    let sentence = |(file, line, claim): &(PathBuf, usize, String)| format!("{}:{line} quotes {claim}", file.display());
    section(format!("{} quotations elsewhere", affected.sentences.len()), affected.sentences.iter().map(sentence).collect());
    section(format!("{} statements of the post", affected.statements.len()), affected.statements.iter().cloned().collect());
    if affected.claims.is_empty() {
        out.push_str("No claim reaches it.\n\n");
    }
    out + "(not seen: macros, data files, build scripts, versions of dependencies)"
}
