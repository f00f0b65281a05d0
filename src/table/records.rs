//! The rows of a table, one at a time, with the physical lines they stand on.
//!
//! Quotes, delimiters and newlines inside quotes are the csv crate's work. It reads any bytes as some table; what it would
//! pass over in silence is said here: rows of another length than the header, and a quote that is never closed. Lines
//! that are blank are no rows.

use std::cell::Cell;
use std::io::Read;
use std::path::Path;
use std::rc::Rc;

use csv::ByteRecord;

use super::cell::trimmed;
use super::input::{Input, Opened};
use super::refusal::Refusal;
use super::text::{END, Text};

/// A pass over the rows of an input.
pub(super) struct Records<'a> {
    input: &'a Input,
    reader: csv::Reader<Text<Box<dyn Read>>>,
    taken: Rc<Cell<u64>>,
    record: ByteRecord,
    width: Option<usize>,
}

impl<'a> Records<'a> {
    /// Before the first row, which is the header.
    pub(super) fn open(input: &'a Input, delimiter: u8) -> Result<Self, Refusal> {
        let Opened { text, taken } = input.text()?;
        let mut builder = csv::ReaderBuilder::new();
        // A `\r` before the newline stays in the last cell, where it is trimmed: so the reader is never between the two,
        // and its line is always the one after the row.
        builder.delimiter(delimiter).has_headers(false).flexible(true).terminator(csv::Terminator::Any(b'\n')).buffer_capacity(1 << 18);
        Ok(Self { input, reader: builder.from_reader(text), taken, record: ByteRecord::new(), width: None })
    }

    /// Goes to the next row that is not blank; `false` behind the last.
    pub(super) fn advance(&mut self) -> Result<bool, Refusal> {
        loop {
            let there = self.reader.read_byte_record(&mut self.record).map_err(|error| match error.into_kind() {
                csv::ErrorKind::Io(error) => self.input.broken(error),
                kind => Refusal::new(self.file(), None, format!("cannot be read: {kind:?}"), "check the file"),
            })?;
            let Some(last) = self.record.len().checked_sub(1).filter(|_| there) else {
                return Ok(false);
            };
            if self.record[last].ends_with(END) {
                // No newline ends this row, so the reader is not a line further.
                let (line, what) = (self.line_of(last) + 1, "a quote that opens here is never closed");
                return Err(Refusal::new(self.file(), line, what, "close it, or write a quote inside a quoted cell twice"));
            }
            if last > 0 {
                return Ok(true);
            }
            if self.record[0] == END[1..END.len() - 1] {
                return Ok(false);
            }
            if !trimmed(&self.record[0]).is_empty() {
                return Ok(true);
            }
        }
    }

    /// Goes to the next row, which must be as long as the first one.
    pub(super) fn advance_evenly(&mut self) -> Result<bool, Refusal> {
        if !self.advance()? {
            return Ok(false);
        }
        let found = self.record.len();
        let expected = *self.width.get_or_insert(found);
        if found == expected { Ok(true) } else { Err(self.ragged(expected, found)) }
    }

    fn ragged(&self, expected: usize, found: usize) -> Refusal {
        let (first, last) = (self.line(), self.last_line());
        let cells = if found == 1 { "cell" } else { "cells" };
        let what = format!("the row has {found} {cells}, the header has {expected}");
        let cure = if last > first {
            format!("the row runs to line {last}, so look for a quote that is not closed")
        } else {
            "add or remove cells, or quote those that hold the delimiter".to_owned()
        };
        Refusal::new(self.file(), first, what, cure)
    }

    /// The row that was reached.
    pub(super) fn record(&self) -> &ByteRecord {
        &self.record
    }

    /// The line where the row begins.
    pub(super) fn line(&self) -> u64 {
        self.line_of(0)
    }

    /// The line where a cell of the row begins.
    pub(super) fn line_of(&self, cell: usize) -> u64 {
        let below = |cell: &[u8]| cell.iter().filter(|&&byte| byte == b'\n').count() as u64;
        let swallowed = self.record.iter().skip(cell).map(below).sum::<u64>();
        self.reader.position().line().saturating_sub(1 + swallowed)
    }

    fn last_line(&self) -> u64 {
        self.reader.position().line().saturating_sub(1)
    }

    pub(super) fn file(&self) -> &Path {
        self.input.name()
    }

    /// Bytes taken from the disk so far, and how many there are.
    pub(super) fn progress(&self) -> (u64, u64) {
        (self.taken.get(), self.input.size())
    }

    /// Whether the text began with a byte order mark.
    pub(super) fn has_mark(&self) -> bool {
        self.reader.get_ref().has_mark()
    }
}
