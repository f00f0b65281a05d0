//! What makes pages, and how they leave the program: figures, numbers in words, mathematics, a page that stands alone;
//! text that no name can turn into commands, and folders that appear whole or not at all.
//!
//! [`harmless()`] is the one way of names and cells from outside to a terminal; [`Folder`] the one way of many files to
//! a disk, [`write()`] of one; [`Stop`] says whether somebody asked to end it. It knows neither claims nor matrices.
//!
//! ```
//! use attention_regression::publish::{aligned, harmless};
//!
//! // The name of a column that would clear the terminal.
//! let name = harmless("age\u{1b}[2J");
//! assert_eq!(name, r"age\u{1b}[2J");
//! let table = aligned(["column", "n"], &[1], vec![[name, "442".to_owned()]]);
//! assert_eq!(table, "column          n\nage\\u{1b}[2J  442\n");
//! ```

pub mod figure;
mod file;
mod folder;
mod harmless;
pub(crate) mod math;
pub mod number;
pub(crate) mod provenance;
pub(crate) mod standalone;
mod stop;
mod text;
mod theme;

pub(crate) use file::files_below;
pub use file::{read, write};
pub use folder::{Finished, Folder, FolderError, Kind};
pub use harmless::{harmless, harmless_json, harmless_lines, harmless_page};
pub use stop::Stop;
pub use text::aligned;
pub(crate) use text::{capital, counted, escape};
