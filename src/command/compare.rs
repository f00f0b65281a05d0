//! `compare`: the experiment on a table of the user's.

use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use attention_regression::compare::document::{Document, Origin};
use attention_regression::compare::export::{ExportError, export};
use attention_regression::compare::folder::{self, Folder, FolderError};
use attention_regression::compare::{page, run, terminal};
use attention_regression::comparison::{Comparison, Scores, Settings, Variant};
use attention_regression::data::table::{self, Missing, Notes, Reading, Refusal, Rows, Source};
use attention_regression::data::{self, Dataset, Scaling};
use attention_regression::training::{Optimiser, Parametrisation};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use super::{say, say_error, say_mistake};

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

Exit code: 0 when the comparison was made, 1 when nothing could be trained, 2 for a mistake in arguments or data,
130 after Ctrl-C.";

/// Compare attention with ridge regression on a table: in outputs, in mechanism, in words
#[derive(Args)]
#[command(after_help = EXAMPLES, group = clap::ArgGroup::new("folder").multiple(true))]
pub(crate) struct Compare {
    /// A CSV or TSV file (also .gz), `-` for standard input, or built-in data: diabetes, synthetic, sine
    #[arg(value_name = "DATA", required_unless_present_any = ["train", "schema"], conflicts_with_all = ["train", "test"])]
    data: Option<OsString>,
    /// The table to fit, with --test
    #[arg(long, value_name = "FILE", requires = "test")]
    train: Option<OsString>,
    /// The table to test on, with --train
    #[arg(long, value_name = "FILE", requires = "train")]
    test: Option<OsString>,

    /// A column to predict; may be given more than once
    #[arg(long = "target", value_name = "COLUMN", help_heading = "Columns")]
    targets: Vec<String>,
    /// A column to predict from; may be given more than once [default: all others]
    #[arg(long = "features", value_name = "COLUMN", num_args = 1.., help_heading = "Columns")]
    features: Vec<String>,
    /// A column to leave out; may be given more than once
    #[arg(long, value_name = "COLUMN", num_args = 1.., help_heading = "Columns")]
    drop: Vec<String>,
    /// Encode columns of text as indicators, one for each level but the first
    #[arg(long, help_heading = "Columns")]
    one_hot: bool,
    /// What to do about missing cells (empty, NA, N/A, null, ?) [default: refuse]
    #[arg(long, value_enum, help_heading = "Columns")]
    missing: Option<OnMissing>,
    /// What stands between cells: one character, or `tab` [default: found out]
    #[arg(long, value_name = "CHAR", value_parser = delimiter, help_heading = "Columns")]
    delimiter: Option<u8>,
    /// Whether the decimal sign is a comma [default: found out]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", require_equals = true, help_heading = "Columns")]
    decimal_comma: Option<bool>,
    /// The share of test rows of a table that is split [default: 0.2]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true, conflicts_with = "train", help_heading = "Columns")]
    test_fraction: Option<f64>,

    /// Ridge's penalty, on the scaled features
    #[arg(long, value_name = "LAMBDA", default_value_t = 1e-3, allow_negative_numbers = true, help_heading = "Comparison")]
    lambda: f64,
    /// What centred features are divided by: training statistics
    #[arg(long, value_enum, default_value_t = Scale::Standard, help_heading = "Comparison")]
    scale: Scale,
    /// What is done to scores
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Score::Linear, Score::Softmax], help_heading = "Comparison")]
    score: Vec<Score>,
    /// What is done to rows
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Whiten::None, Whiten::Zca], help_heading = "Comparison")]
    whitening: Vec<Whiten>,
    /// What is free: two matrices, one for both, or their product
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Weights::Separate, Weights::Tied], help_heading = "Comparison")]
    weights: Vec<Weights>,
    /// Columns of the query and key weights [default: as many as features, at most 64]
    #[arg(long, value_name = "P", help_heading = "Comparison")]
    head_width: Option<usize>,
    /// The most training rows that softmax attends to: a seeded sample where there are more
    #[arg(long, value_name = "ROWS", default_value_t = 2000, value_parser = at_least_two, help_heading = "Comparison")]
    context: usize,

    /// How weights are moved
    #[arg(long, value_enum, default_value_t = Optimise::Adam, help_heading = "Training")]
    optimiser: Optimise,
    /// The rate of the optimiser [default: 0.01 with softmax, 0.0005 without]
    #[arg(long, value_name = "RATE", value_parser = positive, allow_negative_numbers = true, required_if_eq("optimiser", "gradient-descent"), help_heading = "Training")]
    rate: Option<f64>,
    /// The most steps [default: 1000 with softmax, 10000 without]
    #[arg(long, value_name = "STEPS", help_heading = "Training")]
    steps: Option<usize>,
    /// Seed of the split, of the built-in data, of the sample and of the first initial weights
    #[arg(long, default_value_t = 1, help_heading = "Training")]
    seed: u64,
    /// How many initial weights every variant is trained from
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1000), help_heading = "Training")]
    seeds: u64,
    /// Threads to train on; the results do not depend on it [default: as many as there are]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1024), help_heading = "Training")]
    threads: Option<u64>,

    /// One JSON document instead of tables
    #[arg(long, help_heading = "Output")]
    json: bool,
    /// Also make a folder with one page to read, figures and all, and that document
    #[arg(long, value_name = "DIR", group = "folder", help_heading = "Output")]
    report: Option<PathBuf>,
    /// Write every matrix for NumPy into a folder: X, y, H, and of each training Wq, Wk, A, QKᵀ, WqWkᵀ and predictions
    #[arg(long, value_name = "DIR", group = "folder", help_heading = "Output")]
    export: Option<PathBuf>,
    /// Replace an earlier result in those folders
    #[arg(long, requires = "folder", help_heading = "Output")]
    force: bool,
    /// Print the JSON Schema of that document, and nothing else
    #[arg(long, exclusive = true, help_heading = "Output")]
    schema: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum OnMissing {
    /// Stop and say where they are
    Refuse,
    /// Leave their rows out
    Drop,
    /// Fill features with the mean of the training rows
    Mean,
}

#[derive(Clone, Copy, ValueEnum)]
enum Scale {
    /// Nothing
    None,
    /// Standard deviations
    Standard,
    /// Norms
    UnitNorm,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Score {
    /// QKᵀ/p as it is
    Linear,
    /// Softmax of QKᵀ/√p
    Softmax,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Whiten {
    /// Nothing
    None,
    /// The symmetric root of the inverse covariance
    Zca,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Weights {
    /// Wq and Wk
    Separate,
    /// One W for queries and keys
    Tied,
    /// The form W = WqWkᵀ itself
    Merged,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Optimise {
    /// Adam
    Adam,
    /// Plain gradient descent; give --rate
    GradientDescent,
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() => Ok(*byte),
        _ => Err("give one ASCII character, or `tab`".to_owned()),
    }
}

fn positive(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|&rate: &f64| rate.is_finite() && rate > 0.0).ok_or_else(|| "give a finite number above 0".to_owned())
}

fn at_least_two(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&rows| rows >= 2).ok_or_else(|| "give a whole number of at least 2".to_owned())
}

/// A mistake in arguments or data: what is wrong, and the cure on a line of its own.
struct Mistake {
    what: String,
    cure: String,
}

impl Mistake {
    fn new(what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { what: what.into(), cure: cure.into() }
    }

    /// Of a sentence whose cure follows a colon or a semicolon.
    fn of(sentence: &str, separator: &str) -> Self {
        let (what, cure) = sentence.rsplit_once(separator).unwrap_or((sentence, ""));
        Self::new(what, cure)
    }
}

impl From<Refusal> for Mistake {
    fn from(refusal: Refusal) -> Self {
        let line = refusal.line.map_or_else(String::new, |line| format!(":{line}"));
        Self::new(format!("{}{line}: {}", refusal.file.display(), refusal.what), refusal.cure)
    }
}

impl From<attention_regression::Error> for Mistake {
    fn from(error: attention_regression::Error) -> Self {
        Self::of(&error.to_string(), ": ")
    }
}

impl From<ExportError> for Mistake {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Numbers(error) => error.into(),
            ExportError::Folder(error) => error.into(),
        }
    }
}

impl From<FolderError> for Mistake {
    fn from(error: FolderError) -> Self {
        Self::of(&error.to_string(), "; ")
    }
}

pub(crate) fn compare(arguments: &Compare) -> ExitCode {
    if arguments.schema {
        say(&Document::json_schema());
        return ExitCode::SUCCESS;
    }
    match compared(arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(mistake) => {
            say_mistake(&mistake.what);
            if !mistake.cure.is_empty() {
                say_error(&format!("  help: {}", mistake.cure));
            }
            ExitCode::from(2)
        }
    }
}

/// Whether anything could be trained.
fn compared(arguments: &Compare) -> Result<bool, Mistake> {
    let variants = arguments.variants();
    let seeds: Vec<u64> = (0..arguments.seeds).map(|place| arguments.seed.wrapping_add(place)).collect();
    let bar = bar();
    let interrupted = bar.clone();
    // Without a handler Ctrl-C would leave unfinished folders behind.
    let _ = ctrlc::set_handler(move || {
        interrupted.finish_and_clear();
        folder::abandon();
        say_error("interrupted: nothing was written");
        std::process::exit(130);
    });
    if arguments.report.is_some() && arguments.report == arguments.export {
        return Err(Mistake::new("the report and the matrices cannot share a folder", "give --report and --export folders of their own"));
    }
    let report = arguments.report.as_ref().map(|goal| Folder::begin(goal, arguments.force)).transpose()?;
    let matrices = arguments.export.as_deref().map(|goal| Folder::begin(goal, arguments.force)).transpose()?;
    let (dataset, origin) = arguments.read(&bar)?;
    let comparison = Comparison::new(dataset, arguments.settings())?;
    let work = variants.len() as u64 * arguments.seeds;
    show_work(&bar, work);
    let runs = run(&comparison, &variants, &seeds, arguments.threads(), &|run| {
        bar.set_message(format!("{}, seed {}", run.variant.name(), run.seed));
        bar.inc(1);
    });
    let document = Document::new(&comparison, origin, &runs)?;
    bar.finish_and_clear();
    if arguments.json {
        say(&document.json());
    } else {
        say(terminal::text(&document, std::io::stdout().is_terminal()).trim_end());
    }
    let told = |place: &str| if arguments.json { say_error(place) } else { say(place) };
    if let Some(folder) = report {
        folder.write(page::PAGE, page::page(&comparison, &document, &runs, &command_line()).as_bytes())?;
        folder.write(folder::DOCUMENT, document.json().as_bytes())?;
        told(&format!("The report is at {}", folder.finish()?.join(page::PAGE).display()));
    }
    if let Some(folder) = matrices {
        export(&folder, &comparison, &document, &runs)?;
        told(&format!("The matrices are in {}", folder.finish()?.display()));
    }
    Ok(!document.variants.is_empty())
}

/// What was typed, as a shell takes it.
fn command_line() -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./:=,+@%".contains(letter);
    let quoted = |word: String| if !word.is_empty() && word.chars().all(plain) { word } else { format!("'{}'", word.replace('\'', "'\\''")) };
    let words = std::env::args_os().skip(1).map(|word| quoted(word.to_string_lossy().into_owned()));
    std::iter::once("attention-regression".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

impl Compare {
    /// Every combination, once, in the order in which they were asked for.
    fn variants(&self) -> Vec<Variant> {
        let mut variants = Vec::new();
        for &score in &self.score {
            for &whitening in &self.whitening {
                for &weights in &self.weights {
                    let variant = variant(score, whitening, weights);
                    if !variants.contains(&variant) {
                        variants.push(variant);
                    }
                }
            }
        }
        variants
    }

    fn settings(&self) -> Settings {
        let optimiser = match (self.optimiser, self.rate) {
            (Optimise::Adam, Some(rate)) => Some(Optimiser::Adam { rate }),
            (Optimise::GradientDescent, Some(rate)) => Some(Optimiser::GradientDescent { rate }),
            (_, None) => None,
        };
        let scaling = match self.scale {
            Scale::None => Scaling::None,
            Scale::Standard => Scaling::Standard,
            Scale::UnitNorm => Scaling::UnitNorm,
        };
        Settings { penalty: self.lambda, scaling, width: self.head_width, context: self.context, seed: self.seed, optimiser, steps: self.steps }
    }

    fn threads(&self) -> usize {
        let asked = self.threads.and_then(|threads| usize::try_from(threads).ok());
        asked.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get))
    }

    /// The data, and where they came from.
    fn read(&self, bar: &ProgressBar) -> Result<(Dataset, Origin), Mistake> {
        if let Some(name) = self.built_in() {
            return self.made(name);
        }
        let rows = match (&self.data, &self.train, &self.test) {
            (_, Some(train), Some(test)) => Rows::Given { train: train.clone().into(), test: test.clone().into() },
            (data, ..) => {
                let source: Source = data.clone().unwrap_or_default().into();
                Rows::Split { source, test_fraction: self.test_fraction.unwrap_or(0.2), seed: self.seed }
            }
        };
        let reading = Reading {
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
        let prepared = table::read(&rows, &reading, &mut |read, total| show_reading(bar, read, total))?;
        Ok((prepared.dataset, origin(&prepared.notes)))
    }

    /// The name of built-in data, where it is one and no file has it.
    fn built_in(&self) -> Option<&'static str> {
        let asked = self.data.as_ref()?.to_str()?;
        ["diabetes", "synthetic", "sine"].into_iter().find(|name| *name == asked && !PathBuf::from(name).exists())
    }

    fn made(&self, name: &'static str) -> Result<(Dataset, Origin), Mistake> {
        let columns = !self.targets.is_empty() || !self.features.is_empty() || !self.drop.is_empty() || self.one_hot || self.missing.is_some();
        if columns || self.delimiter.is_some() || self.decimal_comma.is_some() || self.test_fraction.is_some() {
            let what = format!("the built-in data `{name}` have their own columns and their own split");
            return Err(Mistake::new(what, format!("leave the options of the group `Columns` out, or name a file, such as ./{name}")));
        }
        let dataset = match name {
            "diabetes" => data::diabetes::dataset()?,
            "synthetic" => data::synthetic(self.seed),
            _ => data::sine_of_projection(self.seed),
        };
        Ok((dataset, Origin { source: vec![format!("built-in {name}")], dropped_rows: Vec::new(), notes: Vec::new() }))
    }
}

fn variant(score: Score, whitening: Whiten, weights: Weights) -> Variant {
    Variant {
        scores: match score {
            Score::Linear => Scores::Linear,
            Score::Softmax => Scores::Softmax,
        },
        whitened: whitening == Whiten::Zca,
        parametrisation: match weights {
            Weights::Separate => Parametrisation::Separate,
            Weights::Tied => Parametrisation::Tied,
            Weights::Merged => Parametrisation::Merged,
        },
        diagonal: attention_regression::attention::Diagonal::Kept,
    }
}

/// What was done to a table, in sentences.
fn origin(notes: &Notes) -> Origin {
    let mut sentences = Vec::new();
    for file in &notes.files {
        let name = file.file.display();
        if file.decimal_comma {
            sentences.push(format!("{name}: decimal commas, cells separated by `{}`", file.delimiter.escape_default()));
        }
        if !file.dropped.is_empty() {
            sentences.push(format!("{name}: {} rows with missing cells left out, {} kept", file.dropped.len(), file.rows));
        }
    }
    for filled in &notes.filled {
        sentences.push(format!("`{}`: {} missing cells filled with the training mean", filled.feature, filled.train + filled.test));
    }
    for encoded in &notes.encoded {
        sentences.push(format!("`{}`: {} indicators, level `{}` has none", encoded.column, encoded.levels.len(), encoded.reference));
    }
    if !notes.constant.is_empty() {
        sentences.push(format!("constant on the training rows, weight zero: {}", notes.constant.join(", ")));
    }
    if !notes.nameless.is_empty() {
        let places: Vec<String> = notes.nameless.iter().map(usize::to_string).collect();
        sentences.push(format!("columns without a name are not used: {}", places.join(", ")));
    }
    Origin {
        source: notes.files.iter().map(|file| file.file.display().to_string()).collect(),
        dropped_rows: notes.files.iter().map(|file| file.dropped.clone()).collect(),
        notes: sentences,
    }
}

/// A bar on a terminal, nothing elsewhere.
fn bar() -> ProgressBar {
    if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() }
}

fn show_reading(bar: &ProgressBar, read: u64, total: Option<u64>) {
    if bar.position() == 0 || bar.length() != total {
        let template = if total.is_some() { "reading {bar:30} {bytes}/{total_bytes} {eta}" } else { "reading {spinner} {bytes}" };
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        total.map_or_else(|| bar.unset_length(), |total| bar.set_length(total));
    }
    bar.set_position(read);
}

fn show_work(bar: &ProgressBar, work: u64) {
    bar.set_style(ProgressStyle::with_template("training {bar:30} {pos}/{len} {eta} {msg}").unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_length(work);
    bar.set_position(0);
    bar.tick();
}
