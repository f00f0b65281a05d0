//! What claims rest on and what rests on them: the graph of `uses`, which [`super::checks`] keeps free of circles.

use std::collections::BTreeSet;

use super::{Claim, Registry};

impl Registry {
    /// The claims that build on `id` directly, in reading order.
    pub fn users<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Claim> {
        self.claims().filter(move |claim| claim.head.uses.iter().any(|used| used == id))
    }

    /// Everything that `id` rests on, directly or through others, in reading order.
    pub fn foundations(&self, id: &str) -> Vec<&Claim> {
        self.reached(id, |claim| claim.head.uses.iter().filter_map(|used| self.claim(used)).collect())
    }

    /// Everything that rests on `id`, directly or through others, in reading order.
    pub fn dependents(&self, id: &str) -> Vec<&Claim> {
        self.reached(id, |claim| self.users(&claim.id).collect())
    }

    fn reached<'a>(&'a self, id: &str, next: impl Fn(&'a Claim) -> Vec<&'a Claim>) -> Vec<&'a Claim> {
        let mut found = BTreeSet::new();
        let mut open: Vec<&Claim> = self.claim(id).into_iter().collect();
        while let Some(claim) = open.pop() {
            open.extend(next(claim).into_iter().filter(|claim| found.insert(claim.id.as_str())));
        }
        self.claims().filter(|claim| found.contains(claim.id.as_str())).collect()
    }
}
