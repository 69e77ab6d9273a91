//! `csv`: files that are not whole, commands in place of files, rows of several warehouses.

use std::io::Write;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::harness::{Says, World, page};

/// A world whose stock is in `stock.csv`, or wherever `csv` says.
fn world(skus: &[&str], csv: Value) -> World {
    let mut world = World::new();
    for sku in skus {
        world.lists(sku, page(sku, Says::In));
    }
    let mut whole = json!({"key": "SKU", "fields": {"qty": "Qty"}});
    for (key, value) in csv.as_object().expect("options") {
        whole[key] = value.clone();
    }
    world.set("/shops/0/stock", json!({"sellable": "qty", "csv": whole}));
    world
}

fn file(content: impl AsRef<[u8]>, csv: Value) -> World {
    let mut world = world(&["A-1", "A-2"], csv);
    world.set("/shops/0/stock/csv/file", "stock.csv");
    world.file("stock.csv", content);
    world
}

/// Why the source failed.
fn failed(world: &World) -> String {
    let checked = world.check(&["--dry-run"]);
    checked.exits(4);
    assert_eq!(checked.json["shops"][0]["mismatches"], 0, "nothing is taken for zero");
    checked.json["shops"][0]["failed"].as_str().expect("a reason").to_owned()
}

#[test]
fn a_command_writes_the_table_and_no_shell_reads_its_words() {
    let script = "#!/bin/sh\nprintf 'SKU,Qty\\nA-1,3\\nA-2,0\\n'\necho \"$1|$SSHPASS|$CARGO|$HOME\" >seen\n";
    let mut world = world(&["A-1", "A-2"], json!({"command": ["sh", "fetch", "$(id) ; *"]}));
    world.file("fetch", script);
    world.set("/shops/0/stock/csv/environment", json!({"SSHPASS": "${SFTP_PASSWORD}"}));
    let program = world.program(&["check", "--dry-run", "--format", "json"]);
    let ran = program.env("SFTP_PASSWORD", "s3cret").env("CARGO", "not for commands").env("HOME", "/home/erp").run();
    ran.exits(10);
    let seen = std::fs::read_to_string(world.folder().join("seen")).expect("what the command saw");
    assert_eq!(seen, "$(id) ; *|s3cret||/home/erp\n");
    assert!(!ran.stdout.contains("s3cret") && !ran.stderr.contains("s3cret"));
}

#[test]
fn a_command_that_fails_says_why_and_its_output_is_not_used() {
    for (script, expected) in [
        (
            "printf 'SKU,Qty\\nA-1,0\\n'; echo starting >&2; echo 'Permission denied (publickey).' >&2; exit 255",
            "the command `sh` ended with 255: starting / Permission denied (publickey).",
        ),
        ("exit 3", "the command `sh` ended with 3 and said nothing"),
        ("printf 'SKU,Qty\\nA-1,0\\n'; sleep 60", "the command `sh` did not end within 1 s (timeout)"),
        ("while :; do echo 0123456789; done", "the command `sh` wrote more than 100000 bytes (max_size)"),
    ] {
        let options = json!({"command": ["sh", "fetch"], "timeout": "1s", "max_size": "100KB"});
        let world = world(&["A-1"], options);
        world.file("fetch", script);
        let why = failed(&world);
        assert!(why.contains(expected), "{why}");
    }
    let why = failed(&world(&["A-1"], json!({"command": ["/nowhere/sftp", "-q"]})));
    assert!(why.contains("the command `sftp` cannot be started"), "{why}");
}

#[test]
fn a_file_that_breaks_off_is_no_answer() {
    let table = "SKU,Name,Qty\nA-1,Thing,5\nA-2,Thi";
    assert!(failed(&file(table, json!({}))).contains("line 3, the last one, breaks off in the middle"));
    let whole = format!("{table}ng,5");
    file(&whole, json!({})).check(&["--dry-run"]).exits(0);
}

#[test]
fn a_file_that_is_written_while_it_is_read_is_no_answer() {
    let mut table = "SKU,Qty\n".to_owned();
    for row in 0..200_000 {
        table.push_str(&format!("K-{row},1\n"));
    }
    let world = file(&table, json!({}));
    let running = world.program(&["check", "--dry-run", "--format", "json"]).start();
    let path = world.folder().join("stock.csv");
    let mut export = std::fs::OpenOptions::new().append(true).open(path).expect("the file");
    for _ in 0..200 {
        export.write_all(b"A-2,0\n").expect("a row");
        std::thread::sleep(Duration::from_millis(20));
    }
    let ran = running.end();
    ran.exits(4);
    assert!(ran.stdout.contains("was written while it was read"), "{}", ran.stdout);
}

#[test]
fn a_table_that_is_not_said_to_be_complete_is_no_answer() {
    let world = file("SKU,Qty\nA-1,5\nA-2,5\n", json!({"done_file": "stock.done"}));
    assert!(failed(&world).contains("is not said to be complete"), "{}", failed(&world));
    let done = std::fs::File::create(world.file("stock.done", "")).expect("a file");
    world.check(&["--dry-run"]).exits(0);
    done.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(3600)).expect("an older one");
    assert!(failed(&world).contains("stock.done, which says that it is complete"), "{}", failed(&world));
}

#[test]
fn a_footer_counts_the_rows() {
    for (end, expected) in [
        ("END,2\n", None),
        ("END,rows,2", None),
        ("", Some("ends without its footer END")),
        ("END,3\n", Some("has 2 rows, and its footer counts 3")),
        ("END,\n", Some("without a count of rows")),
        ("END,2\nA-3,1,\n", Some("goes on in line 5 after its footer END")),
    ] {
        let world = file(format!("SKU,Qty,\nA-1,5,\nA-2,5,\n{end}"), json!({"footer": "END"}));
        match expected {
            None => drop(world.check(&["--dry-run"]).exits(0)),
            Some(expected) => assert!(failed(&world).contains(expected), "{end}: {}", failed(&world)),
        }
    }
}

#[test]
fn a_wrong_encoding_is_named_and_not_guessed_into_keys() {
    let (hebrew, _, _) = encoding_rs::WINDOWS_1255.encode("SKU,Qty,Name\nA-1,5,x\nA-2,5,חולצה כחולה עם שרוולים\n");
    let why = failed(&file(&hebrew, json!({"encoding": "utf-8"})));
    assert!(why.contains("line 3 is not UTF-8, which `encoding` says; it seems to be windows-1255"), "{why}");
    // It begins as UTF-8 does, for longer than anybody looks, and goes on as something else.
    let mut mixed = format!("SKU,Qty\nä-1,5\n{}", "K-1,1\n".repeat(20_000)).into_bytes();
    mixed.extend_from_slice(b"\xe4-2,5\n");
    let why = failed(&file(&mixed, json!({})));
    assert!(why.contains("line 20003: the key \u{fffd}-2 has letters that cannot be read; name the encoding"), "{why}");
    file(&hebrew, json!({})).check(&["--dry-run"]).exits(0);
}

#[test]
fn what_a_spreadsheet_did_to_keys_is_said() {
    let mut world = file("SKU,Qty\n7.29001E+12,5\nA-1,5\n0012,5\n", json!({}));
    world.lists("7.29001E+12", page("B", Says::In)).lists("0012", page("0012", Says::In));
    let checked = world.check(&["--dry-run"]);
    let row = checked.item("7.29001E+12").to_string();
    assert!(row.contains("was rounded by a spreadsheet"), "{row}");
    assert_eq!(checked.verdict("0012"), "agrees", "leading zeros that are there are kept");
}

#[test]
fn rows_of_several_warehouses_make_one_item_in_any_order() {
    let mut table = "SKU;Warehouse;Qty\nA-1;web;2\nA-2;web;0\n".to_owned();
    for row in 0..5_000 {
        table.push_str(&format!("K-{row};web;1\n"));
    }
    table.push_str("A-2;shop;9\nA-1;south;1\n");
    let locations = json!({"column": "Warehouse", "fields": {"on_hand": "Qty"}});
    let mut world = file(&table, json!({"fields": null, "locations": locations}));
    world.set("/shops/0/stock/csv/fields", json!(null));
    world.set("/shops/0/stock/sellable", "sum(locations[web].on_hand)");
    world.set("/shops/0/stock/locations", json!({"web": ["web", "south"]})).set("/shops/0/stock/threshold", 3);
    let checked = world.check(&["--dry-run"]);
    assert_eq!(checked.exits(10).verdicts(), ["A-1 agrees", "A-2 false_available"]);
}
