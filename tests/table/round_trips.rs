//! What is written, in any dialect, is read to the last bit.

use std::io::Write as _;

use attention_regression::data::Dataset;
use attention_regression::table::{ReadOptions, read};
use proptest::prelude::*;

use super::{Folder, given, options};

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
    (prop::sample::select(b",;\t|".to_vec()), any::<[bool; 5]>()).prop_map(
        |(delimiter, [comma, mark, crlf, quoted, compressed])| {
            let comma = comma && delimiter != b',';
            Style { delimiter, comma, mark, crlf, quoted, compressed }
        },
    )
}

impl Style {
    fn write(&self, dataset: &[Vec<f64>]) -> Vec<u8> {
        let end = if self.crlf { "\r\n" } else { "\n" };
        let delimiter = char::from(self.delimiter);
        let cell = |text: String| if self.quoted || text.contains(delimiter) { format!("\"{text}\"") } else { text };
        let number = |number: &f64| {
            cell(if self.comma { format!("{number:e}").replace('.', ",") } else { format!("{number:?}") })
        };
        let line = |cells: Vec<String>| cells.join(&delimiter.to_string()) + end;
        let width = dataset[0].len();
        let header =
            (0..width).map(|j| if j + 1 == width { "y".to_owned() } else { format!("name \"\"{j}\"\"{delimiter}") });
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
        let asked = ReadOptions { decimal_comma: style.comma.then_some(true), ..options() };
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
