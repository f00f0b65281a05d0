//! `claims verify`: runs the claims, says which hold, and certifies it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::Args;

use crate::console::say;
use crate::diagnostic::Diagnostic;
use crate::notebook::claim::certificate::{Certificate, SCHEMA, Sameness};
use crate::notebook::claim::last_run;
use crate::notebook::registry::Registry;
use crate::publish::{self, harmless};

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

pub(crate) fn verify(root: &Path, registry: &Registry, arguments: &Verify) -> Result<(), Vec<Diagnostic>> {
    if let Some(id) = arguments.ids.iter().find(|id| registry.claim(id).is_none()) {
        return Err(vec![Diagnostic::new(
            "tests/claims",
            format!("`{}` is no claim", harmless(id)),
            "see `attention-regression claims`",
        )]);
    }
    // What cannot be read or must not be replaced is told before anything runs for a minute.
    let other = arguments.against.as_deref().map(read).transpose()?;
    if let Some(file) = arguments.certificate.as_deref().filter(|file| file.symlink_metadata().is_ok()) {
        read(file).map_err(|_| vec![one(file, "is there and is no certificate", "choose another name")])?;
    }
    let passed = run(root, registry, arguments)?;
    let certificate = Certificate::new(root, registry, &passed, &last_run::read_all(root));
    let failed: Vec<&String> = passed.iter().filter(|(_, holds)| !**holds).map(|(id, _)| id).collect();
    if let Some(file) = &arguments.certificate {
        write(file, &certificate)?;
    }
    say(&format!("{} of {} claims hold.", passed.len() - failed.len(), passed.len()))?;
    if let Some(file) = &arguments.certificate {
        say(&format!("The certificate is at {}", harmless(&file.to_string_lossy())))?;
    }
    let mut problems: Vec<Diagnostic> = failed
        .iter()
        .map(|id| {
            Diagnostic::new(
                "tests/claims",
                format!("`{id}` does not hold"),
                format!("run `cargo test --test claims {id}`"),
            )
        })
        .collect();
    if let (Some(other), Some(file)) = (other, &arguments.against) {
        let (lines, different) = compared(&certificate, &other, file, &arguments.ids);
        say(&lines.join("\n"))?;
        problems.extend(different);
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// A line for each claim and one for all, and what differs. Names come from the other file too.
fn compared(here: &Certificate, other: &Certificate, file: &Path, ids: &[String]) -> (Vec<String>, Vec<Diagnostic>) {
    let mut counts = BTreeMap::<Sameness, usize>::new();
    let (mut lines, mut problems) = (Vec::new(), Vec::new());
    for (id, (sameness, what)) in here.compare(other).into_iter().filter(|(id, _)| ids.is_empty() || ids.contains(id)) {
        let (id, what) = (harmless(&id), harmless(&what));
        *counts.entry(sameness).or_default() += 1;
        lines.push(format!(
            "{id}: {}{}",
            sameness.words(),
            if what.is_empty() { String::new() } else { format!(" ({what})") }
        ));
        if sameness == Sameness::Different {
            problems.push(one(
                file,
                &format!("`{id}` is different: {what}"),
                "compare both certificates, or run `attention-regression review`",
            ));
        }
    }
    let of = |sameness: Sameness| counts.get(&sameness).copied().unwrap_or(0);
    lines.push(format!(
        "{} same, {} same within tolerance, {} different.",
        of(Sameness::Same),
        of(Sameness::WithinTolerance),
        of(Sameness::Different)
    ));
    (lines, problems)
}

fn one(file: &Path, what: &str, cure: &str) -> Diagnostic {
    Diagnostic::new(file, what.to_owned(), cure.to_owned())
}

/// More than any certificate of ours, in bytes.
const LONGEST: u64 = 1 << 28;

fn read(file: &Path) -> Result<Certificate, Vec<Diagnostic>> {
    let text = publish::read(file, LONGEST)
        .map_err(|error| vec![one(file, &format!("cannot be read: {error}"), "name a certificate")])?;
    let certificate: Certificate = serde_json::from_str(&text)
        .map_err(|error| vec![one(file, &format!("is no certificate: {error}"), "make one with --certificate")])?;
    if certificate.schema == SCHEMA {
        Ok(certificate)
    } else {
        Err(vec![one(
            file,
            &format!("has the schema `{}`", harmless(&certificate.schema)),
            "make one with this version",
        )])
    }
}

fn write(file: &Path, certificate: &Certificate) -> Result<(), Vec<Diagnostic>> {
    let written = serde_json::to_string_pretty(certificate)
        .map_err(std::io::Error::other)
        .and_then(|text| publish::write(file, text.as_bytes(), |file| read(file).is_ok()));
    written.map_err(|error| vec![one(file, &format!("cannot be written: {error}"), "choose a folder that can")])
}

/// Runs the tests through cargo, which builds them first: whether each passed.
fn run(root: &Path, registry: &Registry, arguments: &Verify) -> Result<BTreeMap<String, bool>, Vec<Diagnostic>> {
    let wanted = || registry.claims().filter(|claim| arguments.ids.is_empty() || arguments.ids.contains(&claim.id));
    last_run::forget(root, wanted().map(|claim| claim.id.as_str()));
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .current_dir(root)
        .args(["test", "--test", "claims", "--", "--exact"])
        .env("INSTA_UPDATE", "no")
        .stderr(Stdio::inherit());
    command
        .args(wanted().filter(|_| !arguments.ids.is_empty()).map(|claim| format!("{}::{}", claim.chapter, claim.id)));
    let output = command
        .output()
        .map_err(|error| vec![one(root, &format!("cargo cannot be run: {error}"), "install a Rust toolchain")])?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_a_certificate_are_shown_and_never_obeyed() -> Result<(), Box<dyn std::error::Error>> {
        let text =
            |claims: &str| format!(r#"{{ "schema": "{SCHEMA}", "provenance": PROVENANCE, "claims": {{ {claims} }} }}"#);
        let provenance = serde_json::to_string(&crate::publish::provenance::Provenance::of(Path::new(".")))?;
        let certificate =
            |claims: &str| serde_json::from_str::<Certificate>(&text(claims).replace("PROVENANCE", &provenance));
        let claim = r#"{ "holds": true, "seconds": null, "metrics": {}, "figure": null }"#;
        let other = certificate(&format!(r#""\u001b]0;owned\u0007": {claim}, "\u202etxet\nerror: ": {claim}"#))?;
        let (lines, problems) = compared(&certificate("")?, &other, Path::new("other.json"), &[]);
        assert_eq!((lines.len(), problems.len(), other.claims.len()), (3, 2, 2));
        let told = lines.into_iter().chain(problems.iter().map(Diagnostic::to_string));
        assert!(
            told.clone().all(|line| !line.contains(|letter: char| letter.is_control() || letter == '\u{202e}')),
            "{:?}",
            told.collect::<Vec<_>>()
        );
        Ok(())
    }
}
