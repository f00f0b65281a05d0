//! What a notebook is about, in its own words: with its claims, all that another post would change.

use std::path::Path;

use serde::Deserialize;

use super::{Check, NOTATION, Open, Post, Prose, STATEMENTS, Statement};
use crate::diagnostic::{Diagnostic, line_of};

/// The words of a notebook: where the loom has none of its own, they come from here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notebook {
    /// The title of the book.
    pub title: String,
    /// The prose of the first page.
    pub opening: Prose,
    /// What the symbols of the book mean.
    pub notation: Prose,
    /// The texts that statements come from.
    pub posts: Vec<Post>,
    /// In the order of the posts.
    pub statements: Vec<Statement>,
    /// What can be run beside the claims.
    pub check: Option<Check>,
}

/// `statements.toml`.
#[derive(Deserialize, Default)]
struct File {
    #[serde(default)]
    post: Vec<Post>,
    #[serde(default)]
    statement: Vec<toml::Spanned<Statement>>,
    check: Option<Check>,
}

impl Notebook {
    /// All but title and opening, which stand in the table of contents.
    pub(super) fn read(open: Open<'_>, problems: &mut Vec<Diagnostic>) -> Self {
        let mut text = |path: &str, cure: &str| {
            let missing = |error| Diagnostic::new(path, format!("cannot be read: {error}"), cure);
            open(Path::new(path)).map_err(|error| problems.push(missing(error))).ok()
        };
        let notation = text(NOTATION, "explain the symbols of the book there");
        let listed = text(STATEMENTS, "list the statements of the post there");
        // A problem by now; nothing more is wrong with it.
        let text = listed.unwrap_or_default();
        let File { post, statement: statements, check } = toml::from_str(&text).unwrap_or_else(|error| {
            let line = line_of(&text, error.span().map_or(0, |span| span.start));
            let cure = "a post has `id`, `title`, `author`, `date` and `link`; a statement `id`, `at`, `sort`, `says`, and may have `reading` and `argument`; a check `name`, `does` and `command`";
            problems.push(Diagnostic::at(STATEMENTS, line, error.message().to_owned(), cure));
            File::default()
        });
        let statement = |spanned: toml::Spanned<Statement>| {
            let line = line_of(&text, spanned.span().start);
            Statement { line, ..spanned.into_inner() }
        };
        Self {
            notation: notation.map_or_else(Prose::default, |text| Prose::at(NOTATION, 1, text)),
            posts: post,
            statements: statements.into_iter().map(statement).collect(),
            check,
            ..Self::default()
        }
    }

    /// The post of that short name.
    pub fn post(&self, id: &str) -> Option<&Post> {
        self.posts.iter().find(|post| post.id == id)
    }

    /// The statement of that short name.
    pub fn statement(&self, id: &str) -> Option<&Statement> {
        self.statements.iter().find(|statement| statement.id == id)
    }
}
