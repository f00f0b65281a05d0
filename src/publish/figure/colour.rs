//! What is drawn with: colours that are variables of the page's theme, lines and fills, as attributes of SVG.

use super::Ink;
use crate::publish::theme;

/// What a stroke or fill is coloured with: a variable of the page's theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour<'a>(&'a str);

impl Colour<'_> {
    /// Text.
    pub(super) const FOREGROUND: Self = Self("fg");
    /// Axes and references.
    pub(super) const MUTED: Self = Self("muted");
    /// Frames.
    pub(super) const RULE: Self = Self("rule");
    /// The page itself.
    pub(super) const PAPER: Self = Self("paper");
    /// What a figure lies on.
    pub(super) const RAISED: Self = Self("raised");
    /// Entries of a matrix below zero, and above.
    pub(super) const NEGATIVE: Self = Self("negative");
    pub(super) const POSITIVE: Self = Self("positive");

    /// It as a `fill` or a `stroke`.
    pub(super) fn attribute(self, name: &str, opacity: f64) -> String {
        let paint = format!(" {name}=\"{}\"", theme::colour(self.0));
        if opacity < 1.0 {
            paint + &format!(" {name}-opacity=\"{}\"", (opacity * 100.0).round() / 100.0)
        } else {
            paint
        }
    }
}

impl<'a> From<&'a Ink> for Colour<'a> {
    fn from(ink: &'a Ink) -> Self {
        Self(ink.name())
    }
}

/// How a line is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// Not at all.
    Solid,
    /// `5 4`.
    Dashed,
    /// `2 4`.
    Dotted,
}

impl Line {
    pub(super) const fn attribute(self) -> &'static str {
        match self {
            Self::Solid => "",
            Self::Dashed => " stroke-dasharray=\"5 4\"",
            Self::Dotted => " stroke-dasharray=\"2 4\"",
        }
    }
}

/// How a mark is filled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fill {
    /// With its colour, and a halo of paper.
    Solid,
    /// With paper, in a ring of its colour.
    Hollow,
    /// With its colour, so that what lies beneath is seen.
    Faint,
}

impl Fill {
    pub(super) fn attributes(self, colour: Colour<'_>) -> String {
        let solid = |colour: Colour<'_>| colour.attribute("fill", 1.0);
        match self {
            Self::Solid => solid(colour) + &Colour::PAPER.attribute("stroke", 1.0),
            Self::Hollow => solid(Colour::PAPER) + &colour.attribute("stroke", 1.0) + " stroke-width=\"1.6\"",
            Self::Faint => colour.attribute("fill", 0.6),
        }
    }
}
