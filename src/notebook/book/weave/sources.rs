//! What the book is woven from beside the claims: the metrics and figures of their snapshots.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;
use crate::notebook::book::prose;
use crate::notebook::claim::snapshot::{self, FIGURE, Metrics};
use crate::notebook::registry::Registry;
use crate::publish::figure::Figure;
use crate::publish::math;

/// A figure that a claim recorded.
pub(super) struct Recorded {
    pub(super) figure: Figure,
    /// A short digest of its series.
    pub(super) digest: String,
}

/// The metrics of every claim that has a snapshot.
pub fn metrics(
    registry: &Registry,
    snapshots: &BTreeMap<String, String>,
    problems: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Metrics> {
    for claim in registry.claims().filter(|claim| !snapshots.contains_key(&claim.snapshot())) {
        problems.push(Diagnostic::at(
            &claim.file,
            claim.line,
            format!("the claim `{}` has no snapshot", claim.id),
            prose::run_claim(claim),
        ));
    }
    let mut labels = Vec::new();
    let all = read(registry, snapshots, "", problems, |name, text| {
        let metrics = snapshot::read_metrics(text)?;
        labels.extend(
            metrics.iter().filter_map(|(metric, measured)| broken_label(name, text, metric, &measured.measures)),
        );
        Ok(metrics)
    });
    problems.append(&mut labels);
    all
}

/// The figures of the claims that recorded one.
pub(super) fn figures(
    registry: &Registry,
    snapshots: &BTreeMap<String, String>,
    problems: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Recorded> {
    read(registry, snapshots, FIGURE, problems, |_, text| {
        Ok(Recorded { figure: snapshot::read_figure(text)?, digest: digest(text) })
    })
}

/// What `of` makes of a snapshot's name and text, by claim.
fn read<T>(
    registry: &Registry,
    snapshots: &BTreeMap<String, String>,
    suffix: &str,
    problems: &mut Vec<Diagnostic>,
    mut of: impl FnMut(&str, &str) -> Result<T, (usize, String)>,
) -> BTreeMap<String, T> {
    let mut all = BTreeMap::new();
    for claim in registry.claims() {
        let name = claim.snapshot() + suffix;
        match snapshots.get(&name).map(|text| of(&name, text)) {
            Some(Ok(read)) => drop(all.insert(claim.id.clone(), read)),
            Some(Err((line, what))) => {
                problems.push(Diagnostic::at(snapshot::path(&name), line, what, prose::run_claim(claim)))
            }
            None => {}
        }
    }
    all
}

/// The snapshots that no claim records.
pub(super) fn orphans(registry: &Registry, snapshots: &BTreeMap<String, String>) -> Vec<Diagnostic> {
    let known: BTreeSet<String> =
        registry.claims().flat_map(|claim| [claim.snapshot(), claim.snapshot() + FIGURE]).collect();
    let cure = "delete it, or give the claim its old name and chapter again";
    let orphans = snapshots.keys().filter(|name| !known.contains(*name));
    orphans.map(|name| Diagnostic::new(snapshot::path(name), "is an orphan: no claim records it", cure)).collect()
}

/// A formula in the label of a metric that cannot be set.
fn broken_label(snapshot: &str, text: &str, metric: &str, measures: &str) -> Option<Diagnostic> {
    let (_, error) = math::typeset(measures).err()?;
    let what = format!("the label of `{metric}` holds a formula that cannot be set: {error}");
    Some(Diagnostic::at(
        snapshot::path(snapshot),
        snapshot::line_of_key(text, metric),
        what,
        "mend it in the test that records it",
    ))
}

fn digest(text: &str) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(snapshot::body(text)).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}
