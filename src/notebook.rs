//! The loom: weaves claims, snapshots and figures into a book.
//!
//! [`registry`] reads the claims from their sources, [`claim`] keeps what their tests measure and [`record`] writes it
//! down, [`book`] makes pages of both, [`review`] says what a change did to them. It knows no linear algebra, and no
//! word of any post.
//!
//! # Another post
//!
//! A package with this crate and `insta` among its dependencies is a notebook when it has four things. They are shown
//! here as they stand in `tests/another/notebook`, whose claims run with the tests of this crate and whose book is
//! woven and rendered there.
//!
//! 1. `tests/claims/statements.toml`: the posts, and what they say in your words.
//!
//! ```toml
#![doc = include_str!("../tests/another/notebook/tests/claims/statements.toml")]
//! ```
//!
//! 2. `tests/claims/main.rs`: the first page and the table of contents; with it `notation.md`, what the symbols mean,
//!    and `support.rs`, what the claims share.
//!
//! ```text
#![doc = include_str!("../tests/another/notebook/tests/claims/main.rs")]
//! ```
//!
//! 3. A chapter for each `mod` in it: claims as tests, each with its prose and its head.
//!    [`record!`](crate::record) ends each; in a package of its own it takes the evidence alone.
//!
//! ```text
#![doc = include_str!("../tests/another/notebook/tests/claims/series.rs")]
//! ```
//!
//! 4. `book/book.toml`, mdBook's settings, and `book/theme`, of which ours is one.
//!
//! `INSTA_UPDATE=always cargo test --test claims` writes the snapshots; a program whose `main` calls
//! [`run`](crate::run) weaves the book, lists, repeats and reviews the claims. Any other reads what they say:
//!
//! ```
//! use std::path::Path;
//!
//! use attention_regression::notebook::registry::{Kind, Registry, Verdict};
//!
//! let registry = Registry::read(Path::new("tests/another/notebook"))?;
//! assert_eq!((registry.notebook.title.as_str(), registry.claims().count()), ("Two sums", 2));
//! let claim = registry.claim("with_alternating_signs_the_sum_is_not_one").expect("the second claim");
//! assert_eq!((claim.head.kind, claim.head.settles["T2"]), (Kind::Counterexample, Verdict::False));
//! # Ok::<(), Vec<attention_regression::diagnostic::Diagnostic>>(())
//! ```

pub mod book;
pub mod claim;
pub(crate) mod command;
pub mod record;
pub mod registry;
mod review;
