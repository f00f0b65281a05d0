//! What came out, in sentences.

use super::case::Subject;
use crate::compare::choice::{Choice, Whiten};
use crate::compare::document::Judged;
use crate::compare::verdict::Verdict;
use crate::compare::wording::{median, short};
use crate::experiment::Scores;
use crate::linalg::count;
use crate::publish::capital;

/// Who stands where with ridge, and who predicts best.
pub(super) fn sentences(subject: Subject<'_>) -> String {
    let judged = &subject.document.verdicts;
    let verdicts = [
        Verdict::SameOutputsSameMechanism,
        Verdict::SameOutputsOtherMechanism,
        Verdict::OtherOutputs,
        Verdict::DependsOnTheSeed,
        Verdict::NotTrained,
    ];
    let clauses: Vec<String> = verdicts.iter().filter_map(|&verdict| clause(judged, verdict)).collect();
    let first = capital(&clauses.join("; "));
    format!("{first}. {}", errors(subject)).trim_end().to_owned()
}

fn clause(judged: &[Judged], verdict: Verdict) -> Option<String> {
    let of_score = |score: Scores| -> Option<(String, bool)> {
        let all: Vec<&Judged> = judged.iter().filter(|judged| judged.variant.score == score).collect();
        let score = score.name();
        let these: Vec<String> =
            all.iter().filter(|judged| judged.verdict == verdict).map(|judged| kind(judged)).collect();
        match (these.len(), all.len()) {
            (0, _) => None,
            (1, 1) => Some((format!("{score} attention ({})", these[0]), false)),
            (some, all) if some == all => Some((format!("every {score} variant"), false)),
            (some, all) => {
                Some((format!("{} of the {} {score} variants ({})", word(some), word(all), these.join("; ")), some > 1))
            }
        }
    };
    let who: Vec<(String, bool)> = [Scores::Linear, Scores::Softmax].into_iter().filter_map(of_score).collect();
    let several = who.len() > 1 || who.first()?.1;
    let who = who.into_iter().map(|(who, _)| who).collect::<Vec<_>>().join(" and ");
    let (one, more) = match verdict {
        Verdict::SameOutputsSameMechanism => (
            "predicts what ridge predicts, and by the same mechanism",
            "predict what ridge predicts, and by the same mechanism",
        ),
        Verdict::SameOutputsOtherMechanism => {
            ("predicts what ridge predicts, by other means", "predict what ridge predicts, by other means")
        }
        Verdict::OtherOutputs => ("predicts something else than ridge", "predict something else than ridge"),
        Verdict::DependsOnTheSeed => ("depends on the seed", "depend on the seed"),
        Verdict::NotTrained => ("came to nothing in training", "came to nothing in training"),
    };
    Some(format!("{who} {}", if several { more } else { one }))
}

/// Small numbers in letters.
fn word(number: usize) -> String {
    const WORDS: [&str; 7] = ["none", "one", "two", "three", "four", "five", "six"];
    WORDS.get(number).map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

/// Such as `whitened, tied`.
fn kind(judged: &Judged) -> String {
    let Choice { whitening, weights, .. } = judged.variant;
    format!("{}{}", if whitening == Whiten::None { "" } else { "whitened, " }, weights.name())
}

/// The test errors of ridge, and of the best and the worst variant.
fn errors(subject: Subject<'_>) -> String {
    let mean = |all: &[f64]| all.iter().sum::<f64>() / count(all.len());
    let ridge: Vec<f64> = subject.document.ridge.mse_test_scaled.iter().copied().collect();
    let unit = if ridge.len() == 1 {
        "the target’s training variance"
    } else {
        "the targets’ training variances, in the mean over targets"
    };
    let own = format!("On test rows ridge’s mean squared error is {} of {unit}", short(mean(&ridge), 3));
    let mut of_variants: Vec<(f64, String)> = Vec::new();
    for case in subject.cases {
        let mut errors: Vec<f64> = case.outcomes().map(|outcome| outcome.test.mse).collect();
        errors.sort_by(f64::total_cmp);
        if !errors.is_empty() {
            of_variants.push((median(&errors), case.variant.name()));
        }
    }
    of_variants.sort_by(|a, b| a.0.total_cmp(&b.0));
    match (of_variants.first(), of_variants.last()) {
        (Some((low, best)), Some((high, worst))) if of_variants.len() > 1 => {
            let [ridge, low, high] = [mean(&ridge), *low, *high].map(|error| short(error, 3));
            let lowest = if low == ridge {
                "no variant’s is lower".to_owned()
            } else {
                format!("the lowest of a variant is {low} ({best})")
            };
            format!("{own}; {lowest}, the highest is {high} ({worst}).")
        }
        (Some((error, name)), _) => format!("{own}, that of {name} {}.", short(*error, 3)),
        _ => format!("{own}."),
    }
}
