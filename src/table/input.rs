//! Where the bytes of a table come from: a file, a compressed file, or standard input.
//!
//! A table may be read more than once (its dialect is looked for first, and text columns are read again), so what cannot
//! be rewound is copied to a temporary file. Bytes are counted as they come from the disk, before decompression: that is
//! what a progress bar can compare with the size of the file.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;

use super::refusal::Refusal;
use super::text::{Fault, Text};
use super::{Progress, Source};

/// What is read at once.
const CHUNK: usize = 1 << 18;

/// The text of an input, before its first line.
pub(super) struct Opened {
    pub(super) text: Text<Box<dyn Read>>,
    /// Bytes taken from the disk so far.
    pub(super) taken: Rc<Cell<u64>>,
}

/// A source that can be read from its beginning, as often as needed.
pub(super) struct Input {
    name: PathBuf,
    /// A handle on a temporary copy, for what cannot be opened again.
    copy: Option<File>,
    size: u64,
    compressed: bool,
}

impl Input {
    pub(super) fn open(source: &Source, progress: &mut Progress<'_>) -> Result<Self, Refusal> {
        let name = source.name();
        match source {
            Source::StandardInput => Self::copied(name, io::stdin().lock(), progress),
            Source::File(path) => {
                let about = std::fs::metadata(path).map_err(|error| unreadable(&name, &error))?;
                if about.is_dir() {
                    return Err(Refusal::new(&name, None, "is a folder, not a table", "name a file in it"));
                }
                let file = File::open(path).map_err(|error| unreadable(&name, &error))?;
                if about.is_file() { Self::with(name, None, file, about.len()) } else { Self::copied(name, file, progress) }
            }
        }
    }

    /// Copies what is read once, such as standard input or a pipe.
    pub(super) fn copied(name: PathBuf, mut from: impl Read, progress: &mut Progress<'_>) -> Result<Self, Refusal> {
        let failed = |error: &io::Error| {
            Refusal::new(&name, None, format!("cannot be copied to a temporary file: {error}"), "make room where temporary files go, or name a file")
        };
        let mut copy = tempfile::tempfile().map_err(|error| failed(&error))?;
        let (mut buffer, mut size) = (vec![0; CHUNK], 0);
        loop {
            let read = match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(unreadable(&name, &error)),
            };
            copy.write_all(&buffer[..read]).map_err(|error| failed(&error))?;
            size += read as u64;
            progress(size, None);
        }
        copy.rewind().map_err(|error| failed(&error))?;
        let head = copy.try_clone().map_err(|error| failed(&error))?;
        Self::with(name, Some(copy), head, size)
    }

    fn with(name: PathBuf, copy: Option<File>, file: File, size: u64) -> Result<Self, Refusal> {
        let mut magic = Vec::new();
        file.take(2).read_to_end(&mut magic).map_err(|error| unreadable(&name, &error))?;
        let is_gzip = magic == [0x1f, 0x8b];
        let compressed = is_gzip || (!magic.is_empty() && name.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz")));
        if compressed && !is_gzip {
            return Err(Refusal::new(&name, None, "ends in .gz and is no gzip file", "rename it if it is plain text, or compress it again"));
        }
        Ok(Self { name, copy, size, compressed })
    }

    pub(super) fn name(&self) -> &Path {
        &self.name
    }

    /// Its size on the disk.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    pub(super) fn is_compressed(&self) -> bool {
        self.compressed
    }

    /// The text from its beginning.
    pub(super) fn text(&self) -> Result<Opened, Refusal> {
        let opened = match &self.copy {
            None => File::open(&self.name),
            Some(copy) => copy.try_clone().and_then(|mut file| file.rewind().map(|()| file)),
        };
        let taken = Rc::new(Cell::new(0));
        let file = Counted { inner: opened.map_err(|error| self.broken(error))?, count: Rc::clone(&taken) };
        let bytes: Box<dyn Read> = if self.compressed { Box::new(MultiGzDecoder::new(BufReader::with_capacity(CHUNK, file))) } else { Box::new(file) };
        let text = Text::new(bytes).map_err(|error| self.broken(error))?;
        Ok(Opened { text, taken })
    }

    /// What went wrong while it was read.
    pub(super) fn broken(&self, error: io::Error) -> Refusal {
        let error = match error.downcast::<Fault>() {
            Ok(fault) => return self.no_text(fault),
            Err(error) => error,
        };
        use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
        match error.kind() {
            InvalidData | InvalidInput | UnexpectedEof if self.compressed => {
                Refusal::new(&self.name, None, "holds gzip data that are damaged or cut short", "copy or compress the file again")
            }
            _ => unreadable(&self.name, &error),
        }
    }

    fn no_text(&self, fault: Fault) -> Refusal {
        match fault {
            Fault::NotUtf8 { line, .. } => Refusal::new(&self.name, line, fault.to_string(), "save the file as UTF-8"),
            Fault::Nul { line, .. } => Refusal::new(&self.name, line, fault.to_string(), "give a table of plain text in UTF-8; this is another kind of file"),
            Fault::Utf16 => Refusal::new(&self.name, None, fault.to_string(), "save the file as UTF-8"),
        }
    }
}

fn unreadable(name: &Path, error: &io::Error) -> Refusal {
    match error.kind() {
        io::ErrorKind::NotFound => Refusal::new(name, None, "does not exist", "check the name and the folder"),
        io::ErrorKind::PermissionDenied => Refusal::new(name, None, "may not be read", "change its permissions, or copy it to where you may read it"),
        _ => Refusal::new(name, None, format!("cannot be read: {error}"), "check the file and the disk"),
    }
}

struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.inner.read(buffer)?;
        self.count.set(self.count.get() + size as u64);
        Ok(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_can_be_read_twice() {
        let mut seen = Vec::new();
        let input = Input::copied(PathBuf::from("standard input"), &b"a,b\n"[..], &mut |bytes, total| seen.push((bytes, total))).expect("copied");
        assert_eq!(seen, [(4, None)]);
        for _ in 0..2 {
            let mut text = String::new();
            input.text().expect("text").text.read_to_string(&mut text).expect("UTF-8");
            assert!(text.starts_with("a,b\n\n"), "{text:?}");
        }
    }
}
