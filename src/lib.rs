//! Attention and linear regression as one vocabulary.

pub mod agreement;
pub mod attention;
pub mod data;
pub mod error;
pub mod linalg;
#[cfg(feature = "notebook")]
pub mod notebook;
pub mod regression;
pub mod whitening;

pub use error::{Error, Result};
pub use faer::{Mat, MatRef};
