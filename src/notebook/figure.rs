//! A figure as data: what a claim plots, before anybody draws it.
//!
//! A claim builds a [`Figure`]; `record!` writes its series into a snapshot; the book draws it from there, so
//! a plot never shows a number that no test has accepted. [`chart`] and [`panels`] draw with plotters on
//! [`svg`], our backend: colours follow the page's light and dark theme, text needs no installed font, and
//! `<title>` and `<desc>` say in words what the picture shows.
//!
//! What it renounces: legends (labels stand beside the data), frames, grids, bitmaps.

pub mod chart;
pub mod panels;
pub mod svg;

use serde::{Deserialize, Serialize};

/// One figure: a title for those who cannot see it, and the plot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// One line: the `<title>` of the drawing.
    pub title: String,
    /// What is plotted.
    #[serde(flatten)]
    pub plot: Plot,
}

/// The kinds of plot that the book uses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Plot {
    /// Curves and marks over two axes.
    Chart(Chart),
    /// Matrices side by side.
    Panels(Panels),
}

/// Curves and marks over two axes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis; its name is written horizontally above it.
    pub y: Axis,
    /// Drawn in order: later series lie on top.
    pub series: Vec<Series>,
}

/// One axis: a range frame that spans its ticks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// What it measures, with the unit.
    pub name: String,
    /// Linear or logarithmic.
    pub scale: Scale,
    /// Where ticks stand, ascending, three to six of them; the first and the last bound the axis.
    pub ticks: Vec<f64>,
}

/// How an axis maps numbers to places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// Equal differences, equal distances.
    Linear,
    /// Equal ratios, equal distances.
    Log,
}

/// One set of points with one meaning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// What it is, in words: the label beside it and the head of its column in the table of numbers.
    pub name: String,
    /// Its colour, by meaning.
    pub ink: Ink,
    /// The mark at each point, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// The line through the points.
    pub stroke: Stroke,
    /// Abscissae.
    pub x: Vec<f64>,
    /// Ordinates, as many.
    pub y: Vec<f64>,
    /// Relative tolerance within which accepted ordinates keep their digits.
    pub relative: f64,
    /// Where the name is written; `None` leaves it to the table of numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
}

/// The place of a label: beside a point of its series.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Label {
    /// Index of the point.
    pub at: usize,
    /// On which side of it.
    pub side: Side,
}

/// Sides of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Text ends before the point.
    Left,
    /// Text starts after the point.
    Right,
    /// Text is centred over the point.
    Above,
    /// Text is centred under the point.
    Below,
}

/// Colours by meaning, the same in every figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ink {
    /// Regression: the colour of the text.
    Regression,
    /// Attention without softmax.
    Linear,
    /// Attention with softmax.
    Softmax,
    /// A second data set.
    Accent,
    /// Bounds, references, axes.
    Muted,
}

/// Marks by meaning: a colour never speaks alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// Linear attention, or regression.
    Circle,
    /// Softmax attention.
    Square,
    /// Softmax attention with tied weights.
    Diamond,
    /// A masked diagonal.
    Cross,
    /// Whitened: the circle, hollow.
    HollowCircle,
    /// Whitened: the square, hollow.
    HollowSquare,
}

/// Lines by meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stroke {
    /// Marks only.
    None,
    /// Test data, or the measured curve.
    Solid,
    /// Training data.
    Dashed,
    /// A closed form or a bound.
    Dotted,
}

/// Matrices side by side, each over its own largest entry, with one colour bar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Panels {
    /// From left to right; up to four.
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
