//! Claims repeated on draws that their author never looked at: what held how often, kept in
//! `snapshots/replication.toml`.
//!
//! A test finds in the environment variable [`DRAW`] the one draw to take in place of its own, and writes what it
//! judged to the folder that [`FOLDER`] names. [`Replication::add`] counts. A claim is told as *not replicated since*
//! where its test, what its chapter shares or what all claims share has changed; what it calls in `src` moves its
//! snapshot and is not looked at here.
//!
//! ```
//! use attention_regression::notebook::claim::replication::{Replication, interval};
//!
//! let text = "[claims.sum]\ndraws = \"101..140\"\nof = 40\nheld = 39\ndrawn = true\nran = \"\"\njudgements = {}";
//! let sum = &Replication::parse(text)?.claims["sum"];
//! assert_eq!((sum.words().as_str(), sum.is_enough()), ("39 of 40 fresh draws", true));
//! let (low, high) = interval(sum.held, sum.of);
//! assert!((low - 0.8684).abs() < 1e-4 && (high - 0.9994).abs() < 1e-4);
//! # Ok::<(), attention_regression::diagnostic::Diagnostic>(())
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::Digest as _;
use statrs::distribution::{Beta, ContinuousCDF as _};

use super::evidence::Judged;
use super::snapshot;
use super::sticky::rounded;
use crate::diagnostic::{Diagnostic, line_of};
use crate::notebook::registry::{Claim, Registry};

/// The environment variable that names the one draw to take.
pub const DRAW: &str = "ATTENTION_REGRESSION_DRAW";
/// The environment variable that names the folder for what a run judged.
pub const FOLDER: &str = "ATTENTION_REGRESSION_JUDGED";
/// The file, below the root.
pub const FILE: &str = "snapshots/replication.toml";
/// A claim that holds in a smaller share of fresh draws says more than is true.
pub const ENOUGH: f64 = 0.95;
/// Significant digits of the ends of a range.
const DIGITS: usize = 3;

/// What held how often on fresh draws.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Replication {
    /// Claims by name.
    #[serde(default)]
    pub claims: BTreeMap<String, Replicated>,
}

/// One claim on fresh draws.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replicated {
    /// The draws, as `101..140`: both ends are among them.
    pub draws: String,
    /// How many there are.
    pub of: u64,
    /// In how many of them every judgement held.
    pub held: u64,
    /// Whether anything that is judged depends on the draw.
    pub drawn: bool,
    /// Digest of what was run.
    pub ran: String,
    /// Each number that the claim judges.
    pub judgements: BTreeMap<String, Rate>,
}

/// One judgement on fresh draws.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// In how many draws it held.
    pub held: u64,
    /// A twentieth of the values over all draws lies below this.
    pub low: f64,
    /// A twentieth lies above this.
    pub high: f64,
}

/// What one run of a claim on one draw judged.
pub type Run = BTreeMap<String, Judged>;

impl Replicated {
    /// The share of draws in which it held.
    pub fn share(&self) -> f64 {
        self.held as f64 / self.of as f64
    }

    /// Whether it holds often enough for a sentence without a rate.
    pub fn is_enough(&self) -> bool {
        self.share() >= ENOUGH
    }

    /// `40 of 40 fresh draws`.
    pub fn words(&self) -> String {
        format!("{} of {} fresh draws", self.held, self.of)
    }

    /// Whether a claim is still what was run.
    pub fn is_of(&self, registry: &Registry, claim: &Claim) -> bool {
        self.ran == fingerprint(registry, claim)
    }

    fn of_runs(draws: &str, runs: &[Option<Run>], ran: String) -> Self {
        let names: BTreeSet<&String> = runs.iter().flatten().flat_map(BTreeMap::keys).collect();
        let judgements: BTreeMap<String, Rate> =
            names.into_iter().map(|name| (name.clone(), Rate::of(name, runs))).collect();
        let all_held = |run: &&Option<Run>| {
            run.as_ref()
                .is_some_and(|run| judgements.keys().all(|name| run.get(name).is_some_and(|judged| judged.held)))
        };
        let same = |name: &String| {
            runs.windows(2).all(|pair| values(pair[0].as_ref(), name) == values(pair[1].as_ref(), name))
        };
        Self {
            draws: draws.to_owned(),
            of: runs.len() as u64,
            held: runs.iter().filter(all_held).count() as u64,
            drawn: judgements.keys().any(|name| !same(name)),
            ran,
            judgements,
        }
    }
}

impl Rate {
    fn of(name: &str, runs: &[Option<Run>]) -> Self {
        let held = runs.iter().flatten().filter(|run| run.get(name).is_some_and(|judged| judged.held)).count();
        let mut all: Vec<f64> = runs
            .iter()
            .filter_map(|run| values(run.as_ref(), name))
            .flatten()
            .copied()
            .filter(|value| value.is_finite())
            .collect();
        all.sort_by(f64::total_cmp);
        Self {
            held: held as u64,
            low: rounded(quantile(&all, 0.05), DIGITS),
            high: rounded(quantile(&all, 0.95), DIGITS),
        }
    }
}

fn values<'a>(run: Option<&'a Run>, name: &str) -> Option<&'a Vec<f64>> {
    run?.get(name).map(|judged| &judged.values)
}

/// Of sorted numbers, linear between them; 0 where there is none.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let place = share * last as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    below + (above - below) * place.fract()
}

/// The exact 95 % interval for a rate that was seen `held` times of `of` (Clopper and Pearson 1934).
pub fn interval(held: u64, of: u64) -> (f64, f64) {
    let end =
        |a: u64, b: u64, share: f64| Beta::new(a as f64, b as f64).map_or(f64::NAN, |beta| beta.inverse_cdf(share));
    let low = if held == 0 { 0.0 } else { end(held, of - held + 1, 0.025) };
    let high = if held == of { 1.0 } else { end(held + 1, of - held, 0.975) };
    (low, high)
}

/// A digest of what a claim runs: its test, what its chapter shares, what all chapters share. Prose does not count.
pub fn fingerprint(registry: &Registry, claim: &Claim) -> String {
    let chapter = registry
        .chapters
        .iter()
        .find(|chapter| chapter.id == claim.chapter)
        .map_or("", |chapter| chapter.shared.as_str());
    let mut digest = sha2::Sha256::new();
    [registry.shared.as_str(), chapter, claim.code.as_str()].into_iter().for_each(|text| digest.update(text));
    digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

impl Replication {
    /// Puts the runs of some claims in the place of what was known of them. Each has a run for every draw, or none
    /// where it ended in an error.
    pub fn add(&mut self, registry: &Registry, draws: &str, runs: &BTreeMap<String, Vec<Option<Run>>>) {
        for claim in registry.claims() {
            if let Some(runs) = runs.get(&claim.id) {
                self.claims.insert(claim.id.clone(), Replicated::of_runs(draws, runs, fingerprint(registry, claim)));
            }
        }
        self.claims.retain(|id, _| registry.claim(id).is_some());
    }

    /// What is known below `root`; nothing where there is no file yet.
    ///
    /// # Errors
    /// The file cannot be read or understood.
    pub fn read(root: &Path) -> Result<Self, Diagnostic> {
        match std::fs::read_to_string(root.join(FILE)) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Diagnostic::new(FILE, format!("cannot be read: {error}"), "check its permissions")),
        }
    }

    /// From the text of the file.
    ///
    /// # Errors
    /// A sentence with the line.
    pub fn parse(text: &str) -> Result<Self, Diagnostic> {
        toml::from_str(text).map_err(|error| {
            let line = line_of(text, error.span().map_or(0, |span| span.start));
            Diagnostic::at(FILE, line, error.message().to_owned(), "write it anew with `cargo run -- claims replicate`")
        })
    }

    /// The text of the file.
    ///
    /// # Errors
    /// The name of a number that is none.
    pub fn text(&self) -> Result<String, String> {
        let head = "# Claims on draws that nobody looked at while they were written: `cargo run -- claims replicate` writes this file.\n\n";
        match toml::Value::try_from(self).map_err(|error| error.to_string())? {
            toml::Value::Table(table) => Ok(format!("{head}{}", snapshot::write(&table)?)),
            other => Err(format!("a replication is a table, not {}", other.type_str())),
        }
    }

    /// What is known of a claim, if it is still what was run.
    pub fn current(&self, registry: &Registry, claim: &Claim) -> Option<&Replicated> {
        self.claims.get(&claim.id).filter(|replicated| replicated.is_of(registry, claim))
    }
}

/// Where a run writes what it judged.
fn path(folder: &Path, claim: &str) -> PathBuf {
    folder.join(format!("{claim}.json"))
}

/// Writes what a claim judged.
///
/// # Errors
/// The file cannot be written.
pub fn write_run(folder: &Path, claim: &str, run: &Run) -> std::io::Result<()> {
    // A number that is none is written as null and read as NaN.
    let lossy: BTreeMap<&String, (bool, Vec<Option<f64>>)> = run
        .iter()
        .map(|(name, judged)| {
            (name, (judged.held, judged.values.iter().map(|value| value.is_finite().then_some(*value)).collect()))
        })
        .collect();
    std::fs::write(path(folder, claim), serde_json::to_vec(&lossy).map_err(std::io::Error::other)?)
}

/// Reads what a claim judged; none where its run ended before it could.
pub fn read_run(folder: &Path, claim: &str) -> Option<Run> {
    let lossy: BTreeMap<String, (bool, Vec<Option<f64>>)> =
        serde_json::from_slice(&std::fs::read(path(folder, claim)).ok()?).ok()?;
    let judged = |(held, values): (bool, Vec<Option<f64>>)| Judged {
        held,
        values: values.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect(),
    };
    Some(lossy.into_iter().map(|(name, run)| (name, judged(run))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(values: &[f64], held: bool) -> Option<Run> {
        Some(BTreeMap::from([("gap".to_owned(), Judged { held, values: values.to_vec() })]))
    }

    #[test]
    fn a_claim_holds_in_a_draw_if_all_of_it_does() {
        let replicated = Replicated::of_runs(
            "1..4",
            &[run(&[1.0], true), run(&[2.0], true), run(&[9.0], false), None],
            "x".to_owned(),
        );
        assert_eq!((replicated.held, replicated.of, replicated.drawn), (2, 4, true));
        assert_eq!((replicated.judgements["gap"].held, replicated.is_enough()), (2, false));
        let still = Replicated::of_runs("1..2", &[run(&[1.0], true), run(&[1.0], true)], "x".to_owned());
        assert_eq!((still.drawn, still.is_enough(), still.words()), (false, true, "2 of 2 fresh draws".to_owned()));
    }

    #[test]
    fn a_range_leaves_a_twentieth_on_either_side() {
        let all: Vec<f64> = (0..=100).map(f64::from).collect();
        assert_eq!(
            (quantile(&all, 0.05), quantile(&all, 0.95), quantile(&[], 0.05), quantile(&[3.0], 0.95)),
            (5.0, 95.0, 0.0, 3.0)
        );
        assert_eq!(quantile(&[0.0, 1.0], 0.25), 0.25);
    }

    /// Against the closed forms at the ends, and a value from R's binom.test.
    #[test]
    fn an_interval_is_exact() {
        let near = |a: f64, b: f64| (a - b).abs() < 1e-6;
        let (low, high) = interval(40, 40);
        assert!(near(low, 0.025_f64.powf(1.0 / 40.0)) && high == 1.0, "{low} {high}");
        let (low, high) = interval(0, 40);
        assert!(low == 0.0 && near(high, 1.0 - 0.025_f64.powf(1.0 / 40.0)), "{low} {high}");
        let (low, high) = interval(38, 40);
        assert!((low - 0.8308).abs() < 1e-4 && (high - 0.9939).abs() < 1e-4, "{low} {high}");
    }

    #[test]
    fn the_file_is_read_as_it_was_written() {
        let mut replication = Replication::default();
        replication.claims.insert(
            "a_claim".to_owned(),
            Replicated::of_runs("101..102", &[run(&[1.0, 2.0], true), run(&[3.0], true)], "ab".to_owned()),
        );
        let text = replication.text().expect("finite numbers");
        assert_eq!(Replication::parse(&text), Ok(replication));
        assert!(
            Replication::parse("claims = 3")
                .is_err_and(|problem| problem.to_string().starts_with("snapshots/replication.toml:1: "))
        );
        assert_eq!(Replication::read(Path::new("/nowhere")), Ok(Replication::default()));
    }

    #[test]
    fn a_run_is_found_again_with_what_is_no_number() {
        let folder = tempfile::tempdir().expect("a folder");
        let judged = run(&[1.5, f64::NAN], false).expect("a run");
        write_run(folder.path(), "a_claim", &judged).expect("written");
        let found = read_run(folder.path(), "a_claim").expect("there");
        assert!(!found["gap"].held && found["gap"].values[0] == 1.5 && found["gap"].values[1].is_nan());
        assert_eq!(read_run(folder.path(), "another"), None);
    }
}
