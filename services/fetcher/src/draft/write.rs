//! The profile as a file: what was found, with what is unsure said beside it.
use url::Url;

use crate::search::list::{ListFound, Next};

/// What the site calls itself: its title, up to the first separator.
pub(super) fn site_name(title: &str) -> String {
    title.split(['-', '_', '|', '—']).next().unwrap_or_default().trim().to_owned()
}

/// The whole file.
pub(super) fn profile(home: &Url, name: &str, found: &[ListFound]) -> String {
    let host = home.host_str().unwrap_or_default();
    let name = if name.is_empty() { host } else { name };
    let mut text = format!(
        "# 由 gongkai sites draft 起草，请逐项核对，再运行 gongkai sites check。\n\
         # Drafted by gongkai sites draft: look at every line, then run gongkai sites check.\n\
         id = {}\nname = {}\n\
         # 四位区划代码，请改正 / the 4-digit region code: correct it.\nregion = \"0000\"\n\
         home = {}\nhosts = [{}]\n",
        quoted(&id_of(host)),
        quoted(name),
        quoted(home.as_str()),
        quoted(host),
    );
    for (at, list) in found.iter().enumerate() {
        text += &column(list, at);
    }
    text
}

fn column(found: &ListFound, at: usize) -> String {
    let titles: String = found.titles.iter().map(|title| format!("#   {}\n", one_line(title))).collect();
    let name = if at == 0 { "annual-reports".to_owned() } else { format!("annual-reports-{}", at + 1) };
    format!(
        "\n[[column]]\nname = {}\nstart = [{}]\n\
         # 认出 {} 份报告，例如 / {} reports were recognised, such as:\n{titles}\
         list = {}\nitem = {}\n{}\
         include = [\"年度报告\", \"年报\"]\nexclude = [\"解读\", \"通知\", \"图解\"]\n\
         # 标题须写明机构全称；若全是一个机构的报告，改为 {{ fixed = \"机构 id\" }}。\n\
         # Titles must name the body in full; where all are of one body, {{ fixed = \"its id\" }}.\n\
         body = {{ named = true }}\n",
        quoted(&name),
        quoted(found.url.as_str()),
        found.reports,
        found.reports,
        quoted(&found.list),
        quoted(&found.item),
        next(&found.next),
    )
}

fn next(next: &Next) -> String {
    match next {
        Next::Counted(pattern) => {
            format!(
                "next = {{ pattern = {}, first = 1, count = 'createPageHTML\\(\\s*(\\d+)' }}\n",
                quoted(pattern)
            )
        }
        Next::Link(selector) => format!("next = {{ selector = {} }}\n", quoted(selector)),
        Next::Unclear => {
            "# 有“下一页”，但认不出它的样式；请写 next。/ There is a next page: say how its link is told.\n"
                .to_owned()
        }
        Next::Scripted => {
            "# “下一页”由脚本翻页，脚本不会运行；请写 next = { pattern } 或 post、json。\n\
             # The next page comes by a script, which is not run: write next = { pattern }, or post and json.\n"
                .to_owned()
        }
        Next::None => {
            "# 只看到一页；若有后续页，请写 next。/ One page was seen; if there are more, add `next`.\n"
                .to_owned()
        }
    }
}

/// Names of profiles have lower-case letters, digits and hyphens.
fn id_of(host: &str) -> String {
    let host = host.strip_prefix("www.").unwrap_or(host).to_ascii_lowercase();
    let id: String = host.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    id.trim_matches('-').to_owned()
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A comment ends with its line.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
