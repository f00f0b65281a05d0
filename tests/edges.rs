//! What happens at the edges: where a training ends, what does not vary, what is huge, empty, or no number.

use std::sync::Mutex;

use approx::{assert_abs_diff_eq, assert_relative_eq};
use attention_regression::agreement::{centred_cosine, cosine, mse, perplexity, row_sums};
use attention_regression::attention::gradients::{Objective, Task};
use attention_regression::attention::{Diagonal, Normalisation, softmax};
use attention_regression::data::random::standard_normal;
use attention_regression::data::{self, split};
use attention_regression::experiment::{Agreement, Comparison, Outcome, Scores, Settings, Variant};
use attention_regression::linalg::{self, centred, frobenius_norm, gram, max_abs, max_abs_gap, relative_gap};
use attention_regression::regression::{Intercept, Ridge};
use attention_regression::training::{Ending, Optimiser, Parametrisation, Training};
use attention_regression::whitening::{Divisor, covariance};
use attention_regression::{Error, Mat};
use faer::prelude::*;

#[test]
fn training_ends_with_a_reason() {
    let data = data::synthetic(1).centred();
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let (task, held_out) = (
        Task::regression(x, y),
        Task { queries: data.test.x.as_ref(), keys: x, values: y, targets: data.test.y.as_ref() },
    );
    let linear =
        Training { deviation: 0.0, ..Training::new(Normalisation::Linear { scale: 1.0 }, Parametrisation::Merged) };
    // The loss is (2/n)‖c‖²λ-smooth in W.
    let smoothness = 2.0 / 200.0
        * linalg::spectral_norm(gram(x).as_ref()).unwrap()
        * frobenius_norm((x.transpose() * y).as_ref()).powi(2);
    let descent =
        |rate: f64| Training { optimiser: Optimiser::GradientDescent { rate: rate / smoothness }, ..linear.clone() };
    let trained = Training { tolerance: 1e-6, ..descent(1.0) }.run(task, None).unwrap();
    assert!(
        matches!(trained.ending, Ending::Converged { step } if step == trained.last().step && step > 10),
        "{:?}",
        trained.ending
    );
    assert_eq!(Training { steps: 3, ..descent(1.0) }.run(task, None).unwrap().ending, Ending::OutOfSteps);
    let Err(Error::Diverged { step, loss }) = descent(2.1).run(task, None) else {
        panic!("a rate beyond 2/smoothness diverges")
    };
    assert!(step > 10 && loss.is_finite(), "{step} {loss}");
    assert!(matches!(descent(1e300).run(task, None), Err(Error::Diverged { loss, .. }) if loss.is_finite()));
    // Softmax overfits the pure noise in these values; patience gives back the weights of the lowest held-out loss.
    let noise = standard_normal(9, 0, 200, 1);
    let noisy = |rows, targets| Task { queries: rows, keys: x, values: noise.as_ref(), targets };
    let softmax = Training {
        patience: Some(10),
        ..Training::new(Normalisation::Softmax { temperature: 2.8 }, Parametrisation::Separate)
    };
    let fresh = standard_normal(10, 0, 100, 1);
    let trained = softmax.run(noisy(x, noise.as_ref()), Some(noisy(held_out.queries, fresh.as_ref()))).unwrap();
    let Ending::StoppedEarly { best } = trained.ending else { panic!("{:?}", trained.ending) };
    let record = trained.best().unwrap();
    assert!(record.step == best && best < trained.last().step && record.held_out < trained.last().held_out);
    assert_eq!(linalg::max_abs_gap(trained.head.form().as_ref(), record.head.form().as_ref()), 0.0);
}

#[test]
fn a_falling_rate_falls_linearly_to_nothing() {
    let (x, y) = (standard_normal(11, 0, 30, 3), standard_normal(11, 1, 30, 1));
    let task = Task::regression(x.as_ref(), y.as_ref());
    let normalisation = Normalisation::Linear { scale: 0.1 };
    let run = |steps, rate, falling| {
        let usual = Training::new(normalisation, Parametrisation::Merged);
        Training { steps, falling, deviation: 0.1, optimiser: Optimiser::GradientDescent { rate }, ..usual }
            .run(task, None)
            .unwrap()
            .head
            .form()
    };
    // Two falling steps: one at the full rate, and from there one at half of it.
    let first = run(1, 0.01, false);
    let mut slope = Mat::zeros(3, 3);
    Objective::new(task, normalisation, Diagonal::Kept).unwrap().evaluate(first.as_ref(), slope.as_mut());
    assert!(relative_gap(run(2, 0.01, true).as_ref(), (&first - slope * Scale(0.005)).as_ref()) < 1e-14);
    assert!(relative_gap(run(2, 0.01, false).as_ref(), run(2, 0.01, true).as_ref()) > 1e-4);
}

#[test]
fn runs_are_plain_data_of_every_variant_from_every_seed_in_order() {
    let comparison = Comparison::new(data::sine_of_projection(2), Settings::default()).unwrap();
    let variants: Vec<Variant> =
        Variant::grid().into_iter().filter(|variant| variant.scores == Scores::Linear).collect();
    let asked: Vec<(Variant, u64)> = variants.iter().flat_map(|&variant| [(variant, 1), (variant, 2)]).collect();
    let run = |threads: usize| {
        let done = Mutex::new(Vec::new());
        let runs =
            comparison.runs(&variants, &[1, 2], threads, &|run| done.lock().unwrap().push((run.variant, run.seed)));
        assert_eq!(runs.iter().map(|run| (run.variant, run.seed)).collect::<Vec<_>>(), asked);
        (runs.into_iter().map(|run| run.result.unwrap().1).collect::<Vec<_>>(), done.into_inner().unwrap())
    };
    let (outcomes, done) = run(1);
    assert_eq!((done, outcomes.len()), (asked.clone(), 8));
    let (threaded, done) = run(3);
    assert_eq!(threaded, outcomes);
    assert!(done.len() == 8 && asked.iter().all(|job| done.contains(job)));
    assert_eq!(outcomes.iter().map(|outcome| (outcome.variant, outcome.seed)).collect::<Vec<_>>(), asked);
    let text = serde_json::to_string(&outcomes).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Outcome>>(&text).unwrap(), outcomes);
    assert!(comparison.runs(&variants, &[], 2, &|_| ()).is_empty());
    // Ridge agrees with itself.
    let agreement = |rows: &data::Table| {
        let predicted = comparison.ridge().predict(rows.x.as_ref());
        Agreement::of(predicted.as_ref(), rows.y.as_ref(), predicted.as_ref())
    };
    let data = comparison.data();
    assert_eq!((agreement(&data.test).output_gap, agreement(&data.train).centred_cosine), (0.0, 1.0));
    assert_eq!((data.train.n(), data.test.n(), data.train.d()), (200, 100, 4));
    assert_eq!(Variant::grid().len() + Variant::masked().len(), 10);
}

#[test]
fn constant_columns_get_weight_zero() {
    let (mut x, y) = (standard_normal(2, 0, 12, 3), standard_normal(2, 1, 12, 1));
    (0..12).for_each(|i| x[(i, 1)] = 0.1);
    for penalty in [0.0, 1e-3] {
        let fit = Ridge::fit(x.as_ref(), y.as_ref(), penalty, Intercept::Fitted).unwrap();
        assert_eq!(fit.coefficients()[(1, 0)], 0.0);
        assert_eq!(fit.rank(), 2);
    }
}

#[test]
fn extreme_entries_neither_overflow_nor_vanish() {
    for scale in [1e200, 1e-200] {
        let (x, y) = (standard_normal(3, 0, 10, 2) * Scale(scale), standard_normal(3, 1, 10, 1));
        let fit = Ridge::fit(x.as_ref(), y.as_ref(), 0.0, Intercept::None).unwrap();
        let plain = Ridge::fit(standard_normal(3, 0, 10, 2).as_ref(), y.as_ref(), 0.0, Intercept::None).unwrap();
        assert!(relative_gap(fit.fitted(), plain.fitted()) < 1e-12);
        assert_relative_eq!(
            frobenius_norm(x.as_ref()) / scale,
            frobenius_norm(standard_normal(3, 0, 10, 2).as_ref()),
            max_relative = 1e-12
        );
    }
    // Scores of a thousand: the softmax is one-hot, not NaN.
    let keys = linalg::column(&[1e4, -1e4, 3e3]);
    let weights = softmax::weights(keys.as_ref(), keys.as_ref(), 1.0, Diagonal::Kept).unwrap();
    assert_eq!((weights[(0, 0)], weights[(1, 1)], weights[(2, 0)]), (1.0, 1.0, 1.0));
}

#[test]
fn nan_is_never_taken_for_agreement() {
    let (good, lost) = (linalg::column(&[1.0, 2.0]), linalg::column(&[1.0, f64::NAN]));
    assert!(
        max_abs(lost.as_ref()).is_nan()
            && frobenius_norm(lost.as_ref()).is_nan()
            && relative_gap(lost.as_ref(), good.as_ref()).is_nan()
    );
    assert!(cosine(lost.as_ref(), good.as_ref()).is_nan() && centred_cosine(lost.as_ref(), good.as_ref()).is_nan());
    assert!(row_sums(lost.as_ref()).0.is_nan() && perplexity(lost.as_ref()).is_nan());
    let attended = |k: &Mat<f64>, v: &Mat<f64>, temperature| {
        softmax::output(good.as_ref(), k.as_ref(), v.as_ref(), temperature, Diagonal::Kept)
    };
    for refused in [attended(&lost, &good, 1.0), attended(&good, &lost, 1.0), attended(&good, &good, 1e-310)] {
        assert!(matches!(refused.err(), Some(Error::NotFinite { .. })));
    }
}

#[test]
fn nothing_to_fit_on_is_still_a_fit() {
    let (x, y) = (Mat::<f64>::zeros(5, 2), standard_normal(1, 0, 5, 1));
    for penalty in [0.0, 1.0] {
        let fit = Ridge::fit(x.as_ref(), y.as_ref(), penalty, Intercept::Fitted).unwrap();
        assert_eq!((fit.rank(), max_abs(fit.coefficients())), (0, 0.0));
        assert_relative_eq!(fit.effective_degrees_of_freedom(), 1.0, max_relative = 1e-12);
    }
    let tiny = Mat::from_fn(5, 1, |i, _| f64::from(u32::try_from(i).unwrap()) * 1e-320);
    let refused = Ridge::fit(tiny.as_ref(), y.as_ref(), 0.0, Intercept::None).err();
    assert_eq!(refused, Some(Error::Overflow { what: "the coefficients" }));
}

#[test]
fn covariance_and_gram_agree_on_centred_columns() {
    let x = standard_normal(4, 0, 30, 4);
    let rows = centred(x.as_ref(), &linalg::moments(x.as_ref()));
    let scaled = gram(rows.as_ref()) * Scale(1.0 / 29.0);
    assert!(relative_gap(covariance(x.as_ref(), Divisor::NMinusOne).as_ref(), scaled.as_ref()) < 1e-13);
}

/// Digits of a first run: another machine, CPU or release of a generator must not move them.
#[test]
fn seeded_data_are_the_same_everywhere() {
    let (made, wave, projected) = (data::synthetic(1), data::sine(1), data::sine_of_projection(1));
    let digits = [
        made.train.x[(0, 0)],
        made.train.x[(199, 7)],
        made.test.y[(99, 0)],
        wave.train.x[(0, 0)],
        wave.test.y[(99, 0)],
        projected.train.x[(0, 3)],
    ];
    assert_eq!(
        digits,
        [
            -0.23484705855592097,
            0.558827989906528,
            3.0606914736363975,
            -0.5850860180109114,
            -0.5273000120837869,
            -1.1267663243742092
        ]
    );
    assert_eq!(split::seeded(10, 0.25, 7).unwrap().test, [0, 7, 5]);
}

#[test]
fn synthetic_data_have_the_design_they_state() {
    let data = data::Synthetic { train: 20_000, test: 10, ..data::Synthetic::default() }.draw(2);
    let correlation = covariance(data.train.x.as_ref(), Divisor::N);
    for (i, j) in [(0, 0), (0, 1), (2, 4), (0, 7)] {
        assert_abs_diff_eq!(correlation[(i, j)], 0.8f64.powi(i32::try_from(j - i).unwrap()), epsilon = 0.03);
    }
    let fit = Ridge::fit(data.train.x.as_ref(), data.train.y.as_ref(), 0.0, Intercept::Fitted).unwrap();
    assert!(max_abs_gap(fit.coefficients(), data.truth.unwrap().as_ref()) < 0.05);
    assert_relative_eq!(mse(fit.fitted(), data.train.y.as_ref()), 0.25, max_relative = 0.03);
    let (wave, projected) = (data::sine(3), data::sine_of_projection(3));
    assert_eq!((wave.train.n(), wave.test.n(), wave.train.d()), (200, 100, 1));
    assert_eq!((projected.train.n(), projected.test.n(), projected.train.d()), (200, 100, 4));
    let noise: Vec<f64> = (0..200).map(|i| wave.train.y[(i, 0)] - (2.0 * wave.train.x[(i, 0)]).sin()).collect();
    assert_relative_eq!(data::standard_deviations(linalg::column(&noise).as_ref())[0], 0.1, max_relative = 0.15);
    assert!(linalg::entries(wave.train.x.as_ref()).all(|x| (-3.0..3.0).contains(&x)));
}

#[test]
fn standardising_uses_training_statistics_and_refuses_constants() {
    let raw = data::diabetes::dataset().unwrap();
    let scaled = raw.standardised().unwrap();
    for deviation in data::standard_deviations(scaled.train.x.as_ref()) {
        assert_relative_eq!(deviation, 1.0, max_relative = 1e-12);
    }
    assert!(
        linalg::column_means(scaled.test.x.as_ref()).iter().any(|mean| mean.abs() > 1e-3),
        "test rows keep their own mean"
    );
    assert_eq!((raw.train.n(), raw.test.n()), (354, 88));
    let mut constant = data::synthetic(1);
    (0..constant.train.n()).for_each(|i| constant.train.x[(i, 2)] = 7.5);
    assert_eq!(constant.standardised().err(), Some(Error::ConstantColumn { column: "x3".to_owned() }));
}
