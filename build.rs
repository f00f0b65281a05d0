//! Stops the build where a claim is not complete, and tells the tests and the book what the sources say.
//!
//! It writes to `OUT_DIR` only: `claims.rs` lists every claim with its place, for `record!`. The compiler's version
//! goes into the footer of the book.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

#[expect(unreachable_pub, reason = "the library uses it too")]
#[path = "src/diagnostic.rs"]
mod diagnostic;
#[expect(dead_code, unreachable_pub, unused_imports, reason = "the book uses what the build does not")]
#[path = "src/notebook/registry.rs"]
mod registry;

use registry::Registry;

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    for watched in ["build.rs", "src/diagnostic.rs", "src/notebook/registry.rs", "src/notebook/registry", registry::MAP, "tests/claims"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    println!("cargo::rustc-env=NOTEBOOK_RUSTC={}", compiler());
    match Registry::read(&root) {
        Ok(registry) => write(&registry),
        Err(problems) => problems.iter().for_each(|problem| println!("cargo::error={problem}")),
    }
}

fn compiler() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output();
    output.ok().and_then(|output| String::from_utf8(output.stdout).ok()).map_or_else(|| "rustc".to_owned(), |text| text.trim().to_owned())
}

fn write(registry: &Registry) {
    let mut out = String::from("&[\n");
    for claim in registry.claims() {
        let _ = writeln!(
            out,
            "    Site {{ id: {:?}, chapter: {:?}, kind: Kind::{:?}, headline: {:?}, file: {:?}, line: {} }},",
            claim.id,
            claim.chapter,
            claim.head.kind,
            claim.head.headline,
            claim.file.to_string_lossy(),
            claim.line
        );
    }
    out.push_str("]\n");
    let target = Path::new(&std::env::var_os("OUT_DIR").unwrap_or_default()).join("claims.rs");
    if let Err(error) = std::fs::write(&target, out) {
        println!("cargo::error={}: cannot be written: {error}", target.display());
    }
}
