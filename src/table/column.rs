//! A column in use, as numbers: those that its cells say, or the codes of their levels.

use super::cell::{self, Fault};
use super::levels::Levels;
use crate::data::split::Split;

/// A column that is read; empty, and of numbers, by default.
#[derive(Debug, Default)]
pub(super) struct Column {
    /// One value for each row, NaN where the cell gave none.
    pub(super) values: Vec<f64>,
    /// What the values are codes of, in a text column.
    pub(super) levels: Option<Levels>,
}

/// A column of training rows and of test rows.
pub(super) struct Parts {
    pub(super) levels: Option<Levels>,
    pub(super) train: Vec<f64>,
    pub(super) test: Vec<f64>,
}

impl Column {
    /// An empty column of texts.
    pub(super) fn of_texts() -> Self {
        Self { levels: Some(Levels::default()), ..Self::default() }
    }

    /// An empty column for cells of the same kind, which may have no other levels.
    pub(super) fn alike(&self) -> Self {
        Self { levels: self.levels.as_ref().map(Levels::closed), ..Self::default() }
    }

    /// Takes a cell in; where it gives no value, takes a gap in and says why.
    pub(super) fn push(&mut self, cell: &str, comma: bool) -> Result<(), Fault> {
        let value = match &mut self.levels {
            None => cell::number(cell, comma),
            Some(levels) => levels.code(cell),
        };
        self.values.push(value.unwrap_or(f64::NAN));
        value.map(drop)
    }

    /// How many features it can become.
    pub(super) fn width(&self) -> usize {
        self.levels.as_ref().map_or(1, Levels::len)
    }

    /// Its rows in the order of a split.
    pub(super) fn split(self, split: &Split) -> Parts {
        let rows = |rows: &[usize]| rows.iter().map(|&row| self.values[row]).collect();
        Parts { train: rows(&split.train), test: rows(&split.test), levels: self.levels }
    }

    /// It with the same column of a test table.
    pub(super) fn with_test(self, test: Self) -> Parts {
        Parts { levels: self.levels, train: self.values, test: test.values }
    }
}
