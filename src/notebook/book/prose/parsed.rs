//! Prose, parsed once: where its references and figures are, and what else in it is no plain text.

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

/// A figure as prose asks for it: `![caption](target)`.
pub(super) struct Asked<'s> {
    pub(super) at: &'s Range<usize>,
    pub(super) target: &'s str,
    pub(super) caption: Range<usize>,
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
                Some(_) if parsed.is_in(start, |class| matches!(class, Class::Math { .. })) => {
                    ("a reference stands inside mathematics", "close the formula before it: a number links to its evidence")
                }
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

    /// The figures, in order.
    pub(super) fn figures(&self) -> impl Iterator<Item = Asked<'_>> {
        self.spans.iter().filter_map(|Span { range: at, class }| {
            let Class::Image(target) = class else { return None };
            let end = self.prose.text[at.clone()].rfind("](").map_or(at.start, |length| at.start + length);
            Some(Asked { at, target, caption: (at.start + 2).min(end)..end })
        })
    }
}
