//! What every headline metric was, commit by commit: the accepted values in the git log of `snapshots`.
//!
//! A snapshot belongs to the claim after the `__` of its name, so that a claim may move to another chapter. A commit counts where it
//! changed the value; what cannot be compared with the value of today, another kind of measurement or a text that is no snapshot, is
//! counted and passed over. Without git, or without history, a sentence says so and nothing fails.
//!
//! It is part of the review and not of the book: `book/src` is the same bytes with git and without.

use std::collections::BTreeMap;
use std::path::Path;

use super::git::{Commit, Git, Written};
use super::sides::{self, Side};
use crate::notebook::claim::metric::{Metric, Reading};
use crate::notebook::claim::snapshot::{self, FIGURE, Metrics};
use crate::notebook::registry::Claim;
use crate::notebook::review::difference::same_value;

/// What the headline metrics of all claims were.
#[derive(Debug, Default)]
pub struct History {
    /// Why there is none, or what is missing from it.
    pub note: Option<String>,
    /// By claim.
    pub courses: BTreeMap<String, Course>,
}

/// What one metric was.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// Its name.
    pub metric: String,
    /// Its values, oldest first, none like the one before it.
    pub steps: Vec<Step>,
    /// Older snapshots whose value cannot be compared.
    pub skipped: usize,
}

/// One value and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Who has it.
    pub origin: Origin,
    /// The value.
    pub reading: Reading,
}

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It was accepted in a commit.
    Commit(Commit),
    /// It is accepted in this checkout and in no commit.
    Checkout,
    /// It waits for review.
    Pending,
}

impl Course {
    /// The values that somebody accepted in a commit.
    pub fn committed(&self) -> impl Iterator<Item = (&Commit, Reading)> {
        self.steps.iter().filter_map(|step| match &step.origin {
            Origin::Commit(commit) => Some((commit, step.reading)),
            _ => None,
        })
    }
}

/// The history of all claims of either side, up to what is new. `pending` says that the new side waits for review.
pub(super) fn read(root: &Path, before: &Side, after: &Side, pending: bool) -> History {
    let (log, note) = log(&Git { root });
    let mut courses = BTreeMap::new();
    let gone = before.registry.claims().filter(|claim| after.registry.claim(&claim.id).is_none());
    for claim in after.registry.claims().chain(gone) {
        let mut found = Found::new(&claim.head.headline);
        log.of(&claim.id).for_each(|(commit, text)| found.past(commit, text));
        found.present(Origin::Checkout, measured(if pending { before } else { after }, claim));
        if pending && after.waiting.contains(&claim.id) {
            found.present(Origin::Pending, measured(after, claim));
        }
        courses.insert(claim.id.clone(), found.course());
    }
    History { note, courses }
}

/// The commits that wrote a claim's metrics, by claim, and the texts.
#[derive(Default)]
struct Log {
    commits: Vec<Commit>,
    /// By claim: a place in `commits`, and an object.
    written: BTreeMap<String, Vec<(usize, String)>>,
    texts: BTreeMap<String, String>,
}

impl Log {
    fn new(git: &Git<'_>, listed: Vec<Written>) -> Result<Self, String> {
        let mut log = Self::default();
        for (place, (commit, snapshots)) in listed.into_iter().enumerate() {
            log.commits.push(commit);
            for (name, object) in snapshots.into_iter().filter(|(name, _)| !name.ends_with(FIGURE)) {
                log.written.entry(sides::id(&name).to_owned()).or_default().push((place, object));
            }
        }
        let objects = log.written.values().flatten().map(|(_, object)| object.as_str());
        log.texts = git.objects(objects).map_err(|problem| problem.what)??;
        Ok(log)
    }

    fn of(&self, claim: &str) -> impl Iterator<Item = (&Commit, Option<&str>)> {
        let written = self.written.get(claim).into_iter().flatten();
        written.map(|(place, object)| (&self.commits[*place], self.texts.get(object).map(String::as_str)))
    }
}

/// The log, and what is to be said where it is empty or has an edge.
fn log(git: &Git<'_>) -> (Log, Option<String>) {
    let without = |why: &str| (Log::default(), Some(format!("There is no history: {why}.")));
    let shallow = match git.shallow() {
        Ok(shallow) => shallow,
        Err(problem) => return without(if problem.what.starts_with("git cannot") { &problem.what } else { "this notebook is in no git repository" }),
    };
    let listed = match git.written() {
        Ok(Ok(listed)) => listed,
        Ok(Err(why)) => return without(why.trim_start_matches("fatal: ").lines().next().unwrap_or_default()),
        Err(problem) => return without(&problem.what),
    };
    if listed.is_empty() {
        return without("no commit holds a snapshot");
    }
    let edge = "This clone is shallow: the history begins at its edge, and the first values may be older than the commit that they are shown for. \
                `git fetch --unshallow` brings the rest.";
    match Log::new(git, listed) {
        Ok(log) => (log, shallow.then(|| edge.to_owned())),
        Err(why) => without(&why),
    }
}

/// The headline of a claim on one side.
fn measured(side: &Side, claim: &Claim) -> Option<Reading> {
    headline(side.metrics.get(&claim.id)?, &claim.head.headline)
}

fn headline(metrics: &Metrics, name: &str) -> Option<Reading> {
    metrics.iter().find(|(other, _)| other == name).map(|(_, Metric { reading, .. })| *reading)
}

/// All values of a metric, before those are left out that say nothing.
struct Found<'a> {
    metric: &'a str,
    steps: Vec<Step>,
    unreadable: usize,
}

impl<'a> Found<'a> {
    fn new(metric: &'a str) -> Self {
        Self { metric, steps: Vec::new(), unreadable: 0 }
    }

    fn past(&mut self, commit: &Commit, text: Option<&str>) {
        let reading = text.and_then(|text| headline(&snapshot::read_metrics(text).ok()?, self.metric));
        match reading {
            Some(reading) => self.steps.push(Step { origin: Origin::Commit(commit.clone()), reading }),
            None => self.unreadable += 1,
        }
    }

    fn present(&mut self, origin: Origin, reading: Option<Reading>) {
        self.steps.extend(reading.map(|reading| Step { origin, reading }));
    }

    fn course(self) -> Course {
        let all = self.steps.len();
        let kind = self.steps.last().map(|step| std::mem::discriminant(&step.reading));
        let mut steps: Vec<Step> = self.steps.into_iter().filter(|step| Some(std::mem::discriminant(&step.reading)) == kind).collect();
        let skipped = self.unreadable + all - steps.len();
        steps.dedup_by(|next, last| same_value(last.reading, next.reading));
        Course { metric: self.metric.to_owned(), steps, skipped }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &str, reading: Reading) -> Step {
        Step { origin: Origin::Commit(Commit { name: name.to_owned(), date: String::new(), subject: String::new() }), reading }
    }

    #[test]
    fn only_comparable_values_that_changed_are_steps() {
        let rounding = |headroom| Reading::Rounding { rounding_at_most: 1e-9, headroom };
        let steps = vec![
            step("a", Reading::Count { exactly: 2, must: true }),
            step("b", rounding(3)),
            step("c", rounding(3)),
            step("d", rounding(2)),
            step("e", rounding(3)),
        ];
        let course = Found { metric: "gap", steps, unreadable: 1 }.course();
        let names: Vec<&str> = course.committed().map(|(commit, _)| commit.name.as_str()).collect();
        assert_eq!((names, course.skipped), (vec!["b", "d", "e"], 2));
    }
}
