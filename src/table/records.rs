//! The rows of a table, one at a time, with the physical lines they stand on.
//!
//! Quotes, delimiters and newlines inside quotes are the csv crate's work. It reads any text as some table; what it
//! would pass over in silence is said here: rows of another length than the header, and a quote that is never closed.
//! Lines that are blank are no rows.

use std::io;

use csv::StringRecord;

use super::cell::trimmed;
use super::input::Input;
use super::text::{END, Text};
use crate::diagnostic::Diagnostic;

/// A pass over the rows of an input.
pub(super) struct Records<'a> {
    input: &'a Input,
    reader: csv::Reader<Text<'a>>,
    record: StringRecord,
    width: Option<usize>,
}

impl<'a> Records<'a> {
    /// Before the first row, which is the header.
    pub(super) fn open(input: &'a Input, delimiter: u8) -> Result<Self, Diagnostic> {
        let mut builder = csv::ReaderBuilder::new();
        // A `\r` before the newline stays in the last cell, where it is trimmed: so the reader is never between the
        // two, and its line is always the one after the row.
        builder.delimiter(delimiter).has_headers(false).flexible(true).terminator(csv::Terminator::Any(b'\n'));
        let reader = builder.buffer_capacity(1 << 18).from_reader(input.text()?);
        Ok(Self { input, reader, record: StringRecord::new(), width: None })
    }

    /// Goes to the next row that is not blank; `false` behind the last.
    pub(super) fn advance(&mut self) -> Result<bool, Diagnostic> {
        loop {
            let there = self.reader.read_record(&mut self.record).map_err(|error| match error.into_kind() {
                csv::ErrorKind::Io(error) => self.input.broken(&error),
                kind => self.input.broken(&io::Error::other(format!("{kind:?}"))),
            })?;
            let Some(last) = self.record.iter().next_back().filter(|_| there) else {
                return Ok(false);
            };
            if last.ends_with(END) {
                // No newline ends this row, so the reader is not a line further.
                let line = self.line_of(self.record.len() - 1) + 1;
                let cure = "close it, or write a quote inside a quoted cell twice";
                return Err(Diagnostic::at(&self.input.name, line, "a quote that opens here is never closed", cure));
            }
            if self.record.len() > 1 || !trimmed(last).is_empty() {
                return Ok(last != END.trim_matches('\n'));
            }
        }
    }

    /// Goes to the next row, which must be as long as the first one.
    pub(super) fn advance_evenly(&mut self) -> Result<bool, Diagnostic> {
        if !self.advance()? {
            return Ok(false);
        }
        let found = self.record.len();
        let expected = *self.width.get_or_insert(found);
        if found == expected { Ok(true) } else { Err(self.ragged(expected)) }
    }

    fn ragged(&self, expected: usize) -> Diagnostic {
        let (first, last, found) = (self.line(), self.line_of(self.record.len()), self.record.len());
        let cells = if found == 1 { "cell" } else { "cells" };
        let what = format!("the row has {found} {cells}, the header has {expected}");
        let cure = if last > first {
            format!("the row runs to line {last}, so look for a quote that is not closed")
        } else {
            "add or remove cells, or quote those that hold the delimiter".to_owned()
        };
        Diagnostic::at(&self.input.name, first, what, cure)
    }

    /// The row that was reached.
    pub(super) fn record(&self) -> &StringRecord {
        &self.record
    }

    /// The line where the row begins.
    pub(super) fn line(&self) -> usize {
        self.line_of(0)
    }

    /// The line where a cell of the row begins; behind the last cell, where the row ends.
    pub(super) fn line_of(&self, cell: usize) -> usize {
        let swallowed: usize = self.record.iter().skip(cell).map(|cell| cell.matches('\n').count()).sum();
        (self.reader.position().line() as usize).saturating_sub(1 + swallowed)
    }

    /// Whether the text began with a byte order mark.
    pub(super) fn has_mark(&self) -> bool {
        self.reader.get_ref().has_mark
    }
}
