//! Started by a machine, and stopped by one.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::{Answer, Program, Says, Step, World, skipped, until};

fn config(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(name)
}

/// Every file of the units, by its path below their folder.
fn units() -> Vec<PathBuf> {
    let mut waiting = vec![config("systemd")];
    let mut found = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).expect("the units").flatten() {
            match entry.path() {
                path if path.is_dir() => waiting.push(path),
                path => found.push(path.strip_prefix(config("systemd")).expect("below").to_owned()),
            }
        }
    }
    found.sort();
    found
}

#[test]
fn systemd_accepts_the_units() {
    let folder = tempfile::tempdir().expect("a folder");
    for unit in units() {
        // The unit names the installed program, which need not be there; this one stands in for it.
        let text = std::fs::read_to_string(config("systemd").join(&unit)).expect("the unit");
        let begins = text.lines().find(|line| line.starts_with("ExecStart="));
        assert_eq!(begins.is_some(), unit.extension().is_some_and(|kind| kind == "service"), "{}", unit.display());
        assert!(begins.is_none_or(|line| line.starts_with("ExecStart=/usr/local/bin/stocktruth ")), "{begins:?}");
        let text = text.replace("/usr/local/bin/stocktruth", env!("CARGO_BIN_EXE_stocktruth"));
        let copy = folder.path().join(&unit);
        std::fs::create_dir_all(copy.parent().expect("a folder")).expect("a folder");
        std::fs::write(copy, text).expect("a file");
    }
    let named = units().into_iter().filter(|unit| unit.components().count() == 1);
    let verify = Command::new("systemd-analyze")
        .args(["verify", "--man=no", "--recursive-errors=no"])
        .args(named.map(|unit| folder.path().join(unit)))
        .output();
    match verify {
        Ok(said) => {
            let words = String::from_utf8_lossy(&said.stderr);
            assert!(said.status.success(), "{words}");
            assert!(!words.contains("stocktruth."), "{words}");
        }
        Err(why) => skipped("systemd_accepts_the_units", &format!("systemd-analyze is not installed ({why})")),
    }
}

#[test]
fn what_the_units_run_is_a_command() {
    for unit in units() {
        let text = std::fs::read_to_string(config("systemd").join(&unit)).expect("the unit");
        for line in text.lines().filter_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/stocktruth ")) {
            let folder = tempfile::tempdir().expect("a folder");
            let ran = Program::in_folder(folder.path()).args(line.split(' ')).args(["--help"]).run();
            ran.exits(0);
        }
    }
}

#[test]
fn the_unit_takes_mismatches_for_success_and_is_hardened() {
    let unit = std::fs::read_to_string(config("systemd/stocktruth.service")).expect("the unit");
    for line in [
        "SuccessExitStatus=10 11",
        "NotifyAccess=main",
        "DynamicUser=yes",
        "StateDirectory=stocktruth",
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
    ] {
        assert!(unit.lines().any(|one| one == line), "{line}");
    }
    let timer = std::fs::read_to_string(config("systemd/stocktruth.timer")).expect("the timer");
    assert!(timer.contains("OnCalendar=") && timer.contains("Persistent=yes"));
}

#[test]
fn systemd_gives_the_database_its_place() {
    let world = World::lying();
    let ran = world.program(&["check", "--quiet"]).env("STATE_DIRECTORY", world.folder().join("state")).run();
    ran.exits(10);
    assert!(world.folder().join("state/stocktruth.db").exists() && !world.database().exists());
}

#[test]
fn a_run_that_is_stopped_keeps_what_it_judged() {
    for signal in ["TERM", "INT"] {
        let mut world = World::lying();
        world.lists("Z-1", Answer::silence()).stock("Z-1", [0]);
        let run = world.program(&["check", "--format", "json"]).start();
        until("both answers came", || {
            ["A-1", "A-2", "Z-1"].iter().all(|sku| !world.shop.seen_at(&format!("/p/{sku}")).is_empty())
        });
        // The pages are answered at once, but reading them takes a moment.
        std::thread::sleep(std::time::Duration::from_millis(300));
        run.signal(signal);
        let ran = run.end();
        ran.exits(4).complains(["stopping: what was judged is kept"]);
        let json: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
        assert_eq!(json["run"]["interrupted"], true);
        let agrees = json["items"]
            .as_array()
            .expect("items")
            .iter()
            .any(|item| item["sku"] == "A-2" && item["verdict"] == "agrees");
        assert!(agrees, "{json:#}");
        assert_eq!(json["shops"][0]["mismatches"], 0, "what could not be confirmed is no mismatch: {json:#}");
        assert_eq!(world.count("SELECT count(*) FROM runs WHERE finished_at IS NOT NULL"), 1);
    }
}

#[test]
fn a_run_that_is_stopped_while_it_mails_leaves_the_rest_to_the_next() {
    let world = World::lying();
    world.mail.hang_at(Step::Data);
    let run = world.program(&["check", "--format", "json"]).start();
    until("the mail server is asked", || !world.mail.envelopes().is_empty());
    run.signal("TERM");
    let ran = run.end();
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(json["run"]["notices"]["waiting"], 1, "{json:#}");
    assert_eq!(json["shops"][0]["mismatches"], 1);
    assert!(ran.took < std::time::Duration::from_secs(15), "{:?}", ran.took);
    world.mail.behave();
    world.check(&[]).exits(10);
    assert_eq!(world.mail.mails().len(), 1);
}

#[test]
fn a_kill_in_the_middle_of_a_run_loses_nothing() {
    let world = World::lying();
    world.mail.hang_at(Step::Message);
    let run = world.program(&["check"]).start();
    until("the message was handed over", || !world.mail.mails().is_empty());
    run.signal("KILL");
    run.end();
    world.mail.behave();
    world.check(&[]).exits(10);
    let mails = world.mail.mails();
    assert_eq!(mails.len(), 2, "one repetition at most");
    assert_eq!(mails[0].header("Message-ID"), mails[1].header("Message-ID"));
}

#[test]
fn a_stopped_run_says_so_in_the_table() {
    let mut world = World::lying();
    world.lists("Z-1", Answer::silence()).page("A-1", Says::Out);
    let run = world.program(&["check"]).start();
    until("the last page is asked for", || !world.shop.seen_at("/p/Z-1").is_empty());
    run.signal("TERM");
    run.end().exits(4).says(["the run was cut short: ", "not reached; what was judged until then is kept"]);
}
