//! How an API knows us.

mod oauth2;
mod session;
mod signature;

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use url::{Origin, Url};

use crate::fetch::{Document, Fetcher, Outgoing};
use crate::stock::Auth;
use crate::stock::StockError;
use crate::stock::api::Filled;

pub use oauth2::{ClientAuth, OAuth2};
use session::Visit;
pub(in crate::stock) use session::cookies;
pub use session::{Logout, Session, SessionToken};
pub use signature::{Encoding, Signature, Stamp};

/// Names and values of headers that only one API may see.
pub(in crate::stock) type Headers = Vec<(String, SecretString)>;

/// How an API knows us.
#[derive(Debug)]
pub(in crate::stock) enum Access {
    /// Not at all.
    Open,
    /// By headers that are always the same.
    Headers(Headers),
    /// By something that must be fetched first.
    Login(Box<dyn Login>),
    /// By a signature of each request.
    Signed(Signature),
}

/// Knows us by something that must be fetched first and may run out: an OAuth2 token, a session.
#[async_trait(?Send)]
pub(in crate::stock) trait Login: std::fmt::Debug + Send + Sync {
    /// What requests carry; fetched when it is needed, and kept until it runs out.
    async fn headers(&self, fetcher: &Fetcher, now: Timestamp) -> Result<Headers, StockError>;

    /// After a 401 to a request with these headers: the next [`Login::headers`] asks anew, unless somebody has already.
    async fn forget(&self, used: &Headers);

    /// Logs out, where one can.
    async fn leave(&self, _fetcher: &Fetcher) {}
}

impl Access {
    /// `home` is an address of the API, `source` what the source is called in output.
    pub(in crate::stock) fn of(auth: Option<&Auth>, source: &str, home: &Url) -> Result<Self, StockError> {
        let authorization = |value: SecretString| Self::Headers(vec![("authorization".to_owned(), value)]);
        let door = || Door::new(source, home);
        Ok(match auth {
            None => Self::Open,
            Some(Auth::Bearer { token }) => authorization(format!("Bearer {}", token.expose_secret()).into()),
            Some(Auth::Basic { username, password }) => authorization(basic(username, password.expose_secret())),
            Some(Auth::Header { name, value }) => Self::Headers(vec![(name.to_ascii_lowercase(), value.clone())]),
            Some(Auth::Headers(headers)) => Self::Headers(headers.clone()),
            Some(Auth::OAuth2(options)) => {
                Self::Login(Box::new(oauth2::ClientCredentials::new((**options).clone(), door())))
            }
            Some(Auth::Login(options)) => Self::Login(Box::new(Visit::new((**options).clone(), door())?)),
            Some(Auth::Hmac(options)) => Self::Signed((**options).clone()),
        })
    }

    /// By a session.
    pub(in crate::stock) fn session(options: Session, source: &str) -> Result<Self, StockError> {
        let door = Door::new(source, &options.url);
        Ok(Self::Login(Box::new(Visit::new(options, door)?)))
    }

    /// The headers of one request.
    pub(super) async fn headers(
        &self,
        request: &Filled,
        fetcher: &Fetcher,
        now: Timestamp,
    ) -> Result<Headers, StockError> {
        match self {
            Self::Open => Ok(Headers::new()),
            Self::Headers(headers) => Ok(headers.clone()),
            Self::Login(login) => login.headers(fetcher, now).await,
            Self::Signed(signature) => Ok(signature.headers(request, now)),
        }
    }

    /// Forgets what was refused. `false`: there is nothing that could be renewed.
    pub(super) async fn forget(&self, used: &Headers) -> bool {
        match self {
            Self::Open | Self::Headers(_) | Self::Signed(_) => false,
            Self::Login(login) => {
                login.forget(used).await;
                true
            }
        }
    }

    pub(super) async fn leave(&self, fetcher: &Fetcher) {
        if let Self::Login(login) = self {
            login.leave(fetcher).await;
        }
    }
}

/// What is wrong with the options; paths inside the adapter's section.
pub(in crate::stock) fn check(auth: Option<&Auth>) -> Vec<(String, String)> {
    let below = |kind: &str, problems: Vec<(String, String)>| {
        problems.into_iter().map(|(option, what)| (format!("auth.{kind}.{option}"), what)).collect()
    };
    match auth {
        Some(Auth::Login(options)) => below("login", session::check(options)),
        Some(Auth::Hmac(options)) => below("hmac", signature::check(options)),
        _ => Vec::new(),
    }
}

/// `Basic` with user name and password (RFC 7617).
pub(in crate::stock) fn basic(username: &str, password: &str) -> SecretString {
    use base64::Engine as _;
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{username}:{password}"))).into()
}

/// Whether what is held is what was refused, and not already something newer.
pub(in crate::stock) fn stale(held: &Headers, used: &Headers) -> bool {
    let same = |(one, other): (&(String, SecretString), &(String, SecretString))| {
        one.0 == other.0 && one.1.expose_secret() == other.1.expose_secret()
    };
    held.len() == used.len() && held.iter().zip(used).all(same)
}

/// A text without the secrets that may be in it. Words too short to be secrets stay.
pub(in crate::stock) fn masked(text: &str, secrets: &[impl AsRef<str>]) -> String {
    let long = secrets.iter().map(AsRef::as_ref).filter(|secret| secret.chars().count() >= 3);
    long.fold(text.to_owned(), |text, secret| text.replace(secret, "…"))
}

/// Takes out of an answer what it repeats of the values of these headers, whole or in their parts. Nothing shorter than
/// eight letters is looked for: it may be a word.
pub(super) fn mask_echo(body: &mut Vec<u8>, headers: &[(String, SecretString)]) {
    for (_, value) in headers {
        let value = value.expose_secret();
        let parts = value.split([' ', ';', ',', '=']).map(str::trim);
        for part in std::iter::once(value).chain(parts).filter(|part| part.len() >= 8) {
            if memchr::memmem::find(body, part.as_bytes()).is_some() {
                *body = String::from_utf8_lossy(body).replace(part, "…").into_bytes();
            }
        }
    }
}

/// The way to a login: another host than the API's gets none of the headers that are configured for the API.
#[derive(Debug)]
struct Door {
    source: String,
    home: Origin,
}

impl Door {
    fn new(source: &str, home: &Url) -> Self {
        Self { source: source.to_owned(), home: home.origin() }
    }

    async fn ask(&self, fetcher: &Fetcher, request: Outgoing) -> Result<Document, StockError> {
        let answer = if request.url.origin() == self.home {
            fetcher.document(request).await
        } else {
            fetcher.document_elsewhere(request).await
        };
        answer.map_err(|error| StockError::Fetch { source_name: self.source.clone(), error: Box::new(error) })
    }

    #[cfg(test)]
    fn of_tests() -> Self {
        Self { source: "erp".to_owned(), home: Origin::new_opaque() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_refused_is_stale() {
        let held = vec![("authorization".to_owned(), SecretString::from("Bearer 2"))];
        assert!(stale(&held, &held.clone()));
        assert!(!stale(&held, &vec![("authorization".to_owned(), SecretString::from("Bearer 1"))]));
        assert!(!stale(&held, &Headers::new()));
    }

    #[test]
    fn secrets_are_masked_and_short_words_stay() {
        assert_eq!(masked("the pass-1 of us is wrong", &["pass-1", "us", ""]), "the … of us is wrong");
    }
}
