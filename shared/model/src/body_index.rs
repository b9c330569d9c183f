//! Finds the body that a title or a publisher line names. A wrong name is worse than none: what is not clear gives nothing.
use std::collections::HashMap;

use aho_corasick::AhoCorasick;

use crate::Body;

/// What may stand right before a body's name: the end of a larger area's name, or of a year.
const BEFORE: &[char] =
    &['省', '市', '州', '县', '区', '盟', '旗', '年', '度', '于', '的', '：', '局', '厅', '部'];
/// What may follow it within a title; anything else continues the name (分局, 办公室, 大队).
const AFTER: &[&str] = &[
    "关于",
    "政府信息",
    "信息公开",
    "信息工作",
    "政务",
    "主动公开",
    "依申请",
    "年",
    "本级",
    "工作报告",
    "二〇",
    "二○",
    "二零",
    "二Ｏ",
    "发布",
    "公布",
    "公开",
];

/// An index over full and former names of the registry's bodies.
#[derive(Clone, Debug, Default)]
pub struct BodyIndex {
    names: Vec<Name>,
    /// Finds all names in one pass; made with the names.
    finder: Option<AhoCorasick>,
    sites: HashMap<String, Option<String>>,
}

#[derive(Clone, Debug)]
struct Name {
    text: String,
    body: String,
    /// A name without its area in front stands only where no other area precedes it.
    short: bool,
}

impl BodyIndex {
    /// Over all names and former names.
    pub fn new(bodies: &[Body]) -> Self {
        let mut index = Self::default();
        for body in bodies {
            index.sites.insert(body.id.clone(), body.site.clone());
            for name in std::iter::once(&body.name).chain(&body.former_names) {
                index.add(fold(name), &body.id, false);
            }
        }
        index.with_finder()
    }

    /// Lets names stand without this prefix too: with 云泽, 云泽市财政局 is also found as 市财政局.
    /// Meant for titles of one site, where the prefix goes without saying.
    #[must_use]
    pub fn without_prefix(mut self, prefix: &str) -> Self {
        let prefix = fold(prefix);
        let short = |name: &Name| {
            let rest = name.text.strip_prefix(&prefix).filter(|rest| rest.chars().count() >= 3)?;
            Some((rest.to_owned(), name.body.clone()))
        };
        let found: Vec<_> = self.names.iter().filter_map(short).collect();
        for (text, body) in found {
            self.add(text, &body, true);
        }
        self.with_finder()
    }

    /// Names in such numbers that no finder can be made of them are not to be had in memory.
    fn with_finder(mut self) -> Self {
        self.finder = AhoCorasick::new(self.names.iter().map(|name| name.text.as_str())).ok();
        self
    }

    fn add(&mut self, text: String, body: &str, short: bool) {
        if !text.is_empty() {
            self.names.push(Name { text, body: body.to_owned(), short });
        }
    }

    /// The id of the one body that the text names; the longest name counts where one contains another.
    /// Several bodies, or a name that goes on (财政局青山分局), give `None`.
    pub fn find(&self, text: &str) -> Option<&str> {
        self.find_on(text, None)
    }

    /// As `find`; among bodies of one name those of this site are preferred.
    pub fn find_on(&self, text: &str, site: Option<&str>) -> Option<&str> {
        let text = fold(text);
        let hits = self.hits(&text);
        let outer: Vec<&Hit<'_>> =
            hits.iter().filter(|hit| !hits.iter().any(|other| other.contains(hit))).collect();
        if outer.iter().any(|hit| hit.goes_on) {
            return None;
        }
        let bodies: Vec<&str> = outer.iter().map(|hit| hit.body).collect();
        let here: Vec<&str> =
            bodies.iter().copied().filter(|id| site.is_some() && self.site_of(id) == site).collect();
        only(&bodies).or_else(|| match one_place(&outer) {
            true => only(&here),
            false => None,
        })
    }

    fn site_of(&self, id: &str) -> Option<&str> {
        self.sites.get(id)?.as_deref()
    }

    fn hits<'i>(&'i self, text: &str) -> Vec<Hit<'i>> {
        let mut hits = Vec::new();
        let found = self.finder.iter().flat_map(|finder| finder.find_overlapping_iter(text));
        for (start, end, name) in found.filter_map(|hit| {
            let name = self.names.get(hit.pattern().as_usize())?;
            Some((hit.start(), hit.end(), name))
        }) {
            let before = text.get(..start).and_then(|head| head.chars().next_back());
            if starts_here(before, name.short) {
                let goes_on = !ends_here(text.get(end..).unwrap_or_default());
                hits.push(Hit { start, end, body: &name.body, goes_on });
            }
        }
        hits
    }
}

struct Hit<'i> {
    start: usize,
    end: usize,
    body: &'i str,
    goes_on: bool,
}

impl Hit<'_> {
    fn contains(&self, other: &Self) -> bool {
        self.start <= other.start && self.end >= other.end && self.end - self.start > other.end - other.start
    }
}

fn one_place(hits: &[&Hit<'_>]) -> bool {
    hits.windows(2).all(|pair| matches!(pair, [a, b] if a.start == b.start && a.end == b.end))
}

fn only<'a>(bodies: &[&'a str]) -> Option<&'a str> {
    let first = *bodies.first()?;
    bodies.iter().all(|body| *body == first).then_some(first)
}

fn starts_here(before: Option<char>, short: bool) -> bool {
    match before {
        None => true,
        Some('年' | '度' | '于' | '的' | '：') => true,
        Some(c) => !is_han(c) || (!short && BEFORE.contains(&c)),
    }
}

fn ends_here(rest: &str) -> bool {
    rest.chars().next().is_none_or(|c| !is_han(c)) || AFTER.iter().any(|word| rest.starts_with(word))
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Blanks out, brackets half-width: what lists, titles and registries write differently.
fn fold(text: &str) -> String {
    let fold = |c: char| match c {
        '（' => '(',
        '）' => ')',
        other => other,
    };
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{200b}'..='\u{200d}' | '\u{feff}'))
        .map(fold)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Level};

    fn body(id: &str, name: &str, former: &[&str], site: Option<&str>) -> Body {
        Body {
            id: id.into(),
            name: name.into(),
            former_names: former.iter().map(|s| (*s).into()).collect(),
            code: "539900".into(),
            level: Level::Prefecture,
            kind: Kind::Department,
            parent: None,
            site: site.map(Into::into),
            local_due: None,
            vertical: false,
            rule_making: None,
            reports_itself: true,
            valid_from: None,
            valid_to: None,
            successor: None,
        }
    }

    fn index() -> BodyIndex {
        BodyIndex::new(&[
            body("gov", "云泽市人民政府", &[], None),
            body("office", "云泽市人民政府办公室", &[], None),
            body("finance", "云泽市财政局", &[], None),
            body("data", "云泽市数据局", &["云泽市大数据发展管理局"], None),
            body("nan", "南县人民政府", &[], None),
            body("tax", "国家税务总局云泽市税务局", &[], None),
            body("east-street", "东湖街道办事处", &[], Some("east")),
            body("west-street", "东湖街道办事处", &[], Some("west")),
        ])
    }

    #[test]
    fn titles_name_their_body() {
        let index = index();
        let cases = [
            ("云泽市人民政府2024年政府信息公开工作年度报告", Some("gov")),
            ("云泽市人民政府信息公开年度报告", Some("gov")),
            ("2024年云泽市人民政府办公室政府信息公开工作年度报告", Some("office")),
            ("云泽市财政局关于2024年度政府信息公开工作的报告", Some("finance")),
            ("云泽市 财政局 2024 年度政府信息公开年报", Some("finance")),
            ("云泽市大数据发展管理局2019年政府信息公开年报", Some("data")),
            ("国家税务总局云泽市税务局2024年政府信息公开工作年度报告", Some("tax")),
            ("云岭省云泽市财政局", Some("finance")),
            ("云泽市财政局", Some("finance")),
        ];
        for (title, want) in cases {
            assert_eq!(index.find(title), want, "{title}");
        }
    }

    #[test]
    fn what_is_not_clear_names_nobody() {
        let index = index();
        let cases = [
            "云泽市财政局青山分局2024年政府信息公开工作年度报告",
            "云泽市人民政府国有资产监督管理委员会2024年年度报告",
            "济南县人民政府2024年政府信息公开工作年度报告",
            "云泽市人民政府、云泽市财政局2024年政府信息公开工作年度报告",
            "2024年政府信息公开工作年度报告",
            "东湖街道办事处2024年政府信息公开工作年度报告",
            "",
        ];
        for title in cases {
            assert_eq!(index.find(title), None, "{title}");
        }
    }

    #[test]
    fn one_name_of_two_bodies_is_told_apart_by_the_site() {
        let index = index();
        assert_eq!(index.find_on("东湖街道办事处2024年年报", Some("west")), Some("west-street"));
        assert_eq!(index.find_on("东湖街道办事处2024年年报", Some("north")), None);
    }

    #[test]
    fn short_names_stand_alone_only() {
        let index = index().without_prefix("云泽");
        assert_eq!(index.find("市财政局2024年政府信息公开工作年度报告"), Some("finance"));
        assert_eq!(index.find("2024年市财政局政府信息公开工作年度报告"), Some("finance"));
        assert_eq!(index.find("青山市财政局2024年政府信息公开工作年度报告"), None);
    }
}
