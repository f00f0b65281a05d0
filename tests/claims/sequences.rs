//! # The past as a training set
//!
//! <div class="aside" role="note">
//!
//! A row is a *window* of a series, its last $p$ values with the newest first, and its target is the value that comes
//! next. Keys are windows of the past, values are what followed them, and the query is the window that ends now.
//! *Softmax*, where nothing else is said, is that of $-\|q - k\|^2/2h^2$, and $h$ is the one of a grid that errs least
//! where every training row is left out in turn.
//!
//! </div>
//!
//! Attention was made for sequences, and so far this book has not looked at one. The rows of its tables stand in no
//! order. The values of a series do, and that gives both machines a plain reading. To say what comes next, a regression
//! makes one rule of the past and applies it to now. Attention looks in the past for moments like now, and repeats what
//! followed.
//!
//! Should that change what this book has found? Three things are new. A series may go where it has never been, or come back so closely that nobody needs a rule. The carbon dioxide of the first section leaves its past, the map of the second always comes
//! back, and the sunspots of the third lie between. Then
//! there is the mask, by which a row sees only what came before it. Under a mask the likeness to regression is exact
//! again, if the whitening keeps to the past as well, and one can say what the mask costs. Last there are positions, by
//! which a layer can know when something was said and not what.
//!
//! The chapter needs the words of the [notation](notation.md), and of Part III one idea: with a [bias on every key](locality.md) the scores of a dot
//! product become squared distances, and softmax attention a kernel smoother. The temperature is then $h^2$. A
//! regression has nothing to choose here; softmax has $h$, and training rows alone choose it.

use attention_regression::agreement::r_squared;
use attention_regression::attention::{Diagonal, linear, softmax};
use attention_regression::compare::ink::{LINEAR, REGRESSION, SOFTMAX};
use attention_regression::data::{Split, Table, series};
use attention_regression::linalg::{
    self, column, column_means, condition_number, count, entries, frobenius_norm, gram, max_abs, moments, mse,
    relative_gap, select_rows, symmetric_power,
};
use attention_regression::notebook::claim::evidence::{Evidence, absolute, median, relative};
use attention_regression::publish::figure::{
    Axis, Cell, Chart, Column, Figure, Ink, Mark, Multiples, Panel, Panels, Row, Series, Side, Stroke,
};
use attention_regression::regression::{Intercept, Ridge, hat_matrix, kernel};
use attention_regression::whitening::{Divisor, Root, Whitening};
use attention_regression::{Error, Mat, MatRef, Result, record};
use faer::Scale;

use crate::support::{Draw, draws, first, in_parallel, logarithmic, rounding_bound, softmax_rounding};

/// The square root of the mean squared error.
fn rmse(answer: &Mat<f64>, truth: &Mat<f64>) -> f64 {
    mse(answer.as_ref(), truth.as_ref()).sqrt()
}

/// Least squares with an intercept, asked at other rows.
fn least_squares(known: &Table, asked: &Mat<f64>) -> Result<Mat<f64>> {
    Ok(Ridge::fit(known.x.as_ref(), known.y.as_ref(), 0.0, Intercept::Fitted)?.predict(asked.as_ref()))
}

/// The weights of softmax(−‖q − k‖²/2h²), with the h of sixteen that errs least where known rows are left out in turn.
fn weights(known: &Table, asked: &Mat<f64>) -> Result<Mat<f64>> {
    let x = known.x.as_ref();
    let unit = median_distance(x);
    let candidates: Vec<f64> = logarithmic(0.03, 3.0, 16).into_iter().map(|multiple| multiple * unit).collect();
    kernel::smoother_matrix(asked.as_ref(), x, kernel::bandwidth(x, known.y.as_ref(), &candidates)?)
}

/// What it answers.
fn attend(known: &Table, asked: &Mat<f64>) -> Result<Mat<f64>> {
    Ok(weights(known, asked)? * &known.y)
}

/// The median of the distances between rows.
fn median_distance(x: MatRef<'_, f64>) -> f64 {
    let square = |i: usize, j: usize| x.row(i).iter().zip(x.row(j).iter()).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
    let distances: Vec<f64> = (0..x.nrows()).flat_map(|i| (0..i).map(move |j| square(i, j).sqrt())).collect();
    median(&distances)
}

/// The numbers below n, in an order of the draw's own.
fn shuffled(draw: Draw, stream: u64, n: usize) -> Vec<usize> {
    let keys = draw.uniform(stream, n, 1);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| keys[(i, 0)].total_cmp(&keys[(j, 0)]));
    order
}

/// One of so many whole numbers from `low` on, all as likely.
fn one_of(draw: Draw, stream: u64, low: usize, choices: usize) -> usize {
    low + (draw.uniform(stream, 1, 1)[(0, 0)] * count(choices)) as usize
}

/// The smallest and the largest entry.
fn range(a: &Mat<f64>) -> [f64; 2] {
    let all = entries(a.as_ref());
    [all.clone().fold(f64::INFINITY, f64::min), all.fold(f64::NEG_INFINITY, f64::max)]
}

/// Months in a window.
const YEAR: usize = 12;
/// Months that are forecast.
const AHEAD: usize = 120;

/// Windows of a monthly series before and after an origin.
struct Months {
    windows: Table,
    origin: usize,
}

impl Months {
    /// Of a series to 120 months after the draw's origin.
    fn new(series: &[f64], draw: Draw) -> Self {
        let origin = one_of(draw, 0, 200, 195);
        let until: Vec<usize> = (0..origin + AHEAD).collect();
        Self { windows: series::lagged(series, YEAR).rows(&until), origin }
    }

    /// The months before the origin against those after it.
    fn in_time(&self) -> Split {
        Split { train: (0..self.origin).collect(), test: (self.origin..self.origin + AHEAD).collect() }
    }

    /// As many of either, the tested ones drawn among the others.
    fn among(&self, draw: Draw) -> Split {
        let order = shuffled(draw, 1, self.windows.n());
        Split { train: order[AHEAD..].to_vec(), test: order[..AHEAD].to_vec() }
    }

    /// What comes next less the last value, from the window less the last value.
    fn differences(&self) -> Table {
        let Table { x, y } = &self.windows;
        Table {
            x: Mat::from_fn(x.nrows(), YEAR - 1, |i, lag| x[(i, lag + 1)] - x[(i, 0)]),
            y: Mat::from_fn(x.nrows(), 1, |i, _| y[(i, 0)] - x[(i, 0)]),
        }
    }
}

/// Softmax's error over that of least squares.
fn over_least_squares(table: &Table, split: &Split) -> Result<f64> {
    let [known, asked] = [&split.train, &split.test].map(|rows| table.rows(rows));
    Ok(rmse(&attend(&known, &asked.x)?, &asked.y) / rmse(&least_squares(&known, &asked.x)?, &asked.y))
}

/// Months made of a trend, times `trend`, a season and noise that remembers.
fn made_months(draw: Draw, trend: f64) -> Vec<f64> {
    const MONTHS: usize = 526;
    let (noise, phase) = (draw.normal(2, MONTHS, 1), draw.uniform(3, 2, 1));
    let turn = |i: usize, waves: usize| {
        libm::sin(std::f64::consts::TAU * (count(waves * i) / count(YEAR) + phase[(waves - 1, 0)]))
    };
    let mut wander = 0.0;
    let month = |i: usize| {
        wander = 0.7 * wander + 0.3 * noise[(i, 0)];
        let rise = (0.065 + 8e-5 * count(i)) * count(i);
        315.0 + trend * rise + 2.8 * turn(i, 1) + 0.8 * turn(i, 2) + wander
    };
    (0..MONTHS).map(month).collect()
}

/// What the forecasts from one origin come to; errors are over that of least squares.
struct Departure {
    /// That error, in parts per million.
    least: f64,
    softmax: f64,
    /// The same where the tested months are drawn among the others.
    among: f64,
    /// How far softmax leaves the range of the known values, over that range, and what rounding may do.
    outside: [f64; 2],
    /// The largest value that is asked for less the largest known one, in parts per million.
    truth: f64,
    /// The error of the truth, cut off at the smallest and the largest known value.
    floor: f64,
    repaired: f64,
    /// The same over the error of least squares on differences.
    against: f64,
    /// With differences as values only.
    values_alone: f64,
    /// With differences as keys only.
    keys_alone: f64,
    /// The weight on months of one name, on differences.
    calendar: f64,
    /// In a made series with a trend, and in the same without.
    made: [f64; 2],
}

/// Months before and after the origin as levels and as differences, and what the machines say.
struct Forecast {
    months: Months,
    known: Table,
    asked: Table,
    known_steps: Table,
    asked_steps: Table,
    /// The last value of every window that asks.
    last: Mat<f64>,
    least: Mat<f64>,
    softmax: Mat<f64>,
    /// Weights of softmax on differences.
    weights: Mat<f64>,
}

impl Forecast {
    fn new(draw: Draw) -> Result<Self> {
        let months = Months::new(&series::co2()?, draw);
        let split = months.in_time();
        let parts = |table: &Table| [&split.train, &split.test].map(|rows| table.rows(rows));
        let ([known, asked], [known_steps, asked_steps]) = (parts(&months.windows), parts(&months.differences()));
        Ok(Self {
            last: asked.x.as_ref().subcols(0, 1).to_owned(),
            least: least_squares(&known, &asked.x)?,
            softmax: attend(&known, &asked.x)?,
            weights: weights(&known_steps, &asked_steps.x)?,
            months,
            known,
            asked,
            known_steps,
            asked_steps,
        })
    }

    /// An error over that of least squares.
    fn error(&self, answer: &Mat<f64>) -> f64 {
        rmse(answer, &self.asked.y) / rmse(&self.least, &self.asked.y)
    }

    /// What softmax on differences says, added to the last value.
    fn repaired(&self) -> Mat<f64> {
        &self.last + &self.weights * &self.known_steps.y
    }

    /// How far softmax leaves the range of the known values, over that range, and what rounding may do to that: a sum of n
    /// weights that should be one is one up to nε.
    fn outside(&self) -> [f64; 2] {
        let ([low, high], [lowest, highest]) = (range(&self.known.y), range(&self.softmax));
        let bound = 10.0 * count(self.known.n()) * f64::EPSILON * high / (high - low);
        [(low - lowest).max(highest - high).max(0.0) / (high - low), bound]
    }

    /// The mean weight that softmax on differences puts on months of one name.
    fn calendar(&self) -> f64 {
        let origin = self.months.origin;
        let same = |i: usize| (0..origin).filter(move |j| (origin + i) % YEAR == j % YEAR);
        (0..AHEAD).map(|i| same(i).map(|j| self.weights[(i, j)]).sum::<f64>()).sum::<f64>() / count(AHEAD)
    }
}

/// One origin.
fn departure(draw: Draw) -> Result<Departure> {
    let forecast = Forecast::new(draw)?;
    let Forecast { months, known, asked, known_steps, asked_steps, last, .. } = &forecast;
    let [low, high] = range(&known.y);
    let cut = Mat::from_fn(AHEAD, 1, |i, _| asked.y[(i, 0)].clamp(low, high));
    let mixed = |x: &Mat<f64>, y: &Mat<f64>| Table { x: x.clone(), y: y.clone() };
    let regressed = last + least_squares(known_steps, &asked_steps.x)?;
    let made = |trend: f64| {
        let months = Months::new(&made_months(draw, trend), draw);
        over_least_squares(&months.windows, &months.in_time())
    };
    Ok(Departure {
        least: rmse(&forecast.least, &asked.y),
        softmax: forecast.error(&forecast.softmax),
        among: over_least_squares(&months.windows, &months.among(draw))?,
        outside: forecast.outside(),
        truth: range(&asked.y)[1] - high,
        floor: forecast.error(&cut),
        repaired: forecast.error(&forecast.repaired()),
        against: forecast.error(&forecast.repaired()) / forecast.error(&regressed),
        values_alone: forecast.error(&(last + attend(&mixed(&known.x, &known_steps.y), &asked.x)?)),
        keys_alone: forecast.error(&attend(&mixed(&known_steps.x, &known.y), &asked_steps.x)?),
        calendar: forecast.calendar(),
        made: [made(1.0)?, made(0.0)?],
    })
}

/// ## A softmax cannot leave its past
///
/// The carbon dioxide in the air over Mauna Loa has been measured since 1958, and has been rising (Keeling and Whorf
/// 2004; here are 526 months, five of them interpolated). A row is the twelve months before. We take a month of the
/// past for the origin, fit both machines to the rows before it, and ask for the next 120 months, each from the twelve
/// true months before it. Least squares is {{least:2}} ppm off (a root mean square, and here and below the median of
/// five origins).
///
/// A softmax answers with a mean of values that it knows, and a mean is no larger than the largest. The air soon holds more than that, in the end {{truth:3}} ppm more than the largest value before the origin. So softmax stops at the
/// largest that it knows. Its error is {{softmax:2}} times that of least squares. The scores are not to blame. Whatever
/// they are, the answer stays between the smallest and the largest known value, and the best answer there, the truth
/// itself cut off at these two, still errs {{floor:2}} times as much.
///
/// The repair has two halves, and both have names. Box and Jenkins (1970) take differences of a series before they model it. Residual networks (K. He and others 2016) add what a layer was given to what it says, and transformers do so in every layer. Here keys and queries are windows less their last value, values are steps to the next month, and the answer is the last value plus the mean step. The levels leave, but the steps come back every year. The error is now {{repaired:2}} of that of
/// least squares, and {{against:2}} of that of least squares on the same differences. Softmax has found the calendar, which no column names: {{calendar:2_}} of its weight lies on months of the same name. Both halves are
/// needed. With differences as values and windows as keys the error is {{values_alone:2}} times that of least squares,
/// with differences as keys and levels as values {{keys_alone:2}} times.
///
/// Is it the leaving, and not the carbon dioxide? Draw the tested months at random among the others of the same span:
/// both machines now see months on either side, and softmax errs {{among:2}} times as much as least squares. In series
/// that we made of trend, season and noise it is {{made:2}} times with the trend, and {{flat:2}} times when only the
/// trend is taken out. (The origins share much of their past, so five of them are not five worlds; the made series are
/// independent.)
///
/// ![**Out of the known.** Carbon dioxide over Mauna Loa, five years before the origin of the first draw and ten years after it. Forecasts are for one month, from the twelve before. The dotted line is the largest value before the origin.](figure)
///
/// ```toml
/// kind = "measured"
/// settles = { S26 = "holds if" }
/// finding = "A series that leaves its past parts the two: softmax errs {{softmax:2}} times as much as least squares, and {{repaired:2}} times when it is given differences and a residual connection."
/// uses = ["softmax_never_leaves_the_range_of_its_values", "a_bias_on_the_keys_makes_attention_a_kernel_regression"]
/// headline = "softmax"
/// breaks_when = "the tested months are drawn at random among the others of the same span. They then lie within what is known, and softmax errs {{among:2}} times as much as least squares."
/// ```
#[test]
fn a_softmax_cannot_leave_its_past() -> Result<()> {
    let mut evidence = Evidence::new();
    let all = in_parallel(&draws(), |&draw| departure(draw))?;
    let of = |chosen: fn(&Departure) -> f64| all.iter().map(chosen).collect::<Vec<_>>();
    let over = |of: &str| format!("error on 120 tested months over that of least squares, {of}");
    evidence.measure("softmax", &over("softmax"), of(|all| all.softmax)).within(relative(1e-3)).at_least(8.0);
    let hypothesis = "the tested months are drawn at random among the others";
    evidence.breaks("among", "softmax", hypothesis, of(|all| all.among)).within(relative(1e-3)).by(2.5);
    let worst = |which: usize| all.iter().map(|all| all.outside[which]).fold(0.0, f64::max);
    let words = "how far softmax leaves the range of the known values, over that range";
    evidence.rounding("outside", words, worst(0), worst(1));
    let words = "the largest value that is asked for less the largest known one, ppm";
    evidence.measure("truth", words, of(|all| all.truth)).within(relative(1e-3)).at_least(5.0);
    let words = over("the truth, cut off at the smallest and the largest known value");
    evidence.measure("floor", &words, of(|all| all.floor)).within(relative(1e-3)).at_least(8.0);
    let words = over("softmax on differences, added to the last value");
    evidence.measure("repaired", &words, of(|all| all.repaired)).within(relative(1e-3)).at_most(1.0);
    let words = "the same error over that of least squares on differences";
    evidence.measure("against", words, of(|all| all.against)).within(relative(1e-3)).at_most(0.95);
    let words = over("softmax with windows as keys and differences as values");
    evidence.measure("values_alone", &words, of(|all| all.values_alone)).within(relative(1e-3)).at_least(1.0);
    let words = over("softmax with differences as keys and levels as values");
    evidence.measure("keys_alone", &words, of(|all| all.keys_alone)).within(relative(1e-3)).at_least(8.0);
    let words = "weight of softmax on differences on months of one name";
    evidence.measure("calendar", words, of(|all| all.calendar)).within(relative(1e-3)).at_least(0.9);
    let words = over("softmax, a made series with trend, season and noise");
    evidence.measure("made", &words, of(|all| all.made[0])).within(relative(1e-3)).at_least(8.0);
    evidence.breaks("flat", "made", "there is no trend", of(|all| all.made[1])).within(relative(1e-3)).by(4.0);
    evidence.measure("least", "error of least squares, ppm", of(|all| all.least)).within(relative(1e-3)).noted();
    evidence.figure(out_of_the_known(&Forecast::new(first())?));
    record!(evidence)
}

/// Measured months and three forecasts.
fn out_of_the_known(forecast: &Forecast) -> Figure {
    const BEFORE: usize = 60;
    let after = |name: &str, answer: &Mat<f64>| Series::curve(name, (0..AHEAD).map(count), entries(answer.as_ref()));
    let months = (0..BEFORE + AHEAD).map(|i| count(i) - count(BEFORE));
    let measured = months.map(|i| (i, forecast.months.windows.y[((count(forecast.months.origin) + i) as usize, 0)]));
    let high = range(&forecast.known.y)[1];
    let series = vec![
        Series::curve("largest value before the origin", [-60.0, 120.0], [high; 2])
            .ink(Ink::MUTED)
            .stroke(Stroke::Dotted),
        Series::through("measured", measured).ink(Ink::MUTED).marks(Mark::Dot),
        after("least squares", &forecast.least).ink(REGRESSION).label(Side::Above, 60),
        after("softmax", &forecast.softmax).ink(SOFTMAX).label(Side::Below, 66),
        after("softmax, differences", &forecast.repaired()).ink(SOFTMAX).stroke(Stroke::Dashed).label(Side::Below, 103),
    ];
    let x = Axis::linear("months from the origin", &[-60.0, 0.0, 60.0, 120.0]);
    let y = Axis::linear("carbon dioxide, ppm", &[325.0, 335.0, 345.0, 355.0, 365.0]);
    Figure::new("Carbon dioxide before and after an origin, with three forecasts", Chart::new(x, y, series))
}

/// x, 4x(1 − x), and so on, from a start of the draw's after a hundred steps.
fn orbit(draw: Draw, length: usize) -> Vec<f64> {
    let start = 0.05 + 0.9 * draw.uniform(0, 1, 1)[(0, 0)];
    std::iter::successors(Some(start), |x| Some(4.0 * x * (1.0 - x))).skip(100).take(length).collect()
}

/// The same numbers in an order of the draw's own.
fn without_order(draw: Draw, series: &[f64]) -> Vec<f64> {
    shuffled(draw, 1, series.len()).into_iter().map(|place| series[place]).collect()
}

/// R² of the next number from the last one, on new steps.
struct NextStep {
    linear: f64,
    softmax: f64,
    /// Linear attention on the last number and its square.
    square: f64,
    /// From its answers to those of least squares.
    gap: f64,
    bound: f64,
}

/// Steps that are fitted.
const SEEN: usize = 400;

impl NextStep {
    fn new(series: &[f64]) -> Result<Self> {
        let table = series::lagged(series, 1);
        let [known, asked] = [0..SEEN, SEEN..table.n()].map(|rows| table.rows(&rows.collect::<Vec<_>>()));
        let explained = |answer: &Mat<f64>| r_squared(answer.as_ref(), asked.y.as_ref());
        let bandwidth = kernel::bandwidth(known.x.as_ref(), known.y.as_ref(), &logarithmic(3e-4, 0.3, 13))?;
        let near = kernel::smoother_matrix(asked.x.as_ref(), known.x.as_ref(), bandwidth)? * &known.y;
        let [keys, queries] = [&known, &asked].map(|part| squares(&part.x));
        let told = attend_linearly(&keys, &known.y, &queries)?;
        let fitted = least_squares(&Table { x: keys.clone(), y: known.y.clone() }, &queries)?;
        Ok(Self {
            linear: explained(&least_squares(&known, &asked.x)?),
            softmax: explained(&near),
            square: explained(&told),
            gap: relative_gap(told.as_ref(), fitted.as_ref()),
            bound: rounding_bound(centred(&keys).as_ref())?,
        })
    }
}

/// x and x².
fn squares(x: &Mat<f64>) -> Mat<f64> {
    Mat::from_fn(x.nrows(), 2, |i, j| if j == 0 { x[(i, 0)] } else { x[(i, 0)] * x[(i, 0)] })
}

/// A matrix without the means of its columns.
fn centred(x: &Mat<f64>) -> Mat<f64> {
    linalg::centred(x.as_ref(), &moments(x.as_ref()))
}

/// Linear attention at the scale 1/n with rows whitened by the keys, around the mean of the values.
fn attend_linearly(keys: &Mat<f64>, values: &Mat<f64>, queries: &Mat<f64>) -> Result<Mat<f64>> {
    let whitening = Whitening::fit(keys.as_ref(), Root::Zca, Divisor::N, 0.0)?;
    let [k, q] = [keys, queries].map(|rows| whitening.apply(rows.as_ref()));
    let mean = column_means(values.as_ref())[0];
    let told =
        linear::output(q.as_ref(), k.as_ref(), centred(values).as_ref(), 1.0 / count(keys.nrows()), Diagonal::Kept);
    Ok(Mat::from_fn(queries.nrows(), 1, |i, _| mean + told[(i, 0)]))
}

/// ## Nothing is linear and everything is near
///
/// Now a series that always comes back. Let $x_{t+1} = 4x_t(1 - x_t)$ (May 1976). From almost any start it wanders
/// between zero and one as if by chance, but there is no chance in it: the last value settles the next.
///
/// Nothing in it is linear. In the long run the orbit is as often left of $\frac12$ as right of it, at any distance
/// (Ulam and von Neumann 1947), and the map is a parabola about $\frac12$. So the covariance of a value with the next
/// is zero, and the best line is level. Fitted to four hundred steps from each of five starts it explains
/// {{linear|nothing|-0.1..0.08}} of the next 199. Softmax with the last value as its key explains {{softmax:5}} of
/// their variance. Among four hundred values some are near to this one, and what followed them follows now.
///
/// That does not make attention the better machine. Give a regression the square: with the features $(x, x^2)$ least
/// squares explains {{square|everything|0.99999999..1.00000001}}, since the map *is* linear in them, and linear
/// attention with these two as whitened keys says what least squares says, within {{attention}}. A regression must be
/// [told what to look for](sine.md), a kernel finds what is near. What both need is that the past settles the future.
/// Take the same numbers in a random order, and the softmax explains {{shuffled|nothing|-0.1..0.0624}}, and the square
/// {{mixed|nothing|-0.1..0.08}}.
///
/// ![**A law without a line.** Each value against the one before it, first start: in their order and shuffled. Every second of four hundred training steps is shown.](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["a_bias_on_the_keys_makes_attention_a_kernel_regression"]
/// headline = "softmax"
/// words = { nothing = "linear", everything = "softmax" }
/// breaks_when = "the same numbers come in a random order: softmax then explains {{shuffled|nothing|-0.1..0.0624}} of their variance."
/// ```
#[test]
fn nothing_is_linear_and_everything_is_near() -> Result<()> {
    let mut evidence = Evidence::new();
    let steps = |of: fn(Draw, &[f64]) -> Vec<f64>| {
        draws().into_iter().map(|draw| NextStep::new(&of(draw, &orbit(draw, 600)))).collect::<Result<Vec<_>>>()
    };
    let (ordered, mixed) = (steps(|_, series| series.to_vec())?, steps(without_order)?);
    let of = |steps: &[NextStep], chosen: fn(&NextStep) -> f64| steps.iter().map(chosen).collect::<Vec<_>>();
    let words = |of: &str| format!("$R^2$ on 199 new steps, {of}");
    let near = of(&ordered, |step| step.softmax);
    evidence.measure("softmax", &words("softmax on the last value"), near).within(absolute(1e-5)).at_least(0.998);
    let hypothesis = "the same numbers come in a random order";
    let near = of(&mixed, |step| step.softmax);
    evidence.breaks("shuffled", "softmax", hypothesis, near).within(absolute(1e-3)).by(16.0);
    let line = of(&ordered, |step| step.linear);
    evidence.measure("linear", &words("least squares on the last value"), line).within(absolute(1e-3)).at_most(0.08);
    let told = of(&ordered, |step| step.square);
    evidence.breaks("square", "linear", "the square is a feature too", told).within(relative(1e-9)).by(12.0);
    let told = of(&mixed, |step| step.square);
    let of_square = words("linear attention on the last value and its square, numbers in a random order");
    evidence.measure("mixed", &of_square, told).within(absolute(1e-3)).at_most(0.08);
    let worst = |chosen: fn(&NextStep) -> f64| ordered.iter().map(chosen).fold(0.0, f64::max);
    let gap = "linear attention on $(x, x^2)$, whitened, against least squares on the same";
    evidence.rounding("attention", gap, worst(|step| step.gap), worst(|step| step.bound));
    evidence.figure(return_maps(first())?);
    record!(evidence)
}

/// Each value against the one before it, in order and shuffled.
fn return_maps(draw: Draw) -> Result<Figure> {
    let cell = |series: &[f64]| {
        let table = series::lagged(series, 1);
        let known = table.rows(&(0..SEEN).collect::<Vec<_>>());
        let grid = Mat::from_fn(101, 1, |i, _| 0.01 * count(i));
        let bandwidth = kernel::bandwidth(known.x.as_ref(), known.y.as_ref(), &logarithmic(3e-4, 0.3, 13))?;
        let near = kernel::smoother_matrix(grid.as_ref(), known.x.as_ref(), bandwidth)? * &known.y;
        let curve = |name: &str, y: &Mat<f64>| Series::curve(name, entries(grid.as_ref()), entries(y.as_ref()));
        let shown = known.rows(&(0..SEEN).step_by(2).collect::<Vec<_>>());
        let points = Series::curve("numbers", entries(shown.x.as_ref()), entries(shown.y.as_ref()));
        Ok::<_, Error>(Cell {
            series: vec![
                points.ink(Ink::MUTED).marks(Mark::Dot),
                curve("least squares", &least_squares(&known, &grid)?).ink(REGRESSION),
                curve("softmax", &near).ink(SOFTMAX),
            ],
        })
    };
    let series = orbit(draw, 600);
    let ticks = [0.0, 0.25, 0.5, 0.75, 1.0];
    let y = Axis::linear("next number", &ticks);
    let multiples = Multiples {
        x: Axis::linear("number", &ticks),
        columns: vec![Column::new("in their order", y.clone()), Column::new("shuffled", y)],
        rows: vec![Row::new("", vec![cell(&series)?, cell(&without_order(draw, &series))?])],
    };
    Ok(Figure::new("The next number against the last, in order and shuffled", multiples))
}

/// Most lags that a row has.
const LAGS: usize = 9;

/// Sunspots by the nine years before: three blocks of thirty years to be asked for, and the years that know nothing of
/// them.
struct Blocks {
    known: Table,
    asked: Table,
}

impl Blocks {
    /// A row whose window reaches into a block is left out.
    fn new(draw: Draw) -> Result<Self> {
        const BLOCK: usize = 30;
        let table = series::lagged(&series::sunspots()?, LAGS);
        let (start, chosen) = (one_of(draw, 1, 0, BLOCK), shuffled(draw, 0, table.n() / BLOCK - 1));
        let inside = |row: usize| row >= start && chosen[..3].contains(&((row - start) / BLOCK));
        let asked: Vec<usize> = (0..table.n()).filter(|&row| inside(row)).collect();
        let apart = |row: usize| (row.saturating_sub(LAGS)..=row).all(|row| !inside(row));
        let known: Vec<usize> = (0..table.n()).filter(|&row| apart(row)).collect();
        Ok(Self { known: table.rows(&known), asked: table.rows(&asked) })
    }

    /// With the first lags only.
    fn lags(&self, lags: usize) -> Self {
        let first = |table: &Table| Table { x: table.x.as_ref().subcols(0, lags).to_owned(), y: table.y.clone() };
        Self { known: first(&self.known), asked: first(&self.asked) }
    }

    /// Every lag times the size of its coefficient.
    fn weighed(&self) -> Result<Self> {
        let fit = Ridge::fit(self.known.x.as_ref(), self.known.y.as_ref(), 0.0, Intercept::Fitted)?;
        let sizes: Vec<f64> = entries(fit.coefficients()).map(f64::abs).collect();
        let times = |table: &Table| Table {
            x: Mat::from_fn(table.n(), sizes.len(), |i, j| sizes[j] * table.x[(i, j)]),
            y: table.y.clone(),
        };
        Ok(Self { known: times(&self.known), asked: times(&self.asked) })
    }

    fn least_squares(&self) -> Result<f64> {
        Ok(rmse(&least_squares(&self.known, &self.asked.x)?, &self.asked.y))
    }

    fn softmax(&self) -> Result<f64> {
        Ok(rmse(&attend(&self.known, &self.asked.x)?, &self.asked.y))
    }

    /// Errors of least squares, softmax and softmax on weighed lags, over the deviation of what is asked.
    fn errors(&self) -> Result<[f64; 3]> {
        let deviation = moments(self.asked.y.as_ref())[0].deviation();
        let errors = [self.least_squares()?, self.softmax()?, self.weighed()?.softmax()?];
        Ok(errors.map(|error| error / deviation))
    }
}

/// Those errors for seven choices of blocks, by the number of lags.
fn lagged_errors(draw: Draw, lags: &[usize]) -> Result<Vec<Vec<[f64; 3]>>> {
    let blocks = draw.many(7).into_iter().map(Blocks::new).collect::<Result<Vec<_>>>()?;
    lags.iter().map(|&lags| blocks.iter().map(|blocks| blocks.lags(lags).errors()).collect()).collect()
}

/// ## Six more lags help the regression and hurt the softmax
///
/// How far back should a row reach? The first autoregression was made for sunspots, with two years (Yule 1927). We try
/// three and nine, on the yearly numbers from 1700 to 2008. Three blocks of thirty years are hidden and asked for,
/// every row that reaches into one is left out, and what remains is fitted: seven choices of blocks in a draw, of which
/// we take the median.
///
/// With three years softmax errs {{three:2}} times as much as least squares: there is little to choose. With nine the
/// regression's error is {{regression:2}} of what it was, and softmax's is {{softmax:2}} times what it was. The same
/// six columns teach the one and mislead the other. To a regression a lag more is a coefficient more, and raises its error by a share of about $1/n$. To softmax it is one more coordinate of the distance. All windows move apart, few are near,
/// and in a space of nine dimensions it takes far more of them to know a function (Stone 1982).
///
/// But the distance was ours. It takes the eighth year back for as telling as the last. A regression knows better, so
/// let it lend what it knows: multiply every lag by the size of its coefficient. That is a form $W$ with
/// $\hat\beta_j^2$ on its diagonal, and to have such a form is what $W_qW_k^\top$ is for. From three lags to nine,
/// softmax's error over that of least squares grew by a factor of {{grows:3}}. With all of them weighed, the three and the nine, the factor is {{weighed:3}}. (The coefficients come from all known years, so the year that is left out to choose $h$ has
/// been seen by them. All choices of blocks are choices of one series.)
///
/// ![**More of the past.** Errors on hidden blocks of sunspots against the number of lags, over the standard deviation of what is hidden: medians of the seven choices of the first draw.](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["a_softmax_cannot_leave_its_past"]
/// headline = "grows"
/// breaks_when = "every lag is multiplied by the size of its coefficient. Softmax's error over that of least squares is then {{weighed:3}} times what it was with three lags."
/// ```
#[test]
fn six_more_lags_help_the_regression_and_hurt_the_softmax() -> Result<()> {
    let mut evidence = Evidence::new();
    let all = in_parallel(&draws(), |&draw| lagged_errors(draw, &[3, 9]))?;
    let of = |number: fn([f64; 3], [f64; 3]) -> f64| {
        let one = |errors: &Vec<Vec<[f64; 3]>>| {
            let pairs = errors[0].iter().zip(&errors[1]);
            median(&pairs.map(|(&three, &nine)| number(three, nine)).collect::<Vec<_>>())
        };
        all.iter().map(one).collect::<Vec<_>>()
    };
    let grows = of(|three, nine| nine[1] / nine[0] / (three[1] / three[0]));
    let words = "softmax's error over that of least squares, nine lags over three";
    evidence.measure("grows", words, grows).within(relative(1e-3)).at_least(1.12);
    let weighed = of(|three, nine| nine[2] / nine[0] / (three[2] / three[0]));
    let hypothesis = "every lag is multiplied by the size of its coefficient";
    evidence.breaks("weighed", "grows", hypothesis, weighed).within(relative(1e-3)).by(1.05);
    let words = "error of least squares, nine lags over three";
    evidence.measure("regression", words, of(|three, nine| nine[0] / three[0])).within(relative(1e-3)).at_most(1.0);
    let words = "error of softmax, nine lags over three";
    evidence.measure("softmax", words, of(|three, nine| nine[1] / three[1])).within(relative(1e-3)).at_least(1.0);
    let words = |of: &str| format!("softmax's error over that of least squares, {of}");
    let three = of(|three, _| three[1] / three[0]);
    evidence.measure("three", &words("three lags"), three).within(relative(1e-3)).at_most(1.1);
    evidence.figure(by_lags(first())?);
    record!(evidence)
}

/// Errors against the number of lags.
fn by_lags(draw: Draw) -> Result<Figure> {
    let lags: Vec<usize> = (1..=LAGS).collect();
    let errors = in_parallel(&lags, |&lags| Ok(lagged_errors(draw, &[lags])?.swap_remove(0)))?;
    let curve = |name: &str, which: usize| {
        let middle =
            errors.iter().map(|choices| median(&choices.iter().map(|errors| errors[which]).collect::<Vec<_>>()));
        Series::curve(name, lags.iter().map(|&lags| count(lags)), middle)
    };
    let series = vec![
        curve("least squares", 0).ink(REGRESSION).mark(Mark::Circle).label(Side::Below, 8),
        curve("softmax", 1).ink(SOFTMAX).mark(Mark::Square).label(Side::Above, 8),
        curve("softmax, lags × |β|", 2)
            .ink(SOFTMAX)
            .mark(Mark::HollowSquare)
            .stroke(Stroke::Dashed)
            .label(Side::Above, 6),
    ];
    let x = Axis::linear("lags", &[1.0, 3.0, 5.0, 7.0, 9.0]);
    let y = Axis::linear("error, in standard deviations of what is hidden", &[0.3, 0.4, 0.5, 0.6, 0.7]);
    Ok(Figure::new("Errors of regression and softmax against the number of lags, sunspots", Chart::new(x, y, series)))
}

/// λ of what is fitted to the past.
const PENALTY: f64 = 1e-3;

/// x_t = 3/5 x_{t−1} − 2/5 x_{t−2} + 3/10 x_{t−3} + noise: 297 windows of three with what comes next.
fn autoregression(draw: Draw) -> Table {
    let noise = draw.normal(0, 500, 1);
    let mut x = vec![0.0; 3];
    for t in 3..500 {
        x.push(0.6 * x[t - 1] - 0.4 * x[t - 2] + 0.3 * x[t - 3] + noise[(t, 0)]);
    }
    series::lagged(&x[200..], 3)
}

/// Ridge of the first `rows` rows.
fn ridge_of_past(table: &Table, rows: usize) -> Result<Ridge> {
    let (keys, values) = (table.x.as_ref().subrows(0, rows), table.y.as_ref().subrows(0, rows));
    Ridge::fit(keys, values, PENALTY, Intercept::None)
}

/// What ridge of all rows before a row says of it, fitted anew for each; of the first nobody knows anything.
fn refitted(table: &Table) -> Result<Mat<f64>> {
    let mut answers = Mat::zeros(table.n(), 1);
    for t in 1..table.n() {
        answers[(t, 0)] = ridge_of_past(table, t)?.predict(table.x.as_ref().subrows(t, 1))[(0, 0)];
    }
    Ok(answers)
}

/// Linear attention to the rows before, key and query whitened by them.
struct Causal {
    weights: Mat<f64>,
    /// 1 + the squared length of the whitened query.
    discounts: Vec<f64>,
    /// The largest condition number of what whitens.
    condition: f64,
}

impl Causal {
    fn new(keys: MatRef<'_, f64>) -> Result<Self> {
        let (n, d) = (keys.nrows(), keys.ncols());
        let mut past = Mat::<f64>::identity(d, d) * Scale(PENALTY);
        let mut causal = Self { weights: Mat::zeros(n, n), discounts: Vec::new(), condition: 1.0 };
        for t in 0..n {
            let root = symmetric_power(past.as_ref(), -0.5)?;
            let query = keys.subrows(t, 1) * &root;
            causal.discounts.push(1.0 + frobenius_norm(query.as_ref()).powi(2));
            causal.condition = causal.condition.max(condition_number(past.as_ref())?);
            if t > 0 {
                let whitened = keys.subrows(0, t) * &root;
                let row = linear::weights(query.as_ref(), whitened.as_ref(), 1.0, Diagonal::Kept);
                causal.weights.as_mut().submatrix_mut(t, 0, 1, t).copy_from(&row);
            }
            past += keys.subrows(t, 1).transpose() * keys.subrows(t, 1);
        }
        Ok(causal)
    }

    /// 100 √n ε κ: sums over n rows lose √n ε, and the root of what whitens magnifies that by its condition number.
    fn bound(&self) -> f64 {
        100.0 * count(self.discounts.len()).sqrt() * f64::EPSILON * self.condition
    }
}

/// Recursive least squares: coefficients and the inverse of G + λI, corrected row by row.
fn recursive(table: &Table) -> Mat<f64> {
    let (n, d) = (table.n(), table.x.ncols());
    let (mut inverse, mut coefficients) = (Mat::<f64>::identity(d, d) * Scale(1.0 / PENALTY), Mat::<f64>::zeros(d, 1));
    let mut answers = Mat::zeros(n, 1);
    for t in 0..n {
        let key = table.x.as_ref().subrows(t, 1);
        answers[(t, 0)] = (key * &coefficients)[(0, 0)];
        let reach = &inverse * key.transpose();
        let gain = &reach * Scale(1.0 / (1.0 + (key * &reach)[(0, 0)]));
        coefficients += &gain * Scale(table.y[(t, 0)] - answers[(t, 0)]);
        inverse -= gain * reach.transpose();
    }
    answers
}

/// The hat matrix of the whole series, its rows blind to themselves and to what follows.
fn masked_hat(keys: MatRef<'_, f64>) -> Result<Mat<f64>> {
    let hat = hat_matrix(keys, PENALTY, Intercept::None)?;
    Ok(Mat::from_fn(hat.nrows(), hat.ncols(), |t, s| if s < t { hat[(t, s)] } else { 0.0 }))
}

/// Rows from which the past is long enough for anyone.
const SETTLED: usize = 20;

/// Gaps to ridge fitted anew at every step.
struct Routes {
    attention: f64,
    recursive: f64,
    whole: f64,
    settled: f64,
    rescaled: f64,
    bound: f64,
}

/// All of them, on one series.
fn routes(draw: Draw) -> Result<Routes> {
    let table = autoregression(draw);
    let (refitted, causal, masked) =
        (refitted(&table)?, Causal::new(table.x.as_ref())?, masked_hat(table.x.as_ref())? * &table.y);
    let from = |answers: &Mat<f64>, row: usize| {
        let rest = |all: &Mat<f64>| all.as_ref().subrows(row, table.n() - row).to_owned();
        relative_gap(rest(answers).as_ref(), rest(&refitted).as_ref())
    };
    let rescaled = Mat::from_fn(table.n(), 1, |t, _| masked[(t, 0)] * count(table.n()) / count(t.max(1)));
    Ok(Routes {
        attention: from(&(&causal.weights * &table.y), 0),
        recursive: from(&recursive(&table), 0),
        whole: from(&masked, 0),
        settled: from(&masked, SETTLED),
        rescaled: from(&rescaled, SETTLED),
        bound: causal.bound(),
    })
}

/// ## A causal mask needs a causal whitening
///
/// So far the past was one training set, and the question came after it. A language model has no such line. Each of its
/// rows asks the rows before it, and then answers the rows after it. Its weights on what follows are set to zero: this is the causal mask. Here a row does not see itself either, since its own value is what is asked for.
///
/// Without a mask linear attention is least squares if its form [inverts the Gram matrix](identity.md). With one, every
/// row should be answered by a regression on the rows before it, and that is another regression for every row. Let
/// $k_s$ be the keys, $v_s$ their values, and $G_{t-1} = \sum_{s \lt t} k_sk_s^\top$. What ridge says at time $t$ is
///
/// $$o_t \;=\; k_t^\top(G_{t-1} + \lambda I)^{-1}\sum_{s \lt t} k_sv_s \;=\; \sum_{s \lt t}\,(S_tk_t)^\top(S_tk_s)\,v_s .$$
///
/// With $S_t = (G_{t-1} + \lambda I)^{-1/2}$ the right side is linear attention under a causal mask, with the query and all keys whitened anew by the past of the row that asks. We take three roads on 297 windows of the series
/// $x_t = \frac35x_{t-1} - \frac25x_{t-2} + \frac3{10}x_{t-3}$ plus noise, with $\lambda = 10^{-3}$: ridge fitted anew
/// for every row; this attention; and recursive least squares (Plackett 1950), which fits nothing anew and corrects a
/// matrix and three coefficients row by row, as causal linear attention without whitening adds up a matrix
/// (Katharopoulos et al. 2020). They agree within {{attention}}. Von Oswald and others (2023) call a layer that does
/// this a mesa layer.
///
/// The mask alone does not do it. Whiten once, by the whole series, and mask then, which is the hat matrix with all
/// that lies on and above its diagonal struck out: the answers are {{whole:2}} norms from those of ridge, and
/// {{settled:2}} if the first twenty rows are not counted. The figure shows why. Its coefficients are the products *so
/// far* times the inverse of *all*, and rise from zero roughly in proportion to $t$. Scaling row $t$ by $n/t$ mends the rise, and {{rescaled:2}} norms are left: the inverse has seen the future.
///
/// ![**Two masks.** The coefficient of the last value by which masked linear attention answers, against the number of rows that it has seen, first draw. The dotted line is the one that made the series.](figure)
///
/// ```toml
/// kind = "identity"
/// settles = { S26 = "holds if" }
/// finding = "In a sequence the identity needs a causal whitening: with keys and queries whitened by the past, linear attention under a causal mask is ridge regression on the past at each step."
/// uses = ["linear_attention_projects_only_if_its_form_inverts_the_gram_matrix_on_its_range"]
/// headline = "attention"
/// breaks_when = "keys and queries are whitened by the whole series and not by the past: masked attention is then {{whole:2}} norms from a regression on the past."
/// ```
#[test]
fn a_causal_mask_needs_a_causal_whitening() -> Result<()> {
    let mut evidence = Evidence::new();
    let all = in_parallel(&draws(), |&draw| routes(draw))?;
    let of = |chosen: fn(&Routes) -> f64| all.iter().map(chosen).collect::<Vec<_>>();
    let worst = |chosen: fn(&Routes) -> f64| all.iter().map(chosen).fold(0.0, f64::max);
    let (bound, anew) = (worst(|routes| routes.bound), "against ridge fitted anew for every row, worst of the draws");
    let words = format!("masked linear attention, whitened by the past, {anew}");
    evidence.rounding("attention", &words, worst(|routes| routes.attention), bound);
    let words = format!("recursive least squares {anew}");
    evidence.rounding("recursive", &words, worst(|routes| routes.recursive), bound);
    let whole = "keys and queries are whitened by the whole series";
    evidence.breaks("whole", "attention", whole, of(|routes| routes.whole)).within(relative(1e-3)).by(1e4);
    let settled = format!("{whole}, and the first twenty rows are not counted");
    evidence.breaks("settled", "attention", &settled, of(|routes| routes.settled)).within(relative(1e-3)).by(1e4);
    let rescaled = format!("{settled}, and row $t$ is scaled by $n/t$");
    evidence.breaks("rescaled", "attention", &rescaled, of(|routes| routes.rescaled)).within(relative(1e-3)).by(1e4);
    evidence.figure(coefficient_by_coefficient(first())?);
    record!(evidence)
}

/// The first coefficient by which each answers, as it has seen more and more.
fn coefficient_by_coefficient(draw: Draw) -> Result<Figure> {
    let table = autoregression(draw);
    let all = gram(table.x.as_ref()) + Mat::<f64>::identity(3, 3) * Scale(PENALTY);
    let inverse = symmetric_power(all.as_ref(), -1.0)?;
    let steps: Vec<usize> = (4..=table.n()).step_by(2).collect();
    let past = |t: usize| ridge_of_past(&table, t).map(|fit| fit.coefficients()[(0, 0)]);
    let masked = |t: usize| {
        let (keys, values) = (table.x.as_ref().subrows(0, t), table.y.as_ref().subrows(0, t));
        (&inverse * (keys.transpose() * values))[(0, 0)]
    };
    let along = |name: &str, of: Vec<f64>| Series::curve(name, steps.iter().map(|&t| count(t)), of);
    let series = vec![
        Series::curve("of the series", [0.0, 300.0], [0.6; 2])
            .ink(Ink::MUTED)
            .stroke(Stroke::Dotted)
            .label(Side::Above, 1),
        along("whitened by the whole series", steps.iter().map(|&t| masked(t)).collect())
            .ink(LINEAR)
            .stroke(Stroke::Dashed)
            .label(Side::Below, 60),
        along("whitened by the past", steps.iter().map(|&t| past(t)).collect::<Result<_>>()?)
            .ink(LINEAR)
            .label(Side::Above, 30),
    ];
    let x = Axis::linear("rows seen", &[0.0, 100.0, 200.0, 300.0]);
    let y = Axis::linear("coefficient of the last value", &[0.0, 0.25, 0.5, 0.75, 1.0]);
    Ok(Figure::new("The coefficient of the last value", Chart::new(x, y, series)))
}

/// Rows from which all leverages are small.
const EVEN: usize = 50;

/// Series in a draw.
const SERIES: usize = 8;

/// Squared errors on the way, against the regression that has seen everything.
struct Bill {
    /// e_t² for every row.
    errors: Vec<f64>,
    discounts: Vec<f64>,
    /// min ‖v − Kβ‖² + λ‖β‖² over the first rows, for every number of rows.
    losses: Vec<f64>,
    /// The leverage of the last among the first rows, for every number of rows.
    leverages: Vec<f64>,
    /// ln det(I + G/λ).
    volume: f64,
    bound: f64,
}

impl Bill {
    fn new(draw: Draw) -> Result<Self> {
        let table = autoregression(draw);
        let causal = Causal::new(table.x.as_ref())?;
        let missed = &table.y - &causal.weights * &table.y;
        let (mut losses, mut leverages) = (Vec::new(), Vec::new());
        for rows in 1..=table.n() {
            let fit = ridge_of_past(&table, rows)?;
            let rest = table.y.as_ref().subrows(0, rows) - fit.fitted();
            let square = |a: MatRef<'_, f64>| frobenius_norm(a).powi(2);
            losses.push(square(rest.as_ref()) + PENALTY * square(fit.coefficients()));
            leverages.push(fit.leverages()[rows - 1]);
        }
        let volume = linalg::singular_values(table.x.as_ref())?.into_iter().map(|s| libm::log1p(s * s / PENALTY)).sum();
        let errors = entries(missed.as_ref()).map(|error| error * error).collect();
        Ok(Self { errors, bound: causal.bound(), discounts: causal.discounts, losses, leverages, volume })
    }

    /// Running sums of squared errors, each over what `discount` makes of its discount.
    fn sums(&self, discount: fn(f64) -> f64) -> Vec<f64> {
        let terms = self.errors.iter().zip(&self.discounts).map(|(error, &by)| error / discount(by));
        terms
            .scan(0.0, |sum, term| {
                *sum += term;
                Some(*sum)
            })
            .collect()
    }

    /// The relative gap of such a sum to the loss, after so many rows.
    fn gap(&self, rows: usize, discount: fn(f64) -> f64) -> f64 {
        (self.sums(discount)[rows - 1] / self.losses[rows - 1] - 1.0).abs()
    }

    /// What the mask has cost after so many rows.
    fn price(&self, rows: usize) -> f64 {
        self.sums(|_| 1.0)[rows - 1] - self.losses[rows - 1]
    }

    /// From f_t to 1/(1 − leverage of row t among the first t), the worst of all rows.
    fn leverage_gap(&self) -> f64 {
        let pairs = self.discounts.iter().zip(&self.leverages);
        pairs.map(|(by, leverage)| (by * (1.0 - leverage) - 1.0).abs()).fold(0.0, f64::max)
    }

    /// From Σ ln f_t to ln det(I + G/λ).
    fn volume_gap(&self) -> f64 {
        (self.discounts.iter().map(|&by| libm::log(by)).sum::<f64>() / self.volume - 1.0).abs()
    }

    /// The price over the largest squared error times ln det(I + G/λ).
    fn share_of_the_most(&self) -> f64 {
        self.price(self.errors.len()) / (self.errors.iter().copied().fold(0.0, f64::max) * self.volume)
    }
}

/// ## What the mask costs
///
/// Under a mask the first rows are answered by next to nobody, and all are answered by fewer than would be there in the
/// end. So the errors on the way, $e_t = v_t - o_t$, are on the whole larger than the residuals of a regression that
/// has seen everything. By how much can be said exactly. Let
///
/// $$f_t \;=\; 1 + k_t^\top(G_{t-1} + \lambda I)^{-1}k_t \;=\; \frac1{1 - h_t},$$
///
/// where $h_t$ is the leverage of row $t$ among the first $t$. Then
///
/// $$\sum_{t=1}^n \frac{e_t^2}{f_t} \;=\; \min_\beta\; \|v - K\beta\|^2 + \lambda\|\beta\|^2 .$$
///
/// On the left is a masked layer that was wrong row after row, on the right the loss of the regression in hindsight. An
/// error counts the less, the further its key lies from all before. So discounted, the errors on the way add up to the
/// loss in hindsight, and to no more. The proof is one step. After $t - 1$ rows the loss of any $\beta$ is the least
/// one plus $(\beta - b)^\top(G_{t-1} + \lambda I)(\beta - b)$, with $b$ the coefficients so far; add
/// $(v_t - k_t^\top\beta)^2$, and the minimum rises by $e_t^2/f_t$. The parts of the sum are classical: Plackett (1950)
/// has the correction, and Brown, Durbin and Evans (1975) test with the discounted errors whether a regression stays
/// the same in time. Over forty series the two sides agree within {{discounted}}, and within {{running}} after every
/// row. Without the discounts the left side is larger by {{plain:2}} of the right.
///
/// This is the price of the mask, $\sum_t e_t^2(1 - 1/f_t)$. How fast does it grow? The discounts multiply to a
/// determinant, $\prod_t f_t = \det(I + G/\lambda)$, within {{volume}} of its logarithm, and $1 - 1/f \le \ln f$. So
/// the price is at most the largest squared error times $\ln\det(I + G/\lambda)$, which grows with the logarithm of $n$
/// (Vovk 2001, Azoury and Warmuth 2001). In these series it is {{most:1}} of that: the bound is generous. Where the rows are all of one kind,
/// $h_t$ is about $d/t$, and from row fifty to row $n$ the price should grow by about $d\ln(n/50)$ times the variance of the noise, which is one here. It grows by {{late:2}}. With so small a $\lambda$ most of it falls due before, when three coefficients are guessed from a handful of rows: {{early:2}} up to row fifty.
///
/// ![**The price of not knowing what comes.** What squared errors under the mask add up to, less the loss of ridge on the rows so far, first draw. Dotted: a logarithm, from row fifty on.](figure)
///
/// ```toml
/// kind = "identity"
/// uses = ["a_causal_mask_needs_a_causal_whitening"]
/// headline = "discounted"
/// breaks_when = "the errors are not discounted, $f_t = 1$: their sum is then larger than the loss in hindsight, by {{plain:2}} of it."
/// ```
#[test]
fn what_the_mask_costs() -> Result<()> {
    let mut evidence = Evidence::new();
    let series: Vec<Draw> = draws().into_iter().flat_map(|draw| draw.many(SERIES)).collect();
    let bills = in_parallel(&series, |&draw| Bill::new(draw))?;
    let each = |of: &dyn Fn(&Bill) -> f64| bills.iter().map(of).collect::<Vec<_>>();
    let worst = |of: &dyn Fn(&Bill) -> f64| each(of).into_iter().fold(0.0, f64::max);
    let (n, bound) = (bills[0].errors.len(), worst(&|bill| bill.bound));
    let words = |rows: &str| format!("$\\sum_t e_t^2/f_t$ over the least loss, less one, {rows}, worst of all series");
    evidence.rounding("discounted", &words("all rows"), worst(&|bill| bill.gap(n, |by| by)), bound);
    let plain = each(&|bill| bill.gap(n, |_| 1.0));
    let hypothesis = "no error is discounted, $f_t = 1$";
    evidence.breaks("plain", "discounted", hypothesis, plain).within(relative(1e-3)).by(1e4);
    let running = |bill: &Bill| (1..=n).map(|rows| bill.gap(rows, |by| by)).fold(0.0, f64::max);
    evidence.rounding("running", &words("worst of every number of rows"), worst(&running), bound);
    let words = "$f_t(1 - h_t)$ less one, worst of all rows and series";
    evidence.rounding("leverage", words, worst(&Bill::leverage_gap), bound);
    let words = "$\\sum_t \\ln f_t$ over $\\ln\\det(I + G/\\lambda)$, less one, worst of all series";
    evidence.rounding("volume", words, worst(&Bill::volume_gap), bound);
    let words = "price of the mask over the largest squared error times $\\ln\\det(I + G/\\lambda)$";
    evidence.measure("most", words, each(&Bill::share_of_the_most)).within(relative(1e-3)).at_most(1.0);
    let law = 3.0 * libm::log(count(n) / count(EVEN));
    let mean = |of: &dyn Fn(&Bill) -> f64| {
        each(of).chunks(SERIES).map(|some| some.iter().sum::<f64>() / count(SERIES)).collect::<Vec<_>>()
    };
    let late = mean(&|bill| bill.price(n) - bill.price(EVEN));
    let source = "$d\\ln(n/50)$ for noise of variance one";
    evidence
        .measure("late", "price of the mask after row fifty, mean of eight series", late)
        .within(relative(1e-3))
        .equals(law, source, relative(0.25));
    let early = mean(&|bill| bill.price(EVEN));
    evidence
        .measure("early", "price of the mask up to row fifty, mean of eight series", early)
        .within(relative(1e-3))
        .noted();
    let words = "price of the mask up to row fifty over that after it";
    evidence.contrast("due", words, "early", "late").within(relative(1e-3)).by(2.0);
    evidence.figure(prices(&bills[0]));
    record!(evidence)
}

/// Six decimals: what is less has vanished.
fn decimals(number: f64) -> f64 {
    (1e6 * number.abs()).round() / 1e6
}

/// What the mask has cost against the number of rows.
fn prices(bill: &Bill) -> Figure {
    let n = bill.errors.len();
    let rows: Vec<usize> = (3..EVEN).chain((EVEN..=n).step_by(4)).collect();
    let along = |name: &str, rows: &[usize], of: &dyn Fn(usize) -> f64| {
        Series::through(name, rows.iter().map(|&rows| (count(rows), of(rows))))
    };
    let law = |rows: usize| bill.price(EVEN) + 3.0 * libm::log(count(rows) / count(EVEN));
    let series = vec![
        along("d ln t", &rows[EVEN - 3..], &law).ink(Ink::MUTED).stroke(Stroke::Dotted).label(Side::Below, 40),
        along("errors under the mask", &rows, &|rows| bill.price(rows)).ink(LINEAR).label(Side::Above, 30),
        along("discounted", &rows, &|rows| decimals(bill.sums(|by| by)[rows - 1] - bill.losses[rows - 1]))
            .ink(REGRESSION)
            .label(Side::Above, 30),
    ];
    let x = Axis::log("rows seen", &[3.0, 10.0, 30.0, 100.0, 300.0]);
    let y = Axis::linear("sum of squares above the loss in hindsight", &[0.0, 10.0, 20.0, 30.0, 40.0]);
    Figure::new("The price of the mask against the number of rows", Chart::new(x, y, series))
}

/// The position t of a row as 1, t, t².
fn positions(t: &[f64]) -> Mat<f64> {
    Mat::from_fn(t.len(), 3, |i, power| t[i].powi(power as i32))
}

/// Sunspots of the years that are known, and of every fifth that is hidden.
struct Hidden {
    /// In standard units of the known years.
    known: Vec<f64>,
    hidden: Vec<f64>,
    values: Mat<f64>,
    truth: Mat<f64>,
    /// A year in these units.
    year: f64,
}

impl Hidden {
    /// Years in the order of `places`.
    fn new(draw: Draw, places: &[usize]) -> Result<Self> {
        let numbers = series::sunspots()?;
        let order = shuffled(draw, 0, numbers.len());
        let (hidden, known) = order.split_at(numbers.len() / 5);
        let time = |part: &[usize]| part.iter().map(|&i| count(places[i])).collect::<Vec<_>>();
        let unit = moments(column(&time(known)).as_ref())[0];
        let standard = |part: &[usize]| time(part).into_iter().map(|t| unit.centred(t) / unit.deviation()).collect();
        let of = |part: &[usize]| Mat::from_fn(part.len(), 1, |i, _| numbers[part[i]]);
        Ok(Self {
            known: standard(known),
            hidden: standard(hidden),
            values: of(known),
            truth: of(hidden),
            year: 1.0 / unit.deviation(),
        })
    }

    /// The bandwidth of twenty-two that errs least where every known year is left out in turn.
    fn bandwidth(&self) -> Result<f64> {
        let candidates: Vec<f64> = logarithmic(0.3, 60.0, 22).into_iter().map(|years| years * self.year).collect();
        kernel::bandwidth(column(&self.known).as_ref(), self.values.as_ref(), &candidates)
    }

    /// Softmax of 1, t, t² with a form whose scores are −(t − s)²/2, up to what depends on t alone.
    fn attend(&self, asked: &[f64], bandwidth: f64) -> Result<Mat<f64>> {
        let mut form = Mat::zeros(3, 3);
        (form[(1, 1)], form[(0, 2)]) = (1.0, -0.5);
        let (queries, keys) = (positions(asked) * form, positions(&self.known));
        softmax::output(queries.as_ref(), keys.as_ref(), self.values.as_ref(), bandwidth * bandwidth, Diagonal::Kept)
    }

    /// Linear attention to t, t².
    fn trend(&self, asked: &[f64]) -> Result<Mat<f64>> {
        let [keys, queries] = [&self.known[..], asked].map(|t| squares(&column(t)));
        attend_linearly(&keys, &self.values, &queries)
    }

    /// The mean squared error on hidden years over what the mean of the known ones leaves.
    fn error(&self, answer: &Mat<f64>) -> f64 {
        let mean = Mat::full(self.truth.nrows(), 1, column_means(self.values.as_ref())[0]);
        mse(answer.as_ref(), self.truth.as_ref()) / mse(mean.as_ref(), self.truth.as_ref())
    }
}

/// Errors on hidden years over that of the mean.
struct Filled {
    position: f64,
    trend: f64,
    permuted: f64,
    gap: f64,
    together: f64,
    bound: f64,
    /// What the order of a sum may do.
    sums: f64,
    years: f64,
}

/// One choice of hidden years.
fn filled(draw: Draw) -> Result<Filled> {
    let years = series::sunspots()?.len();
    let in_order = Hidden::new(draw, &(0..years).collect::<Vec<_>>())?;
    let mixed = Hidden::new(draw, &shuffled(draw, 1, years))?;
    let bandwidth = in_order.bandwidth()?;
    let answer = in_order.attend(&in_order.hidden, bandwidth)?;
    let (known, hidden) = (column(&in_order.known), column(&in_order.hidden));
    let kernel = kernel::smoother_matrix(hidden.as_ref(), known.as_ref(), bandwidth)? * &in_order.values;
    let order = shuffled(draw, 2, in_order.known.len());
    let moved = Hidden {
        known: order.iter().map(|&i| in_order.known[i]).collect(),
        hidden: in_order.hidden.clone(),
        values: select_rows(in_order.values.as_ref(), &order),
        truth: in_order.truth.clone(),
        year: in_order.year,
    };
    let again = moved.attend(&in_order.hidden, bandwidth)?;
    let bound = softmax_rounding(
        positions(&in_order.hidden).as_ref(),
        positions(&in_order.known).as_ref(),
        in_order.values.as_ref(),
        bandwidth * bandwidth,
    );
    // A mean of n values loses nε of the largest.
    let most = max_abs(in_order.values.as_ref()) * count(in_order.hidden.len()).sqrt();
    let sums = 10.0 * count(in_order.known.len()) * f64::EPSILON * most;
    Ok(Filled {
        position: in_order.error(&answer),
        trend: in_order.error(&in_order.trend(&in_order.hidden)?),
        permuted: mixed.error(&mixed.attend(&mixed.hidden, mixed.bandwidth()?)?),
        gap: relative_gap(answer.as_ref(), kernel.as_ref()),
        together: relative_gap(again.as_ref(), answer.as_ref()),
        bound: bound / frobenius_norm(answer.as_ref()),
        sums: sums / frobenius_norm(answer.as_ref()),
        years: bandwidth / in_order.year,
    })
}

/// ## Position alone is a smoother in time
///
/// Without a mask nothing in attention knows an order. Rows that are moved together with their values change no answer
/// but by rounding, {{together}}. Transformers are told positions for that reason. What can a layer do that is told
/// nothing else?
///
/// Take the keys $(1, t, t^2)$ and the [form](sine.md) whose scores are $(ts - s^2/2)/h^2$, which is $-(t - s)^2/2h^2$
/// up to a term that all keys share. (Sines and cosines of the position, as in Vaswani and others 2017, and rotations,
/// Su and others 2021, have products $\sum_j\cos\omega_j(t - s)$: a function of $t - s$ too.) The weights are those of
/// a kernel in time, and the answers those of Nadaraya and Watson within {{kernel}}. The values have no say in the weights, but through $h$. Such a layer is a filter: one set of weights for all that it is applied to, and where the keys are evenly spaced, away from the ends, one for all times.
///
/// That is enough to fill gaps. Hide a fifth of the years of sunspots, drawn at random, and let the rest tell: the
/// error is {{position:2}} of the variance. The bandwidth that leaving out chose is {{years:2}} years, so it is little
/// more than the mean of the neighbours. Without the softmax the same positions are a trend. Linear attention with
/// whitened keys $(t, t^2)$ fits one parabola to three centuries and is left with {{trend:2}} of the variance.
///
/// ![**Filling gaps.** Sunspots, fifty of the three hundred years, first draw. Dots are known, rings are hidden. Both layers are told years, and of the known ones the numbers.](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["a_scalar_softmax_cannot_follow_a_sine"]
/// headline = "position"
/// breaks_when = "the years are permuted, and the bandwidth is chosen anew: the error is then {{permuted:2}} of the variance."
/// ```
#[test]
fn position_alone_is_a_smoother_in_time() -> Result<()> {
    let mut evidence = Evidence::new();
    let all = in_parallel(&draws(), |&draw| filled(draw))?;
    let of = |chosen: fn(&Filled) -> f64| all.iter().map(chosen).collect::<Vec<_>>();
    let worst = |chosen: fn(&Filled) -> f64| all.iter().map(chosen).fold(0.0, f64::max);
    let words = |of: &str| format!("squared error on hidden years over that of the mean, {of}");
    let position = of(|filled| filled.position);
    evidence.measure("position", &words("softmax of positions"), position).within(relative(1e-3)).at_most(0.6);
    let permuted = of(|filled| filled.permuted);
    evidence.breaks("permuted", "position", "the years are permuted", permuted).within(relative(1e-3)).by(1.4);
    let trend = of(|filled| filled.trend);
    evidence.measure("trend", &words("linear attention on $(t, t^2)$"), trend).within(relative(1e-3)).at_least(0.8);
    let years = of(|filled| filled.years);
    evidence.measure("years", "bandwidth by leaving out, years", years).within(relative(1e-3)).noted();
    let words = "softmax on $(1, t, t^2)$ against the kernel smoother in time, worst of the draws";
    evidence.rounding("kernel", words, worst(|filled| filled.gap), worst(|filled| filled.bound));
    let words = "softmax on rows in another order against the same in theirs, worst of the draws";
    evidence.rounding("together", words, worst(|filled| filled.together), worst(|filled| filled.sums));
    evidence.figure(gaps(first())?);
    record!(evidence)
}

/// Half a century with hidden years.
fn gaps(draw: Draw) -> Result<Figure> {
    const SHOWN: std::ops::Range<usize> = 200..251;
    let numbers = series::sunspots()?;
    let in_order = Hidden::new(draw, &(0..numbers.len()).collect::<Vec<_>>())?;
    let first_known = shuffled(draw, 0, numbers.len())[numbers.len() / 5];
    let start = in_order.known[0] - count(first_known) * in_order.year;
    let grid: Vec<f64> =
        (0..=4 * (SHOWN.end - 1 - SHOWN.start)).map(|i| count(SHOWN.start) + 0.25 * count(i)).collect();
    let asked: Vec<f64> = grid.iter().map(|years| start + years * in_order.year).collect();
    let curve = |name: &str, of: &Mat<f64>| Series::curve(name, grid.iter().map(|t| 1700.0 + t), entries(of.as_ref()));
    let points = |name: &str, rows: &[usize]| {
        let shown = rows.iter().copied().filter(|row| SHOWN.contains(row));
        Series::through(name, shown.map(|row| (1700.0 + count(row), numbers[row])))
    };
    let order = shuffled(draw, 0, numbers.len());
    let (hidden, known) = order.split_at(numbers.len() / 5);
    let series = vec![
        curve("linear", &in_order.trend(&asked)?).ink(LINEAR).label(Side::Above, 130),
        curve("softmax", &in_order.attend(&asked, in_order.bandwidth()?)?).ink(SOFTMAX).label(Side::Left, 180),
        points("known", known).ink(Ink::MUTED).marks(Mark::Circle),
        points("hidden", hidden).marks(Mark::HollowCircle),
    ];
    let x = Axis::linear("year", &[1900.0, 1910.0, 1920.0, 1930.0, 1940.0, 1950.0]);
    let y = Axis::linear("sunspots", &[0.0, 40.0, 80.0, 120.0, 160.0]);
    Ok(Figure::new("Hidden years of sunspots and what positions alone say of them", Chart::new(x, y, series)))
}

/// What a row sees.
#[derive(Clone, Copy)]
enum Mask {
    None,
    /// What comes before it.
    Causal,
}

/// Softmax of m·s over the positions s that a row sees; a row that sees nobody answers zero.
fn attend_to_late(values: &Mat<f64>, slope: f64, mask: Mask) -> Result<Mat<f64>> {
    let n = values.nrows();
    let (places, asking) = (Mat::from_fn(n, 1, |s, _| count(s)), column(&[slope]));
    let mut answers = Mat::zeros(n, values.ncols());
    for t in 0..n {
        let seen = if matches!(mask, Mask::None) { n } else { t };
        if seen > 0 {
            let (keys, values) = (places.as_ref().subrows(0, seen), values.as_ref().subrows(0, seen));
            let answer = softmax::output(asking.as_ref(), keys, values, 1.0, Diagonal::Kept)?;
            answers.as_mut().subrows_mut(t, 1).copy_from(&answer);
        }
    }
    Ok(answers)
}

/// Exponential smoothing of all that came before: a sum and a count, both forgotten at one rate.
fn smoothed(values: &[f64], slope: f64) -> Mat<f64> {
    let (keep, mut sum, mut weight) = (libm::exp(-slope), 0.0, 0.0);
    let mut answers = Mat::zeros(values.len(), 1);
    for t in 1..values.len() {
        (sum, weight) = (keep * sum + values[t - 1], keep * weight + 1.0);
        answers[(t, 0)] = sum / weight;
    }
    answers
}

/// ALiBi alone: softmax of −m(t − s) over what comes before.
fn alibi(values: &Mat<f64>, slope: f64) -> Result<Mat<f64>> {
    let mut answers = Mat::zeros(values.nrows(), 1);
    for t in 1..values.nrows() {
        let (bias, known) = (Mat::from_fn(t, 1, |s, _| -slope * count(t - s)), values.as_ref().subrows(0, t));
        let answer = softmax::output(column(&[1.0]).as_ref(), bias.as_ref(), known, 1.0, Diagonal::Kept)?;
        answers[(t, 0)] = answer[(0, 0)];
    }
    Ok(answers)
}

/// ## A mask and a slope are exponential smoothing
///
/// Put the mask and the position together, with the simplest score there is, $m\,s$: a slope times the position of the
/// key. It does not even look at the query. Softmax over $s \lt t$ gives weights in proportion to $e^{-m(t - s)}$, and
/// the answer is
///
/// $$o_t = \frac{N_t}{D_t}, \qquad N_{t+1} = e^{-m}N_t + v_t, \qquad D_{t+1} = e^{-m}D_t + 1 .$$
///
/// This is exponential smoothing (Brown 1959), with the difference that it divides by the weights there are, where the
/// textbook begins with the first value. Press, Smith and Lewis (2022) add $-m(t - s)$ to the scores of a transformer
/// and call it ALiBi. It is the same, since $mt$ belongs to the query and softmax does not see it. On sunspots and
/// carbon dioxide, with slopes of $\frac1{20}$, $\frac3{10}$, 1 and 3, attention agrees with the recursion within {{smoothing}} and with ALiBi within {{alibi}}.
///
/// Take the mask away. The score knows nothing of who asks, so all rows get one answer, to rounding: a mean of the end
/// of the series, which in the median is {{open:2}} norms from the smoothing. It is the mask that turns a preference for late keys into a memory that fades.
///
/// On these two series it is a poor forecast. (For a random walk that is seen in noise it is the best there is, Muth 1960.) With no slope the answer is the mean of all the past, with a steep one the last value, and
/// on both series none of the four does as well as to repeat the last value: their errors are {{forecast.lowest:3}} to
/// {{forecast.highest:2}} times as large. Weights in time fill gaps and remember. To say what comes next takes what was
/// said, and what followed it; there this chapter began.
///
/// ![**Mask and slope.** Weights of twenty-four rows on one another, by position alone: the mask with no slope, the mask with a slope of $\frac3{10}$, and that slope with no mask. The first row of a masked layer sees nobody.](figure)
///
/// ```toml
/// kind = "identity"
/// uses = ["position_alone_is_a_smoother_in_time"]
/// headline = "smoothing"
/// breaks_when = "the mask is removed: all rows then get one answer, {{open:2}} norms from the smoothing."
/// ```
#[test]
fn a_mask_and_a_slope_are_exponential_smoothing() -> Result<()> {
    let mut evidence = Evidence::new();
    let mut all = Vec::new();
    for series in [series::sunspots()?, series::co2()?] {
        for slope in [0.05, 0.3, 1.0, 3.0] {
            all.push(Sloped::new(&series, slope)?);
        }
    }
    let of = |chosen: fn(&Sloped) -> f64| all.iter().map(chosen).collect::<Vec<_>>();
    let worst = |chosen: fn(&Sloped) -> f64| of(chosen).into_iter().fold(0.0, f64::max);
    let bound = worst(|sloped| sloped.bound);
    let words = "masked softmax of $m\\,s$ against exponential smoothing, worst of four slopes and two series";
    evidence.rounding("smoothing", words, worst(|sloped| sloped.smoothing), bound);
    evidence.breaks("open", "smoothing", "there is no mask", of(|sloped| sloped.open)).within(relative(1e-3)).by(1e6);
    let words = "masked softmax of $-m(t - s)$ against that of $m\\,s$, worst of four slopes and two series";
    evidence.rounding("alibi", words, worst(|sloped| sloped.alibi), bound);
    let words = "spread of the answers without a mask over the largest of them, worst of four slopes and two series";
    evidence.rounding("one_answer", words, worst(|sloped| sloped.spread), bound);
    let words = "error from the fiftieth value on over that of repeating the last value, four slopes and two series";
    evidence.measure("forecast", words, of(|sloped| sloped.forecast)).within(relative(1e-3)).at_least(1.0);
    evidence.figure(mask_and_slope()?);
    record!(evidence)
}

/// One series attended to with one slope.
struct Sloped {
    smoothing: f64,
    alibi: f64,
    /// Without a mask, against exponential smoothing.
    open: f64,
    /// Of the answers without a mask.
    spread: f64,
    forecast: f64,
    bound: f64,
}

impl Sloped {
    fn new(series: &[f64], slope: f64) -> Result<Self> {
        const FROM: usize = 50;
        let (values, places) = (column(series), Mat::from_fn(series.len(), 1, |s, _| count(s)));
        let [masked, whole] = [Mask::Causal, Mask::None].map(|mask| attend_to_late(&values, slope, mask));
        let (masked, whole, smoothed) = (masked?, whole?, smoothed(series, slope));
        let late = |answers: &Mat<f64>| answers.as_ref().subrows(FROM, series.len() - FROM).to_owned();
        let last = Mat::from_fn(series.len(), 1, |t, _| series[t.saturating_sub(1)]);
        let asking = Mat::full(series.len(), 1, slope);
        let rounding = softmax_rounding(asking.as_ref(), places.as_ref(), values.as_ref(), 1.0);
        Ok(Self {
            smoothing: relative_gap(masked.as_ref(), smoothed.as_ref()),
            alibi: relative_gap(alibi(&values, slope)?.as_ref(), masked.as_ref()),
            open: relative_gap(whole.as_ref(), smoothed.as_ref()),
            spread: max_abs(centred(&whole).as_ref()) / max_abs(whole.as_ref()),
            forecast: rmse(&late(&masked), &late(&values)) / rmse(&late(&last), &late(&values)),
            bound: rounding / frobenius_norm(masked.as_ref()),
        })
    }
}

/// Weights by position alone.
fn mask_and_slope() -> Result<Figure> {
    const ROWS: usize = 24;
    let weights = |slope: f64, mask: Mask| attend_to_late(&Mat::identity(ROWS, ROWS), slope, mask);
    let panel = |symbol: &str, words: &str, weights: Mat<f64>| {
        Panel::new(symbol, (0..ROWS).map(|t| (0..ROWS).map(|s| weights[(t, s)]).collect()).collect()).words(words)
    };
    let panels = vec![
        panel("A", "mask, no slope", weights(0.0, Mask::Causal)?),
        panel("A", "mask and slope", weights(0.3, Mask::Causal)?),
        panel("A", "slope, no mask", weights(0.3, Mask::None)?),
    ];
    Ok(Figure::new("Attention weights by position alone, with and without a mask and a slope", Panels { panels }))
}
