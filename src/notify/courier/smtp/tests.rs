//! Against a scripted server on loopback: it answers each command as told and keeps what was said to it.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use super::*;
use crate::notify::courier::{Courier, Fault};
use crate::notify::samples::notice;

/// What the server answers: the first rule whose word begins the client's line; `hang` says nothing, `drop` hangs up.
type Script = &'static [(&'static str, &'static str)];

const PLAIN: Script = &[
    ("220", "220 mail.test ESMTP"),
    ("EHLO", "250-mail.test\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME"),
    ("AUTH", "235 welcome"),
    ("MAIL", "250 ok"),
    ("RCPT", "250 ok"),
    ("DATA", "354 go on"),
    (".", "250 queued as 1"),
    ("NOOP", "250 ok"),
    ("QUIT", "221 bye"),
];

struct Server {
    port: u16,
    heard: Arc<Mutex<String>>,
}

impl Server {
    /// Starts a server that follows `special` and, where that is silent, [`PLAIN`].
    async fn start(special: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(String::new()));
        let ear = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _client_went = serve(stream, special, &ear).await;
            }
        });
        Self { port, heard }
    }

    fn heard(&self) -> String {
        self.heard.lock().unwrap().clone()
    }

    fn courier(&self, security: SmtpSecurity, credentials: bool) -> Courier {
        let credentials = credentials.then(|| ("robot".to_owned(), SecretString::from("correct horse")));
        let timeout = Duration::from_millis(800);
        Courier::of_mail(Box::new(Smtp::new("127.0.0.1", self.port, security, credentials, timeout, None).unwrap()))
    }
}

async fn serve(stream: tokio::net::TcpStream, special: Script, heard: &Mutex<String>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let (mut line, mut in_data) = ("220".to_owned(), false);
    loop {
        if !in_data || line == ".\r\n" {
            let answer =
                special.iter().chain(PLAIN).find(|(word, _)| line.starts_with(word)).map_or("500 what?", |r| r.1);
            match answer {
                "hang" => return std::future::pending().await,
                "drop" => return Ok(()),
                _ => stream.write_all(format!("{answer}\r\n").as_bytes()).await?,
            }
            in_data = answer.starts_with("354");
        }
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        heard.lock().unwrap().push_str(&line);
    }
}

async fn refusal(special: Script) -> Refusal {
    let server = Server::start(special).await;
    server.courier(SmtpSecurity::None, true).send(&notice()).await.unwrap_err()
}

#[tokio::test]
async fn a_message_arrives_as_it_was_composed_and_for_one_recipient() {
    let server = Server::start(&[]).await;
    let mut notice = notice();
    notice.message.extend_from_slice(b".\r\n..a line that begins with a dot\r\n");
    server.courier(SmtpSecurity::None, true).send(&notice).await.unwrap();
    let heard = server.heard();
    let (envelope, rest) = heard.split_once("DATA\r\n").unwrap();
    assert_eq!(
        envelope.lines().skip(1).collect::<Vec<_>>(),
        ["AUTH PLAIN AHJvYm90AGNvcnJlY3QgaG9yc2U=", "MAIL FROM:<stock@shop.test>", "RCPT TO:<ops@shop.test>"]
    );
    let (data, after) = rest.split_once("\r\n.\r\n").unwrap();
    let unstuffed: String =
        format!("{data}\r\n").split_inclusive("\r\n").map(|l| l.strip_prefix('.').unwrap_or(l)).collect();
    assert_eq!(unstuffed.trim_end(), String::from_utf8(notice.message).unwrap().trim_end());
    assert_eq!(after, "QUIT\r\n");
}

#[tokio::test]
async fn what_a_refusal_means_depends_on_the_step() {
    use Fault::{Recipient, Way};
    for (special, temporary, fault, said) in [
        (&[("220", "421 too busy")][..], true, Way, "421 too busy"),
        (&[("220", "554 go away")], true, Way, "could not be reached: 554 go away"),
        (&[("AUTH", "535 5.7.8 no")], true, Way, "check mail.transport.smtp.username and password"),
        (&[("AUTH", "454 later")], true, Way, "454 later"),
        (&[("EHLO", "250 mail.test")], true, Way, "did not accept the sign-in"),
        (&[("MAIL", "553 not yours")], true, Way, "check mail.from"),
        (&[("RCPT", "450 4.2.0 greylisted")], true, Recipient, "450 4.2.0 greylisted"),
        (&[("RCPT", "451 try again")], true, Recipient, "451 try again"),
        (&[("RCPT", "550 5.1.1 <ops@shop.test> unknown")], false, Recipient, "550 5.1.1 <o…@shop.test> unknown"),
        (&[("DATA", "452 full")], true, Recipient, "452 full"),
        (&[(".", "554 spam")], false, Recipient, "refused the message: 554 spam"),
        (&[("RCPT", "421 4.3.2 shutting down")], true, Way, "421 4.3.2"),
        (&[("RCPT", "452 4.2.2 full")], true, Recipient, "refused the recipient: 452"),
        (&[("RCPT", "drop")], true, Way, "broke off"),
        (&[(".", "drop")], true, Way, "broke off"),
        (&[("220", "HTTP/1.1 400 Bad Request")], true, Way, "could not be reached"),
        (&[("220", "drop")], true, Way, "could not be reached"),
    ] {
        let refusal = refusal(special).await;
        assert_eq!((refusal.temporary, refusal.fault), (temporary, fault), "{special:?}: {refusal}");
        assert!(refusal.what.contains(said), "{special:?}: {refusal}");
        assert!(!refusal.what.contains("ops@") && !refusal.what.contains("correct horse"), "{refusal}");
    }
}

#[tokio::test]
async fn a_server_that_falls_silent_anywhere_costs_one_deadline() {
    for special in
        [&[("220", "hang")][..], &[("EHLO", "hang")], &[("AUTH", "hang")], &[(".", "hang")], &[("QUIT", "hang")]]
    {
        let started = Instant::now();
        let server = Server::start(special).await;
        let sent = server.courier(SmtpSecurity::None, true).send(&notice()).await;
        assert!(started.elapsed() < Duration::from_secs(3), "{special:?}");
        match special[0].0 {
            // The message was accepted: no answer to QUIT makes that undone, or it would be sent again.
            "QUIT" => assert_eq!(sent, Ok(())),
            _ => assert!(matches!(sent, Err(Refusal { temporary: true, fault: Fault::Way, .. })), "{special:?}"),
        }
    }
}

#[tokio::test]
async fn nobody_there_is_a_refusal_for_now() {
    let server = Server::start(&[]).await;
    let nobody = Server { port: 1, ..server };
    let refusal = nobody.courier(SmtpSecurity::None, false).send(&notice()).await.unwrap_err();
    assert!(refusal.temporary && refusal.what.contains("127.0.0.1:1 could not be reached"), "{refusal}");
}

#[tokio::test]
async fn without_starttls_neither_password_nor_mail_is_sent() {
    for special in [&[][..], &[("EHLO", "250-mail.test\r\n250 STARTTLS"), ("STARTTLS", "454 no")]] {
        let server = Server::start(special).await;
        let refusal = server.courier(SmtpSecurity::Starttls, true).send(&notice()).await.unwrap_err();
        assert!(refusal.temporary && refusal.what.contains("mail.transport.smtp."), "{refusal}");
        let heard = server.heard();
        assert!(!heard.contains("AUTH") && !heard.contains("MAIL"), "{heard}");
    }
}

#[tokio::test]
async fn a_server_without_tls_is_not_spoken_to_in_the_clear() {
    let server = Server::start(&[]).await;
    let refusal = server.courier(SmtpSecurity::Tls, true).send(&notice()).await.unwrap_err();
    assert!(refusal.temporary && refusal.what.contains("with encryption"), "{refusal}");
    assert!(!server.heard().contains("AUTH"));
}

#[tokio::test]
async fn the_probe_signs_in_and_sends_nothing() {
    let server = Server::start(&[]).await;
    let said = server.courier(SmtpSecurity::None, true).probe().await.remove(0).1.unwrap();
    assert!(said.contains("mail.test, not encrypted, signed in as robot"), "{said}");
    assert!(server.heard().contains("NOOP") && !server.heard().contains("MAIL"));
    let locked = Server::start(&[("AUTH", "535 no")]).await;
    assert!(locked.courier(SmtpSecurity::None, true).probe().await.remove(0).1.unwrap_err().contains("password"));
}

#[test]
fn what_is_wrong_with_a_certificate_is_told_in_its_own_words() {
    for (reason, said) in [
        ("invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))", "CA:FALSE"),
        ("invalid peer certificate: UnknownIssuer", "ca_file"),
        ("invalid peer certificate: certificate not valid for name \"a\"", "mail.transport.smtp.host"),
    ] {
        assert!(certificate_advice(reason).unwrap().contains(said));
    }
    assert_eq!(certificate_advice("something else"), None);
}

#[test]
fn authorities_that_cannot_be_read_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    let said = || encryption("mail.test", Some(&path)).map(drop).unwrap_err().to_string();
    assert!(said().contains("ca.pem"));
    std::fs::write(&path, "not a certificate").unwrap();
    assert!(said().contains("no certificate in it"));
}
