//! A figure as it was, as it is, and both in one drawing. Radio buttons choose, so that no script is needed and the
//! keyboard suffices.

mod overlay;

use maud::{Markup, PreEscaped, html};
use overlay::{OVERLAID, together};

use super::prose::inline;
use super::widen;
use crate::notebook::claim::snapshot::HAS_ALL;
use crate::notebook::review::difference::figure::FigureChange;
use crate::publish::capital;
use crate::publish::figure::{self, DrawError, Figure, describe};

/// Said where both versions are drawn on axes that hold the numbers of both.
const WIDER: &str = "Some numbers lie outside the axes of the claim, which are wider here: the book is not woven before the claim widens them.";

/// A version with its name on the button and a class for the style sheet.
struct Version {
    class: &'static str,
    name: &'static str,
    figure: Figure,
}

/// The figure of a claim, in up to three versions.
pub(super) fn versions(id: &str, change: &FigureChange) -> Markup {
    let (all, notes) = prepared(id, change);
    html! {
        figure.versions id={ "figure-" (id) } {
            (choice(id, &all))
            @for version in &all { div class={ "version " (version.class) } { (drawn(id, version)) } }
            figcaption { b { "Figure." } " " (inline(&capital(&change.words()))) "." @for note in &notes { " " (note) } }
            // What lies over one another has the numbers of the two others.
            @for version in all.iter().filter(|version| version.name != OVERLAID) { (numbers(version)) }
        }
    }
}

/// The versions, and what is to be said of them.
fn prepared(id: &str, change: &FigureChange) -> (Vec<Version>, Vec<String>) {
    let mut notes = Vec::new();
    let (was, is) = (change.before.as_ref(), change.after.as_ref());
    let outside = |figure: &Figure| matches!(figure::draw(figure, id), Err(DrawError::Outside(_)));
    let (before, after) = if was.into_iter().chain(is).any(outside) {
        notes.push(WIDER.to_owned());
        widen::fitted(was, is)
    } else {
        (was.cloned(), is.cloned())
    };
    let both = match before.as_ref().zip(after.as_ref()).map(|(before, after)| together(before, after)) {
        Some(Ok((name, figure))) => Some(Version { class: "both", name, figure }),
        Some(Err(why)) => {
            notes.push(format!("The two cannot be shown in one drawing: {why}."));
            None
        }
        None => None,
    };
    let alone = |class, name, figure: Figure| Version {
        class,
        name,
        figure: Figure { title: format!("{name}: {}", figure.title), ..figure },
    };
    let before = before.map(|figure| alone("was", "Accepted", figure));
    let after = after.map(|figure| alone("is", "New", figure));
    (before.into_iter().chain(after).chain(both).collect(), notes)
}

/// A button for each version; the last one is chosen.
fn choice(id: &str, all: &[Version]) -> Markup {
    let chosen = all.last().map(|version| version.class);
    html! {
        fieldset aria-label={ "The figure of " (id) } {
            @for Version { class, name, .. } in all {
                label {
                    input type="radio" name={ "figure-of-" (id) } value=(class) class=(class) checked[chosen == Some(*class)];
                    " " (name)
                }
            }
        }
    }
}

fn numbers(version: &Version) -> Markup {
    html! {
        div class={ "version " (version.class) } {
            details { summary { "The plotted numbers" } (PreEscaped(describe::table(&version.figure, HAS_ALL))) }
        }
    }
}

fn drawn(id: &str, version: &Version) -> Markup {
    match figure::draw(&version.figure, &format!("{id}-{}", version.class)) {
        Ok(drawing) => html! { div.scroll.has-narrow { (PreEscaped(drawing.wide)) (PreEscaped(drawing.narrow)) } },
        Err(error) => html! { p.small { "This version cannot be drawn: " (error) "." } },
    }
}
