//! # Attention is not local
//!
//! <div class="aside" role="note">
//!
//! Keys and queries are whitened rows unless something else is said. A key *wins* a query if its weight is larger than
//! any other key's. $h$ is the bandwidth of a kernel.
//!
//! </div>
//!
//! The post calls regression global and attention local. The picture is familiar: a row looks around and attends to what
//! resembles it.
//!
//! But a dot product does not measure resemblance. It is large for what lies far out in the right direction, and the
//! largest of all are the products with keys that nothing surrounds. This chapter says exactly which keys can win, which
//! small change makes attention local and what that turns it into, how near layers look as they are built and as they
//! are trained, and what one distant row does to each of these machines.

use attention_regression::agreement::mass_on_nearest;
use attention_regression::attention::{Diagonal, Head, linear, softmax};
use attention_regression::compare::ink::{LINEAR, REGRESSION, SOFTMAX};
use attention_regression::data::Dataset;
use attention_regression::experiment::{Scores, Variant};
use attention_regression::linalg::{self, column, count, frobenius_norm, relative_gap};
use attention_regression::notebook::claim::evidence::{Evidence, absolute, median, relative};
use attention_regression::publish::figure::{Axis, Chart, Figure, Ink, Mark, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge, hat_matrix, kernel, smoother_matrix};
use attention_regression::training::{Parametrisation, Training};
use attention_regression::whitening::{Divisor, Root, Whitening};
use attention_regression::{Mat, MatRef, Result, record};
use faer::Scale;

use crate::support::{Case, Draw, INITS, Run, USUAL, diabetes, draws, experiments, first, logarithmic, synthetic};

/// Training and test rows, whitened by the training rows.
fn whitened(data: &Dataset) -> Result<[Mat<f64>; 2]> {
    let whitening = Whitening::fit(data.train.x.as_ref(), Root::Zca, Divisor::N, 0.0)?;
    Ok([whitening.apply(data.train.x.as_ref()), whitening.apply(data.test.x.as_ref())])
}

/// What the scores of a layer with W = I are.
#[derive(Clone, Copy, PartialEq)]
enum Scoring {
    Products,
    /// Products with a bias of −‖k‖²/2 on every key: distances, but for a term that all keys share.
    Distances,
}

/// Softmax weights at τ = d^{1/2}.
fn attended(queries: MatRef<'_, f64>, keys: MatRef<'_, f64>, scores: Scoring) -> Result<Mat<f64>> {
    let temperature = softmax::temperature_of_width(keys.ncols());
    match scores {
        Scoring::Products => softmax::weights(queries, keys, temperature, Diagonal::Kept),
        Scoring::Distances => {
            let [asking, answering] = biased(queries, keys);
            softmax::weights(asking.as_ref(), answering.as_ref(), temperature, Diagonal::Kept)
        }
    }
}

/// The key with the largest weight, for each query.
fn heaviest(weights: MatRef<'_, f64>) -> Vec<usize> {
    let largest =
        |i: usize| (0..weights.ncols()).max_by(|&a, &b| weights[(i, a)].total_cmp(&weights[(i, b)])).unwrap_or(0);
    (0..weights.nrows()).map(largest).collect()
}

/// The key that wins, for each query.
fn winners(queries: MatRef<'_, f64>, keys: MatRef<'_, f64>) -> Result<Vec<usize>> {
    Ok(heaviest(attended(queries, keys, Scoring::Products)?.as_ref()))
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
            return Ok(if separated {
                Certificate::Query(query)
            } else {
                Certificate::Mean(frobenius_norm(rest.as_ref()))
            });
        };
        used.push(best);
        shares.push(0.0);
        loop {
            let columns =
                Mat::from_fn(d + 1, used.len(), |row, place| if row < d { keys[(used[place], row)] } else { 1.0 });
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
            (used, shares) =
                (kept.iter().map(|&place| used[place]).collect(), kept.iter().map(|&place| shares[place]).collect());
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
/// The other {{inside}} are means of others within {{means}}. Over two hundred random forms, with all two hundred rows for
/// queries each time, {{winners}} different keys won at least once, and the surrounded ones
/// {{wins_inside}} times.
///
/// High dimension is generous: in ten, every one of the {{vertices_diabetes}} training rows of the diabetes table is a
/// vertex, and the theorem forbids nothing. Low dimension is not. Of sixty keys in the plane below {{vertices_plane}} can
/// win, and of sixty keys on a line {{vertices_line}}, the smallest and the largest.
///
/// ![**Who can win.** Sixty keys in the plane. Squares: vertices of the hull, each the largest product of some query. Dots: keys that no query and no weights can make win.](figure)
///
/// ```toml
/// kind = "identity"
/// headline = "wins_inside"
/// breaks_when = "every key has a bias of $-\\|k\\|^2/2$: the surrounded keys then win {{with_bias:2}} of the forty thousand queries."
/// ```
#[test]
fn a_key_that_others_surround_never_wins() -> Result<()> {
    const FORMS: usize = 200;
    let mut evidence = Evidence::new();
    let [keys, _] = whitened(&synthetic())?;
    let (keys, d) = (keys.as_ref(), keys.ncols());
    let Hull { vertices, inside, furthest } = hull(keys)?;
    let own = |(i, query): &(usize, Mat<f64>)| Ok(winners(query.as_ref(), keys)? == [*i]);
    let won = vertices.iter().map(own).collect::<Result<Vec<_>>>()?.into_iter().filter(|&won| won).count();
    evidence.exactly("vertices", "keys that win the query of their certificate, synthetic", won, vertices.len());
    evidence.count("inside", "keys that are means of others, synthetic", inside.len());
    let bound = 100.0 * count(keys.nrows()).sqrt() * f64::EPSILON * longest(keys).max(1.0);
    evidence.rounding("means", "largest distance of a surrounded key from its mean of others", furthest, bound);
    // Forms that keep the lengths of queries as they are on average: without a bias their size decides nothing.
    let forms = first().normal(0, FORMS * d, d) * Scale(1.0 / count(d).sqrt());
    let wins = |scores: Scoring| -> Result<Vec<usize>> {
        let mut wins = vec![0; keys.nrows()];
        for form in 0..FORMS {
            let queries = keys * forms.as_ref().subrows(form * d, d);
            heaviest(attended(queries.as_ref(), keys, scores)?.as_ref())
                .into_iter()
                .for_each(|winner| wins[winner] += 1);
        }
        Ok(wins)
    };
    let of_inside = |wins: &[usize]| inside.iter().map(|&i| wins[i]).sum::<usize>();
    let by_products = wins(Scoring::Products)?;
    evidence.exactly(
        "wins_inside",
        "wins of surrounded keys over 200 random forms, all rows as queries",
        of_inside(&by_products),
        0,
    );
    evidence.count(
        "winners",
        "keys that won at least once over 200 random forms",
        by_products.iter().filter(|&&wins| wins > 0).count(),
    );
    let [real, _] = whitened(&diabetes()?)?;
    evidence.exactly(
        "vertices_diabetes",
        "vertices among the rows of the diabetes table",
        hull(real.as_ref())?.vertices.len(),
        real.nrows(),
    );

    // Control: with a bias on the keys.
    let with_bias = count(of_inside(&wins(Scoring::Distances)?));
    evidence
        .breaks("with_bias", "wins_inside", "the keys have a bias of $-\\|k\\|^2/2$", with_bias)
        .within(relative(0.01))
        .by(1000.0);
    let (plane, line) = (first().normal(1, 60, 2), first().normal(2, 60, 1));
    let Hull { vertices, inside, .. } = hull(plane.as_ref())?;
    evidence.count("vertices_plane", "vertices of sixty keys in the plane", vertices.len());
    evidence.exactly("vertices_line", "vertices of sixty keys on a line", hull(line.as_ref())?.vertices.len(), 2);
    evidence.figure(polygon(plane.as_ref(), &vertices.iter().map(|(i, _)| *i).collect::<Vec<_>>(), &inside));
    record!(evidence)
}

fn polygon(keys: MatRef<'_, f64>, vertices: &[usize], inside: &[usize]) -> Figure {
    let (mut order, mut inside) = (vertices.to_vec(), inside.to_vec());
    inside.sort_by(|&a, &b| keys[(a, 0)].total_cmp(&keys[(b, 0)]));
    order.sort_by(|&a, &b| libm::atan2(keys[(a, 1)], keys[(a, 0)]).total_cmp(&libm::atan2(keys[(b, 1)], keys[(b, 0)])));
    let places = |name: &str, rows: &[usize]| {
        Series::through(name, rows.iter().map(|&i| (keys[(i, 0)], keys[(i, 1)]))).within(1e-6)
    };
    let closed: Vec<usize> = order.iter().chain(order.first()).copied().collect();
    let axis = |name: &str| Axis::linear(name, &[-3.0, -1.5, 0.0, 1.5, 3.0]);
    let series = vec![
        places("the hull", &closed).ink(Ink::MUTED).stroke(Stroke::Dotted),
        places("never wins", &inside).ink(Ink::MUTED).marks(Mark::Dot).label(Side::Left, 0),
        places("wins some query", &order).ink(SOFTMAX).marks(Mark::Square).label(Side::Right, 0),
    ];
    let chart = Chart::new(axis("first coordinate of the key"), axis("second coordinate"), series).tall();
    Figure::new("Keys in the plane: vertices of their convex hull, which can win, and the others, which cannot", chart)
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
        let weights =
            softmax::weights(attending[0].as_ref(), attending[1].as_ref(), bandwidth * bandwidth, Diagonal::Kept)?;
        let smoother = kernel::smoother_matrix(rows[0].as_ref(), rows[1].as_ref(), bandwidth)?;
        let bound = weight_rounding(attending[0].as_ref(), attending[1].as_ref(), bandwidth);
        Ok::<_, attention_regression::Error>((relative_gap(weights.as_ref(), smoother.as_ref()), bound))
    };
    for (name, data) in [("synthetic", synthetic()), ("diabetes", diabetes()?)] {
        let [keys, queries] = whitened(&data)?;
        let [asking, answering] = biased(queries.as_ref(), keys.as_ref());
        let (gap, bound) = compare([&asking, &answering], [&queries, &keys])?;
        evidence.rounding(
            name,
            &format!("softmax of $q^\\top k - \\|k\\|^2/2$ against the kernel's weights, {name}"),
            gap,
            bound,
        );
    }
    let [keys, queries] = whitened(&synthetic())?;
    let [answering, asking] = [&keys, &queries].map(|rows| normalised(rows.as_ref()));
    let (gap, bound) = compare([&asking, &answering], [&asking, &answering])?;
    evidence.rounding(
        "sphere",
        "softmax of normalised queries and keys against the kernel of the same rows",
        gap,
        bound,
    );

    // Control: no bias.
    let (gap, _) = compare([&queries, &keys], [&queries, &keys])?;
    evidence.breaks("without_bias", "synthetic", "the keys have no bias", gap).within(relative(1e-6)).by(1e6);
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

/// ## Least squares looks everywhere, in closed form
///
/// A least-squares prediction weighs the targets with $x_*^\top(X^\top X)^{-1}x_i$. Nothing in this dies out with the distance
/// from $x_*$ to $x_i$. In random halves of the diabetes table, {{far:2}} of the absolute weight of a new row lies on the
/// farther half of the training rows (median of five draws), and {{far_kernel:1}} if the weights are a Gaussian of the
/// distance. This is what global means, and the [whole matrix](structure.md) shows it too.
///
/// The closed form is this very formula. It does not set regression apart from every attention: without softmax,
/// what descent on $W$ learns from zero has one as well, $W = G^{-1}P_C$, where $P_C$ projects onto the span of
/// $X^\top Y$ ([how many targets](targets.md)). With softmax we know of none.
///
/// ```toml
/// kind = "measured"
/// settles = { S11 = "holds" }
/// finding = "In five random halves of the diabetes table {{far:2}} of the weight of a new row lies on the farther half of the training rows, and the weights have the closed form $x_*^\\top(X^\\top X)^{-1}x_i$. But so has the form that attention without softmax learns from zero, $W = G^{-1}P_C$."
/// uses = ["every_smoother_has_a_signature", "regression_reads_out_its_training_set", "a_target_pins_the_form_only_along_itself"]
/// headline = "far"
/// words = { half = "The farther half of the rows is what is asked about, not a measured share." }
/// breaks_when = "the weights fall with distance. Those of a Gaussian kernel with $h = 1$ put {{far_kernel:1}} on the farther half."
/// ```
#[test]
fn least_squares_looks_everywhere() -> Result<()> {
    let mut evidence = Evidence::new();
    let (mut far, mut far_kernel) = (Vec::new(), Vec::new());
    for draw in draws() {
        let [keys, queries] = whitened(&draw.halves()?.standardised()?.centred())?;
        let (keys, queries) = (keys.as_ref(), queries.as_ref());
        let farther = |weights: Mat<f64>| 1.0 - mass_on_nearest(weights.as_ref(), queries, keys, keys.nrows() / 2);
        far.push(farther(smoother_matrix(queries, keys, 0.0, Intercept::None)?));
        far_kernel.push(farther(kernel::smoother_matrix(queries, keys, 1.0)?));
    }
    evidence
        .measure("far", "share of a new row's |weight| on the farther half of the training rows, diabetes", far)
        .within(relative(0.02))
        .at_least(0.4);

    // Control: weights that fall with distance.
    evidence
        .breaks("far_kernel", "far", "the weights are a Gaussian of the distance", far_kernel)
        .within(relative(0.1))
        .by(20.0);
    record!(evidence)
}

/// How far weight and nearness go together.
#[derive(Clone, Copy)]
struct Nearness {
    /// Share of the queries whose heaviest key is their nearest.
    first: f64,
    /// Of the ten heaviest keys of a query, the share that is among its ten nearest.
    ten: f64,
    /// Weight on the nearest quarter of the keys, and on the nearer half.
    quarter: f64,
    half: f64,
}

/// One number of each.
fn numbers(all: &[Nearness], of: fn(&Nearness) -> f64) -> Vec<f64> {
    all.iter().map(of).collect()
}

impl Nearness {
    fn of(weights: MatRef<'_, f64>, queries: MatRef<'_, f64>, keys: MatRef<'_, f64>) -> Self {
        let (n, rows) = (keys.nrows(), queries.nrows());
        let distance = |i: usize, j: usize| {
            queries.row(i).iter().zip(keys.row(j).iter()).map(|(q, k)| (q - k) * (q - k)).sum::<f64>()
        };
        let (mut first, mut ten) = (0, 0);
        for i in 0..rows {
            let (heavy, near) = (ranked(n, |j| -weights[(i, j)]), ranked(n, |j| distance(i, j)));
            first += usize::from(heavy[0] == near[0]);
            ten += heavy[..10].iter().filter(|&j| near[..10].contains(j)).count();
        }
        let mass = |nearest: usize| mass_on_nearest(weights, queries, keys, nearest);
        Self {
            first: count(first) / count(rows),
            ten: count(ten) / count(10 * rows),
            quarter: mass(n / 4),
            half: mass(n / 2),
        }
    }
}

/// The numbers below n, those with the smallest values first.
fn ranked(n: usize, value: impl Fn(usize) -> f64) -> Vec<usize> {
    let mut all: Vec<(f64, usize)> = (0..n).map(|j| (value(j), j)).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    all.into_iter().map(|(_, j)| j).collect()
}

/// ## A dot product does not look for the nearest row
///
/// Take softmax as it is built, $W = I$ and nothing trained, and let the test rows ask. Is the training row that they
/// weigh most the one that is nearest to them? In random halves of the diabetes table it is for {{first_raw:2}} of
/// them (median of five draws), and for {{first_white:2}} once the rows are whitened. On the whitened synthetic
/// data it is for {{first_synthetic:2}}. On the sine of one feature ([next chapter](sine.md)) it is for {{first_sine:1}}: everybody attends to the
/// smallest key or to the largest.
///
/// The first place may be too much to ask. Of the ten rows that a new row weighs most, {{ten_raw:2}} are among its ten
/// nearest, and {{ten_white:2}} with whitening, where drawing lots would give {{lots:2}}. Products lean towards the near,
/// then, and whitening helps. But in no draw are half of the heaviest rows near ones.
///
/// The hull does not explain this. It forbids the sine's queries all keys but two. But every training row of the diabetes table
/// is a vertex: each can win some query, and that query need not be near it.
///
/// ```toml
/// kind = "counterexample"
/// settles = { S22 = "false as stated" }
/// finding = "As built, $W = I$: of the ten rows that softmax weighs most {{ten_raw:2}} are among the ten nearest, {{ten_white:2}} on whitened rows. Neither softmax nor whitening makes attention local. What does is a bias of $-\\|k\\|^2/2$ on the keys, which puts distances in the place of products: then {{ten_with_bias|all ten|0.999..1}} are."
/// uses = ["a_key_that_others_surround_never_wins", "a_bias_on_the_keys_makes_attention_a_kernel_regression"]
/// headline = "ten_white"
/// breaks_when = "the keys have a bias of $-\\|k\\|^2/2$: the ten heaviest rows are then the ten nearest, a share of {{ten_with_bias:.2}} in every draw."
/// ```
#[test]
fn a_dot_product_does_not_look_for_the_nearest_row() -> Result<()> {
    let mut evidence = Evidence::new();
    let near = |rows: [Mat<f64>; 2], scores: Scoring| {
        let [keys, queries] = rows.each_ref().map(|rows| rows.as_ref());
        Ok::<_, attention_regression::Error>(Nearness::of(attended(queries, keys, scores)?.as_ref(), queries, keys))
    };
    let each = |rows: &dyn Fn(Draw) -> Result<[Mat<f64>; 2]>, scores: Scoring| {
        draws().into_iter().map(|draw| near(rows(draw)?, scores)).collect::<Result<Vec<_>>>()
    };
    let halves = |draw: Draw| Ok::<_, attention_regression::Error>(draw.halves()?.standardised()?.centred());
    let raw = each(&|draw| halves(draw).map(|data| [data.train.x, data.test.x]), Scoring::Products)?;
    let whitened_halves = |draw: Draw| whitened(&halves(draw)?);
    let [white, biased] = [Scoring::Products, Scoring::Distances].map(|scores| each(&whitened_halves, scores));
    let (white, biased) = (white?, biased?);
    let made = each(&|draw| whitened(&draw.synthetic().centred()), Scoring::Products)?;
    let sine = each(&|draw| whitened(&draw.sine().centred()), Scoring::Products)?;
    for (name, words, near, limit) in [
        ("raw", "diabetes", &raw, 0.3),
        ("white", "diabetes, whitened", &white, 0.3),
        ("synthetic", "synthetic, whitened", &made, 0.3),
        ("sine", "one feature", &sine, 0.1),
    ] {
        let words = format!("share of test rows with their largest weight on the nearest row, {words}");
        evidence
            .measure(&format!("first_{name}"), &words, numbers(near, |near| near.first))
            .within(absolute(0.01))
            .at_most(limit);
    }
    for (name, words, near) in [("raw", "diabetes", &raw), ("white", "diabetes, whitened", &white)] {
        let words = format!("share of the ten heaviest rows among the ten nearest, {words}");
        evidence
            .measure(&format!("ten_{name}"), &words, numbers(near, |near| near.ten))
            .within(relative(0.01))
            .at_most(0.5);
    }
    evidence
        .contrast(
            "whitening",
            "share of the ten heaviest rows among the ten nearest, whitened over raw",
            "ten_white",
            "ten_raw",
        )
        .within(relative(0.02))
        .by(1.1);
    evidence
        .measure("lots", "share of ten rows among all", 10.0 / count(first().halves()?.train.n()))
        .within(relative(1e-6))
        .noted();

    // Controls: with a bias.
    let hypothesis = "the keys have a bias of $-\\|k\\|^2/2$";
    evidence
        .breaks("first_with_bias", "first_white", hypothesis, numbers(&biased, |near| near.first))
        .within(relative(1e-9))
        .by(3.0);
    evidence
        .breaks("ten_with_bias", "ten_white", hypothesis, numbers(&biased, |near| near.ten))
        .within(relative(1e-9))
        .by(1.9);
    record!(evidence)
}

/// What the test rows look at in the experiment's softmax layers of one parametrisation on the diabetes table: on rows as they are, and
/// on whitened rows.
fn trained(parametrisation: Parametrisation) -> Result<[Vec<Nearness>; 2]> {
    let real = &experiments()?[1];
    let of = |whitened: bool| {
        let variant = Variant { scores: Scores::Softmax, whitened, parametrisation, diagonal: Diagonal::Kept };
        real.runs(USUAL, |other| other == variant).map(|(case, run)| nearness(case, run)).collect::<Result<Vec<_>>>()
    };
    Ok([of(false)?, of(true)?])
}

fn nearness(case: &Case, run: &Run) -> Result<Nearness> {
    nearness_of(case, run.variant, &run.trained.head)
}

fn nearness_of(case: &Case, variant: Variant, head: &Head) -> Result<Nearness> {
    let (rows, width) = (case.comparison.rows(variant), case.comparison.width());
    let (x, new) = (rows.train.x.as_ref(), rows.test.x.as_ref());
    let weights =
        variant.normalisation(width).weights(head.queries(new).as_ref(), head.keys(x).as_ref(), Diagonal::Kept)?;
    Ok(Nearness::of(weights.as_ref(), new, x))
}

/// ## Training does not make attention local, and tied weights lean before it
///
/// Perhaps training finds what $W = I$ does not have. We take the softmax layers of the [experiment](experiment.md) on the diabetes
/// table, in five random halves with three initialisations each, and let the rows of the other half ask.
///
/// With *separate* $W_q$ and $W_k$ there is little lean. Of the ten rows that a new row weighs most {{ten_separate:2}} are
/// among its ten nearest (median; {{ten_separate_white:2}} on whitened rows), where drawing lots would give
/// {{a_dot_product_does_not_look_for_the_nearest_row/lots:2}}. On whitened rows, with softmax and whitening both at work,
/// such a layer does not even prefer the nearer half of the training rows: {{half_separate_white:2}} of its weight lies there,
/// and {{half_separate_white.highest:2}} in the draw with the most (means of the initialisations).
///
/// *Tied* weights are another matter. The score of a row with itself is then a square, never negative, and rows that
/// point the same way score high with each other; that is so before the first step. They put {{quarter_tied:2}} of the weight on the
/// nearest quarter of the rows, where separate ones put {{quarter_separate:2}}. Of the ten rows that they weigh most
/// {{ten_untrained:2}} are among the ten nearest before training and {{ten_tied:2}} after it ({{ten_tied_white:2}} on whitened rows),
/// and the heaviest is the nearest for {{first_tied:1}} of the new rows. That is a lean, and no search for the nearest. In no layer of
/// ours were half of the ten heaviest rows among the ten nearest.
///
/// ```toml
/// kind = "measured"
/// settles = { S22 = "false as stated" }
/// finding = "Nor does training: of the ten heaviest rows of a new one {{ten_separate:2}} are among its ten nearest with separate weights and {{ten_tied:2}} with tied ones, which have {{ten_untrained:2}} untrained. On the nearest quarter of the rows lies {{quarter_tied:2}} of the weight, or {{quarter_separate:2}} if weights are separate."
/// uses = ["a_dot_product_does_not_look_for_the_nearest_row"]
/// headline = "lean"
/// breaks_when = "weights are separate: on the nearest quarter of the rows lies then less of the weight, by {{lean:2}}. And if distances take the place of the trained scores, the ten heaviest rows are the ten nearest, a share of {{ten_distances:.2}} in every draw."
/// ```
#[test]
fn training_does_not_make_attention_local() -> Result<()> {
    let mut evidence = Evidence::new();
    let ([tied, tied_white], [separate, separate_white]) =
        (trained(Parametrisation::Tied)?, trained(Parametrisation::Separate)?);
    for (name, words, near, limit) in [
        ("tied", "tied", &tied, 0.5),
        ("tied_white", "tied, whitened", &tied_white, 0.5),
        ("separate", "separate", &separate, 0.25),
        ("separate_white", "separate, whitened", &separate_white, 0.25),
    ] {
        let words = format!("share of the ten heaviest rows among the ten nearest, {words}");
        evidence
            .measure(&format!("ten_{name}"), &words, numbers(near, |near| near.ten))
            .within(relative(0.05))
            .at_most(limit);
    }
    let words = |words: &str| format!("share of test rows with their largest weight on the nearest row, {words}");
    evidence
        .measure("first_tied", &words("tied"), numbers(&tied, |near| near.first))
        .within(absolute(0.02))
        .at_most(0.3);
    evidence
        .measure("first_separate", &words("separate"), numbers(&separate, |near| near.first))
        .within(absolute(0.02))
        .at_most(0.1);
    let by_draw = |near: &[Nearness], of: fn(&Nearness) -> f64| {
        near.chunks(INITS).map(|near| near.iter().map(of).sum::<f64>() / count(near.len())).collect::<Vec<f64>>()
    };
    for (name, near) in [("tied", &tied), ("separate", &separate)] {
        let words = format!("weight on the nearest quarter of the rows, {name}, mean of three initialisations");
        evidence
            .measure(&format!("quarter_{name}"), &words, by_draw(near, |near| near.quarter))
            .within(relative(0.05))
            .noted();
    }
    let half = by_draw(&separate_white, |near| near.half);
    evidence
        .measure(
            "half_separate_white",
            "weight on the nearer half of the rows, separate, whitened, mean of three initialisations",
            half,
        )
        .within(relative(0.05))
        .at_most(0.5);
    evidence
        .contrast("lean", "weight on the nearest quarter, tied less separate", "quarter_tied", "quarter_separate")
        .within(relative(0.1))
        .apart(0.05);

    let untrained = experiments()?[1].cases.iter().map(untrained_tied).collect::<Result<Vec<_>>>()?;
    let words = "share of the ten heaviest rows among the ten nearest, tied, before the first step, mean of three initialisations";
    evidence.measure("ten_untrained", words, untrained).within(relative(0.05)).noted();
    let distances = |draw: Draw| {
        let [keys, queries] = {
            let data = draw.halves()?.standardised()?;
            [data.train.x, data.test.x]
        };
        let weights = attended(queries.as_ref(), keys.as_ref(), Scoring::Distances)?;
        Ok(Nearness::of(weights.as_ref(), queries.as_ref(), keys.as_ref()).ten)
    };
    let distances = draws().into_iter().map(distances).collect::<Result<Vec<f64>>>()?;
    let words = "share of the ten heaviest rows among the ten nearest, distances in place of the trained scores";
    evidence.measure("ten_distances", words, distances).within(relative(1e-9)).at_least(0.99);
    record!(evidence)
}

/// The share of the ten heaviest rows among the ten nearest in tied layers on rows as they are, before the first step.
fn untrained_tied(case: &Case) -> Result<f64> {
    let variant = Variant {
        scores: Scores::Softmax,
        whitened: false,
        parametrisation: Parametrisation::Tied,
        diagonal: Diagonal::Kept,
    };
    let share = |seed: u64| {
        let head =
            case.comparison.train_as(variant, &Training { steps: 0, ..case.comparison.training(variant, seed) })?.head;
        Ok(nearness_of(case, variant, &head)?.ten)
    };
    Ok(case.seeds.map(share).into_iter().sum::<Result<f64>>()? / count(INITS))
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
        let of = |weights: Mat<f64>, chosen: &dyn Fn(usize) -> bool| {
            median(&(0..queries.nrows()).filter(|&i| chosen(i)).map(|i| weights[(i, 0)].abs()).collect::<Vec<_>>())
        };
        let attended = softmax::weights(queries, keys, softmax::temperature_of_width(d), Diagonal::Kept)?;
        Ok(Self {
            least_squares: of(smoother_matrix(queries, keys, 0.0, Intercept::None)?, &|_| true),
            leverage: hat_matrix(keys, 0.0, Intercept::None)?[(0, 0)],
            linear: of(linear::weights(queries, keys, 1.0 / count(keys.nrows()), Diagonal::Kept), &|_| true),
            towards: of(attended.clone(), &ahead),
            away: of(attended, &|i| !ahead(i)),
            kernel: of(kernel::smoother_matrix(queries, keys, 1.0)?, &|_| true),
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
/// divides the world in two. For queries on the far key's side it becomes the only key there is, with a
/// median weight of {{towards:4}}; for the rest it vanishes. *A kernel* forgets it. At $R = 10$ the median weight is
/// {{kernel:1}}, lost in the rounding of any sum.
///
/// Which of the three one wants depends on whether the far row is a mistake.
///
/// ![**One far key.** Median weight that test rows give to a key at distance $R$, synthetic data, whitened. For least squares and for linear attention with $W = I$ the absolute weight; softmax at $\tau = d^{1/2}$, for queries on the key's side and on the other; a Gaussian kernel with $h = 1$. Weights below $10^{-8}$ are not drawn.](figure)
///
/// ```toml
/// kind = "rate"
/// uses = ["a_dot_product_does_not_look_for_the_nearest_row"]
/// headline = "least_squares_ratio"
/// breaks_when = "nothing is inverted. Linear attention with $W = I$ gives the far key at $R = 100$ {{linear_ratio:1}} of the weight that it has at $R = 1000$: a tenfold distance multiplies it by ten."
/// ```
#[test]
fn three_laws_of_influence() -> Result<()> {
    let mut evidence = Evidence::new();
    let radii = logarithmic(1.0, 1000.0, 19);
    let path = radii.iter().map(|&radius| FarKey::at(radius)).collect::<Result<Vec<_>>>()?;
    let (near, far) = (&path[12], &path[18]);
    let ratio = near.least_squares / far.least_squares;
    let words = "median |weight| of the far key at $R = 100$ over that at $R = 1000$, least squares";
    evidence.measure("least_squares_ratio", words, ratio).within(absolute(0.5)).equals(
        radii[18] / radii[12],
        "the ratio of the distances",
        absolute(0.5),
    );
    evidence
        .measure("leverage", "leverage of the far row, $R = 1000$", far.leverage)
        .within(absolute(1e-4))
        .at_least(0.999);
    evidence
        .measure("towards", "softmax's median weight, queries on its side, $R = 1000$", far.towards)
        .within(absolute(1e-4))
        .at_least(0.999);
    evidence
        .measure("away", "softmax's median weight, queries on the other side, $R = 100$", near.away)
        .within(relative(0.05))
        .at_most(1e-8);
    evidence
        .measure("kernel", "the kernel's median weight, $h = 1$, $R = 10$", path[6].kernel)
        .within(relative(0.05))
        .at_most(1e-18);

    // Control: neither the inverse nor a softmax.
    let linear = near.linear / far.linear;
    evidence
        .breaks("linear_ratio", "least_squares_ratio", "the Gram matrix is not inverted", linear)
        .within(relative(1e-6))
        .by(15.0);
    evidence.figure(influence(&radii, &path));
    record!(evidence)
}

fn influence(radii: &[f64], path: &[FarKey]) -> Figure {
    const FLOOR: f64 = 1e-8;
    let curve = |name: &str, mark: Mark, of: fn(&FarKey) -> f64| {
        let points =
            radii.iter().zip(path).map(|(&radius, far)| (radius, of(far))).filter(|(_, weight)| *weight >= FLOOR);
        Series::through(name, points).mark(mark).within(0.01)
    };
    let series = vec![
        curve("least squares", Mark::Circle, |far| far.least_squares).ink(REGRESSION).label(Side::Right, 18),
        curve("softmax, towards", Mark::Square, |far| far.towards).ink(SOFTMAX).label(Side::Right, 18),
        curve("linear, W = I", Mark::Circle, |far| far.linear).ink(LINEAR).label(Side::Right, 18),
        curve("softmax, away", Mark::HollowSquare, |far| far.away).ink(SOFTMAX).label(Side::Right, 9),
        curve("kernel", Mark::Diamond, |far| far.kernel).ink(Ink::ACCENT).label(Side::Left, 4),
    ];
    let x = Axis::log("distance R of the key", &[1.0, 10.0, 100.0, 1000.0]);
    let y = Axis::log("median weight of the key", &[1e-8, 1e-6, 1e-4, 1e-2, 1.0, 100.0]);
    let title =
        "Weight of a single far key in least squares, linear attention, softmax attention and a kernel smoother";
    Figure::new(title, Chart::new(x, y, series))
}

/// ## Softmax never leaves the range of its values
///
/// Weights that are positive and sum to one make means. So whatever the form and the temperature, softmax attention answers with
/// something between its values: over
/// four hundred random forms on the diabetes table, at temperatures from a hundredth to a hundred, no output leaves the
/// range of the training targets, to rounding.
///
/// It shows beyond the data. On the line $y = 2x$, known from $-1$ to $1$ and asked at $x = 5$, softmax says
/// {{warm:3}} at temperature one, {{cool:3}} at a tenth and {{cold:5}} at a hundredth: ever nearer to
/// the value at the edge. A regression goes on in its shape, and may go far wrong with it. Here it is right and says
/// {{least_squares:4}}.
///
/// ```toml
/// kind = "bound"
/// headline = "cold"
/// breaks_when = "the weights may be negative. Those of least squares may, and it says {{least_squares:4}}, {{least_squares|five times|9.9..10.1}} the largest value."
/// ```
#[test]
fn softmax_never_leaves_the_range_of_its_values() -> Result<()> {
    let mut evidence = Evidence::new();
    let ([keys, queries], y) = (whitened(&diabetes()?)?, diabetes()?.train.y);
    let range = |values: MatRef<'_, f64>| {
        linalg::entries(values)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
    };
    let ((low, high), d) = (range(y.as_ref()), keys.ncols());
    let forms = first().normal(0, 400 * d, d);
    let mut outside = 0.0_f64;
    for (form, temperature) in (0..400).zip([0.01, 0.1, 1.0, 10.0, 100.0].into_iter().cycle()) {
        let asking = &queries * forms.as_ref().subrows(form * d, d);
        let (lowest, highest) =
            range(softmax::output(asking.as_ref(), keys.as_ref(), y.as_ref(), temperature, Diagonal::Kept)?.as_ref());
        outside = outside.max(low - lowest).max(highest - high);
    }
    // A sum of n weights that should be one is one up to nε.
    let bound = 10.0 * count(keys.nrows()) * f64::EPSILON * linalg::max_abs(y.as_ref()) / (high - low);
    evidence.rounding(
        "outside",
        "how far outputs leave the range of the values, 400 random forms, diabetes, over that range",
        outside / (high - low),
        bound,
    );

    let x = Mat::from_fn(2 * SIDE + 1, 1, |i, _| (count(i) - count(SIDE)) / count(SIDE));
    let (x, y, query) = (x.as_ref(), &x * Scale(2.0), column(&[5.0]));
    let words = |temperature: f64| {
        format!("answer at $x = 5$ of the line $y = 2x$ on $[-1, 1]$, softmax at $\\tau = {temperature}$")
    };
    let answer = |temperature: f64| {
        Ok::<_, attention_regression::Error>(
            softmax::output(query.as_ref(), x, y.as_ref(), temperature, Diagonal::Kept)?[(0, 0)],
        )
    };
    for (name, temperature) in [("warm", 1.0), ("cool", 0.1)] {
        let (closed, source) =
            (2.0 * tilted_mean(5.0 / temperature), "the sum of a geometric series, by its logarithm's slope");
        evidence.measure(name, &words(temperature), answer(temperature)?).within(relative(1e-6)).equals(
            closed,
            source,
            relative(1e-10),
        );
    }
    evidence.measure("cold", &words(0.01), answer(0.01)?).within(relative(1e-6)).at_most(linalg::max_abs(y.as_ref()));

    // Control: weights of either sign.
    let predicted = Ridge::fit(x, y.as_ref(), 0.0, Intercept::Fitted)?.predict(query.as_ref());
    evidence
        .breaks(
            "least_squares",
            "cold",
            "the weights are those of least squares and may be negative",
            predicted[(0, 0)],
        )
        .within(relative(1e-9))
        .by(4.0);
    record!(evidence)
}

/// Points of the line on either side of zero.
const SIDE: usize = 100;

/// The mean of j/m for j from −m to m with weights e^{θj/m}, m = [`SIDE`]. The weights are a geometric series, whose sum is
/// sinh((m + ½)a)/sinh(a/2) at a = θ/m; the mean is the slope of its logarithm.
fn tilted_mean(tilt: f64) -> f64 {
    let (m, a) = (count(SIDE), tilt / count(SIDE));
    ((m + 0.5) / libm::tanh((m + 0.5) * a) - 0.5 / libm::tanh(0.5 * a)) / m
}
