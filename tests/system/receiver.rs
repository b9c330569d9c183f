//! A webhook's other end: takes every alert and remembers its idempotency key.
use gongkai_testkit::site::{Page, Site};
use tokio::runtime::Runtime;

const PATH: &str = "/alerts";

pub(crate) struct Receiver {
    // Dropped before the runtime that serves it.
    site: Site,
    _runtime: Runtime,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let site = runtime.block_on(Site::start()).unwrap();
        site.put(PATH, Page::text("ok"));
        Self { site, _runtime: runtime }
    }

    /// For `alert.webhook_url`.
    pub(crate) fn url(&self) -> String {
        self.site.url(PATH)
    }

    /// The keys of all alerts taken, in the order they came.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.site.requests().iter().map(|seen| seen.header("idempotency-key").to_owned()).collect()
    }
}
