//! What becomes of the mail when a real mail server has other plans: server by server, failure by failure.
//!
//! `cargo test --test real deliveries -- --nocapture` prints what was found as a table.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::chain::{Chain, FALLBACK, PASSWORD, Way, address};
use crate::kit;
use crate::mailbox::Mailbox;
use crate::post_office::{Orders, PostOffice, Treatment, delivered};
use crate::postfix::Postfix;
use crate::trial::{Ran, Trial};

/// The staff, in the order in which their mails are written.
const STAFF: [&str; 6] = ["anna", "boris", "chana", "dan", "ester", "fanny"];

/// How long the slow take, which is longer than the deadline.
const SLOW: Duration = Duration::from_secs(3);

/// What the account's password looks like on its way: `AUTH PLAIN` (RFC 4616) and `AUTH LOGIN`.
const DISGUISED: [&str; 2] = ["AG1lcmNoYW5kaXNpbmdAc2hvcC50ZXN0AHB1cmltLTU3ODc=", "cHVyaW0tNTc4Nw=="];

/// One line of the table.
struct Failure {
    name: &'static str,
    /// What the server does, to whom.
    orders: Orders,
    /// What is wrong with the configuration instead.
    misled: fn(Way) -> Way,
    /// Who is hit: so many of the staff, beginning with the first.
    hit: usize,
    /// What the program must say of it.
    said: &'static str,
    end: End,
    /// Whether the server has kept what it did not say that it kept, so that a repeat cannot be told from a first try.
    repeats: bool,
}

/// How a failure ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// It is put right after the first run.
    Lifted,
    /// By itself, after a time.
    InTime,
    /// Never: others are told instead.
    Never,
}

impl Failure {
    /// The server is to blame, and everybody is hit.
    fn of_all(name: &'static str, said: &'static str, orders: Orders) -> Self {
        Self { name, orders, misled: |way| way, hit: STAFF.len(), said, end: End::Lifted, repeats: false }
    }

    /// The server is to blame, and the first few recipients are hit.
    fn of_some(name: &'static str, hit: usize, treatment: Treatment, said: &'static str) -> Self {
        let recipients = STAFF.iter().take(hit).map(|who| (address(who), treatment)).collect();
        Self { hit, ..Self::of_all(name, said, Orders { recipients, ..Orders::default() }) }
    }

    /// The configuration is to blame, and everybody is hit.
    fn of_the_configuration(name: &'static str, said: &'static str, misled: fn(Way) -> Way) -> Self {
        Self { misled, ..Self::of_all(name, said, Orders::default()) }
    }

    fn ending(self, end: End) -> Self {
        Self { end, ..self }
    }

    fn repeating(self) -> Self {
        Self { repeats: true, ..self }
    }
}

/// What every mail server can do to its clients.
fn failures() -> Vec<Failure> {
    let closed = |way: Way| Way { port: crate::process::free_port(), ..way };
    vec![
        Failure::of_some("none", 0, Treatment::Answer(""), ""),
        Failure::of_some("greylisted, four of six", 4, Treatment::Greylist(2), "reylist").ending(End::InTime),
        Failure::of_all(
            "421 instead of a greeting",
            "421",
            Orders { greeting: Some("421 4.3.2 come back later"), ..Orders::default() },
        ),
        Failure::of_some("421 to one of six, at RCPT", 1, Treatment::Answer("421 4.3.2 come back later"), "421"),
        Failure::of_some("451 to two of six", 2, Treatment::Answer("451 4.3.0 local trouble"), "451"),
        Failure::of_some("452 to four of six", 4, Treatment::Answer("452 4.2.2 mailbox full"), "452"),
        Failure::of_some("550 to one of six", 1, Treatment::Answer("550 5.1.1 no such mailbox"), "550")
            .ending(End::Never),
        Failure::of_some("dropped after DATA and lost, two of six", 2, Treatment::DropLost, "mail server"),
        Failure::of_some("too slow at RCPT, two of six", 2, Treatment::Slow(SLOW), "did not finish within"),
        Failure::of_some("accepted, but said too late, two of six", 2, Treatment::Late(SLOW), "did not finish within")
            .repeating(),
        Failure::of_all(
            "no STARTTLS offered",
            "does not offer STARTTLS",
            Orders { no_starttls: true, ..Orders::default() },
        ),
        Failure::of_all(
            "certificate for another name",
            "not valid for name",
            Orders { other_certificate: true, ..Orders::default() },
        ),
        Failure::of_the_configuration("certificate of an unknown authority", "UnknownIssuer", |way| Way {
            ca_file: None,
            ..way
        }),
        Failure::of_the_configuration("wrong password", "did not accept the sign-in", |way| Way {
            password: "wrong-horse-4711",
            ..way
        }),
        Failure::of_the_configuration("nobody listens", "could not be reached", closed),
    ]
}

/// A run, and all that it said.
fn check(trial: &Trial) -> (Ran, String) {
    let (ran, said) = trial.check_with(&["-vv"]);
    let all = format!("{said}{}", ran.text());
    for secret in DISGUISED.iter().chain(&[PASSWORD, "wrong-horse-4711"]) {
        assert!(!all.contains(secret), "a password is in what was said: {all}");
    }
    (ran, said)
}

/// Goes through one failure, and gives its line of the table.
fn endure(office: &dyn PostOffice, failure: &Failure) -> String {
    let case = format!("{}: {}", office.name(), failure.name);
    let before = office.mails().len();
    let news = || office.mails().split_off(before);
    let chain = Chain::open(&["north"], &STAFF, 1);
    // A deadline that the slow do not meet. Greylisting is waited for; everything else may be tried again at once.
    let retry_after = if failure.end == End::InTime { "500ms" } else { "1ms" };
    let way = Way { timeout: "1500ms", retry_after, ..Way::to(office) };
    let trial = chain.trial(&(failure.misled)(way.clone()));
    office.order(&failure.orders);

    let begun = Instant::now();
    let (ran, said) = check(&trial);
    assert_eq!(ran.notices("queued"), STAFF.len() as u64, "{case}");
    assert!(said.contains(failure.said), "{case}: not said: {}: {said}", failure.said);
    assert!(STAFF.iter().all(|who| !said.contains(&address(who))), "{case}: addresses are masked: {said}");

    // Nobody else's mail was held up.
    let first = delivered(&news());
    for who in &STAFF[failure.hit..] {
        assert_eq!(first.get(&address(who)).map(BTreeMap::len), Some(1), "{case}: {who} had to wait: {said}");
    }
    let lost = if failure.repeats { 0 } else { failure.hit };
    assert_eq!(first.len(), STAFF.len() - lost, "{case}: {:?}", first.keys());
    if failure.end == End::Lifted {
        office.order(&Orders::default());
        chain.reroute(&trial, &way);
    }

    // Nothing is lost.
    let (mut runs, mut last) = (1, ran);
    while last.notices("waiting") > 0 || (failure.end == End::Never && runs == 1) {
        assert!(runs < 20, "{case}: still waiting after {runs} runs");
        if failure.end == End::InTime {
            sleep(Duration::from_millis(500));
        }
        last = check(&trial).0;
        runs += 1;
    }
    let took = begun.elapsed();
    let mails = news();
    let all = delivered(&mails);
    for (n, who) in STAFF.iter().enumerate() {
        let told = match failure.end {
            End::Never if n < failure.hit => FALLBACK.to_owned(),
            _ => address(who),
        };
        let messages = all.get(&told).unwrap_or_else(|| panic!("{case}: nobody told {told}"));
        assert_eq!(messages.len(), 1, "{case}: {told} was told in several messages");
        let copies = messages.values().next().expect("a message");
        let most = if failure.repeats && n < failure.hit { 2 } else { 1 };
        assert!(copies.len() <= most, "{case}: {told} was told {} times", copies.len());
        let products = chain.products(who);
        assert_eq!(
            copies[0].names(products.iter().map(String::as_str)),
            products.iter().cloned().collect::<BTreeSet<_>>()
        );
    }
    assert_eq!(all.len(), STAFF.len(), "{case}: {:?}", all.keys());
    let given_up = if failure.end == End::Never { failure.hit as u64 } else { 0 };
    assert_eq!(last.notices("given_up"), given_up, "{case}");

    // And that is the end of it.
    assert_eq!(check(&trial).0.notices("sent"), 0, "{case}");
    assert_eq!(news().len(), mails.len(), "{case}");
    office.order(&Orders::default());
    let repeats = mails.len() - STAFF.len();
    let first = mails.len().min(first.values().map(BTreeMap::len).sum());
    format!("{:9} {:42} {first} of 6 {runs:5} {:7.1} s {repeats:8}\n", office.name(), failure.name, took.as_secs_f64())
}

fn endure_all(office: &dyn PostOffice, failures: &[Failure]) {
    let mut table = format!("{:9} {:42} in run 1  runs    after  repeats\n", "server", "failure");
    for failure in failures {
        let _ = write!(table, "{}", endure(office, failure));
    }
    println!("{table}");
}

#[test]
fn aiosmtpd_gets_every_mail_in_the_end() {
    if !kit::has("mail through the failures of aiosmtpd", &["mail"], &["openssl"]) {
        return;
    }
    let mut failures = failures();
    failures.push(
        Failure::of_some("dropped after DATA, but kept, two of six", 2, Treatment::DropKept, "broke off").repeating(),
    );
    endure_all(&Mailbox::open(), &failures);
}

#[test]
fn postfix_gets_every_mail_in_the_end() {
    if !kit::has("mail through the failures of Postfix", &["postfix"], &["openssl"]) {
        return;
    }
    endure_all(&Postfix::open(), &failures());
}

/// The program cannot know whether a server that breaks off is in trouble or chokes on one mail. It may give up for a
/// run, but not on the same mails first, run after run, while the others wait behind them.
#[test]
fn mails_that_a_server_chokes_on_hold_up_the_others_for_one_run_at_most() {
    if !kit::has("mails that a server chokes on", &["mail"], &["openssl"]) {
        return;
    }
    let (mailbox, chain) = (Mailbox::open(), Chain::open(&["north"], &STAFF, 1));
    let (choking, others) = STAFF.split_at(4);
    let recipients = choking.iter().map(|who| (address(who), Treatment::DropLost)).collect();
    mailbox.order(&Orders { recipients, ..Orders::default() });
    let trial = chain.trial(&Way::to(&mailbox));
    check(&trial);
    check(&trial);
    let told = delivered(&mailbox.mails());
    assert_eq!(told.keys().cloned().collect::<Vec<_>>(), others.iter().map(|who| address(who)).collect::<Vec<_>>());
    mailbox.order(&Orders::default());
    assert_eq!(check(&trial).0.notices("waiting"), 0);
    assert_eq!(mailbox.mails().len(), STAFF.len());
}
