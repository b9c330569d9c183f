//! HTTP as services use it: private addresses refused, redirects followed by hand, every wait and every size bounded.
use std::{collections::HashMap, net::SocketAddr, sync::Arc, time::Duration};

use reqwest::{Client, ClientBuilder, Response, header, redirect::Policy};
use serde::Serialize;
use url::Url;

use crate::settings::FetchSettings;

mod error;
mod guard;
mod request;
mod resolver;

pub use error::HttpError;
pub use guard::is_public;
pub use request::{Fetched, GetRequest, MayFollow, OnLimit};

use guard::Guard;
use resolver::GuardedResolver;

/// Time to get a connection, name resolution and TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// What is read of the answer to a webhook.
const POST_ANSWER_BYTES: u64 = 64 * 1024;

/// How a client behaves.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// Sent as User-Agent.
    pub user_agent: String,
    /// Lets addresses through that are private, loopback or link-local. For the webhooks of an operator and for tests.
    pub allow_private: bool,
    /// Hosts that are answered in this process: name → listener. They pass the guard (the demo site).
    pub overrides: HashMap<String, SocketAddr>,
    /// Longest time to connect.
    pub connect_timeout: Duration,
    /// Longest time for one call, redirects and body included.
    pub timeout: Duration,
    /// Largest body in bytes after decompression.
    pub max_bytes: u64,
    /// Most redirects of one call.
    pub max_redirects: u32,
}

impl HttpConfig {
    /// What the settings `fetch.*` say, without overrides.
    pub fn from_settings(settings: &FetchSettings) -> Self {
        Self {
            user_agent: settings.user_agent.clone(),
            allow_private: settings.allow_private,
            overrides: HashMap::new(),
            connect_timeout: CONNECT_TIMEOUT,
            timeout: Duration::from_secs(settings.timeout_s),
            max_bytes: settings.max_bytes,
            max_redirects: settings.max_redirects,
        }
    }
}

/// A client that can be cloned and shared; connections are pooled.
///
/// Rules it keeps: only `http` and `https`; no credentials in addresses; proxy variables are ignored; addresses are checked
/// after resolution, as literals, and again after each redirect; from `https` to `http` only on the same host.
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: Client,
    config: Arc<HttpConfig>,
    guard: Guard,
}

impl HttpClient {
    /// A client. The process must have installed a rustls provider before (`main` does).
    pub fn new(config: HttpConfig) -> Result<Self, HttpError> {
        let guard = Guard::new(config.allow_private, &config.overrides);
        let setup = |error: reqwest::Error| HttpError::Setup { detail: error.to_string() };
        let client = match builder(&config, &guard).build() {
            Ok(client) => client,
            // A machine without CA certificates: http still works, https fails with its reason.
            Err(first) => match builder(&config, &guard).tls_certs_only([]).build() {
                Ok(client) => {
                    tracing::warn!(
                        "no CA certificates were found: every https address will fail; install ca-certificates"
                    );
                    client
                }
                Err(_) => return Err(setup(first)),
            },
        };
        Ok(Self { client, config: Arc::new(config), guard })
    }

    /// Gets an address. Any status is an answer; what is no answer is an error.
    pub async fn get(&self, request: &GetRequest) -> Result<Fetched, HttpError> {
        let work = self.follow(request);
        let late =
            || HttpError::Timeout { url: request.url.to_string(), seconds: self.config.timeout.as_secs() };
        tokio::time::timeout(self.config.timeout, work).await.unwrap_or_else(|_| Err(late()))
    }

    /// Posts JSON to a webhook. Redirects are not followed. The same `idempotency_key` means the same event.
    /// Errors name the host only: the path of a webhook is often its secret.
    pub async fn post_json<T: Serialize + Sync + ?Sized>(
        &self,
        url: &Url,
        body: &T,
        idempotency_key: &str,
    ) -> Result<Fetched, HttpError> {
        let shown = request::without_secret(url);
        let hide = |error: HttpError| error.with_url(&shown);
        self.guard.check(url).map_err(hide)?;
        let bytes =
            serde_json::to_vec(body).map_err(|error| HttpError::Setup { detail: error.to_string() })?;
        let work = async {
            let response = self
                .client
                .post(url.clone())
                .header(header::CONTENT_TYPE, "application/json")
                .header("Idempotency-Key", idempotency_key)
                .body(bytes)
                .send()
                .await
                .map_err(|error| HttpError::from_reqwest(&shown, &error, self.config.timeout))?;
            self.read(url.clone(), response, POST_ANSWER_BYTES, OnLimit::Cut).await.map_err(hide)
        };
        let late = || HttpError::Timeout { url: shown.clone(), seconds: self.config.timeout.as_secs() };
        tokio::time::timeout(self.config.timeout, work).await.unwrap_or_else(|_| Err(late()))
    }

    async fn follow(&self, request: &GetRequest) -> Result<Fetched, HttpError> {
        let mut url = request.url.clone();
        let (mut hops, mut posts) = (0, request.post.is_some());
        loop {
            self.guard.check(&url)?;
            let response = self.send(&url, request, posts).await?;
            posts &= matches!(response.status().as_u16(), 307 | 308);
            let Some(next) = request::redirect_target(&url, &response)? else {
                let limit = request.max_bytes.unwrap_or(self.config.max_bytes);
                return self.read(url, response, limit, request.on_limit).await;
            };
            hops += 1;
            if hops > self.config.max_redirects {
                return Err(HttpError::TooManyRedirects {
                    url: request.url.to_string(),
                    limit: self.config.max_redirects,
                });
            }
            check_hop(&url, &next, request)?;
            url = next;
        }
    }

    async fn send(&self, url: &Url, request: &GetRequest, posts: bool) -> Result<Response, HttpError> {
        let mut builder = match &request.post {
            Some((content_type, body)) if posts => {
                self.client.post(url.clone()).header(header::CONTENT_TYPE, *content_type).body(body.clone())
            }
            _ => self.client.get(url.clone()),
        };
        builder = builder
            .header(header::ACCEPT, "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.8")
            .header(header::ACCEPT_LANGUAGE, "zh-CN,zh;q=0.9,en;q=0.5");
        if let Some(etag) = &request.etag {
            builder = builder.header(header::IF_NONE_MATCH, etag);
        }
        if let Some(date) = &request.last_modified {
            builder = builder.header(header::IF_MODIFIED_SINCE, date);
        }
        builder
            .send()
            .await
            .map_err(|error| HttpError::from_reqwest(url.as_str(), &error, self.config.timeout))
    }

    async fn read(
        &self,
        url: Url,
        mut response: Response,
        limit: u64,
        on_limit: OnLimit,
    ) -> Result<Fetched, HttpError> {
        let mut fetched = Fetched::head(url, &response);
        loop {
            let chunk = response.chunk().await.map_err(|error| {
                HttpError::from_reqwest(fetched.final_url.as_str(), &error, self.config.timeout)
            })?;
            let Some(chunk) = chunk else { return Ok(fetched) };
            let room = usize::try_from(limit).unwrap_or(usize::MAX).saturating_sub(fetched.body.len());
            if chunk.len() > room {
                if on_limit == OnLimit::Refuse {
                    return Err(HttpError::TooLarge { url: fetched.final_url.to_string(), limit });
                }
                fetched.body.extend(chunk.iter().take(room));
                fetched.cut = true;
                return Ok(fetched);
            }
            fetched.body.extend_from_slice(&chunk);
        }
    }
}

fn builder(config: &HttpConfig, guard: &Guard) -> ClientBuilder {
    Client::builder()
        .user_agent(config.user_agent.clone())
        .redirect(Policy::none())
        .no_proxy()
        .referer(false)
        .connect_timeout(config.connect_timeout)
        .pool_idle_timeout(Duration::from_secs(30))
        .dns_resolver(GuardedResolver::new(guard.clone()))
}

fn check_hop(from: &Url, to: &Url, request: &GetRequest) -> Result<(), HttpError> {
    let refused = |why| HttpError::RedirectRefused { url: from.to_string(), to: to.to_string(), why };
    if from.scheme() == "https" && to.scheme() == "http" && from.host_str() != to.host_str() {
        return Err(refused("it leaves https for http on another host"));
    }
    match &request.may_follow {
        Some(may) if !may(to) => Err(refused("the host is not one of the site's")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
