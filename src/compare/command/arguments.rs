//! The arguments of `compare`, and what they ask for.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::compare::choice::{Choice, Whiten};
use crate::data::{BUILT_IN, Scaling};
use crate::experiment::{Scores, Settings, Variant};
use crate::training::{Optimiser, Parametrisation};

const EXAMPLES: &str = "Examples:
  attention-regression compare diabetes                              the built-in table
  attention-regression compare data.csv --target price               a seeded 80/20 split
  attention-regression compare --train a.csv --test b.csv --target y
  zcat big.csv.gz | attention-regression compare - --target y --steps 100
  attention-regression compare data.csv --target price --drop id --one-hot --missing mean
  attention-regression compare data.csv --target y --seeds 5 --report out      a page with figures, out/index.html
  attention-regression compare data.csv --target y --json | jq '.verdicts[] | .words'
  attention-regression compare data.csv --target y --export matrices  … and every matrix for NumPy
  attention-regression compare --schema                              the JSON Schema of --json

Exit code: 0 when the comparison was made, 1 when nothing could be trained, 2 for a mistake in arguments or data, or
where something cannot be written, 130 after Ctrl-C, 141 when the reader of a pipe has seen enough.";

/// Compare attention with ridge regression on a table: in outputs, in mechanism, in words
#[derive(Clone, Args)]
#[command(after_help = EXAMPLES, group = clap::ArgGroup::new("folder").multiple(true))]
pub(crate) struct Compare {
    #[arg(help = data_help(), value_name = "DATA", required_unless_present_any = ["train", "schema"], conflicts_with_all = ["train", "test"])]
    pub(super) data: Option<OsString>,
    /// The table to fit, with --test
    #[arg(long, value_name = "FILE", requires = "test")]
    pub(super) train: Option<OsString>,
    /// The table to test on, with --train
    #[arg(long, value_name = "FILE", requires = "train")]
    pub(super) test: Option<OsString>,

    /// A column to predict; may be given more than once
    #[arg(long = "target", value_name = "COLUMN", help_heading = "Columns")]
    pub(super) targets: Vec<String>,
    /// A column to predict from; may be given more than once [default: all others]
    #[arg(long = "features", value_name = "COLUMN", num_args = 1.., help_heading = "Columns")]
    pub(super) features: Vec<String>,
    /// A column to leave out; may be given more than once
    #[arg(long, value_name = "COLUMN", num_args = 1.., help_heading = "Columns")]
    pub(super) drop: Vec<String>,
    /// Encode columns of text as indicators, one for each level but the first
    #[arg(long, help_heading = "Columns")]
    pub(super) one_hot: bool,
    /// What to do about missing cells (empty, NA, N/A, null, ?) [default: refuse]
    #[arg(long, value_enum, help_heading = "Columns")]
    pub(super) missing: Option<OnMissing>,
    /// What stands between cells: one character, or `tab` [default: found out]
    #[arg(long, value_name = "CHAR", value_parser = delimiter, help_heading = "Columns")]
    pub(super) delimiter: Option<u8>,
    /// Whether the decimal sign is a comma [default: found out]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", require_equals = true, help_heading = "Columns")]
    pub(super) decimal_comma: Option<bool>,
    /// The share of test rows of a table that is split [default: 0.2]
    #[arg(
        long,
        value_name = "SHARE",
        allow_negative_numbers = true,
        conflicts_with = "train",
        help_heading = "Columns"
    )]
    pub(super) test_fraction: Option<f64>,

    /// Ridge's penalty, on the scaled features
    #[arg(
        long,
        value_name = "LAMBDA",
        default_value_t = 1e-3,
        allow_negative_numbers = true,
        help_heading = "Comparison"
    )]
    pub(super) lambda: f64,
    /// What centred features are divided by: training statistics
    #[arg(long, value_enum, default_value_t = Scaling::Standard, help_heading = "Comparison")]
    pub(super) scale: Scaling,
    /// What is done to scores
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Scores::Linear, Scores::Softmax], help_heading = "Comparison")]
    pub(super) score: Vec<Scores>,
    /// What is done to rows
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Whiten::None, Whiten::Zca], help_heading = "Comparison")]
    pub(super) whitening: Vec<Whiten>,
    /// What is free: two matrices, one for both, or their product
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Parametrisation::Separate, Parametrisation::Tied], help_heading = "Comparison")]
    pub(super) weights: Vec<Parametrisation>,
    /// Columns of the query and key weights [default: as many as features, at most 64]
    #[arg(long, value_name = "P", help_heading = "Comparison")]
    pub(super) head_width: Option<usize>,
    /// The most training rows that softmax attends to: a seeded sample where there are more
    #[arg(long, value_name = "ROWS", default_value_t = 2000, value_parser = at_least_two, help_heading = "Comparison")]
    pub(super) context: usize,

    /// How weights are moved
    #[arg(long, value_enum, default_value_t = Optimise::Adam, help_heading = "Training")]
    pub(super) optimiser: Optimise,
    /// The rate of the optimiser [default: 0.015]
    #[arg(long, value_name = "RATE", value_parser = positive, allow_negative_numbers = true, required_if_eq("optimiser", "gradient-descent"), help_heading = "Training")]
    pub(super) rate: Option<f64>,
    /// The most steps
    #[arg(long, value_name = "STEPS", default_value_t = 2000, help_heading = "Training")]
    pub(super) steps: usize,
    /// Standard deviation of the initial weights: what one target does not decide stays as it was at the start
    /// [default: 0.1]
    #[arg(long, value_name = "DEVIATION", value_parser = positive, allow_negative_numbers = true, help_heading = "Training")]
    pub(super) start: Option<f64>,
    /// Seed of the split, of the built-in data, of the sample and of the first initial weights
    #[arg(long, default_value_t = 1, help_heading = "Training")]
    pub(super) seed: u64,
    /// How many initial weights every variant is trained from
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1000), help_heading = "Training")]
    pub(super) seeds: u64,
    /// Threads to train on; the results do not depend on it [default: as many as there are]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1024), help_heading = "Training")]
    pub(super) threads: Option<u64>,

    /// One JSON document instead of tables
    #[arg(long, help_heading = "Output")]
    pub(super) json: bool,
    /// Also make a folder with one page to read, figures and all, and that document
    #[arg(long, value_name = "DIR", group = "folder", help_heading = "Output")]
    pub(super) report: Option<PathBuf>,
    /// Write every matrix for NumPy into a folder: X, y, H, and of each training Wq, Wk, A, QKᵀ, WqWkᵀ and predictions
    #[arg(long, value_name = "DIR", group = "folder", help_heading = "Output")]
    pub(super) export: Option<PathBuf>,
    /// Replace an earlier result in those folders, if it holds nothing else
    #[arg(long, requires = "folder", help_heading = "Output")]
    pub(super) force: bool,
    /// Print the JSON Schema of that document, and nothing else
    #[arg(long, exclusive = true, help_heading = "Output")]
    pub(super) schema: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum OnMissing {
    /// Stop and say where they are
    Refuse,
    /// Leave their rows out
    Drop,
    /// Fill features with the mean of the training rows
    Mean,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Optimise {
    /// Adam
    Adam,
    /// Plain gradient descent; give --rate
    GradientDescent,
}

fn data_help() -> String {
    let names: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
    format!("A CSV or TSV file (also .gz), `-` for standard input, or built-in data: {}", names.join(", "))
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() => Ok(*byte),
        _ => Err("give one ASCII character, or `tab`".to_owned()),
    }
}

fn positive(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|&rate: &f64| rate.is_finite() && rate > 0.0)
        .ok_or_else(|| "give a finite number above 0".to_owned())
}

fn at_least_two(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&rows| rows >= 2).ok_or_else(|| "give a whole number of at least 2".to_owned())
}

impl Compare {
    /// Every combination, once, in the order in which they were asked for.
    pub(super) fn variants(&self) -> Vec<Variant> {
        let mut variants = Vec::new();
        for &score in &self.score {
            for &whitening in &self.whitening {
                for &weights in &self.weights {
                    let variant = Choice { score, whitening, weights }.variant();
                    if !variants.contains(&variant) {
                        variants.push(variant);
                    }
                }
            }
        }
        variants
    }

    pub(super) fn settings(&self) -> Settings {
        let optimiser = match (self.optimiser, self.rate) {
            (Optimise::Adam, Some(rate)) => Some(Optimiser::Adam { rate }),
            (Optimise::GradientDescent, Some(rate)) => Some(Optimiser::GradientDescent { rate }),
            (_, None) => None,
        };
        Settings {
            penalty: self.lambda,
            scaling: self.scale,
            width: self.head_width,
            context: self.context,
            seed: self.seed,
            optimiser,
            steps: Some(self.steps),
            deviation: self.start,
        }
    }

    /// The seeds of the initial weights.
    pub(super) fn all_seeds(&self) -> Vec<u64> {
        (0..self.seeds).map(|place| self.seed.wrapping_add(place)).collect()
    }

    pub(super) fn threads(&self) -> usize {
        let asked = self.threads.and_then(|threads| usize::try_from(threads).ok());
        asked.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get))
    }
}
