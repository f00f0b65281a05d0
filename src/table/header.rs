//! The header: which column is a target, which a feature, and which is not used.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::ReadOptions;
use super::cell::trimmed;
use super::dialect::{self, Sample};
use super::quote::{listed, quoted};
use crate::diagnostic::Diagnostic;

/// The columns of a table that are used, by their number from 0, and those that are not.
#[derive(Debug, Clone)]
pub(super) struct Selection {
    /// Features in their order, then targets.
    pub(super) used: Vec<usize>,
    /// The names of those.
    pub(super) names: Vec<String>,
    /// How many of them are features.
    pub(super) features: usize,
    /// Named columns that are not used.
    pub(super) ignored: Vec<String>,
    /// Columns without a name, numbered from 1; they are not used.
    pub(super) nameless: Vec<usize>,
}

/// The names over a table, and where each of them stands.
pub(super) struct Header<'a> {
    file: &'a Path,
    line: usize,
    delimiter: u8,
    names: Vec<&'a str>,
    places: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Header<'a> {
    pub(super) fn new(file: &'a Path, sample: &'a Sample) -> Self {
        let names: Vec<&str> = sample.rows.first().into_iter().flatten().map(trimmed).collect();
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, name) in names.iter().enumerate() {
            places.entry(name).or_default().push(at);
        }
        Self { file, line: sample.line, delimiter: sample.delimiter, names, places }
    }

    /// Chooses the columns that the options ask for.
    pub(super) fn select(&self, options: &ReadOptions) -> Result<Selection, Diagnostic> {
        if let [only] = self.names[..] {
            let delimiter = dialect::name(self.delimiter);
            let what = format!("only one column, {}, was found with the {delimiter} as delimiter", quoted(only));
            return Err(self.refused(what, "name another delimiter with --delimiter"));
        }
        let nameless = self.nameless()?;
        if options.targets.is_empty() {
            let cure = format!("choose one with --target; the columns are {}", listed(self.named()));
            return Err(self.refused("no target is named", cure));
        }
        let targets = self.find_all(&options.targets, "target")?;
        let dropped = self.find_all(&options.drop, "column to drop")?;
        let features = match &options.features {
            Some(features) => self.find_all(features, "feature")?,
            None => self.others(&targets, &dropped),
        };
        self.apart([("target", &targets), ("feature", &features), ("dropped", &dropped)])?;
        if features.is_empty() {
            return Err(self.refused("no feature is left", "drop fewer columns, or name features with --features"));
        }
        let (count, used) = (features.len(), [features, targets].concat());
        used.iter().try_for_each(|&at| self.find(self.names[at]).map(drop))?;
        let ignored = self.others(&used, &[]).into_iter().map(|at| self.names[at].to_owned()).collect();
        let names = used.iter().map(|&at| self.names[at].to_owned()).collect();
        Ok(Selection { used, names, features: count, ignored, nameless })
    }

    /// The selection of a training table, where its columns stand in this one.
    pub(super) fn select_again(&self, training: &Selection, file: &Path) -> Result<Selection, Diagnostic> {
        let find = |name: &String| {
            self.find(name)?.ok_or_else(|| {
                let what = format!("the column {} of {} is missing", quoted(name), file.to_string_lossy());
                self.refused(what, format!("add it; the columns here are {}", listed(self.named())))
            })
        };
        let used = training.names.iter().map(find).collect::<Result<_, _>>()?;
        Ok(Selection { used, ..training.clone() })
    }

    fn refused(&self, what: impl Into<String>, cure: impl Into<String>) -> Diagnostic {
        Diagnostic::at(self.file, self.line, what, cure)
    }

    fn named(&self) -> impl Iterator<Item = &'a str> {
        self.names.iter().copied().filter(|name| !name.is_empty())
    }

    /// Columns without a name are row names (the first column) or come from delimiters at the end of lines; elsewhere a
    /// name is lost.
    fn nameless(&self) -> Result<Vec<usize>, Diagnostic> {
        let end = self.names.iter().rposition(|name| !name.is_empty()).unwrap_or(0);
        // Mostly every column has a name.
        let nameless = self.places.get("").cloned().unwrap_or_default();
        match nameless.iter().find(|&&at| at > 0 && at < end) {
            Some(at) => Err(self.refused(format!("column {} has no name", at + 1), "give it one in the header")),
            None => Ok(nameless.into_iter().map(|at| at + 1).collect()),
        }
    }

    /// The named columns but these; a name that is dropped takes all columns of that name with it.
    fn others(&self, these: &[usize], dropped: &[usize]) -> Vec<usize> {
        let these: HashSet<usize> = these.iter().copied().collect();
        let dropped: HashSet<&str> = dropped.iter().map(|&at| self.names[at]).collect();
        let is_taken = |at: usize| these.contains(&at) || dropped.contains(self.names[at]);
        (0..self.names.len()).filter(|&at| !self.names[at].is_empty() && !is_taken(at)).collect()
    }

    fn apart(&self, roles: [(&str, &[usize]); 3]) -> Result<(), Diagnostic> {
        let mut seen = HashMap::new();
        for (role, &at) in roles.iter().flat_map(|(role, columns)| columns.iter().map(move |at| (role, at))) {
            if let Some(other) = seen.insert(at, role) {
                let what = format!("the column {} is both {other} and {role}", quoted(self.names[at]));
                return Err(self.refused(what, "name it once"));
            }
        }
        Ok(())
    }

    /// The one place of a name, if it has one.
    fn find(&self, name: &str) -> Result<Option<usize>, Diagnostic> {
        match self.places.get(name).map(Vec::as_slice) {
            Some([first, second, ..]) => {
                let what = format!("the name {} stands over columns {} and {}", quoted(name), first + 1, second + 1);
                Err(self.refused(what, "rename one of them"))
            }
            places => Ok(places.and_then(|places| places.first().copied())),
        }
    }

    /// The first columns with these names, each once, in this order.
    fn find_all(&self, wanted: &[String], role: &str) -> Result<Vec<usize>, Diagnostic> {
        let mut found = Vec::new();
        for name in wanted {
            let Some(places) = self.places.get(name.trim()).filter(|_| !name.trim().is_empty()) else {
                let what = format!("there is no column {} (named as a {role})", quoted(name));
                return Err(self.refused(what, self.suggestion(name)));
            };
            if !found.contains(&places[0]) {
                found.push(places[0]);
            }
        }
        Ok(found)
    }

    /// The nearest names, or else the first few.
    fn suggestion(&self, wanted: &str) -> String {
        let plain = |name: &str| name.to_lowercase().chars().take(100).collect::<String>();
        let wanted = plain(wanted.trim());
        let allowed = 1 + wanted.chars().count() / 4;
        let distance = |name: &str| strsim::damerau_levenshtein(&wanted, &plain(name));
        let mut near: Vec<(usize, &str)> = self.named().map(|name| (distance(name), name)).collect();
        near.retain(|&(distance, _)| distance <= allowed);
        near.sort_by_key(|&(distance, _)| distance);
        match near[..] {
            [] => format!("the columns are {}", listed(self.named())),
            [(_, only)] => format!("did you mean {}?", quoted(only)),
            _ => format!("did you mean one of {}?", listed(near.into_iter().take(3).map(|(_, name)| name))),
        }
    }
}
