//! Numbers that are none, found before anybody reads them.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Error, Result};

/// A value, if it reads back as what it is: JSON has no word for what is no finite number, and would say null. `place`
/// is where it stands in the document.
pub(super) fn finite<T: Serialize + DeserializeOwned + PartialEq>(value: T, place: &str) -> Result<T> {
    let no_number = |at: String| Error::NoNumber { place: format!("{place}{at}") };
    let json = serde_json::to_value(&value).map_err(|_| no_number(String::new()))?;
    match serde_path_to_error::deserialize::<_, T>(json) {
        Ok(read) if read == value => Ok(value),
        Ok(_) => Err(no_number("a field that may be null".to_owned())),
        Err(error) => Err(no_number(error.path().to_string())),
    }
}
