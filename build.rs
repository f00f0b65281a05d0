//! Stops the build where a claim is not complete. The compiler's version goes into the footer of the book, the notation
//! with its formulas as MathML into the documentation of the crate.

use std::path::PathBuf;
use std::process::Command;

#[expect(unreachable_pub, reason = "the library uses it too")]
#[path = "src/diagnostic.rs"]
mod diagnostic;
#[path = "src/publish/math.rs"]
mod math;
#[expect(dead_code, unreachable_pub, unused_imports, reason = "the book uses what the build does not")]
#[path = "src/notebook/registry.rs"]
mod registry;

use diagnostic::Diagnostic;
use registry::Registry;

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    for watched in [
        "build.rs",
        "src/diagnostic.rs",
        "src/notebook/registry.rs",
        "src/notebook/registry",
        "src/publish/math.rs",
        "tests/claims",
    ] {
        println!("cargo::rerun-if-changed={watched}");
    }
    println!("cargo::rustc-env=NOTEBOOK_RUSTC={}", compiler());
    let registry = Registry::read(&root);
    let told = registry.and_then(|registry| notation(&registry).map_err(|diagnostic| vec![diagnostic]));
    told.unwrap_or_else(|wrong| wrong.iter().for_each(|diagnostic| println!("cargo::error={diagnostic}")));
}

fn compiler() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output();
    output
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .map_or_else(|| "rustc".to_owned(), |text| text.trim().to_owned())
}

/// Writes the notation where the map of the crate includes it.
fn notation(registry: &Registry) -> Result<(), Diagnostic> {
    let notation = &registry.notebook.notation;
    let set = math::typeset(&notation.text).map_err(|(at, what)| notation.diagnostic(at, what, "mend the LaTeX"))?;
    let file = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default()).join("notation.md");
    std::fs::write(&file, set)
        .map_err(|error| Diagnostic::new(&file, format!("cannot be written: {error}"), "make room there"))
}
