//! The claims whose snapshots differ between the two sides of a review.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::difference::figure::FigureChange;
use super::difference::{self, Difference};
use super::sentences::{Broken, Quoted};
use super::sides::{self, Side};
use crate::notebook::claim::snapshot::{self, Metrics};
use crate::notebook::registry::Claim;

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// It was there and is there.
    Moved,
    /// It has no accepted snapshot.
    New,
    /// No claim records its snapshot any more.
    Removed,
}

impl Change {
    /// The word for it: `moved`, `new`, `removed`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::New => "new",
            Self::Removed => "removed",
        }
    }
}

/// One claim whose snapshots differ.
#[derive(Debug)]
pub(crate) struct Item {
    /// The claim's name.
    pub id: String,
    /// What became of it.
    pub change: Change,
    /// The claim as it is, or was; none where a snapshot is all that is left of it.
    pub claim: Option<Claim>,
    /// Its metrics that differ.
    pub differences: Vec<Difference>,
    /// Its figure, where that differs.
    pub figure: Option<FigureChange>,
    /// The sentences of the book that quote what moved.
    pub sentences: Vec<Quoted>,
    /// Phrases and references that held and do not hold any more.
    pub broken: Vec<Broken>,
    /// The claims that build on it, directly or through others, in reading order.
    pub dependents: Vec<String>,
    /// The snapshots that differ, below the root.
    pub snapshots: Vec<PathBuf>,
    /// How long its test took when it last ran here, where that is known.
    pub seconds: Option<f64>,
}

/// Every claim of either side that differs: in reading order, then those that only a snapshot remembers.
pub(super) fn all(before: &Side, after: &Side) -> Vec<Item> {
    let claims = after.registry.claims().chain(before.registry.claims()).map(|claim| claim.id.as_str());
    let orphans = after.snapshots.keys().chain(before.snapshots.keys()).map(|name| sides::id(name));
    let mut seen = BTreeSet::new();
    claims.chain(orphans).filter(|id| seen.insert(*id)).filter_map(|id| Item::between(id, before, after)).collect()
}

impl Item {
    /// One claim on both sides; what the book says of it is added later.
    fn between(id: &str, before: &Side, after: &Side) -> Option<Self> {
        // An accepted snapshot that no claim records is what is left of a claim that was removed.
        let recorded = after.registry.claim(id).is_some() || after.waiting.contains(id);
        let change = match (before.knows(id), recorded && after.knows(id)) {
            (true, true) => Change::Moved,
            (false, true) => Change::New,
            (true, false) => Change::Removed,
            (false, false) => return None,
        };
        let removed = change == Change::Removed;
        let none = Metrics::new();
        let metrics = after.metrics.get(id).filter(|_| !removed);
        let differences = difference::between(before.metrics.get(id).unwrap_or(&none), metrics.unwrap_or(&none));
        let figure = FigureChange::between(before.figures.get(id), after.figures.get(id).filter(|_| !removed));
        let registry = if removed { &before.registry } else { &after.registry };
        let moved = change != Change::Moved || !differences.is_empty() || figure.is_some();
        moved.then(|| Self {
            id: id.to_owned(),
            change,
            claim: after.registry.claim(id).or_else(|| before.registry.claim(id)).cloned(),
            differences,
            figure,
            sentences: Vec::new(),
            broken: Vec::new(),
            dependents: registry.dependents(id).into_iter().map(|claim| claim.id.clone()).collect(),
            snapshots: snapshots(id, removed, before, after),
            seconds: None,
        })
    }

    /// The metric that moved furthest in tolerances; without such a number the first that differs.
    pub(crate) fn largest(&self) -> Option<&Difference> {
        let size = |difference: &Difference| match difference.recounted() {
            true => f64::INFINITY,
            false => difference.furthest().map_or(-1.0, f64::abs),
        };
        // The first of equals, and `max_by` takes the last.
        self.differences.iter().rev().max_by(|a, b| size(a).total_cmp(&size(b)))
    }

    /// Whether something in it must not be accepted in passing: a tamed control, a failed judgement, a count that may
    /// be one, a widened tolerance, words that are untrue.
    pub(crate) fn alarming(&self) -> bool {
        let alarms = |difference: &Difference| {
            difference.tamed() || difference.failing() || difference.recounted() || difference.widened()
        };
        !self.broken.is_empty() || self.differences.iter().any(alarms)
    }

    /// What accepting the snapshot would leave undone, in sentences.
    pub(crate) fn left_undone(&self) -> Vec<&'static str> {
        let judged = self.differences.iter().any(|difference| difference.tamed() || difference.failing());
        let test = "Accepting these numbers does not make the test pass: it judges them, and they do not hold. Mend the \
                    mathematics or the claim.";
        let book =
            "Accepting them leaves the book with words that are untrue, and it is not woven until they are rewritten.";
        judged.then_some(test).into_iter().chain((!self.broken.is_empty()).then_some(book)).collect()
    }

    /// The title of the claim, or its name where there is none.
    pub(crate) fn title(&self) -> &str {
        self.claim.as_ref().map_or(&self.id, |claim| &claim.title)
    }

    /// The command that accepts it; what is not pending is only checked.
    pub(crate) fn command(&self, pending: bool) -> String {
        let snapshots = || self.snapshots.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" ");
        match (self.change, pending) {
            (Change::Removed, true) => format!("git rm {}", snapshots()),
            (Change::Removed, false) => format!("git log --oneline -- {}", snapshots()),
            (_, true) => format!("INSTA_UPDATE=always cargo test --test claims {}", self.id),
            (_, false) => format!("cargo test --test claims {}", self.id),
        }
    }
}

/// The snapshots of a claim that differ; of one that was removed all.
fn snapshots(id: &str, removed: bool, before: &Side, after: &Side) -> Vec<PathBuf> {
    let names: BTreeSet<&String> =
        before.snapshots.keys().chain(after.snapshots.keys()).filter(|name| sides::id(name) == id).collect();
    let differ = |name: &&String| removed || before.snapshots.get(*name) != after.snapshots.get(*name);
    names.into_iter().filter(differ).map(|name| snapshot::path(name)).collect()
}
