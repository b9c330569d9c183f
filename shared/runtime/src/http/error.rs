//! Why a call got no answer: what happened, where, and what to do.
use std::{error::Error, io, net::IpAddr, time::Duration};

use thiserror::Error;

use super::resolver::ResolveError;

/// A call without an answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HttpError {
    /// The limit on time was reached.
    #[error(
        "{url}: no complete answer within {seconds} s; it is tried again later (fetch.timeout_s is the limit)"
    )]
    Timeout {
        /// Address.
        url: String,
        /// The limit.
        seconds: u64,
    },
    /// No connection.
    #[error("{url}: cannot connect ({detail}); check that the site is up and reachable from here")]
    Refused {
        /// Address.
        url: String,
        /// What the system said.
        detail: String,
    },
    /// The name has no address.
    #[error("{url}: {detail}; check the host in the site profile and the name server")]
    UnknownHost {
        /// Address.
        url: String,
        /// What the resolver said.
        detail: String,
    },
    /// The address is private, loopback or link-local.
    #[error(
        "{url}: {address} is a private, loopback or link-local address; set fetch.allow_private if that is meant"
    )]
    PrivateAddress {
        /// Address.
        url: String,
        /// Where it leads.
        address: IpAddr,
    },
    /// The certificate or the handshake failed.
    #[error(
        "{url}: TLS failed ({detail}); the site's certificate or its TLS version is at fault, or use http if it offers it"
    )]
    Tls {
        /// Address.
        url: String,
        /// What the handshake said.
        detail: String,
    },
    /// The body is larger than allowed.
    #[error(
        "{url}: larger than {limit} bytes; raise fetch.max_bytes if the document is meant to be so large"
    )]
    TooLarge {
        /// Address.
        url: String,
        /// The limit.
        limit: u64,
    },
    /// Redirects without end.
    #[error(
        "{url}: more than {limit} redirects; open it in a browser and put its final address into the profile"
    )]
    TooManyRedirects {
        /// Address that was asked for.
        url: String,
        /// The limit.
        limit: u32,
    },
    /// A redirect that is not followed.
    #[error(
        "{url}: redirects to {to}, which is not followed because {why}; add the host to the profile if it belongs to the site"
    )]
    RedirectRefused {
        /// Address that redirects.
        url: String,
        /// Where to.
        to: String,
        /// Reason.
        why: &'static str,
    },
    /// Not an address that can be fetched.
    #[error("{url}: {why}; correct the address")]
    BadUrl {
        /// Address.
        url: String,
        /// Reason.
        why: String,
    },
    /// The connection broke off, or what came is not HTTP.
    #[error("{url}: the answer broke off ({detail}); it is tried again later")]
    Broken {
        /// Address.
        url: String,
        /// What happened.
        detail: String,
    },
    /// The client cannot be made, or the body not be written: a defect of the set-up.
    #[error("the HTTP client cannot be set up: {detail}")]
    Setup {
        /// What happened.
        detail: String,
    },
}

impl HttpError {
    /// True when the same call may get an answer later.
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Timeout { .. }
                | Self::Refused { .. }
                | Self::UnknownHost { .. }
                | Self::Tls { .. }
                | Self::Broken { .. }
        )
    }

    /// A short stable name, for metrics and logs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Timeout { .. } => "timeout",
            Self::Refused { .. } => "refused",
            Self::UnknownHost { .. } => "unknown_host",
            Self::PrivateAddress { .. } => "private_address",
            Self::Tls { .. } => "tls",
            Self::TooLarge { .. } => "too_large",
            Self::TooManyRedirects { .. } => "too_many_redirects",
            Self::RedirectRefused { .. } => "redirect_refused",
            Self::BadUrl { .. } => "bad_url",
            Self::Broken { .. } => "broken",
            Self::Setup { .. } => "setup",
        }
    }

    pub(super) fn from_reqwest(url: &str, error: &reqwest::Error, limit: Duration) -> Self {
        let url = url.to_owned();
        let detail = innermost(error);
        if let Some(cause) = causes(error).find_map(|cause| cause.downcast_ref::<ResolveError>()) {
            return match cause {
                ResolveError::Private(address) => Self::PrivateAddress { url, address: *address },
                ResolveError::Unknown(_) => Self::UnknownHost { url, detail: cause.to_string() },
            };
        }
        if error.is_timeout() {
            return Self::Timeout { url, seconds: limit.as_secs() };
        }
        if !error.is_connect() {
            return Self::Broken { url, detail };
        }
        let kinds = causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
        // A failed handshake comes as an IO error of this kind (tokio-rustls).
        match kinds.into_iter().any(|kind| kind == io::ErrorKind::InvalidData) {
            true => Self::Tls { url, detail },
            false => Self::Refused { url, detail },
        }
    }

    /// The same error with another address shown.
    pub(super) fn with_url(mut self, shown: &str) -> Self {
        match &mut self {
            Self::Timeout { url, .. }
            | Self::Refused { url, .. }
            | Self::UnknownHost { url, .. }
            | Self::PrivateAddress { url, .. }
            | Self::Tls { url, .. }
            | Self::TooLarge { url, .. }
            | Self::TooManyRedirects { url, .. }
            | Self::RedirectRefused { url, .. }
            | Self::BadUrl { url, .. }
            | Self::Broken { url, .. } => shown.clone_into(url),
            Self::Setup { .. } => {}
        }
        self
    }
}

fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&cause| next_cause(cause))
}

fn next_cause<'e>(cause: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    // An IO error that wraps another one names that one's source, not itself.
    match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => cause.source(),
    }
}

fn innermost(error: &reqwest::Error) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}
