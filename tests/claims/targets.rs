//! # How many targets
//!
//! <div class="aside" role="note">
//!
//! $m$ is the number of targets, $C = X^\top Y$ is $d \times m$, and $P_C$ projects onto the span of its columns. A form $W$
//! predicts $XWC$.
//!
//! </div>
//!
//! Attention without softmax can predict what regression predicts with a matrix that is not regression's. The reason is
//! that predictions ask little of the matrix. A single target puts $d$ conditions on the $d^2$ entries of $W$, eight on
//! sixty-four for the synthetic data. What it leaves open is decided by where training starts and by the optimiser.
//!
//! This chapter counts the conditions. It finds the forms that least squares allows and says which of them training takes;
//! it adds targets until nothing is left free; it hands the trained layer other values, which shows a difference that the
//! old target hides; and it makes linear attention a regression by teaching it noise. Attention has no softmax here, except
//! where a comparison says so, and every target is its own column of values, $V = Y$.
//!
//! Work on in-context learning trains one layer across many tasks, as a rule with new rows for each. Where the tasks share their
//! rows this is training with many targets, one for each task, and for that case the chapter says what a layer learns.

use attention_regression::agreement::{asymmetry, idempotence_gap, r_squared};
use attention_regression::attention::gradients::{Objective, Task};
use attention_regression::attention::{Diagonal, Head, Normalisation, linear};
use attention_regression::compare::ink::{LINEAR, REGRESSION};
use attention_regression::data::{Dataset, Synthetic, Table};
use attention_regression::experiment::{Comparison, Settings, Variant};
use attention_regression::linalg::{self, count, frobenius_norm, gram, rank_above, relative_gap, spectral_norm, trace};
use attention_regression::notebook::claim::evidence::{Evidence, absolute, median, relative};
use attention_regression::publish::figure::{Axis, Chart, Figure, Mark, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge, hat_matrix, kernel};
use attention_regression::training::{Optimiser, Parametrisation, Training};
use attention_regression::whitening::{Divisor, Root, Whitening};
use attention_regression::{Error, Mat, MatRef, Result, record};

use crate::support::{Draw, INITS, draws, first, in_parallel, rounding_bound, synthetic};

/// The synthetic design with m targets, each with its own random weights, centred.
fn many_targets(m: usize, draw: Draw) -> Dataset {
    draw.of(&Synthetic { weights: draw.normal(0, 8, m), ..Synthetic::default() }).centred()
}

/// The same with orthonormal weights for the first eight targets: of random ones some are nearly dependent.
fn independent_targets(m: usize, draw: Draw) -> Dataset {
    let (first, rest) = (draw.normal(0, 8, 8).qr().compute_thin_Q(), draw.normal(1, 8, m));
    let weights = Mat::from_fn(8, m, |i, t| if t < 8 { first[(i, t)] } else { rest[(i, t)] });
    draw.of(&Synthetic { weights, ..Synthetic::default() }).centred()
}

/// Rows whitened by their own statistics.
fn whitened(x: MatRef<'_, f64>) -> Result<Mat<f64>> {
    Ok(Whitening::fit(x, Root::Zca, Divisor::N, 0.0)?.apply(x))
}

/// Of the forms that take the columns of C to those of B the one of smallest Frobenius norm, $BC^+$.
fn smallest_with(content: MatRef<'_, f64>, coefficients: MatRef<'_, f64>) -> Result<Mat<f64>> {
    Ok(Ridge::fit(content.transpose(), coefficients.transpose(), 0.0, Intercept::None)?
        .coefficients()
        .transpose()
        .to_owned())
}

/// $W = G^{-1}P_C$, the smallest form with $XWC = HY$.
fn smallest_form(x: MatRef<'_, f64>, y: MatRef<'_, f64>) -> Result<Mat<f64>> {
    smallest_with((x.transpose() * y).as_ref(), Ridge::fit(x, y, 0.0, Intercept::None)?.coefficients())
}

/// $G^{-1}P_C + W_0(I - P_C)$: where descent from W₀ ends.
fn landing(x: MatRef<'_, f64>, y: MatRef<'_, f64>, start: MatRef<'_, f64>) -> Result<Mat<f64>> {
    let content = x.transpose() * y;
    Ok(smallest_form(x, y)? + start - smallest_with(content.as_ref(), (start * &content).as_ref())?)
}

/// $A = XWX^\top$.
fn matrix(x: MatRef<'_, f64>, form: &Mat<f64>) -> Mat<f64> {
    linear::weights((x * form).as_ref(), x, 1.0, Diagonal::Kept)
}

/// Merged linear attention at the scale 1/n by gradient descent from zero, at the largest rate that cannot overshoot.
fn descent(x: MatRef<'_, f64>, y: MatRef<'_, f64>, steps: usize) -> Result<Training> {
    let scale = 1.0 / count(x.nrows());
    let content = spectral_norm((x.transpose() * y).as_ref())? * scale;
    let smoothness = 2.0 / count(y.nrows() * y.ncols()) * content * content * spectral_norm(gram(x).as_ref())?;
    let optimiser = Optimiser::GradientDescent { rate: 1.0 / smoothness };
    Ok(Training {
        optimiser,
        deviation: 0.0,
        steps,
        ..Training::new(Normalisation::Linear { scale }, Parametrisation::Merged)
    })
}

/// A head's form where A is not scaled.
fn unscaled(head: &Head, rows: usize) -> Mat<f64> {
    head.form() * faer::Scale(1.0 / count(rows))
}

/// ## A target pins the form only along itself
///
/// Training asks for $XWC = HY$, that is $WC = \hat\beta$ for one target or $\hat B$ for many. Every solution is
/// $W = G^{-1} + N(I - P_C)$ with any $N$ at all: along the span of $C$ the form must be the inverse Gram matrix,
/// across it it may be anything. We descend on the entries of $W$ itself; the [next chapter](tying.md) takes up the two factors. The
/// gradient is a multiple of $X^\top(XWC - Y)\,C^\top$, whose rows lie in the span of
/// $C$. So gradient descent never moves across. From zero it ends at the smallest solution, $W = G^{-1}P_C$; from a
/// start $W_0$ it ends at $G^{-1}P_C + W_0(I - P_C)$, and what it had across is still there. On whitened rows, where it
/// converges quickly, descent on three targets arrives at these forms to rounding.
///
/// The matrix of the smallest form, $A = XG^{-1}P_CX^\top$, is a projection for every $m$, to rounding:
/// $A^2 = A$ because $P_CP_C = P_C$. It reproduces the fitted values of least squares, $AY = HY$. But its trace is
/// $m$ for $m \le d$ independent targets (independent, here and from here on, means that the columns of $C$ are:
/// targets that differ only where no feature reaches count as one), and it is an oblique projection: on the synthetic
/// rows with three targets $\|A - A^\top\|$ is {{asymmetry:2}} of $\|A\|$, where a hat matrix has zero.
///
/// So the matrices of a trained layer mix what it learnt with where it began. We let descent
/// start twice, from random entries with a standard deviation of three tenths, at the scale $1/n$, on whitened rows and
/// three targets. Both ends have the fitted values of least squares; their matrices are {{starts:2}} norms of $H$ apart
/// (median over draws). One such matrix does not show which part of it was learnt. Two show more: what differs
/// between them was not.
///
/// The loss says the same. Its Hessian in the entries of $W$ is $\frac{2}{nm}\,CC^\top \otimes G$; of its sixty-four
/// directions {{directions_one}} bend for one target, {{directions_four}} for four and {{directions_eight}} for eight. In
/// the others the loss is flat. What the form is there depends on the start, and on the optimiser, as the
/// [next chapter](tying.md) shows for Adam.
///
/// ```toml
/// kind = "identity"
/// settles = { S7 = "sound if" }
/// finding = "Without softmax, the matrices say what attention learnt only along its targets; across them they keep what the start and the optimiser put there. So they must come from a layer with as many independent targets as features, where $A$ *is* $H$, or from several starts: what differs between these was not learnt."
/// uses = ["regression_reads_out_its_training_set"]
/// headline = "starts"
/// breaks_when = "there are as many independent targets as features. Nothing is then left free: with eight, both starts end at one matrix, the hat matrix, within {{full}}."
/// ```
#[test]
fn a_target_pins_the_form_only_along_itself() -> Result<()> {
    let mut evidence = Evidence::new();
    let x = synthetic().train.x;
    // Solving for the form magnifies once more, by the condition number of C.
    let bound = rounding_bound(x.as_ref())? * content_condition(x.as_ref())?;
    let hat = hat_matrix(x.as_ref(), 0.0, Intercept::None)?;
    let zero = Mat::zeros(8, 8);
    let projected = |m: usize, start: &Mat<f64>| {
        let y = independent_targets(m, first()).train.y;
        Ok::<_, Error>(matrix(x.as_ref(), &landing(x.as_ref(), y.as_ref(), start.as_ref())?))
    };
    let (mut idempotence, mut fitted, mut traces) = (0.0_f64, 0.0_f64, 0.0_f64);
    for m in [1, 3, 5, 8, 12] {
        let (weights, y) = (projected(m, &zero)?, independent_targets(m, first()).train.y);
        idempotence = idempotence.max(idempotence_gap(weights.as_ref()));
        fitted = fitted.max(relative_gap((&weights * &y).as_ref(), (&hat * &y).as_ref()));
        traces = traces.max((trace(weights.as_ref()) - count(m.min(8))).abs());
    }
    evidence.rounding("idempotence", "$\\|A^2 - A\\|_F/\\|A\\|_F$", idempotence, bound);
    evidence.rounding("fitted", "$AY$ against $HY$, worst of five $m$", fitted, bound);
    evidence.rounding("trace", "$\\operatorname{tr} A$ against $\\min(m, d)$, worst of five $m$", traces, bound);
    let started = [1, 3, 5].into_iter().map(|m| Ok(idempotence_gap(projected(m, &start(first(), 2))?.as_ref())));
    let started = started.collect::<Result<Vec<_>>>()?;
    evidence
        .breaks("started", "idempotence", "descent starts from random weights and not from zero", started)
        .within(relative(1e-6))
        .by(1e6);
    let oblique = draws().into_iter().map(oblique).collect::<Result<Vec<_>>>()?;
    evidence
        .measure("asymmetry", "$\\|A - A^\\top\\|_F/\\|A\\|_F$, three targets", oblique)
        .within(relative(1e-6))
        .at_least(0.2);

    let two = |m: usize| draws().into_iter().map(|draw| two_starts(m, draw)).collect::<Result<Vec<_>>>();
    let (three, eight) = (two(3)?, two(8)?);
    evidence
        .measure(
            "starts",
            "$\\|A_1 - A_2\\|_F/\\|H\\|_F$ of two starts, whitened rows",
            three.iter().map(|two| two.apart).collect::<Vec<_>>(),
        )
        .within(relative(1e-6))
        .at_least(0.5);
    let worst = |of: fn(&TwoStarts) -> f64| three.iter().chain(&eight).map(of).fold(0.0, f64::max);
    let starts_bound = worst(|two| two.bound);
    evidence.rounding(
        "same",
        "$AY$ against $HY$ from both starts, three and eight targets, worst of the draws",
        worst(|two| two.outputs),
        starts_bound,
    );
    let full = eight.iter().map(|two| two.apart.max(two.hat)).collect::<Vec<_>>();
    evidence
        .breaks("full", "starts", "there are as many independent targets as features", full)
        .vanishing(starts_bound, 1e4);

    evidence.rounding(
        "descent",
        "descent's forms against $G^{-1}P_C + W_0(I - P_C)$, three targets, from zero and from a random start",
        descended(first())?,
        bound,
    );
    for (name, m) in [("directions_one", 1), ("directions_four", 4), ("directions_eight", 8)] {
        let bending =
            rank_above(hessian(x.as_ref(), independent_targets(m, first()).train.y.as_ref())?.as_ref(), 1e-10)?;
        evidence.exactly(name, &format!("rank of the Hessian, $m = {m}$, of 64"), bending, 8 * m);
    }
    record!(evidence)
}

/// The asymmetry of A from three targets.
fn oblique(draw: Draw) -> Result<f64> {
    let Table { x, y } = independent_targets(3, draw).train;
    Ok(asymmetry(matrix(x.as_ref(), &smallest_form(x.as_ref(), y.as_ref())?).as_ref()))
}

/// Standard deviation of the random starts, for attention at the scale 1/n.
const DEVIATION: f64 = 0.3;

/// A random start, for the form of an A that is not scaled.
fn start(draw: Draw, stream: u64) -> Mat<f64> {
    draw.normal(stream, 8, 8) * faer::Scale(DEVIATION / 200.0)
}

/// What descent from two random starts leaves on whitened rows.
struct TwoStarts {
    /// ‖A₁ − A₂‖/‖H‖.
    apart: f64,
    /// The larger gap of A to H.
    hat: f64,
    /// The larger gap of AY to HY.
    outputs: f64,
    bound: f64,
}

fn two_starts(m: usize, draw: Draw) -> Result<TwoStarts> {
    let Table { x, y } = independent_targets(m, draw).train;
    let white = whitened(x.as_ref())?;
    let bound = rounding_bound(x.as_ref())? * linalg::condition_number((white.transpose() * &y).as_ref())?;
    let hat = hat_matrix(white.as_ref(), 0.0, Intercept::None)?;
    let ending = |stream| {
        Ok::<_, Error>(matrix(white.as_ref(), &landing(white.as_ref(), y.as_ref(), start(draw, stream).as_ref())?))
    };
    let ends = [ending(2)?, ending(3)?];
    let worst = |of: &dyn Fn(&Mat<f64>) -> f64| ends.iter().map(of).fold(0.0, f64::max);
    Ok(TwoStarts {
        apart: frobenius_norm((&ends[0] - &ends[1]).as_ref()) / frobenius_norm(hat.as_ref()),
        hat: worst(&|end| relative_gap(end.as_ref(), hat.as_ref())),
        outputs: worst(&|end| relative_gap((end * &y).as_ref(), (&hat * &y).as_ref())),
        bound,
    })
}

/// Descent on three targets and whitened rows, from zero and from a random start: the larger gap of its form to where it must end.
fn descended(draw: Draw) -> Result<f64> {
    let Table { x, y } = independent_targets(3, draw).train;
    let white = whitened(x.as_ref())?;
    let gap = |deviation| {
        let trained = Training { deviation, ..descent(white.as_ref(), y.as_ref(), 3000)? }
            .run(Task::regression(white.as_ref(), y.as_ref()), None)?;
        let [first, last] = [&trained.path[0].head, &trained.head].map(|head| unscaled(head, white.nrows()));
        Ok::<_, Error>(relative_gap(last.as_ref(), landing(white.as_ref(), y.as_ref(), first.as_ref())?.as_ref()))
    };
    Ok(gap(0.0)?.max(gap(DEVIATION)?))
}

/// The largest condition number of $C = X^\top Y$, in its span, for the numbers of targets used here.
fn content_condition(x: MatRef<'_, f64>) -> Result<f64> {
    let of = |m: usize| {
        let content = x.transpose() * independent_targets(m, first()).train.y;
        linalg::condition_number(if m > 8 { content.transpose() } else { content.as_ref() })
    };
    (1..=8).chain([12]).try_fold(1.0, |worst: f64, m| Ok(worst.max(of(m)?)))
}

/// The Hessian of the loss in the entries of $W$, d²×d²: the loss is quadratic, so differences of gradients are exact.
fn hessian(x: MatRef<'_, f64>, y: MatRef<'_, f64>) -> Result<Mat<f64>> {
    let d = x.ncols();
    let mut objective = Objective::new(
        Task::regression(x, y),
        Normalisation::Linear { scale: 1.0 / count(x.nrows()) },
        Diagonal::Kept,
    )?;
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
/// How far is the form from regression's? On whitened rows $G^{-1} = I/n$, the form at which descent from zero ends is
/// $P_C/n$, and
///
/// $$\frac{\|W - G^{-1}\|_F}{\|G^{-1}\|_F} \;=\; \left(1 - \frac{m}{d}\right)^{1/2},$$
///
/// whatever $m$ independent targets they are, for $\|I - P_C\|^2 = d - m$. The squares of both sides agree for every
/// $m$ from one to eight, within {{whitened}}. Halfway,
/// with four targets, the mechanism is still {{half:2}} of its size away; with the eighth it is regression's.
///
/// On rows as they are it comes later still. $C = G\hat B$ weighs the directions of large variance most, while $G^{-1}$
/// lives in those of small variance, and random targets reach these last: with seven random targets the form is
/// {{seven:2}} away, in the mean over twenty draws and the median over five such means, where whitened rows are at
/// {{seven_whitened:2}}.
///
/// So the post's sentence, similar outputs and starkly different mechanisms, has a condition where attention has no
/// softmax: it is about fewer targets than features, and most starkly about one. From as many independent targets as
/// features on, a linear attention that predicts all of them as regression does is regression.
///
/// ![**Targets force the mechanism.** Distance of the form that descent ends at from $G^{-1}$, against the number of targets: the closed form on whitened rows, and the mean over a hundred random draws on rows as they are. At eight both are zero.](figure)
///
/// ```toml
/// kind = "identity"
/// settles = { S8 = "holds if" }
/// finding = "Without softmax it holds with fewer independent targets than features: on whitened rows the form that descent from zero finds is $(1 - m/d)^{1/2}$ from regression's. With $d$ independent targets equal outputs force equal mechanisms."
/// uses = ["a_target_pins_the_form_only_along_itself"]
/// headline = "whitened"
/// breaks_when = "the targets are not independent. Sixty-four copies of one leave the square of the distance at {{copies:2}}, where eight independent targets bring it to zero: it is their rank that counts."
/// ```
#[test]
fn each_independent_target_forces_one_direction_more() -> Result<()> {
    let mut evidence = Evidence::new();
    let x = synthetic().train.x;
    let white = whitened(x.as_ref())?;
    let target = |m: usize| independent_targets(m, first()).train.y;
    let gaps = (1..=8).map(|m| square_gap(&white, &target(m))).collect::<Result<Vec<_>>>()?;
    evidence.rounding(
        "whitened",
        "square of the form's distance against $1 - \\min(m, d)/d$",
        gaps.into_iter().fold(0.0, f64::max),
        rounding_bound(x.as_ref())? * content_condition(white.as_ref())?,
    );
    let one = target(1);
    let copies = Mat::from_fn(one.nrows(), 64, |i, _| one[(i, 0)]);
    evidence
        .breaks("copies", "whitened", "the targets are 64 copies of one", square_gap(&white, &copies)?)
        .within(relative(1e-6))
        .by(1e6);
    let raw = draws()
        .into_iter()
        .map(|draw| independent_targets(1, draw).train)
        .map(|table| square_gap(&table.x, &table.y))
        .collect::<Result<Vec<_>>>()?;
    evidence.breaks("raw", "whitened", "the rows are not whitened, one target", raw).within(relative(1e-6)).by(1e6);

    let formula = |m: usize| (1.0 - count(m) / 8.0).sqrt();
    for (name, m) in [("half", 4), ("seven_whitened", 7)] {
        let words = format!("distance of the form from $G^{{-1}}$, {m} targets, whitened rows");
        evidence.measure(name, &words, distance(&white, &target(m))?).within(relative(1e-9)).equals(
            formula(m),
            "$(1 - m/d)^{1/2}$",
            absolute(1e-7),
        );
    }
    let means = draws().into_iter().map(mean_distances).collect::<Result<Vec<_>>>()?;
    let seven: Vec<f64> = means.iter().map(|means| means[6]).collect();
    evidence
        .measure("seven", "mean distance of the form from $G^{-1}$, 7 targets, rows as they are", seven)
        .within(relative(1e-3))
        .noted();
    evidence
        .contrast(
            "later",
            "distance with seven targets, rows as they are over whitened rows",
            "seven",
            "seven_whitened",
        )
        .within(relative(1e-3))
        .by(1.1);
    let natural: Vec<f64> =
        (0..8).map(|place| means.iter().map(|means| means[place]).sum::<f64>() / count(means.len())).collect();
    let above = (0..7).filter(|&place| natural[place] > formula(place + 1)).count();
    evidence.exactly("above", "numbers of targets for which the mean lies above the closed form, of seven", above, 7);

    let targets = || (1..=8).map(count);
    let series = vec![
        Series::curve("whitened rows, √(1 − m ∕ d)", targets(), (1..=8).map(formula))
            .ink(LINEAR)
            .stroke(Stroke::Dotted)
            .label(Side::Below, 2),
        Series::curve("rows as they are", targets(), natural.into_iter().map(|gap| if gap < 1e-9 { 0.0 } else { gap }))
            .ink(LINEAR)
            .mark(Mark::Circle)
            .label(Side::Right, 4),
    ];
    let x = Axis::linear("number of targets m", &[1.0, 2.0, 4.0, 6.0, 8.0]);
    let y = Axis::linear(
        "distance of the form from the inverse Gram matrix, ‖W − G⁻¹‖ ∕ ‖G⁻¹‖",
        &[0.0, 0.25, 0.5, 0.75, 1.0],
    );
    let title = "How far the form that descent ends at is from the inverse Gram matrix, against the number of targets";
    evidence.figure(Figure::new(title, Chart::new(x, y, series)));
    record!(evidence)
}

/// ‖W − G⁻¹‖/‖G⁻¹‖ of the smallest form.
fn distance(x: &Mat<f64>, y: &Mat<f64>) -> Result<f64> {
    let inverse = linalg::symmetric_power(gram(x.as_ref()).as_ref(), -1.0)?;
    Ok(relative_gap(smallest_form(x.as_ref(), y.as_ref())?.as_ref(), inverse.as_ref()))
}

/// The gap of its square to 1 − min(m, d)/d: of the square, for near m = d a root would magnify rounding.
fn square_gap(x: &Mat<f64>, y: &Mat<f64>) -> Result<f64> {
    let (m, d) = (y.ncols(), x.ncols());
    Ok((distance(x, y)?.powi(2) - (1.0 - count(m.min(d)) / count(d))).abs())
}

/// The distance for one to eight targets on rows as they are, in the mean over twenty draws.
fn mean_distances(draw: Draw) -> Result<[f64; 8]> {
    let mut sums = [0.0; 8];
    let draws = draw.many(20);
    for &draw in &draws {
        let Table { x, y } = many_targets(8, draw).train;
        for (place, sum) in sums.iter_mut().enumerate() {
            *sum += distance(&x, &y.as_ref().subcols(0, place + 1).to_owned())?;
        }
    }
    Ok(sums.map(|sum| sum / count(draws.len())))
}

/// ## Another set of values exposes the mechanism
///
/// Predictions on the training target cannot tell the two machines apart. Another target can. Keep the queries, the
/// keys and the learnt $W$, and hand the layer other *values*: for a regression these are just new targets, and $HY'$
/// is their least-squares fit. A linear attention with the form that one target teaches explains {{one:2}} of the variance
/// of twenty other linear targets, in the median over thirty draws, and in the worst of the thirty it does worse than
/// predicting the mean; regression explains {{regression:3}}. More targets help: the form that four of them teach explains
/// {{four:2}}, and the one that eight teach is regression's, draw by draw.
///
/// Softmax layers do worse on the same question. Trained as in the experiment, tied or separate, they explain
/// {{softmax_before:3}} of the synthetic target they were trained on and {{softmax_after:2}} of twenty new ones. It is
/// training that prefers the one target: before their first step the same layers explain {{untrained_before:2}} of the one and
/// {{untrained_after:2}} of the others. And weights by nearness alone, proportional to $e^{-\|x_* - x_i\|^2/2}$ and never
/// trained, explain {{kernel_before:2}} and {{kernel_after:2}}.
///
/// ![**The value swap.** The share of variance explained on new linear targets, by the number of targets that taught the form: dots are the thirty draws of the first of five batches, the line is their median, and the black line that of regression on the same draws. Of 240 dots {{below}} lie below the frame.](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["each_independent_target_forces_one_direction_more"]
/// headline = "one"
/// breaks_when = "there are as many targets as features: trained on eight, the form explains {{eight:3}} of the new targets, as regression does on the same draws."
///
/// [room]
/// same = "The bound takes the draw whose eight targets are most nearly dependent, and $R^2$ feels little of that."
/// ```
#[test]
fn another_set_of_values_exposes_the_mechanism() -> Result<()> {
    let mut evidence = Evidence::new();
    let shares = draws()
        .into_iter()
        .map(|draw| draw.many(30).into_iter().map(swapped).collect())
        .collect::<Result<Vec<Vec<_>>>>()?;
    let medians = |of: &dyn Fn(&Swapped) -> f64| {
        shares.iter().map(|draws| median(&draws.iter().map(of).collect::<Vec<_>>())).collect::<Vec<_>>()
    };
    let measures = "$R^2$ on twenty new targets, median over thirty draws";
    evidence.measure("one", measures, medians(&|draw| draw.attention[0])).within(relative(0.02)).at_most(0.5);
    evidence
        .breaks("eight", "one", "there are as many targets as features", medians(&|draw| draw.attention[7]))
        .within(relative(1e-3))
        .by(1.5);
    let worst: Vec<f64> =
        shares.iter().map(|draws| draws.iter().map(|draw| draw.attention[0]).fold(f64::INFINITY, f64::min)).collect();
    evidence
        .measure("one_worst", "$R^2$ on twenty new targets, trained on one, worst of thirty draws", worst)
        .within(relative(0.02))
        .at_most(-0.1);
    evidence
        .measure("four", &format!("{measures}, trained on four"), medians(&|draw| draw.attention[3]))
        .within(relative(0.02))
        .noted();
    evidence
        .contrast("four_over_one", "$R^2$ on new targets, trained on four less trained on one", "four", "one")
        .within(relative(0.02))
        .apart(0.2);
    evidence
        .measure("regression", &format!("{measures}, least squares"), medians(&|draw| draw.regression))
        .within(relative(1e-3))
        .at_least(0.9);
    let all = || shares.iter().flatten();
    let same = all().map(|draw| (draw.attention[7] - draw.regression).abs()).fold(0.0, f64::max);
    evidence.rounding(
        "same",
        "$R^2$ on new targets, trained on 8 against least squares, worst draw",
        same,
        all().map(|draw| draw.bound).fold(0.0, f64::max),
    );
    let layers: Vec<[Shares; 2]> = in_parallel(&draws(), |&draw| softmax_layers(draw))?.concat();
    let side = |trained: usize, target: usize| layers.iter().map(|layer| layer[trained][target]).collect::<Vec<_>>();
    let lost = |trained: usize| {
        let mean = |layers: &[[Shares; 2]]| {
            layers.iter().map(|layer| layer[trained][0] - layer[trained][1]).sum::<f64>() / count(layers.len())
        };
        layers.chunks(INITS).map(mean).collect::<Vec<_>>()
    };
    evidence
        .measure("softmax_before", "$R^2$ of trained softmax on its own target", side(1, 0))
        .within(relative(0.02))
        .at_least(0.8);
    evidence
        .measure("softmax_after", "$R^2$ of trained softmax on twenty new targets", side(1, 1))
        .within(relative(0.05))
        .noted();
    evidence
        .measure(
            "softmax_lost",
            "$R^2$ on the own target less that on new ones, softmax, mean over initialisations",
            lost(1),
        )
        .within(relative(0.05))
        .at_least(0.2);
    evidence.breaks("untrained", "softmax_lost", "the layer is not trained", lost(0)).within(absolute(0.01)).by(1.5);
    evidence
        .measure("untrained_before", "$R^2$ of softmax before training on the same target", side(0, 0))
        .within(absolute(0.01))
        .noted();
    evidence
        .measure("untrained_after", "$R^2$ of softmax before training on twenty new targets", side(0, 1))
        .within(absolute(0.01))
        .noted();
    let kernel = draws().into_iter().map(nearness).collect::<Result<Vec<_>>>()?;
    let [before, after]: [Vec<f64>; 2] = [0, 1].map(|target| kernel.iter().map(|shares| shares[target]).collect());
    evidence
        .measure("kernel_before", "$R^2$ of a fixed kernel on the target of the softmax layers", before)
        .within(relative(1e-3))
        .noted();
    evidence
        .measure("kernel_after", "$R^2$ of the fixed kernel on twenty new targets", after)
        .within(relative(1e-3))
        .at_least(0.5);

    let targets: Vec<f64> = (1..=8).map(count).collect();
    let single =
        targets.iter().enumerate().flat_map(|(place, &m)| shares[0].iter().map(move |draw| (m, draw.attention[place])));
    let (shown, below): (Vec<_>, Vec<_>) = single.partition(|(_, share)| *share >= FRAME);
    evidence.count("below", "dots of 240 with $R^2 < -1/2$ on new targets, one to eight targets", below.len());
    let learned = (0..8).map(|place| medians(&|draw| draw.attention[place])[0]);
    let series = vec![
        Series::through("single draws", shown).ink(LINEAR).marks(Mark::Dot),
        Series::curve("regression", targets.clone(), [medians(&|draw| draw.regression)[0]; 8])
            .ink(REGRESSION)
            .within(1e-5)
            .label(Side::Above, 0),
        Series::curve("linear attention", targets, learned).ink(LINEAR).mark(Mark::Circle).label(Side::Right, 2),
    ];
    let x = Axis::linear("number of targets that taught the form", &[1.0, 2.0, 4.0, 6.0, 8.0]);
    let y = Axis::linear("R² on new targets", &[FRAME, 0.0, 0.5, 1.0]);
    evidence.figure(Figure::new(
        "Variance of new targets explained, against the number of targets in training",
        Chart::new(x, y, series),
    ));
    record!(evidence)
}

/// Below which draws are not drawn.
const FRAME: f64 = -0.5;

/// New targets of a draw, judged together.
const OTHERS: usize = 20;

/// R² on test rows of targets that were not trained on: by the smallest forms of one to eight others, and by least squares.
struct Swapped {
    attention: [f64; 8],
    regression: f64,
    /// What rounding may do to the form of eight.
    bound: f64,
}

fn swapped(draw: Draw) -> Result<Swapped> {
    let data = many_targets(8 + OTHERS, draw);
    let (x, y, new) = (data.train.x.as_ref(), data.train.y.as_ref(), data.test.x.as_ref());
    let (values, truth) = (y.subcols(8, OTHERS), data.test.y.as_ref().subcols(8, OTHERS));
    let mut attention = [0.0; 8];
    for (place, share) in attention.iter_mut().enumerate() {
        let form = smallest_form(x, y.subcols(0, place + 1))?;
        *share = r_squared(linear::output((new * form).as_ref(), x, values, 1.0, Diagonal::Kept).as_ref(), truth);
    }
    let fitted = Ridge::fit(x, values, 0.0, Intercept::None)?.predict(new);
    let bound = rounding_bound(x)? * linalg::condition_number((x.transpose() * y.subcols(0, 8)).as_ref())?;
    Ok(Swapped { attention, regression: r_squared(fitted.as_ref(), truth), bound })
}

/// R² on test rows, of the target of the synthetic data and of twenty new ones.
type Shares = [f64; 2];

/// The draw in standard units, and twenty new targets on the same rows, with their own weights and noise.
fn with_new_targets(draw: Draw) -> Result<(Comparison, Dataset)> {
    Ok((Comparison::new(draw.synthetic(), Settings::default())?, many_targets(OTHERS, draw)))
}

/// Separate and tied softmax layers from each initialisation, before and after training.
fn softmax_layers(draw: Draw) -> Result<Vec<[Shares; 2]>> {
    let (comparison, new) = with_new_targets(draw)?;
    let grid = Variant::grid();
    let mut layers = Vec::new();
    for variant in [grid[4], grid[5]] {
        for seed in draw.inits() {
            let trained = comparison.train(variant, seed)?;
            let shares = |head: &Head| -> Result<Shares> {
                let [_, own] = comparison.predict(variant, head, comparison.data().train.y.as_ref())?;
                let [_, other] = comparison.predict(variant, head, new.train.y.as_ref())?;
                Ok([
                    r_squared(own.as_ref(), comparison.data().test.y.as_ref()),
                    r_squared(other.as_ref(), new.test.y.as_ref()),
                ])
            };
            layers.push([shares(&trained.path[0].head)?, shares(&trained.head)?]);
        }
    }
    Ok(layers)
}

/// The same by weights that fall with the distance.
fn nearness(draw: Draw) -> Result<Shares> {
    let (comparison, new) = with_new_targets(draw)?;
    let data = comparison.data();
    let smoother = kernel::smoother_matrix(data.test.x.as_ref(), data.train.x.as_ref(), 1.0)?;
    let share = |own: &Dataset| r_squared((&smoother * &own.train.y).as_ref(), own.test.y.as_ref());
    Ok([share(data), share(&new)])
}

/// ## Trained on noise, attention becomes least squares
///
/// Targets force the mechanism whether they mean anything or not. Give linear attention sixty-four columns of pure noise to
/// predict, each with itself as values. There is nothing in them to learn: least squares explains of them, in
/// expectation, only the share $d/(n-1)$. Yet their products with $X$ span every direction, and this is all that
/// training needs to find $G^{-1}$. On whitened rows gradient descent brings $A$ to the hat matrix, within
/// {{mechanism}}. Handed the real target as values, the layer that has only ever seen noise predicts new rows as least
/// squares does, to rounding, and explains {{explained:3}} of their variance.
///
/// ![**Learning the geometry from noise.** Distance of the attention matrix from the hat matrix along gradient descent, on
/// whitened rows of the first draw, for one noise target, for eight and for sixty-four.](figure)
///
/// ```toml
/// kind = "identity"
/// uses = ["each_independent_target_forces_one_direction_more"]
/// headline = "mechanism"
/// breaks_when = "the noise has rank one. Sixty-four copies of one noise column leave the mechanism {{copies:2}} norms away, and of the real target such a form explains only {{copies_explained:2}}, in the mean over eight columns."
/// ```
#[test]
fn trained_on_noise_attention_becomes_least_squares() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = synthetic();
    let white = white_rows(&data)?;
    let (x, new, y) = (white.train.x.as_ref(), white.test.x.as_ref(), white.train.y.as_ref());
    let noise = noise(first());
    let (hat, fit) = (hat_matrix(x, 0.0, Intercept::None)?, Ridge::fit(x, y, 0.0, Intercept::None)?);
    let gap = |head: &Head| relative_gap(matrix(x, &unscaled(head, x.nrows())).as_ref(), hat.as_ref());

    let learnt = descent(x, noise.as_ref(), 2000)?.run(Task::regression(x, noise.as_ref()), None)?.head;
    let bound = rounding_bound(data.train.x.as_ref())?;
    evidence.rounding("mechanism", "$\\|A - H\\|_F/\\|H\\|_F$ after 2000 steps on 64 columns", gap(&learnt), bound);
    let predicted = linear::output((new * unscaled(&learnt, x.nrows())).as_ref(), x, y, 1.0, Diagonal::Kept);
    evidence.rounding(
        "outputs",
        "predictions of the real target against least squares",
        relative_gap(predicted.as_ref(), fit.predict(new).as_ref()),
        bound,
    );
    let copies = Mat::from_fn(noise.nrows(), 64, |i, _| noise[(i, 0)]);
    let single = descent(x, copies.as_ref(), 2000)?.run(Task::regression(x, copies.as_ref()), None)?.head;
    evidence
        .breaks("copies", "mechanism", "the noise targets are 64 copies of one", gap(&single))
        .within(relative(1e-3))
        .by(1e6);

    let explained = draws().into_iter().map(explained).collect::<Result<Vec<_>>>()?;
    let words = "$R^2$ of the real target on test rows, by the form that noise teaches";
    evidence
        .measure("explained", words, explained.iter().map(|shares| shares[0]).collect::<Vec<_>>())
        .within(relative(1e-3))
        .at_least(0.9);
    let one: Vec<f64> = explained.iter().map(|shares| shares[1]).collect();
    evidence
        .breaks("copies_explained", "explained", "the noise is one column, in the mean over eight", one)
        .within(relative(1e-3))
        .by(2.0);
    let path = |m: usize, at: usize, side: Side| {
        let noise = noise.as_ref().subcols(0, m);
        let trained = descent(x, noise, 1000)?.run(Task::regression(x, noise), None)?;
        let points = trained.path.iter().filter(|record| record.step > 0);
        let mut points: Vec<(f64, f64)> = points.map(|record| (count(record.step), gap(&record.head))).collect();
        // Further down there is more rounding than gap.
        points.retain(|&(_, gap)| gap >= 1e-9);
        if m == 1 {
            // It is met in one step; after how many more the gradient is exactly zero depends on the CPU.
            points = vec![points[0], (1000.0, points[points.len() - 1].1)];
        }
        let at = at.min(points.len() - 1);
        let name = if m == 1 { "one noise target".to_owned() } else { format!("{m} noise targets") };
        Ok::<_, Error>(Series::through(name, points).ink(LINEAR).within(0.02).label(side, at))
    };
    let series = vec![path(1, 1, Side::Below)?, path(8, 40, Side::Above)?, path(64, 12, Side::Left)?];
    let x = Axis::log("step of gradient descent", &[1.0, 10.0, 100.0, 1000.0]);
    let y = Axis::log("distance from the hat matrix, ‖A − H‖ ∕ ‖H‖", &[1e-9, 1e-6, 1e-3, 1.0]);
    evidence.figure(Figure::new(
        "Distance of attention from the hat matrix while it learns noise",
        Chart::new(x, y, series),
    ));
    record!(evidence)
}

/// Sixty-four columns of noise, one for each training row.
fn noise(draw: Draw) -> Mat<f64> {
    draw.normal(4, 200, 64)
}

/// All rows whitened by the statistics of the training rows.
fn white_rows(data: &Dataset) -> Result<Dataset> {
    let whitening = Whitening::fit(data.train.x.as_ref(), Root::Zca, Divisor::N, 0.0)?;
    let apply = |table: &Table| Table { x: whitening.apply(table.x.as_ref()), y: table.y.clone() };
    Ok(Dataset { train: apply(&data.train), test: apply(&data.test), ..data.clone() })
}

/// R² of the real target on test rows by the smallest form of 64 noise targets, and by that of one, in the mean over eight.
fn explained(draw: Draw) -> Result<[f64; 2]> {
    let white = white_rows(&draw.synthetic().centred())?;
    let (x, new, noise) = (white.train.x.as_ref(), white.test.x.as_ref(), noise(draw));
    let share = |noise: MatRef<'_, f64>| {
        let predicted =
            linear::output((new * smallest_form(x, noise)?).as_ref(), x, white.train.y.as_ref(), 1.0, Diagonal::Kept);
        Ok::<_, Error>(r_squared(predicted.as_ref(), white.test.y.as_ref()))
    };
    let single = (0..8).map(|column| share(noise.as_ref().subcols(column, 1))).collect::<Result<Vec<_>>>()?;
    Ok([share(noise.as_ref())?, single.iter().sum::<f64>() / count(single.len())])
}
