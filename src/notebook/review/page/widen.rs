//! A figure whose numbers left its axes, on wider ones: the book refuses to draw it, a reviewer has to see it.

use crate::publish::figure::{Axis, Figure, Plot, Scale};
use crate::publish::number::{self, Digits};

/// Two versions of a figure on axes that hold the numbers of both.
pub(super) fn fitted(before: Option<&Figure>, after: Option<&Figure>) -> (Option<Figure>, Option<Figure>) {
    let (mut before, mut after) = (before.map(widened), after.map(widened));
    if let (Some(before), Some(after)) = (&mut before, &mut after) {
        for (was, is) in
            axes(&mut before.plot).into_iter().zip(axes(&mut after.plot)).filter(|(was, is)| was.scale == is.scale)
        {
            let ends = |axis: &Axis| axis.ticks.first().copied().zip(axis.ticks.last().copied());
            let (Some((low, high)), Some((lower, higher))) = (ends(was), ends(is)) else { continue };
            for axis in [was, is] {
                axis.ticks.first_mut().into_iter().for_each(|first| *first = low.min(lower));
                axis.ticks.last_mut().into_iter().for_each(|last| *last = high.max(higher));
            }
        }
    }
    (before, after)
}

fn axes(plot: &mut Plot) -> Vec<&mut Axis> {
    match plot {
        Plot::Chart(chart) => vec![&mut chart.x, &mut chart.y],
        Plot::Dots(dots) => dots.panes.iter_mut().map(|pane| &mut pane.axis).collect(),
        Plot::Multiples(multiples) => {
            std::iter::once(&mut multiples.x).chain(multiples.columns.iter_mut().map(|column| &mut column.y)).collect()
        }
        Plot::Panels(_) | Plot::Gallery(_) | Plot::Pictures(_) => Vec::new(),
    }
}

/// The figure with every axis as wide as its numbers need.
fn widened(figure: &Figure) -> Figure {
    let mut wide = figure.clone();
    match &mut wide.plot {
        Plot::Chart(chart) => {
            let series = &chart.series;
            cover(&mut chart.x, series.iter().flat_map(|series| &series.x));
            cover(&mut chart.y, series.iter().flat_map(|series| &series.y));
        }
        Plot::Dots(dots) => {
            for pane in &mut dots.panes {
                let values = pane.series.iter().flat_map(|series| series.values.iter().flatten());
                cover(&mut pane.axis, values.chain(pane.reference.as_ref().map(|reference| &reference.at)));
            }
        }
        Plot::Multiples(multiples) => {
            let rows = &multiples.rows;
            let series = rows.iter().flat_map(|row| &row.cells).flat_map(|cell| &cell.series);
            cover(&mut multiples.x, series.flat_map(|series| &series.x));
            for (place, column) in multiples.columns.iter_mut().enumerate() {
                let cells = rows.iter().filter_map(|row| row.cells.get(place));
                cover(&mut column.y, cells.flat_map(|cell| &cell.series).flat_map(|series| &series.y));
            }
        }
        Plot::Panels(_) | Plot::Gallery(_) | Plot::Pictures(_) => {}
    }
    wide
}

/// Moves the outermost ticks out to where they cover the numbers that can stand on the axis.
fn cover<'a>(axis: &mut Axis, numbers: impl Iterator<Item = &'a f64>) {
    let can_stand = |number: &f64| number.is_finite() && (axis.scale == Scale::Linear || *number > 0.0);
    let (low, high) = numbers
        .copied()
        .filter(can_stand)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), number| (low.min(number), high.max(number)));
    if let Some(first) = axis.ticks.first_mut().filter(|first| low < **first) {
        *first = number::outward(low, Digits::Significant(2), false);
    }
    if let Some(last) = axis.ticks.last_mut().filter(|last| high > **last) {
        *last = number::outward(high, Digits::Significant(2), true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::figure::{Chart, Ink, Series, Stroke};

    #[test]
    fn axes_grow_to_two_digits_and_never_shrink() {
        let grown = |mut axis: Axis, numbers: &[f64]| {
            cover(&mut axis, numbers.iter());
            axis.ticks
        };
        assert_eq!(grown(Axis::linear("", &[0.0, 1.0, 2.0]), &[0.5, 1.5]), [0.0, 1.0, 2.0]);
        assert_eq!(grown(Axis::linear("", &[0.0, 1.0, 2.0]), &[-3.13, 12.3]), [-3.2, 1.0, 13.0]);
        assert_eq!(grown(Axis::log("", &[1.0, 10.0]), &[0.0, 0.5, 20.0]), [0.5, 20.0]);
        let chart = |y: f64| {
            let series = Series {
                name: String::new(),
                ink: Ink::TEXT,
                mark: None,
                stroke: Stroke::Solid,
                x: vec![0.5],
                y: vec![y],
                relative: 1.0,
                label: None,
            };
            Figure {
                title: String::new(),
                plot: Plot::Chart(Chart::new(
                    Axis::linear("x", &[0.0, 1.0]),
                    Axis::linear("y", &[0.0, 1.0]),
                    vec![series],
                )),
            }
        };
        let (mut was, mut is) = fitted(Some(&chart(0.5)), Some(&chart(4.0)));
        let ticks = |figure: &mut Option<Figure>| figure.as_mut().map(|figure| axes(&mut figure.plot)[1].ticks.clone());
        assert_eq!((ticks(&mut was), ticks(&mut is)), (Some(vec![0.0, 4.0]), Some(vec![0.0, 4.0])));
    }
}
