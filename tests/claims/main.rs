//! # Same math, different meaning
//!
//! <p class="lede">Attention and linear regression can be the same function of the data and still not be the same
//! machine. This book takes the sentences of a blog post that says so, makes a test of each, and prints what the tests
//! found: every measured number and every plot below comes from a run, and every verdict stands beside the tests it
//! rests on.</p>
//!
//! The post, *Everything is matter*, reflects on another, *Attention and Linear Regression*. Both look at one formula,
//! a sum of known targets, each weighted by a dot product of its row with the new one, and see two things in it. We
//! trained every attention that the post describes, on the three kinds of data that it names, and compared each with
//! ridge regression. This is where they ended.
//!
//! ![**The map.** Marks are attentions trained on one of three data sets, and two yardsticks that nobody trained: predicting the mean, and linear attention built to be a regression. Across: how far the predictions are from those of ridge regression. Up: how far the matrix, the weights with which the training targets are read, is from regression's. Circles (blue) were trained without softmax: the predictions are the same and the matrices are not. With softmax (red) both differ: squares have separate weights, diamonds tied ones, crosses a masked diagonal, which hides every row from itself. Hollow marks are whitened rows.](figure:same_outputs_another_machine)
//!
//! The chapters say when the likeness is an identity, what it needs, and where it ends. Each claim stands with its
//! proof or its measurements, and with the control that must break it: a test that cannot fail proves nothing.
//!
//! The table below uses a few symbols that the chapters introduce. $X$ holds $n$ training rows of $d$ features, $y$
//! their targets (or $m$ columns of them), and $G = X^\top X$; $\lambda$ is the penalty of ridge regression. Attention
//! scores a new row $x_*$ against a training row $x_i$ by $x_*^\top W x_i$, with $W = W_qW_k^\top$. $A$ and $H$ are the
//! matrices with which attention and least squares turn targets into fitted values, and a distance of two *norms* from
//! $H$ is twice the norm of $H$. The rest is in the [notation](notation.md).

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
