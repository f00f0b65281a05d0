//! Which modules a user can name, and whether the head of one has an example that is compiled.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use syn::Visibility;

/// The words after a fence with which rustdoc still compiles what follows.
const COMPILED: [&str; 3] = ["", "no_run", "rust"];

/// A module that is reached through `pub mod` alone.
pub(super) struct Public {
    /// Its file, or the one that it stands in.
    pub(super) file: PathBuf,
    /// The sentences and examples of its `//!`.
    pub(super) head: String,
}

/// The public modules below a file, that of the file first; `open` reads and parses a path.
pub(super) fn modules(file: &Path, open: &dyn Fn(&Path) -> syn::File) -> Vec<Public> {
    let mut found = Vec::new();
    let folder = file.parent().unwrap_or(Path::new("")).to_path_buf();
    let parsed = open(file);
    below(file, [folder.clone(), folder], &parsed.attrs, &parsed.items, open, &mut found);
    found
}

/// A module and those in it: `named` is the folder of modules by name, `told` the one of those by `#[path]`.
fn below(
    file: &Path,
    [named, told]: [PathBuf; 2],
    attributes: &[syn::Attribute],
    items: &[syn::Item],
    open: &dyn Fn(&Path) -> syn::File,
    found: &mut Vec<Public>,
) {
    found.push(Public { file: file.to_path_buf(), head: head(attributes) });
    for item in items {
        let syn::Item::Mod(module) = item else { continue };
        if !matches!(module.vis, Visibility::Public(_)) {
            continue;
        }
        let name = module.ident.to_string();
        if let Some((_, items)) = &module.content {
            let inside = named.join(&name);
            below(file, [inside.clone(), inside], &module.attrs, items, open, found);
            continue;
        }
        let path = module.attrs.iter().find_map(|attribute| text(attribute, "path"));
        let (file, inside) = match path {
            // What is named by its path is the root of its own folder.
            Some(path) => {
                let file = told.join(path);
                let folder = file.parent().unwrap_or(Path::new("")).to_path_buf();
                (file, folder)
            }
            None => (named.join(format!("{name}.rs")), named.join(&name)),
        };
        let parsed = open(&file);
        let told = file.parent().unwrap_or(Path::new("")).to_path_buf();
        let attributes: Vec<syn::Attribute> = module.attrs.iter().chain(&parsed.attrs).cloned().collect();
        below(&file, [inside, told], &attributes, &parsed.items, open, found);
    }
}

/// The text of an attribute such as `#[path = "…"]`.
fn text(attribute: &syn::Attribute, name: &str) -> Option<String> {
    let syn::Meta::NameValue(pair) = &attribute.meta else { return None };
    match &pair.value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) if pair.path.is_ident(name) => Some(text.value()),
        _ => None,
    }
}

/// The lines of documentation, without the files that it includes.
fn head(attributes: &[syn::Attribute]) -> String {
    attributes.iter().filter_map(|attribute| text(attribute, "doc")).map(|line| line + "\n").collect()
}

/// Whether some fence in Markdown opens an example that is compiled and says something.
pub(super) fn has_example(head: &str) -> bool {
    // Of a fence that is open, whether it is compiled.
    let mut open: Option<bool> = None;
    for line in head.lines().map(str::trim) {
        match (line.strip_prefix("```"), open) {
            (Some(_), Some(_)) => open = None,
            (Some(words), None) => open = Some(words.split(',').all(|word| COMPILED.contains(&word.trim()))),
            (None, Some(true)) if !line.is_empty() => return true,
            _ => {}
        }
    }
    false
}

/// The files of public modules whose head has no example.
pub(super) fn without_example(modules: &[Public]) -> BTreeSet<&Path> {
    modules.iter().filter(|module| !has_example(&module.head)).map(|module| module.file.as_path()).collect()
}
