//! # One formula
//!
//! <div class="aside" role="note">
//!
//! $X$ is $n \times d$ with centred columns, $G = X^\top X$, and $H = XG^{-1}X^\top$ is the hat matrix of least
//! squares: it turns targets into fitted values, $\hat y = Hy$. The [table of notation](notation.md) has the rest.
//!
//! </div>
//!
//! Draw attention the way the post does: a new row $x_*$ is compared with every training row by a dot product, and the
//! targets are added up with those products as weights, $\hat y = \sum_i (x_*^\top x_i)\,y_i$. It is hard to look at
//! this picture and not see a regression. A regression, too, answers a new row by weighing the targets it was given; it
//! only hides the fact behind its coefficients.
//!
//! Attention, for this book, is the following. A new row $x_*$ makes a *query* $W_q^\top x_*$, every training row a
//! *key* $W_k^\top x_i$, both of width $p$. Their dot product is the *score* $s_i = x_*^\top W x_i$, where
//! $W = W_qW_k^\top$ is called the *form*. Scores become *weights*, and the prediction is the sum of the *values* with
//! these weights; the values are here the targets $y_i$. *Linear* attention takes for a weight the score times a fixed
//! number. *Softmax* attention takes $e^{s_i/\tau} / \sum_j e^{s_j/\tau}$: positive numbers that sum to one, the more
//! even the higher the *temperature* $\tau$. The matrix of all weights, a row for each query, is $A$; where the
//! training rows themselves are asked, $Ay$ are the fitted values, as $Hy$ are those of least squares.
//!
//! This chapter takes the likeness at its word. It is exact, once the dot product is taken in the right geometry. It is
//! wildly wrong in the geometry of the picture. And the one thing that is cheap about it, the order of three matrices in
//! a product, is what softmax takes away.
//!
//! Two tables serve throughout; a third, the sine of a projection, joins them where we train. The *synthetic* data
//! are drawn: two hundred training and a hundred test rows of eight normal features, of which neighbours are
//! correlated, and a target that is linear in them plus noise. The *diabetes* table is real: ten features of 442
//! patients and the progress of their disease a year later, every fifth patient a test row. Both are centred by their
//! training means, the diabetes features standardised as well; where a chapter scales them otherwise it says so.
//!
//! Matrices are compared in the Frobenius norm, $\|\cdot\|_F$ or $\|\cdot\|$ for short ($\|\cdot\|_2$ is the spectral
//! norm). That $A$ is two *norms* from $H$ means $\|A - H\| = 2\,\|H\|$.
//!
//! Every identity below is tested by computing both sides along different roads: attention by its products,
//! regression by a QR factorisation. Two such roads never meet exactly. We allow them
//! $100\,n^{1/2}\varepsilon\,\kappa(G)$, with $\varepsilon$ the machine precision and $\kappa$ the condition number:
//! sums over $n$ rows lose about $n^{1/2}\varepsilon$, solving magnifies that by the condition number of $G$, and the
//! hundred covers the constants of either road. How far below its bound each gap stays is printed as headroom, in
//! decades, that is powers of ten.

use attention_regression::agreement::{cosine, idempotence_gap, mse};
use attention_regression::attention::{Diagonal, Head, linear, scores, softmax};
use attention_regression::data::random::standard_normal;
use attention_regression::linalg::{self, count, gram, relative_gap, symmetric_power, trace};
use attention_regression::notebook::evidence::{Evidence, absolute, at_least, at_most, expected, relative};
use attention_regression::notebook::figure::{Axis, Chart, Figure, Ink, Label, Mark, Plot, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge, hat_matrix};
use attention_regression::{Mat, MatRef, Result};
use faer::prelude::*;

use crate::support::{diabetes, four_panels, record, rounding_bound, shown_rows, synthetic};

/// ## Regression reads out its training set
///
/// Let $W_q = W_k = G^{-1/2}$. Then the scores are $X_*W_qW_k^\top X^\top = X_*G^{-1}X^\top$, and with the targets as
/// values
///
/// $$X_*W_qW_k^\top X^\top y \;=\; X_*\,G^{-1}X^\top y \;=\; X_*\hat\beta.$$
///
/// That is the whole proof. Linear attention with this one form *is* least squares: its outputs agree with a QR solve
/// within {{synthetic_gap}} on the synthetic data and within {{diabetes_gap}} on the diabetes table, rounding and no
/// more. The coefficients store nothing about a prediction that is not in the rows and their targets: $\hat\beta$ is
/// the product of the last three factors, taken early.
///
/// ![**Four matrices, one picture.** The first three are one matrix: least squares' hat matrix, the attention weights, the scores before any normalisation. The fourth is the form between queries and keys, $G^{-1}$, in which only neighbouring features meet. Thirty-six of the training rows, in the order of their fitted values; each panel is coloured over its own largest entry.](figure)
///
/// ```toml
/// kind = "identity"
/// settles = { S1 = "holds" }
/// finding = "Linear attention with $W_qW_k^\\top = (X^\\top X)^{-1}$ is least squares, to rounding, on made and on real data."
/// headline = "synthetic_gap"
/// breaks_when = "the inverse is left out. With $W = I$ the same products miss the least-squares predictions by {{identity_form:2}} times their size."
/// ```
#[test]
fn regression_reads_out_its_training_set() -> Result<()> {
    let mut evidence = Evidence::new();
    for (name, data) in [("synthetic", synthetic()), ("diabetes", diabetes()?)] {
        let (x, y, new) = (data.train.x.as_ref(), data.train.y.as_ref(), data.test.x.as_ref());
        let head = Head::tied(symmetric_power(gram(x).as_ref(), -0.5)?);
        let attended = linear::output(head.queries(new).as_ref(), head.keys(x).as_ref(), y, 1.0, Diagonal::Kept);
        let predicted = Ridge::fit(x, y, 0.0, Intercept::None)?.predict(new);
        evidence.rounding(
            &format!("{name}_gap"),
            &format!("outputs against least squares, {name}"),
            relative_gap(attended.as_ref(), predicted.as_ref()),
            rounding_bound(x)?,
        );
    }

    // Control: the same products without the inverse Gram matrix.
    let data = synthetic();
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let plain = linear::output(x, x, y, 1.0, Diagonal::Kept);
    let fit = Ridge::fit(x, y, 0.0, Intercept::None)?;
    evidence.control("identity_form", "outputs against least squares, $W = I$", relative_gap(plain.as_ref(), fit.fitted()), relative(1e-6), at_least(10.0));

    let head = Head::tied(symmetric_power(gram(x).as_ref(), -0.5)?);
    let (scores, hat) = (scores(head.queries(x).as_ref(), head.keys(x).as_ref()), hat_matrix(x, 0.0, Intercept::None)?);
    evidence.exactly("degrees_of_freedom", "effective degrees of freedom of both", trace(scores.as_ref()).round() as usize, x.ncols());
    let title = "Least squares' hat matrix beside linear attention with the inverse Gram matrix";
    let weights = (scores.as_ref(), "attention weights");
    evidence.figure(four_panels(title, hat.as_ref(), weights, scores.as_ref(), head.form().as_ref(), &shown_rows(fit.fitted(), 36)));
    record!(evidence)
}

/// ## The picture needs orthonormal columns
///
/// The picture leaves $G^{-1}$ out: $\hat y = XX^\top y$. When is it right? $XX^\top y = X\hat\beta$ says
/// $X(X^\top y - \hat\beta) = 0$, and as the columns are independent, $X^\top y = \hat\beta$. The normal equations say
/// $X^\top y = G\hat\beta$, hence $G\hat\beta = \hat\beta$. As $y$ varies $\hat\beta$ takes every value, so for every
/// $y$ at once this is $G = I$: the columns of $X$ must be orthonormal. Make them so, and the picture agrees with least
/// squares within {{orthonormal_gap}}.
///
/// On the data as they are the picture is a poor sketch of a regression. Its mean squared error on the synthetic data
/// is {{error_ratio:2}} times that of least squares. Most of that is scale, so let us forgive the scale and multiply
/// its output by the best number there is. The error is still {{rescaled_ratio:3}} times that of least squares,
/// because the *direction* is wrong. Since $X^\top y = G\hat\beta$, the picture predicts with $G\hat\beta$ for
/// coefficients: what $\hat\beta$ has along an eigenvector of $G$ is multiplied by its eigenvalue, and the leading
/// one, along which correlated features vary together, shouts down the rest. The cosine between the two sets of
/// predictions is {{synthetic_cosine:3}}. On the diabetes table, standardised, it is {{diabetes_cosine:3}}, and the
/// best rescaling leaves a mean squared error of {{diabetes_rescaled:4}} where least squares leaves
/// {{diabetes_least_squares:4}}.
///
/// ![**A wrong direction cannot be scaled away.** The picture's predictions on the synthetic training rows, after the best
/// rescaling, against those of least squares. On the dotted line they would agree.](figure)
///
/// ```toml
/// kind = "identity"
/// settles = { S2 = "holds if" }
/// finding = "Exact when the columns of $X$ are orthonormal. On the synthetic data as they are its error is {{error_ratio:2}} times that of least squares, and no rescaling mends the direction."
/// uses = ["regression_reads_out_its_training_set"]
/// headline = "orthonormal_gap"
/// breaks_when = "the columns are not orthonormal. Even after the best rescaling the picture's error is {{rescaled_ratio:3}} times that of least squares."
/// ```
#[test]
fn the_picture_needs_orthonormal_columns() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = synthetic();
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let fit = Ridge::fit(x, y, 0.0, Intercept::None)?;
    let orthonormal = x * symmetric_power(gram(x).as_ref(), -0.5)?;
    let drawn = linear::output(orthonormal.as_ref(), orthonormal.as_ref(), y, 1.0, Diagonal::Kept);
    evidence.rounding("orthonormal_gap", "$ZZ^\\top y$ against least squares, $Z^\\top Z = I$", relative_gap(drawn.as_ref(), fit.fitted()), rounding_bound(x)?);

    // Control: the columns as they are, then with the best rescaling.
    let picture = linear::output(x, x, y, 1.0, Diagonal::Kept);
    let rescaled = best_rescaling(picture.as_ref(), y);
    let error = mse(fit.fitted(), y);
    evidence.control(
        "error_ratio",
        "mean squared error of $XX^\\top y$ over that of least squares",
        mse(picture.as_ref(), y) / error,
        relative(1e-6),
        at_least(1e6),
    );
    evidence.control(
        "rescaled_ratio",
        "mean squared error of $XX^\\top y$ after the best rescaling over that of least squares",
        mse(rescaled.as_ref(), y) / error,
        relative(1e-6),
        at_least(3.0),
    );
    evidence.note("synthetic_cosine", "cosine to least squares, synthetic", cosine(picture.as_ref(), fit.fitted()), relative(1e-6));

    // The same on real data, where the numbers are known.
    let data = diabetes()?;
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let known = Ridge::fit(x, y, 0.0, Intercept::None)?;
    let picture = linear::output(x, x, y, 1.0, Diagonal::Kept);
    let best = mse(best_rescaling(picture.as_ref(), y).as_ref(), y);
    evidence.judge("diabetes_cosine", "cosine to least squares, diabetes", cosine(picture.as_ref(), known.fitted()), relative(1e-4), expected(0.8795));
    evidence.judge("diabetes_rescaled", "mean squared error after the best rescaling, diabetes", best, relative(5e-4), expected(3489.0));
    evidence.judge("diabetes_least_squares", "mean squared error of least squares, diabetes", mse(known.fitted(), y), relative(1e-5), expected(2774.98));
    evidence.figure(scatter(fit.fitted(), rescaled.as_ref()));
    record!(evidence)
}

/// The multiple of a prediction with the smallest squared error.
fn best_rescaling(prediction: MatRef<'_, f64>, target: MatRef<'_, f64>) -> Mat<f64> {
    let (product, square) = (prediction.transpose() * target, prediction.transpose() * prediction);
    prediction * Scale(product[(0, 0)] / square[(0, 0)])
}

fn scatter(fitted: MatRef<'_, f64>, picture: MatRef<'_, f64>) -> Figure {
    let points = |matrix: MatRef<'_, f64>| matrix.col(0).iter().copied().collect::<Vec<f64>>();
    let ticks = vec![-10.0, -5.0, 0.0, 5.0, 10.0];
    let drawn = Series {
        name: "XXᵀy, rescaled".to_owned(),
        ink: Ink::Linear,
        mark: Some(Mark::Circle),
        stroke: Stroke::None,
        x: points(fitted),
        y: points(picture),
        relative: 1e-4,
        label: None,
    };
    let line = Series {
        name: "agreement".to_owned(),
        ink: Ink::Muted,
        mark: None,
        stroke: Stroke::Dotted,
        x: vec![-10.0, 7.5, 10.0],
        y: vec![-10.0, 7.5, 10.0],
        relative: 1e-4,
        label: Some(Label { at: 1, side: Side::Left }),
    };
    let chart = Chart {
        x: Axis::linear("least-squares prediction, in units of y", &ticks),
        y: Axis::linear("prediction of the picture XXᵀy after the best rescaling, in units of y", &ticks),
        tall: true,
        series: vec![line, drawn],
    };
    Figure { title: "The picture's predictions against those of least squares".to_owned(), plot: Plot::Chart(chart) }
}

/// ## Linear attention projects only if its form inverts the Gram matrix on its range
///
/// A hat matrix is a projection: applied twice it does what it did once. Is linear attention $A = XWX^\top$ one?
/// $A^2 = XWGWX^\top$, so with independent columns $A^2 = A$ says $WGW = W$, and nothing else will do. Read as
/// $(WG)\,W = W$ it says that on vectors of the range of $W$ the form undoes $G$; elsewhere it need not. So the form
/// need not be $G^{-1}$: for any $B$ with $r$ independent columns, $W = B(B^\top GB)^{-1}B^\top$ passes, and then $A$
/// projects onto the $r$ directions $XB$. With three random columns the projection holds within {{projection_gap}}, and
/// the trace, the number of directions, is {{directions}}.
///
/// The condition is sharp in the scale as well. One per cent more of the same form, and squaring shows it at once.
///
/// ```toml
/// kind = "identity"
/// settles = { S3 = "holds if" }
/// finding = "Always linear in the targets; a projection if and only if $WGW = W$. Without whitening no scale makes $W = I$ one."
/// uses = ["regression_reads_out_its_training_set"]
/// headline = "projection_gap"
/// breaks_when = "the form is too large by one part in a hundred: $\\|A^2 - A\\|$ is then {{one_per_cent_more:.4}} of $\\|A\\|$."
/// ```
#[test]
fn linear_attention_projects_only_if_its_form_inverts_the_gram_matrix_on_its_range() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = synthetic();
    let x = data.train.x.as_ref();
    let basis = standard_normal(3, 0, x.ncols(), 3);
    let inner = basis.transpose() * gram(x) * &basis;
    let form = &basis * symmetric_power(inner.as_ref(), -1.0)? * basis.transpose();
    let weights = linear::weights((x * &form).as_ref(), x, 1.0, Diagonal::Kept);
    let bound = rounding_bound(x)? * linalg::condition_number(basis.as_ref())?.powi(2);
    evidence.rounding("projection_gap", "$\\|A^2 - A\\|_F / \\|A\\|_F$, $W = B(B^\\top GB)^{-1}B^\\top$", idempotence_gap(weights.as_ref()), bound);
    evidence.rounding("form_gap", "$\\|WGW - W\\|_F / \\|W\\|_F$", relative_gap((&form * gram(x) * &form).as_ref(), form.as_ref()), bound);
    evidence.exactly("directions", "$\\operatorname{tr} A$, to the nearest whole number", trace(weights.as_ref()).round() as usize, 3);

    // Control: one per cent too much.
    let more = &weights * Scale(1.01);
    evidence.control("one_per_cent_more", "$\\|A^2 - A\\|_F / \\|A\\|_F$, $1.01\\,W$", idempotence_gap(more.as_ref()), absolute(1e-9), at_least(0.0099));
    record!(evidence)
}

/// ## The scale that projects is one over n
///
/// Which number should stand before $QK^\top$? Transformers divide by $p^{1/2}$, the root of the width, and leave it
/// to softmax's denominator to count the rows; the post divides by the number of features, $d$, and without softmax
/// nothing counts them. A regression must: $G$ is a sum over $n$ rows, so its inverse falls like $1/n$. On whitened
/// rows (the next chapter), $Z^\top Z = nI$, the weights $ZZ^\top/n$ project within {{per_row_gap}}. Divided by $d$
/// they are $n/d = 25$ times too large, and $\|A^2 - A\| = (n/d - 1)\,\|A\|$: {{per_feature_white:.1}} norms, where a
/// projection has none. On the rows as they are it is {{per_feature_raw:3}}.
///
/// A trained $W$ can absorb any constant, so the scale is no obstacle to learning. It is one to reading: at the scale
/// $1/d$ the form that makes a regression is $d\,G^{-1}$ and not $G^{-1}$. On raw data its spectral norm is
/// {{learnt_norm:2}}, and one must know the scale to recognise the inverse Gram matrix in it.
///
/// ![**The post's scale, untrained.** Least squares' hat matrix beside attention with $W = I$ and scale $1/d$. The pattern of common direction drowns the rest: rows agree with rows on their side of the mean, and disagree with those on the other. Thirty-six of the training rows, in the order of their fitted values.](figure)
///
/// ```toml
/// kind = "identity"
/// settles = { S3 = "holds if" }
/// finding = "The scale that projects is $1/n$ on whitened rows. At the post's $1/d$ the weights are $n/d$ times too large."
/// uses = ["linear_attention_projects_only_if_its_form_inverts_the_gram_matrix_on_its_range"]
/// headline = "per_row_gap"
/// breaks_when = "the scale is $1/d$: on whitened rows $\\|A^2 - A\\|$ is then {{per_feature_white:.1}} times $\\|A\\|$."
/// ```
#[test]
fn the_scale_that_projects_is_one_over_n() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = synthetic();
    let (x, n, d) = (data.train.x.as_ref(), count(data.train.n()), count(data.train.d()));
    let white = x * symmetric_power(gram(x).as_ref(), -0.5)? * Scale(n.sqrt());
    let weights = |rows: MatRef<'_, f64>, scale: f64| linear::weights(rows, rows, scale, Diagonal::Kept);
    evidence.rounding(
        "per_row_gap",
        "$\\|A^2 - A\\|_F / \\|A\\|_F$, whitened rows, scale $1/n$",
        idempotence_gap(weights(white.as_ref(), 1.0 / n).as_ref()),
        rounding_bound(x)?,
    );

    // Control: divided by the number of features.
    let raw = weights(x, 1.0 / d);
    evidence.control(
        "per_feature_white",
        "$\\|A^2 - A\\|_F / \\|A\\|_F$, whitened rows, scale $1/d$",
        idempotence_gap(weights(white.as_ref(), 1.0 / d).as_ref()),
        relative(1e-8),
        expected(n / d - 1.0),
    );
    evidence.control(
        "per_feature_raw",
        "$\\|A^2 - A\\|_F / \\|A\\|_F$, rows as they are, scale $1/d$",
        idempotence_gap(raw.as_ref()),
        relative(1e-6),
        at_least(50.0),
    );
    let inverse = symmetric_power(gram(x).as_ref(), -1.0)? * Scale(d);
    evidence.judge(
        "learnt_norm",
        "$\\|d\\,G^{-1}\\|_2$, the form that is regression at scale $1/d$",
        linalg::spectral_norm(inverse.as_ref())?,
        relative(1e-6),
        at_most(1.0),
    );

    let fit = Ridge::fit(x, data.train.y.as_ref(), 0.0, Intercept::None)?;
    let title = "Least squares' hat matrix beside untrained linear attention with the post's scale";
    let (hat, form) = (hat_matrix(x, 0.0, Intercept::None)?, Head::identity(x.ncols()).form());
    evidence.figure(four_panels(
        title,
        hat.as_ref(),
        (raw.as_ref(), "weights, scale 1 ∕ d"),
        scores(x, x).as_ref(),
        form.as_ref(),
        &shown_rows(fit.fitted(), 36),
    ));
    record!(evidence)
}

/// ## Without softmax the product can be taken from the right
///
/// $(QK^\top)V = Q(K^\top V)$. The left side makes an $n \times n$ matrix, the right side one of $p \times m$; they
/// agree within {{association_gap}}. At four thousand rows, sixteen columns and one target the left side takes
/// {{flops_ratio|two thousand times|2000..2200}} as many floating-point operations, {{flops_by_definition:3}} against
/// {{flops:3}}, and the ratio grows with every row. For keys $X$ and values $y$ the small matrix $K^\top V$ is the
/// $X^\top y$ of a regression. Together with $X^\top X$ it is all that least squares needs to know of the rows; alone
/// it is all that a linear attention layer need carry from one row to the next.
///
/// Softmax forbids the step. The exponential stands between the two products, and the exponential of a dot product is
/// not itself a dot product of finitely many functions of the query with as many of the key. Exponentiating queries and
/// keys apart, so that the product may be regrouped, makes another layer.
///
/// ![**What the parentheses cost.** Floating-point operations of one output, counted from the formulas, sixteen columns and
/// one target.](figure)
///
/// ```toml
/// kind = "identity"
/// settles = { S18 = "holds if" }
/// finding = "With softmax it is. Without, it is a product of three matrices, in whichever order is cheaper: both orders agree to rounding."
/// uses = ["regression_reads_out_its_training_set"]
/// headline = "association_gap"
/// breaks_when = "a softmax stands between the products: normalising queries and keys apart, so that they can be regrouped, moves the output by {{regrouped_softmax:2}} of its norm."
/// ```
#[test]
fn without_softmax_the_product_can_be_taken_from_the_right() -> Result<()> {
    let mut evidence = Evidence::new();
    let (n, p, m) = (500, 16, 1);
    let (q, k, v) = (standard_normal(19, 0, n, p), standard_normal(19, 1, n, p), standard_normal(19, 2, n, m));
    let (q, k, v) = (q.as_ref(), k.as_ref(), v.as_ref());
    let right = linear::output(q, k, v, 1.0, Diagonal::Kept);
    let left = linear::output_by_definition(q, k, v, 1.0, Diagonal::Kept);
    // Sums of products lose √n ε of the sum of their absolute values.
    let absolute_of = |a: MatRef<'_, f64>| Mat::from_fn(a.nrows(), a.ncols(), |i, j| a[(i, j)].abs());
    let summed = linear::output(absolute_of(q).as_ref(), absolute_of(k).as_ref(), absolute_of(v).as_ref(), 1.0, Diagonal::Kept);
    let bound = 100.0 * count(n).sqrt() * f64::EPSILON * linalg::frobenius_norm(summed.as_ref()) / linalg::frobenius_norm(left.as_ref());
    evidence.rounding("association_gap", "$Q(K^\\top V)$ against $(QK^\\top)V$", relative_gap(right.as_ref(), left.as_ref()), bound);
    let (few, many) = (linear::flops(4000, 4000, p, m) as f64, linear::flops_by_definition(4000, 4000, p, m) as f64);
    evidence.note("flops", "operations of $Q(K^\\top V)$, $n = 4000$", few, relative(1e-12));
    evidence.note("flops_by_definition", "operations of $(QK^\\top)V$, $n = 4000$", many, relative(1e-12));
    evidence.judge("flops_ratio", "operations of $(QK^\\top)V$ over those of $Q(K^\\top V)$, $n = 4000$", many / few, relative(1e-12), at_least(2000.0));

    // Control: softmax, with the exponentials taken apart so that the product can be regrouped.
    let attended = softmax::output(q, k, v, softmax::temperature_of_width(p), Diagonal::Kept)?;
    let columns = Mat::<f64>::identity(p, p);
    let (q_apart, k_apart) = (
        softmax::weights(q, columns.as_ref(), 1.0, Diagonal::Kept)?,
        softmax::weights(k.transpose(), Mat::<f64>::identity(n, n).as_ref(), 1.0, Diagonal::Kept)?,
    );
    let regrouped = linear::output(q_apart.as_ref(), k_apart.transpose(), v, 1.0, Diagonal::Kept);
    evidence.control(
        "regrouped_softmax",
        "softmax of queries and keys apart, against softmax of their products",
        relative_gap(regrouped.as_ref(), attended.as_ref()),
        relative(1e-6),
        at_least(0.3),
    );
    evidence.figure(costs(p, m));
    record!(evidence)
}

fn costs(width: usize, targets: usize) -> Figure {
    let rows = [100, 300, 1000, 3000, 10_000, 30_000, 100_000];
    let series = |name: &str, ink: Ink, mark: Mark, flops: fn(usize, usize, usize, usize) -> u64| Series {
        name: name.to_owned(),
        ink,
        mark: Some(mark),
        stroke: Stroke::Solid,
        x: rows.iter().map(|&n| count(n)).collect(),
        y: rows.iter().map(|&n| flops(n, n, width, targets) as f64).collect(),
        relative: 1e-12,
        label: Some(Label { at: 5, side: Side::Left }),
    };
    let chart = Chart {
        x: Axis::log("rows n", &[1e2, 1e3, 1e4, 1e5]),
        y: Axis::log("floating-point operations", &[1e3, 1e6, 1e9, 1e12]),
        tall: false,
        series: vec![
            series("(QKᵀ)V, quadratic in n", Ink::Softmax, Mark::Square, linear::flops_by_definition),
            series("Q(KᵀV), linear in n", Ink::Linear, Mark::Circle, linear::flops),
        ],
    };
    Figure { title: "Floating-point operations of attention against the number of rows, in two orders of the product".to_owned(), plot: Plot::Chart(chart) }
}
