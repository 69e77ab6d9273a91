//! One file per command. The only room with user-visible errors and exit codes.

mod args;
mod check;
mod completions;
mod demo;
mod desk;
mod doctor;
mod exit;
mod explain;
mod incidents;
mod init;
mod man;
mod notices;
mod owners;
mod reasons;
mod result;
mod stock;
mod terminal;
mod validate;
mod watch;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

pub use args::{Cli, Command};
pub use exit::Exit;

use crate::domain::clock::Clock;

/// The whole program: reads the arguments, runs the command, returns the exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; they go to standard output and end well.
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Agrees };
            let _ = error.print();
            return exit.into();
        }
    };
    terminal::start_logging(cli.verbosity());
    let outcome = std::panic::catch_unwind(|| run(cli, Clock::system()));
    outcome
        .unwrap_or_else(|_| {
            terminal::complain("this is a bug in stocktruth", "please report it with the lines above");
            Exit::Bug
        })
        .into()
}

/// Runs one command with a given clock.
pub fn run(cli: Cli, clock: Clock) -> Exit {
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            terminal::complain(
                &format!("the async runtime could not be started: {error}"),
                "check the limits on threads and open files",
            );
            return Exit::NotEnough;
        }
    };
    let result = match cli.command {
        Command::Check(args) => runtime.block_on(check::run(args, clock)),
        Command::Demo(args) => runtime.block_on(demo::run(args, clock)),
        Command::Validate(args) => runtime.block_on(validate::run(args, clock)),
        Command::Explain(args) => runtime.block_on(explain::run(args, clock)),
        Command::Stock(args) => runtime.block_on(stock::run(args, clock)),
        Command::Incidents(args) => incidents::run(*args, &clock),
        Command::Notices(args) => runtime.block_on(notices::run(*args, clock)),
        Command::Owners(args) => runtime.block_on(owners::run(args, clock)),
        Command::Doctor(args) => runtime.block_on(doctor::run(args, clock)),
        Command::Init(args) => init::run(&args),
        Command::Completions { shell } => completions::run(shell, &mut Cli::command()),
        Command::Man => man::run(Cli::command()),
    };
    // A page that is still being read must not hold up the end.
    runtime.shutdown_background();
    result.unwrap_or_else(|failure| {
        failure.show();
        failure.exit
    })
}

/// A command that could not do its work: what happened, what to do, and the exit code.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    what: String,
    help: String,
}

impl Failure {
    fn new(exit: Exit, what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { exit, what: what.into(), help: help.into() }
    }

    fn show(&self) {
        terminal::complain(&self.what, &self.help);
    }
}
