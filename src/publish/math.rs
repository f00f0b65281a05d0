//! LaTeX to MathML, and where mathematics, code, links and images are in Markdown.
//!
//! The book's sources keep `$…$`, which a forge renders; the HTML gets MathML, with the LaTeX as its alternative text.
//! pulldown-latex translates one formula, pulldown-cmark says where formulas are. It does not look into HTML blocks,
//! where tables and captions stand: there every dollar opens or closes a formula, and `\$` is a dollar.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
use pulldown_latex::config::DisplayMode;
use pulldown_latex::{RenderConfig, Storage};

/// A stretch of Markdown with a meaning of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// Where it is, in bytes.
    pub range: Range<usize>,
    /// What it is.
    pub class: Class,
}

/// What a stretch of Markdown is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Class {
    /// A code span or block; blocks with their info string.
    Code(String),
    /// A formula, with its LaTeX.
    Math {
        /// The LaTeX between the dollars.
        latex: String,
        /// Whether it stands on lines of its own.
        display: bool,
    },
    /// A link, with its text.
    Link(String),
    /// An image, with its destination.
    Image(String),
    /// An HTML tag or comment.
    Tag,
}

/// The stretches of `markdown` that are not plain prose, in order; those inside a link or image follow it.
pub(crate) fn spans(markdown: &str) -> Vec<Span> {
    let options = Options::ENABLE_MATH | Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
    let mut spans = Vec::new();
    for (event, range) in Parser::new_ext(markdown, options).into_offset_iter() {
        let class = match event {
            Event::Code(_) => Class::Code(String::new()),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => Class::Code(info.into_string()),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => Class::Code(String::new()),
            Event::InlineMath(latex) => Class::Math { latex: latex.into_string(), display: false },
            Event::DisplayMath(latex) => Class::Math { latex: latex.into_string(), display: true },
            Event::Start(Tag::Link { dest_url, .. }) => Class::Link(dest_url.into_string()),
            Event::Start(Tag::Image { dest_url, .. }) => Class::Image(dest_url.into_string()),
            Event::InlineHtml(_) => Class::Tag,
            Event::Html(_) => {
                spans.extend(html_spans(markdown, range));
                continue;
            }
            _ => continue,
        };
        spans.push(Span { range, class });
    }
    spans
}

/// Tags and formulas in a line of an HTML block.
fn html_spans(markdown: &str, range: Range<usize>) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut at = range.start;
    while let Some(found) = markdown[at..range.end].find(['<', '$', '\\']) {
        let start = at + found;
        let rest = &markdown[start..range.end];
        let (length, class) = if rest.starts_with('<') {
            (rest.find('>').map_or(rest.len(), |end| end + 1), Some(Class::Tag))
        } else if let Some(formula) = rest.strip_prefix('$') {
            match formula.find('$') {
                Some(end) => (end + 2, Some(Class::Math { latex: formula[..end].to_owned(), display: false })),
                None => (1, None),
            }
        } else {
            (rest.chars().take(2).map(char::len_utf8).sum(), None)
        };
        spans.extend(class.map(|class| Span { range: start..start + length, class }));
        at = start + length;
    }
    spans
}

/// One formula as MathML on one line, safe inside Markdown.
///
/// # Errors
/// What LaTeX could not be read.
pub(crate) fn mathml(latex: &str, display: bool) -> Result<String, String> {
    if loses_a_delimiter(latex) {
        return Err("\\big and its kin lose their delimiter; write \\left( … \\right)".to_owned());
    }
    let storage = Storage::new();
    // In Markdown a formula in a table cell or caption may have been escaped for HTML.
    let source = latex.replace("&lt;", "\\lt ").replace("&gt;", "\\gt ").replace("&amp;", "&");
    let events = pulldown_latex::Parser::new(&source, &storage).collect::<Result<Vec<_>, _>>();
    let events = events.map_err(|error| error.to_string().lines().next().unwrap_or("").to_owned())?;
    let config = RenderConfig {
        display_mode: if display { DisplayMode::Block } else { DisplayMode::Inline },
        ..RenderConfig::default()
    };
    let mut mathml = String::new();
    let parsed = events.into_iter().map(Ok::<_, std::convert::Infallible>);
    pulldown_latex::push_mathml(&mut mathml, parsed, config).map_err(|error| error.to_string())?;
    // The LaTeX goes into an attribute: an annotation would be indexed by the search, and every formula found twice.
    let words = maud::html! { (source) }.into_string();
    Ok(shielded(&mathml.replace('\n', " ").replacen("<math ", &format!("<math alttext=\"{words}\" "), 1)))
}

/// Whether a delimiter has a size of its own, as in `\Bigl(`: pulldown-latex reads it and writes nothing.
fn loses_a_delimiter(latex: &str) -> bool {
    ["\\big", "\\Big"].into_iter().flat_map(|command| latex.match_indices(command)).any(|(at, command)| {
        let rest = &latex[at + command.len()..];
        let rest = rest.strip_prefix('g').unwrap_or(rest);
        let rest = rest.strip_prefix(['l', 'r', 'm']).unwrap_or(rest);
        rest.trim_start().starts_with(['(', ')', '[', ']', '|', '/', '.', '\\'])
    })
}

/// MathML whose text no Markdown parser mistakes for emphasis, code or a link.
fn shielded(mathml: &str) -> String {
    let mut out = String::with_capacity(mathml.len());
    let mut inside_tag = false;
    for c in mathml.chars() {
        match c {
            '<' => inside_tag = true,
            '>' => inside_tag = false,
            '*' | '_' | '[' | ']' | '`' | '~' | '\\' | '|' | '$' | '!' | '{' | '}' | '#' | '^' | '"' | '\''
                if !inside_tag =>
            {
                out.push_str(&format!("&#{};", u32::from(c)));
                continue;
            }
            _ => {}
        }
        out.push(c);
    }
    out
}

/// `markdown` with every formula as MathML.
///
/// # Errors
/// The offset of a formula that cannot be read, and why.
pub(crate) fn typeset(markdown: &str) -> Result<String, (usize, String)> {
    let mut out = String::with_capacity(markdown.len() * 2);
    let mut done = 0;
    for span in spans(markdown) {
        if let Class::Math { latex, display } = span.class
            && span.range.start >= done
        {
            out.push_str(&markdown[done..span.range.start]);
            let formula = mathml(&latex, display).map_err(|error| (span.range.start, error))?;
            // No line may begin with the punctuation after a formula.
            let after = &markdown[span.range.end..];
            let tail =
                if !display && after.starts_with(['.', ',', ';', ':', ')', '?', '!']) { &after[..1] } else { "" };
            done = span.range.end + tail.len();
            out.push_str(&if tail.is_empty() {
                formula
            } else {
                format!("<span class=\"nowrap\">{formula}{tail}</span>")
            });
        }
    }
    out.push_str(&markdown[done..]);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_mathml_and_code_stays() {
        let out = typeset("Let $x_1 * x_2$ be `$code$`.\n\n$$A^\\top$$\n").unwrap_or_default();
        assert_eq!(out.matches("<math").count(), 2, "{out}");
        assert!(out.contains("`$code$`"));
        assert!(
            out.contains("alttext=\"x_1 * x_2\"") && !out.replace("alttext=\"x_1 * x_2\"", "").contains('*'),
            "{out}"
        );
        assert_eq!(shielded("<mi class=\"a_b\">*_[</mi>"), "<mi class=\"a_b\">&#42;&#95;&#91;</mi>");
        let followed = typeset("Let $x$, then $y$").unwrap_or_default();
        assert!(
            followed.contains("<span class=\"nowrap\"><math") && followed.contains("</math>,</span> then <math"),
            "{followed}"
        );
    }

    #[test]
    fn formulas_in_html_blocks_are_found() {
        let out = typeset("<table><tr><td title=\"$1\">$\\|A\\|_F$, twice $n$</td></tr></table>\n").unwrap_or_default();
        assert_eq!(out.matches("<math").count(), 2, "{out}");
        assert!(out.contains("title=\"$1\""));
    }

    #[test]
    fn latex_that_cannot_be_read_is_an_error() {
        assert!(typeset("fine\n\n$\\frac{1}$").is_err());
        assert!(mathml("\\undefinedmacro", false).is_err());
        for lost in ["\\Big(1\\Big)", "\\bigl[ x \\bigr]", "\\biggl\\{ x \\biggr\\}"] {
            assert!(mathml(lost, true).is_err(), "{lost}");
        }
        assert!(mathml("\\bigcup_i A_i", true).is_ok());
    }
}
