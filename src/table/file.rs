//! One file from its bytes to columns: how it is written, what its header says, one pass over the rows or two.
//!
//! Every column is taken for numbers at first. Only where most cells of a column prove to be text, and are to be encoded,
//! are the rows read again with that knowledge: so a table of numbers is read once, and no cell is ever kept as text.

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
    pub(super) fn read(source: &Source, options: &ReadOptions, progress: &mut Progress<'_>) -> Result<Self, Diagnostic> {
        let input = Input::open(source, progress)?;
        let sample = Sample::of(&input, options.delimiter)?;
        let selection = Header::new(input.name(), &sample).select(options)?;
        let guessed = || sample.decimal_comma(&selection.used).unwrap_or(false);
        let comma = options.decimal_comma.unwrap_or_else(guessed);
        let file = Opened { input, sample, selection, comma, options };
        let width = file.selection.names.len();
        let mut scan = file.scan((0..width).map(|_| Column::default()).collect(), progress)?;
        let texts = file.check(&scan).text_columns(options.one_hot)?;
        file.check(&scan).all(&texts, options.missing, "")?;
        if !texts.is_empty() {
            drop(scan);
            let column = |at| if texts.contains(&at) { Column::of_texts() } else { Column::default() };
            scan = file.scan((0..width).map(column).collect(), progress)?;
            file.check(&scan).all(&[], options.missing, "")?;
        }
        Ok(file.contents(scan))
    }

    /// Reads a test table, whose columns are those of this training table.
    pub(super) fn read_test(&self, source: &Source, options: &ReadOptions, progress: &mut Progress<'_>) -> Result<Self, Diagnostic> {
        let input = Input::open(source, progress)?;
        let sample = Sample::of(&input, options.delimiter)?;
        let selection = Header::new(input.name(), &sample).select_again(&self.selection, &self.provenance.file)?;
        // A table of whole numbers does not show its decimal sign; then it is that of its twin.
        let twin = self.provenance.decimal_comma && sample.delimiter != b',';
        let guessed = || sample.decimal_comma(&selection.used).unwrap_or(twin);
        let comma = options.decimal_comma.unwrap_or_else(guessed);
        let file = Opened { input, sample, selection, comma, options };
        let scan = file.scan(self.columns.iter().map(Column::alike).collect(), progress)?;
        file.check(&scan).all(&[], options.missing, &self.provenance.file.to_string_lossy())?;
        Ok(file.contents(scan))
    }
}

/// A file of which is known how it is written and which of its columns are used.
struct Opened<'a> {
    input: Input,
    sample: Sample,
    selection: Selection,
    comma: bool,
    options: &'a ReadOptions,
}

impl Opened<'_> {
    fn scan(&self, columns: Vec<Column>, progress: &mut Progress<'_>) -> Result<Scan, Diagnostic> {
        let layout = Layout { delimiter: self.sample.delimiter, comma: self.comma, used: &self.selection.used };
        Scan::read(&self.input, layout, columns, self.options.missing, progress)
    }

    fn check<'a>(&'a self, scan: &'a Scan) -> Check<'a> {
        let (file, guessed) = (self.input.name(), self.options.decimal_comma.is_none());
        Check { file, scan, selection: &self.selection, comma: self.comma, guessed }
    }

    fn contents(self, scan: Scan) -> Contents {
        let provenance = FileProvenance {
            file: self.input.name().to_path_buf(),
            rows: scan.rows,
            dropped: scan.dropped,
            delimiter: char::from(self.sample.delimiter),
            decimal_comma: self.comma,
            byte_order_mark: self.sample.has_mark,
            crlf: self.sample.crlf,
            gzip: self.input.is_compressed(),
        };
        Contents { selection: self.selection, columns: scan.columns, lines: scan.lines, provenance }
    }
}
