//! A variant in three words, as the command line takes it and the document tells it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attention::Diagonal;
use crate::experiment::{Scores, Variant};
use crate::training::Parametrisation;

/// One way of attending, in three words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Choice {
    /// `softmax` or `linear`.
    pub score: Scores,
    /// `none` or `zca`.
    pub whitening: Whiten,
    /// `separate`, `tied` or `merged`.
    pub weights: Parametrisation,
}

/// What is done to rows before attention sees them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Whiten {
    /// Nothing.
    None,
    /// The symmetric root of the inverse covariance.
    Zca,
}

impl Choice {
    /// The variant, in which every training row sees itself.
    pub fn variant(self) -> Variant {
        Variant {
            scores: self.score,
            whitened: self.whitening == Whiten::Zca,
            parametrisation: self.weights,
            diagonal: Diagonal::Kept,
        }
    }
}

impl From<Variant> for Choice {
    fn from(variant: Variant) -> Self {
        let whitening = if variant.whitened { Whiten::Zca } else { Whiten::None };
        Self { score: variant.scores, whitening, weights: variant.parametrisation }
    }
}
