//! # The harmonic series
//!
//! The first sum grows beyond every bound, and one can say how fast; with alternating signs it has a limit.

use attention_regression::notebook::claim::evidence::{Evidence, relative};
use attention_regression::publish::figure::{Axis, Chart, Figure, Ink, Mark, Series, Side};
use attention_regression::{Result, record};

use crate::support::{EULER, TERMS, sums};

/// ## The harmonic sum exceeds the logarithm by a constant
///
/// The sum of the first $n$ terms is $\ln n$, and Euler's constant, and a rest which is less than $1/(2n)$: times $n$ it is at most
/// {{distance:2^}} for {{terms}} numbers of terms up to ten thousand.
///
/// ![**What is left.** The sum less the logarithm, against the number of terms.](figure)
///
/// ```toml
/// kind = "bound"
/// headline = "distance"
/// settles = { T1 = "holds" }
/// finding = "It does; what is left falls like {{distance:2^}} over the number of terms."
/// breaks_when = "only every other term is added: then the rest is {{odd}} times a number of terms."
/// ```
#[test]
fn the_harmonic_sum_exceeds_the_logarithm_by_a_constant() -> Result<()> {
    let mut evidence = Evidence::new();
    let times = |sums: Vec<f64>| {
        sums.into_iter().zip(TERMS).map(|(sum, n)| f64::from(n) * (sum - f64::from(n).ln() - EULER).abs())
    };
    let distances: Vec<f64> = times(sums(|k| 1.0 / k)).collect();
    evidence
        .measure("distance", "$n$ times the distance from Euler's constant", distances)
        .within(relative(1e-6))
        .at_most(0.5);
    let odd: Vec<f64> = times(sums(|k| 1.0 / (2.0 * k - 1.0))).collect();
    evidence.breaks("odd", "distance", "only every other term is added", odd).within(relative(1e-3)).by(5.0);
    evidence.exactly("terms", "numbers of terms", TERMS.len(), 4);
    evidence.figure(excess());
    record!(evidence, concat!(env!("CARGO_MANIFEST_DIR"), "/tests/another/notebook"))
}

fn excess() -> Figure {
    let points = sums(|k| 1.0 / k).into_iter().zip(TERMS).map(|(sum, n)| (f64::from(n), sum - f64::from(n).ln()));
    let series = Series::through("the sum less the logarithm", points)
        .ink(Ink::ACCENT)
        .marks(Mark::Circle)
        .label(Side::Above, 1);
    let x = Axis::log("terms", &[10.0, 100.0, 1e3, 1e4]);
    Figure::new(
        "The harmonic sum less the logarithm",
        Chart::new(x, Axis::linear("excess", &[0.5, 0.6, 0.7]), vec![series]),
    )
}

/// ## With alternating signs the sum is not one
///
/// The terms cancel in part, and the sum has a limit. It is $\ln 2$, as integrating a geometric series says, and so it stays
/// {{short}} below one.
///
/// ```toml
/// kind = "counterexample"
/// headline = "short"
/// settles = { T2 = "false as stated" }
/// finding = "It stays {{short:.2}} below one: it is the logarithm of two."
/// uses = ["the_harmonic_sum_exceeds_the_logarithm_by_a_constant"]
/// breaks_when = "the limit is said to be the logarithm of two: from there the sum is {{from_logarithm}} away."
/// ```
#[test]
fn with_alternating_signs_the_sum_is_not_one() -> Result<()> {
    let mut evidence = Evidence::new();
    let alternating = sums(|k| if k % 2.0 == 0.0 { -1.0 / k } else { 1.0 / k });
    let from = |limit: f64| alternating.iter().map(|sum| (limit - sum).abs()).collect::<Vec<f64>>();
    evidence.measure("short", "distance from one", from(1.0)).within(relative(1e-2)).at_least(0.3);
    evidence
        .breaks("from_logarithm", "short", "the limit is the logarithm of two", from(2.0_f64.ln()))
        .within(relative(1e-2))
        .by(5.0);
    record!(evidence, concat!(env!("CARGO_MANIFEST_DIR"), "/tests/another/notebook"))
}
