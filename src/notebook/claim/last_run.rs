//! What each claim measured when it last ran on this machine, and how long it took: kept in cargo's target folder,
//! shown by `claims`, certified by `claims verify`, never in the book.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::metric::Metric;
use super::snapshot::Metrics;

/// One run of a claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct LastRun {
    /// From the first line of the claim to its judgement.
    pub seconds: f64,
    /// What came out, with all its digits.
    pub metrics: BTreeMap<String, Metric>,
}

/// Runs by claim.
pub(crate) type LastRuns = BTreeMap<String, LastRun>;

/// A file for each claim.
fn folder(root: &Path) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |named| root.join(named));
    target.join("tmp").join("claims")
}

/// Remembers a run. Losing one is no reason to fail a claim, so errors are dropped.
pub(crate) fn write(root: &Path, claim: &str, seconds: f64, metrics: &Metrics) {
    let run = LastRun { seconds, metrics: metrics.iter().cloned().collect() };
    let _ = write_in(&folder(root), claim, &run);
}

fn write_in(folder: &Path, claim: &str, run: &LastRun) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join(format!("{claim}.json")), serde_json::to_string(run)?)
}

/// The last runs on this machine; none where nothing ever ran.
pub(crate) fn read_all(root: &Path) -> LastRuns {
    read_in(&folder(root))
}

fn read_in(folder: &Path) -> LastRuns {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let run = |entry: std::fs::DirEntry| {
        let run = serde_json::from_slice(&std::fs::read(entry.path()).ok()?).ok()?;
        Some((entry.file_name().to_str()?.strip_suffix(".json")?.to_owned(), run))
    };
    entries.filter_map(run).collect()
}

/// Forgets the last runs of some claims, so that what is found afterwards ran afterwards.
pub(crate) fn forget<'a>(root: &Path, claims: impl IntoIterator<Item = &'a str>) {
    forget_in(&folder(root), claims);
}

fn forget_in<'a>(folder: &Path, claims: impl IntoIterator<Item = &'a str>) {
    claims.into_iter().for_each(|claim| {
        let _ = std::fs::remove_file(folder.join(format!("{claim}.json")));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::claim::metric::{Reading, Tolerance, Value};

    #[test]
    fn a_run_is_found_again_with_all_its_digits() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = root.path().join("runs");
        let value = Value { value: 0.1 + 0.2, tolerance: Tolerance::Relative(1e-3), limit: None, spread: None };
        let metrics = BTreeMap::from([("sum".to_owned(), Metric::new("a sum", Reading::Value(value)))]);
        let run = LastRun { seconds: 1.25, metrics };
        write_in(&folder, "a_claim", &run).expect("a file");
        assert_eq!(read_in(&folder), BTreeMap::from([("a_claim".to_owned(), run)]));
        forget_in(&folder, ["a_claim"]);
        assert!(read_in(&folder).is_empty());
        assert!(read_in(Path::new("/nowhere")).is_empty());
    }
}
