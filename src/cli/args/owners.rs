//! `owners`.

use clap::Args;

use super::{ConfigFile, Shown};

/// `owners`.
#[derive(Args, Debug)]
pub struct Owners {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigFile,
    /// A SKU, a stock key or a page of the catalogue, or of an incident
    #[arg(value_name = "SKU", required_unless_present = "all")]
    pub what: Option<String>,
    /// Count for the whole catalogue who owns how much, what nobody owns, and which rules fit nothing
    #[arg(long, conflicts_with = "what")]
    pub all: bool,
    /// Only this shop
    #[arg(long, value_name = "NAME")]
    pub shop: Option<String>,
    /// How it is shown
    #[arg(long, value_enum, default_value_t = Shown::Table)]
    pub format: Shown,
}
