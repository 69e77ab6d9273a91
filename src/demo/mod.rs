//! The embedded sample shop: pages, a stock system and a mail sink on loopback, so that everything can be seen at work
//! without a shop, a network or a configuration.
//!
//! | file | what it is |
//! |---|---|
//! | `products` | the range: what each page says, what the stock system says, what a check should find |
//! | `pages`, `labels`, `pages/*` | the pages, in the style of several shop systems and in four languages; a feed, a campaign |
//! | `shop`, `stock`, `smtp` | the three servers |
//! | `mail` | a captured mail, taken apart to be shown |
//!
//! The check that runs against it is the ordinary one, with `config/demo.yaml` as its configuration.

mod labels;
mod mail;
mod pages;
mod products;
mod shop;
mod smtp;
mod stock;

use std::io;
use std::path::{Path, PathBuf};

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use url::Url;

use crate::domain::clock::Clock;

pub use mail::{MailParts, mail_parts};
pub use products::Expected;

/// The configuration, with placeholders for what is only known once the servers listen.
const CONFIG: &str = include_str!("../../config/demo.yaml");
/// What the configuration is called once it is written.
const CONFIG_FILE: &str = "stocktruth.yaml";
/// The file that holds the stock system's token, as `config/demo.yaml` names it.
const TOKEN_FILE: &str = "stock-token";

/// Why the sample shop could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// No port could be had.
    #[error("the sample shop could not listen on 127.0.0.1: {0}; allow programs to listen on loopback and try again")]
    Listen(#[from] io::Error),
    /// An address could not be written down. A bug.
    #[error("the sample shop's address is none: {0}")]
    Address(#[from] url::ParseError),
}

/// The sample shop while it is open. Closes when dropped.
#[derive(Debug)]
pub struct Demo {
    shop: Url,
    stock: Url,
    smtp_port: u16,
    mailbox: smtp::Mailbox,
    servers: Vec<AbortHandle>,
}

/// Opens the sample shop on free ports of 127.0.0.1. Call it inside a tokio runtime.
///
/// # Errors
/// If the machine gives no port.
pub async fn start(clock: &Clock) -> Result<Demo, DemoError> {
    let (shop, stock, mail) = (listen().await?, listen().await?, listen().await?);
    let home = format!("http://{}", shop.local_addr()?);
    let mut demo = Demo {
        shop: Url::parse(&home)?,
        stock: Url::parse(&format!("http://{}", stock.local_addr()?))?,
        smtp_port: mail.local_addr()?.port(),
        mailbox: smtp::Mailbox::default(),
        servers: Vec::new(),
    };
    demo.servers.push(serve(shop, shop::router(home, clock.clone())));
    demo.servers.push(serve(stock, stock::router(clock.clone())));
    demo.servers.push(tokio::spawn(smtp::serve(mail, demo.mailbox.clone())).abort_handle());
    Ok(demo)
}

async fn listen() -> io::Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", 0)).await
}

fn serve(listener: TcpListener, router: Router) -> AbortHandle {
    tokio::spawn(async move { axum::serve(listener, router).await }).abort_handle()
}

impl Demo {
    /// The shop's address, with a slash at its end.
    pub fn shop_url(&self) -> &Url {
        &self.shop
    }

    /// The stock system's address, with a slash at its end.
    pub fn stock_url(&self) -> &Url {
        &self.stock
    }

    /// The mail sink's port on 127.0.0.1.
    pub fn smtp_port(&self) -> u16 {
        self.smtp_port
    }

    /// `config/demo.yaml` with the addresses filled in. Its paths are relative to the folder it is put into.
    pub fn config_text(&self) -> String {
        let bare = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
        CONFIG
            .replace("${STOCKTRUTH_DEMO_SHOP}", &bare(&self.shop))
            .replace("${STOCKTRUTH_DEMO_STOCK}", &bare(&self.stock))
            .replace("${STOCKTRUTH_DEMO_SMTP}", &self.smtp_port.to_string())
    }

    /// Writes the configuration and the file with the stock system's token into a folder, which is made if absent.
    /// Gives the configuration's path.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write_config(&self, folder: &Path) -> io::Result<PathBuf> {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join(TOKEN_FILE), stock::TOKEN)?;
        let config = folder.join(CONFIG_FILE);
        std::fs::write(&config, self.config_text())?;
        Ok(config)
    }

    /// The mails that arrived so far, oldest first, as they came over the wire.
    pub fn mails(&self) -> Vec<Vec<u8>> {
        self.mailbox.all()
    }

    /// What a check should find, in the order of the sitemap.
    pub fn expected(&self) -> Vec<Expected> {
        products::PRODUCTS.iter().map(products::Product::expected).collect()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;

    /// An answer of one of the servers.
    pub(super) struct Answer {
        /// Status line and headers, each ended by CRLF.
        pub(super) head: String,
        pub(super) bytes: Vec<u8>,
        pub(super) body: String,
    }

    pub(super) async fn started() -> Demo {
        start(&Clock::fixed("2026-11-10T12:00:00Z".parse().expect("a time"))).await.expect("a demo")
    }

    /// `headers` are whole lines.
    pub(super) async fn get(at: &Url, path: &str, headers: &str) -> Answer {
        let port = at.port().expect("a port");
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
        let request = format!("GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.expect("written");
        let mut all = Vec::new();
        tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut all))
            .await
            .expect("an answer in time")
            .expect("an answer");
        let end = all.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
        let bytes = all.split_off(end);
        // HTTP/1.0 in the request is answered with its own version; the tests speak of 1.1.
        let head = String::from_utf8(all).expect("a head in UTF-8").replace("HTTP/1.0 ", "HTTP/1.1 ");
        Answer { head, body: String::from_utf8_lossy(&bytes).into_owned(), bytes }
    }

    #[tokio::test]
    async fn the_range_holds_every_outcome_once_at_least() {
        let demo = started().await;
        let expected = demo.expected();
        let skus: BTreeSet<&str> = expected.iter().map(|one| one.sku).collect();
        assert_eq!(skus.len(), expected.len(), "every SKU once");
        let outcomes: BTreeSet<_> =
            expected.iter().map(|one| (one.verdict, one.reason, one.cause.map(crate::domain::Cause::code))).collect();
        for outcome in [
            ("agrees", None, None),
            ("contradictory", None, None),
            ("expired_promise", None, None),
            ("false_available", None, None),
            ("false_available", None, Some("page_cache")),
            ("false_available", None, Some("feed_lag")),
            ("false_available", None, Some("listing_lag")),
            ("false_unavailable", None, None),
            ("gone", None, None),
            ("unverified", Some("challenge"), None),
            ("unverified", Some("no_claim"), None),
            ("unverified", Some("other_product"), None),
            ("unverified", Some("robots_disallowed"), None),
            ("unverified", Some("stock_missing"), None),
        ] {
            assert!(outcomes.contains(&outcome), "{outcome:?}");
        }
    }

    #[tokio::test]
    async fn the_configuration_has_no_placeholder_left_and_finds_every_sku_in_its_url() {
        let demo = started().await;
        let folder = tempfile::tempdir().expect("a folder");
        let path = demo.write_config(&folder.path().join("new")).expect("written");
        let text = std::fs::read_to_string(&path).expect("the configuration");
        assert!(!text.contains("${"), "{text}");
        let yaml: serde_json::Value = serde_yaml::from_str(&text).expect("YAML");
        let sitemap = &yaml["shops"][0]["catalog"]["sitemap"];
        assert_eq!(sitemap["url"], format!("{}sitemap.xml", demo.shop_url()));
        let pattern = regex::Regex::new(sitemap["sku_from_url"].as_str().expect("a pattern")).expect("a pattern");
        for product in products::PRODUCTS {
            let url = format!("{}{}", demo.shop_url(), product.path());
            assert_eq!(pattern.captures(&url).map(|found| found["sku"].to_owned()).as_deref(), Some(product.sku));
        }
        let token = yaml["shops"][0]["stock"]["http_json"]["auth"]["bearer"]["token_file"].as_str().expect("a file");
        assert_eq!(std::fs::read_to_string(path.with_file_name(token)).expect("the token"), stock::TOKEN);
    }

    #[tokio::test]
    async fn a_dropped_shop_is_closed() {
        let demo = started().await;
        let port = demo.shop_url().port().expect("a port");
        drop(demo);
        for _ in 0..50 {
            if TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("still open");
    }
}
