//! The history of a headline metric as a line of marks, and as a list for those who cannot point at a mark.
//!
//! A mark is a commit that changed the value, and says which when pointed at. Equal steps, not equal times: what matters is how often
//! and how far. The scale is logarithmic where all values are positive and more than a factor of ten apart. A bound on rounding has a
//! stem that reaches down, by its headroom, to what was seen. The new value is a diamond, reached by a dashed line.

use maud::{Markup, html};

use super::{breakable, prose};
use crate::notebook::claim::metric::Reading;
use crate::notebook::claim::wording;
use crate::notebook::registry::Claim;
use crate::notebook::review::history::{Course, Origin, Step};
use crate::notebook::review::{Item, Review};
use crate::publish::number::{self, Digits};

const WIDTH: f64 = 240.0;
const HEIGHT: f64 = 44.0;
/// Room for a mark at an edge.
const EDGE: f64 = 9.0;
/// Beyond this ratio of the largest to the smallest value the scale is logarithmic.
const FACTOR: f64 = 10.0;

/// In the section of a claim that moved; a value that was never another is not drawn.
pub(super) fn of_item(item: &Item, review: &Review) -> Markup {
    let Some(course) = review.history.courses.get(&item.id).filter(|course| !course.steps.is_empty()) else { return html! {} };
    let moved = item.differences.iter().any(|difference| difference.name == course.metric && difference.same_value() != Some(true));
    let words = html! { b { "History of " code { (breakable(&course.metric)) } } ": " (said(course, moved)) (passed_over(course)) };
    if course.steps.len() < 2 {
        return html! { p.small { (words) } };
    }
    html! {
        figure.history id={ "history-" (item.id) } {
            (line(course, moved))
            figcaption { (words) }
            (list(course))
        }
    }
}

/// All claims that did not move, folded.
pub(super) fn of_others(review: &Review) -> Markup {
    let courses = &review.history.courses;
    let others: Vec<(&Claim, &Course)> =
        review.still.iter().filter_map(|claim| Some((claim, courses.get(&claim.id).filter(|course| course.committed().next().is_some())?))).collect();
    html! {
        h2 id="history" { "History" }
        @if let Some(note) = &review.history.note { p.small { (note) } }
        @if !others.is_empty() {
            details {
                summary { "The headline number of " (others.len()) (if others.len() == 1 { " claim that did not move" } else { " claims that did not move" }) }
                div.wide {
                    table.histories {
                        thead { tr { th { "Claim" } th { "Headline" } th { "Accepted values, commit by commit" } } }
                        tbody { @for (claim, course) in &others { (row(claim, course)) } }
                    }
                }
            }
        }
    }
}

fn row(claim: &Claim, course: &Course) -> Markup {
    html! {
        tr {
            td { (prose::inline(&claim.title)) small { (breakable(&claim.id)) } }
            td { code { (breakable(&course.metric)) } }
            td { (line(course, false)) @if course.steps.len() > 1 { (list(course)) } }
        }
    }
}

/// The drawing between its first and its last value; of one value there is nothing to draw.
fn line(course: &Course, moved: bool) -> Markup {
    let ends = course.steps.first().zip(course.steps.last());
    html! {
        @if let Some((first, last)) = ends.filter(|_| course.steps.len() > 1) {
            div.course { span.end { (value(first.reading)) } (sparkline(course, moved)) span.end.new[moved] { (value(last.reading)) } }
        } @else {
            (said(course, moved))
        }
    }
}

fn sparkline(course: &Course, moved: bool) -> Markup {
    let scale = scale(course);
    let points: Vec<(f64, f64)> =
        course.steps.iter().enumerate().map(|(place, step)| (across(place, course.steps.len()), scale.down(height(step.reading)))).collect();
    let path = |points: &[(f64, f64)]| points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ");
    // The way to the new value is dashed.
    let accepted = if moved { points.len() - 1 } else { points.len() };
    html! {
        svg.sparkline viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" {
            title { "History of " (course.metric) }
            desc { (said(course, moved)) }
            @if accepted > 1 { polyline points=(path(&points[..accepted])) {} }
            @if moved && accepted > 0 { polyline.way points=(path(&points[accepted - 1..])) {} }
            @for (place, (step, (x, y))) in course.steps.iter().zip(&points).enumerate() {
                g class=[(place >= accepted).then_some("new")] {
                    title { (words(step)) }
                    @if let Some(seen) = seen(step.reading) { path.stem d=(format!("M{x:.1} {y:.1}V{:.1}", scale.down(seen))) {} }
                    circle.around cx=(format!("{x:.1}")) cy=(format!("{y:.1}")) r="9" {}
                    @if place >= accepted {
                        path d=(format!("M{x:.1} {:.1}l6 6l-6 6l-6-6Z", y - 6.0)) {}
                    } @else {
                        circle cx=(format!("{x:.1}")) cy=(format!("{y:.1}")) r="3.2" {}
                    }
                }
            }
        }
    }
}

/// Where the `place`th of `all` marks stands.
#[expect(clippy::cast_precision_loss, reason = "there are few commits")]
fn across(place: usize, all: usize) -> f64 {
    if all > 1 { EDGE + (WIDTH - 2.0 * EDGE) * place as f64 / (all - 1) as f64 } else { WIDTH / 2.0 }
}

/// What is plotted of a reading: a bound, a count, a value.
fn height(reading: Reading) -> f64 {
    match reading {
        Reading::Rounding { rounding_at_most, .. } => rounding_at_most,
        #[expect(clippy::cast_precision_loss, reason = "counts are small")]
        Reading::Count { exactly, .. } => exactly as f64,
        Reading::Value(value) => value.value,
    }
}

/// What was seen below a bound, to a decade.
fn seen(reading: Reading) -> Option<f64> {
    match reading {
        #[expect(clippy::cast_precision_loss, reason = "there are few decades")]
        Reading::Rounding { rounding_at_most, headroom } => Some(rounding_at_most * libm::exp10(-(headroom as f64))),
        _ => None,
    }
}

/// From values to units of the drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Scale {
    Linear(f64, f64),
    Log(f64, f64),
}

fn scale(course: &Course) -> Scale {
    let heights = course.steps.iter().flat_map(|step| std::iter::once(height(step.reading)).chain(seen(step.reading)));
    let (low, high) = heights.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > 0.0 && high > FACTOR * low { Scale::Log(libm::log10(low), libm::log10(high)) } else { Scale::Linear(low, high) }
}

impl Scale {
    fn is_log(self) -> bool {
        matches!(self, Self::Log(..))
    }

    fn down(self, value: f64) -> f64 {
        let (low, high, value) = match self {
            Self::Linear(low, high) => (low, high, value),
            Self::Log(low, high) => (low, high, libm::log10(value)),
        };
        let share = if high > low { (value - low) / (high - low) } else { 0.5 };
        HEIGHT - EDGE - share * (HEIGHT - 2.0 * EDGE)
    }
}

/// A number with the digits that a snapshot keeps.
fn value(reading: Reading) -> String {
    match reading {
        Reading::Rounding { .. } => wording::allowed(reading),
        Reading::Count { exactly, .. } => exactly.to_string(),
        Reading::Value(value) => number::unicode(value.value, Digits::Short(8)),
    }
}

/// A value with what there is beside it.
fn whole(reading: Reading) -> String {
    match reading {
        Reading::Rounding { headroom, .. } => format!("{} with {} of room", value(reading), wording::decades(headroom)),
        _ => value(reading),
    }
}

/// What stands for a commit, where there is none.
fn place(origin: &Origin) -> &'static str {
    match origin {
        Origin::Commit(_) => "",
        Origin::Checkout => "accepted in this checkout, not committed",
        Origin::Pending => "new, not accepted",
    }
}

/// All of a mark.
fn words(step: &Step) -> String {
    match &step.origin {
        Origin::Commit(commit) => format!("{} · {} · {}: {}", whole(step.reading), commit.date, commit.short(), commit.subject),
        origin => format!("{} · {}", whole(step.reading), place(origin)),
    }
}

/// The course of the value in a sentence or two.
fn said(course: &Course, moved: bool) -> String {
    let accepted = if moved { course.steps.split_last().map_or(&[][..], |(_, before)| before) } else { &course.steps };
    let told = |step: &Step, word: &str| match &step.origin {
        Origin::Commit(commit) => format!("{} {word} {}", whole(step.reading), commit.date),
        origin => format!("{}, {}", whole(step.reading), place(origin)),
    };
    let past = match accepted {
        [] => "No value was accepted before".to_owned(),
        [only] => told(only, "since"),
        [first, last] => format!("{}, then {}", told(first, "from"), told(last, "since")),
        [first, between @ .., last] => format!("{}, changed {} times, then {}", told(first, "from"), between.len(), told(last, "since")),
    };
    let new = course.steps.last().filter(|_| moved).map_or(String::new(), |step| format!("; new: {}", whole(step.reading)));
    let log = if course.steps.len() > 1 && scale(course).is_log() { " The scale is logarithmic." } else { "" };
    format!("{past}{new}.{log}")
}

fn passed_over(course: &Course) -> String {
    match course.skipped {
        0 => String::new(),
        1 => " One older snapshot cannot be compared and is left out.".to_owned(),
        more => format!(" {more} older snapshots cannot be compared and are left out."),
    }
}

fn list(course: &Course) -> Markup {
    html! {
        details {
            summary { (course.steps.len()) (if course.steps.len() == 1 { " value" } else { " values" }) ", commit by commit" }
            ol.commits {
                @for step in &course.steps {
                    li {
                        b { (whole(step.reading)) } " · "
                        @if let Origin::Commit(commit) = &step.origin { (commit.date) " · " code { (commit.short()) } " · " (commit.subject) } @else { (place(&step.origin)) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::claim::metric::{Tolerance, Value};
    use crate::notebook::review::Commit;

    fn course(readings: &[Reading]) -> Course {
        let commit = |place: usize| Commit { name: format!("{place:040}"), date: "2020-02-02".to_owned(), subject: "A <b>".to_owned() };
        let step = |(place, reading): (usize, &Reading)| Step { origin: Origin::Commit(commit(place)), reading: *reading };
        Course { metric: "gap".to_owned(), steps: readings.iter().enumerate().map(step).collect(), skipped: 0 }
    }

    fn of(value: f64) -> Reading {
        Reading::Value(Value { value, tolerance: Tolerance::Relative(1e-3), limit: None, spread: None })
    }

    #[test]
    fn the_scale_is_logarithmic_where_that_says_more() {
        assert_eq!(scale(&course(&[of(1.0), of(100.0)])), Scale::Log(0.0, 2.0));
        assert_eq!(scale(&course(&[of(1.0), of(10.0)])), Scale::Linear(1.0, 10.0));
        assert_eq!(scale(&course(&[of(-1.0), of(100.0)])), Scale::Linear(-1.0, 100.0));
        assert!(scale(&course(&[Reading::Rounding { rounding_at_most: 1e-9, headroom: 3 }])).is_log(), "the stem of a bound is part of the drawing");
        assert!((scale(&course(&[of(2.0)])).down(2.0) - HEIGHT / 2.0).abs() < 1e-12);
    }

    #[test]
    fn a_new_value_has_another_shape_and_another_line() {
        let all = course(&[of(1.0), of(2.0), of(4.0)]);
        let (still, moved) = (sparkline(&all, false).0, sparkline(&all, true).0);
        assert_eq!((still.matches("l6 6l-6 6l-6-6Z").count(), moved.matches("l6 6l-6 6l-6-6Z").count()), (0, 1));
        assert_eq!((still.matches("class=\"way\"").count(), moved.matches("class=\"way\"").count()), (0, 1));
        assert!(moved.contains("<title>4 · 2020-02-02 · 0000000000: A &lt;b&gt;</title>"), "{moved}");
        assert!(moved.contains("<desc>1 from 2020-02-02, then 2 since 2020-02-02; new: 4.</desc>"), "{moved}");
        assert!(sparkline(&course(&[of(1.0)]), true).0.contains("<desc>No value was accepted before; new: 1.</desc>"));
    }
}
