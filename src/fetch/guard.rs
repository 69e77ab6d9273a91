//! Which addresses may be reached.
//!
//! A catalogue, a sitemap or a redirect must not lead this program into the network it runs in. Literal addresses are
//! checked here before a request is made; names are checked while they are resolved, so that the address that was
//! checked is the one that is connected to (a second look-up could answer differently: "DNS rebinding").

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::domain::PageFailure;

/// Says which addresses may be reached. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    allowed: Arc<[IpNet]>,
}

/// A name that has no address that may be reached. Travels inside the client's own error.
#[derive(Debug, thiserror::Error)]
#[error("{host} is at {address}, a private address")]
pub(super) struct Refused {
    pub(super) host: String,
    pub(super) address: IpAddr,
}

impl Guard {
    pub(super) fn new(allowed: &[IpNet]) -> Self {
        Self { allowed: allowed.into() }
    }

    /// Refuses a URL whose host is an address that may not be reached. Names are refused when they are resolved.
    pub(super) fn check(&self, url: &Url) -> Result<(), PageFailure> {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) | None => return Ok(()),
        };
        if self.permits(address) {
            return Ok(());
        }
        Err(PageFailure::PrivateAddress {
            host: url.host_str().unwrap_or_default().to_owned(),
            address: address.to_string(),
        })
    }

    async fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Result<IpAddr, io::Error>> {
        let found: Vec<SocketAddr> = tokio::net::lookup_host((host, port)).await.map_err(Err)?.collect();
        let (open, closed): (Vec<_>, Vec<_>) = found.into_iter().partition(|found| self.permits(found.ip()));
        match closed.first() {
            Some(refused) if open.is_empty() => Err(Ok(refused.ip())),
            _ => Ok(open),
        }
    }

    fn permits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allowed.iter().any(|net| net.contains(&address)) || is_public(address)
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            match guard.addresses(&host, 0).await {
                Ok(open) => Ok(Box::new(open.into_iter()) as Addrs),
                Err(Ok(address)) => Err(Refused { host, address }.into()),
                Err(Err(error)) => Err(error.into()),
            }
        })
    }
}

/// The addresses of a host that may be reached, for what is asked without HTTP.
///
/// # Errors
/// The address of a host that is in no network that may be reached, or why the host is not found.
pub(crate) async fn addresses(
    host: &str,
    port: u16,
    allow_private: &[IpNet],
) -> Result<Vec<SocketAddr>, Result<IpAddr, io::Error>> {
    Guard::new(allow_private).addresses(host, port).await
}

/// Whether an address is one of the open internet (the IANA special-purpose registries, RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || a == 0 // "this network", with the unspecified address (RFC 1122)
        || (a == 100 && b & 0xC0 == 64) // carrier-grade NAT (RFC 6598)
        || (a == 192 && b == 0 && c == 0) // IETF protocol assignments
        || (a == 198 && b & 0xFE == 18) // benchmarking (RFC 2544)
        || a >= 224; // multicast, reserved, broadcast
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = carried(address) {
        return is_public_v4(inner);
    }
    let [a, b, c, ..] = address.segments();
    let special = address.is_unspecified()
        || address.is_loopback()
        || address.is_multicast()
        || a & 0xFE00 == 0xFC00 // unique local (RFC 4193)
        || a & 0xFFC0 == 0xFE80 // link-local
        || a & 0xFFC0 == 0xFEC0 // site-local, deprecated but still routed in places (RFC 3879)
        || (a == 0x2001 && b == 0x0DB8) // documentation
        || (a == 0x0064 && b == 0xFF9B && c == 1) // a network's own NAT64 (RFC 8215)
        || (a == 0x0100 && b == 0); // discard (RFC 6666)
    !special
}

/// The IPv4 address that an IPv6 address leads to: mapped, compatible, NAT64 (RFC 6052) and 6to4 (RFC 3056).
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let [[i, j], [k, l]] = match (a, b, c, d, e, f) {
        (0, 0, 0, 0, 0, 0xFFFF) | (0x0064, 0xFF9B, 0, 0, 0, 0) => [g.to_be_bytes(), h.to_be_bytes()],
        (0, 0, 0, 0, 0, 0) if g != 0 => [g.to_be_bytes(), h.to_be_bytes()],
        (0x2002, ..) => [b.to_be_bytes(), c.to_be_bytes()],
        _ => return None,
    };
    Some(Ipv4Addr::new(i, j, k, l))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_open_internet_is_reached() {
        let guard = Guard::new(&[]);
        for private in [
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "0.1.2.3",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "198.18.0.1",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fdff::1",
            "fec0::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "2002:7f00:1::1",
            "2001:db8::1",
        ] {
            assert!(!guard.permits(private.parse().unwrap()), "{private}");
        }
        for public in [
            "1.1.1.1",
            "172.32.0.1",
            "100.128.0.1",
            "192.0.1.1",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "2002:808:808::1",
        ] {
            assert!(guard.permits(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn an_allowed_network_is_reached_and_no_other() {
        let guard = Guard::new(&["127.0.0.0/8".parse().unwrap()]);
        assert!(guard.permits("127.0.0.1".parse().unwrap()));
        assert!(guard.permits("::ffff:127.0.0.1".parse().unwrap()));
        assert!(!guard.permits("10.0.0.1".parse().unwrap()));
        assert!(!guard.permits("::1".parse().unwrap()));
    }

    #[test]
    fn an_address_in_disguise_is_still_an_address() {
        for disguised in ["http://2130706433/", "http://0x7f.1/", "http://[::ffff:7f00:1]/", "http://127.1/"] {
            let refused = Guard::new(&[]).check(&Url::parse(disguised).unwrap());
            assert!(matches!(refused, Err(PageFailure::PrivateAddress { .. })), "{disguised}: {refused:?}");
        }
    }
}
