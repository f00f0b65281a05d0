//! Two versions of a figure in one drawing, or in words why they cannot be.

use crate::publish::figure::{
    Axis, Cell, Chart, Dots, Figure, Gallery, Group, Ink, Mark, Multiples, Pane, Panel, Panels, Plot, Row, RowSeries,
    Scale, Series, Stroke,
};
use crate::publish::number::{self, Digits};

/// Both versions over the same axes.
pub(super) const OVERLAID: &str = "Overlaid";
/// What all that was accepted is called in a key.
const ACCEPTED: &str = "accepted";
/// New entries less the accepted ones.
const DIFFERENCE: &str = "Difference";

/// One drawing of both: what was accepted lies beneath as small grey dots and dotted lines; of matrices their
/// difference. Where the two have not the same axes, or too little in common, why.
pub(super) fn together(before: &Figure, after: &Figure) -> Result<(&'static str, Figure), String> {
    let (name, plot) = match (&before.plot, &after.plot) {
        (Plot::Chart(was), Plot::Chart(is)) => {
            same_axis("horizontal axis", &was.x, &is.x)?;
            same_axis("vertical axis", &was.y, &is.y)?;
            (OVERLAID, Plot::Chart(Chart { series: beneath(&was.series, &is.series), ..is.clone() }))
        }
        (Plot::Dots(was), Plot::Dots(is)) => (OVERLAID, Plot::Dots(dots(was, is)?)),
        (Plot::Multiples(was), Plot::Multiples(is)) => (OVERLAID, Plot::Multiples(multiples(was, is)?)),
        (Plot::Panels(was), Plot::Panels(is)) => {
            (DIFFERENCE, Plot::Panels(Panels { panels: less(&was.panels, &is.panels)? }))
        }
        (Plot::Gallery(was), Plot::Gallery(is)) => (DIFFERENCE, Plot::Gallery(gallery(was, is)?)),
        (Plot::Pictures(_), Plot::Pictures(_)) => return Err("one picture over another shows neither".to_owned()),
        _ => return Err("it is another kind of plot now".to_owned()),
    };
    let words = match (name, &plot) {
        (OVERLAID, _) => "Accepted (small grey dots, dotted lines) and new, overlaid",
        (_, Plot::Gallery(_)) => "New less accepted, where there is a difference",
        _ => "New less accepted",
    };
    Ok((name, Figure { title: format!("{words}: {}", after.title), plot }))
}

/// An axis must be the same in both, or what it was and is.
fn same_axis(which: &str, was: &Axis, is: &Axis) -> Result<(), String> {
    let scale = |axis: &Axis| if axis.scale == Scale::Log { "logarithmic" } else { "linear" };
    let ends = |axis: &Axis| {
        let short =
            |number: Option<&f64>| number.map_or(String::new(), |number| number::unicode(*number, Digits::Short(4)));
        format!("from {} to {}", short(axis.ticks.first()), short(axis.ticks.last()))
    };
    if was.name != is.name {
        return Err(format!("the {which} is “{}” now, it was “{}”", is.name, was.name));
    }
    if was.scale != is.scale {
        return Err(format!("the {which} is {} now, it was {}", scale(is), scale(was)));
    }
    if ends(was) != ends(is) {
        return Err(format!("the {which} goes {} now, it went {}", ends(is), ends(was)));
    }
    if was.ticks == is.ticks { Ok(()) } else { Err(format!("the {which} has other ticks")) }
}

/// There must be as many in both, or how many there were and are.
fn as_many<T>(what: &str, was: &[T], is: &[T]) -> Result<(), String> {
    if was.len() == is.len() {
        Ok(())
    } else {
        Err(format!("the number of {what} is {} now, it was {}", is.len(), was.len()))
    }
}

/// The accepted series that moved, told apart by size and stroke as much as by colour, and the new ones over them.
fn beneath(was: &[Series], is: &[Series]) -> Vec<Series> {
    let grey = |series: &Series| Series {
        name: format!("{}, accepted", series.name),
        ink: Ink::MUTED,
        mark: series.mark.map(|_| Mark::Dot),
        stroke: if series.stroke == Stroke::None { Stroke::None } else { Stroke::Dotted },
        label: None,
        ..series.clone()
    };
    was.iter().filter(|series| !is.contains(series)).map(grey).chain(is.iter().cloned()).collect()
}

fn dots(was: &Dots, is: &Dots) -> Result<Dots, String> {
    as_many("rows", &was.rows, &is.rows)?;
    as_many("panes", &was.panes, &is.panes)?;
    if was.rows != is.rows {
        return Err("the rows have other names or another order".to_owned());
    }
    let pane = |(was, is): (&Pane, &Pane)| {
        same_axis(&format!("axis of “{}”", is.name), &was.axis, &is.axis)?;
        let grey = |series: &RowSeries| RowSeries {
            name: ACCEPTED.to_owned(),
            ink: Ink::MUTED,
            mark: Mark::Dot,
            ..series.clone()
        };
        let series = was
            .series
            .iter()
            .filter(|series| !is.series.contains(series))
            .map(grey)
            .chain(is.series.iter().cloned())
            .collect();
        Ok(Pane { series, ..is.clone() })
    };
    Ok(Dots { panes: was.panes.iter().zip(&is.panes).map(pane).collect::<Result<_, String>>()?, ..is.clone() })
}

fn multiples(was: &Multiples, is: &Multiples) -> Result<Multiples, String> {
    same_axis("horizontal axis", &was.x, &is.x)?;
    as_many("columns", &was.columns, &is.columns)?;
    as_many("rows", &was.rows, &is.rows)?;
    was.columns
        .iter()
        .zip(&is.columns)
        .try_for_each(|(was, is)| same_axis(&format!("vertical axis of “{}”", is.name), &was.y, &is.y))?;
    let cell = |(was, is): (&Cell, &Cell)| {
        // One entry of the key for all that was accepted.
        let named = |series: Series| {
            if is.series.contains(&series) { series } else { Series { name: ACCEPTED.to_owned(), ..series } }
        };
        Cell { series: beneath(&was.series, &is.series).into_iter().map(named).collect() }
    };
    let row = |(was, is): (&Row, &Row)| {
        as_many("charts in a row", &was.cells, &is.cells)?;
        Ok(Row { cells: was.cells.iter().zip(&is.cells).map(cell).collect(), ..is.clone() })
    };
    Ok(Multiples { rows: was.rows.iter().zip(&is.rows).map(row).collect::<Result<_, String>>()?, ..is.clone() })
}

fn gallery(was: &Gallery, is: &Gallery) -> Result<Gallery, String> {
    as_many("groups", &was.groups, &is.groups)?;
    let group = |(was, is): (&Group, &Group)| Ok(Group { panels: less(&was.panels, &is.panels)?, ..is.clone() });
    let groups = was.groups.iter().zip(&is.groups).map(group).collect::<Result<Vec<_>, String>>()?;
    // Of many groups those that moved: the others are nothing but zeros.
    let moved = |group: &Group| group.panels.iter().flat_map(|panel| &panel.rows).flatten().any(|entry| *entry != 0.0);
    let kept: Vec<Group> = groups.iter().filter(|group| moved(group)).cloned().collect();
    Ok(Gallery { groups: if kept.is_empty() { groups } else { kept } })
}

/// Matrix by matrix the new entries less the accepted ones.
fn less(was: &[Panel], is: &[Panel]) -> Result<Vec<Panel>, String> {
    as_many("matrices", was, is)?;
    let shape = |panel: &Panel| format!("{} × {}", panel.rows.len(), panel.rows.first().map_or(0, Vec::len));
    let panel = |(was, is): (&Panel, &Panel)| {
        if was.rows.iter().map(Vec::len).ne(is.rows.iter().map(Vec::len)) {
            return Err(format!("{} is {} now, it was {}", is.symbol, shape(is), shape(was)));
        }
        let rows = is
            .rows
            .iter()
            .zip(&was.rows)
            .map(|(is, was)| is.iter().zip(was).map(|(is, was)| is - was).collect())
            .collect();
        Ok(Panel { rows, note: String::new(), ..is.clone() })
    };
    was.iter().zip(is).map(panel).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: usize) -> Plot {
        let rows = vec![vec![1.0; 3]; rows];
        Plot::Panels(Panels {
            panels: vec![Panel {
                symbol: "H".to_owned(),
                words: String::new(),
                note: String::new(),
                rows,
                relative: 1e-3,
            }],
        })
    }

    fn chart(x: Axis, y: Axis) -> Plot {
        Plot::Chart(Chart::new(x, y, Vec::new()))
    }

    #[test]
    fn what_keeps_two_figures_apart_is_said() {
        let (x, y) = (Axis::linear("x", &[0.0, 1.0]), Axis::log("y", &[1.0, 10.0, 1e6]));
        let rows = |rows: &[&str]| {
            Plot::Dots(Dots { rows: rows.iter().map(ToString::to_string).collect(), panes: Vec::new() })
        };
        let cases = [
            (chart(x.clone(), y.clone()), chart(x.clone(), y.clone()), None),
            (
                chart(x.clone(), y.clone()),
                chart(Axis::linear("z", &[0.0, 1.0]), y.clone()),
                Some("the horizontal axis is “z” now, it was “x”"),
            ),
            (
                chart(x.clone(), y.clone()),
                chart(Axis::log("x", &[0.0, 1.0]), y.clone()),
                Some("the horizontal axis is logarithmic now, it was linear"),
            ),
            (
                chart(x.clone(), y.clone()),
                chart(x.clone(), Axis::log("y", &[1.0, 2e6])),
                Some("the vertical axis goes from 1 to 2 × 10⁶ now, it went from 1 to 10⁶"),
            ),
            (
                chart(x.clone(), y.clone()),
                chart(x.clone(), Axis::log("y", &[1.0, 1e6])),
                Some("the vertical axis has other ticks"),
            ),
            (chart(x.clone(), y), matrix(3), Some("it is another kind of plot now")),
            (matrix(3), matrix(2), Some("H is 2 × 3 now, it was 3 × 3")),
            (rows(&["a"]), rows(&["a", "b"]), Some("the number of rows is 2 now, it was 1")),
            (rows(&["a"]), rows(&["b"]), Some("the rows have other names or another order")),
        ];
        for (was, is, expected) in cases {
            let figure = |plot| Figure { title: String::new(), plot };
            assert_eq!(together(&figure(was), &figure(is)).err().as_deref(), expected);
        }
    }
}
