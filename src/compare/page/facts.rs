//! The head of the page: what the data are, and at the end how everything was made.

use maud::{Markup, html};

use super::case::Subject;
use crate::compare::wording::{each, short};
use crate::data::Scaling;
use crate::training::Optimiser;

/// So many numbers of lines are told.
const LINES: usize = 20;

/// What was compared on.
pub(super) fn data(subject: Subject<'_>) -> Markup {
    let data = &subject.document.data;
    let plural = |n: usize, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
    let condition = data.condition_number.map_or("infinite".to_owned(), |condition| short(condition, 3));
    let dropped: Vec<(usize, &Vec<u64>)> =
        data.dropped_rows.iter().enumerate().filter(|(_, lines)| !lines.is_empty()).collect();
    html! {
        table.facts { tbody {
            tr { th { "source" } td { (data.source.join(" and ")) } }
            tr { th { "rows" } td { (plural(data.n_train, "training row")) ", " (plural(data.n_test, "test row")) } }
            tr { th { "features" } td { (data.features.len()) ": " (names(&data.features)) } }
            tr { th { (if data.targets.len() == 1 { "target" } else { "targets" }) } td { (names(&data.targets)) } }
            tr { th { "variance" } td { (each(&data.target_variance, 4)) " on training rows" } }
            tr { th { "scaling" } td { (scaling(data.scaling.kind)) } }
            tr { th { "rank" } td { (data.rank) ", condition number " (condition) " (of the features on scale)" } }
            @for (file, lines) in &dropped {
                tr { th { "left out" } td { (lines_of(lines)) @if data.source.len() > 1 { " of " (data.source.get(*file).map_or("", String::as_str)) } } }
            }
            @for note in &data.notes { tr { th { "note" } td { (note) } } }
        } }
        @if let Some(context) = &data.context {
            div.loud role="note" { p.small {
                b { "Softmax attends to a sample." } " It sees " (context.rows) " of the " (data.n_train) " training rows (seed " (context.seed) "), and its training errors are of these; "
                "what is linear sees all of them. Gaps in mechanism and matrices of softmax are of the sample’s rows. More rows: " code { "--context" } "."
            } }
        }
    }
}

/// Names of columns; many are folded away.
fn names(all: &[String]) -> Markup {
    const SHOWN: usize = 8;
    html! {
        @for (place, name) in all.iter().take(SHOWN).enumerate() { @if place > 0 { ", " } code { (name) } }
        @if all.len() > SHOWN {
            " and " (all.len() - SHOWN) " more"
            details { summary { "all " (all.len()) " names" } @for (place, name) in all.iter().enumerate() { @if place > 0 { ", " } code { (name) } } }
        }
    }
}

fn scaling(kind: Scaling) -> String {
    let by = match kind {
        Scaling::Standard => "divided by their standard deviations on training rows",
        Scaling::UnitNorm => "divided by their norms over the training rows",
        Scaling::None => "not divided by anything",
    };
    let kind = kind.name();
    format!("{kind}: features are centred and {by}; targets are centred and in standard deviations while training")
}

fn lines_of(lines: &[u64]) -> String {
    let shown: Vec<String> = lines.iter().take(LINES).map(u64::to_string).collect();
    let more = if lines.len() > LINES { format!(" and {} more", lines.len() - LINES) } else { String::new() };
    format!(
        "{} with missing cells: {} {}{more}",
        lines.len(),
        if lines.len() == 1 { "line" } else { "lines" },
        shown.join(", ")
    )
}

/// How to make it again, and with which settings it was made.
pub(super) fn making(subject: Subject<'_>, command: &str) -> Markup {
    let (comparison, settings) = (subject.comparison, subject.comparison.settings());
    let mut seeds: Vec<u64> = subject.cases.iter().flat_map(|case| &case.runs).map(|run| run.seed).collect();
    seeds.sort_unstable();
    seeds.dedup();
    let seeds: Vec<String> = seeds.iter().map(u64::to_string).collect();
    let seconds: f64 = subject.cases.iter().flat_map(|case| &case.runs).map(|run| run.seconds).sum();
    let mut trainings: Vec<(&str, String)> = Vec::new();
    for case in subject.cases {
        let how = (if case.linear() { "linear" } else { "softmax" }, training(subject, case.variant));
        if !trainings.contains(&how) {
            trainings.push(how);
        }
    }
    html! {
        div.command { span { "command" } pre { code { (command) } } }
        table.facts { tbody {
            tr { th { "version" } td { "attention-regression " (env!("CARGO_PKG_VERSION")) } }
            tr { th { "penalty" } td { "λ = " (short(settings.penalty, 4)) ", on the features on scale" } }
            tr { th { "head width" } td { (comparison.width()) " columns of Wq and Wk" } }
            tr { th { "context" } td { "softmax attends to at most " (settings.context) " training rows" } }
            @for (score, how) in &trainings { tr { th { (score) } td { (how) } } }
            tr { th { "seeds" } td { (range(&seeds)) " of the initial weights; " (settings.seed) " of the split and the sample" } }
            tr { th { "time" } td { (short(seconds, 3)) " seconds of training and judging, all threads together" } }
            tr { th { "all numbers" } td { a href=(crate::compare::document::DOCUMENT) { (crate::compare::document::DOCUMENT) } " beside this page, described by " code.nowrap { "attention-regression compare --schema" } } }
        } }
    }
}

/// The first, the last and how many.
fn range(seeds: &[String]) -> String {
    match seeds {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [first, .., last] => format!("{first} to {last}"),
    }
}

fn training(subject: Subject<'_>, variant: crate::experiment::Variant) -> String {
    let training = subject.comparison.training(variant, subject.comparison.settings().seed);
    let optimiser = match training.optimiser {
        Optimiser::Adam { rate } => format!("Adam at rate {}", short(rate, 4)),
        Optimiser::GradientDescent { rate } => format!("gradient descent at rate {}", short(rate, 4)),
    };
    let rest = if training.tolerance > 0.0 {
        format!(", until the gradient is {} of what it was", short(training.tolerance, 3))
    } else {
        String::new()
    };
    format!(
        "at most {} steps of {optimiser}{rest}; initial weights of standard deviation {}",
        training.steps,
        short(training.deviation, 3)
    )
}
