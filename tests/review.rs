//! `review`, on a small notebook in a repository of its own: each kind of change, and what is said of it in lines, in JSON and on the page.

use std::path::Path;
use std::process::{Command, Output};

use attention_regression::notebook::inspect;
use serde_json::Value;

const CONTENTS: &str = "//! # A small book\n//!\n//! What it is, in {{first_claim/share}} words.\n\nmod support;\n\nmod chapter;\n";
const STATEMENTS: &str =
    "[[statement]]\nid = \"S1\"\nsays = \"It is <so>.\"\n\n[[statement]]\nid = \"O1\"\nsays = \"It means much.\"\nargument = \"Who can say?\"\n";
const CHAPTER: &str = r#"//! # A chapter
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
/// headline = "gap"
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
const METRICS: &str = "---\nsource: tests/claims/chapter.rs\n---\n[gap]\nmeasures = \"the gap, $\\\\|A\\\\|$\"\nrounding_at_most = 1.4e-11\nheadroom = 3\n\n[share]\nmeasures = \"the share <b>\"\nvalue = 5e-1\nrelative = 1e-3\n\n[moved]\nmeasures = \"moved\"\ncontrol = true\nvalue = 2e0\nrelative = 1e-3\nat_least = 1e0\n";
const FIGURE: &str = "---\nsource: tests/claims/chapter.rs\n---\ntitle = \"A figure\"\n\n[x]\nname = \"x\"\nscale = \"linear\"\nticks = [0e0, 1e0]\n\n[y]\nname = \"y\"\nscale = \"linear\"\nticks = [0e0, 1e0]\n\n[[series]]\nname = \"s\"\nink = \"linear\"\nmark = \"circle\"\nstroke = \"solid\"\nx = [0e0, 5e-1]\ny = [0e0, 1e0]\nrelative = 1e-3\n";
const CLAIMS: &str = "tests/claims/chapter.rs";
const FIRST: &str = "snapshots/chapter__first_claim.snap";
const DRAWN: &str = "snapshots/chapter__first_claim.figure.snap";

/// A notebook in a repository with one commit.
struct Notebook {
    folder: tempfile::TempDir,
}

/// What the command said, and the page it wrote.
struct Told {
    code: i32,
    text: String,
    error: String,
    json: Value,
    page: String,
}

impl Notebook {
    fn new() -> Self {
        let notebook = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        let texts = [
            ("tests/claims/main.rs", CONTENTS),
            ("tests/claims/statements.toml", STATEMENTS),
            (CLAIMS, CHAPTER),
            ("src/lib.rs", "//! A crate.\n//!\n//! # Notation\n//!\n//! None.\n"),
            (FIRST, METRICS),
            ("snapshots/chapter__second_claim.snap", METRICS),
            ("snapshots/chapter__third_claim.snap", METRICS),
            (DRAWN, FIGURE),
        ];
        texts.into_iter().for_each(|(path, text)| notebook.write(path, text));
        notebook.git(&["init", "--quiet", "--initial-branch=main"]);
        notebook.commit();
        notebook
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn git(&self, arguments: &[&str]) {
        let identity = ["-c", "user.name=A. Tester", "-c", "user.email=tester@example.com", "-c", "commit.gpgsign=false", "-c", "core.autocrlf=false"];
        let date = "2020-02-02T02:02:02Z";
        let mut command = Command::new("git");
        command.arg("-C").arg(self.root()).args(identity).args(arguments).env("GIT_AUTHOR_DATE", date).env("GIT_COMMITTER_DATE", date);
        command.env_remove("GIT_DIR").env_remove("GIT_WORK_TREE").env_remove("GIT_INDEX_FILE");
        command.env("GIT_CONFIG_GLOBAL", self.root().join("no-such-file")).env("GIT_CONFIG_NOSYSTEM", "1");
        let Output { status, stderr, .. } = command.output().expect("git");
        assert!(status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&stderr));
    }

    fn commit(&self) {
        self.git(&["add", "--all", "."]);
        self.git(&["commit", "--quiet", "--message=A commit"]);
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    fn edit(&self, path: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.root().join(path)).expect("a file");
        assert!(text.contains(from), "{from} is not in {path}");
        self.write(path, &text.replacen(from, to, 1));
    }

    /// A pending snapshot: the accepted text with one replacement.
    fn pend(&self, path: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.root().join(path)).expect("a snapshot");
        assert!(text.contains(from), "{from} is not in {path}");
        self.write(&format!("{path}.new"), &text.replacen(from, to, 1).replacen("---\n", "---\nassertion_line: 7\n", 1));
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_attention-regression"));
        command.env_remove("GIT_DIR").env_remove("GIT_WORK_TREE").env_remove("GIT_INDEX_FILE");
        let Output { status, stdout, stderr } = command.arg("review").args(arguments).current_dir(self.root()).output().expect("the binary");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        let (out, error) = (text(stdout), text(stderr));
        assert!(!out.contains('\u{1b}') && !error.contains('\u{1b}') && !error.contains("panicked"), "{error}");
        (status.code().unwrap_or(-1), out, error)
    }

    /// The review in lines and as JSON, and a page that is sound.
    fn review(&self, arguments: &[&str]) -> Told {
        let (code, text, error) = self.run(arguments);
        let page = self.root().join("target/review/index.html");
        let place = format!("The page is at {}\n", page.canonicalize().expect("the page").display());
        let text = text.strip_suffix(&place).unwrap_or_else(|| panic!("{text} does not end with {place}")).to_owned();
        let page = std::fs::read_to_string(page).expect("the page");
        let (again, json, _) = self.run(&[&["--json"], arguments].concat());
        assert_eq!(code, again);
        let json: Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(json["schema"], "attention-regression/review/1");
        check(&page);
        Told { code, text, error, json, page }
    }
}

/// Nothing is loaded, nothing runs, and the HTML is sound.
fn check(page: &str) {
    for never in ["<script", "<img", "<link", "<iframe", "src=\"", "href=\"http", "url(http", "@import", "cannot be drawn", "<merror", "NaN"] {
        let (_, body) = page.split_once("<body>").expect("a body");
        assert!(!body.contains(never), "`{never}` in the page");
    }
    let drawings = page.matches("<svg").count();
    assert_eq!((page.matches("<title").count(), page.matches("<desc").count()), (drawings + 1, drawings), "a drawing without title or description");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("index.html"), page).expect("a file");
    let (pages, problems) = inspect::inspect(folder.path());
    assert_eq!((pages, problems.iter().map(ToString::to_string).collect::<String>().as_str()), (1, ""));
}

fn contains(page: &str, parts: &[&str]) {
    for part in parts {
        let (_, body) = page.split_once("<body>").expect("a body");
        assert!(body.contains(part), "{part} is missing from\n{body}");
    }
}

#[test]
fn nothing_changed() {
    let told = Notebook::new().review(&[]);
    assert_eq!((told.code, told.text.as_str(), told.error.as_str()), (0, "Nothing moved against the accepted snapshots.\n", ""));
    assert_eq!(told.json["claims"], Value::Array(Vec::new()));
    assert_eq!(told.json["summary"]["claims"], 0);
    contains(&told.page, &["Nothing moved against the accepted snapshots"]);
}

#[test]
fn one_metric_moved() {
    let notebook = Notebook::new();
    notebook.pend(FIRST, "value = 5e-1", "value = 5.5e-1");
    let told = notebook.review(&[]);
    assert_eq!(told.code, 1);
    assert_eq!(
        told.text,
        "◆ first_claim: share 5e-1 → 5.5e-1, +100.0 tolerances\n1 claim moved against the accepted snapshots; 1 statement of the post is touched.\n"
    );
    let claim = &told.json["claims"][0];
    assert_eq!((&claim["id"], &claim["change"], &claim["kind"]), (&"first_claim".into(), &"moved".into(), &"identity".into()));
    assert_eq!((&claim["file"], &claim["line"]), (&CLAIMS.into(), &19.into()));
    assert_eq!(claim["metrics"].as_array().map(Vec::len), Some(1));
    let metric = &claim["metrics"][0];
    assert_eq!((&metric["name"], &metric["accepted"]["value"], &metric["new"]["value"]), (&"share".into(), &0.5.into(), &0.55.into()));
    assert!((metric["relative_change"].as_f64().expect("a share") - 0.1).abs() < 1e-12);
    assert!((metric["tolerances"].as_f64().expect("a number") - 100.0).abs() < 1e-9);
    // The sentence of the claim and that of the first page; not the others.
    let sentences: Vec<[&str; 2]> = claim["sentences"]
        .as_array()
        .expect("sentences")
        .iter()
        .map(|sentence| ["before", "after"].map(|side| sentence[side].as_str().unwrap_or("")))
        .collect();
    assert_eq!(
        sentences,
        [
            ["What it is, in 0.500 words.", "What it is, in 0.550 words."],
            ["The share of $x<y$ is 0.50, which is about half, within 1.4 × 10⁻¹¹.", "The share of $x<y$ is 0.55, which is about half, within 1.4 × 10⁻¹¹."]
        ]
    );
    assert_eq!(claim["built_on_it"], serde_json::json!(["second_claim", "third_claim"]));
    assert_eq!(claim["settles"], serde_json::json!({ "S1": "holds" }));
    assert_eq!(claim["command"], "INSTA_UPDATE=always cargo test --test claims first_claim");
    assert_eq!(told.json["statements"][0]["id"], "S1");
    contains(
        &told.page,
        &[
            "1 claim moved",
            "A <em>first</em> claim",
            "tests/claims/chapter.rs:19",
            "<del>0.50</del>",
            "<ins>0.55</ins>",
            "<ins>about half</ins>",
            "share: larger by 100.0 tolerances",
            "+10.0 %",
            "± 1e-3 relative",
            "the share ",
            "It is .",
            "2 claims build on it",
            "INSTA_UPDATE=always cargo test --test claims first_claim",
        ],
    );
}

#[test]
fn a_control_stopped_failing() {
    let notebook = Notebook::new();
    notebook.pend(FIRST, "value = 2e0", "value = 5e-1");
    let told = notebook.review(&[]);
    assert_eq!(told.code, 1);
    assert_eq!(
        told.text,
        "▲ first_claim: moved 2e0 → 5e-1, -750.0 tolerances, THE CONTROL NO LONGER BREAKS THE CLAIM: must be at least 1e0\n1 claim moved against the accepted snapshots; 1 control no longer breaks its claim; 1 statement of the post is touched.\n"
    );
    assert_eq!(told.json["summary"]["controls_that_no_longer_break"], serde_json::json!([{ "claim": "first_claim", "metric": "moved" }]));
    assert_eq!(told.json["claims"][0]["metrics"][0]["no_longer_breaks"], true);
    contains(
        &told.page,
        &["Controls that no longer break their claims", "<span class=\"flag remark\">THE CONTROL NO LONGER BREAKS THE CLAIM", "smaller by 750.0 tolerances"],
    );
}

#[test]
fn a_number_is_beyond_its_limit() {
    let notebook = Notebook::new();
    notebook.pend(FIRST, "value = 5e-1\nrelative = 1e-3\n", "value = 5e-1\nrelative = 1e-3\nat_most = 4e-1\n");
    let told = notebook.review(&[]);
    assert_eq!(
        (told.code, told.text.as_str()),
        (
            1,
            "▲ first_claim: share, must be at most 4e-1, limit none → at most 4e-1\n1 claim moved against the accepted snapshots; 1 number is beyond its limit; 1 statement of the post is touched.\n"
        )
    );
    assert_eq!(told.json["summary"]["beyond_their_limits"], serde_json::json!([{ "claim": "first_claim", "metric": "share" }]));
    contains(&told.page, &["Numbers beyond their limits", "<span class=\"flag remark\">must be at most 4e-1"]);
}

#[test]
fn a_phrase_became_untrue() {
    let notebook = Notebook::new();
    notebook.pend(FIRST, "value = 5e-1", "value = 7.5e-1");
    let told = notebook.review(&[]);
    assert_eq!(told.code, 1);
    assert_eq!(
        told.text,
        "▲ first_claim: share 5e-1 → 7.5e-1, +500.0 tolerances; UNTRUE NOW: “about half” (tests/claims/chapter.rs:7)\n1 claim moved against the accepted snapshots; 1 phrase became untrue; 1 statement of the post is touched.\n"
    );
    let phrase = &told.json["summary"]["phrases_untrue"][0];
    assert_eq!((&phrase["phrase"], &phrase["line"], &phrase["file"]), (&"about half".into(), &7.into(), &CLAIMS.into()));
    assert_eq!(phrase["what"], "is no longer true: the number is now 7.5000e-1, outside 0.4..0.6");
    assert_eq!(&told.json["claims"][0]["phrases_untrue"][0], phrase);
    contains(&told.page, &["Phrases that became untrue", "“about half”", "outside 0.4..0.6", "No longer true"]);
    // A phrase that was untrue before is no news.
    notebook.edit(FIRST, "value = 5e-1", "value = 7e-1");
    let told = notebook.review(&[]);
    assert!(!told.text.contains("UNTRUE"), "{}", told.text);
}

#[test]
fn a_claim_is_new() {
    let notebook = Notebook::new();
    notebook.edit(
        CLAIMS,
        "/// ## A third claim",
        "/// ## A fresh claim\n///\n/// It is {{share}}.\n///\n/// ```toml\n/// kind = \"bound\"\n/// headline = \"share\"\n/// breaks_when = \"it moves by {{moved}}.\"\n/// ```\n#[test]\nfn fresh_claim() {}\n\n/// ## A third claim",
    );
    notebook.write("snapshots/chapter__fresh_claim.snap.new", METRICS);
    let told = notebook.review(&[]);
    assert_eq!((told.code, told.text.as_str()), (1, "◆ fresh_claim: new, 3 metrics\n1 claim moved against the accepted snapshots.\n"));
    let claim = &told.json["claims"][0];
    assert_eq!((&claim["change"], &claim["line"], &told.json["summary"]["new"]), (&"new".into(), &48.into(), &1.into()));
    assert_eq!(claim["sentences"][0], serde_json::json!({ "title": "A fresh claim", "file": CLAIMS, "line": 40, "before": null, "after": "It is 0.500." }));
    contains(&told.page, &["This claim has no accepted snapshot", "A fresh claim", "not in the book", "cargo test --test claims fresh_claim"]);
}

#[test]
fn a_claim_was_removed() {
    let notebook = Notebook::new();
    let (kept, third) = CHAPTER.split_once("/// ## A third claim").expect("a third claim");
    assert!(third.contains("third_claim"));
    notebook.write(CLAIMS, kept);
    let told = notebook.review(&[]);
    assert_eq!((told.code, told.text.as_str()), (1, "◆ third_claim: removed\n1 claim moved against the accepted snapshots.\n"));
    let claim = &told.json["claims"][0];
    assert_eq!((&claim["change"], &claim["title"], &claim["kind"]), (&"removed".into(), &"third_claim".into(), &Value::Null));
    assert_eq!(claim["command"], "git rm snapshots/chapter__third_claim.snap");
    contains(&told.page, &["No claim records this snapshot any more", "git rm snapshots/chapter__third_claim.snap"]);
    // Against the commit that had it, it is known by its title, and its sentences are shown.
    std::fs::remove_file(notebook.root().join("snapshots/chapter__third_claim.snap")).expect("the snapshot");
    let told = notebook.review(&["--against", "HEAD"]);
    let claim = &told.json["claims"][0];
    assert_eq!((told.code, &claim["change"], &claim["title"]), (1, &"removed".into(), &"A third claim".into()));
    assert_eq!((&claim["sentences"][0]["before"], &claim["sentences"][0]["after"]), (&"It stays below 1.4 × 10⁻¹¹.".into(), &Value::Null));
}

#[test]
fn a_figure_changed_and_no_metric_did() {
    let notebook = Notebook::new();
    notebook.pend(DRAWN, "y = [0e0, 1e0]", "y = [0e0, 8e-1]");
    let told = notebook.review(&[]);
    assert_eq!(
        (told.code, told.text.as_str()),
        (
            1,
            "◆ first_claim: 1 of the figure's 9 numbers moved, furthest `series 1 y 2`, 1e0 → 8e-1\n1 claim moved against the accepted snapshots; 1 statement of the post is touched.\n"
        )
    );
    let claim = &told.json["claims"][0];
    assert_eq!((&claim["metrics"], &claim["figure"]["moved"], &claim["figure"]["of"]), (&serde_json::json!([]), &1.into(), &9.into()));
    assert_eq!(claim["figure"]["furthest"], serde_json::json!({ "place": "series 1 y 2", "accepted": 1.0, "new": 0.8 }));
    contains(
        &told.page,
        &[
            "<input type=\"radio\" name=\"figure-of-first_claim\" value=\"was\"",
            "value=\"both\" class=\"both\" checked",
            ">Accepted: A figure</title>",
            ">New: A figure</title>",
            ">Accepted (small grey dots, dotted lines) and new, overlaid: A figure</title>",
            "id=\"first_claim-was-narrow-t\"",
            "s, accepted",
        ],
    );
}

#[test]
fn a_tolerance_was_widened() {
    let notebook = Notebook::new();
    notebook.pend(FIRST, "relative = 1e-3", "relative = 1e-1");
    let told = notebook.review(&[]);
    assert_eq!(
        (told.code, told.text.as_str()),
        (
            1,
            "▲ first_claim: share, tolerance WIDENED: 1e-3 relative → 1e-1 relative\n1 claim moved against the accepted snapshots; 1 tolerance is wider; 1 statement of the post is touched.\n"
        )
    );
    assert_eq!(told.json["summary"]["tolerances_widened"], serde_json::json!([{ "claim": "first_claim", "metric": "share" }]));
    assert_eq!(told.json["claims"][0]["sentences"], serde_json::json!([]), "no number of the book moved");
    contains(&told.page, &["Tolerances that became wider", "<span class=\"flag remark\">tolerance WIDENED"]);
}

#[test]
fn another_commit_is_compared_with_this_checkout() {
    let notebook = Notebook::new();
    notebook.edit(FIRST, "value = 5e-1", "value = 5.5e-1");
    notebook.edit(CLAIMS, "The share of $x<y$ is", "Its share is now");
    notebook.pend(FIRST, "value = 2e0", "value = 3e0");
    notebook.commit();
    let told = notebook.review(&["--against", "HEAD~1"]);
    assert_eq!(told.code, 1);
    assert!(told.text.starts_with("◆ first_claim: share 5e-1 → 5.5e-1, +100.0 tolerances\n1 claim moved against HEAD~1, commit "), "{}", told.text);
    assert!(told.error.starts_with("note: Pending snapshots, 1 of them, are not part of this comparison"), "{}", told.error);
    let sentence = &told.json["claims"][0]["sentences"][1];
    assert_eq!(sentence["before"], "The share of $x<y$ is 0.50, which is about half, within 1.4 × 10⁻¹¹.");
    assert_eq!(sentence["after"], "Its share is now 0.55, which is about half, within 1.4 × 10⁻¹¹.");
    assert_eq!(told.json["claims"][0]["command"], "cargo test --test claims first_claim");
    assert_eq!(notebook.review(&["--against", "HEAD"]).code, 0);
}

#[test]
fn help_shows_examples_and_exit_codes() {
    let (code, out, _) = Notebook::new().run(&["--help"]);
    assert_eq!(code, 0);
    for part in ["Examples:", "--against main", "--open", "--out <FILE>", "--json", "Exit code: 0 when nothing moved, 1 when something did, 2"] {
        assert!(out.contains(part), "{part} is missing from\n{out}");
    }
}

#[test]
fn mistakes_have_a_code_of_their_own() {
    let notebook = Notebook::new();
    let refused = |arguments: &[&str], words: &str| {
        let (code, out, error) = notebook.run(arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{error}");
        assert!(error.contains(words), "{words} is missing from {error}");
    };
    refused(&["--nonsense"], "unexpected argument");
    refused(&["--against", "nowhere"], "git knows no revision `nowhere`; name a commit, a branch or a tag");
    refused(&["--against=--all"], "git knows no revision `--all`");
    let elsewhere = tempfile::tempdir().expect("a folder");
    refused(&["--root", &elsewhere.path().to_string_lossy()], "holds no notebook");
    notebook.write("notes.html", "mine");
    refused(&["--out", "notes.html"], "is there and is no earlier review");
    notebook.write(&format!("{FIRST}.new"), "---\nsource: x\n---\n[gap]\nvalue = \n");
    refused(&[], "snapshots/chapter__first_claim.snap.new:5: ");
    std::fs::remove_dir_all(notebook.root().join(".git")).expect("the repository");
    let (code, _, error) = notebook.run(&["--against", "HEAD"]);
    assert_eq!(code, 2);
    assert!(error.contains("is in no git repository") || error.contains("git knows no revision"), "{error}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_attention-regression"));
    let output = command.args(["review", "--against", "HEAD"]).current_dir(notebook.root()).env("PATH", "").output().expect("the binary");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("git cannot be run"), "{}", String::from_utf8_lossy(&output.stderr));
}
