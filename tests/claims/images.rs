//! # Pictures
//!
//! <div class="aside" role="note">
//!
//! A row is a picture of a handwritten digit: $8 \times 8$ pixels between nothing and all ink. All or some of its pixels are the
//! features. A query is a picture that nobody has seen, the keys are the training pictures, and the values are what shall be
//! read off: other pixels, or labels, a column for each digit, of which the largest is the answer. In the last two claims a row is a
//! pixel, or a small patch.
//!
//! </div>
//!
//! So far a row was a patient or a draw of a few numbers, and one could doubt whether anything depends on that. The
//! post ends with the wish that somebody carry the comparison on to images. This chapter does. A picture is another
//! kind of row. Its features are many and depend on each other; whoever asks for its lower half asks for thirty
//! targets at once; and the answer is one of ten things, not something between. A regression has one linear rule for all pictures. Attention answers with a mean
//! of a few that are similar.
//!
//! ![**Ten upper halves, completed.** First line: the first test picture of each digit, in the first draw. The upper half of each is given; below it stands what four machines say about the lower half, all of them fitted on 1437 other pictures. Ridge regression smears, because it must be linear in what it sees. The nearest picture is sharp and sometimes of another digit. Softmax attention and the local line average over few pictures.](figure:half_a_picture_is_completed_better_by_similar_ones_than_by_a_line)
//!
//! Two things that earlier chapters say about tables can be seen here with the naked eye. Many targets make linear
//! attention a regression: attention that was only taught to complete pictures can read digits. And whitening, which a
//! regression does not notice, costs softmax some of its neighbours. The last two claims go *into* a picture: its
//! rows are the pixels themselves, or small patches around them.
//!
//! The pictures are 1797 digits that thirteen people wrote (Alpaydin and Kaynak 1998), in the size that scikit-learn
//! ships. A draw is a random fifth of them as test rows. All draws share one set of pictures, so they tell how much an answer depends on the split, and not how it would be with other writers. Where a number stands alone it is
//! the median of five draws, and each draw has 360 test pictures.

use std::sync::OnceLock;

use attention_regression::agreement::mse;
use attention_regression::attention::gradients::Task;
use attention_regression::attention::softmax::{self, temperature_of_width};
use attention_regression::attention::{Diagonal, Normalisation};
use attention_regression::compare::ink::{LINEAR, REGRESSION, SOFTMAX};
use attention_regression::data::Split;
use attention_regression::data::digits::{self, Digits, INK, SIDE, classes, one_hot};
use attention_regression::linalg::{self, centred, count, max_abs_gap, moments, select_rows, symmetric_power};
use attention_regression::notebook::claim::evidence::{Evidence, median, relative};
use attention_regression::publish::figure::{Axis, Chart, Figure, Ink, Line, Mark, Pictures, Series, Side, Stroke};
use attention_regression::regression::{Intercept, Ridge, hat_matrix, kernel, local_linear};
use attention_regression::training::{Optimiser, Parametrisation, Training};
use attention_regression::whitening::{Divisor, Root, Whitening, covariance};
use attention_regression::{Error, Mat, MatRef, Result, record};

use crate::support::{Draw, bandwidth, draws, first, in_parallel};

/// Half of the pixels of a picture.
const HALF: usize = SIDE * SIDE / 2;

/// All pictures, as shares of all ink, and what they show.
fn pictures() -> Result<&'static Digits> {
    static CELL: OnceLock<Result<Digits>> = OnceLock::new();
    let read = || digits::raw().map(|all| Digits { pixels: all.pixels * faer::Scale(1.0 / INK), ..all });
    CELL.get_or_init(read).as_ref().map_err(Clone::clone)
}

/// Columns of training and test rows, without their training means.
struct Columns {
    train: Mat<f64>,
    test: Mat<f64>,
    means: Vec<f64>,
}

impl Columns {
    fn of(all: MatRef<'_, f64>, split: &Split) -> Self {
        let train = select_rows(all, &split.train);
        let moments = moments(train.as_ref());
        let centre = |rows: Mat<f64>| centred(rows.as_ref(), &moments);
        let test = centre(select_rows(all, &split.test));
        Self { train: centre(train), test, means: moments.iter().map(linalg::Moments::mean).collect() }
    }

    /// The same without columns that do not vary on the training rows.
    fn varying(all: MatRef<'_, f64>, split: &Split) -> Self {
        let train = select_rows(all, &split.train);
        let kept: Vec<usize> = moments(train.as_ref())
            .iter()
            .zip(0..)
            .filter(|(column, _)| !column.is_constant())
            .map(|(_, j)| j)
            .collect();
        Self::of(Mat::from_fn(all.nrows(), kept.len(), |i, j| all[(i, kept[j])]).as_ref(), split)
    }

    /// What was predicted without means, with them.
    fn restored(&self, predicted: &Mat<f64>) -> Mat<f64> {
        Mat::from_fn(predicted.nrows(), predicted.ncols(), |i, j| predicted[(i, j)] + self.means[j])
    }
}

/// The pictures of one draw: what is seen, what is asked for, and what the test pictures show.
struct Half {
    seen: Columns,
    asked: Columns,
    labels: Columns,
    shown: Vec<usize>,
}

impl Half {
    /// With the lower half to be told from the upper, or the upper from the lower.
    fn of(draw: Draw, from_upper: bool) -> Result<Self> {
        let Digits { pixels, labels } = pictures()?;
        let split = draw.split(labels.len(), 0.2)?;
        let (upper, lower) = (pixels.subcols(0, HALF), pixels.subcols(HALF, HALF));
        let (seen, asked) = if from_upper { (upper, lower) } else { (lower, upper) };
        Ok(Self {
            seen: Columns::varying(seen, &split),
            asked: Columns::of(asked, &split),
            labels: Columns::of(one_hot(labels).as_ref(), &split),
            shown: split.test.iter().map(|&row| labels[row]).collect(),
        })
    }

    /// Training and test rows of what is seen, whitened.
    fn whitened(&self) -> Result<[Mat<f64>; 2]> {
        let whitening = Whitening::fit(self.seen.train.as_ref(), Root::Pca, Divisor::N, 0.0)?;
        Ok([&self.seen.train, &self.seen.test].map(|rows| whitening.apply(rows.as_ref())))
    }

    /// The share of test pictures that these scores put into the right class.
    fn accuracy(&self, scores: &Mat<f64>) -> f64 {
        count(right(scores, &self.shown)) / count(self.shown.len())
    }
}

/// What rounding may do to fitted values and leverages of a table: 100 √n ε κ(X), in the directions that vary.
fn fit_rounding(x: &Mat<f64>) -> Result<f64> {
    let values = linalg::singular_values(x.as_ref())?;
    let smallest = values.iter().copied().filter(|value| *value > 1e-10 * values[0]).fold(values[0], f64::min);
    Ok(100.0 * count(x.nrows()).sqrt() * f64::EPSILON * values[0] / smallest)
}

/// How many rows have their largest score where they belong.
fn right(scores: &Mat<f64>, shown: &[usize]) -> usize {
    classes(scores.as_ref()).iter().zip(shown).filter(|(class, shown)| class == shown).count()
}

/// Multiples of the median distance from which leaving one out chooses a bandwidth.
const MULTIPLES: [f64; 5] = [0.08, 0.1, 0.12, 0.16, 0.2];
/// ## Taught to complete pictures, attention reads digits
///
/// Show linear attention the lower halves of pictures and teach it to predict the upper ones. It never sees a label.
/// Then keep its queries and keys, and hand it other values: for each training picture, which digit it is. Can it read?
///
/// It can, as well as a regression that was taught nothing else. Least squares on the labels reads
/// {{least:2}} of the test pictures, and the attention that was fitted to all the pixels of the upper half reads {{all:2}}:
/// the two give the same outputs, to rounding. (Both are computed optima; training comes below.) The chapter on [targets](targets.md) says why. A form $W$, the matrix between query and key, that predicts the targets $T$ from the rows $X$ as least squares does is pinned along the span of $C = X^\top T$. On
/// whitened rows, $X^\top X = nI$, the form of smallest norm that does it, where descent from zero ends, is $W = P_C/n$ with the projection $P_C$ onto that span, and with values $Y$ it answers
///
/// $$\tfrac1n\, x_*^\top P_C\, X^\top Y .$$
///
/// Of the task it was taught nothing is left but $P_C$. When the columns of $C$ span everything, $P_C = I$, and this is
/// least squares for *any* $Y$. The lower half has some thirty pixels that vary, and the upper half as many and one more,
/// which is enough. That they are pixels does not matter: sixty-four targets of noise teach it to read just as well.
///
/// What matters is how many directions the targets have. Fitted to one pixel the layer reads {{one:2}} of the pictures,
/// where a guess gets one in ten; to eight pixels, chosen at random, {{eight:2}}. Thirty-two copies of the one
/// pixel are worth one.
///
/// A form of that kind is an optimum, and training need not get there: $C$ is badly conditioned, and its last directions come
/// last. A thousand steps of plain descent, at the largest rate that cannot overshoot, read {{trained:2}}. The directions that
/// are still missing hardly matter to a reader.
///
/// ![**What completing teaches about reading.** Share of test pictures whose digit is read from their lower half, by attention that was fitted to predict so many pixels of the upper half and then given labels as values: five draws (dots) and their median. The line is least squares on the labels.](figure)
///
/// Lee, Lei, Saunshi and Zhuo (2021) ask when a pretext task helps another. This is a case that can be computed: it is as good as the other when its targets span what the rows can say.
///
/// ```toml
/// kind = "measured"
/// settles = { S26 = "holds if" }
/// finding = "On pictures as on tables linear attention is a regression when its targets have full rank: taught to complete halves of digits it then reads them as least squares does, {{least:2}} of them, and with one pixel {{one:2}}."
/// uses = ["each_independent_target_forces_one_direction_more", "another_set_of_values_exposes_the_mechanism"]
/// headline = "all"
/// breaks_when = "the targets are thirty-two copies of one pixel: attention then reads {{copies:2}} of the pictures."
/// ```
#[test]
fn taught_to_complete_pictures_attention_reads_digits() -> Result<()> {
    let mut evidence = Evidence::new();
    let taught = in_parallel(&draws(), |&draw| Taught::of(draw))?;
    let of = |number: fn(&Taught) -> f64| taught.iter().map(number).collect::<Vec<_>>();
    let worst = |gap: fn(&Taught) -> f64| taught.iter().map(gap).fold(0.0, f64::max);
    let share = |what: &str| format!("share of test pictures read, {what}");
    evidence
        .measure("least", &share("least squares on labels"), of(|taught| taught.least))
        .within(relative(1e-3))
        .noted();
    evidence
        .measure(
            "all",
            &share("attention fitted to all pixels of the other half"),
            of(|taught| taught.read[PIXELS.len() - 1]),
        )
        .within(relative(1e-3))
        .at_least(0.65);
    let bound = worst(|taught| taught.bound);
    evidence.rounding(
        "same",
        "outputs of attention fitted to all pixels against least squares, worst of the draws",
        worst(|taught| taught.gap),
        bound,
    );
    evidence.rounding("noise", "the same, fitted to sixty-four columns of noise", worst(|taught| taught.noise), bound);
    for (name, at, words) in [("one", 0, "fitted to one pixel"), ("eight", 3, "fitted to eight pixels")] {
        let read = taught.iter().map(|taught| taught.read[at]).collect::<Vec<_>>();
        evidence.measure(name, &share(words), read).within(relative(1e-3)).noted();
    }
    evidence
        .contrast("more", "pictures read after all pixels over those after eight", "all", "eight")
        .within(relative(1e-3))
        .by(1.03);
    evidence
        .breaks("copies", "all", "the targets are thirty-two copies of one pixel", of(|taught| taught.copies))
        .within(relative(1e-3))
        .by(2.0);
    evidence
        .measure("trained", &share("attention trained on all pixels for a thousand steps"), of(|taught| taught.trained))
        .within(relative(1e-2))
        .at_least(0.7);
    evidence.figure(reading(&taught));
    record!(evidence)
}

/// To how many pixels attention is fitted; the last is all of them.
const PIXELS: [usize; 7] = [1, 2, 4, 8, 16, 24, HALF];

/// What one draw says about reading after completing.
struct Taught {
    least: f64,
    /// After so many pixels.
    read: [f64; 7],
    copies: f64,
    trained: f64,
    gap: f64,
    noise: f64,
    bound: f64,
}

impl Taught {
    fn of(draw: Draw) -> Result<Self> {
        let half = Half::of(draw, false)?;
        let (pixels, [x, queries]) = (&half.asked.train, half.whitened()?);
        let content = x.transpose() * &half.labels.train;
        // What attention with the form P_C/n answers when its values are the labels.
        let answer = |targets: &Mat<f64>| {
            let onto = hat_matrix((x.transpose() * targets).as_ref(), 0.0, Intercept::None)?;
            Ok::<_, Error>(&queries * (onto * &content) * faer::Scale(1.0 / count(x.nrows())))
        };
        let (seen, labels) = (half.seen.train.as_ref(), half.labels.train.as_ref());
        let least = Ridge::fit(seen, labels, 0.0, Intercept::None)?.predict(half.seen.test.as_ref());
        let (order, noise) = (draw.order(0, HALF), draw.normal(1, x.nrows(), 64));
        let some = |number: usize, of: &dyn Fn(usize) -> usize| {
            Mat::from_fn(x.nrows(), number, |i, t| pixels[(i, order[of(t)])])
        };
        let mut read = [0.0; 7];
        for (read, number) in read.iter_mut().zip(PIXELS) {
            *read = half.accuracy(&answer(&some(number, &|t| t))?);
        }
        Ok(Self {
            least: half.accuracy(&least),
            read,
            copies: half.accuracy(&answer(&some(32, &|_| 0))?),
            trained: half.accuracy(&trained(&half)?),
            gap: max_abs_gap(answer(pixels)?.as_ref(), least.as_ref()),
            noise: max_abs_gap(answer(&noise)?.as_ref(), least.as_ref()),
            bound: fit_rounding(&half.seen.train)?,
        })
    }
}

/// What merged linear attention answers with labels as values after a thousand steps of descent, from zero and on whitened rows, on
/// the pixels that are asked for.
fn trained(half: &Half) -> Result<Mat<f64>> {
    let [x, queries] = half.whitened()?;
    let scale = 1.0 / count(x.nrows());
    let content = linalg::spectral_norm((x.transpose() * &half.asked.train).as_ref())? * scale;
    let smoothness = 2.0 / count(half.asked.train.ncols()) * content * content;
    let training = Training {
        optimiser: Optimiser::GradientDescent { rate: 1.0 / smoothness },
        deviation: 0.0,
        steps: 1000,
        ..Training::new(Normalisation::Linear { scale }, Parametrisation::Merged)
    };
    let form = training.run(Task::regression(x.as_ref(), half.asked.train.as_ref()), None)?.head.form();
    Ok(queries * (form * (x.transpose() * &half.labels.train)) * faer::Scale(scale))
}

fn reading(taught: &[Taught]) -> Figure {
    let dots = taught.iter().flat_map(|taught| PIXELS.into_iter().map(count).zip(taught.read));
    let middle = |at: usize| median(&taught.iter().map(|taught| taught.read[at]).collect::<Vec<_>>());
    let least = median(&taught.iter().map(|taught| taught.least).collect::<Vec<_>>());
    let series = vec![
        Series::curve("least squares on labels", [1.0, 32.0], [least; 2]).ink(REGRESSION).label(Side::Above, 0),
        Series::through("single draws", dots).ink(LINEAR).marks(Mark::Dot).within(1e-2),
        Series::curve("linear attention", PIXELS.map(count), (0..PIXELS.len()).map(middle))
            .ink(LINEAR)
            .mark(Mark::Circle)
            .label(Side::Below, 3),
    ];
    let x = Axis::log("pixels that were predicted", &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0]);
    let y = Axis::linear("share of test pictures read", &[0.0, 0.25, 0.5, 0.75, 1.0]);
    Figure::new("Digits read by attention that was taught to predict pixels", Chart::new(x, y, series))
}

/// ## Whitening costs softmax some of its pictures
///
/// Whitening gives every direction of the cloud of pictures the same length. A regression cannot tell: on all test
/// pictures of all draws least squares on whitened pixels decides as least squares on pixels does, {{changed}} decisions
/// differ. It reads {{least:3}} of 360.
///
/// Softmax attention reads more, {{raw:3}}: what a picture shows is mostly what similar pictures show, and a Gaussian of the
/// distance finds them. On whitened pixels it reads {{white:3}}. Draw by draw it has lost {{lost:2}} pictures in the median, and at least {{lost.lowest:1}}. Both have the bandwidth that leaving rows out chooses for them.
///
/// Why? Whitening lengthens what varies little, and what varies least in pictures is noise and the odd pixel that
/// hardly anybody inks. After it, such a pixel counts as much for the distance as the stroke that makes a seven. The
/// squared length of a whitened row is $n$ times its leverage, to rounding:
///
/// $$\|z_i\|^2 = n\, x_i^\top G^+ x_i = n\,h_{ii}.$$
///
/// A row has much leverage when it differs from the others in directions in which they hardly vary. A picture with much of it is far from all others after whitening, and what is nearest to it then need not look like it. Of the {{lost_all}} pictures that are read from
/// pixels and not from whitened ones, in all five draws and gains not counted, {{lost_far}} belong to the half of test pictures with the longer whitened rows.
///
/// All this is about distances, at a bandwidth that suits them. For dot products of sixty-one features at the customary temperature, $\sqrt{61}$, raw pixels score too much alike, and whitening helps: {{dot_raw:3}} pictures become {{dot_white:3}}.
///
/// ```toml
/// kind = "measured"
/// settles = { S26 = "holds if" }
/// finding = "What is neutral for a regression need not be for attention: whitening changes no decision of least squares, and at temperatures that suit it costs softmax {{lost:2}} of 360 pictures."
/// uses = ["regression_does_not_need_whitening_attention_does", "taught_to_complete_pictures_attention_reads_digits"]
/// headline = "lost"
/// breaks_when = "the covariance gets a ridge as large as its largest eigenvalue before it is inverted: in the median {{ridge|none|-3..0.9}} is lost then. Such a whitening hardly whitens."
/// ```
#[test]
fn whitening_costs_softmax_some_of_its_pictures() -> Result<()> {
    let mut evidence = Evidence::new();
    let seen = in_parallel(&draws(), |&draw| Reader::of(draw))?;
    let of = |number: fn(&Reader) -> usize| seen.iter().map(|reader| count(number(reader))).collect::<Vec<_>>();
    let sum = |number: fn(&Reader) -> usize| seen.iter().map(number).sum::<usize>();
    evidence.exactly(
        "changed",
        "decisions of least squares that whitening changes, all draws",
        sum(|reader| reader.changed),
        0,
    );
    let read = |what: &str| format!("test pictures read of 360, {what}");
    for (name, what, number) in [
        ("least", "least squares", (|reader| reader.least) as fn(&Reader) -> usize),
        ("raw", "softmax on pixels", |reader| reader.raw),
        ("white", "softmax on whitened pixels", |reader| reader.white),
        ("dot_raw", "softmax of dot products of pixels at the customary temperature", |reader| reader.dots[0]),
        ("dot_white", "softmax of dot products of whitened pixels at the customary temperature", |reader| {
            reader.dots[1]
        }),
    ] {
        evidence.measure(name, &read(what), of(number)).within(relative(1e-3)).noted();
    }
    let less = |number: fn(&Reader) -> usize| {
        seen.iter().map(|reader| count(reader.raw) - count(number(reader))).collect::<Vec<_>>()
    };
    evidence
        .measure(
            "lost",
            "pictures of 360 that softmax reads from pixels less those from whitened pixels",
            less(|reader| reader.white),
        )
        .within(relative(1e-3))
        .at_least(5.0);
    evidence
        .breaks(
            "ridge",
            "lost",
            "the covariance gets a ridge as large as its largest eigenvalue",
            less(|reader| reader.ridge),
        )
        .within(relative(1e-3))
        .by(2.5);
    evidence
        .contrast("helps", "pictures read at the customary temperature, whitened over not", "dot_white", "dot_raw")
        .within(relative(1e-3))
        .by(1.02);
    let bound = seen.iter().map(|reader| reader.bound).fold(0.0, f64::max);
    let length = seen.iter().map(|reader| reader.length).fold(0.0, f64::max);
    evidence.rounding(
        "length",
        "squared lengths of whitened rows over $n$ against leverages, worst of the draws",
        length,
        bound,
    );
    evidence.count(
        "lost_all",
        "pictures that are read from pixels and not from whitened pixels, all draws",
        sum(|reader| reader.lost[0]),
    );
    evidence.count(
        "lost_far",
        "those of them in the half of test pictures with more leverage",
        sum(|reader| reader.lost[1]),
    );
    record!(evidence)
}

/// What least squares and softmax read in one draw.
struct Reader {
    least: usize,
    changed: usize,
    raw: usize,
    white: usize,
    ridge: usize,
    /// With dot products at the customary temperature, from pixels and from whitened pixels.
    dots: [usize; 2],
    /// Read from pixels and not from whitened ones: all, and those with more leverage than the middle of the test pictures.
    lost: [usize; 2],
    length: f64,
    bound: f64,
}

/// All pixels of the pictures of a draw, with their labels.
struct Whole {
    pixels: Columns,
    labels: Mat<f64>,
    shown: Vec<usize>,
}

impl Whole {
    fn of(draw: Draw) -> Result<Self> {
        let Digits { pixels, labels } = pictures()?;
        let split = draw.split(labels.len(), 0.2)?;
        Ok(Self {
            pixels: Columns::varying(pixels.as_ref(), &split),
            labels: select_rows(one_hot(labels).as_ref(), &split.train),
            shown: split.test.iter().map(|&row| labels[row]).collect(),
        })
    }

    /// Training and test pixels, whitened with a ridge on the covariance.
    fn whitened(&self, epsilon: f64) -> Result<[Mat<f64>; 2]> {
        let whitening = Whitening::fit(self.pixels.train.as_ref(), Root::Zca, Divisor::N, epsilon)?;
        Ok([&self.pixels.train, &self.pixels.test].map(|rows| whitening.apply(rows.as_ref())))
    }

    /// The scores that a Gaussian of the distance gives, at the bandwidth that leaving out chooses.
    fn by_distance(&self, train: &Mat<f64>, test: &Mat<f64>) -> Result<Mat<f64>> {
        let bandwidth = bandwidth(train, &self.labels, &MULTIPLES)?;
        Ok(kernel::smoother_matrix(test.as_ref(), train.as_ref(), bandwidth)? * &self.labels)
    }

    fn largest_eigenvalue(&self) -> Result<f64> {
        linalg::spectral_norm(covariance(self.pixels.train.as_ref(), Divisor::N).as_ref())
    }
}

impl Reader {
    fn of(draw: Draw) -> Result<Self> {
        let whole = Whole::of(draw)?;
        let Whole { pixels: Columns { train, test, .. }, labels, shown } = &whole;
        let [white, white_test] = whole.whitened(0.0)?;
        let [ridge, ridge_test] = whole.whitened(whole.largest_eigenvalue()?)?;
        let least = |x: &Mat<f64>, queries: &Mat<f64>| {
            let fit = Ridge::fit(x.as_ref(), labels.as_ref(), 0.0, Intercept::Fitted)?;
            Ok::<_, Error>((fit.predict(queries.as_ref()), fit))
        };
        let ((plain, fit), (after, _)) = (least(train, test)?, least(&white, &white_test)?);
        let decided = |scores: &Mat<f64>| classes(scores.as_ref());
        let (raw, whitened) = (whole.by_distance(train, test)?, whole.by_distance(&white, &white_test)?);
        let dots = |x: &Mat<f64>, queries: &Mat<f64>| {
            let temperature = temperature_of_width(x.ncols());
            let scores = softmax::output(queries.as_ref(), x.as_ref(), labels.as_ref(), temperature, Diagonal::Kept)?;
            Ok::<_, Error>(right(&scores, shown))
        };
        let (leverages, n) = (fit.leverages_of(test.as_ref()), count(train.nrows()));
        let middle = median(&leverages);
        let (good, bad) = (decided(&raw), decided(&whitened));
        let lost = |&i: &usize| good[i] == shown[i] && bad[i] != shown[i];
        let lengths = fit.leverages_of(train.as_ref()).into_iter().enumerate();
        let length =
            |(i, leverage): (usize, f64)| (linalg::frobenius_norm(white.subrows(i, 1)).powi(2) / n - leverage).abs();
        Ok(Self {
            least: right(&plain, shown),
            changed: decided(&plain).iter().zip(decided(&after)).filter(|(plain, after)| **plain != *after).count(),
            raw: right(&raw, shown),
            white: right(&whitened, shown),
            ridge: right(&whole.by_distance(&ridge, &ridge_test)?, shown),
            dots: [dots(train, test)?, dots(&white, &white_test)?],
            lost: [
                (0..shown.len()).filter(lost).count(),
                (0..shown.len()).filter(|i| lost(i) && leverages[*i] > middle).count(),
            ],
            length: lengths.map(length).fold(0.0, f64::max),
            bound: fit_rounding(train)?,
        })
    }
}

/// ## A large ridge mends whitening for softmax and bends regression
///
/// Three pixels of the sixty-four are empty in all pictures. Whoever whitens by the formula, $U\Lambda^{-1/2}U^\top$, divides by the root of
/// zero: the covariance has rank {{rank}}. Two repairs are in use. The pseudo-inverse leaves such directions out. A ridge
/// adds $\varepsilon$ to every eigenvalue first.
///
/// The pseudo-inverse mends the arithmetic. It does nothing for the distances: the pixel that one writer inked is still as loud
/// as a stroke. From raw pixels softmax reads {{raw:3}} of 360 pictures, after this whitening {{pseudo:3}}. With a ridge as large
/// as the largest eigenvalue it reads {{mended:3}}, {{repaired:2}} more in the median, about as many as without any whitening; for this is hardly any. The loudest
/// direction is shortened by the root of two against the quietest, and that is all.
///
/// For a regression it is the other way round. Linear attention on rows that were whitened with $\varepsilon$ is ridge
/// regression with the penalty $n\varepsilon$, and the two agree to rounding. So what the ridge does for softmax it does to regression as well: it shrinks, and most of all where the pictures differ little. A small one, a
/// hundredth of the largest eigenvalue, helps both, to {{small_softmax:3}} and {{small_linear:3}} pictures. The large one does not. With the pseudo-inverse linear attention is least squares and reads {{linear:3}}
/// pictures; with the same ridge it reads {{shrunk:3}}.
///
/// ![**One ridge, two readers.** Test pictures misread, of 360, against the ridge on the covariance in units of its largest eigenvalue; medians of five draws. The dotted lines are the pseudo-inverse (no ridge) and, for softmax, pixels as they are.](figure)
///
/// ```toml
/// kind = "measured"
/// settles = { S26 = "holds if" }
/// finding = "Pictures have pixels without ink, and whitening them takes a pseudo-inverse or a ridge. The one keeps linear attention least squares, the other suits softmax, and what mends the one costs the other {{bent:2}} pictures."
/// uses = ["the_divisor_and_epsilon_are_hidden_ridges", "whitening_costs_softmax_some_of_its_pictures"]
/// headline = "repaired"
/// breaks_when = "the penalty of the ridge regression is $\\varepsilon$ and not $n\\varepsilon$: the outputs are then {{other:2}} apart."
/// ```
#[test]
fn a_large_ridge_mends_whitening_for_softmax_and_bends_regression() -> Result<()> {
    let mut evidence = Evidence::new();
    let all = covariance(pictures()?.pixels.as_ref(), Divisor::N);
    evidence.exactly("rank", "rank of the covariance of sixty-four pixels", linalg::rank(all.as_ref())?, 61);
    let seen = in_parallel(&draws(), |&draw| Repaired::of(draw))?;
    let read = |what: &str| format!("test pictures read of 360, {what}");
    let of = |number: &dyn Fn(&Repaired) -> usize| seen.iter().map(|seen| count(number(seen))).collect::<Vec<_>>();
    let largest = RIDGES.len() - 1;
    evidence.measure("raw", &read("softmax on pixels"), of(&|seen| seen.raw)).within(relative(1e-3)).noted();
    evidence
        .measure("mended", &read("softmax after whitening with a ridge"), of(&|seen| seen.softmax[largest]))
        .within(relative(1e-3))
        .noted();
    evidence
        .measure("pseudo", &read("softmax after whitening with the pseudo-inverse"), of(&|seen| seen.softmax[0]))
        .within(relative(1e-3))
        .noted();
    evidence
        .contrast(
            "repaired",
            "pictures that softmax reads, with a ridge less with the pseudo-inverse",
            "mended",
            "pseudo",
        )
        .within(relative(1e-3))
        .apart(3.0);
    evidence
        .measure(
            "linear",
            &read("linear attention after whitening with the pseudo-inverse"),
            of(&|seen| seen.linear[0]),
        )
        .within(relative(1e-3))
        .noted();
    evidence
        .measure("shrunk", &read("linear attention after whitening with a ridge"), of(&|seen| seen.linear[largest]))
        .within(relative(1e-3))
        .noted();
    evidence
        .contrast(
            "bent",
            "pictures that linear attention reads, with the pseudo-inverse less with a ridge",
            "linear",
            "shrunk",
        )
        .within(relative(1e-3))
        .apart(3.0);
    for (name, reader, number) in [
        ("small_softmax", "softmax", of(&|seen| seen.softmax[3])),
        ("small_linear", "linear attention", of(&|seen| seen.linear[3])),
    ] {
        let words = read(&format!("{reader} after whitening with a hundredth of that ridge"));
        evidence.measure(name, &words, number).within(relative(1e-3)).noted();
    }
    let worst = |of: fn(&Repaired) -> f64| seen.iter().map(of).fold(0.0, f64::max);
    let bound = worst(|seen| seen.bound);
    evidence.rounding(
        "same",
        "outputs of linear attention after whitening with a ridge against ridge regression, worst of the draws",
        worst(|seen| seen.same),
        bound,
    );
    let other = seen.iter().map(|seen| seen.other).collect::<Vec<_>>();
    evidence
        .breaks("other", "same", "the penalty is $\\varepsilon$ and not $n\\varepsilon$", other)
        .within(relative(1e-3))
        .by(1e6);
    evidence.figure(repairs(&seen));
    record!(evidence)
}

/// Ridges on the covariance, in units of its largest eigenvalue; the first is the pseudo-inverse.
const RIDGES: [f64; 6] = [0.0, 1e-4, 1e-3, 1e-2, 0.1, 1.0];

/// What one draw reads with each ridge.
struct Repaired {
    raw: usize,
    softmax: [usize; 6],
    linear: [usize; 6],
    same: f64,
    other: f64,
    bound: f64,
}

impl Repaired {
    fn of(draw: Draw) -> Result<Self> {
        let whole = Whole::of(draw)?;
        let Whole { pixels: Columns { train, test, .. }, labels, shown } = &whole;
        let moments = moments(labels.as_ref());
        let (y, n, largest) = (centred(labels.as_ref(), &moments), count(train.nrows()), whole.largest_eigenvalue()?);
        let (mut softmax, mut linear) = ([0; 6], [0; 6]);
        for (place, share) in RIDGES.into_iter().enumerate() {
            let [x, queries] = whole.whitened(share * largest)?;
            softmax[place] = right(&whole.by_distance(&x, &queries)?, shown);
            let scores = Mat::from_fn(shown.len(), y.ncols(), |_, class| moments[class].mean());
            linear[place] = right(&(scores + attended(&x, &queries, &y)), shown);
        }
        let epsilon = RIDGES[5] * largest;
        let [x, queries] = whole.whitened(epsilon)?;
        let against = |penalty: f64| {
            let ridge = Ridge::fit(train.as_ref(), y.as_ref(), penalty, Intercept::None)?;
            Ok::<_, Error>(max_abs_gap(attended(&x, &queries, &y).as_ref(), ridge.predict(test.as_ref()).as_ref()))
        };
        Ok(Self {
            raw: right(&whole.by_distance(train, test)?, shown),
            softmax,
            linear,
            same: against(n * epsilon)?,
            other: against(epsilon)?,
            // The condition of G + nεI with the largest eigenvalue of G/n for ε is below two.
            bound: 100.0 * n.sqrt() * f64::EPSILON * 2.0,
        })
    }
}

/// Linear attention at the scale 1/n.
fn attended(x: &Mat<f64>, queries: &Mat<f64>, values: &Mat<f64>) -> Mat<f64> {
    queries * (x.transpose() * values) * faer::Scale(1.0 / count(x.nrows()))
}

fn repairs(seen: &[Repaired]) -> Figure {
    let wrong =
        |of: &dyn Fn(&Repaired) -> usize| 360.0 - median(&seen.iter().map(|seen| count(of(seen))).collect::<Vec<_>>());
    let level = |name: &str, at: f64, ink: Ink| {
        Series::curve(name, [1e-4, 1.0], [at; 2]).ink(ink).stroke(Stroke::Dotted).within(1e-2)
    };
    let curve = |name: &str, of: &dyn Fn(&Repaired, usize) -> usize| {
        let points = (1..RIDGES.len()).map(|place| (RIDGES[place], wrong(&|seen| of(seen, place))));
        Series::through(name, points).within(1e-2)
    };
    let series = vec![
        level("softmax, pixels", wrong(&|seen| seen.raw), SOFTMAX).label(Side::Below, 0),
        level("softmax, pseudo-inverse", wrong(&|seen| seen.softmax[0]), SOFTMAX).label(Side::Above, 1),
        level("least squares", wrong(&|seen| seen.linear[0]), REGRESSION).label(Side::Above, 1),
        curve("softmax", &|seen, place| seen.softmax[place]).ink(SOFTMAX).mark(Mark::Square).label(Side::Below, 2),
        curve("linear attention", &|seen, place| seen.linear[place])
            .ink(LINEAR)
            .mark(Mark::Circle)
            .label(Side::Above, 3),
    ];
    let x = Axis::log("ridge on the covariance, over its largest eigenvalue", &[1e-4, 1e-3, 1e-2, 0.1, 1.0]);
    let y = Axis::linear("test pictures misread, of 360", &[0.0, 20.0, 40.0, 60.0]);
    Figure::new("Misread pictures against the ridge of a whitening", Chart::new(x, y, series))
}

/// ## Half a picture is completed better by similar ones than by a line
///
/// Show the upper half of a picture and ask for the lower one. There are thirty-two targets, and the machines of this
/// book have an answer: ridge regression, with the penalty that leaving rows out chooses; the nearest training
/// picture; softmax attention by the distance of upper halves, with a bandwidth chosen in the same way; and a line
/// fitted around the query to the pictures that this attention looks at (Fan 1993; as an attention, Zuo et al. 2025).
///
/// In mean squared error per pixel, all ink being one, ridge regression is at {{ridge:3}} and the nearest picture at
/// {{nearest:3}}, {{neighbour|about as far off|0.85..1.15}}. Softmax attention is at {{softmax:3}}, {{ratio:2}} of ridge. The local line
/// takes a few per cent more away: on the first hundred and twenty test pictures its error is {{local:2}} of softmax's.
///
/// The pictures at the [head of the chapter](images.md) show why. Below one upper half there may be a three or a nine, and where it tips from the one to the other is no matter of a sum over pixels: the mean of the lower halves is
/// no linear function of the upper one. Ridge must be linear, and draws a grey smear that is neither. Softmax averages over whole lower halves of pictures that look alike above. So its pixels
/// stay between nothing and all ink; ridge leaves that range by more than a twentieth in {{outside:2}} of its pixels.
///
/// If that is the reason, the order must turn round where the mean *is* linear. Draw Gaussian “pictures” with the mean and the
/// covariance of the real ones: softmax then errs {{gaussian:3}} times as much as ridge. Nothing is left for it to find, and it
/// still pays for smoothing.
///
/// The attention that was tuned to complete pictures reads them too. With labels in the place of lower halves, and the
/// bandwidth that suited pixels, it reads {{read:2}} of the pictures from their upper halves. Least squares on the labels reads
/// {{read_least:2}}.
///
/// ![**Ten upper halves, completed.** The first test picture of each digit, in the first draw: the upper halves are given, the lower ones completed.](figure)
///
/// ```toml
/// kind = "measured"
/// settles = { S26 = "holds if" }
/// finding = "Pictures part the two where a mean is not linear: softmax completes halves of digits with {{ratio:2}} of ridge's error. On Gaussian pictures of the same mean and covariance it has {{gaussian:2}} times that error."
/// uses = ["a_bias_on_the_keys_makes_attention_a_kernel_regression", "softmax_never_leaves_the_range_of_its_values"]
/// words = { half = "What is shown is the upper half." }
/// headline = "ratio"
/// breaks_when = "the pictures are Gaussian, with the mean and the covariance of the real ones: softmax then errs {{gaussian:3}} times as much as ridge."
/// ```
#[test]
fn half_a_picture_is_completed_better_by_similar_ones_than_by_a_line() -> Result<()> {
    let mut evidence = Evidence::new();
    let seen = in_parallel(&draws(), |&draw| Completed::of(draw))?;
    let of = |number: fn(&Completed) -> f64| seen.iter().map(number).collect::<Vec<_>>();
    let error = |what: &str| format!("mean squared error per pixel of lower halves, {what}");
    for (name, what, number) in [
        ("ridge", "ridge", (|seen| seen.ridge) as fn(&Completed) -> f64),
        ("nearest", "the nearest training picture", |seen| seen.nearest),
        ("softmax", "softmax by distance", |seen| seen.softmax),
    ] {
        evidence.measure(name, &error(what), of(number)).within(relative(1e-3)).noted();
    }
    evidence
        .measure("neighbour", "error of the nearest picture over ridge's", of(|seen| seen.nearest / seen.ridge))
        .within(relative(1e-3))
        .noted();
    evidence
        .measure("ratio", "error of softmax over ridge's", of(|seen| seen.softmax / seen.ridge))
        .within(relative(1e-3))
        .at_most(0.8);
    evidence
        .breaks(
            "gaussian",
            "ratio",
            "the pictures are Gaussian, with the mean and the covariance of the real ones",
            of(|seen| seen.gaussian),
        )
        .within(relative(1e-3))
        .by(1.3);
    evidence
        .measure("local", "error of the local line over softmax's, first 120 test pictures", of(|seen| seen.local))
        .within(relative(1e-3))
        .at_most(1.0);
    evidence
        .measure(
            "outside",
            "share of completed pixels of ridge below nothing or above all ink by more than a twentieth",
            of(|seen| seen.outside),
        )
        .within(relative(1e-2))
        .noted();
    for (name, what, number) in [
        ("read", "softmax, bandwidth of the pixels", (|seen| seen.read[0]) as fn(&Completed) -> f64),
        ("read_least", "least squares", |seen| seen.read[1]),
    ] {
        evidence
            .measure(name, &format!("share of test pictures read from upper halves, {what}"), of(number))
            .within(relative(1e-3))
            .noted();
    }
    evidence
        .contrast("reads", "share read by softmax less that of least squares", "read", "read_least")
        .within(relative(1e-2))
        .apart(0.03);
    evidence.figure(completions()?);
    record!(evidence)
}

/// Errors of completion in one draw.
struct Completed {
    ridge: f64,
    nearest: f64,
    softmax: f64,
    /// Of softmax's, on the first test pictures.
    local: f64,
    /// Softmax over ridge on Gaussian pictures.
    gaussian: f64,
    outside: f64,
    /// By softmax, and by least squares.
    read: [f64; 2],
}

/// On so many test pictures the local line is fitted.
const LINES: usize = 120;

impl Completed {
    fn of(draw: Draw) -> Result<Self> {
        let half = Half::of(draw, true)?;
        let answers = Answers::of(&half)?;
        let truth = half.asked.test.as_ref();
        let error = |answer: &Mat<f64>| mse(answer.as_ref(), truth);
        let (few, lines) = (half.seen.test.subrows(0, LINES), truth.subrows(0, LINES));
        let local = mse(answers.local(&half, few)?.as_ref(), lines) / mse(answers.softmax.subrows(0, LINES), lines);
        let drawn = half.asked.restored(&answers.ridge);
        let outside = linalg::entries(drawn.as_ref()).filter(|pixel| !(-0.05..=1.05).contains(pixel)).count();
        let read = |scores: Mat<f64>| half.accuracy(&half.labels.restored(&scores));
        let least = Ridge::fit(half.seen.train.as_ref(), half.labels.train.as_ref(), 0.0, Intercept::None)?;
        let gaussian = Gaussian::of(draw)?;
        Ok(Self {
            ridge: error(&answers.ridge),
            nearest: error(&answers.nearest),
            softmax: error(&answers.softmax),
            local,
            gaussian: gaussian.0,
            outside: count(outside) / count(truth.nrows() * truth.ncols()),
            read: [read(&answers.weights * &half.labels.train), read(least.predict(half.seen.test.as_ref()))],
        })
    }
}

/// What each machine says about the lower halves, without their means.
struct Answers {
    ridge: Mat<f64>,
    nearest: Mat<f64>,
    softmax: Mat<f64>,
    /// Of softmax.
    weights: Mat<f64>,
    bandwidth: f64,
}

/// From these penalties leaving rows out chooses.
const PENALTIES: [f64; 6] = [0.05, 0.2, 0.5, 1.0, 2.0, 5.0];

impl Answers {
    fn of(half: &Half) -> Result<Self> {
        let (x, y, queries) = (&half.seen.train, &half.asked.train, half.seen.test.as_ref());
        let fit = |penalty: f64| Ridge::fit(x.as_ref(), y.as_ref(), penalty, Intercept::None);
        let fits = PENALTIES.into_iter().map(|penalty| {
            let fit = fit(penalty)?;
            Ok((fit.leave_one_out_mse()?, fit))
        });
        let fits = fits.collect::<Result<Vec<_>>>()?;
        let ridge = fits.iter().min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, fit)| fit.predict(queries));
        let bandwidth = bandwidth(x, y, &MULTIPLES)?;
        let weights = kernel::smoother_matrix(queries, x.as_ref(), bandwidth)?;
        // A hundredth of the bandwidth leaves one row.
        let nearest = kernel::smoother_matrix(queries, x.as_ref(), 0.01 * bandwidth)? * y;
        Ok(Self {
            ridge: ridge.unwrap_or_else(|| Mat::zeros(queries.nrows(), y.ncols())),
            nearest,
            softmax: &weights * y,
            weights,
            bandwidth,
        })
    }

    /// The local line: bandwidth and ridge in the units of softmax's bandwidth.
    fn local(&self, half: &Half, queries: MatRef<'_, f64>) -> Result<Mat<f64>> {
        let (x, y) = (half.seen.train.as_ref(), half.asked.train.as_ref());
        local_linear::predict(queries, x, y, 1.5 * self.bandwidth, 0.01)
    }
}

/// Softmax's error over ridge's on Gaussian pictures.
struct Gaussian(f64);

impl Gaussian {
    fn of(draw: Draw) -> Result<Self> {
        let pixels = &pictures()?.pixels;
        let inked: Vec<usize> =
            (0..pixels.ncols()).filter(|&j| pixels.col(j).iter().any(|&pixel| pixel > 0.0)).collect();
        let varying = Mat::from_fn(pixels.nrows(), inked.len(), |i, j| pixels[(i, inked[j])]);
        let root = symmetric_power(covariance(varying.as_ref(), Divisor::N).as_ref(), 0.5)?;
        let drawn = draw.normal(2, varying.nrows(), varying.ncols()) * root;
        let split = draw.split(pixels.nrows(), 0.2)?;
        let upper = inked.iter().filter(|&&pixel| pixel < HALF).count();
        let half = Half {
            seen: Columns::of(drawn.subcols(0, upper), &split),
            asked: Columns::of(drawn.subcols(upper, inked.len() - upper), &split),
            labels: Columns::of(drawn.subcols(0, 1), &split),
            shown: Vec::new(),
        };
        let answers = Answers::of(&half)?;
        let error = |answer: &Mat<f64>| mse(answer.as_ref(), half.asked.test.as_ref());
        Ok(Self(error(&answers.softmax) / error(&answers.ridge)))
    }
}

/// The first test picture of each digit in the first draw, and what four machines make of its upper half.
fn completions() -> Result<Figure> {
    let half = Half::of(first(), true)?;
    let answers = Answers::of(&half)?;
    let rows: Vec<usize> = (0..10).filter_map(|digit| half.shown.iter().position(|&shown| shown == digit)).collect();
    let local = answers.local(&half, select_rows(half.seen.test.as_ref(), &rows).as_ref())?;
    let Digits { pixels, labels } = pictures()?;
    let test = first().split(labels.len(), 0.2)?.test;
    // To a thousandth of all ink: what rounding leaves of nothing is nothing.
    let inked = |pixel: f64| (1000.0 * pixel).round() / 1000.0 + 0.0;
    let picture = |place: usize, lower: MatRef<'_, f64>| -> Vec<Vec<f64>> {
        let pixel = |at: usize| if at < HALF { pixels[(test[rows[place]], at)] } else { lower[(0, at - HALF)] };
        (0..SIDE).map(|row| (0..SIDE).map(|column| inked(pixel(SIDE * row + column))).collect()).collect()
    };
    let line = |name: &str, of: &dyn Fn(usize) -> Mat<f64>| {
        let images = (0..rows.len()).map(|place| picture(place, half.asked.restored(&of(place)).as_ref()));
        Line::new(name, images.collect()).within(0.02)
    };
    let row = |all: &Mat<f64>, place: usize| all.subrows(place, 1).to_owned();
    let lines = vec![
        line("as it is", &|place| row(&half.asked.test, rows[place])),
        line("ridge", &|place| row(&answers.ridge, rows[place])),
        line("nearest picture", &|place| row(&answers.nearest, rows[place])),
        line("softmax", &|place| row(&answers.softmax, rows[place])),
        line("local line", &|place| row(&local, place)),
    ];
    Ok(Figure::new("Halves of ten digits, completed by four machines", Pictures::new(1.0, lines)))
}

/// ## Eight heads that look aside are a regression on the neighbours
///
/// Now go into a picture. A row is a pixel, and the picture is all there is: what can attention do inside it? Let a head look by position alone. Give
/// every pixel $p = (i, j)$ the features $\varphi(p) = (1, i, j, i^2 + j^2)$; there is a form for which the score of
/// $k$ for $q$ is, up to what depends on the query alone,
///
/// $$-\frac{\|q + \delta - k\|^2}{\tau},$$
///
/// so that the head looks at the pixel that lies $\delta$ away. The next candidates are a step further, and as $\tau$
/// falls their weight vanishes like $e^{-1/\tau}$. Eight such heads look at the eight neighbours. Read them out with the
/// coefficients of a regression of a pixel on its neighbours, and the layer *is* that regression, within rounding at
/// $\tau = 1/50$. This is a convolution, and the construction is that of Cordonnier, Loukas and Jaggi (2020).
///
/// The regression does what a single head that looks by position cannot. Fitted on one picture of thirty-six digits and asked on another, it gives
/// the four sides positive coefficients and all four corners negative ones, that nearest to zero {{corner:2}} in the median: neighbouring sides say in part the same, and what they say twice must be taken off. A softmax only adds. The best average over the eight neighbours, over all
/// weights that are positive and sum to one, has {{convex:3}} times the regression's error, and it gives the corners
/// nothing in all draws. Let the weights be negative, and sum to one as before, and its error is {{signed:3}} times the regression's. So it was the sign.
/// [Two opposed heads](temperature.md) can subtract; one cannot.
///
/// ```toml
/// kind = "measured"
/// settles = { S26 = "holds if" }
/// finding = "Inside a picture attention by position is a regression on neighbours, to rounding, if there is a head for each neighbour and a read-out that may be negative. One softmax has {{convex:3}} times its error."
/// words = { each = "The construction has eight heads, and a picture has eight directions." }
/// uses = ["two_opposed_heads_are_a_better_one", "softmax_never_leaves_the_range_of_its_values"]
/// headline = "convex"
/// constants = ["1/50"]
/// breaks_when = "the temperature is one: the heads then see around their neighbour, and the layer is {{warm:2}} of its size away from the regression."
/// ```
#[test]
fn eight_heads_that_look_aside_are_a_regression_on_the_neighbours() -> Result<()> {
    let mut evidence = Evidence::new();
    let small = Mosaic::of(first(), 3, 0)?;
    let fit = small.regression()?;
    let gap = |temperature: f64| small.eight_heads(&fit, temperature);
    // At a fiftieth the next pixels have a weight of 4 e⁻⁵⁰, far below rounding.
    let bound = 100.0 * f64::EPSILON * count(small.side()) * 50.0;
    evidence.rounding(
        "heads",
        "eight heads at a temperature of a fiftieth against the regression on neighbours",
        gap(0.02)?,
        bound,
    );
    evidence.breaks("warm", "heads", "the temperature is one", gap(1.0)?).within(relative(1e-3)).by(1e6);
    let seen = in_parallel(&draws(), |&draw| Aside::of(draw))?;
    let of = |number: fn(&Aside) -> f64| seen.iter().map(number).collect::<Vec<_>>();
    evidence
        .measure(
            "convex",
            "error of the best average over eight neighbours, over the regression's",
            of(|seen| seen.convex),
        )
        .within(relative(1e-3))
        .at_least(1.04);
    evidence
        .measure("corner", "largest coefficient of a corner", of(|seen| seen.corner))
        .within(relative(1e-3))
        .at_most(-0.01);
    evidence
        .measure("sides", "smallest coefficient of a side", of(|seen| seen.side))
        .within(relative(1e-3))
        .at_least(0.1);
    evidence.exactly(
        "corners",
        "corners with weight in the best average, all draws",
        seen.iter().map(|seen| seen.corners).sum(),
        0,
    );
    evidence
        .breaks("signed", "convex", "the weights may be negative", of(|seen| seen.signed))
        .within(relative(1e-3))
        .by(1.03);
    record!(evidence)
}

/// Where the eight neighbours of a pixel lie; the corners come last.
const ASIDE: [(isize, isize); 8] = [(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)];

/// Digits side by side, as one picture.
struct Mosaic(Mat<f64>);

impl Mosaic {
    /// `across` by `across` digits that are drawn without repetition, from the `part`-th stretch of a random order.
    fn of(draw: Draw, across: usize, part: usize) -> Result<Self> {
        let pixels = &pictures()?.pixels;
        let order = draw.order(3, pixels.nrows());
        let chosen = &order[part * across * across..];
        let pixel = |i: usize, j: usize| pixels[(chosen[i / SIDE * across + j / SIDE], i % SIDE * SIDE + j % SIDE)];
        Ok(Self(Mat::from_fn(SIDE * across, SIDE * across, pixel)))
    }

    fn side(&self) -> usize {
        self.0.nrows()
    }

    /// The pixels that have eight neighbours.
    fn inner(&self) -> Vec<(usize, usize)> {
        let side = self.side();
        (1..side - 1).flat_map(|i| (1..side - 1).map(move |j| (i, j))).collect()
    }

    /// Neighbours and pixels, a row for each inner pixel.
    fn patches(&self) -> (Mat<f64>, Mat<f64>) {
        let inner = self.inner();
        let at = |(i, j): (usize, usize), (down, right): (isize, isize)| {
            self.0[(i.wrapping_add_signed(down), j.wrapping_add_signed(right))]
        };
        let x = Mat::from_fn(inner.len(), ASIDE.len(), |row, head| at(inner[row], ASIDE[head]));
        (x, Mat::from_fn(inner.len(), 1, |row, _| at(inner[row], (0, 0))))
    }

    fn regression(&self) -> Result<Ridge> {
        let (x, y) = self.patches();
        Ridge::fit(x.as_ref(), y.as_ref(), 0.0, Intercept::Fitted)
    }

    /// How far eight heads by position, read out with a regression's coefficients, are from the regression.
    fn eight_heads(&self, fit: &Ridge, temperature: f64) -> Result<f64> {
        let side = self.side();
        let all: Vec<(usize, usize)> = (0..side).flat_map(|i| (0..side).map(move |j| (i, j))).collect();
        let features = |pixels: &[(usize, usize)]| {
            Mat::from_fn(pixels.len(), 4, |row, feature| {
                let (i, j) = (count(pixels[row].0), count(pixels[row].1));
                [1.0, i, j, i * i + j * j][feature]
            })
        };
        let (queries, keys) = (features(&self.inner()), features(&all));
        let values = Mat::from_fn(all.len(), 1, |row, _| self.0[all[row]]);
        let mut answer = Mat::full(queries.nrows(), 1, fit.intercept()[0]);
        for (head, &(down, right)) in ASIDE.iter().enumerate() {
            let (down, right) = (down as f64, right as f64);
            let form = linalg::from_rows(&[
                vec![0.0, 2.0 * down, 2.0 * right, -1.0],
                vec![0.0, 2.0, 0.0, 0.0],
                vec![0.0, 0.0, 2.0, 0.0],
                vec![0.0; 4],
            ]);
            let looked = softmax::output(
                (&queries * form).as_ref(),
                keys.as_ref(),
                values.as_ref(),
                temperature,
                Diagonal::Kept,
            )?;
            answer += looked * faer::Scale(fit.coefficients()[(head, 0)]);
        }
        let (x, _) = self.patches();
        Ok(linalg::relative_gap(answer.as_ref(), fit.predict(x.as_ref()).as_ref()))
    }
}

/// What one draw says about a pixel and its neighbours.
struct Aside {
    convex: f64,
    /// Of weights that sum to one and may be negative.
    signed: f64,
    corner: f64,
    side: f64,
    corners: usize,
}

impl Aside {
    fn of(draw: Draw) -> Result<Self> {
        let (here, there) = (Mosaic::of(draw, 6, 0)?, Mosaic::of(draw, 6, 1)?);
        let (fit, (x, y), (queries, truth)) = (here.regression()?, here.patches(), there.patches());
        let error = |answer: &Mat<f64>| mse(answer.as_ref(), truth.as_ref());
        let average = best_average(&x, &y)?;
        let signed = averaging(&x, &y, &(0..x.ncols()).collect::<Vec<_>>())?;
        let least = error(&fit.predict(queries.as_ref()));
        let coefficient = |head: &usize| fit.coefficients()[(*head, 0)];
        Ok(Self {
            convex: error(&(&queries * &average)) / least,
            signed: error(&(&queries * &signed)) / least,
            corner: (4..8).map(|head| coefficient(&head)).fold(f64::NEG_INFINITY, f64::max),
            side: (0..4).map(|head| coefficient(&head)).fold(f64::INFINITY, f64::min),
            corners: (4..8).filter(|&head| average[(head, 0)] > 0.0).count(),
        })
    }
}

/// Of all weights that are not negative and sum to one those with the least squared error: the optimum on every face of the simplex,
/// and of those that lie on it the best.
fn best_average(x: &Mat<f64>, y: &Mat<f64>) -> Result<Mat<f64>> {
    let mut best = (f64::INFINITY, Mat::zeros(x.ncols(), 1));
    for face in 1..1_usize << x.ncols() {
        let heads: Vec<usize> = (0..x.ncols()).filter(|head| face >> head & 1 == 1).collect();
        let average = averaging(x, y, &heads)?;
        let error = mse((x * &average).as_ref(), y.as_ref());
        if error < best.0 && linalg::entries(average.as_ref()).all(|weight| weight >= 0.0) {
            best = (error, average);
        }
    }
    Ok(best.1)
}

/// The weights of these columns that sum to one and have the least squared error.
fn averaging(x: &Mat<f64>, y: &Mat<f64>, columns: &[usize]) -> Result<Mat<f64>> {
    let mut average = Mat::zeros(x.ncols(), 1);
    // The last weight is what the others leave of one.
    let Some((&last, others)) = columns.split_last() else { return Ok(average) };
    average[(last, 0)] = 1.0;
    if !others.is_empty() {
        let rows = Mat::from_fn(x.nrows(), others.len(), |i, j| x[(i, others[j])] - x[(i, last)]);
        let rest = Mat::from_fn(x.nrows(), 1, |i, _| y[(i, 0)] - x[(i, last)]);
        let fit = Ridge::fit(rows.as_ref(), rest.as_ref(), 0.0, Intercept::None)?;
        for (&column, weight) in others.iter().zip(linalg::entries(fit.coefficients())) {
            average[(column, 0)] = weight;
            average[(last, 0)] -= weight;
        }
    }
    Ok(average)
}

/// ## With few pictures a line leads, with many attention
///
/// The rows can be patches: a pixel with its eight neighbours, of every inner pixel of $k$ digits. Attention that looks for similar
/// patches *inside* what it is shown, and averages their middles, is like what image processing calls non-local means (Buades, Coll and Morel 2005), across pictures and with the middle hidden. We ask it for the pixels of sixty other digits, and a regression too.
///
/// Which is better depends on how much there is to look at. With four digits, 144 patches, softmax errs
/// {{four:3}} times as much as least squares; with 128 digits and 4608 patches it errs {{many:2}} as much. The regression
/// has nine numbers to learn. It has learnt them from a few digits, and from four to 128 its error falls by a factor of
/// {{least_gain:3}}. Softmax has nothing to learn and everything to remember: patches of eight numbers come near only as they become
/// many, and its error falls by {{softmax_gain:3}}; the two cross at about sixteen digits in the median. What a regression stores does not grow with the data; that is its advantage at four digits and its limit at 128.
///
/// It is again the shape of the truth that decides. On Gaussian patches of the same mean and covariance there is nothing
/// beyond the line, and with as many rows softmax is at {{gaussian:3}} times the error of least squares.
///
/// ![**Learning and remembering.** Mean squared error of a pixel, predicted from its eight neighbours, against the number of digits whose patches were shown; medians of five draws.](figure)
///
/// ```toml
/// kind = "measured"
/// settles = { S26 = "holds if" }
/// finding = "Inside pictures softmax overtakes a regression on neighbours once it has enough to look at: {{four:3}} times its error with the patches of four digits, {{many:2}} of it with those of 128."
/// uses = ["half_a_picture_is_completed_better_by_similar_ones_than_by_a_line"]
/// headline = "many"
/// breaks_when = "the patches are Gaussian, with the mean and the covariance of the real ones: with as many of them softmax errs {{gaussian:3}} times as much as least squares."
/// ```
#[test]
fn with_few_pictures_a_line_leads_with_many_attention() -> Result<()> {
    let mut evidence = Evidence::new();
    let seen = in_parallel(&draws(), |&draw| Learnt::of(draw))?;
    let of = |number: &dyn Fn(&Learnt) -> f64| seen.iter().map(number).collect::<Vec<_>>();
    let (few, most) = (2, SHOWN.len() - 1);
    let ratio = |at: usize| of(&|seen: &Learnt| seen.softmax[at] / seen.least[at]);
    evidence
        .measure("many", "error of softmax over that of least squares, 128 digits shown", ratio(most))
        .within(relative(1e-3))
        .at_most(0.97);
    evidence
        .breaks(
            "gaussian",
            "many",
            "the patches are Gaussian, with the mean and the covariance of the real ones",
            of(&|seen| seen.gaussian),
        )
        .within(relative(1e-3))
        .by(1.1);
    evidence
        .measure("four", "error of softmax over that of least squares, four digits shown", ratio(few))
        .within(relative(1e-3))
        .at_least(1.03);
    evidence
        .contrast("overtakes", "that ratio with four digits over that with 128", "four", "many")
        .within(relative(1e-3))
        .by(1.1);
    for (name, what, gain) in [
        ("softmax_gain", "softmax", of(&|seen| seen.softmax[few] / seen.softmax[most])),
        ("least_gain", "least squares", of(&|seen| seen.least[few] / seen.least[most])),
    ] {
        let measure = evidence.measure(name, &format!("error with four digits over that with 128, {what}"), gain);
        let measure = measure.within(relative(1e-3));
        if name == "least_gain" { measure.at_most(1.25) } else { measure.at_least(1.15) }
    }
    evidence.figure(learning(&seen));
    record!(evidence)
}

/// How many digits are shown.
const SHOWN: [usize; 8] = [1, 2, 4, 8, 16, 32, 64, 128];
/// How many others are asked about.
const ASKED: usize = 60;
/// The bandwidths from which leaving rows out chooses, in the units of eight pixels.
const REACHES: [f64; 6] = [0.1, 0.15, 0.2, 0.3, 0.45, 0.7];

/// Errors of one draw.
struct Learnt {
    least: [f64; 8],
    softmax: [f64; 8],
    /// Softmax over least squares on as many Gaussian patches as the most digits have.
    gaussian: f64,
}

impl Learnt {
    fn of(draw: Draw) -> Result<Self> {
        let order = draw.order(4, pictures()?.pixels.nrows());
        let (asked, shown) = order.split_at(ASKED);
        let (queries, truth) = patches(asked)?;
        let (mut least, mut softmax) = ([0.0; 8], [0.0; 8]);
        for (place, digits) in SHOWN.into_iter().enumerate() {
            let (x, y) = patches(&shown[..digits])?;
            [least[place], softmax[place]] = compared(&x, &y, &queries, &truth)?;
        }
        let most = patches(&shown[..SHOWN[7]])?.0.nrows();
        let drawn = gaussian_patches(draw, most + queries.nrows())?;
        let part = |from: usize, rows: usize| {
            (drawn.submatrix(from, 0, rows, 8).to_owned(), drawn.submatrix(from, 8, rows, 1).to_owned())
        };
        let ((x, y), (queries, truth)) = (part(0, most), part(most, queries.nrows()));
        let [line, kernel] = compared(&x, &y, &queries, &truth)?;
        Ok(Self { least, softmax, gaussian: kernel / line })
    }
}

/// Neighbours and pixels of the inner pixels of these digits.
fn patches(digits: &[usize]) -> Result<(Mat<f64>, Mat<f64>)> {
    let pixels = &pictures()?.pixels;
    let each: Vec<_> = digits
        .iter()
        .map(|&digit| Mosaic(Mat::from_fn(SIDE, SIDE, |i, j| pixels[(digit, SIDE * i + j)])).patches())
        .collect();
    let inner = each.first().map_or(0, |(x, _)| x.nrows());
    let stacked = |columns: usize, of: &dyn Fn(usize, usize, usize) -> f64| {
        Mat::from_fn(inner * each.len(), columns, |i, j| of(i / inner, i % inner, j))
    };
    Ok((stacked(8, &|at, i, j| each[at].0[(i, j)]), stacked(1, &|at, i, j| each[at].1[(i, j)])))
}

/// Gaussian patches, neighbours first, with the mean and the covariance of those of all digits.
fn gaussian_patches(draw: Draw, rows: usize) -> Result<Mat<f64>> {
    let (x, y) = patches(&(0..pictures()?.pixels.nrows()).collect::<Vec<_>>())?;
    let all = Mat::from_fn(x.nrows(), 9, |i, j| if j < 8 { x[(i, j)] } else { y[(i, 0)] });
    let (root, means) = (symmetric_power(covariance(all.as_ref(), Divisor::N).as_ref(), 0.5)?, moments(all.as_ref()));
    let drawn = draw.normal(5, rows, 9) * root;
    Ok(Mat::from_fn(rows, 9, |i, j| drawn[(i, j)] + means[j].mean()))
}

/// A bandwidth must fall as patches become many: it is chosen on so many of them and not on a few hundred.
const MANY: usize = 1500;

/// The errors of least squares and of softmax by distance.
fn compared(x: &Mat<f64>, y: &Mat<f64>, queries: &Mat<f64>, truth: &Mat<f64>) -> Result<[f64; 2]> {
    let line = Ridge::fit(x.as_ref(), y.as_ref(), 0.0, Intercept::Fitted)?.predict(queries.as_ref());
    let spaced: Vec<usize> = (0..x.nrows().min(MANY)).map(|row| row * x.nrows() / x.nrows().min(MANY)).collect();
    let [some, theirs] = [x, y].map(|all| select_rows(all.as_ref(), &spaced));
    let bandwidth = kernel::bandwidth(some.as_ref(), theirs.as_ref(), &REACHES)?;
    let softmax = kernel::smoother_matrix(queries.as_ref(), x.as_ref(), bandwidth)? * y;
    Ok([line, softmax].map(|answer| mse(answer.as_ref(), truth.as_ref())))
}

fn learning(seen: &[Learnt]) -> Figure {
    let middle = |of: &dyn Fn(&Learnt) -> f64| median(&seen.iter().map(of).collect::<Vec<_>>());
    let curve = |name: &str, of: fn(&Learnt) -> [f64; 8]| {
        Series::curve(name, SHOWN.map(count), (0..SHOWN.len()).map(|at| middle(&|seen| of(seen)[at]))).within(1e-2)
    };
    let series = vec![
        curve("least squares", |seen| seen.least).ink(REGRESSION).mark(Mark::Circle).label(Side::Right, 7),
        curve("softmax", |seen| seen.softmax).ink(SOFTMAX).mark(Mark::Square).label(Side::Right, 7),
    ];
    let x = Axis::log("digits shown", &[1.0, 4.0, 16.0, 64.0, 128.0]);
    let y = Axis::linear("mean squared error of a pixel", &[0.0, 0.02, 0.04, 0.06, 0.08, 0.1]);
    Figure::new("Error of a pixel from its neighbours against the number of digits shown", Chart::new(x, y, series))
}
