//! Every reference value of every file in `tests/golden`, against the vocabulary.
//!
//! The files hold inputs and expected outputs (60-digit arithmetic, scikit-learn, SciPy, PyTorch; `shifted.json` by the
//! script beside it) with a tolerance a case: max |got − expected| ≤ tolerance · max |expected| over an array. A field
//! is either checked or named in [`NOT_COMPUTED`] with a reason; one that is neither fails, so that nothing is skipped
//! in silence.

use std::collections::BTreeSet;
use std::path::Path;

use attention_regression::agreement::{cosine, mse, r_squared};
use attention_regression::attention::gradients::{Objective, Task};
use attention_regression::attention::{Diagonal, Head, Normalisation, linear, scores, softmax};
use attention_regression::data::{self, Table};
use attention_regression::linalg::{self, column, from_rows, select_rows};
use attention_regression::regression::{Intercept, Ridge, hat_matrix};
use attention_regression::whitening::{Divisor, Root, Whitening, covariance};
use attention_regression::{Mat, MatRef};
use serde_json::Value;

/// Fields that the vocabulary does not compute, and why.
const NOT_COMPUTED: &[(&str, &str)] = &[
    ("grad_abs_tol", "a tolerance of the gradients"),
    ("library_deviation", "how far other libraries are from the expected values"),
    ("zca_max_abs_cov_minus_identity", "scikit-learn's own rounding"),
    ("pca_max_abs_cov_minus_identity", "scikit-learn's own rounding"),
    ("cholesky_max_abs_cov_minus_identity", "scikit-learn's own rounding"),
    ("scaled_formula_deviation", "scikit-learn's own rounding"),
    ("max_abs_difference", "scikit-learn's own rounding"),
    ("scaled_is", "a sentence"),
    ("note", "a sentence"),
    ("source", "a sentence"),
];

/// What was compared, and what was off.
#[derive(Default)]
struct Audit {
    checked: usize,
    failures: Vec<String>,
    worst: (f64, String),
}

impl Audit {
    fn matrix(&mut self, place: &str, got: MatRef<'_, f64>, expected: &Value, tolerance: f64) {
        let expected = matrix(expected);
        if (got.nrows(), got.ncols()) != (expected.nrows(), expected.ncols()) {
            self.failures.push(format!(
                "{place}: {} × {} instead of {} × {}",
                got.nrows(),
                got.ncols(),
                expected.nrows(),
                expected.ncols()
            ));
            return;
        }
        self.checked += 1;
        let scale = linalg::max_abs(expected.as_ref());
        let error = linalg::max_abs_gap(got, expected.as_ref());
        let relative = error / if scale == 0.0 { 1.0 } else { scale };
        if relative / tolerance > self.worst.0 {
            self.worst = (relative / tolerance, place.to_owned());
        }
        if relative.is_nan() || relative > tolerance {
            self.failures.push(format!("{place}: off by {relative:.2e} of the largest entry, allowed {tolerance:.0e}"));
        }
    }

    /// A gradient may also be off by the rounding of the sum that it is.
    fn gradient(&mut self, place: &str, got: MatRef<'_, f64>, expected: &Value, tolerance: f64, floor: f64) {
        let scale = linalg::max_abs(matrix(expected).as_ref());
        let allowed = if scale > 0.0 { tolerance.max(floor / scale) } else { tolerance.max(floor) };
        self.matrix(place, got, expected, allowed);
    }

    fn numbers(&mut self, place: &str, got: &[f64], expected: &Value, tolerance: f64) {
        self.matrix(place, column(got).as_ref(), expected, tolerance);
    }

    fn number(&mut self, place: &str, got: f64, expected: &Value, tolerance: f64) {
        self.numbers(place, &[got], &Value::Array(vec![expected.clone()]), tolerance);
    }

    fn text(&mut self, place: &str, got: &str, expected: &Value) {
        self.checked += 1;
        if expected.as_str() != Some(got) {
            self.failures.push(format!("{place}: {got} instead of {expected}"));
        }
    }

    /// What has no answer (null in the file) must be an error.
    fn refused(&mut self, place: &str, refused: bool) {
        self.checked += 1;
        if !refused {
            self.failures.push(format!("{place}: an answer where there is none"));
        }
    }

    /// Every key of an object goes to `check`, which says whether it knows the key.
    fn fields(&mut self, place: &str, object: &Value, mut check: impl FnMut(&mut Self, &str, &Value, &str) -> bool) {
        for (key, value) in object.as_object().into_iter().flatten() {
            let place = format!("{place}.{key}");
            if NOT_COMPUTED.iter().any(|(name, _)| name == key) {
                continue;
            }
            if !check(self, key, value, &place) {
                self.failures.push(format!(
                    "{place}: nobody checks this field; compute it, or list it with a reason in NOT_COMPUTED"
                ));
            }
        }
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

/// A list of rows, or a list of numbers as one column.
fn matrix(value: &Value) -> Mat<f64> {
    let rows = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let row = |row: &Value| row.as_array().map_or_else(|| vec![number(row)], |row| row.iter().map(number).collect());
    from_rows(&rows.iter().map(row).collect::<Vec<_>>())
}

fn indices(value: &Value) -> Vec<usize> {
    value.as_array().into_iter().flatten().filter_map(|index| usize::try_from(index.as_u64()?).ok()).collect()
}

fn intercept(flag: &Value) -> Intercept {
    if flag.as_bool() == Some(true) { Intercept::Fitted } else { Intercept::None }
}

/// What the scores of a case are multiplied or divided by.
#[derive(Clone, Copy)]
struct Scales {
    linear: f64,
    temperature: f64,
}

fn case(audit: &mut Audit, case: &Value) {
    let name = case["id"].as_str().unwrap_or("?").to_owned();
    let (tolerance, whitening_tolerance) =
        (number(&case["suggested_relative_tolerance"]), number(&case["whitening_relative_tolerance"]));
    let input = &case["input"];
    let scales = Scales { linear: number(&case["linear_scale"]), temperature: 1.0 / number(&case["softmax_scale"]) };
    let (x, y) = (matrix(&input["X"]), matrix(&input["Y"]));
    let (x, y) = (x.as_ref(), y.as_ref());
    audit.fields(&name, &case["expected"], |audit, key, expected, place| {
        match key {
            "singular_values" => {
                audit.numbers(place, &linalg::singular_values(x).expect("singular values"), expected, tolerance)
            }
            "rank" => audit.number(place, linalg::count(linalg::rank(x).expect("rank")), expected, 1e-15),
            "rank_centred" => {
                let rank = Ridge::fit(x, y, 0.0, Intercept::Fitted).expect("least squares").rank();
                audit.number(place, linalg::count(rank), expected, 1e-15);
            }
            "condition_number" if expected.is_null() => {
                audit.checked += 1;
                if linalg::condition_number(x).expect("condition number").is_finite() {
                    audit.failures.push(format!("{place}: finite for dependent columns"));
                }
            }
            "condition_number" => audit.number(place, singular_ratio(x), expected, tolerance),
            "ridge" => expected
                .as_array()
                .into_iter()
                .flatten()
                .for_each(|fit| ridge(audit, place, x, y, input, fit, tolerance)),
            "ols" => ols(audit, place, x, y, expected, tolerance),
            "whitening" => {
                whitening(audit, place, x, expected, whitening_tolerance, expected["eps"].as_f64().unwrap_or(0.0))
            }
            "attention" => audit.fields(place, expected, |audit, variant, expected, place| {
                attention(audit, place, variant, input, expected, (tolerance, scales))
            }),
            "cosine_ridge_softmax_self_separate" | "cosine_ridge_linear_self_separate" => {
                let (wq, wk) = (matrix(&input["Wq"]), matrix(&input["Wk"]));
                let head = Head::separate(wq, wk);
                let (q, k) = (head.queries(x), head.keys(x));
                let attended = if key.contains("softmax") {
                    softmax::output(q.as_ref(), k.as_ref(), y, scales.temperature, Diagonal::Kept).expect("softmax")
                } else {
                    linear::output(q.as_ref(), k.as_ref(), y, scales.linear, Diagonal::Kept)
                };
                audit.number(
                    place,
                    cosine(attended.as_ref(), reference_ridge(x, y, case).fitted()),
                    expected,
                    tolerance,
                );
            }
            _ => return false,
        }
        true
    });
}

/// σ₁/σ_min over the singular values there are.
fn singular_ratio(x: MatRef<'_, f64>) -> f64 {
    let values = linalg::singular_values(x).expect("singular values");
    values[0] / values[values.len() - 1]
}

/// The ridge that the cosines of a case refer to: its first, without intercept.
fn reference_ridge(x: MatRef<'_, f64>, y: MatRef<'_, f64>, case: &Value) -> Ridge {
    let first = &case["expected"]["ridge"][0];
    Ridge::fit(x, y, number(&first["lam"]), intercept(&first["fit_intercept"])).expect("ridge")
}

fn ridge(
    audit: &mut Audit,
    place: &str,
    x: MatRef<'_, f64>,
    y: MatRef<'_, f64>,
    input: &Value,
    expected: &Value,
    tolerance: f64,
) {
    let (penalty, intercept) = (number(&expected["lam"]), intercept(&expected["fit_intercept"]));
    let fit = Ridge::fit(x, y, penalty, intercept).expect("ridge");
    audit.fields(&format!("{place}[{penalty:e}, {intercept:?}]"), expected, |audit, key, expected, place| {
        match key {
            "lam" | "fit_intercept" => {}
            "coef" | "coef_mpmath" => audit.matrix(place, fit.coefficients(), expected, tolerance),
            "intercept" => audit.numbers(place, fit.intercept(), &listed(expected), tolerance),
            "fitted" => audit.matrix(place, fit.fitted(), expected, tolerance),
            "H" => audit.matrix(
                place,
                hat_matrix(x, penalty, intercept).expect("hat matrix").as_ref(),
                expected,
                tolerance,
            ),
            "leverages" => audit.numbers(place, fit.leverages(), expected, tolerance),
            "dof" | "leverage_sum" => audit.number(place, fit.effective_degrees_of_freedom(), expected, tolerance),
            "predict_query" => {
                audit.matrix(place, fit.predict(matrix(&input["X_query"]).as_ref()).as_ref(), expected, tolerance)
            }
            "mse_train" | "mse" => audit.number(place, mse(fit.fitted(), y), expected, tolerance),
            "r2" => audit.number(place, r_squared(fit.fitted(), y), expected, tolerance),
            "loo_mse" if expected.is_null() => audit.refused(place, fit.leave_one_out_mse().is_err()),
            "loo_mse" => audit.number(place, fit.leave_one_out_mse().expect("leave one out"), expected, tolerance),
            "leverage_max" => {
                audit.number(place, fit.leverages().iter().copied().fold(0.0, f64::max), expected, tolerance)
            }
            "leverage_argmax" => audit.number(place, linalg::count(highest(fit.leverages())), expected, 1e-15),
            _ => return false,
        }
        true
    });
}

fn highest(numbers: &[f64]) -> usize {
    (0..numbers.len()).max_by(|&a, &b| numbers[a].total_cmp(&numbers[b])).unwrap_or(0)
}

fn listed(value: &Value) -> Value {
    if value.is_array() { value.clone() } else { Value::Array(vec![value.clone()]) }
}

fn ols(audit: &mut Audit, place: &str, x: MatRef<'_, f64>, y: MatRef<'_, f64>, expected: &Value, tolerance: f64) {
    let fit = Ridge::fit(x, y, 0.0, Intercept::None).expect("least squares");
    audit.fields(place, expected, |audit, key, expected, place| {
        match key {
            "coef" => audit.matrix(place, fit.coefficients(), expected, tolerance),
            "leverages" => audit.numbers(place, fit.leverages(), expected, tolerance),
            "kind" => audit.text(place, if fit.rank() == x.ncols() { "unique" } else { "minimum norm" }, expected),
            _ => return false,
        }
        true
    });
}

fn whitening(audit: &mut Audit, place: &str, x: MatRef<'_, f64>, expected: &Value, tolerance: f64, epsilon: f64) {
    let fit = |root: Root| Whitening::fit(x, root, Divisor::N, epsilon).expect("whitening");
    let centred = linalg::centred(x, &linalg::moments(x));
    let values = |m: MatRef<'_, f64>| linalg::singular_values(m).expect("singular values");
    audit.fields(place, expected, |audit, key, expected, place| {
        match key {
            "eps" => {}
            "mean" => {
                // The mean of a centred column is rounding: it is compared on the scale of the column.
                let (scale, means, expected) = (linalg::max_abs(x), linalg::column_means(x), matrix(expected));
                let gaps: Vec<f64> =
                    means.iter().enumerate().map(|(j, mean)| (mean - expected[(j, 0)]) / scale).collect();
                audit.numbers(place, &gaps, &vec![0.0; gaps.len()].into(), tolerance.min(1e-14));
            }
            "cov" => audit.matrix(place, covariance(x, Divisor::N).as_ref(), expected, tolerance),
            "eigenvalues" | "cov_eigenvalues" => {
                let mut squares: Vec<f64> =
                    values(centred.as_ref()).iter().map(|value| value * value / linalg::count(x.nrows())).collect();
                squares.resize(x.ncols(), 0.0);
                audit.numbers(place, &squares, expected, tolerance);
            }
            "cov_condition" => audit.number(place, singular_ratio(centred.as_ref()).powi(2), expected, tolerance),
            "singular_values_centred" => audit.numbers(place, &values(centred.as_ref()), expected, tolerance),
            "singular_values" => audit.numbers(place, &values(x), expected, tolerance),
            "zca" => audit.matrix(place, fit(Root::Zca).matrix(), expected, tolerance),
            "cholesky" if expected.is_null() => {
                audit.refused(place, Whitening::fit(x, Root::Cholesky, Divisor::N, epsilon).is_err())
            }
            "cholesky" => audit.matrix(place, fit(Root::Cholesky).matrix(), expected, tolerance),
            "pca" => audit.matrix(
                place,
                signed_like(fit(Root::Pca).matrix(), &matrix(expected)).as_ref(),
                expected,
                tolerance,
            ),
            "zca_whitened" => audit.matrix(place, fit(Root::Zca).apply(x).as_ref(), expected, tolerance),
            "zca_whitened_first_row" => {
                audit.matrix(place, fit(Root::Zca).apply(x.subrows(0, 1)).transpose(), expected, tolerance)
            }
            "zca_whitened_cov" => audit.matrix(
                place,
                covariance(fit(Root::Zca).apply(x).as_ref(), Divisor::N).as_ref(),
                expected,
                tolerance,
            ),
            _ => return false,
        }
        true
    });
}

/// The columns of a spectral root, whose signs are a matter of convention, with the signs of `expected`.
fn signed_like(root: MatRef<'_, f64>, expected: &Mat<f64>) -> Mat<f64> {
    let sign = |j: usize| {
        if (0..root.nrows()).map(|i| root[(i, j)] * expected[(i, j)]).sum::<f64>() < 0.0 { -1.0 } else { 1.0 }
    };
    Mat::from_fn(root.nrows(), root.ncols(), |i, j| sign(j) * root[(i, j)])
}

fn attention(
    audit: &mut Audit,
    place: &str,
    variant: &str,
    input: &Value,
    expected: &Value,
    (tolerance, scales): (f64, Scales),
) -> bool {
    let (asking, key_weights) = match variant {
        "self_separate" => ("X", "Wk"),
        "self_shared" => ("X", "Wq"),
        "query_separate" => ("X_query", "Wk"),
        "query_shared" => ("X_query", "Wq"),
        _ => return false,
    };
    let head = Head::separate(matrix(&input["Wq"]), matrix(&input[key_weights]));
    let (x, values, asking_rows) = (matrix(&input["X"]), matrix(&input["Y"]), matrix(&input[asking]));
    let target = matrix(&input[if asking == "X" { "Y" } else { "T_query" }]);
    let (q, k, v) = (head.queries(asking_rows.as_ref()), head.keys(x.as_ref()), values.as_ref());
    let (q, k, scale, temperature) = (q.as_ref(), k.as_ref(), scales.linear, scales.temperature);
    assert!(
        (softmax::temperature_of_width(head.width()) - temperature).abs() < 1e-12 * temperature,
        "{place}: the file's softmax scale is not 1/√p"
    );
    audit.fields(place, expected, |audit, key, expected, place| {
        match key {
            "scores" => audit.matrix(place, scores(q, k).as_ref(), expected, tolerance),
            "W_combined" => audit.matrix(place, head.form().as_ref(), expected, tolerance),
            "effective_weights" => audit.matrix(
                place,
                linear::effective_weights(head.form().as_ref(), x.as_ref(), v, scale).as_ref(),
                expected,
                tolerance,
            ),
            "softmax" | "linear" => {
                let soft = key == "softmax";
                let (weights, output) = if soft {
                    (
                        softmax::weights(q, k, temperature, Diagonal::Kept).expect("weights"),
                        softmax::output(q, k, v, temperature, Diagonal::Kept).expect("output"),
                    )
                } else {
                    (linear::weights(q, k, scale, Diagonal::Kept), linear::output(q, k, v, scale, Diagonal::Kept))
                };
                let normalisation =
                    if soft { Normalisation::Softmax { temperature } } else { Normalisation::Linear { scale } };
                let task =
                    Task { queries: asking_rows.as_ref(), keys: x.as_ref(), values: v, targets: target.as_ref() };
                let mut slope = Mat::zeros(x.ncols(), x.ncols());
                let mut objective = Objective::new(task, normalisation, Diagonal::Kept).expect("a finite case");
                let loss = objective.evaluate(head.form().as_ref(), slope.as_mut());
                // ∂L/∂Wq = DWk and ∂L/∂Wk = DᵀWq; their sum where the two are one matrix.
                let to_query = &slope * matrix(&input[key_weights]);
                let to_key = slope.transpose() * matrix(&input["Wq"]);
                let floor = number(&expected["grad_abs_tol"]);
                audit.fields(place, expected, |audit, key, expected, place| {
                    match key {
                        "grad_Wq" => audit.gradient(place, to_query.as_ref(), expected, tolerance, floor),
                        "grad_Wk" => audit.gradient(place, to_key.as_ref(), expected, tolerance, floor),
                        "grad_W" => audit.gradient(place, (&to_query + &to_key).as_ref(), expected, tolerance, floor),
                        "mse" => {
                            audit.number(place, mse(output.as_ref(), target.as_ref()), expected, tolerance);
                            audit.number(place, loss, expected, tolerance);
                        }
                        "A" => audit.matrix(place, weights.as_ref(), expected, tolerance),
                        "out" => audit.matrix(place, output.as_ref(), expected, tolerance),
                        _ => return false,
                    }
                    true
                });
            }
            _ => return false,
        }
        true
    });
    true
}

/// scikit-learn's values, which carry scikit-learn's rounding.
const LIBRARY: f64 = 1e-8;

fn diabetes(audit: &mut Audit, block: &Value) {
    let (table, names) = data::diabetes::raw().expect("the vendored table");
    let unit = data::diabetes::unit_norm().expect("the vendored table");
    audit.fields("diabetes", block, |audit, key, expected, place| {
        match key {
            "X_raw" => audit.matrix(place, table.x.as_ref(), expected, 1e-15),
            "y" => audit.matrix(place, table.y.as_ref(), expected, 1e-15),
            "X_scaled" => audit.matrix(place, unit.x.as_ref(), expected, 1e-13),
            "feature_names" => audit.text(
                place,
                &names.join(","),
                &Value::String(
                    expected.as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
                ),
            ),
            "raw" => scaling(audit, place, &table, expected),
            "scaled" => scaling(audit, place, &unit, expected),
            "split_42" => split(audit, place, &table, expected),
            _ => return false,
        }
        true
    });
}

fn scaling(audit: &mut Audit, place: &str, table: &Table, expected: &Value) {
    let (x, y) = (table.x.as_ref(), table.y.as_ref());
    let fit = |intercept| Ridge::fit(x, y, 0.0, intercept).expect("least squares");
    audit.fields(place, expected, |audit, key, expected, place| {
        match key {
            "ols" | "ols_no_intercept" => {
                let mut with = expected.clone();
                with["lam"] = 0.0.into();
                with["fit_intercept"] = (key == "ols").into();
                ridge(audit, place, x, y, &Value::Null, &with, LIBRARY);
            }
            "ridge" => expected
                .as_array()
                .into_iter()
                .flatten()
                .for_each(|fit| ridge(audit, place, x, y, &Value::Null, fit, LIBRARY)),
            "leverages_ols_with_intercept" => {
                audit.numbers(place, fit(Intercept::Fitted).leverages(), expected, LIBRARY)
            }
            "leverage_sum_ols" => {
                audit.number(
                    place,
                    fit(Intercept::Fitted).effective_degrees_of_freedom(),
                    &expected["with_intercept"],
                    LIBRARY,
                );
                audit.number(place, fit(Intercept::None).effective_degrees_of_freedom(), &expected["without"], LIBRARY);
            }
            "whitening" => whitening(audit, place, x, expected, LIBRARY, 0.0),
            _ => return false,
        }
        true
    });
}

fn split(audit: &mut Audit, place: &str, table: &Table, expected: &Value) {
    let split = data::Split { train: indices(&expected["train_index"]), test: indices(&expected["test_index"]) };
    let raw = data::diabetes::with_split(&split).expect("the vendored table");
    let scaled = raw.standardised().expect("no constant column");
    let (mean, deviation) =
        (linalg::column_means(raw.train.y.as_ref())[0], data::standard_deviations(raw.train.y.as_ref())[0]);
    let units = |y: &Mat<f64>| Mat::from_fn(y.nrows(), 1, |i, _| (y[(i, 0)] - mean) / deviation);
    let (y, y_test) = (units(&scaled.train.y), units(&scaled.test.y));
    let (x, new) = (scaled.train.x.as_ref(), scaled.test.x.as_ref());
    audit.fields(place, expected, |audit, key, expected, place| {
        match key {
            "train_index" => {
                audit.matrix(place, select_rows(table.x.as_ref(), &split.train).as_ref(), &rows(&raw.train.x), 1e-15)
            }
            "test_index" => {
                audit.matrix(place, select_rows(table.x.as_ref(), &split.test).as_ref(), &rows(&raw.test.x), 1e-15)
            }
            "x_mean" => audit.numbers(place, &linalg::column_means(raw.train.x.as_ref()), expected, LIBRARY),
            "x_std" => audit.numbers(place, &data::standard_deviations(raw.train.x.as_ref()), expected, LIBRARY),
            "y_mean" => audit.number(place, mean, expected, LIBRARY),
            "y_std" => audit.number(place, deviation, expected, LIBRARY),
            "ridge_1e_3" => {
                let fit = Ridge::fit(x, y.as_ref(), 1e-3, Intercept::None).expect("ridge");
                audit.fields(place, expected, |audit, key, expected, place| {
                    match key {
                        "coef" => audit.matrix(place, fit.coefficients(), expected, LIBRARY),
                        "mse_train" => audit.number(place, mse(fit.fitted(), y.as_ref()), expected, LIBRARY),
                        "mse_test" => {
                            audit.number(place, mse(fit.predict(new).as_ref(), y_test.as_ref()), expected, LIBRARY)
                        }
                        "dof" => audit.number(place, fit.effective_degrees_of_freedom(), expected, LIBRARY),
                        _ => return false,
                    }
                    true
                });
            }
            "whitened_identity_attention" => {
                let white = Whitening::fit(x, Root::Zca, Divisor::N, 0.0).expect("whitening");
                let attended = linear::output(
                    white.apply(new).as_ref(),
                    white.apply(x).as_ref(),
                    y.as_ref(),
                    1.0 / linalg::count(x.nrows()),
                    Diagonal::Kept,
                );
                audit.matrix(place, attended.as_ref(), &expected["predict_test"], LIBRARY);
                let least = Ridge::fit(x, y.as_ref(), 0.0, Intercept::None).expect("least squares").predict(new);
                audit.matrix(place, least.as_ref(), &expected["ols_predict_test"], LIBRARY);
            }
            _ => return false,
        }
        true
    });
}

fn rows(matrix: &Mat<f64>) -> Value {
    (0..matrix.nrows()).map(|i| matrix.row(i).iter().copied().collect::<Vec<f64>>()).collect::<Vec<_>>().into()
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn files() -> BTreeSet<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect()
}

#[test]
fn every_reference_value_is_met() {
    let mut audit = Audit::default();
    let files = files();
    assert!(!files.is_empty(), "tests/golden holds no *.json");
    for path in &files {
        let golden = read(path);
        let cases = golden["cases"].as_array().map(Vec::as_slice).unwrap_or_default();
        assert!(!cases.is_empty() || golden.get("diabetes").is_some(), "{} holds no case", path.display());
        cases.iter().for_each(|one| case(&mut audit, one));
        if let Some(block) = golden.get("diabetes") {
            diabetes(&mut audit, block);
        }
    }
    println!(
        "{} fields checked; the nearest to its tolerance is {} at {:.1e} of it",
        audit.checked, audit.worst.1, audit.worst.0
    );
    assert!(
        audit.failures.is_empty(),
        "{} of {} fields are off:\n{}",
        audit.failures.len(),
        audit.checked,
        audit.failures.join("\n")
    );
    assert!(audit.checked > 400, "only {} fields were checked", audit.checked);
}

/// The published figures of the table: Efron et al. (2004) in scikit-learn's present scaling, and its one-feature
/// example.
#[test]
fn the_published_diabetes_fit_is_reproduced() {
    let table = data::diabetes::unit_norm().expect("the vendored table");
    let (x, y) = (table.x.as_ref(), table.y.as_ref());
    let fit = Ridge::fit(x, y, 0.0, Intercept::Fitted).expect("least squares");
    let published = [
        -10.0098663,
        -239.81564367,
        519.84592005,
        324.3846455,
        -792.17563855,
        476.73902101,
        101.04326794,
        177.06323767,
        751.27369956,
        67.62669218,
    ];
    for (j, coefficient) in published.into_iter().enumerate() {
        approx::assert_abs_diff_eq!(fit.coefficients()[(j, 0)], coefficient, epsilon = 1e-7);
    }
    approx::assert_abs_diff_eq!(fit.intercept()[0], 152.133_484_16, epsilon = 1e-8);
    approx::assert_abs_diff_eq!(r_squared(fit.fitted(), y), 0.517_748_422_2, epsilon = 1e-10);
    approx::assert_abs_diff_eq!(mse(fit.fitted(), y) * 442.0, 1_263_985.786, epsilon = 1e-3);

    let (train, test) = ((0..422).collect::<Vec<_>>(), (422..442).collect::<Vec<_>>());
    let (bmi, bmi_test) = (select_rows(x.subcols(2, 1), &train), select_rows(x.subcols(2, 1), &test));
    let (known, unknown) = (table.rows(&train).y, table.rows(&test).y);
    let single = Ridge::fit(bmi.as_ref(), known.as_ref(), 0.0, Intercept::Fitted).expect("least squares");
    approx::assert_abs_diff_eq!(single.coefficients()[(0, 0)], 938.237_861_25, epsilon = 1e-7);
    approx::assert_abs_diff_eq!(single.intercept()[0], 152.918_86, epsilon = 1e-5);
    let predicted = single.predict(bmi_test.as_ref());
    approx::assert_abs_diff_eq!(mse(predicted.as_ref(), unknown.as_ref()), 2548.07, epsilon = 1e-2);
    approx::assert_abs_diff_eq!(r_squared(predicted.as_ref(), unknown.as_ref()), 0.4726, epsilon = 1e-4);

    let split = data::diabetes::dataset().expect("the vendored table");
    let fifth =
        Ridge::fit(split.train.x.as_ref(), split.train.y.as_ref(), 0.0, Intercept::Fitted).expect("least squares");
    approx::assert_abs_diff_eq!(
        mse(fifth.predict(split.test.x.as_ref()).as_ref(), split.test.y.as_ref()),
        3279.16,
        epsilon = 5e-3
    );
    approx::assert_abs_diff_eq!(fifth.leave_one_out_mse().expect("leave one out"), 2947.06, epsilon = 5e-3);
}

#[test]
fn a_wrong_value_is_noticed() {
    let mut audit = Audit::default();
    let expected = serde_json::json!([[1.0, 2.0]]);
    audit.matrix("right", from_rows(&[vec![1.0, 2.0]]).as_ref(), &expected, 1e-10);
    assert!(audit.failures.is_empty());
    audit.matrix("wrong", from_rows(&[vec![1.0, 2.0 + 1e-9]]).as_ref(), &expected, 1e-10);
    audit.matrix("lost", from_rows(&[vec![1.0, f64::NAN]]).as_ref(), &expected, 1e-10);
    audit.matrix("shape", from_rows(&[vec![1.0]]).as_ref(), &expected, 1e-10);
    audit.fields("new", &serde_json::json!({"unheard_of": 1.0}), |_, _, _, _| false);
    assert_eq!(audit.failures.len(), 4, "{:?}", audit.failures);
}
