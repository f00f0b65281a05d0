//! What is drawn, typed: lines, shapes and words, with their colours, before anybody writes SVG.

use super::colour::{Colour, Fill, Line};

/// Pixels of the canvas in a unit of the drawing.
pub(super) const UNIT: i32 = 10;

/// A place in tenths of a unit.
pub(super) type Tenths = (i32, i32);

/// Where a line of text begins, seen from its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// The text starts there.
    Start,
    /// It is centred there.
    Middle,
    /// It ends there.
    End,
}

/// How words are set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Type<'a> {
    /// In units.
    pub(super) size: i32,
    pub(super) colour: Colour<'a>,
    pub(super) anchor: Anchor,
    pub(super) bold: bool,
    /// Whether they are legible over a curve.
    pub(super) halo: bool,
}

/// What is drawn; lengths are tenths.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form<'a> {
    /// A line through the points.
    Line { colour: Colour<'a>, line: Line, width: i32 },
    /// A shape at each point.
    Shape(Shape<'a>),
}

/// What is drawn at a point.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape<'a> {
    /// A filled rectangle of this size, from its upper left corner on.
    Cells { size: Tenths, colour: Colour<'a>, opacity: f64 },
    /// The outline of one.
    Frame { size: Tenths },
    /// A circle around the point.
    Circle { radius: i32, fill: Fill, colour: Colour<'a> },
    /// A polygon around the point.
    Polygon { corners: &'a [Tenths], fill: Fill, colour: Colour<'a> },
    /// Text.
    Words { words: &'a str, set: Type<'a> },
}
