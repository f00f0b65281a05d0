//! The header: which column is a target, which a feature, and which nobody's business.

use std::collections::{HashMap, HashSet};

use csv::ByteRecord;

use super::cell::trimmed;
use super::refusal::{listed, quoted};
use super::{Reading, dialect};

/// What is wrong with a header, and the cure.
pub(super) type Wrong = (String, String);

/// The columns of a table, by their number from 0.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Columns {
    /// Features in their order, then targets.
    pub(super) used: Vec<usize>,
    /// How many of them are features.
    pub(super) features: usize,
    /// Named columns that are not used.
    pub(super) ignored: Vec<String>,
    /// Columns without a name, numbered from 1; they are not used.
    pub(super) nameless: Vec<usize>,
}

/// The names in a header.
pub(super) fn names(header: &ByteRecord) -> Vec<String> {
    header.iter().map(|name| String::from_utf8_lossy(trimmed(name)).into_owned()).collect()
}

/// Chooses the columns that a reading asks for.
pub(super) fn choose(names: &[String], reading: &Reading, delimiter: u8) -> Result<Columns, Wrong> {
    if let [only] = names {
        let what = format!("only one column, {}, was found with the {} as delimiter", quoted(only), dialect::name(delimiter));
        return Err((what, "name another delimiter with --delimiter".to_owned()));
    }
    let nameless = nameless(names)?;
    if reading.targets.is_empty() {
        return Err(("no target is named".to_owned(), format!("choose one with --target; the columns are {}", listed(named(names)))));
    }
    let targets = find_all(names, &reading.targets, "target")?;
    let dropped = find_all(names, &reading.drop, "column to drop")?;
    let features = match &reading.features {
        Some(features) => find_all(names, features, "feature")?,
        // By name, so that dropping a name that stands twice drops both.
        None => {
            let dropped: HashSet<&str> = dropped.iter().map(|&at| names[at].as_str()).collect();
            (0..names.len()).filter(|at| !names[*at].is_empty() && !targets.contains(at) && !dropped.contains(names[*at].as_str())).collect()
        }
    };
    let twice = |these: &[usize], those: &[usize], what: &str| match these.iter().find(|at| those.contains(at)) {
        Some(&at) => Err((format!("the column {} is {what}", quoted(&names[at])), "name it once".to_owned())),
        None => Ok(()),
    };
    twice(&targets, &features, "both target and feature")?;
    twice(&targets, &dropped, "both target and dropped")?;
    twice(&features, &dropped, "both feature and dropped")?;
    if features.is_empty() {
        return Err(("no feature is left".to_owned(), "drop fewer columns, or name features with --features".to_owned()));
    }
    let count = features.len();
    let used = [features, targets].concat();
    let places = places(names);
    used.iter().try_for_each(|&at| places.find(&names[at]).map(drop))?;
    let is_used: HashSet<usize> = used.iter().copied().collect();
    let ignored = (0..names.len()).filter(|at| !names[*at].is_empty() && !is_used.contains(at)).map(|at| names[at].clone()).collect();
    Ok(Columns { used, features: count, ignored, nameless })
}

/// Where the columns `wanted` of a training table stand in this one.
pub(super) fn find_again(names: &[String], wanted: &[&str], training: &str) -> Result<Vec<usize>, Wrong> {
    let places = places(names);
    let find = |name: &&str| {
        places.find(name)?.ok_or_else(|| {
            let what = format!("the column {} of {training} is missing", quoted(name));
            (what, format!("add it; the columns here are {}", listed(named(names))))
        })
    };
    wanted.iter().map(find).collect()
}

fn named(names: &[String]) -> impl Iterator<Item = &str> {
    names.iter().map(String::as_str).filter(|name| !name.is_empty())
}

/// Columns without a name are row names (the first column) or come from delimiters at the end of lines; elsewhere a name is lost.
fn nameless(names: &[String]) -> Result<Vec<usize>, Wrong> {
    let end = names.iter().rposition(|name| !name.is_empty()).unwrap_or(0);
    let nameless: Vec<usize> = (0..names.len()).filter(|&at| names[at].is_empty()).collect();
    match nameless.iter().find(|&&at| at > 0 && at < end) {
        Some(at) => Err((format!("column {} has no name", at + 1), "give it one in the header".to_owned())),
        None => Ok(nameless.into_iter().map(|at| at + 1).collect()),
    }
}

/// Where each name stands, first and again.
struct Places<'a>(HashMap<&'a str, (usize, Option<usize>)>);

fn places(names: &[String]) -> Places<'_> {
    let mut places: HashMap<&str, (usize, Option<usize>)> = HashMap::new();
    for (at, name) in names.iter().enumerate() {
        places.entry(name).and_modify(|(_, again)| *again = again.or(Some(at))).or_insert((at, None));
    }
    Places(places)
}

impl Places<'_> {
    /// The one place of a name, if it has one.
    fn find(&self, name: &str) -> Result<Option<usize>, Wrong> {
        match self.0.get(name) {
            Some((first, Some(second))) => {
                let what = format!("the name {} stands over columns {} and {}", quoted(name), first + 1, second + 1);
                Err((what, "rename one of them".to_owned()))
            }
            place => Ok(place.map(|&(at, _)| at)),
        }
    }
}

/// The columns with these names, each once, in this order.
fn find_all(names: &[String], wanted: &[String], role: &str) -> Result<Vec<usize>, Wrong> {
    let mut found = Vec::new();
    for name in wanted {
        let at = names.iter().position(|other| other == name.trim() && !other.is_empty());
        let at = at.ok_or_else(|| (format!("there is no column {} (named as a {role})", quoted(name)), suggestion(names, name)))?;
        if !found.contains(&at) {
            found.push(at);
        }
    }
    Ok(found)
}

/// The nearest names, or else the first few.
fn suggestion(names: &[String], wanted: &str) -> String {
    let wanted: String = wanted.trim().to_lowercase().chars().take(100).collect();
    let distance = |name: &str| strsim::damerau_levenshtein(&wanted, &name.to_lowercase().chars().take(100).collect::<String>());
    let allowed = 1 + wanted.chars().count() / 4;
    let mut near: Vec<(usize, &str)> = named(names).map(|name| (distance(name), name)).filter(|(distance, _)| *distance <= allowed).collect();
    near.sort_by_key(|&(distance, _)| distance);
    match near[..] {
        [] => format!("the columns are {}", listed(named(names))),
        [(_, only)] => format!("did you mean {}?", quoted(only)),
        _ => format!("did you mean one of {}?", listed(near.into_iter().take(3).map(|(_, name)| name))),
    }
}
