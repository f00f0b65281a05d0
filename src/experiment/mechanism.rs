//! Attention's matrix beside ridge's hat matrix: alignment, size and overlap.

use faer::MatRef;

use super::{Comparison, Variant, condensable};
use crate::Result;
use crate::agreement::Mechanism;
use crate::attention::Head;

impl Comparison {
    /// How a variant's matrix compares with ridge's.
    ///
    /// # Errors
    /// Those of [`Comparison::weights`].
    pub fn mechanism(&self, variant: Variant, head: &Head) -> Result<Mechanism> {
        Ok(self.mechanism_of_variant(variant, head, self.weights(variant, head)?.as_ref()))
    }

    /// How any matrix on the rows that softmax sees compares with ridge's, n×n.
    pub fn mechanism_of(&self, a: MatRef<'_, f64>) -> Mechanism {
        Mechanism::of(a, self.hat(), self.basis.as_ref())
    }

    pub(super) fn mechanism_of_variant(&self, variant: Variant, head: &Head, weights: MatRef<'_, f64>) -> Mechanism {
        if condensable(variant) {
            Mechanism::of_factored(self.core(variant, head).as_ref(), self.hat_core.as_ref(), weights, self.basis.as_ref())
        } else {
            self.mechanism_of(weights)
        }
    }
}
