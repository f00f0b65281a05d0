//! What is read, and to which numbers.

use std::io::Write as _;

use attention_regression::Mat;
use attention_regression::data::split;
use attention_regression::table::{Encoded, Filled, Missing, Prepared, ReadOptions, Rows, read};

use super::{Folder, accept, given, halved, names, options, rows, x, y};

#[test]
fn a_plain_table_is_read_as_it_is_written() {
    let prepared = accept("a,y,b\n1,2,3\n-4.5,5e3,+.25\n", &options());
    assert_eq!(prepared.dataset.name, "t");
    assert_eq!(prepared.dataset.features, ["a", "b"]);
    assert_eq!(prepared.dataset.targets, ["y"]);
    assert_eq!(x(&prepared), [[1.0, 3.0], [-4.5, 0.25]]);
    assert_eq!(y(&prepared), [[2.0], [5000.0]]);
    assert_eq!(rows(&prepared.dataset.test.x), x(&prepared));
    let file = &prepared.provenance.files[0];
    assert_eq!(
        (file.rows, file.delimiter, file.decimal_comma, file.byte_order_mark, file.crlf, file.gzip),
        (2, ',', false, false, false, false)
    );
    let told = &prepared.provenance;
    assert!(file.dropped.is_empty() && told.encoded.is_empty() && told.filled.is_empty() && told.constant.is_empty());
}

#[test]
fn several_targets_and_named_features_come_in_the_order_asked_for() {
    let asked =
        ReadOptions { targets: names(&["c", "a"]), features: Some(names(&["d", "b"])), ..ReadOptions::default() };
    let prepared = accept("a,b,c,d,e\n1,2,3,4,x\n5,6,7,8,x\n", &asked);
    assert_eq!(
        (x(&prepared), y(&prepared)),
        (vec![vec![4.0, 2.0], vec![8.0, 6.0]], vec![vec![3.0, 1.0], vec![7.0, 5.0]])
    );
    assert_eq!(prepared.provenance.ignored, ["e"]);
}

#[test]
fn dropped_columns_may_hold_anything() {
    let long = "long ".repeat(20_000);
    let asked = ReadOptions { drop: names(&["note", "when"]), ..options() };
    let prepared = accept(format!("note,a,when,y\n{long},1,2020-01-01,2\n,3,,4\nNaN,5,1e999,7\n"), &asked);
    assert_eq!(x(&prepared), [[1.0], [3.0], [5.0]]);
    assert_eq!(prepared.provenance.ignored, ["note", "when"]);
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
        let prepared = accept(text, &options());
        assert_eq!(x(&prepared), [[1.5, 2.0], [4.0, 5.25]], "{text}");
        assert_eq!(
            (prepared.provenance.files[0].delimiter, prepared.provenance.files[0].decimal_comma),
            (delimiter, comma),
            "{text}"
        );
    }
}

#[test]
fn delimiters_and_decimal_commas_can_be_given() {
    let asked = ReadOptions { delimiter: Some(b':'), ..options() };
    assert_eq!(x(&accept("a:y\n1:2\n3:4\n", &asked)), [[1.0], [3.0]]);
    let asked = ReadOptions { decimal_comma: Some(true), ..options() };
    assert_eq!(x(&accept("a,y\n\"1,5\",2\n3,4\n", &asked)), [[1.5], [3.0]]);
}

#[test]
fn marks_line_ends_spaces_and_blank_lines_make_no_fuss() {
    let prepared = accept("\u{feff}\r\na , y\r\n 1 ,\u{a0}2\r\n\r\n\"3\", \"4\" \r\n\r\n  \r\n", &options());
    assert_eq!(
        (prepared.dataset.features.as_slice(), x(&prepared), y(&prepared)),
        (&names(&["a"])[..], vec![vec![1.0], vec![3.0]], vec![vec![2.0], vec![4.0]])
    );
    assert!(prepared.provenance.files[0].byte_order_mark && prepared.provenance.files[0].crlf);
    assert_eq!(x(&accept("a,y\r1,2\r3,4", &options())), [[1.0], [3.0]]);
}

#[test]
fn quoted_newlines_delimiters_and_quotes_belong_to_their_cell() {
    let asked = ReadOptions { one_hot: true, ..options() };
    let prepared = accept("\"a,\nb\",y\n\"p,\nq\",1\n\"say \"\"s\"\"\",2\n", &asked);
    assert_eq!(prepared.dataset.features, ["a,\nb=say \"s\""]);
    assert_eq!(
        prepared.provenance.encoded,
        [Encoded { column: "a,\nb".into(), reference: "p,\nq".into(), levels: names(&["say \"s\""]) }]
    );
}

/// Wherever a chunk of bytes ends.
#[test]
fn characters_that_are_cut_between_chunks_are_whole() {
    for shift in 0..4 {
        let long = format!("{}{}", "x".repeat(shift), "😀".repeat(200_000));
        let asked = ReadOptions { one_hot: true, ..options() };
        let prepared = accept(format!("c,y\np,1\n{long},2\n"), &asked);
        assert_eq!(prepared.provenance.encoded[0].levels, [long]);
    }
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
        let prepared = read(&given(source, plain.clone()), &options(), &mut |_, _| {}).expect("read");
        assert_eq!(x(&prepared), [[1.0], [3.0]]);
        assert!(prepared.provenance.files[0].gzip && !prepared.provenance.files[1].gzip);
    }
}

#[test]
fn wide_tables_and_few_rows_are_read() {
    let header: Vec<String> = (0..5000).map(|j| format!("x{j}")).collect();
    let row = |i: usize| (0..5000).map(|j| format!("{}", i * j)).collect::<Vec<_>>().join(",");
    let prepared = accept(format!("{},y\n{},1\n{},2\n", header.join(","), row(1), row(2)), &options());
    assert_eq!((prepared.dataset.train.d(), prepared.dataset.train.n()), (5000, 2));
    assert_eq!(prepared.dataset.train.x[(1, 4999)], 9998.0);
}

#[test]
fn any_scales_are_read() {
    let prepared = accept("a,b,y\n1e-12,1e12,1\n2e-12,-3e12,2\n", &options());
    assert_eq!(x(&prepared), [[1e-12, 1e12], [2e-12, -3e12]]);
    let extreme = accept("a,y\n1.7976931348623157e308,1\n5e-324,2\n", &options());
    assert_eq!(x(&extreme), [[f64::MAX], [5e-324]]);
}

#[test]
fn constant_features_are_noted() {
    let prepared = accept("a,b,c,y\n3,1,0.30000000000000004,1\n3,2,0.3,2\n3,4,0.3,5\n", &options());
    assert_eq!(prepared.provenance.constant, ["a", "c"]);
    assert_eq!(prepared.dataset.train.d(), 3);
    assert_eq!(accept("a,y\n1e308,1\n1e308,2\n1e308,3\n", &options()).provenance.constant, ["a"]);
}

#[test]
fn nameless_columns_at_the_edges_are_left_out() {
    let prepared = accept(",a,y,,\nrow 1,1,2,,\nrow 2,3,4,,\n", &options());
    assert_eq!(
        (prepared.dataset.features.as_slice(), prepared.provenance.nameless.as_slice()),
        (&names(&["a"])[..], &[1, 4, 5][..])
    );
}

#[test]
fn texts_become_indicators_where_asked() {
    let asked = ReadOptions { one_hot: true, ..options() };
    let prepared = accept("colour,b,y\nred,1,1\n blue ,2,2\ngreen,3,3\nred,4,4\n", &asked);
    assert_eq!(prepared.dataset.features, ["colour=green", "colour=red", "b"]);
    assert_eq!(x(&prepared), [[0.0, 1.0, 1.0], [0.0, 0.0, 2.0], [1.0, 0.0, 3.0], [0.0, 1.0, 4.0]]);
    assert_eq!(
        prepared.provenance.encoded,
        [Encoded { column: "colour".into(), reference: "blue".into(), levels: names(&["green", "red"]) }]
    );
}

#[test]
fn levels_of_dropped_rows_are_no_levels() {
    let asked = ReadOptions { one_hot: true, missing: Missing::Drop, ..options() };
    let prepared = accept("c,b,y\nq,1,1\na,NA,1\np,2,2\nq,3,4\n", &asked);
    assert_eq!(prepared.dataset.features, ["c=q", "b"]);
    assert_eq!(x(&prepared), [[1.0, 1.0], [0.0, 2.0], [1.0, 3.0]]);
}

#[test]
fn rows_with_missing_cells_are_dropped_and_counted() {
    let asked = ReadOptions { missing: Missing::Drop, drop: names(&["c"]), ..options() };
    let prepared = accept("a,c,y\n1,,2\nNA,1,3\n\n3,,n/a\nnull,,4\n?,1,5\n6,,7\n", &asked);
    assert_eq!((x(&prepared), y(&prepared)), (vec![vec![1.0], vec![6.0]], vec![vec![2.0], vec![7.0]]));
    assert_eq!(prepared.provenance.files[0].dropped, [3, 5, 6, 7]);
}

#[test]
fn missing_features_get_the_mean_of_training_rows_alone() {
    let folder = Folder::new();
    let train = folder.file("train.csv", "a,c,y\n1,p,1\n,q,2\n5,,3\n9,q,4\n");
    let test = folder.file("test.csv", "a,c,y\n,,1\n1000,p,2\n");
    let asked = ReadOptions { missing: Missing::Mean, one_hot: true, ..options() };
    let prepared = read(&given(train, test), &asked, &mut |_, _| {}).expect("read");
    assert_eq!(x(&prepared), [[1.0, 0.0], [5.0, 1.0], [5.0, 2.0 / 3.0], [9.0, 1.0]]);
    assert_eq!(rows(&prepared.dataset.test.x), [[5.0, 2.0 / 3.0], [1000.0, 0.0]]);
    let filled = |feature: &str, mean, train, test| Filled { feature: feature.to_owned(), mean, train, test };
    assert_eq!(prepared.provenance.filled, [filled("a", 5.0, 1, 1), filled("c=q", 2.0 / 3.0, 1, 1)]);
}

#[test]
fn means_of_huge_numbers_are_numbers() {
    let asked = ReadOptions { missing: Missing::Mean, ..options() };
    assert_eq!(x(&accept("a,y\n1.5e308,1\n1.5e308,2\n,3\n", &asked))[2], [1.5e308]);
}

#[test]
fn a_split_is_the_seeded_one_and_fills_after_it() {
    let folder = Folder::new();
    let table: String = (0..10).map(|i| if i == 3 { format!(",{i}\n") } else { format!("{},{i}\n", i * i) }).collect();
    let source = folder.file("t.csv", format!("a,y\n{table}"));
    let asked = ReadOptions { missing: Missing::Mean, ..options() };
    let Prepared { dataset, provenance } =
        read(&Rows::Split { source, test_fraction: 0.3, seed: 7 }, &asked, &mut |_, _| {}).expect("read");
    let split = split::seeded(10, 0.3, 7).expect("a split");
    let order = |rows: &[usize]| rows.iter().map(|&row| row as f64).collect::<Vec<_>>();
    let column = |matrix: &Mat<f64>| (0..matrix.nrows()).map(|i| matrix[(i, 0)]).collect::<Vec<_>>();
    assert_eq!((column(&dataset.train.y), column(&dataset.test.y)), (order(&split.train), order(&split.test)));
    let known: Vec<f64> = split.train.iter().filter(|&&row| row != 3).map(|&row| (row * row) as f64).collect();
    assert_eq!(provenance.filled[0].mean, known.iter().sum::<f64>() / known.len() as f64);
}

#[test]
fn a_test_table_may_have_its_own_order_and_dialect() {
    let folder = Folder::new();
    let train = folder.file("train.csv", "a;b;y\n1,5;2;3\n4;5;6,5\n");
    let test = folder.file("test.csv", "extra\ty\tb\ta\nx\t1\t2\t3\n");
    let prepared = read(&given(train, test), &options(), &mut |_, _| {}).expect("read");
    assert_eq!(
        (rows(&prepared.dataset.test.x), rows(&prepared.dataset.test.y)),
        (vec![vec![3.0, 2.0]], vec![vec![1.0]])
    );
    assert_eq!((prepared.provenance.files[1].delimiter, prepared.provenance.files[1].decimal_comma), ('\t', true));
}

#[test]
fn progress_ends_with_the_whole_file() {
    let folder = Folder::new();
    let text = format!("a,y\n{}", "1,2\n3,4\n".repeat(100_000));
    let table = folder.file("t.csv", &text);
    let mut seen = Vec::new();
    read(&halved(table), &options(), &mut |bytes, total| seen.push((bytes, total))).expect("read");
    let size = text.len() as u64;
    assert_eq!(seen.last(), Some(&(size, Some(size))));
    assert!(seen.len() > 2 && seen.is_sorted());
}
