//! What could not be said is no success: a full disk behind standard output, and a pipe that nobody reads.

use std::fs::OpenOptions;
use std::path::Path;
use std::process::{Command, Stdio};

use attention_regression::notebook::book::weave;

use super::notebook::Notebook;

/// Every command that writes to standard output, in its shortest form.
const COMMANDS: [&[&str]; 12] = [
    &["--help"],
    &["--version"],
    &["compare", "--help"],
    &["compare", "--schema"],
    &["compare", "sine", "--score", "linear", "--steps", "1"],
    &["compare", "sine", "--score", "linear", "--steps", "1", "--json"],
    &["claims"],
    &["claims", "--json"],
    &["claims", "show", "chapter_claim"],
    &["completions", "bash"],
    &["man"],
    &["--check"],
];

fn command(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_attention-regression"));
    command.args(arguments).current_dir(folder).stderr(Stdio::piped());
    command
}

/// A small notebook whose pages are fresh.
fn woven() -> Notebook {
    let notebook = Notebook::new();
    let pages = notebook.weave().expect("a sound notebook");
    weave::write(notebook.root(), &pages).expect("written");
    notebook
}

#[test]
fn a_full_disk_is_an_error_with_a_cure() {
    let notebook = woven();
    for arguments in COMMANDS {
        let full = OpenOptions::new().write(true).open("/dev/full").expect("a disk that is full");
        let output = command(arguments, notebook.root()).stdout(full).output().expect("it runs");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(1 | 2)), "{arguments:?}: {:?} {error}", output.status);
        assert!(
            error.contains("standard output: cannot be written: No space left") && error.contains("send it elsewhere"),
            "{arguments:?}: {error}"
        );
        assert!(!error.contains("panicked"), "{arguments:?}: {error}");
    }
}

/// A place that can only be read from.
#[test]
fn what_cannot_be_written_to_is_an_error() {
    let notebook = woven();
    for arguments in COMMANDS {
        let output = command(arguments, notebook.root())
            .stdout(std::fs::File::open("/dev/null").expect("a file"))
            .output()
            .expect("it runs");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(
            matches!(output.status.code(), Some(1 | 2)) && error.contains("standard output: cannot be written: "),
            "{arguments:?}: {:?} {error}",
            output.status
        );
    }
}

/// A reader that is gone before anything was written.
#[test]
fn a_closed_pipe_ends_quietly() {
    let notebook = woven();
    for arguments in COMMANDS {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = command(arguments, notebook.root()).stdout(writer).output().expect("it runs");
        assert_eq!(
            (output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()),
            (Some(141), ""),
            "{arguments:?}"
        );
    }
}

/// Folders that were asked for are there all the same.
#[test]
fn what_cannot_be_said_is_still_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    for (name, code) in [("pipe", 141), ("full", 2)] {
        let arguments = ["compare", "sine", "--score", "linear", "--steps", "1", "--force", "--report"];
        let mut command = command(&arguments, folder.path());
        command.arg(&out);
        let output = if name == "pipe" {
            let (reader, writer) = std::io::pipe().expect("a pipe");
            drop(reader);
            command.stdout(writer).output()
        } else {
            command.stdout(OpenOptions::new().write(true).open("/dev/full").expect("a disk that is full")).output()
        };
        assert_eq!(output.expect("it runs").status.code(), Some(code), "{name}");
        assert!(
            out.join("index.html").is_file() && std::fs::read_dir(folder.path()).expect("a folder").count() == 1,
            "{name}"
        );
        std::fs::remove_dir_all(&out).expect("it was there");
    }
}
