//! What the data did, as a sentence that says what to do about it.
//!
//! Shapes that do not fit together are the caller's mistake and panic with both shapes; everything that data or a
//! parameter read from outside can do is an [`Error`].

/// The result of anything that depends on data.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong in the numerical library.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An entry is NaN or infinite.
    #[error("{what} is {value} in row {row}, column {column} (counted from 0): drop or impute the row first")]
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
    #[error("{what} is empty ({rows} × {columns}): give it at least one row and one column")]
    Empty {
        /// Which matrix.
        what: &'static str,
        /// Its rows.
        rows: usize,
        /// Its columns.
        columns: usize,
    },
    /// A penalty is negative or not a number.
    #[error("the ridge penalty is {penalty}: give a finite number of at least 0")]
    InvalidPenalty {
        /// What was given.
        penalty: f64,
    },
    /// A temperature is not positive.
    #[error("the softmax temperature is {temperature}: give a finite number above 0")]
    InvalidTemperature {
        /// What was given.
        temperature: f64,
    },
    /// A bandwidth is not positive.
    #[error("the bandwidth of the kernel is {bandwidth}: give a finite number above 0")]
    InvalidBandwidth {
        /// What was given.
        bandwidth: f64,
    },
    /// A head is narrower than one column or wider than there are features.
    #[error("a head of width {width} for {features} features: give a width from 1 to {features}")]
    InvalidWidth {
        /// What was given.
        width: usize,
        /// How many features there are.
        features: usize,
    },
    /// The ε of a whitening is negative or not a number.
    #[error("the ε of the whitening is {epsilon}: give a finite number of at least 0")]
    InvalidEpsilon {
        /// What was given.
        epsilon: f64,
    },
    /// A covariance has no inverse root of the kind asked for.
    #[error("{what} has rank {rank} of {columns}: use the ZCA or PCA root, which whiten what can be whitened, or an ε above 0")]
    RankDeficient {
        /// Which matrix.
        what: &'static str,
        /// Its numerical rank.
        rank: usize,
        /// Its columns.
        columns: usize,
    },
    /// A column does not vary.
    #[error("the column `{column}` is constant: it has no standard deviation to divide by; drop it first")]
    ConstantColumn {
        /// Its name.
        column: String,
    },
    /// A column is so large or so small that what is told of it is no number.
    #[error("the column `{column}` varies by about 1e{exponent}, where no number holds {what} in full: multiply it by 1e{} first", -exponent)]
    BeyondNumbers {
        /// Its name.
        column: String,
        /// What is told of it.
        what: &'static str,
        /// Of its standard deviation, to the base ten.
        exponent: i32,
    },
    /// There are not enough rows.
    #[error("{what} needs at least {needed} rows, there are {rows}: bring more rows, or do without it")]
    TooFewRows {
        /// What was asked for.
        what: &'static str,
        /// How many there are.
        rows: usize,
        /// How many there must be.
        needed: usize,
    },
    /// A row is fitted exactly whatever its target, so leaving it out is not defined by the fit.
    #[error("row {row} has leverage 1: without it the fit is not determined; use a penalty above 0")]
    FullLeverage {
        /// The row, from 0.
        row: usize,
    },
    /// A result is too large for a number.
    #[error("{what} exceed the largest number there is: bring the columns to one scale first")]
    Overflow {
        /// Which result.
        what: &'static str,
    },
    /// A result is too small for a number.
    #[error("{what} are smaller than any number there is: bring the columns to one scale, or take a smaller penalty")]
    Underflow {
        /// Which result.
        what: &'static str,
    },
    /// A number that is to be told is none.
    #[error("`{place}` is no finite number: bring targets and features to units near one, and the penalty with them")]
    NoNumber {
        /// Which one, in the document.
        place: String,
    },
    /// An iteration inside a factorisation did not converge.
    #[error("the factorisation of {what} did not converge: check its entries for extreme scales")]
    NoConvergence {
        /// Which matrix.
        what: &'static str,
    },
    /// Training left every bound.
    #[error("training diverged at step {step}, where the loss was {loss:e}: take a smaller rate or smaller initial weights")]
    Diverged {
        /// The step, from 0.
        step: usize,
        /// The last loss that was a number.
        loss: f64,
    },
    /// A learning rate, a tolerance or an initial deviation is no usable number.
    #[error("{what} is {value}: give a finite number of at least 0")]
    InvalidTraining {
        /// Which one.
        what: &'static str,
        /// What was given.
        value: f64,
    },
    /// A share is not between 0 and 1.
    #[error("a test fraction of {fraction} of {rows} rows leaves the training or the test part empty: choose one strictly between 0 and 1")]
    InvalidFraction {
        /// What was given.
        fraction: f64,
        /// Of how many rows.
        rows: usize,
    },
    /// A vendored file is not the one that was checked in.
    #[error("{file} has the SHA-256 checksum {found}, expected {expected}: restore it from version control")]
    Checksum {
        /// The file.
        file: &'static str,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// A table cannot be read.
    #[error("{file}:{line}: {what}")]
    Table {
        /// The file.
        file: &'static str,
        /// The line.
        line: u64,
        /// What is wrong, and what to do.
        what: String,
    },
}
