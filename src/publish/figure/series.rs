//! A series over two axes: its points in the drawing, its curve and its marks.

use super::axis::Mapped;
use super::form::Tenths;
use super::{DrawError, Pen, Series};

/// Whether it has points, and each of them two coordinates.
pub(super) fn check(series: &Series) -> Result<(), DrawError> {
    if series.x.len() != series.y.len() {
        return Err(DrawError::Ragged(series.name.clone()));
    }
    if series.x.is_empty() { Err(DrawError::Empty(series.name.clone())) } else { Ok(()) }
}

/// Its points in tenths.
pub(super) fn points(series: &Series, x: &Mapped, y: &Mapped) -> Result<Vec<Tenths>, DrawError> {
    let place = |(&across, &up): (&f64, &f64)| Some((x.place(across)?, y.place(up)?));
    series
        .x
        .iter()
        .zip(&series.y)
        .map(place)
        .collect::<Option<_>>()
        .ok_or_else(|| DrawError::Outside(series.name.clone()))
}

/// Draws its curve, and its marks over that.
pub(super) fn draw(pen: &Pen<'_>, series: &Series, x: &Mapped, y: &Mapped) -> Result<(), DrawError> {
    let points = points(series, x, y)?;
    pen.curve(&points, series.stroke, (&series.ink).into())?;
    series.mark.map_or(Ok(()), |mark| points.iter().try_for_each(|&point| pen.mark(point, mark, (&series.ink).into())))
}
