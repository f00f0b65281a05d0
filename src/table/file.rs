//! One file from its bytes to columns: how it is written, what its header says, one pass over the rows or two.
//!
//! Every column is taken for numbers at first. Only where most cells of a column prove to be text, and are to be
//! encoded, are the rows read again with that knowledge: so a table of numbers is read once, and no cell is ever kept
//! as text.

use super::check::Check;
use super::column::Column;
use super::dialect::Sample;
use super::header::{Header, Selection};
use super::input::Input;
use super::provenance::FileProvenance;
use super::scan::{Layout, Scan};
use super::{Progress, ReadOptions, Source};
use crate::diagnostic::Diagnostic;

/// What a file gave.
pub(super) struct Contents {
    pub(super) selection: Selection,
    /// The columns of the selection.
    pub(super) columns: Vec<Column>,
    /// The lines of their rows, if one is of texts.
    pub(super) lines: Vec<usize>,
    pub(super) provenance: FileProvenance,
}

impl Contents {
    /// How many features there can be.
    pub(super) fn width(&self) -> usize {
        self.columns.iter().take(self.selection.features).map(Column::width).sum()
    }

    /// Reads the table that is fitted, or split.
    pub(super) fn read(
        source: &Source,
        options: &ReadOptions,
        progress: &mut Progress<'_>,
    ) -> Result<Self, Diagnostic> {
        let input = Input::open(source, progress)?;
        let sample = Sample::of(&input, options.delimiter)?;
        let selection = Header::new(&input.name, &sample).select(options)?;
        let comma = options.decimal_comma.or_else(|| sample.decimal_comma(&selection.used)).unwrap_or(false);
        let layout = Layout { input, sample, selection, comma, options };
        let width = layout.selection.names.len();
        let mut scan = Scan::read(&layout, (0..width).map(|_| Column::default()).collect(), progress)?;
        let texts = Check { layout: &layout, scan: &scan }.text_columns()?;
        Check { layout: &layout, scan: &scan }.all(&texts, "")?;
        if !texts.is_empty() {
            drop(scan);
            let column = |at| if texts.contains(&at) { Column::of_texts() } else { Column::default() };
            scan = Scan::read(&layout, (0..width).map(column).collect(), progress)?;
            Check { layout: &layout, scan: &scan }.all(&[], "")?;
        }
        Ok(Self::new(layout, scan))
    }

    /// Reads a test table, whose columns are those of this training table.
    pub(super) fn read_test(
        &self,
        source: &Source,
        options: &ReadOptions,
        progress: &mut Progress<'_>,
    ) -> Result<Self, Diagnostic> {
        let input = Input::open(source, progress)?;
        let sample = Sample::of(&input, options.delimiter)?;
        let selection = Header::new(&input.name, &sample).select_again(&self.selection, &self.provenance.file)?;
        // A table of whole numbers does not show its decimal sign; then it is that of its twin.
        let twin = self.provenance.decimal_comma && sample.delimiter != b',';
        let comma = options.decimal_comma.or_else(|| sample.decimal_comma(&selection.used)).unwrap_or(twin);
        let layout = Layout { input, sample, selection, comma, options };
        let scan = Scan::read(&layout, self.columns.iter().map(Column::alike).collect(), progress)?;
        Check { layout: &layout, scan: &scan }.all(&[], &self.provenance.file.to_string_lossy())?;
        Ok(Self::new(layout, scan))
    }

    fn new(layout: Layout<'_>, scan: Scan) -> Self {
        let provenance = FileProvenance {
            file: layout.input.name,
            rows: scan.rows,
            dropped: scan.dropped,
            delimiter: char::from(layout.sample.delimiter),
            decimal_comma: layout.comma,
            byte_order_mark: layout.sample.has_mark,
            crlf: layout.sample.crlf,
            gzip: layout.input.gzip,
        };
        Self { selection: layout.selection, columns: scan.columns, lines: scan.lines, provenance }
    }
}
