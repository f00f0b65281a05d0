//! What keeps a scanned table from being used, as one sentence: the first thing that is wrong.

use std::cmp::Reverse;
use std::path::Path;

use super::cell::{self, Fault};
use super::header::Selection;
use super::levels;
use super::missing::Missing;
use super::quote::{dropping, first_of, listed, quoted};
use super::scan::{Scan, Tally};
use crate::diagnostic::Diagnostic;

const DECIMAL_COMMA: &str = "say --decimal-comma if the comma is a decimal sign, or write numbers without separators";

/// A scanned table with the names that its cells are spoken of by.
pub(super) struct Check<'a> {
    pub(super) file: &'a Path,
    pub(super) scan: &'a Scan,
    pub(super) selection: &'a Selection,
    /// Whether a comma is the decimal sign, and whether that was only guessed.
    pub(super) comma: bool,
    pub(super) guessed: bool,
}

/// All faults of one kind.
struct Faults<'a> {
    kind: Fault,
    /// The column of the first one.
    column: usize,
    first: &'a Tally,
    count: usize,
}

impl Check<'_> {
    /// The columns most of whose cells are texts; refuses targets of text, and features that are not to be encoded.
    pub(super) fn text_columns(&self, one_hot: bool) -> Result<Vec<usize>, Diagnostic> {
        let is_text = |column: usize, texts: usize| 2 * texts > self.scan.seen() - self.scan.count(Fault::Missing, column);
        let texts = self.scan.tallies.iter().filter(|((fault, _), _)| *fault == Fault::Text);
        let texts: Vec<(usize, &Tally)> = texts.map(|(&(_, column), first)| (column, first)).filter(|&(column, first)| is_text(column, first.count)).collect();
        if let Some((column, first)) = texts.iter().find(|(_, first)| self.is_decimal_comma(&first.text)) {
            return Err(self.no_number(*column, first, first.count));
        }
        if let Some((target, first)) = texts.iter().find(|(column, _)| *column >= self.selection.features) {
            let what = format!("the target {} holds text such as {}", self.name(*target), quoted(&first.text));
            return Err(self.at(first, what, "choose a target of numbers with --target"));
        }
        match texts[..] {
            [(_, first), ..] if !one_hot => Err(self.not_encoded(first, texts.iter().map(|(column, _)| *column))),
            _ => Ok(texts.into_iter().map(|(column, _)| column).collect()),
        }
    }

    /// Refuses cells that give no value, missing cells that are neither dropped nor filled in, and tables without rows.
    pub(super) fn all(&self, texts: &[usize], missing: Missing, training: &str) -> Result<(), Diagnostic> {
        self.cells(texts, training)?;
        self.missing(missing)?;
        self.rows()
    }

    /// Refuses cells by kind and then by line, but for the `texts` that are yet to be encoded.
    fn cells(&self, texts: &[usize], training: &str) -> Result<(), Diagnostic> {
        let is_wrong = |kind, column: usize| kind != Fault::Missing && !texts.contains(&column);
        let Some(Faults { kind, column, first, count }) = self.faults(is_wrong) else {
            return Ok(());
        };
        let (text, name, more) = (quoted(&first.text), self.name(column), first_of(count, "such cells"));
        let (what, cure) = match kind {
            Fault::NotFinite => (format!("{text} in column {name} is not a finite number{more}"), self.correct(column)),
            Fault::TooLarge => (format!("{text} in column {name} is larger than any number there is{more}"), self.correct(column)),
            Fault::TooManyLevels => {
                let most = levels::MOST;
                let what = format!("{text} in column {name} is one more than the {most} levels that can be encoded");
                let dropping = dropping(&[&self.selection.names[column]]);
                (what, format!("leave the column out with {dropping}, or merge levels"))
            }
            Fault::UnknownLevel => {
                let what = format!("the level {text} of column {name} does not occur in {training}{more}");
                (what, format!("correct it{}", self.leave_out(column)))
            }
            Fault::Text | Fault::Missing => return Err(self.no_number(column, first, count)),
        };
        Err(self.at(first, what, cure))
    }

    fn missing(&self, missing: Missing) -> Result<(), Diagnostic> {
        let Some(refused) = missing.refused() else {
            return Ok(());
        };
        let from = if refused.targets_only { self.selection.features } else { 0 };
        let Some(gaps) = self.faults(|kind, column| kind == Fault::Missing && column >= from) else {
            return Ok(());
        };
        let (name, more) = (self.name(gaps.column), first_of(gaps.count, refused.cells));
        Err(self.at(gaps.first, format!("the {} {name} is missing{more}", refused.cell), refused.cure))
    }

    /// Refuses a table that has no row, or none left.
    fn rows(&self) -> Result<(), Diagnostic> {
        if self.scan.rows > 0 {
            return Ok(());
        }
        let gaps = (0..self.selection.names.len()).map(|column| (self.scan.count(Fault::Missing, column), Reverse(column)));
        match gaps.max() {
            Some((count, Reverse(worst))) if count > 0 => {
                let (dropped, name) = (self.scan.dropped.len(), self.name(worst));
                let what = format!("every row has a missing cell, {count} of {dropped} in column {name}");
                let cure = "leave out columns that are mostly missing with --drop, or fill in with --missing mean";
                Err(Diagnostic::new(self.file, what, cure))
            }
            _ => Err(Diagnostic::new(self.file, "has a header and no rows", "add rows below the header")),
        }
    }

    /// The faults of the first kind that there is `among` kinds and columns.
    fn faults(&self, among: impl Fn(Fault, usize) -> bool) -> Option<Faults<'_>> {
        let found = || self.scan.tallies.iter().filter(|&(&(kind, column), _)| among(kind, column));
        let (&(kind, column), first) = found().min_by_key(|((kind, _), tally)| (*kind, tally.line))?;
        let count = found().filter(|((other, _), _)| *other == kind).map(|(_, tally)| tally.count).sum();
        Some(Faults { kind, column, first, count })
    }

    fn not_encoded(&self, first: &Tally, columns: impl Iterator<Item = usize>) -> Diagnostic {
        let names: Vec<&str> = columns.map(|column| self.selection.names[column].as_str()).collect();
        let (columns, cure) = match names[..] {
            [only] => (format!("column {} holds", quoted(only)), "encode its levels as numbers with --one-hot, or leave it out"),
            _ => {
                let cure = "encode their levels as numbers with --one-hot, or leave them out";
                (format!("columns {} hold", listed(names.iter().copied())), cure)
            }
        };
        let what = format!("the {columns} text such as {}", quoted(&first.text));
        self.at(first, what, format!("{cure} with {}", dropping(&names)))
    }

    fn no_number(&self, column: usize, first: &Tally, count: usize) -> Diagnostic {
        let (text, name, more) = (quoted(&first.text), self.name(column), first_of(count, "such cells"));
        if self.is_decimal_comma(&first.text) {
            return self.at(first, format!("{text} in column {name} is no number{more}"), DECIMAL_COMMA);
        }
        let sign = if self.comma { " with a decimal comma" } else { "" };
        self.at(first, format!("{text} in column {name} is no number{sign}{more}"), self.correct(column))
    }

    /// Whether a text would be a number if the comma were the decimal sign, which nobody said that it is not.
    fn is_decimal_comma(&self, text: &str) -> bool {
        self.guessed && !self.comma && text.contains(',') && cell::number(text, true).is_ok()
    }

    fn correct(&self, column: usize) -> String {
        format!("correct it, write NA if it is missing{}", self.leave_out(column))
    }

    fn leave_out(&self, column: usize) -> String {
        let is_feature = column < self.selection.features;
        let dropping = || dropping(&[&self.selection.names[column]]);
        if is_feature { format!(", or leave the column out with {}", dropping()) } else { String::new() }
    }

    fn name(&self, column: usize) -> String {
        quoted(&self.selection.names[column])
    }

    fn at(&self, first: &Tally, what: String, cure: impl Into<String>) -> Diagnostic {
        Diagnostic::at(self.file, first.line, what, cure)
    }
}
