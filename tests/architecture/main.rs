//! Rules of the house that no compiler checks, as tests: what imports what, what a module says of itself, what never
//! happens, which words name a quantity, and where everything is said to be.

mod imports;
mod public;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::visit::Visit;

/// A room, and what it may import beside itself.
type Room = (&'static str, &'static [&'static str]);

/// The rooms of the crate and of its larger rooms, from the ground up: what each may import beside itself. A room that
/// is not here, a permission that nobody uses, or one that is given to a room further up, is a fault.
const ROOMS: [(&str, &[Room]); 8] = [
    (
        "",
        &[
            ("error", &[]),
            ("diagnostic", &[]),
            ("linalg", &[]),
            ("data", &["linalg"]),
            ("regression", &["linalg"]),
            ("attention", &["linalg"]),
            ("whitening", &["linalg"]),
            ("agreement", &["linalg"]),
            ("training", &["attention", "data", "linalg"]),
            ("experiment", &["agreement", "attention", "data", "linalg", "regression", "training", "whitening"]),
            ("table", &["data", "diagnostic", "linalg"]),
            ("publish", &[]),
            ("console", &["diagnostic", "publish"]),
            (
                "compare",
                &[
                    "agreement",
                    "attention",
                    "console",
                    "data",
                    "diagnostic",
                    "experiment",
                    "linalg",
                    "publish",
                    "regression",
                    "table",
                    "training",
                ],
            ),
            ("notebook", &["console", "diagnostic", "publish"]),
            ("command", &["compare", "console", "diagnostic", "notebook", "publish"]),
        ],
    ),
    (
        "table",
        &[
            ("quote", &[]),
            ("provenance", &[]),
            ("missing", &["provenance"]),
            ("cell", &["missing"]),
            ("column", &["cell", "missing"]),
            ("text", &[]),
            ("input", &["text"]),
            ("records", &["cell", "input", "text"]),
            ("dialect", &["cell", "input", "records"]),
            ("header", &["cell", "dialect", "quote"]),
            ("scan", &["cell", "column", "dialect", "header", "input", "missing", "records"]),
            ("check", &["cell", "column", "missing", "quote", "scan"]),
            ("file", &["check", "column", "dialect", "header", "input", "provenance", "scan"]),
            ("assemble", &["column", "file", "header", "missing", "provenance", "quote"]),
        ],
    ),
    (
        "notebook",
        &[
            ("registry", &[]),
            ("claim", &["registry"]),
            ("book", &["claim", "registry"]),
            ("review", &["book", "claim", "registry"]),
            ("record", &["claim", "registry", "review"]),
            ("command", &["book", "claim", "registry", "review"]),
        ],
    ),
    (
        "notebook::claim",
        &[
            ("metric", &[]),
            ("sticky", &["metric"]),
            ("snapshot", &["metric", "sticky"]),
            ("wording", &["metric"]),
            ("evidence", &["metric", "snapshot", "wording"]),
            ("last_run", &["metric", "snapshot"]),
            ("certificate", &["last_run", "metric", "snapshot"]),
            ("replication", &["evidence", "snapshot", "sticky"]),
        ],
    ),
    (
        "notebook::book",
        &[
            ("prose", &[]),
            ("page", &[]),
            ("weave", &["page", "prose"]),
            ("inspect", &[]),
            ("render", &["inspect", "page"]),
        ],
    ),
    (
        "notebook::review",
        &[
            ("difference", &[]),
            ("git", &[]),
            ("split", &[]),
            ("sides", &["git"]),
            ("sentences", &["difference", "sides", "split"]),
            ("item", &["difference", "sentences", "sides"]),
            ("verdict", &["item", "sides"]),
            ("terminal", &["difference"]),
            ("page", &["difference", "sentences", "terminal"]),
        ],
    ),
    (
        "publish",
        &[
            ("harmless", &[]),
            ("number", &[]),
            ("theme", &[]),
            ("figure", &["number", "theme"]),
            ("folder", &["harmless"]),
            ("standalone", &["theme"]),
        ],
    ),
    (
        "compare",
        &[
            ("choice", &[]),
            ("ink", &[]),
            ("verdict", &[]),
            ("document", &["choice", "verdict"]),
            ("wording", &["document"]),
            ("terminal", &["document", "verdict", "wording"]),
            ("page", &["choice", "document", "ink", "verdict", "wording"]),
            ("export", &["document"]),
            ("command", &["choice", "document", "export", "page", "terminal"]),
        ],
    ),
];

/// A module's own concept, its unit tests left out, in lines.
const LONGEST_MODULE: usize = 250;
/// Modules that are longer, and why.
const LONGER: [(&str, usize, &str); 7] = [
    ("src/linalg.rs", 270, "small functions beside each other, each a name that faer lacks"),
    ("src/training.rs", 275, "what a training is, documented, and its one loop"),
    ("src/publish/folder.rs", 325, "seven ways in which a folder can be in the way, each with its cure"),
    ("src/notebook/claim/evidence.rs", 290, "what a claim may say, and the checks on what it said"),
    (
        "src/notebook/claim/evidence/judging.rs",
        290,
        "the steps of a sentence, each a type so that none can be left out",
    ),
    ("src/notebook/claim/replication.rs", 265, "what is kept of a replication, counted and written"),
    ("src/notebook/review/sentences.rs", 255, "prose of two sides, aligned sentence by sentence"),
];
/// Columns of a line; a sentence in quotes may be longer.
const WIDEST_LINE: usize = 120;
const LONGEST_FUNCTION: usize = 50;
const LONGEST_HEADER: usize = 20;
const MOST_ARGUMENTS: usize = 7;

/// What ends the program on purpose, and why it may.
const PANICS: [(&str, &str, &str); 1] =
    [("src/publish/figure/model/meaning.rs", "panic!", "a constant that is no name of a colour does not compile")];

/// A word that is not ours, and the one that is.
const SYNONYMS: [(&str, &str); 12] = [
    ("logits", "scores"),
    ("attention map", "weights"),
    ("sphering", "whitening"),
    ("hat_mat(", "hat_matrix"),
    ("projection matrix", "hat matrix"),
    ("influence matrix", "hat matrix"),
    ("smoothing matrix", "smoother matrix"),
    ("regularis", "penalty"),
    ("regulariz", "penalty"),
    ("fn dof(", "effective_degrees_of_freedom"),
    ("fn degrees_of_freedom(", "effective_degrees_of_freedom"),
    ("leverage_score", "leverages"),
];

/// What makes random numbers. In the claims `support.rs` alone may say it, whose draws can be replaced by fresh ones.
const CHANCE: [&str; 10] = [
    "data::synthetic(",
    "data::sine(",
    "sine_of_projection(",
    "data::random",
    "standard_normal",
    "generator(",
    "split::seeded",
    "split::sample",
    "from_seed",
    "rand",
];

/// One file of Rust.
struct Module {
    path: PathBuf,
    text: String,
}

impl Module {
    /// Its text up to its unit tests, which stand last.
    fn own(&self) -> &str {
        self.text.split("#[cfg(test)]").next().unwrap_or_default()
    }

    /// That, parsed.
    fn file(&self) -> syn::File {
        parsed(&self.path, self.own())
    }

    fn at(&self, line: usize) -> String {
        format!("{}:{line}", self.path.display())
    }
}

fn parsed(path: &Path, text: &str) -> syn::File {
    syn::parse_file(text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Rust files below a folder.
fn modules(folder: &str) -> Vec<Module> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(below) = folders.pop() {
        for entry in std::fs::read_dir(root().join(&below)).expect("a folder").flatten() {
            let path = below.join(entry.file_name());
            if entry.file_type().expect("a type").is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(root().join(&path)).expect("a file").replace("\r\n", "\n");
                found.push(Module { path, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// No fault, or all of them with what to do.
fn none(faults: &[String], cure: &str) {
    assert!(faults.is_empty(), "{cure}\n{}", faults.join("\n"));
}

/// From every module the modules that it names.
fn arrows() -> Vec<(imports::Module, imports::Module)> {
    let sources = modules("src");
    let known: BTreeSet<imports::Module> = sources.iter().filter_map(|source| imports::module(&source.path)).collect();
    let from = |source: &Module| {
        let from = imports::module(&source.path)?;
        let paths = imports::paths(source.own().parse().expect("tokens"));
        let named: BTreeSet<imports::Module> =
            paths.iter().filter_map(|path| imports::target(&from, path, &known)).collect();
        Some(named.into_iter().map(|to| (from.clone(), to)).collect::<Vec<_>>())
    };
    sources.iter().filter_map(from).flatten().collect()
}

#[test]
fn imports_go_down() {
    let mut between: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for (from, to) in arrows() {
        if let Some((within, from, to)) = imports::parting(&from, &to) {
            between.entry(within.join("::")).or_default().entry(from).or_default().insert(to);
        }
    }
    let mut faults = Vec::new();
    for (within, arrows) in &between {
        if let Some(circle) = imports::circle(arrows) {
            faults.push(format!("src/{}: {} go round", within.replace("::", "/"), circle.join(" → ")));
        }
    }
    for (within, rooms) in ROOMS {
        let nothing = BTreeMap::new();
        let arrows = between.get(within).unwrap_or(&nothing);
        let floor = |room: &str| rooms.iter().position(|(name, _)| *name == room);
        for (room, seen) in arrows {
            let Some((_, may)) = rooms.iter().find(|(name, _)| name == room) else {
                faults.push(format!("`{within}::{room}` is in no row of ROOMS: {seen:?}"));
                continue;
            };
            faults.extend(
                seen.iter()
                    .filter(|to| !may.contains(&to.as_str()))
                    .map(|to| format!("`{within}::{room}` imports `{to}`")),
            );
        }
        for (room, may) in rooms {
            let unused = may.iter().filter(|to| !arrows.get(*room).is_some_and(|seen| seen.contains(**to)));
            faults.extend(
                unused.map(|to| format!("`{within}::{room}` may import `{to}` and does not: take it from ROOMS")),
            );
            let above = may.iter().filter(|to| floor(to) >= floor(room));
            faults
                .extend(above.map(|to| format!("ROOMS lets `{within}::{room}` import `{to}`, which is not below it")));
        }
    }
    none(&faults, "imports go down: move what both need to a lower room, or say in ROOMS what a room may know");
}

#[test]
fn every_module_says_what_it_is() {
    let mut faults = Vec::new();
    for module in modules("src").into_iter().chain(modules("tests")).chain(modules("benches")) {
        let (mut header, mut example) = (0, false);
        for line in module.text.lines().take_while(|line| line.starts_with("//!")) {
            let fence = line.starts_with("//! ```");
            header += usize::from(!example && !fence);
            example ^= fence;
        }
        // The map of the crate and the chapters of the book are longer.
        let long = header > LONGEST_HEADER
            && module.path != Path::new("src/lib.rs")
            && !module.path.starts_with("tests/claims");
        if header == 0 || long {
            faults.push(format!("{}: a header of {header} lines", module.path.display()));
        }
    }
    none(&faults, "a module begins with `//!`: what it does, in at most twenty lines beside its example");
}

#[test]
fn every_public_module_has_an_example() {
    let open = |path: &Path| parsed(path, &std::fs::read_to_string(root().join(path)).expect("a module's file"));
    let public = public::modules(Path::new("src/lib.rs"), &open);
    let faults: Vec<String> = public::without_example(&public)
        .into_iter()
        .map(|file| format!("{}: its `//!` has no example", file.display()))
        .collect();
    none(
        &faults,
        "a user sees what a public module is for: end its `//!` with a fence ``` of a few lines that assert something, ```no_run where it cannot run, or make the module private",
    );
}

#[test]
fn modules_and_functions_are_short() {
    let mut faults = Vec::new();
    for module in modules("src") {
        let own = module.own().lines().count();
        let longer = LONGER.iter().find(|(path, ..)| module.path == Path::new(path)).map(|&(_, lines, _)| lines);
        if own > longer.unwrap_or(LONGEST_MODULE) {
            faults.push(format!("{}: {own} lines of one module", module.path.display()));
        }
        if longer.is_some() && own <= LONGEST_MODULE {
            faults.push(format!("{}: {own} lines are not longer: take it from LONGER", module.path.display()));
        }
        for (line, number) in module.text.lines().zip(1..) {
            if line.chars().count() > WIDEST_LINE && !line.contains('"') {
                faults.push(format!("{}: wider than {WIDEST_LINE} columns", module.at(number)));
            }
        }
        let mut functions = Functions::default();
        functions.visit_file(&module.file());
        for (name, line, lines, arguments) in functions.0 {
            if lines > LONGEST_FUNCTION {
                faults.push(format!("{}: `{name}` has {lines} lines", module.at(line)));
            }
            if arguments > MOST_ARGUMENTS {
                faults.push(format!("{}: `{name}` takes {arguments} arguments", module.at(line)));
            }
        }
    }
    none(&faults, "find the second concept in it, and give that a place of its own");
}

/// Name, line, lines and arguments of every function.
#[derive(Default)]
struct Functions(Vec<(String, usize, usize, usize)>);

impl Functions {
    fn add(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let (first, last) = (signature.fn_token.span.start().line, block.brace_token.span.close().end().line);
        self.0.push((signature.ident.to_string(), first, last + 1 - first, signature.inputs.len()));
    }
}

impl Visit<'_> for Functions {
    fn visit_item_fn(&mut self, function: &syn::ItemFn) {
        self.add(&function.sig, &function.block);
        syn::visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &syn::ImplItemFn) {
        self.add(&function.sig, &function.block);
        syn::visit::visit_impl_item_fn(self, function);
    }
}

#[test]
fn the_library_never_panics_on_purpose() {
    let mut faults = Vec::new();
    for module in modules("src") {
        let mut panics = Panics::default();
        panics.visit_file(&module.file());
        let (may, other): (Vec<_>, Vec<_>) = panics.0.into_iter().partition(|(what, _)| {
            PANICS.iter().any(|(path, allowed, _)| module.path == Path::new(path) && what == allowed)
        });
        faults.extend(other.iter().map(|(what, line)| format!("{}: `{what}`", module.at(*line))));
        if may.is_empty() && PANICS.iter().any(|(path, ..)| module.path == Path::new(path)) {
            faults.push(format!("{} does not panic: take it from PANICS", module.path.display()));
        }
    }
    none(&faults, "an error of the data is a value: return it with `?`; a shape that does not fit is `assert_eq!`");
}

/// Calls and macros that end the program.
#[derive(Default)]
struct Panics(Vec<(String, usize)>);

impl Visit<'_> for Panics {
    fn visit_expr_method_call(&mut self, call: &syn::ExprMethodCall) {
        if ["unwrap", "expect", "unwrap_err", "expect_err"].iter().any(|name| call.method == name) {
            self.0.push((call.method.to_string(), call.method.span().start().line));
        }
        syn::visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, called: &syn::Macro) {
        if let Some(name) = called
            .path
            .get_ident()
            .filter(|name| ["panic", "todo", "unimplemented", "unreachable", "dbg"].iter().any(|other| *name == other))
        {
            self.0.push((format!("{name}!"), name.span().start().line));
        }
    }
}

#[test]
fn no_test_is_left_out_or_expects_to_panic() {
    let mut faults = Vec::new();
    for module in modules("src").into_iter().chain(modules("tests")) {
        let mut left = LeftOut::default();
        left.visit_file(&parsed(&module.path, &module.text));
        faults.extend(left.0.iter().map(|(name, line)| format!("{}: `{name}`", module.at(*line))));
    }
    none(&faults, "a test that does not run proves nothing: mend it or delete it");
}

/// Attributes that keep a test from running or from passing.
#[derive(Default)]
struct LeftOut(Vec<(String, usize)>);

impl Visit<'_> for LeftOut {
    fn visit_attribute(&mut self, attribute: &syn::Attribute) {
        if let Some(name) =
            attribute.path().get_ident().filter(|name| ["ignore", "should_panic"].iter().any(|other| *name == other))
        {
            self.0.push((name.to_string(), name.span().start().line));
        }
    }
}

#[test]
fn one_quantity_has_one_name() {
    let mut faults = Vec::new();
    let texts = modules("src").into_iter().chain(modules("tests/claims")).map(|module| (module.path, module.text));
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README");
    for (path, text) in texts.chain([(PathBuf::from("README.md"), readme)]) {
        for (line, number) in text.lines().zip(1..) {
            let lower = line.to_lowercase();
            let others = SYNONYMS.iter().filter(|(other, _)| lower.contains(other));
            faults.extend(
                others.map(|(other, ours)| format!("{}:{number}: `{other}` is called `{ours}` here", path.display())),
            );
        }
    }
    none(&faults, "the field has a word for it, and the crate uses one: see the notation in src/lib.rs");
}

#[test]
fn the_map_names_every_room() {
    let map = std::fs::read_to_string(root().join("src/lib.rs")).expect("the map");
    let (header, _) = map.split_once("\n#![").unwrap_or((&map, ""));
    let named = |name: &str| ["`", "::", "mod@"].iter().any(|before| header.contains(&format!("{before}{name}`")));
    let rooms = ROOMS[0].1.iter().map(|(name, _)| name).filter(|name| !named(name));
    none(
        &rooms.map(|name| format!("src/lib.rs: the map does not name `{name}`")).collect::<Vec<_>>(),
        "the map of the crate says where everything is",
    );
}

#[test]
fn what_these_rules_look_for_would_be_seen() {
    let code = "use crate::{Result, agreement::mse, data::{self, Table}}; use super::x as y; fn f() { m!(crate::b::g(z)); other::training(); }";
    let paths: Vec<String> = imports::paths(code.parse().expect("tokens")).iter().map(|path| path.join("::")).collect();
    assert_eq!(
        paths,
        [
            "crate::Result",
            "crate::agreement::mse",
            "crate::data::self",
            "crate::data::Table",
            "super::x",
            "crate::b::g"
        ]
    );
    let module = |path: &str| path.split("::").map(str::to_owned).collect::<imports::Module>();
    let known: BTreeSet<imports::Module> = ["a", "a::b", "a::b::c", "d"].map(module).into();
    for (path, to) in [
        ("super::b::c::f", Some("a::b::c")),
        ("crate::d", Some("d")),
        ("self::c::f", Some("a::b::c")),
        ("super::g", Some("a")),
        ("crate::Result", None),
    ] {
        assert_eq!(imports::target(&module("a::b"), &module(path), &known), to.map(module), "{path}");
    }
    assert_eq!(
        imports::parting(&module("a::b::c"), &module("a::e")),
        Some((module("a"), "b".to_owned(), "e".to_owned()))
    );
    assert_eq!(imports::parting(&module("a::b"), &module("a")), None);
    let arrows = |all: &[(&str, &[&str])]| {
        all.iter().map(|(from, to)| ((*from).to_owned(), to.iter().map(|to| (*to).to_owned()).collect())).collect()
    };
    assert_eq!(imports::circle(&arrows(&[("a", &["b", "c"]), ("b", &["c"])])), None);
    assert_eq!(
        imports::circle(&arrows(&[("a", &["b"]), ("b", &["c"]), ("c", &["b"])])).map(|way| way.join(" ")),
        Some("b c b".to_owned())
    );
    let file: syn::File =
        syn::parse_str("fn f() { x.unwrap(); y.expect(\"z\"); panic!(\"no\"); z.unwrap_or(1); }").expect("Rust");
    let mut panics = Panics::default();
    panics.visit_file(&file);
    assert_eq!(panics.0.len(), 3);
    // Not a test of ours that is left out, but the text of one: the rule against them has to see both attributes.
    let file: syn::File =
        syn::parse_str("mod tests { #[test] #[ignore = \"slow\"] fn f() {} #[should_panic] fn g() {} }").expect("Rust");
    let mut left = LeftOut::default();
    left.visit_file(&file);
    assert_eq!(left.0.len(), 2);
}

#[test]
fn a_public_module_without_an_example_would_be_seen() {
    for (head, has) in [
        ("Words.\n```\nassert!(true);\n```\n", true),
        (" ```text\n x\n ```\n ```no_run\n x()\n ```\n", true),
        ("```text\nx\n```\nWords.\n", false),
        ("```ignore\nx()\n```\n", false),
        ("```\n```\n", false),
        ("Words.", false),
    ] {
        assert_eq!(public::has_example(head), has, "{head}");
    }
    let open = |path: &Path| {
        let text = match path.to_str() {
            Some("src/lib.rs") => "pub mod a; mod b; pub(crate) mod c; #[path = \"d/e.rs\"] pub mod f;",
            Some("src/a.rs") => "//! ```\n//! x();\n//! ```\npub mod g; mod h { pub mod i; }",
            Some("src/d/e.rs") => "pub mod j { pub mod k; }",
            _ => "",
        };
        parsed(path, text)
    };
    let seen = public::modules(Path::new("src/lib.rs"), &open);
    let files: Vec<&str> = seen.iter().filter_map(|module| module.file.to_str()).collect();
    assert_eq!(files, ["src/lib.rs", "src/a.rs", "src/a/g.rs", "src/d/e.rs", "src/d/e.rs", "src/d/j/k.rs"]);
    assert!(!public::without_example(&seen).contains(Path::new("src/a.rs")));
    assert_eq!(public::without_example(&seen).len(), 4);
}

/// A claim that picks its own seeds cannot be repeated on draws that its author has not seen.
#[test]
fn claims_take_their_chance_from_one_place() {
    let mut faults = Vec::new();
    for module in modules("tests/claims").into_iter().filter(|module| !module.path.ends_with("support.rs")) {
        for (row, line) in module.text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            faults.extend(chance(line).map(|word| format!("{} `{word}`", module.at(row + 1))));
        }
    }
    none(
        &faults,
        "take draws from `crate::support::draws()` and all that is random from a draw: a claim does not pick its own seeds",
    );
    for (line, seen) in [
        ("let data = data::synthetic(7);", true),
        ("let form = standard_normal(17, 0, 8, 8);", true),
        ("Training { seed: 3, ..usual }", true),
        ("Training { seed: draw.inits()[0], ..usual }", false),
        ("let operand = grand_mean;", false),
    ] {
        assert_eq!(chance(line).is_some(), seen, "{line}");
    }
}

/// What makes random numbers in a line, or a seed that is typed.
fn chance(line: &str) -> Option<&'static str> {
    let typed =
        line.split("seed:").skip(1).any(|rest| rest.trim_start().starts_with(|letter: char| letter.is_ascii_digit()));
    let word = |word: &&&str| {
        line.match_indices(**word).any(|(at, _)| {
            !line[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_')
                && (**word != "rand" || line[at + 4..].starts_with("::"))
        })
    };
    typed.then_some("seed").or_else(|| CHANCE.iter().find(word).copied())
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let mut faults = Vec::new();
    let (mut listing, mut reason) = (false, false);
    for (line, number) in manifest.lines().zip(1..) {
        if line.starts_with('[') {
            listing = line.ends_with("dependencies]");
            reason = false;
        } else if line.starts_with('#') {
            reason = true;
        } else if line.is_empty() {
            reason = false;
        } else if listing && !reason && line.contains('=') {
            faults.push(format!("Cargo.toml:{number}: {}", line.split_whitespace().next().unwrap_or_default()));
        }
    }
    none(&faults, "say above it in one line why the crate depends on it");
}
