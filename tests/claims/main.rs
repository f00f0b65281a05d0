//! # Same math, different meaning
//!
//! <p class="lede">Attention and linear regression can be the same function of the data and still not be the same
//! machine. This book takes the sentences of a blog post that says so, tests what can be tested, and prints what the tests
//! found: every measured number and every plot below comes from a run, and every verdict stands beside the tests it
//! rests on.</p>
//!
//! The post, *Everything is matter*, reflects on another, *Attention and Linear Regression*. Both look at one formula,
//! a sum of known targets, each weighted by a dot product of its row with the new one, and see two things in it. We
//! trained attention in eight variants, every combination of three choices, on three kinds of data and all else alike, compared each
//! with ridge regression, and asked what makes them different.
//!
//! ![**What makes the machines different.** Both regression and attention are a matrix that turns targets into fitted values. Each trail is one kind of attention, trained on one of three tables from smaller and larger initial weights (first mark to last: standard deviations of a hundredth, a tenth, three tenths and one). Across: how large its matrix is; up: how far it points the way of regression's, which stands at (1, 1). The hollow marks without a trail are the smallest forms that predict like it, where a vanishing start leads: tied (squares) and free (triangles). Without softmax (blue) the predictions are regression's where training arrives; the start decides how large the matrix ends, and tied or separate weights where it points. With softmax (red) the size changes little, and the machine is another one.](figure:the_start_decides_what_one_target_leaves_open)
//!
//! The post ends with a wish: that somebody carry the comparison on to images and sequences. Two chapters do. On
//! [pictures](images.md) of digits linear attention is a regression once it has been taught enough pixels, and softmax
//! completes halves of them with {{half_a_picture_is_completed_better_by_similar_ones_than_by_a_line/ratio:2}} of ridge
//! regression's error, because what is missing is no linear function of what is seen. In [series](sequences.md) the
//! likeness is exact again under a causal mask, if the whitening keeps to the past; and a series that leaves its past
//! costs softmax {{a_softmax_cannot_leave_its_past/softmax:2}} times the error of least squares, until it is given
//! differences. Both are on [one map](atlas.md) with the tables.
//!
//! The chapters say when the likeness is an identity, what it needs, and where it ends. Each claim stands with its
//! proof or its measurements, and with a control: the same measure with one hypothesis removed, which must break the claim's limit,
//! or, where two things are compared, their contrast, which must be there in every draw. A test that cannot fail proves nothing.
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

/// Part IV · Images and sequences
mod images;
mod sequences;
mod atlas;

/// Part V · The verdict
mod verdict;
