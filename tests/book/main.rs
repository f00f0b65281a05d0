//! The loom: what it weaves and renders, what it leaves alone, and the faults that it reports.

mod faults;
mod notebook;

use std::path::Path;

use attention_regression::notebook::book::prose::{self, Medium, Numbers, Place};
use attention_regression::notebook::book::{inspect, weave};
use attention_regression::notebook::claim::replication::Replication;
use attention_regression::notebook::claim::snapshot;
use attention_regression::notebook::registry::Registry;
use notebook::{CLAIMS, METRICS, Notebook, SNAP, repository, told};

#[test]
fn the_book_of_this_repository_is_fresh() {
    let registry = Registry::read(repository()).unwrap_or_else(|problems| panic!("{}", told::<()>(Err(problems))));
    let snapshots = snapshot::read_all(repository()).expect("the snapshots");
    let pages = weave::weave(&registry, &snapshots, &Replication::read(repository()).expect("the replication"))
        .unwrap_or_else(|problems| panic!("{}", told::<()>(Err(problems))));
    let stale = weave::stale(repository(), &pages);
    assert!(stale.is_empty(), "the book is stale: run `cargo run` and commit book/src\n{}", told::<()>(Err(stale)));
}

#[test]
fn a_sound_notebook_is_woven_alike_every_time_and_renders() {
    let notebook = Notebook::new();
    let pages = notebook.weave().unwrap_or_else(|problems| panic!("{}", told::<()>(Err(problems))));
    assert_eq!(Some(&pages), notebook.weave().ok().as_ref());
    let files = pages.files();
    let first = &files[Path::new("index.md")];
    assert!(
        first.contains(">1 holds</span>")
            && first.contains(">1 is argued, not tested</span>")
            && !first.contains(">0 "),
        "{first}"
    );
    let chapter = &files[Path::new("chapter.md")];
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
    assert!(
        html.contains("<math")
            && html.contains("<svg class=\"plot\"")
            && html.contains("class=\"provenance\"")
            && !html.contains("<img class=\"plot\"")
    );
    assert!(
        !std::fs::read_to_string(notebook.root().join("book/src/chapter.md"))
            .expect("the source")
            .contains("provenance")
    );
    assert_eq!(told(notebook.render()), "", "an earlier book is replaced");
}

#[test]
fn the_book_tells_how_far_it_can_be_relied_on() {
    let notebook = Notebook::new();
    notebook.edit(SNAP, "at_least = 1e0", "at_least = 1.999e0");
    notebook.edit(
        CLAIMS,
        "{{moved}}.\"\n/// ```",
        "{{moved}}.\"\n///\n/// [room]\n/// moved = \"It is {{moved.limit}} or more by *design*.\"\n/// ```",
    );
    let pages = notebook.weave().unwrap_or_else(|problems| panic!("{}", told::<()>(Err(problems))));
    let files = pages.files();
    let contains = |page: &str, parts: &[&str]| {
        for part in parts {
            assert!(
                files[Path::new(page)].contains(part),
                "{part} is missing from {page}:\n{}",
                files[Path::new(page)]
            );
        }
    };
    contains(
        "room.md",
        &[
            "It is <a class=\"n\" href=\"chapter.md#chapter_claim.moved\">2.00</a> or more by <em>design</em>.",
            ">0.50</td>",
            "<summary>1 number,",
        ],
    );
    contains(
        "coverage.md",
        &[
            "tell 2 statements",
            "Tests settle 1 of them, by 1 claim;",
            "1 control or contrast.",
            "The other one is interpretation",
            "Argued, not tested.",
            "<td class=\"control\">moved, where nothing moves</td>",
            "One more claim settles no statement.",
        ],
    );
    contains(
        "claims.md",
        &["<a href=\"index.md#S1\" title=\"holds\">", "3 decades", "equal up to rounding", "figures/uses.svg"],
    );
    contains(
        "figures/uses.svg",
        &["role=\"group\"", "href=\"chapter.md#second_claim\"", "2 claims in reading order, and 1 arcs"],
    );
    contains(
        "figures/uses-second_claim.svg",
        &["It rests on one claim, and none builds on it.", "“Another claim holds” builds on “A claim holds”"],
    );
    contains("chapter.md", &["<summary>It rests on no other claim, and one builds on it</summary>"]);
}

#[test]
fn a_quote_is_where_it_stands_what_it_names_and_what_a_reader_sees() {
    let notebook = Notebook::new();
    notebook.edit(
        CLAIMS,
        "The gap stays",
        "{{gone}} stays, {{second_claim/moved.limit:2^}} and `{{code}}` stay, the gap stays",
    );
    let (registry, snapshots) =
        (Registry::read(notebook.root()).unwrap_or_default(), snapshot::read_all(notebook.root()).unwrap_or_default());
    let metrics = weave::metrics(&registry, &snapshots, &mut Vec::new());
    let claim = registry.claim("chapter_claim").expect("the claim");
    let shown = |medium: Medium| {
        let quotes = prose::quotes(
            &claim.prose,
            Place { page: "chapter.md", claim: Some(claim), medium },
            &Numbers { registry: &registry, metrics: &metrics },
        );
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
        let files = pages.files();
        assert!(files[Path::new("room.md")].contains(shown), "{limit}: {}", files[Path::new("room.md")]);
    }
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
    let stale =
        || weave::stale(notebook.root(), &pages).iter().map(|problem| format!("{problem}\n")).collect::<String>();
    assert!(stale().contains("book/src/index.md: is missing; run `cargo run`"));
    assert!(weave::write(notebook.root(), &pages).is_ok_and(|changed| changed == pages.files().len()));
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
fn a_folder_that_is_no_book_is_left_alone() {
    let notebook = Notebook::new();
    notebook.write("target/book/thesis.txt", "irreplaceable");
    assert!(told(notebook.render()).contains(
        "holds `thesis.txt`, not among what `attention-regression book` wrote there, so it is not replaced; move that away, or choose another with --out DIR"
    ));
    assert!(notebook.out().join("thesis.txt").exists());
    let (pages, problems) = inspect::inspect(&notebook.out());
    assert_eq!((pages, problems.len()), (0, 0));
}
