//! Curves and marks over two axes, each a range frame that spans its ticks.

use plotters::coord::ranged1d::Ranged as _;
use plotters::coord::types::RangedCoordf64;

use super::svg::{Canvas, Colour, Line, UNIT};
use super::{Anchor, Axis, Chart, DrawError, Ink, NARROW, Pen, Scale, Series, Side, Stroke, WIDE, text_width};
use crate::notebook::number::{self, Digits};

const TOP: i32 = 46;
const BOTTOM: i32 = 54;
/// Between the data and the axes.
const INSET: i32 = 12;
const LABEL: i32 = 13;
const TICK: i32 = 12;

/// An axis as plotters sees it: logarithms taken first, by libm, so that every machine draws alike.
struct Mapped {
    range: RangedCoordf64,
    scale: Scale,
    limits: (i32, i32),
}

impl Mapped {
    fn new(axis: &Axis, from: i32, to: i32) -> Result<Self, DrawError> {
        let (Some(&low), Some(&high)) = (axis.ticks.first(), axis.ticks.last()) else {
            return Err(DrawError::Empty(axis.name.clone()));
        };
        if low >= high || (axis.scale == Scale::Log && low <= 0.0) {
            return Err(DrawError::Empty(axis.name.clone()));
        }
        Ok(Self { range: (value(axis.scale, low)..value(axis.scale, high)).into(), scale: axis.scale, limits: (from * UNIT, to * UNIT) })
    }

    /// The place of a number in tenths, or nothing outside the axis.
    fn place(&self, number: f64) -> Option<i32> {
        let mapped = value(self.scale, number);
        let range = self.range.range();
        let room = 1e-9 * (range.end - range.start);
        (mapped >= range.start - room && mapped <= range.end + room).then(|| self.range.map(&mapped, self.limits))
    }
}

fn value(scale: Scale, number: f64) -> f64 {
    match scale {
        Scale::Linear => number,
        Scale::Log => libm::log10(number),
    }
}

/// Draws the chart; returns its height.
pub(super) fn draw(chart: &Chart, out: &mut String, width: i32) -> Result<i32, DrawError> {
    check(chart)?;
    let height = if width == NARROW { 320 } else { 366 };
    let widest = chart.y.ticks.iter().map(|&tick| text_width(&tick_name(tick), f64::from(TICK))).max().unwrap_or(0);
    let left = widest + 14 + INSET;
    let right = right_edge(chart, left, width)?;
    let (x, y) = (Mapped::new(&chart.x, left, right)?, Mapped::new(&chart.y, height - BOTTOM - INSET, TOP)?);
    let pen = Pen::new(Canvas::new(out, width, height));
    axes(&pen, chart, &x, &y, (width, height))?;
    for series in &chart.series {
        curve(&pen, series, &x, &y)?;
    }
    labels(&pen, chart, &x, &y, width)?;
    Ok(height)
}

fn check(chart: &Chart) -> Result<(), DrawError> {
    for series in &chart.series {
        if series.x.len() != series.y.len() {
            return Err(DrawError::Ragged(series.name.clone()));
        }
        if series.x.is_empty() {
            return Err(DrawError::Empty(series.name.clone()));
        }
    }
    Ok(())
}

/// As far right as labels to the right of their points allow.
fn right_edge(chart: &Chart, left: i32, width: i32) -> Result<i32, DrawError> {
    const UNSCALED: i32 = 1000;
    let unscaled = Mapped::new(&chart.x, 0, UNSCALED)?;
    let mut right = width - 24;
    if width < WIDE {
        return Ok(right);
    }
    for series in &chart.series {
        let Some(label) = series.label.filter(|label| label.side == Side::Right) else {
            continue;
        };
        let place = series.x.get(label.at).and_then(|&x| unscaled.place(x)).unwrap_or(0) / UNIT;
        let room = width - 20 - text_width(&series.name, f64::from(LABEL)) - left;
        if place > 0 {
            right = right.min(left + room * UNSCALED / place);
        }
    }
    Ok(right.max(left + width / 3))
}

/// Words in lines no wider than `width`.
fn wrapped(words: &str, width: i32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split(' ') {
        match lines.last_mut() {
            Some(line) if text_width(line, f64::from(TICK)) + text_width(word, f64::from(TICK)) + 6 <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn axes(pen: &Pen<'_>, chart: &Chart, x: &Mapped, y: &Mapped, (width, height): (i32, i32)) -> Result<(), DrawError> {
    let (base, side) = ((height - BOTTOM) * UNIT, x.limits.0 - INSET * UNIT);
    for (line, words) in wrapped(&chart.y.name, width - 16).iter().enumerate() {
        pen.text(words, (8, 14 + 15 * i32::try_from(line).unwrap_or(0)), TICK, Colour::Muted, Anchor::Start)?;
    }
    pen.stroke(vec![(side, y.limits.0), (side, y.limits.1)], Colour::Muted, Line::Solid, 10)?;
    for &tick in &chart.y.ticks {
        let Some(at) = y.place(tick) else { continue };
        pen.stroke(vec![(side - 40, at), (side, at)], Colour::Muted, Line::Solid, 10)?;
        pen.text(&tick_name(tick), (side / UNIT - 8, at / UNIT + 4), TICK, Colour::Muted, Anchor::End)?;
    }
    pen.stroke(vec![(x.limits.0, base), (x.limits.1, base)], Colour::Muted, Line::Solid, 10)?;
    let mut free = i32::MIN;
    for &tick in &chart.x.ticks {
        let Some(at) = x.place(tick) else { continue };
        pen.stroke(vec![(at, base), (at, base + 40)], Colour::Muted, Line::Solid, 10)?;
        let name = tick_name(tick);
        let half = text_width(&name, f64::from(TICK)) / 2;
        // On a phone a tick may stay without its name.
        if at / UNIT - half >= free {
            pen.text(&name, (at / UNIT, base / UNIT + 18), TICK, Colour::Muted, Anchor::Middle)?;
            free = at / UNIT + half + 6;
        }
    }
    pen.text(&chart.x.name, ((x.limits.0 + x.limits.1) / 2 / UNIT, base / UNIT + 38), TICK, Colour::Muted, Anchor::Middle)
}

/// 0.1 to 1000 as they are, other powers of ten with superscripts, everything else short.
fn tick_name(tick: f64) -> String {
    let exponent = libm::log10(tick.abs());
    let whole = exponent.is_finite() && (exponent - exponent.round()).abs() < 1e-9;
    #[expect(clippy::cast_possible_truncation, reason = "exponents are small")]
    let exponent = exponent.round() as i32;
    if whole && tick > 0.0 && !(-1..=3).contains(&exponent) { format!("10{}", number::superscript(exponent)) } else { number::unicode(tick, Digits::Short(4)) }
}

fn points(series: &Series, x: &Mapped, y: &Mapped) -> Result<Vec<(i32, i32)>, DrawError> {
    let place = |(&a, &b): (&f64, &f64)| Some((x.place(a)?, y.place(b)?));
    series.x.iter().zip(&series.y).map(place).collect::<Option<_>>().ok_or_else(|| DrawError::Outside(series.name.clone()))
}

fn curve(pen: &Pen<'_>, series: &Series, x: &Mapped, y: &Mapped) -> Result<(), DrawError> {
    let points = points(series, x, y)?;
    let colour = colour(series.ink);
    match series.stroke {
        Stroke::None => {}
        Stroke::Solid => pen.stroke(points.clone(), colour, Line::Solid, 20)?,
        Stroke::Dashed => pen.stroke(points.clone(), colour, Line::Dashed, 20)?,
        Stroke::Dotted => pen.stroke(points.clone(), colour, Line::Dotted, 14)?,
    }
    series.mark.map_or(Ok(()), |mark| points.iter().try_for_each(|&point| pen.mark(point, mark, colour)))
}

fn colour(ink: Ink) -> Colour {
    match ink {
        Ink::Regression => Colour::Foreground,
        Ink::Linear => Colour::Linear,
        Ink::Softmax => Colour::Softmax,
        Ink::Accent => Colour::Accent,
        Ink::Muted => Colour::Muted,
    }
}

/// Labels beside their points, kept inside the drawing and off each other.
fn labels(pen: &Pen<'_>, chart: &Chart, x: &Mapped, y: &Mapped, width: i32) -> Result<(), DrawError> {
    let mut taken: Vec<(i32, i32, i32)> = Vec::new();
    for series in &chart.series {
        let Some(label) = series.label else { continue };
        let at = points(series, x, y)?.get(label.at).copied().ok_or_else(|| DrawError::Empty(series.name.clone()))?;
        let length = text_width(&series.name, f64::from(LABEL));
        let (px, py) = (at.0 / UNIT, at.1 / UNIT);
        let (start, mut base) = match label.side {
            Side::Right => (px + 12, py + 5),
            // Off a rising curve, which passes below a label to the left.
            Side::Left => (px - 10 - length, py - 7),
            Side::Above => (px - length / 2, py - 12),
            Side::Below => (px - length / 2, py + 22),
        };
        let clamped = start.clamp(4, (width - length - 4).max(4));
        // Pushed over its own point, a label moves above it.
        if clamped != start && matches!(label.side, Side::Left | Side::Right) {
            base = py - 12;
        }
        while let Some(&(.., other)) = taken.iter().find(|(from, to, other)| clamped < *to && clamped + length > *from && (base - other).abs() < 16) {
            base = other + 16;
        }
        taken.push((clamped, clamped + length, base));
        let (anchor, place) = match label.side {
            Side::Right if clamped == start => (Anchor::Start, clamped),
            Side::Left if clamped == start => (Anchor::End, clamped + length),
            _ => (Anchor::Middle, clamped + length / 2),
        };
        pen.label(&series.name, (place * UNIT, base * UNIT), LABEL, colour(series.ink), anchor)?;
    }
    Ok(())
}
