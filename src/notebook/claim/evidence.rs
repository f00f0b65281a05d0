//! What a claim's test collects before it is judged.
//!
//! A judgement never panics on the spot: it is collected, so that `record!` can write the snapshots first and a
//! reviewer sees what came out. The judgement carries the claim; the snapshot only remembers digits.
//!
//! What is measured is named once, with its words, its values and the limit that the claim sets:
//!
//! ```
//! # use attention_regression::notebook::claim::evidence::{Evidence, relative};
//! # let mut evidence = Evidence::new();
//! # let (gaps, plain, tied, separate) = (vec![1e-7, 2e-7], 0.3, vec![1.2, 1.3], vec![0.7, 0.9]);
//! evidence.measure("gap", "gap in outputs", gaps).within(relative(0.05)).at_most(1e-6);
//! evidence.breaks("raw", "gap", "the keys are not whitened", plain).within(relative(1e-3)).by(1000.0);
//! evidence.measure("tied", "error, tied weights", tied).within(relative(0.05)).noted();
//! evidence.measure("separate", "error, separate weights", separate).within(relative(0.05)).noted();
//! evidence.contrast("price", "error, tied over separate", "tied", "separate").within(relative(0.05)).by(1.2);
//! ```
//!
//! `within` says how far a number may move before its snapshot is out of date. What theory allows is part of the limit.

mod judging;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

pub use judging::{Bounded, Broken, Compared, Contrasted, Measure, Removing, median};
pub use values::Values;

use super::metric::{self, Metric, Reading, Tolerance, Value};
use super::snapshot::{self, FIGURE, Metrics};
use crate::notebook::registry::{Claim, Kind};
use crate::publish::figure::Figure;

/// What the sources say of the claim that is judged.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// The claim's name.
    pub id: &'a str,
    /// Its chapter.
    pub chapter: &'a str,
    /// Its kind.
    pub kind: Kind,
    /// The metric that stands for it.
    pub headline: &'a str,
}

impl<'a> Site<'a> {
    /// That of a claim.
    pub fn of(claim: &'a Claim) -> Self {
        Self { id: &claim.id, chapter: &claim.chapter, kind: claim.head.kind, headline: &claim.head.headline }
    }
}

/// Measurements and judgements of one claim.
#[derive(Debug, Clone)]
pub struct Evidence {
    started: Instant,
    metrics: Metrics,
    /// What each metric was measured as, run by run.
    values: BTreeMap<String, Vec<f64>>,
    figure: Option<Figure>,
    failures: Vec<Failure>,
}

/// A judgement that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Failure {
    /// The metric that it is about, if it is about one.
    metric: Option<String>,
    /// One sentence.
    what: String,
}

/// One judgement of a run, for a replication.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Judged {
    /// Whether it held.
    pub held: bool,
    /// What was measured, run by run.
    pub values: Vec<f64>,
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
    /// Every number that the claim judges, by name.
    pub judged: BTreeMap<String, Judged>,
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

impl Evidence {
    /// Nothing measured yet.
    #[expect(clippy::new_without_default, reason = "a claim's clock starts here, and a default would hide that")]
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
            metrics: Metrics::new(),
            values: BTreeMap::new(),
            figure: None,
            failures: Vec::new(),
        }
    }

    /// Something measured once, or once in every run: every value must obey the limit that follows. Of several the
    /// median and the range are recorded.
    pub fn measure(&mut self, name: &str, words: &str, values: impl Into<Values>) -> Measure<'_> {
        Measure::new(self, name, words, values.into())
    }

    /// A gap that vanishes in exact arithmetic: judged against `bound`, which the claim derives, with a decade to
    /// spare.
    pub fn rounding(&mut self, name: &str, words: &str, gap: f64, bound: f64) {
        let reading = self.vanishing(name, words, gap, bound);
        self.push(name, Metric::new(words, reading), vec![gap]);
    }

    /// A count, which its snapshot remembers exactly.
    pub fn count(&mut self, name: &str, words: &str, count: usize) {
        self.counted(name, words, count, false);
    }

    /// A count that must be `expected`.
    pub fn exactly(&mut self, name: &str, words: &str, count: usize, expected: usize) {
        if count != expected {
            self.fail(name, format!("{words} is {count}, must be {expected}"));
        }
        self.counted(name, words, count, true);
    }

    /// The measure of the metric `from` with one hypothesis of the claim removed: `instead`, a clause, says what holds
    /// in its place. It must miss the limit of that metric, in every run.
    pub fn breaks(&mut self, name: &str, from: &str, instead: &str, values: impl Into<Values>) -> Removing<'_> {
        Removing::new(self, name, from, instead, values.into())
    }

    /// Two metrics of one measure under two conditions, `above` and `below`: the one must lie above the other, run by
    /// run where they have as many runs as each other, otherwise in all of them.
    pub fn contrast(&mut self, name: &str, words: &str, above: &str, below: &str) -> Compared<'_> {
        Compared::new(self, name, words, above, below)
    }

    /// The claim's figure.
    pub fn figure(&mut self, figure: Figure) {
        if self.figure.replace(figure).is_some() {
            self.failures.push(Failure { metric: None, what: "a claim has one figure; this one drew two".to_owned() });
        }
    }

    /// How a gap compares with a bound on rounding: a failure where less than a decade is left.
    fn vanishing(&mut self, name: &str, words: &str, gap: f64, bound: f64) -> Reading {
        let headroom = metric::headroom(gap, bound);
        if !(gap.is_finite() && bound.is_finite() && headroom >= 1) {
            self.fail(name, format!("{words} is {gap:.1e}; rounding may reach a tenth of {bound:.1e} and no more"));
        }
        // What is not finite is refused by name when the snapshot is written.
        Reading::Rounding { rounding_at_most: if gap.is_finite() { bound } else { gap }, headroom }
    }

    fn counted(&mut self, name: &str, words: &str, count: usize, must: bool) {
        let reading = Reading::Count { exactly: i64::try_from(count).unwrap_or(i64::MAX), must };
        let value = count as f64;
        self.push(name, Metric::new(words, reading), vec![value]);
    }

    fn push(&mut self, name: &str, metric: Metric, values: Vec<f64>) {
        self.metrics.push((name.to_owned(), metric));
        self.values.insert(name.to_owned(), values);
    }

    fn fail(&mut self, name: &str, what: String) {
        self.failures.push(Failure { metric: Some(name.to_owned()), what: format!("{name}: {what}") });
    }

    /// What a metric was measured as, run by run; nothing of one that was not.
    fn runs(&self, name: &str) -> &[f64] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// The metric of that name, as far as the test has come.
    fn metric(&self, name: &str) -> Option<&Metric> {
        snapshot::metric(&self.metrics, name)
    }

    /// The texts to keep, with accepted digits where nothing moved, and every judgement that failed.
    /// `accepted` returns the accepted text of a snapshot.
    pub fn recording(mut self, site: &Site<'_>, accepted: &dyn Fn(&str) -> Option<String>) -> Recording {
        self.check(site);
        let name = format!("{}__{}", site.chapter, site.id);
        let mut failures: Vec<String> = self.failures.iter().map(|failure| failure.what.clone()).collect();
        let mut snapshots = Vec::new();
        let before = accepted(&name).and_then(|text| snapshot::read_metrics(&text).ok());
        match snapshot::write_metrics(&self.metrics, before.as_ref()) {
            Ok(text) => snapshots.push((name.clone(), text)),
            Err(what) => failures.push(format!("{what}: a snapshot holds finite numbers only")),
        }
        if let Some(figure) = &self.figure {
            let name = name + FIGURE;
            let before = accepted(&name).and_then(|text| snapshot::read_figure(&text).ok());
            match snapshot::write_figure(figure, before.as_ref()) {
                Ok(text) => snapshots.push((name, text)),
                Err(what) => failures.push(format!("the figure's {what}: a snapshot holds finite numbers only")),
            }
        }
        let judged = self.judged();
        Recording { snapshots, failures, measured: self.metrics, judged, seconds: self.started.elapsed().as_secs_f64() }
    }

    fn judged(&self) -> BTreeMap<String, Judged> {
        let broken: BTreeSet<&String> = self.failures.iter().filter_map(|failure| failure.metric.as_ref()).collect();
        let judged = self.metrics.iter().filter(|(_, metric)| metric.is_judged());
        judged
            .map(|(name, _)| (name.clone(), Judged { held: !broken.contains(name), values: self.runs(name).to_vec() }))
            .collect()
    }

    /// A claim has teeth, its headline is among what they bite, and it shows what its kind promises.
    fn check(&mut self, site: &Site<'_>) {
        let mut found = Vec::new();
        let mut names = BTreeSet::new();
        let twice = self.metrics.iter().find(|(name, _)| !names.insert(name)).map(|(name, _)| name);
        found.extend(twice.map(|name| format!("two metrics are called {name}: give each its own name")));
        if !self.metrics.iter().any(|(_, metric)| metric.is_control() || metric.contrast.is_some()) {
            found.push(
                "there is no control: remove a hypothesis with `breaks`, or compare two conditions with `contrast`"
                    .to_owned(),
            );
        }
        found.extend(self.check_headline(site.headline));
        let evidence = || self.metrics.iter().filter(|(_, metric)| !metric.is_control());
        let (shown, need) = match site.kind {
            Kind::Identity => (
                evidence().any(|(_, metric)| matches!(metric.reading, Reading::Rounding { .. })),
                "a gap judged by `rounding`",
            ),
            Kind::Measured => (
                evidence().any(|(_, metric)| {
                    metric.is_judged() && matches!(metric.reading, Reading::Value(Value { spread: Some(_), .. }))
                }),
                "an effect judged over several runs",
            ),
            Kind::Bound | Kind::Rate | Kind::Counterexample => {
                (evidence().any(|(_, metric)| metric.is_judged()), "a number that is judged")
            }
        };
        if !shown {
            found.push(format!("a claim of kind `{}` needs {need}", site.kind.name()));
        }
        self.failures.extend(found.into_iter().map(|what| Failure { metric: None, what }));
    }

    /// What stands for a claim is judged, and is a contrast or broken by a control.
    fn check_headline(&self, headline: &str) -> Option<String> {
        let Some(metric) = self.metric(headline) else {
            return Some(format!("the headline {headline} is measured nowhere: name a metric of the test"));
        };
        if !metric.is_judged() {
            return Some(format!(
                "the headline {headline} is only noted: give it a limit, or choose a headline that has one"
            ));
        }
        let broken = |other: &Metric| other.removed.as_ref().is_some_and(|removed| removed.from == headline);
        let bitten =
            metric.is_control() || metric.contrast.is_some() || self.metrics.iter().any(|(_, other)| broken(other));
        (!bitten).then(|| format!("no control breaks the headline {headline}: remove one hypothesis of it with `breaks`, or make the headline a `contrast`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: Site<'_> = Site { id: "a_claim", chapter: "chapter", kind: Kind::Identity, headline: "gap" };

    fn good() -> Evidence {
        let mut evidence = Evidence::new();
        evidence.rounding("gap", "gap", 1e-15, 1e-12);
        evidence.breaks("moved", "gap", "nothing moves", 2.0).within(relative(1e-3)).by(1e6);
        evidence
    }

    fn failures(site: Site<'_>, test: impl FnOnce(&mut Evidence)) -> Vec<String> {
        let mut evidence = good();
        test(&mut evidence);
        evidence.recording(&site, &|_| None).failures
    }

    #[test]
    fn evidence_that_holds_is_written_and_silent() {
        let recording = good().recording(&SITE, &|_| None);
        assert_eq!(recording.failures, [""; 0]);
        assert_eq!(recording.snapshots[0].0, "chapter__a_claim");
        assert_eq!(
            recording.snapshots[0].1,
            "[gap]\nmeasures = \"gap\"\nrounding_at_most = 1e-12\nheadroom = 3\n\n[moved]\nmeasures = \"gap\"\nvalue = 2e0\nrelative = 1e-3\nat_least = 1e-6\n\n[moved.removed]\nfrom = \"gap\"\ninstead = \"nothing moves\"\nby = 1e6\n"
        );
        assert_eq!(snapshot::read_metrics(&recording.snapshots[0].1).as_ref(), Ok(&recording.measured));
        assert_eq!(recording.judged["moved"], Judged { held: true, values: vec![2.0] });
    }

    #[test]
    fn every_way_to_fail_is_collected() {
        let told = failures(SITE, |evidence| {
            evidence.rounding("wide", "wide", 1e-3, 1e-12);
            evidence.measure("share", "share", 0.4).within(relative(1e-3)).at_least(0.5);
            evidence.measure("errors", "errors", [1.0, 3.0, 2.0]).within(relative(1e-3)).at_most(2.5);
            evidence.measure("law", "law", 3.0).within(relative(1e-3)).equals(2.0, "one and one", absolute(0.5));
            evidence.measure("none", "none", Vec::new()).within(relative(1e-3)).at_most(1.0);
            evidence.exactly("rank", "rank", 7, 8);
            evidence.measure("gap", "twice", 1.0).within(relative(1e-3)).noted();
        })
        .join("\n");
        for part in [
            "wide is 1.0e-3",
            "share is 4.000000e-1, must be at least 5e-1",
            "1 of 3 runs are not at most 2.5e0",
            "law is 3.000000e0, must be 2e0 ± 5e-1",
            "none was measured in no run",
            "rank is 7, must be 8",
            "two metrics are called gap",
        ] {
            assert!(told.contains(part), "{part} is missing from\n{told}");
        }
    }

    #[test]
    fn a_control_is_of_the_measure_it_breaks() {
        let told = |test: fn(&mut Evidence)| failures(SITE, test);
        let no_limit = "`noted` is no metric with a limit that this test recorded before: a control breaks the limit of its own measure";
        type Case = (fn(&mut Evidence), &'static str);
        let cases: [Case; 8] = [
            (
                |evidence| evidence.breaks("other", "gap", "it", 1e-13).within(relative(1e-3)).by(10.0),
                "must be at least 1e-11: the control no longer breaks the claim",
            ),
            (
                |evidence| evidence.breaks("other", "gap", "it", [1.0, 1e-13]).within(relative(1e-3)).by(10.0),
                "1 of 2 runs are not at least 1e-11",
            ),
            (
                |evidence| evidence.breaks("other", "elsewhere", "it", 1.0).within(relative(1e-3)).by(10.0),
                "`elsewhere` is no metric with a limit",
            ),
            (
                |evidence| {
                    evidence.measure("noted", "noted", 1.0).within(relative(1e-3)).noted();
                    evidence.breaks("other", "noted", "it", 1.0).within(relative(1e-3)).by(10.0);
                },
                no_limit,
            ),
            (
                |evidence| evidence.breaks("other", "moved", "it", 1.0).within(relative(1e-3)).by(10.0),
                "`moved` is no metric with a limit",
            ),
            (
                |evidence| evidence.breaks("other", "gap", " ", 1.0).within(relative(1e-3)).by(10.0),
                "a control removes a hypothesis: say what holds instead",
            ),
            (
                |evidence| evidence.breaks("other", "gap", "it", 1.0).within(relative(1e-3)).by(0.5),
                "the factor is at least one",
            ),
            (
                |evidence| {
                    evidence.measure("sign", "sign", 1.0).within(relative(1e-3)).at_least(0.0);
                    evidence.breaks("other", "sign", "it", -1.0).within(relative(1e-3)).by(10.0);
                },
                "is not positive, so that no factor breaks it",
            ),
        ];
        for (test, what) in cases {
            let told = told(test);
            assert!(told.iter().any(|failure| failure.contains(what)), "{what} is missing from {told:?}");
        }
    }

    #[test]
    fn what_vanishes_breaks_a_limit_from_below_and_no_other() {
        let vanishing = |from: &'static str, bound: f64| {
            failures(SITE, move |evidence| {
                evidence.measure("large", "large", 1.0).within(relative(1e-3)).at_least(0.5);
                evidence.breaks("none", from, "it", 1e-15).vanishing(bound, 100.0);
            })
        };
        assert_eq!(vanishing("large", 1e-12), [""; 0]);
        assert!(vanishing("large", 1e-2)[0].contains("must be below 5.0e-3 to break large by 100"));
        assert!(vanishing("gap", 1e-12)[0].contains("does not break gap"));
    }

    #[test]
    fn a_contrast_orders_two_measures_with_a_margin() {
        let contrast = |above: Vec<f64>, below: Vec<f64>, finish: fn(Contrasted<'_>)| {
            failures(SITE, move |evidence| {
                evidence.measure("high", "error", above).within(relative(1e-3)).noted();
                evidence.measure("low", "error", below).within(relative(1e-3)).noted();
                finish(evidence.contrast("order", "high over low", "high", "low").within(relative(1e-3)));
            })
        };
        assert_eq!(contrast(vec![2.0, 30.0], vec![1.0, 20.0], |contrast| contrast.by(1.4)), [""; 0], "run by run");
        assert_eq!(contrast(vec![2.0, 30.0], vec![1.0], |contrast| contrast.by(1.9)), [""; 0], "all of them");
        assert_eq!(contrast(vec![0.5], vec![-0.5], |contrast| contrast.apart(0.9)), [""; 0]);
        for (above, below, finish, what) in [
            (
                vec![1.0, 1.0],
                vec![1.0, 0.5],
                (|contrast| contrast.by(1.1)) as fn(Contrasted<'_>),
                "1 of 2 runs are not at least 1.1e0",
            ),
            (vec![1.0], vec![1.0], |contrast| contrast.by(1.0), "lets both be equal"),
            (vec![1.0], vec![1.0], |contrast| contrast.apart(0.0), "lets both be equal"),
            (vec![1.0], vec![-1.0], |contrast| contrast.by(2.0), "is NaN, must be at least 2e0"),
        ] {
            let told = contrast(above, below, finish);
            assert!(told.iter().any(|failure| failure.contains(what)), "{what} is missing from {told:?}");
        }
    }

    #[test]
    fn a_headline_is_judged_and_bitten() {
        let headline = |headline: &'static str| {
            failures(Site { headline, ..SITE }, |evidence| {
                evidence.measure("noted", "noted", 1.0).within(relative(1e-3)).noted();
                evidence.measure("alone", "alone", 1.0).within(relative(1e-3)).at_most(2.0);
            })
        };
        assert_eq!(headline("gap"), [""; 0]);
        assert_eq!(headline("moved"), [""; 0]);
        assert!(headline("absent")[0].contains("measured nowhere"));
        assert!(headline("noted")[0].contains("only noted"));
        assert!(headline("alone")[0].contains("no control breaks the headline alone"));
    }

    #[test]
    fn what_is_not_finite_is_refused_by_name() {
        let mut evidence = good();
        evidence.measure("lost", "lost", f64::NAN).within(relative(1e-3)).noted();
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
        assert_eq!(
            good().recording(&SITE, &|_| Some(widened.clone())).snapshots.remove(0).1,
            text,
            "a widened tolerance shows"
        );
    }
}
