//! The sentences of the book that quote what moved, with the numbers that they had and those that they have.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;

use serde::Serialize;

use super::difference::Difference;
use super::sides::Side;
use super::split::split;
use crate::notebook::book::prose::{self, Medium, Numbers, Place, Quote};
use crate::notebook::claim::snapshot::{self, Metrics};
use crate::notebook::registry::{Claim, Prose, Registry};

/// What stands around a number that moved, until it is text or HTML.
pub(super) const MARKS: [char; 2] = ['\u{e000}', '\u{e001}'];

/// A sentence that quotes a number that moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Quoted {
    /// The title of the claim or chapter that it stands in.
    pub title: String,
    /// Its file.
    pub file: PathBuf,
    /// Its line, as it is or was.
    pub line: usize,
    /// How it read; none where it is new.
    pub before: Option<Filled>,
    /// How it reads; none where it is gone.
    pub after: Option<Filled>,
}

/// A sentence with its numbers in place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Filled {
    /// Markdown, with [`MARKS`] around the numbers that moved.
    #[serde(skip)]
    pub(super) markdown: String,
    /// For a terminal and for programs.
    pub text: String,
}

/// A reference that held and does not hold any more: words that became untrue, a number that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Broken {
    /// The title of the claim or chapter that it stands in.
    #[serde(skip)]
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

/// The metrics that moved, as prose names them: claim and metric.
type Moved = BTreeSet<(String, String)>;

/// By claim the sentences that quote its moved numbers, and the references that they broke.
pub(super) fn read<'a>(
    differences: impl Iterator<Item = (&'a str, &'a Difference)>,
    before: &Side,
    after: &Side,
) -> BTreeMap<String, (Vec<Quoted>, Vec<Broken>)> {
    let quotable = differences.filter(|(_, difference)| difference.quotable());
    let moved: Moved = quotable.map(|(id, difference)| (id.to_owned(), difference.name.clone())).collect();
    let (was, is) = (pieces(&before.registry), pieces(&after.registry));
    let counterpart = |piece: &Piece, among: &[Piece]| among.iter().position(|other| other.key == piece.key);
    let gone = was.iter().filter(|piece| counterpart(piece, &is).is_none()).map(|piece| (Some(piece), None));
    let kept = is.iter().map(|piece| (counterpart(piece, &was).map(|place| &was[place]), Some(piece)));
    let mut found: BTreeMap<String, (Vec<Quoted>, Vec<Broken>)> = BTreeMap::new();
    for (old, new) in kept.chain(gone) {
        let sentences = |piece: Option<&Piece>, side| piece.map_or(Vec::new(), |piece| piece.quoting(side, &moved));
        for pair in pairs(sentences(old, before), sentences(new, after)) {
            let Some((quoted, claims)) = beside(pair, &before.metrics) else { continue };
            claims.into_iter().for_each(|id| found.entry(id).or_default().0.push(quoted.clone()));
        }
        for (id, broken) in new.map_or(Vec::new(), |piece| piece.broken(before, after, &moved)) {
            found.entry(id).or_default().1.push(broken);
        }
    }
    found
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
    let piece =
        |id, kind, title, prose: &Prose| Piece { key: (id, kind), title, prose: prose.clone(), claim: None, opens: "" };
    let mut all = vec![piece("", "opening", registry.notebook.title.as_str(), &registry.notebook.opening)];
    for chapter in &registry.chapters {
        all.push(piece(&chapter.id, "chapter", &chapter.title, &chapter.prose));
        for claim in &chapter.claims {
            let of_claim =
                |kind, prose: &Prose| Piece { claim: Some(claim), ..piece(&claim.id, kind, &claim.title, prose) };
            let of_head = |kind, text: &str| of_claim(kind, &claim.sentence(kind, text));
            all.push(of_claim("prose", &claim.prose));
            all.push(Piece { opens: "Breaks when ", ..of_head("breaks_when", &claim.head.breaks_when) });
            all.push(of_head("finding", &claim.head.finding));
        }
    }
    all
}

/// A sentence as it is written, where, with its numbers, and the claims whose moved numbers it quotes.
struct Sentence {
    template: String,
    title: String,
    file: PathBuf,
    line: usize,
    filled: Filled,
    /// What it says of the numbers that moved, in order.
    shown: Vec<Result<String, String>>,
    claims: BTreeSet<String>,
}

impl Piece<'_> {
    fn quotes(&self, medium: Medium, registry: &Registry, metrics: &BTreeMap<String, Metrics>) -> Vec<Quote> {
        prose::quotes(&self.prose, Place { page: "", claim: self.claim, medium }, &Numbers { registry, metrics })
    }

    /// The sentences that quote something that moved, read with the numbers of one side.
    fn quoting(&self, side: &Side, moved: &Moved) -> Vec<Sentence> {
        let [page, terminal] =
            [Medium::Page, Medium::Terminal].map(|medium| self.quotes(medium, &side.registry, &side.metrics));
        let text = &self.prose.text;
        let sentence = |range: Range<usize>| {
            let inside = |quote: &&Quote| range.contains(&quote.range.start) && moved.contains(&quote.of);
            let opens = if text[..range.start].trim().is_empty() { self.opens } else { "" };
            let [markdown, plain] =
                [&page, &terminal].map(|quotes| opens.to_owned() + &filled(text, &range, quotes, moved));
            let plain = plain.replace(MARKS, "").split_whitespace().collect::<Vec<_>>().join(" ");
            Sentence {
                template: text[range.clone()].to_owned(),
                title: self.title.to_owned(),
                file: self.prose.file.clone(),
                line: self.prose.line(range.start),
                filled: Filled { markdown, text: plain },
                shown: page.iter().filter(inside).map(|quote| quote.shown.clone()).collect(),
                claims: page.iter().filter(inside).map(|quote| quote.of.0.clone()).collect(),
            }
        };
        split(text, &page).into_iter().map(sentence).filter(|sentence| !sentence.claims.is_empty()).collect()
    }

    /// References that do not hold with the new numbers and held with the old ones, or had none: by claim.
    fn broken(&self, before: &Side, after: &Side, moved: &Moved) -> Vec<(String, Broken)> {
        let [was, is] = [before, after].map(|side| self.quotes(Medium::Terminal, &after.registry, &side.metrics));
        let news = |(was, is): (Quote, Quote)| {
            let (id, metric) = &is.of;
            let measured = before.metrics.get(id).is_some_and(|metrics| snapshot::metric(metrics, metric).is_some());
            let what = is.shown.err().filter(|_| moved.contains(&is.of) && (was.shown.is_ok() || !measured))?;
            let broken = Broken {
                title: self.title.to_owned(),
                file: self.prose.file.clone(),
                line: self.prose.line(is.range.start),
                reference: self.prose.text[is.range.clone()].to_owned(),
                phrase: is.phrase.map(|(words, _)| words),
                what,
            };
            Some((id.clone(), broken))
        };
        was.into_iter().zip(is).filter_map(news).collect()
    }
}

/// A sentence with its numbers in place, and marks around those that moved.
fn filled(text: &str, range: &Range<usize>, quotes: &[Quote], moved: &Moved) -> String {
    let [open, close] = MARKS;
    let mut out = String::new();
    let mut done = range.start;
    for quote in quotes.iter().filter(|quote| range.contains(&quote.range.start)) {
        out += &text[done..quote.range.start].replace(MARKS, "");
        done = quote.range.end;
        // Words that are untrue are what the sentence says all the same; a number that is not there is a dash.
        let words = quote.phrase.as_ref().map_or("–", |(words, _)| words);
        let shown = quote.shown.as_deref().unwrap_or(words);
        if moved.contains(&quote.of) {
            out.extend([&open.to_string(), shown, &close.to_string()])
        } else {
            out.push_str(shown)
        }
    }
    out + &text[done..range.end].replace(MARKS, "")
}

/// As it was, and as it is.
type Pair = (Option<Sentence>, Option<Sentence>);

/// Sentences of both sides in pairs: equal ones first, then in the order in which they stand.
fn pairs(old: Vec<Sentence>, new: Vec<Sentence>) -> Vec<Pair> {
    let mut old: Vec<Option<Sentence>> = old.into_iter().map(Some).collect();
    let mut equal = |sentence: &Sentence| {
        let same = |other: &Sentence| other.template == sentence.template;
        old.iter_mut().find_map(|other| other.take_if(|other| same(other)))
    };
    let equals: Vec<Option<Sentence>> = new.iter().map(&mut equal).collect();
    let mut left = old.into_iter().flatten();
    let mut found: Vec<Pair> = Vec::new();
    for (sentence, equal) in new.into_iter().zip(equals) {
        found.push((equal.or_else(|| left.next()), Some(sentence)));
    }
    found.extend(left.map(|sentence| (Some(sentence), None)));
    found
}

/// Both versions of a sentence for a reader, and the claims that it quotes.
fn beside((was, is): Pair, measured: &BTreeMap<String, Metrics>) -> Option<(Quoted, BTreeSet<String>)> {
    let (mut before, mut after) = (was.as_ref().map(|was| was.filled.clone()), is.as_ref().map(|is| is.filled.clone()));
    if let (Some(was), Some(is)) = (&was, &is) {
        if was.shown.len() == is.shown.len() {
            // Words that stayed true stay unmarked.
            let stayed: Vec<bool> = was.shown.iter().zip(&is.shown).map(|(was, is)| is.is_ok() && was == is).collect();
            [&mut before, &mut after]
                .into_iter()
                .flatten()
                .for_each(|filled| filled.markdown = unmarked(&filled.markdown, &stayed));
        }
        // Before the claim was first measured its sentences had no numbers.
        before =
            before.filter(|before| is.claims.iter().any(|id| measured.contains_key(id)) || !before.text.contains('–'));
    }
    let Sentence { title, file, line, claims, .. } = is.or(was)?;
    Some((Quoted { title, file, line, before, after }, claims))
}

/// Without the marks around the places that are listed.
fn unmarked(markdown: &str, stayed: &[bool]) -> String {
    let [open, close] = MARKS;
    let mut parts = markdown.split(open);
    let first = parts.next().unwrap_or(markdown);
    let mark = |out: String, (part, stayed): (&str, &bool)| {
        if *stayed { out + &part.replace(close, "") } else { format!("{out}{open}{part}") }
    };
    parts.zip(stayed).fold(first.to_owned(), mark)
}
