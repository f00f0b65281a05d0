//! Prose takes its numbers from snapshots: `{{metric}}` becomes the accepted number, linked to its row of evidence.
//!
//! `{{gap}}` prints three significant digits, `{{gap:4}}` four, `{{gap:.2}}` two decimals; `{{gap|about
//! twice|1.8..2.2}}` prints words that must stay true. `{{gap:2^}}` rounds up and `{{gap:2_}}` down, for a number that
//! the sentence quotes as a bound: “no more than {{gap:2^}}”, “at least {{gap:2_}}”. `{{gap.lowest}}`,
//! `{{gap.highest}}`, `{{gap.limit}}` read the other numbers of a metric, `{{claim/gap}}` a metric of another claim. A
//! number typed by hand is an error: a decimal in prose, or a decimal in mathematics that the claim's head does not
//! list among its `constants`. Code and links are exempt.
//!
//! ```
//! use std::path::Path;
//!
//! use attention_regression::notebook::book::prose::{Medium, Numbers, Place, weave};
//! use attention_regression::notebook::book::weave::metrics;
//! use attention_regression::notebook::claim::snapshot;
//! use attention_regression::notebook::registry::{Prose, Registry};
//!
//! let root = Path::new("tests/another/notebook");
//! let registry = Registry::read(root)?;
//! let snapshots = snapshot::read_all(root).map_err(|wrong| vec![wrong])?;
//! let numbers = Numbers { registry: &registry, metrics: &metrics(&registry, &snapshots, &mut Vec::new()) };
//! let claim = registry.claim("with_alternating_signs_the_sum_is_not_one");
//! let place = Place { page: "series.md", claim, medium: Medium::Terminal };
//! let woven = |text: &str| weave(&Prose::at("series.rs", 1, text), place, &numbers);
//! assert_eq!(woven("It stays {{short:.2}} below one.").markdown(), "It stays 0.31 below one.");
//! assert_eq!(woven("It stays 0.31 below one.").problems.len(), 1);
//! # Ok::<(), Vec<attention_regression::diagnostic::Diagnostic>>(())
//! ```

mod parsed;
mod reference;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use parsed::Parsed;

use crate::diagnostic::Diagnostic;
use crate::notebook::claim::metric::Metric;
use crate::notebook::claim::snapshot::Metrics;
use crate::notebook::registry::{Claim, Prose, Registry};
use crate::publish::math::Class;

/// Everything prose may quote.
#[derive(Clone, Copy)]
pub struct Numbers<'a> {
    /// The claims.
    pub registry: &'a Registry,
    /// Their accepted metrics.
    pub metrics: &'a BTreeMap<String, Metrics>,
}

impl<'a> Numbers<'a> {
    /// The accepted metrics of a claim, none where it has no snapshot.
    pub fn of(self, claim: &str) -> &'a [(String, Metric)] {
        self.metrics.get(claim).map_or(&[], Vec::as_slice)
    }

    /// One metric of a claim.
    pub fn metric(self, claim: &str, name: &str) -> Option<&'a Metric> {
        self.of(claim).iter().find(|(other, _)| other == name).map(|(_, metric)| metric)
    }
}

/// What prose is woven for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// A page: numbers link to their evidence.
    Page,
    /// A terminal: numbers are plain text.
    Terminal,
}

/// Where a piece of prose stands.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The page, such as `identity.md`.
    pub page: &'a str,
    /// The claim whose metrics it may quote by their bare name.
    pub claim: Option<&'a Claim>,
    /// What it is for.
    pub medium: Medium,
}

/// Prose with its numbers in place.
#[derive(Debug, Default)]
pub struct Woven {
    /// Text and figures, in order.
    pub(super) parts: Vec<Part>,
    /// The metrics it quotes: claim and name.
    pub quoted: BTreeSet<(String, String)>,
    /// What is wrong with it.
    pub problems: Vec<Diagnostic>,
}

/// A part of woven prose.
#[derive(Debug)]
pub(super) enum Part {
    /// Markdown.
    Text(String),
    /// `![caption](target)`, which begins at a byte of the source.
    Figure { at: usize, target: String, caption: String },
}

impl Woven {
    /// All of it as Markdown, figures as they are written.
    pub fn markdown(&self) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Figure { target, caption, .. } => format!("![{caption}]({target})"),
        };
        self.parts.iter().map(part).collect()
    }
}

/// One reference in prose, as it reads with these numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// Where it stands, braces included.
    pub range: Range<usize>,
    /// The claim and the metric that it names.
    pub of: (String, String),
    /// The words that must stay true, and their range.
    pub phrase: Option<(String, String)>,
    /// What a reader sees, or what is wrong.
    pub shown: Result<String, String>,
}

/// Every reference of a piece of prose, in order; what else is wrong with it is for [`weave`] to say.
pub fn quotes(prose: &Prose, place: Place<'_>, numbers: &Numbers<'_>) -> Vec<Quote> {
    let quote = |reference: reference::Reference<'_>| {
        let shown = reference.resolve(place, *numbers).map(|(_, shown)| shown).map_err(|wrong| wrong.what);
        // Outside a claim a bare name is nobody's, and `shown` says so.
        let claim = reference.claim.or(place.claim.map(|claim| claim.id.as_str())).unwrap_or("");
        let phrase = reference.words.zip(reference.range).map(|(words, range)| (words.to_owned(), range.to_owned()));
        Quote { range: reference.at, of: (claim.to_owned(), reference.metric.to_owned()), phrase, shown }
    };
    Parsed::new(prose).references.into_iter().map(quote).collect()
}

/// The page of a claim.
pub fn page(claim: &Claim) -> String {
    format!("{}.md", claim.chapter)
}

/// The anchor of a row of evidence.
pub fn anchor(claim: &str, metric: &str) -> String {
    format!("{claim}.{metric}")
}

/// The command that measures a claim and accepts what it measured.
pub(crate) fn run_claim(claim: &Claim) -> String {
    format!("run `INSTA_UPDATE=always cargo test --test claims {}` and read what it wrote", claim.id)
}

/// What a piece of prose says in words of its own: references and formulas are blank.
pub(super) fn own_words(prose: &Prose) -> String {
    let parsed = Parsed::new(prose);
    let blank = |at: usize| parsed.is_quoted(at) || parsed.is_in(at, |class| matches!(class, Class::Math { .. }));
    prose.text.char_indices().map(|(at, letter)| if blank(at) { ' ' } else { letter }).collect()
}

/// Puts the numbers in and checks that no other numbers, and no broken mathematics, are there.
pub fn weave(prose: &Prose, place: Place<'_>, numbers: &Numbers<'_>) -> Woven {
    let mut parsed = Parsed::new(prose);
    let mut woven = Woven { problems: std::mem::take(&mut parsed.problems), ..Woven::default() };
    woven.problems.extend(parsed.typed_by_hand(place.claim.map_or(&[], |claim| &claim.head.constants)));
    let mut done = 0;
    for (at, caption, target) in parsed.figures() {
        // An image within a caption is no figure of its own.
        if at.start >= done {
            let before = woven.text(&parsed, done..at.start, place, *numbers);
            let caption = woven.text(&parsed, caption, place, *numbers);
            woven.parts.extend([Part::Text(before), Part::Figure { at: at.start, target: target.to_owned(), caption }]);
            done = at.end;
        }
    }
    let rest = woven.text(&parsed, done..prose.text.len(), place, *numbers);
    woven.parts.push(Part::Text(rest));
    woven
}

impl Woven {
    /// A stretch of prose with its numbers in place.
    fn text(&mut self, parsed: &Parsed<'_>, range: Range<usize>, place: Place<'_>, numbers: Numbers<'_>) -> String {
        let text = &parsed.prose.text;
        let (mut out, mut done) = (String::new(), range.start);
        for reference in parsed.references.iter().filter(|reference| range.contains(&reference.at.start)) {
            out.push_str(&text[done..reference.at.start]);
            // One that goes on behind a caption has no metric's name, and is a problem below.
            done = reference.at.end.min(range.end);
            match reference.written(place, numbers) {
                Ok((claim, shown)) => {
                    out.push_str(&shown);
                    self.quoted.insert((claim.id.clone(), reference.metric.to_owned()));
                }
                Err(wrong) => self.problems.push(parsed.prose.diagnostic(reference.at.start, wrong.what, wrong.cure)),
            }
        }
        out + &text[done..range.end]
    }
}
