//! The page of `compare --report`, on small tables of every shape: it says what it must, loads nothing, and is sound
//! HTML.

use std::cell::RefCell;
use std::path::Path;
use std::process::Command;

use attention_regression::compare::Document;
use attention_regression::compare::document::{Baselines, Origin};
use attention_regression::compare::page::{PAGE, page};
use attention_regression::data::random::standard_normal;
use attention_regression::data::{Dataset, Table};
use attention_regression::experiment::{Comparison, Run, Settings, Variant};
use attention_regression::notebook::book::inspect;
use attention_regression::training::{Optimiser, Parametrisation};
use attention_regression::{Mat, Result};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, EndTag, StartTag, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts, states::RawKind,
};

/// Elements that nothing closes.
const VOID: [&str; 6] = ["meta", "br", "hr", "img", "input", "link"];

/// So many rows and columns of noise, and targets that are linear in them but for the last.
fn dataset(rows: usize, features: usize, targets: usize) -> Dataset {
    let table = |stream: u64, rows: usize| {
        let x = standard_normal(7, stream, rows, features);
        let noise = standard_normal(7, stream + 1, rows, targets);
        let y = Mat::from_fn(rows, targets, |i, t| {
            (0..features).map(|j| x[(i, j)] / (1.0 + j as f64 + t as f64)).sum::<f64>() + 0.1 * noise[(i, t)]
        });
        Table { x, y }
    };
    let names = |letter: &str, n: usize| (1..=n).map(|place| format!("{letter}_{place}")).collect();
    Dataset {
        name: "noise".to_owned(),
        features: names("feature", features),
        targets: names("target", targets),
        train: table(0, rows),
        test: table(2, 9),
        truth: None,
    }
}

fn quick() -> Settings {
    Settings { steps: Some(30), ..Settings::default() }
}

/// Leaves a page where a browser may look at it: in `report-pages` below cargo's folder for tests, beside the document
/// that it links to.
fn leave(name: &str, html: &str) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report-pages");
    let write = |file: &str, text: &str| std::fs::write(folder.join(file), text);
    let left = std::fs::create_dir_all(&folder)
        .and_then(|()| write(&format!("{name}.html"), html))
        .and_then(|()| write("comparison.json", "{}"));
    left.expect("a page");
}

/// The page of a comparison, checked for all that holds of every page.
fn made(data: Dataset, settings: Settings, variants: &[Variant]) -> Result<(String, Document)> {
    let comparison = Comparison::new(data, settings)?;
    let runs: Vec<Run> = comparison.runs(variants, &[1, 2], 1, &|_| ());
    let origin = Origin {
        source: vec!["folder/noise.csv".to_owned()],
        dropped_rows: vec![vec![3, 5]],
        notes: vec!["a note".to_owned()],
    };
    let document = Document::new(&comparison, Baselines::of(&comparison)?, origin, &runs)?;
    let html = page(&comparison, &document, &runs, "attention-regression compare noise.csv --target 'y'");
    check(&html);
    Ok((html, document))
}

/// Every start has its end, ids are unique, nothing is loaded, nothing is left unsaid.
fn check(html: &str) {
    let elements = elements(html);
    for never in ["script", "img", "iframe", "object", "link", "base", "form"] {
        assert!(!elements.iter().any(|element| element == never), "<{never}> in the page");
    }
    assert!(
        !html.contains("src=\"")
            && !html.contains("url(http")
            && !html.contains("url(\"http")
            && !html.contains("href=\"http")
            && !html.contains("@import")
    );
    let (_, body) = html.split_once("<body>").expect("a body");
    for word in ["NaN", "cannot be drawn", "cannot be made", ">inf"] {
        assert!(!body.contains(word), "`{word}` in the page");
    }
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join(PAGE), html).expect("a file");
    std::fs::write(folder.path().join("comparison.json"), "{}").expect("a file");
    let (pages, problems) = inspect::inspect(folder.path());
    assert_eq!((pages, problems.iter().map(ToString::to_string).collect::<String>().as_str()), (1, ""));
}

/// The names of all elements, once they are known to be balanced.
fn elements(html: &str) -> Vec<String> {
    let tokenizer =
        Tokenizer::new(Balance::default(), TokenizerOpts { exact_errors: true, ..TokenizerOpts::default() });
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    while !input.is_empty() {
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    let Balance { open, seen, ids } = tokenizer.sink;
    assert_eq!(open.into_inner(), Vec::<String>::new(), "elements that are never closed");
    let mut ids = ids.into_inner();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all, "an id stands twice");
    seen.into_inner()
}

#[derive(Default)]
struct Balance {
    open: RefCell<Vec<String>>,
    seen: RefCell<Vec<String>>,
    ids: RefCell<Vec<String>>,
}

impl TokenSink for Balance {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => {
                let name = tag.name.to_string();
                if tag.kind == EndTag {
                    assert_eq!(
                        self.open.borrow_mut().pop(),
                        Some(name),
                        "what is closed in line {line} is not what was opened last"
                    );
                    return TokenSinkResult::Continue;
                }
                assert_eq!(tag.kind, StartTag);
                let id = tag.attrs.iter().find(|attribute| &*attribute.name.local == "id");
                self.ids.borrow_mut().extend(id.map(|id| id.value.to_string()));
                if !tag.self_closing && !VOID.contains(&name.as_str()) {
                    self.open.borrow_mut().push(name.clone());
                }
                let raw = name == "style";
                self.seen.borrow_mut().push(name);
                if raw { TokenSinkResult::RawData(RawKind::Rawtext) } else { TokenSinkResult::Continue }
            }
            Token::ParseError(error) => panic!("line {line}: {error}"),
            _ => TokenSinkResult::Continue,
        }
    }
}

fn merged() -> Vec<Variant> {
    Variant::grid()
        .into_iter()
        .map(|variant| Variant { parametrisation: Parametrisation::Merged, ..variant })
        .step_by(2)
        .collect()
}

#[test]
fn every_variant_has_its_name_and_its_verdict() -> Result<()> {
    let variants = [Variant::grid(), merged()].concat();
    let (html, document) = made(dataset(40, 4, 1), quick(), &variants)?;
    for (variant, judged) in variants.iter().zip(&document.verdicts) {
        assert!(html.contains(&format!("{}<small>{}</small>", variant.name(), judged.words)), "{}", variant.name());
    }
    for words in [
        "at most 0.01",
        "at least 0.995",
        "<h1>noise.csv</h1>",
        "folder/noise.csv",
        "40 training rows, 9 test rows",
        "2 with missing cells: lines 3, 5",
        "a note",
    ] {
        assert!(html.contains(words), "`{words}` is missing");
    }
    for figure in ["map", "errors", "losses", "predictions", "weights", "matrices"] {
        assert!(html.contains(&format!("<figure id=\"figure-{figure}\">")), "{figure} is missing");
    }
    assert_eq!((html.matches("<desc").count(), html.matches("The plotted numbers").count()), (12, 6));
    assert!(html.contains("feature_1") && html.contains("attention-regression compare noise.csv --target 'y'"));
    assert!(
        html.contains("30 steps of Adam at rate 0.01")
            && html.contains("comparison.json")
            && html.contains(env!("CARGO_PKG_VERSION"))
    );
    Ok(())
}

#[test]
fn what_stands_in_the_table_is_text_everywhere() -> Result<()> {
    let hostile = [
        "<script>alert(1)</script>",
        "\"'><img src=x onerror=alert(1)>",
        "a & b &lt;",
        "x_y__z",
        "line\nbreak\u{7}",
        "</title></style></svg>",
    ];
    let mut data = dataset(30, hostile.len(), 1);
    data.features = hostile.map(str::to_owned).to_vec();
    data.targets = vec!["</title><script>t".to_owned()];
    let comparison = Comparison::new(data, quick())?;
    let runs = comparison.runs(&Variant::grid(), &[1], 1, &|_| ());
    let origin = Origin { source: vec!["<i>.csv".to_owned()], dropped_rows: Vec::new(), notes: vec!["<b>".to_owned()] };
    let html = page(
        &comparison,
        &Document::new(&comparison, Baselines::of(&comparison)?, origin, &runs)?,
        &runs,
        "compare '<u>'",
    );
    let html = html.replace('\u{7}', "");
    check(&html);
    leave("hostile_names", &html);
    let elements = elements(&html);
    for never in ["i", "u", "alert"] {
        assert!(!elements.iter().any(|element| element == never), "<{never}> came out of the table");
    }
    for shown in ["&lt;script&gt;alert(1)&lt;/script&gt;", "a &amp; b &amp;lt;", "x_y__z"] {
        assert!(html.contains(shown), "`{shown}` is missing");
    }
    assert!(html.contains(">x_y__z</text>"), "underscores stay in figures");
    Ok(())
}

#[test]
fn tables_of_every_shape_have_a_page() -> Result<()> {
    let grid = Variant::grid();
    let (html, _) = made(dataset(40, 3, 5), quick(), &grid)?;
    leave("several_targets", &html);
    assert!(
        html.contains("The first 3 of 5 targets are shown")
            && html.contains("Of the 5 targets the first, target_1, is shown")
    );
    made(dataset(6, 12, 1), quick(), &grid)?;
    made(dataset(6, 12, 1), Settings { penalty: 0.0, ..quick() }, &grid)?;
    let (html, _) = made(dataset(40, 1, 1), quick(), &grid)?;
    leave("one_feature", &html);
    made(dataset(3, 2, 2), Settings { steps: Some(1), ..quick() }, &grid)?;
    made(dataset(20, 2, 1), Settings { steps: Some(0), ..quick() }, &grid)?;
    made(dataset(20, 2, 1), quick(), &grid[5..6])?;
    let (html, _) = made(dataset(80, 50, 1), Settings { steps: Some(2), ..quick() }, &grid)?;
    leave("many_features", &html);
    assert!(
        html.contains("Of the 50 features the 40 with the largest coefficients of ridge are shown")
            && html.contains("all 50 names")
    );
    let mut constant = dataset(20, 3, 1);
    constant.train.x.col_mut(1).iter_mut().for_each(|entry| *entry = 2.0);
    made(constant, quick(), &grid)?;
    let mut single = dataset(20, 3, 1);
    single.test = single.test.rows(&[0]);
    made(single, quick(), &grid)?;
    let mut huge = dataset(20, 3, 1);
    huge.train.y.col_mut(0).iter_mut().for_each(|entry| *entry *= 1e150);
    huge.test.y.col_mut(0).iter_mut().for_each(|entry| *entry *= 1e150);
    made(huge, quick(), &grid)?;
    Ok(())
}

#[test]
fn a_sample_and_failures_are_said() -> Result<()> {
    let (html, _) = made(dataset(60, 3, 1), Settings { context: 20, ..quick() }, &Variant::grid())?;
    assert!(html.contains("Softmax attends to a sample.") && html.contains("It sees 20 of the 60 training rows"));
    let (html, _) = made(dataset(60, 3, 1), quick(), &Variant::grid())?;
    assert!(!html.contains("Softmax attends to a sample.") && !html.contains("What could not be trained"));
    let steep = Settings { optimiser: Some(Optimiser::GradientDescent { rate: 1e6 }), ..quick() };
    let (html, document) = made(dataset(60, 3, 1), steep.clone(), &Variant::grid())?;
    leave("failures", &html);
    assert!(!document.failures.is_empty() && !document.variants.is_empty());
    assert!(
        html.contains("What could not be trained")
            && html.contains("diverged at step")
            && html.contains("could not be trained")
    );
    let (html, document) = made(dataset(60, 3, 1), steep, &Variant::grid()[..2])?;
    leave("nothing_trained", &html);
    assert!(document.variants.is_empty() && html.contains("came to nothing") && !html.contains("<figure"));
    Ok(())
}

#[test]
fn the_command_makes_a_folder_and_replaces_only_its_own() {
    let place = tempfile::tempdir().expect("a folder");
    let goal = place.path().join("out");
    let compare = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_attention-regression"));
        command.args(["compare", "sine", "--steps", "3", "--score", "softmax", "--weights", "tied"]).args(more);
        let output = command.output().expect("the command runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let goal = goal.to_string_lossy();
    let at = format!("The report is at {}", Path::new(&*goal).join(PAGE).display());
    let (code, out, error) = compare(&["--report", &goal]);
    assert_eq!((code, error.as_str()), (Some(0), ""));
    assert!(out.trim_end().ends_with(&at), "{out}");
    let html = std::fs::read_to_string(Path::new(&*goal).join(PAGE)).expect("the page");
    check(&html);
    assert!(html.contains("attention-regression compare sine --steps 3"));
    let (code, out, error) = compare(&["--report", &goal]);
    assert!(code == Some(2) && out.is_empty() && error.contains("is there already"), "{error}");
    let (code, out, error) = compare(&["--report", &goal, "--force", "--json"]);
    assert_eq!((code, error.trim_end()), (Some(0), at.as_str()));
    let document = std::fs::read_to_string(Path::new(&*goal).join("comparison.json")).expect("the document");
    assert_eq!(out.trim_end(), document.trim_end());
    let (code, _, error) = compare(&["--force"]);
    assert!(code == Some(2) && error.contains("--report"), "{error}");
}
