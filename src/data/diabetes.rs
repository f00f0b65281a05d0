//! The diabetes table of Efron, Hastie, Johnstone and Tibshirani (2004): 442 patients, 10 features, one target.
//!
//! The table is vendored with its source and licence (`vendored/diabetes.md`) and read only if its checksum is right.
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

use super::vendored::Vendored;
use super::{Dataset, Table, split};
use crate::Result;
use crate::linalg::{self, count};

const FILE: Vendored = Vendored {
    file: "src/data/vendored/diabetes.csv",
    bytes: include_bytes!("vendored/diabetes.csv"),
    checksum: "9193026b7622ff944f0a6855a10107b24caf50dad69787c46e6890e69c27faca",
};

/// The raw table, 442×10 and 442×1, with the names of its features.
///
/// # Errors
/// [`Error::Checksum`](crate::Error::Checksum) or [`Error::Table`](crate::Error::Table) where the vendored file was
/// changed.
pub fn raw() -> Result<(Table, Vec<String>)> {
    let (mut names, numbers) = FILE.read()?;
    let d = names.len() - 1;
    names.truncate(d);
    Ok((Table { x: numbers.subcols(0, d).to_owned(), y: numbers.subcols(d, 1).to_owned() }, names))
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
