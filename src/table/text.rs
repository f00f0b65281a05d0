//! Bytes that are text: what must hold before anything in them can be a table.
//!
//! [`Text`] hands on the bytes of a reader, checked to be UTF-8 without NUL, without a byte order mark, with lines that
//! end in `\n` or `\r\n`, and with [`END`] behind the last: a table whose last quote is never closed swallows that mark,
//! and so is known by it. A fault is named by its line and byte.

use std::io::{self, Read};

/// What follows the last byte of the file. A line of its own, unless a quote is open.
pub(super) const END: &[u8] = b"\n\x03end of text\x03\n";

/// Why bytes are not text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("byte {byte} is {value:#04x}, which is not UTF-8")]
    NotUtf8 { line: u64, byte: u64, value: u8 },
    #[error("byte {byte} is NUL")]
    Nul { line: u64, byte: u64 },
    #[error("the text is UTF-16")]
    Utf16,
}

/// A reader of checked text.
pub(super) struct Text<R> {
    inner: R,
    /// Bytes that were looked at and not yet handed on.
    held: Vec<u8>,
    /// A character that the last chunk cut.
    cut: Vec<u8>,
    /// Newlines and bytes handed on.
    lines: u64,
    bytes: u64,
    has_mark: bool,
    /// Whether lines end in a lone `\r`, as on an old Macintosh.
    returns: bool,
    ended: bool,
}

impl<R: Read> Text<R> {
    pub(super) fn new(mut inner: R) -> io::Result<Self> {
        let mut held = Vec::new();
        inner.by_ref().take(1 << 16).read_to_end(&mut held)?;
        if is_utf16(&held) {
            return Err(io::Error::other(Fault::Utf16));
        }
        let has_mark = held.starts_with(b"\xef\xbb\xbf");
        if has_mark {
            held.drain(..3);
        }
        let returns = held.contains(&b'\r') && !held.contains(&b'\n');
        let bytes = if has_mark { 3 } else { 0 };
        Ok(Self { inner, held, cut: Vec::new(), lines: 0, bytes, has_mark, returns, ended: false })
    }

    /// Whether the text began with a byte order mark.
    pub(super) fn has_mark(&self) -> bool {
        self.has_mark
    }

    fn check(&mut self, chunk: &[u8]) -> Result<(), Fault> {
        let line_at = |offset: usize| self.lines + 1 + newlines(&chunk[..offset]);
        if let Some(offset) = chunk.iter().position(|&byte| byte == 0) {
            return Err(Fault::Nul { line: line_at(offset), byte: self.bytes + offset as u64 + 1 });
        }
        let wrong = |offset: usize| Fault::NotUtf8 { line: line_at(offset), byte: self.bytes + offset as u64 + 1, value: chunk[offset] };
        let mut start = 0;
        while !self.cut.is_empty() && start < chunk.len() {
            self.cut.push(chunk[start]);
            match std::str::from_utf8(&self.cut) {
                Ok(_) => self.cut.clear(),
                Err(error) if error.error_len().is_some() => {
                    let byte = self.bytes + start as u64 + 2 - self.cut.len() as u64;
                    return Err(Fault::NotUtf8 { line: self.lines + 1, byte, value: self.cut[0] });
                }
                Err(_) => {}
            }
            start += 1;
        }
        if let Err(error) = std::str::from_utf8(&chunk[start..]) {
            let offset = start + error.valid_up_to();
            if error.error_len().is_some() {
                return Err(wrong(offset));
            }
            self.cut = chunk[offset..].to_vec();
        }
        self.lines += newlines(chunk);
        self.bytes += chunk.len() as u64;
        Ok(())
    }
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.held.is_empty() && !self.ended {
            let size = self.inner.read(buffer)?;
            if size > 0 {
                let chunk = &mut buffer[..size];
                if self.returns {
                    end_lines(chunk);
                }
                self.check(chunk).map_err(io::Error::other)?;
                return Ok(size);
            }
            self.ended = true;
            if let Some(&value) = self.cut.first() {
                return Err(io::Error::other(Fault::NotUtf8 { line: self.lines + 1, byte: self.bytes - self.cut.len() as u64 + 1, value }));
            }
            self.held = END.to_vec();
        }
        let size = self.held.len().min(buffer.len());
        buffer[..size].copy_from_slice(&self.held[..size]);
        self.held.drain(..size);
        if !self.ended {
            if self.returns {
                end_lines(&mut buffer[..size]);
            }
            self.check(&buffer[..size]).map_err(io::Error::other)?;
        }
        Ok(size)
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|&&byte| byte == b'\n').count() as u64
}

fn end_lines(chunk: &mut [u8]) {
    chunk.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
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

    /// Reads in chunks of `size`, so that characters are cut.
    fn read(bytes: &[u8], size: usize) -> Result<Vec<u8>, String> {
        let mut text = Text::new(bytes).map_err(|error| error.to_string())?;
        let (mut all, mut buffer) = (Vec::new(), vec![0; size]);
        loop {
            match text.read(&mut buffer) {
                Ok(0) => return Ok(all),
                Ok(size) => all.extend_from_slice(&buffer[..size]),
                Err(error) => return Err(format!("{:?}", error.downcast::<Fault>().expect("a fault"))),
            }
        }
    }

    #[test]
    fn characters_may_be_cut_between_chunks() {
        for size in 1..9 {
            assert_eq!(read("\u{feff}añ€😀b\n".as_bytes(), size).expect("text"), [b"a\xc3\xb1\xe2\x82\xac\xf0\x9f\x98\x80b\n", END].concat());
        }
    }

    #[test]
    fn faults_have_a_line_and_a_byte() {
        for size in 1..9 {
            let fault = |bytes: &[u8]| read(bytes, size).expect_err("a fault");
            assert_eq!(fault(b"a\nb\xe9c\n"), format!("{:?}", Fault::NotUtf8 { line: 2, byte: 4, value: 0xe9 }));
            assert_eq!(fault(b"a\nb\xf0\x9f"), format!("{:?}", Fault::NotUtf8 { line: 2, byte: 4, value: 0xf0 }));
            assert_eq!(fault(b"a\n\nb\0c\n"), format!("{:?}", Fault::Nul { line: 3, byte: 5 }));
        }
        assert!(read(b"a\0b\0", 9).expect_err("UTF-16").contains("UTF-16"));
    }
}
