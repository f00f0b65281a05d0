//! The commands of the notebook.

pub(crate) mod book;
pub(crate) mod claims;
pub(crate) mod diff;
pub(crate) mod review;
mod watch;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::claim::snapshot;
use super::registry::{self};
use crate::diagnostic::Diagnostic;
use crate::publish::harmless_json;

#[derive(Args)]
pub(crate) struct Root {
    /// The notebook: the folder that holds `snapshots` [default: the nearest at or above this one]
    #[arg(long, global = true, value_name = "DIR")]
    root: Option<PathBuf>,
}

/// The exit code that follows, or what went wrong.
pub(crate) type Done = Result<ExitCode, Vec<Diagnostic>>;

pub(crate) fn root(place: &Root) -> Result<PathBuf, Vec<Diagnostic>> {
    let here = std::env::current_dir().map_err(|error| {
        vec![Diagnostic::new(".", format!("cannot be read: {error}"), "change into a folder that exists")]
    })?;
    let found = match &place.root {
        Some(folder) if !folder.is_dir() => {
            return Err(vec![Diagnostic::new(folder, "is no folder", "name the notebook's with --root DIR")]);
        }
        Some(folder) => find_root(folder).map_err(|problem| vec![problem])?,
        None => find_root(&here).map_err(|problem| vec![problem])?,
    };
    Ok(found)
}

fn as_json(document: &impl serde::Serialize) -> Result<String, Vec<Diagnostic>> {
    let text = serde_json::to_string_pretty(document).map(|text| harmless_json(&text));
    text.map_err(|error| {
        vec![Diagnostic::new(
            "the document",
            format!("cannot be written: {error}"),
            "report this: it should not happen",
        )]
    })
}

/// The nearest folder at or above `start` that holds a notebook: one with `snapshots` and `tests/claims`.
fn find_root(start: &Path) -> Result<PathBuf, Diagnostic> {
    let is_root = |folder: &&Path| folder.join(snapshot::FOLDER).is_dir() && folder.join(registry::CONTENTS).is_file();
    start.ancestors().find(is_root).map(Path::to_path_buf).ok_or_else(|| {
        let what = format!(
            "holds no notebook, and no folder above it does: {} and {} are missing",
            snapshot::FOLDER,
            registry::CONTENTS
        );
        Diagnostic::new(start, what, "run inside a checkout, or name one with --root DIR")
    })
}
