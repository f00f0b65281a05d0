//! The command line: weave and render the book, list the claims, compare on a table, review a change. Everything it does stands in the library.

mod command;

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use attention_regression::notebook::affected::{self, Sources};
use attention_regression::notebook::registry::{Problem, Registry};
use attention_regression::notebook::{catalogue, difference, find_root, last_run, render, snapshot, weave};
use clap::{Args, CommandFactory as _, Parser, Subcommand};
use command::compare::{Compare, compare};
use command::review::{Review, review};
use command::verify::{Verify, verify};
use command::watch::watch;
use command::{say, say_error, say_mistake};
use indicatif::{ProgressBar, ProgressStyle};

/// Same math, different meaning: an executable book of claims about attention and linear regression.
///
/// Without a command it weaves the book from the claims and their snapshots and renders it as HTML.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Commands>,
    #[command(flatten)]
    book: Book,
}

#[derive(Args)]
struct Root {
    /// The notebook: the folder that holds `snapshots` [default: the nearest at or above this one]
    #[arg(long, global = true, value_name = "DIR")]
    root: Option<PathBuf>,
}

const EXAMPLES: &str = "Examples:
  attention-regression                     weave and render the book into target/book
  attention-regression --open              … and open it in a browser
  attention-regression --out site          … into another folder
  attention-regression --watch --open      … and follow every change of prose, snapshots and theme
  attention-regression --check             only say whether book/src is fresh
  attention-regression claims              every claim with its headline number and time, every statement with its verdict
  attention-regression claims --json       the same for programs
  attention-regression claims show ID      one claim, and the command that verifies it
  attention-regression claims affected src/whitening.rs
                                           what a change of that file can reach
  attention-regression claims verify --certificate here.json
                                           run them all and write down what held; --against compares
  attention-regression compare diabetes    the experiment on a table; `compare --help` has the rest
  attention-regression review              what a change did: pending snapshots beside the accepted ones, on one page
  attention-regression review --against HEAD~1   … or this checkout's numbers beside those of another commit

Exit code: 0 when all is well, 1 when something is wrong with the notebook, 2 for a mistake in the arguments.";

#[derive(Subcommand)]
enum Commands {
    /// Weave and render the book (what happens without a command)
    Book(Book),
    /// List the claims
    Claims(Claims),
    Compare(Box<Compare>),
    Review(Review),
    /// Print completions for a shell: `attention-regression completions bash`
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Say what differs between two texts of one snapshot: for INSTA_DIFF_TOOL
    #[command(hide = true)]
    Diff {
        /// The accepted text
        old: PathBuf,
        /// The new one
        new: PathBuf,
    },
    /// Print the manual page: `attention-regression man > attention-regression.1`
    Man,
}

#[derive(Args)]
struct Book {
    #[command(flatten)]
    place: Root,
    /// Open the book in a browser
    #[arg(long, conflicts_with = "check")]
    open: bool,
    /// Where the HTML goes [default: target/book below the root]
    #[arg(long, value_name = "DIR", conflicts_with = "check")]
    out: Option<PathBuf>,
    /// Make it again whenever its sources change, and have the open page reload
    #[arg(long, conflicts_with = "check")]
    watch: bool,
    /// With --watch: where on this machine the book is served, 0 for any free port [default: 3000, or a free one]
    #[arg(long, value_name = "PORT", requires = "watch")]
    port: Option<u16>,
    /// Write nothing: exit with 1 where book/src differs from what the claims say
    #[arg(long)]
    check: bool,
}

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
struct Claims {
    #[command(flatten)]
    place: Root,
    #[command(subcommand)]
    command: Option<ClaimsCommand>,
    /// One JSON document instead of a table
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
enum ClaimsCommand {
    /// Show one claim: statement, evidence, what breaks it, the command that verifies it
    Show {
        /// The claim's name, that of its test
        id: String,
    },
    Verify(Verify),
    /// List what depends on source files or claims: claims, figures, sentences, statements
    Affected {
        /// Files below src, tests/claims or snapshots, or names of claims
        #[arg(required = true, value_name = "FILE|ID")]
        named: Vec<String>,
        /// One JSON document instead of lists
        #[arg(long)]
        json: bool,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match &cli.command {
        None => root(&cli.book.place).and_then(|root| book(&root, &cli.book)),
        Some(Commands::Book(arguments)) => root(&arguments.place).and_then(|root| book(&root, arguments)),
        Some(Commands::Claims(arguments)) => root(&arguments.place).and_then(|root| claims(&root, arguments)),
        Some(Commands::Compare(arguments)) => return compare(arguments),
        // 1 says that something moved; whatever keeps it from being known is 2.
        Some(Commands::Review(arguments)) => {
            return root(&arguments.place).and_then(|root| review(&root, arguments)).unwrap_or_else(|problems| {
                problems.iter().for_each(|problem| say_mistake(&problem.to_string()));
                ExitCode::from(2)
            });
        }
        Some(Commands::Completions { shell }) => {
            clap_complete::generate(*shell, &mut Cli::command(), "attention-regression", &mut std::io::stdout());
            return ExitCode::SUCCESS;
        }
        Some(Commands::Diff { old, new }) => diff(old, new),
        Some(Commands::Man) => return ExitCode::from(u8::from(clap_mangen::Man::new(Cli::command()).render(&mut std::io::stdout()).is_err())),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problems) => {
            problems.iter().for_each(|problem| say_mistake(&problem.to_string()));
            ExitCode::FAILURE
        }
    }
}

type Done = Result<(), Vec<Problem>>;

fn root(place: &Root) -> Result<PathBuf, Vec<Problem>> {
    let here = std::env::current_dir().map_err(|error| vec![Problem::new(".", 0, format!("cannot be read: {error}"), "change into a folder that exists")])?;
    let found = match &place.root {
        Some(folder) => find_root(folder).map_err(|problem| vec![problem])?,
        None => find_root(&here).map_err(|problem| vec![problem])?,
    };
    Ok(found)
}

fn book(root: &Path, arguments: &Book) -> Done {
    let out = arguments.out.clone().unwrap_or_else(|| root.join("target/book"));
    if arguments.check {
        return check(root);
    }
    render::refuse_foreign(&out).map_err(|problem| vec![problem])?;
    if arguments.watch {
        return watch(root, &out, arguments.port, arguments.open, &|| made(root, &out));
    }
    let first = out.join("index.html");
    say(&format!("{}.\nThe book is at {}", made(root, &out)?, first.display()));
    if arguments.open {
        open::that(&first).map_err(|error| vec![Problem::new(&first, 0, format!("cannot be opened: {error}"), "open it in a browser yourself")])?;
    }
    Ok(())
}

/// Whether the committed pages are what the claims say.
fn check(root: &Path) -> Done {
    let registry = Registry::read(root)?;
    let snapshots = snapshot::read_all(root).map_err(|problem| vec![problem])?;
    let pages = weave::weave(&registry, &snapshots)?;
    let stale = weave::stale(root, &pages);
    if !stale.is_empty() {
        return Err(stale);
    }
    say(&format!("book/src is fresh: {} claims, {} files.", registry.claims().count(), pages.len()));
    Ok(())
}

/// Weaves the pages and renders them. Says in words what was made.
fn made(root: &Path, out: &Path) -> Result<String, Vec<Problem>> {
    let progress = progress();
    progress.set_message("reading the claims");
    let registry = Registry::read(root)?;
    let snapshots = snapshot::read_all(root).map_err(|problem| vec![problem])?;
    if let waiting @ 1.. = snapshot::pending(root).len() {
        progress
            .suspend(|| say_error(&format!("warning: snapshots wait for review ({waiting}); the book shows the accepted numbers; run `cargo insta review`")));
    }
    progress.set_message("weaving the pages");
    let pages = weave::weave(&registry, &snapshots)?;
    let changed = weave::write(root, &pages).map_err(|problem| vec![problem])?;
    progress.set_message("rendering the HTML");
    let count = render::render(root, &pages, out)?;
    progress.finish_and_clear();
    let woven = if changed == 0 { "book/src was fresh".to_owned() } else { format!("{changed} files of book/src changed") };
    Ok(format!("{} claims, {count} pages; {woven}", registry.claims().count()))
}

/// A spinner on a terminal, nothing elsewhere.
fn progress() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner().with_style(ProgressStyle::default_spinner());
    bar.enable_steady_tick(Duration::from_millis(80));
    bar
}

fn claims(root: &Path, arguments: &Claims) -> Done {
    let registry = Registry::read(root)?;
    if let Some(ClaimsCommand::Affected { named, json }) = &arguments.command {
        let affected = affected::affected(&registry, &Sources::read(root)?, root, named)?;
        say(&if *json { serde_json::to_string_pretty(&affected).unwrap_or_default() } else { affected::text(&registry, &affected) });
        return Ok(());
    }
    if let Some(ClaimsCommand::Verify(arguments)) = &arguments.command {
        return verify(root, &registry, arguments);
    }
    let snapshots = snapshot::read_all(root).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    let metrics = weave::metrics(&registry, &snapshots, &mut problems);
    // A claim that was never run is listed without numbers, and said to be so.
    for problem in &problems {
        say_error(&format!("warning: {problem}"));
    }
    match &arguments.command {
        None if arguments.json => say(&catalogue::json(&registry, &metrics)),
        None => say(catalogue::table(&registry, &metrics, &last_run::read_all(root)).trim_end()),
        Some(ClaimsCommand::Affected { .. } | ClaimsCommand::Verify(_)) => {}
        Some(ClaimsCommand::Show { id }) => match registry.claim(id) {
            Some(claim) => say(catalogue::show(&registry, claim, &metrics).trim_end()),
            None => {
                return Err(vec![Problem::new("tests/claims", 0, format!("`{id}` is no claim"), nearest(&registry, id))]);
            }
        },
    }
    Ok(())
}

/// insta hands over both texts as files named after the snapshot.
fn diff(old: &Path, new: &Path) -> Done {
    let read = |path: &Path| std::fs::read_to_string(path).map_err(|error| vec![Problem::new(path, 0, format!("cannot be read: {error}"), "name two files")]);
    let name = new.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let told = difference::text(&name, &read(old)?, &read(new)?);
    say(&told.map_err(|(line, what)| vec![Problem::new(new, line, what, "compare two texts of one snapshot")])?);
    Ok(())
}

/// Names a claim that was probably meant.
fn nearest(registry: &Registry, id: &str) -> String {
    let shared = |name: &str| name.split('_').filter(|word| id.split('_').any(|other| other == *word)).count();
    let best = registry.claims().max_by_key(|claim| shared(&claim.id)).filter(|claim| shared(&claim.id) > 0);
    best.map_or("see `attention-regression claims`".to_owned(), |claim| format!("did you mean `{}`? See `attention-regression claims`", claim.id))
}
