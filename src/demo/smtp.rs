//! A mail sink: as much of an SMTP server (RFC 5321) as a polite client needs. Accepts everything, keeps it in memory.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Longest line that is read, in bytes (RFC 5321 section 4.5.3.1.6 asks for 1000).
const LONGEST_LINE: u64 = 64 * 1024;
/// Largest message that is kept, in bytes.
const LARGEST: usize = 16 * 1024 * 1024;

/// The mails that arrived, oldest first. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Mailbox(Arc<Mutex<Vec<Vec<u8>>>>);

impl Mailbox {
    pub(super) fn all(&self) -> Vec<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, message: Vec<u8>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(message);
    }
}

/// Serves until dropped.
pub(super) async fn serve(listener: TcpListener, mailbox: Mailbox) {
    while let Ok((stream, _)) = listener.accept().await {
        let mailbox = mailbox.clone();
        // A client that breaks off has only itself to blame.
        tokio::spawn(async move { converse(stream, &mailbox).await });
    }
}

/// What has been agreed on in a conversation so far.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Connected,
    Greeted,
    From,
    To,
}

async fn converse(stream: TcpStream, mailbox: &Mailbox) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 localhost stocktruth demo ESMTP\r\n").await?;
    let mut stage = Stage::Connected;
    loop {
        let Some(line) = line(&mut stream).await? else { return Ok(()) };
        let text = String::from_utf8_lossy(&line).trim().to_ascii_uppercase();
        let verb = text.split([' ', ':']).next().unwrap_or_default();
        let reply: &[u8] = match verb {
            "EHLO" => {
                stage = Stage::Greeted;
                b"250-localhost\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 16777216\r\n"
            }
            "HELO" => {
                stage = Stage::Greeted;
                b"250 localhost\r\n"
            }
            "MAIL" if stage == Stage::Greeted && text.starts_with("MAIL FROM:") => {
                stage = Stage::From;
                b"250 2.1.0 OK\r\n"
            }
            "RCPT" if stage >= Stage::From && text.starts_with("RCPT TO:") => {
                stage = Stage::To;
                b"250 2.1.5 OK\r\n"
            }
            "DATA" if stage == Stage::To => {
                stream.write_all(b"354 end with <CRLF>.<CRLF>\r\n").await?;
                stage = Stage::Greeted;
                match data(&mut stream).await? {
                    Some(message) => {
                        mailbox.put(message);
                        b"250 2.0.0 kept\r\n"
                    }
                    None => b"552 5.3.4 too large\r\n",
                }
            }
            "RSET" => {
                stage = stage.min(Stage::Greeted);
                b"250 2.0.0 OK\r\n"
            }
            "NOOP" => b"250 2.0.0 OK\r\n",
            "QUIT" => {
                stream.write_all(b"221 2.0.0 bye\r\n").await?;
                return stream.shutdown().await;
            }
            "MAIL" | "RCPT" | "DATA" => b"503 5.5.1 bad sequence of commands\r\n",
            _ => b"502 5.5.1 not implemented\r\n",
        };
        stream.write_all(reply).await?;
    }
}

/// The message up to the line that is a dot, dots doubled for transparency undone (RFC 5321 section 4.5.2). `None`: it
/// was too large, and was read to its end all the same.
async fn data(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Vec<u8>>> {
    let mut message = Vec::new();
    let mut fits = true;
    loop {
        let Some(line) = line(stream).await? else { return Err(io::ErrorKind::UnexpectedEof.into()) };
        if line == b".\r\n" || line == b".\n" {
            return Ok(fits.then_some(message));
        }
        fits = fits && message.len() + line.len() <= LARGEST;
        if fits {
            message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }
}

/// The next line with its end; `None` where the client has gone.
async fn line(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    (&mut *stream).take(LONGEST_LINE).read_until(b'\n', &mut line).await?;
    Ok(line.ends_with(b"\n").then_some(line))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use lettre::transport::smtp::AsyncSmtpTransport;
    use lettre::{AsyncTransport, Message, Tokio1Executor};

    use super::super::tests::started;
    use super::*;

    async fn conversation(port: u16, lines: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
        stream.write_all(lines.as_bytes()).await.expect("written");
        let mut answer = String::new();
        tokio::time::timeout(Duration::from_secs(5), stream.read_to_string(&mut answer))
            .await
            .expect("an answer in time")
            .expect("an answer");
        answer
    }

    #[tokio::test]
    async fn a_message_is_kept_as_it_was_meant() {
        let demo = started().await;
        let said = conversation(
            demo.smtp_port(),
            "EHLO me\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nRCPT TO:<e@f.example>\r\nDATA\r\n\
             Subject: x\r\n\r\n..dots\r\n.\r\nNOOP\r\nQUIT\r\n",
        )
        .await;
        let codes: Vec<&str> = said.lines().filter(|line| !line[3..].starts_with('-')).map(|line| &line[..3]).collect();
        assert_eq!(codes, ["220", "250", "250", "250", "250", "354", "250", "250", "221"]);
        assert_eq!(demo.mails(), [b"Subject: x\r\n\r\n.dots\r\n".to_vec()]);
    }

    #[tokio::test]
    async fn the_order_of_commands_is_held() {
        let demo = started().await;
        let said = conversation(
            demo.smtp_port(),
            "DATA\r\nMAIL FROM:<a@b>\r\nHELO me\r\nRCPT TO:<a@b>\r\nMAIL FROM:<a@b>\r\nDATA\r\nVRFY a\r\nQUIT\r\n",
        )
        .await;
        let codes: Vec<&str> = said.lines().map(|line| &line[..3]).collect();
        assert_eq!(codes, ["220", "503", "503", "250", "503", "250", "503", "502", "221"]);
        assert!(demo.mails().is_empty());
    }

    #[tokio::test]
    async fn lettre_can_talk_to_it() {
        let demo = started().await;
        let mail = Message::builder()
            .from("shop@example.com".parse().expect("an address"))
            .to("noa@example.com".parse().expect("an address"))
            .subject("תחפושות")
            .body("שלום\n.\nend".to_owned())
            .expect("a mail");
        let transport =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1").port(demo.smtp_port()).build();
        for _ in 0..2 {
            transport.send(mail.clone()).await.expect("accepted");
        }
        let mails = demo.mails();
        assert_eq!(mails.len(), 2);
        let parts = super::super::mail_parts(&mails[0]).expect("a mail");
        assert_eq!(parts.subject, "תחפושות");
        assert_eq!(parts.text.trim_end().replace("\r\n", "\n"), "שלום\n.\nend");
        assert_eq!(parts.to, ["noa@example.com"]);
    }
}
