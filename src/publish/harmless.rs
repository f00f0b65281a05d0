//! Text from outside that is shown: names of columns, levels and files, cells, names in a certificate.
//!
//! A terminal obeys control characters (colours, titles, the clipboard), and anything that reads from left to right is
//! fooled by what turns its direction round. Whatever is no visible character is written as its escape, such as
//! `\u{1b}`; letters with combining marks and everything else that is printed stay as they are.

use std::fmt::Write as _;

/// Text on one line without a character that is not printed.
pub fn harmless(text: &str) -> String {
    escaped(text, |_| false, |shown, character| shown.extend(character.escape_debug()))
}

/// The same of text that may have lines.
pub fn harmless_lines(text: &str) -> String {
    escaped(text, |character| character == '\n', |shown, character| shown.extend(character.escape_debug()))
}

/// The same of a whole page, whose formulas may hold operators that are not seen.
pub fn harmless_page(html: &str) -> String {
    escaped(
        html,
        |character| matches!(character, '\n' | '\u{2061}'..='\u{2064}'),
        |shown, character| shown.extend(character.escape_debug()),
    )
}

/// The same of a JSON document, in JSON's own escapes: it reads back as it was.
pub fn harmless_json(document: &str) -> String {
    let escape = |shown: &mut String, character: char| {
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(shown, "\\u{unit:04x}");
        }
    };
    escaped(document, |character| character == '\n', escape)
}

fn escaped(text: &str, is_layout: impl Fn(char) -> bool, escape: impl Fn(&mut String, char)) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_printed(character) || is_layout(character) {
            shown.push(character)
        } else {
            escape(&mut shown, character)
        }
    }
    shown
}

/// Whether a character is one that is seen, by the tables of the standard library: those that `{:?}` prints as they
/// are.
fn is_printed(character: char) -> bool {
    if character.is_ascii_graphic() || character == ' ' {
        return true;
    }
    // Behind a letter, so that a mark that combines with it is one.
    let shown = ['a', character].iter().collect::<String>();
    shown.escape_debug().count() == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_stays_and_the_rest_is_seen() {
        for text in ["price in €", "naïve", "nai\u{308}ve", "価格", "it's \"a\\b\"", "हिन्दी", "😀"]
        {
            assert_eq!(
                (harmless(text), harmless_lines(text), harmless_json(text)),
                (text.to_owned(), text.to_owned(), text.to_owned())
            );
        }
        assert_eq!(
            harmless("\u{1b}]0;title\u{7}\u{9b}1m\u{202e}x\u{2066}\u{200b}\u{feff}\u{7f}\r\n\t\0"),
            "\\u{1b}]0;title\\u{7}\\u{9b}1m\\u{202e}x\\u{2066}\\u{200b}\\u{feff}\\u{7f}\\r\\n\\t\\0"
        );
        assert_eq!(harmless_lines("a\n\tb\u{1b}"), "a\n\\tb\\u{1b}");
    }

    #[test]
    fn a_json_document_reads_back_as_it_was() {
        let name = "a\u{9b}b\u{202e}\u{e0041}\u{7f}\n\u{1b}é";
        let document = serde_json::json!({ name: name }).to_string();
        let shown = harmless_json(&document);
        assert!(shown.chars().all(is_printed), "{shown}");
        assert!(
            document.contains('\u{202e}')
                && serde_json::from_str::<serde_json::Value>(&shown).is_ok_and(|value| value[name] == name)
        );
    }
}
