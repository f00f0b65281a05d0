//! `book --watch`: makes the book again whenever its prose, snapshots or theme change, serves it on the loopback
//! interface, and has the pages that are open reload.
//!
//! A change of a test's code needs `cargo test`, which then changes the snapshots. A notebook with a mistake leaves the
//! last good book in place and shows the mistake on the open page. Ctrl-C ends everything.

mod server;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use notify::{Event, EventKind, RecursiveMode, Watcher as _};
use server::Server;

use crate::console::interruption::listen;
use crate::console::{Unsaid, say, say_diagnostic, say_mistake};
use crate::diagnostic::Diagnostic;
use crate::notebook::claim::snapshot;
use crate::publish::Stop;

/// What the book is made of, below the root: folders, and whether what is below them counts too.
const WATCHED: [(&str, RecursiveMode); 4] = [
    ("tests/claims", RecursiveMode::Recursive),
    (snapshot::FOLDER, RecursiveMode::NonRecursive),
    ("book", RecursiveMode::NonRecursive),
    ("book/theme", RecursiveMode::Recursive),
];
/// Editors write a file in several steps: it is read when nothing happened for so long.
const QUIET: Duration = Duration::from_millis(120);

/// What happened while the book was watched.
enum Happened {
    Changed(PathBuf),
    Interrupted,
}

/// Makes the book with `make`, which answers what it made in words, then again after every change, until Ctrl-C.
pub(crate) fn watch(
    root: &Path,
    out: &Path,
    port: Option<u16>,
    open: bool,
    stop: &Stop,
    make: &dyn Fn() -> Result<String, Vec<Diagnostic>>,
) -> Result<(), Vec<Diagnostic>> {
    let cannot = |error: &dyn std::fmt::Display| {
        vec![Diagnostic::new(root, format!("cannot be watched: {error}"), "run without --watch")]
    };
    // Absolute, as the paths of events are.
    let root = root.canonicalize().map_err(|error| cannot(&error))?;
    let (tell, told) = mpsc::channel();
    let interrupted = tell.clone();
    listen(stop, move || drop(interrupted.send(Happened::Interrupted)));
    let below = root.clone();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        let event = event.ok().filter(|event| changes(&event.kind));
        let paths = event.into_iter().flat_map(|event| event.paths);
        paths.filter_map(|path| relevant(&below, &path)).for_each(|path| drop(tell.send(Happened::Changed(path))));
    })
    .map_err(|error| cannot(&error))?;
    for (folder, mode) in WATCHED {
        watcher.watch(&root.join(folder), mode).map_err(|error| {
            vec![Diagnostic::new(folder, format!("cannot be watched: {error}"), "run without --watch")]
        })?;
    }
    let server = Server::start(out, port)?;
    made(&server, make)?;
    if stop.asked() {
        return Ok(());
    }
    say(&format!(
        "The book is at {}, and follows tests/claims, snapshots and book/theme. Ctrl-C ends this.",
        server.address()
    ))?;
    if open && let Err(error) = open::that(server.address()) {
        say_mistake(&format!("the browser cannot be opened: {error}; open {} yourself", server.address()));
    }
    while let Some(first) = changed(&told) {
        say(&format!("{} changed", first.display()))?;
        made(&server, make)?;
    }
    Ok(())
}

/// The first file that changed, once all is quiet; none after Ctrl-C.
fn changed(told: &Receiver<Happened>) -> Option<PathBuf> {
    let Ok(Happened::Changed(first)) = told.recv() else { return None };
    loop {
        match told.recv_timeout(QUIET) {
            Ok(Happened::Changed(_)) => {}
            Ok(Happened::Interrupted) | Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => return Some(first),
        }
    }
}

fn made(server: &Server, make: &dyn Fn() -> Result<String, Vec<Diagnostic>>) -> Result<(), Unsaid> {
    let began = Instant::now();
    // Nobody is served a book that is half replaced.
    match server.while_nothing_is_served(make) {
        Ok(words) => say(&format!("{words} ({:.1} s)", began.elapsed().as_secs_f64())),
        Err(problems) => {
            problems.iter().for_each(say_diagnostic);
            Ok(())
        }
    }
}

/// Reading a file is an event too, and the book reads what it watches.
fn changes(kind: &EventKind) -> bool {
    use notify::event::ModifyKind;
    matches!(
        kind,
        EventKind::Create(_)
            | EventKind::Remove(_)
            | EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Name(_) | ModifyKind::Any)
    )
}

/// A source of the book, below the root; not a pending snapshot, nor what an editor leaves beside a file.
fn relevant(root: &Path, path: &Path) -> Option<PathBuf> {
    let below = path.strip_prefix(root).ok()?;
    let of = |extensions: &[&str]| {
        below.extension().is_some_and(|extension| extensions.iter().any(|other| extension == *other))
    };
    let source = (below.starts_with("tests/claims") && of(&["rs", "toml", "md"]))
        || (below.starts_with(snapshot::FOLDER) && of(&["snap", "toml"]))
        || (below.starts_with("book/theme") && of(&["css", "svg", "woff2"]))
        || below == Path::new("book/book.toml");
    source.then(|| below.to_path_buf())
}
