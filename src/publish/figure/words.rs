//! Words in a drawing: lowered characters, how wide a text is, where it is broken.

/// The size of labels and of what stands at ticks, in units.
pub(crate) const LABEL: i32 = 13;
pub(crate) const TICK: i32 = 12;

/// A name as it is, underscores included: in a figure one underscore lowers the next character, two are one that is
/// shown.
pub(crate) fn literal(name: &str) -> String {
    name.replace('_', "__")
}

/// Text in parts, those that are lowered marked.
pub(super) fn lowered(text: &str) -> Vec<(String, bool)> {
    let mut parts: Vec<(String, bool)> = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let (letter, low) = match letter {
            '_' if letters.next_if_eq(&'_').is_some() => ('_', false),
            '_' => match letters.next() {
                Some(letter) => (letter, true),
                None => break,
            },
            letter => (letter, false),
        };
        match parts.last_mut() {
            Some((part, false)) if !low => part.push(letter),
            _ => parts.push((letter.to_string(), low)),
        }
    }
    parts
}

/// The width of a line of text in units, estimated: there is no font to ask.
pub(super) fn text_width(text: &str, size: i32) -> i32 {
    let letters = lowered(text).iter().map(|(part, _)| part.chars().count()).sum::<usize>();
    (letters as f64 * f64::from(size) * 0.55).ceil() as i32
}

/// Words in lines no wider than so many units.
pub(crate) fn lines(words: &str, room: i32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split(' ') {
        match lines.last_mut() {
            Some(line) if text_width(&format!("{line} {word}"), TICK) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_underscore_lowers_and_two_are_one() {
        let part = |text: &str, low: bool| (text.to_owned(), low);
        assert_eq!(
            lowered("W_qW_kᵀ"),
            [part("W", false), part("q", true), part("W", false), part("k", true), part("ᵀ", false)]
        );
        assert_eq!(lowered(&literal("a_b__c_")), [part("a_b__c_", false)]);
        assert_eq!(lowered("end_"), [part("end", false)]);
    }

    #[test]
    fn long_names_take_two_lines() {
        assert_eq!(lines("largest difference, spectral norm", 140), ["largest difference,", "spectral norm"]);
        assert_eq!(lines("", 120), [""]);
    }
}
