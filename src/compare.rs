//! The experiment on anybody's table: what `attention-regression compare` does once the arguments are read.
//!
//! [`run()`] trains variants from seeds, on one thread or more; [`document`] is everything about it for programs, with a schema;
//! [`verdict`] says it in words, with thresholds; [`terminal`] shows it, and a [`page`] with its figures; [`export`] writes its
//! matrices. The mathematics is [`comparison`](crate::experiment)'s.

pub(crate) mod command;
pub mod document;
pub mod export;
pub mod page;
pub mod run;
pub mod terminal;
pub mod verdict;
mod wording;

pub use document::Document;
pub use run::{Run, run};
