//! How people are told.

use schemars::JsonSchema;
use serde::Deserialize;

use super::scalar::{Duration, FilePath, MailAddress, Secret, Security, Text, Whole};

/// How mail is written and sent.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mail {
    /// Sender: an address, or `Name <address>`.
    #[schemars(required)]
    pub(crate) from: Option<MailAddress>,
    /// Most rows shown in a mail; with more, all of them are attached as CSV. Default: 50.
    #[schemars(range(min = 1))]
    pub(crate) max_rows: Option<Whole>,
    /// A folder of templates that replace the built-in ones of the same name.
    pub(crate) templates: Option<FilePath>,
    /// How mails are signed (DKIM, RFC 6376). Default: not; the mail server may do so.
    pub(crate) dkim: Option<Dkim>,
    /// After so many attempts a notice is given up, by whatever way. Default: 10.
    #[schemars(range(min = 1))]
    pub(crate) max_attempts: Option<Whole>,
    /// First pause before the next attempt; it doubles. Default: `5m`.
    pub(crate) retry_after: Option<Duration>,
    /// The way out: exactly one of `smtp`, `sendmail`, `file` and `console`.
    #[schemars(required)]
    pub(crate) transport: Option<Transport>,
}

/// A signature by the sender's domain.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dkim {
    /// The domain that signs.
    #[schemars(required)]
    pub(crate) domain: Option<Text>,
    /// The selector: the key is published at `SELECTOR._domainkey.DOMAIN`.
    #[schemars(required)]
    pub(crate) selector: Option<Text>,
    /// A file that holds the private key, PEM.
    #[schemars(required)]
    pub(crate) private_key_file: Option<FilePath>,
}

/// Exactly one of the keys.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub(crate) struct Transport {
    /// A mail server (RFC 6409).
    pub(crate) smtp: Option<Smtp>,
    /// A sendmail-compatible program.
    pub(crate) sendmail: Option<Sendmail>,
    /// One `.eml` file per mail in a folder.
    pub(crate) file: Option<Folder>,
    /// The text of the mails on standard error.
    pub(crate) console: Option<Console>,
}

/// A mail server.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("not" = {"required": ["password", "password_file"]}))]
pub(crate) struct Smtp {
    /// Host name, also the name its certificate must carry.
    #[schemars(required)]
    pub(crate) host: Option<Text>,
    /// Default: 465 for `tls`, 587 for `starttls`, 25 for `none`.
    #[schemars(range(min = 1, max = 65535))]
    pub(crate) port: Option<Whole>,
    /// `tls` from the first byte, `starttls` (required, not opportunistic), or `none`. Default: `starttls`.
    pub(crate) security: Option<Security>,
    /// User name, if the server wants one.
    pub(crate) username: Option<Text>,
    /// The password, as `${NAME}`.
    pub(crate) password: Option<Secret>,
    /// A file that holds the password.
    pub(crate) password_file: Option<FilePath>,
    /// Deadline for one whole send. Default: `60s`.
    pub(crate) timeout: Option<Duration>,
    /// Extra certificate authorities, a PEM file.
    pub(crate) ca_file: Option<FilePath>,
}

/// A sendmail-compatible program.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sendmail {
    /// Default: `/usr/sbin/sendmail`.
    pub(crate) program: Option<FilePath>,
    /// Deadline for one whole send. Default: `60s`.
    pub(crate) timeout: Option<Duration>,
}

/// Files.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Folder {
    /// The folder; made if absent.
    #[schemars(required)]
    pub(crate) folder: Option<FilePath>,
}

/// Nothing to set.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Console {}
