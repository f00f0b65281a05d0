//! # Two sums
//!
//! A note says two things about the numbers $1, \frac12, \frac13, \dots$ when they are added up. Both are tested here; the harmonic
//! sum exceeds the logarithm by a constant, to within {{the_harmonic_sum_exceeds_the_logarithm_by_a_constant/distance:2^}} over the number of terms.

mod support;

/// Part I · Sums
mod series;
