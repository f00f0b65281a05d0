//! Agreement of predictions: errors, cosines, slopes.
//!
//! All take n×m matrices of one shape and read them entry by entry. A quotient with a zero denominator is 0, never
//! NaN: a prediction that does not vary is not aligned with anything.
//!
//! ```
//! use attention_regression::agreement::{centred_cosine, r_squared, slope};
//! use attention_regression::linalg::column;
//!
//! // An offset that a correlation and a slope do not see.
//! let (target, shifted) = (column(&[1.0, 2.0, 3.0]), column(&[11.0, 12.0, 13.0]));
//! assert!((centred_cosine(shifted.as_ref(), target.as_ref()) - 1.0).abs() < 1e-15);
//! assert_eq!((slope(shifted.as_ref(), target.as_ref()), r_squared(shifted.as_ref(), target.as_ref())), (1.0, -149.0));
//! assert_eq!(centred_cosine(column(&[5.0; 3]).as_ref(), target.as_ref()), 0.0);
//! ```

use faer::MatRef;

use crate::linalg::{column_means, count, entries, largest, mse, same_shape};

/// R² = 1 − Σ(ŷ − y)²/Σ(y − ȳ)², with the mean of each target; 0 where no target varies.
pub fn r_squared(prediction: MatRef<'_, f64>, target: MatRef<'_, f64>) -> f64 {
    let spread: f64 = deviations(target).map(|y| y * y).sum();
    let error = mse(prediction, target) * count(target.nrows() * target.ncols());
    if spread == 0.0 { 0.0 } else { 1.0 - error / spread }
}

/// ⟨a, b⟩/(‖a‖‖b‖): blind to scale, and to everything but the mean where the mean dominates.
pub fn cosine(a: MatRef<'_, f64>, b: MatRef<'_, f64>) -> f64 {
    same_shape(a, b);
    cosine_of(entries(a), entries(b))
}

/// The cosine after the mean of each column is removed: the correlation.
pub fn centred_cosine(a: MatRef<'_, f64>, b: MatRef<'_, f64>) -> f64 {
    same_shape(a, b);
    cosine_of(deviations(a), deviations(b))
}

/// The least-squares slope of `a` on `b`, both centred: 1 where they agree in scale.
pub fn slope(a: MatRef<'_, f64>, b: MatRef<'_, f64>) -> f64 {
    same_shape(a, b);
    // Scaled first, as in a cosine.
    let scale = largest(deviations(b));
    if scale == 0.0 {
        return 0.0;
    }
    let product: f64 = deviations(a).zip(deviations(b)).map(|(x, y)| x * (y / scale)).sum();
    product / deviations(b).map(|y| (y / scale) * (y / scale)).sum::<f64>() / scale
}

fn cosine_of(a: impl Iterator<Item = f64> + Clone, b: impl Iterator<Item = f64> + Clone) -> f64 {
    // Scaled first, so that the squares of extreme entries neither overflow nor vanish.
    let (largest_a, largest_b) = (largest(a.clone()), largest(b.clone()));
    if largest_a == 0.0 || largest_b == 0.0 {
        return 0.0;
    }
    let (a, b) = (a.map(|x| x / largest_a), b.map(|y| y / largest_b));
    let product: f64 = a.clone().zip(b.clone()).map(|(x, y)| x * y).sum();
    quotient(product, (a.map(|x| x * x).sum::<f64>() * b.map(|y| y * y).sum::<f64>()).sqrt())
}

fn deviations(a: MatRef<'_, f64>) -> impl Iterator<Item = f64> + Clone + '_ {
    let means = column_means(a);
    (0..a.ncols()).flat_map(move |j| {
        let mean = means[j];
        (0..a.nrows()).map(move |i| a[(i, j)] - mean)
    })
}

fn quotient(numerator: f64, denominator: f64) -> f64 {
    if denominator == 0.0 { 0.0 } else { numerator / denominator }
}
