//! Cases small enough to check by hand: what every measure counts, where a training stops, what a whitening keeps.

use approx::assert_relative_eq;
use attention_regression::agreement::{
    Signature, asymmetry, centred_cosine, cosine, idempotence_gap, mass_on_nearest, negative_share, perplexity,
    r_squared, row_sums, slope,
};
use attention_regression::attention::gradients::Task;
use attention_regression::attention::{Diagonal, Head, Normalisation, linear, softmax};
use attention_regression::data::random::standard_normal;
use attention_regression::data::{digits, series};
use attention_regression::linalg::{self, count, relative_gap};
use attention_regression::regression::diagnostics::leave_one_out_by_definition;
use attention_regression::regression::{Intercept, Ridge, kernel, local_linear};
use attention_regression::training::{Ending, Optimiser, Parametrisation, Training};
use attention_regression::whitening::{Divisor, Root, Whitening};
use attention_regression::{Error, Mat};
use faer::mat;
use faer::prelude::*;

/// The words of a panic.
fn panics(f: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let panic = std::panic::catch_unwind(f).expect_err("shapes that do not fit");
    panic.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[test]
fn measures_of_a_matrix_count_what_they_say() {
    // A² − A = [0 −6; 0 6], A − Aᵀ = [0 −2; 2 0], ‖A‖² = 14.
    let a = mat![[1.0, -2.0], [0.0, 3.0]];
    assert_relative_eq!(idempotence_gap(a.as_ref()), (72.0_f64 / 14.0).sqrt(), max_relative = 1e-15);
    assert_relative_eq!(asymmetry(a.as_ref()), (8.0_f64 / 14.0).sqrt(), max_relative = 1e-15);
    assert_eq!(row_sums(a.as_ref()), (-1.0, 3.0));
    assert_relative_eq!(negative_share(a.as_ref()), 0.25);
    assert_relative_eq!(negative_share(mat![[-1.0, 0.0, 2.0, -3.0, -1e-300, 5.0]].as_ref()), 0.5);
    // The first row spreads over both, the second looks at one.
    let (p, q) = (1.0_f64 / 3.0, 2.0_f64 / 3.0);
    let spread = (-(p * p.ln() + q * q.ln())).exp();
    assert_relative_eq!(perplexity(a.as_ref()), f64::midpoint(spread, 1.0), max_relative = 1e-14);
    assert_relative_eq!(perplexity(mat![[0.5, -0.5, 0.0], [0.0, 0.0, 0.0]].as_ref()), 1.0, max_relative = 1e-14);
    let signature = Signature::of(a.as_ref(), mat![[0.0], [1.0]].as_ref()).unwrap();
    assert_eq!((signature.rank, signature.row_sums, signature.negative_share), (2, (-1.0, 3.0), 0.25));
    assert_relative_eq!(signature.trace, 4.0);
    assert_relative_eq!(signature.mass_on_ten_nearest, 1.0);
    assert_relative_eq!(signature.perplexity, perplexity(a.as_ref()));
}

#[test]
fn measures_of_predictions_are_their_formulas() {
    // Deviations (−1, 0, 1) and (−2, 1, 1), after the means 2 and 5.
    let (a, b) = (mat![[1.0], [2.0], [3.0]], mat![[3.0], [6.0], [6.0]]);
    let (a, b) = (a.as_ref(), b.as_ref());
    assert_relative_eq!(linalg::mse(a, b), (4.0 + 16.0 + 9.0) / 3.0, max_relative = 1e-15);
    assert_relative_eq!(r_squared(a, b), 1.0 - 29.0 / 6.0, max_relative = 1e-15);
    assert_relative_eq!(slope(a, b), 3.0 / 6.0, max_relative = 1e-15);
    assert_relative_eq!(slope(b, a), 3.0 / 2.0, max_relative = 1e-15);
    assert_relative_eq!(cosine(a, b), 33.0 / (14.0_f64 * 81.0).sqrt(), max_relative = 1e-15);
    assert_relative_eq!(centred_cosine(a, b), 3.0 / (2.0_f64 * 6.0).sqrt(), max_relative = 1e-15);
    // Two targets, each about its own mean.
    let (c, d) = (mat![[1.0, 10.0], [3.0, 10.0]], mat![[0.0, 8.0], [4.0, 12.0]]);
    assert_relative_eq!(r_squared(c.as_ref(), d.as_ref()), 1.0 - (1.0 + 1.0 + 4.0 + 4.0) / 16.0, max_relative = 1e-15);
    let flat = mat![[5.0], [5.0], [5.0]];
    let nothing = Mat::zeros(3, 1);
    assert_eq!(
        (r_squared(a, flat.as_ref()), slope(a, flat.as_ref()), centred_cosine(a, flat.as_ref())),
        (0.0, 0.0, 0.0)
    );
    assert_eq!((cosine(a, nothing.as_ref()), cosine(nothing.as_ref(), a)), (0.0, 0.0));
}

#[test]
fn the_nearest_keys_are_those_of_least_distance() {
    let queries = mat![[0.0, 0.0], [3.0, 4.0]];
    // Distances from the first query: 5, 1, 2; from the second: 0, 4.5…, 3.6….
    let keys = mat![[3.0, 4.0], [0.0, 1.0], [0.0, 2.0]];
    let a = mat![[-6.0, 1.0, 3.0], [5.0, 2.0, -3.0]];
    let on = |k: usize| mass_on_nearest(a.as_ref(), queries.as_ref(), keys.as_ref(), k);
    assert_relative_eq!(on(1), f64::midpoint(0.1, 0.5), max_relative = 1e-15);
    assert_relative_eq!(on(2), f64::midpoint(0.4, 0.8), max_relative = 1e-15);
    assert_relative_eq!(on(3), 1.0, max_relative = 1e-15);
}

#[test]
fn operations_are_counted() {
    // Two queries, three keys of width four, five values: KᵀV is 4×5 over 3 rows, Q of it 2×5 over 4; scores are 2×3
    // over 4, and times V over 3.
    assert_eq!(linear::flops(2, 3, 4, 5), 2 * (3 * 4 * 5 + 2 * 4 * 5));
    assert_eq!(linear::flops_by_definition(2, 3, 4, 5), 2 * (2 * 3 * 4 + 2 * 3 * 5));
}

#[test]
fn a_scaled_head_has_both_its_matrices_scaled() {
    let head = Head::separate(mat![[1.0, 2.0]], mat![[3.0, 5.0]]).scaled(0.5);
    assert_eq!((head.query_weights()[(0, 1)], head.key_weights()[(0, 1)]), (1.0, 2.5));
}

#[test]
fn shapes_that_do_not_belong_together_are_named() {
    let of = |rows: usize, columns: usize| Mat::<f64>::zeros(rows, columns);
    let softmax = |queries: Mat<f64>, keys: Mat<f64>, values: Mat<f64>, diagonal: Diagonal| {
        panics(move || drop(softmax::output(queries.as_ref(), keys.as_ref(), values.as_ref(), 1.0, diagonal)))
    };
    assert!(softmax(of(2, 3), of(4, 2), of(4, 1), Diagonal::Kept).contains("queries and keys of one width"));
    assert!(softmax(of(2, 3), of(4, 3), of(3, 1), Diagonal::Kept).contains("as many values as keys"));
    assert!(softmax(of(2, 3), of(4, 3), of(4, 1), Diagonal::Masked).contains("queries and keys of the same rows"));
    let linear = panics(move || {
        drop(linear::output(of(2, 3).as_ref(), of(4, 3).as_ref(), of(4, 1).as_ref(), 1.0, Diagonal::Masked))
    });
    assert!(linear.contains("left: 2") && linear.contains("right: 4"), "{linear}");
}

fn plain(steps: usize, rate: f64) -> Training {
    Training {
        optimiser: Optimiser::GradientDescent { rate },
        deviation: 0.0,
        steps,
        ..Training::new(Normalisation::Linear { scale: 1.0 / 20.0 }, Parametrisation::Merged)
    }
}

#[test]
fn the_last_step_is_always_recorded() {
    let (x, y) = (standard_normal(1, 0, 20, 3), standard_normal(1, 1, 20, 1));
    for steps in 0..30 {
        let trained = plain(steps, 1e-3).run(Task::regression(x.as_ref(), y.as_ref()), None).unwrap();
        assert_eq!((trained.last().step, trained.ending), (steps, Ending::OutOfSteps));
    }
    // Every step but the last moves the weights once.
    let forms = [0, 1, 2]
        .map(|steps| plain(steps, 1e-3).run(Task::regression(x.as_ref(), y.as_ref()), None).unwrap().head.form());
    assert_eq!(linalg::max_abs(forms[0].as_ref()), 0.0);
    let moved = |from: usize| linalg::frobenius_norm((&forms[from + 1] - &forms[from]).as_ref());
    assert_relative_eq!(moved(0), moved(1), max_relative = 0.05);
    let converging = Training { tolerance: 0.5, ..plain(1000, 0.3) };
    let trained = converging.run(Task::regression(x.as_ref(), y.as_ref()), None).unwrap();
    assert!(
        matches!(trained.ending, Ending::Converged { step } if step == trained.last().step && step > 0),
        "{:?}",
        trained.ending
    );
    assert!(trained.last().gradient <= 0.5 * trained.path[0].gradient);
}

#[test]
fn adam_steps_along_its_two_running_means() {
    // One feature, one target, one free number w: L = mean (γ w c x − y)², c = Σ x y. In the small unit gradients are
    // of the size of ε.
    for unit in [1.0, 1e-4] {
        let (x, y) = (mat![[1.0], [-2.0], [0.5]], mat![[2.0], [1.0], [-1.0]] * Scale(unit));
        let (rate, scale, targets) = (0.1, 1.0 / 20.0, (0..3).map(|i| y[(i, 0)]).collect::<Vec<_>>());
        let c: f64 = (0..3).map(|i| x[(i, 0)] * targets[i]).sum();
        let adam = Training { optimiser: Optimiser::Adam { rate }, ..plain(4, rate) };
        let trained = adam.run(Task::regression(x.as_ref(), y.as_ref()), None).unwrap();
        let (mut w, mut mean, mut square) = (0.0, 0.0, 0.0);
        for (step, record) in trained.path.iter().enumerate() {
            assert_eq!(record.step, step);
            assert_relative_eq!(record.head.form()[(0, 0)], w, max_relative = 1e-12);
            let gradient: f64 =
                (0..3).map(|i| 2.0 * (scale * w * c * x[(i, 0)] - targets[i]) * scale * c * x[(i, 0)]).sum::<f64>()
                    / 3.0;
            mean = 0.9 * mean + 0.1 * gradient;
            square = 0.999 * square + 0.001 * gradient * gradient;
            let [unbiased, size] = [(mean, 0.9_f64), (square, 0.999)]
                .map(|(moment, decay)| moment / (1.0 - decay.powi(i32::try_from(step + 1).unwrap())));
            w -= rate * unbiased / (size.sqrt() + 1e-8);
        }
        assert_eq!(trained.path.len(), 5);
    }
}

#[test]
fn a_parametrisation_has_the_name_that_documents_give_it() {
    assert_eq!(
        [Parametrisation::Separate, Parametrisation::Tied, Parametrisation::Merged].map(Parametrisation::name),
        ["separate", "tied", "merged"]
    );
}

#[test]
fn divergence_is_a_million_times_the_start_whatever_the_units() {
    let (x, y) = (standard_normal(1, 0, 20, 3), standard_normal(1, 1, 20, 1));
    // The loss is quadratic in the form: in other units of the target the same path takes a rate of their square.
    let step = |unit: f64| match plain(1000, 200.0 / (unit * unit))
        .run(Task::regression(x.as_ref(), (&y * Scale(unit)).as_ref()), None)
    {
        Err(Error::Diverged { step, loss }) => {
            let start = linalg::mse(Mat::zeros(20, 1).as_ref(), (&y * Scale(unit)).as_ref());
            assert!(loss > 1e6 * start, "{loss:e} {start:e}");
            step
        }
        other => panic!("{:?}", other.map(|trained| trained.ending)),
    };
    assert!(step(1.0) > 1 && step(1.0) == step(1e-4) && step(1.0) == step(1e4));
}

#[test]
fn a_start_that_is_lost_reports_the_mean_square_of_the_targets() {
    let (x, y) = (standard_normal(1, 0, 20, 3), standard_normal(1, 1, 20, 2));
    let lost = Training { deviation: 1e200, parametrisation: Parametrisation::Separate, ..plain(10, 0.1) };
    let Err(Error::Diverged { step: 0, loss }) = lost.run(Task::regression(x.as_ref(), y.as_ref()), None) else {
        panic!("the first loss overflows")
    };
    assert_relative_eq!(
        loss,
        y.col_iter().flat_map(|column| column.iter().map(|y| y * y).collect::<Vec<_>>()).sum::<f64>() / 40.0,
        max_relative = 1e-14
    );
}

#[test]
fn whitening_takes_two_rows_and_no_fewer() {
    let two = mat![[1.0, 4.0], [3.0, 8.0]];
    let fit = Whitening::fit(two.as_ref(), Root::Zca, Divisor::N, 0.0).unwrap();
    assert_eq!((fit.means(), fit.rank()), ([2.0, 6.0].as_slice(), 1));
    let one = mat![[1.0, 4.0]];
    assert!(matches!(
        Whitening::fit(one.as_ref(), Root::Zca, Divisor::N, 0.0),
        Err(Error::TooFewRows { rows: 1, needed: 2, .. })
    ));
}

#[test]
fn what_does_not_vary_is_whitened_to_zero() {
    let constant = Mat::from_fn(5, 2, |_, j| count(j));
    for root in [Root::Zca, Root::Pca] {
        let fit = Whitening::fit(constant.as_ref(), root, Divisor::N, 0.0).unwrap();
        let white = fit.apply(constant.as_ref());
        assert_eq!(fit.rank(), 0);
        assert!(linalg::max_abs(white.as_ref()) == 0.0 && linalg::max_abs(fit.matrix()) == 0.0);
    }
}

#[test]
fn a_factor_whitens_as_its_rows_do() {
    let x = standard_normal(3, 0, 30, 4);
    let centred = linalg::centred(x.as_ref(), &linalg::moments(x.as_ref()));
    for root in [Root::Zca, Root::Cholesky] {
        let whole = Whitening::fit(x.as_ref(), root, Divisor::N, 0.0).unwrap();
        let own = Whitening::of_factor(centred.as_ref(), 30.0, root, &linalg::Resolution::of(x.as_ref())).unwrap();
        assert!(relative_gap(own.as_ref(), whole.matrix()) < 1e-13);
    }
}

#[test]
fn a_fit_remembers_its_penalty_and_measures_rows_in_blocks() {
    let (x, y) = (standard_normal(5, 0, 5000, 2), standard_normal(5, 1, 5000, 1));
    let fit = Ridge::fit(x.as_ref(), y.as_ref(), 2.5, Intercept::None).unwrap();
    assert_eq!(fit.penalty(), 2.5);
    let leverages = fit.leverages_of(x.as_ref());
    assert_eq!(leverages.len(), 5000);
    for i in [0, 1, 4095, 4096, 4999] {
        assert_relative_eq!(leverages[i], fit.leverages()[i], max_relative = 1e-12);
    }
}

#[test]
fn rows_are_measured_alike_whatever_the_shape_of_the_table() {
    let (wide, y) = (standard_normal(6, 0, 5, 12), standard_normal(6, 1, 5, 1));
    let dependent = Mat::from_fn(20, 3, |i, j| {
        count(i + 1).powi(if j == 2 { 1 } else { 1 + i32::try_from(j).unwrap_or(0) }) / 10.0
    });
    let answers = standard_normal(6, 2, 20, 1);
    for (x, y, penalty) in
        [(&wide, &y, 0.0), (&wide, &y, 0.7), (&dependent, &answers, 0.0), (&dependent, &answers, 0.7)]
    {
        let fit = Ridge::fit(x.as_ref(), y.as_ref(), penalty, Intercept::None).unwrap();
        for (ours, theirs) in fit.leverages_of(x.as_ref()).iter().zip(fit.leverages()) {
            assert_relative_eq!(*ours, *theirs, max_relative = 1e-9);
        }
    }
}

#[test]
fn a_bandwidth_is_the_candidate_of_least_error_and_the_first_of_equals() {
    // Without one of two rows the other answers whatever the bandwidth: both candidates are as bad.
    let (two, answers) = (mat![[0.0], [1.0]], mat![[1.0], [3.0]]);
    assert_eq!(kernel::bandwidth(two.as_ref(), answers.as_ref(), &[2.0, 1.0]).unwrap(), 2.0);
    // Two pairs that agree within: the narrow kernel reads the partner, the wide one everybody.
    let (x, y) = (mat![[0.0], [0.1], [9.0], [9.1]], mat![[1.0], [1.0], [-1.0], [-1.0]]);
    for candidates in [[0.1, 100.0], [100.0, 0.1]] {
        assert_eq!(kernel::bandwidth(x.as_ref(), y.as_ref(), &candidates).unwrap(), 0.1);
    }
    assert!(matches!(kernel::bandwidth(x.as_ref(), y.as_ref(), &[]), Err(Error::InvalidBandwidth { .. })));
}

#[test]
fn one_row_cannot_be_left_out_and_of_two_either_can() {
    let (x, y) = (mat![[1.0], [2.0]], mat![[1.0], [4.0]]);
    let left_out = leave_one_out_by_definition(x.as_ref(), y.as_ref(), 0.0, Intercept::None).unwrap();
    assert!(relative_gap(left_out.as_ref(), mat![[2.0], [2.0]].as_ref()) < 1e-14);
    assert_eq!(
        relative_gap(
            kernel::leave_one_out_matrix(x.as_ref(), 1.0).unwrap().as_ref(),
            mat![[0.0, 1.0], [1.0, 0.0]].as_ref()
        ),
        0.0
    );
    let one = (x.as_ref().subrows(0, 1), y.as_ref().subrows(0, 1));
    assert!(matches!(
        leave_one_out_by_definition(one.0, one.1, 0.0, Intercept::None),
        Err(Error::TooFewRows { rows: 1, needed: 2, .. })
    ));
    assert!(matches!(kernel::leave_one_out_matrix(one.0, 1.0), Err(Error::TooFewRows { rows: 1, needed: 2, .. })));
}

#[test]
fn a_local_line_is_weighted_least_squares() {
    let (x, y) = (standard_normal(3, 0, 12, 2), standard_normal(3, 1, 12, 2));
    let queries = standard_normal(3, 2, 4, 2);
    let predicted = local_linear::predict(queries.as_ref(), x.as_ref(), y.as_ref(), 0.8, 0.0).unwrap();
    let weights = kernel::smoother_matrix(queries.as_ref(), x.as_ref(), 0.8).unwrap();
    for i in 0..4 {
        // Rows (1, x − q) and targets, each times the root of its weight: the first coefficient is the prediction.
        let root = |j: usize| weights[(i, j)].sqrt();
        let rows = Mat::from_fn(12, 3, |j, k| root(j) * if k == 0 { 1.0 } else { x[(j, k - 1)] - queries[(i, k - 1)] });
        let targets = Mat::from_fn(12, 2, |j, t| root(j) * y[(j, t)]);
        let line = rows.qr().solve_lstsq(&targets);
        assert!(relative_gap(line.subrows(0, 1), predicted.subrows(i, 1)) < 1e-12);
    }
    let wide = local_linear::predict(queries.as_ref(), x.as_ref(), y.as_ref(), 1e9, 0.0).unwrap();
    let least = Ridge::fit(x.as_ref(), y.as_ref(), 0.0, Intercept::Fitted).unwrap().predict(queries.as_ref());
    assert!(relative_gap(wide.as_ref(), least.as_ref()) < 1e-12);
}

#[test]
fn a_series_becomes_windows_and_months_without_a_measurement_lie_between_their_neighbours() {
    let table = series::lagged(&[1.0, 2.0, 3.0, 4.0], 2);
    assert_eq!((table.x, table.y), (mat![[2.0, 1.0], [3.0, 2.0]], mat![[3.0], [4.0]]));
    assert_eq!(series::lagged(&[1.0, 2.0], 2).n(), 0);
    let months = series::co2().unwrap();
    // March, April, May, (June), July 1958; January, (three months), May 1964.
    assert_eq!(months.len(), 526);
    assert_eq!((months[0], months[2], months[4]), (316.1, 317.43, 315.62));
    assert_relative_eq!(months[3], f64::midpoint(317.43, 315.62), max_relative = 1e-15);
    assert_relative_eq!(months[72] - months[71], months[74] - months[73], max_relative = 1e-9);
    assert_eq!(series::sunspots().unwrap().len(), 309);
}

#[test]
fn digits_are_pictures_with_their_labels() {
    let digits::Digits { pixels, labels } = digits::raw().unwrap();
    assert_eq!(
        (pixels.shape(), labels.len(), &labels[..12]),
        ((1797, 64), 1797, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1][..])
    );
    assert!(linalg::entries(pixels.as_ref()).all(|ink| (0.0..=digits::INK).contains(&ink) && ink.fract() == 0.0));
    assert_eq!(digits::classes(digits::one_hot(&labels).as_ref()), labels);
    let data = digits::dataset().unwrap();
    assert_eq!((data.train.n(), data.test.n(), data.train.d(), data.features[0].as_str()), (1438, 359, 61, "p01"));
}
