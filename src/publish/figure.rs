//! A figure as data: what a claim plots, before anybody draws it.
//!
//! A claim builds a [`Figure`]; `record!` writes its series into a snapshot; the book [`draw`]s it from there, so a
//! plot never shows a number that no test has accepted. `chart`, `dots`, `multiples`, `panels`, `gallery` and
//! `pictures` draw with
//! a `pen`, whose typed forms go through plotters to `svg`, our backend: colours follow the page's light and dark
//! theme, text needs no installed font, and `<title>` and `<desc>` say in words what the picture shows. Every figure is
//! drawn twice, 680 units wide and, for phones, 360.
//!
//! What it renounces: legends (labels stand beside the data), frames, grids, bitmaps.
//!
//! ```
//! use attention_regression::publish::figure::{Axis, Chart, Figure, Mark, Series, Side, draw};
//!
//! let points = [(0.0, 0.0), (1.0, 1.0), (2.0, 4.0), (3.0, 9.0)];
//! let squares = Series::through("squares", points).marks(Mark::Circle).label_at_end(Side::Left);
//! let (x, y) = (Axis::linear("x", &[0.0, 1.0, 2.0, 3.0]), Axis::linear("x²", &[0.0, 5.0, 10.0]));
//! let drawing = draw(&Figure::new("Squares", Chart::new(x, y, vec![squares])), "squares")?;
//! assert!(drawing.wide.contains("squares: 0 at 0, 1 at 1, 4 at 2, 9 at 3."));
//! # Ok::<(), attention_regression::publish::figure::DrawError>(())
//! ```

mod axis;
mod chart;
mod colour;
pub(crate) mod describe;
mod dots;
mod form;
mod gallery;
mod key;
mod labels;
mod layout;
mod model;
mod multiples;
mod panels;
mod pen;
mod pictures;
mod series;
mod svg;
mod words;

use super::escape;
use pen::Pen;

pub use model::{
    Axis, Cell, Chart, Column, Dots, Figure, Gallery, Group, Ink, Label, Line, Mark, Multiples, Pane, Panel, Panels,
    Pictures, Plot, Reference, Row, RowSeries, Scale, Series, Side, Stroke,
};
pub(crate) use words::{LABEL, TICK, lines, literal};

/// The width of a page's text, and that of a phone, in units.
pub(crate) const WIDE: i32 = 680;
pub(crate) const NARROW: i32 = 360;

/// A figure, drawn for a page and for a phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// 680 units wide.
    pub wide: String,
    /// 360 units wide.
    pub narrow: String,
}

/// The name of the narrow drawing, of files and in a page, beside that of the wide one.
pub(crate) fn narrow(name: &str) -> String {
    format!("{name}-narrow")
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
    let on = |width: i32, id: &str| {
        let mut body = String::new();
        let height = match &figure.plot {
            Plot::Chart(chart) => chart::draw(chart, &mut body, width)?,
            Plot::Dots(dots) => dots::draw(dots, &mut body, width)?,
            Plot::Multiples(multiples) => multiples::draw(multiples, &mut body, width)?,
            Plot::Panels(panels) => panels::draw(panels, &mut body, width, if width == WIDE { 4 } else { 2 })?,
            Plot::Gallery(gallery) => gallery::draw(gallery, &mut body, width, if width == WIDE { 2 } else { 1 })?,
            Plot::Pictures(pictures) => pictures::draw(pictures, &mut body, width)?,
        };
        Ok(framed(id, (width, height), "img", &figure.title, &description, &body))
    };
    Ok(Drawing { wide: on(WIDE, id)?, narrow: on(NARROW, &narrow(id))? })
}

/// A drawing with its frame of reference, its title and its description.
pub(crate) fn framed(
    id: &str,
    (width, height): (i32, i32),
    role: &str,
    title: &str,
    description: &str,
    body: &str,
) -> String {
    format!(
        "<svg class=\"plot\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"{role}\" aria-labelledby=\"{id}-t {id}-d\" xmlns=\"http://www.w3.org/2000/svg\" font-family=\"var(--plot-font,'Open Sans','Helvetica Neue',Arial,sans-serif)\" fill=\"{}\">\n<title id=\"{id}-t\">{}</title>\n<desc id=\"{id}-d\">{}</desc>\n{body}</svg>\n",
        super::theme::colour("fg"),
        escape(title),
        escape(description),
    )
}
