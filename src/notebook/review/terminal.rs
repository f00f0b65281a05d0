//! A review in lines for a terminal, and as a document for programs.

use serde_json::{Map, Value, json};

use super::difference::figure::FigureChange;
use super::difference::{Difference, Test};
use super::{Broken, Change, Item, Review, StatementChange};
use crate::notebook::registry::Verdict;

/// The version of the JSON document.
const SCHEMA: &str = "attention-regression/review/1";

/// One claim a line, with its largest move.
pub(crate) fn text(review: &Review) -> String {
    if review.is_empty() {
        return format!("Nothing moved against {}.\n", review.against);
    }
    let line =
        |alarm: bool, what: &str, happened: String| format!("{} {what}: {happened}\n", if alarm { '▲' } else { '◆' });
    let items = review.items.iter().map(|item| line(item.alarming(), &item.id, happened(item)));
    let statements =
        review.judged_otherwise().map(|change| line(true, &format!("statement {}", change.id), change.words()));
    let rates = review.rates.iter().map(|rate| line(rate.fell(), &rate.id, rate.words()));
    items.chain(statements).chain(rates).chain([summary(review), "\n".to_owned()]).collect()
}

/// What happened to a claim, in one line.
fn happened(item: &Item) -> String {
    let count = item.differences.len();
    let largest = item.largest();
    let mut parts: Vec<String> = match item.change {
        Change::New => vec![format!("new, {count} {}", if count == 1 { "metric" } else { "metrics" })],
        Change::Removed => vec!["removed".to_owned()],
        Change::Moved => {
            let more = (count > 1).then(|| format!("{} more", count - 1));
            largest.map(moved).into_iter().chain(more).chain(item.figure.as_ref().map(FigureChange::words)).collect()
        }
    };
    let alarms: [(&str, Test); 3] = [
        ("NO LONGER BREAKS", Difference::tamed),
        ("DOES NOT HOLD", Difference::failing),
        ("tolerance WIDENED", Difference::widened),
    ];
    let mut alarm = |what: &str, names: Vec<String>| {
        parts.extend((!names.is_empty()).then(|| format!("{what}: {}", names.join(", "))))
    };
    for (what, test) in alarms {
        let others = item.differences.iter().filter(|difference| test(difference) && Some(*difference) != largest);
        alarm(what, others.map(|difference| difference.name.clone()).collect());
    }
    alarm("UNTRUE NOW", item.broken.iter().map(untrue).collect());
    parts.join("; ")
}

fn untrue(broken: &Broken) -> String {
    let words = broken.phrase.as_ref().map_or(broken.reference.clone(), |words| format!("“{words}”"));
    format!("{words} ({}:{})", broken.file.display(), broken.line)
}

fn moved(difference: &Difference) -> String {
    let [before, after] = difference.digits();
    let numbers =
        if before == after { difference.name.clone() } else { format!("{} {before} → {after}", difference.name) };
    let away = difference.tolerances().map(|away| format!("{away:+.1} tolerances"));
    std::iter::once(numbers).chain(away).chain(difference.remarks()).collect::<Vec<_>>().join(", ")
}

/// The counts, in a sentence.
pub(crate) fn summary(review: &Review) -> String {
    let count = |number: usize, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
    let claims =
        if review.items.is_empty() { "No claim".to_owned() } else { count(review.items.len(), "claim", "claims") };
    let that = |test| review.metrics_that(test).len();
    let rest = [
        (that(Difference::tamed), "control no longer breaks its claim", "controls no longer break their claims"),
        (that(Difference::failing), "number is beyond its limit", "numbers are beyond their limits"),
        (that(Difference::widened), "tolerance is wider", "tolerances are wider"),
        (review.broken().len(), "phrase became untrue", "phrases became untrue"),
        (review.judged_otherwise().count(), "verdict changed", "verdicts changed"),
        (
            review.rates.len(),
            "claim holds in another share of fresh draws",
            "claims hold in another share of fresh draws",
        ),
        (review.statements.len(), "statement of the post is touched", "statements of the post are touched"),
    ];
    let rest = rest.into_iter().filter(|(number, ..)| *number > 0).map(|(number, one, many)| count(number, one, many));
    let first = format!("{claims} moved against {}", review.against);
    format!("{}.", std::iter::once(first).chain(rest).collect::<Vec<_>>().join("; "))
}

/// The review as one JSON document.
pub(crate) fn json(review: &Review) -> Value {
    json!({
        "schema": SCHEMA,
        "against": review.against,
        "pending": review.pending,
        "notes": review.notes,
        "summary": counts(review),
        "claims": review.items.iter().map(|item| claim(item, review.pending)).collect::<Value>(),
        "rates": review.rates,
        "statements": review.statements.iter().map(statement).collect::<Value>(),
    })
}

fn counts(review: &Review) -> Value {
    let that = |test| {
        review
            .metrics_that(test)
            .into_iter()
            .map(|(claim, metric)| json!({ "claim": claim, "metric": metric }))
            .collect::<Value>()
    };
    let changed = |change: Change| review.items.iter().filter(|item| item.change == change).count();
    json!({
        "claims": review.items.len(),
        "moved": changed(Change::Moved),
        "new": changed(Change::New),
        "removed": changed(Change::Removed),
        "controls_that_no_longer_break": that(Difference::tamed),
        "beyond_their_limits": that(Difference::failing),
        "tolerances_widened": that(Difference::widened),
        "phrases_untrue": review.broken(),
        "verdicts_changed": review.judged_otherwise().map(|change| &change.id).collect::<Vec<_>>(),
    })
}

fn statement(change: &StatementChange) -> Value {
    let [was, is] = [change.before, change.after].map(|verdict| verdict.map(Verdict::name));
    json!({ "id": change.id, "says": change.says, "was": was, "verdict": is, "claims": change.claims })
}

fn claim(item: &Item, pending: bool) -> Value {
    let claim = item.claim.as_ref();
    let settles = claim.into_iter().flat_map(|claim| &claim.head.settles);
    json!({
        "id": item.id,
        "change": item.change.name(),
        "title": item.title(),
        "kind": claim.map(|claim| claim.head.kind.name()),
        "chapter": claim.map(|claim| &claim.chapter),
        "file": claim.map(|claim| &claim.file),
        "line": claim.map(|claim| claim.line),
        "largest": item.largest().map(|difference| &difference.name),
        "metrics": item.differences.iter().map(metric).collect::<Value>(),
        "figure": item.figure.as_ref().map(figure),
        "sentences": item.sentences,
        "phrases_untrue": item.broken,
        "built_on_it": item.dependents,
        "settles": settles.map(|(id, verdict)| (id.clone(), json!(verdict.name()))).collect::<Map<_, _>>(),
        "snapshots": item.snapshots,
        "command": item.command(pending),
        "seconds": item.seconds,
        "headline": claim.map(|claim| &claim.head.headline),
    })
}

fn figure(change: &FigureChange) -> Value {
    let difference = change.difference.as_ref();
    let furthest = difference.and_then(|difference| difference.furthest.as_ref());
    json!({
        "words": change.words(),
        "moved": difference.map(|difference| difference.moved),
        "of": difference.map(|difference| difference.of),
        "furthest": furthest.map(|(place, before, after)| json!({ "place": place, "accepted": before, "new": after })),
    })
}

fn metric(difference: &Difference) -> Value {
    json!({
        "name": difference.name,
        "control": difference.control(),
        "accepted": difference.before,
        "new": difference.after,
        "relative_change": difference.relative(),
        "tolerances": difference.tolerances(),
        "no_longer_breaks": difference.tamed(),
        "beyond_its_limit": difference.failing(),
        "widened": difference.widened(),
        "remarks": difference.remarks(),
    })
}
