//! How long each claim took when it last ran: kept in the target folder, shown by `claims`, never in the book.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Seconds by claim.
pub type Times = BTreeMap<String, f64>;

/// A file for each claim, in cargo's target folder.
fn folder(root: &Path) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |named| root.join(named));
    target.join("tmp").join("claims")
}

/// Remembers a time. Losing one is no reason to fail a claim, so errors are dropped.
pub fn write(root: &Path, claim: &str, seconds: f64) {
    let folder = folder(root);
    let _ = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(folder.join(claim), format!("{seconds:.3}\n")));
}

/// The times of the last runs on this machine.
pub fn read_all(root: &Path) -> Times {
    let entries = std::fs::read_dir(folder(root)).into_iter().flatten().filter_map(Result::ok);
    let time = |entry: std::fs::DirEntry| {
        let seconds = std::fs::read_to_string(entry.path()).ok()?.trim().parse().ok()?;
        Some((entry.file_name().into_string().ok()?, seconds))
    };
    entries.filter_map(time).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_found_again() {
        let root = std::env::temp_dir().join(format!("attention-regression-times-{}", std::process::id()));
        write(&root, "a_claim", 1.25);
        // Only a target folder below the root is private to this test.
        if std::env::var_os("CARGO_TARGET_DIR").is_none() {
            assert_eq!(read_all(&root), BTreeMap::from([("a_claim".to_owned(), 1.25)]));
            assert!(std::fs::remove_dir_all(&root).is_ok());
        }
        assert!(read_all(Path::new("/nowhere")).is_empty());
    }
}
