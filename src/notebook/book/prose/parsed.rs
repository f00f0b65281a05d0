//! Prose, parsed once: where its references and figures are, what else in it is no plain text, and what was typed by
//! hand.

use std::ops::Range;

use super::reference::Reference;
use crate::diagnostic::Diagnostic;
use crate::notebook::registry::Prose;
use crate::publish::math::{self, Class, Span};

/// Prose in pieces.
pub(super) struct Parsed<'p> {
    pub(super) prose: &'p Prose,
    /// Code, formulas, links, images, tags.
    pub(super) spans: Vec<Span>,
    /// The references, in order.
    pub(super) references: Vec<Reference<'p>>,
    /// Braces that are no reference.
    pub(super) problems: Vec<Diagnostic>,
}

impl<'p> Parsed<'p> {
    pub(super) fn new(prose: &'p Prose) -> Self {
        let mut parsed = Self { prose, spans: math::spans(&prose.text), references: Vec::new(), problems: Vec::new() };
        let text = &prose.text;
        let mut done = 0;
        while let Some(start) = text[done..].find("{{").map(|offset| done + offset) {
            let end = text[start..].find("}}").map(|length| start + length + 2);
            done = end.unwrap_or(text.len());
            if parsed.is_in(start, |class| matches!(class, Class::Code(_))) {
                continue;
            }
            let (what, cure) = match end {
                None => ("`{{` is never closed", "write `{{metric}}`"),
                Some(_) if parsed.is_in(start, |class| matches!(class, Class::Math { .. })) => (
                    "a reference stands inside mathematics",
                    "close the formula before it: a number links to its evidence",
                ),
                Some(end) => {
                    parsed.references.push(Reference::read(text, start..end));
                    continue;
                }
            };
            parsed.problems.push(prose.diagnostic(start, what, cure));
        }
        parsed
    }

    /// Whether a byte is in a span of some class.
    pub(super) fn is_in(&self, at: usize, of: impl Fn(&Class) -> bool) -> bool {
        self.spans.iter().any(|span| span.range.contains(&at) && of(&span.class))
    }

    /// Whether a byte is in a reference.
    pub(super) fn is_quoted(&self, at: usize) -> bool {
        self.references.iter().any(|reference| reference.at.contains(&at))
    }

    /// The figures, `![caption](target)`: where they stand, where their captions, and their targets.
    pub(super) fn figures(&self) -> impl Iterator<Item = (&Range<usize>, Range<usize>, &str)> {
        self.spans.iter().filter_map(|Span { range: at, class }| {
            let Class::Image(target) = class else { return None };
            let end = self.prose.text[at.clone()].rfind("](").map_or(at.start, |length| at.start + length);
            Some((at, (at.start + 2).min(end)..end, target.as_str()))
        })
    }
    /// What is wrong with it beside its references: LaTeX that cannot be set, and decimals that nobody measured, but
    /// for `constants`, which may stand in a formula.
    pub(super) fn typed_by_hand(&self, constants: &[String]) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        let mut problem = |at: usize, what: String, cure: &str| problems.push(self.prose.diagnostic(at, what, cure));
        for span in &self.spans {
            let Class::Math { latex, display } = &span.class else { continue };
            if let Err(error) = math::mathml(latex, *display) {
                problem(
                    span.range.start,
                    format!("the formula `{latex}` cannot be set: {}", error.trim()),
                    "mend the LaTeX",
                );
            }
            for (_, number) in
                decimals(latex).filter(|(_, number)| !constants.iter().any(|constant| constant == number))
            {
                let cure = "measure it and quote it, or list it in the head: `constants = [\"…\"]`";
                problem(span.range.start, format!("the decimal {number} is typed into mathematics"), cure);
            }
        }
        let exempt = |at: usize| self.is_quoted(at) || self.is_in(at, |class| !matches!(class, Class::Image(_)));
        for (at, number) in decimals(&self.prose.text).filter(|(at, _)| !exempt(*at)) {
            problem(
                at,
                format!("the decimal {number} is typed into prose"),
                "measure it in the test and quote it as `{{metric}}`",
            );
        }
        problems
    }
}

/// Numbers with a decimal point or a decimal exponent.
fn decimals(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let inside = |letter: char| letter.is_ascii_alphanumeric() || letter == '.' || letter == '_';
    let starts = text
        .match_indices(|letter: char| letter.is_ascii_digit())
        .filter(move |(at, _)| !text[..*at].ends_with(inside));
    starts.filter_map(|(at, _)| decimal(&text[at..]).map(|length| (at, &text[at..at + length])))
}

/// The length of the number that a text begins with, if it is a decimal.
fn decimal(text: &str) -> Option<usize> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(text);
    let fraction = text[whole..].strip_prefix('.').map_or(0, digits);
    let mantissa = if fraction > 0 { whole + 1 + fraction } else { whole };
    let power = text[mantissa..].strip_prefix(['e', 'E']).map(|power| power.strip_prefix(['-', '+']).unwrap_or(power));
    let end =
        power.filter(|power| digits(power) > 0).map_or(mantissa, |power| text.len() - power.len() + digits(power));
    (end > whole).then_some(end)
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
    fn references_and_figures_are_found_where_they_stand() {
        let text = "{{a}} `{{b}}` ![of {{c/d:2^}}, *e*](figure:f) ![](figure)";
        let prose = Prose::at("file", 1, text);
        let parsed = Parsed::new(&prose);
        let references: Vec<_> = parsed
            .references
            .iter()
            .map(|reference| (&text[reference.at.clone()], reference.claim, reference.metric))
            .collect();
        assert_eq!(references, [("{{a}}", None, "a"), ("{{c/d:2^}}", Some("c"), "d")]);
        let figures: Vec<_> =
            parsed.figures().map(|(at, caption, target)| (&text[at.clone()], &text[caption], target)).collect();
        assert_eq!(
            figures,
            [("![of {{c/d:2^}}, *e*](figure:f)", "of {{c/d:2^}}, *e*", "figure:f"), ("![](figure)", "", "figure")]
        );
        assert!(parsed.problems.is_empty());
    }
}
