//! `stocktruth man`.

use super::{Exit, Failure, terminal};

pub(super) fn run(command: clap::Command) -> Result<Exit, Failure> {
    let mut page = Vec::new();
    // Memory takes all there is.
    let _ = clap_mangen::Man::new(command).render(&mut page);
    terminal::hand_out(&page)?;
    Ok(Exit::Agrees)
}
