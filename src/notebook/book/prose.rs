//! Prose takes its numbers from snapshots: `{{metric}}` becomes the accepted number, linked to its row of evidence.
//!
//! `{{gap}}` prints three significant digits, `{{gap:4}}` four, `{{gap:.2}}` two decimals; `{{gap|about twice|1.8..2.2}}`
//! prints words that must stay true. `{{gap:2^}}` rounds up and `{{gap:2_}}` down, for a number that the sentence quotes as a bound:
//! “no more than {{gap:2^}}”, “at least {{gap:2_}}”. `{{gap.lowest}}`, `{{gap.highest}}`, `{{gap.limit}}` read the other numbers of a
//! metric, `{{claim/gap}}` a metric of another claim. A number typed by hand is an error: a decimal in prose, or a
//! decimal in mathematics that the claim's head does not list among its `constants`. Code and links are exempt.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::notebook::claim::metric::{Limit, Metric, Reading};
use crate::notebook::claim::snapshot::Metrics;
use crate::notebook::registry::{Claim, Prose, Registry};
use crate::publish::math::{self, Class, Span};
use crate::publish::number::{self, Digits};

/// Everything prose may quote.
pub struct Numbers<'a> {
    /// The claims.
    pub registry: &'a Registry,
    /// Their accepted metrics.
    pub metrics: &'a BTreeMap<String, Metrics>,
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
    /// The Markdown.
    pub markdown: String,
    /// The metrics it quotes: claim and name.
    pub quoted: BTreeSet<(String, String)>,
    /// What is wrong with it.
    pub problems: Vec<Diagnostic>,
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
    let quote = |range: Range<usize>| {
        let reference = Reference::read(between_braces(prose, &range));
        let of = (reference.claim.or(place.claim.map(|claim| claim.id.as_str())).unwrap_or_default().to_owned(), reference.metric.to_owned());
        let phrase = reference.words.zip(reference.range).map(|(words, range)| (words.to_owned(), range.to_owned()));
        Quote { range, of, phrase, shown: reference.resolve(place, numbers).map(|(_, shown)| shown.on(place.medium)).map_err(|(what, _)| what) }
    };
    references(prose, &math::spans(&prose.text), &mut Vec::new()).into_iter().map(quote).collect()
}

/// The page of a claim.
pub fn page(claim: &Claim) -> String {
    format!("{}.md", claim.chapter)
}

/// The anchor of a row of evidence.
pub fn anchor(claim: &str, metric: &str) -> String {
    format!("{claim}.{metric}")
}

/// Puts the numbers in and checks that no other numbers, and no broken mathematics, are there.
pub fn weave(prose: &Prose, place: Place<'_>, numbers: &Numbers<'_>) -> Woven {
    let mut woven = Woven::default();
    let spans = math::spans(&prose.text);
    let constants: &[String] = place.claim.map_or(&[], |claim| &claim.head.constants);
    check_mathematics(prose, &spans, constants, &mut woven.problems);
    let mut done = 0;
    for range in references(prose, &spans, &mut woven.problems) {
        let text = between_braces(prose, &range);
        let reference = Reference::read(text);
        woven.markdown.push_str(&prose.text[done..range.start]);
        done = range.end;
        match reference.resolve(place, numbers) {
            Ok((claim, shown)) => {
                let target = if page(claim) == place.page { String::new() } else { page(claim) };
                woven.markdown.push_str(&match place.medium {
                    Medium::Page => {
                        // A formula is no name for a link: it gets the number in plain characters.
                        let Shown { page, plain } = shown;
                        let label = if page.starts_with('$') { format!(" aria-label=\"{plain}\"") } else { String::new() };
                        format!("<a class=\"n\" href=\"{target}#{}\"{label}>{page}</a>", anchor(&claim.id, reference.metric))
                    }
                    Medium::Terminal => shown.plain,
                });
                woven.quoted.insert((claim.id.clone(), reference.metric.to_owned()));
            }
            Err((what, cure)) => woven.problems.push(prose.diagnostic(range.start, format!("`{{{{{text}}}}}` {what}"), cure)),
        }
    }
    woven.markdown.push_str(&prose.text[done..]);
    woven
}

/// References outside code and mathematics; typed decimals outside references, code, links and tags are reported.
fn references(prose: &Prose, spans: &[Span], problems: &mut Vec<Diagnostic>) -> Vec<Range<usize>> {
    let text = &prose.text;
    let inside = |offset: usize, test: &dyn Fn(&Class) -> bool| spans.iter().any(|span| span.range.contains(&offset) && test(&span.class));
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find("{{").map(|offset| at + offset) {
        let end = text[start..].find("}}").map(|length| start + length + 2);
        at = end.unwrap_or(text.len());
        if inside(start, &|class| matches!(class, Class::Code(_))) {
            continue;
        }
        match end {
            None => problems.push(prose.diagnostic(start, "`{{` is never closed", "write `{{metric}}`")),
            Some(_) if inside(start, &|class| matches!(class, Class::Math { .. })) => {
                problems.push(prose.diagnostic(start, "a reference stands inside mathematics", "close the formula before it: a number links to its evidence"));
            }
            Some(end) => found.push(start..end),
        }
    }
    let exempt = |class: &Class| matches!(class, Class::Code(_) | Class::Link(_) | Class::Tag | Class::Math { .. });
    for (offset, number) in decimals(text) {
        if !inside(offset, &exempt) && !found.iter().any(|range| range.contains(&offset)) {
            problems.push(prose.diagnostic(offset, format!("the decimal {number} is typed into prose"), "measure it in the test and quote it as `{{metric}}`"));
        }
    }
    found
}

fn check_mathematics(prose: &Prose, spans: &[Span], constants: &[String], problems: &mut Vec<Diagnostic>) {
    for span in spans {
        let Class::Math { latex, display } = &span.class else {
            continue;
        };
        if let Err(error) = math::mathml(latex, *display) {
            problems.push(prose.diagnostic(span.range.start, format!("the formula `{latex}` cannot be set: {}", error.trim()), "mend the LaTeX"));
        }
        for (_, number) in decimals(latex) {
            if !constants.iter().any(|constant| constant == number) {
                problems.push(prose.diagnostic(
                    span.range.start,
                    format!("the decimal {number} is typed into mathematics"),
                    "measure it and quote it, or list it in the head: `constants = [\"…\"]`",
                ));
            }
        }
    }
}

/// Numbers with a decimal point or a decimal exponent.
fn decimals(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let starts =
        (0..bytes.len()).filter(move |&at| digit(at) && !(at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'.' || bytes[at - 1] == b'_')));
    starts.filter_map(move |start| {
        let mut end = start;
        while digit(end) {
            end += 1;
        }
        let whole = end;
        if bytes.get(end) == Some(&b'.') && digit(end + 1) {
            end += 1;
            while digit(end) {
                end += 1;
            }
        }
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'-' | b'+')));
        if matches!(bytes.get(end), Some(b'e' | b'E')) && digit(end + 1 + sign) {
            end += 1 + sign;
            while digit(end) {
                end += 1;
            }
        }
        (end > whole).then(|| (start, &text[start..end]))
    })
}

type Wrong = (String, String);

/// What a reference prints: on a page a formula where it needs one, elsewhere plain characters.
struct Shown {
    page: String,
    plain: String,
}

impl Shown {
    fn number(value: f64, digits: Digits) -> Self {
        Self { page: number::markdown(value, digits), plain: number::unicode(value, digits) }
    }

    fn words(words: String) -> Self {
        Self { page: words.clone(), plain: words }
    }

    fn on(self, medium: Medium) -> String {
        if medium == Medium::Page { self.page } else { self.plain }
    }
}

/// What stands between the braces of a reference.
fn between_braces<'p>(prose: &'p Prose, range: &Range<usize>) -> &'p str {
    &prose.text[range.start + 2..range.end - 2]
}

/// A reference taken apart: `claim/metric.part:digits|words|range`, of which only the metric must be there.
#[derive(Clone, Copy)]
struct Reference<'t> {
    claim: Option<&'t str>,
    metric: &'t str,
    part: Option<&'t str>,
    digits: Option<&'t str>,
    words: Option<&'t str>,
    range: Option<&'t str>,
}

impl<'t> Reference<'t> {
    fn read(text: &'t str) -> Self {
        let mut bars = text.splitn(3, '|');
        let (name, words, range) = (bars.next().unwrap_or_default(), bars.next(), bars.next());
        let (name, digits) = cut(name, ':');
        let (claim, metric) = name.split_once('/').map_or((None, name), |(claim, metric)| (Some(claim), metric));
        let (metric, part) = cut(metric, '.');
        Self { claim, metric, part, digits, words, range }
    }

    /// The claim that it names, and what a reader sees.
    fn resolve<'a>(self, place: Place<'a>, numbers: &Numbers<'a>) -> Result<(&'a Claim, Shown), Wrong> {
        let Self { metric, part, .. } = self;
        let (digits, up) = self.digits.map_or(Ok((Digits::Significant(3), None)), digits)?;
        let claim = self.claim.map_or(place.claim, |id| numbers.registry.claim(id));
        let claim = claim.ok_or_else(|| wrong("names no claim", "write `{{claim/metric}}` with the name of a test"))?;
        let metrics = numbers.metrics.get(&claim.id).ok_or_else(|| wrong(format!("cannot be read: `{}` has no snapshot yet", claim.id), run_claim(claim)))?;
        let measured = metrics.iter().find(|(other, _)| other == metric).map(|(_, metric)| metric);
        let measured = measured.ok_or_else(|| {
            wrong(format!("dangles: `{}` records no metric `{metric}`", claim.id), format!("record it in the test, or quote one of: {}", names(metrics)))
        })?;
        let value = number(measured, part)?;
        let shown = match (self.words, self.range, measured.reading) {
            (Some(words), Some(range), _) => Shown::words(phrase(words, range, value)?),
            (Some(_), None, _) => return Err(wrong("is a phrase without a range", "write `{{metric|about twice|1.8..2.2}}`")),
            (None, _, Reading::Count { exactly, .. }) => Shown::words(exactly.to_string()),
            (None, _, Reading::Rounding { .. }) => Shown::number(value, Digits::Short(2)),
            (None, _, Reading::Value(_)) => Shown::number(up.map_or(value, |up| number::outward(value, digits, up)), digits),
        };
        Ok((claim, shown))
    }
}

/// What stands before a mark, and what after it.
fn cut(text: &str, mark: char) -> (&str, Option<&str>) {
    text.split_once(mark).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn wrong(what: impl Into<String>, cure: impl Into<String>) -> Wrong {
    (what.into(), cure.into())
}

/// The command that measures a claim and accepts what it measured.
pub(crate) fn run_claim(claim: &Claim) -> String {
    format!("run `INSTA_UPDATE=always cargo test --test claims {}` and read what it wrote", claim.id)
}

fn names(metrics: &Metrics) -> String {
    metrics.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
}

/// How many digits, and for a bound whether upwards or downwards.
fn digits(text: &str) -> Result<(Digits, Option<bool>), Wrong> {
    let (number, up) = match (text.strip_suffix('^'), text.strip_suffix('_')) {
        (Some(number), _) => (number, Some(true)),
        (_, Some(number)) => (number, Some(false)),
        _ => (text, None),
    };
    let parsed = match number.strip_prefix('.') {
        Some(decimals) => decimals.parse().map(Digits::Decimals),
        None => number.parse().map(Digits::Significant),
    };
    let digits = parsed.map_err(|_| {
        wrong(
            format!("asks for the digits `{text}`"),
            "write `:4` for four significant digits, `:.2` for two decimals, `:2^` and `:2_` for a bound from above and from below",
        )
    })?;
    Ok((digits, up))
}

/// One number of a metric.
fn number(metric: &Metric, part: Option<&str>) -> Result<f64, Wrong> {
    let value = match (metric.reading, part) {
        (Reading::Rounding { rounding_at_most, .. }, None) => Some(rounding_at_most),
        #[expect(clippy::cast_precision_loss, reason = "counts are small")]
        (Reading::Count { exactly, .. }, None) => Some(exactly as f64),
        (Reading::Value(value), None) => Some(value.value),
        (Reading::Value(value), Some("limit")) => value.limit.map(Limit::number),
        (Reading::Value(value), Some("lowest")) => value.spread.map(|spread| spread.lowest),
        (Reading::Value(value), Some("highest")) => value.spread.map(|spread| spread.highest),
        _ => None,
    };
    value.ok_or_else(|| {
        wrong(
            format!("asks for `.{}`, which this metric has not", part.unwrap_or_default()),
            "a judged metric has `.limit`, one over runs `.lowest` and `.highest`",
        )
    })
}

fn phrase(words: &str, range: &str, value: f64) -> Result<String, Wrong> {
    let bounds = range.split_once("..").and_then(|(low, high)| Some((low.trim().parse::<f64>().ok()?, high.trim().parse::<f64>().ok()?)));
    let (low, high) = bounds.ok_or_else(|| wrong(format!("has the range `{range}`"), "write two numbers: `1.8..2.2`"))?;
    if (low..=high).contains(&value) {
        return Ok(words.to_owned());
    }
    Err(wrong(format!("is no longer true: the number is now {value:.4e}, outside {low}..{high}"), "rewrite the sentence to say what is true now"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_found_and_names_are_not() {
        let found = |text: &'static str| decimals(text).collect::<Vec<_>>();
        assert_eq!(found("0.5 and 1e-3, 12, 3.14."), [(0, "0.5"), (8, "1e-3"), (18, "3.14")]);
        assert_eq!(found("2.50E+10 12e5 007.25"), [(0, "2.50E+10"), (9, "12e5"), (14, "007.25")]);
        assert_eq!(found("v1.2, x_1.5, 1_2.5, 7., 4e, 4e-, 4ex, 4e+x, .5"), []);
        assert_eq!(found("1.2.3 1.5e 1.5e- 1.5em"), [(0, "1.2"), (6, "1.5"), (11, "1.5"), (17, "1.5")]);
    }

    #[test]
    fn digits_say_how_many_and_which_way() {
        assert_eq!(digits("3"), Ok((Digits::Significant(3), None)));
        assert_eq!(digits(".2^"), Ok((Digits::Decimals(2), Some(true))));
        assert_eq!(digits("2_"), Ok((Digits::Significant(2), Some(false))));
        assert!(digits("^").is_err());
    }

    #[test]
    fn phrases_hold_only_in_their_range() {
        for value in [1.8, 2.0, 2.2] {
            assert_eq!(phrase("about twice", "1.8 .. 2.2", value).as_deref(), Ok("about twice"));
        }
        for value in [1.79, 2.3, f64::NAN] {
            assert!(phrase("about twice", "1.8..2.2", value).is_err_and(|(what, _)| what.contains("no longer true")));
        }
        for range in ["1.8", "1.8..", "low..high"] {
            assert!(phrase("about twice", range, 2.0).is_err_and(|(what, _)| what == format!("has the range `{range}`")));
        }
    }
}
