//! `doctor`.

use clap::Args;

use super::{ConfigFile, Shown};

/// `doctor`.
#[derive(Args, Debug)]
pub struct Doctor {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigFile,
    /// Tell operations, once, that no check happened or that it checked nothing, and once when that is over
    #[arg(long)]
    pub tell: bool,
    /// Only what is wrong
    #[arg(short, long)]
    pub quiet: bool,
    /// How it is shown
    #[arg(long, value_enum, default_value_t = Shown::Table)]
    pub format: Shown,
}
