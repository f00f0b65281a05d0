//! One pass over the rows: numbers into columns, levels into codes, and a count of everything that is neither.
//!
//! A cell is seen once and not kept. Faults are counted by column and only the first keeps its line and text, so that one
//! sentence can say how often a thing is wrong.

use super::cell::{self, Cell, trimmed};
use super::input::Input;
use super::levels::{self, Levels, NoCode};
use super::records::Records;
use super::refusal::{Refusal, quoted_bytes};
use super::{Missing, Progress};

/// How the cells of an input are found.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) delimiter: u8,
    pub(super) comma: bool,
    /// The columns that are used, in their order.
    pub(super) used: Vec<usize>,
}

/// A column that is read, with a NaN or [`levels::MISSING`] for a missing cell.
#[derive(Debug)]
pub(super) enum Column {
    Numbers(Vec<f64>),
    Codes(Levels, Vec<u32>),
}

/// What can be wrong with a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    Missing,
    Text,
    NotFinite,
    TooLarge,
    TooManyLevels,
    UnknownLevel,
}

/// How often something is wrong in a column, and where first.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    pub(super) count: u64,
    pub(super) line: u64,
    /// The first cell, in backquotes.
    pub(super) text: String,
}

/// What a pass found.
pub(super) struct Scan {
    /// The columns in use.
    pub(super) columns: Vec<Column>,
    tallies: Vec<[Tally; 6]>,
    /// Rows that are kept.
    pub(super) rows: usize,
    /// The lines of rows left out for a missing cell.
    pub(super) dropped: Vec<u64>,
}

impl Scan {
    /// What is wrong in a column.
    pub(super) fn tally(&self, column: usize, wrong: Wrong) -> &Tally {
        &self.tallies[column][wrong as usize]
    }

    /// How many cells of a column say something.
    pub(super) fn filled(&self, column: usize) -> u64 {
        (self.rows + self.dropped.len()) as u64 - self.tally(column, Wrong::Missing).count
    }
}

/// Reads all rows below the header into empty `columns`.
pub(super) fn scan(input: &Input, layout: &Layout, columns: Vec<Column>, missing: Missing, progress: &mut Progress<'_>) -> Result<Scan, Refusal> {
    let mut records = Records::open(input, layout.delimiter)?;
    records.advance_evenly()?;
    if layout.used.iter().any(|&at| at >= records.record().len()) {
        return Err(Refusal::new(input.name(), None, "changed while it was read", "wait until it is complete, then try again"));
    }
    let encodes = columns.iter().any(|column| matches!(column, Column::Codes(..)));
    let mut scan = Scan { tallies: vec![Default::default(); columns.len()], columns, rows: 0, dropped: Vec::new() };
    let mut told = 0;
    while records.advance_evenly()? {
        let mut has_gap = false;
        for ((column, tallies), &at) in scan.columns.iter_mut().zip(&mut scan.tallies).zip(&layout.used) {
            let cell = &records.record()[at];
            if let Err(wrong) = column.push(cell, layout.comma) {
                has_gap |= wrong == Wrong::Missing;
                let tally = &mut tallies[wrong as usize];
                if tally.count == 0 {
                    (tally.line, tally.text) = (records.line_of(at), quoted_bytes(trimmed(cell)));
                }
                tally.count += 1;
            }
        }
        if has_gap && missing == Missing::Drop {
            scan.columns.iter_mut().for_each(Column::pop);
            scan.dropped.push(records.line());
        } else {
            scan.rows += 1;
            if encodes {
                scan.columns.iter_mut().for_each(|column| column.keep(|| records.line()));
            }
        }
        let (taken, size) = records.progress();
        if taken != told {
            told = taken;
            progress(taken, Some(size));
        }
    }
    Ok(scan)
}

impl Column {
    /// Takes a cell in; where it cannot, it takes a missing one in and says why.
    fn push(&mut self, bytes: &[u8], comma: bool) -> Result<(), Wrong> {
        match self {
            Self::Numbers(numbers) => {
                let (number, outcome) = match cell::read(bytes, comma) {
                    Cell::Number(number) => (number, Ok(())),
                    Cell::Missing => (f64::NAN, Err(Wrong::Missing)),
                    Cell::Text => (f64::NAN, Err(Wrong::Text)),
                    Cell::NotFinite => (f64::NAN, Err(Wrong::NotFinite)),
                    Cell::TooLarge => (f64::NAN, Err(Wrong::TooLarge)),
                };
                numbers.push(number);
                outcome
            }
            Self::Codes(levels, codes) => {
                let outcome = match cell::is_missing(trimmed(bytes)) {
                    true => Err(Wrong::Missing),
                    false => levels.code(trimmed(bytes)).map_err(|reason| match reason {
                        NoCode::TooMany => Wrong::TooManyLevels,
                        NoCode::Unknown => Wrong::UnknownLevel,
                    }),
                };
                codes.push(outcome.unwrap_or(levels::MISSING));
                outcome.map(|_| ())
            }
        }
    }

    fn pop(&mut self) {
        match self {
            Self::Numbers(numbers) => drop(numbers.pop()),
            Self::Codes(_, codes) => drop(codes.pop()),
        }
    }

    /// Notes the line of the last level, whose row is kept.
    fn keep(&mut self, line: impl FnOnce() -> u64) {
        if let Self::Codes(levels, codes) = self
            && let Some(&code) = codes.last()
        {
            levels.seen(code, line);
        }
    }
}
