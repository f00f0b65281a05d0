//! A plotters backend that writes SVG for a page with themes.
//!
//! plotters draws in whole pixels, so the canvas is ten times as large as the drawing and coordinates are written in
//! tenths. A colour is a sentinel: its red channel names an [`Ink`] and becomes a CSS variable with the light theme's
//! colour as fallback, its green channel a [`Line`] style. Equal strokes that follow one another share a path, equal marks a
//! group; filled rectangles become horizontal strokes, which keeps a matrix of 36 × 36 near ten kilobytes. Text stands on
//! its baseline; an underscore lowers the next character.

use std::convert::Infallible;
use std::fmt::Write as _;

use plotters::backend::DrawingBackend;
use plotters::style::RGBAColor;
use plotters::style::text_anchor::HPos;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind, FontStyle};

/// Pixels of the canvas in a unit of the drawing.
pub(super) const UNIT: i32 = 10;

/// What a stroke or fill is coloured with; the data inks and the three of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colour {
    /// Text and regression.
    Foreground,
    /// Linear attention.
    Linear,
    /// Softmax attention.
    Softmax,
    /// A second data set.
    Accent,
    /// Axes and references.
    Muted,
    /// Frames.
    Rule,
    /// The page itself.
    Paper,
}

const VARIABLES: [&str; 7] = [
    "var(--fg,#24211c)",
    "var(--linear,#1f5f99)",
    "var(--softmax,#b0421f)",
    "var(--accent,#7a5c00)",
    "var(--muted,#665f53)",
    "var(--rule,#d8d0c0)",
    "var(--paper,#fbf9f4)",
];

/// How a line is drawn, and how text and marks stand off from what lies beneath.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// Unbroken.
    Solid,
    /// `5 4`.
    Dashed,
    /// `2 4`.
    Dotted,
    /// For text: legible over a curve.
    Halo,
    /// For marks: filled, with a halo of paper.
    Mark,
    /// For marks: filled with paper.
    Hollow,
}

impl Colour {
    /// The sentinel for plotters.
    pub(super) fn with(self, line: Line, alpha: f64) -> RGBAColor {
        RGBAColor(self as u8, line as u8, 0, alpha)
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
    at: Option<BackendCoord>,
}

impl<'a> Canvas<'a> {
    /// An empty canvas of so many units.
    pub(super) fn new(out: &'a mut String, width: i32, height: i32) -> Self {
        Self { out, size: ((width * UNIT).unsigned_abs(), (height * UNIT).unsigned_abs()), pending: None, group: None }
    }

    fn flush(&mut self) {
        if let Some(path) = self.pending.take() {
            let _ = writeln!(self.out, "<path d=\"{}\"{}/>", path.data, path.attributes);
        }
        if self.group.take().is_some() {
            self.out.push_str("</g>\n");
        }
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

    fn run(&mut self, attributes: String, from: BackendCoord, length: i32) {
        let joined = self.pending.as_ref().is_some_and(|path| path.attributes == attributes && path.at.is_some());
        if !joined {
            self.flush();
            self.pending = Some(Pending { attributes, data: format!("M{} {}", tenths(from.0), tenths(from.1)), at: Some(from) });
        }
        if let Some(path) = &mut self.pending {
            if let Some(at) = path.at.filter(|at| *at != from) {
                let _ = write!(path.data, "m{} {}", tenths(from.0 - at.0), tenths(from.1 - at.1));
            }
            let _ = write!(path.data, "h{}", tenths(length));
            path.at = Some((from.0 + length, from.1));
        }
    }

    fn element(&mut self, text: &str) {
        self.flush();
        self.out.push_str(text);
        self.out.push('\n');
    }
}

impl Drop for Canvas<'_> {
    fn drop(&mut self) {
        self.flush();
    }
}

/// A coordinate in units, with one decimal at the most.
fn tenths(pixels: i32) -> String {
    let (sign, pixels) = if pixels < 0 { ("-", -pixels) } else { ("", pixels) };
    if pixels % UNIT == 0 { format!("{sign}{}", pixels / UNIT) } else { format!("{sign}{}.{}", pixels / UNIT, pixels % UNIT) }
}

fn paint(attribute: &str, colour: BackendColor) -> String {
    let variable = VARIABLES.get(usize::from(colour.rgb.0)).copied().unwrap_or(VARIABLES[0]);
    let opacity = if colour.alpha < 1.0 { format!(" {attribute}-opacity=\"{}\"", (colour.alpha * 100.0).round() / 100.0) } else { String::new() };
    format!(" {attribute}=\"{variable}\"{opacity}")
}

fn stroke<S: BackendStyle>(style: &S) -> String {
    let width = i32::try_from(style.stroke_width()).unwrap_or(UNIT);
    let dash = match style.color().rgb.1 {
        line if line == Line::Dashed as u8 => " stroke-dasharray=\"5 4\"",
        line if line == Line::Dotted as u8 => " stroke-dasharray=\"2 4\"",
        _ => "",
    };
    format!(" fill=\"none\"{} stroke-width=\"{}\" stroke-linejoin=\"round\"{dash}", paint("stroke", style.color()), tenths(width))
}

/// The paint of a mark, where the style is one.
fn standing<S: BackendStyle>(style: &S) -> Option<String> {
    let paper = VARIABLES[Colour::Paper as usize];
    match style.color().rgb.1 {
        line if line == Line::Mark as u8 => Some(format!("{} stroke=\"{paper}\"", paint("fill", style.color()))),
        line if line == Line::Hollow as u8 => Some(format!(" fill=\"{paper}\"{} stroke-width=\"1.6\"", paint("stroke", style.color()))),
        _ => None,
    }
}

fn polyline(points: impl IntoIterator<Item = BackendCoord>) -> String {
    let mut data = String::new();
    for (place, (x, y)) in points.into_iter().enumerate() {
        let _ = write!(data, "{}{} {}", if place == 0 { 'M' } else { 'L' }, tenths(x), tenths(y));
    }
    data
}

/// Text as SVG: escaped, and with lowered characters.
fn spans(text: &str) -> String {
    let mut out = String::new();
    let mut down = false;
    for (part, low) in super::lowered(text) {
        let part = super::escape(&part);
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

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for Canvas<'_> {
    type ErrorType = Infallible;

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

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn {
        self.run(format!(" fill=\"none\"{} stroke-width=\"0.1\"", paint("stroke", color)), point, 1);
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.join(stroke(style), &polyline([from, to]));
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        self.join(stroke(style), &polyline(path));
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S, fill: bool) -> Drawn {
        let (width, height) = (to.0 - from.0, to.1 - from.1);
        if fill {
            let attributes = format!(" fill=\"none\"{} stroke-width=\"{}\" shape-rendering=\"crispEdges\"", paint("stroke", style.color()), tenths(height));
            self.run(attributes, (from.0, from.1 + height / 2), width);
        } else {
            self.join(stroke(style), &format!("M{} {}h{}v{}h{}z", tenths(from.0), tenths(from.1), tenths(width), tenths(height), tenths(-width)));
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> Drawn {
        let paint = standing(style).unwrap_or_else(|| if fill { paint("fill", style.color()) } else { stroke(style) });
        let radius = tenths(i32::try_from(radius).unwrap_or(UNIT));
        self.mark(paint, &format!("<circle cx=\"{}\" cy=\"{}\" r=\"{radius}\"/>", tenths(center.0), tenths(center.1)));
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, vert: I, style: &S) -> Drawn {
        let outline = format!("{}z", polyline(vert));
        match standing(style) {
            Some(paint) => self.mark(paint, &format!("<path d=\"{outline}\"/>")),
            None => self.join(paint("fill", style.color()), &outline),
        }
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, pos: BackendCoord) -> Drawn {
        let anchor = match style.anchor().h_pos {
            HPos::Left => "",
            HPos::Center => " text-anchor=\"middle\"",
            HPos::Right => " text-anchor=\"end\"",
        };
        let face = match style.style() {
            FontStyle::Bold => " font-weight=\"600\"",
            FontStyle::Italic | FontStyle::Oblique => " font-style=\"italic\"",
            FontStyle::Normal => "",
        };
        #[expect(clippy::cast_possible_truncation, reason = "font sizes are small")]
        let size = (style.size() * f64::from(UNIT)).round() as i32;
        let halo = if style.color().rgb.1 == Line::Halo as u8 {
            " stroke=\"var(--raised,#fffefb)\" stroke-width=\"4\" stroke-linejoin=\"round\" paint-order=\"stroke\""
        } else {
            ""
        };
        let paint = paint("fill", style.color());
        self.element(&format!(
            "<text x=\"{}\" y=\"{}\"{anchor} font-size=\"{}\"{face}{paint}{halo}>{}</text>",
            tenths(pos.0),
            tenths(pos.1),
            tenths(size),
            spans(text)
        ));
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(&self, text: &str, style: &T) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let width = super::text_width(text, style.size());
        Ok((u32::try_from(width * UNIT).unwrap_or(0), u32::try_from(UNIT).unwrap_or(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(draw: impl FnOnce(&mut Canvas<'_>)) -> String {
        let mut out = String::new();
        let mut canvas = Canvas::new(&mut out, 100, 100);
        draw(&mut canvas);
        drop(canvas);
        out
    }

    fn colour(colour: Colour, line: Line, alpha: f64) -> BackendColor {
        let RGBAColor(r, g, b, alpha) = colour.with(line, alpha);
        BackendColor { alpha, rgb: (r, g, b) }
    }

    #[test]
    fn equal_cells_share_one_path() {
        let out = drawn(|canvas| {
            for x in [0, 40, 120] {
                assert!(canvas.draw_rect((x, 0), (x + 40, 40), &colour(Colour::Linear, Line::Solid, 0.5), true).is_ok());
            }
        });
        assert_eq!(
            out,
            "<path d=\"M0 2h4h4m4 0h4\" fill=\"none\" stroke=\"var(--linear,#1f5f99)\" stroke-opacity=\"0.5\" stroke-width=\"4\" shape-rendering=\"crispEdges\"/>\n"
        );
    }

    #[test]
    fn equal_marks_share_one_group() {
        let out = drawn(|canvas| {
            for x in [0, 100] {
                assert!(canvas.draw_circle((x, 20), 45, &colour(Colour::Softmax, Line::Mark, 1.0), true).is_ok());
            }
            assert!(canvas.draw_line((0, 0), (10, 0), &colour(Colour::Muted, Line::Solid, 1.0)).is_ok());
        });
        assert!(out.starts_with("<g fill=\"var(--softmax,#b0421f)\" stroke=\"var(--paper,#fbf9f4)\">\n<circle cx=\"0\" cy=\"2\" r=\"4.5\"/>\n<circle cx=\"10\" cy=\"2\" r=\"4.5\"/>\n</g>\n<path "), "{out}");
    }

    #[test]
    fn dashes_are_dash_arrays_and_coordinates_are_tenths() {
        let out = drawn(|canvas| assert!(canvas.draw_line((5, 10), (100, -15), &colour(Colour::Muted, Line::Dotted, 1.0)).is_ok()));
        assert!(out.contains("M0.5 1L10 -1.5") && out.contains("stroke-dasharray=\"2 4\""), "{out}");
    }

    #[test]
    fn underscores_lower_and_text_is_escaped() {
        assert_eq!(spans("a < W_qW"), "a &lt; W<tspan dy=\"3\" font-size=\"11\">q</tspan><tspan dy=\"-3\">W</tspan>");
    }
}
