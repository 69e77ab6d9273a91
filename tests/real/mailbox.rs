//! A real mail server on loopback: STARTTLS, then AUTH, and whatever it accepts in a folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use mail_parser::MessageParser;
use serde_json::Value;
use tempfile::TempDir;

use crate::kit;
use crate::process::{Server, free_port};

/// A mail server that runs until this goes out of scope.
pub(crate) struct Mailbox {
    port: u16,
    _server: Server,
    folder: TempDir,
}

/// A mail that was accepted.
#[derive(Debug)]
pub(crate) struct Mail {
    pub(crate) to: Vec<String>,
    /// Whether the connection was encrypted when it came.
    pub(crate) tls: bool,
    /// Whether the sender had named himself with his password.
    pub(crate) authenticated: bool,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

impl Mailbox {
    pub(crate) fn open() -> Self {
        let folder = TempDir::new().expect("a folder");
        let port = free_port();
        let mut command = Command::new(kit::environment("mail").join("bin/python"));
        command.arg(kit::scripts("mail").join("mailbox.py")).arg(port.to_string()).arg(folder.path());
        let server = Server::start(command, port, &folder.path().join("log"));
        Self { port, _server: server, folder }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The certificate it shows, to be trusted.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }

    /// Everything accepted so far, in order.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        (1..).map_while(|n| self.mail(n)).collect()
    }

    fn mail(&self, n: u32) -> Option<Mail> {
        let file = |ending: &str| self.folder.path().join(format!("{n}.{ending}"));
        let bytes = fs::read(file("eml")).ok()?;
        let envelope: Value = serde_json::from_str(&fs::read_to_string(file("json")).ok()?).ok()?;
        let mail = Mail::read(&bytes);
        let to = envelope["to"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        Some(Mail { to, tls: envelope["tls"] == true, authenticated: envelope["auth"] == true, ..mail })
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
            subject: message.subject().unwrap_or_default().to_owned(),
            text: message.body_text(0).unwrap_or_default().into_owned(),
            html: message.body_html(0).unwrap_or_default().into_owned(),
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
