//! `compare`: the experiment on a table of the user's.

mod arguments;
mod input;
mod mistake;
mod progress;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use attention_regression::compare::document::Document;
use attention_regression::compare::export::export;
use attention_regression::compare::folder::{self, Folder};
use attention_regression::compare::{page, run, terminal};
use attention_regression::comparison::Comparison;

pub(crate) use arguments::Compare;
use mistake::Mistake;

use super::{say, say_error, say_mistake};

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
    let bar = progress::bar();
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
    progress::training(&bar, work);
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
