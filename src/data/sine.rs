//! Data with a nonlinear truth: a sine, of one feature and of a projection of four.
//!
//! ```
//! use attention_regression::regression::{Intercept, Ridge, kernel};
//! use attention_regression::{agreement, data};
//!
//! let data = data::sine(1);
//! let (train, test) = (&data.train, &data.test);
//! let (x, y) = (train.x.as_ref(), train.y.as_ref());
//! let line = Ridge::fit(x, y, 0.0, Intercept::Fitted)?.predict(test.x.as_ref());
//! let local = kernel::smoother_matrix(test.x.as_ref(), x, 0.2)? * y;
//! assert!(agreement::r_squared(line.as_ref(), test.y.as_ref()) < 0.2);
//! assert!(agreement::r_squared(local.as_ref(), test.y.as_ref()) > 0.9);
//! # Ok::<(), attention_regression::Error>(())
//! ```

use faer::Mat;

use super::random::{standard_normal, uniform};
use super::{Dataset, Table};

const TRAIN: usize = 200;
const ROWS: usize = 300;
const NOISE: f64 = 0.1;

/// y = sin 2x + noise, x uniform on [−3, 3), 200 training and 100 test rows.
pub fn sine(seed: u64) -> Dataset {
    dataset("sine", uniform(seed, 0, ROWS, 1, -3.0, 3.0), &[2.0], seed)
}

/// y = sin(x·(1, −½, 0.8, 0.3)) + noise, four standard normal features, 200 training and 100 test rows.
pub fn sine_of_projection(seed: u64) -> Dataset {
    dataset("sine of a projection", standard_normal(seed, 0, ROWS, 4), &[1.0, -0.5, 0.8, 0.3], seed)
}

fn dataset(name: &str, x: Mat<f64>, direction: &[f64], seed: u64) -> Dataset {
    let noise = standard_normal(seed, 1, ROWS, 1);
    let angle = |i: usize| direction.iter().enumerate().map(|(j, weight)| weight * x[(i, j)]).sum::<f64>();
    let y = Mat::from_fn(ROWS, 1, |i, _| libm::sin(angle(i)) + NOISE * noise[(i, 0)]);
    let features = (1..=x.ncols()).map(|j| format!("x{j}")).collect();
    let table = Table { x, y };
    Dataset {
        name: name.to_owned(),
        features,
        targets: vec!["y".to_owned()],
        train: table.rows(&(0..TRAIN).collect::<Vec<_>>()),
        test: table.rows(&(TRAIN..ROWS).collect::<Vec<_>>()),
        truth: None,
    }
}
