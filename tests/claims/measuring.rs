//! # Measuring agreement
//!
//! <div class="aside" role="note">
//!
//! Here the diabetes table keeps its mean: predictions carry an intercept. The post mentions none.
//!
//! </div>
//!
//! Two questions remain before anything is trained. Agreement *with what*? The post takes ridge regression with
//! $\lambda = 10^{-3}$ for the truth. And agreement *in which sense*? It takes the errors and, beside them, the cosine
//! between two vectors of predictions. Both choices are sound on conditions, and this chapter says on which.

use attention_regression::agreement::{centred_cosine, cosine, mse, r_squared};
use attention_regression::attention::linear;
use attention_regression::compare::ink::REGRESSION;
use attention_regression::data::{self, Dataset, Synthetic};
use attention_regression::linalg::{self, count, frobenius_norm, gram, relative_gap, singular_values, symmetric_power};
use attention_regression::notebook::claim::evidence::{Evidence, absolute, median, relative};
use attention_regression::publish::figure::{Axis, Chart, Figure, Ink, Mark, Series, Side};
use attention_regression::regression::{Intercept, Ridge, hat_matrix};
use attention_regression::whitening::{Divisor, Root, Whitening};
use attention_regression::{Error, Mat, MatRef, Result, record};
use faer::prelude::*;

use crate::support::{Draw, draws, rounding_bound, synthetic};

/// The penalty of the post.
const PENALTY: f64 = 1e-3;

/// ## Ridge is a yardstick and not the truth
///
/// A yardstick should be near to what one would have taken without the penalty, least squares. In standard units it
/// is: on new rows the predictions of the two differ by {{yardstick:2}} of their size on the synthetic data and by
/// {{yardstick_diabetes:2}} on the diabetes table. Whoever asks whether two outputs agree can take either.
///
/// A truth would be more, and on made data we know it: it is the $\beta$ that made them. Ridge with this penalty
/// misses $\beta$ by {{ridge_error:2}} of its norm (median of five draws, from {{ridge_error.lowest:2}} to
/// {{ridge_error.highest:2}}). Least squares misses it by as much: how far the penalty moves the coefficients is less than
/// {{bias_share|a hundredth|0..1e-2}} of that error. The error comes from the noise, and no yardstick takes it away.
///
/// The small difference is worth knowing all the same, because it is what a trained layer shows. An attention layer
/// trained to the end knows nothing of $\lambda$. Its coefficients are $WX^\top y$, any vector can be had so, and the one
/// of smallest squared error is that of least squares. Its distance from ridge is therefore, to rounding, ridge's own
/// bias, $\|\hat\beta_0 - \hat\beta_\lambda\|$ (how far the penalty moves the coefficients; in this book that is what
/// *ridge's bias* means).
///
/// ```toml
/// kind = "measured"
/// settles = { S6 = "sound if" }
/// finding = "If it is a yardstick, and in standard units: its predictions are {{yardstick:1}} (synthetic) and {{yardstick_diabetes:1}} (diabetes) of their size away from those of least squares. It is not the truth: on made data it misses the $\\beta$ that made them by {{ridge_error:2}} of its norm, and that is noise."
/// uses = ["regression_reads_out_its_training_set"]
/// headline = "ridge_error"
/// breaks_when = "there is no noise. Ridge's error is then its bias alone, {{noiseless:2}} of the norm of $\\beta$."
/// ```
#[test]
fn ridge_is_not_the_ground_truth() -> Result<()> {
    let mut evidence = Evidence::new();
    let runs = |noise: f64| draws().into_iter().map(|draw| error_and_bias(draw, noise)).collect::<Result<Vec<_>>>();
    let noisy = runs(Synthetic::default().noise)?;
    let errors = |runs: &[[f64; 2]]| runs.iter().map(|run| run[0]).collect::<Vec<_>>();
    let shares: Vec<f64> = noisy.iter().map(|[error, bias]| bias / error).collect();
    evidence
        .measure(
            "ridge_error",
            "$\\|\\hat\\beta_\\lambda - \\beta\\| / \\|\\beta\\|$, $\\lambda = 10^{-3}$",
            errors(&noisy),
        )
        .within(relative(1e-6))
        .at_least(0.015);
    evidence
        .breaks("noiseless", "ridge_error", "there is no noise", errors(&runs(0.0)?))
        .within(relative(1e-3))
        .by(100.0);
    evidence
        .measure(
            "bias_share",
            "$\\|\\hat\\beta_0 - \\hat\\beta_\\lambda\\| / \\|\\hat\\beta_\\lambda - \\beta\\|$",
            shares,
        )
        .within(relative(1e-4))
        .at_most(0.01);

    let made: Vec<f64> = draws().into_iter().map(|draw| between_fits(&draw.synthetic())).collect::<Result<_>>()?;
    let real: Vec<f64> = draws().into_iter().map(|draw| between_fits(&draw.halves()?)).collect::<Result<_>>()?;
    for (name, what, gaps) in
        [("yardstick", "synthetic", made), ("yardstick_diabetes", "diabetes, random halves", real)]
    {
        let words = format!("test predictions, ridge against least squares, standard units, {what}");
        evidence.measure(name, &words, gaps).within(relative(1e-3)).at_most(5e-4);
    }

    let data = synthetic();
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let converged = linear::effective_weights(symmetric_power(gram(x).as_ref(), -1.0)?.as_ref(), x, y, 1.0);
    let (least, ridge) = (Ridge::fit(x, y, 0.0, Intercept::None)?, Ridge::fit(x, y, PENALTY, Intercept::None)?);
    let distance = |coefficients: MatRef<'_, f64>| relative_gap(coefficients, ridge.coefficients());
    evidence.rounding(
        "attention_finds_least_squares",
        "attention with $W = G^{-1}$: its distance from ridge, less ridge's own bias",
        (distance(converged.as_ref()) - distance(least.coefficients())).abs(),
        rounding_bound(x)?,
    );
    record!(evidence)
}

/// Ridge's distance from the weights that made the data, and from least squares, in norms of those weights.
fn error_and_bias(draw: Draw, noise: f64) -> Result<[f64; 2]> {
    let design = Synthetic { noise, ..Synthetic::default() };
    let data = draw.of(&design);
    let fit = |penalty: f64| Ridge::fit(data.train.x.as_ref(), data.train.y.as_ref(), penalty, Intercept::Fitted);
    let (least, ridge) = (fit(0.0)?, fit(PENALTY)?);
    let distance = |to: MatRef<'_, f64>| {
        frobenius_norm((ridge.coefficients() - to).as_ref()) / frobenius_norm(design.weights.as_ref())
    };
    Ok([distance(design.weights.as_ref()), distance(least.coefficients())])
}

/// How far ridge's predictions of new rows are from those of least squares, mean apart and in standard units.
fn between_fits(data: &Dataset) -> Result<f64> {
    let data = data.standardised()?.centred();
    let predicted = |penalty: f64| {
        Ok::<_, Error>(
            Ridge::fit(data.train.x.as_ref(), data.train.y.as_ref(), penalty, Intercept::None)?
                .predict(data.test.x.as_ref()),
        )
    };
    Ok(relative_gap(predicted(PENALTY)?.as_ref(), predicted(0.0)?.as_ref()))
}

/// ## One penalty, two scalings
///
/// A penalty has the units of $X^\top X$. scikit-learn's diabetes table comes with columns of unit norm; standardising
/// gives them variance one, which over $n = 442$ rows is norm $n^{1/2}$. Ridge with $\lambda$ on columns of unit norm is
/// ridge with $442\,\lambda$ on standardised ones, within {{scaling_gap}}.
///
/// So the same $\lambda = 10^{-3}$ moves the coefficients by {{standardised_move:2}} of their norm on standardised
/// columns and by {{unit_norm_move:3}} on columns of unit norm, where it shortens what lies along the weakest
/// eigenvector of $G$ by {{weakest_shrinkage|a tenth|0.09..0.11}}.
///
/// ```toml
/// kind = "identity"
/// settles = { S6 = "sound if" }
/// finding = "If the scaling is said: the same $\\lambda = 10^{-3}$ moves the diabetes coefficients by {{standardised_move:2}} of their norm in standard units, by {{unit_norm_move:3}} in scikit-learn's scaling."
/// headline = "scaling_gap"
/// breaks_when = "the penalty is kept while the columns are rescaled: the two hat matrices then differ by {{same_penalty:2}} of their norm."
/// ```
#[test]
fn one_penalty_two_scalings() -> Result<()> {
    let mut evidence = Evidence::new();
    let table = data::diabetes::unit_norm()?;
    let (unit, y, n) = (table.x.as_ref(), table.y.as_ref(), count(table.n()));
    let standard = unit * Scale(n.sqrt());
    let hat = |x: MatRef<'_, f64>, penalty: f64| hat_matrix(x, penalty, Intercept::Fitted);
    let gap = |penalty: f64| {
        Ok::<_, Error>(relative_gap(hat(unit, PENALTY)?.as_ref(), hat(standard.as_ref(), penalty)?.as_ref()))
    };
    let words = "hat matrices, $\\lambda$ on unit norm against $n\\lambda$ on unit variance";
    evidence.rounding("scaling_gap", words, gap(n * PENALTY)?, rounding_bound(unit)?);
    evidence
        .breaks("same_penalty", "scaling_gap", "the penalty is not multiplied by $n$", gap(PENALTY)?)
        .within(relative(1e-6))
        .by(1e6);

    let moved = |x: MatRef<'_, f64>| {
        let fit = |penalty: f64| Ridge::fit(x, y, penalty, Intercept::Fitted);
        Ok::<_, Error>(relative_gap(fit(PENALTY)?.coefficients(), fit(0.0)?.coefficients()))
    };
    let words = "how far $\\lambda = 10^{-3}$ moves the coefficients";
    evidence
        .measure("unit_norm_move", &format!("{words}, unit norm"), moved(unit)?)
        .within(relative(1e-3))
        .at_least(0.05);
    evidence
        .measure("standardised_move", &format!("{words}, unit variance"), moved(standard.as_ref())?)
        .within(relative(1e-3))
        .at_most(5e-4);
    let smallest = singular_values(unit)?.last().map_or(0.0, |value| value * value);
    evidence
        .measure("weakest_shrinkage", "$\\lambda/(w_{\\min} + \\lambda)$, unit norm", PENALTY / (smallest + PENALTY))
        .within(relative(1e-3))
        .at_least(0.09);
    record!(evidence)
}

/// ## A penalty steadies only what is dependent or nearly so
///
/// The post adds $\lambda = 10^{-3}$ to keep the computation stable. In solving with $G + \lambda I$ rounding is
/// magnified by its condition number, $(w_1 + \lambda)/(w_d + \lambda)$, where $w_1$ and $w_d$ are the largest and
/// the smallest eigenvalue of $G$. There is little to steady here: that number is {{condition:2}} on the diabetes
/// table, three digits of sixteen. In standard units $w_d$ is far larger than $\lambda$, and the penalty changes the
/// number by {{diabetes:2}} of itself (by {{synthetic:2}} on the synthetic data). In scikit-learn's scaling it changes it by
/// {{unit_norm:3}}, and the coefficients with it, as the last section showed.
///
/// It earns its keep where columns are dependent, or so nearly that $w_d$ is no larger than $\lambda$. Put a column
/// into the table twice: $G$ is singular, and with the penalty its condition number is finite again, if large,
/// {{repeated_condition:2}}.
///
/// ```toml
/// kind = "bound"
/// settles = { S21 = "sound if" }
/// finding = "If columns are dependent or nearly so. On one split of the diabetes table it changes the condition number by {{diabetes:2}} of itself in standard units, where it is not needed and harmless, and by {{unit_norm:3}} in scikit-learn's scaling, where it is not needed and moves the answer."
/// uses = ["one_penalty_two_scalings"]
/// headline = "diabetes"
/// breaks_when = "the columns have norm one in place of variance one: the change is {{unit_norm:3}}. Or a column stands twice in the table: without a penalty the condition number is infinite, and the change is all of it, {{repeated:2}}."
/// ```
#[test]
fn a_penalty_steadies_only_what_is_dependent() -> Result<()> {
    let mut evidence = Evidence::new();
    let condition = |x: MatRef<'_, f64>, penalty: f64| {
        let squares: Vec<f64> = singular_values(x)?.iter().map(|value| value * value).collect();
        Ok::<_, Error>((squares[0] + penalty) / (squares[squares.len() - 1] + penalty))
    };
    let change = |x: MatRef<'_, f64>| Ok::<_, Error>(1.0 - condition(x, PENALTY)? / condition(x, 0.0)?);
    let table = data::diabetes::unit_norm()?;
    let standard = &table.x * Scale(count(table.n()).sqrt());
    let repeated = Mat::from_fn(table.n(), table.d() + 1, |i, j| standard[(i, j.min(table.d() - 1))]);

    let words = "relative change of the condition number of $G$ by $\\lambda = 10^{-3}$";
    evidence
        .measure("diabetes", &format!("{words}, diabetes"), change(standard.as_ref())?)
        .within(relative(1e-4))
        .at_most(1e-3);
    evidence
        .breaks(
            "unit_norm",
            "diabetes",
            "the columns have norm one in place of variance one",
            change(table.x.as_ref())?,
        )
        .within(relative(1e-4))
        .by(50.0);
    evidence
        .breaks("repeated", "diabetes", "a column stands twice in the table", change(repeated.as_ref())?)
        .within(absolute(1e-9))
        .by(500.0);
    let made: Vec<f64> = draws()
        .into_iter()
        .map(|draw| change(draw.synthetic().standardised()?.train.x.as_ref()))
        .collect::<Result<_>>()?;
    evidence.measure("synthetic", &format!("{words}, synthetic"), made).within(relative(1e-4)).at_most(1e-3);
    evidence
        .measure("condition", "condition number of $G$, diabetes", condition(standard.as_ref(), 0.0)?)
        .within(relative(1e-4))
        .at_most(1e3);
    let words = "condition number of $G + \\lambda I$ with a column twice";
    evidence
        .measure("repeated_condition", words, condition(repeated.as_ref(), PENALTY)?)
        .within(relative(1e-3))
        .noted();
    record!(evidence)
}

/// ## Cosine similarity hides scale and mean
///
/// Beside the errors the post measures agreement by the cosine between predictions. Alone it can be fooled twice.
///
/// It is blind to scale: multiply a prediction by a thousand and its cosine with the original stays one, to rounding,
/// while its squared error grows by a factor of {{scaled_error:2}}. And where targets have a mean, it sees little else. Two
/// vectors of predictions that lie far from zero and near to one another point the same way, whatever they say of the
/// single rows. On the diabetes table the *constant* prediction $\bar y$ has cosine {{constant_cosine:4}} with least squares,
/// and its $R^2$ on the test rows is not above zero. Take linear predictors with random coefficients, scaled to the right
/// spread and given the right mean: half of them have more than {{random_cosine:3}}. Both would pass for agreement; neither
/// knows anything of how the target depends on the features.
///
/// Remove the mean first and little is left: the constant has no direction any more, and the median of the random
/// predictors' cosines, in absolute value, drops to {{random_centred:2}}. That is still much for predictors that know
/// nothing, and correlated features are the reason: they make most linear predictions look alike. With random coefficients
/// on whitened rows it is {{random_whitened:2}}. So use the cosine as the post does, beside the error, and centre both sides
/// first; the slope of one prediction on the other completes it.
///
/// ![**What cosine cannot see.** Predictions that run from the mean ($0$) through least squares ($1$) to twice its spread, on
/// the diabetes test rows. The error changes, the cosine hardly does.](figure)
///
/// ```toml
/// kind = "measured"
/// settles = { S13 = "sound if" }
/// words = { both = "Both sides of the comparison: there are two of them." }
/// room = { constant_explains = "A constant explains nothing by definition of $R^2$, and on test rows a little less: zero is the limit." }
/// finding = "If both sides are centred first, and beside the errors, as the post has it. As it stands it is blind to scale and dominated by the mean: on one split of the diabetes table a constant scores {{constant_cosine:4}}, and random coefficients in the median {{random_cosine:3}}; centred, these score {{random_centred:2}}."
/// headline = "random_cosine"
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
    let grown = mse(thousand.as_ref(), y) / mse(predicted.as_ref(), y);
    evidence
        .measure("scaled_error", "mean squared error of $1000\\,\\hat y$ over that of $\\hat y$", grown)
        .within(relative(1e-6))
        .at_least(1e6);
    let words = "$\\cos(\\bar y, \\hat y)$, test rows";
    evidence
        .measure("constant_cosine", words, cosine(constant.as_ref(), predicted.as_ref()))
        .within(relative(1e-4))
        .at_least(0.9);
    evidence
        .measure("constant_explains", "$R^2$ of $\\bar y$, test rows", r_squared(constant.as_ref(), y))
        .within(absolute(1e-6))
        .at_most(0.0);

    let medians = |similarity: Similarity, rows: MatRef<'_, f64>| -> Vec<f64> {
        draws().into_iter().map(|draw| median(&of_random(similarity, rows, predicted.as_ref(), mean, draw))).collect()
    };
    let words = "median |cosine| of random linear predictors to least squares, test rows";
    evidence.measure("random_cosine", words, medians(cosine, new)).within(relative(1e-4)).at_least(0.9);
    evidence
        .breaks("random_centred", "random_cosine", "the mean is removed from both sides", medians(centred_cosine, new))
        .within(relative(1e-4))
        .by(2.0);
    let white = Whitening::fit(data.train.x.as_ref(), Root::Zca, Divisor::N, 0.0)?.apply(new);
    evidence
        .measure("random_whitened", &format!("{words}, centred, whitened"), medians(centred_cosine, white.as_ref()))
        .within(relative(1e-4))
        .noted();
    evidence
        .contrast(
            "alike",
            "median |centred cosine| of random predictors, rows as they are over whitened",
            "random_centred",
            "random_whitened",
        )
        .within(relative(1e-3))
        .by(1.3);
    evidence.figure(blindness(predicted.as_ref(), y, mean));
    record!(evidence)
}

type Similarity = fn(MatRef<'_, f64>, MatRef<'_, f64>) -> f64;

/// |similarity| to a fit of so many linear predictors with random coefficients and with its mean and spread.
fn of_random(similarity: Similarity, rows: MatRef<'_, f64>, fit: MatRef<'_, f64>, mean: f64, draw: Draw) -> Vec<f64> {
    const PREDICTORS: usize = 10_000;
    let raw = rows * draw.normal(0, rows.ncols(), PREDICTORS);
    let spread = data::standard_deviations(fit)[0];
    let scales: Vec<f64> =
        data::standard_deviations(raw.as_ref()).into_iter().map(|deviation| spread / deviation).collect();
    let random = |k: usize| Mat::from_fn(rows.nrows(), 1, |i, _| mean + raw[(i, k)] * scales[k]);
    (0..PREDICTORS).map(|k| similarity(random(k).as_ref(), fit).abs()).collect()
}

fn blindness(predicted: MatRef<'_, f64>, y: MatRef<'_, f64>, mean: f64) -> Figure {
    let shares: Vec<f64> = (0..=16).map(|step| 0.125 * count(step)).collect();
    let curve = |name: &str, measure: &dyn Fn(MatRef<'_, f64>) -> f64| {
        let stretched =
            |share: f64| Mat::from_fn(predicted.nrows(), 1, |i, _| mean + share * (predicted[(i, 0)] - mean));
        Series::through(name, shares.iter().map(|&share| (share, measure(stretched(share).as_ref()))))
            .within(1e-4)
            .label(Side::Below, 8)
    };
    let series = vec![
        curve("R² on the test rows", &|stretched| r_squared(stretched, y)).ink(REGRESSION).mark(Mark::Circle),
        curve("cosine to least squares", &|stretched| cosine(stretched, predicted)).ink(Ink::ACCENT).mark(Mark::Square),
    ];
    let x = Axis::linear("share of least squares' deviation from the mean", &[0.0, 0.5, 1.0, 1.5, 2.0]);
    let y = Axis::linear("cosine to least squares, and R² on the test rows", &[-0.25, 0.0, 0.25, 0.5, 0.75, 1.0]);
    Figure::new("Cosine and explained variance of predictions stretched away from the mean", Chart::new(x, y, series))
}
