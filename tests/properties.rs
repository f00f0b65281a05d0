//! The algebra of the vocabulary, over random shapes and scales.

use approx::{assert_abs_diff_eq, assert_relative_eq};
use attention_regression::agreement::{asymmetry, centred_cosine, cosine, idempotence_gap, mse, perplexity, row_sums};
use attention_regression::attention::{Diagonal, linear, softmax};
use attention_regression::data::random::standard_normal;
use attention_regression::data::{self, split};
use attention_regression::linalg::{
    self, centred, condition_number, frobenius_norm, gram, max_abs, max_abs_gap, relative_gap, select_rows, singular_values, trace,
};
use attention_regression::regression::diagnostics::{hat_matrix_by_definition, leave_one_out_by_definition};
use attention_regression::regression::{Intercept, Ridge, hat_matrix, smoother_matrix};
use attention_regression::whitening::{Divisor, Root, Whitening, covariance};
use attention_regression::{Error, Mat, MatRef};
use faer::prelude::*;
use proptest::prelude::*;

/// A table of n rows, d columns and m targets, its features on one scale.
#[derive(Debug, Clone)]
struct Case {
    x: Mat<f64>,
    y: Mat<f64>,
    scale: f64,
}

fn case(rows: std::ops::Range<usize>, columns: std::ops::Range<usize>) -> impl Strategy<Value = Case> {
    (rows, columns, 1..3_usize, any::<u64>(), -8..9_i32).prop_map(|(n, d, m, seed, exponent)| {
        let scale = 10f64.powi(exponent);
        Case { x: standard_normal(seed, 0, n, d) * Scale(scale), y: standard_normal(seed, 1, n, m), scale }
    })
}

/// More rows than columns, and columns far enough from dependent for the twins to be compared.
fn tall() -> impl Strategy<Value = Case> {
    case(12..24, 1..6).prop_filter("well conditioned", |case| condition_number(case.x.as_ref()).is_ok_and(|kappa| kappa < 50.0))
}

fn intercepts() -> impl Strategy<Value = Intercept> {
    prop_oneof![Just(Intercept::Fitted), Just(Intercept::None)]
}

fn apart(a: &Mat<f64>, b: &Mat<f64>) -> f64 {
    relative_gap(a.as_ref(), b.as_ref())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hat_matrices_are_symmetric_projections(case in case(2..20, 1..8)) {
        let hat = hat_matrix(case.x.as_ref(), 0.0, Intercept::None).unwrap();
        prop_assert!(asymmetry(hat.as_ref()) < 1e-12);
        prop_assert!(idempotence_gap(hat.as_ref()) < 1e-10);
        let rank = linalg::rank(case.x.as_ref()).unwrap();
        assert_abs_diff_eq!(trace(hat.as_ref()), linalg::count(rank), epsilon = 1e-9);
    }

    #[test]
    fn the_trace_is_the_sum_of_shrunk_squares(case in case(2..20, 1..8), log_penalty in -3.0..3.0_f64) {
        let penalty = 10f64.powf(log_penalty) * case.scale * case.scale;
        let fit = Ridge::fit(case.x.as_ref(), case.y.as_ref(), penalty, Intercept::None).unwrap();
        let formula: f64 = singular_values(case.x.as_ref()).unwrap().iter().map(|s| s * s / (s * s + penalty)).sum();
        assert_relative_eq!(fit.effective_degrees_of_freedom(), formula, max_relative = 1e-9);
        let hat = hat_matrix(case.x.as_ref(), penalty, Intercept::None).unwrap();
        for (i, leverage) in fit.leverages().iter().enumerate() {
            prop_assert!((-1e-12..=1.0 + 1e-12).contains(leverage));
            assert_abs_diff_eq!(hat[(i, i)], *leverage, epsilon = 1e-12);
        }
    }

    #[test]
    fn hat_matrices_agree_with_the_normal_equations(case in tall(), log_penalty in -3.0..3.0_f64, intercept in intercepts()) {
        let penalty = 10f64.powf(log_penalty) * case.scale * case.scale;
        let hat = hat_matrix(case.x.as_ref(), penalty, intercept).unwrap();
        prop_assert!(apart(&hat, &hat_matrix_by_definition(case.x.as_ref(), penalty, intercept).unwrap()) < 1e-9);
        let fit = Ridge::fit(case.x.as_ref(), case.y.as_ref(), penalty, intercept).unwrap();
        prop_assert!(relative_gap(fit.fitted(), (&hat * &case.y).as_ref()) < 1e-9);
        let smoother = smoother_matrix(case.x.as_ref(), case.x.as_ref(), penalty, intercept).unwrap();
        prop_assert!(apart(&smoother, &hat) < 1e-9);
    }

    #[test]
    fn an_intercept_makes_rows_sum_to_one(case in case(3..20, 1..6), log_penalty in -2.0..2.0_f64) {
        let hat = hat_matrix(case.x.as_ref(), 10f64.powf(log_penalty) * case.scale * case.scale, Intercept::Fitted).unwrap();
        let (low, high) = row_sums(hat.as_ref());
        assert_abs_diff_eq!(low, 1.0, epsilon = 1e-10);
        assert_abs_diff_eq!(high, 1.0, epsilon = 1e-10);
    }

    #[test]
    fn leaving_one_out_is_refitting(case in tall(), log_penalty in -2.0..2.0_f64, intercept in intercepts()) {
        let penalty = 10f64.powf(log_penalty) * case.scale * case.scale;
        let short = Ridge::fit(case.x.as_ref(), case.y.as_ref(), penalty, intercept).unwrap().leave_one_out().unwrap();
        let long = leave_one_out_by_definition(case.x.as_ref(), case.y.as_ref(), penalty, intercept).unwrap();
        prop_assert!(apart(&short, &long) < 1e-8);
    }

    #[test]
    fn the_gradient_of_ridge_vanishes(case in case(2..20, 1..8), log_penalty in -2.0..2.0_f64) {
        let penalty = 10f64.powf(log_penalty) * case.scale * case.scale;
        let fit = Ridge::fit(case.x.as_ref(), case.y.as_ref(), penalty, Intercept::None).unwrap();
        let pull = case.x.transpose() * (&case.y - fit.fitted());
        let shrink = fit.coefficients() * Scale(penalty);
        prop_assert!(max_abs_gap(pull.as_ref(), shrink.as_ref()) <= 1e-9 * max_abs((case.x.transpose() * &case.y).as_ref()));
    }

    #[test]
    fn least_squares_does_not_depend_on_the_basis(case in tall(), seed in any::<u64>()) {
        let mixing = standard_normal(seed, 2, case.x.ncols(), case.x.ncols());
        prop_assume!(condition_number(mixing.as_ref()).unwrap() < 100.0);
        let fitted = |x: MatRef<'_, f64>| Ridge::fit(x, case.y.as_ref(), 0.0, Intercept::None).unwrap().fitted().to_owned();
        prop_assert!(apart(&fitted((&case.x * mixing).as_ref()), &fitted(case.x.as_ref())) < 1e-8);
    }

    #[test]
    fn minimum_norm_solutions_interpolate_and_are_shortest(n in 2..6_usize, seed in any::<u64>()) {
        let (x, y) = (standard_normal(seed, 0, n, n + 3), standard_normal(seed, 1, n, 1));
        let fit = Ridge::fit(x.as_ref(), y.as_ref(), 0.0, Intercept::None).unwrap();
        prop_assert_eq!(fit.rank(), n);
        prop_assert!(relative_gap(fit.fitted(), y.as_ref()) < 1e-8);
        // Adding any direction that X cannot see makes the solution longer.
        let unseen = standard_normal(seed, 2, n + 3, 1);
        let unseen = &unseen - smoother_matrix(Mat::<f64>::identity(n + 3, n + 3).as_ref(), x.as_ref(), 0.0, Intercept::None).unwrap() * (&x * &unseen);
        prop_assert!(frobenius_norm((fit.coefficients() + &unseen).as_ref()) >= frobenius_norm(fit.coefficients()));
    }

    #[test]
    fn columns_of_any_scale_are_fitted(seed in any::<u64>()) {
        let (x, y) = (standard_normal(seed, 0, 20, 3), standard_normal(seed, 1, 20, 1));
        let scales = [1e-12, 1.0, 1e12];
        let stretched = Mat::from_fn(20, 3, |i, j| x[(i, j)] * scales[j]);
        let fitted = |x: MatRef<'_, f64>| Ridge::fit(x, y.as_ref(), 0.0, Intercept::None).unwrap();
        prop_assert_eq!(fitted(stretched.as_ref()).rank(), 3);
        prop_assert!(relative_gap(fitted(stretched.as_ref()).fitted(), fitted(x.as_ref()).fitted()) < 1e-10);
    }

    #[test]
    fn whitened_columns_are_uncorrelated(case in tall(), nminus in any::<bool>()) {
        let divisor = if nminus { Divisor::NMinusOne } else { Divisor::N };
        for root in [Root::Zca, Root::Pca, Root::Cholesky] {
            let whitening = Whitening::fit(case.x.as_ref(), root, divisor, 0.0).unwrap();
            let identity = Mat::<f64>::identity(case.x.ncols(), case.x.ncols());
            prop_assert!(max_abs_gap(covariance(whitening.apply(case.x.as_ref()).as_ref(), divisor).as_ref(), identity.as_ref()) < 1e-9);
            prop_assert_eq!(whitening.rank(), case.x.ncols());
        }
        let zca = Whitening::fit(case.x.as_ref(), Root::Zca, divisor, 0.0).unwrap();
        prop_assert!(asymmetry(zca.matrix()) < 1e-10);
    }

    #[test]
    fn dependent_columns_are_whitened_as_far_as_they_vary(case in tall()) {
        let d = case.x.ncols();
        let doubled = Mat::from_fn(case.x.nrows(), 2 * d, |i, j| case.x[(i, j % d)]);
        let pca = Whitening::fit(doubled.as_ref(), Root::Pca, Divisor::N, 0.0).unwrap();
        prop_assert_eq!((pca.rank(), pca.matrix().ncols()), (d, d));
        prop_assert!(max_abs_gap(covariance(pca.apply(doubled.as_ref()).as_ref(), Divisor::N).as_ref(), Mat::<f64>::identity(d, d).as_ref()) < 1e-9);
        let refused = Whitening::fit(doubled.as_ref(), Root::Cholesky, Divisor::N, 0.0).err();
        prop_assert_eq!(refused, Some(Error::RankDeficient { what: "the covariance", rank: d, columns: 2 * d }));
    }

    #[test]
    fn softmax_rows_are_distributions(n in 1..60_usize, queries in 1..80_usize, p in 1..6_usize, seed in any::<u64>(), log_temperature in -3.0..3.0_f64) {
        let (q, k, v) = (standard_normal(seed, 0, queries, p), standard_normal(seed, 1, n, p), standard_normal(seed, 2, n, 2));
        let temperature = 10f64.powf(log_temperature);
        let weights = softmax::weights(q.as_ref(), k.as_ref(), temperature, Diagonal::Kept).unwrap();
        let (low, high) = row_sums(weights.as_ref());
        assert_abs_diff_eq!(low, 1.0, epsilon = 1e-12);
        assert_abs_diff_eq!(high, 1.0, epsilon = 1e-12);
        prop_assert!(linalg::entries(weights.as_ref()).all(|weight| weight >= 0.0));
        let blocked = softmax::output(q.as_ref(), k.as_ref(), v.as_ref(), temperature, Diagonal::Kept).unwrap();
        prop_assert!(apart(&blocked, &softmax::output_by_definition(q.as_ref(), k.as_ref(), v.as_ref(), temperature, Diagonal::Kept).unwrap()) < 1e-12);
        // Softmax does not see a common shift of the keys; linear attention does.
        let shifted = Mat::from_fn(n, p, |i, j| k[(i, j)] + 3.0);
        let again = softmax::weights(q.as_ref(), shifted.as_ref(), temperature, Diagonal::Kept).unwrap();
        prop_assert!(max_abs_gap(again.as_ref(), weights.as_ref()) < 1e-11 * (1.0 + 10.0 / temperature));
    }

    #[test]
    fn masked_attention_never_looks_at_itself(n in 2..50_usize, seed in any::<u64>()) {
        let (x, v) = (standard_normal(seed, 0, n, 3), standard_normal(seed, 1, n, 1));
        let (x, v) = (x.as_ref(), v.as_ref());
        let soft = softmax::weights(x, x, 1.0, Diagonal::Masked).unwrap();
        let line = linear::weights(x, x, 0.5, Diagonal::Masked);
        prop_assert!((0..n).all(|i| soft[(i, i)] == 0.0 && line[(i, i)] == 0.0));
        assert_abs_diff_eq!(row_sums(soft.as_ref()).0, 1.0, epsilon = 1e-12);
        prop_assert!(apart(&softmax::output(x, x, v, 1.0, Diagonal::Masked).unwrap(), &(&soft * v)) < 1e-12);
        let (right, left) = (linear::output(x, x, v, 0.5, Diagonal::Masked), linear::output_by_definition(x, x, v, 0.5, Diagonal::Masked));
        prop_assert!(max_abs_gap(right.as_ref(), left.as_ref()) < 1e-12 * linalg::count(n));
    }

    #[test]
    fn linear_attention_associates(n in 1..40_usize, queries in 1..10_usize, p in 1..6_usize, seed in any::<u64>()) {
        let (q, k, v) = (standard_normal(seed, 0, queries, p), standard_normal(seed, 1, n, p), standard_normal(seed, 2, n, 2));
        let (q, k, v) = (q.as_ref(), k.as_ref(), v.as_ref());
        let (right, left) = (linear::output(q, k, v, 0.3, Diagonal::Kept), linear::output_by_definition(q, k, v, 0.3, Diagonal::Kept));
        prop_assert!(max_abs_gap(right.as_ref(), left.as_ref()) < 1e-12 * linalg::count(n));
        let effective = linear::effective_weights(Mat::<f64>::identity(p, p).as_ref(), k, v, 0.3);
        prop_assert!(max_abs_gap((q * effective).as_ref(), left.as_ref()) < 1e-12 * linalg::count(n));
    }

    #[test]
    fn rows_may_come_in_any_order(case in tall(), seed in any::<u64>()) {
        let n = case.x.nrows();
        let split = split::seeded(n, 0.5, seed).unwrap();
        let order: Vec<usize> = split.train.into_iter().chain(split.test).collect();
        let (x, y) = (select_rows(case.x.as_ref(), &order), select_rows(case.y.as_ref(), &order));
        let fit = |x: &Mat<f64>, y: &Mat<f64>| Ridge::fit(x.as_ref(), y.as_ref(), case.scale, Intercept::Fitted).unwrap().coefficients().to_owned();
        prop_assert!(apart(&fit(&x, &y), &fit(&case.x, &case.y)) < 1e-8);
    }

    #[test]
    fn what_is_not_finite_is_refused_by_place(case in case(2..10, 1..5), row in 0..2_usize, infinite in any::<bool>()) {
        let mut x = case.x.clone();
        let value = if infinite { f64::INFINITY } else { f64::NAN };
        x[(row, 0)] = value;
        let named = |error: Option<Error>| matches!(error, Some(Error::NotFinite { row: found, column: 0, .. }) if found == row);
        prop_assert!(named(Ridge::fit(x.as_ref(), case.y.as_ref(), 1.0, Intercept::Fitted).err()));
        prop_assert!(named(Whitening::fit(x.as_ref(), Root::Zca, Divisor::N, 0.0).err()));
        prop_assert!(max_abs_gap(x.as_ref(), case.x.as_ref()).is_nan() || infinite);
    }
}

#[test]
fn bad_parameters_are_errors() {
    let (x, y) = (standard_normal(1, 0, 5, 2), standard_normal(1, 1, 5, 1));
    let fit = |penalty: f64| Ridge::fit(x.as_ref(), y.as_ref(), penalty, Intercept::None).err();
    assert_eq!(fit(-1.0), Some(Error::InvalidPenalty { penalty: -1.0 }));
    assert!(fit(f64::NAN).is_some());
    assert!(Whitening::fit(x.as_ref(), Root::Zca, Divisor::N, -1.0).is_err());
    assert!(Whitening::fit(x.subrows(0, 1), Root::Zca, Divisor::N, 0.0).is_err());
    assert!(softmax::weights(x.as_ref(), x.as_ref(), 0.0, Diagonal::Kept).is_err());
    assert!(softmax::weights(x.subrows(0, 1), x.subrows(0, 1), 1.0, Diagonal::Masked).is_err());
    let empty = Mat::<f64>::zeros(0, 2);
    assert_eq!(Ridge::fit(empty.as_ref(), Mat::<f64>::zeros(0, 1).as_ref(), 1.0, Intercept::None).err(), Some(Error::Empty { what: "Y", rows: 0, columns: 1 }));
    for fraction in [0.0, 1.0, f64::NAN, -0.5] {
        assert!(split::seeded(10, fraction, 1).is_err());
    }
    // A row that alone sees its direction cannot be left out of least squares.
    let lone = Mat::from_fn(5, 2, |i, j| if j == 1 { f64::from(u8::from(i == 3)) } else { x[(i, 0)] });
    let fit = Ridge::fit(lone.as_ref(), y.as_ref(), 0.0, Intercept::None).unwrap();
    assert_eq!(fit.leave_one_out().err(), Some(Error::FullLeverage { row: 3 }));
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
        assert_relative_eq!(frobenius_norm(x.as_ref()) / scale, frobenius_norm(standard_normal(3, 0, 10, 2).as_ref()), max_relative = 1e-12);
    }
    // Scores of a thousand: the softmax is one-hot, not NaN.
    let keys = linalg::column(&[1e4, -1e4, 3e3]);
    let weights = softmax::weights(keys.as_ref(), keys.as_ref(), 1.0, Diagonal::Kept).unwrap();
    assert_eq!((weights[(0, 0)], weights[(1, 1)], weights[(2, 0)]), (1.0, 1.0, 1.0));
}

#[test]
fn nan_is_never_taken_for_agreement() {
    let (good, lost) = (linalg::column(&[1.0, 2.0]), linalg::column(&[1.0, f64::NAN]));
    assert!(max_abs(lost.as_ref()).is_nan() && frobenius_norm(lost.as_ref()).is_nan() && relative_gap(lost.as_ref(), good.as_ref()).is_nan());
    assert!(cosine(lost.as_ref(), good.as_ref()).is_nan() && centred_cosine(lost.as_ref(), good.as_ref()).is_nan());
    assert!(row_sums(lost.as_ref()).0.is_nan() && perplexity(lost.as_ref()).is_nan());
    let attended = |k: &Mat<f64>, v: &Mat<f64>, temperature| softmax::output(good.as_ref(), k.as_ref(), v.as_ref(), temperature, Diagonal::Kept);
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
    let rows = centred(x.as_ref(), &linalg::column_means(x.as_ref()));
    let scaled = gram(rows.as_ref()) * Scale(1.0 / 29.0);
    assert!(relative_gap(covariance(x.as_ref(), Divisor::NMinusOne).as_ref(), scaled.as_ref()) < 1e-13);
}

/// Digits of a first run: another machine, CPU or release of a generator must not move them.
#[test]
fn seeded_data_are_the_same_everywhere() {
    let (made, wave, projected) = (data::synthetic(1), data::sine(1), data::sine_of_projection(1));
    let digits = [made.train.x[(0, 0)], made.train.x[(199, 7)], made.test.y[(99, 0)], wave.train.x[(0, 0)], wave.test.y[(99, 0)], projected.train.x[(0, 3)]];
    assert_eq!(digits, [-0.23484705855592097, 0.558827989906528, 3.0606914736363975, -0.5850860180109114, -0.5273000120837869, -1.1267663243742092]);
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
    assert!(linalg::column_means(scaled.test.x.as_ref()).iter().any(|mean| mean.abs() > 1e-3), "test rows keep their own mean");
    assert_eq!((raw.train.n(), raw.test.n()), (354, 88));
    let mut constant = data::synthetic(1);
    (0..constant.train.n()).for_each(|i| constant.train.x[(i, 2)] = 7.5);
    assert_eq!(constant.standardised().err(), Some(Error::ConstantColumn { column: "x3".to_owned() }));
}
