//! `stocktruth completions SHELL`.

use super::{Exit, Failure, terminal};

pub(super) fn run(shell: clap_complete::Shell, command: &mut clap::Command) -> Result<Exit, Failure> {
    // Straight to standard output, `clap_complete` would panic when the reader goes away.
    let mut script = Vec::new();
    clap_complete::generate(shell, command, "stocktruth", &mut script);
    terminal::hand_out(&script)?;
    Ok(Exit::Agrees)
}
