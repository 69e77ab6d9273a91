//! Calls of Odoo's methods, by either protocol, and what it says when they fail.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value as Json, json};
use tokio::sync::OnceCell;
use url::Url;

use super::{OdooOptions, OdooProtocol};
use crate::domain::clock::Clock;
use crate::fetch::{Document, shown};
use crate::stock::StockError;
use crate::stock::api::{Access, Api, below, masked, post};
use crate::stock::error::in_short;

/// The named arguments of a method.
pub(super) type Arguments = Map<String, Json>;

/// A database of Odoo.
#[derive(Debug)]
pub(super) struct Odoo {
    api: Api,
    url: Url,
    protocol: OdooProtocol,
    database: Option<String>,
    username: Option<String>,
    key: SecretString,
    /// Who we are, for JSON-RPC.
    user: OnceCell<Json>,
}

/// An error in Odoo's words.
struct Trouble<'a> {
    /// The exception.
    name: &'a str,
    message: &'a str,
}

impl Odoo {
    pub(super) fn new(options: &OdooOptions, source: &str, clock: &Clock) -> Result<Self, StockError> {
        let access = match options.protocol {
            OdooProtocol::Json2 => {
                let key = format!("bearer {}", options.api_key.expose_secret()).into();
                let mut headers = vec![("authorization".to_owned(), key)];
                let database =
                    options.database.as_ref().map(|name| ("x-odoo-database".to_owned(), name.clone().into()));
                headers.extend(database);
                Access::Headers(headers)
            }
            OdooProtocol::JsonRpc => Access::Open,
        };
        Ok(Self {
            api: Api::new(source, &options.fetch, access, clock)?,
            url: options.url.clone(),
            protocol: options.protocol,
            database: options.database.clone(),
            username: options.username.clone(),
            key: options.api_key.clone(),
            user: OnceCell::new(),
        })
    }

    /// Calls a method of a model and gives what it returns.
    ///
    /// # Errors
    /// [`StockError::Login`] where the key, the database or a right is missing, [`StockError::Answer`] for any other
    /// error of Odoo and for what is no answer of Odoo, [`StockError::Fetch`].
    pub(super) async fn call(&self, model: &str, method: &str, arguments: &Arguments) -> Result<Json, StockError> {
        match self.protocol {
            OdooProtocol::Json2 => {
                let url = below(&self.url, &format!("json/2/{model}/{method}"));
                let document = self.api.send(post(url, &Json::Object(arguments.clone()))).await?;
                self.json2(&document)
            }
            OdooProtocol::JsonRpc => {
                let user = self.user.get_or_try_init(|| self.authenticate()).await?;
                let (database, key) = (&self.database, self.key.expose_secret());
                let args = json!([database, user, key, model, method, [], arguments]);
                self.rpc("object", "execute_kw", args).await
            }
        }
    }

    /// The user's id.
    async fn authenticate(&self) -> Result<Json, StockError> {
        let args = json!([self.database, self.username, self.key.expose_secret(), {}]);
        match self.rpc("common", "authenticate", args).await? {
            user @ Json::Number(_) => Ok(user),
            _ => Err(StockError::Login {
                url: below(&self.url, "jsonrpc").to_string(),
                what: "does not know this user and key".to_owned(),
                advice: "check odoo.username (the user's login) and odoo.api_key, and whether the key has expired",
            }),
        }
    }

    async fn rpc(&self, service: &str, method: &str, args: Json) -> Result<Json, StockError> {
        let params = json!({"service": service, "method": method, "args": args});
        let body = json!({"jsonrpc": "2.0", "method": "call", "params": params, "id": 1});
        let document = self.api.send(post(below(&self.url, "jsonrpc"), &body)).await?;
        let mut answer = self.json(&document)?;
        if let Some(error) = answer.get("error") {
            let told = |at: &str| error.pointer(at).and_then(Json::as_str).unwrap_or_default();
            let message = if told("/data/message").is_empty() { told("/message") } else { told("/data/message") };
            return Err(self.trouble(&document, &Trouble { name: told("/data/name"), message }));
        }
        match answer.get_mut("result") {
            Some(result) => Ok(result.take()),
            None => Err(self.odd(&document, "answered neither a result nor an error".to_owned())),
        }
    }

    fn json2(&self, document: &Document) -> Result<Json, StockError> {
        if (200..300).contains(&document.status) {
            return self.json(document);
        }
        let answer: Json = serde_json::from_slice(&document.body).unwrap_or_default();
        match (answer["name"].as_str(), answer["message"].as_str()) {
            (Some(name), message) => {
                Err(self.trouble(document, &Trouble { name, message: message.unwrap_or_default() }))
            }
            (None, _) => Err(self.odd(document, format!("answered {}", in_short(document)))),
        }
    }

    fn json(&self, document: &Document) -> Result<Json, StockError> {
        match serde_json::from_slice(&document.body) {
            Ok(answer) if (200..300).contains(&document.status) => Ok(answer),
            _ => Err(self.odd(document, format!("answered {}", in_short(document)))),
        }
    }

    /// An error in Odoo's own words. The traceback that comes with it stays there.
    fn trouble(&self, document: &Document, trouble: &Trouble<'_>) -> StockError {
        let Trouble { name, message } = trouble;
        let words: String = message.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect();
        let what = masked(&format!("answered the error {name}: {words}"), &[self.key.expose_secret()]);
        let url = shown(&document.url).to_string();
        let short = name.rsplit('.').next().unwrap_or_default();
        match short {
            "AccessDenied" | "Unauthorized" => StockError::Login {
                url,
                what,
                advice: "check odoo.api_key: a key ends after at most three months, and belongs to one database",
            },
            "AccessError" | "Forbidden" => {
                StockError::Login { url, what, advice: "let the key's user read products and stock" }
            }
            "OperationalError" | "KeyError" | "NotFound" => {
                StockError::Answer { url, what, advice: "check odoo.url and odoo.database" }
            }
            "ValueError" => {
                let advice = "compare odoo.fields and odoo.domain with the fields of product.product in this database";
                StockError::Answer { url, what, advice }
            }
            _ => StockError::Answer { url, what, advice: "Odoo's own log says more; ask whoever runs it" },
        }
    }

    fn odd(&self, document: &Document, what: String) -> StockError {
        let advice = match (document.status, self.protocol) {
            (404, OdooProtocol::Json2) => {
                "Odoo before 19 has no /json/2: set odoo.protocol to jsonrpc; else check odoo.url and odoo.database"
            }
            (404, OdooProtocol::JsonRpc) => {
                "check odoo.url; releases after 21 have no /jsonrpc: use odoo.protocol json2"
            }
            (401 | 403, _) => "check odoo.api_key, and whether the plan allows the external API",
            (500.., _) => "Odoo is in trouble; try again later, or ask whoever runs it",
            _ => "see whether odoo.url is Odoo itself and not a page before it",
        };
        let (url, what) = (shown(&document.url).to_string(), masked(&what, &[self.key.expose_secret()]));
        match document.status {
            401 | 403 => StockError::Login { url, what, advice },
            _ => StockError::Answer { url, what, advice },
        }
    }

    /// An answer that was understood, but does not hold what it should.
    pub(super) fn lacks(&self, what: String, advice: &'static str) -> StockError {
        StockError::Answer { url: self.url.to_string(), what, advice }
    }

    pub(super) fn requests(&self) -> u64 {
        self.api.requests()
    }
}
