//! What was done to a table on its way into a data set, as plain data.

use std::path::PathBuf;

use serde::Serialize;

/// What was done to a table on its way into a data set: what a reader of the results should know.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Provenance {
    /// The table, or the training and the test table.
    pub files: Vec<FileProvenance>,
    /// Named columns of the first table that were not used.
    pub ignored: Vec<String>,
    /// Columns of the first table that have no name, by their number from 1; they were not used.
    pub nameless: Vec<usize>,
    /// Text columns that became indicators.
    pub encoded: Vec<Encoded>,
    /// Features whose missing cells got a mean.
    pub filled: Vec<Filled>,
    /// Features that do not vary on the training rows, beyond rounding.
    pub constant: Vec<String>,
}

/// How one file was written, and which of its rows were kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileProvenance {
    /// The file as it was named, or `standard input`.
    pub file: PathBuf,
    /// How many rows were kept.
    pub rows: usize,
    /// The lines of rows that were left out for a missing cell.
    pub dropped: Vec<usize>,
    /// The character that stands between cells.
    pub delimiter: char,
    /// Whether a comma is the decimal sign.
    pub decimal_comma: bool,
    /// Whether the file begins with a byte order mark.
    pub byte_order_mark: bool,
    /// Whether the lines of the file end in `\r\n`.
    pub crlf: bool,
    /// Whether the file was decompressed.
    pub gzip: bool,
}

/// A text column of k levels as k − 1 indicators, which with an intercept span all k without redundance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Encoded {
    /// The name of the text column.
    pub column: String,
    /// The level that has no indicator: the first of the sorted ones.
    pub reference: String,
    /// The levels that have an indicator, sorted.
    pub levels: Vec<String>,
}

/// Missing cells of a feature that got its training mean.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Filled {
    /// The name of the feature.
    pub feature: String,
    /// The mean over the training rows that have a value.
    pub mean: f64,
    /// Cells filled in training rows.
    pub train: usize,
    /// Cells filled in test rows.
    pub test: usize,
}
