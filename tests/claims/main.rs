//! # Same math, different meaning
//!
//! Opening.

mod support;

