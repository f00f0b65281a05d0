//! What a claim's test collects before it is judged.
//!
//! A judgement never panics on the spot: it is collected, so that `record!` can write the snapshots first and a
//! reviewer sees what came out. The judgement carries the claim; the snapshot only remembers digits.

use std::collections::BTreeSet;
use std::time::Instant;

use super::figure::Figure;
use super::metric::{self, Limit, Metric, Reading, Spread, Tolerance, Value};
use super::registry::Kind;
use super::snapshot::{self, FIGURE, Metrics};

/// Where a claim stands, as `build.rs` found it.
#[derive(Debug, Clone, Copy)]
pub struct Site {
    /// The claim's name.
    pub id: &'static str,
    /// Its chapter.
    pub chapter: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// Its file.
    pub file: &'static str,
    /// The line of its test.
    pub line: usize,
}

/// Measurements and judgements of one claim.
#[derive(Debug, Clone)]
pub struct Evidence {
    started: Instant,
    metrics: Metrics,
    figure: Option<Figure>,
    failures: Vec<String>,
}

/// What `record!` writes and reports.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    /// Names and texts of the snapshots.
    pub snapshots: Vec<(String, String)>,
    /// Judgements that failed, one sentence each.
    pub failures: Vec<String>,
    /// What was measured, with all its digits.
    pub measured: Metrics,
    /// Since the first line of the claim.
    pub seconds: f64,
}

/// A tolerance that is a share of the magnitude.
pub fn relative(share: f64) -> Tolerance {
    Tolerance::Relative(share)
}

/// A tolerance in the number's own unit.
pub fn absolute(width: f64) -> Tolerance {
    Tolerance::Absolute(width)
}

/// No more than this.
pub fn at_most(limit: f64) -> Limit {
    Limit::AtMost(limit)
}

/// No less than this.
pub fn at_least(limit: f64) -> Limit {
    Limit::AtLeast(limit)
}

/// This, within the tolerance.
pub fn expected(value: f64) -> Limit {
    Limit::Expected(value)
}

impl Evidence {
    /// Nothing measured yet.
    #[expect(clippy::new_without_default, reason = "a claim's clock starts here, and a default would hide that")]
    pub fn new() -> Self {
        Self { started: Instant::now(), metrics: Metrics::new(), figure: None, failures: Vec::new() }
    }

    /// A gap that vanishes in exact arithmetic: judged against `bound`, which the claim derives, with a decade to spare.
    pub fn rounding(&mut self, name: &str, measures: &str, gap: f64, bound: f64) {
        self.vanishes(name, measures, false, gap, bound);
    }

    /// The measure with a hypothesis removed, where it then vanishes instead of growing: judged like [`Self::rounding`].
    pub fn vanishing_control(&mut self, name: &str, measures: &str, gap: f64, bound: f64) {
        self.vanishes(name, measures, true, gap, bound);
    }

    fn vanishes(&mut self, name: &str, measures: &str, control: bool, gap: f64, bound: f64) {
        let headroom = metric::headroom(gap, bound);
        if !(gap.is_finite() && bound.is_finite() && headroom >= 1) {
            self.failures.push(format!("{name}: {measures} is {gap:.1e}; rounding may reach a tenth of {bound:.1e} and no more"));
        }
        // What is not finite is refused by name when the snapshot is written.
        let rounding_at_most = if gap.is_finite() { bound } else { gap };
        self.push(name, measures, control, Reading::Rounding { rounding_at_most, headroom });
    }

    /// A count, compared exactly with the accepted one.
    pub fn count(&mut self, name: &str, measures: &str, count: usize) {
        self.push(name, measures, false, Reading::Count { exactly: i64::try_from(count).unwrap_or(i64::MAX) });
    }

    /// A count that must be `expected`.
    pub fn exactly(&mut self, name: &str, measures: &str, count: usize, expected: usize) {
        if count != expected {
            self.failures.push(format!("{name}: {measures} is {count}, must be {expected}"));
        }
        self.count(name, measures, count);
    }

    /// A number that is recorded and not judged: the snapshot alone watches it.
    pub fn note(&mut self, name: &str, measures: &str, value: f64, tolerance: Tolerance) {
        self.push(name, measures, false, Reading::Value(Value { value, tolerance, limit: None, spread: None }));
    }

    /// A number that must obey `limit`.
    pub fn judge(&mut self, name: &str, measures: &str, value: f64, tolerance: Tolerance, limit: Limit) {
        self.value(name, measures, false, Value { value, tolerance, limit: Some(limit), spread: None });
    }

    /// The measure with a hypothesis removed: it must fall on the far side of `limit`.
    pub fn control(&mut self, name: &str, measures: &str, value: f64, tolerance: Tolerance, limit: Limit) {
        self.value(name, measures, true, Value { value, tolerance, limit: Some(limit), spread: None });
    }

    /// One number per seed: every one must obey `limit`; the median and the range are recorded.
    pub fn seeds(&mut self, name: &str, measures: &str, values: &[f64], tolerance: Tolerance, limit: Limit) {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (Some(&lowest), Some(&highest)) = (sorted.first(), sorted.last()) else {
            self.failures.push(format!("{name}: {measures} was measured on no seed"));
            return;
        };
        let half = sorted.len() / 2;
        let median = if sorted.len() % 2 == 1 { sorted[half] } else { f64::midpoint(sorted[half - 1], sorted[half]) };
        let broken = values.iter().filter(|&&value| !limit.allows(value, tolerance)).count();
        if broken > 0 {
            self.failures.push(format!(
                "{name}: {measures} lies in {lowest:.4e} … {highest:.4e}; {broken} of {} seeds are not {}",
                values.len(),
                sentence(limit, tolerance)
            ));
        }
        let spread = Spread { lowest, highest, seeds: i64::try_from(values.len()).unwrap_or(i64::MAX) };
        self.push(name, measures, false, Reading::Value(Value { value: median, tolerance, limit: Some(limit), spread: Some(spread) }));
    }

    /// The claim's figure.
    pub fn figure(&mut self, figure: Figure) {
        if self.figure.replace(figure).is_some() {
            self.failures.push("a claim has one figure; this one drew two".to_owned());
        }
    }

    fn value(&mut self, name: &str, measures: &str, control: bool, value: Value) {
        if let Some(limit) = value.limit
            && !limit.allows(value.value, value.tolerance)
        {
            let (role, moral) = if control { ("control ", ": the control no longer breaks the claim") } else { ("", "") };
            self.failures.push(format!("{role}{name}: {measures} is {:.6e}, must be {}{moral}", value.value, sentence(limit, value.tolerance)));
        }
        self.push(name, measures, control, Reading::Value(value));
    }

    fn push(&mut self, name: &str, measures: &str, control: bool, reading: Reading) {
        self.metrics.push((name.to_owned(), Metric { measures: measures.to_owned(), control, reading }));
    }

    /// The texts to keep, with accepted digits where nothing moved, and every judgement that failed.
    /// `accepted` returns the accepted text of a snapshot.
    pub fn recording(mut self, site: &Site, accepted: &dyn Fn(&str) -> Option<String>) -> Recording {
        self.check_kind(site.kind);
        let name = format!("{}__{}", site.chapter, site.id);
        let mut snapshots = Vec::new();
        let before = accepted(&name).and_then(|text| snapshot::read_metrics(&text).ok());
        match snapshot::write_metrics(&self.metrics, before.as_ref()) {
            Ok(text) => snapshots.push((name.clone(), text)),
            Err(what) => self.failures.push(format!("{what}: a snapshot holds finite numbers only")),
        }
        if let Some(figure) = &self.figure {
            let name = name + FIGURE;
            let before = accepted(&name).and_then(|text| snapshot::read_figure(&text).ok());
            match snapshot::write_figure(figure, before.as_ref()) {
                Ok(text) => snapshots.push((name, text)),
                Err(what) => self.failures.push(format!("the figure's {what}: a snapshot holds finite numbers only")),
            }
        }
        Recording { snapshots, failures: self.failures, measured: self.metrics, seconds: self.started.elapsed().as_secs_f64() }
    }

    /// A claim has teeth, and shows what its kind promises.
    fn check_kind(&mut self, kind: Kind) {
        let mut names = BTreeSet::new();
        let twice = self.metrics.iter().find(|(name, _)| !names.insert(name)).map(|(name, _)| name);
        self.failures.extend(twice.map(|name| format!("two metrics are called {name}: give each its own name")));
        if !self.metrics.iter().any(|(_, metric)| metric.control) {
            self.failures.push("there is no control: remove a hypothesis and assert by how much the claim then fails".to_owned());
        }
        let evidence = || self.metrics.iter().filter(|(_, metric)| !metric.control).map(|(_, metric)| metric.reading);
        let (shown, need) = match kind {
            Kind::Identity => (evidence().any(|reading| matches!(reading, Reading::Rounding { .. })), "a gap judged by `rounding`"),
            Kind::Measured => (evidence().any(|reading| matches!(reading, Reading::Value(Value { spread: Some(_), .. }))), "an effect judged by `seeds`"),
            Kind::Bound | Kind::Rate | Kind::Counterexample => {
                let judged = |reading| matches!(reading, Reading::Rounding { .. } | Reading::Value(Value { limit: Some(_), .. }));
                (evidence().any(judged), "a number judged by `judge`, `rounding` or `seeds`")
            }
        };
        if !shown {
            self.failures.push(format!("a claim of kind `{}` needs {need}", kind.name()));
        }
    }
}

fn sentence(limit: Limit, tolerance: Tolerance) -> String {
    match limit {
        Limit::AtMost(limit) => format!("at most {limit:e}"),
        Limit::AtLeast(limit) => format!("at least {limit:e}"),
        Limit::Expected(expected) => format!("{expected:e} ± {:.1e}", tolerance.margin(expected)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: Site = Site { id: "a_claim", chapter: "chapter", kind: Kind::Identity, file: "tests/claims/chapter.rs", line: 1 };

    fn good() -> Evidence {
        let mut evidence = Evidence::new();
        evidence.rounding("gap", "gap", 1e-15, 1e-12);
        evidence.control("moved", "gap, moved", 2.0, relative(1e-3), at_least(1.0));
        evidence
    }

    #[test]
    fn evidence_that_holds_is_written_and_silent() {
        let recording = good().recording(&SITE, &|_| None);
        assert_eq!(recording.failures, [""; 0]);
        assert_eq!(recording.snapshots[0].0, "chapter__a_claim");
        assert_eq!(
            recording.snapshots[0].1,
            "[gap]\nmeasures = \"gap\"\nrounding_at_most = 1e-12\nheadroom = 3\n\n[moved]\nmeasures = \"gap, moved\"\ncontrol = true\nvalue = 2e0\nrelative = 1e-3\nat_least = 1e0\n"
        );
    }

    #[test]
    fn every_way_to_fail_is_collected() {
        let mut evidence = Evidence::new();
        evidence.rounding("gap", "gap", 1e-3, 1e-12);
        evidence.judge("share", "share", 0.4, relative(1e-3), at_least(0.5));
        evidence.seeds("errors", "errors", &[1.0, 3.0, 2.0], relative(1e-3), at_most(2.5));
        evidence.exactly("rank", "rank", 7, 8);
        evidence.note("gap", "twice", 1.0, relative(1e-3));
        let failures = evidence.recording(&Site { kind: Kind::Identity, ..SITE }, &|_| None).failures.join("\n");
        for part in [
            "gap: gap is 1.0e-3",
            "share: share is 4.000000e-1, must be at least 5e-1",
            "1 of 3 seeds are not at most 2.5e0",
            "rank is 7, must be 8",
            "two metrics are called gap",
            "there is no control",
        ] {
            assert!(failures.contains(part), "{part} is missing from\n{failures}");
        }
    }

    #[test]
    fn a_control_that_stops_failing_is_called_out() {
        let mut evidence = good();
        evidence.control("other", "other", 0.5, relative(1e-3), at_least(1.0));
        let failures = evidence.recording(&SITE, &|_| None).failures;
        assert_eq!(failures, ["control other: other is 5.000000e-1, must be at least 1e0: the control no longer breaks the claim"]);
    }

    #[test]
    fn what_is_not_finite_is_refused_by_name() {
        let mut evidence = good();
        evidence.note("lost", "lost", f64::NAN, relative(1e-3));
        let recording = evidence.recording(&SITE, &|_| None);
        assert!(recording.snapshots.is_empty());
        assert!(recording.failures[0].contains("lost.value is NaN"), "{:?}", recording.failures);
    }

    #[test]
    fn accepted_digits_stay_until_something_moves() {
        let text = good().recording(&SITE, &|_| None).snapshots.remove(0).1;
        let edited = text.replace("value = 2e0", "value = 2.001e0");
        let again = good().recording(&SITE, &|_| Some(edited.clone())).snapshots.remove(0).1;
        assert_eq!(again, edited, "within the tolerance the accepted digits stay");
        let edited = text.replace("value = 2e0", "value = 2.1e0");
        assert_eq!(good().recording(&SITE, &|_| Some(edited.clone())).snapshots.remove(0).1, text);
        let widened = text.replace("relative = 1e-3", "relative = 1e-1").replace("value = 2e0", "value = 2.1e0");
        assert_eq!(good().recording(&SITE, &|_| Some(widened.clone())).snapshots.remove(0).1, text, "a widened tolerance shows");
    }
}
