//! The plotted numbers as an HTML table; a long one is thinned and says where the others are.

use std::collections::BTreeSet;

use super::{joined, last, short, spread};
use crate::publish::escape;
use crate::publish::figure::{Chart, Dots, Figure, Line, Multiples, Panel, Pictures, Plot, Series, words};

/// Up to so many rows a table is printed in full.
const ROWS: usize = 40;

/// The plotted numbers as an HTML table; `all` says where those are that a long one leaves out.
pub(crate) fn table(figure: &Figure, all: &str) -> String {
    match &figure.plot {
        Plot::Chart(chart) => of_chart(chart, all),
        Plot::Dots(dots) => of_dots(dots),
        Plot::Multiples(multiples) => of_multiples(multiples),
        Plot::Panels(panels) => of_matrices(panels.panels.iter().map(|panel| (&panel.words, panel))),
        Plot::Gallery(gallery) => {
            let panels = gallery.groups.iter().flat_map(|group| group.panels.iter().map(|panel| (&group.name, panel)));
            of_matrices(panels)
        }
        Plot::Pictures(pictures) => of_pictures(pictures),
    }
}

/// A column of a table: its head, in HTML, and whether it holds numbers.
struct Column {
    head: String,
    numbers: bool,
}

impl Column {
    fn words(name: &str) -> Self {
        Self { head: lowered(name), numbers: false }
    }

    fn numbers(name: &str) -> Self {
        Self { head: lowered(name), numbers: true }
    }

    /// A cell of the column, or with `th` its head.
    fn cell(&self, tag: &str, html: &str) -> String {
        let class = if self.numbers { " class=\"r\"" } else { "" };
        format!("<{tag}{class}>{html}</{tag}>")
    }
}

fn html(columns: &[Column], rows: &[Vec<String>]) -> String {
    let head = joined(columns, |column| column.cell("th", &column.head), "");
    let cells = |row: &Vec<String>| joined(columns.iter().zip(row), |(column, cell)| column.cell("td", cell), "");
    let row = |row: &Vec<String>| format!("<tr>{}</tr>\n", cells(row));
    format!("<table><thead><tr>{head}</tr></thead><tbody>\n{}</tbody></table>", joined(rows, row, ""))
}

/// A name in HTML, with its lowered characters.
fn lowered(name: &str) -> String {
    let part = |(part, low): (String, bool)| if low { format!("<sub>{}</sub>", escape(&part)) } else { escape(&part) };
    joined(words::lowered(name), part, "")
}

/// One column for each series, after those of the measure and the row.
fn of_measures(names: &[&str], suffix: &str, rows: &[Vec<String>]) -> String {
    let mut columns = vec![Column::words("measure"), Column::words("row")];
    columns.extend(names.iter().map(|name| Column { head: lowered(name) + suffix, numbers: true }));
    html(&columns, rows)
}

fn measured(measure: &str, row: &str, numbers: impl Iterator<Item = String>) -> Vec<String> {
    [lowered(measure), lowered(row)].into_iter().chain(numbers).collect()
}

fn of_dots(dots: &Dots) -> String {
    let names = unique(dots.panes.iter().flat_map(|pane| &pane.series).map(|series| series.name.as_str()));
    let mut rows = Vec::new();
    for pane in &dots.panes {
        for (place, row) in dots.rows.iter().enumerate() {
            let of = |name: &&str| {
                let series = pane.series.iter().filter(|series| series.name == *name);
                // A row may have no such mark.
                spread(&series.flat_map(|series| series.values[place].clone()).collect::<Vec<_>>()).unwrap_or_default()
            };
            rows.push(measured(&pane.name, row, names.iter().map(of)));
        }
    }
    of_measures(&names, "", &rows)
}

/// Where the curves of every chart end.
fn of_multiples(multiples: &Multiples) -> String {
    let names = unique(multiples.series().map(|series| series.name.as_str()));
    let mut rows = Vec::new();
    for (row, column, cell) in multiples.charts() {
        let end = |name: &&str| cell.series.iter().find(|series| series.name == *name).map_or(String::new(), last);
        rows.push(measured(&column.name, &row.name, names.iter().map(end)));
    }
    of_measures(&names, ", at the end", &rows)
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

fn of_matrices<'a>(matrices: impl Iterator<Item = (&'a String, &'a Panel)>) -> String {
    let row = |(words, panel): (&String, &Panel)| {
        let (rows, across) = panel.size();
        let name = format!("{} ({})", lowered(&panel.symbol), escape(words));
        vec![name, format!("{rows} × {across}"), short(panel.largest()), escape(&panel.note)]
    };
    let [name, remark] = ["matrix", "remark"].map(Column::words);
    let [size, largest] = ["size", "largest entry"].map(Column::numbers);
    let columns = [name, size, largest, remark];
    html(&columns, &matrices.map(row).collect::<Vec<_>>())
}

/// Of images how dark they are.
fn of_pictures(pictures: &Pictures) -> String {
    let image = |(line, (number, image)): (&Line, (usize, &Vec<Vec<f64>>))| {
        let ink: Vec<f64> = image.iter().flatten().copied().collect();
        let mean = ink.iter().sum::<f64>() / ink.len() as f64;
        vec![escape(&line.name), (number + 1).to_string(), short(mean), spread(&ink).unwrap_or_else(|| "–".to_owned())]
    };
    let all = pictures.lines.iter().flat_map(|line| std::iter::repeat(line).zip(line.images.iter().enumerate()));
    let [line, values] = ["line", "values"].map(Column::words);
    let [number, mean] = ["image", "mean value"].map(Column::numbers);
    html(&[line, number, mean, values], &all.map(image).collect::<Vec<_>>())
}

/// One row for each abscissa, one column for each series.
fn of_chart(chart: &Chart, elsewhere: &str) -> String {
    let mut abscissae: Vec<f64> = chart.series.iter().flat_map(|series| series.x.iter().copied()).collect();
    abscissae.sort_by(f64::total_cmp);
    abscissae.dedup();
    if !shared(chart, abscissae.len()) {
        return point_by_point(chart, elsewhere);
    }
    let names = [&chart.x.name].into_iter().chain(chart.series.iter().map(|series| &series.name));
    let columns: Vec<Column> = names.map(|name| Column::numbers(name)).collect();
    let row = |x: f64| {
        let ordinate = |series: &Series| {
            let y =
                series.x.iter().position(|&other| other.total_cmp(&x).is_eq()).and_then(|place| series.y.get(place));
            y.map_or(String::new(), |&y| short(y))
        };
        [short(x)].into_iter().chain(chart.series.iter().map(ordinate)).collect()
    };
    thinned(&columns, &abscissae, row, "rows", elsewhere)
}

/// Whether a row for each abscissa would hold more than one number in the mean.
fn shared(chart: &Chart, abscissae: usize) -> bool {
    let distinct = |series: &Series| series.x.iter().map(|x| x.to_bits()).collect::<BTreeSet<_>>().len();
    chart.series.len() < 3 || 2 * chart.series.iter().map(distinct).sum::<usize>() > 3 * abscissae
}

/// One row for each point, where series have few abscissae in common.
fn point_by_point<'a>(chart: &'a Chart, elsewhere: &str) -> String {
    let points = |series: &'a Series| series.x.iter().zip(&series.y).map(|(&x, &y)| (series.name.as_str(), x, y));
    let all: Vec<_> = chart.series.iter().flat_map(points).collect();
    let columns = [Column::words("series"), Column::numbers(&chart.x.name), Column::numbers(&chart.y.name)];
    thinned(&columns, &all, |(name, x, y)| vec![lowered(name), short(x), short(y)], "points", elsewhere)
}

/// The table of the items, thinned evenly with the first and the last if they are too many.
fn thinned<T: Copy>(
    columns: &[Column],
    all: &[T],
    row: impl Fn(T) -> Vec<String>,
    what: &str,
    elsewhere: &str,
) -> String {
    let shown = all.len().min(ROWS);
    let kept = (0..shown).filter_map(|row| all.get(row * (all.len() - 1) / (shown - 1).max(1)));
    let table = html(columns, &kept.map(|&item| row(item)).collect::<Vec<_>>());
    if shown < all.len() { format!("{table}\n<p>{shown} of {} {what}; {elsewhere}.</p>", all.len()) } else { table }
}
