//! Where everything of a chart stands.

use super::axis::{Mapped, widest_tick};
use super::form::UNIT;
use super::pen::LEADING;
use super::words::{LABEL, lines, text_width};
use super::{Chart, DrawError, NARROW, Side, WIDE};

const TOP: i32 = 46;
const BOTTOM: i32 = 54;
/// What a tall chart has more.
const TALLER: i32 = 88;
/// Between the data and the axes.
const INSET: i32 = 12;

/// The places of a chart's parts, in units.
pub(super) struct Layout {
    /// The size of the drawing.
    pub(super) width: i32,
    pub(super) height: i32,
    /// The vertical axis' abscissa and the horizontal one's ordinate.
    pub(super) side: i32,
    pub(super) base: i32,
    /// The name of the vertical axis ends above this ordinate.
    pub(super) ceiling: i32,
    pub(super) x: Mapped,
    pub(super) y: Mapped,
    pub(super) x_name: Vec<String>,
    pub(super) y_name: Vec<String>,
}

impl Layout {
    pub(super) fn new(chart: &Chart, width: i32) -> Result<Self, DrawError> {
        let left = widest_tick(&chart.y) + 14 + INSET;
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
        let room = width - 20 - text_width(&series.name, LABEL) - left;
        if place > 0 {
            right = right.min(left + room * UNSCALED / place);
        }
    }
    Ok(right.max(left + width / 3))
}
