//! `/original/{blob}`: the bytes as they were published, to be saved or read as text; never run as a page.
use axum::{
    extract::{Path, State},
    http::header,
    response::IntoResponse,
};
use gongkai_store::BlobId;

use super::Page;
use crate::{ConsoleState, error::PageError};

/// Should a browser show it after all, nothing of it may run or load.
const SANDBOX: &str = "sandbox; default-src 'none'";
/// How many bytes tell text from binary.
const SAMPLE: usize = 4096;

/// The file.
pub(crate) async fn file(State(state): State<ConsoleState>, Path(blob): Path<String>) -> Page {
    let blob = BlobId::parse(&blob).ok_or(PageError::NotFound)?;
    if !state.store.blob_is_named(&blob).await? {
        return Err(PageError::NotFound);
    }
    let bytes = state.archive.get(&blob).await?.ok_or(PageError::NotFound)?;
    let (media_type, ending) = kind(&bytes);
    let short = blob.as_str().get(..16).unwrap_or(blob.as_str());
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{short}.{ending}\"")),
        (header::CONTENT_SECURITY_POLICY, SANDBOX.to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// Media type and file ending. Web pages are text here: a saved copy opens in an editor, not in a browser.
fn kind(bytes: &[u8]) -> (&'static str, &'static str) {
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    if bytes.starts_with(b"%PDF-") {
        ("application/pdf", "pdf")
    } else if sample.contains(&0) {
        ("application/octet-stream", "bin")
    } else {
        ("text/plain", "txt")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_page_is_plain_text() {
        assert_eq!(kind(b"<html><script>alert(1)</script>"), ("text/plain", "txt"));
        assert_eq!(kind(b"\xd0\xcf\x11\xe0\0\0"), ("application/octet-stream", "bin"));
        assert_eq!(kind(b"%PDF-1.7\n"), ("application/pdf", "pdf"));
    }
}
