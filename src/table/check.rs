//! What keeps a scanned table from being used, as one sentence: the first thing that is wrong.

use std::cmp::Reverse;

use super::cell::{self, Fault};
use super::column::MOST_LEVELS;
use super::missing::Missing;
use super::quote::{dropping, first_of, listed, quoted};
use super::scan::{Layout, Scan, Tally};
use crate::diagnostic::Diagnostic;

const DECIMAL_COMMA: &str = "say --decimal-comma if the comma is a decimal sign, or write numbers without separators";
const NOT_FILLED: &str = "a target cannot be filled in: leave such rows out with --missing drop";
const DROP_OR_FILL: &str = "leave such rows out with --missing drop, or fill in training means with --missing mean";

/// A scanned table with the names that its cells are spoken of by.
pub(super) struct Check<'a> {
    pub(super) layout: &'a Layout<'a>,
    pub(super) scan: &'a Scan,
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
    pub(super) fn text_columns(&self) -> Result<Vec<usize>, Diagnostic> {
        let filled = |column| self.scan.seen() - self.scan.count(Fault::Missing, column);
        let texts = |column| Some((column, self.scan.tallies.get(&(Fault::Text, column))?));
        let texts = (0..self.layout.selection.names.len()).filter_map(texts);
        let texts: Vec<(usize, &Tally)> = texts.filter(|&(column, first)| 2 * first.count > filled(column)).collect();
        if let Some((column, first)) = texts.iter().find(|(_, first)| self.is_decimal_comma(&first.text)) {
            return Err(self.no_number(*column, first, first.count));
        }
        if let Some((target, first)) = texts.iter().find(|(column, _)| *column >= self.layout.selection.features) {
            let what = format!("the target {} holds text such as {}", self.name(*target), quoted(&first.text));
            return Err(self.at(first, what, "choose a target of numbers with --target"));
        }
        let columns = texts.iter().map(|(column, _)| *column).collect();
        match texts[..] {
            [(_, first), ..] if !self.layout.options.one_hot => Err(self.not_encoded(first, columns)),
            _ => Ok(columns),
        }
    }

    /// Refuses cells that give no value, missing cells that are neither dropped nor filled in, and tables without rows.
    pub(super) fn all(&self, texts: &[usize], training: &str) -> Result<(), Diagnostic> {
        self.cells(texts, training)?;
        self.missing()?;
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
            Fault::TooLarge => {
                let what = format!("{text} in column {name} is larger than any number there is{more}");
                (what, self.correct(column))
            }
            Fault::TooManyLevels => {
                let what =
                    format!("{text} in column {name} is one more than the {MOST_LEVELS} levels that can be encoded");
                let dropping = dropping(&[&self.layout.selection.names[column]]);
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

    fn missing(&self) -> Result<(), Diagnostic> {
        let (from, cell, cells, cure) = match self.layout.options.missing {
            Missing::Drop => return Ok(()),
            Missing::Mean => (self.layout.selection.features, "target", "missing targets", NOT_FILLED),
            Missing::Refuse => (0, "cell in column", "missing cells", DROP_OR_FILL),
        };
        let is_refused = |kind, column| kind == Fault::Missing && column >= from;
        let Some(Faults { column, first, count, .. }) = self.faults(is_refused) else {
            return Ok(());
        };
        let what = format!("the {cell} {} is missing{}", self.name(column), first_of(count, cells));
        Err(self.at(first, what, cure))
    }

    /// Refuses a table that has no row, or none left.
    fn rows(&self) -> Result<(), Diagnostic> {
        if self.scan.rows > 0 {
            return Ok(());
        }
        let columns = 0..self.layout.selection.names.len();
        match columns.map(|column| (self.scan.count(Fault::Missing, column), Reverse(column))).max() {
            Some((count, Reverse(worst))) if count > 0 => {
                let (dropped, name) = (self.scan.dropped.len(), self.name(worst));
                let what = format!("every row has a missing cell, {count} of {dropped} in column {name}");
                let cure = "leave out columns that are mostly missing with --drop, or fill in with --missing mean";
                Err(Diagnostic::new(&self.layout.input.name, what, cure))
            }
            _ => Err(Diagnostic::new(&self.layout.input.name, "has a header and no rows", "add rows below the header")),
        }
    }

    /// The faults of the first kind that there is `among` kinds and columns.
    fn faults(&self, among: impl Fn(Fault, usize) -> bool) -> Option<Faults<'_>> {
        let found = || self.scan.tallies.iter().filter(|&(&(kind, column), _)| among(kind, column));
        let (&(kind, column), first) = found().min_by_key(|((kind, _), tally)| (*kind, tally.line))?;
        let count = found().filter(|((other, _), _)| *other == kind).map(|(_, tally)| tally.count).sum();
        Some(Faults { kind, column, first, count })
    }

    fn not_encoded(&self, first: &Tally, columns: Vec<usize>) -> Diagnostic {
        let names: Vec<&str> = columns.into_iter().map(|column| self.layout.selection.names[column].as_str()).collect();
        let listed = listed(names.iter().copied());
        let (columns, its, it) = match names[..] {
            [_] => (format!("column {listed} holds"), "its", "it"),
            _ => (format!("columns {listed} hold"), "their", "them"),
        };
        let what = format!("the {columns} text such as {}", quoted(&first.text));
        let dropping = dropping(&names);
        self.at(
            first,
            what,
            format!("encode {its} levels as numbers with --one-hot, or leave {it} out with {dropping}"),
        )
    }

    fn no_number(&self, column: usize, first: &Tally, count: usize) -> Diagnostic {
        let (text, name, more) = (quoted(&first.text), self.name(column), first_of(count, "such cells"));
        if self.is_decimal_comma(&first.text) {
            return self.at(first, format!("{text} in column {name} is no number{more}"), DECIMAL_COMMA);
        }
        let sign = if self.layout.comma { " with a decimal comma" } else { "" };
        self.at(first, format!("{text} in column {name} is no number{sign}{more}"), self.correct(column))
    }

    /// Whether a text would be a number if the comma were the decimal sign, which nobody said that it is not.
    fn is_decimal_comma(&self, text: &str) -> bool {
        let is_point_guessed = self.layout.options.decimal_comma.is_none() && !self.layout.comma;
        is_point_guessed && text.contains(',') && cell::number(text, true).is_ok()
    }

    fn correct(&self, column: usize) -> String {
        format!("correct it, write NA if it is missing{}", self.leave_out(column))
    }

    fn leave_out(&self, column: usize) -> String {
        let is_feature = column < self.layout.selection.features;
        let dropping = || dropping(&[&self.layout.selection.names[column]]);
        if is_feature { format!(", or leave the column out with {}", dropping()) } else { String::new() }
    }

    fn name(&self, column: usize) -> String {
        quoted(&self.layout.selection.names[column])
    }

    fn at(&self, first: &Tally, what: String, cure: impl Into<String>) -> Diagnostic {
        Diagnostic::at(&self.layout.input.name, first.line, what, cure)
    }
}
