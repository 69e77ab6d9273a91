//! Hands a notice over: to the mail system, or to a channel's webhook. One file per way out; [`open_mail`] and
//! [`open_channel`] are the registry, and [`compose`] is what a channel is sent.

mod console;
mod discord;
mod file;
mod markdown;
mod mattermost;
mod outline;
mod post;
mod sendmail;
#[cfg(test)]
mod shapes;
mod slack;
mod smtp;
mod teams;
mod webhook;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;

use async_trait::async_trait;
use regex::{Captures, Regex};

use super::words::shorten;
use super::{Channel, Hook, Message, Options, Recipient, Transport};
use crate::domain::Notice;
use crate::domain::clock::Clock;
use crate::domain::plain::one_line;

pub use webhook::{check_secret, schema as webhook_schema};

use post::{Post, Reading};

/// What a notice says of its channel when it is a mail.
const MAIL: &str = "mail";

/// Deadline of ways that have none of their own: a folder on a dead network share hangs too.
const LOCAL_DEADLINE: Duration = Duration::from_secs(30);

/// Most characters of what a server said that are kept.
const QUOTED: usize = 500;

/// A notice was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Refusal {
    /// Whether another attempt may succeed. Only a refusal of this recipient or of this very message is for good:
    /// what is wrong with the way itself (a wrong password, a certificate) can be put right, and must not cost notices.
    pub temporary: bool,
    /// Who is in trouble: one mailbox that is full says nothing of the next one.
    pub fault: Fault,
    /// What happened and what to check, on one line, with addresses masked.
    pub what: String,
    /// How long the other side asked to be left alone, if it did.
    pub not_before: Option<Duration>,
}

/// Where a refusal comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The way: no connection, no encryption, no sign-in, a refused sender, silence. The next notice would fare no better.
    Way,
    /// This recipient, or this message to them.
    Recipient,
}

impl Refusal {
    /// The way is in trouble, which never is for good.
    fn of_the_way(what: impl AsRef<str>) -> Self {
        Self { temporary: true, fault: Fault::Way, what: quoted(what.as_ref()), not_before: None }
    }

    /// The way is good, and this notice was refused on it.
    fn of_the_recipient(what: impl AsRef<str>, temporary: bool) -> Self {
        Self { temporary, fault: Fault::Recipient, what: quoted(what.as_ref()), not_before: None }
    }

    /// The other side asked to be left alone for so long.
    fn not_before(self, pause: Duration) -> Self {
        Self { not_before: Some(pause), ..self }
    }
}

/// Why nothing can be sent at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CourierError {
    /// The file of certificate authorities cannot be used.
    #[error("mail.transport.smtp.ca_file: {}: {what}; give a PEM file with the authority's certificate", path.display())]
    Authorities {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A channel cannot be used.
    #[error("recipients.{recipient}: {what}")]
    Webhook {
        /// Whose.
        recipient: String,
        /// What is wrong, without the address.
        what: String,
    },
    /// Encryption cannot be set up for this server.
    #[error("mail.transport.smtp.host: {host}: {what}")]
    Encryption {
        /// The server.
        host: String,
        /// What is wrong.
        what: String,
    },
}

/// A way out.
#[async_trait]
trait Way: Send + Sync {
    /// Longest time one send may take.
    fn deadline(&self) -> Duration {
        LOCAL_DEADLINE
    }

    /// Hands the notice over. Sending it twice is harmless: the message is the same, `Message-ID` included.
    async fn send(&self, notice: &Notice) -> Result<(), Refusal>;

    /// Tries the way without sending; says what answered.
    async fn probe(&self) -> Result<String, Refusal>;

    /// Where it leads, for texts.
    fn place(&self) -> String;
}

/// The registry of the ways of mail: a transport's options and what carries it out.
fn open_mail(transport: &Transport) -> Result<Box<dyn Way>, CourierError> {
    Ok(match transport {
        Transport::Smtp { host, port, security, credentials, timeout, ca_file } => {
            Box::new(smtp::Smtp::new(host, *port, *security, credentials.clone(), *timeout, ca_file.as_deref())?)
        }
        Transport::Sendmail { program, timeout } => Box::new(sendmail::Sendmail::new(program, *timeout)),
        Transport::File { folder } => Box::new(file::Folder::new(folder)),
        Transport::Console => Box::new(console::Console::new(Box::new(std::io::stderr()))),
    })
}

/// A chat service: its webhook, and what it means by its answers.
struct Chat {
    post: Post,
    reading: fn(u16, &str) -> Reading,
}

#[async_trait]
impl Way for Chat {
    fn deadline(&self) -> Duration {
        self.post.deadline()
    }

    async fn send(&self, notice: &Notice) -> Result<(), Refusal> {
        self.post.send(&notice.message, vec![], self.reading).await
    }

    async fn probe(&self) -> Result<String, Refusal> {
        self.post.probe().await
    }

    fn place(&self) -> String {
        self.post.place()
    }
}

/// The registry of the channels: a recipient and what carries notices to them; nothing for one who gets mail.
fn open_channel(recipient: &Recipient, clock: &Clock) -> Result<Option<Box<dyn Way>>, CourierError> {
    let post = |hook: &Hook| Post::new(&recipient.id, recipient.channel.code(), hook, clock);
    Ok(Some(match &recipient.channel {
        Channel::Mail { .. } => return Ok(None),
        Channel::Slack(hook) => Box::new(Chat { post: post(hook)?, reading: slack::reading }),
        Channel::Teams(hook) => Box::new(Chat { post: post(hook)?, reading: teams::reading }),
        Channel::Mattermost(hook) => Box::new(Chat { post: post(hook)?, reading: mattermost::reading }),
        Channel::Discord(hook) => Box::new(Chat { post: post(hook)?, reading: discord::reading }),
        Channel::Webhook { hook, secret } => {
            Box::new(webhook::Webhook::new(post(hook)?, &recipient.id, secret.as_ref())?)
        }
    }))
}

/// What a channel is sent: its payload, finished down to its bytes. `None` for mail, which has an envelope too.
pub(super) fn compose(channel: &Channel, message: &Message) -> Option<Vec<u8>> {
    match channel {
        Channel::Mail { .. } => None,
        Channel::Slack(_) => Some(slack::compose(message)),
        Channel::Teams(_) => Some(teams::compose(message)),
        Channel::Mattermost(_) => Some(mattermost::compose(message)),
        Channel::Discord(_) => Some(discord::compose(message)),
        Channel::Webhook { .. } => Some(webhook::compose(message)),
    }
}

/// Delivers notices, one recipient at a time, each within a deadline: mails by the configured way, and to every channel
/// by its own.
pub struct Courier {
    mail: Option<Box<dyn Way>>,
    /// By the recipient's key: what kind of channel it is, and the way to it.
    channels: BTreeMap<String, (&'static str, Box<dyn Way>)>,
}

impl std::fmt::Debug for Courier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ways = self.mail.iter().chain(self.channels.values().map(|(_, way)| way));
        f.debug_tuple("Courier").field(&ways.map(|way| way.place()).collect::<Vec<_>>()).finish()
    }
}

impl Courier {
    /// Prepares the configured ways. Nothing is connected yet.
    ///
    /// # Errors
    /// If the certificate authorities, the server's name, a webhook's address or its secret cannot be used.
    pub fn new(options: &Options, clock: &Clock) -> Result<Self, CourierError> {
        let mail = options.mail.as_ref().map(|mail| open_mail(&mail.transport)).transpose()?;
        let mut channels = BTreeMap::new();
        for recipient in &options.recipients {
            if let Some(way) = open_channel(recipient, clock)? {
                channels.insert(recipient.key(), (recipient.channel.code(), way));
            }
        }
        Ok(Self { mail, channels })
    }

    /// A courier that knows one way of mail.
    #[cfg(test)]
    fn of_mail(way: Box<dyn Way>) -> Self {
        Self { mail: Some(way), channels: BTreeMap::new() }
    }

    /// Sends one notice to its one recipient.
    ///
    /// # Errors
    /// A [`Refusal`], within the way's deadline.
    pub async fn send(&self, notice: &Notice) -> Result<(), Refusal> {
        let way = self.way(notice)?;
        in_time(&way.place(), way.deadline(), way.send(notice)).await
    }

    /// What a notice shares its way with: all mails have one server, every channel is one of its own.
    pub fn way_name(notice: &Notice) -> &str {
        if notice.channel == MAIL { MAIL } else { &notice.recipient }
    }

    fn way(&self, notice: &Notice) -> Result<&dyn Way, Refusal> {
        let Notice { channel, recipient, .. } = notice;
        if channel == MAIL {
            let none = "the configuration has no section `mail` any more; give it one, or drop the notice";
            return self.mail.as_deref().ok_or_else(|| Refusal::of_the_way(none));
        }
        match self.channels.get(recipient) {
            Some((kind, way)) if kind == channel => Ok(way.as_ref()),
            Some((kind, _)) => Err(Refusal::of_the_recipient(
                format!("{recipient} was a channel of {channel} when this was written, and is one of {kind} now"),
                false,
            )),
            None => {
                let what = format!("the configuration names no channel {recipient} any more, so this went nowhere");
                Err(Refusal::of_the_recipient(what, false))
            }
        }
    }

    /// Tries every way without sending anything: connects, encrypts and signs in; finds the program; writes to the
    /// folder; asks whether a webhook's host answers. For `validate --connect`. Each with what it is: `mail`, or the
    /// name of a channel.
    pub async fn probe(&self) -> Vec<(String, Result<String, String>)> {
        let mail = self.mail.iter().map(|way| (MAIL, way));
        let channels = self.channels.iter().map(|(name, (_, way))| (name.as_str(), way));
        let mut answers = Vec::new();
        for (name, way) in mail.chain(channels) {
            let said = in_time(&way.place(), way.deadline(), way.probe()).await;
            answers.push((name.to_owned(), said.map_err(|refusal| refusal.what)));
        }
        answers
    }
}

async fn in_time<T>(
    place: &str,
    deadline: Duration,
    work: impl Future<Output = Result<T, Refusal>>,
) -> Result<T, Refusal> {
    let late = |_| Err(Refusal::of_the_way(format!("{place} did not finish within {deadline:?}")));
    tokio::time::timeout(deadline, work).await.unwrap_or_else(late)
}

/// Masks every mail address in a text: `alice@shop.test` becomes `a…@shop.test`.
pub fn mask(text: &str) -> String {
    static ADDRESS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"[^\s<>()\[\]"',;:@\\]+@[^\s<>()"',;:@\\]+"#).ok());
    let Some(address) = ADDRESS.as_ref() else { return "…".to_owned() };
    let masked = address.replace_all(text, |found: &Captures<'_>| {
        let (local, domain) = found[0].split_once('@').unwrap_or_default();
        format!("{}…@{domain}", local.chars().next().unwrap_or_default())
    });
    masked.into_owned()
}

/// Makes foreign text fit for logs: one line, bounded, addresses masked.
fn quoted(text: &str) -> String {
    shorten(&mask(&one_line(text)), QUOTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_masked_wherever_they_stand() {
        for (text, expected) in [
            ("alice@shop.test", "a…@shop.test"),
            ("550 5.1.1 <alice.b+tag@mail.shop.test>: unknown", "550 5.1.1 <a…@mail.shop.test>: unknown"),
            ("RCPT TO:<דנה@shop.test>, bob@x.test", "RCPT TO:<ד…@shop.test>, b…@x.test"),
            ("no address here: 12:30 @ noon", "no address here: 12:30 @ noon"),
        ] {
            assert_eq!(mask(text), expected);
        }
        assert!(quoted(&"x".repeat(10_000)).chars().count() <= QUOTED + 1);
    }
}
