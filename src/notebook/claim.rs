//! A claim as its test leaves it: [`evidence`] collects what is measured as [`metric`]s, [`mod@sticky`] keeps accepted
//! digits that still hold, [`snapshot`] is the file of both and of the figure, [`wording`] says them. [`replication`]
//! counts in how many fresh draws each judgement held, [`last_run`] and [`certificate`] tell what held on which
//! machine.

pub(crate) mod certificate;
pub mod evidence;
pub(crate) mod last_run;
pub mod metric;
pub mod replication;
pub mod snapshot;
pub mod sticky;
pub(crate) mod wording;
