//! How far `compare` is: bytes read, then trainings done; on a terminal only.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar on a terminal, nothing elsewhere.
pub(super) fn bar() -> ProgressBar {
    if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() }
}

pub(super) fn reading(bar: &ProgressBar, read: u64, total: Option<u64>) {
    if bar.position() == 0 || bar.length() != total {
        let template =
            if total.is_some() { "reading {bar:30} {bytes}/{total_bytes} {eta}" } else { "reading {spinner} {bytes}" };
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        total.map_or_else(|| bar.unset_length(), |total| bar.set_length(total));
    }
    bar.set_position(read);
}

pub(super) fn training(bar: &ProgressBar, work: u64) {
    bar.set_style(
        ProgressStyle::with_template("training {bar:30} {pos}/{len} {eta} {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    bar.set_length(work);
    bar.set_position(0);
    bar.tick();
}
