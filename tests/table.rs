//! A user's table as it is met outside: what is read and to which numbers, what is refused and in which words.

use std::io::Write as _;
use std::path::PathBuf;

use attention_regression::Mat;
use attention_regression::data::table::{Encoded, Filled, Missing, Prepared, Reading, Refusal, Rows, Source, read};
use attention_regression::data::{Dataset, split};
use proptest::prelude::*;
use tempfile::TempDir;

/// A folder for the files of one test.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> Source {
        std::fs::write(self.path(name), bytes).expect("written");
        Source::File(self.path(name))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A refusal's sentence, with files named below the folder.
    fn sentence(&self, refusal: &Refusal) -> String {
        refusal.to_string().replace(&format!("{}/", self.0.path().display()), "")
    }
}

/// Targets `y`, and everything else by default.
fn reading() -> Reading {
    Reading { targets: vec!["y".to_owned()], ..Reading::default() }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// Every table can be given twice: then its rows stay in order, and all of them are fitted.
fn given(train: Source, test: Source) -> Rows {
    Rows::Given { train, test }
}

fn halved(source: Source) -> Rows {
    Rows::Split { source, test_fraction: 0.5, seed: 1 }
}

fn accept(bytes: impl AsRef<[u8]>, reading: &Reading) -> Prepared {
    let folder = Folder::new();
    let table = folder.file("t.csv", bytes);
    read(&given(table.clone(), table), reading, &mut |_, _| {}).unwrap_or_else(|refusal| panic!("{}", folder.sentence(&refusal)))
}

fn refuse(bytes: impl AsRef<[u8]>, reading: &Reading) -> String {
    let folder = Folder::new();
    let table = folder.file("t.csv", bytes);
    refuse_rows(&folder, &given(table.clone(), table), reading)
}

fn refuse_rows(folder: &Folder, rows: &Rows, reading: &Reading) -> String {
    folder.sentence(&read(rows, reading, &mut |_, _| {}).expect_err("a refusal"))
}

fn rows(matrix: &Mat<f64>) -> Vec<Vec<f64>> {
    (0..matrix.nrows()).map(|i| (0..matrix.ncols()).map(|j| matrix[(i, j)]).collect()).collect()
}

fn x(prepared: &Prepared) -> Vec<Vec<f64>> {
    rows(&prepared.dataset.train.x)
}

fn y(prepared: &Prepared) -> Vec<Vec<f64>> {
    rows(&prepared.dataset.train.y)
}

// What is read.

#[test]
fn a_plain_table_is_read_as_it_is_written() {
    let prepared = accept("a,y,b\n1,2,3\n-4.5,5e3,+.25\n", &reading());
    assert_eq!(prepared.dataset.name, "t");
    assert_eq!(prepared.dataset.features, ["a", "b"]);
    assert_eq!(prepared.dataset.targets, ["y"]);
    assert_eq!(x(&prepared), [[1.0, 3.0], [-4.5, 0.25]]);
    assert_eq!(y(&prepared), [[2.0], [5000.0]]);
    assert_eq!(rows(&prepared.dataset.test.x), x(&prepared));
    let notes = &prepared.notes.files[0];
    assert_eq!((notes.rows, notes.delimiter, notes.decimal_comma, notes.byte_order_mark, notes.crlf, notes.gzip), (2, ',', false, false, false, false));
    assert!(notes.dropped.is_empty() && prepared.notes.encoded.is_empty() && prepared.notes.filled.is_empty() && prepared.notes.constant.is_empty());
}

#[test]
fn several_targets_and_named_features_come_in_the_order_asked_for() {
    let asked = Reading { targets: names(&["c", "a"]), features: Some(names(&["d", "b"])), ..Reading::default() };
    let prepared = accept("a,b,c,d,e\n1,2,3,4,x\n5,6,7,8,x\n", &asked);
    assert_eq!((x(&prepared), y(&prepared)), (vec![vec![4.0, 2.0], vec![8.0, 6.0]], vec![vec![3.0, 1.0], vec![7.0, 5.0]]));
    assert_eq!(prepared.notes.ignored, ["e"]);
}

#[test]
fn dropped_columns_may_hold_anything() {
    let long = "long ".repeat(20_000);
    let asked = Reading { drop: names(&["note", "when"]), ..reading() };
    let prepared = accept(format!("note,a,when,y\n{long},1,2020-01-01,2\n,3,,4\nNaN,5,1e999,7\n"), &asked);
    assert_eq!(x(&prepared), [[1.0], [3.0], [5.0]]);
    assert_eq!(prepared.notes.ignored, ["note", "when"]);
}

#[test]
fn delimiters_and_decimal_commas_are_found() {
    for (text, delimiter, comma) in [
        ("a;b;y\n1,5;2;3\n4;5,25;6\n", ';', true),
        ("a;b;y\n1.5;2;3\n4;5.25;6\n", ';', false),
        ("a\tb\ty\n1.5\t2\t3\n4\t5.25\t6\n", '\t', false),
        ("a\tb\ty\n1,5\t2\t3\n4\t5,25\t6\n", '\t', true),
        ("a|b|y\n1.5|2|3\n4|5.25|6\n", '|', false),
    ] {
        let prepared = accept(text, &reading());
        assert_eq!(x(&prepared), [[1.5, 2.0], [4.0, 5.25]], "{text}");
        assert_eq!((prepared.notes.files[0].delimiter, prepared.notes.files[0].decimal_comma), (delimiter, comma), "{text}");
    }
}

#[test]
fn delimiters_and_decimal_commas_can_be_given() {
    let asked = Reading { delimiter: Some(b':'), ..reading() };
    assert_eq!(x(&accept("a:y\n1:2\n3:4\n", &asked)), [[1.0], [3.0]]);
    let asked = Reading { decimal_comma: Some(true), ..reading() };
    assert_eq!(x(&accept("a,y\n\"1,5\",2\n3,4\n", &asked)), [[1.5], [3.0]]);
}

#[test]
fn marks_line_ends_spaces_and_blank_lines_make_no_fuss() {
    let prepared = accept("\u{feff}\r\na , y\r\n 1 ,\u{a0}2\r\n\r\n\"3\", \"4\" \r\n\r\n  \r\n", &reading());
    assert_eq!(
        (prepared.dataset.features.as_slice(), x(&prepared), y(&prepared)),
        (&names(&["a"])[..], vec![vec![1.0], vec![3.0]], vec![vec![2.0], vec![4.0]])
    );
    assert!(prepared.notes.files[0].byte_order_mark && prepared.notes.files[0].crlf);
    assert_eq!(x(&accept("a,y\r1,2\r3,4", &reading())), [[1.0], [3.0]]);
}

#[test]
fn quoted_newlines_delimiters_and_quotes_belong_to_their_cell() {
    let asked = Reading { one_hot: true, ..reading() };
    let prepared = accept("\"a,\nb\",y\n\"p,\nq\",1\n\"say \"\"s\"\"\",2\n", &asked);
    assert_eq!(prepared.dataset.features, ["a,\nb=say \"s\""]);
    assert_eq!(prepared.notes.encoded, [Encoded { column: "a,\nb".into(), reference: "p,\nq".into(), levels: names(&["say \"s\""]) }]);
}

#[test]
fn compressed_tables_are_decompressed() {
    let folder = Folder::new();
    let squeeze = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text.as_bytes()).expect("compressed");
        encoder.finish().expect("compressed")
    };
    let members = [squeeze("a,y\n1,2\n"), squeeze("3,4\n")].concat();
    let (named, plain) = (folder.file("t.csv.gz", &members), folder.file("t.csv", "a,y\n1,2\n3,4\n"));
    for source in [named, folder.file("unnamed", &members)] {
        let prepared = read(&given(source, plain.clone()), &reading(), &mut |_, _| {}).expect("read");
        assert_eq!(x(&prepared), [[1.0], [3.0]]);
        assert!(prepared.notes.files[0].gzip && !prepared.notes.files[1].gzip);
    }
}

#[test]
fn wide_tables_and_few_rows_are_read() {
    let header: Vec<String> = (0..5000).map(|j| format!("x{j}")).collect();
    let row = |i: usize| (0..5000).map(|j| format!("{}", i * j)).collect::<Vec<_>>().join(",");
    let prepared = accept(format!("{},y\n{},1\n{},2\n", header.join(","), row(1), row(2)), &reading());
    assert_eq!((prepared.dataset.train.d(), prepared.dataset.train.n()), (5000, 2));
    assert_eq!(prepared.dataset.train.x[(1, 4999)], 9998.0);
}

#[test]
fn any_scales_are_read() {
    let prepared = accept("a,b,y\n1e-12,1e12,1\n2e-12,-3e12,2\n", &reading());
    assert_eq!(x(&prepared), [[1e-12, 1e12], [2e-12, -3e12]]);
    let extreme = accept("a,y\n1.7976931348623157e308,1\n5e-324,2\n", &reading());
    assert_eq!(x(&extreme), [[f64::MAX], [5e-324]]);
}

#[test]
fn constant_features_are_noted() {
    let prepared = accept("a,b,c,y\n3,1,0.30000000000000004,1\n3,2,0.3,2\n3,4,0.3,5\n", &reading());
    assert_eq!(prepared.notes.constant, ["a", "c"]);
    assert_eq!(prepared.dataset.train.d(), 3);
    assert_eq!(accept("a,y\n1e308,1\n1e308,2\n1e308,3\n", &reading()).notes.constant, ["a"]);
}

#[test]
fn nameless_columns_at_the_edges_are_left_out() {
    let prepared = accept(",a,y,,\nrow 1,1,2,,\nrow 2,3,4,,\n", &reading());
    assert_eq!((prepared.dataset.features.as_slice(), prepared.notes.nameless.as_slice()), (&names(&["a"])[..], &[1, 4, 5][..]));
}

#[test]
fn texts_become_indicators_where_asked() {
    let asked = Reading { one_hot: true, ..reading() };
    let prepared = accept("colour,b,y\nred,1,1\n blue ,2,2\ngreen,3,3\nred,4,4\n", &asked);
    assert_eq!(prepared.dataset.features, ["colour=green", "colour=red", "b"]);
    assert_eq!(x(&prepared), [[0.0, 1.0, 1.0], [0.0, 0.0, 2.0], [1.0, 0.0, 3.0], [0.0, 1.0, 4.0]]);
    assert_eq!(prepared.notes.encoded, [Encoded { column: "colour".into(), reference: "blue".into(), levels: names(&["green", "red"]) }]);
}

#[test]
fn levels_of_dropped_rows_are_no_levels() {
    let asked = Reading { one_hot: true, missing: Missing::Drop, ..reading() };
    let prepared = accept("c,b,y\nq,1,1\na,NA,1\np,2,2\nq,3,4\n", &asked);
    assert_eq!(prepared.dataset.features, ["c=q", "b"]);
    assert_eq!(x(&prepared), [[1.0, 1.0], [0.0, 2.0], [1.0, 3.0]]);
}

#[test]
fn rows_with_missing_cells_are_dropped_and_counted() {
    let asked = Reading { missing: Missing::Drop, drop: names(&["c"]), ..reading() };
    let prepared = accept("a,c,y\n1,,2\nNA,1,3\n\n3,,n/a\nnull,,4\n?,1,5\n6,,7\n", &asked);
    assert_eq!((x(&prepared), y(&prepared)), (vec![vec![1.0], vec![6.0]], vec![vec![2.0], vec![7.0]]));
    assert_eq!(prepared.notes.files[0].dropped, [3, 5, 6, 7]);
}

#[test]
fn missing_features_get_the_mean_of_training_rows_alone() {
    let folder = Folder::new();
    let train = folder.file("train.csv", "a,c,y\n1,p,1\n,q,2\n5,,3\n9,q,4\n");
    let test = folder.file("test.csv", "a,c,y\n,,1\n1000,p,2\n");
    let asked = Reading { missing: Missing::Mean, one_hot: true, ..reading() };
    let prepared = read(&given(train, test), &asked, &mut |_, _| {}).expect("read");
    assert_eq!(x(&prepared), [[1.0, 0.0], [5.0, 1.0], [5.0, 2.0 / 3.0], [9.0, 1.0]]);
    assert_eq!(rows(&prepared.dataset.test.x), [[5.0, 2.0 / 3.0], [1000.0, 0.0]]);
    let filled = |feature: &str, mean, train, test| Filled { feature: feature.to_owned(), mean, train, test };
    assert_eq!(prepared.notes.filled, [filled("a", 5.0, 1, 1), filled("c=q", 2.0 / 3.0, 1, 1)]);
}

#[test]
fn means_of_huge_numbers_are_numbers() {
    let asked = Reading { missing: Missing::Mean, ..reading() };
    assert_eq!(x(&accept("a,y\n1.5e308,1\n1.5e308,2\n,3\n", &asked))[2], [1.5e308]);
}

#[test]
fn a_split_is_the_seeded_one_and_fills_after_it() {
    let folder = Folder::new();
    let table: String = (0..10).map(|i| if i == 3 { format!(",{i}\n") } else { format!("{},{i}\n", i * i) }).collect();
    let source = folder.file("t.csv", format!("a,y\n{table}"));
    let asked = Reading { missing: Missing::Mean, ..reading() };
    let Prepared { dataset, notes } = read(&Rows::Split { source, test_fraction: 0.3, seed: 7 }, &asked, &mut |_, _| {}).expect("read");
    let split = split::seeded(10, 0.3, 7).expect("a split");
    let order = |rows: &[usize]| rows.iter().map(|&row| row as f64).collect::<Vec<_>>();
    let column = |matrix: &Mat<f64>| (0..matrix.nrows()).map(|i| matrix[(i, 0)]).collect::<Vec<_>>();
    assert_eq!((column(&dataset.train.y), column(&dataset.test.y)), (order(&split.train), order(&split.test)));
    let known: Vec<f64> = split.train.iter().filter(|&&row| row != 3).map(|&row| (row * row) as f64).collect();
    assert_eq!(notes.filled[0].mean, known.iter().sum::<f64>() / known.len() as f64);
}

#[test]
fn a_test_table_may_have_its_own_order_and_dialect() {
    let folder = Folder::new();
    let train = folder.file("train.csv", "a;b;y\n1,5;2;3\n4;5;6,5\n");
    let test = folder.file("test.csv", "extra\ty\tb\ta\nx\t1\t2\t3\n");
    let prepared = read(&given(train, test), &reading(), &mut |_, _| {}).expect("read");
    assert_eq!((rows(&prepared.dataset.test.x), rows(&prepared.dataset.test.y)), (vec![vec![3.0, 2.0]], vec![vec![1.0]]));
    assert_eq!((prepared.notes.files[1].delimiter, prepared.notes.files[1].decimal_comma), ('\t', true));
}

#[test]
fn progress_ends_with_the_whole_file() {
    let folder = Folder::new();
    let text = format!("a,y\n{}", "1,2\n3,4\n".repeat(100_000));
    let table = folder.file("t.csv", &text);
    let mut seen = Vec::new();
    read(&halved(table), &reading(), &mut |bytes, total| seen.push((bytes, total))).expect("read");
    let size = text.len() as u64;
    assert_eq!(seen.last(), Some(&(size, Some(size))));
    assert!(seen.len() > 2 && seen.is_sorted());
}

// What is refused.

#[test]
fn empty_tables_are_refused() {
    assert_eq!(refuse("", &reading()), "t.csv: is empty; give a table with a header and rows");
    assert_eq!(refuse("\u{feff}\n  \r\n", &reading()), "t.csv: is empty; give a table with a header and rows");
    assert_eq!(refuse("a,y\n", &reading()), "t.csv: has a header and no rows; add rows below the header");
}

#[test]
fn tables_too_small_to_split_are_refused() {
    let folder = Folder::new();
    for (rows, text) in [("1 row", "a,y\n1,2\n"), ("2 rows", "a,y\n1,2\n3,4\n")] {
        let table = folder.file("t.csv", text);
        assert_eq!(
            refuse_rows(&folder, &halved(table), &reading()),
            format!("t.csv: has {rows}, which a test fraction of 0.5 does not split into at least 2 to fit and 1 to test; add rows, or change --test-fraction")
        );
    }
    assert_eq!(refuse("a,y\n1,2\n", &reading()), "t.csv: has 1 row to fit; give at least 2");
    let table = folder.file("t.csv", "a,y\n1,2\n3,4\n5,6\n");
    for fraction in [0.0, 1.0, -0.5, f64::NAN] {
        assert_eq!(
            refuse_rows(&folder, &Rows::Split { source: table.clone(), test_fraction: fraction, seed: 1 }, &reading()),
            format!("t.csv: cannot be split with a test fraction of {fraction}; give one above 0 and below 1 with --test-fraction")
        );
    }
}

#[test]
fn ragged_rows_are_named_by_line_and_length() {
    assert_eq!(
        refuse("a,b,y\n1,2,3\n\n1,2\n", &reading()),
        "t.csv:4: the row has 2 cells, the header has 3; add or remove cells, or quote those that hold the delimiter"
    );
    assert_eq!(
        refuse("a,y\n1,2,3,4\n", &reading()),
        "t.csv:2: the row has 4 cells, the header has 2; add or remove cells, or quote those that hold the delimiter"
    );
    assert_eq!(
        refuse("a,b,y\n1,\"2,3\n4,5,6\n\"7,8,9\n", &reading()),
        "t.csv:2: the row has 4 cells, the header has 3; the row runs to line 4, so look for a quote that is not closed"
    );
}

#[test]
fn quotes_that_stay_open_are_named_by_their_line() {
    for (text, line) in
        [("a,y\n1,2\n\"3,4\n5,6\n", 3), ("a,y\n1,2\n3,\"4", 3), ("a,\"y\n1,2\n3,4\n", 1), ("a,b,y\n\"1\n\",\"2,3\n", 3), ("a,y\r\n1,2\r\n\"3,4\r\n", 3)]
    {
        assert_eq!(
            refuse(text, &reading()),
            format!("t.csv:{line}: a quote that opens here is never closed; close it, or write a quote inside a quoted cell twice")
        );
    }
    let far = format!("a;y\n{}\"3;4\n", "1;2\n".repeat(1000));
    assert_eq!(refuse(far, &reading()), "t.csv:1002: a quote that opens here is never closed; close it, or write a quote inside a quoted cell twice");
}

#[test]
fn cells_that_are_no_numbers_are_named() {
    assert_eq!(
        refuse("a,y\n1,2\nabc,3\n4,5\n", &reading()),
        "t.csv:3: `abc` in column `a` is no number; correct it, write NA if it is missing, or leave the column out with --drop a"
    );
    assert_eq!(
        refuse("a b,y\n1,2\n\"\n\",4\n1 000,5\n6,-\n7,8\n9,x\n9,9\n9,9\n", &Reading { missing: Missing::Drop, ..reading() }),
        "t.csv:5: `1 000` in column `a b` is no number (the first of 3 such cells); correct it, write NA if it is missing, or leave the column out with --drop 'a b'"
    );
    assert_eq!(
        refuse("a,y\n1,2\n2,\u{1b}[31m\"red\"\n3,4\n4,5\n", &reading()),
        "t.csv:3: `\\u{1b}[31m\"red\"` in column `y` is no number; correct it, write NA if it is missing"
    );
    assert_eq!(
        refuse(format!("a,y\n1,2\n{},3\n4,5\n", "x".repeat(100_000)), &reading()),
        format!("t.csv:3: `{}…` in column `a` is no number; correct it, write NA if it is missing, or leave the column out with --drop a", "x".repeat(40))
    );
    assert_eq!(
        refuse("a,b,y\n1,\"p\n\nq\",x\n1,2,3\n1,2,3\n", &Reading { drop: names(&["b"]), ..reading() }),
        "t.csv:4: `x` in column `y` is no number; correct it, write NA if it is missing"
    );
}

#[test]
fn decimal_commas_that_were_not_found_are_suspected() {
    let plain = "1,2\n3,4\n".repeat(100);
    assert_eq!(
        refuse(format!("a,y\n{plain}\"1,5\",2\n"), &reading()),
        "t.csv:202: `1,5` in column `a` is no number; say --decimal-comma if the comma is a decimal sign, or write numbers without separators"
    );
    assert_eq!(
        refuse("a|y\n1,500|2\n2,250|3\n", &reading()),
        "t.csv:2: `1,500` in column `a` is no number (the first of 2 such cells); say --decimal-comma if the comma is a decimal sign, or write numbers without separators"
    );
    for asked in [reading(), Reading { one_hot: true, ..reading() }] {
        assert_eq!(
            refuse("a,y\n\"1,5\",2\n\"2,5\",3\n", &asked),
            "t.csv:2: `1,5` in column `a` is no number (the first of 2 such cells); say --decimal-comma if the comma is a decimal sign, or write numbers without separators"
        );
    }
    let asked = Reading { one_hot: true, decimal_comma: Some(false), ..reading() };
    assert_eq!(accept("a,y\n\"1,5\",2\n\"2,5\",3\n", &asked).dataset.features, ["a=2,5"]);
    assert_eq!(
        refuse("a;y\n1,5;2\n2.5;3\n4,5;4\n", &Reading { decimal_comma: Some(true), ..reading() }),
        "t.csv:3: `2.5` in column `a` is no number with a decimal comma; correct it, write NA if it is missing, or leave the column out with --drop a"
    );
}

#[test]
fn text_columns_are_refused_by_name() {
    assert_eq!(
        refuse("a,colour,y\n1,red,2\n3,7,4\n5,blue,6\n", &reading()),
        "t.csv:2: the column `colour` holds text such as `red`; encode its levels as numbers with --one-hot, or leave it out with --drop colour"
    );
    assert_eq!(
        refuse("a,colour,y,the shape\n1,red,2,o\n3,blue,4,x\n", &reading()),
        "t.csv:2: the columns `colour`, `the shape` hold text such as `red`; encode their levels as numbers with --one-hot, or leave them out with --drop colour --drop 'the shape'"
    );
    let asked = Reading { one_hot: true, ..reading() };
    assert_eq!(refuse("a,y\n1,yes\n3,no\n", &asked), "t.csv:2: the target `y` holds text such as `yes`; choose a target of numbers with --target");
}

#[test]
fn a_few_texts_among_numbers_are_no_levels() {
    let asked = Reading { one_hot: true, ..reading() };
    assert_eq!(
        refuse("a,c,y\n1,p,2\n2,q,3\nx,p,4\n", &asked),
        "t.csv:4: `x` in column `a` is no number; correct it, write NA if it is missing, or leave the column out with --drop a"
    );
}

#[test]
fn columns_of_too_many_levels_are_refused() {
    let keys: String = (0..1001).map(|i| format!("key{i},{i}\n")).collect();
    let asked = Reading { one_hot: true, ..reading() };
    assert_eq!(
        refuse(format!("id,y\n{keys}"), &asked),
        "t.csv:1002: `key1000` in column `id` is one more than the 1000 levels that can be encoded; leave the column out with --drop id, or merge levels"
    );
}

#[test]
fn numbers_that_are_not_finite_are_refused() {
    for text in ["NaN", "inf", "-Infinity"] {
        assert_eq!(
            refuse(format!("a,y\n1,2\n{text},3\n{text},4\n5,5\n"), &Reading { missing: Missing::Drop, ..reading() }),
            format!(
                "t.csv:3: `{text}` in column `a` is not a finite number (the first of 2 such cells); correct it, write NA if it is missing, or leave the column out with --drop a"
            )
        );
    }
    assert_eq!(
        refuse("a,y\n1,2\n1,-1e999\n", &reading()),
        "t.csv:3: `-1e999` in column `y` is larger than any number there is; correct it, write NA if it is missing"
    );
}

#[test]
fn missing_cells_are_refused_unless_told_otherwise() {
    assert_eq!(
        refuse("a,b,y\n1,2,3\n1,,3\nNA,2,?\n", &reading()),
        "t.csv:3: the cell in column `b` is missing (the first of 3 missing cells); leave such rows out with --missing drop, or fill in training means with --missing mean"
    );
    assert_eq!(
        refuse("a,y\n1,2\n,2\n3,\n", &Reading { missing: Missing::Mean, ..reading() }),
        "t.csv:4: the target `y` is missing; a target cannot be filled in: leave such rows out with --missing drop"
    );
    assert_eq!(
        refuse("a,b,y\n1,,2\n,,3\n", &Reading { missing: Missing::Drop, ..reading() }),
        "t.csv: every row has a missing cell, 2 of 2 in column `b`; leave out columns that are mostly missing with --drop, or fill in with --missing mean"
    );
    assert_eq!(
        refuse("a,b,y\n1,,2\n3,,3\n", &Reading { missing: Missing::Mean, ..reading() }),
        "t.csv: the column `b` has no value in any training row; leave it out with --drop b"
    );
}

#[test]
fn constant_targets_are_refused() {
    assert_eq!(refuse("a,y\n1,3\n2,3\n", &reading()), "t.csv: the target `y` is 3 in all 2 training rows; choose a target that varies with --target");
    assert_eq!(
        refuse("a,y\n1,0.3\n2,0.30000000000000004\n", &reading()),
        "t.csv: the target `y` varies by rounding only, from 0.3 to 0.30000000000000004 in 2 training rows; choose a target that varies with --target"
    );
}

#[test]
fn headers_that_do_not_name_columns_are_refused() {
    assert_eq!(refuse("\na,b,a,y\n1,2,3,4\n", &reading()), "t.csv:2: the name `a` stands over columns 1 and 3; rename one of them");
    assert_eq!(refuse("a,,y\n1,2,3\n", &reading()), "t.csv:1: column 2 has no name; give it one in the header");
    let asked = Reading { one_hot: true, ..reading() };
    assert_eq!(refuse("c,c=q,y\np,1,2\nq,2,3\n", &asked), "t.csv: two features are called `c=q`, one of them an indicator; rename a column or a level");
    assert_eq!(x(&accept("a,b,a,y\n1,2,3,4\n5,6,7,8\n", &Reading { drop: names(&["a"]), ..reading() })), [[2.0], [6.0]]);
}

#[test]
fn columns_that_are_not_there_are_refused_with_the_nearest_names() {
    let table = "Price,prize,area,y1\n1,2,3,4\n";
    let with = |target: &str| refuse(table, &Reading { targets: names(&[target]), ..Reading::default() });
    assert_eq!(with("price"), "t.csv:1: there is no column `price` (named as a target); did you mean one of `Price`, `prize`?");
    assert_eq!(with("y"), "t.csv:1: there is no column `y` (named as a target); did you mean `y1`?");
    assert_eq!(with("income"), "t.csv:1: there is no column `income` (named as a target); the columns are `Price`, `prize`, `area`, `y1`");
    let asked = Reading { targets: names(&["y1"]), features: Some(names(&["are"])), ..Reading::default() };
    assert_eq!(refuse(table, &asked), "t.csv:1: there is no column `are` (named as a feature); did you mean `area`?");
    let asked = Reading { targets: names(&["y1"]), drop: names(&["zone"]), ..Reading::default() };
    assert_eq!(refuse(table, &asked), "t.csv:1: there is no column `zone` (named as a column to drop); the columns are `Price`, `prize`, `area`, `y1`");
}

#[test]
fn a_target_must_be_named() {
    let many: Vec<String> = (1..=10).map(|j| format!("x{j}")).collect();
    assert_eq!(
        refuse(format!("{}\n{}\n", many.join(","), ["1"; 10].join(",")), &Reading::default()),
        "t.csv:1: no target is named; choose one with --target; the columns are `x1`, `x2`, `x3`, `x4`, `x5`, `x6`, `x7`, `x8` and 2 more"
    );
}

#[test]
fn columns_with_two_roles_are_refused() {
    let table = "a,b,y\n1,2,3\n";
    let asked = Reading { features: Some(names(&["a", "y"])), ..reading() };
    assert_eq!(refuse(table, &asked), "t.csv:1: the column `y` is both target and feature; name it once");
    let asked = Reading { drop: names(&["y"]), ..reading() };
    assert_eq!(refuse(table, &asked), "t.csv:1: the column `y` is both target and dropped; name it once");
    let asked = Reading { features: Some(names(&["a"])), drop: names(&["a"]), ..reading() };
    assert_eq!(refuse(table, &asked), "t.csv:1: the column `a` is both feature and dropped; name it once");
}

#[test]
fn tables_without_features_are_refused() {
    let asked = Reading { drop: names(&["a"]), ..reading() };
    assert_eq!(refuse("a,y\n1,2\n", &asked), "t.csv:1: no feature is left; drop fewer columns, or name features with --features");
    let asked = Reading { one_hot: true, ..reading() };
    assert_eq!(refuse("a,y\np,2\np,3\n", &asked), "t.csv: has no feature left: every text column has one level; use other features");
}

#[test]
fn a_wrong_delimiter_is_suspected_where_there_is_one_column() {
    assert_eq!(
        refuse("a b y\n1 2 3\n", &reading()),
        "t.csv:1: only one column, `a b y`, was found with the comma as delimiter; name another delimiter with --delimiter"
    );
    assert_eq!(
        refuse("a,y\n1,2\n", &Reading { delimiter: Some(b'\t'), ..reading() }),
        "t.csv:1: only one column, `a,y`, was found with the tab as delimiter; name another delimiter with --delimiter"
    );
    for (delimiter, name) in [(b'"', "`\\\"`"), (b'1', "`1`"), (b'\n', "`\\n`"), (0xe9, "`é`")] {
        assert_eq!(
            refuse("a,y\n1,2\n", &Reading { delimiter: Some(delimiter), ..reading() }),
            format!("t.csv: cannot be split at {name}; name a delimiter that is no letter, digit, quote or part of a number")
        );
    }
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    assert_eq!(refuse(b"a,y\n1,2\nM\xfcnchen,3\n", &reading()), "t.csv:3: byte 10 is 0xfc, which is not UTF-8; save the file as UTF-8");
    assert_eq!(refuse(b"a,y\n1,\0\n", &reading()), "t.csv:2: byte 7 is NUL; give a table of plain text in UTF-8; this is another kind of file");
    let utf16: Vec<u8> = "a,y\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(refuse([&b"\xff\xfe"[..], &utf16].concat(), &reading()), "t.csv: the text is UTF-16; save the file as UTF-8");
    assert_eq!(refuse(utf16, &reading()), "t.csv: the text is UTF-16; save the file as UTF-8");
}

#[test]
fn files_that_cannot_be_read_are_refused() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("folder")).expect("a folder");
    let missing = Source::File(folder.path("nowhere.csv"));
    assert_eq!(refuse_rows(&folder, &halved(missing), &reading()), "nowhere.csv: does not exist; check the name and the folder");
    assert_eq!(refuse_rows(&folder, &halved(Source::File(folder.path("folder"))), &reading()), "folder: is a folder, not a table; name a file in it");
    assert_eq!(
        refuse_rows(&folder, &given(Source::StandardInput, Source::StandardInput), &reading()),
        "standard input: cannot be both the training and the test table; name a file for one of them"
    );
}

#[cfg(unix)]
#[test]
fn files_that_may_not_be_read_are_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let secret = folder.file("secret.csv", "a,y\n1,2\n");
    std::fs::set_permissions(folder.path("secret.csv"), std::fs::Permissions::from_mode(0o000)).expect("hidden");
    // Root may read everything.
    if std::fs::File::open(folder.path("secret.csv")).is_err() {
        let sentence = refuse_rows(&folder, &halved(secret), &reading());
        assert_eq!(sentence, "secret.csv: may not be read; change its permissions, or copy it to where you may read it");
    }
}

#[test]
fn damaged_gzip_files_are_refused() {
    let folder = Folder::new();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all("a,y\n1,2\n3,4\n".as_bytes()).expect("compressed");
    let bytes = encoder.finish().expect("compressed");
    let mut damaged = bytes.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xff;
    for bytes in [&bytes[..bytes.len() - 3], &damaged] {
        let sentence = refuse_rows(&folder, &halved(folder.file("t.csv.gz", bytes)), &reading());
        assert_eq!(sentence, "t.csv.gz: holds gzip data that are damaged or cut short; copy or compress the file again");
    }
    let plain = folder.file("plain.gz", "a,y\n1,2\n");
    assert_eq!(
        refuse_rows(&folder, &halved(plain), &reading()),
        "plain.gz: ends in .gz and is no gzip file; rename it if it is plain text, or compress it again"
    );
}

#[test]
fn test_tables_that_do_not_fit_are_refused() {
    let folder = Folder::new();
    let train = folder.file("train.csv", "a,c,y\n1,p,2\n2,q,3\n");
    let asked = Reading { one_hot: true, ..reading() };
    let refused = |text: &str| {
        let sentence = refuse_rows(&folder, &given(train.clone(), folder.file("test.csv", text)), &asked);
        sentence.replace(&format!("{}/", folder.0.path().display()), "")
    };
    assert_eq!(refused("a,y\n1,2\n"), "test.csv:1: the column `c` of train.csv is missing; add it; the columns here are `a`, `y`");
    assert_eq!(
        refused("a,c,y\n1,p,2\n1,r,2\n1,s,2\n"),
        "test.csv:3: the level `r` of column `c` does not occur in train.csv (the first of 2 such cells); correct it, or leave the column out with --drop c"
    );
    assert_eq!(refused("a,c,y\n"), "test.csv: has a header and no rows; add rows below the header");
    assert_eq!(
        refused("a,c,y\nx,p,2\n"),
        "test.csv:2: `x` in column `a` is no number; correct it, write NA if it is missing, or leave the column out with --drop a"
    );
}

#[test]
fn levels_of_test_rows_alone_are_refused() {
    let folder = Folder::new();
    let split = split::seeded(6, 0.5, 1).expect("a split");
    let only = split.test[0];
    let table: String = (0..6).map(|row| format!("{},{row}\n", if row == only { "rare" } else { "p" })).collect();
    let asked = Reading { one_hot: true, ..reading() };
    assert_eq!(
        refuse_rows(&folder, &halved(folder.file("t.csv", format!("c,y\n{table}"))), &asked),
        format!(
            "t.csv:{}: the level `rare` of column `c` stands in test rows only; choose other test rows, merge the level with another, or leave the column out with --drop c",
            only + 2
        )
    );
}

#[test]
fn a_refusal_is_data() {
    let folder = Folder::new();
    let table = folder.file("t.csv", "a,y\n1\n");
    let refusal = read(&halved(table), &reading(), &mut |_, _| {}).expect_err("ragged");
    let expected = Refusal {
        file: folder.path("t.csv"),
        line: Some(2),
        what: "the row has 1 cell, the header has 2".to_owned(),
        cure: "add or remove cells, or quote those that hold the delimiter".to_owned(),
    };
    assert_eq!(refusal, expected);
}

// Round trips.

/// How a table is written.
#[derive(Debug, Clone)]
struct Style {
    delimiter: u8,
    comma: bool,
    mark: bool,
    crlf: bool,
    quoted: bool,
    compressed: bool,
}

fn style() -> impl Strategy<Value = Style> {
    (prop::sample::select(b",;\t|".to_vec()), any::<[bool; 5]>()).prop_map(|(delimiter, [comma, mark, crlf, quoted, compressed])| {
        let comma = comma && delimiter != b',';
        Style { delimiter, comma, mark, crlf, quoted, compressed }
    })
}

impl Style {
    fn write(&self, dataset: &[Vec<f64>]) -> Vec<u8> {
        let end = if self.crlf { "\r\n" } else { "\n" };
        let delimiter = char::from(self.delimiter);
        let cell = |text: String| if self.quoted || text.contains(delimiter) { format!("\"{text}\"") } else { text };
        let number = |number: &f64| cell(if self.comma { format!("{number:e}").replace('.', ",") } else { format!("{number:?}") });
        let line = |cells: Vec<String>| cells.join(&delimiter.to_string()) + end;
        let width = dataset[0].len();
        let header = (0..width).map(|j| if j + 1 == width { "y".to_owned() } else { format!("name \"\"{j}\"\"{delimiter}") });
        let quoted = |name: String| if name == "y" { name } else { format!("\"{name}\"") };
        let mut text = if self.mark { "\u{feff}".to_owned() } else { String::new() };
        text += &line(header.map(quoted).collect());
        for row in dataset {
            text += &line(row.iter().map(number).collect());
        }
        if !self.compressed {
            return text.into_bytes();
        }
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).expect("compressed");
        encoder.finish().expect("compressed")
    }
}

fn finite() -> impl Strategy<Value = f64> {
    prop_oneof![any::<f64>().prop_filter("finite", |number| number.is_finite()), (-1000..1000_i32).prop_map(f64::from)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(
        table in (2..8_usize, 2..6_usize).prop_flat_map(|(rows, columns)| prop::collection::vec(prop::collection::vec(finite(), columns), rows)),
        style in style(),
    ) {
        let width = table[0].len();
        let ys: Vec<f64> = table.iter().map(|row| row[width - 1]).collect();
        prop_assume!(ys.iter().any(|&y| (y - ys[0]).abs() > 1e-9 * y.abs().max(ys[0].abs())));
        let folder = Folder::new();
        let file = folder.file("t", style.write(&table));
        let asked = Reading { decimal_comma: style.comma.then_some(true), ..reading() };
        let read = read(&given(file.clone(), file), &asked, &mut |_, _| {});
        let Dataset { train, test, features, .. } = read.map_err(|refusal| TestCaseError::fail(refusal.to_string()))?.dataset;
        prop_assert_eq!(features.len(), width - 1);
        prop_assert_eq!(&features[0], &format!("name \"0\"{}", char::from(style.delimiter)).trim().to_owned());
        for part in [train, test] {
            for (i, row) in table.iter().enumerate() {
                for (j, number) in row.iter().enumerate() {
                    let found = if j + 1 == width { part.y[(i, 0)] } else { part.x[(i, j)] };
                    prop_assert_eq!(found.to_bits(), number.to_bits(), "{} and {}", found, number);
                }
            }
        }
    }
}
