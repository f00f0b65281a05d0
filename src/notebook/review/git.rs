//! What a commit knows of a notebook: its claims, its accepted snapshots, how often claims held.
//!
//! git runs as a program, without a shell. Two processes read a commit, however many files it has: one lists them, one
//! writes their texts. On every system paths come with `/` between their parts, whatever a user configured.

use std::collections::BTreeMap;
use std::io::{self, Seek as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::diagnostic::Diagnostic;
use crate::notebook::claim::replication::{self, Replication};
use crate::notebook::claim::snapshot::FOLDER;
use crate::notebook::registry::{CONTENTS, Registry};
use crate::publish::harmless;

/// As much of a commit's name as people write.
pub(super) fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}

/// The repository around a notebook.
pub(super) struct Git<'a> {
    root: &'a Path,
}

impl<'a> Git<'a> {
    /// Finds the repository around `root`.
    pub(super) fn around(root: &'a Path) -> Result<Self, Diagnostic> {
        let git = Self { root };
        git.text(&["rev-parse", "--git-dir"]).map(|_| git).map_err(|why| {
            let cure = "install git, run inside a checkout, or leave --against out";
            Diagnostic::new(root, format!("its git repository cannot be read: {why}"), cure)
        })
    }

    /// The full name of a commit.
    pub(super) fn commit(&self, revision: &str) -> Result<String, Diagnostic> {
        let commit = format!("{revision}^{{commit}}");
        let found = self.text(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]);
        found.map(|name| name.trim().to_owned()).map_err(|why| {
            let cure = "name a commit, a branch or a tag; `git log --oneline` lists commits";
            let why = if why.is_empty() { why } else { format!(": {why}") };
            Diagnostic::new(self.root, format!("git knows no revision `{}`{why}", harmless(revision)), cure)
        })
    }

    /// The claims of a commit.
    pub(super) fn registry(&self, commit: &str) -> Result<Registry, Vec<Diagnostic>> {
        let (claims, _) = CONTENTS.rsplit_once('/').unwrap_or((CONTENTS, ""));
        let files = self.files(commit, &[claims]);
        let files = files.map_err(|why| vec![Diagnostic::new(self.root, why, "name another revision")])?;
        Registry::parse(&|path| {
            let absent = || format!("commit {} has no such file", short(commit));
            slashed(path).and_then(|path| files.get(&path)).cloned().ok_or_else(absent)
        })
    }

    /// How often the claims of a commit held; of one that has no such file, nothing.
    pub(super) fn replication(&self, commit: &str) -> Result<Replication, String> {
        let files = self.files(commit, &[replication::FILE])?;
        let read = |text: &String| Replication::parse(text).map_err(|problem| problem.to_string());
        files.get(replication::FILE).map_or(Ok(Replication::default()), read)
    }

    /// The accepted snapshots of a commit, by name.
    pub(super) fn snapshots(&self, commit: &str) -> Result<BTreeMap<String, String>, Diagnostic> {
        let files = self.files(commit, &[FOLDER]).map_err(|why| {
            Diagnostic::new(
                FOLDER,
                format!("cannot be read in commit {}: {why}", short(commit)),
                "name another revision",
            )
        })?;
        let named = |(path, text): (String, String)| {
            let name = path.strip_prefix(FOLDER)?.strip_prefix('/')?.strip_suffix(".snap")?;
            (!name.contains('/')).then(|| (name.to_owned(), text))
        };
        Ok(files.into_iter().filter_map(named).collect())
    }

    /// The texts of a commit at some paths and below them, by their path below the root.
    fn files(&self, commit: &str, paths: &[&str]) -> Result<BTreeMap<String, String>, String> {
        let listed = self.text(&[&["ls-tree", "-r", "-z", commit], paths].concat())?;
        // `mode kind object`, a tab, a path.
        let entry = |entry: &'_ str| {
            let (head, path) = entry.split_once('\t')?;
            head.split_once(" blob ").map(|(_, object)| (path.to_owned(), object.to_owned()))
        };
        let files: Vec<(String, String)> = listed.split('\0').filter_map(entry).collect();
        let texts = self.objects(files.iter().map(|(_, object)| object.as_str()))?;
        let read = |(path, object): (String, String)| match texts.get(&object) {
            Some(text) => Ok((path, text.clone())),
            None => Err(format!("{path} is not in this clone")),
        };
        files.into_iter().map(read).collect()
    }

    /// The texts of objects, by their names.
    fn objects<'o>(&self, names: impl Iterator<Item = &'o str>) -> Result<BTreeMap<String, String>, String> {
        let asked: String = names.map(|name| format!("{name}\n")).collect();
        // A file and no pipe: git answers before it has read everything, and nobody would listen.
        let file = || -> io::Result<std::fs::File> {
            let mut file = tempfile::tempfile()?;
            file.write_all(asked.as_bytes())?;
            file.rewind()?;
            Ok(file)
        };
        let input = file().map_err(|error| format!("{} takes no file: {error}", std::env::temp_dir().display()))?;
        texts(&self.output(&["cat-file", "--batch"], input.into())?)
    }

    fn text(&self, arguments: &[&str]) -> Result<String, String> {
        utf8("what git says", &self.output(arguments, Stdio::null())?)
    }

    /// What git writes, or in its own words why it writes nothing.
    fn output(&self, arguments: &[&str], input: Stdio) -> Result<Vec<u8>, String> {
        let output = Command::new("git").arg("-C").arg(self.root).args(arguments).stdin(input).output();
        let output = output.map_err(|error| format!("git cannot be run: {error}"))?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
        }
    }
}

/// A path as git writes it.
fn slashed(path: &Path) -> Option<String> {
    path.iter().map(|part| part.to_str()).collect::<Option<Vec<_>>>().map(|parts| parts.join("/"))
}

fn utf8(what: &str, bytes: &[u8]) -> Result<String, String> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|error| format!("{what} is no UTF-8: {error}"))
}

/// What `git cat-file --batch` said: `name kind size`, so many bytes, and a line's end; `name missing` of what it has
/// not.
fn texts(mut bytes: &[u8]) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    while let Some(end) = bytes.iter().position(|&byte| byte == b'\n') {
        let head = utf8("what git says", &bytes[..end])?;
        bytes = &bytes[end + 1..];
        let size = head.rsplit(' ').next().and_then(|size| size.parse::<usize>().ok());
        if let (Some((name, _)), Some(text)) = (head.split_once(' '), size.and_then(|size| bytes.get(..size))) {
            found.insert(name.to_owned(), utf8(name, text)?.replace("\r\n", "\n"));
            bytes = bytes.get(text.len() + 1..).unwrap_or(&[]);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_read_with_its_gaps() {
        let found = texts(b"aa blob 5\na\r\nb\n\nbb missing\ncc blob 0\n\ndd blob 9\ncut");
        assert_eq!(
            found,
            Ok(BTreeMap::from([("aa".to_owned(), "a\nb\n".to_owned()), ("cc".to_owned(), String::new())]))
        );
        assert!(texts(b"aa blob 1\n\xff\n").is_err_and(|why| why.starts_with("aa is no UTF-8")));
    }

    #[test]
    fn a_path_is_written_as_git_writes_it() {
        assert_eq!(
            slashed(&Path::new("tests").join("claims").join("main.rs")).as_deref(),
            Some("tests/claims/main.rs")
        );
    }
}
