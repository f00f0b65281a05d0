//! # The map, once more
//!
//! <div class="aside" role="note">
//!
//! $H$ is the hat matrix and $A$ the matrix of an attention, on the same training rows. Its size is
//! $\|A\|_F/\|H\|_F$, its alignment $\langle A, H\rangle/(\|A\|_F\|H\|_F)$; regression is at one and one.
//!
//! </div>
//!
//! The [first page](index.md) opens with a map of trained attentions on three tables. Where would pictures and series be on it? One might expect that it
//! depends on what the rows are. It does not: without softmax, and from a vanishing start, the place depends on how many targets there are for a feature. Nothing is
//! trained here. Linear attention is the form at which descent from zero ends, and softmax is that of the distance.

use attention_regression::agreement::Mechanism;
use attention_regression::compare::ink::{LINEAR, REGRESSION, SOFTMAX};
use attention_regression::data::{Dataset, Table, diabetes, digits, linnerud, series};
use attention_regression::linalg::{count, gram, singular_values, symmetric_power};
use attention_regression::notebook::claim::evidence::{Evidence, relative};
use attention_regression::publish::figure::{Axis, Chart, Figure, Ink, Mark, Series, Side, Stroke};
use attention_regression::regression::{Intercept, hat_matrix, kernel};
use attention_regression::whitening::{Divisor, Root, Whitening};
use attention_regression::{Error, Mat, Result, record};

use crate::support::bandwidth;

/// What is on the map.
struct Entry {
    name: &'static str,
    /// Without training means.
    rows: Table,
    /// How many directions its targets have.
    rank: usize,
}

impl Entry {
    fn of(name: &'static str, data: &Dataset, rank: usize) -> Self {
        Self { name, rows: data.centred().train, rank }
    }

    /// Its rows as they are, or whitened.
    fn rows(&self, whitened: bool) -> Result<Mat<f64>> {
        let x = self.rows.x.as_ref();
        if whitened { Ok(Whitening::fit(x, Root::Pca, Divisor::N, 0.0)?.apply(x)) } else { Ok(x.to_owned()) }
    }

    /// The root of the share of directions that its targets have.
    fn root(&self) -> Result<f64> {
        Ok((count(self.rank) / count(self.rows(true)?.ncols())).sqrt())
    }

    /// Where the smallest form of linear attention is, G⁻¹P_C.
    fn linear(&self, whitened: bool) -> Result<Mechanism> {
        let x = self.rows(whitened)?;
        let onto = hat_matrix((x.transpose() * &self.rows.y).as_ref(), 0.0, Intercept::None)?;
        let inverse = symmetric_power(gram(x.as_ref()).as_ref(), -1.0)?;
        Self::on_the_map(&x, &(&x * (inverse * (onto * x.transpose()))))
    }

    /// Where softmax by distance is.
    fn softmax(&self) -> Result<Mechanism> {
        let x = self.rows(true)?;
        let bandwidth = bandwidth(&x, &self.rows.y, &MULTIPLES)?;
        Self::on_the_map(&x, &kernel::smoother_matrix(x.as_ref(), x.as_ref(), bandwidth)?)
    }

    fn on_the_map(x: &Mat<f64>, weights: &Mat<f64>) -> Result<Mechanism> {
        let hat = hat_matrix(x.as_ref(), 0.0, Intercept::None)?;
        Ok(Mechanism::of(weights.as_ref(), hat.as_ref(), x.qr().compute_thin_Q().as_ref()))
    }
}

/// Of the median distance.
const MULTIPLES: [f64; 6] = [0.05, 0.1, 0.15, 0.25, 0.4, 0.6];

/// Tables, pictures and series. The indicators of ten digits sum to one, so that they have nine directions.
fn entries() -> Result<[Entry; 5]> {
    Ok([
        Entry::of("diabetes", &diabetes::dataset()?, 1),
        Entry::of("exercises and bodies", &linnerud::dataset()?, 3),
        Entry::of("pictures and labels", &digits::dataset()?, 9),
        Entry::of("sunspots", &series::sunspots_by_year()?, 1),
        Entry::of("carbon dioxide", &series::co2_by_month()?, 1),
    ])
}

/// ## On whitened rows the smallest form lies on a diagonal
///
/// Take rows of any kind, whiten them, and take the form of smallest norm that predicts their targets. With $C = X^\top Y$, whose rank we call $m$, it is $P_C/n$, and its matrix is $A = XP_CX^\top/n$, where the hat matrix is $H = XX^\top/n$. So $\|A\|_F^2 = m$, $\|H\|_F^2 = d$,
/// and $\langle A, H\rangle = m$. Its place on the map is
///
/// $$\text{size} = \text{alignment} = \left(\frac md\right)^{1/2}$$
///
/// for a table of patients, for pictures and for series alike, within {{diagonal}}. What the rows *are* has no say but by their rank $d$; how many things they are asked about has. Ten labels of pictures with sixty-one live pixels have nine directions, for their sum is one, and lie at
/// {{pictures:2}}. One number that follows nine years of sunspots lies at {{sunspots:2}}, twelve months of carbon dioxide at
/// {{months:2}}. Three exercises and three measures of the body are as many targets as features, and there linear attention is regression.
///
/// Softmax by distance, with the bandwidth that leaving rows out chooses, obeys no such law. Its size and alignment
/// differ by {{softmax.lowest:2}} to {{softmax.highest:2}}. On patients, pictures and series it looks at few rows, and its matrix is at least {{large.lowest:2}} times as large as the hat matrix; on the sixteen men of the exercises it averages over most, and is smaller.
///
/// ![**The map, with pictures and series on it.** Size and alignment of the smallest form of linear attention (circles) and of softmax by distance (squares) on whitened training rows. The dotted line is where size and alignment are equal; regression is at one and one.](figure)
///
/// ```toml
/// kind = "identity"
/// settles = { S26 = "holds if" }
/// finding = "The law of the map is that of tables: on whitened rows the smallest form of linear attention lies at $(m/d)^{1/2}$ in size and alignment, whether the rows are patients, pictures or windows of a series. With softmax there is no such law."
/// uses = ["each_independent_target_forces_one_direction_more", "the_start_decides_what_one_target_leaves_open"]
/// headline = "diagonal"
/// breaks_when = "the rows are not whitened: linear attention is then off that place, by {{raw.lowest:2}} or more in all but the table with as many targets as features."
/// ```
#[test]
fn on_whitened_rows_the_smallest_form_lies_on_a_diagonal() -> Result<()> {
    let mut evidence = Evidence::new();
    let entries = entries()?;
    let linear = entries.iter().map(|entry| entry.linear(true)).collect::<Result<Vec<_>>>()?;
    let softmax = entries.iter().map(Entry::softmax).collect::<Result<Vec<_>>>()?;
    let off = |found: &Mechanism, entry: &Entry| {
        let root = entry.root()?;
        Ok::<_, Error>((found.size - root).abs().max((found.alignment - root).abs()))
    };
    let gaps = linear.iter().zip(&entries).map(|(found, entry)| off(found, entry)).collect::<Result<Vec<_>>>()?;
    let worst = gaps.into_iter().fold(0.0, f64::max);
    let bound = entries.iter().map(rounding).collect::<Result<Vec<_>>>()?.into_iter().fold(0.0, f64::max);
    evidence.rounding(
        "diagonal",
        "size and alignment of the smallest form against $(m/d)^{1/2}$, worst of five",
        worst,
        bound,
    );
    for (name, at) in [("pictures", 2), ("sunspots", 3), ("months", 4)] {
        let words = format!("alignment of the smallest form, {}", entries[at].name);
        evidence.measure(name, &words, linear[at].alignment).within(relative(1e-6)).noted();
    }
    let raw = entries.iter().filter(|entry| entry.name != "exercises and bodies");
    let raw = raw.map(|entry| off(&entry.linear(false)?, entry)).collect::<Result<Vec<_>>>()?;
    evidence.breaks("raw", "diagonal", "the rows are not whitened", raw).within(relative(1e-3)).by(1e5);
    let apart = softmax.iter().map(|found| (found.size - found.alignment).abs()).collect::<Vec<_>>();
    evidence
        .measure("softmax", "distance of size from alignment, softmax by distance, five tables", apart)
        .within(relative(1e-2))
        .at_least(0.02);
    let large = softmax.iter().zip(&entries).filter(|(_, entry)| entry.name != "exercises and bodies");
    evidence
        .measure(
            "large",
            "size of softmax by distance, four tables",
            large.map(|(found, _)| found.size).collect::<Vec<_>>(),
        )
        .within(relative(1e-2))
        .at_least(2.0);
    evidence.figure(map(&entries, &linear, &softmax));
    record!(evidence)
}

/// What rounding may do to a place on the map: 100 √n ε κ(X) from whitening, and κ(C) from the projection onto its span.
fn rounding(entry: &Entry) -> Result<f64> {
    let x = entry.rows(true)?;
    let content = x.transpose() * &entry.rows.y;
    let spread = |of: &Mat<f64>, rank: usize| {
        let values = singular_values(of.as_ref())?;
        Ok::<_, Error>(values[0] / values[rank - 1])
    };
    let conditions = spread(&entry.rows.x, x.ncols())? + spread(&content, entry.rank)?;
    Ok(100.0 * count(x.nrows()).sqrt() * f64::EPSILON * conditions)
}

fn map(entries: &[Entry], linear: &[Mechanism], softmax: &[Mechanism]) -> Figure {
    let diagonal = (0..=20).map(|step| 0.1 * 10_f64.powf(f64::from(step) / 20.0));
    let place = |found: &Mechanism| (found.size, found.alignment);
    let mut all = vec![
        Series::through("size = alignment", diagonal.map(|at| (at, at)))
            .ink(Ink::MUTED)
            .stroke(Stroke::Dotted)
            .within(1e-6),
        Series::through("regression", [(1.0, 1.0)]).ink(REGRESSION).marks(Mark::Circle).label(Side::Right, 0),
    ];
    for (entry, found) in entries.iter().zip(linear) {
        all.push(
            Series::through(entry.name, [place(found)])
                .ink(LINEAR)
                .marks(Mark::HollowCircle)
                .within(1e-3)
                .label(Side::Left, 0),
        );
    }
    for (entry, found) in entries.iter().zip(softmax) {
        all.push(
            Series::through(entry.name, [place(found)])
                .ink(SOFTMAX)
                .marks(Mark::Square)
                .within(1e-2)
                .label(Side::Right, 0),
        );
    }
    let x = Axis::log("size, ‖A‖ ∕ ‖H‖", &[0.1, 1.0, 10.0]);
    let y = Axis::linear("alignment, ⟨A, H⟩ ∕ ‖A‖‖H‖", &[0.0, 0.25, 0.5, 0.75, 1.0]);
    Figure::new("Size and alignment of attention on tables, pictures and series", Chart::new(x, y, all).tall())
}
