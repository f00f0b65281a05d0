//! # Memory against regression
//!
//! <div class="aside" role="note">
//!
//! Keys $K$ are $n \times d$ with rows of length one, values $V$ are $n \times m$. To *store* is to keep the pairs, to
//! *recall* is to ask with a stored key. Errors are mean squares, in units of the values' variance.
//!
//! </div>
//!
//! The other post, *Attention and Linear Regression*, looked at attention from another side. An associative memory
//! stores pairs of a key and a value, and answers a key with the value that was stored under it. Written down it is a
//! table of products of what is asked with what is stored, and so is a regression. That post concludes that they are
//! relatives, and that only one of the two is interesting: a memory gives back what was put in, a regression finds out
//! what it means.
//!
//! This chapter puts three of the family side by side: the sum of outer products, which is linear attention; least
//! squares, which is the best memory that a matrix can be; and softmax attention at a low temperature. They read the same
//! product. What each does to it decides how much it can hold, and whether it holds anything worth knowing.

use attention_regression::agreement::mse;
use attention_regression::attention::{Diagonal, linear, scores, softmax};
use attention_regression::data::random::standard_normal;
use attention_regression::linalg::{centred, condition_number, count, frobenius_norm, moments, relative_gap, symmetric_power};
use attention_regression::notebook::evidence::{Evidence, at_least, at_most, expected, relative};
use attention_regression::notebook::figure::{Axis, Chart, Figure, Ink, Label, Mark, Plot, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge};
use attention_regression::{Mat, MatRef, Result};
use faer::Scale;

use crate::support::{SEEDS, logarithmic, record, rounding_bound, softmax_rounding};

const WIDTH: usize = 32;
/// Of the softmax that remembers.
const COLD: f64 = 1.0 / 32.0;

/// n random rows of length one.
fn unit_rows(seed: u64, stream: u64, n: usize) -> Mat<f64> {
    let rows = standard_normal(seed, stream, n, WIDTH);
    Mat::from_fn(n, WIDTH, |i, j| rows[(i, j)] / frobenius_norm(rows.as_ref().subrows(i, 1)))
}

/// ## Memories and regression read one product
///
/// Write pairs one after another into a matrix, $M \leftarrow M + k_jv_j^\top$, and read it with $q^\top M$: the oldest
/// associative memory, a sum of outer products. What it answers is
/// $q^\top\sum_j k_jv_j^\top = \sum_j (q^\top k_j)\,v_j$, row by row $QK^\top V$. Ridge regression from keys to values
/// answers
///
/// $$Q\,(K^\top K + \lambda I)^{-1}K^\top V \;=\; QK^\top\,(KK^\top + \lambda I)^{-1}\,V,$$
///
/// and softmax attention $\operatorname{softmax}(QK^\top/\tau)\,V$. All three see the queries through the $n_* \times n$ product
/// $QK^\top$ and in no other way. To show it, we throw queries and keys away and rebuild every answer from their products: the
/// memory, written pair by pair, is met within {{outer_products}}, ridge, solved by QR in the space of the keys, within
/// {{ridge}}, and softmax within {{softmax}}.
///
/// The other post is right about what they share. They part in what they do with the product: nothing, multiply it by
/// the inverse of the keys' products among themselves, or exponentiate it and normalise its rows.
///
/// ```toml
/// kind = "identity"
/// settles = { O1 = "holds", O2 = "holds" }
/// finding = "A sum of outer products, ridge regression and softmax attention can all be rebuilt from $QK^\\top$, and from the keys' products among themselves, to rounding. They differ in what they do to it."
/// uses = ["regression_reads_out_its_training_set"]
/// headline = "outer_products"
/// breaks_when = "the inverse is left out of ridge's reading: what remains is the sum of outer products, {{without_inverse:2}} norms away."
/// ```
#[test]
fn memories_and_regression_read_one_product() -> Result<()> {
    let mut evidence = Evidence::new();
    let (n, penalty, temperature) = (64, 0.1, 0.25);
    let (keys, queries, values) = (unit_rows(31, 0, n), unit_rows(31, 1, 40), standard_normal(31, 2, n, 4));
    let (k, q, v) = (keys.as_ref(), queries.as_ref(), values.as_ref());
    let (asked, stored) = (scores(q, k), scores(k, k));

    let mut memory = Mat::<f64>::zeros(WIDTH, v.ncols());
    (0..n).for_each(|j| memory += k.subrows(j, 1).transpose() * v.subrows(j, 1));
    let recalled = q * &memory;
    let bound = sum_rounding(q, k, v) / frobenius_norm(recalled.as_ref());
    evidence.rounding(
        "outer_products",
        "$\\sum_j k_jv_j^\\top$, written pair by pair, against $(QK^\\top)V$",
        relative_gap((&asked * v).as_ref(), recalled.as_ref()),
        bound,
    );

    let fitted = Ridge::fit(k, v, penalty, Intercept::None)?.predict(q);
    let penalised = Mat::from_fn(n, n, |i, j| stored[(i, j)] + if i == j { penalty } else { 0.0 });
    let dual = &asked * symmetric_power(penalised.as_ref(), -1.0)? * v;
    let bound = 100.0 * count(n).sqrt() * f64::EPSILON * condition_number(penalised.as_ref())?;
    evidence.rounding(
        "ridge",
        "ridge by QR against $QK^\\top(KK^\\top + \\lambda I)^{-1}V$, $\\lambda = 1/10$",
        relative_gap(dual.as_ref(), fitted.as_ref()),
        bound,
    );

    let attended = softmax::output(q, k, v, temperature, Diagonal::Kept)?;
    let rebuilt = softmax::output(asked.as_ref(), Mat::<f64>::identity(n, n).as_ref(), v, temperature, Diagonal::Kept)?;
    let bound = softmax_rounding(q, k, v, temperature) / frobenius_norm(attended.as_ref());
    evidence.rounding(
        "softmax",
        "softmax of queries and keys against softmax of their products, $\\tau = 1/4$",
        relative_gap(rebuilt.as_ref(), attended.as_ref()),
        bound,
    );

    // Control: ridge's product without the inverse beside it.
    evidence.control("without_inverse", "$QK^\\top V$ against ridge", relative_gap(recalled.as_ref(), fitted.as_ref()), relative(1e-6), at_least(0.5));
    record!(evidence)
}

/// What rounding may do to ‖QKᵀV‖_F: sums of products lose √n ε of the sum of their absolute values, and 100 stands for the
/// constants of either order.
fn sum_rounding(queries: MatRef<'_, f64>, keys: MatRef<'_, f64>, values: MatRef<'_, f64>) -> f64 {
    let absolute = |a: MatRef<'_, f64>| Mat::from_fn(a.nrows(), a.ncols(), |i, j| a[(i, j)].abs());
    let summed = linear::output(absolute(queries).as_ref(), absolute(keys).as_ref(), absolute(values).as_ref(), 1.0, Diagonal::Kept);
    100.0 * count(keys.nrows()).sqrt() * f64::EPSILON * frobenius_norm(summed.as_ref())
}

/// Keys and values without any relation: mean squared errors of recall by outer products, least squares and cold softmax.
fn recall(seed: u64, n: usize) -> Result<[f64; 3]> {
    let (keys, values) = (unit_rows(seed, 0, n), standard_normal(seed, 1, n, 128));
    let (k, v) = (keys.as_ref(), values.as_ref());
    let summed = linear::output(k, k, v, 1.0, Diagonal::Kept);
    let fit = Ridge::fit(k, v, 0.0, Intercept::None)?;
    let looked_up = softmax::output(k, k, v, COLD, Diagonal::Kept)?;
    Ok([mse(summed.as_ref(), v), mse(fit.fitted(), v), mse(looked_up.as_ref(), v)])
}

/// ## What a memory holds
///
/// Store $n$ random pairs in dimension $d$ and ask for each. The sum of outer products gives the right value, and on top of it
/// every other one, weighted by a product $k_i^\top k_j$ of mean square $1/d$. Its error is $(n-1)/d$. With as many pairs as
/// dimensions it has lost them: zero would have been as good an answer. Over three sizes and five draws the measured error is
/// {{outer_products:2}} of this, from {{outer_products.lowest:2}} to {{outer_products.highest:2}}.
///
/// Least squares removes the cross-talk as far as a matrix can. Up to $n = d$ it recalls exactly, within {{exact}}; beyond, a
/// projection of rank $d$ keeps $d$ of the $n$ parts of each value, and the error is $1 - d/n$: measured over expected is
/// {{least_squares:2}}. Nothing linear in the query can do better, since least squares is the best by definition.
///
/// Softmax at the temperature $1/32$ is not linear in the query, and holds them all. With 1024 pairs, thirty-two for each
/// dimension, its error is {{softmax:1}} in the median. The exponential turns a margin between products into a ratio of weights,
/// and the number of random keys that keep a margin grows exponentially with $d$ (Demircigil et al. 2017, Ramsauer et al. 2021).
///
/// ![**Recall.** Mean squared error of recalling stored pairs, $d = 32$, against their number. Marks are five draws, dotted lines are $(n-1)/d$ and $1 - d/n$. Outer products are drawn up to 64 pairs. Answering zero would cost one.](figure)
///
/// ```toml
/// kind = "measured"
/// settles = { O3 = "holds if" }
/// finding = "Softmax at a low temperature recalls 1024 random pairs in dimension 32; least squares only as many as there are dimensions, a sum of outer products none cleanly."
/// uses = ["memories_and_regression_read_one_product"]
/// headline = "outer_products"
/// breaks_when = "the temperature is one instead of $1/32$. The weights are then nearly equal, and softmax recalls the mean of all values for an error of {{warm:2}}."
/// ```
#[test]
fn what_a_memory_holds() -> Result<()> {
    let mut evidence = Evidence::new();
    let width = count(WIDTH);
    let sizes = [4, 8, 16, 32, 45, 64, 128, 256, 512, 1024];
    let table = sizes.iter().map(|&n| SEEDS.iter().map(|&seed| recall(seed, n)).collect()).collect::<Result<Vec<Vec<[f64; 3]>>>>()?;
    let over = |which: usize, law: fn(f64, f64) -> f64| -> Vec<f64> {
        let large = sizes.iter().zip(&table).filter(|(n, _)| [64, 256, 1024].contains(n));
        large.flat_map(|(&n, errors)| errors.iter().map(move |errors| errors[which] / law(count(n), width))).collect()
    };
    evidence.seeds(
        "outer_products",
        "error of outer products over $(n-1)/d$, $n = 64, 256, 1024$",
        &over(0, |n, d| (n - 1.0) / d),
        relative(0.1),
        expected(1.0),
    );
    evidence.seeds("least_squares", "error of least squares over $1 - d/n$, $n = 64, 256, 1024$", &over(1, |n, d| 1.0 - d / n), relative(0.1), expected(1.0));
    let cold: Vec<f64> = table.last().into_iter().flatten().map(|errors| errors[2]).collect();
    evidence.seeds("softmax", "error of softmax, $n = 1024$, $\\tau = 1/32$", &cold, relative(0.02), at_most(1e-6));
    let (keys, values) = (unit_rows(1, 0, WIDTH), standard_normal(1, 1, WIDTH, 16));
    let fit = Ridge::fit(keys.as_ref(), values.as_ref(), 0.0, Intercept::None)?;
    evidence.rounding("exact", "least squares against the values, $n = d$", relative_gap(fit.fitted(), values.as_ref()), rounding_bound(keys.as_ref())?);

    // Control: a temperature at which the products make no difference.
    let (keys, values) = (unit_rows(1, 0, 1024), standard_normal(1, 1, 1024, 16));
    let warm = softmax::output(keys.as_ref(), keys.as_ref(), values.as_ref(), 1.0, Diagonal::Kept)?;
    evidence.control("warm", "error of softmax, $n = 1024$, $\\tau = 1$", mse(warm.as_ref(), values.as_ref()), relative(1e-3), at_least(0.9));
    evidence.figure(holdings(&sizes, &table));
    record!(evidence)
}

fn holdings(sizes: &[usize], table: &[Vec<[f64; 3]>]) -> Figure {
    let marks = |name: &str, which: usize, ink: Ink, mark: Mark, at: usize, side: Side| {
        let points = sizes.iter().zip(table).flat_map(|(&n, errors)| errors.iter().map(move |errors| (count(n), drawn(errors[which]))));
        let (x, y) = points.filter(|&(n, _)| which > 0 || n <= 64.0).unzip();
        Series { name: name.to_owned(), ink, mark: Some(mark), stroke: Stroke::None, x, y, relative: 1e-2, label: Some(Label { at, side }) }
    };
    let law = |name: &str, ink: Ink, from: usize, to: usize, law: fn(f64) -> f64| {
        let x: Vec<f64> = (from..=to).step_by(((to - from) / 60).max(1)).map(count).collect();
        Series { name: name.to_owned(), ink, mark: None, stroke: Stroke::Dotted, y: x.iter().map(|&n| law(n)).collect(), x, relative: 1e-3, label: None }
    };
    let series = vec![
        law("(n − 1) ∕ d", Ink::Linear, 4, 64, |n| (n - 1.0) / 32.0),
        law("1 − d ∕ n", Ink::Regression, 32, 1024, |n| 1.0 - 32.0 / n),
        marks("sum of outer products", 0, Ink::Linear, Mark::Circle, 17, Side::Left),
        marks("least squares", 1, Ink::Regression, Mark::HollowCircle, 37, Side::Below),
        marks("softmax, τ = 1 ∕ 32", 2, Ink::Softmax, Mark::Square, 42, Side::Above),
    ];
    let x = Axis::log("stored pairs n", &[4.0, 16.0, 64.0, 256.0, 1024.0]);
    let y = Axis::linear("mean squared error of recall", &[0.0, 0.5, 1.0, 1.5, 2.0, 2.5]);
    Figure { title: "Error of recalling stored pairs, against their number, for three memories".to_owned(), plot: Plot::Chart(Chart::new(x, y, series)) }
}

/// Values that mean something: a function of $t = d^{1/2}k^\top b$ plus noise of standard deviation one half, and new
/// keys with the values they would have without noise.
struct Lesson {
    keys: Mat<f64>,
    values: Mat<f64>,
    new_keys: Mat<f64>,
    truth: Mat<f64>,
}

impl Lesson {
    fn new(seed: u64, n: usize, meaning: fn(f64) -> f64) -> Self {
        let (keys, new_keys, direction) = (unit_rows(seed, 3, n), unit_rows(seed, 4, 200), unit_rows(seed, 5, 1));
        let mean = |keys: &Mat<f64>| {
            let products = scores(keys.as_ref(), direction.as_ref()) * Scale(count(WIDTH).sqrt());
            Mat::from_fn(keys.nrows(), 1, |i, _| meaning(products[(i, 0)]))
        };
        let values = mean(&keys) + standard_normal(seed, 6, n, 1) * Scale(0.5);
        Self { truth: mean(&new_keys), keys, values, new_keys }
    }

    /// Errors on stored pairs, and on new keys.
    fn softmax(&self, temperature: f64) -> Result<[f64; 2]> {
        let ask = |keys: &Mat<f64>| softmax::output(keys.as_ref(), self.keys.as_ref(), self.values.as_ref(), temperature, Diagonal::Kept);
        Ok([mse(ask(&self.keys)?.as_ref(), self.values.as_ref()), mse(ask(&self.new_keys)?.as_ref(), self.truth.as_ref())])
    }

    /// The same errors where the output, less the mean of the values, is magnified by dτ: random keys of length one have the
    /// covariance I/d.
    fn magnified(&self, temperature: f64) -> Result<[f64; 2]> {
        let mean = moments(self.values.as_ref());
        let ask = |keys: &Mat<f64>| -> Result<Mat<f64>> {
            let output = softmax::output(keys.as_ref(), self.keys.as_ref(), self.values.as_ref(), temperature, Diagonal::Kept)?;
            Ok(centred(output.as_ref(), &mean) * Scale(count(WIDTH) * temperature))
        };
        Ok([mse(ask(&self.keys)?.as_ref(), self.values.as_ref()), mse(ask(&self.new_keys)?.as_ref(), self.truth.as_ref())])
    }

    fn least_squares(&self) -> Result<[f64; 2]> {
        let fit = Ridge::fit(self.keys.as_ref(), self.values.as_ref(), 0.0, Intercept::None)?;
        Ok([mse(fit.fitted(), self.values.as_ref()), mse(fit.predict(self.new_keys.as_ref()).as_ref(), self.truth.as_ref())])
    }
}

/// ## To recall is not to generalise
///
/// Now give the pairs a meaning: $v = d^{1/2}\,k^\top b$ with a random unit vector $b$, so that values have variance one, plus
/// noise of variance one quarter. There are two things to ask. For a stored key: what was stored? For a new key: what
/// would its value be, without the noise?
///
/// With 1024 pairs softmax at temperature $1/32$ recalls what was stored, noise and all, with an error of
/// {{memory_stored:1}}. For new keys its error is {{memory_new:2}}. It answers from the stored keys that happen to be
/// near, and in thirty-two dimensions near is not very near. Least squares cannot recall: its error on stored pairs is
/// {{regression_stored:2}}, which is the noise. For that very reason its error on new keys is {{regression_new:1}}. It
/// kept thirty-two numbers out of a thousand, and they were the right ones.
///
/// Is the temperature to blame? The best of twenty-one, chosen on the new keys themselves, leaves softmax an error of
/// {{best_new:2}}, if its answer is taken as it stands. A mean of stored values lies too near to their middle. A hot
/// one whose answer is [magnified](temperature.md) does generalise, to {{magnified:2}}, but it has then become a
/// regression and recalls nothing: its error on stored pairs is {{magnified_stored:2}}.
///
/// ![**Stored and new.** Mean squared errors on stored pairs (dashed) and on new keys (solid), against the number of pairs.
/// Means of five draws, $d = 32$, noise of variance one quarter.](figure)
///
/// ```toml
/// kind = "measured"
/// settles = { O3 = "holds if" }
/// finding = "If the meaning has the regression's shape: on values linear in the key softmax recalls 1024 noisy pairs and misses new ones by {{memory_new:2}}, least squares forgets the noise and misses new ones by {{regression_new:1}}; on quadratic values it is no better than zero."
/// uses = ["what_a_memory_holds", "a_hot_head_is_a_regression"]
/// headline = "memory_new"
/// breaks_when = "the meaning has another shape. With values that are quadratic in $k^\\top b$ the error of least squares on new keys is {{wrong_shape:2}} times that of answering zero."
/// ```
#[test]
fn to_recall_is_not_to_generalise() -> Result<()> {
    let mut evidence = Evidence::new();
    let lessons = |n: usize, meaning: fn(f64) -> f64| SEEDS.map(|seed| Lesson::new(seed, n, meaning));
    let linear = lessons(1024, |t| t);
    let [stored, new] = errors(&linear, |lesson| lesson.softmax(COLD))?;
    evidence.seeds("memory_stored", "softmax, $\\tau = 1/32$, stored pairs, $n = 1024$", &stored, relative(0.02), at_most(1e-3));
    evidence.seeds("memory_new", "softmax, $\\tau = 1/32$, new keys", &new, relative(0.02), at_least(0.4));
    let [stored, new] = errors(&linear, Lesson::least_squares)?;
    evidence.seeds("regression_stored", "least squares, stored pairs", &stored, relative(0.02), at_least(0.2));
    evidence.seeds("regression_new", "least squares, new keys", &new, relative(0.02), at_most(0.03));
    let temperatures = logarithmic(0.01, 1.0, 21);
    let best = |lesson: &Lesson| temperatures.iter().try_fold(f64::INFINITY, |best: f64, &temperature| Ok(best.min(lesson.softmax(temperature)?[1])));
    let best = linear.iter().map(best).collect::<Result<Vec<_>>>()?;
    evidence.seeds("best_new", "softmax, new keys, best of 21 temperatures", &best, relative(0.02), at_least(0.3));

    let [stored, new] = errors(&linear, |lesson| lesson.magnified(10.0))?;
    evidence.seeds("magnified", "softmax, $\\tau = 10$, output less the mean and times $d\\tau$, new keys", &new, relative(0.02), at_most(0.1));
    evidence.seeds("magnified_stored", "softmax, $\\tau = 10$, output less the mean and times $d\\tau$, stored pairs", &stored, relative(0.02), at_least(0.2));

    // Control: a meaning that is not linear.
    let quadratic = lessons(1024, |t| (t * t - 1.0) / 2f64.sqrt());
    let [_, new] = errors(&quadratic, Lesson::least_squares)?;
    let nothing = |lesson: &Lesson| mse(Mat::zeros(lesson.truth.nrows(), 1).as_ref(), lesson.truth.as_ref());
    let share = new.iter().zip(&quadratic).map(|(error, lesson)| error / nothing(lesson)).fold(f64::INFINITY, f64::min);
    evidence.control(
        "wrong_shape",
        "error of least squares on new keys over that of zero, quadratic meaning, least of five",
        share,
        relative(0.02),
        at_least(0.9),
    );
    let sizes = [64, 128, 256, 512, 1024];
    let curves = sizes.iter().map(|&n| {
        let drawn = lessons(n, |t| t);
        Ok([errors(&drawn, |lesson| lesson.softmax(COLD))?.map(|errors| mean(&errors)), errors(&drawn, Lesson::least_squares)?.map(|errors| mean(&errors))])
    });
    evidence.figure(stored_and_new(&sizes, &curves.collect::<Result<Vec<_>>>()?));
    record!(evidence)
}

/// Errors on stored pairs and on new keys, over the draws.
fn errors(lessons: &[Lesson], of: impl Fn(&Lesson) -> Result<[f64; 2]>) -> Result<[Vec<f64>; 2]> {
    let pairs = lessons.iter().map(of).collect::<Result<Vec<_>>>()?;
    Ok([0, 1].map(|which| pairs.iter().map(|pair| pair[which]).collect()))
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / count(numbers.len())
}

/// Curves of [memory, regression] by [stored, new].
fn stored_and_new(sizes: &[usize], curves: &[[[f64; 2]; 2]]) -> Figure {
    let series = |name: &str, learner: usize, which: usize, at: usize, side: Side| Series {
        name: name.to_owned(),
        ink: [Ink::Softmax, Ink::Regression][learner],
        mark: Some([Mark::Square, Mark::Circle][learner]),
        stroke: [Stroke::Dashed, Stroke::Solid][which],
        x: sizes.iter().map(|&n| count(n)).collect(),
        y: curves.iter().map(|curve| drawn(curve[learner][which])).collect(),
        relative: 0.02,
        label: Some(Label { at, side }),
    };
    let series = vec![
        series("softmax, stored", 0, 0, 0, Side::Below),
        series("least squares, stored", 1, 0, 3, Side::Above),
        series("softmax, new", 0, 1, 2, Side::Above),
        series("least squares, new", 1, 1, 1, Side::Right),
    ];
    let x = Axis::log("stored pairs n", &[64.0, 128.0, 256.0, 512.0, 1024.0]);
    let y = Axis::linear("mean squared error", &[0.0, 0.25, 0.5, 0.75, 1.0]);
    Figure { title: "Errors of a memory and of a regression on stored pairs and on new keys".to_owned(), plot: Plot::Chart(Chart::new(x, y, series)) }
}

/// Six decimals of an error: what is less has been recalled.
fn drawn(error: f64) -> f64 {
    (1e6 * error).round() / 1e6
}
