//! A session: logged in before the first question, logged out after the last.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;
use serde_json_path::JsonPath;
use tokio::sync::Mutex;
use url::Url;

use super::{Door, Headers, Login, masked, stale};
use crate::fetch::{Document, Fetcher, Outgoing, shown};
use crate::stock::StockError;
use crate::stock::api::odata::said;
use crate::stock::http_json::shape::path;

/// How to log in and out.
#[derive(Clone, Debug)]
pub struct Session {
    /// Where to log in.
    pub url: Url,
    /// `GET` or `POST`.
    pub method: String,
    /// JSON, with the password in it.
    pub body: Option<SecretString>,
    /// Where the answer holds a token. Cookies that the answer sets are always sent back.
    pub token: Option<SessionToken>,
    /// After so long the session is begun anew. `None`: when the API answers 401.
    pub lasts: Option<Duration>,
    /// How to log out.
    pub logout: Option<Logout>,
}

impl Session {
    /// A login by a JSON body, whose answer holds at `at` (JSONPath) the bearer token for what follows.
    pub(in crate::stock) fn for_token(url: Url, body: SecretString, at: &str) -> Self {
        let token =
            SessionToken { at: at.to_owned(), header: "authorization".to_owned(), value: "Bearer {token}".to_owned() };
        Self { url, method: "POST".to_owned(), body: Some(body), token: Some(token), lasts: None, logout: None }
    }
}

/// A token in the answer to a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionToken {
    /// JSONPath from the answer to the token.
    pub at: String,
    /// The header it goes into.
    pub header: String,
    /// What goes into the header; `{token}` stands for the token.
    pub value: String,
}

/// The end of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logout {
    /// Where.
    pub url: Url,
    /// `GET`, `POST` or `DELETE`.
    pub method: String,
}

/// A session that is begun when it is first needed.
pub(super) struct Visit {
    options: Session,
    token: Option<JsonPath>,
    door: Door,
    held: Mutex<Option<Held>>,
}

struct Held {
    headers: Headers,
    until: Option<Timestamp>,
}

impl fmt::Debug for Visit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Visit").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Visit {
    /// Nothing is asked yet.
    ///
    /// # Errors
    /// [`StockError::Options`] for a path that is none.
    pub(super) fn new(options: Session, door: Door) -> Result<Self, StockError> {
        let token = options.token.as_ref().map(|token| path(&token.at)).transpose();
        let token = token.map_err(|what| StockError::Options { option: "auth.login.token".to_owned(), what })?;
        Ok(Self { options, token, door, held: Mutex::default() })
    }

    async fn begin(&self, fetcher: &Fetcher, now: Timestamp) -> Result<Held, StockError> {
        let Session { url, method, body, .. } = &self.options;
        let body = body.as_ref().map(|body| body.expose_secret().as_bytes().to_vec());
        let request = Outgoing { method: method.clone(), url: url.clone(), headers: Vec::new(), body };
        let document = self.door.ask(fetcher, request).await?;
        let headers = self.headers_of(&document).map_err(|(what, advice)| StockError::Login {
            url: shown(&document.url).to_string(),
            what,
            advice,
        })?;
        let until = self.options.lasts.and_then(|lasts| now.checked_add(lasts).ok());
        Ok(Held { headers, until })
    }

    /// What the API knows us by from now on. Nothing of a good answer is repeated: it holds the session.
    fn headers_of(&self, document: &Document) -> Result<Headers, (String, &'static str)> {
        if !(200..300).contains(&document.status) {
            let said = format!("refused the login: {}", said(document));
            return Err((masked(&said, &self.secrets()), advice(document.status)));
        }
        let mut headers = Headers::new();
        if let (Some(at), Some(token)) = (&self.token, &self.options.token) {
            let answer: Json = serde_json::from_slice(&document.body).unwrap_or_default();
            let found = match at.query(&answer).all().as_slice() {
                [Json::String(text)] if !text.is_empty() => text.clone(),
                [Json::Number(number)] => number.to_string(),
                _ => {
                    let what = format!("accepted the login, but its answer holds no token at {}", token.at);
                    return Err((what, "compare login.token with the answer in the API's documentation"));
                }
            };
            headers.push((token.header.to_ascii_lowercase(), token.value.replace("{token}", &found).into()));
        }
        let cookies = cookies(document);
        if !cookies.is_empty() {
            headers.push(("cookie".to_owned(), cookies.join("; ").into()));
        }
        if headers.is_empty() {
            let what = "accepted the login, but set no cookie".to_owned();
            return Err((what, "say with login.token where its answer holds the token"));
        }
        Ok(headers)
    }

    /// Every text of the login's body: an API may repeat what it refuses.
    fn secrets(&self) -> Vec<String> {
        fn texts(value: &Json, into: &mut Vec<String>) {
            match value {
                Json::String(text) => into.push(text.clone()),
                Json::Array(list) => list.iter().for_each(|value| texts(value, into)),
                Json::Object(map) => map.values().for_each(|value| texts(value, into)),
                Json::Number(number) => into.push(number.to_string()),
                _ => {}
            }
        }
        let body = self.options.body.as_ref().and_then(|body| serde_json::from_str(body.expose_secret()).ok());
        let mut found = Vec::new();
        texts(&body.unwrap_or(Json::Null), &mut found);
        found
    }
}

/// What is wrong with the options; paths inside `login`.
pub(super) fn check(options: &Session) -> Vec<(String, String)> {
    let mut problems = Vec::new();
    let mut wrong = |option: &str, what: String| problems.push((option.to_owned(), what));
    if let Some(token) = &options.token {
        if let Err(what) = path(&token.at) {
            wrong("token", what);
        }
        if !token.value.contains("{token}") {
            wrong("value", "{token} is missing, so the token would not be sent".to_owned());
        }
    }
    if options.body.is_some() && options.method == "GET" {
        wrong("body", "a GET request has no body; leave out method".to_owned());
    }
    // The position only: the reader's words would repeat a piece of the body.
    let json = options.body.as_ref().map(|body| serde_json::from_str::<serde::de::IgnoredAny>(body.expose_secret()));
    if let Some(Err(error)) = json {
        let what = format!(
            "is no JSON once the secrets are filled in (column {}); quotes in a secret need a backslash there",
            error.column()
        );
        wrong("body", what);
    }
    problems
}

fn advice(status: u16) -> &'static str {
    match status {
        400..=403 => "check user name, password and what else the login's body says",
        404 | 405 => "check the login's address and method",
        429 | 500.. => "the API may have no session free: log out elsewhere, or try again later",
        _ => "compare the login with the API's documentation",
    }
}

/// `name=value` of each cookie that is set and not taken away (RFC 6265 section 5.2). Attributes do not matter: the
/// session is used for nothing but the API it was begun with.
pub(in crate::stock) fn cookies(document: &Document) -> Vec<String> {
    let mut kept: Vec<(String, String)> = Vec::new();
    for (_, cookie) in document.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")) {
        let pair = cookie.split(';').next().unwrap_or_default();
        let Some((name, value)) = pair.split_once('=') else { continue };
        let (name, value) = (name.trim(), value.trim());
        kept.retain(|(known, _)| known != name);
        if !name.is_empty() && !value.is_empty() {
            kept.push((name.to_owned(), value.to_owned()));
        }
    }
    kept.into_iter().map(|(name, value)| format!("{name}={value}")).collect()
}

#[async_trait(?Send)]
impl Login for Visit {
    async fn headers(&self, fetcher: &Fetcher, now: Timestamp) -> Result<Headers, StockError> {
        // Held while the session begins, so that requests side by side begin one session and not many.
        let mut held = self.held.lock().await;
        if let Some(session) = held.as_ref().filter(|session| session.until.is_none_or(|until| now < until)) {
            return Ok(session.headers.clone());
        }
        if let Some(old) = held.take() {
            self.end(fetcher, old).await;
        }
        let session = self.begin(fetcher, now).await?;
        let headers = session.headers.clone();
        *held = Some(session);
        Ok(headers)
    }

    async fn forget(&self, used: &Headers) {
        let mut held = self.held.lock().await;
        if held.as_ref().is_some_and(|session| stale(&session.headers, used)) {
            *held = None;
        }
    }

    async fn leave(&self, fetcher: &Fetcher) {
        if let Some(session) = self.held.lock().await.take() {
            self.end(fetcher, session).await;
        }
    }
}

impl Visit {
    /// Logs out. A session that cannot be ended runs out by itself: that is worth a word and no more.
    async fn end(&self, fetcher: &Fetcher, session: Held) {
        let Some(Logout { url, method }) = &self.options.logout else { return };
        let request = Outgoing { method: method.clone(), url: url.clone(), headers: session.headers, body: None };
        match self.door.ask(fetcher, request).await {
            Ok(document) if document.status < 400 => {}
            Ok(document) => tracing::warn!(url = %shown(url), status = document.status, "the logout was refused"),
            Err(error) => tracing::warn!(url = %shown(url), %error, "the logout did not come through"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn visit(token: Option<(&str, &str)>) -> Visit {
        let options = Session {
            url: "https://erp.example/login".parse().unwrap(),
            method: "POST".to_owned(),
            body: Some(json!({"user": "us", "password": "s3cret"}).to_string().into()),
            token: token.map(|(at, value)| SessionToken {
                at: at.to_owned(),
                header: "X-Session".to_owned(),
                value: value.to_owned(),
            }),
            lasts: None,
            logout: None,
        };
        Visit::new(options, Door::of_tests()).unwrap()
    }

    fn answer(status: u16, cookies: &[&str], body: &Json) -> Document {
        let headers = cookies.iter().map(|cookie| ("set-cookie".to_owned(), (*cookie).to_owned())).collect();
        let url = "https://erp.example/login".parse().unwrap();
        Document { status, url, headers, body: body.to_string().into_bytes() }
    }

    fn headers(visit: &Visit, document: &Document) -> Result<Vec<String>, String> {
        let told = |headers: Headers| {
            headers.iter().map(|(name, value)| format!("{name}: {}", value.expose_secret())).collect()
        };
        visit.headers_of(document).map(told).map_err(|(what, _)| what)
    }

    #[test]
    fn cookies_are_kept_as_the_service_layer_sets_them() {
        let set = ["B1SESSION=1f2e;HttpOnly;", "ROUTEID=.node1; path=/b1s", "old=1", "old=; Max-Age=0"];
        let told = headers(&visit(None), &answer(200, &set, &json!({}))).unwrap();
        assert_eq!(told, ["cookie: B1SESSION=1f2e; ROUTEID=.node1"]);
    }

    #[test]
    fn a_token_goes_into_its_header_and_cookies_go_along() {
        let body = json!({"d": {"token": "t-1"}});
        let told = headers(&visit(Some(("$.d.token", "Session {token}"))), &answer(200, &["a=1"], &body)).unwrap();
        assert_eq!(told, ["x-session: Session t-1", "cookie: a=1"]);
    }

    #[test]
    fn a_login_without_a_session_is_an_error_that_tells_nothing() {
        let body = json!({"session": "t-1"});
        assert!(headers(&visit(None), &answer(200, &[], &body)).unwrap_err().contains("set no cookie"));
        let none = headers(&visit(Some(("$.token", "{token}"))), &answer(200, &[], &body)).unwrap_err();
        assert!(none.contains("no token at $.token") && !none.contains("t-1"), "{none}");
        let refused = headers(&visit(None), &answer(401, &[], &json!({"error": "s3cret is wrong"}))).unwrap_err();
        assert!(refused.contains("is wrong") && !refused.contains("s3cret"), "{refused}");
        assert!(!format!("{:?}", visit(None)).contains("s3cret"));
    }
}
