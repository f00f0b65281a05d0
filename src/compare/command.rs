//! `compare`: the experiment on a table of the user's.

mod arguments;
mod input;
mod progress;
mod refused;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use indicatif::ProgressBar;
use refused::Refused;

pub(crate) use arguments::Compare;

use crate::compare::document::{Baselines, DOCUMENT, Document};
use crate::compare::export::export;
use crate::compare::{page, terminal};
use crate::console::interruption::{INTERRUPTED, Leavable, nothing_is_under_way};
use crate::console::{say, say_bytes, say_diagnostic, say_error, say_mistake};
use crate::experiment::{Comparison, Run};
use crate::publish::{Finished, Folder, Kind, Stop, harmless};

pub(crate) fn compare(arguments: Compare) -> ExitCode {
    match compared(arguments) {
        Ok(code) => code,
        // No folder is under way any more, and none was put in its place.
        Err(Refused::Interrupted) => {
            say_error("interrupted: nothing was written");
            ExitCode::from(INTERRUPTED)
        }
        Err(Refused::For(diagnostic)) => {
            say_diagnostic(&diagnostic);
            ExitCode::from(2)
        }
    }
}

/// What a comparison came to.
struct Compared {
    comparison: Comparison,
    document: Document,
    json: String,
    runs: Vec<Run>,
}

fn compared(arguments: Compare) -> Result<ExitCode, Refused> {
    if arguments.schema {
        say(&Document::json_schema()?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let (stop, bar) = (Stop::default(), progress::bar());
    let leavable = Leavable::new(&stop);
    let folders = Folders::begin(&arguments, &stop)?;
    let (work, progress) = (arguments.clone(), bar.clone());
    let outcome = leavable.outcome(move || trained(&work, &progress));
    bar.finish_and_clear();
    let compared = outcome.ok_or(Refused::Interrupted)??;
    let places = folders.filled(&compared)?;
    nothing_is_under_way(&stop);
    if arguments.json {
        say_bytes(format!("{}\n", compared.json).as_bytes())?;
        places.iter().for_each(|place| say_error(place));
    } else {
        say(terminal::text(&compared.document, std::io::stdout().is_terminal()).trim_end())?;
        places.iter().try_for_each(|place| say(place))?;
    }
    Ok(if compared.document.variants.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Reads, trains and judges; touches no folder.
fn trained(arguments: &Compare, bar: &ProgressBar) -> Result<Compared, Refused> {
    let (variants, seeds) = (arguments.variants(), arguments.all_seeds());
    let (dataset, origin) = arguments.read(bar)?;
    let comparison = Comparison::new(dataset, arguments.settings())?;
    // What cannot be told is refused before anything is trained.
    let baselines = Baselines::of(&comparison)?;
    progress::training(bar, (variants.len() * seeds.len()) as u64);
    let runs = comparison.runs(&variants, &seeds, arguments.threads(), &|run| {
        bar.set_message(format!("{}, seed {}", run.variant.name(), run.seed));
        bar.inc(1);
    });
    let document = Document::new(&comparison, baselines, origin, &runs)?;
    Ok(Compared { json: document.json()?, comparison, document, runs })
}

/// The folders that were asked for.
struct Folders {
    report: Option<Folder>,
    matrices: Option<Folder>,
}

impl Folders {
    fn begin(arguments: &Compare, stop: &Stop) -> Result<Self, Refused> {
        if let (Some(report), Some(matrices)) = (&arguments.report, &arguments.export) {
            Folder::apart(report, matrices)?;
        }
        let kind = Kind { made_by: "attention-regression compare", replaces: arguments.force };
        let begin = |goal: &Option<_>| {
            goal.as_ref().map(|goal: &std::path::PathBuf| Folder::begin(goal, kind, stop)).transpose()
        };
        Ok(Self { report: begin(&arguments.report)?, matrices: begin(&arguments.export)? })
    }

    /// Fills both, and only when both are complete puts them where they were asked for. Says where they are.
    fn filled(self, compared: &Compared) -> Result<Vec<String>, Refused> {
        let Compared { comparison, document, json, runs } = compared;
        if let Some(folder) = &self.report {
            folder.write(page::PAGE, page::page(comparison, document, runs, &command_line()).as_bytes())?;
            folder.write(DOCUMENT, json.as_bytes())?;
            folder.complete()?;
        }
        if let Some(folder) = &self.matrices {
            export(folder, comparison, runs)?;
            folder.write(DOCUMENT, json.as_bytes())?;
            folder.complete()?;
        }
        let finish = |folder: Option<Folder>| folder.map(Folder::finish).transpose();
        let (report, matrices) = match (finish(self.report), finish(self.matrices)) {
            (Ok(report), Ok(matrices)) => (report, matrices),
            // One of the two is told beside what became of the other.
            (Err(one), Err(other)) => {
                say_mistake(&other.to_string());
                return Err(one.into());
            }
            (Ok(other), Err(error)) | (Err(error), Ok(other)) => {
                other
                    .iter()
                    .for_each(|folder| say_error(&format!("written: {}", harmless(&folder.place.to_string_lossy()))));
                return Err(error.into());
            }
        };
        report.iter().chain(&matrices).filter_map(Finished::warning).for_each(|warning| say_error(&warning));
        let shown = |path: &std::path::Path| harmless(&path.to_string_lossy());
        let report = report.map(|folder| format!("The report is at {}", shown(&folder.place.join(page::PAGE))));
        let told = [report, matrices.map(|folder| format!("The matrices are in {}", shown(&folder.place)))];
        Ok(told.into_iter().flatten().collect())
    }
}

/// What was typed, as a shell takes it.
fn command_line() -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./:=,+@%".contains(letter);
    let quoted = |word: String| {
        if !word.is_empty() && word.chars().all(plain) { word } else { format!("'{}'", word.replace('\'', "'\\''")) }
    };
    let words = std::env::args_os().skip(1).map(|word| quoted(word.to_string_lossy().into_owned()));
    std::iter::once("attention-regression".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}
