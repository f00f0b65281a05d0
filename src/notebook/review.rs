//! What a change of the mathematics did, as one thing to look at: numbers, figures, the sentences that quote them, what rests on them.
//!
//! Two sides are compared: the accepted snapshots with those that wait for review, or another commit with this checkout. An
//! [`Item`] is a claim whose snapshots differ, are new or are gone. [`page::page`] writes it as one page that needs nothing else,
//! [`terminal`] as lines and as JSON; page and JSON have the [`mod@history`] of every headline number. What it renounces: prose and
//! code that changed while no number and no verdict did, which `git diff` shows.

pub mod difference;
mod git;
pub mod history;
pub mod page;
mod sentences;
mod sides;
mod split;
pub mod terminal;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use difference::{Difference, FigureDifference};
use history::History;
use sides::Side;

pub use git::Commit;
pub use sentences::{Broken, Quoted, Told};

use super::claim::last_run;
use super::registry::{Claim, Registry, Statement, Verdict};
use crate::diagnostic::Diagnostic;
use crate::publish::figure::Figure;

/// Everything that moved.
#[derive(Debug)]
pub struct Review {
    /// What the numbers are compared with, in words.
    pub against: String,
    /// Whether what moved waits for acceptance, as a pending snapshot.
    pub pending: bool,
    /// What a reader should know about the comparison itself.
    pub notes: Vec<String>,
    /// The claims that moved, in reading order; those that are gone come last.
    pub items: Vec<Item>,
    /// Statements of the post that a claim settles which moved, or whose verdict is another.
    pub statements: Vec<Settled>,
    /// The claims that hold more or less often on fresh draws than they did.
    pub rates: Vec<Rates>,
    /// What the headline metrics of all claims were.
    pub history: History,
    /// The claims that did not move, in reading order.
    pub still: Vec<Claim>,
}

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was there and is there.
    Moved,
    /// It has no accepted snapshot.
    New,
    /// No claim records its snapshot any more.
    Removed,
}

impl Change {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::New => "new",
            Self::Removed => "removed",
        }
    }
}

/// One claim whose snapshots differ.
#[derive(Debug)]
pub struct Item {
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

/// A figure that is not what it was.
#[derive(Debug, Clone)]
pub struct FigureChange {
    /// What it was.
    pub before: Option<Figure>,
    /// What it is.
    pub after: Option<Figure>,
    /// How far its numbers moved.
    pub difference: Option<FigureDifference>,
}

impl FigureChange {
    /// What happened to it, in words.
    pub fn words(&self) -> String {
        match (&self.before, &self.after) {
            (None, _) => difference::NEW_FIGURE.to_owned(),
            (_, None) => difference::LOST_FIGURE.to_owned(),
            _ => difference::figure_in_words(self.difference.clone()),
        }
    }
}

/// In how many fresh draws a claim held, where that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rates {
    /// The claim's name.
    pub id: String,
    /// Held, and of how many; none where it had not been replicated.
    pub was: Option<(u64, u64)>,
    /// The same now.
    pub is: Option<(u64, u64)>,
}

impl Rates {
    /// `held in 38 of 40 fresh draws, was 40 of 40`.
    pub fn words(&self) -> String {
        let of = |rate: Option<(u64, u64)>| rate.map(|(held, of)| format!("{held} of {of}"));
        match (of(self.was), of(self.is)) {
            (None, Some(is)) => format!("held in {is} fresh draws, new"),
            (Some(was), None) => format!("is replicated no more, held in {was} fresh draws"),
            (Some(was), Some(is)) => format!("held in {is} fresh draws, was {was}"),
            (None, None) => String::new(),
        }
    }
}

/// A statement whose claims moved, or whose verdict did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Its short name.
    pub id: String,
    /// What the post says.
    pub says: String,
    /// The line of it in the list of statements.
    pub line: usize,
    /// The verdict that the claims gave; none of a statement that is new.
    pub was: Option<Verdict>,
    /// The verdict that they give; none of a statement that is gone.
    pub verdict: Option<Verdict>,
    /// The claims that moved.
    pub claims: Vec<String>,
}

impl Settled {
    /// Whether the verdict is another, or the statement itself new or gone.
    pub fn changed(&self) -> bool {
        self.was != self.verdict
    }
}

impl Item {
    /// The metric that moved furthest in tolerances; without such a number the first that differs.
    pub fn largest(&self) -> Option<&Difference> {
        let size = |difference: &Difference| if difference.recounted() { f64::INFINITY } else { difference.furthest().map_or(-1.0, f64::abs) };
        // The first of equals, and `max_by` takes the last.
        self.differences.iter().rev().max_by(|a, b| size(a).total_cmp(&size(b)))
    }

    /// Whether something in it must not be accepted in passing: a tamed control, a failed judgement, a count that may be one, a widened
    /// tolerance, words that are untrue.
    pub fn alarming(&self) -> bool {
        let alarms = |difference: &Difference| difference.tamed() || difference.failing() || difference.recounted() || difference.widened();
        !self.broken.is_empty() || self.differences.iter().any(alarms)
    }

    /// What accepting the snapshot would leave undone, in sentences.
    pub fn left_undone(&self) -> Vec<&'static str> {
        let judged = self.differences.iter().any(|difference| difference.tamed() || difference.failing());
        let sentences = [
            (judged, "Accepting these numbers does not make the test pass: it judges them, and they do not hold. Mend the mathematics or the claim."),
            (!self.broken.is_empty(), "Accepting them leaves the book with words that are untrue, and it is not woven until they are rewritten."),
        ];
        sentences.into_iter().filter_map(|(applies, sentence)| applies.then_some(sentence)).collect()
    }

    /// The title of the claim, or its name where there is none.
    pub fn title(&self) -> &str {
        self.claim.as_ref().map_or(&self.id, |claim| &claim.title)
    }

    /// The command that accepts it; what is not pending is only checked.
    pub fn command(&self, pending: bool) -> String {
        match (self.change, pending) {
            (Change::Removed, true) => format!("git rm {}", self.snapshots.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" ")),
            (Change::Removed, false) => {
                format!("git log --oneline -- {}", self.snapshots.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" "))
            }
            (_, true) => format!("INSTA_UPDATE=always cargo test --test claims {}", self.id),
            (_, false) => format!("cargo test --test claims {}", self.id),
        }
    }
}

impl Review {
    /// Whether nothing moved, no number and no verdict.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.rates.is_empty() && self.judged_otherwise().next().is_none()
    }

    /// The statements with another verdict, new or gone.
    pub fn judged_otherwise(&self) -> impl Iterator<Item = &Settled> {
        self.statements.iter().filter(|settled| settled.changed())
    }

    /// Controls that no longer break their claims: claim and metric.
    pub fn tamed(&self) -> Vec<(&str, &str)> {
        self.named(Difference::tamed)
    }

    /// Metrics that do not obey their limits: claim and metric.
    pub fn failing(&self) -> Vec<(&str, &str)> {
        self.named(Difference::failing)
    }

    /// Tolerances that became wider: claim and metric.
    pub fn widened(&self) -> Vec<(&str, &str)> {
        self.named(Difference::widened)
    }

    /// Phrases and references that do not hold any more, each once.
    pub fn broken(&self) -> Vec<&Broken> {
        let mut seen = BTreeSet::new();
        self.items.iter().flat_map(|item| &item.broken).filter(|broken| seen.insert((&broken.file, broken.line, &broken.reference))).collect()
    }

    fn named(&self, test: fn(&Difference) -> bool) -> Vec<(&str, &str)> {
        let mut found = Vec::new();
        for item in &self.items {
            found.extend(item.differences.iter().filter(|difference| test(difference)).map(|difference| (item.id.as_str(), difference.name.as_str())));
        }
        found
    }
}

/// Compares the accepted snapshots with pending ones, or a revision with the accepted ones.
///
/// # Errors
/// What cannot be read, or a revision that git does not know.
pub fn review(root: &Path, against: Option<&str>) -> Result<Review, Vec<Diagnostic>> {
    let sides = match against {
        None => sides::pending(root)?,
        Some(revision) => sides::against(root, revision)?,
    };
    let (before, after) = (&sides.before, &sides.after);
    let mut items: Vec<Item> = ids(before, after).into_iter().filter_map(|id| item(id, before, after, against.is_none())).collect();
    sentences::fill(&mut items, before, after);
    let runs = last_run::read_all(root);
    items.iter_mut().for_each(|item| item.seconds = runs.get(&item.id).map(|run| run.seconds));
    let statements = settled(&items, &before.registry, &after.registry);
    let history = history::read(root, before, after, against.is_none());
    let still = after.registry.claims().filter(|claim| !items.iter().any(|item| item.id == claim.id)).cloned().collect();
    Ok(Review { against: sides.words, pending: against.is_none(), notes: sides.notes, items, statements, rates: rates(before, after), history, still })
}

/// Every claim of either side: in reading order, then those that only a snapshot remembers.
fn ids<'a>(before: &'a Side, after: &'a Side) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    let claims = after.registry.claims().chain(before.registry.claims()).map(|claim| claim.id.as_str());
    let orphans = after.snapshots.keys().chain(before.snapshots.keys()).map(|name| sides::id(name));
    claims.chain(orphans).filter(|id| seen.insert(*id)).collect()
}

fn item(id: &str, before: &Side, after: &Side, pending: bool) -> Option<Item> {
    let claim = after.registry.claim(id).or_else(|| before.registry.claim(id));
    let known = |side: &Side| side.metrics.contains_key(id) || side.figures.contains_key(id);
    // An accepted snapshot that no claim records is what is left of a claim that was removed.
    let orphan = after.registry.claim(id).is_none() && (!pending || !after.waiting.contains(id));
    let change = match (known(before), known(after) && !orphan) {
        (true, true) => Change::Moved,
        (false, true) => Change::New,
        (true, false) => Change::Removed,
        (false, false) => return None,
    };
    let none = Vec::new();
    let of = |side: &'_ Side, there: bool| if there { side.metrics.get(id).unwrap_or(&none).clone() } else { Vec::new() };
    let differences = difference::between(&of(before, true), &of(after, change != Change::Removed));
    let (was, is) = (before.figures.get(id), after.figures.get(id).filter(|_| change != Change::Removed));
    let figure = (was != is).then(|| FigureChange {
        before: was.cloned(),
        after: is.cloned(),
        difference: was.zip(is).and_then(|(was, is)| difference::of_figures(was, is)),
    });
    let names = before.snapshots.keys().chain(after.snapshots.keys()).filter(|name| sides::id(name) == id);
    let changed = names.filter(|name| change == Change::Removed || before.snapshots.get(*name) != after.snapshots.get(*name));
    let snapshots: BTreeSet<PathBuf> = changed.map(|name| super::claim::snapshot::path(name)).collect();
    let moved = change != Change::Moved || !differences.is_empty() || figure.is_some();
    let registry = if change == Change::Removed { &before.registry } else { &after.registry };
    moved.then(|| Item {
        id: id.to_owned(),
        change,
        claim: claim.cloned(),
        differences,
        figure,
        sentences: Vec::new(),
        broken: Vec::new(),
        dependents: registry.dependents(id).into_iter().map(|claim| claim.id.clone()).collect(),
        snapshots: snapshots.into_iter().collect(),
        seconds: None,
    })
}

/// The claims whose rate moved, in reading order.
fn rates(before: &Side, after: &Side) -> Vec<Rates> {
    let of = |side: &Side, id: &str| side.replication.claims.get(id).map(|replicated| (replicated.held, replicated.of));
    let rate = |claim: &Claim| Rates { id: claim.id.clone(), was: of(before, &claim.id), is: of(after, &claim.id) };
    after.registry.claims().map(rate).filter(|rates| rates.was != rates.is).collect()
}

fn settled(items: &[Item], before: &Registry, after: &Registry) -> Vec<Settled> {
    // Claims that could not be read say nothing of a verdict.
    let readable = !before.title.is_empty();
    let verdict = |registry: &Registry, id: &str| registry.statements.iter().find(|other| other.id == id).map(|statement| registry.verdict(statement));
    let statement = |statement: &Statement| {
        let settles = |item: &&Item| item.claim.as_ref().is_some_and(|claim| claim.head.settles.contains_key(&statement.id));
        let claims: Vec<String> = items.iter().filter(settles).map(|item| item.id.clone()).collect();
        let is = verdict(after, &statement.id);
        let was = if readable { verdict(before, &statement.id) } else { is };
        Settled { id: statement.id.clone(), says: statement.says.clone(), line: statement.line, was, verdict: is, claims }
    };
    let gone = before.statements.iter().filter(|statement| verdict(after, &statement.id).is_none());
    after.statements.iter().chain(gone).map(statement).filter(|settled| settled.changed() || !settled.claims.is_empty()).collect()
}
