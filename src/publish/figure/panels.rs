//! Matrices side by side: each over its own largest entry, in six square-root steps each side of zero.

use super::colour::Colour;
use super::form::{Anchor, UNIT};
use super::words::text_width;
use super::{DrawError, Panel, Panels, Pen};
use crate::publish::number::{self, Digits};

/// Steps of |entry|/max: equal steps of the square root.
const EDGES: [f64; 6] = [0.01, 0.06, 0.16, 0.31, 0.51, 0.76];
/// The side of a matrix, in units: a multiple of 36 and of 8. Cells are whole tenths, so others may come out a little
/// smaller.
const SIDE: i32 = 144;
const GAP: i32 = 24;
/// Above a matrix: its symbol and what it is; below: its largest entry.
const HEAD: i32 = 46;
pub(super) const FOOT: i32 = 34;
pub(super) const BAR: i32 = 26;

/// Draws the panels, so many in a row; returns the height.
pub(super) fn draw(panels: &Panels, out: &mut String, width: i32, columns: usize) -> Result<i32, DrawError> {
    panels.panels.iter().try_for_each(check)?;
    if panels.panels.is_empty() {
        return Err(DrawError::Empty("panels".to_owned()));
    }
    let rows = i32::try_from(panels.panels.len().div_ceil(columns)).unwrap_or(1);
    let height = rows * (HEAD + SIDE + FOOT) + BAR;
    let pen = Pen::new(out, width, height);
    let across = i32::try_from(columns).unwrap_or(1);
    let left = (width - across * SIDE - (across - 1) * GAP) / 2;
    for (place, matrix) in panels.panels.iter().enumerate() {
        let place = i32::try_from(place).unwrap_or(0);
        let corner = (left + place % across * (SIDE + GAP), place / across * (HEAD + SIDE + FOOT));
        pen.text(&matrix.words, (corner.0, corner.1 + 36), 12, Colour::MUTED, Anchor::Start)?;
        panel(&pen, matrix, corner, HEAD, SIDE)?;
    }
    colour_bar(&pen, left, height - BAR, width)?;
    Ok(height)
}

pub(super) fn check(panel: &Panel) -> Result<(), DrawError> {
    let (_, width) = panel.size();
    if width == 0 {
        return Err(DrawError::Empty(panel.symbol.clone()));
    }
    if panel.rows.iter().any(|row| row.len() != width) {
        return Err(DrawError::Ragged(panel.symbol.clone()));
    }
    Ok(())
}

/// Draws a matrix of this side below its symbol, and below it what its largest entry is.
pub(super) fn panel(pen: &Pen<'_>, panel: &Panel, (x, y): (i32, i32), head: i32, side: i32) -> Result<(), DrawError> {
    pen.bold(&panel.symbol, (x, y + 18), 14)?;
    let largest = panel.largest();
    let foot = matrix(pen, &panel.rows, largest, (x * UNIT, (y + head) * UNIT), side)?;
    let note = if panel.note.is_empty() { String::new() } else { format!(" · {}", panel.note) };
    pen.text(
        &format!("max {}{note}", number::unicode(largest, Digits::Short(2))),
        (x, foot + 17),
        12,
        Colour::MUTED,
        Anchor::Start,
    )
}

/// Draws the cells level by level, so that each level is one path; returns where the matrix ends, in units.
fn matrix(
    pen: &Pen<'_>,
    entries: &[Vec<f64>],
    largest: f64,
    (left, top): (i32, i32),
    side: i32,
) -> Result<i32, DrawError> {
    let rows = i32::try_from(entries.len()).unwrap_or(i32::MAX);
    let columns = i32::try_from(entries.first().map_or(0, Vec::len)).unwrap_or(i32::MAX);
    let cell = (side * UNIT / rows.max(columns).max(1)).max(1);
    for level in 1..=EDGES.len() {
        for colour in [Colour::NEGATIVE, Colour::POSITIVE] {
            for (row, y) in entries.iter().zip((top..).step_by(cell.unsigned_abs() as usize)) {
                let on =
                    |entry: &f64| (*entry > 0.0) == (colour == Colour::POSITIVE) && level_of(*entry, largest) == level;
                for (start, length) in runs(row, on) {
                    let x = left + start * cell;
                    pen.fill((x, y), (length * cell, cell), colour, opacity(level))?;
                }
            }
        }
    }
    pen.frame((left, top), (columns * cell, rows * cell))?;
    Ok((top + rows * cell) / UNIT)
}

/// How many edges an entry reaches.
fn level_of(entry: f64, largest: f64) -> usize {
    EDGES.iter().filter(|&&edge| largest > 0.0 && entry.abs() / largest >= edge).count()
}

/// Stretches of a row where something is so: start and length in cells.
pub(super) fn runs(row: &[f64], on: impl Fn(&f64) -> bool) -> Vec<(i32, i32)> {
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

fn opacity(level: usize) -> f64 {
    0.12 + 0.88 * (level as f64 - 1.0) / (EDGES.len() as f64 - 1.0)
}

/// The colour bar, from an abscissa and an ordinate on.
pub(super) fn colour_bar(pen: &Pen<'_>, left: i32, y: i32, width: i32) -> Result<(), DrawError> {
    const STEP: i32 = 12;
    let levels = i32::try_from(EDGES.len()).unwrap_or(0);
    let start = left + 40;
    pen.text("−max", (start - 8, y + 13), 12, Colour::MUTED, Anchor::End)?;
    for step in -levels..=levels {
        let x = (start + (step + levels) * STEP) * UNIT;
        if step != 0 {
            let colour = if step > 0 { Colour::POSITIVE } else { Colour::NEGATIVE };
            pen.fill((x, (y + 3) * UNIT), (STEP * UNIT, 12 * UNIT), colour, opacity(step.unsigned_abs() as usize))?;
        }
    }
    let end = start + (2 * levels + 1) * STEP;
    pen.frame((start * UNIT, (y + 3) * UNIT), ((end - start) * UNIT, 12 * UNIT))?;
    pen.text("0", ((start + end) / 2, y + 13), 12, Colour::MUTED, Anchor::Middle)?;
    let words = ["max of each panel, square-root steps", "max, √ steps"];
    let words = words.into_iter().find(|words| end + 12 + text_width(words, 12) <= width).unwrap_or("max");
    pen.text(words, (end + 8, y + 13), 12, Colour::MUTED, Anchor::Start)
}
