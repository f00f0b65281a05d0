//! The command line: weave and render the book, list the claims, compare on a table, review a change. Everything it does stands in the library.

mod command;

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use attention_regression::notebook::registry::{Problem, Registry};
use attention_regression::notebook::{catalogue, difference, find_root, last_run, snapshot, weave};
use attention_regression::publish::{harmless, harmless_json};
use clap::{Args, CommandFactory as _, Parser, Subcommand};
use command::book::{Book, book};
use command::compare::{Compare, compare};
use command::replicate::{Replicate, replicate};
use command::review::{Review, review};
use command::verify::{Verify, verify};
use command::{say, say_bytes, say_error, say_problems};

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
  attention-regression claims verify --certificate here.json
                                           run them all and write down what held; --against compares
  attention-regression claims replicate --draws 101..140
                                           run them all on draws that nobody looked at, and keep in how many each held
  attention-regression compare diabetes    the experiment on a table; `compare --help` has the rest
  attention-regression review              what a change did: pending snapshots beside the accepted ones, on one page
  attention-regression review --against HEAD~1   … or this checkout's numbers beside those of another commit

Exit code: 0 when all is well, 1 when something is wrong with the notebook or standard output takes no more, 2 for a mistake in the
arguments, 130 after Ctrl-C (0 with --watch), 141 when the reader of a pipe has seen enough.";

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
    Replicate(Replicate),
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(told) => return ended(told_by_clap(&told)),
    };
    match cli.command {
        None => ended(root(&cli.book.place).and_then(|root| book(&root, &cli.book))),
        Some(Commands::Book(arguments)) => ended(root(&arguments.place).and_then(|root| book(&root, &arguments))),
        Some(Commands::Claims(arguments)) => ended(root(&arguments.place).and_then(|root| claims(&root, &arguments))),
        Some(Commands::Compare(arguments)) => compare(*arguments),
        // 1 says that something moved; whatever keeps it from being known is 2.
        Some(Commands::Review(arguments)) => root(&arguments.place).and_then(|root| review(&root, &arguments)).unwrap_or_else(|problems| {
            say_problems(&problems);
            ExitCode::from(2)
        }),
        Some(Commands::Completions { shell }) => ended(completions(shell)),
        Some(Commands::Diff { old, new }) => ended(diff(&old, &new)),
        Some(Commands::Man) => ended(man()),
    }
}

/// The exit code that follows, or what went wrong.
type Done = Result<ExitCode, Vec<Problem>>;

fn ended(done: Done) -> ExitCode {
    done.unwrap_or_else(|problems| {
        say_problems(&problems);
        ExitCode::FAILURE
    })
}

/// Help and the version, which are asked for, or a mistake in the arguments.
fn told_by_clap(told: &clap::Error) -> Done {
    if told.use_stderr() {
        // It quotes what was typed.
        let quotes_harm = std::env::args_os().any(|word| harmless(&word.to_string_lossy()) != word.to_string_lossy());
        if quotes_harm { say_error(&told.render().to_string()) } else { drop(told.print()) }
    } else {
        let text = told.render();
        say_bytes(if std::io::stdout().is_terminal() { text.ansi().to_string() } else { text.to_string() }.as_bytes())?;
    }
    Ok(ExitCode::from(u8::try_from(told.exit_code()).unwrap_or(2)))
}

fn completions(shell: clap_complete::Shell) -> Done {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "attention-regression", &mut script);
    say_bytes(&script)?;
    Ok(ExitCode::SUCCESS)
}

fn man() -> Done {
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(Cli::command()).render(&mut page);
    rendered.map_err(|error| vec![Problem::new("man", 0, format!("cannot be rendered: {error}"), "see --help")])?;
    say_bytes(&page)?;
    Ok(ExitCode::SUCCESS)
}

fn root(place: &Root) -> Result<PathBuf, Vec<Problem>> {
    let here = std::env::current_dir().map_err(|error| vec![Problem::new(".", 0, format!("cannot be read: {error}"), "change into a folder that exists")])?;
    let found = match &place.root {
        Some(folder) if !folder.is_dir() => return Err(vec![Problem::new(folder, 0, "is no folder", "name the notebook's with --root DIR")]),
        Some(folder) => find_root(folder).map_err(|problem| vec![problem])?,
        None => find_root(&here).map_err(|problem| vec![problem])?,
    };
    Ok(found)
}

fn claims(root: &Path, arguments: &Claims) -> Done {
    let registry = Registry::read(root)?;
    if let Some(ClaimsCommand::Verify(arguments)) = &arguments.command {
        return verify(root, &registry, arguments).map(|()| ExitCode::SUCCESS);
    }
    if let Some(ClaimsCommand::Replicate(arguments)) = &arguments.command {
        return replicate(root, &registry, arguments).map(|()| ExitCode::SUCCESS);
    }
    let snapshots = snapshot::read_all(root).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    let metrics = weave::metrics(&registry, &snapshots, &mut problems);
    // A claim that was never run is listed without numbers, and said to be so.
    for problem in &problems {
        say_error(&format!("warning: {problem}"));
    }
    match &arguments.command {
        None if arguments.json => say(&as_json(&catalogue::json(&registry, &metrics))?)?,
        None => say(catalogue::table(&registry, &metrics, &last_run::read_all(root)).trim_end())?,
        Some(ClaimsCommand::Verify(_) | ClaimsCommand::Replicate(_)) => {}
        Some(ClaimsCommand::Show { id }) => match registry.claim(id) {
            Some(claim) => say(catalogue::show(&registry, claim, &metrics).trim_end())?,
            None => {
                return Err(vec![Problem::new("tests/claims", 0, format!("`{}` is no claim", harmless(id)), nearest(&registry, id))]);
            }
        },
    }
    Ok(ExitCode::SUCCESS)
}

fn as_json(document: &impl serde::Serialize) -> Result<String, Vec<Problem>> {
    let text = serde_json::to_string_pretty(document).map(|text| harmless_json(&text));
    text.map_err(|error| vec![Problem::new("the document", 0, format!("cannot be written: {error}"), "report this: it should not happen")])
}

/// insta hands over both texts as files named after the snapshot.
fn diff(old: &Path, new: &Path) -> Done {
    let read = |path: &Path| std::fs::read_to_string(path).map_err(|error| vec![Problem::new(path, 0, format!("cannot be read: {error}"), "name two files")]);
    let name = new.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let told = difference::text(&name, &read(old)?, &read(new)?);
    say(&told.map_err(|(line, what)| vec![Problem::new(new, line, what, "compare two texts of one snapshot")])?)?;
    Ok(ExitCode::SUCCESS)
}

/// Names a claim that was probably meant.
fn nearest(registry: &Registry, id: &str) -> String {
    let shared = |name: &str| name.split('_').filter(|word| id.split('_').any(|other| other == *word)).count();
    let best = registry.claims().max_by_key(|claim| shared(&claim.id)).filter(|claim| shared(&claim.id) > 0);
    best.map_or("see `attention-regression claims`".to_owned(), |claim| format!("did you mean `{}`? See `attention-regression claims`", claim.id))
}
