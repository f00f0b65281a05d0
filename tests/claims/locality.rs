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

use attention_regression::agreement::mass_on_nearest;
use attention_regression::attention::{Diagonal, linear, scores, softmax};
use attention_regression::data::Dataset;
use attention_regression::data::random::standard_normal;
use attention_regression::linalg::{column, count, frobenius_norm, max_abs, relative_gap, select_rows};
use attention_regression::notebook::evidence::{Evidence, absolute, at_least, at_most, expected, relative};
use attention_regression::notebook::figure::{Axis, Chart, Figure, Ink, Label, Mark, Plot, Scale, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge, hat_matrix, kernel, smoother_matrix};
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

/// ## A key wins some query, or it is a mean of others
///
/// The rim can be known exactly. Suppose $k$ lies outside the convex hull of the other keys. Then a plane separates it from them,
/// and the plane's normal is a query with a larger product with $k$ than with any other key. Otherwise $k = \sum_j\lambda_jk_j$
/// with $\lambda_j \ge 0$ and $\sum_j\lambda_j = 1$, and for every query $q^\top k = \sum_j\lambda_j\,q^\top k_j$ is at most
/// the largest of the others. So the keys that can win are the vertices of the hull, all of them, and no key is left
/// undecided.
///
/// We ask each key for its proof. A non-negative least-squares fit of the key by the others finds the mean or, in what it
/// leaves over, the normal. Of the two hundred synthetic keys {{vertices}} are vertices, and softmax attention, asked with their
/// normals, gives each of them its largest weight. The other {{inside}} are means of others within {{means}}. Over four
/// hundred random forms, with all two hundred rows for queries, {{winners}} different keys won at least once, and those means
/// {{wins_inside}} times.
///
/// High dimension is generous: in ten, every one of the {{vertices_diabetes}} training rows of the diabetes table is a vertex.
/// It could be looked at first. Low dimension is not. Of sixty keys in the plane below {{vertices_plane}} can win, and of sixty
/// keys on a line {{vertices_line}}.
///
/// ![**Who can win.** Sixty keys in the plane. Filled: vertices of the hull, each the largest product of some query. Hollow:
/// keys that no query and no weights can make win.](figure)
///
/// ```toml
/// kind = "identity"
/// uses = ["a_softmax_of_dot_products_looks_at_the_rim"]
/// headline = "means"
/// breaks_when = "every key carries a bias of minus half its squared norm. Of the means, each asked with itself, a share of {{with_bias:.2}} then wins."
/// ```
#[test]
fn a_key_wins_some_query_or_it_is_a_mean_of_others() -> Result<()> {
    let mut evidence = Evidence::new();
    let [keys, _] = whitened(&synthetic())?;
    let keys = keys.as_ref();
    let Hull { vertices, queries, inside, furthest } = Hull::of(keys)?;
    let won = vertices.iter().zip(&queries).map(|(&i, query)| Ok(attended(query.as_ref(), keys)? == [i])).collect::<Result<Vec<bool>>>()?;
    evidence.exactly("vertices", "keys that win the query of their certificate, synthetic", won.iter().filter(|&&won| won).count(), vertices.len());
    evidence.count("inside", "keys that are means of others", inside.len());
    let bound = 100.0 * count(keys.nrows()).sqrt() * f64::EPSILON * longest(keys).max(1.0);
    evidence.rounding("means", "largest distance of such a key from its mean of others", furthest, bound);
    let mut wins = vec![0; keys.nrows()];
    for seed in 0..400 {
        let form = standard_normal(500 + seed, 0, keys.ncols(), keys.ncols());
        attended((keys * form).as_ref(), keys)?.into_iter().for_each(|winner| wins[winner] += 1);
    }
    evidence.exactly("wins_inside", "their wins over 400 random forms, all rows as queries", inside.iter().map(|&i| wins[i]).sum(), 0);
    evidence.count("winners", "keys that won at least once", wins.iter().filter(|&&wins| wins > 0).count());
    let [real, _] = whitened(&diabetes()?)?;
    evidence.exactly("vertices_diabetes", "vertices among the rows of the diabetes table", Hull::of(real.as_ref())?.vertices.len(), real.nrows());

    // Control: with a bias on the keys, each of the means is asked with itself.
    let [queries, with_bias] = biased(select_rows(keys, &inside).as_ref(), keys);
    let share = count(shared(&attended(queries.as_ref(), with_bias.as_ref())?, &inside)) / count(inside.len());
    evidence.control("with_bias", "share of them that win, asked with themselves, with a bias of $-\\|k\\|^2/2$", share, absolute(1e-9), at_least(1.0));
    let (plane, line) = (standard_normal(7, 0, 60, 2), standard_normal(7, 1, 60, 1));
    let flat = Hull::of(plane.as_ref())?;
    evidence.count("vertices_plane", "vertices of sixty keys in the plane", flat.vertices.len());
    evidence.exactly("vertices_line", "vertices of sixty keys on a line", Hull::of(line.as_ref())?.vertices.len(), 2);
    evidence.figure(polygon(plane.as_ref(), &flat));
    record!(evidence)
}

/// The key with the largest weight of softmax, for each query.
fn attended(queries: MatRef<'_, f64>, keys: MatRef<'_, f64>) -> Result<Vec<usize>> {
    Ok(winners(softmax::weights(queries, keys, softmax::temperature_of_width(keys.ncols()), Diagonal::Kept)?.as_ref()))
}

/// Keys with one coordinate more, −‖k‖²/2, and queries with a 1 to meet it: scores q·k − ‖k‖²/2.
fn biased(queries: MatRef<'_, f64>, keys: MatRef<'_, f64>) -> [Mat<f64>; 2] {
    let d = keys.ncols();
    let half = |j: usize| -0.5 * keys.row(j).iter().map(|entry| entry * entry).sum::<f64>();
    [
        Mat::from_fn(queries.nrows(), d + 1, |i, j| if j < d { queries[(i, j)] } else { 1.0 }),
        Mat::from_fn(keys.nrows(), d + 1, |i, j| if j < d { keys[(i, j)] } else { half(i) }),
    ]
}

/// Why a key can win, or why it cannot.
enum Certificate {
    /// A query for which its product is strictly the largest.
    Query(Mat<f64>),
    /// It is a mean of other keys, up to this distance.
    Mean(f64),
}

/// The point of the other keys' convex hull nearest to key `i`, by non-negative least squares (Lawson and Hanson 1974). The
/// columns are (kⱼ, 1) and the target is (kᵢ, 1); what is left over, where anything is, separates kᵢ from the rest.
fn certificate(keys: MatRef<'_, f64>, i: usize) -> Result<Certificate> {
    const NOTHING: f64 = 1e-10;
    let (n, d) = (keys.nrows(), keys.ncols());
    let lifted = |j: usize| Mat::from_fn(d + 1, 1, |row, _| if row < d { keys[(j, row)] } else { 1.0 });
    let (target, mut used, mut shares) = (lifted(i), Vec::<usize>::new(), Vec::<f64>::new());
    loop {
        let rest = used.iter().zip(&shares).fold(target.clone(), |rest, (&j, &share)| rest - lifted(j) * faer::Scale(share));
        let gain = |j: usize| rest[(d, 0)] + (0..d).map(|row| rest[(row, 0)] * keys[(j, row)]).sum::<f64>();
        let best = (0..n).filter(|&j| j != i && !used.contains(&j)).max_by(|&a, &b| gain(a).total_cmp(&gain(b)));
        let Some(best) = best.filter(|&j| gain(j) > NOTHING) else {
            let separated = frobenius_norm(rest.as_ref()) > NOTHING.sqrt();
            let query = rest.as_ref().subrows(0, d).transpose().to_owned();
            return Ok(if separated { Certificate::Query(query) } else { Certificate::Mean(frobenius_norm(rest.as_ref())) });
        };
        used.push(best);
        shares.push(0.0);
        loop {
            let columns = Mat::from_fn(d + 1, used.len(), |row, place| if row < d { keys[(used[place], row)] } else { 1.0 });
            let fit = Ridge::fit(columns.as_ref(), target.as_ref(), 0.0, Intercept::None)?;
            let wanted: Vec<f64> = fit.coefficients().col(0).iter().copied().collect();
            // As far towards the solution as no share becomes negative; who reached zero goes.
            let reach = |(share, wanted): (&f64, &f64)| if *wanted < 0.0 { share / (share - wanted) } else { 1.0 };
            let step = shares.iter().zip(&wanted).map(reach).fold(1.0, f64::min);
            shares.iter_mut().zip(&wanted).for_each(|(share, wanted)| *share += step * (wanted - *share));
            if step >= 1.0 {
                break;
            }
            let kept: Vec<usize> = (0..used.len()).filter(|&place| shares[place] > NOTHING * NOTHING).collect();
            (used, shares) = (kept.iter().map(|&place| used[place]).collect(), kept.iter().map(|&place| shares[place]).collect());
        }
    }
}

/// Keys by what their certificates say.
#[derive(Default)]
struct Hull {
    /// Those that can win.
    vertices: Vec<usize>,
    /// The queries that they win.
    queries: Vec<Mat<f64>>,
    /// Those that cannot, and the largest distance of one from its mean of others.
    inside: Vec<usize>,
    furthest: f64,
}

impl Hull {
    fn of(keys: MatRef<'_, f64>) -> Result<Self> {
        let mut hull = Self::default();
        for i in 0..keys.nrows() {
            match certificate(keys, i)? {
                Certificate::Query(query) => {
                    hull.vertices.push(i);
                    hull.queries.push(query);
                }
                Certificate::Mean(distance) => {
                    hull.inside.push(i);
                    hull.furthest = hull.furthest.max(distance);
                }
            }
        }
        Ok(hull)
    }
}

fn polygon(keys: MatRef<'_, f64>, hull: &Hull) -> Figure {
    let (mut order, mut inside) = (hull.vertices.clone(), hull.inside.clone());
    inside.sort_by(|&a, &b| keys[(a, 0)].total_cmp(&keys[(b, 0)]));
    order.sort_by(|&a, &b| libm::atan2(keys[(a, 1)], keys[(a, 0)]).total_cmp(&libm::atan2(keys[(b, 1)], keys[(b, 0)])));
    let series = |name: &str, ink: Ink, mark: Option<Mark>, stroke: Stroke, rows: &[usize], label: Option<Label>| Series {
        name: name.to_owned(),
        ink,
        mark,
        stroke,
        x: rows.iter().map(|&i| keys[(i, 0)]).collect(),
        y: rows.iter().map(|&i| keys[(i, 1)]).collect(),
        relative: 1e-6,
        label,
    };
    let closed: Vec<usize> = order.iter().chain(order.first()).copied().collect();
    let axis = |name: &str| Axis { name: name.to_owned(), scale: Scale::Linear, ticks: vec![-3.0, -1.5, 0.0, 1.5, 3.0] };
    let marks = vec![
        series("the hull", Ink::Muted, None, Stroke::Dotted, &closed, None),
        series("never wins", Ink::Muted, Some(Mark::HollowSquare), Stroke::None, &inside, Some(Label { at: 0, side: Side::Left })),
        series("wins some query", Ink::Softmax, Some(Mark::Square), Stroke::None, &order, Some(Label { at: 0, side: Side::Right })),
    ];
    Figure {
        title: "Keys in the plane: vertices of their convex hull, which can win, and the others, which cannot".to_owned(),
        plot: Plot::Chart(Chart { tall: true, ..Chart::new(axis("first coordinate of the key"), axis("second coordinate"), marks) }),
    }
}

/// ## Attention with a bias is a regression, and local
///
/// The other half of the sentence, that regression is global, holds for least squares: on the diabetes table {{mass_least_squares:2}} of its
/// absolute weight lies on the ten rows nearest to the one asked about, where equal weights would put {{mass_uniform:2}}. But regression need
/// not be least squares. Give every key the bias of $-\frac12\|k\|^2$, one more coordinate that each query meets with a one, and
/// divide the scores by $h^2$. The softmax of these is the weight of Nadaraya's and Watson's kernel regression with a Gaussian of bandwidth
/// $h$, within {{synthetic}} on the synthetic data and {{diabetes}} on the diabetes table. It is as local as one likes: at $h = 1$ it
/// puts {{mass_kernel:2}} on the ten nearest, and attention without the bias {{mass_softmax:2}}.
///
/// There is a second way to it. Where all keys have one length, the bias is the same for all and may be left out. Attention
/// with normalised queries and keys, known as QK-norm, is a kernel regression on the sphere, within {{sphere}}. Its price is
/// that lengths are no longer seen.
///
/// And the closed form? Both have it or neither. For a fixed form $W$ attention is a matrix that does not know the values,
/// applied to them: its answer to a sum of two targets is the sum of its answers, within {{linearity}}. What is trained is the
/// form. That is a choice of distance, and kernel regression has the same choice to make.
///
/// ```toml
/// kind = "counterexample"
/// settles = { S11 = "false as stated" }
/// finding = "Regression can be local as well: with a bias of $-\\frac12\\|k\\|^2$ on every key, softmax attention *is* kernel regression, to rounding."
/// uses = ["a_softmax_of_dot_products_looks_at_the_rim"]
/// headline = "synthetic"
/// breaks_when = "the bias is left out and the lengths stay: the weights are then {{without_bias:2}} norms away from those of the kernel."
/// ```
#[test]
fn attention_with_a_bias_is_a_regression_and_local() -> Result<()> {
    let mut evidence = Evidence::new();
    let bandwidth = 0.7;
    // The gap between both sets of weights, and what rounding may do to it.
    let compare = |attending: [&Mat<f64>; 2], rows: [&Mat<f64>; 2]| {
        let weights = softmax::weights(attending[0].as_ref(), attending[1].as_ref(), bandwidth * bandwidth, Diagonal::Kept)?;
        let smoother = kernel::smoother_matrix(rows[0].as_ref(), rows[1].as_ref(), bandwidth)?;
        let bound = weight_rounding(attending[0].as_ref(), attending[1].as_ref(), bandwidth);
        Ok::<_, attention_regression::Error>((relative_gap(weights.as_ref(), smoother.as_ref()), bound))
    };
    let [[keys, queries], [rows, new]] = [whitened(&synthetic())?, whitened(&diabetes()?)?];
    for (name, keys, queries) in [("synthetic", &keys, &queries), ("diabetes", &rows, &new)] {
        let [asking, answering] = biased(queries.as_ref(), keys.as_ref());
        let (gap, bound) = compare([&asking, &answering], [queries, keys])?;
        evidence.rounding(name, &format!("softmax of $q^\\top k - \\frac12\\|k\\|^2$ against the kernel's weights, {name}"), gap, bound);
    }
    let [answering, asking] = [&keys, &queries].map(|rows| normalised(rows.as_ref()));
    let (gap, bound) = compare([&asking, &answering], [&asking, &answering])?;
    evidence.rounding("sphere", "softmax of normalised queries and keys against the kernel of the same rows", gap, bound);

    // Control: no bias.
    let (gap, _) = compare([&queries, &keys], [&queries, &keys])?;
    evidence.control("without_bias", "softmax of $q^\\top k$ against the kernel's weights, synthetic", gap, relative(1e-6), at_least(0.5));
    masses(&mut evidence, rows.as_ref())?;
    linearity(&mut evidence, rows.as_ref())?;
    record!(evidence)
}

/// The share of weight on the ten nearest rows of the diabetes table, where the numbers are known.
fn masses(evidence: &mut Evidence, rows: MatRef<'_, f64>) -> Result<()> {
    let mass = |weights: Mat<f64>| mass_on_nearest(weights.as_ref(), rows, rows, 10);
    let plain = softmax::weights(rows, rows, softmax::temperature_of_width(rows.ncols()), Diagonal::Kept)?;
    evidence.judge(
        "mass_least_squares",
        "weight on the ten nearest rows, least squares, diabetes",
        mass(hat_matrix(rows, 0.0, Intercept::None)?),
        relative(1e-2),
        expected(0.071),
    );
    evidence.judge("mass_softmax", "the same, softmax of $q^\\top k/d^{1/2}$", mass(plain), relative(5e-3), expected(0.181));
    evidence.judge("mass_kernel", "the same, kernel regression, $h = 1$", mass(kernel::smoother_matrix(rows, rows, 1.0)?), relative(2e-3), expected(0.687));
    evidence.note("mass_uniform", "the same, equal weights", 10.0 / count(rows.nrows()), relative(1e-6));
    Ok(())
}

/// For fixed weights attention is linear in its values.
fn linearity(evidence: &mut Evidence, rows: MatRef<'_, f64>) -> Result<()> {
    let (one, other) = (standard_normal(41, 0, rows.nrows(), 1), standard_normal(41, 1, rows.nrows(), 1));
    let answer = |values: &Mat<f64>| softmax::output(rows, rows, values.as_ref(), 1.0, Diagonal::Kept);
    let (apart, together) = (answer(&one)? + answer(&other)?, answer(&(&one + &other))?);
    // Sums of n terms lose √n ε of the largest of them, in each of n rows.
    let bound = 100.0 * count(rows.nrows()) * f64::EPSILON * (max_abs(one.as_ref()) + max_abs(other.as_ref())) / frobenius_norm(together.as_ref());
    evidence.rounding("linearity", "softmax output of $y + y'$ against the sum of the outputs", relative_gap(apart.as_ref(), together.as_ref()), bound);
    Ok(())
}

/// What rounding may do to softmax weights, relative to their norm, with a factor of ten to spare: a score of width p has an error
/// of (p + 1)ε‖q‖‖k‖/h², and a weight moves by at most twice that share of itself.
fn weight_rounding(queries: MatRef<'_, f64>, keys: MatRef<'_, f64>, bandwidth: f64) -> f64 {
    10.0 * 2.0 * (count(keys.ncols()) + 1.0) * f64::EPSILON * longest(queries) * longest(keys) / (bandwidth * bandwidth)
}

fn longest(rows: MatRef<'_, f64>) -> f64 {
    (0..rows.nrows()).map(|i| frobenius_norm(rows.subrows(i, 1))).fold(0.0, f64::max)
}

/// Rows divided by their lengths.
fn normalised(rows: MatRef<'_, f64>) -> Mat<f64> {
    let lengths: Vec<f64> = (0..rows.nrows()).map(|i| frobenius_norm(rows.subrows(i, 1))).collect();
    Mat::from_fn(rows.nrows(), rows.ncols(), |i, j| rows[(i, j)] / lengths[i])
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
