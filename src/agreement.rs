//! What it means for two smoothers to agree: in [`outputs`], and in [`mechanism`].
//!
//! Predictions are n×m matrices; a smoother is its matrix A with predictions AY. Two smoothers may agree in every
//! prediction and share no weight, which is the subject of the book.

pub mod mechanism;
pub mod outputs;

pub use mechanism::{Mechanism, Signature, asymmetry, idempotence_gap, mass_on_nearest, negative_share, perplexity, row_sums};
pub use outputs::{centred_cosine, cosine, r_squared, slope};

pub use crate::linalg::mse;
