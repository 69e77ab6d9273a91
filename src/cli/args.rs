//! The command line.

mod doctor;
mod incidents;
pub(super) mod notices;
mod owners;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use url::Url;

use super::exit;

pub(super) use doctor::Doctor;
pub(super) use incidents::{Ack, By, Deed, Fits, Ignore, Incidents, List, Show, Silence, Which, Word};
pub(super) use owners::Owners;

/// Finds the products a shop still promises although they cannot be bought, and tells the person who can fix it.
#[derive(Debug, Parser)]
#[command(version, about, after_help = exit::HELP, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// How much is logged: 0 warnings, 1 what happens, 2 every request.
    pub fn verbosity(&self) -> u8 {
        match &self.command {
            Command::Check(args) => args.verbose,
            Command::Stock(args) => args.verbose,
            _ => 0,
        }
    }
}

/// The commands, one file each.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Hold what the shops promise against what their stock systems say
    Check(Box<Check>),
    /// Show it all on an embedded shop: no configuration, no network
    Demo(Demo),
    /// Find every problem of the configuration at once
    Validate(Validate),
    /// Show every signal of one product and how the verdict follows
    Explain(Explain),
    /// Show what the stock sources say of one key, and the rules step by step
    Stock(Stock),
    /// List incidents, take them on, silence or ignore them
    Incidents(Box<Incidents>),
    /// List what was or is to be told, and why; preview it, send it, try it once more
    Notices(Box<notices::Notices>),
    /// Show who would be told of a product and by which rule, or who owns how much
    Owners(Owners),
    /// See whether checks happen, check something and reach people; for a timer of its own
    Doctor(Doctor),
    /// Write a commented starter configuration
    Init(Init),
    /// Print completions for a shell
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page (roff)
    Man,
}

/// Where the configuration is.
#[derive(Args, Debug)]
pub struct ConfigFile {
    /// Configuration file [default: $STOCKTRUTH_CONFIG, ./stocktruth.yaml, the user's, /etc/stocktruth/stocktruth.yaml]
    #[arg(short, long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// `check`.
#[derive(Args, Debug)]
#[command(after_help = exit::HELP)]
pub struct Check {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigFile,
    /// Only this shop (repeatable)
    #[arg(long, value_name = "NAME")]
    pub shop: Vec<String>,
    /// Only this SKU, at once: nothing is recorded or mailed (repeatable)
    #[arg(long, value_name = "SKU")]
    pub sku: Vec<String>,
    /// Only this page, at once: nothing is recorded or mailed (repeatable)
    #[arg(long, value_name = "URL")]
    pub url: Vec<Url>,
    /// At most N items per shop
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
    /// Look and judge, but record nothing, mail nobody and leave the cart alone
    #[arg(long)]
    pub dry_run: bool,
    /// How the result is shown
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Write the result to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Record incidents but neither write nor send mail; the next run with mail tells them
    #[arg(long)]
    pub no_mail: bool,
    /// Believe stock that shrank or sold out past its limits, this once: it is what later readings are held against
    #[arg(long)]
    pub accept_stock: bool,
    /// Look at every page, whatever budget and plan the configuration sets
    #[arg(long)]
    pub full: bool,
    /// No progress, and the table only when something is wrong
    #[arg(short, long)]
    pub quiet: bool,
    /// Say what happens on standard error (-vv: every request)
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// `demo`.
#[derive(Args, Debug)]
pub struct Demo {
    /// How the result is shown
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Folder for the files it leaves [default: a new folder in the system's temporary folder]
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
}

/// `validate`.
#[derive(Args, Debug)]
pub struct Validate {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigFile,
    /// Also try shop, feeds, listings, stock source and mail server, and say what each answered (the cart is not tried)
    #[arg(long)]
    pub connect: bool,
}

/// `explain`.
#[derive(Args, Debug)]
pub struct Explain {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigFile,
    /// A product page's address, a SKU of the catalogue, or a saved page
    #[arg(value_name = "URL|SKU|FILE.html")]
    pub what: String,
    /// The shop it belongs to, where that is not clear
    #[arg(long, value_name = "NAME")]
    pub shop: Option<String>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `stock`.
#[derive(Args, Debug)]
pub struct Stock {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigFile,
    /// The key the stock source knows the item by: its SKU, unless the catalogue gives it a stock_key
    #[arg(value_name = "SKU")]
    pub key: String,
    /// The shop, where there are several
    #[arg(long, value_name = "NAME")]
    pub shop: Option<String>,
    /// How it is shown
    #[arg(long, value_enum, default_value_t = Shown::Table)]
    pub format: Shown,
    /// Say what happens on standard error (-vv: every request)
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// How one item's stock is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shown {
    /// Aligned text for people
    Table,
    /// One JSON document
    Json,
}

/// `init`.
#[derive(Args, Debug)]
pub struct Init {
    /// Where to write it
    #[arg(value_name = "FILE", default_value = "stocktruth.yaml")]
    pub file: PathBuf,
    /// Overwrite an existing file
    #[arg(long)]
    pub force: bool,
}

/// How a result is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// An aligned table for people
    Table,
    /// One JSON document
    Json,
    /// One JSON object a line
    Jsonl,
    /// Comma-separated values
    Csv,
    /// What is wrong as one HTML page
    Html,
    /// JUnit XML, every item a test case
    Junit,
    /// The run in numbers, as Prometheus' text format
    Prometheus,
}

impl From<Format> for crate::report::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Table => Self::Table,
            Format::Json => Self::Json,
            Format::Jsonl => Self::Jsonl,
            Format::Csv => Self::Csv,
            Format::Html => Self::Html,
            Format::Junit => Self::Junit,
            Format::Prometheus => Self::Prometheus,
        }
    }
}
