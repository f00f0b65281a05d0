//! What colours, marks and lines mean, the same in every figure.

use serde::{Deserialize, Serialize};

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
