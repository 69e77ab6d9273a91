//! How an API knows us.

use url::Url;

use super::{At, values};
use crate::config::raw::auth as raw;
use crate::config::units::fault;
use crate::stock::{Auth, ClientAuth, Encoding, Logout, OAuth2, Session, SessionToken, Signature, Stamp};

/// How an API knows us.
pub(super) fn auth(at: &At<'_>, raw: &raw::Auth, urls: &[&Url]) -> Option<Auth> {
    at.needs_encryption(urls);
    if let Some(raw) = &raw.bearer {
        let token = at.key("bearer").secret("token", &raw.token, &raw.token_file)?;
        return Some(Auth::Bearer { token });
    }
    if let Some(raw) = &raw.basic {
        let at = at.key("basic");
        let username = at.read("username", &raw.username, |name| match name.contains(':') {
            true => Err(fault("a user name has no colon (RFC 7617)", "check the name")),
            false => values::text(name),
        });
        let password = at.secret("password", &raw.password, &raw.password_file);
        return Some(Auth::Basic { username: username?, password: password? });
    }
    if let Some(raw) = &raw.header {
        let at = at.key("header");
        let name = at.read("name", &raw.name, values::header_name);
        let value = at.secret("value", &raw.value, &raw.value_file);
        return Some(Auth::Header { name: name?, value: value? });
    }
    if let Some(raw) = &raw.headers {
        let at = at.key("headers");
        let headers = at.headers(Some(raw));
        if headers.is_empty() && !at.is_spoken_for() {
            at.error(fault("there is no header", "name at least one, such as `X-Api-Key: ${NAME}`"));
        }
        return Some(Auth::Headers(headers));
    }
    if let Some(raw) = &raw.oauth2 {
        return oauth2(&at.key("oauth2"), raw).map(|options| Auth::OAuth2(Box::new(options)));
    }
    if let Some(raw) = &raw.login {
        return login(&at.key("login"), raw).map(|options| Auth::Login(Box::new(options)));
    }
    raw.hmac.as_ref().and_then(|raw| hmac(&at.key("hmac"), raw)).map(|options| Auth::Hmac(Box::new(options)))
}

fn oauth2(at: &At<'_>, raw: &raw::OAuth2) -> Option<OAuth2> {
    let token_url = at.read("token_url", &raw.token_url, values::address);
    at.key("token_url").needs_encryption(token_url.as_ref().as_slice());
    let client_id = at.read("client_id", &raw.client_id, values::text);
    let client_secret = at.secret("client_secret", &raw.client_secret, &raw.client_secret_file);
    let ways = [("basic", ClientAuth::Basic), ("body", ClientAuth::Body)];
    let client_auth = at.read("client_auth", &raw.client_auth, |way| values::choice(way, &ways));
    let parameters = raw.parameters.iter().flatten();
    Some(OAuth2 {
        client_auth: client_auth.unwrap_or(ClientAuth::Basic),
        scope: at.read("scope", &raw.scope, values::text),
        parameters: parameters.map(|(name, value)| (name.clone(), value.as_ref().to_owned())).collect(),
        token_url: token_url?,
        client_id: client_id?,
        client_secret: client_secret?,
    })
}

fn login(at: &At<'_>, raw: &raw::Login) -> Option<Session> {
    let url = at.read("url", &raw.url, values::address);
    at.key("url").needs_encryption(url.as_ref().as_slice());
    let method = at.read("method", &raw.method, |name| values::choice(name, &[("GET", "GET"), ("POST", "POST")]));
    let given = raw.body.is_some() || raw.body_file.is_some();
    let body = if given { at.secret("body", &raw.body, &raw.body_file) } else { None };
    let header = at.read("header", &raw.header, values::header_name);
    let value = at.read("value", &raw.value, values::text);
    let path = at.read("token", &raw.token, values::text);
    if raw.token.is_none() {
        for key in [("header", raw.header.is_some()), ("value", raw.value.is_some())] {
            if let (key, true) = key {
                let help = "say with `token` where in the answer the token is; cookies need neither";
                at.key(key).error(fault("this has no effect without `token`", help));
            }
        }
    }
    let logout = raw.logout.as_ref().and_then(|raw| {
        let at = at.key("logout");
        let url = at.read("url", &raw.url, values::address);
        at.key("url").needs_encryption(url.as_ref().as_slice());
        let methods = [("GET", "GET"), ("POST", "POST"), ("DELETE", "DELETE")];
        let method = at.read("method", &raw.method, |name| values::choice(name, &methods));
        Some(Logout { url: url?, method: method.unwrap_or("POST").to_owned() })
    });
    Some(Session {
        url: url?,
        method: method.unwrap_or("POST").to_owned(),
        body,
        token: path.map(|path| {
            let header = header.unwrap_or_else(|| "Authorization".to_owned());
            let usual = if header.eq_ignore_ascii_case("authorization") { "Bearer {token}" } else { "{token}" };
            SessionToken { at: path, value: value.unwrap_or_else(|| usual.to_owned()), header }
        }),
        lasts: at.read("lasts", &raw.lasts, values::some_time),
        logout,
    })
}

fn hmac(at: &At<'_>, raw: &raw::Hmac) -> Option<Signature> {
    let key = at.secret("key", &raw.key, &raw.key_file);
    let header = at.read("header", &raw.header, values::header_name);
    let encodings = [("hex", Encoding::Hex), ("base64", Encoding::Base64)];
    let stamps = [("seconds", Stamp::Seconds), ("milliseconds", Stamp::Milliseconds), ("rfc3339", Stamp::Rfc3339)];
    let encoding = at.read("encoding", &raw.encoding, |name| values::choice(name, &encodings));
    let timestamp = at.read("timestamp", &raw.timestamp, |name| values::choice(name, &stamps));
    let over = raw.over.as_ref().map_or("{method}\n{path}\n{timestamp}\n{body}", AsRef::as_ref);
    let value = at.read("value", &raw.value, values::text);
    Some(Signature {
        over: over.to_owned(),
        encoding: encoding.unwrap_or(Encoding::Hex),
        value: value.unwrap_or_else(|| "{signature}".to_owned()),
        timestamp_header: at.read("timestamp_header", &raw.timestamp_header, values::header_name),
        timestamp: timestamp.unwrap_or(Stamp::Seconds),
        key: key?,
        header: header?,
    })
}
