//! What faer lacks by name: gaps between matrices, norms, ranks; [`Moments`] of columns, and what they can resolve.
//!
//! Everything is dense, in f64 and sequential: results do not depend on a thread count. Norms are scaled by the
//! largest entry first, so that neither 1e200 nor 1e-200 over- or underflows.
//!
//! ```
//! use attention_regression::{Mat, linalg};
//!
//! let x = Mat::from_fn(4, 2, |i, j| [[1.0, 2.0], [2.0, 4.0], [3.0, 6.0], [4.0, 8.0]][i][j]);
//! assert_eq!(linalg::rank(x.as_ref())?, 1);
//! assert!(linalg::relative_gap((&x * 1e-200).as_ref(), x.as_ref()) > 0.99);
//! # Ok::<(), attention_regression::Error>(())
//! ```

mod moments;
mod resolution;

use faer::{Mat, MatRef};

pub(crate) use moments::unit;
pub use moments::{Moments, centred, column_means, moments};
pub use resolution::Resolution;

use crate::{Error, Result};

/// The largest |entry|; 0 for an empty matrix, NaN where an entry is NaN.
pub fn max_abs(a: MatRef<'_, f64>) -> f64 {
    largest(entries(a))
}

/// The largest magnitude, NaN where one is NaN: `f64::max` would pass over it, and a gap that is NaN must not look
/// small.
pub(crate) fn largest(numbers: impl Iterator<Item = f64>) -> f64 {
    numbers.fold(
        0.0,
        |largest: f64, number| if number.is_nan() || number.abs() > largest { number.abs() } else { largest },
    )
}

/// The largest |aᵢⱼ − bᵢⱼ|.
pub fn max_abs_gap(a: MatRef<'_, f64>, b: MatRef<'_, f64>) -> f64 {
    same_shape(a, b);
    max_abs((a - b).as_ref())
}

/// ‖a‖_F = √Σ aᵢⱼ².
pub fn frobenius_norm(a: MatRef<'_, f64>) -> f64 {
    norm(entries(a))
}

/// √Σaᵢ².
pub(crate) fn norm(numbers: impl Iterator<Item = f64> + Clone) -> f64 {
    let scale = largest(numbers.clone());
    if scale == 0.0 || !scale.is_finite() {
        return scale;
    }
    scale * numbers.map(|number| (number / scale) * (number / scale)).sum::<f64>().sqrt()
}

/// ‖a − b‖_F / ‖b‖_F, and the numerator alone where b is zero.
pub fn relative_gap(a: MatRef<'_, f64>, b: MatRef<'_, f64>) -> f64 {
    same_shape(a, b);
    let (gap, norm) = (frobenius_norm((a - b).as_ref()), frobenius_norm(b));
    if norm == 0.0 { gap } else { gap / norm }
}

/// The largest singular value.
///
/// # Errors
/// [`Error::NoConvergence`].
pub fn spectral_norm(a: MatRef<'_, f64>) -> Result<f64> {
    Ok(singular_values(a)?.first().copied().unwrap_or(0.0))
}

/// Singular values, descending.
///
/// # Errors
/// [`Error::NoConvergence`].
pub fn singular_values(a: MatRef<'_, f64>) -> Result<Vec<f64>> {
    // A power of two keeps the squares of what is huge or tiny among the numbers.
    let unit = unit(max_abs(a));
    let factor = factor((a * faer::Scale(unit)).as_ref());
    let values = factor.singular_values().map_err(|_| Error::NoConvergence { what: "a matrix" })?;
    Ok(values.into_iter().map(|value| value / unit).collect())
}

/// At most d rows with the inner products of n. faer's QR without pivots is the faster one, but gives a column up whose
/// remainder is below 16(n − k)ε of it, which is more than a column may be trusted for; with pivots it gives up none.
pub(crate) fn factor(x: MatRef<'_, f64>) -> Mat<f64> {
    // Of zeros alone a QR with pivots is NaN.
    if x.nrows() <= x.ncols() || max_abs(x) == 0.0 {
        return x.subrows(0, x.nrows().min(x.ncols())).to_owned();
    }
    let plain = x.qr();
    let r = plain.thin_R();
    let given_up = 32.0 * count(x.nrows()) * f64::EPSILON;
    if (0..x.ncols()).all(|k| r[(k, k)].abs() > given_up * norm((0..=k).map(|i| r[(i, k)]))) {
        return r.to_owned();
    }
    let qr = x.col_piv_qr();
    let mut factor = Mat::zeros(x.ncols(), x.ncols());
    for (place, &column) in qr.P().arrays().0.iter().enumerate() {
        factor.col_mut(column).copy_from(qr.thin_R().col(place));
    }
    factor
}

/// The number of singular values above max(n, d)·ε·σ₁.
///
/// # Errors
/// [`Error::NoConvergence`].
pub fn rank(a: MatRef<'_, f64>) -> Result<usize> {
    let values = singular_values(a)?;
    let floor = rank_floor(a, values.first().copied().unwrap_or(0.0));
    Ok(values.into_iter().filter(|&value| value > floor).count())
}

/// The number of singular values above `share` of the largest.
///
/// # Errors
/// [`Error::NoConvergence`].
pub fn rank_above(a: MatRef<'_, f64>, share: f64) -> Result<usize> {
    let values = singular_values(a)?;
    let floor = share * values.first().copied().unwrap_or(0.0);
    Ok(values.into_iter().filter(|&value| value > floor).count())
}

/// Below this a singular value of `a`, whose largest is `largest`, counts as zero.
pub(crate) fn rank_floor(a: MatRef<'_, f64>, largest: f64) -> f64 {
    let size = a.nrows().max(a.ncols()) as f64;
    size * f64::EPSILON * largest
}

/// σ₁/σ_d, infinite where the columns are dependent to working precision.
///
/// # Errors
/// [`Error::NoConvergence`].
pub fn condition_number(a: MatRef<'_, f64>) -> Result<f64> {
    let values = singular_values(a)?;
    let (Some(&first), Some(&last)) = (values.first(), values.last()) else {
        return Ok(1.0);
    };
    Ok(if a.nrows() < a.ncols() || last <= rank_floor(a, first) { f64::INFINITY } else { first / last })
}

/// Orthonormal columns that span those of `x`, n×r.
///
/// # Errors
/// [`Error::NoConvergence`].
pub(crate) fn orthonormal_basis(x: MatRef<'_, f64>) -> Result<Mat<f64>> {
    let svd = x.thin_svd().map_err(|_| Error::NoConvergence { what: "a matrix" })?;
    let values = svd.S().column_vector();
    let floor = rank_floor(x, values.iter().copied().fold(0.0, f64::max));
    let rank = values.iter().filter(|&&value| value > floor).count();
    Ok(svd.U().subcols(0, rank).to_owned())
}

/// Σ aᵢᵢ.
pub fn trace(a: MatRef<'_, f64>) -> f64 {
    assert_eq!(a.nrows(), a.ncols(), "a trace needs a square matrix");
    (0..a.nrows()).map(|i| a[(i, i)]).sum()
}

/// XᵀX, d×d.
pub fn gram(x: MatRef<'_, f64>) -> Mat<f64> {
    x.transpose() * x
}

/// A matrix of one column.
pub fn column(entries: &[f64]) -> Mat<f64> {
    Mat::from_fn(entries.len(), 1, |i, _| entries[i])
}

/// A matrix from its rows, which must have one length.
pub fn from_rows(rows: &[Vec<f64>]) -> Mat<f64> {
    let columns = rows.first().map_or(0, Vec::len);
    assert!(rows.iter().all(|row| row.len() == columns), "rows of one length");
    Mat::from_fn(rows.len(), columns, |i, j| rows[i][j])
}

/// The rows of `x` with these numbers, in this order.
pub fn select_rows(x: MatRef<'_, f64>, rows: &[usize]) -> Mat<f64> {
    Mat::from_fn(rows.len(), x.ncols(), |i, j| x[(rows[i], j)])
}

/// a·b/c, right wherever a number holds it, whatever a·b or b/c may be.
pub(crate) fn times_over(a: f64, b: f64, c: f64) -> f64 {
    let [(a, in_a), (b, in_b), (c, in_c)] = [a, b, c].map(libm::frexp);
    libm::scalbn(a * b / c, in_a + in_b - in_c)
}

/// A symmetric positive definite matrix to a real power, through its eigenvectors.
///
/// # Errors
/// [`Error::NoConvergence`], or [`Error::RankDeficient`] for a negative power of a singular matrix.
pub fn symmetric_power(a: MatRef<'_, f64>, power: f64) -> Result<Mat<f64>> {
    assert_eq!(a.nrows(), a.ncols(), "a power needs a square matrix");
    let eigen =
        a.self_adjoint_eigen(faer::Side::Lower).map_err(|_| Error::NoConvergence { what: "a symmetric matrix" })?;
    let values: Vec<f64> = eigen.S().column_vector().iter().copied().collect();
    let floor = rank_floor(a, values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs())));
    let positive = values.iter().filter(|&&value| value > floor).count();
    if positive < values.len() {
        return Err(Error::RankDeficient { what: "a symmetric matrix", rank: positive, columns: values.len() });
    }
    let scaled = Mat::from_fn(a.nrows(), a.ncols(), |i, j| eigen.U()[(i, j)] * libm::pow(values[j], power));
    Ok(scaled * eigen.U().transpose())
}

/// Refuses NaN and infinities, by place.
///
/// # Errors
/// [`Error::NotFinite`] or [`Error::Empty`].
pub fn check_finite(what: &'static str, x: MatRef<'_, f64>) -> Result<()> {
    if x.nrows() == 0 || x.ncols() == 0 {
        return Err(Error::Empty { what, rows: x.nrows(), columns: x.ncols() });
    }
    for column in 0..x.ncols() {
        if let Some(row) = x.col(column).iter().position(|entry| !entry.is_finite()) {
            return Err(Error::NotFinite { what, row, column, value: x[(row, column)] });
        }
    }
    Ok(())
}

/// All entries, column by column.
pub fn entries(a: MatRef<'_, f64>) -> impl Iterator<Item = f64> + Clone + '_ {
    (0..a.ncols()).flat_map(move |j| (0..a.nrows()).map(move |i| a[(i, j)]))
}

/// A count as a number.
pub fn count(n: usize) -> f64 {
    n as f64
}

/// Mean squared difference over every entry; 0 where there is none.
pub fn mse(prediction: MatRef<'_, f64>, target: MatRef<'_, f64>) -> f64 {
    same_shape(prediction, target);
    let total: f64 = entries(prediction).zip(entries(target)).map(|(p, t)| (p - t) * (p - t)).sum();
    let number = target.nrows() * target.ncols();
    if number == 0 { 0.0 } else { total / count(number) }
}

pub(crate) fn same_shape(a: MatRef<'_, f64>, b: MatRef<'_, f64>) {
    assert_eq!((a.nrows(), a.ncols()), (b.nrows(), b.ncols()), "matrices of one shape");
}

/// Clears the upper halves of the vector registers.
///
/// faer's AVX kernels leave them dirty, and scalar SSE code such as libm's `exp` then pays a penalty on every
/// instruction. Call it once between a product and a loop over `exp`.
pub(crate) fn leave_avx() {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx") {
        #[target_feature(enable = "avx")]
        fn zero_upper() {
            std::arch::x86_64::_mm256_zeroupper();
        }
        // SAFETY: AVX was just detected.
        unsafe { zero_upper() }
    }
}
