//! How django-oscar is checked: with the configuration that is shipped for it.

use std::fs;
use std::path::Path;

use serde_yaml::Value;

use crate::mailbox::Mailbox;
use crate::post_office::PostOffice as _;
use crate::shop::Shop;

/// What is wrong in the shop as it stands, without any cache, and therefore has a test of its own.
pub(crate) const ODD: [&str; 3] = ["CAPE", "HIDDEN", "NO-PRICE"];

/// The shop's products as an export would hold them; `wanted` chooses.
pub(crate) fn catalogue(shop: &Shop, wanted: impl Fn(&str) -> bool) -> String {
    let mut csv = "sku,url,id,title,category\n".to_owned();
    for sku in shop.skus().filter(|sku| wanted(sku)) {
        let kind = sku.split('-').next().unwrap_or(sku);
        csv += &format!("{sku},{},{},\"{}\",{kind}\n", shop.path(sku), shop.product(sku)["id"], shop.title(sku));
    }
    csv
}

/// `config/platforms/django-oscar.yaml` for the shop at `url`: only addresses, pace and patience are changed. On
/// loopback nobody minds a fast guest. What is wrong with kings is told to an owner whose server greylists.
pub(crate) fn configuration(url: &str, mailbox: Option<&Mailbox>) -> String {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/platforms/django-oscar.yaml");
    let shipped = fs::read_to_string(shipped).expect("the shipped configuration");
    let mut config = yaml(&shipped.replace("https://shop.example/", url));
    let shop = &mut config["shops"][0];
    shop["fetch"] = yaml("{rate: 200/s, burst: 20, concurrency: 4, allow_private: [127.0.0.1]}");
    shop["stock"]["http_json"]["fetch"] = yaml("{rate: 200/s, burst: 20, allow_private: [127.0.0.1]}");
    shop["grace"] = "0s".into();
    shop["confirm_after"] = "1s".into();
    let Some(mailbox) = mailbox else {
        config["mail"] = yaml("{from: stocktruth@shop.test, transport: {file: {folder: outbox}}}");
        return written(&config);
    };
    config["owners"] = yaml("[{categories: [king], email: grey@shop.test}]");
    config["mail"]["retry_after"] = "1s".into();
    let smtp = &mut config["mail"]["transport"]["smtp"];
    smtp["host"] = "localhost".into();
    smtp["port"] = mailbox.port().into();
    smtp["ca_file"] = mailbox.certificate().display().to_string().into();
    smtp["username"] = "merchandising@shop.test".into();
    written(&config)
}

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).expect("YAML")
}

fn written(config: &Value) -> String {
    serde_yaml::to_string(config).expect("YAML")
}
