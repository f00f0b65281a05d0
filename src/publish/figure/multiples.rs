//! Small charts in rows and columns: what is compared along a row shares its meaning, along a column its axes.
//!
//! The same arrangement on a page and on a phone, where it is only smaller. A row is named above its charts, which are
//! taller where they show clouds of points.

use super::axis::{self, Mapped, widest_tick};
use super::colour::Colour;
use super::form::Anchor;
use super::key::{self, Entry};
use super::words::{LABEL, TICK, text_width};
use super::{DrawError, Multiples, Pen, Row, WIDE, series};

/// The name of a row, and its charts.
const NAME: i32 = 22;
const CHART: i32 = 66;
const CLOUD: i32 = 150;
/// Above the rows: the names of axis and columns; below: ticks and the axis' name.
const HEAD: i32 = 44;
const FOOT: i32 = 46;

/// Where the charts stand.
struct Layout {
    top: i32,
    ticks: i32,
    across: i32,
    gap: i32,
    chart: i32,
}

impl Layout {
    fn new(multiples: &Multiples, width: i32, top: i32) -> Self {
        let ticks = multiples.columns.iter().map(|column| widest_tick(&column.y)).max().unwrap_or(0) + 10;
        let (columns, gap) =
            (i32::try_from(multiples.columns.len()).unwrap_or(1).max(1), if width == WIDE { 22 } else { 10 });
        let clouds = multiples.series().any(|series| series.mark.is_some());
        let chart = if clouds { CLOUD } else { CHART };
        Self { top, ticks, across: (width - 12 - columns * ticks - (columns - 1) * gap) / columns, gap, chart }
    }

    /// The left and right end of a column's horizontal axis.
    fn column(&self, place: i32) -> (i32, i32) {
        let left = self.ticks + place * (self.ticks + self.across + self.gap);
        (left, left + self.across)
    }

    /// The top and bottom of a row's charts.
    fn row(&self, place: i32) -> (i32, i32) {
        let top = self.top + HEAD + place * (NAME + self.chart) + NAME;
        (top, top + self.chart - 8)
    }
}

/// Draws the charts; returns the height.
pub(super) fn draw(multiples: &Multiples, out: &mut String, width: i32) -> Result<i32, DrawError> {
    check(multiples)?;
    let keyed = keyed(multiples);
    let layout = Layout::new(multiples, width, key::height(&keyed, width));
    let rows = i32::try_from(multiples.rows.len()).unwrap_or(1);
    let (_, bottom) = layout.row(rows - 1);
    let pen = Pen::new(out, width, bottom + FOOT);
    key::draw(&pen, &keyed, width)?;
    if let Some(first) = multiples.columns.first() {
        pen.text(&first.y.name, (4, layout.top + 14), TICK, Colour::MUTED, Anchor::Start)?;
    }
    // A name that is wider than a chart is written once for all.
    let wide = text_width(&multiples.x.name, TICK) > layout.across + layout.gap;
    for (column, place) in multiples.columns.iter().zip(0..) {
        let (left, right) = layout.column(place);
        pen.bold(&column.name, (left, layout.top + 38), LABEL)?;
        let x = Mapped::new(&multiples.x, left, right)?;
        axis::ruler(&pen, &multiples.x, &x, bottom + 6)?;
        if !wide {
            pen.text(&multiples.x.name, ((left + right) / 2, bottom + 42), TICK, Colour::MUTED, Anchor::Middle)?;
        }
    }
    if wide {
        pen.text(&multiples.x.name, (width / 2, bottom + 42), TICK, Colour::MUTED, Anchor::Middle)?;
    }
    for (row, place) in multiples.rows.iter().zip(0..) {
        draw_row(&pen, multiples, row, &layout, place)?;
    }
    Ok(bottom + FOOT)
}

fn check(multiples: &Multiples) -> Result<(), DrawError> {
    if multiples.rows.is_empty() || multiples.columns.is_empty() {
        return Err(DrawError::Empty("rows or columns".to_owned()));
    }
    for row in &multiples.rows {
        if row.cells.len() != multiples.columns.len() {
            return Err(DrawError::Ragged(row.name.clone()));
        }
        row.cells.iter().flat_map(|cell| &cell.series).try_for_each(series::check)?;
    }
    Ok(())
}

/// The series that the key names.
fn keyed(multiples: &Multiples) -> Vec<Entry<'_>> {
    key::unique(multiples.series().map(|series| Entry::new(&series.name, &series.ink, series.mark, series.stroke)))
}

fn draw_row(pen: &Pen<'_>, multiples: &Multiples, row: &Row, layout: &Layout, place: i32) -> Result<(), DrawError> {
    let (top, bottom) = layout.row(place);
    pen.text(&row.name, (layout.ticks, top - 6), TICK, Colour::MUTED, Anchor::Start)?;
    for ((column, cell), place) in multiples.columns.iter().zip(&row.cells).zip(0..) {
        let (left, right) = layout.column(place);
        let (x, y) = (Mapped::new(&multiples.x, left, right)?, Mapped::new(&column.y, bottom, top)?);
        axis::upright(pen, &column.y, &y, left, 3)?;
        cell.series.iter().try_for_each(|series| series::draw(pen, series, &x, &y))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::figure::{Axis, Cell, Column, NARROW, Series, Stroke};

    fn multiples() -> Multiples {
        let series = |name: &str| Series::curve(name, [0.0, 1.0], [0.5, 1.5]);
        let cell = Cell { series: vec![series("seen").stroke(Stroke::Dashed), series("new")] };
        let column = |name: &str| Column::new(name, Axis::linear("size", &[0.0, 2.0]));
        let row = |name: &str| Row::new(name, vec![cell.clone(), cell.clone()]);
        let x = Axis::linear("size", &[0.0, 1.0]);
        Multiples {
            x,
            columns: ["left", "right"].map(column).to_vec(),
            rows: ["one", "two", "three"].map(row).to_vec(),
        }
    }

    fn drawn(multiples: &Multiples, width: i32) -> Result<String, DrawError> {
        let mut out = String::new();
        draw(multiples, &mut out, width).map(|_| out)
    }

    #[test]
    fn every_chart_is_drawn_and_every_name_written_once() {
        for width in [WIDE, NARROW] {
            let out = drawn(&multiples(), width).expect("every point lies on its axes");
            for name in ["left", "right", "one", "two", "three", "seen", "new"] {
                assert_eq!(out.matches(&format!(">{name}<")).count(), 1, "{name}");
            }
            assert!(out.matches("stroke-dasharray").count() > 6, "six dashed curves and the key's sample");
        }
    }

    #[test]
    fn what_cannot_be_drawn_is_named() {
        let mut missing = multiples();
        missing.rows[1].cells.pop();
        assert_eq!(drawn(&missing, WIDE), Err(DrawError::Ragged("two".to_owned())));
        let mut outside = multiples();
        outside.rows[2].cells[1].series[1].y[0] = 3.0;
        assert_eq!(drawn(&outside, WIDE), Err(DrawError::Outside("new".to_owned())));
        let mut ragged = multiples();
        ragged.rows[0].cells[0].series[0].x.pop();
        assert_eq!(drawn(&ragged, NARROW), Err(DrawError::Ragged("seen".to_owned())));
    }
}
