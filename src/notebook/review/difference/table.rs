//! Differences as lines for a terminal.

use std::fmt::Write as _;

use super::figure::FigureChange;
use super::{Difference, between};
use crate::notebook::claim::snapshot::{self, FIGURE, Metrics};
use crate::notebook::claim::wording;
use crate::publish::aligned;

const HEAD: [&str; 6] = ["metric", "accepted", "new", "relative change", "tolerance", "tolerances away"];

/// What differs between two texts of one snapshot; `name` tells metrics from figures.
///
/// # Errors
/// The line and what cannot be read there.
pub(crate) fn text(name: &str, before: &str, after: &str) -> Result<String, (usize, String)> {
    if name.contains(FIGURE) {
        let read = |text: &str| if text.is_empty() { Ok(None) } else { snapshot::read_figure(text).map(Some) };
        let (before, after) = (read(before)?, read(after)?);
        let same = if after.is_some() { "the figure is the same" } else { "" };
        return Ok(
            FigureChange::between(before.as_ref(), after.as_ref()).map_or(same.to_owned(), |change| change.words())
        );
    }
    let read = |text: &str| if text.is_empty() { Ok(Metrics::new()) } else { snapshot::read_metrics(text) };
    Ok(table(&between(&read(before)?, &read(after)?)))
}

/// Metric, accepted → new, change, tolerances; remarks below.
pub(crate) fn table(differences: &[Difference]) -> String {
    let lines = aligned(HEAD, &[1, 2, 3, 4, 5], differences.iter().map(row).collect());
    let mut lines = lines.lines();
    let mut out = lines.next().unwrap_or("").to_owned();
    for (line, difference) in lines.zip(differences) {
        let _ = write!(out, "\n{line}");
        difference.remarks().iter().for_each(|remark| {
            let _ = write!(out, "\n    {remark}");
        });
    }
    out
}

fn row(difference: &Difference) -> [String; 6] {
    let name = if difference.control() { format!("{} (control)", difference.name) } else { difference.name.clone() };
    let [before, after] = difference.digits();
    let relative = difference.relative().map_or(String::new(), |share| format!("{share:+.2e}"));
    let tolerance = difference.values().map_or(String::new(), |[_, after]| wording::tolerance(after.tolerance));
    let away = difference.tolerances().map_or(String::new(), |away| format!("{away:+.1}"));
    [name, before, after, relative, tolerance, away]
}
