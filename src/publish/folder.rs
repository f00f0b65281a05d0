//! A folder of results that appears whole or not at all, and never in the place of anything that is not ours.
//!
//! Files are written into a folder beside the one that was asked for. When all are there it takes that place in one step of the
//! file system: by a rename, which fails where something stands, or where an earlier result is to be replaced by an exchange of the two
//! (`renameat2`, `renameatx_np`; on other systems by two renames, of which the first is taken back if the second fails). A list of
//! what was written stands in every folder. Only a folder that holds those files and nothing else is replaced, looked at before the
//! work and once more in the step itself: what came in meanwhile is named, the folder stays as it is, and the new result is kept
//! beside it. Whoever owns a [`Folder`] is the only one to touch it; a signal asks through [`Stop`].

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::{Stop, harmless};

/// The list of what was written, in every folder: its kind, then a file a line.
pub const LIST: &str = ".attention-regression";

/// What a folder holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// What writes it, such as `attention-regression compare`.
    pub made_by: &'static str,
    /// Whether an earlier result is replaced.
    pub replaces: bool,
}

/// Why there is no folder, or not in its place.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Something is there.
    #[error("{}: is there already; choose another folder, or replace an earlier result with --force", shown(.0))]
    Exists(PathBuf),
    /// It holds something that is not ours.
    #[error("{}: holds {names}, not among what `{made_by}` wrote there, so it is not replaced; move that away, or choose another folder", shown(.folder))]
    Foreign {
        /// Which.
        folder: PathBuf,
        /// The first few of what it holds.
        names: String,
        /// What was about to replace it.
        made_by: &'static str,
    },
    /// A file, or a link to nothing.
    #[error("{}: is no folder; choose another name", shown(.0))]
    NoFolder(PathBuf),
    /// The folder that one is in.
    #[error("{}: is the folder that you are in, or above it; name a new one in it", shown(.0))]
    Here(PathBuf),
    /// Two folders that are one, or of which one lies in the other.
    #[error("{} and {}: cannot share a folder, and one lies in the other; give each one of its own", shown(.0), shown(.1))]
    Shared(PathBuf, PathBuf),
    /// The result is whole, and stands elsewhere.
    #[error("{}: {why}, so it stays as it is; the result is in {}", shown(.goal), shown(.kept))]
    Kept {
        /// Where it was to stand.
        goal: PathBuf,
        /// What stood against it.
        why: String,
        /// Where it stands.
        kept: PathBuf,
    },
    /// Somebody asked to stop.
    #[error("interrupted; run it again")]
    Interrupted,
    /// It cannot be written.
    #[error("{}: cannot be written: {error}; choose a folder that can", shown(.path))]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

fn shown(path: &Path) -> String {
    harmless(&path.to_string_lossy())
}

/// A folder under way.
#[derive(Debug)]
pub struct Folder {
    kind: Kind,
    /// As it was named.
    named: PathBuf,
    /// Without links.
    goal: PathBuf,
    partial: PathBuf,
    /// Folders above it that were not there.
    made: Vec<PathBuf>,
    /// Whether what is in `partial` is to be removed when nobody owns it any more.
    unfinished: bool,
    stop: Stop,
}

impl Folder {
    /// Begins a folder.
    ///
    /// # Errors
    /// Something stands in the way, or the place cannot be written.
    pub fn begin(goal: &Path, kind: Kind, stop: &Stop) -> Result<Self, FolderError> {
        let named = goal.to_path_buf();
        let goal = resolved(goal)?;
        refuse(&named, &goal, kind)?;
        let made = goal.ancestors().skip(1).take_while(|above| !above.exists()).map(Path::to_path_buf).collect();
        let folder = Self { kind, partial: free(&goal, "partial"), goal, made, unfinished: true, stop: stop.clone(), named };
        let parents = folder.goal.parent().map_or(Ok(()), std::fs::create_dir_all);
        parents.and_then(|()| std::fs::create_dir(&folder.partial)).map_err(|error| FolderError::Io { path: folder.named.clone(), error })?;
        Ok(folder)
    }

    /// Whether two folders have nothing to do with each other.
    ///
    /// # Errors
    /// They are one, or one lies in the other.
    pub fn apart(one: &Path, other: &Path) -> Result<(), FolderError> {
        let (a, b) = (resolved(one)?, resolved(other)?);
        if a.starts_with(&b) || b.starts_with(&a) { Err(FolderError::Shared(one.to_path_buf(), other.to_path_buf())) } else { Ok(()) }
    }

    /// Where it is made, for what writes by itself.
    pub fn path(&self) -> &Path {
        &self.partial
    }

    /// Writes one file, below folders that are made on the way.
    ///
    /// # Errors
    /// It cannot be written, or somebody asked to stop.
    pub fn write(&self, name: &str, contents: &[u8]) -> Result<(), FolderError> {
        self.go_on()?;
        let path = self.partial.join(name);
        let written = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, contents));
        written.map_err(|error| FolderError::Io { path: self.named.join(name), error })
    }

    /// Whether nobody asked to stop.
    ///
    /// # Errors
    /// Somebody did.
    pub fn go_on(&self) -> Result<(), FolderError> {
        if self.stop.asked() { Err(FolderError::Interrupted) } else { Ok(()) }
    }

    /// Completes the list of what was written: all but the last step.
    ///
    /// # Errors
    /// The list cannot be written, or somebody asked to stop.
    pub fn complete(&self) -> Result<(), FolderError> {
        let files = files_below(&self.partial).map_err(|error| FolderError::Io { path: self.named.clone(), error })?;
        let list: String = std::iter::once(self.kind.made_by.to_owned()).chain(files).map(|line| line + "\n").collect();
        self.write(LIST, list.as_bytes())?;
        self.go_on()
    }

    /// Puts a complete folder where it was asked for, whoever asks to stop from here on.
    ///
    /// # Errors
    /// It cannot be put there; then what stood there stays, and the result is kept beside it.
    pub fn finish(mut self) -> Result<PathBuf, FolderError> {
        if let Ok(about) = self.goal.metadata() {
            // One that was made with rights of its own keeps them.
            let _ = std::fs::set_permissions(&self.partial, about.permissions());
        }
        // Elsewhere a rename takes no folder's place; this removes an empty one, and no other.
        #[cfg(not(unix))]
        let _ = std::fs::remove_dir(&self.goal);
        let earlier = ours(&self.goal, self.kind).is_ok_and(|files| self.kind.replaces && !files.is_empty());
        // A rename takes the place of an empty folder, and no other's.
        let outcome = if earlier { self.replace() } else { std::fs::rename(&self.partial, &self.goal).map_err(|error| why_not(&error)) };
        match outcome {
            Ok(()) => {
                self.unfinished = false;
                Ok(self.named.clone())
            }
            Err(why) => Err(self.keep(why)),
        }
    }

    /// Exchanges an earlier result with this one, and removes it if it holds nothing else.
    fn replace(&mut self) -> Result<(), String> {
        let old = exchange(&self.partial, &self.goal).map_err(|error| why_not(&error))?;
        let names = match ours(&old, self.kind) {
            Ok(files) => {
                remove(&old, &files);
                return Ok(());
            }
            Err(names) => names,
        };
        // Something came in since it was looked at: all goes back.
        match exchange(&old, &self.goal) {
            Ok(new) => {
                self.partial = new;
                Err(format!("holds {names} by now"))
            }
            // Then the new result stands in its place, and what came in is where the old one is.
            Err(_) => Ok(()),
        }
    }

    /// Gives a result that cannot stand where it was asked for a name beside it; the one it has where none can be had.
    fn keep(&mut self, why: String) -> FolderError {
        self.unfinished = false;
        let named = |number: u32| {
            let mut name = OsString::from(self.goal.file_name().unwrap_or_default());
            name.push(format!("-{number}"));
            self.goal.with_file_name(name)
        };
        let renamed = |kept: &PathBuf| kept.symlink_metadata().is_err() && std::fs::rename(&self.partial, kept).is_ok();
        let kept = (1..100).map(named).find(renamed).unwrap_or_else(|| self.partial.clone());
        // As the folder was named, unless that was a link to elsewhere.
        let beside = self.named.with_file_name(kept.file_name().unwrap_or_default());
        let same = beside.canonicalize().is_ok_and(|beside| kept.canonicalize().is_ok_and(|kept| kept == beside));
        FolderError::Kept { kept: if same { beside } else { kept }, goal: self.named.clone(), why }
    }
}

impl Drop for Folder {
    /// What was not finished is removed.
    fn drop(&mut self) {
        if !self.unfinished {
            return;
        }
        let _ = std::fs::remove_dir_all(&self.partial);
        self.made.iter().for_each(|above| drop(std::fs::remove_dir(above)));
    }
}

/// A place without links, `.` or `..`: what is there of it, and the rest as it is named.
fn resolved(goal: &Path) -> Result<PathBuf, FolderError> {
    let cannot = |error| FolderError::Io { path: goal.to_path_buf(), error };
    let absolute = std::path::absolute(goal).map_err(cannot)?;
    if absolute.symlink_metadata().is_ok() && !absolute.exists() {
        return Err(FolderError::NoFolder(goal.to_path_buf()));
    }
    let there = absolute.ancestors().find(|above| above.symlink_metadata().is_ok()).unwrap_or(&absolute);
    let rest = absolute.strip_prefix(there).unwrap_or(Path::new(""));
    if rest.components().any(|component| matches!(component, Component::ParentDir)) {
        return Err(cannot(io::Error::from(io::ErrorKind::NotFound)));
    }
    let resolved = there.canonicalize().map_err(cannot)?;
    Ok(if rest.as_os_str().is_empty() { resolved } else { resolved.join(rest) })
}

/// Refuses a place where something stands that may not be replaced.
fn refuse(named: &Path, goal: &Path, kind: Kind) -> Result<(), FolderError> {
    if goal.symlink_metadata().is_err() {
        return Ok(());
    }
    if !goal.is_dir() {
        return Err(if kind.replaces { FolderError::NoFolder(named.to_path_buf()) } else { FolderError::Exists(named.to_path_buf()) });
    }
    if std::env::current_dir().and_then(|here| here.canonicalize()).is_ok_and(|here| here.starts_with(goal)) {
        return Err(FolderError::Here(named.to_path_buf()));
    }
    let cannot = |error| FolderError::Io { path: named.to_path_buf(), error };
    if !kind.replaces {
        let empty = goal.read_dir().map_err(cannot)?.next().is_none();
        return if empty { Ok(()) } else { Err(FolderError::Exists(named.to_path_buf())) };
    }
    ours(goal, kind).map(drop).map_err(|names| FolderError::Foreign { folder: named.to_path_buf(), names, made_by: kind.made_by })
}

/// The files of an earlier result, or the names of what a folder holds besides; none in an empty folder.
fn ours(folder: &Path, kind: Kind) -> Result<Vec<String>, String> {
    let there = files_below(folder).map_err(|error| format!("what cannot be read ({error})"))?;
    let list = std::fs::read_to_string(folder.join(LIST)).unwrap_or_default();
    let mut lines = list.lines();
    let listed: BTreeSet<&str> = if lines.next() == Some(kind.made_by) { lines.chain([LIST]).collect() } else { BTreeSet::new() };
    let foreign: Vec<&String> = there.iter().filter(|name| !listed.contains(name.as_str())).collect();
    if foreign.is_empty() { Ok(there) } else { Err(few(&foreign)) }
}

/// `a`, `b`, `c` and 4 more.
fn few(names: &[&String]) -> String {
    const SHOWN: usize = 3;
    let shown = names.iter().take(SHOWN).map(|name| format!("`{}`", harmless(name))).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN { format!("{shown} and {} more", names.len() - SHOWN) } else { shown }
}

/// Everything below a folder that is no folder, and folders that are empty, sorted: with `/` between names, and links not followed.
fn files_below(folder: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut below = vec![String::new()];
    while let Some(prefix) = below.pop() {
        let mut entries = folder.join(&prefix).read_dir()?.peekable();
        if entries.peek().is_none() && !prefix.is_empty() {
            found.push(prefix);
            continue;
        }
        for entry in entries {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() { below.push(name + "/") } else { found.push(name) }
        }
    }
    found.sort();
    Ok(found)
}

/// Removes the files of a result by name, and the folders that this leaves empty. Nothing else.
fn remove(folder: &Path, files: &[String]) {
    for file in files {
        let _ = std::fs::remove_file(folder.join(file));
    }
    let folders: BTreeSet<PathBuf> = files.iter().flat_map(|file| Path::new(file).ancestors().skip(1).map(Path::to_path_buf)).collect();
    // The deepest first.
    folders.iter().rev().for_each(|below| drop(std::fs::remove_dir(folder.join(below))));
}

/// A name beside a folder that nothing has.
fn free(goal: &Path, what: &str) -> PathBuf {
    let name = |number: u32| goal.with_file_name(format!("{LIST}.{what}-{}-{number}", std::process::id()));
    (0..).map(name).find(|path| path.symlink_metadata().is_err()).unwrap_or_default()
}

/// Why a folder could not be put in its place.
fn why_not(error: &io::Error) -> String {
    use io::ErrorKind::{AlreadyExists, DirectoryNotEmpty, NotADirectory};
    match error.kind() {
        AlreadyExists | DirectoryNotEmpty | NotADirectory => "is there by now".to_owned(),
        _ => format!("cannot be replaced: {error}"),
    }
}

/// Puts `new` where `goal` is, in one step where the system has one. Returns where what stood there is.
fn exchange(new: &Path, goal: &Path) -> io::Result<PathBuf> {
    #[cfg(any(target_vendor = "apple", target_os = "linux", target_os = "android"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, new, CWD, goal, RenameFlags::EXCHANGE) {
            Ok(()) => return Ok(new.to_path_buf()),
            // Not on this file system.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let old = free(goal, "old");
    std::fs::rename(goal, &old)?;
    std::fs::rename(new, goal).inspect_err(|_| drop(std::fs::rename(&old, goal)))?;
    Ok(old)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: Kind = Kind { made_by: "a test", replaces: false };
    const FORCED: Kind = Kind { made_by: "a test", replaces: true };

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    /// Writes two files and puts them in place.
    fn result(goal: &Path, kind: Kind, stop: &Stop, text: &str) -> Result<PathBuf, FolderError> {
        let folder = Folder::begin(goal, kind, stop)?;
        folder.write("first", text.as_bytes())?;
        folder.write("below/second", text.as_bytes())?;
        folder.complete()?;
        folder.finish()
    }

    /// The names and texts of all files.
    fn texts(folder: &Path) -> Vec<(String, String)> {
        let files = files_below(folder).unwrap_or_default();
        files.into_iter().map(|name| (name.clone(), std::fs::read_to_string(folder.join(name)).unwrap_or_default())).collect()
    }

    fn whole(goal: &Path, text: &str) -> bool {
        let list = "a test\nbelow/second\nfirst\n".to_owned();
        texts(goal) == [(LIST.to_owned(), list), ("below/second".to_owned(), text.to_owned()), ("first".to_owned(), text.to_owned())]
    }

    #[test]
    fn a_folder_appears_whole_or_not_at_all() -> Outcome {
        let place = tempfile::tempdir()?;
        let goal = place.path().join("new/out");
        let folder = Folder::begin(&goal, REPORT, &Stop::default())?;
        folder.write("first", b"text")?;
        assert!(!goal.exists());
        drop(folder);
        assert_eq!(place.path().read_dir()?.count(), 0, "nothing is left of it, nor of the folder above it");
        result(&goal, REPORT, &Stop::default(), "text")?;
        assert!(whole(&goal, "text"));
        assert_eq!(goal.with_file_name("").read_dir()?.count(), 1);
        Ok(())
    }

    /// Whenever somebody asks to stop: what stands there is the old result or the new one, and nothing beside it.
    #[test]
    fn a_request_to_stop_at_any_step_leaves_one_result_whole() -> Outcome {
        let place = tempfile::tempdir()?;
        let goal = place.path().join("out");
        let mut interrupted = 0;
        for (kind, before) in [(REPORT, None), (FORCED, Some("old"))] {
            for looks in 0.. {
                let _ = std::fs::remove_dir_all(&goal);
                if let Some(text) = before {
                    result(&goal, REPORT, &Stop::default(), text)?;
                }
                let told = result(&goal, kind, &Stop::after(looks), "new");
                assert_eq!(place.path().read_dir()?.count(), usize::from(told.is_ok() || before.is_some()), "{looks} looks");
                match told {
                    Ok(_) => {
                        assert!(whole(&goal, "new"));
                        break;
                    }
                    Err(FolderError::Interrupted) => assert!(before.map_or(!goal.exists(), |text| whole(&goal, text)), "{looks} looks"),
                    Err(error) => return Err(error.into()),
                }
                interrupted += 1;
            }
        }
        assert_eq!(interrupted, 2 * 4, "before each of three files, and before the last step");
        Ok(())
    }

    #[test]
    fn only_what_was_written_is_replaced_and_only_when_asked() -> Outcome {
        let place = tempfile::tempdir()?;
        let goal = place.path().join("out");
        std::fs::create_dir(&goal)?;
        result(&goal, REPORT, &Stop::default(), "in an empty folder")?;
        assert!(whole(&goal, "in an empty folder"));
        assert!(matches!(result(&goal, REPORT, &Stop::default(), "again"), Err(FolderError::Exists(_))));
        result(&goal, FORCED, &Stop::default(), "again")?;
        assert!(whole(&goal, "again"));
        std::fs::create_dir(goal.join(".git"))?;
        for letter in ["thesis.tex", "below/letter", "a", "b"] {
            std::fs::write(goal.join(letter), "mine")?;
            let refused = Folder::begin(&goal, FORCED, &Stop::default()).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(refused.contains("holds `.git/`"), "{refused}");
        }
        let other = Kind { made_by: "another", ..FORCED };
        let told = Folder::begin(&goal, other, &Stop::default()).err().map(|error| error.to_string());
        assert!(told.is_some_and(|told| told.contains("holds `.attention-regression`, `.git/`, `a` and 5 more, not among what `another` wrote")));
        let file = place.path().join("file");
        std::fs::write(&file, "text")?;
        assert!(matches!(Folder::begin(&file, FORCED, &Stop::default()), Err(FolderError::NoFolder(_))));
        assert!(matches!(Folder::begin(&file, REPORT, &Stop::default()), Err(FolderError::Exists(_))));
        assert!(matches!(Folder::begin(&file.join("below"), REPORT, &Stop::default()), Err(FolderError::Io { .. })));
        assert!(matches!(Folder::begin(&std::env::current_dir()?, FORCED, &Stop::default()), Err(FolderError::Here(_))));
        assert_eq!(place.path().read_dir()?.count(), 2);
        Ok(())
    }

    /// What comes in while a result is made stays, and the result is not lost.
    #[test]
    fn what_came_in_meanwhile_stays_and_the_result_is_kept() -> Outcome {
        let place = tempfile::tempdir()?;
        let goal = place.path().join("out");
        for (kind, number) in [(REPORT, 1), (FORCED, 2)] {
            let folder = Folder::begin(&goal, kind, &Stop::default())?;
            folder.write("first", b"new")?;
            folder.write("below/second", b"new")?;
            folder.complete()?;
            std::fs::create_dir_all(&goal)?;
            std::fs::write(goal.join("thesis.tex"), "mine")?;
            let Err(FolderError::Kept { kept, why, .. }) = folder.finish() else { return Err("it was replaced".into()) };
            assert!(why.starts_with("is there by now") && kept == place.path().join(format!("out-{number}")) && whole(&kept, "new"), "{why}");
            assert_eq!(std::fs::read_to_string(goal.join("thesis.tex"))?, "mine");
            std::fs::remove_dir_all(&goal)?;
        }
        assert_eq!(place.path().read_dir()?.count(), 2);
        Ok(())
    }

    /// In the very step: between the last look and the exchange.
    #[test]
    fn an_exchange_is_taken_back_where_something_came_in() -> Outcome {
        let place = tempfile::tempdir()?;
        let goal = place.path().join("out");
        result(&goal, REPORT, &Stop::default(), "old")?;
        let mut folder = Folder::begin(&goal, FORCED, &Stop::default())?;
        folder.write("first", b"new")?;
        std::fs::write(goal.join("thesis.tex"), "mine")?;
        assert_eq!(folder.replace().err().as_deref(), Some("holds `thesis.tex` by now"));
        assert_eq!(std::fs::read_to_string(goal.join("thesis.tex"))?, "mine");
        assert_eq!(std::fs::read_to_string(folder.path().join("first"))?, "new");
        Ok(())
    }

    #[test]
    fn one_place_has_many_names() -> Outcome {
        let place = tempfile::tempdir()?;
        let named = |name: &str| place.path().join(name);
        for (one, other) in [("z", "./z"), ("n", "n/m"), ("n/m", "n"), ("z", "y/../z"), ("z/", "z")] {
            std::fs::create_dir_all(named("y"))?;
            assert!(matches!(Folder::apart(&named(one), &named(other)), Err(FolderError::Shared(..))), "{one} {other}");
        }
        Folder::apart(&named("z"), &named("zz"))?;
        assert!(matches!(Folder::apart(&named("no/../z"), &named("z")), Err(FolderError::Io { .. })));
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_and_stays() -> Outcome {
        let place = tempfile::tempdir()?;
        let (real, link) = (place.path().join("real"), place.path().join("link"));
        std::fs::create_dir(&real)?;
        std::os::unix::fs::symlink(&real, &link)?;
        result(&link, REPORT, &Stop::default(), "text")?;
        assert!(link.symlink_metadata()?.is_symlink() && whole(&real, "text"));
        assert!(matches!(Folder::apart(&real, &link), Err(FolderError::Shared(..))));
        std::fs::remove_dir_all(&real)?;
        assert!(matches!(Folder::begin(&link, FORCED, &Stop::default()), Err(FolderError::NoFolder(_))));
        Ok(())
    }
}
