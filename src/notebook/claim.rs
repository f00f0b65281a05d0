//! A claim as its test leaves it: [`evidence`] collects what is measured as [`metric`]s, [`mod@sticky`] keeps accepted
//! digits that still hold, [`snapshot`] is the file of both and of the figure, [`wording`] says them. [`replication`]
//! counts in how many fresh draws each judgement held, [`last_run`] and [`certificate`] tell what held on which
//! machine.
//!
//! ```
//! use attention_regression::notebook::claim::evidence::{Evidence, Site, relative};
//! use attention_regression::notebook::claim::snapshot;
//! use attention_regression::notebook::registry::Kind;
//!
//! let mut evidence = Evidence::new();
//! evidence.rounding("gap", "gap in outputs", 1e-15, 1e-12);
//! evidence.breaks("raw", "gap", "the keys are not whitened", 0.5).within(relative(1e-3)).by(1e6);
//! let site = Site { id: "a_claim", chapter: "chapter", kind: Kind::Identity, headline: "gap" };
//! let recording = evidence.recording(&site, &|_| None);
//! assert!(recording.failures.is_empty());
//! let (name, text) = &recording.snapshots[0];
//! assert_eq!((name.as_str(), snapshot::read_metrics(text)), ("chapter__a_claim", Ok(recording.measured)));
//! ```

pub(crate) mod certificate;
pub mod evidence;
pub(crate) mod last_run;
pub mod metric;
pub mod replication;
pub mod snapshot;
pub mod sticky;
pub(crate) mod wording;
