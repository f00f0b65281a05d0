//! The levels of a text column, each text kept once.

use std::collections::HashMap;

use super::cell::{Fault, trimmed};
use super::missing::is_missing;
use crate::linalg::count;

/// The most levels that are encoded: each becomes a dense column, and a column of names or keys would fill any memory.
pub(super) const MOST: usize = 1000;

/// Levels with their codes, which count from 0 in the order in which they were met.
#[derive(Debug, Clone, Default)]
pub(super) struct Levels {
    codes: HashMap<Box<str>, f64>,
    /// Whether other levels are refused.
    closed: bool,
}

impl Levels {
    /// The code of a cell.
    pub(super) fn code(&mut self, cell: &str) -> Result<f64, Fault> {
        let text = trimmed(cell);
        match self.codes.get(text) {
            _ if is_missing(text) => Err(Fault::Missing),
            Some(&code) => Ok(code),
            None if self.closed => Err(Fault::UnknownLevel),
            None if self.codes.len() == MOST => Err(Fault::TooManyLevels),
            None => {
                let code = count(self.codes.len());
                self.codes.insert(text.into(), code);
                Ok(code)
            }
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.codes.len()
    }

    /// The same levels, for a table that may have no others.
    pub(super) fn closed(&self) -> Self {
        Self { closed: true, ..self.clone() }
    }

    /// Codes with their texts, sorted by text.
    pub(super) fn sorted(self) -> Vec<(f64, String)> {
        let mut sorted: Vec<_> = self.codes.into_iter().map(|(text, code)| (code, String::from(text))).collect();
        sorted.sort_by(|a, b| a.1.cmp(&b.1));
        sorted
    }
}
