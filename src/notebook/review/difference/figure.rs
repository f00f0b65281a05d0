//! What a change did to the numbers of a figure, place by place.

use std::collections::BTreeMap;

use toml::Value as Toml;

use crate::publish::figure::Figure;

/// A figure that is not what it was.
#[derive(Debug, Clone)]
pub(crate) struct FigureChange {
    /// What it was.
    pub before: Option<Figure>,
    /// What it is.
    pub after: Option<Figure>,
    /// How far its numbers moved, where there are two to compare.
    pub difference: Option<FigureDifference>,
}

/// How far a figure's numbers moved.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FigureDifference {
    /// Numbers that differ, are new or are gone.
    pub moved: usize,
    /// Numbers in the larger of the two figures.
    pub of: usize,
    /// The number that moved furthest in its own size: its place, what it was and what it is.
    pub furthest: Option<(String, f64, f64)>,
}

impl FigureChange {
    /// None where the two are equal.
    pub(crate) fn between(before: Option<&Figure>, after: Option<&Figure>) -> Option<Self> {
        (before != after).then(|| Self {
            before: before.cloned(),
            after: after.cloned(),
            difference: before.zip(after).and_then(|(before, after)| FigureDifference::between(before, after)),
        })
    }

    /// What happened to it, in words.
    pub(crate) fn words(&self) -> String {
        match (&self.before, &self.after, &self.difference) {
            (None, ..) => "the figure is new".to_owned(),
            (_, None, _) => "the figure is gone".to_owned(),
            (.., None | Some(FigureDifference { moved: 0, .. })) => {
                "the figure's words or axes differ, its numbers do not".to_owned()
            }
            (.., Some(FigureDifference { moved, of, furthest })) => {
                let place = |(place, was, is): &(String, f64, f64)| format!(", furthest `{place}`, {was:e} → {is:e}");
                format!("{moved} of the figure's {of} numbers moved{}", furthest.as_ref().map_or(String::new(), place))
            }
        }
    }
}

impl FigureDifference {
    fn between(before: &Figure, after: &Figure) -> Option<Self> {
        // What was read from a snapshot can be written to one.
        let [before, after] = [Toml::try_from(before).ok()?, Toml::try_from(after).ok()?];
        let (was, is) = (numbers(&before), numbers(&after));
        let new: BTreeMap<&str, f64> = is.iter().map(|(place, number)| (place.as_str(), *number)).collect();
        let pairs: Vec<(&str, f64, f64)> =
            was.iter().filter_map(|(at, was)| Some((at.as_str(), *was, *new.get(at.as_str())?))).collect();
        let (of, paired) = (was.len().max(is.len()), pairs.len());
        let moved: Vec<_> = pairs.into_iter().filter(|(_, was, is)| was.total_cmp(is).is_ne()).collect();
        let size = |(_, was, is): &(&str, f64, f64)| (is - was).abs() / was.abs().max(is.abs());
        let furthest = moved.iter().max_by(|a, b| size(a).total_cmp(&size(b)));
        let furthest = furthest.map(|(place, was, is)| (named(&after, place), *was, *is));
        Some(Self { moved: moved.len() + of - paired, of, furthest })
    }
}

/// A place with the names of what stands there: `series 2 (ridge) y 17`.
fn named(figure: &Toml, place: &str) -> String {
    let mut words = Vec::new();
    let mut at = Some(figure);
    for step in place.split(' ') {
        words.push(step.to_owned());
        at = at.and_then(|value| match step.parse::<usize>() {
            Ok(number) => value.get(number.checked_sub(1)?),
            Err(_) => value.get(step),
        });
        let name = at.and_then(|value| value.get("name").or_else(|| value.get("symbol"))).and_then(Toml::as_str);
        words.extend(name.map(|name| format!("({name})")));
    }
    words.join(" ")
}

/// Every number below a value with its place: `series 2 y 17`.
fn numbers(value: &Toml) -> Vec<(String, f64)> {
    let below = |name: &str, inner: &Toml| {
        let place = |place: String| if place.is_empty() { name.to_owned() } else { format!("{name} {place}") };
        numbers(inner).into_iter().map(|(inner, number)| (place(inner), number)).collect::<Vec<_>>()
    };
    match value {
        Toml::Float(number) => vec![(String::new(), *number)],
        Toml::Array(list) => {
            list.iter().zip(1..).flat_map(|(inner, number)| below(&number.to_string(), inner)).collect()
        }
        Toml::Table(table) => table.iter().flat_map(|(key, inner)| below(key, inner)).collect(),
        _ => Vec::new(),
    }
}
