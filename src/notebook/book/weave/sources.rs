//! What the book is woven from beside the claims: the metrics and figures of their snapshots.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;
use crate::notebook::book::prose;
use crate::notebook::claim::snapshot::{self, FIGURE, Metrics};
use crate::notebook::registry::{Claim, Registry};
use crate::publish::figure::Figure;
use crate::publish::math;

/// A figure that a claim recorded.
pub(super) struct Recorded {
    pub(super) figure: Figure,
    /// A short digest of its series.
    pub(super) digest: String,
}

/// The metrics of every claim that has a snapshot.
pub fn metrics(registry: &Registry, snapshots: &BTreeMap<String, String>, problems: &mut Vec<Diagnostic>) -> BTreeMap<String, Metrics> {
    let mut all = BTreeMap::new();
    for claim in registry.claims() {
        let name = claim.snapshot();
        let Some(text) = snapshots.get(&name) else {
            problems.push(Diagnostic::at(&claim.file, claim.line, format!("the claim `{}` has no snapshot", claim.id), prose::run_claim(claim)));
            continue;
        };
        match snapshot::read_metrics(text) {
            Ok(metrics) => {
                problems.extend(metrics.iter().filter_map(|(metric, measured)| broken_label(&name, text, metric, &measured.measures)));
                all.insert(claim.id.clone(), metrics);
            }
            Err(wrong) => problems.push(unreadable(claim, &name, wrong)),
        }
    }
    all
}

/// The figures of the claims that recorded one.
pub(super) fn figures(registry: &Registry, snapshots: &BTreeMap<String, String>, problems: &mut Vec<Diagnostic>) -> BTreeMap<String, Recorded> {
    let mut all = BTreeMap::new();
    for claim in registry.claims() {
        let name = claim.snapshot() + FIGURE;
        let Some(text) = snapshots.get(&name) else { continue };
        match snapshot::read_figure(text) {
            Ok(figure) => {
                all.insert(claim.id.clone(), Recorded { figure, digest: digest(text) });
            }
            Err(wrong) => problems.push(unreadable(claim, &name, wrong)),
        }
    }
    all
}

/// The snapshots that no claim records.
pub(super) fn orphans(registry: &Registry, snapshots: &BTreeMap<String, String>) -> Vec<Diagnostic> {
    let known: BTreeSet<String> = registry.claims().flat_map(|claim| [claim.snapshot(), claim.snapshot() + FIGURE]).collect();
    let cure = "delete it, or give the claim its old name and chapter again";
    let orphans = snapshots.keys().filter(|name| !known.contains(*name));
    orphans.map(|name| Diagnostic::new(snapshot::path(name), "is an orphan: no claim records it", cure)).collect()
}

fn unreadable(claim: &Claim, snapshot: &str, (line, what): (usize, String)) -> Diagnostic {
    Diagnostic::at(snapshot::path(snapshot), line, what, prose::run_claim(claim))
}

/// A formula in the label of a metric that cannot be set.
fn broken_label(snapshot: &str, text: &str, metric: &str, measures: &str) -> Option<Diagnostic> {
    let (_, error) = math::typeset(measures).err()?;
    let what = format!("the label of `{metric}` holds a formula that cannot be set: {error}");
    Some(Diagnostic::at(snapshot::path(snapshot), snapshot::line_of_key(text, metric), what, "mend it in the test that records it"))
}

fn digest(text: &str) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(snapshot::body(text)).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}
