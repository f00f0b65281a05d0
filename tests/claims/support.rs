//! What the claims share: their draws, and the experiment that several look at.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use attention_regression::agreement::Mechanism;
use attention_regression::attention::gradients::Task;
use attention_regression::data::{self, Dataset, Split, Synthetic, Table};
use attention_regression::experiment::{Agreement, Comparison, Scores, Settings, Variant};
use attention_regression::notebook::claim::evidence::median;
use attention_regression::notebook::claim::{replication, sticky};
use attention_regression::publish::figure::{Figure, Panel, Panels};
use attention_regression::publish::number::{self, Digits};
use attention_regression::regression::kernel;
use attention_regression::training::{Parametrisation, Trained, Training};
use attention_regression::{Error, Mat, MatRef, Result, linalg};

/// How many draws the book takes.
const DRAWS: u64 = 5;

/// From how many initial weights a training of one draw begins.
pub(crate) const INITS: usize = 3;

/// One draw of everything that chance decides: data, splits, initial weights, queries. A claim gets its draws from [`draws`] and all
/// that is random in them from here, so that it can be repeated on draws that nobody has looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Draw(u64);

/// The draws of a claim: one to five, or in a replication another one.
pub(crate) fn draws() -> Vec<Draw> {
    static CELL: OnceLock<Vec<Draw>> = OnceLock::new();
    let fresh = || std::env::var(replication::DRAW).ok().and_then(|number| number.parse().ok()).map(Draw);
    CELL.get_or_init(|| fresh().map_or_else(|| (1..=DRAWS).map(Draw).collect(), |draw| vec![draw])).clone()
}

/// The first of them, where one is enough: for identities, and in figures.
pub(crate) fn first() -> Draw {
    draws()[0]
}

impl Draw {
    /// `count` draws in its place, consecutive ones for consecutive draws.
    pub(crate) fn many(self, count: usize) -> Vec<Self> {
        let count = count as u64;
        (1..=count).map(|place| Self((self.0 - 1) * count + place)).collect()
    }

    /// Seeds of initial weights, consecutive from one.
    pub(crate) fn inits(self) -> [u64; INITS] {
        std::array::from_fn(|place| (self.0 - 1) * INITS as u64 + place as u64 + 1)
    }

    /// The synthetic data as they are drawn.
    pub(crate) fn synthetic(self) -> Dataset {
        self.of(&Synthetic::default())
    }

    /// Data of another design.
    pub(crate) fn of(self, design: &Synthetic) -> Dataset {
        design.draw(self.0)
    }

    /// The sine of one feature.
    pub(crate) fn sine(self) -> Dataset {
        data::sine(self.0)
    }

    /// The sine of a projection of four features.
    pub(crate) fn projection(self) -> Dataset {
        data::sine_of_projection(self.0)
    }

    /// The diabetes table as it was measured, a random half of its rows for training: what stands for a draw where data are real.
    pub(crate) fn halves(self) -> Result<Dataset> {
        let (table, _) = data::diabetes::raw()?;
        data::diabetes::with_split(&self.split(table.n(), 0.5)?)
    }

    /// Random training and test rows of a table of `n`.
    pub(crate) fn split(self, n: usize, share: f64) -> Result<Split> {
        data::split::seeded(n, share, self.0)
    }

    /// The numbers below `n` in a random order; another stream is independent of this one.
    pub(crate) fn order(self, stream: u64, n: usize) -> Vec<usize> {
        let keys = self.uniform(stream, n, 1);
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&i, &j| keys[(i, 0)].total_cmp(&keys[(j, 0)]));
        order
    }

    /// Independent standard normal entries; another stream is independent of this one, and all are of the data.
    pub(crate) fn normal(self, stream: u64, rows: usize, columns: usize) -> Mat<f64> {
        data::random::standard_normal(self.0, OWN + stream, rows, columns)
    }

    /// Independent entries uniform on [0, 1).
    pub(crate) fn uniform(self, stream: u64, rows: usize, columns: usize) -> Mat<f64> {
        data::random::uniform(self.0, OWN + stream, rows, columns, 0.0, 1.0)
    }
}

/// The first stream of a claim's own; the data have those before it.
const OWN: u64 = 16;

/// The synthetic data of the first draw, centred by their training means.
pub(crate) fn synthetic() -> Dataset {
    first().synthetic().centred()
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
pub(crate) fn softmax_rounding(
    queries: MatRef<'_, f64>,
    keys: MatRef<'_, f64>,
    values: MatRef<'_, f64>,
    temperature: f64,
) -> f64 {
    let longest = |rows: MatRef<'_, f64>| {
        (0..rows.nrows()).map(|i| linalg::frobenius_norm(rows.subrows(i, 1))).fold(0.0, f64::max)
    };
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
        Panel::new(symbol, rows).words(words).note(note)
    };
    let panels = vec![
        panel("H", "the hat matrix", trace(hat), hat, shown),
        panel("A", weights.1, trace(weights.0), weights.0, shown),
        panel("QKᵀ", "scores", String::new(), scores, shown),
        panel("W_qW_kᵀ", "the form", format!("{0} × {0}", form.nrows()), form, &all),
    ];
    Figure::new(title, Panels { panels })
}

/// On so many rows a bandwidth is chosen.
const CHOOSING: usize = 600;

/// Of these multiples of the median distance between training rows, evenly spaced ones, the bandwidth with the least leave-one-out
/// error on them.
pub(crate) fn bandwidth(x: &Mat<f64>, y: &Mat<f64>, multiples: &[f64]) -> Result<f64> {
    let rows = x.nrows().min(CHOOSING);
    let spaced: Vec<usize> = (0..rows).map(|row| row * x.nrows() / rows).collect();
    let [x, y] = [x, y].map(|all| linalg::select_rows(all.as_ref(), &spaced));
    let distance = |i: usize, j: usize| linalg::frobenius_norm((x.subrows(i, 1) - x.subrows(j, 1)).as_ref());
    let typical = median(&(1..rows).map(|i| distance(i, i / 2)).collect::<Vec<_>>());
    kernel::bandwidth(x.as_ref(), y.as_ref(), &multiples.iter().map(|multiple| multiple * typical).collect::<Vec<_>>())
}

/// Numbers evenly spaced on a logarithmic scale, ends included, the same on every machine.
pub(crate) fn logarithmic(low: f64, high: f64, points: usize) -> Vec<f64> {
    let step = libm::log(high / low) / linalg::count(points - 1);
    (0..points).map(|place| sticky::rounded(low * libm::exp(step * linalg::count(place)), 6)).collect()
}

/// The tables of the experiment.
pub(crate) const NAMES: [&str; 3] = ["synthetic", "diabetes", "sine"];

/// Standard deviations of the initial weights that the experiment varies.
pub(crate) const STARTS: [f64; 4] = [0.01, 0.1, 0.3, 1.0];

/// The one of them from which variants are trained where nothing else is said.
pub(crate) const USUAL: f64 = STARTS[1];

/// From how many initialisations each variant is trained, from the usual start and from another.
const fn inits(start: f64) -> usize {
    if start == USUAL { INITS } else { 2 }
}

/// One trained variant, and how it compares with ridge.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) variant: Variant,
    pub(crate) start: f64,
    /// Which of the draw's initialisations.
    pub(crate) init: usize,
    /// From another than the usual start without the way there.
    pub(crate) trained: Trained,
    pub(crate) mechanism: Mechanism,
    /// Training error.
    pub(crate) loss: f64,
    /// Predictions of test rows against the targets and against ridge.
    pub(crate) test: Agreement,
}

/// One table in one draw, and all that was trained on it.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) comparison: Comparison,
    /// Ridge's error on training and on test rows.
    pub(crate) ridge: [f64; 2],
    /// Of its initial weights.
    pub(crate) seeds: [u64; INITS],
    pub(crate) runs: Vec<Run>,
}

impl Case {
    fn new(data: Dataset, draw: Draw) -> Result<Self> {
        let comparison = Comparison::new(data, Settings::default())?;
        let ridge = [&comparison.data().train, &comparison.data().test].map(|rows| error_of_ridge(&comparison, rows));
        let mut runs = Vec::new();
        for start in STARTS {
            for variant in Variant::grid() {
                for (init, seed) in draw.inits().into_iter().enumerate().take(inits(start)) {
                    runs.push(Run::new(&comparison, variant, start, (init, seed))?);
                }
            }
        }
        Ok(Self { comparison, ridge, seeds: draw.inits(), runs })
    }

    /// The runs from one start of the variants that `chosen` picks: variant by variant, one initialisation after another.
    pub(crate) fn runs(&self, start: f64, chosen: impl Fn(Variant) -> bool) -> impl Iterator<Item = &Run> {
        self.runs.iter().filter(move |run| run.start == start && chosen(run.variant))
    }

    /// A of a run, on the training rows.
    pub(crate) fn weights(&self, run: &Run) -> Result<Mat<f64>> {
        self.comparison.weights(run.variant, &run.trained.head)
    }
}

fn error_of_ridge(comparison: &Comparison, rows: &Table) -> f64 {
    linalg::mse(comparison.ridge().predict(rows.x.as_ref()).as_ref(), rows.y.as_ref())
}

impl Run {
    fn new(comparison: &Comparison, variant: Variant, start: f64, (init, seed): (usize, u64)) -> Result<Self> {
        let training = Training { deviation: start, ..comparison.training(variant, seed) };
        let mut trained = if start == USUAL || linear(variant) {
            comparison.train_as(variant, &training)?
        } else {
            // Only the end is looked at, so nobody watches the test rows on the way.
            let rows = &comparison.rows(variant).train;
            training.run(Task::regression(rows.x.as_ref(), rows.y.as_ref()), None)?
        };
        if start != USUAL {
            trained.path.drain(..trained.path.len() - 1);
        }
        let [on_train, on_test] = comparison.predictions(variant, &trained.head)?;
        let (train, test) = (&comparison.data().train, &comparison.data().test);
        let ridge = comparison.ridge().predict(test.x.as_ref());
        Ok(Self {
            variant,
            start,
            init,
            mechanism: comparison.mechanism(variant, &trained.head)?,
            loss: linalg::mse(on_train.as_ref(), train.y.as_ref()),
            test: Agreement::of(on_test.as_ref(), test.y.as_ref(), ridge.as_ref()),
            trained,
        })
    }
}

/// The experiment on one table, in every draw.
#[derive(Debug)]
pub(crate) struct Experiment {
    pub(crate) cases: Vec<Case>,
}

impl Experiment {
    /// The runs from one start of the variants that `chosen` picks: draw by draw, variant by variant, one initialisation after another.
    pub(crate) fn runs(
        &self,
        start: f64,
        chosen: impl Fn(Variant) -> bool + Copy,
    ) -> impl Iterator<Item = (&Case, &Run)> {
        self.cases.iter().flat_map(move |case| case.runs(start, chosen).map(move |run| (case, run)))
    }

    /// One number of each of these runs.
    pub(crate) fn numbers(
        &self,
        start: f64,
        chosen: impl Fn(Variant) -> bool + Copy,
        of: impl Fn(&Case, &Run) -> f64,
    ) -> Vec<f64> {
        self.runs(start, chosen).map(|(case, run)| of(case, run)).collect()
    }

    /// The median of that number in each draw.
    pub(crate) fn medians(
        &self,
        start: f64,
        chosen: impl Fn(Variant) -> bool + Copy,
        of: impl Fn(&Case, &Run) -> f64,
    ) -> Vec<f64> {
        let numbers = |case: &Case| case.runs(start, chosen).map(|run| of(case, run)).collect::<Vec<_>>();
        self.cases.iter().map(|case| median(&numbers(case))).collect()
    }

    /// ‖A − A'‖/‖A'‖ of the first two initialisations, draw by draw: the mean over some variants.
    pub(crate) fn apart(&self, start: f64, variants: &[Variant]) -> Result<Vec<f64>> {
        let of = |case: &Case, variant: Variant| {
            let pair = case
                .runs(start, |other| other == variant)
                .take(2)
                .map(|run| case.weights(run))
                .collect::<Result<Vec<_>>>()?;
            Ok(linalg::relative_gap(pair[0].as_ref(), pair[1].as_ref()))
        };
        let mean = |case: &Case| {
            Ok(variants.iter().map(|&variant| of(case, variant)).sum::<Result<f64>>()? / linalg::count(variants.len()))
        };
        self.cases.iter().map(mean).collect()
    }

    /// The table as the first draw has it.
    pub(crate) fn first_case(&self) -> &Case {
        &self.cases[0]
    }

    /// What figures show: a variant in the first draw, from the usual start and the first initialisation.
    pub(crate) fn first(&self, variant: Variant) -> &Run {
        self.first_case()
            .runs(USUAL, |other| other == variant)
            .next()
            .unwrap_or_else(|| panic!("`{}` is no variant of the experiment", variant.name()))
    }
}

/// The experiment on the synthetic data, on halves of the diabetes table and on the sine of a projection: made once, for all claims
/// that look at it.
pub(crate) fn experiments() -> Result<&'static [Experiment; 3]> {
    static CELL: OnceLock<Result<[Experiment; 3]>> = OnceLock::new();
    CELL.get_or_init(|| {
        let draws = draws();
        // The diabetes table has the most rows.
        let jobs: Vec<(usize, Draw)> =
            [1, 0, 2].into_iter().flat_map(|table| draws.iter().map(move |&draw| (table, draw))).collect();
        let data = |table: usize, draw: Draw| match table {
            0 => Ok(draw.synthetic()),
            1 => draw.halves(),
            _ => Ok(draw.projection()),
        };
        let mut cases = in_parallel(&jobs, |&(table, draw)| Case::new(data(table, draw)?, draw))?.into_iter();
        let mut next = || Experiment { cases: cases.by_ref().take(draws.len()).collect() };
        let (diabetes, synthetic, sine) = (next(), next(), next());
        Ok([synthetic, diabetes, sine])
    })
    .as_ref()
    .map_err(Clone::clone)
}

/// `work` on every job, on as many threads as there are cores; results in the order of the jobs.
pub(crate) fn in_parallel<J: Sync, T: Send>(jobs: &[J], work: impl Fn(&J) -> Result<T> + Sync) -> Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(jobs.len().max(1));
    let run = || {
        let mut done = Vec::new();
        while let place = next.fetch_add(1, Ordering::Relaxed)
            && let Some(job) = jobs.get(place)
        {
            done.push((place, work(job)?));
        }
        Ok::<_, Error>(done)
    };
    let done = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect::<Result<Vec<_>>>()
    })?;
    let mut all: Vec<(usize, T)> = done.into_iter().flatten().collect();
    all.sort_by_key(|(place, _)| *place);
    Ok(all.into_iter().map(|(_, result)| result).collect())
}

/// Whether a variant has no softmax.
pub(crate) fn linear(variant: Variant) -> bool {
    variant.scores == Scores::Linear
}

/// Whether a variant has one.
pub(crate) fn softmax(variant: Variant) -> bool {
    variant.scores == Scores::Softmax
}

/// Whether it has one matrix for queries and keys.
pub(crate) fn tied(variant: Variant) -> bool {
    variant.parametrisation == Parametrisation::Tied
}
