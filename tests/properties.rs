//! The algebra of the vocabulary, over random shapes and scales.

use approx::{assert_abs_diff_eq, assert_relative_eq};
use attention_regression::agreement::{asymmetry, idempotence_gap, mse, row_sums};
use attention_regression::attention::gradients::{Objective, Task};
use attention_regression::attention::{Diagonal, Normalisation, linear, softmax};
use attention_regression::data::random::standard_normal;
use attention_regression::data::split;
use attention_regression::linalg::{
    self, condition_number, frobenius_norm, max_abs, max_abs_gap, relative_gap, select_rows, singular_values, trace,
};
use attention_regression::regression::diagnostics::{hat_matrix_by_definition, leave_one_out_by_definition};
use attention_regression::regression::{Intercept, Ridge, hat_matrix, kernel, smoother_matrix};
use attention_regression::training::{Optimiser, Parametrisation, Training};
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
    case(12..24, 1..6)
        .prop_filter("well conditioned", |case| condition_number(case.x.as_ref()).is_ok_and(|kappa| kappa < 50.0))
}

/// An attention layer with everything random: more than one block of queries, several targets.
#[derive(Debug)]
struct Lookup {
    queries: Mat<f64>,
    keys: Mat<f64>,
    values: Mat<f64>,
    targets: Mat<f64>,
    normalisation: Normalisation,
    diagonal: Diagonal,
}

impl Lookup {
    fn task(&self) -> Task<'_> {
        Task {
            queries: self.queries.as_ref(),
            keys: self.keys.as_ref(),
            values: self.values.as_ref(),
            targets: self.targets.as_ref(),
        }
    }
}

fn lookup() -> impl Strategy<Value = Lookup> {
    (2..80_usize, 1..80_usize, 1..5_usize, 1..4_usize, any::<u64>(), any::<bool>(), any::<bool>()).prop_map(
        |(n, asking, d, m, seed, soft, masked)| {
            let asking = if masked { n } else { asking };
            Lookup {
                queries: standard_normal(seed, 0, asking, d),
                keys: standard_normal(seed, 1, n, d),
                values: standard_normal(seed, 2, n, m),
                targets: standard_normal(seed, 3, asking, m),
                normalisation: if soft {
                    Normalisation::Softmax { temperature: 1.7 }
                } else {
                    Normalisation::Linear { scale: 0.3 / linalg::count(n) }
                },
                diagonal: if masked { Diagonal::Masked } else { Diagonal::Kept },
            }
        },
    )
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
    fn gradients_are_differences_of_losses(case in lookup(), seed in any::<u64>()) {
        let (task, d) = (case.task(), case.keys.ncols());
        let (form, direction) = (standard_normal(seed, 5, d, d), standard_normal(seed, 6, d, d));
        let mut objective = Objective::new(task, case.normalisation, case.diagonal).unwrap();
        let (mut gradient, mut elsewhere) = (Mat::zeros(d, d), Mat::zeros(d, d));
        let loss = objective.evaluate(form.as_ref(), gradient.as_mut());
        let attended = case.normalisation.output((&case.queries * &form).as_ref(), task.keys, task.values, case.diagonal).unwrap();
        assert_relative_eq!(loss, mse(attended.as_ref(), task.targets), max_relative = 1e-11, epsilon = 1e-13);
        let step = 1e-5;
        let mut at = |step: f64| objective.evaluate((&form + &direction * Scale(step)).as_ref(), elsewhere.as_mut());
        let difference = (at(step) - at(-step)) / (2.0 * step);
        let slope: f64 = linalg::entries(gradient.as_ref()).zip(linalg::entries(direction.as_ref())).map(|(g, u)| g * u).sum();
        // Truncation is of order step², and a difference of losses loses ε · loss/step.
        assert_abs_diff_eq!(slope, difference, epsilon = 1e-7 * (1.0 + loss) * (1.0 + max_abs(gradient.as_ref())));
    }

    #[test]
    fn softmax_does_not_see_a_shift_of_the_keys(case in lookup(), seed in any::<u64>(), temperature in 0.5..3.0_f64) {
        let shift = standard_normal(seed, 7, 1, case.keys.ncols());
        let moved = Mat::from_fn(case.keys.nrows(), case.keys.ncols(), |i, j| case.keys[(i, j)] + shift[(0, j)]);
        let out = |keys: &Mat<f64>| softmax::output(case.queries.as_ref(), keys.as_ref(), case.values.as_ref(), temperature, case.diagonal).unwrap();
        assert!(max_abs_gap(out(&case.keys).as_ref(), out(&moved).as_ref()) < 1e-11);
    }

    #[test]
    fn a_small_step_lowers_the_loss_by_the_square_of_the_gradient(case in tall(), seed in any::<u64>(), soft in any::<bool>(), kind in 0..3_usize) {
        let normalisation = if soft { Normalisation::Softmax { temperature: 1.3 } } else { Normalisation::Linear { scale: 0.1 } };
        let parametrisation = [Parametrisation::Separate, Parametrisation::Tied, Parametrisation::Merged][kind];
        let x = &case.x * Scale(1.0 / case.scale);
        let start = Training { steps: 0, seed, deviation: 0.5, ..Training::new(normalisation, parametrisation) };
        let task = Task::regression(x.as_ref(), case.y.as_ref());
        let square = start.run(task, None).unwrap().last().gradient.powi(2);
        let rate = 1e-6 / (1.0 + square);
        let trained = Training { steps: 1, optimiser: Optimiser::GradientDescent { rate }, ..start }.run(task, None).unwrap();
        let fallen = (trained.path[0].loss - trained.last().loss) / rate;
        // To first order; the loss itself is known to ε · loss, which the small rate magnifies.
        assert_abs_diff_eq!(fallen, square, epsilon = 1e-3 * square + 1e-14 * trained.path[0].loss / rate);
    }

    #[test]
    fn kernel_smoothers_average_and_shrink_to_the_nearest_row(case in case(2..20, 1..5), seed in any::<u64>()) {
        let x = &case.x * Scale(1.0 / case.scale);
        let queries = standard_normal(seed, 3, 7, x.ncols());
        let distance = |i: usize, j: usize| (0..x.ncols()).map(|c| (queries[(i, c)] - x[(j, c)]).powi(2)).sum::<f64>();
        let smooth = kernel::smoother_matrix(queries.as_ref(), x.as_ref(), 0.8).unwrap();
        let narrow = kernel::smoother_matrix(queries.as_ref(), x.as_ref(), 1e-7).unwrap();
        for i in 0..7 {
            let raw: Vec<f64> = (0..x.nrows()).map(|j| (-distance(i, j) / (2.0 * 0.64)).exp()).collect();
            let total: f64 = raw.iter().sum();
            (0..x.nrows()).for_each(|j| assert_abs_diff_eq!(smooth[(i, j)], raw[j] / total, epsilon = 1e-12));
            let nearest = (0..x.nrows()).min_by(|&a, &b| distance(i, a).total_cmp(&distance(i, b))).unwrap();
            assert_abs_diff_eq!(narrow[(i, nearest)], 1.0, epsilon = 1e-9);
        }
        let left_out = kernel::leave_one_out_matrix(x.as_ref(), 0.8).unwrap();
        prop_assert!((0..x.nrows()).all(|i| left_out[(i, i)] == 0.0));
        let (low, high) = row_sums(left_out.as_ref());
        prop_assert!((low - 1.0).abs() < 1e-12 && (high - 1.0).abs() < 1e-12);
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
