//! Of what sort a claim is, and what claims say of a statement.

use serde::Deserialize;

/// What sort of claim it is, and with that what its test must show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Equal to rounding.
    Identity,
    /// At most, or at least.
    Bound,
    /// A limit or an order of convergence.
    Rate,
    /// An effect over several runs, with an interval and a margin.
    Measured,
    /// A statement of the post that fails as stated.
    Counterexample,
}

impl Kind {
    /// Its name in source, style sheet and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Bound => "bound",
            Self::Rate => "rate",
            Self::Measured => "measured",
            Self::Counterexample => "counterexample",
        }
    }
}

/// What the claims say of a statement of the post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Verdict {
    /// True as it stands.
    #[serde(rename = "holds")]
    Holds,
    /// True on a condition, which the claim's control removes.
    #[serde(rename = "holds if")]
    HoldsIf,
    /// Contradicted by a counterexample.
    #[serde(rename = "false as stated")]
    False,
    /// A method that does what it is there for.
    #[serde(rename = "sound")]
    Sound,
    /// A method that does so on a condition.
    #[serde(rename = "sound if")]
    SoundIf,
    /// A method that does not do what it is there for.
    #[serde(rename = "unsound")]
    Unsound,
    /// Interpretation: argued in prose, not tested.
    #[serde(skip)]
    Argued,
}

impl Verdict {
    /// Its name in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::HoldsIf => "holds-if",
            Self::False => "false",
            Self::Sound => "sound",
            Self::SoundIf => "sound-if",
            Self::Unsound => "unsound",
            Self::Argued => "argued",
        }
    }

    /// The word a reader sees.
    pub fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::HoldsIf => "holds if",
            Self::False => "false as stated",
            Self::Sound => "sound",
            Self::SoundIf => "sound if",
            Self::Unsound => "unsound",
            Self::Argued => "argued",
        }
    }
}
