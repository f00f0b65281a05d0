//! What a claim measures at once: a number, or one for every run.

/// One number or several.
#[derive(Debug, Clone, PartialEq)]
pub struct Values(pub(super) Vec<f64>);

impl From<f64> for Values {
    fn from(value: f64) -> Self {
        Self(vec![value])
    }
}

impl From<Vec<f64>> for Values {
    fn from(values: Vec<f64>) -> Self {
        Self(values)
    }
}

impl From<&Vec<f64>> for Values {
    fn from(values: &Vec<f64>) -> Self {
        Self(values.clone())
    }
}

impl From<&[f64]> for Values {
    fn from(values: &[f64]) -> Self {
        Self(values.to_vec())
    }
}

impl<const N: usize> From<[f64; N]> for Values {
    fn from(values: [f64; N]) -> Self {
        Self(values.to_vec())
    }
}
