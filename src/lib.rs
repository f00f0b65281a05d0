//! Attention and linear regression, one vocabulary: what a book of claims about the two is written in.
//!
//! The numerical library is small and goes one way: [`linalg`] (with what columns can resolve) and [`error`] carry
//! [`data`], [`regression`], [`whitening`] and [`attention`]; [`training`] moves the weights of an attention,
//! [`agreement`] says how far two smoothers are apart, and [`experiment`] is the post's on one data set. [`regression`]
//! and [`attention`] never import each other: where they meet is the book's subject, and stands in the claims
//! (`tests/claims`) and in `experiment`.
//!
//! What follows needs the feature `notebook`, which is on by default. `table` reads a user's file into a data set, and
//! `compare` is the experiment on it. `notebook` is the loom: it makes a book of the claims, and knows no linear
//! algebra. Both make their pages with `publish`: figures, numbers in words, mathematics, text that no name can turn
//! into commands, folders that appear whole. Whatever refuses does it with a [`diagnostic`]: place, what, cure.
//! `command` reads the arguments, `console` is how commands speak.
//!
//! # A first look
//!
//! Linear attention whose form WqWkᵀ is the inverse Gram matrix predicts what least squares predicts:
//!
//! ```
//! use attention_regression::attention::{Diagonal, linear};
//! use attention_regression::regression::{Intercept, Ridge};
//! use attention_regression::{data, linalg};
//!
//! let data = data::synthetic(1).centred();
//! let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
//! let inverse = linalg::symmetric_power(linalg::gram(x).as_ref(), -1.0)?;
//! let attended = linear::output((&data.test.x * inverse).as_ref(), x, y, 1.0, Diagonal::Kept);
//! let predicted = Ridge::fit(x, y, 0.0, Intercept::None)?.predict(data.test.x.as_ref());
//! assert!(linalg::relative_gap(attended.as_ref(), predicted.as_ref()) < 1e-12);
//! # Ok::<(), attention_regression::Error>(())
//! ```
//!
//! # Growing it
//!
//! A claim is a test with its prose: the README says how, step by step. Three other things grow by rule.
//!
//! *A data set.* A function that returns a [`data::Dataset`] in a file of its own below `src/data`, declared in
//! [`data`]; a line in [`data::built_in`] gives it a name on the command line: `compare NAME`. Two files and the new
//! one.
//!
//! *An attention.* A variant of [`attention::Normalisation`] with its outputs and its weights; the compiler then asks
//! for its objective in [`attention::gradients`] (a new gradient goes beside the others, and into the golden values or
//! a property against differences). To compare it: a kind of [`experiment::Scores`] with its word, its normalisation
//! and how it is trained, and its name among the arguments of the command (`src/compare/command/arguments.rs`). Four
//! files.
//!
//! *A measure of agreement.* A function in [`agreement`], with a case in `tests/by_hand.rs`; a field of
//! [`agreement::Signature`] or of [`experiment::Outcome`] (and of its check for numbers) if every comparison is to
//! report it. The document's schema follows.
//!
//! Whatever grew, `cargo mutants` (`.cargo/mutants.toml`, and `mutants-loom.toml` for the loom) says which of its
//! operators no test would miss. None should be left.
//!
//! # Notation
//!
#![doc = include_str!(concat!(env!("OUT_DIR"), "/notation.md"))]
// Here and not in Cargo.toml, whose lints hold for the helpers of tests too, and those may.
#![warn(clippy::unwrap_used, clippy::expect_used)]

pub mod agreement;
pub mod attention;
#[cfg(feature = "notebook")]
pub mod compare;
#[cfg(feature = "notebook")]
mod command;
#[cfg(feature = "notebook")]
mod console;
pub mod data;
pub mod diagnostic;
pub mod error;
pub mod experiment;
pub mod linalg;
#[cfg(feature = "notebook")]
pub mod notebook;
#[cfg(feature = "notebook")]
pub mod publish;
pub mod regression;
#[cfg(feature = "notebook")]
pub mod table;
pub mod training;
pub mod whitening;

#[cfg(feature = "notebook")]
pub use command::run;
pub use error::{Error, Result};
pub use faer::{Mat, MatRef};
