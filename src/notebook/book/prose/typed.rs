//! Numbers and formulas that stand in prose as they were typed: a decimal that nobody measured, LaTeX that cannot be set.

use super::parsed::Parsed;
use crate::diagnostic::Diagnostic;
use crate::publish::math::{self, Class};

/// What is wrong with the numbers and formulas of prose; `constants` may stand in a formula.
pub(super) fn problems(parsed: &Parsed<'_>, constants: &[String]) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let mut problem = |at: usize, what: String, cure: &str| problems.push(parsed.prose.diagnostic(at, what, cure));
    for span in &parsed.spans {
        let Class::Math { latex, display } = &span.class else { continue };
        if let Err(error) = math::mathml(latex, *display) {
            problem(span.range.start, format!("the formula `{latex}` cannot be set: {}", error.trim()), "mend the LaTeX");
        }
        for (_, number) in decimals(latex).filter(|(_, number)| !constants.iter().any(|constant| constant == number)) {
            let cure = "measure it and quote it, or list it in the head: `constants = [\"…\"]`";
            problem(span.range.start, format!("the decimal {number} is typed into mathematics"), cure);
        }
    }
    let exempt = |class: &Class| !matches!(class, Class::Image(_));
    for (at, number) in decimals(&parsed.prose.text).filter(|(at, _)| !parsed.is_in(*at, exempt) && !parsed.is_quoted(*at)) {
        problem(at, format!("the decimal {number} is typed into prose"), "measure it in the test and quote it as `{{metric}}`");
    }
    problems
}

/// Numbers with a decimal point or a decimal exponent.
fn decimals(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let starts =
        (0..bytes.len()).filter(move |&at| digit(at) && !(at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'.' || bytes[at - 1] == b'_')));
    starts.filter_map(move |start| {
        let mut end = start;
        while digit(end) {
            end += 1;
        }
        let whole = end;
        if bytes.get(end) == Some(&b'.') && digit(end + 1) {
            end += 1;
            while digit(end) {
                end += 1;
            }
        }
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'-' | b'+')));
        if matches!(bytes.get(end), Some(b'e' | b'E')) && digit(end + 1 + sign) {
            end += 1 + sign;
            while digit(end) {
                end += 1;
            }
        }
        (end > whole).then(|| (start, &text[start..end]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_found_and_names_are_not() {
        let found = |text: &'static str| decimals(text).collect::<Vec<_>>();
        assert_eq!(found("0.5 and 1e-3, 12, 3.14."), [(0, "0.5"), (8, "1e-3"), (18, "3.14")]);
        assert_eq!(found("2.50E+10 12e5 007.25"), [(0, "2.50E+10"), (9, "12e5"), (14, "007.25")]);
        assert_eq!(found("v1.2, x_1.5, 1_2.5, 7., 4e, 4e-, 4ex, 4e+x, .5"), []);
        assert_eq!(found("1.2.3 1.5e 1.5e- 1.5em"), [(0, "1.2"), (6, "1.5"), (11, "1.5"), (17, "1.5")]);
    }
}
