//! What the crate depends on: a reason for each, licences that fit its own, and no version twice that could be once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use spdx::{Expression, ParseMode};

/// Licences under which a dependency may be taken, beside the crate's own MIT OR Apache-2.0. MPL-2.0 is mdBook's: a binary may contain it.
const LICENCES: [&str; 12] =
    ["MIT", "Apache-2.0", "MPL-2.0", "Zlib", "ISC", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "MIT-0", "CC0-1.0", "CC-BY-4.0", "Unicode-3.0"];

/// Crates that are there in more than one version, and who insists.
const TWICE: [(&str, &str); 4] = [
    ("syn", "derive macros of three generations: interpol's in faer, maud's and mdBook's, and ours with serde's and clap's"),
    ("equator", "faer has moved on, its nano-gemm has not"),
    ("equator-macro", "faer has moved on, its nano-gemm has not"),
    ("getrandom", "jsonschema's hash map takes the older one; for tests only"),
];

/// One platform for all: the lists below must not depend on where they are checked.
const HOST: &str = "x86_64-unknown-linux-gnu";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every package of the lock file that one platform builds, without asking a network.
fn packages() -> Vec<Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", HOST]).current_dir(root());
    let output = command.output().expect("cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    document["packages"].as_array().expect("packages").clone()
}

#[test]
fn every_licence_is_one_that_may_be_taken() {
    let allowed = |requirement: &spdx::LicenseReq| requirement.license.id().is_some_and(|id| LICENCES.contains(&id.name));
    let mut faults = Vec::new();
    for package in packages() {
        let (name, licence) = (package["name"].as_str().unwrap_or_default(), package["license"].as_str().unwrap_or_default());
        match Expression::parse_mode(licence, ParseMode::LAX) {
            Ok(expression) if expression.evaluate(allowed) => {}
            Ok(_) => faults.push(format!("{name}: {licence}")),
            Err(error) => faults.push(format!("{name}: `{licence}` is no licence: {error}")),
        }
    }
    assert!(faults.is_empty(), "take another crate, or add the licence to LICENCES after reading it\n{}", faults.join("\n"));
}

#[test]
fn nothing_is_there_twice_that_could_be_there_once() {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in packages() {
        let field = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
        versions.entry(field("name")).or_default().insert(field("version"));
    }
    let twice: Vec<String> = versions
        .iter()
        .filter(|(name, versions)| versions.len() > 1 && !TWICE.iter().any(|(known, _)| known == name))
        .map(|(name, versions)| format!("{name}: {}", versions.iter().cloned().collect::<Vec<_>>().join(", ")))
        .collect();
    assert!(twice.is_empty(), "`cargo tree -d` says who asks for which: agree on one, or add it to TWICE with the reason\n{}", twice.join("\n"));
    for (name, _) in TWICE {
        assert!(versions.get(name).is_some_and(|versions| versions.len() > 1), "{name} is there once: remove it from TWICE");
    }
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let mut faults = Vec::new();
    let (mut listing, mut reason) = (false, false);
    for (line, number) in manifest.lines().zip(1..) {
        if line.starts_with('[') {
            listing = line.ends_with("dependencies]");
            reason = false;
        } else if line.starts_with('#') {
            reason = true;
        } else if line.is_empty() {
            reason = false;
        } else if listing && !reason && line.contains('=') {
            faults.push(format!("Cargo.toml:{number}: {}", line.split_whitespace().next().unwrap_or_default()));
        }
    }
    assert!(faults.is_empty(), "say above it in one line why the crate depends on it\n{}", faults.join("\n"));
}
