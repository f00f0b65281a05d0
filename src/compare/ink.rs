//! What colours mean wherever attention and regression are compared, in the figures of the claims too.

use crate::publish::figure::Ink;

/// Regression.
pub const REGRESSION: Ink = Ink::named("regression");
/// Attention without softmax.
pub const LINEAR: Ink = Ink::named("linear");
/// Attention with softmax.
pub const SOFTMAX: Ink = Ink::named("softmax");
