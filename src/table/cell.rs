//! What a cell says: a number, nothing, or something else.

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell {
    /// A finite number.
    Number(f64),
    /// Empty, `NA`, `N/A`, `null` or `?`, in any case.
    Missing,
    /// NaN or an infinity, spelled out.
    NotFinite,
    /// Digits of a number that no f64 holds.
    TooLarge,
    /// Anything else.
    Text,
}

/// How numbers are written where a comma is the decimal sign, with room for every digit that a number can use.
const ROOM: usize = 400;

/// Reads a cell; with `comma`, a comma is the decimal sign and a point is none.
pub(super) fn read(cell: &[u8], comma: bool) -> Cell {
    let cell = trimmed(cell);
    let parsed = if comma { with_point(cell).and_then(|(bytes, size)| parse(&bytes[..size])) } else { parse(cell) };
    match parsed {
        Some(number) if number.is_finite() => Cell::Number(number),
        Some(_) if cell.iter().any(u8::is_ascii_digit) => Cell::TooLarge,
        Some(_) => Cell::NotFinite,
        None if is_missing(cell) => Cell::Missing,
        None => Cell::Text,
    }
}

fn parse(cell: &[u8]) -> Option<f64> {
    std::str::from_utf8(cell).ok()?.parse().ok()
}

fn with_point(cell: &[u8]) -> Option<([u8; ROOM], usize)> {
    if cell.len() > ROOM || cell.contains(&b'.') {
        return None;
    }
    let mut bytes = [0; ROOM];
    for (byte, &from) in bytes.iter_mut().zip(cell) {
        *byte = if from == b',' { b'.' } else { from };
    }
    Some((bytes, cell.len()))
}

/// Whether a trimmed cell says that it says nothing.
pub(super) fn is_missing(cell: &[u8]) -> bool {
    matches!(cell, b"" | b"?") || [&b"NA"[..], b"N/A", b"null"].iter().any(|word| cell.eq_ignore_ascii_case(word))
}

/// Without the spaces around it, and without quotes that a space kept from being quotes.
pub(super) fn trimmed(cell: &[u8]) -> &[u8] {
    let cell = spaces_trimmed(cell);
    match cell {
        [b'"', inner @ .., b'"'] => spaces_trimmed(inner),
        _ => cell,
    }
}

fn spaces_trimmed(cell: &[u8]) -> &[u8] {
    let cell = cell.trim_ascii();
    let is_ascii = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii);
    if is_ascii(cell.first()) && is_ascii(cell.last()) {
        return cell;
    }
    // No-break spaces and their kin.
    std::str::from_utf8(cell).map_or(cell, |text| text.trim().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_all_their_spellings() {
        for (text, number) in [("1", 1.0), (" -2.5 ", -2.5), ("+.5", 0.5), ("5.", 5.0), ("1e-3", 1e-3), ("1E3", 1e3), ("\u{a0}7\u{a0}", 7.0), (" \"8\" ", 8.0)]
        {
            assert_eq!(read(text.as_bytes(), false), Cell::Number(number), "{text}");
        }
        assert_eq!(read(b"-1,5e2", true), Cell::Number(-150.0));
        assert_eq!(read(b"12", true), Cell::Number(12.0));
    }

    #[test]
    fn what_is_no_number_is_told_apart() {
        for text in ["", "  ", "NA", "na", "N/A", "n/a", "null", "NULL", "?", "\u{a0}"] {
            assert_eq!(read(text.as_bytes(), false), Cell::Missing, "{text}");
        }
        for text in ["abc", "1,5", "1 000", "1_000", "0x10", "5 %", "-", "1.2.3", "none"] {
            assert_eq!(read(text.as_bytes(), false), Cell::Text, "{text}");
        }
        for text in ["1.5", "1.234,5", "1,2,3"] {
            assert_eq!(read(text.as_bytes(), true), Cell::Text, "{text}");
        }
        for text in ["NaN", "nan", "inf", "-Infinity"] {
            assert_eq!(read(text.as_bytes(), false), Cell::NotFinite, "{text}");
        }
        assert_eq!(read(b"-1e999", false), Cell::TooLarge);
    }
}
