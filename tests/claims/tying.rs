//! # Tied or separate weights
//!
//! <div class="aside" role="note">
//!
//! $c = X^\top y$ for one target, so $\hat\beta = G^{-1}c$. Tied weights, $W_q = W_k$, make $W = W_qW_q^\top$ symmetric and
//! positive semidefinite.
//!
//! </div>
//!
//! One matrix for queries and keys, or two? Tying halves the parameters and restricts $W$ to symmetric forms without a
//! negative direction. That restricts what attention can predict, but it does not exclude what least squares predicts, and
//! the reason is a line long. What tying changes is which of the many right forms training finds, and with it the
//! mechanism. So does the optimiser. All of the chapter is without softmax, and trained with the targets as values
//! but for one control.

use attention_regression::agreement::{asymmetry, cosine, r_squared};
use attention_regression::attention::gradients::Task;
use attention_regression::attention::{Diagonal, Normalisation, linear};
use attention_regression::compare::ink::LINEAR;
use attention_regression::data::{Dataset, Scaling};
use attention_regression::linalg::{count, frobenius_norm, gram, relative_gap, singular_values, spectral_norm, trace};
use attention_regression::notebook::claim::evidence::{Evidence, absolute, relative};
use attention_regression::publish::figure::{Axis, Chart, Figure, Ink, Mark, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge, hat_matrix};
use attention_regression::training::{Ending, Optimiser, Parametrisation, Training};
use attention_regression::{Mat, MatRef, Result, record};

use crate::support::{Draw, INITS, diabetes, draws, in_parallel, rounding_bound, synthetic};

/// The smallest forms that predict like least squares: any, $\hat\beta c^\top/\|c\|^2$, and without a negative direction,
/// $\hat\beta\hat\beta^\top/(c^\top\hat\beta)$.
fn smallest_forms(x: MatRef<'_, f64>, y: MatRef<'_, f64>) -> Result<[Mat<f64>; 2]> {
    let (content, fit) = (x.transpose() * y, Ridge::fit(x, y, 0.0, Intercept::None)?);
    let (beta, square) = (fit.coefficients(), frobenius_norm(content.as_ref()).powi(2));
    Ok([beta * content.transpose() * faer::Scale(1.0 / square), nearest_tied(beta, &content)])
}

/// Of the forms without a negative direction one whose Wc is nearest to β̂ = ±G⁻¹c: none is nearer than W = 0 where the two
/// oppose each other.
fn nearest_tied(beta: MatRef<'_, f64>, content: &Mat<f64>) -> Mat<f64> {
    let product = (content.transpose() * beta)[(0, 0)];
    beta * beta.transpose() * faer::Scale(if product > 0.0 { 1.0 / product } else { 0.0 })
}

/// $A = XWX^\top$.
fn weights(x: MatRef<'_, f64>, form: &Mat<f64>) -> Mat<f64> {
    linear::weights((x * form).as_ref(), x, 1.0, Diagonal::Kept)
}

/// A draw in standard units.
fn standard(data: Dataset) -> Result<Dataset> {
    Ok(data.scaled(Scaling::Standard)?.0)
}

/// ## Tied weights can predict what least squares predicts
///
/// A tied form must be positive semidefinite and satisfy $Wc = \hat\beta$. There is one:
///
/// $$W = \frac{\hat\beta\hat\beta^\top}{c^\top\hat\beta}, \qquad c^\top\hat\beta = c^\top G^{-1}c > 0.$$
///
/// The denominator is positive because $G^{-1}$ is positive definite, whatever the target, unless $c = 0$. So tied
/// weights reach the least-squares predictions exactly, on the synthetic data (within {{tied_synthetic}}) as on the diabetes
/// table, and so do separate ones with $W = \hat\beta c^\top/\|c\|^2$.
///
/// Other predictions they do lose. A form without a negative direction has $c^\top(Wc) \ge 0$. With values $V$ and
/// $c = X^\top V$ this product is $V^\top(XWc)$, so fitted values that point away from the values are out of reach. Separate
/// weights can give them. Least squares does not ask for them where the values are the targets, for
/// $y^\top\hat y = \|\hat y\|^2$. With $V = -y$ it does: trained on this, tied attention keeps {{opposed_tied:4}} of the
/// target's variance as error, and attention with separate weights comes down to {{opposed_separate:2}}.
///
/// Inside, the two differ. The tied matrix is the *orthogonal* projection onto the line of the fitted values,
/// $A = \hat y\hat y^\top/\|\hat y\|^2$. The hat matrix projects orthogonally onto $d$ directions, of which this is one, so
/// $H - A$ projects onto the other $d - 1$, and $\|A - H\|^2 = d - 1$ where $\|H\|^2 = d$. The distance is
///
/// $$\frac{\|A - H\|_F}{\|H\|_F} = \left(1 - \frac{1}{d}\right)^{1/2},$$
///
/// which is {{tied_distance:3}} for eight features. The separate matrix is an oblique projection onto the same line. It is
/// asymmetric ($\|A - A^\top\|$ is {{asymmetry:2}} of $\|A\|$), its norm is more than one, and since $\|A - H\|^2 =
/// \|A\|^2 + d - 2$ for both of them it is further from $H$, at {{separate_distance:3}}.
///
/// ```toml
/// kind = "identity"
/// settles = { S9 = "holds" }
/// finding = "Without softmax and with the targets as values, tied weights can reach the predictions of least squares, as separate ones can; only predictions with $c^\\top(Wc) < 0$ are closed to them. Their matrix is another one: an orthogonal projection instead of an oblique one."
/// uses = ["a_target_pins_the_form_only_along_itself"]
/// headline = "tied_synthetic"
/// breaks_when = "the values are not the targets. With $V = -y$ the nearest that a form without a negative direction comes is $W = 0$, whose fitted values are {{opposed:2}} norm away."
/// ```
#[test]
fn tying_costs_nothing_in_the_outputs() -> Result<()> {
    let mut evidence = Evidence::new();
    for (name, data) in [("synthetic", synthetic()), ("diabetes", diabetes()?)] {
        let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
        let words = |kind: &str| format!("fitted values against least squares, {kind}, {name}");
        let [separate, _] = smallest_forms(x, y)?;
        let gap = relative_gap((weights(x, &separate) * y).as_ref(), Ridge::fit(x, y, 0.0, Intercept::None)?.fitted());
        evidence.rounding(&format!("separate_{name}"), &words("separate"), gap, rounding_bound(x)?);
        evidence.rounding(&format!("tied_{name}"), &words("tied"), tied_gap(&data, 1.0)?, rounding_bound(x)?);
    }
    evidence
        .breaks(
            "opposed",
            "tied_synthetic",
            "the values are the targets with their signs turned",
            tied_gap(&synthetic(), -1.0)?,
        )
        .within(relative(1e-6))
        .by(1e6);

    let inside = draws().into_iter().map(inside).collect::<Result<Vec<_>>>()?;
    let each = |of: fn(&Inside) -> f64| inside.iter().map(of).collect::<Vec<_>>();
    let worst = |of: fn(&Inside) -> f64| each(of).into_iter().fold(0.0, f64::max);
    evidence.rounding(
        "distance",
        "tied: $\\|A - H\\|_F/\\|H\\|_F$ against $(1 - 1/d)^{1/2}$",
        worst(|one| one.tied_gap),
        worst(|one| one.bound),
    );
    evidence.rounding(
        "norms",
        "separate: $\\|A - H\\|_F^2$ against $\\|A\\|_F^2 + d - 2$, over $d$",
        worst(|one| one.separate_gap),
        worst(|one| one.bound),
    );
    evidence
        .measure("tied_distance", "tied: $\\|A - H\\|_F/\\|H\\|_F$", each(|one| one.tied))
        .within(relative(1e-6))
        .noted();
    evidence
        .measure("separate_distance", "separate: $\\|A - H\\|_F/\\|H\\|_F$", each(|one| one.separate))
        .within(relative(1e-6))
        .noted();
    evidence
        .contrast("further", "distance from $H$, separate over tied", "separate_distance", "tied_distance")
        .within(relative(1e-6))
        .by(1.01);
    evidence
        .measure("asymmetry", "separate: $\\|A - A^\\top\\|_F/\\|A\\|_F$", each(|one| one.asymmetry))
        .within(relative(1e-6))
        .at_least(0.2);

    let errors = |kind| draws().into_iter().map(|draw| opposed(draw, kind)).collect::<Result<Vec<_>>>();
    let words = |kind: &str| format!("error of attention with {kind} weights trained with $V = -y$");
    evidence
        .measure("opposed_tied", &words("tied"), errors(Parametrisation::Tied)?)
        .within(relative(1e-3))
        .at_least(0.99);
    evidence
        .measure("opposed_separate", &words("separate"), errors(Parametrisation::Separate)?)
        .within(relative(1e-2))
        .noted();
    evidence
        .contrast("opposed_price", "error with $V = -y$, tied over separate", "opposed_tied", "opposed_separate")
        .within(relative(1e-2))
        .by(10.0);
    record!(evidence)
}

/// How far the nearest tied form is from the fitted values of least squares, with the values ±y.
fn tied_gap(data: &Dataset, sign: f64) -> Result<f64> {
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let (values, fit) = (y * faer::Scale(sign), Ridge::fit(x, y, 0.0, Intercept::None)?);
    let form = nearest_tied(fit.coefficients(), &(x.transpose() * &values));
    Ok(relative_gap((weights(x, &form) * values).as_ref(), fit.fitted()))
}

/// The matrices of the two smallest forms beside H.
struct Inside {
    tied: f64,
    separate: f64,
    asymmetry: f64,
    /// Of the distances, or their squares, to what they must be.
    tied_gap: f64,
    separate_gap: f64,
    bound: f64,
}

fn inside(draw: Draw) -> Result<Inside> {
    let data = draw.synthetic().centred();
    let (x, d) = (data.train.x.as_ref(), count(data.train.d()));
    let hat = hat_matrix(x, 0.0, Intercept::None)?;
    let [oblique, orthogonal] = smallest_forms(x, data.train.y.as_ref())?.map(|form| weights(x, &form));
    let [separate, tied] = [&oblique, &orthogonal].map(|matrix| relative_gap(matrix.as_ref(), hat.as_ref()));
    Ok(Inside {
        tied,
        separate,
        asymmetry: asymmetry(oblique.as_ref()),
        tied_gap: (tied - (1.0 - 1.0 / d).sqrt()).abs(),
        separate_gap: (separate.powi(2) - (frobenius_norm(oblique.as_ref()).powi(2) + d - 2.0) / d).abs(),
        bound: rounding_bound(x)?,
    })
}

/// The training error of attention whose values are −y, in standard units.
fn opposed(draw: Draw, parametrisation: Parametrisation) -> Result<f64> {
    let data = standard(draw.synthetic())?;
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let values = y * faer::Scale(-1.0);
    let task = Task { queries: x, keys: x, values: values.as_ref(), targets: y };
    let training = Training {
        steps: 4000,
        optimiser: Optimiser::Adam { rate: 5e-4 },
        ..from_small(x, y, parametrisation, draw.inits()[0])?
    };
    Ok(training.run(task, None)?.last().loss)
}

/// Gradient descent from weights of deviation 0.01 with the scale 1/n, at a rate that the curvature at the solution allows.
fn from_small(x: MatRef<'_, f64>, y: MatRef<'_, f64>, parametrisation: Parametrisation, seed: u64) -> Result<Training> {
    let scale = 1.0 / count(x.nrows());
    let content = frobenius_norm((x.transpose() * y).as_ref()) * scale;
    // The loss is smooth in W with this constant, and W = WqWkᵀ is bilinear: its factors have norm ‖W‖ in square.
    let smoothness = 2.0 * scale * content * content * spectral_norm(gram(x).as_ref())?;
    let smallest = &smallest_forms(x, y)?[usize::from(parametrisation == Parametrisation::Tied)];
    let size = (frobenius_norm(smallest.as_ref()) / scale).max(2.0);
    let optimiser = Optimiser::GradientDescent { rate: 0.25 / (smoothness * size) };
    Ok(Training {
        optimiser,
        deviation: 0.01,
        seed,
        steps: 200_000,
        tolerance: 1e-9,
        ..Training::new(Normalisation::Linear { scale }, parametrisation)
    })
}

/// ## A small start finds the smallest form
///
/// Of all the right forms, which does training find? It depends on where it starts. From small weights plain gradient
/// descent approaches the forms of the last section, and those are the smallest of their kind.
///
/// Of all forms that fit, $\hat\beta c^\top/\|c\|^2$ has the least sum of singular values, $\|\hat\beta\|/\|c\|$: the sum is
/// at least the largest of them, and the largest at least $\|Wc\|/\|c\|$. Of those without a negative direction
/// $\hat\beta\hat\beta^\top/(c^\top\hat\beta)$ has the least trace: by the Cauchy–Schwarz inequality
/// $(a^\top Wc)^2 \le (a^\top Wa)(c^\top Wc)$ for every $a$, so $a^\top Wa \ge (a^\top\hat\beta)^2/(c^\top\hat\beta)$. The
/// second is larger by the factor $1/\cos(\hat\beta, c)$, on the synthetic data {{price:3}}. That is the price of
/// tying, and it is paid in size, not in error.
///
/// For separate weights the reason that descent ends there is short. The gradient with respect to $W_k$ is $c$ times a
/// row, so all that training adds to the columns of $W_k$ lies along $c$; if the start is negligible, $W = ac^\top$ for
/// some vector $a$, and $Wc = \hat\beta$ leaves only $a = \hat\beta/\|c\|^2$. For tied weights we measure it.
///
/// From initial weights with a standard deviation of one hundredth (*deviation*, from here on) the trained forms are
/// {{separate:2}} (separate) and {{tied:2}} (tied) norms from these limits; from thirty times that, still
/// {{separate_large:2}} and {{tied_large:2}}. Tied weights come closer, and this is why. A form that fits is the smallest
/// one and a rest $R$ with $Rc = 0$. With separate weights $R$ is the product of $W_q$, which has grown, with the part of
/// $W_k$ across $c$, which training has not changed: one factor has the size $\sigma$ of the start. A tied form has no
/// negative direction, and by the inequality above neither has its rest, so $R = BB^\top$: if $B$ is what the start has
/// left, both factors have that size. From $\sigma = 1/100$ to $1/10$ the distances grow like $\sigma$ to the power {{separate_slope:2}} and
/// {{tied_slope:2}}. The predictions are the same everywhere, those of least squares within {{outputs:1^}}.
///
/// The mechanisms, again, are not. On values that neither was trained on, twenty linear targets without noise on the
/// training rows, the tied form explains {{swap_tied:2}} of the variance and the separate one {{swap_separate:2}}. On these
/// data the orthogonal projection is the better guess at a regression.
///
/// ![**Where small starts end.** Distance of the trained form from the smallest one, against the deviation $\sigma$ of the initial weights; the first draw, three initialisations each. The dotted lines have the slopes of $\sigma$ and of $\sigma^2$.](figure)
///
/// ```toml
/// kind = "rate"
/// settles = { S9 = "holds" }
/// finding = "Without softmax, plain descent from small weights finds the smallest form of its kind, which is larger with tied weights, by $1/\\cos(\\hat\\beta, c) = $ {{price:3}} on the synthetic data; the predictions are the same, those of least squares."
/// uses = ["tying_costs_nothing_in_the_outputs"]
/// headline = "separate"
/// breaks_when = "the start is not small. At thirty times the deviation the separate form is {{separate_large:2}} norms from the smallest, the tied one {{tied_large:2}}."
/// ```
#[test]
fn a_small_start_finds_the_smallest_form() -> Result<()> {
    let mut evidence = Evidence::new();
    let mut series = Vec::new();
    let mut trained = Vec::new();
    for (name, kind, power, limit, missed) in
        [("separate", Parametrisation::Separate, 1.0, 0.1, 3.0), ("tied", Parametrisation::Tied, 2.0, 0.01, 20.0)]
    {
        let found = in_parallel(&draws(), |&draw| starts(draw, kind))?;
        let at =
            |place: usize| found.iter().flat_map(|draw| draw[place].iter().map(|end| end.distance)).collect::<Vec<_>>();
        evidence
            .measure(name, &format!("{name}: distance from the smallest form"), at(0))
            .within(relative(1e-2))
            .at_most(limit);
        let large = "the start is thirty times as large";
        evidence.breaks(&format!("{name}_large"), name, large, at(3)).within(relative(1e-2)).by(missed);
        let steps = (0..3).flat_map(|place| at(place).into_iter().zip(at(place + 1)));
        let (falling, all) =
            steps.fold((0, 0), |(falling, all), (near, far)| (falling + usize::from(near < far), all + 1));
        evidence.exactly(
            &format!("{name}_falling"),
            &format!("{name}: steps down in deviation over which the distance falls, of {all}"),
            falling,
            all,
        );
        let slopes: Vec<f64> = found.iter().map(|draw| mean_log(&draw[2]) - mean_log(&draw[0])).collect();
        let words = format!("{name}: power of $\\sigma$ with which the distance grows, from 0.01 to 0.1");
        let factors = "the number of factors of the rest that have the size of the start";
        evidence.measure(&format!("{name}_slope"), &words, slopes).within(absolute(0.05)).equals(
            power,
            factors,
            absolute(0.4),
        );
        series.extend(chart_series(name, power, &found[0]));
        trained.extend(found.into_iter().flatten().flatten());
    }
    evidence
        .contrast("closer", "distance from the smallest form, separate over tied", "separate", "tied")
        .within(relative(2e-2))
        .by(3.0);
    let converged = trained.iter().filter(|end| end.converged).count();
    evidence.exactly("converged", &format!("trainings that converged, of {}", trained.len()), converged, trained.len());
    let outputs = trained.iter().map(|end| end.outputs).fold(0.0, f64::max);
    evidence
        .measure("outputs", "largest gap of the fitted values to least squares", outputs)
        .within(relative(0.5))
        .at_most(1e-6);

    let prices = draws().into_iter().map(price).collect::<Result<Vec<_>>>()?;
    let worst = |of: fn(&Price) -> f64| prices.iter().map(of).fold(0.0, f64::max);
    let words = "trace of the tied form over the sum of singular values of the separate one";
    evidence
        .measure("price", words, prices.iter().map(|price| price.paid).collect::<Vec<_>>())
        .within(relative(1e-6))
        .at_least(1.5);
    evidence.rounding(
        "price_gap",
        &format!("{words}, against $1/\\cos(\\hat\\beta, c)$"),
        worst(|price| price.gap),
        worst(|price| price.bound),
    );
    let swap = |place: usize| prices.iter().map(|price| price.swap[place]).collect::<Vec<_>>();
    evidence
        .measure("swap_separate", "$R^2$ on twenty other linear targets, smallest separate form", swap(0))
        .within(relative(1e-3))
        .noted();
    evidence
        .measure("swap_tied", "$R^2$ on twenty other linear targets, smallest tied form", swap(1))
        .within(relative(1e-3))
        .noted();
    evidence
        .contrast("better", "$R^2$ on other targets, tied less separate", "swap_tied", "swap_separate")
        .within(relative(1e-2))
        .apart(0.02);
    let x = Axis::log("standard deviation σ of the initial weights", &DEVIATIONS);
    let y = Axis::log("distance from the smallest form, in its norms", &[1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0]);
    let title = "Distance of the trained form from the smallest one, against the size of the start";
    evidence.figure(Figure::new(title, Chart::new(x, y, series)));
    record!(evidence)
}

/// Of the initial weights.
const DEVIATIONS: [f64; 4] = [0.01, 0.03, 0.1, 0.3];

/// Where a training ended.
#[derive(Clone)]
struct End {
    /// From the smallest form of its kind, in its norms.
    distance: f64,
    /// Of the fitted values from least squares.
    outputs: f64,
    /// From $\hat\beta\operatorname{sign}(c)^\top/\|c\|_1$, in its norms.
    signs: f64,
    converged: bool,
}

fn end(data: &Dataset, training: &Training) -> Result<End> {
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let trained = training.run(Task::regression(x, y), None)?;
    let scale = if let Normalisation::Linear { scale } = training.normalisation { scale } else { 1.0 };
    let form = trained.head.form() * faer::Scale(scale);
    let (content, fit) = (x.transpose() * y, Ridge::fit(x, y, 0.0, Intercept::None)?);
    let signs = Mat::from_fn(1, x.ncols(), |_, j| content[(j, 0)].signum());
    let with_signs = fit.coefficients() * &signs * faer::Scale(1.0 / (&signs * &content)[(0, 0)]);
    let smallest = &smallest_forms(x, y)?[usize::from(training.parametrisation == Parametrisation::Tied)];
    Ok(End {
        distance: relative_gap(form.as_ref(), smallest.as_ref()),
        outputs: relative_gap((x * &form * &content).as_ref(), fit.fitted()),
        signs: relative_gap(form.as_ref(), with_signs.as_ref()),
        converged: matches!(trained.ending, Ending::Converged { .. }),
    })
}

/// Descent on a draw, for each deviation from each initialisation.
fn starts(draw: Draw, kind: Parametrisation) -> Result<Vec<Vec<End>>> {
    let data = standard(draw.synthetic())?;
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let from = |deviation: f64| {
        let end = |seed| end(&data, &Training { deviation, ..from_small(x, y, kind, seed)? });
        draw.inits().into_iter().map(end).collect::<Result<Vec<_>>>()
    };
    DEVIATIONS.into_iter().map(from).collect()
}

/// The mean over initialisations of the logarithm of the distance.
fn mean_log(ends: &[End]) -> f64 {
    ends.iter().map(|end| end.distance.log10()).sum::<f64>() / count(ends.len())
}

/// The distances of one draw, and a line with the power of σ that they should follow.
fn chart_series(name: &str, power: f64, ends: &[Vec<End>]) -> [Series; 2] {
    let tied = name == "tied";
    let law = |sigma: f64| 10f64.powf(mean_log(&ends[0])) * (sigma / DEVIATIONS[0]).powf(power);
    let ((law_words, law_side), (mark, side)) = if tied {
        (("∝ σ²", Side::Below), (Mark::Diamond, Side::Right))
    } else {
        (("∝ σ", Side::Above), (Mark::Circle, Side::Left))
    };
    let line = Series::through(law_words, [0.01, 0.05, 0.3].map(|sigma| (sigma, law(sigma))));
    let points = DEVIATIONS
        .iter()
        .zip(ends)
        .flat_map(|(&deviation, ends)| ends.iter().map(move |end| (deviation, end.distance)));
    let marks = Series::through(format!("{name} weights"), points).marks(mark);
    [
        line.ink(Ink::MUTED).stroke(Stroke::Dotted).within(2e-2).label(law_side, 1),
        marks.ink(LINEAR).within(1e-2).label(side, 9),
    ]
}

/// What the smallest tied form costs beside the smallest separate one, and what both say of other values.
struct Price {
    paid: f64,
    /// To 1/cos(β̂, c), as a share.
    gap: f64,
    bound: f64,
    /// R² on twenty other linear targets, separate and tied.
    swap: [f64; 2],
}

fn price(draw: Draw) -> Result<Price> {
    let data = standard(draw.synthetic())?;
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let beta = Ridge::fit(x, y, 0.0, Intercept::None)?.coefficients().to_owned();
    let forms = smallest_forms(x, y)?;
    let paid = trace(forms[1].as_ref()) / singular_values(forms[0].as_ref())?.iter().sum::<f64>();
    let values = x * draw.normal(0, x.ncols(), 20);
    Ok(Price {
        paid,
        gap: (paid * cosine(beta.as_ref(), (x.transpose() * y).as_ref()) - 1.0).abs(),
        bound: rounding_bound(x)?,
        swap: forms.map(|form| r_squared((weights(x, &form) * &values).as_ref(), values.as_ref())),
    })
}

/// ## Adam ends at another form
///
/// The forms of the last section are where plain gradient descent ends. The experiment trains with Adam. Adam comes to the
/// same predictions and to another form.
///
/// Adam divides every entry of a gradient, averaged over the last steps, by a running root mean square of that same entry. With separate weights the
/// gradient with respect to $W_k$ is $c$ times a row, so its entry in row $i$ is $c_i$ times a number that all rows share.
/// The size of $c_i$ cancels in the quotient (but for a tiny number that guards the division) and only its sign is left, in
/// the first step and in every later one. So
/// all that Adam adds to the columns of $W_k$ lies along $\operatorname{sign}(c)$, where descent adds multiples of $c$. If the
/// start is negligible, $W = a\operatorname{sign}(c)^\top$ for some vector $a$, and $Wc = \hat\beta$ leaves only
///
/// $$W = \frac{\hat\beta\,\operatorname{sign}(c)^\top}{\|c\|_1}.$$
///
/// This form is the smallest in another sense: in every row its largest entry, in absolute value, is the smallest possible,
/// $|\hat\beta_i|/\|c\|_1$.
///
/// We trained separate weights both ways from the same starts, of deviation one hundredth and at the scale $1/n$, on the
/// synthetic draws and on random halves of the diabetes table. Both ways the fitted values are those of least squares,
/// within {{outputs:1^}}. From $\hat\beta c^\top/\|c\|^2$ descent ends {{descent_synthetic:2}} and {{descent_diabetes:2}}
/// norms away, Adam {{adam_synthetic:2}} and {{adam_diabetes:2}}; from the form with the signs Adam ends
/// {{signs_synthetic:2}} and {{signs_diabetes:2}} norms away, descent {{signs_descent_synthetic:2}} and
/// {{signs_descent_diabetes:2}} (synthetic and diabetes, medians over draws and initialisations).
///
/// In the experiment the scale is $1/d$. The form is then smaller, and the same start is less negligible beside it. Adam
/// ends {{experiment_signs_synthetic:2}} and {{experiment_signs_diabetes:2}} norms from the form with the signs there, and
/// {{experiment_synthetic:2}} and {{experiment_diabetes:2}} from the one of descent. So the matrix of a trained layer is owed to its
/// optimiser too, in the part that one target leaves open.
///
/// ```toml
/// kind = "measured"
/// uses = ["a_small_start_finds_the_smallest_form"]
/// headline = "signs_synthetic"
/// breaks_when = "the optimiser is plain descent. From the same starts it ends {{signs_descent_synthetic:2}} norms from the form with the signs on the synthetic data, and {{signs_descent_diabetes:2}} on the diabetes table."
/// ```
#[test]
fn adam_ends_elsewhere() -> Result<()> {
    let mut evidence = Evidence::new();
    let mut outputs = Vec::new();
    for (name, limit, by) in [("synthetic", 0.08, 1.5), ("diabetes", 0.1, 2.5)] {
        let data = |draw: Draw| standard(if name == "diabetes" { draw.halves()? } else { draw.synthetic() });
        let found = in_parallel(&draws(), |&draw| optimised(&data(draw)?, draw))?.concat();
        let of = |place: usize, of: fn(&End) -> f64| found.iter().map(|ends| of(&ends[place])).collect::<Vec<_>>();
        let (descent, adam, own) = (0, 1, 2);
        let words = format!("distance from $\\hat\\beta c^\\top/\\|c\\|^2$, {name}");
        let plain = format!("descent_{name}");
        evidence.measure(&plain, &words, of(descent, |end| end.distance)).within(relative(2e-2)).at_most(limit);
        evidence
            .breaks(&format!("adam_{name}"), &plain, "the optimiser is Adam", of(adam, |end| end.distance))
            .within(relative(2e-2))
            .by(by);
        evidence
            .measure(
                &format!("experiment_{name}"),
                &format!("{words}, Adam at the scale $1/d$, mean over initialisations"),
                means(of(own, |end| end.distance)),
            )
            .within(relative(2e-2))
            .noted();
        let words = format!("distance from $\\hat\\beta\\operatorname{{sign}}(c)^\\top/\\|c\\|_1$, {name}");
        let signs = format!("signs_{name}");
        evidence.measure(&signs, &words, of(adam, |end| end.signs)).within(relative(2e-2)).at_most(limit);
        let hypothesis = "the optimiser is plain descent";
        evidence
            .breaks(&format!("signs_descent_{name}"), &signs, hypothesis, of(descent, |end| end.signs))
            .within(relative(2e-2))
            .by(by);
        evidence
            .measure(
                &format!("experiment_signs_{name}"),
                &format!("{words}, Adam at the scale $1/d$, mean over initialisations"),
                means(of(own, |end| end.signs)),
            )
            .within(relative(2e-2))
            .noted();
        let (above, below) = (format!("experiment_{name}"), format!("experiment_signs_{name}"));
        let words = format!(
            "distance from the form of descent over that from the form with the signs, Adam at the scale $1/d$, {name}"
        );
        evidence.contrast(&format!("experiment_nearer_{name}"), &words, &above, &below).within(relative(5e-2)).by(1.05);
        outputs.extend(found.iter().flatten().map(|end| end.outputs));
    }
    let outputs = outputs.into_iter().fold(0.0, f64::max);
    evidence
        .measure("outputs", "largest gap of the fitted values to least squares", outputs)
        .within(relative(0.5))
        .at_most(1e-4);
    record!(evidence)
}

/// The mean over the initialisations of each draw.
fn means(ends: Vec<f64>) -> Vec<f64> {
    ends.chunks(INITS).map(|draw| draw.iter().sum::<f64>() / count(draw.len())).collect()
}

/// From each initialisation: plain descent and Adam at the scale 1/n, and Adam at the scale 1/d of the experiment.
fn optimised(data: &Dataset, draw: Draw) -> Result<Vec<[End; 3]>> {
    let (x, y) = (data.train.x.as_ref(), data.train.y.as_ref());
    let ends = |seed| {
        let descent = Training { tolerance: 1e-6, ..from_small(x, y, Parametrisation::Separate, seed)? };
        let adam =
            Training { optimiser: Optimiser::Adam { rate: 5e-4 }, falling: true, steps: 10_000, ..descent.clone() };
        let own = Training { normalisation: Normalisation::Linear { scale: 1.0 / count(x.ncols()) }, ..adam.clone() };
        Ok([end(data, &descent)?, end(data, &adam)?, end(data, &own)?])
    };
    draw.inits().into_iter().map(ends).collect()
}
