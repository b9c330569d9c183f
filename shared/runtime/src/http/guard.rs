//! Which addresses may be fetched: public ones, and listeners of this process that are named.
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use url::{Host, Url};

use super::HttpError;

/// True for addresses of the public internet: not private, loopback, link-local, shared, reserved, multicast or
/// documentation, and not an IPv6 form that carries such an IPv4 address.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224.., ..)
            | (100, 64..=127, _)
            | (172, 16..=31, _)
            | (192, 0, 0)
            | (192, 88, 99)
            | (198, 18 | 19, _)
    );
    !special && !address.is_private() && !address.is_link_local() && !address.is_documentation()
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(v4) = address.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    let [a, b, c, d, e, f, g, h] = address.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match (a, b, c, d, e, f) {
        // NAT64 and 6to4 carry an IPv4 address that is reached in the end.
        (0x64, 0xff9b, 0, 0, 0, 0) => is_public_v4(v4(g, h)),
        (0x2002, ..) => is_public_v4(v4(b, c)),
        // Teredo, benchmarking, ORCHID and documentation.
        (0x2001, 0..=0x01ff | 0x0db8, ..) => false,
        (0x3fff, 0..=0x0fff, ..) => false,
        // Only 2000::/3 is handed out for the public internet: this leaves out ::1, fc00::/7, fe80::/10, ff00::/8.
        _ => (a & 0xe000) == 0x2000,
    }
}

/// The check itself, shared by the client and its resolver.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    allow_private: bool,
    overrides: Arc<HashMap<String, SocketAddr>>,
}

impl Guard {
    pub(super) fn new(allow_private: bool, overrides: &HashMap<String, SocketAddr>) -> Self {
        let overrides = overrides.iter().map(|(host, to)| (host.to_ascii_lowercase(), *to)).collect();
        Self { allow_private, overrides: Arc::new(overrides) }
    }

    /// The listener that answers for this host in this process.
    pub(super) fn listener(&self, host: &str) -> Option<SocketAddr> {
        self.overrides.get(&host.to_ascii_lowercase()).copied()
    }

    pub(super) fn allows(&self, address: IpAddr) -> bool {
        self.allow_private || is_public(address)
    }

    /// Checks what can be checked before resolution.
    pub(super) fn check(&self, url: &Url) -> Result<(), HttpError> {
        let bad = |why: &str| HttpError::BadUrl { url: url.to_string(), why: why.to_owned() };
        if !matches!(url.scheme(), "http" | "https") {
            return Err(bad("only http and https are fetched"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad("credentials in an address are not sent"));
        }
        let private = |address| Err(HttpError::PrivateAddress { url: url.to_string(), address });
        match url.host() {
            None => Err(bad("no host")),
            Some(Host::Ipv4(v4)) if !self.allows(v4.into()) => private(v4.into()),
            Some(Host::Ipv6(v6)) if !self.allows(v6.into()) => private(v6.into()),
            // An explicit port would win over the listener's, and reach any service of this machine.
            Some(Host::Domain(host)) => match (self.listener(host), url.port()) {
                (Some(to), Some(port)) if port != to.port() && !self.allows(to.ip()) => private(to.ip()),
                _ => Ok(()),
            },
            Some(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        let public = [
            "1.1.1.1",
            "223.5.5.5",
            "100.128.0.1",
            "172.32.0.1",
            "2400:3200::1",
            "64:ff9b::101:101",
            "2002:101:101::1",
        ];
        for address in public {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        let not = [
            "0.0.0.0",
            "10.1.2.3",
            "127.0.0.1",
            "100.64.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "192.0.0.8",
            "192.0.2.1",
            "198.18.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::1",
            "2002:c0a8:101::1",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ];
        for address in not {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn a_literal_in_any_notation_is_seen_through() {
        let guard = Guard::new(false, &HashMap::new());
        for url in [
            "http://127.0.0.1/",
            "http://0x7f.1/",
            "http://2130706433/",
            "http://[::1]/",
            "http://[::ffff:7f00:1]/",
            "http://017700000001/",
        ] {
            let refused = guard.check(&Url::parse(url).unwrap());
            assert!(matches!(refused, Err(HttpError::PrivateAddress { .. })), "{url}: {refused:?}");
        }
    }

    #[test]
    fn a_named_listener_passes_on_its_own_port_only() {
        let overrides = HashMap::from([("Demo.invalid".to_owned(), "127.0.0.1:4711".parse().unwrap())]);
        let guard = Guard::new(false, &overrides);
        assert!(guard.check(&Url::parse("http://demo.invalid/").unwrap()).is_ok());
        assert!(guard.check(&Url::parse("http://demo.invalid:4711/").unwrap()).is_ok());
        assert!(guard.check(&Url::parse("http://demo.invalid:22/").unwrap()).is_err());
    }

    #[test]
    fn other_schemes_and_credentials_are_refused() {
        let guard = Guard::new(true, &HashMap::new());
        for url in
            ["ftp://example.com/", "file:///etc/passwd", "http://user:pw@example.com/", "data:text/html,x"]
        {
            assert!(matches!(guard.check(&Url::parse(url).unwrap()), Err(HttpError::BadUrl { .. })), "{url}");
        }
    }
}
