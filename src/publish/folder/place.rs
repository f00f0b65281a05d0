//! The place where a folder is to stand: what it is called without links, what stands there and whose it is, and the
//! one step that puts another in its stead.

use std::collections::BTreeSet;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::{FolderError, Kind};
use crate::publish::{harmless, read};

/// The list of what was written, in every folder: its kind, then a file a line.
pub(super) const LIST: &str = ".attention-regression";
/// More than any list of ours, in bytes.
const LONGEST_LIST: u64 = 1 << 24;

/// A place without links, `.` or `..`: what is there of it, and the rest as it is named.
pub(super) fn resolved(goal: &Path) -> Result<PathBuf, FolderError> {
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
pub(super) fn refuse(named: &Path, goal: &Path, kind: Kind) -> Result<(), FolderError> {
    if goal.symlink_metadata().is_err() {
        return Ok(());
    }
    if !goal.is_dir() {
        return Err(FolderError::NoFolder(named.to_path_buf()));
    }
    if std::env::current_dir().and_then(|here| here.canonicalize()).is_ok_and(|here| here.starts_with(goal)) {
        return Err(FolderError::Here(named.to_path_buf()));
    }
    let cannot = |error| FolderError::Io { path: named.to_path_buf(), error };
    if !kind.replaces {
        let empty = goal.read_dir().map_err(cannot)?.next().is_none();
        return if empty { Ok(()) } else { Err(FolderError::Exists(named.to_path_buf())) };
    }
    ours(goal, kind).map(drop).map_err(|names| FolderError::Foreign {
        folder: named.to_path_buf(),
        names,
        made_by: kind.made_by,
    })
}

/// The files of an earlier result, or the names of what a folder holds besides; none in an empty folder.
pub(super) fn ours(folder: &Path, kind: Kind) -> Result<Vec<String>, String> {
    let cannot = |error: io::Error| format!("what cannot be read ({error})");
    if folder.symlink_metadata().is_ok_and(|about| about.is_symlink()) {
        return Err("a link to another folder".to_owned());
    }
    // A folder of somebody else's is not searched.
    let Ok(list) = read(&folder.join(LIST), LONGEST_LIST) else {
        let names: Result<Vec<String>, _> = folder
            .read_dir()
            .map_err(cannot)?
            .map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()))
            .collect();
        let mut names = names.map_err(cannot)?;
        names.sort();
        return if names.is_empty() { Ok(names) } else { Err(few(&names.iter().collect::<Vec<_>>())) };
    };
    let mut lines = list.lines();
    let listed: BTreeSet<&str> =
        if lines.next() == Some(kind.made_by) { lines.chain([LIST]).collect() } else { BTreeSet::new() };
    let there = files_below(folder).map_err(cannot)?;
    let foreign: Vec<&String> = there.iter().filter(|name| !listed.contains(name.as_str())).collect();
    if foreign.is_empty() { Ok(there) } else { Err(few(&foreign)) }
}

/// `a`, `b`, `c` and 4 more.
fn few(names: &[&String]) -> String {
    const SHOWN: usize = 3;
    let shown = names.iter().take(SHOWN).map(|name| format!("`{}`", harmless(name))).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN { format!("{shown} and {} more", names.len() - SHOWN) } else { shown }
}

/// Everything below a folder that is no folder, and folders that are empty, sorted: with `/` between names and behind
/// an empty folder, `@` behind what is no plain file, such as a link, which is not followed.
pub(super) fn files_below(folder: &Path) -> io::Result<Vec<String>> {
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
            match entry.file_type()? {
                kind if kind.is_dir() => below.push(name + "/"),
                kind if kind.is_file() => found.push(name),
                _ => found.push(name + "@"),
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Removes the files of a result by name, and the folders that this leaves empty. Nothing else.
pub(super) fn remove(folder: &Path, files: &[String]) {
    for file in files {
        let _ = std::fs::remove_file(folder.join(file));
    }
    let folders: BTreeSet<PathBuf> =
        files.iter().flat_map(|file| Path::new(file).ancestors().skip(1).map(Path::to_path_buf)).collect();
    // The deepest first.
    folders.iter().rev().for_each(|below| drop(std::fs::remove_dir(folder.join(below))));
}

/// A folder that is made beside another, under a name that nothing had.
pub(super) fn created(goal: &Path, what: &str) -> io::Result<PathBuf> {
    for number in 0.. {
        let path = goal.with_file_name(format!("{LIST}.{what}-{}-{number}", std::process::id()));
        match std::fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

/// Why a folder could not be put in its place.
pub(super) fn why_not(error: &io::Error) -> String {
    use io::ErrorKind::{AlreadyExists, DirectoryNotEmpty, NotADirectory};
    match error.kind() {
        AlreadyExists | DirectoryNotEmpty | NotADirectory => "is there by now".to_owned(),
        _ => format!("cannot be replaced: {error}"),
    }
}

/// Puts `new` where `goal` is, in one step where the system has one. Returns where what stood there is.
pub(super) fn exchange(new: &Path, goal: &Path) -> io::Result<PathBuf> {
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
    // A rename takes the place of an empty folder.
    let old = created(goal, "old")?;
    #[cfg(not(unix))]
    std::fs::remove_dir(&old)?;
    std::fs::rename(goal, &old)?;
    std::fs::rename(new, goal).inspect_err(|_| drop(std::fs::rename(&old, goal)))?;
    Ok(old)
}
