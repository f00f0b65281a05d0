//! A small notebook that tests may spoil.

use std::path::{Path, PathBuf};

use attention_regression::diagnostic::Diagnostic;
use attention_regression::notebook::book::{render, weave};
use attention_regression::notebook::claim::replication::Replication;
use attention_regression::notebook::claim::snapshot;
use attention_regression::notebook::registry::Registry;
use attention_regression::publish::Stop;

pub(super) const CONTENTS: &str = "//! # A small book\n//!\n//! What it is, in {{chapter_claim/gap}} words.\n\nmod support;\n\n/// Part I\nmod chapter;\n";
pub(super) const STATEMENTS: &str = include_str!("statements.toml");
pub(super) const CHAPTER: &str = r#"//! # A chapter
//!
//! It opens with $x^2$ and links to [the notation](notation.md).

/// ## A claim holds
///
/// The gap stays below {{gap}}, the share is {{share:.2}}, {{share|about half|0.4..0.6}}.
///
/// ![What to see.](figure)
///
/// ```toml
/// kind = "identity"
/// settles = { S1 = "holds" }
/// finding = "It holds, within {{gap}}."
/// headline = "gap"
/// breaks_when = "it moves by {{moved}}."
/// ```
#[test]
fn chapter_claim() {
    evidence.rounding("gap", gap < bound); evidence.measure(name, "$1 & more"); record!(evidence);
}

/// ## Another claim holds
///
/// It stays below {{gap}}.
///
/// ```toml
/// kind = "bound"
/// uses = ["chapter_claim"]
/// headline = "gap"
/// breaks_when = "it moves by {{moved}}."
/// ```
#[test]
fn second_claim() {
    evidence.rounding("gap", gap < bound); evidence.measure(name, "$1 & more"); record!(evidence);
}
"#;
pub(super) const METRICS: &str = "---\nsource: tests/claims/chapter.rs\n---\n[gap]\nmeasures = \"the gap, $\\\\|A\\\\|$\"\nrounding_at_most = 1.4e-11\nheadroom = 3\n\n[share]\nmeasures = \"the share\"\nvalue = 5e-1\nrelative = 1e-3\n\n[moved]\nmeasures = \"moved\"\nvalue = 2e0\nrelative = 1e-3\nat_least = 1e0\n\n[moved.removed]\nfrom = \"gap\"\nhypothesis = \"nothing moves\"\nby = 1e1\n";
pub(super) const FIGURE: &str = "---\nsource: tests/claims/chapter.rs\n---\ntitle = \"A figure\"\n\n[x]\nname = \"x\"\nscale = \"linear\"\nticks = [0e0, 1e0]\n\n[y]\nname = \"y\"\nscale = \"linear\"\nticks = [0e0, 1e0]\n\n[[series]]\nname = \"s\"\nink = \"linear\"\nmark = \"circle\"\nstroke = \"solid\"\nx = [0e0, 5e-1]\ny = [0e0, 1e0]\nrelative = 1e-3\n";
pub(super) const CLAIMS: &str = "tests/claims/chapter.rs";
pub(super) const SNAP: &str = "snapshots/chapter__chapter_claim.snap";

/// A notebook in a temporary folder.
pub(super) struct Notebook {
    folder: tempfile::TempDir,
}

impl Notebook {
    pub(super) fn new() -> Self {
        let notebook = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        let texts = [
            ("tests/claims/main.rs", CONTENTS),
            ("tests/claims/statements.toml", STATEMENTS),
            (CLAIMS, CHAPTER),
            ("tests/claims/notation.md", "| a | b |\n|---|---|\n| $X$ | rows |\n"),
            (SNAP, METRICS),
            ("snapshots/chapter__second_claim.snap", METRICS),
            ("snapshots/chapter__chapter_claim.figure.snap", FIGURE),
        ];
        texts.into_iter().for_each(|(path, text)| notebook.write(path, text));
        for path in ["book.toml", "theme/math.css", "theme/book.css", "theme/fonts/fonts.css"] {
            let text = std::fs::read_to_string(repository().join("book").join(path)).expect("the book's theme");
            notebook.write(&format!("book/{path}"), &text);
        }
        for entry in std::fs::read_dir(repository().join("book/theme/fonts")).expect("the fonts").flatten() {
            std::fs::copy(entry.path(), notebook.root().join("book/theme/fonts").join(entry.file_name())).expect("a copy");
        }
        notebook
    }

    pub(super) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    /// Replaces text that must be there.
    pub(super) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.root().join(path)).expect("a file");
        assert!(text.contains(from), "{from} is not in {path}");
        self.write(path, &text.replacen(from, to, 1));
    }

    pub(super) fn weave(&self) -> Result<weave::Pages, Vec<Diagnostic>> {
        let registry = Registry::read(self.root())?;
        let snapshots = snapshot::read_all(self.root()).map_err(|problem| vec![problem])?;
        weave::weave(&registry, &snapshots, &Replication::read(self.root()).map_err(|problem| vec![problem])?)
    }

    pub(super) fn render(&self) -> Result<render::Rendered, Vec<Diagnostic>> {
        let pages = self.weave()?;
        weave::write(self.root(), &pages).map_err(|problem| vec![problem])?;
        render::render(self.root(), &pages, &self.out(), &Stop::default())
    }

    pub(super) fn out(&self) -> PathBuf {
        self.root().join("target/book")
    }
}

pub(super) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(super) fn told<T>(done: Result<T, Vec<Diagnostic>>) -> String {
    done.map_or_else(|problems| problems.iter().map(|problem| format!("{problem}\n")).collect(), |_| String::new())
}
