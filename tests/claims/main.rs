//! # Same math, different meaning
//!
//! <p class="lede">Attention and linear regression can be the same function of the data and still not be the same
//! machine. This book takes the sentences of a blog post that says so, makes a test of each, and prints what the tests
//! found: no number, plot or verdict below was typed by hand.</p>
//!
//! The post, *Everything is matter*, reflects on another, *Attention and Linear Regression*. Both look at one formula,
//! a table of targets weighted by dot products of its rows, and see two things in it. We trained every attention that the
//! post describes, on the three kinds of data that it names, and compared each with ridge regression. This is where they
//! ended.
//!
//! ![**The map.** Every mark is one trained attention on one of three data sets. Across: how far its predictions are from those
//! of ridge regression. Up: how far its matrix, the weights with which it reads the training targets, is from
//! regression's. Without softmax (blue) the predictions are the same and the matrices are not; with softmax (rust) both
//! differ.](figure:same_outputs_another_machine)
//!
//! The chapters say when the likeness is an identity, what it needs, and where it ends. Each claim stands with its
//! proof, its numbers, and the control that must break it: a test that nothing can fail proves nothing.

mod support;

/// Part I · The identity
mod identity;
mod whitening;
mod measuring;

/// Part II · The experiment
mod experiment;
mod inside;

/// Part III · The mechanism
mod targets;
mod tying;
mod dynamics;
mod structure;
mod locality;
mod sine;
mod temperature;
mod leakage;
mod memory;

/// Part IV · The verdict
mod verdict;
