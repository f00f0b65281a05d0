//! What git knows of a notebook: revisions, files, and the commits that changed a snapshot.
//!
//! Processes are few whatever there is to read: one lists commits with what they changed, one reads all objects that are asked for.
//! What a user configured changes nothing in what is read here.

use std::collections::BTreeMap;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::diagnostic::Diagnostic;
use crate::notebook::claim::replication::{self, Replication};
use crate::notebook::claim::snapshot::FOLDER;
use crate::notebook::registry::Registry;
use crate::publish::harmless;

/// A commit as a reader knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its full name.
    pub name: String,
    /// The day when it was written: `2020-02-02`.
    pub date: String,
    /// The first line of its message.
    pub subject: String,
}

impl Commit {
    /// Its name, as short as people write it.
    pub fn short(&self) -> &str {
        short(&self.name)
    }
}

/// As much of a commit's name as people write.
pub(super) fn short(name: &str) -> &str {
    name.get(..10).unwrap_or(name)
}

/// A commit and the snapshots that it wrote: the name without `.snap`, and the object that holds the text.
pub(super) type Written = (Commit, Vec<(String, String)>);

/// Before the name of a commit, and between its fields.
const BEGIN: char = '\u{1}';
const NEXT: char = '\u{2}';

/// The repository around a notebook.
pub(super) struct Git<'a> {
    pub(super) root: &'a Path,
}

impl Git<'_> {
    fn output(&self, arguments: &[&str], input: Stdio) -> Result<Result<Vec<u8>, String>, Diagnostic> {
        let output = Command::new("git").arg("-C").arg(self.root).args(arguments).stdin(input).output();
        let output = output.map_err(|error| Diagnostic::new(self.root, format!("git cannot be run: {error}"), "install git, or leave --against out"))?;
        Ok(if output.status.success() { Ok(output.stdout) } else { Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()) })
    }

    fn run(&self, arguments: &[&str]) -> Result<Result<String, String>, Diagnostic> {
        Ok(self.output(arguments, Stdio::null())?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// The full name of a commit.
    pub(super) fn commit(&self, revision: &str) -> Result<String, Diagnostic> {
        self.run(&["rev-parse", "--git-dir"])?
            .map_err(|_| Diagnostic::new(self.root, "is in no git repository", "leave --against out, or run inside a checkout"))?;
        let found = self.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")])?;
        found.map(|name| name.trim().to_owned()).map_err(|_| {
            Diagnostic::at(
                self.root,
                0,
                format!("git knows no revision `{}`", harmless(revision)),
                "name a commit, a branch or a tag; `git log --oneline` lists commits",
            )
        })
    }

    /// The claims of a commit.
    pub(super) fn registry(&self, commit: &str) -> Result<Registry, Vec<Diagnostic>> {
        Registry::parse(&|path| self.show(commit, &path.to_string_lossy()))
    }

    /// A file of a commit, by its path below the root.
    fn show(&self, commit: &str, path: &str) -> Result<String, String> {
        let path = path.replace('\\', "/");
        self.run(&["show", &format!("{commit}:./{path}")]).map_err(|problem| problem.what)?.map(|text| text.replace("\r\n", "\n"))
    }

    /// What was known at a commit of how often claims hold; nothing where it cannot be read.
    pub(super) fn replication(&self, commit: &str) -> Replication {
        self.show(commit, replication::FILE).ok().and_then(|text| Replication::parse(&text).ok()).unwrap_or_default()
    }

    /// The accepted snapshots of a commit, by name.
    pub(super) fn snapshots(&self, commit: &str) -> Result<BTreeMap<String, String>, Diagnostic> {
        let wrong = |what: String| Diagnostic::new(FOLDER, format!("cannot be read in commit {commit}: {what}"), "name another revision");
        let listed = self.run(&["ls-tree", "-z", commit, &format!("{FOLDER}/")])?.map_err(wrong)?;
        let entry = |entry: &str| {
            let (kind, path) = entry.split_once('\t')?;
            Some((named(path)?, kind.rsplit(' ').next()?.to_owned()))
        };
        let objects: Vec<(String, String)> = listed.split('\0').filter_map(entry).collect();
        let texts = self.objects(objects.iter().map(|(_, object)| object.as_str()))?.map_err(wrong)?;
        let read = |(name, object): (String, String)| {
            let text = texts.get(&object).ok_or_else(|| wrong(format!("{name} has no text")))?;
            Ok((name, text.clone()))
        };
        objects.into_iter().map(read).collect()
    }

    /// Whether the clone holds only the last commits; an error outside of a repository.
    pub(super) fn shallow(&self) -> Result<bool, Diagnostic> {
        let said = self.run(&["rev-parse", "--is-shallow-repository"])?;
        said.map(|said| said.trim() == "true").map_err(|_| Diagnostic::new(self.root, "is in no git repository", "run inside a checkout"))
    }

    /// The commits that lead to this checkout and wrote a snapshot, oldest first, each branch in one piece (`--topo-order`): so a change
    /// stands under the subject that explains it. A merge is listed with what it resolved by itself.
    pub(super) fn written(&self) -> Result<Result<Vec<Written>, String>, Diagnostic> {
        let format = format!("--format=tformat:{BEGIN}%H{NEXT}%as{NEXT}%s");
        let order = ["log", "--topo-order", "--reverse", "--no-follow", "--no-show-signature", "--encoding=UTF-8", &format];
        let changes = ["--raw", "--no-abbrev", "--no-renames", "--no-ext-diff", "--diff-merges=combined", "-z", "--relative", "--", FOLDER];
        Ok(self.run(&[&order[..], &changes].concat())?.map(|text| written(&text)))
    }

    /// The texts of objects, by name; those that are not there are left out.
    pub(super) fn objects<'o>(&self, names: impl Iterator<Item = &'o str>) -> Result<Result<BTreeMap<String, String>, String>, Diagnostic> {
        let asked: String = names.map(|name| format!("{name}\n")).collect();
        // A file and no pipe: git answers before it has read everything, and nobody would listen.
        let file = || -> std::io::Result<std::fs::File> {
            let mut file = tempfile::tempfile()?;
            file.write_all(asked.as_bytes())?;
            file.seek(SeekFrom::Start(0))?;
            Ok(file)
        };
        let input = file().map_err(|error| Diagnostic::new(std::env::temp_dir(), format!("takes no file: {error}"), "make room there"))?;
        Ok(self.output(&["cat-file", "--batch"], input.into())?.map(|bytes| texts(&bytes)))
    }
}

/// The name of a snapshot, from its path.
fn named(path: &str) -> Option<String> {
    path.strip_suffix(".snap")?.rsplit('/').next().map(str::to_owned)
}

/// What `git log --raw -z` said: a commit, then `:modes objects status` and a path, as often as there are changes. In the line of a
/// merge there are as many colons as parents; the object that was written comes after theirs.
fn written(log: &str) -> Vec<Written> {
    let mut found: Vec<Written> = Vec::new();
    let mut parts = log.split('\0').map(|part| part.trim_start_matches('\n'));
    while let Some(part) = parts.next() {
        if let Some(head) = part.strip_prefix(BEGIN) {
            let mut fields = head.splitn(3, NEXT).map(str::to_owned);
            let mut next = || fields.next().unwrap_or_default();
            found.push((Commit { name: next(), date: next(), subject: next() }, Vec::new()));
        } else if part.starts_with(':') {
            let parents = part.bytes().take_while(|&byte| byte == b':').count();
            let object = part.split(' ').nth(2 * parents + 1).filter(|object| object.bytes().any(|byte| byte != b'0'));
            let name = parts.next().and_then(named);
            if let (Some(object), Some(name), Some((_, snapshots))) = (object, name, found.last_mut()) {
                snapshots.push((name, object.to_owned()));
            }
        }
    }
    found
}

/// What `git cat-file --batch` said: `name kind size`, so many bytes, and a line's end.
fn texts(mut bytes: &[u8]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    while let Some(end) = bytes.iter().position(|&byte| byte == b'\n') {
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        bytes = &bytes[end + 1..];
        let mut fields = head.split(' ');
        // `name missing` has no third field and no text.
        if let (Some(name), Some(_), Some(size)) = (fields.next(), fields.next(), fields.next().and_then(|size| size.parse::<usize>().ok()))
            && let Some(text) = bytes.get(..size)
        {
            found.insert(name.to_owned(), String::from_utf8_lossy(text).replace("\r\n", "\n"));
            bytes = bytes.get(size + 1..).unwrap_or_default();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_read_with_its_merges() {
        let log = "\u{1}aa\u{2}2020-02-02\u{2}One: \u{e4}\0\n:000000 100644 00 b1 A\0snapshots/x__y.snap\0:100644 000000 b2 00 D\0snapshots/x__z.snap\0\
                   \u{1}cc\u{2}2020-02-03\u{2}Nothing\0\u{1}dd\u{2}2020-02-04\u{2}Merge\0\n::100644 100644 100644 b1 b3 b4 MM\0snapshots/x__y.snap\0";
        let commit = |name: &str, date: &str, subject: &str| Commit { name: name.to_owned(), date: date.to_owned(), subject: subject.to_owned() };
        let wrote = |object: &str| vec![("x__y".to_owned(), object.to_owned())];
        let expected = [
            (commit("aa", "2020-02-02", "One: \u{e4}"), wrote("b1")),
            (commit("cc", "2020-02-03", "Nothing"), Vec::new()),
            (commit("dd", "2020-02-04", "Merge"), wrote("b4")),
        ];
        assert_eq!(written(log), expected);
        assert!(written("").is_empty());
    }

    #[test]
    fn a_batch_is_read_with_its_gaps() {
        let found = texts(b"aa blob 5\na\r\nb\n\nbb missing\ncc blob 0\n\ndd blob 9\ncut");
        assert_eq!(found, BTreeMap::from([("aa".to_owned(), "a\nb\n".to_owned()), ("cc".to_owned(), String::new())]));
    }
}
