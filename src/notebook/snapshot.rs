//! The text of a snapshot: TOML whose numbers keep their exponents, written to be read in a diff.
//!
//! A claim has up to two: `<chapter>__<claim>.snap` holds its metrics, `<chapter>__<claim>.figure.snap` the series of
//! its figure. insta keeps them; this module writes and reads what stands below insta's header. `toml::to_string`
//! would write 3.5e-13 as 0.00000000000035 and accept NaN, so the numbers are written here.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::figure::{Cell, Chart, Column, Dots, Figure, Gallery, Group, Multiples, Pane, Panel, Panels, Plot, Reference, Row, RowSeries, Scale, Series};
use super::metric::{self, Metric, Tolerance};
use super::registry::Problem;

/// The folder of the snapshots, below the root.
pub const FOLDER: &str = "snapshots";
/// What follows a claim's name in the name of its figure's snapshot.
pub const FIGURE: &str = ".figure";

/// Metrics by name, in the order in which the claim measured them.
pub type Metrics = Vec<(String, Metric)>;

/// The path of a snapshot, below the root.
pub fn path(name: &str) -> PathBuf {
    Path::new(FOLDER).join(format!("{name}.snap"))
}

/// What stands below insta's header.
pub fn body(text: &str) -> &str {
    text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map_or(text, |(_, body)| body)
}

/// Writes metrics, with the accepted digits where nothing moved.
///
/// # Errors
/// The name of a number that is NaN or infinite.
pub fn write_metrics(metrics: &Metrics, accepted: Option<&Metrics>) -> Result<String, String> {
    let mut table = Table::new();
    for (name, fresh) in metrics {
        let before = accepted.and_then(|accepted| accepted.iter().find(|(other, _)| other == name)).map(|(_, metric)| metric);
        let value = Value::try_from(metric::settled(fresh, before)).map_err(|error| format!("{name}: {error}"))?;
        table.insert(name.clone(), value);
    }
    write(&table)
}

/// Reads metrics.
///
/// # Errors
/// A sentence with the line, counted in `text`.
pub fn read_metrics(text: &str) -> Result<Metrics, (usize, String)> {
    let table: Table = parse(text)?;
    table
        .into_iter()
        .map(|(name, value)| {
            let metric = value.try_into().map_err(|error: toml::de::Error| (line_of_key(text, &name), format!("{name}: {}", error.message())))?;
            Ok((name, metric))
        })
        .collect()
}

/// Writes a figure, with the accepted digits where nothing moved.
///
/// # Errors
/// The place of a number that is NaN or infinite.
pub fn write_figure(figure: &Figure, accepted: Option<&Figure>) -> Result<String, String> {
    let settled = Figure { plot: settled_plot(&figure.plot, accepted.map(|accepted| &accepted.plot)), ..figure.clone() };
    match Value::try_from(settled).map_err(|error| error.to_string())? {
        Value::Table(table) => write(&table),
        other => Err(format!("a figure is a table, not {}", other.type_str())),
    }
}

/// Reads a figure.
///
/// # Errors
/// A sentence with the line, counted in `text`.
pub fn read_figure(text: &str) -> Result<Figure, (usize, String)> {
    toml::from_str(body(text)).map_err(|error| (line_in(text, error.span().map_or(0, |span| span.start)), error.message().to_owned()))
}

/// All accepted snapshots below `root`, by name; pending ones are not read.
///
/// # Errors
/// The folder or a file cannot be read.
pub fn read_all(root: &Path) -> Result<BTreeMap<String, String>, Problem> {
    let cannot = |path: &Path, error: std::io::Error| Problem::new(path, 0, format!("cannot be read: {error}"), "check that the folder is there and readable");
    let folder = Path::new(FOLDER);
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(root.join(folder)).map_err(|error| cannot(folder, error))? {
        let name = entry.map_err(|error| cannot(folder, error))?.file_name();
        if let Some(stem) = name.to_str().and_then(|name| name.strip_suffix(".snap")) {
            let text = std::fs::read_to_string(root.join(path(stem))).map_err(|error| cannot(&path(stem), error))?;
            all.insert(stem.to_owned(), text.replace("\r\n", "\n"));
        }
    }
    Ok(all)
}

/// Names of snapshots that wait for review: insta's `*.snap.new`.
pub fn pending(root: &Path) -> Vec<String> {
    let names = super::files_below(&root.join(FOLDER));
    names.iter().filter_map(|path| path.to_str()?.strip_suffix(".snap.new").map(str::to_owned)).collect()
}

fn settled_plot(plot: &Plot, accepted: Option<&Plot>) -> Plot {
    match (plot, accepted) {
        (Plot::Chart(chart), before) => {
            let before = match before {
                Some(Plot::Chart(before)) => Some(before),
                _ => None,
            };
            let find = |name: &str| before.and_then(|chart| chart.series.iter().find(|series| series.name == name));
            let series = chart.series.iter().map(|series| settled_series(series, find(&series.name), chart.x.scale, chart.y.scale)).collect();
            Plot::Chart(Chart { series, ..chart.clone() })
        }
        (Plot::Dots(dots), before) => {
            let before = match before {
                Some(Plot::Dots(before)) => Some(before),
                _ => None,
            };
            let pane = |(place, pane): (usize, &Pane)| settled_pane(pane, before.and_then(|dots| dots.panes.get(place)));
            Plot::Dots(Dots { panes: dots.panes.iter().enumerate().map(pane).collect(), ..dots.clone() })
        }
        (Plot::Panels(panels), before) => {
            let before = match before {
                Some(Plot::Panels(before)) => Some(before),
                _ => None,
            };
            let settled = panels.panels.iter().enumerate().map(|(place, panel)| settled_panel(panel, before.and_then(|panels| panels.panels.get(place))));
            Plot::Panels(Panels { panels: settled.collect() })
        }
        (Plot::Multiples(multiples), before) => {
            let before = match before {
                Some(Plot::Multiples(before)) => Some(before),
                _ => None,
            };
            let row = |(place, row): (usize, &Row)| {
                let before = before.and_then(|multiples| multiples.rows.get(place));
                let cell = |(place, (cell, column)): (usize, (&Cell, &Column))| {
                    let before = before.and_then(|row| row.cells.get(place));
                    let find = |name: &str| before.and_then(|cell| cell.series.iter().find(|series| series.name == name));
                    let series = |series: &Series| settled_series(series, find(&series.name), multiples.x.scale, column.y.scale);
                    Cell { series: cell.series.iter().map(series).collect() }
                };
                Row { cells: row.cells.iter().zip(&multiples.columns).enumerate().map(cell).collect(), ..row.clone() }
            };
            Plot::Multiples(Multiples { rows: multiples.rows.iter().enumerate().map(row).collect(), ..multiples.clone() })
        }
        (Plot::Gallery(gallery), before) => {
            let before = match before {
                Some(Plot::Gallery(before)) => Some(before),
                _ => None,
            };
            let group = |(place, group): (usize, &Group)| {
                let before = before.and_then(|gallery| gallery.groups.get(place));
                let panel = |(place, panel): (usize, &Panel)| settled_panel(panel, before.and_then(|group| group.panels.get(place)));
                Group { panels: group.panels.iter().enumerate().map(panel).collect(), ..group.clone() }
            };
            Plot::Gallery(Gallery { groups: gallery.groups.iter().enumerate().map(group).collect() })
        }
    }
}

fn settled_panel(panel: &Panel, accepted: Option<&Panel>) -> Panel {
    let largest = largest(panel.rows.iter().flatten());
    let row = |(i, row): (usize, &Vec<f64>)| {
        let before = accepted.and_then(|panel| Some((panel.rows.get(i)?.as_slice(), panel.relative)));
        settled_numbers(row, before, panel.relative, Some(largest))
    };
    Panel { rows: panel.rows.iter().enumerate().map(row).collect(), ..panel.clone() }
}

fn settled_series(series: &Series, accepted: Option<&Series>, x: Scale, y: Scale) -> Series {
    let numbers = |of: fn(&Series) -> &Vec<f64>, scale: Scale| {
        let magnitude = (scale == Scale::Linear).then(|| largest(of(series).iter()));
        settled_numbers(of(series), accepted.map(|accepted| (of(accepted).as_slice(), accepted.relative)), series.relative, magnitude)
    };
    Series { x: numbers(|series| &series.x, x), y: numbers(|series| &series.y, y), ..series.clone() }
}

fn settled_pane(pane: &Pane, accepted: Option<&Pane>) -> Pane {
    let series = |(place, series): (usize, &RowSeries)| {
        let before = accepted.and_then(|pane| pane.series.get(place)).filter(|before| before.name == series.name);
        let magnitude = (pane.axis.scale == Scale::Linear).then(|| largest(series.values.iter().flatten()));
        let row = |(row, values): (usize, &Vec<f64>)| {
            let before = before.and_then(|before| Some((before.values.get(row)?.as_slice(), before.relative)));
            settled_numbers(values, before, series.relative, magnitude)
        };
        RowSeries { values: series.values.iter().enumerate().map(row).collect(), ..series.clone() }
    };
    // The reference is a number like the others, known as well as the first series.
    let reference = pane.reference.as_ref().map(|reference| {
        let relative = pane.series.first().map_or(1e-6, |series| series.relative);
        let before = accepted.and_then(|pane| Some([pane.reference.as_ref()?.at]));
        let at = settled_numbers(&[reference.at], before.as_ref().map(|before| (before.as_slice(), relative)), relative, None);
        Reference { at: at.first().copied().unwrap_or(reference.at), ..reference.clone() }
    });
    Pane { series: pane.series.iter().enumerate().map(series).collect(), reference, ..pane.clone() }
}

fn largest<'a>(numbers: impl Iterator<Item = &'a f64>) -> f64 {
    numbers.fold(0.0, |largest: f64, number| largest.max(number.abs()))
}

/// Tolerances are relative to each number on a logarithmic scale, to the largest one on a linear scale.
fn settled_numbers(fresh: &[f64], accepted: Option<(&[f64], f64)>, relative: f64, magnitude: Option<f64>) -> Vec<f64> {
    let tolerance = |share: f64| magnitude.map_or(Tolerance::Relative(share), |largest| Tolerance::Absolute(share * largest));
    let width = tolerance(relative);
    let settle = |(place, &number): (usize, &f64)| match accepted.and_then(|(before, share)| Some((*before.get(place)?, share))) {
        Some((before, share)) => width.sticky(number, before, tolerance(share)),
        None => width.rounded(number),
    };
    fresh.iter().enumerate().map(settle).collect()
}

fn parse(text: &str) -> Result<Table, (usize, String)> {
    toml::from_str(body(text)).map_err(|error| (line_in(text, error.span().map_or(0, |span| span.start)), error.message().to_owned()))
}

/// The line, counted with insta's header, of an offset into the body.
fn line_in(text: &str, offset: usize) -> usize {
    let offset = offset + text.len() - body(text).len();
    1 + text.as_bytes().iter().take(offset).filter(|&&byte| byte == b'\n').count()
}

/// The line of a metric in a snapshot.
pub fn line_of_key(text: &str, name: &str) -> usize {
    text.lines().position(|line| line == format!("[{name}]")).map_or(0, |row| row + 1)
}

/// A table as TOML: plain keys first, then a section for each table and each table of a list.
fn write(table: &Table) -> Result<String, String> {
    let mut out = String::new();
    section(&mut out, "", table)?;
    Ok(out)
}

fn section(out: &mut String, prefix: &str, table: &Table) -> Result<(), String> {
    let is_section = |value: &Value| value.is_table() || value.as_array().is_some_and(|list| list.first().is_some_and(Value::is_table));
    for (key, value) in table.iter().filter(|(_, value)| !is_section(value)) {
        let written = inline(value).map_err(|what| format!("{prefix}{key} {what}"))?;
        let _ = writeln!(out, "{key} = {written}");
    }
    for (key, value) in table.iter().filter(|(_, value)| is_section(value)) {
        let (open, close) = if value.is_array() { ("[[", "]]") } else { ("[", "]") };
        let tables: Vec<&Table> =
            value.as_array().map_or_else(|| value.as_table().into_iter().collect(), |list| list.iter().filter_map(Value::as_table).collect());
        for inner in tables {
            let gap = if out.is_empty() { "" } else { "\n" };
            let _ = writeln!(out, "{gap}{open}{prefix}{key}{close}");
            section(out, &format!("{prefix}{key}."), inner)?;
        }
    }
    Ok(())
}

fn inline(value: &Value) -> Result<String, String> {
    match value {
        Value::Float(number) if number.is_finite() => Ok(format!("{number:e}")),
        Value::Float(number) => Err(format!("is {number}")),
        Value::Array(list) if list.iter().any(Value::is_array) => {
            let rows = list.iter().map(inline).collect::<Result<Vec<_>, _>>()?;
            Ok(format!("[\n  {},\n]", rows.join(",\n  ")))
        }
        Value::Array(list) => Ok(format!("[{}]", list.iter().map(inline).collect::<Result<Vec<_>, _>>()?.join(", "))),
        other => Ok(other.to_string()),
    }
}
