//! The sentences of the book that quote what moved, with the numbers that they had and those that they have.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;

use super::Item;
use super::sides::Side;
use super::split::split;
use crate::notebook::book::prose::{self, Medium, Numbers, Place, Quote};
use crate::notebook::claim::snapshot::Metrics;
use crate::notebook::registry::{Claim, Prose, Registry};
use crate::notebook::review::difference::Difference;

/// What stands around a number that moved, until it is text or HTML.
pub(super) const MARKS: [char; 2] = ['\u{e000}', '\u{e001}'];

/// A sentence that quotes a number that moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// The title of the claim or chapter that it stands in.
    pub title: String,
    /// Its file.
    pub file: PathBuf,
    /// Its line, as it is or was.
    pub line: usize,
    /// How it read; none where it is new.
    pub before: Option<Told>,
    /// How it reads; none where it is gone.
    pub after: Option<Told>,
}

/// A sentence with its numbers in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Markdown, with [`MARKS`] around the numbers that moved.
    pub(super) markdown: String,
    /// For a terminal and for programs.
    pub text: String,
}

/// A reference that held and does not hold any more: words that became untrue, a number that is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The title of the claim or chapter that it stands in.
    pub title: String,
    /// Its file.
    pub file: PathBuf,
    /// Its line.
    pub line: usize,
    /// As it is written.
    pub reference: String,
    /// The words that became untrue; none where the number itself is gone.
    pub phrase: Option<String>,
    /// What is wrong with it.
    pub what: String,
}

/// A piece of the book's prose.
struct Piece<'a> {
    /// Which one: it has a counterpart on the other side.
    key: (&'a str, &'static str),
    title: &'a str,
    prose: Prose,
    claim: Option<&'a Claim>,
    /// What the book prints before it.
    opens: &'static str,
}

fn pieces(registry: &Registry) -> Vec<Piece<'_>> {
    let mut all = vec![Piece { key: ("", "opening"), title: &registry.title, prose: registry.opening.clone(), claim: None, opens: "" }];
    for chapter in &registry.chapters {
        all.push(Piece { key: (&chapter.id, "chapter"), title: &chapter.title, prose: chapter.prose.clone(), claim: None, opens: "" });
        for claim in &chapter.claims {
            let sentence = |key: &'static str, text: &str, opens| Piece {
                key: (&claim.id, key),
                title: &claim.title,
                prose: claim.sentence(key, text),
                claim: Some(claim),
                opens,
            };
            all.push(Piece { key: (&claim.id, "prose"), title: &claim.title, prose: claim.prose.clone(), claim: Some(claim), opens: "" });
            all.extend([sentence("breaks_when", &claim.head.breaks_when, "Breaks when "), sentence("finding", &claim.head.finding, "")]);
        }
    }
    all
}

type Moved = BTreeSet<(String, String)>;

/// Puts the sentences and the broken references into the claims that they quote.
pub(super) fn fill(items: &mut [Item], before: &Side, after: &Side) {
    let names = |item: &Item| -> Vec<(String, String)> {
        item.differences.iter().filter(|difference| difference.quotable()).map(|difference: &Difference| (item.id.clone(), difference.name.clone())).collect()
    };
    let moved: Moved = items.iter().flat_map(names).collect();
    let was = pieces(&before.registry);
    for piece in &pieces(&after.registry) {
        let counterpart = was.iter().find(|other| other.key == piece.key);
        hand_out(items, pairs(counterpart, Some(piece), before, after, &moved));
        for (id, broken) in broken(piece, before, after, &moved) {
            items.iter_mut().filter(|item| item.id == id).for_each(|item| item.broken.push(broken.clone()));
        }
    }
    let is = pieces(&after.registry);
    for piece in was.iter().filter(|piece| !is.iter().any(|other| other.key == piece.key)) {
        hand_out(items, pairs(Some(piece), None, before, after, &moved));
    }
}

/// A sentence goes to every claim that it quotes.
fn hand_out(items: &mut [Item], pairs: Vec<(Quoted, BTreeSet<String>)>) {
    for (quoted, claims) in pairs {
        items.iter_mut().filter(|item| claims.contains(&item.id)).for_each(|item| item.sentences.push(quoted.clone()));
    }
}

/// A sentence as it is written, where, with its numbers, and the claims whose moved numbers it quotes.
struct Sentence {
    template: String,
    line: usize,
    told: Told,
    /// What it says of the numbers that moved, in order.
    shown: Vec<Result<String, String>>,
    claims: BTreeSet<String>,
}

impl Sentence {
    /// Both sides, with marks around what reads otherwise or is untrue; words that stayed true stay unmarked.
    fn beside(mut self, was: Option<Self>) -> (Self, Option<Told>) {
        let Some(mut was) = was else { return (self, None) };
        if was.shown.len() == self.shown.len() {
            let stayed: Vec<bool> = was.shown.iter().zip(&self.shown).map(|(was, is)| is.is_ok() && was == is).collect();
            [&mut was.told, &mut self.told].into_iter().for_each(|told| told.markdown = unmarked(&told.markdown, &stayed));
        }
        (self, Some(was.told))
    }
}

/// Without the marks around the places that are listed.
fn unmarked(markdown: &str, stayed: &[bool]) -> String {
    let [open, close] = MARKS;
    let mut parts = markdown.split(open);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.zip(stayed).fold(first, |out, (part, stayed)| if *stayed { out + &part.replace(close, "") } else { format!("{out}{open}{part}") })
}

fn numbers<'a>(registry: &'a Registry, metrics: &'a BTreeMap<String, Metrics>) -> Numbers<'a> {
    Numbers { registry, metrics }
}

/// The sentences of a piece that quote something that moved, read with the numbers of one side.
fn quoting(piece: &Piece<'_>, numbers: &Numbers<'_>, moved: &Moved) -> Vec<Sentence> {
    let read = |medium| prose::quotes(&piece.prose, Place { page: "", claim: piece.claim, medium }, numbers);
    let (page, terminal) = (read(Medium::Page), read(Medium::Terminal));
    let text = &piece.prose.text;
    let mut found = Vec::new();
    for range in split(text, &page) {
        let inside = |quote: &&Quote| range.contains(&quote.range.start) && moved.contains(&quote.of);
        let claims: BTreeSet<String> = page.iter().filter(inside).map(|quote| quote.of.0.clone()).collect();
        if claims.is_empty() {
            continue;
        }
        let opens = if text[..range.start].trim().is_empty() { piece.opens } else { "" };
        let markdown = opens.to_owned() + &told(text, &range, &page, moved);
        let text_only = opens.to_owned() + &told(text, &range, &terminal, moved).replace(MARKS, "");
        let told = Told { markdown, text: text_only.split_whitespace().collect::<Vec<_>>().join(" ") };
        let shown = page.iter().filter(inside).map(|quote| quote.shown.clone()).collect();
        found.push(Sentence { template: text[range.clone()].to_owned(), line: piece.prose.line(range.start), told, shown, claims });
    }
    found
}

fn told(text: &str, range: &Range<usize>, quotes: &[Quote], moved: &Moved) -> String {
    let [open, close] = MARKS;
    let mut out = String::new();
    let mut done = range.start;
    for quote in quotes.iter().filter(|quote| range.contains(&quote.range.start)) {
        out.extend(text[done..quote.range.start].chars().filter(|letter| !MARKS.contains(letter)));
        done = quote.range.end;
        // Words that are untrue are what the sentence says all the same; a number that is not there is a dash.
        let words = quote.phrase.as_ref().map_or("–", |(words, _)| words);
        let shown = quote.shown.as_deref().unwrap_or(words);
        if moved.contains(&quote.of) { out.extend([&open.to_string(), shown, &close.to_string()]) } else { out.push_str(shown) }
    }
    out.extend(text[done..range.end].chars().filter(|letter| !MARKS.contains(letter)));
    out
}

/// Sentences of both sides in pairs: equal ones first, then in the order in which they stand.
fn pairs(was: Option<&Piece<'_>>, is: Option<&Piece<'_>>, before: &Side, after: &Side, moved: &Moved) -> Vec<(Quoted, BTreeSet<String>)> {
    let mut old: Vec<Option<Sentence>> =
        was.map_or(Vec::new(), |piece| quoting(piece, &numbers(&before.registry, &before.metrics), moved)).into_iter().map(Some).collect();
    let new = is.map_or(Vec::new(), |piece| quoting(piece, &numbers(&after.registry, &after.metrics), moved));
    let mut partners: Vec<Option<Sentence>> = new
        .iter()
        .map(|sentence| old.iter_mut().find(|other| other.as_ref().is_some_and(|other| other.template == sentence.template)).and_then(Option::take))
        .collect();
    let mut left: Vec<Sentence> = old.into_iter().flatten().rev().collect();
    let mut out = Vec::new();
    for (sentence, partner) in new.into_iter().zip(&mut partners) {
        let Some(piece) = is else { continue };
        let (sentence, mut before_told) = sentence.beside(partner.take().or_else(|| left.pop()));
        // Before the claim was first measured its sentences had no numbers.
        before_told = before_told.filter(|told| sentence.claims.iter().any(|id| before.metrics.contains_key(id)) || !told.text.contains('–'));
        let quoted =
            Quoted { title: piece.title.to_owned(), file: piece.prose.file.clone(), line: sentence.line, before: before_told, after: Some(sentence.told) };
        out.push((quoted, sentence.claims));
    }
    if let Some(piece) = was {
        out.extend(left.into_iter().rev().map(|sentence| {
            let quoted =
                Quoted { title: piece.title.to_owned(), file: piece.prose.file.clone(), line: sentence.line, before: Some(sentence.told), after: None };
            (quoted, sentence.claims)
        }));
    }
    out
}

/// References of a piece that do not hold with the new numbers and held with the old ones, or had none.
fn broken(piece: &Piece<'_>, before: &Side, after: &Side, moved: &Moved) -> Vec<(String, Broken)> {
    let read = |metrics| prose::quotes(&piece.prose, Place { page: "", claim: piece.claim, medium: Medium::Terminal }, &numbers(&after.registry, metrics));
    let (was, is) = (read(&before.metrics), read(&after.metrics));
    let mut found = Vec::new();
    for (was, is) in was.iter().zip(is) {
        let (id, metric) = &is.of;
        let absent = !before.metrics.get(id).is_some_and(|metrics| metrics.iter().any(|(name, _)| name == metric));
        if let Err(what) = is.shown
            && moved.contains(&is.of)
            && (was.shown.is_ok() || absent)
        {
            let reference = piece.prose.text[is.range.clone()].to_owned();
            let (file, line) = (piece.prose.file.clone(), piece.prose.line(is.range.start));
            found.push((id.clone(), Broken { title: piece.title.to_owned(), file, line, reference, phrase: is.phrase.map(|(words, _)| words), what }));
        }
    }
    found
}
