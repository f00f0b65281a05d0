//! A figure as data: what a claim plots, before anybody draws it.
//!
//! A claim builds a [`Figure`]; `record!` writes its series into a snapshot; the book [`draw`]s it from there, so
//! a plot never shows a number that no test has accepted. `chart` and `panels` draw with plotters on `svg`, our
//! backend: colours follow the page's light and dark theme, text needs no installed font, and `<title>` and `<desc>`
//! say in words what the picture shows. Every figure is drawn twice, 680 units wide and, for phones, 360.
//!
//! What it renounces: legends (labels stand beside the data), frames, grids, bitmaps.

mod chart;
pub mod describe;
mod dots;
mod labels;
mod panels;
mod pen;
mod svg;

use serde::{Deserialize, Serialize};

use pen::{Anchor, Pen};

/// The width of a page's text, and that of a phone, in units.
const WIDE: i32 = 680;
const NARROW: i32 = 360;

/// A figure, drawn for a page and for a phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// 680 units wide.
    pub wide: String,
    /// 360 units wide.
    pub narrow: String,
}

/// Why a figure cannot be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    /// A panel, series or axis holds nothing.
    #[error("`{0}` is empty: plot at least one number")]
    Empty(String),
    /// Abscissae and ordinates do not pair, or rows differ in length.
    #[error("`{0}` is ragged: a series has as many ordinates as abscissae, a matrix has rows of one length")]
    Ragged(String),
    /// A number lies outside its axis, or is not positive on a logarithmic one.
    #[error("the series `{0}` has points outside the axes: widen the ticks")]
    Outside(String),
    /// The drawing backend failed.
    #[error("plotters: {0}")]
    Backend(String),
}

/// Draws a figure; `id` distinguishes it from the others of a page.
///
/// # Errors
/// What in the figure cannot be drawn.
pub fn draw(figure: &Figure, id: &str) -> Result<Drawing, DrawError> {
    let description = describe::describe(figure);
    let on = |width: i32, suffix: &str| {
        let mut body = String::new();
        let height = match &figure.plot {
            Plot::Chart(chart) => chart::draw(chart, &mut body, width)?,
            Plot::Dots(dots) => dots::draw(dots, &mut body, width)?,
            Plot::Panels(panels) => panels::draw(panels, &mut body, width, if width == WIDE { 4 } else { 2 })?,
        };
        let id = format!("{id}{suffix}");
        Ok(format!(
            "<svg class=\"plot\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" xmlns=\"http://www.w3.org/2000/svg\" font-family=\"var(--plot-font,'Open Sans','Helvetica Neue',Arial,sans-serif)\" fill=\"var(--fg,#24211c)\">\n<title id=\"{id}-t\">{}</title>\n<desc id=\"{id}-d\">{}</desc>\n{body}</svg>\n",
            escape(&figure.title),
            escape(&description),
        ))
    };
    Ok(Drawing { wide: on(WIDE, "")?, narrow: on(NARROW, "-narrow")? })
}

/// Text for an element of SVG.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The width of a line of text in units, estimated: there is no font to ask.
fn text_width(text: &str, size: f64) -> i32 {
    let letters = text.chars().filter(|c| *c != '_').count();
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "labels are short")]
    let width = (letters as f64 * size * 0.55).ceil() as i32;
    width
}

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
