//! A comparison as one page to read and to send: `--report`.
//!
//! Everything is in the one document: the book's style sheet, three fonts, figures as SVG; it loads nothing, runs no
//! script and opens from a disk. Words are written with `maud`, which escapes what comes from the user's table; figures
//! escape their own. What it renounces: anything that [`Document`] has and that is not worth looking at, which stands
//! beside it as JSON.
//!
//! ```
//! use attention_regression::compare::document::{Baselines, Document, Origin};
//! use attention_regression::compare::page::page;
//! use attention_regression::data;
//! use attention_regression::experiment::{Comparison, Settings, Variant};
//!
//! let comparison = Comparison::new(data::synthetic(1), Settings::default())?;
//! let runs = comparison.runs(&Variant::grid()[..1], &[1], 1, &|_| ());
//! let document = Document::new(&comparison, Baselines::of(&comparison)?, Origin::default(), &runs)?;
//! let html = page(&comparison, &document, &runs, "attention-regression compare synthetic");
//! assert!(html.contains("<svg") && !html.contains("<script") && !html.contains("<link"));
//! # Ok::<(), attention_regression::Error>(())
//! ```

mod case;
mod errors;
mod facts;
mod losses;
mod map;
mod matrices;
mod plate;
mod predictions;
mod summary;
mod table;
mod ticks;
mod weights;

use std::path::Path;

use case::Subject;
use maud::{Markup, html};
use plate::Plate;

use super::Document;
use crate::Result;
use crate::experiment::{Comparison, Run};
use crate::publish::standalone;

/// The name of the page in a folder of results.
pub const PAGE: &str = "index.html";

/// The page; `command` is what makes it again.
pub fn page(comparison: &Comparison, document: &Document, runs: &[Run], command: &str) -> String {
    let cases = case::cases(runs);
    let subject = Subject { comparison, document, cases: &cases };
    let name = title(document);
    let heading = format!("{name} · attention and ridge regression");
    standalone::page(
        &heading,
        "attention-regression compare",
        include_str!("page/page.css"),
        &body(subject, &name, command),
    )
}

/// What the data are called.
fn title(document: &Document) -> String {
    let name = |source: &String| {
        Path::new(source).file_name().map_or(source.clone(), |name| name.to_string_lossy().into_owned())
    };
    let name = |source: &String| source.strip_prefix("built-in ").map_or_else(|| name(source), str::to_owned);
    document.data.source.iter().map(name).collect::<Vec<_>>().join(" and ")
}

fn body(subject: Subject<'_>, name: &str, command: &str) -> Markup {
    html! {
        h1 { (name) }
        p.lede { (summary::sentences(subject)) }
        (facts::data(subject))
        @if subject.cases.iter().all(|case| case.first().is_none()) {
            h2 { "Variants" }
            (table::variants(subject)) (table::failures(subject))
        } @else {
            h2 { "The map" }
            (shown(Ok(map::plate(subject))))
            h2 { "Variants" }
            (table::variants(subject)) (table::failures(subject))
            h2 { "Outputs" }
            (shown(Ok(errors::plate(subject))))
            (shown(Ok(losses::plate(subject))))
            (shown(predictions::plate(subject)))
            h2 { "Mechanism" }
            (shown(Ok(weights::plate(subject))))
            (shown(matrices::plate(subject)))
        }
        h2 { "How it was made" }
        (facts::making(subject, command))
    }
}

/// A figure, nothing where there is nothing to see, or what kept it from being made.
fn shown(plate: Result<Option<Plate>>) -> Markup {
    match plate {
        Ok(plate) => html! { @if let Some(plate) = plate { (plate.html()) } },
        Err(error) => html! { p.small { "A figure cannot be made: " (error) "." } },
    }
}
