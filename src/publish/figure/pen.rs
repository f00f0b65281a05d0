//! The strokes, marks and words of which every figure is made: one style, in units of the drawing.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{Circle, Drawable, PathElement, PointCollection, Polygon, Rectangle, Text};
use plotters::prelude::{Color as _, FontStyle, IntoDrawingArea as _, IntoFont as _, ShapeStyle};
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::svg::{Canvas, Colour, Line, UNIT};
use super::{DrawError, Mark};

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
struct Type {
    size: i32,
    colour: Colour,
    line: Line,
    anchor: Anchor,
    face: FontStyle,
}

/// Draws on a canvas through plotters' elements.
pub(super) struct Pen<'a> {
    area: DrawingArea<Canvas<'a>, Shift>,
}

impl<'a> Pen<'a> {
    pub(super) fn new(canvas: Canvas<'a>) -> Self {
        Self { area: canvas.into_drawing_area() }
    }

    fn draw<'b, E>(&self, element: &'b E) -> Result<(), DrawError>
    where
        &'b E: PointCollection<'b, (i32, i32)>,
        E: Drawable<Canvas<'a>>,
    {
        self.area.draw(element).map_err(|error| DrawError::Backend(error.to_string()))
    }

    /// A line through points.
    pub(super) fn stroke(&self, points: Vec<Tenths>, colour: Colour, line: Line, width: u32) -> Result<(), DrawError> {
        self.draw(&PathElement::new(points, style(colour, line, width, false)))
    }

    /// A filled rectangle, in tenths.
    pub(super) fn fill(&self, from: Tenths, to: Tenths, colour: Colour, alpha: f64) -> Result<(), DrawError> {
        self.draw(&Rectangle::new([from, to], colour.with(Line::Solid, alpha).filled()))
    }

    /// The outline of a rectangle, in tenths.
    pub(super) fn frame(&self, from: Tenths, to: Tenths) -> Result<(), DrawError> {
        self.draw(&Rectangle::new([from, to], style(Colour::Rule, Line::Solid, 10, false)))
    }

    /// A mark with a halo of paper; a hollow one is wide enough to ring a solid one that coincides with it.
    pub(super) fn mark(&self, (x, y): Tenths, mark: Mark, colour: Colour) -> Result<(), DrawError> {
        let solid = colour.with(Line::Mark, 1.0).filled();
        let hollow = colour.with(Line::Hollow, 1.0).filled();
        let square = |half: i32| vec![(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)];
        let diamond = |half: i32| vec![(x, y - half), (x + half, y), (x, y + half), (x - half, y)];
        let triangle = |reach: i32| vec![(x, y - reach), (x + reach, y + reach * 3 / 4), (x - reach, y + reach * 3 / 4)];
        match mark {
            Mark::Circle => self.draw(&Circle::new((x, y), 45, solid)),
            Mark::HollowCircle => self.draw(&Circle::new((x, y), 57, hollow)),
            Mark::Square => self.draw(&Polygon::new(square(40), solid)),
            Mark::HollowSquare => self.draw(&Polygon::new(square(48), hollow)),
            Mark::Diamond => self.draw(&Polygon::new(diamond(55), solid)),
            Mark::HollowDiamond => self.draw(&Polygon::new(diamond(62), hollow)),
            Mark::Triangle => self.draw(&Polygon::new(triangle(50), solid)),
            Mark::HollowTriangle => self.draw(&Polygon::new(triangle(58), hollow)),
            Mark::Dot => self.draw(&Circle::new((x, y), 18, colour.with(Line::Solid, 0.6).filled())),
            Mark::Bar => self.stroke(vec![(x, y - 70), (x, y + 70)], colour, Line::Solid, 20),
            Mark::Cross => [(Colour::Paper, 34), (colour, 18)].into_iter().try_for_each(|(colour, width)| self.cross((x, y), colour, width)),
        }
    }

    fn cross(&self, (x, y): Tenths, colour: Colour, width: u32) -> Result<(), DrawError> {
        const REACH: i32 = 37;
        self.stroke(vec![(x - REACH, y - REACH), (x + REACH, y + REACH)], colour, Line::Solid, width)?;
        self.stroke(vec![(x - REACH, y + REACH), (x + REACH, y - REACH)], colour, Line::Solid, width)
    }

    /// Words on their baseline, at a place in units.
    pub(super) fn text(&self, words: &str, at: (i32, i32), size: i32, colour: Colour, anchor: Anchor) -> Result<(), DrawError> {
        self.words(words, tenths(at), Type { size, colour, line: Line::Solid, anchor, face: FontStyle::Normal })
    }

    /// Bold words on their baseline, at a place in units.
    pub(super) fn bold(&self, words: &str, at: (i32, i32), size: i32) -> Result<(), DrawError> {
        self.words(words, tenths(at), Type { size, colour: Colour::Foreground, line: Line::Solid, anchor: Anchor::Start, face: FontStyle::Bold })
    }

    /// Words over data: legible on a curve.
    pub(super) fn label(&self, words: &str, at: Tenths, size: i32, colour: Colour, anchor: Anchor) -> Result<(), DrawError> {
        self.words(words, at, Type { size, colour, line: Line::Halo, anchor, face: FontStyle::Normal })
    }

    fn words(&self, words: &str, at: Tenths, Type { size, colour, line, anchor, face }: Type) -> Result<(), DrawError> {
        let h_pos = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let font = ("sans-serif", f64::from(size)).into_font().style(face);
        let style = font.color(&colour.with(line, 1.0)).pos(Pos::new(h_pos, VPos::Bottom));
        self.draw(&Text::new(words.to_owned(), at, style))
    }
}

fn style(colour: Colour, line: Line, width: u32, filled: bool) -> ShapeStyle {
    ShapeStyle { color: colour.with(line, 1.0), filled, stroke_width: width }
}

fn tenths((x, y): (i32, i32)) -> Tenths {
    (x * UNIT, y * UNIT)
}
