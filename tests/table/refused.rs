//! What is refused, in which words, and by which line.

use std::io::Write as _;

use attention_regression::data::split;
use attention_regression::diagnostic::Diagnostic;
use attention_regression::table::{Missing, ReadOptions, Rows, Source, read};

use super::{Folder, accept, given, halved, names, options, refuse, refuse_rows, x};

#[test]
fn empty_tables_are_refused() {
    assert_eq!(refuse("", &options()), "t.csv: is empty; give a table with a header and rows");
    assert_eq!(refuse("\u{feff}\n  \r\n", &options()), "t.csv: is empty; give a table with a header and rows");
    assert_eq!(refuse("a,y\n", &options()), "t.csv: has a header and no rows; add rows below the header");
}

#[test]
fn tables_too_small_to_split_are_refused() {
    let folder = Folder::new();
    for (rows, text) in [("1 row", "a,y\n1,2\n"), ("2 rows", "a,y\n1,2\n3,4\n")] {
        let table = folder.file("t.csv", text);
        assert_eq!(
            refuse_rows(&folder, &halved(table), &options()),
            format!(
                "t.csv: has {rows}, which a test fraction of 0.5 does not split into at least 2 to fit and 1 to test; add rows, or change --test-fraction"
            )
        );
    }
    assert_eq!(refuse("a,y\n1,2\n", &options()), "t.csv: has 1 row to fit; give at least 2");
    let table = folder.file("t.csv", "a,y\n1,2\n3,4\n5,6\n");
    for fraction in [0.0, 1.0, -0.5, f64::NAN] {
        assert_eq!(
            refuse_rows(&folder, &Rows::Split { source: table.clone(), test_fraction: fraction, seed: 1 }, &options()),
            format!(
                "t.csv: cannot be split with a test fraction of {fraction}; give one above 0 and below 1 with --test-fraction"
            )
        );
    }
}

#[test]
fn ragged_rows_are_named_by_line_and_length() {
    assert_eq!(
        refuse("a,b,y\n1,2,3\n\n1,2\n", &options()),
        "t.csv:4: the row has 2 cells, the header has 3; add or remove cells, or quote those that hold the delimiter"
    );
    assert_eq!(
        refuse("a,y\n1,2,3,4\n", &options()),
        "t.csv:2: the row has 4 cells, the header has 2; add or remove cells, or quote those that hold the delimiter"
    );
    assert_eq!(
        refuse("a,b,y\n1,\"2,3\n4,5,6\n\"7,8,9\n", &options()),
        "t.csv:2: the row has 4 cells, the header has 3; the row runs to line 4, so look for a quote that is not closed"
    );
}

#[test]
fn quotes_that_stay_open_are_named_by_their_line() {
    for (text, line) in [
        ("a,y\n1,2\n\"3,4\n5,6\n", 3),
        ("a,y\n1,2\n3,\"4", 3),
        ("a,\"y\n1,2\n3,4\n", 1),
        ("a,b,y\n\"1\n\",\"2,3\n", 3),
        ("a,y\r\n1,2\r\n\"3,4\r\n", 3),
    ] {
        assert_eq!(
            refuse(text, &options()),
            format!(
                "t.csv:{line}: a quote that opens here is never closed; close it, or write a quote inside a quoted cell twice"
            )
        );
    }
    let far = format!("a;y\n{}\"3;4\n", "1;2\n".repeat(1000));
    assert_eq!(
        refuse(far, &options()),
        "t.csv:1002: a quote that opens here is never closed; close it, or write a quote inside a quoted cell twice"
    );
}

#[test]
fn cells_that_are_no_numbers_are_named() {
    // Lines are counted where they end as on an old Macintosh.
    assert_eq!(
        refuse("a,y\r1,2\rabc,3\r4,5\r", &options()),
        "t.csv:3: `abc` in column `a` is no number; correct it, write NA if it is missing, or leave the column out with --drop a"
    );
    assert_eq!(
        refuse("a,y\n1,2\nabc,3\n4,5\n", &options()),
        "t.csv:3: `abc` in column `a` is no number; correct it, write NA if it is missing, or leave the column out with --drop a"
    );
    assert_eq!(
        refuse(
            "a b,y\n1,2\n\"\n\",4\n1 000,5\n6,-\n7,8\n9,x\n9,9\n9,9\n",
            &ReadOptions { missing: Missing::Drop, ..options() }
        ),
        "t.csv:5: `1 000` in column `a b` is no number (the first of 3 such cells); correct it, write NA if it is missing, or leave the column out with --drop 'a b'"
    );
    assert_eq!(
        refuse("a,y\n1,2\n2,\u{1b}[31m\"red\"\n3,4\n4,5\n", &options()),
        "t.csv:3: `\\u{1b}[31m\"red\"` in column `y` is no number; correct it, write NA if it is missing"
    );
    assert_eq!(
        refuse(format!("a,y\n1,2\n{},3\n4,5\n", "x".repeat(100_000)), &options()),
        format!(
            "t.csv:3: `{}…` in column `a` is no number; correct it, write NA if it is missing, or leave the column out with --drop a",
            "x".repeat(40)
        )
    );
    assert_eq!(
        refuse("a,b,y\n1,\"p\n\nq\",x\n1,2,3\n1,2,3\n", &ReadOptions { drop: names(&["b"]), ..options() }),
        "t.csv:4: `x` in column `y` is no number; correct it, write NA if it is missing"
    );
}

#[test]
fn decimal_commas_that_were_not_found_are_suspected() {
    let plain = "1,2\n3,4\n".repeat(100);
    assert_eq!(
        refuse(format!("a,y\n{plain}\"1,5\",2\n"), &options()),
        "t.csv:202: `1,5` in column `a` is no number; say --decimal-comma if the comma is a decimal sign, or write numbers without separators"
    );
    assert_eq!(
        refuse("a|y\n1,500|2\n2,250|3\n", &options()),
        "t.csv:2: `1,500` in column `a` is no number (the first of 2 such cells); say --decimal-comma if the comma is a decimal sign, or write numbers without separators"
    );
    for asked in [options(), ReadOptions { one_hot: true, ..options() }] {
        assert_eq!(
            refuse("a,y\n\"1,5\",2\n\"2,5\",3\n", &asked),
            "t.csv:2: `1,5` in column `a` is no number (the first of 2 such cells); say --decimal-comma if the comma is a decimal sign, or write numbers without separators"
        );
    }
    let asked = ReadOptions { one_hot: true, decimal_comma: Some(false), ..options() };
    assert_eq!(accept("a,y\n\"1,5\",2\n\"2,5\",3\n", &asked).dataset.features, ["a=2,5"]);
    assert_eq!(
        refuse("a;y\n1,5;2\n2.5;3\n4,5;4\n", &ReadOptions { decimal_comma: Some(true), ..options() }),
        "t.csv:3: `2.5` in column `a` is no number with a decimal comma; correct it, write NA if it is missing, or leave the column out with --drop a"
    );
}

#[test]
fn text_columns_are_refused_by_name() {
    assert_eq!(
        refuse("a,colour,y\n1,red,2\n3,7,4\n5,blue,6\n", &options()),
        "t.csv:2: the column `colour` holds text such as `red`; encode its levels as numbers with --one-hot, or leave it out with --drop colour"
    );
    assert_eq!(
        refuse("a,colour,y,the shape\n1,red,2,o\n3,blue,4,x\n", &options()),
        "t.csv:2: the columns `colour`, `the shape` hold text such as `red`; encode their levels as numbers with --one-hot, or leave them out with --drop colour --drop 'the shape'"
    );
    let asked = ReadOptions { one_hot: true, ..options() };
    assert_eq!(
        refuse("a,y\n1,yes\n3,no\n", &asked),
        "t.csv:2: the target `y` holds text such as `yes`; choose a target of numbers with --target"
    );
}

#[test]
fn a_few_texts_among_numbers_are_no_levels() {
    let asked = ReadOptions { one_hot: true, ..options() };
    assert_eq!(
        refuse("a,c,y\n1,p,2\n2,q,3\nx,p,4\n", &asked),
        "t.csv:4: `x` in column `a` is no number; correct it, write NA if it is missing, or leave the column out with --drop a"
    );
}

#[test]
fn columns_of_too_many_levels_are_refused() {
    let keys: String = (0..1001).map(|i| format!("key{i},{i}\n")).collect();
    let asked = ReadOptions { one_hot: true, ..options() };
    assert_eq!(
        refuse(format!("id,y\n{keys}"), &asked),
        "t.csv:1002: `key1000` in column `id` is one more than the 1000 levels that can be encoded; leave the column out with --drop id, or merge levels"
    );
}

#[test]
fn numbers_that_are_not_finite_are_refused() {
    for text in ["NaN", "inf", "-Infinity"] {
        assert_eq!(
            refuse(
                format!("a,y\n1,2\n{text},3\n{text},4\n5,5\n"),
                &ReadOptions { missing: Missing::Drop, ..options() }
            ),
            format!(
                "t.csv:3: `{text}` in column `a` is not a finite number (the first of 2 such cells); correct it, write NA if it is missing, or leave the column out with --drop a"
            )
        );
    }
    assert_eq!(
        refuse("a,y\n1,2\n1,-1e999\n", &options()),
        "t.csv:3: `-1e999` in column `y` is larger than any number there is; correct it, write NA if it is missing"
    );
}

#[test]
fn missing_cells_are_refused_unless_told_otherwise() {
    assert_eq!(
        refuse("a,b,y\n1,2,3\n1,,3\nNA,2,?\n", &options()),
        "t.csv:3: the cell in column `b` is missing (the first of 3 missing cells); leave such rows out with --missing drop, or fill in training means with --missing mean"
    );
    assert_eq!(
        refuse("a,y\n1,2\n,2\n3,\n", &ReadOptions { missing: Missing::Mean, ..options() }),
        "t.csv:4: the target `y` is missing; a target cannot be filled in: leave such rows out with --missing drop"
    );
    assert_eq!(
        refuse("a,b,y\n1,,2\n,,3\n", &ReadOptions { missing: Missing::Drop, ..options() }),
        "t.csv: every row has a missing cell, 2 of 2 in column `b`; leave out columns that are mostly missing with --drop, or fill in with --missing mean"
    );
    assert_eq!(
        refuse("a,b,y\n1,,2\n3,,3\n", &ReadOptions { missing: Missing::Mean, ..options() }),
        "t.csv: the column `b` has no value in any training row; leave it out with --drop b"
    );
}

#[test]
fn constant_targets_are_refused() {
    assert_eq!(
        refuse("a,y\n1,3\n2,3\n", &options()),
        "t.csv: the target `y` is 3 in all 2 training rows; choose a target that varies with --target"
    );
    assert_eq!(
        refuse("a,y\n1,0.3\n2,0.30000000000000004\n", &options()),
        "t.csv: the target `y` varies by rounding only, from 0.3 to 0.30000000000000004 in 2 training rows; choose a target that varies with --target"
    );
}

#[test]
fn headers_that_do_not_name_columns_are_refused() {
    assert_eq!(
        refuse("\na,b,a,y\n1,2,3,4\n", &options()),
        "t.csv:2: the name `a` stands over columns 1 and 3; rename one of them"
    );
    assert_eq!(refuse("a,,y\n1,2,3\n", &options()), "t.csv:1: column 2 has no name; give it one in the header");
    let asked = ReadOptions { one_hot: true, ..options() };
    assert_eq!(
        refuse("c,c=q,y\np,1,2\nq,2,3\n", &asked),
        "t.csv: two features are called `c=q`, one of them an indicator; rename a column or a level"
    );
    assert_eq!(
        x(&accept("a,b,a,y\n1,2,3,4\n5,6,7,8\n", &ReadOptions { drop: names(&["a"]), ..options() })),
        [[2.0], [6.0]]
    );
}

#[test]
fn columns_that_are_not_there_are_refused_with_the_nearest_names() {
    let table = "Price,prize,area,y1\n1,2,3,4\n";
    let with = |target: &str| refuse(table, &ReadOptions { targets: names(&[target]), ..ReadOptions::default() });
    assert_eq!(
        with("price"),
        "t.csv:1: there is no column `price` (named as a target); did you mean one of `Price`, `prize`?"
    );
    assert_eq!(with("y"), "t.csv:1: there is no column `y` (named as a target); did you mean `y1`?");
    assert_eq!(
        with("income"),
        "t.csv:1: there is no column `income` (named as a target); the columns are `Price`, `prize`, `area`, `y1`"
    );
    let asked = ReadOptions { targets: names(&["y1"]), features: Some(names(&["are"])), ..ReadOptions::default() };
    assert_eq!(refuse(table, &asked), "t.csv:1: there is no column `are` (named as a feature); did you mean `area`?");
    let asked = ReadOptions { targets: names(&["y1"]), drop: names(&["zone"]), ..ReadOptions::default() };
    assert_eq!(
        refuse(table, &asked),
        "t.csv:1: there is no column `zone` (named as a column to drop); the columns are `Price`, `prize`, `area`, `y1`"
    );
}

#[test]
fn a_target_must_be_named() {
    let many: Vec<String> = (1..=10).map(|j| format!("x{j}")).collect();
    assert_eq!(
        refuse(format!("{}\n{}\n", many.join(","), ["1"; 10].join(",")), &ReadOptions::default()),
        "t.csv:1: no target is named; choose one with --target; the columns are `x1`, `x2`, `x3`, `x4`, `x5`, `x6`, `x7`, `x8` and 2 more"
    );
}

#[test]
fn columns_with_two_roles_are_refused() {
    let table = "a,b,y\n1,2,3\n";
    let asked = ReadOptions { features: Some(names(&["a", "y"])), ..options() };
    assert_eq!(refuse(table, &asked), "t.csv:1: the column `y` is both target and feature; name it once");
    let asked = ReadOptions { drop: names(&["y"]), ..options() };
    assert_eq!(refuse(table, &asked), "t.csv:1: the column `y` is both target and dropped; name it once");
    let asked = ReadOptions { features: Some(names(&["a"])), drop: names(&["a"]), ..options() };
    assert_eq!(refuse(table, &asked), "t.csv:1: the column `a` is both feature and dropped; name it once");
}

#[test]
fn tables_without_features_are_refused() {
    let asked = ReadOptions { drop: names(&["a"]), ..options() };
    assert_eq!(
        refuse("a,y\n1,2\n", &asked),
        "t.csv:1: no feature is left; drop fewer columns, or name features with --features"
    );
    let asked = ReadOptions { one_hot: true, ..options() };
    assert_eq!(
        refuse("a,y\np,2\np,3\n", &asked),
        "t.csv: has no feature left: every text column has one level; use other features"
    );
}

#[test]
fn a_wrong_delimiter_is_suspected_where_there_is_one_column() {
    assert_eq!(
        refuse("a b y\n1 2 3\n", &options()),
        "t.csv:1: only one column, `a b y`, was found with the comma as delimiter; name another delimiter with --delimiter"
    );
    assert_eq!(
        refuse("a,y\n1,2\n", &ReadOptions { delimiter: Some(b'\t'), ..options() }),
        "t.csv:1: only one column, `a,y`, was found with the tab as delimiter; name another delimiter with --delimiter"
    );
    for (delimiter, name) in [(b'"', "`\\\"`"), (b'1', "`1`"), (b'\n', "`\\n`"), (0xe9, "`é`")] {
        assert_eq!(
            refuse("a,y\n1,2\n", &ReadOptions { delimiter: Some(delimiter), ..options() }),
            format!(
                "t.csv: cannot be split at {name}; name a delimiter that is no letter, digit, quote or part of a number"
            )
        );
    }
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    assert_eq!(
        refuse(b"a,y\n1,2\nM\xfcnchen,3\n", &options()),
        "t.csv:3: byte 10 is 0xfc, which is not UTF-8; save the file as UTF-8"
    );
    assert_eq!(
        refuse(b"a,y\n1,\0\n", &options()),
        "t.csv:2: byte 7 is NUL; give a table of plain text in UTF-8; this is another kind of file"
    );
    let far = [format!("a,y\n{}", "1,2\n".repeat(100_000)).as_bytes(), b"M\xfc,3\n"].concat();
    assert_eq!(
        refuse(far, &options()),
        "t.csv:100002: byte 400006 is 0xfc, which is not UTF-8; save the file as UTF-8"
    );
    let cut = [b"\xef\xbb\xbfa,y\n1,2\n".as_slice(), b"3,\xf0\x9f"].concat();
    assert_eq!(refuse(cut, &options()), "t.csv:3: byte 14 is 0xf0, which is not UTF-8; save the file as UTF-8");
    let utf16: Vec<u8> = "a,y\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(
        refuse([&b"\xff\xfe"[..], &utf16].concat(), &options()),
        "t.csv: the text is UTF-16; save the file as UTF-8"
    );
    assert_eq!(refuse(utf16, &options()), "t.csv: the text is UTF-16; save the file as UTF-8");
}

#[test]
fn files_that_cannot_be_read_are_refused() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("folder")).expect("a folder");
    let missing = Source::File(folder.path("nowhere.csv"));
    assert_eq!(
        refuse_rows(&folder, &halved(missing), &options()),
        "nowhere.csv: does not exist; check the name and the folder"
    );
    assert_eq!(
        refuse_rows(&folder, &halved(Source::File(folder.path("folder"))), &options()),
        "folder: is a folder, not a table; name a file in it"
    );
    assert_eq!(
        refuse_rows(&folder, &given(Source::StandardInput, Source::StandardInput), &options()),
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
        let sentence = refuse_rows(&folder, &halved(secret), &options());
        assert_eq!(
            sentence,
            "secret.csv: may not be read; change its permissions, or copy it to where you may read it"
        );
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
        let sentence = refuse_rows(&folder, &halved(folder.file("t.csv.gz", bytes)), &options());
        assert_eq!(
            sentence,
            "t.csv.gz: holds gzip data that are damaged or cut short; copy or compress the file again"
        );
    }
    let plain = folder.file("plain.gz", "a,y\n1,2\n");
    assert_eq!(
        refuse_rows(&folder, &halved(plain), &options()),
        "plain.gz: ends in .gz and is no gzip file; rename it if it is plain text, or compress it again"
    );
}

#[test]
fn test_tables_that_do_not_fit_are_refused() {
    let folder = Folder::new();
    let train = folder.file("train.csv", "a,c,y\n1,p,2\n2,q,3\n");
    let asked = ReadOptions { one_hot: true, ..options() };
    let refused = |text: &str| {
        let sentence = refuse_rows(&folder, &given(train.clone(), folder.file("test.csv", text)), &asked);
        sentence.replace(&format!("{}/", folder.0.path().display()), "")
    };
    assert_eq!(
        refused("a,y\n1,2\n"),
        "test.csv:1: the column `c` of train.csv is missing; add it; the columns here are `a`, `y`"
    );
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
    let asked = ReadOptions { one_hot: true, ..options() };
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
    let refusal = read(&halved(table), &options(), &mut |_, _| {}).expect_err("ragged");
    let (what, cure) =
        ("the row has 1 cell, the header has 2", "add or remove cells, or quote those that hold the delimiter");
    assert_eq!(refusal, Diagnostic::at(folder.path("t.csv"), 2, what, cure));
}
