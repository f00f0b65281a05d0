//! What is wrong, where, and what to do about it: the one form in which the loom, the reader of tables and the commands
//! refuse.
//!
//! `build.rs` includes this file, so it depends on serde alone.
//!
//! ```
//! use attention_regression::diagnostic::Diagnostic;
//!
//! let told = Diagnostic::at("table.csv", 7, "`n/a` is no number", "drop the row, or say --missing n/a");
//! assert_eq!(told.to_string(), "table.csv:7: `n/a` is no number; drop the row, or say --missing n/a");
//! ```

use std::fmt;
use std::path::PathBuf;

/// Something wrong, with its place and its cure; shown as `place: what; cure`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Diagnostic {
    /// Where; none where it is nowhere but in the question itself.
    pub place: Option<Place>,
    /// What is wrong there.
    pub what: String,
    /// What to do about it.
    pub cure: String,
}

/// Where something is wrong: in a file, on one of its lines, or in what has a name and is no file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Place {
    /// The file, as it was named or below the root of the notebook; `standard output` and the like have their names
    /// here.
    pub file: PathBuf,
    /// The physical line of the file, from 1; none where the whole file is meant.
    pub line: Option<usize>,
}

impl Diagnostic {
    /// In a whole file, or in what has a name.
    pub fn new(file: impl Into<PathBuf>, what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self::at(file, None, what, cure)
    }

    /// On a line of a file, counted from 1.
    pub fn at(
        file: impl Into<PathBuf>,
        line: impl Into<Option<usize>>,
        what: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        Self { place: Some(Place { file: file.into(), line: line.into() }), ..Self::of(what, cure) }
    }

    /// In what was asked for.
    pub fn of(what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { place: None, what: what.into(), cure: cure.into() }
    }
}

/// The line, counted from 1, that holds byte `offset` of a text.
pub fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|&byte| byte == b'\n').count()
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        self.line.map_or(Ok(()), |line| write!(f, ":{line}"))
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.place.as_ref().map_or(Ok(()), |place| write!(f, "{place}: "))?;
        write!(f, "{}; {}", self.what, self.cure)
    }
}

impl std::error::Error for Diagnostic {}
