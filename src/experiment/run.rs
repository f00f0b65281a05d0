//! The driver: every variant from every seed, on as many threads as one wants; the results do not depend on how many.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::{Comparison, Outcome, Variant};
use crate::Result;
use crate::training::Trained;

/// One variant from one seed.
#[derive(Debug)]
pub struct Run {
    /// The variant that is trained.
    pub variant: Variant,
    /// The seed of the initial weights.
    pub seed: u64,
    /// The trained weights and how they compare with ridge, or why there is nothing to compare.
    pub result: Result<(Trained, Outcome)>,
    /// How many seconds training and judging took.
    pub seconds: f64,
}

impl Run {
    /// How the variant compares with ridge, where training ended.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.result.as_ref().ok().map(|(_, outcome)| outcome)
    }

    /// The trained weights, where training ended.
    pub fn trained(&self) -> Option<&Trained> {
        self.result.as_ref().ok().map(|(trained, _)| trained)
    }
}

impl Comparison {
    /// Trains and judges every variant from every seed, and returns them in that order; `done` is called after each,
    /// from the thread that it ran on. What fails is the result of its own run alone.
    pub fn runs(&self, variants: &[Variant], seeds: &[u64], threads: usize, done: &(dyn Fn(&Run) + Sync)) -> Vec<Run> {
        let jobs = variants.iter().flat_map(|&variant| seeds.iter().map(move |&seed| (variant, seed, OnceLock::new())));
        let jobs: Vec<(Variant, u64, OnceLock<Run>)> = jobs.collect();
        let next = AtomicUsize::new(0);
        let work = || {
            while let Some((variant, seed, run)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                done(run.get_or_init(|| self.run(*variant, *seed)));
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..threads.min(jobs.len()) {
                scope.spawn(work);
            }
            work();
        });
        jobs.into_iter().filter_map(|(.., run)| run.into_inner()).collect()
    }

    fn run(&self, variant: Variant, seed: u64) -> Run {
        let began = Instant::now();
        let judged = |trained: Trained| self.outcome(variant, seed, &trained).map(|outcome| (trained, outcome));
        let result = self.train(variant, seed).and_then(judged);
        Run { variant, seed, result, seconds: began.elapsed().as_secs_f64() }
    }
}
