//! What every page has around it: the language, the time limit, the headers that keep hostile text harmless, the error pages.
use std::time::Duration;

use askama::Template;
use axum::{
    extract::{FromRequestParts, Request},
    http::{HeaderValue, StatusCode, Uri, header, request::Parts},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use gongkai_model::Lang;
use url::form_urlencoded;

use crate::{api::Problem, error::PageError};

/// Nothing but our own stylesheet and pictures: text of reports can bring no script, style or address to life.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// A page that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a browser remembers the language.
const REMEMBERED: &str = "Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly";

/// What a page needs to know about its request.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// Language of the page.
    pub(crate) lang: Lang,
    /// This address in the other language.
    pub(crate) switch: String,
}

impl Frame {
    fn of(uri: &Uri, cookies: Option<&str>, accepted: Option<&str>) -> (Self, bool) {
        let pairs: Vec<_> =
            form_urlencoded::parse(uri.query().unwrap_or("").as_bytes()).into_owned().collect();
        let asked = pairs.iter().find(|(name, _)| name == "lang").and_then(|(_, value)| language(value));
        let remembered = || cookies?.split(';').find_map(|pair| language(pair.trim().strip_prefix("lang=")?));
        let lang = asked.or_else(remembered).or_else(|| preferred(accepted?)).unwrap_or_default();
        let other = if lang == Lang::Zh { "en" } else { "zh" };
        let kept = pairs.iter().filter(|(name, _)| name != "lang");
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept)
            .append_pair("lang", other)
            .finish();
        // Two slashes at the start would name another host.
        let path = uri.path().trim_start_matches(['/', '\\']);
        (Self { lang, switch: format!("/{path}?{query}") }, asked.is_some())
    }

    /// One of two wordings.
    pub(crate) fn t<'w>(&self, zh: &'w str, en: &'w str) -> &'w str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// For the attribute `lang`.
    pub(crate) const fn code(&self) -> &'static str {
        match self.lang {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        }
    }
}

/// The first of our languages in `Accept-Language`, by weight, then by order.
fn preferred(accepted: &str) -> Option<Lang> {
    let mut best: Option<(f32, Lang)> = None;
    for choice in accepted.split(',').take(32) {
        let (range, parameters) = choice.split_once(';').unwrap_or((choice, ""));
        let weight =
            parameters.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse().ok()).unwrap_or(0.0);
        let tag = range.trim().to_ascii_lowercase();
        let lang = language(tag.split('-').next().unwrap_or_default());
        if let Some(lang) = lang.filter(|_| weight > best.map_or(0.0, |(heaviest, _)| heaviest)) {
            best = Some((weight, lang));
        }
    }
    best.map(|(_, lang)| lang)
}

fn language(name: &str) -> Option<Lang> {
    match name {
        "zh" => Some(Lang::Zh),
        "en" => Some(Lang::En),
        _ => None,
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Frame {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| PageError::Failed("no frame around this page".into()))
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'p> {
    f: &'p Frame,
    status: u16,
    heading: &'p str,
    advice: &'p str,
}

/// The layer around all pages.
pub(crate) async fn frame(mut request: Request, next: Next) -> Response {
    let cookies =
        request.headers().get(header::COOKIE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let accepted = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let (frame, asked) = Frame::of(request.uri(), cookies.as_deref(), accepted);
    let path = request.uri().path().to_owned();
    request.extensions_mut().insert(frame.clone());
    let late = |_| PageError::Away(format!("no page within {} s", PATIENCE.as_secs())).into_response();
    let mut response = tokio::time::timeout(PATIENCE, next.run(request)).await.unwrap_or_else(late);
    let machine = path.starts_with("/api/");
    if let Some(error) = response.extensions_mut().remove::<PageError>() {
        let ways: Vec<_> = response.headers().get_all(header::WWW_AUTHENTICATE).iter().cloned().collect();
        response = error_page(&frame, &error, &path, machine);
        response.headers_mut().extend(ways.into_iter().map(|way| (header::WWW_AUTHENTICATE, way)));
    } else if machine && response.status().is_client_error() {
        // What the framework itself refuses: a wrong method, a query that cannot be read.
        response = refused(&frame, response.status(), &path);
    }
    protect(&mut response, &frame, asked);
    response
}

fn refused(frame: &Frame, status: StatusCode, path: &str) -> Response {
    let error = match status {
        StatusCode::NOT_FOUND => PageError::NotFound,
        StatusCode::PAYLOAD_TOO_LARGE => PageError::TooLarge,
        other => PageError::BadRequest(other.canonical_reason().unwrap_or("refused").to_owned()),
    };
    let mut response = error_page(frame, &error, path, true);
    *response.status_mut() = status;
    response
}

fn error_page(frame: &Frame, error: &PageError, path: &str, machine: bool) -> Response {
    if matches!(error, PageError::Away(_) | PageError::Failed(_)) {
        tracing::error!(%error, path, "a page could not be made");
    }
    let (heading, advice) = match error {
        PageError::NotFound => (
            frame.t("没有这个页面", "No such page"),
            frame.t("地址可能有误，或该条记录已不存在。可从概览或报告列表重新查找。", "The address may be wrong, or the record is gone. Start again from the overview or the list of reports."),
        ),
        PageError::BadRequest(_) => (
            frame.t("请求有误", "Bad request"),
            frame.t("请检查所填内容：年度应为四位数字，其余条件应取自列表。", "Check what was filled in: a year has four digits, other values are those of the lists."),
        ),
        PageError::Remark(_) => (
            frame.t("理由不合要求", "The reason is not taken"),
            frame.t("忽略问题须写明理由：一行，不超过500字；姓名不超过50字；不得含换行或控制字符。", "A dismissal says why: one line of at most 500 characters, a name of at most 50, no control characters."),
        ),
        PageError::Unauthorised => (
            frame.t("需要口令", "A token is needed"),
            frame.t("口令缺失或不正确。阅读受限时请先登录；处置操作须填写操作口令。", "The token is missing or wrong. Where reading is restricted, sign in first; actions need the operator's token."),
        ),
        PageError::ActionsOff => (
            frame.t("处置操作未启用", "Actions are off"),
            frame.t("未配置操作口令（http.token 或 http.token_file）。", "No token for actions is configured (http.token or http.token_file)."),
        ),
        PageError::TooLarge => (
            frame.t("内容过大", "Too large"),
            frame.t("草稿不得超过 8 MiB。", "A draft may have at most 8 MiB."),
        ),
        PageError::Away(_) => (
            frame.t("暂时无法读取数据", "The data cannot be read for the moment"),
            frame.t("数据库繁忙或正在恢复，请稍后刷新。", "The database is busy or recovering. Reload in a moment."),
        ),
        PageError::Failed(_) => (
            frame.t("页面出错", "The page failed"),
            frame.t("程序出错，已记入日志。请联系管理员。", "A defect; it is in the log. Please tell the operator."),
        ),
    };
    if machine {
        return Problem::answer(error, &format!("{heading}{}{advice}", frame.t("：", ": ")));
    }
    let page = ErrorPage { f: frame, status: error.status().as_u16(), heading, advice };
    match page.render() {
        Ok(html) => (error.status(), Html(html)).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

fn protect(response: &mut Response, frame: &Frame, asked: bool) {
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("Cookie, Accept-Language"));
    let name = if frame.lang == Lang::Zh { "zh" } else { "en" };
    if let (true, Ok(cookie)) = (asked, HeaderValue::from_str(&format!("lang={name}; {REMEMBERED}"))) {
        headers.insert(header::SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(uri: &str, cookies: Option<&str>) -> (Lang, String) {
        let (frame, _) = Frame::of(&uri.parse().unwrap(), cookies, None);
        (frame.lang, frame.switch)
    }

    #[test]
    fn chinese_comes_first_then_the_cookie_then_the_query() {
        assert_eq!(of("/", None), (Lang::Zh, "/?lang=en".into()));
        assert_eq!(of("/", Some("a=b; lang=en")).0, Lang::En);
        assert_eq!(of("/?lang=zh", Some("lang=en")).0, Lang::Zh);
        assert_eq!(of("/?lang=fr", None).0, Lang::Zh);
    }

    #[test]
    fn a_browsers_own_language_counts_after_query_and_cookie() {
        let of =
            |uri: &str, cookies, accepted| Frame::of(&uri.parse().unwrap(), cookies, Some(accepted)).0.lang;
        assert_eq!(of("/", None, "en-GB,en;q=0.9"), Lang::En);
        assert_eq!(of("/", None, "fr, en;q=0.3, zh-CN;q=0.8"), Lang::Zh);
        assert_eq!(of("/", None, "de"), Lang::Zh);
        assert_eq!(of("/", Some("lang=zh"), "en"), Lang::Zh);
        assert_eq!(of("/?lang=zh", None, "en"), Lang::Zh);
    }

    #[test]
    fn the_switch_keeps_the_rest_of_the_query() {
        assert_eq!(
            of("/reports?text=%E6%B0%B4&lang=zh&year=2024", None).1,
            "/reports?text=%E6%B0%B4&year=2024&lang=en"
        );
    }

    #[test]
    fn the_switch_never_leads_to_another_host() {
        let uri = Uri::builder().path_and_query("//elsewhere.example/x").build().unwrap();
        assert_eq!(Frame::of(&uri, None, None).0.switch, "/elsewhere.example/x?lang=en");
    }
}
