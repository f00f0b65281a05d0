//! Loss curves of every variant from its first seed, beside ridge's loss.

use super::case::{Case, Grid, Subject, grid};
use super::plate::Plate;
use super::ticks;
use crate::linalg::count;
use crate::publish::figure::{Axis, Cell, Column, Figure, Multiples, Row, Series, Stroke};
use crate::training::Record;

pub(super) fn plate(subject: Subject<'_>) -> Option<Plate> {
    let Grid { columns, rows } = grid(subject.cases);
    let cases = || rows.iter().flat_map(|(_, cells)| cells).flatten();
    let ridge = subject.document.ridge.mse_test_scaled.iter().sum::<f64>() / count(subject.document.data.targets.len());
    let steps: Vec<f64> = cases().flat_map(|case| path(case)).map(|record| count(record.step)).collect();
    let (first, last) = (steps.iter().copied().min_by(f64::total_cmp)?, steps.iter().copied().max_by(f64::total_cmp)?);
    let losses: Vec<f64> = cases()
        .flat_map(|case| path(case))
        .flat_map(|record| [Some(record.loss), record.held_out])
        .flatten()
        .chain([ridge])
        .collect();
    let y = ticks::sparse(ticks::log("mean squared error, in units of the target’s variance", &losses));
    let x = ticks::log("step", &[first, last]);
    let cell = |case: &Option<&Case<'_>>| Cell {
        series: case.map_or(Vec::new(), |case| curves(case, &path(case), &y, (ridge, first, last))),
    };
    let multiples = Multiples {
        columns: columns.iter().map(|name| Column::new(*name, y.clone())).collect(),
        rows: rows.iter().map(|(name, cells)| Row::new(name, cells.iter().map(cell).collect())).collect(),
        x,
    };
    let several = if subject.document.data.targets.len() > 1 { ", in the mean over targets" } else { "" };
    Some(Plate {
        id: "losses",
        figure: Figure::new("Loss curves of every variant, with ridge’s error", multiples),
        lead: "Losses.",
        caption: format!(
            "Mean squared error along training from the first seed, on the training rows that a variant sees (dashed) and on test rows (solid){several}; \
             the dotted line is ridge’s error on test rows. All charts have the same axes, both logarithmic."
        ),
        numbers: None,
    })
}

/// What was recorded on the way; step 0 has no place on a logarithmic axis.
fn path<'a>(case: &Case<'a>) -> Vec<&'a Record> {
    case.first().map_or(Vec::new(), |trained| trained.path.iter().filter(|record| record.step > 0).collect())
}

fn curves(case: &Case<'_>, path: &[&Record], y: &Axis, (ridge, first, last): (f64, f64, f64)) -> Vec<Series> {
    let attention = if case.linear() { "linear attention" } else { "softmax attention" };
    let series = |name: &str, rows: &str, points: Vec<(f64, Option<f64>)>| {
        let points = points.into_iter().filter_map(|(x, loss)| Some((x, ticks::place(y, loss?)?)));
        Series::through(format!("{name}, {rows} rows"), points)
    };
    let curve = |rows: &str, of: &dyn Fn(&Record) -> Option<f64>| {
        series(attention, rows, path.iter().map(|record| (count(record.step), of(record))).collect()).ink(case.ink())
    };
    let mut all = vec![
        series("ridge", "test", vec![(first, Some(ridge)), (last, Some(ridge))]).stroke(Stroke::Dotted),
        curve("training", &|record| Some(record.loss)).stroke(Stroke::Dashed),
        curve("test", &|record| record.held_out),
    ];
    all.retain(|series| !series.x.is_empty());
    all
}
