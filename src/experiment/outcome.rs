//! How a trained variant compares with ridge, as plain data for serde.

use faer::{Mat, MatRef};
use serde::{Deserialize, Serialize};

use super::{Comparison, Variant};
use crate::agreement::{Mechanism, Signature, centred_cosine, cosine, mse, r_squared, slope};
use crate::data::Table;
use crate::linalg::relative_gap;
use crate::training::{Ending, Trained};
use crate::{Error, Result};

/// How one trained variant compares with ridge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The variant that was trained.
    pub variant: Variant,
    /// The seed of its initial weights.
    pub seed: u64,
    /// How training ended.
    pub ending: Ending,
    /// Agreement on the training rows that the variant sees.
    pub train: Agreement,
    /// Agreement on the test rows.
    pub test: Agreement,
    /// Each target's error on the training rows, and on the test rows.
    pub errors: [Vec<Errors>; 2],
    /// How A compares with ridge's hat matrix.
    pub mechanism: Mechanism,
    /// ‖effective weights − ridge's coefficients‖_F/‖ridge's coefficients‖_F, on the scaled features.
    pub weights_gap: f64,
    /// The signature of A.
    pub signature: Signature,
}

impl Comparison {
    /// How a trained variant compares with ridge.
    ///
    /// # Errors
    /// Those of [`Comparison::weights`] and [`Signature::of`], and [`Error::Overflow`] where something is no number.
    pub fn outcome(&self, variant: Variant, seed: u64, trained: &Trained) -> Result<Outcome> {
        let head = &trained.head;
        let weights = self.weights(variant, head)?;
        let [on_train, on_test] = self.predictions(variant, head)?;
        let (fitted, test) = (self.fitted_rows(variant), &self.data.test);
        let agreement = |prediction: &Mat<f64>, rows: &Table| {
            let ridge = self.ridge.predict(rows.x.as_ref());
            Agreement::of(prediction.as_ref(), rows.y.as_ref(), ridge.as_ref())
        };
        let errors = |prediction: &Mat<f64>, rows: &Table| Errors::of(prediction.as_ref(), rows.y.as_ref());
        Outcome {
            variant,
            seed,
            ending: trained.ending,
            train: agreement(&on_train, fitted),
            test: agreement(&on_test, test),
            errors: [errors(&on_train, fitted), errors(&on_test, test)],
            mechanism: self.mechanism_of_variant(variant, head, weights.as_ref()),
            weights_gap: relative_gap(self.effective_weights(variant, head).as_ref(), self.ridge.coefficients()),
            signature: self.signature_of_variant(variant, head, weights.as_ref())?,
        }
        .checked()
    }
}

impl Outcome {
    /// Itself, if there is a number for everything.
    fn checked(self) -> Result<Self> {
        let Signature {
            trace,
            asymmetry,
            idempotence_gap,
            row_sums,
            negative_share,
            mass_on_ten_nearest,
            perplexity,
            ..
        } = self.signature;
        let of_the_matrix = [
            trace,
            asymmetry,
            idempotence_gap,
            row_sums.0,
            row_sums.1,
            negative_share,
            mass_on_ten_nearest,
            perplexity,
        ];
        let agreement = |on: &Agreement| [on.mse, on.r_squared, on.cosine, on.centred_cosine, on.slope, on.output_gap];
        let numbers =
            [&of_the_matrix[..], &agreement(&self.train), &agreement(&self.test), &[self.weights_gap]].concat();
        if numbers.into_iter().all(f64::is_finite)
            && self.mechanism.is_finite()
            && self.errors.iter().flatten().all(Errors::are_numbers)
        {
            Ok(self)
        } else {
            Err(Error::Overflow { what: "the errors or the weights of this attention" })
        }
    }
}

/// The error of predictions of one target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Errors {
    /// Mean squared error, in units of the target's training variance.
    pub mse: f64,
    /// R² of the target on the rows that were predicted.
    pub r_squared: f64,
}

impl Errors {
    /// The errors of every target, of predictions and targets that are n×m.
    pub fn of(prediction: MatRef<'_, f64>, target: MatRef<'_, f64>) -> Vec<Self> {
        let of = |t: usize| {
            let (prediction, target) = (prediction.subcols(t, 1), target.subcols(t, 1));
            Self { mse: mse(prediction, target), r_squared: r_squared(prediction, target) }
        };
        (0..target.ncols()).map(of).collect()
    }

    /// Whether both are finite.
    pub(super) fn are_numbers(&self) -> bool {
        self.mse.is_finite() && self.r_squared.is_finite()
    }
}

/// A set of predictions against targets and against ridge's predictions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Mean squared error, in units of the targets' training variance.
    pub mse: f64,
    /// R² of all targets on the rows that were predicted.
    pub r_squared: f64,
    /// Cosine to ridge's predictions.
    pub cosine: f64,
    /// Cosine to ridge's predictions after both means are removed.
    pub centred_cosine: f64,
    /// Slope on ridge's predictions.
    pub slope: f64,
    /// ‖prediction − ridge‖/‖ridge‖.
    pub output_gap: f64,
}

impl Agreement {
    /// The agreement of predictions with targets and with a baseline's predictions, all n×m.
    pub fn of(prediction: MatRef<'_, f64>, target: MatRef<'_, f64>, baseline: MatRef<'_, f64>) -> Self {
        Self {
            mse: mse(prediction, target),
            r_squared: r_squared(prediction, target),
            cosine: cosine(prediction, baseline),
            centred_cosine: centred_cosine(prediction, baseline),
            slope: slope(prediction, baseline),
            output_gap: relative_gap(prediction, baseline),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_without_a_number_is_an_error() {
        let on = Agreement { mse: 1.0, r_squared: 0.0, cosine: 1.0, centred_cosine: 1.0, slope: 1.0, output_gap: 0.0 };
        let signature = Signature {
            rank: 1,
            trace: 1.0,
            asymmetry: 0.0,
            idempotence_gap: 0.0,
            row_sums: (1.0, 1.0),
            negative_share: 0.0,
            mass_on_ten_nearest: 1.0,
            perplexity: 1.0,
        };
        let errors = [vec![Errors { mse: 1.0, r_squared: 0.0 }], vec![Errors { mse: 1.0, r_squared: 0.0 }]];
        let variant = Variant::grid()[0];
        let mechanism = Mechanism { alignment: 0.5, size: 1.0, overlap: 1.0, gap: 1.0 };
        let sound = Outcome {
            variant,
            seed: 1,
            ending: Ending::OutOfSteps,
            train: on,
            test: on,
            errors,
            mechanism,
            weights_gap: 1.0,
            signature,
        };
        assert!(sound.clone().checked().is_ok());
        let broken = [
            Outcome { test: Agreement { slope: f64::INFINITY, ..on }, ..sound.clone() },
            Outcome { train: Agreement { mse: f64::NAN, ..on }, ..sound.clone() },
            Outcome { mechanism: Mechanism { size: f64::INFINITY, ..mechanism }, ..sound.clone() },
            Outcome { signature: Signature { row_sums: (0.0, f64::NAN), ..signature }, ..sound.clone() },
            Outcome { errors: [vec![Errors { mse: f64::INFINITY, r_squared: 0.0 }], Vec::new()], ..sound },
        ];
        assert!(broken.into_iter().all(|outcome| matches!(outcome.checked(), Err(Error::Overflow { .. }))));
    }
}
