//! A review in lines for a terminal, and as a document for programs.

use serde_json::{Value, json};

use super::history::{Course, Origin, Step};
use super::{Broken, Change, Item, Quoted, Rates, Review, Settled};
use crate::notebook::claim::metric::Reading;
use crate::notebook::registry::{Claim, Verdict};
use crate::notebook::review::difference::Difference;

/// The version of the JSON document.
const SCHEMA: &str = "attention-regression/review/1";

/// One claim a line, with its largest move.
pub fn text(review: &Review) -> String {
    if review.is_empty() {
        return format!("Nothing moved against {}.\n", review.against);
    }
    let mut out = String::new();
    for item in &review.items {
        let mark = if item.alarming() { '▲' } else { '◆' };
        out.push_str(&format!("{mark} {}: {}\n", item.id, line(item)));
    }
    for settled in review.judged_otherwise() {
        out.push_str(&format!("▲ statement {}: {}\n", settled.id, verdicts(settled)));
    }
    for rates in &review.rates {
        out.push_str(&format!("{} {}: {}\n", if fell(rates) { '▲' } else { '◆' }, rates.id, rates.words()));
    }
    out + &format!("{}\n", summary(review))
}

/// Whether a claim holds less often than it did.
pub(super) fn fell(rates: &Rates) -> bool {
    // Of shares held/of, by their cross products.
    rates.was.zip(rates.is).is_some_and(|((was, before), (is, after))| is * before < was * after)
}

/// What became of the verdict on a statement.
pub fn verdicts(settled: &Settled) -> String {
    match (settled.was, settled.verdict) {
        (None, Some(is)) => format!("new, {}", is.name()),
        (Some(was), None) => format!("gone, was {}", was.name()),
        (Some(was), Some(is)) if was != is => format!("{} → {}", was.name(), is.name()),
        (_, is) => is.map_or("", Verdict::name).to_owned(),
    }
}

/// What happened to a claim, in one line.
fn line(item: &Item) -> String {
    let metrics = |count: usize| if count == 1 { "1 metric".to_owned() } else { format!("{count} metrics") };
    let mut parts = match item.change {
        Change::New => vec![format!("new, {}", metrics(item.differences.len()))],
        Change::Removed => vec!["removed".to_owned()],
        Change::Moved => item.largest().map(moved).into_iter().collect(),
    };
    if item.change == Change::Moved {
        let more = item.differences.len().saturating_sub(1);
        parts.extend((more > 0).then(|| format!("{more} more")));
        parts.extend(item.figure.as_ref().map(super::FigureChange::words));
    }
    let largest = item.largest().map(|difference| difference.name.clone());
    let others = |test: fn(&Difference) -> bool| -> Vec<String> {
        item.differences
            .iter()
            .filter(|difference| test(difference) && Some(&difference.name) != largest.as_ref())
            .map(|difference| difference.name.clone())
            .collect()
    };
    let tamed = others(Difference::tamed);
    parts.extend((!tamed.is_empty()).then(|| format!("NO LONGER BREAKS: {}", tamed.join(", "))));
    let failing = others(Difference::failing);
    parts.extend((!failing.is_empty()).then(|| format!("DOES NOT HOLD: {}", failing.join(", "))));
    let widened = others(Difference::widened);
    parts.extend((!widened.is_empty()).then(|| format!("tolerance WIDENED: {}", widened.join(", "))));
    parts.extend((!item.broken.is_empty()).then(|| format!("UNTRUE NOW: {}", item.broken.iter().map(untrue).collect::<Vec<_>>().join(", "))));
    parts.join("; ")
}

fn untrue(broken: &Broken) -> String {
    let words = broken.phrase.as_ref().map_or(broken.reference.clone(), |words| format!("“{words}”"));
    format!("{words} ({}:{})", broken.file.display(), broken.line)
}

fn moved(difference: &Difference) -> String {
    let [before, after] = difference.digits().map(|digits| digits.unwrap_or("–".to_owned()));
    let numbers = if before == after { difference.name.clone() } else { format!("{} {before} → {after}", difference.name) };
    let away = difference.tolerances().map(|away| format!("{away:+.1} tolerances"));
    std::iter::once(numbers).chain(away).chain(difference.remarks()).collect::<Vec<_>>().join(", ")
}

/// The counts, in a sentence.
pub fn summary(review: &Review) -> String {
    let count = |number: usize, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
    let some = |number: usize, one: &str, many: &str| (number > 0).then(|| count(number, one, many));
    let claims = if review.items.is_empty() { "No claim".to_owned() } else { count(review.items.len(), "claim", "claims") };
    let first = format!("{claims} moved against {}", review.against);
    let rest = [
        some(review.tamed().len(), "control no longer breaks its claim", "controls no longer break their claims"),
        some(review.failing().len(), "number is beyond its limit", "numbers are beyond their limits"),
        some(review.widened().len(), "tolerance is wider", "tolerances are wider"),
        some(review.broken().len(), "phrase became untrue", "phrases became untrue"),
        some(review.judged_otherwise().count(), "verdict changed", "verdicts changed"),
        some(review.rates.len(), "claim holds in another share of fresh draws", "claims hold in another share of fresh draws"),
        some(review.statements.len(), "statement of the post is touched", "statements of the post are touched"),
    ];
    format!("{}.", std::iter::once(first).chain(rest.into_iter().flatten()).collect::<Vec<_>>().join("; "))
}

/// The review as one JSON document.
pub fn json(review: &Review) -> Value {
    let named = |all: Vec<(&str, &str)>| all.into_iter().map(|(claim, metric)| json!({ "claim": claim, "metric": metric })).collect::<Vec<Value>>();
    let of_change = |change: Change| review.items.iter().filter(|item| item.change == change).count();
    let statement = |settled: &Settled| {
        let [was, is] = [settled.was, settled.verdict].map(|verdict| verdict.map(Verdict::name));
        json!({ "id": settled.id, "says": settled.says, "was": was, "verdict": is, "claims": settled.claims })
    };
    let still = |claim: &Claim| json!({ "id": claim.id, "headline": claim.head.headline, "history": review.history.courses.get(&claim.id).map(history) });
    json!({
        "schema": SCHEMA,
        "against": review.against,
        "pending": review.pending,
        "notes": review.notes,
        "summary": {
            "claims": review.items.len(), "moved": of_change(Change::Moved), "new": of_change(Change::New), "removed": of_change(Change::Removed),
            "controls_that_no_longer_break": named(review.tamed()), "beyond_their_limits": named(review.failing()),
            "tolerances_widened": named(review.widened()),
            "phrases_untrue": review.broken().into_iter().map(broken).collect::<Vec<_>>(),
            "verdicts_changed": review.judged_otherwise().map(|settled| &settled.id).collect::<Vec<_>>(),
        },
        "claims": review.items.iter().map(|item| claim(item, review)).collect::<Vec<_>>(),
        "rates": review.rates.iter().map(|rates| json!({ "claim": rates.id, "was": rates.was, "is": rates.is })).collect::<Vec<_>>(),
        "statements": review.statements.iter().map(statement).collect::<Vec<_>>(),
        "history_note": review.history.note,
        "unmoved": review.still.iter().map(still).collect::<Vec<_>>(),
    })
}

fn broken(broken: &Broken) -> Value {
    json!({ "file": broken.file, "line": broken.line, "reference": broken.reference, "phrase": broken.phrase, "what": broken.what })
}

/// The values that were accepted, oldest first; a bound on rounding is its own value.
fn history(course: &Course) -> Value {
    let step = |step: &Step| {
        let (commit, date, subject) = match &step.origin {
            Origin::Commit(commit) => (Some(&commit.name), Some(&commit.date), commit.subject.as_str()),
            Origin::Checkout => (None, None, "accepted, not committed"),
            Origin::Pending => return None,
        };
        let (value, headroom) = match step.reading {
            Reading::Value(value) => (json!(value.value), None),
            Reading::Count { exactly, .. } => (json!(exactly), None),
            Reading::Rounding { rounding_at_most, headroom } => (json!(rounding_at_most), Some(headroom)),
        };
        let mut found = json!({ "commit": commit, "date": date, "subject": subject, "value": value });
        headroom.into_iter().for_each(|headroom| found["headroom"] = json!(headroom));
        Some(found)
    };
    course.steps.iter().filter_map(step).collect()
}

fn claim(item: &Item, review: &Review) -> Value {
    let claim = item.claim.as_ref();
    let settles: serde_json::Map<_, _> =
        claim.map(|claim| &claim.head.settles).into_iter().flatten().map(|(id, verdict)| (id.clone(), json!(verdict.name()))).collect();
    let figure = item.figure.as_ref().map(|figure| {
        let difference = figure.difference.as_ref();
        let furthest = difference.and_then(|difference| difference.furthest.as_ref());
        json!({
            "words": figure.words(), "moved": difference.map(|difference| difference.moved), "of": difference.map(|difference| difference.of),
            "furthest": furthest.map(|(place, before, after)| json!({ "place": place, "accepted": before, "new": after })),
        })
    });
    json!({
        "id": item.id, "change": item.change.name(), "title": item.title(), "kind": claim.map(|claim| claim.head.kind.name()),
        "chapter": claim.map(|claim| &claim.chapter), "file": claim.map(|claim| &claim.file), "line": claim.map(|claim| claim.line),
        "largest": item.largest().map(|difference| &difference.name), "metrics": item.differences.iter().map(metric).collect::<Vec<_>>(),
        "figure": figure, "sentences": item.sentences.iter().map(sentence).collect::<Vec<_>>(),
        "phrases_untrue": item.broken.iter().map(broken).collect::<Vec<_>>(), "built_on_it": item.dependents, "settles": settles,
        "snapshots": item.snapshots, "command": item.command(review.pending), "seconds": item.seconds,
        "headline": claim.map(|claim| &claim.head.headline), "history": review.history.courses.get(&item.id).map(history),
    })
}

fn metric(difference: &Difference) -> Value {
    json!({
        "name": difference.name, "control": difference.control(), "accepted": difference.before, "new": difference.after,
        "relative_change": difference.relative(), "tolerances": difference.tolerances(), "no_longer_breaks": difference.tamed(), "beyond_its_limit": difference.failing(),
        "widened": difference.widened(), "remarks": difference.remarks(),
    })
}

fn sentence(quoted: &Quoted) -> Value {
    let text = |told: &Option<super::Told>| told.as_ref().map(|told| told.text.clone());
    json!({ "title": quoted.title, "file": quoted.file, "line": quoted.line, "before": text(&quoted.before), "after": text(&quoted.after) })
}
