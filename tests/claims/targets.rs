//! # How many targets
//!
//! <div class="aside" role="note">
//!
//! $m$ is the number of targets, $C = X^\top Y$ is $d \times m$, and $P_C$ projects onto the span of its columns. A form $W$
//! predicts $XWC$.
//!
//! </div>
//!
//! Why does training leave the mechanism alone? Because nobody asked about it. A single target puts $d$ conditions on
//! the $d^2$ entries of $W$, eight on sixty-four for the synthetic data, and gradient descent meets them with what is
//! nearest.
//!
//! This chapter counts. It finds the forms that least squares allows, and says which of them training takes; it adds
//! targets until nothing is left free; it catches the difference with a question that predictions on the old target cannot
//! answer; and it makes attention a regression by teaching it noise.

use attention_regression::agreement::{asymmetry, idempotence_gap, r_squared};
use attention_regression::attention::gradients::{Objective, Task};
use attention_regression::attention::{Diagonal, Normalisation, linear};
use attention_regression::comparison::Variant;
use attention_regression::data::random::standard_normal;
use attention_regression::data::{Dataset, Synthetic};
use attention_regression::linalg::{self, count, gram, rank_above, relative_gap, spectral_norm, trace};
use attention_regression::notebook::evidence::{Evidence, at_least, at_most, relative};
use attention_regression::notebook::figure::{Axis, Chart, Figure, Ink, Label, Mark, Plot, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge, hat_matrix};
use attention_regression::training::{Optimiser, Parametrisation, Trained, Training};
use attention_regression::whitening::{Divisor, Root, Whitening};
use attention_regression::{Mat, MatRef, Result};

use crate::support::{SEEDS, comparisons, record, rounding_bound, synthetic};

/// $W = G^{-1}P_C$: of the forms with $XWC = HY$ the one of smallest Frobenius norm, $\hat\beta C^+$.
fn smallest_form(x: MatRef<'_, f64>, y: MatRef<'_, f64>) -> Result<Mat<f64>> {
    let (content, fit) = (x.transpose() * y, Ridge::fit(x, y, 0.0, Intercept::None)?);
    Ok(Ridge::fit(content.transpose(), fit.coefficients().transpose(), 0.0, Intercept::None)?.coefficients().transpose().to_owned())
}

/// The synthetic design with m targets, each with its own random weights, centred.
fn many_targets(m: usize, seed: u64) -> Dataset {
    Synthetic { weights: standard_normal(seed, 8, 8, m), ..Synthetic::default() }.draw(seed).centred()
}

/// Merged linear attention by gradient descent from zero, at the largest rate that cannot overshoot.
fn descend(x: MatRef<'_, f64>, y: MatRef<'_, f64>, steps: usize) -> Result<Trained> {
    let scale = 1.0 / count(x.nrows());
    let content = spectral_norm((x.transpose() * y).as_ref())? * scale;
    let smoothness = 2.0 / count(y.nrows() * y.ncols()) * content * content * spectral_norm(gram(x).as_ref())?;
    let optimiser = Optimiser::GradientDescent { rate: 1.0 / smoothness };
    Training { optimiser, deviation: 0.0, steps, ..Training::new(Normalisation::Linear { scale }, Parametrisation::Merged) }.run(Task::regression(x, y), None)
}

/// ## A target pins the form only along itself
///
/// Training asks for $XWC = HY$, that is $WC = \hat\beta$ for one target or $\hat B$ for many. Every solution is
/// $W = G^{-1} + N(I - P_C)$ with any $N$ at all: along the span of $C$ the form must be the inverse Gram matrix,
/// across it it may be anything. The gradient is a multiple of $X^\top(XWC - Y)\,C^\top$, whose rows lie in the span of
/// $C$. So gradient descent from zero never moves across, and takes the smallest of them, $W = G^{-1}P_C$.
///
/// Its matrix $A = XG^{-1}P_CX^\top$ is a projection for every $m$, within {{idempotence}}: $A^2 = A$ because
/// $P_CP_C = P_C$. It reproduces the fitted values of least squares, $AY = HY$, within {{fitted}}. But its trace is
/// $m$ for $m \le d$ independent targets (independent, here and from here on, means that the columns of $C$ are:
/// targets that differ only where no feature reaches count as one), within {{trace}}, and it is an oblique
/// projection: on the synthetic data with three targets $\|A - A^\top\|$ is {{asymmetry:2}} of $\|A\|$, where a hat
/// matrix has zero. Descent lands on $G^{-1}P_C$ within {{descent}} on whitened rows, where the projection happens to
/// be symmetric.
///
/// The loss says the same. Its Hessian in the entries of $W$ is $\frac{2}{nm}\,CC^\top \otimes G$; of its sixty-four
/// directions {{directions_one}} bend for one target, {{directions_four}} for four and {{directions_eight}} for eight. In
/// the others the loss is flat, and no optimiser has a reason to move.
///
/// ```toml
/// kind = "identity"
/// settles = { S7 = "holds if" }
/// finding = "Descent from zero on fewer independent targets than features makes $A$ a projection of as many dimensions as targets, oblique unless rows are whitened; from $d$ independent targets on it *is* $H$."
/// uses = ["regression_reads_out_its_training_set"]
/// headline = "idempotence"
/// breaks_when = "there are as many independent targets as features. Nothing is then left free: with eight $A = H$ within {{full}}."
/// ```
#[test]
fn a_target_pins_the_form_only_along_itself() -> Result<()> {
    let mut evidence = Evidence::new();
    let x = synthetic().train.x;
    let (hat, bound) = (hat_matrix(x.as_ref(), 0.0, Intercept::None)?, rounding_bound(x.as_ref())?);
    let (mut idempotence, mut fitted, mut traces) = (0.0_f64, 0.0_f64, 0.0_f64);
    let mut weigh = |m: usize| {
        let y = many_targets(m, 1).train.y;
        let weights = linear::weights((&x * smallest_form(x.as_ref(), y.as_ref())?).as_ref(), x.as_ref(), 1.0, Diagonal::Kept);
        idempotence = idempotence.max(idempotence_gap(weights.as_ref()));
        fitted = fitted.max(relative_gap((&weights * &y).as_ref(), (&hat * &y).as_ref()));
        traces = traces.max((trace(weights.as_ref()) - count(m.min(8))).abs());
        Ok::<_, attention_regression::Error>(weights)
    };
    let matrices = [1, 3, 5, 8, 12].into_iter().map(&mut weigh).collect::<Result<Vec<_>>>()?;
    // Solving for the form magnifies once more, by the condition number of C.
    let bound = bound * content_condition(x.as_ref())?;
    evidence.rounding("idempotence", "$\\|A^2 - A\\|_F/\\|A\\|_F$, worst of five $m$", idempotence, bound);
    evidence.rounding("fitted", "$AY$ against $HY$, worst of five $m$", fitted, bound);
    evidence.rounding("trace", "$\\operatorname{tr} A$ against $\\min(m, d)$, worst of five $m$", traces, bound);
    evidence.judge("asymmetry", "$\\|A - A^\\top\\|_F/\\|A\\|_F$, three targets", asymmetry(matrices[1].as_ref()), relative(1e-6), at_least(0.1));

    let white = Whitening::fit(x.as_ref(), Root::Zca, Divisor::N, 0.0)?.apply(x.as_ref());
    let y = many_targets(3, 1).train.y;
    let learnt = descend(white.as_ref(), y.as_ref(), 3000)?.head.form() * faer::Scale(1.0 / 200.0);
    evidence.rounding(
        "descent",
        "descent's form against $G^{-1}P_C$, three targets",
        relative_gap(learnt.as_ref(), smallest_form(white.as_ref(), y.as_ref())?.as_ref()),
        bound,
    );
    for (name, m) in [("directions_one", 1), ("directions_four", 4), ("directions_eight", 8)] {
        let bending = rank_above(hessian(x.as_ref(), many_targets(m, 1).train.y.as_ref())?.as_ref(), 1e-10)?;
        evidence.exactly(name, &format!("rank of the Hessian, $m = {m}$, of 64"), bending, 8 * m);
    }

    // Control: as many independent targets as features.
    evidence.vanishing_control("full", "$A$ against $H$, eight targets", relative_gap(matrices[3].as_ref(), hat.as_ref()), bound);
    record!(evidence)
}

/// The largest condition number of $C = X^\top Y$, in its span, for the numbers of targets used here.
fn content_condition(x: MatRef<'_, f64>) -> Result<f64> {
    let of = |m: usize| {
        let content = x.transpose() * many_targets(m, 1).train.y;
        linalg::condition_number(if m > 8 { content.transpose() } else { content.as_ref() })
    };
    [1, 3, 5, 8, 12].into_iter().try_fold(1.0, |worst: f64, m| Ok(worst.max(of(m)?)))
}

/// The Hessian of the loss in the entries of $W$, d²×d²: the loss is quadratic, so differences of gradients are exact.
fn hessian(x: MatRef<'_, f64>, y: MatRef<'_, f64>) -> Result<Mat<f64>> {
    let d = x.ncols();
    let mut objective = Objective::new(Task::regression(x, y), Normalisation::Linear { scale: 1.0 / count(x.nrows()) }, Diagonal::Kept)?;
    let (mut base, mut moved, mut hessian) = (Mat::zeros(d, d), Mat::zeros(d, d), Mat::zeros(d * d, d * d));
    objective.evaluate(Mat::zeros(d, d).as_ref(), base.as_mut());
    for column in 0..d * d {
        let unit = Mat::from_fn(d, d, |i, j| if i + d * j == column { 1.0 } else { 0.0 });
        objective.evaluate(unit.as_ref(), moved.as_mut());
        for row in 0..d * d {
            hessian[(row, column)] = moved[(row % d, row / d)] - base[(row % d, row / d)];
        }
    }
    Ok(hessian)
}

/// ## Each independent target forces one direction more
///
/// How far is the form from regression's? On whitened rows $G^{-1} = I/n$, the form is $P_C/n$, and
///
/// $$\frac{\|W - G^{-1}\|_F}{\|G^{-1}\|_F} \;=\; \left(1 - \frac{m}{d}\right)^{1/2},$$
///
/// whatever the targets are, for $\|I - P_C\|^2 = d - m$. The forms $G^{-1}P_C$, at which descent ends, agree within
/// {{whitened}} for every $m$ from one to eight. Halfway, with four targets, the mechanism is still {{half:2}} of its
/// size away; only the last target brings it home.
///
/// On rows as they are it comes later still. $C = G\hat B$ weighs the directions of large variance most, while $G^{-1}$
/// lives in those of small variance, and these are learnt last: with seven random targets of eight the form is
/// {{seven:2}} away, in the mean over a hundred draws, where whitened rows are at {{seven_whitened:2}}.
///
/// So the post's sentence, similar outputs and starkly different mechanisms, has a condition: it is about fewer
/// targets than features, and most starkly about one. From as many independent targets as features on, a linear
/// attention that predicts like regression is regression.
///
/// ![**Targets force the mechanism.** Distance of the form that descent ends at from $G^{-1}$, against the number of targets: the closed form on whitened rows, and the mean over a hundred random draws on rows as they are. At eight both are zero.](figure)
///
/// ```toml
/// kind = "identity"
/// settles = { S8 = "holds if" }
/// finding = "It holds with fewer targets than features: on whitened rows the form is $(1 - m/d)^{1/2}$ from regression's. With $d$ independent targets equal outputs force equal mechanisms."
/// uses = ["a_target_pins_the_form_only_along_itself"]
/// headline = "whitened"
/// breaks_when = "the targets are not independent. Sixty-four copies of one leave the form {{copies:2}} of its norm away: it is their rank that counts."
/// ```
#[test]
fn each_independent_target_forces_one_direction_more() -> Result<()> {
    let mut evidence = Evidence::new();
    let x = synthetic().train.x;
    let white = Whitening::fit(x.as_ref(), Root::Zca, Divisor::N, 0.0)?.apply(x.as_ref());
    let distance = |x: &Mat<f64>, y: &Mat<f64>| {
        let inverse = linalg::symmetric_power(gram(x.as_ref()).as_ref(), -1.0)?;
        Ok::<_, attention_regression::Error>(relative_gap(smallest_form(x.as_ref(), y.as_ref())?.as_ref(), inverse.as_ref()))
    };
    let formula = |m: usize| (1.0 - count(m) / 8.0).sqrt();
    let (mut worst, mut natural) = (0.0_f64, Vec::new());
    for m in 1..=8 {
        // The square: near m = d a root would magnify rounding.
        worst = worst.max((distance(&white, &many_targets(m, 1).train.y)?.powi(2) - formula(m).powi(2)).abs());
        let draws = (0..100).map(|seed| distance(&x, &many_targets(m, 100 + seed).train.y)).collect::<Result<Vec<_>>>()?;
        natural.push(draws.iter().sum::<f64>() / count(draws.len()));
    }
    evidence.rounding(
        "whitened",
        "square of the form's distance against $1 - m/d$, whitened, worst of eight $m$",
        worst,
        rounding_bound(x.as_ref())? * content_condition(white.as_ref())?,
    );
    evidence.judge(
        "half",
        "distance of the form from $G^{-1}$, four targets, whitened",
        distance(&white, &many_targets(4, 1).train.y)?,
        relative(1e-9),
        at_least(0.7),
    );
    evidence.note("seven_whitened", "distance of the form from $G^{-1}$, seven targets, whitened", formula(7), relative(1e-9));
    evidence.judge("seven", "mean distance of the form from $G^{-1}$, seven targets, rows as they are", natural[6], relative(1e-3), at_least(formula(7)));
    let above = (0..7).filter(|&place| natural[place] > formula(place + 1)).count();
    evidence.exactly("above", "numbers of targets for which the mean lies above the closed form, of seven", above, 7);

    // Control: many targets of rank one.
    let one = many_targets(1, 1).train.y;
    let copies = Mat::from_fn(one.nrows(), 64, |i, _| one[(i, 0)]);
    evidence.control(
        "copies",
        "distance of the form from $G^{-1}$, 64 copies of one target, whitened",
        distance(&white, &copies)?,
        relative(1e-6),
        at_least(0.9),
    );
    let targets: Vec<f64> = (1..=8).map(count).collect();
    let series = |name: &str, mark, stroke, y: Vec<f64>, at, side| Series {
        name: name.to_owned(),
        ink: Ink::Linear,
        mark,
        stroke,
        x: targets.clone(),
        y,
        relative: 1e-3,
        label: Some(Label { at, side }),
    };
    let closed = series("whitened rows, √(1 − m ∕ d)", None, Stroke::Dotted, (1..=8).map(formula).collect(), 2, Side::Below);
    let natural = series(
        "rows as they are",
        Some(Mark::Circle),
        Stroke::Solid,
        natural.into_iter().map(|gap| if gap < 1e-9 { 0.0 } else { gap }).collect(),
        4,
        Side::Right,
    );
    let axes = (
        Axis::linear("number of targets m", &[1.0, 2.0, 4.0, 6.0, 8.0]),
        Axis::linear("distance of the form from the inverse Gram matrix, ‖W − G⁻¹‖ ∕ ‖G⁻¹‖", &[0.0, 0.25, 0.5, 0.75, 1.0]),
    );
    let title = "How far the form that descent ends at is from the inverse Gram matrix, against the number of targets";
    evidence.figure(Figure { title: title.to_owned(), plot: Plot::Chart(Chart::new(axes.0, axes.1, vec![closed, natural])) });
    record!(evidence)
}

/// ## Another set of values exposes the mechanism
///
/// Predictions on the training target cannot tell the two machines apart. Another target can. Keep the queries, the
/// keys and the learnt $W$, and hand the layer other *values*: for a regression these are just new targets, and $HY'$
/// is their least-squares fit. An attention with the form that one target teaches explains {{one:2}} of the variance
/// of twenty other linear targets, in the median over thirty draws, and in the worst of them
/// {{one.lowest|does worse than predicting the mean|-99..-0.1}}; regression explains {{regression:3}}. With every
/// target that it is trained on it gains: {{four:2}} with four, and with eight it is the regression, draw by draw.
///
/// The softmax attentions of the experiment fail the same question. Tied or separate, they explain {{softmax_before:3}}
/// of the synthetic target they were trained on and {{softmax_after:2}} of twenty new ones. A weight matrix that was
/// never trained has nothing to lose: weights by nearness alone, proportional to $e^{-\|x_* - x_i\|^2/2}$, explain
/// {{kernel_before:2}} before and {{kernel_after:2}} after.
///
/// ![**The value swap.** The share of variance explained on new linear targets, by the number of targets that taught the form: dots are thirty draws, the line is their median, and the black line that of regression on the same draws. Of 240 dots {{below}} lie below the frame.](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["each_independent_target_forces_one_direction_more"]
/// headline = "one"
/// breaks_when = "there are as many targets as features: trained on eight, the form explains {{eight:3}} of the new targets, as regression does on the same draws."
///
/// [room]
/// one = "The best of thirty draws counts, and one was lucky; the median is {{one:2}}."
/// ```
#[test]
fn another_set_of_values_exposes_the_mechanism() -> Result<()> {
    let mut evidence = Evidence::new();
    let swap = |m: usize| (0..30).map(|seed| swapped(m, 200 + seed)).collect::<Result<Vec<_>>>();
    let shares = (1..=8).map(swap).collect::<Result<Vec<_>>>()?;
    let attention: Vec<Vec<f64>> = shares.iter().map(|draws| draws.iter().map(|(attention, _)| *attention).collect()).collect();
    let regression: Vec<f64> = shares[0].iter().map(|(_, regression)| *regression).collect();
    let measures = |m: usize| format!("$R^2$ on twenty new targets, trained on {m}");
    evidence.seeds("one", &measures(1), &attention[0], relative(0.02), at_most(0.6));
    evidence.seeds("four", &measures(4), &attention[3], relative(0.02), at_most(0.9));
    evidence.seeds("regression", "$R^2$ on twenty new targets, least squares", &regression, relative(1e-3), at_least(0.9));
    let Swap { softmax, kernel } = softmax_swap()?;
    evidence.seeds("softmax_before", "$R^2$ of trained softmax on its own target", &softmax[0], relative(0.02), at_least(0.8));
    evidence.seeds("softmax_after", "$R^2$ of the trained softmax layers on twenty new targets", &softmax[1], relative(0.05), at_most(0.8));
    evidence.note("kernel_before", "$R^2$ of a fixed kernel on the target of the softmax layers", kernel[0], relative(1e-3));
    evidence.judge("kernel_after", "$R^2$ of the fixed kernel on twenty new targets", kernel[1], relative(1e-3), at_least(0.5));

    // Control: eight targets.
    evidence.control("eight", &measures(8), median(&attention[7]), relative(1e-3), at_least(0.9));
    let targets: Vec<f64> = (1..=8).map(count).collect();
    let line = Series {
        name: "regression".to_owned(),
        ink: Ink::Regression,
        mark: None,
        stroke: Stroke::Solid,
        x: targets.clone(),
        y: shares.iter().map(|draws| median(&draws.iter().map(|(_, regression)| *regression).collect::<Vec<_>>())).collect(),
        relative: 1e-3,
        label: Some(Label { at: 0, side: Side::Above }),
    };
    let single = attention.iter().zip(&targets).flat_map(|(draws, &m)| draws.iter().map(move |&share| (m, share)));
    let (shown, below): (Vec<_>, Vec<_>) = single.partition(|(_, share)| *share >= FRAME);
    evidence.count("below", "draws of 240 with $R^2 < -1/2$ on new targets, one to eight targets", below.len());
    let (x, y) = shown.into_iter().unzip();
    let draws = Series { name: "single draws".to_owned(), ink: Ink::Linear, mark: Some(Mark::Dot), stroke: Stroke::None, x, y, relative: 1e-3, label: None };
    let marks = Series {
        name: "linear attention".to_owned(),
        ink: Ink::Linear,
        mark: Some(Mark::Circle),
        stroke: Stroke::Solid,
        x: targets.clone(),
        y: attention.iter().map(|draws| median(draws)).collect(),
        relative: 1e-3,
        label: Some(Label { at: 2, side: Side::Right }),
    };
    let axes = (Axis::linear("number of targets that taught the form", &[1.0, 2.0, 4.0, 6.0, 8.0]), Axis::linear("R² on new targets", &[FRAME, 0.0, 0.5, 1.0]));
    let title = "Variance of new targets explained, against the number of targets in training";
    evidence.figure(Figure { title: title.to_owned(), plot: Plot::Chart(Chart::new(axes.0, axes.1, vec![draws, line, marks])) });
    record!(evidence)
}

/// Below which draws are not drawn.
const FRAME: f64 = -0.5;

/// New targets of a draw, judged together.
const OTHERS: usize = 20;

/// R² on test rows of targets that were not trained on: by the smallest form of `m` others, and by least squares.
fn swapped(m: usize, seed: u64) -> Result<(f64, f64)> {
    let data = many_targets(m + OTHERS, seed);
    let (x, new) = (data.train.x.as_ref(), data.test.x.as_ref());
    let form = smallest_form(x, data.train.y.as_ref().subcols(0, m))?;
    let (values, truth) = (data.train.y.as_ref().subcols(m, OTHERS), data.test.y.as_ref().subcols(m, OTHERS));
    let attended = linear::output((new * form).as_ref(), x, values, 1.0, Diagonal::Kept);
    let fitted = Ridge::fit(x, values, 0.0, Intercept::None)?.predict(new);
    Ok((r_squared(attended.as_ref(), truth), r_squared(fitted.as_ref(), truth)))
}

/// R² on the target they know and on new ones: the softmax attentions of the experiment, and a kernel smoother.
struct Swap {
    softmax: [Vec<f64>; 2],
    kernel: [f64; 2],
}

fn softmax_swap() -> Result<Swap> {
    let comparison = comparisons()?[0];
    let data = comparison.data();
    let mut softmax = [Vec::new(), Vec::new()];
    // The rows of the experiment with other weights and other noise.
    let other = Synthetic { weights: standard_normal(300, 8, 8, OTHERS), ..Synthetic::default() }.draw(1).centred();
    let (on_train, on_test) = (&other.train.y, &other.test.y);
    for variant in [Variant::grid()[4], Variant::grid()[5]] {
        for seed in SEEDS {
            let head = comparison.train(variant, seed)?.head;
            let [_, known] = comparison.predict(variant, &head, data.train.y.as_ref())?;
            let [_, new] = comparison.predict(variant, &head, on_train.as_ref())?;
            softmax[0].push(r_squared(known.as_ref(), data.test.y.as_ref()));
            softmax[1].push(r_squared(new.as_ref(), on_test.as_ref()));
        }
    }
    let smoother = attention_regression::regression::kernel::smoother_matrix(data.test.x.as_ref(), data.train.x.as_ref(), 1.0)?;
    let kernel = [r_squared((&smoother * &data.train.y).as_ref(), data.test.y.as_ref()), r_squared((&smoother * on_train).as_ref(), on_test.as_ref())];
    Ok(Swap { softmax, kernel })
}

fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    f64::midpoint(sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2])
}

/// ## Trained on noise, attention becomes least squares
///
/// The targets are only there to force the mechanism, so they need not mean anything. Give attention sixty-four
/// columns of pure noise to predict: there is nothing in them to learn, least squares explains of them, in
/// expectation, only the share $d/(n-1)$, and yet their products with $X$ span every direction. On whitened rows
/// gradient descent brings $A$ to the hat matrix within {{mechanism}}. Handed the real target as values, the layer
/// that has only ever seen noise predicts new rows as least squares does, within {{outputs}}, and explains
/// {{explained:3}} of their variance.
///
/// A target teaches the form one direction of the geometry of $X$, whether it means anything or not. Enough of them
/// teach all.
///
/// ![**Learning the geometry from noise.** Distance of the attention matrix from the hat matrix along gradient descent, on
/// whitened rows, for one noise target, for eight and for sixty-four.](figure)
///
/// ```toml
/// kind = "identity"
/// uses = ["each_independent_target_forces_one_direction_more"]
/// headline = "mechanism"
/// breaks_when = "the noise has rank one. Sixty-four copies of one noise column leave the mechanism {{copies:2}} norms away, and the real target explained to {{copies_explained:2}}."
/// ```
#[test]
fn trained_on_noise_attention_becomes_least_squares() -> Result<()> {
    let mut evidence = Evidence::new();
    let comparison = comparisons()?[0];
    let rows = comparison.rows(Variant { whitened: true, ..Variant::grid()[0] });
    let (x, new, y) = (rows.train.x.as_ref(), rows.test.x.as_ref(), rows.train.y.as_ref());
    let noise = standard_normal(77, 0, x.nrows(), 64);
    let (hat, fit) = (hat_matrix(x, 0.0, Intercept::None)?, Ridge::fit(x, y, 0.0, Intercept::None)?);
    let scale = 1.0 / count(x.nrows());
    let matrix = |form: MatRef<'_, f64>| linear::weights((x * form).as_ref(), x, scale, Diagonal::Kept);
    let predict = |form: MatRef<'_, f64>| linear::output((new * form).as_ref(), x, y, scale, Diagonal::Kept);

    let form = descend(x, noise.as_ref(), 2000)?.head.form();
    let bound = rounding_bound(comparison.data().train.x.as_ref())?;
    evidence.rounding(
        "mechanism",
        "$\\|A - H\\|_F/\\|H\\|_F$, 64 noise targets, 2000 steps",
        relative_gap(matrix(form.as_ref()).as_ref(), hat.as_ref()),
        bound,
    );
    let predicted = predict(form.as_ref());
    evidence.rounding("outputs", "predictions of the real target against least squares", relative_gap(predicted.as_ref(), fit.predict(new).as_ref()), bound);
    evidence.judge("explained", "$R^2$ of the real target on test rows", r_squared(predicted.as_ref(), rows.test.y.as_ref()), relative(1e-3), at_least(0.9));

    // Control: many columns, one direction.
    let copies = Mat::from_fn(noise.nrows(), 64, |i, _| noise[(i, 0)]);
    let single = descend(x, copies.as_ref(), 2000)?.head.form();
    evidence.control(
        "copies",
        "$\\|A - H\\|_F/\\|H\\|_F$, 64 copies of one column",
        relative_gap(matrix(single.as_ref()).as_ref(), hat.as_ref()),
        relative(1e-3),
        at_least(0.9),
    );
    let explained = r_squared(predict(single.as_ref()).as_ref(), rows.test.y.as_ref());
    evidence.control("copies_explained", "$R^2$ of the real target, 64 copies", explained, relative(1e-3), at_most(0.5));
    let path = |m: usize, at: usize, side: Side| {
        let trained = descend(x, noise.as_ref().subcols(0, m), 1000)?;
        let points = trained.path.iter().filter(|record| record.step > 0);
        let mut points: Vec<(f64, f64)> =
            points.map(|record| (count(record.step), relative_gap(matrix(record.head.form().as_ref()).as_ref(), hat.as_ref()))).collect();
        // Further down there is more rounding than gap.
        points.retain(|&(_, gap)| gap >= 1e-9);
        // One target is met in one step; after how many more the gradient is exactly zero depends on the CPU.
        let last = points[points.len() - 1].1;
        if last > 1e-6 {
            points = vec![points[0], (1000.0, last)];
        }
        let (x, y) = points.into_iter().unzip();
        let name = if m == 1 { "one noise target".to_owned() } else { format!("{m} noise targets") };
        Ok::<_, attention_regression::Error>(Series {
            name,
            ink: Ink::Linear,
            mark: None,
            stroke: Stroke::Solid,
            x,
            y,
            relative: 0.02,
            label: Some(Label { at, side }),
        })
    };
    let series = vec![path(1, 1, Side::Below)?, path(8, 40, Side::Above)?, path(64, 12, Side::Left)?];
    let axes = (
        Axis::log("step of gradient descent", &[1.0, 10.0, 100.0, 1000.0]),
        Axis::log("distance from the hat matrix, ‖A − H‖ ∕ ‖H‖", &[1e-9, 1e-6, 1e-3, 1.0]),
    );
    let title = "Distance of attention from the hat matrix while it learns noise";
    evidence.figure(Figure { title: title.to_owned(), plot: Plot::Chart(Chart::new(axes.0, axes.1, series)) });
    record!(evidence)
}
