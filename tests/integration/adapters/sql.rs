//! `sql` against SQLite files, and against servers that are none; MariaDB and PostgreSQL are in `tests/real`.

use std::io::Read;
use std::net::TcpListener;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use crate::harness::{Says, World, page};

/// A world whose stock is in `erp.db`, made by these statements.
fn world(skus: &[&str], statements: &str) -> World {
    let mut world = World::new();
    for sku in skus {
        world.lists(sku, page(sku, Says::In));
    }
    run(&world, statements);
    let stock = json!({"sellable": "on_hand - reserved", "sql": sqlite(
        "SELECT sku, on_hand, reserved FROM stock",
        &json!({"on_hand": "on_hand", "reserved": "reserved"}),
    )});
    world.set("/shops/0/stock", stock);
    world
}

fn sqlite(query: &str, fields: &Value) -> Value {
    json!({"sqlite": {"file": "erp.db"}, "query": query, "key": "sku", "fields": fields})
}

fn run(world: &World, statements: &str) {
    open(world).execute_batch(statements).expect("statements");
}

fn open(world: &World) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    Connection::open_with_flags(world.folder().join("erp.db"), flags).expect("a database")
}

const STOCK: &str = "CREATE TABLE stock (sku TEXT PRIMARY KEY, on_hand NUMERIC, reserved NUMERIC);
    INSERT INTO stock VALUES ('A-1', 5, 2), ('A-2', 5, 5), ('A-3', NULL, 0), (' A-4 ', '0.30', 0.1);";

/// Why the source failed.
fn failed(world: &World) -> String {
    let checked = world.check(&["--dry-run"]);
    checked.exits(4);
    assert_eq!(checked.json["shops"][0]["mismatches"], 0, "nothing is taken for zero");
    checked.json["shops"][0]["failed"].as_str().expect("a reason").to_owned()
}

#[test]
fn a_query_is_read_row_by_row_and_suspects_by_their_keys() {
    let mut world = world(&["A-1", "A-2", "A-3", "A-4", "A-5"], STOCK);
    world.set("/shops/0/stock/threshold", 0.2);
    let item = "SELECT sku, on_hand, reserved FROM stock WHERE sku IN ({keys}); -- by the key";
    world.set("/shops/0/stock/sql/item", item).set("/shops/0/stock/sql/batch", 1);
    let checked = world.check(&["--dry-run"]);
    checked.exits(10);
    assert_eq!(
        checked.verdicts(),
        [
            "A-1 agrees",
            "A-2 false_available",
            "A-3 unverified (stock_failed)",
            "A-4 agrees",
            "A-5 unverified (stock_missing)",
        ]
    );
    assert_eq!(checked.item("A-1")["stock"]["fields"], json!({"on_hand": "5", "reserved": "2"}));
    assert_eq!(checked.item("A-4")["stock"]["sellable"], "0.2", "decimals are exact");
}

#[test]
fn an_order_that_is_not_committed_is_not_seen() {
    let world = world(&["A-1"], &format!("PRAGMA journal_mode = WAL; {STOCK}"));
    let mut orders = open(&world);
    let order = orders.transaction().expect("a transaction");
    order.execute("UPDATE stock SET reserved = 5 WHERE sku = 'A-1'", []).expect("a reservation");
    assert_eq!(world.check(&["--dry-run"]).exits(0).verdicts(), ["A-1 agrees"]);
    order.commit().expect("a commit");
    assert_eq!(world.check(&["--dry-run"]).exits(10).verdicts(), ["A-1 false_available"]);
}

#[test]
fn rows_of_several_warehouses_make_one_item() {
    let mut world = world(
        &["A-1", "A-2", "A-3"],
        "CREATE TABLE stock (sku TEXT, warehouse TEXT, on_hand INTEGER, tracked INTEGER);
         INSERT INTO stock VALUES ('A-1', 'north', 0, 1), ('A-2', 'north', 3, 1), ('A-3', 'north', 1, 1),
             ('A-1', 'south', 4, 1), ('A-2', 'shop', 9, 1), ('A-3', 'south', 1, 0)",
    );
    let mut sql = sqlite("SELECT * FROM stock", &json!({"tracked": "tracked"}));
    sql["locations"] = json!({"column": "warehouse", "fields": {"on_hand": "on_hand"}});
    let stock = json!({"sellable": "sum(locations[web].on_hand)", "threshold": 4, "untracked_when": "tracked == 0",
        "locations": {"web": ["north", "south"]}, "sql": sql});
    world.set("/shops/0/stock", stock);
    let checked = world.check(&["--dry-run"]);
    assert_eq!(
        checked.exits(10).verdicts(),
        ["A-1 agrees", "A-2 false_available", "A-3 unverified (stock_failed)"],
        "the rows of A-3 contradict each other"
    );
}

#[test]
fn what_would_write_is_refused_before_anything_is_asked() {
    for (query, expected) in [
        ("DELETE FROM stock", "begins with DELETE"),
        ("SELECT sku FROM stock; DROP TABLE stock", "several statements"),
        ("WITH w AS (SELECT 1) INSERT INTO stock SELECT 'B', 1, 1", "holds the word INSERT"),
    ] {
        let mut world = world(&["A-1"], STOCK);
        world.set("/shops/0/stock/sql/query", query);
        world.run(&["check"]).exits(3).complains(["`query`", expected]);
        assert_eq!(open(&world).query_row("SELECT count(*) FROM stock", [], |row| row.get(0)), Ok(4));
    }
}

#[test]
fn a_database_that_cannot_be_read_accuses_nobody() {
    let mut world = world(&["A-1"], STOCK);
    world.set("/shops/0/stock/sql/fields/reserved", "reservd");
    let why = failed(&world);
    let expected = "no column is called `reservd`; did you mean `reserved`?; there are sku, on_hand, reserved";
    assert!(why.contains(expected), "{why}");

    world.set("/shops/0/stock/sql/query", "SELECT sku, on_hand, reserved AS reservd FROM stocks");
    assert!(failed(&world).contains("no such table: stocks"), "{}", failed(&world));

    world.set("/shops/0/stock/sql/sqlite", json!({"file": "nowhere.db"}));
    assert!(failed(&world).contains("nowhere.db: cannot be opened"), "{}", failed(&world));
    assert!(!world.folder().join("nowhere.db").exists(), "no database is made in its place");

    world.file("nowhere.db", "SKU;Qty\nA-1;5\n".repeat(100));
    let why = failed(&world);
    assert!(why.contains("file is not a database") && why.contains("see whether stock.sql.sqlite.file"), "{why}");
}

#[test]
fn a_locked_file_is_waited_for_and_then_an_error() {
    let mut world = world(&["A-1"], STOCK);
    world.set("/shops/0/stock/sql/connect_timeout", "200ms");
    let orders = open(&world);
    orders.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").expect("a lock");
    let why = failed(&world);
    assert!(why.contains("database is locked") && why.contains("another program holds the file"), "{why}");
    world.set("/shops/0/stock/sql/connect_timeout", "20s");
    let running = world.program(&["check", "--dry-run", "--format", "json"]).start();
    std::thread::sleep(Duration::from_millis(500));
    drop(orders);
    running.end().exits(0);
}

#[test]
fn a_query_that_takes_too_long_is_stopped() {
    let mut world = world(&["A-1"], STOCK);
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
                   SELECT max(i) AS sku, 1 AS on_hand, 0 AS reserved FROM n";
    world.set("/shops/0/stock/sql/query", endless).set("/shops/0/stock/sql/timeout", "300ms");
    let why = failed(&world);
    assert!(why.contains("the reading took longer than 0.3 s"), "{why}");
}

#[test]
fn a_server_at_a_private_address_is_asked_only_where_that_is_allowed() {
    for kind in ["postgres", "mysql"] {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let mut world = World::new();
        world.lists("A-1", page("A-1", Says::In));
        let server = json!({"host": "localhost", "port": port, "database": "erp", "user": "us",
            "password": "${SECRET}", "tls": "off"});
        let sql = json!({kind: server, "query": "SELECT sku, on_hand FROM stock", "key": "sku",
            "fields": {"on_hand": "on_hand"}, "connect_timeout": "5s"});
        world.set("/shops/0/stock", json!({"sellable": "on_hand", "sql": sql}));
        let check =
            |world: &World| world.program(&["check", "--dry-run", "--format", "json"]).env("SECRET", "s3cret").run();
        let refused = check(&world);
        refused.exits(4);
        assert!(refused.stdout.contains("localhost is at 127.0.0.1, a private address"), "{}", refused.stdout);

        // And where it is allowed, a server that hangs up says nothing.
        world.set(&format!("/shops/0/stock/sql/{kind}/allow_private"), json!(["127.0.0.1", "::1"]));
        let hangs_up = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut heard = [0; 512];
            stream.set_read_timeout(Some(Duration::from_millis(300))).expect("a deadline");
            stream.read(&mut heard).map_or(Vec::new(), |count| heard[..count].to_vec())
        });
        let broken = check(&world);
        broken.exits(4);
        let heard = hangs_up.join().expect("no panic");
        for said in [&broken.stdout, &broken.stderr, &String::from_utf8_lossy(&heard).into_owned()] {
            assert!(!said.contains("s3cret"), "{said}");
        }
    }
}
