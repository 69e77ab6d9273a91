//! Stock as CSV.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use super::secret::{is_secret_header, literal};
use super::stock::fields;
use super::{At, auth, fetch, values};
use crate::config::raw::csv as raw;
use crate::config::raw::scalar::Text;
use crate::config::units::{self, fault};
use crate::stock::{CommandOptions, CsvOptions, LocationRows, Place};

/// What every command finds in its environment: where programs are, and what `ssh` needs to know who runs it.
const ENVIRONMENT: [&str; 3] = ["PATH", "HOME", "SSH_AUTH_SOCK"];

pub(super) fn csv(at: &At<'_>, raw: &raw::StockCsv, user_agent: &str) -> CsvOptions {
    let only_with = |name: &str, other: &str, keys: &[(&str, bool)]| {
        for (key, _) in keys.iter().filter(|(_, given)| *given) {
            at.key(key).error(fault(format!("this goes with `{name}`, not with `{other}`"), "remove it"));
        }
    };
    let of_url = [("fetch", raw.fetch.is_some()), ("auth", raw.auth.is_some())];
    let of_command = [
        ("environment", raw.environment.is_some()),
        ("timeout", raw.timeout.is_some()),
        ("max_size", raw.max_size.is_some()),
    ];
    let of_file = [("done_file", raw.done_file.is_some())];
    let from = if raw.file.is_some() {
        only_with("url", "file", &of_url);
        only_with("command", "file", &of_command);
        at.csv_file(&raw.file).map(Place::File)
    } else if raw.command.is_some() {
        only_with("url", "command", &of_url);
        only_with("file", "command", &of_file);
        Some(Place::Command(Box::new(command(at, raw))))
    } else {
        only_with("command", "url", &of_command);
        only_with("file", "url", &of_file);
        let url = at.read("url", &raw.url, values::address);
        let fetch = fetch::api(&at.key("fetch"), raw.fetch.as_ref(), url.as_ref().as_slice(), user_agent);
        let auth = raw.auth.as_ref().and_then(|raw| auth::auth(&at.key("auth"), raw, url.as_ref().as_slice()));
        url.map(|url| Place::Url { url, fetch: Box::new(fetch), auth })
    };
    CsvOptions {
        // Nothing is read from there: without a place the configuration is refused.
        from: from.unwrap_or_else(|| Place::File(PathBuf::new())),
        key: at.read("key", &raw.key, values::text).unwrap_or_default(),
        fields: fields(&at.key("fields"), raw.fields.as_ref()),
        delimiter: at.read("delimiter", &raw.delimiter, values::delimiter),
        encoding: at.read("encoding", &raw.encoding, values::encoding),
        decimal_comma: at.read("decimal_comma", &raw.decimal_comma, units::flag).unwrap_or(false),
        locations: raw.locations.as_ref().map(|raw| location_rows(&at.key("locations"), raw)),
        done_file: at.file("done_file", &raw.done_file),
        footer: at.read("footer", &raw.footer, values::text),
    }
}

/// How rows of several locations make one item.
pub(super) fn location_rows(at: &At<'_>, raw: &raw::LocationRows) -> LocationRows {
    LocationRows {
        column: at.read("column", &raw.column, values::text).unwrap_or_default(),
        fields: fields(&at.key("fields"), raw.fields.as_ref()),
    }
}

fn command(at: &At<'_>, raw: &raw::StockCsv) -> CommandOptions {
    let inherited = ENVIRONMENT.iter().filter_map(|name| {
        let value = (at.sink.environment)(name)?;
        Some(((*name).to_owned(), SecretString::from(value)))
    });
    CommandOptions {
        words: at.list("command", &raw.command, |word| Ok(word.to_owned())),
        environment: inherited.chain(environment(&at.key("environment"), raw.environment.as_ref())).collect(),
        timeout: at.read("timeout", &raw.timeout, values::some_time).unwrap_or(Duration::from_secs(300)),
        max_size: at.read("max_size", &raw.max_size, units::size).unwrap_or(256 << 20),
    }
}

fn environment(at: &At<'_>, raw: Option<&BTreeMap<String, Text>>) -> Vec<(String, SecretString)> {
    let mut variables = Vec::new();
    for (name, Text(value)) in raw.into_iter().flatten() {
        let at = at.key(name);
        let is_secret = is_secret_header(name) || name.to_ascii_lowercase().contains("pass");
        if name.is_empty() || name.contains(['=', '\0']) {
            at.error(fault("this is no name of a variable", "write a name such as `SSHPASS`"));
        } else if is_secret && !at.is_expanded() {
            at.error(literal("the variable's name says that its value is a secret"));
        } else {
            variables.push((name.clone(), value.clone().into()));
        }
    }
    variables
}
