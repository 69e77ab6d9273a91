//! What a good configuration becomes.

use std::path::Path;
use std::time::Duration;

use rust_decimal::Decimal;
use secrecy::ExposeSecret;

use super::{GOOD, check, problems, told};
use crate::config::{Config, compile};
use crate::domain::{Availability, Decides, Tolerance};
use crate::{catalog, incident, notify, stock};

fn good(text: &str) -> Config {
    check(text).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn defaults() {
    let config = good(GOOD);
    let shop = &config.shops[0];
    assert_eq!((shop.grace, shop.confirm_after), (Duration::from_secs(900), Duration::from_secs(30)));
    assert_eq!(config.min_verified, Decimal::new(5, 1));
    assert_eq!(config.store.file, Path::new("/nowhere/stocktruth.db"));
    assert_eq!(shop.fetch.user_agent, format!("stocktruth/{} (+it@shop.example)", env!("CARGO_PKG_VERSION")));
    assert!(shop.fetch.robots);
    assert_eq!(shop.stock.sources[0].threshold, Decimal::ONE);
    let catalog::Options::List(items) = &shop.catalog else { panic!() };
    assert_eq!(items[0].url.as_ref().unwrap().as_str(), "https://shop.example/a-1");
    let stock::Adapter::HttpJson(http) = &shop.stock.sources[0].adapter else { panic!() };
    assert!(!http.fetch.robots);
    assert_eq!(http.fetch.user_agent, shop.fetch.user_agent);
    let notify = config.notify.unwrap();
    assert_eq!((notify.owners.len(), notify.fallback.as_slice()), (1, ["all@shop.example".to_owned()].as_slice()));
    assert_eq!(notify.operations, notify.fallback);
    assert!(matches!(notify.mail.unwrap().transport, notify::Transport::Console));
    let timezone = notify.usual.cadence.timezone.clone();
    assert_eq!(notify.usual.cadence, notify::Cadence { timezone, ..notify::Cadence::default() });
    assert_eq!(config.incidents, incident::Policy::default());
    assert!(config.severity.is_empty() && config.heartbeat.is_none() && config.missed_after.is_none());
}

#[test]
fn systemd_says_where_the_database_goes() {
    let environment = |name: &str| (name == "STATE_DIRECTORY").then(|| "/var/lib/stocktruth:/x".to_owned());
    let config = compile(Path::new("/etc/stocktruth/stocktruth.yaml"), GOOD, &environment).unwrap();
    assert_eq!(config.store.file, Path::new("/var/lib/stocktruth/stocktruth.db"));
}

#[test]
fn the_example_becomes_what_it_says() {
    let text = include_str!("../../../config/example.yaml");
    let config = compile(Path::new("/srv/example.yaml"), text, &|name| match name {
        "HEARTBEAT_URL" => Some("https://hc.example/ping".to_owned()),
        name if name.ends_with("_WEBHOOK") => Some(format!("https://hooks.example/{name}")),
        "TICKETS_SECRET" => Some("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()),
        name => Some(format!("of {name}")),
    })
    .unwrap();
    let [books, toys, games, watched, ..] = config.shops.as_slice() else { panic!() };

    let catalog::Options::Csv(csv) = &books.catalog else { panic!() };
    assert_eq!(csv.from, catalog::Place::File("/srv/catalogue.csv".into()));
    assert_eq!((csv.delimiter, csv.encoding.as_deref()), (Some(b';'), Some("windows-1255")));
    assert_eq!(books.fetch.headers[1].1.expose_secret(), "Basic of SHOP_STAGING_LOGIN");
    assert_eq!(books.fetch.allow_private.len(), 3);
    assert_eq!(books.claims.selectors[0].says, Availability::SoldOut);
    let stock::Adapter::HttpJson(http) = &books.stock.sources[0].adapter else { panic!() };
    let Some(stock::Auth::Bearer { token }) = &http.auth else { panic!() };
    assert_eq!(token.expose_secret(), "of ERP_TOKEN");
    let paging = &http.all.as_ref().unwrap().paging;
    assert!(matches!(paging, stock::Paging::Page { first: 1, size: 100, size_parameter: Some(_), .. }), "{paging:?}");
    assert_eq!(http.batch.as_ref().unwrap().size, 100);
    assert_eq!(http.mapping.fields.len(), 7);

    let catalog::Options::Sitemap(sitemap) = &toys.catalog else { panic!() };
    assert_eq!((sitemap.include.len(), sitemap.exclude.len()), (1, 1));
    let stock::Adapter::Csv(csv) = &toys.stock.sources[0].adapter else { panic!() };
    assert!(csv.decimal_comma && csv.delimiter == Some(b'\t'));
    assert!(matches!(&csv.from, stock::Place::Url { auth: Some(stock::Auth::Header { .. }), fetch, .. }
        if fetch.max_body == 1 << 30 && fetch.circuit_after == 3));
    let [erp, shop] = games.stock.sources.as_slice() else { panic!() };
    assert_eq!((erp.decides, shop.decides), (Decides::Quantity, Decides::Both));
    assert_eq!(games.stock.tolerance, Tolerance::Share(Decimal::new(5, 2)));
    assert!(erp.keys.case && erp.keys.leading_zeros && erp.keys.separators && shop.keys == stock::Keys::default());
    assert_eq!(erp.keys.mapping.as_ref().unwrap().file, Path::new("/srv/erp-numbers.csv"));
    assert!(matches!(&watched.catalog, catalog::Options::List(items) if items[0].key() == Some("ERP-17")));

    let notify = config.notify.as_ref().unwrap();
    let mail = notify.mail.as_ref().unwrap();
    assert!(matches!(&mail.transport, notify::Transport::Smtp { port: 587, credentials: Some(_), .. }));
    assert_eq!(notify.admin_urls["books"], "https://books.example/admin/products?sku={sku}");
    let channels: Vec<_> = notify.recipients.iter().map(|one| (one.id.as_str(), one.channel.code())).collect();
    let expected = [
        ("books-channel", "slack"),
        ("dana", "mail"),
        ("night-shift", "discord"),
        ("ticket-system", "webhook"),
        ("town-square", "mattermost"),
        ("toys-channel", "teams"),
        ("merchandising@books.example", "mail"),
        ("it@books.example", "mail"),
        ("yossi@books.example", "mail"),
        ("toys@toys.example", "mail"),
    ];
    assert_eq!(channels, expected);
    assert!(!format!("{config:?}").contains("of ERP_TOKEN"), "secrets are not in Debug");
}

#[test]
fn numbers_that_are_texts_stay_as_they_were_written() {
    let list = "        - sku: 1.10\n        - {sku: 0123, url: /b}\n        - sku: 1e3\n        - sku: 12\n        - sku: 0x1F\n";
    let config = good(&GOOD.replace("        - sku: A-1\n          url: /a-1\n", list));
    let catalog::Options::List(items) = &config.shops[0].catalog else { panic!() };
    let skus: Vec<_> = items.iter().map(|item| item.sku.as_deref().unwrap()).collect();
    assert_eq!(skus, ["1.10", "0123", "1e3", "12", "0x1F"]);
}

#[test]
fn anchors_and_merges_are_followed_and_their_problems_found() {
    let text = GOOD.replace("    stock:\n", "    fetch: &polite {rate: 2/s, burst: 3}\n    stock:\n").replace(
        "owners:\n",
        "  - {name: toys, url: \"https://toys.example/\", fetch: {<<: *polite, burst: 5},\n     \
            catalog: {sitemap: {url: \"https://toys.example/s.xml\"}},\n     \
            stock: {sellable: a, csv: {url: \"https://toys.example/s.csv\", key: k, fields: {a: b}}}}\nowners:\n",
    );
    let config = good(&text);
    assert_eq!((config.shops[0].fetch.burst.get(), config.shops[1].fetch.burst.get()), (3, 5));
    assert_eq!(config.shops[1].fetch.rate.requests.get(), 2);
    let wrong = told(&problems(&text.replace("rate: 2/s", "rate: 2")));
    assert_eq!(wrong.len(), 2, "{wrong:?}");
    assert!(wrong.iter().all(|told| told.starts_with("10:27 `rate`")), "{wrong:?}");
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let above = format!("*a{}, ", level - 1).repeat(10);
        text.push_str(&format!("a{level}: &a{level} [{above}]\n"));
    }
    assert!(problems(&text).errors() > 0);
}

#[test]
fn credentials_may_go_to_this_machine_in_the_open() {
    let auth = "        auth: {bearer: {token: \"${TOKEN}\"}}\n        fields:\n";
    for host in ["localhost:8000", "127.0.0.1", "[::1]:80", "shop.localhost"] {
        let text = GOOD.replace("https://erp.example", &format!("http://{host}")).replace("        fields:\n", auth);
        good(&text.replace("http://[::1]:80/{key}", "\"http://[::1]:80/{key}\""));
    }
}

#[test]
fn secrets_may_come_from_files() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("token"), "s3cr3t\n").unwrap();
    let text = GOOD.replace("        fields:\n", "        auth: {bearer: {token_file: token}}\n        fields:\n");
    let config = compile(&folder.path().join("stocktruth.yaml"), &text, &|_| None).unwrap();
    let stock::Adapter::HttpJson(http) = &config.shops[0].stock.sources[0].adapter else { panic!() };
    let Some(stock::Auth::Bearer { token }) = &http.auth else { panic!() };
    assert_eq!(token.expose_secret(), "s3cr3t");
}
