//! Mean and deviation of a column, as exact as its entries and whatever their size.
//!
//! A mean rounded to one number leaves ε|mean| of the constant direction in what it is subtracted from, and a
//! factorisation takes that for a direction of the data. So it is kept as an unevaluated sum of two (Dekker 1971):
//! entries minus both are right to the last place of their own size. Everything is computed on entries that a power of
//! two brought near 1, which costs no digit and lets no sum of squares overflow or vanish.

use std::borrow::Cow;

use faer::{ColRef, Mat, MatRef};

use super::{count, largest};

/// Mean and standard deviation of one column, over n; of no entries both are zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// The power of two that brings the largest entry near 1. All below is of entries times this.
    unit: f64,
    mean: f64,
    /// What rounding the mean to one number left out.
    rest: f64,
    deviation: f64,
    /// √Σxᵢ².
    norm: f64,
}

impl Moments {
    /// Of a column of finite numbers.
    pub fn of(column: ColRef<'_, f64>) -> Self {
        let column = &*contiguous(column);
        let (unit, mean) = unit_and_mean(column);
        let rest = average(column, unit, |entry| entry - mean);
        let deviation = average(column, unit, |entry| (entry - mean - rest) * (entry - mean - rest)).sqrt();
        let norm = (average(column, unit, |entry| entry * entry) * count(column.len().max(1))).sqrt();
        Self { unit, mean, rest, deviation, norm }
    }

    /// The mean, rounded to one number.
    pub fn mean(&self) -> f64 {
        self.mean / self.unit
    }

    /// The standard deviation, over n; subnormal or infinite where no number holds it.
    pub fn deviation(&self) -> f64 {
        self.deviation / self.unit
    }

    /// The decimal exponent of the deviation, also where that is no number.
    pub(crate) fn exponent(&self) -> i32 {
        (libm::log10(self.deviation) - libm::log10(self.unit)).round() as i32
    }

    /// `factor` · √Σxᵢ² of the column as it stands, a number wherever the product is one.
    pub(crate) fn norm_times(&self, factor: f64) -> f64 {
        self.norm * factor / self.unit
    }

    /// Whether the column varies by rounding at most.
    pub fn is_constant(&self) -> bool {
        self.deviation <= 4.0 * f64::EPSILON * self.mean.abs()
    }

    /// entry − mean.
    pub fn centred(&self, entry: f64) -> f64 {
        (entry * self.unit - self.mean - self.rest) / self.unit
    }

    /// (entry − mean)/(factor · deviation), also where deviation or difference is no number.
    pub(crate) fn standardised(&self, entry: f64, factor: f64) -> f64 {
        (entry * self.unit - self.mean - self.rest) / (self.deviation * factor)
    }

    /// √Σxᵢ² over factor · deviation.
    pub(crate) fn standardised_norm(&self, factor: f64) -> f64 {
        self.norm / (self.deviation * factor)
    }
}

/// The entries side by side in memory, where a loop over them is many times faster.
fn contiguous(column: ColRef<'_, f64>) -> Cow<'_, [f64]> {
    match column.try_as_col_major() {
        Some(column) => Cow::Borrowed(column.as_slice()),
        None => Cow::Owned(column.iter().copied().collect()),
    }
}

/// The power of two that brings the largest entry near 1, and the mean in such units.
fn unit_and_mean(column: &[f64]) -> (f64, f64) {
    let unit = unit(largest(column.iter().copied()));
    let first = average(column, unit, |entry| entry);
    (unit, first + average(column, unit, |entry| entry - first))
}

/// The mean of `f` over the entries times `unit`; 0 where there is none.
fn average(column: &[f64], unit: f64, f: impl Fn(f64) -> f64) -> f64 {
    column.iter().map(|entry| f(entry * unit)).sum::<f64>() / count(column.len().max(1))
}

/// The power of two that brings a positive number near 1, as far as both it and its inverse are normal numbers.
pub(crate) fn unit(magnitude: f64) -> f64 {
    libm::scalbn(1.0, -(libm::ilogb(magnitude).clamp(-1022, 1022)))
}

/// The moments of every column.
pub fn moments(x: MatRef<'_, f64>) -> Vec<Moments> {
    x.col_iter().map(Moments::of).collect()
}

/// Means of the columns, each rounded to one number.
pub fn column_means(x: MatRef<'_, f64>) -> Vec<f64> {
    x.col_iter().map(|column| unit_and_mean(&contiguous(column))).map(|(unit, mean)| mean / unit).collect()
}

/// X minus the means in `moments`; infinite where a difference is larger than any number.
pub fn centred(x: MatRef<'_, f64>, moments: &[Moments]) -> Mat<f64> {
    assert_eq!(x.ncols(), moments.len(), "as many moments as columns");
    Mat::from_fn(x.nrows(), x.ncols(), |i, j| moments[j].centred(x[(i, j)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::column;

    fn of(entries: &[f64]) -> Moments {
        Moments::of(column(entries).col(0))
    }

    #[test]
    fn moments_are_right_at_every_size() {
        for exponent in [-1020, -500, 0, 500, 1021] {
            let size = libm::scalbn(1.0, exponent);
            let moments = of(&[size, -size, 3.0 * size, size]);
            assert_eq!((moments.mean(), moments.deviation()), (size, 2f64.sqrt() * size), "2^{exponent}");
        }
        let huge = of(&[f64::MAX, f64::MAX, -f64::MAX, -f64::MAX]);
        assert_eq!((huge.mean(), huge.deviation(), huge.standardised(-f64::MAX, 1.0)), (0.0, f64::MAX, -1.0));
        let tiny = of(&[5e-324, -5e-324]);
        assert_eq!((tiny.mean(), tiny.deviation(), tiny.standardised(5e-324, 1.0)), (0.0, 5e-324, 1.0));
        assert_eq!((of(&[]).mean(), of(&[]).deviation(), of(&[0.0]).is_constant()), (0.0, 0.0, true));
    }

    /// The mean of 2⁵³ + 2, 2⁵³, 2⁵³ is no number; what is centred by it sums to nothing all the same.
    #[test]
    fn a_mean_is_kept_to_twice_the_digits() {
        let entries = [9_007_199_254_740_994.0, 9_007_199_254_740_992.0, 9_007_199_254_740_992.0];
        let moments = of(&entries);
        let centred = entries.map(|entry| moments.centred(entry));
        assert!((centred[0] - 4.0 / 3.0).abs() < 1e-15 && (centred[1] + 2.0 / 3.0).abs() < 1e-15, "{centred:?}");
        assert!(centred.iter().sum::<f64>().abs() < 1e-15);
    }

    #[test]
    fn a_column_that_varies_by_rounding_is_constant() {
        assert!(of(&[0.1 + 0.2, 0.3, 0.3]).is_constant() && !of(&[1.0, 1.0 + 1e-14, 1.0]).is_constant());
    }
}
