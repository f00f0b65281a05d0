//! What several pages are put together from: links, shapes with their words, values, tables, commands.

use maud::{Markup, PreEscaped, html};

use crate::notebook::book::prose;
use crate::notebook::claim::metric::{Reading, Room};
use crate::notebook::claim::wording;
use crate::notebook::registry::{Claim, Kind, Verdict};
use crate::publish::capital;

/// One line of Markdown as HTML: emphasis and code as elements. Formulas stay between dollars, for the forge and for
/// the renderer.
pub(super) fn markup(text: &str) -> Markup {
    use pulldown_cmark::{Event, Options, Parser};
    let events = Parser::new_ext(text, Options::ENABLE_MATH).map(|event| match event {
        Event::InlineMath(latex) => Event::Html(html! { "$" (*latex) "$" }.into_string().into()),
        Event::SoftBreak => Event::Text(" ".into()),
        other => other,
    });
    let mut out = String::new();
    pulldown_cmark::html::push_html(&mut out, events);
    PreEscaped(out.trim().trim_start_matches("<p>").trim_end_matches("</p>").to_owned())
}

/// Where a claim stands.
pub(super) fn href(claim: &Claim) -> String {
    format!("{}#{}", prose::page(claim), claim.id)
}

/// A claim's title as a link to it.
pub(super) fn link(claim: &Claim) -> Markup {
    html! { a href=(href(claim)) { (markup(&claim.title)) } }
}

/// A link to a statement.
pub(super) fn statement(id: &str, title: &str, body: &Markup) -> Markup {
    html! { a href={ "index.md#" (id) } title=(title) { (body) } }
}

/// A kind as a shape and its word.
pub(super) fn kind(kind: Kind) -> Markup {
    html! { span class={ "kind " (kind.name()) } { (capital(kind.name())) } }
}

/// A verdict as a shape and words.
pub(super) fn badge(verdict: Verdict, words: &str) -> Markup {
    html! { span class={ "verdict " (verdict.class()) } { (words) } }
}

pub(super) fn muted(words: impl maud::Render) -> Markup {
    html! { span.muted { (words) } }
}

/// The value; rounding is not worth ink.
pub(super) fn value(reading: Reading) -> Markup {
    let value = wording::value(reading);
    if matches!(reading, Reading::Rounding { .. }) {
        muted(value)
    } else {
        html! { (value) }
    }
}

/// The value as a link to its row of evidence.
pub(super) fn number(claim: &Claim, metric: &str, reading: Reading) -> Markup {
    html! { a.n href={ (prose::page(claim)) "#" (prose::anchor(&claim.id, metric)) } { (value(reading)) } }
}

/// Decades as a bar and in words.
pub(super) fn headroom(room: Room) -> Markup {
    bar(&wording::short(room.decades.min(20.0)), &wording::room(room))
}

/// A bar as long as so many decades, with words.
pub(super) fn bar(decades: &str, words: &str) -> Markup {
    html! { span.headroom style={ "--d:" (decades) } { (words) } }
}

/// The head of a table; a column whose name begins with `>` is flush right.
pub(super) fn head(columns: &[&str]) -> Markup {
    html! {
        thead { tr {
            @for column in columns {
                @if let Some(name) = column.strip_prefix('>') { th.r { (name) } } @else { th { (column) } }
            }
        } }
    }
}

/// A table with a row on every line.
pub(super) fn table(class: &str, columns: &[&str], rows: &[Markup]) -> Markup {
    html! {
        table class=(class) { "\n" (head(columns)) "\n" tbody { "\n" @for row in rows { (row) "\n" } } "\n" }
    }
}

/// Parts with something between any two.
pub(super) fn separated(parts: impl IntoIterator<Item = Markup>, by: &str) -> Markup {
    PreEscaped(parts.into_iter().map(|part| part.0).collect::<Vec<_>>().join(by))
}

/// What may be wider than the text.
pub(super) fn wide(table: &Markup) -> Markup {
    html! { div.wide { "\n" (table) "\n" } }
}

/// Items on a line each.
pub(super) fn list<'a>(claims: impl IntoIterator<Item = &'a Claim>) -> Markup {
    html! { ul { "\n" @for claim in claims { li { (link(claim)) } "\n" } } }
}

/// A command with its name.
pub(super) fn command(name: &str, line: &str) -> String {
    format!("<div class=\"command\"><span>{name}</span>\n\n```text\n{line}\n```\n\n</div>")
}
