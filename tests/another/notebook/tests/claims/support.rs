//! What the claims share.

/// The sums of so many terms at each of these numbers of terms.
pub(crate) fn sums(term: impl Fn(f64) -> f64) -> Vec<f64> {
    TERMS.iter().map(|&terms| (1..=terms).map(|k| term(f64::from(k))).sum()).collect()
}

/// How many terms are added up.
pub(crate) const TERMS: [u32; 4] = [10, 100, 1000, 10_000];

/// Euler's constant.
pub(crate) const EULER: f64 = 0.577_215_664_901_532_9;
