//! A secret goes to where it belongs and nowhere else.

use serde_json::json;

use crate::harness::{Answer, Ran, Shop, World, until};

const TOKEN: &str = "tok-3c9e1f7a";
const PASSWORD: &str = "pw-88d2b6e4";
const STAGING: &str = "hdr-51ac09ff";

/// A world with a secret of each kind, told by the environment and a file.
fn guarded() -> World {
    let mut world = World::lying();
    world.file("token", format!("{TOKEN}\n"));
    world.set("/shops/0/stock/http_json/auth", json!({"bearer": {"token_file": "token"}}));
    world.set("/shops/0/fetch/headers", json!({"Authorization": "Basic ${STAGING}"}));
    world.set("/mail/transport/smtp/username", "stocktruth").set("/mail/transport/smtp/password", "${PASSWORD}");
    world
}

fn run(world: &World, args: &[&str]) -> Ran {
    world.program(args).env("STAGING", STAGING).env("PASSWORD", PASSWORD).run()
}

#[track_caller]
fn tells_none(ran: &Ran) {
    for secret in [TOKEN, PASSWORD, STAGING] {
        assert!(
            !ran.stdout.contains(secret) && !ran.stderr.contains(secret),
            "{secret}\n{}\n{}",
            ran.stdout,
            ran.stderr
        );
    }
}

/// Everything the runs left in the folder, but for the file that held a secret from the beginning.
fn leaves_none(world: &World) {
    for entry in std::fs::read_dir(world.folder()).expect("the folder").flatten() {
        let path = entry.path();
        if path.is_file() && !path.ends_with("token") {
            let bytes = std::fs::read(&path).expect("a file");
            for secret in [TOKEN, PASSWORD, STAGING] {
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "{secret} is in {}", path.display());
            }
        }
    }
}

#[test]
fn secrets_reach_whom_they_are_for() {
    let world = guarded();
    run(&world, &["check"]).exits(10);
    let bearer = format!("Bearer {TOKEN}");
    assert!(world.api.seen().iter().all(|seen| seen.header("authorization") == Some(&bearer)));
    let basic = format!("Basic {STAGING}");
    assert!(world.shop.seen().iter().all(|seen| seen.header("authorization") == Some(&basic)));
    assert_eq!(world.mail.mails().len(), 1);
}

#[test]
fn secrets_are_in_no_output_and_no_file() {
    let world = guarded();
    for format in ["table", "json", "jsonl", "csv"] {
        tells_none(&run(&world, &["check", "-vv", "--format", format]));
    }
    tells_none(&run(&world, &["validate"]));
    tells_none(&run(&world, &["validate", "--connect"]));
    tells_none(&run(&world, &["explain", "A-1"]));
    leaves_none(&world);
}

#[test]
fn secrets_are_in_no_complaint() {
    let mut world = guarded();
    world.api.on("/stock", Answer::of_status(401)).on("/stock/*", Answer::of_status(403));
    world.shop.on("/p/*", Answer::of_status(403)).on("/p/A-1", Answer::of_status(401));
    tells_none(run(&world, &["check", "-vv"]).exits(4));
    tells_none(run(&world, &["validate", "--connect"]).exits(4));
    world.set("/shops/0/colour", "red").set("/shops/0/grace", "soon");
    tells_none(run(&world, &["validate"]).exits(3));
    leaves_none(&world);
}

#[test]
fn a_key_in_the_address_of_a_listing_is_told_nobody() {
    let mut world = guarded();
    world.set("/operations", json!({"email": "it@shop.example"}));
    world.set("/shops/0/listings", json!([{"name": "Purim", "url": "/l?key=${STAGING}", "kind": "campaign"}]));
    let show = |world: &World| {
        let html =
            "<html lang=\"en\"><body><main><ul><li><a href=\"/p/A-1\">Thing A-1</a></li></ul></main></body></html>";
        world.shop.on("/l", Answer::html(html.to_owned()));
    };
    world.shop.on("/l", Answer::of_status(404));
    for args in [&["check", "--format", "json"][..], &["check", "-vv"], &["validate", "--connect"]] {
        let ran = run(&world, args);
        tells_none(ran.exits(4));
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(said.contains("/l: ") && said.contains("404"), "{args:?}: {said}");
    }
    show(&world);
    tells_none(run(&world, &["validate", "--connect"]).exits(0));
    let shown = run(&world, &["check", "--dry-run", "--format", "json"]);
    tells_none(&shown);
    assert!(shown.stdout.contains("/l\""), "{}", shown.stdout);
    world.page("A-1", crate::harness::Says::Out);
    run(&world, &["check"]).exits(10);
    let mails = [world.mail.mails_to("it@shop.example"), world.mail.mails_to("all@shop.example")].concat();
    assert!(mails.len() >= 3, "of the page, of what could not be read, and of the listing: {}", mails.len());
    assert!(mails.iter().all(|mail| !mail.text().contains(STAGING)), "{mails:?}");
}

#[test]
fn secrets_do_not_follow_a_redirect_to_a_stranger() {
    let world = guarded();
    let stranger = Shop::open();
    stranger.on("/*", Answer::json(&json!({"items": []})));
    // The same host on another port is another origin.
    world.api.on("/stock", Answer::redirect(&stranger.url("/stock")));
    world.shop.on("/p/A-1", Answer::redirect(&stranger.url("/p/A-1")));
    tells_none(&run(&world, &["check", "-vv"]));
    tells_none(&run(&world, &["check", "-vv", "--sku", "A-1"]));
    assert!(stranger.seen().len() >= 2, "{stranger:?}");
    for seen in stranger.seen() {
        let told = format!("{seen:?}");
        assert!(![TOKEN, PASSWORD, STAGING].iter().any(|secret| told.contains(secret)), "{told}");
    }
}

#[test]
fn a_missing_secret_is_a_problem_with_its_name() {
    let world = guarded();
    let ran = world.program(&["check"]).env("STAGING", STAGING).run();
    ran.exits(3).complains(["PASSWORD"]);
    tells_none(&ran);
}

#[test]
fn the_lock_tells_nobody_a_secret_of_the_command_line() {
    let world = guarded();
    world.shop.on("/p/A-2", Answer::silence());
    let page = "http://user:pass-7731@127.0.0.1/";
    let first = world.program(&["check", "--shop", "shop"]).env("STAGING", STAGING).env("PASSWORD", PASSWORD).start();
    until("the first run looks at pages", || !world.shop.seen_at("/p/A-2").is_empty());
    let second = run(&world, &["check"]);
    second.exits(5);
    tells_none(&second);
    first.signal("KILL");
    first.end();
    let ran = run(&world, &["check", "--url", page]);
    assert!(!ran.stderr.contains("pass-7731"), "{}", ran.stderr);
}
