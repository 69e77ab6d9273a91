//! A webhook of one's own: a versioned JSON document (`config/webhook.schema.json`), signed by Standard Webhooks
//! (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>).

mod document;

use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sha2::Sha256;

use super::post::{Post, Reading};
use super::{CourierError, Refusal, Way};
use crate::domain::Notice;

pub(super) use document::compose;
pub use document::schema;

/// What stands before a secret, so that it is known for one.
const PREFIX: &str = "whsec_";

pub(super) struct Webhook {
    post: Post,
    secret: Option<SecretSlice<u8>>,
}

impl Webhook {
    pub(super) fn new(post: Post, recipient: &str, secret: Option<&SecretString>) -> Result<Self, CourierError> {
        let secret = secret.map(key).transpose().map_err(|what| CourierError::Webhook {
            recipient: recipient.to_owned(),
            what: format!("its secret {what}"),
        })?;
        Ok(Self { post, secret })
    }
}

/// Whether a webhook can be signed with this secret.
///
/// # Errors
/// What is wrong with it, without quoting it.
pub fn check_secret(secret: &SecretString) -> Result<(), &'static str> {
    key(secret).map(drop)
}

/// The bytes that a `whsec_` secret stands for.
fn key(secret: &SecretString) -> Result<SecretSlice<u8>, &'static str> {
    let text = secret.expose_secret().trim();
    let encoded = text.strip_prefix(PREFIX).ok_or("does not begin with whsec_")?;
    match STANDARD.decode(encoded) {
        Ok(bytes) if bytes.len() >= 16 => Ok(SecretSlice::from(bytes)),
        Ok(_) => Err("is too short; use 24 to 64 random bytes, in base64 after whsec_"),
        Err(_) => Err("is no base64 after whsec_"),
    }
}

/// `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`.
fn signature(key: &[u8], id: &str, timestamp: i64, body: &[u8]) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[async_trait]
impl Way for Webhook {
    fn deadline(&self) -> Duration {
        self.post.deadline()
    }

    async fn send(&self, notice: &Notice) -> Result<(), Refusal> {
        let id = notice.message_id.trim_matches(['<', '>']);
        // The time of this attempt: receivers refuse what is too old, and a second attempt may come hours later.
        let timestamp = self.post.now().as_second();
        let mut headers = vec![
            ("webhook-id".to_owned(), SecretString::from(id)),
            ("webhook-timestamp".to_owned(), SecretString::from(timestamp.to_string())),
        ];
        if let Some(key) = &self.secret {
            let signed = signature(key.expose_secret(), id, timestamp, &notice.message);
            headers.extend(signed.map(|signed| ("webhook-signature".to_owned(), SecretString::from(signed))));
        }
        // The specification gives only 410 this meaning; with the others the receiver may as well be broken.
        let read = |status, _: &str| if status == 410 { Reading::Gone } else { Reading::AsUsual };
        self.post.send(&notice.message, headers, read).await
    }

    async fn probe(&self) -> Result<String, Refusal> {
        self.post.probe().await
    }

    fn place(&self) -> String {
        self.post.place()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of <https://docs.svix.com/receiving/verifying-payloads/how-manual>.
    #[test]
    fn signatures_are_those_of_the_specification() {
        let secret = SecretString::from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let key = key(&secret).unwrap();
        let signed =
            signature(key.expose_secret(), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signed.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    #[test]
    fn a_secret_that_is_none_is_not_quoted() {
        for (secret, said) in [("s3cr3t", "begin with whsec_"), ("whsec_?", "no base64"), ("whsec_AAAA", "too short")] {
            let what = key(&SecretString::from(secret)).unwrap_err();
            assert!(what.contains(said) && !what.contains(secret), "{what}");
        }
    }
}
