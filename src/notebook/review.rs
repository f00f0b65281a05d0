//! What a change of the mathematics did, as one thing to look at: numbers, figures, the sentences that quote them, what
//! rests on them.
//!
//! Two sides are compared: the accepted snapshots with those that wait for review, or another commit with this
//! checkout. An [`Item`] is a claim whose snapshots differ, are new or are gone. [`page::page`] writes it as one page
//! that needs nothing else, [`terminal`] as lines and as JSON. What it renounces: prose and code that changed while no
//! number and no verdict did, which `git diff` shows, and what a number was before, which `git log -p snapshots` shows.

pub(super) mod difference;
mod git;
mod item;
pub(super) mod page;
mod sentences;
mod sides;
mod split;
pub(super) mod terminal;
mod verdict;

use std::collections::BTreeSet;
use std::path::Path;

pub(super) use item::{Change, Item};
pub(super) use sentences::{Broken, Filled, Quoted};
pub(super) use verdict::{RateChange, StatementChange};

use super::claim::last_run;
use crate::diagnostic::Diagnostic;
use difference::Difference;

/// Everything that moved.
#[derive(Debug)]
pub(super) struct Review {
    /// What the numbers are compared with, in words.
    pub against: String,
    /// Whether what moved waits for acceptance, as a pending snapshot.
    pub pending: bool,
    /// What a reader should know about the comparison itself.
    pub notes: Vec<String>,
    /// The claims that moved, in reading order; those that are gone come last.
    pub items: Vec<Item>,
    /// Statements of the post that a claim settles which moved, or whose verdict is another.
    pub statements: Vec<StatementChange>,
    /// The claims that hold more or less often on fresh draws than they did.
    pub rates: Vec<RateChange>,
}

impl Review {
    /// Of the pending snapshots against the accepted ones, or of the accepted ones against a revision.
    ///
    /// # Errors
    /// What cannot be read, or a revision that git does not know.
    pub(super) fn read(root: &Path, against: Option<&str>) -> Result<Self, Vec<Diagnostic>> {
        let sides = against.map_or_else(|| sides::pending(root), |revision| sides::against(root, revision))?;
        let (before, after) = (&sides.before, &sides.after);
        let mut items = item::all(before, after);
        let mut quotations = sentences::read(differences(&items), before, after);
        let runs = last_run::read_all(root);
        for item in &mut items {
            item.seconds = runs.get(&item.id).map(|run| run.seconds);
            if let Some(quoted) = quotations.remove(&item.id) {
                (item.sentences, item.broken) = quoted;
            }
        }
        let statements = verdict::statements(&items, before, after);
        let rates = verdict::rates(before, after);
        Ok(Self { against: sides.against, pending: against.is_none(), notes: sides.notes, items, statements, rates })
    }

    /// Whether nothing moved, no number and no verdict.
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty() && self.rates.is_empty() && self.judged_otherwise().next().is_none()
    }

    /// The statements with another verdict, new or gone.
    pub(super) fn judged_otherwise(&self) -> impl Iterator<Item = &StatementChange> {
        self.statements.iter().filter(|statement| statement.judged_otherwise())
    }

    /// The metrics of which something is true: claim and name.
    pub(crate) fn metrics_that(&self, test: difference::Test) -> Vec<(&str, &str)> {
        differences(&self.items)
            .filter(|(_, difference)| test(difference))
            .map(|(id, difference)| (id, difference.name.as_str()))
            .collect()
    }

    /// Phrases and references that do not hold any more, each once.
    pub(super) fn broken(&self) -> Vec<&Broken> {
        let mut seen = BTreeSet::new();
        let all = self.items.iter().flat_map(|item| &item.broken);
        all.filter(|broken| seen.insert((&broken.file, broken.line, &broken.reference))).collect()
    }
}

/// Every metric that moved, with the name of its claim.
fn differences(items: &[Item]) -> impl Iterator<Item = (&str, &Difference)> {
    items.iter().flat_map(|item| item.differences.iter().map(|difference| (item.id.as_str(), difference)))
}
