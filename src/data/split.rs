//! Which rows are fitted and which are tested.
//!
//! ```
//! use attention_regression::data::split;
//!
//! let seeded = split::seeded(10, 0.25, 1)?;
//! assert_eq!(seeded, split::seeded(10, 0.25, 1)?);
//! assert_eq!((seeded.train.len(), seeded.test.len()), (7, 3));
//! assert!(seeded.test.iter().all(|row| !seeded.train.contains(row)));
//! assert_eq!(split::every_fifth(10).test, [4, 9]);
//! # Ok::<(), attention_regression::Error>(())
//! ```

use rand::seq::SliceRandom as _;

use super::random::generator;
use crate::linalg::count;
use crate::{Error, Result};

/// Row numbers of a training and a test part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Training rows.
    pub train: Vec<usize>,
    /// Test rows.
    pub test: Vec<usize>,
}

/// Row i is a test row when i mod 5 = 4: a split that needs no generator.
pub fn every_fifth(n: usize) -> Split {
    let (test, train) = (0..n).partition(|row| row % 5 == 4);
    Split { train, test }
}

/// A seeded random split with ⌈n · fraction⌉ test rows.
///
/// # Errors
/// [`Error::InvalidFraction`] where a part would be empty.
pub fn seeded(n: usize, fraction: f64, seed: u64) -> Result<Split> {
    let size = if fraction > 0.0 && fraction < 1.0 { (count(n) * fraction).ceil() as usize } else { 0 };
    if size == 0 || size >= n {
        return Err(Error::InvalidFraction { fraction, rows: n });
    }
    let mut rows: Vec<usize> = (0..n).collect();
    rows.shuffle(&mut generator(seed, 0));
    let train = rows.split_off(size);
    Ok(Split { train, test: rows })
}

/// `size` of `n` row numbers, a seeded sample in ascending order.
pub fn sample(n: usize, size: usize, seed: u64) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..n).collect();
    rows.shuffle(&mut generator(seed, 1));
    rows.truncate(size);
    rows.sort_unstable();
    rows
}
