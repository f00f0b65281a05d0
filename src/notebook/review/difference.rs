//! What a change did to the numbers of a claim: which moved, from where to where, and by how many of their tolerances.
//!
//! Two readings of one metric are compared as they stand in snapshots, so digits within tolerance never differ. What is
//! no move but a looser judgement, a widened tolerance, a lowered limit, another label, is a remark in words, and a
//! control that no longer breaks its claim is called out first of all. [`figure`] does the same for the numbers of a
//! figure.

pub(crate) mod figure;
mod remarks;
mod table;

use crate::notebook::claim::metric::{Metric, Reading, Tolerance, Value};
use crate::notebook::claim::snapshot::{Metrics, metric};
use crate::notebook::claim::wording;

pub(crate) use table::text;

/// One metric that is not what it was.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Difference {
    /// Its name.
    pub name: String,
    /// What it was, where it existed.
    pub before: Option<Metric>,
    /// What it is, where it still exists.
    pub after: Option<Metric>,
}

/// What a reader is warned of, as a question to a difference.
pub(super) type Test = fn(&Difference) -> bool;

/// Every metric that differs, in the order of the new ones; those that are gone come last.
pub(crate) fn between(before: &Metrics, after: &Metrics) -> Vec<Difference> {
    let difference = |name: &String| Difference {
        name: name.clone(),
        before: metric(before, name).cloned(),
        after: metric(after, name).cloned(),
    };
    let gone = before.iter().filter(|(name, _)| metric(after, name).is_none());
    let all = after.iter().chain(gone).map(|(name, _)| difference(name));
    all.filter(|difference| difference.before != difference.after).collect()
}

impl Difference {
    /// The two numbers, where both readings are numbers that moved.
    pub(crate) fn numbers(&self) -> Option<[f64; 2]> {
        let [before, after] = self.values()?;
        (before.value.total_cmp(&after.value).is_ne()).then_some([before.value, after.value])
    }

    fn values(&self) -> Option<[Value; 2]> {
        match (self.before.as_ref()?.reading, self.after.as_ref()?.reading) {
            (Reading::Value(before), Reading::Value(after)) => Some([before, after]),
            _ => None,
        }
    }

    /// The metric as it is, or as it was where it is gone.
    pub(crate) fn latest(&self) -> Option<&Metric> {
        self.after.as_ref().or(self.before.as_ref())
    }

    /// The change as a share of the accepted number; none from zero.
    pub(crate) fn relative(&self) -> Option<f64> {
        let [before, after] = self.numbers()?;
        (before != 0.0).then(|| (after - before) / before.abs())
    }

    /// The change in tolerances.
    pub(crate) fn tolerances(&self) -> Option<f64> {
        let ([from, to], [before, after]) = (self.numbers()?, self.values()?);
        away(before, after, from, to)
    }

    /// The furthest move in tolerances, of the value and of the ends of its range over runs.
    pub(crate) fn furthest(&self) -> Option<f64> {
        let ends = self.values().into_iter().flat_map(|[before, after]| ends(before, after)).filter_map(|end| end.away);
        let further = |largest: f64, away: f64| if away.abs() > largest.abs() { away } else { largest };
        self.tolerances().into_iter().chain(ends).reduce(further)
    }

    /// Whether the value itself moved, whatever became of tolerance, limit and range.
    pub(crate) fn value_moved(&self) -> bool {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) if self.values().is_none() => before.reading != after.reading,
            _ => self.numbers().is_some(),
        }
    }

    /// Whether it is a control that no longer breaks the claim.
    pub(crate) fn tamed(&self) -> bool {
        self.after.as_ref().is_some_and(|metric| metric.is_control() && disobeyed(metric.reading).is_some())
    }

    /// Whether what it is does not obey its limit, and it is no control.
    pub(crate) fn failing(&self) -> bool {
        self.after.as_ref().is_some_and(|metric| !metric.is_control() && disobeyed(metric.reading).is_some())
    }

    /// Whether it is a count that moved: by more than any tolerance, for it has none.
    pub(crate) fn recounted(&self) -> bool {
        let count = |metric: &Option<Metric>| match metric.as_ref()?.reading {
            Reading::Count { exactly, .. } => Some(exactly),
            _ => None,
        };
        count(&self.before).zip(count(&self.after)).is_some_and(|(before, after)| before != after)
    }

    /// Whether its tolerance became wider.
    pub(crate) fn widened(&self) -> bool {
        self.values().is_some_and(|[before, after]| wider(before, after))
    }

    /// Whether it removes a hypothesis of its claim.
    pub(crate) fn control(&self) -> bool {
        self.latest().is_some_and(Metric::is_control)
    }

    /// Whether what prose may quote of it changed: a number, a limit, a range; not a tolerance alone.
    pub(crate) fn quotable(&self) -> bool {
        let bare = |metric: &Option<Metric>| match metric.as_ref()?.reading {
            Reading::Value(value) => Some(Reading::Value(Value { tolerance: Tolerance::Relative(0.0), ..value })),
            other => Some(other),
        };
        bare(&self.before) != bare(&self.after)
    }

    /// What it was and what it is, with all digits; a dash where it is not.
    pub(crate) fn digits(&self) -> [String; 2] {
        [&self.before, &self.after].map(|metric| match metric.as_ref().map(|metric| metric.reading) {
            Some(Reading::Rounding { rounding_at_most, .. }) => format!("≤ {rounding_at_most:e}"),
            Some(Reading::Count { exactly, .. }) => exactly.to_string(),
            Some(Reading::Value(value)) => format!("{:e}", value.value),
            None => "–".to_owned(),
        })
    }

    /// How far it may move, in words.
    pub(crate) fn tolerance(&self) -> Option<String> {
        match self.latest()?.reading {
            Reading::Value(value) => Some(wording::tolerance(value.tolerance)),
            _ => None,
        }
    }
}

/// The limit that a reading does not obey, in words.
fn disobeyed(reading: Reading) -> Option<String> {
    match reading {
        Reading::Value(Value { value, limit: Some(limit), spread, .. }) => {
            // Over several runs every one must obey it, and the range knows the worst of them.
            let all = spread.map_or(vec![value], |spread| vec![spread.lowest, value, spread.highest]);
            all.iter().any(|&value| !limit.allows(value)).then(|| wording::limit(limit))
        }
        Reading::Rounding { headroom, .. } if headroom < 1 => Some("a decade below its bound".to_owned()),
        _ => None,
    }
}

fn wider(before: Value, after: Value) -> bool {
    after.tolerance.margin(before.value) > before.tolerance.margin(before.value)
}

/// An end of the range over runs that moved.
struct End {
    name: &'static str,
    before: f64,
    after: f64,
    /// In tolerances.
    away: Option<f64>,
}

fn ends(before: Value, after: Value) -> Vec<End> {
    let (Some(was), Some(is)) = (before.spread, after.spread) else { return Vec::new() };
    let both = [("lowest", was.lowest, is.lowest), ("highest", was.highest, is.highest)];
    let moved = both.into_iter().filter(|(_, was, is)| was.total_cmp(is).is_ne());
    moved.map(|(name, was, is)| End { name, before: was, after: is, away: away(before, after, was, is) }).collect()
}

/// How far from one number to another in tolerances, the smaller of the accepted and the new one.
fn away(before: Value, after: Value, from: f64, to: f64) -> Option<f64> {
    let margin = before.tolerance.margin(from).min(after.tolerance.margin(from));
    (margin > 0.0).then(|| (to - from) / margin)
}

#[cfg(test)]
mod tests {
    use super::table::table;
    use super::*;
    use crate::notebook::claim::metric::{Limit, Removed};

    fn metric(value: f64, share: f64, limit: Option<Limit>, control: bool) -> Metric {
        let value = Value { value, tolerance: Tolerance::Relative(share), limit, spread: None };
        Metric {
            removed: control.then(|| Removed { from: "gap".to_owned(), instead: "it".to_owned(), by: 10.0 }),
            ..Metric::new("a gap", Reading::Value(value))
        }
    }

    fn named(metrics: &[(&str, Metric)]) -> Metrics {
        metrics.iter().map(|(name, metric)| ((*name).to_owned(), metric.clone())).collect()
    }

    #[test]
    fn only_what_moved_is_listed_with_its_size_in_tolerances() {
        let before = named(&[("gap", metric(2.0, 1e-2, None, false)), ("still", metric(1.0, 1e-2, None, false))]);
        let after = named(&[("gap", metric(2.2, 1e-2, None, false)), ("still", metric(1.0, 1e-2, None, false))]);
        let differences = between(&before, &after);
        assert_eq!(differences.len(), 1);
        assert!((differences[0].relative().unwrap_or_default() - 0.1).abs() < 1e-12);
        assert!((differences[0].tolerances().unwrap_or_default() - 10.0).abs() < 1e-9);
        let expected = "metric  accepted    new  relative change      tolerance  tolerances away\ngap          2e0  2.2e0         +1.00e-1  1e-2 relative            +10.0";
        assert_eq!(table(&differences), expected);
    }

    #[test]
    fn a_control_that_stopped_failing_is_called_out() {
        let limit = Some(Limit::AtLeast(1.0));
        let (before, after) =
            (named(&[("other", metric(5.0, 1e-2, limit, true))]), named(&[("other", metric(0.5, 1e-2, limit, true))]));
        let differences = between(&before, &after);
        assert!(differences[0].tamed());
        assert!(
            table(&differences).ends_with("    THE CONTROL NO LONGER BREAKS THE CLAIM: must be at least 1e0"),
            "{}",
            table(&differences)
        );
    }

    #[test]
    fn what_was_loosened_added_or_taken_away_is_said() {
        let before = named(&[
            ("wide", metric(2.0, 1e-3, Some(Limit::AtMost(3.0)), false)),
            ("old", metric(1.0, 1e-2, None, false)),
        ]);
        let after = named(&[
            ("wide", metric(2.0, 1e-1, Some(Limit::AtMost(9.0)), false)),
            ("fresh", metric(1.0, 1e-2, None, false)),
        ]);
        let remarks: Vec<Vec<String>> = between(&before, &after).iter().map(Difference::remarks).collect();
        let expected = [
            vec!["tolerance WIDENED: 1e-3 relative → 1e-1 relative", "limit at most 3e0 → at most 9e0"],
            vec!["new"],
            vec!["gone"],
        ];
        assert_eq!(remarks, expected);
    }

    #[test]
    fn a_snapshot_that_is_no_snapshot_is_an_error_with_its_line() {
        assert!(text("a__b", "[gap]\nvalue = ", "").is_err_and(|(line, _)| line == 2));
        assert_eq!(text("a__b.figure", "", ""), Ok(String::new()));
    }
}
