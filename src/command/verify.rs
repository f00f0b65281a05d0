//! `claims verify`: runs the claims, says which hold, and certifies it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use attention_regression::notebook::certificate::{Certificate, SCHEMA, Sameness};
use attention_regression::notebook::last_run;
use attention_regression::notebook::registry::{Problem, Registry};
use clap::Args;

use super::say;

/// Run claims, say which hold, and certify it or compare with a certificate
#[derive(Args)]
pub(crate) struct Verify {
    /// Claims by name [default: all]
    ids: Vec<String>,
    /// Write a JSON certificate: commit, compiler, processor, lock file, and every claim with its numbers
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// Say of every claim whether it is the same as in a certificate
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
}

pub(crate) fn verify(root: &Path, registry: &Registry, arguments: &Verify) -> Result<(), Vec<Problem>> {
    if let Some(id) = arguments.ids.iter().find(|id| registry.claim(id).is_none()) {
        return Err(vec![Problem::new("tests/claims", 0, format!("`{id}` is no claim"), "see `attention-regression claims`")]);
    }
    // What cannot be read or must not be replaced is told before anything runs for a minute.
    let other = arguments.against.as_deref().map(read).transpose()?;
    if let Some(file) = arguments.certificate.as_deref().filter(|file| file.exists()) {
        read(file).map_err(|_| vec![one(file, "is there and is no certificate", "choose another name")])?;
    }
    let passed = run(root, registry, arguments)?;
    let certificate = Certificate::new(root, registry, &passed, &last_run::read_all(root));
    let failed: Vec<&String> = passed.iter().filter(|(_, holds)| !**holds).map(|(id, _)| id).collect();
    say(&format!("{} of {} claims hold.", passed.len() - failed.len(), passed.len()));
    if let Some(file) = &arguments.certificate {
        write(file, &certificate)?;
        say(&format!("The certificate is at {}", file.display()));
    }
    let mut problems: Vec<Problem> =
        failed.iter().map(|id| Problem::new("tests/claims", 0, format!("`{id}` does not hold"), format!("run `cargo test --test claims {id}`"))).collect();
    if let (Some(other), Some(file)) = (other, &arguments.against) {
        problems.extend(compared(&certificate, &other, file, &arguments.ids));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn compared(here: &Certificate, other: &Certificate, file: &Path, ids: &[String]) -> Vec<Problem> {
    let mut counts = BTreeMap::<Sameness, usize>::new();
    let mut problems = Vec::new();
    for (id, (sameness, what)) in here.compare(other).into_iter().filter(|(id, _)| ids.is_empty() || ids.contains(id)) {
        *counts.entry(sameness).or_default() += 1;
        say(&format!("{id}: {}{}", sameness.words(), if what.is_empty() { String::new() } else { format!(" ({what})") }));
        if sameness == Sameness::Different {
            problems.push(one(file, &format!("`{id}` is different: {what}"), "compare both certificates, or run `attention-regression review`"));
        }
    }
    let of = |sameness: Sameness| counts.get(&sameness).copied().unwrap_or(0);
    say(&format!("{} same, {} same within tolerance, {} different.", of(Sameness::Same), of(Sameness::WithinTolerance), of(Sameness::Different)));
    problems
}

fn one(file: &Path, what: &str, cure: &str) -> Problem {
    Problem::new(file, 0, what.to_owned(), cure.to_owned())
}

fn read(file: &Path) -> Result<Certificate, Vec<Problem>> {
    let text = std::fs::read(file).map_err(|error| vec![one(file, &format!("cannot be read: {error}"), "name a certificate")])?;
    let certificate: Certificate =
        serde_json::from_slice(&text).map_err(|error| vec![one(file, &format!("is no certificate: {error}"), "make one with --certificate")])?;
    if certificate.schema == SCHEMA {
        Ok(certificate)
    } else {
        Err(vec![one(file, &format!("has the schema `{}`", certificate.schema), "make one with this version")])
    }
}

fn write(file: &Path, certificate: &Certificate) -> Result<(), Vec<Problem>> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let text = serde_json::to_string_pretty(certificate).unwrap_or_default();
    let written = tempfile::NamedTempFile::new_in(folder)
        .and_then(|mut partial| partial.write_all(text.as_bytes()).and_then(|()| partial.persist(file).map_err(|error| error.error)));
    written.map(|_| ()).map_err(|error| vec![one(file, &format!("cannot be written: {error}"), "choose a folder that can")])
}

/// Runs the tests through cargo, which builds them first: whether each passed.
fn run(root: &Path, registry: &Registry, arguments: &Verify) -> Result<BTreeMap<String, bool>, Vec<Problem>> {
    let wanted = || registry.claims().filter(|claim| arguments.ids.is_empty() || arguments.ids.contains(&claim.id));
    last_run::forget(root, wanted().map(|claim| claim.id.as_str()));
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root).args(["test", "--test", "claims", "--", "--exact"]).env("INSTA_UPDATE", "no").stderr(Stdio::inherit());
    command.args(wanted().filter(|_| !arguments.ids.is_empty()).map(|claim| format!("{}::{}", claim.chapter, claim.id)));
    let output = command.output().map_err(|error| vec![one(root, &format!("cargo cannot be run: {error}"), "install a Rust toolchain")])?;
    let line = |line: &str| {
        let (name, result) = line.strip_prefix("test ")?.split_once(" ... ")?;
        Some((name.rsplit("::").next()?.to_owned(), result.trim_end().ends_with("ok")))
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let passed: BTreeMap<String, bool> = text.lines().filter_map(line).collect();
    if passed.is_empty() {
        return Err(vec![one(root, "ran no claim", "run `cargo test --test claims` and read what it says")]);
    }
    Ok(passed)
}
