//! Names in Rust source: what a file imports, and which paths its code mentions.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::{Item, UseTree};

/// A path as it is written: `["crate", "linalg", "gram"]`.
pub(super) type Written = Vec<String>;

/// The imports of some items: local name → path.
pub(super) fn imports(items: &[Item]) -> BTreeMap<String, Written> {
    let mut found = BTreeMap::new();
    for item in items {
        if let Item::Use(item) = item {
            walk(&item.tree, &mut Vec::new(), &mut found);
        }
    }
    found
}

fn walk(tree: &UseTree, above: &mut Written, found: &mut BTreeMap<String, Written>) {
    let mut insert = |local: String, last: Option<String>| {
        let path: Written = above.iter().cloned().chain(last).collect();
        found.insert(local, path);
    };
    match tree {
        UseTree::Path(path) => {
            above.push(path.ident.to_string());
            walk(&path.tree, above, found);
            above.pop();
        }
        UseTree::Name(name) if name.ident == "self" => insert(above.last().cloned().unwrap_or_default(), None),
        UseTree::Name(name) => insert(name.ident.to_string(), Some(name.ident.to_string())),
        UseTree::Rename(name) => insert(name.rename.to_string(), Some(name.ident.to_string())),
        UseTree::Glob(_) => insert(format!("*{}", above.join("::")), None),
        UseTree::Group(group) => group.items.iter().for_each(|tree| walk(tree, above, found)),
    }
}

/// Every path in some code, `a::b::c`, single names among them.
pub(super) fn paths(code: &str) -> Vec<Written> {
    let mut found = Vec::new();
    if let Ok(tokens) = code.parse() {
        collect(tokens, &mut found);
    }
    found
}

fn collect(tokens: TokenStream, found: &mut Vec<Written>) {
    let mut path: Written = Vec::new();
    let mut colons = 0;
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                if colons != 2 {
                    found.extend(Some(std::mem::take(&mut path)).filter(|path| !path.is_empty()));
                }
                path.push(ident.to_string());
                colons = 0;
            }
            TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
            other => {
                found.extend(Some(std::mem::take(&mut path)).filter(|path| !path.is_empty()));
                colons = 0;
                if let TokenTree::Group(group) = other {
                    collect(group.stream(), found);
                }
            }
        }
    }
    found.extend(Some(path).filter(|path| !path.is_empty()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(paths: &[&[&str]]) -> Vec<Written> {
        paths.iter().map(|path| path.iter().map(|name| (*name).to_owned()).collect()).collect()
    }

    #[test]
    fn imports_are_found_in_groups_and_under_other_names() {
        let file = syn::parse_file("use a::{self, b::C, d as e}; use f::*;").expect("Rust");
        let found: Vec<(String, Written)> = imports(&file.items).into_iter().collect();
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["*f", "C", "a", "e"]);
        assert_eq!(found[1].1, ["a", "b", "C"]);
        assert_eq!(found[3].1, ["a", "d"]);
    }

    #[test]
    fn paths_are_found_inside_of_everything() {
        let found = paths("let x: A = b::c(d, |e| e.f::<g::H>());");
        for path in written(&[&["A"], &["b", "c"], &["d"], &["g", "H"]]) {
            assert!(found.contains(&path), "{path:?} is missing from {found:?}");
        }
    }
}
