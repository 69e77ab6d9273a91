//! Single values that are more than a number with a unit.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use ipnet::IpNet;
use regex::Regex;
use url::{Host, Url};

use crate::config::structure::nearest;
use crate::config::units::{self, Fault, fault};

/// Text that is not empty.
pub(super) fn text(value: &str) -> Result<String, Fault> {
    match value.trim() {
        "" => Err(fault("this is empty", "give a value, or leave the key out")),
        text => Ok(text.to_owned()),
    }
}

/// A length of time above zero.
pub(super) fn some_time(value: &str) -> Result<Duration, Fault> {
    let time = units::duration(value)?;
    if time.is_zero() { Err(fault("this must be longer than nothing", "write for example `30s`")) } else { Ok(time) }
}

/// A whole number above zero.
pub(super) fn at_least_one(value: &str) -> Result<NonZeroU32, Fault> {
    NonZeroU32::new(count(value)?).ok_or_else(|| fault("this must be at least 1", "write a number such as `5`"))
}

/// How many things go into one answer or request.
pub(super) fn size(value: &str) -> Result<usize, Fault> {
    at_least_one(value).map(|size| usize::try_from(size.get()).unwrap_or(usize::MAX))
}

/// A whole number that fits.
pub(super) fn count(value: &str) -> Result<u32, Fault> {
    u32::try_from(units::whole(value)?)
        .map_err(|_| fault(format!("this must be at most {}", u32::MAX), "write a number such as `5`"))
}

/// An absolute http(s) address without credentials in it.
pub(super) fn address(value: &str) -> Result<Url, Fault> {
    let help = "write an absolute address such as `https://shop.example/`";
    let url =
        Url::parse(value.trim()).map_err(|error| fault(format!("this is no absolute address ({error})"), help))?;
    web(url)
}

/// An address, absolute or relative to `base`. `Ok(None)`: it cannot be told because the base is not known.
pub(super) fn link(base: Option<&Url>, value: &str) -> Result<Option<Url>, Fault> {
    let Some(base) = base else { return Ok(None) };
    match base.join(value.trim()) {
        Ok(url) => web(url).map(Some),
        Err(error) => Err(fault(
            format!("this is no address ({error})"),
            "write an absolute address, or one relative to the shop's `url`",
        )),
    }
}

fn web(url: Url) -> Result<Url, Fault> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(fault(
            "this is not an address on the web",
            "write an address that begins with `https://` or `http://`",
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(fault(
            "user name and password do not belong into an address",
            "for an API use `auth: {basic: …}`; for a shop behind a password `fetch.headers` with `Authorization: ${NAME}`",
        ));
    }
    Ok(url)
}

/// Whether what is sent there leaves this machine unencrypted.
pub(super) fn is_exposed(url: &Url) -> bool {
    url.scheme() == "http"
        && !url.host().is_some_and(|host| match host {
            Host::Domain(name) => is_local_name(name),
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        })
}

/// Whether a host name or address is this machine.
pub(super) fn is_local_name(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A path as text.
pub(super) fn path(value: &str) -> Result<String, Fault> {
    let path = text(value)?;
    if path == "~" || path.starts_with("~/") {
        return Err(fault("`~` has no meaning here", "write `${HOME}` instead, or an absolute path"));
    }
    Ok(path)
}

/// A regular expression.
pub(super) fn pattern(value: &str) -> Result<Regex, Fault> {
    Regex::new(value).map_err(|error| {
        // The last line of the error says what is wrong; the ones above draw it.
        let error = error.to_string();
        let why = error.lines().last().unwrap_or_default().trim().trim_start_matches("error: ");
        fault(format!("this is no regular expression: {why}"), "see https://docs.rs/regex/latest/regex/#syntax")
    })
}

/// The address of a mailbox (RFC 5322 addr-spec).
pub(super) fn mail_address(value: &str) -> Result<String, Fault> {
    let value = value.trim();
    value
        .parse::<lettre::Address>()
        .map(|address| address.to_string())
        .map_err(|_| fault("this is no mail address", "write an address such as `dana@shop.example`"))
}

/// A mailbox with or without a name.
pub(super) fn sender(value: &str) -> Result<String, Fault> {
    value.trim().parse::<lettre::message::Mailbox>().map(|_| value.trim().to_owned()).map_err(|_| {
        fault("this is no mail address", "write `stock@shop.example` or `\"Stock check <stock@shop.example>\"`")
    })
}

/// The whole `User-Agent`, from the contact.
pub(super) fn user_agent(contact: &str) -> Result<String, Fault> {
    let contact = contact.trim();
    let good = if contact.contains("://") { address(contact).is_ok() } else { mail_address(contact).is_ok() };
    if !good || !contact.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '(' | ')' | '\\')) {
        return Err(fault(
            "this is neither a mail address nor an address on the web",
            "write whom a shop's operator can ask, such as `it@shop.example` or `https://shop.example/bot`",
        ));
    }
    Ok(format!("stocktruth/{} (+{contact})", env!("CARGO_PKG_VERSION")))
}

/// A network or a single address.
pub(super) fn network(value: &str) -> Result<IpNet, Fault> {
    let value = value.trim();
    value.parse::<IpNet>().or_else(|_| value.parse::<IpAddr>().map(IpNet::from)).map_err(|_| {
        fault("this is neither a network nor an address", "write for example `10.0.0.0/8`, `127.0.0.1` or `::1`")
    })
}

/// A column delimiter.
pub(super) fn delimiter(value: &str) -> Result<u8, Fault> {
    match value.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [one] if one.is_ascii() && !one.is_ascii_alphanumeric() && !matches!(one, b'"' | b'\r' | b'\n') => Ok(*one),
        _ => Err(fault("this is no delimiter", "write one character in quotes, such as `\";\"`, or `tab`")),
    }
}

/// A WHATWG encoding label.
pub(super) fn encoding(value: &str) -> Result<String, Fault> {
    match encoding_rs::Encoding::for_label(value.trim().as_bytes()) {
        Some(encoding) => Ok(encoding.name().to_owned()),
        None => Err(fault("this encoding is not known", "write for example `utf-8`, `windows-1255` or `windows-1252`")),
    }
}

/// A language tag (BCP 47): `en`, `pt-BR`, `zh-Hant`. In lower case.
pub(super) fn language(value: &str) -> Result<String, Fault> {
    let value = value.trim().to_ascii_lowercase();
    let mut parts = value.split('-');
    let first = parts.next().unwrap_or_default();
    let is_language = (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_alphabetic());
    if is_language && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
    {
        return Ok(value);
    }
    Err(fault("this is no language", "write its short name, such as `en`, `he` or `de`"))
}

/// An HTTP field name (RFC 9110 section 5.1).
pub(super) fn header_name(value: &str) -> Result<String, Fault> {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if value.is_empty() || !value.chars().all(is_token) {
        return Err(fault("this is no header name", "write a name such as `X-Api-Key`"));
    }
    Ok(value.to_owned())
}

/// The name of a column or form of an OData service.
pub(super) fn column(value: &str) -> Result<String, Fault> {
    let name = text(value)?;
    if !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return Err(fault(
            "this is no column's name",
            "write it as the service's $metadata does, such as `U_WebStock`",
        ));
    }
    Ok(name)
}

/// One of a few words.
pub(super) fn choice<T: Copy>(value: &str, choices: &[(&str, T)]) -> Result<T, Fault> {
    if let Some((_, chosen)) = choices.iter().find(|(name, _)| *name == value.trim()) {
        return Ok(*chosen);
    }
    let list = choices.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let help = match nearest(value, choices.iter().map(|(name, _)| *name)) {
        Some(nearest) => format!("did you mean `{nearest}`? known here: {list}"),
        None => format!("known here: {list}"),
    };
    Err(fault("this is not known here", help))
}
