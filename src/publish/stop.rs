//! Whether somebody asked to stop: a signal asks, and whoever owns what is under way looks where it can be left whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A request to stop, shared by all who clone it.
#[derive(Debug, Clone)]
pub struct Stop {
    /// Looks that are still answered with no.
    patience: Arc<AtomicUsize>,
}

impl Default for Stop {
    /// Not asked.
    fn default() -> Self {
        Self::after(usize::MAX)
    }
}

impl Stop {
    /// Asked at the look after so many: to try what is left behind when it happens there.
    pub fn after(looks: usize) -> Self {
        Self { patience: Arc::new(AtomicUsize::new(looks)) }
    }

    /// Asks.
    pub fn ask(&self) {
        self.patience.store(0, Ordering::SeqCst);
    }

    /// Whether anybody asked.
    pub fn asked(&self) -> bool {
        self.patience.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err()
    }
}
