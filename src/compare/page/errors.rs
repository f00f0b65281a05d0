//! Errors against ridge: a row for each variant, a mark for each seed, for up to three targets.

use super::case::{Case, Subject};
use super::plate::Plate;
use super::ticks;
use crate::experiment::Errors;
use crate::publish::figure::{self, Axis, Dots, Figure, Ink, Mark, Pane, RowSeries};

/// Panes that stand beside each other.
const PANES: usize = 3;
/// Below such an R² its pane would show nothing else.
const LOWEST: f64 = -5.0;

pub(super) fn plate(subject: Subject<'_>) -> Option<Plate> {
    let cases: Vec<&Case<'_>> = subject.cases.iter().filter(|case| case.first().is_some()).collect();
    if cases.is_empty() {
        return None;
    }
    let (targets, ridge) = (&subject.document.data.targets, &subject.document.ridge);
    let reference = |all: &crate::compare::document::PerTarget<f64>, target: usize| {
        all.iter().nth(target).copied().unwrap_or(f64::NAN)
    };
    let mse = |target: usize, name: &str| {
        let reference = reference(&ridge.mse_test_scaled, target);
        pane(&cases, target, name, &|errors| errors.mse, reference, &|values| {
            ticks::positive("mean squared error, in units of the target’s variance", values)
        })
    };
    let mut panes: Vec<Pane> = targets
        .iter()
        .take(PANES)
        .enumerate()
        .map(|(target, name)| mse(target, &figure::literal(&brief(name))))
        .collect();
    let lowest = cases
        .iter()
        .flat_map(|case| case.outcomes())
        .map(|outcome| outcome.errors[1][0].r_squared)
        .fold(f64::INFINITY, f64::min);
    if let ([pane_of_errors], true) = (&mut panes[..], lowest > LOWEST) {
        pane_of_errors.name = "mean squared error".to_owned();
        let shares = pane(&cases, 0, "R²", &|errors| errors.r_squared, reference(&ridge.r2_test, 0), &|values| {
            ticks::linear("share of the variance explained", values)
        });
        panes.push(shares);
    }
    let more = if targets.len() > PANES {
        format!(" The first {PANES} of {} targets are shown.", targets.len())
    } else {
        String::new()
    };
    let rows = cases.iter().map(|case| case.variant.name());
    Some(Plate {
        id: "errors",
        figure: Figure::new("Errors of every variant, against ridge", Dots::new(rows, panes)),
        lead: "Errors.",
        caption: format!(
            "Each mark is a training’s error on test rows, each bar on the training rows that it sees; the line is ridge on test rows.{more}"
        ),
        numbers: None,
    })
}

/// A name that leaves room for others.
pub(super) fn brief(name: &str) -> String {
    const LONGEST: usize = 20;
    let name: String = name.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if name.chars().count() > LONGEST { name.chars().take(LONGEST - 1).chain(['…']).collect() } else { name }
}

fn pane(
    cases: &[&Case<'_>],
    target: usize,
    name: &str,
    of: &dyn Fn(&Errors) -> f64,
    at: f64,
    axis: &dyn Fn(&[f64]) -> Axis,
) -> Pane {
    let numbers = |part: usize| -> Vec<Vec<f64>> {
        let row =
            |case: &&Case<'_>| case.outcomes().filter_map(|outcome| outcome.errors[part].get(target)).map(of).collect();
        cases.iter().map(row).collect()
    };
    let [train, test] = [0, 1].map(numbers);
    let axis = axis(&[train.concat(), test.concat(), vec![at]].concat());
    let placed = |values: &[f64]| values.iter().filter_map(|&value| ticks::place(&axis, value)).collect::<Vec<f64>>();
    let series = |name: &str, ink: Ink, mark: Mark, rows: &[Vec<f64>], chosen: &dyn Fn(&Case<'_>) -> bool| {
        let values =
            cases.iter().zip(rows).map(|(case, values)| if chosen(case) { placed(values) } else { Vec::new() });
        RowSeries::new(name, mark, values.collect()).ink(ink)
    };
    let mut all = vec![series("training rows", Ink::MUTED, Mark::Bar, &train, &|_| true)];
    let mut kinds: Vec<(Ink, Mark)> = cases.iter().map(|case| (case.ink(), case.mark())).collect();
    kinds.dedup();
    all.extend(
        kinds
            .into_iter()
            .map(|(ink, mark)| series("test rows", ink, mark, &test, &|case| (case.ink(), case.mark()) == (ink, mark))),
    );
    all.retain(|series| series.values.iter().any(|values| !values.is_empty()));
    let reference = ticks::place(&axis, at);
    let pane = Pane::new(name, axis, all);
    match reference {
        Some(at) => pane.reference("ridge", at),
        None => pane,
    }
}
