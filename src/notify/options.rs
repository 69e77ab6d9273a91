//! What the configuration can say of recipients, owners and ways.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use secrecy::SecretString;

use super::cadence::Cadence;
use crate::domain::{Expected, Matcher};

/// Who is told, when, in what shape and by which way.
#[derive(Clone, Debug)]
pub struct Options {
    /// Everybody who may be told, each once.
    pub recipients: Vec<Recipient>,
    /// Rules in order; the first that applies names the owners, and those after it where it says so.
    pub owners: Vec<OwnerRule>,
    /// Who is told of what nobody owns, by their ids.
    pub fallback: Vec<String>,
    /// Who is told of what is wrong with the looking itself, by their ids.
    pub operations: Vec<String>,
    /// Language and cadence of an address that only the catalogue names.
    pub usual: Recipient,
    /// How mail is written and sent; `None`: nobody is told by mail.
    pub mail: Option<MailOptions>,
    /// By shop, the address of a product in its administration, with `{sku}`, `{stock_key}`, `{gtin}` and `{url}`.
    pub admin_urls: BTreeMap<String, String>,
    /// Mismatches that nobody is told of, for now.
    pub expected: Vec<Expected>,
    /// After so many attempts a notice is dead.
    pub max_attempts: u32,
    /// First pause before the next attempt; it doubles.
    pub retry_after: Duration,
}

/// How mail is written and sent.
#[derive(Clone, Debug)]
pub struct MailOptions {
    /// `From` and envelope sender, `addr-spec` or `Name <addr-spec>`.
    pub from: String,
    /// Most rows shown in a mail; with more, all of them are attached as CSV.
    pub max_rows: usize,
    /// The way out.
    pub transport: Transport,
    /// A folder of templates that replace the built-in ones.
    pub templates: Option<PathBuf>,
    /// How mails are signed, if they are.
    pub dkim: Option<Dkim>,
}

/// How mails are signed: DKIM (RFC 6376).
#[derive(Clone, Debug)]
pub struct Dkim {
    /// The signing domain, `d=`.
    pub domain: String,
    /// The selector, `s=`.
    pub selector: String,
    /// The private key, PEM.
    pub private_key: SecretString,
}

/// One person, team or channel.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// What the configuration calls them: a name, or their address.
    pub id: String,
    /// Their name, for the greeting.
    pub name: Option<String>,
    /// Language of what they are told, BCP 47 primary subtag (`he`, `en`).
    pub language: String,
    /// Which way they are told.
    pub channel: Channel,
    /// When they are told.
    pub cadence: Cadence,
}

impl Recipient {
    /// What the store knows them by: their address in lower case, or the id of a channel.
    pub fn key(&self) -> String {
        match &self.channel {
            Channel::Mail { email } => email.to_lowercase(),
            _ => self.id.clone(),
        }
    }

    /// Their address, if they are told by mail.
    pub fn email(&self) -> Option<&str> {
        match &self.channel {
            Channel::Mail { email } => Some(email),
            _ => None,
        }
    }
}

/// The ways to a recipient.
#[derive(Clone, Debug)]
pub enum Channel {
    /// Mail.
    Mail {
        /// Address, RFC 5322 addr-spec.
        email: String,
    },
    /// An incoming webhook of Slack.
    Slack(Hook),
    /// A Workflows webhook of Microsoft Teams.
    Teams(Hook),
    /// An incoming webhook of Mattermost.
    Mattermost(Hook),
    /// A webhook of Discord.
    Discord(Hook),
    /// Any other program that takes JSON.
    Webhook {
        /// Where.
        hook: Hook,
        /// The secret it is signed with, if it is.
        secret: Option<SecretString>,
    },
}

impl Channel {
    /// Stable machine name, as a notice carries it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Mail { .. } => "mail",
            Self::Slack(_) => "slack",
            Self::Teams(_) => "teams",
            Self::Mattermost(_) => "mattermost",
            Self::Discord(_) => "discord",
            Self::Webhook { .. } => "webhook",
        }
    }
}

/// Where a webhook is.
#[derive(Clone, Debug)]
pub struct Hook {
    /// Its address, which is a secret: whoever knows it can post.
    pub url: SecretString,
    /// Private networks it may be in.
    pub allow_private: Vec<IpNet>,
    /// Deadline of one call.
    pub timeout: Duration,
}

/// Who owns what fits.
#[derive(Clone, Debug)]
pub struct OwnerRule {
    /// Who, by their ids.
    pub to: Vec<String>,
    /// Of what. The condition on verdicts counts too.
    pub matcher: Matcher,
    /// Whether the rules after it are looked at as well.
    pub goes_on: bool,
}

/// The ways out.
#[derive(Clone, Debug)]
pub enum Transport {
    /// SMTP submission (RFC 6409).
    Smtp {
        /// Host name, also the name the certificate must carry.
        host: String,
        /// Port.
        port: u16,
        /// Encryption.
        security: SmtpSecurity,
        /// User name and password.
        credentials: Option<(String, SecretString)>,
        /// Deadline for one whole send.
        timeout: Duration,
        /// Extra certificate authorities, PEM.
        ca_file: Option<PathBuf>,
    },
    /// A sendmail-compatible program.
    Sendmail {
        /// Its path.
        program: PathBuf,
        /// Deadline for one whole send.
        timeout: Duration,
    },
    /// One `.eml` file per notice in a folder.
    File {
        /// The folder; made if absent.
        folder: PathBuf,
    },
    /// The text part on standard error.
    Console,
}

/// How an SMTP connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// TLS from the first byte (RFC 8314 section 3.3).
    Tls,
    /// STARTTLS, required (RFC 3207).
    Starttls,
    /// None. Credentials are then refused at validation, except towards loopback.
    None,
}
