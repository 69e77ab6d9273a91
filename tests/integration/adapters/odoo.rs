//! `odoo` against a server that answers as Odoo does, by either protocol.

use serde_json::{Value, json};

use super::manners::{failure, promising, rests_when_asked, tells_no_stranger, told};
use crate::harness::{Answer, Route, Seen, World};

const KEY: &str = "6578616d706c65206b6579";
const CODES: [&str; 5] = ["C-1", "C-2", "C-3", "C-4", "C-5"];

/// A database: its products, its quants, and the fields it has beyond the usual.
#[derive(Clone)]
struct Database {
    products: Vec<Value>,
    quants: Vec<Value>,
    /// Name and type.
    more: Vec<(&'static str, &'static str)>,
}

fn product(id: usize, code: &str, free: f64) -> Value {
    json!({
        "id": id, "default_code": code, "barcode": false, "type": "consu", "is_storable": true, "active": true,
        "sale_ok": true, "free_qty": free, "qty_available": 9.0, "virtual_available": 9.0, "outgoing_qty": 0.0,
        "allow_out_of_stock_order": false,
    })
}

fn chairs() -> Database {
    let products = CODES.iter().enumerate().map(|(at, code)| product(at + 10, code, 2.5)).collect();
    Database { products, quants: Vec::new(), more: vec![("is_storable", "boolean")] }
}

impl Database {
    /// A call of a method with these arguments, or the exception and its message.
    fn called(&self, model: &str, method: &str, with: &Value) -> Result<Value, (&'static str, String)> {
        const USUAL: [&str; 9] = [
            "default_code",
            "barcode",
            "type",
            "active",
            "sale_ok",
            "free_qty",
            "qty_available",
            "virtual_available",
            "outgoing_qty",
        ];
        let has = |name: &str| USUAL.contains(&name) || self.more.iter().any(|(known, _)| *known == name);
        match (model, method) {
            ("product.product", "fields_get") => {
                let names = with["allfields"].as_array().expect("names").iter().filter_map(Value::as_str);
                let kind =
                    |name: &str| self.more.iter().find(|(known, _)| *known == name).map_or("char", |(_, kind)| kind);
                Ok(names.filter(|name| has(name)).map(|name| (name.to_owned(), json!({"type": kind(name)}))).collect())
            }
            ("product.product", "search_read") => {
                for name in with["fields"].as_array().expect("fields").iter().filter_map(Value::as_str) {
                    if !has(name) {
                        return Err(("builtins.ValueError", format!("Invalid field '{name}' on 'product.product'")));
                    }
                }
                assert_eq!(with["order"], "id asc");
                let fits = |product: &&Value| {
                    with["domain"].as_array().expect("a domain").iter().all(|one| meets(product, one))
                };
                let limit =
                    with["limit"].as_u64().map_or(usize::MAX, |limit| usize::try_from(limit).expect("a number"));
                Ok(self.products.iter().filter(fits).take(limit).cloned().collect())
            }
            ("stock.quant", "search_read") => {
                let wanted = with["domain"][0][2].as_array().expect("ids").clone();
                Ok(self.quants.iter().filter(|quant| wanted.contains(&quant["product_id"][0])).cloned().collect())
            }
            other => panic!("{other:?}"),
        }
    }
}

fn meets(product: &Value, condition: &Value) -> bool {
    let value = &product[condition[0].as_str().expect("a field")];
    match condition[1].as_str().expect("an operator") {
        "!=" => *value != condition[2],
        "=" => *value == condition[2],
        ">" => value.as_i64() > condition[2].as_i64(),
        "in" => condition[2].as_array().expect("a list").contains(value),
        other => panic!("{other}"),
    }
}

fn json2(seen: &Seen, database: &Database) -> Answer {
    let method = seen.path.trim_start_matches("/json/2/").split_once('/').expect("a model and a method");
    let key = seen.header("authorization").and_then(|value| value.strip_prefix("bearer "));
    let refused = |status: u16, name: &str, message: &str| {
        let debug = "Traceback (most recent call last):\n  File \"/opt/Odoo/odoo/http.py\", line 2212";
        let body = json!({"name": name, "message": message, "arguments": [message], "context": {}, "debug": debug});
        Answer::json(&body).status(status)
    };
    if key != Some(KEY) || seen.header("x-odoo-database") != Some("chairs") {
        return refused(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey");
    }
    let with: Value = serde_json::from_str(&seen.body).expect("JSON");
    match database.called(method.0, method.1, &with) {
        Ok(result) => Answer::json(&result),
        Err((name, message)) => refused(422, name, &message),
    }
}

fn jsonrpc(seen: &Seen, database: &Database) -> Answer {
    let asked: Value = serde_json::from_str(&seen.body).expect("JSON");
    let result = |result: Value| Answer::json(&json!({"jsonrpc": "2.0", "id": asked["id"], "result": result}));
    let args = &asked["params"]["args"];
    if asked["params"]["service"] == "common" {
        assert_eq!(asked["params"]["method"], "authenticate");
        return result(if *args == json!(["chairs", "bot", KEY, {}]) { json!(7) } else { json!(false) });
    }
    assert_eq!((&args[0], &args[1], &args[2], &args[5]), (&json!("chairs"), &json!(7), &json!(KEY), &json!([])));
    match database.called(args[3].as_str().expect("a model"), args[4].as_str().expect("a method"), &args[6]) {
        Ok(told) => result(told),
        Err((name, message)) => {
            let data = json!({"name": name, "message": message, "arguments": [message], "debug": "Traceback …"});
            let error = json!({"code": 200, "message": "Odoo Server Error", "data": data});
            Answer::json(&json!({"jsonrpc": "2.0", "id": asked["id"], "error": error}))
        }
    }
}

fn served(codes: &[&str], database: &Database) -> World {
    let world = promising(codes, "odoo", |world| {
        world.file("key", KEY);
        json!({"url": world.api.url("/"), "database": "chairs", "api_key_file": "key", "page_size": 2, "batch": 2})
    });
    let (two, rpc) = (database.clone(), database.clone());
    world.api.on("/json/2/*", Route::made(move |seen| json2(seen, &two)));
    world.api.on("/jsonrpc", Route::made(move |seen| jsonrpc(seen, &rpc)));
    world
}

fn by_jsonrpc(codes: &[&str], database: &Database) -> World {
    let mut world = served(codes, database);
    world.set("/shops/0/stock/odoo/protocol", "jsonrpc").set("/shops/0/stock/odoo/username", "bot");
    world
}

const SEARCH: &str = "/json/2/product.product/search_read";

#[test]
fn every_page_is_read_after_the_last_id() {
    let world = served(&CODES, &chairs());
    let checked = world.check(&["--dry-run"]);
    checked.exits(0);
    assert_eq!(checked.json["shops"][0]["verdicts"], json!({"agrees": 5}));
    assert_eq!(checked.item("C-1")["stock"]["sellable"], "2.5");
    let asked: Vec<Value> =
        world.api.seen_at(SEARCH).iter().map(|seen| serde_json::from_str(&seen.body).expect("JSON")).collect();
    // Five products, two on a page: the third page is short.
    assert_eq!(asked.len(), 3);
    assert_eq!(asked[0]["domain"], json!([["default_code", "!=", false]]));
    assert_eq!(asked[2]["domain"], json!([["default_code", "!=", false], ["id", ">", 13]]));
    assert_eq!(asked[0]["context"], json!({"active_test": true}));
    assert_eq!(world.api.seen_at("/json/2/product.product/fields_get").len(), 1);
}

#[test]
fn the_older_protocol_tells_the_same() {
    let world = by_jsonrpc(&CODES, &chairs());
    let checked = world.check(&["--dry-run"]);
    checked.exits(0);
    assert_eq!(checked.json["shops"][0]["verdicts"], json!({"agrees": 5}));
    // Who we are, which fields there are, and three pages.
    assert_eq!(world.api.seen_at("/jsonrpc").len(), 5);
    assert!(world.api.seen().iter().all(|seen| seen.header("authorization").is_none()));
}

#[test]
fn suspects_are_asked_for_in_batches() {
    let mut database = chairs();
    database.products.iter_mut().for_each(|product| product["free_qty"] = json!(0.0));
    let world = served(&CODES, &database);
    world.check(&["--dry-run"]).exits(10);
    let asked =
        world.api.seen_at(SEARCH).into_iter().map(|seen| serde_json::from_str::<Value>(&seen.body).expect("JSON"));
    let mut batches: Vec<Value> =
        asked.map(|asked| asked["domain"][0].clone()).filter(|batch| batch[1] == "in").collect();
    // Twice, after the pages and once more: five keys in batches of two, which may overtake each other.
    batches.sort_by_key(Value::to_string);
    let [first, second, third] = [json!(["C-1", "C-2"]), json!(["C-3", "C-4"]), json!(["C-5"])]
        .map(|codes| json!(["default_code", "in", codes]));
    assert_eq!(batches, [first.clone(), first, second.clone(), second, third.clone(), third]);
}

#[test]
fn what_the_product_says_of_itself_decides() {
    let mut database = chairs();
    database.more.push(("allow_out_of_stock_order", "boolean"));
    database.products.iter_mut().for_each(|product| product["free_qty"] = json!(0.0));
    database.products[0]["is_storable"] = json!(false);
    database.products[1]["allow_out_of_stock_order"] = json!(true);
    database.products[2]["sale_ok"] = json!(false);
    database.products[3]["free_qty"] = json!(false);
    let world = served(&CODES, &database);
    let expected = [
        "C-1: untracked, agrees",
        "C-2: backorder, agrees",
        "C-3: discontinued, false_available",
        "C-5: tracked, false_available",
    ];
    assert_eq!(told(&world, &["C-1", "C-2", "C-3", "C-5"]), expected);
    let checked = world.check(&["--dry-run"]);
    assert!(checked.verdict("C-4").starts_with("unverified"), "{}", checked.verdict("C-4"));
    assert!(checked.item("C-4").to_string().contains("free_qty is false and no number"));
}

#[test]
fn an_older_database_is_read_by_its_own_fields() {
    let mut database = chairs();
    database.more.clear();
    database.products.iter_mut().for_each(|product| {
        product["type"] = json!("product");
        product["free_qty"] = json!(0.0);
    });
    database.products[0]["type"] = json!("service");
    let world = by_jsonrpc(&["C-1", "C-2"], &database);
    assert_eq!(told(&world, &["C-1", "C-2"]), ["C-1: untracked, agrees", "C-2: tracked, false_available"]);
}

#[test]
fn warehouses_are_locations() {
    let mut database = chairs();
    let quant = |product: usize, warehouse: usize, quantity: f64, reserved: f64| {
        json!({"id": product, "product_id": [product, "Chair"], "warehouse_id": [warehouse, format!("WH {warehouse}")],
            "location_id": [8, "WH/Stock"], "quantity": quantity, "reserved_quantity": reserved})
    };
    database.quants =
        vec![quant(10, 1, 4.0, 3.0), quant(10, 2, 7.0, 0.0), quant(11, 1, 3.0, 3.0), quant(11, 2, 5.0, 0.0)];
    let mut world = served(&["C-1", "C-2"], &database);
    world.set("/shops/0/stock/odoo/locations", true);
    world.set("/shops/0/stock/locations", json!({"web": ["WH 1"]}));
    world.set("/shops/0/stock/sellable", "sum(locations[web].available)");
    let checked = world.check(&["--dry-run"]);
    checked.exits(10);
    assert_eq!(checked.verdicts(), ["C-1 agrees", "C-2 false_available"]);
    let quants: Value =
        serde_json::from_str(&world.api.seen_at("/json/2/stock.quant/search_read")[0].body).expect("JSON");
    assert_eq!(quants["domain"], json!([["product_id", "in", [10, 11]], ["location_id.usage", "=", "internal"]]));
}

#[test]
fn a_warehouse_and_a_domain_go_along() {
    let mut world = served(&["C-1"], &chairs());
    world.set("/shops/0/stock/odoo/warehouse", 3).set("/shops/0/stock/odoo/domain", r#"[["sale_ok", "=", true]]"#);
    world.set("/shops/0/stock/odoo/archived", true);
    world.check(&["--dry-run"]).exits(0);
    let asked: Value = serde_json::from_str(&world.api.seen_at(SEARCH)[0].body).expect("JSON");
    assert_eq!(asked["context"], json!({"active_test": false, "warehouse": 3, "warehouse_id": 3}));
    assert_eq!(asked["domain"][1], json!(["sale_ok", "=", true]));
    world.set("/shops/0/stock/odoo/domain", "sale_ok = true");
    world.run(&["validate"]).exits(3).complains(["`domain`", "is no JSON"]);
}

#[test]
fn a_refusal_is_told_in_odoos_words_without_the_key() {
    let world = served(&["C-1"], &chairs());
    world.file("key", "another-key-0815");
    let why = failure(&world);
    assert!(why.contains("werkzeug.exceptions.Unauthorized: Invalid apikey") && why.contains("three months"), "{why}");
    let world = by_jsonrpc(&["C-1"], &chairs());
    world.file("key", "another-key-0815");
    assert!(failure(&world).contains("does not know this user and key"));
    let ran = world.run(&["check", "-vv"]);
    assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("another-key-0815"), "{}", ran.stderr);
    // An error comes with status 200, and may repeat what it was asked.
    let data = json!({"name": "odoo.exceptions.AccessError", "message": "You are not allowed, another-key-0815!", "debug": "Traceback"});
    world.api.on(
        "/jsonrpc",
        Answer::json(&json!({"jsonrpc": "2.0", "error": {"code": 200, "message": "Odoo Server Error", "data": data}})),
    );
    let why = failure(&world);
    assert!(why.contains("AccessError: You are not allowed, …!") && why.contains("read products"), "{why}");
}

#[test]
fn a_field_that_is_not_there_is_named() {
    let mut world = served(&["C-1"], &chairs());
    world.set("/shops/0/stock/odoo/fields", json!(["x_web"]));
    let why = failure(&world);
    assert!(why.contains("products without x_web"), "{why}");
    assert!(world.api.seen_at(SEARCH).is_empty());
}

#[test]
fn an_error_half_way_takes_nothing_for_zero() {
    let world = served(&CODES, &chairs());
    let database = chairs();
    world.api.on(
        SEARCH,
        Route::made(move |seen| match seen.body.contains("\">\"") {
            true => Answer::of_status(502),
            false => json2(seen, &database),
        }),
    );
    assert!(failure(&world).contains("502"));
}

#[test]
fn an_odoo_without_this_protocol_says_what_to_do() {
    let world = served(&["C-1"], &chairs());
    world.api.on("/json/2/*", Answer::of_status(404));
    assert!(failure(&world).contains("set odoo.protocol to jsonrpc"));
}

#[test]
fn it_rests_when_asked() {
    let mut world = served(&["C-1"], &chairs());
    let database = chairs();
    let answer = Route::made(move |seen| json2(seen, &database));
    rests_when_asked(&mut world, "odoo", "/json/2/product.product/fields_get", 429, answer);
}

#[test]
fn the_key_goes_to_no_stranger() {
    tells_no_stranger(&served(&["C-1"], &chairs()), "/json/2/*", &[KEY]);
    tells_no_stranger(&by_jsonrpc(&["C-1"], &chairs()), "/jsonrpc", &[KEY]);
}

#[test]
fn jsonrpc_needs_a_database_and_a_user() {
    let mut world = served(&["C-1"], &chairs());
    world.set("/shops/0/stock/odoo/protocol", "jsonrpc").set("/shops/0/stock/odoo/database", Value::Null);
    world.run(&["validate"]).exits(3).complains([
        "`database` is missing",
        "`username` is missing",
        "JSON-RPC needs it",
    ]);
}
