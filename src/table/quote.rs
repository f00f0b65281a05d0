//! Text from outside in a sentence: quoted, listed, counted, and as options that can be copied into a shell.
//!
//! The texts of cells and the names of columns are shortened and their control characters escaped before they reach a
//! terminal.

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
        name if name.is_empty() || name.chars().count() > LONGEST => None,
        name if name.contains(|c: char| c == '\'' || c.is_control()) => None,
        name if name.chars().all(plain) => Some(format!("--drop {name}")),
        name => Some(format!("--drop '{name}'")),
    };
    let arguments: Option<Vec<String>> = names.iter().map(argument).collect();
    let short = arguments.filter(|arguments| arguments.len() <= LISTED);
    short.map_or_else(|| "--drop NAME".to_owned(), |arguments| arguments.join(" "))
}

/// What follows the first of several equal faults.
pub(super) fn first_of(count: usize, what: &str) -> String {
    if count > 1 { format!(" (the first of {count} {what})") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_from_outside_are_short_and_printable() {
        assert_eq!(quoted("a\u{1b}[31m\tb\u{202e}"), "`a\\u{1b}[31m\\tb\\u{202e}`");
        assert_eq!(quoted(&"é".repeat(41)), format!("`{}…`", "é".repeat(40)));
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
