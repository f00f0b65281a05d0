//! What every claim is recorded with: [`record!`] writes the snapshots, then fails with everything that is wrong.

use std::sync::OnceLock;

use attention_regression::attention::Diagonal;
use attention_regression::comparison::{Comparison, Outcome, Report, Scores, Settings, Variant};
use attention_regression::data::{self, Dataset};
use attention_regression::notebook::evidence::{Evidence, Recording, Site};
use attention_regression::notebook::figure::{Figure, Panel, Panels, Plot};
use attention_regression::notebook::number::{self, Digits};
use attention_regression::notebook::registry::Kind;
use attention_regression::notebook::{difference, last_run, metric, snapshot};
use attention_regression::training::Trained;
use attention_regression::{Error, MatRef, Result, linalg};

/// Every claim, as `build.rs` found it.
const CLAIMS: &[Site] = include!(concat!(env!("OUT_DIR"), "/claims.rs"));

/// The claim whose test contains the function of this type name: `claims::chapter::claim::here`.
pub(crate) fn site(here: &str) -> &'static Site {
    let mut path = here.rsplit("::").skip(1);
    let (id, chapter) = (path.next().unwrap_or_default(), path.next().unwrap_or_default());
    CLAIMS
        .iter()
        .find(|site| site.id == id && site.chapter == chapter)
        .unwrap_or_else(|| panic!("`{id}` of `{chapter}` is no claim of the registry: call record! at the end of a #[test] of a chapter"))
}

/// What the claim measured, with accepted digits where nothing moved.
pub(crate) fn recording(evidence: Evidence, site: &Site) -> Recording {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let recording = evidence.recording(site, &|name| std::fs::read_to_string(root.join(snapshot::path(name))).ok().map(|text| text.replace("\r\n", "\n")));
    last_run::write(root, site.id, recording.seconds, &recording.measured);
    recording
}

/// The report of a claim that does not hold, or whose numbers moved.
pub(crate) fn report(site: &Site, failures: &[String], moved: &[(String, String)]) -> Option<String> {
    if failures.is_empty() && moved.is_empty() {
        return None;
    }
    let mut report = format!("the claim `{}` ({}:{}) ", site.id, site.file, site.line);
    if failures.is_empty() {
        report.push_str("holds, and its numbers moved:");
    } else {
        report.push_str("does not hold:");
        failures.iter().for_each(|failure| report.push_str(&format!("\n  ✗ {failure}")));
        report.push_str("\n  Mend the mathematics, or say in the claim what is true; a bound is not loosened to make a run pass.");
    }
    for (name, text) in moved {
        let accepted = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(snapshot::path(name))).unwrap_or_default();
        let table = difference::text(name, &accepted, text).unwrap_or_else(|(line, what)| format!("line {line}: {what}"));
        report.push_str(&format!("\n  ◆ {}\n    {}", snapshot::path(name).display(), table.replace('\n', "\n    ")));
    }
    if !moved.is_empty() {
        report.push_str(&format!(
            "\n  Review with `cargo insta review`, or accept with `INSTA_UPDATE=always cargo test --test claims {}` and read the diff.",
            site.id
        ));
    }
    Some(report)
}

/// Writes the evidence of the claim that calls it, as its last expression, and judges.
macro_rules! record {
    ($evidence:expr) => {{
        fn here() {}
        let site = $crate::support::site(std::any::type_name_of_val(&here));
        let recording = $crate::support::recording($evidence, site);
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path("../../snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let mut moved = Vec::new();
        for (name, text) in recording.snapshots {
            // insta panics at the first difference: caught, so that the other snapshot is written too.
            let written = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| settings.bind(|| insta::assert_snapshot!(name.as_str(), text.as_str()))));
            moved.extend(written.is_err().then_some((name, text)));
        }
        if let Some(report) = $crate::support::report(site, &recording.failures, &moved) {
            panic!("{report}");
        }
        Ok(())
    }};
}
pub(crate) use record;

/// The synthetic data of seed 1, centred by its training means.
pub(crate) fn synthetic() -> Dataset {
    data::synthetic(1).centred()
}

/// The diabetes table, every fifth row a test row, standardised and centred by its training rows.
pub(crate) fn diabetes() -> Result<Dataset> {
    Ok(data::diabetes::dataset()?.standardised()?.centred())
}

/// 100 √n ε κ(G): what rounding may do to a quantity that a factorisation of G = XᵀX gives. Sums over n rows lose √n ε,
/// the factorisation magnifies that by the condition number of G, and 100 stands for the constants of either route.
pub(crate) fn rounding_bound(x: MatRef<'_, f64>) -> Result<f64> {
    let condition = linalg::condition_number(x)?;
    Ok(100.0 * linalg::count(x.nrows()).sqrt() * f64::EPSILON * condition * condition)
}

/// What rounding may do to ‖softmax output‖_F, with a factor of ten to spare: a score has an error of (p + 1)ε‖q‖‖k‖/τ, weights
/// move by at most twice that share, and the output by their product with the largest value, in each of n* rows.
pub(crate) fn softmax_rounding(queries: MatRef<'_, f64>, keys: MatRef<'_, f64>, values: MatRef<'_, f64>, temperature: f64) -> f64 {
    let longest = |rows: MatRef<'_, f64>| (0..rows.nrows()).map(|i| linalg::frobenius_norm(rows.subrows(i, 1))).fold(0.0, f64::max);
    let score = (linalg::count(keys.ncols()) + 1.0) * f64::EPSILON * longest(queries) * longest(keys) / temperature;
    10.0 * 2.0 * score * linalg::max_abs(values) * linalg::count(queries.nrows()).sqrt()
}

/// The rows that a matrix is shown on: so many, evenly spaced in the order of a prediction.
pub(crate) fn shown_rows(prediction: MatRef<'_, f64>, rows: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..prediction.nrows()).collect();
    order.sort_by(|&i, &j| prediction[(i, 0)].total_cmp(&prediction[(j, 0)]));
    (0..rows).map(|place| order[place * order.len() / rows]).collect()
}

/// The hat matrix beside attention's weights, its scores and its form, on the rows `shown`.
pub(crate) fn four_panels(
    title: &str,
    hat: MatRef<'_, f64>,
    weights: (MatRef<'_, f64>, &str),
    scores: MatRef<'_, f64>,
    form: MatRef<'_, f64>,
    shown: &[usize],
) -> Figure {
    let all: Vec<usize> = (0..form.nrows()).collect();
    let trace = |matrix: MatRef<'_, f64>| format!("trace {}", number::unicode(linalg::trace(matrix), Digits::Short(3)));
    let panel = |symbol: &str, words: &str, note: String, matrix: MatRef<'_, f64>, shown: &[usize]| {
        let rows = shown.iter().map(|&i| shown.iter().map(|&j| matrix[(i, j)]).collect()).collect();
        Panel { symbol: symbol.to_owned(), words: words.to_owned(), note, rows, relative: 1e-3 }
    };
    let panels = vec![
        panel("H", "the hat matrix", trace(hat), hat, shown),
        panel("A", weights.1, trace(weights.0), weights.0, shown),
        panel("QKᵀ", "scores", String::new(), scores, shown),
        panel("W_qW_kᵀ", "the form", format!("{0} × {0}", form.nrows()), form, &all),
    ];
    Figure { title: title.to_owned(), plot: Plot::Panels(Panels { panels }) }
}

/// Numbers evenly spaced on a logarithmic scale, ends included, the same on every machine.
pub(crate) fn logarithmic(low: f64, high: f64, points: usize) -> Vec<f64> {
    let step = libm::log(high / low) / linalg::count(points - 1);
    (0..points).map(|place| metric::rounded(low * libm::exp(step * linalg::count(place)), 6)).collect()
}

/// The data sets of the experiment.
pub(crate) const NAMES: [&str; 3] = ["synthetic", "diabetes", "sine"];

/// The seeds of trained claims.
pub(crate) const SEEDS: [u64; 5] = [1, 2, 3, 4, 5];

/// The post's experiment on one data set: the baseline, and every variant trained from every seed.
#[derive(Debug)]
pub(crate) struct Experiment {
    pub(crate) comparison: &'static Comparison,
    pub(crate) report: Report,
    trained: Vec<Trained>,
}

impl Experiment {
    fn run(comparison: &'static Comparison) -> Result<Self> {
        let variants: Vec<Variant> = Variant::grid().into_iter().chain(Variant::masked()).collect();
        let mut trained = Vec::new();
        let report = comparison.report(&variants, &SEEDS, |_, one| trained.push(one))?;
        Ok(Self { comparison, report, trained })
    }

    /// What one variant became, from each seed.
    pub(crate) fn trained(&self, variant: Variant) -> Vec<&Trained> {
        self.report.outcomes.iter().zip(&self.trained).filter(|(outcome, _)| outcome.variant == variant).map(|(_, trained)| trained).collect()
    }

    /// What one variant became from the first seed: the one that figures show.
    pub(crate) fn first(&self, variant: Variant) -> &Trained {
        self.trained(variant)[0]
    }

    /// The outcomes of the variants that `chosen` picks.
    pub(crate) fn outcomes(&self, chosen: impl Fn(Variant) -> bool) -> impl Iterator<Item = &Outcome> {
        self.report.outcomes.iter().filter(move |outcome| chosen(outcome.variant))
    }

    /// One number of each outcome that `chosen` picks.
    pub(crate) fn numbers(&self, chosen: impl Fn(Variant) -> bool, of: impl Fn(&Outcome) -> f64) -> Vec<f64> {
        self.outcomes(chosen).map(of).collect()
    }
}

/// The synthetic, the diabetes and the sine data in standard units, with ridge fitted and nothing trained.
pub(crate) fn comparisons() -> Result<[&'static Comparison; 3]> {
    static CELL: OnceLock<Result<[Comparison; 3]>> = OnceLock::new();
    let make = || {
        let new = |data: Dataset| Comparison::new(data, Settings::default());
        Ok([new(data::synthetic(1))?, new(data::diabetes::dataset()?)?, new(data::sine_of_projection(1))?])
    };
    CELL.get_or_init(make).as_ref().map(|all| all.each_ref()).map_err(Clone::clone)
}

/// The experiment on the three data sets: run once, for all claims that look at it.
pub(crate) fn experiments() -> Result<[&'static Experiment; 3]> {
    type Cell = OnceLock<Result<Experiment>>;
    static CELLS: [Cell; 3] = [const { OnceLock::new() }; 3];
    let comparisons = comparisons()?;
    let run = |place: usize| CELLS[place].get_or_init(|| Experiment::run(comparisons[place])).as_ref().map_err(Clone::clone);
    // Diabetes alone takes as long as the other two.
    std::thread::scope(|scope| {
        let others = scope.spawn(|| Ok::<_, Error>((run(0)?, run(2)?)));
        let diabetes = run(1)?;
        let (synthetic, sine) = others.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        Ok([synthetic, diabetes, sine])
    })
}

/// Whether a variant has no softmax.
pub(crate) fn linear(variant: Variant) -> bool {
    variant.scores == Scores::Linear
}

/// Whether a variant is one of the post's with softmax: it sees its own rows.
pub(crate) fn softmax(variant: Variant) -> bool {
    variant.scores == Scores::Softmax && variant.diagonal == Diagonal::Kept
}
