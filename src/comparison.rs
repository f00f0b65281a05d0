//! The post's experiment on one data set: every variant of attention against ridge regression, in outputs and in mechanism.
//!
//! [`Comparison::new`] takes a data set as it was measured and brings it to standard units; [`Comparison::train`] trains one
//! [`Variant`] from one seed; [`Comparison::outcome`] says how far it came out from ridge, and [`Comparison::report`] does all of
//! it for a list of variants and seeds, as plain data for serde. Errors are in units of the targets' training variance.

use faer::{Mat, MatRef};
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::agreement::{Signature, centred_cosine, cosine, mse, r_squared, slope};
use crate::attention::gradients::Task;
use crate::attention::softmax::temperature_of_width;
use crate::attention::{Diagonal, Head, Normalisation};
use crate::data::{Dataset, Table};
use crate::linalg::{count, relative_gap};
use crate::regression::{Intercept, Ridge, hat_matrix};
use crate::training::{Ending, Optimiser, Parametrisation, Trained, Training};
use crate::whitening::{Divisor, Root, Whitening};

/// What is done to the scores of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scores {
    /// Softmax at temperature d^{1/2}.
    Softmax,
    /// The post's regression-like attention: no softmax, scale 1/d.
    Linear,
}

/// One way of attending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// Softmax or linear.
    pub scores: Scores,
    /// Whether rows are whitened by training statistics first.
    pub whitened: bool,
    /// Separate or tied weights.
    pub parametrisation: Parametrisation,
    /// Whether training rows see themselves.
    pub diagonal: Diagonal,
}

impl Variant {
    /// The post's grid, eight variants: softmax and linear, on rows as they are and whitened, separate and tied.
    pub fn grid() -> Vec<Self> {
        let each = |scores| [false, true].into_iter().flat_map(move |whitened| Self::pair(scores, whitened, Diagonal::Kept));
        [Scores::Linear, Scores::Softmax].into_iter().flat_map(each).collect()
    }

    /// Softmax that is trained without seeing its own row.
    pub fn masked() -> [Self; 2] {
        Self::pair(Scores::Softmax, false, Diagonal::Masked)
    }

    fn pair(scores: Scores, whitened: bool, diagonal: Diagonal) -> [Self; 2] {
        [Parametrisation::Separate, Parametrisation::Tied].map(|parametrisation| Self { scores, whitened, parametrisation, diagonal })
    }

    /// Such as `softmax, whitened, tied`.
    pub fn name(&self) -> String {
        let scores = match self.scores {
            Scores::Softmax => "softmax",
            Scores::Linear => "linear",
        };
        let parametrisation = match self.parametrisation {
            Parametrisation::Separate => ", separate",
            Parametrisation::Tied => ", tied",
            Parametrisation::Merged => ", merged",
        };
        let masked = if self.diagonal == Diagonal::Masked { ", masked" } else { "" };
        format!("{scores}{}{parametrisation}{masked}", if self.whitened { ", whitened" } else { "" })
    }

    /// What makes weights of scores at width d.
    pub fn normalisation(&self, d: usize) -> Normalisation {
        match self.scores {
            Scores::Softmax => Normalisation::Softmax { temperature: temperature_of_width(d) },
            Scores::Linear => Normalisation::Linear { scale: 1.0 / count(d) },
        }
    }

    /// How it is trained: softmax by 1000 steps of Adam at rate 0.01 from weights of deviation 0.3; linear attention, whose scale
    /// 1/d makes it steep, by 4000 at 0.0005 from 0.01.
    pub fn training(&self, d: usize, seed: u64) -> Training {
        let (rate, deviation, steps) = match self.scores {
            Scores::Softmax => (0.01, 0.3, 1000),
            Scores::Linear => (5e-4, 0.01, 4000),
        };
        let optimiser = Optimiser::Adam { rate };
        Training { optimiser, deviation, steps, seed, diagonal: self.diagonal, ..Training::new(self.normalisation(d), self.parametrisation) }
    }
}

/// A data set in standard units, with the baseline fitted.
#[derive(Debug)]
pub struct Comparison {
    data: Dataset,
    white: Dataset,
    whitening: Whitening,
    ridge: Ridge,
    hat: Mat<f64>,
}

impl Comparison {
    /// Brings the data to standard units, whitens a copy and fits ridge.
    ///
    /// # Errors
    /// [`Error::ConstantColumn`](crate::Error::ConstantColumn) and those of [`Ridge::fit`] and [`Whitening::fit`].
    pub fn new(data: &Dataset, penalty: f64) -> Result<Self> {
        let data = data.in_standard_units()?;
        let x = data.train.x.as_ref();
        let whitening = Whitening::fit(x, Root::Zca, Divisor::N, 0.0)?;
        let apply = |table: &Table| Table { x: whitening.apply(table.x.as_ref()), y: table.y.clone() };
        let white = Dataset { train: apply(&data.train), test: apply(&data.test), ..data.clone() };
        let ridge = Ridge::fit(x, data.train.y.as_ref(), penalty, Intercept::None)?;
        let hat = hat_matrix(x, penalty, Intercept::None)?;
        Ok(Self { data, white, whitening, ridge, hat })
    }

    /// The data in standard units.
    pub fn data(&self) -> &Dataset {
        &self.data
    }

    /// The baseline.
    pub fn ridge(&self) -> &Ridge {
        &self.ridge
    }

    /// The baseline's hat matrix H, n×n.
    pub fn hat(&self) -> MatRef<'_, f64> {
        self.hat.as_ref()
    }

    /// What a variant looks at: the rows, or the whitened rows.
    pub fn rows(&self, variant: Variant) -> &Dataset {
        if variant.whitened { &self.white } else { &self.data }
    }

    /// Trains a variant from a seed, the test rows held out and watched.
    ///
    /// # Errors
    /// Those of [`Training::run`].
    pub fn train(&self, variant: Variant, seed: u64) -> Result<Trained> {
        let rows = self.rows(variant);
        let (x, y) = (rows.train.x.as_ref(), rows.train.y.as_ref());
        let held_out = Task { queries: rows.test.x.as_ref(), keys: x, values: y, targets: rows.test.y.as_ref() };
        variant.training(x.ncols(), seed).run(Task::regression(x, y), Some(held_out))
    }

    /// A on the training rows, n×n.
    ///
    /// # Errors
    /// Those of [`Normalisation::weights`].
    pub fn weights(&self, variant: Variant, head: &Head) -> Result<Mat<f64>> {
        let x = self.rows(variant).train.x.as_ref();
        variant.normalisation(x.ncols()).weights(head.queries(x).as_ref(), head.keys(x).as_ref(), variant.diagonal)
    }

    /// What a variant predicts with `values` on its training rows: for the training rows, and for the test rows.
    ///
    /// # Errors
    /// Those of [`Normalisation::output`].
    pub fn predict(&self, variant: Variant, head: &Head, values: MatRef<'_, f64>) -> Result<[Mat<f64>; 2]> {
        let rows = self.rows(variant);
        let (x, new) = (rows.train.x.as_ref(), rows.test.x.as_ref());
        let (keys, normalisation) = (head.keys(x), variant.normalisation(x.ncols()));
        let ask = |queries: MatRef<'_, f64>, diagonal| normalisation.output(head.queries(queries).as_ref(), keys.as_ref(), values, diagonal);
        Ok([ask(x, variant.diagonal)?, ask(new, Diagonal::Kept)?])
    }

    /// WXᵀY/d in the coordinates of the unwhitened rows, d×m: the post's effective weights.
    pub fn effective_weights(&self, variant: Variant, head: &Head) -> Mat<f64> {
        let x = self.rows(variant).train.x.as_ref();
        let weights = crate::attention::linear::effective_weights(head.form().as_ref(), x, self.data.train.y.as_ref(), 1.0 / count(x.ncols()));
        if variant.whitened { self.whitening.matrix() * weights } else { weights }
    }

    /// How a trained variant compares with ridge.
    ///
    /// # Errors
    /// Those of [`Comparison::weights`] and [`Signature::of`].
    pub fn outcome(&self, variant: Variant, seed: u64, trained: &Trained) -> Result<Outcome> {
        let weights = self.weights(variant, &trained.head)?;
        let [on_train, on_test] = self.predict(variant, &trained.head, self.data.train.y.as_ref())?;
        Ok(Outcome {
            variant,
            seed,
            ending: trained.ending,
            train: Agreement::of(on_train.as_ref(), self.data.train.y.as_ref(), self.ridge.fitted()),
            test: Agreement::of(on_test.as_ref(), self.data.test.y.as_ref(), self.ridge.predict(self.data.test.x.as_ref()).as_ref()),
            mechanism_gap: relative_gap(weights.as_ref(), self.hat()),
            signature: Signature::of(weights.as_ref(), self.data.train.x.as_ref())?,
        })
    }

    /// Trains every variant from every seed; `done` is called after each, and may keep what was trained.
    ///
    /// # Errors
    /// Those of [`Comparison::train`] and [`Comparison::outcome`].
    pub fn report(&self, variants: &[Variant], seeds: &[u64], mut done: impl FnMut(&Outcome, Trained)) -> Result<Report> {
        let (train, test) = (&self.data.train, &self.data.test);
        let predicted = self.ridge.predict(test.x.as_ref());
        let mut outcomes = Vec::new();
        for &variant in variants {
            for &seed in seeds {
                let trained = self.train(variant, seed)?;
                let outcome = self.outcome(variant, seed, &trained)?;
                done(&outcome, trained);
                outcomes.push(outcome);
            }
        }
        Ok(Report {
            data: self.data.name.clone(),
            train_rows: train.n(),
            test_rows: test.n(),
            features: train.d(),
            penalty: self.ridge.penalty(),
            ridge_train: Agreement::of(self.ridge.fitted(), train.y.as_ref(), self.ridge.fitted()),
            ridge_test: Agreement::of(predicted.as_ref(), test.y.as_ref(), predicted.as_ref()),
            ridge_signature: Signature::of(self.hat(), train.x.as_ref())?,
            outcomes,
        })
    }
}

/// Everything about one data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The data set's name.
    pub data: String,
    /// n.
    pub train_rows: usize,
    /// n*.
    pub test_rows: usize,
    /// d.
    pub features: usize,
    /// Ridge's λ.
    pub penalty: f64,
    /// Ridge on the training rows.
    pub ridge_train: Agreement,
    /// Ridge on the test rows.
    pub ridge_test: Agreement,
    /// The signature of ridge's hat matrix.
    pub ridge_signature: Signature,
    /// One for each variant and seed.
    pub outcomes: Vec<Outcome>,
}

/// How one trained variant compares with ridge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Which variant.
    pub variant: Variant,
    /// From which initial weights.
    pub seed: u64,
    /// How training ended.
    pub ending: Ending,
    /// On the training rows.
    pub train: Agreement,
    /// On the test rows.
    pub test: Agreement,
    /// ‖A − H‖_F/‖H‖_F.
    pub mechanism_gap: f64,
    /// The signature of A.
    pub signature: Signature,
}

/// A set of predictions against targets and against ridge's predictions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Mean squared error, in units of the targets' training variance.
    pub mse: f64,
    /// R² on these rows.
    pub r_squared: f64,
    /// Cosine to ridge's predictions.
    pub cosine: f64,
    /// The same after both means are removed.
    pub centred_cosine: f64,
    /// Slope on ridge's predictions.
    pub slope: f64,
    /// ‖prediction − ridge‖/‖ridge‖.
    pub output_gap: f64,
}

impl Agreement {
    /// Of predictions with targets and with a baseline's predictions, all n×m.
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
