//! The files under `config/` are current, complete and load.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::config::document::Document;
use crate::config::{Config, Problems, compile, schema};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config")
}

/// Loads with every environment variable set.
fn load(name: &str, text: &str) -> Result<Config, Problems> {
    compile(&folder().join(name), text, &|name| match name {
        "STATE_DIRECTORY" | "CREDENTIALS_DIRECTORY" => None,
        "HEARTBEAT_URL" => Some("https://hooks.example/set".to_owned()),
        name if name.ends_with("_WEBHOOK") => Some("https://hooks.example/set".to_owned()),
        "TICKETS_SECRET" => Some("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()),
        _ => Some("set".to_owned()),
    })
}

fn read(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("config/{name}: {error}"))
}

#[test]
fn the_schema_is_current() {
    let current = schema();
    if crate::config::environment("STOCKTRUTH_BLESS").is_some() {
        std::fs::write(folder().join("schema.json"), &current).unwrap();
    }
    assert!(
        read("schema.json") == current,
        "config/schema.json is stale; write it anew with `STOCKTRUTH_BLESS=1 cargo test --lib config::`"
    );
}

#[test]
fn the_schema_of_webhooks_is_current() {
    let current = crate::notify::webhook_schema();
    if crate::config::environment("STOCKTRUTH_BLESS").is_some() {
        std::fs::write(folder().join("webhook.schema.json"), &current).unwrap();
    }
    assert!(
        read("webhook.schema.json") == current,
        "config/webhook.schema.json is stale; write it anew with `STOCKTRUTH_BLESS=1 cargo test --lib config::`"
    );
}

#[test]
fn the_schema_is_a_schema() {
    assert!(jsonschema::meta::is_valid(&schema::value()));
}

/// `shops[].catalog.list[].sku` and so on, of every key in the schema.
fn keys_of_schema(root: &Value, here: &Value, path: &str, into: &mut BTreeSet<String>) {
    // A section that may hold sections like itself is known by then.
    if path.ends_with(".sources[]") {
        return;
    }
    let here = schema::resolve(root, here);
    for (key, below) in here["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{key}");
        keys_of_schema(root, below, &path, into);
        into.insert(path);
    }
    if here["additionalProperties"].is_object() {
        keys_of_schema(root, &here["additionalProperties"], &format!("{path}.*"), into);
    }
    if let Some(items) = here.get("items") {
        keys_of_schema(root, items, &format!("{path}[]"), into);
    }
}

/// The keys that a value holds; those that a user may call as they like are `*`.
fn keys_of_value(root: &Value, here: &Value, value: &Value, path: &str, into: &mut BTreeSet<String>) {
    let here = schema::resolve(root, here);
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            let (key, below) = match here["properties"].get(key) {
                None if !here["additionalProperties"].is_null() => ("*", &here["additionalProperties"]),
                known => (key.as_str(), known.unwrap_or(&Value::Null)),
            };
            let path = format!("{path}.{key}");
            keys_of_value(root, below, value, &path, into);
            into.insert(path);
        }),
        Value::Array(items) => {
            items.iter().for_each(|value| keys_of_value(root, &here["items"], value, &format!("{path}[]"), into));
        }
        _ => {}
    }
}

/// In the example a line `#key: …` and the lines `#  …` below it are an alternative to the keys above; `# text` is only
/// text.
fn with_alternatives(text: &str) -> String {
    let mut within = false;
    text.lines()
        .map(|line| {
            let content = line.trim_start();
            let commented = content.strip_prefix('#').filter(|rest| !rest.is_empty());
            within = commented.is_some_and(|rest| !rest.starts_with([' ', '#']) || within && rest.starts_with("  "));
            match commented {
                Some(rest) if within => format!("{}{rest}\n", &line[..line.len() - content.len()]),
                _ => format!("{line}\n"),
            }
        })
        .collect()
}

/// How an API's host is asked is the same for every adapter, and shown in full for the first; so are the conditions of
/// rules, for owners, and the parts of a recipe for the cart.
fn is_shown_once(key: &str, shown: &BTreeSet<String>) -> bool {
    if let Some((_, key)) = key.strip_prefix(".shops[].cart.").and_then(|key| key.split_once('.')) {
        let (last, shown) =
            (key.rsplit('.').next().unwrap_or(key), |key: &str| shown.contains(&format!(".shops[].cart.{key}")));
        let a_step = |place: &str| key.starts_with(place) && shown(&format!("recipe.steps[].{last}"));
        let a_source = |place: &str| key.contains(place) && shown(&format!("recipe.steps[].extract.*.{last}"));
        let a_condition = |place: &str| key.contains(place) && shown(&format!("recipe.expect.accepted[].{last}"));
        return (key == "url" && shown("woocommerce.url"))
            || a_source(".extract.*.")
            || a_source("expect.words.")
            || a_condition("check_clean.clean[].")
            || a_condition("expect.refused[].")
            || a_step("check_clean.")
            || a_step("cleanup[].");
    }
    let condition = key.strip_prefix(".severity[].").or(key.strip_prefix(".expected[]."));
    if condition.is_some_and(|key| shown.contains(&format!(".owners[].{key}"))) {
        return true;
    }
    let fetch = key.strip_prefix(".shops[].stock.").and_then(|key| key.split_once(".fetch."));
    fetch.is_some_and(|(_, key)| shown.contains(&format!(".shops[].stock.http_json.fetch.{key}")))
}

#[test]
fn the_example_holds_every_key() {
    let text = with_alternatives(&read("example.yaml"));
    let (document, problems) = Document::read(&text);
    assert!(problems.is_empty(), "{problems:#?}");
    let (mut shown, mut known) = (BTreeSet::new(), BTreeSet::new());
    let schema = schema::value();
    keys_of_value(&schema, &schema, &document.values(&text).unwrap(), "", &mut shown);
    // One of several sources has the keys of a single one.
    shown = shown.into_iter().map(|path| path.replace(".sources[].", ".")).collect();
    keys_of_schema(&schema, &schema, "", &mut known);
    let absent: Vec<&String> = known.difference(&shown).filter(|key| !is_shown_once(key, &shown)).collect();
    assert!(absent.is_empty(), "config/example.yaml does not show {absent:#?}");
}

#[test]
fn the_example_and_its_alternatives_are_right() {
    let text = read("example.yaml");
    assert_only_missing_files(load("example.yaml", &text), "example.yaml");
    // With all alternatives at once the only thing wrong is that they are alternatives, or their files are missing.
    let problems = load("example.yaml", &with_alternatives(&text)).unwrap_err();
    for problem in problems.iter().filter(|problem| !problem.is_warning()) {
        let expected = ["takes only one of", "cannot be read", "there is no program", "built without DKIM"];
        assert!(expected.iter().any(|words| problem.what().contains(words)), "{problems}");
    }
}

#[test]
fn the_platforms_load() {
    let mut seen = 0;
    for entry in std::fs::read_dir(folder().join("platforms")).unwrap() {
        let name = format!("platforms/{}", entry.unwrap().file_name().to_string_lossy());
        if name.ends_with(".md") {
            continue;
        }
        assert_only_missing_files(load(&name, &read(&name)), &name);
        seen += 1;
    }
    assert!(seen >= 3, "{seen}");
}

/// A CSV file that another program writes may be missing here.
fn assert_only_missing_files(loaded: Result<Config, Problems>, name: &str) {
    let config = loaded.unwrap_or_else(|problems| panic!("config/{name}:\n{problems}"));
    for warning in config.warnings.iter() {
        assert!(warning.what().contains("there is no file"), "config/{name}:\n{}", config.warnings);
    }
}

#[test]
fn the_demonstration_loads_without_a_warning() {
    let here = tempfile::tempdir().unwrap();
    std::fs::write(here.path().join("stock-token"), "token").unwrap();
    let environment = |name: &str| match name {
        "STOCKTRUTH_DEMO_SHOP" | "STOCKTRUTH_DEMO_STOCK" => Some("http://127.0.0.1:1".to_owned()),
        "STOCKTRUTH_DEMO_SMTP" => Some("1".to_owned()),
        _ => None,
    };
    let config = compile(&here.path().join("demo.yaml"), &read("demo.yaml"), &environment).unwrap();
    assert!(config.warnings.is_empty(), "{}", config.warnings);
}

/// `systemd-analyze verify`, where there is one. The unit's program is not installed here, so another stands in.
#[test]
fn the_units_are_right() {
    let folder = folder().join("systemd");
    let here = tempfile::tempdir().unwrap();
    let mut units = Vec::new();
    for name in ["stocktruth.service", "stocktruth.timer"] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        units.push(here.path().join(name));
        std::fs::write(here.path().join(name), text.replace("/usr/local/bin/stocktruth", "/bin/true")).unwrap();
    }
    if let Ok(done) = std::process::Command::new("systemd-analyze").arg("verify").args(&units).output() {
        assert!(done.status.success() && done.stderr.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    assert!(
        std::fs::read_to_string(folder.join("stocktruth.service")).unwrap().contains("\nSuccessExitStatus=10 11\n")
    );
}
