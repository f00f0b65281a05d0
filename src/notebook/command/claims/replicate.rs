//! `claims replicate`: runs claims on draws that nobody looked at, counts what held, and keeps the counts.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::console::say;
use crate::diagnostic::Diagnostic;
use crate::notebook::book::weave;
use crate::notebook::claim::replication::{self, DRAW, ENOUGH, FILE, FOLDER, Replicated, Replication, Run};
use crate::notebook::claim::snapshot::{self, Metrics};
use crate::notebook::claim::wording;
use crate::notebook::registry::{Claim, Registry};
use crate::publish::number::{self, Digits};
use crate::publish::{self, aligned, harmless};

/// Run claims on draws that nobody looked at, and keep in how many each held
///
/// Every claim takes its random numbers from numbered draws, the book's from 1 to 5. This runs claims on others, one
/// draw at a time, and says of every judgement in how many of them it held and between which values most of what was
/// measured lay. The counts are kept in snapshots/replication.toml, and the book prints them.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Replicate {
    /// Claims by name [default: all]
    ids: Vec<String>,
    /// First and last draw
    #[arg(long, value_name = "FROM..TO", default_value = "101..140", value_parser = draws)]
    draws: Draws,
    /// Draws that run at once [default: one for every two cores]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZero<usize>>,
    /// Say what held and keep nothing
    #[arg(long)]
    dry_run: bool,
}

const EXAMPLES: &str = "Examples:
  attention-regression claims replicate                        all claims, forty draws: some minutes
  attention-regression claims replicate ID --draws 201..210    one claim on ten other draws

Exit code: 0 when every claim that was run held in at least 95 % of the draws, 1 when one did not or something went wrong.";

#[derive(Debug, Clone, Copy)]
struct Draws {
    from: u64,
    to: u64,
}

fn draws(text: &str) -> Result<Draws, String> {
    let ends = text
        .split_once("..")
        .and_then(|(from, to)| Some((from.trim().parse().ok()?, to.trim_start_matches('=').trim().parse().ok()?)));
    match ends {
        Some((from, to)) if (1..=to).contains(&from) && to - from < 10_000 => Ok(Draws { from, to }),
        Some(_) => {
            Err("the first draw is at least 1 and no later than the last, and there are at most ten thousand"
                .to_owned())
        }
        None => Err("write the first and the last draw: 101..140".to_owned()),
    }
}

impl std::fmt::Display for Draws {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}..{}", self.from, self.to)
    }
}

pub(crate) fn replicate(root: &Path, registry: &Registry, arguments: &Replicate) -> Result<(), Vec<Diagnostic>> {
    if let Some(id) = arguments.ids.iter().find(|id| registry.claim(id).is_none()) {
        return Err(vec![Diagnostic::new(
            "tests/claims",
            format!("`{}` is no claim", harmless(id)),
            "see `attention-regression claims`",
        )]);
    }
    // What cannot be understood is told before anything runs for minutes.
    let mut known = Replication::read(root).map_err(|problem| vec![problem])?;
    let snapshots = snapshot::read_all(root).map_err(|problem| vec![problem])?;
    let metrics = weave::metrics(registry, &snapshots, &mut Vec::new());
    let wanted: Vec<&Claim> =
        registry.claims().filter(|claim| arguments.ids.is_empty() || arguments.ids.contains(&claim.id)).collect();
    let runs = run_all(&built(root)?, root, &wanted, arguments)?;
    known.add(registry, &arguments.draws.to_string(), &runs);
    let told: Vec<(&Claim, &Replicated)> =
        wanted.iter().filter_map(|claim| Some((*claim, known.claims.get(&claim.id)?))).collect();
    if !arguments.dry_run {
        write(root, &known)?;
    }
    say(&table(&told, &metrics))?;
    let drawn = told.iter().filter(|(_, replicated)| replicated.drawn).count();
    say(&format!(
        "{} claims on the draws {}; {drawn} of them judge something that depends on the draw.",
        told.len(),
        arguments.draws
    ))?;
    if !arguments.dry_run {
        say(&format!("Kept in {FILE}; `cargo run` puts the counts into the book."))?;
    }
    let rare = told.iter().filter(|(_, replicated)| !replicated.is_enough());
    let problems: Vec<Diagnostic> = rare.map(|(claim, replicated)| too_rare(claim, replicated)).collect();
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn too_rare(claim: &Claim, replicated: &Replicated) -> Diagnostic {
    let what = format!("`{}` held in {}, fewer than {} %", claim.id, replicated.words(), 100.0 * ENOUGH);
    Diagnostic::at(&claim.file, claim.line, what, "say less in words until it is true, or say the rate")
}

fn write(root: &Path, replication: &Replication) -> Result<(), Vec<Diagnostic>> {
    let wrong = |what: String| {
        vec![Diagnostic::new(FILE, format!("cannot be written: {what}"), "check that the folder is writable")]
    };
    let text = replication.text().map_err(wrong)?;
    publish::write(&root.join(FILE), text.as_bytes(), |_| true).map_err(|error| wrong(error.to_string()))
}

/// The compiled claims.
fn built(root: &Path) -> Result<PathBuf, Vec<Diagnostic>> {
    let wrong = |what: String, cure: &str| vec![Diagnostic::new("tests/claims", what, cure)];
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .current_dir(root)
        .args(["test", "--test", "claims", "--no-run", "--message-format=json-render-diagnostics"])
        .stderr(Stdio::inherit());
    let output =
        command.output().map_err(|error| wrong(format!("cargo cannot be run: {error}"), "install a Rust toolchain"))?;
    let executable = |line: &str| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        let is_claims = message.pointer("/target/name").and_then(serde_json::Value::as_str) == Some("claims");
        message.get("executable").and_then(serde_json::Value::as_str).filter(|_| is_claims).map(PathBuf::from)
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().rev().find_map(executable).ok_or_else(|| {
        wrong("cannot be built".to_owned(), "run `cargo test --test claims --no-run` and mend what it says")
    })
}

/// What each claim judged in each draw, in the order of the draws.
fn run_all(
    executable: &Path,
    root: &Path,
    claims: &[&Claim],
    arguments: &Replicate,
) -> Result<BTreeMap<String, Vec<Option<Run>>>, Vec<Diagnostic>> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let jobs = arguments.jobs.map_or(cores.div_ceil(2), NonZero::get);
    let numbers: Vec<u64> = (arguments.draws.from..=arguments.draws.to).collect();
    let bar = bar(numbers.len() as u64);
    let (next, done) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let work = || {
        while let place = next.fetch_add(1, Ordering::Relaxed)
            && let Some(&draw) = numbers.get(place)
        {
            let run = run_one(executable, root, claims, draw);
            // What is wrong with one draw is wrong with all: nobody takes another.
            if run.is_err() {
                next.store(numbers.len(), Ordering::Relaxed);
            }
            done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(draw, run);
            bar.inc(1);
        }
    };
    std::thread::scope(|scope| (0..jobs).for_each(|_| drop(scope.spawn(work))));
    bar.finish_and_clear();
    let done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut all: BTreeMap<String, Vec<Option<Run>>> = BTreeMap::new();
    for run in done.into_values() {
        let mut run = run.map_err(|problem| vec![problem])?;
        for claim in claims {
            all.entry(claim.id.clone()).or_default().push(run.remove(&claim.id));
        }
    }
    Ok(all)
}

/// One draw: a process of its own, since a claim reads its draw once.
fn run_one(executable: &Path, root: &Path, claims: &[&Claim], draw: u64) -> Result<BTreeMap<String, Run>, Diagnostic> {
    let wrong = |what: String| {
        Diagnostic::new(
            "tests/claims",
            format!("draw {draw}: {what}"),
            "run `cargo test --test claims` and read what it says",
        )
    };
    let folder = tempfile::tempdir().map_err(|error| wrong(format!("no temporary folder: {error}")))?;
    let mut command = Command::new(executable);
    command.current_dir(root).env(DRAW, draw.to_string()).env(FOLDER, folder.path()).arg("--exact");
    command
        .args(claims.iter().map(|claim| format!("{}::{}", claim.chapter, claim.id)))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().map_err(|error| wrong(format!("{} cannot be run: {error}", executable.display())))?;
    let runs: BTreeMap<String, Run> = claims
        .iter()
        .filter_map(|claim| Some((claim.id.clone(), replication::read_run(folder.path(), &claim.id)?)))
        .collect();
    if runs.is_empty() { Err(wrong("no claim came to its judgements".to_owned())) } else { Ok(runs) }
}

/// On a terminal only.
fn bar(draws: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("draws {bar:30} {pos}/{len} {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(draws).with_style(style);
    bar.tick();
    bar
}

/// Every judgement that depends on the draw, under its claim.
fn table(told: &[(&Claim, &Replicated)], metrics: &BTreeMap<String, Metrics>) -> String {
    let short = |value: f64| number::unicode(value, Digits::Short(3));
    let mut rows = Vec::new();
    for (claim, replicated) in told.iter().filter(|(_, replicated)| replicated.drawn) {
        rows.push([
            claim.id.clone(),
            format!("{} of {}", replicated.held, replicated.of),
            String::new(),
            String::new(),
            String::new(),
        ]);
        for (name, rate) in &replicated.judgements {
            let accepted =
                metrics.get(&claim.id).and_then(|all| snapshot::metric(all, name)).map(|metric| metric.reading);
            let range = format!("{} to {}", short(rate.low), short(rate.high));
            let (known, asserted) =
                accepted.map_or_else(Default::default, |reading| (wording::range(reading), wording::allowed(reading)));
            rows.push([format!("  {name}"), format!("{} of {}", rate.held, replicated.of), range, known, asserted]);
        }
    }
    aligned(["claim and judgement", "held", "5–95 %", "in the book", "must be"], &[1, 2, 3, 4], rows)
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_a_range_from_one() {
        assert!(
            draws("101..140")
                .is_ok_and(|draws| draws.from == 101 && draws.to == 140 && draws.to_string() == "101..140")
        );
        assert!(draws("7..=7").is_ok());
        for (text, what) in [
            ("0..3", "at least 1"),
            ("5..4", "no later"),
            ("1..100000", "ten thousand"),
            ("many", "101..140"),
            ("1-4", "101..140"),
        ] {
            assert!(draws(text).is_err_and(|error| error.contains(what)), "{text}");
        }
    }
}
