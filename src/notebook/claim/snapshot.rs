//! The text of a snapshot: TOML whose numbers keep their exponents, written to be read in a diff.
//!
//! A claim has up to two: `<chapter>__<claim>.snap` holds its metrics, `<chapter>__<claim>.figure.snap` the series of
//! its figure. insta keeps them; this module writes and reads what stands below insta's header. `toml::to_string`
//! would write 3.5e-13 as 0.00000000000035 and accept NaN, so the numbers are written here.
//!
//! ```
//! use attention_regression::notebook::claim::snapshot::{body, read_metrics, write_metrics};
//!
//! let text = "---\nsource: a test\n---\n[gap]\nmeasures = \"gap\"\nrounding_at_most = 1.4e-11\nheadroom = 3\n";
//! let metrics = read_metrics(text)?;
//! assert_eq!(write_metrics(&metrics, None).as_deref(), Ok(body(text)));
//! assert_eq!(read_metrics(&text.replace("1.4e-11", "small")).map_err(|(line, _)| line), Err(6));
//! # Ok::<(), (usize, String)>(())
//! ```

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::metric::Metric;
use super::sticky;
use crate::diagnostic::{Diagnostic, line_of};
use crate::publish::figure::Figure;

/// The folder of the snapshots, below the root.
pub const FOLDER: &str = "snapshots";
/// What follows a claim's name in the name of its figure's snapshot.
pub const FIGURE: &str = ".figure";
/// Where the numbers of a figure are that its table leaves out, in words.
pub(crate) const HAS_ALL: &str = "the snapshot has them all";

/// Metrics by name, in the order in which the claim measured them.
pub type Metrics = Vec<(String, Metric)>;

/// The metric of that name.
pub fn metric<'a>(metrics: &'a [(String, Metric)], name: &str) -> Option<&'a Metric> {
    metrics.iter().find(|(other, _)| other == name).map(|(_, metric)| metric)
}

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
        let before = accepted.and_then(|accepted| metric(accepted, name));
        let value = Value::try_from(sticky::metric(fresh, before)).map_err(|error| format!("{name}: {error}"))?;
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
            let metric = value
                .try_into()
                .map_err(|error: toml::de::Error| (line_of_key(text, &name), format!("{name}: {}", error.message())))?;
            Ok((name, metric))
        })
        .collect()
}

/// Writes a figure, with the accepted digits where nothing moved.
///
/// # Errors
/// The place of a number that is NaN or infinite.
pub fn write_figure(figure: &Figure, accepted: Option<&Figure>) -> Result<String, String> {
    match Value::try_from(sticky::figure(figure, accepted)).map_err(|error| error.to_string())? {
        Value::Table(table) => write(&table),
        other => Err(format!("a figure is a table, not {}", other.type_str())),
    }
}

/// Reads a figure.
///
/// # Errors
/// A sentence with the line, counted in `text`.
pub fn read_figure(text: &str) -> Result<Figure, (usize, String)> {
    toml::from_str(body(text))
        .map_err(|error| (line_in(text, error.span().map_or(0, |span| span.start)), error.message().to_owned()))
}

/// All accepted snapshots below `root`, by name; pending ones are not read.
///
/// # Errors
/// The folder or a file cannot be read.
pub fn read_all(root: &Path) -> Result<BTreeMap<String, String>, Diagnostic> {
    let folder = Path::new(FOLDER);
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(root.join(folder)).map_err(|error| cannot(folder, &error))? {
        let name = entry.map_err(|error| cannot(folder, &error))?.file_name();
        if let Some(stem) = name.to_str().and_then(|name| name.strip_suffix(".snap")) {
            let text = std::fs::read_to_string(root.join(path(stem))).map_err(|error| cannot(&path(stem), &error))?;
            all.insert(stem.to_owned(), text.replace("\r\n", "\n"));
        }
    }
    Ok(all)
}

/// Names of snapshots that wait for review: insta's `*.snap.new`.
///
/// # Errors
/// The folder cannot be read.
pub fn pending(root: &Path) -> Result<Vec<String>, Diagnostic> {
    let names = crate::publish::files_below(&root.join(FOLDER)).map_err(|error| cannot(Path::new(FOLDER), &error))?;
    Ok(names.iter().filter_map(|path| path.to_str()?.strip_suffix(".snap.new").map(str::to_owned)).collect())
}

fn cannot(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::new(path, format!("cannot be read: {error}"), "check that the folder is there and readable")
}

fn parse(text: &str) -> Result<Table, (usize, String)> {
    toml::from_str(body(text))
        .map_err(|error| (line_in(text, error.span().map_or(0, |span| span.start)), error.message().to_owned()))
}

/// The line, counted with insta's header, of an offset into the body.
fn line_in(text: &str, offset: usize) -> usize {
    line_of(text, offset + text.len() - body(text).len())
}

/// The line of a metric in a snapshot.
pub(crate) fn line_of_key(text: &str, name: &str) -> usize {
    text.lines().position(|line| line == format!("[{name}]")).map_or(0, |row| row + 1)
}

/// A table as TOML: plain keys first, then a section for each table and each table of a list.
pub(crate) fn write(table: &Table) -> Result<String, String> {
    let mut out = String::new();
    section(&mut out, "", table)?;
    Ok(out)
}

fn section(out: &mut String, prefix: &str, table: &Table) -> Result<(), String> {
    let is_section = |value: &Value| {
        value.is_table() || value.as_array().is_some_and(|list| list.first().is_some_and(Value::is_table))
    };
    for (key, value) in table.iter().filter(|(_, value)| !is_section(value)) {
        let written = inline(value).map_err(|what| format!("{prefix}{key} {what}"))?;
        let _ = writeln!(out, "{key} = {written}");
    }
    for (key, value) in table.iter().filter(|(_, value)| is_section(value)) {
        let (open, close) = if value.is_array() { ("[[", "]]") } else { ("[", "]") };
        let tables: Vec<&Table> = value.as_array().map_or_else(
            || value.as_table().into_iter().collect(),
            |list| list.iter().filter_map(Value::as_table).collect(),
        );
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
