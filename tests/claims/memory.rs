//! # Memory against regression
//!
//! <div class="aside" role="note">
//!
//! Keys $K$ are $n \times d$ with rows of length one, values $V$ are $n \times m$. To *store* is to keep the pairs, to
//! *recall* is to ask with a stored key. Errors are mean squares, in units of the mean square of what should be answered: an
//! error of one is that of answering zero.
//!
//! </div>
//!
//! The other post, *Attention and Linear Regression*, looked at attention from another side. An associative memory
//! stores pairs of a key and a value, and answers a key with the value that was stored under it. Written down it is a
//! table of products of what is asked with what is stored, and so is a regression. That post says that memories and attention are
//! linked by such a product, that regression shares it, and that this second link is much the more interesting: a memory memorises, a
//! regression generalises.
//!
//! This chapter puts three of the family side by side: the sum of outer products, which is linear attention; least
//! squares, which is the best memory that a matrix can be; and softmax attention at a low temperature. They read the same
//! product. What each does to it decides how much it can hold, and whether it holds anything worth knowing.

use attention_regression::agreement::mse;
use attention_regression::attention::{Diagonal, linear, scores, softmax};
use attention_regression::compare::ink::{LINEAR, REGRESSION, SOFTMAX};
use attention_regression::linalg::{
    centred, condition_number, count, frobenius_norm, moments, relative_gap, symmetric_power,
};
use attention_regression::notebook::claim::evidence::{Evidence, relative};
use attention_regression::publish::figure::{Axis, Chart, Figure, Mark, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge};
use attention_regression::{Error, Mat, MatRef, Result, record};
use faer::Scale;

use crate::support::{Draw, draws, first, logarithmic, rounding_bound, softmax_rounding};

const WIDTH: usize = 32;
/// Of the softmax that remembers.
const COLD: f64 = 1.0 / 32.0;

/// n random rows of length one.
fn unit_rows(draw: Draw, stream: u64, n: usize) -> Mat<f64> {
    let rows = draw.normal(stream, n, WIDTH);
    Mat::from_fn(n, WIDTH, |i, j| rows[(i, j)] / frobenius_norm(rows.as_ref().subrows(i, 1)))
}

/// The mean squared error over that of answering zero.
fn error(answer: MatRef<'_, f64>, wanted: &Mat<f64>) -> f64 {
    mse(answer, wanted.as_ref()) / mse(Mat::zeros(wanted.nrows(), wanted.ncols()).as_ref(), wanted.as_ref())
}

/// ## Memories and regression read one product
///
/// Write pairs one after another into a matrix, $M \leftarrow M + k_jv_j^\top$, and read it with $q^\top M$. This is the linear
/// associative memory (Anderson 1972, Kohonen 1972), a sum of outer products. Those of Steinbuch (1961) and of Willshaw
/// and others (1969) are older and not linear: the first picks the largest answer, the second stores single bits and puts a threshold
/// behind the product. What the linear one answers is
/// $q^\top\sum_j k_jv_j^\top = \sum_j (q^\top k_j)\,v_j$, row by row $QK^\top V$. Ridge regression from keys to values
/// answers
///
/// $$Q\,(K^\top K + \lambda I)^{-1}K^\top V \;=\; QK^\top\,(KK^\top + \lambda I)^{-1}\,V,$$
///
/// and softmax attention $\operatorname{softmax}(QK^\top/\tau)\,V$. All three see the queries through the $n_* \times n$ product
/// $QK^\top$ and in no other way. To show it, we throw queries and keys away and rebuild every answer from their products. The
/// memory that was written pair by pair, ridge, solved by QR in the space of the keys, and softmax are all met to rounding, ridge
/// within {{ridge}}.
///
/// So regression shares the product, and that is an identity. Whether the product is *what links* memories and attention is a
/// question of what one calls a link. They part in what they do with it: nothing, multiply it by the inverse of the keys'
/// products among themselves, or exponentiate it and normalise its rows.
///
/// ```toml
/// kind = "identity"
/// settles = { O2 = "holds" }
/// finding = "Ridge regression can be rebuilt from $QK^\\top$ and the keys' products among themselves, a sum of outer products and softmax attention from $QK^\\top$ alone, to rounding. They differ in what they do to it."
/// uses = ["regression_reads_out_its_training_set"]
/// headline = "ridge"
/// breaks_when = "the keys' products among themselves are left out: what is rebuilt from $QK^\\top$ alone is the sum of outer products, and {{without_inverse:2}} norms from ridge."
/// ```
#[test]
fn memories_and_regression_read_one_product() -> Result<()> {
    let mut evidence = Evidence::new();
    let (n, penalty, temperature, draw) = (64, 0.1, 0.25, first());
    let (keys, queries, values) = (unit_rows(draw, 0, n), unit_rows(draw, 1, 40), draw.normal(2, n, 4));
    let (k, q, v) = (keys.as_ref(), queries.as_ref(), values.as_ref());
    let (asked, stored) = (scores(q, k), scores(k, k));

    let mut memory = Mat::<f64>::zeros(WIDTH, v.ncols());
    (0..n).for_each(|j| memory += k.subrows(j, 1).transpose() * v.subrows(j, 1));
    let recalled = q * &memory;
    let bound = sum_rounding(q, k, v) / frobenius_norm(recalled.as_ref());
    let words = "$\\sum_j k_jv_j^\\top$, written pair by pair, against $(QK^\\top)V$";
    evidence.rounding("outer_products", words, relative_gap((&asked * v).as_ref(), recalled.as_ref()), bound);

    let fitted = Ridge::fit(k, v, penalty, Intercept::None)?.predict(q);
    let from_ridge = |reading: &Mat<f64>| relative_gap((&asked * reading * v).as_ref(), fitted.as_ref());
    let penalised = Mat::from_fn(n, n, |i, j| stored[(i, j)] + if i == j { penalty } else { 0.0 });
    let bound = 100.0 * count(n).sqrt() * f64::EPSILON * condition_number(penalised.as_ref())?;
    let words = "ridge by QR against $QK^\\top(KK^\\top + \\lambda I)^{-1}V$, $\\lambda = 1/10$";
    evidence.rounding("ridge", words, from_ridge(&symmetric_power(penalised.as_ref(), -1.0)?), bound);
    let hypothesis = "the inverse of the keys' products is replaced by $I$";
    evidence
        .breaks("without_inverse", "ridge", hypothesis, from_ridge(&Mat::identity(n, n)))
        .within(relative(1e-6))
        .by(1e6);

    let attended = softmax::output(q, k, v, temperature, Diagonal::Kept)?;
    let rebuilt = softmax::output(asked.as_ref(), Mat::<f64>::identity(n, n).as_ref(), v, temperature, Diagonal::Kept)?;
    let bound = softmax_rounding(q, k, v, temperature) / frobenius_norm(attended.as_ref());
    let words = "softmax of queries and keys against softmax of their products, $\\tau = 1/4$";
    evidence.rounding("softmax", words, relative_gap(rebuilt.as_ref(), attended.as_ref()), bound);
    record!(evidence)
}

/// What rounding may do to ‖QKᵀV‖_F: sums of products lose √n ε of the sum of their absolute values, and 100 stands for the
/// constants of either order.
fn sum_rounding(queries: MatRef<'_, f64>, keys: MatRef<'_, f64>, values: MatRef<'_, f64>) -> f64 {
    let absolute = |a: MatRef<'_, f64>| Mat::from_fn(a.nrows(), a.ncols(), |i, j| a[(i, j)].abs());
    let summed = linear::output(
        absolute(queries).as_ref(),
        absolute(keys).as_ref(),
        absolute(values).as_ref(),
        1.0,
        Diagonal::Kept,
    );
    100.0 * count(keys.nrows()).sqrt() * f64::EPSILON * frobenius_norm(summed.as_ref())
}

/// Keys and values without any relation.
struct Pairs {
    keys: Mat<f64>,
    values: Mat<f64>,
}

impl Pairs {
    fn new(draw: Draw, n: usize) -> Self {
        Self { keys: unit_rows(draw, 0, n), values: draw.normal(1, n, 128) }
    }

    /// The error of recall by outer products.
    fn outer_products(&self) -> f64 {
        let (k, v) = (self.keys.as_ref(), self.values.as_ref());
        error(linear::output(k, k, v, 1.0, Diagonal::Kept).as_ref(), &self.values)
    }

    /// The error of recall by least squares.
    fn least_squares(&self) -> Result<f64> {
        Ok(error(self.fit()?.fitted(), &self.values))
    }

    /// The gap between least squares and the values.
    fn least_squares_gap(&self) -> Result<f64> {
        Ok(relative_gap(self.fit()?.fitted(), self.values.as_ref()))
    }

    fn fit(&self) -> Result<Ridge> {
        Ridge::fit(self.keys.as_ref(), self.values.as_ref(), 0.0, Intercept::None)
    }

    /// The error of recall by softmax.
    fn softmax(&self, temperature: f64) -> Result<f64> {
        let (k, v) = (self.keys.as_ref(), self.values.as_ref());
        Ok(error(softmax::output(k, k, v, temperature, Diagonal::Kept)?.as_ref(), &self.values))
    }
}

/// ## What a memory holds
///
/// Store $n$ random pairs in dimension $d$ and ask for each. The sum of outer products gives the right value, and on top of it
/// every other one, weighted by a product $k_i^\top k_j$ of mean square $1/d$. Its error is $(n-1)/d$. With as many pairs as
/// dimensions it has lost them: the error is {{as_many:2}} in the median of five draws, and zero would have been as good an
/// answer. With 1024 pairs in dimension 32 it is {{outer_products:3}}.
///
/// Least squares removes the cross-talk as far as a matrix can. Up to $n = d$ it recalls exactly, as 24 pairs show to rounding;
/// with one pair more than dimensions it is {{one_more:2}} norms off. Beyond, a projection of rank $d$ keeps $d$ of the $n$ parts
/// of each value, and the error is $1 - d/n$, with 64 pairs {{least_squares:2}}. Nothing linear in the query can do better, since
/// least squares is the best by definition.
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
/// words = { only = "exact", none = "as_many" }
/// finding = "At a low temperature softmax recalls 1024 random pairs in dimension 32; least squares only as many as there are dimensions, a sum of outer products none cleanly."
/// uses = ["memories_and_regression_read_one_product"]
/// headline = "softmax"
/// breaks_when = "the temperature is one instead of $1/32$. The weights are then nearly equal, and softmax recalls the mean of all values for an error of {{warm:2}}."
/// ```
#[test]
fn what_a_memory_holds() -> Result<()> {
    let mut evidence = Evidence::new();
    let sizes = [4, 8, 16, 32, 45, 64, 128, 256, 512, 1024];
    let table = sizes
        .iter()
        .map(|&n| draws().into_iter().map(|draw| recall(draw, n)).collect())
        .collect::<Result<Vec<Vec<[f64; 3]>>>>()?;
    let of = |which: usize, n: usize| -> Vec<f64> {
        let at = sizes.iter().zip(&table).filter(|(size, _)| **size == n);
        at.flat_map(|(_, errors)| errors.iter().map(|errors| errors[which])).collect()
    };
    evidence.measure("softmax", "error of softmax, $n = 1024$", of(2, 1024)).within(relative(0.02)).at_most(1e-6);
    let warm = draws().into_iter().map(|draw| Pairs::new(draw, 1024).softmax(1.0)).collect::<Result<Vec<f64>>>()?;
    evidence.breaks("warm", "softmax", "$\\tau$ is one and not $1/32$", warm).within(relative(1e-3)).by(9e5);

    let (width, law) = (count(WIDTH), |n: f64| (n - 1.0) / count(WIDTH));
    evidence.measure("as_many", "error of outer products, $n = d$", of(0, WIDTH)).within(relative(0.02)).equals(
        law(width),
        "$(n-1)/d$",
        relative(0.25),
    );
    let words = "error of outer products, $n = 1024$";
    evidence.measure("outer_products", words, of(0, 1024)).within(relative(0.02)).equals(
        law(1024.0),
        "$(n-1)/d$",
        relative(0.15),
    );
    let words = "error of least squares, $n = 64$";
    evidence.measure("least_squares", words, of(1, 64)).within(relative(0.02)).equals(
        1.0 - width / 64.0,
        "$1 - d/n$",
        relative(0.1),
    );
    let fewer = Pairs::new(first(), 24);
    evidence.rounding(
        "exact",
        "least squares against the values",
        fewer.least_squares_gap()?,
        rounding_bound(fewer.keys.transpose())?,
    );
    let gap = Pairs::new(first(), WIDTH + 1).least_squares_gap()?;
    evidence.breaks("one_more", "exact", "there is one pair more than dimensions", gap).within(relative(1e-6)).by(1e6);
    evidence.figure(holdings(&sizes, &table));
    record!(evidence)
}

/// Errors of recall by outer products, least squares and cold softmax.
fn recall(draw: Draw, n: usize) -> Result<[f64; 3]> {
    let pairs = Pairs::new(draw, n);
    Ok([pairs.outer_products(), pairs.least_squares()?, pairs.softmax(COLD)?])
}

fn holdings(sizes: &[usize], table: &[Vec<[f64; 3]>]) -> Figure {
    let marks = |name: &str, which: usize, mark: Mark| {
        let points = sizes
            .iter()
            .zip(table)
            .flat_map(|(&n, errors)| errors.iter().map(move |errors| (count(n), drawn(errors[which]))));
        Series::through(name, points.filter(|&(n, _)| which > 0 || n <= 64.0)).marks(mark).within(1e-2)
    };
    let law = |name: &str, from: usize, to: usize, law: fn(f64) -> f64| {
        let sizes = (from..=to).step_by(((to - from) / 60).max(1)).map(count);
        Series::through(name, sizes.map(|n| (n, law(n)))).stroke(Stroke::Dotted)
    };
    let series = vec![
        law("(n − 1) ∕ d", 4, 64, |n| (n - 1.0) / 32.0).ink(LINEAR),
        law("1 − d ∕ n", 32, 1024, |n| 1.0 - 32.0 / n).ink(REGRESSION),
        marks("sum of outer products", 0, Mark::Circle).ink(LINEAR).label(Side::Left, 17),
        marks("least squares", 1, Mark::HollowCircle).ink(REGRESSION).label(Side::Below, 37),
        marks("softmax, τ = 1 ∕ 32", 2, Mark::Square).ink(SOFTMAX).label(Side::Above, 42),
    ];
    let x = Axis::log("stored pairs n", &[4.0, 16.0, 64.0, 256.0, 1024.0]);
    let y = Axis::linear("mean squared error of recall", &[0.0, 0.5, 1.0, 1.5, 2.0, 2.5]);
    Figure::new("Error of recalling stored pairs, against their number, for three memories", Chart::new(x, y, series))
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
    fn new(draw: Draw, n: usize, meaning: fn(f64) -> f64) -> Self {
        let (keys, new_keys, direction) = (unit_rows(draw, 3, n), unit_rows(draw, 4, 200), unit_rows(draw, 5, 1));
        let mean = |keys: &Mat<f64>| {
            let products = scores(keys.as_ref(), direction.as_ref()) * Scale(count(WIDTH).sqrt());
            Mat::from_fn(keys.nrows(), 1, |i, _| meaning(products[(i, 0)]))
        };
        let values = mean(&keys) + draw.normal(6, n, 1) * Scale(0.5);
        Self { truth: mean(&new_keys), keys, values, new_keys }
    }

    fn ask(&self, keys: &Mat<f64>, temperature: f64) -> Result<Mat<f64>> {
        softmax::output(keys.as_ref(), self.keys.as_ref(), self.values.as_ref(), temperature, Diagonal::Kept)
    }

    /// Errors on stored pairs, and on new keys.
    fn softmax(&self, temperature: f64) -> Result<[f64; 2]> {
        Ok([error(self.ask(&self.keys, temperature)?.as_ref(), &self.values), self.softmax_new(temperature)?])
    }

    fn softmax_new(&self, temperature: f64) -> Result<f64> {
        Ok(error(self.ask(&self.new_keys, temperature)?.as_ref(), &self.truth))
    }

    /// The same errors where the output, less the mean of the values, is magnified by dτ: random keys of length one have the
    /// covariance I/d.
    fn magnified(&self, temperature: f64) -> Result<[f64; 2]> {
        let mean = moments(self.values.as_ref());
        let ask = |keys: &Mat<f64>| {
            Ok::<_, Error>(centred(self.ask(keys, temperature)?.as_ref(), &mean) * Scale(count(WIDTH) * temperature))
        };
        Ok([error(ask(&self.keys)?.as_ref(), &self.values), error(ask(&self.new_keys)?.as_ref(), &self.truth)])
    }

    fn least_squares(&self) -> Result<[f64; 2]> {
        let fit = Ridge::fit(self.keys.as_ref(), self.values.as_ref(), 0.0, Intercept::None)?;
        Ok([error(fit.fitted(), &self.values), error(fit.predict(self.new_keys.as_ref()).as_ref(), &self.truth)])
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
/// {{regression_stored:2}}, which is the noise's share of what was stored. It has averaged the noise away, and its error on new keys is
/// {{regression_new:1}}; softmax has {{price:2}} times as much. Least squares keeps thirty-two coefficients, and a linear meaning has no
/// more.
///
/// Is the temperature to blame? The best of twenty-one, chosen on the new keys themselves, leaves softmax an error of
/// {{best_new:2}}, if its answer is taken as it stands. A mean of stored values lies too near to their middle. A hot
/// one whose answer is [magnified](temperature.md) does generalise, to {{magnified:2}}. It is then the centred sum of
/// outer products, rescaled: close to a regression, since random keys are nearly white, and on new keys still behind one. On stored
/// pairs its error is {{magnified_stored:2}}: it has forgotten the noise.
///
/// All this holds for a meaning that is linear in the key. If the values are quadratic in $k^\top b$, least squares has not been
/// told what to look for, and on new keys it is {{wrong_shape|about as bad as answering zero|0.95..1.1}}.
///
/// ![**Stored and new.** Mean squared errors on stored pairs (dashed) and on new keys (solid), against the number of pairs.
/// Means of five draws, $d = 32$, noise of variance one quarter.](figure)
///
/// ```toml
/// kind = "measured"
/// settles = { O3 = "holds if" }
/// finding = "If the meaning has the regression's shape: on values linear in the key softmax recalls 1024 noisy pairs and misses new ones by {{memory_new:2}}, least squares forgets the noise and misses new ones by {{regression_new:1}}; on quadratic values it is {{wrong_shape|about as bad as answering zero|0.95..1.1}}."
/// uses = ["what_a_memory_holds", "a_hot_head_is_a_regression"]
/// headline = "price"
/// breaks_when = "the meaning has another shape. With values that are quadratic in $k^\\top b$ the error of least squares on new keys is {{wrong_shape:2}} times that of answering zero."
/// ```
#[test]
fn to_recall_is_not_to_generalise() -> Result<()> {
    let mut evidence = Evidence::new();
    let lessons = |n: usize, meaning: fn(f64) -> f64| {
        draws().into_iter().map(|draw| Lesson::new(draw, n, meaning)).collect::<Vec<_>>()
    };
    let linear = lessons(1024, |t| t);
    let [stored, new] = errors(&linear, |lesson| lesson.softmax(COLD))?;
    evidence
        .measure("memory_stored", "softmax, $\\tau = 1/32$, stored pairs, $n = 1024$", stored)
        .within(relative(0.02))
        .at_most(1e-5);
    evidence.measure("memory_new", "softmax, $\\tau = 1/32$, new keys", new).within(relative(0.02)).at_least(0.35);
    let [stored, new] = errors(&linear, Lesson::least_squares)?;
    let noise = 0.25 / (1.0 + 0.25) * (1.0 - count(WIDTH) / 1024.0);
    let source = "$(1 - d/n)\\,\\sigma^2/(1 + \\sigma^2)$ with $\\sigma^2 = 1/4$";
    evidence.measure("regression_stored", "least squares, stored pairs", stored).within(relative(0.02)).equals(
        noise,
        source,
        relative(0.25),
    );
    evidence.measure("regression_new", "least squares, new keys", new).within(relative(0.02)).at_most(0.03);
    evidence
        .contrast("price", "error on new keys, softmax over least squares", "memory_new", "regression_new")
        .within(relative(0.02))
        .by(25.0);

    let quadratic = lessons(1024, |t| (t * t - 1.0) / 2f64.sqrt());
    let [_, new] = errors(&quadratic, Lesson::least_squares)?;
    evidence
        .breaks("wrong_shape", "regression_new", "the meaning is quadratic and not linear", new)
        .within(relative(0.02))
        .by(30.0);

    let temperatures = logarithmic(0.01, 1.0, 21);
    let best = |lesson: &Lesson| {
        temperatures
            .iter()
            .try_fold(f64::INFINITY, |best: f64, &temperature| Ok(best.min(lesson.softmax_new(temperature)?)))
    };
    let best = linear.iter().map(best).collect::<Result<Vec<_>>>()?;
    evidence
        .measure("best_new", "softmax, new keys, best of 21 temperatures", best)
        .within(relative(0.02))
        .at_least(0.3);
    let [stored, new] = errors(&linear, |lesson| lesson.magnified(10.0))?;
    let words = |of: &str| format!("softmax, $\\tau = 10$, output less the mean and times $d\\tau$, {of}");
    evidence.measure("magnified", &words("new keys"), new).within(relative(0.02)).at_most(0.1);
    evidence.measure("magnified_stored", &words("stored pairs"), stored).within(relative(0.02)).at_least(0.15);

    let sizes = [64, 128, 256, 512, 1024];
    let curves = sizes.iter().map(|&n| {
        let drawn = lessons(n, |t| t);
        Ok([
            errors(&drawn, |lesson| lesson.softmax(COLD))?.map(|errors| mean(&errors)),
            errors(&drawn, Lesson::least_squares)?.map(|errors| mean(&errors)),
        ])
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
    let curve = |name: &str, learner: usize, which: usize| {
        let errors = curves.iter().map(|curve| drawn(curve[learner][which]));
        let curve = Series::through(name, sizes.iter().map(|&n| count(n)).zip(errors)).within(0.02);
        curve
            .ink([SOFTMAX, REGRESSION][learner])
            .mark([Mark::Square, Mark::Circle][learner])
            .stroke([Stroke::Dashed, Stroke::Solid][which])
    };
    let series = vec![
        curve("softmax, stored", 0, 0).label(Side::Below, 0),
        curve("least squares, stored", 1, 0).label(Side::Above, 3),
        curve("softmax, new", 0, 1).label(Side::Above, 2),
        curve("least squares, new", 1, 1).label(Side::Right, 1),
    ];
    let x = Axis::log("stored pairs n", &[64.0, 128.0, 256.0, 512.0, 1024.0]);
    let y = Axis::linear("mean squared error", &[0.0, 0.25, 0.5, 0.75, 1.0]);
    Figure::new("Errors of a memory and of a regression on stored pairs and on new keys", Chart::new(x, y, series))
}

/// Six decimals of an error: what is less has been recalled.
fn drawn(error: f64) -> f64 {
    (1e6 * error).round() / 1e6
}
