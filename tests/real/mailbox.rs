//! aiosmtpd on loopback: STARTTLS, then AUTH, and whatever it accepts in a folder.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::kit;
use crate::post_office::{Mail, Orders, PostOffice, Treatment};
use crate::process::{Server, free_port};

/// A mail server that runs until this goes out of scope.
pub(crate) struct Mailbox {
    port: u16,
    _server: Server,
    folder: TempDir,
}

impl Mailbox {
    pub(crate) fn open() -> Self {
        let folder = TempDir::new().expect("a folder");
        let port = free_port();
        let mut command = Command::new(kit::environment("mail").join("bin/python"));
        command.arg(kit::scripts("mail").join("mailbox.py")).arg(port.to_string()).arg(folder.path());
        let server = Server::start(command, port, &folder.path().join("log"));
        let mailbox = Self { port, _server: server, folder };
        // Waiting for the port was a session too, and the only one.
        while mailbox.sessions().is_none_or(|(begun, _)| begun == 0) {
            sleep(Duration::from_millis(2));
        }
        mailbox.settle();
        mailbox
    }

    /// Waits until no session is under way: what a killed client had handed over is then kept or lost.
    pub(crate) fn settle(&self) {
        let begun = Instant::now();
        while self.sessions().is_none_or(|(begun, over)| begun != over) {
            assert!(begun.elapsed() < Duration::from_secs(20), "a session does not end: {:?}", self.sessions());
            sleep(Duration::from_millis(2));
        }
    }

    /// In the session after so many others, stops at this moment.
    pub(crate) fn hold(&self, after: u64, moment: &str) {
        self.settle();
        self.write(&json!({"hold": {"session": self.begun() + after + 1, "at": moment}}));
    }

    /// Whether it has stopped where it was told to.
    pub(crate) fn is_held(&self) -> bool {
        self.folder.path().join("held").exists()
    }

    /// Goes on.
    pub(crate) fn release(&self) {
        let _ = fs::remove_file(self.folder.path().join("held"));
        self.order(&Orders::default());
    }

    /// How many sessions began so far.
    pub(crate) fn begun(&self) -> u64 {
        self.sessions().expect("a tally").0
    }

    /// How many sessions began, and how many are over.
    fn sessions(&self) -> Option<(u64, u64)> {
        let tally = fs::read_to_string(self.folder.path().join("sessions")).ok()?;
        let (begun, over) = tally.split_once(' ')?;
        Some((begun.parse().ok()?, over.parse().ok()?))
    }

    fn write(&self, orders: &Value) {
        let file = |name: &str| self.folder.path().join(name);
        fs::write(file("orders.new"), orders.to_string()).expect("the orders");
        fs::rename(file("orders.new"), file("orders.json")).expect("the orders");
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

impl PostOffice for Mailbox {
    fn name(&self) -> &'static str {
        "aiosmtpd"
    }

    fn port(&self) -> u16 {
        self.port
    }

    fn certificate(&self) -> PathBuf {
        self.folder.path().join("trusted.pem")
    }

    fn order(&self, orders: &Orders) {
        let treated = orders.recipients.iter().map(|(address, treatment)| {
            let how = match treatment {
                Treatment::Answer(answer) => json!({"answer": answer}),
                Treatment::Greylist(seconds) => json!({"greylist": seconds}),
                Treatment::Slow(time) => json!({"slow": time.as_secs_f64()}),
                Treatment::Late(time) => json!({"late": time.as_secs_f64()}),
                Treatment::DropKept => json!({"drop": "kept"}),
                Treatment::DropLost => json!({"drop": "lost"}),
            };
            (address.clone(), how)
        });
        let mut document = json!({"starttls": !orders.no_starttls, "recipients": treated.collect::<Map<_, _>>()});
        if let Some(greeting) = orders.greeting {
            document["greeting"] = greeting.into();
        }
        if orders.other_certificate {
            document["certificate"] = "other".into();
        }
        self.write(&document);
    }

    fn mails(&self) -> Vec<Mail> {
        self.settle();
        (1..).map_while(|n| self.mail(n)).collect()
    }
}
