//! From Rust and TOML to chapters, claims and statements.

use std::path::{Path, PathBuf};

use super::{CONTENTS, Chapter, Claim, Head, Notebook, Open, Prose, Registry, assertions};
use crate::diagnostic::Diagnostic;

/// The module of `tests/claims` that is no chapter.
const SUPPORT: &str = "support";
/// Its file.
const SHARED: &str = "tests/claims/support.rs";

/// Everything that the sources say, checked for form only.
pub(super) fn collect(open: Open<'_>, problems: &mut Vec<Diagnostic>) -> Registry {
    let mut registry = Registry { notebook: Notebook::read(open, problems), ..Registry::default() };
    registry.shared = open(Path::new(SHARED)).map_or_else(|_| String::new(), |text| shared(&text, &[]));
    let contents = Path::new(CONTENTS);
    let Some((_, file)) = rust_file(open, contents, problems) else {
        return registry;
    };
    let (title, opening) = titled(Prose::from_doc(contents, &file.attrs), "# ", 1, "the book", problems);
    (registry.notebook.title, registry.notebook.opening) = (title, opening);
    for item in &file.items {
        if let syn::Item::Mod(module) = item
            && module.content.is_none()
            && module.ident != SUPPORT
        {
            let part = Prose::from_doc(contents, &module.attrs).text.trim().to_owned();
            let id = module.ident.to_string();
            registry.chapters.extend(chapter(open, &id, (!part.is_empty()).then_some(part), problems));
        }
    }
    registry
}

fn rust_file(open: Open<'_>, path: &Path, problems: &mut Vec<Diagnostic>) -> Option<(String, syn::File)> {
    let text = open(path)
        .map_err(|error| Diagnostic::new(path, format!("cannot be read: {error}"), "the registry needs this file"));
    let parsed = text.and_then(|text| match syn::parse_file(&text) {
        Ok(file) => Ok((text, file)),
        Err(error) => {
            Err(Diagnostic::at(path, error.span().start().line, format!("is not Rust: {error}"), "mend the syntax"))
        }
    });
    parsed.map_err(|problem| problems.push(problem)).ok()
}

fn chapter(open: Open<'_>, id: &str, part: Option<String>, problems: &mut Vec<Diagnostic>) -> Option<Chapter> {
    let path = PathBuf::from(format!("tests/claims/{id}.rs"));
    let (text, file) = rust_file(open, &path, problems)?;
    let (title, prose) = titled(Prose::from_doc(&path, &file.attrs), "# ", 1, "the chapter", problems);
    let tests = file.items.iter().filter_map(|item| match item {
        syn::Item::Fn(function) if function.attrs.iter().any(|attribute| attribute.path().is_ident("test")) => {
            Some(function)
        }
        _ => None,
    });
    let claims: Vec<Claim> = tests.filter_map(|test| claim(&path, &text, id, test, problems)).collect();
    let shared = shared(&text, &claims);
    Some(Chapter { id: id.to_owned(), part, title, prose, claims, shared })
}

fn claim(path: &Path, text: &str, chapter: &str, test: &syn::ItemFn, problems: &mut Vec<Diagnostic>) -> Option<Claim> {
    let id = test.sig.ident.to_string();
    let line = test.sig.ident.span().start().line;
    let wrong = |what: &str, cure: &str| Diagnostic::at(path, line, format!("the claim `{id}` has {what}"), cure);
    let mut prose = Prose::from_doc(path, &test.attrs);
    if prose.text.trim().is_empty() {
        let cure = "write it above the test: a `##` title, prose, and a `toml` fence with its head";
        problems.push(wrong("no statement", cure));
        return None;
    }
    let Some(head_at) = head_fence(&mut prose) else {
        let cure = "add a fence marked `toml` with `kind`, `headline` and `breaks_when` to its doc comment";
        problems.push(wrong("no head", cure));
        return None;
    };
    let head = head(&id, &head_at, problems)?;
    let row = prose.text.lines().position(|text| text.starts_with("## "));
    let title_line = row.and_then(|row| prose.lines.get(row).copied()).unwrap_or(line);
    let (title, prose) = titled(prose, "## ", line, &format!("the claim `{id}`"), problems);
    if prose.text.trim().is_empty() {
        problems.push(wrong("a title and no statement", "write the statement under the title"));
    }
    let (code_line, code) = code(text, test);
    let assertions = assertions::assertions(test);
    for typed in assertions::typed(test) {
        let what = format!("`{id}` expects a number that is typed");
        let cure = "compute it by another road, or say with `published` who did";
        problems.push(Diagnostic::at(path, typed.line, what, cure));
    }
    Some(Claim {
        id,
        chapter: chapter.to_owned(),
        title: words_of(&title),
        titled: Prose::at(path, title_line, title),
        prose,
        head,
        head_at,
        file: path.to_path_buf(),
        line,
        code,
        code_line,
        assertions,
    })
}

/// What is left of a file without its prose and its tests.
fn shared(text: &str, claims: &[Claim]) -> String {
    let tests = claims.iter().map(|claim| claim.code_line..claim.code_line + claim.code.lines().count());
    let tests: Vec<std::ops::Range<usize>> = tests.collect();
    let kept = |(row, line): &(usize, &str)| {
        !line.trim_start().starts_with("//") && !tests.iter().any(|test| test.contains(&(row + 1)))
    };
    text.lines().enumerate().filter(kept).map(|(_, line)| format!("{line}\n")).collect()
}

/// The test as it stands, from `#[test]` to its closing brace, and the line on which it begins.
fn code(text: &str, test: &syn::ItemFn) -> (usize, String) {
    use syn::spanned::Spanned;
    let first = test
        .attrs
        .iter()
        .find(|attribute| attribute.path().is_ident("test"))
        .map_or(1, |attribute| attribute.span().start().line);
    let last = test.block.brace_token.span.close().end().line;
    (first, text.lines().skip(first - 1).take(last + 1 - first).map(|line| format!("{line}\n")).collect())
}

fn head_fence(prose: &mut Prose) -> Option<Prose> {
    let rows: Vec<&str> = prose.text.lines().collect();
    let open = rows.iter().position(|row| row.trim() == "```toml")?;
    let length = rows[open + 1..].iter().position(|row| row.trim() == "```")?;
    let fence = prose.cut(open..open + length + 2);
    let mut inner = fence;
    inner.cut(0..1);
    let last = inner.lines.len() - 1;
    inner.cut(last..last + 1);
    Some(inner)
}

fn head(id: &str, at: &Prose, problems: &mut Vec<Diagnostic>) -> Option<Head> {
    let cure = "the head has `kind`, `headline`, `breaks_when`, and may have `settles`, `finding`, `uses`, `constants`, `room`, `words`";
    let head: Head = toml::from_str(&at.text)
        .map_err(|error| {
            problems.push(at.diagnostic(
                error.span().map_or(0, |span| span.start),
                format!("the head of `{id}`: {}", error.message()),
                cure,
            ))
        })
        .ok()?;
    if head.breaks_when.trim().is_empty() {
        problems.push(at.diagnostic(
            0,
            format!("`breaks_when` of `{id}` is empty"),
            "say which hypothesis the control removes",
        ));
    }
    Some(head)
}

/// Splits the heading off.
fn titled(mut prose: Prose, mark: &str, line: usize, whose: &str, problems: &mut Vec<Diagnostic>) -> (String, Prose) {
    let Some(row) = prose.text.lines().position(|text| text.starts_with(mark)) else {
        problems.push(Diagnostic::at(
            &prose.file,
            prose.lines.first().copied().unwrap_or(line),
            format!("{whose} has no title"),
            format!("begin its prose with `{mark}…`"),
        ));
        return (String::new(), prose);
    };
    let title = prose.cut(row..row + 1).text.trim_start_matches('#').trim().to_owned();
    (title, prose)
}

/// A title as it is read: of a phrase that must stay true its words.
fn words_of(title: &str) -> String {
    let mut words = String::new();
    let mut rest = title;
    while let Some((before, after)) = rest.split_once("{{") {
        let (reference, after) = after.split_once("}}").unwrap_or((after, ""));
        words.push_str(before);
        // Of a number that has no words nothing is read.
        words.push_str(reference.split('|').nth(1).unwrap_or_default());
        rest = after;
    }
    words + rest
}
