//! A variant with its runs, and what stands for it in every figure: colour and mark by meaning.

use crate::compare::Document;
use crate::compare::ink::{LINEAR, SOFTMAX};
use crate::experiment::{Comparison, Outcome, Run, Scores, Variant};
use crate::publish::figure::{Ink, Mark};
use crate::training::{Parametrisation, Trained};

/// All that a page is made of.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) comparison: &'a Comparison,
    pub(super) document: &'a Document,
    pub(super) cases: &'a [Case<'a>],
}

/// One variant with its runs.
pub(super) struct Case<'a> {
    pub(super) variant: Variant,
    pub(super) runs: Vec<&'a Run>,
}

/// The variants in the order of their runs.
pub(super) fn cases(runs: &[Run]) -> Vec<Case<'_>> {
    let mut cases: Vec<Case<'_>> = Vec::new();
    for run in runs {
        match cases.iter_mut().find(|case| case.variant == run.variant) {
            Some(case) => case.runs.push(run),
            None => cases.push(Case { variant: run.variant, runs: vec![run] }),
        }
    }
    cases
}

impl<'a> Case<'a> {
    /// What came out, of each seed from which something did.
    pub(super) fn outcomes(&self) -> impl Iterator<Item = &'a Outcome> {
        self.runs.iter().filter_map(|run| run.outcome())
    }

    /// What was trained from the first seed from which something was: the one that is shown where one must stand for
    /// all.
    pub(super) fn first(&self) -> Option<&'a Trained> {
        self.runs.iter().find_map(|run| run.trained())
    }

    pub(super) fn linear(&self) -> bool {
        self.variant.scores == Scores::Linear
    }

    pub(super) fn ink(&self) -> Ink {
        if self.linear() { LINEAR } else { SOFTMAX }
    }

    /// Circles are linear, the other shapes say how softmax was parametrised, hollow ones are whitened.
    pub(super) fn mark(&self) -> Mark {
        match (self.variant.scores, self.variant.whitened) {
            (Scores::Linear, false) => Mark::Circle,
            (Scores::Linear, true) => Mark::HollowCircle,
            _ => self.shape(),
        }
    }

    /// Where the colour says whether there is a softmax: squares are separate, diamonds tied, triangles merged.
    pub(super) fn shape(&self) -> Mark {
        match (self.variant.parametrisation, self.variant.whitened) {
            (Parametrisation::Separate, false) => Mark::Square,
            (Parametrisation::Separate, true) => Mark::HollowSquare,
            (Parametrisation::Tied, false) => Mark::Diamond,
            (Parametrisation::Tied, true) => Mark::HollowDiamond,
            (Parametrisation::Merged, false) => Mark::Triangle,
            (Parametrisation::Merged, true) => Mark::HollowTriangle,
        }
    }

    /// The row of a grid in which it stands: `softmax, whitened`.
    fn row(&self) -> String {
        format!(
            "{}{}",
            if self.linear() { "linear" } else { "softmax" },
            if self.variant.whitened { ", whitened" } else { "" }
        )
    }

    /// And the column.
    fn column(&self) -> &'static str {
        match self.variant.parametrisation {
            Parametrisation::Separate => "separate weights",
            Parametrisation::Tied => "tied weights",
            Parametrisation::Merged => "merged weights",
        }
    }
}

/// Cases in rows by scores and whitening, in columns by parametrisation.
pub(super) struct Grid<'a> {
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<(String, Vec<Option<&'a Case<'a>>>)>,
}

/// The grid of the cases of which something was trained; the rows and columns of others are left out.
pub(super) fn grid<'a>(cases: &'a [Case<'a>]) -> Grid<'a> {
    let trained: Vec<&Case<'_>> = cases.iter().filter(|case| case.first().is_some()).collect();
    let (mut columns, mut rows) = (Vec::new(), Vec::new());
    for case in &trained {
        if !columns.contains(&case.column()) {
            columns.push(case.column());
        }
        if !rows.contains(&case.row()) {
            rows.push(case.row());
        }
    }
    let find =
        |row: &str, column: &str| trained.iter().find(|case| case.row() == row && case.column() == column).copied();
    let row = |row: String| {
        let cells = columns.iter().map(|column| find(&row, column)).collect();
        (row, cells)
    };
    Grid { rows: rows.into_iter().map(row).collect(), columns }
}
