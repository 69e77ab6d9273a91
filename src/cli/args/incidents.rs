//! `incidents`.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};

use super::{ConfigFile, Shown};
use crate::domain::{IncidentState, SeverityLevel, Verdict};

/// `incidents`.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Incidents {
    /// What to do with them; nothing: list them.
    #[command(subcommand)]
    pub deed: Option<Deed>,
    /// Which are listed.
    #[command(flatten)]
    pub list: List,
}

/// What can be done with incidents.
#[derive(Debug, Subcommand)]
pub enum Deed {
    /// List them, the worst first [default]
    List(List),
    /// Show all that is known of one: what makes it severe, who was told, its history
    Show(Show),
    /// Take them on: nobody is told of them again until they are put right
    Ack(Ack),
    /// Tell nobody of what fits for a while; without conditions, list what is silenced
    Silence(Silence),
    /// Tell nobody of single items, for a while or until it is taken back
    Ignore(Ignore),
    /// Take back an acknowledgement, an ignoring or a resolution
    Reopen(Word),
    /// Call them put right; what the next check sees wrong opens again
    Resolve(Word),
}

/// `incidents list`.
#[derive(Args, Debug)]
pub struct List {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigFile,
    /// Which incidents.
    #[command(flatten)]
    pub fits: Fits,
    /// In this state, several between commas [default: suspected, open, acknowledged]
    #[arg(long, value_name = "STATE", value_delimiter = ',', value_parser = states())]
    pub state: Vec<IncidentState>,
    /// At least as severe as this
    #[arg(long, value_name = "LEVEL", value_parser = levels())]
    pub severity: Option<SeverityLevel>,
    /// Also those that are over
    #[arg(long, conflicts_with = "state")]
    pub all: bool,
    /// How they are shown
    #[arg(long, value_enum, default_value_t = Shown::Table)]
    pub format: Shown,
}

/// Conditions on incidents: all that are given must hold, of several values of one any may.
#[derive(Args, Debug)]
pub struct Fits {
    /// Of this shop (repeatable, as all of these)
    #[arg(long, value_name = "NAME")]
    pub shop: Vec<String>,
    /// Of this brand
    #[arg(long, value_name = "NAME")]
    pub brand: Vec<String>,
    /// Of this category
    #[arg(long, value_name = "NAME")]
    pub category: Vec<String>,
    /// Of this supplier
    #[arg(long, value_name = "NAME")]
    pub supplier: Vec<String>,
    /// Whose SKU this pattern occurs in (`^TEA-` those that begin so)
    #[arg(long, value_name = "PATTERN")]
    pub sku: Vec<String>,
    /// Whose address this pattern occurs in
    #[arg(long, value_name = "PATTERN")]
    pub url: Vec<String>,
    /// With this verdict
    #[arg(long, value_name = "VERDICT", value_parser = verdicts())]
    pub verdict: Vec<String>,
}

/// `incidents show`.
#[derive(Args, Debug)]
pub struct Show {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigFile,
    /// The incident's number, or the SKU, stock key or page of its item (`id:12` is the number for certain)
    #[arg(value_name = "ID|SKU")]
    pub what: String,
    /// The shop, where several have that SKU
    #[arg(long, value_name = "NAME")]
    pub shop: Option<String>,
    /// How it is shown
    #[arg(long, value_enum, default_value_t = Shown::Table)]
    pub format: Shown,
}

/// Which incidents something is done to.
#[derive(Args, Debug)]
pub struct Which {
    /// Their numbers, or the SKUs, stock keys or pages of their items (`id:12` is a number for certain)
    #[arg(value_name = "ID|SKU", required = true)]
    pub what: Vec<String>,
    /// The shop, where several have that SKU
    #[arg(long, value_name = "NAME")]
    pub shop: Option<String>,
}

/// In whose name something is done.
#[derive(Args, Debug)]
pub struct By {
    /// Who does it [default: the user of this machine]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Why, for the history
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub note: String,
}

/// `incidents ack`.
#[derive(Args, Debug)]
pub struct Ack {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigFile,
    /// Which.
    #[command(flatten)]
    pub which: Which,
    /// In whose name.
    #[command(flatten)]
    pub by: By,
    /// For so long (`3d`), or to the end of that day (`2026-12-01`), at the most
    #[arg(long, visible_alias = "for", value_name = "3d|DATE")]
    pub until: Option<String>,
}

/// `incidents silence`.
#[derive(Args, Debug)]
pub struct Silence {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigFile,
    /// What is silenced.
    #[command(flatten)]
    pub fits: Fits,
    /// In whose name.
    #[command(flatten)]
    pub by: By,
    /// For so long (`3d`), or to the end of that day (`2026-12-01`)
    #[arg(long, visible_alias = "for", value_name = "3d|DATE")]
    pub until: Option<String>,
    /// Lift the silence with this number, as the list shows it (repeatable)
    #[arg(long, value_name = "N", conflicts_with_all = ["until", "shop", "brand", "category", "supplier", "sku", "url", "verdict"])]
    pub lift: Vec<i64>,
    /// How the list is shown
    #[arg(long, value_enum, default_value_t = Shown::Table)]
    pub format: Shown,
}

/// `incidents ignore`.
#[derive(Args, Debug)]
pub struct Ignore {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigFile,
    /// Which; also SKUs of which no incident is known yet.
    #[command(flatten)]
    pub which: Which,
    /// In whose name.
    #[command(flatten)]
    pub by: By,
    /// For so long (`3d`), or to the end of that day (`2026-12-01`) [default: until it is taken back]
    #[arg(long, visible_alias = "for", value_name = "3d|DATE")]
    pub until: Option<String>,
}

/// `incidents reopen` and `incidents resolve`.
#[derive(Args, Debug)]
pub struct Word {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigFile,
    /// Which.
    #[command(flatten)]
    pub which: Which,
    /// In whose name.
    #[command(flatten)]
    pub by: By,
}

fn states() -> impl TypedValueParser<Value = IncidentState> {
    PossibleValuesParser::new(IncidentState::ALL.map(IncidentState::code))
        .try_map(|code| IncidentState::from_code(&code).ok_or("no such state"))
}

fn levels() -> impl TypedValueParser<Value = SeverityLevel> {
    PossibleValuesParser::new(SeverityLevel::ALL.map(SeverityLevel::code))
        .try_map(|code| SeverityLevel::from_code(&code).ok_or("no such level"))
}

fn verdicts() -> PossibleValuesParser {
    PossibleValuesParser::new(Verdict::MISMATCHES.map(|verdict| verdict.code()))
}
