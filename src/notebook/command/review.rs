//! `review`: what a change did to the numbers, the figures and the sentences.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::{Root, as_json};
use crate::console::{say, say_error};
use crate::diagnostic::Diagnostic;
use crate::notebook::review::{self, page, terminal};
use crate::publish;
use crate::publish::provenance::Provenance;

const EXAMPLES: &str = "Examples:
  cargo test                                   first: a number that moved waits as a pending snapshot
  attention-regression review                  what moved, a line a claim, and a page with all of it
  attention-regression review --open           … and open it in a browser
  attention-regression review --against main   the accepted snapshots of this checkout beside those of another revision
  attention-regression review --json | jq '.summary'

Exit code: 0 when nothing moved, 1 when something did, 2 for a mistake in the arguments, a notebook that cannot be read,
or what cannot be written, 141 when the reader of a pipe has seen enough.";

/// Review a change: numbers, figures and sentences before and after, on one page
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Review {
    #[command(flatten)]
    pub(crate) place: Root,
    /// Open the page in a browser
    #[arg(long)]
    open: bool,
    /// Where the page goes [default: target/review/index.html below the root]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Compare with the accepted snapshots of another commit instead of the pending ones
    #[arg(long, value_name = "REV")]
    against: Option<String>,
    /// One JSON document instead of lines
    #[arg(long)]
    json: bool,
}

/// More than any page of ours, in bytes.
const LONGEST: u64 = 1 << 28;

/// Whether something moved, as an exit code.
pub(crate) fn review(root: &Path, arguments: &Review) -> Result<ExitCode, Vec<Diagnostic>> {
    let out = arguments.out.clone().unwrap_or_else(|| root.join("target/review/index.html"));
    refuse_foreign(&out).map_err(|problem| vec![problem])?;
    let review = review::Review::read(root, arguments.against.as_deref())?;
    review.notes.iter().for_each(|note| say_error(&format!("note: {note}")));
    let text = page::page(&review, &format!("Made from {}", Provenance::of(root).line()));
    let parent = out.parent().map_or(Ok(()), std::fs::create_dir_all);
    parent.and_then(|()| publish::write(&out, text.as_bytes(), is_ours)).map_err(|error| {
        vec![Diagnostic::new(
            &out,
            format!("cannot be written: {error}"),
            "check the folder's permissions, or choose another with --out FILE",
        )]
    })?;
    let place = format!("The page is at {}", publish::harmless(&out.to_string_lossy()));
    if arguments.json {
        say(&as_json(&terminal::json(&review))?)?;
        say_error(&place);
    } else {
        say(&format!("{}{place}", terminal::text(&review)))?;
    }
    if arguments.open {
        open::that(&out).map_err(|error| {
            vec![Diagnostic::new(&out, format!("cannot be opened: {error}"), "open it in a browser yourself")]
        })?;
    }
    Ok(if review.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether a file is an earlier review, by what its head says.
fn is_ours(path: &Path) -> bool {
    publish::read(path, LONGEST).is_ok_and(|text| text.contains(&format!("content=\"{}\"", page::GENERATOR)))
}

/// Nothing that is not an earlier review is written over.
fn refuse_foreign(out: &Path) -> Result<(), Diagnostic> {
    if out.symlink_metadata().is_err() || is_ours(out) {
        return Ok(());
    }
    Err(Diagnostic::new(
        out,
        "is there and is no earlier review",
        "name a new file with --out FILE: nothing else is overwritten",
    ))
}
