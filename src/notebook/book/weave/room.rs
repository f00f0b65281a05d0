//! Room to spare: how far every number is from what it is held to, and why the limits that are very near or very far stand where they do.

use super::parts::link;
use super::{Loom, evidence, markup};
use crate::diagnostic::Diagnostic;
use crate::notebook::book::prose;
use crate::notebook::claim::metric::{Metric, Reading, Room};
use crate::notebook::claim::wording;
use crate::notebook::registry::Claim;

/// A number that has a limit.
struct Limited<'a> {
    claim: &'a Claim,
    name: &'a str,
    metric: &'a Metric,
    room: Room,
}

/// The page.
pub(super) fn room(loom: &mut Loom<'_>) -> String {
    let (registry, metrics) = (loom.registry, loom.metrics);
    let mut all: Vec<Limited<'_>> = Vec::new();
    for claim in registry.claims() {
        all.extend(
            metrics.get(&claim.id).into_iter().flatten().filter_map(|(name, metric)| Some(Limited { claim, name, metric, room: metric.reading.room()? })),
        );
    }
    let of = |test: &dyn Fn(&Limited<'_>) -> bool| all.iter().filter(|limited| test(limited)).collect::<Vec<_>>();
    let loose = of(&|limited| limited.room.loose() && !limited.metric.is_control());
    let near = of(&|limited| limited.room.unwatched());
    let mut thin = of(&|limited| limited.room.thin() && !limited.room.unwatched());
    thin.sort_by(|a, b| a.room.tolerances.partial_cmp(&b.room.tolerances).unwrap_or(std::cmp::Ordering::Equal));
    let justified = |loom: &mut Loom<'_>, all: &[&Limited<'_>]| all.iter().map(|limited| justified(loom, limited)).collect::<Vec<_>>().join("\n");
    let (loose, near) = (justified(loom, &loose), justified(loom, &near));
    format!(
        "# Room to spare\n\n{INTRODUCTION}\n\n{}\n\n## Very far\n\n{}\n\n## Very near\n\n{}\n\n## Near\n\n{NEAR}\n\n<details class=\"list\"><summary>{} numbers, the nearest first</summary>\n{}\n</details>\n",
        counts(&all),
        listed(&loose, FAR, "No number is more than six decades from its limit: a limit that lets pass a number a million times worse would need a reason."),
        listed(
            &near,
            WITHIN,
            "No number is within one tolerance of its limit: it could cross it without a snapshot that shows it first, and would need a reason."
        ),
        thin.len(),
        table(&thin.iter().map(|limited| row(limited, "")).collect::<Vec<_>>().join("\n")),
    )
}

const INTRODUCTION: &str = "A limit that nothing could miss proves as little as a claim without a control; one that the next digit crosses is an alarm that rings for nothing. So every number that has a limit is counted here by its distance from it, in decades (factors of ten), and those at either end are listed. Over several runs it is the nearest run that counts. A tolerance is how far a number may move before its snapshot must be accepted anew; the last column is the distance in tolerances. A bound on rounding must leave a decade at least.";
const FAR: &str =
    "More than six decades lie between these numbers and their limits: the limit would let pass a number that is a million times worse. Each needs a reason.";
const WITHIN: &str = "These could cross their limits without a snapshot that shows it first: the limit is within one tolerance. Each needs a reason.";
const NEAR: &str = "Less than one decade, and more than one tolerance. Effects are of the size of their limits by nature: a share, a cosine, a ratio of two errors cannot be a decade away from where the sentence about it would be wrong. What protects them is that the snapshot moves first: a number that drifts towards its limit by more than its tolerance is shown to a reviewer before the limit is reached.";

/// How many numbers are how many decades away, as bars.
fn counts(all: &[Limited<'_>]) -> String {
    let bin = |from: f64, to: f64, rounding: bool| {
        let inside =
            |limited: &&Limited<'_>| (from..to).contains(&limited.room.decades) && matches!(limited.metric.reading, Reading::Rounding { .. }) == rounding;
        all.iter().filter(inside).count()
    };
    // The longest bar is as long as one of twelve decades.
    let longest = all.len().max(1) as f64 / 12.0;
    let bar = |count: usize| {
        if count == 0 { String::new() } else { format!("<span class=\"headroom\" style=\"--d:{:.1}\">{count}</span>", count as f64 / longest) }
    };
    let row = |name: &str, from: f64, to: f64| format!("<tr><td>{name}</td><td>{}</td><td>{}</td></tr>", bar(bin(from, to, true)), bar(bin(from, to, false)));
    let decades =
        ["less than 1", "1 to 2", "2 to 3", "3 to 4", "4 to 5", "5 to 6"].iter().zip(0..).map(|(name, from)| row(name, f64::from(from), f64::from(from + 1)));
    // Six whole decades are not more than six.
    let rows: Vec<String> = decades.chain([row("exactly 6", 6.0, 6.0_f64.next_up()), row("more", 6.0_f64.next_up(), f64::INFINITY)]).collect();
    format!(
        "<table class=\"counts\">\n<thead><tr><th>Decades</th><th>bounds on rounding</th><th>limits of other numbers</th></tr></thead>\n<tbody>\n{}\n</tbody>\n</table>",
        rows.join("\n")
    )
}

/// Rows under the sentence that goes with them, or the sentence that there are none.
fn listed(rows: &str, some: &str, none: &str) -> String {
    if rows.is_empty() { none.to_owned() } else { format!("{some}\n\n{}", table(rows)) }
}

fn table(rows: &str) -> String {
    format!(
        "<table class=\"room\">\n<thead><tr><th>Number</th><th class=\"r\">value</th><th class=\"r\">allowed</th><th class=\"r\">decades</th><th class=\"r\">tolerances</th></tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
    )
}

fn row(Limited { claim, name, metric, room }: &Limited<'_>, reason: &str) -> String {
    let tolerances = room.tolerances.map_or(String::new(), |tolerances| if tolerances > 1000.0 { "> 1000".to_owned() } else { wording::short(tolerances) });
    let nearest = wording::nearest(metric.reading).map_or(String::new(), |nearest| format!("<br><span class=\"muted\">nearest {nearest}</span>"));
    format!(
        "<tr><td>{}<br>{}{reason}</td><td class=\"r\"><a class=\"n\" href=\"{}#{}\">{}</a>{nearest}</td><td class=\"r\">{}</td><td class=\"r\">{}</td><td class=\"r\">{tolerances}</td></tr>",
        evidence::measures(metric),
        link(claim),
        prose::page(claim),
        prose::anchor(&claim.id, name),
        evidence::shown(metric.reading),
        wording::allowed(metric.reading),
        wording::short(room.decades),
    )
}

/// A row with its reason; a reason that is missing is a problem.
fn justified(loom: &mut Loom<'_>, limited: &Limited<'_>) -> String {
    let Limited { claim, name, .. } = limited;
    let Some(reason) = claim.head.room.get(*name) else { return String::new() };
    let (reason, _) = loom.sentence(claim, name, reason, "room.md");
    row(limited, &format!("<span class=\"reason\">{}</span>", markup(reason.trim())))
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
            let what = if room.loose() { "is very far from its limit" } else { "could cross its limit without a snapshot that shows it" };
            let distance = wording::short(room.tolerances.filter(|_| !room.loose()).unwrap_or(room.decades));
            let unit = if room.loose() { "decades" } else { "tolerances" };
            let cure = format!("move the limit, or say in the head why it stands there: `[room]` and below it `{name} = \"…\"`");
            problems.push(Diagnostic::at(&claim.file, claim.line, format!("`{name}` of `{}` {what}: {distance} {unit}", claim.id), cure));
        }
    }
    for name in claim.head.room.keys() {
        let needed = metrics.iter().any(|(other, metric)| other == name && metric.reading.room().is_some_and(|room| needs_reason(metric, room)));
        if !needed {
            let what = format!("`room` of `{}` gives a reason for `{name}`, which needs none", claim.id);
            problems.push(claim.sentence(name, "").diagnostic(0, what, "remove it: only limits that are very near or very far need a reason"));
        }
    }
    problems
}
