//! `diff`: what differs between two texts of one snapshot, for insta's review.

use std::path::Path;
use std::process::ExitCode;

use super::Done;
use crate::console::say;
use crate::diagnostic::Diagnostic;
use crate::notebook::review::difference;

/// insta hands over both texts as files named after the snapshot.
pub(crate) fn diff(old: &Path, new: &Path) -> Done {
    let cannot = |path: &Path, error| vec![Diagnostic::new(path, format!("cannot be read: {error}"), "name two files")];
    let read = |path: &Path| std::fs::read_to_string(path).map_err(|error| cannot(path, error));
    let name = new.file_name().unwrap_or(new.as_os_str()).to_string_lossy();
    let lines = difference::text(&name, &read(old)?, &read(new)?);
    say(&lines.map_err(|(line, what)| vec![Diagnostic::at(new, line, what, "compare two texts of one snapshot")])?)?;
    Ok(ExitCode::SUCCESS)
}
