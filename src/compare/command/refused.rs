//! Why `compare` came to nothing, whichever part of the library refused.

use crate::compare::export::ExportError;
use crate::diagnostic::Diagnostic;
use crate::publish::{FolderError, harmless};

/// What a comparison came to that was not made.
pub(super) enum Refused {
    /// Somebody asked to stop.
    Interrupted,
    /// Something is wrong with arguments or data, or a place cannot be written to.
    For(Diagnostic),
}

impl<T> From<T> for Refused
where
    Diagnostic: From<T>,
{
    fn from(refusal: T) -> Self {
        Self::For(refusal.into())
    }
}

impl From<crate::Error> for Diagnostic {
    fn from(error: crate::Error) -> Self {
        // Names of columns are in it.
        Self::of(harmless(&error.what()), error.cure())
    }
}

impl From<FolderError> for Refused {
    fn from(error: FolderError) -> Self {
        match error {
            FolderError::Interrupted => Self::Interrupted,
            _ => Diagnostic::new(error.place(), error.what(), error.cure("choose another folder")).into(),
        }
    }
}

impl From<serde_json::Error> for Refused {
    fn from(error: serde_json::Error) -> Self {
        Diagnostic::of(format!("the document cannot be written: {error}"), "report this: it should not happen").into()
    }
}

impl From<ExportError> for Refused {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Numbers(error) => error.into(),
            ExportError::Folder(error) => error.into(),
        }
    }
}
