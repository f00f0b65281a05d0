//! Marks in named rows.

use serde::{Deserialize, Serialize};

use super::{Axis, Ink, Mark, RELATIVE};

/// Marks in named rows, over panes with an axis each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dots {
    /// The names of the rows, from the top.
    pub rows: Vec<String>,
    /// From left to right.
    #[serde(rename = "pane")]
    pub panes: Vec<Pane>,
}

impl Dots {
    /// Panes over rows of these names.
    pub fn new<Name: Into<String>>(rows: impl IntoIterator<Item = Name>, panes: Vec<Pane>) -> Self {
        Self { rows: rows.into_iter().map(Into::into).collect(), panes }
    }
}

/// One set of rows over one axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pane {
    /// What it shows, in a few words.
    pub name: String,
    /// The horizontal axis.
    pub axis: Axis,
    /// A number that everything is compared with: an upright line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    /// Drawn in order: later series lie on top.
    #[serde(rename = "series")]
    pub series: Vec<RowSeries>,
}

impl Pane {
    /// Series over an axis, without a reference.
    pub fn new(name: impl Into<String>, axis: Axis, series: Vec<RowSeries>) -> Self {
        Self { name: name.into(), axis, reference: None, series }
    }

    /// With a number that everything is compared with.
    pub fn reference(self, name: impl Into<String>, at: f64) -> Self {
        Self { reference: Some(Reference { name: name.into(), at }), ..self }
    }
}

/// A number that everything in a pane is compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// Written above the line.
    pub name: String,
    /// Where it stands.
    pub at: f64,
}

/// One set of marks with one meaning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowSeries {
    /// What it is, in words; series of one name share an entry of the key.
    pub name: String,
    /// Its colour, by meaning.
    pub ink: Ink,
    /// Its mark.
    pub mark: Mark,
    /// For each row its numbers, one for each seed; none where the row has no such mark.
    pub values: Vec<Vec<f64>>,
    /// Relative tolerance within which accepted numbers keep their digits.
    pub relative: f64,
}

impl RowSeries {
    /// Marks in the colour of text, known to one part in a thousand: for each row its numbers.
    pub fn new(name: impl Into<String>, mark: Mark, values: Vec<Vec<f64>>) -> Self {
        Self { name: name.into(), ink: Ink::TEXT, mark, values, relative: RELATIVE }
    }

    /// In this colour.
    pub fn ink(self, ink: Ink) -> Self {
        Self { ink, ..self }
    }

    /// Accepted digits stay within this relative tolerance.
    pub fn within(self, relative: f64) -> Self {
        Self { relative, ..self }
    }
}
