//! Handwritten digits (Alpaydin and Kaynak 1998): 1797 images of 8 × 8 pixels, each from 0 to 16, with their labels.
//!
//! Rows stand in the order in which thirteen people wrote them, so that rows near each other are often of one hand.
//! Three pixels are 0 in all images. The images are vendored with their source and terms (`vendored/digits.md`).
//!
//! ```
//! use attention_regression::data::digits;
//!
//! let images = digits::raw()?;
//! assert_eq!((images.pixels.nrows(), images.labels[3]), (1797, 3));
//! assert_eq!(digits::classes(digits::one_hot(&[7, 1]).as_ref()), [7, 1]);
//! # Ok::<(), attention_regression::Error>(())
//! ```

use faer::{Mat, MatRef};

use super::vendored::Vendored;
use super::{Dataset, Table, split};
use crate::Result;

const FILE: Vendored = Vendored {
    file: "src/data/vendored/digits.csv.gz",
    bytes: include_bytes!("vendored/digits.csv.gz"),
    checksum: "78288ae19ced2bd2aa265aac3621fa714bb4d148adeb09db5d22d6c7618e5cb1",
};

/// Rows and columns of an image.
pub const SIDE: usize = 8;
/// The value of a pixel that is all ink.
pub const INK: f64 = 16.0;
/// The number of classes.
const CLASSES: usize = 10;

/// Images with their labels.
#[derive(Debug, Clone)]
pub struct Digits {
    /// Pixels from 0 to 16, n×64: the upper row of an image first, each from the left.
    pub pixels: Mat<f64>,
    /// What each image shows, 0 to 9.
    pub labels: Vec<usize>,
}

/// All 1797 images.
///
/// # Errors
/// [`Error::Checksum`](crate::Error::Checksum) or [`Error::Table`](crate::Error::Table) where the vendored file was
/// changed.
pub fn raw() -> Result<Digits> {
    let (_, numbers) = FILE.read()?;
    let pixels = numbers.subcols(0, SIDE * SIDE).to_owned();
    let labels = numbers.col(SIDE * SIDE).iter().map(|&label| label as usize).collect();
    Ok(Digits { pixels, labels })
}

/// Pixels that vary on the training rows, and for each class whether an image is of it; row i is a test row when
/// i mod 5 = 4 (1438 and 359 rows).
///
/// # Errors
/// Those of [`raw`].
pub fn dataset() -> Result<Dataset> {
    let Digits { pixels, labels } = raw()?;
    let split = split::every_fifth(labels.len());
    let varies =
        |&pixel: &usize| split.train.iter().any(|&row| pixels[(row, pixel)] != pixels[(split.train[0], pixel)]);
    let kept: Vec<usize> = (0..pixels.ncols()).filter(varies).collect();
    let x = Mat::from_fn(labels.len(), kept.len(), |i, j| pixels[(i, kept[j])]);
    let table = Table { x, y: one_hot(&labels) };
    Ok(Dataset {
        name: "digits".to_owned(),
        features: kept.iter().map(|pixel| format!("p{}{}", pixel / SIDE, pixel % SIDE)).collect(),
        targets: (0..CLASSES).map(|class| format!("is {class}")).collect(),
        train: table.rows(&split.train),
        test: table.rows(&split.test),
        truth: None,
    })
}

/// A column for each class, n×10: 1 where a label is of it, 0 elsewhere.
pub fn one_hot(labels: &[usize]) -> Mat<f64> {
    Mat::from_fn(labels.len(), CLASSES, |i, class| if labels[i] == class { 1.0 } else { 0.0 })
}

/// The class with the largest entry of each row.
pub fn classes(scores: MatRef<'_, f64>) -> Vec<usize> {
    let largest = |i: usize| (0..scores.ncols()).max_by(|&a, &b| scores[(i, a)].total_cmp(&scores[(i, b)]));
    (0..scores.nrows()).filter_map(largest).collect()
}
