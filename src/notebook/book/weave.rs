//! Weaves claims and snapshots into the pages of the book: a pure function, byte-identical on every machine.
//!
//! What a page cannot be woven from is a [`Diagnostic`] with file, line and cure: a claim without snapshot, a snapshot
//! without claim, a reference that dangles, a headline that prose does not quote, a control that `breaks_when` does not
//! quote. [`write()`] puts the pages below `book/src`, and [`stale`] says where the committed ones differ.
//!
//! ```
//! use std::collections::BTreeMap;
//! use std::path::Path;
//!
//! use attention_regression::notebook::book::weave::weave;
//! use attention_regression::notebook::claim::replication::Replication;
//! use attention_regression::notebook::registry::Registry;
//!
//! let registry = Registry::read(Path::new("tests/another/notebook"))?;
//! // Nothing was measured yet.
//! let wrong = weave(&registry, &BTreeMap::new(), &Replication::default()).unwrap_err();
//! let claim = "the claim `with_alternating_signs_the_sum_is_not_one` has no snapshot";
//! assert!(wrong.iter().any(|diagnostic| diagnostic.what == claim));
//! # Ok::<(), Vec<attention_regression::diagnostic::Diagnostic>>(())
//! ```

mod claim;
mod code;
mod coverage;
mod drawing;
mod evidence;
mod fresh;
mod graph;
mod index;
mod lists;
mod parts;
mod quantity;
mod room;
mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use maud::{PreEscaped, html};
use parts::markup;
use sources::Recorded;

use super::page::{Block, Plate};
pub use super::page::{Pages, stale, write};
use super::prose::{self, Medium, Numbers, Part, Place, Woven};
use crate::diagnostic::Diagnostic;
use crate::notebook::claim::metric::Metric;
use crate::notebook::claim::replication::Replication;
use crate::notebook::claim::snapshot::{self, Metrics};
use crate::notebook::registry::{Claim, Prose, Registry};
use crate::publish::figure::{self, describe};
pub use sources::metrics;

/// Everything a page is woven from, and what went wrong on the way.
struct Loom<'a> {
    registry: &'a Registry,
    metrics: &'a BTreeMap<String, Metrics>,
    figures: &'a BTreeMap<String, Recorded>,
    replication: &'a Replication,
    problems: Vec<Diagnostic>,
}

/// Prose as blocks of a page, the metrics that it quotes, and the claims whose figures it shows.
#[derive(Default)]
struct Laid {
    blocks: Vec<Block>,
    quoted: BTreeSet<(String, String)>,
    shown: Vec<String>,
}

/// Weaves the book.
///
/// # Errors
/// Every problem found, in the order of files and lines.
pub fn weave(
    registry: &Registry,
    snapshots: &BTreeMap<String, String>,
    replication: &Replication,
) -> Result<Pages, Vec<Diagnostic>> {
    let mut problems = sources::orphans(registry, snapshots);
    let metrics = metrics(registry, snapshots, &mut problems);
    let figures = sources::figures(registry, snapshots, &mut problems);
    let mut loom = Loom { registry, metrics: &metrics, figures: &figures, replication, problems };
    let mut pages = Pages::default();
    pages.insert("SUMMARY.md", lists::summary(registry));
    pages.insert("index.md", lists::first_page(&mut loom));
    for chapter in &registry.chapters {
        pages.insert(format!("{}.md", chapter.id), claim::chapter(&mut loom, chapter));
    }
    pages.insert("claims.md", index::index(&loom));
    pages.insert("coverage.md", coverage::coverage(&loom));
    pages.insert("room.md", room::room(&mut loom));
    pages.insert("notation.md", lists::notation(&mut loom));
    let mut problems = loom.problems;
    problems.sort();
    problems.dedup();
    if problems.is_empty() { Ok(pages) } else { Err(problems) }
}

impl<'a> Loom<'a> {
    fn numbers(&self) -> Numbers<'a> {
        Numbers { registry: self.registry, metrics: self.metrics }
    }

    /// The controls and contrasts of a claim.
    fn controls(&self, claim: &Claim) -> impl Iterator<Item = &'a (String, Metric)> + use<'a> {
        self.numbers().of(&claim.id).iter().filter(|(_, metric)| metric.is_control() || metric.contrast.is_some())
    }

    fn prose(&mut self, prose: &Prose, page: &str, claim: Option<&Claim>) -> Woven {
        let mut woven = prose::weave(prose, Place { page, claim, medium: Medium::Page }, &self.numbers());
        self.problems.append(&mut woven.problems);
        woven
    }

    /// A sentence of a claim's head with its numbers in place, and the metrics that it quotes.
    fn sentence(&mut self, claim: &Claim, key: &str, text: &str, page: &str) -> (String, BTreeSet<(String, String)>) {
        let woven = self.prose(&claim.sentence(key, text), page, Some(claim));
        (woven.markdown().trim().to_owned(), woven.quoted)
    }

    /// Checks words that are printed as they stand: a title, a statement. They hold no typed decimal and no broken
    /// formula.
    fn check(&mut self, file: &Path, line: usize, text: &str, page: &str) {
        self.prose(&Prose::at(file, line, text), page, None);
    }

    /// Prose with its figures: `![caption](figure)` shows the claim's own, `![caption](figure:claim)` that of another.
    fn lay(&mut self, prose: &Prose, page: &str, claim: Option<&Claim>) -> Laid {
        let woven = self.prose(prose, page, claim);
        let mut laid = Laid { quoted: woven.quoted, ..Laid::default() };
        for part in woven.parts {
            match part {
                Part::Text(text) => laid.blocks.push(Block::Text(text)),
                Part::Figure { at, target, caption } => match self.figure(&target, caption.trim(), claim) {
                    Ok((id, plate)) => {
                        if caption.trim().is_empty() {
                            let what = format!("the figure of `{id}` has no caption");
                            self.problems.push(prose.diagnostic(
                                at,
                                what,
                                "write between the brackets what to see in it",
                            ));
                        }
                        laid.blocks.push(Block::Plate(plate));
                        laid.shown.push(id);
                    }
                    Err(wrong) => self.problems.push(prose.diagnostic(at, wrong.what, wrong.cure)),
                },
            }
        }
        laid
    }

    /// The claim whose figure prose asks for, and the figure as it stands there.
    fn figure(&self, target: &str, caption: &str, claim: Option<&Claim>) -> Result<(String, Plate), Diagnostic> {
        let own = claim.filter(|_| target == "figure").map(|claim| claim.id.as_str());
        let id = own.or_else(|| target.strip_prefix("figure:")).ok_or_else(|| {
            let what = format!("the image `{target}` is not a figure of a claim");
            Diagnostic::of(what, "write `![caption](figure)`: the test records it with `evidence.figure(…)`")
        })?;
        let wrong =
            |what: String| Diagnostic::of(what, "record it in the test with `evidence.figure(…)`, or remove the image");
        let Recorded { figure, digest } =
            self.figures.get(id).ok_or_else(|| wrong(format!("`{id}` has recorded no figure")))?;
        // An opening may show the figure of a claim that stands on the same page.
        let name = if claim.is_some() { id.to_owned() } else { format!("opening-{id}") };
        let drawing = figure::draw(figure, &name)
            .map_err(|error| wrong(format!("the figure of `{id}` cannot be drawn: {error}")))?;
        let alt = format!("{}. {}", figure.title, describe::describe(figure));
        let numbers = describe::table(figure, snapshot::HAS_ALL);
        let below = html! {
            figcaption { (markup(caption)) }
            "\n" details { summary { "The plotted numbers" } "\n" (PreEscaped(numbers.trim())) "\n" }
        };
        let plate = Plate::new(name, drawing, alt, Some(digest), &below);
        Ok((id.to_owned(), plate))
    }
}
