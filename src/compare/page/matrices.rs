//! The matrices of ridge and of every variant, side by side, on a few rows in the order of ridge's predictions.

use faer::Scale;

use super::case::{Case, Subject};
use super::plate::Plate;
use super::predictions::evenly;
use super::weights::largest;
use crate::experiment::Variant;
use crate::linalg::{self, entries, select_rows};
use crate::publish::figure::{Figure, Gallery, Group, Panel};
use crate::regression::{Intercept, hat_matrix};
use crate::training::Trained;
use crate::{Mat, MatRef, Result, attention};

/// The most rows and columns of a matrix.
const SHOWN: usize = 18;

pub(super) fn plate(subject: Subject<'_>) -> Result<Option<Plate>> {
    let (comparison, data) = (subject.comparison, subject.comparison.data());
    let trained: Vec<&Case<'_>> = subject.cases.iter().filter(|case| case.first().is_some()).collect();
    let Some(plain) = trained.first().map(|case| Variant { whitened: false, ..case.variant }) else { return Ok(None) };
    let near = &comparison.rows(plain).train;
    let rows = evenly(&entries(comparison.ridge().predict(near.x.as_ref()).subcols(0, 1)).collect::<Vec<f64>>(), SHOWN);
    let features = largest(&comparison.ridge().coefficients().subcols(0, 1).to_owned(), SHOWN);
    let mut groups = Vec::new();
    for whitened in [false, true] {
        if !whitened || trained.iter().any(|case| case.variant.whitened) {
            groups.extend(of_ridge(subject, Variant { whitened, ..plain }, &rows, &features)?);
        }
    }
    for case in trained {
        if let Some(trained) = case.first() {
            groups.extend(of_variant(subject, case, trained, &rows, &features)?);
        }
    }
    let mut caption = format!(
        "Of ridge the hat matrix H and (XᵀX + λI)⁻¹, of each variant from the first seed its weights A, its scores QKᵀ and its form WqWkᵀ, each over its own largest entry; \
         blue is negative. Compare A with H and the form with the inverse. Shown are {} of {} training rows in the order of ridge’s predictions",
        rows.len(),
        near.n()
    );
    if features.len() < data.features.len() {
        caption.push_str(&format!(
            ", and of {} features the {} with the largest coefficients of ridge",
            data.features.len(),
            features.len()
        ));
    }
    caption.push_str(if data.targets.len() > 1 { ", both for the first target." } else { "." });
    Ok((!groups.is_empty()).then_some(Plate {
        id: "matrices",
        figure: Figure::new("The matrices of ridge and of every variant", Gallery { groups }),
        lead: "Matrices.",
        caption,
        numbers: None,
    }))
}

fn of_ridge(subject: Subject<'_>, variant: Variant, rows: &[usize], features: &[usize]) -> Result<Option<Group>> {
    let (x, penalty) = (subject.comparison.rows(variant).train.x.as_ref(), subject.comparison.ridge().penalty());
    let gram = linalg::gram(x) + Scale(penalty) * Mat::<f64>::identity(x.ncols(), x.ncols());
    let name = if variant.whitened { "ridge, whitened" } else { "ridge" };
    let hat = hat_matrix(x, penalty, Intercept::None)?;
    // Without a penalty there may be no inverse.
    let inverse = linalg::symmetric_power(gram.as_ref(), -1.0).ok();
    let inverse = inverse.and_then(|inverse| panel("(XᵀX + λI)⁻¹", inverse.as_ref(), features));
    Ok(group(name, [panel("H", hat.as_ref(), rows), inverse]))
}

fn of_variant(
    subject: Subject<'_>,
    case: &Case<'_>,
    trained: &Trained,
    rows: &[usize],
    features: &[usize],
) -> Result<Option<Group>> {
    let (comparison, head) = (subject.comparison, &trained.head);
    let some = select_rows(comparison.rows(case.variant).train.x.as_ref(), rows);
    let scores = attention::scores(head.queries(some.as_ref()).as_ref(), head.keys(some.as_ref()).as_ref());
    let all: Vec<usize> = (0..rows.len()).collect();
    let weights = comparison.weights(case.variant, head)?;
    let panels = [
        panel("A", weights.as_ref(), rows),
        panel("QKᵀ", scores.as_ref(), &all),
        panel("W_qW_kᵀ", head.form().as_ref(), features),
    ];
    Ok(group(&case.variant.name(), panels))
}

fn group<const N: usize>(name: &str, panels: [Option<Panel>; N]) -> Option<Group> {
    let panels: Vec<Panel> = panels.into_iter().flatten().collect();
    (!panels.is_empty()).then(|| Group::new(name, panels))
}

/// Some rows and columns of a matrix, unless there is nothing to see in them.
fn panel(symbol: &str, matrix: MatRef<'_, f64>, shown: &[usize]) -> Option<Panel> {
    let rows: Vec<Vec<f64>> = shown.iter().map(|&i| shown.iter().map(|&j| matrix[(i, j)]).collect()).collect();
    let drawable = rows.iter().flatten().all(|entry| entry.is_finite()) && !rows.is_empty();
    drawable.then(|| Panel::new(symbol, rows))
}
