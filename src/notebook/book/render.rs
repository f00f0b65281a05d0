//! HTML from the woven pages, through mdBook. It reads the order of the pages and their settings; what stands on them
//! it gets from [`Pages`], with a footer that says which commit, compiler and lock file the page was made with.
//!
//! The HTML is made in a [`Folder`] and inspected there; only a book without fault takes the place of an earlier one,
//! and of nothing else.
//!
//! ```
//! use std::path::Path;
//!
//! use attention_regression::notebook::book::render::refuse_foreign;
//!
//! let root = Path::new("tests/another/notebook");
//! assert_eq!(refuse_foreign(root, Path::new("target/no/such/book")), Ok(()));
//! // A book does not take the place of what it is made of.
//! let refused = refuse_foreign(root, &root.join("book/html")).unwrap_err();
//! assert_eq!(refused.cure, "give each one of its own");
//! ```

mod furniture;

use std::path::Path;

use mdbook_driver::MDBook;
use mdbook_driver::book::BookItem;
use mdbook_driver::config::Config;

use super::inspect;
use super::page::{PAGES, Page, Pages};
use crate::diagnostic::Diagnostic;
use crate::publish::provenance::Provenance;
use crate::publish::{Folder, FolderError, Kind, Stop};

/// An earlier book is replaced.
const KIND: Kind = Kind { made_by: "attention-regression book", replaces: true };
/// Where mdBook's settings and the theme are, below the root.
const BOOK: &str = "book";

/// Renders the pages, whose sources stand below `root`, as HTML into `out`.
///
/// # Errors
/// What mdBook refuses, what the inspection of the HTML finds, or a folder `out` that is not an earlier book; nothing
/// at all where somebody asked to stop.
pub fn render(root: &Path, pages: &Pages, out: &Path, stop: &Stop) -> Result<Rendered, Vec<Diagnostic>> {
    let refused =
        |error: FolderError| if matches!(error, FolderError::Interrupted) { Vec::new() } else { vec![problem(&error)] };
    let folder = Folder::begin(out, KIND, stop).map_err(refused)?;
    make(root, pages, folder.path())?;
    furniture::arrange(folder.path()).map_err(|problem| vec![problem])?;
    folder.go_on().map_err(refused)?;
    let (count, problems) = inspect::inspect(folder.path());
    if !problems.is_empty() {
        return Err(problems);
    }
    folder.complete().map_err(refused)?;
    let warning = folder.finish().map_err(refused)?.warning();
    Ok(Rendered { pages: count, warning })
}

/// A book in its place.
#[derive(Debug)]
pub struct Rendered {
    /// How many HTML pages it has.
    pub pages: usize,
    /// What is to be said of an earlier one.
    pub warning: Option<String>,
}

/// Whether `out` may be replaced: it is absent, empty, or an earlier book and nothing else, and not among what the book
/// is made of.
///
/// # Errors
/// It is a file, or a folder with something else in it.
pub fn refuse_foreign(root: &Path, out: &Path) -> Result<(), Diagnostic> {
    Folder::apart(out, &root.join(BOOK)).and_then(|()| Folder::check(out, KIND)).map_err(|error| problem(&error))
}

/// What a folder says, as this room says it.
fn problem(error: &FolderError) -> Diagnostic {
    Diagnostic::new(error.place(), error.what(), error.cure("choose another with --out DIR"))
}

fn make(root: &Path, pages: &Pages, out: &Path) -> Result<(), Vec<Diagnostic>> {
    let settings = Path::new(BOOK).join("book.toml");
    let failed = |error: &dyn std::fmt::Display| {
        vec![Diagnostic::new(
            &settings,
            format!("mdBook cannot render the book: {error:#}"),
            "see book/book.toml and book/theme",
        )]
    };
    let mut config = Config::from_disk(root.join(&settings)).map_err(|error| failed(&error))?;
    config.build.build_dir = std::path::absolute(out).map_err(|error| {
        let cure = "check the folder's permissions, or choose another with --out DIR";
        vec![Diagnostic::new(out, format!("cannot be written: {error}"), cure)]
    })?;
    config.build.create_missing = false;
    config.build.use_default_preprocessors = false;
    let mut book = MDBook::load_with_config(root.join(BOOK), config).map_err(|error| failed(&error))?;
    let footer = footer(root);
    let mut problems = Vec::new();
    book.book.for_each_mut(|item| {
        if let BookItem::Chapter(chapter) = item
            && let Some(path) = &chapter.path
        {
            let file = Path::new(PAGES).join(path);
            match pages.get(path).map(Page::typeset) {
                Some(Ok(text)) => chapter.content = text + &footer,
                Some(Err((line, what))) => {
                    problems.push(Diagnostic::at(file, line, what, "mend the source that this page is woven from"))
                }
                None => {
                    problems.push(Diagnostic::new(file, "is in the summary and was not woven", "run `cargo run` again"))
                }
            }
        }
    });
    if !problems.is_empty() {
        return Err(problems);
    }
    book.build().map_err(|error| failed(&error))
}

/// It stands in the HTML only: the sources cannot know the commit that contains them.
fn footer(root: &Path) -> String {
    format!("\n\n<footer class=\"provenance\">Rendered from {}</footer>\n", Provenance::of(root).line())
}
