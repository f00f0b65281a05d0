//! # Measuring agreement
//!
//! <div class="aside" role="note">
//!
//! Here the diabetes table keeps its mean: predictions carry an intercept, as the post's do.
//!
//! </div>
//!
//! Two questions remain before anything is trained. Agreement *with what*? The post takes ridge regression with
//! $\lambda = 10^{-3}$ for the truth. And agreement *in which sense*? It takes the cosine between two vectors of
//! predictions. Both choices look harmless. This chapter shows what each of them hides.

use attention_regression::agreement::{centred_cosine, cosine, mse, r_squared};
use attention_regression::attention::linear;
use attention_regression::data::random::standard_normal;
use attention_regression::data::{self, Synthetic};
use attention_regression::linalg::{self, count, frobenius_norm, gram, relative_gap, singular_values, symmetric_power};
use attention_regression::notebook::evidence::{Evidence, absolute, at_least, at_most, expected, relative};
use attention_regression::notebook::figure::{Axis, Chart, Figure, Ink, Label, Mark, Plot, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge, hat_matrix};
use attention_regression::{Mat, MatRef, Result};
use faer::prelude::*;

use crate::support::{record, rounding_bound};

/// ## Ridge is not the ground truth
///
/// On made data we know the truth: it is the $\beta$ that made them. How near does ridge come? Over ten draws of the
/// synthetic data, ridge with the post's penalty misses $\beta$ by {{ridge_error:2}} of its norm (median, from
/// {{ridge_error.lowest:2}} to {{ridge_error.highest:2}}). Least squares misses it by the same amount, because the
/// penalty moves the coefficients by only {{bias_share:2}} of that error. So ridge is one estimate among others, and
/// calling it the truth hides an error that is, in the median draw, {{bias_share|more than a thousand times|0..1e-3}}
/// the effect of the penalty.
///
/// There is a second reason. An attention layer trained to the end knows nothing of $\lambda$. Its coefficients are
/// $WX^\top y$, any vector can be had so, and the one of smallest squared error is that of least squares. What it
/// shows as its distance from "the truth" is therefore exactly ridge's own bias,
/// $\|\hat\beta_0 - \hat\beta_\lambda\|$ (how far the penalty moves the coefficients; in this book that is what
/// *ridge's bias* means), within {{attention_finds_least_squares}}.
///
/// ```toml
/// kind = "counterexample"
/// settles = { S6 = "false as stated" }
/// finding = "On made data the truth is known, and ridge misses it by {{ridge_error:2}} of its norm. The coefficients of a linear attention of smallest error are those of least squares; its distance from ridge is ridge's own bias."
/// uses = ["regression_reads_out_its_training_set"]
/// headline = "ridge_error"
/// breaks_when = "there is no noise. Least squares then *is* the truth, and ridge's error is its bias and nothing else: {{noiseless_share:.3}} of it."
/// ```
#[test]
fn ridge_is_not_the_ground_truth() -> Result<()> {
    let mut evidence = Evidence::new();
    let (mut errors, mut shares) = (Vec::new(), Vec::new());
    for seed in 1..=10 {
        let (error, bias) = error_and_bias(&Synthetic::default(), seed)?;
        errors.push(error);
        shares.push(bias / error);
    }
    evidence.seeds("ridge_error", "$\\|\\hat\\beta_\\lambda - \\beta\\| / \\|\\beta\\|$, $\\lambda = 10^{-3}$", &errors, relative(1e-6), at_least(0.01));
    evidence.seeds("bias_share", "$\\|\\hat\\beta_0 - \\hat\\beta_\\lambda\\| / \\|\\hat\\beta_\\lambda - \\beta\\|$", &shares, relative(1e-4), at_most(0.01));

    let data = data::synthetic(1).centred();
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let converged = linear::effective_weights(symmetric_power(gram(x).as_ref(), -1.0)?.as_ref(), x, y, 1.0);
    let (least, ridge) = (Ridge::fit(x, y, 0.0, Intercept::None)?, Ridge::fit(x, y, 1e-3, Intercept::None)?);
    let distance = |coefficients: MatRef<'_, f64>| relative_gap(coefficients, ridge.coefficients());
    evidence.rounding(
        "attention_finds_least_squares",
        "attention with $W = G^{-1}$: its distance from ridge, less ridge's own bias",
        (distance(converged.as_ref()) - distance(least.coefficients())).abs(),
        rounding_bound(x)?,
    );

    // Control: without noise least squares is the truth.
    let (error, bias) = error_and_bias(&Synthetic { noise: 0.0, ..Synthetic::default() }, 1)?;
    evidence.control(
        "noiseless_share",
        "$\\|\\hat\\beta_0 - \\hat\\beta_\\lambda\\| / \\|\\hat\\beta_\\lambda - \\beta\\|$ without noise",
        bias / error,
        absolute(1e-6),
        at_least(0.999),
    );
    record!(evidence)
}

/// Ridge's relative distance from the weights that made the data, and from least squares.
fn error_and_bias(design: &Synthetic, seed: u64) -> Result<(f64, f64)> {
    let data = design.draw(seed);
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let (least, ridge) = (Ridge::fit(x, y, 0.0, Intercept::Fitted)?, Ridge::fit(x, y, 1e-3, Intercept::Fitted)?);
    let truth = frobenius_norm(design.weights.as_ref());
    let distance = |to: MatRef<'_, f64>| frobenius_norm((ridge.coefficients() - to).as_ref()) / truth;
    Ok((distance(design.weights.as_ref()), distance(least.coefficients())))
}

/// ## One penalty, two scalings
///
/// A penalty has the units of $X^\top X$. scikit-learn's diabetes table comes with columns of unit norm; standardising
/// gives them variance one, which over $n = 442$ rows is norm $n^{1/2}$. The same $\lambda$ therefore means two things:
/// ridge with $\lambda$ on unit-norm columns is ridge with $442\,\lambda$ on standardised ones, within {{scaling_gap}}.
///
/// At $\lambda = 10^{-3}$ this is not academic. On standardised columns the penalty moves the coefficients by
/// {{standardised_move:2}} of their norm, on unit-norm columns by {{unit_norm_move:3}}. A penalty that is only meant
/// to keep the arithmetic stable is small in one of the two scalings; in the other it shortens what lies along the
/// weakest eigenvector of $G$ by {{weakest_shrinkage|a tenth|0.09..0.11}}.
///
/// ```toml
/// kind = "identity"
/// settles = { S6 = "false as stated" }
/// finding = "Which fit is the truth would depend on how the columns were scaled: the same $\\lambda = 10^{-3}$ moves the diabetes coefficients by {{unit_norm_move:3}} in scikit-learn's scaling, by {{standardised_move:2}} in standard units."
/// headline = "scaling_gap"
/// breaks_when = "the penalty is kept while the columns are rescaled: the two hat matrices then differ by {{same_penalty:2}} of their norm."
/// ```
#[test]
fn one_penalty_two_scalings() -> Result<()> {
    let mut evidence = Evidence::new();
    let table = data::diabetes::unit_norm()?;
    let (unit, y, n) = (table.x.as_ref(), table.y.as_ref(), count(table.n()));
    let standard = unit * Scale(n.sqrt());
    let penalty = 1e-3;
    let hat = |x: MatRef<'_, f64>, penalty: f64| hat_matrix(x, penalty, Intercept::Fitted);
    evidence.rounding(
        "scaling_gap",
        "hat matrices, $\\lambda$ on unit norm against $n\\lambda$ on unit variance",
        relative_gap(hat(unit, penalty)?.as_ref(), hat(standard.as_ref(), n * penalty)?.as_ref()),
        rounding_bound(unit)?,
    );
    let moved = |x: MatRef<'_, f64>| {
        Ok::<_, attention_regression::Error>(relative_gap(
            Ridge::fit(x, y, penalty, Intercept::Fitted)?.coefficients(),
            Ridge::fit(x, y, 0.0, Intercept::Fitted)?.coefficients(),
        ))
    };
    evidence.judge("unit_norm_move", "how far $\\lambda = 10^{-3}$ moves the coefficients, unit norm", moved(unit)?, relative(1e-3), expected(0.0816));
    evidence.judge(
        "standardised_move",
        "how far $\\lambda = 10^{-3}$ moves the coefficients, unit variance",
        moved(standard.as_ref())?,
        relative(2e-2),
        expected(2.1e-4),
    );
    let smallest = singular_values(unit)?.last().map_or(0.0, |value| value * value);
    evidence.judge("weakest_shrinkage", "$\\lambda/(w_{\\min} + \\lambda)$, unit norm", penalty / (smallest + penalty), relative(5e-3), expected(0.105));

    // Control: the same penalty on both.
    evidence.control(
        "same_penalty",
        "hat matrices, $\\lambda$ on unit norm against the same $\\lambda$ on unit variance",
        relative_gap(hat(unit, penalty)?.as_ref(), hat(standard.as_ref(), penalty)?.as_ref()),
        relative(1e-6),
        at_least(0.01),
    );
    record!(evidence)
}

/// ## A penalty steadies only what is dependent or nearly so
///
/// The post adds $\lambda = 10^{-3}$ to keep the computation stable. In solving with $G + \lambda I$ rounding is
/// magnified by its condition number, $(w_1 + \lambda)/(w_d + \lambda)$, where $w_1$ and $w_d$ are the largest and
/// the smallest eigenvalue of $G$. There is nothing to steady here: that number is {{condition:2}} on the diabetes
/// table, three digits of sixteen, and as $w_d$ is far larger than $\lambda$ the penalty changes it by {{diabetes:2}}
/// of itself (by {{synthetic:2}} on the synthetic data). What it changes is the answer.
///
/// It earns its keep where columns are dependent, or so nearly that $w_d$ is no larger than $\lambda$. Put a column
/// into the table twice: $G$ is singular, and with the penalty its condition number is finite again, if large,
/// {{repeated:2}}.
///
/// ```toml
/// kind = "bound"
/// settles = { S21 = "holds if" }
/// finding = "Only where columns are dependent or nearly so. On the diabetes table it changes the condition number by {{diabetes:2}} of itself, and nothing gets steadier."
/// uses = ["ridge_is_not_the_ground_truth"]
/// headline = "diabetes"
/// breaks_when = "a column stands twice in the table. Without a penalty the condition number is infinite, with it it is {{repeated:2}}."
/// ```
#[test]
fn a_penalty_steadies_only_what_is_dependent() -> Result<()> {
    let mut evidence = Evidence::new();
    let penalty = 1e-3;
    let condition = |x: MatRef<'_, f64>, penalty: f64| {
        let squares: Vec<f64> = singular_values(x)?.iter().map(|value| value * value).collect();
        Ok::<_, attention_regression::Error>((squares[0] + penalty) / (squares[squares.len() - 1] + penalty))
    };
    let real = data::diabetes::dataset()?.standardised()?.centred();
    for (name, x) in [("synthetic", data::synthetic(1).centred().train.x), ("diabetes", real.train.x.clone())] {
        let change = 1.0 - condition(x.as_ref(), penalty)? / condition(x.as_ref(), 0.0)?;
        evidence.judge(
            name,
            &format!("relative change of the condition number of $G$ by $\\lambda = 10^{{-3}}$, {name}"),
            change,
            relative(1e-4),
            at_most(1e-3),
        );
    }

    let x = &real.train.x;
    evidence.judge("condition", "condition number of $G$, diabetes", condition(x.as_ref(), 0.0)?, relative(1e-4), at_most(1e3));

    // Control: a column that stands twice.
    let repeated = Mat::from_fn(x.nrows(), x.ncols() + 1, |i, j| x[(i, j.min(x.ncols() - 1))]);
    evidence.exactly("rank", "rank of the table with a column twice", linalg::rank(repeated.as_ref())?, x.ncols());
    evidence.control(
        "repeated",
        "condition number of $G + \\lambda I$ with a column twice",
        condition(repeated.as_ref(), penalty)?,
        relative(1e-3),
        at_least(1e5),
    );
    record!(evidence)
}

/// ## Cosine similarity hides scale and mean
///
/// The post measures agreement by the cosine between predictions. It is blind to scale: multiply a prediction by a
/// thousand and its cosine with the original stays one, within {{scale_gap}}, while its squared error grows by a
/// factor of {{scaled_error:2}}. And where targets have a mean, it sees little else. On the diabetes table the
/// *constant* prediction $\bar y$ has cosine {{constant_cosine:4}} with least squares. A linear predictor with random
/// coefficients, scaled to the right spread and given the right mean, has {{random_cosine:3}} (median of fifty). Both
/// would pass for agreement; neither knows anything of how the target depends on the features.
///
/// Remove the mean first and the spell weakens: the constant has no direction left, and the random predictors'
/// cosines drop to {{random_centred:2}} in absolute value. That is still much for predictors that know nothing:
/// correlated features make most linear predictions look alike. Report the centred cosine, the slope of one
/// prediction on the other, and the error; each alone can be fooled.
///
/// ![**What cosine cannot see.** Predictions that run from the mean ($0$) through least squares ($1$) to twice its spread, on
/// the diabetes test rows. The error changes, the cosine hardly does.](figure)
///
/// ```toml
/// kind = "counterexample"
/// settles = { S13 = "false as stated" }
/// finding = "It is blind to scale and dominated by the mean: on the diabetes table a constant scores {{constant_cosine:4}}, and explains nothing."
/// headline = "constant_cosine"
/// breaks_when = "the mean is removed from both sides: the same random predictors score {{random_centred:2}} instead of {{random_cosine:3}}."
/// ```
#[test]
fn cosine_similarity_hides_scale_and_mean() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = data::diabetes::dataset()?.standardised()?;
    let (new, y) = (data.test.x.as_ref(), data.test.y.as_ref());
    let fit = Ridge::fit(data.train.x.as_ref(), data.train.y.as_ref(), 0.0, Intercept::Fitted)?;
    let predicted = fit.predict(new);
    let mean = linalg::column_means(data.train.y.as_ref())[0];
    let constant = Mat::from_fn(new.nrows(), 1, |_, _| mean);
    let thousand = &predicted * Scale(1000.0);
    evidence.rounding(
        "scale_gap",
        "$1 - \\cos(1000\\,\\hat y, \\hat y)$",
        (1.0 - cosine(thousand.as_ref(), predicted.as_ref())).abs(),
        100.0 * count(new.nrows()).sqrt() * f64::EPSILON,
    );
    evidence.judge(
        "scaled_error",
        "mean squared error of $1000\\,\\hat y$ over that of $\\hat y$",
        mse(thousand.as_ref(), y) / mse(predicted.as_ref(), y),
        relative(1e-6),
        at_least(1e6),
    );
    evidence.judge("constant_cosine", "$\\cos(\\bar y, \\hat y)$, test rows", cosine(constant.as_ref(), predicted.as_ref()), relative(1e-3), expected(0.9555));

    // Random coefficients with the mean and the spread of the fit, before and after the mean is removed.
    let spread = |prediction: MatRef<'_, f64>| data::standard_deviations(prediction)[0];
    let random = |seed: u64| {
        let raw = new * standard_normal(seed, 0, new.ncols(), 1);
        Mat::from_fn(new.nrows(), 1, |i, _| mean + raw[(i, 0)] * spread(predicted.as_ref()) / spread(raw.as_ref()))
    };
    let cosines: Vec<f64> = (1..=50).map(|seed| cosine(random(seed).as_ref(), predicted.as_ref())).collect();
    let mut centred: Vec<f64> = (1..=50).map(|seed| centred_cosine(random(seed).as_ref(), predicted.as_ref()).abs()).collect();
    centred.sort_by(f64::total_cmp);
    evidence.seeds("random_cosine", "cosine of random linear predictors to least squares", &cosines, relative(1e-6), at_least(0.8));
    evidence.control("random_centred", "median |centred cosine| of the same predictors", f64::midpoint(centred[24], centred[25]), relative(1e-6), at_most(0.6));
    evidence.figure(blindness(predicted.as_ref(), y, mean));
    record!(evidence)
}

fn blindness(predicted: MatRef<'_, f64>, y: MatRef<'_, f64>, mean: f64) -> Figure {
    let shares: Vec<f64> = (0..=16).map(|step| 0.125 * count(step)).collect();
    let curve = |measure: &dyn Fn(MatRef<'_, f64>) -> f64| -> Vec<f64> {
        let stretched = |share: f64| Mat::from_fn(predicted.nrows(), 1, |i, _| mean + share * (predicted[(i, 0)] - mean));
        shares.iter().map(|&share| measure(stretched(share).as_ref())).collect()
    };
    let series = |name: &str, ink: Ink, mark: Mark, stroke: Stroke, y: Vec<f64>, side: Side| Series {
        name: name.to_owned(),
        ink,
        mark: Some(mark),
        stroke,
        x: shares.clone(),
        y,
        relative: 1e-4,
        label: Some(Label { at: 8, side }),
    };
    let chart = Chart {
        x: Axis::linear("share of least squares' deviation from the mean", &[0.0, 0.5, 1.0, 1.5, 2.0]),
        y: Axis::linear("cosine to least squares, and R² on the test rows", &[-0.25, 0.0, 0.25, 0.5, 0.75, 1.0]),
        tall: false,
        series: vec![
            series("R² on the test rows", Ink::Regression, Mark::Circle, Stroke::Solid, curve(&|stretched| r_squared(stretched, y)), Side::Below),
            series("cosine to least squares", Ink::Accent, Mark::Square, Stroke::Solid, curve(&|stretched| cosine(stretched, predicted)), Side::Below),
        ],
    };
    Figure { title: "Cosine and explained variance of predictions stretched away from the mean".to_owned(), plot: Plot::Chart(chart) }
}
