//! The digest: what it says, whom it reaches, and what becomes of it when the mail server has other plans.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Answer, Says, Step, World, scrubbed};

const ALL: &str = "all@shop.example";

/// Queued, sent, waiting, given up.
fn notices(checked: &crate::harness::Checked) -> [i64; 4] {
    let notices = &checked.json["run"]["notices"];
    ["queued", "sent", "waiting", "given_up"].map(|name| notices[name].as_i64().expect("a number"))
}

#[test]
fn an_english_digest_arrives_with_evidence_and_links() {
    let mut world = World::lying();
    world.set("/fallback/name", "Dana").set("/cadence", serde_json::json!({"timezone": "UTC"}));
    let checked = world.check(&[]);
    assert_eq!(notices(&checked), [1, 1, 0, 0]);
    let mails = world.mail.mails_to(ALL);
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!(mail.from, "stocktruth@shop.example");
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    assert_eq!(mail.header("Content-Language"), "en");
    assert!(mail.header("Message-ID").ends_with("@shop.example>"), "{}", mail.header("Message-ID"));
    insta::assert_snapshot!(scrubbed(&format!("{}\n{}", mail.subject(), mail.text()), world.folder()), @r#"
    Shown as available but sold out: Thing A-1 (shop)
    Hello Dana,

    Shown as available but sold out

    New: 1
    ----------------------------------------

    1. Thing A-1
       Shown as available but sold out
       SKU: A-1 · shop
       Severity: high (customers are let down · customers find out in the cart, or later)
       Product page: in stock ✗ untrue
       - text on the page: “In stock” [main > p.stock]
       - structured data (JSON-LD): “https://schema.org/InStock” [json-ld[0].offers.availability]
       - buy button: “Add to cart” [form > button]
       Stock: 0 left to sell
       - available = 0
       - read TIME · from warehouse
       Wrong since: TIME
       What to do: Set it to sold out in the shop, or correct the stock if the goods are there.
       Open the product page:
       http://127.0.0.1:PORT/p/A-1

    -- 
    Promise and stock were both read again before this was written, and still disagreed.
    Times: UTC. Run 1, TIME.
    Written by stocktruth, which compares what the shop promises with what it has.
    "#);
    let page = world.shop.url("/p/A-1");
    let html = mail.html().replace("&#x2f;", "/");
    assert!(html.contains(&format!("href=\"{page}\"")), "{html}");
    assert!(mail.html().contains("Thing A-1") && !mail.html().contains("Thing A-2"));
}

#[test]
fn a_template_of_the_users_shapes_the_mail_and_a_broken_one_is_told_at_validation_and_costs_none() {
    let mut world = World::lying();
    let folder = world.folder().join("mine");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("digest.txt"), "Mine: {{ sections[0].rows[0].admin_url }}\n").expect("a file");
    world.set("/mail/templates", "mine").set("/shops/0/admin_url", "https://admin.example/?q={sku}");
    world.write_config();
    world.run(&["validate"]).exits(0);
    std::fs::write(folder.join("digest.html"), "<p>\n{{ heading }}\n{{ headnig }}\n").expect("a file");
    world.run(&["validate"]).exits(3).complains(["mine/digest.html:3: undefined value", "config/mail/README.md"]);
    assert_eq!(notices(&world.check(&[])), [1, 1, 0, 0]);
    let mail = world.mail.mails_to(ALL).pop().expect("a mail");
    assert_eq!(mail.text().trim_end(), "Mine: https://admin.example/?q=A-1");
    assert!(mail.html().contains("Thing A-1"), "the built-in template stands in: {}", mail.html());
}

#[test]
fn a_hebrew_digest_runs_from_right_to_left() {
    let mut world = World::lying();
    world.set("/owners", json!([{"email": "noa@shop.example", "name": "נועה", "language": "he", "shops": ["shop"]}]));
    world.check(&[]).exits(10);
    let mails = world.mail.mails_to("noa@shop.example");
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    assert!(mail.html().contains("dir=\"rtl\"") && mail.html().contains("lang=\"he\""), "{}", mail.html());
    assert!(mail.subject().contains("אזל מהמלאי"), "{}", mail.subject());
    assert!(mail.text().contains("נועה") && mail.text().contains("A-1"), "{}", mail.text());
    assert_eq!(mail.header("Content-Language"), "he");
}

#[test]
fn everybody_hears_of_their_own_items_and_the_fallback_of_the_rest() {
    let mut world = World::new();
    for sku in ["BRAND", "CAT", "PAT-1", "URL", "MINE", "REST"] {
        world.sells(sku, Says::In, 0);
    }
    world.set("/shops/0/catalog/list/0/brand", "Lego").set("/shops/0/catalog/list/1/category", "Toys");
    world.set("/shops/0/catalog/list/4/owner_email", "buyer@shop.example");
    world.tells(ALL).set(
        "/owners",
        json!([
            {"email": "brand@shop.example", "brands": ["LEGO"]},
            {"email": "category@shop.example", "categories": ["toys"]},
            {"email": "sku@shop.example", "skus": ["^PAT-"]},
            {"email": "url@shop.example", "urls": ["/p/URL$"]},
        ]),
    );
    world.check(&[]).exits(10);
    let mut told: Vec<_> = world.mail.mails().iter().map(|mail| (mail.to.clone(), mail.text())).collect();
    told.sort();
    let of = [
        (ALL, "REST"),
        ("brand@shop.example", "BRAND"),
        ("buyer@shop.example", "MINE"),
        ("category@shop.example", "CAT"),
        ("sku@shop.example", "PAT-1"),
        ("url@shop.example", "URL"),
    ];
    assert_eq!(told.len(), of.len());
    for ((to, text), (owner, sku)) in told.iter().zip(of) {
        assert_eq!(to, &[owner], "one envelope per recipient");
        let named: Vec<_> = of.iter().filter(|(_, sku)| text.contains(&format!("Thing {sku}"))).collect();
        assert_eq!(named, [&(owner, sku)], "{text}");
    }
}

#[test]
fn many_rows_are_attached_as_a_sheet() {
    let mut world = World::new();
    for n in 1..=5 {
        world.sells(&format!("A-{n}"), Says::In, 0);
    }
    world.tells(ALL).set("/mail/max_rows", 2);
    world.check(&[]).exits(10);
    let mail = &world.mail.mails()[0];
    let attached = mail.attachments();
    let [(name, sheet)] = attached.as_slice() else { panic!("{attached:?}") };
    assert!(name.ends_with(".csv"), "{name}");
    let mut rows = csv::Reader::from_reader(sheet.as_slice());
    assert_eq!(rows.records().count(), 5, "all rows, not only those that were too many");
    assert_eq!((1..=5).filter(|n| mail.text().contains(&format!("Thing A-{n}"))).count(), 2);
}

#[test]
fn few_rows_have_no_attachment() {
    let world = World::lying();
    world.check(&[]).exits(10);
    assert_eq!(world.mail.mails()[0].attachments(), []);
}

#[test]
fn a_message_is_the_same_message_however_often_it_is_sent() {
    let world = World::lying();
    world.mail.drop_at(Step::Message);
    let unsure = world.check(&[]);
    unsure.exits(10);
    assert_eq!(notices(&unsure), [1, 0, 1, 0], "without its answer it is not known to be accepted");
    world.mail.behave();
    assert_eq!(notices(&world.check(&[])), [0, 1, 0, 0]);
    let mails = world.mail.mails();
    let [first, again] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!(first.header("Message-ID"), again.header("Message-ID"));
    assert_eq!(first.raw, again.raw);
    assert_eq!(notices(&world.check(&[])), [0, 0, 0, 0]);
}

#[test]
fn a_greylisting_server_gets_it_from_the_next_run() {
    let world = World::lying();
    world.mail.greylist();
    let first = world.check(&[]);
    first.exits(10);
    assert_eq!((notices(&first), world.mail.mails().len()), ([1, 0, 1, 0], 0));
    first.ran.complains(["451", "come back later"]);
    assert_eq!(notices(&world.check(&[])), [0, 1, 0, 0]);
    assert_eq!(world.mail.mails_to(ALL).len(), 1);
    assert_eq!(notices(&world.check(&[])), [0, 0, 0, 0]);
}

#[test]
fn a_refused_recipient_does_not_stop_the_others() {
    let mut world = World::lying();
    world.sells("B-1", Says::In, 0).sells("C-1", Says::In, 0);
    world.set(
        "/owners",
        json!([{"email": "gone@shop.example", "skus": ["^A"]}, {"email": "full@shop.example", "skus": ["^B"]}]),
    );
    world.mail.reply_to("gone@shop.example", "550 5.1.1 no such user");
    world.mail.reply_to("full@shop.example", "452 4.2.2 mailbox full");
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(notices(&checked), [3, 1, 1, 1]);
    assert_eq!(world.mail.mails_to(ALL).len(), 1);
    checked.ran.complains(["550", "no such user", "452", "mailbox full"]);
    assert!(!checked.ran.stderr.contains("gone@shop.example"), "addresses are masked:\n{}", checked.ran.stderr);
    assert_eq!(world.mail.envelopes().len(), 3);
    world.mail.behave();
    assert_eq!(notices(&world.check(&[])), [1, 2, 0, 1], "one is tried again, one is written anew");
    assert_eq!(world.mail.mails_to("full@shop.example").len(), 1);
    let fallback = world.mail.mails_to(ALL);
    assert_eq!(fallback.len(), 2, "somebody must hear of what the refused mailbox was to be told");
    assert!(fallback[1].text().contains("Thing A-1") && !fallback[1].text().contains("Thing C-1"));
    assert_eq!(notices(&world.check(&[])), [0, 0, 0, 1]);
}

#[test]
fn full_mailboxes_do_not_hold_up_the_others() {
    let mut world = World::lying();
    let full = [1, 2, 3, 4].map(|n| format!("a{n}@shop.example"));
    for (n, _) in full.iter().enumerate() {
        world.sells(&format!("B-{n}"), Says::In, 0);
    }
    let owners: Vec<_> =
        full.iter().enumerate().map(|(n, email)| json!({"email": email, "skus": [format!("^B-{n}$")]})).collect();
    world.set("/owners", json!(owners));
    for email in &full {
        world.mail.reply_to(email, "452 4.2.2 mailbox full");
    }
    let checked = world.check(&[]);
    assert_eq!(notices(&checked), [5, 1, 4, 0]);
    assert_eq!((world.mail.envelopes().len(), world.mail.mails_to(ALL).len()), (5, 1));
}

#[test]
fn a_server_that_says_nothing_is_not_waited_for() {
    let hang = |step| {
        let mut world = World::lying();
        world.set("/mail/transport/smtp/timeout", "600ms");
        world.mail.hang_at(step);
        let checked = world.check(&[]);
        checked.exits(10);
        assert_eq!(notices(&checked), [1, 0, 1, 0], "{step:?}");
        assert!(checked.ran.took < Duration::from_secs(15), "{step:?}: {:?}", checked.ran.took);
        world.mail.behave();
        assert_eq!(notices(&world.check(&[])), [0, 1, 0, 0], "{step:?}");
    };
    std::thread::scope(|side_by_side| {
        for step in [Step::Connect, Step::Ehlo, Step::Recipient, Step::Message] {
            side_by_side.spawn(move || hang(step));
        }
    });
}

#[test]
fn pauses_between_attempts_are_kept_and_end() {
    let mut world = World::lying();
    world.set("/mail/max_attempts", 2).set("/mail/retry_after", "1h");
    world.mail.greylist();
    world.mail.reply_to(ALL, "451 never");
    assert_eq!(notices(&world.check(&[])), [1, 0, 1, 0]);
    assert_eq!(notices(&world.check(&[])), [0, 0, 1, 0]);
    assert_eq!(world.mail.envelopes().len(), 1, "not before the hour is over");

    let mut world = World::lying();
    world.set("/mail/max_attempts", 2);
    world.mail.reply_to(ALL, "451 never");
    assert_eq!(notices(&world.check(&[])), [1, 0, 1, 0]);
    assert_eq!(notices(&world.check(&[])), [0, 0, 0, 1]);
    assert_eq!(world.mail.envelopes().len(), 2);
}

#[test]
fn without_mail_nothing_is_written_or_sent() {
    let world = World::lying();
    let checked = world.check(&["--no-mail"]);
    checked.exits(10);
    assert_eq!((notices(&checked), world.mail.envelopes().len()), ([0, 0, 0, 0], 0));
}

#[test]
fn a_server_that_is_down_costs_nothing_but_time() {
    let mut world = World::lying();
    let closed = std::net::TcpListener::bind(("127.0.0.1", 0)).and_then(|port| port.local_addr()).expect("a port");
    world.set("/mail/transport/smtp/port", closed.port());
    let checked = world.check(&[]);
    checked.exits(10);
    checked.ran.complains(["could not be reached", "mail.transport.smtp"]);
    world.set("/mail/transport/smtp/port", world.mail.port());
    assert_eq!(notices(&world.check(&[])), [0, 1, 0, 0]);
}

#[test]
fn starttls_is_not_given_up_for_a_server_that_has_none() {
    let mut world = World::lying();
    world.set("/mail/transport/smtp/security", "starttls");
    let checked = world.check(&[]);
    checked.exits(10);
    checked.ran.complains(["STARTTLS", "nothing was sent"]);
    assert_eq!(world.mail.envelopes().len(), 0);
}

#[test]
fn the_other_ways_out_carry_the_same_mail() {
    let mut world = World::lying();
    world.set("/mail/transport", json!({"file": {"folder": "out"}}));
    world.check(&[]).exits(10);
    let written: Vec<_> = std::fs::read_dir(world.folder().join("out")).expect("the folder").collect();
    assert_eq!(written.len(), 1);

    let mut world = World::lying();
    world.set("/mail/transport", json!({"console": {}}));
    world.check(&[]).ran.complains(["Thing A-1", "To: "]);

    let mut world = World::lying();
    let program = world.file("sendmail", "#!/bin/sh\necho \"$@\" > arguments\ncat > message\n");
    make_executable(&program);
    world.set("/mail/transport", json!({"sendmail": {"program": program.to_str()}}));
    assert_eq!(notices(&world.check(&[])), [1, 1, 0, 0]);
    let read = |name: &str| std::fs::read_to_string(world.folder().join(name)).expect("a file");
    assert!(read("arguments").contains(ALL), "{}", read("arguments"));
    assert!(read("message").contains("Auto-Submitted: auto-generated"));
}

#[test]
fn a_sendmail_that_hangs_or_fails_keeps_the_mail_waiting() {
    for (script, words) in [
        ("#!/bin/sh\nexec sleep 30\n", "did not finish within 500ms"),
        ("#!/bin/sh\necho no route >&2\nexit 75\n", "no route"),
    ] {
        let mut world = World::lying();
        let program = world.file("sendmail", script);
        make_executable(&program);
        world.set("/mail/transport", json!({"sendmail": {"program": program.to_str(), "timeout": "500ms"}}));
        let checked = world.check(&[]);
        assert_eq!(notices(&checked), [1, 0, 1, 0]);
        checked.ran.complains([words]);
    }
}

fn make_executable(file: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).expect("a file of ours");
}

#[test]
fn a_page_that_is_gone_is_told_too() {
    let mut world = World::lying();
    world.page("A-1", Says::Out).stock("A-1", [0]);
    world.lists("G-1", Answer::of_status(410)).stock("G-1", [0]);
    world.check(&[]).exits(10);
    let mail = &world.mail.mails()[0];
    assert!(mail.text().contains("Thing G-1"), "{}", mail.text());
}

#[test]
fn a_mail_server_that_is_down_holds_up_no_channel() {
    let mut world = World::lying();
    let mut owners = Vec::new();
    for n in 1..=3 {
        world.sells(&format!("B-{n}"), Says::In, 0);
        owners.push(json!({"email": format!("b{n}@shop.example"), "skus": [format!("^B-{n}$")]}));
    }
    world.sells("Z-1", Says::In, 0);
    owners.push(json!({"to": ["zoo"], "skus": ["^Z-1$"]}));
    let hook = world.api.url("/hook");
    world.api.on("/hook", Answer::text("ok"));
    world.set("/recipients", json!({"zoo": {"webhook": {"url": "${HOOK}", "allow_private": ["127.0.0.1"]}}}));
    world.set("/owners", json!(owners));
    let closed = std::net::TcpListener::bind(("127.0.0.1", 0)).and_then(|port| port.local_addr()).expect("a port");
    world.set("/mail/transport/smtp/port", closed.port());
    world.program(&["check"]).env("HOOK", hook).run().exits(10).complains(["could not be reached"]);
    assert_eq!(world.api.seen_at("/hook").len(), 1, "the mails before it fail, and it goes another way");
}
