//! # What a smoother looks like
//!
//! <div class="aside" role="note">
//!
//! A smoother is any matrix $A$ that turns targets into fitted values, $\hat y = Ay$. Ridge's is $H$; attention's, with fixed
//! weights, are the attention weights.
//!
//! </div>
//!
//! Training aside, there are only a few kinds of matrix in this book. Regression makes one, linear attention another,
//! softmax of dot products a third, softmax of distances, $e^{-\|x_* - x_i\|^2/(2h^2)}$ over its sum, a fourth. With
//! $W$ fixed each of them is a closed form: a linear smoother that does not look at the targets. They can be laid side
//! by side and told apart by a handful of numbers, which this chapter does.

use attention_regression::agreement::mechanism::negative_share;
use attention_regression::agreement::{Signature, mass_on_nearest, r_squared};
use attention_regression::attention::{Diagonal, linear, softmax};
use attention_regression::compare::ink::REGRESSION;
use attention_regression::data::Dataset;
use attention_regression::linalg::count;
use attention_regression::notebook::claim::evidence::{Evidence, absolute, relative};
use attention_regression::publish::figure::{Axis, Dots, Figure, Ink, Mark, Pane, RowSeries};
use attention_regression::regression::{Intercept, hat_matrix, kernel, smoother_matrix};
use attention_regression::whitening::{Divisor, Root, Whitening};
use attention_regression::{Mat, MatRef, Result, record};

use crate::support::{diabetes, draws, rounding_bound, synthetic};

fn whitened(x: MatRef<'_, f64>) -> Result<Mat<f64>> {
    Ok(Whitening::fit(x, Root::Zca, Divisor::N, 0.0)?.apply(x))
}

/// A temperature at which scores hardly differ.
const HOT: f64 = 1e3;

/// The smoothers of the book on one data set, by name, none of them trained.
fn smoothers(data: &Dataset) -> Result<Vec<(&'static str, Mat<f64>)>> {
    let x = data.train.x.as_ref();
    let (n, root) = (count(x.nrows()), count(x.ncols()).sqrt());
    let white = whitened(x)?;
    let z = white.as_ref();
    Ok(vec![
        ("least squares", hat_matrix(x, 0.0, Intercept::None)?),
        ("least squares, intercept", hat_matrix(x, 0.0, Intercept::Fitted)?),
        ("linear, 1/d", linear::weights(x, x, 1.0 / count(x.ncols()), Diagonal::Kept)),
        ("linear, whitened, 1/n", linear::weights(z, z, 1.0 / n, Diagonal::Kept)),
        ("softmax", softmax::weights(x, x, root, Diagonal::Kept)?),
        ("softmax, whitened", softmax::weights(z, z, root, Diagonal::Kept)?),
        ("softmax of distance", kernel::smoother_matrix(z, z, 1.0)?),
        ("softmax, hot", softmax::weights(z, z, HOT, Diagonal::Kept)?),
    ])
}

/// ## Every smoother has a signature
///
/// A handful of numbers tell the smoothers apart. The *trace* adds up how much each row's own target counts in its fitted
/// value. For a smoother that does not look at the targets, and none of these does, it is the number of effective *degrees
/// of freedom*: the covariances of fitted values and targets add up to it, in units of the noise's variance. For weights
/// that were trained on the targets it is only a trace. The *asymmetry* is $\|A - A^\top\|/\|A\|$. And a row *looks at* as
/// many rows as equal weights of the same entropy would be spread over, by absolute value.
///
/// The hat matrix of the diabetes table has rank ten, and trace ten within {{hat_trace}}: its eigenvalues are ones and
/// zeros. It is symmetric, and {{hat_negative|about half|0.45..0.55}} of its entries are negative. It looks far and wide: each
/// row spreads over {{hat_perplexity:3}} of the {{rows}} rows, with {{hat_nearest:2}} of its weight on the ten nearest (the row itself
/// among them, by the distance of whitened rows), where {{uniform:2}} would lie by chance, and {{hat_far:2}} on the farther
/// half. On five draws of the synthetic data the farther half never has less than {{far_synthetic.lowest:2_}}. That is what
/// a global fit means in a matrix.
///
/// Softmax of dot products is a different kind. (Here the rows are as they are.) It is positive, its rows sum to one
/// to rounding, and it is of full rank. Its asymmetry is {{softmax_asymmetry:2}}; its trace is {{softmax_trace:3}} at this
/// temperature and would be another at another. It leans towards near rows, with {{softmax_nearest:2}} on the ten nearest,
/// and still looks at {{softmax_perplexity:3}} rows.
///
/// Only the softmax of *distances*, here on whitened rows and with bandwidth one, is local in the sense of the word:
/// {{distance_nearest:2}} of its weight lies on the ten nearest, {{distance_far:1}} on the farther half, and a row looks at
/// {{distance_perplexity:2}} rows. At a high temperature every softmax becomes the mean of the targets, which has trace
/// one; on whitened rows the next term is $d/\tau$, and at $\tau = 1000$ the trace is {{hot_trace:4}}.
///
/// ![**Signatures.** Eight smoothers on two data sets. Whitened linear attention has regression's signature in every panel; the softmaxes share with it the row sums, if there is an intercept, and the hot one is symmetric as well.](figure)
///
/// ```toml
/// kind = "identity"
/// settles = { S17 = "holds" }
/// finding = "Its weights do not die out with distance: {{hat_far:2}} of what a row of the diabetes hat matrix weighs lies on the farther half of the rows, and it spreads over {{hat_perplexity:3}} of {{rows}}. Every prediction uses all of the data, through one linear form. (One split of the table.)"
/// uses = ["every_whitening_gives_the_same_attention"]
/// headline = "hat_trace"
/// breaks_when = "the form is $I/d$ in place of $G^{-1}$. Linear attention on the rows as they are, divided by $d$, has the same rank and a trace of {{linear_trace:3}}, too large by {{linear_excess:3}}, and is {{linear_idempotence:3}} norms from a projection."
/// ```
#[test]
fn every_smoother_has_a_signature() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = diabetes()?;
    let x = data.train.x.as_ref();
    let (all, white, n) = (smoothers(&data)?, whitened(x)?, count(x.nrows()));
    let matrix = |name: &str| {
        all.iter()
            .find(|(other, _)| *other == name)
            .map_or_else(|| panic!("no smoother {name}"), |(_, matrix)| matrix.as_ref())
    };
    let of = |name: &str| Signature::of(matrix(name), white.as_ref());
    let (hat, line) = (of("least squares")?, of("linear, 1/d")?);
    let bound = rounding_bound(x)?;
    let excess = |signature: &Signature| (signature.trace - count(signature.rank)).abs();
    evidence.rounding(
        "hat_trace",
        "$\\operatorname{tr} A$ against the rank of $A$, least squares",
        excess(&hat),
        bound,
    );
    evidence
        .breaks("linear_excess", "hat_trace", "the form is $I/d$ in place of $G^{-1}$", excess(&line))
        .within(relative(1e-9))
        .by(1e6);
    evidence.rounding("hat_idempotence", "$\\|A^2 - A\\|_F/\\|A\\|_F$, least squares", hat.idempotence_gap, bound);
    let idempotence = line.idempotence_gap;
    evidence
        .breaks("linear_idempotence", "hat_idempotence", "the form is $I/d$ in place of $G^{-1}$", idempotence)
        .within(relative(1e-3))
        .by(1e6);
    let source = "$\\|X\\|_F^2/d = n$ for columns of variance one";
    evidence
        .measure("linear_trace", "$\\operatorname{tr} A$, linear, $1/d$", line.trace)
        .within(relative(1e-9))
        .equals(n, source, relative(1e-9));
    evidence.rounding("hat_asymmetry", "asymmetry of $H$", hat.asymmetry, bound);
    evidence.exactly("hat_rank", "rank of $H$", hat.rank, x.ncols());
    evidence.count("rows", "rows", x.nrows());

    let uniform = 10.0 / n;
    evidence.measure("uniform", "share of ten rows among all", uniform).within(relative(1e-6)).noted();
    evidence
        .measure("hat_negative", "share of negative entries of $H$", hat.negative_share)
        .within(absolute(6e-4))
        .noted();
    evidence
        .measure("hat_nearest", "weight of $H$ on the ten nearest rows", hat.mass_on_ten_nearest)
        .within(absolute(6e-4))
        .noted();
    evidence
        .measure("hat_perplexity", "rows that a row of $H$ looks at", hat.perplexity)
        .within(absolute(0.6))
        .at_least(0.6 * n);
    let words = "weight on the farther half of the rows";
    evidence
        .measure("hat_far", &format!("{words}, hat matrix"), far(matrix("least squares"), white.as_ref()))
        .within(absolute(1e-3))
        .at_least(0.45);
    let made = draws().into_iter().map(|draw| {
        let x = draw.synthetic().centred().train.x;
        Ok(far(hat_matrix(x.as_ref(), 0.0, Intercept::None)?.as_ref(), whitened(x.as_ref())?.as_ref()))
    });
    evidence
        .measure("far_synthetic", &format!("{words}, hat matrix, synthetic"), made.collect::<Result<Vec<_>>>()?)
        .within(absolute(1e-3))
        .at_least(0.45);
    let near = far(matrix("softmax of distance"), white.as_ref());
    evidence.measure("distance_far", &format!("{words}, softmax of distances"), near).within(relative(1e-2)).noted();
    evidence
        .contrast("reach", &format!("{words}, hat matrix over softmax of distances"), "hat_far", "distance_far")
        .within(relative(1e-2))
        .by(5.0);

    let (soft, near, hot) = (of("softmax")?, of("softmax of distance")?, of("softmax, hot")?);
    let sums = (soft.row_sums.0 - 1.0).abs().max((soft.row_sums.1 - 1.0).abs());
    evidence.rounding("row_sums", "row sums of $A$ against one, softmax", sums, bound);
    evidence.exactly("softmax_rank", "rank of $A$, softmax", soft.rank, x.nrows());
    evidence.measure("softmax_trace", "$\\operatorname{tr} A$, softmax", soft.trace).within(absolute(0.06)).noted();
    evidence.measure("softmax_asymmetry", "asymmetry of $A$, softmax", soft.asymmetry).within(absolute(6e-3)).noted();
    let words = "weight of $A$ on the ten nearest rows";
    evidence
        .measure("softmax_nearest", &format!("{words}, softmax"), soft.mass_on_ten_nearest)
        .within(absolute(6e-4))
        .at_least(2.0 * uniform);
    evidence
        .measure("distance_nearest", &format!("{words}, softmax of distances"), near.mass_on_ten_nearest)
        .within(absolute(6e-4))
        .at_least(0.5);
    evidence
        .contrast(
            "local",
            &format!("{words}, softmax of distances over softmax"),
            "distance_nearest",
            "softmax_nearest",
        )
        .within(relative(1e-2))
        .by(3.0);
    let words = "rows that a row of $A$ looks at";
    evidence
        .measure("softmax_perplexity", &format!("{words}, softmax"), soft.perplexity)
        .within(absolute(0.6))
        .at_least(n / 3.0);
    evidence
        .measure("distance_perplexity", &format!("{words}, softmax of distances"), near.perplexity)
        .within(absolute(0.06))
        .at_most(0.1 * n);
    evidence
        .measure("hot_trace", "$\\operatorname{tr} A$, softmax of whitened rows at $\\tau = 1000$", hot.trace)
        .within(absolute(1e-4))
        .equals(
            1.0 + count(x.ncols()) / HOT,
            "$1 + d/\\tau$, and terms of order $d^2/\\tau^2$",
            absolute((count(x.ncols()) / HOT).powi(2)),
        );
    evidence.figure(signatures()?);
    record!(evidence)
}

/// The weight on the farther half of the rows.
fn far(a: MatRef<'_, f64>, x: MatRef<'_, f64>) -> f64 {
    1.0 - mass_on_nearest(a, x, x, x.nrows() / 2)
}

fn signatures() -> Result<Figure> {
    let data = [
        ("synthetic", synthetic(), REGRESSION, Mark::HollowCircle),
        ("diabetes", diabetes()?, Ink::ACCENT, Mark::Square),
    ];
    let mut rows: Vec<String> = Vec::new();
    let mut measured = Vec::new();
    for (name, data, ink, mark) in &data {
        let all = smoothers(data)?;
        rows = all.iter().map(|(name, _)| (*name).to_owned()).collect();
        let white = whitened(data.train.x.as_ref())?;
        let of = |(_, matrix): &(&str, Mat<f64>)| Signature::of(matrix.as_ref(), white.as_ref());
        measured.push((*name, *ink, *mark, all.iter().map(of).collect::<Result<Vec<_>>>()?));
    }
    let pane = |name: &str, axis: Axis, of: fn(&Signature) -> f64| {
        // Zero but for rounding is drawn as zero.
        let drawn = |signature: &Signature| vec![if of(signature).abs() < 1e-9 { 0.0 } else { of(signature) }];
        let series = |(name, ink, mark, signatures): &(&str, Ink, Mark, Vec<Signature>)| {
            RowSeries::new(*name, *mark, signatures.iter().map(drawn).collect()).ink(*ink)
        };
        Pane::new(name, axis, measured.iter().map(series).collect())
    };
    let linear = |ticks: &[f64]| Axis::linear("", ticks);
    let panes = vec![
        pane("trace", Axis::log("", &[1.0, 10.0, 100.0, 1000.0]), |signature| signature.trace),
        pane("asymmetry", linear(&[0.0, 0.5, 1.0, 1.5]), |signature| signature.asymmetry),
        pane("negative entries", linear(&[0.0, 0.25, 0.5, 0.75]), |signature| signature.negative_share),
        pane("row sums, lowest", linear(&[0.0, 0.5, 1.0]), |signature| signature.row_sums.0),
        pane("weight on ten nearest", linear(&[0.0, 0.25, 0.5, 0.75]), |signature| signature.mass_on_ten_nearest),
        pane("rows looked at", linear(&[0.0, 100.0, 200.0, 300.0, 400.0]), |signature| signature.perplexity),
    ];
    Ok(Figure::new("Signatures of eight smoothers on two data sets", Dots::new(rows, panes)))
}

/// ## Regression needs its negative weights
///
/// The most visible difference is the sign. A softmax can only average: its predictions stay between the smallest and
/// the largest target. Regression lets a row pull on its own side and push on the other: as soon as a new row is far
/// enough from the mean, the rows opposite count negatively. How much of the fit is in the negative weights?
///
/// Take the least-squares weights of the test rows, with an intercept so that they sum to one, set the negative ones to zero
/// and scale every row back to sum one: a regression made to look like a softmax. On random halves of the diabetes table,
/// where {{negative:2}} of the weights are below zero, the share of variance explained falls from {{before:2}} to
/// {{after:2}}, the medians of five; on draws of the synthetic data from {{before_synthetic:2}} to {{after_synthetic:2}}. In none of
/// the five draws is more than {{kept.highest:2^}} and {{kept_synthetic.highest:2^}} left of what there was.
///
/// It is the sign that counts, and not the number of the weights. Set as many of the smallest weights of each row to zero, whatever
/// their sign, and {{small:2}} and {{small_synthetic:2}} of the share are left.
///
/// ```toml
/// kind = "measured"
/// uses = ["every_smoother_has_a_signature"]
/// headline = "kept"
/// breaks_when = "as many weights of each row are dropped by size and not by sign: what is left is then {{small:2}} of what there was, and {{small_synthetic:2}} on the synthetic data."
/// ```
#[test]
fn regression_needs_its_negative_weights() -> Result<()> {
    let mut evidence = Evidence::new();
    let real = draws().into_iter().map(|draw| draw.halves()?.standardised()).collect::<Result<Vec<_>>>()?;
    let made: Vec<Dataset> = draws().into_iter().map(|draw| draw.synthetic()).collect();
    let all = |data: &[Dataset], dropped: Dropped| {
        data.iter().map(|data| explained(data, dropped)).collect::<Result<Vec<_>>>()
    };
    let shares = |runs: &[[f64; 2]]| runs.iter().map(|[before, after]| after / before).collect::<Vec<_>>();
    let negative =
        real.iter().map(|data| Ok(negative_share(test_weights(data)?.as_ref()))).collect::<Result<Vec<_>>>()?;
    evidence
        .measure("negative", "share of negative weights, diabetes, random halves", negative)
        .within(relative(1e-6))
        .noted();

    let (clipped, clipped_synthetic) = (all(&real, Dropped::Negative)?, all(&made, Dropped::Negative)?);
    let words = "$R^2$ without negative weights over $R^2$ of least squares";
    evidence.measure("kept", &format!("{words}, diabetes"), shares(&clipped)).within(relative(1e-3)).at_most(0.8);
    let hypothesis = "as many of the smallest weights of each row are set to zero, whatever their sign";
    evidence
        .breaks("small", "kept", hypothesis, shares(&all(&real, Dropped::Smallest)?))
        .within(relative(1e-3))
        .by(1.05);
    evidence
        .measure("kept_synthetic", &format!("{words}, synthetic"), shares(&clipped_synthetic))
        .within(relative(1e-3))
        .at_most(0.75);
    let small = shares(&all(&made, Dropped::Smallest)?);
    evidence.breaks("small_synthetic", "kept_synthetic", hypothesis, small).within(relative(1e-3)).by(1.05);
    for (suffix, what, runs) in [("", "diabetes", &clipped), ("_synthetic", "synthetic", &clipped_synthetic)] {
        let of = |place: usize| runs.iter().map(|run| run[place]).collect::<Vec<_>>();
        evidence
            .measure(&format!("before{suffix}"), &format!("$R^2$ of least squares, {what}"), of(0))
            .within(relative(1e-3))
            .noted();
        evidence
            .measure(&format!("after{suffix}"), &format!("$R^2$ without its negative weights, {what}"), of(1))
            .within(relative(1e-3))
            .noted();
    }
    record!(evidence)
}

/// The least-squares weights of the test rows, with an intercept.
fn test_weights(data: &Dataset) -> Result<Mat<f64>> {
    smoother_matrix(data.test.x.as_ref(), data.train.x.as_ref(), 0.0, Intercept::Fitted)
}

/// Which weights of a row are set to zero.
#[derive(Clone, Copy)]
enum Dropped {
    /// Those below zero.
    Negative,
    /// As many of the smallest by absolute value.
    Smallest,
}

/// What the weights of the test rows explain, and what is left when some are dropped and the rows are scaled to sum one.
fn explained(data: &Dataset, dropped: Dropped) -> Result<[f64; 2]> {
    let weights = test_weights(data)?;
    let mut left = weights.clone();
    for i in 0..left.nrows() {
        let mut order: Vec<usize> = (0..left.ncols()).collect();
        order.sort_by(|&a, &b| weights[(i, a)].abs().total_cmp(&weights[(i, b)].abs()));
        let negative = order.iter().filter(|&&j| weights[(i, j)] < 0.0).count();
        match dropped {
            Dropped::Negative => order.retain(|&j| weights[(i, j)] < 0.0),
            Dropped::Smallest => order.truncate(negative),
        }
        order.into_iter().for_each(|j| left[(i, j)] = 0.0);
    }
    let explains = |weights: &Mat<f64>| r_squared((weights * &data.train.y).as_ref(), data.test.y.as_ref());
    Ok([explains(&weights), explains(&summing_to_one(left.as_ref()))])
}

fn summing_to_one(weights: MatRef<'_, f64>) -> Mat<f64> {
    let sums: Vec<f64> = (0..weights.nrows()).map(|i| weights.row(i).iter().sum()).collect();
    Mat::from_fn(weights.nrows(), weights.ncols(), |i, j| weights[(i, j)] / sums[i])
}
