//! A fake government site on loopback: pages from a folder or set one by one, with the misbehaviour of real sites.
mod answer;
mod page;

use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderMap, Method},
    response::Response,
};
use tokio::{net::TcpListener, task::JoinHandle};

pub use page::Page;

/// More of a POST is not looked at.
const LONGEST_POST: usize = 64 * 1024;

/// A request that the site received.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Path with its query; of a POST that has a page of its own with its body behind it.
    pub path: String,
    /// Headers as sent.
    pub headers: HeaderMap,
}

impl Seen {
    /// A header as text, empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// What stands at a path: pages in turn, each from the request on that is named with it.
#[derive(Debug, Default)]
struct Route {
    pages: Vec<(usize, Page)>,
    hits: usize,
    removed: bool,
}

#[derive(Debug, Default)]
struct Shelf {
    folder: Option<PathBuf>,
    routes: HashMap<String, Route>,
    seen: Vec<Seen>,
}

/// A running site; it stops when dropped.
#[derive(Debug)]
pub struct Site {
    address: SocketAddr,
    shelf: Arc<Mutex<Shelf>>,
    server: JoinHandle<()>,
}

impl Site {
    /// An empty site on a free port of 127.0.0.1: every path is 404 until a page is put there.
    pub async fn start() -> io::Result<Self> {
        Self::launch(Shelf::default()).await
    }

    /// A site that serves the files of a folder; pages put at a path come before its files.
    pub async fn serving(folder: impl Into<PathBuf>) -> io::Result<Self> {
        Self::launch(Shelf { folder: Some(folder.into()), ..Shelf::default() }).await
    }

    async fn launch(shelf: Shelf) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let shelf = Arc::new(Mutex::new(shelf));
        let router = Router::new().fallback(serve).with_state(Arc::clone(&shelf));
        // The server ends with the site: `drop` aborts it, and only that ends it.
        let server = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        Ok(Self { address, shelf, server })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its root, with the final slash.
    pub fn root(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// The address of a path (`/list/index.html`).
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Puts a page at a path (with its query, if it has one), in place of what was there. A POST is answered by what stands at
    /// `PATH BODY`, else at the path.
    pub fn put(&self, path: &str, page: Page) {
        let mut shelf = shelf(&self.shelf);
        let route = shelf.routes.entry(path.to_owned()).or_default();
        route.pages = vec![(0, page)];
        route.removed = false;
    }

    /// Puts a page that takes over once the path was asked for `requests` times (a revision between two polls).
    pub fn put_after(&self, path: &str, requests: usize, page: Page) {
        let mut shelf = shelf(&self.shelf);
        let route = shelf.routes.entry(path.to_owned()).or_default();
        route.pages.push((requests, page));
        route.pages.sort_by_key(|(from, _)| *from);
    }

    /// Takes away what stands at a path, files of the folder too: 404 from now on.
    pub fn remove(&self, path: &str) {
        let mut shelf = shelf(&self.shelf);
        let route = shelf.routes.entry(path.to_owned()).or_default();
        route.pages.clear();
        route.removed = true;
    }

    /// How often a path was asked for.
    pub fn hits(&self, path: &str) -> usize {
        shelf(&self.shelf).routes.get(path).map_or(0, |route| route.hits)
    }

    /// All requests so far, oldest first.
    pub fn requests(&self) -> Vec<Seen> {
        shelf(&self.shelf).seen.clone()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// The shelf is plain data: a panic elsewhere leaves it usable.
fn shelf(shelf: &Mutex<Shelf>) -> MutexGuard<'_, Shelf> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where a path's page comes from.
enum Source {
    Put(Page),
    File(PathBuf),
    Nowhere,
}

impl Shelf {
    fn take(&mut self, path: &str) -> Source {
        let route = self.routes.entry(path.to_owned()).or_default();
        let due =
            route.pages.iter().rev().find(|(from, _)| *from <= route.hits).map(|(_, page)| page.clone());
        route.hits += 1;
        match (due, route.removed, &self.folder) {
            (Some(page), ..) => Source::Put(page),
            (None, false, Some(folder)) => Source::File(folder.clone()),
            (None, ..) => Source::Nowhere,
        }
    }
}

async fn serve(State(state): State<Arc<Mutex<Shelf>>>, request: Request) -> Response {
    let mut path = request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    let (head, body) = request.into_parts();
    if head.method == Method::POST {
        let body = to_bytes(body, LONGEST_POST).await.unwrap_or_default();
        let asked = format!("{path} {}", String::from_utf8_lossy(&body));
        if shelf(&state).routes.contains_key(&asked) {
            path = asked;
        }
    }
    let source = {
        let mut shelf = shelf(&state);
        shelf.seen.push(Seen { path: path.clone(), headers: head.headers.clone() });
        shelf.take(&path)
    };
    let page = match source {
        Source::Put(page) => Some(page),
        Source::File(folder) => Page::file(&folder, head.uri.path()).await,
        Source::Nowhere => None,
    };
    let page =
        page.unwrap_or_else(|| Page::html("<html><body><h1>404 页面不存在</h1></body></html>").status(404));
    answer::answer(page, &head.headers).await
}

#[cfg(test)]
mod tests;
