//! Words of quantity in titles and findings of measured claims: each stands on a judgement, on a phrase with a range,
//! or on a reason.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::notebook::book::prose;
use crate::notebook::claim::snapshot::Metrics;
use crate::notebook::registry::{Claim, Kind, Prose};

/// What is looked for. Numbers in letters and comparisons are left to the reader.
const WORDS: &str = "all almost always both each every everybody everything half hardly lost most mostly nearly never nobody none nothing only twice";

/// Fewer letters than this are no reason.
const REASON: usize = 20;

/// The words that stand on nothing, and reasons for words that are not there.
pub(super) fn problems(claim: &Claim, metrics: &Metrics) -> Vec<Diagnostic> {
    if claim.head.kind != Kind::Measured {
        return Vec::new();
    }
    let found: BTreeSet<&str> =
        [bare(&claim.titled), bare(&claim.sentence("finding", &claim.head.finding))].concat().into_iter().collect();
    let mut problems = Vec::new();
    for word in &found {
        match claim.head.words.get(*word) {
            None => {
                let what = format!("“{word}” in title or finding of `{}` stands on nothing", claim.id);
                let cure = format!(
                    "write `{{{{metric|{word}|low..high}}}}`, or name in the head what it stands on: `[words]` and below it `{word} = \"metric\"`, or a reason"
                );
                problems.push(Diagnostic::at(&claim.file, claim.line, what, cure));
            }
            Some(metric) if metrics.iter().any(|(name, metric_of)| name == metric && metric_of.is_judged()) => {}
            Some(reason) if reason.contains(' ') && reason.len() >= REASON => {}
            Some(metric) => {
                let what =
                    format!("“{word}” of `{}` stands on `{metric}`, which is no judged metric and no reason", claim.id);
                problems.push(claim.sentence("words", "").diagnostic(
                    0,
                    what,
                    "name a metric with a limit, or say in a sentence why none is needed",
                ));
            }
        }
    }
    for word in claim.head.words.keys().filter(|word| !found.contains(word.as_str())) {
        let what = format!("`words` of `{}` speaks of “{word}”, which is in neither title nor finding", claim.id);
        problems.push(claim.sentence("words", "").diagnostic(0, what, "remove it"));
    }
    problems
}

/// The words of quantity outside references and formulas.
fn bare(prose: &Prose) -> Vec<&'static str> {
    let own = prose::own_words(prose).to_lowercase();
    let words: BTreeSet<&str> = own.split(|letter: char| !letter.is_alphabetic()).collect();
    WORDS.split(' ').filter(|word| words.contains(word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_outside_references_and_formulas() {
        let bare = |text: &str| super::bare(&Prose::at("f", 1, text));
        assert_eq!(bare("Most of it, {{share|every|0..1}} and $all$; Never."), ["most", "never"]);
        assert_eq!(bare("mostly overall {{a|half|0..1}} $half$"), ["mostly"]);
    }
}
