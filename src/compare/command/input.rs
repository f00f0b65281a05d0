//! The data that `compare` is asked for: a user's table, two of them, or built-in data; and what was done to them, in
//! sentences.

use std::path::PathBuf;

use indicatif::ProgressBar;

use super::arguments::{Compare, OnMissing};
use super::progress;
use super::refused::Refused;
use crate::compare::document::Origin;
use crate::data::built_in::Made;
use crate::data::{self, Dataset};
use crate::diagnostic::Diagnostic;
use crate::table::{self, Missing, Provenance, ReadOptions, Rows};

impl Compare {
    /// The data, and where they came from.
    pub(super) fn read(&self, bar: &ProgressBar) -> Result<(Dataset, Origin), Refused> {
        if let Some((name, make)) = self.built_in() {
            return self.made(name, make);
        }
        let rows = match (&self.data, &self.train, &self.test) {
            (Some(data), ..) => Rows::Split {
                source: data.clone().into(),
                test_fraction: self.test_fraction.unwrap_or(0.2),
                seed: self.seed,
            },
            (None, Some(train), Some(test)) => Rows::Given { train: train.clone().into(), test: test.clone().into() },
            _ => return Err(Diagnostic::of("no table is named", "name a file, or give --train and --test").into()),
        };
        let options = ReadOptions {
            targets: self.targets.clone(),
            features: (!self.features.is_empty()).then(|| self.features.clone()),
            drop: self.drop.clone(),
            one_hot: self.one_hot,
            missing: match self.missing {
                None | Some(OnMissing::Refuse) => Missing::Refuse,
                Some(OnMissing::Drop) => Missing::Drop,
                Some(OnMissing::Mean) => Missing::Mean,
            },
            delimiter: self.delimiter,
            decimal_comma: self.decimal_comma,
        };
        let prepared = table::read(&rows, &options, &mut |read, total| progress::reading(bar, read, total))?;
        Ok((prepared.dataset, origin(&prepared.provenance)))
    }

    /// Built-in data, where their name was given and no file has it.
    fn built_in(&self) -> Option<(&'static str, Made)> {
        let asked = self.data.as_ref()?.to_str()?;
        data::BUILT_IN.into_iter().find(|(name, _)| *name == asked && !PathBuf::from(name).exists())
    }

    fn made(&self, name: &str, make: Made) -> Result<(Dataset, Origin), Refused> {
        let columns = !self.targets.is_empty()
            || !self.features.is_empty()
            || !self.drop.is_empty()
            || self.one_hot
            || self.missing.is_some();
        if columns || self.delimiter.is_some() || self.decimal_comma.is_some() || self.test_fraction.is_some() {
            let what = format!("the built-in data `{name}` have their own columns and their own split");
            let cure = format!("leave the options of the group `Columns` out, or name a file, such as ./{name}");
            return Err(Diagnostic::of(what, cure).into());
        }
        Ok((
            make(self.seed)?,
            Origin { source: vec![format!("built-in {name}")], dropped_rows: Vec::new(), notes: Vec::new() },
        ))
    }
}

/// What was done to a table, in sentences.
fn origin(provenance: &Provenance) -> Origin {
    let mut sentences = Vec::new();
    for file in &provenance.files {
        let name = file.file.display();
        if file.decimal_comma {
            sentences.push(format!("{name}: decimal commas, cells separated by `{}`", file.delimiter.escape_default()));
        }
        if !file.dropped.is_empty() {
            sentences.push(format!(
                "{name}: {} rows with missing cells left out, {} kept",
                file.dropped.len(),
                file.rows
            ));
        }
    }
    for filled in &provenance.filled {
        sentences.push(format!(
            "`{}`: {} missing cells filled with the training mean",
            filled.feature,
            filled.train + filled.test
        ));
    }
    for encoded in &provenance.encoded {
        sentences.push(format!(
            "`{}`: {} indicators, level `{}` has none",
            encoded.column,
            encoded.levels.len(),
            encoded.reference
        ));
    }
    if !provenance.constant.is_empty() {
        sentences.push(format!("constant on the training rows, weight zero: {}", provenance.constant.join(", ")));
    }
    if !provenance.nameless.is_empty() {
        let places: Vec<String> = provenance.nameless.iter().map(usize::to_string).collect();
        sentences.push(format!("columns without a name are not used: {}", places.join(", ")));
    }
    Origin {
        source: provenance.files.iter().map(|file| file.file.display().to_string()).collect(),
        dropped_rows: provenance
            .files
            .iter()
            .map(|file| file.dropped.iter().map(|&line| line as u64).collect())
            .collect(),
        notes: sentences,
    }
}
