//! Missing cells: which cells are, what happens to them, and the means that fill them in.
//!
//! Rows are left out where rows are read, in `scan`, and refused where faults are told, in `check`. A gap in a column
//! is NaN.

use super::provenance::Filled;
use crate::linalg::count;

/// What happens to missing cells (empty, `NA`, `N/A`, `null` or `?`) in columns that are used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Missing {
    /// Missing cells are refused.
    #[default]
    Refuse,
    /// Rows with missing cells are left out.
    Drop,
    /// Missing features get the mean of the training rows; missing targets are refused.
    Mean,
}

/// Whether a trimmed cell says that it says nothing.
pub(super) fn is_missing(cell: &str) -> bool {
    matches!(cell, "" | "?") || ["NA", "N/A", "null"].iter().any(|word| cell.eq_ignore_ascii_case(word))
}

/// How many gaps a column has.
pub(super) fn gaps(column: &[f64]) -> usize {
    column.iter().filter(|number| number.is_nan()).count()
}

/// Fills the gaps of a feature with the mean of its training rows, and says so where there are any.
pub(super) fn fill(feature: &str, train: &mut [f64], test: &mut [f64]) -> Option<Filled> {
    let (in_train, in_test) = (gaps(train), gaps(test));
    if in_train + in_test == 0 {
        return None;
    }
    let mean = mean_of_known(train);
    train.iter_mut().chain(test).filter(|number| number.is_nan()).for_each(|number| *number = mean);
    Some(Filled { feature: feature.to_owned(), mean, train: in_train, test: in_test })
}

fn mean_of_known(column: &[f64]) -> f64 {
    let known = || column.iter().filter(|number| !number.is_nan());
    let n = count(known().count());
    let mean = known().sum::<f64>() / n;
    // Huge numbers are divided first: their sum may be none.
    if mean.is_finite() { mean } else { known().map(|number| number / n).sum() }
}
