//! Which delimiter and which decimal sign a table is written with, from its header and first rows.

use csv::StringRecord;

use super::cell::{self, trimmed};
use super::input::Input;
use super::records::Records;
use crate::diagnostic::Diagnostic;

/// The delimiters that are looked for, the likelier first.
const DELIMITERS: [u8; 4] = *b",;\t|";
/// How many rows below the header are looked at.
const SAMPLE: usize = 100;

/// A delimiter's name in a sentence.
pub(super) fn name(delimiter: u8) -> String {
    match delimiter {
        b',' => "comma".to_owned(),
        b';' => "semicolon".to_owned(),
        b'\t' => "tab".to_owned(),
        other => format!("`{}`", char::from(other).escape_debug()),
    }
}

/// Whether a byte can stand between cells: one that numbers, names, quotes and lines are not made of.
fn is_possible(delimiter: u8) -> bool {
    matches!(delimiter, b'\t' | b' ') || (delimiter.is_ascii_punctuation() && !b"\"+-.".contains(&delimiter))
}

/// How a table begins.
pub(super) struct Sample {
    pub(super) delimiter: u8,
    /// The header and the first rows below it; rows may be ragged.
    pub(super) rows: Vec<StringRecord>,
    /// The line of the header.
    pub(super) line: usize,
    pub(super) has_mark: bool,
    /// Whether the header ends in `\r\n`.
    pub(super) crlf: bool,
}

impl Sample {
    /// The beginning of a table, split at the delimiter that was asked for or at the likeliest.
    pub(super) fn of(input: &Input, delimiter: Option<u8>) -> Result<Self, Diagnostic> {
        let sample = match delimiter {
            None => Self::likeliest(input)?,
            Some(delimiter) if is_possible(delimiter) => Self::split(input, delimiter)?,
            Some(delimiter) => {
                let what = format!("cannot be split at {}", name(delimiter));
                return Err(input.refused(what, "name a delimiter that is no letter, digit, quote or part of a number"));
            }
        };
        if sample.rows.is_empty() {
            return Err(input.refused("is empty", "give a table with a header and rows"));
        }
        Ok(sample)
    }

    fn split(input: &Input, delimiter: u8) -> Result<Self, Diagnostic> {
        let mut records = Records::open(input, delimiter)?;
        let mut sample = Self { delimiter, rows: Vec::new(), line: 1, has_mark: records.has_mark(), crlf: false };
        while sample.rows.len() <= SAMPLE && records.advance()? {
            if sample.rows.is_empty() {
                sample.line = records.line();
                sample.crlf = records.record().as_slice().ends_with('\r');
            }
            sample.rows.push(records.record().clone());
        }
        Ok(sample)
    }

    /// Split at the delimiter that splits the header into most names and most rows into as many cells, then at that
    /// which leaves most numbers; at a comma where none splits the header.
    fn likeliest(input: &Input) -> Result<Self, Diagnostic> {
        let (mut best, mut fault): (Option<Self>, _) = (None, None);
        for candidate in DELIMITERS {
            match Self::split(input, candidate) {
                Ok(sample) if sample.width() < 2 => {}
                Ok(sample) if best.as_ref().is_some_and(|best| best.score() >= sample.score()) => {}
                Ok(sample) => best = Some(sample),
                // Quotes stand elsewhere under another delimiter: one that seems open there need not be open.
                Err(refused) if refused.place.as_ref().is_some_and(|place| place.line.is_some()) => {
                    fault.get_or_insert(refused);
                }
                Err(refused) => return Err(refused),
            }
        }
        best.map(Ok).or_else(|| fault.map(Err)).unwrap_or_else(|| Self::split(input, DELIMITERS[0]))
    }

    fn width(&self) -> usize {
        self.rows.first().map_or(0, StringRecord::len)
    }

    fn score(&self) -> (bool, usize, usize) {
        let below = || self.rows.iter().skip(1);
        let agreeing = below().filter(|row| row.len() == self.width()).count();
        let is_number = |cell: &&str| [false, true].iter().any(|&comma| cell::number(cell, comma).is_ok());
        let numbers = below().flat_map(StringRecord::iter).filter(is_number).count();
        (2 * agreeing + 1 >= self.rows.len(), self.width(), numbers)
    }

    /// Whether a comma is the decimal sign in the `used` columns; nothing where no cell shows it.
    ///
    /// A comma that could set thousands apart (`1,500`) only counts in a table of semicolons, and beside a comma that
    /// is the delimiter none counts: there it must be asked for.
    pub(super) fn decimal_comma(&self, used: &[usize]) -> Option<bool> {
        let cells = || self.rows.iter().skip(1).flat_map(|row| used.iter().filter_map(|&at| row.get(at))).map(trimmed);
        if cells().any(|cell| cell.contains('.') && cell::number(cell, false).is_ok()) {
            return Some(false);
        }
        let is_plain = |cell: &str| self.delimiter == b';' || !may_be_thousands(cell);
        let shows = |cell: &str| cell.contains(',') && cell::number(cell, true).is_ok() && is_plain(cell);
        (self.delimiter != b',' && cells().any(shows)).then_some(true)
    }
}

/// Three digits behind one comma.
fn may_be_thousands(cell: &str) -> bool {
    cell.split_once(',')
        .is_some_and(|(_, digits)| digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(text: &str) -> (u8, Option<bool>) {
        let input = Input::copied("t".into(), text.as_bytes(), &mut |_, _| {}).expect("copied");
        let sample = Sample::of(&input, None).expect("text");
        (sample.delimiter, sample.decimal_comma(&[0, 1]))
    }

    #[test]
    fn dialects_are_told_by_header_and_rows() {
        assert_eq!(guess("a,b\n1,2\n"), (b',', None));
        assert_eq!(guess("a;b\n1,5;2,5\n"), (b';', Some(true)));
        assert_eq!(guess("a;b\n1,500;2,250\n"), (b';', Some(true)));
        assert_eq!(guess("a\tb\n1,500\t2,250\n"), (b'\t', None));
        assert_eq!(guess("a\tb\n1,500\t2,25\n"), (b'\t', Some(true)));
        assert_eq!(guess("a|b\n1.5|2,5\n"), (b'|', Some(false)));
        assert_eq!(guess("\"a;1\",\"b;2\"\n\"1,5\",2\n"), (b',', None));
        assert_eq!(guess("x, in m;y\n1,5;2\n1,5;3\n"), (b';', Some(true)));
    }
}
