//! The comparison: what is linear sees all rows through a small factor, and says the same as if it had seen them.

use approx::assert_relative_eq;
use attention_regression::agreement::{Mechanism, cosine};
use attention_regression::attention::Normalisation;
use attention_regression::attention::gradients::Task;
use attention_regression::data::random::standard_normal;
use attention_regression::data::{self, Dataset, Factor, Scaling, Table, split};
use attention_regression::experiment::{Comparison, Scores, Settings, Variant};
use attention_regression::linalg::{self, count, relative_gap};
use attention_regression::regression::diagnostics::leave_one_out_by_definition;
use attention_regression::regression::{Intercept, Ridge};
use attention_regression::training::{Parametrisation, Training};
use attention_regression::{Error, Mat};

/// `n` training and 40 test rows of `d` features and two targets, far from standard units; the second feature is
/// constant.
fn measured(n: usize, d: usize) -> Dataset {
    let (noise, x) = (standard_normal(7, 1, n + 40, 2), standard_normal(7, 0, n + 40, d));
    let x = Mat::from_fn(n + 40, d, |i, j| if j == 1 { 3.0 } else { 1e3 * count(j + 1) * x[(i, j)] + 1e4 });
    let y =
        Mat::from_fn(n + 40, 2, |i, t| 50.0 + (t as f64 + 1.0) * x[(i, 0)] / 1e3 - x[(i, d - 1)] / 2e3 + noise[(i, t)]);
    let table = Table { x, y };
    let (train, test): (Vec<usize>, Vec<usize>) = ((0..n).collect(), (n..n + 40).collect());
    let names = |prefix: &str, count: usize| (0..count).map(|place| format!("{prefix}{place}")).collect();
    Dataset {
        name: "measured".to_owned(),
        features: names("x", d),
        targets: names("y", 2),
        train: table.rows(&train),
        test: table.rows(&test),
        truth: None,
    }
}

#[test]
fn a_factor_has_the_inner_products_of_its_rows() {
    for n in [3, 40, 5000] {
        let (x, y) = (standard_normal(1, 0, n, 6), standard_normal(1, 1, n, 2));
        let factor = Factor::of(x.as_ref(), y.as_ref()).unwrap();
        assert!(factor.x.nrows() <= 8 && factor.rows == n);
        assert!(relative_gap((factor.x.transpose() * &factor.x).as_ref(), linalg::gram(x.as_ref()).as_ref()) < 1e-13);
        assert!(relative_gap((factor.x.transpose() * &factor.y).as_ref(), (x.transpose() * &y).as_ref()) < 1e-13);
        let mean = |x: &Mat<f64>| linalg::frobenius_norm(x.as_ref()).powi(2) / count(x.nrows());
        assert_relative_eq!(mean(&factor.averaged().y), mean(&y), max_relative = 1e-13);
    }
    assert!(matches!(Factor::of(Mat::zeros(0, 2).as_ref(), Mat::zeros(0, 1).as_ref()), Err(Error::Empty { .. })));
}

#[test]
fn a_factor_keeps_a_condition_number_that_its_gram_matrix_would_lose() {
    let x = Mat::from_fn(3000, 2, |i, j| count(i + 1) / 3000.0 + if j == 1 && i % 2 == 0 { 1e-10 } else { 0.0 });
    let factor = Factor::of(x.as_ref(), Mat::zeros(3000, 1).as_ref()).unwrap();
    let small = linalg::singular_values(factor.x.as_ref()).unwrap()[1];
    assert_relative_eq!(small, linalg::singular_values(x.as_ref()).unwrap()[1], max_relative = 1e-4);
    let squared = linalg::singular_values(linalg::gram(x.as_ref()).as_ref()).unwrap()[1].sqrt();
    assert!((squared / small - 1.0).abs() > 0.5, "{squared:e} {small:e}");
}

#[test]
fn leverages_of_rows_are_those_of_the_fit() {
    let x = standard_normal(2, 0, 30, 4);
    let dependent = Mat::from_fn(30, 4, |i, j| if j == 3 { x[(i, 0)] - x[(i, 1)] } else { x[(i, j)] });
    let y = standard_normal(2, 1, 30, 1);
    for (x, penalty) in [(&x, 0.0), (&x, 0.5), (&dependent, 0.0), (&dependent, 0.5)] {
        let fit = Ridge::fit(x.as_ref(), y.as_ref(), penalty, Intercept::None).unwrap();
        for (ours, theirs) in fit.leverages_of(x.as_ref()).iter().zip(fit.leverages()) {
            assert_relative_eq!(ours, theirs, max_relative = 1e-12);
        }
    }
}

#[test]
fn a_baseline_is_told_in_the_units_of_the_table() {
    let data = measured(60, 4);
    for scaling in [Scaling::None, Scaling::Standard, Scaling::UnitNorm] {
        let comparison = Comparison::new(data.clone(), Settings { scaling, ..Settings::default() }).unwrap();
        let norm = linalg::frobenius_norm(comparison.data().train.x.subcols(0, 1));
        let own = 1.0 / comparison.units().feature_scales[0];
        let expected = match scaling {
            Scaling::None => norm * own,
            Scaling::Standard => 60f64.sqrt(),
            Scaling::UnitNorm => 1.0,
        };
        assert_relative_eq!(norm, expected, max_relative = 1e-12);
        let baseline = comparison.baseline(0.0).unwrap();
        let predicted = Mat::from_fn(40, 2, |i, t| {
            baseline.intercept[t] + (0..4).map(|j| data.test.x[(i, j)] * baseline.coefficients[t][j]).sum::<f64>()
        });
        let direct = Ridge::fit(data.train.x.as_ref(), data.train.y.as_ref(), 0.0, Intercept::Fitted).unwrap();
        assert!(relative_gap(predicted.as_ref(), direct.predict(data.test.x.as_ref()).as_ref()) < 1e-12);
        assert_eq!((baseline.coefficients[0][1], baseline.coefficients[1][1], baseline.rank), (0.0, 0.0, 3));
        assert_relative_eq!(baseline.effective_degrees_of_freedom, 3.0, max_relative = 1e-12);
        let left_out =
            leave_one_out_by_definition(data.train.x.as_ref(), data.train.y.as_ref(), 0.0, Intercept::Fitted).unwrap();
        for t in 0..2 {
            let mse = (0..60).map(|i| (left_out[(i, t)] - data.train.y[(i, t)]).powi(2)).sum::<f64>() / 60.0;
            let ours = baseline.leave_one_out.as_ref().unwrap()[t] * comparison.units().target_scales[t].powi(2);
            assert_relative_eq!(ours, mse, max_relative = 1e-9);
        }
        assert_relative_eq!(baseline.leverages.mean, (3.0 + 1.0) / 60.0, max_relative = 1e-12);
    }
}

#[test]
fn with_fewer_rows_than_features_ridge_is_defined_and_least_squares_fits_exactly() {
    let comparison = Comparison::new(measured(6, 12), Settings::default()).unwrap();
    let (ridge, least) = (comparison.baseline(1e-3).unwrap(), comparison.baseline(0.0).unwrap());
    assert!(ridge.leave_one_out.is_some() && ridge.train.iter().all(|errors| errors.mse > 0.0));
    assert!(least.leave_one_out.is_none() && least.rank == 5 && least.train.iter().all(|errors| errors.mse < 1e-20));
    for variant in Variant::grid() {
        let outcome = comparison.outcome(variant, 1, &comparison.train(variant, 1).unwrap()).unwrap();
        assert!(outcome.test.mse.is_finite() && outcome.mechanism.gap.is_finite(), "{outcome:?}");
    }
}

/// Linear attention is trained and judged on all rows, whether softmax sees them or a sample.
#[test]
fn a_context_changes_what_softmax_sees_and_nothing_that_is_linear() {
    let [whole, sampled] = [2000, 30]
        .map(|context| Comparison::new(measured(80, 4), Settings { context, ..Settings::default() }).unwrap());
    assert_eq!((whole.context_rows(), sampled.context_rows().map(<[usize]>::len)), (None, Some(30)));
    assert_eq!(whole.baseline(1e-3).unwrap(), sampled.baseline(1e-3).unwrap());
    for variant in Variant::grid() {
        let [a, b] = [&whole, &sampled]
            .map(|comparison| comparison.outcome(variant, 3, &comparison.train(variant, 3).unwrap()).unwrap());
        let same = (a.train, a.test, a.mechanism.gap, a.weights_gap, a.signature.trace)
            == (b.train, b.test, b.mechanism.gap, b.weights_gap, b.signature.trace);
        assert_eq!(same, variant.scores == Scores::Linear, "{}", variant.name());
    }
}

/// A form that fits n rows is of size 1/n; training must find it on a large table as on a small one.
#[test]
fn linear_attention_arrives_on_many_rows_as_on_few() {
    for rows in [100, 5000] {
        let comparison =
            Comparison::new(measured(rows, 4), Settings { steps: Some(2000), ..Settings::default() }).unwrap();
        let mut variants: Vec<Variant> =
            Variant::grid().into_iter().filter(|variant| variant.scores == Scores::Linear).collect();
        variants.push(Variant { parametrisation: Parametrisation::Merged, ..variants[0] });
        for variant in variants {
            let trained = comparison.train(variant, 1).unwrap();
            let outcome = comparison.outcome(variant, 1, &trained).unwrap();
            assert!(
                outcome.test.output_gap < 1e-3 && outcome.weights_gap < 1e-3,
                "{rows} {}: {outcome:?}",
                variant.name()
            );
            assert!(outcome.mechanism.gap.is_finite(), "{rows} {}: {:?}", variant.name(), outcome.mechanism);
            let [fitted, _] = comparison.predictions(variant, &trained.last().head).unwrap();
            assert_relative_eq!(
                attention_regression::agreement::mse(fitted.as_ref(), comparison.data().train.y.as_ref()),
                trained.last().loss,
                max_relative = 1e-6
            );
        }
    }
}

/// Adam at a constant rate does not come to rest on this table, at whatever step it is stopped; linear attention must.
#[test]
fn linear_attention_comes_to_rest_where_a_constant_rate_does_not() {
    let comparison = Comparison::new(measured(2000, 20), Settings::default()).unwrap();
    let variant = Variant { whitened: true, ..Variant::grid()[0] };
    let x = &comparison.rows(variant).train;
    let task = Task::regression(x.x.as_ref(), x.y.as_ref());
    // On 400 rows' scale, as the comparison trains it.
    let training = comparison.training(variant, 1);
    let Normalisation::Linear { scale } = training.normalisation else { panic!("a linear variant") };
    let training = Training { normalisation: Normalisation::Linear { scale: scale * 0.2 }, ..training };
    let rest = |falling: bool| {
        Training { falling, tolerance: 0.0, ..training.clone() }.run(task, None).unwrap().last().gradient
    };
    assert!(rest(true) < 1e-3 * rest(false), "{} {}", rest(true), rest(false));
}

/// A = QCQᵀ: rank, trace, asymmetry and distances are the same for A and for the small C.
#[test]
fn the_mechanism_of_linear_attention_is_that_of_its_matrix() {
    let comparison = Comparison::new(data::sine_of_projection(3), Settings::default()).unwrap();
    for variant in Variant::grid().into_iter().filter(|variant| variant.scores == Scores::Linear) {
        let trained = comparison.train(variant, 2).unwrap();
        let (outcome, weights) =
            (comparison.outcome(variant, 2, &trained).unwrap(), comparison.weights(variant, &trained.head).unwrap());
        assert_relative_eq!(
            outcome.mechanism.gap,
            relative_gap(weights.as_ref(), comparison.hat()),
            max_relative = 1e-10
        );
        let Mechanism { alignment, size, overlap, gap } = outcome.mechanism;
        assert_relative_eq!(alignment, cosine(weights.as_ref(), comparison.hat()), max_relative = 1e-10);
        assert_relative_eq!(gap * gap, 1.0 + size * size - 2.0 * size * alignment, max_relative = 1e-10);
        assert_relative_eq!(overlap, 1.0, max_relative = 1e-10);
        let whole =
            attention_regression::agreement::Signature::of(weights.as_ref(), comparison.data().train.x.as_ref())
                .unwrap();
        assert_eq!(outcome.signature.rank, whole.rank);
        assert_relative_eq!(outcome.signature.trace, whole.trace, max_relative = 1e-10);
        assert_relative_eq!(outcome.signature.asymmetry, whole.asymmetry, max_relative = 1e-8, epsilon = 1e-12);
        assert_relative_eq!(outcome.signature.idempotence_gap, whole.idempotence_gap, max_relative = 1e-10);
    }
}

#[test]
fn a_narrow_head_has_a_form_of_its_rank() {
    let narrow = |width| Comparison::new(measured(50, 5), Settings { width: Some(width), ..Settings::default() });
    let comparison = narrow(2).unwrap();
    for variant in Variant::grid() {
        let trained = comparison.train(variant, 1).unwrap();
        assert_eq!(linalg::rank_above(trained.head.form().as_ref(), 1e-10).unwrap(), 2, "{}", variant.name());
        assert!(comparison.outcome(variant, 1, &trained).unwrap().test.mse.is_finite());
    }
    assert_eq!(narrow(6).unwrap_err(), Error::InvalidWidth { width: 6, features: 5 });
    assert_eq!(narrow(0).unwrap_err(), Error::InvalidWidth { width: 0, features: 5 });
}

#[test]
fn what_cannot_be_compared_is_named() {
    let mut constant = measured(20, 3);
    (0..20).for_each(|i| constant.train.y[(i, 1)] = 0.1);
    assert_eq!(
        Comparison::new(constant, Settings::default()).unwrap_err(),
        Error::ConstantColumn { column: "y1".to_owned() }
    );
    let mut lost = measured(20, 3);
    lost.train.x[(4, 2)] = f64::NAN;
    assert!(matches!(
        Comparison::new(lost, Settings::default()).unwrap_err(),
        Error::NotFinite { row: 4, column: 2, .. }
    ));
    let mut empty = measured(20, 3);
    empty.test = empty.test.rows(&[]);
    assert!(matches!(
        Comparison::new(empty, Settings::default()).unwrap_err(),
        Error::Empty { what: "the test part", .. }
    ));
}

#[test]
fn a_sample_is_seeded_and_has_no_row_twice() {
    let rows = split::sample(100, 30, 4);
    assert!(rows.windows(2).all(|pair| pair[0] < pair[1]) && rows.len() == 30 && rows[29] < 100);
    assert_eq!((rows, split::sample(5, 9, 1)), (split::sample(100, 30, 4), vec![0, 1, 2, 3, 4]));
    assert_ne!(split::sample(100, 30, 4), split::sample(100, 30, 5));
}

/// Columns whose scales differ by 24 orders of magnitude.
#[test]
fn extreme_scales_are_the_table_s_business() {
    let (plain, mut extreme) = (measured(60, 4), measured(60, 4));
    let scales = [1e-12, 1.0, 1e12, 1.0];
    for table in [&mut extreme.train, &mut extreme.test] {
        table.x = Mat::from_fn(table.x.nrows(), 4, |i, j| table.x[(i, j)] * scales[j]);
    }
    let [plain, extreme] =
        [plain, extreme].map(|data| Comparison::new(data, Settings::default()).unwrap().baseline(1e-3).unwrap());
    for t in 0..2 {
        assert_relative_eq!(plain.test[t].mse, extreme.test[t].mse, max_relative = 1e-9);
        for (j, scale) in scales.iter().enumerate() {
            assert_relative_eq!(plain.coefficients[t][j], extreme.coefficients[t][j] * scale, max_relative = 1e-9);
        }
    }
}

/// Two attentions that are compared differ in what they are, and in nothing else that training is told.
#[test]
fn every_variant_is_trained_alike() {
    let told = |variant: Variant| {
        let training = variant.training(8, 1);
        let alike = Training::new(Normalisation::Linear { scale: 1.0 }, Parametrisation::Tied);
        let Training { normalisation, parametrisation, diagonal, .. } = alike;
        Training { normalisation, parametrisation, diagonal, ..training }
    };
    let first = told(Variant::grid()[0]);
    for variant in Variant::grid().into_iter().chain(Variant::masked()) {
        assert_eq!(told(variant), first, "{} is not compared on equal terms", variant.name());
    }
}
