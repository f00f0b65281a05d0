//! # What the error can tell
//!
//! <div class="aside" role="note">
//!
//! The values are the targets, $V = y$: a row that attends to itself reads its own answer.
//!
//! </div>
//!
//! The post compares its models by their errors on training and on test rows. What can these tell? For a regression the rules are known: the
//! training error is too low, by an amount that the degrees of freedom tell, and the error that a fit without row $i$
//! makes on that row is the residual of the fit with it, divided by $1 - h_{ii}$. Attention with $V = y$ has two leaks
//! that regression does not have. A row can see its own target; and even where it cannot, the weights were trained on
//! it.

use attention_regression::agreement::mse;
use attention_regression::attention::gradients::Task;
use attention_regression::attention::softmax::temperature_of_width;
use attention_regression::attention::{Diagonal, Head, Normalisation};
use attention_regression::compare::ink::{REGRESSION, SOFTMAX};
use attention_regression::data::{self, Dataset, Scaling};
use attention_regression::linalg::{count, frobenius_norm, relative_gap};
use attention_regression::notebook::claim::evidence::{Evidence, absolute, relative};
use attention_regression::publish::figure::{Axis, Chart, Figure, Mark, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge, diagnostics, hat_matrix, kernel};
use attention_regression::training::{Parametrisation, Training};
use attention_regression::whitening::{Divisor, Root, Whitening};
use attention_regression::{Error, Mat, MatRef, Result, record};

use crate::support::{Draw, draws, first, logarithmic, rounding_bound};

/// The synthetic data of a draw, features whitened and targets in standard units.
fn made(draw: Draw) -> Result<Dataset> {
    whitened(draw.synthetic())
}

/// A random half of the diabetes table for training, features whitened and targets in standard units.
fn real(draw: Draw) -> Result<Dataset> {
    whitened(draw.halves()?)
}

/// The data in standard units with whitened features, by training statistics.
fn whitened(data: Dataset) -> Result<Dataset> {
    let mut data = data.scaled(Scaling::Standard)?.0;
    let whitening = Whitening::fit(data.train.x.as_ref(), Root::Zca, Divisor::N, 0.0)?;
    data.train.x = whitening.apply(data.train.x.as_ref());
    data.test.x = whitening.apply(data.test.x.as_ref());
    Ok(data)
}

/// Errors of the distance kernel at a bandwidth.
#[derive(Debug, Clone, Copy)]
struct Errors {
    train: f64,
    masked: f64,
    test: f64,
}

impl Errors {
    fn of(data: &Dataset, bandwidth: f64) -> Result<Self> {
        let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
        let of = |weights: Mat<f64>, truth: &Mat<f64>| mse((weights * y).as_ref(), truth.as_ref());
        Ok(Self {
            train: of(kernel::smoother_matrix(x, x, bandwidth)?, &data.train.y),
            masked: of(kernel::leave_one_out_matrix(x, bandwidth)?, &data.train.y),
            test: of(kernel::smoother_matrix(data.test.x.as_ref(), x, bandwidth)?, &data.test.y),
        })
    }

    fn path(data: &Dataset, bandwidths: &[f64]) -> Result<Vec<Self>> {
        bandwidths.iter().map(|&bandwidth| Self::of(data, bandwidth)).collect()
    }
}

/// How far the error on training rows that `chosen` picks and the test error agree along a path: the least ratio of the smaller to the larger.
fn agreement(path: &[Errors], chosen: impl Fn(&Errors) -> f64) -> f64 {
    path.iter().map(|errors| (chosen(errors) / errors.test).min(errors.test / chosen(errors))).fold(1.0, f64::min)
}

/// The test error of least squares.
fn least_squares(data: &Dataset) -> Result<f64> {
    let fit = Ridge::fit(data.train.x.as_ref(), data.train.y.as_ref(), 0.0, Intercept::None)?;
    Ok(mse(fit.predict(data.test.x.as_ref()).as_ref(), data.test.y.as_ref()))
}

/// The test error of a prediction by the nearest training row.
fn nearest_neighbour(data: &Dataset) -> f64 {
    let distance = |i: usize, j: usize| {
        data.test.x.row(i).iter().zip(data.train.x.row(j).iter()).map(|(a, b)| (a - b) * (a - b)).sum::<f64>()
    };
    let nearest = |i: usize| {
        (0..data.train.n()).map(|j| (distance(i, j), j)).min_by(|a, b| a.0.total_cmp(&b.0)).map_or(0, |(_, j)| j)
    };
    let prediction = Mat::from_fn(data.test.n(), 1, |i, _| data.train.y[(nearest(i), 0)]);
    mse(prediction.as_ref(), data.test.y.as_ref())
}

/// ## A row that sees itself remembers
///
/// Softmax of the negative squared distance over $2h^2$ is local attention, a kernel smoother: let $h$ shrink. Every
/// row ends up looking at itself, $A \to I$, and the training error goes to zero. It says nothing. On new rows the same
/// attention is then the nearest neighbour, to rounding, and errs on the diabetes table by {{test_diabetes:3}}, in units of the
/// training targets' variance, {{test_diabetes|about as much as the mean alone|0.9..1.3}}, because the answer of the
/// neighbour is as noisy as the one that is asked for. Least squares errs by {{least_diabetes:2}}, {{price_diabetes|about half of it|1.7..2.4}}. On the synthetic data
/// it is {{test_synthetic:2}} against {{least_synthetic:2}}.
///
/// Take the row's own weight away before the softmax, and the error becomes honest: it is the leave-one-out error. No
/// refitting is needed: with $W$ fixed the other weights do not know which row was left out. Along all bandwidths the masked
/// error follows the test error: the smaller of the two is never less than {{follows_diabetes.lowest:2_}} of the larger on
/// random halves of the diabetes table, and {{follows_synthetic.lowest:2_}} on the synthetic data, where a hundred test rows
/// are few. The plain training error falls to {{plain_diabetes.highest|nothing|0..0.01}} beside it.
///
/// ![**Which error to believe.** Errors of the distance kernel on the first random half of the diabetes table, over the
/// variance of the target: dashed on training rows, the crosses with a masked diagonal, solid on test rows. The line is least
/// squares on test rows.](figure)
///
/// ```toml
/// kind = "measured"
/// settles = { S15 = "sound if" }
/// finding = "If no row sees itself: while rows do, the training error can be zero and says nothing. With the diagonal masked it is the leave-one-out error, which stays near the test error at every bandwidth, as long as the weights were not trained on it."
/// uses = ["every_smoother_has_a_signature"]
/// headline = "follows_diabetes"
/// words = { every = "follows_diabetes", nothing = "follows_diabetes" }
/// breaks_when = "the diagonal is kept: at the narrowest bandwidth the training error is then {{plain_diabetes|nothing|0..0.01}} beside the test error."
/// ```
#[test]
fn a_row_that_sees_itself_remembers() -> Result<()> {
    let mut evidence = Evidence::new();
    let bandwidths = logarithmic(0.05, 20.0, 13);
    let mut gaps = Vec::new();
    for (name, draw) in [("diabetes", real as fn(Draw) -> Result<Dataset>), ("synthetic", made)] {
        let data: Vec<Dataset> = draws().into_iter().map(draw).collect::<Result<_>>()?;
        let paths: Vec<Vec<Errors>> = data.iter().map(|data| Errors::path(data, &bandwidths)).collect::<Result<_>>()?;
        let along = |chosen: fn(&Errors) -> f64| paths.iter().map(|path| agreement(path, chosen)).collect::<Vec<_>>();
        let words = format!(
            "error on training rows and test error, the smaller over the larger, least of 13 bandwidths, {name}"
        );
        let follows = format!("follows_{name}");
        evidence.measure(&follows, &words, along(|errors| errors.masked)).within(relative(1e-3)).at_least(0.5);
        evidence
            .breaks(&format!("plain_{name}"), &follows, "the diagonal is kept", along(|errors| errors.train))
            .within(absolute(1e-6))
            .by(50.0);

        let narrow: Vec<f64> = data.iter().map(|data| Ok(Errors::of(data, 1e-6)?.test)).collect::<Result<_>>()?;
        gaps.extend(data.iter().zip(&narrow).map(|(data, narrow)| (narrow / nearest_neighbour(data) - 1.0).abs()));
        let (test, least) = (format!("test_{name}"), format!("least_{name}"));
        evidence
            .measure(&test, &format!("test error at bandwidth $10^{{-6}}$, {name}"), narrow)
            .within(relative(1e-4))
            .noted();
        let regression = data.iter().map(least_squares).collect::<Result<Vec<_>>>()?;
        evidence
            .measure(&least, &format!("test error of least squares, {name}"), regression)
            .within(relative(1e-4))
            .noted();
        let words = format!("test error, narrowest kernel over least squares, {name}");
        evidence.contrast(&format!("price_{name}"), &words, &test, &least).within(relative(1e-3)).by(1.4);
    }
    let worst = gaps.into_iter().fold(0.0, f64::max);
    evidence.rounding(
        "nearest",
        "test error at bandwidth $10^{-6}$ against that of the nearest neighbour",
        worst,
        1e-10,
    );

    let (data, bandwidths) = (real(first())?, logarithmic(0.05, 20.0, 25));
    evidence.figure(beliefs(&bandwidths, &Errors::path(&data, &bandwidths)?, least_squares(&data)?));
    record!(evidence)
}

fn beliefs(bandwidths: &[f64], path: &[Errors], least: f64) -> Figure {
    let curve = |name: &str, of: fn(&Errors) -> f64| {
        Series::curve(name, bandwidths.iter().copied(), path.iter().map(of)).ink(SOFTMAX)
    };
    let series = vec![
        Series::curve("least squares, test", [0.05, 20.0], [least; 2]).ink(REGRESSION).label(Side::Below, 0),
        curve("training", |errors| errors.train).stroke(Stroke::Dashed).label(Side::Right, 8),
        curve("masked diagonal", |errors| errors.masked).marks(Mark::Cross).label(Side::Below, 20),
        curve("test", |errors| errors.test).label(Side::Above, 4),
    ];
    let x = Axis::log("bandwidth h on whitened rows", &[0.05, 0.1, 1.0, 10.0, 20.0]);
    let y = Axis::linear("mean squared error, in units of the target's variance", &[0.0, 0.4, 0.8, 1.2]);
    Figure::new("Errors of the distance kernel against its bandwidth, diabetes", Chart::new(x, y, series))
}

/// ## A masked diagonal is honest only for weights that were not trained
///
/// Give attention labels of pure noise, independent of everything. Nothing can be learnt, and whatever has not seen the
/// labels errs, on average, at least as much as the answer zero, whose error is the unit here. A layer of softmax attention
/// with a masked diagonal says so as long as its $W_q$ and $W_k$ are those it begins with: its error is {{fixed_diabetes:3}} on
/// random halves of the diabetes table.
///
/// Now train $W_q$ and $W_k$, 600 steps of Adam from a start of three tenths with the diagonal masked all the way, so that no row ever sees its own
/// label. The masked error ends at {{masked_diabetes:2}}, the median of five draws of rows and noise with three
/// initialisations each, from {{masked_diabetes.lowest:2}} to {{masked_diabetes.highest:2}}, and at {{masked_synthetic:2}} on
/// the synthetic rows. It looks as if {{masked_synthetic|about half|0.35..0.65}} of the noise were explained, and
/// {{masked_diabetes|more than half|0..0.5}} on the diabetes rows. On fresh labels for new rows the same layers err by {{fresh_diabetes:2}} and
/// {{fresh_synthetic:2}}.
///
/// The weights $W$ were fitted to all labels at once, and through them every row knows its own. It is these labels that
/// leak, and not the size of the weights: give the trained layers other labels on the same rows, and the masked error is above
/// one again, {{other_diabetes:2}} and {{other_synthetic:2}}.
///
/// ```toml
/// kind = "measured"
/// settles = { S15 = "sound if" }
/// words = { only = "masked_diabetes" }
/// finding = "If the weights were not trained on these labels: once they are, even the masked error leaks. After 600 steps on pure noise, from a start of three tenths, it is {{masked_diabetes:2}}, and on fresh noise {{fresh_diabetes:2}}, in units of what the answer zero errs by."
/// uses = ["a_row_that_sees_itself_remembers"]
/// headline = "masked_diabetes"
/// breaks_when = "the weights are not trained: the masked error of the same layers on the same noise, before the first step, is {{fixed_diabetes:3}}."
/// ```
#[test]
fn a_masked_diagonal_is_honest_only_for_weights_that_were_not_trained() -> Result<()> {
    let mut evidence = Evidence::new();
    let runs = std::thread::scope(|scope| {
        let threads = [Draw::halves as fn(Draw) -> Result<Dataset>, |draw| Ok(draw.synthetic())]
            .map(|data| scope.spawn(move || noise_runs(data)));
        threads.map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    for (name, runs) in ["diabetes", "synthetic"].into_iter().zip(runs) {
        let runs = runs?;
        let of = |chosen: fn(&Noise) -> f64| runs.iter().map(chosen).collect::<Vec<_>>();
        let masked = format!("masked_{name}");
        let words = format!("masked error of softmax on labels of pure noise, over that of zero, {name}");
        evidence.measure(&masked, &words, of(|noise| noise.trained)).within(relative(0.05)).at_most(0.72);
        evidence
            .breaks(&format!("fixed_{name}"), &masked, "the weights are not trained", of(|noise| noise.fixed))
            .within(relative(1e-3))
            .by(1.25);
        evidence
            .breaks(
                &format!("other_{name}"),
                &masked,
                "the weights were trained on other labels",
                of(|noise| noise.other),
            )
            .within(relative(0.05))
            .by(1.4);
        let words = format!("error on fresh noise of softmax trained masked on noise, over that of zero, {name}");
        evidence
            .measure(&format!("fresh_{name}"), &words, of(|noise| noise.fresh))
            .within(relative(0.05))
            .at_least(1.0);
    }
    record!(evidence)
}

/// Errors of a softmax layer on labels of pure noise, over those of the answer zero.
#[derive(Debug, Clone, Copy)]
struct Noise {
    /// With a masked diagonal, trained so on these labels.
    trained: f64,
    /// With a masked diagonal, before the training.
    fixed: f64,
    /// With a masked diagonal, on labels that it was not trained on.
    other: f64,
    /// On fresh labels of new rows.
    fresh: f64,
}

/// Every draw of data and noise, from every initialisation.
fn noise_runs(data: fn(Draw) -> Result<Dataset>) -> Result<Vec<Noise>> {
    let mut runs = Vec::new();
    for draw in draws() {
        let data = data(draw)?.scaled(Scaling::Standard)?.0;
        for seed in draw.inits() {
            runs.push(noise_run(&data, draw, seed)?);
        }
    }
    Ok(runs)
}

fn noise_run(data: &Dataset, draw: Draw, seed: u64) -> Result<Noise> {
    let (x, new) = (data.train.x.as_ref(), data.test.x.as_ref());
    let [labels, others] = [0, 1].map(|stream| draw.normal(stream, x.nrows(), 1));
    let fresh = draw.normal(2, new.nrows(), 1);
    let normalisation = Normalisation::Softmax { temperature: temperature_of_width(x.ncols()) };
    let training = Training {
        diagonal: Diagonal::Masked,
        seed,
        steps: 600,
        falling: true,
        ..Training::new(normalisation, Parametrisation::Separate)
    };
    let trained = training.run(Task::regression(x, labels.as_ref()), None)?;

    let masked = |head: &Head, labels: &Mat<f64>| {
        let output =
            normalisation.output(head.queries(x).as_ref(), head.keys(x).as_ref(), labels.as_ref(), Diagonal::Masked)?;
        Ok::<_, Error>(over_zero(output.as_ref(), labels))
    };
    let head = &trained.head;
    let output =
        normalisation.output(head.queries(new).as_ref(), head.keys(x).as_ref(), labels.as_ref(), Diagonal::Kept)?;
    Ok(Noise {
        trained: masked(head, &labels)?,
        fixed: masked(&trained.path[0].head, &labels)?,
        other: masked(head, &others)?,
        fresh: over_zero(output.as_ref(), &fresh),
    })
}

/// The error of a prediction over that of the answer zero.
fn over_zero(prediction: MatRef<'_, f64>, labels: &Mat<f64>) -> f64 {
    mse(prediction, labels.as_ref()) * count(labels.nrows()) / frobenius_norm(labels.as_ref()).powi(2)
}

/// ## Masking the hat matrix is leaving one out
///
/// A last likeness, and an exact one. Take the hat matrix of a regression *with an intercept*, set its diagonal to zero, as one
/// would mask an attention, and divide every row by what is left of its sum. Since the rows of that $H$ sum to one,
///
/// $$\hat y_{-i} \;=\; \frac{\sum_{j \ne i} h_{ij}\,y_j}{1 - h_{ii}} \;=\; y_i - \frac{r_i}{1 - h_{ii}},$$
///
/// where $r_i = y_i - \hat y_i$. This is the leave-one-out prediction. Masked and renormalised, a regression refits
/// itself without the row. Against $n$ refits the gap is {{refits}} on the diabetes table, and no more than rounding for a
/// ridge with $\lambda = 100$ either.
///
/// The intercept makes the divisor what is left of the row. With softmax, whose rows sum to one, it is so by
/// construction, as long as $W$ is fixed: the exponentials of the other keys do not know that one is missing.
///
/// ```toml
/// kind = "identity"
/// uses = ["a_row_that_sees_itself_remembers"]
/// headline = "refits"
/// breaks_when = "there is no intercept. On centred columns the rows of $H$ then sum to zero, what is left of a row is $-h_{ii}$, and the masked and rescaled rows miss the leave-one-out predictions by {{without_intercept:2}} times their norm."
/// ```
#[test]
fn masking_the_hat_matrix_is_leaving_one_out() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = data::diabetes::dataset()?.standardised()?;
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let masked = |penalty: f64, intercept: Intercept| {
        let hat = hat_matrix(x, penalty, intercept)?;
        let rest = |i: usize| hat.row(i).iter().sum::<f64>() - hat[(i, i)];
        let weights = Mat::from_fn(hat.nrows(), hat.ncols(), |i, j| if i == j { 0.0 } else { hat[(i, j)] / rest(i) });
        Ok::<_, Error>(weights * y)
    };
    let gap = |penalty: f64, intercept: Intercept| {
        let refits = diagnostics::leave_one_out_by_definition(x, y, penalty, intercept)?;
        Ok::<_, Error>(relative_gap(masked(penalty, intercept)?.as_ref(), refits.as_ref()))
    };
    let words = format!("masked and rescaled against {} refits", x.nrows());
    evidence.rounding("refits", &words, gap(0.0, Intercept::Fitted)?, rounding_bound(x)?);
    evidence
        .breaks("without_intercept", "refits", "there is no intercept", gap(0.0, Intercept::None)?)
        .within(relative(1e-4))
        .by(1e6);
    evidence.rounding(
        "refits_ridge",
        &format!("{words}, $\\lambda = 100$"),
        gap(100.0, Intercept::Fitted)?,
        rounding_bound(x)?,
    );
    record!(evidence)
}
