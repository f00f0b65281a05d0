//! # Inside the machines
//!
//! Predictions are what a machine does; its matrices are how. The post sets four of them side by side: the hat matrix $H$,
//! the attention weights $A$, the scores $QK^\top$ before anything is done to them, and the form $W_qW_k^\top$, which
//! makes scores of rows. For ridge the last two are $H$ itself and $(X^\top X + \lambda I)^{-1}$.
//!
//! We look into the attentions that were just trained and count what can be counted. The starts are those of the last chapter: a
//! tenth where no other is named.

use attention_regression::agreement::{Signature, asymmetry, cosine};
use attention_regression::compare::ink::{LINEAR, REGRESSION, SOFTMAX};
use attention_regression::experiment::{Comparison, Variant};
use attention_regression::linalg::{self, count, relative_gap};
use attention_regression::notebook::claim::evidence::{Evidence, absolute, median, relative};
use attention_regression::publish::figure::{
    Axis, Chart, Dots, Figure, Gallery, Group, Ink, Mark, Pane, Panel, RowSeries, Series, Side, Stroke,
};
use attention_regression::regression::{Intercept, hat_matrix};
use attention_regression::{Mat, MatRef, Result, attention, record};
use faer::Scale;

use crate::support::{Case, Experiment, Run, STARTS, USUAL, experiments, linear, shown_rows, softmax, tied};

/// ## One target teaches one direction
///
/// Least squares' hat matrix on the synthetic data projects onto eight directions. The matrix of an attention that predicts like it,
/// and was started with small weights, has learnt *one*: its second singular value is {{second:1}} of its first, on whitened rows from a start of a
/// hundredth (the median of five draws, of four trainings in each). Whatever values it is handed, what it answers is close to a
/// multiple of one vector. From a start of one it is {{second_large:2}}, for there the matrix is the start's.
///
/// The three other matrices that the post sets beside $H$ show the same. Without softmax $A$ *is* $QK^\top/d$, so there is no
/// difference to see between the two. And $W_qW_k^\top$ is close to a matrix of rank one where regression's own would be $d\,G^{-1}$;
/// the chapter on [tied weights](tying.md) says which.
///
/// What can be read from four matrices side by side, then? That they differ, and in which pattern. To read from them that attention
/// and regression are different machines one has to teach the layer as many targets as there are features, or to know its start.
///
/// ![**The matrices of a small start: the synthetic data, first draw.** For ridge the hat matrix and $(X^\top X + \lambda I)^{-1}$, for each attention from a start of one hundredth its weights $A$, its scores and its form, each over its own largest entry, on eighteen rows in the order of ridge's predictions. Compare the first matrix of a group with $H$, and without softmax the last with $d$ times the inverse.](figure)
///
/// ```toml
/// kind = "measured"
/// settles = { S7 = "sound if" }
/// finding = "If the start is small and the layer has learnt as many targets as there are features. From one target, without softmax and on whitened synthetic rows, $A$ learns one direction (second singular value {{second:1}} of the first, from a start of a hundredth); from a start of one it is {{second_large:2}}, for the rest is the start's."
/// uses = ["the_start_decides_what_one_target_leaves_open"]
/// headline = "second"
/// breaks_when = "the start is not small: from a deviation of one the second singular value is {{second_large:2}} of the first."
/// ```
#[test]
fn one_target_teaches_one_direction() -> Result<()> {
    let mut evidence = Evidence::new();
    let made = &experiments()?[0];
    let of = |case: &Case, start: f64| {
        let runs = case.runs(start, |variant| linear(variant) && variant.whitened);
        Ok(median(&runs.map(|run| second(case, run)).collect::<Result<Vec<_>>>()?))
    };
    let second = |start: f64| made.cases.iter().map(|case| of(case, start)).collect::<Result<Vec<_>>>();
    let words = "second singular value of $A$ over the first, without softmax, whitened rows, synthetic, from a start of 0.01, median of a draw";
    evidence.measure("second", words, second(STARTS[0])?).within(relative(0.1)).at_most(0.15);
    evidence
        .breaks("second_large", "second", "the start is a deviation of one", second(STARTS[3])?)
        .within(relative(0.1))
        .by(2.0);
    evidence.figure(gallery(
        "The matrices of ridge and of eight trained attentions on the synthetic data",
        made.first_case(),
        STARTS[0],
        Shown::Evenly,
    )?);
    record!(evidence)
}

/// The second singular value of A over the first, of a linear variant: A = XWXᵀ/p has those of the small RWRᵀ/p, where X = QR.
fn second(case: &Case, run: &Run) -> Result<f64> {
    let x = case.comparison.rows(run.variant).train.x.as_ref();
    let triangle = x.qr().thin_R().to_owned();
    let values = linalg::singular_values((&triangle * run.trained.head.form() * triangle.transpose()).as_ref())?;
    Ok(values[1] / values[0])
}

/// ## Softmax makes another kind of matrix
///
/// A hat matrix is symmetric, about half of its entries are negative, and it maps constants to zero once columns are
/// centred. The weights of softmax attention are none of this: no entry is negative, every row sums to one, and row
/// $i$ may look at row $j$ without being looked at. Trained on the diabetes table, a row spreads its attention over
/// {{perplexity:2}} rows. Without the softmax it spreads over {{linear:3}}, as the hat matrix does with {{perplexity_of_hat:3}}. (We
/// count them by the exponential of the entropy of a row's absolute weights, which counts ten equal weights as ten.)
///
/// The asymmetry $\|A - A^\top\|/\|A\|$ is {{asymmetry:2}} in the median, of $2^{1/2}$ at the most for a matrix without negative
/// entries. That alone is no mark of the softmax: separate weights make an asymmetric matrix without it too, {{asymmetry_linear:2}}.
/// But tied weights are symmetric then, and with a softmax they are not, {{asymmetry_tied:2}}.
///
/// ![**Another kind of matrix: the diabetes table, first draw.** The matrices of ridge and of eight attentions, each over its own largest entry: eighteen rows in the order of ridge's predictions, and of $H$, $A$ and $QK^\top$ the columns that weigh most in $H$ or in $A$, the heaviest first. Scores have both signs; after the softmax each row keeps the columns where its scores are largest.](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["one_target_teaches_one_direction"]
/// headline = "perplexity"
/// breaks_when = "the softmax is absent: a row of a linear variant's matrix then looks at {{linear:2}} rows."
/// ```
#[test]
fn softmax_makes_another_kind_of_matrix() -> Result<()> {
    let mut evidence = Evidence::new();
    let real = &experiments()?[1];
    let signatures = |chosen: fn(Variant) -> bool| {
        real.runs(USUAL, chosen).map(|(case, run)| signature(case, run)).collect::<Result<Vec<_>>>()
    };
    let (curved, straight) = (signatures(softmax)?, signatures(linear)?);
    let of = |all: &[Signature], number: fn(&Signature) -> f64| all.iter().map(number).collect::<Vec<f64>>();
    let words = "$\\|A - A^\\top\\|_F/\\|A\\|_F$, four variants with softmax, diabetes";
    evidence
        .measure("asymmetry", words, of(&curved, |signature| signature.asymmetry))
        .within(relative(0.05))
        .at_least(0.6);
    let asymmetries = |chosen: fn(Variant) -> bool| {
        let numbers = real.runs(USUAL, chosen).map(|(case, run)| Ok(asymmetry(case.weights(run)?.as_ref())));
        numbers.collect::<Result<Vec<f64>>>()
    };
    let words = "$\\|A - A^\\top\\|_F/\\|A\\|_F$, diabetes";
    let single = asymmetries(|variant| linear(variant) && !tied(variant))?;
    evidence
        .measure("asymmetry_linear", &format!("{words}, separate, without softmax"), single)
        .within(relative(0.05))
        .at_least(0.6);
    let both = asymmetries(|variant| softmax(variant) && tied(variant))?;
    evidence
        .measure("asymmetry_tied", &format!("{words}, tied, with softmax"), both)
        .within(relative(0.05))
        .at_least(0.5);
    let straight_tied = asymmetries(|variant| linear(variant) && tied(variant))?.into_iter().fold(0.0, f64::max);
    evidence.breaks("symmetric", "asymmetry_tied", "there is no softmax", straight_tied).vanishing(1e-9, 1e6);
    let words = "rows that a row looks at, four variants, diabetes";
    evidence
        .measure("perplexity", words, of(&curved, |signature| signature.perplexity))
        .within(relative(0.1))
        .at_most(40.0);
    evidence
        .breaks("linear", "perplexity", "there is no softmax", of(&straight, |signature| signature.perplexity))
        .within(relative(0.05))
        .by(1.5);
    let negative = curved.iter().filter(|signature| signature.negative_share > 0.0).count();
    evidence.exactly("negative", "softmax matrices with a negative entry", negative, 0);
    let sums = of(&curved, |signature| (signature.row_sums.0 - 1.0).abs().max((signature.row_sums.1 - 1.0).abs()));
    let rows = real.first_case().comparison.data().train.n();
    evidence.rounding(
        "row_sums",
        "largest distance of a row sum from one",
        sums.into_iter().fold(0.0, f64::max),
        100.0 * count(rows).sqrt() * f64::EPSILON,
    );
    let hats =
        real.cases.iter().map(|case| Ok(case.comparison.ridge_signature()?.perplexity)).collect::<Result<Vec<_>>>()?;
    evidence
        .measure("perplexity_of_hat", "rows that a row of the hat matrix looks at", hats)
        .within(relative(0.01))
        .noted();
    evidence.figure(gallery(
        "The matrices of ridge and of eight trained attentions on the diabetes table",
        real.first_case(),
        USUAL,
        Shown::ByWeight,
    )?);
    record!(evidence)
}

fn signature(case: &Case, run: &Run) -> Result<Signature> {
    Signature::of(case.weights(run)?.as_ref(), case.comparison.rows(Variant::grid()[0]).train.x.as_ref())
}

/// ## What two trainings share depends on their starts
///
/// Train the same attention twice, from two initialisations of one size: are the two matrices one? We take separate weights, and count
/// in norms of one of the matrices, in the mean over rows as they are and whitened rows. (Two matrices of one norm that have nothing in common are $2^{1/2}$ norms
/// apart.)
///
/// On the synthetic data the answer is a matter of the start, and for both kinds of attention. From a start of a hundredth two
/// trainings are {{linear_small:2}} norms apart without softmax and {{softmax_small:1}} with it; from a start of one they are
/// {{linear_large:2}} and {{softmax_large:2}} norms apart. With a small start two initialisations end near to each other, with a large
/// one as far apart as two matrices that have nothing in common.
///
/// On the diabetes table a small start is enough for that without softmax, {{linear_real:2}} norms. With it they end further apart,
/// {{softmax_real:2}} norms, in every draw by a factor of {{real.lowest:2_}} and more. So whether a figure of one matrix shows *the* attention or one of many is a question for each table and start.
/// Two trainings can say it is one of many; one can say nothing.
///
/// ![**Two initialisations: the diabetes table, first draw.** The weights $A$ of two trainings of one variant from a start of one hundredth, separate weights on the rows as they are, without softmax and with it: eighteen rows in the order of ridge's predictions, the eighteen columns that weigh most in the first of the two. Without softmax they agree; with it the columns of one mean little to the other.](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["softmax_makes_another_kind_of_matrix", "the_start_decides_what_one_target_leaves_open"]
/// headline = "real"
/// breaks_when = "the softmax is taken away: from the same small starts two trainings on the diabetes table are then nearer to each other by a factor of {{real:2}}."
/// ```
#[test]
fn what_two_trainings_share_depends_on_their_starts() -> Result<()> {
    let mut evidence = Evidence::new();
    let [made, real, _] = experiments()?;
    let [straight, curved] = [Variant::grid()[0], Variant::grid()[4]];
    let words = |kind: &str, start: f64, name: &str| {
        format!(
            "$\\|A - A'\\|/\\|A'\\|$ of two initialisations, {kind}, separate, from a start of {start}, mean over raw and whitened rows, {name}"
        )
    };
    for (kind, variant) in [("linear", straight), ("softmax", curved)] {
        for (size, start) in [("small", STARTS[0]), ("large", STARTS[3])] {
            let apart = made.apart(start, &[variant, Variant { whitened: true, ..variant }])?;
            let measure = evidence
                .measure(&format!("{kind}_{size}"), &words(kind, start, "synthetic"), apart)
                .within(relative(0.2));
            if size == "small" { measure.at_most(0.6) } else { measure.at_least(0.7) }
        }
        let contrast =
            format!("distance of two initialisations from a start of 1 over that from 0.01, {kind}, synthetic");
        evidence
            .contrast(kind, &contrast, &format!("{kind}_large"), &format!("{kind}_small"))
            .within(relative(0.2))
            .by(1.3);
        let apart = real.apart(STARTS[0], &[variant, Variant { whitened: true, ..variant }])?;
        let measure =
            evidence.measure(&format!("{kind}_real"), &words(kind, STARTS[0], "diabetes"), apart).within(relative(0.2));
        if kind == "linear" { measure.at_most(0.6) } else { measure.noted() }
    }
    let contrast = "distance of two initialisations from a start of 0.01, softmax over linear, diabetes";
    evidence.contrast("real", contrast, "softmax_real", "linear_real").within(relative(0.3)).by(1.2);
    let groups = [straight, curved]
        .map(|variant| of_inits(real.first_case(), variant))
        .into_iter()
        .collect::<Result<Vec<_>>>()?;
    let title = "The matrices of two initialisations of linear and of softmax attention with separate weights, diabetes, first draw";
    evidence.figure(Figure::new(title, Gallery { groups }));
    record!(evidence)
}

/// The weights of a variant from the smallest start, on the columns that weigh most in the first.
fn of_inits(case: &Case, variant: Variant) -> Result<Group> {
    let runs = case.runs(STARTS[0], |other| other == variant);
    let matrices = runs.map(|run| case.weights(run)).collect::<Result<Vec<_>>>()?;
    let columns: Vec<usize> = heaviest(matrices[0].as_ref()).into_iter().take(18).map(|(place, _)| place).collect();
    let rows = eighteen(&case.comparison);
    let panels = ["A, first", "A, second"]
        .into_iter()
        .zip(&matrices)
        .map(|(symbol, matrix)| panel(symbol, matrix.as_ref(), &rows, &columns));
    Ok(Group::new(variant.name(), panels.collect()))
}

/// Which columns of a large matrix a gallery shows.
#[derive(Clone, Copy)]
enum Shown {
    /// Those of the rows that are shown.
    Evenly,
    /// Those with the largest sums of absolute weights, the heaviest first.
    ByWeight,
}

/// The columns with the largest sums of absolute entries, the heaviest first, and their shares of the sum of all.
fn heaviest(weights: MatRef<'_, f64>) -> Vec<(usize, f64)> {
    let mut columns: Vec<(usize, f64)> =
        weights.col_iter().map(|column| column.iter().map(|weight| weight.abs()).sum()).enumerate().collect();
    let all: f64 = columns.iter().map(|(_, sum)| sum).sum();
    columns.sort_by(|a, b| b.1.total_cmp(&a.1));
    columns.into_iter().map(|(place, sum)| (place, sum / all)).collect()
}

/// Eighteen rows of a data set, evenly spaced in the order of ridge's predictions.
fn eighteen(comparison: &Comparison) -> Vec<usize> {
    shown_rows(comparison.ridge().predict(comparison.data().train.x.as_ref()).as_ref(), 18)
}

/// Some rows and columns of a matrix, for a gallery.
fn panel(symbol: &str, matrix: MatRef<'_, f64>, rows: &[usize], columns: &[usize]) -> Panel {
    let rows = rows.iter().map(|&i| columns.iter().map(|&j| matrix[(i, j)]).collect()).collect();
    Panel::new(symbol, rows).within(0.05)
}

/// Ridge on rows as they are and whitened, then every variant from one start and the first initialisation: weights, scores, form.
fn gallery(title: &str, case: &Case, start: f64, which: Shown) -> Result<Figure> {
    let comparison = &case.comparison;
    let shown = eighteen(comparison);
    let columns = |weights: MatRef<'_, f64>| match which {
        Shown::Evenly => shown.clone(),
        Shown::ByWeight => heaviest(weights).into_iter().take(18).map(|(place, _)| place).collect::<Vec<_>>(),
    };
    let all: Vec<usize> = (0..comparison.data().train.d()).collect();
    let penalty = comparison.ridge().penalty();
    let mut groups = Vec::new();
    for (name, variant) in [("ridge", Variant::grid()[0]), ("ridge, whitened", Variant::grid()[2])] {
        let x = comparison.rows(variant).train.x.as_ref();
        let gram = linalg::gram(x) + Scale(penalty) * Mat::<f64>::identity(x.ncols(), x.ncols());
        let inverse = linalg::symmetric_power(gram.as_ref(), -1.0)?;
        let hat = hat_matrix(x, penalty, Intercept::None)?;
        let panels = vec![
            panel("H", hat.as_ref(), &shown, &columns(hat.as_ref())),
            panel("(XᵀX + λI)⁻¹", inverse.as_ref(), &all, &all),
        ];
        groups.push(Group::new(name, panels));
    }
    for run in case.runs(start, |_| true).filter(|run| run.init == 0) {
        let (x, head) = (comparison.rows(run.variant).train.x.as_ref(), &run.trained.head);
        let (weights, scores) =
            (case.weights(run)?, attention::scores(head.queries(x).as_ref(), head.keys(x).as_ref()));
        let columns = columns(weights.as_ref());
        let scores = panel("QKᵀ", scores.as_ref(), &shown, &columns);
        let panels = vec![
            panel("A", weights.as_ref(), &shown, &columns),
            scores,
            panel("W_qW_kᵀ", head.form().as_ref(), &all, &all),
        ];
        groups.push(Group::new(run.variant.name(), panels));
    }
    Ok(Figure::new(title, Gallery { groups }))
}

/// ## Ten rows answer for {{separate|half|0.45..0.7}} of what all ask
///
/// What do the softmax machines have in common? On the diabetes table a row of the hat matrix has something of every
/// training row: the ten columns that weigh most, of {{rows}}, hold {{hat:2}} of the sum of its absolute entries.
/// Linear attention is no different, {{linear:2}} in the median. Softmax with tied weights gives ten rows {{tied:2}}
/// of all attention, and with separate weights {{separate|more than half|0.5..1}}, {{separate:2}}: for every patient it asks largely
/// the same few.
///
/// Where weights are tied, a row has the largest score with itself if it is long enough, and the diagonal stays
/// visible, as in the second figure of this chapter. Separate weights have no such anchor: queries say in which
/// direction a patient lies, and the key that is furthest out in that direction wins for everybody on that side.
///
/// ![**Who is asked: the first draw.** What the heaviest columns of a matrix hold of the sum of its absolute entries, against their number, on the diabetes table: ridge's hat matrix, and attention on the rows as they are. The dotted line stands at ten.](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["softmax_makes_another_kind_of_matrix"]
/// headline = "separate"
/// breaks_when = "the softmax is taken away: the linear variants with separate weights give ten rows {{linear_separate:2}}."
///
/// [words]
/// all = "All rows ask, since attention is over the training rows: the word counts nothing."
/// ```
#[test]
fn ten_rows_answer_for_all_the_others() -> Result<()> {
    let mut evidence = Evidence::new();
    let real = &experiments()?[1];
    let shares = |chosen: &dyn Fn(Variant) -> bool| -> Result<Vec<f64>> {
        real.runs(USUAL, chosen).map(|(case, run)| Ok(share_of_ten(case.weights(run)?.as_ref()))).collect()
    };
    let measures = "share of the ten heaviest columns of $A$, diabetes";
    let separate = shares(&|variant| softmax(variant) && !tied(variant))?;
    evidence
        .measure("separate", &format!("{measures}, separate weights"), separate)
        .within(relative(0.05))
        .at_least(0.4);
    let straight = shares(&|variant| linear(variant) && !tied(variant))?;
    evidence.breaks("linear_separate", "separate", "there is no softmax", straight).within(relative(0.05)).by(2.5);
    evidence
        .measure("tied", &format!("{measures}, softmax, tied"), shares(&|variant| softmax(variant) && tied(variant))?)
        .within(relative(0.05))
        .at_least(0.12);
    evidence.measure("linear", &format!("{measures}, linear"), shares(&linear)?).within(relative(0.05)).at_most(0.2);
    let hats = real.cases.iter().map(|case| share_of_ten(case.comparison.hat())).collect::<Vec<_>>();
    evidence
        .measure("hat", "share of the ten heaviest columns of $H$, diabetes", hats)
        .within(relative(0.05))
        .at_most(0.2);
    evidence.count("rows", "training rows", real.first_case().comparison.data().train.n());
    evidence.figure(asked(real)?);
    record!(evidence)
}

/// What the ten columns with the largest sums of absolute entries have of the sum of all.
fn share_of_ten(weights: MatRef<'_, f64>) -> f64 {
    heaviest(weights).iter().take(10).map(|(_, share)| share).sum()
}

/// The share of the heaviest columns against their number: the hat matrix, and three attentions of the first draw.
fn asked(experiment: &Experiment) -> Result<Figure> {
    let case = experiment.first_case();
    let comparison = &case.comparison;
    let numbers = [1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 221];
    let curve = |name: &str, weights: MatRef<'_, f64>| {
        let shares = heaviest(weights);
        let held = |number: usize| shares.iter().take(number).map(|(_, share)| share).sum();
        Series::through(name, numbers.map(|number| (count(number), held(number)))).within(0.05)
    };
    let of = |place: usize| case.weights(experiment.first(Variant::grid()[place]));
    let series = vec![
        Series::curve("ten", [10.0; 2], [0.0, 1.0]).ink(Ink::MUTED).stroke(Stroke::Dotted).within(0.05),
        curve("hat matrix", comparison.hat()).ink(REGRESSION).label(Side::Right, 11),
        curve("linear", of(0)?.as_ref()).ink(LINEAR).label(Side::Left, 9),
        curve("softmax, tied", of(5)?.as_ref()).ink(SOFTMAX).stroke(Stroke::Dashed).label(Side::Right, 8),
        curve("softmax, separate", of(4)?.as_ref()).ink(SOFTMAX).label(Side::Left, 4),
    ];
    let x = Axis::log("number of heaviest columns", &[1.0, 10.0, 100.0, 221.0]);
    let y = Axis::linear("share of the sum of absolute weights", &[0.0, 0.25, 0.5, 0.75, 1.0]);
    Ok(Figure::new(
        "Share of the heaviest columns of a hat matrix and of attention weights, diabetes",
        Chart::new(x, y, series),
    ))
}

/// ## Effective weights are coefficients, unless there is a softmax
///
/// On the synthetic data we know the weights that made the targets, and the post asks what attention has for them. It
/// proposes $WX^\top y/d$. Without softmax that is right by associativity: the output for a new row is
/// $x_*^\top(WX^\top y/d)$, a linear function with these coefficients, and after training they are those of least
/// squares: {{linear:1}} of their norm from ridge's in the median over sixty trainings (and {{linear.highest:1^}} where tied weights
/// have not arrived). The start that is left in $W$ does not show, for it lies across $X^\top y$.
///
/// With softmax (separate weights, rows as they are) the output is not linear, so the formula can only be a summary
/// of it. As a direction it is a good one: the cosine to least squares' coefficients is {{direction:4}}. As
/// coefficients it is useless: it is {{length:2}} times too long. The scale $1/d$ was meant for scores that are used
/// as they are. A softmax at temperature $d^{1/2}$ over $n$ keys acts as the scale $1/(nd^{1/2})$. (To first order
/// always: scores $s_j$ have mean zero over centred keys, so
/// $e^{s_j/\tau}/\sum_i e^{s_i/\tau} \approx \frac1n(1 + s_j/\tau)$, and the first term only adds the mean of the
/// values. The scores of this layer are too large for a first order, but its keys are normal, and over many normal
/// keys the same law holds at [every temperature](temperature.md).) Against that $1/d$ is $n/d^{1/2}$ times too much,
/// here {{theory:3}}. Divided by it, softmax's weights have {{rescaled|nearly the right length|0.9..1.15}}.
///
/// ![**Weights, first draw.** Bars are the true weights, dots are ridge's coefficients, the other marks the effective weights of the eight attentions, in the units of the standardised features. On the left all of them coincide; on the right they are divided by $n/d^{1/2}$, and point the same way.](figure)
///
/// ```toml
/// kind = "measured"
/// settles = { S10 = "sound if" }
/// finding = "If there is no softmax: then it is exact. With one the formula has the direction on linear data, cosine {{direction:4}}, and is {{length:2}} times as long as it should be; on the diabetes table even the direction is blurred, to a cosine of {{on_the_diabetes_table_softmax_blurs_the_direction/tied:2}} with tied weights and {{on_the_diabetes_table_softmax_blurs_the_direction/separate:2}} with separate ones."
/// uses = ["without_softmax_attention_predicts_what_ridge_predicts"]
/// headline = "linear"
/// breaks_when = "there is a softmax: the same gap to ridge's coefficients is then {{softmax_gap:2}} of their norm."
/// ```
#[test]
fn effective_weights_are_coefficients_unless_there_is_a_softmax() -> Result<()> {
    let mut evidence = Evidence::new();
    let made = &experiments()?[0];
    let soft = |variant: Variant| variant == Variant::grid()[4];
    let data = made.first_case().comparison.data();
    let theory = count(data.train.n()) / count(data.train.d()).sqrt();
    let words = "gap of $WX^\\top y/d$ to ridge's coefficients";
    let soon = |variant: Variant| linear(variant) && (variant.whitened || !tied(variant));
    evidence
        .measure("linear", &format!("{words}, three variants without softmax"), gaps(made, soon))
        .within(relative(0.3))
        .at_most(0.05);
    let slow = gaps(made, |variant| linear(variant) && !variant.whitened && tied(variant));
    evidence
        .measure("slow", &format!("{words}, tied weights on rows as they are, without softmax"), slow)
        .within(relative(0.3))
        .noted();
    evidence.breaks("softmax_gap", "linear", "there is a softmax", gaps(made, softmax)).within(relative(0.1)).by(100.0);

    let lengths = made.numbers(USUAL, soft, |case, run| {
        linalg::frobenius_norm(effective(case, run).as_ref())
            / linalg::frobenius_norm(case.comparison.ridge().coefficients())
    });
    let directions = made.numbers(USUAL, soft, direction);
    let rescaled: Vec<f64> = lengths.iter().map(|length| length / theory).collect();
    evidence
        .measure("direction", "cosine of softmax's to ridge's coefficients", directions)
        .within(relative(1e-3))
        .at_least(0.99);
    evidence
        .measure("length", "length of softmax's effective weights over that of ridge's coefficients", lengths)
        .within(relative(0.05))
        .equals(theory, "$n/d^{1/2}$, the first order of the softmax", relative(0.35));
    evidence.measure("theory", "$n/d^{1/2}$", theory).within(relative(1e-6)).noted();
    let words = "length of softmax's effective weights over $n/d^{1/2}$ and over that of ridge's coefficients";
    evidence.measure("rescaled", words, rescaled).within(relative(0.05)).noted();
    let expansion = (move |_: &Comparison, _: &Mat<f64>| 1.0 / theory, "with softmax, over n ∕ √d");
    evidence.figure(weights(
        "True weights, ridge's coefficients and the effective weights of eight attentions",
        &[made],
        &[-1.2, -0.6, 0.0, 0.6, 1.2, 1.8],
        expansion,
    ));
    record!(evidence)
}

fn effective(case: &Case, run: &Run) -> Mat<f64> {
    case.comparison.effective_weights(run.variant, &run.trained.head)
}

/// The cosine of the effective weights to ridge's coefficients.
fn direction(case: &Case, run: &Run) -> f64 {
    cosine(effective(case, run).as_ref(), case.comparison.ridge().coefficients())
}

/// How far effective weights are from ridge's coefficients.
fn gaps(experiment: &Experiment, chosen: impl Fn(Variant) -> bool + Copy) -> Vec<f64> {
    experiment.numbers(USUAL, chosen, |case, run| {
        relative_gap(effective(case, run).as_ref(), case.comparison.ridge().coefficients())
    })
}

/// ## On the diabetes table softmax blurs the direction
///
/// On real data nobody knows the true weights; ridge's stand in for them. With softmax the direction was the one thing that the
/// formula had right on linear data. On the diabetes table it is blurred: the cosine of the effective weights to ridge's coefficients
/// is {{diabetes:2}} (medians of the draws, as all numbers here), {{tied:2}} with tied weights and {{separate:2}} with separate
/// ones. It is no law that softmax does so where it leaves regression. On the sine its predictions are as far from ridge's, and its
/// weights point the same way to a cosine of {{sine:3}}: that table has one direction, and every machine that predicts it has found it.
///
/// ![**Weights on two tables, first draw.** Dots are ridge's coefficients, the other marks the effective weights of the attentions: on the left without softmax, on the right with it, brought to the length of ridge's. Above the ten features of the diabetes table, below the four of the sine.](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["effective_weights_are_coefficients_unless_there_is_a_softmax"]
/// headline = "diabetes"
/// breaks_when = "the softmax is taken away: the cosine is then {{linear:4}}."
/// ```
#[test]
fn on_the_diabetes_table_softmax_blurs_the_direction() -> Result<()> {
    let mut evidence = Evidence::new();
    let [_, real, sine] = experiments()?;
    let words = "cosine of effective weights to ridge's coefficients, median of a draw";
    evidence
        .measure("diabetes", &format!("{words}, diabetes"), real.medians(USUAL, softmax, direction))
        .within(absolute(0.03))
        .at_most(0.92);
    evidence
        .breaks("linear", "diabetes", "there is no softmax", real.medians(USUAL, linear, direction))
        .within(relative(1e-3))
        .by(1.07);
    for (kind, with) in [("tied", true), ("separate", false)] {
        let cosines = real.medians(USUAL, |variant| softmax(variant) && tied(variant) == with, direction);
        evidence.measure(kind, &format!("{words}, softmax, {kind}, diabetes"), cosines).within(absolute(0.05)).noted();
    }
    evidence
        .measure("sine", &format!("{words}, softmax, sine"), sine.medians(USUAL, softmax, direction))
        .within(absolute(0.02))
        .at_least(0.8);
    let as_long = |comparison: &Comparison, weights: &Mat<f64>| {
        linalg::frobenius_norm(comparison.ridge().coefficients()) / linalg::frobenius_norm(weights.as_ref())
    };
    let (title, ticks) = (
        "Ridge's coefficients and the effective weights of eight attentions on two tables",
        [-0.8, -0.4, 0.0, 0.4, 0.8],
    );
    evidence.figure(weights(title, &[real, sine], &ticks, (as_long, "with softmax, at ridge's length")));
    record!(evidence)
}

/// The truth, where it is known, ridge's coefficients and the effective weights of the eight variants, first seed, on one or
/// more data sets; those of softmax rescaled, and how is said above them.
fn weights(
    title: &str,
    experiments: &[&Experiment],
    ticks: &[f64],
    (rescale, words): (impl Fn(&Comparison, &Mat<f64>) -> f64, &str),
) -> Figure {
    let of = |value: &dyn Fn(&Experiment) -> Option<Mat<f64>>| -> Vec<Vec<f64>> {
        let column = |experiment: &&Experiment| match value(experiment) {
            Some(weights) => weights.col(0).iter().map(|&weight| vec![weight]).collect::<Vec<_>>(),
            None => vec![Vec::new(); experiment.first_case().comparison.data().train.d()],
        };
        experiments.iter().flat_map(column).collect()
    };
    let series = |name: &str, ink: Ink, mark: Mark, values: Vec<Vec<f64>>| {
        RowSeries::new(name, mark, values).ink(ink).within(0.02)
    };
    let pane = |name: &str, chosen: fn(Variant) -> bool, ink: Ink, marks: [Mark; 4]| {
        let mut all = vec![series(
            "true weights",
            Ink::MUTED,
            Mark::Bar,
            of(&|experiment| experiment.first_case().comparison.data().truth.clone()),
        )];
        all.retain(|series| series.values.iter().any(|values| !values.is_empty()));
        for (variant, mark) in Variant::grid().into_iter().filter(|&variant| chosen(variant)).zip(marks) {
            let rescaled = |experiment: &Experiment| {
                let weights = effective(experiment.first_case(), experiment.first(variant));
                let length =
                    if softmax(variant) { rescale(&experiment.first_case().comparison, &weights) } else { 1.0 };
                Some(weights * Scale(length))
            };
            all.push(series(&variant.name(), ink, mark, of(&rescaled)));
        }
        all.push(series(
            "ridge",
            REGRESSION,
            Mark::Circle,
            of(&|experiment| Some(experiment.first_case().comparison.ridge().coefficients().to_owned())),
        ));
        Pane::new(name, Axis::linear("standard deviations of y for one of x", ticks), all)
    };
    let panes = vec![
        pane("without softmax", linear, LINEAR, [Mark::Circle, Mark::Cross, Mark::HollowCircle, Mark::HollowDiamond]),
        pane(words, softmax, SOFTMAX, [Mark::Square, Mark::Diamond, Mark::HollowSquare, Mark::HollowDiamond]),
    ];
    let several = experiments.len() > 1;
    let rows = experiments.iter().flat_map(|experiment| {
        let data = experiment.first_case().comparison.data();
        data.features.iter().map(move |name| {
            format!(
                "{}{}",
                if several && data.truth.is_none() && name.starts_with('x') { "sine, " } else { "" },
                subscripted(name)
            )
        })
    });
    Figure::new(title, Dots::new(rows, panes))
}

/// `x1` with its number lowered.
fn subscripted(name: &str) -> String {
    name.strip_prefix('x').map_or_else(|| name.to_owned(), |number| format!("x_{number}"))
}
