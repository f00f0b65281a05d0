//! Numbers and names of columns as they are written, on a terminal and on a page.

use super::document::PerTarget;
use crate::publish::harmless;
use crate::publish::number::{self, Digits};

/// A number, or what is to be said of one that is none.
pub(super) fn short(value: f64, digits: usize) -> String {
    if value.is_nan() {
        "not defined".to_owned()
    } else if value.is_infinite() {
        "infinite".to_owned()
    } else {
        number::unicode(value, Digits::Short(digits))
    }
}

/// The numbers of all targets.
pub(super) fn each(all: &PerTarget<f64>, digits: usize) -> String {
    all.iter().map(|&value| short(value, digits)).collect::<Vec<_>>().join(", ")
}

/// The median, and the range where it shows.
pub(super) fn spread(mut values: Vec<f64>, digits: usize) -> (String, Option<String>) {
    values.sort_by(f64::total_cmp);
    let (Some(&lowest), Some(&highest)) = (values.first(), values.last()) else {
        return (short(f64::NAN, digits), None);
    };
    let (low, high) = (short(lowest, digits), short(highest, digits));
    let dash = if lowest < 0.0 { " to " } else { "–" };
    (short(median(&values), digits), (low != high).then(|| format!("{low}{dash}{high}")))
}

/// Of ascending numbers.
pub(super) fn median(sorted: &[f64]) -> f64 {
    let n = sorted.len();
    if n == 0 { f64::NAN } else { f64::midpoint(sorted[(n - 1) / 2], sorted[n / 2]) }
}

/// Names of columns, the first few.
pub(super) fn listed(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let shown = names.iter().take(SHOWN).map(|name| format!("`{}`", harmless(name))).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN { format!("{shown} and {} more", names.len() - SHOWN) } else { shown }
}
