//! Gradient descent, θ ← θ − η∇, and Adam (Kingma and Ba 2015, algorithm 1 with their constants), entry by entry.

use faer::{Mat, MatRef};
use serde::{Deserialize, Serialize};

use super::frobenius_norm;
use super::parameters::Parameters;
use crate::linalg::count;

/// How a gradient becomes a step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Optimiser {
    /// θ ← θ − rate · ∇.
    GradientDescent {
        /// η.
        rate: f64,
    },
    /// Adam with β₁ = 0.9, β₂ = 0.999 and 10⁻⁸ in the denominator.
    Adam {
        /// α.
        rate: f64,
    },
}

impl Optimiser {
    pub(super) fn rate(self) -> f64 {
        match self {
            Self::GradientDescent { rate } | Self::Adam { rate } => rate,
        }
    }
}

/// An optimiser with its memory: gradients, and for Adam their running moments.
pub(super) struct Stepper {
    optimiser: Optimiser,
    gradients: Vec<Mat<f64>>,
    means: Vec<Mat<f64>>,
    squares: Vec<Mat<f64>>,
    taken: usize,
}

impl Stepper {
    pub(super) fn new(optimiser: Optimiser, parameters: &Parameters) -> Self {
        let zeros = || parameters.matrices.iter().map(|matrix| Mat::zeros(matrix.nrows(), matrix.ncols())).collect();
        Self { optimiser, gradients: zeros(), means: zeros(), squares: zeros(), taken: 0 }
    }

    /// Takes the gradients from D = ∂L/∂W.
    pub(super) fn gradient(&mut self, parameters: &Parameters, slope: MatRef<'_, f64>) {
        parameters.write_gradients(slope, &mut self.gradients);
    }

    pub(super) fn gradient_norm(&self) -> f64 {
        self.gradients.iter().map(|gradient| frobenius_norm(gradient.as_ref())).fold(0.0, f64::hypot)
    }

    /// Moves the parameters, at a share of the rate.
    pub(super) fn step(&mut self, parameters: &mut Parameters, share: f64) {
        self.taken += 1;
        match self.optimiser {
            Optimiser::GradientDescent { rate } => {
                for (matrix, gradient) in parameters.matrices.iter_mut().zip(&self.gradients) {
                    columns(matrix, gradient).for_each(|(entry, gradient)| *entry -= share * rate * gradient);
                }
            }
            Optimiser::Adam { rate } => self.adam(parameters, share * rate),
        }
    }

    fn adam(&mut self, parameters: &mut Parameters, rate: f64) {
        const MEAN: f64 = 0.9;
        const SQUARE: f64 = 0.999;
        const GUARD: f64 = 1e-8;
        let unbias = |decay: f64| 1.0 / (1.0 - libm::pow(decay, count(self.taken)));
        let (mean_scale, square_scale) = (unbias(MEAN), unbias(SQUARE));
        for (place, matrix) in parameters.matrices.iter_mut().enumerate() {
            let gradient = &self.gradients[place];
            columns(&mut self.means[place], gradient)
                .for_each(|(mean, gradient)| *mean = MEAN * *mean + (1.0 - MEAN) * gradient);
            columns(&mut self.squares[place], gradient)
                .for_each(|(square, gradient)| *square = SQUARE * *square + (1.0 - SQUARE) * gradient * gradient);
            for j in 0..matrix.ncols() {
                let moments = self.means[place].col(j).iter().zip(self.squares[place].col(j).iter());
                for (entry, (mean, square)) in matrix.col_mut(j).iter_mut().zip(moments) {
                    *entry -= rate * mean * mean_scale / ((square * square_scale).sqrt() + GUARD);
                }
            }
        }
    }
}

/// The entries of `a`, to be changed, beside those of `b`.
fn columns<'a>(a: &'a mut Mat<f64>, b: &'a Mat<f64>) -> impl Iterator<Item = (&'a mut f64, f64)> {
    a.col_iter_mut().zip(b.col_iter()).flat_map(|(a, b)| a.iter_mut().zip(b.iter().copied()))
}
