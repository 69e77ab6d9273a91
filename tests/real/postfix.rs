//! Debian's Postfix with postgrey on loopback: STARTTLS, then AUTH, and whatever it accepts in a Maildir.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::kit;
use crate::post_office::{Mail, Orders, PostOffice, Treatment};
use crate::process::{Server, free_port};

/// A mail server that runs until this goes out of scope.
pub(crate) struct Postfix {
    port: u16,
    /// The configuration when nothing goes wrong.
    main: String,
    _postfix: Server,
    _postgrey: Server,
    folder: TempDir,
}

/// How long postgrey sends a sender away, in seconds.
const GREY: u64 = 2;

impl Postfix {
    pub(crate) fn open() -> Self {
        let folder = TempDir::new().expect("a folder");
        let (port, grey_port) = (free_port(), free_port());
        let mut serve = Command::new(kit::scripts("mail").join("postfix.sh"));
        serve.arg(folder.path()).args([port.to_string(), grey_port.to_string()]);
        let postfix = Server::start(serve, port, &folder.path().join("log"));
        let mut greylist = Command::new("postgrey");
        greylist.arg(format!("--inet=127.0.0.1:{grey_port}")).arg(format!("--delay={GREY}"));
        greylist.arg(format!("--dbdir={}", folder.path().join("grey").display()));
        greylist.args(["--user=postgrey", "--auto-whitelist-clients=0"]);
        let postgrey = Server::start(greylist, grey_port, &folder.path().join("grey.log"));
        let main = fs::read_to_string(folder.path().join("etc/main.cf")).expect("main.cf");
        let postfix = Self { port, main, _postfix: postfix, _postgrey: postgrey, folder };
        // Waiting for the port was a session too.
        postfix.settle();
        postfix
    }

    /// Waits until no session is under way and everything that was accepted is in its mailbox.
    fn settle(&self) {
        let begun = Instant::now();
        while self.is_busy() {
            assert!(begun.elapsed() < Duration::from_secs(20), "Postfix does not come to rest: {}", self.log());
            sleep(Duration::from_millis(5));
        }
    }

    fn is_busy(&self) -> bool {
        let log = self.log();
        let count = |what: &str| log.lines().filter(|line| line.contains("/smtpd[") && line.contains(what)).count();
        let queue = self.folder.path().join("queue");
        count("]: connect from") != count("]: disconnect from")
            || ["maildrop", "incoming", "active"].iter().any(|part| holds_files(&queue.join(part)))
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("postfix.log")).unwrap_or_default()
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.folder.path().join("etc").join(name);
        fs::write(&path, content).expect("a file of Postfix");
        // What was written just now Postfix lets lie for two seconds, lest it be half a file.
        let file = File::options().write(true).open(&path).expect("a file of Postfix");
        let long_ago = file.metadata().and_then(|about| about.modified()).expect("a time") - Duration::from_secs(60);
        file.set_modified(long_ago).expect("an older file");
    }
}

impl PostOffice for Postfix {
    fn name(&self) -> &'static str {
        "Postfix"
    }

    fn port(&self) -> u16 {
        self.port
    }

    fn certificate(&self) -> PathBuf {
        self.folder.path().join("trusted.pem")
    }

    fn order(&self, orders: &Orders) {
        self.settle();
        let (mut recipients, mut after_data) = (String::new(), String::new());
        for (address, treatment) in &orders.recipients {
            let (table, action) = match treatment {
                Treatment::Answer(answer) => (&mut recipients, (*answer).to_owned()),
                Treatment::Greylist(seconds) => {
                    assert_eq!(*seconds, GREY, "postgrey was started with another delay");
                    (&mut recipients, "greylist".to_owned())
                }
                Treatment::Slow(time) => (&mut recipients, format!("sleep {}", time.as_secs())),
                Treatment::Late(time) => (&mut after_data, format!("sleep {}", time.as_secs())),
                Treatment::DropLost => (&mut after_data, "421 4.3.0 lost it".to_owned()),
                Treatment::DropKept => panic!("Postfix does not break off when it has kept a mail"),
            };
            let _ = writeln!(table, "/^{}$/ {action}", address.replace('.', "\\."));
        }
        self.write("recipients", &recipients);
        self.write("after-data", &after_data);
        let mut main = self.main.clone();
        if let Some(greeting) = orders.greeting {
            let _ = writeln!(main, "smtpd_client_restrictions = static:{{{greeting}}}");
        }
        if orders.no_starttls {
            main.push_str("smtpd_tls_security_level = none\n");
        }
        if orders.other_certificate {
            let etc = self.folder.path().join("etc").display().to_string();
            let _ = writeln!(main, "smtpd_tls_cert_file = {etc}/other.pem\nsmtpd_tls_key_file = {etc}/other-key.pem");
        }
        self.write("main.cf", &main);
    }

    fn mails(&self) -> Vec<Mail> {
        self.settle();
        let Ok(entries) = fs::read_dir(self.folder.path().join("mail/all/new")) else { return Vec::new() };
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a mail").path()).collect();
        files.sort();
        files.iter().map(|file| mail(&fs::read_to_string(file).expect("a mail"))).collect()
    }
}

/// A mail as Postfix keeps it: with lines of its own before it, and the line ends of Unix.
fn mail(kept: &str) -> Mail {
    let lines = kept.split_inclusive('\n');
    let is_trace = |line: &&str| {
        ["Return-Path:", "X-Original-To:", "Delivered-To:", "X-Greylist:", "Received:", "\t"]
            .iter()
            .any(|start| line.starts_with(start))
    };
    let trace: String = lines.clone().take_while(is_trace).collect();
    let message: String = lines.skip_while(is_trace).collect();
    let to = trace.lines().find_map(|line| line.strip_prefix("X-Original-To: ")).expect("a recipient").to_owned();
    Mail {
        to: vec![to],
        tls: trace.contains("(using TLS"),
        authenticated: trace.contains("(Authenticated sender: merchandising@shop.test)"),
        ..Mail::read(message.replace('\n', "\r\n").as_bytes())
    }
}

fn holds_files(folder: &Path) -> bool {
    // Some of the queue's parts have folders in them.
    let Ok(entries) = fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() { holds_files(&path) } else { true }
    })
}
