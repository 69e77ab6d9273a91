//! OAuth 2.0 client credentials (RFC 6749 section 4.4): a token of the program's own, fetched first and renewed before it
//! ends.

use std::fmt;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;
use tokio::sync::Mutex;
use url::Url;

use super::{Door, Headers, Login, masked, stale};
use crate::fetch::{Document, Fetcher, Outgoing, shown};
use crate::stock::StockError;

/// A token is renewed so long before its end: clocks differ, and a request takes its time.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);

/// How to get a token.
#[derive(Clone, Debug)]
pub struct OAuth2 {
    /// The token endpoint.
    pub token_url: Url,
    /// Who asks.
    pub client_id: String,
    /// What proves it.
    pub client_secret: SecretString,
    /// How both are sent.
    pub client_auth: ClientAuth,
    /// What is asked for, words separated by blanks (RFC 6749 section 3.3).
    pub scope: Option<String>,
    /// Further parameters of the request, such as `audience` or `resource`.
    pub parameters: Vec<(String, String)>,
}

/// How a client proves itself at the token endpoint (RFC 6749 section 2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuth {
    /// In the header `Authorization: Basic …`.
    Basic,
    /// As `client_id` and `client_secret` in the body.
    Body,
}

/// The token, fetched when it is first needed.
pub(super) struct ClientCredentials {
    options: OAuth2,
    door: Door,
    held: Mutex<Option<Token>>,
}

struct Token {
    headers: Headers,
    /// When it is renewed; `None` where its end was not told.
    until: Option<Timestamp>,
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ClientCredentials").field("options", &self.options).finish_non_exhaustive()
    }
}

impl ClientCredentials {
    pub(super) fn new(options: OAuth2, door: Door) -> Self {
        Self { options, door, held: Mutex::default() }
    }

    async fn fetch(&self, fetcher: &Fetcher, now: Timestamp) -> Result<Token, StockError> {
        let document = self.door.ask(fetcher, self.request()).await?;
        self.token(&document, now).map_err(|(what, advice)| StockError::Login {
            url: shown(&document.url).to_string(),
            what: masked(&what, &[self.options.client_secret.expose_secret()]),
            advice,
        })
    }

    /// RFC 6749 section 4.4.2.
    fn request(&self) -> Outgoing {
        let OAuth2 { token_url, client_id, client_secret, client_auth, scope, parameters } = &self.options;
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.append_pair("grant_type", "client_credentials");
        let mut headers = vec![("content-type".to_owned(), "application/x-www-form-urlencoded".into())];
        match client_auth {
            ClientAuth::Basic => {
                let (id, secret) = (encoded(client_id), encoded(client_secret.expose_secret()));
                headers.push(("authorization".to_owned(), super::basic(&id, &secret)));
            }
            ClientAuth::Body => {
                body.append_pair("client_id", client_id).append_pair("client_secret", client_secret.expose_secret());
            }
        }
        body.extend_pairs(scope.iter().map(|scope| ("scope", scope)));
        body.extend_pairs(parameters);
        let body = Some(body.finish().into_bytes());
        Outgoing { method: "POST".to_owned(), url: token_url.clone(), headers, body }
    }

    /// The token of an answer (RFC 6749 section 5.1), or what is wrong and what to do. Nothing of a good answer is
    /// repeated: it holds the token.
    fn token(&self, document: &Document, now: Timestamp) -> Result<Token, (String, &'static str)> {
        let answer: Option<Json> = serde_json::from_slice(&document.body).ok();
        let told = |name: &str| answer.as_ref().and_then(|answer| answer.get(name));
        if !(200..300).contains(&document.status) {
            return Err(refusal(document.status, told("error"), told("error_description")));
        }
        let not = |what: &str| {
            (format!("answered {} {what}", document.status), "see whether token_url is the token endpoint (RFC 6749)")
        };
        let token = told("access_token").and_then(Json::as_str).filter(|token| !token.is_empty());
        let token = token.ok_or_else(|| not("without an access_token"))?;
        if let Some(kind) = told("token_type").and_then(Json::as_str)
            && !kind.eq_ignore_ascii_case("bearer")
        {
            return Err(not(&format!("with a token of type {kind}, and only bearer is understood")));
        }
        let seconds = told("expires_in").and_then(|value| match value {
            Json::String(text) => text.trim().parse().ok(),
            number => number.as_f64(),
        });
        let lasts = seconds.filter(|seconds| *seconds >= 0.0).and_then(|s| SignedDuration::try_from_secs_f64(s).ok());
        let until = lasts.and_then(|lasts| now.checked_add(lasts - MARGIN.min(lasts / 10)).ok());
        let value: SecretString = format!("Bearer {token}").into();
        Ok(Token { headers: vec![("authorization".to_owned(), value)], until })
    }
}

/// What a token endpoint says when it gives no token (RFC 6749 section 5.2).
fn refusal(status: u16, error: Option<&Json>, description: Option<&Json>) -> (String, &'static str) {
    let error = error.and_then(Json::as_str).unwrap_or_default();
    let advice = match error {
        "invalid_client" => "the client was not accepted: check client_id, client_secret and client_auth",
        "invalid_scope" => "the scope was not accepted: check scope and what the client may ask for",
        "unauthorized_client" | "unsupported_grant_type" => "the client may not use the grant client_credentials",
        _ if status == 401 => "the client was not accepted: check client_id, client_secret and client_auth",
        _ if status >= 500 => "the token endpoint is in trouble; try again later",
        _ => "compare token_url, scope and parameters with the API's documentation",
    };
    let words = [error, description.and_then(Json::as_str).unwrap_or_default()];
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let words: String = words.join(": ").chars().take(200).collect();
    let colon = if words.is_empty() { "" } else { ": " };
    (format!("gave no token, but answered {status}{colon}{words}"), advice)
}

/// `application/x-www-form-urlencoded`, as RFC 6749 section 2.3.1 wants it before Basic.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[async_trait(?Send)]
impl Login for ClientCredentials {
    async fn headers(&self, fetcher: &Fetcher, now: Timestamp) -> Result<Headers, StockError> {
        // Held while the token is fetched, so that requests side by side fetch one token and not many.
        let mut held = self.held.lock().await;
        if let Some(token) = held.as_ref().filter(|token| token.until.is_none_or(|until| now < until)) {
            return Ok(token.headers.clone());
        }
        let token = self.fetch(fetcher, now).await?;
        let headers = token.headers.clone();
        *held = Some(token);
        Ok(headers)
    }

    async fn forget(&self, used: &Headers) {
        let mut held = self.held.lock().await;
        if held.as_ref().is_some_and(|token| stale(&token.headers, used)) {
            *held = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn credentials(client_auth: ClientAuth) -> ClientCredentials {
        let options = OAuth2 {
            token_url: "https://id.example/token".parse().unwrap(),
            client_id: "us:1".to_owned(),
            client_secret: "p%s w".into(),
            client_auth,
            scope: Some("stock.read items".to_owned()),
            parameters: vec![("audience".to_owned(), "https://erp.example/".to_owned())],
        };
        ClientCredentials::new(options, Door::of_tests())
    }

    fn answer(status: u16, body: &Json) -> Document {
        let url = "https://id.example/token".parse().unwrap();
        Document { status, url, headers: Vec::new(), body: body.to_string().into_bytes() }
    }

    #[test]
    fn a_client_proves_itself_in_the_header_or_in_the_body() {
        let asked = credentials(ClientAuth::Basic).request();
        let rest = "scope=stock.read+items&audience=https%3A%2F%2Ferp.example%2F";
        assert_eq!(asked.body.unwrap(), format!("grant_type=client_credentials&{rest}").into_bytes());
        // RFC 6749 section 2.3.1: both are form-encoded before they are joined by a colon.
        assert_eq!(asked.headers[1].1.expose_secret(), "Basic dXMlM0ExOnAlMjVzK3c=");
        let asked = credentials(ClientAuth::Body).request();
        let body = "grant_type=client_credentials&client_id=us%3A1&client_secret=p%25s+w";
        assert_eq!(asked.body.unwrap(), format!("{body}&{rest}").into_bytes());
        assert_eq!(asked.headers.len(), 1);
    }

    #[test]
    fn a_token_is_renewed_before_its_end() {
        let now = Timestamp::UNIX_EPOCH;
        for (expires_in, until) in [
            (json!(3600), Some("1970-01-01T00:59:00Z")),
            (json!("3600"), Some("1970-01-01T00:59:00Z")),
            (json!(100), Some("1970-01-01T00:01:30Z")),
            (json!(null), None),
        ] {
            let body = json!({"access_token": "t", "token_type": "bearer", "expires_in": expires_in});
            let token = credentials(ClientAuth::Basic).token(&answer(200, &body), now).ok().unwrap();
            assert_eq!(token.until, until.map(|until| until.parse().unwrap()), "{expires_in}");
            assert_eq!(token.headers[0].1.expose_secret(), "Bearer t");
        }
    }

    #[test]
    fn a_refusal_says_what_to_do_and_never_the_token() {
        for (status, body, expected) in [
            (401, json!({"error": "invalid_client", "error_description": "no such client"}), "invalid_client: no such"),
            (503, json!(null), "answered 503"),
            (200, json!({"token": "s3cret"}), "without an access_token"),
            (200, json!({"access_token": "s3cret", "token_type": "mac"}), "only bearer"),
        ] {
            let (what, advice) =
                credentials(ClientAuth::Basic).token(&answer(status, &body), Timestamp::UNIX_EPOCH).err().unwrap();
            assert!(what.contains(expected) && !what.contains("s3cret") && !advice.is_empty(), "{what}");
        }
    }

    #[test]
    fn nothing_secret_is_shown() {
        assert!(!format!("{:?}", credentials(ClientAuth::Body)).contains("p%s"));
    }
}
