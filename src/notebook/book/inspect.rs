//! The last net: what must not be in the HTML of the book, whoever put it there.
//!
//! mdBook exits 0 on a missing include, a dead link or a lost fragment. This reads every page with html5ever's
//! tokenizer and reports links and fragments that lead nowhere, images and drawings without words, anything fetched
//! from outside the book, formulas that became an error box, and references that were never woven.
//!
//! ```
//! use attention_regression::notebook::book::inspect::inspect;
//!
//! let folder = std::env::temp_dir().join(format!("inspected-{}", std::process::id()));
//! std::fs::create_dir_all(&folder)?;
//! std::fs::write(folder.join("index.html"), "<h1 id=top>A</h1>\n<a href=\"#top\">up</a> <a href=\"b.html\">on</a>")?;
//! let (pages, wrong) = inspect(&folder);
//! std::fs::remove_dir_all(&folder)?;
//! assert_eq!((pages, wrong.len()), (1, 1));
//! assert!(wrong[0].to_string().starts_with("index.html:2: the link `b.html` leads to no file"));
//! # Ok::<(), std::io::Error>(())
//! ```

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, StartTag, Tag, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use crate::diagnostic::Diagnostic;
use crate::publish::files_below;

/// What one page holds.
#[derive(Debug, Default)]
struct Page {
    ids: BTreeSet<String>,
    links: Vec<(usize, String)>,
    problems: Vec<(usize, String, &'static str)>,
}

/// Inspects every HTML page below `folder`. Returns how many there are, and what is wrong with them.
pub fn inspect(folder: &Path) -> (usize, Vec<Diagnostic>) {
    let mut pages = BTreeMap::new();
    let mut problems = Vec::new();
    let there = pages_below(folder).unwrap_or_else(|problem| {
        problems.push(problem);
        Vec::new()
    });
    for path in there {
        match std::fs::read_to_string(folder.join(&path)) {
            Ok(text) => {
                pages.insert(path, read(&text));
            }
            Err(error) => {
                problems.push(Diagnostic::new(&path, format!("cannot be read: {error}"), "render the book again"))
            }
        }
    }
    for (path, page) in &pages {
        problems.extend(page.problems.iter().map(|(line, what, cure)| Diagnostic::at(path, *line, what, *cure)));
        problems.extend(page.links.iter().filter_map(|(line, link)| {
            let what = dead(folder, path, link, &pages)?;
            Some(Diagnostic::at(path, *line, what, "mend the link in the prose, or name an anchor that exists"))
        }));
    }
    (pages.len(), problems)
}

/// The HTML pages below a folder, as paths relative to it.
pub(super) fn pages_below(folder: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
    let cannot =
        |error: std::io::Error| Diagnostic::new(folder, format!("cannot be read: {error}"), "render the book again");
    let mut files = files_below(folder).map_err(cannot)?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "html"));
    Ok(files)
}

/// Why a link leads nowhere, if it does.
fn dead(folder: &Path, from: &Path, link: &str, pages: &BTreeMap<PathBuf, Page>) -> Option<String> {
    let (path, fragment) = link.split_once('#').map_or((link, ""), |(path, fragment)| (path, fragment));
    let path = path.split('?').next().unwrap_or(path);
    let target = if path.is_empty() { from.to_path_buf() } else { joined(from, path) };
    let Some(page) = pages.get(&target) else {
        return (!folder.join(&target).is_file()).then(|| format!("the link `{link}` leads to no file"));
    };
    (!fragment.is_empty() && !page.ids.contains(fragment)).then(|| format!("the link `{link}` leads to no anchor"))
}

/// `link`, relative to the page `from`, as a path below the book.
fn joined(from: &Path, link: &str) -> PathBuf {
    let mut path = from.parent().unwrap_or(Path::new("")).to_path_buf();
    for part in Path::new(link).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            Component::Normal(name) => path.push(name),
            _ => {}
        }
    }
    path
}

fn read(text: &str) -> Page {
    let tokenizer = Tokenizer::new(Tokens::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(text));
    // A script only interrupts the tokenizer: nothing is run.
    while !input.is_empty() {
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    let mut reader = Reader::default();
    for (line, token) in tokenizer.sink.0.take() {
        match token {
            Token::TagToken(tag) if tag.kind == StartTag => reader.start(&tag, line),
            Token::TagToken(tag) => reader.end(&tag.name),
            Token::CharacterTokens(text) => reader.text(&text, line),
            _ => {}
        }
    }
    reader.page
}

/// The tokens of a page with their lines.
#[derive(Default)]
struct Tokens(RefCell<Vec<(usize, Token)>>);

impl TokenSink for Tokens {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        let next = match &token {
            Token::TagToken(tag) if tag.kind == StartTag && &*tag.name == "script" => {
                TokenSinkResult::RawData(RawKind::ScriptData)
            }
            Token::TagToken(tag) if tag.kind == StartTag && &*tag.name == "style" => {
                TokenSinkResult::RawData(RawKind::Rawtext)
            }
            _ => TokenSinkResult::Continue,
        };
        self.0.borrow_mut().push((usize::try_from(line).unwrap_or(usize::MAX), token));
        next
    }
}

/// Collects from tokens; `open` holds the elements in which text means something else, `drawing` the line of one that
/// is open and what was found in it.
#[derive(Default)]
struct Reader {
    page: Page,
    open: Vec<String>,
    drawing: Option<(usize, BTreeSet<String>)>,
}

impl Reader {
    fn problem(&mut self, line: usize, what: impl Into<String>, cure: &'static str) {
        self.page.problems.push((line, what.into(), cure));
    }

    fn start(&mut self, tag: &Tag, line: usize) {
        let attribute = |key: &str| {
            tag.attrs
                .iter()
                .find(|attribute| &*attribute.name.local == key)
                .map(|attribute| attribute.value.to_string())
        };
        self.page.ids.extend(attribute("id"));
        match &*tag.name {
            // A link with a scheme is a citation: nothing is fetched until a reader follows it.
            "a" => self.page.links.extend(
                attribute("href").filter(|href| !href.contains(':') && !href.is_empty()).map(|href| (line, href)),
            ),
            "img" if attribute("alt").is_none_or(|alt| alt.trim().is_empty()) => {
                self.problem(line, "an image has no alternative text", "say in words what it shows");
            }
            "svg" if matches!(attribute("role").as_deref(), Some("img" | "group")) => {
                self.drawing = Some((line, BTreeSet::new()))
            }
            name @ ("title" | "desc") => self.drawing.iter_mut().for_each(|(_, found)| found.extend([name.to_owned()])),
            "merror" => self.problem(line, "a formula became an error box", "mend the LaTeX"),
            _ => {}
        }
        self.resources(&tag.name, &attribute, line);
        if matches!(&*tag.name, "code" | "pre" | "script" | "style") && !tag.self_closing {
            self.open.push(tag.name.to_string());
        }
    }

    /// What a page fetches by itself must lie inside the book.
    fn resources(&mut self, name: &str, attribute: &dyn Fn(&str) -> Option<String>, line: usize) {
        let keys: &[&str] = match name {
            "img" | "source" | "script" | "iframe" | "embed" | "video" | "audio" | "input" => {
                &["src", "srcset", "poster"]
            }
            "link" | "image" | "use" => &["href", "xlink:href"],
            "object" => &["data"],
            _ => &[],
        };
        let style = attribute("style").filter(|style| style.contains("url("));
        for value in keys.iter().filter_map(|key| attribute(key)).chain(style) {
            if value.contains("//") && !value.starts_with("data:") {
                self.problem(
                    line,
                    format!("`<{name}>` fetches `{value}` from outside the book"),
                    "ship the file in book/theme, or cite it with a link",
                );
            }
        }
    }

    fn end(&mut self, name: &str) {
        self.open.pop_if(|open| open == name);
        if name == "svg"
            && let Some((line, found)) = self.drawing.take()
            && found.len() < 2
        {
            self.problem(
                line,
                "a drawing has no title or no description",
                "draw it with `figure::draw`, which writes both",
            );
        }
    }

    fn text(&mut self, text: &str, line: usize) {
        if self.open.last().is_some_and(|name| name == "style") && text.contains("url(http") {
            self.problem(line, "a style fetches something from outside the book", "ship the file in book/theme");
        }
        if self.open.is_empty() && (text.contains("{{") || text.contains("}}")) {
            self.problem(
                line,
                "a reference was left unwoven: `{{`",
                "write `{{metric}}` in the prose of a claim, or put it in a code span",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(html: &str) -> String {
        read(html).problems.iter().map(|(line, what, _)| format!("{line}: {what}\n")).collect()
    }

    #[test]
    fn a_clean_page_has_no_faults() {
        let html = "<h1 id=\"top\">x</h1><p><code>{{metric}}</code> <a href=\"https://doi.org/\">cited</a></p><svg role=\"img\"><title>t</title><desc>d</desc></svg><img src=\"a.svg\" alt=\"a\"><script>if (a < b) { f('{{'); }</script>";
        assert_eq!(faults(html), "");
    }

    #[test]
    fn every_fault_is_reported_with_its_line() {
        let html = "<p>\n<img src=\"a.svg\">\n<svg role=\"img\"><title>t</title></svg>\n<img alt=\"x\" src=\"https://example.org/a.png\">\n<link href=\"//example.org/a.css\">\n<math><merror></merror></math>\n{{lost}}";
        let faults = faults(html);
        for part in [
            "2: an image has no alternative",
            "3: a drawing has no title",
            "4: `<img>` fetches",
            "5: `<link>` fetches",
            "6: a formula became",
            "a reference was left unwoven",
        ] {
            assert!(faults.contains(part), "{part} is missing from\n{faults}");
        }
    }
}
