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

use attention_regression::agreement::{Signature, mass_on_nearest, r_squared};
use attention_regression::attention::{Diagonal, linear, softmax};
use attention_regression::data::Dataset;
use attention_regression::linalg::{count, relative_gap};
use attention_regression::notebook::evidence::{Evidence, absolute, at_least, at_most, expected, relative};
use attention_regression::notebook::figure::{Axis, Dots, Figure, Ink, Mark, Pane, Plot, RowSeries, Scale};
use attention_regression::regression::{Intercept, hat_matrix, kernel, smoother_matrix};
use attention_regression::whitening::{Divisor, Root, Whitening};
use attention_regression::{Mat, MatRef, Result};

use crate::support::{diabetes, record, rounding_bound, synthetic};

fn whitened(x: MatRef<'_, f64>) -> Result<Mat<f64>> {
    Ok(Whitening::fit(x, Root::Zca, Divisor::N, 0.0)?.apply(x))
}

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
        ("softmax, hot", softmax::weights(z, z, 1e3, Diagonal::Kept)?),
    ])
}

/// ## Every smoother has a signature
///
/// A handful of numbers tell the smoothers apart. The trace is the number of *degrees of freedom*. The *asymmetry* is
/// $\|A - A^\top\|/\|A\|$. And a row *looks at* as many rows as equal weights of the same entropy would be spread over,
/// by absolute value.
///
/// The hat matrix of the diabetes table has rank ten, and trace ten within {{hat_trace}}: its eigenvalues are ones and
/// zeros. It is symmetric, and {{hat_negative|about half|0.45..0.55}} of its entries are negative. It looks at everything:
/// at {{hat_perplexity:3}} of the {{rows}} rows, with {{hat_nearest:2}} of its weight on the ten nearest (the row itself
/// among them, by the distance of whitened rows), where {{uniform:2}} would lie by chance. That is what a global fit
/// means in a matrix.
///
/// Softmax of dot products is a different kind. (Here the rows are as they are.) It is positive, its rows sum to one
/// within {{row_sums}}, and it is of full rank. Its asymmetry is {{softmax_asymmetry:2}}, its degrees of freedom are
/// {{softmax_trace:3}} at this temperature and would be others at another. It leans towards near rows, with
/// {{softmax_nearest:2}} on the ten nearest, and still looks at {{softmax_perplexity:3}} rows.
///
/// Only the softmax of *distances* is local in the sense of the word: {{distance_nearest:2}} of its weight lies on the ten
/// nearest, and a row looks at {{distance_perplexity:2}} rows. At a high temperature every softmax becomes the mean of
/// the targets, with {{hot_trace:4}} degrees of freedom.
///
/// ![**Signatures.** Eight smoothers on two data sets. Whitened linear attention has regression's signature in every panel; softmax shares with it only the row sums, and those only if there is an intercept.](figure)
///
/// ```toml
/// kind = "identity"
/// settles = { S17 = "holds" }
/// finding = "Its weights do not die out with distance: {{hat_far:2}} of what a row of the diabetes hat matrix weighs lies on the farther half of the rows, and it spreads over {{hat_perplexity:3}} of {{rows}}. Every prediction uses all of the data, through one linear form."
/// uses = ["every_whitening_gives_the_same_attention"]
/// headline = "hat_trace"
/// breaks_when = "the scale is another. Linear attention on the rows as they are, divided by $d$, has a trace of {{linear_trace:3}} and is {{linear_idempotence:3}} norms from a projection."
/// ```
#[test]
fn every_smoother_has_a_signature() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = diabetes()?;
    let x = data.train.x.as_ref();
    let (all, white) = (smoothers(&data)?, whitened(x)?);
    let of = |name: &str| {
        all.iter().find(|(other, _)| *other == name).map_or_else(|| panic!("no smoother {name}"), |(_, matrix)| Signature::of(matrix.as_ref(), white.as_ref()))
    };
    let (hat, fitted, line) = (of("least squares")?, of("least squares, intercept")?, of("linear, 1/d")?);
    let bound = rounding_bound(x)?;
    evidence.rounding("hat_trace", "$\\operatorname{tr} H$ against its rank, least squares", (hat.trace - count(hat.rank)).abs(), bound);
    evidence.rounding("hat_idempotence", "$\\|H^2 - H\\|_F/\\|H\\|_F$", hat.idempotence_gap, bound);
    evidence.exactly("hat_rank", "rank of $H$", hat.rank, 10);
    evidence.exactly("rows", "rows", x.nrows(), 354);
    evidence.note("uniform", "share of ten rows among all", 10.0 / count(x.nrows()), relative(1e-6));
    evidence.judge("hat_negative", "share of negative entries of $H$", hat.negative_share, absolute(6e-4), expected(0.513));
    evidence.judge("hat_nearest", "weight of $H$ on the ten nearest rows", hat.mass_on_ten_nearest, absolute(6e-4), expected(0.071));
    let far = 1.0 - mass_on_nearest(hat_matrix(x, 0.0, Intercept::None)?.as_ref(), white.as_ref(), white.as_ref(), x.nrows() / 2);
    evidence.judge("hat_far", "weight of $H$ on the farther half of the rows", far, absolute(6e-3), at_least(0.45));
    evidence.judge("hat_perplexity", "rows that a row of $H$ looks at", hat.perplexity, absolute(0.6), expected(262.0));
    evidence.judge("intercept_negative", "share of negative entries with an intercept", fitted.negative_share, absolute(6e-4), expected(0.368));
    let soft = of("softmax")?;
    evidence.judge("softmax_trace", "$\\operatorname{tr} A$, softmax", soft.trace, absolute(0.06), expected(15.1));
    evidence.judge("softmax_asymmetry", "asymmetry of $A$, softmax", soft.asymmetry, absolute(6e-3), expected(0.92));
    evidence.judge("softmax_nearest", "weight of $A$ on the ten nearest rows, softmax", soft.mass_on_ten_nearest, absolute(6e-4), expected(0.139));
    evidence.judge("softmax_perplexity", "rows that a row of $A$ looks at, softmax", soft.perplexity, absolute(0.6), expected(168.0));
    evidence.rounding("row_sums", "row sums of $A$ against one, softmax", (soft.row_sums.0 - 1.0).abs().max((soft.row_sums.1 - 1.0).abs()), bound);
    let (soft_white, near, hot) = (of("softmax, whitened")?, of("softmax of distance")?, of("softmax, hot")?);
    evidence.judge("white_trace", "$\\operatorname{tr} A$, softmax of whitened rows", soft_white.trace, absolute(0.06), expected(25.9));
    evidence.judge("distance_trace", "$\\operatorname{tr} A$, softmax of distances", near.trace, absolute(0.06), expected(141.9));
    evidence.judge(
        "distance_nearest",
        "weight of $A$ on the ten nearest rows, softmax of distances",
        near.mass_on_ten_nearest,
        absolute(6e-4),
        expected(0.687),
    );
    evidence.judge("distance_perplexity", "rows that a row of $A$ looks at, softmax of distances", near.perplexity, absolute(0.06), expected(29.4));
    evidence.judge("hot_trace", "$\\operatorname{tr} A$, softmax at a temperature of 1000", hot.trace, absolute(6e-4), expected(1.010));

    // Control: the post's scale.
    evidence.control("linear_trace", "$\\operatorname{tr} A$, linear, $1/d$", line.trace, relative(1e-9), expected(354.0));
    evidence.control("linear_idempotence", "$\\|A^2 - A\\|_F/\\|A\\|_F$, linear, $1/d$", line.idempotence_gap, absolute(0.6), expected(128.0));
    evidence.figure(signatures()?);
    record!(evidence)
}

fn signatures() -> Result<Figure> {
    let data = [("synthetic", synthetic(), Ink::Regression, Mark::HollowCircle), ("diabetes", diabetes()?, Ink::Accent, Mark::Square)];
    let mut rows: Vec<String> = Vec::new();
    let mut measured = Vec::new();
    for (name, data, ink, mark) in &data {
        let all = smoothers(data)?;
        rows = all.iter().map(|(name, _)| (*name).to_owned()).collect();
        let white = whitened(data.train.x.as_ref())?;
        let of = |(_, matrix): &(&str, Mat<f64>)| Signature::of(matrix.as_ref(), white.as_ref());
        measured.push((*name, *ink, *mark, all.iter().map(of).collect::<Result<Vec<_>>>()?));
    }
    let pane = |name: &str, scale: Scale, ticks: &[f64], of: fn(&Signature) -> f64| {
        let series = measured.iter().map(|(name, ink, mark, signatures)| RowSeries {
            name: (*name).to_owned(),
            ink: *ink,
            mark: *mark,
            // Zero but for rounding is drawn as zero.
            values: signatures.iter().map(|signature| vec![if of(signature).abs() < 1e-9 { 0.0 } else { of(signature) }]).collect(),
            relative: 1e-3,
        });
        Pane { name: name.to_owned(), axis: Axis { name: String::new(), scale, ticks: ticks.to_vec() }, reference: None, series: series.collect() }
    };
    let panes = vec![
        pane("degrees of freedom", Scale::Log, &[1.0, 10.0, 100.0, 1000.0], |signature| signature.trace),
        pane("asymmetry", Scale::Linear, &[0.0, 0.5, 1.0, 1.5], |signature| signature.asymmetry),
        pane("negative entries", Scale::Linear, &[0.0, 0.25, 0.5, 0.75], |signature| signature.negative_share),
        pane("row sums, lowest", Scale::Linear, &[0.0, 0.5, 1.0], |signature| signature.row_sums.0),
        pane("weight on ten nearest", Scale::Linear, &[0.0, 0.25, 0.5, 0.75], |signature| signature.mass_on_ten_nearest),
        pane("rows looked at", Scale::Linear, &[0.0, 100.0, 200.0, 300.0, 400.0], |signature| signature.perplexity),
    ];
    Ok(Figure { title: "Signatures of eight smoothers on two data sets".to_owned(), plot: Plot::Dots(Dots { rows, panes }) })
}

/// ## Regression needs its negative weights
///
/// The most visible difference is the sign. A softmax can only average: its predictions stay between the smallest and
/// the largest target. Regression lets a row pull on its own side and push on the other: as soon as a new row is far
/// enough from the mean, the rows opposite count negatively. How much of the fit is in the negative weights?
///
/// Take the least-squares weights of the test rows, with an intercept so that they sum to one, set the negative ones to zero
/// and scale every row back to sum one: a regression made to look like a softmax. On the diabetes table, where
/// {{negative:2}} of the weights are below zero, the share of variance explained falls from {{before:4}} to
/// {{after:3}}; on the synthetic data from {{before_synthetic:3}} to {{after_synthetic:2}}.
///
/// ```toml
/// kind = "bound"
/// uses = ["every_smoother_has_a_signature"]
/// headline = "after"
/// breaks_when = "nothing is clipped: scaling the rows to sum one alone changes the weights of an intercept fit within {{unclipped}}."
/// ```
#[test]
fn regression_needs_its_negative_weights() -> Result<()> {
    let mut evidence = Evidence::new();
    let data = attention_regression::data::diabetes::dataset()?.standardised()?;
    let (weights, [before, after]) = clipping(&data)?;
    let negative = attention_regression::agreement::mechanism::negative_share(weights.as_ref());
    evidence.note("negative", "share of negative weights, diabetes", negative, relative(1e-6));
    evidence.judge("before", "$R^2$ of least squares, diabetes", before, absolute(6e-5), expected(0.4475));
    evidence.judge("after", "$R^2$ without its negative weights, diabetes", after, absolute(1e-3), at_most(0.3));
    let (_, [before, after]) = clipping(&attention_regression::data::synthetic(1))?;
    evidence.judge("before_synthetic", "$R^2$ of least squares, synthetic", before, relative(1e-4), at_least(0.95));
    evidence.judge("after_synthetic", "$R^2$ without its negative weights, synthetic", after, relative(1e-4), at_most(0.7));

    // Control: the rescaling alone.
    let rescaled = summing_to_one(weights.as_ref());
    evidence.vanishing_control(
        "unclipped",
        "weights after the rescaling alone against before",
        relative_gap(rescaled.as_ref(), weights.as_ref()),
        rounding_bound(diabetes()?.train.x.as_ref())?,
    );
    record!(evidence)
}

/// The least-squares weights of the test rows, and what they explain before and after clipping.
fn clipping(data: &Dataset) -> Result<(Mat<f64>, [f64; 2])> {
    let weights = smoother_matrix(data.test.x.as_ref(), data.train.x.as_ref(), 0.0, Intercept::Fitted)?;
    let positive = Mat::from_fn(weights.nrows(), weights.ncols(), |i, j| weights[(i, j)].max(0.0));
    let explained = |weights: &Mat<f64>| r_squared((weights * &data.train.y).as_ref(), data.test.y.as_ref());
    let both = [explained(&weights), explained(&summing_to_one(positive.as_ref()))];
    Ok((weights, both))
}

fn summing_to_one(weights: MatRef<'_, f64>) -> Mat<f64> {
    let sums: Vec<f64> = (0..weights.nrows()).map(|i| weights.row(i).iter().sum()).collect();
    Mat::from_fn(weights.nrows(), weights.ncols(), |i, j| weights[(i, j)] / sums[i])
}
