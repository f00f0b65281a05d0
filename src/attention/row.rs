//! Rows of softmax, in the widest registers the CPU has and with the same digits on every CPU.
//!
//! Sums run in eight interleaved lanes that are added in a fixed order, whatever the width of a register; there is no
//! fused multiply-add. The exponential takes x ≤ 0, which softmax has once the largest score is subtracted:
//! x = k ln 2 + r with k whole and |r| ≤ ln 2/2, eʳ by its Taylor polynomial of degree 13 (remainder below 5·10⁻¹⁸), 2ᵏ
//! through the bits of the exponent. It is within 1.5 ulp of eˣ; below −708 it is 0.

use pulp::{Arch, Simd, WithSimd};

/// Overwrites scores by e^(score − largest) and returns their sum. A masked score is −∞ and becomes 0; where a score is
/// NaN, or the largest infinite, the sum is NaN.
pub(super) fn exponentiate(scores: &mut [f64]) -> f64 {
    Arch::new().dispatch(Exponentiate(scores))
}

/// Overwrites weights w by (share·g − shift)·w·factor, entry by entry.
pub(super) fn pull(weights: &mut [f64], slopes: &[f64], share: f64, shift: f64, factor: f64) {
    Arch::new().dispatch(Pull { weights, slopes, share, shift, factor });
}

/// Eight interleaved partial results of a loop over a column: as many as two wide registers hold. They are combined in
/// one order whatever registers there are, so a sum has the same digits on every CPU.
#[derive(Clone, Copy)]
struct Lanes([f64; Self::WIDTH]);

impl Lanes {
    const WIDTH: usize = 8;

    /// `step` over the entries, each in its lane.
    #[inline(always)]
    fn fold(start: f64, entries: &[f64], step: impl Fn(f64, f64) -> f64) -> Self {
        let mut lanes = Self([start; Self::WIDTH]);
        let (chunks, rest) = entries.as_chunks::<{ Self::WIDTH }>();
        for chunk in chunks {
            for (lane, &entry) in lanes.0.iter_mut().zip(chunk) {
                *lane = step(*lane, entry);
            }
        }
        for (lane, &entry) in lanes.0.iter_mut().zip(rest) {
            *lane = step(*lane, entry);
        }
        lanes
    }

    /// The lanes combined, neighbours last.
    #[inline(always)]
    fn reduce(self, combine: impl Fn(f64, f64) -> f64) -> f64 {
        let [a, b, c, d, e, f, g, h] = self.0;
        combine(combine(combine(a, e), combine(c, g)), combine(combine(b, f), combine(d, h)))
    }
}

struct Exponentiate<'a>(&'a mut [f64]);

impl WithSimd for Exponentiate<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f64 {
        let scores = self.0;
        let largest =
            Lanes::fold(f64::NEG_INFINITY, scores, |largest, score| if score > largest { score } else { largest })
                .reduce(f64::max);
        // Two loops: the compiler keeps the second in registers, and one loop would not be vectorised at all.
        for score in scores.iter_mut() {
            *score = exp(*score - largest);
        }
        Lanes::fold(0.0, scores, |sum, weight| sum + weight).reduce(|a, b| a + b)
    }
}

struct Pull<'a> {
    weights: &'a mut [f64],
    slopes: &'a [f64],
    share: f64,
    shift: f64,
    factor: f64,
}

impl WithSimd for Pull<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (weight, slope) in self.weights.iter_mut().zip(self.slopes) {
            *weight *= self.factor * (self.share * slope - self.shift);
        }
    }
}

const LOWEST: f64 = -708.0;
/// 1.5·2⁵²: adding it rounds to a whole number, which then stands in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// ln 2 in two parts; the first has 32 bits, so that its product with k is exact.
const LN_2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// 1/j! from j = 13 down to 2.
const TAYLOR: [f64; 12] = {
    let (mut terms, mut factorial, mut j) = ([0.0; 12], 1.0, 2);
    while j <= 13 {
        factorial *= j as f64;
        terms[13 - j] = 1.0 / factorial;
        j += 1;
    }
    terms
};

#[inline(always)]
fn exp(x: f64) -> f64 {
    let rounded = x * std::f64::consts::LOG2_E + ROUND;
    let k = rounded - ROUND;
    let r = (x - k * LN_2_HIGH) - k * LN_2_LOW;
    // Horner, written out: a loop over the terms would keep the loop over the scores from being vectorised.
    let [t13, t12, t11, t10, t9, t8, t7, t6, t5, t4, t3, t2] = TAYLOR;
    let upper = (((((t13 * r + t12) * r + t11) * r + t10) * r + t9) * r + t8) * r + t7;
    let series = ((((upper * r + t6) * r + t5) * r + t4) * r + t3) * r + t2;
    let power = series * (r * r) + r + 1.0;
    // 2ᵏ: k, in the low bits of `rounded`, moves into the exponent of 1.
    let scale = f64::from_bits((rounded.to_bits() << 52).wrapping_add(1.0_f64.to_bits()));
    // Below, k leaves the exponent and all of this is void.
    if x < LOWEST { 0.0 } else { power * scale }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_within_two_units_in_the_last_place() {
        let worst = (0..=7_080_000_u32)
            .map(|step| -f64::from(step) * 1e-4)
            .map(|x| ((exp(x) - libm::exp(x)) / libm::exp(x)).abs())
            .fold(0.0, f64::max);
        assert!(worst <= 2.0 * f64::EPSILON, "{worst:e}");
        assert_eq!([exp(0.0), exp(-708.1), exp(f64::NEG_INFINITY)], [1.0, 0.0, 0.0]);
        assert!(exp(f64::NAN).is_nan());
    }

    #[test]
    fn every_width_of_register_gives_the_same_digits() {
        for length in 1..40_u32 {
            let scores: Vec<f64> = (0..length).map(|j| f64::from(j * j % 17) - 3.7).collect();
            let (mut wide, mut narrow) = (scores.clone(), scores);
            let sums = (exponentiate(&mut wide), Exponentiate(&mut narrow).with_simd(pulp::Scalar));
            assert_eq!((sums.0.to_bits(), &wide), (sums.1.to_bits(), &narrow), "{length} scores");
        }
    }

    #[test]
    fn what_is_no_number_reaches_the_sum() {
        for scores in [[0.0, f64::NAN], [f64::NAN, 0.0], [f64::INFINITY, 0.0], [f64::NEG_INFINITY; 2]] {
            assert!(exponentiate(&mut scores.clone()).is_nan(), "{scores:?}");
        }
    }
}
