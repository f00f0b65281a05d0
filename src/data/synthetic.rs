//! Linear data with known weights: y = Xβ + noise, columns of X correlated as ρ^|i−j|.
//!
//! The columns follow x₁ = z₁, xⱼ = ρxⱼ₋₁ + √(1 − ρ²) zⱼ, which gives every column unit variance and neighbours the
//! correlation ρ: an AR(1) process along the columns.
//!
//! ```
//! use attention_regression::data::Synthetic;
//! use attention_regression::linalg;
//! use attention_regression::regression::{Intercept, Ridge};
//!
//! let exact = Synthetic { noise: 0.0, ..Synthetic::default() };
//! let data = exact.draw(1);
//! let fit = Ridge::fit(data.train.x.as_ref(), data.train.y.as_ref(), 0.0, Intercept::None)?;
//! assert!(linalg::relative_gap(fit.coefficients(), exact.weights.as_ref()) < 1e-12);
//! # Ok::<(), attention_regression::Error>(())
//! ```

use faer::Mat;

use super::random::standard_normal;
use super::{Dataset, Table};

/// The design of a synthetic data set.
#[derive(Debug, Clone)]
pub struct Synthetic {
    /// Training rows.
    pub train: usize,
    /// Test rows.
    pub test: usize,
    /// ρ, the correlation of neighbouring columns, between −1 and 1.
    pub correlation: f64,
    /// β, d×m.
    pub weights: Mat<f64>,
    /// Standard deviation of the noise.
    pub noise: f64,
}

impl Default for Synthetic {
    /// The book's: 200 + 100 rows, ρ = 0.8, eight weights of which two are zero, noise 0.5.
    fn default() -> Self {
        Self {
            train: 200,
            test: 100,
            correlation: 0.8,
            weights: crate::linalg::column(&[3.0, -2.0, 1.5, 0.0, 0.0, 1.0, -1.0, 0.5]),
            noise: 0.5,
        }
    }
}

impl Synthetic {
    /// Draws the data of one seed.
    pub fn draw(&self, seed: u64) -> Dataset {
        let (d, m) = (self.weights.nrows(), self.weights.ncols());
        let n = self.train + self.test;
        let mut x = standard_normal(seed, 0, n, d);
        let fresh = (1.0 - self.correlation * self.correlation).sqrt();
        for i in 0..n {
            for j in 1..d {
                x[(i, j)] = self.correlation * x[(i, j - 1)] + fresh * x[(i, j)];
            }
        }
        let noise = standard_normal(seed, 1, n, m);
        let signal = product(&x, &self.weights);
        let y = Mat::from_fn(n, m, |i, t| signal[(i, t)] + self.noise * noise[(i, t)]);
        let table = Table { x, y };
        Dataset {
            name: "synthetic".to_owned(),
            features: (1..=d).map(|j| format!("x{j}")).collect(),
            targets: (1..=m).map(|t| if m == 1 { "y".to_owned() } else { format!("y{t}") }).collect(),
            train: table.rows(&(0..self.train).collect::<Vec<_>>()),
            test: table.rows(&(self.train..n).collect::<Vec<_>>()),
            truth: Some(self.weights.clone()),
        }
    }
}

/// The book's synthetic data set of one seed: 200 training and 100 test rows, eight columns, one target.
///
/// ```
/// let data = attention_regression::data::synthetic(1);
/// assert_eq!((data.train.n(), data.test.n(), data.train.d()), (200, 100, 8));
/// ```
pub fn synthetic(seed: u64) -> Dataset {
    Synthetic::default().draw(seed)
}

/// A product in a fixed order of operations: data must not depend on which kernel the CPU has.
fn product(x: &Mat<f64>, weights: &Mat<f64>) -> Mat<f64> {
    Mat::from_fn(x.nrows(), weights.ncols(), |i, t| (0..x.ncols()).map(|j| x[(i, j)] * weights[(j, t)]).sum())
}
