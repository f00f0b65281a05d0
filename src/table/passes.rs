//! One file from its bytes to columns: how it is written, what its header says, one pass over the rows or two.
//!
//! Every column is taken for numbers at first. Only where most cells of a column prove to be text, and are to be encoded,
//! are the rows read again with that knowledge: so a table of numbers is read once, and no cell is ever kept as text.

use std::path::PathBuf;

use super::assemble::Heading;
use super::dialect::{self, Sample};
use super::input::Input;
use super::levels::Levels;
use super::notes::FileNotes;
use super::refusal::Refusal;
use super::scan::{self, Column, Layout, Scan};
use super::verdict::Findings;
use super::{Progress, Reading, Source, header};

/// What a file gave.
pub(super) struct Pass {
    pub(super) file: PathBuf,
    pub(super) heading: Heading,
    pub(super) columns: Vec<Column>,
    pub(super) rows: usize,
    pub(super) notes: FileNotes,
}

/// Reads the table that is fitted, or split.
pub(super) fn first(source: &Source, reading: &Reading, progress: &mut Progress<'_>) -> Result<Pass, Refusal> {
    let input = Input::open(source, progress)?;
    let (delimiter, sample) = begin(&input, reading)?;
    let names = header::names(&sample.rows[0]);
    let chosen = header::choose(&names, reading, delimiter).map_err(|wrong| at_header(&input, &sample, wrong))?;
    let guessed = || dialect::decimal_comma(&sample.rows, &chosen.used, delimiter).unwrap_or(false);
    let layout = Layout { delimiter, comma: reading.decimal_comma.unwrap_or_else(guessed), used: chosen.used };
    let heading = Heading {
        names: layout.used.iter().map(|&at| names[at].clone()).collect(),
        features: chosen.features,
        ignored: chosen.ignored,
        nameless: chosen.nameless,
    };
    let numbers = heading.names.iter().map(|_| Column::Numbers(Vec::new())).collect();
    let mut scan = scan::scan(&input, &layout, numbers, reading.missing, progress)?;
    let findings = findings(&input, &heading, &layout, reading, &scan);
    findings.refuse_text_columns(reading.one_hot)?;
    let texts = findings.text_columns();
    findings.refuse_cells(&texts, "")?;
    findings.refuse_missing(reading.missing)?;
    findings.refuse_no_rows()?;
    if !texts.is_empty() {
        drop(scan);
        let column = |at| if texts.contains(&at) { Column::Codes(Levels::default(), Vec::new()) } else { Column::Numbers(Vec::new()) };
        scan = scan::scan(&input, &layout, (0..heading.names.len()).map(column).collect(), reading.missing, progress)?;
        let findings = self::findings(&input, &heading, &layout, reading, &scan);
        findings.refuse_cells(&[], "")?;
        // Nothing new, unless the file changed in between.
        findings.refuse_missing(reading.missing)?;
        findings.refuse_no_rows()?;
    }
    Ok(pass(&input, heading, &layout, &sample, scan))
}

/// Reads a test table, whose columns are those of a training table.
pub(super) fn again(source: &Source, training: &Pass, reading: &Reading, progress: &mut Progress<'_>) -> Result<Pass, Refusal> {
    let input = Input::open(source, progress)?;
    let (delimiter, sample) = begin(&input, reading)?;
    let heading = training.heading.clone();
    let wanted: Vec<&str> = heading.names.iter().map(String::as_str).collect();
    let file = training.file.to_string_lossy();
    let used = header::find_again(&header::names(&sample.rows[0]), &wanted, &file).map_err(|wrong| at_header(&input, &sample, wrong))?;
    // A table of whole numbers does not show its decimal sign; then it is that of its twin.
    let guessed = || dialect::decimal_comma(&sample.rows, &used, delimiter).unwrap_or(training.notes.decimal_comma && delimiter != b',');
    let layout = Layout { delimiter, comma: reading.decimal_comma.unwrap_or_else(guessed), used };
    let alike = |column: &Column| match column {
        Column::Numbers(_) => Column::Numbers(Vec::new()),
        Column::Codes(levels, _) => Column::Codes(levels.closed(), Vec::new()),
    };
    let scan = scan::scan(&input, &layout, training.columns.iter().map(alike).collect(), reading.missing, progress)?;
    let findings = findings(&input, &heading, &layout, reading, &scan);
    findings.refuse_cells(&[], &file)?;
    findings.refuse_missing(reading.missing)?;
    findings.refuse_no_rows()?;
    Ok(pass(&input, heading, &layout, &sample, scan))
}

/// The delimiter and the first rows.
fn begin(input: &Input, reading: &Reading) -> Result<(u8, Sample), Refusal> {
    let delimiter = match reading.delimiter {
        Some(delimiter) if dialect::is_possible(delimiter) => delimiter,
        Some(delimiter) => {
            let what = format!("cannot be split at {}", dialect::name(delimiter));
            return Err(Refusal::new(input.name(), None, what, "name a delimiter that is no letter, digit, quote or part of a number"));
        }
        None => dialect::delimiter(input)?,
    };
    let sample = dialect::sample(input, delimiter)?;
    if sample.rows.is_empty() {
        return Err(Refusal::new(input.name(), None, "is empty", "give a table with a header and rows"));
    }
    Ok((delimiter, sample))
}

fn at_header(input: &Input, sample: &Sample, (what, cure): header::Wrong) -> Refusal {
    Refusal::new(input.name(), sample.line, what, cure)
}

fn findings<'a>(input: &'a Input, heading: &'a Heading, layout: &Layout, reading: &Reading, scan: &'a Scan) -> Findings<'a> {
    Findings { file: input.name(), scan, names: &heading.names, features: heading.features, comma: layout.comma, guessed: reading.decimal_comma.is_none() }
}

fn pass(input: &Input, heading: Heading, layout: &Layout, sample: &Sample, scan: Scan) -> Pass {
    let notes = FileNotes {
        file: input.name().to_path_buf(),
        rows: scan.rows,
        dropped: scan.dropped,
        delimiter: char::from(layout.delimiter),
        decimal_comma: layout.comma,
        byte_order_mark: sample.has_mark,
        crlf: sample.crlf,
        gzip: input.is_compressed(),
    };
    Pass { file: notes.file.clone(), heading, columns: scan.columns, rows: scan.rows, notes }
}
