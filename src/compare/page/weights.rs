//! Ridge's coefficients and the effective weights of every variant, feature by feature.

use faer::Scale;

use super::case::{Case, Subject};
use super::errors::brief;
use super::plate::Plate;
use super::ticks;
use crate::Mat;
use crate::compare::ink::REGRESSION;
use crate::data::Scaling;
use crate::linalg::{entries, frobenius_norm};
use crate::publish::figure::{self, Dots, Figure, Ink, Mark, Pane, RowSeries};

/// The most features.
const FEATURES: usize = 40;

pub(super) fn plate(subject: Subject<'_>) -> Option<Plate> {
    let (comparison, data) = (subject.comparison, subject.comparison.data());
    let ridge = comparison.ridge().coefficients().subcols(0, 1).to_owned();
    let shown = largest(&ridge, FEATURES);
    let linear = pane(subject, "without softmax", true, &ridge, &shown);
    let softmax = pane(subject, "with softmax, at ridge’s length", false, &ridge, &shown);
    let panes: Vec<Pane> = [linear, softmax].into_iter().flatten().collect();
    if panes.is_empty() {
        return None;
    }
    let dots = Dots::new(shown.iter().map(|&feature| figure::literal(&brief(&data.features[feature]))), panes);
    let mut caption = format!(
        "Dots are ridge’s coefficients, the other marks the effective weights WXᵀy/p from the first seed{}. Without softmax they are the coefficients of the attention; \
         with it only their direction says something, so they are brought to the length of ridge’s.",
        if data.truth.is_some() { ", bars the true weights" } else { "" }
    );
    if shown.len() < data.features.len() {
        caption.push_str(&format!(
            " Of the {} features the {} with the largest coefficients of ridge are shown.",
            data.features.len(),
            shown.len()
        ));
    }
    if data.targets.len() > 1 {
        caption.push_str(&format!(" Of the {} targets the first, {}, is shown.", data.targets.len(), data.targets[0]));
    }
    let figure = Figure::new("Ridge’s coefficients and the effective weights of every variant", dots);
    Some(Plate { id: "weights", figure, lead: "Weights.", caption, numbers: None })
}

/// The numbers of the largest entries of a column, at most so many, in the order in which they stand.
pub(super) fn largest(column: &Mat<f64>, most: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..column.nrows()).collect();
    order.sort_by(|&i, &j| column[(j, 0)].abs().total_cmp(&column[(i, 0)].abs()));
    order.truncate(most);
    order.sort_unstable();
    order
}

fn pane(subject: Subject<'_>, name: &str, linear: bool, ridge: &Mat<f64>, shown: &[usize]) -> Option<Pane> {
    let comparison = subject.comparison;
    let mut cases: Vec<&Case<'_>> =
        subject.cases.iter().filter(|case| case.linear() == linear && case.first().is_some()).collect();
    cases.first()?;
    // Hollow marks first: they are wide enough to ring a solid one that lies on them.
    cases.sort_by_key(|case| !case.variant.whitened);
    let mut columns: Vec<(String, Ink, Mark, Mat<f64>)> = Vec::new();
    columns.extend(
        comparison
            .data()
            .truth
            .as_ref()
            .map(|truth| ("true weights".to_owned(), Ink::MUTED, Mark::Bar, truth.subcols(0, 1).to_owned())),
    );
    for case in cases {
        let Some(trained) = case.first() else { continue };
        let weights = comparison.effective_weights(case.variant, &trained.head).subcols(0, 1).to_owned();
        let length = frobenius_norm(weights.as_ref());
        let scale = if linear || length == 0.0 { 1.0 } else { frobenius_norm(ridge.as_ref()) / length };
        columns.push((case.variant.name(), case.ink(), case.shape(), weights * Scale(scale)));
    }
    columns.push(("ridge".to_owned(), REGRESSION, Mark::Circle, ridge.clone()));
    let values: Vec<f64> = columns
        .iter()
        .flat_map(|(.., column)| entries(column.as_ref()).enumerate())
        .filter(|(row, _)| shown.contains(row))
        .map(|(_, value)| value)
        .collect();
    let target = figure::literal(&brief(&comparison.data().targets[0]));
    let unit = match comparison.settings().scaling {
        Scaling::Standard => "one standard deviation of a feature",
        Scaling::UnitNorm => "one norm of a feature",
        Scaling::None => "one unit of a feature",
    };
    let axis = ticks::linear(&format!("standard deviations of {target} for {unit}"), &values);
    let row =
        |column: &Mat<f64>, feature: usize| ticks::place(&axis, column[(feature, 0)]).into_iter().collect::<Vec<f64>>();
    let series = |(name, ink, mark, column): (String, Ink, Mark, Mat<f64>)| {
        RowSeries::new(name, mark, shown.iter().map(|&feature| row(&column, feature)).collect()).ink(ink)
    };
    let mut series: Vec<RowSeries> = columns.into_iter().map(series).collect();
    series.retain(|series| series.values.iter().any(|values| !values.is_empty()));
    Some(Pane::new(name, axis, series))
}
