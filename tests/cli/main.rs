//! The command line as its users meet it: words, exit codes, and no colour where nobody looks.

mod compare;
mod hostile;
#[cfg(unix)]
mod interrupted;
#[expect(dead_code, reason = "the loom's tests spoil it, these only render it")]
#[path = "../book/notebook.rs"]
mod notebook;
#[cfg(target_os = "linux")]
mod unsaid;
#[cfg(unix)]
mod watch;

use std::path::Path;
use std::process::{Command, Output};

fn run(arguments: &[&str], folder: &Path) -> (i32, String, String) {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_attention-regression"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the binary");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (status.code().unwrap_or(-1), text(stdout), text(stderr))
}

fn here(arguments: &[&str]) -> (i32, String, String) {
    let (code, out, error) = run(arguments, Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(!out.contains('\u{1b}') && !error.contains('\u{1b}'), "colour on a pipe");
    assert!(!error.contains("panicked"), "{error}");
    (code, out, error)
}

/// The signal of Ctrl-C; another that asks a program to end where whoever runs these tests ignores that one, as a shell
/// does for what it runs in the background: a program leaves ignored what was.
#[cfg(unix)]
fn ctrl_c() -> &'static str {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored =
        status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok()).unwrap_or(0);
    if ignored & 2 == 0 { "INT" } else { "TERM" }
}

#[test]
fn help_shows_examples_and_exit_codes() {
    let (code, out, _) = here(&["--help"]);
    assert_eq!(code, 0);
    for part in ["Examples:", "--open", "--out <DIR>", "--check", "claims show ID", "Exit code:"] {
        assert!(out.contains(part), "{part} is missing from\n{out}");
    }
    assert_eq!(here(&["--version"]).0, 0);
}

#[test]
fn claims_are_listed_for_people_and_for_programs() {
    let (code, table, error) = here(&["claims"]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(table.lines().next().is_some_and(|head| head.starts_with("claim ") && head.contains("headline")));
    let (code, json, _) = here(&["claims", "--json"]);
    assert_eq!(code, 0);
    let document: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(document["schema"], "attention-regression/claims/2");
    let claims = document["claims"].as_array().expect("claims");
    let (listed, verdicts) = table.split_once("\n\n").expect("claims, then statements");
    let lines = |part: &str| part.lines().filter(|line| !line.contains(" seconds in all")).count();
    assert_eq!(claims.len() + 1, lines(listed));
    assert!(verdicts.starts_with("statement ") && verdicts.contains("false as stated"));
    assert_eq!(document["statements"].as_array().map(|statements| statements.len() + 1), Some(lines(verdicts)));
    for claim in claims {
        for key in ["id", "kind", "chapter", "settles", "uses", "metrics", "controls"] {
            assert!(!claim[key].is_null(), "{key} is missing from {claim}");
        }
        assert!(
            ["controls", "contrasts"].iter().any(|key| !claim[key].as_object().expect("metrics").is_empty()),
            "{claim}"
        );
    }
    for statement in document["statements"].as_array().expect("statements") {
        assert!(statement["id"].is_string() && statement["verdict"].is_string() && statement["claims"].is_array());
    }
}

#[test]
fn one_claim_is_shown_with_its_command_and_a_wrong_name_with_a_right_one() {
    let (code, out, _) = here(&["claims", "show", "regression_reads_out_its_training_set"]);
    assert_eq!(code, 0);
    assert!(
        out.contains("Check it: cargo test --test claims regression_reads_out_its_training_set")
            && out.contains("Breaks when")
    );
    assert!(!out.contains("{{") && !out.contains("<a "), "numbers are woven in as text:\n{out}");
    let (code, _, error) = here(&["claims", "show", "regression_reads_its_training_set"]);
    assert_eq!(code, 1);
    assert!(error.contains("did you mean `regression_reads_out_its_training_set`?"), "{error}");
}

/// What is wrong is said before a claim runs; that they run and compare is a step of `.ci/run`, which may call cargo.
#[test]
fn a_certificate_is_neither_read_from_nor_written_over_something_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let letter = folder.path().join("letter.json");
    std::fs::write(&letter, "{}").expect("a file");
    let letter = letter.to_string_lossy();
    let refused = |arguments: &[&str], words: &str| {
        let (code, out, error) = here(&[&["claims", "verify"], arguments].concat());
        assert!(code == 1 && out.is_empty() && error.contains(words), "{arguments:?}: {error}");
    };
    refused(&["no_such_claim"], "`no_such_claim` is no claim");
    refused(&["--against", &letter], "is no certificate");
    refused(&["--against", "/nowhere.json"], "cannot be read");
    refused(&["--certificate", &letter], "is there and is no certificate");
    assert_eq!(std::fs::read_to_string(&*letter).expect("a file"), "{}");
}

#[test]
fn mistakes_are_told_from_faults_by_the_exit_code() {
    assert_eq!(here(&["--nonsense"]).0, 2);
    assert_eq!(here(&["--open", "--check"]).0, 2);
    let elsewhere = tempfile::tempdir().expect("a folder");
    let (code, _, error) = run(&["claims"], elsewhere.path());
    assert_eq!(code, 1);
    assert!(error.contains("holds no notebook") && error.contains("--root DIR"), "{error}");
    let root = env!("CARGO_MANIFEST_DIR");
    assert_eq!(run(&["claims", "--root", root], elsewhere.path()).0, 0);
}

#[test]
fn the_book_is_rendered_where_it_is_asked_for_and_nowhere_else() {
    // First of all: what follows weaves, and would mend a book that is stale.
    let (code, _, stale) = here(&["--check"]);
    assert_eq!(code, 0, "{stale}");
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("site");
    let (code, told, error) = here(&["--out", &out.to_string_lossy()]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(told.contains("The book is at") && out.join("index.html").is_file());
    std::fs::write(folder.path().join("note.txt"), "mine").expect("a file");
    let (code, _, error) = here(&["--out", &folder.path().to_string_lossy()]);
    assert_eq!(code, 1);
    assert!(error.contains("not among what `attention-regression book` wrote there"), "{error}");
    assert!(folder.path().join("note.txt").exists());
}
