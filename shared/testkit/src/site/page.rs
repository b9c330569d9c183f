//! A page of the fake site: its bytes and how it behaves.
use std::{io::Write as _, path::Path, time::Duration};

use flate2::{Compression, write::GzEncoder};
use jiff::Timestamp;

/// A page; the constructors name what it imitates, the builders how it behaves.
#[derive(Clone, Debug)]
pub struct Page {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) delay: Duration,
    pub(super) drip: Option<(usize, Duration)>,
    pub(super) cut_at: Option<usize>,
    pub(super) etag: bool,
    pub(super) modified: Option<Timestamp>,
}

impl Page {
    /// Any bytes with any type.
    pub fn bytes(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body: body.into(),
            delay: Duration::ZERO,
            drip: None,
            cut_at: None,
            etag: false,
            modified: None,
        }
    }

    /// A page in UTF-8.
    pub fn html(text: impl Into<String>) -> Self {
        Self::bytes("text/html; charset=utf-8", text.into())
    }

    /// A page in GBK whose header names no charset, as on older sites.
    pub fn gbk(text: &str) -> Self {
        Self::bytes("text/html", encoding_rs::GBK.encode(text).0.into_owned())
    }

    /// Plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::bytes("text/plain; charset=utf-8", text.into())
    }

    /// A redirect (301, 302, 307, 308) to an address or path.
    pub fn redirect(status: u16, to: &str) -> Self {
        Self::html("").status(status).header("location", to)
    }

    /// 429 or 503 with `Retry-After` (seconds, or an HTTP date).
    pub fn retry_after(status: u16, after: &str) -> Self {
        Self::html("<html><body>访问过于频繁，请稍后再试</body></html>")
            .status(status)
            .header("retry-after", after)
    }

    /// 412 with a script that sets a cookie and loads again: what protected sites answer to programs.
    pub fn challenge() -> Self {
        Self::script_challenge().status(412)
    }

    /// The same under status 200.
    pub fn script_challenge() -> Self {
        Self::html(
            "<!DOCTYPE html><html><head><script>var _0x1=['cookie','reload'];document[_0x1[0]]='__jsl=1';location[_0x1[1]]();</script></head><body></body></html>",
        )
    }

    /// A login page under status 200.
    pub fn login() -> Self {
        Self::html(
            r#"<html><head><title>统一身份认证平台</title></head><body><form action="/login" method="post"><label>用户名<input name="username"></label><label>密码<input type="password" name="password"></label><button>登录</button></form></body></html>"#,
        )
    }

    /// A list page whose list is empty.
    pub fn empty_list() -> Self {
        Self::html(
            r#"<html><head><title>政府信息公开年报</title></head><body><ul class="list"></ul></body></html>"#,
        )
    }

    /// A page of at least this many bytes.
    pub fn huge(bytes: usize) -> Self {
        let line = "<p>政府信息公开</p>\n";
        Self::html(format!("<html><body>{}</body></html>", line.repeat(bytes / line.len() + 1)))
    }

    /// A file of a folder at a URL path; a folder's `index.html` for a path that ends in `/`.
    pub(super) async fn file(folder: &Path, path: &str) -> Option<Self> {
        let mut file = folder.to_owned();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            if part.starts_with('.') || part.contains('\\') {
                return None;
            }
            file.push(part);
        }
        if path.ends_with('/') {
            file.push("index.html");
        }
        let body = tokio::fs::read(&file).await.ok()?;
        let content_type = match file.extension().and_then(|extension| extension.to_str()) {
            // The charset is left to the page: some are in GBK.
            Some("html" | "htm") => "text/html",
            Some("txt") => "text/plain",
            Some("css") => "text/css",
            Some("js") => "text/javascript",
            Some("pdf") => "application/pdf",
            Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            _ => "application/octet-stream",
        };
        Some(Self::bytes(content_type, body).etag())
    }

    /// Another status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// One more header; a header of this name is replaced.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Waits before it answers.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Sends the body in pieces of this many bytes, with a pause before each.
    #[must_use]
    pub fn slow(mut self, piece: usize, pause: Duration) -> Self {
        self.drip = Some((piece.max(1), pause));
        self
    }

    /// Announces the whole length and closes the connection after this many bytes.
    #[must_use]
    pub fn cut_at(mut self, bytes: usize) -> Self {
        self.cut_at = Some(bytes);
        self
    }

    /// Carries an `ETag` of its body and answers `If-None-Match` with 304.
    #[must_use]
    pub fn etag(mut self) -> Self {
        self.etag = true;
        self
    }

    /// Carries `Last-Modified` and answers `If-Modified-Since` with 304.
    #[must_use]
    pub fn modified(mut self, at: Timestamp) -> Self {
        self.modified = Some(at);
        self
    }

    /// Sends the body compressed, whether or not the client asked for it.
    #[must_use]
    pub fn gzip(mut self) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        // Writing to memory does not fail; were it to, the page stays as it is.
        if encoder.write_all(&self.body).is_ok()
            && let Ok(body) = encoder.finish()
        {
            self.body = body;
            return self.header("content-encoding", "gzip");
        }
        self
    }
}
