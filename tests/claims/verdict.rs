//! # What the evidence supports
//!
//! The post has three takeaways. Here is what is left of each after the tests; the [first page](index.md) has the verdict
//! on every statement.
//!
//! ## One mathematics, two meanings
//!
//! The mathematics is the same in the strict sense: with the inverse Gram matrix between queries and keys, linear attention *is*
//! least squares. Trained on one target without a softmax, attention predicts what least squares predicts, and its matrix has an
//! alignment of {{same_outputs_another_machine/tied:2}} (tied weights) or {{same_outputs_another_machine/separate:2}} (separate
//! ones) with the hat matrix: one function of $x$, two meanings as a smoother.
//!
//! But the difference is not in the nature of the two. It is in what one target leaves free, and that shows the start: without a
//! softmax a start of one leaves a matrix {{the_start_decides_what_one_target_leaves_open/grown:2}} times as large as a start of a
//! hundredth. Train on as many independent targets as there are features, were they noise, and without softmax the meanings are the
//! same as well. With softmax the start is forgotten too, and the machine that is left is not regression's.
//!
//! What separates the two in what they predict is the softmax. On the diabetes table its predictions end at a centred cosine of
//! {{softmax_passes_close_by_regression_and_leaves/cosine_last:2}} to ridge's, after a passage at
//! {{softmax_passes_close_by_regression_and_leaves/cosine_best:2}}. Nor is this for good: stopped early, a softmax comes near to
//! regression, and at a high temperature over whitened keys what it says beyond the mean of the values is one.
//!
//! ## Regression and the structure of the whole
//!
//! Of its function, yes: one linear form for all of the space. Of its data, none of those that whitening is meant to
//! provide; correlated columns are its business. And as a smoother it is global: a row of the diabetes
//! hat matrix spreads over {{every_smoother_has_a_signature/hat_perplexity:3}} of
//! {{every_smoother_has_a_signature/rows}} rows. With an intercept it also needs
//! {{regression_needs_its_negative_weights/negative|more than a third|0.334..0.4}} of its weights to be negative,
//! which no softmax can give it.
//!
//! ## Attention and what is similar
//!
//! Learned, yes; that is what $W_qW_k^\top$ is, and it can align with regression or leave it, as the data and the
//! length of training have it. Local, not by itself: with $W = I$ a softmax of dot products gives its largest weight
//! to an extreme and hardly ever to the nearest, and no weights can make a key win that others surround. Attention
//! becomes local when distance is put into the scores, and then it is a kernel smoother that statistics has known
//! since 1964. Nor does adapting come for free: in learning from its targets attention has memorised part of them,
//! and masking the diagonal does not undo it. On pure noise the masked error was
//! {{a_masked_diagonal_is_honest_only_for_weights_that_were_not_trained/masked_diabetes:2}}, where nothing that has
//! not seen the noise can on average be below one, and on fresh noise the same layers err by
//! {{a_masked_diagonal_is_honest_only_for_weights_that_were_not_trained/fresh_diabetes:2}}.
//!
//! ## Images and sequences
//!
//! The post wished to see them. What holds of tables holds of them, under the same conditions. As many independent targets as
//! features make linear attention a regression: taught to complete pictures it reads
//! {{taught_to_complete_pictures_attention_reads_digits/all:2}} of the digits, as least squares does. Softmax wins where the answer
//! is no linear function of the question and something similar is there to look at, as on halves of pictures; it loses where
//! the answer is not among those it knows, as on a series that rises. A causal mask asks for a causal whitening, and with it linear attention
//! is a regression at each step. The kind of data did not decide any of this. What decided was the shape of the truth, the number
//! of targets, and whether the future resembles the past.
//!
//! ## And the sentence above all of it
//!
//! Structure matters, the post says, and behaviour matters more. A test cannot rank the two. It can say that
//! structure set the limits (which key can win, which answer can be given) and that within them it did not settle the
//! behaviour. A sharper question did, each time: other values, other rows, more targets, another step.
