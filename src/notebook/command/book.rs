//! `book`: weaves the pages, renders them, says where they are, and follows their sources.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::watch::watch;
use super::{Done, Root};
use crate::console::interruption::{INTERRUPTED, listen, nothing_is_under_way};
use crate::console::{say, say_error};
use crate::diagnostic::Diagnostic;
use crate::notebook::book::weave::Pages;
use crate::notebook::book::{render, weave};
use crate::notebook::claim::replication::Replication;
use crate::notebook::claim::snapshot;
use crate::notebook::registry::Registry;
use crate::publish::{Stop, harmless};

#[derive(Args)]
pub(crate) struct Book {
    #[command(flatten)]
    pub(crate) place: Root,
    /// Open the book in a browser
    #[arg(long, conflicts_with = "check")]
    open: bool,
    /// Where the HTML goes [default: target/book below the root]
    #[arg(long, value_name = "DIR", conflicts_with = "check")]
    out: Option<PathBuf>,
    /// Make it again whenever its sources change, and have the open page reload
    #[arg(long, conflicts_with = "check")]
    watch: bool,
    /// With --watch: where on this machine the book is served, 0 for any free port [default: 3000, or a free one]
    #[arg(long, value_name = "PORT", requires = "watch")]
    port: Option<u16>,
    /// Write nothing: exit with 1 where book/src differs from what the claims say
    #[arg(long)]
    check: bool,
}

pub(crate) fn book(root: &Path, arguments: &Book) -> Done {
    if arguments.check {
        return check(root);
    }
    let out = arguments.out.clone().unwrap_or_else(|| root.join("target/book"));
    let stop = Stop::default();
    // Touches nothing: nothing is left of it whenever a signal comes.
    render::refuse_foreign(root, &out).map_err(|problem| vec![problem])?;
    if arguments.watch {
        return watch(root, &out, arguments.port, arguments.open, &stop, &|| made(root, &out, &stop))
            .map(|()| ExitCode::SUCCESS);
    }
    listen(&stop, || ());
    let words = match made(root, &out, &stop) {
        Err(problems) if problems.is_empty() => {
            say_error(&format!("interrupted: {} is as it was", harmless(&out.to_string_lossy())));
            return Ok(ExitCode::from(INTERRUPTED));
        }
        made => made?,
    };
    nothing_is_under_way(&stop);
    let first = out.join("index.html");
    say(&format!("{words}.\nThe book is at {}", harmless(&first.to_string_lossy())))?;
    if arguments.open {
        open::that(&first).map_err(|error| {
            vec![Diagnostic::new(&first, format!("cannot be opened: {error}"), "open it in a browser yourself")]
        })?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether the committed pages are what the claims say.
fn check(root: &Path) -> Done {
    let (registry, pages) = woven(root)?;
    let stale = weave::stale(root, &pages);
    if !stale.is_empty() {
        return Err(stale);
    }
    say(&format!("book/src is fresh: {} claims, {} files.", registry.claims().count(), pages.files().len()))?;
    Ok(ExitCode::SUCCESS)
}

/// The claims, and the pages of them.
fn woven(root: &Path) -> Result<(Registry, Pages), Vec<Diagnostic>> {
    let registry = Registry::read(root)?;
    let snapshots = snapshot::read_all(root).map_err(|problem| vec![problem])?;
    let replication = Replication::read(root).map_err(|problem| vec![problem])?;
    let pages = weave::weave(&registry, &snapshots, &replication)?;
    Ok((registry, pages))
}

/// Weaves the pages and renders them, unless somebody asks to stop: then there is no problem to tell. Says in words
/// what was made.
fn made(root: &Path, out: &Path, stop: &Stop) -> Result<String, Vec<Diagnostic>> {
    let progress = progress();
    if let waiting @ 1.. = snapshot::pending(root).map_err(|problem| vec![problem])?.len() {
        progress
            .suspend(|| say_error(&format!("warning: snapshots wait for review ({waiting}); the book shows the accepted numbers; run `cargo insta review`")));
    }
    progress.set_message("weaving the pages");
    let (registry, pages) = woven(root)?;
    let changed = weave::write(root, &pages).map_err(|problem| vec![problem])?;
    progress.set_message("rendering the HTML");
    let rendered = render::render(root, &pages, out, stop)?;
    progress.finish_and_clear();
    rendered.warning.iter().for_each(|warning| say_error(warning));
    let woven =
        if changed == 0 { "book/src was fresh".to_owned() } else { format!("{changed} files of book/src changed") };
    Ok(format!("{} claims, {} pages; {woven}", registry.claims().count(), rendered.pages))
}

/// A spinner on a terminal, nothing elsewhere.
fn progress() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner().with_style(ProgressStyle::default_spinner());
    bar.enable_steady_tick(Duration::from_millis(80));
    bar
}
