//! The experiment on anybody's table: what `attention-regression compare` does once the arguments are read.
//!
//! [`document`] is everything about a comparison and its runs for programs, with a schema; [`verdict`] says it in
//! words, with thresholds; [`terminal`] shows it, and a [`page`] with its figures, in the colours of [`ink`];
//! [`export`] writes its matrices. The mathematics is [`experiment`](crate::experiment)'s, and so are the runs.
//!
//! ```
//! use attention_regression::compare::{Choice, Verdict};
//! use attention_regression::data;
//! use attention_regression::experiment::{Comparison, Settings, Variant};
//!
//! let comparison = Comparison::new(data::synthetic(1), Settings::default())?;
//! for run in comparison.runs(&Variant::grid()[..1], &[1], 1, &|_| ()) {
//!     let (_, outcome) = run.result?;
//!     assert_eq!(Verdict::of(&outcome).words(), "same outputs, other mechanism");
//!     assert_eq!(Choice::from(run.variant).variant(), run.variant);
//! }
//! # Ok::<(), attention_regression::Error>(())
//! ```

mod choice;
pub(crate) mod command;
pub mod document;
mod export;
pub mod ink;
pub mod page;
mod terminal;
mod verdict;
mod wording;

pub use choice::{Choice, Whiten};
pub use document::Document;
pub use verdict::Verdict;
