//! Every error of the numerical library, provoked, and the sentence that it says; none is left out.

use std::collections::BTreeSet;

use attention_regression::attention::gradients::Task;
use attention_regression::attention::{Diagonal, Normalisation, softmax};
use attention_regression::compare::document::{Baselines, Document, Origin};
use attention_regression::data::random::standard_normal;
use attention_regression::data::{self, split};
use attention_regression::experiment::{Comparison, Settings, Variant};
use attention_regression::regression::{Intercept, Ridge, kernel};
use attention_regression::training::{Optimiser, Parametrisation, Training};
use attention_regression::whitening::{Divisor, Root, Whitening};
use attention_regression::{Error, Mat};
use faer::mat;
use faer::prelude::*;

/// What no caller can bring about with finite data: a factorisation that does not converge, a vendored file that was
/// tampered with.
const OUT_OF_REACH: [&str; 3] = ["NoConvergence", "Checksum", "Table"];

/// A document with a number that is none.
fn without_a_time() -> Error {
    let comparison =
        Comparison::new(data::sine_of_projection(1), Settings { steps: Some(2), ..Settings::default() }).unwrap();
    let mut runs = comparison.runs(&Variant::grid()[..1], &[1], 1, &|_| ());
    runs[0].seconds = f64::NAN;
    Document::new(&comparison, Baselines::of(&comparison).unwrap(), Origin::default(), &runs).unwrap_err()
}

fn provoked() -> Vec<(Error, &'static str)> {
    let (x, y) = (standard_normal(1, 0, 6, 2), standard_normal(1, 1, 6, 1));
    let (x, y) = (x.as_ref(), y.as_ref());
    let ridge = |penalty: f64| Ridge::fit(x, y, penalty, Intercept::None).unwrap_err();
    let white = |rows: &Mat<f64>, root: Root, epsilon: f64| {
        Whitening::fit(rows.as_ref(), root, Divisor::N, epsilon).unwrap_err()
    };
    let train = |deviation: f64, rate: f64| Training {
        deviation,
        optimiser: Optimiser::GradientDescent { rate },
        ..Training::new(Normalisation::Linear { scale: 1.0 }, Parametrisation::Separate)
    };
    let holed = mat![[1.0, 2.0], [3.0, f64::NAN]];
    let constant = data::Dataset { features: vec!["age".to_owned()], ..data::synthetic(1) };
    let flat = |table: &data::Table| data::Table { x: Mat::from_fn(table.n(), 1, |_, _| 5.0), y: table.y.clone() };
    let constant = data::Dataset { train: flat(&constant.train), test: flat(&constant.test), ..constant };
    let wide = Settings { width: Some(9), ..Settings::default() };
    let times = |x: &Mat<f64>, by: f64| Mat::from_fn(x.nrows(), x.ncols(), |i, j| x[(i, j)] * by);
    let sized = |features: f64, target: f64| {
        let mut data = data::synthetic(1);
        [&mut data.train, &mut data.test]
            .into_iter()
            .for_each(|part| *part = data::Table { x: times(&part.x, features), y: times(&part.y, target) });
        Comparison::new(data, Settings::default()).and_then(|comparison| comparison.baseline(0.0)).unwrap_err()
    };
    vec![
        (
            Ridge::fit(holed.as_ref(), Mat::zeros(2, 1).as_ref(), 0.0, Intercept::None).unwrap_err(),
            "X is NaN in row 1, column 1 (counted from 0): drop or impute the row first",
        ),
        (
            Ridge::fit(Mat::zeros(0, 2).as_ref(), Mat::zeros(0, 1).as_ref(), 0.0, Intercept::None).unwrap_err(),
            "Y is empty (0 × 1): give it at least one row and one column",
        ),
        (ridge(-1.0), "the ridge penalty is -1: give a finite number of at least 0"),
        (
            softmax::output(x, x, y, 0.0, Diagonal::Kept).unwrap_err(),
            "the softmax temperature is 0: give a finite number above 0",
        ),
        (
            softmax::output(x, x, y, f64::INFINITY, Diagonal::Kept).unwrap_err(),
            "the softmax temperature is inf: give a finite number above 0",
        ),
        (
            kernel::smoother_matrix(x, x, f64::INFINITY).unwrap_err(),
            "the bandwidth of the kernel is inf: give a finite number above 0",
        ),
        (
            Comparison::new(data::synthetic(1), wide).unwrap_err(),
            "a head of width 9 for 8 features: give a width from 1 to 8",
        ),
        (white(&x.to_owned(), Root::Zca, -0.5), "the ε of the whitening is -0.5: give a finite number of at least 0"),
        (
            white(&mat![[1.0, 2.0], [2.0, 4.0], [4.0, 8.0]], Root::Cholesky, 0.0),
            "the covariance has rank 1 of 2: use the ZCA or PCA root, which whiten what can be whitened, or an ε above 0",
        ),
        (
            constant.standardised().unwrap_err(),
            "the column `age` is constant: it has no standard deviation to divide by; drop it first",
        ),
        (
            white(&mat![[1.0, 2.0]], Root::Zca, 0.0),
            "whitening needs at least 2 rows, there are 1: bring more rows, or do without it",
        ),
        (
            Ridge::fit(mat![[1.0], [0.0]].as_ref(), Mat::zeros(2, 1).as_ref(), 0.0, Intercept::None)
                .unwrap()
                .leave_one_out()
                .unwrap_err(),
            "row 0 has leverage 1: without it the fit is not determined; use a penalty above 0",
        ),
        (
            Ridge::fit(mat![[1e-200], [2e-200]].as_ref(), mat![[1e200], [1e200]].as_ref(), 0.0, Intercept::None)
                .unwrap_err(),
            "the coefficients exceed the largest number there is: bring the columns to one scale first",
        ),
        (
            sized(1e200, 1e-150),
            "coefficients in the units of the table are smaller than any number there is: bring the columns to one scale, or take a smaller penalty",
        ),
        (
            without_a_time(),
            "`variants[0].seconds` is no finite number: bring targets and features to units near one, and the penalty with them",
        ),
        (
            sized(1.0, 1e200),
            "the column `y` varies by about 1e200, where no number holds its variance in full: multiply it by 1e-200 first",
        ),
        (
            train(1.0, 1e3).run(Task::regression(x, y), None).unwrap_err(),
            "training diverged at step 1, where the loss was …: take a smaller rate or smaller initial weights",
        ),
        (
            train(-1.0, 1.0).run(Task::regression(x, y), None).unwrap_err(),
            "the deviation of the initial weights is -1: give a finite number of at least 0",
        ),
        (
            split::seeded(3, 1.0, 1).unwrap_err(),
            "a test fraction of 1 of 3 rows leaves the training or the test part empty: choose one strictly between 0 and 1",
        ),
    ]
}

#[test]
fn every_error_says_what_to_do() {
    for (error, expected) in provoked() {
        let told = error.to_string();
        let same = match expected.split_once('…') {
            Some((before, after)) => told.starts_with(before) && told.ends_with(after),
            None => told == expected,
        };
        assert!(same, "{told}\ninstead of\n{expected}");
        assert!(told.contains(": "), "a cure follows the colon: {told}");
        assert_eq!(told, format!("{}: {}", error.what(), error.cure()));
        assert!(!error.what().is_empty() && !error.cure().is_empty(), "{told}");
    }
}

#[test]
fn a_score_that_overflows_is_found_where_it_is() {
    let queries = Mat::from_fn(100, 1, |i, _| if i == 70 { 1e200 } else { 1.0 });
    let keys = Mat::from_fn(5, 1, |j, _| if j == 3 { 1e200 } else { 0.0 });
    let told =
        softmax::output(queries.as_ref(), keys.as_ref(), keys.as_ref(), 1.0, Diagonal::Kept).unwrap_err().to_string();
    assert!(told.starts_with("a score QKᵀ/τ (row: query, column: key) is NaN in row 70, column 3 "), "{told}");
}

#[test]
fn no_error_is_left_out() {
    let source = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/error.rs")).expect("the errors");
    let (_, variants) = source.split_once("pub enum Error {").expect("the enum");
    let variant = |line: &str| {
        line.strip_prefix("    ")?
            .strip_suffix(" {")
            .filter(|name| name.chars().all(char::is_alphanumeric))
            .map(str::to_owned)
    };
    let all: BTreeSet<String> = variants.lines().filter_map(variant).collect();
    let name = |error: &Error| format!("{error:?}").split(' ').next().expect("a name").to_owned();
    let provoked: BTreeSet<String> =
        provoked().iter().map(|(error, _)| name(error)).chain(OUT_OF_REACH.map(str::to_owned)).collect();
    assert_eq!(all, provoked, "provoke it above, or say in OUT_OF_REACH why nobody can");
}

#[test]
fn bad_parameters_are_errors() {
    let column = standard_normal(1, 0, 4, 1);
    for bandwidth in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(
            kernel::smoother_matrix(column.as_ref(), column.as_ref(), bandwidth),
            Err(Error::InvalidBandwidth { .. })
        ));
    }
    assert!(matches!(
        kernel::smoother_matrix((&column * Scale(1e200)).as_ref(), column.as_ref(), 1.0),
        Err(Error::Overflow { .. })
    ));
    assert!(matches!(kernel::bandwidth(column.as_ref(), column.as_ref(), &[]), Err(Error::InvalidBandwidth { .. })));
    for (deviation, tolerance, rate) in [(-1.0, 0.0, 0.1), (0.1, f64::NAN, 0.1), (0.1, 0.0, f64::INFINITY)] {
        let softmax = Training::new(Normalisation::Softmax { temperature: 1.0 }, Parametrisation::Tied);
        let training = Training { deviation, tolerance, optimiser: Optimiser::Adam { rate }, ..softmax };
        assert!(matches!(
            training.run(Task::regression(column.as_ref(), column.as_ref()), None),
            Err(Error::InvalidTraining { .. })
        ));
    }
    let (x, y) = (standard_normal(1, 0, 5, 2), standard_normal(1, 1, 5, 1));
    let fit = |penalty: f64| Ridge::fit(x.as_ref(), y.as_ref(), penalty, Intercept::None).err();
    assert_eq!(fit(-1.0), Some(Error::InvalidPenalty { penalty: -1.0 }));
    assert!(fit(f64::NAN).is_some());
    assert!(Whitening::fit(x.as_ref(), Root::Zca, Divisor::N, -1.0).is_err());
    assert!(Whitening::fit(x.subrows(0, 1), Root::Zca, Divisor::N, 0.0).is_err());
    assert!(softmax::weights(x.as_ref(), x.as_ref(), 0.0, Diagonal::Kept).is_err());
    assert!(softmax::weights(x.subrows(0, 1), x.subrows(0, 1), 1.0, Diagonal::Masked).is_err());
    let empty = Mat::<f64>::zeros(0, 2);
    assert_eq!(
        Ridge::fit(empty.as_ref(), Mat::<f64>::zeros(0, 1).as_ref(), 1.0, Intercept::None).err(),
        Some(Error::Empty { what: "Y", rows: 0, columns: 1 })
    );
    for fraction in [0.0, 1.0, f64::NAN, -0.5] {
        assert!(split::seeded(10, fraction, 1).is_err());
    }
    // A row that alone sees its direction cannot be left out of least squares.
    let lone = Mat::from_fn(5, 2, |i, j| if j == 1 { f64::from(u8::from(i == 3)) } else { x[(i, 0)] });
    let fit = Ridge::fit(lone.as_ref(), y.as_ref(), 0.0, Intercept::None).unwrap();
    assert_eq!(fit.leave_one_out().err(), Some(Error::FullLeverage { row: 3 }));
}
