//! What a training step costs, and the whole grid of the post: `cargo bench --no-default-features --bench training`.
//!
//! A step is the loss and its gradient; linear attention's does not depend on n. `softmax_through_n_by_n` is the step
//! as it is usually written, with every n×n matrix formed, for comparison.

use attention_regression::attention::gradients::{Objective, Task};
use attention_regression::attention::{Diagonal, Normalisation, softmax};
use attention_regression::data::Dataset;
use attention_regression::data::random::standard_normal;
use attention_regression::linalg::count;
use attention_regression::training::{Optimiser, Parametrisation, Training};
use attention_regression::whitening::{Divisor, Root, Whitening};
use attention_regression::{Mat, data};
use divan::{Bencher, black_box};
use faer::Scale;

const SIZES: [(usize, usize); 10] =
    [(200, 8), (442, 8), (2000, 8), (200, 10), (353, 10), (442, 10), (2000, 10), (200, 64), (442, 64), (2000, 64)];

fn main() {
    divan::main();
}

fn softmax_of(d: usize) -> Normalisation {
    Normalisation::Softmax { temperature: count(d).sqrt() }
}

fn linear_of(d: usize) -> Normalisation {
    Normalisation::Linear { scale: 1.0 / count(d) }
}

fn step(bencher: Bencher<'_, '_>, (n, d): (usize, usize), normalisation: Normalisation, diagonal: Diagonal) {
    let (x, y, form) = (standard_normal(1, 0, n, d), standard_normal(1, 1, n, 1), standard_normal(1, 2, d, d));
    let mut objective = Objective::new(Task::regression(x.as_ref(), y.as_ref()), normalisation, diagonal)
        .expect("seeded data are finite");
    let mut gradient = Mat::zeros(d, d);
    bencher.bench_local(|| objective.evaluate(black_box(form.as_ref()), gradient.as_mut()));
}

#[divan::bench(args = SIZES)]
fn softmax_fused(bencher: Bencher<'_, '_>, size: (usize, usize)) {
    step(bencher, size, softmax_of(size.1), Diagonal::Kept);
}

#[divan::bench(args = SIZES)]
fn linear_on_statistics(bencher: Bencher<'_, '_>, size: (usize, usize)) {
    step(bencher, size, linear_of(size.1), Diagonal::Kept);
}

#[divan::bench(args = SIZES)]
fn linear_masked(bencher: Bencher<'_, '_>, size: (usize, usize)) {
    step(bencher, size, linear_of(size.1), Diagonal::Masked);
}

/// The chain rule as it is written, over n×n matrices.
#[divan::bench(args = SIZES)]
fn softmax_through_n_by_n(bencher: Bencher<'_, '_>, (n, d): (usize, usize)) {
    let (x, y, form) = (standard_normal(1, 0, n, d), standard_normal(1, 1, n, 1), standard_normal(1, 2, d, d));
    let temperature = count(d).sqrt();
    bencher.bench_local(|| {
        let weights = softmax::weights((&x * black_box(&form)).as_ref(), x.as_ref(), temperature, Diagonal::Kept)
            .expect("seeded data are finite");
        let slopes = (&weights * &y - &y) * y.transpose() * Scale(2.0 / count(n));
        let shifts: Vec<f64> =
            (0..n).map(|i| weights.row(i).iter().zip(slopes.row(i).iter()).map(|(w, s)| w * s).sum()).collect();
        let pulled = Mat::from_fn(n, n, |i, j| weights[(i, j)] * (slopes[(i, j)] - shifts[i]) / temperature);
        x.transpose() * pulled * &x
    });
}

/// Three data sets × softmax and linear × rows raw and whitened × separate and tied: 24 trainings of 1000 Adam steps.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn the_grid(bencher: Bencher<'_, '_>) {
    let diabetes = data::diabetes::dataset().and_then(|data| data.standardised()).expect("the vendored table");
    let sets = [data::synthetic(1), diabetes, data::sine_of_projection(1)].map(|data| data.centred());
    let white = |data: &Dataset| {
        Whitening::fit(data.train.x.as_ref(), Root::Zca, Divisor::N, 0.0)
            .map(|white| white.apply(data.train.x.as_ref()))
    };
    let tasks = sets.iter().flat_map(|data| {
        [data.train.x.clone(), white(data).expect("no constant column")].map(|x| (x, data.train.y.clone()))
    });
    let tasks: Vec<(Mat<f64>, Mat<f64>)> = tasks.collect();
    bencher.bench_local(|| {
        let mut losses = Vec::new();
        for (x, y) in &tasks {
            for normalisation in [softmax_of(x.ncols()), linear_of(x.ncols())] {
                for parametrisation in [Parametrisation::Separate, Parametrisation::Tied] {
                    let training = Training {
                        optimiser: Optimiser::Adam { rate: 1e-3 },
                        ..Training::new(normalisation, parametrisation)
                    };
                    let trained = training.run(Task::regression(x.as_ref(), y.as_ref()), None).expect("trains");
                    losses.push(trained.last().loss);
                }
            }
        }
        losses
    });
}
