//! Claims and what they build on: a line each, in reading order, and an arc from every claim to each that builds on it.
//!
//! Unlike the other figures it holds links, which plotters cannot draw: its elements are written with `maud`. A claim's
//! kind is a shape with a sign in it, as in its head on the page.

use maud::{Markup, html};

use crate::notebook::registry::Kind;
use crate::publish::figure::{Drawing, LABEL, NARROW, TICK, WIDE, framed, lines, narrow};

/// One claim: its title, where it stands, and the places of those that it builds on.
pub(super) struct Node {
    pub(super) title: String,
    pub(super) link: String,
    pub(super) kind: Kind,
    /// The chapter that begins with it, where chapters are named.
    pub(super) chapter: Option<String>,
    pub(super) uses: Vec<usize>,
}

/// From baseline to baseline of lines of one title, and from title to title.
const LEADING: i32 = 16;
const ROW: i32 = 23;
/// What a chapter's name adds above its first claim.
const CHAPTER: i32 = 34;
/// The side of a kind's shape.
const SHAPE: i32 = 14;
/// Between arcs and shapes: the arrow's length.
const ARROW: i32 = 7;

/// Draws the claims; the one at `focus` is where the reader stands. `id` distinguishes the drawing from the others of a
/// page.
pub(crate) fn draw(nodes: &[Node], focus: Option<usize>, title: &str, description: &str, id: &str) -> Drawing {
    let on = |width: i32, id: &str| {
        let layout = Layout::new(nodes, width);
        let body = html! {
            @for (place, node) in nodes.iter().enumerate() {
                @for &used in &node.uses { (arc(&layout, used, place, focus)) }
            }
            @for (place, node) in nodes.iter().enumerate() { (claim(&layout, place, node, focus == Some(place))) }
        };
        framed(id, (width, layout.height), "group", title, description, &body.into_string())
    };
    Drawing { wide: on(WIDE, id), narrow: on(NARROW, &narrow(id)) }
}

/// Where claims and arcs stand.
struct Layout {
    /// The right end of the arcs.
    left: i32,
    height: i32,
    /// The first baseline of every title, and its lines.
    rows: Vec<(i32, Vec<String>)>,
    /// The longest arc, in claims.
    longest: i32,
}

impl Layout {
    fn new(nodes: &[Node], width: i32) -> Self {
        let spans =
            nodes.iter().enumerate().flat_map(|(place, node)| node.uses.iter().map(move |used| place.abs_diff(*used)));
        let longest = i32::try_from(spans.max().unwrap_or(0)).unwrap_or(i32::MAX);
        let widest = if width == WIDE { 150 } else { 58 };
        let left = (14 + 12 * longest).min(widest);
        let room = width - left - ARROW - SHAPE - 10;
        let mut y = -2;
        let mut rows = Vec::new();
        for node in nodes {
            y += ROW + if node.chapter.is_some() { CHAPTER } else { 0 };
            let lines = lines(&node.title, room * TICK / LABEL);
            rows.push((y, lines));
            y += LEADING * (i32::try_from(rows.last().map_or(0, |(_, lines)| lines.len())).unwrap_or(1) - 1);
        }
        Self { left, height: y + 9, rows, longest }
    }

    /// The middle of a claim's shape.
    fn middle(&self, place: usize) -> i32 {
        self.rows.get(place).map_or(0, |(base, _)| base - 5)
    }
}

fn arc(layout: &Layout, used: usize, user: usize, focus: Option<usize>) -> Markup {
    let (from, to) = (layout.middle(used), layout.middle(user));
    let span = i32::try_from(used.abs_diff(user)).unwrap_or(1);
    // Its reach grows with the root of its span, so that short ones stay apart; a cubic reaches three quarters of its
    // handles.
    let reach = f64::from((layout.left - 6) * 4 / 3) * (f64::from(span) / f64::from(layout.longest.max(1))).sqrt();
    let handle = f64::from(layout.left) - reach;
    let near = focus.is_some_and(|focus| used == focus || user == focus);
    let (colour, width) = if near { ("var(--fg,#24211c)", "1.3") } else { ("var(--muted,#665f53)", "1") };
    let (x, tip) = (layout.left, layout.left + ARROW - 1);
    html! {
        path d=(format!("M{tip} {from}H{x}C{handle:.1} {from} {handle:.1} {to} {x} {to}")) fill="none" stroke=(colour) stroke-width=(width) stroke-opacity=(if near { "1" } else { "0.75" }) {}
        path d=(format!("M{tip} {to}l-7 -3.5v7z")) fill=(colour) {}
    }
}

fn claim(layout: &Layout, place: usize, node: &Node, focus: bool) -> Markup {
    let Some((base, lines)) = layout.rows.get(place) else { return html! {} };
    let left = layout.left + ARROW;
    let x = left + SHAPE + 8;
    let words = html! {
        text font-size=(LABEL) font-weight=[focus.then_some("700")] fill=[(!focus).then_some("var(--links,#1f5f99)")] {
            @for (line, number) in lines.iter().zip(0..) { tspan x=(x) y=(base + LEADING * number) { (line) } }
        }
    };
    html! {
        @if let Some(chapter) = &node.chapter {
            text x=(left) y=(base - CHAPTER + 9) font-size=(LABEL) font-weight="600" { (chapter) }
        }
        (shape(node.kind, left, base - 12))
        @if focus { (words) } @else { a href=(node.link) { (words) } }
    }
}

/// The sign of a kind in its shape.
fn shape(kind: Kind, x: i32, y: i32) -> Markup {
    const INK: &str = "var(--fg,#24211c)";
    let (right, low) = (x + SHAPE, y + SHAPE);
    let outline = |data: String, fill: &str| html! { path d=(data) fill=(fill) stroke=(INK) stroke-width="1.2" {} };
    let (frame, sign) = match kind {
        Kind::Identity => (outline(format!("M{x} {y}H{right}V{low}H{x}z"), "none"), "="),
        Kind::Bound => (html! { path d=(format!("M{x} {low}H{right}")) stroke=(INK) stroke-width="2.4" {} }, "≤"),
        Kind::Rate => (outline(format!("M{x} {y}H{}a7 7 0 0 1 0 14H{x}z", x + SHAPE / 2), "none"), "→"),
        Kind::Measured => {
            (html! { circle cx=(x + 7) cy=(y + 7) r="7" fill="none" stroke=(INK) stroke-width="1.2" {} }, "±")
        }
        Kind::Counterexample => (outline(format!("M{x} {y}H{right}V{low}H{x}z"), INK), "≠"),
    };
    let paint = if kind == Kind::Counterexample { "var(--paper,#fbf9f4)" } else { INK };
    html! {
        (frame)
        text x=(x + 7) y=(y + 11) font-size="12" font-weight="600" text-anchor="middle" fill=(paint) aria-hidden="true" { (sign) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(title: &str, uses: &[usize]) -> Node {
        Node {
            title: title.to_owned(),
            link: format!("page.md#{title}"),
            kind: Kind::Bound,
            chapter: None,
            uses: uses.to_vec(),
        }
    }

    #[test]
    fn every_claim_has_a_line_and_every_use_an_arc() {
        let drawing = draw(&[node("a < b", &[]), node("c", &[0]), node("d", &[0, 1])], Some(1), "t", "d", "uses");
        for svg in [&drawing.wide, &drawing.narrow] {
            assert_eq!(
                (svg.matches("stroke-width=\"1\"").count(), svg.matches("stroke-width=\"1.3\"").count()),
                (1, 2)
            );
            assert_eq!(svg.matches("<a href").count(), 2, "the reader stands at one of the three");
            assert!(svg.contains("a &lt; b") && svg.contains("role=\"group\""));
        }
    }

    #[test]
    fn a_long_title_is_broken_where_the_drawing_is_narrow() {
        let drawing = draw(
            &[node("softmax brings the intercept for keys and values, not for queries", &[])],
            None,
            "t",
            "d",
            "uses",
        );
        assert_eq!((drawing.wide.matches("<tspan").count(), drawing.narrow.matches("<tspan").count()), (1, 2));
    }
}
