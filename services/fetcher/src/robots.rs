//! robots.txt as RFC 9309 says it: groups by product token, the longest rule wins, `*` and `$`, at most 500 KiB.

mod cache;

pub use cache::{Robots, RobotsVerdict};

/// What is read of a robots.txt (RFC 9309, 2.5).
pub const MAX_BYTES: u64 = 500 * 1024;

/// One `Allow` or `Disallow`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    allow: bool,
    path: String,
}

/// The rules that one crawler has to keep.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    rules: Vec<Rule>,
    /// Seconds between two requests; no part of the RFC, but widespread.
    pub crawl_delay: Option<f64>,
}

#[derive(Default)]
struct Group {
    agents: Vec<String>,
    rules: Rules,
}

impl Rules {
    /// The rules for a product token: of all groups that name it together, else of those for `*`.
    pub fn parse(text: &str, token: &str) -> Self {
        let groups = groups(text);
        let token = token.to_ascii_lowercase();
        let own: Vec<&Group> = groups.iter().filter(|group| group.agents.contains(&token)).collect();
        let general =
            || groups.iter().filter(|group| group.agents.iter().any(|agent| agent == "*")).collect();
        let chosen: Vec<&Group> = if own.is_empty() { general() } else { own };
        let mut merged = Self::default();
        for group in chosen {
            merged.rules.extend(group.rules.rules.iter().cloned());
            merged.crawl_delay = merged.crawl_delay.or(group.rules.crawl_delay);
        }
        merged
    }

    /// The rule that forbids a path (with its query), if one does.
    pub fn forbids(&self, path: &str) -> Option<&str> {
        if path == "/robots.txt" {
            return None;
        }
        let path = normal(path);
        let fitting = self.rules.iter().filter(|rule| !rule.path.is_empty() && matches(&rule.path, &path));
        // The longest wins; of equal ones the allowing one.
        let best = fitting.max_by_key(|rule| (rule.path.len(), rule.allow))?;
        (!best.allow).then_some(best.path.as_str())
    }
}

fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut naming = false;
    for line in text.trim_start_matches('\u{feff}').lines().flat_map(|line| line.split('\r')) {
        let line = line.split('#').next().unwrap_or_default();
        let Some((key, value)) = line.split_once(':') else { continue };
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
        match key.as_str() {
            "user-agent" => {
                if !naming {
                    groups.push(Group::default());
                }
                naming = true;
                if let Some(group) = groups.last_mut() {
                    group.agents.push(product_token(value));
                }
            }
            // Rules before any group belong to nobody.
            "allow" | "disallow" => {
                naming = false;
                if let Some(group) = groups.last_mut() {
                    group.rules.rules.push(Rule { allow: key == "allow", path: normal(value) });
                }
            }
            "crawl-delay" => {
                naming = false;
                let seconds =
                    value.parse::<f64>().ok().filter(|seconds| seconds.is_finite() && *seconds >= 0.0);
                if let Some(group) = groups.last_mut() {
                    group.rules.crawl_delay = group.rules.crawl_delay.or(seconds);
                }
            }
            _ => {}
        }
    }
    groups
}

/// The product token of a User-Agent: its leading letters, `-` and `_`, in lower case.
pub fn product_token(user_agent: &str) -> String {
    let text = user_agent.trim();
    if text.starts_with('*') {
        return "*".to_owned();
    }
    text.chars()
        .take_while(|c| c.is_ascii_alphabetic() || matches!(c, '-' | '_'))
        .collect::<String>()
        .to_ascii_lowercase()
}

/// One spelling for a path: non-ASCII percent-encoded, escapes of unreserved characters undone, hexadecimal in upper case.
fn normal(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut out = String::with_capacity(path.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        let escaped = escaped.filter(|_| byte == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match escaped {
            Some(value) if value.is_ascii_alphanumeric() || matches!(value, b'-' | b'.' | b'_' | b'~') => {
                out.push(char::from(value));
                at += 3;
            }
            Some(value) => {
                out.push_str(&format!("%{value:02X}"));
                at += 3;
            }
            None if byte.is_ascii() => {
                out.push(char::from(byte));
                at += 1;
            }
            None => {
                out.push_str(&format!("%{byte:02X}"));
                at += 1;
            }
        }
    }
    out
}

/// Whether a rule's path fits: a prefix, with `*` for anything and a final `$` for the end.
/// Linear in both: the last `*` is the only place to go back to.
fn matches(rule: &str, path: &str) -> bool {
    let (rule, anchored) = rule.strip_suffix('$').map_or((rule, false), |rule| (rule, true));
    let mut parts = rule.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = path.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return !anchored || rest.is_empty() };
    for part in middle {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    if anchored { rest.ends_with(last) } else { rest.contains(last) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(text: &str, path: &str) -> bool {
        Rules::parse(text, "gongkai").forbids(path).is_none()
    }

    #[test]
    fn rules_of_the_rfc() {
        let cases: &[(&str, &str, bool)] = &[
            ("", "/x", true),
            ("User-agent: *\nDisallow: /", "/x", false),
            ("User-agent: *\nDisallow:", "/x", true),
            ("User-agent: *\nDisallow: /", "/robots.txt", true),
            // The longest rule wins, whatever the order; of equal ones Allow.
            ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", true),
            ("User-agent: *\nAllow: /a/b\nDisallow: /a", "/a/c", false),
            ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", true),
            // Wildcards and end.
            ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", false),
            ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf?a=1", true),
            ("User-agent: *\nDisallow: /*?sort=", "/list?sort=1", false),
            ("User-agent: *\nDisallow: /a*b*c", "/axxbxxc/more", false),
            ("User-agent: *\nDisallow: /a*b*c", "/axxcxxb", true),
            ("User-agent: *\nDisallow: /x$", "/x", false),
            ("User-agent: *\nDisallow: /x$", "/xy", true),
            ("User-agent: *\nDisallow: *aa$", "/aaa", false),
            // Groups: an own one replaces that for `*`; several of one token are one.
            ("User-agent: *\nDisallow: /\n\nUser-agent: gongkai\nAllow: /", "/x", true),
            ("User-agent: *\nDisallow: /\n\nUser-agent: GongKai/2.0\nDisallow: /a", "/x", true),
            (
                "User-agent: gongkai\nDisallow: /a\nUser-agent: other\nDisallow: /b\nUser-agent: gongkai\nDisallow: /c",
                "/c",
                false,
            ),
            ("User-agent: gongkai\nDisallow: /a\nUser-agent: other\nDisallow: /b", "/b", true),
            ("User-agent: other\nUser-agent: gongkai\nDisallow: /b", "/b", false),
            ("User-agent: gongkai-extra\nDisallow: /", "/x", true),
            // An empty group of its own still replaces `*`.
            ("User-agent: *\nDisallow: /\nUser-agent: gongkai\nDisallow:", "/x", true),
            // Crawl-delay and unknown lines; comments; blanks; mark; old line ends.
            ("User-agent: *\nSitemap: http://a/x\nDisallow: /a", "/a", false),
            ("\u{feff}User-agent : * # all\r\nDisallow : /a # not this\r\n", "/a", false),
            ("user-agent: *\rdisallow: /a\r", "/a", false),
            ("Disallow: /a", "/a", true),
            ("<html><body>404</body></html>", "/a", true),
            // Escapes are one with what they stand for.
            ("User-agent: *\nDisallow: /%7Ejoe", "/~joe/x", false),
            ("User-agent: *\nDisallow: /年报", "/%E5%B9%B4%e6%8a%a5/1", false),
            ("User-agent: *\nDisallow: /a%2fb", "/a/b", true),
            ("User-agent: *\nDisallow: /100%", "/100%", false),
        ];
        for (text, path, want) in cases {
            assert_eq!(allowed(text, path), *want, "{text:?} {path}");
        }
    }

    #[test]
    fn a_crawl_delay_is_read() {
        assert_eq!(
            Rules::parse("User-agent: *\nCrawl-delay: 2.5\nDisallow: /a", "gongkai").crawl_delay,
            Some(2.5)
        );
        assert_eq!(Rules::parse("User-agent: *\nCrawl-delay: soon", "gongkai").crawl_delay, None);
        assert_eq!(Rules::parse("User-agent: *\nCrawl-delay: -1", "gongkai").crawl_delay, None);
    }

    #[test]
    fn many_stars_cost_little() {
        let rule = format!("User-agent: *\nDisallow: /{}b", "a*".repeat(2000));
        assert!(allowed(&rule, &format!("/{}", "a".repeat(4000))));
    }

    #[test]
    fn the_product_token_is_what_leads() {
        assert_eq!(product_token("Gongkai/0.1 (+https://example.org)"), "gongkai");
        assert_eq!(product_token("*"), "*");
    }
}
