//! Charts: axes and the series over them.

use serde::{Deserialize, Serialize};

use super::{Ink, Mark, RELATIVE, Stroke};

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

    /// It takes more of the page.
    pub fn tall(self) -> Self {
        Self { tall: true, ..self }
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

impl Series {
    /// A solid curve through points, without marks, in the colour of text, known to one part in a thousand.
    pub fn curve(name: impl Into<String>, x: impl IntoIterator<Item = f64>, y: impl IntoIterator<Item = f64>) -> Self {
        Self {
            name: name.into(),
            ink: Ink::TEXT,
            mark: None,
            stroke: Stroke::Solid,
            x: x.into_iter().collect(),
            y: y.into_iter().collect(),
            relative: RELATIVE,
            label: None,
        }
    }

    /// The same from pairs of an abscissa and an ordinate.
    pub fn through(name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let (x, y): (Vec<f64>, Vec<f64>) = points.into_iter().unzip();
        Self::curve(name, x, y)
    }

    /// In this colour.
    pub fn ink(self, ink: Ink) -> Self {
        Self { ink, ..self }
    }

    /// With this line through its points.
    pub fn stroke(self, stroke: Stroke) -> Self {
        Self { stroke, ..self }
    }

    /// With a mark at each point of the curve.
    pub fn mark(self, mark: Mark) -> Self {
        Self { mark: Some(mark), ..self }
    }

    /// Marks in the place of the curve.
    pub fn marks(self, mark: Mark) -> Self {
        self.mark(mark).stroke(Stroke::None)
    }

    /// Its name beside the point `at`.
    pub fn label(self, side: Side, at: usize) -> Self {
        Self { label: Some(Label { at, side }), ..self }
    }

    /// Its name beside its last point.
    pub fn label_at_end(self, side: Side) -> Self {
        let last = self.x.len().saturating_sub(1);
        self.label(side, last)
    }

    /// Accepted digits stay within this relative tolerance.
    pub fn within(self, relative: f64) -> Self {
        Self { relative, ..self }
    }
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
