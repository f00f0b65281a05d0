//! Training: how the weights of an attention layer come to be what they are.
//!
//! Full-batch gradient descent or Adam (Kingma and Ba 2015) on the mean squared error of a [`Task`], from seeded
//! initial weights. [`Training`] says how, [`Training::run`] does it and returns the [`Head`] with the path it took:
//! loss, held-out loss and form at steps evenly spaced on a logarithmic scale. A step costs what its gradient costs and
//! allocates nothing.
//!
//! A loss that is not finite, or a million times the larger of its first value and the targets' mean square, is
//! [`Error::Diverged`]. What it renounces: minibatches, warm-up, biases, weight decay.
//!
//! ```
//! use attention_regression::attention::Normalisation;
//! use attention_regression::attention::gradients::Task;
//! use attention_regression::data;
//! use attention_regression::training::{Parametrisation, Training};
//!
//! let data = data::synthetic(1).standardised()?.centred();
//! let task = Task::regression(data.train.x.as_ref(), data.train.y.as_ref());
//! let linear = Normalisation::Linear { scale: 1.0 / data.train.n() as f64 };
//! let trained = Training::new(linear, Parametrisation::Tied).run(task, None)?;
//! assert!(trained.last().loss < trained.path[0].loss);
//! # Ok::<(), attention_regression::Error>(())
//! ```

mod optimiser;
mod parameters;

use faer::Mat;
use serde::{Deserialize, Serialize};

use crate::attention::gradients::{Objective, Task};
use crate::attention::{Diagonal, Head, Normalisation};
use crate::linalg::{count, entries, frobenius_norm};
use crate::{Error, Result};
pub use optimiser::Optimiser;
use optimiser::Stepper;
use parameters::Parameters;
pub use parameters::Parametrisation;

/// Records of a path in a factor of ten of steps.
const RECORDS_PER_DECADE: f64 = 24.0;
/// How far the loss may rise before it counts as lost.
const LOST: f64 = 1e6;

/// How an attention layer is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Training {
    /// Softmax or linear.
    pub normalisation: Normalisation,
    /// Whether training rows attend to themselves; held-out rows have no diagonal.
    pub diagonal: Diagonal,
    /// What is free: two matrices, one, or their product.
    pub parametrisation: Parametrisation,
    /// Gradient descent or Adam.
    pub optimiser: Optimiser,
    /// p, the columns of Wq and Wk; as many as features where it is not said. A merged form is always d×d.
    pub width: Option<usize>,
    /// Standard deviation of the initial weights; 0 starts from nothing, which separate and tied weights never leave.
    pub deviation: f64,
    /// Seed of the initial weights.
    pub seed: u64,
    /// The most steps to take.
    pub steps: usize,
    /// Whether the rate falls linearly, to nothing at the last step. A constant one keeps Adam moving around where it
    /// arrived.
    pub falling: bool,
    /// Training has converged where the gradient's norm is at most this share of its first value; 0 for never.
    pub tolerance: f64,
    /// Stop after so many records without a lower held-out loss.
    pub patience: Option<usize>,
}

/// What training left behind.
#[derive(Debug, Clone)]
pub struct Trained {
    /// The weights; after an early stop those of the lowest held-out loss.
    pub head: Head,
    /// Records from step 0 to the end.
    pub path: Vec<Record>,
    /// How it ended.
    pub ending: Ending,
}

/// One point of a path.
#[derive(Debug, Clone)]
pub struct Record {
    /// Steps taken so far.
    pub step: usize,
    /// Mean squared error of the task.
    pub loss: f64,
    /// Mean squared error of the held-out task, if there is one.
    pub held_out: Option<f64>,
    /// ‖∂L/∂(weights)‖_F.
    pub gradient: f64,
    /// The weights.
    pub head: Head,
}

/// How training ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "how")]
pub enum Ending {
    /// The gradient fell below the tolerance.
    Converged {
        /// When.
        step: usize,
    },
    /// The held-out loss had not fallen for as long as patience allows.
    StoppedEarly {
        /// When it was lowest.
        best: usize,
    },
    /// All steps were taken.
    OutOfSteps,
}

impl Training {
    /// A thousand steps of Adam at rate 0.01 from weights of standard deviation 0.3 and seed 1, every row in sight of
    /// itself.
    pub fn new(normalisation: Normalisation, parametrisation: Parametrisation) -> Self {
        Self {
            normalisation,
            diagonal: Diagonal::Kept,
            parametrisation,
            optimiser: Optimiser::Adam { rate: 0.01 },
            width: None,
            deviation: 0.3,
            seed: 1,
            steps: 1000,
            falling: false,
            tolerance: 0.0,
            patience: None,
        }
    }

    /// Trains on `task`, watching `held_out`, whose rows have no diagonal to mask.
    ///
    /// # Errors
    /// [`Error::Diverged`], [`Error::InvalidTraining`], and those of [`Objective::new`].
    pub fn run(&self, task: Task<'_>, held_out: Option<Task<'_>>) -> Result<Trained> {
        self.check()?;
        let mut course = Course::new(self, task, held_out)?;
        let (mut path, mut first, mut last) = (Vec::<Record>::new(), (0.0, 0.0), mean_square(task));
        for step in 0..=self.steps {
            let (loss, gradient) = course.look();
            if step == 0 {
                first = (loss.max(last), gradient);
            }
            if !loss.is_finite() || loss > LOST * first.0 {
                return Err(Error::Diverged { step, loss: if loss.is_finite() { loss } else { last } });
            }
            last = loss;
            let converged = self.at_rest(gradient, first.1);
            if converged || step == self.steps || due(step) {
                path.push(course.record(step, loss, gradient));
            }
            if converged {
                return Ok(Trained { head: course.parameters.head(), path, ending: Ending::Converged { step } });
            }
            if let Some(best) = self.patience.and_then(|patience| exhausted(&path, patience)) {
                return Ok(Trained { head: best.head.clone(), ending: Ending::StoppedEarly { best: best.step }, path });
            }
            if step < self.steps {
                let share = if self.falling { 1.0 - count(step) / count(self.steps) } else { 1.0 };
                course.stepper.step(&mut course.parameters, share);
            }
        }
        Ok(Trained { head: course.parameters.head(), path, ending: Ending::OutOfSteps })
    }

    /// Whether the gradient is as small beside its first value as it has to be.
    fn at_rest(&self, gradient: f64, first: f64) -> bool {
        self.tolerance > 0.0 && gradient <= self.tolerance * first
    }

    fn check(&self) -> Result<()> {
        let rate = self.optimiser.rate();
        for (what, value) in [
            ("the rate", rate),
            ("the tolerance", self.tolerance),
            ("the deviation of the initial weights", self.deviation),
        ] {
            if !(value.is_finite() && value >= 0.0) {
                return Err(Error::InvalidTraining { what, value });
            }
        }
        Ok(())
    }
}

/// A training under way, with all the memory that a step needs.
struct Course {
    objective: Objective,
    watched: Option<Objective>,
    parameters: Parameters,
    stepper: Stepper,
    form: Mat<f64>,
    slope: Mat<f64>,
    /// Where the held-out slope goes, which no step follows.
    unused: Mat<f64>,
}

impl Course {
    fn new(training: &Training, task: Task<'_>, held_out: Option<Task<'_>>) -> Result<Self> {
        let d = task.keys.ncols();
        let parameters = Parameters::initial(
            training.parametrisation,
            (d, training.width.unwrap_or(d)),
            training.deviation,
            training.seed,
        );
        Ok(Self {
            objective: Objective::new(task, training.normalisation, training.diagonal)?,
            watched: held_out.map(|task| Objective::new(task, training.normalisation, Diagonal::Kept)).transpose()?,
            stepper: Stepper::new(training.optimiser, &parameters),
            parameters,
            form: Mat::zeros(d, d),
            slope: Mat::zeros(d, d),
            unused: Mat::zeros(d, d),
        })
    }

    /// Loss and norm of the gradient where the parameters stand.
    fn look(&mut self) -> (f64, f64) {
        self.parameters.write_form(self.form.as_mut());
        let loss = self.objective.evaluate(self.form.as_ref(), self.slope.as_mut());
        self.stepper.gradient(&self.parameters, self.slope.as_ref());
        (loss, self.stepper.gradient_norm())
    }

    fn record(&mut self, step: usize, loss: f64, gradient: f64) -> Record {
        let held_out = self.watched.as_mut().map(|watched| watched.evaluate(self.form.as_ref(), self.unused.as_mut()));
        Record { step, loss, held_out, gradient, head: self.parameters.head() }
    }
}

/// The mean square of the targets: the loss of predicting nothing.
fn mean_square(task: Task<'_>) -> f64 {
    entries(task.targets).map(|target| target * target).sum::<f64>()
        / count(task.targets.nrows() * task.targets.ncols())
}

impl Trained {
    /// The record with the lowest held-out loss, where one was watched.
    pub fn best(&self) -> Option<&Record> {
        lowest(&self.path)
    }

    /// The last record.
    ///
    /// A path is never empty: step 0 is always recorded.
    pub fn last(&self) -> &Record {
        &self.path[self.path.len() - 1]
    }
}

fn lowest(path: &[Record]) -> Option<&Record> {
    path.iter()
        .filter(|record| record.held_out.is_some())
        .min_by(|a, b| a.held_out.unwrap_or(f64::INFINITY).total_cmp(&b.held_out.unwrap_or(f64::INFINITY)))
}

/// The best record, where it lies more than `patience` records back.
fn exhausted(path: &[Record], patience: usize) -> Option<&Record> {
    let best = lowest(path)?;
    let since = path.iter().rev().take_while(|record| record.step > best.step).count();
    (since > patience).then_some(best)
}

/// Whether a step is recorded: 0, 1 and the first step after each multiple of a 24th of a decade.
fn due(step: usize) -> bool {
    let place = |step: usize| (RECORDS_PER_DECADE * libm::log10(count(step))).floor();
    step == 0 || place(step) > place(step - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg;

    #[test]
    fn patience_counts_the_records_after_the_best() {
        let record = |(step, held_out): (usize, f64)| Record {
            step,
            loss: 0.0,
            held_out: Some(held_out),
            gradient: 0.0,
            head: Head::identity(1),
        };
        let path: Vec<Record> = [3.0, 1.0, 2.0, 2.0].into_iter().enumerate().map(record).collect();
        assert_eq!(exhausted(&path, 1).map(|best| best.step), Some(1));
        assert!(exhausted(&path, 2).is_none() && exhausted(&[], 0).is_none());
    }

    #[test]
    fn a_tolerance_of_zero_is_never_reached() {
        let x = linalg::column(&[1.0, -1.0]);
        let task = Task::regression(x.as_ref(), x.as_ref());
        // Two factors that are zero have no gradient.
        let linear = Training::new(Normalisation::Linear { scale: 1.0 }, Parametrisation::Separate);
        let training = |tolerance: f64| Training { deviation: 0.0, steps: 3, tolerance, ..linear.clone() };
        let ending = |tolerance: f64| training(tolerance).run(task, None).map(|trained| trained.ending);
        assert_eq!((ending(0.0), ending(1e-9)), (Ok(Ending::OutOfSteps), Ok(Ending::Converged { step: 0 })));
    }

    #[test]
    fn records_are_evenly_spaced_on_a_logarithmic_scale() {
        let recorded: Vec<usize> = (0..100).filter(|&step| due(step)).collect();
        assert!(recorded.starts_with(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12]), "{recorded:?}");
        assert_eq!((100..1000).filter(|&step| due(step)).count(), 24);
    }
}
