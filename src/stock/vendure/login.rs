//! A session with Vendure: <https://docs.vendure.io/guides/storefront/connect-api/#bearer-token>.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value as Json, json};
use tokio::sync::Mutex;
use url::Url;

use super::{VendureAccess, VendureOptions};
use crate::fetch::{Document, Fetcher, Outgoing, shown};
use crate::stock::api::answer::json as json_of;
use crate::stock::api::{Headers, Login, cookies, stale};
use crate::stock::{Account, StockError};

const LOGIN: &str = "mutation Login($username: String!, $password: String!) {
  login(username: $username, password: $password) {
    __typename ... on ErrorResult { errorCode message }
  }
}";
const LOGOUT: &str = "mutation { logout { success } }";

/// A session that is begun when it is first needed, or an API key; and the channel it speaks of.
pub(super) struct Session {
    source: String,
    url: Url,
    access: VendureAccess,
    channel: Option<String>,
    held: Mutex<Option<Headers>>,
}

impl fmt::Debug for Session {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Session").field("access", &self.access).finish_non_exhaustive()
    }
}

impl Session {
    pub(super) fn new(source: &str, options: &VendureOptions) -> Self {
        Self {
            source: source.to_owned(),
            url: options.url.clone(),
            access: options.access.clone(),
            channel: options.channel.clone(),
            held: Mutex::default(),
        }
    }

    async fn begin(&self, fetcher: &Fetcher) -> Result<Headers, StockError> {
        let mut headers: Headers = match &self.access {
            VendureAccess::ApiKey(key) => vec![("vendure-api-key".to_owned(), key.clone())],
            VendureAccess::Login(account) => self.log_in(fetcher, account).await?,
        };
        let channel =
            self.channel.as_ref().map(|token| ("vendure-token".to_owned(), SecretString::from(token.clone())));
        headers.extend(channel);
        Ok(headers)
    }

    async fn log_in(&self, fetcher: &Fetcher, account: &Account) -> Result<Headers, StockError> {
        let variables = json!({"username": account.username, "password": account.password.expose_secret()});
        let document = self.send(fetcher, LOGIN, variables, Headers::new()).await?;
        session(&document).map_err(|what| StockError::Login {
            url: shown(&self.url).to_string(),
            what,
            advice: "check user name and password, and whether the user may log in to the Admin API",
        })
    }

    async fn send(&self, fetcher: &Fetcher, query: &str, with: Json, headers: Headers) -> Result<Document, StockError> {
        let body = json!({"query": query, "variables": with}).to_string().into_bytes();
        let request = Outgoing { method: "POST".to_owned(), url: self.url.clone(), headers, body: Some(body) };
        let sent = fetcher.document(request).await;
        sent.map_err(|error| StockError::Fetch { source_name: self.source.clone(), error: Box::new(error) })
    }
}

/// What the shop knows us by after a login: a token in a header where `tokenMethod` allows it, else cookies. Refusals
/// are answers with status 200 and a type of their own.
fn session(document: &Document) -> Result<Headers, String> {
    let answer = json_of(document)?;
    let login = &answer["data"]["login"];
    if login["__typename"] != "CurrentUser" {
        let code = login["errorCode"].as_str().unwrap_or("no user");
        let message = login["message"].as_str().or(answer["errors"][0]["message"].as_str()).unwrap_or_default();
        return Err(format!("refused the login: {code}: {message}"));
    }
    if let Some(token) = document.header("vendure-auth-token").filter(|token| !token.is_empty()) {
        return Ok(vec![("authorization".to_owned(), format!("Bearer {token}").into())]);
    }
    match cookies(document) {
        cookies if cookies.is_empty() => Err("accepted the login, but gave neither a token nor a cookie".to_owned()),
        cookies => Ok(vec![("cookie".to_owned(), cookies.join("; ").into())]),
    }
}

#[async_trait(?Send)]
impl Login for Session {
    async fn headers(&self, fetcher: &Fetcher, _now: Timestamp) -> Result<Headers, StockError> {
        // Held while the session begins, so that requests side by side begin one session and not many.
        let mut held = self.held.lock().await;
        if let Some(headers) = held.as_ref() {
            return Ok(headers.clone());
        }
        let headers = self.begin(fetcher).await?;
        *held = Some(headers.clone());
        Ok(headers)
    }

    async fn forget(&self, used: &Headers) {
        let mut held = self.held.lock().await;
        if held.as_ref().is_some_and(|headers| stale(headers, used)) {
            *held = None;
        }
    }

    async fn leave(&self, fetcher: &Fetcher) {
        let held = self.held.lock().await.take();
        let (Some(headers), VendureAccess::Login(_)) = (held, &self.access) else { return };
        if let Err(error) = self.send(fetcher, LOGOUT, json!({}), headers).await {
            tracing::warn!(url = %shown(&self.url), %error, "the logout did not come through");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(headers: &[(&str, &str)], body: &Json) -> Document {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let url = "https://shop.example/admin-api".parse().unwrap();
        Document { status: 200, url, headers, body: body.to_string().into_bytes() }
    }

    #[test]
    fn a_session_is_a_token_or_else_cookies() {
        let user = json!({"data": {"login": {"__typename": "CurrentUser"}}});
        let told = |headers: &[(&str, &str)]| {
            let found = session(&answer(headers, &user))?;
            let one = found.first().map(|(name, value)| format!("{name}: {}", value.expose_secret()));
            Ok::<_, String>(one.unwrap_or_default())
        };
        let set = [("set-cookie", "session=a; path=/"), ("set-cookie", "session.sig=b; httponly")];
        assert_eq!(told(&set).unwrap(), "cookie: session=a; session.sig=b");
        assert_eq!(told(&[set[0], ("vendure-auth-token", "t-1")]).unwrap(), "authorization: Bearer t-1");
        assert!(told(&[]).unwrap_err().contains("neither a token nor a cookie"));
    }

    #[test]
    fn a_refusal_comes_with_status_200_and_is_one_all_the_same() {
        let body = json!({"data": {"login": {"__typename": "InvalidCredentialsError",
            "errorCode": "INVALID_CREDENTIALS_ERROR", "message": "The provided credentials are invalid"}}});
        let why = session(&answer(&[("vendure-auth-token", "x")], &body)).unwrap_err();
        assert_eq!(why, "refused the login: INVALID_CREDENTIALS_ERROR: The provided credentials are invalid");
    }
}
