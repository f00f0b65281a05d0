//! Small images in lines, each line under its name or after it: shades of one ink on the page's own colour.

use super::colour::Colour;
use super::form::{Anchor, UNIT};
use super::panels::runs;
use super::words::{LABEL, text_width};
use super::{DrawError, Line, Pen, Pictures};

/// Shades between none and all ink.
const SHADES: usize = 8;
/// Between two images, and below a line.
const GAP: i32 = 6;
/// Above a line whose name stands over it.
const HEAD: i32 = 22;
/// The side of an image at the most.
const SIDE: i32 = 64;

/// Draws the lines; returns the height.
pub(super) fn draw(pictures: &Pictures, out: &mut String, width: i32) -> Result<i32, DrawError> {
    let across = checked(pictures)?;
    let names = pictures.lines.iter().map(|line| text_width(&line.name, LABEL)).max().unwrap_or(0) + 2 * GAP;
    // Names stand before the images where that leaves those half their size.
    let fitting = |left: i32| ((width - left + GAP) / across - GAP).clamp(1, SIDE);
    let beside = fitting(names) >= SIDE / 2;
    let (left, head) = if beside { (names, 0) } else { (0, HEAD) };
    let side = fitting(left);
    let step = head + side + GAP;
    let height = step * i32::try_from(pictures.lines.len()).unwrap_or(i32::MAX / step);
    let pen = Pen::new(out, width, height);
    for (line, y) in pictures.lines.iter().zip((0..).step_by(step.unsigned_abs() as usize)) {
        let baseline = if beside { y + side / 2 + 4 } else { y + 16 };
        pen.text(&line.name, (0, baseline), LABEL, Colour::FOREGROUND, Anchor::Start)?;
        for (image, x) in line.images.iter().zip((left..).step_by((side + GAP).unsigned_abs() as usize)) {
            self::image(&pen, image, pictures.full, (x * UNIT, (y + head) * UNIT), side * UNIT)?;
        }
    }
    Ok(height)
}

/// How many images the longest line has; all must be of one size.
fn checked(pictures: &Pictures) -> Result<i32, DrawError> {
    let size = |image: &Vec<Vec<f64>>| (image.len(), image.first().map_or(0, Vec::len));
    let first = pictures.lines.first().and_then(|line| line.images.first()).map_or((0, 0), size);
    let even = |line: &Line| line.images.iter().all(|image| image.iter().all(|row| (image.len(), row.len()) == first));
    if let Some(ragged) = pictures.lines.iter().find(|line| !even(line)) {
        return Err(DrawError::Ragged(ragged.name.clone()));
    }
    let most = pictures.lines.iter().map(|line| line.images.len()).max().unwrap_or(0);
    if first.0 == 0 || first.1 == 0 || pictures.full <= 0.0 {
        return Err(DrawError::Empty("pictures".to_owned()));
    }
    Ok(i32::try_from(most).unwrap_or(i32::MAX))
}

/// An image in a frame, shade by shade, so that each shade is one path.
fn image(pen: &Pen<'_>, rows: &[Vec<f64>], full: f64, (left, top): (i32, i32), side: i32) -> Result<(), DrawError> {
    let longest = rows.len().max(rows.first().map_or(0, Vec::len));
    let cell = (side / i32::try_from(longest).unwrap_or(i32::MAX)).max(1);
    for shade in 1..=SHADES {
        let opacity = shade as f64 / SHADES as f64;
        let on = |value: &f64| shade_of(*value, full) == shade;
        for (row, y) in rows.iter().zip((top..).step_by(cell.unsigned_abs() as usize)) {
            for (start, length) in runs(row, on) {
                pen.fill((left + start * cell, y), (length * cell, cell), Colour::FOREGROUND, opacity)?;
            }
        }
    }
    let columns = i32::try_from(rows.first().map_or(0, Vec::len)).unwrap_or(0);
    pen.frame((left, top), (columns * cell, i32::try_from(rows.len()).unwrap_or(0) * cell))
}

/// The shade of a value, of eight; none for zero and less.
fn shade_of(value: f64, full: f64) -> usize {
    ((value / full).clamp(0.0, 1.0) * SHADES as f64).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::figure::{NARROW, WIDE};

    fn drawn(lines: Vec<Line>, width: i32) -> Result<(String, i32), DrawError> {
        let mut out = String::new();
        let height = draw(&Pictures::new(16.0, lines), &mut out, width)?;
        Ok((out, height))
    }

    fn line(name: &str, images: usize) -> Line {
        Line::new(name, vec![vec![vec![0.0, 16.0], vec![-3.0, 40.0]]; images])
    }

    #[test]
    fn names_stand_beside_on_a_page_and_above_on_a_phone() {
        let lines = || vec![line("as it is", 10), line("by the nearest", 10)];
        let (wide, low) = drawn(lines(), WIDE).expect("good images");
        let (narrow, high) = drawn(lines(), NARROW).expect("good images");
        assert!(wide.contains(">by the nearest<") && narrow.contains(">as it is<"));
        assert!(
            low < 2 * (SIDE + GAP)
                && high > 2 * HEAD
                && wide.contains("fill-opacity") == narrow.contains("fill-opacity")
        );
    }

    #[test]
    fn more_images_than_there_is_room_for_are_drawn_small() {
        assert!([100, 400].into_iter().all(|images| drawn(vec![line("many", images)], NARROW).is_ok()));
    }

    #[test]
    fn values_beyond_the_scale_are_all_ink_or_none() {
        let shades = [-3.0, 0.0, 0.9, 1.1, 8.0, 15.0, 16.0, 40.0].map(|value| shade_of(value, 16.0));
        assert_eq!(shades, [0, 0, 0, 1, 4, 8, 8, 8]);
    }

    #[test]
    fn what_cannot_be_drawn_is_named() {
        let mut ragged = line("b", 2);
        ragged.images[1][0].pop();
        assert_eq!(drawn(vec![line("a", 2), ragged], WIDE), Err(DrawError::Ragged("b".to_owned())));
        assert!(drawn(Vec::new(), WIDE).is_err() && drawn(vec![Line::new("c", Vec::new())], WIDE).is_err());
    }
}
