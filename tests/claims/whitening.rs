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
//! applies it to imitate what it takes regression to assume of its features. Nothing is wrong with features that are not
//! correlated, and attention gains by them. But it is not regression that asks for them. Least squares does not notice a
//! change of basis; attention with $W = I$ notices every one but a rotation or a reflection.
//!
//! The chapter turns on one remark. With keys and queries $XS$, scores are $XSS^\top X^\top$: they see the product
//! $SS^\top$ and never $S$. From that follows which whitening matters (none), what the divisor of the covariance does
//! (it is a ridge), and what a small $\varepsilon$ added for safety does (it is a ridge too, and we can say which).

use attention_regression::attention::{Diagonal, linear};
use attention_regression::compare::ink::REGRESSION;
use attention_regression::linalg::{self, condition_number, count, frobenius_norm, relative_gap, singular_values};
use attention_regression::notebook::claim::evidence::{Evidence, relative};
use attention_regression::publish::figure::{Axis, Chart, Figure, Ink, Mark, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge, hat_matrix};
use attention_regression::whitening::{Divisor, Root, Whitening};
use attention_regression::{Error, Mat, MatRef, Result, record};
use faer::prelude::*;

use crate::support::{diabetes, first, logarithmic, rounding_bound, synthetic};

/// Rows whitened by their own covariance.
fn whitened(x: MatRef<'_, f64>, root: Root) -> Result<Mat<f64>> {
    Ok(Whitening::fit(x, root, Divisor::N, 0.0)?.apply(x))
}

/// A = QKᵀ/n.
fn weights_per_row(queries: MatRef<'_, f64>, keys: MatRef<'_, f64>) -> Mat<f64> {
    linear::weights(queries, keys, 1.0 / count(keys.nrows()), Diagonal::Kept)
}

/// The eigenvalues of XᵀX.
fn eigenvalues(x: MatRef<'_, f64>) -> Result<Vec<f64>> {
    Ok(singular_values(x)?.iter().map(|value| value * value).collect())
}

/// ## Regression does not need whitening, attention does
///
/// Let $T$ be any invertible matrix. Least squares on $XT$ has coefficients $T^{-1}\hat\beta$, and its predictions are
/// $XT\,T^{-1}\hat\beta = X\hat\beta$: those it had before. Mixed by a random $8 \times 8$ matrix, the synthetic features
/// give the same predictions, within {{mixed_regression}}, to rounding. There is nothing wrong with decorrelating them,
/// but there is no assumption here for it to meet: correlated columns are what least squares is *for*.
///
/// Linear attention with $W = I$ has no such defence, and the same mixing moves its predictions by
/// {{mixed_attention:2}} times their norm. Its weights are $XX^\top/n$, with eigenvalues $w_i/n$ where those of $G$ are
/// $w_i$. Whitening makes all of them one, which turns the weights into those of a regression and moves them by
/// $\left(\frac1d\sum(w_i/n - 1)^2\right)^{1/2}$ times the norm of the hat matrix: by {{attention_synthetic:3}} times on
/// the synthetic data, by {{attention_diabetes:3}} times on the diabetes table. That is about a form that is fixed. One
/// that is trained can undo any change of basis, and what whitening does for it is another matter, of
/// [speed](dynamics.md).
///
/// One more thing can go wrong: new rows must be whitened with the *training* means and the *training*
/// whitening matrix. Then attention predicts for them what least squares predicts, to rounding. A hundred test rows
/// whitened by their own statistics look innocent, and get predictions that are {{own_statistics:2}} of their norm away.
///
/// ```toml
/// kind = "counterexample"
/// settles = { S4 = "false as stated" }
/// finding = "Nothing is wrong with decorrelating features, but least squares does not assume it: its predictions stay the same in every basis, to rounding. It is attention with $W = I$ that needs it."
/// uses = ["regression_reads_out_its_training_set"]
/// headline = "mixed_regression"
/// breaks_when = "the machine is not least squares. Attention with $W = I$ notices the same mixing, by {{mixed_attention:2}} times its predictions' norm, and so does ridge at $\\lambda = 100$, by {{mixed_ridge:2}} of it."
/// ```
#[test]
fn regression_does_not_need_whitening_attention_does() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = synthetic();
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let mixing = first().normal(0, x.ncols(), x.ncols());
    let mixed = x * &mixing;
    let moved = |predict: &dyn Fn(MatRef<'_, f64>) -> Result<Mat<f64>>| -> Result<f64> {
        Ok(relative_gap(predict(mixed.as_ref())?.as_ref(), predict(x)?.as_ref()))
    };
    let ridge = |rows: MatRef<'_, f64>, penalty: f64| -> Result<Mat<f64>> {
        Ok(Ridge::fit(rows, y, penalty, Intercept::None)?.fitted().to_owned())
    };
    let bound = rounding_bound(x)? * condition_number(mixing.as_ref())?;
    evidence.rounding(
        "mixed_regression",
        "predictions on $XT$ against those on $X$, random $T$",
        moved(&|rows| ridge(rows, 0.0))?,
        bound,
    );
    let attention = moved(&|rows| Ok(weights_per_row(rows, rows) * y))?;
    evidence
        .breaks("mixed_attention", "mixed_regression", "the machine is attention with $W = I$", attention)
        .within(relative(1e-6))
        .by(1e6);
    let penalised = moved(&|rows| ridge(rows, 100.0))?;
    evidence
        .breaks("mixed_ridge", "mixed_regression", "the machine is ridge regression, $\\lambda = 100$", penalised)
        .within(relative(1e-6))
        .by(1e4);

    for (name, rows) in [("synthetic", x.to_owned()), ("diabetes", diabetes()?.train.x)] {
        let (rows, n) = (rows.as_ref(), count(rows.nrows()));
        let white = whitened(rows, Root::Zca)?;
        let change = weights_per_row(rows, rows) - weights_per_row(white.as_ref(), white.as_ref());
        let eigenvalues = eigenvalues(rows)?;
        let mean = eigenvalues.iter().map(|w| (w / n - 1.0).powi(2)).sum::<f64>() / count(eigenvalues.len());
        evidence
            .measure(
                &format!("attention_{name}"),
                &format!("attention with $W = I$, raw against whitened, over $\\|H\\|_F$, {name}"),
                frobenius_norm(change.as_ref()) / frobenius_norm(hat_matrix(rows, 0.0, Intercept::None)?.as_ref()),
            )
            .within(relative(1e-6))
            .equals(
                mean.sqrt(),
                "$(\\frac1d \\sum (w_i/n - 1)^2)^{1/2}$, $w_i$ the eigenvalues of $G$",
                relative(1e-9),
            );
    }

    let new = data.test.x.as_ref();
    let (training, own) =
        (Whitening::fit(x, Root::Zca, Divisor::N, 0.0)?, Whitening::fit(new, Root::Zca, Divisor::N, 0.0)?);
    let regression = Ridge::fit(x, y, 0.0, Intercept::None)?.predict(new);
    let keys = training.apply(x);
    let off = |whitening: &Whitening| {
        relative_gap((weights_per_row(whitening.apply(new).as_ref(), keys.as_ref()) * y).as_ref(), regression.as_ref())
    };
    evidence.rounding(
        "training_statistics",
        "whitened attention on test rows against least squares",
        off(&training),
        rounding_bound(x)?,
    );
    let hypothesis = "the test rows are whitened by their own statistics";
    evidence.breaks("own_statistics", "training_statistics", hypothesis, off(&own)).within(relative(1e-6)).by(1e6);
    record!(evidence)
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
/// is upper triangular with a positive diagonal (Cholesky). The attention that any of them makes is the hat matrix, to
/// rounding: on the synthetic data within {{zca_gap}}, turned by a random rotation or not, and so on the diabetes table,
/// whose columns are closer to dependent. The eigendecomposition is one way among many to do something that has only one
/// outcome.
///
/// Queries and keys must share the root. Between two roots stands a rotation, and where the queries take one and the
/// keys another it does not cancel: with ZCA and Cholesky, which are both unique, the matrix is {{mixed_roots:2}} of its
/// norm off.
///
/// ```toml
/// kind = "identity"
/// settles = { S5 = "sound" }
/// finding = "Any other root would do as well: ZCA, PCA and Cholesky give one and the same attention, which is the hat matrix."
/// uses = ["the_scale_that_projects_is_one_over_n"]
/// headline = "zca_gap"
/// breaks_when = "queries and keys use different roots: ZCA for the one and Cholesky for the other moves the matrix by {{mixed_roots:2}} of its norm."
/// ```
#[test]
fn every_whitening_gives_the_same_attention() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = synthetic();
    let x = data.train.x.as_ref();
    let bound = rounding_bound(x)?;
    let [zca, pca, cholesky] = roots(x)?;
    for (name, words, rows) in
        [("zca_gap", "ZCA root", &zca), ("pca_gap", "PCA root", &pca), ("cholesky_gap", "Cholesky root", &cholesky)]
    {
        evidence.rounding(
            name,
            &format!("$\\|A - H\\|_F / \\|H\\|_F$, {words}"),
            hat_gap(x, rows.as_ref(), rows.as_ref())?,
            bound,
        );
    }
    let mixed = hat_gap(x, zca.as_ref(), cholesky.as_ref())?;
    evidence.breaks("mixed_roots", "zca_gap", "the keys take the Cholesky root", mixed).within(relative(1e-6)).by(1e6);

    let turned = &zca * first().normal(0, x.ncols(), x.ncols()).qr().compute_Q();
    let words = "$\\|A - H\\|_F / \\|H\\|_F$, ZCA root and a random rotation";
    evidence.rounding("rotated_gap", words, hat_gap(x, turned.as_ref(), turned.as_ref())?, bound);
    let half_turned = hat_gap(x, zca.as_ref(), turned.as_ref())?;
    evidence
        .breaks("keys_rotated", "rotated_gap", "the keys are turned and the queries are not", half_turned)
        .within(relative(1e-6))
        .by(1e6);

    let real = diabetes()?.train.x;
    let gaps = roots(real.as_ref())?
        .iter()
        .map(|rows| hat_gap(real.as_ref(), rows.as_ref(), rows.as_ref()))
        .collect::<Result<Vec<_>>>()?;
    let worst = gaps.into_iter().fold(0.0, f64::max);
    evidence.rounding(
        "diabetes_gap",
        "$\\|A - H\\|_F / \\|H\\|_F$, the worst of the three roots, diabetes",
        worst,
        rounding_bound(real.as_ref())?,
    );
    record!(evidence)
}

/// Rows whitened by each of the three roots.
fn roots(x: MatRef<'_, f64>) -> Result<[Mat<f64>; 3]> {
    Ok([whitened(x, Root::Zca)?, whitened(x, Root::Pca)?, whitened(x, Root::Cholesky)?])
}

/// How far attention with these queries and keys is from the hat matrix of `x`.
fn hat_gap(x: MatRef<'_, f64>, queries: MatRef<'_, f64>, keys: MatRef<'_, f64>) -> Result<f64> {
    Ok(relative_gap(weights_per_row(queries, keys).as_ref(), hat_matrix(x, 0.0, Intercept::None)?.as_ref()))
}

/// ## On whitened rows ridge is attention, and the penalty its scale
///
/// On whitened rows $Z^\top Z = nI$, so ridge regression has nothing left to invert:
///
/// $$Z(Z^\top Z + \lambda I)^{-1}Z^\top \;=\; \frac{1}{n + \lambda}\,ZZ^\top.$$
///
/// It is linear attention with tied weights, and the penalty is its scale: every direction is shrunk alike, by
/// $n/(n+\lambda)$. The two claims below rest on this line. The first reads it backwards: whatever changes the scale is a
/// penalty, whether it was meant or not. The second asks how far this ridge is from the one on the rows as they are,
/// which shrinks each direction by its own $w_i/(w_i + \lambda)$.
///
/// On both tables, at $\lambda = 10^{-3}$, $1$ and $100$, the line holds to rounding, on the synthetic data within
/// {{white_gap}}. Without whitening no scale would
/// do: at $\lambda = 100$ the nearest multiple of $XX^\top$ is still {{nearest_multiple:2}} of ridge's norm away on the
/// synthetic data, and {{nearest_diabetes:2}} on the diabetes table.
///
/// ```toml
/// kind = "identity"
/// uses = ["every_whitening_gives_the_same_attention"]
/// headline = "white_gap"
/// breaks_when = "the rows are not whitened. Ridge on the synthetic rows as they are is {{raw_ridge:2}} times its norm from $XX^\\top/(n + \\lambda)$, at the worst of the three penalties."
/// ```
#[test]
fn ridge_on_whitened_rows_is_attention_with_one_number() -> Result<()> {
    let mut evidence = Evidence::new();
    let (made, real) = (synthetic().train.x, diabetes()?.train.x);
    let (made, real) = (made.as_ref(), real.as_ref());
    let words = "ridge against $ZZ^\\top/(n + \\lambda)$, worst of three $\\lambda$";
    evidence.rounding(
        "white_gap",
        &format!("{words}, synthetic"),
        one_number_gap(whitened(made, Root::Zca)?.as_ref())?,
        rounding_bound(made)?,
    );
    evidence
        .breaks("raw_ridge", "white_gap", "the rows are not whitened", one_number_gap(made)?)
        .within(relative(1e-6))
        .by(1e6);
    evidence.rounding(
        "white_diabetes",
        &format!("{words}, diabetes"),
        one_number_gap(whitened(real, Root::Zca)?.as_ref())?,
        rounding_bound(real)?,
    );

    let formula = "$(1 - (\\sum w_i s_i)^2 / (\\sum w_i^2 \\sum s_i^2))^{1/2}$, $s_i = w_i/(w_i + \\lambda)$";
    for (name, words, rows) in [("nearest_multiple", "synthetic", made), ("nearest_diabetes", "diabetes", real)] {
        let shrinkages: Vec<(f64, f64)> = eigenvalues(rows)?.iter().map(|w| (*w, w / (w + 100.0))).collect();
        let sum = |of: fn(&(f64, f64)) -> f64| shrinkages.iter().map(of).sum::<f64>();
        let aligned = sum(|(w, s)| w * s).powi(2) / (sum(|(w, _)| w * w) * sum(|(_, s)| s * s));
        evidence
            .measure(
                name,
                &format!("ridge against the nearest multiple of $XX^\\top$, $\\lambda = 100$, {words}"),
                nearest_multiple_gap(rows, 100.0)?,
            )
            .within(relative(1e-6))
            .equals((1.0 - aligned).sqrt(), formula, relative(1e-9));
    }
    record!(evidence)
}

/// How far ridge's hat matrix is from RRᵀ/(n + λ), at the worst of three penalties.
fn one_number_gap(rows: MatRef<'_, f64>) -> Result<f64> {
    [1e-3, 1.0, 100.0].into_iter().try_fold(0.0, |worst: f64, penalty| {
        let attention = linear::weights(rows, rows, 1.0 / (count(rows.nrows()) + penalty), Diagonal::Kept);
        Ok(worst.max(relative_gap(attention.as_ref(), hat_matrix(rows, penalty, Intercept::None)?.as_ref())))
    })
}

/// How far ridge's hat matrix is from the multiple of RRᵀ that comes nearest.
fn nearest_multiple_gap(rows: MatRef<'_, f64>, penalty: f64) -> Result<f64> {
    let (ridge, product) =
        (hat_matrix(rows, penalty, Intercept::None)?, linear::weights(rows, rows, 1.0, Diagonal::Kept));
    let scale = linalg::trace((&ridge * &product).as_ref()) / frobenius_norm(product.as_ref()).powi(2);
    Ok(relative_gap((product * Scale(scale)).as_ref(), ridge.as_ref()))
}

/// ## The divisor and ε are hidden ridges
///
/// The root does not matter; what it is a root *of* does. Most software divides the covariance by $n - 1$. Then
/// $A = \frac{n-1}{n}H$, and by the last claim that is what ridge regression with penalty $\lambda = n/(n-1)$ does to
/// rows whitened by $n$. Nobody asked for it. It is a thousand times the penalty that the post sets on purpose, and still
/// shrinks by no more than one part in $n$.
///
/// Nor is a small $\varepsilon$ inside the root, $(\Lambda + \varepsilon I)^{-1/2}$, only a guard against division by
/// zero. Since $X(\hat\Sigma + \varepsilon I)^{-1}X^\top/n = X(G + n\varepsilon I)^{-1}X^\top$, it *is* ridge
/// regression on the unwhitened rows with $\lambda = n\varepsilon$, to rounding, on the synthetic data within {{epsilon_gap}}. Whoever sets
/// the $\varepsilon$ of a whitening layer sets a penalty.
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
    let (made, real) = (synthetic().train.x, diabetes()?.train.x);
    let (made, real) = (made.as_ref(), real.as_ref());
    let (n, bound) = (count(made.nrows()), rounding_bound(made)?);
    let unbiased = self_attention(made, Divisor::NMinusOne, 0.0)?;
    let shrunk = hat_matrix(made, 0.0, Intercept::None)? * Scale((n - 1.0) / n);
    evidence.rounding(
        "shrinkage_gap",
        "$n - 1$: $A$ against $\\frac{n-1}{n}H$",
        relative_gap(unbiased.as_ref(), shrunk.as_ref()),
        bound,
    );
    let ridge = hat_matrix(whitened(made, Root::Zca)?.as_ref(), n / (n - 1.0), Intercept::None)?;
    let words = "$n - 1$: $A$ against ridge on whitened rows, $\\lambda = n/(n-1)$";
    evidence.rounding("divisor_gap", words, relative_gap(unbiased.as_ref(), ridge.as_ref()), bound);
    let by_n = self_attention(made, Divisor::N, 0.0)?;
    let hypothesis = "the covariance is divided by $n$";
    evidence
        .breaks("divided_by_n", "divisor_gap", hypothesis, relative_gap(by_n.as_ref(), ridge.as_ref()))
        .within(relative(1e-6))
        .by(1e6);

    let words = "$\\varepsilon = 1/20$: $A$ against ridge on the rows as they are, $\\lambda = n\\varepsilon$";
    evidence.rounding("epsilon_gap", &format!("{words}, synthetic"), epsilon_gap(made, n)?, bound);
    evidence
        .breaks("without_n", "epsilon_gap", "the penalty lacks the factor $n$", epsilon_gap(made, 1.0)?)
        .within(relative(1e-6))
        .by(1e6);
    evidence.rounding(
        "epsilon_diabetes",
        &format!("{words}, diabetes"),
        epsilon_gap(real, count(real.nrows()))?,
        rounding_bound(real)?,
    );
    record!(evidence)
}

/// The attention of rows whitened with this divisor and ε.
fn self_attention(x: MatRef<'_, f64>, divisor: Divisor, epsilon: f64) -> Result<Mat<f64>> {
    let rows = Whitening::fit(x, Root::Zca, divisor, epsilon)?.apply(x);
    Ok(weights_per_row(rows.as_ref(), rows.as_ref()))
}

/// How far whitening with ε = 1/20 is from ridge with that ε times `factor`.
fn epsilon_gap(x: MatRef<'_, f64>, factor: f64) -> Result<f64> {
    let epsilon = 0.05;
    let ridge = hat_matrix(x, factor * epsilon, Intercept::None)?;
    Ok(relative_gap(self_attention(x, Divisor::N, epsilon)?.as_ref(), ridge.as_ref()))
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
/// The bound needs $w_{\min} \le n$. Columns of variance one always have it, for then the mean of the $w_i$ is $n$; make
/// the columns ten times as long and it fails.
///
/// The measured norms lie on the closed form to rounding. At the post's $\lambda = 10^{-3}$ whitening moves ridge by
/// {{synthetic_small:2}} on the synthetic data and by {{diabetes_small:2}} on the diabetes table, which nobody will see.
/// At $\lambda = 1$ it moves the diabetes fit by {{diabetes_one:3}}, at $\lambda = 100$ by {{diabetes_large:3}}:
/// {{diabetes_large|three quarters|0.7..0.8}} of the most by which two hat matrices can differ. Whoever tunes
/// $\lambda$ on whitened data has tuned another model.
///
/// ![**Ridge depends on the basis.** How far whitening moves ridge's hat matrix. Marks are measured, solid lines are the closed form, the dotted one is the bound $\lambda/(w_{\min} + \lambda)$ for the synthetic data, first draw.](figure)
///
/// ```toml
/// kind = "bound"
/// uses = ["ridge_on_whitened_rows_is_attention_with_one_number"]
/// headline = "diabetes_large"
/// breaks_when = "there is no penalty: least squares has no basis to depend on, and the gap vanishes within {{without_penalty}}. The bound breaks with $w_{\\min} > n$: with columns ten times as long the gap reaches {{long_columns:2}} times the bound."
/// ```
#[test]
fn ridge_notices_whitening_by_an_amount_we_can_write_down() -> Result<()> {
    let mut evidence = Evidence::new();
    let (made, real) = (synthetic().train.x, diabetes()?.train.x);
    let (made, real) = (made.as_ref(), real.as_ref());
    let words =
        |penalty: &str, data: &str| format!("how far whitening moves the hat matrix, $\\lambda = {penalty}$, {data}");
    evidence
        .measure("diabetes_large", &words("100", "diabetes"), measured_gap(real, 100.0)?)
        .within(relative(1e-6))
        .at_least(0.7);
    evidence
        .breaks("without_penalty", "diabetes_large", "there is no penalty, $\\lambda = 0$", measured_gap(real, 0.0)?)
        .vanishing(rounding_bound(real)?, 1e6);
    let formula = "$\\max_i |w_i/(w_i + \\lambda) - n/(n + \\lambda)|$";
    for (name, data, rows, penalty, power) in [
        ("synthetic_small", "synthetic", made, 1e-3, "10^{-3}"),
        ("diabetes_small", "diabetes", real, 1e-3, "10^{-3}"),
        ("diabetes_one", "diabetes", real, 1.0, "1"),
    ] {
        evidence.measure(name, &words(power, data), measured_gap(rows, penalty)?).within(relative(1e-6)).equals(
            closed_form(rows, penalty)?,
            formula,
            relative(1e-6),
        );
    }

    let penalties = logarithmic(1e-4, 1e3, 15);
    let along = |rows: MatRef<'_, f64>, of: fn(MatRef<'_, f64>, f64) -> Result<f64>| {
        penalties.iter().map(|&penalty| of(rows, penalty)).collect::<Result<Vec<_>>>()
    };
    let (measured, formula) = (
        [along(real, measured_gap)?, along(made, measured_gap)?],
        [along(real, closed_form)?, along(made, closed_form)?],
    );
    let worst = measured
        .iter()
        .flatten()
        .zip(formula.iter().flatten())
        .fold(0.0, |worst: f64, (gap, formula)| worst.max((gap - formula).abs()));
    evidence.rounding(
        "closed_form_gap",
        "measured norm against the closed form, worst of thirty",
        worst,
        rounding_bound(real)?,
    );
    let highest = |rows: MatRef<'_, f64>| Ok::<_, Error>(along(rows, share_of_bound)?.into_iter().fold(0.0, f64::max));
    let words = "measured norm over $\\lambda/(w_{\\min} + \\lambda)$, the highest of fifteen $\\lambda$";
    evidence
        .measure("share_of_bound", &format!("{words}, synthetic"), highest(made)?)
        .within(relative(1e-6))
        .at_most(1.0);
    let hypothesis = "the columns are ten times as long, which brings $w_{\\min}$ above $n$";
    evidence
        .breaks("long_columns", "share_of_bound", hypothesis, highest((made * Scale(10.0)).as_ref())?)
        .within(relative(1e-6))
        .by(3.0);
    evidence
        .measure("share_diabetes", &format!("{words}, diabetes"), highest(real)?)
        .within(relative(1e-6))
        .at_most(1.0);

    let [real_gaps, made_gaps] = measured;
    let [real_formula, made_formula] = formula;
    let curve = |name: &str, gaps: Vec<f64>| Series::curve(name, penalties.iter().copied(), gaps).within(1e-6);
    evidence.figure(gaps(vec![
        curve("bound, synthetic", along(made, bound)?).ink(Ink::MUTED).stroke(Stroke::Dotted).label(Side::Below, 14),
        curve("diabetes, closed form", real_formula).ink(Ink::ACCENT),
        curve("diabetes", real_gaps).ink(Ink::ACCENT).marks(Mark::Square).label(Side::Left, 4),
        curve("synthetic, closed form", made_formula).ink(REGRESSION),
        curve("synthetic", made_gaps).ink(REGRESSION).marks(Mark::Circle).label(Side::Right, 8),
    ]));
    record!(evidence)
}

fn gaps(series: Vec<Series>) -> Figure {
    let x = Axis::log("penalty λ", &[1e-4, 1e-2, 1.0, 100.0, 1e3]);
    let y = Axis::log("largest difference between the two hat matrices, spectral norm", &[1e-6, 1e-4, 1e-2, 1.0]);
    Figure::new("How far whitening moves ridge's hat matrix, against the penalty", Chart::new(x, y, series))
}

/// The spectral norm of the difference of the two hat matrices.
fn measured_gap(x: MatRef<'_, f64>, penalty: f64) -> Result<f64> {
    let white = whitened(x, Root::Zca)?;
    let difference = hat_matrix(x, penalty, Intercept::None)? - hat_matrix(white.as_ref(), penalty, Intercept::None)?;
    linalg::spectral_norm(difference.as_ref())
}

/// The largest difference of the two shrinkages.
fn closed_form(x: MatRef<'_, f64>, penalty: f64) -> Result<f64> {
    let n = count(x.nrows());
    Ok(eigenvalues(x)?.iter().map(|w| (w / (w + penalty) - n / (n + penalty)).abs()).fold(0.0, f64::max))
}

fn bound(x: MatRef<'_, f64>, penalty: f64) -> Result<f64> {
    let smallest = eigenvalues(x)?.into_iter().fold(f64::INFINITY, f64::min);
    Ok(penalty / (smallest + penalty))
}

fn share_of_bound(x: MatRef<'_, f64>, penalty: f64) -> Result<f64> {
    Ok(measured_gap(x, penalty)? / bound(x, penalty)?)
}
