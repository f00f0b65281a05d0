//! Whitening: a matrix S with SᵀΣ̂S = I, so that the columns of (X − μ)S are uncorrelated with unit variance.
//!
//! Σ̂ is the covariance of X (n×d), divided by n or n − 1, plus εI. Its three usual inverse roots differ by a rotation
//! only (Kessy, Lewin & Strimmer 2018): the symmetric one (ZCA), the spectral one (PCA), the triangular one (Cholesky).
//! All are computed from X itself, by SVD or QR of [X/√n; √ε I]: the covariance would square the condition number.
//!
//! Where columns are dependent and ε = 0, ZCA and PCA whiten the directions that vary and drop the others (the
//! pseudo-inverse root), and the rank says so; the Cholesky root does not exist and is refused. A direction that varies
//! no more than rounding does would be blown up to unit variance: below max(n, d)·ε of the largest and what its columns
//! can resolve ([`Resolution`]) it counts as none.
//!
//! ```
//! use attention_regression::whitening::{Divisor, Root, Whitening, covariance};
//! use attention_regression::{Mat, data, linalg};
//!
//! let x = data::synthetic(1).train.x;
//! let whitening = Whitening::fit(x.as_ref(), Root::Zca, Divisor::N, 0.0)?;
//! let white = covariance(whitening.apply(x.as_ref()).as_ref(), Divisor::N);
//! assert!(linalg::max_abs_gap(white.as_ref(), Mat::identity(8, 8).as_ref()) < 1e-12);
//! # Ok::<(), attention_regression::Error>(())
//! ```

use faer::{Mat, MatRef};

use crate::linalg::{self, Moments, Resolution, check_finite, count};
use crate::{Error, Result};

/// What the covariance is divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Divisor {
    /// n, the maximum-likelihood estimate.
    N,
    /// n − 1, the unbiased estimate.
    NMinusOne,
}

impl Divisor {
    /// The divisor for n rows.
    pub fn of(self, n: usize) -> f64 {
        match self {
            Self::N => count(n),
            Self::NMinusOne => count(n) - 1.0,
        }
    }
}

/// Which inverse root of the covariance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Root {
    /// U (Λ + ε)^(−1/2) Uᵀ: symmetric, closest to the data.
    Zca,
    /// U (Λ + ε)^(−1/2): onto the principal components, in order of variance; d×r at rank r.
    Pca,
    /// L⁻ᵀ with Σ̂ + εI = LLᵀ: upper triangular.
    Cholesky,
}

/// A fitted whitening.
#[derive(Debug, Clone)]
pub struct Whitening {
    moments: Vec<Moments>,
    means: Vec<f64>,
    matrix: Mat<f64>,
    rank: usize,
}

impl Whitening {
    /// Fits a whitening on the rows of X, n×d.
    ///
    /// # Errors
    /// [`Error::InvalidEpsilon`], [`Error::TooFewRows`], [`Error::NotFinite`], [`Error::NoConvergence`], and
    /// [`Error::RankDeficient`] for a Cholesky root of a singular covariance.
    pub fn fit(x: MatRef<'_, f64>, root: Root, divisor: Divisor, epsilon: f64) -> Result<Self> {
        if !(epsilon.is_finite() && epsilon >= 0.0) {
            return Err(Error::InvalidEpsilon { epsilon });
        }
        check_finite("X", x)?;
        if x.nrows() < 2 {
            return Err(Error::TooFewRows { what: "whitening", rows: x.nrows(), needed: 2 });
        }
        let moments = linalg::moments(x);
        let scale = 1.0 / divisor.of(x.nrows()).sqrt();
        let scaled = linalg::centred(x, &moments) * faer::Scale(scale);
        check_finite("the centred X", scaled.as_ref()).map_err(|_| Error::Overflow { what: "the centred features" })?;
        let resolution = Resolution::centred(x.nrows(), &moments).times(scale);
        let (matrix, rank) = matrix(&scaled, epsilon, root, &resolution)?;
        Ok(Self { means: moments.iter().map(Moments::mean).collect(), moments, matrix, rank })
    }

    /// S alone, d×d or d×r, from any factor of Σ(xᵢ − μ)(xᵢ − μ)ᵀ, what the sum is divided by, and how far the columns
    /// of the factor are to be trusted.
    ///
    /// # Errors
    /// [`Error::NoConvergence`], and [`Error::RankDeficient`] for a Cholesky root of a singular covariance.
    pub fn of_factor(factor: MatRef<'_, f64>, divisor: f64, root: Root, resolution: &Resolution) -> Result<Mat<f64>> {
        let scale = 1.0 / divisor.sqrt();
        Ok(matrix(&(factor * faer::Scale(scale)), 0.0, root, &resolution.clone().times(scale))?.0)
    }

    /// (X − μ)S, with the μ and S of the rows that were fitted.
    pub fn apply(&self, x: MatRef<'_, f64>) -> Mat<f64> {
        linalg::centred(x, &self.moments) * &self.matrix
    }

    /// S, d×d, or d×r for the PCA root at rank r.
    pub fn matrix(&self) -> MatRef<'_, f64> {
        self.matrix.as_ref()
    }

    /// μ, the means of the columns.
    pub fn means(&self) -> &[f64] {
        &self.means
    }

    /// The rank of the covariance without ε: how many directions vary.
    pub fn rank(&self) -> usize {
        self.rank
    }
}

/// The covariance of the rows of X, d×d.
pub fn covariance(x: MatRef<'_, f64>, divisor: Divisor) -> Mat<f64> {
    let centred = linalg::centred(x, &linalg::moments(x));
    linalg::gram(centred.as_ref()) * faer::Scale(1.0 / divisor.of(x.nrows()))
}

/// S, and how many directions vary without ε.
fn matrix(scaled: &Mat<f64>, epsilon: f64, root: Root, resolution: &Resolution) -> Result<(Mat<f64>, usize)> {
    let scaled = &linalg::factor(scaled.as_ref());
    let varying = Directions::of(scaled, resolution, resolution.most())?;
    let rank = varying.values.len();
    let matrix = match root {
        Root::Cholesky => triangular(scaled, epsilon, rank)?,
        Root::Zca | Root::Pca if epsilon == 0.0 => varying.whitening(root),
        Root::Zca | Root::Pca => Directions::of(&stacked(scaled, epsilon), resolution, scaled.ncols())?.whitening(root),
    };
    Ok((matrix, rank))
}

/// [X/√n; √ε I], whose Gram matrix is Σ̂ + εI.
fn stacked(scaled: &Mat<f64>, epsilon: f64) -> Mat<f64> {
    let (n, d) = (scaled.nrows(), scaled.ncols());
    let extra = if epsilon > 0.0 { d } else { 0 };
    Mat::from_fn(n + extra, d, |i, j| match i.checked_sub(n) {
        None => scaled[(i, j)],
        Some(row) if row == j => epsilon.sqrt(),
        Some(_) => 0.0,
    })
}

/// The principal components of a matrix (d×r) that are above rounding, by singular value.
struct Directions {
    values: Vec<f64>,
    basis: Mat<f64>,
}

impl Directions {
    /// At most so many.
    fn of(matrix: &Mat<f64>, resolution: &Resolution, most: usize) -> Result<Self> {
        let svd = linalg::factor(matrix.as_ref()).thin_svd().map_err(|_| Error::NoConvergence { what: "X" })?;
        let lost = resolution.loss() * svd.S().column_vector().iter().next().copied().unwrap_or(0.0);
        let owed = |k: usize| lost + resolution.of_direction((0..matrix.ncols()).map(|j| svd.V()[(j, k)]));
        // Directions are orthogonal: each is judged for itself.
        let resolved = svd.S().column_vector().iter().enumerate().filter(|(k, value)| **value > owed(*k));
        let (places, values): (Vec<usize>, Vec<f64>) = resolved.take(most).map(|(k, value)| (k, *value)).unzip();
        Ok(Self { basis: Mat::from_fn(matrix.ncols(), places.len(), |j, k| svd.V()[(j, places[k])]), values })
    }

    fn whitening(&self, root: Root) -> Mat<f64> {
        let roots = Mat::from_fn(self.basis.nrows(), self.values.len(), |i, j| self.basis[(i, j)] / self.values[j]);
        match root {
            Root::Zca => roots * self.basis.transpose(),
            Root::Pca | Root::Cholesky => roots,
        }
    }
}

fn triangular(scaled: &Mat<f64>, epsilon: f64, rank: usize) -> Result<Mat<f64>> {
    let d = scaled.ncols();
    if epsilon == 0.0 && rank < d {
        return Err(Error::RankDeficient { what: "the covariance", rank, columns: d });
    }
    let qr = linalg::factor(stacked(scaled, epsilon).as_ref()).qr();
    let r = qr.thin_R();
    let mut inverse = Mat::<f64>::identity(d, d);
    r.solve_upper_triangular_in_place(&mut inverse);
    if !linalg::max_abs(inverse.as_ref()).is_finite() {
        return Err(Error::RankDeficient { what: "the covariance", rank, columns: d });
    }
    // R is unique up to the signs of its rows; Cholesky's has a positive diagonal.
    Ok(Mat::from_fn(d, d, |i, j| if r[(j, j)] < 0.0 { -inverse[(i, j)] } else { inverse[(i, j)] }))
}
