//! What there is for each target: a number for one target, an array for several.

use faer::MatRef;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::linalg::entries;

/// One number for one target, an array for several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum PerTarget<T> {
    /// For the only target.
    One(T),
    /// For each target.
    Each(Vec<T>),
}

impl<T> PerTarget<T> {
    /// What there is for each target, in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        match self {
            Self::One(only) => std::slice::from_ref(only).iter(),
            Self::Each(all) => all.iter(),
        }
    }
}

impl<T> From<Vec<T>> for PerTarget<T> {
    fn from(all: Vec<T>) -> Self {
        <[T; 1]>::try_from(all).map_or_else(Self::Each, |[only]| Self::One(only))
    }
}

impl PerTarget<f64> {
    /// Mean squares of scaled targets, or their differences, in the targets' own units.
    pub(super) fn in_units(mean_squares: impl Iterator<Item = f64>, scales: &[f64]) -> Self {
        mean_squares.zip(scales).map(|(mean, scale)| mean * scale * scale).collect::<Vec<f64>>().into()
    }
}

impl PerTarget<Vec<f64>> {
    /// The columns of a matrix, one for each target.
    pub(super) fn columns(matrix: MatRef<'_, f64>) -> Self {
        matrix.col_iter().map(|column| entries(column.as_mat()).collect()).collect::<Vec<Vec<f64>>>().into()
    }
}
