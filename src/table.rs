//! A user's table: CSV files read into a [`Dataset`] in the units in which they were written.
//!
//! [`read`] takes one file and splits it, or takes a training and a test file. It finds out the delimiter and the decimal
//! sign, chooses columns, parses every cell that is used, treats missing cells as the [`Reading`] says and encodes text
//! columns where it is asked to. What it did is told in [`Notes`]; what it will not guess at is a [`Refusal`] that names
//! file, line and cure.
//!
//! Nothing is learned from test rows: means that fill gaps and the levels of text columns are those of the training rows.
//! Cells are parsed one row at a time into a column of numbers each, and columns are freed as the matrices are filled, so
//! that memory peaks at about twice the numbers. Nothing is scaled or centred here.
//!
//! It renounces dates, thousands separators, tables without a header, and encodings other than UTF-8.

mod assemble;
mod cell;
mod dialect;
mod header;
mod input;
mod levels;
mod notes;
mod passes;
mod records;
mod refusal;
mod scan;
mod text;
mod verdict;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub use notes::{Encoded, FileNotes, Filled, Notes};
pub use refusal::Refusal;

use crate::data::{Dataset, split};
use crate::table::assemble::Halves;
use crate::table::passes::Pass;

/// Where a table comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file; it is decompressed where its name ends in `.gz` or its bytes say gzip.
    File(PathBuf),
    /// Standard input, which is copied to a temporary file first.
    StandardInput,
}

impl Source {
    /// What it is called in messages.
    pub fn name(&self) -> PathBuf {
        match self {
            Self::File(path) => path.clone(),
            Self::StandardInput => PathBuf::from("standard input"),
        }
    }
}

impl From<OsString> for Source {
    /// `-` is standard input, everything else a file.
    fn from(argument: OsString) -> Self {
        if argument == "-" { Self::StandardInput } else { Self::File(argument.into()) }
    }
}

/// What is fitted and what is tested on.
#[derive(Debug, Clone, PartialEq)]
pub enum Rows {
    /// One table, split at random by [`split::seeded`] after rows with missing cells are dropped.
    Split {
        /// The table.
        source: Source,
        /// The share of test rows.
        test_fraction: f64,
        /// The seed of the split.
        seed: u64,
    },
    /// Two tables with the same columns, in any order.
    Given {
        /// What is fitted.
        train: Source,
        /// What it is tested on.
        test: Source,
    },
}

/// What happens to missing cells (empty, `NA`, `N/A`, `null` or `?`) in columns that are used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Missing {
    /// They are refused.
    #[default]
    Refuse,
    /// Their rows are left out.
    Drop,
    /// Features get the mean of the training rows; targets are refused.
    Mean,
}

/// How a table is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The columns to predict; there must be one.
    pub targets: Vec<String>,
    /// The columns to predict from, in this order; every other named column by default.
    pub features: Option<Vec<String>>,
    /// Columns that are not features.
    pub drop: Vec<String>,
    /// Whether a feature of k levels of text becomes k − 1 indicators `column=level`.
    pub one_hot: bool,
    /// What happens to missing cells.
    pub missing: Missing,
    /// What stands between cells; looked for in the first rows by default.
    pub delimiter: Option<u8>,
    /// Whether a comma is the decimal sign; looked for in the first rows by default.
    pub decimal_comma: Option<bool>,
}

/// A table that was read.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// Its numbers, in original units.
    pub dataset: Dataset,
    /// What was done to it.
    pub notes: Notes,
}

/// Hears of bytes read from the disk, and of how many there are where that is known. It begins again at every file and
/// at every pass over one.
pub type Progress<'a> = dyn FnMut(u64, Option<u64>) + 'a;

/// Reads a table, or two.
///
/// The rows of a split table stand in the order of [`split::seeded`], those of given tables in their own.
///
/// # Errors
/// A [`Refusal`] for whatever keeps the table from being read as it is asked for.
pub fn read(rows: &Rows, reading: &Reading, progress: &mut Progress<'_>) -> Result<Prepared, Refusal> {
    match rows {
        Rows::Split { source, test_fraction, seed } => {
            check_fraction(source, *test_fraction)?;
            let pass = passes::first(source, reading, progress)?;
            let split = split(&pass, *test_fraction, *seed)?;
            let name = called(&pass.file);
            assemble::assemble(name, pass.heading, Halves::OfOne(pass.columns, split), vec![pass.notes])
        }
        Rows::Given { train, test } => {
            if train == test && *train == Source::StandardInput {
                return Err(Refusal::new(&train.name(), None, "cannot be both the training and the test table", "name a file for one of them"));
            }
            let pass = passes::first(train, reading, progress)?;
            if pass.rows < 2 {
                return Err(Refusal::new(&pass.file, None, "has 1 row to fit", "give at least 2"));
            }
            let again = passes::again(test, &pass, reading, progress)?;
            let name = called(&pass.file);
            assemble::assemble(name, pass.heading, Halves::OfTwo(pass.columns, again.columns), vec![pass.notes, again.notes])
        }
    }
}

fn check_fraction(source: &Source, fraction: f64) -> Result<(), Refusal> {
    if fraction > 0.0 && fraction < 1.0 {
        return Ok(());
    }
    let what = format!("cannot be split with a test fraction of {fraction}");
    Err(Refusal::new(&source.name(), None, what, "give one above 0 and below 1 with --test-fraction"))
}

fn split(pass: &Pass, fraction: f64, seed: u64) -> Result<split::Split, Refusal> {
    let split = split::seeded(pass.rows, fraction, seed).ok().filter(|split| split.train.len() > 1);
    split.ok_or_else(|| {
        let rows = if pass.rows == 1 { "1 row".to_owned() } else { format!("{} rows", pass.rows) };
        let what = format!("has {rows}, which a test fraction of {fraction} does not split into at least 2 to fit and 1 to test");
        Refusal::new(&pass.file, None, what, "add rows, or change --test-fraction")
    })
}

/// A data set's name: that of its file, without folder and endings.
fn called(file: &Path) -> String {
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
    let plain = name.strip_suffix(".gz").unwrap_or(&name);
    plain.rsplit_once('.').map_or(plain, |(stem, _)| stem).to_owned()
}
