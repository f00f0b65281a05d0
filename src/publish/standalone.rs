//! A page that needs no other file: the book's style sheet and fonts within, nothing loaded, no script run.
//!
//! Three faces are enough: Latin Modern for prose, Open Sans in two weights for tables and figures. The others of the
//! book are three quarters of what its fonts weigh, and such a page sets next to nothing in them; that of formulas is
//! there where there are any.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::theme::{BOOK, MATH};
use super::{harmless_lines, harmless_page};

const PAGE: &str = include_str!("standalone/standalone.css");

/// Family, weight and font.
type Face = (&'static str, u32, &'static [u8]);

const FACES: [Face; 3] = [
    ("LMRoman12", 400, include_bytes!("../../book/theme/fonts/lmroman12-regular.woff2")),
    ("Open Sans", 400, include_bytes!("../../book/theme/fonts/open-sans-v17-all-charsets-regular.woff2")),
    ("Open Sans", 600, include_bytes!("../../book/theme/fonts/open-sans-v17-all-charsets-600.woff2")),
];
const FORMULAS: Face = ("Latin Modern Math", 400, include_bytes!("../../book/theme/fonts/latinmodern-math.woff2"));

/// Nothing is fetched and nothing is run, whatever stands in the page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; font-src data:";

/// A whole page; `own` is the style sheet of what only this kind of page has.
pub(crate) fn page(title: &str, generator: &str, own: &str, body: &Markup) -> String {
    let formulas = body.0.contains("<math");
    let whole = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content=(generator);
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (title) }
                style { (PreEscaped(sheet(own, formulas))) }
            }
            body { div.content { main { (body) } } }
        }
    };
    if formulas { harmless_page(&whole.into_string()) } else { harmless_lines(&whole.into_string()) }
}

/// Everything that a page is set in.
fn sheet(own: &str, formulas: bool) -> String {
    let face = |(family, weight, font): &Face| {
        format!(
            "@font-face {{ font-family: \"{family}\"; font-weight: {weight}; src: url(\"data:font/woff2;base64,{}\") format(\"woff2\"); }}\n",
            BASE64_STANDARD.encode(font)
        )
    };
    let faces: String = FACES.iter().chain(formulas.then_some(&FORMULAS)).map(face).collect();
    let math = if formulas { without_comments(MATH) } else { String::new() };
    format!("{faces}{}{math}{}{}", without_comments(BOOK), without_comments(PAGE), without_comments(own))
}

/// A style sheet without what is said to those who write it.
fn without_comments(sheet: &str) -> String {
    let Some((before, comment)) = sheet.split_once("/*") else { return sheet.to_owned() };
    format!("{before}{}", without_comments(comment.split_once("*/").map_or("", |(_, rest)| rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sheet_loads_nothing() {
        let (plain, sheet) = (sheet("", false), sheet("", true));
        assert_eq!((plain.matches("url(").count(), sheet.matches("url(").count()), (FACES.len(), FACES.len() + 1));
        assert!(!sheet.contains("http") && !sheet.contains("@import") && !sheet.contains("</"));
        assert_eq!(without_comments("a /* b */ c /* d */"), "a  c ");
    }
}
