//! Curves and marks over two axes, each a range frame that spans its ticks.

use super::form::Anchor;
use super::layout::Layout;
use super::{Chart, DrawError, Pen, axis, labels, series};

/// Draws the chart; returns its height.
pub(super) fn draw(chart: &Chart, out: &mut String, width: i32) -> Result<i32, DrawError> {
    if chart.series.is_empty() {
        return Err(DrawError::Empty("series".to_owned()));
    }
    chart.series.iter().try_for_each(series::check)?;
    let layout = Layout::new(chart, width)?;
    let pen = Pen::new(out, width, layout.height);
    pen.lines(&layout.y_name, (8, 18), Anchor::Start)?;
    axis::upright(&pen, &chart.y, &layout.y, layout.side, 4)?;
    axis::ruler(&pen, &chart.x, &layout.x, layout.base)?;
    pen.lines(&layout.x_name, (layout.x.middle(), layout.base + 38), Anchor::Middle)?;
    chart.series.iter().try_for_each(|series| series::draw(&pen, series, &layout.x, &layout.y))?;
    labels::draw(&pen, chart, &layout)?;
    Ok(layout.height)
}
