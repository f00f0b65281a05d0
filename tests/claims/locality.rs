//! # Attention is not local
//!
//! <div class="aside" role="note">
//!
//! Keys and queries are whitened rows unless something else is said. A key *wins* a query if its weight is larger than
//! any other key's. $h$ is the bandwidth of a kernel.
//!
//! </div>
//!
//! The post contrasts the two like this: regression is global and has a closed form, attention is local. The picture
//! is familiar: a row looks around and attends to what resembles it.
//!
//! But a dot product does not measure resemblance. It is large for what lies far out in the right direction, and the
//! largest of all are the products with keys that nothing surrounds. This chapter says exactly which keys can win, which
//! small change makes attention local, what that turns it into, and what one distant row does to each of these machines.

use attention_regression::agreement::mass_on_nearest;
use attention_regression::attention::{Diagonal, linear, softmax};
use attention_regression::data::random::standard_normal;
use attention_regression::data::{self, Dataset};
use attention_regression::linalg::{self, column, count, frobenius_norm, relative_gap};
use attention_regression::notebook::evidence::{Evidence, absolute, at_least, at_most, expected, relative};
use attention_regression::notebook::figure::{Axis, Chart, Figure, Ink, Label, Mark, Plot, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge, hat_matrix, kernel, smoother_matrix};
use attention_regression::whitening::{Divisor, Root, Whitening};
use attention_regression::{Mat, MatRef, Result};
use faer::Scale;

use crate::support::{SEEDS, diabetes, logarithmic, record, synthetic};

/// Training and test rows, whitened by the training rows.
fn whitened(data: &Dataset) -> Result<[Mat<f64>; 2]> {
    let whitening = Whitening::fit(data.train.x.as_ref(), Root::Zca, Divisor::N, 0.0)?;
    Ok([whitening.apply(data.train.x.as_ref()), whitening.apply(data.test.x.as_ref())])
}

/// The key with the largest weight, for each query.
fn winners(queries: MatRef<'_, f64>, keys: MatRef<'_, f64>) -> Result<Vec<usize>> {
    let weights = softmax::weights(queries, keys, softmax::temperature_of_width(keys.ncols()), Diagonal::Kept)?;
    let largest = |i: usize| (0..keys.nrows()).max_by(|&a, &b| weights[(i, a)].total_cmp(&weights[(i, b)])).unwrap_or(0);
    Ok((0..queries.nrows()).map(largest).collect())
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
        let rest = used.iter().zip(&shares).fold(target.clone(), |rest, (&j, &share)| rest - lifted(j) * Scale(share));
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
    /// Keys that can win, with a query that each wins.
    vertices: Vec<(usize, Mat<f64>)>,
    /// Keys that cannot.
    inside: Vec<usize>,
    /// The largest distance of the latter from their means.
    furthest: f64,
}

fn hull(keys: MatRef<'_, f64>) -> Result<Hull> {
    let mut hull = Hull::default();
    for i in 0..keys.nrows() {
        match certificate(keys, i)? {
            Certificate::Query(query) => hull.vertices.push((i, query)),
            Certificate::Mean(distance) => {
                hull.inside.push(i);
                hull.furthest = hull.furthest.max(distance);
            }
        }
    }
    Ok(hull)
}

/// ## A key that others surround never wins
///
/// Which keys can be attended to most? Suppose $k$ is a mean of others, $k = \sum_j \alpha_jk_j$ with $\alpha_j \ge 0$
/// and $\sum_j\alpha_j = 1$. Then for every query $q^\top k = \sum_j\alpha_j\,q^\top k_j \le \max_j q^\top k_j$:
/// somebody else's product is at least as large. No query makes $k$ win, and no $W_q$ and $W_k$ do, because a linear
/// map takes means to means. If on the other hand $k$ lies outside the convex hull of the others, a plane separates it
/// from them, and the plane's normal is a query that it wins. So a key can win if and only if it is a vertex of the
/// hull of all keys.
///
/// We ask each key for its proof. A non-negative least-squares fit finds either the mean or the normal. Of the two hundred
/// synthetic keys {{vertices}} are vertices, and attention, asked with their normals, gives each of them its largest weight.
/// The other {{inside}} are means of others within {{means}}. Over four hundred random forms, with all two hundred rows for
/// queries each time, {{winners}} different keys won at least once, and the surrounded ones
/// {{wins_inside}} times.
///
/// High dimension is generous: in ten, every one of the {{vertices_diabetes}} training rows of the diabetes table is a
/// vertex. Low dimension is not. Of sixty keys in the plane below {{vertices_plane}} can win, and of sixty keys on a
/// line {{vertices_line}}, the smallest and the largest.
///
/// ![**Who can win.** Sixty keys in the plane. Squares: vertices of the hull, each the largest product of some query. Dots: keys that no query and no weights can make win.](figure)
///
/// ```toml
/// kind = "identity"
/// headline = "means"
/// breaks_when = "every key has a bias of $-\\|k\\|^2/2$. Of the surrounded keys, each asked with itself, a share of {{with_bias:.2}} then wins."
///
/// [room]
/// with_bias = "A share of one is all there is: with the bias every key must win, and one that does not moves the share by far more than its tolerance."
/// ```
#[test]
fn a_key_that_others_surround_never_wins() -> Result<()> {
    let mut evidence = Evidence::new();
    let [keys, _] = whitened(&synthetic())?;
    let keys = keys.as_ref();
    let Hull { vertices, inside, furthest } = hull(keys)?;
    let own = |(i, query): &(usize, Mat<f64>)| Ok(winners(query.as_ref(), keys)? == [*i]);
    let won = vertices.iter().map(own).collect::<Result<Vec<_>>>()?.into_iter().filter(|&won| won).count();
    evidence.exactly("vertices", "keys that win the query of their certificate, synthetic", won, vertices.len());
    evidence.count("inside", "keys that are means of others, synthetic", inside.len());
    let longest = (0..keys.nrows()).map(|i| frobenius_norm(keys.subrows(i, 1))).fold(1.0, f64::max);
    let bound = 100.0 * count(keys.nrows()).sqrt() * f64::EPSILON * longest;
    evidence.rounding("means", "largest distance of a surrounded key from its mean of others", furthest, bound);
    let mut wins = vec![0; keys.nrows()];
    for seed in 0..400 {
        let form = standard_normal(500 + seed, 0, keys.ncols(), keys.ncols());
        winners((keys * form).as_ref(), keys)?.into_iter().for_each(|winner| wins[winner] += 1);
    }
    evidence.exactly("wins_inside", "wins of surrounded keys over 400 random forms, all rows as queries", inside.iter().map(|&i| wins[i]).sum(), 0);
    evidence.count("winners", "keys that won at least once over 400 random forms", wins.iter().filter(|&&wins| wins > 0).count());
    let [real, _] = whitened(&diabetes()?)?;
    evidence.exactly("vertices_diabetes", "vertices among the rows of the diabetes table", hull(real.as_ref())?.vertices.len(), real.nrows());

    // Control: with a bias on the keys, each of them is asked with itself.
    let [queries, with_bias] = biased(linalg::select_rows(keys, &inside).as_ref(), keys);
    let own = winners(queries.as_ref(), with_bias.as_ref())?.iter().zip(&inside).filter(|(winner, i)| winner == i).count();
    let share = count(own) / count(inside.len());
    evidence.control(
        "with_bias",
        "share of the surrounded keys that win, asked with themselves, with a bias of $-\\|k\\|^2/2$",
        share,
        relative(1e-9),
        at_least(1.0),
    );
    let plane = standard_normal(7, 0, 60, 2);
    let Hull { vertices, inside, .. } = hull(plane.as_ref())?;
    let line = standard_normal(7, 1, 60, 1);
    evidence.count("vertices_plane", "vertices of sixty keys in the plane", vertices.len());
    evidence.exactly("vertices_line", "vertices of sixty keys on a line", hull(line.as_ref())?.vertices.len(), 2);
    evidence.figure(polygon(plane.as_ref(), &vertices.iter().map(|(i, _)| *i).collect::<Vec<_>>(), &inside));
    record!(evidence)
}

fn polygon(keys: MatRef<'_, f64>, vertices: &[usize], inside: &[usize]) -> Figure {
    let (mut order, mut inside) = (vertices.to_vec(), inside.to_vec());
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
    let axis = |name: &str| Axis::linear(name, &[-3.0, -1.5, 0.0, 1.5, 3.0]);
    let marks = vec![
        series("the hull", Ink::Muted, None, Stroke::Dotted, &closed, None),
        series("never wins", Ink::Muted, Some(Mark::Dot), Stroke::None, &inside, Some(Label { at: 0, side: Side::Left })),
        series("wins some query", Ink::Softmax, Some(Mark::Square), Stroke::None, &order, Some(Label { at: 0, side: Side::Right })),
    ];
    Figure {
        title: "Keys in the plane: vertices of their convex hull, which can win, and the others, which cannot".to_owned(),
        plot: Plot::Chart(Chart { tall: true, ..Chart::new(axis("first coordinate of the key"), axis("second coordinate"), marks) }),
    }
}

/// ## A bias on the keys makes attention a kernel regression
///
/// What attention lacks is a reason to prefer the near to the far. Give every key a bias of $-\|k\|^2/2$, one more coordinate
/// that each query meets with a one, and divide by $\tau = h^2$. Then
///
/// $$\frac{q^\top k - \|k\|^2/2}{h^2} \;=\; -\frac{\|q - k\|^2}{2h^2} + \frac{\|q\|^2}{2h^2},$$
///
/// and the last term, the same for all keys, is divided out. What remains is a Gaussian of the distance with bandwidth $h$: the
/// weights of Nadaraya (1964) and Watson (1964), a regression without coefficients, as local as one likes. Softmax of
/// these scores agrees with a kernel smoother that sums squared differences within {{synthetic}} on the synthetic data and
/// within {{diabetes}} on the diabetes table.
///
/// There is a second way. Where all keys have one length, the bias is the same for all and may be left out. Attention
/// with normalised queries and keys, the idea of QK-norm (Henry et al. 2020), is therefore a kernel regression on the
/// sphere, within {{sphere}}. Its price is that lengths are no longer seen.
///
/// ```toml
/// kind = "identity"
/// uses = ["a_key_that_others_surround_never_wins"]
/// headline = "synthetic"
/// breaks_when = "the bias is left out and the lengths stay: the weights are then {{without_bias:2}} norms away from those of the kernel."
/// ```
#[test]
fn a_bias_on_the_keys_makes_attention_a_kernel_regression() -> Result<()> {
    let mut evidence = Evidence::new();
    let bandwidth = 0.7;
    // Both sets of weights, and what rounding may do to their relative gap.
    let compare = |attending: [&Mat<f64>; 2], rows: [&Mat<f64>; 2]| {
        let weights = softmax::weights(attending[0].as_ref(), attending[1].as_ref(), bandwidth * bandwidth, Diagonal::Kept)?;
        let smoother = kernel::smoother_matrix(rows[0].as_ref(), rows[1].as_ref(), bandwidth)?;
        let bound = weight_rounding(attending[0].as_ref(), attending[1].as_ref(), bandwidth);
        Ok::<_, attention_regression::Error>((relative_gap(weights.as_ref(), smoother.as_ref()), bound))
    };
    for (name, data) in [("synthetic", synthetic()), ("diabetes", diabetes()?)] {
        let [keys, queries] = whitened(&data)?;
        let [asking, answering] = biased(queries.as_ref(), keys.as_ref());
        let (gap, bound) = compare([&asking, &answering], [&queries, &keys])?;
        evidence.rounding(name, &format!("softmax of $q^\\top k - \\|k\\|^2/2$ against the kernel's weights, {name}"), gap, bound);
    }
    let [keys, queries] = whitened(&synthetic())?;
    let [answering, asking] = [&keys, &queries].map(|rows| normalised(rows.as_ref()));
    let (gap, bound) = compare([&asking, &answering], [&asking, &answering])?;
    evidence.rounding("sphere", "softmax of normalised queries and keys against the kernel of the same rows", gap, bound);

    // Control: no bias.
    let (gap, _) = compare([&queries, &keys], [&queries, &keys])?;
    evidence.control("without_bias", "softmax of $q^\\top k$ against the kernel's weights, synthetic", gap, relative(1e-6), at_least(0.5));
    record!(evidence)
}

/// What rounding may do to softmax weights, relative to their norm, with a factor of ten to spare: a score of width p
/// has an error of (p + 1)ε‖q‖‖k‖/h², and a weight moves by at most twice that share of itself.
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

/// The shares of a data set's test rows whose largest weight is on the nearest training row: by dot products, and with a bias.
fn shares_on_nearest(data: &Dataset) -> Result<[f64; 2]> {
    let [keys, queries] = whitened(data)?;
    let [asking, answering] = biased(queries.as_ref(), keys.as_ref());
    let distance = |i: usize, j: usize| frobenius_norm((queries.as_ref().subrows(i, 1) - keys.as_ref().subrows(j, 1)).as_ref());
    let nearest = |i: usize| (0..keys.nrows()).min_by(|&a, &b| distance(i, a).total_cmp(&distance(i, b)));
    let share = |winners: Vec<usize>| count((0..queries.nrows()).filter(|&i| nearest(i) == Some(winners[i])).count()) / count(queries.nrows());
    Ok([share(winners(queries.as_ref(), keys.as_ref())?), share(winners(asking.as_ref(), answering.as_ref())?)])
}

/// ## Neither is attention local, nor is regression global
///
/// Ask the rows of the test set, with $W = I$ and before any training, which training row they attend to most, and
/// compare with the row that is nearest to them. On the diabetes table the two are the same for
/// {{nearest_diabetes:2}} of the rows, on the synthetic data for {{nearest_synthetic:2}} (median of five draws). On
/// the sine, with its one feature, for {{nearest_sine:1}}: everybody attends to the smallest key or to the largest.
/// The weights do lean towards near rows, but most of them are elsewhere: of those of a diabetes row
/// {{mass_softmax:2}} lie on its ten nearest, itself included, where equal weights would put {{mass_uniform:2}}.
///
/// Nor is regression global. *Least squares* is: {{mass_least_squares:2}} of its absolute weight is on the ten
/// nearest. But kernel regression, which is attention with a bias, puts {{mass_kernel:2}} there, at $h = 1$.
///
/// And the closed form? Both have it or neither has. For a fixed form $W$, attention is a matrix that does not know
/// the values, applied to them: its answer to a sum of two targets is the sum of its answers, within {{linearity}}.
/// What is trained is the form. That is a choice of what counts as alike, and kernel regression has the same choice
/// to make.
///
/// ```toml
/// kind = "counterexample"
/// settles = { S11 = "false as stated" }
/// finding = "Untrained, with $W = I$, attention by dot products puts its largest weight on the nearest row for {{nearest_diabetes:2}} of the diabetes rows. With a bias of $-\\|k\\|^2/2$ it always does, and is then a kernel regression, which is local too. With a fixed form both are linear smoothers in closed form."
/// uses = ["a_key_that_others_surround_never_wins", "a_bias_on_the_keys_makes_attention_a_kernel_regression"]
/// headline = "nearest_diabetes"
/// breaks_when = "the keys have a bias of $-\\|k\\|^2/2$: the largest weight is then on the nearest row for a share of {{nearest_with_bias:.2}} of the queries, on every data set."
///
/// [room]
/// nearest_with_bias = "A share of one is all there is: with the bias every query must find its nearest row, and one that does not moves the share by far more than its tolerance."
/// ```
#[test]
fn neither_is_attention_local_nor_is_regression_global() -> Result<()> {
    let mut evidence = Evidence::new();
    let draws = |draw: fn(u64) -> Dataset| SEEDS.iter().map(|&seed| shares_on_nearest(&draw(seed).centred())).collect::<Result<Vec<_>>>();
    let (made, sine, real) = (draws(data::synthetic)?, draws(data::sine)?, shares_on_nearest(&diabetes()?)?);
    let by_products = |shares: &[[f64; 2]]| shares.iter().map(|share| share[0]).collect::<Vec<f64>>();
    // One query of 88 more or less.
    evidence.judge("nearest_diabetes", "share of test rows with their largest weight on the nearest row, diabetes", real[0], absolute(0.012), expected(0.068));
    evidence.seeds(
        "nearest_synthetic",
        "share of test rows with their largest weight on the nearest row, synthetic",
        &by_products(&made),
        relative(0.05),
        at_most(0.4),
    );
    evidence.seeds(
        "nearest_sine",
        "share of test rows with their largest weight on the nearest row, one feature",
        &by_products(&sine),
        absolute(0.01),
        at_most(0.05),
    );

    let ([keys, _], y) = (whitened(&diabetes()?)?, diabetes()?.train.y);
    let (keys, n) = (keys.as_ref(), count(keys.nrows()));
    let mass = |weights: Mat<f64>| mass_on_nearest(weights.as_ref(), keys, keys, 10);
    let attended = softmax::weights(keys, keys, softmax::temperature_of_width(keys.ncols()), Diagonal::Kept)?;
    evidence.judge("mass_softmax", "weight on the ten nearest rows, softmax at $d^{1/2}$, diabetes", mass(attended), relative(5e-3), expected(0.181));
    evidence.judge(
        "mass_least_squares",
        "weight on the ten nearest rows, least squares, diabetes",
        mass(hat_matrix(keys, 0.0, Intercept::None)?),
        relative(1e-2),
        expected(0.071),
    );
    evidence.judge(
        "mass_kernel",
        "weight on the ten nearest rows, kernel regression, $h = 1$, diabetes",
        mass(kernel::smoother_matrix(keys, keys, 1.0)?),
        relative(2e-3),
        expected(0.687),
    );
    evidence.note("mass_uniform", "weight on the ten nearest rows, equal weights, diabetes", 10.0 / n, relative(1e-6));
    let other = standard_normal(41, 0, keys.nrows(), 1) * Scale(50.0);
    let answer = |values: &Mat<f64>| softmax::output(keys, keys, values.as_ref(), 1.0, Diagonal::Kept);
    let (apart, together) = (answer(&y)? + answer(&other)?, answer(&(&y + &other))?);
    // Sums of n terms lose √n ε of the largest of them.
    let bound =
        100.0 * n.sqrt() * f64::EPSILON * (linalg::max_abs(y.as_ref()) + linalg::max_abs(other.as_ref())) * n.sqrt() / frobenius_norm(together.as_ref());
    evidence.rounding("linearity", "softmax output of $y + y'$ against the sum of the outputs", relative_gap(apart.as_ref(), together.as_ref()), bound);

    // Control: with a bias.
    let least = made.iter().chain(&sine).chain([&real]).map(|share| share[1]).fold(f64::INFINITY, f64::min);
    evidence.control(
        "nearest_with_bias",
        "share of test rows with their largest weight on the nearest row, with a bias, least of all data sets",
        least,
        relative(1e-9),
        at_least(1.0),
    );
    record!(evidence)
}

/// The median weight that test rows give to a key at distance R along (1, …, 1), which replaces the first.
struct FarKey {
    /// Absolute weight in least squares.
    least_squares: f64,
    /// Its leverage there.
    leverage: f64,
    /// Absolute weight in linear attention of scale 1/n.
    linear: f64,
    /// Softmax of products, for queries on its side and on the other.
    towards: f64,
    away: f64,
    /// Gaussian kernel of bandwidth one.
    kernel: f64,
}

impl FarKey {
    fn at(radius: f64) -> Result<Self> {
        let [mut keys, queries] = whitened(&synthetic())?;
        let d = keys.ncols();
        (0..d).for_each(|j| keys[(0, j)] = radius / count(d).sqrt());
        let (keys, queries) = (keys.as_ref(), queries.as_ref());
        let ahead = |i: usize| queries.row(i).iter().sum::<f64>() > 0.0;
        let median = |weights: Mat<f64>, chosen: &dyn Fn(usize) -> bool| {
            let mut first: Vec<f64> = (0..queries.nrows()).filter(|&i| chosen(i)).map(|i| weights[(i, 0)].abs()).collect();
            first.sort_by(f64::total_cmp);
            first[first.len() / 2]
        };
        let attended = softmax::weights(queries, keys, softmax::temperature_of_width(d), Diagonal::Kept)?;
        Ok(Self {
            least_squares: median(smoother_matrix(queries, keys, 0.0, Intercept::None)?, &|_| true),
            leverage: hat_matrix(keys, 0.0, Intercept::None)?[(0, 0)],
            linear: median(linear::weights(queries, keys, 1.0 / count(keys.nrows()), Diagonal::Kept), &|_| true),
            towards: median(attended.clone(), &ahead),
            away: median(attended, &|i| !ahead(i)),
            kernel: median(kernel::smoother_matrix(queries, keys, 1.0)?, &|_| true),
        })
    }
}

/// ## A far key is fitted, obeyed or forgotten
///
/// Move one key far away, to $Ru$ with a unit vector $u$, and ask what it then means to everybody else. Three machines give
/// three answers.
///
/// *Least squares* gives in to it and otherwise ignores it. The far row gets a fit of its own, its leverage tends to
/// one ({{leverage:4}} at $R = 1000$). It fixes the coefficient along $u$ to its own target over $R$, so its weight on
/// ordinary rows falls like $1/R$: a tenfold distance divides it by {{least_squares_ratio:3}}. *Softmax of products*
/// divides the world in two. For queries on the far key's side, half of them, it becomes the only key there is, with a
/// median weight of {{towards:4}}; for the rest it vanishes. *A kernel* forgets it. At $R = 10$ the median weight is
/// {{kernel:1}}, lost in the rounding of any sum.
///
/// Which is right depends on what an outlier is: a measurement, an authority, or a stranger.
///
/// ![**One far key.** Median weight that test rows give to a key at distance $R$, synthetic data, whitened. For least squares and for linear attention with $W = I$ the absolute weight; softmax at $\tau = d^{1/2}$, for queries on the key's side and on the other; a Gaussian kernel with $h = 1$. Weights below $10^{-8}$ are not drawn.](figure)
///
/// ```toml
/// kind = "rate"
/// uses = ["neither_is_attention_local_nor_is_regression_global"]
/// headline = "least_squares_ratio"
/// breaks_when = "nothing is inverted or normalised. In linear attention with $W = I$ a tenfold distance multiplies the far key's weight by {{linear_ratio:3}}."
/// ```
#[test]
fn three_laws_of_influence() -> Result<()> {
    let mut evidence = Evidence::new();
    let radii = logarithmic(1.0, 1000.0, 19);
    let path = radii.iter().map(|&radius| FarKey::at(radius)).collect::<Result<Vec<_>>>()?;
    let (near, far) = (&path[12], &path[18]);
    evidence.judge(
        "least_squares_ratio",
        "least squares' median |weight| at $R = 100$ over that at $R = 1000$",
        near.least_squares / far.least_squares,
        absolute(0.5),
        expected(10.0),
    );
    evidence.judge("leverage", "leverage of the far row, $R = 1000$", far.leverage, absolute(1e-4), at_least(0.999));
    evidence.judge("towards", "softmax's median weight, queries on its side, $R = 1000$", far.towards, absolute(1e-4), at_least(0.999));
    evidence.judge("away", "softmax's median weight, queries on the other side, $R = 100$", near.away, relative(0.05), at_most(1e-11));
    evidence.judge("kernel", "the kernel's median weight, $h = 1$, $R = 10$", path[6].kernel, relative(0.05), at_most(1e-20));

    // Control: neither the inverse nor a softmax.
    evidence.control("linear_ratio", "linear attention's median |weight|, $R = 1000$ over $R = 100$", far.linear / near.linear, relative(1e-6), at_least(9.9));
    evidence.figure(influence(&radii, &path));
    record!(evidence)
}

fn influence(radii: &[f64], path: &[FarKey]) -> Figure {
    const FLOOR: f64 = 1e-8;
    let series = |name: &str, ink: Ink, mark: Mark, of: fn(&FarKey) -> f64, at: usize, side: Side| {
        let (x, y) = radii.iter().zip(path).map(|(&radius, far)| (radius, of(far))).filter(|(_, weight)| *weight >= FLOOR).unzip();
        Series { name: name.to_owned(), ink, mark: Some(mark), stroke: Stroke::Solid, x, y, relative: 0.01, label: Some(Label { at, side }) }
    };
    let series = vec![
        series("least squares", Ink::Regression, Mark::Circle, |far| far.least_squares, 18, Side::Right),
        series("softmax, towards", Ink::Softmax, Mark::Square, |far| far.towards, 18, Side::Right),
        series("linear, W = I", Ink::Linear, Mark::Circle, |far| far.linear, 18, Side::Right),
        series("softmax, away", Ink::Softmax, Mark::HollowSquare, |far| far.away, 9, Side::Right),
        series("kernel", Ink::Accent, Mark::Diamond, |far| far.kernel, 4, Side::Left),
    ];
    let chart = Chart::new(
        Axis::log("distance R of the key", &[1.0, 10.0, 100.0, 1000.0]),
        Axis::log("median weight of the key", &[1e-8, 1e-6, 1e-4, 1e-2, 1.0, 100.0]),
        series,
    );
    Figure {
        title: "Weight of a single far key in least squares, linear attention, softmax attention and a kernel smoother".to_owned(),
        plot: Plot::Chart(chart),
    }
}

/// ## Softmax never leaves the range of its values
///
/// Weights that are positive and sum to one make means, and a mean lies between the smallest and the largest of what
/// it averages. So whatever the weights, the temperature and the question, softmax attention answers with something
/// between the values it has heard. Over four hundred random forms on the diabetes table, at temperatures from a
/// hundredth to a hundred, no output lies outside the range of the training targets by more than rounding,
/// {{outside}} of it.
///
/// It shows beyond the data. On the line $y = 2x$, known from $-1$ to $1$ and asked at $x = 5$, softmax says
/// {{warm:3}} at temperature one, {{cool:3}} at a tenth and {{cold:3}} at a hundredth: ever more surely the last
/// thing it saw. A regression goes on in its shape, and may go far wrong with it. Here it is right and says
/// {{least_squares:4}}.
///
/// ```toml
/// kind = "bound"
/// headline = "cold"
/// breaks_when = "the weights may be negative. Those of least squares may, and it says {{least_squares:4}}, five times the largest value."
/// ```
#[test]
fn softmax_never_leaves_the_range_of_its_values() -> Result<()> {
    let mut evidence = Evidence::new();
    let ([keys, queries], y) = (whitened(&diabetes()?)?, diabetes()?.train.y);
    let range =
        |values: MatRef<'_, f64>| linalg::entries(values).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    let (low, high) = range(y.as_ref());
    let mut outside = 0.0_f64;
    for (seed, temperature) in (0..400).zip([0.01, 0.1, 1.0, 10.0, 100.0].into_iter().cycle()) {
        let form = standard_normal(900 + seed, 0, keys.ncols(), keys.ncols());
        let output = softmax::output((&queries * form).as_ref(), keys.as_ref(), y.as_ref(), temperature, Diagonal::Kept)?;
        let (lowest, highest) = range(output.as_ref());
        outside = outside.max(low - lowest).max(highest - high);
    }
    // A sum of n weights that should be one is one up to nε.
    let bound = 10.0 * count(keys.nrows()) * f64::EPSILON * linalg::max_abs(y.as_ref()) / (high - low);
    evidence.rounding("outside", "how far outputs leave the range of the values, 400 random forms, diabetes, over that range", outside / (high - low), bound);

    let x = Mat::from_fn(201, 1, |i, _| (count(i) - 100.0) / 100.0);
    let (x, y, query) = (x.as_ref(), &x * Scale(2.0), column(&[5.0]));
    for (name, temperature, value) in [("warm", 1.0, 1.62), ("cool", 0.1, 1.98), ("cold", 0.01, 2.0)] {
        let output = softmax::output(query.as_ref(), x, y.as_ref(), temperature, Diagonal::Kept)?;
        evidence.judge(
            name,
            &format!("softmax at $x = 5$ of the line $y = 2x$ on $[-1, 1]$, $\\tau = {temperature}$"),
            output[(0, 0)],
            relative(0.01),
            expected(value),
        );
    }

    // Control: weights of either sign.
    let predicted = Ridge::fit(x, y.as_ref(), 0.0, Intercept::Fitted)?.predict(query.as_ref());
    evidence.control("least_squares", "least squares at $x = 5$", predicted[(0, 0)], relative(1e-9), at_least(9.9));
    record!(evidence)
}
