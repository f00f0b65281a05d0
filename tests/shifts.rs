//! A number added to a column, or a power of two that multiplies it, changes nothing that a fit with an intercept says,
//! as far as the column still holds it: against least squares in exact rational arithmetic.

use attention_regression::compare::document::{Baselines, Document, Origin};
use attention_regression::data::random::standard_normal;
use attention_regression::data::{Dataset, Table, standard_deviations};
use attention_regression::experiment::{Baseline, Comparison, Settings};
use attention_regression::linalg::{self, condition_number, count, frobenius_norm, max_abs, relative_gap, trace};
use attention_regression::regression::{Intercept, Ridge};
use attention_regression::whitening::{Divisor, Root, Whitening};
use attention_regression::{Error, Mat, MatRef};
use num_rational::BigRational;
use proptest::prelude::*;

fn exactly(number: f64) -> BigRational {
    BigRational::from_float(number).unwrap()
}

fn rounded(number: &BigRational) -> f64 {
    num_traits::ToPrimitive::to_f64(number).unwrap()
}

/// Predictions of least squares with an intercept for new rows, computed without rounding and then rounded once.
fn exact_predictions(train: &Table, x: &Mat<f64>) -> Mat<f64> {
    let (n, d) = (train.n(), train.d());
    let mean = |entries: &mut dyn Iterator<Item = f64>| entries.map(exactly).sum::<BigRational>() / exactly(count(n));
    let means: Vec<BigRational> = (0..d).map(|j| mean(&mut train.x.col(j).iter().copied())).collect();
    let target_mean = mean(&mut train.y.col(0).iter().copied());
    let row = |i: usize, j: usize| {
        if j < d { exactly(train.x[(i, j)]) - &means[j] } else { exactly(train.y[(i, 0)]) - &target_mean }
    };
    let rows: Vec<Vec<BigRational>> = (0..n).map(|i| (0..=d).map(|j| row(i, j)).collect()).collect();
    // The normal equations, by elimination; without rounding no pivot need be chosen.
    let product = |j: usize, k: usize| rows.iter().map(|row| &row[j] * &row[k]).sum::<BigRational>();
    let mut system: Vec<Vec<BigRational>> = (0..d).map(|j| (0..=d).map(|k| product(j, k)).collect()).collect();
    for pivot in 0..d {
        let leading = system[pivot].clone();
        for (_, equation) in system.iter_mut().enumerate().filter(|(j, _)| *j != pivot) {
            let factor = &equation[pivot] / &leading[pivot];
            equation.iter_mut().zip(&leading).for_each(|(entry, above)| *entry -= &factor * above);
        }
    }
    let beta: Vec<BigRational> = (0..d).map(|j| &system[j][d] / &system[j][j]).collect();
    let predict =
        |i: usize| (0..d).map(|j| (exactly(x[(i, j)]) - &means[j]) * &beta[j]).sum::<BigRational>() + &target_mean;
    Mat::from_fn(x.nrows(), 1, |i, _| rounded(&predict(i)))
}

fn dataset(x: &Mat<f64>, y: &Mat<f64>, n: usize) -> Dataset {
    let table = Table { x: x.clone(), y: y.clone() };
    let names = |prefix: &str, count: usize| (0..count).map(|place| format!("{prefix}{place}")).collect();
    let (train, test): (Vec<usize>, Vec<usize>) = (0..x.nrows()).partition(|&row| row < n);
    Dataset {
        name: "shifted".to_owned(),
        features: names("x", x.ncols()),
        targets: names("y", y.ncols()),
        train: table.rows(&train),
        test: table.rows(&test),
        truth: None,
    }
}

fn comparison(x: &Mat<f64>, y: &Mat<f64>, n: usize) -> Comparison {
    Comparison::new(dataset(x, y, n), Settings::default()).unwrap()
}

/// `z` with shifts in units of its columns' deviations, all of one sign or the other.
fn shifted(z: &Mat<f64>, shift: f64) -> Mat<f64> {
    Mat::from_fn(z.nrows(), z.ncols(), |i, j| z[(i, j)] + if j % 2 == 0 { shift } else { -shift })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Of the table as it stands every digit is right that the condition of its columns leaves; of the table before it
    /// was shifted, those that it still holds.
    #[test]
    fn a_shift_costs_the_digits_that_the_table_lost_and_no_more(seed in 0u64..1000, d in 1usize..4, spare in 3usize..20, shift in 0.0f64..8.0) {
        let (n, shift) = (d + spare, 10f64.powf(shift));
        let (z, y) = (standard_normal(seed, 0, n + 5, d), standard_normal(seed, 1, n + 5, 1));
        let x = shifted(&z, shift);
        let [plain, moved] = [&z, &x].map(|x| dataset(x, &y, n));
        let kappa = condition_number(plain.centred().train.x.as_ref()).unwrap();
        prop_assume!(kappa < 100.0);
        let exact = exact_predictions(&moved.train, &moved.test.x);
        let fit = Ridge::fit(moved.train.x.as_ref(), moved.train.y.as_ref(), 0.0, Intercept::Fitted).unwrap();
        prop_assert_eq!(fit.rank(), d);
        // In original units an intercept of the size of the shift is subtracted, which costs its digits once more.
        let size = frobenius_norm(exact.as_ref());
        prop_assert!(linalg::max_abs_gap(fit.predict(moved.test.x.as_ref()).as_ref(), exact.as_ref()) < 100.0 * f64::EPSILON * kappa * (size + shift * max_abs(fit.coefficients())));
        // On scale nothing is subtracted.
        let comparison = comparison(&x, &y, n);
        let units = comparison.units();
        let on_scale = &comparison.data().test.x * Ridge::fit_resolved(comparison.factor().x.as_ref(), comparison.factor().y.as_ref(), 0.0, comparison.resolution()).unwrap().coefficients();
        let on_scale = Mat::from_fn(5, 1, |i, _| units.target_means[0] + units.target_scales[0] * on_scale[(i, 0)]);
        prop_assert!(linalg::max_abs_gap(on_scale.as_ref(), exact.as_ref()) < 200.0 * f64::EPSILON * kappa * (size + 1.0), "{:e}", linalg::max_abs_gap(on_scale.as_ref(), exact.as_ref()));
        // What was rounded away when the shift was added is lost: ε · shift of every entry.
        let unshifted = exact_predictions(&plain.train, &plain.test.x);
        prop_assert!(linalg::max_abs_gap(exact.as_ref(), unshifted.as_ref()) < 100.0 * f64::EPSILON * shift * kappa * kappa * (size + 1.0));
    }

    /// A power of two changes no digit of anything, as long as no number ends.
    #[test]
    fn a_power_of_two_changes_no_digit(seed in 0u64..1000, d in 1usize..5, features in -500i32..500, target in -500i32..500) {
        let (z, y) = (standard_normal(seed, 0, 14, d), standard_normal(seed, 1, 14, 1));
        let times = |x: &Mat<f64>, power: i32| Mat::from_fn(x.nrows(), x.ncols(), |i, j| libm::scalbn(x[(i, j)], power));
        let plain = comparison(&z, &y, 10);
        let scaled = comparison(&times(&z, features), &times(&y, target), 10);
        for penalty in [0.0, 1e-3] {
            let [plain, scaled] = [&plain, &scaled].map(|comparison| comparison.baseline(penalty).unwrap());
            prop_assert_eq!((&plain.train, &plain.test, &plain.leave_one_out, plain.leverages), (&scaled.train, &scaled.test, &scaled.leave_one_out, scaled.leverages));
            let expected: Vec<f64> = plain.coefficients[0].iter().map(|beta| libm::scalbn(*beta, target - features)).collect();
            prop_assert_eq!(&expected, &scaled.coefficients[0]);
        }
    }
}

/// Columns whose sum is the third, around 1000 ± 1; years, months and both in one number.
fn dependent(seed: u64, rows: usize) -> [Mat<f64>; 2] {
    let z = standard_normal(seed, 0, rows, 2);
    let sums =
        Mat::from_fn(
            rows,
            3,
            |i, j| if j == 2 { (1000.0 + z[(i, 0)]) + (1000.0 + z[(i, 1)]) } else { 1000.0 + z[(i, j)] },
        );
    let months = |i: usize| f64::from(u32::try_from(i * 7 % 12).unwrap());
    let years = |i: usize| (1990.0 + 10.0 * z[(i, 0)]).round();
    let dates = Mat::from_fn(rows, 3, |i, j| [years(i), months(i), years(i) + months(i) / 12.0][j]);
    [sums, dates]
}

#[test]
fn dependent_columns_far_from_zero_are_dependent() {
    for rows in [20, 100, 1000, 5000] {
        for seed in 1..=6 {
            for (place, x) in dependent(seed, rows + 50).into_iter().enumerate() {
                let noise = standard_normal(seed, 1, rows + 50, 1);
                let y = Mat::from_fn(rows + 50, 1, |i, _| x[(i, 0)] - 2.0 * x[(i, 1)] + noise[(i, 0)]);
                let compared = comparison(&x, &y, rows);
                let [least, ridge] = [0.0, 1e-3].map(|penalty| compared.baseline(penalty).unwrap());
                let case = format!("{rows} rows, seed {seed}, table {place}");
                assert_eq!((least.rank, ridge.rank), (2, 2), "{case}");
                assert!(
                    (least.test[0].mse / ridge.test[0].mse - 1.0).abs() < 1e-3,
                    "{case}: {} {}",
                    least.test[0].mse,
                    ridge.test[0].mse
                );
                // What is whitened has two directions of unit variance, and nothing in the third.
                let white = &compared.data().train.x * compared.whitening();
                let covariance = linalg::gram(white.as_ref()) * faer::Scale(1.0 / count(rows));
                assert!((trace(covariance.as_ref()) - 2.0).abs() < 1e-6, "{case}: {}", trace(covariance.as_ref()));
                let direct = Whitening::fit(compared_rows(&x, rows).as_ref(), Root::Pca, Divisor::N, 0.0).unwrap();
                assert_eq!(direct.rank(), 2, "{case}");
                assert_eq!(
                    Ridge::fit(
                        compared_rows(&x, rows).as_ref(),
                        compared_rows(&y, rows).as_ref(),
                        0.0,
                        Intercept::Fitted
                    )
                    .unwrap()
                    .rank(),
                    2,
                    "{case}"
                );
            }
        }
    }
}

fn compared_rows(x: &Mat<f64>, n: usize) -> Mat<f64> {
    x.subrows(0, n).to_owned()
}

/// Whatever is added to them, n centred rows have n − 1 directions, fit what they fitted before, and have leverages of
/// at most one.
#[test]
fn fewer_rows_than_features_have_one_direction_less_than_rows() {
    for shift in [0.0, 1.0, 30.0, 300.0, 1e4, 1e6] {
        for seed in 1..=5 {
            let (z, noise) = (standard_normal(seed, 0, 22, 12), standard_normal(seed, 1, 22, 1));
            let y = Mat::from_fn(22, 1, |i, _| 3.0 * z[(i, 0)] - z[(i, 5)] + 0.1 * noise[(i, 0)]);
            let (plain, moved) = (comparison(&z, &y, 12), comparison(&shifted(&z, shift), &y, 12));
            let allowed = 1e-12 + 1e3 * f64::EPSILON * shift;
            for penalty in [0.0, 1e-30, 1e-3] {
                let [before, after] = [&plain, &moved].map(|comparison| comparison.baseline(penalty).unwrap());
                let case = format!("shift {shift}, seed {seed}, penalty {penalty}");
                assert_eq!((before.rank, after.rank), (11, 11), "{case}");
                assert!(
                    (after.test[0].mse / before.test[0].mse - 1.0).abs() < allowed,
                    "{case}: {} {}",
                    before.test[0].mse,
                    after.test[0].mse
                );
                assert!(after.leverages.max <= 1.0 + 1e-9, "{case}: {}", after.leverages.max);
                assert!(
                    (after.effective_degrees_of_freedom - before.effective_degrees_of_freedom).abs() < allowed * 12.0,
                    "{case}"
                );
            }
            assert!(relative_gap(moved.whitening(), plain.whitening()) < 1e3 * allowed, "shift {shift}, seed {seed}");
            assert!(max_abs(moved.whitening()) < 100.0, "no direction of rounding is blown up");
        }
    }
}

/// A time in nanoseconds holds no more than its rounding; the columns beside it hold all they ever held.
#[test]
fn a_column_of_rounding_hides_none_of_the_others() {
    let (z, noise) = (standard_normal(3, 0, 60, 4), standard_normal(3, 1, 60, 1));
    let y = Mat::from_fn(60, 1, |i, _| z[(i, 0)] - z[(i, 1)] + 0.5 * z[(i, 2)] + 0.1 * noise[(i, 0)]);
    let near = |i: usize| z[(i, 0)] + 1e-3 * z[(i, 2)];
    let x = Mat::from_fn(60, 4, |i, j| match j {
        2 => near(i),
        3 => 1.7e18 + 1e3 * z[(i, 3)],
        _ => z[(i, j)],
    });
    let alone = Mat::from_fn(60, 3, |i, j| x[(i, j)]);
    // Whitened too: the directions of the sure columns stand, whether the poor one does or not.
    let rows = Mat::from_fn(60, 3, |i, j| if j == 0 { 1.7e18 + 100.0 * z[(i, 3)] } else { z[(i, j)] });
    assert_eq!(Whitening::fit(rows.as_ref(), Root::Pca, Divisor::N, 0.0).unwrap().rank(), 2);
    let [with, without] = [&x, &alone].map(|x| comparison(x, &y, 40).baseline(0.0).unwrap());
    assert!(with.rank >= 3 && without.rank == 3, "{} {}", with.rank, without.rank);
    assert!(with.test[0].mse < 2.0 * without.test[0].mse, "{} {}", with.test[0].mse, without.test[0].mse);
}

/// c = 1000 a + b, in every order of columns, and on units that differ by twelve orders of magnitude.
#[test]
fn a_dependence_with_large_coefficients_is_one() {
    let z = standard_normal(4, 0, 40, 2);
    for shift in [0.0, 10.0, 1e4] {
        let columns =
            |i: usize| [z[(i, 0)] + shift, z[(i, 1)] + shift, 1000.0 * (z[(i, 0)] + shift) + (z[(i, 1)] + shift)];
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            for units in [[1.0; 3], [1e-6, 1e6, 1.0]] {
                let x = Mat::from_fn(40, 3, |i, j| columns(i)[order[j]] * units[j]);
                let fit = Ridge::fit(x.as_ref(), linalg::column(&[0.5; 40]).as_ref(), 0.0, Intercept::Fitted).unwrap();
                assert_eq!(fit.rank(), 2, "shift {shift}, order {order:?}, units {units:?}");
            }
        }
    }
    // Dependence by a hundred millionth is none, where the columns hold it.
    let near = Mat::from_fn(40, 2, |i, j| z[(i, 0)] + if j == 1 { 1e-8 * z[(i, 1)] } else { 0.0 });
    assert_eq!(
        Ridge::fit(near.as_ref(), linalg::column(&[0.5; 40]).as_ref(), 0.0, Intercept::Fitted).unwrap().rank(),
        2
    );
    let far = Mat::from_fn(40, 2, |i, j| 1e9 + near[(i, j)]);
    assert_eq!(
        Ridge::fit(far.as_ref(), linalg::column(&[0.5; 40]).as_ref(), 0.0, Intercept::Fitted).unwrap().rank(),
        1
    );
}

/// Twenty columns around a million or minus a million, in thousandths, and their exact total, beside a column that
/// holds little more than its rounding: what each part owes to rounding adds up in the last of them, which is
/// dependent; the poor column is not.
#[test]
fn a_total_is_dependent_and_a_poor_column_is_not() {
    for seed in 1..=10 {
        let z = standard_normal(seed, 0, 60, 21);
        let thousandths =
            |i: usize, j: usize| (if j.is_multiple_of(2) { 1.1e9 } else { -1.1e9 }) + (1e3 * z[(i, j)]).round();
        let x = Mat::from_fn(60, 22, |i, j| match j {
            20 => (0..20).map(|j| thousandths(i, j)).sum::<f64>() / 1e3,
            21 => 1e15 + 1.1 * z[(i, 20)],
            _ => thousandths(i, j) / 1e3,
        });
        let rank = |x: MatRef<'_, f64>| {
            Ridge::fit(x, linalg::column(&[0.5; 60]).as_ref(), 0.0, Intercept::Fitted).unwrap().rank()
        };
        assert_eq!((rank(x.as_ref()), rank(x.subcols(0, 21)), rank(x.subcols(0, 20))), (21, 20, 20), "seed {seed}");
    }
}

/// What a number holds is right, whatever the size of the columns; what none holds is refused with a cure.
#[test]
fn extreme_columns_are_fitted_or_refused() {
    let (z, y) = (standard_normal(5, 0, 30, 3), standard_normal(5, 1, 30, 1));
    let scaled = |x: &Mat<f64>, by: f64| Mat::from_fn(x.nrows(), x.ncols(), |i, j| x[(i, j)] * by);
    let plain = comparison(&z, &y, 20);
    let fits = |compared: &Comparison| [0.0, 1e-3].map(|penalty| compared.baseline(penalty).unwrap());
    for (features, targets) in
        [(1e300, 1.0), (1e-300, 1e-100), (1e-150, 1e150), (1e307, 1e10), (1.0, 1e153), (1.0, 1e-153)]
    {
        for (one, other) in fits(&plain).iter().zip(&fits(&comparison(&scaled(&z, features), &scaled(&y, targets), 20)))
        {
            let close = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-9;
            assert!(
                close(one.test[0].mse, other.test[0].mse) && close(one.test[0].r_squared, other.test[0].r_squared),
                "{features:e} {targets:e}"
            );
            assert!(
                other.coefficients[0].iter().all(|beta| beta.is_normal())
                    && close(one.coefficients[0][1] / features * targets, other.coefficients[0][1])
            );
        }
    }
    // The largest numbers there are, of both signs.
    let ends = Mat::from_fn(30, 2, |i, j| if j == 0 { f64::MAX * (1.0 - 2.0 * count(i % 2)) } else { z[(i, 1)] });
    let signs = Mat::from_fn(30, 2, |i, j| if j == 0 { 1.0 - 2.0 * count(i % 2) } else { z[(i, 1)] });
    for (one, other) in fits(&comparison(&signs, &y, 20)).iter().zip(&fits(&comparison(&ends, &scaled(&y, 1e10), 20))) {
        assert!((one.test[0].mse / other.test[0].mse - 1.0).abs() < 1e-9);
    }
    let refusal = |x: &Mat<f64>, y: &Mat<f64>| {
        Comparison::new(dataset(x, y, 20), Settings::default()).err().map(|error| error.to_string())
    };
    let says = |x: &Mat<f64>, y: &Mat<f64>, words: &str| {
        assert!(refusal(x, y).is_some_and(|told| told.contains(words)), "{words}: {:?}", refusal(x, y))
    };
    says(
        &z,
        &scaled(&y, 1e155),
        "the column `y0` varies by about 1e155, where no number holds its variance in full: multiply it by 1e-155 first",
    );
    says(
        &z,
        &scaled(&y, 1e-200),
        "the column `y0` varies by about 1e-200, where no number holds its variance in full: multiply it by 1e200 first",
    );
    let single = Mat::from_fn(30, 1, |i, _| if i == 3 { 5e-324 } else { 0.0 });
    says(
        &single,
        &y,
        "varies by about 1e-324, where no number holds its standard deviation in full: multiply it by 1e324 first",
    );
    says(
        &scaled(&z, 1e-310),
        &y,
        "the column `x0` varies by about 1e-310, where no number holds its standard deviation in full: multiply it by 1e310 first",
    );
    // One row whose square is no number.
    let mut far = z.clone();
    far[(25, 1)] = 1e200;
    let fit = |x: &Mat<f64>| comparison(x, &y, 20).baseline(0.0);
    assert_eq!(fit(&far).err(), Some(Error::Overflow { what: "the errors" }));
    // Coefficients that are none.
    let what = "coefficients in the units of the table";
    assert_eq!(
        comparison(&scaled(&z, 1e-200), &scaled(&y, 1e150), 20).baseline(0.0).err(),
        Some(Error::Overflow { what })
    );
    assert_eq!(
        comparison(&scaled(&z, 1e200), &scaled(&y, 1e-150), 20).baseline(0.0).err(),
        Some(Error::Underflow { what })
    );
}

/// A penalty of any size that is a number: the fit shrinks to nothing as it should.
#[test]
fn a_huge_penalty_shrinks_and_does_not_overflow() {
    let (z, y) = (standard_normal(6, 0, 30, 3), standard_normal(6, 1, 30, 1));
    let (x, y) = (z.subrows(0, 20), y.subrows(0, 20));
    let products = x.transpose() * y;
    for penalty in [1e10, 1e150, 1e300, 1e307] {
        let fit = Ridge::fit(x, y, penalty, Intercept::None).unwrap();
        let expected = Mat::from_fn(3, 1, |j, _| products[(j, 0)] / penalty);
        assert!(relative_gap(fit.coefficients(), expected.as_ref()) < 1e-8, "{penalty:e}");
        let trace: f64 = (0..3).map(|j| frobenius_norm(x.subcols(j, 1)).powi(2) / penalty).sum();
        assert!(
            (fit.effective_degrees_of_freedom() / trace - 1.0).abs() < 1e-8,
            "{penalty:e}: {} {trace}",
            fit.effective_degrees_of_freedom()
        );
    }
}

/// What is told does not depend on a shift of a hundred thousand deviations.
#[test]
fn a_baseline_does_not_know_where_zero_is() {
    let (z, y) = (standard_normal(7, 0, 60, 4), standard_normal(7, 1, 60, 1));
    let told = |x: &Mat<f64>| -> Baseline { comparison(x, &y, 40).baseline(0.0).unwrap() };
    let (plain, moved) = (told(&z), told(&shifted(&z, 1e5)));
    for (one, other) in plain.coefficients[0].iter().zip(&moved.coefficients[0]) {
        assert!((one - other).abs() < 1e-9, "{one} {other}");
    }
    assert!((plain.leave_one_out.as_ref().unwrap()[0] - moved.leave_one_out.as_ref().unwrap()[0]).abs() < 1e-9);
    assert!((plain.leverages.max - moved.leverages.max).abs() < 1e-9);
    assert!(
        standard_deviations(shifted(&z, 1e5).as_ref()).iter().zip(standard_deviations(z.as_ref())).all(|(a, b)| (a
            / b
            - 1.0)
            .abs()
            < 1e-9)
    );
}
/// `d` columns, of which the last is the first but for so small a share of another.
fn nearly_dependent(seed: u64, rows: usize, d: usize, share: f64) -> [Mat<f64>; 2] {
    let (z, y) = (standard_normal(seed, 0, rows, d), standard_normal(seed, 1, rows, 1));
    let x = Mat::from_fn(rows, d, |i, j| if j == d - 1 { z[(i, 0)] + share * z[(i, d - 1)] } else { z[(i, j)] });
    let y = Mat::from_fn(rows, 1, |i, _| y[(i, 0)] + z[(i, d - 1)]);
    [x, y]
}

/// Columns that differ in their sixth digit or in their fourteenth: a leverage stays below one, the trace is the rank,
/// and where answers have few digits it is told.
#[test]
fn no_leverage_is_above_one_and_few_digits_are_told() {
    for digits in 2..15 {
        for seed in 1..=5 {
            let [x, y] = nearly_dependent(seed, 22, 11, 10f64.powi(-digits));
            let compared = comparison(&x, &y, 12);
            let document = Document::new(&compared, Baselines::of(&compared).unwrap(), Origin::default(), &[]).unwrap();
            let (leverages, rank) = (&document.ols.leverages, count(document.data.rank));
            let kappa = document.data.condition_number.unwrap_or(1e15);
            let raw = compared.ridge().leverages_of(compared.data().train.x.as_ref());
            assert!(raw.into_iter().all(|leverage| leverage + 1.0 / 12.0 <= 1.0 + 100.0 * kappa * f64::EPSILON));
            assert!(leverages.max <= 1.0, "{digits} digits, seed {seed}: {:e}", leverages.max - 1.0);
            assert!(
                (leverages.mean * 12.0 - rank - 1.0).abs() < 100.0 * kappa * f64::EPSILON,
                "{digits} digits, seed {seed}: {}",
                leverages.mean * 12.0
            );
            let told = document
                .data
                .notes
                .iter()
                .any(|note| note.contains("nearly dependent, or hardly vary, so that least squares"));
            assert!(
                told == (rank == 11.0 && document.data.condition_number.is_none_or(|kappa| kappa > 4.5e9)),
                "{digits} {:?}",
                document.data.condition_number
            );
        }
    }
}

/// What the data resolve is fitted, down to the last digit that tells two columns apart: against exact arithmetic.
#[test]
fn what_the_columns_hold_is_fitted_on_few_rows_and_on_many() {
    for (rows, digits) in [(12, 12), (12, 13), (25, 12), (25, 13), (60, 11), (60, 12), (60, 13)] {
        for seed in 1..=4 {
            let [x, y] = nearly_dependent(seed, rows + 4, 3, 10f64.powi(-digits));
            let data = dataset(&x, &y, rows);
            let exact = exact_predictions(&data.train, &data.train.x);
            let kappa = 10f64.powi(digits) * 4.0;
            let compared = comparison(&x, &y, rows);
            let least = compared.baseline(0.0).unwrap();
            if least.rank < 3 {
                assert!(
                    kappa * count(rows) * f64::EPSILON > 1e-2,
                    "{rows} rows, {digits} digits: a direction was lost"
                );
                continue;
            }
            let error = attention_regression::agreement::mse(exact.as_ref(), data.train.y.as_ref())
                / compared.units().target_scales[0].powi(2);
            assert!(
                (least.train[0].mse / error - 1.0).abs() < 1e3 * f64::EPSILON * kappa,
                "{rows} rows, {digits} digits, seed {seed}: {} {error}",
                least.train[0].mse
            );
        }
    }
    // A column by subtraction from a larger total, on a thousand rows: what faer's QR without pivots would give up.
    let z = standard_normal(9, 0, 1050, 3);
    let x =
        Mat::from_fn(1050, 3, |i, j| if j == 2 { (1e4 * z[(i, 0)] + z[(i, 1)]) - 1e4 * z[(i, 0)] } else { z[(i, j)] });
    let y = Mat::from_fn(1050, 1, |i, _| z[(i, 0)] + z[(i, 1)] + 0.5 * z[(i, 2)]);
    let least = comparison(&x, &y, 1000).baseline(0.0).unwrap();
    let two = comparison(&x.subcols(0, 2).to_owned(), &y, 1000).baseline(0.0).unwrap();
    assert!(
        least.train[0].mse <= two.train[0].mse * (1.0 + 1e-9) && least.train[0].mse > 0.98 * two.train[0].mse,
        "{} {}",
        least.train[0].mse,
        two.train[0].mse
    );
}

/// Two columns that differ in one row: that row determines its own fit, whatever the difference.
#[test]
fn a_row_that_determines_its_own_fit_cannot_be_left_out() {
    for seed in 1..=30 {
        let (z, y) = (standard_normal(seed, 0, 12, 1), standard_normal(seed, 1, 12, 1));
        for exponent in 0..7 {
            let x = Mat::from_fn(12, 2, |i, j| z[(i, 0)] + if j == 1 && i == 2 { 10f64.powi(-exponent) } else { 0.0 });
            let least = comparison(&x, &y, 10).baseline(0.0).unwrap();
            let (told, leverage) = (least.leave_one_out, least.leverages.max);
            assert!(told.is_none() && (leverage - 1.0).abs() < 1e-7, "1e-{exponent}, seed {seed}: {told:?} {leverage}");
        }
    }
}

/// Fewer rows than columns, and one entry of 10¹⁶: the solution of minimum norm passes through every target.
#[test]
fn one_entry_out_of_all_proportion_spoils_no_other() {
    for seed in 1..=20 {
        for size in [1e6, 1e12, 1e14, 1e15, 1e16, 1e30] {
            let (z, y) = (standard_normal(seed, 0, 5, 6), standard_normal(seed, 1, 5, 1));
            let x = Mat::from_fn(5, 6, |i, j| if (i, j) == (0, 0) { size } else { z[(i, j)] });
            let fit = Ridge::fit(x.as_ref(), y.as_ref(), 0.0, Intercept::Fitted).unwrap();
            let (gap, largest) = (linalg::max_abs_gap(fit.fitted(), y.as_ref()), max_abs(fit.coefficients()));
            assert!(
                fit.rank() == 4 && gap < 1e-10 && largest < 100.0,
                "{size:e}, seed {seed}: rank {}, {gap:e}, {largest:e}",
                fit.rank()
            );
        }
    }
}

/// Leaving out is told with the digits that it has, or not at all.
#[test]
fn a_small_penalty_leaves_out_with_all_its_digits_or_not_at_all() {
    let (x, y) = (standard_normal(8, 0, 14, 20), standard_normal(8, 1, 14, 1));
    let compared = comparison(&x, &y, 10);
    let condensed = &compared.data().train;
    for exponent in 0..15 {
        let penalty = 10f64.powi(-exponent);
        let baseline = compared.baseline(penalty).unwrap();
        // ‖(K⁻¹y)ᵢ/K⁻¹ᵢᵢ‖² over n, K = XXᵀ + λI beside the constant: no difference of two leverages.
        let kernel = &condensed.x * condensed.x.transpose();
        let kernel = Mat::from_fn(10, 10, |i, j| kernel[(i, j)] + 1e6 + if i == j { penalty } else { 0.0 });
        let inverse = linalg::symmetric_power(kernel.as_ref(), -1.0).unwrap();
        let weighted = &inverse * &condensed.y;
        let expected = (0..10).map(|i| (weighted[(i, 0)] / inverse[(i, i)]).powi(2)).sum::<f64>() / 10.0;
        match baseline.leave_one_out {
            Some(told) => assert!((told[0] / expected - 1.0).abs() < 2e-4, "1e-{exponent}: {} {expected}", told[0]),
            None => assert!(exponent > 6, "1e-{exponent}"),
        }
    }
}
