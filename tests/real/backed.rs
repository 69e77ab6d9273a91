//! A real shop that keeps its stock in PostgreSQL, filled with products and served on loopback.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use serde_json::Value;
use tempfile::TempDir;

use crate::kit;
use crate::pages::Pages;
use crate::postgres::Postgres;
use crate::process::{Server, free_port, output};

/// A shop and its database, which run until this goes out of scope.
pub(crate) struct Backed {
    name: &'static str,
    port: u16,
    /// What the clerk said when he had filled the shop.
    seeded: Value,
    // The shop goes before its database.
    _server: Server,
    postgres: Postgres,
    _folder: TempDir,
}

impl Backed {
    /// A configuration that holds what `pages` promise against this shop's stock: `adapter` is its section under `stock`,
    /// indented by six blanks, with `{api}` for the shop's address.
    pub(crate) fn configuration(&self, pages: &Pages, adapter: &str) -> String {
        format!(
            r"
version: 1
contact: it@lamps.example
shops:
  - name: lamps
    url: {pages}
    catalog:
      csv:
        file: catalogue.csv
        columns:
          sku: sku
          url: url
    fetch: {{rate: 500/s, burst: 50, concurrency: 4, allow_private: [127.0.0.1]}}
    stock:
      # Here much is sold out at once, and on purpose.
      max_sold_out: 100%
{adapter}
    grace: 0s
    confirm_after: 0s
fallback:
  email: esther@shop.test
mail: {{from: stocktruth@shop.test, transport: {{file: {{folder: outbox}}}}}}
",
            pages = pages.url(),
            adapter = adapter.replace("{api}", &self.url()),
        )
    }

    /// Serves a fresh copy of the shop `tests/shops/<name>`. Filling takes most of a minute, so what is filled is kept
    /// for as long as the recipe stays the same.
    pub(crate) fn open(name: &'static str) -> Self {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shops").join(name);
        let recipe = kit::recipe(name);
        let is_kept = fs::read_to_string(kept.join("recipe")).is_ok_and(|before| before == recipe);
        let postgres = Postgres::open();
        postgres.create(name);
        if is_kept {
            postgres.load(name, &kept.join("shop.sql"));
        } else if kit::scripts(name).join("prepare.sh").exists() {
            output(script(name, "prepare.sh", &postgres));
        }
        let folder = TempDir::new().expect("a folder");
        let port = free_port();
        let mut serve = script(name, "serve.sh", &postgres);
        serve.arg(port.to_string());
        let server = Server::start(serve, port, &folder.path().join("log"));
        let mut shop = Self { name, port, seeded: Value::Null, _server: server, postgres, _folder: folder };
        if is_kept {
            let seeded = fs::read_to_string(kept.join("seeded.json")).expect("what was filled in");
            shop.seeded = serde_json::from_str(&seeded).expect("what was filled in, as JSON");
        } else {
            shop.fill(&kept, &recipe);
        }
        shop
    }

    fn fill(&mut self, kept: &Path, recipe: &str) {
        let _ = fs::remove_dir_all(kept);
        fs::create_dir_all(kept).expect("a folder for the seed");
        // Where filling is done beside the shop, once its tables are there.
        if kit::scripts(self.name).join("fill.sh").exists() {
            output(script(self.name, "fill.sh", &self.postgres));
        }
        self.seeded = self.clerk(&["seed"]);
        self.postgres.dump(self.name, &kept.join("shop.sql"));
        fs::write(kept.join("seeded.json"), self.seeded.to_string()).expect("what was filled in");
        // Last, so that half a seed is never taken for a whole one.
        fs::write(kept.join("recipe"), recipe).expect("the recipe");
    }

    /// The shop, with a slash at the end.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    pub(crate) fn seeded(&self) -> &Value {
        &self.seeded
    }

    /// Changes its tables behind its back, as a warehouse system does.
    pub(crate) fn sql(&self, statements: &str) {
        self.postgres.run(self.name, statements);
    }

    /// A number from its tables.
    pub(crate) fn count(&self, sql: &str) -> i64 {
        let told = self.postgres.run(self.name, sql);
        told.trim().parse().unwrap_or_else(|error| panic!("{sql}: {told}: {error}"))
    }

    /// Its port on loopback.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Changes the shop as its staff do, or buys as its customers do; gives what the clerk says.
    pub(crate) fn clerk(&self, task: &[&str]) -> Value {
        let mut command = Command::new("node");
        command.arg(kit::scripts(self.name).join("clerk.mjs")).arg(self.port.to_string()).args(task);
        serde_json::from_str(&output(command)).expect("the clerk's JSON")
    }
}

fn script(shop: &str, script: &str, postgres: &Postgres) -> Command {
    let mut command = Command::new(kit::scripts(shop).join(script));
    command.arg(kit::environment(shop)).arg(postgres.url(shop));
    command
}
