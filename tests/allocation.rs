//! A step of training allocates nothing: memory is asked for at the start, never in the loop.

use allocation_counter::measure;
use attention_regression::attention::gradients::{Objective, Task};
use attention_regression::attention::{Diagonal, Normalisation};
use attention_regression::data::random::standard_normal;
use attention_regression::training::{Parametrisation, Training};
use attention_regression::{Mat, MatRef};

fn rows() -> (Mat<f64>, Mat<f64>) {
    (standard_normal(1, 0, 353, 10), standard_normal(1, 1, 353, 2))
}

#[test]
fn a_gradient_allocates_nothing() {
    let (x, y) = rows();
    let form: Mat<f64> = standard_normal(1, 2, 10, 10);
    for normalisation in [Normalisation::Softmax { temperature: 3.0 }, Normalisation::Linear { scale: 0.1 }] {
        for diagonal in [Diagonal::Kept, Diagonal::Masked] {
            let mut objective =
                Objective::new(Task::regression(x.as_ref(), y.as_ref()), normalisation, diagonal).expect("finite");
            let mut gradient = Mat::zeros(10, 10);
            // The first product asks for faer's packing buffer, once a thread.
            objective.evaluate(form.as_ref(), gradient.as_mut());
            let seen = measure(|| {
                objective.evaluate(form.as_ref(), gradient.as_mut());
            });
            assert_eq!(
                seen.count_total, 0,
                "{normalisation:?}, {diagonal:?}: a gradient allocated {} bytes",
                seen.bytes_total
            );
        }
    }
}

#[test]
fn more_steps_do_not_allocate_more() {
    let (x, y) = rows();
    let run = |x: MatRef<'_, f64>, steps: usize| {
        // 218 and 235 lie between the same two records of the path.
        let training =
            Training { steps, ..Training::new(Normalisation::Softmax { temperature: 3.0 }, Parametrisation::Separate) };
        measure(|| drop(training.run(Task::regression(x, y.as_ref()), None))).count_total
    };
    run(x.as_ref(), 1);
    assert_eq!(run(x.as_ref(), 218), run(x.as_ref(), 235), "steps that record nothing must not allocate");
    assert!(run(x.as_ref(), 218) < run(x.as_ref(), 400), "the measurement sees the records of the path");
}
