//! A small notebook that tests may spoil.

use std::path::{Path, PathBuf};

use attention_regression::diagnostic::Diagnostic;
use attention_regression::notebook::book::{render, weave};
use attention_regression::notebook::claim::replication::Replication;
use attention_regression::notebook::claim::snapshot;
use attention_regression::notebook::registry::Registry;
use attention_regression::publish::Stop;

pub(super) const CLAIMS: &str = "tests/claims/chapter.rs";
pub(super) const STATEMENTS: &str = "tests/claims/statements.toml";
pub(super) const SNAP: &str = "snapshots/chapter__chapter_claim.snap";
pub(super) const METRICS: &str = "---\nsource: tests/claims/chapter.rs\n---\n[gap]\nmeasures = \"the gap, $\\\\|A\\\\|$\"\nrounding_at_most = 1.4e-11\nheadroom = 3\n\n[share]\nmeasures = \"the share\"\nvalue = 5e-1\nrelative = 1e-3\n\n[moved]\nmeasures = \"moved\"\nvalue = 2e0\nrelative = 1e-3\nat_least = 1e0\n\n[moved.removed]\nfrom = \"gap\"\nhypothesis = \"nothing moves\"\nby = 1e1\n";
const FIGURE: &str = "---\nsource: tests/claims/chapter.rs\n---\ntitle = \"A figure\"\n\n[x]\nname = \"x\"\nscale = \"linear\"\nticks = [0e0, 1e0]\n\n[y]\nname = \"y\"\nscale = \"linear\"\nticks = [0e0, 1e0]\n\n[[series]]\nname = \"s\"\nink = \"linear\"\nmark = \"circle\"\nstroke = \"solid\"\nx = [0e0, 5e-1]\ny = [0e0, 1e0]\nrelative = 1e-3\n";

/// What one small notebook says otherwise than another.
pub(super) struct Text<'a> {
    pub(super) opening: &'a str,
    /// The first claim: its name, its title, its headline, its prose, the caption of its figure.
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) headline: &'a str,
    pub(super) prose: &'a str,
    pub(super) caption: &'a str,
    /// Names and titles of the other claims, each of which builds on the one before.
    pub(super) others: &'a [(&'a str, &'a str)],
    /// What every claim measured.
    pub(super) metrics: &'a str,
    /// What the first statement of the post says.
    pub(super) says: &'a str,
}

const SMALL: Text<'_> = Text {
    opening: "It opens with $x^2$ and links to [the notation](notation.md).",
    id: "chapter_claim",
    title: "A claim holds",
    headline: "gap",
    prose: "The gap stays below {{gap}}, the share is {{share:.2}}, {{share|about half|0.4..0.6}}.",
    caption: "What to see.",
    others: &[("second_claim", "Another claim holds")],
    metrics: METRICS,
    says: "It is so.",
};

impl Text<'_> {
    /// The chapter with its claims.
    pub(super) fn chapter(&self) -> String {
        let Self { opening, id, title, headline, prose, caption, .. } = self;
        let mut out = format!("//! # A chapter\n//!\n//! {opening}\n");
        let prose = format!("{prose}\n///\n/// ![{caption}](figure)");
        let settles =
            "kind = \"identity\"\n/// settles = { S1 = \"holds\" }\n/// finding = \"It holds, within {{gap}}.\"";
        out += &claim(id, title, &prose, settles, headline);
        let mut before = id;
        for (id, title) in self.others {
            out += &claim(
                id,
                title,
                "It stays below {{gap}}.",
                &format!("kind = \"bound\"\n/// uses = [\"{before}\"]"),
                "gap",
            );
            before = id;
        }
        out
    }
}

fn claim(id: &str, title: &str, prose: &str, head: &str, headline: &str) -> String {
    format!(
        r#"
/// ## {title}
///
/// {prose}
///
/// ```toml
/// {head}
/// headline = "{headline}"
/// breaks_when = "it moves by {{{{moved}}}}."
/// ```
#[test]
fn {id}() {{
    let mut evidence = Evidence::new(); evidence.rounding("gap", gap < bound); evidence.measure(name, "$1 & more"); record!(evidence);
}}
"#
    )
}

/// A notebook in a temporary folder.
pub(super) struct Notebook {
    folder: tempfile::TempDir,
}

impl Notebook {
    pub(super) fn empty() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// With the theme of the book, so that it can be rendered.
    pub(super) fn new() -> Self {
        let notebook = Self::empty();
        notebook.fill(&SMALL);
        for path in ["book.toml", "theme/math.css", "theme/book.css", "theme/fonts/fonts.css"] {
            let text = std::fs::read_to_string(repository().join("book").join(path)).expect("the book's theme");
            notebook.write(&format!("book/{path}"), &text);
        }
        for entry in std::fs::read_dir(repository().join("book/theme/fonts")).expect("the fonts").flatten() {
            std::fs::copy(entry.path(), notebook.root().join("book/theme/fonts").join(entry.file_name()))
                .expect("a copy");
        }
        notebook
    }

    /// Writes the sources and the snapshots.
    pub(super) fn fill(&self, text: &Text<'_>) {
        let Text { id, headline, metrics, .. } = text;
        let quote = format!("{{{{{id}/{headline}}}}}");
        let contents = format!(
            "//! # A small book\n//!\n//! What it is, in {quote} words.\n\nmod support;\n\n/// Part I\nmod chapter;\n"
        );
        self.write("tests/claims/main.rs", &contents);
        self.write(CLAIMS, &text.chapter());
        self.write(STATEMENTS, &include_str!("statements.toml").replace("It is so.", text.says));
        self.write("tests/claims/notation.md", "| a | b |\n|---|---|\n| $X$ | rows |\n");
        for (id, _) in [(*id, "")].iter().chain(text.others) {
            self.write(&format!("snapshots/chapter__{id}.snap"), metrics);
        }
        self.write(&format!("snapshots/chapter__{id}.figure.snap"), FIGURE);
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
