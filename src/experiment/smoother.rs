//! Attention's matrix A beside ridge's hat matrix H: alignment, size, overlap, and the signature of each.
//!
//! Both are n×n on the rows that softmax attends to. On all training rows X = QR, R their factor, H and the A of linear
//! attention are QCQᵀ with a small C, from which whatever does not depend on the basis is read.

use faer::{Mat, MatRef, Scale};

use super::train::sees_factor;
use super::{Comparison, Variant};
use crate::Result;
use crate::agreement::{Mechanism, Signature};
use crate::attention::Head;
use crate::linalg::count;

impl Comparison {
    /// A on the training rows that softmax attends to, n×n.
    ///
    /// # Errors
    /// Those of [`Normalisation::weights`](crate::attention::Normalisation::weights).
    pub fn weights(&self, variant: Variant, head: &Head) -> Result<Mat<f64>> {
        let x = self.rows(variant).train.x.as_ref();
        let (queries, keys) = (head.queries(x), head.keys(x));
        variant.normalisation(self.width()).weights(queries.as_ref(), keys.as_ref(), variant.diagonal)
    }

    /// How a variant's matrix compares with ridge's.
    ///
    /// # Errors
    /// Those of [`Comparison::weights`].
    pub fn mechanism(&self, variant: Variant, head: &Head) -> Result<Mechanism> {
        Ok(self.mechanism_of_variant(variant, head, self.weights(variant, head)?.as_ref()))
    }

    /// How any matrix on the rows that softmax attends to compares with ridge's, n×n.
    pub fn mechanism_of(&self, a: MatRef<'_, f64>) -> Mechanism {
        Mechanism::of(a, self.hat(), self.basis.as_ref())
    }

    /// The signature of the hat matrix.
    ///
    /// # Errors
    /// Those of [`Signature::of`].
    pub fn ridge_signature(&self) -> Result<Signature> {
        Signature::of_factored(self.hat_in_factor.as_ref(), self.hat(), self.context.train.x.as_ref())
    }

    pub(super) fn mechanism_of_variant(&self, variant: Variant, head: &Head, weights: MatRef<'_, f64>) -> Mechanism {
        if sees_factor(variant) {
            let in_factor = self.in_factor(variant, head);
            Mechanism::of_factored(in_factor.as_ref(), self.hat_in_factor.as_ref(), weights, self.basis.as_ref())
        } else {
            self.mechanism_of(weights)
        }
    }

    pub(super) fn signature_of_variant(
        &self,
        variant: Variant,
        head: &Head,
        weights: MatRef<'_, f64>,
    ) -> Result<Signature> {
        let x = self.context.train.x.as_ref();
        if sees_factor(variant) {
            Signature::of_factored(self.in_factor(variant, head).as_ref(), weights, x)
        } else {
            Signature::of(weights, x)
        }
    }

    /// C with A = QCQᵀ for linear attention on all training rows X = QR, R their factor.
    fn in_factor(&self, variant: Variant, head: &Head) -> Mat<f64> {
        let x = self.seen(variant, &self.factor).x;
        let form = head.form() * Scale(1.0 / count(self.width()));
        &x * form * x.transpose()
    }
}
