//! The two sides of a review: claims and snapshots as they were and as they are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::git::{self, Git};
use crate::diagnostic::Diagnostic;
use crate::notebook::claim::replication::Replication;
use crate::notebook::claim::snapshot::{self, FIGURE, FOLDER, Metrics};
use crate::notebook::registry::{Chapter, Registry};
use crate::publish::figure::Figure;

/// Claims with what was measured of them.
pub(super) struct Side {
    pub(super) registry: Registry,
    /// The texts without insta's header, by name.
    pub(super) snapshots: BTreeMap<String, String>,
    /// By claim.
    pub(super) metrics: BTreeMap<String, Metrics>,
    pub(super) figures: BTreeMap<String, Figure>,
    /// The claims that have a pending snapshot.
    pub(super) waiting: BTreeSet<String>,
    /// How often its claims held on fresh draws.
    pub(super) replication: Replication,
}

/// Both sides, and what is to be said of them.
pub(super) struct Sides {
    pub(super) before: Side,
    pub(super) after: Side,
    /// What the first one is, in words.
    pub(super) against: String,
    pub(super) notes: Vec<String>,
}

/// The claim that a snapshot belongs to: `chapter__claim`, `chapter__claim.figure`.
pub(super) fn id(name: &str) -> &str {
    let claim = name.split_once("__").map_or(name, |(_, claim)| claim);
    claim.strip_suffix(FIGURE).unwrap_or(claim)
}

impl Side {
    /// Whether it has a snapshot of that claim.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.metrics.contains_key(id) || self.figures.contains_key(id)
    }

    /// `place` says where a snapshot stands, for messages.
    fn new(
        registry: Registry,
        texts: &BTreeMap<String, String>,
        place: &dyn Fn(&str) -> String,
    ) -> Result<Self, Vec<Diagnostic>> {
        let known: BTreeSet<String> =
            registry.claims().flat_map(|claim| [claim.snapshot(), claim.snapshot() + FIGURE]).collect();
        let mut problems = Vec::new();
        let (mut metrics, mut figures) = (BTreeMap::new(), BTreeMap::new());
        // Of two snapshots of one claim, left behind by a move to another chapter, the one that the registry knows is
        // read last and stays.
        let (named, orphans): (Vec<_>, Vec<_>) = texts.iter().partition(|(name, _)| known.contains(*name));
        for (name, text) in orphans.into_iter().chain(named) {
            let read = if name.ends_with(FIGURE) {
                snapshot::read_figure(text).map(|figure| drop(figures.insert(id(name).to_owned(), figure)))
            } else {
                snapshot::read_metrics(text).map(|read| drop(metrics.insert(id(name).to_owned(), read)))
            };
            if let Err((line, what)) = read {
                problems.push(Diagnostic::at(
                    place(name),
                    line,
                    what,
                    "run `cargo test --test claims` to write it anew",
                ));
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let snapshots = texts.iter().map(|(name, text)| (name.clone(), snapshot::body(text).to_owned())).collect();
        Ok(Self {
            registry,
            snapshots,
            metrics,
            figures,
            waiting: BTreeSet::new(),
            replication: Replication::default(),
        })
    }
}

/// Where an accepted snapshot stands.
fn accepted_at(name: &str) -> String {
    snapshot::path(name).display().to_string()
}

/// The accepted snapshots, and the same with the pending ones in their places.
pub(super) fn pending(root: &Path) -> Result<Sides, Vec<Diagnostic>> {
    let registry = Registry::read(root)?;
    let accepted = snapshot::read_all(root).map_err(|problem| vec![problem])?;
    let mut fresh = accepted.clone();
    let mut waiting = BTreeMap::new();
    for below in snapshot::pending(root).map_err(|problem| vec![problem])? {
        let path = Path::new(FOLDER).join(format!("{below}.snap.new"));
        let text = std::fs::read_to_string(root.join(&path)).map_err(|error| {
            vec![Diagnostic::new(&path, format!("cannot be read: {error}"), "check its permissions")]
        })?;
        let name = Path::new(&below).file_name().map_or(below.clone(), |name| name.to_string_lossy().into_owned());
        fresh.insert(name.clone(), text.replace("\r\n", "\n"));
        waiting.insert(name, path.display().to_string());
    }
    let mut before = Side::new(with_removed(root, &registry, &accepted), &accepted, &accepted_at)?;
    let mut after =
        Side::new(registry, &fresh, &|name| waiting.get(name).cloned().unwrap_or_else(|| accepted_at(name)))?;
    after.waiting = waiting.keys().map(|name| id(name).to_owned()).collect();
    after.replication = Replication::read(root).map_err(|problem| vec![problem])?;
    let mut notes = Vec::new();
    // Rates do not wait for acceptance: those of the last commit are what they are compared with, where there is one.
    before.replication = match Git::around(root).and_then(|git| Ok((git.commit("HEAD")?, git))) {
        Ok((commit, git)) => committed_rates(&git, &commit, "HEAD", &after, &mut notes),
        Err(_) => after.replication.clone(),
    };
    Ok(Sides { before, after, against: "the accepted snapshots".to_owned(), notes })
}

/// The rates of a commit; where they cannot be read those of this checkout, so that none seems to have moved, and a
/// note.
fn committed_rates(git: &Git<'_>, commit: &str, revision: &str, after: &Side, notes: &mut Vec<String>) -> Replication {
    git.replication(commit).unwrap_or_else(|why| {
        notes.push(format!("How often claims held at {revision} cannot be read, so no rate is compared: {why}"));
        after.replication.clone()
    })
}

/// The claims with those that only a snapshot is left of, as the last commit has them, where there is git and it knows
/// them.
fn with_removed(root: &Path, registry: &Registry, accepted: &BTreeMap<String, String>) -> Registry {
    let mut all = registry.clone();
    let removed: BTreeSet<&str> =
        accepted.keys().map(|name| id(name)).filter(|id| registry.claim(id).is_none()).collect();
    let git = if removed.is_empty() { None } else { Git::around(root).ok() };
    let committed = git.and_then(|git| git.registry("HEAD").ok());
    for chapter in committed.into_iter().flat_map(|registry| registry.chapters) {
        let claims: Vec<_> =
            chapter.claims.iter().filter(|claim| removed.contains(claim.id.as_str())).cloned().collect();
        match all.chapters.iter_mut().find(|other| other.id == chapter.id) {
            Some(there) => there.claims.extend(claims),
            None if claims.is_empty() => {}
            None => all.chapters.push(Chapter { claims, ..chapter }),
        }
    }
    all
}

/// The accepted snapshots and the claims of a revision, and those of this checkout.
pub(super) fn against(root: &Path, revision: &str) -> Result<Sides, Vec<Diagnostic>> {
    let one = |problem| vec![problem];
    let git = Git::around(root).map_err(one)?;
    let commit = git.commit(revision).map_err(one)?;
    let mut notes = Vec::new();
    let registry = git.registry(&commit).unwrap_or_else(|problems| {
        let first = problems.first().map_or(String::new(), ToString::to_string);
        notes.push(format!("The claims of {revision} cannot be read, so its sentences are not shown: {first}"));
        Registry::default()
    });
    let texts = git.snapshots(&commit).map_err(one)?;
    let mut before = Side::new(registry, &texts, &|name| format!("{revision}:{}", accepted_at(name)))?;
    let mut after = Side::new(Registry::read(root)?, &snapshot::read_all(root).map_err(one)?, &accepted_at)?;
    after.replication = Replication::read(root).map_err(one)?;
    before.replication = committed_rates(&git, &commit, revision, &after, &mut notes);
    if let waiting @ 1.. = snapshot::pending(root).map_err(one)?.len() {
        notes.push(format!("Pending snapshots, {waiting} of them, are not part of this comparison: `attention-regression review` shows them."));
    }
    let short = git::short(&commit);
    let against =
        if short.starts_with(revision) { format!("commit {short}") } else { format!("{revision}, commit {short}") };
    Ok(Sides { before, after, against, notes })
}
