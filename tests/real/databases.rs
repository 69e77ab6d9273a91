//! Stock in real databases: MariaDB and PostgreSQL.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::kit;
use crate::mariadb::{Mariadb, certificate};
use crate::postgres::Postgres;

const PASSWORD: &str = "s3cret-Purim";

/// A folder with a configuration whose only source is a database.
struct Erp {
    folder: TempDir,
    stock: Value,
}

/// What is said of a key.
struct Told {
    code: i32,
    source: Value,
}

impl Told {
    fn quantity(&self) -> &str {
        self.source["answer"]["known"]["sellable"].as_str().unwrap_or_else(|| panic!("no quantity: {:#}", self.source))
    }

    fn field(&self, name: &str) -> &Value {
        &self.source["records"][0]["fields"][name]
    }

    fn error(&self) -> &str {
        assert_eq!(self.code, 4, "{:#}", self.source);
        self.source["error"].as_str().unwrap_or_else(|| panic!("no error: {:#}", self.source))
    }
}

impl Erp {
    fn new(kind: &str, server: &Value) -> Self {
        let query = "SELECT sku, on_hand, reserved, updated_at, note FROM stock";
        let stock = json!({"sellable": "on_hand - reserved", "sql": {
            kind: server, "query": query, "item": format!("{query} WHERE sku IN ({{keys}})"), "key": "sku",
            "fields": {"on_hand": "on_hand", "reserved": "reserved", "updated_at": "updated_at", "note": "note"},
        }});
        Self { folder: TempDir::new().expect("a folder"), stock }
    }

    fn set(&mut self, pointer: &str, value: Value) -> &mut Self {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        self.stock.pointer_mut(parent).expect("a place")[key] = value;
        self
    }

    fn start(&self, key: &str, password: &str) -> Child {
        let config = json!({"version": 1, "contact": "it@shop.example", "shops": [{
            "name": "shop", "url": "https://shop.example/", "catalog": {"list": [{"sku": "A-1", "url": "/a"}]},
            "stock": self.stock,
        }]});
        std::fs::write(self.folder.path().join("stocktruth.yaml"), config.to_string()).expect("a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_stocktruth"));
        command.args(["stock", key, "--format", "json"]).current_dir(self.folder.path());
        command.env_clear().env("ERP_DB_PASSWORD", password).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program")
    }

    fn asks(&self, key: &str) -> Told {
        told(self.start(key, PASSWORD))
    }
}

fn told(child: Child) -> Told {
    let done = child.wait_with_output().expect("the program");
    let (said, complained) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(!said.contains(PASSWORD) && !complained.contains(PASSWORD), "{said}{complained}");
    let document: Value = serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}{complained}"));
    Told { code: done.status.code().expect("an exit code"), source: document["sources"][0].clone() }
}

fn mariadb() -> (Mariadb, Erp) {
    let server = Mariadb::open();
    server.run(&format!(
        "CREATE DATABASE erp; USE erp;
         CREATE TABLE stock (sku VARCHAR(40) COLLATE utf8mb4_unicode_ci PRIMARY KEY, on_hand DECIMAL(30,10),
             reserved DECIMAL(30,10), updated_at TIMESTAMP NOT NULL DEFAULT '2026-11-23 08:00:00',
             note TEXT CHARACTER SET hebrew);
         SET NAMES utf8mb4;
         INSERT INTO stock (sku, on_hand, reserved, note) VALUES ('A-1', 12345678901234567890.25, 0.1, 'חולצה'),
             ('A-2', 0, 0, NULL), ('A-3', NULL, 1, NULL);
         CREATE USER stocktruth IDENTIFIED BY '{PASSWORD}'; GRANT SELECT ON erp.stock TO stocktruth;
         CREATE USER writer IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON erp.* TO writer;"
    ));
    // What the server's own clock thinks is no matter: the session is in UTC.
    server.run(
        "SET GLOBAL time_zone = '+05:00'; SET time_zone = '+00:00';
                UPDATE erp.stock SET updated_at = '2026-11-23 08:00:00'",
    );
    let way = json!({"host": "localhost", "port": server.port(), "database": "erp", "user": "stocktruth",
        "password": "${ERP_DB_PASSWORD}", "allow_private": ["127.0.0.1", "::1"], "ca_file": server.certificate()});
    let erp = Erp::new("mysql", &way);
    (server, erp)
}

fn postgres() -> (Postgres, Erp, TempDir) {
    let server = Postgres::open();
    server.create("erp");
    server.run("erp", &format!("create role stocktruth login password '{PASSWORD}'"));
    server.run("erp", &format!("create role writer superuser login password '{PASSWORD}'"));
    server.run(
        "erp",
        "create table stock (sku text primary key, on_hand numeric, reserved numeric, \
         updated_at timestamptz default '2026-11-23 10:00:00+02', note text)",
    );
    server.run(
        "erp",
        "insert into stock (sku, on_hand, reserved, note) values ('A-1', 12345678901234567890.25, 0.1, 'חולצה'), \
         ('A-2', 0, 0, null), ('A-3', null, 1, null)",
    );
    server.run("erp", "grant select on stock to stocktruth");
    server.run("erp", "alter database erp set timezone to 'Asia/Jerusalem'");
    let folder = encrypted(&server);
    let way = json!({"host": "localhost", "port": server.port(), "database": "erp", "user": "stocktruth",
        "password": "${ERP_DB_PASSWORD}", "allow_private": ["127.0.0.1", "::1"],
        "ca_file": folder.path().join("cert.pem")});
    let erp = Erp::new("postgres", &way);
    (server, erp, folder)
}

/// Lets the server offer encryption, and ask for passwords where they come encrypted.
fn encrypted(server: &Postgres) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    certificate(&cert, &key);
    let data = PathBuf::from(server.run("postgres", "show data_directory").trim());
    for (from, name) in [(cert, "server.crt"), (key, "server.key")] {
        // Through the server, so that the files are its own.
        let text = std::fs::read_to_string(from).expect("a file");
        let lines: Vec<String> = text.lines().map(|line| format!("('{line}')")).collect();
        let to = data.join(name).display().to_string();
        server.run("postgres", &format!("copy (select * from (values {}) as l) to '{to}'", lines.join(", ")));
        set_private(&data.join(name));
    }
    let mut rules =
        std::fs::OpenOptions::new().write(true).truncate(true).open(data.join("pg_hba.conf")).expect("rules");
    rules
        .write_all(
            b"host all postgres samehost trust\nhostssl all all samehost scram-sha-256\nhostnossl all all samehost reject\n",
        )
        .expect("rules");
    server.run("postgres", "alter system set ssl = on");
    server.run("postgres", "select pg_reload_conf()");
    folder
}

fn set_private(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("a private file");
}

/// What holds for both: what is there is read to the last digit, what is changed is seen, what is not committed is not.
fn reads_what_is_true(erp: &Erp, run: &dyn Fn(&str), order: &dyn Fn() -> Child) {
    let told = erp.asks("A-1");
    assert_eq!((told.code, told.quantity()), (0, "12345678901234567890.15"));
    assert_eq!(told.source["asked"], "key");
    assert_eq!(told.field("updated_at"), "2026-11-23T08:00:00Z");
    assert_eq!(told.field("note"), "חולצה");
    let of_null = erp.asks("A-3").source["answer"]["failed"].to_string();
    assert!(of_null.contains("on_hand is null"), "{of_null}");
    assert_eq!(erp.asks("nothing").source["answer"], "missing");
    run("UPDATE stock SET on_hand = 7.5, reserved = 0.25 WHERE sku = 'A-2'");
    assert_eq!(erp.asks("A-2").quantity(), "7.25");

    let mut order = order();
    sleep(Duration::from_secs(1));
    assert_eq!(erp.asks("A-2").quantity(), "7.25", "an order that is not committed is not seen");
    assert!(order.wait().expect("the order").success());
    assert_eq!(erp.asks("A-2").quantity(), "0.25", "and one that is, is");
}

/// What holds for both when something is wrong: the server's own words, and no answer.
fn says_what_is_wrong(erp: &mut Erp, kind: &str, words: [&str; 4]) {
    let [password, table, column, write] = words;
    let wrong = told(erp.start("A-1", "wrong"));
    assert!(wrong.error().contains(password), "{}", wrong.error());
    let right = erp.stock.clone();
    erp.set("/sql/item", json!("SELECT sku FROM stocks WHERE sku IN ({keys})"));
    assert!(erp.asks("A-1").error().contains(table), "{}", erp.asks("A-1").error());
    erp.set("/sql/item", json!("SELECT sku, on_hand, reserved, updated_at FROM stock WHERE sku IN ({keys})"));
    assert!(erp.asks("A-1").error().contains(column), "{}", erp.asks("A-1").error());
    // Who may write may not do it here.
    erp.set(&format!("/sql/{kind}/user"), json!("writer"));
    erp.set(
        "/sql/item",
        json!("SELECT take(sku) AS sku, on_hand, reserved, updated_at, note FROM stock WHERE sku IN ({keys})"),
    );
    assert!(erp.asks("A-1").error().contains(write), "{}", erp.asks("A-1").error());
    erp.stock = right;
    // A certificate that nobody vouches for.
    erp.set(&format!("/sql/{kind}/ca_file"), json!(null));
    erp.stock.pointer_mut(&format!("/sql/{kind}")).and_then(Value::as_object_mut).expect("a server").remove("ca_file");
    assert!(erp.asks("A-1").error().contains("certificate"), "{}", erp.asks("A-1").error());
    erp.set(&format!("/sql/{kind}/tls"), json!("require"));
    assert_eq!(erp.asks("A-2").code, 0);
}

/// A server that goes away in the middle of its answer.
fn breaks_off(erp: &mut Erp, endless: &str, kill: impl FnOnce()) {
    erp.set("/sql/query", json!(endless)).set("/sql/timeout", json!("60s"));
    erp.stock["sql"].as_object_mut().expect("options").remove("item");
    let running = erp.start("A-1", PASSWORD);
    sleep(Duration::from_secs(3));
    kill();
    let told = told(running);
    let error = told.error();
    assert!(!error.contains("longer than"), "{error}");
}

#[test]
fn stock_in_mariadb() {
    if !kit::has("stock in MariaDB", &["mariadb"], &["openssl"]) {
        return;
    }
    let (server, mut erp) = mariadb();
    let order = || {
        let order = "USE erp; START TRANSACTION; UPDATE stock SET reserved = reserved + 7 WHERE sku = 'A-2'; \
                     SELECT SLEEP(5); COMMIT";
        server.client(order).stdout(Stdio::null()).spawn().expect("a client")
    };
    reads_what_is_true(&erp, &|sql| drop(server.run(&format!("USE erp; {sql}"))), &order);
    let way =
        json!({"socket": server.socket(), "database": "erp", "user": "stocktruth", "password": "${ERP_DB_PASSWORD}"});
    assert_eq!(Erp::new("mysql", &way).asks("A-2").quantity(), "0.25");
    server.run(
        "USE erp\nDELIMITER //\nCREATE FUNCTION take(s VARCHAR(40)) RETURNS VARCHAR(40) MODIFIES SQL DATA \
         BEGIN UPDATE stock SET on_hand = 0; RETURN s; END //",
    );
    let words = ["Access denied", "stocks", "no column is called `note`", "READ ONLY"];
    says_what_is_wrong(&mut erp, "mysql", words);
    assert_eq!(server.run("SELECT on_hand FROM erp.stock WHERE sku = 'A-2'").trim(), "7.5000000000");
    let endless = "SELECT CONCAT('K', seq) AS sku, 1 AS on_hand, 0 AS reserved, 1 AS updated_at, 1 AS note \
                   FROM seq_1_to_1000000000";
    erp.set("/sql/mysql/user", json!("writer"));
    breaks_off(&mut erp, endless, || drop(server));
}

#[test]
fn stock_in_postgresql() {
    if !kit::has("stock in PostgreSQL", &["postgres"], &["openssl"]) {
        return;
    }
    let (server, mut erp, _certificate) = postgres();
    let order = || {
        let order = "begin; update stock set reserved = reserved + 7 where sku = 'A-2'; select pg_sleep(5); commit";
        Command::new("psql").args(["-q", &server.url("erp"), "-c", order]).stdout(Stdio::null()).spawn().expect("psql")
    };
    reads_what_is_true(&erp, &|sql| drop(server.run("erp", sql)), &order);
    server.run(
        "erp",
        "create function take(s text) returns text language plpgsql as \
         $$ begin update stock set on_hand = 0; return s; end $$",
    );
    let words =
        ["password authentication failed", "\"stocks\" does not exist", "no column is called `note`", "read-only"];
    says_what_is_wrong(&mut erp, "postgres", words);
    assert_eq!(server.run("erp", "select on_hand from stock where sku = 'A-2'").trim(), "7.5");
    let endless = "SELECT 'K' || i AS sku, 1 AS on_hand, 0 AS reserved, 1 AS updated_at, 1 AS note \
                   FROM generate_series(1, 1000000000) AS i";
    breaks_off(&mut erp, endless, || drop(server));
}
