//! The command line: reads the arguments and hands them to the commands of the notebook and to `compare`.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::compare::command::{Compare, compare};
use crate::console::{say_bytes, say_diagnostic, say_error};
use crate::diagnostic::Diagnostic;
use crate::notebook::command::book::{Book, book};
use crate::notebook::command::claims::{Claims, claims};
use crate::notebook::command::diff::diff;
use crate::notebook::command::review::{Review, review};
use crate::notebook::command::{Done, root};
use crate::publish::harmless;

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

const EXAMPLES: &str = "Examples:
  attention-regression                     weave and render the book into target/book
  attention-regression --open              … and open it in a browser
  attention-regression --out site          … into another folder
  attention-regression --watch --open      … and follow every change of prose, snapshots and theme
  attention-regression --check             only say whether book/src is fresh
  attention-regression claims              every claim with its headline number, every statement with its verdict
  attention-regression claims --json       the same for programs
  attention-regression claims show ID      one claim, and the command that verifies it
  attention-regression claims verify --certificate here.json
                                           run them all and write down what held; --against compares
  attention-regression claims replicate --draws 101..140
                                           run them all on draws that nobody looked at, and keep in how many each held
  attention-regression compare diabetes    the experiment on a table; `compare --help` has the rest
  attention-regression review              what a change did: pending snapshots beside the accepted ones, on one page
  attention-regression review --against HEAD~1   … or this checkout's numbers beside those of another commit

Exit code: 0 when all is well, 1 when something is wrong with the notebook or standard output takes no more, 2 for a
mistake in the arguments, 130 after Ctrl-C (0 with --watch), 141 when the reader of a pipe has seen enough.";

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

/// Runs the program on its arguments; the exit code is that of `--help`.
pub fn run() -> ExitCode {
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
        Some(Commands::Review(arguments)) => {
            root(&arguments.place).and_then(|root| review(&root, &arguments)).unwrap_or_else(|problems| {
                problems.iter().for_each(say_diagnostic);
                ExitCode::from(2)
            })
        }
        Some(Commands::Completions { shell }) => ended(completions(shell)),
        Some(Commands::Diff { old, new }) => ended(diff(&old, &new)),
        Some(Commands::Man) => ended(man()),
    }
}

fn ended(done: Done) -> ExitCode {
    done.unwrap_or_else(|problems| {
        problems.iter().for_each(say_diagnostic);
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
    rendered.map_err(|error| vec![Diagnostic::new("man", format!("cannot be rendered: {error}"), "see --help")])?;
    say_bytes(&page)?;
    Ok(ExitCode::SUCCESS)
}
