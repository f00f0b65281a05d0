//! What is drawn with: colours that are variables of the page's theme, lines and fills, as attributes of SVG.

use super::Ink;

/// What a stroke or fill is coloured with; the data inks and those of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colour {
    /// Text and regression.
    Foreground,
    /// Linear attention.
    Linear,
    /// Softmax attention.
    Softmax,
    /// A second data set.
    Accent,
    /// Axes and references.
    Muted,
    /// Frames.
    Rule,
    /// The page itself.
    Paper,
    /// What a figure lies on.
    Raised,
}

impl Colour {
    /// The variable, with the light theme's colour where there is no theme.
    const fn variable(self) -> &'static str {
        match self {
            Self::Foreground => "var(--fg,#24211c)",
            Self::Linear => "var(--linear,#1f5f99)",
            Self::Softmax => "var(--softmax,#b0421f)",
            Self::Accent => "var(--accent,#7a5c00)",
            Self::Muted => "var(--muted,#665f53)",
            Self::Rule => "var(--rule,#d8d0c0)",
            Self::Paper => "var(--paper,#fbf9f4)",
            Self::Raised => "var(--raised,#fffefb)",
        }
    }

    /// It as a `fill` or a `stroke`.
    pub(super) fn attribute(self, name: &str, opacity: f64) -> String {
        let paint = format!(" {name}=\"{}\"", self.variable());
        if opacity < 1.0 {
            paint + &format!(" {name}-opacity=\"{}\"", (opacity * 100.0).round() / 100.0)
        } else {
            paint
        }
    }
}

impl From<Ink> for Colour {
    fn from(ink: Ink) -> Self {
        match ink {
            Ink::Regression => Self::Foreground,
            Ink::Linear => Self::Linear,
            Ink::Softmax => Self::Softmax,
            Ink::Accent => Self::Accent,
            Ink::Muted => Self::Muted,
        }
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
    pub(super) fn attributes(self, colour: Colour) -> String {
        let solid = |colour: Colour| colour.attribute("fill", 1.0);
        match self {
            Self::Solid => solid(colour) + &Colour::Paper.attribute("stroke", 1.0),
            Self::Hollow => solid(Colour::Paper) + &colour.attribute("stroke", 1.0) + " stroke-width=\"1.6\"",
            Self::Faint => colour.attribute("fill", 0.6),
        }
    }
}
