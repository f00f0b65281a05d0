//! The style sheet of a page that needs no other file: the book's, with its fonts within.
//!
//! Three faces are enough: Latin Modern for prose, Open Sans in two weights for tables and figures. The others of the book are
//! three quarters of what its fonts weigh, and a report sets next to nothing in them.

const BOOK: &str = include_str!("../../../book/theme/book.css");
const PAGE: &str = include_str!("page.css");

/// Family, weight and font.
const FACES: [(&str, u32, &[u8]); 3] = [
    ("LMRoman12", 400, include_bytes!("../../../book/theme/fonts/lmroman12-regular.woff2")),
    ("Open Sans", 400, include_bytes!("../../../book/theme/fonts/open-sans-v17-all-charsets-regular.woff2")),
    ("Open Sans", 600, include_bytes!("../../../book/theme/fonts/open-sans-v17-all-charsets-600.woff2")),
];

/// Everything that the page is set in.
pub(super) fn sheet() -> String {
    let face = |(family, weight, font): (&str, u32, &[u8])| {
        format!("@font-face {{ font-family: \"{family}\"; font-weight: {weight}; src: url(\"data:font/woff2;base64,{}\") format(\"woff2\"); }}\n", base64(font))
    };
    format!("{}{}{PAGE}", FACES.map(face).concat(), without_comments(BOOK))
}

/// A style sheet without what is said to those who write it.
fn without_comments(sheet: &str) -> String {
    let mut parts = sheet.split("/*");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| out + part.split_once("*/").map_or("", |(_, rest)| rest))
}

/// Bytes as text (RFC 4648): four characters for three bytes.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let quartet = |three: &[u8]| {
        let byte = |place: usize| u32::from(three.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let letter = |place: usize| if place <= three.len() { char::from(LETTERS[(bits >> (18 - 6 * place)) as usize & 63]) } else { '=' };
        [0, 1, 2, 3].map(letter)
    };
    bytes.chunks(3).flat_map(quartet).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_text() {
        let all = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        all.iter().for_each(|(bytes, text)| assert_eq!(base64(bytes.as_bytes()), *text));
        assert_eq!(base64(&[255, 239, 190]), "/+++");
    }

    #[test]
    fn the_sheet_loads_nothing() {
        let sheet = sheet();
        assert_eq!(sheet.matches("url(").count(), FACES.len());
        assert!(!sheet.contains("http") && !sheet.contains("@import") && !sheet.contains("</"));
        assert_eq!(without_comments("a /* b */ c /* d */"), "a  c ");
    }
}
