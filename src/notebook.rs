//! The loom: weaves claims, snapshots and figures into a book.
//!
//! [`registry`] reads the claims, [`evidence`] collects what their tests measure, [`snapshot`] keeps it as [`metric`]s
//! and [`figure`]s, [`prose`] and [`math`] put numbers and formulas in place, [`mod@weave`] makes pages of it all,
//! [`render`] makes HTML of the pages and [`inspect`] checks that; [`difference`] says what a change did to a claim's numbers,
//! [`mod@review`] to the book, on a page that stands alone ([`standalone`]); [`certificate`] says which claims held where. It knows no linear algebra.

pub mod catalogue;
pub mod certificate;
pub mod difference;
pub mod evidence;
pub mod figure;
pub mod inspect;
pub mod last_run;
pub mod math;
pub mod metric;
pub mod number;
pub mod prose;
pub mod provenance;
pub mod registry;
pub mod replication;
pub mod render;
pub mod review;
pub mod snapshot;
pub mod standalone;
pub mod weave;
pub mod wording;

use std::path::{Path, PathBuf};

use registry::Problem;

/// The nearest folder at or above `start` that holds a notebook: one with `snapshots` and `tests/claims`.
///
/// # Errors
/// There is none.
pub fn find_root(start: &Path) -> Result<PathBuf, Problem> {
    let is_root = |folder: &&Path| folder.join(snapshot::FOLDER).is_dir() && folder.join(registry::CONTENTS).is_file();
    start.ancestors().find(is_root).map(Path::to_path_buf).ok_or_else(|| {
        let what = format!("holds no notebook, and no folder above it does: {} and {} are missing", snapshot::FOLDER, registry::CONTENTS);
        Problem::new(start, 0, what, "run inside a checkout, or name one with --root DIR")
    })
}

/// Files at or below a folder, as sorted paths relative to it; none where the folder cannot be read.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        for entry in std::fs::read_dir(folder.join(&below)).into_iter().flatten().flatten() {
            let path = below.join(entry.file_name());
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}
