//! The pages of the book as blocks, and their two writers: Markdown for a forge, and what mdBook makes HTML of.
//!
//! A plate is the one form in which a drawing stands on a page. On a forge it is an image that shows a file; in the
//! HTML its two drawings stand inline, so that their colours follow the theme and the style sheet shows the one that
//! fits.

mod disk;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use maud::{Markup, html};

use crate::diagnostic::line_of;
use crate::publish::figure::{self, Drawing};
use crate::publish::math;

pub use disk::{stale, write};

/// Where the woven pages go, below the root.
pub(super) const PAGES: &str = "book/src";
/// Where the drawings go, below [`PAGES`].
const FIGURES: &str = "figures";
/// The first line of every woven file: what has it may be replaced or removed.
const MARK: &str = "<!-- Woven from tests/claims and snapshots by `cargo run`: edit those, not this file. -->";

/// The pages of the book by their path below [`PAGES`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pages(BTreeMap<PathBuf, Page>);

impl Pages {
    pub(super) fn insert(&mut self, path: impl Into<PathBuf>, page: Page) {
        self.0.insert(path.into(), page);
    }

    pub(super) fn get(&self, path: &Path) -> Option<&Page> {
        self.0.get(path)
    }

    /// What is to stand below [`PAGES`]: the pages as Markdown, and the drawings that they show.
    pub fn files(&self) -> BTreeMap<PathBuf, String> {
        let plates = self.0.values().flat_map(|page| &page.0).filter_map(|block| block.parts().1);
        let pages = self.0.iter().map(|(path, page)| (path.clone(), page.markdown()));
        pages.chain(plates.flat_map(Plate::files)).collect()
    }
}

/// A page: its blocks, a blank line between any two.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Page(Vec<Block>);

/// A block of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// Markdown, or HTML that stands in it, formulas between dollars.
    Text(String),
    Plate(Plate),
}

/// A drawing on a page, with what stands around it as HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plate {
    name: String,
    drawing: Drawing,
    alt: String,
    opening: String,
    closing: String,
}

impl Page {
    /// A page that begins with some text.
    pub(super) fn of(text: impl Into<String>) -> Self {
        Self::default().and(text)
    }

    /// With more text, if it is more than blank lines.
    pub(super) fn and(self, text: impl Into<String>) -> Self {
        self.with([Block::Text(text.into())])
    }

    /// With more blocks.
    pub(super) fn with(mut self, blocks: impl IntoIterator<Item = Block>) -> Self {
        self.0.extend(blocks.into_iter().filter_map(|block| match block {
            Block::Text(text) if text.trim().is_empty() => None,
            Block::Text(text) => Some(Block::Text(text.trim_start_matches('\n').trim_end().to_owned())),
            plate => Some(plate),
        }));
        self
    }

    /// Markdown for a forge.
    fn markdown(&self) -> String {
        let mut out = format!("{MARK}\n");
        for (opening, plate, text) in self.0.iter().map(Block::parts) {
            out.extend(["\n", opening, &plate.map_or(String::new(), Plate::image), text, "\n"]);
        }
        out
    }

    /// Markdown for mdBook: formulas as MathML, drawings inline. A formula that cannot be set is told with its line on
    /// the forge.
    pub(super) fn typeset(&self) -> Result<String, (usize, String)> {
        let mut out = format!("{MARK}\n");
        for (place, (opening, plate, text)) in self.0.iter().map(Block::parts).enumerate() {
            let set = math::typeset(text).map_err(|(at, what)| {
                let above = Self(self.0[..place].to_vec()).markdown()
                    + "\n"
                    + opening
                    + if plate.is_some() { "\n" } else { "" };
                (above.lines().count() + line_of(text, at), what)
            })?;
            out.extend(["\n", opening, &plate.map_or(String::new(), Plate::inline), &set, "\n"]);
        }
        Ok(out)
    }
}

impl Block {
    /// What stands before a drawing, the drawing, and the text after it, or a text.
    fn parts(&self) -> (&str, Option<&Plate>, &str) {
        match self {
            Self::Text(text) => ("", None, text),
            Self::Plate(plate) => (&plate.opening, Some(plate), &plate.closing),
        }
    }
}

impl Plate {
    /// A drawing, what it shows in words, a digest of numbers that are too small to be seen in it, and the HTML below
    /// it.
    pub(super) fn new(name: String, drawing: Drawing, alt: String, digest: Option<&str>, below: &Markup) -> Self {
        let series = digest.map_or(String::new(), |digest| format!(" data-series=\"{digest}\""));
        let opening = format!("<figure id=\"figure-{name}\"{series}>\n<div class=\"scroll has-narrow\">\n");
        Self { name, drawing, alt, opening, closing: format!("</div>\n{}\n</figure>", below.0) }
    }

    /// Folded away under some words.
    pub(super) fn folded(self, words: &str) -> Self {
        let opening = format!("<details class=\"graph\"><summary>{words}</summary>\n{}", self.opening);
        Self { opening, closing: self.closing + "\n</details>", ..self }
    }

    /// The path of the wide drawing and that of the narrow one.
    fn paths(&self) -> [PathBuf; 2] {
        [self.name.clone(), figure::narrow(&self.name)].map(|name| PathBuf::from(format!("{FIGURES}/{name}.svg")))
    }

    fn files(&self) -> impl Iterator<Item = (PathBuf, String)> {
        let drawings = [&self.drawing.wide, &self.drawing.narrow];
        self.paths().into_iter().zip(drawings).map(|(path, svg)| (path, format!("{MARK}\n{}\n", svg.trim())))
    }

    /// The drawing on a forge, which shows the wide file.
    fn image(&self) -> String {
        let [wide, _] = self.paths();
        html! { img.plot src=(wide.display()) alt=(self.alt); "\n" }.into_string()
    }

    /// The drawing in the HTML.
    fn inline(&self) -> String {
        format!("{}\n{}\n", self.drawing.wide.trim(), self.drawing.narrow.trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        let drawing = Drawing { wide: "<svg>w</svg>\n".to_owned(), narrow: "<svg>n</svg>\n".to_owned() };
        let plate =
            Plate::new("a".to_owned(), drawing, "a < b".to_owned(), None, &html! { figcaption { "what $x$ is" } });
        Page::of("# Title\n\n").and("\n \n").and("It is $x$.").with([Block::Plate(plate)])
    }

    #[test]
    fn a_forge_is_shown_a_file_and_the_html_has_both_drawings_inline() {
        let mut pages = Pages::default();
        pages.insert("page.md", page());
        let files = pages.files();
        let expected = format!(
            "{MARK}\n\n# Title\n\nIt is $x$.\n\n<figure id=\"figure-a\">\n<div class=\"scroll has-narrow\">\n<img class=\"plot\" src=\"figures/a.svg\" alt=\"a &lt; b\">\n</div>\n<figcaption>what $x$ is</figcaption>\n</figure>\n"
        );
        assert_eq!(files[Path::new("page.md")], expected);
        assert_eq!(files[Path::new("figures/a.svg")], format!("{MARK}\n<svg>w</svg>\n"));
        assert_eq!(files[Path::new("figures/a-narrow.svg")], format!("{MARK}\n<svg>n</svg>\n"));
        let html = page().typeset().expect("formulas that can be set");
        assert!(
            html.contains("has-narrow\">\n<svg>w</svg>\n<svg>n</svg>\n</div>")
                && html.matches("<math").count() == 2
                && !html.contains("<img"),
            "{html}"
        );
    }

    #[test]
    fn a_formula_that_cannot_be_set_is_told_with_its_line() {
        let broken = |page: Page| page.typeset().map_err(|(line, _)| line);
        for bad in [Page::of("# Title").and("one\n$\\frac{1}$"), page().and("one").and("$\\frac{1}$")] {
            let line = 1 + bad.markdown().lines().position(|line| line.contains("frac")).expect("the formula");
            assert_eq!(broken(bad), Err(line));
        }
    }
}
