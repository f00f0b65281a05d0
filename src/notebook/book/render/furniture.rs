//! What mdBook's pages need for readers without a mouse or without sight: one first heading, landmarks, a way past the
//! furniture, a contents button that a key can press.
//!
//! The stock page is changed where it stands instead of shipping a template of our own, which would have to follow
//! every release. A release that writes a page otherwise is a [`Diagnostic`], not a page that quietly lost its skip
//! link.

use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::notebook::book::inspect;

/// What mdBook writes, and what stands there instead.
const CHANGES: [(&str, &str); 6] = [
    ("<body>", "<body>\n    <a class=\"skip\" href=\"#mdbook-content\">Skip to the text</a>"),
    (
        "<div id=\"mdbook-menu-bar\" class=\"menu-bar sticky\">",
        "<div id=\"mdbook-menu-bar\" class=\"menu-bar sticky\" role=\"banner\">",
    ),
    ("<h1 class=\"menu-title\">", "<div class=\"menu-title\">"),
    (
        "</h1>\n\n                    <div class=\"right-buttons\">",
        "</div>\n\n                    <div class=\"right-buttons\">",
    ),
    (
        "<label id=\"mdbook-sidebar-toggle\"",
        "<label id=\"mdbook-sidebar-toggle\" role=\"button\" tabindex=\"0\" onkeydown=\"if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); this.click(); }\"",
    ),
    (
        "<input type=\"search\" id=\"mdbook-searchbar\"",
        "<input type=\"search\" id=\"mdbook-searchbar\" aria-label=\"Search this book\"",
    ),
];

/// Changes every page below `folder` that has a menu bar.
pub(super) fn arrange(folder: &Path) -> Result<(), Diagnostic> {
    for path in inspect::pages_below(folder)? {
        let file = folder.join(&path);
        let failed = |error: std::io::Error| {
            Diagnostic::new(&path, format!("cannot be finished: {error}"), "check the folder's permissions")
        };
        let text = std::fs::read_to_string(&file).map_err(failed)?;
        if text.contains("id=\"mdbook-menu-bar\"") {
            let arranged = arranged(&text).map_err(|missing| {
                let what = format!("mdBook no longer writes `{}`", missing.trim());
                Diagnostic::new(
                    &path,
                    what,
                    "look at the page and mend the list in src/notebook/book/render/furniture.rs",
                )
            })?;
            std::fs::write(&file, arranged).map_err(failed)?;
        }
    }
    Ok(())
}

/// The page with every change made once, or what it lacks.
fn arranged(page: &str) -> Result<String, &'static str> {
    // Somebody else's line ends must not hide a heading; a table that scrolls is reached by a key.
    let page = page
        .replace("\r\n", "\n")
        .replace("<div class=\"table-wrapper\">", "<div class=\"table-wrapper\" tabindex=\"0\">");
    CHANGES
        .into_iter()
        .try_fold(page, |page, (from, to)| if page.contains(from) { Ok(page.replacen(from, to, 1)) } else { Err(from) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_mdbook_no_longer_writes_is_named() {
        let page: String = CHANGES.iter().map(|(from, _)| *from).collect();
        let done = arranged(&page).expect("all is there");
        assert!(done.contains("Skip to the text") && !done.contains("<h1"));
        assert_eq!(arranged(&page.replace("menu-title", "title")), Err("<h1 class=\"menu-title\">"));
    }
}
