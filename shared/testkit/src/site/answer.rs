//! How a page is answered: conditional requests, delays, slow and cut bodies.
use std::{io, time::Duration};

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use futures_util::{StreamExt, stream};
use jiff::Timestamp;

use super::Page;

/// `Mon, 06 Apr 2026 08:00:00 GMT`
const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

pub(super) async fn answer(page: Page, asked: &HeaderMap) -> Response {
    if !page.delay.is_zero() {
        tokio::time::sleep(page.delay).await;
    }
    let tag = page.etag.then(|| tag(&page.body));
    let modified = page.modified.map(|at| at.strftime(HTTP_DATE).to_string());
    let unchanged = page.status == 200 && is_unchanged(asked, tag.as_deref(), page.modified);
    let status = if unchanged { 304 } else { page.status };
    let mut builder = Response::builder().status(StatusCode::from_u16(status).unwrap_or_default());
    for (name, value) in &page.headers {
        builder = builder.header(name, value);
    }
    if let Some(tag) = tag {
        builder = builder.header(header::ETAG, tag);
    }
    if let Some(modified) = modified {
        builder = builder.header(header::LAST_MODIFIED, modified);
    }
    let body = if unchanged { Body::empty() } else { body(page, &mut builder) };
    // Only a header that is none at all comes here: a mistake of the test, shown as such.
    builder.body(body).unwrap_or_else(|error| {
        let mut response = Response::new(Body::from(error.to_string()));
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}

fn is_unchanged(asked: &HeaderMap, tag: Option<&str>, modified: Option<Timestamp>) -> bool {
    let text = |name| asked.get(name).and_then(|value| value.to_str().ok());
    match (text(header::IF_NONE_MATCH), text(header::IF_MODIFIED_SINCE)) {
        // RFC 9110, 13.1.3: the date is ignored where a tag is sent.
        (Some(known), _) => tag.is_some_and(|tag| known.split(',').any(|one| one.trim() == tag)),
        (None, Some(since)) => {
            let since = jiff::fmt::rfc2822::parse(since).map(|since| since.timestamp());
            modified.is_some_and(|at| since.is_ok_and(|since| at.as_second() <= since.as_second()))
        }
        (None, None) => false,
    }
}

/// FNV-1a: the same bytes have the same tag in every run.
fn tag(body: &[u8]) -> String {
    let hash = body.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("\"{hash:016x}\"")
}

fn body(page: Page, builder: &mut axum::http::response::Builder) -> Body {
    let length = page.body.len();
    if let Some(bytes) = page.cut_at {
        if let Some(headers) = builder.headers_mut() {
            headers.insert(header::CONTENT_LENGTH, length.into());
        }
        let kept: Vec<u8> = page.body.into_iter().take(bytes).collect();
        return Body::from_stream(stream::once(async { Ok(kept) }).chain(stream::once(broken())));
    }
    let Some((piece, pause)) = page.drip else { return Body::from(page.body) };
    Body::from_stream(drip(page.body, piece, pause))
}

/// The break comes after a moment, so that what was kept is on its way by then.
async fn broken() -> io::Result<Vec<u8>> {
    tokio::time::sleep(Duration::from_millis(20)).await;
    Err(io::Error::new(io::ErrorKind::ConnectionReset, "cut on purpose"))
}

fn drip(
    body: Vec<u8>,
    piece: usize,
    pause: Duration,
) -> impl futures_util::Stream<Item = io::Result<Vec<u8>>> {
    let pieces: std::collections::VecDeque<Vec<u8>> = body.chunks(piece).map(<[u8]>::to_vec).collect();
    stream::unfold(pieces, move |mut left| async move {
        let next = left.pop_front()?;
        tokio::time::sleep(pause).await;
        Some((Ok(next), left))
    })
}
