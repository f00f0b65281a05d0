//! The experiment on anybody's table: what `attention-regression compare` does once the arguments are read.
//!
//! [`document`] is everything about a comparison and its runs for programs, with a schema; [`verdict`] says it in
//! words, with thresholds; [`terminal`] shows it, and a [`page`] with its figures, in the colours of [`ink`];
//! [`export`] writes its matrices. The mathematics is [`experiment`](crate::experiment)'s, and so are the runs.

mod choice;
pub(crate) mod command;
pub mod document;
mod export;
pub mod ink;
pub mod page;
mod terminal;
mod verdict;
mod wording;

pub use choice::Choice;
pub use document::Document;
pub use verdict::Verdict;
