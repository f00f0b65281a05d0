//! How a comparison is made: penalty, scaling, width, and what of the training is not as usual.

use crate::data::Scaling;
use crate::training::Optimiser;

/// The widest head where no width is given.
const WIDEST: usize = 64;

/// How a comparison is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Ridge's λ, on the scaled features.
    pub penalty: f64,
    /// What centred features are divided by.
    pub scaling: Scaling,
    /// p, the columns of Wq and Wk; where it is not said as many as features, and at most 64.
    pub width: Option<usize>,
    /// The most training rows that softmax attends to, and that an n×n matrix is formed for.
    pub context: usize,
    /// Seed of the sample of training rows, where they are more than the context.
    pub seed: u64,
    /// The optimiser, where it is not that of [`Variant::training`](super::Variant::training).
    pub optimiser: Option<Optimiser>,
    /// The most steps of training, where they are not those of [`Variant::training`](super::Variant::training).
    pub steps: Option<usize>,
    /// Standard deviation of the initial weights, where it is not that of
    /// [`Variant::training`](super::Variant::training).
    pub deviation: Option<f64>,
}

impl Default for Settings {
    /// The post's λ = 10⁻³, standard units, full width, the usual training; two thousand rows of context.
    fn default() -> Self {
        Self {
            penalty: 1e-3,
            scaling: Scaling::Standard,
            width: None,
            context: 2000,
            seed: 1,
            optimiser: None,
            steps: None,
            deviation: None,
        }
    }
}

impl Settings {
    /// p, the columns of Wq and Wk, for so many features.
    pub(super) fn width_for(&self, features: usize) -> usize {
        self.width.unwrap_or(features.min(WIDEST))
    }
}
