//! Missing cells: which cells are, what is refused of them, and the means that fill them in.
//!
//! Rows are left out for them where rows are read, in `scan`. A gap in a column is NaN.

use super::provenance::Filled;
use crate::linalg::count;

/// What happens to missing cells (empty, `NA`, `N/A`, `null` or `?`) in columns that are used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Missing {
    /// They are refused.
    #[default]
    Refuse,
    /// Their rows are left out.
    Drop,
    /// Features get the mean of the training rows; targets are refused.
    Mean,
}

/// How missing cells are refused.
pub(super) struct Refused {
    /// Whether those of features are not.
    pub(super) targets_only: bool,
    pub(super) cell: &'static str,
    pub(super) cells: &'static str,
    pub(super) cure: &'static str,
}

impl Missing {
    /// How missing cells are refused, where any are.
    pub(super) fn refused(self) -> Option<Refused> {
        let (targets_only, cell, cells, cure) = match self {
            Self::Refuse => {
                let cure = "leave such rows out with --missing drop, or fill in training means with --missing mean";
                (false, "cell in column", "missing cells", cure)
            }
            Self::Mean => {
                let cure = "a target cannot be filled in: leave such rows out with --missing drop";
                (true, "target", "missing targets", cure)
            }
            Self::Drop => return None,
        };
        Some(Refused { targets_only, cell, cells, cure })
    }
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
