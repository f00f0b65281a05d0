//! # One formula
//!
//! <div class="aside" role="note">
//!
//! $X$ is $n \times d$ with centred columns, $G = X^\top X$, and $H = XG^{-1}X^\top$ is the hat matrix of least
//! squares: it turns targets into fitted values, $\hat y = Hy$. The [table of notation](notation.md) has the rest.
//!
//! </div>
//!
//! Draw attention in the simplest way: a new row $x_*$ is compared with every training row by a dot product, and the
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
//! Two tables serve throughout; a third and a fourth, two sines, join them later. The *synthetic* data
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
//! hundred covers the constants of either road. *To rounding* means within this bound. How far below it each gap stays
//! is printed as headroom, in decades, that is powers of ten.

use attention_regression::agreement::{cosine, idempotence_gap, mse};
use attention_regression::attention::{Diagonal, Head, linear, scores, softmax};
use attention_regression::compare::ink::{LINEAR, SOFTMAX};
use attention_regression::data::Dataset;
use attention_regression::linalg::{
    self, count, frobenius_norm, gram, relative_gap, singular_values, symmetric_power, trace,
};
use attention_regression::notebook::claim::evidence::{Evidence, relative};
use attention_regression::publish::figure::{Axis, Chart, Figure, Ink, Mark, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge, hat_matrix};
use attention_regression::{Mat, MatRef, Result, record};
use faer::prelude::*;

use crate::support::{diabetes, draws, first, four_panels, rounding_bound, shown_rows, synthetic};

/// ## Regression reads out its training set
///
/// Let $W_q = W_k = G^{-1/2}$. Then the scores are $X_*W_qW_k^\top X^\top = X_*G^{-1}X^\top$, and with the targets as
/// values
///
/// $$X_*W_qW_k^\top X^\top y \;=\; X_*\,G^{-1}X^\top y \;=\; X_*\hat\beta.$$
///
/// That is the whole proof. Linear attention with this one form *is* least squares: on new rows of either table its
/// outputs agree with a QR solve to rounding, on the synthetic data within {{synthetic_gap}}. The coefficients store
/// nothing about a prediction that is not in the rows and their targets: $\hat\beta$ is the product of the last three
/// factors, taken early. The trace, which for a regression is called its *effective degrees of freedom*, is $d$ for
/// either matrix.
///
/// It takes both conditions, this form and no softmax. The scores are of the size of leverages, far below one, and at
/// temperature one a softmax behind them averages the targets almost evenly. Centred targets average to zero, so that
/// its outputs miss those of least squares by {{with_softmax|nearly all|0.9..1.0}} of their norm.
///
/// ![**Four matrices, one picture.** The first three are one matrix: least squares' hat matrix, the attention weights, the scores before any normalisation. The fourth is the form between queries and keys, $G^{-1}$, in which only neighbouring features meet. Thirty-six of the training rows, in the order of their fitted values; each panel is coloured over its own largest entry.](figure)
///
/// ```toml
/// kind = "identity"
/// settles = { S1 = "holds if" }
/// finding = "There is no softmax, and the form $W_qW_k^\\top$ is the inverse Gram matrix $(X^\\top X)^{-1}$. Then attention is least squares, to rounding, on made and on real data."
/// headline = "synthetic_gap"
/// breaks_when = "the inverse is left out. With $W = I$ the same products miss the least-squares predictions by {{identity_form:2}} times their size."
/// ```
#[test]
fn regression_reads_out_its_training_set() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = synthetic();
    let x = data.train.x.as_ref();
    let (head, bound) = (inverse_gram(x)?, rounding_bound(x)?);
    evidence.rounding(
        "synthetic_gap",
        "outputs on new rows against least squares, synthetic",
        readout_gap(&data, &head, without_softmax)?,
        bound,
    );
    let real = diabetes()?;
    let (real_head, real_bound) = (inverse_gram(real.train.x.as_ref())?, rounding_bound(real.train.x.as_ref())?);
    evidence.rounding(
        "diabetes_gap",
        "outputs on new rows against least squares, diabetes",
        readout_gap(&real, &real_head, without_softmax)?,
        real_bound,
    );

    let (scores, hat) = (scores(head.queries(x).as_ref(), head.keys(x).as_ref()), hat_matrix(x, 0.0, Intercept::None)?);
    for (name, words, matrix) in [("attention_trace", "attention", &scores), ("hat_trace", "least squares", &hat)] {
        let gap = (trace(matrix.as_ref()) / count(x.ncols()) - 1.0).abs();
        evidence.rounding(name, &format!("trace against $d$, as a share of it, {words}"), gap, bound);
    }

    let plain = readout_gap(&data, &Head::identity(x.ncols()), without_softmax)?;
    evidence
        .breaks("identity_form", "synthetic_gap", "the form is $I$ and not $G^{-1}$", plain)
        .within(relative(1e-6))
        .by(1e9);
    let normalised = readout_gap(&data, &head, with_softmax)?;
    evidence
        .breaks("with_softmax", "synthetic_gap", "there is a softmax, at temperature one", normalised)
        .within(relative(1e-6))
        .by(1e9);

    let fit = Ridge::fit(x, data.train.y.as_ref(), 0.0, Intercept::None)?;
    let title = "Least squares' hat matrix beside linear attention with the inverse Gram matrix";
    let weights = (scores.as_ref(), "attention weights");
    evidence.figure(four_panels(
        title,
        hat.as_ref(),
        weights,
        scores.as_ref(),
        head.form().as_ref(),
        &shown_rows(fit.fitted(), 36),
    ));
    record!(evidence)
}

/// Wq = Wk = G^(−1/2).
fn inverse_gram(x: MatRef<'_, f64>) -> Result<Head> {
    Ok(Head::tied(symmetric_power(gram(x).as_ref(), -0.5)?))
}

/// From queries, keys and values to outputs.
type Readout = fn(MatRef<'_, f64>, MatRef<'_, f64>, MatRef<'_, f64>) -> Result<Mat<f64>>;

fn without_softmax(queries: MatRef<'_, f64>, keys: MatRef<'_, f64>, values: MatRef<'_, f64>) -> Result<Mat<f64>> {
    Ok(linear::output(queries, keys, values, 1.0, Diagonal::Kept))
}

fn with_softmax(queries: MatRef<'_, f64>, keys: MatRef<'_, f64>, values: MatRef<'_, f64>) -> Result<Mat<f64>> {
    softmax::output(queries, keys, values, 1.0, Diagonal::Kept)
}

/// How far a head's outputs on the test rows are from those of least squares, as a share of their norm.
fn readout_gap(data: &Dataset, head: &Head, readout: Readout) -> Result<f64> {
    let (x, y, new) = (data.train.x.as_ref(), data.train.y.as_ref(), data.test.x.as_ref());
    let attended = readout(head.queries(new).as_ref(), head.keys(x).as_ref(), y)?;
    Ok(relative_gap(attended.as_ref(), Ridge::fit(x, y, 0.0, Intercept::None)?.predict(new).as_ref()))
}

/// ## The picture needs orthonormal columns
///
/// The picture leaves $G^{-1}$ out: $\hat y = XX^\top y$. When is it right? $XX^\top y = X\hat\beta$ says
/// $X(X^\top y - \hat\beta) = 0$, and as the columns are independent, $X^\top y = \hat\beta$. The normal equations say
/// $X^\top y = G\hat\beta$, hence $G\hat\beta = \hat\beta$. As $y$ varies $\hat\beta$ takes every value, so for every
/// $y$ at once this is $G = I$: the columns of $X$ must be orthonormal. Make them so, and the picture agrees with least
/// squares to rounding, within {{orthonormal_gap}}.
///
/// On the data as they are the picture is a poor sketch of a regression. Its mean squared error on the synthetic data
/// is {{error_ratio:2}} times that of least squares (here and below the median of five draws). Most of that is scale, so let us
/// forgive the scale and multiply its output by the best number there is. The error is still {{rescaled_ratio:3}} times
/// that of least squares, because the *direction* is wrong. Since $X^\top y = G\hat\beta$, the picture predicts with
/// $G\hat\beta$ for coefficients: what $\hat\beta$ has along an eigenvector of $G$ is multiplied by its eigenvalue, and
/// the leading one, along which correlated features vary together, shouts down the rest. The cosine between the two
/// sets of predictions is {{synthetic_cosine:2}}. On the diabetes table, standardised, it is {{diabetes_cosine:2}}, and
/// the best rescaling leaves a mean squared error of {{diabetes_rescaled:4}} where least squares leaves
/// {{diabetes_least_squares:4}}.
///
/// ![**A wrong direction cannot be scaled away.** The picture's predictions on the synthetic training rows of the first
/// draw, after the best rescaling, against those of least squares. On the dotted line they would agree.](figure)
///
/// ```toml
/// kind = "identity"
/// settles = { S2 = "holds if" }
/// finding = "The columns of $X$ are orthonormal. On the synthetic data as they are its error is {{error_ratio:2}} times that of least squares, and no rescaling mends the direction."
/// uses = ["regression_reads_out_its_training_set"]
/// headline = "orthonormal_gap"
/// breaks_when = "the columns are not orthonormal. Even after the best rescaling the picture's predictions are {{rescaled_gap:2}} of their norm away from those of least squares."
/// ```
#[test]
fn the_picture_needs_orthonormal_columns() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = synthetic();
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let orthonormal = x * symmetric_power(gram(x).as_ref(), -0.5)?;
    let gap = picture_gap(orthonormal.as_ref(), y)?;
    evidence.rounding(
        "orthonormal_gap",
        "$XX^\\top y$ against the least-squares predictions, as a share of them",
        gap,
        rounding_bound(x)?,
    );
    let columns = "the columns are not orthonormal";
    evidence.breaks("raw_gap", "orthonormal_gap", columns, picture_gap(x, y)?).within(relative(1e-6)).by(1e9);
    let scaled = x * Scale(best_scale(picture(x, y).as_ref(), y).sqrt());
    let columns = "the columns are not orthonormal, and brought to the best common scale";
    evidence
        .breaks("rescaled_gap", "orthonormal_gap", columns, picture_gap(scaled.as_ref(), y)?)
        .within(relative(1e-6))
        .by(1e9);

    let errors = draws().iter().map(|draw| picture_errors(&draw.synthetic().centred())).collect::<Result<Vec<_>>>()?;
    let of = |place: usize| errors.iter().map(|errors| errors[place]).collect::<Vec<_>>();
    evidence
        .measure("error_ratio", "mean squared error of $XX^\\top y$ over that of least squares, synthetic", of(0))
        .within(relative(1e-6))
        .at_least(1e6);
    evidence
        .measure("rescaled_ratio", "the same after the best rescaling, synthetic", of(1))
        .within(relative(1e-6))
        .at_least(5.0);
    evidence
        .measure("synthetic_cosine", "cosine to least squares, synthetic", of(2))
        .within(relative(1e-6))
        .at_most(0.9);

    let data = diabetes()?;
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let (fit, picture) = (Ridge::fit(x, y, 0.0, Intercept::None)?, picture(x, y));
    let c = x.transpose() * y;
    let square = |matrix: MatRef<'_, f64>| frobenius_norm(matrix).powi(2);
    let (cc, cgc, explained) =
        (square(c.as_ref()), square((x * &c).as_ref()), (fit.coefficients().transpose() * &c)[(0, 0)]);
    evidence
        .measure("diabetes_cosine", "cosine to least squares, diabetes", cosine(picture.as_ref(), fit.fitted()))
        .within(relative(1e-6))
        .equals(
            cc / (explained * cgc).sqrt(),
            "$\\|c\\|^2 / (\\hat\\beta^\\top c \\cdot c^\\top Gc)^{1/2}$, $c = X^\\top y$",
            relative(1e-9),
        );
    evidence
        .measure(
            "diabetes_rescaled",
            "mean squared error after the best rescaling, diabetes",
            mse(rescaled(picture.as_ref(), y).as_ref(), y),
        )
        .within(relative(1e-6))
        .equals(
            (square(y) - cc * cc / cgc) / count(y.nrows()),
            "$(\\|y\\|^2 - \\|c\\|^4 / c^\\top Gc) / n$",
            relative(1e-9),
        );
    evidence
        .measure("diabetes_least_squares", "mean squared error of least squares, diabetes", mse(fit.fitted(), y))
        .within(relative(1e-6))
        .equals((square(y) - explained) / count(y.nrows()), "$(\\|y\\|^2 - \\hat\\beta^\\top c) / n$", relative(1e-9));
    evidence.figure(scatter(&synthetic())?);
    record!(evidence)
}

/// XXᵀy.
fn picture(rows: MatRef<'_, f64>, y: MatRef<'_, f64>) -> Mat<f64> {
    linear::output(rows, rows, y, 1.0, Diagonal::Kept)
}

fn picture_gap(rows: MatRef<'_, f64>, y: MatRef<'_, f64>) -> Result<f64> {
    Ok(relative_gap(picture(rows, y).as_ref(), Ridge::fit(rows, y, 0.0, Intercept::None)?.fitted()))
}

/// The picture's error, as it is and after the best rescaling, over that of least squares, and its cosine to it.
fn picture_errors(data: &Dataset) -> Result<[f64; 3]> {
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let (fit, picture) = (Ridge::fit(x, y, 0.0, Intercept::None)?, picture(x, y));
    let error = mse(fit.fitted(), y);
    Ok([
        mse(picture.as_ref(), y) / error,
        mse(rescaled(picture.as_ref(), y).as_ref(), y) / error,
        cosine(picture.as_ref(), fit.fitted()),
    ])
}

/// The number that brings a prediction nearest to the target.
fn best_scale(prediction: MatRef<'_, f64>, target: MatRef<'_, f64>) -> f64 {
    (prediction.transpose() * target)[(0, 0)] / (prediction.transpose() * prediction)[(0, 0)]
}

fn rescaled(prediction: MatRef<'_, f64>, target: MatRef<'_, f64>) -> Mat<f64> {
    prediction * Scale(best_scale(prediction, target))
}

fn scatter(data: &Dataset) -> Result<Figure> {
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let (fit, picture) = (Ridge::fit(x, y, 0.0, Intercept::None)?, rescaled(picture(x, y).as_ref(), y));
    let points = |matrix: MatRef<'_, f64>| matrix.col(0).iter().copied().collect::<Vec<f64>>();
    let ticks = [-10.0, -5.0, 0.0, 5.0, 10.0];
    let diagonal = Series::through("agreement", [-10.0, 7.5, 10.0].map(|at| (at, at)));
    let series = vec![
        diagonal.ink(Ink::MUTED).stroke(Stroke::Dotted).within(1e-4).label(Side::Left, 1),
        Series::curve("XXᵀy, rescaled", points(fit.fitted()), points(picture.as_ref()))
            .ink(LINEAR)
            .marks(Mark::Circle)
            .within(1e-4),
    ];
    let x = Axis::linear("least-squares prediction, in units of y", &ticks);
    let y = Axis::linear("prediction of the picture XXᵀy after the best rescaling, in units of y", &ticks);
    Ok(Figure::new("The picture's predictions against those of least squares", Chart::new(x, y, series).tall()))
}

/// ## Linear attention projects only if its form inverts the Gram matrix on its range
///
/// The post says that attention without softmax behaves approximately as a linear projection. Linear in the targets it
/// always is, and nothing needs testing there. The stronger word is projection: a hat matrix applied twice does what it
/// did once. When does $A = XWX^\top$?
///
/// $A^2 = XWGWX^\top$, so with independent columns $A^2 = A$ says $WGW = W$, and nothing else will do. Read as
/// $(WG)\,W = W$ it says that on vectors of the range of $W$ the form undoes $G$; elsewhere it need not. So the form
/// need not be $G^{-1}$: for any $B$ with $r$ independent columns, $W = B(B^\top GB)^{-1}B^\top$ passes, and then $A$
/// projects onto the $r$ directions $XB$. With three columns drawn at random it projects to rounding, within
/// {{projection_gap}}, and its trace, the number of directions, is three.
///
/// The condition is sharp in the scale as well. One per cent more of the same form, and squaring shows it at once.
///
/// ```toml
/// kind = "identity"
/// settles = { S3 = "sound if" }
/// finding = "Its form undoes $G = X^\\top X$ on its own range, $WGW = W$: then, and only then, is it a projection. Linear in the targets it is with any form."
/// uses = ["regression_reads_out_its_training_set"]
/// headline = "projection_gap"
/// breaks_when = "the form is too large by one part in a hundred: $\\|A^2 - A\\|$ is then {{one_per_cent_more:.4}} of $\\|A\\|$."
/// ```
#[test]
fn linear_attention_projects_only_if_its_form_inverts_the_gram_matrix_on_its_range() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = synthetic();
    let x = data.train.x.as_ref();
    let directions = 3;
    let basis = first().normal(0, x.ncols(), directions);
    let inner = basis.transpose() * gram(x) * &basis;
    let form = &basis * symmetric_power(inner.as_ref(), -1.0)? * basis.transpose();
    let weights = |form: &Mat<f64>| linear::weights((x * form).as_ref(), x, 1.0, Diagonal::Kept);
    let projection = weights(&form);
    let bound = rounding_bound(x)? * linalg::condition_number(basis.as_ref())?.powi(2);
    evidence.rounding(
        "projection_gap",
        "$\\|A^2 - A\\|_F / \\|A\\|_F$, $W = B(B^\\top GB)^{-1}B^\\top$",
        idempotence_gap(projection.as_ref()),
        bound,
    );
    evidence.rounding(
        "form_gap",
        "$\\|WGW - W\\|_F / \\|W\\|_F$",
        relative_gap((&form * gram(x) * &form).as_ref(), form.as_ref()),
        bound,
    );
    let trace_gap = (trace(projection.as_ref()) / count(directions) - 1.0).abs();
    evidence.rounding(
        "trace_gap",
        "$\\operatorname{tr} A$ against the three columns of $B$, as a share",
        trace_gap,
        bound,
    );

    let more = weights(&(&form * Scale(1.01)));
    evidence
        .breaks(
            "one_per_cent_more",
            "projection_gap",
            "the form is one per cent too large",
            idempotence_gap(more.as_ref()),
        )
        .within(relative(1e-6))
        .by(1e4);
    record!(evidence)
}

/// ## The scale that projects is one over n
///
/// Which number should stand before $QK^\top$? Transformers divide by $p^{1/2}$, the root of the width, and leave it
/// to softmax's denominator to count the rows; the post, in its effective weights, divides by the number of features, $d$, and without softmax
/// nothing counts them. A regression must: $G$ is a sum over $n$ rows, so its inverse falls like $1/n$. On whitened
/// rows (the next chapter), $Z^\top Z = nI$, the weights $ZZ^\top/n$ project to rounding, within {{per_row_gap}}.
/// Divided by $d$ they are $n/d$ times too large, and $\|A^2 - A\| = (n/d - 1)\,\|A\|$: {{per_feature_white:.1}} norms on
/// the synthetic data, {{per_feature_diabetes:.1}} on the diabetes table, where a projection has none.
///
/// On rows that are not whitened no scale will do. With $w_i$ the eigenvalues of $G$, those of $sXX^\top$ are $sw_i$ and
/// zeros, and a projection has only zeros and ones: one number $s$ would have to take every $w_i$ to one. How near can
/// it come? $\|A^2 - A\|^2 / \|A\|^2 = \sum w_i^2(sw_i - 1)^2 / \sum w_i^2$ is quadratic in $s$, and at its lowest,
/// $s = \sum w_i^3 / \sum w_i^4$, it is
///
/// $$1 - \frac{(\sum w_i^3)^2}{\sum w_i^2\,\sum w_i^4},$$
///
/// which is zero only where all $w_i$ are equal (Cauchy and Schwarz). The best scale there is leaves $\|A^2 - A\|$ at
/// {{best_scale:2}} of $\|A\|$ on the synthetic data and at {{best_scale_diabetes:2}} on the diabetes table. Even so it
/// is no stand-in for a regression. It comes that near by taking the leading $w_i$ to about one and letting the others
/// fade: its trace is {{nearest_trace:2}}, where least squares keeps all eight directions, and no multiple of $XX^\top$
/// is nearer to the hat matrix than {{nearest_hat:2}} norms. The post's $1/d$ leaves {{per_feature_raw:3}} times $\|A\|$.
///
/// A trained $W$ can absorb any constant, so the scale is no obstacle to learning. It matters to whoever reads what was
/// learnt: at the scale $1/d$ the form that makes a regression is $d\,G^{-1}$ and not $G^{-1}$. On the synthetic data
/// its spectral norm is {{learnt_norm:2}}, and one must know the scale to recognise the inverse Gram matrix in it.
///
/// ![**The post's scale, untrained.** Least squares' hat matrix beside attention with $W = I$ and scale $1/d$. The pattern of common direction drowns the rest: rows agree with rows on their side of the mean, and disagree with those on the other. Thirty-six of the training rows, in the order of their fitted values.](figure)
///
/// ```toml
/// kind = "identity"
/// settles = { S3 = "sound if" }
/// finding = "With $W = I$, the rows are whitened and the scale is $1/n$. At $1/d$, the post's scale of effective weights, whitened weights are $n/d$ times too large, and on rows as they are even the best of all scales leaves $\\|A^2 - A\\|$ at {{best_scale:2}} of $\\|A\\|$."
/// uses = ["linear_attention_projects_only_if_its_form_inverts_the_gram_matrix_on_its_range"]
/// headline = "per_row_gap"
/// breaks_when = "the scale is $1/d$: on whitened rows $\\|A^2 - A\\|$ is then {{per_feature_white:.1}} times $\\|A\\|$."
/// ```
#[test]
fn the_scale_that_projects_is_one_over_n() -> Result<()> {
    let mut evidence = Evidence::new();
    let (data, real) = (synthetic(), diabetes()?);
    let (x, real) = (data.train.x.as_ref(), real.train.x.as_ref());
    let (n, d) = (count(x.nrows()), count(x.ncols()));
    let (eigenvalues, real_eigenvalues) = (eigenvalues(x)?, eigenvalues(real)?);
    let best = nearest_scale(&eigenvalues);
    let white = whitened(x)?;
    evidence.rounding(
        "per_row_gap",
        "$\\|A^2 - A\\|_F / \\|A\\|_F$",
        product_gap(white.as_ref(), 1.0 / n),
        rounding_bound(x)?,
    );
    let wide = product_gap(white.as_ref(), 1.0 / d);
    evidence
        .breaks("per_feature_white", "per_row_gap", "the scale is $1/d$ and not $1/n$", wide)
        .within(relative(1e-8))
        .by(1e9);
    let hypothesis = "the rows are not whitened, at the best of all scales";
    evidence.breaks("best_scale", "per_row_gap", hypothesis, product_gap(x, best)).within(relative(1e-6)).by(1e9);

    let least = "$(1 - (\\sum w_i^3)^2 / (\\sum w_i^2 \\sum w_i^4))^{1/2}$, $w_i$ the eigenvalues of $G$";
    evidence
        .measure(
            "best_scale_diabetes",
            "$\\|A^2 - A\\|_F / \\|A\\|_F$, rows as they are, the best scale, diabetes",
            product_gap(real, nearest_scale(&real_eigenvalues)),
        )
        .within(relative(1e-6))
        .equals(least_gap(&real_eigenvalues), least, relative(1e-9));
    let product = |scale: f64| linear::weights(x, x, scale, Diagonal::Kept);
    let sum = |power: i32| power_sum(&eigenvalues, power);
    evidence
        .measure(
            "nearest_trace",
            "$\\operatorname{tr} A$, rows as they are, the best scale, synthetic",
            trace(product(best).as_ref()),
        )
        .within(relative(1e-6))
        .equals(sum(1) * sum(3) / sum(4), "$\\sum w_i \\sum w_i^3 / \\sum w_i^4$", relative(1e-9));
    let hat = hat_matrix(x, 0.0, Intercept::None)?;
    evidence
        .measure(
            "nearest_hat",
            "$\\|sXX^\\top - H\\|_F / \\|H\\|_F$ at the lowest, synthetic",
            relative_gap(product(sum(1) / sum(2)).as_ref(), hat.as_ref()),
        )
        .within(relative(1e-6))
        .equals(
            (1.0 - sum(1).powi(2) / (d * sum(2))).sqrt(),
            "$(1 - (\\sum w_i)^2 / (d \\sum w_i^2))^{1/2}$",
            relative(1e-9),
        );
    let (rows, features) = (count(real.nrows()), count(real.ncols()));
    evidence
        .measure(
            "per_feature_diabetes",
            "$\\|A^2 - A\\|_F / \\|A\\|_F$, whitened rows, scale $1/d$, diabetes",
            product_gap(whitened(real)?.as_ref(), 1.0 / features),
        )
        .within(relative(1e-8))
        .equals(rows / features - 1.0, "$n/d - 1$", relative(1e-9));
    let squares = eigenvalues.iter().map(|w| (w * (w / d - 1.0)).powi(2)).sum::<f64>() / power_sum(&eigenvalues, 2);
    evidence
        .measure(
            "per_feature_raw",
            "$\\|A^2 - A\\|_F / \\|A\\|_F$, rows as they are, scale $1/d$, synthetic",
            product_gap(x, 1.0 / d),
        )
        .within(relative(1e-6))
        .equals(squares.sqrt(), "$(\\sum w_i^2(w_i/d - 1)^2 / \\sum w_i^2)^{1/2}$", relative(1e-9));
    let inverse = symmetric_power(gram(x).as_ref(), -1.0)? * Scale(d);
    let smallest = eigenvalues.iter().copied().fold(f64::INFINITY, f64::min);
    evidence
        .measure(
            "learnt_norm",
            "$\\|d\\,G^{-1}\\|_2$, the form that is regression at scale $1/d$",
            linalg::spectral_norm(inverse.as_ref())?,
        )
        .within(relative(1e-6))
        .equals(d / smallest, "$d / \\min_i w_i$", relative(1e-9));

    let fit = Ridge::fit(x, data.train.y.as_ref(), 0.0, Intercept::None)?;
    let title = "Least squares' hat matrix beside untrained linear attention with the post's scale";
    let (raw, form) = (product(1.0 / d), Head::identity(x.ncols()).form());
    let weights = (raw.as_ref(), "weights, scale 1 ∕ d");
    evidence.figure(four_panels(
        title,
        hat.as_ref(),
        weights,
        scores(x, x).as_ref(),
        form.as_ref(),
        &shown_rows(fit.fitted(), 36),
    ));
    record!(evidence)
}

/// Z with ZᵀZ = nI.
fn whitened(x: MatRef<'_, f64>) -> Result<Mat<f64>> {
    Ok(x * symmetric_power(gram(x).as_ref(), -0.5)? * Scale(count(x.nrows()).sqrt()))
}

/// ‖A² − A‖_F / ‖A‖_F of A = scale · XXᵀ.
fn product_gap(rows: MatRef<'_, f64>, scale: f64) -> f64 {
    idempotence_gap(linear::weights(rows, rows, scale, Diagonal::Kept).as_ref())
}

/// The eigenvalues of XᵀX.
fn eigenvalues(x: MatRef<'_, f64>) -> Result<Vec<f64>> {
    Ok(singular_values(x)?.iter().map(|value| value * value).collect())
}

fn power_sum(eigenvalues: &[f64], power: i32) -> f64 {
    eigenvalues.iter().map(|w| w.powi(power)).sum()
}

/// The scale at which a multiple of XXᵀ comes nearest to projecting.
fn nearest_scale(eigenvalues: &[f64]) -> f64 {
    power_sum(eigenvalues, 3) / power_sum(eigenvalues, 4)
}

/// How near it comes there.
fn least_gap(eigenvalues: &[f64]) -> f64 {
    (1.0 - power_sum(eigenvalues, 3).powi(2) / (power_sum(eigenvalues, 2) * power_sum(eigenvalues, 4))).sqrt()
}

/// ## Without softmax the product can be taken from the right
///
/// $(QK^\top)V = Q(K^\top V)$. The left side makes an $n \times n$ matrix, the right side one of $p \times m$, and they
/// agree to rounding, within {{association_gap}}. At four thousand rows, sixteen columns and one target the left side takes
/// {{flops_ratio|two thousand times|2000..2200}} as many floating-point operations, {{flops_by_definition:3}} against
/// {{flops:3}}, and the ratio grows with every row. For keys $X$ and values $y$ the small matrix $K^\top V$ is the
/// $X^\top y$ of a regression: all that a linear attention layer need carry from one row to the next, and with
/// $X^\top X$ all that least squares needs to know of the rows.
///
/// Is attention, then, a product of matrices and no more? The scores are the product of an $n \times p$ and a $p \times n$ matrix,
/// for every $n$. Their softmax is not: $e^{q\cdot k/\tau}$ is no sum of finitely many products of a function of the query and one of
/// the key, so no number of columns is enough for every number of rows. On these five hundred the best product through $p$ columns
/// leaves {{softmax_width:2}} of the norm of the softmax weights, and through four times as many still {{softmax_wider:2}}. To take
/// the softmax of queries and keys apart, so that the product may be regrouped, makes another layer, whose output is
/// {{regrouped_softmax:2}} of the norm away.
///
/// ![**The scores fit through p columns, their softmax does not.** What the best product through $r$ columns (an $n \times r$ by an $r \times n$ matrix) leaves of the weights, as a share of their norm. Five hundred random queries and keys of $p = 16$ columns, temperature $p^{1/2}$, first draw.](figure)
///
/// ```toml
/// kind = "identity"
/// settles = { S18 = "holds if" }
/// finding = "There is a softmax. On five hundred random queries and keys of sixteen columns the best product through as many columns then leaves {{softmax_width:2}} of the weights' norm. Without one attention is a product of three matrices, and both orders agree to rounding."
/// uses = ["regression_reads_out_its_training_set"]
/// headline = "association_gap"
/// breaks_when = "a softmax stands between the products. Normalising queries and keys apart, so that they can be regrouped, moves the output by {{regrouped_softmax:2}} of its norm."
/// ```
#[test]
fn without_softmax_the_product_can_be_taken_from_the_right() -> Result<()> {
    let mut evidence = Evidence::new();
    let (n, p, m) = (500, 16, 1);
    let (q, k, v) = (first().normal(0, n, p), first().normal(1, n, p), first().normal(2, n, m));
    let (q, k, v) = (q.as_ref(), k.as_ref(), v.as_ref());
    let right = linear::output(q, k, v, 1.0, Diagonal::Kept);
    let left = linear::output_by_definition(q, k, v, 1.0, Diagonal::Kept);
    evidence.rounding(
        "association_gap",
        "output, the product taken from the right against from the left",
        relative_gap(right.as_ref(), left.as_ref()),
        product_rounding(q, k, v) / frobenius_norm(left.as_ref()),
    );
    let temperature = softmax::temperature_of_width(p);
    let attended = softmax::output(q, k, v, temperature, Diagonal::Kept)?;
    let apart = softmax_apart(q, k, v)?;
    evidence
        .breaks(
            "regrouped_softmax",
            "association_gap",
            "a softmax stands between the products",
            relative_gap(apart.as_ref(), attended.as_ref()),
        )
        .within(relative(1e-6))
        .by(1e6);

    let scores = remainders(linear::weights(q, k, 1.0, Diagonal::Kept).as_ref())?;
    let normalised = remainders(softmax::weights(q, k, temperature, Diagonal::Kept)?.as_ref())?;
    evidence.rounding(
        "score_width",
        "what the best product through $p = 16$ columns leaves of the weights, as a share of their norm",
        scores[p],
        100.0 * count(n).sqrt() * f64::EPSILON,
    );
    evidence
        .breaks("softmax_width", "score_width", "a softmax is taken of the scores", normalised[p])
        .within(relative(1e-6))
        .by(1e9);
    let words = "what the best product through $4p$ columns leaves of the weights with softmax";
    evidence.measure("softmax_wider", words, normalised[4 * p]).within(relative(1e-6)).noted();

    let (few, many) = (linear::flops(4000, 4000, p, m) as f64, linear::flops_by_definition(4000, 4000, p, m) as f64);
    evidence.measure("flops", "operations of $Q(K^\\top V)$, $n = 4000$", few).within(relative(1e-12)).noted();
    evidence
        .measure("flops_by_definition", "operations of $(QK^\\top)V$, $n = 4000$", many)
        .within(relative(1e-12))
        .noted();
    evidence
        .measure("flops_ratio", "operations of $(QK^\\top)V$ over those of $Q(K^\\top V)$, $n = 4000$", many / few)
        .within(relative(1e-12))
        .at_least(2000.0);
    evidence.figure(widths(p, &scores, &normalised));
    record!(evidence)
}

/// What rounding may do to the norm of QKᵀV: sums of products lose √n ε of the sum of their absolute values.
fn product_rounding(q: MatRef<'_, f64>, k: MatRef<'_, f64>, v: MatRef<'_, f64>) -> f64 {
    let absolute = |a: MatRef<'_, f64>| Mat::from_fn(a.nrows(), a.ncols(), |i, j| a[(i, j)].abs());
    let summed = linear::output(absolute(q).as_ref(), absolute(k).as_ref(), absolute(v).as_ref(), 1.0, Diagonal::Kept);
    100.0 * count(k.nrows()).sqrt() * f64::EPSILON * frobenius_norm(summed.as_ref())
}

/// φ(Q)(ψ(K)ᵀV), with the softmax of every row of Q for φ and of every column of K for ψ.
fn softmax_apart(q: MatRef<'_, f64>, k: MatRef<'_, f64>, v: MatRef<'_, f64>) -> Result<Mat<f64>> {
    let identity = |size: usize| Mat::<f64>::identity(size, size);
    let queries = softmax::weights(q, identity(q.ncols()).as_ref(), 1.0, Diagonal::Kept)?;
    let keys = softmax::weights(k.transpose(), identity(k.nrows()).as_ref(), 1.0, Diagonal::Kept)?;
    Ok(linear::output(queries.as_ref(), keys.transpose(), v, 1.0, Diagonal::Kept))
}

/// What the best product of an n×r and an r×n matrix leaves of a matrix, as a share of its norm, for r = 0, 1, … (Eckart and Young).
fn remainders(matrix: MatRef<'_, f64>) -> Result<Vec<f64>> {
    let squares = eigenvalues(matrix)?;
    let total: f64 = squares.iter().sum();
    Ok((0..=squares.len()).map(|columns| (squares[columns..].iter().sum::<f64>() / total).sqrt()).collect())
}

fn widths(width: usize, scores: &[f64], normalised: &[f64]) -> Figure {
    let most = 4 * width;
    // From the width on the scores leave only rounding, which no figure keeps.
    let scores = (0..=most).map(|columns| if columns < width { scores[columns] } else { 0.0 }).collect();
    let curve = |name: &str, left: Vec<f64>| Series::curve(name, (0..=most).map(count), left).within(1e-4);
    let series = vec![
        curve("softmax of the scores", normalised[..=most].to_vec()).ink(SOFTMAX).label(Side::Above, 3 * width),
        curve("scores", scores).ink(LINEAR).label(Side::Right, width / 4),
    ];
    let x = Axis::linear("columns r that the product passes through", &[0, 1, 2, 3, 4].map(|step| count(step * width)));
    let y = Axis::linear("share of the norm that is left", &[0.0, 0.25, 0.5, 0.75, 1.0]);
    let title = "What the best product through so many columns leaves of attention's weights, with and without softmax";
    Figure::new(title, Chart::new(x, y, series))
}
