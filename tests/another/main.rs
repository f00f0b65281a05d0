//! Another post: a notebook on another subject, with claims, a figure and verdicts of its own, which only uses this
//! crate. It is what the documentation of [`notebook`](attention_regression::notebook) shows, and no page of it knows
//! what our book is about.

#[path = "notebook/tests/claims/series.rs"]
mod series;
#[path = "notebook/tests/claims/support.rs"]
mod support;

use std::path::Path;

use attention_regression::diagnostic::Diagnostic;
use attention_regression::notebook::book::{render, weave};
use attention_regression::notebook::claim::replication::Replication;
use attention_regression::notebook::claim::snapshot;
use attention_regression::notebook::registry::Registry;
use attention_regression::publish::Stop;

/// What our book is about.
const OURS: [&str; 15] = [
    "attention",
    "regression",
    "softmax",
    "ridge",
    "whiten",
    "queries",
    "hat matrix",
    "diabetes",
    "projection",
    "least squares",
    "two posts",
    "eight attentions",
    "effective weights",
    "-- compare",
    "Everything is matter",
];

#[test]
fn its_book_holds_no_word_of_ours() {
    let notebook = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/another/notebook");
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    for part in ["tests/claims", "snapshots", "book"] {
        copy(&notebook.join(part), &root.join(part));
    }
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("book/theme"), &root.join("book/theme"));
    let registry = Registry::read(root).unwrap_or_else(|wrong| panic!("{}", told(&wrong)));
    assert_eq!(
        (registry.notebook.title.as_str(), registry.claims().count(), registry.notebook.statements.len()),
        ("Two sums", 2, 2)
    );
    let snapshots = snapshot::read_all(root).expect("the snapshots");
    let pages =
        weave::weave(&registry, &snapshots, &Replication::default()).unwrap_or_else(|wrong| panic!("{}", told(&wrong)));
    weave::write(root, &pages).expect("the pages");
    let out = root.join("target/book");
    render::render(root, &pages, &out, &Stop::default()).unwrap_or_else(|wrong| panic!("{}", told(&wrong)));
    let mut pages = 0;
    for entry in std::fs::read_dir(&out)
        .expect("the book")
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|kind| kind == "html"))
    {
        let html = std::fs::read_to_string(entry.path()).expect("a page").to_lowercase();
        let ours: Vec<&str> = OURS.into_iter().filter(|word| html.contains(&word.to_lowercase())).collect();
        assert!(
            ours.is_empty(),
            "{} knows {ours:?}: the loom takes its words from `tests/claims`",
            entry.path().display()
        );
        pages += 1;
    }
    assert!(pages > 6, "{pages} pages");
    let index = std::fs::read_to_string(out.join("index.html")).expect("the first page");
    assert!(index.contains("false as stated") && index.contains("A note on two sums"), "verdicts with their post");
    assert!(
        std::fs::read_to_string(out.join("series.html"))
            .is_ok_and(|page| page.contains("<svg") && page.contains("<math")),
        "a figure and a formula"
    );
}

fn told(wrong: &[Diagnostic]) -> String {
    wrong.iter().map(Diagnostic::to_string).collect::<Vec<_>>().join("\n")
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("a file");
        }
    }
}
