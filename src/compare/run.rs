//! Every variant from every seed, on as many threads as one wants: the results do not depend on how many.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::experiment::{Comparison, Outcome, Variant};
use crate::training::Trained;
use crate::{Error, Result};

/// One variant from one seed.
#[derive(Debug)]
pub struct Run {
    /// Which variant.
    pub variant: Variant,
    /// From which initial weights.
    pub seed: u64,
    /// What it became and how that compares, or why there is nothing to compare.
    pub result: Result<(Trained, Outcome)>,
    /// How long it took.
    pub seconds: f64,
}

impl Run {
    /// What came out, where something did.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.result.as_ref().ok().map(|(_, outcome)| outcome)
    }

    /// The weights, where training ended.
    pub fn trained(&self) -> Option<&Trained> {
        self.result.as_ref().ok().map(|(trained, _)| trained)
    }
}

/// The name of a run in paths and anchors: `softmax-whitened-tied-seed-1`.
pub(crate) fn slug(variant: Variant, seed: u64) -> String {
    format!("{}-seed-{seed}", variant.name().replace(", ", "-"))
}

/// Trains and judges, in the order of variants and seeds; `done` is called after each, from whichever thread it was.
pub fn run(comparison: &Comparison, variants: &[Variant], seeds: &[u64], threads: usize, done: &(dyn Fn(&Run) + Sync)) -> Vec<Run> {
    let jobs: Vec<(Variant, u64)> = variants.iter().flat_map(|&variant| seeds.iter().map(move |&seed| (variant, seed))).collect();
    let (next, runs) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(&(variant, seed)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let run = one(comparison, variant, seed);
            done(&run);
            runs.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(run);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.clamp(1, jobs.len().max(1)) {
            scope.spawn(work);
        }
        work();
    });
    let mut runs = runs.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    runs.sort_by_key(|run| jobs.iter().position(|job| *job == (run.variant, run.seed)));
    runs
}

fn one(comparison: &Comparison, variant: Variant, seed: u64) -> Run {
    let began = Instant::now();
    let judged = |trained: Trained| -> Result<(Trained, Outcome), Error> {
        let outcome = comparison.outcome(variant, seed, &trained)?;
        Ok((trained, outcome))
    };
    let result = comparison.train(variant, seed).and_then(judged);
    Run { variant, seed, result, seconds: began.elapsed().as_secs_f64() }
}
