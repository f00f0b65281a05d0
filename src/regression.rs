//! Regression: ridge with its diagnostics, and kernel smoothing.
//!
//! [`ridge`] fits; [`diagnostics`] has the hat matrix and what a smoother's leverages say; [`kernel`] is the regression
//! that is local. None of them knows attention: where the two meet is the book's subject.
//!
//! ```
//! use attention_regression::data;
//! use attention_regression::regression::{Intercept, Ridge};
//!
//! let data = data::diabetes::dataset()?.standardised()?;
//! let (train, test) = (&data.train, &data.test);
//! let ridge = Ridge::fit(train.x.as_ref(), train.y.as_ref(), 1.0, Intercept::Fitted)?;
//! assert_eq!(ridge.predict(test.x.as_ref()).nrows(), test.n());
//! assert!(ridge.effective_degrees_of_freedom() < 11.0);
//! # Ok::<(), attention_regression::Error>(())
//! ```

pub mod diagnostics;
mod factor;
pub mod kernel;
pub mod local_linear;
mod revealed;
pub mod ridge;

pub use diagnostics::{hat_matrix, hat_matrix_resolved, smoother_matrix};
pub(crate) use ridge::is_full;
pub use ridge::{Intercept, Ridge};
