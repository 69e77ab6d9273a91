//! A copy of a mail for somebody who tries things out: the same mail, marked as a test, to another address.

use jiff::Timestamp;
use lettre::message::header::{Headers, Subject, To};
use lettre::message::{Mailbox, Mailboxes};

use super::ComposeError;
use super::mask;
use crate::domain::Notice;
use crate::domain::plain::one_line;

/// Headers that are those of the copy, or of no copy. A signature would cover the former recipient, so there is none.
const OWN: [&str; 6] = ["to", "subject", "message-id", "in-reply-to", "references", "dkim-signature"];

/// Before the subject.
const MARK: &str = "[test]";

/// The same mail to another address, with a mark before its subject. It tells of nothing, so that nobody counts as told.
/// `None`: it is no mail.
///
/// # Errors
/// If the address is none.
pub fn copy_for_test(notice: &Notice, email: &str, now: Timestamp) -> Result<Option<Notice>, ComposeError> {
    let address = email.parse().map_err(|_| ComposeError::Recipient { email: mask(&one_line(email)) })?;
    let Some((head, body)) = std::str::from_utf8(&notice.message).ok().and_then(|mail| mail.split_once("\r\n\r\n"))
    else {
        return Ok(None);
    };
    if notice.channel != "mail" {
        return Ok(None);
    }
    let subject = format!("{MARK} {}", notice.subject);
    let domain = notice.from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    let message_id = format!("<stocktruth.test.{}@{domain}>", now.as_microsecond());
    let mut own = Headers::new();
    own.set(To::from(Mailboxes::from(Mailbox::new(None, address))));
    own.set(Subject::from(subject.clone()));
    let mut message = format!("{own}Message-ID: {message_id}\r\n");
    let mut keeps = true;
    for line in head.split("\r\n") {
        if !line.starts_with([' ', '\t']) {
            let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
            keeps = !OWN.contains(&name.as_str());
        }
        if keeps {
            message += line;
            message += "\r\n";
        }
    }
    message += "\r\n";
    message += body;
    Ok(Some(Notice {
        id: None,
        recipient: email.to_lowercase(),
        to: email.to_owned(),
        subject,
        message_id,
        message: message.into_bytes(),
        tells: Vec::new(),
        ..notice.clone()
    }))
}
