//! # Softmax at every temperature
//!
//! <div class="aside" role="note">
//!
//! A *head*, one attention with its own $W_q$ and $W_k$, has at temperature $\tau$ weights proportional to
//! $e^{s_j/\tau}$, where $s_j = q \cdot k_j$ is the score of key $k_j$. Its output is $o(\tau)$, and $\bar y$ is the
//! plain mean of its values. $\kappa$ with arguments is a joint cumulant.
//!
//! </div>
//!
//! Softmax looks like the step at which attention leaves linear algebra for good. It leaves it slowly. Raise the
//! temperature $\tau$, and a head forgets everything but a mean. Subtract that mean, magnify what is left by $\tau$,
//! and a regression appears. The tool that shows it is as old as the exponential: for fixed scores, the output
//!
//! $$o(\tau) \;=\; \frac{\sum_j y_j\,e^{s_j/\tau}}{\sum_j e^{s_j/\tau}} \;=\; \bar y + \frac{\kappa(s,y)}{\tau} +
//! \frac{\kappa(s,s,y)}{2\tau^2} + \frac{\kappa(s,s,s,y)}{6\tau^3} + \dots$$
//!
//! is the slope at $\theta = 0$ of $\log\frac1n\sum_j e^{s_j/\tau + \theta y_j}$. This is a cumulant generating
//! function, so the expansion in $1/\tau$ has joint cumulants for coefficients, over the keys: $\kappa(s,y)$ is the
//! covariance of scores and values, $\kappa(s,s,y)$ the mean of $(s - \bar s)^2(y - \bar y)$, and $\kappa(s,s,s,y)$
//! that of $(s - \bar s)^3(y - \bar y)$ less $3\,\kappa(s,s)\,\kappa(s,y)$. Each claim of this chapter reads one thing
//! off this series.

use attention_regression::agreement::cosine;
use attention_regression::attention::{Diagonal, Normalisation, linear, softmax};
use attention_regression::compare::ink::{REGRESSION, SOFTMAX};
use attention_regression::data::Dataset;
use attention_regression::linalg::{self, column_means, count, frobenius_norm, relative_gap};
use attention_regression::notebook::claim::evidence::{Evidence, absolute, relative};
use attention_regression::publish::figure::{Axis, Chart, Figure, Ink, Mark, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge};
use attention_regression::whitening::{Divisor, Root, Whitening};
use attention_regression::{Mat, MatRef, Result, record};
use faer::Scale;

use crate::support::{Draw, diabetes, draws, first, logarithmic, softmax_rounding};

/// How much hotter the next temperature is.
const TENFOLD: f64 = 10.0;

/// The coordinates of keys and queries.
#[derive(Clone, Copy, PartialEq)]
enum Coordinates {
    Whitened,
    Raw,
}

/// Keys with their values, queries in the same coordinates, and what least squares predicts for the queries.
struct Heads {
    queries: Mat<f64>,
    keys: Mat<f64>,
    values: Mat<f64>,
    regression: Mat<f64>,
}

impl Heads {
    /// On centred data.
    fn new(data: &Dataset, coordinates: Coordinates) -> Result<Self> {
        let (x, y, new) = (data.train.x.as_ref(), data.train.y.as_ref(), data.test.x.as_ref());
        let whitening = Whitening::fit(x, Root::Zca, Divisor::N, 0.0)?;
        let [queries, keys] = [new, x]
            .map(|rows| if coordinates == Coordinates::Whitened { whitening.apply(rows) } else { rows.to_owned() });
        let regression = Ridge::fit(x, y, 0.0, Intercept::None)?.predict(new);
        Ok(Self { queries, keys, values: y.to_owned(), regression })
    }

    /// On whitened rows of the synthetic data, draw by draw.
    fn made() -> Result<Vec<Self>> {
        draws().into_iter().map(|draw| Self::new(&draw.synthetic().centred(), Coordinates::Whitened)).collect()
    }

    /// τ(o(τ) − ȳ); a negative τ is the opposite query.
    fn head(&self, temperature: f64) -> Result<Mat<f64>> {
        let queries = &self.queries * Scale(temperature.signum());
        amplified(queries.as_ref(), self.keys.as_ref(), self.values.as_ref(), temperature.abs())
            .map(|output| output * Scale(temperature.signum()))
    }

    /// Half the sum of two heads.
    fn pair(&self, temperature: f64, other: f64) -> Result<Mat<f64>> {
        Ok((self.head(temperature)? + self.head(other)?) * Scale(0.5))
    }

    fn one_head(&self, temperature: f64) -> Result<f64> {
        Ok(relative_gap(self.head(temperature)?.as_ref(), self.regression.as_ref()))
    }

    /// The second head is so many times as hot as the first.
    fn two_heads(&self, temperature: f64, times: f64) -> Result<f64> {
        Ok(relative_gap(self.pair(temperature, -times * temperature)?.as_ref(), self.regression.as_ref()))
    }

    /// $\|\kappa(s,s,y)\|/2$ and $\|\kappa(s,s,s,y)\|/6$, over the norm of the regression: what the series says that τ and τ²
    /// times the errors of one and of two heads tend to. No exponential is taken.
    fn cumulants(&self) -> (f64, f64) {
        let (scores, n) = (&self.queries * self.keys.transpose(), count(self.keys.nrows()));
        let mean = column_means(self.values.as_ref())[0];
        let centre: Vec<f64> = (0..scores.nrows()).map(|i| scores.row(i).iter().sum::<f64>() / n).collect();
        let moment = |i: usize, power: i32, with: bool| {
            let term = |j: usize| {
                (scores[(i, j)] - centre[i]).powi(power) * if with { self.values[(j, 0)] - mean } else { 1.0 }
            };
            (0..scores.ncols()).map(term).sum::<f64>() / n
        };
        let rows = scores.nrows();
        let third = Mat::from_fn(rows, 1, |i, _| moment(i, 2, true) / 2.0);
        let fourth =
            Mat::from_fn(rows, 1, |i, _| (moment(i, 3, true) - 3.0 * moment(i, 2, false) * moment(i, 1, true)) / 6.0);
        let norm = frobenius_norm(self.regression.as_ref());
        (frobenius_norm(third.as_ref()) / norm, frobenius_norm(fourth.as_ref()) / norm)
    }
}

/// τ(softmax(QKᵀ/τ)y − ȳ): what a head says beyond the mean of its values, at a size that does not depend on τ.
fn amplified(
    queries: MatRef<'_, f64>,
    keys: MatRef<'_, f64>,
    values: MatRef<'_, f64>,
    temperature: f64,
) -> Result<Mat<f64>> {
    let output = softmax::output(queries, keys, values, temperature, Diagonal::Kept)?;
    Ok(linalg::centred(output.as_ref(), &linalg::moments(values)) * Scale(temperature))
}

/// Of the ratios of errors at two successive decades of τ the one further from 10 to the power `order`.
fn worst_ratio(order: i32, from: f64, error: impl Fn(f64) -> Result<f64>) -> Result<f64> {
    let errors = [from, TENFOLD * from, TENFOLD * TENFOLD * from].into_iter().map(error).collect::<Result<Vec<_>>>()?;
    let off = |ratio: f64| (ratio / TENFOLD.powi(order) - 1.0).abs();
    Ok(errors.windows(2).map(|pair| pair[0] / pair[1]).max_by(|a, b| off(*a).total_cmp(&off(*b))).unwrap_or(f64::NAN))
}

/// ## A hot head is a regression
///
/// Whiten the keys, and bring the queries to the same coordinates: with the whitening matrix $S$ the keys are
/// $S^\top x_j$ and the query is $q = S^\top x_*$. The covariance of scores and values over the keys is then
///
/// $$\kappa(s,y) \;=\; q^\top\operatorname{Cov}(k,y) \;=\; \frac1n\,x_*^\top SS^\top X^\top y
/// \;=\; \frac1n\,x_*^\top\hat\Sigma^{-1}X^\top y \;=\; x_*^\top\hat\beta,$$
///
/// the prediction of least squares. By the series, $\tau\,(o(\tau) - \bar y)$ is that prediction, up to an error that
/// falls like $1/\tau$.
///
/// Ten times the temperature divides the error by {{ratio_synthetic:2}} on the synthetic data (median of five draws) and
/// by {{ratio_diabetes:2}} on the diabetes table. The constant is known as well. The series says that $\tau$ times the
/// relative error tends to $\|\kappa(s,s,y)\|/2$ over the norm of the predictions. Computed without a single exponential,
/// this is what the heads show at $\tau = 10^4$: {{constant_synthetic:3}} on the synthetic data, {{constant_diabetes:3}} on
/// the diabetes table.
///
/// A hot head is thus a mean plus one part in $\tau$ of a regression. The mean must be that of the very values at hand:
/// subtract a population's mean instead of the sample's, and the factor $\tau$ magnifies the difference of the two until
/// nothing else is seen.
///
/// ```toml
/// kind = "rate"
/// uses = ["the_scale_that_projects_is_one_over_n"]
/// headline = "ratio_diabetes"
/// breaks_when = "the keys are not whitened. The head then tends to $X_*\\operatorname{Cov}(x,y)$, the picture at the top of the post, within {{raw_limit:2^}}, whose cosine to least squares is {{raw_cosine:2}} on the test rows of the diabetes table. Ten times the temperature divides its distance from least squares by {{raw_ratio:3}}, which is to say that it stays."
/// ```
#[test]
fn a_hot_head_is_a_regression() -> Result<()> {
    let mut evidence = Evidence::new();
    let (made, real) = (Heads::made()?, Heads::new(&diabetes()?, Coordinates::Whitened)?);
    let ratio = |heads: &Heads| worst_ratio(1, 1e3, |temperature| heads.one_head(temperature));
    let first_order = "the first neglected term of the series, of order $1/\\tau$";
    let ratios = made.iter().map(ratio).collect::<Result<Vec<_>>>()?;
    for (name, ratios) in [("synthetic", ratios), ("diabetes", vec![ratio(&real)?])] {
        let words = format!("error at $\\tau$ over error at $10\\,\\tau$, one head, {name}");
        evidence.measure(&format!("ratio_{name}"), &words, ratios).within(absolute(0.5)).equals(
            TENFOLD.powi(1),
            first_order,
            absolute(0.5),
        );
    }
    for (name, heads) in [("synthetic", &made[0]), ("diabetes", &real)] {
        let words = format!("$\\tau$ times the relative error, $\\tau = 10^4$, {name}");
        let source = "$\\|\\kappa(s,s,y)\\|/2$ over the norm of the regression";
        evidence
            .measure(&format!("constant_{name}"), &words, 1e4 * heads.one_head(1e4)?)
            .within(relative(1e-3))
            .equals(heads.cumulants().0, source, relative(0.01));
    }

    // Control: keys and queries as they are.
    let data = diabetes()?;
    let raw = Heads::new(&data, Coordinates::Raw)?;
    evidence
        .breaks("raw_ratio", "ratio_diabetes", "the keys are not whitened", ratio(&raw)?)
        .within(relative(1e-3))
        .by(15.0);
    let limit = raw.head(1e6)?;
    let picture = linear::output(
        raw.queries.as_ref(),
        raw.keys.as_ref(),
        raw.values.as_ref(),
        1.0 / count(raw.keys.nrows()),
        Diagonal::Kept,
    );
    let gap = relative_gap(limit.as_ref(), picture.as_ref());
    evidence
        .measure("raw_limit", "raw keys: relative distance from $X_*\\operatorname{Cov}(x,y)$, $\\tau = 10^6$", gap)
        .within(relative(0.1))
        .at_most(1e-3);
    let cosine = cosine(limit.as_ref(), raw.regression.as_ref());
    evidence
        .measure("raw_cosine", "raw keys: cosine to least squares, $\\tau = 10^6$, diabetes", cosine)
        .within(relative(1e-3))
        .noted();
    record!(evidence)
}

/// ## Two opposed heads are a better one
///
/// The leading error $\kappa(s,s,y)/(2\tau)$ is even in the scores, the signal $\kappa(s,y)$ is odd. So take a second head
/// that asks the opposite question, $-q$, which is a softmax at temperature $-\tau$, and subtract it:
///
/// $$\frac\tau2\,(o(\tau) - o(-\tau)) \;=\; x_*^\top\hat\beta + \frac{\kappa(s,s,s,y)}{6\,\tau^2} + \dots$$
///
/// The even orders are gone, and the mean of the values with them: there is nothing left to subtract. Ten times the
/// temperature now divides the error by {{ratio_synthetic:2}} on the synthetic data and by {{ratio_diabetes:2}} on
/// the diabetes table, where $\tau^2$ times the relative error is {{constant_diabetes:3}}, as the fourth cumulant
/// says. A layer with two such heads, and an output matrix that subtracts them, is least squares to
/// {{constant_diabetes|six digits|10..100}} at $\tau = 10^4$. There is an end to this. The difference of two nearly
/// equal means is magnified by $\tau$, and so is its rounding.
///
/// ![**One head and two.** Ten times the temperature divides the error of one head by ten, of two by a hundred. Relative error of a head's prediction of what least squares predicts, test rows, whitened keys. Marks are measured, dotted lines are the first neglected cumulant, computed without softmax.](figure)
///
/// ```toml
/// kind = "rate"
/// uses = ["a_hot_head_is_a_regression"]
/// headline = "ratio_diabetes"
/// breaks_when = "the two temperatures differ by one per cent, and each head is magnified by its own. The even terms no longer cancel, and ten times the temperature buys a factor of {{unequal:2}}."
/// ```
#[test]
fn two_opposed_heads_are_a_better_one() -> Result<()> {
    let mut evidence = Evidence::new();
    let (made, real) = (Heads::made()?, Heads::new(&diabetes()?, Coordinates::Whitened)?);
    let ratio = |heads: &Heads, times: f64| worst_ratio(2, 1e2, |temperature| heads.two_heads(temperature, times));
    let second_order = "the first term of the series that does not cancel, of order $1/\\tau^2$";
    let ratios = made.iter().map(|heads| ratio(heads, 1.0)).collect::<Result<Vec<_>>>()?;
    for (name, ratios) in [("synthetic", ratios), ("diabetes", vec![ratio(&real, 1.0)?])] {
        let words = format!("error at $\\tau$ over error at $10\\,\\tau$, two heads, {name}");
        evidence.measure(&format!("ratio_{name}"), &words, ratios).within(absolute(5.0)).equals(
            TENFOLD.powi(2),
            second_order,
            absolute(5.0),
        );
    }
    for (name, heads) in [("synthetic", &made[0]), ("diabetes", &real)] {
        let words = format!("$\\tau^2$ times the relative error, $\\tau = 10^3$, {name}");
        let source = "$\\|\\kappa(s,s,s,y)\\|/6$ over the norm of the regression";
        evidence
            .measure(&format!("constant_{name}"), &words, 1e6 * heads.two_heads(1e3, 1.0)?)
            .within(relative(5e-3))
            .equals(heads.cumulants().1, source, relative(0.01));
    }

    // Control: temperatures that differ by one per cent.
    evidence
        .breaks(
            "unequal",
            "ratio_diabetes",
            "one of the two heads is hotter by one per cent, and magnified by that",
            ratio(&real, 1.01)?,
        )
        .within(relative(0.05))
        .by(10.0);
    evidence.figure(errors(&made[0], &real)?);
    record!(evidence)
}

fn errors(made: &Heads, real: &Heads) -> Result<Figure> {
    let mut series = Vec::new();
    for (name, case, ink) in [("diabetes", real, Ink::ACCENT), ("synthetic", made, SOFTMAX)] {
        let (third, fourth) = case.cumulants();
        for (heads, order, constant, mark) in
            [("one head", 1, third, Mark::HollowSquare), ("two heads", 2, fourth, Mark::Square)]
        {
            let temperatures = logarithmic(1.0, 1e4, 13);
            let start = constant.powf(1.0 / f64::from(order)).max(1.0);
            let law = [start, 1e4].map(|temperature: f64| (temperature, constant / temperature.powi(order)));
            series.push(Series::through(format!("cumulant, {heads}, {name}"), law).ink(ink).stroke(Stroke::Dotted));
            let measured = temperatures.iter().map(|&temperature| {
                if order == 1 { case.one_head(temperature) } else { case.two_heads(temperature, 1.0) }
            });
            let measured = measured.collect::<Result<Vec<_>>>()?;
            series.push(
                Series::curve(format!("{heads}, {name}"), temperatures, measured)
                    .ink(ink)
                    .marks(mark)
                    .label(Side::Right, 12),
            );
        }
    }
    let x = Axis::log("temperature τ", &[1.0, 10.0, 100.0, 1e3, 1e4]);
    let y = Axis::log("relative distance from least squares' predictions", &[1e-8, 1e-6, 1e-4, 1e-2, 1.0, 10.0]);
    Ok(Figure::new("Error of one softmax head and of two, against the temperature", Chart::new(x, y, series).tall()))
}

/// ## Softmax brings the intercept for keys and values, not for queries
///
/// A regression without intercept wants centred columns. Does attention? Add one vector $t$ to every key: each query's
/// scores move by the same number $q^\top t$, and softmax divides it out. Its output stays what it was within
/// {{shifted_keys}}. Linear attention has no such protection: the same shift moves its output by {{linear_shift:3}} times
/// its norm (the values have mean one here; over values of mean zero the shift sums to nothing). Values are safe too, since weights that sum to one carry a constant
/// through unchanged. In this sense softmax fits an intercept and linear attention does not.
///
/// The queries are another matter, for nothing divides them out. Ask with $x_*$ instead of $x_* - \bar x$, and the hot
/// head answers $x_*^\top\hat\beta$, off by $\bar x^\top\hat\beta$ for every row alike. On the synthetic data before
/// centring both are {{offset:4}}. Queries must be centred by the training means; for the keys of a softmax it makes no
/// difference.
///
/// ```toml
/// kind = "identity"
/// uses = ["a_hot_head_is_a_regression"]
/// headline = "shifted_keys"
/// breaks_when = "there is no softmax: the same shift of the keys moves the output of linear attention by {{linear_shift:3}} times its norm."
/// ```
#[test]
fn softmax_brings_the_intercept_for_keys_and_values_not_for_queries() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = first().synthetic();
    let Heads { queries, keys, values, .. } = Heads::new(&data.centred(), Coordinates::Whitened)?;
    let (queries, keys, values) = (queries.as_ref(), keys.as_ref(), values.as_ref());
    let temperature = softmax::temperature_of_width(keys.ncols());
    let moved = Mat::from_fn(keys.nrows(), keys.ncols(), |i, j| keys[(i, j)] + 2.0);
    // Values of mean one: over values of mean zero a shift of the keys sums to nothing.
    let raised = values + Mat::full(values.nrows(), 1, 1.0);
    let output = |normalisation: Normalisation, keys: MatRef<'_, f64>| {
        normalisation.output(queries, keys, raised.as_ref(), Diagonal::Kept)
    };
    let shift = |normalisation| {
        Ok::<_, attention_regression::Error>(relative_gap(
            output(normalisation, moved.as_ref())?.as_ref(),
            output(normalisation, keys)?.as_ref(),
        ))
    };
    let soft = Normalisation::Softmax { temperature };
    let bound = softmax_rounding(queries, moved.as_ref(), raised.as_ref(), temperature)
        / frobenius_norm(output(soft, keys)?.as_ref());
    evidence.rounding("shifted_keys", "output, keys moved by 2 in every coordinate", shift(soft)?, bound);

    // The synthetic rows are not centred: their mean is the query that makes the offset.
    let whitening = Whitening::fit(data.train.x.as_ref(), Root::Zca, Divisor::N, 0.0)?;
    let fit = Ridge::fit(data.train.x.as_ref(), data.train.y.as_ref(), 0.0, Intercept::Fitted)?;
    let uncentred = amplified((&data.test.x * whitening.matrix()).as_ref(), keys, values, 1e4)?;
    let off = column_means((&uncentred - &amplified(queries, keys, values, 1e4)?).as_ref())[0];
    let predicted: f64 = whitening
        .means()
        .iter()
        .zip(fit.coefficients().col(0).iter())
        .map(|(mean, coefficient)| mean * coefficient)
        .sum();
    let words = "mean of $\\tau(o - \\bar y)$ with queries as they are, less that with centred queries, $\\tau = 10^4$";
    evidence.measure("offset", words, off).within(relative(1e-4)).equals(
        predicted,
        "$\\bar x^\\top\\hat\\beta$",
        absolute(1e-3),
    );

    // Control: linear attention.
    let plain = Normalisation::Linear { scale: 1.0 / count(keys.nrows()) };
    evidence
        .breaks("linear_shift", "shifted_keys", "there is no softmax", shift(plain)?)
        .within(relative(1e-4))
        .by(1e6);
    record!(evidence)
}

/// The width of the keys of the next claim.
const WIDTH: usize = 8;
/// How many samples of keys stand for a draw.
const SAMPLES: usize = 2;

/// Where the entries of a key come from; they are independent, of mean 0 and variance 1.
#[derive(Clone, Copy)]
enum Shape {
    Gaussian,
    Uniform,
    Exponential,
}

impl Shape {
    fn keys(self, draw: Draw, n: usize) -> Mat<f64> {
        let unit = || draw.uniform(1, n, WIDTH);
        match self {
            Self::Gaussian => draw.normal(0, n, WIDTH),
            Self::Uniform => unit() * Scale(12f64.sqrt()) - Mat::full(n, WIDTH, 3f64.sqrt()),
            Self::Exponential => {
                let unit = unit();
                Mat::from_fn(n, WIDTH, |i, j| -libm::log(1.0 - unit[(i, j)]) - 1.0)
            }
        }
    }
}

/// Rows divided by their lengths, times the root of their width.
fn of_unit_variance(rows: MatRef<'_, f64>) -> Mat<f64> {
    let lengths: Vec<f64> = (0..rows.nrows()).map(|i| frobenius_norm(rows.subrows(i, 1))).collect();
    Mat::from_fn(rows.nrows(), rows.ncols(), |i, j| rows[(i, j)] * count(rows.ncols()).sqrt() / lengths[i])
}

/// Softmax's output on n random keys that are their own values, against the queries over τ: the relative gap at each temperature
/// that is so many times d^{1/2}, as the root mean square over a draw's samples.
fn tilt_errors(shape: Shape, n: usize, times: &[f64], draw: Draw) -> Result<Vec<f64>> {
    let mut squares = vec![0.0; times.len()];
    for sample in draw.many(SAMPLES) {
        let (keys, queries) = (shape.keys(sample, n), of_unit_variance(sample.normal(2, 20, WIDTH).as_ref()));
        for (square, times) in squares.iter_mut().zip(times) {
            let temperature = times * softmax::temperature_of_width(WIDTH);
            let output = softmax::output(queries.as_ref(), keys.as_ref(), keys.as_ref(), temperature, Diagonal::Kept)?;
            *square += relative_gap(output.as_ref(), (&queries * Scale(1.0 / temperature)).as_ref()).powi(2);
        }
    }
    Ok(squares.into_iter().map(|square| (square / count(SAMPLES)).sqrt()).collect())
}

/// How many of n Gaussian keys are heard at a temperature of so many times d^{1/2}, by queries of length d^{1/2}.
fn heard(n: f64, times: f64) -> f64 {
    n * libm::exp(-1.0 / (times * times))
}

/// What the relative gap is for many Gaussian keys, $e^{1/2c^2}((dc^2 + 1)/n)^{1/2}$ at $\tau = c\,d^{1/2}$: the standard deviation
/// of the weighted mean of keys, in which the squares of the weights shift the mean twice as far.
fn sampling_error(n: f64, times: f64) -> f64 {
    ((count(WIDTH) * times * times + 1.0) / heard(n, times)).sqrt()
}

/// ## Among many Gaussian keys softmax is linear at every temperature
///
/// The series is exact only where the temperature is high. For one distribution of keys nothing is neglected. Multiply the
/// density of $k \sim N(0, I)$ by $e^{q\cdot k/\tau}$ and complete the square: it is the density of $N(q/\tau, I)$, up to its
/// constant. Softmax over many Gaussian keys therefore shifts their mean to $q/\tau$ and leaves their shape alone. Values that
/// are linear in the keys, $v = b^\top k$, come out as $b^\top q/\tau$: a linear regression, at *any* temperature, with all
/// the nonlinearity of the exponential spent on a translation.
///
/// How many keys are many? The squared error of a weighted mean is, to first order,
///
/// $$\frac{E[e^{2q\cdot k/\tau}\,\|k - q/\tau\|^2]}{n\,E[e^{q\cdot k/\tau}]^2} \;=\; \frac{d + \|q\|^2/\tau^2}{n\,e^{-\|q\|^2/\tau^2}},$$
///
/// for the squared weights are centred at $2q/\tau$ and not at $q/\tau$, hence the second term. Divide by the signal, $\|q\|^2/\tau^2$.
/// For queries of length $d^{1/2}$ at $\tau = c\,d^{1/2}$, with the keys themselves for values, since every linear value is made of
/// these,
///
/// $$\text{relative error} \;=\; \left(\frac{d\,c^2 + 1}{n\,e^{-1/c^2}}\right)^{1/2} \quad\text{for large } n\,e^{-1/c^2}.$$
///
/// With a hundred thousand keys of dimension eight it is {{gaussian:2}} at the usual $\tau = d^{1/2}$ (median of five draws)
/// and {{hotter:2}} at four times that, because the signal shrinks like $1/\tau$ and the sampling error does not. Both
/// are of the size that the formula says. At half of the usual temperature fewer keys are heard, {{heard_half:2}} instead of
/// {{heard_usual:2}}, and the error is {{colder:2}}. The formula says {{colder_formula:2}}, and draws scatter about it, up to
/// {{colder.highest:1}}: in the cold a single key that lies far out can outweigh many. What is left is the sample, then, and
/// a hundred times the keys divide it by {{gain:2}}, where the root of a hundred is ten.
///
/// So the law needs keys, and cold heads need absurdly many. At a quarter of the usual temperature
/// $n\,e^{-\|q\|^2/\tau^2}$ is {{heard_quarter:1}}, far less than one key: the few that reach so far would have to speak
/// for all, and the output misses the law by {{coldest:2}}. For an error of a tenth the formula asks for {{needed:2}} keys.
///
/// More keys do not help if they have another shape. With uniform coordinates of the same mean and variance the
/// distance stays at {{uniform:2}}; with exponential ones, whose tail is an exponential like softmax's own, at
/// {{exponential:2}}.
///
/// ![**The shape of the keys.** Distance of softmax's output from the linear law $q/\tau$ at $\tau = d^{1/2}$,
/// $d = 8$, against the number of keys. Three distributions of one mean and covariance; each mark is a draw, the root mean
/// square over two samples of keys.](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["a_hot_head_is_a_regression"]
/// headline = "gaussian"
/// words = { every = "The law is a limit in the number of keys, derived in the prose; each temperature then needs enough of them." }
/// breaks_when = "the keys are not Gaussian: with uniform coordinates the distance stays at {{uniform:2}}, with exponential ones at {{exponential:2}}. Or where they are too few: at a quarter of the usual temperature it is {{coldest:2}}."
/// ```
#[test]
fn among_gaussian_keys_softmax_is_linear_at_every_temperature() -> Result<()> {
    let mut evidence = Evidence::new();
    let (sizes, most) = ([100, 1000, 10_000, 100_000], 1e5);
    let each = |shape: Shape, n: usize, times: &[f64]| {
        draws().into_iter().map(|draw| tilt_errors(shape, n, times, draw)).collect::<Result<Vec<_>>>()
    };
    let of = |errors: &[Vec<f64>], place: usize| errors.iter().map(|errors| errors[place]).collect::<Vec<f64>>();
    let gaussian = sizes
        .iter()
        .map(|&n| each(Shape::Gaussian, n, if n == 100_000 { &[1.0, 4.0, 0.5, 0.25] } else { &[1.0] }))
        .collect::<Result<Vec<_>>>()?;
    let source = "$(e^{1/c^2}(dc^2 + 1)/n)^{1/2}$ at $\\tau = c\\,d^{1/2}$";
    let words = |temperature: &str| format!("distance from $q/\\tau$, $10^5$ Gaussian keys, $\\tau = {temperature}$");
    for (place, name, temperature, times, allowed) in
        [(0, "gaussian", "d^{1/2}", 1.0, 0.5), (1, "hotter", "4\\,d^{1/2}", 4.0, 0.7)]
    {
        let formula = sampling_error(most, times);
        evidence.measure(name, &words(temperature), of(&gaussian[3], place)).within(relative(0.02)).equals(
            formula,
            source,
            relative(allowed),
        );
    }
    evidence.measure("colder", &words("d^{1/2}/2"), of(&gaussian[3], 2)).within(relative(0.02)).at_most(0.2);
    evidence
        .measure("colder_formula", "what the formula says at $\\tau = d^{1/2}/2$", sampling_error(most, 0.5))
        .within(relative(1e-6))
        .noted();
    let gains: Vec<f64> =
        of(&gaussian[1], 0).into_iter().zip(of(&gaussian[3], 0)).map(|(few, many)| few / many).collect();
    evidence
        .measure(
            "gain",
            "distance from $q/\\tau$ with $10^3$ Gaussian keys over that with $10^5$, $\\tau = d^{1/2}$",
            gains,
        )
        .within(relative(0.02))
        .equals((most / 1e3).sqrt(), "the root of the ratio of the numbers of keys", relative(0.4));
    for (name, words, times) in
        [("heard_usual", "d^{1/2}", 1.0), ("heard_half", "d^{1/2}/2", 0.5), ("heard_quarter", "d^{1/2}/4", 0.25)]
    {
        let words = format!("$n\\,e^{{-\\|q\\|^2/\\tau^2}}$ for $10^5$ keys, $\\tau = {words}$");
        evidence.measure(name, &words, heard(most, times)).within(relative(1e-6)).noted();
    }
    let needed = most * (sampling_error(most, 0.25) / 0.1).powi(2);
    evidence
        .measure("needed", "keys that the formula asks for at $\\tau = d^{1/2}/4$, for an error of a tenth", needed)
        .within(relative(1e-6))
        .noted();

    // Controls: too few keys, and other shapes.
    evidence
        .breaks(
            "coldest",
            "gaussian",
            "$\\tau = d^{1/2}/4$, where $n\\,e^{-\\|q\\|^2/\\tau^2}$ is below one",
            of(&gaussian[3], 3),
        )
        .within(relative(0.02))
        .by(10.0);
    let [uniform, exponential] = [Shape::Uniform, Shape::Exponential]
        .map(|shape| sizes.iter().map(|&n| each(shape, n, &[1.0])).collect::<Result<Vec<_>>>());
    let (uniform, exponential) = (uniform?, exponential?);
    evidence
        .breaks("uniform", "gaussian", "the coordinates of the keys are uniform", of(&uniform[3], 0))
        .within(relative(0.02))
        .by(3.0);
    evidence
        .breaks("exponential", "gaussian", "the coordinates of the keys are exponential", of(&exponential[3], 0))
        .within(relative(0.02))
        .by(20.0);
    evidence.figure(shapes(
        &sizes,
        &[
            ("exponential keys", Ink::ACCENT, Mark::Diamond, exponential),
            ("uniform keys", REGRESSION, Mark::Circle, uniform),
            ("Gaussian keys", SOFTMAX, Mark::Square, gaussian),
        ],
    ));
    record!(evidence)
}

/// What was measured for one shape of keys: by number of keys, draw and temperature, the usual one first.
type Table = Vec<Vec<Vec<f64>>>;

fn shapes(sizes: &[usize], tables: &[(&str, Ink, Mark, Table)]) -> Figure {
    let one = |(name, ink, mark, table): &(&str, Ink, Mark, Table)| {
        let points =
            sizes.iter().zip(table).flat_map(|(&n, draws)| draws.iter().map(move |errors| (count(n), errors[0])));
        Series::through(*name, points).ink(*ink).marks(*mark).within(0.02).label_at_end(Side::Right)
    };
    let x = Axis::log("keys", &[100.0, 1e3, 1e4, 1e5]);
    let y = Axis::log("relative distance from the linear law", &[0.01, 0.1, 1.0, 10.0]);
    let chart = Chart::new(x, y, tables.iter().map(one).collect());
    Figure::new("Distance of softmax attention from a linear law, for three distributions of keys", chart)
}

/// Kish's effective sample size over the number of keys, the mean over queries.
fn effective_share(queries: MatRef<'_, f64>, keys: MatRef<'_, f64>, temperature: f64) -> Result<f64> {
    let (n, mut total) = (queries.nrows(), 0.0);
    // In blocks: a row of a large matrix is read column by column.
    for start in (0..n).step_by(50) {
        let weights = softmax::weights(queries.subrows(start, 50.min(n - start)), keys, temperature, Diagonal::Kept)?;
        total += (0..weights.nrows())
            .map(|i| 1.0 / weights.row(i).iter().map(|weight| weight * weight).sum::<f64>())
            .sum::<f64>();
    }
    Ok(total / count(n) / count(keys.nrows()))
}

/// ## At the usual temperature a share of 1/e of the keys speaks
///
/// Why divide scores by $p^{1/2}$, the root of the head's width? One answer is in the square just completed. Kish's
/// effective sample size of weights $a_j$ is $1/\sum_j a_j^2$: the number of equal weights that would average as
/// well. For Gaussian keys it is $n\,e^{-\|q\|^2/\tau^2}$, since
/// $E[e^{q\cdot k/\tau}]^2 / E[e^{2q\cdot k/\tau}] = e^{\|q\|^2/\tau^2}/e^{2\|q\|^2/\tau^2}$. A query of length
/// $p^{1/2}$, entries of unit size, has $\|q\|^2 = p$, so at $\tau = p^{1/2}$ the effective sample is $n/e$, whatever
/// the width.
///
/// Measured on ten thousand keys at widths four, sixteen and sixty-four, {{usual:2}} of the keys speak (five draws
/// each, from {{usual.lowest:2}} to {{usual.highest:2}}), where the formula says $1/e$. At twice the temperature it is
/// {{twice:3}}, as the formula says. Scores that are not divided leave {{undivided:1}} of them at width sixty-four,
/// {{undivided|two or three|1.5e-4..3.5e-4}} of ten thousand. Softmax has then stopped averaging and started to look things up.
///
/// The length must be $p^{1/2}$ for every query. Normal queries have it only on average, short ones gain more keys than
/// long ones lose, and the mean share is $(1 + 2/p)^{-p/2}$: at width four {{normal:2}}. It falls to $1/e$ as the width grows and
/// the lengths become alike.
///
/// ```toml
/// kind = "measured"
/// uses = ["among_gaussian_keys_softmax_is_linear_at_every_temperature"]
/// headline = "usual"
/// breaks_when = "the scores are not divided: at width sixty-four the effective sample is then a share of {{undivided:1}} of ten thousand keys."
/// ```
#[test]
fn the_usual_temperature_lets_one_key_in_e_speak() -> Result<()> {
    let mut evidence = Evidence::new();
    let (mut usual, mut twice, mut undivided, mut normal) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (p, draw) in [4, 16, 64].into_iter().flat_map(|p| draws().into_iter().map(move |draw| (p, draw))) {
        let (keys, temperature) = (draw.normal(3, 10_000, p), softmax::temperature_of_width(p));
        let any_length = draw.normal(4, 500, p);
        let queries = of_unit_variance(any_length.subrows(0, 50));
        let share = |temperature: f64| effective_share(queries.as_ref(), keys.as_ref(), temperature);
        usual.push(share(temperature)?);
        twice.push(share(2.0 * temperature)?);
        match p {
            4 => normal.push(effective_share(any_length.as_ref(), keys.as_ref(), temperature)?),
            64 => undivided.push(share(1.0)?),
            _ => {}
        }
    }
    evidence
        .measure("usual", "effective share of $10^4$ keys, $\\tau = p^{1/2}$, $p = 4, 16, 64$", usual)
        .within(relative(0.1))
        .equals(libm::exp(-1.0), "$e^{-\\|q\\|^2/\\tau^2}$", relative(0.1));
    evidence
        .measure("twice", "effective share of $10^4$ keys, $\\tau = 2\\,p^{1/2}$, $p = 4, 16, 64$", twice)
        .within(relative(0.05))
        .equals(libm::exp(-0.25), "$e^{-\\|q\\|^2/\\tau^2}$", relative(0.05));
    evidence
        .measure("normal", "effective share of $10^4$ keys, normal queries, $\\tau = p^{1/2}$, $p = 4$", normal)
        .within(relative(0.05))
        .equals((1.0_f64 + 2.0 / 4.0).powi(-2), "$(1 + 2/p)^{-p/2}$", relative(0.12));

    // Control: scores as they are.
    evidence
        .breaks("undivided", "usual", "the scores are not divided by $p^{1/2}$, at $p = 64$", undivided)
        .within(relative(0.05))
        .by(9.0);
    record!(evidence)
}
