//! HTML from the woven pages, through mdBook: formulas become MathML, figures are inlined so that they follow the
//! theme, and the footer says which commit, compiler and lock file the page was made with.
//!
//! The HTML is made in a folder beside the target and inspected there; only a book without fault takes the place of
//! an earlier one, and a folder that is not an earlier book is never emptied.

mod furniture;

use std::path::{Path, PathBuf};

use mdbook_driver::MDBook;
use mdbook_driver::book::BookItem;
use mdbook_driver::config::Config;

use super::provenance::Provenance;
use super::registry::Problem;
use super::weave::{PAGES, Pages};
use super::{inspect, math};

/// The file by which a folder is known as an earlier book.
const MARK: &str = ".attention-regression-book";
/// Where mdBook's settings and the theme are, below the root.
const BOOK: &str = "book";

/// Renders the pages, whose sources stand below `root`, as HTML into `out`. Returns the number of HTML pages.
///
/// # Errors
/// What mdBook refuses, what the inspection of the HTML finds, or a folder `out` that is not an earlier book.
pub fn render(root: &Path, pages: &Pages, out: &Path) -> Result<usize, Vec<Problem>> {
    refuse_foreign(out).map_err(|problem| vec![problem])?;
    let staging = staging(out).map_err(|problem| vec![problem])?;
    let made = make(root, pages, &staging).and_then(|()| furniture::arrange(&staging)).map_err(|problem| vec![problem]).and_then(|()| {
        let (count, problems) = inspect::inspect(&staging);
        if problems.is_empty() { Ok(count) } else { Err(problems) }
    });
    let finished = made.and_then(|count| replace(&staging, out).map(|()| count).map_err(|problem| vec![problem]));
    if finished.is_err() {
        let _ = std::fs::remove_dir_all(&staging);
    }
    finished
}

/// Whether `out` may be replaced: it is absent, empty, or an earlier book.
///
/// # Errors
/// It is a file, or a folder with something else in it.
pub fn refuse_foreign(out: &Path) -> Result<(), Problem> {
    let refuse = |what: &str| Err(Problem::new(out, 0, what, "name an empty or new folder with --out DIR: nothing that is not a book is overwritten"));
    if out.join(MARK).is_file() || !out.exists() {
        return Ok(());
    }
    match std::fs::read_dir(out) {
        Ok(mut entries) => {
            if entries.next().is_none() {
                Ok(())
            } else {
                refuse("holds files that are not an earlier book")
            }
        }
        Err(_) => refuse("is not a folder that can be read"),
    }
}

fn staging(out: &Path) -> Result<PathBuf, Problem> {
    let name = out.file_name().map_or_else(|| "book".into(), |name| name.to_string_lossy());
    let staging = out.with_file_name(format!(".{name}.{}", std::process::id()));
    let fresh = if staging.exists() { std::fs::remove_dir_all(&staging) } else { Ok(()) };
    fresh.and_then(|()| std::fs::create_dir_all(&staging)).map_err(|error| unwritable(&staging, &error))?;
    Ok(staging)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Problem {
    Problem::new(path, 0, format!("cannot be written: {error}"), "check the folder's permissions, or choose another with --out DIR")
}

fn replace(staging: &Path, out: &Path) -> Result<(), Problem> {
    let done = std::fs::write(staging.join(MARK), "This folder is a rendered book: it may be replaced as a whole.\n")
        .and_then(|()| if out.exists() { std::fs::remove_dir_all(out) } else { Ok(()) })
        .and_then(|()| std::fs::rename(staging, out));
    done.map_err(|error| unwritable(out, &error))
}

fn make(root: &Path, pages: &Pages, out: &Path) -> Result<(), Problem> {
    let settings = Path::new(BOOK).join("book.toml");
    let failed =
        |error: &dyn std::fmt::Display| Problem::new(&settings, 0, format!("mdBook cannot render the book: {error}"), "see book/book.toml and book/theme");
    let mut config = Config::from_disk(root.join(&settings)).map_err(|error| failed(&format!("{error:#}")))?;
    config.build.build_dir = std::path::absolute(out).map_err(|error| unwritable(out, &error))?;
    config.build.create_missing = false;
    config.build.use_default_preprocessors = false;
    let mut book = MDBook::load_with_config(root.join(BOOK), config).map_err(|error| failed(&format!("{error:#}")))?;
    let footer = footer(root);
    let mut problem = None;
    book.book.for_each_mut(|item| {
        if let BookItem::Chapter(chapter) = item {
            match page(&chapter.content, pages) {
                Ok(html) => chapter.content = html + &footer,
                Err((offset, what)) => {
                    let line = 1 + chapter.content.as_bytes().iter().take(offset).filter(|&&byte| byte == b'\n').count();
                    let path = Path::new(PAGES).join(chapter.path.clone().unwrap_or_default());
                    problem = Some(Problem::new(path, line, what, "mend the source that this page is woven from"));
                }
            }
        }
    });
    problem.map_or(Ok(()), Err)?;
    book.build().map_err(|error| failed(&format!("{error:#}")))
}

/// A page as mdBook takes it: figures inlined, formulas as MathML.
fn page(markdown: &str, pages: &Pages) -> Result<String, (usize, String)> {
    math::typeset(markdown).map(|text| inlined(&text, pages))
}

/// `<img class="plot" src="figures/…">` replaced by its two drawings, the wide and the narrow one, so that their colours follow the
/// theme and the style sheet shows the one that fits.
fn inlined(markdown: &str, pages: &Pages) -> String {
    const OPEN: &str = "<img class=\"plot\" src=\"";
    let drawing = |source: &str| pages.get(Path::new(source)).map(|svg| svg.find("<svg").map_or(svg.as_str(), |start| &svg[start..]).trim());
    let mut parts = markdown.split(OPEN);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (source, rest) = part.split_once('"').unwrap_or((part, ""));
        let narrow = source.replace(".svg", "-narrow.svg");
        match (drawing(source), drawing(&narrow), rest.split_once('>')) {
            (Some(wide), Some(narrow), Some((_, rest))) => out.extend([wide, "\n", narrow, rest]),
            _ => out.extend([OPEN, part]),
        }
    }
    out
}

/// It stands in the HTML only: the sources cannot know the commit that contains them.
fn footer(root: &Path) -> String {
    format!("\n\n<footer class=\"provenance\">Rendered from {}</footer>\n", Provenance::of(root).line())
}
