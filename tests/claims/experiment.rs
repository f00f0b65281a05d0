//! # The experiment
//!
//! <div class="aside" role="note">
//!
//! A gap in outputs is $\|\hat y - \hat y_{\text{ridge}}\| / \|\hat y_{\text{ridge}}\|$ on test rows. A mechanism is compared by two
//! numbers: the *alignment* of $A$ with the hat matrix, $\langle A, H\rangle / (\|A\|\,\|H\|)$, where $\langle A, H\rangle$ is the sum of
//! $a_{ij}h_{ij}$; and its *size*, $\|A\| / \|H\|$. The *start* is the standard deviation of the initial weights.
//!
//! </div>
//!
//! The identities are over; now we train. The post trains attention in several variants and compares what comes out with ridge
//! regression: with a softmax over $QK^\top/d^{1/2}$ or without one and divided by $d$, on rows as they are or whitened, with
//! separate weights $W_q$ and $W_k$ or one matrix for both. It names three kinds of data: a linear truth with correlated features,
//! the diabetes table, and a sine.
//!
//! It does not say how the variants are trained, and so the rest of the experiment is ours. We combine the three choices into
//! eight attentions. The values are the targets, $V = y$, which are also what the layer is to predict. All eight are trained
//! alike: initial weights are normal with mean zero, and Adam takes at most six hundred steps at a rate that falls linearly to
//! nothing. (Adam is gradient descent with a memory: it steps along a running mean of the gradients, each entry
//! divided by its own recent size.) Whatever two attentions differ in below, they differ in nothing else.
//!
//! How large are the initial weights? Nothing in the problem says, so we vary it: standard deviations of a hundredth, a tenth,
//! three tenths and one. Where a claim mentions no start it is a tenth. All of it is done in five draws, with three initialisations
//! for each attention. A draw of the synthetic data is two hundred training and a hundred test rows; so is a draw of the sine,
//! which is here the sine of a *projection* of four normal features. The diabetes table is one table, and what we draw of it is
//! the half of its patients that serve for training. Features and targets are in standard units of the training rows, so an error
//! of one is that of predicting the mean; ridge has the post's $\lambda = 10^{-3}$.
//!
//! What this can show has limits. Six hundred steps are a budget, and where softmax is involved the error was still falling.
//! Everything holds for values that are the targets, and for one target unless another number is named. Two later chapters train
//! in this way from a start of three tenths, and say so: [the sine](sine.md) and [what the error can tell](leakage.md).

use attention_regression::agreement::Mechanism;
use attention_regression::attention::gradients::Task;
use attention_regression::attention::{self, Diagonal};
use attention_regression::compare::ink::{LINEAR, REGRESSION, SOFTMAX};
use attention_regression::experiment::{Comparison, Variant};
use attention_regression::linalg::{self, count, relative_gap};
use attention_regression::notebook::claim::evidence::{Evidence, absolute, median, relative};
use attention_regression::publish::figure::{
    Axis, Cell, Chart, Column, Dots, Figure, Ink, Mark, Multiples, Pane, Row, RowSeries, Series, Side, Stroke,
};
use attention_regression::regression::{Intercept, Ridge};
use attention_regression::training::{Optimiser, Parametrisation, Record, Trained, Training};
use attention_regression::{Mat, Result, record};

use crate::support::{
    Case, Draw, Experiment, NAMES, Run, STARTS, USUAL, draws, experiments, first, in_parallel, linear, rounding_bound,
    softmax, tied,
};

/// One number of a run.
type Number = fn(&Case, &Run) -> f64;

/// ## Without softmax attention predicts what ridge predicts
///
/// Take the softmax away, and the predictions for new rows are those of ridge regression, whether the weights are separate or tied
/// and the rows whitened or not: to {{gap_synthetic:1}} of their norm on the synthetic data,
/// {{gap_diabetes:1}} on the diabetes table and {{gap_sine:1}} on the sine. These are medians over 45 trainings each, three
/// variants with three initialisations in five draws; the worst is {{gap_diabetes.highest:1^}} away. The fourth variant, tied weights
/// on rows as they are, is on the same way and not always there after six hundred steps: {{slow:1}} in the median over draws and
/// tables, {{slow.highest:1^}} in the slowest draw. On the sine agreement with ridge is no success, for ridge explains half of the
/// variance, and so does this attention.
///
/// All of this is from the usual start. On whitened rows it is so from every start up to three tenths, where the gap is
/// {{arrived.highest:1^}} in the worst draw. From a start of one tied weights are far from any error that is low when the steps are
/// over, {{late:2}} norms from ridge: they would need more of them.
///
/// The reason is short. The output is linear in $x_*$ with coefficients $WX^\top y/d$, training minimises the squared error, and the
/// least squared error of a linear function is known. Any $W$ that reaches it will do.
///
/// ![**Errors, first draw.** Mean squared error in units of the target's variance. Each mark is a training's error on test rows, each bar on training rows, hollow marks are whitened rows; the line is ridge on the test rows. Linear attention stands on the line; softmax does worse on the diabetes table and on the synthetic data, and better on the sine.](figure)
///
/// ```toml
/// kind = "measured"
/// headline = "gap_diabetes"
/// breaks_when = "the softmax comes back, from the same starts and with the same training: on the diabetes table the nearest of its predictions is then {{softmax_diabetes.lowest:2_}} of the norm away."
/// ```
#[test]
fn without_softmax_attention_predicts_what_ridge_predicts() -> Result<()> {
    let mut evidence = Evidence::new();
    let all = experiments()?;
    let gap: Number = |_, run| run.test.output_gap;
    let soon = |variant: Variant| variant.whitened || !tied(variant);
    for ((name, experiment), limit) in NAMES.into_iter().zip(all).zip([0.01, 0.08, 0.02]) {
        let words = format!("gap in outputs, all but tied weights on rows as they are, {name}");
        evidence
            .measure(
                &format!("gap_{name}"),
                &words,
                experiment.numbers(USUAL, |variant| linear(variant) && soon(variant), gap),
            )
            .within(relative(0.3))
            .at_most(limit);
        let curved = experiment.numbers(USUAL, |variant| softmax(variant) && soon(variant), gap);
        evidence
            .breaks(&format!("softmax_{name}"), &format!("gap_{name}"), "there is a softmax", curved)
            .within(relative(0.1))
            .by(1.4);
    }
    let slow = all
        .iter()
        .flat_map(|experiment| experiment.medians(USUAL, |variant| linear(variant) && !soon(variant), gap))
        .collect::<Vec<_>>();
    evidence
        .measure("slow", "gap in outputs, tied weights on rows as they are, median of a draw, three tables", slow)
        .within(relative(0.3))
        .at_most(0.15);
    let ends = |starts: &[f64], chosen: fn(Variant) -> bool| {
        let of = |&start: &f64| {
            all.iter().flat_map(move |experiment| experiment.medians(start, chosen, gap)).collect::<Vec<_>>()
        };
        starts.iter().flat_map(of).collect::<Vec<f64>>()
    };
    let words = "gap in outputs, without softmax, median of a draw, three tables";
    let white = ends(&STARTS[..3], |variant| linear(variant) && variant.whitened);
    evidence
        .measure("arrived", &format!("{words}, whitened rows, starts of .01, .1 and .3"), white)
        .within(relative(0.3))
        .at_most(0.03);
    let late = ends(&STARTS[3..], |variant| linear(variant) && tied(variant));
    evidence.measure("late", &format!("{words}, tied weights, from a start of 1"), late).within(relative(0.3)).noted();
    let ticks: [&[f64]; 3] = [&[0.0, 0.05, 0.1, 0.15], &[0.0, 0.5, 1.0, 1.5], &[0.0, 0.2, 0.4, 0.6]];
    let panes = NAMES.into_iter().zip(all).zip(ticks).map(|((name, experiment), ticks)| {
        let case = experiment.first_case();
        let marks: Number = |_, run| run.test.mse;
        let bars: Number = |_, run| run.loss;
        let axis = Axis::linear("mean squared error", ticks);
        pane(name, case, ("test rows", marks), Some(("training rows", bars)), axis).reference("ridge", case.ridge[1])
    });
    evidence.figure(Figure::new(
        "Errors of eight attentions on three tables, against ridge, first draw",
        Dots::new(rows(), panes.collect()),
    ));
    record!(evidence)
}

/// ## With softmax the predictions part, to either side
///
/// Put the softmax back, and what happens depends on the data. On the diabetes table the trained softmax attentions reach training
/// errors that no line can reach and pay for it on new rows: their test errors are {{error_diabetes:3}} times ridge's in the median
/// draw. (Each draw counts with the median of its twelve trainings.) On the sine the same freedom is what is needed, and the errors
/// are {{error_sine:2}} of ridge's. On linear data there is nothing to gain; the errors are {{error_synthetic:3}} times
/// ridge's, and in some draws nearly as low.
///
/// So the predictions themselves are different ones. The centred cosine to ridge is {{cosine_diabetes:2}} on the diabetes table and
/// {{cosine_sine:2}} on the sine, where on the synthetic data it stays at {{cosine_synthetic:3}}. Whether a low one is good or bad,
/// the cosine does not say.
///
/// ![**Agreement, first draw.** Above, the centred cosine to ridge's predictions on test rows; below, the gap in outputs. Only the linear variants agree with ridge, and they do so completely.](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["without_softmax_attention_predicts_what_ridge_predicts"]
/// headline = "error_diabetes"
/// breaks_when = "the softmax is taken away: the same measure is then {{linear_diabetes:4}} on the diabetes table."
/// ```
#[test]
fn with_softmax_the_predictions_part_to_either_side() -> Result<()> {
    let mut evidence = Evidence::new();
    let all = experiments()?;
    let error: Number = |case, run| run.test.mse / case.ridge[1];
    let cosine: Number = |_, run| run.test.centred_cosine;
    let of = |name: &str| format!("median of a draw, four variants, {name}");
    for (name, experiment) in NAMES.into_iter().zip(all) {
        let measure = evidence.measure(
            &format!("error_{name}"),
            &format!("test error over ridge's, {}", of(name)),
            experiment.medians(USUAL, softmax, error),
        );
        let bounded = measure.within(relative(0.05));
        match name {
            "synthetic" => bounded.noted(),
            "diabetes" => bounded.at_least(1.1),
            _ => bounded.at_most(0.92),
        }
        let measure = evidence.measure(
            &format!("cosine_{name}"),
            &format!("centred cosine to ridge, {}", of(name)),
            experiment.medians(USUAL, softmax, cosine),
        );
        measure.within(relative(0.05)).noted();
    }
    for (name, experiment) in NAMES.into_iter().zip(all).skip(1) {
        let linear = experiment.medians(USUAL, linear, error);
        evidence
            .breaks(&format!("linear_{name}"), &format!("error_{name}"), "there is no softmax", linear)
            .within(relative(0.01))
            .by(1.07);
    }
    evidence
        .contrast("parting", "centred cosine to ridge, synthetic less diabetes", "cosine_synthetic", "cosine_diabetes")
        .within(relative(0.1))
        .apart(0.2);
    let panes = |name: &str, of: Number, axis: &dyn Fn() -> Axis| {
        let pane =
            |(table, experiment): (&str, &Experiment)| pane(table, experiment.first_case(), (name, of), None, axis());
        NAMES.into_iter().zip(all).map(pane).collect::<Vec<_>>()
    };
    let gaps = panes("gap in outputs", |_, run| run.test.output_gap, &|| {
        Axis::log("gap in outputs", &[1e-6, 1e-4, 1e-2, 2.0])
    });
    let cosines = panes("centred cosine", cosine, &|| Axis::linear("cosine to ridge", &[0.4, 0.6, 0.8, 1.0]));
    let dots = Dots::new(rows(), [cosines, gaps].concat());
    evidence.figure(Figure::new("How eight attentions agree with ridge on three tables, first draw", dots));
    record!(evidence)
}

/// ## Same outputs, another machine
///
/// Now look inside. Regression's machine is its hat matrix $H$, attention's is $A$: both turn the training targets into fitted
/// values. The linear variants predict like ridge. Yet their matrices are others. An alignment with $H$ of one would be agreement;
/// tied weights have {{tied:2}} and separate ones {{separate:2}} (medians over ninety trainings each), and the median of a draw misses
/// agreement by {{misalignment_tied.lowest:2_}} and {{misalignment.lowest:2_}} at least. Their sizes run from {{size.lowest:1}} to
/// {{size.highest:2}} times that of $H$. Two layers can predict alike for every new row and be different smoothers. The post's
/// takeaway, *same math, different meaning*, is literally true of them.
///
/// With softmax the outputs part as well, and the alignments are {{softmax:2}} in the median, at most {{softmax.highest:2^}}.
/// Attention *can* align with regression; the last claim of this chapter and the chapter on [targets](targets.md) say what makes it.
/// Trained on one target, from the usual start, it does not, with a softmax or without.
///
/// Why alignment and size, and not the distance $\|A - H\|$ in one number? Because the distance cannot tell them apart, and mostly
/// tells the size. Its square is $1 + \text{size}^2 - 2\,\text{size}\cdot\text{alignment}$, in units of $\|H\|^2$. The zero matrix
/// is one norm away, and so is a matrix as large as $H$ with an alignment of one half. The matrix of the mean, all of whose entries
/// are $1/n$, knows nothing of the features; in every draw of every table the trained softmax attentions are in the median further from
/// $H$ than it is, {{beyond_mean:2}} times as far over all, since most of them are large.
///
/// There is one more number to look at. All of $H$ takes place in the $d$ directions that the columns of $X$ span, and so does all
/// of $A$ without a softmax. Of a softmax matrix only {{overlap:2}} of the squared norm does (median, three tables): the rest
/// answers to patterns that no linear function of the features has.
///
/// ```toml
/// kind = "measured"
/// settles = { S16 = "holds" }
/// finding = "Given the form, or taught many targets without softmax, its matrix is regression's. Trained on one target from the usual start it is not: the alignment is {{tied:2}} (tied) and {{separate:2}} (separate) without softmax, where the predictions are ridge's, and {{softmax:2}} with it."
/// uses = ["without_softmax_attention_predicts_what_ridge_predicts", "with_softmax_the_predictions_part_to_either_side"]
/// headline = "misalignment_tied"
/// breaks_when = "the form is given and not learnt: linear attention on whitened rows with $W = I$ and the scale $1/n$ misses an alignment of one by {{built_in:1}}, which is the penalty's doing."
/// ```
#[test]
fn same_outputs_another_machine() -> Result<()> {
    let mut evidence = Evidence::new();
    let all = experiments()?;
    let pooled = |chosen: fn(Variant) -> bool, of: Number| {
        all.iter().flat_map(|experiment| experiment.numbers(USUAL, chosen, of)).collect::<Vec<f64>>()
    };
    let alignment: Number = |_, run| run.mechanism.alignment;
    let misalignment: Number = |_, run| 1.0 - run.mechanism.alignment;
    let [both, single]: [fn(Variant) -> bool; 2] =
        [|variant| linear(variant) && tied(variant), |variant| linear(variant) && !tied(variant)];
    let words = "alignment with $H$, three tables";
    evidence
        .measure("tied", &format!("{words}, without softmax, tied"), pooled(both, alignment))
        .within(absolute(0.02))
        .noted();
    evidence
        .measure("separate", &format!("{words}, without softmax, separate"), pooled(single, alignment))
        .within(absolute(0.02))
        .noted();
    evidence
        .measure("softmax", &format!("{words}, with softmax"), pooled(softmax, alignment))
        .within(absolute(0.02))
        .at_most(0.5);
    evidence
        .measure(
            "size",
            "$\\|A\\|/\\|H\\|$, four variants without softmax, three tables",
            pooled(linear, |_, run| run.mechanism.size),
        )
        .within(relative(0.1))
        .noted();
    let medians = |chosen: fn(Variant) -> bool, of: Number| {
        all.iter().flat_map(|experiment| experiment.medians(USUAL, chosen, of)).collect::<Vec<_>>()
    };
    let words = "one less alignment with $H$, without softmax, median of a draw, three tables";
    evidence
        .measure("misalignment", &format!("{words}, separate"), medians(single, misalignment))
        .within(absolute(0.02))
        .at_least(0.4);
    evidence
        .measure("misalignment_tied", &format!("{words}, tied"), medians(both, misalignment))
        .within(absolute(0.02))
        .at_least(0.1);
    let built = all
        .iter()
        .flat_map(|experiment| &experiment.cases)
        .map(|case| 1.0 - built_in(&case.comparison).alignment)
        .collect::<Vec<_>>();
    evidence
        .breaks("built_in", "misalignment_tied", "the form is given and not learnt", built)
        .within(relative(0.3))
        .by(1e4);
    let beyond = all.iter().flat_map(|experiment| &experiment.cases).map(beyond_the_mean).collect::<Vec<_>>();
    let words =
        "distance of a softmax matrix from $H$ over that of the matrix of the mean, median of a draw, three tables";
    evidence.measure("beyond_mean", words, beyond).within(relative(0.05)).at_least(1.0);
    let overlap: Number = |_, run| run.mechanism.overlap;
    evidence
        .measure(
            "overlap",
            "share of $\\|A\\|^2$ in the column space of $X$, softmax, three tables",
            pooled(softmax, overlap),
        )
        .within(relative(0.1))
        .at_most(0.5);
    evidence.breaks("inside", "overlap", "there is no softmax", pooled(linear, overlap)).within(relative(1e-6)).by(1.9);
    record!(evidence)
}

/// Linear attention built to be a regression: whitened rows, $W = I$, the scale $1/n$.
fn built_in(comparison: &Comparison) -> Mechanism {
    let white = Variant { whitened: true, ..Variant::grid()[0] };
    let z = comparison.rows(white).train.x.as_ref();
    comparison.mechanism_of(attention::linear::weights(z, z, 1.0 / count(z.nrows()), Diagonal::Kept).as_ref())
}

/// How many times as far from H the trained softmax attentions are, in the median, as the matrix that answers every row with the mean
/// of the targets.
fn beyond_the_mean(case: &Case) -> f64 {
    let n = case.comparison.hat().nrows();
    let mean = case.comparison.mechanism_of(Mat::from_fn(n, n, |_, _| 1.0 / count(n)).as_ref());
    median(&case.runs(USUAL, softmax).map(|run| run.mechanism.gap).collect::<Vec<_>>()) / mean.gap
}

/// ## The start decides what one target leaves open
///
/// Why are the machines different? There are five candidates: the softmax, tied or separate weights, whitened rows or not, the size
/// of the weights at the start, and chance. Every combination of the first four was trained, from two initialisations each, so their
/// shares can be told apart by an analysis of variance. The shares are of these levels: had we varied the start less, it would have
/// less of them.
///
/// Take the size of $A$ first, on a logarithmic scale. Of its variance over the 32 combinations, the size of the start accounts for
/// {{start:2}}, the softmax for {{softmax:2}}, and the two together, that is the start acting in another way where there is a softmax,
/// for another {{start_softmax:2}} (each the median over five draws of three tables). What is left for tying, whitening, their
/// combinations and chance is {{rest:1}}.
///
/// The picture says how. Without softmax matrices keep the size of their start: from a start of one they end {{grown:2}} times as
/// large as from a start of a hundredth. With it they grow {{grown_softmax:2}} times; in no draw is the ratio of the two below
/// {{order.lowest:2_}}. The rows of a softmax have no negative entry and sum to one, whatever the weights, and so
/// $1 \le \|A\| \le n^{1/2}$. A matrix without a softmax knows no such bound.
///
/// The reason is in the gradient. Take the form as free and descend plainly. One target moves $W$ only where it matters for this
/// target: the step is a multiple of $X^\top r\,c^\top$ with the residual $r$ and $c = X^\top y$, and changes what $W$ does to $c$.
/// What $W$ does to the directions across $c$ stays as it was. A start of deviation $\sigma$ leaves entries of the size $\sigma^2$
/// there. Nothing in the predictions shows them, and nothing in the loss corrects them. Adam moves them too, as does a form that is a
/// product ([tied weights](tying.md)), but towards nothing that regression would know of. The smaller the start, the less of it: in
/// the limit of a vanishing one plain descent leaves the smallest form that predicts like least squares, and the tied one of these
/// has $A = \hat y\hat y^\top/\|\hat y\|^2$, the projection onto one of the $d$ directions onto which $H$ projects. Its size is
/// $d^{-1/2}$, so is its alignment, and its distance from $H$ is $(1 - 1/d)^{1/2}$. The free one, $\hat\beta c^\top/\|c\|^2$, has
/// $\langle A, H\rangle = 1$ and therefore $1/d$ for the product of size and alignment; by the Cauchy–Schwarz inequality
/// $\|\hat y\|\|Xc\| \ge \hat y^\top Xc = \|c\|^2$ it is the larger and the less aligned of the two, unless the rows are white, where they are
/// one. Adam ends near the tied one. On the diabetes table tied
/// weights from the smallest start end at a size of {{size_small:3}}, where $d^{-1/2}$ is {{limit:3}}, and at a distance of
/// {{tied_small:2}}.
///
/// So “same outputs, another machine” is not a statement about attention and regression. It is one about a single target, which
/// leaves most of the machine to whatever was there before.
///
/// ![**What the start does.** Each trail is one kind of attention on one table, from a start of one hundredth (first mark) to one (last), medians over five draws, initialisations, and whitened or unwhitened rows. Across: the size of $A$ over that of $H$; up: its alignment with $H$. Regression is at (1, 1); the hollow marks without a trail are the smallest forms, where a vanishing start leads: tied (squares) and free, on unwhitened rows (triangles). Without softmax (blue) a larger start moves the machine far to the right, tied weights at one height and separate ones at another, and the predictions stay regression's where training arrives; with softmax (red) the size changes little.](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["same_outputs_another_machine"]
/// headline = "order"
/// breaks_when = "there is a softmax: the growth with the start is then smaller by a factor of {{order:2}}."
/// ```
#[test]
fn the_start_decides_what_one_target_leaves_open() -> Result<()> {
    let mut evidence = Evidence::new();
    let all = experiments()?;
    let size = |run: &Run| libm::log(run.mechanism.size);
    let variance =
        |factor: &str| format!("share of the variance of $\\log\\|A\\|$ owed to {factor}, draw by draw, three tables");
    let [start, soft, explained] =
        [&[STARTED][..], &[SOFT], &[STARTED, SOFT]].map(|factors| shares(all, size, factors));
    let both =
        explained.iter().zip(&start).zip(&soft).map(|((all, start), soft)| all - start - soft).collect::<Vec<_>>();
    evidence
        .measure("rest", &variance("all else"), explained.iter().map(|share| 1.0 - share).collect::<Vec<_>>())
        .within(absolute(0.03))
        .noted();
    evidence.measure("start", &variance("the start"), start).within(absolute(0.03)).noted();
    evidence.measure("softmax", &variance("the softmax"), soft).within(absolute(0.03)).noted();
    evidence
        .measure("start_softmax", &variance("the start acting otherwise with a softmax"), both)
        .within(absolute(0.03))
        .noted();
    evidence
        .measure("explained", &variance("start and softmax, alone and together"), explained)
        .within(absolute(0.03))
        .at_least(0.75);
    let grown = |chosen: fn(Variant) -> bool| {
        let size = |start: f64| {
            all.iter()
                .flat_map(move |experiment| experiment.medians(start, chosen, |_, run| run.mechanism.size))
                .collect::<Vec<_>>()
        };
        size(STARTS[3]).iter().zip(size(STARTS[0])).map(|(large, small)| large / small).collect::<Vec<f64>>()
    };
    let words = "size of $A$ from a start of 1 over that from a start of 0.01, medians of a draw, three tables";
    evidence
        .measure("grown", &format!("{words}, without softmax"), grown(linear))
        .within(relative(0.1))
        .at_least(100.0);
    evidence
        .measure("grown_softmax", &format!("{words}, with softmax"), grown(softmax))
        .within(relative(0.1))
        .at_most(10.0);
    evidence
        .contrast("order", "growth with the start, without softmax over with it", "grown", "grown_softmax")
        .within(relative(0.1))
        .by(10.0);
    let smallest: fn(Variant) -> bool = |variant| linear(variant) && tied(variant) && variant.whitened;
    let limit = 1.0 / count(all[1].first_case().comparison.data().train.d()).sqrt();
    let words = "tied, whitened, without softmax, diabetes, from a start of";
    let size: Number = |_, run| run.mechanism.size;
    evidence.measure("limit", "$d^{-1/2}$, diabetes", limit).within(relative(1e-6)).noted();
    let product = |case: &Case| {
        let form = smallest_form(case);
        count(case.comparison.data().train.d()) * form.size * form.alignment
    };
    let products = all.iter().flat_map(|experiment| &experiment.cases).map(product).collect::<Vec<_>>();
    let of = "$d$ times size times alignment of the smallest form, unwhitened rows, three tables";
    evidence.measure("smallest_product", of, products).within(relative(1e-3)).at_least(0.99);
    evidence
        .measure("size_small", &format!("$\\|A\\|/\\|H\\|$, {words} 0.01"), all[1].numbers(STARTS[0], smallest, size))
        .within(relative(0.02))
        .equals(limit, "$d^{-1/2}$", relative(0.2));
    evidence
        .breaks(
            "size_large",
            "size_small",
            "the start is a deviation of one",
            all[1].numbers(STARTS[3], smallest, size),
        )
        .within(relative(0.1))
        .by(10.0);
    evidence
        .measure(
            "tied_small",
            &format!("$\\|A - H\\|/\\|H\\|$, {words} 0.01"),
            all[1].numbers(STARTS[0], smallest, |_, run| run.mechanism.gap),
        )
        .within(relative(0.01))
        .noted();
    evidence.figure(trails(all)?);
    record!(evidence)
}

/// A factor of the experiment: the level of a run.
type Factor = fn(&Run) -> usize;
const STARTED: Factor = |run| STARTS.iter().position(|&start| start == run.start).unwrap_or(STARTS.len());
const SOFT: Factor = |run| usize::from(softmax(run.variant));
const TIED: Factor = |run| usize::from(tied(run.variant));
const WHITE: Factor = |run| usize::from(run.variant.whitened);

/// The share of a number's variance that some factors explain together, case by case: over the 32 cells and two initialisations in
/// each. The cells are balanced, so the effects are orthogonal, and each sum of squares is that of the means of the levels.
fn shares(all: &[Experiment; 3], number: impl Fn(&Run) -> f64, factors: &[Factor]) -> Vec<f64> {
    let of = |case: &Case| {
        let runs: Vec<(usize, f64)> = case
            .runs
            .iter()
            .filter(|run| run.init < 2)
            .map(|run| (factors.iter().fold(0, |cell, factor| 8 * cell + factor(run)), number(run)))
            .collect();
        let mean = |chosen: &dyn Fn(usize) -> bool| {
            let of: Vec<f64> = runs.iter().filter(|(cell, _)| chosen(*cell)).map(|(_, number)| *number).collect();
            of.iter().sum::<f64>() / count(of.len())
        };
        let grand = mean(&|_| true);
        let between = runs.iter().map(|&(cell, _)| (mean(&|other| other == cell) - grand).powi(2)).sum::<f64>();
        between / runs.iter().map(|(_, number)| (number - grand).powi(2)).sum::<f64>()
    };
    all.iter().flat_map(|experiment| &experiment.cases).map(of).collect()
}

/// A of the smallest form that predicts like ridge on rows as they are, β̂cᵀ/‖c‖², beside H.
fn smallest_form(case: &Case) -> Mechanism {
    let rows = &case.comparison.rows(Variant::grid()[0]).train;
    let (x, y) = (rows.x.as_ref(), rows.y.as_ref());
    let content = x.transpose() * y;
    let square = linalg::frobenius_norm(content.as_ref()).powi(2);
    let a = case.comparison.ridge().predict(x) * (x * content).transpose() * faer::Scale(1.0 / square);
    case.comparison.mechanism_of(a.as_ref())
}

/// Size and alignment of each kind of attention on each table, from start to start.
fn trails(all: &'static [Experiment; 3]) -> Result<Figure> {
    let mut series = Vec::new();
    for (name, experiment) in NAMES.into_iter().zip(all) {
        for (kind, chosen, ink, mark) in kinds() {
            let of = |start: f64, number: Number| median(&experiment.medians(start, chosen, number));
            let points = STARTS
                .map(|start| (of(start, |_, run| run.mechanism.size), of(start, |_, run| run.mechanism.alignment)));
            let trail = |name: String| Series::through(name, points).ink(ink).mark(mark).within(0.05);
            series.push(match (name, ink) {
                ("diabetes", LINEAR) => trail(kind.to_owned()).label(Side::Above, 3),
                ("diabetes", _) => trail(kind.to_owned()).label(Side::Below, 1),
                _ => trail(format!("{kind}, {name}")),
            });
        }
    }
    let smallest = all.iter().map(|experiment| 1.0 / count(experiment.first_case().comparison.data().train.d()).sqrt());
    let smallest = smallest.map(|root| (root, root));
    series.push(
        Series::through("regression", [(1.0, 1.0)])
            .ink(REGRESSION)
            .marks(Mark::Circle)
            .within(0.05)
            .label(Side::Right, 0),
    );
    series.push(
        Series::through("smallest tied forms", smallest)
            .ink(REGRESSION)
            .marks(Mark::HollowSquare)
            .within(0.05)
            .label(Side::Left, 0),
    );
    let free =
        all.iter().map(|experiment| smallest_form(experiment.first_case())).map(|form| (form.size, form.alignment));
    series.push(Series::through("smallest forms", free).ink(REGRESSION).marks(Mark::HollowTriangle).within(0.05));
    let x = Axis::log("size, ‖A‖ ∕ ‖H‖", &[0.1, 1.0, 10.0, 100.0, 1000.0]);
    let y = Axis::linear("alignment, ⟨A, H⟩ ∕ ‖A‖‖H‖", &[-0.25, 0.0, 0.25, 0.5, 0.75, 1.0]);
    Ok(Figure::new(
        "Size and alignment of trained attention, along the size of its start",
        Chart::new(x, y, series).tall(),
    ))
}

type Kind = (&'static str, fn(Variant) -> bool, Ink, Mark);

/// The kinds of attention that trails tell apart.
fn kinds() -> [Kind; 4] {
    [
        ("linear, separate", |variant| linear(variant) && !tied(variant), LINEAR, Mark::Circle),
        ("linear, tied", |variant| linear(variant) && tied(variant), LINEAR, Mark::HollowCircle),
        ("softmax, separate", |variant| softmax(variant) && !tied(variant), SOFTMAX, Mark::Square),
        ("softmax, tied", |variant| softmax(variant) && tied(variant), SOFTMAX, Mark::Diamond),
    ]
}

/// ## Tied weights are aligned before they are trained
///
/// The start decides the size. What decides the direction? The same analysis of the alignment gives {{tying:2}} of its variance to
/// tying (from {{tying.lowest:2}} to {{tying.highest:2}}), {{softmax:2}} to the softmax (from {{softmax.lowest:1}} to
/// {{softmax.highest:2}}) and {{tying_softmax:2}} to the two acting together; the start has {{start:1}} and whitening {{whitening:1}}
/// by themselves. So it is first of all whether the weights are tied, and they need no training for it.
///
/// With $W_q = W_k$ the form is $W_qW_q^\top$ and has no negative direction. Without softmax, $A$ lives where $H$
/// projects, and so $\langle A, H\rangle$ is the trace of $A$: positive for tied weights, whatever else they are. Separate weights
/// know no such rule: their form is a product of two independent matrices, and its trace has either sign.
///
/// Before the first step tied weights have an alignment of {{untrained_tied:2}} and separate ones one of {{untrained_separate:1}};
/// when training is over these are {{tied_linear:2}} and {{separate_linear:2}} (medians of the draws, three tables). In each draw of
/// each table tied weights are ahead, by {{linear_ahead.lowest:2_}} and more.
///
/// With softmax nothing of the kind follows, for the trace of a softmax is positive either way. Measured it is so again, and here
/// training has a part in it: the alignment is {{tied_softmax:2}} for tied weights, which begin at {{untrained_softmax:1}}, and
/// {{separate_softmax:2}} for separate ones.
///
/// ```toml
/// kind = "measured"
/// settles = { S9 = "holds" }
/// finding = "Tying acts less through what is learnt than through what is there before: without softmax tied weights have an alignment of {{untrained_tied:2}} with the hat matrix untrained and {{tied_linear:2}} trained, separate ones {{untrained_separate:1}} and {{separate_linear:2}}. With softmax the trained ones have {{tied_softmax:2}} and {{separate_softmax:2}}."
/// uses = ["the_start_decides_what_one_target_leaves_open"]
/// headline = "linear_ahead"
/// breaks_when = "weights are separate: the alignment falls by {{linear_ahead:2}} without softmax and by {{softmax_ahead:2}} with it."
/// ```
#[test]
fn tied_weights_are_aligned_before_they_are_trained() -> Result<()> {
    let mut evidence = Evidence::new();
    let all = experiments()?;
    let alignment: Number = |_, run| run.mechanism.alignment;
    for (kind, of_kind) in [("linear", linear as fn(Variant) -> bool), ("softmax", softmax)] {
        for (name, with) in [("tied", true), ("separate", false)] {
            let values = all.iter().flat_map(|experiment| {
                experiment.medians(USUAL, |variant| of_kind(variant) && tied(variant) == with, alignment)
            });
            let words = format!("alignment with $H$, median of a draw, {kind}, {name}, three tables");
            evidence
                .measure(&format!("{name}_{kind}"), &words, values.collect::<Vec<_>>())
                .within(absolute(0.03))
                .noted();
        }
        let words = format!("alignment of tied weights less that of separate ones, {kind}, draw by draw");
        let contrast =
            evidence.contrast(&format!("{kind}_ahead"), &words, &format!("tied_{kind}"), &format!("separate_{kind}"));
        contrast.within(absolute(0.03)).apart(0.02);
    }
    let variance =
        |factor: &str| format!("share of the variance of the alignment owed to {factor}, draw by draw, three tables");
    let share = |factors: &[Factor]| shares(all, |run| run.mechanism.alignment, factors);
    let [tying, soft, both] = [&[TIED][..], &[SOFT], &[TIED, SOFT]].map(share);
    let together =
        both.iter().zip(&tying).zip(&soft).map(|((all, tying), soft)| all - tying - soft).collect::<Vec<_>>();
    evidence.measure("tying", &variance("tying"), tying).within(absolute(0.03)).at_least(0.2);
    evidence.measure("softmax", &variance("the softmax"), soft).within(absolute(0.03)).noted();
    evidence
        .measure("tying_softmax", &variance("tying acting otherwise with a softmax"), together)
        .within(absolute(0.03))
        .noted();
    evidence.measure("start", &variance("the start"), share(&[STARTED])).within(absolute(0.03)).at_most(0.3);
    evidence.measure("whitening", &variance("whitened rows"), share(&[WHITE])).within(absolute(0.03)).at_most(0.1);
    for (name, variant) in [("untrained_tied", 1), ("untrained_separate", 0), ("untrained_softmax", 5)]
        .map(|(name, place)| (name, Variant::grid()[place]))
    {
        let values = all
            .iter()
            .flat_map(|experiment| &experiment.cases)
            .map(|case| untrained(case, variant))
            .collect::<Result<Vec<_>>>()?;
        let words =
            format!("alignment with $H$ before the first step, {}, median of a draw, three tables", variant.name());
        evidence.measure(name, &words, values).within(absolute(0.03)).noted();
    }
    let words = "alignment before the first step, tied less separate, linear, draw by draw";
    evidence
        .contrast("untrained_ahead", words, "untrained_tied", "untrained_separate")
        .within(absolute(0.03))
        .apart(0.1);
    record!(evidence)
}

/// The alignment that a variant's initial weights have, median of a draw.
fn untrained(case: &Case, variant: Variant) -> Result<f64> {
    let alignment = |seed: u64| {
        let training = Training { steps: 0, ..case.comparison.training(variant, seed) };
        Ok(case.comparison.mechanism(variant, &case.comparison.train_as(variant, &training)?.head)?.alignment)
    };
    Ok(median(&case.seeds.map(alignment).into_iter().collect::<Result<Vec<_>>>()?))
}

/// ## Many targets decide what one leaves open
///
/// If one target leaves a machine open, many should close it. Train the same layers, from the same starts, on 32 targets at once,
/// each of them its own value. The targets are columns of noise on the synthetic rows, so that nothing in them has anything to do with
/// regression.
///
/// From a start of a hundredth and from one of a tenth, linear attention ends {{linear_one:2}} norms apart when it has learnt one
/// column of noise, and {{linear_many:1}} norms apart when it has learnt 32 ({{linear_many.highest:1^}} at worst). And it has become
/// regression: from the smaller start the alignment with the hat matrix is {{aligned:4}}, the size {{sized:3}}, and the distance from
/// $H$ is {{become.highest:1^}} norms at most. (On other draws it can happen that one of the eight directions is not learnt after six
/// hundred steps. Then the distance is $(1/8)^{1/2}$, and the limit of this claim lets that pass, but not two.)
///
/// With softmax, which forgets larger starts in that time, the same happens to another end. From starts of a hundredth and of one the
/// matrices are {{softmax_one:2}} norms apart for one target and {{softmax_many:1}} for 32; but their alignment with $H$ is
/// {{elsewhere:2}}. Softmax too has *a* machine when enough is asked of it, and it is not regression's.
///
/// So a likeness of outputs on one target says little about the machine behind them, whichever the machine is. What the post
/// compares, matrices of layers that were trained on one target, shows what the layers were started with as much as what they
/// learnt.
///
/// ```toml
/// kind = "measured"
/// settles = { S8 = "holds if" }
/// finding = "If the layer learnt from fewer targets than it has features: the rest of its matrix is then what the start left there. Taught 32 targets of noise from a small start, linear attention is regression: alignment {{aligned:3}}, size {{sized:3}}."
/// uses = ["the_start_decides_what_one_target_leaves_open"]
/// headline = "become"
/// breaks_when = "there is a softmax: the same distance from $H$ is then {{softmax_away:2}}. With one target in place of 32 the two starts end at least {{linear_open.lowest:1_}} times as far apart without softmax, and {{softmax_open.lowest:1_}} times with it."
/// ```
#[test]
fn many_targets_decide_what_one_leaves_open() -> Result<()> {
    let mut evidence = Evidence::new();
    let all = draws();
    let ends = in_parallel(&all, |&draw| Ends::of(draw))?;
    let each = |of: &dyn Fn(&Ends) -> Vec<f64>| ends.iter().flat_map(of).collect::<Vec<f64>>();
    let apart = "$\\|A - A'\\|/\\|A'\\|$ of two starts, separate and tied weights, synthetic";
    for (kind, place) in [("linear", 0), ("softmax", 1)] {
        for (name, which) in [("one", 0), ("many", 1)] {
            let words = format!("{apart}, {kind}, {} noise {}", [1, MANY][which], ["target", "targets"][which]);
            let measure = evidence
                .measure(&format!("{kind}_{name}"), &words, each(&|ends| ends.apart[place][which].clone()))
                .within(relative(0.2));
            if which == 0 { measure.at_least(0.3) } else { measure.at_most(0.8) }
        }
        let words = format!("distance of two starts after one target over that after {MANY}, {kind}");
        let contrast =
            evidence.contrast(&format!("{kind}_open"), &words, &format!("{kind}_one"), &format!("{kind}_many"));
        contrast.within(relative(0.3)).by(1.5);
    }
    let of = |place: usize, of: fn(&Mechanism) -> f64| each(&|ends| ends.many[place].iter().map(of).collect());
    let words = format!("after {MANY} noise targets, separate and tied, from a start of 0.01");
    evidence
        .measure("aligned", &format!("alignment with $H$ {words}, linear"), of(0, |end| end.alignment))
        .within(absolute(1e-3))
        .at_least(0.9);
    evidence
        .measure("sized", &format!("$\\|A\\|/\\|H\\|$ {words}, linear"), of(0, |end| end.size))
        .within(relative(0.01))
        .noted();
    // A direction that is missing is a distance of d^−½: one may be, two may not.
    let one_missing = (1.5 / count(first().synthetic().train.d())).sqrt();
    let words_of_gap = format!("$\\|A - H\\|/\\|H\\|$ {words}, linear");
    evidence.measure("become", &words_of_gap, of(0, |end| end.gap)).within(relative(0.3)).at_most(one_missing);
    evidence
        .breaks("softmax_away", "become", "there is a softmax", of(1, |end| end.gap))
        .within(relative(0.05))
        .by(1.8);
    evidence
        .measure("elsewhere", &format!("alignment with $H$ {words}, softmax"), of(1, |end| end.alignment))
        .within(absolute(0.02))
        .at_most(0.5);
    record!(evidence)
}

/// As many targets as features, four times over.
const MANY: usize = 32;

/// Where layers end that begin at two starts, linear and with softmax.
struct Ends {
    /// How far apart, by kind and by number of targets, for separate and tied weights.
    apart: [[Vec<f64>; 2]; 2],
    /// The mechanisms after many targets from the smaller start, by kind.
    many: [Vec<Mechanism>; 2],
}

impl Ends {
    fn of(draw: Draw) -> Result<Self> {
        let comparison = Comparison::new(draw.synthetic(), attention_regression::experiment::Settings::default())?;
        let noise = draw.normal(0, comparison.data().train.n(), MANY);
        let mut ends = Self { apart: Default::default(), many: Default::default() };
        for (place, variants, starts) in [(0, [0, 1], [STARTS[0], STARTS[1]]), (1, [4, 5], [STARTS[0], STARTS[3]])] {
            for variant in variants.map(|place| Variant::grid()[place]) {
                for (which, targets) in [1, MANY].into_iter().enumerate() {
                    let y = noise.as_ref().subcols(0, targets);
                    let heads = starts.map(|start| {
                        let x = comparison.rows(variant).train.x.as_ref();
                        let training = Training { deviation: start, ..comparison.training(variant, draw.inits()[0]) };
                        training.run(Task::regression(x, y), None).map(|trained| trained.head)
                    });
                    let [small, large] = heads;
                    let (small, large) = (small?, large?);
                    ends.apart[place][which].push(relative_gap(
                        comparison.weights(variant, &large)?.as_ref(),
                        comparison.weights(variant, &small)?.as_ref(),
                    ));
                    if targets == MANY {
                        ends.many[place].push(comparison.mechanism(variant, &small)?);
                    }
                }
            }
        }
        Ok(ends)
    }
}

/// ## Training finds least squares, and ridge is the one that is off
///
/// What is the small gap that remains between linear attention and ridge? Ridge's own distance from least squares is
/// {{ridge_synthetic:2}} on the synthetic data and {{ridge_diabetes:2}} on the diabetes table, in norms of the predictions for test
/// rows. Linear attention stops at least squares, and what is measured as its distance from ridge is the penalty.
///
/// To see what training itself leaves, take Adam out: train the form as a whole, on whitened rows, by a thousand steps of plain
/// gradient descent from zero. The predictions are then those of least squares within {{trained_diabetes}} on the diabetes table and
/// within {{trained_synthetic}} on the synthetic data, that is to rounding. Attention was compared with ridge as the truth, and it
/// was the truth that had moved, by an amount that nobody will notice unless the comparison is as exact as this one.
///
/// ```toml
/// kind = "identity"
/// settles = { S6 = "sound if" }
/// finding = "If agreement is not asked for beyond four digits: linear attention trained on whitened rows lands on least squares to rounding, and ridge is {{ridge_synthetic:1}} (synthetic) and {{ridge_diabetes:1}} (diabetes) of the predictions' norm away from it."
/// uses = ["without_softmax_attention_predicts_what_ridge_predicts", "ridge_is_not_the_ground_truth"]
/// headline = "trained_diabetes"
/// breaks_when = "the rows are not whitened: a thousand steps then leave the predictions {{raw:2}} of their norm from least squares, and ridge is the better stand-in."
/// ```
#[test]
fn training_finds_least_squares_and_ridge_is_the_one_that_is_off() -> Result<()> {
    let mut evidence = Evidence::new();
    let all = experiments()?;
    let variant = Variant { parametrisation: Parametrisation::Merged, whitened: true, ..Variant::grid()[0] };
    for (name, experiment) in NAMES.into_iter().zip(all).take(2) {
        let biases =
            experiment.cases.iter().map(|case| ridges_own_bias(&case.comparison)).collect::<Result<Vec<_>>>()?;
        evidence
            .measure(
                &format!("ridge_{name}"),
                &format!("ridge's distance from least squares on test rows, {name}"),
                biases,
            )
            .within(relative(0.01))
            .at_least(3e-6);
        let comparison = &experiment.first_case().comparison;
        let gap = to_least_squares(comparison, variant)?;
        // Descent contracts every error by the condition number of whitened rows, one; what is left is rounding.
        let bound = rounding_bound(comparison.data().train.x.as_ref())?;
        evidence.rounding(
            &format!("trained_{name}"),
            &format!("trained attention's distance from least squares on test rows, {name}"),
            gap,
            bound,
        );
    }
    let raw = to_least_squares(&all[1].first_case().comparison, Variant { whitened: false, ..variant })?;
    evidence.breaks("raw", "trained_diabetes", "the rows are not whitened", raw).within(relative(0.01)).by(1e6);
    record!(evidence)
}

/// How far ridge's predictions on test rows are from those of least squares.
fn ridges_own_bias(comparison: &Comparison) -> Result<f64> {
    let data = comparison.data();
    let least_squares =
        Ridge::fit(data.train.x.as_ref(), data.train.y.as_ref(), 0.0, Intercept::None)?.predict(data.test.x.as_ref());
    Ok(relative_gap(comparison.ridge().predict(data.test.x.as_ref()).as_ref(), least_squares.as_ref()))
}

/// A thousand steps of gradient descent on the form from zero, at the largest rate that cannot overshoot.
fn descent(comparison: &Comparison, variant: Variant) -> Training {
    let (rows, d) = (comparison.rows(variant), comparison.data().train.d());
    let (x, y) = (rows.train.x.as_ref(), rows.train.y.as_ref());
    let content = linalg::frobenius_norm((x.transpose() * y).as_ref()) / count(d);
    let smoothness = 2.0 / count(x.nrows()) * content * content * linalg::frobenius_norm(linalg::gram(x).as_ref());
    Training {
        deviation: 0.0,
        steps: 1000,
        falling: false,
        tolerance: 0.0,
        optimiser: Optimiser::GradientDescent { rate: 1.0 / smoothness },
        ..comparison.training(variant, first().inits()[0])
    }
}

/// How far the predictions of attention trained by descent are from those of least squares, on test rows.
fn to_least_squares(comparison: &Comparison, variant: Variant) -> Result<f64> {
    let (rows, data) = (comparison.rows(variant), comparison.data());
    let trained =
        descent(comparison, variant).run(Task::regression(rows.train.x.as_ref(), rows.train.y.as_ref()), None)?;
    let [_, predicted] = comparison.predict(variant, &trained.head, data.train.y.as_ref())?;
    let fit = Ridge::fit(data.train.x.as_ref(), data.train.y.as_ref(), 0.0, Intercept::None)?;
    Ok(relative_gap(predicted.as_ref(), fit.predict(data.test.x.as_ref()).as_ref()))
}

/// ## Softmax walks through regression's error, linear attention stops there
///
/// Every training begins far from regression. Without softmax it ends at regression: the training errors of the linear variants come
/// to within {{lowest_linear.highest:1^}} of ridge's, relative to it, in the median of every draw. They never fall below that of least
/// squares, for no linear function has a smaller one.
///
/// Softmax can pass. Its training error goes through ridge's after {{crossing_diabetes:2}} steps on the diabetes table and after
/// {{crossing_sine:2}} on the sine, in the median of sixty trainings each, and comes down to {{end_diabetes:2}} and {{end_sine:2}} of it.
/// On the synthetic data, whose truth is linear, there is little to pass: separate weights end at {{end_separate:2}} of ridge's error
/// and tied ones at {{end_tied:3}}. What becomes of the error on new rows is up to the data. On the diabetes table it turns, and ends
/// {{rise_diabetes:2}} times as high as at its lowest; on the sine it falls with the other, and ends at {{rise_sine:3}} times its
/// lowest.
///
/// What softmax passes is the *level* of regression's error, and not regression itself. At the step at which its training error
/// first falls below ridge's, its predictions for test rows are {{away_diabetes:2}} of their norm from ridge's on the diabetes table
/// and {{away_sine:2}} on the sine. It has another function of the same quality.
///
/// ![**Through, and not through.** Mean squared error along training in the first draw, rows as they are. Dashed: training rows, and ridge's error there; solid and dotted: attention and ridge on test rows. Without softmax the dashes end on ridge's; with it they cross them on the diabetes table and on the sine.](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["without_softmax_attention_predicts_what_ridge_predicts", "with_softmax_the_predictions_part_to_either_side"]
/// headline = "end_diabetes"
/// breaks_when = "the softmax is taken away: the last training errors of the linear variants are then {{linear_diabetes:4}} of ridge's on the diabetes table, and {{linear_sine:4}} on the sine."
/// ```
#[test]
fn softmax_walks_through_regressions_error_linear_attention_stops_there() -> Result<()> {
    let mut evidence = Evidence::new();
    let all = experiments()?;
    let end: Number = |case, run| run.loss / case.ridge[0];
    let lowest: Number = |case, run| (run.loss / case.ridge[0] - 1.0).abs();
    let ends = all.iter().flat_map(|experiment| experiment.medians(USUAL, linear, lowest)).collect::<Vec<_>>();
    evidence
        .measure(
            "lowest_linear",
            "relative difference of the training error from ridge's, linear, median of a draw, three tables",
            ends,
        )
        .within(relative(0.3))
        .at_most(0.01);
    let mut below = 0;
    for case in all.iter().flat_map(|experiment| &experiment.cases) {
        let train = &case.comparison.data().train;
        let least = linalg::mse(
            Ridge::fit(train.x.as_ref(), train.y.as_ref(), 0.0, Intercept::None)?.fitted(),
            train.y.as_ref(),
        );
        let rounding = rounding_bound(train.x.as_ref())?;
        below += case.runs.iter().filter(|run| linear(run.variant) && run.loss < least * (1.0 - rounding)).count();
    }
    evidence.exactly(
        "below",
        "linear trainings with a training error below that of least squares, all starts, three tables",
        below,
        0,
    );
    for (name, experiment, limit) in [("diabetes", &all[1], 0.75), ("sine", &all[2], 0.85)] {
        let of = |measures: &str| format!("{measures}, four variants with softmax, {name}");
        let ends = experiment.medians(USUAL, softmax, end);
        evidence
            .measure(&format!("end_{name}"), &of("last training error over ridge's, median of a draw"), ends)
            .within(relative(0.05))
            .at_most(limit);
        evidence
            .measure(
                &format!("crossing_{name}"),
                &of("first step with a training error below ridge's"),
                experiment.numbers(USUAL, softmax, crossing),
            )
            .within(relative(0.25))
            .at_most(500.0);
        evidence
            .measure(
                &format!("rise_{name}"),
                &of("last test error over the lowest"),
                experiment.medians(USUAL, softmax, risen),
            )
            .within(relative(0.05))
            .noted();
        let away = experiment.runs(USUAL, softmax).map(|(case, run)| away(case, run)).collect::<Result<Vec<_>>>()?;
        evidence
            .measure(&format!("away_{name}"), &of("gap in outputs at that step"), away)
            .within(relative(0.1))
            .at_least(0.1);
        let straight = experiment.medians(USUAL, linear, end);
        evidence
            .breaks(&format!("linear_{name}"), &format!("end_{name}"), "there is no softmax", straight)
            .within(relative(0.01))
            .by(1.15);
    }
    evidence
        .contrast("turning", "rise of the test error, diabetes over sine", "rise_diabetes", "rise_sine")
        .within(relative(0.1))
        .by(1.05);
    for (name, with) in [("separate", false), ("tied", true)] {
        let words = format!("last training error over ridge's, softmax, {name}, median of a draw, synthetic");
        evidence
            .measure(
                &format!("end_{name}"),
                &words,
                all[0].medians(USUAL, |variant| softmax(variant) && tied(variant) == with, end),
            )
            .within(relative(0.05))
            .noted();
    }
    evidence.figure(losses(all));
    record!(evidence)
}

/// The first record with a training error below ridge's.
fn passing<'a>(case: &Case, trained: &'a Trained) -> Option<&'a Record> {
    trained.path.iter().find(|record| record.loss < case.ridge[0])
}

fn crossing(case: &Case, run: &Run) -> f64 {
    passing(case, &run.trained).map_or(f64::INFINITY, |record| count(record.step))
}

fn risen(_: &Case, run: &Run) -> f64 {
    let held_out = |record: Option<&Record>| record.and_then(|record| record.held_out).unwrap_or(f64::NAN);
    held_out(Some(run.trained.last())) / held_out(run.trained.best())
}

/// How far the predictions for test rows are from ridge's where the training error first falls below ridge's.
fn away(case: &Case, run: &Run) -> Result<f64> {
    let Some(record) = passing(case, &run.trained) else { return Ok(f64::NAN) };
    let data = case.comparison.data();
    let [_, predicted] = case.comparison.predict(run.variant, &record.head, data.train.y.as_ref())?;
    Ok(relative_gap(predicted.as_ref(), case.comparison.ridge().predict(data.test.x.as_ref()).as_ref()))
}

fn losses(all: &'static [Experiment; 3]) -> Figure {
    let cell = |experiment: &Experiment, variant: Variant| {
        let case = experiment.first_case();
        let path: Vec<&Record> =
            experiment.first(variant).trained.path.iter().filter(|record| record.step > 0).step_by(2).collect();
        let (name, ink) = if linear(variant) { ("linear attention", LINEAR) } else { ("softmax attention", SOFTMAX) };
        let curve = |rows: &str, of: &dyn Fn(&Record) -> f64| {
            Series::through(format!("{name}, {rows} rows"), path.iter().map(|record| (count(record.step), of(record))))
                .ink(ink)
                .within(0.05)
        };
        let level = |name: &str, at: f64| {
            Series::through(format!("ridge, {name} rows"), [(1.0, at), (600.0, at)]).ink(REGRESSION).within(0.05)
        };
        let test = |record: &Record| record.held_out.unwrap_or(f64::NAN);
        let series = vec![
            level("training", case.ridge[0]).stroke(Stroke::Dashed),
            level("test", case.ridge[1]).stroke(Stroke::Dotted),
            curve("training", &|record| record.loss).stroke(Stroke::Dashed),
            curve("test", &test),
        ];
        Cell { series }
    };
    let row =
        |variant: Variant| Row::new(variant.name(), all.iter().map(|experiment| cell(experiment, variant)).collect());
    let ticks: [&[f64]; 3] = [&[0.02, 0.2, 2.0, 20.0], &[0.05, 0.5, 5.0, 50.0], &[0.1, 1.0, 10.0]];
    let y = |ticks: &[f64]| Axis::log("mean squared error, in units of the target's variance", ticks);
    let columns = NAMES.into_iter().zip(ticks).map(|(name, ticks)| Column::new(name, y(ticks)));
    let multiples = Multiples {
        x: Axis::log("step", &[1.0, 10.0, 100.0, 600.0]),
        columns: columns.collect(),
        rows: Variant::grid().into_iter().filter(|variant| !variant.whitened).map(row).collect(),
    };
    Figure::new("Loss curves of four attentions on three tables, with ridge's error, first draw", multiples)
}

/// The names of the eight variants.
fn rows() -> Vec<String> {
    Variant::grid().iter().map(Variant::name).collect()
}

/// The eight variants on one table: `of` as marks, `bar` as bars.
fn pane(name: &str, case: &Case, (words, of): (&str, Number), bar: Option<(&str, Number)>, axis: Axis) -> Pane {
    let values = |of: Number, chosen: &dyn Fn(Variant) -> bool| {
        let row = |variant: Variant| {
            let runs = case.runs(USUAL, move |other| other == variant);
            if chosen(variant) { runs.map(|run| of(case, run)).collect() } else { Vec::new() }
        };
        Variant::grid().into_iter().map(row).collect::<Vec<_>>()
    };
    let series = |name: &str, ink: Ink, mark: Mark, of: Number, chosen: &dyn Fn(Variant) -> bool| {
        RowSeries::new(name, mark, values(of, chosen)).ink(ink).within(0.02)
    };
    let main = |ink, mark, chosen: &dyn Fn(Variant) -> bool| series(words, ink, mark, of, chosen);
    let mut all: Vec<RowSeries> =
        bar.into_iter().map(|(name, bar)| series(name, Ink::MUTED, Mark::Bar, bar, &|_| true)).collect();
    all.push(main(LINEAR, Mark::Circle, &|variant| linear(variant) && !variant.whitened));
    all.push(main(LINEAR, Mark::HollowCircle, &|variant| linear(variant) && variant.whitened));
    all.push(main(SOFTMAX, Mark::Square, &|variant| softmax(variant) && !variant.whitened && !tied(variant)));
    all.push(main(SOFTMAX, Mark::HollowSquare, &|variant| softmax(variant) && variant.whitened && !tied(variant)));
    all.push(main(SOFTMAX, Mark::Diamond, &|variant| softmax(variant) && !variant.whitened && tied(variant)));
    all.push(main(SOFTMAX, Mark::HollowDiamond, &|variant| softmax(variant) && variant.whitened && tied(variant)));
    Pane::new(name, axis, all)
}
