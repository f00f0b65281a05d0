//! The book: [`prose`] puts numbers in their place, [`mod@weave`] makes the pages of claims and snapshots, [`page`]
//! writes them, [`render`] makes HTML of them and [`inspect`] checks that.
//!
//! ```
//! use std::path::Path;
//!
//! use attention_regression::notebook::book::weave::weave;
//! use attention_regression::notebook::claim::replication::Replication;
//! use attention_regression::notebook::claim::snapshot;
//! use attention_regression::notebook::registry::Registry;
//!
//! let root = Path::new("tests/another/notebook");
//! let registry = Registry::read(root)?;
//! let snapshots = snapshot::read_all(root).map_err(|wrong| vec![wrong])?;
//! let files = weave(&registry, &snapshots, &Replication::default())?.files();
//! assert!(files[Path::new("series.md")].contains("# The harmonic series"));
//! # Ok::<(), Vec<attention_regression::diagnostic::Diagnostic>>(())
//! ```

pub mod inspect;
mod page;
pub mod prose;
pub mod render;
pub mod weave;
