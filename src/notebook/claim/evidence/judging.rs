//! From a measurement to a judgement: what may follow `measure`, `breaks` and `contrast`.

use super::{Evidence, Values};
use crate::notebook::claim::metric::{Contrast, Expected, Limit, Metric, Reading, Removed, Spread, Tolerance, Value};
use crate::notebook::claim::wording;

/// Something measured, and not yet remembered or judged.
#[must_use = "say how far it may move, with `within`"]
#[derive(Debug)]
pub struct Measure<'e>(Pending<'e>);

/// Something measured with the tolerance of its snapshot, and not yet judged.
#[must_use = "judge it, or say that it is only `noted`"]
#[derive(Debug)]
pub struct Bounded<'e>(Pending<'e>, Tolerance);

/// A measure with a hypothesis removed.
#[must_use = "say by how much it breaks the limit"]
#[derive(Debug)]
pub struct Removing<'e> {
    pending: Pending<'e>,
    from: String,
    instead: String,
}

/// A measure with a hypothesis removed, and the tolerance of its snapshot.
#[must_use = "say by how much it breaks the limit"]
#[derive(Debug)]
pub struct Broken<'e>(Removing<'e>, Tolerance);

/// Two measures that are compared.
#[must_use = "say how far it may move, with `within`"]
#[derive(Debug)]
pub struct Compared<'e> {
    evidence: &'e mut Evidence,
    name: String,
    words: String,
    contrast: Contrast,
}

/// Two measures that are compared, and the tolerance of the snapshot.
#[must_use = "say by how much they differ"]
#[derive(Debug)]
pub struct Contrasted<'e>(Compared<'e>, Tolerance);

#[derive(Debug)]
struct Pending<'e> {
    evidence: &'e mut Evidence,
    name: String,
    words: String,
    values: Vec<f64>,
}

impl<'e> Measure<'e> {
    pub(super) fn new(evidence: &'e mut Evidence, name: &str, words: &str, Values(values): Values) -> Self {
        Self(Pending { evidence, name: name.to_owned(), words: words.to_owned(), values })
    }

    /// How far it may move before its snapshot is out of date.
    pub fn within(self, tolerance: Tolerance) -> Bounded<'e> {
        Bounded(self.0, tolerance)
    }
}

impl Bounded<'_> {
    /// Every value must be no more than this.
    pub fn at_most(self, limit: f64) {
        self.judged(Limit::AtMost(limit), None);
    }

    /// Every value must be no less than this.
    pub fn at_least(self, limit: f64) {
        self.judged(Limit::AtLeast(limit), None);
    }

    /// Every value must be `value`, as far as theory allows: a number that the test computes by another road, whose
    /// formula is the `source`.
    pub fn equals(self, value: f64, source: &str, allowed: Tolerance) {
        self.judged(Limit::Expected(Expected { value, allowed }), Some(source));
    }

    /// Every value must be one that somebody published: the `source` says where.
    pub fn published(self, value: f64, source: &str, allowed: Tolerance) {
        self.judged(Limit::Expected(Expected { value, allowed }), Some(source));
    }

    /// It is not judged: its snapshot alone remembers it.
    pub fn noted(self) {
        let Self(pending, tolerance) = self;
        pending.push(tolerance, None, |metric| metric);
    }

    fn judged(self, limit: Limit, source: Option<&str>) {
        let Self(mut pending, tolerance) = self;
        if source.is_some_and(|source| source.trim().is_empty()) {
            pending.fail("an expected value has a source: say which formula gives it, or who published it".to_owned());
        }
        pending.hold(limit, "");
        pending.push(tolerance, Some(limit), |metric| Metric { source: source.map(str::to_owned), ..metric });
    }
}

impl<'e> Removing<'e> {
    pub(super) fn new(
        evidence: &'e mut Evidence,
        name: &str,
        from: &str,
        instead: &str,
        Values(values): Values,
    ) -> Self {
        let words = evidence.metric(from).map_or_else(String::new, |metric| metric.measures.clone());
        let pending = Pending { evidence, name: name.to_owned(), words, values };
        Self { pending, from: from.to_owned(), instead: instead.to_owned() }
    }

    /// How far it may move before its snapshot is out of date.
    pub fn within(self, tolerance: Tolerance) -> Broken<'e> {
        Broken(self, tolerance)
    }

    /// It vanishes but for rounding, which is at most `bound`: so it misses a limit from below by `by` and more.
    pub fn vanishing(mut self, bound: f64, by: f64) {
        let limit = self.limit(by, 0.0);
        let Self { mut pending, from, instead } = self;
        match limit {
            Some(Limit::AtMost(limit)) if bound <= limit => {}
            Some(Limit::AtMost(limit)) => pending.fail(format!(
                "the control vanishes up to {bound:.1e}, and must be below {limit:.1e} to break {from} by {by}"
            )),
            Some(_) => pending
                .fail(format!("the control vanishes, and that does not break {from}, which is small or exact itself")),
            None => {}
        }
        let gap = pending.values.iter().fold(0.0_f64, |worst, value| worst.max(value.abs()));
        let reading = pending.evidence.vanishing(&pending.name, &pending.words, gap, bound);
        let metric = Metric { removed: Some(Removed { from, instead, by }), ..Metric::new(&pending.words, reading) };
        pending.evidence.push(&pending.name, metric, pending.values);
    }

    /// What breaks the limit of the metric it is taken from by that factor, on the side where `value` lies.
    fn limit(&mut self, by: f64, value: f64) -> Option<Limit> {
        let Self { pending, from, instead } = self;
        let limit = pending.evidence.metric(from).and_then(|metric| match metric.reading {
            _ if metric.is_control() => None,
            Reading::Rounding { rounding_at_most, .. } => Some(Limit::AtMost(rounding_at_most)),
            Reading::Count { exactly, must: true } => {
                Some(Limit::Expected(Expected { value: exactly as f64, allowed: Tolerance::Absolute(1.0) }))
            }
            Reading::Count { .. } => None,
            Reading::Value(value) => value.limit,
        });
        let broken = limit.and_then(|limit| limit.broken(by, value));
        if instead.trim().is_empty() {
            pending.fail("a control removes a hypothesis: say what holds instead".to_owned());
        }
        if by < 1.0 || by.is_nan() {
            pending.fail(format!("a control that breaks its limit by {by} obeys it: the factor is at least one"));
        }
        match (limit, broken) {
            (None, _) => {
                pending.fail(format!("`{from}` is no metric with a limit that this test recorded before: a control breaks the limit of its own measure"))
            }
            (Some(_), None) => pending.fail(format!("the limit of `{from}` is not positive, so that no factor breaks it: measure something whose limit is")),
            _ => {}
        }
        broken
    }
}

impl Broken<'_> {
    /// In every run it misses the limit by that factor.
    pub fn by(self, factor: f64) {
        let Self(mut removing, tolerance) = self;
        let first = removing.pending.values.first().copied().unwrap_or(f64::NAN);
        let limit = removing.limit(factor, first);
        let Removing { mut pending, from, instead } = removing;
        if let Some(limit) = limit {
            pending.hold(limit, ": the control no longer breaks the claim");
        }
        pending
            .push(tolerance, limit, |metric| Metric { removed: Some(Removed { from, instead, by: factor }), ..metric });
    }
}

impl<'e> Compared<'e> {
    pub(super) fn new(evidence: &'e mut Evidence, name: &str, words: &str, above: &str, below: &str) -> Self {
        let contrast = Contrast { above: above.to_owned(), below: below.to_owned() };
        Self { evidence, name: name.to_owned(), words: words.to_owned(), contrast }
    }

    /// How far it may move before its snapshot is out of date.
    pub fn within(self, tolerance: Tolerance) -> Contrasted<'e> {
        Contrasted(self, tolerance)
    }
}

impl Contrasted<'_> {
    /// The one is at least `factor` times the other; both are positive.
    pub fn by(self, factor: f64) {
        let wrong = (factor <= 1.0 || factor.is_nan())
            .then(|| format!("a factor of {factor} lets both be equal: a contrast has a margin"));
        self.judged(factor, |above, below| if below > 0.0 { above / below } else { f64::NAN }, wrong);
    }

    /// The one exceeds the other by at least `difference`.
    pub fn apart(self, difference: f64) {
        let wrong = (difference <= 0.0 || difference.is_nan())
            .then(|| format!("a difference of {difference} lets both be equal: a contrast has a margin"));
        self.judged(difference, |above, below| above - below, wrong);
    }

    fn judged(self, margin: f64, compare: impl Fn(f64, f64) -> f64, wrong: Option<String>) {
        let Self(Compared { evidence, name, words, contrast }, tolerance) = self;
        let of = |metric: &String| evidence.runs(metric).to_vec();
        let (above, below) = (of(&contrast.above), of(&contrast.below));
        let values = if above.len() == below.len() {
            above.iter().zip(&below).map(|(&above, &below)| compare(above, below)).collect()
        } else {
            vec![compare(
                above.iter().copied().fold(f64::INFINITY, f64::min),
                below.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            )]
        };
        let mut pending = Pending { evidence, name, words, values };
        for (metric, values) in [(&contrast.above, &above), (&contrast.below, &below)] {
            if values.is_empty() {
                pending
                    .fail(format!("`{metric}` was not measured before: a contrast compares two metrics of this test"));
            }
        }
        if let Some(wrong) = wrong {
            pending.fail(wrong);
        }
        pending.hold(Limit::AtLeast(margin), "");
        pending.push(tolerance, Some(Limit::AtLeast(margin)), |metric| Metric { contrast: Some(contrast), ..metric });
    }
}

impl Pending<'_> {
    fn fail(&mut self, what: String) {
        self.evidence.fail(&self.name, what);
    }

    /// A failure where a value does not obey `limit`.
    fn hold(&mut self, limit: Limit, moral: &str) {
        let broken = self.values.iter().filter(|&&value| !limit.allows(value)).count();
        let (lowest, highest) = range(&self.values);
        match (broken, self.values.len()) {
            (0, _) => {}
            (_, 1) => self.fail(format!("{} is {lowest:.6e}, must be {}{moral}", self.words, wording::limit(limit))),
            (_, runs) => self.fail(format!(
                "{} lies in {lowest:.4e} … {highest:.4e}; {broken} of {runs} runs are not {}{moral}",
                self.words,
                wording::limit(limit)
            )),
        }
    }

    fn push(mut self, tolerance: Tolerance, limit: Option<Limit>, finish: impl FnOnce(Metric) -> Metric) {
        if self.values.is_empty() {
            self.fail(format!("{} was measured in no run", self.words));
            return;
        }
        let (lowest, highest) = range(&self.values);
        let runs = i64::try_from(self.values.len()).unwrap_or(i64::MAX);
        let spread = (runs > 1).then_some(Spread { lowest, highest, runs });
        let reading = Reading::Value(Value { value: median(&self.values), tolerance, limit, spread });
        self.evidence.push(&self.name, finish(Metric::new(&self.words, reading)), self.values);
    }
}

/// The smallest and the largest; NaN where one of them is.
fn range(values: &[f64]) -> (f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    (sorted.first().copied().unwrap_or(f64::NAN), sorted.last().copied().unwrap_or(f64::NAN))
}

/// The middle value, or the mean of the two in the middle.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => sorted[half],
        _ => f64::midpoint(sorted[half - 1], sorted[half]),
    }
}
