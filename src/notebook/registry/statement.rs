//! What the posts say: statements, where each stands, and of what sort it is.

use serde::Deserialize;

use super::Verdict;

/// What sort of thing a statement is, and with that which verdicts it can get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// It says that something is so: it can be true or false.
    Assertion,
    /// It says what was done: a method is sound or not.
    Description,
    /// It says what something means: it can be argued.
    Interpretation,
}

impl Sort {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Assertion => "assertion",
            Self::Description => "description",
            Self::Interpretation => "interpretation",
        }
    }

    pub(super) fn with_article(self) -> String {
        format!("{} {}", if self == Self::Description { "a" } else { "an" }, self.name())
    }

    /// The verdicts that a claim can pass on it.
    pub fn verdicts(self) -> &'static [Verdict] {
        match self {
            Self::Assertion => &[Verdict::Holds, Verdict::HoldsIf, Verdict::False],
            Self::Description => &[Verdict::Sound, Verdict::SoundIf, Verdict::Unsound],
            Self::Interpretation => &[],
        }
    }
}

/// A text whose statements are judged.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// The short name that statements use.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who wrote it.
    pub author: String,
    /// When it appeared.
    pub date: String,
    /// Where it can be read.
    pub link: String,
}

/// What a reader can run beside the claims: a row under “Check it yourself”.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What it is called: `Your table`.
    pub name: String,
    /// What it does, after “One command runs every claim; another runs one;”.
    pub does: String,
    /// The command.
    pub command: String,
}

/// Where in a post a statement stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passage {
    /// The short name of the post.
    pub post: String,
    /// The section.
    pub section: String,
    /// The sentence or bullet, by its number or by what it is about.
    pub passage: String,
    /// The fragment of the post's address that leads to the section.
    #[serde(default)]
    pub anchor: String,
}

/// A statement of a post, in our words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// A short name: `S3`.
    pub id: String,
    /// Where it stands.
    pub at: Passage,
    /// What sort of thing it is.
    pub sort: Sort,
    /// What the post says, in our words.
    pub says: String,
    /// How we read it, where it could be read otherwise.
    #[serde(default)]
    pub reading: Option<String>,
    /// Why it is interpretation, for a statement that no test can settle.
    #[serde(default)]
    pub argument: Option<String>,
    /// The line where it stands.
    #[serde(skip)]
    pub line: usize,
}
