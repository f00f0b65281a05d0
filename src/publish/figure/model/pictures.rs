//! Small images in lines.

use serde::{Deserialize, Serialize};

use super::RELATIVE;

/// Small images, line under line: the same things as they are, and as each of several made them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pictures {
    /// The value that is all ink; zero and less is none.
    pub full: f64,
    /// From the top.
    #[serde(rename = "line")]
    pub lines: Vec<Line>,
}

impl Pictures {
    /// Lines of images whose darkest value is `full`.
    pub fn new(full: f64, lines: Vec<Line>) -> Self {
        Self { full, lines }
    }
}

/// The images of one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Whose they are.
    pub name: String,
    /// Tolerance within which accepted values keep their digits, relative to all ink.
    pub relative: f64,
    /// From left to right, each row by row; all of one size, at most 16 × 16.
    pub images: Vec<Vec<Vec<f64>>>,
}

impl Line {
    /// Images known to a thousandth of all ink.
    pub fn new(name: impl Into<String>, images: Vec<Vec<Vec<f64>>>) -> Self {
        Self { name: name.into(), relative: RELATIVE, images }
    }

    /// Accepted values keep their digits within this share of all ink.
    pub fn within(self, relative: f64) -> Self {
        Self { relative, ..self }
    }
}
