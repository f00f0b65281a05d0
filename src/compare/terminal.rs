//! A comparison as somebody at a terminal reads it: what the data are, a table of variants, a verdict in words for
//! each.
//!
//! Numbers of a variant are medians over its seeds; where the seeds differ in the digits shown, the range follows.
//! Everything is in the target's own units but for gaps and shares; the document behind `--json` has all the rest.

use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};

use super::document::{Attention, Document, Fit, Judged, PerTarget};
use super::verdict;
use super::wording::{self, each, listed, short};
use crate::experiment::Scores;
use crate::publish::harmless;
use crate::publish::number::{self, Digits};

/// The whole text; the table no wider than a terminal, where there is one.
pub(super) fn text(document: &Document, terminal: bool) -> String {
    let mut out = header(document);
    out.push('\n');
    out.push_str(&table(document, if terminal { Table::new().width() } else { None }));
    out.push_str("\n\n");
    out.push_str(&verdicts(document));
    out
}

fn header(document: &Document) -> String {
    let data = &document.data;
    let condition = data.condition_number.map_or("infinite".to_owned(), |condition| short(condition, 3));
    let mut lines = vec![
        (
            "data",
            format!(
                "{}: {} training and {} test rows",
                harmless(&data.source.join(" and ")),
                data.n_train,
                data.n_test
            ),
        ),
        (
            "features",
            format!(
                "{}, {} scaling, rank {}, condition number {condition}",
                data.features.len(),
                data.scaling.kind.name(),
                data.rank
            ),
        ),
        (
            if data.targets.len() == 1 { "target" } else { "targets" },
            format!("{}, variance {}", listed(&data.targets), each(&data.target_variance, 4)),
        ),
    ];
    lines.extend(data.notes.iter().map(|note| ("note", harmless(note))));
    if let Some(width) =
        document.variants.iter().map(|run| run.head_width).next().filter(|&width| width < data.features.len())
    {
        lines.push(("heads", format!("query and key weights have {width} columns, fewer than there are features")));
    }
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

/// A column of the table: its head, how soon it is left out on a narrow terminal (0 for never), and its cells.
struct Column {
    head: &'static str,
    spare: u8,
    cells: Vec<String>,
}

/// One row for each variant; on a narrow terminal without the columns that can best be spared.
fn table(document: &Document, width: Option<u16>) -> String {
    let mut columns = columns(document);
    let all = columns.len();
    while width.is_some_and(|width| needed(&columns) > usize::from(width)) {
        let Some(spared) =
            (1..columns.len()).filter(|&place| columns[place].spare > 0).max_by_key(|&place| columns[place].spare)
        else {
            break;
        };
        columns.remove(spared);
    }
    let mut table = Table::new();
    table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─')));
    table.set_header(columns.iter().map(|column| column.head));
    for row in 0..document.verdicts.len() {
        table.add_row(columns.iter().map(|column| column.cells[row].as_str()));
    }
    table.column_iter_mut().skip(1).for_each(|column| {
        column.set_cell_alignment(CellAlignment::Right);
    });
    let left_out = all - columns.len();
    let note = if left_out > 0 {
        format!("\n({left_out} more columns on a wider terminal or with --json)")
    } else {
        String::new()
    };
    table.trim_fmt() + &note
}

/// What the columns take, with a space on either side of a cell.
fn needed(columns: &[Column]) -> usize {
    let widest = |text: &str| text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    columns
        .iter()
        .map(|column| 3 + column.cells.iter().map(String::as_str).chain([column.head]).map(widest).max().unwrap_or(0))
        .sum()
}

fn columns(document: &Document) -> Vec<Column> {
    let runs = |judged: &Judged| {
        document.variants.iter().filter(|run| run.variant == judged.variant).collect::<Vec<&Attention>>()
    };
    let column = |head, spare, cell: &dyn Fn(&[&Attention]) -> String| {
        let cell = |judged: &Judged| {
            Some(runs(judged)).filter(|runs| !runs.is_empty()).map_or(String::new(), |runs| cell(&runs))
        };
        Column { head, spare, cells: document.verdicts.iter().map(cell).collect() }
    };
    let over = |head, spare, digits: usize, of: fn(&Attention) -> f64| {
        column(head, spare, &|runs| spread(runs.iter().map(|run| of(run)).collect(), digits))
    };
    let targets = document.data.targets.len();
    let errors = |head, spare, digits: usize, of: fn(&Attention) -> &PerTarget<f64>| {
        let of_target = move |run: &Attention, target: usize| of(run).iter().nth(target).copied().unwrap_or(f64::NAN);
        column(head, spare, &|runs| {
            let cells =
                (0..targets).map(|target| spread(runs.iter().map(|run| of_target(run, target)).collect(), digits));
            cells.collect::<Vec<_>>().join("\n")
        })
    };
    let names = Column { head: "variant", spare: 0, cells: document.verdicts.iter().map(name).collect() };
    vec![
        names,
        errors("MSE train", 2, 4, |run| &run.mse_train),
        errors("MSE test", 0, 4, |run| &run.mse_test),
        errors("R² test", 3, 3, |run| &run.r2_test),
        over("cosine", 1, 3, |run| run.centred_cosine_test),
        over("slope", 5, 3, |run| run.slope_test),
        over("output\ngap", 0, 2, |run| run.output_gap),
        over("align-\nment", 0, 2, |run| run.alignment),
        over("size", 0, 2, |run| run.size),
        over("trace", 4, 3, |run| run.trace),
        over("negative", 6, 2, |run| run.negative_share),
        column("seconds", 7, &|runs| number::unicode(runs.iter().map(|run| run.seconds).sum(), Digits::Decimals(2))),
    ]
}

fn verdicts(document: &Document) -> String {
    let longest = document.verdicts.iter().map(|judged| name(judged).chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for judged in &document.verdicts {
        let failures = document.failures.iter().filter(|failure| failure.variant == judged.variant);
        let failures: String = failures.map(|failure| format!(" (seed {}: {})", failure.seed, failure.error)).collect();
        let linear = judged.variant.score == Scores::Linear;
        let restless = linear && document.variants.iter().any(|run| run.variant == judged.variant && !run.converged);
        let unfinished = if restless { " (not converged: give more --steps)" } else { "" };
        out.push_str(&format!("{:<longest$}  {}{unfinished}{failures}\n", name(judged), judged.words));
    }
    out.push_str(&format!("({})\n", verdict::thresholds()));
    out
}

/// Such as `softmax, whitened, tied`.
fn name(judged: &Judged) -> String {
    judged.variant.variant().name()
}

/// The median, with the range below where it shows.
fn spread(values: Vec<f64>, digits: usize) -> String {
    let (median, range) = wording::spread(values, digits);
    range.map_or(median.clone(), |range| format!("{median}\n{range}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_left_out_until_the_table_fits() {
        let column = |head, spare| Column { head, spare, cells: vec!["12345".to_owned()] };
        assert_eq!(needed(&[column("variant", 0), column("a\nlonger", 0)]), 10 + 9);
    }

    #[test]
    fn a_spread_is_a_median_with_the_range_that_shows() {
        assert_eq!(spread(vec![1.0, 3.0, 2.0], 2), "2\n1–3");
        assert_eq!(spread(vec![1.0, 1.001], 2), "1");
    }
}
