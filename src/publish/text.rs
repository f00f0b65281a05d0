//! Text: tables in columns, sentences with their capital letter, what HTML and SVG would read as theirs.

/// Cells in columns, those numbered in `right` flush right.
pub fn aligned<const N: usize>(head: [&str; N], right: &[usize], rows: Vec<[String; N]>) -> String {
    let head = head.map(str::to_owned);
    let width = |column: usize| rows.iter().chain([&head]).map(|row| row[column].chars().count()).max().unwrap_or(0);
    let line = |row: &[String; N]| {
        let cell = |(column, cell): (usize, &String)| {
            let width = width(column);
            if right.contains(&column) { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        };
        format!("{}\n", row.iter().enumerate().map(cell).collect::<Vec<_>>().join("  ").trim_end())
    };
    [&head].into_iter().chain(&rows).map(line).collect()
}

/// With a capital letter, as a sentence begins.
pub(crate) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// Text for an element or attribute of HTML or SVG.
pub(crate) fn escape(text: &str) -> String {
    maud::Render::render(text).into_string()
}

/// So many of something: `1 claim`, `3 claims`.
pub(crate) fn counted(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}
