//! The loom: weaves claims, snapshots and figures into a book.
//!
//! [`registry`] reads the claims from their sources, [`claim`] keeps what their tests measure and [`record`] them for good, [`book`] makes pages of both, [`review`]
//! says what a change did to them. It knows no linear algebra.

pub mod book;
pub mod claim;
pub(crate) mod command;
pub mod record;
pub mod registry;
pub mod review;
