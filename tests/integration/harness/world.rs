//! A whole small world: a shop, its stock system, a mail server, and a configuration that knows them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rusqlite::OpenFlags;
use serde_json::{Value, json};

use super::{Answer, Program, Ran, Route, Says, Seen, Shop, Smtp, page};

/// SKU → what the stock system says of it, question by question; the last one for ever.
type Shelves = Arc<Mutex<BTreeMap<String, (Vec<Value>, usize)>>>;

/// The world of one test. By default grace is nothing, suspects are looked at again at once, and nobody is told.
pub(crate) struct World {
    pub(crate) shop: Shop,
    pub(crate) api: Shop,
    pub(crate) mail: Smtp,
    config: Value,
    shelves: Shelves,
    folder: tempfile::TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let (shop, api, mail) = (Shop::open(), Shop::open(), Smtp::open());
        let shelves = Shelves::default();
        stock_system(&api, &shelves);
        let fast = json!({
            "rate": "1000/s", "burst": 100, "concurrency": 4, "retries": 0, "backoff": "10ms",
            "allow_private": ["127.0.0.1"],
        });
        let config = json!({
            "version": 1,
            "contact": "it@shop.example",
            "shops": [{
                "name": "shop",
                "url": shop.url("/"),
                "grace": "0s",
                "confirm_after": "0s",
                "catalog": {"list": []},
                "fetch": fast,
                "stock": {
                    "name": "warehouse",
                    "sellable": "available",
                    "http_json": {
                        "all": {"url": api.url("/stock")},
                        "item": {"url": api.url("/stock/{key}")},
                        "items": "$.items[*]",
                        "key": "$.sku",
                        "fields": {"available": "$.available"},
                        "fetch": fast,
                    },
                },
            }],
        });
        let folder = tempfile::tempdir().expect("a folder");
        Self { shop, api, mail, config, shelves, folder }
    }

    /// A world with a product whose page promises what is not there, one whose page is right, and somebody to tell.
    pub(crate) fn lying() -> Self {
        let mut world = Self::new();
        world.sells("A-1", Says::In, 0).sells("A-2", Says::In, 5).tells("all@shop.example");
        world
    }

    /// A product in the catalogue's list, at `/p/SKU`, and its stock.
    pub(crate) fn sells(&mut self, sku: &str, says: Says, available: i64) -> &mut Self {
        self.lists(sku, page(sku, says)).stock(sku, [available]);
        self
    }

    /// A product in the catalogue's list, with whatever answers at its page. The stock system does not know it yet.
    pub(crate) fn lists(&mut self, sku: &str, route: impl Into<Route>) -> &mut Self {
        self.shop.on(&format!("/p/{sku}"), route);
        let list = self.at("/shops/0/catalog/list").as_array_mut().expect("a list");
        list.push(json!({"sku": sku, "url": format!("/p/{sku}"), "name": format!("Thing {sku}")}));
        self
    }

    /// What the stock system says of a product from now on, question by question; the last one for ever.
    pub(crate) fn stock<V: Into<Value>>(&self, sku: &str, available: impl IntoIterator<Item = V>) -> &Self {
        let answers = available.into_iter().map(Into::into).collect();
        self.shelves.lock().expect("no panic").insert(sku.to_owned(), (answers, 0));
        self
    }

    /// The page of a product from now on.
    pub(crate) fn page(&self, sku: &str, says: Says) -> &Self {
        self.shop.on(&format!("/p/{sku}"), page(sku, says));
        self
    }

    /// Tells somebody of everything, through the mail server.
    pub(crate) fn tells(&mut self, fallback: &str) -> &mut Self {
        let smtp = json!({"host": "127.0.0.1", "port": self.mail.port(), "security": "none", "timeout": "5s"});
        self.set("/fallback", json!({"email": fallback}));
        self.set("/mail", json!({"from": "stocktruth@shop.example", "retry_after": "1ms", "transport": {"smtp": smtp}}))
    }

    /// Sets a value of the configuration, by JSON pointer (RFC 6901). `null` takes a key away.
    pub(crate) fn set(&mut self, pointer: &str, value: impl Into<Value>) -> &mut Self {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        let value = value.into();
        match self.at(parent) {
            Value::Array(list) => list.push(value),
            Value::Object(map) if value.is_null() => {
                map.remove(key);
            }
            other => other[key] = value,
        }
        self
    }

    fn at(&mut self, pointer: &str) -> &mut Value {
        let mut at = &mut self.config;
        for key in pointer.split('/').skip(1) {
            at = match key.parse::<usize>() {
                Ok(index) => &mut at[index],
                Err(_) => &mut at[key],
            };
        }
        at
    }

    /// The shop's part of the configuration, to make another shop of.
    pub(crate) fn shop_config(&self) -> Value {
        self.config["shops"][0].clone()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file beside the configuration.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder().join(name);
        std::fs::write(&path, content).expect("a file");
        path
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder().join("stocktruth.db")
    }

    /// The program with these arguments, beside the configuration as it stands now.
    pub(crate) fn program(&self, args: &[&str]) -> Program {
        self.write_config();
        Program::in_folder(self.folder()).args(args)
    }

    /// A number from the database, by SQL.
    pub(crate) fn count(&self, sql: &str) -> i64 {
        let database = rusqlite::Connection::open_with_flags(self.database(), OpenFlags::SQLITE_OPEN_READ_WRITE);
        database.and_then(|database| database.query_row(sql, [], |row| row.get(0))).expect("a number")
    }

    /// A text from the database, by SQL.
    pub(crate) fn text(&self, sql: &str) -> String {
        let database = rusqlite::Connection::open_with_flags(self.database(), OpenFlags::SQLITE_OPEN_READ_WRITE);
        database.and_then(|database| database.query_row(sql, [], |row| row.get(0))).expect("a text")
    }

    /// Pairs of numbers from the database, by SQL.
    pub(crate) fn pairs(&self, sql: &str) -> Vec<(i64, Option<i64>)> {
        let database = rusqlite::Connection::open_with_flags(self.database(), OpenFlags::SQLITE_OPEN_READ_WRITE);
        let read = |database: rusqlite::Connection| {
            database.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        database.and_then(read).expect("numbers")
    }

    pub(crate) fn write_config(&self) {
        self.file("stocktruth.yaml", serde_yaml::to_string(&self.config).expect("YAML"));
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.program(args).run()
    }

    /// `check --format json` with further arguments.
    pub(crate) fn check(&self, args: &[&str]) -> Checked {
        Checked::of(self.run(&[&["check", "--format", "json"], args].concat()))
    }
}

fn stock_system(api: &Shop, shelves: &Shelves) {
    let all = Arc::clone(shelves);
    api.on("/stock", Route::made(move |_| listed(&mut all.lock().expect("no panic"), |_| true)));
    let one = Arc::clone(shelves);
    let item = move |seen: &Seen| {
        let wanted = seen.path.trim_start_matches("/stock/");
        let mut shelves = one.lock().expect("no panic");
        if shelves.contains_key(wanted) { listed(&mut shelves, |sku| sku == wanted) } else { Answer::of_status(404) }
    };
    api.on("/stock/*", Route::made(item));
}

fn listed(shelves: &mut BTreeMap<String, (Vec<Value>, usize)>, wanted: impl Fn(&str) -> bool) -> Answer {
    let mut items = Vec::new();
    for (sku, (answers, asked)) in shelves.iter_mut().filter(|(sku, _)| wanted(sku)) {
        let available = &answers[(*asked).min(answers.len() - 1)];
        *asked += 1;
        items.push(json!({"sku": sku, "available": available}));
    }
    Answer::json(&json!({"items": items}))
}

/// What a check said as JSON.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    pub(crate) ran: Ran,
    /// Null where it said nothing.
    pub(crate) json: Value,
}

impl Checked {
    fn of(ran: Ran) -> Self {
        let json = match ran.stdout.as_str() {
            "" => Value::Null,
            text => serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}:\n{text}\n{}", ran.stderr)),
        };
        Self { ran, json }
    }

    #[track_caller]
    pub(crate) fn exits(&self, code: i32) -> &Self {
        self.ran.exits(code);
        self
    }

    pub(crate) fn items(&self) -> &[Value] {
        self.json["items"].as_array().map_or(&[], Vec::as_slice)
    }

    /// The row of an item, by SKU or else by the end of its address.
    #[track_caller]
    pub(crate) fn item(&self, sku: &str) -> &Value {
        let fits = |item: &&Value| {
            item["sku"] == sku || item["url"].as_str().is_some_and(|url| url.ends_with(&format!("/{sku}")))
        };
        self.items().iter().find(fits).unwrap_or_else(|| panic!("no item {sku}:\n{:#}", self.json))
    }

    /// What became of an item: its verdict, with the reason or cause in brackets, and its incident's state.
    #[track_caller]
    pub(crate) fn verdict(&self, sku: &str) -> String {
        told(self.item(sku))
    }

    /// Every item's SKU and what became of it, by SKU.
    pub(crate) fn verdicts(&self) -> Vec<String> {
        let name = |item: &Value| item["sku"].as_str().or(item["key"].as_str()).unwrap_or("?").to_owned();
        let mut all: Vec<_> = self.items().iter().map(|item| format!("{} {}", name(item), told(item))).collect();
        all.sort();
        all
    }
}

fn told(item: &Value) -> String {
    let mut text = item["verdict"].as_str().unwrap_or("?").to_owned();
    if let Some(why) = item["reason"].as_str().or(item["cause"].as_str()) {
        let _ = write!(text, " ({why})");
    }
    if let Some(state) = item["state"].as_str() {
        let _ = write!(text, " {state}");
    }
    text
}
