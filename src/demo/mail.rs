//! A captured mail, taken apart to be shown.

use mail_parser::MessageParser;

/// What a person sees of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailParts {
    /// Whom it is addressed to: the addresses of `To`.
    pub to: Vec<String>,
    /// Subject, decoded.
    pub subject: String,
    /// The text part, decoded.
    pub text: String,
    /// The HTML part, decoded, if there is one.
    pub html: Option<String>,
}

/// Takes a message (RFC 5322, MIME) apart. `None` if it is none.
pub fn mail_parts(message: &[u8]) -> Option<MailParts> {
    let mail = MessageParser::default().parse(message)?;
    let to = mail.to().iter().flat_map(|list| list.iter()).filter_map(|one| one.address().map(str::to_owned)).collect();
    let html = mail.html_bodies().find(|part| part.is_text_html()).and_then(|part| part.text_contents());
    Some(MailParts {
        to,
        subject: mail.subject().unwrap_or_default().to_owned(),
        text: mail.body_text(0)?.into_owned(),
        html: html.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use lettre::Message;
    use lettre::message::MultiPart;

    use super::*;

    #[test]
    fn both_parts_of_a_hebrew_mail_are_found() {
        let mail = Message::builder()
            .from("Shop <shop@example.com>".parse().expect("an address"))
            .to("נועה <noa@example.com>".parse().expect("an address"))
            .subject("שלוש תחפושות שאין במלאי")
            .multipart(MultiPart::alternative_plain_html("שלום נועה".to_owned(), "<p dir=rtl>שלום נועה</p>".to_owned()))
            .expect("a mail");
        let parts = mail_parts(&mail.formatted()).expect("parts");
        assert_eq!(parts.subject, "שלוש תחפושות שאין במלאי");
        assert_eq!(parts.text.trim(), "שלום נועה");
        assert_eq!(parts.html.as_deref().map(str::trim), Some("<p dir=rtl>שלום נועה</p>"));
        assert_eq!(parts.to, ["noa@example.com"]);
    }

    #[test]
    fn a_text_mail_has_no_html_part() {
        let parts = mail_parts(b"Subject: x\r\n\r\nhello\r\n").expect("parts");
        assert_eq!((parts.text.trim(), parts.html), ("hello", None));
    }
}
