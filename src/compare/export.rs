//! Every matrix of a comparison for NumPy: `.npy` files, and a manifest that says what each one is.
//!
//! Matrices are those of the scaled data. What has a row for each training row is on the rows that softmax attends to,
//! `sample` where they are not all. Whitened variants look at `x_train @ whitening`.

use npyz::WriterBuilder as _;
use serde::Serialize;

use super::document::SCHEMA;
use crate::attention::scores;
use crate::experiment::{Comparison, Run, Scores};
use crate::linalg::{column, count, entries};
use crate::publish::{Folder, FolderError, harmless_json};
use crate::{Mat, MatRef};

/// The name of the manifest in a folder of matrices.
const MANIFEST: &str = "manifest.json";

/// What stands in a folder of matrices.
#[derive(Debug, Serialize)]
struct Manifest<'a> {
    /// The name and version of the document beside it.
    schema: &'a str,
    /// Names of the columns of X.
    features: &'a [String],
    /// Names of the columns of y.
    targets: &'a [String],
    /// p, which linear weights divide scores by, and softmax takes the root of.
    head_width: usize,
    /// Every file.
    arrays: Vec<Array>,
}

/// One `.npy` file: 64-bit floats in Fortran order.
#[derive(Debug, Serialize)]
struct Array {
    file: String,
    shape: [usize; 2],
    /// What it is.
    what: String,
}

/// Why matrices were not exported.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExportError {
    /// They cannot be computed.
    #[error(transparent)]
    Numbers(#[from] crate::Error),
    /// They cannot be written.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

/// Writes the matrices of a comparison and its runs into a folder, with a manifest.
///
/// # Errors
/// A file cannot be written, or a matrix cannot be computed.
pub(super) fn export(folder: &Folder, comparison: &Comparison, runs: &[Run]) -> Result<(), ExportError> {
    let mut arrays = Arrays { folder, written: Vec::new() };
    let (data, context) = (comparison.data(), comparison.context());
    arrays.write("x_train", context.train.x.as_ref(), "X, the scaled training rows")?;
    arrays.write("y_train", context.train.y.as_ref(), "Y, their scaled targets")?;
    arrays.write("x_test", data.test.x.as_ref(), "X*, the scaled test rows")?;
    arrays.write("y_test", data.test.y.as_ref(), "their scaled targets")?;
    if let Some(rows) = comparison.context_rows() {
        let rows: Vec<f64> = rows.iter().map(|&row| count(row)).collect();
        arrays.write("sample", column(&rows).as_ref(), "numbers of these rows among all training rows, from 0")?;
    }
    arrays.write("whitening", comparison.whitening(), "K with KᵀΣ̂K = I on all training rows: whitened rows are XK")?;
    arrays.write("h", comparison.hat(), "H = X(XᵀX + λI)⁻¹Xᵀ on these rows")?;
    let ridge = comparison.ridge();
    arrays.write("ridge_coefficients", ridge.coefficients(), "ridge's coefficients, fitted on all training rows")?;
    arrays.write(
        "ridge_test",
        ridge.predict(data.test.x.as_ref()).as_ref(),
        "ridge's predictions for the test rows",
    )?;
    for run in runs {
        variant(&mut arrays, comparison, run)?;
    }
    let (features, targets, head_width) = (&data.features, &data.targets, comparison.width());
    let manifest = Manifest { schema: SCHEMA, features, targets, head_width, arrays: arrays.written };
    let json = serde_json::to_string_pretty(&manifest);
    let json = json.map_err(|error| FolderError::Io { path: MANIFEST.into(), error: error.into() })?;
    Ok(folder.write(MANIFEST, harmless_json(&json).as_bytes())?)
}

fn variant(arrays: &mut Arrays<'_>, comparison: &Comparison, run: &Run) -> Result<(), ExportError> {
    let Some(trained) = run.trained() else { return Ok(()) };
    let (head, variant) = (&trained.head, run.variant);
    let x = comparison.rows(variant).train.x.as_ref();
    // Such as `softmax-whitened-tied-seed-1/wq`.
    let place = |name: &str| format!("{}-seed-{}/{name}", variant.name().replace(", ", "-"), run.seed);
    arrays.write(&place("wq"), head.query_weights(), "Wq")?;
    arrays.write(&place("wk"), head.key_weights(), "Wk")?;
    arrays.write(&place("form"), head.form().as_ref(), "WqWkᵀ")?;
    arrays.write(
        &place("scores"),
        scores(head.queries(x).as_ref(), head.keys(x).as_ref()).as_ref(),
        "QKᵀ on the training rows",
    )?;
    arrays.write(&place("weights"), comparison.weights(variant, head)?.as_ref(), "A on the training rows")?;
    let [train, test]: [Mat<f64>; 2] = comparison.predict(variant, head, comparison.context().train.y.as_ref())?;
    arrays.write(&place("predictions_train"), train.as_ref(), "AY, for the training rows")?;
    // Without softmax the test rows are predicted from all training rows, whatever is a sample of them.
    let test = if variant.scores == Scores::Linear { comparison.predictions(variant, head)?[1].clone() } else { test };
    arrays.write(&place("predictions_test"), test.as_ref(), "predictions for the test rows")?;
    arrays.write(
        &place("effective_weights"),
        comparison.effective_weights(variant, head).as_ref(),
        "WXᵀY/p on unwhitened features",
    )?;
    Ok(())
}

struct Arrays<'a> {
    folder: &'a Folder,
    written: Vec<Array>,
}

impl Arrays<'_> {
    fn write(&mut self, name: &str, matrix: MatRef<'_, f64>, what: &str) -> Result<(), FolderError> {
        let file = format!("{name}.npy");
        let shape = [matrix.nrows(), matrix.ncols()];
        self.folder
            .write(&file, &npy(matrix).map_err(|error| FolderError::Io { path: file.clone().into(), error })?)?;
        self.written.push(Array { file, shape, what: what.to_owned() });
        Ok(())
    }
}

/// The bytes of a `.npy` file.
fn npy(matrix: MatRef<'_, f64>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let shape = [matrix.nrows() as u64, matrix.ncols() as u64];
    let mut writer = npyz::WriteOptions::new()
        .default_dtype()
        .shape(&shape)
        .order(npyz::Order::Fortran)
        .writer(&mut bytes)
        .begin_nd()?;
    writer.extend(entries(matrix))?;
    writer.finish()?;
    Ok(bytes)
}
