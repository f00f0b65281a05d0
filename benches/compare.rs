//! What a large table costs: factoring it, fitting it, comparing on it.
//!
//! `WRITE_TABLE=FILE cargo bench --bench compare` writes a million rows of twenty features instead, for the command
//! line.

use attention_regression::data::random::standard_normal;
use attention_regression::data::{Dataset, Factor, Table};
use attention_regression::experiment::{Comparison, Scores, Settings, Variant};
use attention_regression::regression::{Intercept, Ridge};
use attention_regression::{Mat, linalg};
use divan::{Bencher, black_box};

const FEATURES: usize = 20;
const ROWS: [usize; 3] = [1_000, 10_000, 100_000];

fn main() -> std::io::Result<()> {
    match std::env::var_os("WRITE_TABLE") {
        Some(path) => write(std::io::BufWriter::new(std::fs::File::create(path)?), 1_000_000),
        None => {
            divan::main();
            Ok(())
        }
    }
}

/// Features with neighbours correlated, a target that is linear in them with noise.
fn table(rows: usize) -> Table {
    let (noise, z) = (standard_normal(1, 1, rows, 1), standard_normal(1, 0, rows, FEATURES));
    let x = Mat::from_fn(rows, FEATURES, |i, j| z[(i, j)] + if j > 0 { 0.7 * z[(i, j - 1)] } else { 0.0 });
    let y = Mat::from_fn(rows, 1, |i, _| x[(i, 0)] - 0.5 * x[(i, 3)] + 0.25 * x[(i, 7)] + noise[(i, 0)]);
    Table { x, y }
}

fn write(mut out: impl std::io::Write, rows: usize) -> std::io::Result<()> {
    let names: Vec<String> = (1..=FEATURES).map(|place| format!("x{place}")).collect();
    writeln!(out, "{},y", names.join(","))?;
    let table = table(rows);
    for i in 0..rows {
        for j in 0..FEATURES {
            write!(out, "{},", table.x[(i, j)])?;
        }
        writeln!(out, "{}", table.y[(i, 0)])?;
    }
    out.flush()
}

fn dataset(rows: usize) -> Dataset {
    let table = table(rows + rows / 4);
    let names = (1..=FEATURES).map(|place| format!("x{place}")).collect();
    let (train, test): (Vec<usize>, Vec<usize>) = (0..table.n()).partition(|&row| row < rows);
    Dataset {
        name: "large".to_owned(),
        features: names,
        targets: vec!["y".to_owned()],
        train: table.rows(&train),
        test: table.rows(&test),
        truth: None,
    }
}

/// The triangular factor, block by block.
#[divan::bench(args = ROWS)]
fn factor(bencher: Bencher<'_, '_>, rows: usize) {
    let table = table(rows);
    bencher.bench_local(|| Factor::of(black_box(table.x.as_ref()), table.y.as_ref()));
}

/// Its cheaper cousin, which squares the condition number.
#[divan::bench(args = ROWS)]
fn gram(bencher: Bencher<'_, '_>, rows: usize) {
    let table = table(rows);
    bencher.bench_local(|| (linalg::gram(black_box(table.x.as_ref())), table.x.transpose() * &table.y));
}

/// Ridge with all its diagnostics from the rows themselves.
#[divan::bench(args = ROWS)]
fn ridge_from_rows(bencher: Bencher<'_, '_>, rows: usize) {
    let table = table(rows);
    bencher.bench_local(|| {
        Ridge::fit(black_box(table.x.as_ref()), table.y.as_ref(), 1e-3, Intercept::Fitted)
            .map(|fit| fit.leave_one_out_mse())
    });
}

/// The same from the factor, with a second pass for the leverages.
#[divan::bench(args = ROWS)]
fn ridge_from_factor(bencher: Bencher<'_, '_>, rows: usize) {
    let comparison = Comparison::new(dataset(rows), Settings { context: 500, ..Settings::default() });
    let Ok(comparison) = comparison else { return };
    bencher.bench_local(|| {
        (
            Factor::of(comparison.data().train.x.as_ref(), comparison.data().train.y.as_ref()),
            comparison.baseline(black_box(1e-3)),
        )
    });
}

/// A linear variant, trained and judged on all rows.
#[divan::bench(args = ROWS)]
fn linear_variant(bencher: Bencher<'_, '_>, rows: usize) {
    let Ok(comparison) =
        Comparison::new(dataset(rows), Settings { context: 500, steps: Some(100), ..Settings::default() })
    else {
        return;
    };
    let Some(variant) = Variant::grid().into_iter().find(|variant| variant.scores == Scores::Linear) else { return };
    bencher.bench_local(|| comparison.train(variant, 1).and_then(|trained| comparison.outcome(variant, 1, &trained)));
}
