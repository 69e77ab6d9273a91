//! A street before a shop: every visitor passes, is written down, and of some pages is shown what they said before.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// How a kept copy of a page can be got past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// As by a page cache: whoever asks with a query that nobody asked with before gets the page as it is.
    ByACache,
    /// As by a list that is rebuilt at night: whoever asks, and however.
    ByTheShop,
}

/// A request that passed.
#[derive(Clone, Debug)]
pub(crate) struct Passed {
    /// Path and query.
    pub(crate) target: String,
}

#[derive(Default)]
struct Desk {
    /// Path and query → the whole answer as it was.
    kept: BTreeMap<String, (Kept, Vec<u8>)>,
    passed: Vec<Passed>,
}

/// The front. Runs until the tests end.
pub(crate) struct Street {
    port: u16,
    shop: u16,
    desk: Arc<Mutex<Desk>>,
}

impl Street {
    /// Opens a street before the shop on this port of loopback.
    pub(crate) fn before(shop: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let desk = Arc::new(Mutex::new(Desk::default()));
        let at_work = Arc::clone(&desk);
        thread::spawn(move || {
            for visitor in listener.incoming().flatten() {
                let desk = Arc::clone(&at_work);
                // A visitor who goes away is no trouble.
                thread::spawn(move || drop(pass(visitor, shop, &desk)));
            }
        });
        Self { port, shop, desk }
    }

    /// The shop as its customers know it, with a slash at the end.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Its port on loopback.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The status that the shop answers now at a path, and in how many seconds it begins to count its guests anew.
    pub(crate) fn status(&self, target: &str) -> (u16, u64) {
        let answer = self.ask(target);
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let reset = answer.lines().find_map(|line| line.strip_prefix("RateLimit-Reset: ")?.trim().parse().ok());
        (status, reset.unwrap_or(0))
    }

    /// What the shop answers now at a path, passing no kept copy.
    pub(crate) fn body(&self, target: &str) -> String {
        let answer = self.ask(target);
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
        assert!(head.starts_with("HTTP/1.") && head[8..].starts_with(" 200 "), "{target}: {head}");
        body.to_owned()
    }

    /// From now on shows these pages as they are now, whatever becomes of them.
    pub(crate) fn keep(&self, targets: &[&str], kept: Kept) {
        for target in targets {
            let mut answer = self.ask(target);
            assert!(answer[8..].starts_with(" 200 "), "{target}: {answer}");
            if kept == Kept::ByACache {
                let line = answer.find("\r\n").expect("a status line");
                answer.insert_str(line, "\r\nAge: 5400\r\nX-Cache: HIT");
            }
            self.desk.lock().expect("no panic").kept.insert((*target).to_owned(), (kept, answer.into_bytes()));
        }
    }

    /// Who passed since the last call.
    pub(crate) fn passed(&self) -> Vec<Passed> {
        std::mem::take(&mut self.desk.lock().expect("no panic").passed)
    }

    /// The shop's whole answer, asked by a visitor who lives in this street but is not written down.
    fn ask(&self, target: &str) -> String {
        // HTTP/1.0, so that no answer comes in chunks.
        let request = format!("GET {target} HTTP/1.0\r\nHost: 127.0.0.1:{}\r\n\r\n", self.port);
        String::from_utf8(exchange(self.shop, request.as_bytes()).expect("the shop")).expect("UTF-8")
    }
}

fn pass(mut visitor: TcpStream, shop: u16, desk: &Mutex<Desk>) -> std::io::Result<()> {
    let mut from = BufReader::new(visitor.try_clone()?);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 {
            return Ok(());
        }
        if line == "\r\n" {
            break;
        }
        head.push(line);
    }
    let of = |name: &str| {
        head.iter()
            .filter_map(|line| line.split_once(':'))
            .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned()))
    };
    let mut words = head[0].split(' ').map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let answer = {
        let mut desk = desk.lock().expect("no panic");
        let kept = desk.kept.iter().find(|(kept, (how, _))| {
            method == "GET" && (**kept == target || *how == Kept::ByTheShop && **kept == without_our_mark(&target))
        });
        let answer = kept.map(|(_, (_, answer))| answer).cloned();
        desk.passed.push(Passed { target });
        answer
    };
    if let Some(answer) = answer {
        return visitor.write_all(&answer);
    }
    let mut body = vec![0; of("content-length").and_then(|length| length.parse().ok()).unwrap_or(0)];
    from.read_exact(&mut body)?;
    head.retain(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let request = [head.concat().as_bytes(), b"Connection: close\r\n\r\n", &body].concat();
    visitor.write_all(&exchange(shop, &request)?)
}

/// The address without what the check adds to get past caches.
fn without_our_mark(target: &str) -> String {
    match target.split_once('?') {
        Some((path, query)) => {
            let rest: Vec<_> = query.split('&').filter(|pair| !pair.starts_with("_stocktruth=")).collect();
            if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) }
        }
        None => target.to_owned(),
    }
}

/// Sends a request that asks for the connection's end, and gives the whole answer.
fn exchange(shop: u16, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut shop = TcpStream::connect((Ipv4Addr::LOCALHOST, shop))?;
    shop.write_all(request)?;
    let mut answer = Vec::new();
    shop.read_to_end(&mut answer)?;
    Ok(answer)
}
