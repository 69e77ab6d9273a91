//! Chat services and webhooks: what they are sent, what their answers mean, and that nobody learns their addresses.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::harness::{Answer, Ran, Says, Seen, Shop, World};

/// The part of every address here that nobody may learn.
const SECRET: &str = "s3cr3t-9f8e7d6c";

/// With what the signed webhook is signed.
const KEY: &[u8] = b"twenty-four bytes of it!";

const CHATS: [&str; 4] = ["slack", "teams", "mattermost", "discord"];

/// A name that every service would give a meaning to, were it taken for markup.
const HOSTILE: &str = "<!channel> @everyone *bold* [x](http://evil.example) <http://evil.example|y>";

/// A world in which one product's page lies, and a channel of this kind is told; and the channel's host.
fn told_by(kind: &str) -> (World, Shop) {
    let (mut world, host) = (World::new(), Shop::open());
    world.sells("A-1", Says::In, 0).sells("A-2", Says::In, 5);
    world.set("/shops/0/catalog/list/0/name", HOSTILE);
    host.on("/services/*", Answer::text("ok"));
    world.file("hook.secret", host.url(&format!("/services/{SECRET}?sig={SECRET}")));
    let mut hook = json!({"url_file": "hook.secret", "allow_private": ["127.0.0.1"]});
    if kind == "webhook" {
        world.file("key.secret", format!("whsec_{}", STANDARD.encode(KEY)));
        hook["secret_file"] = json!("key.secret");
    }
    world.set("/recipients", json!({"team": {kind: hook}})).set("/fallback", json!({"to": ["team"]}));
    (world, host)
}

/// The same, with a mail section: it says how soon a notice is tried again, and mail is there to fall back to.
fn told_soon_by(kind: &str) -> (World, Shop) {
    let (mut world, host) = told_by(kind);
    let smtp = json!({"host": "127.0.0.1", "port": world.mail.port(), "security": "none"});
    world.set("/mail", json!({"from": "stocktruth@shop.example", "retry_after": "1ms", "transport": {"smtp": smtp}}));
    (world, host)
}

fn posted(host: &Shop) -> Vec<Seen> {
    host.seen().into_iter().filter(|seen| seen.method == "POST").collect()
}

fn body(seen: &Seen) -> Value {
    serde_json::from_str(&seen.body).expect("JSON")
}

/// Fails if the address is in anything that was said or left behind.
#[track_caller]
fn tells_nobody(world: &World, ran: &Ran) {
    assert!(!ran.stdout.contains(SECRET) && !ran.stderr.contains(SECRET), "{}\n{}", ran.stdout, ran.stderr);
    for entry in std::fs::read_dir(world.folder()).expect("the folder").flatten() {
        let path = entry.path();
        if path.is_file() && !path.ends_with("hook.secret") {
            let bytes = std::fs::read(&path).expect("a file");
            let found = bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
            assert!(!found, "it is in {}", path.display());
        }
    }
}

fn state(world: &World, state: &str) -> i64 {
    world.count(&format!("SELECT count(*) FROM notices WHERE state = '{state}'"))
}

/// Whether the last thing a channel said has these words in it.
fn said(world: &World, words: &str) -> bool {
    world.count(&format!("SELECT count(*) FROM notices WHERE last_error LIKE '%{words}%'")) == 1
}

#[test]
fn every_service_is_told_once_in_its_own_shape() {
    for kind in CHATS.into_iter().chain(["webhook"]) {
        let (world, host) = told_by(kind);
        let ran = world.run(&["check", "-vv"]);
        ran.exits(10);
        tells_nobody(&world, &ran);
        let [seen] = &posted(&host)[..] else { panic!("{kind}: {host:?}") };
        assert_eq!(
            (seen.path.as_str(), seen.query.as_str()),
            (&*format!("/services/{SECRET}"), &*format!("sig={SECRET}"))
        );
        assert_eq!(seen.header("content-type"), Some("application/json"));
        let (body, page) = (body(seen), world.shop.url("/p/A-1"));
        assert!(seen.body.contains("A-1") && seen.body.contains(&page) && !seen.body.contains("A-2"), "{body:#}");
        match kind {
            "slack" => {
                assert!(body["text"].as_str().is_some_and(|text| text.contains("&lt;!channel&gt;")), "{body:#}");
                assert_eq!(body["blocks"][0]["type"], "header");
                assert!(!seen.body.contains("\"mrkdwn\",") && !seen.body.contains("\"broadcast\""), "{body:#}");
            }
            "teams" => {
                let card = &body["attachments"][0];
                assert_eq!(card["contentType"], "application/vnd.microsoft.card.adaptive");
                assert_eq!((&card["content"]["version"], &body["type"]), (&json!("1.4"), &json!("message")));
                assert!(!seen.body.contains("\"TextBlock\""), "{body:#}");
            }
            "mattermost" => {
                let text = body["text"].as_str().expect("a text");
                assert!(text.contains("@\u{200b}everyone") && text.contains(r"\*bold\* \[x\]\("), "{text}");
                assert!(!text.contains("http://evil"), "{text}");
            }
            "discord" => {
                assert_eq!(body["allowed_mentions"], json!({"parse": []}));
                assert_eq!(body["embeds"][1]["url"], page);
                assert!(!seen.body.contains("http://evil") && !seen.body.contains("@everyone"), "{body:#}");
            }
            _ => {
                assert_eq!((&body["version"], &body["kind"]), (&json!(1), &json!("digest")));
                assert_eq!(body["incidents"][0]["item"]["name"], HOSTILE);
                assert_eq!(body["incidents"][0]["verdict"], "false_available");
            }
        }
        // Nothing is said a second time.
        world.run(&["check"]).exits(10);
        assert_eq!((posted(&host).len(), state(&world, "sent")), (1, 1), "{kind}");
    }
}

#[test]
fn what_is_documented_is_what_is_sent() {
    let (world, host) = told_by("webhook");
    world.run(&["check"]).exits(10);
    let schema = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config/webhook.schema.json");
    let schema = serde_json::from_str(&std::fs::read_to_string(schema).expect("the schema")).expect("JSON");
    jsonschema::validate(&schema, &body(&posted(&host)[0])).expect("as documented");
}

#[test]
fn every_attempt_is_the_same_message_signed_anew() {
    let (world, host) = told_soon_by("webhook");
    host.on("/services/*", vec![Answer::of_status(500), Answer::of_status(200)]);
    let ran = world.run(&["check"]);
    ran.exits(10).complains(["webhook of team at 127.0.0.1 answered 500"]);
    tells_nobody(&world, &ran);
    assert_eq!((state(&world, "pending"), posted(&host).len()), (1, 1), "nothing is tried again at once");
    world.run(&["check"]).exits(10);
    let posts = posted(&host);
    assert_eq!((state(&world, "sent"), posts.len()), (1, 2));
    assert_eq!(posts[0].body, posts[1].body);
    assert_eq!(posts[0].header("webhook-id"), posts[1].header("webhook-id"));
    for post in posts {
        let header = |name| post.header(name).expect("a header").to_owned();
        let (id, time) = (header("webhook-id"), header("webhook-timestamp"));
        assert!(!id.contains(['<', '>']) && time.parse::<i64>().is_ok_and(|time| time > 1_700_000_000), "{id} {time}");
        let mut mac = Hmac::<Sha256>::new_from_slice(KEY).expect("a key");
        mac.update(format!("{id}.{time}.{}", post.body).as_bytes());
        let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        assert_eq!(header("webhook-signature"), expected);
    }
}

#[test]
fn a_channel_that_asks_to_be_left_alone_is() {
    let (world, host) = told_soon_by("slack");
    host.on("/services/*", vec![Answer::of_status(429).header("retry-after", "3600"), Answer::text("ok")]);
    world.run(&["check"]).exits(10);
    world.run(&["check"]).exits(10);
    assert_eq!((posted(&host).len(), state(&world, "pending")), (1, 1));
    let wait = "SELECT (julianday(next_attempt_at) - julianday(created_at)) * 86400 > 3500 FROM notices";
    assert_eq!(world.count(wait), 1);
}

#[test]
fn a_webhook_that_is_gone_is_given_up_and_somebody_else_is_told() {
    for (kind, answer) in [
        ("slack", Answer::text("no_service").status(404)),
        ("teams", Answer::of_status(410)),
        ("discord", Answer::json(&json!({"message": "Unknown Webhook", "code": 10015})).status(404)),
        ("mattermost", Answer::json(&json!({"id": "web.incoming_webhook.invalid.app_error"})).status(400)),
        ("webhook", Answer::of_status(410)),
    ] {
        let (mut world, host) = told_soon_by(kind);
        world.set("/owners", json!([{"to": ["team"], "shops": ["shop"]}]));
        world.set("/fallback", json!({"email": "boss@shop.example"}));
        host.on("/services/*", answer);
        let ran = world.run(&["check"]);
        ran.exits(10).complains(["the webhook is gone", &format!("recipients.team.{kind}.url")]);
        tells_nobody(&world, &ran);
        assert_eq!((state(&world, "dead"), said(&world, "the webhook is gone")), (1, true), "{kind}");
        world.run(&["check"]).exits(10);
        assert_eq!((posted(&host).len(), world.mail.mails_to("boss@shop.example").len()), (1, 1), "{kind}");
    }
}

#[test]
fn a_message_that_is_not_taken_is_given_up() {
    let (world, host) = told_by("slack");
    host.on("/services/*", Answer::text(format!("invalid_blocks at /services/{SECRET}")).status(400));
    let ran = world.run(&["check", "-vv"]);
    ran.exits(10).complains(["answered 400 (invalid_blocks at /…/…)", "it does not take this message"]);
    tells_nobody(&world, &ran);
    assert_eq!(state(&world, "dead"), 1);
}

#[test]
fn what_can_be_put_right_costs_no_notice() {
    for (kind, answer, words) in [
        ("teams", Answer::text("WorkflowTriggerIsNotEnabled").status(400), "its workflow is turned off"),
        ("teams", Answer::text("Microsoft Teams endpoint returned HTTP error 429"), "did not take it for now"),
        ("slack", Answer::of_status(503), "answered 503"),
    ] {
        let (world, host) = told_by(kind);
        host.on("/services/*", answer);
        let ran = world.run(&["check"]);
        ran.exits(10);
        tells_nobody(&world, &ran);
        assert_eq!((state(&world, "pending"), said(&world, words)), (1, true), "{words}: {}", ran.stderr);
    }
}

#[test]
fn a_redirect_is_not_followed() {
    for status in [301, 307] {
        let (world, host) = told_by("slack");
        let stranger = Shop::open();
        stranger.on("/*", Answer::text("ok"));
        host.on("/services/*", Answer::redirect(&stranger.url("/stolen")).status(status));
        let ran = world.run(&["check", "-vv"]);
        ran.exits(10).complains(["leads elsewhere and is not followed"]);
        tells_nobody(&world, &ran);
        assert!(stranger.seen().is_empty() && posted(&host).len() == 1);
        assert_eq!(state(&world, "pending"), 1);
    }
}

#[test]
fn a_private_address_is_refused_unless_it_is_allowed() {
    let (mut world, host) = told_by("mattermost");
    world.set("/recipients/team/mattermost/allow_private", Value::Null);
    let ran = world.run(&["check", "-vv"]);
    ran.exits(10).complains(["a private address", "recipients.team.mattermost.allow_private"]);
    tells_nobody(&world, &ran);
    assert!(host.seen().is_empty() && state(&world, "pending") == 1);
}

#[test]
fn nobody_there_is_no_reason_to_give_up() {
    let (world, host) = told_by("discord");
    drop(host);
    let ran = world.run(&["check", "-vv"]);
    ran.exits(10).complains(["discord webhook of team at 127.0.0.1"]);
    tells_nobody(&world, &ran);
    assert_eq!(state(&world, "pending"), 1);
}

#[test]
fn a_silent_host_costs_one_deadline() {
    let (mut world, host) = told_by("slack");
    world.set("/recipients/team/slack/timeout", "1s");
    host.on("/services/*", Answer::silence());
    let ran = world.run(&["check"]);
    ran.exits(10).complains(["no answer in time"]);
    assert!(ran.took < std::time::Duration::from_secs(10) && state(&world, "pending") == 1, "{:?}", ran.took);
}

#[test]
fn a_notice_to_a_channel_that_is_no_more_is_given_up_with_a_sentence() {
    let (mut world, host) = told_soon_by("slack");
    host.on("/services/*", Answer::of_status(500));
    world.run(&["check"]).exits(10);
    world.set("/recipients", Value::Null).set("/fallback", json!({"email": "boss@shop.example"}));
    world.run(&["check"]).exits(10).complains(["the configuration names no channel team any more"]);
    assert_eq!((state(&world, "dead"), posted(&host).len()), (1, 1));
}

#[test]
fn validation_asks_the_host_and_posts_nothing() {
    let (world, host) = told_by("slack");
    host.on("/", Answer::of_status(404));
    let ran = world.run(&["validate", "--connect"]);
    ran.exits(0).says(["team", "the host answers (404); nothing was posted"]);
    tells_nobody(&world, &ran);
    let asked: Vec<_> =
        host.seen().into_iter().map(|seen| format!("{} {}{}", seen.method, seen.path, seen.query)).collect();
    assert_eq!(asked, ["HEAD /"]);
    drop(host);
    let ran = world.run(&["validate", "--connect"]);
    ran.exits(4).says(["FAIL  team"]);
    tells_nobody(&world, &ran);
}

#[test]
fn a_secret_that_cannot_sign_is_a_problem_and_is_not_quoted() {
    let (world, _host) = told_by("webhook");
    world.file("key.secret", "hunter2-hunter2");
    let ran = world.run(&["validate"]);
    ran.exits(3).complains(["does not begin with whsec_"]);
    assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
}
