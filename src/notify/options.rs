//! What the configuration can say of owners and mail.

use std::path::PathBuf;
use std::time::Duration;

use regex::Regex;
use secrecy::SecretString;

use crate::domain::Owner;

/// Who is told, how often, in what shape and by which way.
#[derive(Clone, Debug)]
pub struct Options {
    /// `From` and envelope sender, `addr-spec` or `Name <addr-spec>`.
    pub from: String,
    /// Rules in order; the first that applies names the owner.
    pub owners: Vec<OwnerRule>,
    /// Who is told of what nobody owns.
    pub fallback: Owner,
    /// Who is told of stock sources that are not believed.
    pub operations: Owner,
    /// After this time an incident that is still open is told of again.
    pub reminder: Duration,
    /// IANA time zone of the times in a mail.
    pub timezone: String,
    /// Most rows shown in a mail; with more, all of them are attached as CSV.
    pub max_rows: usize,
    /// The way out.
    pub transport: Transport,
    /// After so many attempts a notice is dead.
    pub max_attempts: u32,
    /// First pause before the next attempt; it doubles.
    pub retry_after: Duration,
}

/// All conditions that are given must hold; within one condition any value may.
#[derive(Clone, Debug)]
pub struct OwnerRule {
    /// Who.
    pub owner: Owner,
    /// Shop names.
    pub shops: Vec<String>,
    /// Brands, compared without case.
    pub brands: Vec<String>,
    /// Categories, compared without case.
    pub categories: Vec<String>,
    /// Suppliers, compared without case.
    pub suppliers: Vec<String>,
    /// Patterns over the SKU.
    pub skus: Vec<Regex>,
    /// Patterns over the page's URL.
    pub urls: Vec<Regex>,
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
