//! How the variants of a comparison are trained: softmax on its context, linear attention on the factor of all rows.

use faer::Scale;

use super::{Comparison, Scores, Variant};
use crate::Result;
use crate::attention::gradients::Task;
use crate::attention::{Diagonal, Head, Normalisation};
use crate::data::Factor;
use crate::linalg::count;
use crate::training::{Parametrisation, Record, Trained, Training};

impl Comparison {
    /// The training of a variant from a seed: the usual one, but for what the settings say.
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
        if sees_factor(variant) {
            return self.train_on_factor(variant, training);
        }
        let rows = self.rows(variant);
        let (x, y) = (rows.train.x.as_ref(), rows.train.y.as_ref());
        let watched = rows.test.n().min(self.settings.context);
        let (queries, targets) = (rows.test.x.subrows(0, watched), rows.test.y.subrows(0, watched));
        training.run(Task::regression(x, y), Some(Task { queries, keys: x, values: y, targets }))
    }

    /// Trains linear attention on the factor of the training rows.
    ///
    /// The form that fits n rows is of size 1/n: initial weights, rate and Adam's guard that suit the book's tables
    /// would be enormous on a large one. Where there are more rows, training sees scores as if there were as many as
    /// the post has, and the weights that come out take the difference.
    fn train_on_factor(&self, variant: Variant, training: &Training) -> Result<Trained> {
        const BOOK: f64 = 400.0;
        let share = (BOOK / count(self.data.train.n())).min(1.0);
        let normalisation = Normalisation::Linear { scale: share / count(self.width()) };
        let training = Training { normalisation, ..training.clone() };
        let (train, test) = (self.seen(variant, &self.factor), self.seen(variant, &self.test_factor));
        let (asking, held_out) = (train.averaged(), test.averaged());
        let trained = training.run(task(&asking, &train), Some(task(&held_out, &train)))?;
        if share == 1.0 {
            return Ok(trained);
        }
        let rescaled = |head: &Head| match variant.parametrisation {
            Parametrisation::Merged => Head::merged(head.form() * Scale(share)),
            Parametrisation::Separate | Parametrisation::Tied => head.scaled(share.sqrt()),
        };
        let path =
            trained.path.iter().map(|record| Record { head: rescaled(&record.head), ..record.clone() }).collect();
        Ok(Trained { head: rescaled(&trained.head), path, ..trained })
    }

    /// A factor of rows, whitened where the variant sees whitened rows.
    pub(super) fn seen(&self, variant: Variant, factor: &Factor) -> Factor {
        let factor = factor.clone();
        if variant.whitened { Factor { x: &factor.x * &self.whitening, ..factor } } else { factor }
    }
}

/// Whether a variant sees the training rows through their factor alone.
pub(super) fn sees_factor(variant: Variant) -> bool {
    variant.scores == Scores::Linear && variant.diagonal == Diagonal::Kept
}

fn task<'a>(asking: &'a Factor, answering: &'a Factor) -> Task<'a> {
    let (keys, values) = (answering.x.as_ref(), answering.y.as_ref());
    Task { queries: asking.x.as_ref(), keys, values, targets: asking.y.as_ref() }
}
