//! How commands speak, and how they are stopped: nothing foreign reaches a terminal unescaped, and what could not be
//! said is no success.

pub(crate) mod interruption;

use std::io::{self, Write as _};

use crate::diagnostic::Diagnostic;
use crate::publish::{harmless, harmless_lines};

/// What a shell says of a program that the end of a pipe ended: 128 and the number of the signal.
const PIPE_CLOSED: i32 = 128 + 13;

/// Why standard output took no more.
#[derive(Debug)]
pub(crate) struct Unsaid(io::Error);

impl From<Unsaid> for Diagnostic {
    fn from(unsaid: Unsaid) -> Self {
        let cure = "make room where it goes, or send it elsewhere";
        Self::new("standard output", format!("cannot be written: {}", unsaid.0), cure)
    }
}

impl From<Unsaid> for Vec<Diagnostic> {
    fn from(unsaid: Unsaid) -> Self {
        vec![unsaid.into()]
    }
}

/// To standard error. What has lines has all but the first set in, so that none can pass for another message.
pub(crate) fn say_error(text: &str) {
    let _ = writeln!(anstream::stderr(), "{}", set_in(text));
}

fn set_in(text: &str) -> String {
    harmless_lines(text.trim_end()).replace('\n', "\n  ")
}

/// To standard output. A reader who closed the pipe has seen enough: that ends the program, so nothing may be under
/// way.
pub(crate) fn say(text: &str) -> Result<(), Unsaid> {
    say_bytes(format!("{}\n", harmless_lines(text)).as_bytes())
}

/// The same of what is no text for people.
pub(crate) fn say_bytes(bytes: &[u8]) -> Result<(), Unsaid> {
    match write(bytes) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(PIPE_CLOSED),
        Err(error) => Err(Unsaid(error)),
    }
}

/// Through a handle of our own: std's takes whatever cannot be written to for a place where everything may go.
#[cfg(unix)]
fn write(bytes: &[u8]) -> io::Result<()> {
    use std::os::fd::AsFd as _;
    std::fs::File::from(io::stdout().as_fd().try_clone_to_owned()?).write_all(bytes)
}

#[cfg(not(unix))]
fn write(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush())
}

/// The word before an error, in red on a terminal.
pub(crate) fn say_mistake(what: &str) {
    let style =
        clap::builder::styling::Style::new().bold().fg_color(Some(clap::builder::styling::AnsiColor::Red.into()));
    let _ = writeln!(anstream::stderr(), "{style}error{style:#}: {}", set_in(what));
}

/// What is wrong, and what to do about it on a line of its own. The name of a file cannot begin another message.
pub(crate) fn say_diagnostic(diagnostic: &Diagnostic) {
    let place = diagnostic.place.as_ref().map_or_else(String::new, |place| harmless(&place.to_string()) + ": ");
    say_mistake(&format!("{place}{}", diagnostic.what));
    say_error(&format!("  help: {}", diagnostic.cure));
}
