//! On a schedule: the units that are shipped, and how a run ends that is told to.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::harness::{Answer, Says, World, page, until};

/// A run over one lying product and many that answer slowly, one after the other.
fn slow() -> World {
    let mut world = World::lying();
    for n in 1..=200 {
        let answer = Answer::html(page(&format!("S-{n}"), Says::In)).after(Duration::from_millis(100));
        world.lists(&format!("S-{n}"), answer).stock(&format!("S-{n}"), [1]);
    }
    world.set("/shops/0/fetch/concurrency", 1);
    world
}

#[test]
fn sigterm_and_sigint_end_a_run_cleanly() {
    for name in ["TERM", "INT"] {
        let world = slow();
        let run = world.program(&["check", "--format", "json"]).start();
        until("slow pages are asked for", || world.shop.seen().len() > 5);
        run.signal(name);
        let ended = run.end();
        ended.exits(4);
        assert!(ended.took < Duration::from_secs(8), "{:?}", ended.took);
        let told: serde_json::Value = serde_json::from_str(&ended.stdout).expect("the result of what was judged");
        assert_eq!(told["run"]["interrupted"], true, "{:#}", told["run"]);
        let judged = told["items"].as_array().map_or(0, Vec::len);
        assert!((2..200).contains(&judged), "{judged} items");

        let next = world.check(&["--sku", "A-1"]);
        next.exits(10);
        let lock = world.check(&["--limit", "2"]);
        lock.exits(10);
        assert_eq!(lock.verdict("A-1"), "false_available open");
        assert_eq!(world.mail.mails().len(), 1, "what was found before the end is told, and once");
    }
}

/// A file that is shipped below `config/`.
fn shipped(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(name)).expect("the file")
}

/// Says past the test harness, which would keep it to itself, that a test was skipped. In CI nothing may be.
fn skipped(why: &str) {
    #[expect(clippy::disallowed_methods, reason = "the CI's own word for itself")]
    let in_ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
    assert!(!in_ci, "{why}");
    if let Ok(mut stderr) = std::fs::OpenOptions::new().append(true).open("/dev/stderr") {
        let _ = writeln!(stderr, "SKIPPED: {why}");
    }
}

#[test]
fn systemd_accepts_the_units() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        skipped("systemd-analyze is not installed; tests/shops/install.sh does it");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    for unit in ["stocktruth.service", "stocktruth.timer"] {
        // The program stands elsewhere here; verify wants to see it.
        let text = shipped(&format!("systemd/{unit}"));
        let text = text.replace("/usr/local/bin/stocktruth", env!("CARGO_BIN_EXE_stocktruth"));
        std::fs::write(folder.path().join(unit), text).expect("a file");
    }
    let units = ["stocktruth.service", "stocktruth.timer"].map(|unit| folder.path().join(unit));
    let verified =
        Command::new("systemd-analyze").args(["verify", "--man=no"]).args(units).output().expect("a program");
    let said = String::from_utf8_lossy(&verified.stderr);
    assert!(verified.status.success() && !said.contains("stocktruth."), "{said}");
}

#[test]
fn the_unit_knows_the_exit_codes() {
    let unit = shipped("systemd/stocktruth.service");
    assert!(unit.lines().any(|line| line == "SuccessExitStatus=10"));
    let started = unit.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/")).expect("ExecStart");
    let world = World::lying();
    let words: Vec<&str> = started.split(' ').skip(1).collect();
    world.run(&words).exits(10);
    assert_eq!(world.run(&words).exits(10).stderr, "", "nothing new, so nothing for the journal to warn of");
}

#[test]
fn the_crontab_line_hands_the_secrets_on() {
    let line = shipped("crontab");
    let line = line.lines().find(|line| line.starts_with("*/15")).expect("the line");
    let (_, command) = line.split_once(" stocktruth ").expect("a user column");
    let mut world = World::lying();
    world.set("/shops/0/stock/http_json/auth", serde_json::json!({"bearer": {"token": "${STOCK_TOKEN}"}}));
    world.write_config();
    let environment = world.file("environment", "STOCK_TOKEN=s3cret\n");
    let command = command.replace("/etc/stocktruth/environment", &environment.display().to_string());
    let command = command.replace("/usr/local/bin/stocktruth", "$0");
    crate::harness::Program::in_shell(&command, world.folder()).run().exits(10);
    assert_eq!(world.api.seen_at("/stock")[0].header("authorization"), Some("Bearer s3cret"));
}
