//! What a shop, a stock system, a file or a disk can do wrong. Every time: a clear message, no false verdict, nothing
//! lost.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Answer, Checked, Mail, Program, Says, World, page};

/// A product whose page is something else than a page, beside an honest one.
fn with_page(answer: impl Into<crate::harness::Route>) -> World {
    let mut world = World::new();
    world.sells("OK-1", Says::In, 1).lists("A-1", answer).stock("A-1", [0]);
    world
}

#[track_caller]
fn is_unverified(world: &World, reason: &str, words: &str) {
    let checked = world.check(&[]);
    checked.exits(0);
    assert_eq!(checked.verdicts(), [format!("A-1 unverified ({reason})"), "OK-1 agrees".to_owned()]);
    world.run(&["check", "-v"]).says([words, "A-1", &world.shop.url("/p/A-1")]);
}

#[test]
fn a_captcha_with_status_200_is_no_page() {
    let captcha = "<html><head><title>Just a moment...</title></head><body><h1>Please verify you are a human</h1>\
        <div class=\"cf-chl-widget\"></div></body></html>";
    is_unverified(&with_page(Answer::html(captcha)), "challenge", "a captcha or bot challenge stood in the way");
}

#[test]
fn a_page_of_100_mb_is_left_half_way() {
    let world = with_page(Answer::long(100));
    is_unverified(&world, "too_large", "larger than fetch.max_body");
}

#[test]
fn a_gzip_bomb_is_left_half_way() {
    let mut world = with_page(Answer::gzip_bomb(300));
    world.set("/shops/0/fetch/max_body", "1MiB");
    is_unverified(&world, "too_large", "larger than fetch.max_body");
}

#[test]
fn a_redirect_to_another_product_says_nothing_of_this_one() {
    let mut world = with_page(Answer::redirect("/p/OTHER"));
    world.shop.on("/p/OTHER", page("OTHER", Says::In));
    is_unverified(&world, "other_product", "the page is about another product");
    world.lists("LOOP", Answer::redirect("/p/LOOP")).stock("LOOP", [0]);
    world.set("/min_verified", "0%");
    assert_eq!(world.check(&[]).verdict("LOOP"), "unverified (redirect)");
}

#[test]
fn an_empty_page_promises_nothing() {
    is_unverified(&with_page(Answer::html("")), "not_a_page", "the answer was no web page");
}

#[test]
fn a_page_that_breaks_off_or_hangs_is_unverified() {
    let mut world = with_page(Answer::torn("text/html", page("A-1", Says::In)));
    world.set("/shops/0/fetch/first_byte_timeout", "300ms");
    is_unverified(&world, "connection", "the host could not be reached");
    world.shop.on("/p/A-1", Answer::silence());
    is_unverified(&world, "timeout", "did not answer in time");
}

/// A world in which an incident is open, and whose stock system then answers this to the bulk question.
#[track_caller]
fn stock_in_trouble(answer: Answer) -> Checked {
    let mut world = World::lying();
    world.set("/operations", json!({"email": "it@shop.example"}));
    world.check(&[]).exits(10);
    world.page("A-1", Says::Out).stock("A-1", [0]);
    world.api.on("/stock", answer);
    let checked = world.check(&[]);
    checked.exits(4);
    assert_eq!(checked.json["shops"][0]["mismatches"], 0, "nobody is accused");
    assert_eq!(world.count("SELECT count(*) FROM incidents WHERE state = 'open'"), 1, "nothing is taken for put right");
    assert_eq!(world.mail.mails_to("all@shop.example").len(), 1);
    assert_eq!(world.mail.mails_to("it@shop.example").len(), 1, "operations are told");
    checked
}

#[track_caller]
fn fails_with<'w>(checked: &Checked, words: impl IntoIterator<Item = &'w str>) {
    let why = checked.json["shops"][0]["failed"].as_str().expect("a reason");
    for words in words {
        assert!(why.contains(words), "{words:?} is not in: {why}");
    }
}

#[test]
fn a_stock_api_that_answers_html_is_not_believed() {
    let login = Answer::html("<html><title>Sign in</title>Please sign in</html>");
    fails_with(&stock_in_trouble(login), ["/stock", "other than JSON", "text/html", "Please sign in"]);
}

#[test]
fn a_stock_api_that_answers_500_is_not_believed() {
    let broken = Answer::text("database is down").status(500);
    fails_with(&stock_in_trouble(broken), ["/stock", "500", "database is down"]);
}

#[test]
fn a_stock_api_that_answers_half_a_json_is_not_believed() {
    let half = Answer::new("application/json", "{\"items\":[{\"sku\":\"A-1\",\"avail");
    fails_with(&stock_in_trouble(half), ["/stock", "broke off in the middle"]);
    let torn = Answer::torn("application/json", "{\"items\":[");
    fails_with(&stock_in_trouble(torn), ["/stock", "broke off"]);
}

#[test]
fn a_stock_api_that_answers_nothing_is_not_believed() {
    fails_with(&stock_in_trouble(Answer::new("application/json", "")), ["/stock", "nothing else"]);
    fails_with(&stock_in_trouble(Answer::json(&json!({}))), ["nothing at $.items[*]"]);
    let empty = stock_in_trouble(Answer::json(&json!({"items": []})));
    fails_with(&empty, ["lists no items at all"]);
}

#[test]
fn a_stock_api_that_hangs_is_not_waited_for() {
    let mut world = World::lying();
    world.set("/shops/0/stock/http_json/fetch/first_byte_timeout", "300ms");
    world.api.on("/stock", Answer::silence());
    let checked = world.check(&[]);
    checked.exits(4);
    fails_with(&checked, ["/stock", "no answer in time"]);
    assert!(checked.ran.took < Duration::from_secs(10), "{:?}", checked.ran.took);
}

#[test]
fn a_stock_api_that_stops_answering_after_the_page_accuses_nobody() {
    for answer in [Answer::html("<html>busy</html>"), Answer::of_status(500), Answer::new("application/json", "{\"it")]
    {
        let mut world = World::lying();
        world.sells("A-3", Says::In, 1);
        world.api.on("/stock/*", answer);
        let checked = world.check(&[]);
        checked.exits(0);
        assert_eq!(checked.verdict("A-1"), "unverified (stock_failed)");
        assert_eq!(world.mail.envelopes().len(), 0);
    }
}

#[test]
fn a_quantity_that_is_no_number_is_not_zero() {
    let world = World::lying();
    for value in [json!(null), json!("many"), json!({"n": 1})] {
        world.stock("A-1", [value.clone()]);
        assert_eq!(world.check(&["--dry-run"]).verdict("A-1"), "unverified (stock_failed)", "{value}");
    }
}

#[test]
fn a_csv_with_a_wrong_header_names_the_columns_it_has() {
    let mut world = World::lying();
    world.file("catalogue.csv", "Sku;Adress\nA-1;/p/A-1\n");
    let columns = json!({"sku": "Sku", "url": "Address"});
    world.set("/shops/0/catalog", json!({"csv": {"file": "catalogue.csv", "columns": columns}}));
    let checked = world.check(&[]);
    checked.exits(4);
    fails_with(&checked, ["catalogue.csv", "no column is called `Address`", "`Adress`"]);

    let mut world = World::lying();
    world.file("stock.csv", "sku,qty\nA-1,0\n");
    let csv = json!({"file": "stock.csv", "key": "sku", "fields": {"available": "quantity"}});
    world.set("/shops/0/stock", json!({"sellable": "available", "csv": csv}));
    let checked = world.check(&[]);
    checked.exits(4);
    fails_with(&checked, ["stock.csv", "no column is called `quantity`", "qty"]);
    let subjects: Vec<String> = world.mail.mails().iter().map(Mail::subject).collect();
    assert!(matches!(subjects.as_slice(), [alarm] if alarm.contains("could not be read")), "{subjects:?}");
}

#[test]
fn a_csv_that_is_a_web_page_or_empty_or_absent_says_so() {
    for (content, words) in
        [(Some("<!doctype html><p>login"), "no CSV but a web page"), (Some(""), "is empty"), (None, "No such file")]
    {
        let mut world = World::lying();
        if let Some(content) = content {
            world.file("stock.csv", content);
        }
        let csv = json!({"file": "stock.csv", "key": "sku", "fields": {"available": "quantity"}});
        world.set("/shops/0/stock", json!({"sellable": "available", "csv": csv}));
        let checked = world.check(&[]);
        checked.exits(4);
        fails_with(&checked, ["stock.csv", words]);
    }
}

#[test]
fn a_broken_yaml_is_shown_with_its_line() {
    let world = World::new();
    world.file("broken.yaml", "version: 1\nshops:\n  - name: [a\n");
    let ran = world.run(&["check", "-c", "broken.yaml"]);
    ran.exits(3).complains(["broken.yaml:", "this is not YAML", "help:"]);
    world.file("binary.yaml", [0xff, 0xfe, 0x00, 0x01, 0x80]);
    world.run(&["check", "-c", "binary.yaml"]).exits(3).complains(["binary.yaml"]);
    world.file("empty.yaml", "");
    world.run(&["check", "-c", "empty.yaml"]).exits(3).complains(["empty.yaml"]);
}

#[test]
fn a_full_disk_under_the_result_costs_only_the_result() {
    let world = World::lying();
    let ran = world.run(&["check", "--format", "json", "--output", "/dev/full"]);
    ran.exits(4).complains(["/dev/full could not be written", "the check itself is done and recorded"]);
    assert_eq!(world.mail.mails().len(), 1);
    let ran = Program::in_shell("exec \"$0\" check > /dev/full", world.folder()).run();
    ran.exits(4).complains(["could not be written", "No space left"]);
}

/// A file system of this size in a folder, gone when dropped. `None` where this user may not mount.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn mount(folder: &std::path::Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(folder).expect("a folder");
        let options = format!("size={size}");
        let mount =
            std::process::Command::new("mount").args(["-t", "tmpfs", "-o", &options, "none"]).arg(folder).output();
        mount.is_ok_and(|done| done.status.success()).then(|| Self(folder.to_owned()))
    }

    /// Takes all the space there is, but for so many bytes.
    fn fill(&self, spare: u64) -> std::path::PathBuf {
        let filler = self.0.join("filler");
        let full = std::fs::write(&filler, vec![0_u8; 16 << 20]).expect_err("the disk is smaller");
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
        let file = std::fs::OpenOptions::new().write(true).open(&filler).expect("our file");
        let size = file.metadata().expect("our file").len();
        file.set_len(size - spare).expect("our file");
        filler
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_under_the_database_loses_nothing() {
    let mut world = World::lying();
    let folder = world.folder().join("disk");
    let Some(disk) = SmallDisk::mount(&folder, "1m") else {
        crate::harness::skipped("a_full_disk_under_the_database_loses_nothing", "this user may not mount a tmpfs");
        return;
    };
    world.set("/store", json!({"file": "disk/stocktruth.db"}));
    world.check(&[]).exits(10);
    world.page("A-2", Says::Out);
    // With nothing left the database cannot even be opened; with a little it fills up while it is written.
    for spare in [0, 44 << 10] {
        let filler = disk.fill(spare);
        let ran = world.run(&["check"]);
        ran.exits(4).complains(["no space is left for ./disk/stocktruth.db", "free some space and run again"]);
        std::fs::remove_file(filler).expect("our file");
    }
    assert_eq!(world.mail.mails().len(), 1);
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(checked.json["shops"][0]["opened"], 1, "what the full disk swallowed is found again");
    assert_eq!(world.mail.mails().len(), 2, "and told, once");
}

#[test]
fn a_limit_on_files_is_said_too() {
    let world = World::lying();
    world.write_config();
    let ran = Program::in_shell("trap '' XFSZ; ulimit -f 8; exec \"$0\" check", world.folder()).run();
    assert_eq!(ran.code, Some(4), "{}", ran.stderr);
    ran.complains(["error: ", "stocktruth.db"]);
    assert_eq!(world.mail.envelopes().len(), 0);
    world.check(&[]).exits(10);
    assert_eq!(world.mail.mails().len(), 1);
}

#[test]
fn a_database_locked_by_another_program_is_waited_for_and_then_named() {
    let world = World::lying();
    world.check(&[]).exits(10);
    world.page("A-1", Says::Out);
    let hold = |time: Duration| {
        let other =
            rusqlite::Connection::open_with_flags(world.database(), rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE);
        let other = other.expect("the database");
        other.execute_batch("BEGIN IMMEDIATE").expect("a lock");
        let run = world.program(&["check"]).start();
        std::thread::sleep(time);
        (other, run)
    };
    let (other, run) = hold(Duration::from_millis(400));
    other.execute_batch("COMMIT").expect("the end");
    run.end().exits(0);
    assert_eq!(world.mail.mails().len(), 2, "a short lock is waited for");

    world.page("A-1", Says::In);
    let (other, run) = hold(Duration::ZERO);
    let ran = run.end();
    ran.exits(4).complains(["stocktruth.db was locked by another program", "close what has it open"]);
    drop(other);
    world.check(&[]).exits(10);
    assert_eq!(world.mail.mails().len(), 3, "nothing is lost");
}

#[test]
fn a_database_that_is_none_is_not_touched() {
    let world = World::lying();
    let text = "this is my shopping list, and not a database at all; it is long enough to look like a header page";
    world.file("stocktruth.db", text);
    world.run(&["check"]).exits(4).complains(["stocktruth.db", "not a database", "store.file"]);
    assert_eq!(std::fs::read_to_string(world.database()).expect("the file"), text);
}
