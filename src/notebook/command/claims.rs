//! `claims`: lists the claims, shows one, runs them.

mod catalogue;
mod replicate;
mod verify;

use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use replicate::{Replicate, replicate};
use verify::{Verify, verify};

use super::{Done, Root, as_json};
use crate::console::{say, say_error};
use crate::diagnostic::Diagnostic;
use crate::notebook::book::weave;
use crate::notebook::claim::{last_run, snapshot};
use crate::notebook::registry::Registry;
use crate::publish::harmless;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Claims {
    #[command(flatten)]
    pub(crate) place: Root,
    #[command(subcommand)]
    command: Option<ClaimsCommand>,
    /// One JSON document instead of a table
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
enum ClaimsCommand {
    /// Show one claim: statement, evidence, what breaks it, the command that verifies it
    Show {
        /// The claim's name, that of its test
        id: String,
    },
    Verify(Verify),
    Replicate(Replicate),
}

pub(crate) fn claims(root: &Path, arguments: &Claims) -> Done {
    let registry = Registry::read(root)?;
    if let Some(ClaimsCommand::Verify(arguments)) = &arguments.command {
        return verify(root, &registry, arguments).map(|()| ExitCode::SUCCESS);
    }
    if let Some(ClaimsCommand::Replicate(arguments)) = &arguments.command {
        return replicate(root, &registry, arguments).map(|()| ExitCode::SUCCESS);
    }
    let snapshots = snapshot::read_all(root).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    let metrics = weave::metrics(&registry, &snapshots, &mut problems);
    // A claim that was never run is listed without numbers, and said to be so.
    for problem in &problems {
        say_error(&format!("warning: {problem}"));
    }
    match &arguments.command {
        None if arguments.json => say(&as_json(&catalogue::json(&registry, &metrics))?)?,
        None => say(catalogue::table(&registry, &metrics, &last_run::read_all(root)).trim_end())?,
        Some(ClaimsCommand::Verify(_) | ClaimsCommand::Replicate(_)) => {}
        Some(ClaimsCommand::Show { id }) => match registry.claim(id) {
            Some(claim) => say(catalogue::show(&registry, claim, &metrics).trim_end())?,
            None => {
                return Err(vec![Diagnostic::new(
                    "tests/claims",
                    format!("`{}` is no claim", harmless(id)),
                    nearest(&registry, id),
                )]);
            }
        },
    }
    Ok(ExitCode::SUCCESS)
}

/// Names a claim that was probably meant.
fn nearest(registry: &Registry, id: &str) -> String {
    let shared = |name: &str| name.split('_').filter(|word| id.split('_').any(|other| other == *word)).count();
    let best = registry.claims().max_by_key(|claim| shared(&claim.id)).filter(|claim| shared(&claim.id) > 0);
    best.map_or("see `attention-regression claims`".to_owned(), |claim| {
        format!("did you mean `{}`? See `attention-regression claims`", claim.id)
    })
}
