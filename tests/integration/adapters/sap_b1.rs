//! `sap_b1` against a server that speaks as the Service Layer does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::manners::{failure, promising, query, rests_when_asked, tells_no_stranger, told};
use crate::harness::{Answer, Route, Seen, World};

const PASSWORD: &str = "sap-40cc19d2";
const SKUS: [&str; 5] = ["A-1", "A-2", "A-3", "A-4", "O'5"];

fn item(code: &str, in_stock: f64, committed: f64) -> Value {
    json!({
        "odata.etag": "W/\"3B5D\"", "ItemCode": code, "ItemName": format!("מוצר {code}"), "QuantityOnStock": 99.0,
        "QuantityOrderedByCustomers": committed, "InventoryItem": "tYES", "SalesItem": "tYES",
        "Valid": "tYES", "ValidFrom": null, "ValidTo": null, "Frozen": "tNO", "FrozenFrom": null, "FrozenTo": null,
        "ItemWarehouseInfoCollection": [
            {"WarehouseCode": "01", "InStock": in_stock, "Committed": committed, "Ordered": 0.0, "ItemCode": code},
            {"WarehouseCode": "02", "InStock": 0.5, "Committed": 0.5, "Ordered": 8.0, "ItemCode": code},
        ],
    })
}

fn shelf() -> Vec<Value> {
    SKUS.iter().map(|code| item(code, 3.0, 1.0)).collect()
}

/// The texts in quotes of a filter, with `''` for a quote.
fn literals(filter: &str) -> Vec<String> {
    let marked = filter.replace("''", "\u{1}");
    marked.split('\'').skip(1).step_by(2).map(|text| text.replace('\u{1}', "'")).collect()
}

/// What the service gives of a shelf, `size` items at a time as `Prefer` says.
fn given(seen: &Seen, shelf: &[Value]) -> Answer {
    assert_eq!(seen.header("cookie"), Some("B1SESSION=s-77e1; ROUTEID=.node0"));
    let prefer = seen.header("prefer").expect("a page size");
    let size: usize = prefer.strip_prefix("odata.maxpagesize=").expect("a page size").parse().expect("a number");
    assert_eq!(query(seen, "$orderby").as_deref(), Some("ItemCode"));
    let filter = query(seen, "$filter").unwrap_or_default();
    let texts = literals(&filter);
    let wanted = |code: &str| match (filter.contains(" gt "), texts.as_slice()) {
        (true, [last]) => code > last.as_str(),
        (false, []) => true,
        (_, keys) => keys.iter().any(|key| key == code),
    };
    let found: Vec<&Value> = shelf.iter().filter(|item| wanted(item["ItemCode"].as_str().expect("a code"))).collect();
    let mut page = json!({"odata.metadata": "…/$metadata#Items", "value": found.iter().take(size).collect::<Vec<_>>()});
    if found.len() > size {
        page["odata.nextLink"] = json!(format!("Items?$skip={size}"));
    }
    Answer::json(&page)
}

fn served(skus: &[&str], shelf: Vec<Value>) -> World {
    let world = promising(skus, "sap_b1", |world| {
        world.file("password", format!("{PASSWORD}\n"));
        json!({
            "url": world.api.url(""), "company": "SBO_TEST", "username": "manager", "password_file": "password",
            "page_size": 2, "batch": 2,
        })
    });
    let login = Answer::json(&json!({"SessionId": "s-77e1", "Version": "1000190", "SessionTimeout": 30}));
    let login =
        login.header("set-cookie", "B1SESSION=s-77e1;HttpOnly;").header("set-cookie", "ROUTEID=.node0; path=/b1s");
    world.api.on("/b1s/v1/Login", login).on("/b1s/v1/Logout", Answer::of_status(204));
    world.api.on("/b1s/v1/Items", Route::made(move |seen| given(seen, &shelf)));
    world
}

#[test]
fn every_page_is_read_in_one_session() {
    let world = served(&SKUS, shelf());
    let checked = world.check(&["--dry-run"]);
    checked.exits(0);
    assert_eq!(checked.json["shops"][0]["verdicts"], json!({"agrees": 5}));
    assert_eq!(checked.item("A-1")["stock"]["sellable"], "2");
    // Five items, two on a page.
    assert_eq!(world.api.seen_at("/b1s/v1/Items").len(), 3);
    let login: Value = serde_json::from_str(&world.api.seen_at("/b1s/v1/Login")[0].body).expect("JSON");
    assert_eq!(login, json!({"CompanyDB": "SBO_TEST", "UserName": "manager", "Password": PASSWORD}));
    assert_eq!((world.api.seen_at("/b1s/v1/Login").len(), world.api.seen_at("/b1s/v1/Logout").len()), (1, 1));
    assert_eq!(world.api.seen().last().expect("a request").path, "/b1s/v1/Logout");
}

#[test]
fn suspects_are_asked_for_in_batches_with_their_quotes_doubled() {
    let shelf = SKUS.iter().map(|code| item(code, 1.0, 1.0)).collect();
    let world = served(&SKUS, shelf);
    world.check(&["--dry-run"]).exits(10);
    let filters: Vec<String> =
        world.api.seen_at("/b1s/v1/Items").iter().filter_map(|seen| query(seen, "$filter")).collect();
    let mut batches: Vec<&str> = filters.iter().map(String::as_str).filter(|filter| filter.contains(" eq ")).collect();
    // Twice, after the pages and once more: five keys in batches of two, which may overtake each other.
    batches.sort_unstable();
    let [first, second, third] =
        ["ItemCode eq 'A-1' or ItemCode eq 'A-2'", "ItemCode eq 'A-3' or ItemCode eq 'A-4'", "ItemCode eq 'O''5'"];
    assert_eq!(batches, [first, first, second, second, third, third]);
}

#[test]
fn what_the_item_says_of_itself_decides() {
    let mut shelf = shelf();
    shelf[0]["InventoryItem"] = json!("tNO");
    shelf[0]["ItemWarehouseInfoCollection"] = json!([]);
    shelf[1]["Frozen"] = json!("tYES");
    shelf[2]["SalesItem"] = json!("tNO");
    shelf[3]["ItemWarehouseInfoCollection"][0]["InStock"] = Value::Null;
    let world = served(&SKUS, shelf);
    let checked = world.check(&["--dry-run"]);
    assert_eq!(
        told(&world, &["A-1", "A-2", "A-3", "O'5"]),
        [
            "A-1: untracked, agrees",
            "A-2: discontinued, false_available",
            "A-3: discontinued, false_available",
            "O'5: tracked, agrees"
        ]
    );
    assert!(checked.verdict("A-4").starts_with("unverified"), "{}", checked.verdict("A-4"));
    assert!(checked.item("A-4").to_string().contains("warehouse 01: the answer lacks InStock"));
}

#[test]
fn the_shops_own_warehouses_can_be_meant() {
    let mut world = served(&SKUS, shelf());
    world.set("/shops/0/stock/locations", json!({"web": ["02"]}));
    world.set("/shops/0/stock/sellable", "sum(locations[web].available)");
    let checked = world.check(&["--dry-run"]);
    checked.exits(10);
    assert_eq!(checked.json["shops"][0]["verdicts"], json!({"false_available": 5}));
}

#[test]
fn a_session_that_was_lost_is_begun_again() {
    let world = served(&SKUS, shelf());
    let asked = Arc::new(AtomicUsize::new(0));
    let expired = json!({"error": {"code": 301, "message": {"lang": "en-us", "value": "Invalid session or session already timeout."}}});
    world.api.on(
        "/b1s/v1/Items",
        Route::made(move |seen| match asked.fetch_add(1, Ordering::SeqCst) {
            1 => Answer::json(&expired).status(401),
            _ => given(seen, &shelf()),
        }),
    );
    world.check(&["--dry-run"]).exits(0);
    assert_eq!(world.api.seen_at("/b1s/v1/Login").len(), 2);
    assert_eq!(world.api.seen_at("/b1s/v1/Logout").len(), 1);
}

#[test]
fn a_refused_login_is_told_in_the_services_words_without_the_password() {
    let world = served(&SKUS, shelf());
    let words = format!("Fail to SSO Login manager with {PASSWORD}");
    let refusal = json!({"error": {"code": -304, "message": {"lang": "en-us", "value": words}}});
    world.api.on("/b1s/v1/Login", Answer::json(&refusal).status(401));
    let why = failure(&world);
    assert!(why.contains("-304: Fail to SSO Login … with …"), "{why}");
    assert!(world.api.seen_at("/b1s/v1/Items").is_empty());
    let ran = world.run(&["check", "-vv"]);
    assert!(!ran.stdout.contains(PASSWORD) && !ran.stderr.contains(PASSWORD), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn an_error_half_way_takes_nothing_for_zero() {
    let world = served(&SKUS, shelf());
    world.api.on(
        "/b1s/v1/Items",
        Route::made(|seen| match query(seen, "$filter") {
            None => given(seen, &shelf()),
            Some(_) => Answer::json(&json!({"error": {"code": -1, "message": {"value": "Out of memory"}}})).status(500),
        }),
    );
    assert!(failure(&world).contains("500 with the error -1: Out of memory"));
    assert_eq!(world.api.seen_at("/b1s/v1/Logout").len(), 1);
}

#[test]
fn pages_that_do_not_go_on_are_an_error() {
    let world = served(&SKUS, shelf());
    let page = json!({"value": [item("A-1", 1.0, 0.0)], "odata.nextLink": "Items?$skip=1"});
    world.api.on("/b1s/v1/Items", Answer::json(&page));
    assert!(failure(&world).contains("says that there is more, and does not give it"));
    assert_eq!(world.api.seen_at("/b1s/v1/Items").len(), 2);
}

#[test]
fn it_rests_when_asked() {
    let mut world = served(&SKUS, shelf());
    let answer = Route::made(|seen| given(seen, &shelf()));
    rests_when_asked(&mut world, "sap_b1", "/b1s/v1/Items", 503, answer);
}

#[test]
fn neither_password_nor_session_goes_to_a_stranger() {
    tells_no_stranger(&served(&SKUS, shelf()), "/b1s/v1/Items", &[PASSWORD, "s-77e1"]);
}

#[test]
fn version_two_is_asked_by_its_own_path() {
    let mut world = served(&SKUS, shelf());
    world.set("/shops/0/stock/sap_b1/version", 2);
    world.set("/shops/0/stock/sap_b1/filter", "ItemsGroupCode eq 104");
    let login = Answer::json(&json!({})).header("set-cookie", "B1SESSION=s-77e1;HttpOnly;");
    world.api.on("/b1s/v2/Login", login).on("/b1s/v2/Logout", Answer::of_status(204));
    let asked = Arc::new(AtomicUsize::new(0));
    world.api.on(
        "/b1s/v2/Items",
        Route::made(move |_| {
            let half = asked.fetch_add(1, Ordering::SeqCst);
            let (from, to) = if half == 0 { (0, 3) } else { (3, 5) };
            let mut page = json!({"value": shelf()[from..to]});
            if half == 0 {
                page["@odata.nextLink"] = json!("Items?$skip=3");
            }
            Answer::json(&page)
        }),
    );
    world.check(&["--dry-run"]).exits(0);
    let filters: Vec<_> = world.api.seen_at("/b1s/v2/Items").iter().map(|seen| query(seen, "$filter")).collect();
    let expected = ["ItemsGroupCode eq 104", "(ItemCode gt 'A-3') and (ItemsGroupCode eq 104)"];
    assert_eq!(filters, expected.map(|filter| Some(filter.to_owned())));
}
