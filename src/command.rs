//! The commands whose arguments take more than a few lines.

pub(crate) mod compare;
pub(crate) mod review;
pub(crate) mod verify;
pub(crate) mod watch;

use std::io::Write as _;

/// To standard error, in colour on a terminal only.
pub(crate) fn say_error(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// To standard output; a reader who closed the pipe has seen enough.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// The word before an error, in red on a terminal.
pub(crate) fn say_mistake(what: &str) {
    let style = clap::builder::styling::Style::new().bold().fg_color(Some(clap::builder::styling::AnsiColor::Red.into()));
    say_error(&format!("{style}error{style:#}: {what}"));
}
