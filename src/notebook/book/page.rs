//! The pages of the book as blocks, and their two writers: Markdown for a forge, and what mdBook makes HTML of.
//!
//! A [`Plate`] is the one form in which a drawing stands on a page. On a forge it is an image that shows a file; in the HTML its two
//! drawings stand inline, so that their colours follow the theme and the style sheet shows the one that fits.

mod disk;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use maud::html;

use crate::diagnostic::line_of;
use crate::publish::figure::Drawing;
use crate::publish::math;

pub use disk::{stale, write};

/// Where the woven pages go, below the root.
pub const PAGES: &str = "book/src";
/// Where the drawings go, below [`PAGES`].
const FIGURES: &str = "figures";
/// The first line of every woven file: what has it may be replaced or removed.
const MARK: &str = "<!-- Woven from tests/claims and snapshots by `cargo run`: edit those, not this file. -->";

/// The pages of the book by their path below [`PAGES`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pages(BTreeMap<PathBuf, Page>);

impl Pages {
    /// Adds a page.
    pub(super) fn insert(&mut self, path: impl Into<PathBuf>, page: Page) {
        self.0.insert(path.into(), page);
    }

    /// The page at a path below [`PAGES`].
    pub fn get(&self, path: &Path) -> Option<&Page> {
        self.0.get(path)
    }

    /// What is to stand below [`PAGES`]: the pages as Markdown, and the drawings that they show.
    pub fn files(&self) -> BTreeMap<PathBuf, String> {
        let drawings = self.0.values().flat_map(Page::plates).flat_map(Plate::files);
        self.0.iter().map(|(path, page)| (path.clone(), page.markdown())).chain(drawings).collect()
    }
}

/// A page: its blocks, a blank line between any two.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page(Vec<Block>);

/// A block of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Markdown, or HTML that stands in it, formulas between dollars.
    Text(String),
    /// A drawing.
    Plate(Box<Plate>),
}

/// A drawing as it stands on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plate {
    /// The name of its files and its anchor.
    pub name: String,
    /// The drawing.
    pub drawing: Drawing,
    /// What it shows, in words.
    pub alt: String,
    /// What to see in it, as HTML.
    pub caption: String,
    /// A digest of what is drawn: the page changes when a digit does, even one too small to see.
    pub digest: Option<String>,
    /// What is drawn, as a table.
    pub table: Option<String>,
    /// The words under which it is folded away.
    pub folded: Option<String>,
}

impl Page {
    /// A page that begins with some text.
    pub(super) fn of(text: impl Into<String>) -> Self {
        Self::default().and(text)
    }

    /// With more text, if there is any.
    pub(super) fn and(mut self, text: impl Into<String>) -> Self {
        self.extend([Block::Text(text.into())]);
        self
    }

    /// Markdown for a forge.
    pub fn markdown(&self) -> String {
        let block = |block: &Block| match block {
            Block::Text(text) => format!("\n{text}\n"),
            Block::Plate(plate) => format!("\n{}{}{}\n", plate.opening(), plate.image(), plate.closing()),
        };
        self.0.iter().map(block).fold(format!("{MARK}\n"), |out, block| out + &block)
    }

    /// Markdown for mdBook: formulas as MathML, drawings inline.
    ///
    /// # Errors
    /// The line of [`markdown`](Self::markdown) on which a formula cannot be set, and why.
    pub fn typeset(&self) -> Result<String, (usize, String)> {
        let (mut out, mut above) = (format!("{MARK}\n"), 2);
        for block in &self.0 {
            let (opening, inline, text) = match block {
                Block::Text(text) => (String::new(), String::new(), text.clone()),
                Block::Plate(plate) => (plate.opening(), plate.inline(), plate.closing()),
            };
            above += opening.lines().count();
            let set = math::typeset(&text).map_err(|(at, what)| (above + line_of(&text, at), what))?;
            out.extend(["\n", &opening, &inline, &set, "\n"]);
            above += 1 + text.lines().count();
        }
        Ok(out)
    }

    fn plates(&self) -> impl Iterator<Item = &Plate> {
        self.0.iter().filter_map(|block| if let Block::Plate(plate) = block { Some(&**plate) } else { None })
    }
}

impl Extend<Block> for Page {
    /// Blank lines around a text are the page's to write; a text of nothing else is no block.
    fn extend<T: IntoIterator<Item = Block>>(&mut self, blocks: T) {
        self.0.extend(blocks.into_iter().filter_map(|block| match block {
            Block::Text(text) if text.trim().is_empty() => None,
            Block::Text(text) => Some(Block::Text(text.trim_start_matches('\n').trim_end().to_owned())),
            plate => Some(plate),
        }));
    }
}

impl Plate {
    /// The path of the wide drawing and that of the narrow one.
    fn paths(&self) -> [PathBuf; 2] {
        ["", "-narrow"].map(|suffix| PathBuf::from(format!("{FIGURES}/{}{suffix}.svg", self.name)))
    }

    fn files(&self) -> impl Iterator<Item = (PathBuf, String)> {
        let drawings = [&self.drawing.wide, &self.drawing.narrow];
        self.paths().into_iter().zip(drawings).map(|(path, svg)| (path, format!("{MARK}\n{}\n", svg.trim())))
    }

    /// What stands before the drawing.
    fn opening(&self) -> String {
        let folded = self.folded.as_ref().map_or(String::new(), |words| format!("<details class=\"graph\"><summary>{words}</summary>\n"));
        let digest = self.digest.as_ref().map_or(String::new(), |digest| format!(" data-series=\"{digest}\""));
        format!("{folded}<figure id=\"figure-{}\"{digest}>\n<div class=\"scroll has-narrow\">\n", self.name)
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

    /// What stands after the drawing.
    fn closing(&self) -> String {
        let table =
            self.table.as_ref().map_or(String::new(), |table| format!("<details><summary>The plotted numbers</summary>\n{}\n</details>\n", table.trim()));
        let folded = if self.folded.is_some() { "\n</details>" } else { "" };
        format!("</div>\n<figcaption>{}</figcaption>\n{table}</figure>{folded}", self.caption)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        let drawing = Drawing { wide: "<svg>w</svg>\n".to_owned(), narrow: "<svg>n</svg>\n".to_owned() };
        let caption = "what $x$ is".to_owned();
        let plate = Plate { name: "a".to_owned(), drawing, alt: "a < b".to_owned(), caption, digest: None, table: None, folded: None };
        let mut page = Page::of("# Title\n\n").and("\n \n").and("It is $x$.");
        page.extend([Block::Plate(Box::new(plate))]);
        page
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
        assert!(html.contains("has-narrow\">\n<svg>w</svg>\n<svg>n</svg>\n</div>") && html.matches("<math").count() == 2 && !html.contains("<img"), "{html}");
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
