//! What is to be said of a metric besides its numbers: a verdict, a looser judgement, another measure.

use super::{Difference, disobeyed, ends, wider};
use crate::notebook::claim::metric::{Limit, Metric, Reading, Value};
use crate::notebook::claim::wording;

impl Difference {
    /// What is to be said besides the numbers, most important first.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let verdict = self.after.as_ref().and_then(verdict);
        match (&self.before, &self.after) {
            (None, Some(_)) => verdict.into_iter().chain(["new".to_owned()]).collect(),
            (Some(_), None) => vec!["gone".to_owned()],
            (None, None) => Vec::new(),
            (Some(before), Some(after)) => {
                let readings = of_readings(before.reading, after.reading);
                verdict.into_iter().chain(of_metrics(before, after)).chain(readings).collect()
            }
        }
    }
}

/// What a metric must be and is not.
fn verdict(metric: &Metric) -> Option<String> {
    let limit = disobeyed(metric.reading)?;
    let alarm = if metric.is_control() { "THE CONTROL NO LONGER BREAKS THE CLAIM: " } else { "" };
    Some(format!("{alarm}must be {limit}"))
}

/// What differs in what two metrics say that they measure.
fn of_metrics(before: &Metric, after: &Metric) -> Vec<String> {
    let mut remarks = Vec::new();
    match (before.is_control(), after.is_control()) {
        (false, true) => remarks.push("is a control now".to_owned()),
        (true, false) => remarks.push("is no control any more".to_owned()),
        _ => {}
    }
    if let (Some(was), Some(is)) = (&before.removed, &after.removed)
        && was != is
    {
        remarks.push(format!(
            "breaks {} where “{}” by {}, was {} where “{}” by {}",
            is.from, is.instead, is.by, was.from, was.instead, was.by
        ));
    }
    if after.measures != before.measures {
        remarks.push(format!("measures `{}`, was `{}`", after.measures, before.measures));
    }
    remarks
}

fn of_readings(before: Reading, after: Reading) -> Vec<String> {
    match (before, after) {
        (Reading::Value(before), Reading::Value(after)) => of_values(before, after),
        (
            Reading::Rounding { rounding_at_most: was, headroom: had },
            Reading::Rounding { rounding_at_most: is, headroom },
        ) => {
            let bound = was.total_cmp(&is).is_ne().then(|| format!("bound {was:e} → {is:e}"));
            let room = || format!("headroom {} → {}", wording::decades(had), wording::decades(headroom));
            bound.into_iter().chain((had != headroom).then(room)).collect()
        }
        (Reading::Count { exactly: was, .. }, Reading::Count { exactly: is, must }) if was != is => {
            let demanded = if must { " that the claim demands: its test fails" } else { "" };
            vec![format!("an exact count{demanded}")]
        }
        (Reading::Count { .. }, Reading::Count { .. }) => Vec::new(),
        _ => vec!["is another kind of measurement".to_owned()],
    }
}

fn of_values(before: Value, after: Value) -> Vec<String> {
    let mut remarks = Vec::new();
    if before.tolerance != after.tolerance {
        let verb = if wider(before, after) { "WIDENED" } else { "narrowed" };
        let [was, is] = [before, after].map(|value| wording::tolerance(value.tolerance));
        remarks.push(format!("tolerance {verb}: {was} → {is}"));
    }
    if before.limit != after.limit {
        let words = |limit: Option<Limit>| limit.map_or("none".to_owned(), wording::limit);
        remarks.push(format!("limit {} → {}", words(before.limit), words(after.limit)));
    }
    for end in ends(before, after) {
        let away = end.away.map_or(String::new(), |away| format!(", {away:+.1} tolerances"));
        remarks.push(format!("{} {:e} → {:e}{away}", end.name, end.before, end.after));
    }
    if let (Some(was), Some(is)) = (before.spread, after.spread)
        && was.runs != is.runs
    {
        remarks.push(format!("runs {} → {}", was.runs, is.runs));
    }
    remarks
}
