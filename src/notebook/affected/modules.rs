//! Which modules of the crate a claim reaches.
//!
//! Inside the crate the grain is a module: what it imports or mentions, it depends on, through re-exports to where an item
//! stands. In the tests it is a function: a claim depends on what its test names and on what the helpers that it names name.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use syn::spanned::Spanned as _;
use syn::{File, Item};

use super::scan::{self, Written};
use crate::notebook::files_below;
use crate::notebook::registry::{CONTENTS, Claim, Problem};

/// The name of the crate, as its tests write it.
const CRATE: &str = "attention_regression";

/// Re-exports that a path may lead through; names that lead to each other end here.
const HOPS: u8 = 16;

/// A module by its path from the crate's root: `regression::ridge`; the root is empty.
pub(super) type Module = String;

/// What depends on what.
#[derive(Debug, Default)]
pub struct Sources {
    /// Modules by file.
    files: BTreeMap<PathBuf, Module>,
    /// What each module imports and re-exports, by local name.
    imports: BTreeMap<Module, BTreeMap<String, Written>>,
    /// Modules that each module depends on.
    edges: BTreeMap<Module, BTreeSet<Module>>,
    /// Modules that each claim's test depends on, by chapter and claim.
    direct: BTreeMap<(PathBuf, String), BTreeSet<Module>>,
}

/// A file of the tests: what it imports, and the code of its items by name.
struct Helpers {
    imports: BTreeMap<String, Written>,
    items: BTreeMap<String, String>,
}

impl Sources {
    /// Reads `src` and `tests/claims` below a root.
    ///
    /// # Errors
    /// A file that is no Rust.
    pub fn read(root: &Path) -> Result<Self, Vec<Problem>> {
        let mut sources = Self::default();
        let mut texts = Vec::new();
        for file in rust_files(root, Path::new("src")) {
            let (text, parsed) = parsed(root, &file)?;
            let module = module_of(&file);
            let items: Vec<Item> = parsed.items.into_iter().filter(|item| !for_tests(item)).collect();
            sources.imports.insert(module.clone(), scan::imports(&items));
            sources.files.insert(file, module.clone());
            let code: Vec<String> = items.iter().filter(|item| !matches!(item, Item::Use(_) | Item::Mod(_))).map(|item| code(&text, item)).collect();
            texts.push((module, code.join("\n")));
        }
        for (module, code) in texts {
            let reached = scan::paths(&code).iter().filter_map(|path| sources.resolve(&module, path, HOPS)).collect();
            sources.edges.insert(module, reached);
        }
        sources.read_tests(root)?;
        Ok(sources)
    }

    fn read_tests(&mut self, root: &Path) -> Result<(), Vec<Problem>> {
        let folder = Path::new(CONTENTS).parent().unwrap_or(Path::new(""));
        let mut all = BTreeMap::new();
        for file in rust_files(root, folder) {
            let (text, parsed) = parsed(root, &file)?;
            let named = parsed.items.iter().flat_map(|item| names(item).into_iter().map(|name| (name, code(&text, item))));
            let mut items = BTreeMap::<String, String>::new();
            for (name, code) in named {
                items.entry(name).or_default().push_str(&code);
            }
            all.insert(file, Helpers { imports: scan::imports(&parsed.items), items });
        }
        for (file, helpers) in &all {
            for name in helpers.items.keys() {
                let reached = self.reached_by(&all, file, name);
                self.direct.insert((file.clone(), name.clone()), reached);
            }
        }
        Ok(())
    }

    /// The modules that an item of a test file names, by itself or through other items of the tests.
    fn reached_by(&self, all: &BTreeMap<PathBuf, Helpers>, file: &Path, name: &str) -> BTreeSet<Module> {
        let (mut seen, mut reached) = (BTreeSet::new(), BTreeSet::new());
        let mut queue = VecDeque::from([(file.to_path_buf(), name.to_owned())]);
        while let Some((file, name)) = queue.pop_front() {
            if !seen.insert((file.clone(), name.clone())) {
                continue;
            }
            let Some(helpers) = all.get(&file) else { continue };
            let Some(code) = helpers.items.get(&name) else { continue };
            for path in scan::paths(code) {
                let Some(first) = path.first() else { continue };
                if helpers.items.contains_key(first) {
                    queue.push_back((file.clone(), first.clone()));
                }
                let Some(import) = helpers.imports.get(first) else { continue };
                let whole: Written = import.iter().chain(path.iter().skip(1)).cloned().collect();
                match whole.first().map(String::as_str) {
                    Some(CRATE) => reached.extend(self.within("", &whole[1..], HOPS)),
                    Some("crate") if whole.len() > 2 => queue.push_back((file.with_file_name(format!("{}.rs", whole[1])), whole[2].clone())),
                    _ => {}
                }
            }
        }
        reached
    }

    /// The module of a file of the crate.
    pub(super) fn module(&self, file: &Path) -> Option<Module> {
        self.files.get(file).cloned()
    }

    /// Whether a claim depends on a module.
    pub(super) fn reaches(&self, claim: &Claim, module: &str) -> bool {
        self.reaches_from(&claim.file, &claim.id, module)
    }

    fn reaches_from(&self, file: &Path, test: &str, module: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut queue: Vec<&Module> = self.direct.get(&(file.to_path_buf(), test.to_owned())).into_iter().flatten().collect();
        while let Some(next) = queue.pop() {
            if next == module {
                return true;
            }
            if seen.insert(next) {
                queue.extend(self.edges.get(next).into_iter().flatten());
            }
        }
        false
    }

    /// Where a path that is written in a module leads, if it leads into the crate.
    fn resolve(&self, module: &str, path: &[String], hops: u8) -> Option<Module> {
        let hops = hops.checked_sub(1)?;
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.within("", rest, hops),
            "self" => self.within(module, rest, hops),
            "super" => self.within(parent(module), rest, hops),
            _ => {
                // A child module goes before an import of the same name, which re-exports something of it.
                let child = if module.is_empty() { first.clone() } else { format!("{module}::{first}") };
                if self.imports.contains_key(&child) {
                    return self.within(&child, rest, hops);
                }
                let import = self.imports.get(module)?.get(first)?;
                // A path that begins with its own name leads out of the crate.
                let inside = import.first() != Some(first);
                inside.then(|| self.resolve(module, &import.iter().chain(rest).cloned().collect::<Written>(), hops)).flatten()
            }
        }
    }

    /// The module in which the item at a path below a module stands: deeper modules first, then re-exports, then the module itself.
    fn within(&self, module: &str, path: &[String], hops: u8) -> Option<Module> {
        let Some((first, rest)) = path.split_first() else { return Some(module.to_owned()) };
        if first == "super" {
            return self.within(parent(module), rest, hops);
        }
        let child = if module.is_empty() { first.clone() } else { format!("{module}::{first}") };
        if self.imports.contains_key(&child) {
            return self.within(&child, rest, hops);
        }
        match self.imports.get(module)?.get(first) {
            Some(import) if import.first() != Some(first) => self.resolve(module, &import.iter().chain(rest).cloned().collect::<Written>(), hops),
            _ => Some(module.to_owned()),
        }
    }
}

fn parent(module: &str) -> &str {
    module.rsplit_once("::").map_or("", |(above, _)| above)
}

fn module_of(file: &Path) -> Module {
    let path = file.with_extension("");
    let below: Vec<String> = path.iter().skip(1).map(|name| name.to_string_lossy().into_owned()).collect();
    if below == ["lib"] { String::new() } else { below.join("::") }
}

fn rust_files(root: &Path, folder: &Path) -> Vec<PathBuf> {
    let files = files_below(&root.join(folder)).into_iter().map(|file| folder.join(file));
    files.filter(|file| file.extension().is_some_and(|extension| extension == "rs")).collect()
}

fn parsed(root: &Path, file: &Path) -> Result<(String, File), Vec<Problem>> {
    let cannot = |what: String| vec![Problem::new(file, 0, what, "make it a Rust source")];
    let text = std::fs::read_to_string(root.join(file)).map_err(|error| cannot(format!("cannot be read: {error}")))?;
    let parsed = syn::parse_file(&text).map_err(|error| cannot(format!("cannot be parsed: {error}")))?;
    Ok((text, parsed))
}

/// Whether an item is compiled for tests only.
fn for_tests(item: &Item) -> bool {
    matches!(item, Item::Mod(module) if module.ident == "tests" && module.content.is_some())
}

/// The lines of an item.
fn code(text: &str, item: &Item) -> String {
    let span = item.span();
    text.lines().skip(span.start().line - 1).take(span.end().line - span.start().line + 1).collect::<Vec<_>>().join("\n")
}

/// What an item of a test file is called; an implementation goes by its type.
fn names(item: &Item) -> Vec<String> {
    match item {
        Item::Fn(item) => vec![item.sig.ident.to_string()],
        Item::Struct(item) => vec![item.ident.to_string()],
        Item::Enum(item) => vec![item.ident.to_string()],
        Item::Type(item) => vec![item.ident.to_string()],
        Item::Const(item) => vec![item.ident.to_string()],
        Item::Static(item) => vec![item.ident.to_string()],
        Item::Impl(item) => match &*item.self_ty {
            syn::Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()).into_iter().collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A crate of four modules and a chapter of three tests, on disk.
    fn sources() -> Sources {
        let root = tempfile::tempdir().expect("a folder");
        let files = [
            ("src/lib.rs", "pub mod a;\npub mod b;\npub mod c;\npub use a::Thing;"),
            ("src/a.rs", "mod deep;\npub use deep::Thing;\npub fn own() {}"),
            ("src/a/deep.rs", "use crate::c;\npub struct Thing;\nimpl Thing { pub fn new() { c::work() } }\n#[cfg(test)]\nmod tests { use crate::b; }"),
            ("src/b.rs", "use super::a::own;\npub fn call() { own() }"),
            ("src/c.rs", "use crate::c;\npub fn work() {}"),
            ("tests/claims/main.rs", "mod support;\nmod chapter;"),
            (
                "tests/claims/support.rs",
                "use attention_regression::Thing;\nstruct Made(Thing);\nimpl Made { fn new() -> Thing { Thing::new() } }\npub(crate) fn made() { Made::new() }",
            ),
            (
                "tests/claims/chapter.rs",
                "use attention_regression::b;\nuse crate::support::made;\n#[test]\nfn through_helpers() { helper() }\nfn helper() { made() }\n#[test]\nfn direct() { b::call() }\n#[test]\nfn alone() {}",
            ),
        ];
        for (path, text) in files {
            let path = root.path().join(path);
            path.parent().map(std::fs::create_dir_all).expect("a folder").expect("it can be made");
            std::fs::write(path, text).expect("it can be written");
        }
        Sources::read(root.path()).expect("Rust")
    }

    #[test]
    fn a_test_reaches_what_it_and_its_helpers_name_and_no_more() {
        let sources = sources();
        let reached = |test: &str| -> Vec<&str> {
            let of = |module: &&str| sources.reaches_from(Path::new("tests/claims/chapter.rs"), test, module);
            ["a", "a::deep", "b", "c"].into_iter().filter(of).collect()
        };
        assert_eq!(reached("through_helpers"), ["a::deep", "c"], "through a helper, an implementation, a re-export of a re-export");
        assert_eq!(reached("direct"), ["a", "b"], "the item stands in a, not in what a re-exports");
        assert_eq!(reached("alone"), [""; 0]);
        assert_eq!(sources.module(Path::new("src/a/deep.rs")).as_deref(), Some("a::deep"));
        assert_eq!(sources.module(Path::new("src/none.rs")), None);
    }
}
