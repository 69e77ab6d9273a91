//! A real shop, filled with products and served on loopback.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use serde_json::{Map, Value};
use tempfile::TempDir;

use crate::kit;
use crate::process::{Server, free_port, output};

/// A shop that runs until this goes out of scope.
pub(crate) struct Shop {
    name: &'static str,
    port: u16,
    /// SKU → what the seeding script said of the product.
    products: Map<String, Value>,
    _server: Server,
    data: TempDir,
}

impl Shop {
    /// Serves a fresh copy of the shop `tests/shops/<name>`.
    pub(crate) fn open(name: &'static str) -> Self {
        let seed = seed(name);
        let data = TempDir::new().expect("a folder");
        copy(&seed.join("data"), data.path());
        let port = free_port();
        let mut serve = script(name, "serve.sh", data.path());
        serve.arg(port.to_string());
        let server = Server::start(serve, port, &data.path().join("log"));
        let products = fs::read_to_string(seed.join("products.json")).expect("the products");
        let products = serde_json::from_str(&products).expect("the products as JSON");
        Self { name, port, products, _server: server, data }
    }

    /// The folder of its database and pictures.
    pub(crate) fn data(&self) -> &Path {
        self.data.path()
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn skus(&self) -> impl Iterator<Item = &str> {
        self.products.keys().map(String::as_str)
    }

    /// What the seeding script said of a product.
    pub(crate) fn product(&self, sku: &str) -> &Value {
        self.products.get(sku).unwrap_or_else(|| panic!("the shop has no {sku}"))
    }

    pub(crate) fn title(&self, sku: &str) -> &str {
        self.product(sku)["title"].as_str().expect("a title")
    }

    /// The product page's path.
    pub(crate) fn path(&self, sku: &str) -> &str {
        self.product(sku)["path"].as_str().expect("a path")
    }

    /// Changes stock behind the shop's back (`SKU=QUANTITY`) and gives the stock of everything as CSV.
    pub(crate) fn stock(&self, changes: &[&str]) -> String {
        let mut command = script(self.name, "stock.sh", self.data.path());
        command.args(changes);
        output(command)
    }

    /// A number from the shop's own database, by SQL; `file` is where it lies below the shop's data.
    pub(crate) fn count(&self, file: &str, sql: &str) -> i64 {
        let database = rusqlite::Connection::open_with_flags(
            self.data.path().join(file),
            rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE,
        )
        .expect("the shop's database");
        database.busy_timeout(std::time::Duration::from_secs(20)).expect("patience");
        database.query_row(sql, [], |row| row.get(0)).expect("a number")
    }

    /// A customer orders one of a product, at the shop's address as customers know it. Oscar then allocates it.
    pub(crate) fn order(&self, url: &str, sku: &str) {
        let mut command = Command::new(kit::environment(self.name).join("bin/python"));
        command.arg(kit::scripts(self.name).join("costume_order.py")).arg(url);
        command.arg(self.product(sku)["id"].to_string());
        output(command);
    }
}

fn script(shop: &str, script: &str, data: &Path) -> Command {
    let mut command = Command::new(kit::scripts(shop).join(script));
    command.arg(kit::environment(shop)).arg(data);
    command
}

/// The filled shop, before anybody touched it. Filling takes most of a minute, so it is kept for as long as the recipe
/// stays the same.
fn seed(shop: &str) -> PathBuf {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shops").join(shop);
    let recipe = kit::recipe(shop);
    if fs::read_to_string(kept.join("recipe")).is_ok_and(|before| before == recipe) {
        return kept;
    }
    let _ = fs::remove_dir_all(&kept);
    fs::create_dir_all(&kept).expect("a folder for the seed");
    let products = output(script(shop, "prepare.sh", &kept.join("data")));
    fs::write(kept.join("products.json"), products).expect("the products");
    // Last, so that half a seed is never taken for a whole one.
    fs::write(kept.join("recipe"), recipe).expect("the recipe");
    kept
}

fn copy(from: &Path, to: &Path) {
    let mut command = Command::new("cp");
    command.arg("-R").arg(from.join(".")).arg(to);
    output(command);
}
