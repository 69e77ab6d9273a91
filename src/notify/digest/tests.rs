use super::*;
use crate::domain::{Availability, Cause, ChangeKind, ItemKey, SignalKind, Touchpoint, Verdict};
use crate::notify::samples::{at, change, numbered, options, person};
use crate::notify::{Opened, open};

const NOW: &str = "2026-11-22T10:05:00Z";

fn write(options: &Options, changes: &[Change]) -> Vec<Notice> {
    let mut digests = Digests::new(options, &[]).unwrap();
    for change in changes {
        digests.add(change, at(NOW));
    }
    digests.finish(12, at(NOW)).unwrap()
}

fn only(options: &Options, changes: &[Change]) -> (Notice, Opened) {
    let mut notices = write(options, changes);
    assert_eq!(notices.len(), 1);
    let notice = notices.remove(0);
    let opened = open(&notice.message).expect("our own mail can be read back");
    (notice, opened)
}

fn speaking(language: &str) -> Options {
    let mut options = options();
    options.fallback = person("dana@shop.test", language);
    options.fallback.name = Some(if language == "he" { "דנה" } else { "Dana" }.to_owned());
    options
}

/// New ones of two kinds, one still open, one fixed; names in two scripts.
fn a_full_run() -> Vec<Change> {
    let mut hebrew = numbered(ChangeKind::Reopened, 2);
    hebrew.incident.item.name = Some("תה ירוק \"עלים\" 50 גר׳".to_owned());
    hebrew.incident.cause = None;
    if let Some(claim) = &mut hebrew.incident.claim {
        claim.touchpoint = Touchpoint::Page;
        claim.signals[0].kind = SignalKind::Text;
        claim.signals[0].excerpt = "במלאי – משלוח תוך 3 ימים".to_owned();
        claim.availability = Availability::LimitedAvailability;
        claim.quantity = Some(5.into());
    }
    if let Some(fact) = &mut hebrew.incident.fact {
        fact.sellable = Some((-2).into());
        fact.threshold = 3.into();
        fact.changed_at = None;
    }
    let mut gone = numbered(ChangeKind::Opened, 3);
    gone.incident.verdict = Verdict::Gone;
    gone.incident.claim = None;
    gone.incident.cause = None;
    let mut torn = numbered(ChangeKind::Opened, 6);
    torn.incident.verdict = Verdict::Contradictory;
    torn.incident.cause = None;
    if let Some(claim) = &mut torn.incident.claim {
        claim.signals[1].says = Availability::SoldOut;
        claim.signals[1].excerpt = String::new();
    }
    let mut nameless = numbered(ChangeKind::Continued, 4);
    nameless.incident.item.name = None;
    nameless.incident.cause = Some(Cause::PageCache);
    vec![change(ChangeKind::Opened), hebrew, gone, torn, nameless, numbered(ChangeKind::Resolved, 5)]
}

#[test]
fn the_mail_in_english() {
    let (notice, mail) = only(&speaking("en"), &a_full_run());
    insta::assert_snapshot!("english_text", format!("Subject: {}\n\n{}", notice.subject, mail.text));
    insta::assert_snapshot!("english_html", mail.html);
}

#[test]
fn the_mail_in_hebrew() {
    let (notice, mail) = only(&speaking("he"), &a_full_run());
    insta::assert_snapshot!("hebrew_text", format!("Subject: {}\n\n{}", notice.subject, mail.text));
    insta::assert_snapshot!("hebrew_html", mail.html);
}

#[test]
fn the_subject_says_it_all() {
    let subject = |language: &str, changes: &[Change]| only(&speaking(language), changes).0.subject;
    let new = |count: i64| (1..=count).map(|id| numbered(ChangeKind::Opened, id)).collect::<Vec<_>>();
    let with = |count, kinds: &[ChangeKind]| {
        let more = kinds.iter().zip(100..).map(|(kind, id)| numbered(*kind, id));
        new(count).into_iter().chain(more).collect::<Vec<_>>()
    };
    use ChangeKind::{Continued, Resolved};
    for (changes, english, hebrew) in [
        (
            new(1),
            "Shown as available but sold out: Tea no. 1 (teashop)",
            "מוצג כזמין אבל אזל מהמלאי: Tea no. 1 (teashop)",
        ),
        (
            new(2),
            "2 products shown as available are sold out: teashop",
            "שני מוצרים מוצגים כזמינים אבל אזלו מהמלאי: teashop",
        ),
        (
            new(3),
            "3 products shown as available are sold out: teashop",
            "3 מוצרים מוצגים כזמינים אבל אזלו מהמלאי: teashop",
        ),
        (
            with(3, &[Continued, Resolved, Resolved]),
            "3 products shown as available are sold out, 1 more still open, 2 fixed: teashop",
            "3 מוצרים מוצגים כזמינים אבל אזלו מהמלאי, עוד אחד עדיין פתוח, שניים תוקנו: teashop",
        ),
        (
            with(0, &[Continued, Continued]),
            "Still: 2 products shown as available are sold out: teashop",
            "עדיין: שני מוצרים מוצגים כזמינים אבל אזלו מהמלאי: teashop",
        ),
        (with(0, &[Resolved]), "Right again: Tea no. 100 (teashop)", "תוקן: Tea no. 100 (teashop)"),
        (with(0, &[Resolved; 4]), "4 products are right again: teashop", "4 מוצרים תוקנו: teashop"),
    ] {
        assert_eq!(subject("en", &changes), english);
        assert_eq!(subject("he", &changes), hebrew);
    }
    let mut mixed = new(5);
    mixed[0].incident.verdict = Verdict::Gone;
    for (place, change) in mixed.iter_mut().enumerate() {
        change.incident.shop = format!("shop {place}");
    }
    assert_eq!(subject("en", &mixed), "5 products show the wrong availability: shop 0, shop 1, shop 2 and 2 more");
}

#[test]
fn each_recipient_gets_one_mail_with_their_own_rows_only() {
    let mut options = options();
    options.fallback.language = "he".to_owned();
    let mut changes = vec![numbered(ChangeKind::Opened, 1), numbered(ChangeKind::Resolved, 2)];
    for (id, email) in [(3, "Dana@shop.test"), (4, "dana@SHOP.test"), (5, "n/a")] {
        let mut change = numbered(ChangeKind::Opened, id);
        change.incident.item.owner_email = Some(email.to_owned());
        changes.push(change);
    }
    let notices = write(&options, &changes);
    let told: Vec<_> = notices.iter().map(|notice| (notice.to.as_str(), notice.tells.as_slice())).collect();
    assert_eq!(told, [("Dana@shop.test", &[3, 4][..]), ("ops@shop.test", &[1, 2, 5][..])]);
    let dana = open(&notices[0].message).unwrap();
    assert!(dana.text.contains("TEA-003") && !dana.text.contains("TEA-001") && !dana.text.contains("TEA-002"));
}

#[test]
fn nothing_due_means_no_mail() {
    let untold = Change { kind: ChangeKind::Resolved, ..change(ChangeKind::Opened) };
    assert_eq!(write(&options(), &[change(ChangeKind::Suspected), change(ChangeKind::Healed), untold]), []);
}

#[test]
fn many_rows_are_cut_worst_first_and_attached_whole() {
    let mut options = options();
    options.max_rows = 2;
    let mut changes: Vec<_> = (1..=9).map(|id| numbered(ChangeKind::Opened, id)).collect();
    for change in &mut changes[..7] {
        change.incident.verdict = Verdict::FalseUnavailable;
    }
    changes[8].incident.first_seen = at("2026-11-18T00:00:00Z");
    let (notice, mail) = only(&options, &changes);
    assert_eq!(notice.tells.len(), 9);
    let place = |sku: &str| mail.text.find(sku);
    assert!(place("TEA-009").unwrap() < place("TEA-008").unwrap());
    assert_eq!(place("TEA-001"), None);
    assert!(mail.text.contains("… and 7 more, in the attached file"), "{}", mail.text);
    let csv = mail.csv.expect("all rows as CSV");
    assert!(csv.starts_with('\u{feff}'));
    assert_eq!(csv.lines().count(), 10);
    options.max_rows = 9;
    assert_eq!(only(&options, &changes).1.csv, None);
}

#[test]
fn no_mail_is_clipped_by_gmail_however_many_rows_are_allowed() {
    let mut options = options();
    options.max_rows = 400;
    let changes: Vec<_> = (1..=400).map(|id| numbered(ChangeKind::Opened, id)).collect();
    let (_, mail) = only(&options, &changes);
    assert!(mail.html.len() < 102_000, "{}", mail.html.len());
    assert!(mail.html.len() > 60_000, "cut too hard: {}", mail.html.len());
    assert_eq!(mail.csv.unwrap().lines().count(), 401);
}

#[test]
fn the_same_digest_is_the_same_message_and_another_is_not() {
    let (options, changes) = (speaking("he"), a_full_run());
    let (first, again) = (write(&options, &changes).remove(0), write(&options, &changes).remove(0));
    assert_eq!(first, again, "bytes included, so that every attempt and every crash repeats the same mail");
    assert!(first.message_id.starts_with("<stocktruth.12.") && first.message_id.ends_with("@shop.test>"));
    let message = String::from_utf8(first.message.clone()).unwrap();
    assert!(message.contains(&format!("Message-ID: {}\r\n", first.message_id)), "{message}");
    let mut others = vec![only(&speaking("en"), &changes).0.message_id, only(&options, &changes[1..]).0.message_id];
    let mut digests = Digests::new(&options, &[]).unwrap();
    for change in &changes {
        digests.add(change, at(NOW));
    }
    others.push(digests.finish(13, at(NOW)).unwrap().remove(0).message_id);
    others.push(first.message_id);
    assert_eq!(others.iter().collect::<BTreeSet<_>>().len(), 4);
}

#[test]
fn headers_tell_machines_what_this_is() {
    let (notice, _) = only(&options(), &[change(ChangeKind::Opened)]);
    let head = String::from_utf8(notice.message).unwrap();
    let head = head.split("\r\n\r\n").next().unwrap();
    let rest: Vec<_> =
        head.lines().filter(|line| !line.contains("oundary") && !line.starts_with("Message-ID")).collect();
    insta::assert_snapshot!(rest.join("\n"), @r"
    From: stocktruth <stock@shop.test>
    To: ops@shop.test
    Subject: Shown as available but sold out: Earl Grey 100 g (teashop)
    Date: Sun, 22 Nov 2026 10:05:00 +0000
    Auto-Submitted: auto-generated
    X-Auto-Response-Suppress: All
    List-Id: <stocktruth.shop.test>
    Content-Language: en
    MIME-Version: 1.0
    Content-Type: multipart/alternative;
    ");
}

#[test]
fn nothing_from_outside_becomes_a_header_or_markup() {
    let mut hostile = change(ChangeKind::Opened);
    let attack = "x\r\nBcc: victim@else.test\r\n\r\n<script>alert(1)</script>\"'>\u{202e}";
    hostile.incident.shop = attack.to_owned();
    hostile.incident.key = ItemKey(attack.to_owned());
    hostile.incident.item.name = Some(attack.to_owned());
    hostile.incident.item.sku = Some(attack.to_owned());
    hostile.incident.item.brand = Some(attack.to_owned());
    hostile.incident.item.url = Some("javascript:alert(1)".parse().unwrap());
    if let Some(claim) = &mut hostile.incident.claim {
        claim.signals[0].excerpt = attack.to_owned();
        claim.signals[0].place = attack.to_owned();
    }
    if let Some(fact) = &mut hostile.incident.fact {
        fact.fields.insert(attack.to_owned(), attack.to_owned());
        fact.source = attack.to_owned();
    }
    let mut options = options();
    options.fallback.name = Some(attack.to_owned());
    let (notice, mail) = only(&options, &[hostile]);
    let message = String::from_utf8(notice.message).unwrap();
    let head = message.split("\r\n\r\n").next().unwrap();
    assert!(!head.to_lowercase().lines().any(|line| line.starts_with("bcc")), "{head}");
    assert!(head.contains("\r\nContent-Type: multipart/alternative"), "the head ends where it should: {head}");
    assert!(!notice.subject.contains(['\r', '\n', '\u{202e}']));
    assert!(!mail.html.contains("<script") && !mail.html.contains("javascript:") && !mail.html.contains("\u{202e}"));
    assert!(!mail.text.contains("javascript:") && !mail.text.contains('\u{202e}'));
    assert!(mail.html.contains("&lt;script&gt;"));
}

#[test]
fn options_that_cannot_work_are_refused_at_the_start() {
    let refused = |change: fn(&mut Options)| {
        let mut options = options();
        change(&mut options);
        Digests::new(&options, &[]).map(drop).unwrap_err().to_string()
    };
    assert!(refused(|options| options.timezone = "Mars/Olympus".into()).contains("Mars/Olympus"));
    assert!(refused(|options| options.from = "a@b.test\r\nBcc: c@d.test".into()).contains("mail.from"));
    assert!(refused(|options| options.fallback.email = "nobody".into()).contains("nobody"));
}

#[test]
fn what_a_mailbox_refused_goes_to_the_fallback() {
    let mut options = options();
    options.owners = vec![];
    let mut change = change(ChangeKind::Opened);
    change.incident.item.owner_email = Some("Gone@shop.test".to_owned());
    let mut digests = Digests::new(&options, &["gone@SHOP.test".to_owned()]).unwrap();
    digests.add(&change, at(NOW));
    let notices = digests.finish(1, at(NOW)).unwrap();
    assert_eq!(notices.iter().map(|notice| notice.to.as_str()).collect::<Vec<_>>(), ["ops@shop.test"]);

    let nobody = ["gone@shop.test".to_owned(), "ops@shop.test".to_owned()];
    let mut digests = Digests::new(&options, &nobody).unwrap();
    assert_eq!(digests.add(&change, at(NOW)), Due::Not(Why::MailboxRefuses), "not one dead letter more a run");
}
