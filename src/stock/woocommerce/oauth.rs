//! Requests that are signed instead of carrying the secret, for shops without HTTPS.
//!
//! OAuth 1.0a with one leg and HMAC-SHA256 (RFC 5849), in the query as WooCommerce wants it:
//! <https://woocommerce.github.io/woocommerce-rest-api-docs/#authentication-over-http>.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use url::Url;

use crate::stock::api::percent_encoded;

/// Who signs.
#[derive(Debug)]
pub(super) struct Signer {
    pub(super) consumer_key: SecretString,
    pub(super) consumer_secret: SecretString,
}

impl Signer {
    /// The address of a GET request with its signature. `nonce` is used once; `seconds` is the Unix time, which must be
    /// right to a quarter of an hour.
    pub(super) fn sign(&self, mut url: Url, nonce: &str, seconds: i64) -> Url {
        url.query_pairs_mut()
            .append_pair("oauth_consumer_key", self.consumer_key.expose_secret())
            .append_pair("oauth_nonce", nonce)
            .append_pair("oauth_signature_method", "HMAC-SHA256")
            .append_pair("oauth_timestamp", &seconds.to_string());
        let signature = self.signature(&base_string(&url));
        url.query_pairs_mut().append_pair("oauth_signature", &signature);
        url
    }

    fn signature(&self, base_string: &str) -> String {
        // There is no token, so nothing stands behind the `&`.
        let key = format!("{}&", self.consumer_secret.expose_secret());
        // HMAC takes keys of every length.
        Hmac::<Sha256>::new_from_slice(key.as_bytes()).map_or_else(
            |_| String::new(),
            |mut mac| {
                mac.update(base_string.as_bytes());
                STANDARD.encode(mac.finalize().into_bytes())
            },
        )
    }
}

/// RFC 5849 section 3.4.1: method, address and sorted parameters, each encoded, joined by `&`.
fn base_string(url: &Url) -> String {
    let mut pairs: Vec<(String, String)> =
        url.query_pairs().map(|(name, value)| (percent_encoded(&name), percent_encoded(&value))).collect();
    pairs.sort();
    let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut address = url.clone();
    address.set_query(None);
    address.set_fragment(None);
    format!("GET&{}&{}", percent_encoded(address.as_str()), percent_encoded(&pairs.join("&")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The signature was computed apart from this code, with Python's `hmac` and `urllib.parse.quote`.
    #[test]
    fn a_request_is_signed_as_the_shop_will_check_it() {
        let signer = Signer { consumer_key: "ck_1".to_owned().into(), consumer_secret: "cs_2".to_owned().into() };
        let url = Url::parse("http://shop.example/wp-json/wc/v3/products?sku=a%20b,c%2Bd&_fields=id").unwrap();
        let signed = signer.sign(url, "n0nce", 1_700_000_000);
        let pairs: Vec<_> = signed.query_pairs().into_owned().collect();
        let signature = &pairs.iter().find(|(name, _)| name == "oauth_signature").unwrap().1;
        assert_eq!(signature, "EVskxCySIV1JmV1dD41IozppiaF+YO9LhtT/7Z/7VIY=");
        assert_eq!(pairs.len(), 7);
        assert!(!signed.as_str().contains("cs_2") && !format!("{signer:?}").contains("cs_2"));
    }
}
