//! # Same math, different meaning
//!
//! <p class="lede">Attention and linear regression can be the same function of the data and still not be the same
//! machine. This book takes the sentences of a blog post that says so, makes a test of each, and prints what the tests
//! found: no number, plot or verdict below was typed by hand.</p>
//!
//! The post, *Everything is matter*, reflects on another, *Attention and Linear Regression*. Both look at one formula,
//! a table of targets weighted by dot products of its rows, and see two things in it. Here is the formula doing both
//! jobs at once.
//!
//! ![**One matrix, two readings.** Least squares' hat matrix $H$ beside the weights $A$ of linear attention with
//! $W_qW_k^\top = (X^\top X)^{-1}$, on thirty-six rows of the synthetic data in the order of their predictions. The two
//! agree to rounding. Blue is negative, rust is positive.](figure:regression_reads_out_its_training_set)
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

/// Part III · The mechanism
mod targets;
mod locality;
mod temperature;
mod memory;
