//! What a change did to the numbers of a claim: which moved, from where to where, and by how many of their tolerances.
//!
//! Two readings of one metric are compared as they stand in snapshots, so digits within tolerance never differ. What is no
//! move but a looser judgement, a widened tolerance, a lowered limit, another label, is named in words, and a control that
//! no longer breaks its claim is called out first of all.

use std::fmt::Write as _;

use toml::Value as Toml;

use crate::notebook::claim::metric::{Limit, Metric, Reading, Tolerance, Value};
use crate::notebook::claim::snapshot::{self, FIGURE, Metrics};
use crate::notebook::claim::wording;
use crate::publish::aligned;
use crate::publish::figure::Figure;

/// One metric that is not what it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Its name.
    pub name: String,
    /// What it was, where it existed.
    pub before: Option<Metric>,
    /// What it is, where it still exists.
    pub after: Option<Metric>,
}

/// Every metric that differs, in the order of the new ones; those that are gone come last.
pub fn between(before: &Metrics, after: &Metrics) -> Vec<Difference> {
    let find = |metrics: &Metrics, name: &str| metrics.iter().find(|(other, _)| other == name).map(|(_, metric)| metric.clone());
    let changed = after.iter().map(|(name, metric)| Difference { name: name.clone(), before: find(before, name), after: Some(metric.clone()) });
    let gone = before.iter().filter(|(name, _)| find(after, name).is_none());
    let gone = gone.map(|(name, metric)| Difference { name: name.clone(), before: Some(metric.clone()), after: None });
    changed.chain(gone).filter(|difference| difference.before != difference.after).collect()
}

impl Difference {
    /// The two numbers, where both readings are numbers that moved.
    pub fn numbers(&self) -> Option<[f64; 2]> {
        let [before, after] = self.values()?;
        (before.value.total_cmp(&after.value).is_ne()).then_some([before.value, after.value])
    }

    fn values(&self) -> Option<[Value; 2]> {
        match (self.before.as_ref()?.reading, self.after.as_ref()?.reading) {
            (Reading::Value(before), Reading::Value(after)) => Some([before, after]),
            _ => None,
        }
    }

    /// The change as a share of the accepted number; none from zero.
    pub fn relative(&self) -> Option<f64> {
        let [before, after] = self.numbers()?;
        (before != 0.0).then(|| (after - before) / before.abs())
    }

    /// The change in tolerances.
    pub fn tolerances(&self) -> Option<f64> {
        let ([from, to], [before, after]) = (self.numbers()?, self.values()?);
        away(before, after, from, to)
    }

    /// Whether both sides have the same value, whatever became of tolerance, limit and range; none where a side has no value.
    pub(crate) fn same_value(&self) -> Option<bool> {
        Some(same_value(self.before.as_ref()?.reading, self.after.as_ref()?.reading))
    }

    /// The furthest move in tolerances, of the value and of the ends of its range over runs.
    pub fn furthest(&self) -> Option<f64> {
        let ends = self.values().into_iter().flat_map(|[before, after]| ends(before, after)).filter_map(|(.., away)| away);
        self.tolerances().into_iter().chain(ends).reduce(|largest, away| if away.abs() > largest.abs() { away } else { largest })
    }

    /// Whether it is a control that no longer breaks the claim.
    pub(crate) fn tamed(&self) -> bool {
        self.after.as_ref().is_some_and(|metric| metric.is_control() && broken(metric.reading).is_some())
    }

    /// Whether what it is does not obey its limit, and it is no control.
    pub(crate) fn failing(&self) -> bool {
        self.after.as_ref().is_some_and(|metric| !metric.is_control() && broken(metric.reading).is_some())
    }

    /// Whether it is a count that moved: by more than any tolerance, for it has none.
    pub(crate) fn recounted(&self) -> bool {
        let count = |metric: &Option<Metric>| match metric.as_ref().map(|metric| metric.reading) {
            Some(Reading::Count { exactly, .. }) => Some(exactly),
            _ => None,
        };
        count(&self.before).zip(count(&self.after)).is_some_and(|(before, after)| before != after)
    }

    /// Whether its tolerance became wider.
    pub(crate) fn widened(&self) -> bool {
        self.values().is_some_and(|[before, after]| wider(before, after))
    }

    /// Whether it removes a hypothesis of its claim.
    pub fn control(&self) -> bool {
        self.after.as_ref().or(self.before.as_ref()).is_some_and(|metric| metric.is_control())
    }

    /// Whether what prose may quote of it changed: a number, a limit, a range; not a tolerance alone.
    pub(crate) fn quotable(&self) -> bool {
        let bare = |metric: &Option<Metric>| {
            metric.as_ref().map(|metric| match metric.reading {
                Reading::Value(value) => Reading::Value(Value { tolerance: Tolerance::Relative(0.0), ..value }),
                other => other,
            })
        };
        bare(&self.before) != bare(&self.after)
    }

    /// What it was and what it is, with all digits.
    pub fn digits(&self) -> [Option<String>; 2] {
        [&self.before, &self.after].map(|metric| metric.as_ref().map(|metric| exact(metric.reading)))
    }

    /// How far it may move, in words.
    pub fn tolerance(&self) -> Option<String> {
        match self.after.as_ref().or(self.before.as_ref())?.reading {
            Reading::Value(value) => Some(wording::tolerance(value.tolerance)),
            _ => None,
        }
    }

    /// What is to be said besides the numbers, most important first.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let broken_limit = || self.after.as_ref().and_then(|after| Some((after.is_control(), broken(after.reading)?)));
        let verdict = broken_limit().map(|(control, limit)| match control {
            true => format!("THE CONTROL NO LONGER BREAKS THE CLAIM: must be {limit}"),
            false => format!("must be {limit}"),
        });
        let (before, after) = match (&self.before, &self.after) {
            (None, Some(_)) => return verdict.into_iter().chain(["new".to_owned()]).collect(),
            (Some(_), None) => return vec!["gone".to_owned()],
            (None, None) => return Vec::new(),
            (Some(before), Some(after)) => (before, after),
        };
        let mut remarks = Vec::from_iter(verdict);
        if after.is_control() != before.is_control() {
            remarks.push(if after.is_control() { "is a control now".to_owned() } else { "is no control any more".to_owned() });
        }
        if let (Some(before), Some(after)) = (&before.removed, &after.removed)
            && before != after
        {
            remarks.push(format!(
                "breaks {} where “{}” by {}, was {} where “{}” by {}",
                after.from, after.instead, after.by, before.from, before.instead, before.by
            ));
        }
        if after.measures != before.measures {
            remarks.push(format!("measures `{}`, was `{}`", after.measures, before.measures));
        }
        remarks.extend(of_readings(before.reading, after.reading));
        remarks
    }
}

/// Whether two readings have one value, whatever became of tolerance, limit and range.
pub(crate) fn same_value(was: Reading, is: Reading) -> bool {
    match (was, is) {
        (Reading::Value(was), Reading::Value(is)) => was.value.total_cmp(&is.value).is_eq(),
        _ => was == is,
    }
}

/// The limit that a reading does not obey, in words.
fn broken(reading: Reading) -> Option<String> {
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

fn of_readings(before: Reading, after: Reading) -> Vec<String> {
    match (before, after) {
        (Reading::Value(before), Reading::Value(after)) => of_values(before, after),
        (Reading::Rounding { rounding_at_most: was, headroom: had }, Reading::Rounding { rounding_at_most, headroom }) => {
            let bound = (was.total_cmp(&rounding_at_most).is_ne()).then(|| format!("bound {was:e} → {rounding_at_most:e}"));
            let room = (had != headroom).then(|| format!("headroom {} → {}", wording::decades(had), wording::decades(headroom)));
            bound.into_iter().chain(room).collect()
        }
        (Reading::Count { exactly: was, .. }, Reading::Count { exactly: is, must }) if was != is => {
            vec![if must { "an exact count that the claim demands: its test fails" } else { "an exact count" }.to_owned()]
        }
        (Reading::Count { .. }, Reading::Count { .. }) => Vec::new(),
        _ => vec!["is another kind of measurement".to_owned()],
    }
}

fn wider(before: Value, after: Value) -> bool {
    after.tolerance.margin(before.value) > before.tolerance.margin(before.value)
}

fn of_values(before: Value, after: Value) -> Vec<String> {
    let mut remarks = Vec::new();
    if before.tolerance != after.tolerance {
        let verb = if wider(before, after) { "WIDENED" } else { "narrowed" };
        remarks.push(format!("tolerance {verb}: {} → {}", wording::tolerance(before.tolerance), wording::tolerance(after.tolerance)));
    }
    if before.limit != after.limit {
        let words = |limit: Option<Limit>| limit.map_or("none".to_owned(), wording::limit);
        remarks.push(format!("limit {} → {}", words(before.limit), words(after.limit)));
    }
    remarks.extend(ends(before, after).into_iter().map(|(name, was, is, away)| {
        let away = away.map_or(String::new(), |away| format!(", {away:+.1} tolerances"));
        format!("{name} {was:e} → {is:e}{away}")
    }));
    if let (Some(was), Some(is)) = (before.spread, after.spread)
        && was.runs != is.runs
    {
        remarks.push(format!("runs {} → {}", was.runs, is.runs));
    }
    remarks
}

/// The ends of the range over runs that moved: name, before, after, tolerances away.
fn ends(before: Value, after: Value) -> Vec<(&'static str, f64, f64, Option<f64>)> {
    let (Some(was), Some(is)) = (before.spread, after.spread) else { return Vec::new() };
    let both = [("lowest", was.lowest, is.lowest), ("highest", was.highest, is.highest)];
    let moved = both.into_iter().filter(|(_, was, is)| was.total_cmp(is).is_ne());
    moved.map(|(name, was, is)| (name, was, is, away(before, after, was, is))).collect()
}

/// How far from one number to another in tolerances, the smaller of the accepted and the new one.
fn away(before: Value, after: Value, from: f64, to: f64) -> Option<f64> {
    let margin = before.tolerance.margin(from).min(after.tolerance.margin(from));
    (margin > 0.0).then(|| (to - from) / margin)
}

/// Said of a figure that has no counterpart.
pub(crate) const NEW_FIGURE: &str = "the figure is new";
/// Said of a figure that is no more.
pub(crate) const LOST_FIGURE: &str = "the figure is gone";

/// How far a figure's numbers moved.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureDifference {
    /// Numbers that differ, are new or are gone.
    pub moved: usize,
    /// Numbers in the larger of the two figures.
    pub of: usize,
    /// The number that moved furthest in its own size: its place, what it was and what it is.
    pub furthest: Option<(String, f64, f64)>,
}

/// The numbers of two figures, place by place; none where the figures are equal.
pub(crate) fn of_figures(before: &Figure, after: &Figure) -> Option<FigureDifference> {
    if before == after {
        return None;
    }
    let numbers = |figure: &Figure| Toml::try_from(figure).map(|value| flattened(&value)).unwrap_or_default();
    let (figure, before, after) = (after, numbers(before), numbers(after));
    let pairs = before.iter().filter_map(|(place, was)| Some((place, *was, after.iter().find(|(other, _)| other == place)?.1)));
    let moved: Vec<(&String, f64, f64)> = pairs.clone().filter(|(_, was, is)| was.total_cmp(is).is_ne()).collect();
    let unpaired = before.len().max(after.len()) - pairs.count().min(before.len().max(after.len()));
    let size = |(_, was, is): &(&String, f64, f64)| (is - was).abs() / was.abs().max(is.abs());
    let furthest = moved.iter().max_by(|a, b| size(a).total_cmp(&size(b))).map(|(place, was, is)| (named(figure, place), *was, *is));
    Some(FigureDifference { moved: moved.len() + unpaired, of: before.len().max(after.len()), furthest })
}

/// A place with the names of what stands there: `series 2 (ridge) y 17`.
fn named(figure: &Figure, place: &str) -> String {
    let mut words = Vec::new();
    let whole = Toml::try_from(figure).ok();
    let mut at = whole.as_ref();
    for step in place.split(' ') {
        words.push(step.to_owned());
        at = at.and_then(|value| match step.parse::<usize>() {
            Ok(number) => value.get(number.checked_sub(1)?),
            Err(_) => value.get(step),
        });
        let name = at.and_then(|value| value.get("name").or_else(|| value.get("symbol"))).and_then(Toml::as_str);
        words.extend(name.map(|name| format!("({name})")));
    }
    words.join(" ")
}

/// Every number below a value with its place: `series 2, y 17`.
fn flattened(value: &Toml) -> Vec<(String, f64)> {
    fn walk(value: &Toml, place: &str, out: &mut Vec<(String, f64)>) {
        let below = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place} {name}") };
        match value {
            Toml::Float(number) => out.push((place.to_owned(), *number)),
            Toml::Array(list) => list.iter().enumerate().for_each(|(index, inner)| walk(inner, &below(&(index + 1).to_string()), out)),
            Toml::Table(table) => table.iter().for_each(|(key, inner)| walk(inner, &below(key), out)),
            _ => {}
        }
    }
    let mut out = Vec::new();
    walk(value, "", &mut out);
    out
}

/// What differs between two texts of one snapshot, for a terminal; `name` tells metrics from figures.
///
/// # Errors
/// The line and what cannot be read there.
pub fn text(name: &str, before: &str, after: &str) -> Result<String, (usize, String)> {
    if name.contains(FIGURE) {
        let read = |text: &str| if text.is_empty() { Ok(None) } else { snapshot::read_figure(text).map(Some) };
        return Ok(match (read(before)?, read(after)?) {
            (Some(before), Some(after)) => figure_in_words(of_figures(&before, &after)),
            (None, Some(_)) => NEW_FIGURE.to_owned(),
            (Some(_), None) => LOST_FIGURE.to_owned(),
            (None, None) => String::new(),
        });
    }
    let read = |text: &str| if text.is_empty() { Ok(Metrics::new()) } else { snapshot::read_metrics(text) };
    Ok(table(&between(&read(before)?, &read(after)?)))
}

/// How far a figure's numbers moved, in words.
pub(crate) fn figure_in_words(difference: Option<FigureDifference>) -> String {
    let Some(difference) = difference else { return "the figure is the same".to_owned() };
    let furthest = difference.furthest.map_or(String::new(), |(place, was, is)| format!(", furthest `{place}`, {was:e} → {is:e}"));
    match difference.moved {
        0 => "the figure's words or axes differ, its numbers do not".to_owned(),
        moved => format!("{moved} of the figure's {} numbers moved{furthest}", difference.of),
    }
}

/// Differences as a table: metric, accepted → new, change, tolerances, remarks below.
pub fn table(differences: &[Difference]) -> String {
    let signed = |number: Option<f64>, unit: &str| number.map_or(String::new(), |number| format!("{number:+.2e}{unit}"));
    let row = |difference: &Difference| {
        let away = difference.tolerances().map_or(String::new(), |away| format!("{away:+.1}"));
        let tolerance = difference.values().map_or(String::new(), |[_, after]| wording::tolerance(after.tolerance));
        let name = if difference.control() { format!("{} (control)", difference.name) } else { difference.name.clone() };
        let [before, after] = difference.digits().map(|digits| digits.unwrap_or("–".to_owned()));
        [name, before, after, signed(difference.relative(), ""), tolerance, away]
    };
    let rows: Vec<[String; 6]> = differences.iter().map(row).collect();
    let lines = aligned(["metric", "accepted", "new", "relative change", "tolerance", "tolerances away"], &[1, 2, 3, 4, 5], rows);
    let mut out = String::new();
    // The head, then every row with what is to be said of it.
    for (place, line) in lines.lines().enumerate() {
        let _ = writeln!(out, "{line}");
        let remarks = place.checked_sub(1).and_then(|place| differences.get(place)).map(Difference::remarks).unwrap_or_default();
        remarks.iter().for_each(|remark| {
            let _ = writeln!(out, "    {remark}");
        });
    }
    out.trim_end().to_owned()
}

/// A reading with all its digits.
fn exact(reading: Reading) -> String {
    match reading {
        Reading::Rounding { rounding_at_most, .. } => format!("≤ {rounding_at_most:e}"),
        Reading::Count { exactly, .. } => exactly.to_string(),
        Reading::Value(value) => format!("{:e}", value.value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::claim::metric::Removed;

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
        let (before, after) = (named(&[("other", metric(5.0, 1e-2, limit, true))]), named(&[("other", metric(0.5, 1e-2, limit, true))]));
        let differences = between(&before, &after);
        assert!(differences[0].tamed());
        assert!(table(&differences).ends_with("    THE CONTROL NO LONGER BREAKS THE CLAIM: must be at least 1e0"), "{}", table(&differences));
    }

    #[test]
    fn what_was_loosened_added_or_taken_away_is_said() {
        let before = named(&[("wide", metric(2.0, 1e-3, Some(Limit::AtMost(3.0)), false)), ("old", metric(1.0, 1e-2, None, false))]);
        let after = named(&[("wide", metric(2.0, 1e-1, Some(Limit::AtMost(9.0)), false)), ("fresh", metric(1.0, 1e-2, None, false))]);
        let remarks: Vec<Vec<String>> = between(&before, &after).iter().map(Difference::remarks).collect();
        let expected = [vec!["tolerance WIDENED: 1e-3 relative → 1e-1 relative", "limit at most 3e0 → at most 9e0"], vec!["new"], vec!["gone"]];
        assert_eq!(remarks, expected);
    }

    #[test]
    fn a_snapshot_that_is_no_snapshot_is_an_error_with_its_line() {
        assert!(text("a__b", "[gap]\nvalue = ", "").is_err_and(|(line, _)| line == 2));
        assert_eq!(text("a__b.figure", "", ""), Ok(String::new()));
    }
}
