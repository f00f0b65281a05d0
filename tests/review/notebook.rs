//! A small notebook in a repository of its own, and what the command says of it.

use std::path::Path;
use std::process::{Command, Output};

use attention_regression::notebook::book::inspect;
use serde_json::Value;

pub(super) const CONTENTS: &str = "//! # A small book\n//!\n//! What it is, in {{first_claim/share}} words.\n\nmod support;\n\nmod chapter;\n";
/// What the post says, where a page must not take it for markup.
pub(super) fn posts() -> String {
    include_str!("../book/statements.toml").replace("It is so.", "It is <so>.")
}
pub(super) const CHAPTER: &str = r#"//! # A chapter
//!
//! It opens.

/// ## A *first* claim
///
/// Nothing is said here. The share of $x<y$ is {{share:.2}}, which is {{share|about half|0.4..0.6}}, within {{gap}}. The end.
///
/// ![What to see, {{gap}}.](figure)
///
/// ```toml
/// kind = "identity"
/// settles = { S1 = "holds" }
/// finding = "It holds, within {{gap}}."
/// headline = "share"
/// breaks_when = "it moves by {{moved}}."
/// ```
#[test]
fn first_claim() {
    record!();
}

/// ## A second claim
///
/// It stays below {{gap}}.
///
/// ```toml
/// kind = "bound"
/// uses = ["first_claim"]
/// headline = "gap"
/// breaks_when = "it moves by {{moved}}."
/// ```
#[test]
fn second_claim() {
    record!();
}

/// ## A third claim
///
/// It stays below {{gap}}.
///
/// ```toml
/// kind = "bound"
/// uses = ["second_claim"]
/// headline = "gap"
/// breaks_when = "it moves by {{moved}}."
/// ```
#[test]
fn third_claim() {
    record!();
}
"#;
pub(super) const METRICS: &str = "---\nsource: tests/claims/chapter.rs\n---\n[gap]\nmeasures = \"the gap, $\\\\|A\\\\|$\"\nrounding_at_most = 1.4e-11\nheadroom = 3\n\n[share]\nmeasures = \"the share <b>\"\nvalue = 5e-1\nrelative = 1e-3\n\n[moved]\nmeasures = \"moved\"\nvalue = 2e0\nrelative = 1e-3\nat_least = 1e0\n\n[moved.removed]\nfrom = \"gap\"\nhypothesis = \"nothing moves\"\nby = 1e1\n";
pub(super) const FIGURE: &str = "---\nsource: tests/claims/chapter.rs\n---\ntitle = \"A figure\"\n\n[x]\nname = \"x\"\nscale = \"linear\"\nticks = [0e0, 1e0]\n\n[y]\nname = \"y\"\nscale = \"linear\"\nticks = [0e0, 1e0]\n\n[[series]]\nname = \"s\"\nink = \"linear\"\nmark = \"circle\"\nstroke = \"solid\"\nx = [0e0, 5e-1]\ny = [0e0, 1e0]\nrelative = 1e-3\n";
pub(super) const STATEMENTS: &str = "tests/claims/statements.toml";
pub(super) const CLAIMS: &str = "tests/claims/chapter.rs";
pub(super) const SECOND: &str = "snapshots/chapter__second_claim.snap";
pub(super) const THIRD: &str = "snapshots/chapter__third_claim.snap";
pub(super) const FIRST: &str = "snapshots/chapter__first_claim.snap";
pub(super) const DRAWN: &str = "snapshots/chapter__first_claim.figure.snap";

/// What a hook of git, or another repository, would tell git.
pub(super) const INHERITED: [&str; 7] =
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR"];

/// A notebook in a repository with three commits.
pub(super) struct Notebook {
    pub(super) folder: tempfile::TempDir,
}

/// What the command said, and the page it wrote.
pub(super) struct Told {
    pub(super) code: i32,
    pub(super) text: String,
    pub(super) error: String,
    pub(super) json: Value,
    pub(super) page: String,
}

impl Notebook {
    /// Its last commit holds what the constants say. In the first one the chapter had another name, a number and a bound were others,
    /// and one snapshot was none; the second one changes no value.
    pub(super) fn new() -> Self {
        let notebook = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        notebook.write(".gitignore", "/target\n*.snap.new\n");
        notebook.write("snapshots/opening__first_claim.snap", &METRICS.replace("5e-1", "4.5e-1"));
        notebook.write("snapshots/opening__second_claim.snap", &METRICS.replace("1.4e-11", "1.4e-9"));
        notebook.write("snapshots/opening__third_claim.snap", "no snapshot");
        notebook.git(&["init", "--quiet", "--initial-branch=main"]);
        notebook.commit("2020-02-02", "First measurements: <share> & bound");
        for name in ["first", "second", "third"] {
            notebook.git(&["mv", &format!("snapshots/opening__{name}_claim.snap"), &format!("snapshots/chapter__{name}_claim.snap")]);
        }
        notebook.commit("2020-02-03", "The chapter has its name");
        let texts = [
            ("tests/claims/main.rs", CONTENTS),
            (STATEMENTS, &posts()),
            (CLAIMS, CHAPTER),
            ("tests/claims/notation.md", "None.\n"),
            (FIRST, METRICS),
            (SECOND, METRICS),
            (THIRD, METRICS),
            (DRAWN, FIGURE),
        ];
        texts.into_iter().for_each(|(path, text)| notebook.write(path, text));
        notebook.commit("2020-02-04", "Twice as many steps: the share is a half");
        notebook
    }

    pub(super) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn git(&self, arguments: &[&str]) {
        self.git_at("2020-02-02", arguments);
    }

    pub(super) fn git_at(&self, day: &str, arguments: &[&str]) {
        let identity = ["-c", "user.name=A. Tester", "-c", "user.email=tester@example.com", "-c", "commit.gpgsign=false", "-c", "core.autocrlf=false"];
        let date = format!("{day}T02:02:02Z");
        let mut command = Command::new("git");
        command.arg("-C").arg(self.root()).args(identity).args(arguments).env("GIT_AUTHOR_DATE", &date).env("GIT_COMMITTER_DATE", date);
        for name in INHERITED {
            command.env_remove(name);
        }
        command.env("GIT_CONFIG_GLOBAL", self.root().join("no-such-file")).env("GIT_CONFIG_NOSYSTEM", "1");
        let Output { status, stderr, .. } = command.output().expect("git");
        assert!(status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&stderr));
    }

    pub(super) fn commit(&self, day: &str, subject: &str) {
        self.git(&["add", "--all", "."]);
        self.git_at(day, &["commit", "--quiet", "--message", subject]);
    }

    pub(super) fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    pub(super) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.root().join(path)).expect("a file");
        assert!(text.contains(from), "{from} is not in {path}");
        self.write(path, &text.replacen(from, to, 1));
    }

    /// A pending snapshot: the accepted text with one replacement.
    pub(super) fn pend(&self, path: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.root().join(path)).expect("a snapshot");
        assert!(text.contains(from), "{from} is not in {path}");
        self.write(&format!("{path}.new"), &text.replacen(from, to, 1).replacen("---\n", "---\nassertion_line: 7\n", 1));
    }

    /// The command, in a folder.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_attention-regression"));
        for name in INHERITED {
            command.env_remove(name);
        }
        command.env_remove("CARGO_TARGET_DIR").arg("review").current_dir(self.root());
        command
    }

    pub(super) fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        said(self.command().args(arguments))
    }

    /// The review in lines and as JSON, and a page that is sound.
    pub(super) fn review(&self, arguments: &[&str]) -> Told {
        let (code, text, error) = self.run(arguments);
        let page = std::fs::read_to_string(self.root().join("target/review/index.html")).expect("the page");
        let (again, json, _) = self.run(&[&["--json"], arguments].concat());
        assert_eq!(code, again);
        let json: Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(json["schema"], "attention-regression/review/1");
        check(&page);
        Told { code, text, error, json, page }
    }
}

pub(super) fn said(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().expect("the binary");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    let (out, error) = (text(stdout), text(stderr));
    assert!(!out.contains('\u{1b}') && !error.contains('\u{1b}') && !error.contains("panicked"), "{error}");
    (status.code().unwrap_or(-1), out, error)
}

impl Told {
    /// All of it, as a snapshot of that name; the page stays where a browser may look at it.
    pub(super) fn is(&self, name: &str) {
        let pages = Path::new(env!("CARGO_TARGET_TMPDIR")).join("review-pages");
        std::fs::create_dir_all(&pages).and_then(|()| std::fs::write(pages.join(format!("{name}.html")), &self.page)).expect("a page");
        let (_, body) = self.page.split_once("<body>").expect("a body");
        let mut json = self.json.clone();
        let mut body = body.trim_end_matches("</body></html>").to_owned();
        // The history of what did not move is told where nothing did.
        if let (Some(document), false) = (json.as_object_mut(), self.json["claims"] == Value::Array(Vec::new())) {
            document.remove("unmoved");
            let at = |mark: &str| body.find(mark).expect("a mark");
            body.replace_range(at("<h2 id=\"history\">")..at("<footer"), "");
        }
        let all = format!("exit code {}\n\n— stdout\n{}\n— stderr\n{}\n— JSON\n{:#}\n\n— page\n{}", self.code, self.text, self.error, json, lines(&body));
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(".");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let place_and_time = [
            ("The page is at .*", "The page is at [PLACE]"),
            ("rustc [^·]* ·", "[COMPILER] ·"),
            ("Made from commit [0-9a-f]+", "Made from commit [COMMIT]"),
            (r"\b([0-9a-f]{40}|[0-9a-f]{64})\b", "[COMMIT]"),
            (r"\b[0-9a-f]{10}\b", "[COMMIT]"),
        ];
        place_and_time.into_iter().for_each(|(pattern, word)| settings.add_filter(pattern, word));
        settings.bind(|| insta::assert_snapshot!(name, all));
    }
}

/// HTML with each element that is no part of a sentence on a line of its own.
pub(super) fn lines(html: &str) -> String {
    pub(super) const WITHIN: [&str; 16] =
        ["a", "b", "br", "code", "del", "em", "i", "ins", "input", "legend", "math", "small", "span", "strong", "summary", "wbr"];
    let mut out = String::new();
    let mut formula = false;
    for part in html.split_inclusive('>') {
        let (text, tag) = part.split_at(part.find('<').unwrap_or(part.len()));
        let name: String = tag.trim_start_matches(['<', '/']).chars().take_while(char::is_ascii_alphanumeric).collect();
        out.push_str(text);
        // What closes right after its own start or text stays there.
        let leaf = tag.starts_with("</") && !out.ends_with('>');
        if !formula && !leaf && !WITHIN.contains(&name.as_str()) && !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        out.push_str(tag);
        formula = name == "math" && tag.starts_with("<m") || formula && !tag.starts_with("</math");
    }
    out
}

/// Nothing is loaded, nothing runs, every drawing has its words, and the HTML is sound.
pub(super) fn check(page: &str) {
    let (_, body) = page.split_once("<body>").expect("a body");
    for never in ["<script", "<img", "<link", "<iframe", "src=\"", "href=\"http", "url(http", "@import", "cannot be drawn", "<merror", "NaN"] {
        assert!(!body.contains(never), "`{never}` in the page");
    }
    for drawing in body.split("<svg").skip(1) {
        let (_, inside) = drawing.split_once('>').expect("a tag");
        assert!(inside.trim_start().starts_with("<title") && inside.contains("<desc"), "a drawing without title or description: {inside}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("index.html"), page).expect("a file");
    let (pages, problems) = inspect::inspect(folder.path());
    assert_eq!((pages, problems.iter().map(ToString::to_string).collect::<String>().as_str()), (1, ""));
}
