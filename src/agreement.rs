//! What it means for two smoothers to agree: in [`outputs`], and in [`mechanism`].
//!
//! Predictions are n×m matrices; a smoother is its matrix A with predictions AY. Two smoothers may agree in every
//! prediction and share no weight, which is the subject of the book.
//!
//! ```
//! use attention_regression::agreement::{cosine, mse, slope};
//! use attention_regression::linalg::column;
//!
//! // Half of every prediction: the same direction, another scale.
//! let (whole, half) = (column(&[2.0, -4.0, 6.0]), column(&[1.0, -2.0, 3.0]));
//! assert!((cosine(half.as_ref(), whole.as_ref()) - 1.0).abs() < 1e-15);
//! assert!(mse(half.as_ref(), whole.as_ref()) > 1.0);
//! ```

pub mod mechanism;
pub mod outputs;

pub use mechanism::{
    Mechanism, Signature, asymmetry, idempotence_gap, mass_on_nearest, negative_share, perplexity, row_sums,
};
pub use outputs::{centred_cosine, cosine, r_squared, slope};

pub use crate::linalg::mse;
