//! The shape of a profile file; every value that can be wrong keeps its place.
use serde::Deserialize;
use toml::Spanned;

/// A text with its place.
pub(super) type Value = Spanned<String>;

/// `sites/NAME.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) id: Value,
    pub(super) name: Value,
    pub(super) region: Value,
    pub(super) home: Value,
    pub(super) hosts: Vec<Value>,
    pub(super) encoding: Option<Value>,
    pub(super) interval_ms: Option<u64>,
    pub(super) revisit_s: Option<u64>,
    /// Names of bodies may stand without this in front.
    pub(super) prefix: Option<Value>,
    #[serde(default)]
    pub(super) column: Vec<ColumnFile>,
}

/// `[[column]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnFile {
    pub(super) name: Value,
    pub(super) start: Spanned<Vec<Value>>,
    pub(super) list: Option<Value>,
    /// Finds the entries that stand as records in a script or in XML; its group is the markup of one or more entries.
    pub(super) records: Option<Value>,
    pub(super) item: Option<Value>,
    /// The list comes as data.
    pub(super) json: Option<Spanned<JsonFile>>,
    /// The list is asked for by POST.
    pub(super) post: Option<Spanned<PostFile>>,
    /// Finds the number of entries that the list announces.
    pub(super) total: Option<Value>,
    pub(super) link: Option<Value>,
    pub(super) title: Option<Value>,
    pub(super) date: Option<Value>,
    pub(super) next: Option<Spanned<NextFile>>,
    pub(super) max_pages: Option<Spanned<u32>>,
    #[serde(default)]
    pub(super) include: Vec<Value>,
    #[serde(default)]
    pub(super) exclude: Vec<Value>,
    pub(super) detail: Option<Value>,
    pub(super) content: Option<Value>,
    pub(super) body: Spanned<BodyFile>,
    pub(super) carries: Option<Vec<Value>>,
    pub(super) year: Option<YearFile>,
    pub(super) revisit_s: Option<u64>,
}

/// `next = { selector = "…" }` or `next = { pattern = "index_{n}.html", first = 1, count = "…" }`; the pattern may count entries
/// instead of pages (`{from}`, `{to}`, `{offset}` with `size`), and is left out where a `post` body counts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NextFile {
    pub(super) selector: Option<Value>,
    pub(super) pattern: Option<Value>,
    pub(super) first: Option<u32>,
    pub(super) count: Option<Value>,
    /// Entries of a page: what `{from}` and `{to}` count by, and the announced total is divided by.
    pub(super) size: Option<u32>,
}

/// `json = { items = "data.list", title = "title", link = "/art/{id}.html", date = "publishDate" }`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JsonFile {
    pub(super) within: Option<Value>,
    pub(super) items: Value,
    pub(super) title: Value,
    pub(super) link: Value,
    pub(super) date: Option<Value>,
}

/// `post = { form = "page={n}&size=20" }` or `post = { json = '{"page":{n}}' }`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PostFile {
    pub(super) form: Option<Value>,
    pub(super) json: Option<Value>,
}

/// `body = { fixed = "…" }`, `body = { named = true }` or `body = { patterns = [{ title = "…", body = "…" }] }`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BodyFile {
    pub(super) fixed: Option<Value>,
    pub(super) named: Option<bool>,
    pub(super) patterns: Option<Vec<PatternFile>>,
}

/// One pattern over titles.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PatternFile {
    pub(super) title: Value,
    pub(super) body: Value,
}

/// `year = { url = "…/(\\d{4})/…" }` or `year = { title = "…" }`; without it the year in the title.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct YearFile {
    pub(super) title: Option<Value>,
    pub(super) url: Option<Value>,
}
