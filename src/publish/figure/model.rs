//! The vocabulary of figures: plain data for serde, from a claim to its snapshot and from there to the page.
//!
//! Everything is built by a constructor, whose defaults are those of most figures, and by methods that change one
//! thing.

mod chart;
mod dots;
mod matrices;
mod meaning;
mod multiples;
mod pictures;

use serde::{Deserialize, Serialize};

pub use chart::{Axis, Chart, Label, Scale, Series, Side};
pub use dots::{Dots, Pane, Reference, RowSeries};
pub use matrices::{Gallery, Group, Panel, Panels};
pub use meaning::{Ink, Mark, Stroke};
pub use multiples::{Cell, Column, Multiples, Row};
pub use pictures::{Line, Pictures};

/// The relative tolerance of numbers that say nothing else.
const RELATIVE: f64 = 1e-3;

/// One figure: a title for those who cannot see it, and the plot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// One line: the `<title>` of the drawing.
    pub title: String,
    /// What is plotted.
    #[serde(flatten)]
    pub plot: Plot,
}

impl Figure {
    /// A plot with its title.
    pub fn new(title: impl Into<String>, plot: impl Into<Plot>) -> Self {
        Self { title: title.into(), plot: plot.into() }
    }
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
    /// Small images in lines.
    Pictures(Pictures),
}

macro_rules! plots {
    ($($kind:ident),*) => {
        $(impl From<$kind> for Plot {
            fn from(plot: $kind) -> Self {
                Self::$kind(plot)
            }
        })*
    };
}

plots!(Chart, Dots, Multiples, Panels, Gallery, Pictures);
