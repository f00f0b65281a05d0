//! What went wrong in `compare`, as a sentence and a cure, whichever part of the library refused.

use attention_regression::compare::export::ExportError;
use attention_regression::compare::folder::FolderError;
use attention_regression::data::table::Refusal;

/// A mistake in arguments or data: what is wrong, and the cure on a line of its own.
pub(super) struct Mistake {
    pub(super) what: String,
    pub(super) cure: String,
}

impl Mistake {
    pub(super) fn new(what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { what: what.into(), cure: cure.into() }
    }

    /// Of a sentence whose cure follows a colon or a semicolon.
    fn of(sentence: &str, separator: &str) -> Self {
        let (what, cure) = sentence.rsplit_once(separator).unwrap_or((sentence, ""));
        Self::new(what, cure)
    }
}

impl From<Refusal> for Mistake {
    fn from(refusal: Refusal) -> Self {
        let line = refusal.line.map_or_else(String::new, |line| format!(":{line}"));
        Self::new(format!("{}{line}: {}", refusal.file.display(), refusal.what), refusal.cure)
    }
}

impl From<attention_regression::Error> for Mistake {
    fn from(error: attention_regression::Error) -> Self {
        Self::of(&error.to_string(), ": ")
    }
}

impl From<ExportError> for Mistake {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Numbers(error) => error.into(),
            ExportError::Folder(error) => error.into(),
        }
    }
}

impl From<FolderError> for Mistake {
    fn from(error: FolderError) -> Self {
        Self::of(&error.to_string(), "; ")
    }
}
