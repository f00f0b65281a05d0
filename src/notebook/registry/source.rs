//! Prose that knows where it stands.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, line_of};

/// Markdown with the line that each of its lines has in the source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prose {
    /// The file it stands in.
    pub file: PathBuf,
    /// The text, without comment marks.
    pub text: String,
    pub(super) lines: Vec<usize>,
}

impl Prose {
    /// Prose of one place: `text` begins at `line` of `file`.
    pub fn at(file: impl Into<PathBuf>, line: usize, text: impl Into<String>) -> Self {
        let text = text.into();
        let lines = (line..line + text.lines().count().max(1)).collect();
        Self { file: file.into(), text, lines }
    }

    /// The line of the source that holds byte `offset` of the text.
    pub fn line(&self, offset: usize) -> usize {
        self.lines.get(line_of(&self.text, offset) - 1).or(self.lines.last()).copied().unwrap_or(0)
    }

    /// What is wrong at byte `offset` of the text.
    pub fn diagnostic(&self, offset: usize, what: impl Into<String>, cure: impl Into<String>) -> Diagnostic {
        Diagnostic::at(&self.file, self.line(offset), what, cure)
    }

    pub(super) fn from_doc(file: &Path, attributes: &[syn::Attribute]) -> Self {
        let mut prose = Self { file: file.to_path_buf(), ..Self::default() };
        for attribute in attributes {
            if let syn::Meta::NameValue(pair) = &attribute.meta
                && pair.path.is_ident("doc")
                && let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &pair.value
            {
                let first = text.span().start().line;
                for (row, line) in text.value().lines().chain(text.value().is_empty().then_some("")).enumerate() {
                    prose.text.push_str(line.strip_prefix(' ').unwrap_or(line));
                    prose.text.push('\n');
                    prose.lines.push(first + row);
                }
            }
        }
        prose
    }

    /// Cuts the lines `range` out and returns them.
    pub(super) fn cut(&mut self, range: std::ops::Range<usize>) -> Self {
        let rows: Vec<&str> = self.text.lines().collect();
        let text = |rows: &[&str]| rows.iter().map(|row| format!("{row}\n")).collect::<String>();
        let taken = Self {
            file: self.file.clone(),
            text: text(&rows[range.clone()]),
            lines: self.lines[range.clone()].to_vec(),
        };
        let kept: Vec<&str> =
            rows.iter().enumerate().filter(|(row, _)| !range.contains(row)).map(|(_, text)| *text).collect();
        let kept_text = text(&kept);
        self.lines.drain(range);
        self.text = kept_text;
        taken
    }
}
