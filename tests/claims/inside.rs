//! # Inside the machines
//!
//! Predictions are what a machine does; its matrices are how. The post sets four of them side by side: the hat matrix $H$,
//! the attention weights $A$, the scores $QK^\top$ before anything is done to them, and the form $W_qW_k^\top$, which
//! makes scores of rows. For ridge the last two are $H$ itself and $(X^\top X + \lambda I)^{-1}$.
//!
//! We look into all the attentions that were just trained, eight at a time, and count what can be counted.

use attention_regression::agreement::cosine;
use attention_regression::attention;
use attention_regression::comparison::{Comparison, Outcome, Variant};
use attention_regression::linalg::{self, count, relative_gap};
use attention_regression::notebook::evidence::{Evidence, at_least, at_most, relative};
use attention_regression::notebook::figure::{Axis, Chart, Dots, Figure, Gallery, Group, Ink, Label, Mark, Pane, Panel, Plot, RowSeries, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge, hat_matrix};
use attention_regression::training::{Parametrisation, Trained};
use attention_regression::{Mat, MatRef, Result};
use faer::Scale;

use crate::support::{Experiment, NAMES, experiments, linear, record, shown_rows, softmax};

/// ## One target teaches one direction
///
/// Least squares' hat matrix on the synthetic data projects onto eight directions; its trace counts them. The matrix of
/// the attention that predicts like it has a trace of {{trace_synthetic:3}}, and {{trace_diabetes:3}} on the ten
/// features of the diabetes table: it has learnt *one*. On the synthetic data, with separate weights, its second
/// singular value is {{second:1}} of its first: whatever values it is handed, what it answers is very nearly a multiple
/// of one and the same vector.
///
/// The three other matrices that the post sets beside $H$ show the same. Without softmax $A$ *is* $QK^\top/d$, so
/// there is no difference to see between the two. And $W_qW_k^\top$ is close to a matrix of rank one, with separate
/// weights a multiple of $\hat\beta c^\top$ with $c = X^\top y$, where regression's own would be $d\,G^{-1}$.
///
/// ![**Without softmax one direction, with it a few columns: the synthetic data.** For ridge the hat matrix and $(X^\top X + \lambda I)^{-1}$, for each attention, from the first seed, its weights $A$, its scores and its form, each over its own largest entry, on eighteen rows in the order of ridge's predictions. Compare the first matrix of a group with $H$, and without softmax the last with $d$ times the inverse.](figure)
///
/// ```toml
/// kind = "measured"
/// settles = { S7 = "holds if" }
/// finding = "They differ when attention has learnt from one target: $A$ then has {{trace_synthetic:3}} degrees of freedom, $H$ has as many as features. From as many independent targets as features on they must be equal."
/// uses = ["same_outputs_another_machine"]
/// headline = "trace_synthetic"
/// breaks_when = "the mechanism is regression's: the trace of the hat matrix of the synthetic data is {{trace_of_hat:2}}."
/// ```
#[test]
fn one_target_teaches_one_direction() -> Result<()> {
    let mut evidence = Evidence::new();
    let all = experiments()?;
    for (name, experiment) in NAMES.into_iter().zip(all) {
        let traces = experiment.numbers(linear, |outcome| outcome.signature.trace);
        evidence.seeds(&format!("trace_{name}"), &format!("$\\operatorname{{tr}} A$, linear variants, {name}"), &traces, relative(0.05), at_most(1.5));
    }
    let (comparison, variant) = (all[0].comparison, Variant::grid()[0]);
    let mut seconds = Vec::new();
    for trained in all[0].trained(variant) {
        let values = linalg::singular_values(comparison.weights(variant, &trained.head)?.as_ref())?;
        seconds.push(values[1] / values[0]);
    }
    evidence.seeds("second", "second singular value of $A$ over the first, linear, separate, synthetic", &seconds, relative(0.1), at_most(0.1));

    // Control: regression's own.
    evidence.control("trace_of_hat", "$\\operatorname{tr} H$, synthetic", linalg::trace(comparison.hat()), relative(1e-4), at_least(7.9));
    evidence.figure(gallery("The matrices of ridge and of eight trained attentions on the synthetic data", all[0], Shown::Evenly)?);
    record!(evidence)
}

/// ## Softmax makes another kind of matrix
///
/// A hat matrix is symmetric, about half of its entries are negative, and it maps constants to zero once columns are
/// centred. The weights of softmax attention are none of this: no entry is negative, every row sums to one, and row
/// $i$ may look at row $j$ without being looked at. Trained on the diabetes table, their asymmetry
/// $\|A - A^\top\|/\|A\|$ is {{asymmetry:2}} in the median, of $2^{1/2}$ at the most for a matrix without negative
/// entries, and a row spreads its attention over {{perplexity:2}} rows, where the hat matrix spreads over
/// {{perplexity_of_hat:3}}. (We count them by the exponential of the entropy of a row's absolute weights, which
/// counts ten equal weights as ten.) With separate weights, the claim after next will show, those few rows are
/// largely the same for everybody.
///
/// ![**Another kind of matrix: the diabetes table.** The matrices of ridge and of eight attentions from the first seed, each over its own largest entry: eighteen rows in the order of ridge's predictions, and of $H$, $A$ and $QK^\top$ the columns that weigh most in $H$ or in $A$, the heaviest first. Scores have both signs; after the softmax each row keeps the columns where its scores are largest.](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["one_target_teaches_one_direction"]
/// headline = "perplexity"
/// breaks_when = "the softmax is absent: a linear variant's matrix has {{negative_linear:2}} of its entries below zero."
/// ```
#[test]
fn softmax_makes_another_kind_of_matrix() -> Result<()> {
    let mut evidence = Evidence::new();
    let real = experiments()?[1];
    let of = |number: fn(&Outcome) -> f64| real.numbers(softmax, number);
    evidence.seeds(
        "asymmetry",
        "$\\|A - A^\\top\\|_F/\\|A\\|_F$, softmax variants, diabetes",
        &of(|outcome| outcome.signature.asymmetry),
        relative(0.05),
        at_least(0.9),
    );
    evidence.seeds(
        "perplexity",
        "rows that a row looks at, softmax variants, diabetes",
        &of(|outcome| outcome.signature.perplexity),
        relative(0.1),
        at_most(20.0),
    );
    let negative = real.outcomes(softmax).filter(|outcome| outcome.signature.negative_share > 0.0).count();
    evidence.exactly("negative", "softmax matrices with a negative entry, of twenty", negative, 0);
    let sums = real.numbers(softmax, |outcome| (outcome.signature.row_sums.0 - 1.0).abs().max((outcome.signature.row_sums.1 - 1.0).abs()));
    evidence.rounding(
        "row_sums",
        "largest distance of a row sum from one",
        sums.into_iter().fold(0.0, f64::max),
        100.0 * count(real.report.train_rows).sqrt() * f64::EPSILON,
    );
    evidence.note("perplexity_of_hat", "rows that a row of the hat matrix looks at", real.report.ridge_signature.perplexity, relative(1e-4));

    // Control: no softmax.
    let shares = real.numbers(linear, |outcome| outcome.signature.negative_share);
    evidence.control(
        "negative_linear",
        "smallest share of negative entries of a linear variant",
        shares.into_iter().fold(1.0, f64::min),
        relative(0.02),
        at_least(0.4),
    );
    evidence.figure(gallery("The matrices of ridge and of eight trained attentions on the diabetes table", real, Shown::ByWeight)?);
    record!(evidence)
}

/// ## With softmax each seed can find a mechanism of its own
///
/// One could think that training, where it does not find regression's mechanism, at least finds one of its own. Without
/// softmax it does: from five small starts the matrices of one variant, separate weights on the rows of the diabetes
/// table as they are, differ by {{linear:2}} of their norm, two by two in the median. They end near one form, which the
/// chapter on tied weights will name.
///
/// With softmax they do not. The five trainings of the same variant with softmax end at training errors between
/// {{loss.lowest:2}} and {{loss.highest:2}}, and their matrices are {{softmax:2}} norms apart, two by two in the
/// median. (Two matrices without negative entries and of one norm are at most $2^{1/2}$ norms apart, and that far
/// only if they share no entry.) Of this table and this variant there is no *the* attention to compare with
/// regression; there is one for each seed, and a figure that shows one matrix shows one of many.
///
/// ![**Three seeds, two kinds.** The weights $A$ of three trainings of one variant on the diabetes table, separate weights on the rows as they are, without softmax and with it: eighteen rows in the order of ridge's predictions, the eighteen columns that weigh most in the first of the three. Without softmax the seeds agree; with it the columns of one seed mean little to another.](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["softmax_makes_another_kind_of_matrix"]
/// headline = "softmax"
/// breaks_when = "the softmax is taken away: no two linear trainings from small starts are then more than {{linear_most:2^}} norms apart."
/// ```
#[test]
fn with_softmax_every_seed_finds_a_mechanism_of_its_own() -> Result<()> {
    let mut evidence = Evidence::new();
    let [_, real, _] = experiments()?;
    let [straight, curved] = [Variant::grid()[0], Variant::grid()[4]];
    let losses: Vec<f64> = real.trained(curved).iter().map(|trained| trained.last().loss).collect();
    evidence.seeds("loss", "training error of softmax, separate weights, diabetes", &losses, relative(0.05), at_most(0.3));
    evidence.seeds(
        "softmax",
        "$\\|A - A'\\|_F/\\|A'\\|_F$, ten pairs of five seeds, softmax, separate, diabetes",
        &apart(real, curved)?,
        relative(0.05),
        at_least(1.0),
    );
    let linear = apart(real, straight)?;
    evidence.seeds("linear", "$\\|A - A'\\|_F/\\|A'\\|_F$, ten pairs of five seeds, linear, separate, diabetes", &linear, relative(0.1), at_most(0.4));

    // Control: no softmax.
    let most = linear.iter().copied().fold(0.0, f64::max);
    evidence.control(
        "linear_most",
        "largest $\\|A - A'\\|_F/\\|A'\\|_F$ of ten pairs of five seeds, linear, separate, diabetes",
        most,
        relative(0.1),
        at_most(0.4),
    );
    let groups = vec![of_seeds(real, straight)?, of_seeds(real, curved)?];
    let title = "The matrices of three seeds of linear and of softmax attention with separate weights, diabetes";
    evidence.figure(Figure { title: title.to_owned(), plot: Plot::Gallery(Gallery { groups }) });
    record!(evidence)
}

/// How far the matrices of two trainings are apart, for every two seeds of a variant.
fn apart(experiment: &Experiment, variant: Variant) -> Result<Vec<f64>> {
    let matrices = experiment.trained(variant).into_iter().map(|trained| experiment.comparison.weights(variant, &trained.head)).collect::<Result<Vec<_>>>()?;
    let pairs = (0..matrices.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
    Ok(pairs.map(|(i, j)| relative_gap(matrices[i].as_ref(), matrices[j].as_ref())).collect())
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
    let mut columns: Vec<(usize, f64)> = weights.col_iter().map(|column| column.iter().map(|weight| weight.abs()).sum()).enumerate().collect();
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
    Panel { symbol: symbol.to_owned(), words: String::new(), note: String::new(), rows, relative: 0.05 }
}

/// The weights of the first three seeds of a variant, on the columns that weigh most in the first.
fn of_seeds(experiment: &Experiment, variant: Variant) -> Result<Group> {
    let comparison = experiment.comparison;
    let matrices = experiment.trained(variant).into_iter().take(3).map(|trained| comparison.weights(variant, &trained.head)).collect::<Result<Vec<_>>>()?;
    let columns: Vec<usize> = heaviest(matrices[0].as_ref()).into_iter().take(18).map(|(place, _)| place).collect();
    let rows = eighteen(comparison);
    let panels = ["A, seed 1", "A, seed 2", "A, seed 3"].into_iter().zip(&matrices).map(|(symbol, matrix)| panel(symbol, matrix.as_ref(), &rows, &columns));
    Ok(Group { name: variant.name(), panels: panels.collect() })
}

/// Ridge on rows as they are and whitened, then every variant of the first seed: weights, scores, form.
fn gallery(title: &str, experiment: &Experiment, which: Shown) -> Result<Figure> {
    let comparison = experiment.comparison;
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
        let panels = vec![panel("H", hat.as_ref(), &shown, &columns(hat.as_ref())), panel("(XᵀX + λI)⁻¹", inverse.as_ref(), &all, &all)];
        groups.push(Group { name: name.to_owned(), panels });
    }
    for variant in Variant::grid() {
        let (x, head) = (comparison.rows(variant).train.x.as_ref(), &experiment.first(variant).head);
        let (weights, scores) = (comparison.weights(variant, head)?, attention::scores(head.queries(x).as_ref(), head.keys(x).as_ref()));
        let columns = columns(weights.as_ref());
        let scores = panel("QKᵀ", scores.as_ref(), &shown, &columns);
        let panels = vec![panel("A", weights.as_ref(), &shown, &columns), scores, panel("W_qW_kᵀ", head.form().as_ref(), &all, &all)];
        groups.push(Group { name: variant.name(), panels });
    }
    Ok(Figure { title: title.to_owned(), plot: Plot::Gallery(Gallery { groups }) })
}

/// ## A few rows answer for most of the others
///
/// What do those machines have in common? On the diabetes table a row of the hat matrix has something of every
/// training row: the ten columns that weigh most, of {{rows}}, hold {{hat:2}} of the sum of its absolute entries.
/// Linear attention is no different, {{linear:2}} in the median. Softmax with tied weights gives ten rows {{tied:2}}
/// of all attention, and with separate weights {{separate:2}}: for every patient it asks largely the same few.
///
/// Where weights are tied, a row has the largest score with itself if it is long enough, and the diagonal stays
/// visible, as in the first figure of this chapter. Separate weights have no such anchor: queries say in which
/// direction a patient lies, and the key that is furthest out in that direction wins for everybody on that side.
///
/// ![**Who is asked.** What the heaviest columns of a matrix hold of the sum of its absolute entries, against their number, on the diabetes table: ridge's hat matrix, and attention from the first seed on the rows as they are. The dotted line stands at ten.](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["softmax_makes_another_kind_of_matrix"]
/// headline = "separate"
/// breaks_when = "the softmax is taken away: no linear variant gives ten rows more than {{linear_most:2^}}."
/// ```
#[test]
fn ten_rows_answer_for_all_the_others() -> Result<()> {
    let mut evidence = Evidence::new();
    let real = experiments()?[1];
    let shares = |chosen: &dyn Fn(Variant) -> bool| -> Result<Vec<f64>> {
        let of = |variant: Variant| real.trained(variant).into_iter().map(move |trained| real.comparison.weights(variant, &trained.head));
        let weights = Variant::grid().into_iter().filter(|&variant| chosen(variant)).flat_map(of);
        weights.map(|weights| weights.map(|weights| share_of_ten(weights.as_ref()))).collect()
    };
    let tied = |variant: Variant| variant.parametrisation == Parametrisation::Tied;
    let measures = "share of the ten heaviest columns of $A$, diabetes";
    evidence.seeds(
        "separate",
        &format!("{measures}, softmax, separate"),
        &shares(&|variant| softmax(variant) && !tied(variant))?,
        relative(0.05),
        at_least(0.4),
    );
    evidence.seeds("tied", &format!("{measures}, softmax, tied"), &shares(&|variant| softmax(variant) && tied(variant))?, relative(0.05), at_least(0.25));
    let linear = shares(&linear)?;
    evidence.seeds("linear", &format!("{measures}, linear"), &linear, relative(0.05), at_most(0.1));
    evidence.note("hat", "share of the ten heaviest columns of $H$, diabetes", share_of_ten(real.comparison.hat()), relative(1e-4));
    evidence.exactly("rows", "training rows", real.comparison.data().train.n(), 354);

    // Control: no softmax.
    evidence.control(
        "linear_most",
        "largest share of the ten heaviest columns of $A$ of a linear variant, diabetes",
        linear.into_iter().fold(0.0, f64::max),
        relative(0.05),
        at_most(0.1),
    );
    evidence.figure(asked(real)?);
    record!(evidence)
}

/// What the ten columns with the largest sums of absolute entries have of the sum of all.
fn share_of_ten(weights: MatRef<'_, f64>) -> f64 {
    heaviest(weights).iter().take(10).map(|(_, share)| share).sum()
}

/// The share of the heaviest columns against their number: the hat matrix, and three attentions of the first seed.
fn asked(experiment: &Experiment) -> Result<Figure> {
    let comparison = experiment.comparison;
    let numbers = [1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 250, 300, 354];
    let curve = |name: &str, ink: Ink, stroke: Stroke, weights: MatRef<'_, f64>, (at, side): (usize, Side)| {
        let shares = heaviest(weights);
        let held = |&number: &usize| shares.iter().take(number).map(|(_, share)| share).sum();
        let (x, y) = (numbers.iter().map(|&number| count(number)).collect(), numbers.iter().map(held).collect());
        Series { name: name.to_owned(), ink, mark: None, stroke, x, y, relative: 0.05, label: Some(Label { at, side }) }
    };
    let of = |place: usize| comparison.weights(Variant::grid()[place], &experiment.first(Variant::grid()[place]).head);
    let ten = Series { x: vec![10.0; 2], y: vec![0.0, 1.0], label: None, ..curve("ten", Ink::Muted, Stroke::Dotted, comparison.hat(), (0, Side::Above)) };
    let series = vec![
        ten,
        curve("hat matrix", Ink::Regression, Stroke::Solid, comparison.hat(), (11, Side::Right)),
        curve("linear", Ink::Linear, Stroke::Solid, of(0)?.as_ref(), (9, Side::Left)),
        curve("softmax, tied", Ink::Softmax, Stroke::Dashed, of(5)?.as_ref(), (8, Side::Right)),
        curve("softmax, separate", Ink::Softmax, Stroke::Solid, of(4)?.as_ref(), (4, Side::Left)),
    ];
    let x = Axis::log("number of heaviest columns", &[1.0, 10.0, 100.0, 354.0]);
    let y = Axis::linear("share of the sum of absolute weights", &[0.0, 0.25, 0.5, 0.75, 1.0]);
    Ok(Figure {
        title: "Share of the heaviest columns of a hat matrix and of attention weights, diabetes".to_owned(),
        plot: Plot::Chart(Chart::new(x, y, series)),
    })
}

/// ## On the sine five seeds can build one machine
///
/// A mechanism need not depend on the seed. On the sine of a projection softmax with tied weights arrives at the same
/// matrix from all five starts, on rows as they are and on whitened rows: of {{pairs}} pairs of trainings {{same}} have
/// matrices that agree to a thousandth of their norm. It is not the best machine. With separate weights attention comes to
/// {{better:2}} of its training error, and no two seeds come there by the same matrix.
///
/// So whether there is *the* attention of a table is a question for each parametrisation and each table. It takes several
/// seeds to answer it, and one figure of one seed cannot.
///
/// ![**One machine, five seeds: the sine.** The matrices of ridge and of the eight attentions from the first seed, each over its own largest entry, eighteen rows and columns in the order of ridge's predictions. Four features with unit variance and hardly any correlation: whitening changes next to nothing, and each whitened machine resembles the one above it.](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["with_softmax_every_seed_finds_a_mechanism_of_its_own"]
/// headline = "same"
/// breaks_when = "weights are separate: the two seeds whose matrices are closest are {{separate_least:2}} norms apart, those that are furthest {{separate_most:2}}."
/// ```
#[test]
fn on_the_sine_five_seeds_can_build_one_machine() -> Result<()> {
    let mut evidence = Evidence::new();
    let sine = experiments()?[2];
    let of = |places: [usize; 2]| -> Result<Vec<f64>> { Ok([apart(sine, Variant::grid()[places[0]])?, apart(sine, Variant::grid()[places[1]])?].concat()) };
    let (tied, separate) = (of([5, 7])?, of([4, 6])?);
    evidence.count("pairs", "pairs of seeds of the two tied variants, sine", tied.len());
    evidence.exactly("same", "pairs with $\\|A - A'\\|_F < \\|A'\\|_F/1000$", tied.iter().filter(|&&gap| gap < 1e-3).count(), 20);
    let loss = |trained: &Trained| trained.last().loss;
    let losses = |place: usize| sine.trained(Variant::grid()[place]).into_iter().map(loss).collect::<Vec<f64>>();
    let ratios: Vec<f64> = losses(4).iter().zip(losses(5)).map(|(separate, tied)| separate / tied).collect();
    evidence.seeds("better", "training error with separate weights over that with tied ones, sine", &ratios, relative(0.05), at_most(0.7));

    // Control: separate weights.
    let (least, most) = separate.iter().fold((f64::INFINITY, 0.0_f64), |(least, most), &gap| (least.min(gap), most.max(gap)));
    evidence.control("separate_least", "smallest distance of two seeds with separate weights", least, relative(0.1), at_least(0.05));
    evidence.control("separate_most", "largest distance of two seeds with separate weights", most, relative(0.1), at_least(1.0));
    evidence.figure(gallery("The matrices of ridge and of eight trained attentions on the sine", sine, Shown::Evenly)?);
    record!(evidence)
}

/// ## Effective weights are coefficients, unless there is a softmax
///
/// On the synthetic data we know the weights that made the targets, and the post asks what attention has for them. It
/// proposes $WX^\top y/d$. Without softmax that is right by associativity: the output for a new row is
/// $x_*^\top(WX^\top y/d)$, a linear function with these coefficients, and after training they are those of least
/// squares, within {{linear.highest:2^}} of their norm from ridge's for every variant and seed.
///
/// With softmax (separate weights, rows as they are) the output is not linear, so the formula can only be a summary
/// of it. As a direction it is a good one: the cosine to least squares' coefficients is {{direction:4}}. As
/// coefficients it is useless: it is {{length:2}} times too long. The scale $1/d$ was meant for scores that are used
/// as they are. A softmax at temperature $d^{1/2}$ over $n$ keys acts as the scale $1/(nd^{1/2})$. (To first order
/// always: scores $s_j$ have mean zero over centred keys, so
/// $e^{s_j/\tau}/\sum_i e^{s_i/\tau} \approx \frac1n(1 + s_j/\tau)$, and the first term only adds the mean of the
/// values. The scores of this layer are too large for a first order, but its keys are normal, and over many normal
/// keys the same law holds at [every temperature](temperature.md).) Against that $1/d$ is $n/d^{1/2}$ times too much,
/// here {{theory:3}}. Divided by it, softmax's weights have {{rescaled|nearly the right length|0.95..1.1}}.
///
/// ![**Weights.** Bars are the true weights, dots are ridge's coefficients, the other marks the effective weights of the eight
/// attentions from the first seed, in the units of the standardised features. On the left all of them coincide; on the right
/// they are divided by $n/d^{1/2}$, and point the same way.](figure)
///
/// ```toml
/// kind = "measured"
/// settles = { S10 = "holds if" }
/// finding = "Exact without softmax. With it the formula has the direction on linear data, cosine {{direction:4}}, and is {{length:2}} times as long as it should be; on the diabetes table its cosine is {{the_direction_is_lost_where_softmax_leaves_regression/diabetes:2}}."
/// uses = ["without_softmax_attention_predicts_what_ridge_predicts"]
/// headline = "linear"
/// breaks_when = "there is a softmax: the weights are then {{length_at_least:2_}} times as long as they should be, at the least."
/// ```
#[test]
fn effective_weights_are_coefficients_unless_there_is_a_softmax() -> Result<()> {
    let mut evidence = Evidence::new();
    let made = experiments()?[0];
    let (comparison, soft) = (made.comparison, Variant::grid()[4]);
    let (x, y) = (comparison.data().train.x.as_ref(), comparison.data().train.y.as_ref());
    let fit = Ridge::fit(x, y, 0.0, Intercept::None)?;
    let theory = count(x.nrows()) / count(x.ncols()).sqrt();
    evidence.seeds("linear", "gap of $WX^\\top y/d$ to ridge's coefficients, linear variants", &linear_gaps(made), relative(0.05), at_most(2e-4));

    let learnt: Vec<Mat<f64>> = made.trained(soft).iter().map(|trained| comparison.effective_weights(soft, &trained.head)).collect();
    let lengths: Vec<f64> = learnt.iter().map(|weights| linalg::frobenius_norm(weights.as_ref()) / linalg::frobenius_norm(fit.coefficients())).collect();
    let directions: Vec<f64> = learnt.iter().map(|weights| cosine(weights.as_ref(), fit.coefficients())).collect();
    let rescaled: Vec<f64> = lengths.iter().map(|length| length / theory).collect();
    evidence.seeds("direction", "cosine of softmax's to least squares' coefficients", &directions, relative(1e-3), at_least(0.99));
    evidence.seeds("length", "length of softmax's effective weights over that of least squares' coefficients", &lengths, relative(0.05), at_most(100.0));
    evidence.note("theory", "$n/d^{1/2}$", theory, relative(1e-6));
    evidence.seeds(
        "rescaled",
        "length of softmax's effective weights over $n/d^{1/2}$ and over that of least squares' coefficients",
        &rescaled,
        relative(0.05),
        at_most(1.4),
    );

    // Control: the softmax, at its best.
    let shortest = lengths.iter().copied().fold(f64::INFINITY, f64::min);
    evidence.control("length_at_least", "shortest of softmax's effective weights, over least squares' coefficients", shortest, relative(0.05), at_least(60.0));
    let expansion = (move |_: &Comparison, _: &Mat<f64>| 1.0 / theory, "with softmax, over n ∕ √d");
    evidence.figure(weights(
        "True weights, ridge's coefficients and the effective weights of eight attentions",
        &[made],
        &[-1.2, -0.6, 0.0, 0.6, 1.2, 1.8],
        expansion,
    ));
    record!(evidence)
}

/// The effective weights of every training of some variants.
fn learnt_by(experiment: &Experiment, chosen: fn(Variant) -> bool) -> Vec<Mat<f64>> {
    let comparison = experiment.comparison;
    let of = |variant: Variant| experiment.trained(variant).into_iter().map(move |trained| comparison.effective_weights(variant, &trained.head));
    Variant::grid().into_iter().filter(|&variant| chosen(variant)).flat_map(of).collect()
}

/// How far those of every linear training are from ridge's coefficients.
fn linear_gaps(experiment: &Experiment) -> Vec<f64> {
    let ridge = experiment.comparison.ridge().coefficients();
    learnt_by(experiment, linear).iter().map(|weights| relative_gap(weights.as_ref(), ridge)).collect()
}

/// ## The direction is lost where softmax leaves regression
///
/// On real data nobody knows the true weights; ridge's stand in for them. Without softmax the effective weights are
/// ridge's again, within {{linear_diabetes.highest:2^}} on the diabetes table and {{linear_sine.highest:2^}} on the
/// sine. With softmax the direction was the one thing that the formula had right, and it had it right because on
/// linear data the trained machine stays close to regression. Here it does not: the cosine to ridge's coefficients is
/// {{diabetes:2}} on the diabetes table, in the median over four variants and five seeds, and can be as low as
/// {{diabetes.lowest:2}}.
///
/// On the sine, whose truth bends, the coefficients of a line are not what softmax has learnt either, yet its weights point
/// their way: the cosine is {{sine:2}}. The sine has one direction, and every machine that predicts at all has found it.
///
/// ![**Weights on two tables.** Dots are ridge's coefficients, the other marks the effective weights of the attentions from
/// the first seed: on the left without softmax, on the right with it, brought to the length of ridge's. Above the ten
/// features of the diabetes table, below the four of the sine.](figure)
///
/// ```toml
/// kind = "measured"
/// uses = ["effective_weights_are_coefficients_unless_there_is_a_softmax"]
/// headline = "diabetes"
/// breaks_when = "the softmax is taken away: the lowest cosine of a linear variant on the diabetes table is {{linear_lowest:6}}."
/// ```
#[test]
fn the_direction_is_lost_where_softmax_leaves_regression() -> Result<()> {
    let mut evidence = Evidence::new();
    let [_, real, sine] = experiments()?;
    evidence.seeds(
        "linear_diabetes",
        "gap of $WX^\\top y/d$ to ridge's coefficients, linear variants, diabetes",
        &linear_gaps(real),
        relative(0.05),
        at_most(1e-2),
    );
    evidence.seeds("linear_sine", "gap of $WX^\\top y/d$ to ridge's coefficients, linear variants, sine", &linear_gaps(sine), relative(0.05), at_most(1e-2));
    evidence.seeds(
        "diabetes",
        "cosine of softmax's effective weights to ridge's coefficients, diabetes",
        &directions(real, softmax),
        relative(0.05),
        at_most(0.95),
    );
    evidence.seeds("sine", "cosine of softmax's effective weights to ridge's coefficients, sine", &directions(sine, softmax), relative(0.02), at_least(0.9));

    // Control: no softmax.
    let lowest = directions(real, linear).into_iter().fold(1.0, f64::min);
    evidence.control("linear_lowest", "lowest cosine of a linear variant, diabetes", lowest, relative(1e-6), at_least(0.9999));
    let as_long =
        |comparison: &Comparison, weights: &Mat<f64>| linalg::frobenius_norm(comparison.ridge().coefficients()) / linalg::frobenius_norm(weights.as_ref());
    let (title, ticks) = ("Ridge's coefficients and the effective weights of eight attentions on two tables", [-0.8, -0.4, 0.0, 0.4, 0.8]);
    evidence.figure(weights(title, &[real, sine], &ticks, (as_long, "with softmax, at ridge's length")));
    record!(evidence)
}

/// The cosine of the effective weights of every training of some variants to ridge's coefficients.
fn directions(experiment: &Experiment, chosen: fn(Variant) -> bool) -> Vec<f64> {
    let ridge = experiment.comparison.ridge().coefficients();
    learnt_by(experiment, chosen).iter().map(|weights| cosine(weights.as_ref(), ridge)).collect()
}

/// The truth, where it is known, ridge's coefficients and the effective weights of the eight variants, first seed, on one or
/// more data sets; those of softmax rescaled, and how is said above them.
fn weights(title: &str, experiments: &[&Experiment], ticks: &[f64], (rescale, words): (impl Fn(&Comparison, &Mat<f64>) -> f64, &str)) -> Figure {
    let of = |value: &dyn Fn(&Experiment) -> Option<Mat<f64>>| -> Vec<Vec<f64>> {
        let column = |experiment: &&Experiment| match value(experiment) {
            Some(weights) => weights.col(0).iter().map(|&weight| vec![weight]).collect::<Vec<_>>(),
            None => vec![Vec::new(); experiment.comparison.data().train.d()],
        };
        experiments.iter().flat_map(column).collect()
    };
    let series = |name: &str, ink: Ink, mark: Mark, values: Vec<Vec<f64>>| RowSeries { name: name.to_owned(), ink, mark, values, relative: 0.02 };
    let pane = |name: &str, chosen: fn(Variant) -> bool, ink: Ink, marks: [Mark; 4]| {
        let mut all = vec![series("true weights", Ink::Muted, Mark::Bar, of(&|experiment| experiment.comparison.data().truth.clone()))];
        all.retain(|series| series.values.iter().any(|values| !values.is_empty()));
        for (variant, mark) in Variant::grid().into_iter().filter(|&variant| chosen(variant)).zip(marks) {
            let rescaled = |experiment: &Experiment| {
                let weights = experiment.comparison.effective_weights(variant, &experiment.first(variant).head);
                let length = if softmax(variant) { rescale(experiment.comparison, &weights) } else { 1.0 };
                Some(weights * Scale(length))
            };
            all.push(series(&variant.name(), ink, mark, of(&rescaled)));
        }
        all.push(series("ridge", Ink::Regression, Mark::Circle, of(&|experiment| Some(experiment.comparison.ridge().coefficients().to_owned()))));
        Pane { name: name.to_owned(), axis: Axis::linear("standard deviations of y for one of x", ticks), reference: None, series: all }
    };
    let panes = vec![
        pane("without softmax", linear, Ink::Linear, [Mark::Circle, Mark::Cross, Mark::HollowCircle, Mark::HollowDiamond]),
        pane(words, softmax, Ink::Softmax, [Mark::Square, Mark::Diamond, Mark::HollowSquare, Mark::HollowDiamond]),
    ];
    let several = experiments.len() > 1;
    let rows = experiments.iter().flat_map(|experiment| {
        let data = experiment.comparison.data();
        data.features
            .iter()
            .map(move |name| format!("{}{}", if several && data.truth.is_none() && name.starts_with('x') { "sine, " } else { "" }, subscripted(name)))
    });
    Figure { title: title.to_owned(), plot: Plot::Dots(Dots { rows: rows.collect(), panes }) }
}

/// `x1` with its number lowered.
fn subscripted(name: &str) -> String {
    name.strip_prefix('x').map_or_else(|| name.to_owned(), |number| format!("x_{number}"))
}
