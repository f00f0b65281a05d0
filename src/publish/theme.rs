//! The book's style sheets, and the colours of its light theme for a drawing that lies outside of any page.

use std::collections::BTreeMap;
use std::sync::LazyLock;

pub(super) const BOOK: &str = include_str!("../../book/theme/book.css");
pub(super) const MATH: &str = include_str!("../../book/theme/math.css");

static LIGHT: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| BOOK.lines().filter_map(light).collect());

/// The colour of that name as CSS: the theme's variable, with its light value for a page without a theme, and the
/// colour of the text around it where our theme has no such name.
pub(super) fn colour(name: &str) -> String {
    let mut at = name;
    while let Some(other) = LIGHT.get(at).and_then(|value| value.strip_prefix("var(--")?.strip_suffix(')')) {
        at = other;
    }
    format!("var(--{name},{})", LIGHT.get(at).unwrap_or(&"currentColor"))
}

/// The name and the light value of a line that declares a colour: `--name: light-dark(LIGHT, DARK);`, or another name.
fn light(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.trim().strip_prefix("--")?.strip_suffix(';')?.split_once(": ")?;
    match value.strip_prefix("light-dark(") {
        Some(pair) => Some((name, pair.split_once(',')?.0)),
        None => value.starts_with("var(").then_some((name, value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_has_its_light_value_through_other_names() {
        assert_eq!(light("  --fg: light-dark(#24211c, #d9d4c8);"), Some(("fg", "#24211c")));
        assert_eq!(colour("regression"), colour("fg").replacen("fg", "regression", 1));
        assert_eq!(colour("none-of-ours"), "var(--none-of-ours,currentColor)");
    }
}
