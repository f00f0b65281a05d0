//! The canvas: plotters' backend that writes SVG for a page with themes.
//!
//! plotters draws in whole pixels, so the canvas is ten times as large as the drawing and coordinates are written in
//! tenths. Its styles know RGB alone: what is drawn is an element of ours, a [`Form`] at the points that plotters has
//! placed. Equal strokes that follow one another share a path, equal marks a group; filled rectangles become horizontal
//! strokes, which keeps a matrix of 36 × 36 near ten kilobytes. Text stands on its baseline; an underscore lowers the
//! next character.

use std::fmt::Write as _;

use plotters::backend::DrawingBackend;
use plotters::element::{Drawable, PointCollection};
use plotters_backend::{BackendColor, DrawingErrorKind};

use super::colour::{Colour, Line};
use super::form::{Anchor, Form, Shape, Tenths, Type, UNIT};
use super::words::lowered;
use crate::publish::escape;

/// A form and its points, on their way through plotters to the canvas.
pub(super) struct Element<'a> {
    pub(super) points: &'a [Tenths],
    pub(super) form: Form<'a>,
}

impl<'a> PointCollection<'a, Tenths> for &'a Element<'_> {
    type Point = &'a Tenths;
    type IntoIter = &'a [Tenths];

    fn point_iter(self) -> &'a [Tenths] {
        self.points
    }
}

impl Drawable<Canvas<'_>> for Element<'_> {
    fn draw<I: Iterator<Item = Tenths>>(&self, points: I, canvas: &mut Canvas<'_>, _: (u32, u32)) -> Drawn {
        match self.form {
            Form::Line { colour, line, width } => canvas.join(stroke(colour, line, width), &polyline(points)),
            Form::Shape(shape) => points.for_each(|at| canvas.shape(at, shape)),
        }
        Ok(())
    }
}

/// The drawing so far.
pub(super) struct Canvas<'a> {
    out: &'a mut String,
    size: (u32, u32),
    pending: Option<Pending>,
    /// The attributes of the open group of marks; never open while a path is pending.
    group: Option<String>,
}

/// A path that the next stroke may join.
struct Pending {
    attributes: String,
    data: String,
    /// Where the last run of a matrix ended, for relative moves.
    at: Option<Tenths>,
}

impl<'a> Canvas<'a> {
    /// An empty canvas of so many units.
    pub(super) fn new(out: &'a mut String, width: i32, height: i32) -> Self {
        Self { out, size: ((width * UNIT).unsigned_abs(), (height * UNIT).unsigned_abs()), pending: None, group: None }
    }

    fn shape(&mut self, (x, y): Tenths, shape: Shape<'_>) {
        match shape {
            Shape::Cells { size: (width, height), colour, opacity } => {
                let paint = colour.attribute("stroke", opacity);
                let attributes =
                    format!(" fill=\"none\"{paint} stroke-width=\"{}\" shape-rendering=\"crispEdges\"", tenths(height));
                self.run(attributes, (x, y + height / 2), width);
            }
            Shape::Frame { size: (width, height) } => {
                let outline =
                    format!("M{} {}h{}v{}h{}z", tenths(x), tenths(y), tenths(width), tenths(height), tenths(-width));
                self.join(stroke(Colour::RULE, Line::Solid, UNIT), &outline);
            }
            Shape::Circle { radius, fill, colour } => {
                let circle = format!("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"/>", tenths(x), tenths(y), tenths(radius));
                self.mark(fill.attributes(colour), &circle);
            }
            Shape::Polygon { corners, fill, colour } => {
                let outline = polyline(corners.iter().map(|(right, down)| (x + right, y + down)));
                self.mark(fill.attributes(colour), &format!("<path d=\"{outline}z\"/>"));
            }
            Shape::Words { words, set } => self.words((x, y), words, set),
        }
    }

    fn words(&mut self, (x, y): Tenths, words: &str, Type { size, colour, anchor, bold, halo }: Type) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let face = if bold { " font-weight=\"600\"" } else { "" };
        let paint = colour.attribute("fill", 1.0);
        let behind = " stroke-width=\"4\" stroke-linejoin=\"round\" paint-order=\"stroke\"";
        let halo = if halo { Colour::RAISED.attribute("stroke", 1.0) + behind } else { String::new() };
        self.flush();
        let (x, y, words) = (tenths(x), tenths(y), spans(words));
        let _ = writeln!(
            self.out,
            "<text x=\"{x}\" y=\"{y}\"{anchor} font-size=\"{size}\"{face}{paint}{halo}>{words}</text>"
        );
    }

    /// A mark, in one group with its equals before it: their order, and so their halos, stay.
    fn mark(&mut self, attributes: String, shape: &str) {
        if self.group.as_ref() != Some(&attributes) {
            self.flush();
            let _ = writeln!(self.out, "<g{attributes}>");
            self.group = Some(attributes);
        }
        self.out.push_str(shape);
        self.out.push('\n');
    }

    fn join(&mut self, attributes: String, data: &str) {
        match &mut self.pending {
            Some(path) if path.attributes == attributes && path.at.is_none() => path.data.push_str(data),
            _ => {
                self.flush();
                self.pending = Some(Pending { attributes, data: data.to_owned(), at: None });
            }
        }
    }

    fn run(&mut self, attributes: String, from: Tenths, length: i32) {
        let joined = self.pending.as_ref().is_some_and(|path| path.attributes == attributes && path.at.is_some());
        if !joined {
            self.flush();
            self.pending =
                Some(Pending { attributes, data: format!("M{} {}", tenths(from.0), tenths(from.1)), at: Some(from) });
        }
        if let Some(path) = &mut self.pending {
            if let Some(at) = path.at.filter(|at| *at != from) {
                let _ = write!(path.data, "m{} {}", tenths(from.0 - at.0), tenths(from.1 - at.1));
            }
            let _ = write!(path.data, "h{}", tenths(length));
            path.at = Some((from.0 + length, from.1));
        }
    }

    fn flush(&mut self) {
        if let Some(path) = self.pending.take() {
            let _ = writeln!(self.out, "<path d=\"{}\"{}/>", path.data, path.attributes);
        }
        if self.group.take().is_some() {
            self.out.push_str("</g>\n");
        }
    }
}

impl Drop for Canvas<'_> {
    fn drop(&mut self) {
        self.flush();
    }
}

/// plotters was asked for something that is no [`Element`].
#[derive(Debug, thiserror::Error)]
#[error("a drawing is made of shapes, not of pixels")]
pub(super) struct Pixels;

type Drawn = Result<(), DrawingErrorKind<Pixels>>;

impl DrawingBackend for Canvas<'_> {
    type ErrorType = Pixels;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        self.flush();
        Ok(())
    }

    fn draw_pixel(&mut self, _: Tenths, _: BackendColor) -> Drawn {
        Err(DrawingErrorKind::DrawingError(Pixels))
    }
}

/// A coordinate in units, with one decimal at the most.
fn tenths(pixels: i32) -> String {
    let (sign, pixels) = if pixels < 0 { ("-", -pixels) } else { ("", pixels) };
    if pixels % UNIT == 0 {
        format!("{sign}{}", pixels / UNIT)
    } else {
        format!("{sign}{}.{}", pixels / UNIT, pixels % UNIT)
    }
}

fn stroke(colour: Colour<'_>, line: Line, width: i32) -> String {
    let (paint, dash) = (colour.attribute("stroke", 1.0), line.attribute());
    format!(" fill=\"none\"{paint} stroke-width=\"{}\" stroke-linejoin=\"round\"{dash}", tenths(width))
}

fn polyline(points: impl Iterator<Item = Tenths>) -> String {
    let mut data = String::new();
    for (place, (x, y)) in points.enumerate() {
        let _ = write!(data, "{}{} {}", if place == 0 { 'M' } else { 'L' }, tenths(x), tenths(y));
    }
    data
}

/// Text as SVG: escaped, and with lowered characters.
fn spans(text: &str) -> String {
    let mut out = String::new();
    let mut down = false;
    for (part, low) in lowered(text) {
        let part = escape(&part);
        let _ = match (low, down) {
            (true, false) => write!(out, "<tspan dy=\"3\" font-size=\"11\">{part}</tspan>"),
            (true, true) => write!(out, "<tspan font-size=\"11\">{part}</tspan>"),
            (false, true) => write!(out, "<tspan dy=\"-3\">{part}</tspan>"),
            (false, false) => write!(out, "{part}"),
        };
        down = low;
    }
    out
}

#[cfg(test)]
mod tests {
    use plotters::prelude::{BLACK, IntoDrawingArea as _};

    use super::*;
    use crate::publish::figure::colour::Fill;

    fn drawn(elements: &[(&[Tenths], Form<'_>)]) -> String {
        let mut out = String::new();
        let area = Canvas::new(&mut out, 100, 100).into_drawing_area();
        elements.iter().for_each(|&(points, form)| area.draw(&Element { points, form }).expect("an element of ours"));
        drop(area);
        out
    }

    #[test]
    fn equal_cells_share_one_path() {
        let cells = Form::Shape(Shape::Cells { size: (40, 40), colour: Colour::NEGATIVE, opacity: 0.5 });
        assert_eq!(
            drawn(&[(&[(0, 0), (40, 0)], cells), (&[(120, 0)], cells)]),
            "<path d=\"M0 2h4h4m4 0h4\" fill=\"none\" stroke=\"var(--negative,#1f5f99)\" stroke-opacity=\"0.5\" stroke-width=\"4\" shape-rendering=\"crispEdges\"/>\n"
        );
    }

    #[test]
    fn equal_marks_share_one_group() {
        let circle = Form::Shape(Shape::Circle { radius: 45, fill: Fill::Solid, colour: Colour::POSITIVE });
        let line = Form::Line { colour: Colour::MUTED, line: Line::Solid, width: 10 };
        let out = drawn(&[(&[(0, 20)], circle), (&[(100, 20)], circle), (&[(0, 0), (10, 0)], line)]);
        assert!(out.starts_with("<g fill=\"var(--positive,#b0421f)\" stroke=\"var(--paper,#fbf9f4)\">\n<circle cx=\"0\" cy=\"2\" r=\"4.5\"/>\n<circle cx=\"10\" cy=\"2\" r=\"4.5\"/>\n</g>\n<path "), "{out}");
    }

    #[test]
    fn dashes_are_dash_arrays_and_coordinates_are_tenths() {
        let line = Form::Line { colour: Colour::MUTED, line: Line::Dotted, width: 10 };
        let out = drawn(&[(&[(5, 10), (100, 15)], line)]);
        assert!(out.contains("M0.5 1L10 1.5") && out.contains("stroke-dasharray=\"2 4\""), "{out}");
        assert_eq!(tenths(-15), "-1.5");
    }

    #[test]
    fn what_is_no_element_of_ours_is_an_error() {
        let mut out = String::new();
        let area = Canvas::new(&mut out, 10, 10).into_drawing_area();
        assert!(area.draw_pixel((1, 1), &BLACK).is_err());
    }

    #[test]
    fn underscores_lower_and_text_is_escaped() {
        assert_eq!(spans("a < W_qW"), "a &lt; W<tspan dy=\"3\" font-size=\"11\">q</tspan><tspan dy=\"-3\">W</tspan>");
    }
}
