//! A letter as RFC 5322 message: text and HTML alternatives, the CSV beside them, and headers that mail programs
//! understand.

use jiff::Timestamp;
use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};

use super::letter::Letter;
use super::{Recipient, mask};
use crate::domain::plain::one_line;
use crate::domain::{Notice, NoticeState, Section};

/// Why a mail could not be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// No such time zone.
    #[error(
        "mail.timezone: {name} is not in this machine's time zone database; use an IANA name such as Asia/Jerusalem, and install tzdata"
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
    #[error("notify: {email} is no mail address; correct it where owners are configured")]
    Recipient {
        /// The address, masked.
        email: String,
    },
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

/// Finishes a letter down to its bytes. The same letter of the same run to the same person is the same message, bytes
/// and `Message-ID` included, whenever it is composed.
pub(super) fn notice(
    letter: &Letter,
    sender: &Mailbox,
    recipient: &Recipient,
    tells: Vec<(i64, Section)>,
    run: i64,
    now: Timestamp,
) -> Result<Notice, ComposeError> {
    let email = recipient.email().unwrap_or(&recipient.id);
    let address = email.parse().map_err(|_| ComposeError::Recipient { email: mask(&one_line(email)) })?;
    let name = recipient.name.as_deref().map(one_line).filter(|name| !name.is_empty());
    let hash = fingerprint(letter, email, run);
    let domain = sender.email.domain();
    let message_id = format!("<stocktruth.{run}.{hash}@{domain}>");

    let alternatives = MultiPart::alternative()
        .boundary(format!("alternatives-{hash}"))
        .singlepart(SinglePart::plain(letter.text.clone()))
        .singlepart(SinglePart::html(letter.html.clone()));
    let body = match &letter.csv {
        None => alternatives,
        Some((file, bytes)) => {
            let kind = ContentType::parse("text/csv; charset=utf-8").unwrap_or(ContentType::TEXT_PLAIN);
            let sheet = Attachment::new(file.clone()).body(bytes.clone(), kind);
            MultiPart::mixed().boundary(format!("mixed-{hash}")).multipart(alternatives).singlepart(sheet)
        }
    };
    let header =
        |name: &'static str, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
    let message = Message::builder()
        .from(sender.clone())
        .to(Mailbox::new(name, address))
        .subject(letter.subject.clone())
        .date(now.into())
        .message_id(Some(message_id.clone()))
        // RFC 3834 section 5, and what Exchange reads in its place: no vacation answers to a machine.
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header("X-Auto-Response-Suppress", "All"))
        // RFC 2919: lets people file these mails by a header that does not change.
        .raw_header(header("List-Id", &format!("<stocktruth.{domain}>")))
        .raw_header(header("Content-Language", letter.language))
        .multipart(body)
        .map_err(|error| ComposeError::Message { email: mask(email), what: error.to_string() })?;

    Ok(Notice {
        id: None,
        channel: "mail".to_owned(),
        recipient: recipient.key(),
        to: email.to_owned(),
        from: sender.email.to_string(),
        subject: letter.subject.clone(),
        message_id,
        message: message.formatted(),
        tells,
        state: NoticeState::Pending,
        attempts: 0,
        next_attempt_at: now,
        created_at: now,
        sent_at: None,
        last_error: None,
    })
}

/// 128 bits of FNV-1a (<https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>) over run, recipient and content, in
/// hexadecimal. It tells messages apart; it protects nothing.
fn fingerprint(letter: &Letter, email: &str, run: i64) -> String {
    let csv = letter.csv.as_ref().map_or(&[][..], |(_, bytes)| bytes);
    let parts = [email.as_bytes(), letter.subject.as_bytes(), letter.text.as_bytes(), letter.html.as_bytes(), csv];
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    let mut eat = |byte: u8| hash = (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    run.to_be_bytes().into_iter().for_each(&mut eat);
    for part in parts {
        part.iter().copied().for_each(&mut eat);
        eat(0xff); // never part of UTF-8: one part cannot run into the next
    }
    format!("{hash:032x}")
}
