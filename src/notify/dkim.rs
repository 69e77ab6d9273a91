//! Signs a mail (DKIM, RFC 6376; Ed25519 by RFC 8463), for those whose mail server does not. It is signed when it is
//! composed, so that every attempt sends the same bytes.

use super::Dkim;

/// Whether this build can sign: the cargo feature `dkim`.
pub const DKIM_IS_BUILT_IN: bool = cfg!(feature = "dkim");

/// Why mails cannot be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DkimError {
    /// This build cannot sign.
    #[error("this stocktruth was built without DKIM")]
    NotBuiltIn,
    /// The key cannot be used.
    #[error("the private key for DKIM {what}")]
    Key {
        /// What is wrong with it, without quoting it.
        what: String,
    },
}

impl DkimError {
    /// What to do.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotBuiltIn => {
                "leave `dkim` out and let the mail server sign, or install it with `cargo install stocktruth --features dkim`"
            }
            Self::Key { .. } => {
                "make one with `openssl genrsa -out dkim.pem 2048`, and publish its public key in the DNS"
            }
        }
    }
}

/// Whether mails can be signed so.
///
/// # Errors
/// Why not.
pub fn check_dkim(dkim: &Dkim) -> Result<(), DkimError> {
    Signer::new(dkim).map(drop)
}

#[cfg(feature = "dkim")]
pub(super) use built_in::Signer;

#[cfg(not(feature = "dkim"))]
pub(super) use left_out::Signer;

#[cfg(feature = "dkim")]
mod built_in {
    use std::fmt;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use lettre::Message;
    use lettre::message::dkim::{
        DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm, DkimSigningKey,
    };
    use lettre::message::header::HeaderName;
    use secrecy::ExposeSecret as _;

    use super::{Dkim, DkimError};

    /// What is signed. Those that a mail does not have are signed as absent, so that nobody can add them on the way.
    const HEADERS: &[&str] = &[
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
        "In-Reply-To",
        "References",
        "Auto-Submitted",
        "List-Id",
        "Content-Language",
    ];

    /// Before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410 section 7).
    const ED25519: &[u8] = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";

    /// `rsaEncryption` with its absent parameters, as it stands before an RSA key in PKCS #8 (RFC 5208 section 5).
    const RSA: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x04\x82";

    /// Signs mails with one key.
    pub(in super::super) struct Signer(DkimConfig);

    impl fmt::Debug for Signer {
        fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.debug_struct("Signer").finish_non_exhaustive()
        }
    }

    impl Signer {
        pub(in super::super) fn new(dkim: &Dkim) -> Result<Self, DkimError> {
            let key = key(dkim.private_key.expose_secret())?;
            let headers = HEADERS.iter().map(|name| HeaderName::new_from_ascii_str(name)).collect();
            // Relays unfold headers and cut blanks at the ends of lines; a signature should outlive that.
            let way = DkimCanonicalizationType::Relaxed;
            let way = DkimCanonicalization { header: way, body: way };
            Ok(Self(DkimConfig::new(dkim.selector.clone(), dkim.domain.clone(), key, headers, way)))
        }

        pub(in super::super) fn sign(&self, message: &mut Message) {
            message.sign(&self.0);
        }
    }

    /// Reads a key in PEM: RSA in PKCS #1 or PKCS #8, or Ed25519 in PKCS #8.
    fn key(pem: &str) -> Result<DkimSigningKey, DkimError> {
        let wrong = |what: &str| DkimError::Key { what: what.to_owned() };
        let (label, der) = block(pem).ok_or_else(|| wrong("is no PEM"))?;
        match label {
            "RSA PRIVATE KEY" => rsa(&der),
            "PRIVATE KEY" => match der.strip_prefix(ED25519) {
                Some(seed) => DkimSigningKey::new(&STANDARD.encode(seed), DkimSigningAlgorithm::Ed25519)
                    .map_err(|_| wrong("is no Ed25519 key")),
                // Two bytes of length come before the key itself.
                None => match der.windows(RSA.len()).position(|window| window == RSA) {
                    Some(at) => rsa(der.get(at + RSA.len() + 2..).unwrap_or_default()),
                    None => Err(wrong("is neither RSA nor Ed25519")),
                },
            },
            "ENCRYPTED PRIVATE KEY" => Err(wrong("is encrypted, and nobody is there to type its password")),
            other => Err(wrong(&format!("is a {} and no private key", other.to_ascii_lowercase()))),
        }
    }

    fn rsa(der: &[u8]) -> Result<DkimSigningKey, DkimError> {
        let lines: Vec<String> =
            STANDARD.encode(der).as_bytes().chunks(64).map(String::from_utf8_lossy).map(Into::into).collect();
        let pem = format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----\n", lines.join("\n"));
        DkimSigningKey::new(&pem, DkimSigningAlgorithm::Rsa)
            .map_err(|_| DkimError::Key { what: "is no RSA key".to_owned() })
    }

    /// The first block of a PEM (RFC 7468): its label and its bytes.
    fn block(pem: &str) -> Option<(&str, Vec<u8>)> {
        let (label, rest) = pem.split_once("-----BEGIN ")?.1.split_once("-----")?;
        let body: String = rest.split_once("-----END ")?.0.split_whitespace().collect();
        Some((label, STANDARD.decode(body).ok()?))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_key_that_is_none_is_told_and_not_quoted() {
            let block = |label: &str| format!("-----BEGIN {label}-----\nc2VjcmV0\n-----END {label}-----\n");
            for (pem, said) in [
                ("s3cret".to_owned(), "is no PEM"),
                (block("RSA PRIVATE KEY"), "is no RSA key"),
                (block("PRIVATE KEY"), "neither RSA nor Ed25519"),
                (block("ENCRYPTED PRIVATE KEY"), "is encrypted"),
                (block("CERTIFICATE"), "is a certificate"),
            ] {
                let error = key(&pem).unwrap_err().to_string();
                assert!(error.contains(said) && !error.contains("c2VjcmV0") && !error.contains("s3cret"), "{error}");
            }
        }
    }
}

#[cfg(not(feature = "dkim"))]
mod left_out {
    use lettre::Message;

    use super::{Dkim, DkimError};

    /// Stands where a signer would, and cannot be made.
    #[derive(Debug)]
    pub(in super::super) enum Signer {}

    impl Signer {
        pub(in super::super) fn new(_: &Dkim) -> Result<Self, DkimError> {
            Err(DkimError::NotBuiltIn)
        }

        pub(in super::super) fn sign(&self, _: &mut Message) {
            match *self {}
        }
    }
}
