//! What a trained variant predicts, and the effective weights in which linear attention is a regression.

use faer::{Mat, MatRef};

use super::train::sees_factor;
use super::{Comparison, Scores, Variant};
use crate::Result;
use crate::attention::{Diagonal, Head, linear};
use crate::data::Table;
use crate::linalg::count;

impl Comparison {
    /// The predictions of a variant from `values` on the training rows that softmax attends to: for these rows, and for
    /// the test rows.
    ///
    /// # Errors
    /// Those of [`Normalisation::output`](crate::attention::Normalisation::output).
    pub fn predict(&self, variant: Variant, head: &Head, values: MatRef<'_, f64>) -> Result<[Mat<f64>; 2]> {
        let rows = self.rows(variant);
        let (x, new) = (rows.train.x.as_ref(), rows.test.x.as_ref());
        let (keys, normalisation) = (head.keys(x), variant.normalisation(self.width()));
        let ask = |queries: MatRef<'_, f64>, diagonal| {
            normalisation.output(head.queries(queries).as_ref(), keys.as_ref(), values, diagonal)
        };
        Ok([ask(x, variant.diagonal)?, ask(new, Diagonal::Kept)?])
    }

    /// The predictions of a trained variant from the targets: for the training rows, all of them or where it has a
    /// softmax those that it attends to, and for the test rows.
    ///
    /// # Errors
    /// Those of [`Comparison::predict`].
    pub fn predictions(&self, variant: Variant, head: &Head) -> Result<[Mat<f64>; 2]> {
        if sees_factor(variant) {
            let weights = self.effective_weights(variant, head);
            return Ok([&self.data.train.x * &weights, &self.data.test.x * &weights]);
        }
        self.predict(variant, head, self.context.train.y.as_ref())
    }

    /// The training rows whose predictions [`Comparison::predictions`] returns.
    pub(super) fn fitted_rows(&self, variant: Variant) -> &Table {
        if sees_factor(variant) { &self.data.train } else { &self.context.train }
    }

    /// WXᵀY/p in the coordinates of the unwhitened rows, d×m: the post's effective weights. For softmax over the rows
    /// that it attends to, for linear attention over all.
    pub fn effective_weights(&self, variant: Variant, head: &Head) -> Mat<f64> {
        let (form, scale) = (head.form(), 1.0 / count(self.width()));
        let weights = if variant.scores == Scores::Linear {
            let factor = self.seen(variant, &self.factor);
            linear::effective_weights(form.as_ref(), factor.x.as_ref(), factor.y.as_ref(), scale)
        } else {
            let rows = &self.rows(variant).train;
            linear::effective_weights(form.as_ref(), rows.x.as_ref(), rows.y.as_ref(), scale)
        };
        let mut weights = if variant.whitened { &self.whitening * weights } else { weights };
        // The initial weight of a feature that never varies was never asked for.
        for feature in
            (0..weights.nrows()).filter(|&feature| self.factor.x.col(feature).iter().all(|&entry| entry == 0.0))
        {
            weights.row_mut(feature).iter_mut().for_each(|weight| *weight = 0.0);
        }
        weights
    }
}
