//! The loom proved red: every fault that can be in a notebook, put into a small one, and the sentence that reports it.

use std::path::{Path, PathBuf};

use attention_regression::notebook::prose::{self, Medium, Numbers, Place};
use attention_regression::notebook::registry::{Problem, Registry};
use attention_regression::notebook::{inspect, render, snapshot, weave};

const CONTENTS: &str = "//! # A small book\n//!\n//! What it is, in {{chapter_claim/gap}} words.\n\nmod support;\n\n/// Part I\nmod chapter;\n";
const STATEMENTS: &str =
    "[[statement]]\nid = \"S1\"\nsays = \"It is so.\"\n\n[[statement]]\nid = \"O1\"\nsays = \"It means much.\"\nargument = \"Who can say?\"\n";
const CHAPTER: &str = r#"//! # A chapter
//!
//! It opens with $x^2$ and links to [the notation](notation.md).

/// ## A claim holds
///
/// The gap stays below {{gap}}, the share is {{share:.2}}, {{share|about half|0.4..0.6}}.
///
/// ![What to see.](figure)
///
/// ```toml
/// kind = "identity"
/// settles = { S1 = "holds" }
/// finding = "It holds, within {{gap}}."
/// headline = "gap"
/// breaks_when = "it moves by {{moved}}."
/// ```
#[test]
fn chapter_claim() {
    evidence.rounding("gap", gap < bound); evidence.note(name, "$1 & more"); record!(evidence);
}

/// ## Another claim holds
///
/// It stays below {{gap}}.
///
/// ```toml
/// kind = "bound"
/// uses = ["chapter_claim"]
/// headline = "gap"
/// breaks_when = "it moves by {{moved}}."
/// ```
#[test]
fn second_claim() {
    evidence.rounding("gap", gap < bound); evidence.note(name, "$1 & more"); record!(evidence);
}
"#;
const METRICS: &str = "---\nsource: tests/claims/chapter.rs\n---\n[gap]\nmeasures = \"the gap, $\\\\|A\\\\|$\"\nrounding_at_most = 1.4e-11\nheadroom = 3\n\n[share]\nmeasures = \"the share\"\nvalue = 5e-1\nrelative = 1e-3\n\n[moved]\nmeasures = \"moved\"\ncontrol = true\nvalue = 2e0\nrelative = 1e-3\nat_least = 1e0\n";
const FIGURE: &str = "---\nsource: tests/claims/chapter.rs\n---\ntitle = \"A figure\"\n\n[x]\nname = \"x\"\nscale = \"linear\"\nticks = [0e0, 1e0]\n\n[y]\nname = \"y\"\nscale = \"linear\"\nticks = [0e0, 1e0]\n\n[[series]]\nname = \"s\"\nink = \"linear\"\nmark = \"circle\"\nstroke = \"solid\"\nx = [0e0, 5e-1]\ny = [0e0, 1e0]\nrelative = 1e-3\n";
const CLAIMS: &str = "tests/claims/chapter.rs";
const SNAP: &str = "snapshots/chapter__chapter_claim.snap";

/// A notebook in a temporary folder.
struct Notebook {
    folder: tempfile::TempDir,
}

impl Notebook {
    fn new() -> Self {
        let notebook = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        let texts = [
            ("tests/claims/main.rs", CONTENTS),
            ("tests/claims/statements.toml", STATEMENTS),
            (CLAIMS, CHAPTER),
            ("src/lib.rs", "//! A crate.\n//!\n//! # Notation\n//!\n//! | a | b |\n//! |---|---|\n//! | $X$ | rows |\n"),
            (SNAP, METRICS),
            ("snapshots/chapter__second_claim.snap", METRICS),
            ("snapshots/chapter__chapter_claim.figure.snap", FIGURE),
        ];
        texts.into_iter().for_each(|(path, text)| notebook.write(path, text));
        for path in ["book.toml", "theme/math.css", "theme/book.css", "theme/fonts/fonts.css"] {
            let text = std::fs::read_to_string(repository().join("book").join(path)).expect("the book's theme");
            notebook.write(&format!("book/{path}"), &text);
        }
        for entry in std::fs::read_dir(repository().join("book/theme/fonts")).expect("the fonts").flatten() {
            std::fs::copy(entry.path(), notebook.root().join("book/theme/fonts").join(entry.file_name())).expect("a copy");
        }
        notebook
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    /// Replaces text that must be there.
    fn edit(&self, path: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.root().join(path)).expect("a file");
        assert!(text.contains(from), "{from} is not in {path}");
        self.write(path, &text.replacen(from, to, 1));
    }

    fn weave(&self) -> Result<weave::Pages, Vec<Problem>> {
        let registry = Registry::read(self.root())?;
        let snapshots = snapshot::read_all(self.root()).map_err(|problem| vec![problem])?;
        weave::weave(&registry, &snapshots)
    }

    fn render(&self) -> Result<usize, Vec<Problem>> {
        let pages = self.weave()?;
        weave::write(self.root(), &pages).map_err(|problem| vec![problem])?;
        render::render(self.root(), &pages, &self.out())
    }

    fn out(&self) -> PathBuf {
        self.root().join("target/book")
    }
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn told<T>(done: Result<T, Vec<Problem>>) -> String {
    done.map_or_else(|problems| problems.iter().map(|problem| format!("{problem}\n")).collect(), |_| String::new())
}

#[test]
fn the_book_of_this_repository_is_fresh() {
    let registry = Registry::read(repository()).unwrap_or_else(|problems| panic!("{}", told::<()>(Err(problems))));
    let snapshots = snapshot::read_all(repository()).expect("the snapshots");
    let pages = weave::weave(&registry, &snapshots).unwrap_or_else(|problems| panic!("{}", told::<()>(Err(problems))));
    let stale = weave::stale(repository(), &pages);
    assert!(stale.is_empty(), "the book is stale: run `cargo run` and commit book/src\n{}", told::<()>(Err(stale)));
}

#[test]
fn a_sound_notebook_is_woven_alike_every_time_and_renders() {
    let notebook = Notebook::new();
    let pages = notebook.weave().unwrap_or_else(|problems| panic!("{}", told::<()>(Err(problems))));
    assert_eq!(Some(&pages), notebook.weave().ok().as_ref());
    let first = &pages[Path::new("index.md")];
    assert!(first.contains(">1 holds</span>") && first.contains(">1 is argued, not tested</span>") && !first.contains(">0 "), "{first}");
    let chapter = &pages[Path::new("chapter.md")];
    for part in [
        "<a class=\"n\" href=\"#chapter_claim.gap\" aria-label=\"1.4 × 10⁻¹¹\">$1.4 \\times 10^{-11}$</a>",
        ">0.50</a>",
        ">about half</a>",
        "**Breaks when** it moves by",
        "cargo test --test claims chapter_claim",
        "<a class=\"n\" href=\"#chapter_claim.gap.at\">",
        "<span class=\"at\" id=\"chapter_claim.gap.at\"><span class=\"at\" id=\"chapter_claim.share.at\">",
        "evidence.rounding(&quot;gap&quot;, gap &lt; bound); ",
        "&quot;&#36;1 &amp; more&quot;",
        "Used by <a href=\"chapter.md#second_claim\">Another claim holds</a>.",
        "id=\"chapter_claim.moved\"",
        "3 decades",
    ] {
        assert!(chapter.contains(part), "{part} is missing from\n{chapter}");
    }
    assert_eq!(told(notebook.render()), "");
    let html = std::fs::read_to_string(notebook.out().join("chapter.html")).expect("the page");
    assert!(html.contains("Skip to the text") && html.matches("<h1").count() == 1, "furniture for every reader");
    assert!(html.contains("<math") && html.contains("<svg class=\"plot\"") && html.contains("class=\"provenance\"") && !html.contains("<img class=\"plot\""));
    assert!(!std::fs::read_to_string(notebook.root().join("book/src/chapter.md")).expect("the source").contains("provenance"));
    assert_eq!(told(notebook.render()), "", "an earlier book is replaced");
}

#[test]
fn the_book_tells_how_far_it_can_be_relied_on() {
    let notebook = Notebook::new();
    notebook.edit(SNAP, "at_least = 1e0", "at_least = 1.999e0");
    notebook.edit(CLAIMS, "{{moved}}.\"\n/// ```", "{{moved}}.\"\n///\n/// [room]\n/// moved = \"It is {{moved.limit}} or more by *design*.\"\n/// ```");
    let pages = notebook.weave().unwrap_or_else(|problems| panic!("{}", told::<()>(Err(problems))));
    let contains = |page: &str, parts: &[&str]| {
        for part in parts {
            assert!(pages[Path::new(page)].contains(part), "{part} is missing from {page}:\n{}", pages[Path::new(page)]);
        }
    };
    contains(
        "room.md",
        &["It is <a class=\"n\" href=\"chapter.md#chapter_claim.moved\">2.00</a> or more by <em>design</em>.", ">0.50</td>", "<summary>1 numbers"],
    );
    contains(
        "coverage.md",
        &[
            "tell 2 statements",
            "Tests settle 1 of them, by 1 claims",
            "1 controls",
            "The other one is interpretation",
            "Argued, not tested.",
            "<td class=\"control\">moved</td>",
            "Another 1 claims settle no statement",
        ],
    );
    contains("claims.md", &["<a href=\"index.md#S1\" title=\"holds\">", "3 decades", "equal up to rounding", "figures/uses.svg"]);
    contains("figures/uses.svg", &["role=\"group\"", "href=\"chapter.md#second_claim\"", "2 claims in reading order, and 1 arcs"]);
    contains("figures/uses-second_claim.svg", &["It rests on one claim, and none builds on it.", "“Another claim holds” builds on “A claim holds”"]);
    contains("chapter.md", &["<summary>It rests on no other claim, and one builds on it</summary>"]);
}

#[test]
fn a_quote_is_where_it_stands_what_it_names_and_what_a_reader_sees() {
    let notebook = Notebook::new();
    notebook.edit(CLAIMS, "The gap stays", "{{gone}} stays, {{second_claim/moved.limit:2^}} and `{{code}}` stay, the gap stays");
    let (registry, snapshots) = (Registry::read(notebook.root()).unwrap_or_default(), snapshot::read_all(notebook.root()).unwrap_or_default());
    let metrics = weave::metrics(&registry, &snapshots, &mut Vec::new());
    let claim = registry.claim("chapter_claim").expect("the claim");
    let shown = |medium: Medium| {
        let quotes = prose::quotes(&claim.prose, Place { page: "chapter.md", claim: Some(claim), medium }, &Numbers { registry: &registry, metrics: &metrics });
        let quote = |quote: prose::Quote| {
            let phrase = quote.phrase.map_or(String::new(), |(words, range)| format!(" [{words}|{range}]"));
            let shown = quote.shown.unwrap_or_else(|wrong| format!("✗ {wrong}"));
            format!("{} = {}/{}{phrase}: {shown}", &claim.prose.text[quote.range], quote.of.0, quote.of.1)
        };
        quotes.into_iter().map(quote).collect::<Vec<_>>()
    };
    let terminal = shown(Medium::Terminal);
    assert_eq!(
        terminal,
        [
            "{{gone}} = chapter_claim/gone: ✗ dangles: `chapter_claim` records no metric `gone`",
            "{{second_claim/moved.limit:2^}} = second_claim/moved: 1.0",
            "{{gap}} = chapter_claim/gap: 1.4 × 10⁻¹¹",
            "{{share:.2}} = chapter_claim/share: 0.50",
            "{{share|about half|0.4..0.6}} = chapter_claim/share [about half|0.4..0.6]: about half",
        ]
    );
    let page = shown(Medium::Page);
    assert_eq!(page[2], "{{gap}} = chapter_claim/gap: $1.4 \\times 10^{-11}$");
    assert_eq!((&page[..2], &page[3..]), (&terminal[..2], &terminal[3..]));
}

#[test]
fn a_distance_is_counted_up_to_a_thousand_tolerances() {
    let notebook = Notebook::new();
    for (limit, shown) in [("1e0", "500</td>"), ("4e0", ">1000</td>"), ("4.1e0", ">> 1000</td>")] {
        let limit = if limit == "1e0" { "at_least = 1e0".to_owned() } else { format!("at_most = {limit}") };
        notebook.write(SNAP, &METRICS.replace("at_least = 1e0", &limit));
        let pages = notebook.weave().unwrap_or_else(|problems| panic!("{}", told::<()>(Err(problems))));
        assert!(pages[Path::new("room.md")].contains(shown), "{limit}: {}", pages[Path::new("room.md")]);
    }
}

/// A file, what is replaced in it, by what, and what must be reported.
type Fault = (&'static str, &'static str, &'static str, &'static str);

#[test]
fn every_fault_in_the_sources_is_named_with_file_line_and_cure() {
    let faults: [Fault; 46] = [
        (
            CLAIMS,
            "{{gap}}, the share",
            "{{gone}}, the share",
            "chapter.rs:7: `{{gone}}` dangles: `chapter_claim` records no metric `gone`; record it in the test, or quote one of: gap, share, moved",
        ),
        (CLAIMS, "{{gap}}, the share", "{{gap, the share", "chapter.rs:7: "),
        (CLAIMS, "{{gap}}, the share", "$x \\le {{gap}}$, the share", "chapter.rs:7: a reference stands inside mathematics; close the formula before it"),
        (CLAIMS, "![What to see.](figure)", "![What to see.](figure) {{open", "chapter.rs:9: `{{` is never closed; write"),
        (CLAIMS, "{{gap}}, the share", "{{nobody/gap}}, the share", "chapter.rs:7: `{{nobody/gap}}` names no claim"),
        (CLAIMS, "{{share:.2}}", "{{share:x}}", "chapter.rs:7: `{{share:x}}` asks for the digits `x`"),
        (CLAIMS, "{{share:.2}}", "{{share.lowest}}", "chapter.rs:7: `{{share.lowest}}` asks for `.lowest`"),
        (CLAIMS, "{{share|about half|0.4..0.6}}", "{{share|about half}}", "chapter.rs:7: `{{share|about half}}` is a phrase without a range; write"),
        (CLAIMS, "0.4..0.6", "0.6..0.7", "chapter.rs:7: `{{share|about half|0.6..0.7}}` is no longer true"),
        (CLAIMS, "The gap stays below {{gap}}, the", "The", "chapter.rs:15: the headline metric `gap` of `chapter_claim` is absent from its prose"),
        (CLAIMS, "the share is", "the 0.25 share is", "chapter.rs:7: the decimal 0.25 is typed into prose"),
        (CLAIMS, "the share is", "the share $0.25$ is", "chapter.rs:7: the decimal 0.25 is typed into mathematics"),
        (CLAIMS, "the share is", "the share $\\frac{1}$ is", "chapter.rs:7: the formula `\\frac{1}` cannot be set"),
        (CLAIMS, "opens with $x^2$", "opens with $\\nonsense$", "chapter.rs:3: the formula"),
        (
            CLAIMS,
            "it moves by {{moved}}.\"\n/// ```\n#[test]\nfn chapter_claim",
            "it moves by {{gap}}.\"\n/// ```\n#[test]\nfn chapter_claim",
            "chapter.rs:16: `breaks_when` of `chapter_claim` quotes none of its controls",
        ),
        (
            CLAIMS,
            "it moves by {{moved}}.\"\n/// ```\n#[test]\nfn chapter_claim",
            "it moves by {{second_claim/moved}}.\"\n/// ```\n#[test]\nfn chapter_claim",
            "chapter.rs:16: `breaks_when` of `chapter_claim` quotes none of its controls",
        ),
        (
            CLAIMS,
            "it moves by {{moved}}.\"\n/// ```\n#[test]\nfn chapter_claim",
            "it moves.\"\n/// ```\n#[test]\nfn chapter_claim",
            "chapter.rs:16: `breaks_when` of `chapter_claim` quotes none of its controls",
        ),
        (
            CLAIMS,
            "/// breaks_when = \"it moves by {{moved}}.\"\n/// ```\n#[test]\nfn chapter_claim",
            "/// ```\n#[test]\nfn chapter_claim",
            "the head of `chapter_claim`: missing field `breaks_when`",
        ),
        (CLAIMS, "breaks_when = \"it moves by {{moved}}.\"", "breaks_when = \"\"", "`breaks_when` of `chapter_claim` is empty"),
        (CLAIMS, "/// kind = \"identity\"\n", "", "the head of `chapter_claim`: missing field `kind`"),
        (CLAIMS, "kind = \"identity\"", "kind = \"guess\"", "chapter.rs:12: the head of `chapter_claim`: "),
        (CLAIMS, "/// ## A claim holds\n", "", "chapter.rs:5: the claim `chapter_claim` has no title"),
        (
            CLAIMS,
            "/// ## Another claim holds\n///\n/// It stays below {{gap}}.\n///\n/// ```toml\n/// kind = \"bound\"\n/// uses = [\"chapter_claim\"]\n/// headline = \"gap\"\n/// breaks_when = \"it moves by {{moved}}.\"\n/// ```\n",
            "",
            "chapter.rs:24: the claim `second_claim` has no statement",
        ),
        (CLAIMS, "fn second_claim", "fn chapter_claim", "duplicate claim id `chapter_claim`"),
        (CLAIMS, "uses = [\"chapter_claim\"]", "uses = [\"nobody\"]", "chapter.rs:29: `second_claim` uses `nobody`, which is no claim"),
        (CLAIMS, "uses = [\"chapter_claim\"]", "uses = [\"second_claim\"]", "`uses` goes round in a circle: second_claim → second_claim"),
        (CLAIMS, "S1 = \"holds\"", "S9 = \"holds\"", "chapter.rs:13: `chapter_claim` settles `S9`, which is no statement"),
        (CLAIMS, "S1 = \"holds\"", "S1 = \"false as stated\"", "statements.toml:1: S1 is “false as stated” and no counterexample says so"),
        (
            CLAIMS,
            "uses = [\"chapter_claim\"]",
            "settles = { S1 = \"holds if\" }\n/// finding = \"x\"",
            "“holds if”, another claim says “holds”; give both claims one verdict",
        ),
        (CLAIMS, "settles = { S1", "settles = { O1 = \"holds\", S1", "O1 is marked as interpretation and yet `chapter_claim` settles it"),
        (CLAIMS, "/// finding = \"It holds, within {{gap}}.\"\n", "", "`chapter_claim` settles a statement and has no `finding`"),
        (CLAIMS, "![What to see.](figure)", "![](figure)", "chapter.rs:9: the figure of `chapter_claim` has no caption"),
        (CLAIMS, "![What to see.](figure)", "", "the figure of `chapter_claim` is recorded and not shown"),
        (CLAIMS, "It stays below {{gap}}.", "It stays below {{gap}}.\n///\n/// ![Nothing.](figure)", "chapter.rs:27: `second_claim` has recorded no figure"),
        (CLAIMS, "fn second_claim() {", "fn second_claim( {", "chapter.rs:"),
        (SNAP, "control = true\n", "", "`chapter_claim` has no control"),
        ("tests/claims/statements.toml", "argument = \"Who can say?\"\n", "", "statements.toml:5: no claim settles O1"),
        ("tests/claims/statements.toml", "It is so.", "It is 0.5 so.", "statements.toml:1: the decimal 0.5 is typed into prose"),
        (CLAIMS, "A claim holds", "A claim holds $\\frac{1}$", "the formula `\\frac{1}` cannot be set"),
        (CLAIMS, "![What to see.](figure)", "![What to see.](other.png)", "chapter.rs:9: the image `other.png` is not a figure of a claim"),
        (SNAP, "the gap, $\\\\|A\\\\|$", "the gap, $\\\\frac{1}$", "chapter__chapter_claim.snap:4: the label of `gap` holds a formula that cannot be set"),
        (
            CLAIMS,
            "evidence.rounding(\"gap\", gap < bound); evidence.note(name",
            "evidence.note(\"g{}\"",
            "no call in the test `chapter_claim` records the metric `gap`; record it",
        ),
        (
            SNAP,
            "at_least = 1e0",
            "at_least = 1.999e0",
            "chapter.rs:19: `moved` of `chapter_claim` could cross its limit without a snapshot that shows it: 0.50 tolerances; move the limit, or say",
        ),
        (SNAP, "headroom = 3", "headroom = 7", "chapter.rs:19: `gap` of `chapter_claim` is very far from its limit: 7 decades; move the limit, or say"),
        (
            CLAIMS,
            "{{moved}}.\"\n/// ```",
            "{{moved}}.\"\n///\n/// [room]\n/// gap = \"It is near.\"\n/// ```",
            "chapter.rs:19: `room` of `chapter_claim` gives a reason for `gap`, which needs none; remove it",
        ),
        (SNAP, "headroom = 3", "headroom = three", "chapter__chapter_claim.snap:7: "),
    ];
    for (path, from, to, expected) in faults {
        let notebook = Notebook::new();
        notebook.edit(path, from, to);
        let told = told(notebook.weave());
        assert!(told.contains(expected), "after “{from}” → “{to}” expected\n  {expected}\nwas told\n  {told}");
        assert!(told.lines().all(|line| line.contains("; ")), "every problem names its cure:\n{told}");
    }
}

#[test]
fn a_decimal_in_mathematics_is_a_constant_that_the_head_lists() {
    let notebook = Notebook::new();
    notebook.edit(CLAIMS, "the share is", "the share $0.25$ is");
    notebook.edit(CLAIMS, "kind = \"identity\"", "kind = \"identity\"\n/// constants = [\"0.25\"]");
    assert_eq!(told(notebook.weave()), "");
    notebook.edit(CLAIMS, "constants = [\"0.25\"]", "constants = [\"0.5\"]");
    assert!(told(notebook.weave()).contains("chapter.rs:7: the decimal 0.25 is typed into mathematics"));
}

#[test]
fn snapshots_and_claims_pair() {
    let notebook = Notebook::new();
    notebook.write("snapshots/chapter__forgotten.snap", METRICS);
    assert!(told(notebook.weave()).contains("snapshots/chapter__forgotten.snap: is an orphan: no claim records it; delete it"));
    let notebook = Notebook::new();
    std::fs::remove_file(notebook.root().join(SNAP)).expect("the snapshot");
    let run = "run `INSTA_UPDATE=always cargo test --test claims chapter_claim`";
    let told_of = told(notebook.weave());
    for expected in [
        format!("chapter.rs:19: the claim `chapter_claim` has no snapshot; {run}"),
        format!("chapter.rs:7: `{{{{gap}}}}` cannot be read: `chapter_claim` has no snapshot yet; {run}"),
    ] {
        assert!(told_of.contains(&expected), "expected {expected}, was told\n{told_of}");
    }
    let notebook = Notebook::new();
    notebook.edit("snapshots/chapter__chapter_claim.figure.snap", "ticks = [0e0, 1e0]\n\n[y]", "ticks = [0e0, 1e-1]\n\n[y]");
    assert!(told(notebook.weave()).contains("the series `s` has points outside the axes: widen the ticks"));
}

#[test]
fn a_digit_too_small_to_see_still_makes_the_page_stale() {
    let notebook = Notebook::new();
    let before = notebook.weave().unwrap_or_default();
    notebook.edit(SNAP, "value = 5e-1", "value = 5.001e-1");
    let middle = notebook.weave().unwrap_or_default();
    assert_ne!(before, middle);
    notebook.edit("snapshots/chapter__chapter_claim.figure.snap", "x = [0e0, 5e-1]", "x = [0e0, 5.00001e-1]");
    assert_ne!(middle, notebook.weave().unwrap_or_default());
}

#[test]
fn stale_missing_and_foreign_pages_are_told_apart() {
    let notebook = Notebook::new();
    let pages = notebook.weave().unwrap_or_default();
    let stale = || weave::stale(notebook.root(), &pages).iter().map(|problem| format!("{problem}\n")).collect::<String>();
    assert!(stale().contains("book/src/index.md: is missing; run `cargo run`"));
    assert!(weave::write(notebook.root(), &pages).is_ok_and(|changed| changed == pages.len()));
    assert_eq!(stale(), "");
    assert!(weave::write(notebook.root(), &pages).is_ok_and(|changed| changed == 0));
    let gone = notebook.root().join("book/src/gone.md");
    std::fs::copy(notebook.root().join("book/src/chapter.md"), &gone).expect("a page of an earlier book");
    assert!(stale().contains("book/src/gone.md: is woven from nothing"));
    assert!(weave::write(notebook.root(), &pages).is_ok_and(|changed| changed == 1) && !gone.exists());
    notebook.edit("book/src/chapter.md", "Breaks when", "Never breaks when");
    let text = std::fs::read_to_string(notebook.root().join("book/src/chapter.md")).expect("the page");
    let line = 1 + text.lines().position(|line| line.contains("Never breaks when")).expect("the line");
    assert_eq!(stale(), format!("book/src/chapter.md:{line}: is stale; run `cargo run` and commit book/src\n"));
    notebook.write("book/src/mine.md", "My own notes.\n");
    assert!(stale().contains("book/src/mine.md: is woven from nothing"));
    let refused = weave::write(notebook.root(), &pages).err().map(|problem| problem.to_string()).unwrap_or_default();
    assert!(refused.contains("book/src/mine.md: was not woven by this notebook"), "{refused}");
    assert!(notebook.root().join("book/src/mine.md").exists());
}

#[test]
fn faults_that_only_the_html_shows_are_found_there() {
    let faults = [
        ("[the notation](notation.md)", "[nothing](nowhere.md)", "chapter.html:", "the link `nowhere.html` leads to no file"),
        ("[the notation](notation.md)", "[nothing](notation.md#lost)", "chapter.html:", "the link `notation.html#lost` leads to no anchor"),
        (
            "It opens",
            "<img src=\"https://example.org/a.png\" alt=\"a\"> It opens",
            "chapter.html:",
            "`<img>` fetches `https://example.org/a.png` from outside the book",
        ),
        ("It opens", "<img src=\"figures/chapter_claim.svg\"> It opens", "chapter.html:", "an image has no alternative text"),
        ("It opens", "<b>&#123;&#123;lost}}</b> It opens", "chapter.html:", "a reference was left unwoven"),
    ];
    for (from, to, place, expected) in faults {
        let notebook = Notebook::new();
        notebook.edit(CLAIMS, from, to);
        let told = told(notebook.render());
        assert!(told.contains(place) && told.contains(expected), "after {to} expected {expected}, was told\n{told}");
        assert!(!notebook.out().exists(), "a book with faults is not put in place");
    }
}

#[test]
fn a_folder_that_is_no_book_is_left_alone() {
    let notebook = Notebook::new();
    notebook.write("target/book/thesis.txt", "irreplaceable");
    assert!(told(notebook.render()).contains("holds files that are not an earlier book; name an empty or new folder with --out DIR"));
    assert!(notebook.out().join("thesis.txt").exists());
    let (pages, problems) = inspect::inspect(&notebook.out());
    assert_eq!((pages, problems.len()), (0, 0));
}
