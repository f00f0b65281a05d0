//! The two sides of a review: claims and snapshots as they were and as they are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use crate::notebook::figure::Figure;
use crate::notebook::registry::{Problem, Registry};
use crate::notebook::snapshot::{self, FIGURE, FOLDER, Metrics};

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
}

/// Both sides, and what is to be said of them.
pub(super) struct Sides {
    pub(super) before: Side,
    pub(super) after: Side,
    pub(super) words: String,
    pub(super) notes: Vec<String>,
}

/// The claim that a snapshot belongs to: `chapter__claim`, `chapter__claim.figure`.
pub(super) fn id(name: &str) -> &str {
    let claim = name.split_once("__").map_or(name, |(_, claim)| claim);
    claim.strip_suffix(FIGURE).unwrap_or(claim)
}

impl Side {
    /// `place` says where a snapshot stands, for messages.
    fn new(registry: Registry, texts: BTreeMap<String, String>, place: &dyn Fn(&str) -> String) -> Result<Self, Vec<Problem>> {
        let known: BTreeSet<String> = registry.claims().flat_map(|claim| [claim.snapshot(), claim.snapshot() + FIGURE]).collect();
        let mut problems = Vec::new();
        let (mut metrics, mut figures) = (BTreeMap::new(), BTreeMap::new());
        // Of two snapshots of one claim, left behind by a move to another chapter, the one that the registry knows is read last and stays.
        let (named, orphans): (Vec<_>, Vec<_>) = texts.iter().partition(|(name, _)| known.contains(*name));
        for (name, text) in orphans.into_iter().chain(named) {
            let read = if name.ends_with(FIGURE) {
                snapshot::read_figure(text).map(|figure| drop(figures.insert(id(name).to_owned(), figure)))
            } else {
                snapshot::read_metrics(text).map(|read| drop(metrics.insert(id(name).to_owned(), read)))
            };
            if let Err((line, what)) = read {
                problems.push(Problem::new(place(name), line, what, "run `cargo test --test claims` to write it anew"));
            }
        }
        let snapshots = texts.iter().map(|(name, text)| (name.clone(), snapshot::body(text).to_owned())).collect();
        if problems.is_empty() { Ok(Self { registry, snapshots, metrics, figures, waiting: BTreeSet::new() }) } else { Err(problems) }
    }
}

/// The accepted snapshots, and the same with the pending ones in their places.
pub(super) fn pending(root: &Path) -> Result<Sides, Vec<Problem>> {
    let registry = Registry::read(root)?;
    let accepted = snapshot::read_all(root).map_err(|problem| vec![problem])?;
    let mut fresh = accepted.clone();
    let mut waiting = BTreeMap::new();
    for below in snapshot::pending(root) {
        let path = Path::new(FOLDER).join(format!("{below}.snap.new"));
        let text = std::fs::read_to_string(root.join(&path))
            .map_err(|error| vec![Problem::new(&path, 0, format!("cannot be read: {error}"), "check its permissions")])?;
        let name = Path::new(&below).file_name().map_or(below.clone(), |name| name.to_string_lossy().into_owned());
        fresh.insert(name.clone(), text.replace("\r\n", "\n"));
        waiting.insert(name, path.display().to_string());
    }
    let accepted_at = |name: &str| snapshot::path(name).display().to_string();
    let before = Side::new(registry.clone(), accepted, &accepted_at)?;
    let after = Side::new(registry, fresh, &|name| waiting.get(name).cloned().unwrap_or_else(|| accepted_at(name)))?;
    let after = Side { waiting: waiting.keys().map(|name| id(name).to_owned()).collect(), ..after };
    Ok(Sides { before, after, words: "the accepted snapshots".to_owned(), notes: Vec::new() })
}

/// The accepted snapshots and the claims of a revision, and those of this checkout.
pub(super) fn against(root: &Path, revision: &str) -> Result<Sides, Vec<Problem>> {
    let git = Git { root };
    let commit = git.commit(revision).map_err(|problem| vec![problem])?;
    let mut notes = Vec::new();
    let registry = Registry::parse(&|path| git.show(&commit, &path.to_string_lossy())).unwrap_or_else(|problems| {
        let first = problems.first().map_or(String::new(), ToString::to_string);
        notes.push(format!("The claims of {revision} cannot be read, so its sentences are not shown: {first}"));
        Registry::default()
    });
    let texts = git.snapshots(&commit).map_err(|problem| vec![problem])?;
    let before = Side::new(registry, texts, &|name| format!("{revision}:{}", snapshot::path(name).display()))?;
    let accepted = snapshot::read_all(root).map_err(|problem| vec![problem])?;
    let after = Side::new(Registry::read(root)?, accepted, &|name| snapshot::path(name).display().to_string())?;
    if let waiting @ 1.. = snapshot::pending(root).len() {
        notes.push(format!("Pending snapshots, {waiting} of them, are not part of this comparison: `attention-regression review` shows them."));
    }
    let short: String = commit.chars().take(10).collect();
    let words = if short.starts_with(revision) { format!("commit {short}") } else { format!("{revision}, commit {short}") };
    Ok(Sides { before, after, words, notes })
}

struct Git<'a> {
    root: &'a Path,
}

impl Git<'_> {
    fn run(&self, arguments: &[&str]) -> Result<Result<String, String>, Problem> {
        let output = Command::new("git").arg("-C").arg(self.root).args(arguments).output();
        let output = output.map_err(|error| Problem::new(self.root, 0, format!("git cannot be run: {error}"), "install git, or leave --against out"))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr).trim().to_owned()) })
    }

    /// The full name of a commit.
    fn commit(&self, revision: &str) -> Result<String, Problem> {
        self.run(&["rev-parse", "--git-dir"])?
            .map_err(|_| Problem::new(self.root, 0, "is in no git repository", "leave --against out, or run inside a checkout"))?;
        let found = self.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")])?;
        found.map(|name| name.trim().to_owned()).map_err(|_| {
            Problem::new(self.root, 0, format!("git knows no revision `{revision}`"), "name a commit, a branch or a tag; `git log --oneline` lists commits")
        })
    }

    /// A file of a commit, by its path below the root.
    fn show(&self, commit: &str, path: &str) -> Result<String, String> {
        let path = path.replace('\\', "/");
        self.run(&["show", &format!("{commit}:./{path}")]).map_err(|problem| problem.what)?.map(|text| text.replace("\r\n", "\n"))
    }

    fn snapshots(&self, commit: &str) -> Result<BTreeMap<String, String>, Problem> {
        let wrong = |what: String| Problem::new(FOLDER, 0, format!("cannot be read in commit {commit}: {what}"), "name another revision");
        let listed = self.run(&["ls-tree", "-z", "--name-only", commit, &format!("{FOLDER}/")])?.map_err(wrong)?;
        let mut all = BTreeMap::new();
        for path in listed.split('\0') {
            if let Some(name) = path.strip_suffix(".snap").and_then(|path| path.rsplit('/').next()) {
                all.insert(name.to_owned(), self.show(commit, path).map_err(wrong)?);
            }
        }
        Ok(all)
    }
}
