//! Groups of small matrices in lines: the same matrices of many things, to be compared at a glance.

use super::colour::Colour;
use super::form::Anchor;
use super::panels::{BAR, FOOT, check, colour_bar, panel};
use super::words::LABEL;
use super::{DrawError, Gallery, Pen};

/// The side of a matrix, a multiple of 18, and what lies between two of a group and between two groups.
const SIDE: i32 = 90;
const GAP: i32 = 14;
const BETWEEN: i32 = 48;
/// How many a group has room for.
const MOST: i32 = 3;
/// Above a group: its name; above a matrix: its symbol.
const NAME: i32 = 22;
const HEAD: i32 = 26;
const LINE: i32 = NAME + HEAD + SIDE + FOOT;

/// Draws the groups, so many in a line; returns the height.
pub(super) fn draw(gallery: &Gallery, out: &mut String, width: i32, columns: i32) -> Result<i32, DrawError> {
    if gallery.groups.is_empty() {
        return Err(DrawError::Empty("groups".to_owned()));
    }
    let lines = (i32::try_from(gallery.groups.len()).unwrap_or(i32::MAX / LINE) + columns - 1) / columns;
    let across = MOST * SIDE + (MOST - 1) * GAP;
    let left = (width - columns * across - (columns - 1) * BETWEEN) / 2;
    let height = lines * LINE + BAR;
    let pen = Pen::new(out, width, height);
    for (group, place) in gallery.groups.iter().zip(0..) {
        if group.panels.is_empty() || group.panels.len() > MOST.unsigned_abs() as usize {
            return Err(DrawError::Empty(format!("{}: one to {MOST} matrices", group.name)));
        }
        let (x, y) = (left + place % columns * (across + BETWEEN), place / columns * LINE);
        pen.text(&group.name, (x, y + 18), LABEL, Colour::MUTED, Anchor::Start)?;
        for (matrix, start) in group.panels.iter().zip((x..).step_by((SIDE + GAP).unsigned_abs() as usize)) {
            check(matrix)?;
            panel(&pen, matrix, (start, y + NAME), HEAD, SIDE)?;
        }
    }
    colour_bar(&pen, left, height - BAR, width)?;
    Ok(height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::figure::{Group, NARROW, Panel, WIDE};

    fn gallery() -> Gallery {
        let panel = |symbol: &str| Panel::new(symbol, vec![vec![1.0, -0.5], vec![0.25, 0.0]]);
        let group = |name: &str| Group::new(name, vec![panel("A"), panel("B")]);
        Gallery { groups: ["one", "two", "three"].map(group).to_vec() }
    }

    fn drawn(gallery: &Gallery, width: i32, columns: i32) -> Result<(String, i32), DrawError> {
        let mut out = String::new();
        let height = draw(gallery, &mut out, width, columns)?;
        Ok((out, height))
    }

    #[test]
    fn groups_stand_in_lines_and_every_matrix_is_drawn() {
        let (wide, low) = drawn(&gallery(), WIDE, 2).expect("good matrices");
        let (narrow, high) = drawn(&gallery(), NARROW, 1).expect("good matrices");
        assert_eq!((wide.matches(">A<").count(), narrow.matches(">three<").count()), (3, 1));
        assert_eq!((low, high), (2 * LINE + BAR, 3 * LINE + BAR));
    }

    #[test]
    fn what_cannot_be_drawn_is_named() {
        let mut many = gallery();
        many.groups[1].panels = vec![many.groups[0].panels[0].clone(); 4];
        assert_eq!(drawn(&many, WIDE, 2), Err(DrawError::Empty("two: one to 3 matrices".to_owned())));
        let mut ragged = gallery();
        ragged.groups[2].panels[1].rows[0].pop();
        assert_eq!(drawn(&ragged, WIDE, 2), Err(DrawError::Ragged("B".to_owned())));
        assert!(drawn(&Gallery { groups: Vec::new() }, WIDE, 2).is_err());
    }
}
