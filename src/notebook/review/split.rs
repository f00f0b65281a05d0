//! Where the sentences of a piece of prose are: in Markdown with formulas, code and references, whose full stops end nothing.

use std::ops::Range;

use crate::notebook::math::{self, Class};
use crate::notebook::prose::Quote;

/// Where the sentences of a text are. Code blocks and lines of HTML have none; a caption is text between brackets.
pub(super) fn split(text: &str, quotes: &[Quote]) -> Vec<Range<usize>> {
    let spans = math::spans(text);
    let closed = |at: usize| {
        let span = |class: &Class| matches!(class, Class::Code(_) | Class::Math { .. } | Class::Link(_) | Class::Tag);
        spans.iter().any(|other| span(&other.class) && other.range.contains(&at)) || quotes.iter().any(|quote| quote.range.contains(&at))
    };
    let mut found = Vec::new();
    for block in blocks(text) {
        let mut start = block.start;
        let mut letters = text[block.clone()].char_indices().peekable();
        while let Some((offset, letter)) = letters.next() {
            let at = block.start + offset;
            if !matches!(letter, '.' | '!' | '?') || closed(at) {
                continue;
            }
            while letters.next_if(|(_, letter)| matches!(letter, '*' | '_' | ')' | ']' | '"' | '”' | '’')).is_some() {}
            let end = letters.peek().map_or(block.end, |(offset, _)| block.start + offset);
            let rest = &text[end..block.end];
            let next = rest.trim_start();
            if rest.len() > next.len() && next.starts_with(|letter: char| !letter.is_lowercase()) {
                found.push(start..end);
                start = block.end - next.len();
            }
        }
        found.push(start..block.end);
    }
    found.retain(|range| !text[range.clone()].trim().is_empty());
    found
}

/// Paragraphs, items of lists and rows of tables, without their marks.
fn blocks(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let (mut at, mut fenced, mut open) = (0, false, false);
    for line in text.split_inclusive('\n') {
        let (start, words) = (at, line.trim());
        at += line.len();
        let body = start + line.find(words).unwrap_or(0);
        let fence = words.starts_with("```");
        fenced ^= fence;
        if words.is_empty() || fenced || fence || words.starts_with('<') {
            open = false;
            continue;
        }
        let item = words.strip_prefix("- ").or_else(|| words.strip_prefix("* ")).or_else(|| words.strip_prefix("> "));
        let skipped = item.map_or(0, |item| words.len() - item.len());
        let apart = item.is_some() || words.starts_with('|') || words.starts_with('#');
        match found.last_mut() {
            Some(block) if open && !apart => block.end = body + words.len(),
            _ => found.push(body + skipped..body + words.len()),
        }
        open = !words.starts_with('|') && !words.starts_with('#');
    }
    let caption = |block: Range<usize>| match text[block.clone()].strip_prefix("![").and_then(|rest| rest.rfind("](")) {
        Some(length) => block.start + 2..block.start + 2 + length,
        None => block,
    };
    found.into_iter().map(caption).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_a_reader_says() {
        let text = "One, e.g. this, of $a. B$.\nTwo is `x. Y` (and ends.) Three\n\n- Four. Five!\n\n![**Six.** Seven {{a|b. C|1..2}}.](figure)\n\n```text\nNo. Code.\n```\n<aside>\n";
        let range = text.find("{{").unwrap_or(0)..text.find("}}").unwrap_or(0) + 2;
        let quote = Quote { range, of: (String::new(), String::new()), phrase: None, shown: Ok(String::new()) };
        let found: Vec<&str> = split(text, &[quote]).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["One, e.g. this, of $a. B$.", "Two is `x. Y` (and ends.)", "Three", "Four.", "Five!", "**Six.**", "Seven {{a|b. C|1..2}}."]);
    }
}
