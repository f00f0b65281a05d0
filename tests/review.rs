//! `review`, on a small notebook in a repository of its own: of each kind of change everything that the command says, in lines, as JSON
//! and on the page, is a snapshot in `tests/review`; what a snapshot does not say is asserted here.
//!
//! The pages are left in `review-pages` below cargo's folder for tests, where a browser may look at them.

use std::path::Path;
use std::process::{Command, Output};

use attention_regression::notebook::inspect;
use serde_json::Value;

const CONTENTS: &str = "//! # A small book\n//!\n//! What it is, in {{first_claim/share}} words.\n\nmod support;\n\nmod chapter;\n";
const SAID: &str = "[[statement]]\nid = \"S1\"\nsays = \"It is <so>.\"\n\n[[statement]]\nid = \"O1\"\nsays = \"It means much.\"\nargument = \"Who can say?\"\n";
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
const METRICS: &str = "---\nsource: tests/claims/chapter.rs\n---\n[gap]\nmeasures = \"the gap, $\\\\|A\\\\|$\"\nrounding_at_most = 1.4e-11\nheadroom = 3\n\n[share]\nmeasures = \"the share <b>\"\nvalue = 5e-1\nrelative = 1e-3\n\n[moved]\nmeasures = \"moved\"\ncontrol = true\nvalue = 2e0\nrelative = 1e-3\nat_least = 1e0\n";
const FIGURE: &str = "---\nsource: tests/claims/chapter.rs\n---\ntitle = \"A figure\"\n\n[x]\nname = \"x\"\nscale = \"linear\"\nticks = [0e0, 1e0]\n\n[y]\nname = \"y\"\nscale = \"linear\"\nticks = [0e0, 1e0]\n\n[[series]]\nname = \"s\"\nink = \"linear\"\nmark = \"circle\"\nstroke = \"solid\"\nx = [0e0, 5e-1]\ny = [0e0, 1e0]\nrelative = 1e-3\n";
const STATEMENTS: &str = "tests/claims/statements.toml";
const CLAIMS: &str = "tests/claims/chapter.rs";
const SECOND: &str = "snapshots/chapter__second_claim.snap";
const THIRD: &str = "snapshots/chapter__third_claim.snap";
const FIRST: &str = "snapshots/chapter__first_claim.snap";
const DRAWN: &str = "snapshots/chapter__first_claim.figure.snap";

/// What a hook of git, or another repository, would tell git.
const INHERITED: [&str; 7] =
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR"];

/// A notebook in a repository with three commits.
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
    /// Its last commit holds what the constants say. In the first one the chapter had another name, a number and a bound were others,
    /// and one snapshot was none; the second one changes no value.
    fn new() -> Self {
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
            (STATEMENTS, SAID),
            (CLAIMS, CHAPTER),
            ("src/lib.rs", "//! A crate.\n//!\n//! # Notation\n//!\n//! None.\n"),
            (FIRST, METRICS),
            (SECOND, METRICS),
            (THIRD, METRICS),
            (DRAWN, FIGURE),
        ];
        texts.into_iter().for_each(|(path, text)| notebook.write(path, text));
        notebook.commit("2020-02-04", "Twice as many steps: the share is a half");
        notebook
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn git(&self, arguments: &[&str]) {
        self.git_at("2020-02-02", arguments);
    }

    fn git_at(&self, day: &str, arguments: &[&str]) {
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

    fn commit(&self, day: &str, subject: &str) {
        self.git(&["add", "--all", "."]);
        self.git_at(day, &["commit", "--quiet", "--message", subject]);
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

    /// The command, in a folder.
    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_attention-regression"));
        for name in INHERITED {
            command.env_remove(name);
        }
        command.env_remove("CARGO_TARGET_DIR").arg("review").current_dir(self.root());
        command
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        said(self.command().args(arguments))
    }

    /// The review in lines and as JSON, and a page that is sound.
    fn review(&self, arguments: &[&str]) -> Told {
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

fn said(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().expect("the binary");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    let (out, error) = (text(stdout), text(stderr));
    assert!(!out.contains('\u{1b}') && !error.contains('\u{1b}') && !error.contains("panicked"), "{error}");
    (status.code().unwrap_or(-1), out, error)
}

impl Told {
    /// All of it, as a snapshot of that name; the page stays where a browser may look at it.
    fn is(&self, name: &str) {
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
        settings.set_snapshot_path("review");
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
fn lines(html: &str) -> String {
    const WITHIN: [&str; 16] = ["a", "b", "br", "code", "del", "em", "i", "ins", "input", "legend", "math", "small", "span", "strong", "summary", "wbr"];
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
fn check(page: &str) {
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

#[test]
fn nothing_moved() {
    let told = Notebook::new().review(&[]);
    assert_eq!(told.code, 0);
    told.is("nothing_moved");
}

#[test]
fn one_metric_moved() {
    let notebook = Notebook::new();
    notebook.pend(FIRST, "value = 5e-1", "value = 5.5e-1");
    notebook.write("target/tmp/claims/first_claim.json", r#"{ "seconds": 1.234, "metrics": {} }"#);
    notebook.review(&[]).is("one_metric_moved");
}

#[test]
fn a_control_stopped_failing() {
    let notebook = Notebook::new();
    notebook.pend(FIRST, "value = 2e0", "value = 5e-1");
    notebook.review(&[]).is("a_control_stopped_failing");
}

#[test]
fn a_number_is_beyond_its_limit() {
    let notebook = Notebook::new();
    notebook.pend(FIRST, "value = 5e-1\nrelative = 1e-3\n", "value = 5e-1\nrelative = 1e-3\nat_most = 4e-1\n");
    notebook.review(&[]).is("a_number_is_beyond_its_limit");
}

#[test]
fn a_phrase_became_untrue() {
    let notebook = Notebook::new();
    notebook.pend(FIRST, "value = 5e-1", "value = 7.5e-1");
    notebook.review(&[]).is("a_phrase_became_untrue");
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
    notebook.review(&[]).is("a_claim_is_new");
}

#[test]
fn a_claim_was_removed() {
    let notebook = Notebook::new();
    let (kept, third) = CHAPTER.split_once("/// ## A third claim").expect("a third claim");
    assert!(third.contains("third_claim"));
    notebook.write(CLAIMS, kept);
    notebook.review(&[]).is("a_claim_was_removed");
    // Against the commit that had it, it is the same claim.
    std::fs::remove_file(notebook.root().join(THIRD)).expect("the snapshot");
    let told = notebook.review(&["--against", "HEAD"]);
    let claim = &told.json["claims"][0];
    assert_eq!((told.code, &claim["change"], &claim["title"]), (1, &"removed".into(), &"A third claim".into()));
    assert_eq!((&claim["sentences"][0]["before"], &claim["sentences"][0]["after"]), (&"It stays below 1.4 × 10⁻¹¹.".into(), &Value::Null));
}

#[test]
fn a_claim_that_git_does_not_know_is_called_by_its_snapshot() {
    let notebook = Notebook::new();
    let (kept, _) = CHAPTER.split_once("/// ## A third claim").expect("a third claim");
    notebook.write(CLAIMS, kept);
    notebook.commit("2020-02-05", "The third claim is no claim");
    let told = notebook.review(&[]);
    let claim = &told.json["claims"][0];
    assert_eq!((told.code, &claim["change"], &claim["title"], &claim["kind"]), (1, &"removed".into(), &"third_claim".into(), &Value::Null));
}

#[test]
fn a_figure_changed_and_no_metric_did() {
    let notebook = Notebook::new();
    notebook.pend(DRAWN, "y = [0e0, 1e0]", "y = [0e0, 8e-1]");
    notebook.review(&[]).is("a_figure_changed_and_no_metric_did");
}

#[test]
fn a_figure_has_other_axes() {
    let notebook = Notebook::new();
    notebook.pend(DRAWN, "name = \"y\"\nscale = \"linear\"\nticks = [0e0, 1e0]", "name = \"y\"\nscale = \"linear\"\nticks = [0e0, 2e0]");
    notebook.review(&[]).is("a_figure_has_other_axes");
}

#[test]
fn a_figure_left_its_axes() {
    let notebook = Notebook::new();
    notebook.pend(DRAWN, "y = [0e0, 1e0]", "y = [0e0, 2.34e0]");
    notebook.review(&[]).is("a_figure_left_its_axes");
}

#[test]
fn a_seed_is_beyond_the_limit_and_the_median_is_not() {
    let notebook = Notebook::new();
    let seeds = |lowest: &str| format!("relative = 1e-3\nat_least = 4e-1\nlowest = {lowest}\nhighest = 6e-1\nseeds = 5\n\n[moved]");
    notebook.edit(FIRST, "relative = 1e-3\n\n[moved]", &seeds("4.5e-1"));
    notebook.pend(FIRST, "lowest = 4.5e-1", "lowest = 3.9e-1");
    let told = notebook.review(&[]);
    assert_eq!(told.json["summary"]["beyond_their_limits"], serde_json::json!([{ "claim": "first_claim", "metric": "share" }]));
    assert!(told.text.starts_with("▲ first_claim: share, must be at least 4e-1, lowest 4.5e-1 → 3.9e-1, -133.3 tolerances\n"), "{}", told.text);
}

#[test]
fn a_count_moved() {
    let notebook = Notebook::new();
    notebook.edit(THIRD, "value = 5e-1\nrelative = 1e-3", "exactly = 20");
    notebook.pend(THIRD, "exactly = 20", "exactly = 12");
    let told = notebook.review(&[]);
    assert!(told.text.starts_with("▲ third_claim: share 20 → 12, an exact count: a test that demands it fails\n"), "{}", told.text);
    assert!(told.page.contains("<td class=\"r\">20 → 12</td>"));
}

#[test]
fn a_tolerance_was_widened() {
    let notebook = Notebook::new();
    notebook.pend(FIRST, "relative = 1e-3", "relative = 1e-1");
    notebook.review(&[]).is("a_tolerance_was_widened");
}

#[test]
fn a_verdict_changed_and_no_number_did() {
    let notebook = Notebook::new();
    notebook.edit(CLAIMS, "settles = { S1 = \"holds\" }", "settles = { S1 = \"holds if\", S2 = \"holds\" }");
    let (kept, _) = SAID.split_once("[[statement]]\nid = \"O1\"").expect("a statement");
    notebook.write(STATEMENTS, &format!("{kept}[[statement]]\nid = \"S2\"\nsays = \"It is new.\"\n"));
    assert_eq!(notebook.review(&[]).code, 0, "the accepted snapshots are those of the same claims");
    notebook.review(&["--against", "HEAD"]).is("a_verdict_changed_and_no_number_did");
}

#[test]
fn another_commit_is_compared_with_this_checkout() {
    let notebook = Notebook::new();
    notebook.edit(FIRST, "value = 5e-1", "value = 5.5e-1");
    notebook.edit(CLAIMS, "The share of $x<y$ is", "Its share is now");
    notebook.commit("2020-02-05", "Three times as many steps");
    notebook.pend(FIRST, "value = 2e0", "value = 3e0");
    notebook.review(&["--against", "HEAD~1"]).is("another_commit_is_compared_with_this_checkout");
    assert_eq!(notebook.review(&["--against", "HEAD"]).code, 0);
}

#[test]
fn values_of_branches_are_read_up_to_their_merge() {
    let notebook = Notebook::new();
    let at = |day: &str, value: &str, subject: &str| {
        notebook.write(FIRST, &METRICS.replace("5e-1", value));
        notebook.commit(day, subject);
    };
    notebook.git(&["checkout", "--quiet", "-b", "side"]);
    at("2020-02-06", "5.2e-1", "On the side");
    notebook.git(&["checkout", "--quiet", "main"]);
    at("2020-02-05", "5.3e-1", "On main");
    notebook.git(&["merge", "--quiet", "--no-commit", "--strategy=ours", "side"]);
    at("2020-02-07", "5.4e-1", "Merge, with a value of its own");
    notebook.edit(FIRST, "value = 5.4e-1", "value = 5.6e-1");
    let json = notebook.review(&[]).json;
    let history = json["unmoved"][0]["history"].as_array().expect("a history");
    let value = |name: &str| history.iter().find(|step| step["subject"] == name).map(|step| step["value"].clone());
    let expected = [("On the side", 0.52), ("On main", 0.53), ("Merge, with a value of its own", 0.54), ("accepted, not committed", 0.56)];
    expected.iter().for_each(|(subject, number)| assert_eq!(value(subject), Some((*number).into()), "{subject} in {history:?}"));
    assert_eq!(history.last().map(|step| &step["value"]), Some(&0.56.into()));
}

#[test]
fn without_all_of_the_history_the_rest_is_the_same() {
    let notebook = Notebook::new();
    let clone = Notebook { folder: tempfile::tempdir().expect("a temporary folder") };
    let source = format!("file://{}", notebook.root().display());
    clone.git(&["clone", "--quiet", "--depth=1", &source, "."]);
    let moved = |notebook: &Notebook| {
        notebook.pend(FIRST, "value = 5e-1", "value = 5.5e-1");
        let told = notebook.review(&[]);
        (told.code, told.error.clone(), told.json["claims"][0]["metrics"].clone(), told)
    };
    let (code, error, metrics, whole) = moved(&notebook);
    let (shallow_code, shallow_error, shallow_metrics, shallow) = moved(&clone);
    assert_eq!((shallow_code, &shallow_error, &shallow_metrics), (code, &error, &metrics));
    assert!(whole.json["history_note"].is_null() && !whole.page.contains("This clone is shallow"));
    assert!(shallow.json["history_note"].as_str().is_some_and(|note| note.starts_with("This clone is shallow")), "{}", shallow.json["history_note"]);
    assert!(shallow.page.contains("This clone is shallow"));
    std::fs::remove_dir_all(notebook.root().join(".git")).expect("the repository");
    let (bare_code, bare_error, bare_metrics, bare) = moved(&notebook);
    assert_eq!((bare_code, bare_error, bare_metrics), (code, error, metrics));
    assert_eq!(bare.json["history_note"], "There is no history: this notebook is in no git repository.");
    notebook.git(&["init", "--quiet"]);
    assert!(notebook.review(&[]).json["history_note"].as_str().is_some_and(|note| note.starts_with("There is no history: ")));
    let (no_git, out, _) = said(notebook.command().arg("--json").env("PATH", ""));
    assert!(no_git == code && out.contains("There is no history: git cannot be run"), "{out}");
}

#[test]
fn what_a_user_tells_git_changes_nothing() {
    let notebook = Notebook::new();
    notebook.edit(FIRST, "value = 5e-1", "value = 5.5e-1");
    let configuration = "[log]\nshowSignature = true\nfollow = true\ndate = relative\ndecorate = full\ndiffMerges = off\n[color]\nui = always\n[core]\nabbrev = 5\nquotePath = true\n\
                         [diff]\nrenames = copies\nrelative = true\nnoprefix = true\n[format]\npretty = fuller\n";
    notebook.write("target/git-config", configuration);
    let against = ["--against", "HEAD~1", "--json"];
    let (code, plain, _) = notebook.run(&against);
    let configured = said(notebook.command().args(against).env("GIT_CONFIG_GLOBAL", notebook.root().join("target/git-config")));
    assert_eq!((configured.0, configured.1.as_str()), (code, plain.as_str()));
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
    let (code, _, error) = said(notebook.command().args(["--against", "HEAD"]).env("PATH", ""));
    assert!(code == 2 && error.contains("git cannot be run"), "{error}");
}
