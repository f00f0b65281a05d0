//! Curves and marks over two axes, each a range frame that spans its ticks.

use plotters::coord::ranged1d::Ranged as _;
use plotters::coord::types::RangedCoordf64;

use super::svg::{Canvas, Colour, Line, UNIT};
use super::{Anchor, Axis, Chart, DrawError, Ink, NARROW, Pen, Scale, Series, Side, Stroke, WIDE, labels, text_width};
use crate::publish::number::{self, Digits};

const TOP: i32 = 46;
const BOTTOM: i32 = 54;
/// What a tall chart has more.
const TALLER: i32 = 88;
/// From one line of an axis' name to the next.
const LEADING: i32 = 16;
/// Between the data and the axes.
const INSET: i32 = 12;
pub(crate) const LABEL: i32 = 13;
pub(crate) const TICK: i32 = 12;

/// An axis as plotters sees it: logarithms taken first, by libm, so that every machine draws alike.
pub(super) struct Mapped {
    range: RangedCoordf64,
    scale: Scale,
    limits: (i32, i32),
}

impl Mapped {
    pub(super) fn new(axis: &Axis, from: i32, to: i32) -> Result<Self, DrawError> {
        let (Some(&low), Some(&high)) = (axis.ticks.first(), axis.ticks.last()) else { return Err(DrawError::Empty(axis.name.clone())) };
        if low >= high || (axis.scale == Scale::Log && low <= 0.0) {
            return Err(DrawError::Empty(axis.name.clone()));
        }
        Ok(Self { range: (value(axis.scale, low)..value(axis.scale, high)).into(), scale: axis.scale, limits: (from * UNIT, to * UNIT) })
    }

    /// The place of a number in tenths, or nothing outside the axis.
    pub(super) fn place(&self, number: f64) -> Option<i32> {
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

/// Where everything stands, in units.
pub(super) struct Layout {
    /// The size of the drawing.
    pub(super) width: i32,
    height: i32,
    /// The vertical axis' abscissa and the horizontal one's ordinate.
    pub(super) side: i32,
    pub(super) base: i32,
    /// The name of the vertical axis ends above this ordinate.
    pub(super) ceiling: i32,
    pub(super) x: Mapped,
    pub(super) y: Mapped,
    x_name: Vec<String>,
    y_name: Vec<String>,
}

impl Layout {
    fn new(chart: &Chart, width: i32) -> Result<Self, DrawError> {
        let widest = chart.y.ticks.iter().map(|&tick| text_width(&tick_name(tick, chart.y.scale), f64::from(TICK))).max().unwrap_or(0);
        let left = widest + 14 + INSET;
        let right = right_edge(chart, left, width)?;
        let middle = (left + right) / 2;
        let y_name = lines(&chart.y.name, width - 16);
        let x_name = lines(&chart.x.name, 2 * middle.min(width - middle) - 8);
        let below = |name: &[String]| LEADING * (i32::try_from(name.len()).unwrap_or(1) - 1);
        let top = TOP + below(&y_name);
        let base = if width == NARROW { 266 } else { 312 } + if chart.tall { TALLER } else { 0 } + below(&y_name);
        let height = base + BOTTOM + below(&x_name);
        let (x, y) = (Mapped::new(&chart.x, left, right)?, Mapped::new(&chart.y, base - INSET, top)?);
        Ok(Self { width, height, side: left - INSET, base, ceiling: top - TOP + 22, x, y, x_name, y_name })
    }
}

/// Words in lines no wider than so many units.
pub(crate) fn lines(words: &str, room: i32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split(' ') {
        match lines.last_mut() {
            Some(line) if text_width(&format!("{line} {word}"), f64::from(TICK)) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Draws the chart; returns its height.
pub(super) fn draw(chart: &Chart, out: &mut String, width: i32) -> Result<i32, DrawError> {
    check(chart)?;
    let layout = Layout::new(chart, width)?;
    let pen = Pen::new(Canvas::new(out, width, layout.height));
    vertical_axis(&pen, chart, &layout)?;
    horizontal_axis(&pen, chart, &layout)?;
    for series in &chart.series {
        curve(&pen, series, &layout)?;
    }
    labels::draw(&pen, chart, &layout)?;
    Ok(layout.height)
}

fn check(chart: &Chart) -> Result<(), DrawError> {
    if chart.series.is_empty() {
        return Err(DrawError::Empty("series".to_owned()));
    }
    chart.series.iter().try_for_each(check_series)
}

/// A series has points, and each has two coordinates.
pub(super) fn check_series(series: &Series) -> Result<(), DrawError> {
    if series.x.len() != series.y.len() {
        return Err(DrawError::Ragged(series.name.clone()));
    }
    if series.x.is_empty() { Err(DrawError::Empty(series.name.clone())) } else { Ok(()) }
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
        let Some(label) = series.label.filter(|label| label.side == Side::Right) else { continue };
        let place = series.x.get(label.at).and_then(|&x| unscaled.place(x)).unwrap_or(0) / UNIT;
        let room = width - 20 - text_width(&series.name, f64::from(LABEL)) - left;
        if place > 0 {
            right = right.min(left + room * UNSCALED / place);
        }
    }
    Ok(right.max(left + width / 3))
}

fn vertical_axis(pen: &Pen<'_>, chart: &Chart, layout: &Layout) -> Result<(), DrawError> {
    for (line, baseline) in layout.y_name.iter().zip((18..).step_by(LEADING.unsigned_abs() as usize)) {
        pen.text(line, (8, baseline), TICK, Colour::Muted, Anchor::Start)?;
    }
    let (side, y) = (layout.side * UNIT, &layout.y);
    pen.stroke(vec![(side, y.limits.0), (side, y.limits.1)], Colour::Muted, Line::Solid, 10)?;
    for &tick in &chart.y.ticks {
        let Some(at) = y.place(tick) else { continue };
        pen.stroke(vec![(side - 40, at), (side, at)], Colour::Muted, Line::Solid, 10)?;
        pen.text(&tick_name(tick, chart.y.scale), (layout.side - 8, at / UNIT + 4), TICK, Colour::Muted, Anchor::End)?;
    }
    Ok(())
}

/// A horizontal axis with its ticks, at an ordinate in tenths.
pub(super) fn ruler(pen: &Pen<'_>, axis: &Axis, mapped: &Mapped, base: i32) -> Result<(), DrawError> {
    pen.stroke(vec![(mapped.limits.0, base), (mapped.limits.1, base)], Colour::Muted, Line::Solid, 10)?;
    let mut free = i32::MIN;
    for &tick in &axis.ticks {
        let Some(at) = mapped.place(tick) else { continue };
        pen.stroke(vec![(at, base), (at, base + 40)], Colour::Muted, Line::Solid, 10)?;
        let name = tick_name(tick, axis.scale);
        let half = text_width(&name, f64::from(TICK)) / 2;
        // On a phone a tick may stay without its name.
        if at / UNIT - half >= free {
            pen.text(&name, (at / UNIT, base / UNIT + 18), TICK, Colour::Muted, Anchor::Middle)?;
            free = at / UNIT + half + 6;
        }
    }
    Ok(())
}

fn horizontal_axis(pen: &Pen<'_>, chart: &Chart, layout: &Layout) -> Result<(), DrawError> {
    let x = &layout.x;
    ruler(pen, &chart.x, x, layout.base * UNIT)?;
    let middle = (x.limits.0 + x.limits.1) / 2 / UNIT;
    let baselines = (layout.base + 38..).step_by(LEADING.unsigned_abs() as usize);
    layout.x_name.iter().zip(baselines).try_for_each(|(line, baseline)| pen.text(line, (middle, baseline), TICK, Colour::Muted, Anchor::Middle))
}

/// On a logarithmic axis powers of ten with superscripts, but for 0.1 to 1000; everything else short.
pub(super) fn tick_name(tick: f64, scale: Scale) -> String {
    let exponent = libm::log10(tick.abs());
    let whole = exponent.is_finite() && (exponent - exponent.round()).abs() < 1e-9;
    #[expect(clippy::cast_possible_truncation, reason = "exponents are small")]
    let exponent = exponent.round() as i32;
    let power = scale == Scale::Log && whole && !(-1..=3).contains(&exponent);
    if power { format!("10{}", number::superscript(exponent)) } else { number::unicode(tick, Digits::Short(4)) }
}

/// The points of a series in tenths.
pub(super) fn points(series: &Series, x: &Mapped, y: &Mapped) -> Result<Vec<(i32, i32)>, DrawError> {
    let place = |(&across, &up): (&f64, &f64)| Some((x.place(across)?, y.place(up)?));
    series.x.iter().zip(&series.y).map(place).collect::<Option<_>>().ok_or_else(|| DrawError::Outside(series.name.clone()))
}

/// A line through points, in tenths.
pub(super) fn through(pen: &Pen<'_>, points: Vec<(i32, i32)>, stroke: Stroke, colour: Colour) -> Result<(), DrawError> {
    match stroke {
        Stroke::None => Ok(()),
        Stroke::Solid => pen.stroke(points, colour, Line::Solid, 20),
        Stroke::Dashed => pen.stroke(points, colour, Line::Dashed, 20),
        Stroke::Dotted => pen.stroke(points, colour, Line::Dotted, 14),
    }
}

fn curve(pen: &Pen<'_>, series: &Series, layout: &Layout) -> Result<(), DrawError> {
    let points = points(series, &layout.x, &layout.y)?;
    let colour = colour(series.ink);
    through(pen, points.clone(), series.stroke, colour)?;
    series.mark.map_or(Ok(()), |mark| points.iter().try_for_each(|&point| pen.mark(point, mark, colour)))
}

/// The colour of an ink.
pub(super) fn colour(ink: Ink) -> Colour {
    match ink {
        Ink::Regression => Colour::Foreground,
        Ink::Linear => Colour::Linear,
        Ink::Softmax => Colour::Softmax,
        Ink::Accent => Colour::Accent,
        Ink::Muted => Colour::Muted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decades_are_powers_of_ten_on_logarithmic_axes_only() {
        assert_eq!([1e-4, 0.1, 1.0, 1000.0, 1e4].map(|tick| tick_name(tick, Scale::Log)), ["10⁻⁴", "0.1", "1", "1000", "10⁴"]);
        assert_eq!([-2.5, 0.0, 0.01, 10_000.0].map(|tick| tick_name(tick, Scale::Linear)), ["−2.5", "0", "0.01", "10000"]);
    }

    #[test]
    fn long_names_take_two_lines() {
        assert_eq!(lines("largest difference, spectral norm", 140), ["largest difference,", "spectral norm"]);
        assert_eq!(lines("", 120), [""]);
    }
}
