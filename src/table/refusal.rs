//! Why a table cannot be read: one sentence that names file and line, what is wrong there, and the cure.
//!
//! The texts of cells and the names of columns come from outside: they are shortened and their control characters
//! escaped before they reach a terminal.

use std::path::{Path, PathBuf};

/// A table that is not read, with the place and the cure; shown as `file:line: what; cure`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[error("{}{}: {what}; {cure}", .file.display(), .line.map_or_else(String::new, |line| format!(":{line}")))]
pub struct Refusal {
    /// The file as it was named, or `standard input`.
    pub file: PathBuf,
    /// The physical line of the file, from 1; none where the whole file is meant.
    pub line: Option<u64>,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub cure: String,
}

impl Refusal {
    pub(super) fn new(file: &Path, line: impl Into<Option<u64>>, what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { file: file.to_path_buf(), line: line.into(), what: what.into(), cure: cure.into() }
    }
}

/// The longest text that is quoted in full, in characters.
const LONGEST: usize = 40;
/// How many names a list shows before it only counts.
const LISTED: usize = 8;

/// Text from a file in backquotes, short and printable.
pub(super) fn quoted(text: &str) -> String {
    let mut shown = String::from("`");
    for character in text.chars().take(LONGEST) {
        match character {
            '\'' | '"' | '\\' => shown.push(character),
            _ => shown.extend(character.escape_debug()),
        }
    }
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown.push('`');
    shown
}

/// The same of bytes; what is read was checked to be UTF-8.
pub(super) fn quoted_bytes(bytes: &[u8]) -> String {
    // A character has at most 4 bytes, so the text is cut long after its last visible character.
    let head = bytes.get(..5 * LONGEST).unwrap_or(bytes);
    quoted(&String::from_utf8_lossy(head))
}

/// `a`, `b`, `c` and 4 more.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names = names.into_iter();
    let shown: Vec<String> = names.by_ref().take(LISTED).map(quoted).collect();
    match names.count() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// `--drop a --drop 'b c'`, to be copied into a shell; in general words where names need more than that.
pub(super) fn dropping(names: &[&str]) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_.-+:/".contains(c);
    let argument = |name: &&str| match *name {
        name if name.is_empty() || name.chars().count() > LONGEST || name.contains(|c: char| c == '\'' || c.is_control()) => None,
        name if name.chars().all(plain) => Some(format!("--drop {name}")),
        name => Some(format!("--drop '{name}'")),
    };
    let arguments: Option<Vec<String>> = names.iter().map(argument).collect();
    arguments.filter(|arguments| arguments.len() <= LISTED).map_or_else(|| "--drop NAME".to_owned(), |arguments| arguments.join(" "))
}

/// What follows the first of several equal faults.
pub(super) fn first_of(count: u64, what: &str) -> String {
    if count > 1 { format!(" (the first of {count} {what})") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_from_outside_are_short_and_printable() {
        assert_eq!(quoted("a\u{1b}[31m\tb\u{202e}"), "`a\\u{1b}[31m\\tb\\u{202e}`");
        assert_eq!(quoted(&"é".repeat(41)), format!("`{}…`", "é".repeat(40)));
        assert_eq!(quoted_bytes("é".repeat(100_000).as_bytes()), format!("`{}…`", "é".repeat(40)));
    }

    #[test]
    fn columns_to_drop_can_be_copied_into_a_shell() {
        assert_eq!(dropping(&["a", "b c"]), "--drop a --drop 'b c'");
        assert_eq!(dropping(&["it's"]), "--drop NAME");
    }

    #[test]
    fn long_lists_are_counted() {
        assert_eq!(listed(["a", "b"]), "`a`, `b`");
        assert_eq!(listed(["x"; 10]), format!("{} and 2 more", ["`x`"; 8].join(", ")));
    }
}
