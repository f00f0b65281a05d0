//! Colours, marks and lines: what each means is said by whoever draws with them, and is the same in every figure.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A colour by its name, a variable of the page's theme: `linear` is `--linear` there, in light and in dark.
///
/// Names are lower-case letters and hyphens, sixteen of them at the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ink {
    /// In a place of its own, so that a colour is copied like a mark; zeros after the name.
    letters: [u8; 16],
}

impl Ink {
    /// The colour of text.
    pub const TEXT: Self = Self::named("fg");
    /// What stands out without a meaning of its own.
    pub const ACCENT: Self = Self::named("accent");
    /// Bounds, references, axes.
    pub const MUTED: Self = Self::named("muted");

    /// The colour that the theme has under this name; what is no name does not compile where it is a constant.
    ///
    /// # Panics
    /// Where it is no name.
    pub const fn named(name: &str) -> Self {
        match Self::read(name) {
            Some(ink) => ink,
            None => panic!("a colour's name is one to sixteen lower-case letters and hyphens"),
        }
    }

    const fn read(name: &str) -> Option<Self> {
        let (name, mut letters, mut at) = (name.as_bytes(), [0; 16], 0);
        if name.is_empty() || name.len() > letters.len() {
            return None;
        }
        while at < name.len() {
            if !name[at].is_ascii_lowercase() && name[at] != b'-' {
                return None;
            }
            letters[at] = name[at];
            at += 1;
        }
        Some(Self { letters })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        // Letters of a name are ASCII, so this is text.
        std::str::from_utf8(&self.letters).unwrap_or_default().trim_end_matches('\0')
    }
}

impl Serialize for Ink {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Ink {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        let unknown =
            || de::Error::invalid_value(de::Unexpected::Str(&name), &"a name in lower-case letters and hyphens");
        Self::read(&name).ok_or_else(unknown)
    }
}

/// Marks: a colour never speaks alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// A disc.
    Circle,
    /// A square on its side.
    Square,
    /// A square on its corner.
    Diamond,
    /// Two crossed strokes.
    Cross,
    /// A ring.
    HollowCircle,
    /// The outline of a square.
    HollowSquare,
    /// The outline of a diamond.
    HollowDiamond,
    /// A triangle, point up.
    Triangle,
    /// The outline of one.
    HollowTriangle,
    /// One of a cloud of points.
    Dot,
    /// A short upright bar.
    Bar,
}

/// Lines through the points of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stroke {
    /// Marks only.
    None,
    /// What was measured.
    Solid,
    /// A second measurement of the same thing.
    Dashed,
    /// What theory says: a closed form or a bound.
    Dotted,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_written_as_its_name_and_nothing_else_is_read() {
        let read = |name: &str| toml::Value::from(name).try_into::<Ink>();
        assert_eq!(read("holds-if").map(|ink| ink.name().to_owned()), Ok("holds-if".to_owned()));
        assert_eq!(toml::Value::try_from(Ink::MUTED), Ok(toml::Value::from("muted")));
        let refused = ["", "Muted", "x;fill:red", "a-name-that-is-too-long"].map(read);
        assert!(refused.into_iter().all(|ink| ink.is_err_and(|why| why.to_string().contains("lower-case letters"))));
    }
}
