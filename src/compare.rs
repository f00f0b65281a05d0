//! The experiment on anybody's table: what `attention-regression compare` does once the arguments are read.
//!
//! [`document`] is everything about a comparison and its runs for programs, with a schema; [`verdict`] says it in
//! words, with thresholds; [`terminal`] shows it, and a [`page`] with its figures, in the colours of [`ink`]; [`export`] writes its matrices. The
//! mathematics is [`experiment`](crate::experiment)'s, and so are the runs.

pub mod choice;
pub(crate) mod command;
pub mod document;
pub mod export;
pub mod ink;
pub mod page;
pub mod terminal;
pub mod verdict;
mod wording;

pub use document::Document;
