//! What claims build on, as drawings: all of them, and the surroundings of one.

use std::collections::BTreeMap;

use maud::html;

use super::drawing::{self, Node};
use super::parts::href;
use crate::notebook::book::page::Plate;
use crate::notebook::registry::{Claim, Registry};

/// Every claim of the book.
pub(super) fn whole(registry: &Registry) -> Plate {
    let claims: Vec<&Claim> = registry.claims().collect();
    let mut nodes = nodes(&claims);
    for (node, claim) in nodes.iter_mut().zip(&claims) {
        let chapter = registry.chapters.iter().find(|chapter| chapter.claims.first() == Some(claim));
        node.chapter = chapter.map(|chapter| chapter.title.clone());
    }
    let uses: usize = claims.iter().map(|claim| claim.head.uses.len()).sum();
    let most = claims.iter().rev().max_by_key(|claim| registry.users(&claim.id).count());
    let most = most.map_or(String::new(), |claim| {
        format!(" Most build on “{}”: {} claims.", claim.title, registry.users(&claim.id).count())
    });
    let description = format!(
        "{} claims in reading order, and {uses} arcs, each from a claim to one that builds on it.{most}",
        claims.len()
    );
    let drawing = drawing::draw(&nodes, None, "What the claims build on", &description, "uses");
    let below = html! { figcaption { "All claims in reading order, with their kinds. Arrows lead from a claim to what builds on it." } };
    Plate::new("uses".to_owned(), drawing, description, None, &below)
}

/// What a claim rests on and what builds on it directly, folded away; nothing where it stands alone.
pub(super) fn around(registry: &Registry, claim: &Claim) -> Option<Plate> {
    let foundations = registry.foundations(&claim.id);
    let users: Vec<&Claim> = registry.users(&claim.id).collect();
    if foundations.is_empty() && users.is_empty() {
        return None;
    }
    let near =
        |other: &&Claim| other.id == claim.id || foundations.iter().chain(&users).any(|near| near.id == other.id);
    let claims: Vec<&Claim> = registry.claims().filter(near).collect();
    let words = format!("It {}", standing(foundations.len(), users.len()));
    let title = format!("Where “{}” stands", claim.title);
    let description = format!("{words}. {}.", sentences(&claims));
    let focus = claims.iter().position(|other| other.id == claim.id);
    let name = format!("uses-{}", claim.id);
    let drawing = drawing::draw(&nodes(&claims), focus, &title, &description, &name);
    let below = html! { figcaption { "Arrows lead from a claim to what builds on it." } };
    Some(Plate::new(name, drawing, format!("{title}. {description}"), None, &below).folded(&words))
}

/// `rests on 3 claims, and 2 build on it`.
fn standing(foundations: usize, users: usize) -> String {
    let below = match foundations {
        0 => "no other claim".to_owned(),
        1 => "one claim".to_owned(),
        count => format!("{count} claims"),
    };
    let above = match users {
        0 => "none builds".to_owned(),
        1 => "one builds".to_owned(),
        count => format!("{count} build"),
    };
    format!("rests on {below}, and {above} on it")
}

fn sentences(claims: &[&Claim]) -> String {
    let sentence = |claim: &&Claim| {
        let used: Vec<String> = claims
            .iter()
            .filter(|other| claim.head.uses.contains(&other.id))
            .map(|other| format!("“{}”", other.title))
            .collect();
        (!used.is_empty()).then(|| format!("“{}” builds on {}", claim.title, used.join(" and ")))
    };
    claims.iter().filter_map(sentence).collect::<Vec<_>>().join("; ")
}

fn nodes(claims: &[&Claim]) -> Vec<Node> {
    let places: BTreeMap<&str, usize> =
        claims.iter().enumerate().map(|(place, claim)| (claim.id.as_str(), place)).collect();
    let node = |claim: &&Claim| Node {
        title: claim.title.clone(),
        link: href(claim),
        kind: claim.head.kind,
        chapter: None,
        uses: claim.head.uses.iter().filter_map(|used| places.get(used.as_str()).copied()).collect(),
    };
    claims.iter().map(node).collect()
}
