//! The outbox by hand: what it holds, why somebody is told or not, what they would see, once more and not at all.

use serde_json::{Value, json};

use crate::harness::{Says, World, scrubbed};

const ALL: &str = "all@shop.example";

fn json_of(world: &World, args: &[&str]) -> Value {
    let ran = world.run(&[&["notices", "list", "--format", "json"], args].concat());
    serde_json::from_str(&ran.exits(0).stdout).expect("JSON")
}

/// Number, state and recipient of each notice that is listed.
fn listed(world: &World, args: &[&str]) -> Vec<String> {
    let document = json_of(world, args);
    assert_eq!((&document["format"], &document["version"]), (&"stocktruth.notices".into(), &1.into()));
    let notices = document["notices"].as_array().expect("a list");
    let one = |notice: &Value| format!("{} {} {}", notice["id"], notice["state"], notice["to"]).replace('"', "");
    notices.iter().map(one).collect()
}

/// SKU, recipient and decision of each case.
fn decided(world: &World, args: &[&str]) -> Vec<String> {
    let document = json_of(world, &[&["--why"], args].concat());
    assert_eq!((&document["format"], &document["version"]), (&"stocktruth.decisions".into(), &1.into()));
    let one = |case: &Value| {
        let said = case["tell"].as_str().or(case["why"].as_str()).unwrap_or("?").to_owned();
        format!("{} {} {said}", case["key"], case["recipient"]).replace('"', "")
    };
    document["decisions"].as_array().expect("a list").iter().map(one).collect()
}

#[test]
fn what_was_given_up_stands_first_and_can_be_tried_once_more() {
    let mut world = World::lying();
    world.sells("B-1", Says::In, 0).set("/owners", json!([{"email": "gone@shop.example", "skus": ["^B"]}]));
    world.mail.reply_to("gone@shop.example", "550 5.1.1 no such user");
    world.check(&[]).exits(10);
    let ran = world.run(&["notices"]);
    insta::assert_snapshot!(scrubbed(&ran.exits(0).stdout, world.folder()), @"
    NO  STATE  TO                 BY    SUBJECT                              TRIES  WHEN
    2   dead   gone@shop.example  mail  Shown as available but sold out:     1      TIME UTC
                                        Thing B-1 (shop)
        mail server 127.0.0.1:PORT refused the recipient: 550 5.1.1 no such user
    1   sent   all@shop.example   mail  Shown as available but sold out:     1      TIME UTC
                                        Thing A-1 (shop)
    ");
    assert_eq!(listed(&world, &["--state", "dead"]), ["2 dead gone@shop.example"]);
    world.run(&["notices", "retry", "1"]).exits(2).complains(["notice 1 was sent already"]);
    let ran = world.run(&["notices", "retry", "--dead"]);
    ran.exits(4).says(["0 notices of 1 accepted"]).complains(["no such user"]);
    world.mail.behave();
    world.run(&["notices", "retry", "2"]).exits(0).says(["1 notice accepted"]);
    assert_eq!(world.mail.mails_to("gone@shop.example").len(), 1);
    world.run(&["notices", "retry", "--dead"]).exits(0).says(["no notice was given up"]);
    assert_eq!(listed(&world, &["--limit", "1"]), ["2 sent gone@shop.example"]);
    world.run(&["notices", "--state", "lost"]).exits(2);
}

#[test]
fn one_is_shown_as_it_is_sent() {
    let world = World::lying();
    world.run(&["notices"]).exits(0).says(["no notice"]);
    world.run(&["notices", "show", "1"]).exits(2).complains(["there is no notice 1"]);
    world.check(&[]).exits(10);
    let ran = world.run(&["notices", "show", "1"]);
    ran.exits(0).says(["subject", "incident 1: A-1, false available, open", "Stock: 0 left to sell"]);
    let raw = world.run(&["notices", "show", "1", "--eml"]).exits(0).stdout.clone();
    assert!(raw.trim_end() == String::from_utf8_lossy(&world.mail.mails()[0].raw).trim_end(), "{raw}");
}

#[test]
fn what_is_taken_out_is_not_sent_and_counts_as_told() {
    let world = World::lying();
    world.mail.reply_to(ALL, "451 not now");
    world.check(&[]).exits(10);
    world.mail.behave();
    world.run(&["notices", "drop", "1"]).exits(0).says(["notice 1 is taken out", "counts as told", "retry 1"]);
    world.check(&[]).exits(10);
    assert_eq!((world.mail.mails().len(), listed(&world, &[])), (0, vec![format!("1 dropped {ALL}")]));
    world.run(&["notices", "drop", "1"]).exits(2).complains(["was taken out already"]);
    world.run(&["notices", "retry", "1"]).exits(0);
    assert_eq!(world.mail.mails().len(), 1);
    world.run(&["notices", "drop", "1"]).exits(2).complains(["was sent already"]);
}

#[test]
fn of_everything_it_is_said_why_somebody_is_told_or_not() {
    let mut world = World::lying();
    world.sells("B-1", Says::In, 0).sells("C-1", Says::In, 0);
    world.set("/owners", json!([{"email": "bea@shop.example", "skus": ["^B"]}]));
    assert_eq!(decided(&world, &[]), Vec::<String>::new(), "before the first check");
    world.check(&["--no-mail"]).exits(10);
    world.run(&["incidents", "ignore", "C-1", "--by", "Dana", "--until", "2d"]).exits(0);
    let before = ["A-1 all@shop.example new", "B-1 bea@shop.example new", "C-1 all@shop.example ignored"];
    assert_eq!(decided(&world, &[]), before);
    assert_eq!(decided(&world, &[]), before, "to ask changes nothing");
    world.check(&[]).exits(10);
    world.run(&["incidents", "ack", "B-1", "--by", "Bea"]).exits(0);
    let ran = world.run(&["notices", "--why"]);
    ran.exits(0).says([
        "NO  SKU  STATE         RECIPIENT         NAMED BY                  TOLD NOW?",
        "1   A-1  open          all@shop.example  fallback: nobody owns it  told; next reminder",
        "2   B-1  acknowledged  bea@shop.example  rule 1 of owners          taken on until it is put right",
        "3   C-1  open          all@shop.example  fallback: nobody owns it  ignored by Dana, until",
        "\nnobody is told of anything now",
    ]);
    assert_eq!(decided(&world, &["--sku", "B-1"]), ["B-1 bea@shop.example acknowledged"]);
    world.set("/shops/0/grace", "1h").sells("D-1", Says::In, 0);
    world.check(&[]);
    assert_eq!(decided(&world, &["--sku", "D-1"]), ["D-1 all@shop.example suspected"]);
    world.run(&["notices", "--sku", "D-1"]).exits(2).complains(["--why"]);
}

#[test]
fn a_preview_shows_what_would_be_sent_and_sends_nothing() {
    let mut world = World::lying();
    world.sells("B-1", Says::In, 0);
    world.set("/owners", json!([{"to": ["bea"], "skus": ["^B"]}]));
    world.set("/recipients", json!({"bea": {"email": "Bea@shop.example", "language": "he"}}));
    world.run(&["notices", "preview"]).exits(0).says(["nobody is told of anything now"]);
    world.check(&["--no-mail"]).exits(10);
    world.run(&["notices", "preview"]).exits(0).says(["all@shop.example (mail)", "Thing A-1", "Bea@shop.example"]);
    let ran = world.run(&["notices", "preview", "--to", "bea"]);
    ran.exits(0).says(["Thing B-1", "אזל"]);
    world.run(&["notices", "preview", "--to", "bae"]).exits(2).complains(["\"bae\" is no address", "bea"]);
    assert!(!ran.stdout.contains("Thing A-1"), "{}", ran.stdout);
    assert_eq!((world.count("SELECT count(*) FROM notices"), world.mail.envelopes().len()), (0, 0));
    world.check(&[]).exits(10);
    world.run(&["notices", "preview", "--to", "BEA@shop.example"]).exits(0).says(["is not told of anything now"]);
    world.run(&["notices", "preview", "--to", "bea@shop.example", "--anyway"]).exits(0).says(["Thing B-1"]);
}

#[test]
fn a_preview_can_be_looked_at_and_sent_to_whoever_tries_it() {
    let mut world = World::lying();
    world.sells("B-1", Says::In, 0);
    world.set("/owners", json!([{"email": "bea@shop.example", "language": "he", "name": "בֵּאָה", "skus": ["^B"]}]));
    world.check(&["--no-mail"]).exits(10);
    let ran = world.run(&["notices", "preview", "--html", "mail.html"]);
    ran.exits(2).complains(["2 recipients would be told", "--to: all@shop.example, bea@shop.example"]);
    world.run(&["notices", "preview", "--html", "no/mail.html", "--to", ALL]).exits(2).complains(["no/mail.html"]);
    world.run(&["notices", "preview", "--html", "mail.html", "--to", ALL]).exits(0).says(["wrote mail.html"]);
    let page = std::fs::read_to_string(world.folder().join("mail.html")).expect("a page");
    assert!(page.contains("Thing A-1") && !page.contains("cid:"), "{page}");

    let args = ["notices", "preview", "--to", "bea@shop.example", "--send-test"];
    world.run(&[&args[..], &["nobody"]].concat()).exits(2).complains(["\"nobody\" is no mail address"]);
    world.run(&[&args[..], &["It@shop.example"]].concat()).exits(0).says(["sent to It@shop.example: [test] "]);
    let mails = world.mail.mails();
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!(
        (mail.to.as_slice(), mail.header("To").as_str()),
        (&["It@shop.example".to_owned()][..], "It@shop.example")
    );
    assert!(mail.subject().starts_with("[test] ") && mail.subject().contains("Thing B-1"), "{}", mail.subject());
    assert!(mail.text().contains("Thing B-1") && mail.html().contains("dir=\"rtl\""), "{}", mail.text());
    assert_eq!(world.count("SELECT count(*) FROM notices"), 0, "nothing is recorded");
    world.check(&[]).exits(10);
    assert_eq!(world.mail.mails_to("bea@shop.example").len(), 1, "nobody counts as told");
}

#[test]
fn what_is_due_is_told_without_a_look_at_the_shops() {
    let world = World::lying();
    world.check(&["--no-mail"]).exits(10);
    let looked = world.shop.seen().len();
    world.run(&["notices", "send"]).exits(0).says(["notices: 1 written, 1 sent"]);
    assert_eq!((world.shop.seen().len(), world.mail.mails_to(ALL).len()), (looked, 1));
    world.run(&["notices", "send"]).exits(0).says(["nothing is due now"]);
    assert_eq!(world.run(&["notices", "send", "--quiet"]).exits(0).stdout, "");
    let mut world = World::new();
    world.sells("A-1", Says::In, 0);
    world.run(&["notices", "send"]).exits(3).complains(["the configuration tells nobody"]);
}

/// A world in which somebody was told of a lie that is put right by now, and the mail that says so was refused for good.
fn refused_when_right_again() -> World {
    let world = World::lying();
    world.check(&[]).exits(10);
    world.page("A-1", Says::Out);
    world.mail.reply_to(ALL, "550 5.7.1 not from you");
    world.check(&[]).exits(0);
    assert_eq!(listed(&world, &["--state", "dead"]), [format!("2 dead {ALL}")]);
    world.mail.behave();
    world
}

#[test]
fn a_word_that_all_is_well_that_is_tried_once_more_is_sent_once() {
    let world = refused_when_right_again();
    assert_eq!(decided(&world, &[]), [format!("A-1 {ALL} refuses")], "they were told, and its end is owed to them");
    world.run(&["notices", "retry", "--dead"]).exits(0).says(["1 notice accepted"]);
    assert_eq!(decided(&world, &[]), Vec::<String>::new(), "they know");
    world.run(&["notices", "preview"]).exits(0).says(["nobody is told of anything now"]);
    world.run(&["notices", "send"]).exits(0).says(["nothing is due now"]);
    world.check(&[]).exits(0);
    assert_eq!(world.mail.mails_to(ALL).len(), 2, "that it is wrong, and that it is right again");
}

#[test]
fn a_word_that_all_is_well_that_is_taken_out_counts_as_told() {
    let world = refused_when_right_again();
    world.run(&["notices", "drop", "2"]).exits(0);
    assert_eq!(decided(&world, &[]), Vec::<String>::new());
    world.run(&["notices", "send"]).exits(0).says(["nothing is due now"]);
    world.check(&[]).exits(0);
    assert_eq!(world.mail.mails_to(ALL).len(), 1);
    assert_eq!(listed(&world, &[]).len(), 2);
}

#[test]
fn what_was_refused_and_is_due_again_before_the_next_check_is_the_same_mail() {
    let mut world = World::lying();
    // Who is reminded at once is not spared for long where they refuse.
    world.set("/cadence", json!({"reminders": ["1ms"]}));
    world.check(&[]).exits(10);
    world.page("A-1", Says::Out);
    world.mail.reply_to(ALL, "550 5.7.1 not from you");
    world.check(&[]).exits(0);
    world.mail.behave();
    world.run(&["notices", "preview"]).exits(0).says(["A-1"]);
    world.run(&["notices", "send"]).exits(0).says(["1 sent"]);
    assert_eq!((world.mail.mails_to(ALL).len(), listed(&world, &[]).len()), (2, 2));
}

#[test]
fn the_fallback_hears_of_no_end_of_what_it_was_never_told_of() {
    let mut world = World::lying();
    world.set("/owners", json!([{"email": "bea@shop.example", "skus": ["^A"]}]));
    world.check(&[]).exits(10);
    world.page("A-1", Says::Out);
    world.mail.reply_to("bea@shop.example", "550 5.1.1 no such user");
    world.check(&[]).exits(0);
    assert_eq!(decided(&world, &[]), ["A-1 bea@shop.example refuses"]);
    assert_eq!(world.mail.mails_to(ALL).len(), 0);
}
