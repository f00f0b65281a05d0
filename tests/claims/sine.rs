//! # The sine
//!
//! <div class="aside" role="note">
//!
//! $y = \sin 2x$ plus noise, $x$ uniform on $[-3, 3)$: two hundred training rows and one hundred test rows of one feature.
//!
//! </div>
//!
//! The simplest data of the post are a sine, chosen so that a line must fail. Softmax is a nonlinear function, so
//! attention should do better. Whether it does depends on something the post does not mention: what the keys are.

use attention_regression::agreement::mse;
use attention_regression::attention::gradients::Task;
use attention_regression::attention::softmax::temperature_of_width;
use attention_regression::attention::{Diagonal, Normalisation, linear, softmax};
use attention_regression::data::{self, Dataset};
use attention_regression::linalg::{column, column_means, count, max_abs, relative_gap};
use attention_regression::notebook::evidence::{Evidence, at_least, at_most, relative};
use attention_regression::notebook::figure::{Axis, Chart, Figure, Ink, Label, Mark, Plot, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge, kernel};
use attention_regression::training::{Optimiser, Parametrisation, Training};
use attention_regression::{Mat, MatRef, Result, linalg};

use crate::support::{SEEDS, logarithmic, record};

/// Columns computed of the one feature.
fn features(x: &Mat<f64>, of: &[fn(f64) -> f64]) -> Mat<f64> {
    Mat::from_fn(x.nrows(), of.len(), |i, j| of[j](x[(i, 0)]))
}

const LINE: [fn(f64) -> f64; 2] = [|_| 1.0, |x| x];
const PARABOLA: [fn(f64) -> f64; 3] = [|_| 1.0, |x| x, |x| x * x];
const WAVE: [fn(f64) -> f64; 3] = [|_| 1.0, |x| libm::sin(2.0 * x), |x| libm::cos(2.0 * x)];

/// The test error of least squares on these columns.
fn least_squares(data: &Dataset, of: &[fn(f64) -> f64]) -> Result<f64> {
    let fit = Ridge::fit(features(&data.train.x, of).as_ref(), data.train.y.as_ref(), 0.0, Intercept::None)?;
    Ok(mse(fit.predict(features(&data.test.x, of).as_ref()).as_ref(), data.test.y.as_ref()))
}

/// What softmax attention answers with the scores qᵀWk, keys and queries being these columns.
fn attend(queries: &Mat<f64>, data: &Dataset, of: &[fn(f64) -> f64], form: MatRef<'_, f64>) -> Result<Mat<f64>> {
    let (asking, keys) = (features(queries, of), features(&data.train.x, of));
    softmax::output((asking * form).as_ref(), keys.as_ref(), data.train.y.as_ref(), 1.0, Diagonal::Kept)
}

/// The best weight of a scalar softmax on the training rows, from a grid.
fn best_scalar(data: &Dataset) -> Result<f64> {
    let mut best = (f64::INFINITY, 0.0);
    for step in -120..=120 {
        let weight = 0.25 * f64::from(step);
        let error = mse(attend(&data.train.x, data, &[|x| x], column(&[weight]).as_ref())?.as_ref(), data.train.y.as_ref());
        if error < best.0 {
            best = (error, weight);
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

/// ## A scalar softmax cannot follow a sine
///
/// With one feature the scores are $w\,q\,k$, and all that training can choose is the number $w$. As the query moves to the
/// right the weights move towards the keys at one end, as it moves to the left towards the other. In between is a mean over
/// everything. There is no $w$ with which a query in the middle sees the keys in the middle.
///
/// So it fails where a line fails. Over five draws of the data, the best $w$ on a fine grid has a test error of
/// {{best:3}} times that of a straight line, and training $W_q$ and $W_k$ by Adam ends at {{trained:3}} times. Softmax
/// and line explain little, the line at most a fifth, of a wave with a mean square of about one half, under noise with
/// a variance of one hundredth.
///
/// Give the same softmax the keys $(1, x, x^2)$ and a form that the next section writes down, and its test error is
/// {{error_features:2}}, where the line has {{error_line:2}}. The square alone does not do it: least squares on the
/// same three features is a parabola, with {{parabola:3}} times the error of the line. The softmax needs the square
/// and the square needs the softmax; neither brings in the sine alone.
///
/// ![**One softmax, two sets of keys.** Training rows, the line, the best softmax with the key $x$ alone, and softmax with the keys $1, x, x^2$ and a closed-form $W$.](figure)
///
/// ```toml
/// kind = "counterexample"
/// settles = { S12 = "false as stated" }
/// finding = "Not with the feature alone: the error of the best scalar softmax is {{best:3}} times that of a line. With the keys $(1, x, x^2)$ it follows the sine, but a parabola on these features does not: softmax and square bring it in together."
/// uses = ["a_key_that_others_surround_never_wins"]
/// headline = "best"
/// breaks_when = "the keys are $(1, x, x^2)$: the error is then {{with_features:2}} of the line's."
/// ```
#[test]
fn a_scalar_softmax_cannot_follow_a_sine() -> Result<()> {
    let mut evidence = Evidence::new();
    let (mut best, mut trained, mut parabola, mut featured) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for seed in SEEDS {
        let data = data::sine(seed);
        let line = least_squares(&data, &LINE)?;
        let error = |output: Mat<f64>| mse(output.as_ref(), data.test.y.as_ref());
        best.push(error(attend(&data.test.x, &data, &[|x| x], column(&[best_scalar(&data)?]).as_ref())?) / line);
        trained.push(error(learnt_scalar(&data, seed)?) / line);
        parabola.push(least_squares(&data, &PARABOLA)? / line);
        featured.push(error(attend(&data.test.x, &data, &PARABOLA, distance_form(bandwidth(&data)?).as_ref())?) / line);
    }
    evidence.seeds("best", "test error of the best scalar softmax over the line's", &best, relative(0.01), at_least(0.9));
    evidence.seeds("trained", "test error of a trained scalar softmax over the line's", &trained, relative(0.02), at_least(0.9));
    evidence.seeds("parabola", "test error of least squares on $1, x, x^2$ over the line's", &parabola, relative(0.01), at_least(0.9));
    let data = data::sine(SEEDS[0]);
    evidence.note("error_line", "test error of the line, first draw", least_squares(&data, &LINE)?, relative(1e-6));
    let curve = attend(&data.test.x, &data, &PARABOLA, distance_form(bandwidth(&data)?).as_ref())?;
    evidence.judge(
        "error_features",
        "test error of softmax with the keys $1, x, x^2$, first draw",
        mse(curve.as_ref(), data.test.y.as_ref()),
        relative(1e-4),
        at_most(0.02),
    );

    // Control: three keys.
    let largest = featured.iter().copied().fold(0.0, f64::max);
    evidence.control("with_features", "largest error of softmax with the keys $1, x, x^2$ over the line's", largest, relative(1e-3), at_most(0.1));
    evidence.figure(curves(&data)?);
    record!(evidence)
}

/// Predictions on test rows of a scalar softmax trained by Adam, targets centred.
fn learnt_scalar(data: &Dataset, seed: u64) -> Result<Mat<f64>> {
    let centred = data.centred();
    let (x, y) = (centred.train.x.as_ref(), centred.train.y.as_ref());
    let normalisation = Normalisation::Softmax { temperature: temperature_of_width(1) };
    let training = Training { seed, optimiser: Optimiser::Adam { rate: 0.05 }, steps: 600, ..Training::new(normalisation, Parametrisation::Separate) };
    let head = training.run(Task::regression(x, y), None)?.head;
    let output = normalisation.output(head.queries(centred.test.x.as_ref()).as_ref(), head.keys(x).as_ref(), y, Diagonal::Kept)?;
    let mean = column_means(data.train.y.as_ref())[0];
    Ok(Mat::from_fn(output.nrows(), 1, |i, _| output[(i, 0)] + mean))
}

fn curves(data: &Dataset) -> Result<Figure> {
    let grid = Mat::from_fn(121, 1, |i, _| 0.05 * count(i) - 3.0);
    let fit = Ridge::fit(features(&data.train.x, &LINE).as_ref(), data.train.y.as_ref(), 0.0, Intercept::None)?;
    let entries = |matrix: &Mat<f64>| matrix.col(0).iter().copied().collect::<Vec<f64>>();
    let curve = |name: &str, ink: Ink, stroke: Stroke, y: Mat<f64>, at: usize, side: Side| Series {
        name: name.to_owned(),
        ink,
        mark: None,
        stroke,
        x: entries(&grid),
        y: entries(&y),
        relative: 1e-3,
        label: Some(Label { at, side }),
    };
    let points = Series {
        name: "training rows".to_owned(),
        ink: Ink::Muted,
        mark: Some(Mark::Dot),
        stroke: Stroke::None,
        x: entries(&data.train.x),
        y: entries(&data.train.y),
        relative: 1e-4,
        label: None,
    };
    let scalar = attend(&grid, data, &[|x| x], column(&[best_scalar(data)?]).as_ref())?;
    let featured = attend(&grid, data, &PARABOLA, distance_form(bandwidth(data)?).as_ref())?;
    let series = vec![
        points,
        curve("least squares", Ink::Regression, Stroke::Solid, fit.predict(features(&grid, &LINE).as_ref()), 60, Side::Below),
        curve("softmax, key x", Ink::Softmax, Stroke::Dashed, scalar, 118, Side::Right),
        curve("softmax, keys 1, x, x²", Ink::Softmax, Stroke::Solid, featured, 77, Side::Above),
    ];
    let chart = Chart::new(Axis::linear("x", &[-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0]), Axis::linear("y", &[-1.5, -0.75, 0.0, 0.75, 1.5]), series);
    Ok(Figure { title: "A sine, a line, and softmax attention with two sets of keys".to_owned(), plot: Plot::Chart(chart) })
}

/// ## Three features make a softmax a distance kernel
///
/// Why does the square help? Take the keys and queries $\varphi(x) = (1, x, x^2)$ and the form
///
/// $$W = \frac{1}{h^2}\begin{pmatrix} 0 & 0 & -\tfrac12 \\ 0 & 1 & 0 \\ 0 & 0 & 0 \end{pmatrix},
/// \qquad \varphi(q)^\top W\varphi(k) = \frac{qk - \tfrac12 k^2}{h^2} = -\frac{(q - k)^2}{2h^2} + \frac{q^2}{2h^2}.$$
///
/// The last term does not depend on the key, and softmax does not see it. What is left is the negative squared
/// distance: with these keys dot-product attention *is* kernel smoothing. The weights agree within {{weights}} at the
/// bandwidth that leaving one out chooses. It is the bias of $-\frac12 k^2$ from the last chapter, which a layer can
/// only have if it is given the square to compute it with.
///
/// ```toml
/// kind = "identity"
/// uses = ["a_scalar_softmax_cannot_follow_a_sine", "a_bias_on_the_keys_makes_attention_a_kernel_regression"]
/// headline = "weights"
/// breaks_when = "the square is taken away. Without the entry for $k^2$ the weights are {{without_square:2}} norms from the kernel's."
/// ```
#[test]
fn three_features_make_a_softmax_a_distance_kernel() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = data::sine(1);
    let (x, new) = (&data.train.x, &data.test.x);
    let bandwidth = bandwidth(&data)?;
    let by_kernel = kernel::smoother_matrix(new.as_ref(), x.as_ref(), bandwidth)?;
    let by_softmax = |form: Mat<f64>| {
        let (asking, keys) = (features(new, &PARABOLA) * form, features(x, &PARABOLA));
        softmax::weights(asking.as_ref(), keys.as_ref(), 1.0, Diagonal::Kept)
    };
    let form = distance_form(bandwidth);
    // An error in a score is an error in the exponent: ε times the largest score, which is near x²/h².
    let largest = max_abs(x.as_ref()).powi(2) / (bandwidth * bandwidth);
    evidence.rounding(
        "weights",
        "weights of softmax against the Gaussian kernel's",
        relative_gap(by_softmax(form.clone())?.as_ref(), by_kernel.as_ref()),
        100.0 * f64::EPSILON * largest,
    );
    evidence.judge("bandwidth", "bandwidth chosen by leaving one out", bandwidth, relative(1e-6), at_most(0.3));

    // Control: no square.
    let mut without = form;
    without[(0, 2)] = 0.0;
    evidence.control(
        "without_square",
        "weights of softmax against the kernel's, without the entry for $k^2$",
        relative_gap(by_softmax(without)?.as_ref(), by_kernel.as_ref()),
        relative(1e-4),
        at_least(0.5),
    );
    record!(evidence)
}

/// ## The sine needs neither the softmax nor the square
///
/// There are other ways. Bend the line into an arc: with keys of unit norm, $(\cos\frac{\pi x}{6}, \sin\frac{\pi x}{6})$, the dot
/// product falls with the distance along the arc, and a softmax of it at a low temperature is local again. Its test error over
/// that of a line is {{arc:2}} in the median of five draws. Or give up the softmax. *Linear* attention, and so
/// least squares, with the features $(1, \sin 2x, \cos 2x)$ is at {{wave:2}}: the noise and nothing else.
///
/// So neither is the softmax needed for the sine nor is it enough. In four dimensions, where the experiment of this
/// book trained it on the sine of a projection, softmax did beat the line; a likely reason is that the hull of the
/// keys has many vertices there, and that queries in different directions read different ones. One feature is where
/// the argument is clearest, and where the post makes it.
///
/// ```toml
/// kind = "measured"
/// uses = ["three_features_make_a_softmax_a_distance_kernel"]
/// headline = "wave"
/// breaks_when = "linear attention is left with $(1, x)$ for features: its error is {{line:3}} of the variance of the test targets."
/// ```
#[test]
fn the_features_bring_in_the_sine_not_the_softmax() -> Result<()> {
    let mut evidence = Evidence::new();
    let arc: [fn(f64) -> f64; 2] = [|x| libm::cos(std::f64::consts::PI * x / 6.0), |x| libm::sin(std::f64::consts::PI * x / 6.0)];
    let sharp = Mat::<f64>::identity(2, 2) * faer::Scale(400.0);
    let (mut bent, mut wave, mut line) = (Vec::new(), Vec::new(), Vec::new());
    for seed in SEEDS {
        let data = data::sine(seed);
        let straight = least_squares(&data, &LINE)?;
        bent.push(mse(attend(&data.test.x, &data, &arc, sharp.as_ref())?.as_ref(), data.test.y.as_ref()) / straight);
        wave.push(mse(waving(&data.test.x, &data)?.as_ref(), data.test.y.as_ref()) / straight);
        let mean = Mat::full(data.test.n(), 1, column_means(data.test.y.as_ref())[0]);
        line.push(straight / mse(mean.as_ref(), data.test.y.as_ref()));
    }
    evidence.seeds("arc", "error of softmax with unit-norm keys over the line's", &bent, relative(1e-3), at_most(0.1));
    evidence.seeds("wave", "error of linear attention on $1, \\sin 2x, \\cos 2x$ over the line's", &wave, relative(1e-4), at_most(0.05));

    // Control: the features of a line.
    evidence.control(
        "line",
        "smallest error of the line over the variance of the test targets",
        line.iter().copied().fold(f64::INFINITY, f64::min),
        relative(1e-4),
        at_least(0.7),
    );
    record!(evidence)
}

/// ## Beyond the data softmax repeats the edge
///
/// With the right keys softmax follows the sine, as far as there are keys. What does it say at $x = 6$, three units
/// beyond the last of them? The distances to all keys grow, but those to the nearest grow least, and softmax looks at
/// differences. The key at the edge takes all the weight, and softmax answers with its value: within {{edge:2^}} of
/// it, in the worst of five draws. In the end it is a constant. Between $x = 7/2$ and $x = 6$ its root mean squared
/// error is {{softmax:2}}, on a sine of amplitude one.
///
/// Where there are no data a kernel repeats the last it knows. That is prudent, and it is not a law. Linear attention
/// on $(1, \sin 2x, \cos 2x)$ has the law among its features and goes on as the sine does.
///
/// ![**Beyond the edge.** Trained on rows with $x \lt 3$: softmax goes on with the last value it knows, the line as a line, and only the features that have the sine's period go on as the sine (dotted).](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["three_features_make_a_softmax_a_distance_kernel", "softmax_never_leaves_the_range_of_its_values"]
/// headline = "softmax"
/// breaks_when = "the features know the period: linear attention on $(1, \\sin 2x, \\cos 2x)$ has an error of at most {{wave:2^}} over the same stretch."
/// ```
#[test]
fn beyond_the_data_softmax_repeats_the_edge() -> Result<()> {
    let mut evidence = Evidence::new();
    let beyond = Mat::from_fn(51, 1, |i, _| 3.5 + 0.05 * count(i));
    let truth = Mat::from_fn(51, 1, |i, _| libm::sin(2.0 * beyond[(i, 0)]));
    let (mut edge, mut softmax, mut wave) = (Vec::new(), Vec::new(), Vec::new());
    for seed in SEEDS {
        let data = data::sine(seed);
        let x = &data.train.x;
        let last = (0..x.nrows()).max_by(|&a, &b| x[(a, 0)].total_cmp(&x[(b, 0)])).unwrap_or(0);
        let said = attend(&beyond, &data, &PARABOLA, distance_form(bandwidth(&data)?).as_ref())?;
        edge.push((said[(50, 0)] - data.train.y[(last, 0)]).abs());
        softmax.push(mse(said.as_ref(), truth.as_ref()).sqrt());
        wave.push(mse(waving(&beyond, &data)?.as_ref(), truth.as_ref()).sqrt());
    }
    let largest = |errors: &[f64]| errors.iter().copied().fold(0.0, f64::max);
    evidence.judge("edge", "largest distance of softmax at $x = 6$ from the value of the last key", largest(&edge), relative(0.02), at_most(0.05));
    evidence.seeds("softmax", "root mean squared error of softmax, keys $1, x, x^2$, for $3.5 \\le x \\le 6$", &softmax, relative(1e-3), at_least(0.5));

    // Control: features that go on.
    evidence.control(
        "wave",
        "largest root mean squared error of linear attention on $1, \\sin 2x, \\cos 2x$, for $3.5 \\le x \\le 6$",
        largest(&wave),
        relative(1e-3),
        at_most(0.1),
    );
    evidence.figure(beyond_the_edge(&data::sine(SEEDS[0]))?);
    record!(evidence)
}

/// Linear attention on (1, sin 2x, cos 2x) with the inverse Gram matrix for its form.
fn waving(queries: &Mat<f64>, data: &Dataset) -> Result<Mat<f64>> {
    let keys = features(&data.train.x, &WAVE);
    let form = linalg::symmetric_power(linalg::gram(keys.as_ref()).as_ref(), -1.0)?;
    Ok(linear::output((features(queries, &WAVE) * form).as_ref(), keys.as_ref(), data.train.y.as_ref(), 1.0, Diagonal::Kept))
}

fn beyond_the_edge(data: &Dataset) -> Result<Figure> {
    let grid = Mat::from_fn(121, 1, |i, _| 0.05 * count(i));
    let fit = Ridge::fit(features(&data.train.x, &LINE).as_ref(), data.train.y.as_ref(), 0.0, Intercept::None)?;
    let entries = |matrix: &Mat<f64>| matrix.col(0).iter().copied().collect::<Vec<f64>>();
    let curve = |name: &str, ink: Ink, stroke: Stroke, y: Mat<f64>, at: usize, side: Side| Series {
        name: name.to_owned(),
        ink,
        mark: None,
        stroke,
        x: entries(&grid),
        y: entries(&y),
        relative: 1e-3,
        label: Some(Label { at, side }),
    };
    let shown: Vec<usize> = (0..data.train.n()).filter(|&i| data.train.x[(i, 0)] >= 0.0).collect();
    let rows = data.train.rows(&shown);
    let points = Series {
        mark: Some(Mark::Dot),
        stroke: Stroke::None,
        x: entries(&rows.x),
        label: None,
        ..curve("training rows", Ink::Muted, Stroke::None, rows.y.clone(), 0, Side::Left)
    };
    let truth = Mat::from_fn(121, 1, |i, _| libm::sin(2.0 * grid[(i, 0)]));
    let kernel = attend(&grid, data, &PARABOLA, distance_form(bandwidth(data)?).as_ref())?;
    let last = Series { x: vec![3.0; 2], y: vec![-1.5, 1.5], ..curve("last key", Ink::Muted, Stroke::Dotted, Mat::zeros(2, 1), 1, Side::Right) };
    let series = vec![
        last,
        points,
        curve("least squares", Ink::Regression, Stroke::Solid, fit.predict(features(&grid, &LINE).as_ref()), 120, Side::Right),
        curve("softmax, keys 1, x, x²", Ink::Softmax, Stroke::Solid, kernel, 120, Side::Right),
        curve("linear, 1, sin 2x, cos 2x", Ink::Linear, Stroke::Dashed, waving(&grid, data)?, 120, Side::Right),
        curve("sin 2x", Ink::Muted, Stroke::Dotted, truth, 79, Side::Above),
    ];
    let chart = Chart::new(Axis::linear("x", &[0.0, 1.5, 3.0, 4.5, 6.0]), Axis::linear("y", &[-1.5, -0.75, 0.0, 0.75, 1.5]), series);
    Ok(Figure { title: "A sine beyond the data, and what a line, softmax and linear attention say of it".to_owned(), plot: Plot::Chart(chart) })
}
