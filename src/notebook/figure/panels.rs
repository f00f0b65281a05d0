//! Matrices side by side: each over its own largest entry, in six square-root steps each side of zero.

use super::svg::{Canvas, Colour};
use super::{Anchor, DrawError, Panel, Panels, Pen};
use crate::notebook::number::{self, Digits};

/// Steps of |entry|/max: equal steps of the square root.
const EDGES: [f64; 6] = [0.01, 0.06, 0.16, 0.31, 0.51, 0.76];
/// The side of a matrix, in units; cells are whole units, so it may come out smaller.
const SIDE: i32 = 146;
const GAP: i32 = 22;
/// Above a matrix: its symbol and what it is; below: its largest entry.
const HEAD: i32 = 46;
const FOOT: i32 = 34;
const BAR: i32 = 26;

/// Draws the panels, so many in a row; returns the height.
pub(super) fn draw(panels: &Panels, out: &mut String, width: i32, columns: usize) -> Result<i32, DrawError> {
    if let Some(panel) = panels.panels.iter().find(|panel| panel.rows.first().is_none_or(Vec::is_empty)) {
        return Err(DrawError::Empty(panel.symbol.clone()));
    }
    let rows = i32::try_from(panels.panels.len().div_ceil(columns)).unwrap_or(1);
    let height = rows * (HEAD + SIDE + FOOT) + BAR;
    let pen = Pen::new(Canvas::new(out, width, height));
    let across = i32::try_from(columns).unwrap_or(1);
    let left = (width - across * SIDE - (across - 1) * GAP) / 2;
    for (place, matrix) in panels.panels.iter().enumerate() {
        let place = i32::try_from(place).unwrap_or(0);
        panel(&pen, matrix, left + place % across * (SIDE + GAP), place / across * (HEAD + SIDE + FOOT))?;
    }
    colour_bar(&pen, left, height - BAR)?;
    Ok(height)
}

fn panel(pen: &Pen<'_>, panel: &Panel, x: i32, y: i32) -> Result<(), DrawError> {
    pen.bold(&panel.symbol, (x, y + 18), 14)?;
    pen.text(&panel.words, (x, y + 36), 12, Colour::Muted, Anchor::Start)?;
    let (rows, columns) = (panel.rows.len(), panel.rows[0].len());
    let cell = SIDE / i32::try_from(rows.max(columns)).unwrap_or(SIDE).max(1);
    let cell = cell.max(1);
    let largest = panel.rows.iter().flatten().fold(0.0, |largest: f64, entry| largest.max(entry.abs()));
    let top = y + HEAD;
    for level in 1..=EDGES.len() {
        for colour in [Colour::Linear, Colour::Softmax] {
            for (i, row) in panel.rows.iter().enumerate() {
                for (start, length) in runs(row, largest, level, colour == Colour::Softmax) {
                    let corner = (x + start * cell, top + i32::try_from(i).unwrap_or(0) * cell);
                    pen.fill(corner, (corner.0 + length * cell, corner.1 + cell), colour, opacity(level))?;
                }
            }
        }
    }
    let (width, height) = (i32::try_from(columns).unwrap_or(1) * cell, i32::try_from(rows).unwrap_or(1) * cell);
    pen.frame((x, top), (x + width, top + height))?;
    let note = if panel.note.is_empty() { String::new() } else { format!(" · {}", panel.note) };
    pen.text(&format!("max {}{note}", number::unicode(largest, Digits::Short(2))), (x, top + height + 17), 12, Colour::Muted, Anchor::Start)
}

/// Stretches of a row on one level and side of zero: start and length in cells.
fn runs(row: &[f64], largest: f64, level: usize, positive: bool) -> Vec<(i32, i32)> {
    let on = |entry: &f64| largest > 0.0 && (*entry > 0.0) == positive && EDGES.iter().filter(|&&edge| entry.abs() / largest >= edge).count() == level;
    let mut runs: Vec<(i32, i32)> = Vec::new();
    for place in (0..row.len()).filter(|&place| on(&row[place])) {
        let place = i32::try_from(place).unwrap_or(0);
        match runs.last_mut() {
            Some((start, length)) if *start + *length == place => *length += 1,
            _ => runs.push((place, 1)),
        }
    }
    runs
}

#[expect(clippy::cast_precision_loss, reason = "six levels")]
fn opacity(level: usize) -> f64 {
    0.12 + 0.88 * (level as f64 - 1.0) / (EDGES.len() as f64 - 1.0)
}

fn colour_bar(pen: &Pen<'_>, left: i32, y: i32) -> Result<(), DrawError> {
    const STEP: i32 = 12;
    let levels = i32::try_from(EDGES.len()).unwrap_or(0);
    let start = left + 44;
    pen.text("−max", (start - 8, y + 13), 12, Colour::Muted, Anchor::End)?;
    for step in -levels..=levels {
        let corner = (start + (step + levels) * STEP, y + 3);
        if step != 0 {
            let colour = if step > 0 { Colour::Softmax } else { Colour::Linear };
            pen.fill(corner, (corner.0 + STEP, corner.1 + 12), colour, opacity(step.unsigned_abs() as usize))?;
        }
    }
    let end = start + (2 * levels + 1) * STEP;
    pen.frame((start, y + 3), (end, y + 15))?;
    pen.text("+max of each panel", (end + 8, y + 13), 12, Colour::Muted, Anchor::Start)
}
