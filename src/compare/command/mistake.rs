//! What went wrong in `compare`, as a sentence and a cure, whichever part of the library refused.

use crate::compare::export::ExportError;
use crate::console::Unsaid;
use crate::diagnostic::Diagnostic;
use crate::publish::{FolderError, harmless};

/// A mistake in arguments or data: what is wrong, and the cure on a line of its own.
pub(super) struct Mistake {
    pub(super) what: String,
    pub(super) cure: String,
    /// Whether somebody asked to stop.
    pub(super) interrupted: bool,
}

impl Mistake {
    pub(super) fn new(what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { what: what.into(), cure: cure.into(), interrupted: false }
    }
}

impl From<Diagnostic> for Mistake {
    fn from(diagnostic: Diagnostic) -> Self {
        let place = diagnostic.place.map_or_else(String::new, |place| format!("{}: ", harmless(&place.to_string())));
        Self::new(format!("{place}{}", diagnostic.what), diagnostic.cure)
    }
}

impl From<crate::Error> for Mistake {
    fn from(error: crate::Error) -> Self {
        // Names of columns are in it.
        let told = harmless(&error.to_string());
        let (what, cure) = told.rsplit_once(": ").unwrap_or((&told, ""));
        Self::new(what, cure)
    }
}

impl From<ExportError> for Mistake {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Numbers(error) => error.into(),
            ExportError::Folder(error) => error.into(),
            ExportError::Document(error) => error.into(),
        }
    }
}

impl From<FolderError> for Mistake {
    fn from(error: FolderError) -> Self {
        let mistake = Self::new(format!("{}: {}", error.place(), error.what()), error.cure("choose another folder"));
        Self { interrupted: matches!(error, FolderError::Interrupted), ..mistake }
    }
}

impl From<serde_json::Error> for Mistake {
    fn from(error: serde_json::Error) -> Self {
        Self::new(format!("the document cannot be written: {error}"), "report this: it should not happen")
    }
}

impl From<Unsaid> for Mistake {
    fn from(unsaid: Unsaid) -> Self {
        Self::new(unsaid.what(), unsaid.cure())
    }
}
