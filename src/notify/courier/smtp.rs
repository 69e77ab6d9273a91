//! SMTP submission (RFC 5321, RFC 6409), with TLS from the start (RFC 8314) or STARTTLS (RFC 3207).
//!
//! Goes through the session step by step rather than through lettre's transport, because what a refusal means depends
//! on the step: `550` to a recipient is that recipient's end, `535` to a password is a mistake that can be put right.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use secrecy::{ExposeSecret, SecretString};

use super::{CourierError, Refusal, Way, in_time};
use crate::domain::Notice;
use crate::notify::{SmtpSecurity, mask};

/// Longest wait for the answer to `QUIT`, beside the deadline of the send itself.
const GOODBYE: Duration = Duration::from_millis(500);

/// An SMTP server.
pub(super) struct Smtp {
    host: String,
    port: u16,
    security: SmtpSecurity,
    tls: Option<TlsParameters>,
    credentials: Option<(String, SecretString)>,
    timeout: Duration,
}

/// Where in a session something went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Connect,
    Encrypt,
    SignIn,
    Sender,
    Recipient,
    Message,
}

impl Step {
    /// Whether a refusal here is about this notice, and not about the way.
    fn is_about_the_notice(self) -> bool {
        matches!(self, Self::Recipient | Self::Message)
    }

    fn what_failed(self) -> &'static str {
        match self {
            Self::Connect => "could not be reached",
            Self::Encrypt => "could not be reached with encryption",
            Self::SignIn => "did not accept the sign-in",
            Self::Sender => "refused the sender",
            Self::Recipient => "refused the recipient",
            Self::Message => "refused the message",
        }
    }

    /// What to look at where the way is at fault.
    fn advice(self) -> &'static str {
        match self {
            Self::Connect => "; check mail.transport.smtp.host, port and security, and that the server is up",
            Self::Encrypt => {
                "; check mail.transport.smtp.security (tls is usually port 465, starttls 587), the name in the \
                 server's certificate, and ca_file if its authority is your own"
            }
            Self::SignIn => "; check mail.transport.smtp.username and password",
            Self::Sender => "; check mail.from: the server must let this account send as it",
            Self::Recipient | Self::Message => "",
        }
    }
}

impl Smtp {
    pub(super) fn new(
        host: &str,
        port: u16,
        security: SmtpSecurity,
        credentials: Option<(String, SecretString)>,
        timeout: Duration,
        ca_file: Option<&Path>,
    ) -> Result<Self, CourierError> {
        let tls = match security {
            SmtpSecurity::None => None,
            SmtpSecurity::Tls | SmtpSecurity::Starttls => Some(encryption(host, ca_file)?),
        };
        Ok(Self { host: host.to_owned(), port, security, tls, credentials, timeout })
    }

    /// Connects, encrypts and signs in.
    async fn session(&self) -> Result<AsyncSmtpConnection, Refusal> {
        let hello = ClientId::default();
        let from_the_start = self.tls.clone().filter(|_| self.security == SmtpSecurity::Tls);
        let step = if from_the_start.is_some() { Step::Encrypt } else { Step::Connect };
        let server = (self.host.as_str(), self.port);
        let connected = AsyncSmtpConnection::connect_tokio1(server, Some(self.timeout), &hello, from_the_start, None);
        let mut session = connected.await.map_err(|error| self.refusal(step, &error))?;

        if self.security == SmtpSecurity::Starttls {
            let Some(tls) = self.tls.clone().filter(|_| session.can_starttls()) else {
                say_goodbye(session).await;
                return Err(Refusal::of_the_way(format!(
                    "{} does not offer STARTTLS, so nothing was sent, the password neither; check \
                     mail.transport.smtp.port and security (port 465 speaks tls)",
                    self.place()
                )));
            };
            session.starttls(tls, &hello).await.map_err(|error| self.refusal(Step::Encrypt, &error))?;
        }
        if let Some((user, password)) = &self.credentials {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            if let Err(error) = session.auth(DEFAULT_MECHANISMS, &credentials).await {
                say_goodbye(session).await;
                return Err(self.refusal(Step::SignIn, &error));
            }
        }
        Ok(session)
    }

    /// One message to one recipient: a refused one can then never take others with it.
    async fn hand_over(&self, session: &mut AsyncSmtpConnection, notice: &Notice) -> Result<(), Refusal> {
        let address = |text: &str| {
            text.parse::<Address>()
                .map_err(|_| Refusal::of_the_recipient(format!("{} is no mail address", mask(text)), false))
        };
        let (from, to) = (address(&notice.from)?, address(&notice.to)?);
        let mut parameters = vec![];
        if !notice.from.is_ascii() || !notice.to.is_ascii() {
            if !session.server_info().supports_feature(Extension::SmtpUtfEight) {
                let what =
                    format!("{} cannot write to {}: it does not know SMTPUTF8 (RFC 6531)", self.place(), notice.to);
                return Err(Refusal::of_the_recipient(what, false));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !notice.message.is_ascii() && session.server_info().supports_feature(Extension::EightBitMime) {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let refused = |step| move |error: Error| self.refusal(step, &error);
        session.command(Mail::new(Some(from), parameters)).await.map_err(refused(Step::Sender))?;
        session.command(Rcpt::new(to, vec![])).await.map_err(refused(Step::Recipient))?;
        session.command(Data).await.map_err(refused(Step::Message))?;
        session.message(&notice.message).await.map_err(refused(Step::Message))?;
        Ok(())
    }

    fn refusal(&self, step: Step, error: &Error) -> Refusal {
        // A server that breaks off has said nothing of the notice, and 421 says goodbye at any step (RFC 5321 3.8).
        let about_the_notice =
            step.is_about_the_notice() && error.status().is_some_and(|code| code.to_string() != "421");
        let reason = reason(error);
        let answer = error.status().map_or_else(|| reason.clone(), |code| format!("{code} {reason}"));
        let advice = match step {
            Step::SignIn if error.is_client() => {
                "; it offers neither PLAIN nor LOGIN on this connection: check mail.transport.smtp.security, or leave \
                 out username and password if it wants none"
            }
            Step::Encrypt => certificate_advice(&reason).unwrap_or(step.advice()),
            _ => step.advice(),
        };
        let failed = match step {
            Step::Sender | Step::Recipient | Step::Message if error.status().is_none() => "broke off",
            _ => step.what_failed(),
        };
        let what = format!("{} {failed}: {}{advice}", self.place(), super::shorten(&answer, 200));
        if about_the_notice {
            Refusal::of_the_recipient(what, !error.is_permanent())
        } else {
            Refusal::of_the_way(what)
        }
    }
}

/// What to do about a certificate, by the name rustls gives to what is wrong with it
/// (<https://docs.rs/rustls/latest/rustls/enum.CertificateError.html>).
fn certificate_advice(reason: &str) -> Option<&'static str> {
    let advices = [
        (
            "CaUsedAsEndEntity",
            "; the server shows a certificate that is itself an authority (as `openssl req -x509` makes them): give it \
             one with basicConstraints CA:FALSE",
        ),
        ("UnknownIssuer", "; put the certificate of the authority that signed the server's into ca_file"),
        ("not valid for name", "; mail.transport.smtp.host must be a name that stands in the server's certificate"),
        ("expired", "; the server needs a new certificate, or this machine's clock is wrong"),
        ("InvalidContentType", "; the server speaks no TLS at once: set mail.transport.smtp.security to starttls"),
    ];
    advices.into_iter().find(|(name, _)| reason.contains(name)).map(|(_, advice)| advice)
}

#[async_trait]
impl Way for Smtp {
    fn deadline(&self) -> Duration {
        self.timeout + 2 * GOODBYE
    }

    async fn send(&self, notice: &Notice) -> Result<(), Refusal> {
        let work = async {
            let mut session = self.session().await?;
            let accepted = self.hand_over(&mut session, notice).await;
            Ok((session, accepted))
        };
        let (session, accepted) = in_time(&self.place(), self.timeout, work).await?;
        say_goodbye(session).await;
        accepted
    }

    async fn probe(&self) -> Result<String, Refusal> {
        let mut session = self.session().await?;
        let alive = session.test_connected().await;
        let (name, encrypted) = (session.server_info().name().to_owned(), session.is_encrypted());
        say_goodbye(session).await;
        if !alive {
            return Err(Refusal::of_the_way(format!("{} answered, but not to NOOP", self.place())));
        }
        let how = if encrypted { "encrypted" } else { "not encrypted" };
        let who = self
            .credentials
            .as_ref()
            .map_or("without signing in".to_owned(), |(user, _)| format!("signed in as {}", mask(user)));
        Ok(super::quoted(&format!("{} answered as {name}, {how}, {who}", self.place())))
    }

    fn place(&self) -> String {
        format!("mail server {}:{}", self.host, self.port)
    }
}

/// Ends a session. Whatever comes of it, an accepted message stays accepted: counting a silent `QUIT` as a failure
/// would send the mail again.
async fn say_goodbye(mut session: AsyncSmtpConnection) {
    let _in_time = tokio::time::timeout(GOODBYE, session.abort()).await;
}

fn encryption(host: &str, ca_file: Option<&Path>) -> Result<TlsParameters, CourierError> {
    let mut tls = TlsParameters::builder(host.to_owned());
    if let Some(path) = ca_file {
        let wrong = |what: String| CourierError::Authorities { path: path.to_owned(), what };
        let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
        // A bundle holds several certificates; lettre reads one at a time.
        let mut found = 0;
        for block in certificates(&pem) {
            let certificate = Certificate::from_pem(block.as_bytes()).map_err(|error| wrong(reason(&error)))?;
            tls = tls.add_root_certificate(certificate);
            found += 1;
        }
        if found == 0 {
            return Err(wrong("no certificate in it".to_owned()));
        }
    }
    tls.build().map_err(|error| CourierError::Encryption { host: host.to_owned(), what: reason(&error) })
}

/// The certificates of a PEM file (RFC 7468), each as PEM.
fn certificates(pem: &[u8]) -> Vec<String> {
    const END: &str = "-----END CERTIFICATE-----";
    let text = String::from_utf8_lossy(pem);
    let blocks = text.split("-----BEGIN CERTIFICATE-----").skip(1);
    let whole = blocks.filter_map(|block| block.split_once(END));
    whole.map(|(body, _)| format!("-----BEGIN CERTIFICATE-----{body}{END}\n")).collect()
}

/// What is at the bottom of an error; the layers above only say that there was one.
fn reason(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(deeper) => reason(deeper),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests;
