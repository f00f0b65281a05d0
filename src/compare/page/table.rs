//! The table of variants, as on a terminal, with ridge and least squares above it, and what could not be trained.

use maud::{Markup, html};

use super::case::{Case, Subject};
use crate::compare::document::{Fit, PerTarget};
use crate::compare::verdict;
use crate::compare::wording::{short, spread};
use crate::experiment::{Errors, Outcome};

/// What stands in the columns; on a phone, where they have no heads, before each number.
const HEADS: [&str; 11] = [
    "MSE train",
    "MSE test",
    "R² test",
    "cosine",
    "slope",
    "output gap",
    "alignment",
    "size",
    "trace",
    "negative",
    "seconds",
];

/// Medians over seeds, with ranges below where they show.
pub(super) fn variants(subject: Subject<'_>) -> Markup {
    let (document, several) = (subject.document, subject.document.data.targets.len() > 1);
    html! {
        div.wide { table.variants {
            thead { tr {
                th { "variant" }
                @if several { th { "target" } }
                @for head in HEADS { th.r { (head) } }
            } }
            tbody {
                (baseline("ridge", &document.ridge, &document.data.targets))
                (baseline("least squares", &document.ols, &document.data.targets))
                @for (case, judged) in subject.cases.iter().zip(&document.verdicts) {
                    (variant(subject, case, &judged.words))
                }
            }
        } }
        p.small {
            "Of each variant the median over its seeds, with the range below where it shows in these digits. Errors are in the target’s own units; "
            "cosine is that of the centred predictions to ridge’s on test rows, slope theirs on ridge’s; alignment, size, trace and negative are of the matrix A: the cosine of its angle with the hat matrix H, its "
            "norm over that of H, the sum of its diagonal, which counts degrees of freedom only where weights were not fitted to the targets (Ye 1998), and its share of negative entries. The trace of ridge is that of H, and under its test error stands that of each training row left out once. Verdicts are over all seeds: " (verdict::thresholds()) "."
        }
    }
}

fn baseline(name: &str, fit: &Fit, targets: &[String]) -> Markup {
    let of = |all: &PerTarget<f64>, target: usize, digits: usize| {
        short(all.iter().nth(target).copied().unwrap_or(f64::NAN), digits)
    };
    let left_out = |target: usize| fit.loo_mse.as_ref().map_or("not defined".to_owned(), |all| of(all, target, 4));
    let rows = targets.len();
    html! {
        @for (target, column) in targets.iter().enumerate() {
            tr.more[target + 1 < rows] {
                @if target == 0 { th rowspan=(rows) { (name) small { "λ = " (short(fit.lambda, 3)) } } }
                @if rows > 1 { td data-head="target" { (column) } }
                td.r data-head=(HEADS[0]) { (of(&fit.mse_train, target, 4)) }
                td.r data-head=(HEADS[1]) { (of(&fit.mse_test, target, 4)) small { "left out " (left_out(target)) } }
                td.r data-head=(HEADS[2]) { (of(&fit.r2_test, target, 3)) }
                @if target == 0 {
                    @for _ in 0..5 { td.r rowspan=(rows) { } }
                    td.r rowspan=(rows) data-head=(HEADS[8]) { (short(fit.effective_degrees_of_freedom, 3)) }
                    @for _ in 0..2 { td.r rowspan=(rows) { } }
                }
            }
        }
    }
}

fn variant(subject: Subject<'_>, case: &Case<'_>, words: &str) -> Markup {
    let targets = &subject.document.data.targets;
    let units = &subject.comparison.units().target_scales;
    let rows = targets.len();
    let cell = |values: Vec<f64>, digits: usize| {
        let (median, range) = spread(values, digits);
        html! { (median) @if let Some(range) = range { small { (range) } } }
    };
    let over = |of: &dyn Fn(&Outcome) -> f64, digits: usize| cell(case.outcomes().map(of).collect(), digits);
    let error = |part: usize, target: usize, of: &dyn Fn(&Errors) -> f64, digits: usize| {
        over(&|outcome| of(&outcome.errors[part][target]), digits)
    };
    let seconds: f64 = case.runs.iter().map(|run| run.seconds).sum();
    let trained = case.first().is_some();
    html! {
        @if !trained {
            tr { th { (case.variant.name()) small { (words) } } td colspan=(if rows > 1 { 12 } else { 11 }) { } }
        }
        @for (target, column) in targets.iter().enumerate().filter(|_| trained) {
            @let scale = units[target] * units[target];
            tr.more[target + 1 < rows] {
                @if target == 0 { th rowspan=(rows) { (case.variant.name()) small { (words) } } }
                @if rows > 1 { td data-head="target" { (column) } }
                td.r data-head=(HEADS[0]) { (error(0, target, &|errors| errors.mse * scale, 4)) }
                td.r data-head=(HEADS[1]) { (error(1, target, &|errors| errors.mse * scale, 4)) }
                td.r data-head=(HEADS[2]) { (error(1, target, &|errors| errors.r_squared, 3)) }
                @if target == 0 {
                    td.r rowspan=(rows) data-head=(HEADS[3]) { (over(&|outcome| outcome.test.centred_cosine, 3)) }
                    td.r rowspan=(rows) data-head=(HEADS[4]) { (over(&|outcome| outcome.test.slope, 3)) }
                    td.r rowspan=(rows) data-head=(HEADS[5]) { (over(&|outcome| outcome.test.output_gap, 2)) }
                    td.r rowspan=(rows) data-head=(HEADS[6]) { (over(&|outcome| outcome.mechanism.alignment, 2)) }
                    td.r rowspan=(rows) data-head=(HEADS[7]) { (over(&|outcome| outcome.mechanism.size, 2)) }
                    td.r rowspan=(rows) data-head=(HEADS[8]) { (over(&|outcome| outcome.signature.trace, 3)) }
                    td.r rowspan=(rows) data-head=(HEADS[9]) { (over(&|outcome| outcome.signature.negative_share, 2)) }
                    td.r rowspan=(rows) data-head=(HEADS[10]) { (short(seconds, 2)) }
                }
            }
        }
    }
}

/// What came to nothing, and why.
pub(super) fn failures(subject: Subject<'_>) -> Markup {
    let failures =
        subject.cases.iter().flat_map(|case| &case.runs).filter_map(|run| Some((run, run.result.as_ref().err()?)));
    let failures: Vec<_> = failures.collect();
    html! {
        @if !failures.is_empty() {
            h3 { "What could not be trained" }
            div.loud role="note" { ul {
                @for (run, error) in &failures { li { b { (run.variant.name()) } ", seed " (run.seed) ": " (error) } }
            } }
        }
    }
}
