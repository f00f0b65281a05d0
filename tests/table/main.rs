//! A user's table as it is met outside: what is read and to which numbers, what is refused and in which words.

mod read;
mod refused;
mod round_trips;

use std::path::PathBuf;

use attention_regression::Mat;
use attention_regression::diagnostic::Diagnostic;
use attention_regression::table::{Prepared, ReadOptions, Rows, Source, read};
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
    fn sentence(&self, refusal: &Diagnostic) -> String {
        refusal.to_string().replace(&format!("{}/", self.0.path().display()), "")
    }
}

/// Targets `y`, and everything else by default.
fn options() -> ReadOptions {
    ReadOptions { targets: vec!["y".to_owned()], ..ReadOptions::default() }
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

fn accept(bytes: impl AsRef<[u8]>, options: &ReadOptions) -> Prepared {
    let folder = Folder::new();
    let table = folder.file("t.csv", bytes);
    read(&given(table.clone(), table), options, &mut |_, _| {})
        .unwrap_or_else(|refusal| panic!("{}", folder.sentence(&refusal)))
}

fn refuse(bytes: impl AsRef<[u8]>, options: &ReadOptions) -> String {
    let folder = Folder::new();
    let table = folder.file("t.csv", bytes);
    refuse_rows(&folder, &given(table.clone(), table), options)
}

fn refuse_rows(folder: &Folder, rows: &Rows, options: &ReadOptions) -> String {
    folder.sentence(&read(rows, options, &mut |_, _| {}).expect_err("a refusal"))
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
