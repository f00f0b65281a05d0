//! What each claim measured when it last ran on this machine, and how long it took: kept in cargo's target folder,
//! shown by `claims`, certified by `claims verify`, never in the book.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::metric::Metric;
use super::snapshot::Metrics;

/// One run of a claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LastRun {
    /// From the first line of the claim to its judgement.
    pub seconds: f64,
    /// What came out, with all its digits.
    pub metrics: BTreeMap<String, Metric>,
}

/// Runs by claim.
pub type LastRuns = BTreeMap<String, LastRun>;

/// A file for each claim.
fn folder(root: &Path) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |named| root.join(named));
    target.join("tmp").join("claims")
}

/// Remembers a run. Losing one is no reason to fail a claim, so errors are dropped.
pub fn write(root: &Path, claim: &str, seconds: f64, metrics: &Metrics) {
    let folder = folder(root);
    let run = LastRun { seconds, metrics: metrics.iter().cloned().collect() };
    let text = serde_json::to_string(&run).unwrap_or_default();
    let _ = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(folder.join(format!("{claim}.json")), text));
}

/// The last runs on this machine.
pub fn read_all(root: &Path) -> LastRuns {
    let entries = std::fs::read_dir(folder(root)).into_iter().flatten().filter_map(Result::ok);
    let run = |entry: std::fs::DirEntry| {
        let run = serde_json::from_slice(&std::fs::read(entry.path()).ok()?).ok()?;
        Some((entry.file_name().to_str()?.strip_suffix(".json")?.to_owned(), run))
    };
    entries.filter_map(run).collect()
}

/// Forgets the last runs of some claims, so that what is found afterwards ran afterwards.
pub fn forget<'a>(root: &Path, claims: impl IntoIterator<Item = &'a str>) {
    claims.into_iter().for_each(|claim| {
        let _ = std::fs::remove_file(folder(root).join(format!("{claim}.json")));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::claim::metric::{Reading, Tolerance, Value};

    #[test]
    fn a_run_is_found_again_with_all_its_digits() {
        // Only a target folder below the root is private to this test.
        if std::env::var_os("CARGO_TARGET_DIR").is_none() {
            let root = tempfile::tempdir().expect("a folder");
            let value = Value { value: 0.1 + 0.2, tolerance: Tolerance::Relative(1e-3), limit: None, spread: None };
            let metric = Metric::new("a sum", Reading::Value(value));
            write(root.path(), "a_claim", 1.25, &vec![("sum".to_owned(), metric.clone())]);
            let found = read_all(root.path());
            assert_eq!(
                found["a_claim"],
                LastRun { seconds: 1.25, metrics: BTreeMap::from([("sum".to_owned(), metric)]) }
            );
            forget(root.path(), ["a_claim"]);
            assert!(read_all(root.path()).is_empty());
        }
        assert!(read_all(Path::new("/nowhere")).is_empty());
    }
}
