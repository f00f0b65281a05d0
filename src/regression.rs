//! Ridge regression and its diagnostics.
//!
//! [`ridge`] fits; [`diagnostics`] has the hat matrix and what a smoother's leverages say. It knows no attention: where
//! the two meet is the book's subject.

pub mod diagnostics;
pub mod ridge;

pub use diagnostics::{hat_matrix, smoother_matrix};
pub use ridge::{Intercept, Ridge};
