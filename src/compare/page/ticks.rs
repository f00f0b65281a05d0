//! Where the ticks of an axis stand, when nobody knows the data beforehand: three to six round numbers that cover them.
//!
//! Every grid of round numbers that is neither too coarse nor too fine is tried (multiples of 1, 2, 2.5 and 5 times a
//! power of ten; on a logarithmic axis the decades, every so many of them, or 1–3 and 1–2–5 within each); the one that
//! reaches least beyond the data wins. What is not a number, infinite or beyond 10¹⁰⁰ has no place on an axis and is
//! left out, by [`place`].

use crate::publish::figure::{Axis, Scale};

/// Beyond it, and for positive numbers below its inverse, nothing is drawn.
const LIMIT: f64 = 1e100;
/// Ticks that reach the data but for rounding reach them.
const SLACK: f64 = 1e-9;

/// An axis of equal distances over `values`.
pub(super) fn linear(name: &str, values: &[f64]) -> Axis {
    Axis::linear(name, &linear_ticks(values))
}

/// An axis of equal ratios over the positive of `values`; the others will stand at its lower end.
pub(super) fn log(name: &str, values: &[f64]) -> Axis {
    Axis::log(name, &log_ticks(values))
}

/// For numbers that are not negative: an axis from zero, or where the largest is many times the smallest a logarithmic
/// one.
pub(super) fn positive(name: &str, values: &[f64]) -> Axis {
    const MANY: f64 = 20.0;
    let positive = || values.iter().copied().filter(|&value| drawable(value) && value > 0.0);
    match (positive().min_by(f64::total_cmp), positive().max_by(f64::total_cmp)) {
        (Some(low), Some(high)) if high > MANY * low => log(name, values),
        _ => linear(name, &[values, &[0.0]].concat()),
    }
}

/// The same axis for a chart that has room for less: three ticks or four.
pub(super) fn sparse(axis: Axis) -> Axis {
    let last = axis.ticks.len().saturating_sub(1);
    let keep = |place: usize| last < 4 || place == last || (place.is_multiple_of(2) && place + 1 < last);
    let ticks = axis.ticks.iter().enumerate().filter(|(place, _)| keep(*place)).map(|(_, &tick)| tick).collect();
    Axis { ticks, ..axis }
}

/// Where a number stands on an axis: nowhere if it cannot be drawn, at the lower end of a logarithmic axis if it is
/// zero.
pub(super) fn place(axis: &Axis, value: f64) -> Option<f64> {
    let lowest = axis.ticks.first().copied().filter(|_| axis.scale == Scale::Log);
    drawable(value).then(|| lowest.map_or(value, |lowest| value.max(lowest)))
}

fn drawable(value: f64) -> bool {
    value.abs() < LIMIT
}

fn extent(values: impl Iterator<Item = f64> + Clone) -> Option<(f64, f64)> {
    Some((values.clone().min_by(f64::total_cmp)?, values.max_by(f64::total_cmp)?))
}

fn linear_ticks(values: &[f64]) -> Vec<f64> {
    let (low, high) = room(extent(values.iter().copied().filter(|&value| drawable(value))).unwrap_or((0.0, 1.0)));
    let decade = libm::log10(high - low).floor() as i32;
    let mut best: Option<(f64, Vec<f64>)> = None;
    for exponent in decade - 2..=decade + 1 {
        for mantissa in [1.0, 2.0, 2.5, 5.0] {
            let step = round(mantissa, exponent);
            let (first, last) = ((low / step + SLACK).floor(), (high / step - SLACK).ceil());
            let beyond = (last - first) * step;
            if (2.0..=5.0).contains(&(last - first))
                && best.as_ref().is_none_or(|(least, _)| beyond < least * (1.0 - SLACK))
            {
                let ticks = (0..=(last - first) as i32)
                    .map(|place| round((first + f64::from(place)) * mantissa, exponent))
                    .collect();
                best = Some((beyond, ticks));
            }
        }
    }
    best.map_or_else(|| vec![low, f64::midpoint(low, high), high], |(_, ticks)| ticks)
}

/// An extent that is wide enough for its ticks to differ in four digits.
fn room((low, high): (f64, f64)) -> (f64, f64) {
    let size = low.abs().max(high.abs());
    if size < 1.0 / LIMIT {
        (0.0, 1.0)
    } else if low == high {
        (low - size / 2.0, high + size / 2.0)
    } else if high - low < 3e-3 * size {
        let middle = f64::midpoint(low, high);
        (middle - 5e-3 * size, middle + 5e-3 * size)
    } else {
        (low, high)
    }
}

fn log_ticks(values: &[f64]) -> Vec<f64> {
    let positive = values.iter().copied().filter(|&value| drawable(value) && value > 1.0 / LIMIT);
    let (low, high) = extent(positive).unwrap_or((1.0, 1.0));
    let [below, above] = [libm::log10(low).floor() as i32 - 2, libm::log10(high).ceil() as i32 + 2];
    let within = |mantissas: &[f64]| -> Vec<f64> {
        (below..=above).flat_map(|exponent| mantissas.iter().map(move |&mantissa| round(mantissa, exponent))).collect()
    };
    let every = |stride: i32| {
        (0..stride).map(move |start| -> Vec<f64> {
            (below - stride..=above + stride)
                .filter(|exponent| exponent.rem_euclid(stride) == start)
                .map(|exponent| round(1.0, exponent))
                .collect()
        })
    };
    let grids = (1..=above - below).flat_map(every).chain([within(&[1.0, 3.0]), within(&[1.0, 2.0, 5.0])]);
    let mut best: Option<(f64, Vec<f64>)> = None;
    for ticks in grids.filter_map(|grid| cut(&grid, low, high)) {
        let beyond = libm::log10(ticks[ticks.len() - 1] / ticks[0]);
        if best.as_ref().is_none_or(|(least, _)| beyond < least - SLACK) {
            best = Some((beyond, ticks));
        }
    }
    best.map_or_else(|| vec![low / 10.0, low, 10.0 * high], |(_, ticks)| ticks)
}

/// Of a grid what covers the numbers from `low` to `high`, made up to three ticks, if it is not more than six.
fn cut(grid: &[f64], low: f64, high: f64) -> Option<Vec<f64>> {
    let mut first = grid.iter().rposition(|&tick| tick <= low * (1.0 + SLACK))?;
    let mut last = grid.iter().position(|&tick| tick >= high * (1.0 - SLACK))?;
    while last - first < 2 {
        // Where the data are nearer to the edge.
        let lower = first > 0 && (low / grid[first] < grid[last] / high || last + 1 == grid.len());
        if lower {
            first -= 1;
        } else if last + 1 < grid.len() {
            last += 1;
        } else {
            return None;
        }
    }
    (last - first <= 5).then(|| grid[first..=last].to_vec())
}

/// The number nearest to `mantissa` · 10^`exponent`, which a product of the two need not be.
fn round(mantissa: f64, exponent: i32) -> f64 {
    format!("{mantissa}e{exponent}").parse().unwrap_or(mantissa)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three to six ascending ticks that cover what can be drawn.
    fn check(ticks: &[f64], values: &[f64]) {
        assert!(
            (3..=6).contains(&ticks.len()) && ticks.windows(2).all(|pair| pair[0] < pair[1]),
            "{ticks:?} for {values:?}"
        );
        let reach = 1e-8 * (ticks[ticks.len() - 1] - ticks[0]);
        for &value in values {
            assert!(
                value >= ticks[0] - reach && value <= ticks[ticks.len() - 1] + reach,
                "{value} lies outside of {ticks:?}"
            );
        }
    }

    #[test]
    fn ticks_are_round_and_reach_little_beyond_the_data() {
        assert_eq!(linear_ticks(&[0.0, 1.0]), [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        assert_eq!(linear_ticks(&[0.3, 0.9]), [0.25, 0.5, 0.75, 1.0]);
        assert_eq!(linear_ticks(&[-3.2, 7.0]), [-5.0, -2.5, 0.0, 2.5, 5.0, 7.5]);
        assert_eq!(log_ticks(&[1e-6, 2.0]).first(), Some(&1e-6));
        assert_eq!(log_ticks(&[1.0, 1000.0]), [1.0, 10.0, 100.0, 1000.0]);
        assert_eq!(log_ticks(&[0.5, 0.6]), [0.2, 0.5, 1.0]);
        assert_eq!(log_ticks(&[0.02, 1.9]), [0.01, 0.03, 0.1, 0.3, 1.0, 3.0]);
    }

    #[test]
    fn whatever_the_data_there_are_three_to_six_ticks_that_cover_them() {
        let sizes: [f64; 9] = [1e-99, 3.3e-17, 7e-5, 0.123_456, 1.0, 9.99, 353.0, 6.02e23, 9e99];
        for a in sizes {
            for b in sizes {
                let (low, high) = (a.min(b), a.max(b));
                check(&log_ticks(&[high, low]), &[low, high]);
                for values in [[low, high], [-high, low], [-high, -low], [low, low * (1.0 + 1e-15)]] {
                    check(&linear_ticks(&values), &values);
                }
            }
        }
        for values in [&[][..], &[f64::NAN], &[f64::INFINITY, f64::NEG_INFINITY], &[0.0], &[0.0, 0.0], &[1e200]] {
            check(&linear_ticks(values), &[]);
            check(&log_ticks(values), &[]);
        }
        check(&log_ticks(&[0.0, -1.0, 0.5, f64::NAN]), &[0.5]);
    }

    #[test]
    fn a_sparse_axis_keeps_its_ends() {
        let axis = |places: i32| sparse(Axis::linear("", &(0..places).map(f64::from).collect::<Vec<_>>())).ticks;
        assert_eq!(axis(3), [0.0, 1.0, 2.0]);
        assert_eq!(axis(5), [0.0, 2.0, 4.0]);
        assert_eq!(axis(6), [0.0, 2.0, 5.0]);
    }

    #[test]
    fn zero_stands_at_the_lower_end_of_a_logarithmic_axis_and_what_is_no_number_nowhere() {
        let axis = log("", &[0.0, 1e-3, 1.0]);
        assert_eq!(
            (place(&axis, 0.0), place(&axis, 0.5), place(&axis, f64::NAN), place(&axis, f64::INFINITY)),
            (Some(axis.ticks[0]), Some(0.5), None, None)
        );
        let axis = linear("", &[-1.0, 1.0]);
        assert_eq!((place(&axis, -1.0), place(&axis, f64::NEG_INFINITY)), (Some(-1.0), None));
        assert_eq!(
            (positive("", &[0.5, 1.0]).scale, positive("", &[0.5, 1.0]).ticks[0], positive("", &[0.01, 1.0]).scale),
            (Scale::Linear, 0.0, Scale::Log)
        );
    }
}
