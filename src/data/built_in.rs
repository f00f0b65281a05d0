//! Data that need no file, by name.
//!
//! ```
//! use attention_regression::data::BUILT_IN;
//!
//! assert_eq!(BUILT_IN.map(|(name, _)| name)[..3], ["diabetes", "synthetic", "sine"]);
//! for (name, made) in BUILT_IN {
//!     let same = made(1)?.train.x == made(2)?.train.x;
//!     assert_eq!(same, !["synthetic", "sine"].contains(&name));
//! }
//! # Ok::<(), attention_regression::Error>(())
//! ```

use super::{Dataset, diabetes, digits, linnerud, series, sine_of_projection, synthetic};
use crate::Result;

/// What makes a data set of a seed; a table that is what it is takes no notice of it.
pub type Made = fn(u64) -> Result<Dataset>;

/// Every name, and what it stands for.
pub const BUILT_IN: [(&str, Made); 7] = [
    ("diabetes", |_| diabetes::dataset()),
    ("synthetic", |seed| Ok(synthetic(seed))),
    ("sine", |seed| Ok(sine_of_projection(seed))),
    ("digits", |_| digits::dataset()),
    ("linnerud", |_| linnerud::dataset()),
    ("sunspots", |_| series::sunspots_by_year()),
    ("co2", |_| series::co2_by_month()),
];
