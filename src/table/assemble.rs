//! From columns to a data set: gaps filled, levels encoded, matrices built one column at a time.
//!
//! A column is freed as soon as it stands in the matrices. Means and levels are those of the training rows.

use std::collections::HashSet;
use std::path::Path;

use faer::{ColRef, Mat};

use super::Prepared;
use super::column::{Column, Levels};
use super::file::Contents;
use super::header::Selection;
use super::missing;
use super::provenance::{Encoded, FileProvenance, Provenance};
use super::quote::{dropping, quoted};
use crate::data::split::Split;
use crate::data::{Dataset, Table};
use crate::diagnostic::Diagnostic;
use crate::linalg::Moments;

/// Makes a data set of one table, whose rows a split parts.
pub(super) fn split(table: Contents, split: &Split) -> Result<Prepared, Diagnostic> {
    let width = table.width();
    let lines = split.test.iter().filter_map(|&row| table.lines.get(row).copied()).collect();
    let columns = table.columns.into_iter().map(|column| column.split(split));
    Assembly::new(&table.selection, vec![table.provenance], width, lines).fill(&table.selection, columns)
}

/// Makes a data set of a training and a test table.
pub(super) fn pair(train: Contents, test: Contents) -> Result<Prepared, Diagnostic> {
    let (width, files) = (train.width(), vec![train.provenance, test.provenance]);
    let columns = train.columns.into_iter().zip(test.columns);
    Assembly::new(&train.selection, files, width, test.lines).fill(&train.selection, columns)
}

/// A data set that grows by columns.
struct Assembly {
    dataset: Dataset,
    provenance: Provenance,
    /// How many features there can be.
    width: usize,
    /// Where test rows begin, if a column is of texts.
    lines: Vec<usize>,
}

impl Assembly {
    fn new(selection: &Selection, files: Vec<FileProvenance>, width: usize, lines: Vec<usize>) -> Self {
        let empty = || Table { x: Mat::new(), y: Mat::new() };
        let (name, targets) = (called(&files[0].file), selection.names[selection.features..].to_vec());
        let dataset = Dataset { name, features: Vec::new(), targets, train: empty(), test: empty(), truth: None };
        let (ignored, nameless) = (selection.ignored.clone(), selection.nameless.clone());
        Self { dataset, provenance: Provenance { files, ignored, nameless, ..Provenance::default() }, width, lines }
    }

    fn fill(
        mut self,
        selection: &Selection,
        columns: impl Iterator<Item = (Column, Column)>,
    ) -> Result<Prepared, Diagnostic> {
        for (at, (name, (train, test))) in selection.names.iter().zip(columns).enumerate() {
            match train.levels {
                _ if at >= selection.features => self.target(name, &train.values, &test.values)?,
                None => self.feature(name.clone(), name, train.values, test.values)?,
                Some(levels) => self.indicators(name, levels, &train.values, &test.values)?,
            }
        }
        let features = &self.dataset.features;
        if features.is_empty() {
            return Err(self.refused("has no feature left: every text column has one level", "use other features"));
        }
        let mut seen = HashSet::new();
        if let Some(twice) = features.iter().find(|feature| !seen.insert(feature.as_str())) {
            let what = format!("two features are called {}, one of them an indicator", quoted(twice));
            return Err(self.refused(what, "rename a column or a level"));
        }
        Ok(Prepared { dataset: self.dataset, provenance: self.provenance })
    }

    fn refused(&self, what: impl Into<String>, cure: impl Into<String>) -> Diagnostic {
        Diagnostic::new(&self.provenance.files[0].file, what, cure)
    }

    fn without_value(&self, column: &str) -> Diagnostic {
        let what = format!("the column {} has no value in any training row", quoted(column));
        self.refused(what, format!("leave it out with {}", dropping(&[column])))
    }

    fn feature(
        &mut self,
        feature: String,
        column: &str,
        mut train: Vec<f64>,
        mut test: Vec<f64>,
    ) -> Result<(), Diagnostic> {
        if missing::gaps(&train) == train.len() {
            return Err(self.without_value(column));
        }
        self.provenance.filled.extend(missing::fill(&feature, &mut train, &mut test));
        push(&mut self.dataset.train.x, &train, self.width);
        push(&mut self.dataset.test.x, &test, self.width);
        if is_constant(&train) {
            self.provenance.constant.push(feature.clone());
        }
        self.dataset.features.push(feature);
        Ok(())
    }

    fn target(&mut self, name: &str, train: &[f64], test: &[f64]) -> Result<(), Diagnostic> {
        push(&mut self.dataset.train.y, train, self.dataset.targets.len());
        push(&mut self.dataset.test.y, test, self.dataset.targets.len());
        if !is_constant(train) {
            return Ok(());
        }
        let (n, name) = (train.len(), quoted(name));
        let low = train.iter().copied().fold(f64::INFINITY, f64::min);
        let high = train.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let what = match low == high {
            true => format!("the target {name} is {low} in all {n} training rows"),
            false => format!("the target {name} varies by rounding only, from {low} to {high} in {n} training rows"),
        };
        Err(self.refused(what, "choose a target that varies with --target"))
    }

    /// One indicator for each level of the training rows but the first.
    fn indicators(&mut self, name: &str, levels: Levels, train: &[f64], test: &[f64]) -> Result<(), Diagnostic> {
        let (known, others): (Vec<_>, Vec<_>) = levels.sorted().into_iter().partition(|(_, code)| train.contains(code));
        let rows = || test.iter().zip(&self.lines);
        let first_line = |code: f64| rows().filter(|(other, _)| **other == code).map(|(_, line)| *line).min();
        if let Some((line, level)) = others.iter().filter_map(|(level, code)| Some((first_line(*code)?, level))).min() {
            return Err(self.strange_level(name, level, line));
        }
        let mut known = known.into_iter();
        let Some((reference, _)) = known.next() else {
            return Err(self.without_value(name));
        };
        let mut encoded = Encoded { column: name.to_owned(), reference, levels: Vec::new() };
        for (level, code) in known {
            let indicator = |&other: &f64| if other.is_nan() { other } else { f64::from(u8::from(other == code)) };
            let indicators = |codes: &[f64]| codes.iter().map(indicator).collect();
            self.feature(format!("{name}={level}"), name, indicators(train), indicators(test))?;
            encoded.levels.push(level);
        }
        self.provenance.encoded.push(encoded);
        Ok(())
    }

    fn strange_level(&self, column: &str, level: &str, line: usize) -> Diagnostic {
        let files = &self.provenance.files;
        let what = format!("the level {} of column {} stands in test rows only", quoted(level), quoted(column));
        let out = format!("leave the column out with {}", dropping(&[column]));
        let cure = format!("choose other test rows, merge the level with another, or {out}");
        Diagnostic::at(&files[files.len() - 1].file, line, what, cure)
    }
}

/// Adds a column to a matrix that will have at most `width`.
fn push(matrix: &mut Mat<f64>, column: &[f64], width: usize) {
    if matrix.ncols() == 0 {
        *matrix = Mat::with_capacity(column.len(), width);
    }
    matrix.resize_with(column.len(), matrix.ncols() + 1, |i, _| column[i]);
}

fn is_constant(column: &[f64]) -> bool {
    Moments::of(ColRef::from_slice(column)).is_constant()
}

/// A data set's name: that of its file, without folder and endings.
fn called(file: &Path) -> String {
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
    let plain = name.strip_suffix(".gz").unwrap_or(&name);
    plain.rsplit_once('.').map_or(plain, |(stem, _)| stem).to_owned()
}
