//! The digits of a figure that stay: where a number is within both tolerances of the accepted one, that is written again.
//!
//! Tolerances are relative to each number on a logarithmic scale, to the largest one on a linear scale. Series are known by
//! name; panes, panels, rows and groups by place.

use crate::notebook::claim::metric::Tolerance;
use crate::publish::figure::{Cell, Chart, Dots, Figure, Gallery, Group, Multiples, Pane, Panel, Panels, Plot, Reference, Row, RowSeries, Scale, Series};

/// The figure as it is written, with the accepted digits where nothing moved.
pub(crate) fn figure(figure: &Figure, accepted: Option<&Figure>) -> Figure {
    // Another figure in the place of an old one keeps none of its digits.
    let same = accepted.filter(|accepted| accepted.title == figure.title);
    Figure { plot: plot(&figure.plot, same.map(|accepted| &accepted.plot)), ..figure.clone() }
}

fn plot(plot: &Plot, accepted: Option<&Plot>) -> Plot {
    match (plot, accepted) {
        (Plot::Chart(fresh), Some(Plot::Chart(before))) => Plot::Chart(chart(fresh, Some(before))),
        (Plot::Chart(fresh), _) => Plot::Chart(chart(fresh, None)),
        (Plot::Dots(fresh), Some(Plot::Dots(before))) => Plot::Dots(dots(fresh, Some(before))),
        (Plot::Dots(fresh), _) => Plot::Dots(dots(fresh, None)),
        (Plot::Panels(fresh), Some(Plot::Panels(before))) => Plot::Panels(panels(fresh, Some(before))),
        (Plot::Panels(fresh), _) => Plot::Panels(panels(fresh, None)),
        (Plot::Multiples(fresh), Some(Plot::Multiples(before))) => Plot::Multiples(multiples(fresh, Some(before))),
        (Plot::Multiples(fresh), _) => Plot::Multiples(multiples(fresh, None)),
        (Plot::Gallery(fresh), Some(Plot::Gallery(before))) => Plot::Gallery(gallery(fresh, Some(before))),
        (Plot::Gallery(fresh), _) => Plot::Gallery(gallery(fresh, None)),
    }
}

/// Every item with what was accepted at its place.
fn by_place<T>(fresh: &[T], before: Option<&[T]>, settle: impl Fn(&T, Option<&T>) -> T) -> Vec<T> {
    fresh.iter().enumerate().map(|(place, item)| settle(item, before.and_then(|before| before.get(place)))).collect()
}

/// Every series with the accepted one of its name.
fn by_name(fresh: &[Series], before: Option<&[Series]>, x: Scale, y: Scale) -> Vec<Series> {
    let find = |name: &str| before.and_then(|before| before.iter().find(|series| series.name == name));
    fresh.iter().map(|fresh| series(fresh, find(&fresh.name), x, y)).collect()
}

fn chart(fresh: &Chart, before: Option<&Chart>) -> Chart {
    let series = by_name(&fresh.series, before.map(|before| before.series.as_slice()), fresh.x.scale, fresh.y.scale);
    Chart { series, ..fresh.clone() }
}

fn dots(fresh: &Dots, before: Option<&Dots>) -> Dots {
    Dots { panes: by_place(&fresh.panes, before.map(|before| before.panes.as_slice()), pane), ..fresh.clone() }
}

fn panels(fresh: &Panels, before: Option<&Panels>) -> Panels {
    Panels { panels: by_place(&fresh.panels, before.map(|before| before.panels.as_slice()), panel) }
}

fn multiples(fresh: &Multiples, before: Option<&Multiples>) -> Multiples {
    let row = |row: &Row, before: Option<&Row>| {
        let cell = |(place, cell): (usize, &Cell)| {
            let before = before.and_then(|row| row.cells.get(place)).map(|cell| cell.series.as_slice());
            let y = fresh.columns.get(place).map_or(Scale::Linear, |column| column.y.scale);
            Cell { series: by_name(&cell.series, before, fresh.x.scale, y) }
        };
        Row { cells: row.cells.iter().enumerate().map(cell).collect(), ..row.clone() }
    };
    Multiples { rows: by_place(&fresh.rows, before.map(|before| before.rows.as_slice()), row), ..fresh.clone() }
}

fn gallery(fresh: &Gallery, before: Option<&Gallery>) -> Gallery {
    let group = |group: &Group, before: Option<&Group>| Group {
        panels: by_place(&group.panels, before.map(|before| before.panels.as_slice()), panel),
        ..group.clone()
    };
    Gallery { groups: by_place(&fresh.groups, before.map(|before| before.groups.as_slice()), group) }
}

fn panel(fresh: &Panel, before: Option<&Panel>) -> Panel {
    let before = before.filter(|before| (&before.symbol, &before.words) == (&fresh.symbol, &fresh.words));
    let largest = largest(fresh.rows.iter().flatten());
    let row = |(place, row): (usize, &Vec<f64>)| {
        let before = before.and_then(|panel| Some((panel.rows.get(place)?.as_slice(), panel.relative)));
        numbers(row, before, fresh.relative, Some(largest))
    };
    Panel { rows: fresh.rows.iter().enumerate().map(row).collect(), ..fresh.clone() }
}

fn series(fresh: &Series, before: Option<&Series>, x: Scale, y: Scale) -> Series {
    let sticky = |of: fn(&Series) -> &Vec<f64>, scale: Scale| {
        let magnitude = (scale == Scale::Linear).then(|| largest(of(fresh).iter()));
        numbers(of(fresh), before.map(|before| (of(before).as_slice(), before.relative)), fresh.relative, magnitude)
    };
    Series { x: sticky(|series| &series.x, x), y: sticky(|series| &series.y, y), ..fresh.clone() }
}

fn pane(fresh: &Pane, before: Option<&Pane>) -> Pane {
    let before = before.filter(|before| before.name == fresh.name);
    let series = |(place, series): (usize, &RowSeries)| {
        let before = before.and_then(|pane| pane.series.get(place)).filter(|before| before.name == series.name);
        let magnitude = (fresh.axis.scale == Scale::Linear).then(|| largest(series.values.iter().flatten()));
        let row = |(row, values): (usize, &Vec<f64>)| {
            let before = before.and_then(|before| Some((before.values.get(row)?.as_slice(), before.relative)));
            numbers(values, before, series.relative, magnitude)
        };
        RowSeries { values: series.values.iter().enumerate().map(row).collect(), ..series.clone() }
    };
    // The reference is a number like the others, known as well as the first series.
    let reference = fresh.reference.as_ref().map(|reference| {
        let relative = fresh.series.first().map_or(1e-6, |series| series.relative);
        let before = before.and_then(|pane| Some([pane.reference.as_ref()?.at]));
        let at = numbers(&[reference.at], before.as_ref().map(|before| (before.as_slice(), relative)), relative, None);
        Reference { at: at.first().copied().unwrap_or(reference.at), ..reference.clone() }
    });
    Pane { series: fresh.series.iter().enumerate().map(series).collect(), reference, ..fresh.clone() }
}

fn largest<'a>(numbers: impl Iterator<Item = &'a f64>) -> f64 {
    numbers.fold(0.0, |largest: f64, number| largest.max(number.abs()))
}

/// The numbers of one row or series; `magnitude` is what a linear scale measures tolerances by.
fn numbers(fresh: &[f64], before: Option<(&[f64], f64)>, relative: f64, magnitude: Option<f64>) -> Vec<f64> {
    let tolerance = |share: f64| magnitude.map_or(Tolerance::Relative(share), |largest| Tolerance::Absolute(share * largest));
    let width = tolerance(relative);
    let settle = |(place, &number): (usize, &f64)| match before.and_then(|(before, share)| Some((*before.get(place)?, share))) {
        Some((before, share)) => width.sticky(number, before, tolerance(share)),
        None => width.rounded(number),
    };
    fresh.iter().enumerate().map(settle).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stay_in_the_figure_they_were_accepted_in() {
        let panel = |symbol: &str, entry: f64| Panel {
            symbol: symbol.to_owned(),
            words: String::new(),
            note: String::new(),
            rows: vec![vec![entry, 1.0]],
            relative: 0.1,
        };
        let figure = |title: &str, panel: Panel| Figure { title: title.to_owned(), plot: Plot::Panels(Panels { panels: vec![panel] }) };
        let entry = |figure: Figure| match figure.plot {
            Plot::Panels(panels) => panels.panels[0].rows[0][0],
            _ => f64::NAN,
        };
        let accepted = figure("t", panel("A", -0.02));
        let again = |fresh: Figure| entry(super::figure(&fresh, Some(&accepted)));
        assert_eq!(again(figure("t", panel("A", 0.03))).to_bits(), (-0.02_f64).to_bits(), "within a tenth of the largest");
        assert!(again(figure("t", panel("H", 0.03))) > 0.0, "another matrix in its place");
        assert!(again(figure("u", panel("A", 0.03))) > 0.0, "another figure");
    }
}
