//! # Is attention local?
//!
//! <aside class="aside">
//!
//! $q$ is a query, $k_j$ are keys. A softmax of $q^\top k_j/\tau$ gives its largest weight to the key with the largest product.
//!
//! </aside>
//!
//! Regression is a global fit in closed form and attention looks around locally: the post says so, and it is how one likes to
//! explain attention, as a soft look-up of what is similar. But a large dot product is not a small distance. This chapter
//! asks where a softmax of dot products looks. Not at neighbours, it turns out; at the rim.

use attention_regression::attention::{Diagonal, linear, scores, softmax};
use attention_regression::data::Dataset;
use attention_regression::data::random::standard_normal;
use attention_regression::linalg::{column, count};
use attention_regression::notebook::evidence::{Evidence, absolute, at_least, at_most, expected, relative};
use attention_regression::notebook::figure::{Axis, Chart, Figure, Ink, Label, Mark, Plot, Scale, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge, kernel, smoother_matrix};
use attention_regression::whitening::{Divisor, Root, Whitening};
use attention_regression::{Mat, MatRef, Result};

use crate::support::{diabetes, logarithmic, record, synthetic};

/// Training and test rows, whitened by training statistics.
fn whitened(data: &Dataset) -> Result<[Mat<f64>; 2]> {
    let whitening = Whitening::fit(data.train.x.as_ref(), Root::Zca, Divisor::N, 0.0)?;
    Ok([whitening.apply(data.train.x.as_ref()), whitening.apply(data.test.x.as_ref())])
}

/// For each query the key with the largest score.
fn winners(scores: MatRef<'_, f64>) -> Vec<usize> {
    let best = |i: usize| (0..scores.ncols()).max_by(|&a, &b| scores[(i, a)].total_cmp(&scores[(i, b)])).unwrap_or(0);
    (0..scores.nrows()).map(best).collect()
}

/// For each query the key at the smallest distance.
fn nearest(queries: MatRef<'_, f64>, keys: MatRef<'_, f64>) -> Vec<usize> {
    let distance = |i: usize, j: usize| (0..keys.ncols()).map(|c| (queries[(i, c)] - keys[(j, c)]).powi(2)).sum::<f64>();
    winners(Mat::from_fn(queries.nrows(), keys.nrows(), |i, j| -distance(i, j)).as_ref())
}

fn shared(a: &[usize], b: &[usize]) -> usize {
    a.iter().zip(b).filter(|(a, b)| a == b).count()
}

/// ## A softmax of dot products looks at the rim
///
/// For a fixed query, $q^\top Wk$ is a linear function of the key, and a linear function over a set of points is largest at a
/// vertex of their convex hull. Whatever $W_q$ and $W_k$ are, a key that is a mean of other keys can never receive the largest
/// weight. It does not matter how near it is.
///
/// Put it to the test. Add to the two hundred training rows of the synthetic data the midpoints of two hundred pairs of them. Over
/// four hundred random forms $W$ and a hundred queries each, a midpoint wins {{midpoints}} times, although for
/// {{nearest_midpoints}} of the hundred queries the nearest of all keys *is* a midpoint.
///
/// On the data as they are the top weight goes to the nearest row for {{agree_diabetes}} of {{queries}} test rows of the diabetes
/// table, whitened so that distances mean something, and for {{agree_synthetic}} of a hundred of the synthetic ones. The
/// fewer the dimensions, the smaller the rim: with scalar keys there are two vertices, the smallest and the largest, and they
/// share all queries between them.
///
/// Distance can be put in. Since $-\frac12\|q - k\|^2 = q^\top k - \frac12\|k\|^2 - \frac12\|q\|^2$ and softmax does not see what
/// depends on the query alone, a bias of $-\frac12\|k\|^2$ on every key turns dot products into distances. Then every query looks
/// at its nearest row.
///
/// ![**The rim.** Of two hundred random keys, how many ever receive the largest weight from any of five thousand random
/// queries, against the number of dimensions.](figure)
///
/// ```toml
/// kind = "counterexample"
/// settles = { S11 = "false as stated" }
/// finding = "With fixed weights both are linear smoothers in closed form. And dot-product softmax is not local: the largest weight goes to a vertex of the keys' hull, to the nearest row for {{agree_diabetes}} of {{queries}} diabetes rows."
/// uses = ["every_smoother_has_a_signature"]
/// headline = "agree_diabetes"
/// breaks_when = "every key carries a bias of minus half its squared norm: the share of test rows whose largest weight goes to the nearest row is then {{with_bias:1}}."
/// ```
#[test]
fn a_softmax_of_dot_products_looks_at_the_rim() -> Result<()> {
    let mut evidence = Evidence::new();
    let [keys, queries] = whitened(&synthetic())?;
    let pair = |j: usize| ((37 * j) % 200, (91 * j + 50) % 200);
    let extended = Mat::from_fn(400, 8, |j, c| if j < 200 { keys[(j, c)] } else { f64::midpoint(keys[(pair(j - 200).0, c)], keys[(pair(j - 200).1, c)]) });
    let midpoints = |won: &[usize]| won.iter().filter(|&&j| j >= 200 && pair(j - 200).0 != pair(j - 200).1).count();
    let won = (0..400).map(|seed| midpoints(&winners(scores((&queries * standard_normal(seed, 40, 8, 8)).as_ref(), extended.as_ref()).as_ref()))).sum();
    evidence.exactly("midpoints", "wins of a midpoint, 400 random forms, 100 queries each", won, 0);
    evidence.count("nearest_midpoints", "queries whose nearest key is a midpoint, of 100", midpoints(&nearest(queries.as_ref(), extended.as_ref())));
    evidence.count("agree_synthetic", "largest weight on the nearest row, synthetic, of 100", agreeing(&keys, &queries));

    let [keys, queries] = whitened(&diabetes()?)?;
    evidence.exactly("queries", "test rows, diabetes", queries.nrows(), 88);
    let agree = agreeing(&keys, &queries);
    evidence.exactly("agree_diabetes", "largest weight on the nearest row, diabetes", agree, 6);
    evidence.judge("share_diabetes", "the same as a share", count(agree) / 88.0, absolute(5e-4), expected(0.068));

    // Control: distance, by a bias on the keys.
    let bias = |j: usize| 0.5 * keys.row(j).iter().map(|entry| entry * entry).sum::<f64>();
    let products = scores(queries.as_ref(), keys.as_ref());
    let biased = Mat::from_fn(products.nrows(), products.ncols(), |i, j| products[(i, j)] - bias(j));
    let share = count(shared(&winners(biased.as_ref()), &nearest(queries.as_ref(), keys.as_ref()))) / 88.0;
    evidence.control("with_bias", "share with a bias on the keys, diabetes", share, absolute(1e-9), at_least(1.0));
    evidence.figure(rim());
    record!(evidence)
}

fn agreeing(keys: &Mat<f64>, queries: &Mat<f64>) -> usize {
    shared(&winners(scores(queries.as_ref(), keys.as_ref()).as_ref()), &nearest(queries.as_ref(), keys.as_ref()))
}

fn rim() -> Figure {
    let dimensions: Vec<usize> = (1..=10).collect();
    let seen = |&d: &usize| {
        let (keys, queries) = (standard_normal(4000, d as u64, 200, d), standard_normal(4001, d as u64, 5000, d));
        let mut won = winners(scores(queries.as_ref(), keys.as_ref()).as_ref());
        won.sort_unstable();
        won.dedup();
        count(won.len())
    };
    let series = Series {
        name: "ever looked at first".to_owned(),
        ink: Ink::Softmax,
        mark: Some(Mark::Square),
        stroke: Stroke::Solid,
        x: dimensions.iter().map(|&d| count(d)).collect(),
        y: dimensions.iter().map(seen).collect(),
        relative: 1e-6,
        label: Some(Label { at: 6, side: Side::Left }),
    };
    let axis = |name: &str, ticks: &[f64]| Axis { name: name.to_owned(), scale: Scale::Linear, ticks: ticks.to_vec() };
    let chart =
        Chart::new(axis("dimensions of the keys", &[1.0, 2.0, 4.0, 6.0, 8.0, 10.0]), axis("keys, of 200", &[0.0, 50.0, 100.0, 150.0, 200.0]), vec![series]);
    Figure { title: "Keys that ever receive the largest weight, against the dimensions".to_owned(), plot: Plot::Chart(chart) }
}

/// ## A far row rules each of them differently
///
/// Let one training row move away, to a distance $R$ from the mean, and ask what it does to the others. The three smoothers
/// have three laws.
///
/// In least squares the row takes over *its own* prediction: its leverage is {{leverage_ten:3}} at $R = 10$ and
/// {{leverage_hundred:3}} at $R = 100$. On other rows its weight falls, as $1/R$: from decade to decade of $R$ the largest
/// weight on a test row falls by a factor of {{regression_decade:3}}. Far data barely touch what is said about near data.
///
/// In a softmax of dot products it takes over *everybody* on its side. A test row with $q^\top u \gt 0$ gives it
/// {{softmax_ten:2}} of its weight at $R = 10$, in the mean, and {{softmax_hundred:2}} at $R = 100$. The others give it
/// nothing.
///
/// In a softmax of distances it has no say at all: {{distance}} at $R = 10$.
///
/// So the one that is called local is the one that a single outlier can capture.
///
/// ![**Three laws of influence.** The weight of a row at distance $R$ on test rows, whitened synthetic data: the largest one for
/// least squares, the mean over the rows on its side for softmax of dot products, the largest for softmax of
/// distances.](figure)
///
/// ```toml
/// kind = "rate"
/// uses = ["a_softmax_of_dot_products_looks_at_the_rim"]
/// headline = "softmax_hundred"
/// breaks_when = "the score is a distance: the same far row then has at most {{capture:1}} of anybody's weight at $R = 30$."
/// ```
#[test]
fn a_far_row_rules_each_of_them_differently() -> Result<()> {
    let mut evidence = Evidence::new();
    let [keys, queries] = whitened(&synthetic())?;
    let at = |radius: f64| influence(&keys, &queries, radius);
    let (ten, hundred, thousand) = (at(10.0)?, at(100.0)?, at(1000.0)?);
    evidence.judge("leverage_ten", "leverage of the row in least squares, $R = 10$", ten.leverage, relative(1e-6), at_most(0.5));
    evidence.judge("leverage_hundred", "the same, $R = 100$", hundred.leverage, relative(1e-6), at_least(0.95));
    let decade = hundred.regression / thousand.regression;
    evidence.judge(
        "regression_decade",
        "its largest weight on a test row, $R = 100$ over $R = 1000$",
        decade,
        relative(1e-4),
        expected_within(10.0, decade, 0.5),
    );
    evidence.judge("softmax_ten", "mean weight on rows of its side, softmax of dot products, $R = 10$", ten.softmax, relative(1e-4), at_most(0.6));
    evidence.judge("softmax_hundred", "the same, $R = 100$", hundred.softmax, relative(1e-4), at_least(0.8));
    evidence.rounding("distance", "its largest weight, softmax of distances, $R = 10$", ten.distance, 1e-9);
    evidence.rounding("other_side", "its largest weight on a row well on the other side, dot products, $R = 1000$", thousand.other_side, 1e-9);

    // Control: distances.
    evidence.control("capture", "largest weight of the row, softmax of distances, $R = 30$", at(30.0)?.distance, absolute(1e-9), at_most(1e-6));
    let radii = logarithmic(3.0, 1000.0, 26);
    let path = radii.iter().map(|&radius| at(radius)).collect::<Result<Vec<_>>>()?;
    let series = |name: &str, ink: Ink, of: fn(&Influence) -> f64, at: usize, side: Side| {
        let kept: Vec<(f64, f64)> = radii.iter().zip(&path).map(|(&radius, influence)| (radius, of(influence))).filter(|&(_, weight)| weight > 1e-6).collect();
        let (x, y): (Vec<f64>, Vec<f64>) = kept.into_iter().unzip();
        let label = Some(Label { at: at.min(x.len() - 1), side });
        Series { name: name.to_owned(), ink, mark: None, stroke: Stroke::Solid, x, y, relative: 1e-4, label }
    };
    let all = vec![
        series("least squares", Ink::Regression, |influence| influence.regression, 16, Side::Below),
        series("softmax of dot products", Ink::Softmax, |influence| influence.softmax, 16, Side::Above),
        series("softmax of distances", Ink::Accent, |influence| influence.distance, 2, Side::Right),
    ];
    let axis = |name: &str, ticks: &[f64]| Axis { name: name.to_owned(), scale: Scale::Log, ticks: ticks.to_vec() };
    let chart = Chart::new(axis("distance R of the row", &[3.0, 10.0, 100.0, 1000.0]), axis("its weight on a test row", &[1e-6, 1e-4, 1e-2, 1.0]), all);
    evidence.figure(Figure { title: "Weight of a far row on test rows, against its distance".to_owned(), plot: Plot::Chart(chart) });
    record!(evidence)
}

/// What a row at a distance does to the others.
struct Influence {
    leverage: f64,
    regression: f64,
    softmax: f64,
    other_side: f64,
    distance: f64,
}

/// Row 0 moved to distance R along u = (1, …, 1)/√8.
fn influence(keys: &Mat<f64>, queries: &Mat<f64>, radius: f64) -> Result<Influence> {
    let unit = 1.0 / count(keys.ncols()).sqrt();
    let keys = Mat::from_fn(keys.nrows(), keys.ncols(), |i, j| if i == 0 { radius * unit } else { keys[(i, j)] });
    let along = |i: usize| queries.row(i).iter().sum::<f64>() * unit;
    let column_of = |weights: Mat<f64>| (0..queries.nrows()).map(|i| weights[(i, 0)].abs()).collect::<Vec<f64>>();
    let largest = |weights: &[f64]| weights.iter().copied().fold(0.0, f64::max);
    let regression = column_of(smoother_matrix(queries.as_ref(), keys.as_ref(), 0.0, Intercept::None)?);
    let attended = column_of(softmax::weights(queries.as_ref(), keys.as_ref(), count(keys.ncols()).sqrt(), Diagonal::Kept)?);
    let near = column_of(kernel::smoother_matrix(queries.as_ref(), keys.as_ref(), 1.0)?);
    let side: Vec<f64> = (0..queries.nrows()).filter(|&i| along(i) > 0.0).map(|i| attended[i]).collect();
    let other: Vec<f64> = (0..queries.nrows()).filter(|&i| along(i) < -0.1).map(|i| attended[i]).collect();
    Ok(Influence {
        leverage: Ridge::fit(keys.as_ref(), column(&vec![0.0; keys.nrows()]).as_ref(), 0.0, Intercept::None)?.leverages()[0],
        regression: largest(&regression),
        softmax: side.iter().sum::<f64>() / count(side.len()),
        other_side: largest(&other),
        distance: largest(&near),
    })
}

/// `centre`, where the value is within `width` of it: a limit that says so when it is not.
fn expected_within(centre: f64, value: f64, width: f64) -> attention_regression::notebook::metric::Limit {
    if value < centre { at_least(centre - width) } else { at_most(centre + width) }
}

/// ## A softmax never leaves the range of its values
///
/// A weighted mean lies between the smallest and the largest of what it averages. So attention with softmax cannot
/// extrapolate, with any weights, temperature or training. Take $y = 2x$ on $[-1, 1]$, without noise, and ask at
/// $x = 5$. Regression says {{regression:2}}. Softmax says {{hot:3}} at a temperature of one, and {{cold:3}} at one hundredth:
/// it approaches the largest target, which is two, and stays there. The largest value over the whole axis and all
/// temperatures tried is {{ceiling:4}}.
///
/// ```toml
/// kind = "bound"
/// uses = ["a_softmax_of_dot_products_looks_at_the_rim"]
/// headline = "ceiling"
/// breaks_when = "the weights may be negative. Linear attention on the same rows, with the inverse Gram matrix, says {{linear:2}}."
/// ```
#[test]
fn a_softmax_never_leaves_the_range_of_its_values() -> Result<()> {
    let mut evidence = Evidence::new();
    let x = Mat::from_fn(41, 1, |i, _| 0.05 * count(i) - 1.0);
    let y = &x * faer::Scale(2.0);
    let at = |query: f64, temperature: f64| {
        softmax::output(column(&[query]).as_ref(), x.as_ref(), y.as_ref(), temperature, Diagonal::Kept).map(|output| output[(0, 0)])
    };
    let regression = Ridge::fit(x.as_ref(), y.as_ref(), 0.0, Intercept::None)?.predict(column(&[5.0]).as_ref())[(0, 0)];
    evidence.judge("regression", "least squares at $x = 5$", regression, relative(1e-9), expected(10.0));
    evidence.judge("hot", "softmax at $x = 5$, temperature 1", at(5.0, 1.0)?, relative(1e-6), at_most(2.0));
    evidence.note("cold", "the same, temperature 0.01", at(5.0, 0.01)?, relative(1e-6));
    let mut ceiling: f64 = 0.0;
    for temperature in [10.0, 1.0, 0.1, 0.01] {
        for step in -40..=40 {
            ceiling = ceiling.max(at(0.5 * f64::from(step), temperature)?.abs());
        }
    }
    evidence.judge("ceiling", "largest |output| for $|x| \\le 20$ at four temperatures", ceiling, relative(1e-6), at_most(2.0 + 1e-12));

    // Control: weights that may be negative.
    let square = x.col(0).iter().map(|x| x * x).sum::<f64>();
    let extrapolated = linear::output(column(&[5.0]).as_ref(), x.as_ref(), y.as_ref(), 1.0 / square, Diagonal::Kept)[(0, 0)];
    evidence.control("linear", "linear attention at $x = 5$", extrapolated, relative(1e-9), at_least(9.9));
    record!(evidence)
}
