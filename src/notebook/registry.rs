//! The registry: from the sources of the claims to chapters in reading order. A pure function.
//!
//! `tests/claims/main.rs` is the table of contents: its `//!` opens the book, its `mod` items are the chapters, a `///`
//! above a `mod` opens a part. In a chapter `//!` is the opening prose; every `#[test]` is a claim whose `///` is the
//! claim's prose: a `##` title, paragraphs, and one fence marked `toml`, the claim's [`Head`].
//! `tests/claims/statements.toml` lists the statements of the posts: where each stands, of what sort it is, our words
//! for it; `tests/claims/notation.md` explains the symbols.
//!
//! `build.rs` includes this file, so that a claim without statement, kind or `breaks_when`, a duplicate id, an
//! unknown or cyclic `uses` or two verdicts that disagree stop the build; the book reads the same sources at run
//! time, so that prose changes without a compile. It therefore depends on syn, toml, serde and [`Diagnostic`] alone.
//!
//! ```
//! use std::path::Path;
//!
//! use attention_regression::notebook::registry::Registry;
//!
//! let open = |path: &Path| match path.to_str() {
//!     Some("tests/claims/main.rs") => Ok("//! # Sums\nmod two;".to_owned()),
//!     Some("tests/claims/two.rs") => Ok("//! # Two\n/// ## One and one are two\n#[test]\nfn sum() {}".to_owned()),
//!     _ => Ok(String::new()),
//! };
//! let wrong = Registry::parse(&open).unwrap_err();
//! assert!(wrong[0].to_string().starts_with("tests/claims/two.rs:4: the claim `sum` has no head"));
//! ```

// By path, since build.rs includes this file from another folder.
#[path = "registry/assertions.rs"]
mod assertions;
#[path = "registry/checks.rs"]
mod checks;
#[path = "registry/config.rs"]
mod config;
#[path = "registry/kind.rs"]
mod kind;
#[path = "registry/parse.rs"]
mod parse;
#[path = "registry/source.rs"]
mod source;
#[path = "registry/statement.rs"]
mod statement;
#[path = "registry/uses.rs"]
mod uses;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use assertions::Assertion;
pub use config::Notebook;
pub use kind::{Kind, Verdict};
pub use source::Prose;
pub use statement::{Check, Passage, Post, Sort, Statement};

use crate::diagnostic::Diagnostic;

/// Where the table of contents is, below the root of the repository.
pub const CONTENTS: &str = "tests/claims/main.rs";
/// Where the statements of the post are.
pub const STATEMENTS: &str = "tests/claims/statements.toml";
/// Where the notation is explained.
pub const NOTATION: &str = "tests/claims/notation.md";

/// Returns the text of a path below the root.
type Open<'a> = &'a dyn Fn(&Path) -> Result<String, String>;

/// The head of a claim: the TOML fence in its doc comment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// What sort of claim.
    pub kind: Kind,
    /// The metric that stands for the claim in lists; prose must quote it.
    pub headline: String,
    /// Statements of the post that it settles, and how.
    #[serde(default)]
    pub settles: BTreeMap<String, Verdict>,
    /// What a reader of the verdict table is told; required where `settles` is.
    #[serde(default)]
    pub finding: String,
    /// Claims that it builds on.
    #[serde(default)]
    pub uses: Vec<String>,
    /// Which hypothesis its control removes, and what then happens.
    pub breaks_when: String,
    /// Decimals that may stand in its mathematics.
    #[serde(default)]
    pub constants: Vec<String>,
    /// Why a limit is where it is, by metric: required where it leaves very much room, or less than one tolerance.
    #[serde(default)]
    pub room: BTreeMap<String, String>,
    /// What words of quantity in title and finding stand on: a metric that is judged, or a reason why none need be.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
}

/// One claim: a test with its prose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The one name: of the test, the snapshot and the anchor.
    pub id: String,
    /// The chapter it stands in.
    pub chapter: String,
    /// Its title, without the `##`; of phrases that must stay true the words.
    pub title: String,
    /// The same as it is written.
    pub titled: Prose,
    /// Its prose, without title and head.
    pub prose: Prose,
    /// Its head.
    pub head: Head,
    /// Where the head stands, so that its sentences have a line.
    pub head_at: Prose,
    /// The file of the test.
    pub file: PathBuf,
    /// The line of the test's `fn`.
    pub line: usize,
    /// The test, from its attribute to its closing brace.
    pub code: String,
    /// The line of its file on which that begins.
    pub code_line: usize,
    /// Its calls that record evidence, in order.
    pub assertions: Vec<Assertion>,
}

impl Claim {
    /// The name of its metric snapshot, without `.snap`.
    pub fn snapshot(&self) -> String {
        format!("{}__{}", self.chapter, self.id)
    }

    /// The call of the test that recorded a metric.
    pub fn assertion(&self, metric: &str) -> Option<&Assertion> {
        assertions::of(&self.assertions, metric)
    }

    /// A sentence of the head as prose, with the line where it stands.
    pub fn sentence(&self, key: &str, text: &str) -> Prose {
        let row = self.head_at.text.lines().position(|line| line.trim_start().starts_with(key)).unwrap_or(0);
        let line = self.head_at.lines.get(row).copied().unwrap_or(self.line);
        Prose { file: self.file.clone(), text: text.to_owned(), lines: vec![line; text.lines().count().max(1)] }
    }
}

/// One chapter: a file of `tests/claims`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    /// The name of its module.
    pub id: String,
    /// The part that it opens, if any.
    pub part: Option<String>,
    /// Its title.
    pub title: String,
    /// Its opening prose, without the title.
    pub prose: Prose,
    /// Its claims, in order.
    pub claims: Vec<Claim>,
    /// The code that its claims share: its file without prose and tests.
    pub shared: String,
}

/// Everything that the sources say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registry {
    /// What the notebook is about.
    pub notebook: Notebook,
    /// In reading order.
    pub chapters: Vec<Chapter>,
    /// The code that all chapters share, without prose.
    pub shared: String,
}

impl Registry {
    /// All claims in reading order.
    pub fn claims(&self) -> impl Iterator<Item = &Claim> {
        self.chapters.iter().flat_map(|chapter| &chapter.claims)
    }

    /// The claim of that name.
    pub fn claim(&self, id: &str) -> Option<&Claim> {
        self.claims().find(|claim| claim.id == id)
    }

    /// The claims that settle a statement, in reading order.
    pub fn settling<'a>(&'a self, statement: &'a str) -> impl Iterator<Item = &'a Claim> {
        self.claims().filter(move |claim| claim.head.settles.contains_key(statement))
    }

    /// What the claims say of a statement; a checked registry has an argument for one that no claim settles.
    pub fn verdict(&self, statement: &Statement) -> Verdict {
        self.settling(&statement.id)
            .find_map(|claim| claim.head.settles.get(&statement.id).copied())
            .unwrap_or(Verdict::Argued)
    }

    /// Reads the sources below `root` and checks them.
    ///
    /// # Errors
    /// Every problem found, in the order of files and lines.
    pub fn read(root: &Path) -> Result<Self, Vec<Diagnostic>> {
        Self::parse(&|path| std::fs::read_to_string(root.join(path)).map_err(|e| e.to_string()))
    }

    /// Parses the sources that `open` returns for a path below the root.
    ///
    /// # Errors
    /// Every problem found, in the order of files and lines.
    pub fn parse(open: Open<'_>) -> Result<Self, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let registry = parse::collect(open, &mut problems);
        checks::check(&registry, &mut problems);
        problems.sort();
        if problems.is_empty() { Ok(registry) } else { Err(problems) }
    }
}
