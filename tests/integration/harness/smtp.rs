//! A mail server on loopback that follows a script and records what it is told (RFC 5321).

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mail_parser::{MessageParser, MimeHeaders};

/// A step of a session, named by the client's command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Connect,
    Ehlo,
    From,
    Recipient,
    Data,
    /// After the message's last line.
    Message,
}

#[derive(Clone, Debug)]
enum Act {
    /// Says nothing any more, and keeps the line open.
    Hang,
    /// Puts the receiver down. What was handed over before counts as taken.
    Drop,
}

#[derive(Default)]
struct Script {
    acts: BTreeMap<Step, Act>,
    /// Recipient → what it is told.
    replies: BTreeMap<String, String>,
    greylists: bool,
    known: BTreeSet<String>,
}

#[derive(Default)]
struct Desk {
    script: Mutex<Script>,
    envelopes: Mutex<Vec<(String, Vec<String>)>>,
    mails: Mutex<Vec<Mail>>,
}

/// A message that was accepted.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) raw: Vec<u8>,
}

impl Mail {
    /// A header as it stands in the message.
    pub(crate) fn header(&self, name: &str) -> String {
        let mail = MessageParser::default().parse(&self.raw).expect("a mail");
        mail.header_raw(name).unwrap_or_default().trim().to_owned()
    }

    pub(crate) fn subject(&self) -> String {
        let mail = MessageParser::default().parse(&self.raw).expect("a mail");
        mail.subject().unwrap_or_default().to_owned()
    }

    pub(crate) fn text(&self) -> String {
        let mail = MessageParser::default().parse(&self.raw).expect("a mail");
        mail.body_text(0).expect("a text part").into_owned()
    }

    pub(crate) fn html(&self) -> String {
        let mail = MessageParser::default().parse(&self.raw).expect("a mail");
        mail.body_html(0).expect("an HTML part").into_owned()
    }

    /// Name and content of each attachment.
    pub(crate) fn attachments(&self) -> Vec<(String, Vec<u8>)> {
        let mail = MessageParser::default().parse(&self.raw).expect("a mail");
        let name = |part: &mail_parser::MessagePart<'_>| part.attachment_name().unwrap_or_default().to_owned();
        mail.attachments().map(|part| (name(part), part.contents().to_vec())).collect()
    }
}

/// The server. Its thread ends with the test.
pub(crate) struct Smtp {
    port: u16,
    desk: Arc<Desk>,
}

impl Smtp {
    pub(crate) fn open() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let desk = Arc::new(Desk::default());
        let shared = Arc::clone(&desk);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let desk = Arc::clone(&shared);
                std::thread::spawn(move || converse(stream, &desk));
            }
        });
        Self { port, desk }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// From now on says nothing any more at this step.
    pub(crate) fn hang_at(&self, step: Step) {
        self.script(|script| script.acts.insert(step, Act::Hang));
    }

    /// From now on breaks off at this step.
    pub(crate) fn drop_at(&self, step: Step) {
        self.script(|script| script.acts.insert(step, Act::Drop));
    }

    /// From now on answers this to this recipient.
    pub(crate) fn reply_to(&self, recipient: &str, reply: &str) {
        self.script(|script| script.replies.insert(recipient.to_owned(), reply.to_owned()));
    }

    /// From now on sends every recipient away the first time (RFC 6647).
    pub(crate) fn greylist(&self) {
        self.script(|script| script.greylists = true);
    }

    /// From now on accepts everything.
    pub(crate) fn behave(&self) {
        self.script(|script| *script = Script::default());
    }

    fn script<T>(&self, change: impl FnOnce(&mut Script) -> T) {
        change(&mut self.desk.script.lock().expect("no panic"));
    }

    /// The messages that were accepted.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.desk.mails.lock().expect("no panic").clone()
    }

    /// The accepted messages to this recipient.
    pub(crate) fn mails_to(&self, recipient: &str) -> Vec<Mail> {
        self.mails().into_iter().filter(|mail| mail.to == [recipient]).collect()
    }

    /// Sender and recipients of every session that came so far, whatever became of it.
    pub(crate) fn envelopes(&self) -> Vec<(String, Vec<String>)> {
        self.desk.envelopes.lock().expect("no panic").clone()
    }
}

fn converse(stream: TcpStream, desk: &Desk) {
    // The client may go at any time; then there is nobody to tell.
    let _ = talk(stream, desk);
}

/// Whether to go on at this step.
fn goes_on(step: Step, desk: &Desk) -> bool {
    let act = desk.script.lock().expect("no panic").acts.get(&step).cloned();
    if matches!(act, Some(Act::Hang)) {
        std::thread::sleep(Duration::from_secs(60));
    }
    act.is_none()
}

fn talk(stream: TcpStream, desk: &Desk) -> std::io::Result<()> {
    let mut out = stream.try_clone()?;
    let mut say = move |line: &str| out.write_all(format!("{line}\r\n").as_bytes());
    let mut lines = BufReader::new(stream);
    let (mut from, mut to) = (String::new(), Vec::new());
    if !goes_on(Step::Connect, desk) {
        return Ok(());
    }
    say("220 localhost ESMTP")?;
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end();
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let address = || line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        let step = match verb.as_str() {
            "EHLO" => Step::Ehlo,
            "MAIL" => Step::From,
            "RCPT" => Step::Recipient,
            "DATA" => Step::Data,
            _ => {
                say(if verb == "QUIT" { "221 bye" } else { "250 OK" })?;
                continue;
            }
        };
        if !goes_on(step, desk) {
            return Ok(());
        }
        match step {
            Step::Ehlo => {
                say("250-localhost\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 16777216")?
            }
            Step::From => {
                (from, to) = (address(), Vec::new());
                say("250 OK")?;
            }
            Step::Recipient => {
                let recipient = address();
                desk.envelopes.lock().expect("no panic").push((from.clone(), vec![recipient.clone()]));
                let reply = desk.script.lock().expect("no panic").reply(&recipient);
                if reply.starts_with('2') {
                    to.push(recipient);
                }
                say(&reply)?;
            }
            _ => {
                say("354 go on")?;
                let raw = message(&mut lines)?;
                desk.mails.lock().expect("no panic").push(Mail { from: from.clone(), to: to.clone(), raw });
                if !goes_on(Step::Message, desk) {
                    return Ok(());
                }
                say("250 taken")?;
            }
        }
    }
}

impl Script {
    fn reply(&mut self, recipient: &str) -> String {
        if let Some(reply) = self.replies.get(recipient) {
            return reply.clone();
        }
        let first_time = self.known.insert(recipient.to_owned());
        let reply = if self.greylists && first_time { "451 4.7.1 come back later" } else { "250 OK" };
        reply.to_owned()
    }
}

/// The message up to the line that is a dot; doubled dots are undone (RFC 5321 section 4.5.2).
fn message(lines: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut raw = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(raw);
        }
        raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
