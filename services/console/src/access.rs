//! Who may read and who may act: tokens of the settings, compared in constant time.
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{ConsoleState, error::PageError, words::segment};

/// The cookie of readers. It holds a hash: a stolen cookie does not give the token away.
const COOKIE: &str = "gongkai_read";
/// What separates the hash of a cookie from any other hash of the token.
const PURPOSE: &[u8] = b"gongkai console reader\0";
/// The ways in for programs. Feed readers know the second one alone; any user name will do.
const BEARER: &str = "Bearer realm=\"gongkai\"";
const BASIC: &str = "Basic realm=\"gongkai\", charset=\"UTF-8\"";

/// The tokens, as hashes.
#[derive(Clone, Debug, Default)]
pub struct Access {
    act: Option<Hash>,
    read: Option<Hash>,
}

type Hash = [u8; 32];

impl Access {
    /// `act` is asked for by every action, `read` by everything; an empty one is none. Without `act` there are no actions,
    /// without `read` everybody may read.
    pub fn new(act: &str, read: &str) -> Self {
        let hash = |token: &str| (!token.is_empty()).then(|| hash(token));
        Self { act: hash(act), read: hash(read) }
    }

    /// Whether there are actions at all.
    pub(crate) const fn can_act(&self) -> bool {
        self.act.is_some()
    }

    /// Whether reading needs a token.
    pub(crate) const fn is_closed(&self) -> bool {
        self.read.is_some()
    }

    /// Refuses an action without its token.
    pub(crate) fn act(&self, token: Option<&str>) -> Result<(), PageError> {
        let own = self.act.as_ref().ok_or(PageError::ActionsOff)?;
        if token.is_some_and(|token| same(own, &hash(token))) { Ok(()) } else { Err(PageError::Unauthorised) }
    }

    /// Whether a token opens the pages: that of readers, or that of those who act.
    pub(crate) fn reads(&self, token: &str) -> bool {
        let given = hash(token);
        let opens = |own: &Option<Hash>| own.as_ref().is_some_and(|own| same(own, &given));
        // Both are compared, whatever the first gives.
        opens(&self.read) | opens(&self.act)
    }

    /// What a reader's browser keeps.
    pub(crate) fn cookie(&self, secure: bool) -> Option<String> {
        let secure = if secure { "; Secure" } else { "" };
        let value = ticket(self.read.as_ref()?);
        Some(format!("{COOKIE}={value}; Path=/; Max-Age=2592000; SameSite=Strict; HttpOnly{secure}"))
    }

    /// Whether a password opens feeds and API. Actions never take one: a browser sends it along by itself.
    fn admits_program(&self, headers: &HeaderMap) -> bool {
        self.admits(headers) || password(headers).is_some_and(|password| self.reads(&password))
    }

    fn admits(&self, headers: &HeaderMap) -> bool {
        let Some(read) = &self.read else { return true };
        let cookie = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let kept = cookie
            .flat_map(|line| line.split(';'))
            .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='));
        let ticket = ticket(read);
        kept.is_some_and(|kept| bool::from(kept.as_bytes().ct_eq(ticket.as_bytes())))
            || bearer(headers).is_some_and(|token| self.reads(token))
    }
}

/// The token of `Authorization: Bearer …`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    credentials(headers, "bearer")
}

/// The password of `Authorization: Basic …`, whatever the user's name.
fn password(headers: &HeaderMap) -> Option<String> {
    let pair = String::from_utf8(BASE64_STANDARD.decode(credentials(headers, "basic")?).ok()?).ok()?;
    pair.split_once(':').map(|(_, password)| password.to_owned())
}

fn credentials<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let (scheme, credentials) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case(wanted).then(|| credentials.trim())
}

fn hash(token: &str) -> Hash {
    Sha256::digest(token.as_bytes()).into()
}

fn ticket(read: &Hash) -> String {
    let digest = Sha256::new().chain_update(PURPOSE).chain_update(read).finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn same(one: &Hash, other: &Hash) -> bool {
    one.ct_eq(other).into()
}

/// The layer before all pages: with `http.read_token` only those get through who have it. Sheets, the icon and the sign-in are free.
pub(crate) async fn guard(State(state): State<ConsoleState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let free = path.starts_with("/assets/") || path == "/login";
    let program = path.starts_with("/api/") || path.starts_with("/feed/");
    let admitted = match program {
        true => state.access.admits_program(request.headers()),
        false => state.access.admits(request.headers()),
    };
    if free || admitted {
        return next.run(request).await;
    }
    if program {
        let ways = [(header::WWW_AUTHENTICATE, BEARER), (header::WWW_AUTHENTICATE, BASIC)];
        return (AppendHeaders(ways), PageError::Unauthorised).into_response();
    }
    if request.method() != Method::GET {
        return ([(header::WWW_AUTHENTICATE, BEARER)], PageError::Unauthorised).into_response();
    }
    let wanted = request.uri().path_and_query().map_or("/", |wanted| wanted.as_str());
    Redirect::to(&format!("/login?next={}", segment(wanted))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_needs_its_own_token_and_without_one_configured_there_is_none() {
        let access = Access::new("act", "read");
        assert!(access.act(Some("act")).is_ok());
        for token in [None, Some(""), Some("read"), Some("ac"), Some("actt")] {
            assert!(matches!(access.act(token), Err(PageError::Unauthorised)), "{token:?}");
        }
        assert!(matches!(Access::new("", "read").act(Some("")), Err(PageError::ActionsOff)));
    }

    #[test]
    fn readers_come_in_by_header_or_cookie_and_by_nothing_else() {
        let access = Access::new("act", "read");
        let asks = |name, value: &str| access.admits(&HeaderMap::from_iter([(name, value.parse().unwrap())]));
        assert!(asks(header::AUTHORIZATION, "Bearer read") && asks(header::AUTHORIZATION, "bearer act"));
        assert!(!asks(header::AUTHORIZATION, "Bearer other") && !asks(header::AUTHORIZATION, "read"));
        let cookie = access.cookie(false).unwrap();
        assert!(asks(header::COOKIE, &format!("lang=en; {}", cookie.split(';').next().unwrap())));
        assert!(!asks(header::COOKIE, "gongkai_read=read") && !cookie.contains("=read;"));
        assert!(Access::new("act", "").admits(&HeaderMap::new()));
    }

    #[test]
    fn a_program_may_give_the_token_as_password_of_any_user() {
        let access = Access::new("", "öffne:dich");
        let asks = |scheme: &str, pair: &[u8]| {
            let value = format!("{scheme} {}", BASE64_STANDARD.encode(pair)).parse().unwrap();
            let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value)]);
            assert!(!access.admits(&headers), "pages take no password");
            access.admits_program(&headers)
        };
        for user in ["", "feed", "读者"] {
            assert!(asks("Basic", format!("{user}:öffne:dich").as_bytes()), "{user}");
        }
        assert!(asks("basic", "x:öffne:dich".as_bytes()));
        for wrong in ["", "öffne:dich", "x:", "x:öffne", "öffne:dich:x", "x:öffne:dich "] {
            assert!(!asks("Basic", wrong.as_bytes()), "{wrong}");
        }
        assert!(!asks("Basic", b"x:\xf6ffne:dich") && !asks("Digest", "x:öffne:dich".as_bytes()));
        let broken = HeaderMap::from_iter([(header::AUTHORIZATION, "Basic ?".parse().unwrap())]);
        assert!(!access.admits_program(&broken));
    }
}
