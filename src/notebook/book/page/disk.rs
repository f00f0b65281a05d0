//! The pages on the disk: which of them differ from what was woven, and how they are written over what was woven
//! before.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{MARK, PAGES, Pages};
use crate::diagnostic::Diagnostic;
use crate::publish::files_below;

/// Every difference between the woven pages and the files below `root`.
pub fn stale(root: &Path, pages: &Pages) -> Vec<Diagnostic> {
    let cure = "run `cargo run` and commit book/src";
    let files = pages.files();
    let compared = files.iter().filter_map(|(path, text)| {
        let path = Path::new(PAGES).join(path);
        let Ok(there) = std::fs::read_to_string(root.join(&path)) else {
            return Some(Diagnostic::new(path, "is missing", cure));
        };
        let there = there.replace("\r\n", "\n");
        let line = 1 + there.lines().zip(text.lines()).take_while(|(old, new)| old == new).count();
        (&there != text).then(|| Diagnostic::at(path, line, "is stale", cure))
    });
    let foreign = others(root, &files).map_or_else(
        |problem| vec![problem],
        |others| {
            let cure = "run `cargo run`, or move the file out of book/src if it is yours";
            others.into_iter().map(|path| Diagnostic::new(path, "is woven from nothing", cure)).collect()
        },
    );
    compared.chain(foreign).collect()
}

/// Writes the pages that changed and removes woven pages that are no more. Returns how many files changed.
///
/// # Errors
/// A file that cannot be written, or one in the way that was not woven.
pub fn write(root: &Path, pages: &Pages) -> Result<usize, Diagnostic> {
    let files = pages.files();
    let mut changed = 0;
    let failed = |path: &Path, error: std::io::Error| {
        Diagnostic::new(path, format!("cannot be written: {error}"), "check that book/src is writable")
    };
    for below in others(root, &files)? {
        refuse_foreign(root, &below)?;
        std::fs::remove_file(root.join(&below)).map_err(|error| failed(&below, error))?;
        changed += 1;
    }
    for (path, text) in &files {
        let below = Path::new(PAGES).join(path);
        let target = root.join(&below);
        if std::fs::read_to_string(&target).is_ok_and(|there| &there == text) {
            continue;
        }
        if target.symlink_metadata().is_ok() {
            refuse_foreign(root, &below)?;
        }
        target
            .parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| std::fs::write(&target, text))
            .map_err(|error| failed(&below, error))?;
        changed += 1;
    }
    Ok(changed)
}

/// What else stands below [`PAGES`], as paths below the root; nothing before the first book is woven.
fn others(root: &Path, files: &BTreeMap<PathBuf, String>) -> Result<Vec<PathBuf>, Diagnostic> {
    match files_below(&root.join(PAGES)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(Diagnostic::new(PAGES, format!("cannot be read: {error}"), "check the folder's permissions")),
        Ok(there) => Ok(there
            .into_iter()
            .filter(|path| !files.contains_key(path))
            .map(|path| Path::new(PAGES).join(path))
            .collect()),
    }
}

/// Refuses what stands among the pages and was not woven; a link too, which would lead the pen elsewhere.
fn refuse_foreign(root: &Path, below: &Path) -> Result<(), Diagnostic> {
    let path = root.join(below);
    let plain = path.symlink_metadata().is_ok_and(|about| about.is_file());
    if plain && std::fs::read_to_string(&path).is_ok_and(|text| text.starts_with(MARK)) {
        return Ok(());
    }
    Err(Diagnostic::new(
        below,
        "was not woven by this notebook",
        "move it out of book/src: everything there is generated",
    ))
}
