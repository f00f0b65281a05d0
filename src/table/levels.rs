//! The levels of a text column, each text kept once.

use std::collections::HashMap;

/// The most levels that are encoded: each becomes a dense column, and a column of names or keys would fill any memory.
pub(super) const MOST: usize = 1000;
/// The code of a missing cell.
pub(super) const MISSING: u32 = u32::MAX;

/// Levels in the order in which they were met.
#[derive(Debug, Clone, Default)]
pub(super) struct Levels {
    codes: HashMap<Box<[u8]>, u32>,
    /// The first line where a level stands in a row that is kept; 0 where there is none.
    lines: Vec<u64>,
    /// Whether other levels are refused.
    closed: bool,
}

/// Why a text has no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoCode {
    /// There are [`MOST`] levels already.
    TooMany,
    /// The levels are those of another table.
    Unknown,
}

impl Levels {
    /// The code of a text.
    pub(super) fn code(&mut self, text: &[u8]) -> Result<u32, NoCode> {
        if let Some(&code) = self.codes.get(text) {
            return Ok(code);
        }
        match u32::try_from(self.codes.len()) {
            _ if self.closed => Err(NoCode::Unknown),
            Ok(code) if self.codes.len() < MOST => {
                self.codes.insert(text.into(), code);
                self.lines.push(0);
                Ok(code)
            }
            _ => Err(NoCode::TooMany),
        }
    }

    /// Notes that a level stands in a row that is kept.
    pub(super) fn seen(&mut self, code: u32, line: impl FnOnce() -> u64) {
        if let Some(first) = self.lines.get_mut(code as usize)
            && *first == 0
        {
            *first = line();
        }
    }

    /// The first line where a level was seen.
    pub(super) fn line(&self, code: u32) -> u64 {
        self.lines.get(code as usize).copied().unwrap_or(0)
    }

    /// The same levels, for a table that may have no others.
    pub(super) fn closed(&self) -> Self {
        Self { closed: true, lines: vec![0; self.lines.len()], codes: self.codes.clone() }
    }

    /// Codes with their texts, sorted by text.
    pub(super) fn sorted(&self) -> Vec<(u32, String)> {
        let mut sorted: Vec<(u32, String)> = self.codes.iter().map(|(text, &code)| (code, String::from_utf8_lossy(text).into_owned())).collect();
        sorted.sort_by(|a, b| a.1.cmp(&b.1));
        sorted
    }
}
