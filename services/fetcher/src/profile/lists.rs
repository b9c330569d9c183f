//! The part of a column that says how its list is asked for and read: markup, records or data, and the way to the next page.
use std::ops::Range;

use super::{
    JsonList, NextPage, Path, Post,
    compile::{Compiler, flat},
    file::{ColumnFile, JsonFile, NextFile, PostFile, Value},
    json::Link,
};

/// Signs by which a pattern counts.
const SIGNS: [&str; 4] = ["{n}", "{from}", "{to}", "{offset}"];

impl Compiler<'_> {
    /// A list is markup (`list` and `item`), records in the source (`records` and `item`) or data (`json`), never two of them.
    pub(super) fn one_reading(&mut self, file: &ColumnFile) {
        let markup = [&file.list, &file.item, &file.link, &file.title, &file.date, &file.records];
        if let Some(json) = &file.json {
            if markup.iter().any(|value| value.is_some()) {
                let (zh, en) = (
                    "json 与 list、item、link、title、date、records 不能并用",
                    "json stands alone: no list, item, link, title, date, records beside it",
                );
                self.wrong(json.span(), zh.into(), en.into());
            }
            return;
        }
        for (name, missing) in
            [("item", file.item.is_none()), ("list", file.list.is_none() && file.records.is_none())]
        {
            if missing {
                let (zh, en) = (
                    format!("缺少 `{name}`（或改用 json）"),
                    format!("`{name}` is missing (or json in its place)"),
                );
                self.wrong(file.name.span(), zh, en);
            }
        }
    }

    pub(super) fn json(&mut self, file: &JsonFile) -> Option<JsonList> {
        let within = file.within.as_ref().map(|value| self.regex_with_group(value));
        let (items, title) = (self.path(&file.items), self.path(&file.title));
        let link = Link::parse(file.link.get_ref());
        if link.is_none() {
            self.no_path(&file.link);
        }
        let date = file.date.as_ref().map(|value| self.path(value));
        Some(JsonList { within: flat(within)?, items: items?, title: title?, link: link?, date: flat(date)? })
    }

    fn path(&mut self, value: &Value) -> Option<Path> {
        let path = Path::parse(value.get_ref());
        if path.is_none() {
            self.no_path(value);
        }
        path
    }

    fn no_path(&mut self, value: &Value) {
        let (zh, en) = ("不是路径，应如 data.rows[0].title", "no path, as data.rows[0].title is one");
        self.wrong(value.span(), zh.into(), en.into());
    }

    pub(super) fn post(&mut self, file: &PostFile, span: Range<usize>) -> Option<Post> {
        let (content_type, body) = match (&file.form, &file.json) {
            (Some(form), None) => ("application/x-www-form-urlencoded; charset=UTF-8", form),
            (None, Some(json)) => ("application/json; charset=UTF-8", json),
            _ => {
                let (zh, en) = ("post 应为 { form } 或 { json } 之一", "post is either { form } or { json }");
                self.wrong(span, zh.into(), en.into());
                return None;
            }
        };
        Some(Post { content_type, body: body.get_ref().clone() })
    }

    pub(super) fn next(
        &mut self,
        file: &NextFile,
        column: &ColumnFile,
        span: Range<usize>,
    ) -> Option<NextPage> {
        let counts = file.first.is_some() || file.count.is_some() || file.size.is_some();
        match (&file.selector, &file.pattern, &column.post) {
            (Some(selector), None, None) if !counts => self.selector(selector).map(NextPage::Link),
            (None, Some(pattern), _) => {
                self.numbered(file, pattern.get_ref(), pattern.get_ref(), pattern.span())
            }
            (None, None, Some(post)) => {
                let body = post.get_ref().form.as_ref().or(post.get_ref().json.as_ref())?;
                self.numbered(file, "", body.get_ref(), body.span())
            }
            _ => {
                let (zh, en) = (
                    "next 要么只写 selector，要么写 pattern（可加 first、count、size）；有 post 时 pattern 可省",
                    "next is either { selector } or { pattern, first, count, size }; beside post the pattern may be left out",
                );
                self.wrong(span, zh.into(), en.into());
                None
            }
        }
    }

    /// `counting` is the text whose signs count: the pattern, or the body of the POST.
    fn numbered(
        &mut self,
        file: &NextFile,
        pattern: &str,
        counting: &str,
        span: Range<usize>,
    ) -> Option<NextPage> {
        if !SIGNS.iter().any(|sign| counting.contains(sign)) {
            let (zh, en) = (
                "翻页规则中要有 {n}（或 {from}、{to}、{offset}）",
                "it needs {n}, the number of the page (or {from}, {to}, {offset})",
            );
            self.wrong(span.clone(), zh.into(), en.into());
        }
        let by_entries = SIGNS.iter().skip(1).any(|sign| counting.contains(sign));
        if by_entries && file.size.is_none_or(|size| size == 0) {
            let (zh, en) = (
                "{from}、{to}、{offset} 需要 size（每页条数）",
                "{from}, {to} and {offset} need `size`, the entries of a page",
            );
            self.wrong(span, zh.into(), en.into());
        }
        let count = flat(file.count.as_ref().map(|count| self.regex_with_group(count)))?;
        let first = file.first.unwrap_or(1);
        Some(NextPage::Numbered { pattern: pattern.to_owned(), size: file.size, first, count })
    }
}
