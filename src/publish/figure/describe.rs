//! A figure in words and numbers, for those who cannot see it and those who want to check it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Axis, Chart, Dots, Figure, Group, Multiples, Pane, Panel, Plot, RowSeries, Scale, Series, Stroke, escape};
use crate::publish::number::{self, Digits};

/// Up to so many points a series is told in full.
const FULL: usize = 8;
/// Up to so many rows a table is printed in full.
const ROWS: usize = 40;

fn short(value: f64) -> String {
    number::unicode(value, Digits::Short(4))
}

/// A name without the underscores that lower its characters.
fn plain(name: &str) -> String {
    super::lowered(name).into_iter().map(|(part, _)| part).collect()
}

/// A name in HTML, with its lowered characters.
fn lowered(name: &str) -> String {
    let part = |(part, low): (String, bool)| if low { format!("<sub>{}</sub>", escape(&part)) } else { escape(&part) };
    super::lowered(name).into_iter().map(part).collect()
}

/// One paragraph: axes and series with their numbers, or matrices with theirs.
pub fn describe(figure: &Figure) -> String {
    match &figure.plot {
        Plot::Chart(chart) => {
            let series: Vec<String> = chart.series.iter().map(of_series).collect();
            format!("Horizontal: {}. Vertical: {}. {}", of_axis(&chart.x), of_axis(&chart.y), series.join(" "))
        }
        Plot::Dots(dots) => dots.panes.iter().map(|pane| of_pane(pane, &dots.rows)).collect::<Vec<_>>().join(" "),
        Plot::Multiples(multiples) => {
            let columns: Vec<String> = multiples.columns.iter().map(|column| format!("{}: {}", plain(&column.name), of_axis(&column.y))).collect();
            format!("Small charts. Horizontal: {}. Vertical: {}. {}", of_axis(&multiples.x), columns.join("; "), ends(multiples))
        }
        Plot::Panels(panels) => format!("Matrices side by side, each over its own largest entry: {}", of_matrices(panels.panels.iter())),
        Plot::Gallery(gallery) => {
            let group = |group: &Group| format!("{}: {}", plain(&group.name), of_matrices(group.panels.iter()));
            format!("Matrices in groups, each over its own largest entry. {}", gallery.groups.iter().map(group).collect::<Vec<_>>().join(" "))
        }
    }
}

/// Where every curve ends, in words.
fn ends(multiples: &Multiples) -> String {
    let mut out = Vec::new();
    for row in &multiples.rows {
        for (cell, column) in row.cells.iter().zip(&multiples.columns) {
            let series: Vec<String> = cell.series.iter().map(|series| format!("{} {}", plain(&series.name), last(series))).collect();
            out.push(format!("{}, {}, at the end: {}.", plain(&row.name), plain(&column.name), series.join("; ")));
        }
    }
    out.join(" ")
}

/// Where a curve ends; of a cloud of points how many there are and how far they reach.
fn last(series: &Series) -> String {
    if series.stroke == Stroke::None {
        return format!("{} points from {}", series.y.len(), spread(&series.y).unwrap_or_default());
    }
    series.y.last().copied().map_or(String::new(), short)
}

fn of_pane(pane: &Pane, rows: &[String]) -> String {
    let reference = pane.reference.as_ref().map_or(String::new(), |reference| format!(" {} at {}.", plain(&reference.name), short(reference.at)));
    let series = |series: &RowSeries| {
        let marks = series.values.iter().zip(rows).filter_map(|(values, row)| Some(format!("{} {}", plain(row), spread(values)?)));
        format!(" {}: {}.", plain(&series.name), marks.collect::<Vec<_>>().join("; "))
    };
    format!("{}. {}.{reference}{}", plain(&pane.name), of_axis(&pane.axis), pane.series.iter().map(series).collect::<String>())
}

/// One number, or the range of several.
fn spread(values: &[f64]) -> Option<String> {
    let lowest = values.iter().copied().min_by(f64::total_cmp)?;
    let highest = values.iter().copied().max_by(f64::total_cmp)?;
    let (low, high) = (short(lowest), short(highest));
    Some(if low == high { low } else { format!("{low} to {high}") })
}

/// One row for each row and pane, one column for each series.
fn of_dots(dots: &Dots) -> String {
    let names = unique(dots.panes.iter().flat_map(|pane| &pane.series).map(|series| series.name.as_str()));
    let mut out = String::from("<table><thead><tr><th>measure</th><th>row</th>");
    names.iter().for_each(|name| {
        let _ = write!(out, "<th class=\"r\">{}</th>", lowered(name));
    });
    out.push_str("</tr></thead><tbody>\n");
    for pane in &dots.panes {
        for (place, row) in dots.rows.iter().enumerate() {
            let _ = write!(out, "<tr><td>{}</td><td>{}</td>", lowered(&pane.name), lowered(row));
            for name in &names {
                let values: Vec<f64> = pane.series.iter().filter(|series| series.name == *name).flat_map(|series| series.values[place].clone()).collect();
                let _ = write!(out, "<td class=\"r\">{}</td>", spread(&values).unwrap_or_default());
            }
            out.push_str("</tr>\n");
        }
    }
    out.push_str("</tbody></table>");
    out
}

fn of_axis(axis: &Axis) -> String {
    let end = |tick: Option<&f64>| tick.copied().map_or(String::new(), short);
    let range = format!("{} to {}", end(axis.ticks.first()), end(axis.ticks.last()));
    let scale = if axis.scale == Scale::Log { "logarithmic" } else { "" };
    [plain(&axis.name).as_str(), scale, &range].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn of_series(series: &Series) -> String {
    let pair = |place: usize| format!("{} at {}", short(series.y[place]), short(series.x[place]));
    let points = series.x.len().min(series.y.len());
    if points <= FULL {
        return format!("{}: {}.", plain(&series.name), (0..points).map(pair).collect::<Vec<_>>().join(", "));
    }
    let extreme = |sign: f64| (0..points).max_by(|&a, &b| (sign * series.y[a]).total_cmp(&(sign * series.y[b]))).map_or(String::new(), pair);
    format!("{}: {points} points, from {} to {}, lowest {}, highest {}.", plain(&series.name), pair(0), pair(points - 1), extreme(-1.0), extreme(1.0))
}

fn of_matrices<'a>(panels: impl Iterator<Item = &'a Panel>) -> String {
    let panel = |panel: &Panel| {
        let words = if panel.words.is_empty() { String::new() } else { format!(" ({})", panel.words) };
        let note = if panel.note.is_empty() { String::new() } else { format!(", {}", panel.note) };
        format!("{}{words}, {} by {}, largest entry {}{note}.", plain(&panel.symbol), panel.rows.len(), panel.rows.first().map_or(0, Vec::len), largest(panel))
    };
    panels.map(panel).collect::<Vec<_>>().join(" ")
}

fn largest(panel: &Panel) -> String {
    short(panel.rows.iter().flatten().fold(0.0, |largest: f64, entry| largest.max(entry.abs())))
}

/// The plotted numbers as an HTML table; a long one is thinned and says where the others are.
pub fn table(figure: &Figure) -> Option<String> {
    table_beside(figure, "the snapshot has them all")
}

/// The plotted numbers as an HTML table; `all` says where those are that a long one leaves out.
pub(crate) fn table_beside(figure: &Figure, all: &str) -> Option<String> {
    match &figure.plot {
        Plot::Chart(chart) => Some(of_chart(chart, all)),
        Plot::Dots(dots) => Some(of_dots(dots)),
        Plot::Multiples(multiples) => Some(of_multiples(multiples)),
        Plot::Panels(panels) => Some(table_of_matrices(panels.panels.iter().map(|panel| (panel.words.as_str(), panel)))),
        Plot::Gallery(gallery) => {
            Some(table_of_matrices(gallery.groups.iter().flat_map(|group| group.panels.iter().map(|panel| (group.name.as_str(), panel)))))
        }
    }
}

fn table_of_matrices<'a>(matrices: impl Iterator<Item = (&'a str, &'a Panel)>) -> String {
    let row = |(words, panel): (&str, &Panel)| {
        format!(
            "<tr><td>{} ({})</td><td class=\"r\">{} × {}</td><td class=\"r\">{}</td><td>{}</td></tr>",
            lowered(&panel.symbol),
            escape(words),
            panel.rows.len(),
            panel.rows.first().map_or(0, Vec::len),
            largest(panel),
            escape(&panel.note)
        )
    };
    let rows: Vec<String> = matrices.map(row).collect();
    format!(
        "<table><thead><tr><th>matrix</th><th class=\"r\">size</th><th class=\"r\">largest entry</th><th>remark</th></tr></thead><tbody>\n{}\n</tbody></table>",
        rows.join("\n")
    )
}

/// One row for each chart, one column for each series: where its curve ends.
fn of_multiples(multiples: &Multiples) -> String {
    let all = multiples.rows.iter().flat_map(|row| &row.cells).flat_map(|cell| &cell.series);
    let names = unique(all.map(|series| series.name.as_str()));
    let mut out = String::from("<table><thead><tr><th>measure</th><th>row</th>");
    names.iter().for_each(|name| {
        let _ = write!(out, "<th class=\"r\">{}, at the end</th>", lowered(name));
    });
    out.push_str("</tr></thead><tbody>\n");
    for row in &multiples.rows {
        for (cell, column) in row.cells.iter().zip(&multiples.columns) {
            let _ = write!(out, "<tr><td>{}</td><td>{}</td>", lowered(&column.name), lowered(&row.name));
            for name in &names {
                let end = cell.series.iter().find(|series| series.name == *name).map_or(String::new(), last);
                let _ = write!(out, "<td class=\"r\">{end}</td>");
            }
            out.push_str("</tr>\n");
        }
    }
    out.push_str("</tbody></table>");
    out
}

/// Each name once, in the order of first use.
fn unique<'a>(all: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for name in all {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Whether a row for each abscissa would hold more than one number in the mean.
fn shared(chart: &Chart, abscissae: usize) -> bool {
    let distinct = |series: &Series| series.x.iter().map(|x| x.to_bits()).collect::<BTreeSet<_>>().len();
    chart.series.len() < 3 || 2 * chart.series.iter().map(distinct).sum::<usize>() > 3 * abscissae
}

/// One row for each point, where series have few abscissae in common.
fn point_by_point(chart: &Chart, elsewhere: &str) -> String {
    let points = |series: &'_ Series| series.x.iter().copied().zip(series.y.iter().copied()).collect::<Vec<_>>();
    let all: Vec<(&str, (f64, f64))> = chart.series.iter().flat_map(|series| points(series).into_iter().map(|point| (series.name.as_str(), point))).collect();
    let shown = all.len().min(ROWS);
    let mut out = format!(
        "<table><thead><tr><th>series</th><th class=\"r\">{}</th><th class=\"r\">{}</th></tr></thead><tbody>\n",
        lowered(&chart.x.name),
        lowered(&chart.y.name)
    );
    for &(name, (x, y)) in (0..shown).filter_map(|row| all.get(row * (all.len() - 1) / (shown - 1).max(1))) {
        let _ = writeln!(out, "<tr><td>{}</td><td class=\"r\">{}</td><td class=\"r\">{}</td></tr>", lowered(name), short(x), short(y));
    }
    out.push_str("</tbody></table>");
    if shown < all.len() {
        let _ = write!(out, "\n<p>{shown} of {} points; {elsewhere}.</p>", all.len());
    }
    out
}

/// One row for each abscissa, one column for each series; a long table is thinned evenly and says so.
fn of_chart(chart: &Chart, elsewhere: &str) -> String {
    let mut abscissae: Vec<f64> = chart.series.iter().flat_map(|series| series.x.iter().copied()).collect();
    abscissae.sort_by(f64::total_cmp);
    abscissae.dedup();
    if !shared(chart, abscissae.len()) {
        return point_by_point(chart, elsewhere);
    }
    let (all, shown) = (abscissae.len(), abscissae.len().min(ROWS));
    let mut out = String::from("<table><thead><tr>");
    let _ = write!(out, "<th class=\"r\">{}</th>", lowered(&chart.x.name));
    for series in &chart.series {
        let _ = write!(out, "<th class=\"r\">{}</th>", lowered(&series.name));
    }
    out.push_str("</tr></thead><tbody>\n");
    // Evenly, with the first and the last.
    for x in (0..shown).filter_map(|row| abscissae.get(row * (all - 1) / (shown - 1).max(1)).copied()) {
        let _ = write!(out, "<tr><td class=\"r\">{}</td>", short(x));
        for series in &chart.series {
            let y = series.x.iter().position(|&other| other.total_cmp(&x).is_eq()).and_then(|place| series.y.get(place));
            let _ = write!(out, "<td class=\"r\">{}</td>", y.map_or(String::new(), |&y| short(y)));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table>");
    if shown < all {
        let _ = write!(out, "\n<p>{shown} of {all} rows; {elsewhere}.</p>");
    }
    out
}
