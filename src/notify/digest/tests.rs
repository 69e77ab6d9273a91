use jiff::civil::Date;
use mail_parser::MimeHeaders as _;

use super::*;
use crate::domain::{Change, ChangeKind, ItemKey, Severity, SeverityLevel, Verdict};
use crate::notify::samples::{at, change, numbered, options, person, telling};
use crate::notify::{Hook, Opened, check_templates, open};

const NOW: &str = "2026-11-22T10:05:00Z";

fn section(kind: ChangeKind) -> Section {
    match kind {
        ChangeKind::Continued => Section::Still,
        ChangeKind::Resolved => Section::Fixed,
        _ => Section::New,
    }
}

/// Notices of changes, all to the first recipient.
fn write(options: &Options, changes: &[Change]) -> Vec<Notice> {
    let mut digests = Digests::new(options, at(NOW)).unwrap();
    for change in changes {
        let told = telling();
        digests.add(&change.incident, &options.recipients[0], section(change.kind), false, Some(&told));
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
    options.recipients[0].language = language.to_owned();
    options
}

fn rated(mut change: Change, level: SeverityLevel, score: u32) -> Change {
    change.incident.severity = Some(Severity { level, score, factors: vec![], rule: None });
    change
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
    let options = options();
    let dana = person("Dana@shop.test", "he");
    let mut digests = Digests::new(&options, at(NOW)).unwrap();
    for (id, recipient) in [(1, &options.recipients[0]), (3, &dana), (4, &dana), (5, &options.recipients[0])] {
        digests.add(&numbered(ChangeKind::Opened, id).incident, recipient, Section::New, false, None);
    }
    let notices = digests.finish(12, at(NOW)).unwrap();
    let told: Vec<_> = notices.iter().map(|notice| (notice.to.as_str(), notice.tells.as_slice())).collect();
    let new = |id| (id, Section::New);
    assert_eq!(told, [("Dana@shop.test", &[new(3), new(4)][..]), ("ops@shop.test", &[new(1), new(5)][..])]);
    let mail = open(&notices[0].message).unwrap();
    assert!(mail.text.contains("TEA-003") && !mail.text.contains("TEA-001"));
}

#[test]
fn what_harms_most_stands_first_and_the_oldest_first_among_its_like() {
    let mut changes = vec![
        rated(numbered(ChangeKind::Opened, 1), SeverityLevel::High, 120),
        rated(numbered(ChangeKind::Opened, 2), SeverityLevel::Critical, 50),
        rated(numbered(ChangeKind::Opened, 3), SeverityLevel::High, 130),
        rated(numbered(ChangeKind::Opened, 4), SeverityLevel::High, 120),
        numbered(ChangeKind::Opened, 5),
    ];
    changes[3].incident.first_seen = at("2026-11-01T00:00:00Z");
    let (_, mail) = only(&options(), &changes);
    let mut places: Vec<_> = (1..=5).map(|id| (mail.text.find(&format!("TEA-00{id}")).unwrap(), id)).collect();
    places.sort_unstable();
    assert_eq!(places.iter().map(|(_, id)| *id).collect::<Vec<_>>(), [2, 3, 4, 1, 5]);
}

#[test]
fn that_nobody_owns_a_product_is_said_only_where_somebody_owns_some() {
    let said = |second_is_orphan| {
        let options = options();
        let mut digests = Digests::new(&options, at(NOW)).unwrap();
        let recipient = &options.recipients[0];
        digests.add(&numbered(ChangeKind::Opened, 1).incident, recipient, Section::New, true, None);
        digests.add(&numbered(ChangeKind::Opened, 2).incident, recipient, Section::New, second_is_orphan, None);
        let notice = digests.finish(12, at(NOW)).unwrap().remove(0);
        open(&notice.message).unwrap().text.matches("Nobody owns this product").count()
    };
    assert_eq!((said(true), said(false)), (0, 1));
}

#[test]
fn a_channel_gets_the_message_and_no_mail_is_needed_for_it() {
    let mut options = options();
    options.mail = None;
    let url = "https://hooks.test/secret".to_owned().into();
    let hook = Hook { url, allow_private: vec![], timeout: std::time::Duration::from_secs(5) };
    let recipient = Recipient { id: "tea".to_owned(), channel: Channel::Slack(hook), ..person("", "en") };
    let mut digests = Digests::new(&options, at(NOW)).unwrap();
    digests.add(&change(ChangeKind::Opened).incident, &recipient, Section::New, false, None);
    digests.add(&change(ChangeKind::Opened).incident, &person("a@b.test", "en"), Section::New, false, None);
    let notices = digests.finish(12, at(NOW)).unwrap();
    assert_eq!(notices.len(), 1, "without a mail section nobody can be told by mail");
    let notice = &notices[0];
    assert_eq!((notice.channel.as_str(), notice.recipient.as_str(), notice.to.as_str()), ("slack", "tea", "tea"));
    assert!(notice.message_id.starts_with("<stocktruth.12.") && !notice.subject.is_empty());
    assert!(String::from_utf8_lossy(&notice.message).contains("Earl Grey"));
}

#[test]
fn a_digest_answers_the_thread_its_recipient_follows() {
    let options = options();
    let head = |thread: Option<&str>| {
        let mut digests = Digests::new(&options, at(NOW)).unwrap();
        digests.add(&change(ChangeKind::Opened).incident, &options.recipients[0], Section::New, false, None);
        let thread = thread.map(str::to_owned);
        digests.about("ops@shop.test", Overview { open: 3, thread, ..Overview::default() });
        let message = digests.finish(12, at(NOW)).unwrap().remove(0).message;
        String::from_utf8(message).unwrap().split("\r\n\r\n").next().unwrap().to_owned()
    };
    let answer = head(Some("<stocktruth.1.abc@shop.test>\r\nBcc: victim@else.test"));
    assert!(answer.contains("\r\nIn-Reply-To: <stocktruth.1.abc@shop.test>"), "{answer}");
    assert!(answer.contains("\r\nReferences: <stocktruth.1.abc@shop.test>"), "{answer}");
    assert!(!answer.to_lowercase().contains("\r\nbcc"), "{answer}");
    assert!(!head(None).contains("In-Reply-To"));
}

#[test]
fn the_chart_is_a_picture_in_the_mail_with_its_numbers_as_text() {
    let options = speaking("ar");
    let mut digests = Digests::new(&options, at(NOW)).unwrap();
    digests.add(&change(ChangeKind::Opened).incident, &options.recipients[0], Section::New, false, None);
    let days = (9..=22).map(|day| (Date::new(2026, 11, day).unwrap(), u32::from(day.unsigned_abs())));
    digests.about("ops@shop.test", Overview { open: 22, trend: days.collect(), ..Overview::default() });
    let notice = digests.finish(12, at(NOW)).unwrap().remove(0);
    let mail = open(&notice.message).unwrap();
    let [(id, bytes)] = &mail.pictures[..] else { panic!("one picture: {:?}", mail.pictures) };
    assert!(bytes.starts_with(b"\x89PNG"));
    assert!(mail.html.contains(&format!("src=\"cid:{id}\"")), "{id}");
    assert!(!mail.page().contains("cid:") && mail.page().contains("data:image/png;base64,"));
    let numbers = (9..=22).map(|day| day.to_string()).collect::<Vec<_>>().join("، ");
    assert!(mail.text.contains(&numbers) && mail.html.contains(&numbers), "as text, and where no picture is shown");
    let other = mail_parser::MessageParser::default().parse(&notice.message).unwrap();
    let picture = other.attachments().next().expect("another program finds it too");
    assert_eq!((picture.content_id(), picture.contents()), (Some(id.as_str()), bytes.as_slice()));
    assert_eq!(other.html_body_count(), 1);
}

#[test]
fn a_template_of_the_users_shapes_the_mail_and_a_broken_one_costs_none() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("digest.txt"), "{{ sections[0].rows[0].sku }} only").unwrap();
    std::fs::write(folder.path().join("digest.html"), "{% broken").unwrap();
    let mut options = options();
    options.mail.as_mut().unwrap().templates = Some(folder.path().to_owned());
    let (_, mail) = only(&options, &[change(ChangeKind::Opened)]);
    assert_eq!(mail.text.trim_end(), "TEA-001 only");
    assert!(mail.html.contains("Earl Grey"));
    assert_eq!(check_templates(folder.path()).len(), 1);
}

#[test]
fn many_rows_are_cut_worst_first_and_attached_whole() {
    let mut options = options();
    options.mail.as_mut().unwrap().max_rows = 2;
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
    options.mail.as_mut().unwrap().max_rows = 9;
    assert_eq!(only(&options, &changes).1.csv, None);
}

#[test]
fn no_mail_is_clipped_by_gmail_however_many_rows_are_allowed() {
    let mut options = options();
    options.mail.as_mut().unwrap().max_rows = 400;
    let changes: Vec<_> = (1..=400).map(|id| numbered(ChangeKind::Opened, id)).collect();
    let (_, mail) = only(&options, &changes);
    assert!(mail.html.len() < 102_000, "{}", mail.html.len());
    assert!(mail.html.len() > 60_000, "cut too hard: {}", mail.html.len());
    assert_eq!(mail.csv.unwrap().lines().count(), 401);
}

fn many() -> Vec<Change> {
    (1..=5).map(|id| numbered(ChangeKind::Opened, id)).collect()
}

#[test]
fn the_same_digest_is_the_same_message_and_another_is_not() {
    let (options, changes) = (speaking("he"), many());
    let (first, again) = (write(&options, &changes).remove(0), write(&options, &changes).remove(0));
    assert_eq!(first, again, "bytes included, so that every attempt and every crash repeats the same mail");
    assert!(first.message_id.starts_with("<stocktruth.12.") && first.message_id.ends_with("@shop.test>"));
    let message = String::from_utf8(first.message.clone()).unwrap();
    assert!(message.contains(&format!("Message-ID: {}\r\n", first.message_id)), "{message}");
    let mut others = vec![only(&speaking("en"), &changes).0.message_id, only(&options, &changes[1..]).0.message_id];
    let mut digests = Digests::new(&options, at(NOW)).unwrap();
    for change in &changes {
        digests.add(&change.incident, &options.recipients[0], section(change.kind), false, Some(&telling()));
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
    hostile.incident.image = Some("javascript:alert(2)".parse().unwrap());
    hostile.incident.ack = Some(crate::domain::Acknowledgement {
        by: attack.to_owned(),
        note: attack.to_owned(),
        at: at(NOW),
        until: None,
    });
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
    options.recipients[0].name = Some(attack.to_owned());
    options.admin_urls.insert(attack.to_owned(), "javascript:alert({sku})".to_owned());
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
        Digests::new(&options, at(NOW)).map(drop).unwrap_err().to_string()
    };
    assert!(refused(|options| options.recipients[0].cadence.timezone = "Mars/Olympus".into()).contains("Mars/Olympus"));
    assert!(
        refused(|options| options.mail.as_mut().unwrap().from = "a@b.test\r\nBcc: c@d.test".into())
            .contains("mail.from")
    );
    let nobody = || {
        let options = options();
        let mut digests = Digests::new(&options, at(NOW)).unwrap();
        digests.add(&change(ChangeKind::Opened).incident, &person("nobody", "en"), Section::New, false, None);
        digests.finish(1, at(NOW)).unwrap_err().to_string()
    };
    assert!(nobody().contains("nobody"));
}
