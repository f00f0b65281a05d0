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

use attention_regression::Result;
use attention_regression::attention::{self, Diagonal};
use attention_regression::comparison::{Outcome, Variant};
use attention_regression::linalg::{count, relative_gap};
use attention_regression::notebook::evidence::{Evidence, at_least, at_most, expected, relative};
use attention_regression::notebook::figure::{Axis, Chart, Dots, Figure, Ink, Label, Mark, Pane, Plot, Reference, RowSeries, Scale, Series, Side, Stroke};
use attention_regression::training::Parametrisation;

use crate::support::{Experiment, experiments, linear, record, softmax};

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
        (of, Some((|outcome: &Outcome| outcome.train.mse) as Number), experiment.report.ridge_test.mse, axis("mean squared error", Scale::Linear, ticks))
    };
    let shares = |experiment: &Experiment, ticks: &[f64]| {
        let of = (|outcome: &Outcome| outcome.test.r_squared) as Number;
        (of, Some((|outcome: &Outcome| outcome.train.r_squared) as Number), experiment.report.ridge_test.r_squared, axis("R²", Scale::Linear, ticks))
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
/// errors are {{error_sine:2}} of ridge's. On linear data there is nothing to gain and a little to lose, a factor of
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
        pane("", experiment, of, bar, None, axis("cosine to ridge", Scale::Linear, &[0.4, 0.6, 0.8, 1.0]))
    };
    let gaps = |experiment| {
        let of = (|outcome: &Outcome| outcome.test.output_gap) as Number;
        pane("", experiment, of, None, None, axis("gap in outputs", Scale::Log, &[1e-6, 1e-4, 1e-2, 1.0, 10.0]))
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
    let built = all.iter().map(|experiment| built_in(experiment)).fold(0.0, f64::max);
    evidence.control("built_in", "gap in mechanism, whitened rows, $W = I$, scale $1/n$, worst of three", built, relative(1e-3), at_most(1e-3));
    evidence.figure(map(all));
    record!(evidence)
}

/// How far $ZZ^\top/n$ is from ridge's hat matrix.
fn built_in(experiment: &Experiment) -> f64 {
    let white = Variant { whitened: true, ..Variant::grid()[0] };
    let z = experiment.comparison.rows(white).train.x.as_ref();
    relative_gap(attention::linear::weights(z, z, 1.0 / count(z.nrows()), Diagonal::Kept).as_ref(), experiment.comparison.hat())
}

fn map(all: [&'static Experiment; 3]) -> Figure {
    let mut series = Vec::new();
    for (name, experiment) in NAMES.into_iter().zip(all) {
        let tied = |variant: Variant| variant.parametrisation == Parametrisation::Tied;
        let mut add = |label: Option<(&str, Side)>, ink: Ink, mark: Mark, chosen: &dyn Fn(Variant) -> bool| {
            let x: Vec<f64> = experiment.numbers(chosen, |outcome| outcome.test.output_gap);
            let y = experiment.numbers(chosen, |outcome| outcome.mechanism_gap);
            let words = label.map_or_else(|| name.to_owned(), |(words, _)| format!("{words}, {name}"));
            let label = label.map(|(_, side)| Label { at: 0, side });
            series.push(Series { name: words, ink, mark: Some(mark), stroke: Stroke::None, x, y, relative: 0.02, label });
        };
        add(None, Ink::Linear, Mark::HollowCircle, &|variant| linear(variant) && variant.whitened);
        add(Some(("linear", Side::Right)), Ink::Linear, Mark::Circle, &|variant| linear(variant) && !variant.whitened);
        add(None, Ink::Softmax, Mark::HollowDiamond, &|variant| softmax(variant) && tied(variant) && variant.whitened);
        add(None, Ink::Softmax, Mark::Diamond, &|variant| softmax(variant) && tied(variant) && !variant.whitened);
        add(None, Ink::Softmax, Mark::Cross, &|variant| variant.diagonal == Diagonal::Masked);
        add(None, Ink::Softmax, Mark::HollowSquare, &|variant| softmax(variant) && !tied(variant) && variant.whitened);
        add(Some(("softmax", Side::Left)), Ink::Softmax, Mark::Square, &|variant| softmax(variant) && !tied(variant) && !variant.whitened);
    }
    let x = axis("distance from ridge in outputs, on test rows", Scale::Log, &[1e-6, 1e-4, 1e-2, 1.0, 10.0]);
    let y = axis("distance from ridge in mechanism, ‖A − H‖ ∕ ‖H‖", Scale::Linear, &[0.0, 2.0, 4.0, 6.0]);
    Figure {
        title: "The map: every variant on every data set, by its distance from ridge in outputs and in mechanism".to_owned(),
        plot: Plot::Chart(Chart { x, y, series }),
    }
}

/// One number of an outcome.
type Number = fn(&Outcome) -> f64;

fn axis(name: &str, scale: Scale, ticks: &[f64]) -> Axis {
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
