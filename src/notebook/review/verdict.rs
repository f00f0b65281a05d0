//! What the claims say differently: of statements of the post, and of fresh draws.

use serde::Serialize;

use super::item::Item;
use super::sides::Side;
use crate::notebook::registry::{Claim, Registry, Statement, Verdict};

/// A statement whose claims moved, or whose verdict did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StatementChange {
    /// Its short name.
    pub id: String,
    /// What the post says.
    pub says: String,
    /// The line of it in the list of statements.
    pub line: usize,
    /// The verdict that the claims gave; none of a statement that is new.
    pub before: Option<Verdict>,
    /// The verdict that they give; none of a statement that is gone.
    pub after: Option<Verdict>,
    /// The claims that moved.
    pub claims: Vec<String>,
}

impl StatementChange {
    /// Whether the verdict is another, or the statement itself new or gone.
    pub(crate) fn judged_otherwise(&self) -> bool {
        self.before != self.after
    }

    /// What became of the verdict.
    pub(crate) fn words(&self) -> String {
        match (self.before, self.after) {
            (None, Some(is)) => format!("new, {}", is.name()),
            (Some(was), None) => format!("gone, was {}", was.name()),
            (Some(was), Some(is)) if was != is => format!("{} → {}", was.name(), is.name()),
            (_, is) => is.map_or("", Verdict::name).to_owned(),
        }
    }
}

/// The statements that some of the claims that moved settle, and those with another verdict.
pub(super) fn statements(items: &[Item], before: &Side, after: &Side) -> Vec<StatementChange> {
    let (before, after) = (&before.registry, &after.registry);
    let verdict =
        |registry: &Registry, id: &str| registry.notebook.statement(id).map(|statement| registry.verdict(statement));
    let change = |statement: &Statement| {
        let settles =
            |item: &&Item| item.claim.as_ref().is_some_and(|claim| claim.head.settles.contains_key(&statement.id));
        let is = verdict(after, &statement.id);
        StatementChange {
            id: statement.id.clone(),
            says: statement.says.clone(),
            line: statement.line,
            // Claims that could not be read say nothing of a verdict.
            before: if before.notebook.title.is_empty() { is } else { verdict(before, &statement.id) },
            after: is,
            claims: items.iter().filter(settles).map(|item| item.id.clone()).collect(),
        }
    };
    let gone = before.notebook.statements.iter().filter(|statement| verdict(after, &statement.id).is_none());
    let all = after.notebook.statements.iter().chain(gone).map(change);
    all.filter(|change| change.judged_otherwise() || !change.claims.is_empty()).collect()
}

/// In how many fresh draws a claim held, and of how many, where that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct RateChange {
    /// The claim's name.
    #[serde(rename = "claim")]
    pub id: String,
    /// None where it had not been replicated.
    #[serde(rename = "was")]
    pub before: Option<(u64, u64)>,
    /// None where it is replicated no more.
    #[serde(rename = "is")]
    pub after: Option<(u64, u64)>,
}

impl RateChange {
    /// `held in 38 of 40 fresh draws, was 40 of 40`.
    pub(crate) fn words(&self) -> String {
        let words = |rate: Option<(u64, u64)>| rate.map(|(held, all)| format!("{held} of {all}"));
        match (words(self.before), words(self.after)) {
            (None, Some(is)) => format!("held in {is} fresh draws, new"),
            (Some(was), None) => format!("is replicated no more, held in {was} fresh draws"),
            (Some(was), Some(is)) => format!("held in {is} fresh draws, was {was}"),
            (None, None) => String::new(),
        }
    }

    /// Whether the claim holds less often than it did.
    pub(crate) fn fell(&self) -> bool {
        // Of shares held/all, by their cross products.
        self.before.zip(self.after).is_some_and(|((was, before), (is, after))| is * before < was * after)
    }
}

/// The claims whose rate moved, in reading order.
pub(super) fn rates(before: &Side, after: &Side) -> Vec<RateChange> {
    let rate =
        |side: &Side, id: &str| side.replication.claims.get(id).map(|replicated| (replicated.held, replicated.of));
    let change = |claim: &Claim| RateChange {
        id: claim.id.clone(),
        before: rate(before, &claim.id),
        after: rate(after, &claim.id),
    };
    after.registry.claims().map(change).filter(|change| change.before != change.after).collect()
}
