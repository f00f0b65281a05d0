//! # Whitening
//!
//! <div class="aside" role="note">
//!
//! $\hat\Sigma = X^\top X/n$ for centred columns. A whitening is any square $S$ with $S^\top\hat\Sigma S = I$; the
//! whitened rows are $Z = XS$.
//!
//! </div>
//!
//! Whitening replaces the columns of $X$ by combinations that are uncorrelated and have unit variance. The post
//! applies it so that attention meets what it takes regression to assume. It has this the wrong way round. Least
//! squares assumes nothing of the kind: it does not notice a change of basis. Attention with $W = I$ notices every
//! one but a rotation or a reflection.
//!
//! The chapter turns on one remark. With keys and queries $XS$, scores are $XSS^\top X^\top$: they see the product
//! $SS^\top$ and never $S$. From that follows which whitening matters (none), what the divisor of the covariance does
//! (it is a ridge), and what a small $\varepsilon$ added for safety does (it is a ridge too, and we can say which).

use attention_regression::attention::{Diagonal, linear};
use attention_regression::data::Dataset;
use attention_regression::data::random::standard_normal;
use attention_regression::linalg::{self, condition_number, count, relative_gap, singular_values};
use attention_regression::notebook::evidence::{Evidence, at_least, at_most, expected, relative};
use attention_regression::notebook::figure::{Axis, Chart, Figure, Ink, Label, Mark, Plot, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge, hat_matrix};
use attention_regression::whitening::{Divisor, Root, Whitening};
use attention_regression::{Mat, MatRef, Result};
use faer::prelude::*;

use crate::support::{diabetes, logarithmic, record, rounding_bound, synthetic};

/// $A = ZZ^\top \cdot$ scale on whitened rows.
fn whitened_weights(x: MatRef<'_, f64>, root: Root, divisor: Divisor, epsilon: f64) -> Result<Mat<f64>> {
    let rows = Whitening::fit(x, root, divisor, epsilon)?.apply(x);
    Ok(linear::weights(rows.as_ref(), rows.as_ref(), 1.0 / count(x.nrows()), Diagonal::Kept))
}

/// ## Regression does not need whitening, attention does
///
/// Let $T$ be any invertible matrix. Least squares on $XT$ has coefficients $T^{-1}\hat\beta$, and its predictions are
/// $XT\,T^{-1}\hat\beta = X\hat\beta$: those it had before. Mixed by a random $8 \times 8$ matrix, the synthetic features
/// give the same predictions within {{mixed_regression}}. So there is no assumption here for whitening to meet. Correlated
/// columns are what least squares is *for*.
///
/// Linear attention with $W = I$ has no such defence. Its weights are $XX^\top/n$, and whitening moves them by
/// {{attention_synthetic:3}} times the norm of the hat matrix on the synthetic data, by {{attention_diabetes:3}} times
/// on the diabetes table. It moves them to those of a regression. That is about a form that is fixed. One that is
/// trained can undo any change of basis, and what whitening does for it is another matter, of [speed](dynamics.md).
///
/// One more thing can go wrong, and often does: new rows must be whitened with the *training* means and the *training*
/// whitening matrix. Whitening a hundred test rows by their own statistics looks innocent and moves predictions by
/// {{own_statistics:2}} of their norm.
///
/// ```toml
/// kind = "counterexample"
/// settles = { S4 = "false as stated" }
/// finding = "Least squares does not notice whitening, nor any other change of basis, beyond rounding. Attention with $W = I$ changes by {{attention_synthetic:3}} norms. It is attention that needs it."
/// uses = ["regression_reads_out_its_training_set"]
/// headline = "mixed_regression"
/// breaks_when = "the fit is not least squares. Ridge at $\\lambda = 100$ does notice the mixing, by {{mixed_ridge:2}} of its predictions' norm."
/// ```
#[test]
fn regression_does_not_need_whitening_attention_does() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = synthetic();
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let mixing = standard_normal(4, 0, x.ncols(), x.ncols());
    let mixed = x * &mixing;
    let bound = rounding_bound(x)? * condition_number(mixing.as_ref())?;
    let fitted = |rows: MatRef<'_, f64>, penalty: f64| Ok::<_, attention_regression::Error>(Ridge::fit(rows, y, penalty, Intercept::None)?.fitted().to_owned());
    evidence.rounding(
        "mixed_regression",
        "least squares on $XT$ against $X$, random $T$",
        relative_gap(fitted(mixed.as_ref(), 0.0)?.as_ref(), fitted(x, 0.0)?.as_ref()),
        bound,
    );

    for (name, x) in [("synthetic", synthetic().train.x), ("diabetes", diabetes()?.train.x)] {
        let raw = linear::weights(x.as_ref(), x.as_ref(), 1.0 / count(x.nrows()), Diagonal::Kept);
        let white = whitened_weights(x.as_ref(), Root::Zca, Divisor::N, 0.0)?;
        let moved = linalg::frobenius_norm((&raw - &white).as_ref()) / linalg::frobenius_norm(hat_matrix(x.as_ref(), 0.0, Intercept::None)?.as_ref());
        let (tolerance, limit) = if name == "diabetes" { (relative(5e-3), expected(1.14)) } else { (relative(1e-6), at_least(0.5)) };
        evidence.judge(
            &format!("attention_{name}"),
            &format!("attention with $W = I$, raw against whitened, over $\\|H\\|_F$, {name}"),
            moved,
            tolerance,
            limit,
        );
    }
    let (trained, own) = (predictions(&data, false)?, predictions(&data, true)?);
    evidence.judge(
        "own_statistics",
        "predictions when test rows are whitened by their own statistics",
        relative_gap(own.as_ref(), trained.as_ref()),
        relative(1e-6),
        at_least(0.01),
    );

    // Control: a penalty makes regression depend on the basis.
    evidence.control(
        "mixed_ridge",
        "ridge at $\\lambda = 100$ on $XT$ against $X$",
        relative_gap(fitted(mixed.as_ref(), 100.0)?.as_ref(), fitted(x, 100.0)?.as_ref()),
        relative(1e-6),
        at_least(0.01),
    );
    record!(evidence)
}

/// Whitened linear attention on the test rows, which are whitened by training statistics or by their own.
fn predictions(data: &Dataset, own: bool) -> Result<Mat<f64>> {
    let (x, new) = (data.train.x.as_ref(), data.test.x.as_ref());
    let whitening = Whitening::fit(x, Root::Zca, Divisor::N, 0.0)?;
    let queries = if own { Whitening::fit(new, Root::Zca, Divisor::N, 0.0)? } else { whitening.clone() }.apply(new);
    Ok(linear::output(queries.as_ref(), whitening.apply(x).as_ref(), data.train.y.as_ref(), 1.0 / count(x.nrows()), Diagonal::Kept))
}

/// ## Every whitening gives the same attention
///
/// The post takes its whitening matrix from an eigendecomposition. Does it matter which root one takes? From
/// $S^\top\hat\Sigma S = I$ follows $\hat\Sigma = S^{-\top}S^{-1}$, hence $SS^\top = \hat\Sigma^{-1}$, and
///
/// $$A \;=\; \frac1n\,XSS^\top X^\top \;=\; X(X^\top X)^{-1}X^\top \;=\; H$$
///
/// for every one of them. With the eigenvectors and eigenvalues $\hat\Sigma = U\Lambda U^\top$ the symmetric root is
/// $U\Lambda^{-1/2}U^\top$ (ZCA), the spectral root $U\Lambda^{-1/2}$ (PCA); the triangular root is the one $S$ that
/// is upper triangular with a positive diagonal (Cholesky). The attention they make is the hat matrix within
/// {{zca_gap}} on the synthetic data, and so is that of ZCA turned by a random rotation. On the diabetes table, whose
/// columns are closer to dependent, it is within {{diabetes_gap}}. The eigendecomposition is one way among many to do
/// something that has only one outcome.
///
/// ```toml
/// kind = "identity"
/// settles = { S5 = "holds" }
/// finding = "It may, and any other root would do: ZCA, PCA and Cholesky give one and the same attention, which is the hat matrix."
/// uses = ["the_scale_that_projects_is_one_over_n"]
/// headline = "zca_gap"
/// breaks_when = "queries and keys use different roots. ZCA for the one and PCA for the other moves the matrix by {{mixed_roots:3}} of its norm: between the two roots stands a rotation, and it does not cancel."
/// ```
#[test]
fn every_whitening_gives_the_same_attention() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = synthetic();
    let x = data.train.x.as_ref();
    let (hat, bound) = (hat_matrix(x, 0.0, Intercept::None)?, rounding_bound(x)?);
    for (name, words, root) in [("zca_gap", "ZCA root", Root::Zca), ("pca_gap", "PCA root", Root::Pca), ("cholesky_gap", "Cholesky root", Root::Cholesky)] {
        evidence.rounding(
            name,
            &format!("$\\|A - H\\|_F / \\|H\\|_F$, {words}"),
            relative_gap(whitened_weights(x, root, Divisor::N, 0.0)?.as_ref(), hat.as_ref()),
            bound,
        );
    }
    let scale = 1.0 / count(x.nrows());
    let zca = Whitening::fit(x, Root::Zca, Divisor::N, 0.0)?.apply(x);
    let turned = &zca * standard_normal(5, 0, x.ncols(), x.ncols()).qr().compute_Q();
    evidence.rounding(
        "rotated_gap",
        "$\\|A - H\\|_F / \\|H\\|_F$, ZCA root and a random rotation",
        relative_gap(linear::weights(turned.as_ref(), turned.as_ref(), scale, Diagonal::Kept).as_ref(), hat.as_ref()),
        bound,
    );

    let real = diabetes()?.train.x;
    let worst = [Root::Zca, Root::Pca, Root::Cholesky].into_iter().try_fold(0.0, |worst: f64, root| {
        Ok::<_, attention_regression::Error>(
            worst
                .max(relative_gap(whitened_weights(real.as_ref(), root, Divisor::N, 0.0)?.as_ref(), hat_matrix(real.as_ref(), 0.0, Intercept::None)?.as_ref())),
        )
    })?;
    evidence.rounding("diabetes_gap", "$\\|A - H\\|_F / \\|H\\|_F$, the worst of the three roots, diabetes", worst, rounding_bound(real.as_ref())?);

    // Control: one root for the queries, another for the keys.
    let pca = Whitening::fit(x, Root::Pca, Divisor::N, 0.0)?.apply(x);
    let mixed = linear::weights(zca.as_ref(), pca.as_ref(), scale, Diagonal::Kept);
    evidence.control(
        "mixed_roots",
        "$\\|A - H\\|_F / \\|H\\|_F$, ZCA for queries and PCA for keys",
        relative_gap(mixed.as_ref(), hat.as_ref()),
        relative(1e-3),
        at_least(0.5),
    );
    record!(evidence)
}

/// ## On whitened rows ridge is attention, and the penalty its scale
///
/// On whitened rows $Z^\top Z = nI$, so ridge regression has nothing left to invert:
///
/// $$Z(Z^\top Z + \lambda I)^{-1}Z^\top \;=\; \frac{1}{n + \lambda}\,ZZ^\top.$$
///
/// It is linear attention with tied weights, and the penalty is its scale. At $\lambda = 10^{-3}$, $1$ and $100$ the two
/// agree within {{white_gap}} on the synthetic data and {{white_diabetes}} on the diabetes table. Every direction is
/// shrunk alike, by $n/(n+\lambda)$; no direction is preferred because none is left to prefer.
///
/// ```toml
/// kind = "identity"
/// uses = ["every_whitening_gives_the_same_attention"]
/// headline = "white_gap"
/// breaks_when = "the rows are not whitened. At $\\lambda = 100$ raw ridge is {{raw_ridge:2}} of its own norm from $XX^\\top/(n + \\lambda)$ at its best scale, since each direction then shrinks by its own eigenvalue."
/// ```
#[test]
fn ridge_on_whitened_rows_is_attention_with_one_number() -> Result<()> {
    let mut evidence = Evidence::new();
    let penalties = [1e-3, 1.0, 100.0];
    let (made, real) = (synthetic().train.x, diabetes()?.train.x);
    for (name, words, rows) in [("white_gap", "synthetic", &made), ("white_diabetes", "diabetes", &real)] {
        let white = Whitening::fit(rows.as_ref(), Root::Zca, Divisor::N, 0.0)?.apply(rows.as_ref());
        let mut worst: f64 = 0.0;
        for penalty in penalties {
            let attention = linear::weights(white.as_ref(), white.as_ref(), 1.0 / (count(rows.nrows()) + penalty), Diagonal::Kept);
            worst = worst.max(relative_gap(attention.as_ref(), hat_matrix(white.as_ref(), penalty, Intercept::None)?.as_ref()));
        }
        evidence.rounding(
            name,
            &format!("ridge on whitened rows against $ZZ^\\top/(n + \\lambda)$, worst of three $\\lambda$, {words}"),
            worst,
            rounding_bound(rows.as_ref())?,
        );
    }

    // Control: rows as they are, even with the scale that suits them best.
    let ridge = hat_matrix(made.as_ref(), 100.0, Intercept::None)?;
    let product = linear::weights(made.as_ref(), made.as_ref(), 1.0, Diagonal::Kept);
    let best = (&ridge * &product).diagonal().column_vector().iter().sum::<f64>() / linalg::frobenius_norm(product.as_ref()).powi(2);
    evidence.control(
        "raw_ridge",
        "rows as they are, best scale, $\\lambda = 100$",
        relative_gap((product * Scale(best)).as_ref(), ridge.as_ref()),
        relative(1e-6),
        at_least(0.2),
    );
    record!(evidence)
}

/// ## The divisor and ε are hidden ridges
///
/// The root does not matter; what it is a root *of* does. Most software divides the covariance by $n - 1$. Then
/// $A = \frac{n-1}{n}H$, which is also what ridge regression with penalty $\lambda = n/(n-1)$ does to rows whitened
/// by $n$: within {{divisor_gap}} (on those rows ridge is $\frac{n}{n+\lambda}H$). Nobody asked for it. It is a
/// thousand times the penalty that the post sets on purpose, and still shrinks by no more than one part in $n$.
///
/// Nor is a small $\varepsilon$ inside the root, $(\Lambda + \varepsilon I)^{-1/2}$, only a guard against division by
/// zero. Since $X(\hat\Sigma + \varepsilon I)^{-1}X^\top/n = X(G + n\varepsilon I)^{-1}X^\top$, it *is* ridge
/// regression on the unwhitened rows with $\lambda = n\varepsilon$, within {{epsilon_gap}} on the synthetic data and
/// {{epsilon_diabetes}} on the diabetes table. Whoever sets the $\varepsilon$ of a whitening layer sets a penalty.
///
/// ```toml
/// kind = "identity"
/// uses = ["every_whitening_gives_the_same_attention", "ridge_on_whitened_rows_is_attention_with_one_number"]
/// headline = "epsilon_gap"
/// breaks_when = "the factor $n$ is forgotten. With $\\varepsilon = 1/20$ and against ridge with $\\lambda = \\varepsilon$ the same weights are off by {{without_n:2}} of the norm."
/// ```
#[test]
fn the_divisor_and_epsilon_are_hidden_ridges() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = synthetic();
    let x = data.train.x.as_ref();
    let (n, bound) = (count(x.nrows()), rounding_bound(x)?);
    let white = Whitening::fit(x, Root::Zca, Divisor::N, 0.0)?.apply(x);
    let unbiased = whitened_weights(x, Root::Pca, Divisor::NMinusOne, 0.0)?;
    let ridge = hat_matrix(white.as_ref(), n / (n - 1.0), Intercept::None)?;
    evidence.rounding(
        "divisor_gap",
        "$n - 1$: $A$ against ridge on whitened rows, $\\lambda = n/(n-1)$",
        relative_gap(unbiased.as_ref(), ridge.as_ref()),
        bound,
    );
    // (n − 1)⁻¹ instead of n⁻¹ shrinks the root, so the weights are (n − 1)/n of the hat matrix.
    let shrunk = hat_matrix(x, 0.0, Intercept::None)? * Scale((n - 1.0) / n);
    evidence.rounding("shrinkage_gap", "$n - 1$: $A$ against $\\frac{n-1}{n}H$", relative_gap(unbiased.as_ref(), shrunk.as_ref()), bound);
    let epsilon = 0.05;
    for (name, words, rows) in [("epsilon_gap", "synthetic", x.to_owned()), ("epsilon_diabetes", "diabetes", diabetes()?.train.x)] {
        let weights = whitened_weights(rows.as_ref(), Root::Zca, Divisor::N, epsilon)?;
        let ridge = hat_matrix(rows.as_ref(), count(rows.nrows()) * epsilon, Intercept::None)?;
        evidence.rounding(
            name,
            &format!("$\\varepsilon$: $A$ against ridge on the rows as they are, $\\lambda = n\\varepsilon$, {words}"),
            relative_gap(weights.as_ref(), ridge.as_ref()),
            rounding_bound(rows.as_ref())?,
        );
    }

    // Control: the penalty without the factor n.
    let weights = whitened_weights(x, Root::Zca, Divisor::N, epsilon)?;
    evidence.control(
        "without_n",
        "$\\varepsilon = 1/20$: $A$ against ridge with $\\lambda = \\varepsilon$, synthetic",
        relative_gap(weights.as_ref(), hat_matrix(x, epsilon, Intercept::None)?.as_ref()),
        relative(1e-6),
        at_least(0.05),
    );
    record!(evidence)
}

/// ## Ridge notices whitening, by an amount we can write down
///
/// With $\lambda > 0$ regression loses its indifference. On raw columns the direction with eigenvalue $w_i$ of $G$ is
/// shrunk by $w_i/(w_i + \lambda)$, on whitened columns every direction by $n/(n + \lambda)$. The two hat matrices share
/// their eigenvectors, so the spectral norm of the difference is the largest difference of eigenvalues:
///
/// $$\|H_{\text{raw}} - H_{\text{white}}\|_2 \;=\; \max_i\left|\frac{w_i}{w_i + \lambda} - \frac{n}{n + \lambda}\right|
/// \;\le\; \frac{\lambda}{w_{\min} + \lambda}.$$
///
/// (The bound needs $w_{\min} \le n$. Columns of variance one always have it, for then the mean of the $w_i$ is $n$.)
///
/// The measured norms lie on the closed form to within {{closed_form_gap}}. At the post's $\lambda = 10^{-3}$
/// whitening moves ridge by {{synthetic_small:2}} on the synthetic data, which nobody will see. At $\lambda = 1$ it
/// moves the diabetes fit by {{diabetes_one:3}}, at $\lambda = 100$ by {{diabetes_large:3}}:
/// {{diabetes_large|three quarters|0.7..0.8}} of the most by which two hat matrices can differ. Whoever tunes
/// $\lambda$ on whitened data has tuned another model.
///
/// ![**Ridge depends on the basis.** How far whitening moves ridge's hat matrix. Marks are measured, solid lines are the closed form, the dotted one is the bound $\lambda/(w_{\min} + \lambda)$ for the synthetic data.](figure)
///
/// ```toml
/// kind = "bound"
/// uses = ["ridge_on_whitened_rows_is_attention_with_one_number"]
/// headline = "diabetes_large"
/// breaks_when = "$\\lambda = 0$: least squares has no basis to depend on, and the gap vanishes within {{without_penalty}}."
/// ```
#[test]
fn ridge_notices_whitening_by_an_amount_we_can_write_down() -> Result<()> {
    let mut evidence = Evidence::new();
    let (made, real) = (synthetic().train.x, diabetes()?.train.x);
    let penalties = logarithmic(1e-4, 1e3, 15);
    let (mut series, mut worst) = (Vec::new(), 0.0_f64);
    for (name, rows, ink, mark) in [("diabetes", &real, Ink::Accent, Mark::Square), ("synthetic", &made, Ink::Regression, Mark::Circle)] {
        let measured = penalties.iter().map(|&penalty| measured_gap(rows.as_ref(), penalty)).collect::<Result<Vec<_>>>()?;
        let formula = penalties.iter().map(|&penalty| closed_form(rows.as_ref(), penalty)).collect::<Result<Vec<_>>>()?;
        worst = measured.iter().zip(&formula).fold(worst, |worst, ((gap, _), (formula, _))| worst.max((gap - formula).abs()));
        series.push(line(name, ink, None, &penalties, formula.iter().map(|(gap, _)| *gap).collect(), Stroke::Solid, None));
        series.push(line(
            name,
            ink,
            Some(mark),
            &penalties,
            measured.iter().map(|(gap, _)| *gap).collect(),
            Stroke::None,
            Some(Label { at: if name == "diabetes" { 4 } else { 8 }, side: if name == "diabetes" { Side::Left } else { Side::Right } }),
        ));
        if name == "synthetic" {
            series.insert(
                0,
                line(
                    "bound, synthetic",
                    Ink::Muted,
                    None,
                    &penalties,
                    formula.iter().map(|(_, bound)| *bound).collect(),
                    Stroke::Dotted,
                    Some(Label { at: 14, side: Side::Below }),
                ),
            );
        }
    }
    evidence.rounding("closed_form_gap", "measured norm against the closed form, worst of thirty", worst, rounding_bound(real.as_ref())?);
    let at = |rows: &Mat<f64>, penalty: f64| measured_gap(rows.as_ref(), penalty);
    let ((small, bound), (one, _), (large, _)) = (at(&made, 1e-3)?, at(&real, 1.0)?, at(&real, 100.0)?);
    evidence.judge("synthetic_small", "how far whitening moves the hat matrix, $\\lambda = 10^{-3}$, synthetic", small, relative(1e-6), at_most(bound));
    evidence.judge(
        "diabetes_small",
        "how far whitening moves the hat matrix, $\\lambda = 10^{-3}$, diabetes",
        at(&real, 1e-3)?.0,
        relative(1e-3),
        expected(3.526e-4),
    );
    evidence.judge("diabetes_one", "how far whitening moves the hat matrix, $\\lambda = 1$, diabetes", one, relative(1e-3), expected(0.2594));
    evidence.judge("diabetes_large", "how far whitening moves the hat matrix, $\\lambda = 100$, diabetes", large, relative(1e-3), expected(0.7524));

    // Control: no penalty, no gap.
    evidence.vanishing_control(
        "without_penalty",
        "how far whitening moves the hat matrix, $\\lambda = 0$, diabetes",
        at(&real, 0.0)?.0,
        rounding_bound(real.as_ref())?,
    );
    evidence.figure(gaps(series));
    record!(evidence)
}

fn gaps(series: Vec<Series>) -> Figure {
    let y = Axis::log("largest difference between the two hat matrices, spectral norm", &[1e-6, 1e-4, 1e-2, 1.0]);
    let chart = Chart::new(Axis::log("penalty λ", &[1e-4, 1e-2, 1.0, 100.0, 1e3]), y, series);
    Figure { title: "How far whitening moves ridge's hat matrix, against the penalty".to_owned(), plot: Plot::Chart(chart) }
}

/// The spectral norm of the difference of the two hat matrices, and its bound.
fn measured_gap(x: MatRef<'_, f64>, penalty: f64) -> Result<(f64, f64)> {
    let white = Whitening::fit(x, Root::Zca, Divisor::N, 0.0)?.apply(x);
    let difference = hat_matrix(x, penalty, Intercept::None)? - hat_matrix(white.as_ref(), penalty, Intercept::None)?;
    Ok((linalg::spectral_norm(difference.as_ref())?, closed_form(x, penalty)?.1))
}

/// The largest difference of the two shrinkages, and its bound.
fn closed_form(x: MatRef<'_, f64>, penalty: f64) -> Result<(f64, f64)> {
    let n = count(x.nrows());
    let squares: Vec<f64> = singular_values(x)?.iter().map(|value| value * value).collect();
    let gap = squares.iter().map(|w| (w / (w + penalty) - n / (n + penalty)).abs()).fold(0.0, f64::max);
    let smallest = squares.iter().copied().fold(f64::INFINITY, f64::min);
    Ok((gap, penalty / (smallest + penalty)))
}

fn line(name: &str, ink: Ink, mark: Option<Mark>, x: &[f64], y: Vec<f64>, stroke: Stroke, label: Option<Label>) -> Series {
    let name = if mark.is_none() && ink != Ink::Muted { format!("{name}, closed form") } else { name.to_owned() };
    Series { name, ink, mark, stroke, x: x.to_vec(), y, relative: 1e-6, label }
}
