//! `notices`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};

use super::{ConfigFile, Shown};
use crate::domain::NoticeState;

/// `notices`.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Notices {
    /// What to do with them; nothing: list them.
    #[command(subcommand)]
    pub deed: Option<Deed>,
    /// Which are listed.
    #[command(flatten)]
    pub list: List,
}

/// What can be done with notices.
#[derive(Debug, Subcommand)]
pub enum Deed {
    /// List them: given up, waiting, then sent, the newest first [default]
    List(List),
    /// Show one: its headers and what it says
    Show(Show),
    /// Try them once more, now: also what was given up or taken out
    Retry(Retry),
    /// Take them out of the outbox; what they tell of counts as told
    Drop(Drop),
    /// Show what would be sent now, and send nothing
    Preview(Preview),
    /// Tell what is due now, without checking the shops: for timers at the times of digests
    Send(Send),
}

/// `notices list`.
#[derive(Args, Debug)]
pub struct List {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigFile,
    /// Say of every incident and recipient instead whether they are told now, and why not if not
    #[arg(long, conflicts_with_all = ["state", "limit"])]
    pub why: bool,
    /// With --why: only of this SKU, incident, stock key or page
    #[arg(long, value_name = "SKU", requires = "why")]
    pub sku: Option<String>,
    /// In this state, several between commas
    #[arg(long, value_name = "STATE", value_delimiter = ',', value_parser = states())]
    pub state: Vec<NoticeState>,
    /// At most N of those that were sent or taken out
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,
    /// How they are shown
    #[arg(long, value_enum, default_value_t = Shown::Table)]
    pub format: Shown,
}

/// `notices show`.
#[derive(Args, Debug)]
pub struct Show {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigFile,
    /// The notice's number
    #[arg(value_name = "ID")]
    pub id: i64,
    /// The message as it is sent, byte by byte
    #[arg(long)]
    pub eml: bool,
}

/// `notices retry`.
#[derive(Args, Debug)]
pub struct Retry {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigFile,
    /// The notices' numbers
    #[arg(value_name = "ID", required_unless_present = "dead")]
    pub id: Vec<i64>,
    /// All that were given up
    #[arg(long, conflicts_with = "id")]
    pub dead: bool,
}

/// `notices drop`.
#[derive(Args, Debug)]
pub struct Drop {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigFile,
    /// The notices' numbers
    #[arg(value_name = "ID", required = true)]
    pub id: Vec<i64>,
}

/// `notices preview`.
#[derive(Args, Debug)]
pub struct Preview {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigFile,
    /// Only what this recipient would get: an address, or a name under `recipients`
    #[arg(long, value_name = "ADDRESS|NAME")]
    pub to: Option<String>,
    /// As if it were everybody's time: all that is open, whatever digests, reminders, quiet times and limits say
    #[arg(long)]
    pub anyway: bool,
    /// Write the HTML to a file, its pictures inside
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Really send that mail, to this address and nobody else; nothing is recorded
    #[arg(long, value_name = "ADDRESS")]
    pub send_test: Option<String>,
}

/// `notices send`.
#[derive(Args, Debug)]
pub struct Send {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigFile,
    /// Say nothing unless something is wrong
    #[arg(short, long)]
    pub quiet: bool,
}

fn states() -> impl TypedValueParser<Value = NoticeState> {
    PossibleValuesParser::new(NoticeState::ALL.map(NoticeState::code))
        .try_map(|code| NoticeState::from_code(&code).ok_or("no such state"))
}
