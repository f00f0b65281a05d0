//! Weaves claims and snapshots into the sources of the book: a pure function, byte-identical on every machine.
//!
//! The pages are Markdown that a forge can show: formulas between dollars, figures as images. What a page cannot be
//! woven from is a [`Diagnostic`] with file, line and cure: a claim without snapshot, a snapshot without claim, a
//! reference that dangles, a headline that prose does not quote, a control that `breaks_when` does not quote.
//! [`write()`] puts the pages below `book/src`, and [`stale`] says where the committed ones differ.

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

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::prose::{self, Medium, Numbers, Place};
use crate::diagnostic::Diagnostic;
use crate::notebook::claim::replication::Replication;
use crate::notebook::claim::snapshot::{self, FIGURE, Metrics};
use crate::notebook::registry::{Claim, Prose, Registry};
use crate::publish::figure::{self, Drawing, Figure, describe};
use crate::publish::math::{self, Class};
use crate::publish::{escape, files_below};

/// Where the woven pages go, below the root.
pub const PAGES: &str = "book/src";
/// The first line of every woven file: what has it may be replaced or removed.
const MARK: &str = "<!-- Woven from tests/claims and snapshots by `cargo run`: edit those, not this file. -->";

/// The pages of the book by their path below [`PAGES`].
pub type Pages = BTreeMap<PathBuf, String>;

/// Everything a page is woven from, and what went wrong on the way.
pub struct Loom<'a> {
    registry: &'a Registry,
    metrics: &'a BTreeMap<String, Metrics>,
    figures: &'a BTreeMap<String, (Figure, String)>,
    replication: &'a Replication,
    pages: Pages,
    problems: Vec<Diagnostic>,
}

/// Weaves the book.
///
/// # Errors
/// Every problem found, in the order of files and lines.
pub fn weave(registry: &Registry, snapshots: &BTreeMap<String, String>, replication: &Replication) -> Result<Pages, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let metrics = metrics(registry, snapshots, &mut problems);
    let figures = figures(registry, snapshots, &mut problems);
    orphans(registry, snapshots, &mut problems);
    let mut loom = Loom { registry, metrics: &metrics, figures: &figures, replication, pages: Pages::new(), problems };
    loom.page("SUMMARY.md", lists::summary(registry));
    let first = lists::first_page(&mut loom);
    loom.page("index.md", first);
    for chapter in &registry.chapters {
        let text = claim::chapter(&mut loom, chapter);
        loom.page(&format!("{}.md", chapter.id), text);
    }
    let index = index::index(&mut loom);
    loom.page("claims.md", index);
    let coverage = coverage::coverage(&loom);
    loom.page("coverage.md", coverage);
    let room = room::room(&mut loom);
    loom.page("room.md", room);
    let notation = lists::notation(&mut loom);
    loom.page("notation.md", notation);
    loom.problems.sort();
    loom.problems.dedup();
    if loom.problems.is_empty() { Ok(loom.pages) } else { Err(loom.problems) }
}

/// The metrics of every claim that has a snapshot.
pub fn metrics(registry: &Registry, snapshots: &BTreeMap<String, String>, problems: &mut Vec<Diagnostic>) -> BTreeMap<String, Metrics> {
    let mut all = BTreeMap::new();
    for claim in registry.claims() {
        let name = claim.snapshot();
        let Some(text) = snapshots.get(&name) else {
            problems.push(Diagnostic::at(&claim.file, claim.line, format!("the claim `{}` has no snapshot", claim.id), prose::run_claim(claim)));
            continue;
        };
        match snapshot::read_metrics(text) {
            Ok(metrics) => {
                problems.extend(metrics.iter().filter_map(|(metric, measured)| broken_label(&name, text, metric, &measured.measures)));
                all.insert(claim.id.clone(), metrics);
            }
            Err((line, what)) => problems.push(Diagnostic::at(snapshot::path(&name), line, what, prose::run_claim(claim))),
        }
    }
    all
}

/// A formula in the label of a metric that cannot be set.
fn broken_label(snapshot: &str, text: &str, metric: &str, measures: &str) -> Option<Diagnostic> {
    let (_, error) = math::typeset(measures).err()?;
    let what = format!("the label of `{metric}` holds a formula that cannot be set: {error}");
    Some(Diagnostic::at(snapshot::path(snapshot), snapshot::line_of_key(text, metric), what, "mend it in the test that records it"))
}

fn figures(registry: &Registry, snapshots: &BTreeMap<String, String>, problems: &mut Vec<Diagnostic>) -> BTreeMap<String, (Figure, String)> {
    let mut all = BTreeMap::new();
    for claim in registry.claims() {
        let name = claim.snapshot() + FIGURE;
        match snapshots.get(&name).map(|text| (snapshot::read_figure(text), text)) {
            Some((Ok(figure), text)) => {
                all.insert(claim.id.clone(), (figure, fingerprint(text)));
            }
            Some((Err((line, what)), _)) => problems.push(Diagnostic::at(snapshot::path(&name), line, what, prose::run_claim(claim))),
            None => {}
        }
    }
    all
}

/// A short digest of a figure's series: the page changes when a digit does, even one too small to see.
fn fingerprint(text: &str) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(snapshot::body(text)).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

fn orphans(registry: &Registry, snapshots: &BTreeMap<String, String>, problems: &mut Vec<Diagnostic>) {
    let known: BTreeSet<String> = registry.claims().flat_map(|claim| [claim.snapshot(), claim.snapshot() + FIGURE]).collect();
    for name in snapshots.keys().filter(|name| !known.contains(*name)) {
        problems.push(Diagnostic::at(
            snapshot::path(name),
            0,
            "is an orphan: no claim records it",
            "delete it, or give the claim its old name and chapter again",
        ));
    }
}

impl Loom<'_> {
    fn numbers(&self) -> Numbers<'_> {
        Numbers { registry: self.registry, metrics: self.metrics }
    }

    fn page(&mut self, path: &str, text: String) {
        self.pages.insert(PathBuf::from(path), format!("{MARK}\n\n{}\n", text.trim()));
    }

    /// Prose with its numbers in place, and the metrics that it quotes.
    fn prose(&mut self, prose: &Prose, place: Place<'_>) -> (String, BTreeSet<(String, String)>) {
        let woven = prose::weave(prose, place, &self.numbers());
        self.problems.extend(woven.problems);
        (woven.markdown, woven.quoted)
    }

    /// A sentence of a claim's head with its numbers in place.
    fn sentence(&mut self, claim: &Claim, key: &str, text: &str, page: &str) -> (String, BTreeSet<(String, String)>) {
        self.prose(&claim.sentence(key, text), Place { page, claim: Some(claim), medium: Medium::Page })
    }

    /// Checks words that are printed as they stand: a title, a statement. They hold no typed decimal and no broken formula.
    fn check(&mut self, file: &Path, line: usize, text: &str, page: &str) {
        self.prose(&Prose::at(file, line, text), Place { page, claim: None, medium: Medium::Page });
    }

    /// Puts the figures where `![caption](figure)` asks for them; `![caption](figure:claim)` shows another claim's.
    /// Returns the text and the claims whose figures it shows.
    fn place_figures(&mut self, source: &Prose, markdown: &str, claim: Option<&Claim>, copy: &str) -> (String, Vec<String>) {
        let mut out = String::new();
        let (mut done, mut shown) = (0, Vec::new());
        for span in math::spans(markdown) {
            let Class::Image(target) = &span.class else {
                continue;
            };
            let line = source.text.find(&format!("]({target})")).unwrap_or(0);
            let Some(id) = figure_of(target, claim) else {
                let cure = "write `![caption](figure)`: the test records it with `evidence.figure(…)`";
                self.problems.push(source.diagnostic(line, format!("the image `{target}` is not a figure of a claim"), cure));
                continue;
            };
            let text = &markdown[span.range.clone()];
            let caption = text.strip_prefix("![").and_then(|text| text.rsplit_once("](")).map_or("", |(caption, _)| caption).trim();
            if caption.is_empty() {
                self.problems.push(source.diagnostic(line, format!("the figure of `{id}` has no caption"), "write between the brackets what to see in it"));
            }
            out.push_str(&markdown[done..span.range.start]);
            done = span.range.end;
            match self.figure(&id, caption, copy) {
                Ok(html) => {
                    out.push_str(&html);
                    shown.push(id);
                }
                Err(what) => self.problems.push(source.diagnostic(line, what, "record it in the test with `evidence.figure(…)`, or remove the image")),
            }
        }
        out.push_str(&markdown[done..]);
        (out, shown)
    }

    /// Draws a figure for a page and returns its HTML. `copy` tells two places of one figure apart.
    fn figure(&mut self, id: &str, caption: &str, copy: &str) -> Result<String, String> {
        let (figure, fingerprint) = self.figures.get(id).ok_or_else(|| format!("`{id}` has recorded no figure"))?;
        let name = format!("{copy}{id}");
        let drawing = figure::draw(figure, &name).map_err(|error| format!("the figure of `{id}` cannot be drawn: {error}"))?;
        let alt = escape(&format!("{}. {}", figure.title, describe::describe(figure)));
        let table =
            describe::table(figure).map_or(String::new(), |table| format!("<details><summary>The plotted numbers</summary>\n{}\n</details>\n", table.trim()));
        let caption = markup(caption);
        let fingerprint = fingerprint.clone();
        let image = self.drawing(&name, &drawing, &alt);
        Ok(format!("<figure id=\"figure-{name}\" data-series=\"{fingerprint}\">\n{image}\n<figcaption>{caption}</figcaption>\n{table}</figure>"))
    }

    /// Keeps a drawing beside the pages and returns the image that shows it.
    fn drawing(&mut self, name: &str, drawing: &Drawing, alt: &str) -> String {
        for (name, svg) in [(name, &drawing.wide), (&figure::narrow(name), &drawing.narrow)] {
            self.pages.insert(PathBuf::from(format!("figures/{name}.svg")), format!("{MARK}\n{}\n", svg.trim()));
        }
        format!("<div class=\"scroll has-narrow\">\n<img class=\"plot\" src=\"figures/{name}.svg\" alt=\"{alt}\">\n</div>")
    }
}

/// The claim whose figure an image asks for.
fn figure_of(target: &str, claim: Option<&Claim>) -> Option<String> {
    match target.split_once(':') {
        Some(("figure", id)) => Some(id.to_owned()),
        None if target == "figure" => claim.map(|claim| claim.id.clone()),
        _ => None,
    }
}

/// One line of Markdown inside an HTML block, where only HTML is read: emphasis and code as elements, the rest as it is.
fn markup(text: &str) -> String {
    use pulldown_cmark::{Event, Options, Parser, html};
    // Formulas stay between dollars, for the forge and for the renderer.
    let events = Parser::new_ext(text, Options::ENABLE_MATH).map(|event| match event {
        Event::InlineMath(latex) => Event::Html(format!("${}$", escape(&latex)).into()),
        Event::SoftBreak => Event::Text(" ".into()),
        other => other,
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    out.trim().trim_start_matches("<p>").trim_end_matches("</p>").to_owned()
}

/// Every difference between the woven pages and the files below `root`.
pub fn stale(root: &Path, pages: &Pages) -> Vec<Diagnostic> {
    let cure = "run `cargo run` and commit book/src";
    let mut problems = Vec::new();
    for (path, text) in pages {
        let path = Path::new(PAGES).join(path);
        match std::fs::read_to_string(root.join(&path)).map(|text| text.replace("\r\n", "\n")) {
            Ok(there) if &there == text => {}
            Ok(there) => {
                let line = 1 + there.lines().zip(text.lines()).take_while(|(old, new)| old == new).count();
                problems.push(Diagnostic::at(path, line, "is stale", cure));
            }
            Err(_) => problems.push(Diagnostic::new(path, "is missing", cure)),
        }
    }
    for path in files_below(&root.join(PAGES)) {
        if !pages.contains_key(&path) {
            problems.push(Diagnostic::at(
                Path::new(PAGES).join(path),
                0,
                "is woven from nothing",
                "run `cargo run`, or move the file out of book/src if it is yours",
            ));
        }
    }
    problems
}

/// Refuses what stands among the pages and was not woven; a link too, which would lead the pen elsewhere.
fn refuse_foreign(root: &Path, below: &Path) -> Result<(), Diagnostic> {
    let path = root.join(below);
    let plain = path.symlink_metadata().is_ok_and(|about| about.is_file());
    if plain && std::fs::read_to_string(&path).is_ok_and(|text| text.starts_with(MARK)) {
        return Ok(());
    }
    Err(Diagnostic::new(below, "was not woven by this notebook", "move it out of book/src: everything there is generated"))
}

/// Writes the pages that changed and removes woven pages that are no more. Returns how many files changed.
///
/// # Errors
/// A file that cannot be written, or one in the way that was not woven.
pub fn write(root: &Path, pages: &Pages) -> Result<usize, Diagnostic> {
    let mut changed = 0;
    let failed = |path: &Path, error: std::io::Error| Diagnostic::new(path, format!("cannot be written: {error}"), "check that book/src is writable");
    for path in files_below(&root.join(PAGES)).into_iter().filter(|path| !pages.contains_key(path)) {
        let below = Path::new(PAGES).join(path);
        refuse_foreign(root, &below)?;
        std::fs::remove_file(root.join(&below)).map_err(|error| failed(&below, error))?;
        changed += 1;
    }
    for (path, text) in pages {
        let below = Path::new(PAGES).join(path);
        let target = root.join(&below);
        if std::fs::read_to_string(&target).is_ok_and(|there| &there == text) {
            continue;
        }
        if target.symlink_metadata().is_ok() {
            refuse_foreign(root, &below)?;
        }
        target.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&target, text)).map_err(|error| failed(&below, error))?;
        changed += 1;
    }
    Ok(changed)
}
