//! A user's table: CSV files read into a [`Dataset`] in the units in which they were written.
//!
//! [`read`] takes one file and splits it, or takes a training and a test file. It finds out the delimiter and the
//! decimal sign, chooses columns, parses every cell that is used, treats missing cells as the [`ReadOptions`] say and
//! encodes text columns where it is asked to. What it did is told as [`Provenance`]; what it will not guess at is a
//! [`Diagnostic`] that names file, line and cure.
//!
//! Nothing is learned from test rows: means that fill gaps and the levels of text columns are those of training rows.
//! Cells are parsed one row at a time into a column of numbers each, and columns are freed as the matrices are filled,
//! so that memory peaks at about twice the numbers. Nothing is scaled or centred here.
//!
//! It renounces dates, thousands separators, tables without a header, and encodings other than UTF-8.
//!
//! ```
//! use attention_regression::table::{ReadOptions, Rows, Source, read};
//!
//! let source = Source::File("src/data/vendored/diabetes.csv".into());
//! let rows = Rows::Split { source, test_fraction: 0.2, seed: 1 };
//! let (targets, drop) = (vec!["progression".to_owned()], vec!["sex".to_owned()]);
//! let prepared = read(&rows, &ReadOptions { targets, drop, ..ReadOptions::default() }, &mut |_, _| {})?;
//! assert_eq!((prepared.dataset.train.n(), prepared.dataset.test.n()), (353, 89));
//! assert_eq!((prepared.dataset.train.d(), prepared.provenance.ignored), (9, vec!["sex".to_owned()]));
//! # Ok::<(), attention_regression::diagnostic::Diagnostic>(())
//! ```

mod assemble;
mod cell;
mod check;
mod column;
mod dialect;
mod file;
mod header;
mod input;
mod missing;
mod provenance;
mod quote;
mod records;
mod scan;
mod text;

use std::ffi::OsString;
use std::path::PathBuf;

pub use missing::Missing;
pub use provenance::{Encoded, FileProvenance, Filled, Provenance};

use crate::data::{Dataset, split};
use crate::diagnostic::Diagnostic;
use crate::table::file::Contents;

/// Where a table comes from: a file, or standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file; it is decompressed where its name ends in `.gz` or its bytes say gzip.
    File(PathBuf),
    /// Standard input, which is copied to a temporary file first.
    StandardInput,
}

impl Source {
    /// The name of the source in messages.
    pub fn name(&self) -> PathBuf {
        match self {
            Self::File(path) => path.clone(),
            Self::StandardInput => PathBuf::from("standard input"),
        }
    }
}

impl From<OsString> for Source {
    /// The source that an argument names: `-` is standard input, everything else a file.
    fn from(argument: OsString) -> Self {
        if argument == "-" { Self::StandardInput } else { Self::File(argument.into()) }
    }
}

/// Which rows are fitted and which are tested on: those of one table that is split, or of two.
#[derive(Debug, Clone, PartialEq)]
pub enum Rows {
    /// One table, split at random by [`split::seeded`] after rows with missing cells are dropped.
    Split {
        /// The table that is split.
        source: Source,
        /// The share of test rows.
        test_fraction: f64,
        /// The seed of the split.
        seed: u64,
    },
    /// Two tables with the same columns, in any order.
    Given {
        /// The table that is fitted.
        train: Source,
        /// The table that the fit is tested on.
        test: Source,
    },
}

/// How a table is read: its columns, its missing cells, its delimiter and its decimal sign.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadOptions {
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

/// A data set that was read from a table, with what was done to it.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The numbers of the table, in original units.
    pub dataset: Dataset,
    /// What was done to the table.
    pub provenance: Provenance,
}

/// A listener that hears how many bytes were read from the disk, and how many there are where that is known.
///
/// It begins again at every file and at every pass over one.
pub type Progress<'a> = dyn FnMut(u64, Option<u64>) + 'a;

/// Reads a table or two into a data set.
///
/// The rows of a split table stand in the order of [`split::seeded`], those of given tables in their own:
///
/// ```
/// use attention_regression::table::{ReadOptions, Rows, Source, read};
///
/// let folder = tempfile::tempdir()?;
/// let file = folder.path().join("flats.csv");
/// std::fs::write(&file, "area;floor;rent\n50,5;2;700\n61;0;810\n")?;
/// let table = Source::File(file);
/// let rows = Rows::Given { train: table.clone(), test: table };
/// let options = ReadOptions { targets: vec!["rent".to_owned()], ..ReadOptions::default() };
/// let prepared = read(&rows, &options, &mut |_, _| {})?;
///
/// assert_eq!(prepared.dataset.features, ["area", "floor"]);
/// assert_eq!(prepared.dataset.train.x, faer::mat![[50.5, 2.0], [61.0, 0.0]]);
/// assert_eq!(prepared.dataset.train.y, faer::mat![[700.0], [810.0]]);
/// let written = &prepared.provenance.files[0];
/// assert_eq!((written.delimiter, written.decimal_comma), (';', true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A [`Diagnostic`] for whatever keeps the table from being read as it is asked for:
///
/// ```
/// # use attention_regression::table::{ReadOptions, Rows, Source, read};
/// # let folder = tempfile::tempdir()?;
/// # let file = folder.path().join("flats.csv");
/// std::fs::write(&file, "area,rent\n50,700\n,810\n")?;
/// let rows = Rows::Split { source: Source::File(file), test_fraction: 0.2, seed: 1 };
/// let options = ReadOptions { targets: vec!["rent".to_owned()], ..ReadOptions::default() };
/// let refused = read(&rows, &options, &mut |_, _| {}).expect_err("a missing cell");
///
/// assert_eq!(refused.place.and_then(|place| place.line), Some(3));
/// assert_eq!(refused.what, "the cell in column `area` is missing");
/// assert!(refused.cure.starts_with("leave such rows out with --missing drop"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read(rows: &Rows, options: &ReadOptions, progress: &mut Progress<'_>) -> Result<Prepared, Diagnostic> {
    match rows {
        Rows::Split { source, test_fraction, seed } => {
            check_fraction(source, *test_fraction)?;
            let table = Contents::read(source, options, progress)?;
            let split = split(&table.provenance, *test_fraction, *seed)?;
            assemble::split(table, &split)
        }
        Rows::Given { train, test } => {
            if train == test && *train == Source::StandardInput {
                let what = "cannot be both the training and the test table";
                return Err(Diagnostic::new(train.name(), what, "name a file for one of them"));
            }
            let train = Contents::read(train, options, progress)?;
            if train.provenance.rows < 2 {
                return Err(Diagnostic::new(train.provenance.file, "has 1 row to fit", "give at least 2"));
            }
            let test = train.read_test(test, options, progress)?;
            assemble::pair(train, test)
        }
    }
}

fn check_fraction(source: &Source, fraction: f64) -> Result<(), Diagnostic> {
    if fraction > 0.0 && fraction < 1.0 {
        return Ok(());
    }
    let what = format!("cannot be split with a test fraction of {fraction}");
    Err(Diagnostic::new(source.name(), what, "give one above 0 and below 1 with --test-fraction"))
}

fn split(table: &FileProvenance, fraction: f64, seed: u64) -> Result<split::Split, Diagnostic> {
    let split = split::seeded(table.rows, fraction, seed).ok().filter(|split| split.train.len() > 1);
    split.ok_or_else(|| {
        let rows = if table.rows == 1 { "1 row".to_owned() } else { format!("{} rows", table.rows) };
        let parts = format!("which a test fraction of {fraction} does not split into at least 2 to fit and 1 to test");
        Diagnostic::new(&table.file, format!("has {rows}, {parts}"), "add rows, or change --test-fraction")
    })
}
