//! Sentences of the book on the page of a review.

use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::notebook::review::sentences::MARKS;
use crate::notebook::review::{Filled, Quoted};
use crate::publish::math;

/// Every sentence before and after.
pub(super) fn sentences(all: &[Quoted]) -> Markup {
    html! {
        @if !all.is_empty() {
            h3 { "Sentences that quote it" }
            ul.quoted { @for quoted in all { (sentence(quoted)) } }
        }
    }
}

fn sentence(quoted: &Quoted) -> Markup {
    let version = |filled: &Option<Filled>, marked: fn(&str) -> Markup| match filled {
        Some(filled) => marked(&filled.markdown),
        None => html! { span.muted { "not in the book" } },
    };
    html! {
        li {
            span.where { (inline(&quoted.title)) " · " code { (quoted.file.display()) ":" (quoted.line) } }
            dl {
                @if quoted.before == quoted.after {
                    dt { "as before" }
                    dd { (version(&quoted.after, inserted)) }
                } @else {
                    dt { "before" }
                    dd { (version(&quoted.before, deleted)) }
                    dt { "after" }
                    dd { (version(&quoted.after, inserted)) }
                }
            }
        }
    }
}

fn inserted(markdown: &str) -> Markup {
    marked(markdown, |number| html! { ins { (number) } })
}

fn deleted(markdown: &str) -> Markup {
    marked(markdown, |number| html! { del { (number) } })
}

/// With the numbers that moved in an element.
fn marked(markdown: &str, element: fn(PreEscaped<&str>) -> Markup) -> Markup {
    let html = inline(markdown).0;
    // Marks stand in pairs: every second part is between two.
    html! {
        @for (place, part) in html.split(MARKS).enumerate() {
            @if place % 2 == 1 { (element(PreEscaped(part))) } @else { (PreEscaped(part)) }
        }
    }
}

/// A line of Markdown: emphasis, code and formulas as elements, links as their words, tags left out, the rest as it is.
pub(super) fn inline(markdown: &str) -> Markup {
    let formula = |latex: &str, display: bool| match math::mathml(latex, display) {
        Ok(mathml) => Event::InlineHtml(mathml.into()),
        Err(_) => Event::Code(latex.to_owned().into()),
    };
    let events = Parser::new_ext(markdown, Options::ENABLE_MATH).filter_map(|event| match event {
        Event::InlineMath(latex) => Some(formula(&latex, false)),
        Event::DisplayMath(latex) => Some(formula(&latex, true)),
        Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph) => Some(Event::Text(" ".into())),
        kept @ (Event::Text(_)
        | Event::Code(_)
        | Event::Start(Tag::Emphasis | Tag::Strong)
        | Event::End(TagEnd::Emphasis | TagEnd::Strong)) => Some(kept),
        _ => None,
    });
    let mut out = String::new();
    pulldown_cmark::html::push_html(&mut out, events);
    PreEscaped(kept_together(out.trim_end()))
}

/// The punctuation after a formula stays on its line.
fn kept_together(html: &str) -> String {
    const END: &str = "</math>";
    let (mut out, mut rest) = (String::with_capacity(html.len()), html);
    while let Some(end) = rest.find(END) {
        let (formula, after) = rest.split_at(end + END.len());
        let mark = usize::from(after.starts_with(['.', ',', ';', ':', ')', '?', '!']));
        // Without punctuation the span would hold nothing together.
        let (before, formula) = formula.split_at(formula.rfind("<math").filter(|_| mark > 0).unwrap_or(formula.len()));
        out += before;
        if mark > 0 {
            out += &html! { span.nowrap { (PreEscaped(formula)) (&after[..mark]) } }.0;
        }
        rest = &after[mark..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_safe_html() {
        let out = inline("a < b & *c*, `d<e>`, [words](x.md), <script>f</script> $g_1 < h$").0;
        assert!(out.starts_with("a &lt; b &amp; <em>c</em>, <code>d&lt;e&gt;</code>, words, f <math"), "{out}");
        assert!(!out.contains("script") && !out.contains("href"), "{out}");
        assert_eq!(
            kept_together("a <math>x</math>, <math>y</math> b"),
            "a <span class=\"nowrap\"><math>x</math>,</span> <math>y</math> b"
        );
        assert_eq!(inserted("it is \u{e000}5\u{e001}.").0, "it is <ins>5</ins>.");
    }
}
