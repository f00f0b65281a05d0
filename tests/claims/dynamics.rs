//! # The path of training
//!
//! <div class="aside" role="note">
//!
//! $\eta$ is the rate of gradient descent and $\gamma$ the scale of linear attention, $A = \gamma\,XWX^\top$. One
//! target; $c = X^\top y$.
//!
//! </div>
//!
//! So far we looked at where training ends. The post also says that the behaviour of the loss affects how attention and
//! regression align, and that is a statement about the way there.
//!
//! Without softmax the way is known in full: it is that of gradient descent on the least-squares coefficients, step
//! by step. With softmax only its first step is, from a free form at zero; and that step is the picture the post
//! began with. What follows passes close by regression, and goes on.

use attention_regression::agreement::{centred_cosine, mse};
use attention_regression::attention::gradients::{Objective, Task};
use attention_regression::attention::softmax::temperature_of_width;
use attention_regression::attention::{Diagonal, Head, Normalisation, linear, softmax};
use attention_regression::comparison::{Comparison, Variant};
use attention_regression::data::random::standard_normal;
use attention_regression::data::{self, Scaling};
use attention_regression::linalg::{self, count, frobenius_norm, gram, relative_gap, spectral_norm};
use attention_regression::notebook::evidence::{Evidence, at_least, at_most, expected, relative};
use attention_regression::notebook::figure::{Axis, Chart, Figure, Ink, Label, Mark, Plot, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge};
use attention_regression::training::{Optimiser, Parametrisation, Record, Training};
use attention_regression::whitening::{Divisor, Root, Whitening};
use attention_regression::{Error, Mat, MatRef, Result};

use crate::support::{SEEDS, comparisons, diabetes, record, rounding_bound, synthetic};

/// Merged linear attention from zero; a rate of one is that of the curvature, beyond two descent diverges.
fn merged(x: MatRef<'_, f64>, y: MatRef<'_, f64>, rate: f64, steps: usize) -> Result<Training> {
    let scale = 1.0 / count(x.nrows());
    let content = frobenius_norm((x.transpose() * y).as_ref()) * scale;
    let smoothness = 2.0 * scale * content * content * spectral_norm(gram(x).as_ref())?;
    let optimiser = Optimiser::GradientDescent { rate: rate / smoothness };
    Ok(Training { optimiser, deviation: 0.0, steps, ..Training::new(Normalisation::Linear { scale }, Parametrisation::Merged) })
}

/// ## Merged attention is gradient descent on least squares
///
/// Let $W$ be free as a whole and start at zero. A step changes it by $-\eta\,\frac{2\gamma}{n}X^\top r\,c^\top$ with
/// the residual $r = \gamma\,XWc - y$. What counts for predictions is the vector $b = \gamma\,Wc$, and it changes by
///
/// $$b \;\leftarrow\; b - \eta\,\gamma^2\|c\|^2\;\frac2n\,X^\top(Xb - y).$$
///
/// That is gradient descent on the coefficients of least squares with the rate $\eta\,\gamma^2\|c\|^2$. Not similar
/// to it: the same numbers. At every recorded step of five hundred the two paths agree within {{path_synthetic}} on
/// the synthetic data and within {{path_diabetes}} on the diabetes table, and so do their losses, within {{losses}}.
///
/// The rate has regression's limit, too: twice the inverse of the curvature. A twentieth below it descent still
/// converges; a twentieth above, the loss is a million times its start after {{lost}} steps.
///
/// ```toml
/// kind = "identity"
/// uses = ["training_finds_least_squares_and_ridge_is_the_one_that_is_off"]
/// headline = "path_synthetic"
/// breaks_when = "the form is a product. With separate weights from a small start twenty steps at the same rate leave the coefficients {{separate:2}} of their norm behind."
/// ```
#[test]
fn merged_attention_is_gradient_descent_on_least_squares() -> Result<()> {
    let mut evidence = Evidence::new();
    let mut losses: f64 = 0.0;
    for (name, data) in [("synthetic", synthetic()), ("diabetes", diabetes()?)] {
        let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
        let path = merged(x, y, 1.0, 500)?.run(Task::regression(x, y), None)?.path;
        let descent = on_coefficients(x, y, 500)?;
        let mut worst: f64 = 0.0;
        for record in path.iter().filter(|record| record.step > 0) {
            let (coefficients, loss) = &descent[record.step];
            worst = worst.max(relative_gap(effective(&record.head, x, y).as_ref(), coefficients.as_ref()));
            losses = losses.max((record.loss - loss).abs() / loss);
        }
        evidence.rounding(
            &format!("path_{name}"),
            &format!("$\\gamma\\,Wc$ against descent on coefficients, worst recorded of 500 steps, {name}"),
            worst,
            rounding_bound(x)?,
        );
    }
    evidence.rounding("losses", "losses along the two paths, worst of both data sets", losses, rounding_bound(diabetes()?.train.x.as_ref())?);

    let data = synthetic();
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let steady = merged(x, y, 1.9, 5000)?.run(Task::regression(x, y), None)?;
    let least = mse(Ridge::fit(x, y, 0.0, Intercept::None)?.fitted(), y);
    evidence.judge("steady", "loss over the least after 5000 steps, rate 1.9", steady.last().loss / least, relative(1e-10), at_most(1.0 + 1e-9));
    let Err(Error::Diverged { step, .. }) = merged(x, y, 2.1, 5000)?.run(Task::regression(x, y), None) else {
        panic!("a rate beyond twice the inverse curvature must diverge");
    };
    evidence.count("lost", "step at which the loss is a million times its start, rate 2.1", step);

    // Control: a product of two matrices.
    let separate = Training { parametrisation: Parametrisation::Separate, deviation: 1e-3, ..merged(x, y, 1.0, 20)? };
    let head = separate.run(Task::regression(x, y), None)?.head;
    let gap = relative_gap(effective(&head, x, y).as_ref(), on_coefficients(x, y, 20)?[20].0.as_ref());
    evidence.control(
        "separate",
        "$\\gamma\\,Wc$ against descent on coefficients after twenty steps, separate weights from a deviation of $10^{-3}$",
        gap,
        relative(1e-3),
        at_least(0.1),
    );
    record!(evidence)
}

/// $\gamma\,Wc$: the coefficients that a merged head predicts with.
fn effective(head: &Head, x: MatRef<'_, f64>, y: MatRef<'_, f64>) -> Mat<f64> {
    linear::effective_weights(head.form().as_ref(), x, y, 1.0 / count(x.nrows()))
}

/// Gradient descent on ‖Xb − y‖²/n from zero with the rate of the curvature: coefficients and loss at every step.
fn on_coefficients(x: MatRef<'_, f64>, y: MatRef<'_, f64>, steps: usize) -> Result<Vec<(Mat<f64>, f64)>> {
    let rate = 0.5 * count(x.nrows()) / spectral_norm(gram(x).as_ref())?;
    let mut path = vec![(Mat::zeros(x.ncols(), 1), mse(Mat::zeros(y.nrows(), 1).as_ref(), y))];
    for step in 0..steps {
        let residual = x * &path[step].0 - y;
        let next = &path[step].0 - x.transpose() * residual * faer::Scale(2.0 * rate / count(x.nrows()));
        let loss = mse((x * &next).as_ref(), y);
        path.push((next, loss));
    }
    Ok(path)
}

/// ## Whitening changes how soon, not where to
///
/// With a free $W$ whitening is a change of coordinates. Rows $XT$ with the form $W$ have the scores of rows $X$ with the form
/// $TWT^\top$, within {{scores}}: whatever attention can be on the one it can be on the other. In the grid of the
/// experiment whitening moved no linear variant's outputs.
///
/// What it changes is the curvature. On whitened rows $G = nI$, every direction bends alike, and a single step of
/// descent at the rate of the curvature lands on least squares, within {{one_step}}. On rows as they are the
/// condition number of $G$ is {{condition:2}}, along the flattest direction the error shrinks by one part in that per
/// step, and after a hundred steps the predictions are still {{hundred_steps:1}} of their norm away.
///
/// ```toml
/// kind = "identity"
/// uses = ["regression_does_not_need_whitening_attention_does", "merged_attention_is_gradient_descent_on_least_squares"]
/// headline = "one_step"
/// breaks_when = "the rows are not whitened: one step leaves the predictions {{raw_step:2}} of their norm from least squares."
/// ```
#[test]
fn whitening_changes_how_soon_not_where_to() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = synthetic();
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let (whitening, fit) = (Whitening::fit(x, Root::Zca, Divisor::N, 0.0)?, Ridge::fit(x, y, 0.0, Intercept::None)?);
    let (white, root) = (whitening.apply(x), whitening.matrix());
    let form = standard_normal(17, 0, x.ncols(), x.ncols());
    let (there, here) = ((&white * &form) * white.transpose(), (x * (root * &form * root.transpose())) * x.transpose());
    let bound = rounding_bound(x)?;
    evidence.rounding("scores", "scores of $XT$ with $W$ against those of $X$ with $TWT^\\top$", relative_gap(there.as_ref(), here.as_ref()), bound);
    let distance = |x: MatRef<'_, f64>, steps: usize| {
        let head = merged(x, y, 1.0, steps)?.run(Task::regression(x, y), None)?.head;
        Ok::<_, Error>(relative_gap((x * effective(&head, x, y)).as_ref(), fit.fitted()))
    };
    evidence.rounding("one_step", "fitted values against least squares after one step, whitened", distance(white.as_ref(), 1)?, bound);
    evidence.note("condition", "condition number of $G$", linalg::condition_number(x)?.powi(2), relative(1e-6));
    evidence.judge(
        "hundred_steps",
        "fitted values against least squares after a hundred steps, rows as they are",
        distance(x, 100)?,
        relative(1e-4),
        at_least(1e-3),
    );

    // Control: rows as they are.
    evidence.control("raw_step", "fitted values against least squares after one step, rows as they are", distance(x, 1)?, relative(1e-4), at_least(0.1));
    record!(evidence)
}

/// ## The first step of softmax is the picture
///
/// Let $W$ be free as a whole again, and start softmax attention at $W = 0$. Every row attends to all rows alike, and
/// the slope of the loss at score $ij$ is proportional to $-(y_i - \bar y)(y_j - \bar y)$. Carried back to the form
/// it is a negative multiple of $cc^\top$, since $X^\top(y - \bar y) = c$ for centred columns: the first step of
/// gradient descent makes $W$ a multiple of $cc^\top$, of rank one, for its second singular value is below {{rank}}
/// of its first. Expand the softmax for this small $W$, and the outputs around their mean are multiples of
/// $XWc = Xc\,\|c\|^2$, that is of
///
/// $$XX^\top y:$$
///
/// the picture of the first chapter. The cosine between the two is one within {{picture}}. Where that picture is wrong, so is
/// the step: its direction has a cosine of {{raw_synthetic:3}} with the least-squares predictions on the synthetic data and of
/// {{raw_diabetes:4}} on the diabetes table. And where it is right, on whitened rows, the first step goes straight to
/// regression, within {{whitened}}.
///
/// ```toml
/// kind = "identity"
/// uses = ["the_picture_needs_orthonormal_columns"]
/// headline = "picture"
/// breaks_when = "the rows are not whitened: the first step then has a cosine of only {{raw_synthetic:3}} with least squares."
/// ```
#[test]
fn the_first_step_of_softmax_is_the_picture() -> Result<()> {
    let mut evidence = Evidence::new();
    let (made, real) = (synthetic(), diabetes()?);
    let (x, y) = (made.train.x.as_ref(), made.train.y.as_ref());
    let fit = Ridge::fit(x, y, 0.0, Intercept::None)?;
    let (form, outputs) = first_step(x, y)?;
    let values = linalg::singular_values(form.as_ref())?;
    evidence.rounding("rank", "second singular value of $W$ over the first", values[1] / values[0], 100.0 * count(x.nrows()).sqrt() * f64::EPSILON);
    // The step is 10⁻⁶ of the data's scale: the expansion's next term is that much smaller than the first, and 1 − cos its square.
    let picture = linear::output(x, x, y, 1.0, Diagonal::Kept);
    evidence.rounding("picture", "1 − cosine of the outputs to $XX^\\top y$", 1.0 - centred_cosine(outputs.as_ref(), picture.as_ref()), 1e-8);
    let white = Whitening::fit(x, Root::Zca, Divisor::N, 0.0)?.apply(x);
    let (_, straight) = first_step(white.as_ref(), y)?;
    evidence.rounding("whitened", "1 − cosine to least squares, whitened rows", 1.0 - centred_cosine(straight.as_ref(), fit.fitted()), 1e-8);

    // Control: rows as they are.
    evidence.control(
        "raw_synthetic",
        "cosine to least squares, rows as they are, synthetic",
        centred_cosine(outputs.as_ref(), fit.fitted()),
        relative(1e-5),
        at_most(0.95),
    );
    let (x, y) = (real.train.x.as_ref(), real.train.y.as_ref());
    let aligned = centred_cosine(first_step(x, y)?.1.as_ref(), Ridge::fit(x, y, 0.0, Intercept::None)?.fitted());
    evidence.control("raw_diabetes", "cosine to least squares, rows as they are, diabetes", aligned, relative(1e-4), expected(0.8795));
    record!(evidence)
}

/// The form after one small step of descent from zero, and the outputs it gives.
fn first_step(x: MatRef<'_, f64>, y: MatRef<'_, f64>) -> Result<(Mat<f64>, Mat<f64>)> {
    let d = x.ncols();
    let temperature = temperature_of_width(d);
    let mut slope = Mat::zeros(d, d);
    Objective::new(Task::regression(x, y), Normalisation::Softmax { temperature }, Diagonal::Kept)?.evaluate(Mat::zeros(d, d).as_ref(), slope.as_mut());
    let largest = spectral_norm(x)?.powi(2) * frobenius_norm(slope.as_ref());
    let form = slope * faer::Scale(-1e-6 * temperature * count(x.nrows()) / largest);
    let outputs = softmax::output((x * &form).as_ref(), x, y, temperature, Diagonal::Kept)?;
    Ok((form, outputs))
}

/// ## Softmax passes close by regression, and leaves
///
/// Watch the test error of softmax attention with separate weights on the diabetes table, its rows as they are. It
/// falls for a few dozen steps, and at its lowest, {{best:3}} in the median of five seeds, it has nearly come to where
/// least squares stands, {{least_squares:3}}. There its predictions are nearly those of regression: the centred cosine
/// is {{cosine_best:2}}. Nothing holds it. The training error goes on falling, to {{train:2}}, as no straight line
/// could; the test error turns and ends at {{last:2}}, and the cosine falls to {{cosine_last:2}}.
///
/// How far training has gone, then, decides what it aligns with. While $W$ is small softmax is, by the expansion of
/// the last section, a linear attention around the mean of the values, and that is on its way to regression; later
/// the higher terms count, and they can follow the noise. Stopping early is what keeps this attention near to
/// regression. The step chosen here was the best on the test rows, which nobody has in practice, and stopping is not
/// part of the post's design.
///
/// ![**Passing by.** Errors of softmax and of linear attention on the diabetes table along Adam's steps: solid on test rows, dashed on training rows. Horizontal lines are ridge, the curves the first of five seeds. The square marks the lowest test error, where the centred cosine to ridge is {{cosine_best:2}} in the median of the seeds; at the end it is {{cosine_last:2}}.](figure)
///
/// ```toml
/// kind = "measured"
/// settles = { S14 = "holds" }
/// finding = "On the diabetes table softmax comes to a centred cosine of {{cosine_best:2}} with ridge after a few dozen steps, and ends at {{cosine_last:2}} while its training error still falls."
/// uses = ["with_softmax_the_predictions_part_to_either_side", "the_first_step_of_softmax_is_the_picture"]
/// headline = "cosine_last"
/// breaks_when = "there is no softmax: linear attention comes to regression and stays, its last test error is {{linear:4}} times ridge's."
///
/// [room]
/// best = "The worst of five seeds counts, and it lies within a tenth of what least squares reaches. The tolerance is wide because a softmax in training amplifies rounding."
/// train = "The worst of five seeds counts, and after a thousand steps no two machines need agree on the second digit. No straight line comes near the limit."
/// cosine_last = "The limit stands well below {{cosine_best:2}}, where the path was nearest, and the seed that stayed closest is just inside: a little closer would still be a departure."
/// ```
#[test]
fn softmax_passes_close_by_regression_and_leaves() -> Result<()> {
    let mut evidence = Evidence::new();
    let comparison = comparisons()?[1];
    let softmax = Variant::grid()[4];
    let paths = SEEDS.map(|seed| comparison.train(softmax, seed)).into_iter().collect::<Result<Vec<_>>>()?;
    let best: Vec<&Record> = paths.iter().filter_map(|trained| trained.best()).collect();
    let last: Vec<&Record> = paths.iter().map(|trained| trained.last()).collect();
    let held_out = |records: &[&Record]| records.iter().filter_map(|record| record.held_out).collect::<Vec<f64>>();
    let cosines = |records: &[&Record]| records.iter().map(|record| cosine_to_ridge(comparison, softmax, &record.head)).collect::<Result<Vec<f64>>>();
    evidence.seeds("best", "lowest test error on the path", &held_out(&best), relative(0.05), at_most(0.6));
    evidence.seeds("last", "test error after a thousand steps", &held_out(&last), relative(0.05), at_least(0.8));
    evidence.seeds("train", "training error after a thousand steps", &last.iter().map(|record| record.loss).collect::<Vec<_>>(), relative(0.05), at_most(0.25));
    evidence.seeds("cosine_best", "centred cosine to ridge where the test error is lowest", &cosines(&best)?, relative(0.02), at_least(0.9));
    evidence.seeds("cosine_last", "centred cosine to ridge after a thousand steps", &cosines(&last)?, relative(0.05), at_most(0.8));
    let data = comparison.data();
    let fit = Ridge::fit(data.train.x.as_ref(), data.train.y.as_ref(), 0.0, Intercept::None)?;
    evidence.judge(
        "least_squares",
        "test error of least squares",
        mse(fit.predict(data.test.x.as_ref()).as_ref(), data.test.y.as_ref()),
        relative(2e-4),
        expected(0.5531),
    );

    // Control: no softmax.
    let straight = comparison.train(Variant::grid()[0], SEEDS[0])?;
    let ridge = mse(comparison.ridge().predict(data.test.x.as_ref()).as_ref(), data.test.y.as_ref());
    evidence.control(
        "linear",
        "last test error of linear attention over ridge's",
        straight.last().held_out.unwrap_or(f64::NAN) / ridge,
        relative(1e-3),
        at_most(1.01),
    );
    evidence.figure(losses(comparison, &paths[0].path, &straight.path, ridge));
    record!(evidence)
}

fn cosine_to_ridge(comparison: &Comparison, variant: Variant, head: &Head) -> Result<f64> {
    let data = comparison.data();
    let [_, predicted] = comparison.predict(variant, head, data.train.y.as_ref())?;
    Ok(centred_cosine(predicted.as_ref(), comparison.ridge().predict(data.test.x.as_ref()).as_ref()))
}

fn losses(comparison: &Comparison, softmax: &[Record], linear: &[Record], ridge: f64) -> Figure {
    let curve = |name: &str, ink: Ink, stroke: Stroke, path: &[Record], of: fn(&Record) -> f64, label: (usize, Side)| {
        let kept: Vec<&Record> = path.iter().filter(|record| record.step > 0 && record.step <= 1000).collect();
        let (x, y): (Vec<f64>, Vec<f64>) = kept.iter().map(|record| (count(record.step), of(record))).unzip();
        let label = Some(Label { at: label.0.min(x.len() - 1), side: label.1 });
        Series { name: name.to_owned(), ink, mark: None, stroke, x, y, relative: 0.02, label }
    };
    let level = |name: &str, at: f64, stroke: Stroke| Series {
        name: name.to_owned(),
        ink: Ink::Regression,
        mark: None,
        stroke,
        x: vec![1.0, 1000.0],
        y: vec![at; 2],
        relative: 1e-3,
        label: Some(Label { at: 1, side: Side::Right }),
    };
    let test = |record: &Record| record.held_out.unwrap_or(f64::NAN);
    let train = |record: &Record| record.loss;
    let fitted = mse(comparison.ridge().predict(comparison.data().train.x.as_ref()).as_ref(), comparison.data().train.y.as_ref());
    let series = vec![
        level("ridge, test", ridge, Stroke::Solid),
        level("ridge, training", fitted, Stroke::Dashed),
        curve("linear, training", Ink::Linear, Stroke::Dashed, linear, train, (25, Side::Left)),
        curve("linear, test", Ink::Linear, Stroke::Solid, linear, test, (15, Side::Above)),
        curve("softmax, training", Ink::Softmax, Stroke::Dashed, softmax, train, (usize::MAX, Side::Right)),
        curve("softmax, test", Ink::Softmax, Stroke::Solid, softmax, test, (usize::MAX, Side::Right)),
        lowest(softmax),
    ];
    let x = Axis::log("step of Adam", &[1.0, 10.0, 100.0, 1000.0]);
    let y = Axis::linear("mean squared error, in units of the target's variance", &[0.0, 0.4, 0.8, 1.2]);
    Figure { title: "Errors of softmax and linear attention along training, diabetes".to_owned(), plot: Plot::Chart(Chart::new(x, y, series)) }
}

/// The place on a path where the test error is lowest.
fn lowest(path: &[Record]) -> Series {
    let held_out = |record: &&Record| record.held_out.unwrap_or(f64::INFINITY);
    let best = path.iter().filter(|record| record.step > 0).min_by(|a, b| held_out(a).total_cmp(&held_out(b)));
    let (x, y) = best.map(|record| (count(record.step), held_out(&record))).into_iter().unzip();
    Series {
        name: "softmax, lowest test error".to_owned(),
        ink: Ink::Softmax,
        mark: Some(Mark::Square),
        stroke: Stroke::None,
        x,
        y,
        relative: 0.02,
        label: None,
    }
}

/// ## A product waits on a saddle
///
/// If $W_q$ and $W_k$ are both small, so is the slope at each of them, which is the slope at the form times the other.
/// At zero nothing moves at all, though zero is no minimum: it is a saddle. Near zero the product grows by a constant
/// factor with every step, and a start that is ten times smaller waits a constant number of steps longer: from a
/// deviation of $10^{-2}$ down to $10^{-5}$ it takes {{separate_decade:3}} steps for each decade until half of the
/// excess loss is gone. Tied weights feel the slope twice, as queries and as keys, so they grow at twice the rate and
/// wait {{tied_decade:3}} steps; the ratio of the two waits is {{ratio:3}}. Merged, with nothing to multiply, the form
/// needs {{merged}} steps from zero.
///
/// A loss that stands still, then, is no sign of convergence, and initial weights near zero are no neutral choice.
///
/// ```toml
/// kind = "rate"
/// settles = { S14 = "holds" }
/// finding = "And whether it aligns at all within a number of steps depends on the start: for every decade by which separate weights start smaller they wait {{separate_decade:3}} steps longer."
/// uses = ["merged_attention_is_gradient_descent_on_least_squares"]
/// headline = "separate_decade"
/// breaks_when = "the form is free as a whole: from zero it needs {{merged_steps:2}} of the steps that separate weights take from a deviation of $10^{-5}$."
/// ```
#[test]
fn a_product_waits_on_a_saddle() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = data::synthetic(1).scaled(Scaling::Standard)?.0;
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let least = mse(Ridge::fit(x, y, 0.0, Intercept::None)?.fitted(), y);
    let steps = |parametrisation, deviation: f64| {
        let training = Training { parametrisation, deviation, ..merged(x, y, 0.1, 4000)? };
        halved(&training, x, y, least)
    };
    let mut decades = Vec::new();
    let mut longest = 0;
    for (name, parametrisation) in [("separate", Parametrisation::Separate), ("tied", Parametrisation::Tied)] {
        let waits = [1e-2, 1e-3, 1e-4, 1e-5].map(|deviation| steps(parametrisation, deviation)).into_iter().collect::<Result<Vec<_>>>()?;
        let differences: Vec<f64> = waits.windows(2).map(|pair| count(pair[1]) - count(pair[0])).collect();
        let mean = differences.iter().sum::<f64>() / 3.0;
        evidence.note(&format!("{name}_decade"), &format!("steps that a start ten times smaller costs, {name}"), mean, relative(0.02));
        let spread = differences.iter().map(|difference| (difference / mean - 1.0).abs()).fold(0.0, f64::max);
        evidence.judge(
            &format!("{name}_constant"),
            &format!("largest relative departure of one decade from their mean, {name}"),
            spread,
            relative(0.3),
            at_most(0.05),
        );
        decades.push(mean);
        longest = longest.max(waits[3]);
    }
    evidence.judge("ratio", "steps that a start ten times smaller costs, separate over tied", decades[0] / decades[1], relative(0.02), expected(2.0));
    let unmoved = Training { parametrisation: Parametrisation::Separate, ..merged(x, y, 0.1, 100)? }.run(Task::regression(x, y), None)?;
    evidence.exactly(
        "unmoved",
        "entries of the form that moved from zero weights in 100 steps",
        linalg::entries(unmoved.head.form().as_ref()).filter(|&entry| entry != 0.0).count(),
        0,
    );

    // Control: the form itself.
    let free = steps(Parametrisation::Merged, 0.0)?;
    evidence.count("merged", "steps until half of the excess loss is gone, merged, from zero", free);
    evidence.control(
        "merged_steps",
        "steps of the merged form over those of separate weights from a deviation of $10^{-5}$",
        count(free) / count(longest),
        relative(0.05),
        at_most(0.1),
    );
    record!(evidence)
}

/// The first step at which half of the loss's excess over the least is gone: by bisection, the loss falls all the way.
fn halved(training: &Training, x: MatRef<'_, f64>, y: MatRef<'_, f64>, least: f64) -> Result<usize> {
    let task = Task::regression(x, y);
    let loss = |steps: usize| Ok::<_, Error>(Training { steps, ..training.clone() }.run(task, None)?.last().loss);
    let half = f64::midpoint(loss(0)?, least);
    let (mut low, mut high) = (0, training.steps);
    while high - low > 1 {
        let middle = usize::midpoint(low, high);
        if loss(middle)? > half { low = middle } else { high = middle }
    }
    Ok(high)
}
