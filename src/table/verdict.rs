//! From what a pass counted to one sentence: the first thing that keeps the table from being read.

use super::refusal::{Refusal, dropping, first_of, listed, quoted};
use super::scan::{Scan, Tally, Wrong};
use super::{Missing, levels};

const DECIMAL_COMMA: &str = "say --decimal-comma if the comma is a decimal sign, or write numbers without separators";

/// A scanned table with the names that its cells are spoken of by.
pub(super) struct Findings<'a> {
    pub(super) file: &'a std::path::Path,
    pub(super) scan: &'a Scan,
    /// Features, then targets.
    pub(super) names: &'a [String],
    pub(super) features: usize,
    /// Whether a comma is the decimal sign, and whether that was only guessed.
    pub(super) comma: bool,
    pub(super) guessed: bool,
}

impl Findings<'_> {
    /// The columns most of whose cells are texts.
    pub(super) fn text_columns(&self) -> Vec<usize> {
        (0..self.names.len()).filter(|&column| 2 * self.scan.tally(column, Wrong::Text).count > self.scan.filled(column)).collect()
    }

    /// Refuses targets of text, and features of text where they are not to be encoded.
    pub(super) fn refuse_text_columns(&self, one_hot: bool) -> Result<(), Refusal> {
        let texts = self.text_columns();
        if let Some(&column) = texts.iter().find(|&&column| self.is_decimal_comma(&self.scan.tally(column, Wrong::Text).text)) {
            let first = self.scan.tally(column, Wrong::Text);
            let what = format!("{} in column {} is no number{}", first.text, quoted(&self.names[column]), first_of(first.count, "such cells"));
            return Err(self.at(first, what, DECIMAL_COMMA.to_owned()));
        }
        let (features, targets): (Vec<usize>, Vec<usize>) = texts.into_iter().partition(|&column| column < self.features);
        if let Some(&target) = targets.first() {
            let first = self.scan.tally(target, Wrong::Text);
            let what = format!("the target {} holds text such as {}", quoted(&self.names[target]), first.text);
            return Err(self.at(first, what, "choose a target of numbers with --target".to_owned()));
        }
        let (false, Some(&column)) = (one_hot, features.first()) else {
            return Ok(());
        };
        let first = self.scan.tally(column, Wrong::Text);
        let names: Vec<&str> = features.iter().map(|&column| self.names[column].as_str()).collect();
        let (what, cure) = match names[..] {
            [only] => (format!("the column {} holds", quoted(only)), "encode its levels as numbers with --one-hot, or leave it out"),
            _ => (format!("the columns {} hold", listed(names.iter().copied())), "encode their levels as numbers with --one-hot, or leave them out"),
        };
        Err(self.at(first, format!("{what} text such as {}", first.text), format!("{cure} with {}", dropping(&names))))
    }

    /// Refuses cells that are no finite numbers and levels that cannot be encoded, by kind and then by line.
    pub(super) fn refuse_cells(&self, except: &[usize], training: &str) -> Result<(), Refusal> {
        for wrong in [Wrong::Text, Wrong::NotFinite, Wrong::TooLarge, Wrong::TooManyLevels, Wrong::UnknownLevel] {
            let Some((column, first, count)) = self.first(wrong, |column| !except.contains(&column)) else {
                continue;
            };
            let (name, text) = (quoted(&self.names[column]), &first.text);
            let leave_out = self.leave_out(column);
            let more = first_of(count, "such cells");
            let (what, cure) = match wrong {
                Wrong::Text if self.is_decimal_comma(text) => (format!("{text} in column {name} is no number{more}"), DECIMAL_COMMA.to_owned()),
                Wrong::Text => {
                    let sign = if self.comma { " with a decimal comma" } else { "" };
                    (format!("{text} in column {name} is no number{sign}{more}"), format!("correct it, write NA if it is missing{leave_out}"))
                }
                Wrong::NotFinite => {
                    (format!("{text} in column {name} is not a finite number{more}"), format!("correct it, write NA if it is missing{leave_out}"))
                }
                Wrong::TooLarge => {
                    (format!("{text} in column {name} is larger than any number there is{more}"), format!("correct it, write NA if it is missing{leave_out}"))
                }
                Wrong::TooManyLevels => {
                    let what = format!("{text} in column {name} is one more than the {} levels that can be encoded", levels::MOST);
                    (what, format!("leave the column out with {}, or merge levels", dropping(&[&self.names[column]])))
                }
                _ => (format!("the level {text} of column {name} does not occur in {training}{more}"), format!("correct it{leave_out}")),
            };
            return Err(self.at(first, what, cure));
        }
        Ok(())
    }

    /// Refuses missing cells that are neither dropped nor filled in.
    pub(super) fn refuse_missing(&self, missing: Missing) -> Result<(), Refusal> {
        let (from, cell, cells, cure) = match missing {
            Missing::Refuse => (0, "cell in column", "missing cells", "leave such rows out with --missing drop, or fill in training means with --missing mean"),
            Missing::Mean => (self.features, "target", "missing targets", "a target cannot be filled in: leave such rows out with --missing drop"),
            Missing::Drop => return Ok(()),
        };
        let Some((column, first, count)) = self.first(Wrong::Missing, |column| column >= from) else {
            return Ok(());
        };
        Err(self.at(first, format!("the {cell} {} is missing{}", quoted(&self.names[column]), first_of(count, cells)), cure.to_owned()))
    }

    /// Refuses a table that has no row, or none left.
    pub(super) fn refuse_no_rows(&self) -> Result<(), Refusal> {
        if self.scan.rows > 0 {
            return Ok(());
        }
        if self.scan.dropped.is_empty() {
            return Err(Refusal::new(self.file, None, "has a header and no rows", "add rows below the header"));
        }
        let worst = (0..self.names.len()).max_by_key(|&column| (self.scan.tally(column, Wrong::Missing).count, std::cmp::Reverse(column))).unwrap_or(0);
        let (count, name) = (self.scan.tally(worst, Wrong::Missing).count, &self.names[worst]);
        let what = format!("every row has a missing cell, {count} of {} in column {}", self.scan.dropped.len(), quoted(name));
        Err(Refusal::new(self.file, None, what, "leave out columns that are mostly missing with --drop, or fill in with --missing mean"))
    }

    /// The first cell of a kind by line, and how many there are.
    fn first(&self, wrong: Wrong, among: impl Fn(usize) -> bool) -> Option<(usize, &Tally, u64)> {
        let found = || {
            (0..self.names.len()).filter(|&column| among(column)).map(|column| (column, self.scan.tally(column, wrong))).filter(|(_, tally)| tally.count > 0)
        };
        let (column, first) = found().min_by_key(|(_, tally)| tally.line)?;
        Some((column, first, found().map(|(_, tally)| tally.count).sum()))
    }

    fn leave_out(&self, column: usize) -> String {
        if column < self.features { format!(", or leave the column out with {}", dropping(&[&self.names[column]])) } else { String::new() }
    }

    fn is_decimal_comma(&self, quoted: &str) -> bool {
        let text = quoted.trim_matches('`');
        self.guessed && !self.comma && text.contains(',') && matches!(super::cell::read(text.as_bytes(), true), super::cell::Cell::Number(_))
    }

    fn at(&self, first: &Tally, what: String, cure: String) -> Refusal {
        Refusal::new(self.file, first.line, what, cure)
    }
}
