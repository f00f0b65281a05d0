//! From the units of a table to those of a fit, and back.
//!
//! Features are centred by their training means and divided by what [`Scaling`] says; targets are centred and divided
//! by their training standard deviations. A feature that does not vary on the training rows becomes zero, and with it
//! its coefficient.
//!
//! ```
//! use attention_regression::data::{Scaling, diabetes};
//! use attention_regression::linalg;
//! use attention_regression::regression::{Intercept, Ridge};
//!
//! let raw = diabetes::dataset()?;
//! let (scaled, units, _) = raw.clone().scaled(Scaling::Standard)?;
//! let fit = Ridge::fit(scaled.train.x.as_ref(), scaled.train.y.as_ref(), 0.0, Intercept::None)?;
//! let (coefficients, intercepts) = units.original(fit.coefficients());
//! let direct = Ridge::fit(raw.train.x.as_ref(), raw.train.y.as_ref(), 0.0, Intercept::Fitted)?;
//! assert!(linalg::relative_gap(coefficients.as_ref(), direct.coefficients()) < 1e-10);
//! assert!((intercepts[0] / direct.intercept()[0] - 1.0).abs() < 1e-10);
//! # Ok::<(), attention_regression::Error>(())
//! ```

use faer::{Mat, MatRef};
use serde::{Deserialize, Serialize};

use super::Dataset;
use crate::linalg::{self, Moments, Resolution, count, times_over};
use crate::{Error, Result};

/// What centred features are divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "notebook", derive(schemars::JsonSchema, clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Scaling {
    /// Nothing.
    None,
    /// Standard deviations.
    ///
    /// Those of the training rows, over n.
    Standard,
    /// Norms.
    ///
    /// Those over the training rows.
    UnitNorm,
}

impl Scaling {
    /// The name of the scaling: `none`, `standard` or `unit-norm`.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Standard => "standard",
            Self::UnitNorm => "unit-norm",
        }
    }
}

/// What was subtracted and divided by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "notebook", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Units {
    /// `none`, `standard` or `unit-norm`.
    pub kind: Scaling,
    /// Training means of the features.
    pub feature_means: Vec<f64>,
    /// What the centred features were divided by; 1 for a feature that does not vary.
    pub feature_scales: Vec<f64>,
    /// Training means of the targets.
    pub target_means: Vec<f64>,
    /// Training standard deviations of the targets, over n.
    pub target_scales: Vec<f64>,
}

impl Units {
    /// Coefficients (d×m) and intercepts on the features and targets as they were measured.
    pub fn original(&self, coefficients: MatRef<'_, f64>) -> (Mat<f64>, Vec<f64>) {
        let scales = |j: usize, t: usize| (self.target_scales[t], self.feature_scales[j]);
        let original = Mat::from_fn(coefficients.nrows(), coefficients.ncols(), |j, t| {
            times_over(coefficients[(j, t)], scales(j, t).0, scales(j, t).1)
        });
        let shift =
            |t: usize| self.feature_means.iter().enumerate().map(|(j, mean)| mean * original[(j, t)]).sum::<f64>();
        let intercepts = (0..original.ncols()).map(|t| self.target_means[t] - shift(t)).collect();
        (original, intercepts)
    }

    /// Coefficients (d×m) on the scaled features, the targets in their own units.
    pub(crate) fn in_target_units(&self, coefficients: MatRef<'_, f64>) -> Mat<f64> {
        Mat::from_fn(coefficients.nrows(), coefficients.ncols(), |j, t| coefficients[(j, t)] * self.target_scales[t])
    }
}

impl Dataset {
    /// The data on scale, in the memory that they were in, what brought them there, and how far the scaled features are
    /// to be trusted.
    ///
    /// # Errors
    /// [`Error::ConstantColumn`] for a target that does not vary on the training part, [`Error::Empty`] for a part
    /// without rows, [`Error::NotFinite`], [`Error::BeyondNumbers`] for a column whose scale, or whose variance, is no
    /// number, and [`Error::Overflow`] where a test row is none in its units.
    pub fn scaled(mut self, scaling: Scaling) -> Result<(Self, Units, Resolution)> {
        for (what, table) in [("the training part", &self.train), ("the test part", &self.test)] {
            if table.n() == 0 || table.d() == 0 {
                return Err(Error::Empty { what, rows: table.n(), columns: table.d() });
            }
        }
        for (what, matrix) in [
            ("X", &self.train.x),
            ("Y", &self.train.y),
            ("the test part of X", &self.test.x),
            ("the test part of Y", &self.test.y),
        ] {
            linalg::check_finite(what, matrix.as_ref())?;
        }
        let features = self
            .features
            .iter()
            .enumerate()
            .map(|(j, name)| Column::scaled(&mut self.train.x, &mut self.test.x, j, scaling, name));
        let features = features.collect::<Result<Vec<_>>>()?;
        let targets = self
            .targets
            .iter()
            .enumerate()
            .map(|(t, name)| Column::target(&mut self.train.y, &mut self.test.y, t, name));
        let targets = targets.collect::<Result<Vec<_>>>()?;
        for (what, scaled) in [
            ("the scaled features", [&self.train.x, &self.test.x]),
            ("the scaled targets", [&self.train.y, &self.test.y]),
        ] {
            if !scaled.iter().all(|part| linalg::max_abs(part.as_ref()).is_finite()) {
                return Err(Error::Overflow { what });
            }
        }
        let units = Units {
            kind: scaling,
            feature_means: features.iter().map(|column| column.mean).collect(),
            feature_scales: features.iter().map(|column| column.scale).collect(),
            target_means: targets.iter().map(|column| column.mean).collect(),
            target_scales: targets.iter().map(|column| column.scale).collect(),
        };
        let resolution =
            Resolution::standardised(self.train.n(), features.iter().map(|column| column.rounding).collect());
        let scales = |j: usize, t: usize| (units.feature_scales[j], units.target_scales[t]);
        let rescaled = |truth: Mat<f64>| {
            Mat::from_fn(truth.nrows(), truth.ncols(), |j, t| times_over(truth[(j, t)], scales(j, t).0, scales(j, t).1))
        };
        self.truth = self.truth.map(rescaled);
        Ok((self, units, resolution))
    }
}

/// What brought a column to scale.
struct Column {
    mean: f64,
    scale: f64,
    /// ε‖x‖ of the column as it was measured, in the new units.
    rounding: f64,
}

impl Column {
    /// Brings a column of the training rows, and with it that of the test rows, to scale.
    fn scaled(train: &mut Mat<f64>, test: &mut Mat<f64>, j: usize, scaling: Scaling, name: &str) -> Result<Self> {
        let moments = Moments::of(train.col(j));
        let divide = match scaling {
            // What is left of a constant is rounding; on test rows it would be a change that no training row has seen.
            _ if moments.is_constant() => None,
            Scaling::None => {
                return Ok(Self::by(
                    [train, test],
                    j,
                    |entry| moments.centred(entry),
                    [moments.mean(), 1.0, moments.norm_times(f64::EPSILON)],
                ));
            }
            Scaling::Standard => Some((1.0, "its standard deviation")),
            Scaling::UnitNorm => Some((count(train.nrows()).sqrt(), "its norm")),
        };
        let Some((factor, what)) = divide else {
            return Ok(Self::by([train, test], j, |_| 0.0, [moments.mean(), 1.0, 0.0]));
        };
        let scale = moments.deviation() * factor;
        if !scale.is_normal() {
            return Err(beyond(name, what, &moments));
        }
        Ok(Self::by(
            [train, test],
            j,
            |entry| moments.standardised(entry, factor),
            [moments.mean(), scale, f64::EPSILON * moments.standardised_norm(factor)],
        ))
    }

    /// The same of a target, whose errors are told in its own units.
    fn target(train: &mut Mat<f64>, test: &mut Mat<f64>, t: usize, name: &str) -> Result<Self> {
        let moments = Moments::of(train.col(t));
        if moments.is_constant() {
            return Err(Error::ConstantColumn { column: name.to_owned() });
        }
        if !(moments.deviation() * moments.deviation()).is_normal() {
            return Err(beyond(name, "its variance", &moments));
        }
        Self::scaled(train, test, t, Scaling::Standard, name)
    }

    fn by(
        parts: [&mut Mat<f64>; 2],
        j: usize,
        to_scale: impl Fn(f64) -> f64,
        [mean, scale, rounding]: [f64; 3],
    ) -> Self {
        parts.into_iter().for_each(|part| part.col_mut(j).iter_mut().for_each(|entry| *entry = to_scale(*entry)));
        Self { mean, scale, rounding }
    }
}

fn beyond(name: &str, what: &'static str, moments: &Moments) -> Error {
    Error::BeyondNumbers { column: name.to_owned(), what, exponent: moments.exponent() }
}
