//! Stops the build where a claim is not complete. The compiler's version goes into the footer of the book.

use std::path::PathBuf;
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
    if let Err(wrong) = Registry::read(&root) {
        wrong.iter().for_each(|diagnostic| println!("cargo::error={diagnostic}"));
    }
}

fn compiler() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output();
    output.ok().and_then(|output| String::from_utf8(output.stdout).ok()).map_or_else(|| "rustc".to_owned(), |text| text.trim().to_owned())
}
