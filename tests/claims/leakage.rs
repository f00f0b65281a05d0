//! # What the error can tell
//!
//! <div class="aside" role="note">
//!
//! The values are the targets, $V = y$: a row that attends to itself reads its own answer.
//!
//! </div>
//!
//! Training and test error, says the post, show which of the two generalises. For a regression the rules are known: the
//! training error is too low, by an amount that the degrees of freedom tell, and the error that a fit without row $i$
//! makes on that row is the residual of the fit with it, divided by $1 - h_{ii}$. Attention with $V = y$ has two leaks
//! that regression does not have. A row can see its own target; and even where it cannot, the weights were trained on
//! it.

use attention_regression::agreement::mse;
use attention_regression::attention::gradients::Task;
use attention_regression::attention::softmax::temperature_of_width;
use attention_regression::attention::{Diagonal, Normalisation};
use attention_regression::data::random::standard_normal;
use attention_regression::data::{self, Dataset, Scaling};
use attention_regression::linalg::{max_abs_gap, relative_gap};
use attention_regression::notebook::evidence::{Evidence, at_least, at_most, expected, relative};
use attention_regression::notebook::figure::{Axis, Chart, Figure, Ink, Label, Mark, Plot, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge, hat_matrix, kernel};
use attention_regression::training::{Parametrisation, Training};
use attention_regression::whitening::{Divisor, Root, Whitening};
use attention_regression::{Mat, Result};

use crate::support::{SEEDS, diabetes, logarithmic, record, rounding_bound, synthetic};

/// The data with whitened features, by training statistics.
fn whitened(data: &Dataset) -> Result<Dataset> {
    let whitening = Whitening::fit(data.train.x.as_ref(), Root::Zca, Divisor::N, 0.0)?;
    let mut white = data.clone();
    white.train.x = whitening.apply(data.train.x.as_ref());
    white.test.x = whitening.apply(data.test.x.as_ref());
    Ok(white)
}

/// Errors of the distance kernel at a bandwidth: on training rows, leaving each one out, on test rows.
fn errors(data: &Dataset, bandwidth: f64) -> Result<[f64; 3]> {
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let of = |weights: Mat<f64>, truth: &Mat<f64>| mse((weights * y).as_ref(), truth.as_ref());
    Ok([
        of(kernel::smoother_matrix(x, x, bandwidth)?, &data.train.y),
        of(kernel::leave_one_out_matrix(x, bandwidth)?, &data.train.y),
        of(kernel::smoother_matrix(data.test.x.as_ref(), x, bandwidth)?, &data.test.y),
    ])
}

/// ## A row that sees itself remembers
///
/// Softmax of the negative squared distance over $2h^2$ is local attention, a kernel smoother: let $h$ shrink. Every
/// row ends up looking at itself, $A \to I$, and the training error goes to zero: below {{train}} at the narrowest.
/// It says nothing. On new rows the same attention is the nearest neighbour and errs by {{test_diabetes:4}} on the
/// diabetes table (in squares of its score), where least squares errs by {{least_squares:4}}, less than half as much;
/// on the synthetic data it is {{test_synthetic:3}} against {{least_synthetic:2}}.
///
/// Take the row's own weight away before the softmax, and the error becomes honest. It is the leave-one-out error,
/// {{masked_diabetes:4}}, close to what new rows show. No refitting is needed: with $W$ fixed the other weights do
/// not know which row was left out. Along all bandwidths the masked error follows the test error, within a factor of
/// {{follows:2^}}, while the plain one falls to nothing.
///
/// ![**Which error to believe.** Errors of the distance kernel on the diabetes table, over the variance of the target:
/// dashed on training rows, the crosses with a masked diagonal, solid on test rows. The line is least squares on
/// test rows.](figure)
///
/// ```toml
/// kind = "bound"
/// settles = { S15 = "holds if" }
/// finding = "The training error shows nothing while rows see themselves, it can be zero; with the diagonal masked it is the leave-one-out error, as long as the weights were not trained on it."
/// uses = ["every_smoother_has_a_signature"]
/// headline = "test_diabetes"
/// breaks_when = "the diagonal is kept: the training error at the narrowest bandwidth is below {{train}}, as long as no two rows are equal."
/// ```
#[test]
fn a_row_that_sees_itself_remembers() -> Result<()> {
    let mut evidence = Evidence::new();
    let (made, real) = (whitened(&synthetic())?, whitened(&diabetes()?)?);
    let narrow = 1e-3;
    let [train, masked, test] = errors(&real, narrow)?;
    let least = |data: &Dataset| {
        let fit = Ridge::fit(data.train.x.as_ref(), data.train.y.as_ref(), 0.0, Intercept::None)?;
        Ok::<_, attention_regression::Error>(mse(fit.predict(data.test.x.as_ref()).as_ref(), data.test.y.as_ref()))
    };
    evidence.vanishing_control("train", "training error at bandwidth $10^{-3}$, diabetes", train, 1e-9);
    evidence.judge("test_diabetes", "test error at bandwidth $10^{-3}$, diabetes", test, relative(1e-4), expected(6883.0));
    evidence.judge("masked_diabetes", "masked training error at bandwidth $10^{-3}$, diabetes", masked, relative(1e-4), expected(6825.6));
    evidence.judge("least_squares", "test error of least squares, diabetes", least(&real)?, relative(1e-5), expected(3279.16));
    let [_, _, test] = errors(&made, narrow)?;
    evidence.judge("test_synthetic", "test error at bandwidth $10^{-3}$, synthetic", test, relative(1e-6), at_least(2.0));
    evidence.judge("least_synthetic", "test error of least squares, synthetic", least(&made)?, relative(1e-6), at_most(0.4));
    let bandwidths = logarithmic(0.05, 20.0, 25);
    let path = bandwidths.iter().map(|&bandwidth| errors(&real, bandwidth)).collect::<Result<Vec<_>>>()?;
    let follows = path.iter().map(|[_, masked, test]| (masked / test).max(test / masked)).fold(1.0, f64::max);
    evidence.judge("follows", "largest factor between masked and test error, 25 bandwidths", follows, relative(1e-4), at_most(1.5));
    evidence.figure(beliefs(&real, &bandwidths, &path, least(&real)?));
    record!(evidence)
}

fn beliefs(data: &Dataset, bandwidths: &[f64], path: &[[f64; 3]], least: f64) -> Figure {
    let variance = data::standard_deviations(data.train.y.as_ref())[0].powi(2);
    let curve = |name: &str, place: usize, stroke: Stroke, mark: Option<Mark>, at: usize, side: Side| Series {
        name: name.to_owned(),
        ink: Ink::Softmax,
        mark,
        stroke,
        x: bandwidths.to_vec(),
        y: path.iter().map(|errors| errors[place] / variance).collect(),
        relative: 1e-3,
        label: Some(Label { at, side }),
    };
    let line = Series {
        name: "least squares, test".to_owned(),
        ink: Ink::Regression,
        mark: None,
        stroke: Stroke::Solid,
        x: vec![0.05, 20.0],
        y: vec![least / variance; 2],
        relative: 1e-3,
        label: Some(Label { at: 0, side: Side::Below }),
    };
    let series = vec![
        line,
        curve("training", 0, Stroke::Dashed, None, 8, Side::Right),
        curve("masked diagonal", 1, Stroke::None, Some(Mark::Cross), 20, Side::Below),
        curve("test", 2, Stroke::Solid, None, 4, Side::Above),
    ];
    let x = Axis::log("bandwidth h on whitened rows", &[0.05, 0.1, 1.0, 10.0, 20.0]);
    let y = Axis::linear("mean squared error, in units of the target's variance", &[0.0, 0.4, 0.8, 1.2]);
    Figure { title: "Errors of the distance kernel against its bandwidth, diabetes".to_owned(), plot: Plot::Chart(Chart::new(x, y, series)) }
}

/// ## A masked diagonal is honest only for weights that were not trained
///
/// Give attention labels of pure noise, independent of everything. Nothing can be learnt, and the error on fresh labels
/// is at least one (in units of the noise's variance, on average). For a kernel that nobody trained the masked error
/// says so: {{fixed:3}} on the diabetes table. Now train $W_q$ and $W_k$ with the diagonal masked all the way, so that
/// no row ever sees its own label. The masked error ends at {{masked_diabetes:2}}, in the median of five draws of
/// noise, from {{masked_diabetes.lowest:2}} to {{masked_diabetes.highest:2}}, and at {{masked_synthetic:2}} on the
/// synthetic rows. It looks as if half of the noise were explained. On fresh labels for new rows the same layers err by
/// {{fresh_diabetes:2}} and {{fresh_synthetic:2}}.
///
/// The weights $W$ were fitted to all labels at once, and through them every row knows its own.
///
/// ```toml
/// kind = "measured"
/// settles = { S15 = "holds if" }
/// finding = "Once the weights are trained even the masked error leaks: trained on pure noise it is {{masked_diabetes:2}}, and on fresh noise {{fresh_diabetes:2}}, in units of the noise's variance."
/// uses = ["a_row_that_sees_itself_remembers"]
/// headline = "masked_diabetes"
/// breaks_when = "the weights are fixed: the masked error of an untrained kernel on the same noise is {{fixed:3}}."
/// ```
#[test]
fn a_masked_diagonal_is_honest_only_for_weights_that_were_not_trained() -> Result<()> {
    let mut evidence = Evidence::new();
    for (name, data) in [("diabetes", data::diabetes::dataset()?), ("synthetic", data::synthetic(1))] {
        let data = data.scaled(Scaling::Standard)?.0;
        let runs = std::thread::scope(|scope| {
            let runs = SEEDS.map(|seed| {
                let data = &data;
                scope.spawn(move || noise_run(data, seed))
            });
            runs.map(|run| run.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).into_iter().collect::<Result<Vec<_>>>()
        })?;
        let of = |place: usize| runs.iter().map(|run| run[place]).collect::<Vec<f64>>();
        evidence.seeds(
            &format!("masked_{name}"),
            &format!("masked training error on pure noise, softmax trained masked, {name}"),
            &of(0),
            relative(0.05),
            at_most(0.75),
        );
        evidence.seeds(
            &format!("fresh_{name}"),
            &format!("error on fresh noise of softmax trained masked on noise, {name}"),
            &of(1),
            relative(0.05),
            at_least(1.1),
        );
    }

    // Control: a kernel that is not trained.
    let real = whitened(&data::diabetes::dataset()?.scaled(Scaling::Standard)?.0)?;
    let noise = standard_normal(500, 0, real.train.n(), 40);
    let fixed = mse((kernel::leave_one_out_matrix(real.train.x.as_ref(), 1.5)? * &noise).as_ref(), noise.as_ref());
    evidence.control("fixed", "masked error of a fixed kernel, forty draws of noise, diabetes", fixed, relative(1e-3), at_least(1.0));
    record!(evidence)
}

/// Trained with a masked diagonal on one draw of noise: the masked training error, and the error on fresh noise for test rows.
fn noise_run(data: &Dataset, seed: u64) -> Result<[f64; 2]> {
    let (x, new) = (data.train.x.as_ref(), data.test.x.as_ref());
    let (noise, fresh) = (standard_normal(500 + seed, 0, x.nrows(), 1), standard_normal(500 + seed, 1, new.nrows(), 1));
    let normalisation = Normalisation::Softmax { temperature: temperature_of_width(x.ncols()) };
    let training = Training { diagonal: Diagonal::Masked, seed, ..Training::new(normalisation, Parametrisation::Separate) };
    let held_out = Task { queries: new, keys: x, values: noise.as_ref(), targets: fresh.as_ref() };
    let trained = training.run(Task::regression(x, noise.as_ref()), Some(held_out))?;
    Ok([trained.last().loss, trained.last().held_out.unwrap_or(f64::NAN)])
}

/// ## Masking the hat matrix is leaving one out
///
/// A last likeness, and an exact one. Take the hat matrix of a regression *with an intercept*, set its diagonal to zero, as one
/// would mask an attention, and divide every row by what is left of its sum. Since the rows of that $H$ sum to one,
///
/// $$\hat y_{-i} \;=\; \frac{\sum_{j \ne i} h_{ij}\,y_j}{1 - h_{ii}} \;=\; y_i - \frac{r_i}{1 - h_{ii}},$$
///
/// where $r_i = y_i - \hat y_i$. This is the leave-one-out prediction. Masked and renormalised, a regression refits
/// itself without the row. Against $n$ refits the gap is {{refits}} on the diabetes table and {{refits_ridge}} for a
/// ridge with $\lambda = 100$.
///
/// The intercept makes the divisor what is left of the row. With softmax, whose rows sum to one, it is so by
/// construction, as long as $W$ is fixed: the exponentials of the other keys do not know that one is missing.
///
/// ```toml
/// kind = "identity"
/// uses = ["a_row_that_sees_itself_remembers"]
/// headline = "refits"
/// breaks_when = "there is no intercept. On the uncentred columns of a fit without one the masked and rescaled rows miss the leave-one-out predictions by {{without_intercept:2}} of their norm."
/// ```
#[test]
fn masking_the_hat_matrix_is_leaving_one_out() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = data::diabetes::dataset()?.standardised()?;
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let masked = |x: &Mat<f64>, penalty: f64, intercept: Intercept| {
        let hat = hat_matrix(x.as_ref(), penalty, intercept)?;
        let rest = |i: usize| hat.row(i).iter().sum::<f64>() - hat[(i, i)];
        let weights = Mat::from_fn(hat.nrows(), hat.ncols(), |i, j| if i == j { 0.0 } else { hat[(i, j)] / rest(i) });
        Ok::<_, attention_regression::Error>(weights * y)
    };
    let refits =
        |x: &Mat<f64>, penalty: f64, intercept| attention_regression::regression::diagnostics::leave_one_out_by_definition(x.as_ref(), y, penalty, intercept);
    let bound = rounding_bound(x)?;
    for (name, penalty) in [("refits", 0.0), ("refits_ridge", 100.0)] {
        let gap = relative_gap(masked(&data.train.x, penalty, Intercept::Fitted)?.as_ref(), refits(&data.train.x, penalty, Intercept::Fitted)?.as_ref());
        evidence.rounding(name, &format!("masked and rescaled against {} refits, $\\lambda = {penalty}$", x.nrows()), gap, bound);
    }

    // Control: columns away from zero, and no intercept.
    let moved = Mat::from_fn(x.nrows(), x.ncols(), |i, j| x[(i, j)] + 0.7);
    let (without, definition) = (masked(&moved, 0.0, Intercept::None)?, refits(&moved, 0.0, Intercept::None)?);
    evidence.control(
        "without_intercept",
        "masked and rescaled against refits, no intercept",
        relative_gap(without.as_ref(), definition.as_ref()),
        relative(1e-4),
        at_least(0.05),
    );
    evidence.note(
        "worst_row",
        "masked and rescaled against refits, no intercept: largest error over a row, in units of $y$",
        max_abs_gap(without.as_ref(), definition.as_ref()),
        relative(1e-3),
    );
    record!(evidence)
}
