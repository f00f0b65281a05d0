//! Tables whose numbers end where numbers end, and names that a terminal would obey: what is told is right, or refused,
//! and harmless.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use super::notebook::Notebook;
use super::run;

/// Names that set a title, the clipboard or a colour, clear the screen, turn the direction of text round, or begin
/// another line.
const NAMES: [&str; 8] = [
    "\u{1b}]0;owned\u{7}",
    "\u{1b}]52;c;b3duZWQ=\u{7}",
    "\u{1b}[31mred\u{1b}[0m",
    "\u{9b}2J",
    "\u{202e}txet\u{202c}",
    "\u{2066}isolated\u{2069}\u{200b}\u{feff}",
    "line\nerror: another",
    "bell\u{7}\u{8}\u{7f}\r",
];

/// Whether a text would be shown as it is, but for its own line ends.
fn harmless(text: &str) -> bool {
    let direction = |letter: char| matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    !text.chars().any(|letter| letter != '\n' && letter.is_control() || direction(letter))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A table of `rows` rows: a column of numbers, one of levels, and the target, under these names.
fn table(names: [&str; 3], levels: [&str; 2], rows: usize) -> String {
    let mut text = names.map(quoted).join(",") + "\n";
    for i in 0..rows {
        let _ = writeln!(text, "{},{},{}", i * 7 % 11, quoted(levels[i % 2]), i * 5 % 13 + i % 3);
    }
    text
}

fn every_output_is_harmless(folder: &Path, arguments: &[&str], expected: i32) {
    let (code, out, error) = run(&[&["compare"], arguments].concat(), folder);
    assert_eq!(code, expected, "{arguments:?}: {error}");
    assert!(harmless(&out) && harmless(&error), "{arguments:?}\n{out:?}\n{error:?}");
    // A name cannot begin a line of its own.
    assert!(!out.contains("\nerror: another") && !error.contains("\nerror: another"), "{arguments:?}\n{out}\n{error}");
}

#[test]
fn a_name_is_shown_and_never_obeyed() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in NAMES {
        let write = |file: &str, text: &str| std::fs::write(folder.path().join(file), text).expect("a table");
        let usual = ["--steps", "1", "--score", "linear"];
        // As a feature, a level and a target; in what is read, in the document, on the page.
        write("t.csv", &table([name, "kind", "y"], [name, "other"], 30));
        every_output_is_harmless(folder.path(), &[&["t.csv", "--target", "y", "--one-hot"], &usual[..]].concat(), 0);
        every_output_is_harmless(
            folder.path(),
            &[&["t.csv", "--target", "y", "--one-hot", "--json"], &usual[..]].concat(),
            0,
        );
        every_output_is_harmless(
            folder.path(),
            &[&["t.csv", "--target", "y", "--one-hot", "--report", "out", "--force"], &usual[..]].concat(),
            0,
        );
        let page = std::fs::read_to_string(folder.path().join("out/index.html")).expect("the page");
        assert!(harmless(&page), "{name:?} is in the page");
        let document = std::fs::read_to_string(folder.path().join("out/comparison.json")).expect("the document");
        let read: Value = serde_json::from_str(&document).expect("JSON");
        assert!(harmless(&document) && read["data"]["features"][0] == name.trim(), "{document}");
        write("t.csv", &table(["a", "b", name], ["1", "2"], 30));
        every_output_is_harmless(folder.path(), &[&["t.csv", "--target", name], &usual[..]].concat(), 0);
        // In refusals: a column, a text, a constant, a missing cell, a row too long, a name that is no column.
        every_output_is_harmless(folder.path(), &["t.csv", "--target", &format!("{name}x")], 2);
        write("t.csv", &table([name, "kind", "y"], [name, "other"], 30));
        every_output_is_harmless(folder.path(), &["t.csv", "--target", "y"], 2);
        write("t.csv", &table(["a", name, "y"], ["1", ""], 30));
        every_output_is_harmless(folder.path(), &["t.csv", "--target", "y"], 2);
        write("t.csv", &format!("a,{},y\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n", quoted(name)));
        every_output_is_harmless(folder.path(), &["t.csv", "--target", name], 2);
        write("t.csv", &format!("a,{},y\n1,2,3,4\n", quoted(name)));
        every_output_is_harmless(folder.path(), &["t.csv", "--target", "y"], 2);
        // Notes: filled in, constant, left out.
        write("t.csv", &table([name, "still", "y"], ["3", "3"], 30).replacen("\n7,", "\nNA,", 1));
        every_output_is_harmless(
            folder.path(),
            &[&["t.csv", "--target", "y", "--missing", "mean"], &usual[..]].concat(),
            0,
        );
        // Numbers that end where numbers end.
        write(
            "t.csv",
            &format!(
                "a,b,{}\n{}",
                quoted(name),
                (0..30).map(|i| format!("{},{},{}e200\n", i % 7, i % 5, i % 11)).collect::<String>()
            ),
        );
        every_output_is_harmless(folder.path(), &["t.csv", "--target", name], 2);
    }
}

/// A file that is called so, and a certificate of somebody else's.
#[cfg(unix)]
#[test]
fn a_file_is_named_and_never_obeyed() {
    let (notebook, folder) = (Notebook::new(), tempfile::tempdir().expect("a folder"));
    for name in NAMES {
        let file = format!("{name}.csv");
        std::fs::write(folder.path().join(&file), table(["a", "b", "y"], ["1", "2"], 30)).expect("a table");
        every_output_is_harmless(folder.path(), &[&file, "--target", "y", "--steps", "1", "--score", "linear"], 0);
        every_output_is_harmless(folder.path(), &[&file, "--target", "z"], 2);
        every_output_is_harmless(folder.path(), &[&file, "--target", "y", "--report", &file], 2);
        every_output_is_harmless(folder.path(), &[&format!("{name}.gone"), "--target", "y"], 2);
        let certificate = folder.path().join(&file);
        let path = certificate.to_string_lossy();
        for arguments in [
            vec!["claims", "show", name],
            vec!["claims", "verify", "--against", &path],
            vec!["--root", name],
            vec!["review", "--against", name],
        ] {
            let (code, out, error) = run(&arguments, notebook.root());
            assert!(
                code != 0 && harmless(&out) && harmless(&error) && !error.contains("\nerror: another"),
                "{arguments:?}\n{out:?}\n{error:?}"
            );
        }
    }
}

/// What was typed is quoted by the parser of arguments.
#[test]
fn a_mistaken_argument_is_quoted_and_never_obeyed() {
    for name in NAMES {
        for arguments in [
            vec!["compare", "t.csv", "--score", name],
            vec![name],
            vec!["completions", name],
            vec!["compare", "t.csv", "--seeds", name],
        ] {
            let (code, out, error) = run(&arguments, Path::new("."));
            assert!(
                code == 2 && out.is_empty() && harmless(&error) && !error.contains("\nerror: another"),
                "{arguments:?}\n{error:?}"
            );
        }
    }
}

/// Names in what is written beside the document, and in the words that say where things are.
#[test]
fn a_name_is_harmless_wherever_it_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in NAMES {
        std::fs::write(folder.path().join("t.csv"), table([name, "b", "y"], ["1", "2"], 30)).expect("a table");
        let place = format!("o{name}");
        let usual = ["t.csv", "--target", "y", "--steps", "1", "--score", "linear"];
        for more in
            [vec!["--export", "ex", "--force"], vec!["--report", &place], vec!["--report", &place, "--force", "--json"]]
        {
            every_output_is_harmless(folder.path(), &[&usual[..], &more].concat(), 0);
        }
        for file in ["manifest.json", "comparison.json"] {
            let text = std::fs::read_to_string(folder.path().join("ex").join(file)).expect("a file");
            assert!(harmless(&text) && serde_json::from_str::<Value>(&text).is_ok(), "{file}: {text}");
        }
    }
}

/// What is no plain file is neither waited for nor written through.
#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_a_file_is_refused_at_once() {
    let (notebook, folder) = (Notebook::new(), tempfile::tempdir().expect("a folder"));
    let pipe =
        |path: &Path| assert!(std::process::Command::new("mkfifo").arg(path).status().expect("mkfifo").success());
    std::fs::write(folder.path().join("t.csv"), scaled("", "", None)).expect("a table");
    std::fs::create_dir(folder.path().join("out")).expect("a folder");
    pipe(&folder.path().join("out/.attention-regression"));
    let (code, _, error) =
        run(&["compare", "t.csv", "--target", "y", "--steps", "1", "--report", "out", "--force"], folder.path());
    assert!(code == 2 && error.contains("holds `.attention-regression`"), "{error}");
    let (place, file) = (folder.path().join("out").to_string_lossy().into_owned(), folder.path().join("file"));
    pipe(&file);
    let file = file.to_string_lossy();
    assert!(run(&["--out", &place], notebook.root()).2.contains("holds `.attention-regression`"));
    for device in [&file, "/dev/zero", "/dev/full"] {
        assert!(run(&["review", "--out", device], notebook.root()).2.contains("is no earlier review"), "{device}");
        assert!(
            run(&["claims", "verify", "--certificate", device], notebook.root()).2.contains("is no certificate"),
            "{device}"
        );
        assert!(
            run(&["claims", "verify", "--against", device], notebook.root()).2.contains("no plain file"),
            "{device}"
        );
    }
}

/// A page that somebody wrote where the book weaves its own, and a link that leads out of it.
#[cfg(unix)]
#[test]
fn a_page_that_was_not_woven_is_never_overwritten() {
    let notebook = Notebook::new();
    let page = notebook.root().join("book/src/index.md");
    notebook.write("book/src/index.md", "my own introduction\n");
    let book = || run(&[], notebook.root());
    let (code, _, error) = book();
    assert!(code == 1 && error.contains("book/src/index.md: was not woven by this notebook"), "{error}");
    assert_eq!(std::fs::read_to_string(&page).expect("the page"), "my own introduction\n");
    let elsewhere = notebook.root().join("letter");
    std::fs::rename(&page, &elsewhere).expect("it is there");
    std::os::unix::fs::symlink(&elsewhere, &page).expect("a link");
    assert_eq!(book().0, 1);
    assert_eq!(std::fs::read_to_string(&elsewhere).expect("the letter"), "my own introduction\n");
    std::fs::remove_file(&page).expect("it is there");
    assert_eq!(book().0, 0);
    // And no book among what it is made of.
    let (code, _, error) = run(&["--out", "book/src/site"], notebook.root());
    assert!(
        code == 1 && error.contains("cannot share a folder") && !notebook.root().join("book/src/site").exists(),
        "{error}"
    );
}

/// Every number of the document of a table, and whether there is a null where the schema has none.
fn document(text: &str, arguments: &[&str]) -> Result<Value, String> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("t.csv"), text).expect("a table");
    let usual = ["compare", "t.csv", "--target", "y", "--steps", "20", "--json"];
    let (code, out, error) = run(&[&usual, arguments].concat(), folder.path());
    assert!((code == 2 && out.is_empty() || code == 0) && !error.contains("panicked"), "exit code {code}: {error}");
    if code == 2 {
        return Err(error);
    }
    let value: Value = serde_json::from_str(&out).expect("JSON");
    let schema: Value = serde_json::from_str(&run(&["compare", "--schema"], folder.path()).1).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    assert!(
        validator.is_valid(&value),
        "{:?}",
        validator.iter_errors(&value).map(|error| error.to_string()).collect::<Vec<_>>()
    );
    Ok(value)
}

fn scaled(feature: &str, target: &str, one: Option<&str>) -> String {
    let row = |i: usize| {
        format!(
            "{}{feature},{},{}\n",
            i * 7 % 11,
            i * 5 % 13,
            one.filter(|_| i == 3).map_or(format!("{}{target}", i * 3 % 17 + i % 5), str::to_owned)
        )
    };
    format!("a,b,y\n{}", (0..40).map(row).collect::<String>())
}

#[test]
fn where_numbers_end_an_answer_is_right_or_refused() {
    let plain = document(&scaled("", "", None), &[]).expect("a document");
    let r2 = |value: &Value| value["ridge"]["r2_test"].as_f64().expect("a number");
    // What a number holds is right.
    for (feature, target) in
        [("e300", ""), ("e-300", "e-100"), ("e307", "e10"), ("", "e150"), ("", "e-150"), ("e-150", "e150")]
    {
        let value =
            document(&scaled(feature, target, None), &[]).unwrap_or_else(|error| panic!("{feature} {target}: {error}"));
        assert!((r2(&value) - r2(&plain)).abs() < 1e-9, "{feature} {target}");
        assert!(value["data"]["target_variance"].as_f64().is_some_and(|variance| variance > 0.0));
    }
    // What none holds is refused, with the cure.
    for (feature, target, one, cure) in [
        ("", "", Some("1e155"), "multiply it by 1e-15"),
        ("", "e154", None, "multiply it by 1e-15"),
        ("", "e-200", None, "multiply it by 1e19"),
        ("e-312", "", None, "multiply it by 1e31"),
        ("e-200", "e140", None, "bring the columns to one scale first"),
    ] {
        let error = document(&scaled(feature, target, one), &[]).expect_err("no number");
        assert!(error.contains(cure), "{feature} {target}: {cure} is missing from\n{error}");
    }
    let signs: String = (0..40)
        .map(|i| format!("{}1e308,{},{}e10\n", if i % 2 == 0 { "" } else { "-" }, i % 5, i % 7 + i % 2))
        .collect();
    let value = document(&format!("a,b,y\n{signs}"), &[]).expect("a document");
    assert!(value["data"]["scaling"]["feature_scales"][0].as_f64().is_some_and(|scale| scale > 9e307));
    for penalty in ["1e300", "1e308", "1e-320"] {
        let value = document(&scaled("", "", None), &["--lambda", penalty]).expect("a document");
        let freedom = value["ridge"]["effective_degrees_of_freedom"].as_f64().expect("a number");
        assert!(
            if penalty == "1e-320" { (freedom - 2.0).abs() < 1e-9 } else { freedom > 0.0 && freedom < 1e-290 },
            "{penalty}: {freedom}"
        );
    }
}

/// Columns with a mean a hundred and more deviations away, and fewer rows than features.
#[test]
fn where_zero_is_does_not_matter() {
    let row = |i: usize, shift: f64| {
        let entry = |j: usize| {
            shift
                + f64::from(
                    u32::try_from((13 * i + 29 * j + 7 * i * j + 3 * i * i * j + i * j * j) % 61).expect("small"),
                ) / 16.0
        };
        (0..12).map(|j| entry(j).to_string()).collect::<Vec<_>>().join(",")
    };
    let text = |shift: f64| {
        let names: String = (0..12).map(|j| format!("x{j},")).collect();
        format!("{names}y\n{}", (0..15).map(|i| format!("{},{}\n", row(i, shift), (i * 5) % 7)).collect::<String>())
    };
    // Sixteenths: the shifted table holds exactly what the other does.
    let [plain, moved] = [0.0, 300.0].map(|shift| document(&text(shift), &["--score", "linear"]).expect("a document"));
    assert_eq!((&plain["data"]["rank"], &moved["data"]["rank"]), (&Value::from(11), &Value::from(11)));
    for place in
        ["/ols/mse_test", "/ridge/mse_test", "/ols/leverages/max", "/variants/2/mse_test", "/variants/3/mse_test"]
    {
        let [a, b] = [&plain, &moved].map(|value| value.pointer(place).and_then(Value::as_f64).expect("a number"));
        assert!((a / b - 1.0).abs() < 1e-6, "{place}: {a} {b}");
    }
    assert!(moved["ols"]["leverages"]["max"].as_f64().is_some_and(|leverage| leverage <= 1.0 + 1e-9));
}

/// One folder under two names, one in the other, a link to an empty one, an earlier result with more in it.
#[cfg(unix)]
#[test]
fn folders_are_told_apart_by_where_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("t.csv"), scaled("", "", None)).expect("a table");
    let here = folder.path();
    let compare = |arguments: &[&str]| {
        run(&[&["compare", "t.csv", "--target", "y", "--steps", "1", "--score", "linear"], arguments].concat(), here)
    };
    for [report, export] in [["z", "./z"], ["n2/m", "n2"], ["n2", "n2/m"], ["z/", "z"]] {
        let (code, out, error) = compare(&["--report", report, "--export", export]);
        assert!(code == 2 && out.is_empty() && error.contains("cannot share a folder"), "{report} {export}: {error}");
    }
    assert_eq!(std::fs::read_dir(here).expect("a folder").count(), 1);
    std::fs::create_dir(here.join("empty")).expect("a folder");
    std::os::unix::fs::symlink("empty", here.join("link")).expect("a link");
    assert_eq!(compare(&["--report", "link"]).0, 0);
    assert!(
        here.join("link").symlink_metadata().is_ok_and(|about| about.is_symlink())
            && here.join("empty/index.html").is_file()
    );
    // A repository and a thesis in an earlier result.
    assert_eq!(compare(&["--report", "out"]).0, 0);
    std::fs::create_dir_all(here.join("out/.git/objects")).expect("a folder");
    std::fs::write(here.join("out/thesis.tex"), "irreplaceable").expect("a thesis");
    let (code, out, error) = compare(&["--report", "out", "--force"]);
    assert!(
        code == 2 && out.is_empty() && error.contains("out: holds `.git/objects/`, `thesis.tex`, not among what"),
        "{error}"
    );
    assert!(
        here.join("out/.git/objects").is_dir()
            && here.join("out/thesis.tex").is_file()
            && here.join("out/index.html").is_file()
    );
}

/// `CNAME` and `.git` in a published book.
#[test]
fn a_book_is_replaced_and_nothing_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("site");
    let notebook = Notebook::new();
    let book = || run(&["--out", &out.to_string_lossy()], notebook.root());
    assert_eq!(book().0, 0);
    assert_eq!(book().0, 0, "an earlier book is replaced");
    std::fs::write(out.join("CNAME"), "example.org").expect("a file");
    std::fs::create_dir_all(out.join(".git")).expect("a folder");
    let (code, _, error) = book();
    assert!(
        code == 1 && error.contains("holds `.git/`, `CNAME`, not among what `attention-regression book` wrote there"),
        "{error}"
    );
    assert!(out.join("CNAME").is_file() && out.join(".git").is_dir() && out.join("index.html").is_file());
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1);
}
