//! The digits of a figure that stay: where a number is within both tolerances of the accepted one, that is written
//! again.
//!
//! Tolerances are relative to each number on a logarithmic scale, to the largest one on a linear scale. Series are
//! known by name; panes, panels, rows and groups by place.

use std::collections::BTreeMap;
use std::mem::discriminant;

use crate::notebook::claim::metric::Tolerance;
use crate::publish::figure::{Figure, Line, Pane, Panel, Plot, Scale, Series};

/// The figure as it is written, with the accepted digits where nothing moved.
pub(crate) fn figure(figure: &Figure, accepted: Option<&Figure>) -> Figure {
    let mut written = figure.clone();
    // Another figure in the place of an old one keeps none of its digits.
    let kind = |figure: &Figure| discriminant(&figure.plot);
    let same = accepted.filter(|accepted| accepted.title == figure.title && kind(accepted) == kind(figure));
    let mut accepted = same.cloned();
    let mut before = BTreeMap::new();
    for numbers in accepted.iter_mut().flat_map(|accepted| of_plot(&mut accepted.plot)) {
        // Of two series with one name the first.
        before.entry(numbers.place.clone()).or_insert(numbers);
    }
    for numbers in of_plot(&mut written.plot) {
        let before = before.get(&numbers.place);
        numbers.settle(before);
    }
    written
}

/// Indices and names that tell where in a figure numbers stand.
type Place = (Vec<usize>, Vec<String>);

/// Numbers with one tolerance, in their place.
struct Numbers<'a> {
    place: Place,
    values: &'a mut [f64],
    relative: f64,
    /// What a linear scale measures tolerances by.
    magnitude: Option<f64>,
}

impl Numbers<'_> {
    fn settle(self, before: Option<&Self>) {
        let tolerance = |share: f64| match self.magnitude {
            Some(largest) => Tolerance::Absolute(share * largest),
            None => Tolerance::Relative(share),
        };
        let width = tolerance(self.relative);
        for (place, number) in self.values.iter_mut().enumerate() {
            *number = match before.and_then(|before| Some((*before.values.get(place)?, before.relative))) {
                Some((accepted, share)) => width.sticky(*number, accepted, tolerance(share)),
                None => width.rounded(*number),
            };
        }
    }
}

fn of_plot(plot: &mut Plot) -> Vec<Numbers<'_>> {
    match plot {
        Plot::Chart(chart) => of_series(&[], &mut chart.series, chart.x.scale, chart.y.scale),
        Plot::Multiples(multiples) => {
            let mut all = Vec::new();
            for (row, of) in multiples.rows.iter_mut().enumerate() {
                for (at, cell) in of.cells.iter_mut().enumerate() {
                    let y = multiples.columns.get(at).map_or(Scale::Linear, |column| column.y.scale);
                    all.extend(of_series(&[row, at], &mut cell.series, multiples.x.scale, y));
                }
            }
            all
        }
        Plot::Dots(dots) => collected(&mut dots.panes, of_pane),
        Plot::Panels(panels) => of_panels(0, &mut panels.panels),
        Plot::Gallery(gallery) => collected(&mut gallery.groups, |place, group| of_panels(place, &mut group.panels)),
        Plot::Pictures(pictures) => {
            let full = pictures.full;
            collected(&mut pictures.lines, |_, line| of_images(line, full))
        }
    }
}

/// What every item has, told its place.
fn collected<'a, T>(items: &'a mut [T], of: impl Fn(usize, &'a mut T) -> Vec<Numbers<'a>>) -> Vec<Numbers<'a>> {
    items.iter_mut().enumerate().flat_map(|(place, item)| of(place, item)).collect()
}

fn of_series<'a>(place: &[usize], all: &'a mut [Series], x: Scale, y: Scale) -> Vec<Numbers<'a>> {
    let of = |series: &'a mut Series| {
        [(0, x, &mut series.x), (1, y, &mut series.y)].map(|(axis, scale, values)| {
            let magnitude = (scale == Scale::Linear).then(|| largest(values.iter()));
            let place = ([place, &[axis]].concat(), vec![series.name.clone()]);
            Numbers { place, values, relative: series.relative, magnitude }
        })
    };
    all.iter_mut().flat_map(of).collect()
}

fn of_pane(place: usize, pane: &mut Pane) -> Vec<Numbers<'_>> {
    let mut all = Vec::new();
    // The reference is a number like the others, known as well as the first series.
    let relative = pane.series.first().map_or(1e-6, |series| series.relative);
    if let Some(reference) = &mut pane.reference {
        let place = (vec![place], vec![pane.name.clone()]);
        all.push(Numbers { place, values: std::slice::from_mut(&mut reference.at), relative, magnitude: None });
    }
    for (at, series) in pane.series.iter_mut().enumerate() {
        let magnitude = (pane.axis.scale == Scale::Linear).then(|| largest(series.values.iter().flatten()));
        all.extend(series.values.iter_mut().enumerate().map(|(row, values)| {
            let place = (vec![place, at, row], vec![pane.name.clone(), series.name.clone()]);
            Numbers { place, values, relative: series.relative, magnitude }
        }));
    }
    all
}

fn of_panels(group: usize, panels: &mut [Panel]) -> Vec<Numbers<'_>> {
    let mut all = Vec::new();
    for (at, panel) in panels.iter_mut().enumerate() {
        let magnitude = Some(panel.largest());
        all.extend(panel.rows.iter_mut().enumerate().map(|(row, values)| {
            let place = (vec![group, at, row], vec![panel.symbol.clone(), panel.words.clone()]);
            Numbers { place, values, relative: panel.relative, magnitude }
        }));
    }
    all
}

fn of_images(line: &mut Line, full: f64) -> Vec<Numbers<'_>> {
    let Line { name, images, relative } = line;
    collected(images, |image, rows| {
        collected(rows, |row, values| {
            let place = (vec![image, row], vec![name.clone()]);
            vec![Numbers { place, values, relative: *relative, magnitude: Some(full) }]
        })
    })
}

fn largest<'a>(numbers: impl Iterator<Item = &'a f64>) -> f64 {
    numbers.fold(0.0, |largest: f64, number| largest.max(number.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::figure::Panels;

    #[test]
    fn digits_stay_in_the_figure_they_were_accepted_in() {
        let panel = |symbol: &str, entry: f64| Panel::new(symbol, vec![vec![entry, 1.0]]).within(0.1);
        let figure = |title: &str, panel: Panel| Figure::new(title, Panels { panels: vec![panel] });
        let entry = |figure: Figure| match figure.plot {
            Plot::Panels(panels) => panels.panels[0].rows[0][0],
            _ => f64::NAN,
        };
        let accepted = figure("t", panel("A", -0.02));
        let again = |fresh: Figure| entry(super::figure(&fresh, Some(&accepted)));
        assert_eq!(
            again(figure("t", panel("A", 0.03))).to_bits(),
            (-0.02_f64).to_bits(),
            "within a tenth of the largest"
        );
        assert!(again(figure("t", panel("H", 0.03))) > 0.0, "another matrix in its place");
        assert!(again(figure("u", panel("A", 0.03))) > 0.0, "another figure");
    }
}
