//! An axis on a drawing: where its numbers stand, what is written at its ticks, its line.

use plotters::coord::ranged1d::Ranged as _;
use plotters::coord::types::RangedCoordf64;

use super::colour::{Colour, Line};
use super::form::{Anchor, UNIT};
use super::words::{TICK, text_width};
use super::{Axis, DrawError, Pen, Scale};
use crate::publish::number::{self, Digits};

/// An axis as plotters sees it: logarithms taken first, by libm, so that every machine draws alike.
pub(super) struct Mapped {
    range: RangedCoordf64,
    scale: Scale,
    /// Its ends, in tenths.
    limits: (i32, i32),
}

impl Mapped {
    pub(super) fn new(axis: &Axis, from: i32, to: i32) -> Result<Self, DrawError> {
        let (Some(&low), Some(&high)) = (axis.ticks.first(), axis.ticks.last()) else {
            return Err(DrawError::Empty(axis.name.clone()));
        };
        if low >= high || (axis.scale == Scale::Log && low <= 0.0) {
            return Err(DrawError::Empty(axis.name.clone()));
        }
        Ok(Self {
            range: (value(axis.scale, low)..value(axis.scale, high)).into(),
            scale: axis.scale,
            limits: (from * UNIT, to * UNIT),
        })
    }

    /// The place of a number in tenths, or nothing outside the axis.
    pub(super) fn place(&self, number: f64) -> Option<i32> {
        let mapped = value(self.scale, number);
        let range = self.range.range();
        let room = 1e-9 * (range.end - range.start);
        (mapped >= range.start - room && mapped <= range.end + room).then(|| self.range.map(&mapped, self.limits))
    }

    /// The middle of the axis, in units.
    pub(super) const fn middle(&self) -> i32 {
        (self.limits.0 + self.limits.1) / 2 / UNIT
    }
}

fn value(scale: Scale, number: f64) -> f64 {
    match scale {
        Scale::Linear => number,
        Scale::Log => libm::log10(number),
    }
}

/// On a logarithmic axis powers of ten with superscripts, but for 0.1 to 1000; everything else short.
fn tick_name(tick: f64, scale: Scale) -> String {
    let exponent = libm::log10(tick.abs());
    let whole = exponent.is_finite() && (exponent - exponent.round()).abs() < 1e-9;
    let exponent = exponent.round() as i32;
    let power = scale == Scale::Log && whole && !(-1..=3).contains(&exponent);
    if power { format!("10{}", number::superscript(exponent)) } else { number::unicode(tick, Digits::Short(4)) }
}

/// The width of what is written at a tick.
pub(super) fn tick_width(axis: &Axis, tick: f64) -> i32 {
    text_width(&tick_name(tick, axis.scale), TICK)
}

/// The width of what is written at the widest tick.
pub(super) fn widest_tick(axis: &Axis) -> i32 {
    axis.ticks.iter().map(|&tick| tick_width(axis, tick)).max().unwrap_or(0)
}

/// A vertical axis at an abscissa in units, with ticks of so many units.
pub(super) fn upright(pen: &Pen<'_>, axis: &Axis, mapped: &Mapped, side: i32, length: i32) -> Result<(), DrawError> {
    let x = side * UNIT;
    pen.stroke(&[(x, mapped.limits.0), (x, mapped.limits.1)], Colour::MUTED, Line::Solid, 10)?;
    for &tick in &axis.ticks {
        let Some(at) = mapped.place(tick) else { continue };
        pen.stroke(&[(x - length * UNIT, at), (x, at)], Colour::MUTED, Line::Solid, 10)?;
        pen.text(&tick_name(tick, axis.scale), (side - 2 * length, at / UNIT + 4), TICK, Colour::MUTED, Anchor::End)?;
    }
    Ok(())
}

/// A horizontal axis at an ordinate in units, with its ticks.
pub(super) fn ruler(pen: &Pen<'_>, axis: &Axis, mapped: &Mapped, base: i32) -> Result<(), DrawError> {
    let y = base * UNIT;
    pen.stroke(&[(mapped.limits.0, y), (mapped.limits.1, y)], Colour::MUTED, Line::Solid, 10)?;
    let mut free = i32::MIN;
    for &tick in &axis.ticks {
        let Some(at) = mapped.place(tick) else { continue };
        pen.stroke(&[(at, y), (at, y + 40)], Colour::MUTED, Line::Solid, 10)?;
        let half = tick_width(axis, tick) / 2;
        // On a phone a tick may stay without its name.
        if at / UNIT - half >= free {
            pen.text(&tick_name(tick, axis.scale), (at / UNIT, base + 18), TICK, Colour::MUTED, Anchor::Middle)?;
            free = at / UNIT + half + 6;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decades_are_powers_of_ten_on_logarithmic_axes_only() {
        assert_eq!(
            [1e-4, 0.1, 1.0, 1000.0, 1e4].map(|tick| tick_name(tick, Scale::Log)),
            ["10⁻⁴", "0.1", "1", "1000", "10⁴"]
        );
        assert_eq!(
            [-2.5, 0.0, 0.01, 10_000.0].map(|tick| tick_name(tick, Scale::Linear)),
            ["−2.5", "0", "0.01", "10000"]
        );
    }
}
