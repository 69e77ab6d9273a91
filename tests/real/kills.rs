//! The program is killed (SIGKILL) at every step of a conversation with a real mail server, and at random moments of
//! its runs: nothing may be lost, and a kill may cost one repeat at most, of the very same message.
//!
//! `cargo test --test real kills -- --nocapture` prints the figures.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::chain::{Chain, Way, address};
use crate::kit;
use crate::mailbox::Mailbox;
use crate::post_office::{Mail, Orders, PostOffice, Treatment, delivered};
use crate::trial::Trial;

const SHOPS: [&str; 2] = ["north", "south"];

const STAFF: [&str; 6] = ["anna", "boris", "chana", "dan", "ester", "fanny"];

/// Every step of a session in which a mail is handed over, and whether the server has the mail by then.
const STEPS: [(&str, bool); 16] = [
    ("greeting", false),
    ("EHLO", false),
    ("EHLO answered", false),
    ("STARTTLS", false),
    ("STARTTLS answered", false),
    ("AUTH", false),
    ("AUTH answered", false),
    ("MAIL", false),
    ("MAIL answered", false),
    ("RCPT", false),
    ("RCPT answered", false),
    ("DATA", false),
    ("body", false),
    ("kept", true),
    ("DATA answered", true),
    ("QUIT", true),
];

/// Random kills, by two hands at once.
const KILLS: usize = 50;

/// How long the server thinks about a mail it has kept before it says so.
const THINKING: Duration = Duration::from_millis(60);

const SEED: u64 = 5_787;

/// Kills what still runs. Gives whether it did.
fn kill(mut run: Child) -> bool {
    let alive = run.try_wait().expect("a child").is_none();
    let _ = run.kill();
    run.wait().expect("a child");
    alive
}

/// Waits until a run hands over its first mail; `false`: it ended without.
fn comes_to_the_mails(run: &mut Child, mailbox: &Mailbox, sessions: u64) -> bool {
    while run.try_wait().expect("a child").is_none() {
        if mailbox.begun() > sessions {
            return true;
        }
        sleep(Duration::from_millis(2));
    }
    false
}

/// Waits for a time; `true`: the run ended before.
fn ends_within(run: &mut Child, time: Duration) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < time {
        if run.try_wait().expect("a child").is_some() {
            return true;
        }
        sleep(Duration::from_millis(2));
    }
    false
}

/// Runs the check until nothing waits.
fn finish(trial: &Trial) {
    for _ in 0..5 {
        if trial.check().notices("waiting") == 0 {
            return;
        }
    }
    panic!("notices still wait");
}

/// Everybody was told of exactly these of their products, of each in one message.
fn assert_told(chain: &Chain, mails: &[Mail], told: impl Fn(&str) -> bool) {
    let delivered = delivered(mails);
    for who in STAFF {
        let products = chain.products(who);
        let due: BTreeSet<String> = products.iter().filter(|sku| told(sku)).cloned().collect();
        let messages = delivered.get(&address(who)).unwrap_or_else(|| panic!("{who} was told nothing"));
        let mut heard = BTreeSet::new();
        for sku in messages.values().flat_map(|copies| copies[0].names(products.iter().map(String::as_str))) {
            assert!(heard.insert(sku.clone()), "{who} was told of {sku} in two messages");
        }
        assert_eq!(heard, due, "{who}");
    }
    assert_eq!(delivered.len(), STAFF.len(), "somebody else was told: {:?}", delivered.keys());
}

#[test]
fn a_kill_at_any_step_of_a_session_loses_nothing() {
    if !kit::has("kills at every step of a session", &["mail"], &["openssl"]) {
        return;
    }
    let (mailbox, chain) = (Mailbox::open(), Chain::open(&SHOPS[..1], &STAFF, 1));
    let trial = chain.trial(&Way::to(&mailbox));
    println!("{:20} kept by the server", "killed at");
    let mut kept_before = 0;
    for (step, is_kept) in STEPS {
        // Always in the first session, so that the oldest notice suffers all of them.
        mailbox.hold(0, step);
        let run = trial.start();
        let begun = Instant::now();
        while !mailbox.is_held() {
            assert!(begun.elapsed() < Duration::from_secs(30), "{step} is not reached");
            sleep(Duration::from_millis(2));
        }
        assert!(kill(run), "the run ended at {step}");
        mailbox.release();
        let kept = mailbox.mails();
        assert_eq!(kept.len(), kept_before + usize::from(is_kept), "after a kill at {step}");
        println!("{step:20} {}", if is_kept { "yes" } else { "no" });
        kept_before = kept.len();
    }
    finish(&trial);
    let mails = mailbox.mails();
    assert_told(&chain, &mails, |_| true);
    // The first notice once for each kill after it was kept, and once for good; every other one once.
    let copies: BTreeMap<String, usize> =
        delivered(&mails).into_iter().map(|(to, messages)| (to, messages.values().map(Vec::len).sum())).collect();
    let after_kept = STEPS.iter().filter(|(_, is_kept)| *is_kept).count();
    for (n, who) in STAFF.iter().enumerate() {
        assert_eq!(copies[&address(who)], if n == 0 { after_kept + 1 } else { 1 }, "{who}");
    }
    println!("{} kills, {} notices, none lost, {} repeats", STEPS.len(), STAFF.len(), mails.len() - STAFF.len());
}

/// What came of random kills.
#[derive(Debug, Default)]
struct Figures {
    kills: usize,
    /// Kills of runs that had handed over some of their mails.
    amid: usize,
    notices: usize,
    repeats: usize,
}

/// Random numbers that are the same for the same seed (splitmix64).
struct Dice(u64);

impl Dice {
    /// A moment between nothing and `longest`.
    fn moment(&mut self, longest: Duration) -> Duration {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let share = ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64;
        longest.mul_f64(share)
    }
}

/// Reads the mails that came since it last did, run by run.
struct Post<'a> {
    mailbox: &'a Mailbox,
    read: usize,
    known: BTreeSet<String>,
}

impl Post<'_> {
    /// The mails of one run: none twice, and of earlier ones at most the one that the kill before it left open.
    fn of_a_run(&mut self, figures: &mut Figures) -> Vec<Mail> {
        let mails = self.mailbox.mails().split_off(self.read);
        self.read += mails.len();
        let ids: BTreeSet<String> = mails.iter().map(|mail| mail.message_id.clone()).collect();
        assert_eq!(ids.len(), mails.len(), "one run sent a message twice");
        let repeats = ids.intersection(&self.known).count();
        assert!(repeats <= 1, "a kill cost {repeats} repeats");
        figures.repeats += repeats;
        figures.notices += ids.len() - repeats;
        self.known.extend(ids);
        mails
    }
}

/// Kills runs at random moments until enough were killed, in one world after the other.
fn kill_at_random(seed: u64) -> (Figures, Duration) {
    let (mailbox, chain) = (Mailbox::open(), Chain::open(&SHOPS, &STAFF, 2));
    let way = Way::to(&mailbox);
    // Mails are answered a moment after they are kept: a kill then finds the server knowing more than the program.
    let thinking = Treatment::Late(THINKING);
    let recipients = STAFF.iter().map(|who| (address(who), thinking)).collect();
    mailbox.order(&Orders { recipients, ..Orders::default() });
    let mut dice = Dice(seed);
    let mut figures = Figures::default();
    let mut post = Post { mailbox: &mailbox, read: 0, known: BTreeSet::new() };

    // How long a run takes that is not killed, and how long of that its mails go out.
    let (trial, sessions) = (chain.trial(&way), mailbox.begun());
    let begun = Instant::now();
    let mut run = trial.start();
    assert!(comes_to_the_mails(&mut run, &mailbox, sessions), "the first run sends nothing");
    let mut before = begun.elapsed();
    run.wait().expect("a child");
    let whole = begun.elapsed();
    let mut each = (whole - before) / STAFF.len() as u32;
    post.of_a_run(&mut Figures::default());

    while figures.kills < KILLS {
        let trial = chain.trial(&way);
        // A database of its own counts its runs anew, and what is written in the same minute may have the same name.
        post.known.clear();
        // First everything is sold out; then one of everybody's products in each shop is there again.
        let is_back = |sku: &str| sku.ends_with("-2");
        for restocked in [false, true] {
            chain.stock(&trial, |sku| u32::from(restocked && is_back(sku)));
            let mut mails: Vec<Mail> = Vec::new();
            for left in (1..=5).rev() {
                let told: BTreeSet<&String> = mails.iter().map(|mail| &mail.message_id).collect();
                let waiting = (STAFF.len() - told.len()) as u32;
                let sessions = mailbox.begun();
                let mut run = trial.start();
                // Every other kill is spared for the mails, so that there are enough of these on any machine.
                let spared = left % 2 == 0 && comes_to_the_mails(&mut run, &mailbox, sessions);
                let begun = Instant::now();
                let longest = if spared { each * waiting } else { before + each * waiting };
                if ends_within(&mut run, dice.moment(longest)) {
                    // The machine has become quicker since it was measured.
                    let share = begun.elapsed().div_duration_f64(longest).min(1.0);
                    each = each.mul_f64(share).max(THINKING);
                    before = if spared { before } else { before.mul_f64(share) };
                }
                let alive = kill(run);
                let handed_over = post.of_a_run(&mut figures);
                figures.kills += usize::from(alive);
                figures.amid += usize::from(alive && !handed_over.is_empty());
                mails.extend(handed_over);
                if !alive {
                    break;
                }
            }
            finish(&trial);
            mails.extend(post.of_a_run(&mut figures));
            assert_told(&chain, &mails, |sku| !restocked || is_back(sku));
        }
        if figures.kills >= KILLS {
            // And nothing comes after.
            finish(&trial);
            assert!(post.of_a_run(&mut figures).is_empty(), "something was said that had been said");
        }
    }
    (figures, whole)
}

#[test]
fn a_kill_at_any_moment_loses_nothing() {
    if !kit::has("kills at random moments", &["mail"], &["openssl"]) {
        return;
    }
    println!("seed {SEED}");
    let mut amid = 0;
    let hands: Vec<_> = (0..2).map(|hand| std::thread::spawn(move || kill_at_random(SEED + hand))).collect();
    for hand in hands {
        let (figures, whole) = hand.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        println!(
            "{} kills within {:.1} s of the start, {} of them while mails went out; {} notices, none lost, {} repeats",
            figures.kills,
            whole.as_secs_f64(),
            figures.amid,
            figures.notices,
            figures.repeats
        );
        amid += figures.amid;
    }
    assert!(amid > KILLS / 5, "hardly a kill came while mails went out: {amid}");
}
