//! What the data did, and what to do about it: [`Error::what`], [`Error::cure`], and both as one sentence.
//!
//! Shapes that do not fit together are the caller's mistake and panic with both shapes; everything that data or a
//! parameter read from outside can do is an [`Error`].
//!
//! ```
//! use attention_regression::data::split;
//!
//! let error = split::seeded(3, 1.5, 0).unwrap_err();
//! assert_eq!(error.what(), "a test fraction of 1.5 of 3 rows leaves the training or the test part empty");
//! assert_eq!(error.cure(), "choose one strictly between 0 and 1");
//! assert_eq!(error.to_string(), format!("{}: {}", error.what(), error.cure()));
//! ```

use std::fmt;

/// The result of anything that depends on data.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong in the numerical library.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// An entry is NaN or infinite.
    NotFinite {
        /// Which matrix.
        what: &'static str,
        /// The row.
        row: usize,
        /// The column.
        column: usize,
        /// NaN or an infinity.
        value: f64,
    },
    /// A matrix has no rows or no columns.
    Empty {
        /// Which matrix.
        what: &'static str,
        /// Its rows.
        rows: usize,
        /// Its columns.
        columns: usize,
    },
    /// A penalty is negative or not a number.
    InvalidPenalty {
        /// What was given.
        penalty: f64,
    },
    /// A temperature is not positive.
    InvalidTemperature {
        /// What was given.
        temperature: f64,
    },
    /// A bandwidth is not positive.
    InvalidBandwidth {
        /// What was given.
        bandwidth: f64,
    },
    /// A head is narrower than one column or wider than there are features.
    InvalidWidth {
        /// What was given.
        width: usize,
        /// How many features there are.
        features: usize,
    },
    /// The ε of a whitening is negative or not a number.
    InvalidEpsilon {
        /// What was given.
        epsilon: f64,
    },
    /// A covariance has no inverse root of the kind asked for.
    RankDeficient {
        /// Which matrix.
        what: &'static str,
        /// Its numerical rank.
        rank: usize,
        /// Its columns.
        columns: usize,
    },
    /// A column does not vary.
    ConstantColumn {
        /// Its name.
        column: String,
    },
    /// A column is so large or so small that what is told of it is no number.
    BeyondNumbers {
        /// Its name.
        column: String,
        /// What is told of it.
        what: &'static str,
        /// Of its standard deviation, to the base ten.
        exponent: i32,
    },
    /// There are not enough rows.
    TooFewRows {
        /// What was asked for.
        what: &'static str,
        /// How many there are.
        rows: usize,
        /// How many there must be.
        needed: usize,
    },
    /// A row is fitted exactly whatever its target, so leaving it out is not defined by the fit.
    FullLeverage {
        /// The row, from 0.
        row: usize,
    },
    /// A result is too large for a number.
    Overflow {
        /// Which result.
        what: &'static str,
    },
    /// A result is too small for a number.
    Underflow {
        /// Which result.
        what: &'static str,
    },
    /// A number that is to be told is none.
    NoNumber {
        /// Which one, in the document.
        place: String,
    },
    /// An iteration inside a factorisation did not converge.
    NoConvergence {
        /// Which matrix.
        what: &'static str,
    },
    /// Training left every bound.
    Diverged {
        /// The step, from 0.
        step: usize,
        /// The last loss that was a number.
        loss: f64,
    },
    /// A learning rate, a tolerance or an initial deviation is no usable number.
    InvalidTraining {
        /// Which one.
        what: &'static str,
        /// What was given.
        value: f64,
    },
    /// A share is not between 0 and 1.
    InvalidFraction {
        /// What was given.
        fraction: f64,
        /// Of how many rows.
        rows: usize,
    },
    /// A vendored file is not the one that was checked in.
    Checksum {
        /// The file.
        file: &'static str,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// A table cannot be read.
    Table {
        /// The file.
        file: &'static str,
        /// The line.
        line: u64,
        /// What is wrong there.
        what: String,
    },
}

impl Error {
    /// What is wrong.
    pub fn what(&self) -> String {
        match self {
            Self::NotFinite { what, row, column, value } => {
                format!("{what} is {value} in row {row}, column {column} (counted from 0)")
            }
            Self::Empty { what, rows, columns } => format!("{what} is empty ({rows} × {columns})"),
            Self::InvalidPenalty { penalty } => format!("the ridge penalty is {penalty}"),
            Self::InvalidTemperature { temperature } => format!("the softmax temperature is {temperature}"),
            Self::InvalidBandwidth { bandwidth } => format!("the bandwidth of the kernel is {bandwidth}"),
            Self::InvalidWidth { width, features } => format!("a head of width {width} for {features} features"),
            Self::InvalidEpsilon { epsilon } => format!("the ε of the whitening is {epsilon}"),
            Self::InvalidTraining { what, value } => format!("{what} is {value}"),
            Self::InvalidFraction { fraction, rows } => {
                format!("a test fraction of {fraction} of {rows} rows leaves the training or the test part empty")
            }
            Self::RankDeficient { what, rank, columns } => format!("{what} has rank {rank} of {columns}"),
            Self::ConstantColumn { column } => format!("the column `{column}` is constant"),
            Self::BeyondNumbers { column, what, exponent } => {
                format!("the column `{column}` varies by about 1e{exponent}, where no number holds {what} in full")
            }
            Self::TooFewRows { what, rows, needed } => format!("{what} needs at least {needed} rows, there are {rows}"),
            Self::FullLeverage { row } => format!("row {row} has leverage 1"),
            Self::Overflow { what } => format!("{what} exceed the largest number there is"),
            Self::Underflow { what } => format!("{what} are smaller than any number there is"),
            Self::NoNumber { place } => format!("`{place}` is no finite number"),
            Self::NoConvergence { what } => format!("the factorisation of {what} did not converge"),
            Self::Diverged { step, loss } => format!("training diverged at step {step}, where the loss was {loss:e}"),
            Self::Checksum { file, expected, found } => {
                format!("{file} has the SHA-256 checksum {found}, expected {expected}")
            }
            Self::Table { file, line, what } => format!("{file}:{line}: {what}"),
        }
    }

    /// What to do about it.
    pub fn cure(&self) -> String {
        let fixed = match self {
            Self::InvalidWidth { features, .. } => return format!("give a width from 1 to {features}"),
            Self::BeyondNumbers { exponent, .. } => return format!("multiply it by 1e{} first", -exponent),
            Self::NotFinite { .. } => "drop or impute the row first",
            Self::Empty { .. } => "give it at least one row and one column",
            Self::InvalidPenalty { .. } | Self::InvalidEpsilon { .. } | Self::InvalidTraining { .. } => {
                "give a finite number of at least 0"
            }
            Self::InvalidTemperature { .. } | Self::InvalidBandwidth { .. } => "give a finite number above 0",
            Self::InvalidFraction { .. } => "choose one strictly between 0 and 1",
            Self::RankDeficient { .. } => "use the ZCA or PCA root, which whiten what can be whitened, or an ε above 0",
            Self::ConstantColumn { .. } => "it has no standard deviation to divide by; drop it first",
            Self::TooFewRows { .. } => "bring more rows, or do without it",
            Self::FullLeverage { .. } => "without it the fit is not determined; use a penalty above 0",
            Self::Overflow { .. } => "bring the columns to one scale first",
            Self::Underflow { .. } => "bring the columns to one scale, or take a smaller penalty",
            Self::NoNumber { .. } => "bring targets and features to units near one, and the penalty with them",
            Self::NoConvergence { .. } => "check its entries for extreme scales",
            Self::Diverged { .. } => "take a smaller rate or smaller initial weights",
            Self::Checksum { .. } => "restore it from version control",
            Self::Table { .. } => "restore the file from version control",
        };
        fixed.to_owned()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what(), self.cure())
    }
}

impl std::error::Error for Error {}
