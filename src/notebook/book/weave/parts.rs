//! What several pages are put together from: a claim's link, a kind and a verdict with their shapes.

use super::markup;
use crate::notebook::book::prose;
use crate::notebook::registry::{Claim, Kind, Verdict};
use crate::publish::capital;

/// A claim's title as a link to it.
pub(super) fn link(claim: &Claim) -> String {
    format!("<a href=\"{}#{}\">{}</a>", prose::page(claim), claim.id, markup(&claim.title))
}

/// A kind as a shape and its word.
pub(super) fn kind(kind: Kind) -> String {
    format!("<span class=\"kind {}\">{}</span>", kind.name(), capital(kind.name()))
}

/// A verdict as a shape and words.
pub(super) fn badge(verdict: Verdict, words: &str) -> String {
    format!("<span class=\"verdict {}\">{words}</span>", verdict.class())
}
