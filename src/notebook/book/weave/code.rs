//! The test of a claim, folded away, with an anchor at every call that recorded a metric.

use maud::html;

use super::Loom;
use crate::diagnostic::Diagnostic;
use crate::notebook::book::prose;
use crate::notebook::registry::{Assertion, Claim};

/// The test as HTML; a metric that no call of the test names is a problem.
pub(super) fn fold(loom: &mut Loom<'_>, claim: &Claim) -> String {
    let mut anchors: Vec<(&Assertion, String)> = Vec::new();
    for (name, _) in loom.numbers().of(&claim.id) {
        match claim.assertion(name) {
            Some(assertion) => anchors.push((assertion, prose::anchor(&claim.id, name))),
            None => {
                let cure = "record it with `evidence.…(\"name\", …)` in the test itself: the book links every number to the call that recorded it";
                loom.problems.push(Diagnostic::at(
                    &claim.file,
                    claim.line,
                    format!("no call in the test `{}` records the metric `{name}`", claim.id),
                    cure,
                ));
            }
        }
    }
    let mut code = String::new();
    for (text, line) in claim.code.lines().zip(claim.code_line..) {
        for (_, anchor) in anchors.iter().filter(|(assertion, _)| assertion.first == line) {
            code.push_str(&format!("<span class=\"at\" id=\"{anchor}.at\">"));
        }
        // In HTML every dollar opens a formula.
        code.push_str(&html! { (text) }.into_string().replace('$', "&#36;"));
        let closed = anchors.iter().filter(|(assertion, _)| assertion.last == line).count();
        code.push_str(&"</span>".repeat(closed));
        code.push('\n');
    }
    let lines = claim.code.lines().count();
    format!(
        "<details class=\"test\"><summary>The test, <code>{}</code>, {lines} lines</summary>\n\n<pre><code class=\"language-rust\" tabindex=\"0\">{code}</code></pre>\n\n</details>",
        claim.id
    )
}
