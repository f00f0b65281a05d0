//! The map: every run as a point, its distance from ridge in outputs across, the alignment of its matrix with the hat
//! matrix up.

use maud::{Markup, html};

use super::case::{Case, Subject};
use super::plate::Plate;
use super::ticks;
use crate::Mat;
use crate::agreement::cosine;
use crate::compare::ink::REGRESSION;
use crate::compare::verdict::{ALIGNMENT, OUTPUTS};
use crate::compare::wording::short;
use crate::experiment::Comparison;
use crate::linalg::count;
use crate::publish::capital;
use crate::publish::figure::{Axis, Chart, Figure, Ink, Mark, Series, Side, Stroke};
use crate::training::Parametrisation;

pub(super) fn plate(subject: Subject<'_>) -> Option<Plate> {
    let points: Vec<(f64, f64)> = subject.cases.iter().flat_map(gaps).collect();
    if points.is_empty() {
        return None;
    }
    let mean = (1.0, mean_of_values(subject.comparison));
    let (across, up): (Vec<f64>, Vec<f64>) = points.iter().copied().chain([mean]).unzip();
    let x = ticks::log("distance from ridge in outputs, on test rows", &[&across[..], &[OUTPUTS]].concat());
    let y = ticks::linear("alignment with the hat matrix, ⟨A, H⟩ ∕ ‖A‖‖H‖", &[&up[..], &[0.0, 1.0]].concat());
    let lost = points
        .iter()
        .filter(|(across, up)| ticks::place(&x, *across).is_none() || ticks::place(&y, *up).is_none())
        .count();
    let zeros = points.iter().filter(|(across, _)| *across <= 0.0).count();
    let series = series(subject.cases, &x, &y, mean);
    let title =
        "The map: every run by its distance from ridge in outputs, and the alignment of its matrix with the hat matrix";
    Some(Plate {
        id: "map",
        figure: Figure::new(title, Chart::new(x, y, series).tall()),
        lead: "The map.",
        caption: caption(&marks(subject.cases), zeros, lost),
        numbers: Some(numbers(subject.cases)),
    })
}

fn caption(marks: &str, zeros: usize, lost: usize) -> String {
    let mut words = format!(
        "Each mark is one training. Across: how far its predictions for test rows are from ridge’s, over their norm; up: the cosine of the angle between its matrix and the hat matrix, one where they point the same way. \
         {marks} Left of the upright dotted line outputs count as the same \
         (at most {OUTPUTS}), above the other one the mechanism can (at least {ALIGNMENT}), if the sizes, which are in the table, agree too."
    );
    if zeros > 0 {
        words.push_str(&format!(
            " A gap of zero has no place on a logarithmic axis: {zeros} marks stand at its lower end instead."
        ));
    }
    if lost > 0 {
        words.push_str(&format!(" {lost} runs have no finite gap and are not shown."));
    }
    words
}

/// Which mark is what, of those that are there.
fn marks(cases: &[Case<'_>]) -> String {
    let softmax =
        |parametrisation| cases.iter().any(|case| !case.linear() && case.variant.parametrisation == parametrisation);
    let all = [
        (cases.iter().any(Case::linear), "circles are linear"),
        (softmax(Parametrisation::Separate), "squares softmax with separate weights"),
        (softmax(Parametrisation::Tied), "diamonds softmax with tied weights"),
        (softmax(Parametrisation::Merged), "triangles softmax with a merged form"),
        (cases.iter().any(|case| case.variant.whitened), "hollow marks see whitened rows"),
    ];
    let words: Vec<&str> = all.into_iter().filter_map(|(there, words)| there.then_some(words)).collect();
    format!("{}.", capital(&words.join(", ")))
}

fn gaps(case: &Case<'_>) -> Vec<(f64, f64)> {
    case.outcomes().map(|outcome| (outcome.test.output_gap, outcome.mechanism.alignment)).collect()
}

fn series(cases: &[Case<'_>], x: &Axis, y: &Axis, mean: (f64, f64)) -> Vec<Series> {
    let ends = |axis: &Axis| (axis.ticks.first().copied().unwrap_or(0.0), axis.ticks.last().copied().unwrap_or(1.0));
    let ((left, right), (bottom, top)) = (ends(x), ends(y));
    let threshold = |name: &str, from: (f64, f64), to: (f64, f64), side: Side| {
        Series::through(name, [from, to]).ink(Ink::MUTED).stroke(Stroke::Dotted).label(side, 1)
    };
    let cloud = |name: &str, ink: Ink, mark: Mark, points: Vec<(f64, f64)>, side: Side| {
        let mut points: Vec<(f64, f64)> =
            points.into_iter().filter_map(|(across, up)| ticks::place(x, across).zip(ticks::place(y, up))).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        Series::through(name, points).ink(ink).marks(mark).label(side, 0)
    };
    let mut all = vec![threshold("same outputs", (OUTPUTS, bottom), (OUTPUTS, top), Side::Left)];
    all.push(threshold("same mechanism", (left, ALIGNMENT), (right, ALIGNMENT), Side::Below));
    all.push(cloud("predicting the mean", REGRESSION, Mark::Circle, vec![mean], Side::Below));
    // Linear variants of any parametrisation have one mark and one name. Hollow marks come first: they are wide enough
    // to ring a solid one that lies on them.
    for whitened in [true, false] {
        let linear: Vec<&Case<'_>> =
            cases.iter().filter(|case| case.linear() && case.variant.whitened == whitened).collect();
        if let Some(first) = linear.first() {
            let name = if whitened { "linear, whitened" } else { "linear" };
            all.push(cloud(
                name,
                first.ink(),
                first.mark(),
                linear.iter().flat_map(|case| gaps(case)).collect(),
                Side::Above,
            ));
        }
        for case in cases.iter().filter(|case| !case.linear() && case.variant.whitened == whitened) {
            all.push(cloud(&case.variant.name(), case.ink(), case.mark(), gaps(case), Side::Left));
        }
    }
    all.retain(|series| !series.x.is_empty());
    all
}

/// How the matrix 11ᵀ/n, which predicts the mean for everybody, is aligned with the hat matrix.
fn mean_of_values(comparison: &Comparison) -> f64 {
    let n = comparison.hat().nrows();
    cosine(Mat::full(n, n, 1.0 / count(n)).as_ref(), comparison.hat())
}

/// One row for each run.
fn numbers(cases: &[Case<'_>]) -> Markup {
    html! { table {
        thead { tr { th { "variant" } th.r { "seed" } th.r { "output gap" } th.r { "alignment" } th.r { "size" } th.r { "weights gap" } } }
        tbody { @for outcome in cases.iter().flat_map(Case::outcomes) { tr {
            td { (outcome.variant.name()) }
            td.r { (outcome.seed) }
            td.r { (short(outcome.test.output_gap, 4)) }
            td.r { (short(outcome.mechanism.alignment, 4)) }
            td.r { (short(outcome.mechanism.size, 4)) }
            td.r { (short(outcome.weights_gap, 4)) }
        } } }
    } }
}
