//! Who watches over a run from outside: a monitor that hears that it happened, and the service manager.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use serde_json::json;

use crate::harness::{Answer, Ran, Seen, Shop, World, until};

const SECRET: &str = "0b7e9a52-check-uuid";

/// A world whose runs a monitor hears of.
fn watched(mut world: World) -> (World, Shop) {
    let monitor = Shop::open();
    monitor.on("/ping/*", Answer::text("OK"));
    let url = monitor.url(&format!("/ping/{SECRET}?create=1"));
    world.file("heartbeat.secret", url);
    world.set("/heartbeat", json!({"url_file": "heartbeat.secret", "allow_private": ["127.0.0.1"]}));
    (world, monitor)
}

/// What the monitor heard, without the secret.
fn heard(monitor: &Shop) -> Vec<String> {
    let words = |seen: Seen| format!("{} {}?{}", seen.method, seen.path.replace(SECRET, "…"), seen.query);
    monitor.seen().into_iter().map(words).collect()
}

#[track_caller]
fn tells_nobody(ran: &Ran) {
    assert!(!ran.stdout.contains(SECRET) && !ran.stderr.contains(SECRET), "{}\n{}", ran.stdout, ran.stderr);
}

#[test]
fn a_run_that_did_its_work_is_a_success_whatever_it_found() {
    let (world, monitor) = watched(World::lying());
    let ran = world.run(&["check", "-vv"]);
    ran.exits(10);
    tells_nobody(&ran);
    assert_eq!(heard(&monitor), ["POST /ping/…/start?create=1", "POST /ping/…?create=1"]);
    let body = &monitor.seen()[1].body;
    assert!(body.starts_with("run 1: mismatches were found\n"), "{body}");
    assert!(body.contains("shop: 2 items, 1 wrong, 0 unverified; 1 opened, 0 resolved"), "{body}");
    assert!(body.contains("notices: 1 sent, 0 waiting, 0 given up"), "{body}");
}

#[test]
fn every_other_end_is_told_with_its_code() {
    // Not enough could be checked.
    let (mut world, monitor) = watched(World::new());
    world.lists("A-1", Answer::of_status(403)).stock("A-1", [1]);
    world.run(&["check"]).exits(4);
    assert_eq!(heard(&monitor), ["POST /ping/…/start?create=1", "POST /ping/…/4?create=1"]);

    // The store cannot be opened.
    let (world, monitor) = watched(World::lying());
    world.file("stocktruth.db", "this is no database, and it is long enough to be taken for one that is broken");
    let ran = world.run(&["check"]);
    ran.exits(4);
    tells_nobody(&ran);
    assert_eq!(heard(&monitor).last().map(String::as_str), Some("POST /ping/…/4?create=1"));
    assert!(monitor.seen()[1].body.contains("stocktruth.db"), "{monitor:?}");

    // The result cannot be written.
    let (world, monitor) = watched(World::lying());
    world.run(&["check", "--output", "no/such/folder/result.json"]).exits(2);
    assert_eq!(heard(&monitor).last().map(String::as_str), Some("POST /ping/…/2?create=1"));
}

#[test]
fn an_interrupted_run_and_one_that_found_another_are_told_too() {
    let (mut world, monitor) = watched(World::lying());
    world.lists("Z-1", Answer::silence()).stock("Z-1", [0]);
    let first = world.program(&["check"]).start();
    until("the first run looks at pages", || !world.shop.seen_at("/p/Z-1").is_empty());
    world.run(&["check"]).exits(5);
    assert_eq!(heard(&monitor).last().map(String::as_str), Some("POST /ping/…/5?create=1"));
    first.signal("TERM");
    first.end().exits(4);
    assert_eq!(heard(&monitor).last().map(String::as_str), Some("POST /ping/…/4?create=1"));
    assert!(monitor.seen().last().is_some_and(|seen| seen.body.starts_with("run 1: interrupted")), "{monitor:?}");
}

#[test]
fn what_is_tried_by_hand_is_no_heartbeat() {
    let (world, monitor) = watched(World::lying());
    world.run(&["check", "--dry-run"]).exits(10);
    world.run(&["check", "--sku", "A-1"]).exits(10);
    world.run(&["validate"]).exits(0);
    assert_eq!(heard(&monitor), [""; 0]);
}

#[test]
fn a_monitor_in_trouble_is_a_warning_and_no_more() {
    let (world, monitor) = watched(World::lying());
    monitor.on("/ping/*", Answer::of_status(404));
    let ran = world.run(&["check"]);
    ran.exits(10).complains(["heartbeat at 127.0.0.1: it answered 404; check heartbeat.url"]);
    tells_nobody(&ran);
    assert_eq!(world.mail.mails().len(), 1);

    // A ping that is lost once is asked again.
    let (world, monitor) = watched(World::lying());
    monitor.on(&format!("/ping/{SECRET}/start"), vec![Answer::of_status(503), Answer::text("OK")]);
    let ran = world.run(&["check"]);
    assert!(!ran.exits(10).stderr.contains("heartbeat") && heard(&monitor).len() == 3, "{}", ran.stderr);

    let (world, monitor) = watched(World::lying());
    drop(monitor);
    let ran = world.run(&["check"]);
    ran.exits(10).complains(["heartbeat at 127.0.0.1: "]);
    tells_nobody(&ran);
}

#[test]
fn a_redirect_of_the_monitor_is_not_followed() {
    let (world, monitor) = watched(World::lying());
    let stranger = Shop::open();
    monitor.on("/ping/*", Answer::redirect(&stranger.url("/")));
    tells_nobody(world.run(&["check", "-vv"]).exits(10).complains(["it answered 302"]));
    assert!(stranger.seen().is_empty());
}

#[test]
fn the_service_manager_hears_how_far_it_is() {
    let mut world = World::lying();
    world.lists("Z-1", Answer::html("x").after(Duration::from_millis(1_200))).stock("Z-1", [0]);
    let path = world.folder().join("notify.sock");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket.set_read_timeout(Some(Duration::from_millis(200))).expect("a socket");
    world.program(&["check"]).env("NOTIFY_SOCKET", &path).run().exits(10);
    let mut told = Vec::new();
    let mut bytes = [0; 4096];
    while let Ok(length) = socket.recv(&mut bytes) {
        told.extend(String::from_utf8_lossy(&bytes[..length]).lines().map(str::to_owned));
    }
    assert_eq!(told.first().map(String::as_str), Some("READY=1"), "{told:?}");
    for line in ["STATUS=shop: reading the catalogue", "STATUS=shop: reading pages 0/3", "STOPPING=1"] {
        assert!(told.iter().any(|one| one == line), "{line}: {told:?}");
    }
    let stopping = told.iter().position(|line| line == "STOPPING=1");
    let last_stage = told.iter().rposition(|line| line.starts_with("STATUS=shop: "));
    assert!(last_stage < stopping && told.last().is_some_and(|line| line.starts_with("STATUS=run 1: ")), "{told:?}");
}

#[test]
fn without_a_service_manager_nothing_is_said_of_it() {
    let world = World::lying();
    for socket in [None, Some("/nonexistent/notify.sock")] {
        let program = world.program(&["check", "--quiet", "--dry-run"]);
        let program = match socket {
            Some(path) => program.env("NOTIFY_SOCKET", path),
            None => program,
        };
        let ran = program.run();
        assert_eq!(ran.exits(10).stderr, "");
    }
}
