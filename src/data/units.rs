//! From the units of a table to those of a fit, and back.
//!
//! Features are centred by their training means and divided by what [`Scaling`] says; targets are centred and divided by their
//! training standard deviations. A feature that does not vary on the training rows becomes zero, and with it its coefficient.

use faer::{Mat, MatMut, MatRef};
use serde::{Deserialize, Serialize};

use super::{Dataset, is_constant};
use crate::linalg::{self, count};
use crate::{Error, Result};

/// What centred features are divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scaling {
    /// Nothing.
    None,
    /// Their training standard deviations, over n.
    Standard,
    /// Their norms over the training rows.
    UnitNorm,
}

/// What was subtracted and divided by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Units {
    /// Training means of the features.
    pub feature_means: Vec<f64>,
    /// What they were divided by; 1 for a feature that does not vary.
    pub feature_scales: Vec<f64>,
    /// Training means of the targets.
    pub target_means: Vec<f64>,
    /// Training standard deviations of the targets.
    pub target_scales: Vec<f64>,
}

impl Units {
    /// Coefficients (d×m) and intercepts on the features and targets as they were measured.
    pub fn original(&self, coefficients: MatRef<'_, f64>) -> (Mat<f64>, Vec<f64>) {
        let own = self.in_target_units(coefficients);
        let original = Mat::from_fn(own.nrows(), own.ncols(), |j, t| own[(j, t)] / self.feature_scales[j]);
        let shift = |t: usize| self.feature_means.iter().enumerate().map(|(j, mean)| mean * original[(j, t)]).sum::<f64>();
        let intercepts = (0..own.ncols()).map(|t| self.target_means[t] - shift(t)).collect();
        (original, intercepts)
    }

    /// Coefficients (d×m) on the scaled features, the targets in their own units.
    pub(crate) fn in_target_units(&self, coefficients: MatRef<'_, f64>) -> Mat<f64> {
        Mat::from_fn(coefficients.nrows(), coefficients.ncols(), |j, t| coefficients[(j, t)] * self.target_scales[t])
    }
}

impl Dataset {
    /// The data on scale, in the memory that they were in.
    ///
    /// # Errors
    /// [`Error::ConstantColumn`] for a target that does not vary on the training part, [`Error::Empty`] for a part without rows,
    /// [`Error::NotFinite`].
    pub fn scaled(mut self, scaling: Scaling) -> Result<(Self, Units)> {
        for (what, table) in [("the training part", &self.train), ("the test part", &self.test)] {
            if table.n() == 0 || table.d() == 0 {
                return Err(Error::Empty { what, rows: table.n(), columns: table.d() });
            }
        }
        for (what, matrix) in [("X", &self.train.x), ("Y", &self.train.y), ("the test part of X", &self.test.x), ("the test part of Y", &self.test.y)] {
            linalg::check_finite(what, matrix.as_ref())?;
        }
        let mut units = Units { feature_means: Vec::new(), feature_scales: Vec::new(), target_means: Vec::new(), target_scales: Vec::new() };
        for j in 0..self.train.d() {
            let (mean, deviation) = moments(self.train.x.col(j).as_mat());
            let varies = !is_constant(deviation, mean);
            let scale = match scaling {
                _ if !varies => 1.0,
                Scaling::None => 1.0,
                Scaling::Standard => deviation,
                Scaling::UnitNorm => deviation * count(self.train.n()).sqrt(),
            };
            shift(self.train.x.as_mut().subcols_mut(j, 1), mean, scale);
            shift(self.test.x.as_mut().subcols_mut(j, 1), mean, scale);
            if !varies {
                // What is left of a constant is rounding; on test rows it would be a change that no training row has seen.
                self.train.x.col_mut(j).iter_mut().for_each(|entry| *entry = 0.0);
                self.test.x.col_mut(j).iter_mut().for_each(|entry| *entry = 0.0);
            }
            units.feature_means.push(mean);
            units.feature_scales.push(scale);
        }
        for t in 0..self.targets.len() {
            let (mean, deviation) = moments(self.train.y.col(t).as_mat());
            if is_constant(deviation, mean) {
                return Err(Error::ConstantColumn { column: self.targets[t].clone() });
            }
            shift(self.train.y.as_mut().subcols_mut(t, 1), mean, deviation);
            shift(self.test.y.as_mut().subcols_mut(t, 1), mean, deviation);
            units.target_means.push(mean);
            units.target_scales.push(deviation);
        }
        let rescaled = |truth: Mat<f64>| Mat::from_fn(truth.nrows(), truth.ncols(), |j, t| truth[(j, t)] * units.feature_scales[j] / units.target_scales[t]);
        self.truth = self.truth.map(rescaled);
        Ok((self, units))
    }
}

/// Mean and standard deviation, over n, of one column.
fn moments(column: MatRef<'_, f64>) -> (f64, f64) {
    let means = linalg::column_means(column);
    (means[0], linalg::frobenius_norm(linalg::centred(column, &means).as_ref()) / count(column.nrows()).sqrt())
}

fn shift(mut column: MatMut<'_, f64>, mean: f64, scale: f64) {
    for i in 0..column.nrows() {
        column[(i, 0)] = (column[(i, 0)] - mean) / scale;
    }
}
