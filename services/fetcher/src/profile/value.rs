//! Single values of a profile: labels, hosts, encodings, addresses, selectors, patterns; what is wrong is noted with its place.
use encoding_rs::Encoding;
use regex::Regex;
use scraper::Selector;
use url::Url;

use super::{compile::Compiler, file::Value};

/// Encodings that government pages are written in, for the nearest name.
const ENCODINGS: [&str; 5] = ["utf-8", "gb18030", "gbk", "gb2312", "big5"];

impl Compiler<'_> {
    pub(super) fn label(&mut self, id: &Value) {
        let ok = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.get_ref().is_empty() || !id.get_ref().chars().all(ok) {
            let id_text = id.get_ref();
            self.wrong(
                id.span(),
                format!("名称只能由小写字母、数字和连字符组成：`{id_text}`"),
                format!("a name is made of lower-case letters, digits and hyphens: `{id_text}`"),
            );
        }
    }

    pub(super) fn hosts(&mut self, values: &[Value]) -> Vec<String> {
        let mut hosts = Vec::new();
        for value in values {
            let host = value.get_ref().to_ascii_lowercase();
            let bare = host.strip_prefix("*.").unwrap_or(&host);
            let parsed =
                url::Host::parse(bare).ok().filter(|_| !bare.contains(['/', ':']) || bare.starts_with('['));
            match parsed {
                Some(parsed) if bare.len() == host.len() => hosts.push(parsed.to_string()),
                Some(parsed) => hosts.push(format!("*.{parsed}")),
                None => self.wrong(
                    value.span(),
                    format!("不是主机名：`{host}`（不带 http:// 和路径）"),
                    format!("not a host name: `{host}` (without http:// and path)"),
                ),
            }
        }
        hosts
    }

    pub(super) fn encoding(&mut self, value: Option<&Value>) -> Option<&'static Encoding> {
        let value = value?;
        let found = Encoding::for_label(value.get_ref().as_bytes());
        if found.is_none() {
            self.wrong_near(value, "未知的编码", "unknown encoding", ENCODINGS);
        }
        found
    }

    pub(super) fn url(&mut self, value: &Value) -> Option<Url> {
        let found = Url::parse(value.get_ref());
        match found {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Some(url),
            Ok(_) => {
                self.wrong(
                    value.span(),
                    "只抓取 http 和 https 地址".into(),
                    "only http and https are fetched".into(),
                );
                None
            }
            Err(error) => {
                self.wrong(value.span(), format!("不是网址：{error}"), format!("not an address: {error}"));
                None
            }
        }
    }

    pub(super) fn selector(&mut self, value: &Value) -> Option<Selector> {
        match Selector::parse(value.get_ref()) {
            Ok(selector) => Some(selector),
            Err(error) => {
                // The parser's first line may speak to its own developers; the last one names the fault.
                let why = error.to_string().lines().last().unwrap_or_default().to_owned();
                let (zh, en) = (format!("CSS 选择器有误：{why}"), format!("not a CSS selector: {why}"));
                self.wrong(value.span(), zh, en);
                None
            }
        }
    }

    pub(super) fn regex(&mut self, value: &Value) -> Option<Regex> {
        let found = Regex::new(value.get_ref()).map_err(|error| error.to_string());
        let last = |error: &str| error.lines().last().unwrap_or_default().trim().to_owned();
        found
            .map_err(|error| {
                let why = last(&error);
                self.wrong(
                    value.span(),
                    format!("正则表达式有误：{why}"),
                    format!("not a regular expression: {why}"),
                );
            })
            .ok()
    }

    pub(super) fn regex_with_group(&mut self, value: &Value) -> Option<Regex> {
        let found = self.regex(value)?;
        if found.captures_len() != 2 {
            let (zh, en) = ("需要恰好一个捕获组 ( )", "exactly one group ( ) is needed");
            self.wrong(value.span(), zh.into(), en.into());
            return None;
        }
        Some(found)
    }
}
