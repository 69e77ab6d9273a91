//! Secrets: from the environment or from a file of their own, never from the configuration, never in a message.

use std::collections::BTreeMap;

use secrecy::SecretString;

use super::{At, values};
use crate::config::raw::scalar::{FilePath, Secret, Text};
use crate::config::units::fault;

/// Header names whose values are secrets.
const SECRET_HEADERS: [&str; 6] = ["authorization", "cookie", "token", "secret", "key", "password"];

impl At<'_> {
    /// The secret of `name`, given there as `${NAME}` or in the file that `<name>_file` names.
    pub(super) fn secret(&self, name: &str, value: &Option<Secret>, file: &Option<FilePath>) -> Option<SecretString> {
        if let Some(Secret(value)) = value {
            let at = self.key(name);
            if !at.is_expanded() {
                at.error(literal(&format!("or put it into a file of its own and write `{name}_file: PATH`")));
                return None;
            }
            return at.usable(value, "the environment variable is set but empty");
        }
        let at = self.key(&format!("{name}_file"));
        let path = self.file(&format!("{name}_file"), file)?;
        match std::fs::read_to_string(&path) {
            Ok(text) => at.usable(text.trim_end_matches(['\r', '\n']), "the file is empty"),
            Err(error) => {
                let what = format!("{} cannot be read: {error}", path.display());
                at.error(fault(what, "the file must be there and readable for the user that runs stocktruth"));
                None
            }
        }
    }

    /// A private key from a file of its own.
    pub(super) fn private_key(&self, file: &Option<FilePath>) -> Option<SecretString> {
        let path = self.file("private_key_file", file)?;
        let at = self.key("private_key_file");
        let help = "name a PEM file with the private key, readable for the user that runs stocktruth";
        match std::fs::read_to_string(&path) {
            Ok(text) if text.contains("PRIVATE KEY-----") => return Some(text.into()),
            Ok(_) => at.error(fault("there is no private key in the file", help)),
            Err(error) => at.error(fault(format!("{} cannot be read: {error}", path.display()), help)),
        }
        None
    }

    /// Header values. Those that by their name are secrets must come from the environment.
    pub(super) fn headers(&self, raw: Option<&BTreeMap<String, Text>>) -> Vec<(String, SecretString)> {
        let mut headers = Vec::new();
        for (name, Text(value)) in raw.into_iter().flatten() {
            let at = self.key(name);
            let Some(name) = at.value(name, values::header_name) else { continue };
            if is_secret_header(&name) && !at.is_expanded() {
                at.error(literal("the header's name says that its value is a secret"));
            } else if let Some(value) = at.usable(value, "the value is empty") {
                headers.push((name, value));
            }
        }
        headers
    }

    fn usable(&self, value: &str, empty: &str) -> Option<SecretString> {
        if value.is_empty() {
            self.error(fault(empty, "give it a value"));
        } else if value.chars().any(char::is_control) {
            self.error(fault(
                "there is a line break or another control character in it",
                "a secret is one line of text",
            ));
        } else {
            return Some(value.to_owned().into());
        }
        None
    }
}

pub(super) fn literal(or: &str) -> crate::config::units::Fault {
    fault(
        "a secret does not belong into the configuration",
        format!("write `${{NAME}}` and set that environment variable; {or}"),
    )
}

/// Whether a header's name says that its value is a secret.
pub(super) fn is_secret_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_HEADERS.iter().any(|word| name.contains(word))
}
