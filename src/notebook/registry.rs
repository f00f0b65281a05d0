//! The registry: from the sources of the claims to chapters in reading order. A pure function.
//!
//! `tests/claims/main.rs` is the table of contents: its `//!` opens the book, its `mod` items are the chapters,
//! a `///` above a `mod` opens a part. In a chapter `//!` is the opening prose; every `#[test]` is a claim whose
//! `///` is the claim's prose: a `##` title, paragraphs, and one fence marked `toml`, the claim's [`Head`].
//! `tests/claims/statements.toml` lists the statements of the post, in our words and in the post's order.
//!
//! `build.rs` includes this file, so that a claim without statement, kind or `breaks_when`, a duplicate id, an
//! unknown or cyclic `uses` or two verdicts that disagree stop the build; the book reads the same sources at run
//! time, so that prose changes without a compile. It therefore depends on syn, toml and serde alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Where the table of contents is, below the root of the repository.
pub const CONTENTS: &str = "tests/claims/main.rs";
/// Where the statements of the post are.
pub const STATEMENTS: &str = "tests/claims/statements.toml";
/// Where the table of notation is: in the map of the crate.
pub const MAP: &str = "src/lib.rs";
/// The module of `tests/claims` that is no chapter.
const SUPPORT: &str = "support";

/// Something wrong in a source, with its place and its cure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, below the root.
    pub file: PathBuf,
    /// The line, from 1; 0 where the whole file is meant.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub cure: String,
}

impl Problem {
    /// A problem at `file:line`.
    pub fn new(file: impl Into<PathBuf>, line: usize, what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { file: file.into(), line, what: what.into(), cure: cure.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": {}; {}", self.what, self.cure)
    }
}

/// Markdown with the line that each of its lines has in the source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prose {
    /// The file it stands in.
    pub file: PathBuf,
    /// The text, without comment marks.
    pub text: String,
    lines: Vec<usize>,
}

impl Prose {
    /// Prose of one place: `text` begins at `line` of `file`.
    pub fn at(file: impl Into<PathBuf>, line: usize, text: impl Into<String>) -> Self {
        let text = text.into();
        let lines = (line..line + text.lines().count().max(1)).collect();
        Self { file: file.into(), text, lines }
    }

    /// The line of the source that holds byte `offset` of the text.
    pub fn line(&self, offset: usize) -> usize {
        let row = self.text.as_bytes().iter().take(offset).filter(|&&b| b == b'\n').count();
        self.lines.get(row).or(self.lines.last()).copied().unwrap_or(0)
    }

    /// A problem at byte `offset` of the text.
    pub fn problem(&self, offset: usize, what: impl Into<String>, cure: impl Into<String>) -> Problem {
        Problem::new(&self.file, self.line(offset), what, cure)
    }

    fn from_doc(file: &Path, attributes: &[syn::Attribute]) -> Self {
        let mut prose = Self { file: file.to_path_buf(), ..Self::default() };
        for attribute in attributes {
            if let syn::Meta::NameValue(pair) = &attribute.meta
                && pair.path.is_ident("doc")
                && let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &pair.value
            {
                let first = text.span().start().line;
                for (row, line) in text.value().lines().chain(text.value().is_empty().then_some("")).enumerate() {
                    prose.text.push_str(line.strip_prefix(' ').unwrap_or(line));
                    prose.text.push('\n');
                    prose.lines.push(first + row);
                }
            }
        }
        prose
    }

    /// Cuts the lines `range` out and returns them.
    fn cut(&mut self, range: std::ops::Range<usize>) -> Self {
        let rows: Vec<&str> = self.text.lines().collect();
        let text = |rows: &[&str]| rows.iter().map(|row| format!("{row}\n")).collect::<String>();
        let taken = Self { file: self.file.clone(), text: text(&rows[range.clone()]), lines: self.lines[range.clone()].to_vec() };
        let kept: Vec<&str> = rows.iter().enumerate().filter(|(row, _)| !range.contains(row)).map(|(_, text)| *text).collect();
        let kept_text = text(&kept);
        self.lines.drain(range);
        self.text = kept_text;
        taken
    }
}

/// What sort of claim it is, and with that what its test must show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Equal to rounding.
    Identity,
    /// At most, or at least.
    Bound,
    /// A limit or an order of convergence.
    Rate,
    /// An effect over several seeds, with an interval and a margin.
    Measured,
    /// A statement of the post that fails as stated.
    Counterexample,
}

impl Kind {
    /// Its name in source, style sheet and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Bound => "bound",
            Self::Rate => "rate",
            Self::Measured => "measured",
            Self::Counterexample => "counterexample",
        }
    }
}

/// What the claims say of a statement of the post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Verdict {
    /// True as it stands.
    #[serde(rename = "holds")]
    Holds,
    /// True on a condition, which the claim's control removes.
    #[serde(rename = "holds if")]
    HoldsIf,
    /// Contradicted by a counterexample.
    #[serde(rename = "false as stated")]
    False,
    /// Interpretation: argued in prose, not tested.
    #[serde(skip)]
    Argued,
    /// No claim settles it yet.
    #[serde(skip)]
    Open,
}

impl Verdict {
    /// The word a reader sees.
    pub fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::HoldsIf => "holds if",
            Self::False => "false as stated",
            Self::Argued => "argued",
            Self::Open => "not yet tested",
        }
    }
}

/// The head of a claim: the TOML fence in its doc comment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// What sort of claim.
    pub kind: Kind,
    /// The metric that stands for the claim in lists; prose must quote it.
    pub headline: String,
    /// Statements of the post that it settles, and how.
    #[serde(default)]
    pub settles: BTreeMap<String, Verdict>,
    /// What a reader of the verdict table is told; required where `settles` is.
    #[serde(default)]
    pub finding: String,
    /// Claims that it builds on.
    #[serde(default)]
    pub uses: Vec<String>,
    /// Which hypothesis its control removes, and what then happens.
    pub breaks_when: String,
    /// Decimals that may stand in its mathematics.
    #[serde(default)]
    pub constants: Vec<String>,
}

/// One claim: a test with its prose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The one name: of the test, the snapshot and the anchor.
    pub id: String,
    /// The chapter it stands in.
    pub chapter: String,
    /// Its title, without the `##`.
    pub title: String,
    /// Its prose, without title and head.
    pub prose: Prose,
    /// Its head.
    pub head: Head,
    /// Where the head stands, so that its sentences have a line.
    pub head_at: Prose,
    /// The file of the test.
    pub file: PathBuf,
    /// The line of the test's `fn`.
    pub line: usize,
    /// The test, from its attribute to its closing brace.
    pub code: String,
}

impl Claim {
    /// The name of its metric snapshot, without `.snap`.
    pub fn snapshot(&self) -> String {
        format!("{}__{}", self.chapter, self.id)
    }

    /// A sentence of the head as prose, with the line where it stands.
    pub fn sentence(&self, key: &str, text: &str) -> Prose {
        let row = self.head_at.text.lines().position(|line| line.trim_start().starts_with(key)).unwrap_or(0);
        let line = self.head_at.lines.get(row).copied().unwrap_or(self.line);
        Prose { file: self.file.clone(), text: text.to_owned(), lines: vec![line; text.lines().count().max(1)] }
    }
}

/// One chapter: a file of `tests/claims`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    /// The name of its module.
    pub id: String,
    /// The part that it opens, if any.
    pub part: Option<String>,
    /// Its title.
    pub title: String,
    /// Its opening prose, without the title.
    pub prose: Prose,
    /// Its claims, in order.
    pub claims: Vec<Claim>,
}

/// A statement of the post, in our words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// A short name: `S3`.
    pub id: String,
    /// What the post says.
    pub says: String,
    /// Why it is interpretation, for a statement that no test can settle.
    #[serde(default)]
    pub argument: Option<String>,
    /// The line where it stands.
    #[serde(skip)]
    pub line: usize,
}

/// Everything that the sources say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registry {
    /// The title of the book.
    pub title: String,
    /// The prose of the first page.
    pub opening: Prose,
    /// The table of notation, from the map of the crate.
    pub notation: Prose,
    /// In reading order.
    pub chapters: Vec<Chapter>,
    /// In the post's order.
    pub statements: Vec<Statement>,
}

impl Registry {
    /// All claims in reading order.
    pub fn claims(&self) -> impl Iterator<Item = &Claim> {
        self.chapters.iter().flat_map(|chapter| &chapter.claims)
    }

    /// The claim of that name.
    pub fn claim(&self, id: &str) -> Option<&Claim> {
        self.claims().find(|claim| claim.id == id)
    }

    /// The claims that settle a statement, in reading order.
    pub fn settling<'a>(&'a self, statement: &'a str) -> impl Iterator<Item = &'a Claim> {
        self.claims().filter(move |claim| claim.head.settles.contains_key(statement))
    }

    /// What the claims say of a statement.
    pub fn verdict(&self, statement: &Statement) -> Verdict {
        let tested = self.settling(&statement.id).find_map(|claim| claim.head.settles.get(&statement.id).copied());
        tested.unwrap_or(if statement.argument.is_some() { Verdict::Argued } else { Verdict::Open })
    }

    /// Reads the sources below `root` and checks them.
    ///
    /// # Errors
    /// Every problem found, in the order of files and lines.
    pub fn read(root: &Path) -> Result<Self, Vec<Problem>> {
        Self::parse(&|path| std::fs::read_to_string(root.join(path)).map_err(|e| e.to_string()))
    }

    /// Parses the sources that `open` returns for a path below the root.
    ///
    /// # Errors
    /// Every problem found, in the order of files and lines.
    pub fn parse(open: &dyn Fn(&Path) -> Result<String, String>) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let registry = Self::collect(open, &mut problems);
        registry.check_names(&mut problems);
        registry.check_uses(&mut problems);
        registry.check_verdicts(&mut problems);
        problems.sort();
        if problems.is_empty() { Ok(registry) } else { Err(problems) }
    }

    fn collect(open: &dyn Fn(&Path) -> Result<String, String>, problems: &mut Vec<Problem>) -> Self {
        let mut registry = Self::default();
        if let Some((_, file)) = rust_file(open, Path::new(MAP), problems) {
            registry.notation = section(Prose::from_doc(Path::new(MAP), &file.attrs), "Notation", problems);
        }
        registry.statements = statements(open, problems);
        let contents = Path::new(CONTENTS);
        let Some((_, file)) = rust_file(open, contents, problems) else {
            return registry;
        };
        let (title, opening) = titled(Prose::from_doc(contents, &file.attrs), "# ", 1, "the book", problems);
        (registry.title, registry.opening) = (title, opening);
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

    fn check_names(&self, problems: &mut Vec<Problem>) {
        let mut seen = BTreeMap::new();
        for claim in self.claims() {
            if let Some((file, line)) = seen.insert(&claim.id, (&claim.file, claim.line)) {
                let first = format!("it is also at {}:{line}", file.display());
                problems.push(Problem::new(&claim.file, claim.line, format!("duplicate claim id `{}`", claim.id), format!("{first}; rename one of the tests")));
            }
        }
        let mut ids = BTreeSet::new();
        for statement in &self.statements {
            if !ids.insert(&statement.id) {
                problems.push(Problem::new(
                    STATEMENTS,
                    statement.line,
                    format!("duplicate statement id `{}`", statement.id),
                    "number the statements once each",
                ));
            }
        }
    }

    fn check_uses(&self, problems: &mut Vec<Problem>) {
        let order: BTreeMap<&str, usize> = self.claims().enumerate().map(|(place, claim)| (claim.id.as_str(), place)).collect();
        for claim in self.claims() {
            let at = claim.sentence("uses", "");
            for used in &claim.head.uses {
                if !order.contains_key(used.as_str()) {
                    problems.push(at.problem(
                        0,
                        format!("`{}` uses `{used}`, which is no claim", claim.id),
                        "name a claim of tests/claims, or remove it from `uses`",
                    ));
                }
            }
            if let Some(path) = self.cycle(&claim.id) {
                problems.push(at.problem(0, format!("`uses` goes round in a circle: {}", path.join(" → ")), "remove one of these uses"));
            }
        }
    }

    /// A path of `uses` from a claim back to itself, reported once, at its first claim in the alphabet.
    fn cycle(&self, start: &str) -> Option<Vec<String>> {
        let mut paths = vec![vec![start.to_owned()]];
        let mut seen = BTreeSet::new();
        while let Some(path) = paths.pop() {
            for next in path.last().and_then(|id| self.claim(id)).map(|claim| claim.head.uses.as_slice()).unwrap_or_default() {
                let longer: Vec<String> = path.iter().cloned().chain([next.clone()]).collect();
                if next == start {
                    return (path.iter().min().map(String::as_str) == Some(start)).then_some(longer);
                }
                if seen.insert(next.clone()) {
                    paths.push(longer);
                }
            }
        }
        None
    }

    fn check_verdicts(&self, problems: &mut Vec<Problem>) {
        for claim in self.claims() {
            let at = claim.sentence("settles", "");
            for (id, verdict) in &claim.head.settles {
                let Some(statement) = self.statements.iter().find(|statement| &statement.id == id) else {
                    problems.push(at.problem(
                        0,
                        format!("`{}` settles `{id}`, which is no statement", claim.id),
                        format!("add `{id}` to {STATEMENTS}, or remove it from `settles`"),
                    ));
                    continue;
                };
                let agreed = self.verdict(statement);
                if agreed != *verdict {
                    let cure = "give both claims one verdict, or split the statement in two";
                    problems.push(at.problem(0, format!("`{}` says of {id} “{}”, another claim says “{}”", claim.id, verdict.name(), agreed.name()), cure));
                }
                if statement.argument.is_some() {
                    problems.push(at.problem(
                        0,
                        format!("{id} is marked as interpretation and yet `{}` settles it", claim.id),
                        format!("remove its `argument` in {STATEMENTS}, or this verdict"),
                    ));
                }
            }
            if !claim.head.settles.is_empty() && claim.head.finding.trim().is_empty() {
                problems.push(at.problem(
                    0,
                    format!("`{}` settles a statement and has no `finding`", claim.id),
                    "say in one sentence what was found: it goes into the table of verdicts",
                ));
            }
        }
        for statement in &self.statements {
            let kinds: Vec<Kind> = self.settling(&statement.id).map(|claim| claim.head.kind).collect();
            if self.verdict(statement) == Verdict::False && !kinds.contains(&Kind::Counterexample) {
                problems.push(Problem::new(
                    STATEMENTS,
                    statement.line,
                    format!("{} is “false as stated” and no counterexample says so", statement.id),
                    "let a claim of kind `counterexample` settle it",
                ));
            }
        }
    }
}

fn rust_file(open: &dyn Fn(&Path) -> Result<String, String>, path: &Path, problems: &mut Vec<Problem>) -> Option<(String, syn::File)> {
    let text = open(path).map_err(|error| Problem::new(path, 0, format!("cannot be read: {error}"), "the registry needs this file"));
    let parsed = text.and_then(|text| match syn::parse_file(&text) {
        Ok(file) => Ok((text, file)),
        Err(error) => Err(Problem::new(path, error.span().start().line, format!("is not Rust: {error}"), "mend the syntax")),
    });
    parsed.map_err(|problem| problems.push(problem)).ok()
}

fn statements(open: &dyn Fn(&Path) -> Result<String, String>, problems: &mut Vec<Problem>) -> Vec<Statement> {
    #[derive(Deserialize)]
    struct File {
        #[serde(default)]
        statement: Vec<toml::Spanned<Statement>>,
    }
    let path = Path::new(STATEMENTS);
    let text = match open(path) {
        Ok(text) => text,
        Err(error) => {
            problems.push(Problem::new(path, 0, format!("cannot be read: {error}"), "list the statements of the post there"));
            return Vec::new();
        }
    };
    match toml::from_str::<File>(&text) {
        Ok(file) => file.statement.into_iter().map(|spanned| Statement { line: line_of(&text, spanned.span().start), ..spanned.into_inner() }).collect(),
        Err(error) => {
            let line = line_of(&text, error.span().map_or(0, |span| span.start));
            problems.push(Problem::new(path, line, error.message().to_owned(), "a statement has `id`, `says` and, where no test can settle it, `argument`"));
            Vec::new()
        }
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.as_bytes().iter().take(offset).filter(|&&byte| byte == b'\n').count()
}

fn chapter(open: &dyn Fn(&Path) -> Result<String, String>, id: &str, part: Option<String>, problems: &mut Vec<Problem>) -> Option<Chapter> {
    let path = PathBuf::from(format!("tests/claims/{id}.rs"));
    let (text, file) = rust_file(open, &path, problems)?;
    let (title, prose) = titled(Prose::from_doc(&path, &file.attrs), "# ", 1, "the chapter", problems);
    let tests = file.items.iter().filter_map(|item| match item {
        syn::Item::Fn(function) if function.attrs.iter().any(|attribute| attribute.path().is_ident("test")) => Some(function),
        _ => None,
    });
    let claims = tests.filter_map(|test| claim(&path, &text, id, test, problems)).collect();
    Some(Chapter { id: id.to_owned(), part, title, prose, claims })
}

fn claim(path: &Path, text: &str, chapter: &str, test: &syn::ItemFn, problems: &mut Vec<Problem>) -> Option<Claim> {
    let id = test.sig.ident.to_string();
    let line = test.sig.ident.span().start().line;
    let mut prose = Prose::from_doc(path, &test.attrs);
    if prose.text.trim().is_empty() {
        problems.push(Problem::new(
            path,
            line,
            format!("the claim `{id}` has no statement"),
            "write it above the test: a `##` title, prose, and a `toml` fence with its head",
        ));
        return None;
    }
    let head_at = head_fence(&mut prose).or_else(|| {
        problems.push(Problem::new(
            path,
            line,
            format!("the claim `{id}` has no head"),
            "add a fence marked `toml` with `kind`, `headline` and `breaks_when` to its doc comment",
        ));
        None
    })?;
    let head = head(&id, &head_at, problems)?;
    let (title, prose) = titled(prose, "## ", line, &format!("the claim `{id}`"), problems);
    if prose.text.trim().is_empty() {
        problems.push(Problem::new(path, line, format!("the claim `{id}` has a title and no statement"), "write the statement under the title"));
    }
    Some(Claim { code: code(text, test), id, chapter: chapter.to_owned(), title, prose, head, head_at, file: path.to_path_buf(), line })
}

/// The test as it stands, from `#[test]` to its closing brace.
fn code(text: &str, test: &syn::ItemFn) -> String {
    use syn::spanned::Spanned;
    let first = test.attrs.iter().find(|attribute| attribute.path().is_ident("test")).map_or(1, |attribute| attribute.span().start().line);
    let last = test.block.brace_token.span.close().end().line;
    text.lines().skip(first - 1).take(last + 1 - first).map(|line| format!("{line}\n")).collect()
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

fn head(id: &str, at: &Prose, problems: &mut Vec<Problem>) -> Option<Head> {
    let cure = "the head has `kind`, `headline`, `breaks_when`, and may have `settles`, `finding`, `uses`, `constants`";
    let head: Head = toml::from_str(&at.text)
        .map_err(|error| problems.push(at.problem(error.span().map_or(0, |span| span.start), format!("the head of `{id}`: {}", error.message()), cure)))
        .ok()?;
    if head.breaks_when.trim().is_empty() {
        problems.push(at.problem(0, format!("`breaks_when` of `{id}` is empty"), "say which hypothesis the control removes"));
    }
    Some(head)
}

/// Splits the heading off.
fn titled(mut prose: Prose, mark: &str, line: usize, whose: &str, problems: &mut Vec<Problem>) -> (String, Prose) {
    let Some(row) = prose.text.lines().position(|text| text.starts_with(mark)) else {
        problems.push(Problem::new(
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

/// The section of `prose` under the heading `# name`.
fn section(mut prose: Prose, name: &str, problems: &mut Vec<Problem>) -> Prose {
    let rows: Vec<&str> = prose.text.lines().collect();
    let Some(start) = rows.iter().position(|row| row.trim_start_matches('#').trim() == name && row.starts_with('#')) else {
        problems.push(Problem::new(&prose.file, 1, format!("has no section `# {name}`"), "the book prints it"));
        return Prose::default();
    };
    let length = rows[start + 1..].iter().position(|row| row.starts_with("# ")).unwrap_or(rows.len() - start - 1);
    prose.cut(start + 1..start + 1 + length)
}
