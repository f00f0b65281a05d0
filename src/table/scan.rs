//! One pass over the rows: cells into columns, and a count of everything that has no place in them.
//!
//! A cell is seen once and not kept. Faults are counted by kind and column and only the first keeps its line and text,
//! so that one sentence can say how often a thing is wrong.

use std::collections::BTreeMap;

use super::cell::{Fault, trimmed};
use super::column::Column;
use super::dialect::Sample;
use super::header::Selection;
use super::input::Input;
use super::missing::Missing;
use super::records::Records;
use super::{Progress, ReadOptions};
use crate::diagnostic::Diagnostic;

/// How many rows are read before progress is told again.
const OFTEN: usize = 256;

/// A file of which is known how it is written and which of its columns are used.
pub(super) struct Layout<'a> {
    pub(super) input: Input,
    pub(super) sample: Sample,
    pub(super) selection: Selection,
    /// Whether a comma is the decimal sign.
    pub(super) comma: bool,
    pub(super) options: &'a ReadOptions,
}

/// How often something is wrong in a column, and where first.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) count: usize,
    pub(super) line: usize,
    /// The first cell.
    pub(super) text: String,
}

/// What a pass found.
#[derive(Debug)]
pub(super) struct Scan {
    /// The columns in use.
    pub(super) columns: Vec<Column>,
    /// What is wrong, by kind and by column.
    pub(super) tallies: BTreeMap<(Fault, usize), Tally>,
    /// How many rows are kept.
    pub(super) rows: usize,
    /// Where they begin, if a column is of texts: a level may have to be named by its line.
    pub(super) lines: Vec<usize>,
    /// The lines of rows left out for a missing cell.
    pub(super) dropped: Vec<usize>,
}

impl Scan {
    /// Reads all rows below the header into empty `columns`.
    pub(super) fn read(
        layout: &Layout<'_>,
        columns: Vec<Column>,
        progress: &mut Progress<'_>,
    ) -> Result<Self, Diagnostic> {
        let Layout { input, sample, selection, options, .. } = layout;
        let mut records = Records::open(input, sample.delimiter)?;
        records.advance_evenly()?;
        if selection.used.iter().any(|&at| at >= records.record().len()) {
            return Err(input.refused("changed while it was read", "wait until it is complete, then try again"));
        }
        let has_texts = columns.iter().any(|column| column.levels.is_some());
        let mut scan = Self { columns, tallies: BTreeMap::new(), rows: 0, lines: Vec::new(), dropped: Vec::new() };
        while records.advance_evenly()? {
            let is_complete = scan.push(&records, layout);
            if is_complete || options.missing != Missing::Drop {
                scan.rows += 1;
                scan.lines.extend(has_texts.then(|| records.line()));
            } else {
                scan.columns.iter_mut().for_each(|column| column.values.truncate(scan.rows));
                scan.dropped.push(records.line());
            }
            if scan.seen().is_multiple_of(OFTEN) {
                progress(input.position(), Some(input.size));
            }
        }
        progress(input.position(), Some(input.size));
        Ok(scan)
    }

    /// Takes in the cells of a row; whether none of them is missing.
    fn push(&mut self, records: &Records<'_>, layout: &Layout<'_>) -> bool {
        let mut is_complete = true;
        for (at, (column, &place)) in self.columns.iter_mut().zip(&layout.selection.used).enumerate() {
            let cell = &records.record()[place];
            if let Err(fault) = column.push(cell, layout.comma) {
                is_complete &= fault != Fault::Missing;
                let first = || Tally { count: 0, line: records.line_of(place), text: trimmed(cell).to_owned() };
                self.tallies.entry((fault, at)).or_insert_with(first).count += 1;
            }
        }
        is_complete
    }

    /// How many rows there are, with those left out.
    pub(super) fn seen(&self) -> usize {
        self.rows + self.dropped.len()
    }

    /// How many cells of a column have a fault.
    pub(super) fn count(&self, fault: Fault, column: usize) -> usize {
        self.tallies.get(&(fault, column)).map_or(0, |tally| tally.count)
    }
}
