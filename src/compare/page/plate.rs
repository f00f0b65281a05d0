//! A figure on the page: two drawings, of which the style sheet shows the one that fits, a caption, the numbers folded
//! away.

use maud::{Markup, PreEscaped, html};

use crate::compare::document::DOCUMENT;
use crate::publish::figure::{self, Figure, describe};

/// A figure with what is said about it.
pub(super) struct Plate {
    /// Distinguishes it on the page.
    pub(super) id: &'static str,
    pub(super) figure: Figure,
    /// What it is, in a word or two.
    pub(super) lead: &'static str,
    /// What there is to see in it.
    pub(super) caption: String,
    /// The numbers, where they are not those of the drawing.
    pub(super) numbers: Option<Markup>,
}

impl Plate {
    pub(super) fn html(&self) -> Markup {
        let drawing = match figure::draw(&self.figure, self.id) {
            Ok(drawing) => drawing,
            // A report of many hours is not thrown away for one figure.
            Err(error) => return html! { p.small { (self.lead) " The figure cannot be drawn: " (error) "." } },
        };
        let beside = format!("{DOCUMENT} has all runs");
        let numbers = self.numbers.clone().unwrap_or_else(|| PreEscaped(describe::table(&self.figure, &beside)));
        html! {
            figure id={ "figure-" (self.id) } {
                div.scroll.has-narrow { (PreEscaped(drawing.wide)) (PreEscaped(drawing.narrow)) }
                figcaption { b { (self.lead) } " " (self.caption) }
                details { summary { "The plotted numbers" } (numbers) }
            }
        }
    }
}
