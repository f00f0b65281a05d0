//! A column in use, as numbers: those that its cells say, or the codes of their texts.

use std::collections::HashMap;

use super::cell::{self, Fault, trimmed};
use super::missing::is_missing;
use crate::data::split::Split;
use crate::linalg::count;

/// The most levels that are encoded: each becomes a dense column, and a column of names or keys would fill any memory.
pub(super) const MOST_LEVELS: usize = 1000;

/// A column that is read; empty, and of numbers, by default.
#[derive(Debug, Default)]
pub(super) struct Column {
    /// One value for each row, NaN where the cell gave none.
    pub(super) values: Vec<f64>,
    /// What the values are codes of, in a column of texts.
    pub(super) levels: Option<Levels>,
}

impl Column {
    /// An empty column of texts.
    pub(super) fn of_texts() -> Self {
        Self { levels: Some(Levels::default()), ..Self::default() }
    }

    /// An empty column for cells of the same kind, which may have no other levels.
    pub(super) fn alike(&self) -> Self {
        let closed = |levels: &Levels| Levels { closed: true, ..levels.clone() };
        Self { levels: self.levels.as_ref().map(closed), ..Self::default() }
    }

    /// Takes a cell in; where it gives no value, takes a gap in and says why.
    pub(super) fn push(&mut self, cell: &str, comma: bool) -> Result<(), Fault> {
        let value = match &mut self.levels {
            None => cell::number(cell, comma),
            Some(levels) => levels.code(trimmed(cell)),
        };
        self.values.push(value.unwrap_or(f64::NAN));
        value.map(drop)
    }

    /// How many features it can become.
    pub(super) fn width(&self) -> usize {
        self.levels.as_ref().map_or(1, |levels| levels.codes.len())
    }

    /// Its training rows and its test rows; the levels stay with the first.
    pub(super) fn split(self, split: &Split) -> (Self, Self) {
        let rows = |rows: &[usize]| rows.iter().map(|&row| self.values[row]).collect();
        let test = Self { values: rows(&split.test), levels: None };
        (Self { values: rows(&split.train), levels: self.levels }, test)
    }
}

/// The levels of a column of texts with their codes, which count from 0 in the order in which they were met.
#[derive(Debug, Clone, Default)]
pub(super) struct Levels {
    codes: HashMap<Box<str>, f64>,
    /// Whether other levels are refused.
    closed: bool,
}

impl Levels {
    fn code(&mut self, text: &str) -> Result<f64, Fault> {
        let next = count(self.codes.len());
        match self.codes.get(text) {
            _ if is_missing(text) => Err(Fault::Missing),
            Some(&code) => Ok(code),
            None if self.closed => Err(Fault::UnknownLevel),
            None if self.codes.len() == MOST_LEVELS => Err(Fault::TooManyLevels),
            None => Ok(*self.codes.entry(text.into()).or_insert(next)),
        }
    }

    /// Texts with their codes, sorted.
    pub(super) fn sorted(self) -> Vec<(String, f64)> {
        let mut sorted: Vec<_> = self.codes.into_iter().map(|(text, code)| (String::from(text), code)).collect();
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        sorted
    }
}
