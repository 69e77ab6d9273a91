//! Signed requests: a keyed hash (RFC 2104) over what is asked.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::Headers;
use crate::stock::api::Filled;

/// How requests are signed. The hash is HMAC-SHA256.
#[derive(Clone, Debug)]
pub struct Signature {
    /// The shared secret.
    pub key: SecretString,
    /// What is signed, with `{method}`, `{host}`, `{path}`, `{query}`, `{timestamp}`, `{body}` and `{body_sha256}`
    /// filled in.
    pub over: String,
    /// How the signature is written.
    pub encoding: Encoding,
    /// The header it goes into.
    pub header: String,
    /// What goes into the header; `{signature}` and `{timestamp}` are filled in.
    pub value: String,
    /// The header that the time goes into.
    pub timestamp_header: Option<String>,
    /// How the time is written.
    pub timestamp: Stamp,
}

/// How bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Lower-case hexadecimal.
    Hex,
    /// RFC 4648 section 4, padded.
    Base64,
}

/// How the time of a signature is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// Unix seconds.
    Seconds,
    /// Unix milliseconds.
    Milliseconds,
    /// RFC 3339 in whole seconds, UTC.
    Rfc3339,
}

/// What can be signed: the method in capitals, the host (with an unusual port), the path and query as they are sent, the
/// time, the body, and the body's SHA-256 in hexadecimal.
const PARTS: [&str; 7] = ["method", "host", "path", "query", "timestamp", "body", "body_sha256"];

impl Signature {
    /// The headers of one request.
    pub(super) fn headers(&self, request: &Filled, now: Timestamp) -> Headers {
        let timestamp = match self.timestamp {
            Stamp::Seconds => now.as_second().to_string(),
            Stamp::Milliseconds => now.as_millisecond().to_string(),
            Stamp::Rfc3339 => now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        };
        let signature = self.encoding.write(&self.hash(&self.message(request, &timestamp)));
        let value = self.value.replace("{signature}", &signature).replace("{timestamp}", &timestamp);
        let mut headers = vec![(self.header.to_ascii_lowercase(), value.into())];
        if let Some(name) = &self.timestamp_header {
            headers.push((name.to_ascii_lowercase(), timestamp.into()));
        }
        headers
    }

    fn hash(&self, message: &[u8]) -> Vec<u8> {
        // A key of any length is one (RFC 2104 section 2), so there is nothing to be refused.
        let Ok(mut hash) = Hmac::<Sha256>::new_from_slice(self.key.expose_secret().as_bytes()) else {
            return Vec::new();
        };
        hash.update(message);
        hash.finalize().into_bytes().to_vec()
    }

    fn message(&self, request: &Filled, timestamp: &str) -> Vec<u8> {
        let body = request.body.as_deref().unwrap_or_default();
        let host = request.url.host_str().unwrap_or_default();
        let mut message = Vec::new();
        for part in parts(&self.over) {
            match part {
                Part::Text(text) => message.extend_from_slice(text.as_bytes()),
                Part::Name("method") => message.extend_from_slice(request.method.as_bytes()),
                Part::Name("host") => {
                    message.extend_from_slice(host.as_bytes());
                    if let Some(port) = request.url.port() {
                        message.extend_from_slice(format!(":{port}").as_bytes());
                    }
                }
                Part::Name("path") => message.extend_from_slice(request.url.path().as_bytes()),
                Part::Name("query") => message.extend_from_slice(request.url.query().unwrap_or_default().as_bytes()),
                Part::Name("timestamp") => message.extend_from_slice(timestamp.as_bytes()),
                Part::Name("body") => message.extend_from_slice(body),
                Part::Name("body_sha256") => {
                    message.extend_from_slice(Encoding::Hex.write(&Sha256::digest(body)).as_bytes());
                }
                // `check` has refused it.
                Part::Name(_) => {}
            }
        }
        message
    }
}

impl Encoding {
    fn write(self, bytes: &[u8]) -> String {
        use base64::Engine as _;
        match self {
            Self::Hex => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
            Self::Base64 => base64::engine::general_purpose::STANDARD.encode(bytes),
        }
    }
}

/// What is wrong with the options; paths inside `hmac`.
pub(super) fn check(options: &Signature) -> Vec<(String, String)> {
    let mut problems = Vec::new();
    let mut wrong = |option: &str, what: String| problems.push((option.to_owned(), what));
    for part in parts(&options.over) {
        if let Part::Name(name) = part
            && !PARTS.contains(&name)
        {
            wrong("over", format!("{{{name}}} means nothing; there are {{{}}}", PARTS.join("}, {")));
        }
    }
    if !options.value.contains("{signature}") {
        wrong("value", "{signature} is missing, so nothing would be signed".to_owned());
    }
    let signs_time = options.over.contains("{timestamp}");
    let sends_time = options.timestamp_header.is_some() || options.value.contains("{timestamp}");
    if signs_time && !sends_time {
        let what = "is missing: the time is signed, so it must be sent too, here or as {timestamp} in value";
        wrong("timestamp_header", what.to_owned());
    }
    problems
}

enum Part<'a> {
    Text(&'a str),
    /// What stood in braces: small letters, digits and underscores.
    Name(&'a str),
}

/// Takes a template apart. Braces around anything but a name are text, as in JSON.
fn parts(template: &str) -> Vec<Part<'_>> {
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let mut found = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        match after.split_once('}') {
            Some((name, behind)) if is_name(name) => {
                found.extend([Part::Text(before), Part::Name(name)]);
                rest = behind;
            }
            _ => {
                found.extend([Part::Text(before), Part::Text("{")]);
                rest = after;
            }
        }
    }
    found.push(Part::Text(rest));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(over: &str) -> Signature {
        Signature {
            key: "Jefe".into(),
            over: over.to_owned(),
            encoding: Encoding::Hex,
            header: "X-Signature".to_owned(),
            value: "{signature}".to_owned(),
            timestamp_header: Some("X-Timestamp".to_owned()),
            timestamp: Stamp::Seconds,
        }
    }

    fn request() -> Filled {
        let url = "https://erp.example:8443/a%20b?x=1".parse().unwrap();
        Filled { method: "POST".to_owned(), url, body: Some(br#"{"k":1}"#.to_vec()) }
    }

    #[test]
    fn the_hash_is_that_of_the_rfc() {
        // RFC 4231, test case 2.
        let told = signature("what do ya want for nothing?").headers(&request(), Timestamp::UNIX_EPOCH);
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(told[0].1.expose_secret(), expected);
        assert_eq!((told[1].0.as_str(), told[1].1.expose_secret()), ("x-timestamp", "0"));
        let base64 = Signature { encoding: Encoding::Base64, ..signature("what do ya want for nothing?") };
        let told = base64.headers(&request(), Timestamp::UNIX_EPOCH);
        assert_eq!(told[0].1.expose_secret(), "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
    }

    #[test]
    fn what_is_signed_is_what_is_sent() {
        let message = |over: &str| String::from_utf8(signature(over).message(&request(), "7")).unwrap();
        assert_eq!(
            message("{method}\n{host}{path}?{query}\n{timestamp}\n{body}"),
            "POST\nerp.example:8443/a%20b?x=1\n7\n{\"k\":1}"
        );
        assert_eq!(message(r#"{"m": "{method}"}"#), r#"{"m": "POST"}"#);
        assert_eq!(message("{body_sha256}"), "a0da1fce57d0e4f9f0ae4e4cbe040d34dcc046255c6c8d18e97f55aaed0655f0");
    }

    #[test]
    fn the_time_is_written_as_the_api_wants_it() {
        let now: Timestamp = "2026-02-03T04:05:06.789Z".parse().unwrap();
        for (timestamp, expected) in [
            (Stamp::Seconds, "1770091506"),
            (Stamp::Milliseconds, "1770091506789"),
            (Stamp::Rfc3339, "2026-02-03T04:05:06Z"),
        ] {
            let told = Signature { timestamp, ..signature("{timestamp}") }.headers(&request(), now);
            assert_eq!(told[1].1.expose_secret(), expected);
        }
    }

    #[test]
    fn a_signature_that_cannot_be_checked_is_refused() {
        assert_eq!(check(&signature("{method}{timestamp}")), []);
        let odd = Signature { value: "x".to_owned(), timestamp_header: None, ..signature("{timestamp}{url}") };
        let options: Vec<String> = check(&odd).into_iter().map(|(option, _)| option).collect();
        assert_eq!(options, ["over", "value", "timestamp_header"]);
    }
}
