//! # The experiment
//!
//! <aside class="aside">
//!
//! A gap in outputs is $\|\hat y - \hat y_{\text{ridge}}\| / \|\hat y_{\text{ridge}}\|$ on test rows; a gap in mechanism is
//! $\|A - H\|_F / \|H\|_F$ on training rows.
//!
//! </aside>
//!
//! The identities are over; now we train. The post compares eight attentions with ridge regression: with softmax over
//! $QK^\top/d^{1/2}$ or without it and divided by $d$, on rows as they are or whitened, with separate weights $W_q$ and
//! $W_k$ or one matrix for both. Each learns by Adam to predict the targets that it also reads out, $V = y$. Each is run
//! on three kinds of data: a linear truth with correlated features, the diabetes table, and the sine of a projection,
//! which no line can follow.
//!
//! We run all of it, from five seeds. Features and targets are in standard units of the training rows, so an error of one
//! is that of predicting the mean; ridge has $\lambda = 10^{-3}$. Every mark in a figure is one training.

use attention_regression::agreement::cosine;
use attention_regression::attention::gradients::Task;
use attention_regression::attention::{self, Diagonal, Head};
use attention_regression::comparison::{Comparison, Outcome, Variant};
use attention_regression::linalg::{self, count, relative_gap};
use attention_regression::notebook::evidence::{Evidence, at_least, at_most, expected, relative};
use attention_regression::notebook::figure::{
    self, Axis, Chart, Dots, Figure, Ink, Label, Mark, Pane, Panel, Panels, Plot, Reference, RowSeries, Series, Side, Stroke,
};
use attention_regression::notebook::number::{self, Digits};
use attention_regression::regression::{Intercept, Ridge};
use attention_regression::training::{Optimiser, Parametrisation, Trained, Training};
use attention_regression::{Mat, MatRef, Result};
use faer::Scale;

use crate::support::{Experiment, SEEDS, comparisons, experiments, four_panels, linear, record, rounding_bound, shown_rows, softmax};

const NAMES: [&str; 3] = ["synthetic", "diabetes", "sine"];

/// ## Without softmax attention predicts what ridge predicts
///
/// Take the softmax away, and it does not matter how one builds the rest. Separate or tied, on rows as they are or
/// whitened, from any of five seeds: the predictions for new rows are those of ridge regression within
/// {{gap_synthetic:2}} of their norm on the synthetic data, {{gap_diabetes:2}} on the diabetes table and {{gap_sine:2}} on
/// the sine, in the median over twenty trainings each. On the sine that is no success: ridge explains half of the
/// variance, and so does this attention.
///
/// There is nothing to marvel at. The output is linear in $x_*$ with coefficients $WX^\top y/d$, training minimises the
/// squared error, and the least squared error of a linear function is known. Any $W$ that reaches it will do.
///
/// ![**Errors.** Mean squared error in units of the target's variance, above, and $R^2$, below. Each mark is a training's
/// error on test rows, each bar on training rows, hollow marks are whitened rows; the line is ridge on the test rows. Linear attention
/// stands on the line; softmax is behind it, beside it or far ahead, depending on the data.](figure)
///
/// ```toml
/// kind = "measured"
/// headline = "gap_synthetic"
/// breaks_when = "the softmax comes back: the closest of its predictions on any of the three data sets is {{with_softmax:2}} of the norm away."
/// ```
#[test]
fn without_softmax_attention_predicts_what_ridge_predicts() -> Result<()> {
    let mut evidence = Evidence::new();
    let all = experiments()?;
    for (name, experiment) in NAMES.into_iter().zip(all) {
        let gaps = experiment.numbers(linear, |outcome| outcome.test.output_gap);
        evidence.seeds(&format!("gap_{name}"), &format!("gap in outputs, four linear variants, {name}"), &gaps, relative(0.05), at_most(1e-4));
        let cosines = experiment.numbers(linear, |outcome| outcome.test.centred_cosine);
        evidence.seeds(&format!("cosine_{name}"), "their centred cosine to ridge", &cosines, relative(1e-4), at_least(0.9999));
    }
    let [made, real, sine] = all.map(|experiment| experiment.report.ridge_test);
    evidence.note("ridge_synthetic", "test error of ridge, synthetic", made.mse, relative(1e-6));
    evidence.judge("ridge_diabetes", "test error of ridge, diabetes", real.mse, relative(2e-4), expected(0.5531));
    evidence.note("ridge_sine", "test error of ridge, sine", sine.mse, relative(1e-6));

    // Control: softmax.
    let nearest = all.iter().flat_map(|experiment| experiment.numbers(softmax, |outcome| outcome.test.output_gap)).fold(f64::INFINITY, f64::min);
    evidence.control("with_softmax", "smallest gap in outputs of the softmax variants", nearest, relative(0.05), at_least(0.03));
    let errors = |experiment: &Experiment, ticks: &[f64]| {
        let of = (|outcome: &Outcome| outcome.test.mse) as Number;
        (
            of,
            Some((|outcome: &Outcome| outcome.train.mse) as Number),
            experiment.report.ridge_test.mse,
            axis("mean squared error", figure::Scale::Linear, ticks),
        )
    };
    let shares = |experiment: &Experiment, ticks: &[f64]| {
        let of = (|outcome: &Outcome| outcome.test.r_squared) as Number;
        (of, Some((|outcome: &Outcome| outcome.train.r_squared) as Number), experiment.report.ridge_test.r_squared, axis("R²", figure::Scale::Linear, ticks))
    };
    let panes = [errors(all[0], &[0.0, 0.05, 0.1, 0.15]), errors(all[1], &[0.0, 0.5, 1.0, 1.5]), errors(all[2], &[0.0, 0.2, 0.4, 0.6])];
    let more = [shares(all[0], &[0.84, 0.92, 1.0]), shares(all[1], &[-0.5, 0.0, 0.5, 1.0]), shares(all[2], &[0.4, 0.6, 0.8, 1.0])];
    let panes = panes.into_iter().chain(more).zip(all.into_iter().cycle()).zip(NAMES.into_iter().cycle());
    let panes = panes
        .map(|(((of, bar, at, axis), experiment), name)| pane(name, experiment, of, bar.map(|of| ("training rows", of)), Some(("ridge", at)), axis))
        .collect();
    evidence
        .figure(Figure { title: "Errors of eight attentions on three data sets, against ridge".to_owned(), plot: Plot::Dots(Dots { rows: rows(), panes }) });
    record!(evidence)
}

/// ## With softmax the predictions part, to either side
///
/// Put the softmax back, and what happens depends on the data. On the diabetes table, where a linear fit is about as much
/// as a few hundred noisy rows allow, the trained softmax attentions reach training errors no line can reach and pay for
/// it on new rows: their test errors are {{error_diabetes:3}} times ridge's in the median, from
/// {{error_diabetes.lowest:3}} to {{error_diabetes.highest:3}}. On the sine the same freedom is what is needed, and the
/// errors are {{error_sine:2}} of ridge's. On linear data there is nothing to gain; the errors are larger by a factor of
/// {{error_synthetic:3}}.
///
/// So the predictions themselves are different ones. The centred cosine to ridge is {{cosine_diabetes:2}} on the diabetes
/// table and {{cosine_sine:2}} on the sine. Whether that is good or bad, the cosine does not say.
///
/// ![**Agreement.** Above, the centred cosine to ridge's predictions on test rows, with the raw cosine as a bar; below, the
/// gap in outputs. Only the linear variants agree with ridge, and they do so completely.](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["without_softmax_attention_predicts_what_ridge_predicts"]
/// headline = "error_diabetes"
/// breaks_when = "the softmax is taken away: no linear variant's test error is further than {{without_softmax:2}} of it from ridge's, on any of the data."
/// ```
#[test]
fn with_softmax_the_predictions_part_to_either_side() -> Result<()> {
    let mut evidence = Evidence::new();
    let all = experiments()?;
    let limits = [at_least(1.0), at_least(1.2), at_most(0.8)];
    for ((name, experiment), limit) in NAMES.into_iter().zip(all).zip(limits) {
        let ridge = experiment.report.ridge_test.mse;
        let errors = experiment.numbers(softmax, |outcome| outcome.test.mse / ridge);
        evidence.seeds(&format!("error_{name}"), &format!("test error over ridge's, four softmax variants, {name}"), &errors, relative(0.05), limit);
    }
    for (name, experiment, limit) in [("synthetic", all[0], at_least(0.9)), ("diabetes", all[1], at_most(0.85)), ("sine", all[2], at_most(0.95))] {
        let cosines = experiment.numbers(softmax, |outcome| outcome.test.centred_cosine);
        evidence.seeds(&format!("cosine_{name}"), &format!("their centred cosine to ridge, {name}"), &cosines, relative(0.05), limit);
    }

    // Control: no softmax.
    let apart = |experiment: &&Experiment| {
        let ridge = experiment.report.ridge_test.mse;
        experiment.numbers(linear, |outcome| (outcome.test.mse / ridge - 1.0).abs()).into_iter().fold(0.0, f64::max)
    };
    let furthest = all.iter().map(apart).fold(0.0, f64::max);
    evidence.control("without_softmax", "largest relative difference of a linear variant's test error from ridge's", furthest, relative(0.05), at_most(1e-3));
    let cosines = |experiment| {
        let of = (|outcome: &Outcome| outcome.test.centred_cosine) as Number;
        let bar = Some(("raw cosine", (|outcome: &Outcome| outcome.test.cosine) as Number));
        pane("", experiment, of, bar, None, axis("cosine to ridge", figure::Scale::Linear, &[0.4, 0.6, 0.8, 1.0]))
    };
    let gaps = |experiment| {
        let of = (|outcome: &Outcome| outcome.test.output_gap) as Number;
        pane("", experiment, of, None, None, axis("gap in outputs", figure::Scale::Log, &[1e-6, 1e-4, 1e-2, 1.0, 10.0]))
    };
    let panes = all.into_iter().map(cosines).chain(all.into_iter().map(gaps)).zip(NAMES.into_iter().cycle());
    let panes = panes.map(|(pane, name)| Pane { name: name.to_owned(), ..pane }).collect();
    evidence.figure(Figure { title: "How eight attentions agree with ridge on three data sets".to_owned(), plot: Plot::Dots(Dots { rows: rows(), panes }) });
    record!(evidence)
}

/// ## Same outputs, another machine
///
/// Now look inside. Regression's machine is its hat matrix $H$, attention's is $A$: both turn the training targets into
/// fitted values. Every linear variant predicts like ridge, within {{outputs:2}}. Yet its matrix is
/// {{mechanism:2}} norms of $H$ away from $H$, in the median over sixty trainings, and never closer than
/// {{mechanism.lowest:2}}. Two machines that answer alike and have next to nothing in common inside: the sentence in which
/// the post ends, *same math, different meaning*, is literally true of them.
///
/// With softmax both differ. Those matrices are {{softmax_mechanism:2}} norms away in the median, and at least
/// {{softmax_mechanism.lowest:2}}. Attention *can* align with regression; nothing in how it is built or trained makes it.
///
/// What could? Two things bring the mechanism to regression's as well. One is to build it in: whitened rows, $W = I$, and
/// the scale $1/n$. The other is to ask for more: the next chapter trains attention on targets of pure noise, and it
/// becomes least squares.
///
/// ![**The map.** Each mark is one training on one data set. Across: how far its predictions on new rows are from ridge's. Up:
/// how far its matrix is from ridge's hat matrix. Hollow marks are whitened rows, diamonds tied weights, crosses a
/// masked diagonal. On the left, agreement in outputs; at the bottom, agreement in mechanism.](figure)
///
/// ```toml
/// kind = "measured"
/// settles = { S16 = "holds" }
/// finding = "Without softmax its outputs align and its matrix stays {{mechanism:2}} norms from $H$; with softmax neither aligns. It can, but training does not see to it."
/// uses = ["without_softmax_attention_predicts_what_ridge_predicts", "with_softmax_the_predictions_part_to_either_side"]
/// headline = "mechanism"
/// breaks_when = "the mechanism is built in: linear attention on whitened rows with $W = I$ and scale $1/n$ is within {{built_in:2}} of the hat matrix, which is ridge's own bias."
/// ```
#[test]
fn same_outputs_another_machine() -> Result<()> {
    let mut evidence = Evidence::new();
    let all = experiments()?;
    let of = |chosen: fn(Variant) -> bool, number: Number| all.iter().flat_map(|experiment| experiment.numbers(chosen, number)).collect::<Vec<f64>>();
    evidence.seeds("outputs", "gap in outputs, linear variants, all data", &of(linear, |outcome| outcome.test.output_gap), relative(0.05), at_most(1e-4));
    evidence.seeds("mechanism", "gap in mechanism, linear variants, all data", &of(linear, |outcome| outcome.mechanism_gap), relative(0.02), at_least(0.8));
    let soft = of(|variant| !linear(variant), |outcome| outcome.mechanism_gap);
    evidence.seeds("softmax_mechanism", "gap in mechanism, softmax variants, all data", &soft, relative(0.05), at_least(1.0));

    // Control: regression's mechanism, built in.
    let built = all.iter().map(|experiment| built_in(experiment.comparison)).fold(0.0, f64::max);
    evidence.control("built_in", "gap in mechanism, whitened rows, $W = I$, scale $1/n$, worst of three", built, relative(1e-3), at_most(1e-3));
    evidence.figure(map(all));
    record!(evidence)
}

/// How far $ZZ^\top/n$ is from ridge's hat matrix.
fn built_in(comparison: &Comparison) -> f64 {
    let white = Variant { whitened: true, ..Variant::grid()[0] };
    let z = comparison.rows(white).train.x.as_ref();
    relative_gap(attention::linear::weights(z, z, 1.0 / count(z.nrows()), Diagonal::Kept).as_ref(), comparison.hat())
}

fn map(all: [&'static Experiment; 3]) -> Figure {
    let tied = |variant: Variant| variant.parametrisation == Parametrisation::Tied;
    let series = |name: &str, ink: Ink, mark: Mark, points: Vec<(f64, f64)>, side: Option<Side>| {
        let mut points = points;
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let label = side.map(|side| Label { at: if side == Side::Right { points.len() - 1 } else { 0 }, side });
        let (x, y) = points.into_iter().unzip();
        Series { name: name.to_owned(), ink, mark: Some(mark), stroke: Stroke::None, x, y, relative: 0.02, label }
    };
    let places = |from: &[&Experiment], chosen: &dyn Fn(Variant) -> bool| -> Vec<(f64, f64)> {
        let place = |outcome: &Outcome| (outcome.test.output_gap, outcome.mechanism_gap);
        from.iter().flat_map(|experiment| experiment.outcomes(chosen).map(place).collect::<Vec<_>>()).collect()
    };
    let mean = all.map(|experiment| (1.0, mean_of_values(experiment.comparison)));
    let built: Vec<(f64, f64)> = all.iter().map(|experiment| (ridges_own_bias(experiment.comparison), built_in(experiment.comparison))).collect();
    let mut marks = vec![
        series("predicting the mean", Ink::Regression, Mark::Circle, mean.to_vec(), Some(Side::Below)),
        series("linear, whitened", Ink::Linear, Mark::HollowCircle, places(&all, &|variant| linear(variant) && variant.whitened), None),
        series("linear, trained", Ink::Linear, Mark::Circle, places(&all, &|variant| linear(variant) && !variant.whitened), Some(Side::Above)),
        series("linear, built: whitened, W = I, scale 1/n", Ink::Linear, Mark::HollowCircle, built, Some(Side::Right)),
    ];
    for (name, experiment) in NAMES.into_iter().zip(all) {
        let softmax = |chosen: &dyn Fn(Variant) -> bool| places(&[experiment], &|variant| softmax(variant) && chosen(variant));
        let masked = places(&[experiment], &|variant| variant.diagonal == Diagonal::Masked);
        let label = |words: &str| format!("softmax{words}, {name}");
        let one = |words: &str, mark: Mark, points, side| series(&label(words), Ink::Softmax, mark, points, side);
        marks.push(one(", tied, whitened", Mark::HollowDiamond, softmax(&|variant| tied(variant) && variant.whitened), None));
        marks.push(one(", tied", Mark::Diamond, softmax(&|variant| tied(variant) && !variant.whitened), (name == "sine").then_some(Side::Left)));
        marks.push(one(", masked", Mark::Cross, masked, None));
        marks.push(one(", whitened", Mark::HollowSquare, softmax(&|variant| !tied(variant) && variant.whitened), None));
        marks.push(one("", Mark::Square, softmax(&|variant| !tied(variant) && !variant.whitened), Some(Side::Left)));
    }
    let x = axis("distance from ridge in outputs, on test rows", figure::Scale::Log, &[1e-6, 1e-4, 1e-2, 1.0, 2.0]);
    let y = axis("distance from ridge in mechanism, ‖A − H‖ ∕ ‖H‖", figure::Scale::Linear, &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let title = "The map: every variant on every data set, by its distance from ridge in outputs and in mechanism";
    Figure { title: title.to_owned(), plot: Plot::Chart(Chart { tall: true, ..Chart::new(x, y, marks) }) }
}

/// How far least squares' predictions on test rows are from ridge's.
fn ridges_own_bias(comparison: &Comparison) -> f64 {
    let (ridge, data) = (comparison.ridge(), comparison.data());
    let least_squares = Ridge::fit(data.train.x.as_ref(), data.train.y.as_ref(), 0.0, Intercept::None).map(|fit| fit.predict(data.test.x.as_ref()));
    least_squares.map_or(f64::NAN, |predicted| relative_gap(predicted.as_ref(), ridge.predict(data.test.x.as_ref()).as_ref()))
}

/// How far the matrix $\mathbf 1\mathbf 1^\top/n$ is from ridge's hat matrix.
fn mean_of_values(comparison: &Comparison) -> f64 {
    let n = comparison.data().train.n();
    relative_gap(Mat::full(n, n, 1.0 / count(n)).as_ref(), comparison.hat())
}

/// ## Training finds least squares, and ridge is the one that is off
///
/// What is the small gap on the map's left? If training were imprecise, it would differ from variant to variant. It does
/// not: it is ridge's distance from least squares. Measured against least squares instead, the trained predictions on the
/// diabetes table are within {{trained_diabetes}}, where ridge is at {{ridge_diabetes:3}}; on the synthetic data they are
/// within {{trained_synthetic}}, where ridge is at {{ridge_synthetic:3}}. Attention was compared with ridge as the ground
/// truth, and it was the ground truth that had moved.
///
/// ```toml
/// kind = "counterexample"
/// settles = { S6 = "false as stated" }
/// finding = "Trained linear attention lands on least squares, thousands of times closer than ridge does: what separated the two was ridge's bias."
/// uses = ["without_softmax_attention_predicts_what_ridge_predicts", "ridge_is_not_the_ground_truth"]
/// headline = "ridge_diabetes"
/// breaks_when = "training stops early. After twenty steps the predictions on the diabetes table are {{early:2}} of their norm from least squares, and ridge is the better stand-in."
/// ```
#[test]
fn training_finds_least_squares_and_ridge_is_the_one_that_is_off() -> Result<()> {
    let mut evidence = Evidence::new();
    let [made, real, _] = comparisons()?;
    let variant = Variant { parametrisation: Parametrisation::Merged, whitened: true, ..Variant::grid()[0] };
    for (name, comparison) in [("synthetic", made), ("diabetes", real)] {
        let bias = ridges_own_bias(comparison);
        evidence.judge(&format!("ridge_{name}"), &format!("ridge's distance from least squares on test rows, {name}"), bias, relative(1e-3), at_least(1e-5));
        let gap = to_least_squares(comparison, variant, descent(comparison, variant, 1000))?;
        // Descent contracts every error by the condition number of whitened rows, one; what is left is rounding.
        let bound = rounding_bound(comparison.data().train.x.as_ref())?;
        evidence.rounding(&format!("trained_{name}"), &format!("trained attention's distance from it, {name}"), gap, bound);
    }

    // Control: too few steps, on rows that are not whitened.
    let raw = Variant { whitened: false, ..variant };
    evidence.control(
        "early",
        "the same after twenty steps on unwhitened rows, diabetes",
        to_least_squares(real, raw, descent(real, raw, 20))?,
        relative(1e-3),
        at_least(1e-3),
    );
    record!(evidence)
}

/// Gradient descent on the form from zero, at the largest rate that cannot overshoot.
fn descent(comparison: &Comparison, variant: Variant, steps: usize) -> Training {
    let (rows, d) = (comparison.rows(variant), comparison.data().train.d());
    let (x, y) = (rows.train.x.as_ref(), rows.train.y.as_ref());
    let content = linalg::frobenius_norm((x.transpose() * y).as_ref()) / count(d);
    let smoothness = 2.0 / count(x.nrows()) * content * content * linalg::frobenius_norm(linalg::gram(x).as_ref());
    Training { deviation: 0.0, steps, optimiser: Optimiser::GradientDescent { rate: 1.0 / smoothness }, ..variant.training(d, 1) }
}

/// How far a trained attention's predictions on test rows are from least squares'.
fn to_least_squares(comparison: &Comparison, variant: Variant, training: Training) -> Result<f64> {
    let (rows, data) = (comparison.rows(variant), comparison.data());
    let trained = training.run(Task::regression(rows.train.x.as_ref(), rows.train.y.as_ref()), None)?;
    let [_, predicted] = comparison.predict(variant, &trained.head, data.train.y.as_ref())?;
    let fit = Ridge::fit(data.train.x.as_ref(), data.train.y.as_ref(), 0.0, Intercept::None)?;
    Ok(relative_gap(predicted.as_ref(), fit.predict(data.test.x.as_ref()).as_ref()))
}

/// ## One target teaches one direction
///
/// Least squares' hat matrix on the synthetic data projects onto eight directions; its trace counts them. The matrix of the
/// attention that predicts like it has a trace of {{trace_synthetic:3}}, and {{trace_diabetes:3}} on the ten features of the
/// diabetes table: it has learnt *one*. Its largest singular value leaves {{second:1}} of itself to the next. Everything
/// that this attention can say about a new target it says along a single direction of the old one.
///
/// The three other matrices that the post sets beside $H$ show the same. Without softmax $A$ *is* $QK^\top/d$, so there
/// is no difference to see between the second panel and the third. And $W_qW_k^\top$ is close to a matrix of rank one,
/// $\hat\beta c^\top$ with $c = X^\top y$, where regression's own would be $G^{-1}$.
///
/// ![**A trained attention without softmax.** The hat matrix, the attention weights, the scores and the form, on
/// thirty-six rows of the synthetic data in the order of ridge's predictions, each over its own largest entry. Targets on
/// the two sides of their mean pull against each other, and nothing else happens.](figure)
///
/// ```toml
/// kind = "measured"
/// settles = { S7 = "holds if" }
/// finding = "They differ when attention has learnt from one target: $A$ then has {{trace_synthetic:3}} degree of freedom, $H$ has as many as features. From as many independent targets as features on they must be equal."
/// uses = ["same_outputs_another_machine"]
/// headline = "trace_synthetic"
/// breaks_when = "the mechanism is regression's: the trace of the hat matrix of the synthetic data is {{trace_of_hat:2}}."
/// ```
#[test]
fn one_target_teaches_one_direction() -> Result<()> {
    let mut evidence = Evidence::new();
    let all = experiments()?;
    for (name, experiment) in NAMES.into_iter().zip(all) {
        let traces = experiment.numbers(linear, |outcome| outcome.signature.trace);
        evidence.seeds(&format!("trace_{name}"), &format!("$\\operatorname{{tr}} A$, linear variants, {name}"), &traces, relative(0.05), at_most(1.5));
    }
    let (comparison, variant) = (all[0].comparison, Variant::grid()[0]);
    let mut seconds = Vec::new();
    for seed in SEEDS {
        let weights = comparison.weights(variant, &comparison.train(variant, seed)?.head)?;
        let values = linalg::singular_values(weights.as_ref())?;
        seconds.push(values[1] / values[0]);
    }
    evidence.seeds("second", "second singular value of $A$ over the first, linear, separate, synthetic", &seconds, relative(0.1), at_most(0.1));

    // Control: regression's own.
    evidence.control("trace_of_hat", "$\\operatorname{tr} H$, synthetic", linalg::trace(comparison.hat()), relative(1e-4), at_least(7.9));
    let head = comparison.train(variant, SEEDS[0])?.head;
    let title = "Ridge's hat matrix beside the matrices of a trained linear attention";
    evidence.figure(matrices(title, comparison, variant, &head)?);
    record!(evidence)
}

/// Ridge's hat matrix beside a variant's weights, scores and form.
fn matrices(title: &str, comparison: &Comparison, variant: Variant, head: &Head) -> Result<Figure> {
    let x = comparison.rows(variant).train.x.as_ref();
    let (weights, scores) = (comparison.weights(variant, head)?, attention::scores(head.queries(x).as_ref(), head.keys(x).as_ref()));
    let shown = shown_rows(comparison.ridge().fitted());
    Ok(four_panels(title, comparison.hat(), (weights.as_ref(), "trained weights"), scores.as_ref(), head.form().as_ref(), &shown))
}

/// ## Softmax makes another kind of matrix
///
/// A hat matrix is symmetric, half of its entries are negative, and it maps constants to zero once columns are centred.
/// The weights of softmax attention are none of this: no entry is negative, every row sums to one, and row $i$ may look at
/// row $j$ without being looked at. Trained on the diabetes table, their asymmetry is {{asymmetry:2}} in the
/// median, and a row spreads its attention over {{perplexity:2}} rows, where the hat matrix spreads over
/// {{perplexity_of_hat:3}}. That is what overfitting looks like in a matrix: with separate weights a few rows have become
/// everybody's oracle.
///
/// ![**A trained attention with softmax.** The same four matrices for softmax with tied weights on the synthetic data. The
/// scores have both signs; after the softmax each row keeps the columns where its scores are largest. On the diabetes
/// table most of the panel would be empty: the columns that are looked at are few.](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["one_target_teaches_one_direction"]
/// headline = "perplexity"
/// breaks_when = "the softmax is absent: a linear variant's matrix has {{negative_linear:2}} of its entries below zero."
/// ```
#[test]
fn softmax_makes_another_kind_of_matrix() -> Result<()> {
    let mut evidence = Evidence::new();
    let real = experiments()?[1];
    let of = |number: fn(&Outcome) -> f64| real.numbers(softmax, number);
    evidence.seeds(
        "asymmetry",
        "$\\|A - A^\\top\\|_F/\\|A\\|_F$, softmax variants, diabetes",
        &of(|outcome| outcome.signature.asymmetry),
        relative(0.05),
        at_least(0.9),
    );
    evidence.seeds("perplexity", "rows that a row looks at, softmax variants", &of(|outcome| outcome.signature.perplexity), relative(0.1), at_most(20.0));
    let negative = real.outcomes(softmax).filter(|outcome| outcome.signature.negative_share > 0.0).count();
    evidence.exactly("negative", "softmax matrices with a negative entry, of twenty", negative, 0);
    let sums = real.numbers(softmax, |outcome| (outcome.signature.row_sums.0 - 1.0).abs().max((outcome.signature.row_sums.1 - 1.0).abs()));
    evidence.rounding(
        "row_sums",
        "largest distance of a row sum from one",
        sums.into_iter().fold(0.0, f64::max),
        100.0 * count(real.report.train_rows).sqrt() * f64::EPSILON,
    );
    evidence.note("perplexity_of_hat", "rows that a row of the hat matrix looks at", real.report.ridge_signature.perplexity, relative(1e-4));

    // Control: no softmax.
    let shares = real.numbers(linear, |outcome| outcome.signature.negative_share);
    evidence.control(
        "negative_linear",
        "smallest share of negative entries of a linear variant",
        shares.into_iter().fold(1.0, f64::min),
        relative(0.02),
        at_least(0.4),
    );
    let (made, tied) = (comparisons()?[0], Variant::grid()[5]);
    let head = made.train(tied, SEEDS[0])?.head;
    evidence.figure(matrices("Ridge's hat matrix beside the matrices of a trained softmax attention", made, tied, &head)?);
    record!(evidence)
}

/// ## With softmax every seed finds a mechanism of its own
///
/// One could think that training, where it does not find regression's mechanism, at least finds one of its own. Without
/// softmax it does: from five small starts the matrices of a variant differ by {{linear:2}} of their norm, two by two in the
/// median. They end near one form, which the chapter on tied weights will name.
///
/// With softmax they do not. On the diabetes table five trainings of one variant end at training errors between
/// {{loss.lowest:2}} and {{loss.highest:2}}, and their matrices are {{softmax:2}} norms apart. There is no *the* attention of
/// these data to compare with regression; there is one for each seed. Where a figure shows a matrix of softmax, it shows one
/// of many.
///
/// ![**Eight attentions.** The weights of each variant after training on the synthetic data, from the first seed, on
/// thirty-six rows in the order of ridge's predictions. Ridge's own matrix has a trace of eight, and is shown
/// above.](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["softmax_makes_another_kind_of_matrix"]
/// headline = "softmax"
/// breaks_when = "the softmax is taken away: no two linear trainings from small starts are then more than {{linear_most:1}} norms apart."
/// ```
#[test]
fn with_softmax_every_seed_finds_a_mechanism_of_its_own() -> Result<()> {
    let mut evidence = Evidence::new();
    let (made, real) = (comparisons()?[0], comparisons()?[1]);
    let trained = |variant: Variant| SEEDS.map(|seed| real.train(variant, seed)).into_iter().collect::<Result<Vec<_>>>();
    let softmax = trained(Variant::grid()[4])?;
    let losses: Vec<f64> = softmax.iter().map(|trained| trained.last().loss).collect();
    let apart = apart(real, Variant::grid()[4], &softmax)?;
    evidence.seeds("loss", "training error of softmax, separate weights, diabetes", &losses, relative(0.05), at_most(0.3));
    evidence.seeds("softmax", "$\\|A - A'\\|_F/\\|A'\\|_F$ for two of five seeds, softmax", &apart, relative(0.05), at_least(1.0));
    let linear = self::apart(real, Variant::grid()[0], &trained(Variant::grid()[0])?)?;
    evidence.seeds("linear", "the same, linear", &linear, relative(0.1), at_most(0.4));

    // Control: no softmax.
    let most = linear.iter().copied().fold(0.0, f64::max);
    evidence.control("linear_most", "the largest of them, linear", most, relative(0.1), at_most(0.4));
    let shown = shown_rows(made.ridge().fitted());
    let panel = |variant: Variant| {
        let weights = made.weights(variant, &made.train(variant, SEEDS[0])?.head)?;
        let rows = shown.iter().map(|&i| shown.iter().map(|&j| weights[(i, j)]).collect()).collect();
        let (scores, rest) = variant.name().split_once(", ").map(|(scores, rest)| (scores.to_owned(), rest.to_owned())).unwrap_or_default();
        let note = format!("trace {}", number::unicode(linalg::trace(weights.as_ref()), Digits::Short(2)));
        Ok(Panel { symbol: scores, words: rest, note, rows, relative: 0.02 })
    };
    let panels = Variant::grid().into_iter().map(panel).collect::<Result<Vec<_>>>()?;
    evidence.figure(Figure { title: "The weights of eight trained attentions".to_owned(), plot: Plot::Panels(Panels { panels }) });
    record!(evidence)
}

/// How far the matrices of two trainings are apart, for every two.
fn apart(comparison: &Comparison, variant: Variant, trained: &[Trained]) -> Result<Vec<f64>> {
    let weights = trained.iter().map(|trained| comparison.weights(variant, &trained.head)).collect::<Result<Vec<_>>>()?;
    let pairs = (0..weights.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
    Ok(pairs.map(|(i, j)| relative_gap(weights[i].as_ref(), weights[j].as_ref())).collect())
}

/// ## Effective weights are coefficients, unless there is a softmax
///
/// On the synthetic data we know the weights that made the targets, and the post asks what attention has for them. It
/// proposes $WX^\top y/d$. Without softmax that is right by associativity: the output for a new row is
/// $x_*^\top(WX^\top y/d)$, a linear function with these coefficients, and after training they are those of least squares,
/// within {{linear:2}} of their norm from ridge's for every variant and seed.
///
/// With softmax the output is not linear, so the formula can only be a summary of it. As a direction it is a good one: the
/// cosine to least squares' coefficients is {{direction:4}}. As coefficients it is useless: it is {{length:2}} times too
/// long. The scale $1/d$ was meant for scores that are used as they are. A softmax at temperature $d^{1/2}$ over $n$ keys
/// acts, to first order, as the scale $1/(nd^{1/2})$; against that $1/d$ is $n/d^{1/2}$ times too much, here
/// {{theory:3}}, and what remains is the rest of the expansion. Rescaled by it, softmax's weights are {{rescaled:2}} times as
/// long as they should be.
///
/// ![**Weights.** Bars are the true weights, dots are ridge's, rings the effective weights of linear attention, squares
/// those of softmax attention after division by $n/d^{1/2}$, in the units of the standardised features.](figure)
///
/// ```toml
/// kind = "measured"
/// settles = { S10 = "holds if" }
/// finding = "Exact without softmax. With it the formula gives the direction, cosine {{direction:4}}, and is {{length:2}} times too long."
/// uses = ["without_softmax_attention_predicts_what_ridge_predicts"]
/// headline = "linear"
/// breaks_when = "there is a softmax: the weights are then at least {{length_at_least:2}} times too long."
/// ```
#[test]
fn effective_weights_are_coefficients_unless_there_is_a_softmax() -> Result<()> {
    let mut evidence = Evidence::new();
    let comparison = comparisons()?[0];
    let (x, y) = (comparison.data().train.x.as_ref(), comparison.data().train.y.as_ref());
    let ridge = comparison.ridge().coefficients();
    let fit = Ridge::fit(x, y, 0.0, Intercept::None)?;
    let theory = count(x.nrows()) / count(x.ncols()).sqrt();
    let mut gaps = Vec::new();
    for variant in Variant::grid().into_iter().filter(|&variant| linear(variant)) {
        for seed in SEEDS {
            gaps.push(relative_gap(comparison.effective_weights(variant, &comparison.train(variant, seed)?.head).as_ref(), ridge));
        }
    }
    evidence.seeds("linear", "gap of $WX^\\top y/d$ to ridge's coefficients, linear variants", &gaps, relative(0.05), at_most(2e-4));

    let soft = Variant { whitened: false, ..Variant::grid()[4] };
    let learnt = SEEDS.map(|seed| comparison.train(soft, seed).map(|trained| comparison.effective_weights(soft, &trained.head)));
    let learnt = learnt.into_iter().collect::<Result<Vec<_>>>()?;
    let lengths: Vec<f64> = learnt.iter().map(|weights| linalg::frobenius_norm(weights.as_ref()) / linalg::frobenius_norm(fit.coefficients())).collect();
    let directions: Vec<f64> = learnt.iter().map(|weights| cosine(weights.as_ref(), fit.coefficients())).collect();
    let rescaled: Vec<f64> = lengths.iter().map(|length| length / theory).collect();
    evidence.seeds("direction", "cosine of softmax's to least squares' coefficients", &directions, relative(1e-3), at_least(0.99));
    evidence.seeds("length", "their length over that of least squares' coefficients", &lengths, relative(0.05), at_most(100.0));
    evidence.note("theory", "$n/d^{1/2}$", theory, relative(1e-6));
    evidence.seeds("rescaled", "the same after division by $n/d^{1/2}$", &rescaled, relative(0.05), at_most(1.4));

    // Control: the softmax, at its best.
    let shortest = lengths.iter().copied().fold(f64::INFINITY, f64::min);
    evidence.control("length_at_least", "the shortest of the five, over least squares'", shortest, relative(0.05), at_least(60.0));
    let ring = comparison.effective_weights(Variant::grid()[0], &comparison.train(Variant::grid()[0], SEEDS[0])?.head);
    evidence.figure(weights(comparison, ring.as_ref(), (&learnt[0] * Scale(1.0 / theory)).as_ref()));
    record!(evidence)
}

fn weights(comparison: &Comparison, ring: MatRef<'_, f64>, square: MatRef<'_, f64>) -> Figure {
    let data = comparison.data();
    let values = |matrix: MatRef<'_, f64>| matrix.col(0).iter().map(|&weight| vec![weight]).collect::<Vec<_>>();
    let series = |name: &str, ink: Ink, mark: Mark, values: Vec<Vec<f64>>| RowSeries { name: name.to_owned(), ink, mark, values, relative: 0.02 };
    let truth = data.truth.as_ref().map_or_else(Vec::new, |truth| values(truth.as_ref()));
    let marks = vec![
        series("true weights", Ink::Muted, Mark::Bar, truth),
        series("softmax attention, over n ∕ √d", Ink::Softmax, Mark::HollowSquare, values(square)),
        series("linear attention", Ink::Linear, Mark::HollowCircle, values(ring)),
        series("ridge", Ink::Regression, Mark::Circle, values(comparison.ridge().coefficients())),
    ];
    let axis = axis("weight, in standard deviations of y for one of x", figure::Scale::Linear, &[-0.8, -0.4, 0.0, 0.4, 0.8, 1.2]);
    let pane = Pane { name: String::new(), axis, reference: None, series: marks };
    let rows = data.features.iter().map(|name| name.replace('x', "x_")).collect();
    Figure {
        title: "True weights, ridge's coefficients and the effective weights of two attentions".to_owned(),
        plot: Plot::Dots(Dots { rows, panes: vec![pane] }),
    }
}

/// One number of an outcome.
type Number = fn(&Outcome) -> f64;

fn axis(name: &str, scale: figure::Scale, ticks: &[f64]) -> Axis {
    Axis { name: name.to_owned(), scale, ticks: ticks.to_vec() }
}

/// The names of the eight variants.
fn rows() -> Vec<String> {
    Variant::grid().iter().map(Variant::name).collect()
}

/// The eight variants on one data set: `of` as marks, `bar` as bars, `reference` as a line.
fn pane(name: &str, experiment: &Experiment, of: Number, bar: Option<(&str, Number)>, reference: Option<(&str, f64)>, axis: Axis) -> Pane {
    let values = |of: Number, chosen: &dyn Fn(Variant) -> bool| {
        let row = |variant: Variant| if chosen(variant) { experiment.numbers(|other| other == variant, of) } else { Vec::new() };
        Variant::grid().into_iter().map(row).collect::<Vec<_>>()
    };
    let series = |name: &str, ink: Ink, mark: Mark, of: Number, chosen: &dyn Fn(Variant) -> bool| RowSeries {
        name: name.to_owned(),
        ink,
        mark,
        values: values(of, chosen),
        relative: 0.02,
    };
    let tied = |variant: Variant| variant.parametrisation == Parametrisation::Tied;
    let main = |ink, mark, chosen: &dyn Fn(Variant) -> bool| series("test rows", ink, mark, of, chosen);
    let mut all: Vec<RowSeries> = bar.into_iter().map(|(name, bar)| series(name, Ink::Muted, Mark::Bar, bar, &|_| true)).collect();
    all.push(main(Ink::Linear, Mark::Circle, &|variant| linear(variant) && !variant.whitened));
    all.push(main(Ink::Linear, Mark::HollowCircle, &|variant| linear(variant) && variant.whitened));
    all.push(main(Ink::Softmax, Mark::Square, &|variant| softmax(variant) && !variant.whitened && !tied(variant)));
    all.push(main(Ink::Softmax, Mark::HollowSquare, &|variant| softmax(variant) && variant.whitened && !tied(variant)));
    all.push(main(Ink::Softmax, Mark::Diamond, &|variant| softmax(variant) && !variant.whitened && tied(variant)));
    all.push(main(Ink::Softmax, Mark::HollowDiamond, &|variant| softmax(variant) && variant.whitened && tied(variant)));
    Pane { name: name.to_owned(), axis, reference: reference.map(|(name, at)| Reference { name: name.to_owned(), at }), series: all }
}
