//! Which delimiter and which decimal sign a table is written with, from its header and first rows.

use csv::ByteRecord;

use super::cell::{self, Cell, trimmed};
use super::input::Input;
use super::records::Records;
use super::refusal::Refusal;

/// The delimiters that are looked for, the likelier first.
const DELIMITERS: [u8; 4] = *b",;\t|";
/// How many rows below the header are looked at.
const SAMPLE: usize = 100;

/// Its name in a sentence.
pub(super) fn name(delimiter: u8) -> String {
    match delimiter {
        b',' => "comma".to_owned(),
        b';' => "semicolon".to_owned(),
        b'\t' => "tab".to_owned(),
        other => format!("`{}`", char::from(other).escape_debug()),
    }
}

/// Whether a byte can stand between cells: one that numbers, names, quotes and lines are not made of.
pub(super) fn is_possible(delimiter: u8) -> bool {
    delimiter == b'\t' || delimiter == b' ' || (delimiter.is_ascii_punctuation() && !b"\"+-.".contains(&delimiter))
}

/// How a table begins.
pub(super) struct Sample {
    /// The header and the first rows below it; rows may be ragged.
    pub(super) rows: Vec<ByteRecord>,
    /// The line of the header.
    pub(super) line: u64,
    pub(super) has_mark: bool,
    /// Whether the header ends in `\r\n`.
    pub(super) crlf: bool,
}

/// The beginning of a table, split at `delimiter`.
pub(super) fn sample(input: &Input, delimiter: u8) -> Result<Sample, Refusal> {
    let mut records = Records::open(input, delimiter)?;
    let mut sample = Sample { rows: Vec::new(), line: 1, has_mark: records.has_mark(), crlf: false };
    while sample.rows.len() <= SAMPLE && records.advance()? {
        if sample.rows.is_empty() {
            sample.line = records.line();
            sample.crlf = records.record().iter().next_back().is_some_and(|name| name.ends_with(b"\r"));
        }
        sample.rows.push(records.record().clone());
    }
    Ok(sample)
}

/// The delimiter that splits the header into most names and most rows into as many cells, then that which leaves
/// most numbers; a comma where none splits the header.
pub(super) fn delimiter(input: &Input) -> Result<u8, Refusal> {
    let (mut best, mut fault) = (((false, 1, 0), b','), None);
    for candidate in DELIMITERS {
        let rows = match sample(input, candidate) {
            Ok(sample) => sample.rows,
            // Quotes stand elsewhere under another delimiter: one that seems open there need not be open.
            Err(refusal) if refusal.line.is_some() => {
                fault.get_or_insert(refusal);
                continue;
            }
            Err(refusal) => return Err(refusal),
        };
        let width = rows.first().map_or(0, ByteRecord::len);
        let agreeing = rows.iter().skip(1).filter(|row| row.len() == width).count();
        let numbers = rows.iter().skip(1).flat_map(ByteRecord::iter).filter(|cell| number(cell, false) || number(cell, true)).count();
        let score = (2 * agreeing + 1 >= rows.len(), width, numbers);
        if width > 1 && score > best.0 {
            best = (score, candidate);
        }
    }
    match fault {
        Some(fault) if best.0.1 == 1 => Err(fault),
        _ => Ok(best.1),
    }
}

/// Whether a comma is the decimal sign in the `used` columns; nothing where no cell shows it.
///
/// A comma that could set thousands apart (`1,500`) only counts in a table of semicolons, and beside a comma that is the
/// delimiter none counts: there it must be asked for.
pub(super) fn decimal_comma(rows: &[ByteRecord], used: &[usize], delimiter: u8) -> Option<bool> {
    let cells = || rows.iter().skip(1).flat_map(|row| used.iter().filter_map(|&at| row.get(at))).map(trimmed);
    if cells().any(|cell| cell.contains(&b'.') && number(cell, false)) {
        return Some(false);
    }
    let shows = |cell: &[u8]| cell.contains(&b',') && number(cell, true) && (delimiter == b';' || !may_be_thousands(cell));
    (delimiter != b',' && cells().any(shows)).then_some(true)
}

fn number(cell: &[u8], comma: bool) -> bool {
    matches!(cell::read(cell, comma), Cell::Number(_))
}

/// Three digits behind one comma.
fn may_be_thousands(cell: &[u8]) -> bool {
    cell.iter().position(|&byte| byte == b',').is_some_and(|at| cell.len() == at + 4 && cell[at + 1..].iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(text: &str) -> (u8, Option<bool>) {
        let input = Input::copied("t".into(), text.as_bytes(), &mut |_, _| {}).expect("copied");
        let delimiter = delimiter(&input).expect("text");
        (delimiter, decimal_comma(&sample(&input, delimiter).expect("text").rows, &[0, 1], delimiter))
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
