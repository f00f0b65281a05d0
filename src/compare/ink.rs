//! What colours mean wherever attention and regression are compared, in the figures of the claims too.
//!
//! ```
//! use attention_regression::compare::ink;
//! use attention_regression::publish::figure::{Axis, Chart, Figure, Series, draw};
//!
//! let axis = |name| Axis::linear(name, &[0.0, 0.5, 1.0]);
//! let ridge = Series::curve("ridge", [0.0, 1.0], [0.0, 1.0]).ink(ink::REGRESSION);
//! let drawing = draw(&Figure::new("Ridge", Chart::new(axis("x"), axis("y"), vec![ridge])), "ridge")?;
//! assert!(drawing.wide.contains("var(--regression,"));
//! # Ok::<(), attention_regression::publish::figure::DrawError>(())
//! ```

use crate::publish::figure::Ink;

/// Regression.
pub const REGRESSION: Ink = Ink::named("regression");
/// Attention without softmax.
pub const LINEAR: Ink = Ink::named("linear");
/// Attention with softmax.
pub const SOFTMAX: Ink = Ink::named("softmax");
