//! Room to spare: how far every number is from what it is held to, and why the limits that are very near or very far
//! stand where they do.

use maud::{Markup, PreEscaped, html};

use super::Loom;
use super::evidence::measures;
use super::parts::{bar, link, markup, muted, number, table};
use crate::diagnostic::Diagnostic;
use crate::notebook::book::page::Page;
use crate::notebook::claim::metric::{Metric, Reading, Room};
use crate::notebook::claim::wording;
use crate::notebook::registry::Claim;
use crate::publish::counted;

/// A number that has a limit.
struct Limited<'a> {
    claim: &'a Claim,
    name: &'a str,
    metric: &'a Metric,
    room: Room,
}

/// The page.
pub(super) fn room(loom: &mut Loom<'_>) -> Page {
    let (registry, numbers) = (loom.registry, loom.numbers());
    let mut all: Vec<Limited<'_>> = Vec::new();
    for claim in registry.claims() {
        let limited = numbers
            .of(&claim.id)
            .iter()
            .filter_map(|(name, metric)| Some(Limited { claim, name, metric, room: metric.reading.room()? }));
        all.extend(limited);
    }
    let mut thin: Vec<&Limited<'_>> =
        all.iter().filter(|limited| limited.room.thin() && !limited.room.unwatched()).collect();
    thin.sort_by(|a, b| a.room.tolerances.partial_cmp(&b.room.tolerances).unwrap_or(std::cmp::Ordering::Equal));
    let thin: Vec<Markup> = thin.into_iter().map(|limited| row(limited, None)).collect();
    let mut justified = |of: fn(&Limited<'_>) -> bool| -> Vec<Markup> {
        all.iter().filter(|limited| of(limited)).filter_map(|limited| self::justified(loom, limited)).collect()
    };
    let far = justified(|limited| limited.room.loose() && !limited.metric.is_control());
    let near = justified(|limited| limited.room.unwatched());
    let folded = html! { details.list { summary { (counted(thin.len(), "number", "numbers")) ", the nearest first" } "\n" (numbers_table(&thin)) "\n" } };
    let page = Page::of("# Room to spare").and(INTRODUCTION).and(counts(&all));
    let page = listed(page.and("## Very far"), &far, FAR, NONE_FAR);
    listed(page.and("## Very near"), &near, WITHIN, NONE_WITHIN).and("## Near").and(NEAR).and(folded)
}

const INTRODUCTION: &str = "A limit that nothing could miss proves as little as a claim without a control; one that the next digit crosses is an alarm that rings for nothing. So every number that has a limit is counted here by its distance from it, in decades (factors of ten), and those at either end are listed. Over several runs it is the nearest run that counts. A tolerance is how far a number may move before its snapshot must be accepted anew; the last column is the distance in tolerances. A bound on rounding must leave a decade at least.";
const FAR: &str = "More than six decades lie between these numbers and their limits: the limit would let pass a number that is a million times worse. Each needs a reason.";
const WITHIN: &str = "These could cross their limits without a snapshot that shows it first: the limit is within one tolerance. Each needs a reason.";
const NEAR: &str = "Less than one decade, and more than one tolerance. Effects are of the size of their limits by nature: a share, a cosine, a ratio of two errors cannot be a decade away from where the sentence about it would be wrong. What protects them is that the snapshot moves first: a number that drifts towards its limit by more than its tolerance is shown to a reviewer before the limit is reached.";
const NONE_FAR: &str = "No number is more than six decades from its limit: a limit that lets pass a number a million times worse would need a reason.";
const NONE_WITHIN: &str = "No number is within one tolerance of its limit: it could cross it without a snapshot that shows it first, and would need a reason.";

/// How many numbers are how many decades away, as bars.
fn counts(all: &[Limited<'_>]) -> Markup {
    // The longest bar is as long as one of twelve decades.
    let longest = all.len().max(1) as f64 / 12.0;
    let cell = |from: f64, to: f64, rounding: bool| {
        let inside = |limited: &&Limited<'_>| {
            (from..to).contains(&limited.room.decades)
                && matches!(limited.metric.reading, Reading::Rounding { .. }) == rounding
        };
        let count = all.iter().filter(inside).count();
        html! { td { @if count > 0 { (bar(&format!("{:.1}", count as f64 / longest), &count.to_string())) } } }
    };
    let row =
        |name: &str, from: f64, to: f64| html! { tr { td { (name) } (cell(from, to, true)) (cell(from, to, false)) } };
    let decades = ["less than 1", "1 to 2", "2 to 3", "3 to 4", "4 to 5", "5 to 6"]
        .iter()
        .zip(0..)
        .map(|(name, from)| row(name, f64::from(from), f64::from(from + 1)));
    // Six whole decades are not more than six.
    let rows: Vec<Markup> = decades
        .chain([row("exactly 6", 6.0, 6.0_f64.next_up()), row("more", 6.0_f64.next_up(), f64::INFINITY)])
        .collect();
    table("counts", &["Decades", "bounds on rounding", "limits of other numbers"], &rows)
}

/// Rows under the sentence that goes with them, or the sentence that there are none.
fn listed(page: Page, rows: &[Markup], some: &str, none: &str) -> Page {
    if rows.is_empty() { page.and(none) } else { page.and(some).and(numbers_table(rows)) }
}

fn numbers_table(rows: &[Markup]) -> Markup {
    table("room", &["Number", ">value", ">allowed", ">decades", ">tolerances"], rows)
}

fn row(Limited { claim, name, metric, room }: &Limited<'_>, reason: Option<&str>) -> Markup {
    let reading = metric.reading;
    html! {
        tr {
            td {
                (measures(metric)) br; (link(claim))
                @if let Some(reason) = reason { span.reason { (markup(reason)) } }
            }
            td.r {
                (number(claim, name, reading))
                @if let Some(nearest) = wording::nearest(reading) { br; (muted(format!("nearest {nearest}"))) }
            }
            td.r { (wording::allowed(reading)) }
            td.r { (wording::short(room.decades)) }
            td.r {
                @if let Some(tolerances) = room.tolerances {
                    @if tolerances > 1000.0 { (PreEscaped("> 1000")) } @else { (wording::short(tolerances)) }
                }
            }
        }
    }
}

/// A row with its reason; that one is missing is for [`problems`] to say.
fn justified(loom: &mut Loom<'_>, limited: &Limited<'_>) -> Option<Markup> {
    let reason = limited.claim.head.room.get(limited.name)?;
    let (reason, _) = loom.sentence(limited.claim, limited.name, reason, "room.md");
    Some(row(limited, Some(&reason)))
}

/// Whether a reason must be given for where the limit stands. What breaks a limit may break it by as much as it likes.
fn needs_reason(metric: &Metric, room: Room) -> bool {
    room.unwatched() || room.loose() && !metric.is_control()
}

/// Reasons that are missing, and reasons for what needs none.
pub(super) fn problems(claim: &Claim, metrics: &[(String, Metric)]) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for (name, metric) in metrics {
        let room = metric.reading.room().filter(|room| needs_reason(metric, *room));
        if let (Some(room), None) = (room, claim.head.room.get(name)) {
            let what = if room.loose() {
                "is very far from its limit"
            } else {
                "could cross its limit without a snapshot that shows it"
            };
            let distance = wording::short(room.tolerances.filter(|_| !room.loose()).unwrap_or(room.decades));
            let unit = if room.loose() { "decades" } else { "tolerances" };
            let cure = format!(
                "move the limit, or say in the head why it stands there: `[room]` and below it `{name} = \"…\"`"
            );
            problems.push(Diagnostic::at(
                &claim.file,
                claim.line,
                format!("`{name}` of `{}` {what}: {distance} {unit}", claim.id),
                cure,
            ));
        }
    }
    for name in claim.head.room.keys() {
        let needed = metrics.iter().any(|(other, metric)| {
            other == name && metric.reading.room().is_some_and(|room| needs_reason(metric, room))
        });
        if !needed {
            let what = format!("`room` of `{}` gives a reason for `{name}`, which needs none", claim.id);
            problems.push(claim.sentence(name, "").diagnostic(
                0,
                what,
                "remove it: only limits that are very near or very far need a reason",
            ));
        }
    }
    problems
}
