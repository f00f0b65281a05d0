//! A certificate: which claims held, when, where, and with which numbers; and how another run of them compares.
//!
//! The numbers are those that the tests measured, with all their digits, not the accepted ones: two machines that agree
//! to the last bit are told from two that agree within tolerance.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::last_run::LastRuns;
use super::metric::{Metric, Reading, Spread, Tolerance, Value};
use super::snapshot::{self, FIGURE};
use crate::notebook::registry::{Claim, Registry};
use crate::publish::provenance::{Provenance, digest};

/// The name and version of the document.
pub(crate) const SCHEMA: &str = "attention-regression/certificate/1";

/// What held where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Certificate {
    /// The name and version of the document.
    pub schema: String,
    /// Where and with what the claims ran.
    pub provenance: Provenance,
    /// By name.
    pub claims: BTreeMap<String, Certified>,
}

/// One claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Certified {
    /// Whether its test passed.
    pub holds: bool,
    /// How long it took, where it was recorded.
    pub seconds: Option<f64>,
    /// What it measured.
    pub metrics: BTreeMap<String, Metric>,
    /// The SHA-256 of its figure's accepted snapshot, where it has one.
    pub figure: Option<String>,
}

/// How a claim compares with itself elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sameness {
    /// To the last bit.
    Same,
    /// Every number within the smaller of its tolerances.
    WithinTolerance,
    /// It holds here and not there, measures something else, or a number is beyond its tolerance.
    Different,
}

impl Sameness {
    /// In words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::WithinTolerance => "same within tolerance",
            Self::Different => "different",
        }
    }
}

impl Certificate {
    /// Of claims that just ran: `passed` says of each that did whether its test passed.
    pub(crate) fn new(root: &Path, registry: &Registry, passed: &BTreeMap<String, bool>, runs: &LastRuns) -> Self {
        let claim = |(id, &holds): (&String, &bool)| {
            let run = runs.get(id);
            let certified = Certified {
                holds,
                seconds: run.map(|run| run.seconds),
                // A test that failed before it measured leaves none.
                metrics: run.map(|run| run.metrics.clone()).unwrap_or_default(),
                figure: registry.claim(id).and_then(|claim| figure(root, claim)),
            };
            (id.clone(), certified)
        };
        Self { schema: SCHEMA.to_owned(), provenance: Provenance::of(root), claims: passed.iter().map(claim).collect() }
    }

    /// How this run's claims compare with another's; those that only one of them has are different.
    pub(crate) fn compare(&self, other: &Self) -> BTreeMap<String, (Sameness, String)> {
        let names = self.claims.keys().chain(other.claims.keys());
        names.map(|name| (name.clone(), compare(self.claims.get(name), other.claims.get(name)))).collect()
    }
}

fn figure(root: &Path, claim: &Claim) -> Option<String> {
    std::fs::read(root.join(snapshot::path(&format!("{}{FIGURE}", claim.snapshot())))).ok().map(|bytes| digest(&bytes))
}

fn compare(here: Option<&Certified>, there: Option<&Certified>) -> (Sameness, String) {
    let (Some(here), Some(there)) = (here, there) else {
        return (Sameness::Different, format!("is only {}", if here.is_some() { "here" } else { "in the other" }));
    };
    if here.holds != there.holds {
        return (
            Sameness::Different,
            format!("holds {}", if here.holds { "here and not in the other" } else { "in the other and not here" }),
        );
    }
    if here.figure != there.figure {
        return (Sameness::Different, "the accepted figure is another".to_owned());
    }
    let names: std::collections::BTreeSet<&String> = here.metrics.keys().chain(there.metrics.keys()).collect();
    let of = |name: &&String| match (here.metrics.get(*name), there.metrics.get(*name)) {
        (Some(a), Some(b)) => (readings(a.reading, b.reading), (*name).clone()),
        _ => (Sameness::Different, (*name).clone()),
    };
    let worst = names.iter().map(of).max_by_key(|(sameness, _)| *sameness);
    worst.map_or((Sameness::Same, String::new()), |(sameness, name)| {
        (sameness, if sameness == Sameness::Same { String::new() } else { name })
    })
}

fn readings(a: Reading, b: Reading) -> Sameness {
    match (a, b) {
        (Reading::Count { exactly: a, .. }, Reading::Count { exactly: b, .. }) => told(a == b, false),
        (
            Reading::Rounding { rounding_at_most: a, headroom: c },
            Reading::Rounding { rounding_at_most: b, headroom: d },
        ) => {
            // A bound is as good as its first digits; rounding itself may differ by decades.
            told(a.total_cmp(&b).is_eq() && c == d, (a - b).abs() <= 0.1 * a.abs())
        }
        (Reading::Value(a), Reading::Value(b)) => values(a, b),
        _ => Sameness::Different,
    }
}

fn values(a: Value, b: Value) -> Sameness {
    let numbers = |value: Value| {
        let ends = value.spread.map(|Spread { lowest, highest, .. }| [lowest, highest]);
        std::iter::once(value.value).chain(ends.into_iter().flatten()).collect::<Vec<f64>>()
    };
    let margin = |tolerance: Tolerance, number: f64| tolerance.margin(number);
    let (a_numbers, b_numbers) = (numbers(a), numbers(b));
    let pairs = || a_numbers.iter().zip(&b_numbers);
    let same = a_numbers.len() == b_numbers.len() && pairs().all(|(a, b)| a.total_cmp(b).is_eq());
    let close = |(x, y): (&f64, &f64)| (x - y).abs() <= margin(a.tolerance, *y).min(margin(b.tolerance, *y));
    told(same, a_numbers.len() == b_numbers.len() && pairs().all(close))
}

fn told(same: bool, close: bool) -> Sameness {
    match (same, close) {
        (true, _) => Sameness::Same,
        (false, true) => Sameness::WithinTolerance,
        (false, false) => Sameness::Different,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certified(value: f64) -> Certified {
        let value = Value { value, tolerance: Tolerance::Relative(1e-2), limit: None, spread: None };
        let metric = Metric::new("", Reading::Value(value));
        Certified { holds: true, seconds: None, metrics: BTreeMap::from([("gap".to_owned(), metric)]), figure: None }
    }

    #[test]
    fn a_bit_a_tolerance_and_more_are_told_apart() {
        let of = |here: f64, there: f64| compare(Some(&certified(here)), Some(&certified(there)));
        assert_eq!(of(1.0, 1.0), (Sameness::Same, String::new()));
        assert_eq!(of(1.0, 1.0 + f64::EPSILON), (Sameness::WithinTolerance, "gap".to_owned()));
        assert_eq!(of(1.0, 1.02), (Sameness::Different, "gap".to_owned()));
    }

    #[test]
    fn what_only_one_has_or_only_one_proves_is_different() {
        assert_eq!(compare(Some(&certified(1.0)), None), (Sameness::Different, "is only here".to_owned()));
        let fails = Certified { holds: false, ..certified(1.0) };
        assert_eq!(
            compare(Some(&fails), Some(&certified(1.0))),
            (Sameness::Different, "holds in the other and not here".to_owned())
        );
        let other = Certified { metrics: BTreeMap::new(), ..certified(1.0) };
        assert_eq!(compare(Some(&certified(1.0)), Some(&other)).0, Sameness::Different);
    }
}
