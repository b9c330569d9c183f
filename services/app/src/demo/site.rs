//! The demo's web server: embedded pages with ETags, one of which changes after a poll; it remembers that over restarts.
use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use gongkai_runtime::{RuntimeError, lifecycle::Lifecycle, ops};
use gongkai_store::BlobId;

use super::{Revision, Script, file};

/// The page whose requests count as polls.
const START: &str = "/list/index.html";

/// The site.
#[derive(Clone)]
pub(super) struct DemoSite {
    revisions: Arc<Vec<Revision>>,
    polls: Arc<Mutex<u64>>,
    memory: Arc<PathBuf>,
}

impl DemoSite {
    /// The site as it was left.
    pub(super) fn open(folder: &Path, script: &Script) -> anyhow::Result<Self> {
        let memory = folder.join("site-polls.txt");
        let polls = fs::read_to_string(&memory).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        Ok(Self {
            revisions: Arc::new(script.revision.clone()),
            polls: Arc::new(Mutex::new(polls)),
            memory: Arc::new(memory),
        })
    }

    /// Serves on any free port of loopback.
    pub(super) async fn serve(self, lifecycle: &Lifecycle) -> Result<SocketAddr, RuntimeError> {
        let listener = ops::bind("127.0.0.1:0").await?;
        let address =
            listener.local_addr().map_err(|source| RuntimeError::System { what: "demo site", source })?;
        let router = Router::new().fallback(answer).with_state(self);
        lifecycle.spawn("demo site", ops::serve(listener, router, lifecycle.stop()));
        Ok(address)
    }

    /// Counts a poll and writes it down; the count matters only while a revision is still to come.
    fn count_poll(&self) {
        let mut polls = self.polls.lock().unwrap_or_else(PoisonError::into_inner);
        *polls += 1;
        let last = self.revisions.iter().map(|revision| revision.after_poll).max().unwrap_or(0);
        if *polls <= last + 1
            && let Err(error) = fs::write(&*self.memory, polls.to_string())
        {
            tracing::warn!(%error, "the demo cannot remember its polls");
        }
    }

    /// The file behind a path. A later version comes once the site was polled often enough, and only to those who hold
    /// one already: a process that was killed before it kept the first version gets that first.
    fn name_of(&self, path: &str, known: bool) -> String {
        let polls = *self.polls.lock().unwrap_or_else(PoisonError::into_inner);
        let due = |revision: &&Revision| revision.path == path && polls > revision.after_poll;
        let revised = self.revisions.iter().find(due).filter(|_| known);
        let path = if path == "/" { "/index.html" } else { path };
        let path = revised.map_or(path, |revision| revision.file.as_str());
        format!("site/{}", path.trim_start_matches('/'))
    }
}

async fn answer(State(site): State<DemoSite>, uri: Uri, headers: HeaderMap) -> Response {
    if uri.path() == START {
        site.count_poll();
    }
    let known = headers.get(header::IF_NONE_MATCH).map(|tag| tag.as_bytes());
    let name = site.name_of(uri.path(), known.is_some());
    let Some(bytes) = file(&name).filter(|_| !name.ends_with(".toml")) else {
        return (StatusCode::NOT_FOUND, "404").into_response();
    };
    let etag = format!("\"{}\"", BlobId::of(bytes).as_str().get(..16).unwrap_or_default());
    if known == Some(etag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let kind = if name.ends_with(".txt") { "text/plain" } else { "text/html" };
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::ETAG, etag)], bytes).into_response()
}
