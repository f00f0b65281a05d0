//! The strokes, marks and words of which every figure is made: one style, in units of the drawing.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::IntoDrawingArea as _;

use super::colour::{Colour, Fill, Line};
use super::form::{Anchor, Form, Shape, Tenths, Type, UNIT};
use super::svg::{Canvas, Element};
use super::words::TICK;
use super::{DrawError, Mark, Stroke};

/// From one line of words to the next.
pub(super) const LEADING: i32 = 16;

/// Draws on a canvas through plotters.
pub(super) struct Pen<'a> {
    area: DrawingArea<Canvas<'a>, Shift>,
}

impl<'a> Pen<'a> {
    /// A pen on an empty drawing of so many units.
    pub(super) fn new(out: &'a mut String, width: i32, height: i32) -> Self {
        Self { area: Canvas::new(out, width, height).into_drawing_area() }
    }

    fn draw(&self, points: &[Tenths], form: Form<'_>) -> Result<(), DrawError> {
        self.area.draw(&Element { points, form }).map_err(|error| DrawError::Backend(error.to_string()))
    }

    fn shape(&self, at: Tenths, shape: Shape<'_>) -> Result<(), DrawError> {
        self.draw(&[at], Form::Shape(shape))
    }

    /// A line through points, as wide as so many tenths.
    pub(super) fn stroke(
        &self,
        points: &[Tenths],
        colour: Colour<'_>,
        line: Line,
        width: i32,
    ) -> Result<(), DrawError> {
        self.draw(points, Form::Line { colour, line, width })
    }

    /// The line of a series through points, in tenths.
    pub(super) fn curve(&self, points: &[Tenths], stroke: Stroke, colour: Colour<'_>) -> Result<(), DrawError> {
        match stroke {
            Stroke::None => Ok(()),
            Stroke::Solid => self.stroke(points, colour, Line::Solid, 20),
            Stroke::Dashed => self.stroke(points, colour, Line::Dashed, 20),
            Stroke::Dotted => self.stroke(points, colour, Line::Dotted, 14),
        }
    }

    /// A filled rectangle, in tenths.
    pub(super) fn fill(&self, corner: Tenths, size: Tenths, colour: Colour<'_>, opacity: f64) -> Result<(), DrawError> {
        self.shape(corner, Shape::Cells { size, colour, opacity })
    }

    /// The outline of a rectangle, in tenths.
    pub(super) fn frame(&self, corner: Tenths, size: Tenths) -> Result<(), DrawError> {
        self.shape(corner, Shape::Frame { size })
    }

    /// A mark with a halo of paper; a hollow one is wide enough to ring a solid one that coincides with it.
    pub(super) fn mark(&self, at: Tenths, mark: Mark, colour: Colour<'_>) -> Result<(), DrawError> {
        let (x, y) = at;
        let circle = |radius: i32, fill: Fill| self.shape(at, Shape::Circle { radius, fill, colour });
        let polygon = |corners: &[Tenths], fill: Fill| self.shape(at, Shape::Polygon { corners, fill, colour });
        match mark {
            Mark::Circle => circle(45, Fill::Solid),
            Mark::HollowCircle => circle(57, Fill::Hollow),
            Mark::Dot => circle(18, Fill::Faint),
            Mark::Square => polygon(&square(40), Fill::Solid),
            Mark::HollowSquare => polygon(&square(48), Fill::Hollow),
            Mark::Diamond => polygon(&diamond(55), Fill::Solid),
            Mark::HollowDiamond => polygon(&diamond(62), Fill::Hollow),
            Mark::Triangle => polygon(&triangle(50), Fill::Solid),
            Mark::HollowTriangle => polygon(&triangle(58), Fill::Hollow),
            Mark::Bar => self.stroke(&[(x, y - 70), (x, y + 70)], colour, Line::Solid, 20),
            Mark::Cross => self.cross(at, Colour::PAPER, 34).and_then(|()| self.cross(at, colour, 18)),
        }
    }

    fn cross(&self, (x, y): Tenths, colour: Colour<'_>, width: i32) -> Result<(), DrawError> {
        const REACH: i32 = 37;
        self.stroke(&[(x - REACH, y - REACH), (x + REACH, y + REACH)], colour, Line::Solid, width)?;
        self.stroke(&[(x - REACH, y + REACH), (x + REACH, y - REACH)], colour, Line::Solid, width)
    }

    /// Words on their baseline, at a place in units.
    pub(super) fn text(
        &self,
        words: &str,
        at: (i32, i32),
        size: i32,
        colour: Colour<'_>,
        anchor: Anchor,
    ) -> Result<(), DrawError> {
        self.words(words, at, Type { size, colour, anchor, bold: false, halo: false })
    }

    /// Lines of words about an axis, the first baseline at a place in units.
    pub(super) fn lines(&self, lines: &[String], (x, y): (i32, i32), anchor: Anchor) -> Result<(), DrawError> {
        let baselines = (y..).step_by(LEADING.unsigned_abs() as usize);
        lines.iter().zip(baselines).try_for_each(|(line, y)| self.text(line, (x, y), TICK, Colour::MUTED, anchor))
    }

    /// Bold words on their baseline, at a place in units.
    pub(super) fn bold(&self, words: &str, at: (i32, i32), size: i32) -> Result<(), DrawError> {
        self.words(words, at, Type { size, colour: Colour::FOREGROUND, anchor: Anchor::Start, bold: true, halo: false })
    }

    /// Words on their baseline, set like this, at a place in units.
    pub(super) fn words(&self, words: &str, (x, y): (i32, i32), set: Type<'_>) -> Result<(), DrawError> {
        self.shape((x * UNIT, y * UNIT), Shape::Words { words, set })
    }
}

/// The corners of marks, from their middle.
fn square(half: i32) -> [Tenths; 4] {
    [(-half, -half), (half, -half), (half, half), (-half, half)]
}

fn diamond(half: i32) -> [Tenths; 4] {
    [(0, -half), (half, 0), (0, half), (-half, 0)]
}

fn triangle(reach: i32) -> [Tenths; 3] {
    let low = reach * 3 / 4;
    [(0, -reach), (reach, low), (-reach, low)]
}
