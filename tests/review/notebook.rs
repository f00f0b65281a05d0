//! The small notebook in a repository of its own, and what the command says of it.

use std::ops::Deref;
use std::path::Path;
use std::process::{Command, Output};

use attention_regression::notebook::book::inspect;
use serde_json::Value;

use super::fixture::{self, METRICS, Text};

pub(super) const FIRST: &str = "snapshots/chapter__first_claim.snap";
pub(super) const THIRD: &str = "snapshots/chapter__third_claim.snap";
pub(super) const DRAWN: &str = "snapshots/chapter__first_claim.figure.snap";

/// What every claim measured, where a page must not take it for markup.
pub(super) fn metrics() -> String {
    METRICS.replace("the share", "the share <b>")
}

/// What the notebook says.
pub(super) fn text(metrics: &str) -> Text<'_> {
    Text {
        opening: "It opens.",
        id: "first_claim",
        title: "A *first* claim",
        headline: "share",
        prose: "Nothing is said here. The share of $x<y$ is {{share:.2}}, which is {{share|about half|0.4..0.6}}, within {{gap}}. The end.",
        caption: "What to see, {{gap}}.",
        others: &[("second_claim", "A second claim"), ("third_claim", "A third claim")],
        metrics,
        says: "It is <so>.",
    }
}

/// What a hook of git, or another repository, would tell git.
pub(super) const INHERITED: [&str; 7] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
];

/// A notebook in a repository with one commit, which holds what [`text`] says.
pub(super) struct Notebook(fixture::Notebook);

impl Deref for Notebook {
    type Target = fixture::Notebook;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// What the command said, and the page it wrote.
pub(super) struct Outcome {
    pub(super) code: i32,
    pub(super) text: String,
    pub(super) error: String,
    pub(super) json: Value,
    pub(super) page: String,
}

impl Notebook {
    pub(super) fn new() -> Self {
        let notebook = Self::empty();
        notebook.write(".gitignore", "/target\n*.snap.new\n");
        notebook.fill(&text(&metrics()));
        notebook.git(&["init", "--quiet", "--initial-branch=main"]);
        notebook.commit("2020-02-04", "Twice as many steps: the share is a half");
        notebook
    }

    pub(super) fn empty() -> Self {
        Self(fixture::Notebook::empty())
    }

    pub(super) fn git(&self, arguments: &[&str]) {
        self.git_at("2020-02-02", arguments);
    }

    fn git_at(&self, day: &str, arguments: &[&str]) {
        let identity =
            ["user.name=A. Tester", "user.email=tester@example.com", "commit.gpgsign=false", "core.autocrlf=false"]
                .map(|setting| ["-c", setting]);
        let date = format!("{day}T02:02:02Z");
        let mut command = Command::new("git");
        command.arg("-C").arg(self.root()).args(identity.concat()).args(arguments);
        for name in INHERITED {
            command.env_remove(name);
        }
        command.env("GIT_AUTHOR_DATE", &date).env("GIT_COMMITTER_DATE", date);
        command.env("GIT_CONFIG_GLOBAL", self.root().join("no-such-file")).env("GIT_CONFIG_NOSYSTEM", "1");
        let Output { status, stderr, .. } = command.output().expect("git");
        assert!(status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&stderr));
    }

    pub(super) fn commit(&self, day: &str, subject: &str) {
        self.git(&["add", "--all", "."]);
        self.git_at(day, &["commit", "--quiet", "--message", subject]);
    }

    /// A pending snapshot: the accepted text with one replacement.
    pub(super) fn pend(&self, path: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.root().join(path)).expect("a snapshot");
        assert!(text.contains(from), "{from} is not in {path}");
        self.write(
            &format!("{path}.new"),
            &text.replacen(from, to, 1).replacen("---\n", "---\nassertion_line: 7\n", 1),
        );
    }

    /// Ends a file before some words, and says what is left of it.
    pub(super) fn cut(&self, path: &str, words: &str) -> String {
        let text = std::fs::read_to_string(self.root().join(path)).expect("a file");
        let (kept, _) = text.split_once(words).expect("the words");
        self.write(path, kept);
        kept.to_owned()
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
    pub(super) fn review(&self, arguments: &[&str]) -> Outcome {
        let (code, text, error) = self.run(arguments);
        let page = std::fs::read_to_string(self.root().join("target/review/index.html")).expect("the page");
        let (again, json, _) = self.run(&[&["--json"], arguments].concat());
        assert_eq!(code, again);
        let json: Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(json["schema"], "attention-regression/review/1");
        check(&page);
        Outcome { code, text, error, json, page }
    }
}

pub(super) fn said(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().expect("the binary");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    let (out, error) = (text(stdout), text(stderr));
    assert!(!out.contains('\u{1b}') && !error.contains('\u{1b}') && !error.contains("panicked"), "{error}");
    (status.code().unwrap_or(-1), out, error)
}

impl Outcome {
    /// All of it, as a snapshot of that name; the page stays where a browser may look at it.
    pub(super) fn is(&self, name: &str) {
        let pages = Path::new(env!("CARGO_TARGET_TMPDIR")).join("review-pages");
        std::fs::create_dir_all(&pages)
            .and_then(|()| std::fs::write(pages.join(format!("{name}.html")), &self.page))
            .expect("a page");
        let (_, body) = self.page.split_once("<body>").expect("a body");
        let body = lines(body.trim_end_matches("</body></html>"));
        let Self { code, text, error, json, .. } = self;
        let all =
            format!("exit code {code}\n\n— stdout\n{text}\n— stderr\n{error}\n— JSON\n{json:#}\n\n— page\n{body}");
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
    pub(super) const WITHIN: [&str; 16] = [
        "a", "b", "br", "code", "del", "em", "i", "ins", "input", "legend", "math", "small", "span", "strong",
        "summary", "wbr",
    ];
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
    for never in [
        "<script",
        "<img",
        "<link",
        "<iframe",
        "src=\"",
        "href=\"http",
        "url(http",
        "@import",
        "cannot be drawn",
        "<merror",
        "NaN",
    ] {
        assert!(!body.contains(never), "`{never}` in the page");
    }
    for drawing in body.split("<svg").skip(1) {
        let (_, inside) = drawing.split_once('>').expect("a tag");
        assert!(
            inside.trim_start().starts_with("<title") && inside.contains("<desc"),
            "a drawing without title or description: {inside}"
        );
    }
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("index.html"), page).expect("a file");
    let (pages, problems) = inspect::inspect(folder.path());
    assert_eq!((pages, problems.iter().map(ToString::to_string).collect::<String>().as_str()), (1, ""));
}
