//! `stocktruth completions SHELL`.

use super::{Exit, Failure};

pub(super) fn run(shell: clap_complete::Shell, command: &mut clap::Command) -> Result<Exit, Failure> {
    clap_complete::generate(shell, command, "stocktruth", &mut std::io::stdout());
    Ok(Exit::Agrees)
}
