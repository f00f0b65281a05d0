//! A folder of results that appears whole or not at all.
//!
//! Files are written into a folder beside the one that was asked for, which is renamed when all are there. What stands in the
//! way is never replaced unless that was asked for, and then only where it is known to be an earlier result: it holds a
//! document of ours under the same name.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// What every folder holds: the document that says what it is.
pub const DOCUMENT: &str = "comparison.json";

/// Folders under way, which an interruption removes.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Why there is no folder.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Something is there.
    #[error("{}: is there already; choose another folder, or replace an earlier result with --force", .0.display())]
    Exists(PathBuf),
    /// Something is there that is not ours.
    #[error("{}: holds no `{DOCUMENT}` of an earlier comparison, so --force does not replace it; choose another folder", .0.display())]
    Foreign(PathBuf),
    /// It cannot be written.
    #[error("{}: cannot be written: {error}; choose a folder that can", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// A folder under way.
#[derive(Debug)]
pub struct Folder {
    goal: PathBuf,
    partial: PathBuf,
}

impl Folder {
    /// Begins a folder; `force` allows an earlier result to be replaced in the end.
    ///
    /// # Errors
    /// Something stands in the way, or the place cannot be written.
    pub fn begin(goal: &Path, force: bool) -> Result<Self, FolderError> {
        let occupied = goal.symlink_metadata().is_ok() && !goal.read_dir().is_ok_and(|mut entries| entries.next().is_none());
        match (occupied, force, ours(goal)) {
            (false, ..) | (true, true, true) => {}
            (true, false, _) => return Err(FolderError::Exists(goal.to_path_buf())),
            (true, true, false) => return Err(FolderError::Foreign(goal.to_path_buf())),
        }
        let name = goal.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let partial = goal.with_file_name(format!(".{name}.partial-{}", std::process::id()));
        std::fs::create_dir_all(&partial).map_err(|error| FolderError::Io { path: goal.to_path_buf(), error })?;
        unfinished().push(partial.clone());
        Ok(Self { goal: goal.to_path_buf(), partial })
    }

    /// Writes one file, below folders that are made on the way.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, name: &str, contents: &[u8]) -> Result<(), FolderError> {
        let path = self.partial.join(name);
        let written = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, contents));
        written.map_err(|error| FolderError::Io { path: self.goal.join(name), error })
    }

    /// Puts the folder where it was asked for.
    ///
    /// # Errors
    /// It cannot be moved there; then what stood there stays.
    pub fn finish(self) -> Result<PathBuf, FolderError> {
        let goal = self.goal.clone();
        let cannot = |error| FolderError::Io { path: goal.clone(), error };
        let old = self.partial.with_extension("old");
        let replaced = goal.symlink_metadata().is_ok();
        if replaced {
            std::fs::rename(&goal, &old).map_err(cannot)?;
        }
        if let Err(error) = std::fs::rename(&self.partial, &goal) {
            if replaced {
                let _ = std::fs::rename(&old, &goal);
            }
            return Err(cannot(error));
        }
        if replaced {
            let _ = std::fs::remove_dir_all(&old);
        }
        Ok(goal)
    }
}

impl Drop for Folder {
    /// What was not finished is removed.
    fn drop(&mut self) {
        unfinished().retain(|partial| *partial != self.partial);
        let _ = std::fs::remove_dir_all(&self.partial);
    }
}

/// Removes every folder that is not finished: for an interruption, after which nothing else runs.
pub fn abandon() {
    unfinished().drain(..).for_each(|partial| {
        let _ = std::fs::remove_dir_all(partial);
    });
}

fn unfinished() -> std::sync::MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Whether a folder is an earlier result.
fn ours(folder: &Path) -> bool {
    let text = std::fs::read(folder.join(DOCUMENT)).unwrap_or_default();
    serde_json::from_slice::<serde_json::Value>(&text).is_ok_and(|document| document["schema"] == super::document::SCHEMA)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> String {
        format!("{{\"schema\": \"{}\"}}", super::super::document::SCHEMA)
    }

    #[test]
    fn a_folder_appears_whole_or_not_at_all() -> Result<(), Box<dyn std::error::Error>> {
        let place = tempfile::tempdir()?;
        let goal = place.path().join("out");
        let folder = Folder::begin(&goal, false)?;
        folder.write("below/file", b"text")?;
        assert!(!goal.exists());
        drop(folder);
        assert_eq!(place.path().read_dir()?.count(), 0, "nothing is left of it");
        let folder = Folder::begin(&goal, false)?;
        folder.write("below/file", b"text")?;
        folder.finish()?;
        assert_eq!(std::fs::read(goal.join("below/file"))?, b"text");
        assert_eq!(place.path().read_dir()?.count(), 1);
        Ok(())
    }

    #[test]
    fn only_an_earlier_result_is_replaced_and_only_when_asked() -> Result<(), Box<dyn std::error::Error>> {
        let place = tempfile::tempdir()?;
        let goal = place.path().join("out");
        std::fs::create_dir(&goal)?;
        drop(Folder::begin(&goal, false)?);
        std::fs::write(goal.join("letter"), "dear")?;
        assert!(matches!(Folder::begin(&goal, false), Err(FolderError::Exists(_))));
        assert!(matches!(Folder::begin(&goal, true), Err(FolderError::Foreign(_))));
        std::fs::write(goal.join(DOCUMENT), document())?;
        assert!(matches!(Folder::begin(&goal, false), Err(FolderError::Exists(_))));
        let folder = Folder::begin(&goal, true)?;
        folder.write(DOCUMENT, document().as_bytes())?;
        folder.finish()?;
        assert!(!goal.join("letter").exists());
        let file = place.path().join("file");
        std::fs::write(&file, "text")?;
        assert!(matches!(Folder::begin(&file, true), Err(FolderError::Foreign(_))));
        assert!(matches!(Folder::begin(&file.join("below"), false), Err(FolderError::Io { .. })));
        Ok(())
    }
}
