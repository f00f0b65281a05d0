//! Marks in named rows, over one or more panes with an axis each: what is compared stands under one another.
//!
//! On a page up to three panes stand side by side and share the names of the rows; on a phone they stand under one
//! another, each with its own. The first line is the key: every series' mark beside its name.

use super::axis::{self, Mapped, tick_width};
use super::colour::{Colour, Line};
use super::form::{Anchor, UNIT};
use super::key::{self, Entry};
use super::pen::LEADING;
use super::words::{LABEL, TICK, lines, text_width};
use super::{Axis, Dots, DrawError, Pane, Pen, Stroke, WIDE};

/// From row to row.
const ROW: i32 = 25;
/// Above the rows of a pane: its name and that of its reference; below: ticks and the axis' name.
const HEAD: i32 = 44;
const FOOT: i32 = 26;
const GAP: i32 = 30;
/// Between one line of panes and the next.
const AIR: i32 = 14;

/// Where the panes stand.
struct Layout {
    width: i32,
    names: i32,
    columns: i32,
    gap: i32,
    across: i32,
    rows: i32,
    foot: i32,
    key: i32,
}

impl Layout {
    fn new(dots: &Dots, width: i32) -> Self {
        let names = dots.rows.iter().map(|name| text_width(name, LABEL)).max().unwrap_or(0) + 20;
        let columns = if width == WIDE { i32::try_from(dots.panes.len()).unwrap_or(1).clamp(1, 3) } else { 1 };
        let gap = gap(dots, columns);
        let across = (width - names - edge(dots, columns) - (columns - 1) * gap) / columns;
        let rows = i32::try_from(dots.rows.len()).unwrap_or(0);
        let deepest = dots.panes.iter().map(|pane| lines(&pane.axis.name, across + GAP - 8).len()).max().unwrap_or(1);
        let foot = FOOT + LEADING * i32::try_from(deepest).unwrap_or(1);
        Self { width, names, columns, gap, across, rows, foot, key: key::height(&keyed(dots), width) }
    }

    fn height(&self) -> i32 {
        HEAD + self.rows * ROW + self.foot
    }

    /// The left end of a pane's axis and the top of the pane.
    fn corner(&self, place: i32) -> (i32, i32) {
        (
            self.names + place % self.columns * (self.across + self.gap),
            self.key + place / self.columns * (self.height() + AIR),
        )
    }

    fn baseline(&self, top: i32, row: usize) -> i32 {
        top + HEAD + ROW * i32::try_from(row).unwrap_or(0) + ROW / 2
    }
}

/// Half of what a tick's name takes.
fn half(axis: &Axis, tick: Option<&f64>) -> i32 {
    tick.map_or(0, |&tick| tick_width(axis, tick) / 2)
}

/// What lies right of the last pane of a line: more where its last tick has a long name.
fn edge(dots: &Dots, columns: i32) -> i32 {
    const LEAST: i32 = 16;
    let lines = dots.panes.chunks(usize::try_from(columns).unwrap_or(1));
    lines.filter_map(<[Pane]>::last).map(|pane| half(&pane.axis, pane.axis.ticks.last()) + 2).fold(LEAST, i32::max)
}

/// What lies between two panes: more where the last tick of one and the first of the next have long names.
fn gap(dots: &Dots, columns: i32) -> i32 {
    const AIR: i32 = 6;
    let between = |pair: &[Pane]| {
        half(&pair[0].axis, pair[0].axis.ticks.last()) + half(&pair[1].axis, pair[1].axis.ticks.first()) + AIR
    };
    let lines = dots.panes.chunks(usize::try_from(columns).unwrap_or(1));
    lines.flat_map(|line| line.windows(2)).map(between).fold(GAP, i32::max)
}

/// Draws the panes; returns the height.
pub(super) fn draw(dots: &Dots, out: &mut String, width: i32) -> Result<i32, DrawError> {
    check(dots)?;
    let layout = Layout::new(dots, width);
    let (_, last) = layout.corner(i32::try_from(dots.panes.len()).unwrap_or(1) - 1);
    let height = last + layout.height();
    let pen = Pen::new(out, width, height);
    key::draw(&pen, &keyed(dots), width)?;
    for (pane, place) in dots.panes.iter().zip(0..) {
        let (left, top) = layout.corner(place);
        if place % layout.columns == 0 {
            for (row, name) in dots.rows.iter().enumerate() {
                pen.text(name, (left - 14, layout.baseline(top, row) + 4), LABEL, Colour::FOREGROUND, Anchor::End)?;
            }
        }
        draw_pane(&pen, dots, pane, &layout, (left, top))?;
    }
    Ok(height)
}

fn check(dots: &Dots) -> Result<(), DrawError> {
    if dots.rows.is_empty() || dots.panes.is_empty() {
        return Err(DrawError::Empty("rows or panes".to_owned()));
    }
    for series in dots.panes.iter().flat_map(|pane| &pane.series) {
        if series.values.len() != dots.rows.len() {
            return Err(DrawError::Ragged(series.name.clone()));
        }
        if series.values.iter().all(Vec::is_empty) {
            return Err(DrawError::Empty(series.name.clone()));
        }
    }
    Ok(())
}

/// The series that the key names.
fn keyed(dots: &Dots) -> Vec<Entry<'_>> {
    let all = dots.panes.iter().flat_map(|pane| &pane.series);
    key::unique(all.map(|series| Entry::new(&series.name, &series.ink, Some(series.mark), Stroke::None)))
}

fn draw_pane(
    pen: &Pen<'_>,
    dots: &Dots,
    pane: &Pane,
    layout: &Layout,
    (left, top): (i32, i32),
) -> Result<(), DrawError> {
    let mapped = Mapped::new(&pane.axis, left, left + layout.across)?;
    let base = top + HEAD + ROW * layout.rows;
    pen.bold(&pane.name, (left, top + 16), LABEL)?;
    for row in 0..dots.rows.len() {
        let y = layout.baseline(top, row) * UNIT;
        pen.stroke(&[(left * UNIT, y), ((left + layout.across) * UNIT, y)], Colour::RULE, Line::Dotted, 8)?;
    }
    if let Some(reference) = &pane.reference {
        let x = mapped.place(reference.at).ok_or_else(|| DrawError::Outside(reference.name.clone()))?;
        pen.stroke(&[(x, (top + HEAD - 8) * UNIT), (x, base * UNIT)], Colour::FOREGROUND, Line::Solid, 10)?;
        let half = text_width(&reference.name, TICK) / 2;
        let middle = (x / UNIT).clamp((left + half).min(layout.width - half), layout.width - half - 2);
        pen.text(&reference.name, (middle, top + HEAD - 13), TICK, Colour::FOREGROUND, Anchor::Middle)?;
    }
    for series in &pane.series {
        for (row, values) in series.values.iter().enumerate() {
            for &value in values {
                let x = mapped.place(value).ok_or_else(|| DrawError::Outside(series.name.clone()))?;
                pen.mark((x, layout.baseline(top, row) * UNIT), series.mark, (&series.ink).into())?;
            }
        }
    }
    axis::ruler(pen, &pane.axis, &mapped, base)?;
    pen.lines(&lines(&pane.axis.name, layout.across + GAP - 8), (left + layout.across / 2, base + 36), Anchor::Middle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::figure::{Mark, NARROW, Reference, RowSeries};

    fn dots() -> Dots {
        let series = RowSeries::new("seen", Mark::Circle, vec![vec![0.5, 1.5], vec![]]);
        let pane = Pane::new("pane", Axis::linear("size", &[0.0, 1.0, 2.0]), vec![series]).reference("ridge", 1.0);
        Dots::new(["one", "two"], vec![pane.clone(), pane])
    }

    fn drawn(dots: &Dots, width: i32) -> Result<(String, i32), DrawError> {
        let mut out = String::new();
        let height = draw(dots, &mut out, width)?;
        Ok((out, height))
    }

    #[test]
    fn panes_stand_beside_each_other_on_a_page_and_below_each_other_on_a_phone() {
        let (wide, low) = drawn(&dots(), WIDE).expect("every mark lies on its axis");
        let (narrow, high) = drawn(&dots(), NARROW).expect("every mark lies on its axis");
        assert_eq!((wide.matches("<circle").count(), narrow.matches("<circle").count()), (4, 4));
        assert_eq!(
            (wide.matches(">one<").count(), narrow.matches(">one<").count()),
            (1, 2),
            "names are shared on a page"
        );
        assert!(high > low + 50, "{high} {low}");
    }

    #[test]
    fn what_cannot_be_drawn_is_named() {
        let mut short = dots();
        short.panes[1].series[0].values.pop();
        assert_eq!(drawn(&short, WIDE), Err(DrawError::Ragged("seen".to_owned())));
        let mut empty = dots();
        empty.panes[0].series[0].values = vec![vec![], vec![]];
        assert_eq!(drawn(&empty, WIDE), Err(DrawError::Empty("seen".to_owned())));
        let mut outside = dots();
        outside.panes[0].series[0].values[0][0] = 3.0;
        assert_eq!(drawn(&outside, WIDE), Err(DrawError::Outside("seen".to_owned())));
        let mut beyond = dots();
        beyond.panes[0].reference = Some(Reference { name: "ridge".to_owned(), at: -1.0 });
        assert_eq!(drawn(&beyond, WIDE), Err(DrawError::Outside("ridge".to_owned())));
        assert!(drawn(&Dots::new([""; 0], Vec::new()), WIDE).is_err());
    }
}
