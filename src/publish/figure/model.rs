//! The vocabulary of figures: plain data for serde, from a claim to its snapshot and from there to the page.

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
    /// Marks in named rows.
    Dots(Dots),
    /// Small charts in rows and columns.
    Multiples(Multiples),
    /// Matrices side by side.
    Panels(Panels),
    /// Groups of small matrices.
    Gallery(Gallery),
}

/// Curves and marks over two axes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis; its name is written horizontally above it.
    pub y: Axis,
    /// Whether it takes more of the page, as a map does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tall: bool,
    /// Drawn in order: later series lie on top.
    pub series: Vec<Series>,
}

impl Chart {
    /// A chart of the usual height.
    pub fn new(x: Axis, y: Axis, series: Vec<Series>) -> Self {
        Self { x, y, tall: false, series }
    }
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

impl Axis {
    /// Equal differences, equal distances.
    pub fn linear(name: &str, ticks: &[f64]) -> Self {
        Self { name: name.to_owned(), scale: Scale::Linear, ticks: ticks.to_vec() }
    }

    /// Equal ratios, equal distances.
    pub fn log(name: &str, ticks: &[f64]) -> Self {
        Self { name: name.to_owned(), scale: Scale::Log, ticks: ticks.to_vec() }
    }
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
    /// Whitened: the diamond, hollow.
    HollowDiamond,
    /// Softmax attention with a merged form.
    Triangle,
    /// Whitened: the triangle, hollow.
    HollowTriangle,
    /// One of a cloud of points.
    Dot,
    /// A truth, or a training error: a short upright bar.
    Bar,
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

/// Marks in named rows, over panes with an axis each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dots {
    /// The names of the rows, from the top.
    pub rows: Vec<String>,
    /// From left to right.
    #[serde(rename = "pane")]
    pub panes: Vec<Pane>,
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

/// What the charts under one another share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// What it shows, in a word or two.
    pub name: String,
    /// The vertical axis; the name of the first one is written for all.
    pub y: Axis,
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

/// One small chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Drawn in order; series of one name share an entry of the key.
    pub series: Vec<Series>,
}
