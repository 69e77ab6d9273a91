//! A message down to its bytes. Mail: an RFC 5322 message with text and HTML alternatives, the chart inside the HTML,
//! the CSV beside them, and headers that mail programs understand.

use std::collections::BTreeSet;

use jiff::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};

use super::dkim::{DkimError, Signer};
use super::letter::Letter;
use super::templates::Templates;
use super::{Channel, MailOptions, Options, Recipient, courier, letter, mask, message};
use crate::domain::plain::one_line;
use crate::domain::{Notice, NoticeState, Section};

/// Why a notice could not be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// No such time zone.
    #[error(
        "cadence.timezone: {name} is not in this machine's time zone database; use an IANA name such as Asia/Jerusalem, and install tzdata"
    )]
    Zone {
        /// What was configured.
        name: String,
    },
    /// The sender is no mailbox.
    #[error("mail.from: {from} is no sender; write name@host.example or Name <name@host.example>")]
    Sender {
        /// What was configured.
        from: String,
    },
    /// A recipient is no address.
    #[error("notify: {email} is no mail address; correct it where recipients are configured")]
    Recipient {
        /// The address, masked.
        email: String,
    },
    /// Mails cannot be signed.
    #[error("mail.dkim: {0}")]
    Signature(#[from] DkimError),
    /// The built-in words cannot be read: a bug.
    #[error("the words of a mail cannot be read: {0}")]
    Words(String),
    /// A template cannot be filled: a bug.
    #[error("the template of a mail cannot be filled: {0}")]
    Template(String),
    /// The message cannot be put together.
    #[error("a mail to {email} cannot be put together: {what}")]
    Message {
        /// The recipient, masked.
        email: String,
        /// What the library says.
        what: String,
    },
}

/// What is needed to finish messages: the sender and the templates, if there is mail.
#[derive(Debug)]
pub(super) struct Press<'a> {
    mail: Option<Mail<'a>>,
}

#[derive(Debug)]
struct Mail<'a> {
    options: &'a MailOptions,
    sender: Mailbox,
    signer: Option<Signer>,
    templates: Templates,
}

/// What goes into a notice beside the message.
#[derive(Debug)]
pub(super) struct Consignment {
    /// The incidents it tells of.
    pub(super) tells: Vec<(i64, Section)>,
    /// `Message-ID` of the first mail of the thread that it goes on with.
    pub(super) thread: Option<String>,
    /// The run.
    pub(super) run: i64,
    /// When.
    pub(super) now: Timestamp,
}

impl<'a> Press<'a> {
    /// Reads the templates and the sender.
    ///
    /// # Errors
    /// If the sender is none. A template of the user's that is broken is said in the log, and passed over.
    pub(super) fn new(options: &'a Options) -> Result<Self, ComposeError> {
        let Some(options) = &options.mail else { return Ok(Self { mail: None }) };
        let sender = options.from.parse().map_err(|_| ComposeError::Sender { from: one_line(&options.from) })?;
        let signer = options.dkim.as_ref().map(Signer::new).transpose()?;
        let templates = Templates::read(options.templates.as_deref())?;
        let said: BTreeSet<String> = templates.problems().iter().map(ToString::to_string).collect();
        said.iter().for_each(|problem| tracing::warn!("{problem}; the built-in template takes its place"));
        Ok(Self { mail: Some(Mail { options, sender, signer, templates }) })
    }

    /// Most rows that a recipient is shown.
    pub(super) fn max_rows(&self, recipient: &Recipient) -> usize {
        match (&self.mail, &recipient.channel) {
            (Some(mail), Channel::Mail { .. }) => mail.options.max_rows,
            _ => ROWS_OF_A_CHANNEL,
        }
    }

    /// How a message looks as a mail. `None`: there is no mail.
    pub(super) fn letter(
        &self,
        message: &message::Message,
        attached: Option<&str>,
        csv: Option<(String, Vec<u8>)>,
    ) -> Option<Result<Letter, ComposeError>> {
        let mail = self.mail.as_ref()?;
        Some(letter::render(message, attached, csv, &mail.templates, mail.sender.email.domain()))
    }

    /// Finishes a mail. The same letter of the same run to the same person is the same message, bytes and `Message-ID`
    /// included, whenever it is composed.
    pub(super) fn mail(
        &self,
        letter: &Letter,
        recipient: &Recipient,
        with: Consignment,
    ) -> Option<Result<Notice, ComposeError>> {
        let mail = self.mail.as_ref()?;
        Some(mail_notice(letter, &mail.sender, mail.signer.as_ref(), recipient, with))
    }
}

/// Rows that other channels get at most; they show what fits into theirs.
const ROWS_OF_A_CHANNEL: usize = 50;

/// Finishes a message for any other channel.
pub(super) fn post(message: &message::Message, recipient: &Recipient, with: Consignment) -> Notice {
    let bytes = courier::compose(&recipient.channel, message).unwrap_or_default();
    let hash = fingerprint(&[recipient.key().as_bytes(), message.subject.as_bytes(), &bytes], with.run);
    Notice {
        message_id: format!("<stocktruth.{}.{hash}@{}>", with.run, recipient.channel.code()),
        message: bytes,
        ..envelope(recipient, recipient.id.clone(), message.subject.clone(), with)
    }
}

fn envelope(recipient: &Recipient, to: String, subject: String, with: Consignment) -> Notice {
    Notice {
        id: None,
        channel: recipient.channel.code().to_owned(),
        recipient: recipient.key(),
        to,
        from: String::new(),
        subject,
        message_id: String::new(),
        message: Vec::new(),
        tells: with.tells,
        state: NoticeState::Pending,
        attempts: 0,
        next_attempt_at: with.now,
        created_at: with.now,
        sent_at: None,
        last_error: None,
    }
}

fn mail_notice(
    letter: &Letter,
    sender: &Mailbox,
    signer: Option<&Signer>,
    recipient: &Recipient,
    with: Consignment,
) -> Result<Notice, ComposeError> {
    let email = recipient.email().unwrap_or(&recipient.id);
    let address = email.parse().map_err(|_| ComposeError::Recipient { email: mask(&one_line(email)) })?;
    let name = recipient.name.as_deref().map(one_line).filter(|name| !name.is_empty());
    let csv = letter.csv.as_ref().map_or(&[][..], |(_, bytes)| bytes);
    let parts = [email.as_bytes(), letter.subject.as_bytes(), letter.text.as_bytes(), letter.html.as_bytes(), csv];
    let hash = fingerprint(&parts, with.run);
    let domain = sender.email.domain();
    let message_id = format!("<stocktruth.{}.{hash}@{domain}>", with.run);

    let header =
        |name: &'static str, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
    let mut message = Message::builder()
        .from(sender.clone())
        .to(Mailbox::new(name, address))
        .subject(letter.subject.clone())
        .date(with.now.into())
        .message_id(Some(message_id.clone()));
    if let Some(thread) = with.thread.as_deref().map(one_line).filter(|thread| *thread != message_id) {
        message = message.in_reply_to(thread.clone()).references(thread);
    }
    let mut message = message
        // RFC 3834 section 5, and what Exchange reads in its place: no vacation answers to a machine.
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header("X-Auto-Response-Suppress", "All"))
        // RFC 2919: lets people file these mails by a header that does not change.
        .raw_header(header("List-Id", &format!("<stocktruth.{domain}>")))
        .raw_header(header("Content-Language", &letter.language))
        .multipart(body(letter, &hash))
        .map_err(|error| ComposeError::Message { email: mask(email), what: error.to_string() })?;
    if let Some(signer) = signer {
        signer.sign(&mut message);
    }
    Ok(Notice {
        from: sender.email.to_string(),
        message_id,
        message: message.formatted(),
        ..envelope(recipient, email.to_owned(), letter.subject.clone(), with)
    })
}

/// The parts: text and HTML to choose from, what the HTML shows beside it (RFC 2387), the file beside all.
fn body(letter: &Letter, hash: &str) -> MultiPart {
    let kind = |text: &str| ContentType::parse(text).unwrap_or(ContentType::TEXT_PLAIN);
    let (text, html) = (SinglePart::plain(letter.text.clone()), SinglePart::html(letter.html.clone()));
    let alternatives = MultiPart::alternative().boundary(format!("alternatives-{hash}")).singlepart(text);
    let alternatives = match &letter.chart {
        None => alternatives.singlepart(html),
        Some(chart) => {
            let picture = Attachment::new_inline_with_name(chart.id.clone(), "trend.png".to_owned());
            let picture = picture.body(chart.bytes.clone(), kind("image/png"));
            let related = MultiPart::related().boundary(format!("related-{hash}"));
            alternatives.multipart(related.singlepart(html).singlepart(picture))
        }
    };
    let Some((file, bytes)) = &letter.csv else { return alternatives };
    let sheet = Attachment::new(file.clone()).body(bytes.clone(), kind("text/csv; charset=utf-8"));
    MultiPart::mixed().boundary(format!("mixed-{hash}")).multipart(alternatives).singlepart(sheet)
}

/// 128 bits of FNV-1a (<https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>) over run, recipient and content, in
/// hexadecimal. It tells messages apart; it protects nothing.
fn fingerprint(parts: &[&[u8]], run: i64) -> String {
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    let mut eat = |byte: u8| hash = (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    run.to_be_bytes().into_iter().for_each(&mut eat);
    for part in parts {
        part.iter().copied().for_each(&mut eat);
        eat(0xff); // never part of UTF-8: one part cannot run into the next
    }
    format!("{hash:032x}")
}
