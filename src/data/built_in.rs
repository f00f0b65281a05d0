//! Data that need no file, by name.

use super::{Dataset, diabetes, sine_of_projection, synthetic};
use crate::Result;

/// What makes a data set of a seed; a table that is what it is takes no notice of it.
pub type Made = fn(u64) -> Result<Dataset>;

/// Every name, and what it stands for.
pub const BUILT_IN: [(&str, Made); 3] = [
    ("diabetes", |_| diabetes::dataset()),
    ("synthetic", |seed| Ok(synthetic(seed))),
    ("sine", |seed| Ok(sine_of_projection(seed))),
];
