//! Seeded random matrices, the same digits on every machine.
//!
//! ChaCha8 is named and portable, unlike `StdRng`; `rand_distr` without `std_math` goes through libm, whose logarithms
//! do not depend on the CPU. One seed serves several matrices through ChaCha's streams.
//!
//! ```
//! use attention_regression::data::random::{standard_normal, uniform};
//!
//! let (x, noise) = (standard_normal(7, 0, 100, 2), standard_normal(7, 1, 100, 2));
//! assert_eq!(x, standard_normal(7, 0, 100, 2));
//! assert_ne!(x, noise);
//! assert!(uniform(7, 2, 100, 1, -3.0, 3.0).col(0).iter().all(|entry| (-3.0..3.0).contains(entry)));
//! ```

use faer::Mat;
use rand::RngExt as _;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// The generator of one stream of a seed.
pub fn generator(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    generator.set_stream(stream);
    generator
}

/// Independent standard normal entries, drawn row by row.
pub fn standard_normal(seed: u64, stream: u64, rows: usize, columns: usize) -> Mat<f64> {
    let mut generator = generator(seed, stream);
    fill(rows, columns, || StandardNormal.sample(&mut generator))
}

/// Independent entries uniform on [low, high), drawn row by row.
pub fn uniform(seed: u64, stream: u64, rows: usize, columns: usize, low: f64, high: f64) -> Mat<f64> {
    let mut generator = generator(seed, stream);
    fill(rows, columns, || low + (high - low) * generator.random::<f64>())
}

fn fill(rows: usize, columns: usize, mut draw: impl FnMut() -> f64) -> Mat<f64> {
    let mut matrix = Mat::zeros(rows, columns);
    for i in 0..rows {
        for j in 0..columns {
            matrix[(i, j)] = draw();
        }
    }
    matrix
}
