//! The post's experiment on one data set: every variant of attention against ridge regression, in outputs and in mechanism.
//!
//! [`Comparison::new`] takes a data set as it was measured and brings it to scale; [`Comparison::train`] trains one
//! [`Variant`] from one seed; [`Comparison::outcome`] says how far it came out from ridge, and [`Comparison::report`] does all of
//! it for a list of variants and seeds. Errors are in units of the targets' training variance.
//!
//! What is linear sees the n training rows through their factor: ridge, linear attention and the distance of their
//! matrices cost O(d³) once it is there, at any n. Softmax attends to all training rows, or where there are more than
//! [`Settings::context`] to a seeded sample of so many; an n×n matrix is never larger than that.

mod baseline;
mod mechanism;
mod outcome;
mod settings;
mod variant;

use faer::{Mat, MatRef, Scale};

pub use baseline::{Baseline, Leverages};
pub use outcome::{Agreement, Errors, Outcome, Report};
pub use settings::Settings;
pub use variant::{Scores, Variant};

use crate::agreement::Signature;
use crate::attention::gradients::Task;
use crate::attention::{Diagonal, Head, Normalisation, linear};
use crate::data::{Condensed, Dataset, Table, Units, split};
use crate::linalg::{self, count, relative_gap};
use crate::regression::{Ridge, hat_matrix_resolved};
use crate::training::{Parametrisation, Record, Trained, Training};
use crate::whitening::{Divisor, Root, Whitening};
use crate::{Error, Result};

/// A data set on scale, with the baseline fitted.
#[derive(Debug)]
pub struct Comparison {
    settings: Settings,
    data: Dataset,
    units: Units,
    train: Condensed,
    test: Condensed,
    ridge: Ridge,
    /// The training rows that softmax attends to, and the test rows; the same, whitened.
    near: Dataset,
    white: Dataset,
    /// Numbers of those training rows, where they are not all.
    sample: Option<Vec<usize>>,
    whitening: Mat<f64>,
    hat: Mat<f64>,
    /// An orthonormal basis of the column space of those rows.
    basis: Mat<f64>,
    /// C with H = QCQᵀ on all training rows, whose factor is X = QR.
    hat_core: Mat<f64>,
}

impl Comparison {
    /// Brings the data to scale, condenses them, fits ridge and whitens the rows that softmax will see.
    ///
    /// # Errors
    /// [`Error::ConstantColumn`] and [`Error::BeyondNumbers`], [`Error::Overflow`], [`Error::InvalidWidth`], and those of [`Ridge::fit`] and of a whitening.
    pub fn new(data: Dataset, settings: Settings) -> Result<Self> {
        let (data, units) = data.scaled(settings.scaling)?;
        let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
        if settings.width.is_some_and(|width| width == 0 || width > x.ncols()) {
            return Err(Error::InvalidWidth { width: settings.width.unwrap_or(0), features: x.ncols() });
        }
        let train = Condensed::of(x, y)?;
        let test = Condensed::of(data.test.x.as_ref(), data.test.y.as_ref())?;
        let ridge = Ridge::fit_resolved(train.x.as_ref(), train.y.as_ref(), settings.penalty, &units.resolution)?;
        let sample = if x.nrows() > settings.context { Some(split::sample(x.nrows(), settings.context, settings.seed)) } else { None };
        let near = match &sample {
            Some(rows) => Dataset { train: data.train.rows(rows), ..data.clone() },
            None => data.clone(),
        };
        let whitening = Whitening::of_factor(train.x.as_ref(), Divisor::N.of(x.nrows()), Root::Zca, &units.resolution)?;
        let apply = |table: &Table| Table { x: &table.x * &whitening, y: table.y.clone() };
        let white = Dataset { train: apply(&near.train), test: apply(&near.test), ..near.clone() };
        let resolution = sample.as_ref().map_or_else(|| units.resolution.clone(), |rows| units.resolution.sampled(rows.len()));
        let hat = hat_matrix_resolved(near.train.x.as_ref(), settings.penalty, &resolution)?;
        let hat_core = hat_matrix_resolved(train.x.as_ref(), settings.penalty, &units.resolution)?;
        let basis = linalg::orthonormal_basis(near.train.x.as_ref())?;
        Ok(Self { settings, data, units, train, test, ridge, near, white, sample, whitening, hat, basis, hat_core })
    }

    /// The data on scale.
    pub fn data(&self) -> &Dataset {
        &self.data
    }

    /// What brought them there.
    pub fn units(&self) -> &Units {
        &self.units
    }

    /// How the comparison is made.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The baseline, fitted on the factor of the training rows: its coefficients are theirs, its fitted values are not.
    pub fn ridge(&self) -> &Ridge {
        &self.ridge
    }

    /// Ridge or, with a penalty of 0, least squares, with what is reported of it.
    ///
    /// # Errors
    /// Those of [`Ridge::fit`].
    pub fn baseline(&self, penalty: f64) -> Result<Baseline> {
        Baseline::of(&self.data, &self.train, &self.units, penalty)
    }

    /// The factor of the training rows.
    pub fn condensed(&self) -> &Condensed {
        &self.train
    }

    /// The numbers of the training rows that softmax attends to, where they are a sample.
    pub fn sample(&self) -> Option<&[usize]> {
        self.sample.as_deref()
    }

    /// The data on scale, of the training rows those that softmax attends to.
    pub fn near(&self) -> &Dataset {
        &self.near
    }

    /// K, with which rows X become whitened rows XK; d×d.
    pub fn whitening(&self) -> MatRef<'_, f64> {
        self.whitening.as_ref()
    }

    /// The hat matrix H of the baseline on the rows that softmax attends to, n×n.
    pub fn hat(&self) -> MatRef<'_, f64> {
        self.hat.as_ref()
    }

    /// What a variant looks at: the rows, or the whitened rows; of the training rows those that softmax attends to.
    pub fn rows(&self, variant: Variant) -> &Dataset {
        if variant.whitened { &self.white } else { &self.near }
    }

    /// p, the columns of Wq and Wk.
    pub fn width(&self) -> usize {
        self.settings.width_for(self.data.train.d())
    }

    /// How a variant is trained from a seed.
    pub fn training(&self, variant: Variant, seed: u64) -> Training {
        let usual = variant.training(self.width(), seed);
        Training {
            optimiser: self.settings.optimiser.unwrap_or(usual.optimiser),
            steps: self.settings.steps.unwrap_or(usual.steps),
            deviation: self.settings.deviation.unwrap_or(usual.deviation),
            width: Some(self.width()),
            ..usual
        }
    }

    /// Trains a variant from a seed, the test rows held out and watched: for softmax at most as many as it attends to.
    ///
    /// # Errors
    /// Those of [`Training::run`].
    pub fn train(&self, variant: Variant, seed: u64) -> Result<Trained> {
        self.train_as(variant, &self.training(variant, seed))
    }

    /// Trains a variant in another way than [`Comparison::training`] would, from another size of start, say.
    ///
    /// # Errors
    /// Those of [`Training::run`].
    pub fn train_as(&self, variant: Variant, training: &Training) -> Result<Trained> {
        if condensable(variant) {
            return self.train_condensed(variant, training);
        }
        let rows = self.rows(variant);
        let (x, y) = (rows.train.x.as_ref(), rows.train.y.as_ref());
        let watched = rows.test.n().min(self.settings.context);
        let held_out = Task { queries: rows.test.x.subrows(0, watched), keys: x, values: y, targets: rows.test.y.subrows(0, watched) };
        training.run(Task::regression(x, y), Some(held_out))
    }

    /// Trains linear attention on the factor of the training rows.
    ///
    /// The form that fits n rows is of size 1/n: initial weights, rate and Adam's guard that suit the book's tables would be
    /// enormous on a large one. Where there are more rows, training sees scores as if there were as many as the post has, and the
    /// weights that come out take the difference.
    fn train_condensed(&self, variant: Variant, training: &Training) -> Result<Trained> {
        const BOOK: f64 = 400.0;
        let share = (BOOK / count(self.data.train.n())).min(1.0);
        let training = Training { normalisation: Normalisation::Linear { scale: share / count(self.width()) }, ..training.clone() };
        let (train, test) = (self.factor(variant, &self.train), self.factor(variant, &self.test));
        let task = |asking: &Condensed| [asking.x.clone(), train.x.clone(), train.y.clone(), asking.y.clone()];
        let (seen, held_out) = (task(&train.averaged()), task(&test.averaged()));
        let trained = training.run(as_task(&seen), Some(as_task(&held_out)))?;
        if share == 1.0 {
            return Ok(trained);
        }
        let rescaled = |head: &Head| match variant.parametrisation {
            Parametrisation::Merged => Head::merged(head.form() * Scale(share)),
            Parametrisation::Separate | Parametrisation::Tied => head.scaled(share.sqrt()),
        };
        let path = trained.path.iter().map(|record| Record { head: rescaled(&record.head), ..record.clone() }).collect();
        Ok(Trained { head: rescaled(&trained.head), path, ..trained })
    }

    /// The factor of the rows that a variant looks at.
    fn factor(&self, variant: Variant, condensed: &Condensed) -> Condensed {
        if variant.whitened { Condensed { x: &condensed.x * &self.whitening, ..condensed.clone() } } else { condensed.clone() }
    }

    /// A on the training rows that softmax attends to, n×n.
    ///
    /// # Errors
    /// Those of [`Normalisation::weights`](crate::attention::Normalisation::weights).
    pub fn weights(&self, variant: Variant, head: &Head) -> Result<Mat<f64>> {
        let x = self.rows(variant).train.x.as_ref();
        variant.normalisation(self.width()).weights(head.queries(x).as_ref(), head.keys(x).as_ref(), variant.diagonal)
    }

    /// What a variant predicts with `values` on the training rows that softmax attends to: for these rows, and for the test rows.
    ///
    /// # Errors
    /// Those of [`Normalisation::output`](crate::attention::Normalisation::output).
    pub fn predict(&self, variant: Variant, head: &Head, values: MatRef<'_, f64>) -> Result<[Mat<f64>; 2]> {
        let rows = self.rows(variant);
        let (x, new) = (rows.train.x.as_ref(), rows.test.x.as_ref());
        let (keys, normalisation) = (head.keys(x), variant.normalisation(self.width()));
        let ask = |queries: MatRef<'_, f64>, diagonal| normalisation.output(head.queries(queries).as_ref(), keys.as_ref(), values, diagonal);
        Ok([ask(x, variant.diagonal)?, ask(new, Diagonal::Kept)?])
    }

    /// WXᵀY/p in the coordinates of the unwhitened rows, d×m: the post's effective weights. For softmax over the rows that it
    /// attends to, for linear attention over all.
    pub fn effective_weights(&self, variant: Variant, head: &Head) -> Mat<f64> {
        let scale = 1.0 / count(self.width());
        let weights = if variant.scores == Scores::Linear {
            let factor = self.factor(variant, &self.train);
            linear::effective_weights(head.form().as_ref(), factor.x.as_ref(), factor.y.as_ref(), scale)
        } else {
            let rows = &self.rows(variant).train;
            linear::effective_weights(head.form().as_ref(), rows.x.as_ref(), rows.y.as_ref(), scale)
        };
        let mut weights = if variant.whitened { &self.whitening * weights } else { weights };
        // The initial weight of a feature that never varies was never asked for.
        for feature in (0..weights.nrows()).filter(|&feature| self.train.x.col(feature).iter().all(|&entry| entry == 0.0)) {
            weights.row_mut(feature).iter_mut().for_each(|weight| *weight = 0.0);
        }
        weights
    }

    /// What a trained variant predicts of the targets: for the training rows, all of them or where it has a softmax those that it
    /// attends to, and for the test rows.
    ///
    /// # Errors
    /// Those of [`Comparison::predict`].
    pub fn predictions(&self, variant: Variant, head: &Head) -> Result<[Mat<f64>; 2]> {
        if condensable(variant) {
            let weights = self.effective_weights(variant, head);
            return Ok([&self.data.train.x * &weights, &self.data.test.x * &weights]);
        }
        self.predict(variant, head, self.near.train.y.as_ref())
    }

    /// The training rows whose predictions [`Comparison::predictions`] returns.
    fn fitted_rows(&self, variant: Variant) -> &Table {
        if condensable(variant) { &self.data.train } else { &self.near.train }
    }

    /// How a trained variant compares with ridge.
    ///
    /// # Errors
    /// Those of [`Comparison::weights`] and [`Signature::of`], and [`Error::Overflow`] where something is no number.
    pub fn outcome(&self, variant: Variant, seed: u64, trained: &Trained) -> Result<Outcome> {
        let weights = self.weights(variant, &trained.head)?;
        let [on_train, on_test] = self.predictions(variant, &trained.head)?;
        let (fitted, test) = (self.fitted_rows(variant), &self.data.test);
        let agreement = |prediction: &Mat<f64>, rows: &Table| Agreement::of(prediction.as_ref(), rows.y.as_ref(), self.ridge.predict(rows.x.as_ref()).as_ref());
        let errors = |prediction: &Mat<f64>, rows: &Table| Errors::of(prediction.as_ref(), rows.y.as_ref());
        let near = self.near.train.x.as_ref();
        let signature = if condensable(variant) {
            Signature::of_factored(self.core(variant, &trained.head).as_ref(), weights.as_ref(), near)?
        } else {
            Signature::of(weights.as_ref(), near)?
        };
        Outcome {
            variant,
            seed,
            ending: trained.ending,
            train: agreement(&on_train, fitted),
            test: agreement(&on_test, test),
            errors: [errors(&on_train, fitted), errors(&on_test, test)],
            mechanism: self.mechanism_of_variant(variant, &trained.head, weights.as_ref()),
            weights_gap: relative_gap(self.effective_weights(variant, &trained.head).as_ref(), self.ridge.coefficients()),
            signature,
        }
        .checked()
    }

    /// C with A = QCQᵀ for linear attention on all training rows, whose factor is X = QR: small, and alike in all that does not
    /// depend on the basis.
    fn core(&self, variant: Variant, head: &Head) -> Mat<f64> {
        let x = self.factor(variant, &self.train).x;
        let form = head.form() * Scale(1.0 / count(self.width()));
        &x * form * x.transpose()
    }

    /// Trains every variant from every seed; `done` is called after each, and may keep what was trained.
    ///
    /// # Errors
    /// Those of [`Comparison::train`] and [`Comparison::outcome`].
    pub fn report(&self, variants: &[Variant], seeds: &[u64], mut done: impl FnMut(&Outcome, Trained)) -> Result<Report> {
        let (train, test) = (&self.data.train, &self.data.test);
        let [fitted, predicted] = [train, test].map(|rows| self.ridge.predict(rows.x.as_ref()));
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
            ridge_train: Agreement::of(fitted.as_ref(), train.y.as_ref(), fitted.as_ref()),
            ridge_test: Agreement::of(predicted.as_ref(), test.y.as_ref(), predicted.as_ref()),
            ridge_signature: self.ridge_signature()?,
            outcomes,
        })
    }

    /// The signature of the hat matrix.
    ///
    /// # Errors
    /// Those of [`Signature::of`].
    pub fn ridge_signature(&self) -> Result<Signature> {
        Signature::of_factored(self.hat_core.as_ref(), self.hat(), self.near.train.x.as_ref())
    }
}

/// Whether a variant sees the training rows through their factor alone.
fn condensable(variant: Variant) -> bool {
    variant.scores == Scores::Linear && variant.diagonal == Diagonal::Kept
}

fn as_task([queries, keys, values, targets]: &[Mat<f64>; 4]) -> Task<'_> {
    Task { queries: queries.as_ref(), keys: keys.as_ref(), values: values.as_ref(), targets: targets.as_ref() }
}
