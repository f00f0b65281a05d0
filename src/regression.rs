//! Regression: ridge with its diagnostics, and kernel smoothing.
//!
//! [`ridge`] fits; [`diagnostics`] has the hat matrix and what a smoother's leverages say; [`kernel`] is the regression that is
//! local. None of them knows attention: where the two meet is the book's subject.

pub mod diagnostics;
mod factor;
pub mod kernel;
mod revealed;
pub mod ridge;

pub use diagnostics::{hat_matrix, hat_matrix_resolved, smoother_matrix};
pub(crate) use ridge::is_full;
pub use ridge::{Intercept, Ridge};
