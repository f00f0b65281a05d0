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

use attention_regression::agreement::{cosine, slope};
use attention_regression::attention::{Diagonal, linear, softmax};
use attention_regression::data::random::{standard_normal, uniform};
use attention_regression::data::{self, Dataset};
use attention_regression::linalg::{self, column_means, count, frobenius_norm, relative_gap};
use attention_regression::notebook::evidence::{Evidence, absolute, at_least, at_most, expected, relative};
use attention_regression::notebook::figure::{Axis, Chart, Figure, Ink, Label, Mark, Plot, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge};
use attention_regression::whitening::{Divisor, Root, Whitening};
use attention_regression::{Mat, MatRef, Result};
use faer::Scale;

use crate::support::{diabetes, logarithmic, record, softmax_rounding};

/// Whitened keys with their values, queries whitened alike, and what least squares predicts for the queries.
struct Whitened {
    queries: Mat<f64>,
    keys: Mat<f64>,
    values: Mat<f64>,
    regression: Mat<f64>,
}

impl Whitened {
    fn new(data: &Dataset) -> Result<Self> {
        let (x, y, new) = (data.train.x.as_ref(), data.train.y.as_ref(), data.test.x.as_ref());
        let whitening = Whitening::fit(x, Root::Zca, Divisor::N, 0.0)?;
        let regression = Ridge::fit(x, y, 0.0, Intercept::None)?.predict(new);
        Ok(Self { queries: whitening.apply(new), keys: whitening.apply(x), values: y.to_owned(), regression })
    }

    /// τ(o(τ) − ȳ); a negative τ is the opposite query.
    fn head(&self, temperature: f64) -> Result<Mat<f64>> {
        let queries = &self.queries * Scale(temperature.signum());
        amplified(queries.as_ref(), self.keys.as_ref(), self.values.as_ref(), temperature.abs()).map(|output| output * Scale(temperature.signum()))
    }

    /// Half the sum of two heads.
    fn pair(&self, temperature: f64, other: f64) -> Result<Mat<f64>> {
        Ok((self.head(temperature)? + self.head(other)?) * Scale(0.5))
    }

    fn one_head(&self, temperature: f64) -> Result<f64> {
        Ok(relative_gap(self.head(temperature)?.as_ref(), self.regression.as_ref()))
    }

    fn two_heads(&self, temperature: f64) -> Result<f64> {
        Ok(relative_gap(self.pair(temperature, -temperature)?.as_ref(), self.regression.as_ref()))
    }

    /// $\|\kappa(s,s,y)\|/2$ and $\|\kappa(s,s,s,y)\|/6$, over the norm of the regression: what the series says that τ and τ²
    /// times the errors of one and of two heads tend to. No exponential is taken.
    fn cumulants(&self) -> (f64, f64) {
        let (scores, n) = (&self.queries * self.keys.transpose(), count(self.keys.nrows()));
        let mean = column_means(self.values.as_ref())[0];
        let centre: Vec<f64> = (0..scores.nrows()).map(|i| scores.row(i).iter().sum::<f64>() / n).collect();
        let moment = |i: usize, power: i32, with: bool| {
            let term = |j: usize| (scores[(i, j)] - centre[i]).powi(power) * if with { self.values[(j, 0)] - mean } else { 1.0 };
            (0..scores.ncols()).map(term).sum::<f64>() / n
        };
        let rows = scores.nrows();
        let third = Mat::from_fn(rows, 1, |i, _| moment(i, 2, true) / 2.0);
        let fourth = Mat::from_fn(rows, 1, |i, _| (moment(i, 3, true) - 3.0 * moment(i, 2, false) * moment(i, 1, true)) / 6.0);
        let norm = frobenius_norm(self.regression.as_ref());
        (frobenius_norm(third.as_ref()) / norm, frobenius_norm(fourth.as_ref()) / norm)
    }
}

/// τ(softmax(QKᵀ/τ)y − ȳ): what a head says beyond the mean of its values, at a size that does not depend on τ.
fn amplified(queries: MatRef<'_, f64>, keys: MatRef<'_, f64>, values: MatRef<'_, f64>, temperature: f64) -> Result<Mat<f64>> {
    let output = softmax::output(queries, keys, values, temperature, Diagonal::Kept)?;
    Ok(linalg::centred(output.as_ref(), &linalg::moments(values)) * Scale(temperature))
}

/// Of the ratios of errors at two successive decades of τ the one further from 10 to the power `order`.
fn worst_ratio(order: i32, from: f64, error: impl Fn(f64) -> Result<f64>) -> Result<f64> {
    let errors = [from, 10.0 * from, 100.0 * from].into_iter().map(error).collect::<Result<Vec<_>>>()?;
    let off = |ratio: f64| (ratio / 10f64.powi(order) - 1.0).abs();
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
/// At $\tau = 10^4$ the head's slope on least squares is {{slope_synthetic:4}} on the synthetic data and
/// {{slope_diabetes:4}} on the diabetes table, and ten times the temperature divides the error by
/// {{ratio_synthetic:2}} (median of five draws) and by {{ratio_diabetes:2}}. The constant is known as well. The
/// series says that $\tau$ times the relative error tends to $\|\kappa(s,s,y)\|/2$ over the norm of the predictions,
/// and this, computed without a single exponential, meets the measured {{constant_diabetes:4}} of the diabetes table
/// to {{predicted_diabetes:1}} of its size.
///
/// A hot head is thus a mean plus one part in $\tau$ of a regression. The mean must be that of the very values at hand:
/// subtract a population's mean instead of the sample's, and the factor $\tau$ magnifies the difference of the two until
/// nothing else is seen.
///
/// ```toml
/// kind = "rate"
/// uses = ["the_scale_that_projects_is_one_over_n"]
/// headline = "ratio_diabetes"
/// breaks_when = "the keys are not whitened. The head then tends to $X_*\\operatorname{Cov}(x,y)$, the post's picture, within {{raw_limit:2^}}; on the test rows of the diabetes table its cosine to least squares is {{raw_cosine:3}} at every high temperature."
/// ```
#[test]
fn a_hot_head_is_a_regression() -> Result<()> {
    let mut evidence = Evidence::new();
    let draws = (1..=5).map(|seed| Whitened::new(&data::synthetic(seed).centred())).collect::<Result<Vec<_>>>()?;
    let real = Whitened::new(&diabetes()?)?;
    let ratios = draws.iter().map(|case| worst_ratio(1, 1e3, |temperature| case.one_head(temperature))).collect::<Result<Vec<_>>>()?;
    evidence.seeds("ratio_synthetic", "error at $\\tau$ over error at $10\\,\\tau$, one head, synthetic", &ratios, absolute(0.5), expected(10.0));
    evidence.judge(
        "ratio_diabetes",
        "error at $\\tau$ over error at $10\\,\\tau$, one head, diabetes",
        worst_ratio(1, 1e3, |temperature| real.one_head(temperature))?,
        absolute(0.5),
        expected(10.0),
    );
    for (name, case, constant) in [("synthetic", &draws[0], draws[0].cumulants().0), ("diabetes", &real, 3.890)] {
        let steepness = slope(case.head(1e4)?.as_ref(), case.regression.as_ref());
        evidence.judge(&format!("slope_{name}"), &format!("slope on least squares, $\\tau = 10^4$, {name}"), steepness, absolute(5e-4), expected(1.0));
        let words = format!("$\\tau$ times the relative error, {name}");
        evidence.judge(&format!("constant_{name}"), &words, 1e4 * case.one_head(1e4)?, relative(1e-3), expected(constant));
    }
    let off = (1e4 * real.one_head(1e4)? / real.cumulants().0 - 1.0).abs();
    evidence.judge(
        "predicted_diabetes",
        "relative distance of $\\tau$ times the relative error from $\\|\\kappa(s,s,y)\\|/2$ over the norm of the regression, diabetes",
        off,
        relative(0.1),
        at_most(0.01),
    );

    // Control: keys and queries as they are.
    let data = diabetes()?;
    let (x, y, new) = (data.train.x.as_ref(), data.train.y.as_ref(), data.test.x.as_ref());
    let raw = amplified(new, x, y, 1e6)?;
    let picture = linear::output(new, x, y, 1.0 / count(x.nrows()), Diagonal::Kept);
    evidence.judge(
        "raw_limit",
        "raw keys: relative distance from $X_*\\operatorname{Cov}(x,y)$, $\\tau = 10^6$",
        relative_gap(raw.as_ref(), picture.as_ref()),
        relative(0.1),
        at_most(1e-3),
    );
    evidence.control(
        "raw_cosine",
        "raw keys: cosine to least squares, diabetes",
        cosine(raw.as_ref(), real.regression.as_ref()),
        relative(1e-3),
        expected(0.819),
    );
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
/// breaks_when = "the two temperatures differ by one per cent. The even terms no longer cancel, and ten times the temperature buys a factor of {{unequal:2}} again."
/// ```
#[test]
fn two_opposed_heads_are_a_better_one() -> Result<()> {
    let mut evidence = Evidence::new();
    let draws = (1..=5).map(|seed| Whitened::new(&data::synthetic(seed).centred())).collect::<Result<Vec<_>>>()?;
    let real = Whitened::new(&diabetes()?)?;
    let ratios = draws.iter().map(|case| worst_ratio(2, 1e2, |temperature| case.two_heads(temperature))).collect::<Result<Vec<_>>>()?;
    evidence.seeds("ratio_synthetic", "error at $\\tau$ over error at $10\\,\\tau$, two heads, synthetic", &ratios, absolute(5.0), expected(100.0));
    evidence.judge(
        "ratio_diabetes",
        "error at $\\tau$ over error at $10\\,\\tau$, two heads, diabetes",
        worst_ratio(2, 1e2, |temperature| real.two_heads(temperature))?,
        absolute(5.0),
        expected(100.0),
    );
    for (name, case, limit) in [("synthetic", &draws[0], draws[0].cumulants().1), ("diabetes", &real, 28.7)] {
        evidence.judge(
            &format!("constant_{name}"),
            &format!("$\\tau^2$ times the relative error, {name}"),
            1e6 * case.two_heads(1e3)?,
            relative(5e-3),
            expected(limit),
        );
    }
    let predicted = (1e6 * real.two_heads(1e3)? / real.cumulants().1 - 1.0).abs();
    evidence.judge(
        "predicted_diabetes",
        "relative distance of $\\tau^2$ times the relative error from $\\|\\kappa(s,s,s,y)\\|/6$ over the norm of the regression, diabetes",
        predicted,
        relative(0.1),
        at_most(0.01),
    );

    // Control: temperatures that differ by one per cent.
    let unequal = |temperature: f64| Ok(relative_gap(real.pair(temperature, -1.01 * temperature)?.as_ref(), real.regression.as_ref()));
    evidence.control(
        "unequal",
        "error at $\\tau$ over error at $10\\,\\tau$, temperatures $\\tau$ and $-1.01\\,\\tau$",
        unequal(1e5)? / unequal(1e6)?,
        absolute(0.5),
        expected(10.0),
    );
    evidence.figure(errors(&draws[0], &real)?);
    record!(evidence)
}

fn errors(made: &Whitened, real: &Whitened) -> Result<Figure> {
    let mut series = Vec::new();
    for (name, case, ink) in [("diabetes", real, Ink::Accent), ("synthetic", made, Ink::Softmax)] {
        let (third, fourth) = case.cumulants();
        for (heads, order, constant, mark) in [("one head", 1, third, Mark::HollowSquare), ("two heads", 2, fourth, Mark::Square)] {
            let temperatures = logarithmic(1.0, 1e4, 13);
            let start = constant.powf(1.0 / f64::from(order)).max(1.0);
            let ends = vec![start, 1e4];
            let line = |name: String, mark: Option<Mark>, stroke: Stroke, x: Vec<f64>, y: Vec<f64>, label: Option<Label>| Series {
                name,
                ink,
                mark,
                stroke,
                x,
                y,
                relative: 1e-3,
                label,
            };
            let law = ends.iter().map(|temperature| constant / temperature.powi(order)).collect();
            series.push(line(format!("cumulant, {heads}, {name}"), None, Stroke::Dotted, ends.clone(), law, None));
            let measured = temperatures.iter().map(|&temperature| if order == 1 { case.one_head(temperature) } else { case.two_heads(temperature) });
            let label = Label { at: 12, side: Side::Right };
            series.push(line(format!("{heads}, {name}"), Some(mark), Stroke::None, temperatures.clone(), measured.collect::<Result<_>>()?, Some(label)));
        }
    }
    let y = Axis::log("relative distance from least squares' predictions", &[1e-8, 1e-6, 1e-4, 1e-2, 1.0, 10.0]);
    let chart = Chart { tall: true, ..Chart::new(Axis::log("temperature τ", &[1.0, 10.0, 100.0, 1e3, 1e4]), y, series) };
    Ok(Figure { title: "Error of one softmax head and of two, against the temperature".to_owned(), plot: Plot::Chart(chart) })
}

/// ## Softmax brings the intercept for keys and values, not for queries
///
/// A regression without intercept wants centred columns. Does attention? Add one vector $t$ to every key: each query's
/// scores move by the same number $q^\top t$, and softmax divides it out. Its output stays what it was within
/// {{shifted_keys}}. Linear attention has no such protection: where the values have mean one, the same shift moves its
/// output by {{linear_shift:3}} times its norm. Values are safe too, since weights that sum to one carry a constant
/// through unchanged. In this sense softmax fits an intercept and linear attention does not.
///
/// The queries are another matter, for nothing divides them out. Ask with $x_*$ instead of $x_* - \bar x$, and the hot
/// head answers $x_*^\top\hat\beta$, off by $\bar x^\top\hat\beta$ for every row alike. On the synthetic data before
/// centring the head's offset is {{offset:4}}, which is that number to {{offset_error:1}} of its size. Queries must be
/// centred by the training means; for the keys of a softmax it makes no difference.
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
    let data = data::synthetic(1);
    let case = Whitened::new(&data.centred())?;
    let (queries, keys, values) = (case.queries.as_ref(), case.keys.as_ref(), case.values.as_ref());
    let moved = Mat::from_fn(keys.nrows(), keys.ncols(), |i, j| keys[(i, j)] + 2.0);
    let temperature = softmax::temperature_of_width(keys.ncols());
    let soft = |keys: MatRef<'_, f64>| softmax::output(queries, keys, values, temperature, Diagonal::Kept);
    let bound = softmax_rounding(queries, moved.as_ref(), values, temperature) / frobenius_norm(soft(keys)?.as_ref());
    evidence.rounding(
        "shifted_keys",
        "softmax output, keys moved by 2 in every coordinate",
        relative_gap(soft(moved.as_ref())?.as_ref(), soft(keys)?.as_ref()),
        bound,
    );

    // The synthetic rows are not centred: their mean is the query that makes the offset.
    let whitening = Whitening::fit(data.train.x.as_ref(), Root::Zca, Divisor::N, 0.0)?;
    let fit = Ridge::fit(data.train.x.as_ref(), data.train.y.as_ref(), 0.0, Intercept::Fitted)?;
    let uncentred = amplified((&data.test.x * whitening.matrix()).as_ref(), keys, values, 1e4)?;
    let off = column_means((&uncentred - &amplified(queries, keys, values, 1e4)?).as_ref())[0];
    let predicted: f64 = whitening.means().iter().zip(fit.coefficients().col(0).iter()).map(|(mean, coefficient)| mean * coefficient).sum();
    evidence.note("offset", "mean of $\\tau(o - \\bar y)$ with queries as they are, less that with centred queries, $\\tau = 10^4$", off, relative(1e-4));
    evidence.judge(
        "offset_error",
        "relative distance of this offset from $\\bar x^\\top\\hat\\beta$",
        (off / predicted - 1.0).abs(),
        relative(0.5),
        at_most(1e-3),
    );

    // Control: linear attention.
    let plain =
        |keys: MatRef<'_, f64>| linear::output(queries, keys, (values + Mat::full(values.nrows(), 1, 1.0)).as_ref(), 1.0 / count(keys.nrows()), Diagonal::Kept);
    evidence.control(
        "linear_shift",
        "linear attention's output, the same shift, values with mean 1",
        relative_gap(plain(moved.as_ref()).as_ref(), plain(keys).as_ref()),
        relative(1e-4),
        at_least(1.0),
    );
    record!(evidence)
}

/// Softmax output on n random keys with values $Kb$, against what Gaussian keys would give, $Qb/\tau$: the relative gap.
fn tilt_error(keys: MatRef<'_, f64>, temperature: f64, seed: u64) -> Result<f64> {
    let d = keys.ncols();
    let (queries, direction) = (standard_normal(seed, 1, 50, d), standard_normal(seed, 2, d, 1));
    let output = softmax::output(queries.as_ref(), keys, (keys * &direction).as_ref(), temperature, Diagonal::Kept)?;
    Ok(relative_gap(output.as_ref(), (queries * direction * Scale(1.0 / temperature)).as_ref()))
}

/// Rows of eight independent entries of mean 0 and variance 1.
fn rows_of(kind: &str, seed: u64, n: usize) -> Mat<f64> {
    let unit = uniform(seed, 0, n, 8, 0.0, 1.0);
    match kind {
        "uniform keys" => unit * Scale(12f64.sqrt()) - Mat::full(n, 8, 3f64.sqrt()),
        "exponential keys" => Mat::from_fn(n, 8, |i, j| -libm::log(1.0 - unit[(i, j)]) - 1.0),
        _ => standard_normal(seed, 0, n, 8),
    }
}

/// ## Among many Gaussian keys softmax is linear at every temperature
///
/// The series is exact only where the temperature is high. For one distribution of keys nothing is neglected. Multiply the
/// density of $k \sim N(0, I)$ by $e^{q\cdot k/\tau}$ and complete the square: it is the density of $N(q/\tau, I)$, up to its
/// constant. Softmax over many Gaussian keys therefore shifts their mean to $q/\tau$ and leaves their shape alone. Values that
/// are linear in the keys, $v = b^\top k$, come out as $b^\top q/\tau$: a linear regression, at *any* temperature, with all
/// the nonlinearity of the exponential spent on a translation.
///
/// With a hundred thousand keys of dimension eight and values $v = b^\top k$ the outputs agree with $b^\top q/\tau$
/// to {{gaussian:2}} of their norm at the usual $\tau = d^{1/2}$ (median of five draws). At four times that it is
/// {{hotter:2}}, because the signal shrinks like $1/\tau$ and the sampling error does not; at half of it
/// {{colder:2}}, because fewer keys are heard, as the next section counts. What is left is the sample, and it falls
/// as keys are added. For other shapes it does not: keys of the same mean and covariance with uniform coordinates
/// stay {{uniform:2}} away; with exponential ones, whose tail is an exponential like softmax's own, the output is
/// nothing like linear.
///
/// ![**The shape of the keys.** Distance of softmax's output from the linear law $b^\top q/\tau$ at $\tau = d^{1/2}$,
/// $d = 8$, against the number of keys. Three distributions of one mean and covariance; each mark is a draw.](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["a_hot_head_is_a_regression"]
/// headline = "gaussian"
/// breaks_when = "the keys are not Gaussian. With uniform coordinates of the same variance the distance from the linear law stays at {{uniform:2}}, with exponential ones at {{exponential:2}}."
/// ```
#[test]
fn among_gaussian_keys_softmax_is_linear_at_every_temperature() -> Result<()> {
    let mut evidence = Evidence::new();
    let (sizes, usual) = ([100, 1000, 10_000, 100_000], softmax::temperature_of_width(8));
    let errors = |kind: &str, n: usize, temperature: f64| -> Result<Vec<f64>> {
        (1..=5).map(|seed| tilt_error(rows_of(kind, seed, n).as_ref(), temperature, seed)).collect()
    };
    let table = |kind: &str| sizes.iter().map(|&n| errors(kind, n, usual)).collect::<Result<Vec<_>>>();
    let [gaussian, box_, exponential] = [table("Gaussian keys")?, table("uniform keys")?, table("exponential keys")?];
    evidence.seeds("gaussian", "distance from $Qb/\\tau$, $10^5$ Gaussian keys, $\\tau = d^{1/2}$", &gaussian[3], relative(0.02), at_most(0.06));
    evidence.seeds(
        "hotter",
        "distance from $Qb/\\tau$, $10^5$ Gaussian keys, $\\tau = 4\\,d^{1/2}$",
        &errors("Gaussian keys", 100_000, 4.0 * usual)?,
        relative(0.02),
        at_most(0.1),
    );
    evidence.seeds(
        "colder",
        "distance from $Qb/\\tau$, $10^5$ Gaussian keys, $\\tau = d^{1/2}/2$",
        &errors("Gaussian keys", 100_000, 0.5 * usual)?,
        relative(0.02),
        at_most(0.15),
    );
    let gains: Vec<f64> = gaussian[1].iter().zip(&gaussian[3]).map(|(few, many)| few / many).collect();
    evidence.seeds(
        "gain",
        "distance from $Qb/\\tau$ with $10^3$ Gaussian keys over that with $10^5$, $\\tau = d^{1/2}$",
        &gains,
        relative(0.02),
        at_least(2.5),
    );

    // Control: other shapes.
    let nearest = |errors: &[f64]| errors.iter().copied().fold(f64::INFINITY, f64::min);
    evidence.control(
        "uniform",
        "least of five distances from $Qb/\\tau$, $10^5$ keys with uniform coordinates",
        nearest(&box_[3]),
        relative(0.02),
        at_least(0.05),
    );
    evidence.control(
        "exponential",
        "least of five distances from $Qb/\\tau$, $10^5$ keys with exponential coordinates",
        nearest(&exponential[3]),
        relative(0.02),
        at_least(0.5),
    );
    evidence.figure(shapes(
        &sizes,
        &[
            ("exponential keys", Ink::Accent, Mark::Diamond, exponential),
            ("uniform keys", Ink::Regression, Mark::Circle, box_),
            ("Gaussian keys", Ink::Softmax, Mark::Square, gaussian),
        ],
    ));
    record!(evidence)
}

fn shapes(sizes: &[usize], tables: &[(&str, Ink, Mark, Vec<Vec<f64>>)]) -> Figure {
    let one = |(name, ink, mark, table): &(&str, Ink, Mark, Vec<Vec<f64>>)| {
        let (x, y) = sizes.iter().zip(table).flat_map(|(&n, errors)| errors.iter().map(move |&error| (count(n), error))).unzip();
        Series {
            name: (*name).to_owned(),
            ink: *ink,
            mark: Some(*mark),
            stroke: Stroke::None,
            x,
            y,
            relative: 0.02,
            label: Some(Label { at: 5 * sizes.len() - 1, side: Side::Right }),
        }
    };
    let chart = Chart::new(
        Axis::log("keys", &[100.0, 1e3, 1e4, 1e5]),
        Axis::log("relative distance from the linear law", &[0.01, 0.1, 1.0, 10.0]),
        tables.iter().map(one).collect(),
    );
    Figure { title: "Distance of softmax attention from a linear law, for three distributions of keys".to_owned(), plot: Plot::Chart(chart) }
}

/// ## At the usual temperature a share of 1/e of the keys speaks
///
/// Why divide scores by $p^{1/2}$, the root of the head's width? One answer is in the square just completed. Kish's
/// effective sample size of weights $a_j$ is $1/\sum_j a_j^2$: the number of equal weights that would average as
/// well. For Gaussian keys it is $n\,e^{-\|q\|^2/\tau^2}$, since
/// $E[e^{q\cdot k/\tau}]^2 / E[e^{2q\cdot k/\tau}] = e^{\|q\|^2/\tau^2}/e^{2\|q\|^2/\tau^2}$. A query with entries of
/// unit size has $\|q\|^2 = p$, so at $\tau = p^{1/2}$ the effective sample is $n/e$, whatever the width.
///
/// Measured on ten thousand keys at widths four, sixteen and sixty-four, {{usual:2}} of the keys speak (five draws
/// each, from {{usual.lowest:2}} to {{usual.highest:2}}). The formula says $1/e$, and the test holds it to that. At
/// twice the temperature it is {{twice:3}}, as the formula says. Scores that are not divided leave {{undivided:2}}
/// keys of ten thousand at width sixty-four. Softmax has then stopped averaging and started to look things up.
///
/// ```toml
/// kind = "measured"
/// uses = ["among_gaussian_keys_softmax_is_linear_at_every_temperature"]
/// headline = "usual"
/// breaks_when = "the scores are not divided at all: at width sixty-four the effective sample is {{undivided:2}} keys of ten thousand."
/// ```
#[test]
fn the_usual_temperature_lets_one_key_in_e_speak() -> Result<()> {
    let mut evidence = Evidence::new();
    let share = |p: usize, temperature: f64, seed: u64| {
        let (keys, directions) = (standard_normal(seed, 3, 10_000, p), standard_normal(seed, 4, 50, p));
        let queries = Mat::from_fn(50, p, |i, j| directions[(i, j)] * count(p).sqrt() / frobenius_norm(directions.as_ref().subrows(i, 1)));
        let weights = softmax::weights(queries.as_ref(), keys.as_ref(), temperature, Diagonal::Kept)?;
        let effective = |i: usize| 1.0 / weights.row(i).iter().map(|weight| weight * weight).sum::<f64>();
        Ok::<_, attention_regression::Error>((0..50).map(effective).sum::<f64>() / 50.0 / count(keys.nrows()))
    };
    let over = |factor: f64| -> Result<Vec<f64>> {
        let cases = [4, 16, 64].into_iter().flat_map(|p| (1..=5).map(move |seed| (p, seed)));
        cases.map(|(p, seed)| share(p, factor * softmax::temperature_of_width(p), seed)).collect()
    };
    evidence.seeds("usual", "effective share of $10^4$ keys, $\\tau = p^{1/2}$, $p = 4, 16, 64$", &over(1.0)?, relative(0.1), expected(libm::exp(-1.0)));
    evidence.seeds("twice", "effective share of $10^4$ keys, $\\tau = 2\\,p^{1/2}$, $p = 4, 16, 64$", &over(2.0)?, relative(0.05), expected(libm::exp(-0.25)));

    // Control: scores as they are.
    let undivided = (1..=5).map(|seed| share(64, 1.0, seed)).collect::<Result<Vec<_>>>()?;
    evidence.control(
        "undivided",
        "effective number of keys, $p = 64$, $\\tau = 1$, most of five draws",
        1e4 * undivided.into_iter().fold(0.0, f64::max),
        relative(0.02),
        at_most(50.0),
    );
    record!(evidence)
}
