//! How an API knows us: tokens that are fetched first, sessions that are begun and ended, requests that are signed. And
//! no secret goes anywhere else.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::harness::{Answer, Ran, Route, Seen, Shop, World};

const SECRET: &str = "cs-7731aa0e";
const TOKEN: &str = "at-51be90d2";

fn world(auth: Value) -> World {
    let mut world = World::lying();
    world.set("/shops/0/stock/http_json/auth", auth);
    world
}

fn run(world: &World, args: &[&str]) -> Ran {
    let ran = world.program(args).env("SECRET", SECRET).run();
    for secret in [SECRET, TOKEN] {
        assert!(!ran.stdout.contains(secret) && !ran.stderr.contains(secret), "{secret}\n{}{}", ran.stdout, ran.stderr);
    }
    for entry in std::fs::read_dir(world.folder()).expect("the folder").flatten().filter(|one| one.path().is_file()) {
        let text = String::from_utf8_lossy(&std::fs::read(entry.path()).expect("a file")).into_owned();
        assert!(!text.contains(SECRET) && !text.contains(TOKEN), "{}", entry.path().display());
    }
    ran
}

/// Lets an address of the stock system answer only those who are let in.
fn guard(world: &World, may: impl Fn(&Seen) -> bool + Clone + Send + Sync + 'static) {
    let items = json!({"items": [{"sku": "A-1", "available": 0}, {"sku": "A-2", "available": 5}]});
    let one = json!({"items": [{"sku": "A-1", "available": 0}]});
    for (path, answer) in [("/stock", items), ("/stock/*", one)] {
        let may = may.clone();
        let route = move |seen: &Seen| if may(seen) { Answer::json(&answer) } else { Answer::of_status(401) };
        world.api.on(path, Route::made(route));
    }
}

fn oauth2(token_url: &str) -> Value {
    json!({"oauth2": {
        "token_url": token_url, "client_id": "us", "client_secret": "${SECRET}", "scope": "stock.read",
        "parameters": {"audience": "erp"},
    }})
}

fn token(text: &str, seconds: u32) -> Answer {
    Answer::json(&json!({"access_token": text, "token_type": "Bearer", "expires_in": seconds}))
}

fn carries(seen: &Seen, token: &str) -> bool {
    seen.header("authorization") == Some(&format!("Bearer {token}"))
}

#[test]
fn one_token_serves_the_whole_run_and_goes_to_the_api_alone() {
    let login = Shop::open();
    login.on("/token", token(TOKEN, 3600));
    let mut world = world(oauth2(&login.url("/token")));
    world.set("/shops/0/stock/http_json/fetch/headers", json!({"X-Api-Key": "${SECRET}"}));
    guard(&world, |seen| carries(seen, TOKEN));
    run(&world, &["check", "-vv"]).exits(10);
    let asked = login.seen();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(asked[0].method, "POST");
    assert_eq!(asked[0].body, "grant_type=client_credentials&scope=stock.read&audience=erp");
    assert_eq!(asked[0].header("authorization"), Some("Basic dXM6Y3MtNzczMWFhMGU="));
    assert_eq!(asked[0].header("content-type"), Some("application/x-www-form-urlencoded"));
    // The header that is configured for the API is none of the token endpoint's business.
    assert_eq!(asked[0].header("x-api-key"), None);
    assert!(world.api.seen().len() > 1);
    assert!(world.api.seen().iter().all(|seen| carries(seen, TOKEN) && seen.header("x-api-key") == Some(SECRET)));
    assert!(world.shop.seen().iter().all(|seen| seen.header("authorization").is_none()));
}

#[test]
fn a_token_that_is_refused_is_renewed_once() {
    let login = Shop::open();
    login.on("/token", vec![token("at-old", 3600), token(TOKEN, 3600)]);
    let world = world(oauth2(&login.url("/token")));
    guard(&world, |seen| carries(seen, TOKEN));
    run(&world, &["check", "-vv"]).exits(10);
    assert_eq!(login.seen().len(), 2);
    // One that is never let in does not go on asking.
    guard(&world, |_| false);
    run(&world, &["check", "-vv"]).exits(4).complains(["401"]);
    assert_eq!(login.seen().len(), 4, "{:?}", login.seen());
}

#[test]
fn a_token_that_has_run_out_is_renewed_without_a_refusal() {
    let login = Shop::open();
    login.on("/token", vec![token("at-first", 0), token(TOKEN, 3600)]);
    let world = world(oauth2(&login.url("/token")));
    guard(&world, |seen| carries(seen, TOKEN) || carries(seen, "at-first"));
    run(&world, &["check"]).exits(10);
    let sent: Vec<bool> = world.api.seen().iter().map(|seen| carries(seen, "at-first")).collect();
    assert!(sent.len() > 1 && sent[0] && sent[1..].iter().all(|first| !first), "{sent:?}");
    assert_eq!(login.seen().len(), 2);
}

#[test]
fn a_client_that_is_refused_is_told_why_and_accuses_nobody() {
    let login = Shop::open();
    let refusal = json!({"error": "invalid_client", "error_description": format!("{SECRET} is wrong")});
    login.on("/token", Answer::json(&refusal).status(401));
    let world = world(oauth2(&login.url("/token")));
    run(&world, &["check", "-vv"]).exits(4).says(["invalid_client", "is wrong", "check client_id"]);
    assert!(world.api.seen().is_empty());
    run(&world, &["validate", "--connect"]).exits(4);
}

#[test]
fn no_token_follows_a_redirect() {
    let (login, stranger) = (Shop::open(), Shop::open());
    login.on("/token", token(TOKEN, 3600));
    stranger.on("/*", Answer::json(&json!({"items": []})));
    let world = world(oauth2(&login.url("/token")));
    world.api.on("/stock", Answer::redirect(&stranger.url("/stock")));
    run(&world, &["check", "-vv"]);
    login.on("/token", Answer::redirect(&stranger.url("/token")).status(307));
    run(&world, &["check", "-vv"]).exits(4);
    assert!(!stranger.seen().is_empty());
    let told = format!("{:?}", stranger.seen());
    assert!(!told.contains(TOKEN) && !told.contains(SECRET) && !told.contains("authorization"), "{told}");
}

fn session(world: &World) -> Value {
    json!({"login": {
        "url": world.api.url("/login"),
        "body": r#"{"user": "us", "password": "${SECRET}"}"#,
        "logout": {"url": world.api.url("/logout"), "method": "DELETE"},
    }})
}

fn with_session() -> World {
    let mut world = World::lying();
    world.set("/shops/0/stock/http_json/auth", session(&world));
    let set = Answer::json(&json!({})).header("set-cookie", "SID=at-51be90d2;HttpOnly;");
    world.api.on("/login", set.header("set-cookie", "ROUTEID=.node1; path=/")).on("/logout", Answer::of_status(204));
    world
}

fn in_session(seen: &Seen) -> bool {
    seen.header("cookie") == Some("SID=at-51be90d2; ROUTEID=.node1")
}

#[test]
fn a_session_is_begun_once_and_ended() {
    let world = with_session();
    guard(&world, in_session);
    run(&world, &["check", "-vv"]).exits(10);
    let seen = world.api.seen();
    assert_eq!(seen[0].body, format!(r#"{{"user": "us", "password": "{SECRET}"}}"#));
    assert_eq!(world.api.seen_at("/login").len(), 1);
    let last = seen.last().expect("a request");
    assert_eq!((last.path.as_str(), last.method.as_str()), ("/logout", "DELETE"));
    assert!(in_session(last) && world.api.seen_at("/logout").len() == 1);
}

#[test]
fn a_session_is_ended_whatever_happened() {
    let world = with_session();
    world.api.on("/stock", Answer::of_status(500)).on("/stock/*", Answer::of_status(500));
    run(&world, &["check", "-vv"]).exits(4);
    assert_eq!(world.api.seen_at("/logout").len(), 1);
}

#[test]
fn a_session_that_has_run_out_is_begun_again() {
    let world = with_session();
    let expired = Answer::json(&json!({"error": {"code": 301}})).status(401);
    let items = json!({"items": [{"sku": "A-1", "available": 0}, {"sku": "A-2", "available": 5}]});
    world.api.on("/stock", vec![expired, Answer::json(&items)]);
    run(&world, &["check", "-vv"]).exits(10);
    assert_eq!(world.api.seen_at("/login").len(), 2);
    assert_eq!(world.api.seen_at("/logout").len(), 1);
}

#[test]
fn a_token_of_a_login_goes_into_its_header() {
    let mut world = with_session();
    let key = "/shops/0/stock/http_json/auth/login";
    world.set(&format!("{key}/token"), "$.session.id").set(&format!("{key}/header"), "X-Session");
    world.set(&format!("{key}/value"), "Session {token}");
    world.api.on("/login", Answer::json(&json!({"session": {"id": TOKEN}})));
    guard(&world, |seen| seen.header("x-session") == Some(&format!("Session {TOKEN}")));
    run(&world, &["check", "-vv"]).exits(10);
}

#[test]
fn a_login_that_is_refused_is_told_without_the_password() {
    let world = with_session();
    world.api.on("/login", Answer::text(format!("no user us with {SECRET}")).status(403));
    run(&world, &["check", "-vv"]).exits(4).says(["refused the login", "no user us", "check user name"]);
    assert!(world.api.seen_at("/stock").is_empty() && world.api.seen_at("/logout").is_empty());
}

#[test]
fn each_request_is_signed() {
    let over = "{method}\n{path}?{query}\n{timestamp}\n{body}";
    let world = world(json!({"hmac": {
        "key": "${SECRET}", "header": "X-Signature", "value": "v1={signature}", "over": over,
        "timestamp_header": "X-Timestamp",
    }}));
    guard(&world, |seen| {
        let time = seen.header("x-timestamp").unwrap_or_default();
        let message = format!("{}\n{}?{}\n{time}\n{}", seen.method, seen.path, seen.query, seen.body);
        let mut hash = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key");
        hash.update(message.as_bytes());
        let expected: String = hash.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        seen.header("x-signature") == Some(&format!("v1={expected}")) && time.len() == 10
    });
    run(&world, &["check", "-vv"]).exits(10);
    assert!(world.api.seen().len() > 1);
}

#[test]
fn several_headers_go_at_once() {
    let world = world(json!({"headers": {"X-App-Id": "us", "X-App-Key": "${SECRET}"}}));
    guard(&world, |seen| seen.header("x-app-id") == Some("us") && seen.header("x-app-key") == Some(SECRET));
    run(&world, &["check", "-vv"]).exits(10);
}

#[test]
fn what_cannot_work_is_said_before_anything_is_asked() {
    for (auth, words) in [
        (
            json!({"oauth2": {"token_url": "http://login.example/t", "client_id": "a", "client_secret": "${SECRET}"}}),
            "unencrypted",
        ),
        (json!({"login": {"url": "https://a.example/", "body": "{\"p\": ${SECRET}}"}}), "is no JSON"),
        (json!({"login": {"url": "https://a.example/", "body": "{\"p\": \"literal\"}"}}), "does not belong"),
        (json!({"login": {"url": "https://a.example/", "header": "X-A"}}), "no effect without `token`"),
        (json!({"hmac": {"key": "${SECRET}", "header": "X-S", "over": "{uri}"}}), "{uri} means nothing"),
        (json!({"hmac": {"key": "${SECRET}", "header": "X-S"}}), "time is signed"),
    ] {
        let world = world(auth);
        run(&world, &["validate"]).exits(3).complains([words]);
        assert!(world.api.seen().is_empty());
    }
}

#[test]
fn a_csv_file_on_the_web_is_behind_the_same_doors() {
    let login = Shop::open();
    login.on("/token", vec![token("at-old", 3600), token(TOKEN, 3600)]);
    let mut world = World::lying();
    let table = Answer::new("text/csv", "sku,qty\nA-1,0\nA-2,5\n");
    let may = move |seen: &Seen| if carries(seen, TOKEN) { table.clone() } else { Answer::of_status(401) };
    world.api.on("/stock.csv", Route::made(may));
    let mut csv = json!({"url": world.api.url("/stock.csv"), "key": "sku", "fields": {"available": "qty"}});
    csv["auth"] = oauth2(&login.url("/token"));
    csv["fetch"] = json!({"allow_private": ["127.0.0.1"], "retries": 0});
    world.set("/shops/0/stock/http_json", Value::Null).set("/shops/0/stock/csv", csv);
    run(&world, &["check", "-vv"]).exits(10);
    assert_eq!(login.seen().len(), 2);
    assert!(world.api.seen().len() > 2 && !carries(&world.api.seen()[0], TOKEN));
}

#[test]
fn every_command_that_begins_a_session_ends_it() {
    for args in [&["validate", "--connect"][..], &["stock", "A-1"], &["explain", "A-1"]] {
        let world = with_session();
        guard(&world, in_session);
        run(&world, args);
        let (begun, ended) = (world.api.seen_at("/login").len(), world.api.seen_at("/logout").len());
        assert!(begun > 0 && begun == ended, "{args:?}: {begun} begun, {ended} ended");
    }
}
