//! A figure in words and numbers, for those who cannot see it and those who want to check it.

mod numbers;

use super::{Axis, Cell, Chart, Column, Figure, Gallery, Group, Line, Multiples, Pane, Panel, Pictures, Plot};
use super::{Reference, Row, RowSeries, Scale, Series, Stroke, words};
use crate::publish::number::{self, Digits};

pub(crate) use numbers::table;

/// Up to so many points a series is told in full.
const FULL: usize = 8;

fn short(value: f64) -> String {
    number::unicode(value, Digits::Short(4))
}

/// A name without the underscores that lower its characters.
fn plain(name: &str) -> String {
    words::lowered(name).into_iter().map(|(part, _)| part).collect()
}

/// What is said of each item, one after the other.
fn joined<T>(items: impl IntoIterator<Item = T>, say: impl FnMut(T) -> String, between: &str) -> String {
    items.into_iter().map(say).collect::<Vec<_>>().join(between)
}

/// One paragraph: axes and series with their numbers, or matrices with theirs.
pub(crate) fn describe(figure: &Figure) -> String {
    match &figure.plot {
        Plot::Chart(chart) => of_chart(chart),
        Plot::Dots(dots) => joined(&dots.panes, |pane| of_pane(pane, &dots.rows), " "),
        Plot::Multiples(multiples) => of_multiples(multiples),
        Plot::Panels(panels) => {
            let matrices = joined(&panels.panels, of_panel, " ");
            format!("Matrices side by side, each over its own largest entry: {matrices}")
        }
        Plot::Gallery(gallery) => of_gallery(gallery),
        Plot::Pictures(pictures) => of_pictures(pictures),
    }
}

fn of_chart(chart: &Chart) -> String {
    format!(
        "Horizontal: {}. Vertical: {}. {}",
        of_axis(&chart.x),
        of_axis(&chart.y),
        joined(&chart.series, of_series, " ")
    )
}

fn of_axis(axis: &Axis) -> String {
    let end = |tick: Option<&f64>| tick.copied().map_or(String::new(), short);
    let range = format!("{} to {}", end(axis.ticks.first()), end(axis.ticks.last()));
    let scale = if axis.scale == Scale::Log { "logarithmic" } else { "" };
    [plain(&axis.name).as_str(), scale, &range]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

fn of_series(series: &Series) -> String {
    let name = plain(&series.name);
    let pair = |place: usize| format!("{} at {}", short(series.y[place]), short(series.x[place]));
    let points = series.x.len().min(series.y.len());
    if points <= FULL {
        return format!("{name}: {}.", joined(0..points, pair, ", "));
    }
    let highest = |sign: f64| (0..points).max_by(|&a, &b| (sign * series.y[a]).total_cmp(&(sign * series.y[b])));
    let extreme = |sign: f64| highest(sign).map_or(String::new(), pair);
    let (first, last) = (pair(0), pair(points - 1));
    format!("{name}: {points} points, from {first} to {last}, lowest {}, highest {}.", extreme(-1.0), extreme(1.0))
}

fn of_pane(pane: &Pane, rows: &[String]) -> String {
    let told = |reference: &Reference| format!(" {} at {}.", plain(&reference.name), short(reference.at));
    let reference = pane.reference.as_ref().map_or(String::new(), told);
    let series = |series: &RowSeries| {
        let mark = |(values, row): (&Vec<f64>, &String)| Some(format!("{} {}", plain(row), spread(values)?));
        let marks = series.values.iter().zip(rows).filter_map(mark);
        format!(" {}: {}.", plain(&series.name), joined(marks, |mark| mark, "; "))
    };
    format!("{}. {}.{reference}{}", plain(&pane.name), of_axis(&pane.axis), joined(&pane.series, series, ""))
}

/// One number, or the range of several.
fn spread(values: &[f64]) -> Option<String> {
    let lowest = values.iter().copied().min_by(f64::total_cmp)?;
    let highest = values.iter().copied().max_by(f64::total_cmp)?;
    let (low, high) = (short(lowest), short(highest));
    Some(if low == high { low } else { format!("{low} to {high}") })
}

/// The axes, and where every curve ends.
fn of_multiples(multiples: &Multiples) -> String {
    let columns = joined(&multiples.columns, |column| format!("{}: {}", plain(&column.name), of_axis(&column.y)), "; ");
    let end = |(row, column, cell): (&Row, &Column, &Cell)| {
        let series = joined(&cell.series, |series| format!("{} {}", plain(&series.name), last(series)), "; ");
        format!("{}, {}, at the end: {series}.", plain(&row.name), plain(&column.name))
    };
    let ends = joined(multiples.charts(), end, " ");
    format!("Small charts. Horizontal: {}. Vertical: {columns}. {ends}", of_axis(&multiples.x))
}

/// Where a curve ends; of a cloud of points how many there are and how far they reach.
fn last(series: &Series) -> String {
    match spread(&series.y) {
        Some(spread) if series.stroke == Stroke::None => format!("{} points from {spread}", series.y.len()),
        _ => series.y.last().copied().map_or(String::new(), short),
    }
}

fn of_gallery(gallery: &Gallery) -> String {
    let group = |group: &Group| format!("{}: {}", plain(&group.name), joined(&group.panels, of_panel, " "));
    format!("Matrices in groups, each over its own largest entry. {}", joined(&gallery.groups, group, " "))
}

fn of_pictures(pictures: &Pictures) -> String {
    let line = |line: &Line| {
        let size = line.images.first().map_or((0, 0), |image| (image.len(), image.first().map_or(0, Vec::len)));
        format!("{}: {} images of {} by {}.", plain(&line.name), line.images.len(), size.0, size.1)
    };
    let lines = joined(&pictures.lines, line, " ");
    format!("Small images in lines, {} is all ink. {lines}", short(pictures.full))
}

fn of_panel(panel: &Panel) -> String {
    let words = if panel.words.is_empty() { String::new() } else { format!(" ({})", panel.words) };
    let note = if panel.note.is_empty() { String::new() } else { format!(", {}", panel.note) };
    let (rows, columns) = panel.size();
    format!("{}{words}, {rows} by {columns}, largest entry {}{note}.", plain(&panel.symbol), short(panel.largest()))
}
