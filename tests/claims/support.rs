//! What every claim is recorded with: [`record!`] writes the snapshots, then fails with everything that is wrong.

use attention_regression::notebook::evidence::{Recording, Site};
use attention_regression::notebook::registry::Kind;
use attention_regression::notebook::{evidence::Evidence, snapshot};

/// Every claim, as `build.rs` found it.
const CLAIMS: &[Site] = include!(concat!(env!("OUT_DIR"), "/claims.rs"));

/// The claim whose test contains the function of this type name: `claims::chapter::claim::here`.
pub(crate) fn site(here: &str) -> &'static Site {
    let mut path = here.rsplit("::").skip(1);
    let (id, chapter) = (path.next().unwrap_or_default(), path.next().unwrap_or_default());
    CLAIMS.iter().find(|site| site.id == id && site.chapter == chapter).unwrap_or_else(|| panic!("`{id}` of `{chapter}` is no claim of the registry: call record! at the end of a #[test] of a chapter"))
}

/// What the claim measured, with accepted digits where nothing moved.
pub(crate) fn recording(evidence: Evidence, site: &Site) -> Recording {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    evidence.recording(site, &|name| std::fs::read_to_string(root.join(snapshot::path(name))).ok().map(|text| text.replace("\r\n", "\n")))
}

/// The report of a claim that does not hold, or whose numbers moved.
pub(crate) fn report(site: &Site, failures: &[String], moved: &[String]) -> Option<String> {
    if failures.is_empty() && moved.is_empty() {
        return None;
    }
    let mut report = format!("the claim `{}` ({}:{}) ", site.id, site.file, site.line);
    if failures.is_empty() {
        report.push_str("holds, and its numbers moved:");
    } else {
        report.push_str("does not hold:");
        failures.iter().for_each(|failure| report.push_str(&format!("\n  ✗ {failure}")));
        report.push_str("\n  Mend the mathematics, or say in the claim what is true; a bound is not loosened to make a run pass.");
    }
    for name in moved {
        report.push_str(&format!("\n  ◆ {} differs from what was measured", snapshot::path(name).display()));
    }
    if !moved.is_empty() {
        report.push_str(&format!("\n  Review with `cargo insta review`, or accept with `INSTA_UPDATE=always cargo test --test claims {}` and read the diff.", site.id));
    }
    Some(report)
}

/// Writes the evidence of the claim that calls it, as its last expression, and judges.
macro_rules! record {
    ($evidence:expr) => {{
        fn here() {}
        let site = $crate::support::site(std::any::type_name_of_val(&here));
        let recording = $crate::support::recording($evidence, site);
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path("../../snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let mut moved = Vec::new();
        for (name, text) in recording.snapshots {
            // insta panics at the first difference: caught, so that the other snapshot is written too.
            let written = std::panic::catch_unwind(|| settings.bind(|| insta::assert_snapshot!(name.as_str(), text)));
            moved.extend(written.is_err().then_some(name));
        }
        if let Some(report) = $crate::support::report(site, &recording.failures, &moved) {
            panic!("{report}");
        }
        Ok(())
    }};
}
pub(crate) use record;
