//! What the shortcuts save, each beside its twin by definition: `cargo bench --no-default-features`.

use attention_regression::attention::{Diagonal, linear, softmax};
use attention_regression::data::random::standard_normal;
use attention_regression::regression::diagnostics::hat_matrix_by_definition;
use attention_regression::regression::{Intercept, Ridge};
use attention_regression::{Mat, linalg};
use divan::{Bencher, black_box};

const ROWS: [usize; 3] = [256, 1024, 4096];
const WIDTH: usize = 16;

fn main() {
    divan::main();
}

fn triple(n: usize) -> [Mat<f64>; 3] {
    [standard_normal(1, 0, n, WIDTH), standard_normal(1, 1, n, WIDTH), standard_normal(1, 2, n, 1)]
}

#[divan::bench(args = ROWS)]
fn linear_associated(bencher: Bencher<'_, '_>, n: usize) {
    let [q, k, v] = triple(n);
    bencher.bench(|| linear::output(black_box(&q).as_ref(), k.as_ref(), v.as_ref(), 1.0, Diagonal::Kept));
}

#[divan::bench(args = ROWS)]
fn linear_by_definition(bencher: Bencher<'_, '_>, n: usize) {
    let [q, k, v] = triple(n);
    bencher.bench(|| linear::output_by_definition(black_box(&q).as_ref(), k.as_ref(), v.as_ref(), 1.0, Diagonal::Kept));
}

#[divan::bench(args = ROWS)]
fn softmax_blocked(bencher: Bencher<'_, '_>, n: usize) {
    let [q, k, v] = triple(n);
    bencher.bench(|| softmax::output(black_box(&q).as_ref(), k.as_ref(), v.as_ref(), 4.0, Diagonal::Kept));
}

#[divan::bench(args = ROWS)]
fn softmax_by_definition(bencher: Bencher<'_, '_>, n: usize) {
    let [q, k, v] = triple(n);
    bencher
        .bench(|| softmax::output_by_definition(black_box(&q).as_ref(), k.as_ref(), v.as_ref(), 4.0, Diagonal::Kept));
}

#[divan::bench(args = ROWS)]
fn leverages_from_the_factor(bencher: Bencher<'_, '_>, n: usize) {
    let [x, _, y] = triple(n);
    bencher.bench(|| {
        Ridge::fit(black_box(&x).as_ref(), y.as_ref(), 1e-3, Intercept::Fitted)
            .map(|fit| fit.effective_degrees_of_freedom())
    });
}

#[divan::bench(args = ROWS)]
fn leverages_from_the_hat_matrix(bencher: Bencher<'_, '_>, n: usize) {
    let [x, ..] = triple(n);
    bencher.bench(|| {
        hat_matrix_by_definition(black_box(&x).as_ref(), 1e-3, Intercept::Fitted).map(|hat| linalg::trace(hat.as_ref()))
    });
}
