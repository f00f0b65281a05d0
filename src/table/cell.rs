//! What a cell says: a number, or why none.

use super::missing::is_missing;

/// Why a cell of a column in use gives no value, in the order in which it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fault {
    /// It says that it says nothing.
    Missing,
    /// It is no number.
    Text,
    /// It is NaN or an infinity, spelled out.
    NotFinite,
    /// It has the digits of a number that no f64 holds.
    TooLarge,
    /// Its text would be one level more than can be encoded.
    TooManyLevels,
    /// Its text is no level of the training table.
    UnknownLevel,
}

/// Reads a finite number; with `comma`, a comma is the decimal sign and a point is none.
pub(super) fn number(cell: &str, comma: bool) -> Result<f64, Fault> {
    let cell = trimmed(cell);
    let parsed = match comma {
        false => cell.parse::<f64>().ok(),
        true if cell.contains('.') => None,
        true => cell.replace(',', ".").parse().ok(),
    };
    match parsed {
        Some(number) if number.is_finite() => Ok(number),
        Some(_) if cell.contains(|c: char| c.is_ascii_digit()) => Err(Fault::TooLarge),
        Some(_) => Err(Fault::NotFinite),
        None if is_missing(cell) => Err(Fault::Missing),
        None => Err(Fault::Text),
    }
}

/// Without the spaces around it, and without quotes that a space kept from being quotes.
pub(super) fn trimmed(cell: &str) -> &str {
    let cell = cell.trim();
    let inner = cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"'));
    inner.map_or(cell, str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_all_their_spellings() {
        let plain = [("1", 1.0), (" -2.5 ", -2.5), ("+.5", 0.5), ("5.", 5.0), ("1e-3", 1e-3), ("1E3", 1e3)];
        for (text, expected) in [("\u{a0}7\u{a0}", 7.0), (" \"8\" ", 8.0)].into_iter().chain(plain) {
            assert_eq!(number(text, false), Ok(expected), "{text}");
        }
        assert_eq!(number("-1,5e2", true), Ok(-150.0));
        assert_eq!(number("12", true), Ok(12.0));
    }

    #[test]
    fn what_is_no_number_is_told_apart() {
        for text in ["", "  ", "NA", "na", "N/A", "n/a", "null", "NULL", "?", "\u{a0}"] {
            assert_eq!(number(text, false), Err(Fault::Missing), "{text}");
        }
        for text in ["abc", "1,5", "1 000", "1_000", "0x10", "5 %", "-", "1.2.3", "none", "\""] {
            assert_eq!(number(text, false), Err(Fault::Text), "{text}");
        }
        for text in ["1.5", "1.234,5", "1,2,3"] {
            assert_eq!(number(text, true), Err(Fault::Text), "{text}");
        }
        for text in ["NaN", "nan", "inf", "-Infinity"] {
            assert_eq!(number(text, false), Err(Fault::NotFinite), "{text}");
        }
        assert_eq!(number("-1e999", false), Err(Fault::TooLarge));
    }
}
