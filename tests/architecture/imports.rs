//! Which room imports which: every path of every module, resolved, and held to a table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A module by its path below the crate: `["data", "split"]`.
pub(super) type Module = Vec<String>;

/// The module that a file of `src` holds; none for those that only gather: `main.rs` and `lib.rs`.
pub(super) fn module(file: &Path) -> Option<Module> {
    let below = file.strip_prefix("src").ok()?.with_extension("");
    let path: Module = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    (!["main", "lib"].contains(&path[0].as_str())).then_some(path)
}

/// Every path that begins with `crate`, `super` or `self`, in use declarations, in code and inside macros.
pub(super) fn paths(tokens: TokenStream) -> Vec<Vec<String>> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found = Vec::new();
    let mut place = 0;
    while place < tokens.len() {
        match &tokens[place] {
            TokenTree::Group(group) => found.extend(paths(group.stream())),
            TokenTree::Ident(ident)
                if ["crate", "super", "self"].iter().any(|root| ident == root) && is_colon(&tokens, place + 1) =>
            {
                place += tree(&tokens[place..], &[], &mut found);
                continue;
            }
            _ => {}
        }
        place += 1;
    }
    found
}

fn is_colon(tokens: &[TokenTree], place: usize) -> bool {
    let colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    colon(place) && colon(place + 1)
}

/// Reads one path, or the tree of a use declaration, and says how many tokens it took.
fn tree(tokens: &[TokenTree], before: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = before.to_vec();
    let mut place = 0;
    loop {
        match tokens.get(place) {
            Some(TokenTree::Ident(ident)) => path.push(ident.to_string()),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                for branch in inside.split(|token| matches!(token, TokenTree::Punct(comma) if comma.as_char() == ',')) {
                    tree(branch, &path, found);
                }
                return place + 1;
            }
            _ => break,
        }
        place += 1;
        if !is_colon(tokens, place) {
            break;
        }
        place += 2;
    }
    found.push(path);
    place.max(1)
}

/// The module that a path leads to from another one; none where it leaves the crate's modules.
pub(super) fn target(from: &Module, path: &[String], modules: &BTreeSet<Module>) -> Option<Module> {
    let mut at = if path[0] == "crate" { Module::new() } else { from.clone() };
    let mut rest = path.iter().peekable();
    while let Some(step) = rest.next_if(|step| ["crate", "super", "self"].contains(&step.as_str())) {
        if step == "super" {
            at.pop();
        }
    }
    for step in rest {
        at.push(step.clone());
        if !modules.contains(&at) {
            at.pop();
            break;
        }
    }
    modules.contains(&at).then_some(at)
}

/// Where two modules part: what both lie in, and the room of each there. None where one lies in the other.
pub(super) fn parting(from: &Module, to: &Module) -> Option<(Module, String, String)> {
    let shared = from.iter().zip(to).take_while(|(a, b)| a == b).count();
    Some((from[..shared].to_vec(), from.get(shared)?.clone(), to.get(shared)?.clone()))
}

/// The first circle among rooms, as the way round.
pub(super) fn circle(arrows: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    let mut done = BTreeSet::new();
    arrows.keys().find_map(|room| round(room, arrows, &mut Vec::new(), &mut done))
}

fn round(
    room: &String,
    arrows: &BTreeMap<String, BTreeSet<String>>,
    way: &mut Vec<String>,
    done: &mut BTreeSet<String>,
) -> Option<Vec<String>> {
    if let Some(first) = way.iter().position(|before| before == room) {
        return Some([&way[first..], std::slice::from_ref(room)].concat());
    }
    if !done.insert(room.clone()) {
        return None;
    }
    way.push(room.clone());
    let found = arrows.get(room).into_iter().flatten().find_map(|next| round(next, arrows, way, done));
    way.pop();
    found
}
