//! Small charts in rows and columns.

use serde::{Deserialize, Serialize};

use super::{Axis, Series};

/// Small charts in rows and columns: one horizontal axis for all, one vertical axis for each column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Multiples {
    /// The horizontal axis.
    pub x: Axis,
    /// From left to right.
    #[serde(rename = "column")]
    pub columns: Vec<Column>,
    /// From the top.
    #[serde(rename = "row")]
    pub rows: Vec<Row>,
}

impl Multiples {
    /// Every chart in its row and column, line by line.
    pub(crate) fn charts(&self) -> impl Iterator<Item = (&Row, &Column, &Cell)> {
        self.rows
            .iter()
            .flat_map(move |row| self.columns.iter().zip(&row.cells).map(move |(column, cell)| (row, column, cell)))
    }

    /// The series of all charts.
    pub(crate) fn series(&self) -> impl Iterator<Item = &Series> {
        self.rows.iter().flat_map(|row| &row.cells).flat_map(|cell| &cell.series)
    }
}

/// What the charts under one another share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// What it shows, in a word or two.
    pub name: String,
    /// The vertical axis; the name of the first one is written for all.
    pub y: Axis,
}

impl Column {
    /// A name and a vertical axis.
    pub fn new(name: impl Into<String>, y: Axis) -> Self {
        Self { name: name.into(), y }
    }
}

/// Charts beside one another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What they show, in a few words.
    pub name: String,
    /// One for each column.
    #[serde(rename = "cell")]
    pub cells: Vec<Cell>,
}

impl Row {
    /// A name and a chart for each column.
    pub fn new(name: impl Into<String>, cells: Vec<Cell>) -> Self {
        Self { name: name.into(), cells }
    }
}

/// One small chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Drawn in order; series of one name share an entry of the key.
    pub series: Vec<Series>,
}
