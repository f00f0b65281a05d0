//! The key of a figure whose marks are too many to be labelled: each name once, after a sample of its mark or line.

use super::colour::Colour;
use super::form::{Anchor, UNIT};
use super::words::{LABEL, text_width};
use super::{DrawError, Ink, Mark, Pen, Stroke};

/// From line to line.
const LINE: i32 = 30;
/// Before the first entry, and from a sample to its name.
const INDENT: i32 = 16;
const SAMPLE: i32 = 12;

/// One name with its sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Entry<'a> {
    name: &'a str,
    colour: Colour<'a>,
    mark: Option<Mark>,
    stroke: Stroke,
}

impl<'a> Entry<'a> {
    pub(super) fn new(name: &'a str, ink: &'a Ink, mark: Option<Mark>, stroke: Stroke) -> Self {
        Self { name, colour: ink.into(), mark, stroke }
    }
}

/// Entries with each name once, the first stays.
pub(super) fn unique<'a>(entries: impl Iterator<Item = Entry<'a>>) -> Vec<Entry<'a>> {
    let mut found: Vec<Entry<'a>> = Vec::new();
    for entry in entries {
        if !found.iter().any(|other| other.name == entry.name) {
            found.push(entry);
        }
    }
    found
}

/// What the key takes above the figure; nothing where there is only one name.
pub(super) fn height(entries: &[Entry<'_>], width: i32) -> i32 {
    if entries.len() < 2 { 8 } else { LINE * i32::try_from(lines(entries, width).len()).unwrap_or(1) }
}

/// The entries in lines that fit, with their abscissae.
fn lines<'a, 'b>(entries: &'b [Entry<'a>], width: i32) -> Vec<Vec<(&'b Entry<'a>, i32)>> {
    let mut lines: Vec<Vec<(&Entry<'_>, i32)>> = vec![Vec::new()];
    let mut x = INDENT;
    for entry in entries {
        let length = text_width(entry.name, LABEL) + 40;
        if x > INDENT && x + length > width {
            lines.push(Vec::new());
            x = INDENT;
        }
        if let Some(line) = lines.last_mut() {
            line.push((entry, x));
        }
        x += length;
    }
    lines
}

/// Draws the key at the top of the figure.
pub(super) fn draw(pen: &Pen<'_>, entries: &[Entry<'_>], width: i32) -> Result<(), DrawError> {
    if entries.len() < 2 {
        return Ok(());
    }
    for (line, y) in lines(entries, width).iter().zip((18..).step_by(LINE.unsigned_abs() as usize)) {
        for &(entry, x) in line {
            let middle = (y - 4) * UNIT;
            pen.curve(&[((x - 10) * UNIT, middle), ((x + 8) * UNIT, middle)], entry.stroke, entry.colour)?;
            entry.mark.map_or(Ok(()), |mark| pen.mark((x * UNIT, middle), mark, entry.colour))?;
            pen.text(entry.name, (x + SAMPLE, y), LABEL, entry.colour, Anchor::Start)?;
        }
    }
    Ok(())
}
