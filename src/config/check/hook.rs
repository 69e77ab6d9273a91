//! Addresses that are called, which are secrets.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::{At, values};
use crate::config::raw::recipients::{Hook as Raw, Webhook};
use crate::config::raw::scalar::{self, FilePath, Secret, Text};
use crate::config::units::fault;
use crate::notify::{Channel, Hook, check_secret};

/// Deadline for one call.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) fn hook(at: &At<'_>, raw: &Raw) -> Option<Hook> {
    one(at, (&raw.url, &raw.url_file), &raw.allow_private, &raw.timeout)
}

pub(super) fn webhook(at: &At<'_>, raw: &Webhook) -> Option<Channel> {
    let hook = one(at, (&raw.url, &raw.url_file), &raw.allow_private, &raw.timeout);
    let is_signed = raw.secret.is_some() || raw.secret_file.is_some();
    let secret = if is_signed { Some(at.secret("secret", &raw.secret, &raw.secret_file)?) } else { None };
    if let Some(Err(what)) = secret.as_ref().map(check_secret) {
        let help = "make one with `printf whsec_; openssl rand -base64 32`, and give it to the receiver too";
        at.key(if raw.secret.is_some() { "secret" } else { "secret_file" })
            .error(fault(format!("the secret {what}"), help));
    }
    Some(Channel::Webhook { hook: hook?, secret })
}

fn one(
    at: &At<'_>,
    (url, file): (&Option<Secret>, &Option<FilePath>),
    allow_private: &Option<Vec<Text>>,
    timeout: &Option<scalar::Duration>,
) -> Option<Hook> {
    let allow_private = at.list("allow_private", allow_private, values::network);
    let timeout = at.read("timeout", timeout, values::some_time).unwrap_or(PATIENCE);
    let key = if url.is_some() { "url" } else { "url_file" };
    let url = at.secret("url", url, file)?;
    at.key(key).address(&url, allow_private.is_empty())?;
    Some(Hook { url, allow_private, timeout })
}

impl At<'_> {
    /// Says what is wrong with an address, without it.
    fn address(&self, url: &SecretString, is_far: bool) -> Option<()> {
        let url = values::address(url.expose_secret()).map_err(|fault| self.error(fault)).ok()?;
        if is_far && values::is_exposed(&url) {
            let help = "use the address with `https://`; for one in a network of your own say so with `allow_private`";
            self.warn(fault("what is sent there travels unencrypted", help));
        }
        Some(())
    }
}
