//! Everything about a comparison as one document for programs: `--json`, described by a JSON Schema that is derived
//! from it.
//!
//! Errors are in the target's own units, those ending in `_scaled` in units of its training variance. With one target
//! an error is a number, with several an array in the order of `data.targets`.
//!
//! ```
//! use attention_regression::compare::Verdict;
//! use attention_regression::compare::document::{Baselines, Document, Origin};
//! use attention_regression::data;
//! use attention_regression::experiment::{Comparison, Settings, Variant};
//!
//! let comparison = Comparison::new(data::synthetic(1), Settings::default())?;
//! let baselines = Baselines::of(&comparison)?;
//! let runs = comparison.runs(&Variant::grid()[..1], &[1], 1, &|_| ());
//! let document = Document::new(&comparison, baselines, Origin::default(), &runs)?;
//! assert_eq!(document.verdicts[0].verdict, Verdict::SameOutputsOtherMechanism);
//! assert!(document.json()?.contains(r#""verdict": "same-outputs-other-mechanism""#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod attention;
mod finite;
mod fit;
mod made;
mod per_target;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::choice::Choice;
use super::verdict::Verdict;
use crate::data::Units;
use crate::publish::harmless_json;
pub use attention::Attention;
pub use fit::{Baselines, Fit};
pub use per_target::PerTarget;

/// The name and version of the schema.
pub const SCHEMA: &str = "attention-regression/compare/2";
/// The name of the document in a folder of results.
pub const DOCUMENT: &str = "comparison.json";

/// A comparison with all its runs, for programs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// `attention-regression/compare/2`.
    pub schema: String,
    /// What was compared on.
    pub data: Data,
    /// The baseline.
    pub ridge: Fit,
    /// Least squares: the baseline without a penalty.
    pub ols: Fit,
    /// Every variant from every seed.
    pub variants: Vec<Attention>,
    /// Trainings that came to nothing, and why.
    pub failures: Vec<Failure>,
    /// What counts as the same. Since version 2 of this schema a mechanism is judged by alignment and size, not by one
    /// gap.
    pub thresholds: Thresholds,
    /// A verdict for each variant, over its seeds.
    pub verdicts: Vec<Judged>,
}

/// The data of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// The files, or the name of the built-in data.
    pub source: Vec<String>,
    /// The number of training rows.
    pub n_train: usize,
    /// The number of test rows.
    pub n_test: usize,
    /// Names of the features.
    pub features: Vec<String>,
    /// Names of the targets.
    pub targets: Vec<String>,
    /// What brought them to scale.
    pub scaling: Units,
    /// The numerical rank of the scaled features.
    pub rank: usize,
    /// The condition number of the scaled features; null where it is infinite, or more than their rounding lets one
    /// tell.
    pub condition_number: Option<f64>,
    /// Variance of the targets on the training rows.
    pub target_variance: PerTarget<f64>,
    /// Lines of rows that were left out for a missing cell, for each file.
    pub dropped_rows: Vec<Vec<u64>>,
    /// What else was done to the table, in sentences.
    pub notes: Vec<String>,
    /// The training rows that softmax attends to, where they are a sample.
    pub context: Option<Context>,
}

/// A sample of the training rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// The number of rows in it.
    pub rows: usize,
    /// The seed it was drawn with.
    pub seed: u64,
}

/// A training that came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// The variant, in three words.
    #[serde(flatten)]
    pub variant: Choice,
    /// The seed of the initial weights.
    pub seed: u64,
    /// What went wrong, and what to do about it.
    pub error: String,
}

/// What counts as the same, in outputs and in mechanism.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// The largest gap between outputs that count as the same.
    pub output_gap: f64,
    /// The lowest alignment of mechanisms that count as the same.
    pub alignment: f64,
    /// The largest distance from 1 of the size of mechanisms that count as the same.
    pub size: f64,
}

/// A variant's verdict over its seeds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// The variant, in three words.
    #[serde(flatten)]
    pub variant: Choice,
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict in words.
    pub words: String,
    /// The largest gap in outputs over the seeds; null where nothing was trained.
    pub output_gap: Option<f64>,
    /// The lowest alignment over the seeds; null where nothing was trained.
    pub alignment: Option<f64>,
    /// The size furthest from 1 over the seeds; null where nothing was trained.
    pub size: Option<f64>,
}

/// Where the data came from and what was done to them before the comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The files, or the name of the built-in data.
    pub source: Vec<String>,
    /// Lines of rows that were left out, for each file.
    pub dropped_rows: Vec<Vec<u64>>,
    /// What else was done, in sentences.
    pub notes: Vec<String>,
}

impl Document {
    /// The JSON Schema of the document.
    ///
    /// # Errors
    /// Whatever keeps serde from writing it.
    pub fn json_schema() -> serde_json::Result<String> {
        serde_json::to_string_pretty(&schemars::schema_for!(Self))
    }

    /// The document, indented, every number such that it is read back exactly, and every character such that a terminal
    /// only shows it.
    ///
    /// # Errors
    /// Whatever keeps serde from writing it.
    pub fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|document| harmless_json(&document))
    }
}
