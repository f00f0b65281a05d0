//! Series in time: their past as features.
//!
//! ```
//! use attention_regression::data::series;
//!
//! let table = series::lagged(&[1.0, 2.0, 4.0, 8.0], 2);
//! assert_eq!((table.x[(0, 0)], table.x[(0, 1)], table.y[(0, 0)]), (2.0, 1.0, 4.0));
//! assert_eq!(series::co2()?.len(), 526);
//! # Ok::<(), attention_regression::Error>(())
//! ```

use faer::Mat;

use super::vendored::Vendored;
use super::{Dataset, Split, Table};
use crate::Result;

const SUNSPOTS: Vendored = Vendored {
    file: "src/data/vendored/sunspots.csv",
    bytes: include_bytes!("vendored/sunspots.csv"),
    checksum: "74b8e3acb9886b68abe9c56f6081257d522e2cb2470f17dbf597b396f4ea1706",
};

const CO2: Vendored = Vendored {
    file: "src/data/vendored/co2.csv",
    bytes: include_bytes!("vendored/co2.csv"),
    checksum: "405d8de3a2dc80fe9ea6326040c1e1bd9086fc694dfa97df1d2b93dccb6cc557",
};

/// The yearly number of sunspots from 1700 to 2008, 309 years (`vendored/sunspots.md`).
///
/// # Errors
/// [`Error::Checksum`](crate::Error::Checksum) or [`Error::Table`](crate::Error::Table) where the vendored file was
/// changed.
pub fn sunspots() -> Result<Vec<f64>> {
    let (_, numbers) = SUNSPOTS.read()?;
    Ok(numbers.col(1).iter().copied().collect())
}

/// Carbon dioxide in the air over Mauna Loa by month, March 1958 to December 2001, in parts per million
/// (`vendored/co2.md`): 526 months, of which the five without a measurement lie on the line between their neighbours.
///
/// # Errors
/// Those of [`sunspots`].
pub fn co2() -> Result<Vec<f64>> {
    let (_, numbers) = CO2.read()?;
    let month = |i: usize| numbers[(i, 0)] * 12.0 + numbers[(i, 1)];
    let mut months = vec![numbers[(0, 2)]];
    for i in 1..numbers.nrows() {
        let (from, to, gap) = (numbers[(i - 1, 2)], numbers[(i, 2)], month(i) - month(i - 1));
        months.extend((1..gap as usize).map(|step| from + (to - from) * step as f64 / gap));
        months.push(to);
    }
    Ok(months)
}

/// Windows of a series with what comes next: row t holds the `lags` values before it, the last one first, and its
/// target is the value itself. Of n values n − p rows.
pub fn lagged(series: &[f64], lags: usize) -> Table {
    let rows = series.len().saturating_sub(lags);
    Table {
        x: Mat::from_fn(rows, lags, |i, lag| series[i + lags - 1 - lag]),
        y: Mat::from_fn(rows, 1, |i, _| series[i + lags]),
    }
}

/// The yearly sunspots by the nine years before, the last hundred years for testing.
///
/// # Errors
/// Those of [`sunspots`].
pub fn sunspots_by_year() -> Result<Dataset> {
    Ok(forecast("sunspots", "sunspots", &sunspots()?, 9, 100))
}

/// Carbon dioxide by the twelve months before, the last 154 months for testing.
///
/// # Errors
/// Those of [`co2`].
pub fn co2_by_month() -> Result<Dataset> {
    Ok(forecast("co2", "ppm", &co2()?, 12, 154))
}

/// A series by its past; the last `test` rows are tested.
fn forecast(name: &str, target: &str, series: &[f64], lags: usize, test: usize) -> Dataset {
    let table = lagged(series, lags);
    let first = table.n() - test;
    let split = Split { train: (0..first).collect(), test: (first..table.n()).collect() };
    Dataset {
        name: name.to_owned(),
        features: (1..=lags).map(|lag| format!("lag {lag}")).collect(),
        targets: vec![target.to_owned()],
        train: table.rows(&split.train),
        test: table.rows(&split.test),
        truth: None,
    }
}
