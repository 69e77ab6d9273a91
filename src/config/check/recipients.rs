//! Who may be told, each once.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;

use super::{At, cadence, hook, values};
use crate::config::raw::owners::{OwnerRule, Told};
use crate::config::raw::recipients as raw;
use crate::config::raw::scalar::{MailAddress, MailLanguage, Text};
use crate::config::structure::nearest;
use crate::config::units::{Fault, fault};
use crate::notify::{self, Cadence, Channel, Recipient};

/// From an address that is called to the channel that it is.
type Way = fn(notify::Hook) -> Channel;

/// Language of those of whom nothing else is said.
const ENGLISH: &str = "en";

/// Everybody that the configuration knows.
pub(super) struct People<'a> {
    pub(super) list: Vec<Recipient>,
    /// What is not said of them.
    pub(super) usual: Recipient,
    /// Where somebody is told by mail.
    pub(super) by_mail: Vec<At<'a>>,
    /// The names under `recipients`, the wrong ones too.
    names: Vec<String>,
    /// Those of them that are told.
    told: HashSet<String>,
}

impl<'a> People<'a> {
    /// Those under `recipients`.
    pub(super) fn read(
        at: &At<'a>,
        raw: Option<&BTreeMap<String, raw::Recipient>>,
        usual: Cadence,
        now: Timestamp,
    ) -> Self {
        let usual = Recipient {
            id: String::new(),
            name: None,
            language: ENGLISH.to_owned(),
            channel: Channel::Mail { email: String::new() },
            cadence: usual,
        };
        let names = if raw.is_some() { at.keys() } else { Vec::new() };
        let mut people = Self { list: Vec::new(), usual, by_mail: Vec::new(), names, told: HashSet::new() };
        for (name, raw) in raw.into_iter().flatten() {
            let at = at.key(name);
            let recipient = people.one(&at, name, raw, now);
            if !name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.')) {
                at.error(fault("this is no name for a recipient", "use letters, digits, `-`, `_` and `.`"));
            }
            people.list.extend(recipient);
        }
        people
    }

    fn one(&self, at: &At<'a>, id: &str, raw: &raw::Recipient, now: Timestamp) -> Option<Recipient> {
        let name = at.read("name", &raw.name, values::text);
        let language = at.read("language", &raw.language, language).unwrap_or(ENGLISH);
        let usual = &self.usual.cadence;
        let cadence = raw.cadence.as_ref().map(|raw| cadence::cadence(&at.key("cadence"), raw, usual, now));
        let cadence = cadence.unwrap_or_else(|| usual.clone());
        let asks_for_haste = raw.cadence.as_ref().is_some_and(|raw| raw.at_once.is_some());
        if asks_for_haste && cadence.at_once.is_some() && cadence.digest.is_empty() {
            let help = "everything is told with the run that finds it; for the rest to wait give `digest` its times";
            at.key("cadence").key("at_once").warn(fault("this changes nothing without `digest`", help));
        }
        let channel = self.channel(at, raw)?;
        Some(Recipient { id: id.to_owned(), name, language: language.to_owned(), channel, cadence })
    }

    fn channel(&self, at: &At<'a>, raw: &raw::Recipient) -> Option<Channel> {
        if raw.email.is_some() {
            let email = at.read("email", &raw.email, values::mail_address)?;
            if let Some(other) = self.by_address(&email) {
                let help = "a person is told once; keep one of the two";
                at.key("email").error(fault(format!("`{}` has this address, too", other.id), help));
            }
            return Some(Channel::Mail { email });
        }
        if let Some(raw) = &raw.webhook {
            return hook::webhook(&at.key("webhook"), raw);
        }
        let hooks: [(_, _, Way); 4] = [
            ("slack", &raw.slack, Channel::Slack),
            ("teams", &raw.teams, Channel::Teams),
            ("mattermost", &raw.mattermost, Channel::Mattermost),
            ("discord", &raw.discord, Channel::Discord),
        ];
        let (key, raw, channel) =
            hooks.into_iter().find_map(|(key, raw, channel)| Some((key, raw.as_ref()?, channel)))?;
        hook::hook(&at.key(key), raw).map(channel)
    }

    fn by_address(&self, email: &str) -> Option<&Recipient> {
        self.list.iter().find(|known| known.email().is_some_and(|own| own.eq_ignore_ascii_case(email)))
    }

    /// The ids of those whom an owner rule names.
    pub(super) fn of_rule(&mut self, at: &At<'a>, raw: &OwnerRule) -> Vec<String> {
        self.named(at, &raw.to, &raw.email, &raw.name, &raw.language)
    }

    /// The ids of those whom `fallback` or `operations` names.
    pub(super) fn of_told(&mut self, at: &At<'a>, raw: &Told) -> Vec<String> {
        self.named(at, &raw.to, &raw.email, &raw.name, &raw.language)
    }

    fn named(
        &mut self,
        at: &At<'a>,
        to: &Option<Vec<Text>>,
        email: &Option<MailAddress>,
        name: &Option<Text>,
        language_raw: &Option<MailLanguage>,
    ) -> Vec<String> {
        let name = at.read("name", name, values::text);
        let language = at.read("language", language_raw, language);
        if email.is_some() {
            let id = at.read("email", email, values::mail_address).map(|email| {
                self.address(&at.key("email"), email, (name, language.unwrap_or(ENGLISH)), |own| {
                    if language.is_some_and(|language| language != own.language) {
                        let help = "say it once, under `recipients`";
                        at.key("language").warn(fault(format!("they are told in `{}` already", own.language), help));
                    }
                })
            });
            return id.into_iter().collect();
        }
        for (key, given) in [("name", name.is_some()), ("language", language.is_some())] {
            if given && to.is_some() {
                at.key(key).error(fault("this belongs to `email`", "say it of a recipient, under `recipients`"));
            }
        }
        let mut ids = Vec::new();
        for (index, Text(text)) in to.iter().flatten().enumerate() {
            let at = at.key("to").index(index);
            let id = self.somebody(&at, text.trim());
            match id {
                Some(id) if ids.contains(&id) => at.warn(fault("they are named twice here", "remove one")),
                id => ids.extend(id),
            }
        }
        ids
    }

    /// A name under `recipients`, or an address.
    fn somebody(&mut self, at: &At<'a>, text: &str) -> Option<String> {
        if text.contains('@') {
            let email = at.value(text, values::mail_address)?;
            let language = self.usual.language.clone();
            return Some(self.address(at, email, (None, &language), |_| ()));
        }
        if !self.names.iter().any(|known| known == text) {
            let help = match nearest(text, self.names.iter().map(String::as_str)) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None if self.names.is_empty() => "add a section `recipients`, or write a mail address".to_owned(),
                None => format!("the recipients are: {}", self.names.join(", ")),
            };
            at.error(fault("no recipient has this name", help));
            return None;
        }
        self.told.insert(text.to_owned());
        if self.list.iter().any(|known| known.id == text && known.email().is_some()) {
            self.by_mail.push(at.clone());
        }
        Some(text.to_owned())
    }

    /// Whoever has this address already, else somebody new.
    fn address(
        &mut self,
        at: &At<'a>,
        email: String,
        (name, language): (Option<String>, &str),
        known: impl FnOnce(&Recipient),
    ) -> String {
        self.by_mail.push(at.clone());
        if let Some(own) = self.by_address(&email) {
            known(own);
            let id = own.id.clone();
            self.told.insert(id.clone());
            return id;
        }
        let channel = Channel::Mail { email: email.clone() };
        let language = language.to_owned();
        self.list.push(Recipient { id: email.clone(), name, language, channel, cadence: self.usual.cadence.clone() });
        email
    }

    /// Says who is told by nobody. Where the catalogue names addresses it may be theirs.
    pub(super) fn find_untold(&self, at: &At<'a>, catalogue_names: bool) {
        for name in &self.names {
            let may_be_named = catalogue_names && self.list.iter().any(|one| one.id == *name && one.email().is_some());
            if !self.told.contains(name) && !may_be_named && !at.key(name).is_spoken_for() {
                let help = "name them under `to` in `owners`, `fallback` or `operations`, or remove them";
                at.key(name).warn(fault("nobody tells this recipient anything", help));
            }
        }
    }
}

/// A language of notices.
fn language(name: &str) -> Result<&'static str, Fault> {
    let known: Vec<_> = notify::languages().map(|name| (name, name)).collect();
    values::choice(name, &known)
}
