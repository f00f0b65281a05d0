//! What is free in training: Wq and Wk, one W for both, or the form WqWkᵀ itself.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par, Scale};
use serde::{Deserialize, Serialize};

use crate::attention::Head;
use crate::data::random::standard_normal;

/// What is free in training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "notebook", derive(schemars::JsonSchema, clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Parametrisation {
    /// Wq and Wk.
    ///
    /// Both are d×p.
    Separate,
    /// One W for queries and keys.
    ///
    /// It is d×p.
    Tied,
    /// The form W = WqWkᵀ itself.
    ///
    /// It is d×d.
    Merged,
}

impl Parametrisation {
    /// The name of the parametrisation: `separate`, `tied` or `merged`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Separate => "separate",
            Self::Tied => "tied",
            Self::Merged => "merged",
        }
    }
}

/// The first stream of initial weights: those before it are the data's, which may have the same seed.
const STREAM: u64 = 64;

/// The free matrices, one or two.
#[derive(Debug, Clone)]
pub(super) struct Parameters {
    kind: Parametrisation,
    pub(super) matrices: Vec<Mat<f64>>,
}

impl Parameters {
    pub(super) fn initial(kind: Parametrisation, (d, width): (usize, usize), deviation: f64, seed: u64) -> Self {
        let (free, columns) = match kind {
            Parametrisation::Separate => (2, width),
            Parametrisation::Tied => (1, width),
            Parametrisation::Merged => (1, d),
        };
        Self {
            kind,
            matrices: (0..free)
                .map(|place| standard_normal(seed, STREAM + place, d, columns) * Scale(deviation))
                .collect(),
        }
    }

    pub(super) fn head(&self) -> Head {
        match (self.kind, self.matrices.as_slice()) {
            (Parametrisation::Tied, [weights, ..]) => Head::tied(weights.clone()),
            (_, [query, key]) => Head::separate(query.clone(), key.clone()),
            (_, rest) => Head::merged(rest[0].clone()),
        }
    }

    /// W = WqWkᵀ.
    pub(super) fn write_form(&self, mut form: MatMut<'_, f64>) {
        let [first, last] = self.ends();
        match self.kind {
            Parametrisation::Merged => form.copy_from(first),
            Parametrisation::Separate | Parametrisation::Tied => {
                matmul(form, Accum::Replace, first.as_ref(), last.transpose(), 1.0, Par::Seq)
            }
        }
    }

    /// ∂L/∂(matrices) from D = ∂L/∂W: DWk and DᵀWq, for one matrix their sum.
    pub(super) fn write_gradients(&self, slope: MatRef<'_, f64>, gradients: &mut [Mat<f64>]) {
        let [first, last] = self.ends();
        match (self.kind, gradients) {
            (Parametrisation::Separate, [query, key]) => {
                matmul(query.as_mut(), Accum::Replace, slope, last.as_ref(), 1.0, Par::Seq);
                matmul(key.as_mut(), Accum::Replace, slope.transpose(), first.as_ref(), 1.0, Par::Seq);
            }
            (Parametrisation::Tied, [weights]) => {
                matmul(weights.as_mut(), Accum::Replace, slope, first.as_ref(), 1.0, Par::Seq);
                matmul(weights.as_mut(), Accum::Add, slope.transpose(), first.as_ref(), 1.0, Par::Seq);
            }
            (_, gradients) => gradients[0].copy_from(slope),
        }
    }

    /// The matrices of queries and keys.
    fn ends(&self) -> [&Mat<f64>; 2] {
        [&self.matrices[0], &self.matrices[self.matrices.len() - 1]]
    }
}
