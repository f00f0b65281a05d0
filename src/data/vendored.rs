//! Tables that ship with the crate: read only if their checksum is right.

use std::io::Read as _;

use faer::Mat;
use sha2::Digest as _;

use crate::{Error, Result};

/// A table of numbers with a header, as a file of the repository; gzipped where its name says so.
pub(super) struct Vendored {
    pub(super) file: &'static str,
    pub(super) bytes: &'static [u8],
    /// SHA-256 of the file.
    pub(super) checksum: &'static str,
}

impl Vendored {
    /// The names of its columns, and all its numbers.
    ///
    /// # Errors
    /// [`Error::Checksum`] or [`Error::Table`] where the file was changed.
    pub(super) fn read(&self) -> Result<(Vec<String>, Mat<f64>)> {
        let found: String = sha2::Sha256::digest(self.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if found != self.checksum {
            return Err(Error::Checksum { file: self.file, expected: self.checksum, found });
        }
        if !self.file.ends_with(".gz") {
            return self.parse(self.bytes);
        }
        let mut text = Vec::new();
        let unpacked = flate2::read::GzDecoder::new(self.bytes).read_to_end(&mut text);
        unpacked.map_err(|error| self.wrong(0, error.to_string()))?;
        self.parse(&text)
    }

    fn wrong(&self, line: u64, what: String) -> Error {
        Error::Table { file: self.file, line, what }
    }

    fn parse(&self, text: &[u8]) -> Result<(Vec<String>, Mat<f64>)> {
        let mut reader = csv::Reader::from_reader(text);
        let header = reader.headers().map_err(|error| self.wrong(1, error.to_string()))?;
        let names: Vec<String> = header.iter().map(str::to_owned).collect();
        let mut rows: Vec<Vec<f64>> = Vec::new();
        for record in reader.records() {
            let line_of = |position: Option<&csv::Position>| position.map_or(0, csv::Position::line);
            let record = record.map_err(|error| self.wrong(line_of(error.position()), error.to_string()))?;
            let number = |cell: &str| {
                cell.parse::<f64>()
                    .map_err(|_| self.wrong(line_of(record.position()), format!("`{cell}` is not a number")))
            };
            rows.push(record.iter().map(number).collect::<Result<_>>()?);
        }
        Ok((names.clone(), Mat::from_fn(rows.len(), names.len(), |i, j| rows[i][j])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Vendored = Vendored { file: "src/data/vendored/small.csv", bytes: b"a,b\n1,2\n", checksum: "0" };

    #[test]
    fn a_broken_table_is_named_by_line() {
        let told = |text: &str| SMALL.parse(text.as_bytes()).err().map(|error| error.to_string());
        let expected = "src/data/vendored/small.csv:3: `x` is not a number: restore the file from version control";
        assert_eq!(told("a,b\n1,2\n3,x\n").as_deref(), Some(expected));
        assert!(told("a,b\n1,2\n3\n").is_some_and(|told| told.starts_with("src/data/vendored/small.csv:3: ")));
        assert_eq!(told("a,b\n1,2\n"), None);
    }

    #[test]
    fn a_table_that_was_changed_is_refused() {
        assert!(matches!(SMALL.read(), Err(Error::Checksum { file: "src/data/vendored/small.csv", .. })));
    }
}
