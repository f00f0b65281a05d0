//! The last expression of a claim's test: [`record!`](crate::record) writes what was measured into snapshots, then
//! fails with everything that is wrong.
//!
//! ```no_run
//! use attention_regression::notebook::claim::evidence::{Evidence, relative};
//! use attention_regression::{Result, record};
//!
//! // The test of a claim, without its attribute and its prose.
//! fn adding_tenths_is_exact_but_for_rounding() -> Result<()> {
//!     let mut evidence = Evidence::new();
//!     evidence.rounding("gap", "distance from one", 1.0 - [0.1; 10].iter().sum::<f64>(), 1e-14);
//!     evidence.breaks("nine", "gap", "there are nine of them", 0.1).within(relative(1e-3)).by(1e6);
//!     record!(evidence)
//! }
//! ```

use std::env;
use std::path::Path;
use std::sync::OnceLock;

use super::claim::evidence::{Evidence, Recording, Site};
use super::claim::{last_run, replication, snapshot};
use super::registry::{Claim, Registry};
use super::review::difference;
use crate::diagnostic::Diagnostic;

/// What a claim recorded, and who it is.
#[derive(Debug)]
pub struct Recorded {
    /// Names and texts of the snapshots.
    pub snapshots: Vec<(String, String)>,
    failures: Vec<String>,
    claim: &'static Claim,
    root: &'static Path,
}

/// What the claim measured whose test contains the function of the type name `here`: `claims::chapter::claim::here`.
/// `root` is the notebook's folder.
///
/// # Errors
/// The sources of the claims are not in order, or `here` is in none of them.
pub fn recorded(root: &'static str, here: &str, evidence: Evidence) -> Result<Recorded, String> {
    let root = Path::new(root);
    let claim = claim(root, here)?;
    let accepted = |name: &str| {
        std::fs::read_to_string(root.join(snapshot::path(name))).ok().map(|text| text.replace("\r\n", "\n"))
    };
    let Recording { snapshots, failures, measured, judged, seconds } = evidence.recording(&Site::of(claim), &accepted);
    // A replication wants to know what held, whatever it was; nothing is compared with the book's draws.
    if let Some(folder) = env::var_os(replication::FOLDER) {
        let written = replication::write_run(Path::new(&folder), &claim.id, &judged);
        written.map_err(|error| format!("what `{}` judged cannot be written: {error}", claim.id))?;
        return Ok(Recorded { snapshots: Vec::new(), failures: Vec::new(), claim, root });
    }
    last_run::write(root, &claim.id, seconds, &measured);
    Ok(Recorded { snapshots, failures, claim, root })
}

/// The claim whose test contains the function of that type name.
fn claim(root: &Path, here: &str) -> Result<&'static Claim, String> {
    static REGISTRY: OnceLock<Result<Registry, Vec<Diagnostic>>> = OnceLock::new();
    let registry = REGISTRY.get_or_init(|| Registry::read(root)).as_ref();
    let registry = registry.map_err(|wrong| wrong.iter().map(Diagnostic::to_string).collect::<Vec<_>>().join("\n"))?;
    let mut path = here.rsplit("::").skip(1);
    let (id, chapter) = (path.next().unwrap_or(here), path.next().unwrap_or(here));
    let claim = registry.claims().find(|claim| claim.id == id && claim.chapter == chapter);
    claim.ok_or_else(|| {
        format!("`{here}` is in no claim of the registry: call record! at the end of a #[test] of a chapter")
    })
}

impl Recorded {
    /// What is to be said of a claim that does not hold, or whose snapshots `moved`: names and new texts.
    pub fn report(&self, moved: &[(String, String)]) -> Option<String> {
        let (claim, failures) = (self.claim, &self.failures);
        if failures.is_empty() && moved.is_empty() {
            return None;
        }
        let mut report = format!("the claim `{}` ({}:{}) ", claim.id, claim.file.display(), claim.line);
        if failures.is_empty() {
            report.push_str("holds, and its numbers moved:");
        } else {
            report.push_str("does not hold:");
            failures.iter().for_each(|failure| report.push_str(&format!("\n  ✗ {failure}")));
            report.push_str("\n  Mend the mathematics, or say in the claim what is true; a bound is not loosened to make a run pass.");
        }
        for (name, text) in moved {
            let path = snapshot::path(name);
            // Nothing is accepted yet of a claim that is new.
            let accepted = std::fs::read_to_string(self.root.join(&path)).unwrap_or_default();
            let table =
                difference::text(name, &accepted, text).unwrap_or_else(|(line, what)| format!("line {line}: {what}"));
            report.push_str(&format!("\n  ◆ {}\n    {}", path.display(), table.replace('\n', "\n    ")));
        }
        if !moved.is_empty() {
            report.push_str(&format!(
                "\n  Review with `cargo insta review`, or accept with `INSTA_UPDATE=always cargo test --test claims {}` and read the diff.",
                claim.id
            ));
        }
        Some(report)
    }
}

/// Writes the evidence of the claim that calls it, as its last expression, and judges. The test needs `insta` among its
/// dependencies and returns a `Result`. The notebook's folder, where it is not that of the package, comes second.
#[macro_export]
macro_rules! record {
    ($evidence:expr) => {
        $crate::record!($evidence, env!("CARGO_MANIFEST_DIR"))
    };
    ($evidence:expr, $root:expr) => {{
        fn here() {}
        let recorded = $crate::notebook::record::recorded($root, std::any::type_name_of_val(&here), $evidence);
        let recorded = recorded.unwrap_or_else(|wrong| panic!("{wrong}"));
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path("../../snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let mut moved = Vec::new();
        for (name, text) in &recorded.snapshots {
            // insta panics at the first difference: caught, so that the other snapshot is written too.
            let written = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                settings.bind(|| insta::assert_snapshot!(name.as_str(), text.as_str()))
            }));
            moved.extend(written.is_err().then(|| (name.clone(), text.clone())));
        }
        if let Some(report) = recorded.report(&moved) {
            panic!("{report}");
        }
        Ok(())
    }};
}
