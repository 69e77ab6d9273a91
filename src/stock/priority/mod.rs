#![doc = include_str!("../../../config/platforms/priority.md")]

mod item;

use std::collections::BTreeMap;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;
use url::Url;

use super::api::odata::{self, all_of, literal, one_of};
use super::api::{Access, Api, basic};
use super::record::{Field, Record, Told};
use super::{Connection, Kind, Problem, Reach, Rules, StockError};
use crate::domain::clock::Clock;
use crate::fetch;

/// The subform with a row for each part and warehouse (and bin, lot and status).
const BALANCES: &str = "PARTBALANCE_SUBFORM";
/// Its column with the warehouse.
const WAREHOUSE: &str = "WARHSNAME";
/// Requests at once: a third makes the server fall behind.
const AT_ONCE: usize = 2;
/// Longest query, in bytes: the web server before Priority takes 2048 unless it was told otherwise.
const LONGEST_QUERY: usize = 2000;

/// Priority ERP, by its OData service.
#[derive(Clone, Debug)]
pub struct PriorityOptions {
    /// How its host is asked.
    pub fetch: fetch::Options,
    /// The service root: `https://…/odata/Priority/tabula.ini/company`.
    pub url: Url,
    /// Who asks.
    pub login: PriorityLogin,
    /// Id and key of a licence for one application.
    pub app: Option<(String, SecretString)>,
    /// The form with the parts.
    pub form: String,
    /// The column that orders the form's rows and that no two rows share.
    pub order: String,
    /// The column that is the stock key.
    pub key: String,
    /// Columns of the form.
    pub select: Vec<String>,
    /// Subform → its columns.
    pub expand: BTreeMap<String, Vec<String>>,
    /// Which parts are asked for: an OData condition.
    pub filter: Option<String>,
    /// Parts on a page.
    pub page_size: u32,
    /// Largest number of keys in one request.
    pub batch: usize,
}

/// Who asks.
#[derive(Clone, Debug)]
pub enum PriorityLogin {
    /// An API user.
    User {
        /// Its name, of the form *Personnel File*.
        username: String,
        /// Its password.
        password: SecretString,
    },
    /// A personal access token.
    Token(SecretString),
}

impl PriorityOptions {
    /// The columns asked for of the form, each once.
    fn columns(&self) -> Vec<&str> {
        let mut columns = Vec::new();
        for name in [&self.order, &self.key].into_iter().chain(&self.select) {
            if !columns.contains(&name.as_str()) {
                columns.push(name.as_str());
            }
        }
        columns
    }

    /// The columns asked for of a subform: balances always with their warehouse.
    fn columns_of<'o>(&'o self, subform: &str) -> Vec<&'o str> {
        let mut columns: Vec<&str> = self.expand.get(subform).into_iter().flatten().map(String::as_str).collect();
        if subform == BALANCES && !columns.contains(&WAREHOUSE) {
            columns.push(WAREHOUSE);
        }
        columns
    }

    fn parts(&self, filter: Option<String>, top: Option<u32>) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("{}/{}", self.url.path().trim_end_matches('/'), self.form));
        let expand: Vec<String> =
            self.expand.keys().map(|name| format!("{name}($select={})", self.columns_of(name).join(","))).collect();
        odata::with_options(
            &url,
            &[
                ("$select", Some(self.columns().join(","))),
                ("$expand", Some(expand.join(",")).filter(|expand| !expand.is_empty())),
                ("$filter", all_of(&[filter, self.filter.clone()])),
                ("$orderby", Some(self.order.clone())),
                ("$top", top.map(|top| top.to_string())),
            ],
        )
    }
}

impl Kind for PriorityOptions {
    fn name(&self) -> &'static str {
        "priority"
    }

    fn fields(&self) -> Vec<Field> {
        let anything = |names: Vec<&str>| names.into_iter().map(Field::anything).collect::<Vec<_>>();
        let mut fields = anything(self.columns());
        fields.extend(self.expand.keys().map(|name| Field::list_of(name, anything(self.columns_of(name)))));
        if self.expand.contains_key(BALANCES) {
            let mut location = vec![Field::text("id"), Field::text("name")];
            location.extend(anything(self.columns_of(BALANCES)));
            fields.push(Field::list_of("locations", location));
        }
        fields
    }

    /// None: see [`Kind::without_sellable`].
    fn rules(&self) -> Rules {
        Rules::default()
    }

    fn without_sellable(&self) -> &'static str {
        "is missing, and Priority has no column that is right for every shop: some count the balance of one warehouse, \
         some subtract open orders, some keep a column of their own. Ask whoever feeds the web shop which it is, and \
         write for example `max(0, sum(locations[Main].TBALANCE))`, \
         `sum(LOGCOUNTERS_SUBFORM.BALANCE) - sum(LOGCOUNTERS_SUBFORM.ORDERS)`, or the name of the column, such as \
         `SAPL_BALANCE`"
    }

    fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut wrong = |option: &str, what: String| problems.push((option.to_owned(), what));
        if !self.url.path().to_ascii_lowercase().contains("/odata/") {
            let example = "https://priority.example/odata/Priority/tabula.ini/company";
            wrong("url", format!("is no service root; it looks like {example}"));
        }
        for (subform, columns) in &self.expand {
            if columns.is_empty() {
                wrong(&format!("expand.{subform}"), "is empty; name the columns that are needed".to_owned());
            }
        }
        if self.fetch.concurrency > AT_ONCE {
            let what =
                format!("is {}; Priority takes {AT_ONCE} at once and falls behind with more", self.fetch.concurrency);
            wrong("fetch.concurrency", what);
        }
        if self.page_size == 0 {
            wrong("page_size", "is 0; give the number of parts on a page".to_owned());
        }
        if self.batch == 0 {
            wrong("batch", "is 0; give the number of keys in one request".to_owned());
        }
        problems
    }

    fn open(&self, source: &str, clock: &Clock) -> Result<Box<dyn Connection>, StockError> {
        let authorization = match &self.login {
            PriorityLogin::User { username, password } => basic(username, password.expose_secret()),
            // As its documentation wants it: the token is the user, and the password is this word.
            PriorityLogin::Token(token) => basic(token.expose_secret(), "PAT"),
        };
        let mut headers = vec![("authorization".to_owned(), authorization)];
        if let Some((id, key)) = &self.app {
            headers.push(("x-app-id".to_owned(), id.clone().into()));
            headers.push(("x-app-key".to_owned(), key.clone()));
        }
        let api = Api::new(source, &self.fetch, Access::Headers(headers), clock)?;
        Ok(Box::new(Priority { options: self.clone(), api }))
    }
}

/// A company of Priority, ready to be asked.
#[derive(Debug)]
struct Priority {
    options: PriorityOptions,
    api: Api,
}

impl Priority {
    async fn ask_batch(&self, keys: &[String]) -> Result<Vec<Record>, StockError> {
        let url = self.options.parts(Some(one_of(&self.options.key, keys)), None);
        let page = odata::page(&self.api, url, advice).await?;
        if page.more {
            return Err(self.endless("gives only a part of a batch; lower priority.batch".to_owned()));
        }
        Ok(self.records(&page.items))
    }

    fn records(&self, items: &[Json]) -> Vec<Record> {
        items.iter().map(|item| item::record(item, &self.options)).collect()
    }

    fn endless(&self, what: String) -> StockError {
        let url = fetch::shown(&self.options.parts(None, None)).to_string();
        StockError::Answer { url, what, advice: "see whether priority.order is a column that no two parts share" }
    }
}

#[async_trait(?Send)]
impl Connection for Priority {
    fn reach(&self) -> Reach {
        Reach::All
    }

    fn can_ask(&self) -> bool {
        true
    }

    /// By the order of the parts' names, to the first empty page: the server cuts every answer at a number of its own
    /// (`MAXAPILINES`, `MAXFORMLINES`) and does not say so, so a short page may not be the last.
    async fn list(&self, from: Option<&str>, sink: &mut dyn FnMut(Told)) -> Result<(), StockError> {
        let order = &self.options.order;
        let mut last = from.map(str::to_owned);
        loop {
            let filter = last.as_ref().map(|last| format!("{order} gt {}", literal(last)));
            let page = odata::page(&self.api, self.options.parts(filter, Some(self.options.page_size)), advice).await?;
            let Some(end) = page.items.last() else { return Ok(()) };
            let reached = end[order].as_str().map(str::to_owned);
            self.records(&page.items).into_iter().map(Told::Item).for_each(&mut *sink);
            match reached {
                Some(reached) if last.as_ref() != Some(&reached) => {
                    sink(Told::Checkpoint(reached.clone()));
                    last = Some(reached);
                }
                _ => return Err(self.endless(format!("gives pages that do not go on in the order of {order}"))),
            }
        }
    }

    async fn ask(&self, keys: &[String]) -> Result<Vec<Record>, StockError> {
        let taken = self.options.parts(Some(String::new()), None).query().map_or(0, str::len);
        let room = LONGEST_QUERY.saturating_sub(taken);
        let batches = odata::batches(keys, &self.options.key, self.options.batch, room);
        odata::ask_all(batches, AT_ONCE, async |keys| self.ask_batch(keys).await.or_else(|error| error.for_keys(keys)))
            .await
    }

    fn requests(&self) -> u64 {
        self.api.requests()
    }
}

fn advice(status: u16) -> &'static str {
    match status {
        401 => "check user and password or the token (REST Interface Access Tokens), and priority.app_id and app_key",
        403 => "the user may not use this form by the API: see its permissions, and the licence for the API",
        404 => "check priority.url (the service root) and priority.form; names are written as in $metadata",
        429 => "Priority takes 100 calls a minute of a user: lower priority.fetch.rate",
        400..=499 => "compare priority.select, expand and filter with the form's columns in $metadata",
        500 | 503 | 524 => "Priority is busy: ask at another time, lower priority.page_size, or expand fewer subforms",
        _ => "see whether priority.url is the service root, and Priority itself answers there",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> PriorityOptions {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        PriorityOptions {
            fetch: fetch::Options { concurrency: 2, ..fetch::Options::default() },
            url: "https://erp.example/odata/Priority/tabula.ini/demo/".parse().unwrap(),
            login: PriorityLogin::Token("pat-1".into()),
            app: None,
            form: "LOGPART".to_owned(),
            order: "PARTNAME".to_owned(),
            key: "BARCODE".to_owned(),
            select: list(&["STATDES", "PARTNAME"]),
            expand: [(BALANCES.to_owned(), list(&["TBALANCE"])), ("LOGCOUNTERS_SUBFORM".to_owned(), list(&["DIFF"]))]
                .into(),
            filter: Some("SHOWINWEB eq 'Y'".to_owned()),
            page_size: 500,
            batch: 20,
        }
    }

    #[test]
    fn it_asks_for_what_the_user_named_and_what_it_needs_itself() {
        let url = options().parts(Some("PARTNAME gt 'A'".to_owned()), Some(500));
        let expected = "https://erp.example/odata/Priority/tabula.ini/demo/LOGPART\
            ?$select=PARTNAME,BARCODE,STATDES\
            &$expand=LOGCOUNTERS_SUBFORM($select=DIFF),PARTBALANCE_SUBFORM($select=TBALANCE,WARHSNAME)\
            &$filter=(PARTNAME%20gt%20%27A%27)%20and%20(SHOWINWEB%20eq%20%27Y%27)&$orderby=PARTNAME&$top=500";
        assert_eq!(url.as_str(), expected);
        let names: Vec<String> = options().fields().into_iter().map(|field| field.name).collect();
        let expected = ["PARTNAME", "BARCODE", "STATDES", "LOGCOUNTERS_SUBFORM", "PARTBALANCE_SUBFORM", "locations"];
        assert_eq!(names, expected);
    }

    #[test]
    fn what_cannot_work_is_refused() {
        assert_eq!(options().check(), []);
        let mut odd = options();
        odd.url = "https://erp.example/".parse().unwrap();
        odd.fetch.concurrency = 3;
        odd.expand.insert("EMPTY_SUBFORM".to_owned(), Vec::new());
        let wrong: Vec<String> = odd.check().into_iter().map(|(option, _)| option).collect();
        assert_eq!(wrong, ["url", "expand.EMPTY_SUBFORM", "fetch.concurrency"]);
    }
}
