//! Where the names of series stand: beside their data, off the curves, the marks and each other.
//!
//! Every label has a wish, a point and a side. Around that point and, at a price, around the other points of its series
//! it tries every side and a few shifts up and down, and takes the cheapest place: what it covers, how far it lies from
//! the wish, how much of it leaves the drawing. Labels are placed in the order of the series, one after another; ties
//! go to the first place tried, so the result is the same everywhere.
//!
//! What it renounces: leaders, and moving a label that stands already.

use super::form::{Anchor, Type, UNIT};
use super::layout::Layout;
use super::words::{LABEL, text_width};
use super::{Chart, DrawError, Label, Pen, Series, Side, Stroke, series};

/// Ascent and descent of a label, with a little air.
const ASCENT: i32 = 12;
const DESCENT: i32 = 5;
/// Between samples of a curve.
const SAMPLE: i32 = 4;

/// A place for a label: where its text begins, its baseline, how it is anchored, and what it costs to stand there.
#[derive(Clone, Copy)]
struct Place {
    start: i32,
    base: i32,
    anchor: Anchor,
    cost: i32,
}

/// What labels keep off.
struct Field<'a> {
    layout: &'a Layout,
    /// Samples of curves and centres of marks, with what it costs to cover one.
    dots: Vec<(i32, i32, i32)>,
    /// Labels that stand: start, end, baseline.
    taken: Vec<(i32, i32, i32)>,
}

/// Writes the labels of a chart.
pub(super) fn draw(pen: &Pen<'_>, chart: &Chart, layout: &Layout) -> Result<(), DrawError> {
    let mut field = Field { layout, dots: Vec::new(), taken: Vec::new() };
    for series in &chart.series {
        field.add(series, &units(series, layout)?);
    }
    for series in &chart.series {
        let Some(label) = series.label else { continue };
        let points = units(series, layout)?;
        let length = text_width(&series.name, LABEL);
        let places = places(label, &points, length)
            .into_iter()
            .map(|place| Place { cost: place.cost + field.cost(place, length), ..place });
        let Some(place) = places.min_by_key(|place| place.cost) else {
            return Err(DrawError::Empty(series.name.clone()));
        };
        field.taken.push((place.start, place.start + length, place.base));
        let x = match place.anchor {
            Anchor::Start => place.start,
            Anchor::Middle => place.start + length / 2,
            Anchor::End => place.start + length,
        };
        let set = Type { size: LABEL, colour: (&series.ink).into(), anchor: place.anchor, bold: false, halo: true };
        pen.words(&series.name, (x, place.base), set)?;
    }
    Ok(())
}

fn units(series: &Series, layout: &Layout) -> Result<Vec<(i32, i32)>, DrawError> {
    Ok(series::points(series, &layout.x, &layout.y)?.into_iter().map(|(x, y)| (x / UNIT, y / UNIT)).collect())
}

/// All places that a label may take, the wish first; none where it wishes for a point that does not exist.
fn places(label: Label, points: &[(i32, i32)], length: i32) -> Vec<Place> {
    const SHIFTS: [i32; 13] = [0, -8, 8, -16, 16, -24, 24, -32, 32, -44, 44, -56, 56];
    let Some(&(wish, _)) = points.get(label.at) else { return Vec::new() };
    let mut places = Vec::new();
    for (index, &(x, y)) in points.iter().enumerate() {
        let far = if index == label.at { 0 } else { 6 + (x - wish).abs() / 8 };
        let mut add = |side: Side, extra: i32, start: i32, base: i32, anchor: Anchor| {
            let cost = far + extra + if side == label.side { 0 } else { 8 };
            places.push(Place { start, base, anchor, cost });
        };
        for shift in SHIFTS {
            // So far away goes only what would lie on a mark.
            let price = if shift.abs() > 32 { 3 * shift.abs() } else { shift.abs() / 2 };
            add(Side::Right, price, x + 12, y + 5 + shift, Anchor::Start);
            add(Side::Left, price, x - 12 - length, y + 5 + shift, Anchor::End);
        }
        for (side, base) in [(Side::Above, y - 12), (Side::Below, y + 22)] {
            add(side, 0, x - length / 2, base, Anchor::Middle);
            add(side, 2, x + 6 - length, base, Anchor::End);
            add(side, 2, x - 6, base, Anchor::Start);
        }
    }
    places
}

impl Field<'_> {
    /// Samples of the series' curve and its marks.
    fn add(&mut self, series: &Series, points: &[(i32, i32)]) {
        const CURVE: i32 = 3;
        const MARK: i32 = 8;
        const CENTRE: i32 = 300;
        if series.mark.is_some() {
            // A label may touch the rim of a mark where there is no better place, and not lie on it.
            let around = |&(x, y): &(i32, i32)| {
                [(x - 4, y, MARK / 2), (x + 4, y, MARK / 2), (x, y - 4, MARK / 2), (x, y + 4, MARK / 2), (x, y, CENTRE)]
            };
            self.dots.extend(points.iter().flat_map(around));
        }
        if series.stroke == Stroke::None {
            return;
        }
        for (&(x, y), &(to_x, to_y)) in points.iter().zip(points.iter().skip(1)) {
            let steps = ((to_x - x).abs().max((to_y - y).abs()) / SAMPLE).max(1);
            self.dots
                .extend((0..=steps).map(|step| (x + (to_x - x) * step / steps, y + (to_y - y) * step / steps, CURVE)));
        }
    }

    /// What a label of this length covers there, and how much of it leaves the drawing.
    fn cost(&self, Place { start, base, .. }: Place, length: i32) -> i32 {
        const OUTSIDE: i32 = 40;
        const OVERLAP: i32 = 1000;
        let (left, right, top, bottom) = (start - 2, start + length + 2, base - ASCENT, base + DESCENT);
        let outside = [
            self.layout.side + 4 - left,
            right + 2 - self.layout.width,
            self.layout.ceiling - top,
            bottom - self.layout.base,
        ]
        .into_iter()
        .map(|beyond| beyond.max(0))
        .sum::<i32>();
        let covered = self
            .dots
            .iter()
            .filter(|(x, y, _)| (left..=right).contains(x) && (top..=bottom).contains(y))
            .map(|(.., cost)| cost)
            .sum::<i32>();
        let overlaps = self
            .taken
            .iter()
            .filter(|(from, to, other)| left < *to && right > *from && (base - other).abs() < ASCENT + DESCENT - 1)
            .count();
        OUTSIDE * outside + covered + OVERLAP * i32::try_from(overlaps).unwrap_or(i32::MAX / OVERLAP)
    }
}
