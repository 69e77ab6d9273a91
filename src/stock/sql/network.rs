//! The way to a database server: the address that is connected to is the one that was checked.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use ipnet::IpNet;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use rustls_platform_verifier::Verifier;

use super::{Reading, StockError, Tls};
use crate::fetch::addresses;

pub(super) const UNREACHABLE: &str = "see whether host and port are right, the server runs and lets this machine in";
pub(super) const CERTIFICATE: &str =
    "see whether the server offers encryption and its certificate names this host; stock.sql has tls and ca_file";

/// The addresses of a host that may be reached.
pub(super) async fn resolve(
    host: &str,
    port: u16,
    allow_private: &[IpNet],
    reading: &Reading<'_>,
) -> Result<Vec<SocketAddr>, StockError> {
    let found = addresses(host, port, allow_private).await;
    let found = found.map_err(|refused| match refused {
        Ok(address) => reading.failed(
            format!("{host} is at {address}, a private address"),
            "if that is where the database belongs, name the address under allow_private of stock.sql",
        ),
        Err(error) => reading.failed(format!("the host {host} is not found: {error}"), UNREACHABLE),
    })?;
    match found.is_empty() {
        true => Err(reading.failed(format!("the host {host} has no address"), UNREACHABLE)),
        false => Ok(found),
    }
}

/// How encryption begins. The certificate authorities are those of this machine, and those of the file.
pub(super) fn encryption(tls: Tls, ca_file: Option<&Path>, reading: &Reading<'_>) -> Result<ClientConfig, StockError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let unusable = |error: String| reading.failed(error, CERTIFICATE);
    let verifier: Arc<dyn ServerCertVerifier> = match tls {
        Tls::Require | Tls::Off => Arc::new(Anybody(Arc::clone(&provider))),
        Tls::Verify => {
            let extra = ca_file.map(authorities).transpose().map_err(unusable)?.unwrap_or_default();
            let verifier = Verifier::new_with_extra_roots(extra, Arc::clone(&provider));
            Arc::new(verifier.map_err(|error| unusable(error.to_string()))?)
        }
    };
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| unusable(error.to_string()))?;
    Ok(config.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

fn authorities(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    read.map_err(|error| format!("{} cannot be read: {error}", file.display()))
}

/// Believes every certificate, as `tls: require` says.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
