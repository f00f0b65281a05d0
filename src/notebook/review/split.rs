//! Where the sentences of a piece of prose are: in Markdown with formulas, code and references, whose full stops end
//! nothing.

use std::ops::Range;

use crate::notebook::book::prose::Quote;
use crate::publish::math::{self, Class};

/// Abbreviations within a sentence, by what stands before their full stop.
const ABBREVIATIONS: [&str; 5] = [" al", " cf", "(cf", " resp", " vs"];

/// Where the sentences of a text are. Code blocks and tags have none; a caption is text between brackets; a formula on
/// lines of its own belongs to the sentence that it stands in.
pub(super) fn split(text: &str, quotes: &[Quote]) -> Vec<Range<usize>> {
    let spans = math::spans(text);
    let closed = |at: usize| {
        let span = |class: &Class| matches!(class, Class::Code(_) | Class::Math { .. } | Class::Link(_) | Class::Tag);
        spans.iter().any(|other| span(&other.class) && other.range.contains(&at))
            || quotes.iter().any(|quote| quote.range.contains(&at))
    };
    let mut found = Vec::new();
    for block in joined(text, blocks(text)) {
        let mut start = block.start;
        let mut letters = text[block.clone()].char_indices().peekable();
        while let Some((offset, letter)) = letters.next() {
            let at = block.start + offset;
            if !matches!(letter, '.' | '!' | '?')
                || closed(at)
                || ABBREVIATIONS.iter().any(|short| text[..at].ends_with(short))
            {
                continue;
            }
            while letters.next_if(|(_, letter)| matches!(letter, '*' | '_' | ')' | ']' | '"' | '”' | '’')).is_some()
            {
            }
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

/// Blocks with those that a sentence runs through made one: up to a formula, through it, and on after it.
fn joined(text: &str, blocks: Vec<Range<usize>>) -> Vec<Range<usize>> {
    const FORMULA: &str = "$$";
    let ended = |block: &Range<usize>| {
        text[block.clone()].trim_end_matches([')', '*', '_', '$', ' ']).ends_with(['.', '!', '?'])
    };
    let mut found: Vec<Range<usize>> = Vec::new();
    for block in blocks {
        let formula = text[block.clone()].starts_with(FORMULA);
        match found.last_mut() {
            Some(last) if !ended(last) && (formula || text[last.clone()].ends_with(FORMULA)) => last.end = block.end,
            _ => found.push(block),
        }
    }
    found
}

/// Paragraphs, items of lists and rows of tables, without their marks.
fn blocks(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let (mut at, mut fenced, mut open) = (0, false, false);
    for line in text.split_inclusive('\n') {
        let (start, words) = (at, line.trim());
        at += line.len();
        let fence = words.starts_with("```");
        fenced ^= fence;
        let tagged = words.starts_with('<');
        let words = if fenced { words } else { without_tags(words) };
        let body = start + line.find(words).unwrap_or(0);
        open &= !tagged;
        if words.is_empty() || fenced || fence {
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
    found.into_iter().map(|block| without_brackets(text, block)).collect()
}

/// Of an image its caption.
fn without_brackets(text: &str, block: Range<usize>) -> Range<usize> {
    match text[block.clone()].strip_prefix("![").and_then(|rest| rest.rfind("](")) {
        Some(length) => block.start + 2..block.start + 2 + length,
        None => block,
    }
}

/// What follows the tags at the beginning of a line.
fn without_tags(line: &str) -> &str {
    match line.strip_prefix('<').and_then(|tag| tag.split_once('>')) {
        Some((_, rest)) => without_tags(rest.trim_start()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_and_a_reference_end_nothing() {
        let text = "So\n\n$$a. B,$$\n\nand (Demircigil et al. 2017) on. Then\n\n$$c.$$\n\nNext:\n\n- one\n\n<p class=\"lede\">First. Second\ngoes on.</p>\n";
        let found: Vec<&str> = split(text, &[]).into_iter().map(|range| &text[range]).collect();
        let expected = [
            "So\n\n$$a. B,$$\n\nand (Demircigil et al. 2017) on.",
            "Then\n\n$$c.$$",
            "Next:",
            "one",
            "First.",
            "Second\ngoes on.</p>",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn sentences_end_where_a_reader_says() {
        let text = "One, e.g. this, of $a. B$.\nTwo is `x. Y` (and ends.) Three\n\n- Four. Five!\n\n![**Six.** Seven {{a|b. C|1..2}}.](figure)\n\n```text\nNo. Code.\n```\n<aside>\n";
        let range = text.find("{{").unwrap_or(0)..text.find("}}").unwrap_or(0) + 2;
        let quote = Quote { range, of: (String::new(), String::new()), phrase: None, shown: Ok(String::new()) };
        let found: Vec<&str> = split(text, &[quote]).into_iter().map(|range| &text[range]).collect();
        assert_eq!(
            found,
            [
                "One, e.g. this, of $a. B$.",
                "Two is `x. Y` (and ends.)",
                "Three",
                "Four.",
                "Five!",
                "**Six.**",
                "Seven {{a|b. C|1..2}}."
            ]
        );
    }
}
