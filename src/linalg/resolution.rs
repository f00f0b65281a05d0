//! What a matrix of measurements can resolve: how far each of its columns may be from the truth by rounding alone, and
//! so below which size a direction is none.
//!
//! Three things are lost. An entry was rounded when it was written, by at most ε|xᵢⱼ|; subtracting a mean does not lose
//! that again, but leaves it where the entries became small: a column whose mean is a thousand deviations away is known
//! to a thousand ε only. A factorisation is the exact one of a matrix whose columns are off by max(n, d)·ε of their
//! norms, the bound in general use. And what is centred has lost the constant direction: of n rows it has n − 1.
//!
//! So column j is trusted to ηⱼ = max(n, d)·ε‖cⱼ‖ + ε‖xⱼ‖, c being what is factored and x what was written, and a
//! combination Σ vⱼcⱼ to √Σ(vⱼηⱼ)², since errors of rounding are independent, and ε is three and a half of their
//! standard deviations. A direction of the data is one that stands above that.

use faer::{ColRef, MatRef};
use serde::{Deserialize, Serialize};

use super::{Moments, count, entries, frobenius_norm, norm};

/// How far the columns of a matrix are to be trusted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resolution {
    /// Rows of the matrix, or of the one that it is a factor of.
    rows: usize,
    /// The most directions that there can be.
    most: usize,
    /// ε‖xⱼ‖, in the units of the matrix.
    rounding: Vec<f64>,
}

impl Resolution {
    /// Of a matrix as it was written.
    pub fn of(x: MatRef<'_, f64>) -> Self {
        let rounding =
            x.col_iter().map(|column| norm(entries(column.as_mat()).map(|entry| entry * f64::EPSILON))).collect();
        Self { rows: x.nrows(), most: x.nrows().min(x.ncols()), rounding }
    }

    /// Of columns whose means are subtracted, from their moments before that: n rows.
    pub fn centred(rows: usize, moments: &[Moments]) -> Self {
        let rounding = moments.iter().map(|column| column.norm_times(f64::EPSILON)).collect();
        Self { rows, most: rows.saturating_sub(1).min(moments.len()), rounding }
    }

    /// Of columns that were centred and scaled, whose rounding is known in the new units.
    pub(crate) fn standardised(rows: usize, rounding: Vec<f64>) -> Self {
        Self { rows, most: rows.saturating_sub(1).min(rounding.len()), rounding }
    }

    /// Of the matrix times a number.
    pub(crate) fn times(mut self, factor: f64) -> Self {
        self.rounding.iter_mut().for_each(|rounding| *rounding *= factor);
        self
    }

    /// The most directions that there can be.
    pub fn most(&self) -> usize {
        self.most
    }

    /// max(n, d)·ε: what a factorisation loses of a norm.
    pub(crate) fn loss(&self) -> f64 {
        count(self.rows.max(self.rounding.len())) * f64::EPSILON
    }

    /// ηⱼ of a column.
    pub(crate) fn of_column(&self, j: usize, column: ColRef<'_, f64>) -> f64 {
        norm(entries(column.as_mat()).map(|entry| entry * self.loss())) + self.rounding[j]
    }

    /// Of so many of the rows, drawn at random: a column's norm is what they have of it.
    pub(crate) fn sampled(&self, rows: usize) -> Self {
        let share = (count(rows) / count(self.rows)).sqrt();
        Self { rows, most: rows.min(self.rounding.len()), ..self.clone() }.times(share)
    }

    /// The largest share that rounding may have of a column.
    pub fn worst(&self, x: MatRef<'_, f64>) -> f64 {
        let share = |j: usize| self.rounding[j] / frobenius_norm(x.subcols(j, 1));
        (0..x.ncols()).map(share).filter(|share| share.is_finite()).fold(f64::EPSILON, f64::max)
    }

    /// What a combination of the columns of unit length may owe to how they were written.
    pub(crate) fn of_direction(&self, direction: impl Iterator<Item = f64> + Clone) -> f64 {
        norm(direction.zip(&self.rounding).map(|(weight, rounding)| weight * rounding))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{from_rows, moments};

    #[test]
    fn centred_rows_have_one_direction_less_than_there_are_rows() {
        let x = from_rows(&[vec![1.0, 2.0, 5.0, 7.0], vec![2.0, 1.0, 0.0, 3.0], vec![4.0, 4.0, 1.0, 1.0]]);
        assert_eq!((Resolution::of(x.as_ref()).most(), Resolution::centred(3, &moments(x.as_ref())).most()), (3, 2));
        assert_eq!(
            (Resolution::standardised(3, vec![0.0; 4]).most(), Resolution::standardised(9, vec![0.0; 4]).most()),
            (2, 4)
        );
        assert_eq!(Resolution::centred(0, &[]).most(), 0);
    }

    /// Nine rows of three columns: ηⱼ = 9ε‖cⱼ‖ + ε‖xⱼ‖.
    #[test]
    fn a_column_is_trusted_as_far_as_it_was_written() {
        let x = faer::Mat::from_fn(9, 3, |i, j| if j == 0 { 1000.0 } else { 0.0 } + count(i) - 4.0);
        let resolution = Resolution::centred(9, &moments(x.as_ref()));
        let column = |i: usize| count(i) - 4.0;
        let centred = faer::Col::from_fn(9, column);
        let (near, far) = (resolution.of_column(1, centred.as_ref()), resolution.of_column(0, centred.as_ref()));
        let expected = |written: f64| f64::EPSILON * (9.0 * 60f64.sqrt() + written);
        assert!(
            (near / expected(60f64.sqrt()) - 1.0).abs() < 1e-12
                && (far / expected(9_000_060f64.sqrt()) - 1.0).abs() < 1e-12
        );
        let share = resolution.worst(faer::Mat::from_fn(9, 3, |i, _| column(i)).as_ref());
        assert!(
            (share / (f64::EPSILON * (9_000_060f64 / 60.0).sqrt()) - 1.0).abs() < 1e-12
                && resolution.sampled(4).most() == 3
        );
        let direction = resolution.clone().times(2.0).of_direction([0.6, 0.0, 0.8].into_iter());
        let expected = 2.0 * f64::EPSILON * (0.36 * 9_000_060.0 + 0.64 * 60.0f64).sqrt();
        assert!((direction / expected - 1.0).abs() < 1e-12);
    }
}
