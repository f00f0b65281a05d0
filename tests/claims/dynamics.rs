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
//! For a form that is free as a whole, and plain gradient descent, the way is known without softmax in full: it is that of descent on
//! the least-squares coefficients, step by step. With softmax only its first step is, from zero; and that step is the picture at the
//! top of the post. The trainings of [the experiment](experiment.md), by Adam and on a product of two matrices, go ways of their own.
//! With softmax they pass close by regression, and go on.

use attention_regression::agreement::{asymmetry, centred_cosine, mse};
use attention_regression::attention::gradients::{Objective, Task};
use attention_regression::attention::softmax::{self, temperature_of_width};
use attention_regression::attention::{Diagonal, Head, Normalisation, linear};
use attention_regression::compare::ink::{LINEAR, REGRESSION, SOFTMAX};
use attention_regression::data::{Dataset, Scaling};
use attention_regression::experiment::Variant;
use attention_regression::linalg::{self, count, frobenius_norm, gram, relative_gap, spectral_norm};
use attention_regression::notebook::claim::evidence::{Evidence, absolute, relative};
use attention_regression::publish::figure::{Axis, Chart, Figure, Mark, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge};
use attention_regression::training::{Optimiser, Parametrisation, Record, Training};
use attention_regression::whitening::{Divisor, Root, Whitening};
use attention_regression::{Error, Mat, MatRef, Result, record};

use crate::support::{Case, Draw, Run, USUAL, diabetes, draws, experiments, first, rounding_bound, synthetic};

/// Merged linear attention from zero; a rate of one is that of the curvature, beyond two descent diverges.
fn merged(x: MatRef<'_, f64>, y: MatRef<'_, f64>, rate: f64, steps: usize) -> Result<Training> {
    let scale = 1.0 / count(x.nrows());
    let content = frobenius_norm((x.transpose() * y).as_ref()) * scale;
    let smoothness = 2.0 * scale * content * content * spectral_norm(gram(x).as_ref())?;
    let optimiser = Optimiser::GradientDescent { rate: rate / smoothness };
    Ok(Training {
        optimiser,
        deviation: 0.0,
        steps,
        ..Training::new(Normalisation::Linear { scale }, Parametrisation::Merged)
    })
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
    evidence.rounding(
        "losses",
        "losses along the two paths, worst of both data sets",
        losses,
        rounding_bound(diabetes()?.train.x.as_ref())?,
    );

    let data = synthetic();
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let steady = merged(x, y, 1.9, 5000)?.run(Task::regression(x, y), None)?;
    let least = mse(Ridge::fit(x, y, 0.0, Intercept::None)?.fitted(), y);
    evidence
        .measure("steady", "loss over the least after 5000 steps, rate 1.9", steady.last().loss / least)
        .within(relative(1e-10))
        .at_most(1.0 + 1e-9);
    let Err(Error::Diverged { step, .. }) = merged(x, y, 2.1, 5000)?.run(Task::regression(x, y), None) else {
        panic!("a rate beyond twice the inverse curvature must diverge");
    };
    evidence.count("lost", "step at which the loss is a million times its start, rate 2.1", step);

    // Control: a product of two matrices.
    let separate = Training { parametrisation: Parametrisation::Separate, deviation: 1e-3, ..merged(x, y, 1.0, 20)? };
    let head = separate.run(Task::regression(x, y), None)?.head;
    let gap = relative_gap(effective(&head, x, y).as_ref(), on_coefficients(x, y, 20)?[20].0.as_ref());
    evidence
        .breaks("separate", "path_synthetic", "the form is a product of two matrices", gap)
        .within(relative(1e-3))
        .by(1e6);
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

/// ## Whitening changes how soon, and which machine
///
/// With a free $W$ whitening is a change of coordinates. Rows $XT$ with the form $W$ have the scores of rows $X$ with the form
/// $TWT^\top$, to rounding: whatever attention can be on the one it can be on the other. So whitening changes neither what can be
/// predicted nor, where training arrives, what is.
///
/// It changes two things. One is the curvature. On whitened rows $G = nI$, every direction bends alike, and a single step of descent
/// at the rate of the curvature lands on least squares, within {{one_step}}. On rows as they are the condition number of $G$ is
/// {{condition:2}}, along the flattest direction the error shrinks by one part in that per step, and after a hundred steps the
/// predictions are still {{hundred_steps:1}} of their norm away.
///
/// The other is the machine. Descent from zero takes the smallest form, and smallest in one set of coordinates is not smallest in
/// another. After three thousand steps the fitted values on raw and on whitened rows agree to rounding, and the
/// matrices that produce them are {{apart:2}} norms apart (median of five draws): the one from raw rows is an oblique projection, with
/// an asymmetry of {{oblique:2}}, the one from whitened rows is symmetric.
///
/// ```toml
/// kind = "identity"
/// uses = ["regression_does_not_need_whitening_attention_does", "merged_attention_is_gradient_descent_on_least_squares"]
/// headline = "one_step"
/// breaks_when = "the rows are not whitened: one step leaves the predictions {{raw_step:2}} of their norm from least squares."
/// ```
#[test]
fn whitening_changes_how_soon_and_which_machine() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = synthetic();
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let whitening = Whitening::fit(x, Root::Zca, Divisor::N, 0.0)?;
    let (white, root) = (whitening.apply(x), whitening.matrix());
    let form = first().normal(0, x.ncols(), x.ncols());
    let (there, here) = ((&white * &form) * white.transpose(), (x * (root * &form * root.transpose())) * x.transpose());
    let bound = rounding_bound(x)?;
    evidence.rounding(
        "scores",
        "scores of $XT$ with $W$ against those of $X$ with $TWT^\\top$",
        relative_gap(there.as_ref(), here.as_ref()),
        bound,
    );
    let fit = Ridge::fit(x, y, 0.0, Intercept::None)?;
    let distance = |x: MatRef<'_, f64>, steps: usize| {
        Ok::<_, Error>(relative_gap((descended(x, y, steps)? * y).as_ref(), fit.fitted()))
    };
    evidence.rounding(
        "one_step",
        "fitted values against least squares after one step, whitened",
        distance(white.as_ref(), 1)?,
        bound,
    );
    evidence
        .breaks("raw_step", "one_step", "the rows are not whitened", distance(x, 1)?)
        .within(relative(1e-4))
        .by(1e6);
    evidence
        .measure("condition", "condition number of $G$", linalg::condition_number(x)?.powi(2))
        .within(relative(1e-6))
        .noted();
    let words = "fitted values against least squares after a hundred steps, rows as they are";
    evidence.measure("hundred_steps", words, distance(x, 100)?).within(relative(1e-4)).at_least(1e-4);

    let both = draws().into_iter().map(|draw| of_both_rows(&draw.synthetic().centred())).collect::<Result<Vec<_>>>()?;
    type Number<'a> = &'a dyn Fn(&[Mat<f64>; 2], &Mat<f64>) -> f64;
    let gaps = |of: Number<'_>| both.iter().map(|(ends, y)| of(ends, y)).collect::<Vec<f64>>();
    let worst =
        gaps(&|[raw, white], y| relative_gap((raw * y).as_ref(), (white * y).as_ref())).into_iter().fold(0.0, f64::max);
    evidence.rounding(
        "ends",
        "fitted values after 3000 steps, raw rows against whitened ones, worst of the draws",
        worst,
        10.0 * bound,
    );
    let words = "$\\|A_{\\text{raw}} - A_{\\text{white}}\\|/\\|A_{\\text{white}}\\|$ after 3000 steps";
    evidence
        .measure("apart", words, gaps(&|[raw, white], _| relative_gap(raw.as_ref(), white.as_ref())))
        .within(relative(1e-3))
        .at_least(0.3);
    let words = "$\\|A - A^\\top\\|/\\|A\\|$ after 3000 steps, raw rows";
    evidence
        .measure("oblique", words, gaps(&|[raw, _], _| asymmetry(raw.as_ref())))
        .within(relative(1e-3))
        .at_least(0.3);
    evidence
        .breaks(
            "upright",
            "oblique",
            "the rows are whitened",
            gaps(&|[_, white], _| asymmetry(white.as_ref())).into_iter().fold(0.0, f64::max),
        )
        .vanishing(1e-9, 1e6);
    record!(evidence)
}

/// A after merged descent from zero.
fn descended(x: MatRef<'_, f64>, y: MatRef<'_, f64>, steps: usize) -> Result<Mat<f64>> {
    let form = merged(x, y, 1.0, steps)?.run(Task::regression(x, y), None)?.head.form();
    Ok(linear::weights((x * form).as_ref(), x, 1.0 / count(x.nrows()), Diagonal::Kept))
}

/// A after three thousand steps on raw and on whitened rows, and the targets.
fn of_both_rows(data: &Dataset) -> Result<([Mat<f64>; 2], Mat<f64>)> {
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let white = Whitening::fit(x, Root::Zca, Divisor::N, 0.0)?.apply(x);
    Ok(([descended(x, y, 3000)?, descended(white.as_ref(), y, 3000)?], y.to_owned()))
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
/// the picture of the first chapter. The cosine between the two is one within {{picture}}. Where that picture is right, on whitened
/// rows, the first step goes straight to regression: what the cosine to the least-squares predictions lacks to one is within
/// {{whitened}}. Where it is wrong, so is the step: on rows as they are the cosine lacks {{raw:2}}, and {{raw_diabetes:2}} on the
/// diabetes table.
///
/// ```toml
/// kind = "identity"
/// uses = ["the_picture_needs_orthonormal_columns"]
/// headline = "whitened"
/// breaks_when = "the rows are not whitened: the first step then lacks {{raw:2}} to a cosine of one. And if it does not start at zero, it lacks {{elsewhere:2}} to the picture."
/// ```
#[test]
fn the_first_step_of_softmax_is_the_picture() -> Result<()> {
    let mut evidence = Evidence::new();
    let (made, real) = (synthetic(), diabetes()?);
    let (x, y) = (made.train.x.as_ref(), made.train.y.as_ref());
    let fit = Ridge::fit(x, y, 0.0, Intercept::None)?;
    let (form, outputs) = first_step(x, y)?;
    let values = linalg::singular_values(form.as_ref())?;
    evidence.rounding(
        "rank",
        "second singular value of $W$ over the first",
        values[1] / values[0],
        100.0 * count(x.nrows()).sqrt() * f64::EPSILON,
    );
    // The step is 10⁻⁶ of the data's scale: the expansion's next term is that much smaller than the first, and 1 − cos its square.
    let picture = linear::output(x, x, y, 1.0, Diagonal::Kept);
    evidence.rounding(
        "picture",
        "1 − cosine of the outputs to $XX^\\top y$",
        1.0 - centred_cosine(outputs.as_ref(), picture.as_ref()),
        1e-8,
    );
    let white = Whitening::fit(x, Root::Zca, Divisor::N, 0.0)?.apply(x);
    let (_, straight) = first_step(white.as_ref(), y)?;
    evidence.rounding(
        "whitened",
        "1 − cosine to least squares, whitened rows",
        1.0 - centred_cosine(straight.as_ref(), fit.fitted()),
        1e-8,
    );

    let misses = |outputs: &Mat<f64>, of: MatRef<'_, f64>| 1.0 - centred_cosine(outputs.as_ref(), of);
    evidence
        .breaks("raw", "whitened", "the rows are not whitened", misses(&outputs, fit.fitted()))
        .within(relative(1e-4))
        .by(1e4);
    let (_, elsewhere) = first_step_from(&first().normal(1, x.ncols(), x.ncols()), x, y)?;
    evidence
        .breaks("elsewhere", "picture", "the form does not start at zero", misses(&elsewhere, picture.as_ref()))
        .within(relative(1e-3))
        .by(1e4);
    let (x, y) = (real.train.x.as_ref(), real.train.y.as_ref());
    let aligned = misses(&first_step(x, y)?.1, Ridge::fit(x, y, 0.0, Intercept::None)?.fitted());
    evidence.breaks("raw_diabetes", "whitened", "the rows are not whitened", aligned).within(relative(1e-3)).by(1e4);
    record!(evidence)
}

/// The form after one small step of descent from zero, and the outputs it gives.
fn first_step(x: MatRef<'_, f64>, y: MatRef<'_, f64>) -> Result<(Mat<f64>, Mat<f64>)> {
    first_step_from(&Mat::zeros(x.ncols(), x.ncols()), x, y)
}

fn first_step_from(start: &Mat<f64>, x: MatRef<'_, f64>, y: MatRef<'_, f64>) -> Result<(Mat<f64>, Mat<f64>)> {
    let d = x.ncols();
    let temperature = temperature_of_width(d);
    let mut slope = Mat::zeros(d, d);
    Objective::new(Task::regression(x, y), Normalisation::Softmax { temperature }, Diagonal::Kept)?
        .evaluate(start.as_ref(), slope.as_mut());
    let largest = spectral_norm(x)?.powi(2) * frobenius_norm(slope.as_ref());
    let form = start + slope * faer::Scale(-1e-6 * temperature * count(x.nrows()) / largest);
    let outputs = softmax::output((x * &form).as_ref(), x, y, temperature, Diagonal::Kept)?;
    Ok((form, outputs))
}

/// ## Softmax passes close by regression, and leaves
///
/// Watch the test error of softmax attention with separate weights on the diabetes table, its rows as they are. It is lowest after
/// {{best_step:2}} steps, and is there {{best:3}} times what ridge leaves (median of five halves of the table with three
/// initialisations each). Its predictions are then not far from those of regression: the centred cosine is {{cosine_best:2}}.
/// Nothing holds it. The training error goes on falling, to {{train:2}} of ridge's, as no straight line could; the test error turns
/// and ends at {{last:2}} times ridge's, and the cosine falls by {{left:2}}, to {{cosine_last:2}}.
///
/// How far training has gone, then, decides what it aligns with. While $W$ is small softmax is, by the expansion of
/// the last section, a linear attention around the mean of the values, and that is on its way to regression; later
/// the higher terms count, and they can follow the noise. Stopping early keeps this attention near to regression. The step chosen
/// here was the best on the test rows, which nobody has in practice, and the post does not speak of stopping.
///
/// ![**Passing by, first draw.** Errors of softmax and of linear attention on the diabetes table along Adam's steps: solid on test rows, dashed on training rows. Horizontal lines are ridge. The square marks the lowest test error.](figure)
///
/// ```toml
/// kind = "measured"
/// settles = { S14 = "holds" }
/// finding = "On the diabetes table softmax with separate weights, from a start of a tenth, comes to a centred cosine of {{cosine_best:2}} with ridge after {{best_step:2}} steps of Adam, and after six hundred ends at {{cosine_last:2}}, with {{train:2}} of ridge's training error."
/// uses = ["with_softmax_the_predictions_part_to_either_side", "the_first_step_of_softmax_is_the_picture"]
/// headline = "left"
/// breaks_when = "there is no softmax: the same layer comes to regression and stays, at a last cosine of {{linear:4}}."
/// ```
#[test]
fn softmax_passes_close_by_regression_and_leaves() -> Result<()> {
    let mut evidence = Evidence::new();
    let real = &experiments()?[1];
    let curved = |variant: Variant| variant == Variant::grid()[4];
    let numbers = |of: &dyn Fn(&Case, &Run) -> Result<f64>| {
        real.runs(USUAL, curved).map(|(case, run)| of(case, run)).collect::<Result<Vec<_>>>()
    };
    let held_out = |record: Option<&Record>| record.and_then(|record| record.held_out).unwrap_or(f64::NAN);
    let best = numbers(&|case, run| Ok(held_out(run.trained.best()) / case.ridge[1]))?;
    evidence.measure("best", "lowest test error on the path over ridge's", best).within(relative(0.05)).at_most(1.25);
    let last = numbers(&|case, run| Ok(held_out(Some(run.trained.last())) / case.ridge[1]))?;
    evidence.measure("last", "last test error over ridge's", last).within(relative(0.05)).at_least(1.15);
    let train = numbers(&|case, run| Ok(run.loss / case.ridge[0]))?;
    evidence.measure("train", "last training error over ridge's", train).within(relative(0.05)).at_most(0.7);
    let steps =
        real.numbers(USUAL, curved, |_, run| run.trained.best().map_or(f64::INFINITY, |record| count(record.step)));
    evidence
        .measure("best_step", "step at which the test error is lowest", steps)
        .within(relative(0.25))
        .at_most(200.0);
    let words = "centred cosine to ridge's predictions for test rows";
    let nearest = numbers(&|case, run| {
        cosine_to_ridge(case, run, run.trained.best().map_or(&run.trained.head, |record| &record.head))
    })?;
    evidence
        .measure("cosine_best", &format!("{words}, where the test error is lowest"), nearest)
        .within(absolute(0.02))
        .at_least(0.88);
    evidence
        .measure("cosine_last", &format!("{words}, at the end"), numbers(&|_, run| Ok(run.test.centred_cosine))?)
        .within(absolute(0.03))
        .at_most(0.9);
    evidence
        .breaks(
            "linear",
            "cosine_last",
            "there is no softmax",
            real.numbers(USUAL, |variant| variant == Variant::grid()[0], |_, run| run.test.centred_cosine),
        )
        .within(relative(0.01))
        .by(1.09);
    evidence
        .contrast(
            "left",
            &format!("{words}, where the test error is lowest less at the end"),
            "cosine_best",
            "cosine_last",
        )
        .within(absolute(0.03))
        .apart(0.07);
    evidence.figure(losses(real.first_case(), real.first(Variant::grid()[4]), real.first(Variant::grid()[0])));
    record!(evidence)
}

fn cosine_to_ridge(case: &Case, run: &Run, head: &Head) -> Result<f64> {
    let data = case.comparison.data();
    let [_, predicted] = case.comparison.predict(run.variant, head, data.train.y.as_ref())?;
    Ok(centred_cosine(predicted.as_ref(), case.comparison.ridge().predict(data.test.x.as_ref()).as_ref()))
}

fn losses(case: &Case, softmax: &Run, linear: &Run) -> Figure {
    let ([fitted, ridge], softmax, linear) = (case.ridge, &softmax.trained.path, &linear.trained.path);
    let curve = |name: &str, path: &[Record], of: fn(&Record) -> f64| {
        let kept = path.iter().filter(|record| record.step > 0);
        Series::through(name, kept.map(|record| (count(record.step), of(record)))).within(0.02)
    };
    let level = |name: &str, at: f64| Series::curve(name, [1.0, 600.0], [at; 2]).ink(REGRESSION).label(Side::Right, 1);
    let test = |record: &Record| record.held_out.unwrap_or(f64::NAN);
    let train = |record: &Record| record.loss;
    let series = vec![
        level("ridge, test", ridge),
        level("ridge, training", fitted).stroke(Stroke::Dashed),
        curve("linear, training", linear, train).ink(LINEAR).stroke(Stroke::Dashed).label(Side::Left, 25),
        curve("linear, test", linear, test).ink(LINEAR).label(Side::Above, 15),
        curve("softmax, training", softmax, train).ink(SOFTMAX).stroke(Stroke::Dashed).label_at_end(Side::Right),
        curve("softmax, test", softmax, test).ink(SOFTMAX).label_at_end(Side::Right),
        lowest(softmax),
    ];
    let x = Axis::log("step of Adam", &[1.0, 10.0, 100.0, 1000.0]);
    let y = Axis::log("mean squared error, in units of the target's variance", &[0.1, 0.3, 1.0, 3.0, 10.0]);
    Figure::new("Errors of softmax and linear attention along training, diabetes", Chart::new(x, y, series))
}

/// The place on a path where the test error is lowest.
fn lowest(path: &[Record]) -> Series {
    let held_out = |record: &&Record| record.held_out.unwrap_or(f64::INFINITY);
    let best = path.iter().filter(|record| record.step > 0).min_by(|a, b| held_out(a).total_cmp(&held_out(b)));
    let best = best.map(|record| (count(record.step), held_out(&record)));
    Series::through("softmax, lowest test error", best).ink(SOFTMAX).marks(Mark::Square).within(0.02)
}

/// ## A product waits on a saddle
///
/// Without softmax again, at the scale $\gamma = 1/n$ and by plain descent: if $W_q$ and $W_k$ are both small, so is the slope at each
/// of them, which is the slope at the form times the other. At zero nothing moves at all, though zero is no minimum: it is a saddle.
/// Near zero the slope at the form is constant, a negative multiple of $cc^\top$. Each step multiplies the sum
/// $W_q^\top c + W_k^\top c$ by the same factor, and shrinks the difference of the two. At a tenth of the rate of the
/// curvature this factor is $1 + \frac{1}{10}n/w_1$, with $w_1$ the largest eigenvalue of $G$. A start that is ten times smaller
/// therefore waits $\ln 10 / \ln(1 + \frac{1}{10}n/w_1)$ steps longer: {{separate_formula:4}} on the synthetic data. Tied weights feel
/// the slope twice, as queries and as keys, and wait {{tied_formula:3}}.
///
/// From deviations of $10^{-2}$ down to $10^{-5}$ it takes {{separate_decade:3}} steps for each decade with separate weights until
/// half of the excess loss is gone, and {{tied_decade:3}} with tied ones; over five draws the waits are within {{separate.highest:1^}}
/// and {{tied.highest:1^}} of the formula. Merged, with nothing to multiply, the form needs {{merged}} steps from zero.
///
/// A loss that stands still, then, is no sign of convergence, and initial weights near zero are no neutral choice. (Adam, which divides
/// each slope by its own recent size, does not wait like this.)
///
/// ```toml
/// kind = "rate"
/// settles = { S14 = "holds" }
/// finding = "Without softmax, under plain descent, whether it aligns within a number of steps depends on the start: for every decade by which separate weights start smaller they wait {{separate_decade:3}} steps longer on the synthetic data, at a tenth of the rate of the curvature."
/// uses = ["merged_attention_is_gradient_descent_on_least_squares"]
/// headline = "separate"
/// breaks_when = "the form is free as a whole: a smaller start then costs it nothing, and the wait misses the formula by {{free:2}} of it."
/// ```
#[test]
fn a_product_waits_on_a_saddle() -> Result<()> {
    let mut evidence = Evidence::new();
    let all = draws().into_iter().map(Waits::of).collect::<Result<Vec<_>>>()?;
    for (place, name) in ["separate", "tied", "free"].into_iter().enumerate() {
        let off =
            all.iter().map(|waits| (waits.decades[place] / waits.formula[place] - 1.0).abs()).collect::<Vec<f64>>();
        if name == "free" {
            evidence.breaks(name, "separate", "the form is free as a whole", off).within(absolute(0.02)).by(5.0);
            continue;
        }
        let words = format!("steps that a start ten times smaller costs, {name}: relative distance from the formula");
        evidence.measure(name, &words, off).within(absolute(5e-3)).at_most(0.05);
        let [decade, formula] = [all[0].decades[place], all[0].formula[place]];
        evidence
            .measure(
                &format!("{name}_decade"),
                &format!("steps that a start ten times smaller costs, {name}, first draw"),
                decade,
            )
            .within(relative(0.01))
            .noted();
        evidence
            .measure(&format!("{name}_formula"), &format!("what the formula says, {name}, first draw"), formula)
            .within(relative(1e-6))
            .noted();
    }
    let (x, y) = (all[0].data.train.x.as_ref(), all[0].data.train.y.as_ref());
    let unmoved = Training { parametrisation: Parametrisation::Separate, ..merged(x, y, 0.1, 100)? }
        .run(Task::regression(x, y), None)?;
    let moved = linalg::entries(unmoved.head.form().as_ref()).filter(|&entry| entry != 0.0).count();
    evidence.exactly("unmoved", "entries of the form that moved from zero weights in 100 steps", moved, 0);
    evidence.count(
        "merged",
        "steps until half of the excess loss is gone, merged, from zero, first draw",
        all[0].merged,
    );
    record!(evidence)
}

/// How long training waits near zero: separate, tied, and with a form that is free as a whole.
struct Waits {
    data: Dataset,
    /// Steps for each decade by which the start is smaller.
    decades: [f64; 3],
    /// What the formula says of them; of the free form as of separate weights.
    formula: [f64; 3],
    merged: usize,
}

impl Waits {
    fn of(draw: Draw) -> Result<Self> {
        let data = draw.synthetic().scaled(Scaling::Standard)?.0;
        let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
        let least = mse(Ridge::fit(x, y, 0.0, Intercept::None)?.fitted(), y);
        let steps = |parametrisation, deviation: f64| {
            let seed = draw.inits()[0];
            halved(&Training { parametrisation, deviation, seed, ..merged(x, y, 0.1, 4000)? }, x, y, least).map(count)
        };
        let decade =
            |parametrisation| Ok::<_, Error>((steps(parametrisation, 1e-5)? - steps(parametrisation, 1e-2)?) / 3.0);
        let growth = 0.1 * count(x.nrows()) / spectral_norm(gram(x).as_ref())?;
        let wait = |growth: f64| std::f64::consts::LN_10 / libm::log(1.0 + growth);
        Ok(Self {
            decades: [
                decade(Parametrisation::Separate)?,
                decade(Parametrisation::Tied)?,
                decade(Parametrisation::Merged)?,
            ],
            formula: [wait(growth), wait(2.0 * growth), wait(growth)],
            merged: halved(&merged(x, y, 0.1, 4000)?, x, y, least)?,
            data,
        })
    }
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
