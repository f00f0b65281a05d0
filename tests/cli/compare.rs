//! `compare` as its users meet it: what it accepts, what it refuses and how, and the document that programs read.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use assert_cmd::Command;
use attention_regression::compare::Document;
use serde_json::Value;
use tempfile::TempDir;

/// Few steps, so that a table is compared in milliseconds.
const QUICK: [&str; 2] = ["--steps", "20"];

struct Told {
    code: i32,
    out: String,
    error: String,
}

fn compare(folder: &Path, arguments: &[&str], input: &[u8]) -> Told {
    let mut command = Command::cargo_bin("attention-regression").expect("the binary");
    let output =
        command.arg("compare").args(arguments).current_dir(folder).write_stdin(input).output().expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    let told = Told { code: output.status.code().unwrap_or(-1), out: text(output.stdout), error: text(output.stderr) };
    assert!(
        !told.out.contains('\u{1b}') && !told.error.contains('\u{1b}'),
        "colour or a bar on a pipe: {}",
        told.error
    );
    assert!(!told.error.contains("panicked"), "{}", told.error);
    told
}

/// A folder with `t.csv`.
fn with_table(table: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("t.csv"), table).expect("a file");
    folder
}

/// Refused with exit code 2, these words on standard error, a cure, nothing on standard output and nothing beside the
/// table.
fn refused(folder: &TempDir, arguments: &[&str], input: &[u8], words: &str) {
    let before = std::fs::read_dir(folder.path()).expect("a folder").count();
    let told = compare(folder.path(), arguments, input);
    assert_eq!((told.code, told.out.as_str()), (2, ""), "{arguments:?}: {}", told.error);
    assert!(
        told.error.starts_with("error: ") && told.error.contains(words),
        "{arguments:?}: {words} is missing from\n{}",
        told.error
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).expect("a folder").count(),
        before,
        "{arguments:?} left something behind"
    );
}

fn refused_table(table: &[u8], arguments: &[&str], words: &str) {
    let arguments = [&["t.csv", "--target", "y"], arguments].concat();
    let folder = with_table(table);
    refused(&folder, &arguments, b"", words);
    let told = compare(folder.path(), &arguments, b"");
    assert_eq!(told.error.lines().count(), 2, "one message and its cure:\n{}", told.error);
    assert!(told.error.lines().nth(1).is_some_and(|line| line.starts_with("  help: ")), "{}", told.error);
}

/// The document of a table that is compared without fuss.
fn accepted(table: &[u8], arguments: &[&str]) -> Document {
    let folder = with_table(table);
    document(folder.path(), &[&["t.csv", "--target", "y"], arguments].concat(), b"")
}

fn document(folder: &Path, arguments: &[&str], input: &[u8]) -> Document {
    let steps = if arguments.contains(&"--steps") { &[][..] } else { &QUICK[..] };
    let told = compare(folder, &[arguments, steps, &["--json"]].concat(), input);
    assert_eq!(told.code, 0, "{arguments:?}: {}", told.error);
    serde_json::from_str(&told.out).expect("a document")
}

/// `n` rows of features `a` and `b` with target `y`.
fn table(n: usize) -> String {
    let mut text = "a,b,y\n".to_owned();
    for i in 0..n {
        let (a, b) = ((i * 7 % 11) as f64, (i * 5 % 13) as f64);
        let _ = writeln!(text, "{a},{b},{}", 2.0 * a - b + (i % 3) as f64);
    }
    text
}

#[test]
fn help_has_examples_and_every_option_its_words() {
    let told = compare(Path::new("."), &["--help"], b"");
    assert_eq!(told.code, 0);
    for part in [
        "Examples:",
        "compare data.csv --target price",
        "Exit code:",
        "--missing",
        "--context",
        "--export <DIR>",
        "zca",
        "gradient-descent",
    ] {
        assert!(told.out.contains(part), "{part} is missing from\n{}", told.out);
    }
    let mut command = Command::cargo_bin("attention-regression").expect("the binary");
    let script = command.args(["completions", "bash"]).output().expect("it runs").stdout;
    assert!(String::from_utf8(script).is_ok_and(|script| script.contains("--test-fraction")));
}

#[test]
fn a_person_reads_data_numbers_and_a_verdict_in_words() {
    let folder = with_table(table(60).as_bytes());
    let told = compare(folder.path(), &["t.csv", "--target", "y", "--seeds", "2"], b"");
    assert_eq!((told.code, told.error.as_str()), (0, ""));
    for part in [
        "48 training and 12 test rows",
        "condition number",
        "variance",
        "leave-one-out",
        "mechanism",
        "softmax, whitened, tied",
        "linear, separate",
    ] {
        assert!(told.out.contains(part), "{part} is missing from\n{}", told.out);
    }
    for part in [
        "linear, whitened, tied       same outputs, other mechanism\n",
        "softmax, separate            other outputs\n",
        "gap on test rows at most 0.01",
    ] {
        assert!(told.out.contains(part), "{part} is missing from\n{}", told.out);
    }
}

#[test]
fn the_same_command_says_the_same_on_any_number_of_threads() {
    let folder = with_table(table(60).as_bytes());
    let run = |threads: &str| {
        let mut found = document(folder.path(), &["t.csv", "--target", "y", "--seeds", "3", "--threads", threads], b"");
        found.variants.iter_mut().for_each(|variant| variant.seconds = 0.0);
        found
    };
    let one = run("1");
    assert_eq!(one, run("3"));
    assert_eq!((one.variants.len(), one.verdicts.len()), (24, 8));
}

#[test]
fn the_document_obeys_its_schema_and_the_schema_has_teeth() {
    let schema: Value = serde_json::from_str(&compare(Path::new("."), &["--schema"], b"").out).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let folder = tempfile::tempdir().expect("a folder");
    let linnerud = "a,b,y,z\n1,2,3,1\n2,1,4,5\n3,5,6,2\n4,1,8,8\n5,7,9,1\n6,2,1,1\n";
    std::fs::write(folder.path().join("t.csv"), linnerud).expect("a file");
    for arguments in [vec!["diabetes", "--score", "linear"], vec!["t.csv", "--target", "y", "--target", "z"]] {
        let told = compare(folder.path(), &[&arguments[..], &QUICK, &["--json"]].concat(), b"");
        let value: Value = serde_json::from_str(&told.out).expect("JSON");
        assert!(
            validator.is_valid(&value),
            "{:?}",
            validator.iter_errors(&value).map(|error| error.to_string()).collect::<Vec<_>>()
        );
        assert_eq!(value["schema"], "attention-regression/compare/2");
        for (place, broken) in [
            ("/data/n_train", Value::from("many")),
            ("/ridge/lambda", Value::Null),
            ("/variants/0/mse_test", Value::from("small")),
        ] {
            let mut other = value.clone();
            *other.pointer_mut(place).expect("it is there") = broken;
            assert!(!validator.is_valid(&other), "{place}");
        }
        let mut more = value;
        more["surprise"] = Value::from(1);
        assert!(!validator.is_valid(&more));
    }
}

#[test]
fn one_target_is_a_number_and_several_are_an_array() {
    let folder = with_table(b"a,b,y,z\n1,2,3,1\n2,1,4,5\n3,5,6,2\n4,1,8,8\n5,7,9,1\n6,2,1,1\n");
    let one = compare(folder.path(), &["t.csv", "--target", "y", "--drop", "z", "--json", "--steps", "5"], b"");
    let several = compare(folder.path(), &["t.csv", "--target", "y", "--target", "z", "--json", "--steps", "5"], b"");
    let [one, several]: [Value; 2] = [one, several].map(|told| serde_json::from_str(&told.out).expect("JSON"));
    assert!(one["ridge"]["mse_test"].is_number() && one["ridge"]["coefficients"][0].is_number());
    assert_eq!(several["ridge"]["mse_test"].as_array().map(Vec::len), Some(2));
    assert_eq!(several["ridge"]["coefficients"][1].as_array().map(Vec::len), Some(2));
    assert_eq!(several["variants"][0]["effective_weights"][1].as_array().map(Vec::len), Some(2));
}

#[test]
fn tables_come_from_files_from_standard_input_and_from_within() {
    let folder = with_table(table(40).as_bytes());
    let from_file = document(folder.path(), &["t.csv", "--target", "y"], b"");
    let from_input = document(folder.path(), &["-", "--target", "y"], table(40).as_bytes());
    assert_eq!(
        (from_file.ridge.clone(), from_input.data.source),
        (from_input.ridge, vec!["standard input".to_owned()])
    );
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(table(40).as_bytes()).expect("memory");
    std::fs::write(folder.path().join("t.csv.gz"), encoder.finish().expect("memory")).expect("a file");
    assert_eq!(document(folder.path(), &["t.csv.gz", "--target", "y"], b"").ridge, from_file.ridge);
    let (train, test): (Vec<&str>, Vec<&str>) =
        (["a\tb\ty", "1\t2\t3", "2\t1\t4", "3\t3\t9"].to_vec(), ["y\tb\ta", "3\t2\t1", "5\t1\t2"].to_vec());
    std::fs::write(folder.path().join("train.tsv"), train.join("\n")).expect("a file");
    std::fs::write(folder.path().join("test.tsv"), test.join("\n")).expect("a file");
    let given = document(folder.path(), &["--train", "train.tsv", "--test", "test.tsv", "--target", "y"], b"");
    assert_eq!(
        (given.data.n_train, given.data.n_test, given.data.features),
        (3, 2, vec!["a".to_owned(), "b".to_owned()])
    );
    for name in ["diabetes", "synthetic", "sine"] {
        assert_eq!(
            document(folder.path(), &[name, "--score", "linear"], b"").data.source,
            [format!("built-in {name}")]
        );
    }
}

#[test]
fn odd_tables_are_accepted_and_what_was_done_is_said() {
    let plain = accepted(table(40).as_bytes(), &[]);
    let marked = [b"\xef\xbb\xbf".as_slice(), table(40).replace('\n', "\r\n").as_bytes(), b"\r\n\r\n"].concat();
    assert_eq!(accepted(&marked, &[]).ridge, plain.ridge, "a byte order mark, CRLF, blank lines");
    let quoted = table(40).replace("a,b,y\n", "\"a, or\nb\",b,y\n");
    assert_eq!(accepted(quoted.as_bytes(), &[]).data.features[0], "a, or\nb");
    let long = table(40).replace("a,b,y\n", "a,b,y,c\n").replacen(
        "\n0,0,0\n",
        &format!("\n0,0,0,{}\n", "x".repeat(100_000)),
        1,
    );
    let long: String = long
        .lines()
        .map(|line| if line.split(',').count() == 3 { format!("{line},-\n") } else { format!("{line}\n") })
        .collect();
    assert_eq!(accepted(long.as_bytes(), &["--drop", "c"]).ridge, plain.ridge, "a long cell in a dropped column");
    let comma = table(40).replace(',', ";").replace("\n0;", "\n0,5;");
    assert!(accepted(comma.as_bytes(), &[]).data.notes.iter().any(|note| note.contains("decimal commas")));
    let constant: String =
        table(40).lines().enumerate().map(|(i, line)| format!("{line},{}\n", if i == 0 { "c" } else { "7" })).collect();
    let found = accepted(constant.as_bytes(), &[]);
    assert!(found.data.notes.iter().any(|note| note.contains("constant")), "{:?}", found.data.notes);
    assert_eq!(serde_json::to_value(&found.ridge.coefficients).expect("JSON")[2], 0.0);
    let missing = table(40).replacen("\n0,0,0\n", "\nNA,0,0\n", 1);
    let dropped = accepted(missing.as_bytes(), &["--missing", "drop"]);
    assert_eq!((dropped.data.dropped_rows, dropped.data.n_train + dropped.data.n_test), (vec![vec![2]], 39));
    assert!(
        accepted(missing.as_bytes(), &["--missing", "mean"])
            .data
            .notes
            .iter()
            .any(|note| note.contains("training mean"))
    );
    let colours: String = table(40)
        .lines()
        .enumerate()
        .map(|(i, line)| format!("{line},{}\n", ["red", "green", "blue"][i % 3]))
        .collect();
    let encoded = accepted(colours.replacen("y,red", "y,colour", 1).as_bytes(), &["--one-hot"]);
    assert_eq!(encoded.data.features, ["a", "b", "colour=green", "colour=red"]);
}

#[test]
fn hard_numbers_are_accepted() {
    let mut wide: String = (0..3000).map(|place| format!("x{place},")).collect::<String>() + "y\n";
    for i in 0..12_usize {
        wide += &(0..3000_usize).map(|j| format!("{},", (i * 31 + j * 17) % 101)).collect::<String>();
        let _ = writeln!(wide, "{i}");
    }
    let found = accepted(wide.as_bytes(), &["--score", "linear", "--whitening", "none", "--steps", "1"]);
    assert!(
        found.data.features.len() == 3000 && found.data.rank < 9 && found.ols.loo_mse.is_none(),
        "n < d: {}",
        found.data.rank
    );
    assert_eq!(found.variants[0].head_width, 64);
    let first = |line: &str| line.split(',').next().expect("a cell").replace('a', "c");
    let collinear: String = table(40).lines().map(|line| format!("{},{line}\n", first(line))).collect();
    let found = accepted(collinear.as_bytes(), &[]);
    assert_eq!((found.data.rank, found.data.features.len()), (2, 3));
    let plain = accepted(table(40).as_bytes(), &[]);
    let scaled: String = table(40)
        .lines()
        .map(|line| match line.split(',').collect::<Vec<_>>()[..] {
            ["a", ..] => "a,b,y\n".to_owned(),
            [a, b, y] => format!("{a}e-12,{b}e12,{y}\n"),
            _ => String::new(),
        })
        .collect();
    let scaled = accepted(scaled.as_bytes(), &[]);
    let [ours, theirs] = [scaled.ridge.mse_test, plain.ridge.mse_test].map(|mse| mse.iter().copied().sum::<f64>());
    assert!((ours / theirs - 1.0).abs() < 1e-9, "{ours} {theirs}");
}

#[test]
fn tables_that_cannot_be_used_are_refused_by_file_line_and_cure() {
    let good = table(20);
    let with = |from: &str, to: &str| good.replacen(from, to, 1).into_bytes();
    refused_table(b"", &[], "t.csv: is empty");
    refused_table(b"a,b,y\n", &[], "has a header and no rows");
    refused_table(b"a,y\n1,2\n", &[], "1 row");
    refused_table(b"y\n1\n2\n3\n", &[], "only one column");
    refused_table(good.as_bytes(), &["--drop", "a", "--drop", "b"], "feature");
    refused_table(&with("\n0,0,0\n", "\n0,0\n"), &[], "t.csv:2: ");
    refused_table(&with("\n0,0,0\n", "\n0,zero,0\n"), &[], "t.csv:2: ");
    refused_table(&with("\n0,0,0\n", "\n0,NaN,0\n"), &[], "t.csv:2: ");
    refused_table(&with("\n0,0,0\n", "\n0,inf,0\n"), &[], "t.csv:2: ");
    refused_table(&with("\n0,0,0\n", "\n0,1e999,0\n"), &[], "1e999");
    refused_table(&with("\n0,0,0\n", "\n0,,0\n"), &[], "t.csv:2: ");
    refused_table(b"a,y\n1,2\n2,2\n3,2\n4,2\n5,2\n6,2\n", &[], "`y`");
    refused_table(b"a,a,y\n1,2,3\n2,3,4\n3,4,5\n4,5,6\n5,6,7\n", &[], "`a`");
    refused_table(b"a,price\n1,2\n2,3\n3,4\n", &[], "`y`");
    refused_table(b"a,b,y\n1,\xff,3\n", &[], "UTF-8");
    refused_table(b"a,b,y\n1,\0,3\n", &[], "NUL");
    refused_table(&with("\n0,0,0\n", "\n0,\"0,0\n"), &[], "t.csv:2: ");
    let colours: String = good
        .lines()
        .enumerate()
        .map(|(i, line)| format!("{line},{}\n", if i == 0 { "colour" } else { ["red", "blue"][i % 2] }))
        .collect();
    refused_table(colours.as_bytes(), &[], "`colour`");
    let folder = with_table(b"a,b,price\n1,2,3\n2,3,5\n3,1,4\n4,4,9\n");
    refused(&folder, &["t.csv", "--target", "prise"], b"", "`price`");
    refused(&folder, &["t.csv"], b"", "--target");
    refused(&folder, &["t.csv", "--target", "price", "--drop", "c"], b"", "`c`");
    refused(&folder, &["t.csv", "--target", "price", "--features", "price"], b"", "`price`");
    refused(&folder, &["missing.csv", "--target", "y"], b"", "missing.csv: does not exist");
    refused(&folder, &[".", "--target", "y"], b"", "folder");
    refused(&folder, &["-", "--target", "y"], b"", "standard input");
    std::fs::write(folder.path().join("t.csv.gz"), b"\x1f\x8bno").expect("a file");
    refused(&folder, &["t.csv.gz", "--target", "y"], b"", "t.csv.gz");
}

/// JSON would say null of a number that is none, with exit code 0 and against the schema.
#[test]
fn a_number_that_is_none_is_refused_with_a_cure() {
    let sized = |power: i32| -> String {
        let row = |line: &str| if line.starts_with('a') { format!("{line}\n") } else { format!("{line}e{power}\n") };
        table(40).lines().map(row).collect()
    };
    let cure = "bring targets and features to units near one, and the penalty with them";
    for json in [&[][..], &["--json"]] {
        // No number holds the variance of such targets.
        refused_table(sized(160).as_bytes(), json, "where no number holds its variance in full");
        refused_table(sized(160).as_bytes(), json, "help: multiply it by 1e-16");
        // The variance is a number, the errors of a start that is far off are none.
        let far = [&["--start", "100", "--steps", "0"], json].concat();
        refused_table(sized(152).as_bytes(), &far, "`variants[0].mse_train` is no finite number");
        refused_table(sized(152).as_bytes(), &far, cure);
    }
    // Those of ridge are refused before anything is trained.
    let mut steep = sized(152);
    steep.push_str("1,1,1e158\n");
    let folder = with_table(table(8).as_bytes());
    std::fs::write(folder.path().join("train.csv"), sized(152)).expect("a file");
    std::fs::write(folder.path().join("test.csv"), steep).expect("a file");
    let arguments = ["--train", "train.csv", "--test", "test.csv", "--target", "y", "--json"];
    for endless in [&[][..], &["--steps", "1000000000"]] {
        refused(&folder, &[&arguments[..], endless].concat(), b"", "`ridge.mse_test` is no finite number");
        refused(&folder, &[&arguments[..], endless].concat(), b"", cure);
    }
    // What a number holds is told, with null where the schema has one and nowhere else.
    let held = accepted(sized(150).as_bytes(), &[]);
    assert!(held.ridge.mse_train.iter().all(|mse| mse.is_finite() && *mse > 0.0));
    let nulls = serde_json::to_string(&held).expect("JSON").matches("null").count();
    assert_eq!((nulls, held.data.context), (1, None));
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let folder = with_table(table(20).as_bytes());
    let with = |more: &[&str], words: &str| refused(&folder, &[&["t.csv", "--target", "y"], more].concat(), b"", words);
    with(&["--nonsense"], "--nonsense");
    with(&["--lambda", "-1"], "penalty");
    with(&["--lambda", "nan"], "penalty");
    with(&["--lambda", "much"], "much");
    with(&["--test-fraction", "1.5"], "1.5");
    with(&["--head-width", "3"], "width");
    with(&["--head-width", "0"], "width");
    with(&["--context", "1"], "--context");
    with(&["--seeds", "0"], "--seeds");
    with(&["--threads", "0"], "--threads");
    with(&["--rate", "-1"], "rate");
    with(&["--rate", "nan"], "rate");
    with(&["--optimiser", "gradient-descent"], "--rate");
    with(&["--optimiser", "newton"], "newton");
    with(&["--score", "cosine"], "cosine");
    with(&["--delimiter", "two"], "--delimiter");
    with(&["--schema"], "--schema");
    with(&["--force"], "--export");
    with(&["--report", "out", "--export", "out"], "cannot share a folder");
    with(&["--train", "t.csv", "--test", "t.csv"], "--train");
    refused(&folder, &["--train", "t.csv", "--target", "y"], b"", "--test");
    refused(&folder, &["--train", "-", "--test", "-", "--target", "y"], b"", "standard input");
    refused(&folder, &[], b"", "DATA");
    refused(&folder, &["diabetes", "--target", "progression"], b"", "built-in");
    refused(&folder, &["diabetes", "--test-fraction", "0.5"], b"", "built-in");
    refused(&folder, &["diabetes", "--missing", "drop"], b"", "built-in");
}

#[test]
fn a_training_that_diverges_is_told_and_the_others_stand() {
    let folder = with_table(table(40).as_bytes());
    let arguments = ["t.csv", "--target", "y", "--optimiser", "gradient-descent", "--rate", "1000"];
    let told = compare(folder.path(), &arguments, b"");
    assert!(told.out.contains("training diverged at step"), "{}", told.out);
    let told = compare(folder.path(), &[&arguments[..], &["--score", "linear", "--json"]].concat(), b"");
    let found: Document = serde_json::from_str(&told.out).expect("a document");
    assert!(!found.failures.is_empty() && found.variants.len() + found.failures.len() == 4);
    assert_eq!(told.code, i32::from(found.variants.is_empty()));
}

#[test]
fn matrices_appear_whole_in_a_folder_that_nobody_else_uses() {
    let folder = with_table(table(40).as_bytes());
    let export = |more: &[&str]| {
        compare(folder.path(), &[&["t.csv", "--target", "y", "--export", "out"], &QUICK[..], more].concat(), b"")
    };
    assert_eq!(export(&[]).code, 0);
    let held = |name: &str| folder.path().join("out").join(name).is_file();
    assert!(
        held("manifest.json")
            && held("comparison.json")
            && held("h.npy")
            && held("softmax-whitened-tied-seed-1/weights.npy")
    );
    refused(&folder, &["t.csv", "--target", "y", "--export", "out"], b"", "is there already");
    assert_eq!(export(&["--force", "--score", "linear"]).code, 0);
    assert!(!held("softmax-whitened-tied-seed-1/weights.npy"), "an earlier result is replaced, not mixed");
    std::fs::create_dir(folder.path().join("mine")).expect("a folder");
    std::fs::write(folder.path().join("mine/letter"), "dear").expect("a file");
    refused(&folder, &["t.csv", "--target", "y", "--export", "mine", "--force"], b"", "holds `letter`, not among what");
    refused(&folder, &["t.csv", "--target", "y", "--export", "t.csv/below"], b"", "cannot be written");
    refused(&folder, &["nosuch.csv", "--target", "y", "--export", "other"], b"", "does not exist");
}
