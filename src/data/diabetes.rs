//! The diabetes table of Efron, Hastie, Johnstone and Tibshirani (2004): 442 patients, 10 features, one target.
//!
//! The table is vendored with its source and licence (`diabetes.md` beside it) and read only if its checksum is right.
//!
//! ```
//! use attention_regression::data::diabetes;
//!
//! let table = diabetes::unit_norm()?;
//! assert_eq!((table.n(), table.d(), table.y[(0, 0)]), (442, 10, 151.0));
//! // What scikit-learn shows first.
//! assert!((table.x[(0, 0)] - 0.038_075_906_433_423).abs() < 1e-12);
//! # Ok::<(), attention_regression::Error>(())
//! ```

use faer::Mat;
use sha2::Digest as _;

use super::{Dataset, Table, split};
use crate::linalg::{self, count};
use crate::{Error, Result};

const FILE: &str = "src/data/diabetes.csv";
const TEXT: &str = include_str!("diabetes.csv");
const CHECKSUM: &str = "9193026b7622ff944f0a6855a10107b24caf50dad69787c46e6890e69c27faca";

/// The raw table, 442×10 and 442×1, with the names of its features.
///
/// # Errors
/// [`Error::Checksum`] or [`Error::Table`] where the vendored file was changed.
pub fn raw() -> Result<(Table, Vec<String>)> {
    let found: String = sha2::Sha256::digest(TEXT).iter().map(|byte| format!("{byte:02x}")).collect();
    if found != CHECKSUM {
        return Err(Error::Checksum { file: FILE, expected: CHECKSUM, found });
    }
    parse(TEXT)
}

/// The raw table; row i is a test row when i mod 5 = 4 (354 and 88 rows).
///
/// # Errors
/// Those of [`raw`].
pub fn dataset() -> Result<Dataset> {
    let (table, _) = raw()?;
    with_split(&split::every_fifth(table.n()))
}

/// The raw table with another split.
///
/// # Errors
/// Those of [`raw`].
pub fn with_split(split: &split::Split) -> Result<Dataset> {
    let (table, features) = raw()?;
    Ok(Dataset {
        name: "diabetes".to_owned(),
        features,
        targets: vec!["progression".to_owned()],
        train: table.rows(&split.train),
        test: table.rows(&split.test),
        truth: None,
    })
}

/// All 442 rows in scikit-learn's default scaling: centred columns of unit norm, (x − μ)/(σ√n).
///
/// # Errors
/// Those of [`raw`].
pub fn unit_norm() -> Result<Table> {
    let (table, _) = raw()?;
    let (moments, root) = (linalg::moments(table.x.as_ref()), count(table.n()).sqrt());
    let x = Mat::from_fn(table.n(), table.d(), |i, j| moments[j].standardised(table.x[(i, j)], root));
    Ok(Table { x, y: table.y })
}

fn parse(text: &str) -> Result<(Table, Vec<String>)> {
    let wrong = |line: u64, what: String| Error::Table { file: FILE, line, what };
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| wrong(1, error.to_string()))?;
    let names: Vec<String> = header.iter().map(str::to_owned).collect();
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for record in reader.records() {
        let record =
            record.map_err(|error| wrong(error.position().map_or(0, csv::Position::line), error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let number = |cell: &str| cell.parse::<f64>().map_err(|_| wrong(line, format!("`{cell}` is not a number")));
        rows.push(record.iter().map(number).collect::<Result<_>>()?);
    }
    let d = names.len().saturating_sub(1);
    let table =
        Table { x: Mat::from_fn(rows.len(), d, |i, j| rows[i][j]), y: Mat::from_fn(rows.len(), 1, |i, _| rows[i][d]) };
    Ok((table, names.into_iter().take(d).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_table_is_named_by_line() {
        let error = parse("a,b\n1,2\n3,x\n").err().map(|error| error.to_string());
        assert_eq!(
            error.as_deref(),
            Some("src/data/diabetes.csv:3: `x` is not a number: restore the file from version control")
        );
        let ragged = parse("a,b\n1,2\n3\n").err().map(|error| error.to_string()).unwrap_or_default();
        assert!(ragged.starts_with("src/data/diabetes.csv:3: "), "{ragged}");
    }
}
