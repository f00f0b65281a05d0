//! A figure as it was, as it is, and both in one drawing. Radio buttons choose, so that no script is needed and the keyboard suffices.

use maud::{Markup, PreEscaped, html};

use super::prose::inline;
use crate::notebook::figure::{
    self, Cell, Chart, Dots, Figure, Gallery, Group, Ink, Mark, Multiples, Pane, Panel, Panels, Plot, Row, RowSeries, Series, Stroke, describe,
};
use crate::notebook::review::FigureChange;

/// Both versions over the same axes.
const OVERLAID: &str = "Overlaid";
/// What all that was accepted is called in a key.
const ACCEPTED: &str = "accepted";
/// New entries less the accepted ones.
const DIFFERENCE: &str = "Difference";

/// A version with its name on the button and a class for the style sheet.
struct Version {
    class: &'static str,
    name: &'static str,
    figure: Figure,
}

/// The figure of a claim, in up to three versions.
pub(super) fn versions(id: &str, change: &FigureChange) -> Markup {
    let titled = |figure: &Figure, word: &str| Figure { title: format!("{word}: {}", figure.title), ..figure.clone() };
    let both = change.before.as_ref().zip(change.after.as_ref()).and_then(|(before, after)| together(before, after));
    let all: Vec<Version> = [
        change.before.as_ref().map(|figure| Version { class: "was", name: "Accepted", figure: titled(figure, "Accepted") }),
        change.after.as_ref().map(|figure| Version { class: "is", name: "New", figure: titled(figure, "New") }),
        both.map(|(name, figure)| Version { class: "both", name, figure }),
    ]
    .into_iter()
    .flatten()
    .collect();
    let first = all.last().map_or("", |version| version.class);
    html! {
        figure.versions id={ "figure-" (id) } {
            fieldset {
                legend { "The figure of " (id) }
                @for version in &all {
                    label { input type="radio" name={ "figure-of-" (id) } value=(version.class) class=(version.class) checked[version.class == first]; " " (version.name) }
                }
            }
            @for version in &all { div class={ "version " (version.class) } { (drawn(id, version)) } }
            figcaption { b { "Figure." } " " (inline(&capital(&change.words()))) "." }
            // What lies over one another has the numbers of the two others.
            @for version in all.iter().filter(|version| version.name != OVERLAID) {
                @if let Some(numbers) = describe::table(&version.figure) {
                    div class={ "version " (version.class) } { details { summary { "The plotted numbers" } (PreEscaped(numbers)) } }
                }
            }
        }
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn drawn(id: &str, version: &Version) -> Markup {
    match figure::draw(&version.figure, &format!("{id}-{}", version.class)) {
        Ok(drawing) => html! { div.scroll.has-narrow { (PreEscaped(drawing.wide)) (PreEscaped(drawing.narrow)) } },
        Err(error) => html! { p.small { "This version cannot be drawn: " (error) "." } },
    }
}

/// One drawing of both: what was accepted lies beneath as small grey dots and dotted lines; of matrices their difference.
/// None where the two have not the same axes, or too little in common.
fn together(before: &Figure, after: &Figure) -> Option<(&'static str, Figure)> {
    let (name, plot) = match (&before.plot, &after.plot) {
        (Plot::Chart(was), Plot::Chart(is)) if was.x == is.x && was.y == is.y => {
            (OVERLAID, Plot::Chart(Chart { series: beneath(&was.series, &is.series), ..is.clone() }))
        }
        (Plot::Dots(was), Plot::Dots(is)) if was.rows == is.rows && was.panes.len() == is.panes.len() => (OVERLAID, Plot::Dots(dots(was, is)?)),
        (Plot::Multiples(was), Plot::Multiples(is)) if was.x == is.x && was.columns == is.columns && was.rows.len() == is.rows.len() => {
            (OVERLAID, Plot::Multiples(multiples(was, is)?))
        }
        (Plot::Panels(was), Plot::Panels(is)) => (DIFFERENCE, Plot::Panels(Panels { panels: less(&was.panels, &is.panels)? })),
        (Plot::Gallery(was), Plot::Gallery(is)) if was.groups.len() == is.groups.len() => (DIFFERENCE, Plot::Gallery(gallery(was, is)?)),
        _ => return None,
    };
    let words = if name == OVERLAID { "Accepted (small grey dots, dotted lines) and new, overlaid" } else { "New less accepted" };
    Some((name, Figure { title: format!("{words}: {}", after.title), plot }))
}

/// The accepted series that moved, told apart by size and stroke as much as by colour, and the new ones over them.
fn beneath(was: &[Series], is: &[Series]) -> Vec<Series> {
    let grey = |series: &Series| Series {
        name: format!("{}, accepted", series.name),
        ink: Ink::Muted,
        mark: series.mark.map(|_| Mark::Dot),
        stroke: if series.stroke == Stroke::None { Stroke::None } else { Stroke::Dotted },
        label: None,
        ..series.clone()
    };
    was.iter().filter(|series| !is.contains(series)).map(grey).chain(is.iter().cloned()).collect()
}

fn dots(was: &Dots, is: &Dots) -> Option<Dots> {
    let pane = |(was, is): (&Pane, &Pane)| {
        let grey = |series: &RowSeries| RowSeries { name: ACCEPTED.to_owned(), ink: Ink::Muted, mark: Mark::Dot, ..series.clone() };
        let series = was.series.iter().filter(|series| !is.series.contains(series)).map(grey).chain(is.series.iter().cloned()).collect();
        (was.axis == is.axis).then(|| Pane { series, ..is.clone() })
    };
    Some(Dots { panes: was.panes.iter().zip(&is.panes).map(pane).collect::<Option<_>>()?, ..is.clone() })
}

fn multiples(was: &Multiples, is: &Multiples) -> Option<Multiples> {
    let cell = |(was, is): (&Cell, &Cell)| {
        // One entry of the key for all that was accepted.
        let named = |series: Series| if is.series.contains(&series) { series } else { Series { name: ACCEPTED.to_owned(), ..series } };
        Cell { series: beneath(&was.series, &is.series).into_iter().map(named).collect() }
    };
    let row =
        |(was, is): (&Row, &Row)| (was.cells.len() == is.cells.len()).then(|| Row { cells: was.cells.iter().zip(&is.cells).map(cell).collect(), ..is.clone() });
    Some(Multiples { rows: was.rows.iter().zip(&is.rows).map(row).collect::<Option<_>>()?, ..is.clone() })
}

fn gallery(was: &Gallery, is: &Gallery) -> Option<Gallery> {
    let group = |(was, is): (&Group, &Group)| Some(Group { panels: less(&was.panels, &is.panels)?, ..is.clone() });
    Some(Gallery { groups: was.groups.iter().zip(&is.groups).map(group).collect::<Option<_>>()? })
}

/// Matrix by matrix the new entries less the accepted ones.
fn less(was: &[Panel], is: &[Panel]) -> Option<Vec<Panel>> {
    let panel = |(was, is): (&Panel, &Panel)| {
        let row = |(was, is): (&Vec<f64>, &Vec<f64>)| (was.len() == is.len()).then(|| is.iter().zip(was).map(|(is, was)| is - was).collect());
        let rows = (was.rows.len() == is.rows.len()).then(|| was.rows.iter().zip(&is.rows).map(row).collect::<Option<_>>())??;
        Some(Panel { rows, note: String::new(), ..is.clone() })
    };
    (was.len() == is.len()).then(|| was.iter().zip(is).map(panel).collect::<Option<_>>())?
}
