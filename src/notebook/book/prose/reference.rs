//! A reference: `claim/metric.part:digits|words|range`, of which only the metric must be there, and what it prints.

use std::ops::Range;

use super::{Medium, Numbers, Place, anchor, page, run_claim};
use crate::diagnostic::Diagnostic;
use crate::notebook::claim::metric::{Limit, Metric, Reading};
use crate::notebook::claim::snapshot::Metrics;
use crate::notebook::registry::Claim;
use crate::publish::number::{self, Digits};

/// A reference taken apart.
#[derive(Debug, Clone)]
pub(super) struct Reference<'t> {
    /// Where it stands, braces included.
    pub(super) at: Range<usize>,
    /// What stands between the braces.
    text: &'t str,
    pub(super) claim: Option<&'t str>,
    pub(super) metric: &'t str,
    part: Option<&'t str>,
    digits: Option<&'t str>,
    /// The words that must stay true.
    pub(super) words: Option<&'t str>,
    pub(super) range: Option<&'t str>,
}

impl<'t> Reference<'t> {
    /// The reference that stands at `at` in `text`.
    pub(super) fn read(text: &'t str, at: Range<usize>) -> Self {
        let text = &text[at.start + 2..at.end - 2];
        let (name, phrase) = cut(text, '|');
        let (words, range) = phrase.map_or((None, None), |phrase| {
            let (words, range) = cut(phrase, '|');
            (Some(words), range)
        });
        let (name, digits) = cut(name, ':');
        let (claim, metric) = name.split_once('/').map_or((None, name), |(claim, metric)| (Some(claim), metric));
        let (metric, part) = cut(metric, '.');
        Self { at, text, claim, metric, part, digits, words, range }
    }

    /// The claim that it names and what a reader sees, on a page as a link to the row of evidence.
    pub(super) fn written<'a>(
        &self,
        place: Place<'a>,
        numbers: Numbers<'a>,
    ) -> Result<(&'a Claim, String), Diagnostic> {
        let resolved = |medium| {
            let named =
                |wrong: Diagnostic| Diagnostic { what: format!("`{{{{{}}}}}` {}", self.text, wrong.what), ..wrong };
            self.resolve(Place { medium, ..place }, numbers).map_err(named)
        };
        let ((claim, shown), (_, plain)) = (resolved(place.medium)?, resolved(Medium::Terminal)?);
        if place.medium == Medium::Terminal {
            return Ok((claim, plain));
        }
        let page = if page(claim) == place.page { String::new() } else { page(claim) };
        // A formula is no name for a link: it gets the number in plain characters.
        let label = if shown == plain { String::new() } else { format!(" aria-label=\"{plain}\"") };
        Ok((claim, format!("<a class=\"n\" href=\"{page}#{}\"{label}>{shown}</a>", anchor(&claim.id, self.metric))))
    }

    /// The claim that it names, and the number or the words.
    pub(super) fn resolve<'a>(
        &self,
        place: Place<'a>,
        numbers: Numbers<'a>,
    ) -> Result<(&'a Claim, String), Diagnostic> {
        let metric = self.metric;
        let (digits, up) = self.digits.map_or(Ok((Digits::Significant(3), None)), digits)?;
        let claim = self.claim.map_or(place.claim, |id| numbers.registry.claim(id));
        let claim = claim
            .ok_or_else(|| Diagnostic::of("names no claim", "write `{{claim/metric}}` with the name of a test"))?;
        let metrics = numbers.metrics.get(&claim.id);
        let metrics = metrics.ok_or_else(|| {
            Diagnostic::of(format!("cannot be read: `{}` has no snapshot yet", claim.id), run_claim(claim))
        })?;
        let measured = numbers.metric(&claim.id, metric).ok_or_else(|| {
            let what = format!("dangles: `{}` records no metric `{metric}`", claim.id);
            Diagnostic::of(what, format!("record it in the test, or quote one of: {}", names(metrics)))
        })?;
        let value = number(measured, self.part)?;
        let written = if place.medium == Medium::Page { number::markdown } else { number::unicode };
        let shown = match (self.words, self.range, measured.reading) {
            (Some(words), Some(range), _) => phrase(words, range, value)?,
            (Some(_), None, _) => {
                return Err(Diagnostic::of("is a phrase without a range", "write `{{metric|about twice|1.8..2.2}}`"));
            }
            (None, _, Reading::Count { exactly, .. }) => exactly.to_string(),
            (None, _, Reading::Rounding { .. }) => written(value, Digits::Short(2)),
            (None, _, Reading::Value(_)) => written(up.map_or(value, |up| number::outward(value, digits, up)), digits),
        };
        Ok((claim, shown))
    }
}

/// What stands before a mark, and what after it.
fn cut(text: &str, mark: char) -> (&str, Option<&str>) {
    text.split_once(mark).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn names(metrics: &Metrics) -> String {
    metrics.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
}

/// How many digits, and for a bound whether upwards or downwards.
fn digits(text: &str) -> Result<(Digits, Option<bool>), Diagnostic> {
    let (number, up) = match (text.strip_suffix('^'), text.strip_suffix('_')) {
        (Some(number), _) => (number, Some(true)),
        (_, Some(number)) => (number, Some(false)),
        _ => (text, None),
    };
    let parsed = match number.strip_prefix('.') {
        Some(decimals) => decimals.parse().map(Digits::Decimals),
        None => number.parse().map(Digits::Significant),
    };
    let digits = parsed.map_err(|_| {
        Diagnostic::of(
            format!("asks for the digits `{text}`"),
            "write `:4` for four significant digits, `:.2` for two decimals, `:2^` and `:2_` for a bound from above and from below",
        )
    })?;
    Ok((digits, up))
}

/// One number of a metric.
fn number(metric: &Metric, part: Option<&str>) -> Result<f64, Diagnostic> {
    let value = match (metric.reading, part) {
        (Reading::Rounding { rounding_at_most, .. }, None) => Some(rounding_at_most),
        (Reading::Count { exactly, .. }, None) => Some(exactly as f64),
        (Reading::Value(value), None) => Some(value.value),
        (Reading::Value(value), Some("limit")) => value.limit.map(Limit::number),
        (Reading::Value(value), Some("lowest")) => value.spread.map(|spread| spread.lowest),
        (Reading::Value(value), Some("highest")) => value.spread.map(|spread| spread.highest),
        _ => None,
    };
    value.ok_or_else(|| {
        Diagnostic::of(
            format!("asks for `.{}`, which this metric has not", part.unwrap_or("")),
            "a judged metric has `.limit`, one over runs `.lowest` and `.highest`",
        )
    })
}

fn phrase(words: &str, range: &str, value: f64) -> Result<String, Diagnostic> {
    let bounds = range
        .split_once("..")
        .and_then(|(low, high)| Some((low.trim().parse::<f64>().ok()?, high.trim().parse::<f64>().ok()?)));
    let (low, high) =
        bounds.ok_or_else(|| Diagnostic::of(format!("has the range `{range}`"), "write two numbers: `1.8..2.2`"))?;
    if (low..=high).contains(&value) {
        return Ok(words.to_owned());
    }
    Err(Diagnostic::of(
        format!("is no longer true: the number is now {value:.4e}, outside {low}..{high}"),
        "rewrite the sentence to say what is true now",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_say_how_many_and_which_way() {
        assert_eq!(digits("3"), Ok((Digits::Significant(3), None)));
        assert_eq!(digits(".2^"), Ok((Digits::Decimals(2), Some(true))));
        assert_eq!(digits("2_"), Ok((Digits::Significant(2), Some(false))));
        assert!(digits("^").is_err());
    }

    #[test]
    fn phrases_hold_only_in_their_range() {
        for value in [1.8, 2.0, 2.2] {
            assert_eq!(phrase("about twice", "1.8 .. 2.2", value), Ok("about twice".to_owned()));
        }
        for value in [1.79, 2.3, f64::NAN] {
            assert!(phrase("about twice", "1.8..2.2", value).is_err_and(|wrong| wrong.what.contains("no longer true")));
        }
        for range in ["1.8", "1.8..", "low..high"] {
            assert!(
                phrase("about twice", range, 2.0).is_err_and(|wrong| wrong.what == format!("has the range `{range}`"))
            );
        }
    }
}
