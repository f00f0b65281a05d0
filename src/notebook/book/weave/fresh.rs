//! What became of a claim on draws that nobody looked at while it was written.

use maud::{Markup, html};

use super::Loom;
use super::parts::muted;
use crate::notebook::claim::replication::{FILE, Replicated, interval};
use crate::notebook::registry::Claim;
use crate::publish::number::{self, Digits};

/// A line under the evidence of a claim that depends on a draw.
pub(super) fn line(loom: &Loom<'_>, claim: &Claim) -> String {
    let words = match loom.replication.claims.get(&claim.id) {
        None => return String::new(),
        Some(replicated) if !replicated.is_of(loom.registry, claim) => {
            format!("Its test has changed since it was last replicated ({}).", replicated.words())
        }
        Some(replicated) if !replicated.drawn => "Nothing in it depends on a draw.".to_owned(),
        Some(replicated) => format!(
            "Held in {} (numbers {}){}.",
            replicated.words(),
            replicated.draws.replace("..", " to "),
            between(replicated)
        ),
    };
    html! { p.fresh { (words) } }.into_string()
}

/// The exact interval for the rate.
fn between(replicated: &Replicated) -> String {
    let (low, high) = interval(replicated.held, replicated.of);
    let percent = |share: f64| number::unicode(100.0 * share, Digits::Short(3));
    format!(": with 95 % confidence its rate is between {} and {} %", percent(low), percent(high))
}

/// A cell of a list: `40 of 40`; empty where it does not apply.
pub(super) fn cell(loom: &Loom<'_>, claim: &Claim) -> Markup {
    match loom.replication.claims.get(&claim.id) {
        None => html! {},
        Some(replicated) if !replicated.is_of(loom.registry, claim) => muted("not since it changed"),
        Some(replicated) if !replicated.drawn => muted("no draw"),
        Some(replicated) => {
            let words = format!("{} of {}", replicated.held, replicated.of);
            html! { @if replicated.is_enough() { (words) } @else { b { (words) } } }
        }
    }
}

/// In brackets behind a finding: how often it held, where that depends on a draw.
pub(super) fn behind(loom: &Loom<'_>, claim: &Claim) -> Markup {
    let known = loom.replication.current(loom.registry, claim).filter(|replicated| replicated.drawn);
    html! { @if let Some(replicated) = known { " " span.muted title=(FILE) { "(" (replicated.words()) ")" } } }
}
