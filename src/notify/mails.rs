//! Every mail in every language, as text and as HTML: to be read by people when they change.

use jiff::civil::Date;

use super::samples::{at, campaign, change, numbered, options};
use super::words::LANGUAGES;
use super::*;
use crate::domain::*;

const NOW: &str = "2026-11-22T10:05:00Z";

fn name(language: &str) -> &'static str {
    match language {
        "he" => "דנה",
        "ar" => "دانة",
        "ru" => "Дана",
        _ => "Dana",
    }
}

fn speaking(language: &str) -> Options {
    let mut options = options();
    for recipient in &mut options.recipients {
        recipient.language = language.to_owned();
        recipient.name = Some(name(language).to_owned());
    }
    options.admin_urls.insert("teashop".to_owned(), "https://shop.test/admin/products?sku={sku}".to_owned());
    options
}

fn severity(level: SeverityLevel, score: u32, factors: &[(FactorKind, u32, &str)], rule: Option<usize>) -> Severity {
    let factor = |(kind, percent, what): &(FactorKind, u32, &str)| Factor {
        kind: *kind,
        percent: *percent,
        what: (*what).to_owned(),
    };
    Severity { level, score, factors: factors.iter().map(factor).collect(), rule }
}

/// A new one with all that can be said of one.
fn full() -> Incident {
    let mut incident = change(ChangeKind::Opened).incident;
    incident.image = Some("https://shop.test/media/earl-grey.jpg".parse().unwrap());
    incident.severity = Some(severity(
        SeverityLevel::Critical,
        234,
        &[
            (FactorKind::Direction, 100, "false_available"),
            (FactorKind::BreakPoint, 100, "cart"),
            (FactorKind::Weight, 156, "price 2.1 × usual"),
            (FactorKind::Age, 150, "3 days"),
        ],
        Some(2),
    ));
    incident
}

/// New ones of several kinds, one that is still open and taken on, one fixed; names in several scripts.
fn everything() -> Vec<(Incident, Section, bool)> {
    let mut hebrew = numbered(ChangeKind::Reopened, 2).incident;
    hebrew.item.name = Some("תה ירוק \"עלים\" 50 גר׳".to_owned());
    hebrew.item.sku = Some("TEA/02-B (50)".to_owned());
    hebrew.cause = None;
    if let Some(claim) = &mut hebrew.claim {
        claim.touchpoint = Touchpoint::Listing;
        claim.signals[0].kind = SignalKind::Text;
        claim.signals[0].excerpt = "במלאי – משלוח תוך 3 ימים".to_owned();
        claim.availability = Availability::LimitedAvailability;
        claim.quantity = Some(5.into());
    }
    if let Some(fact) = &mut hebrew.fact {
        fact.sellable = Some((-2).into());
        fact.threshold = 1_250.into();
        fact.changed_at = None;
    }
    hebrew.severity = Some(severity(
        SeverityLevel::High,
        100,
        &[(FactorKind::Direction, 100, "false_available"), (FactorKind::BreakPoint, 150, "after_paying")],
        None,
    ));
    let mut gone = numbered(ChangeKind::Opened, 3).incident;
    (gone.verdict, gone.claim, gone.cause) = (Verdict::Gone, None, None);
    gone.item.name = Some("شاي بالنعناع 250 غ".to_owned());
    gone.severity = Some(severity(
        SeverityLevel::Medium,
        48,
        &[(FactorKind::Direction, 80, "gone"), (FactorKind::BreakPoint, 60, "page")],
        None,
    ));
    let mut torn = numbered(ChangeKind::Opened, 6).incident;
    (torn.verdict, torn.cause) = (Verdict::Contradictory, None);
    torn.item.name = Some("Ceai de mușețel <bio> & miere, cutie cu 20 de plicuri".to_owned());
    if let Some(claim) = &mut torn.claim {
        claim.signals[1].says = Availability::SoldOut;
        claim.signals[1].excerpt = String::new();
        claim.signals[1].kind = SignalKind::Microdata;
    }
    torn.severity = Some(severity(
        SeverityLevel::Low,
        36,
        &[(FactorKind::Direction, 60, "contradictory"), (FactorKind::Weight, 60, "price 0.2 × usual")],
        None,
    ));
    let mut taken = numbered(ChangeKind::Acknowledged, 4).incident;
    taken.item.name = None;
    taken.ack = Some(Acknowledgement {
        by: "Dana".to_owned(),
        note: "PO #4711 – supplier promised Tuesday".to_owned(),
        at: at("2026-11-21T08:00:00Z"),
        until: Some(at("2026-11-25T08:00:00Z")),
    });
    taken.verdict = Verdict::ExpiredPromise;
    if let Some(claim) = &mut taken.claim {
        claim.availability = Availability::PreOrder;
        claim.date = Some(at("2026-11-15T00:00:00Z"));
        claim.cache = None;
    }
    taken.cause = None;
    let (one, mut two) = (campaign(7), campaign(8));
    two.item.name = Some("תחפושת אסתר המלכה".to_owned());
    if let Some(page) = two.journey.steps.last_mut() {
        page.judgement.verdict = Verdict::Unverified(Unverified::Claim(Unknown::Challenge));
    }
    let mut fixed = numbered(ChangeKind::Resolved, 5).incident;
    fixed.verdict = Verdict::FalseUnavailable;
    vec![
        (full(), Section::New, false),
        (hebrew, Section::New, false),
        (gone, Section::New, true),
        (torn, Section::New, false),
        (one, Section::New, false),
        (two, Section::New, false),
        (taken, Section::Still, false),
        (fixed, Section::Fixed, false),
    ]
}

fn digest(language: &str, incidents: &[(Incident, Section, bool)], open: &[u32]) -> Notice {
    let options = speaking(language);
    let recipient = &options.recipients[0];
    let told =
        Telling { recipient: recipient.key(), at: at("2026-11-20T08:00:00Z"), times: 1, stale: false, waits: false };
    let mut digests = Digests::new(&options, at(NOW)).unwrap();
    for (incident, section, is_orphan) in incidents {
        digests.add(incident, recipient, *section, *is_orphan, Some(&told));
    }
    let first = Date::new(2026, 11, 9).unwrap();
    let trend = first.series(jiff::Span::new().days(1)).zip(open.iter().copied()).collect();
    let open = open.last().copied().unwrap_or_default();
    let oldest = (open > 0).then(|| at("2026-11-11T05:00:00Z"));
    digests.about(&recipient.key(), Overview { open, oldest, trend, thread: None });
    digests.finish(12, at(NOW)).unwrap().remove(0)
}

fn doubted(source: &str, doubt: Doubt) -> Doubted {
    Doubted { shop: "צעצועים".to_owned(), source: source.to_owned(), doubt, since: at("2026-11-22T09:00:00Z") }
}

fn doubts() -> Vec<Doubted> {
    let broken = Doubt::Broken { why: "https://erp.example/api answered 500 (text/html): <b>".to_owned() };
    let newest = at("2026-11-20T10:00:00Z");
    [
        ("erp", broken),
        ("nightly", Doubt::Stale { newest, max_age: 86_400 }),
        ("shop", Doubt::Empty { asked: 50 }),
        ("depot", Doubt::Shrunk { before: 9_000, now: 12 }),
        ("till", Doubt::SoldOut { before: 3, now: 800, of: 900 }),
        ("suppliers", Doubt::Jumped { now: 1_400, of: 2_000 }),
        ("depots", Doubt::NoLocation { locations: vec!["\"wbe\" of locations[web]".to_owned()] }),
    ]
    .map(|(source, doubt)| doubted(source, doubt))
    .into()
}

/// All mails in a language, by name.
fn mails(language: &str) -> Vec<(&'static str, Notice)> {
    let (options, now) = (speaking(language), at(NOW));
    let lately = [4, 4, 5, 9, 9, 7, 7, 8, 3, 3, 0, 2, 10, 12];
    let fixed: Vec<_> =
        (1..=3).map(|id| (numbered(ChangeKind::Resolved, id).incident, Section::Fixed, false)).collect();
    let since = Some(at("2026-11-20T04:00:00Z"));
    let allowed = std::time::Duration::from_secs(26 * 3_600);
    let to_operations = |notice: Result<Option<Notice>, ComposeError>| notice.unwrap().unwrap();
    vec![
        ("digest", digest(language, &everything(), &lately)),
        ("single", digest(language, &everything()[..1], &[])),
        ("campaign", digest(language, &[(campaign(7), Section::New, false)], &[])),
        ("fixed", digest(language, &fixed, &[3, 3, 0])),
        ("alarm", to_operations(alarm(&options, &doubts(), &[], 7, now))),
        ("missed", to_operations(missed(&options, Missed::NoRun { since, allowed }, &[], 7, now))),
        ("idle", to_operations(missed(&options, Missed::NothingChecked { run: 7 }, &[], 7, now))),
        ("trial", to_operations(trial(&options, &options.recipients[0], now))),
    ]
}

#[test]
fn every_mail_in_every_language() {
    for (language, _) in LANGUAGES {
        for (name, notice) in mails(language) {
            let mail = open(&notice.message).expect("our own mail can be read back");
            assert!(!mail.text.contains(['{', '}']) && notice.subject.len() > 5, "{language} {name}: {}", mail.text);
            insta::assert_snapshot!(
                format!("{name}_{language}_text"),
                format!("Subject: {}\n\n{}", notice.subject, mail.text)
            );
            if !matches!(name, "missed" | "idle" | "trial") {
                insta::assert_snapshot!(format!("{name}_{language}_html"), mail.html);
            }
        }
    }
}

/// The text says of every product all that the HTML says, but for the picture.
#[test]
fn the_text_is_as_good_as_the_html() {
    for (language, _) in LANGUAGES {
        let mail = open(&digest(language, &everything(), &[1, 2]).message).unwrap();
        let plain = |text: &str| {
            text.replace(|c: char| c.is_whitespace() || "\u{2066}\u{2068}\u{2069}\u{200f}\u{a0}".contains(c), "")
        };
        let text = plain(&mail.text);
        let body = &mail.html[mail.html.find("<h1").unwrap()..];
        for piece in body.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, said)| said.trim()) {
            let said = htmlize::unescape(piece).into_owned();
            let known = said.split(['·', '✗', '=']).all(|part| text.contains(&plain(part)));
            assert!(known, "{language}: {said:?} is missing in\n{}", mail.text);
        }
    }
}

/// Writes all mails as pages for `tests/mails.sh`, which takes their pictures.
#[test]
#[ignore = "for people to look at"]
fn write_the_mails_as_pages() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/mails");
    std::fs::create_dir_all(&folder).unwrap();
    for (language, _) in LANGUAGES {
        for (name, notice) in mails(language) {
            let mail = open(&notice.message).unwrap();
            // The shop of the samples is not there: something of a picture's shape in its place.
            let picture = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='300' height='400'><rect width='300' height='400' fill='tan'/></svg>";
            let page = mail.page().replace("https:&#x2f;&#x2f;shop.test&#x2f;media&#x2f;earl-grey.jpg", picture);
            std::fs::write(folder.join(format!("{name}-{language}.html")), page).unwrap();
        }
    }
}
