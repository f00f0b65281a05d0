//! A comparison as somebody at a terminal reads it: what the data are, a table of variants, a verdict in words for each.
//!
//! Numbers of a variant are medians over its seeds; where the seeds differ in the digits shown, the range follows. Everything
//! is in the target's own units but for gaps and shares; the document behind `--json` has all the rest.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::document::{Attention, Document, Fit, PerTarget};
use super::wording::{each, listed, short};
use super::{verdict, wording};

/// The whole text; on a terminal the table is no wider than that.
pub fn text(document: &Document, terminal: bool) -> String {
    let mut out = header(document);
    out.push('\n');
    out.push_str(&table(document, terminal));
    out.push_str("\n\n");
    out.push_str(&verdicts(document));
    out
}

fn header(document: &Document) -> String {
    let data = &document.data;
    let condition = data.condition_number.map_or("infinite".to_owned(), |condition| short(condition, 3));
    let mut lines = vec![
        ("data", format!("{}: {} training and {} test rows", data.source.join(" and "), data.n_train, data.n_test)),
        ("features", format!("{}, {} scaling, rank {}, condition number {condition}", data.features.len(), data.scaling.kind, data.rank)),
        (if data.targets.len() == 1 { "target" } else { "targets" }, format!("{}, variance {}", listed(&data.targets), each(&data.target_variance, 4))),
    ];
    lines.extend(data.notes.iter().map(|note| ("note", note.clone())));
    if let Some(context) = &data.context {
        let words = format!(
            "softmax attends to a sample of {} of the {} training rows (seed {}); what is linear sees all of them",
            context.rows, data.n_train, context.seed
        );
        lines.push(("context", words));
    }
    lines.push(("ridge", fit(&document.ridge)));
    lines.push(("ols", fit(&document.ols)));
    lines.into_iter().map(|(name, words)| format!("{name:<9}{words}\n")).collect()
}

fn fit(fit: &Fit) -> String {
    let left_out = fit.loo_mse.as_ref().map_or("not defined".to_owned(), |mse| each(mse, 4));
    format!(
        "λ {}: MSE train {}, test {}, leave-one-out {left_out}; R² test {}; degrees of freedom {}",
        short(fit.lambda, 3),
        each(&fit.mse_train, 4),
        each(&fit.mse_test, 4),
        each(&fit.r2_test, 3),
        short(fit.effective_degrees_of_freedom, 4)
    )
}

/// One row for each variant.
fn table(document: &Document, terminal: bool) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    if terminal {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    table.set_header(["variant", "MSE train", "MSE test", "R² test", "cosine", "slope", "output gap", "mechanism gap", "trace", "negative", "seconds"]);
    for row in document.verdicts.iter().map(|judged| (judged.score.as_str(), judged.whitening.as_str(), judged.weights.as_str())) {
        let runs: Vec<&Attention> = document.variants.iter().filter(|run| (run.score.as_str(), run.whitening.as_str(), run.weights.as_str()) == row).collect();
        let name = name(row);
        if runs.is_empty() {
            table.add_row([name, "could not be trained".to_owned()]);
            continue;
        }
        let over = |of: &dyn Fn(&Attention) -> f64, digits: usize| spread(runs.iter().map(|run| of(run)).collect(), digits);
        let errors = |of: &dyn Fn(&Attention) -> &PerTarget<f64>, digits: usize| {
            let targets = document.data.targets.len();
            let of_target = |target: usize| over(&|run: &Attention| of(run).iter().nth(target).copied().unwrap_or(f64::NAN), digits);
            (0..targets).map(of_target).collect::<Vec<_>>().join("\n")
        };
        table.add_row([
            name,
            errors(&|run| &run.mse_train, 4),
            errors(&|run| &run.mse_test, 4),
            errors(&|run| &run.r2_test, 3),
            over(&|run| run.centred_cosine_test, 3),
            over(&|run| run.slope_test, 3),
            over(&|run| run.output_gap, 2),
            over(&|run| run.mechanism_gap, 2),
            over(&|run| run.trace, 3),
            over(&|run| run.negative_share, 2),
            short(runs.iter().map(|run| run.seconds).sum(), 2),
        ]);
    }
    (1..11).filter_map(|column| table.column_mut(column).map(|column| column.set_cell_alignment(CellAlignment::Right))).count();
    table.to_string()
}

fn verdicts(document: &Document) -> String {
    let longest = document.verdicts.iter().map(|judged| name((&judged.score, &judged.whitening, &judged.weights)).chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for judged in &document.verdicts {
        let name = name((&judged.score, &judged.whitening, &judged.weights));
        let failed =
            |failure: &&super::document::Failure| (&failure.score, &failure.whitening, &failure.weights) == (&judged.score, &judged.whitening, &judged.weights);
        let failures: Vec<String> = document.failures.iter().filter(failed).map(|failure| format!(" (seed {}: {})", failure.seed, failure.error)).collect();
        out.push_str(&format!("{name:<longest$}  {}{}\n", judged.words, failures.concat()));
    }
    out.push_str(&format!("({})\n", verdict::thresholds()));
    out
}

/// Such as `softmax, whitened, tied`.
fn name((score, whitening, weights): (&str, &str, &str)) -> String {
    let whitened = if whitening == "none" { "" } else { ", whitened" };
    format!("{score}{whitened}, {weights}")
}

/// The median, with the range below where it shows.
fn spread(values: Vec<f64>, digits: usize) -> String {
    let (median, range) = wording::spread(values, digits);
    range.map_or(median.clone(), |range| format!("{median}\n{range}"))
}
