//! The post's variants: what is done to the scores, to the rows, and what is free in training.

use serde::{Deserialize, Serialize};

use crate::attention::softmax::temperature_of_width;
use crate::attention::{Diagonal, Normalisation};
use crate::linalg::count;
use crate::training::{Optimiser, Parametrisation, Training};

/// What is done to the scores of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "notebook", derive(schemars::JsonSchema, clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Scores {
    /// QKᵀ/p as it is.
    ///
    /// The post's regression-like attention: no softmax.
    Linear,
    /// Softmax of QKᵀ/√p.
    Softmax,
}

impl Scores {
    /// The name of what is done to scores: `softmax` or `linear`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Softmax => "softmax",
            Self::Linear => "linear",
        }
    }
}

/// One way of attending: scores, rows, free weights, and whether a row sees itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// What is done to the scores.
    pub scores: Scores,
    /// Whether rows are whitened by training statistics first.
    pub whitened: bool,
    /// What is free in training: two matrices, one, or their product.
    pub parametrisation: Parametrisation,
    /// Whether training rows see themselves.
    pub diagonal: Diagonal,
}

impl Variant {
    /// The post's grid, eight variants: softmax and linear, on rows as they are and whitened, separate and tied.
    pub fn grid() -> Vec<Self> {
        let each =
            |scores| [false, true].into_iter().flat_map(move |whitened| Self::pair(scores, whitened, Diagonal::Kept));
        [Scores::Linear, Scores::Softmax].into_iter().flat_map(each).collect()
    }

    /// Softmax that is trained without seeing its own row.
    pub fn masked() -> [Self; 2] {
        Self::pair(Scores::Softmax, false, Diagonal::Masked)
    }

    fn pair(scores: Scores, whitened: bool, diagonal: Diagonal) -> [Self; 2] {
        [Parametrisation::Separate, Parametrisation::Tied].map(|parametrisation| Self {
            scores,
            whitened,
            parametrisation,
            diagonal,
        })
    }

    /// The name of the variant, such as `softmax, whitened, tied`.
    pub fn name(&self) -> String {
        let masked = if self.diagonal == Diagonal::Masked { ", masked" } else { "" };
        let whitened = if self.whitened { ", whitened" } else { "" };
        format!("{}{whitened}, {}{masked}", self.scores.name(), self.parametrisation.name())
    }

    /// The normalisation that makes weights of scores at width p, which is d unless somebody says otherwise.
    pub fn normalisation(&self, width: usize) -> Normalisation {
        match self.scores {
            Scores::Softmax => Normalisation::Softmax { temperature: temperature_of_width(width) },
            Scores::Linear => Normalisation::Linear { scale: 1.0 / count(width) },
        }
    }

    /// The training of the variant from a seed, every variant alike: from weights of deviation 0.1, by at most 600
    /// steps of Adam at a rate that falls from 0.015 to nothing, until the gradient is a millionth of what it was. Adam
    /// at a constant rate does not stay where it arrives: it is thrown out again, and a rounding error decides when.
    pub fn training(&self, width: usize, seed: u64) -> Training {
        Training {
            seed,
            diagonal: self.diagonal,
            optimiser: Optimiser::Adam { rate: 0.015 },
            deviation: 0.1,
            steps: 600,
            falling: true,
            tolerance: 1e-6,
            ..Training::new(self.normalisation(width), self.parametrisation)
        }
    }
}
