//! What a real mail server keeps, and how it can be made to fail.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use mail_parser::MessageParser;

/// A mail server that takes mail for everybody at `shop.test` who names himself with the one account's password.
pub(crate) trait PostOffice {
    /// The software.
    fn name(&self) -> &'static str;

    /// Its port on this machine.
    fn port(&self) -> u16;

    /// The certificates it may show, to be trusted.
    fn certificate(&self) -> PathBuf;

    /// From the next session on these orders hold, and no earlier ones.
    fn order(&self, orders: &Orders);

    /// Everything it has kept so far, in the order of its coming where the server tells it.
    fn mails(&self) -> Vec<Mail>;
}

/// What goes wrong. By default nothing does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Orders {
    /// Said instead of a greeting, before hanging up.
    pub(crate) greeting: Option<&'static str>,
    /// STARTTLS is not offered.
    pub(crate) no_starttls: bool,
    /// The certificate shown is one for another name.
    pub(crate) other_certificate: bool,
    /// How single recipients fare.
    pub(crate) recipients: Vec<(String, Treatment)>,
}

impl Orders {
    /// One recipient fares like this, the others well.
    pub(crate) fn for_recipient(address: &str, treatment: Treatment) -> Self {
        Self { recipients: vec![(address.to_owned(), treatment)], ..Self::default() }
    }
}

/// How a recipient fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Treatment {
    /// This is the answer to RCPT.
    Answer(&'static str),
    /// Sent away until so many seconds after the first attempt.
    Greylist(u64),
    /// So much time passes before the answer to RCPT.
    Slow(Duration),
    /// So much time passes between keeping the mail and saying so.
    Late(Duration),
    /// The server breaks off after the mail, and has kept it.
    DropKept,
    /// The server breaks off after the mail, and has lost it.
    DropLost,
}

/// A mail that was kept.
#[derive(Clone)]
pub(crate) struct Mail {
    pub(crate) to: Vec<String>,
    /// Whether the connection was encrypted when it came.
    pub(crate) tls: bool,
    /// Whether the sender had named himself with his password.
    pub(crate) authenticated: bool,
    pub(crate) message_id: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    /// The message as it was handed over.
    pub(crate) raw: Vec<u8>,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { to, tls, authenticated, message_id, subject, text, .. } = self;
        write!(f, "{message_id} to {to:?}, TLS {tls}, AUTH {authenticated}: {subject}\n{text}")
    }
}

impl Mail {
    /// The message alone, as it lies in an `.eml` file.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let message = MessageParser::default().parse(bytes).expect("a mail");
        Self {
            to: Vec::new(),
            tls: false,
            authenticated: false,
            message_id: message.message_id().unwrap_or_default().to_owned(),
            subject: message.subject().unwrap_or_default().to_owned(),
            text: message.body_text(0).unwrap_or_default().into_owned(),
            html: message.body_html(0).unwrap_or_default().into_owned(),
            raw: bytes.to_vec(),
        }
    }

    /// Which of these SKUs the mail names, in its text and in its HTML alike.
    pub(crate) fn names<'a>(&self, skus: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
        let words = |text: &str| -> BTreeSet<String> {
            text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').map(str::to_owned).collect()
        };
        let (text, html) = (words(&self.text), words(&self.html));
        let named: BTreeSet<String> = skus.filter(|sku| text.contains(*sku)).map(str::to_owned).collect();
        for sku in &named {
            assert!(html.contains(sku), "{sku} is in the text but not in the HTML: {}", self.html);
        }
        named
    }
}

/// Copies of each message, by recipient.
pub(crate) type Delivered = BTreeMap<String, BTreeMap<String, Vec<Mail>>>;

/// Sorts mails. Each must have come encrypted, from a known sender and to one recipient; copies must be the same to the byte.
pub(crate) fn delivered(mails: &[Mail]) -> Delivered {
    let mut delivered = Delivered::new();
    for mail in mails {
        assert!(mail.tls && mail.authenticated, "came without STARTTLS or AUTH: {mail:?}");
        let [to] = mail.to.as_slice() else { panic!("one envelope per recipient: {:?}", mail.to) };
        let copies = delivered.entry(to.clone()).or_default().entry(mail.message_id.clone()).or_default();
        assert!(copies.iter().all(|copy| copy.raw == mail.raw), "the same Message-ID, but another message: {mail:?}");
        copies.push(mail.clone());
    }
    delivered
}
