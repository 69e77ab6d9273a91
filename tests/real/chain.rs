//! Shops whose windows promise everything while their shelves are empty: something to tell to everybody.

use std::fmt::Write as _;

use crate::pages::Pages;
use crate::post_office::PostOffice;
use crate::trial::Trial;

/// The password of every mail server's only account.
pub(crate) const PASSWORD: &str = "purim-5787";

/// Who hears of what nobody else owns.
pub(crate) const FALLBACK: &str = "rest@shop.test";

/// Shops that share their staff: in each, everybody owns products of their own, `SHOP-WHO-NUMBER`.
pub(crate) struct Chain {
    shops: Vec<(&'static str, Pages)>,
    staff: Vec<&'static str>,
    /// Products of each in each shop.
    each: usize,
}

/// How the mail is sent.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub(crate) port: u16,
    /// The authority to be trusted beside the usual ones.
    pub(crate) ca_file: Option<String>,
    pub(crate) password: &'static str,
    pub(crate) timeout: &'static str,
    pub(crate) retry_after: &'static str,
}

impl Way {
    /// As the server wants it.
    pub(crate) fn to(office: &dyn PostOffice) -> Self {
        let ca_file = Some(office.certificate().display().to_string());
        Self { port: office.port(), ca_file, password: PASSWORD, timeout: "5s", retry_after: "1ms" }
    }
}

impl Chain {
    pub(crate) fn open(shops: &[&'static str], staff: &[&'static str], each: usize) -> Self {
        let shops = shops.iter().map(|name| (*name, Pages::open())).collect();
        Self { shops, staff: staff.to_vec(), each }
    }

    /// Every product that this person owns.
    pub(crate) fn products(&self, who: &str) -> Vec<String> {
        self.shops.iter().flat_map(|(shop, _)| self.of_shop(shop, who)).collect()
    }

    fn of_shop(&self, shop: &str, who: &str) -> Vec<String> {
        (1..=self.each).map(|n| format!("{shop}-{who}-{n}")).collect()
    }

    /// A folder of its own to check these shops in. Nothing is on the shelves.
    pub(crate) fn trial(&self, way: &Way) -> Trial {
        let trial = Trial::new(&self.configuration(way));
        for (shop, _) in &self.shops {
            let skus = self.staff.iter().flat_map(|who| self.of_shop(shop, who));
            trial.put(
                &format!("{shop}.csv"),
                &skus.fold("sku,url\n".to_owned(), |rows, sku| format!("{rows}{sku},p/{sku}\n")),
            );
        }
        self.stock(&trial, |_| 0);
        trial.put("password", way.password);
        trial
    }

    /// Fills the shelves.
    pub(crate) fn stock(&self, trial: &Trial, quantity: impl Fn(&str) -> u32) {
        for (shop, _) in &self.shops {
            let mut rows = "sku,quantity\n".to_owned();
            for sku in self.staff.iter().flat_map(|who| self.of_shop(shop, who)) {
                let _ = writeln!(rows, "{sku},{}", quantity(&sku));
            }
            trial.put(&format!("{shop}-stock.csv"), &rows);
        }
    }

    /// Puts this way in place of the one before.
    pub(crate) fn reroute(&self, trial: &Trial, way: &Way) {
        trial.put("stocktruth.yaml", &self.configuration(way));
        trial.put("password", way.password);
    }

    fn configuration(&self, way: &Way) -> String {
        let mut text = "version: 1\ncontact: it@shop.test\nshops:\n".to_owned();
        for (shop, pages) in &self.shops {
            let _ = write!(
                text,
                "  - name: {shop}
    url: {url}
    catalog: {{csv: {{file: {shop}.csv, columns: {{sku: sku, url: url}}}}}}
    fetch: {{rate: 1000/s, burst: 100, concurrency: 4, allow_private: [127.0.0.1]}}
    stock:
      sellable: quantity
      # Here everything is sold out, and on purpose.
      max_sold_out: 100%
      csv: {{file: {shop}-stock.csv, key: sku, fields: {{quantity: quantity}}}}
    grace: 0s
    confirm_after: 0s
",
                url = pages.url()
            );
        }
        text.push_str("owners:\n");
        for who in &self.staff {
            let _ = writeln!(text, "  - {{email: {}, skus: ['-{who}-']}}", address(who));
        }
        let Way { port, timeout, retry_after, .. } = way;
        let ca_file = way.ca_file.as_ref().map(|file| format!("      ca_file: {file}\n")).unwrap_or_default();
        let _ = write!(
            text,
            "fallback: {{email: {FALLBACK}}}
mail:
  from: merchandising@shop.test
  retry_after: {retry_after}
  max_attempts: 20
  transport:
    smtp:
      host: localhost
      port: {port}
      username: merchandising@shop.test
      password_file: password
      timeout: {timeout}
{ca_file}"
        );
        text
    }
}

/// Somebody's mailbox.
pub(crate) fn address(who: &str) -> String {
    format!("{who}@shop.test")
}
