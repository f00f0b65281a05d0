//! Twenty men of a fitness club (Linnerud; in Tenenhaus 1998): three exercises, three measures of their bodies.
//!
//! As many targets as features: the smallest real table on which equal predictions force equal matrices.
//!
//! ```
//! use attention_regression::data::linnerud;
//!
//! let men = linnerud::dataset()?;
//! assert_eq!(men.targets, ["weight", "waist", "pulse"]);
//! assert_eq!((men.train.d(), men.train.n()), (3, 16));
//! # Ok::<(), attention_regression::Error>(())
//! ```

use super::vendored::Vendored;
use super::{Dataset, Table, split};
use crate::Result;

const FILE: Vendored = Vendored {
    file: "src/data/vendored/linnerud.csv",
    bytes: include_bytes!("vendored/linnerud.csv"),
    checksum: "67439cc3276440bde6303455695bc00c2c7b129be5da66dd22c526fd3cbf4864",
};

/// Chin-ups, sit-ups and jumps with weight, waist and pulse; row i is a test row when i mod 5 = 4 (16 and 4 rows).
///
/// # Errors
/// [`Error::Checksum`](crate::Error::Checksum) or [`Error::Table`](crate::Error::Table) where the vendored file was
/// changed.
pub fn dataset() -> Result<Dataset> {
    let (mut features, numbers) = FILE.read()?;
    let targets = features.split_off(3);
    let table = Table { x: numbers.subcols(0, 3).to_owned(), y: numbers.subcols(3, 3).to_owned() };
    let split = split::every_fifth(table.n());
    Ok(Dataset {
        name: "linnerud".to_owned(),
        features,
        targets,
        train: table.rows(&split.train),
        test: table.rows(&split.test),
        truth: None,
    })
}
