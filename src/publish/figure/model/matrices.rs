//! Matrices side by side and in groups.

use serde::{Deserialize, Serialize};

use super::RELATIVE;

/// Matrices side by side, each over its own largest entry, with one colour bar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Panels {
    /// From left to right, four to a line.
    #[serde(rename = "panel")]
    pub panels: Vec<Panel>,
}

/// One matrix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Panel {
    /// Its symbol, such as `QKᵀ` or `W_qW_kᵀ` (an underscore lowers the next character).
    pub symbol: String,
    /// What it is, in three or four words.
    pub words: String,
    /// What is printed beneath, after its largest entry: `trace 8`.
    pub note: String,
    /// The entries, row by row, at most 36 × 36.
    pub rows: Vec<Vec<f64>>,
    /// Tolerance within which accepted entries keep their digits, relative to the largest entry.
    pub relative: f64,
}

impl Panel {
    /// A matrix without words, known to a thousandth of its largest entry.
    pub fn new(symbol: impl Into<String>, rows: Vec<Vec<f64>>) -> Self {
        Self { symbol: symbol.into(), words: String::new(), note: String::new(), rows, relative: RELATIVE }
    }

    /// With what it is, in three or four words.
    pub fn words(self, words: impl Into<String>) -> Self {
        Self { words: words.into(), ..self }
    }

    /// With what is printed beneath, after its largest entry.
    pub fn note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    /// Accepted entries keep their digits within this share of the largest.
    pub fn within(self, relative: f64) -> Self {
        Self { relative, ..self }
    }

    /// Its numbers of rows and columns.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.rows.len(), self.rows.first().map_or(0, Vec::len))
    }

    /// The largest absolute value of its entries.
    pub(crate) fn largest(&self) -> f64 {
        self.rows.iter().flatten().fold(0.0, |largest: f64, entry| largest.max(entry.abs()))
    }
}

/// Groups of small matrices, each over its own largest entry, with one colour bar: what is compared stands in a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gallery {
    /// Line by line, two to a line.
    #[serde(rename = "group")]
    pub groups: Vec<Group>,
}

/// The matrices of one thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// What they belong to.
    pub name: String,
    /// Up to three, at most 18 × 18; their words are not shown.
    #[serde(rename = "matrix")]
    pub panels: Vec<Panel>,
}

impl Group {
    /// Matrices under one name.
    pub fn new(name: impl Into<String>, panels: Vec<Panel>) -> Self {
        Self { name: name.into(), panels }
    }
}
