//! Bytes as text: what a table's bytes are made to be before they are split into cells, and where they are no text.
//!
//! [`Text`] hands on bytes without a byte order mark, without NUL, with lines that end in `\n` or `\r\n`, and with
//! [`END`] behind the last. That they are UTF-8 is found out row by row, by the csv crate. Which byte is at fault is
//! looked for once one is, by [`first_fault`].

use std::io::{self, BufRead as _, BufReader, Cursor, Read};
use std::path::Path;

use crate::diagnostic::Diagnostic;

/// What follows the last byte of the file: a line of its own, unless a quote is open that swallows it.
pub(super) const END: &str = "\n\x03end of text\x03\n";

const MARK: &[u8] = b"\xef\xbb\xbf";

/// A reader of text.
pub(super) struct Text<'a> {
    bytes: Box<dyn Read + 'a>,
    /// Whether it began with a byte order mark.
    pub(super) has_mark: bool,
    line_end: u8,
}

impl<'a> Text<'a> {
    pub(super) fn new(mut bytes: impl Read + 'a) -> io::Result<Self> {
        let mut head = Vec::new();
        bytes.by_ref().take(1 << 16).read_to_end(&mut head)?;
        let (has_mark, line_end) = (head.starts_with(MARK), line_end(&head));
        if has_mark {
            head.drain(..MARK.len());
        }
        Ok(Self { bytes: Box::new(Cursor::new(head).chain(bytes).chain(END.as_bytes())), has_mark, line_end })
    }
}

impl Read for Text<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.bytes.read(buffer)?;
        let chunk = &mut buffer[..size];
        if chunk.contains(&0) {
            return Err(io::Error::other("NUL"));
        }
        if self.line_end == b'\r' {
            chunk.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
        }
        Ok(size)
    }
}

/// What the first byte is that no text has.
pub(super) fn first_fault(file: &Path, bytes: impl Read) -> io::Result<Option<Diagnostic>> {
    let mut bytes = BufReader::with_capacity(1 << 16, bytes);
    let head = bytes.fill_buf()?;
    let utf8 = "save the file as UTF-8";
    if is_utf16(head) {
        return Ok(Some(Diagnostic::new(file, "the text is UTF-16", utf8)));
    }
    let (line_end, mut line, mut before) = (line_end(head), Vec::new(), 0);
    for number in 1.. {
        line.clear();
        if bytes.read_until(line_end, &mut line)? == 0 {
            break;
        }
        let sound = std::str::from_utf8(&line).map_or_else(|error| error.valid_up_to(), str::len);
        if let Some(at) = line[..sound].iter().position(|&byte| byte == 0) {
            let cure = "give a table of plain text in UTF-8; this is another kind of file";
            return Ok(Some(Diagnostic::at(file, number, format!("byte {} is NUL", before + at + 1), cure)));
        }
        if let Some(value) = line.get(sound) {
            let what = format!("byte {} is {value:#04x}, which is not UTF-8", before + sound + 1);
            return Ok(Some(Diagnostic::at(file, number, what, utf8)));
        }
        before += line.len();
    }
    Ok(None)
}

/// How lines end: in a lone `\r` as on an old Macintosh, where there is no `\n`.
fn line_end(head: &[u8]) -> u8 {
    if head.contains(&b'\r') && !head.contains(&b'\n') { b'\r' } else { b'\n' }
}

/// By its mark, or by the zero in every second byte of Latin text.
fn is_utf16(head: &[u8]) -> bool {
    match *head {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [0, a, 0, b, ..] | [a, 0, b, 0, ..] => a != 0 && b != 0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_old_line_ends_are_taken_away() {
        let read = |bytes: &'static [u8]| io::read_to_string(Text::new(bytes).expect("bytes")).expect("text");
        assert_eq!(read("\u{feff}añ\r\n€".as_bytes()), format!("añ\r\n€{END}"));
        assert_eq!(read(b"a,y\r1,2\r"), format!("a,y\n1,2\n{END}"));
    }

    #[test]
    fn faults_have_a_line_and_a_byte() {
        let fault = |bytes: &[u8]| {
            let fault = first_fault(Path::new("t"), bytes).expect("bytes").expect("a fault");
            (fault.place.and_then(|place| place.line), fault.what)
        };
        let not_utf8 = |byte, value: &str| format!("byte {byte} is {value}, which is not UTF-8");
        assert_eq!(fault(b"a\nb\xe9c\n"), (Some(2), not_utf8(4, "0xe9")));
        assert_eq!(fault(b"a\rb\xe9c\r"), (Some(2), not_utf8(4, "0xe9")));
        assert_eq!(fault(b"a\nb\xf0\x9f"), (Some(2), not_utf8(4, "0xf0")));
        assert_eq!(fault("\u{feff}ñ\n\n\0\n".as_bytes()), (Some(3), "byte 8 is NUL".to_owned()));
        assert_eq!(fault(b"a\0\n\0"), (None, "the text is UTF-16".to_owned()));
        assert_eq!(first_fault(Path::new("t"), "añ€😀b\n".as_bytes()).expect("bytes"), None);
    }
}
