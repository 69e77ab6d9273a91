//! Hands a notice to the mail system. One file per way out; [`open`] is the registry.

mod console;
mod file;
mod sendmail;
mod smtp;

use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;

use async_trait::async_trait;
use regex::{Captures, Regex};

use super::words::shorten;
use super::{Options, Transport};
use crate::domain::Notice;
use crate::domain::plain::one_line;

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
        Self { temporary: true, fault: Fault::Way, what: quoted(what.as_ref()) }
    }

    /// The way is good, and this notice was refused on it.
    fn of_the_recipient(what: impl AsRef<str>, temporary: bool) -> Self {
        Self { temporary, fault: Fault::Recipient, what: quoted(what.as_ref()) }
    }
}

/// Why mail cannot be sent at all.
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

/// The registry: a transport's options and what carries it out.
fn open(transport: &Transport) -> Result<Box<dyn Way>, CourierError> {
    Ok(match transport {
        Transport::Smtp { host, port, security, credentials, timeout, ca_file } => {
            Box::new(smtp::Smtp::new(host, *port, *security, credentials.clone(), *timeout, ca_file.as_deref())?)
        }
        Transport::Sendmail { program, timeout } => Box::new(sendmail::Sendmail::new(program, *timeout)),
        Transport::File { folder } => Box::new(file::Folder::new(folder)),
        Transport::Console => Box::new(console::Console::new(Box::new(std::io::stderr()))),
    })
}

/// Delivers notices, one recipient at a time, each within a deadline.
pub struct Courier(Box<dyn Way>);

impl std::fmt::Debug for Courier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Courier").field(&self.0.place()).finish()
    }
}

impl Courier {
    /// Prepares the configured way. Nothing is connected yet.
    ///
    /// # Errors
    /// If the certificate authorities or the server's name cannot be used.
    pub fn new(options: &Options) -> Result<Self, CourierError> {
        let transport = options.mail.as_ref().map_or(&Transport::Console, |mail| &mail.transport);
        open(transport).map(Self)
    }

    /// Sends one notice to its one recipient.
    ///
    /// # Errors
    /// A [`Refusal`], within the transport's deadline.
    pub async fn send(&self, notice: &Notice) -> Result<(), Refusal> {
        self.in_time(self.0.send(notice)).await
    }

    /// Tries the way without sending anything: connects, encrypts and signs in; finds the program; writes to the
    /// folder. For `validate --connect`.
    ///
    /// # Errors
    /// What is wrong and what to check.
    pub async fn probe(&self) -> Result<String, String> {
        self.in_time(self.0.probe()).await.map_err(|refusal| refusal.what)
    }

    async fn in_time<T>(&self, work: impl Future<Output = Result<T, Refusal>>) -> Result<T, Refusal> {
        in_time(&self.0.place(), self.0.deadline(), work).await
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
