//! Predictions of every variant against ridge's, on test rows: where they agree, points lie on the diagonal.

use faer::Mat;
use maud::{Markup, html};

use super::case::{Case, Grid, Subject, grid};
use super::errors::brief;
use super::plate::Plate;
use super::ticks;
use crate::Result;
use crate::attention::Diagonal;
use crate::compare::wording::short;
use crate::experiment::Comparison;
use crate::linalg::{entries, select_rows};
use crate::publish::figure::{self, Axis, Cell, Column, Figure, Mark, Multiples, Row, Series, Stroke};

/// The most points of a chart.
const POINTS: usize = 300;

pub(super) fn plate(subject: Subject<'_>) -> Result<Option<Plate>> {
    let (comparison, target) = (subject.comparison, brief(&subject.document.data.targets[0]));
    let (data, units) = (comparison.data(), comparison.units());
    let own = |scaled: f64| units.target_means[0] + units.target_scales[0] * scaled;
    let ridge: Vec<f64> = entries(comparison.ridge().predict(data.test.x.as_ref()).subcols(0, 1)).collect();
    let shown = evenly(&ridge, POINTS);
    let ridge: Vec<f64> = shown.iter().map(|&row| own(ridge[row])).collect();
    let Grid { columns, rows } = grid(subject.cases);
    let mut predicted: Vec<(&Case<'_>, Vec<f64>)> = Vec::new();
    for case in rows.iter().flat_map(|(_, cells)| cells).flatten() {
        predicted.push((case, predictions(comparison, case, &shown)?.into_iter().map(own).collect()));
    }
    if predicted.is_empty() {
        return Ok(None);
    }
    let all: Vec<f64> = predicted.iter().flat_map(|(_, values)| values).copied().chain(ridge.iter().copied()).collect();
    let x = ticks::linear(&format!("ridge’s prediction of {}", figure::literal(&target)), &ridge);
    let y = ticks::linear(&format!("attention’s prediction of {}", figure::literal(&target)), &all);
    let cell = |case: &Option<&Case<'_>>| {
        let found = case.and_then(|case| predicted.iter().find(|(other, _)| other.variant == case.variant));
        Cell { series: found.map_or(Vec::new(), |(case, values)| cloud(case, &ridge, values, (&x, &y))) }
    };
    let multiples = Multiples {
        columns: columns.iter().map(|name| Column::new(*name, y.clone())).collect(),
        rows: rows.iter().map(|(name, cells)| Row::new(name, cells.iter().map(cell).collect())).collect(),
        x: x.clone(),
    };
    let points = if shown.len() < data.test.n() {
        format!("{} of the {} test rows, evenly chosen in the order of ridge’s predictions", shown.len(), data.test.n())
    } else {
        "all test rows".to_owned()
    };
    let first = if subject.document.data.targets.len() > 1 { " Of the targets the first is shown." } else { "" };
    Ok(Some(Plate {
        id: "predictions",
        figure: Figure::new("Predictions of every variant against ridge’s, on test rows", multiples),
        lead: "Predictions.",
        caption: format!(
            "A point for each of {points}, from the first seed, in the target’s own units; the dotted line is where both predict the same.{first}"
        ),
        numbers: Some(numbers(subject)),
    }))
}

/// The numbers of so many values, evenly spaced in their order.
pub(super) fn evenly(values: &[f64], most: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&i, &j| values[i].total_cmp(&values[j]));
    let shown = most.min(order.len());
    (0..shown).map(|place| order[place * order.len() / shown]).collect()
}

/// Of the first target, for some of the test rows.
fn predictions(comparison: &Comparison, case: &Case<'_>, shown: &[usize]) -> Result<Vec<f64>> {
    let Some(trained) = case.first() else { return Ok(Vec::new()) };
    let (variant, head) = (case.variant, &trained.head);
    let predicted: Mat<f64> = if case.linear() {
        // All training rows, not those alone that softmax attends to.
        select_rows(comparison.data().test.x.as_ref(), shown) * comparison.effective_weights(variant, head)
    } else {
        let rows = comparison.rows(variant);
        let (queries, keys) =
            (head.queries(select_rows(rows.test.x.as_ref(), shown).as_ref()), head.keys(rows.train.x.as_ref()));
        variant.normalisation(comparison.width()).output(
            queries.as_ref(),
            keys.as_ref(),
            rows.train.y.as_ref(),
            Diagonal::Kept,
        )?
    };
    Ok(entries(predicted.subcols(0, 1)).collect())
}

fn cloud(case: &Case<'_>, ridge: &[f64], values: &[f64], (x, y): (&Axis, &Axis)) -> Vec<Series> {
    let series = |name: &str, points: Vec<(f64, f64)>| {
        Series::through(
            name,
            points.into_iter().filter_map(|(across, up)| ticks::place(x, across).zip(ticks::place(y, up))),
        )
    };
    let low = ridge.iter().copied().fold(f64::INFINITY, f64::min);
    let high = ridge.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let name = if case.linear() { "linear attention" } else { "softmax attention" };
    let points = ridge.iter().copied().zip(values.iter().copied()).collect();
    let mut all = vec![
        series("the same as ridge", vec![(low, low), (high, high)]).stroke(Stroke::Dotted),
        series(name, points).ink(case.ink()).marks(Mark::Dot),
    ];
    all.retain(|series| !series.x.is_empty());
    all
}

/// What the clouds come to; each point is worth less than these.
fn numbers(subject: Subject<'_>) -> Markup {
    html! { table {
        thead { tr { th { "variant" } th.r { "seed" } th.r { "slope" } th.r { "cosine" } th.r { "centred cosine" } th.r { "output gap" } } }
        tbody { @for outcome in subject.cases.iter().filter_map(|case| case.outcomes().next()) { tr {
            td { (outcome.variant.name()) }
            td.r { (outcome.seed) }
            td.r { (short(outcome.test.slope, 4)) }
            td.r { (short(outcome.test.cosine, 4)) }
            td.r { (short(outcome.test.centred_cosine, 4)) }
            td.r { (short(outcome.test.output_gap, 4)) }
        } } }
    } }
}
