//! Attention and linear regression, one vocabulary: what a book of claims about the two is written in.
//!
//! The numerical library is small and goes one way: [`linalg`] (with what columns can resolve) and [`error`] carry [`data`],
//! [`regression`], [`whitening`] and [`attention`]; [`training`] moves the weights of an attention, [`agreement`] says how far two
//! smoothers are apart, and [`experiment`] is the post's on one data set. [`regression`] and [`attention`] never import each other:
//! where they meet is the book's subject, and stands in the claims (`tests/claims`) and in `experiment`.
//!
//! What follows needs the feature `notebook`, which is on by default. `table` reads a user's file into a data set, and `compare` is
//! the experiment on it. `notebook` is the loom: it makes a book of the claims, and knows no linear algebra. Both make their pages with
//! `publish`: figures, numbers in words, mathematics, text that no name can turn into commands, folders that appear whole. Whatever
//! refuses does it with a [`diagnostic`]: place, what, cure. `command` reads the arguments, `console` is how commands speak.
//!
//! # A first look
//!
//! Linear attention whose form WqWkᵀ is the inverse Gram matrix predicts what least squares predicts:
//!
//! ```
//! use attention_regression::attention::{Diagonal, linear};
//! use attention_regression::regression::{Intercept, Ridge};
//! use attention_regression::{data, linalg};
//!
//! let data = data::synthetic(1).centred();
//! let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
//! let inverse = linalg::symmetric_power(linalg::gram(x).as_ref(), -1.0)?;
//! let attended = linear::output((&data.test.x * inverse).as_ref(), x, y, 1.0, Diagonal::Kept);
//! let predicted = Ridge::fit(x, y, 0.0, Intercept::None)?.predict(data.test.x.as_ref());
//! assert!(linalg::relative_gap(attended.as_ref(), predicted.as_ref()) < 1e-12);
//! # Ok::<(), attention_regression::Error>(())
//! ```
//!
//! # Growing it
//!
//! A claim is a test with its prose: the README says how, step by step. Three other things grow by rule.
//!
//! *A data set.* A function that returns a [`data::Dataset`] in a file of its own below `src/data`, declared in [`data`]; a line in
//! [`data::built_in`] gives it a name on the command line: `compare NAME`. Two files and the new one.
//!
//! *An attention.* A variant of [`attention::Normalisation`] with its outputs and its weights; the compiler then asks for its
//! objective in [`attention::gradients`] (a new gradient goes beside the others, and into the golden values or a property against
//! differences). To compare it: a kind of [`experiment::Scores`] with its word, its normalisation and how it is trained, and its
//! name among the arguments of the command (`src/compare/command/arguments.rs`). Four files.
//!
//! *A measure of agreement.* A function in [`agreement`], with a case in `tests/by_hand.rs`; a field of
//! [`agreement::Signature`] or of [`experiment::Outcome`] (and of its check for numbers) if every comparison is to report it. The document's schema follows.
//!
//! Whatever grew, `cargo mutants` (`.cargo/mutants.toml`, and `mutants-loom.toml` for the loom) says which of its operators no test
//! would miss. None should be left.
//!
//! # Notation
//!
//! One quantity, one name; where a letter has two meanings both are given. Rows are samples everywhere; a star marks new rows.
//!
//! | Symbol | Name | Shape | In the crate |
//! |---|---|---|---|
//! | $n$, $n_*$, $d$, $m$, $p$ | numbers of training rows, query rows, features, targets; width of queries and keys | | |
//! | $X$, $X_*$ | training rows, query rows | $n \times d$, $n_* \times d$ | `x` |
//! | $x_i$, $x_*$, $\bar x$ | one training row, one query row, the mean of the training rows | $d$ | |
//! | $Y$, $y$ | targets, one target; the values of attention, $V$ where they may be others | $n \times m$, $n$ | `y`, `values` |
//! | $\hat y = Hy$ | fitted values | $n$ | `fitted` |
//! | $G = X^\top X$ | Gram matrix | $d \times d$ | `gram` |
//! | $\hat\Sigma = G / n$ | covariance of centred columns | $d \times d$ | `covariance` |
//! | $w_1 \ge \dots \ge w_d$ | eigenvalues of $G$, $n$ times those of $\hat\Sigma$, the smallest also $w_{\min}$ | $d$ | |
//! | $U$, $\Lambda$ | eigenvectors and eigenvalues of $\hat\Sigma$ | $d \times d$ | |
//! | $\hat\beta$, $\hat B$ | coefficients, for one target and for many | $d \times m$ | `coefficients` |
//! | $\lambda$ | penalty | | `penalty` |
//! | $H = X(G + \lambda I)^{-1}X^\top$ | hat matrix | $n \times n$ | `hat_matrix` |
//! | $h_{ii}$ | leverages | $n$ | `leverages` |
//! | $\operatorname{tr} H$ | effective degrees of freedom | | `effective_degrees_of_freedom` |
//! | $W_q$, $W_k$ | query and key weights | $d \times p$ | `Head` |
//! | $W = W_qW_k^\top$ | form of the scores | $d \times d$ | `form` |
//! | $Q = X_*W_q$, $K = XW_k$ | queries, keys | $n_* \times p$, $n \times p$ | `queries`, `keys` |
//! | $QK^\top$, $s_i$ | scores, and those of one query | $n_* \times n$, $n$ | `scores` |
//! | $A$ | attention weights, a smoother matrix | $n_* \times n$ | `weights` |
//! | $\tau$ | temperature of the softmax | | `temperature` |
//! | $L$, $D$ | mean squared error of an attention, a number, and $\partial L/\partial W$ | $D$: $d \times d$ | `Objective::evaluate` |
//! | $C = X^\top Y$, $c$ | products of features and targets, for one target | $d \times m$ | |
//! | $P_C$ | projection onto the span of the columns of $C$ | $d \times d$ | |
//! | $\eta$ | rate of an optimiser | | `rate` |
//! | $h$ | bandwidth of a kernel | | `bandwidth` |
//! | $S$ | whitening matrix, $S^\top\hat\Sigma S = I$ | $d \times d$ | `Whitening::matrix` |
//! | $Z$ | whitened rows | $n \times d$ | `Whitening::apply` |
//! | $\sigma$ | deviation, the standard deviation of initial weights | | `deviation` |
//! | $\gamma$ | scale of linear attention, $A = \gamma\,XWX^\top$ | | `scale` |
//! | $\kappa$ | condition number | | `condition_number` |
//! | $\lVert\cdot\rVert$, $\lVert\cdot\rVert_2$ | Frobenius norm, also $\lVert\cdot\rVert_F$, and spectral norm | | `frobenius_norm`, `spectral_norm` |
//! | $\kappa(s, y)$ | joint cumulant, over the keys | | |
//! | $\varepsilon$ | machine precision, or what is added to a covariance | | `f64::EPSILON`, `epsilon` |

#![warn(clippy::unwrap_used, clippy::expect_used)]

pub mod agreement;
pub mod attention;
#[cfg(feature = "notebook")]
pub mod compare;
#[cfg(feature = "notebook")]
mod command;
#[cfg(feature = "notebook")]
mod console;
pub mod data;
pub mod diagnostic;
pub mod error;
pub mod experiment;
pub mod linalg;
#[cfg(feature = "notebook")]
pub mod notebook;
#[cfg(feature = "notebook")]
pub mod publish;
pub mod regression;
#[cfg(feature = "notebook")]
pub mod table;
pub mod training;
pub mod whitening;

#[cfg(feature = "notebook")]
pub use command::run;
pub use error::{Error, Result};
pub use faer::{Mat, MatRef};
