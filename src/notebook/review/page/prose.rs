//! Sentences of the book on the page of a review.

use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::notebook::review::Quoted;
use crate::notebook::review::sentences::MARKS;
use crate::publish::math;

/// Every sentence before and after.
pub(super) fn sentences(all: &[Quoted]) -> Markup {
    html! {
        @if !all.is_empty() {
            h3 { "Sentences that quote it" }
            ul.quoted {
                @for quoted in all {
                    li {
                        span.where { (inline(&quoted.title)) " · " code { (quoted.file.display()) ":" (quoted.line) } }
                        dl {
                            @if let (Some(before), Some(after)) = (&quoted.before, &quoted.after) && before == after {
                                dt { "as before" }
                                dd { (marked(&after.markdown, "ins")) }
                            } @else {
                                dt { "before" }
                                dd { @if let Some(told) = &quoted.before { (marked(&told.markdown, "del")) } @else { span.muted { "not in the book" } } }
                                dt { "after" }
                                dd { @if let Some(told) = &quoted.after { (marked(&told.markdown, "ins")) } @else { span.muted { "not in the book" } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// With the numbers that moved in an element of that name.
fn marked(markdown: &str, element: &str) -> Markup {
    let [open, close] = MARKS;
    PreEscaped(inline(markdown).0.replace(open, &format!("<{element}>")).replace(close, &format!("</{element}>")))
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
        kept @ (Event::Text(_) | Event::Code(_) | Event::Start(Tag::Emphasis | Tag::Strong) | Event::End(TagEnd::Emphasis | TagEnd::Strong)) => Some(kept),
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
        match formula.rfind("<math").filter(|_| mark > 0) {
            Some(at) => out.extend([&formula[..at], "<span class=\"nowrap\">", &formula[at..], &after[..mark], "</span>"]),
            None => out.push_str(formula),
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
        assert_eq!(kept_together("a <math>x</math>, <math>y</math> b"), "a <span class=\"nowrap\"><math>x</math>,</span> <math>y</math> b");
        assert_eq!(marked("it is \u{e000}5\u{e001}.", "ins").0, "it is <ins>5</ins>.");
    }
}
