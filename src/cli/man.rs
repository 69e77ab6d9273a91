//! `stocktruth man`.

use super::{Exit, Failure};

pub(super) fn run(command: clap::Command) -> Result<Exit, Failure> {
    let page = clap_mangen::Man::new(command);
    // A pager that was closed early is no trouble.
    let _ = page.render(&mut std::io::stdout());
    Ok(Exit::Agrees)
}
