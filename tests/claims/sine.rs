//! # The sine of one feature
//!
//! <div class="aside" role="note">
//!
//! $y = \sin 2x$ plus noise, $x$ uniform on $[-3, 3)$: two hundred training rows and one hundred test rows of one feature.
//! Not the sine of the experiment, which is one of a projection of four features.
//!
//! </div>
//!
//! The post brings a nonlinearity into its data with a sine, which a line cannot follow. Softmax is a nonlinear function, so
//! attention should do better. Whether it does depends on the keys. The post does not say how many features its sine has, and we
//! tried two. The *sine of a projection*, of four features, is in the [experiment](experiment.md), and a trained softmax does
//! there what no line can. The *sine of one feature* is here, because it shows what a softmax needs for that: keys that
//! tell it what is near.

use attention_regression::agreement::mse;
use attention_regression::attention::gradients::Task;
use attention_regression::attention::softmax::{self, temperature_of_width};
use attention_regression::attention::{Diagonal, Normalisation, linear};
use attention_regression::compare::ink::{LINEAR, REGRESSION, SOFTMAX};
use attention_regression::data::{Dataset, Table};
use attention_regression::linalg::{self, centred, column, column_means, count, max_abs, moments, relative_gap};
use attention_regression::notebook::claim::evidence::{Evidence, relative};
use attention_regression::publish::figure::{Axis, Chart, Figure, Ink, Mark, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge, kernel};
use attention_regression::training::{Optimiser, Parametrisation, Training};
use attention_regression::{Error, Mat, MatRef, Result, record};

use crate::support::{draws, first, logarithmic};

/// Columns computed of the one feature.
fn features(x: &Mat<f64>, of: &[fn(f64) -> f64]) -> Mat<f64> {
    Mat::from_fn(x.nrows(), of.len(), |i, j| of[j](x[(i, 0)]))
}

const LINE: [fn(f64) -> f64; 2] = [|_| 1.0, |x| x];
const PARABOLA: [fn(f64) -> f64; 3] = [|_| 1.0, |x| x, |x| x * x];
const ARC: [fn(f64) -> f64; 2] =
    [|x| libm::cos(std::f64::consts::PI * x / 6.0), |x| libm::sin(std::f64::consts::PI * x / 6.0)];
const WAVE: [fn(f64) -> f64; 3] = [|_| 1.0, |x| libm::sin(2.0 * x), |x| libm::cos(2.0 * x)];
const ANOTHER_WAVE: [fn(f64) -> f64; 3] = [|_| 1.0, |x| libm::sin(3.0 * x), |x| libm::cos(3.0 * x)];

fn test_error(data: &Dataset, answer: &Mat<f64>) -> f64 {
    mse(answer.as_ref(), data.test.y.as_ref())
}

/// The test error of least squares on these columns.
fn least_squares(data: &Dataset, of: &[fn(f64) -> f64]) -> Result<f64> {
    let fit = Ridge::fit(features(&data.train.x, of).as_ref(), data.train.y.as_ref(), 0.0, Intercept::None)?;
    Ok(test_error(data, &fit.predict(features(&data.test.x, of).as_ref())))
}

/// The weights of softmax attention with the scores qᵀWk, keys and queries being these columns.
fn weights(queries: &Mat<f64>, data: &Dataset, of: &[fn(f64) -> f64], form: MatRef<'_, f64>) -> Result<Mat<f64>> {
    softmax::weights((features(queries, of) * form).as_ref(), features(&data.train.x, of).as_ref(), 1.0, Diagonal::Kept)
}

/// What it answers.
fn attend(queries: &Mat<f64>, data: &Dataset, of: &[fn(f64) -> f64], form: MatRef<'_, f64>) -> Result<Mat<f64>> {
    Ok(weights(queries, data, of, form)? * &data.train.y)
}

/// The form for (1, x) whose scores are (wq + b)k.
fn leaning([weight, bias]: [f64; 2]) -> Mat<f64> {
    linalg::from_rows(&[vec![0.0, bias], vec![0.0, weight]])
}

/// Evenly spaced numbers from minus to plus `reach`.
fn evenly(reach: f64, steps: u32) -> Vec<f64> {
    (0..=2 * steps).map(|step| reach * (f64::from(step) / f64::from(steps) - 1.0)).collect()
}

/// The best w for x alone.
fn best_alone(data: &Dataset) -> Result<[f64; 2]> {
    best_leaning(data, &evenly(20.0, 400), &[0.0])
}

/// Of these w and b those with the smallest error on training rows. A score (wq + b)k knows the query by one number: the
/// answers are tabulated over it.
fn best_leaning(data: &Dataset, weights: &[f64], biases: &[f64]) -> Result<[f64; 2]> {
    let leanings = evenly(91.0, 1820);
    let table =
        softmax::output(column(&leanings).as_ref(), data.train.x.as_ref(), data.train.y.as_ref(), 1.0, Diagonal::Kept)?;
    let answer = |leaning: f64| {
        let place = 20.0 * (leaning + 91.0);
        let (row, share) = (place.floor() as usize, place.fract());
        (1.0 - share) * table[(row, 0)] + share * table[(row + 1, 0)]
    };
    let mut best = (f64::INFINITY, [0.0; 2]);
    for &weight in weights {
        for &bias in biases {
            let answers = Mat::from_fn(data.train.n(), 1, |i, _| answer(weight * data.train.x[(i, 0)] + bias));
            let error = mse(answers.as_ref(), data.train.y.as_ref());
            if error < best.0 {
                best = (error, [weight, bias]);
            }
        }
    }
    Ok(best.1)
}

/// The form for (1, x, x²) whose scores are −(q − k)²/(2h²) up to what depends on the query alone.
fn distance_form(bandwidth: f64) -> Mat<f64> {
    let square = bandwidth * bandwidth;
    linalg::from_rows(&[vec![0.0, 0.0, -0.5 / square], vec![0.0, 1.0 / square, 0.0], vec![0.0; 3]])
}

fn bandwidth(data: &Dataset) -> Result<f64> {
    kernel::bandwidth(data.train.x.as_ref(), data.train.y.as_ref(), &logarithmic(0.02, 1.0, 40))
}

/// Errors on training and on test rows of a softmax on these columns, trained by Adam on centred targets.
fn trained(data: &Dataset, of: &[fn(f64) -> f64], seed: u64) -> Result<[f64; 2]> {
    let (keys, y) = (features(&data.train.x, of), data.train.y.as_ref());
    let centred = centred(y, &moments(y));
    let normalisation = Normalisation::Softmax { temperature: temperature_of_width(of.len()) };
    let training = Training {
        seed,
        optimiser: Optimiser::Adam { rate: 0.05 },
        steps: 300,
        ..Training::new(normalisation, Parametrisation::Separate)
    };
    let head = training.run(Task::regression(keys.as_ref(), centred.as_ref()), None)?.head;
    let error = |rows: &Table| {
        let queries = head.queries(features(&rows.x, of).as_ref());
        Ok::<_, Error>(mse(
            normalisation.output(queries.as_ref(), head.keys(keys.as_ref()).as_ref(), y, Diagonal::Kept)?.as_ref(),
            rows.y.as_ref(),
        ))
    };
    Ok([error(&data.train)?, error(&data.test)?])
}

/// ## A scalar softmax cannot follow a sine
///
/// With one feature the scores are $w\,q\,k$, and all that training can choose is the number $w$. As the query moves to the
/// right the weights move towards the keys at one end, as it moves to the left towards the other. In between is a mean over
/// everything. There is no $w$ with which a query in the middle sees the keys in the middle.
///
/// So it fails where a line fails. Over five draws of the data, the best $w$ on a grid has a test error of
/// {{best:3}} times that of a straight line. Training $W_q$ and $W_k$, by three hundred steps of Adam from three
/// initialisations each, ends at {{trained:3}} times. The best $w$ is a small one, {{weight:2}}, and that is no accident. For small $w$ softmax answers
/// $\bar y + wq\operatorname{cov}(x, y)$ and terms of higher order. With $w$ one over the variance of $x$, which is three, this
/// is the line. Softmax has no better use for its one number, and the line leaves {{line:2}} of the variance.
///
/// A bias in the query makes the scores $(wq + b)k$. It moves the point at which the weights go over from one end to the
/// other, and that is all. (A one beside the key adds nothing: its products are the same for all keys, and softmax does not
/// see them.) On the training rows the best pair on a grid of $w$ and $b$ still has {{biased_training:2}} of the line's
/// error. On test rows it has {{biased:2}} of it, in one draw {{biased.lowest:2}} and in another {{biased.highest:2}}.
///
/// What helps is the square. Take the keys and queries $\varphi(x) = (1, x, x^2)$ and the form
///
/// $$W = \frac{1}{h^2}\begin{pmatrix} 0 & 0 & -\tfrac12 \\ 0 & 1 & 0 \\ 0 & 0 & 0 \end{pmatrix},
/// \qquad \varphi(q)^\top W\varphi(k) = \frac{qk - \tfrac12 k^2}{h^2} = -\frac{(q - k)^2}{2h^2} + \frac{q^2}{2h^2}.$$
///
/// The last term is the same for all keys, and softmax does not see it. What is left is the negative squared distance. It is
/// the bias of $-\frac12 k^2$ from the [last chapter](locality.md), which a layer can only have if it is given the square to
/// compute it with. The weights are those of a Gaussian kernel, to rounding, and with the $h$ that leaving one out
/// chooses the test error is {{with_features:2}} of the line's. Training finds forms that do nearly as well, though not
/// from every start: the initialisation with the smallest training error of three ends at {{trained_features:2}} of the
/// line's test error, the worst of all fifteen at {{from_any_start.highest:2}}. The square alone does not do it. Least
/// squares on the same three features is a parabola, with {{parabola:3}} times the error of the line.
///
/// With four features softmax is not helpless without the square, as the experiment shows. A likely reason is that only the
/// vertices of the hull of all keys can be [attended to most](locality.md). On a line the hull has two, in four
/// dimensions many, and queries in different directions read different ones.
///
/// ![**One softmax, two sets of keys: the sine of one feature.** Training rows of the first draw, the line, the best softmax with the key $x$ alone, and softmax with the keys $1, x, x^2$ and a closed-form $W$.](figure)
///
/// ```toml
/// kind = "measured"
/// settles = { S12 = "sound if" }
/// words = { nothing = "“Nothing else” says which keys there are: the one feature." }
/// finding = "It tells softmax from a line if there are enough features: with four features it does, at {{with_softmax_the_predictions_part_to_either_side/error_sine:2}} of ridge's error. With one feature and nothing else softmax has {{best:3}} times the line's test error, with a bias in the query {{biased:2}} of it. With the keys $(1, x, x^2)$ it follows the sine, at {{with_features:2}} of the line's error."
/// uses = ["a_key_that_others_surround_never_wins", "a_bias_on_the_keys_makes_attention_a_kernel_regression"]
/// headline = "best"
/// breaks_when = "keys and queries are $(1, x, x^2)$: the error is then {{with_features:2}} of the line's."
/// ```
#[test]
fn a_scalar_softmax_cannot_follow_a_sine() -> Result<()> {
    let mut evidence = Evidence::new();
    let mut seen = Followed::default();
    for draw in draws() {
        let data = draw.sine();
        let line = least_squares(&data, &LINE)?;
        let error = |of: &[fn(f64) -> f64], form: Mat<f64>| {
            Ok::<_, Error>(test_error(&data, &attend(&data.test.x, &data, of, form.as_ref())?) / line)
        };
        let (alone, biased) = (best_alone(&data)?, best_leaning(&data, &evenly(20.0, 40), &evenly(30.0, 60))?);
        seen.weight.push(alone[0]);
        seen.best.push(error(&LINE, leaning(alone))?);
        seen.featured.push(error(&PARABOLA, distance_form(bandwidth(&data)?))?);
        seen.biased.push(error(&LINE, leaning(biased))?);
        seen.biased_training.push(on_training_rows(&data, biased)?);
        seen.parabola.push(least_squares(&data, &PARABOLA)? / line);
        let mean = Mat::full(data.test.n(), 1, column_means(data.test.y.as_ref())[0]);
        seen.line.push(line / test_error(&data, &mean));
        let mut found = (f64::INFINITY, f64::NAN);
        for seed in draw.inits() {
            seen.trained.push(trained(&data, &[|x| x], seed)?[1] / line);
            let [training, test] = trained(&data, &PARABOLA, seed)?;
            seen.from_any_start.push(test / line);
            found = if training < found.0 { (training, test) } else { found };
        }
        seen.trained_features.push(found.1 / line);
    }
    evidence.measure("best", "test error of softmax over the line's", seen.best).within(relative(0.01)).at_least(0.9);
    let hypothesis = "keys and queries are $1, x, x^2$, with the closed form";
    evidence.breaks("with_features", "best", hypothesis, seen.featured).within(relative(1e-3)).by(10.0);
    let source = "one over the variance of $x$, $12/6^2$";
    evidence.measure("weight", "the best $w$ of the grid", seen.weight).within(relative(1e-6)).equals(
        12.0 / 6f64.powi(2),
        source,
        relative(0.3),
    );
    evidence
        .measure("line", "test error of the line over the variance of the test targets", seen.line)
        .within(relative(1e-4))
        .at_least(0.6);
    let words =
        "error on training rows of softmax with a bias in the query over the line's, best $w$ and $b$ of a grid";
    evidence.measure("biased_training", words, seen.biased_training).within(relative(0.01)).at_least(0.6);
    evidence
        .measure("biased", "test error of softmax with a bias in the query over the line's", seen.biased)
        .within(relative(0.01))
        .at_least(0.5);
    evidence
        .measure("trained", "test error of a trained scalar softmax over the line's", seen.trained)
        .within(relative(0.02))
        .at_least(0.9);
    let words = "test error of a trained softmax on $1, x, x^2$ over the line's";
    evidence.measure("from_any_start", words, seen.from_any_start).within(relative(0.05)).noted();
    let words = format!("{words}, smallest training error of three initialisations");
    evidence.measure("trained_features", &words, seen.trained_features).within(relative(0.05)).at_most(0.5);
    evidence
        .measure("parabola", "test error of least squares on $1, x, x^2$ over the line's", seen.parabola)
        .within(relative(0.01))
        .at_least(0.9);

    let data = first().sine();
    let bandwidth = bandwidth(&data)?;
    let form = distance_form(bandwidth);
    // An error in a score is an error in the exponent: ε times the largest score, which is near x²/h².
    let bound = 100.0 * f64::EPSILON * (max_abs(data.train.x.as_ref()) / bandwidth).powi(2);
    let words = "weights of softmax on $1, x, x^2$ against the Gaussian kernel's";
    evidence.rounding("weights", words, from_kernel(&data, bandwidth, form.as_ref())?, bound);
    let mut without = form;
    without[(0, 2)] = 0.0;
    let gap = from_kernel(&data, bandwidth, without.as_ref())?;
    evidence.breaks("without_square", "weights", "the form has no entry for $k^2$", gap).within(relative(1e-4)).by(1e6);
    evidence.figure(curves(&data)?);
    record!(evidence)
}

/// Errors of the softmaxes that try to follow the sine, over the line's, draw by draw.
#[derive(Default)]
struct Followed {
    best: Vec<f64>,
    featured: Vec<f64>,
    weight: Vec<f64>,
    line: Vec<f64>,
    biased: Vec<f64>,
    biased_training: Vec<f64>,
    trained: Vec<f64>,
    from_any_start: Vec<f64>,
    trained_features: Vec<f64>,
    parabola: Vec<f64>,
}

/// The error on training rows of softmax with the scores (wq + b)k over that of the line.
fn on_training_rows(data: &Dataset, chosen: [f64; 2]) -> Result<f64> {
    let (x, y) = (&data.train.x, data.train.y.as_ref());
    let fit = Ridge::fit(features(x, &LINE).as_ref(), y, 0.0, Intercept::None)?;
    Ok(mse(attend(x, data, &LINE, leaning(chosen).as_ref())?.as_ref(), y) / mse(fit.fitted(), y))
}

/// The gap between the weights of softmax on (1, x, x²) and those of a Gaussian kernel.
fn from_kernel(data: &Dataset, bandwidth: f64, form: MatRef<'_, f64>) -> Result<f64> {
    let by_kernel = kernel::smoother_matrix(data.test.x.as_ref(), data.train.x.as_ref(), bandwidth)?;
    Ok(relative_gap(weights(&data.test.x, data, &PARABOLA, form)?.as_ref(), by_kernel.as_ref()))
}

fn curves(data: &Dataset) -> Result<Figure> {
    let grid = Mat::from_fn(121, 1, |i, _| 0.05 * count(i) - 3.0);
    let fit = Ridge::fit(features(&data.train.x, &LINE).as_ref(), data.train.y.as_ref(), 0.0, Intercept::None)?;
    let curve =
        |name: &str, y: &Mat<f64>| Series::curve(name, linalg::entries(grid.as_ref()), linalg::entries(y.as_ref()));
    let points =
        Series::curve("training rows", linalg::entries(data.train.x.as_ref()), linalg::entries(data.train.y.as_ref()));
    let scalar = attend(&grid, data, &LINE, leaning(best_alone(data)?).as_ref())?;
    let featured = attend(&grid, data, &PARABOLA, distance_form(bandwidth(data)?).as_ref())?;
    let series = vec![
        points.ink(Ink::MUTED).marks(Mark::Dot).within(1e-4),
        curve("least squares", &fit.predict(features(&grid, &LINE).as_ref())).ink(REGRESSION).label(Side::Below, 60),
        curve("softmax, key x", &scalar).ink(SOFTMAX).stroke(Stroke::Dashed).label(Side::Right, 118),
        curve("softmax, keys 1, x, x²", &featured).ink(SOFTMAX).label(Side::Above, 77),
    ];
    let x = Axis::linear("x", &[-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0]);
    let chart = Chart::new(x, Axis::linear("y", &[-1.5, -0.75, 0.0, 0.75, 1.5]), series);
    Ok(Figure::new("A sine, a line, and softmax attention with two sets of keys", chart))
}

/// ## A regression must be told of the wave
///
/// The sine can be had without a softmax. *Linear* attention, and so least squares, with the features
/// $(1, \sin 2x, \cos 2x)$ has {{wave:2}} of the line's test error in the median of five draws, little more than the noise can account for. That
/// is no feat, since the answer is given as a feature, and it is the point. A regression finds what it is told to look for. Tell
/// it another period, $(1, \sin 3x, \cos 3x)$, and its error is {{another_wave:2}} times the line's.
///
/// A kernel need not be told. The softmax on $(1, x, x^2)$ knows that near rows have like targets and knows nothing of a wave.
/// Other keys do as well, if their products fall with the distance. On an arc, with the keys
/// $(\cos\frac{\pi x}{6}, \sin\frac{\pi x}{6})$ and a low temperature, softmax has {{arc:2}} of the line's error.
///
/// Beyond the data the two part. What do they say at $x = 6$, three units from the last key? The distances to all keys
/// grow, but those to the nearest grow least, and softmax looks at differences: {{edge|all of its weight|0.99..1.0001}} lies on
/// keys within a tenth of the last, and it repeats what it finds there. Between $x = 7/2$ and $x = 6$ its root mean squared error is
/// {{softmax:2}}, on a sine of amplitude one, and that of the linear attention that was told of the wave is {{told:2}}. Where
/// there are no data a kernel repeats the last it knows.
///
/// ![**Beyond the edge.** Trained on rows with $x \lt 3$, first draw: softmax goes on with the last value it knows, the line as a line, and only the features that have the sine's period go on as the sine (dotted).](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["a_scalar_softmax_cannot_follow_a_sine", "softmax_never_leaves_the_range_of_its_values"]
/// headline = "wave"
/// breaks_when = "the features are a wave of another period: the error of linear attention is then {{another_wave:2}} times the line's."
/// ```
#[test]
fn the_features_bring_in_the_sine_not_the_softmax() -> Result<()> {
    let mut evidence = Evidence::new();
    let beyond = Mat::from_fn(51, 1, |i, _| 3.5 + 0.05 * count(i));
    let truth = Mat::from_fn(51, 1, |i, _| libm::sin(2.0 * beyond[(i, 0)]));
    let far_off = |answer: &Mat<f64>| mse(answer.as_ref(), truth.as_ref()).sqrt();
    let sharp = Mat::<f64>::identity(2, 2) * faer::Scale(400.0);
    let (mut wave, mut another, mut arc) = (Vec::new(), Vec::new(), Vec::new());
    let (mut edge, mut softmax, mut told) = (Vec::new(), Vec::new(), Vec::new());
    for draw in draws() {
        let data = draw.sine();
        let line = least_squares(&data, &LINE)?;
        let new = &data.test.x;
        wave.push(test_error(&data, &told_of(&WAVE, new, &data)?) / line);
        another.push(test_error(&data, &told_of(&ANOTHER_WAVE, new, &data)?) / line);
        arc.push(test_error(&data, &attend(new, &data, &ARC, sharp.as_ref())?) / line);
        let form = distance_form(bandwidth(&data)?);
        edge.push(weight_at_the_edge(&weights(&column(&[6.0]), &data, &PARABOLA, form.as_ref())?, &data.train.x));
        softmax.push(far_off(&attend(&beyond, &data, &PARABOLA, form.as_ref())?));
        told.push(far_off(&told_of(&WAVE, &beyond, &data)?));
    }
    evidence
        .measure("wave", "test error of linear attention on a wave over the line's", wave)
        .within(relative(1e-4))
        .at_most(0.05);
    evidence
        .breaks("another_wave", "wave", "the wave has another period, that of $\\sin 3x$", another)
        .within(relative(1e-4))
        .by(10.0);
    evidence
        .measure("arc", "test error of softmax with keys on an arc over the line's", arc)
        .within(relative(1e-3))
        .at_most(0.1);
    evidence
        .measure("edge", "weight of softmax at $x = 6$ on keys within a tenth of the last", edge)
        .within(relative(1e-3))
        .at_least(0.99);
    let words = |of: &str| format!("root mean squared error of {of}, for $3.5 \\le x \\le 6$");
    evidence.measure("softmax", &words("softmax, keys $1, x, x^2$"), softmax).within(relative(1e-3)).noted();
    evidence
        .measure("told", &words("linear attention on $1, \\sin 2x, \\cos 2x$"), told)
        .within(relative(1e-3))
        .noted();
    evidence
        .contrast("beyond", "root mean squared error beyond the data, softmax over linear attention", "softmax", "told")
        .within(relative(0.01))
        .by(15.0);
    evidence.figure(beyond_the_edge(&first().sine())?);
    record!(evidence)
}

/// The weight that a row of weights puts on keys within a tenth of the largest.
fn weight_at_the_edge(weights: &Mat<f64>, keys: &Mat<f64>) -> f64 {
    let last = linalg::entries(keys.as_ref()).fold(f64::NEG_INFINITY, f64::max);
    (0..keys.nrows()).filter(|&j| keys[(j, 0)] >= last - 0.1).map(|j| weights[(0, j)]).sum()
}

/// Linear attention on these columns with the inverse Gram matrix for its form.
fn told_of(of: &[fn(f64) -> f64], queries: &Mat<f64>, data: &Dataset) -> Result<Mat<f64>> {
    let keys = features(&data.train.x, of);
    let form = linalg::symmetric_power(linalg::gram(keys.as_ref()).as_ref(), -1.0)?;
    Ok(linear::output(
        (features(queries, of) * form).as_ref(),
        keys.as_ref(),
        data.train.y.as_ref(),
        1.0,
        Diagonal::Kept,
    ))
}

fn beyond_the_edge(data: &Dataset) -> Result<Figure> {
    let grid = Mat::from_fn(121, 1, |i, _| 0.05 * count(i));
    let fit = Ridge::fit(features(&data.train.x, &LINE).as_ref(), data.train.y.as_ref(), 0.0, Intercept::None)?;
    let curve =
        |name: &str, y: &Mat<f64>| Series::curve(name, linalg::entries(grid.as_ref()), linalg::entries(y.as_ref()));
    let shown: Vec<usize> = (0..data.train.n()).filter(|&i| data.train.x[(i, 0)] >= 0.0).collect();
    let rows = data.train.rows(&shown);
    let points = Series::curve("training rows", linalg::entries(rows.x.as_ref()), linalg::entries(rows.y.as_ref()));
    let truth = Mat::from_fn(121, 1, |i, _| libm::sin(2.0 * grid[(i, 0)]));
    let kernel = attend(&grid, data, &PARABOLA, distance_form(bandwidth(data)?).as_ref())?;
    let last = Series::curve("last key", [3.0; 2], [-1.5, 1.5]);
    let series = vec![
        last.ink(Ink::MUTED).stroke(Stroke::Dotted).label(Side::Right, 1),
        points.ink(Ink::MUTED).marks(Mark::Dot),
        curve("least squares", &fit.predict(features(&grid, &LINE).as_ref())).ink(REGRESSION).label(Side::Right, 120),
        curve("softmax, keys 1, x, x²", &kernel).ink(SOFTMAX).label(Side::Right, 120),
        curve("linear, 1, sin 2x, cos 2x", &told_of(&WAVE, &grid, data)?)
            .ink(LINEAR)
            .stroke(Stroke::Dashed)
            .label(Side::Right, 120),
        curve("sin 2x", &truth).ink(Ink::MUTED).stroke(Stroke::Dotted).label(Side::Above, 79),
    ];
    let chart = Chart::new(
        Axis::linear("x", &[0.0, 1.5, 3.0, 4.5, 6.0]),
        Axis::linear("y", &[-1.5, -0.75, 0.0, 0.75, 1.5]),
        series,
    );
    Ok(Figure::new("A sine beyond the data, and what a line, softmax and linear attention say of it", chart))
}
