//! Where the bytes of a table come from: a file, a compressed file, or standard input.
//!
//! A table may be read more than once (its dialect is looked for first, and text columns are read again), so what
//! cannot be rewound is copied to a temporary file. How far a pass is, is asked of the file itself, before
//! decompression: that is what a progress bar can compare with the size of the file.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use super::text::{self, Text};
use super::{Progress, Source};
use crate::diagnostic::Diagnostic;

/// What is copied before progress is told again.
const CHUNK: u64 = 1 << 18;

/// A source that can be read from its beginning, as often as needed, one reader at a time.
pub(super) struct Input {
    /// What it is called in messages.
    pub(super) name: PathBuf,
    file: File,
    /// Its size on the disk.
    pub(super) size: u64,
    /// Whether it is decompressed.
    pub(super) gzip: bool,
}

impl Input {
    pub(super) fn open(source: &Source, progress: &mut Progress<'_>) -> Result<Self, Diagnostic> {
        let name = source.name();
        let Source::File(path) = source else {
            return Self::copied(name, io::stdin().lock(), progress);
        };
        let about = path.metadata().map_err(|error| unreadable(&name, &error))?;
        if about.is_dir() {
            return Err(Diagnostic::new(name, "is a folder, not a table", "name a file in it"));
        }
        let file = File::open(path).map_err(|error| unreadable(&name, &error))?;
        if about.is_file() { Self::with(name, file, about.len()) } else { Self::copied(name, file, progress) }
    }

    /// Copies what is read once, such as standard input or a pipe.
    pub(super) fn copied(name: PathBuf, mut from: impl Read, progress: &mut Progress<'_>) -> Result<Self, Diagnostic> {
        let failed = |error: io::Error| {
            let what = format!("cannot be copied to a temporary file: {error}");
            Diagnostic::new(&name, what, "make room where temporary files go, or name a file")
        };
        let mut copy = tempfile::tempfile().map_err(failed)?;
        let mut size = 0;
        loop {
            match io::copy(&mut from.by_ref().take(CHUNK), &mut copy).map_err(failed)? {
                0 => return Self::with(name, copy, size),
                copied => size += copied,
            }
            progress(size, None);
        }
    }

    fn with(name: PathBuf, mut file: File, size: u64) -> Result<Self, Diagnostic> {
        let mut magic = Vec::new();
        let read = file.rewind().and_then(|()| (&file).take(2).read_to_end(&mut magic));
        read.map_err(|error| unreadable(&name, &error))?;
        let gzip = magic == [0x1f, 0x8b];
        if !gzip && size > 0 && name.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz")) {
            let cure = "rename it if it is plain text, or compress it again";
            return Err(Diagnostic::new(name, "ends in .gz and is no gzip file", cure));
        }
        Ok(Self { name, file, size, gzip })
    }

    /// How many bytes were taken from the disk since its beginning.
    pub(super) fn position(&self) -> u64 {
        // What cannot be told is shown as the beginning: it moves a progress bar and nothing else.
        (&self.file).stream_position().unwrap_or(0)
    }

    /// The text from its beginning.
    pub(super) fn text(&self) -> Result<Text<'_>, Diagnostic> {
        self.bytes().and_then(Text::new).map_err(|error| self.broken(&error))
    }

    fn bytes(&self) -> io::Result<Box<dyn Read + '_>> {
        let mut file = &self.file;
        file.rewind()?;
        match self.gzip {
            true => Ok(Box::new(MultiGzDecoder::new(BufReader::with_capacity(1 << 18, file)))),
            false => Ok(Box::new(file)),
        }
    }

    /// It cannot be used as a whole.
    pub(super) fn refused(&self, what: impl Into<String>, cure: &str) -> Diagnostic {
        Diagnostic::new(&self.name, what, cure)
    }

    /// What went wrong while it was read.
    pub(super) fn broken(&self, error: &io::Error) -> Diagnostic {
        use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
        match error.kind() {
            InvalidData | InvalidInput | UnexpectedEof if self.gzip => {
                self.refused("holds gzip data that are damaged or cut short", "copy or compress the file again")
            }
            Other => match self.bytes().and_then(|bytes| text::first_fault(&self.name, bytes)) {
                Ok(Some(fault)) => fault,
                Ok(None) => unreadable(&self.name, error),
                Err(other) => unreadable(&self.name, &other),
            },
            _ => unreadable(&self.name, error),
        }
    }
}

fn unreadable(name: &Path, error: &io::Error) -> Diagnostic {
    let (what, cure) = match error.kind() {
        io::ErrorKind::NotFound => ("does not exist".to_owned(), "check the name and the folder"),
        io::ErrorKind::PermissionDenied => {
            let cure = "change its permissions, or copy it to where you may read it";
            ("may not be read".to_owned(), cure)
        }
        _ => (format!("cannot be read: {error}"), "check the file and the disk"),
    };
    Diagnostic::new(name, what, cure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_can_be_read_twice() {
        let mut seen = Vec::new();
        let name = PathBuf::from("standard input");
        let input = Input::copied(name, &b"a,b\n"[..], &mut |bytes, total| seen.push((bytes, total))).expect("copied");
        assert_eq!(seen, [(4, None)]);
        for _ in 0..2 {
            let text = io::read_to_string(input.text().expect("text")).expect("UTF-8");
            assert!(text.starts_with("a,b\n\n"), "{text:?}");
        }
    }
}
