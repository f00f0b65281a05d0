//! From columns to a data set: gaps filled, levels encoded, matrices built one column at a time.
//!
//! A column is freed as soon as it stands in the matrices. Means and levels are those of the training rows.

use std::collections::HashSet;
use std::path::Path;

use faer::{ColRef, Mat};

use super::Prepared;
use super::levels::{self, Levels};
use super::notes::{Encoded, FileNotes, Filled, Notes};
use super::refusal::{Refusal, dropping, quoted};
use super::scan::Column;
use crate::data::split::Split;
use crate::data::{Dataset, Table};
use crate::linalg::{Moments, count};

/// What a header gave.
#[derive(Debug, Clone)]
pub(super) struct Heading {
    /// Features, then targets.
    pub(super) names: Vec<String>,
    pub(super) features: usize,
    pub(super) ignored: Vec<String>,
    pub(super) nameless: Vec<usize>,
}

/// Columns of training and of test rows.
pub(super) enum Halves {
    OfOne(Vec<Column>, Split),
    OfTwo(Vec<Column>, Vec<Column>),
}

impl Halves {
    /// Pairs of columns, each freed when the next is asked for.
    fn into_pairs(self) -> Box<dyn Iterator<Item = (Column, Column)>> {
        match self {
            Self::OfOne(columns, split) => Box::new(columns.into_iter().map(move |column| (column.rows(&split.train), column.rows(&split.test)))),
            Self::OfTwo(train, test) => Box::new(train.into_iter().zip(test)),
        }
    }

    /// How many rows are fitted and tested, and how many columns there can be of the first `features`.
    fn shape(&self, features: usize) -> (usize, usize, usize) {
        let width = |columns: &[Column]| columns.iter().take(features).map(Column::width).sum();
        match self {
            Self::OfOne(columns, split) => (split.train.len(), split.test.len(), width(columns)),
            Self::OfTwo(train, test) => (train.first().map_or(0, Column::len), test.first().map_or(0, Column::len), width(train)),
        }
    }
}

impl Column {
    /// The rows with these numbers, in this order.
    fn rows(&self, rows: &[usize]) -> Self {
        match self {
            Self::Numbers(numbers) => Self::Numbers(rows.iter().map(|&row| numbers[row]).collect()),
            Self::Codes(levels, codes) => Self::Codes(levels.clone(), rows.iter().map(|&row| codes[row]).collect()),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Codes(_, codes) => codes.len(),
        }
    }

    /// How many columns of numbers it can become.
    fn width(&self) -> usize {
        match self {
            Self::Numbers(_) => 1,
            Self::Codes(levels, _) => levels.sorted().len(),
        }
    }
}

/// Makes a data set of the columns.
pub(super) fn assemble(name: String, heading: Heading, halves: Halves, files: Vec<FileNotes>) -> Result<Prepared, Refusal> {
    let (n, tested, width) = halves.shape(heading.features);
    let mut building = Building {
        x: Pair::with_capacity(n, tested, width),
        y: Pair::with_capacity(n, tested, heading.names.len() - heading.features),
        features: Vec::new(),
        notes: Notes { files, ignored: heading.ignored, nameless: heading.nameless, ..Notes::default() },
    };
    let targets = heading.names[heading.features..].to_vec();
    let called = building.notes.files.last().map(|notes| notes.file.clone()).unwrap_or_default();
    for (at, (name, (train, test))) in heading.names.into_iter().zip(halves.into_pairs()).enumerate() {
        match (train, test) {
            (Column::Numbers(train), Column::Numbers(test)) if at >= heading.features => building.target(&name, &train, &test)?,
            (Column::Numbers(train), Column::Numbers(test)) => building.feature(name.clone(), &name, train, test)?,
            (Column::Codes(levels, train), Column::Codes(lines, test)) => building.indicators(&name, &levels, &train, &lines, &test)?,
            // The second pass reads what the first one found; only a file that changes in between can come here.
            _ => return Err(Refusal::new(&called, None, format!("changed its column {} while it was read", quoted(&name)), "read it again")),
        }
    }
    let Building { x, y, features, notes } = building;
    if features.is_empty() {
        return Err(Refusal::new(&notes.files[0].file, None, "has no feature left: every text column has one level", "use other features"));
    }
    let mut seen = HashSet::new();
    if let Some(twice) = features.iter().find(|feature| !seen.insert(feature.as_str())) {
        let what = format!("two features are called {}, one of them an indicator", quoted(twice));
        return Err(Refusal::new(&notes.files[0].file, None, what, "rename a column or a level"));
    }
    let dataset = Dataset { name, features, targets, train: Table { x: x.train, y: y.train }, test: Table { x: x.test, y: y.test }, truth: None };
    Ok(Prepared { dataset, notes })
}

/// Matrices of training and test rows that grow by columns.
struct Pair {
    train: Mat<f64>,
    test: Mat<f64>,
}

impl Pair {
    fn with_capacity(train: usize, test: usize, columns: usize) -> Self {
        Self { train: Mat::with_capacity(train, columns), test: Mat::with_capacity(test, columns) }
    }

    fn push(&mut self, train: &[f64], test: &[f64]) {
        let width = self.train.ncols() + 1;
        self.train.resize_with(train.len(), width, |i, _| train[i]);
        self.test.resize_with(test.len(), width, |i, _| test[i]);
    }
}

struct Building {
    x: Pair,
    y: Pair,
    features: Vec<String>,
    notes: Notes,
}

impl Building {
    fn file(&self) -> &Path {
        &self.notes.files[0].file
    }

    /// The file that test rows stand in.
    fn test_file(&self) -> &Path {
        &self.notes.files[self.notes.files.len() - 1].file
    }

    fn feature(&mut self, feature: String, column: &str, mut train: Vec<f64>, mut test: Vec<f64>) -> Result<(), Refusal> {
        let gaps = |numbers: &[f64]| numbers.iter().filter(|number| number.is_nan()).count();
        let (in_train, in_test) = (gaps(&train), gaps(&test));
        if in_train + in_test > 0 {
            if in_train == train.len() {
                let what = format!("the column {} has no value in any training row", quoted(column));
                return Err(Refusal::new(self.file(), None, what, format!("leave it out with {}", dropping(&[column]))));
            }
            let mean = mean_of_known(&train);
            train.iter_mut().chain(&mut test).filter(|number| number.is_nan()).for_each(|number| *number = mean);
            self.notes.filled.push(Filled { feature: feature.clone(), mean, train: in_train, test: in_test });
        }
        self.x.push(&train, &test);
        if spread(&train) != Spread::Real {
            self.notes.constant.push(feature.clone());
        }
        self.features.push(feature);
        Ok(())
    }

    fn target(&mut self, name: &str, train: &[f64], test: &[f64]) -> Result<(), Refusal> {
        self.y.push(train, test);
        let (n, name) = (train.len(), quoted(name));
        let what = match spread(train) {
            Spread::Real => return Ok(()),
            Spread::None(value) => format!("the target {name} is {value} in all {n} training rows"),
            Spread::Rounding(low, high) => format!("the target {name} varies by rounding only, from {low} to {high} in {n} training rows"),
        };
        Err(Refusal::new(self.file(), None, what, "choose a target that varies with --target"))
    }

    /// One indicator for each level of the training rows but the first.
    fn indicators(&mut self, name: &str, levels: &Levels, train: &[u32], in_test: &Levels, test: &[u32]) -> Result<(), Refusal> {
        let sorted = levels.sorted();
        let found = |codes: &[u32]| {
            let mut found = vec![false; sorted.len()];
            codes.iter().filter(|&&code| code != levels::MISSING).for_each(|&code| found[code as usize] = true);
            found
        };
        let (fitted, tested) = (found(train), found(test));
        let strange = sorted.iter().filter(|(code, _)| tested[*code as usize] && !fitted[*code as usize]);
        if let Some((code, level)) = strange.min_by_key(|(code, _)| in_test.line(*code)) {
            let what = format!("the level {} of column {} stands in test rows only", quoted(level), quoted(name));
            let cure = format!("choose other test rows, merge the level with another, or leave the column out with {}", dropping(&[name]));
            return Err(Refusal::new(self.test_file(), in_test.line(*code), what, cure));
        }
        let mut known = sorted.into_iter().filter(|(code, _)| fitted[*code as usize]);
        let Some((_, reference)) = known.next() else {
            let what = format!("the column {} has no value in any training row", quoted(name));
            return Err(Refusal::new(self.file(), None, what, format!("leave it out with {}", dropping(&[name]))));
        };
        let mut encoded = Encoded { column: name.to_owned(), reference, levels: Vec::new() };
        for (code, level) in known {
            let indicator = |&other: &u32| match other {
                levels::MISSING => f64::NAN,
                other => f64::from(u8::from(other == code)),
            };
            let feature = format!("{name}={level}");
            self.feature(feature, name, train.iter().map(indicator).collect(), test.iter().map(indicator).collect())?;
            encoded.levels.push(level);
        }
        self.notes.encoded.push(encoded);
        Ok(())
    }
}

/// How a column varies.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Spread {
    /// All entries are this one.
    None(f64),
    /// Between two numbers that differ in their last digits only.
    Rounding(f64, f64),
    Real,
}

fn spread(numbers: &[f64]) -> Spread {
    let (low, high) = numbers.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &number| (low.min(number), high.max(number)));
    match Moments::of(ColRef::from_slice(numbers)).is_constant() {
        _ if low == high => Spread::None(low),
        true => Spread::Rounding(low, high),
        false => Spread::Real,
    }
}

/// The mean of the entries that are not NaN.
fn mean_of_known(numbers: &[f64]) -> f64 {
    let known = || numbers.iter().filter(|number| !number.is_nan());
    let n = count(known().count());
    let mean = known().sum::<f64>() / n;
    // Huge numbers are divided first: their sum may be none.
    if mean.is_finite() { mean } else { known().map(|number| number / n).sum() }
}
