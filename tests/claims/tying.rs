//! # Tied or separate weights
//!
//! <div class="aside" role="note">
//!
//! $c = X^\top y$ for one target, so $\hat\beta = G^{-1}c$. Tied weights, $W_q = W_k$, make $W = W_qW_q^\top$ symmetric and
//! positive semidefinite.
//!
//! </div>
//!
//! One matrix for queries and keys, or two? Tying halves the parameters and restricts $W$ to symmetric forms without a
//! negative direction. It sounds like a restriction on what attention can predict. For regression it is none, and the
//! reason is a line long. What it changes is which of the many right forms training finds, and with it the mechanism.

use attention_regression::agreement::{asymmetry, cosine, r_squared};
use attention_regression::attention::gradients::Task;
use attention_regression::attention::{Diagonal, Normalisation, linear};
use attention_regression::data::random::standard_normal;
use attention_regression::data::{self, Dataset, Scaling};
use attention_regression::linalg::{count, frobenius_norm, gram, relative_gap, spectral_norm};
use attention_regression::notebook::evidence::{Evidence, absolute, at_least, at_most, expected, relative};
use attention_regression::notebook::figure::{Axis, Chart, Figure, Ink, Label, Mark, Plot, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge, hat_matrix};
use attention_regression::training::{Ending, Optimiser, Parametrisation, Training};
use attention_regression::{Mat, MatRef, Result};

use crate::support::{diabetes, record, rounding_bound, synthetic};

/// The two smallest forms that predict like least squares: any, $\hat\beta c^\top/\|c\|^2$, and without a negative direction,
/// $\hat\beta\hat\beta^\top/(c^\top\hat\beta)$.
fn smallest_forms(x: MatRef<'_, f64>, y: MatRef<'_, f64>) -> Result<[Mat<f64>; 2]> {
    let (content, fit) = (x.transpose() * y, Ridge::fit(x, y, 0.0, Intercept::None)?);
    let beta = fit.coefficients();
    let (square, product) = ((content.transpose() * &content)[(0, 0)], (content.transpose() * beta)[(0, 0)]);
    Ok([beta * content.transpose() * faer::Scale(1.0 / square), beta * beta.transpose() * faer::Scale(1.0 / product)])
}

/// $A = XWX^\top$.
fn weights(x: MatRef<'_, f64>, form: &Mat<f64>) -> Mat<f64> {
    linear::weights((x * form).as_ref(), x, 1.0, Diagonal::Kept)
}

/// ## Tying costs nothing in the outputs
///
/// A tied form must be positive semidefinite and satisfy $Wc = \hat\beta$. There is one:
///
/// $$W = \frac{\hat\beta\hat\beta^\top}{c^\top\hat\beta}, \qquad c^\top\hat\beta = c^\top G^{-1}c > 0.$$
///
/// The denominator is positive because $G^{-1}$ is positive definite, whatever the target, unless $c = 0$. So tied
/// weights reach the least-squares predictions exactly, within {{tied_synthetic}} on the synthetic data and
/// {{tied_diabetes}} on the diabetes table, and so do separate ones with $W = \hat\beta c^\top/\|c\|^2$, within
/// {{separate_synthetic}} and {{separate_diabetes}}.
///
/// Inside they differ. The tied matrix is the *orthogonal* projection onto the line of the fitted values,
/// $\hat y\hat y^\top/\|\hat y\|^2$, symmetric, at $(1 - 1/d)^{1/2}$ from the hat matrix within {{distance}}. The
/// separate one is an oblique projection onto the same line: its asymmetry is {{asymmetry:2}}, and it is further from
/// $H$, {{separate_distance:3}} norms instead of {{tied_distance:3}}.
///
/// ```toml
/// kind = "identity"
/// settles = { S9 = "holds if" }
/// finding = "Without softmax and with the targets as values, tying does not change what can be predicted. It changes the mechanism: an orthogonal projection instead of an oblique one."
/// uses = ["a_target_pins_the_form_only_along_itself"]
/// headline = "tied_synthetic"
/// breaks_when = "the values are not the targets. With $V = -y$ no form without a negative direction helps: tied attention trained on it keeps {{opposed_tied:4}} of the target's variance as error, where separate weights come down to {{opposed_separate:2}}."
/// ```
#[test]
fn tying_costs_nothing_in_the_outputs() -> Result<()> {
    let mut evidence = Evidence::new();
    for (name, data) in [("synthetic", synthetic()), ("diabetes", diabetes()?)] {
        let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
        let fit = Ridge::fit(x, y, 0.0, Intercept::None)?;
        for (kind, form) in ["separate", "tied"].into_iter().zip(smallest_forms(x, y)?) {
            let gap = relative_gap((weights(x, &form) * y).as_ref(), fit.fitted());
            evidence.rounding(&format!("{kind}_{name}"), &format!("fitted values against least squares, {kind}, {name}"), gap, rounding_bound(x)?);
        }
    }
    let data = synthetic();
    let (x, hat) = (data.train.x.as_ref(), hat_matrix(data.train.x.as_ref(), 0.0, Intercept::None)?);
    let [separate, tied] = smallest_forms(x, data.train.y.as_ref())?.map(|form| weights(x, &form));
    let (far, near) = (relative_gap(separate.as_ref(), hat.as_ref()), relative_gap(tied.as_ref(), hat.as_ref()));
    evidence.rounding("distance", "tied: $\\|A - H\\|_F/\\|H\\|_F$ against $(1 - 1/d)^{1/2}$", (near - (1.0 - 1.0 / 8.0_f64).sqrt()).abs(), rounding_bound(x)?);
    evidence.note("tied_distance", "tied: $\\|A - H\\|_F/\\|H\\|_F$", near, relative(1e-6));
    evidence.judge("separate_distance", "separate: $\\|A - H\\|_F/\\|H\\|_F$", far, relative(1e-6), at_least(near));
    evidence.judge("asymmetry", "separate: $\\|A - A^\\top\\|_F/\\|A\\|_F$", asymmetry(separate.as_ref()), relative(1e-6), at_least(0.1));

    // Control: values that point the other way.
    let opposed = |parametrisation| opposed(&data::synthetic(1).scaled(Scaling::Standard)?.0, parametrisation);
    evidence.control("opposed_tied", "error of tied attention trained with $V = -y$", opposed(Parametrisation::Tied)?, relative(1e-3), at_least(0.99));
    evidence.control(
        "opposed_separate",
        "error of attention with separate weights trained with $V = -y$",
        opposed(Parametrisation::Separate)?,
        relative(1e-2),
        at_most(0.05),
    );
    record!(evidence)
}

/// The training error of attention whose values are −y, in standard units.
fn opposed(data: &Dataset, parametrisation: Parametrisation) -> Result<f64> {
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let values = y * faer::Scale(-1.0);
    let task = Task { queries: x, keys: x, values: values.as_ref(), targets: y };
    let training = Training { deviation: 0.01, steps: 4000, optimiser: Optimiser::Adam { rate: 5e-4 }, ..from_small(x, y, parametrisation, 1)? };
    Ok(training.run(task, None)?.last().loss)
}

/// Gradient descent from weights of deviation 0.01 with the scale 1/n, at a rate that the curvature at the solution allows.
fn from_small(x: MatRef<'_, f64>, y: MatRef<'_, f64>, parametrisation: Parametrisation, seed: u64) -> Result<Training> {
    let scale = 1.0 / count(x.nrows());
    let content = frobenius_norm((x.transpose() * y).as_ref()) * scale;
    // The loss is smooth in W with this constant, and W = WqWkᵀ is bilinear: its factors have norm ‖W‖ in square.
    let smoothness = 2.0 * scale * content * content * spectral_norm(gram(x).as_ref())?;
    let size = smallest_forms(x, y)?.iter().map(|form| frobenius_norm(form.as_ref()) / scale).fold(1.0, f64::max);
    let optimiser = Optimiser::GradientDescent { rate: 0.25 / (smoothness * size) };
    Ok(Training { optimiser, deviation: 0.01, seed, steps: 200_000, tolerance: 1e-9, ..Training::new(Normalisation::Linear { scale }, parametrisation) })
}

/// ## A small start finds the smallest form
///
/// Of all the right forms, which does training find? It depends on where it starts. From small weights descent
/// approaches the forms of the last section, and those are the smallest of their kind: $\hat\beta c^\top/\|c\|^2$ has
/// the least sum of singular values of all forms that fit, $\|\hat\beta\|/\|c\|$, and
/// $\hat\beta\hat\beta^\top/(c^\top\hat\beta)$ the least trace of those without a negative direction. The second is
/// larger by the factor $1/\cos(\hat\beta, c)$, here {{price:3}}: that is the price of tying, and it is paid in size,
/// not in error.
///
/// For separate weights the reason is short. The gradient with respect to $W_k$ is $c$ times a row, so all that
/// training adds to the columns of $W_k$ lies along $c$; if the start is negligible, $W = ac^\top$ for some vector $a$,
/// and $Wc = \hat\beta$ leaves only $a = \hat\beta/\|c\|^2$. For tied weights we measure it.
///
/// From initial weights with a standard deviation of one hundredth (*deviation*, from here on) the trained forms are
/// {{separate:2}} (separate) and {{tied:2}} (tied) norms from these limits; from thirty times that, still
/// {{separate_large:2}} and {{tied_large:2}}. Tied weights come closer: what a start of deviation $\sigma$ leaves
/// behind is multiplied, in separate weights, by a matrix that has grown, in tied ones by itself, which makes
/// $\sigma^2$. From $\sigma = 1/100$ to $1/10$ the distances grow like $\sigma$ to the power {{separate_slope:2}} and
/// {{tied_slope:2}}. The predictions are the same everywhere, those of least squares within {{outputs:1^}}.
///
/// The mechanisms, again, are not. On values that neither was trained on, the tied form explains {{swap_tied:2}} of
/// the variance and the separate one {{swap_separate:2}} (one draw, training rows, no noise). Here the orthogonal
/// projection is the better guess at a regression.
///
/// ![**Where small starts end.** Distance of the trained form from the smallest one, against the deviation $\sigma$ of the initial weights; three seeds each. The dotted lines have the slopes of $\sigma$ and of $\sigma^2$.](figure)
///
/// ```toml
/// kind = "rate"
/// settles = { S9 = "holds if" }
/// finding = "From small weights training finds the smallest form of its kind, $1/\\cos(\\hat\\beta, c) = $ {{price:3}} times as large when tied; the predictions are the same."
/// uses = ["tying_costs_nothing_in_the_outputs"]
/// headline = "price"
/// breaks_when = "the start is not small. At thirty times the deviation the separate form is {{separate_large:2}} norms from the smallest."
/// ```
#[test]
fn a_small_start_finds_the_smallest_form() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = data::synthetic(1).scaled(Scaling::Standard)?.0;
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let deviations = [0.01, 0.03, 0.1, 0.3];
    let mut series = Vec::new();
    let mut outputs: f64 = 0.0;
    for (name, parametrisation, limit, mark) in [
        ("separate", Parametrisation::Separate, &smallest_forms(x, y)?[0], Mark::Circle),
        ("tied", Parametrisation::Tied, &smallest_forms(x, y)?[1], Mark::Diamond),
    ] {
        let mut gaps = Vec::new();
        for deviation in deviations {
            for seed in 1..=3 {
                let trained = Training { deviation, ..from_small(x, y, parametrisation, seed)? }.run(Task::regression(x, y), None)?;
                assert!(matches!(trained.ending, Ending::Converged { .. }), "descent must have converged to be judged");
                let form = trained.head.form() * faer::Scale(1.0 / count(x.nrows()));
                gaps.push(relative_gap(form.as_ref(), limit.as_ref()));
                outputs = outputs.max(relative_gap((weights(x, &form) * y).as_ref(), Ridge::fit(x, y, 0.0, Intercept::None)?.fitted()));
            }
        }
        evidence.seeds(name, &format!("{name}: distance from the smallest form, deviation 0.01"), &gaps[..3], relative(1e-2), at_most(0.05));
        let falling = (0..3).filter(|&place| gaps[3 * place] < gaps[3 * place + 3]).count();
        evidence.exactly(&format!("{name}_falling"), &format!("{name}: steps of the deviation over which it falls, of three"), falling, 3);
        evidence.control(&format!("{name}_large"), &format!("{name}: distance from the smallest form, deviation 0.3"), gaps[9], relative(1e-2), at_least(0.3));
        // The slope between a hundredth and a tenth, a decade apart, in the mean of the logarithms over the seeds.
        let mean = |gaps: &[f64]| gaps.iter().map(|gap| gap.log10()).sum::<f64>() / 3.0;
        let (low, power) = (mean(&gaps[..3]), if name == "tied" { 2.0 } else { 1.0 });
        let words = format!("{name}: power of $\\sigma$ with which the distance grows, from 0.01 to 0.1");
        evidence.judge(&format!("{name}_slope"), &words, mean(&gaps[6..9]) - low, absolute(if name == "tied" { 0.1 } else { 0.2 }), expected(power));
        let law = |sigma: f64| 10f64.powf(low) * (sigma / 0.01).powf(power);
        series.push(Series {
            name: if name == "tied" { "∝ σ²".to_owned() } else { "∝ σ".to_owned() },
            ink: Ink::Muted,
            mark: None,
            stroke: Stroke::Dotted,
            x: vec![0.01, 0.05, 0.3],
            y: [0.01, 0.05, 0.3].map(law).to_vec(),
            relative: 2e-2,
            label: Some(Label { at: 1, side: if name == "tied" { Side::Below } else { Side::Above } }),
        });
        let label = Some(Label { at: 9, side: if name == "tied" { Side::Right } else { Side::Left } });
        let x = deviations.iter().flat_map(|&deviation| [deviation; 3]).collect();
        series.push(Series { name: format!("{name} weights"), ink: Ink::Linear, mark: Some(mark), stroke: Stroke::None, x, y: gaps, relative: 1e-2, label });
    }
    evidence.judge("outputs", "largest gap of the fitted values to least squares", outputs, relative(0.5), at_most(1e-6));
    let beta = Ridge::fit(x, y, 0.0, Intercept::None)?.coefficients().to_owned();
    evidence.note("price", "$1/\\cos(\\hat\\beta, c)$", 1.0 / cosine(beta.as_ref(), (x.transpose() * y).as_ref()), relative(1e-6));
    let [separate, tied] = smallest_forms(x, y)?.map(|form| other_values(x, &form));
    evidence.judge("swap_separate", "$R^2$ on twenty other linear targets, smallest separate form", separate, relative(1e-4), at_most(tied));
    evidence.note("swap_tied", "$R^2$ on twenty other linear targets, smallest tied form", tied, relative(1e-4));
    let axes = (
        Axis::log("standard deviation σ of the initial weights", &[0.01, 0.03, 0.1, 0.3]),
        Axis::log("distance from the smallest form, in its norms", &[1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0]),
    );
    let title = "Distance of the trained form from the smallest one, against the size of the start";
    evidence.figure(Figure { title: title.to_owned(), plot: Plot::Chart(Chart::new(axes.0, axes.1, series)) });
    record!(evidence)
}

/// R² on the training rows of twenty noiseless linear targets that the form has not seen.
fn other_values(x: MatRef<'_, f64>, form: &Mat<f64>) -> f64 {
    let values = x * standard_normal(400, 0, x.ncols(), 20);
    r_squared((weights(x, form) * &values).as_ref(), values.as_ref())
}
