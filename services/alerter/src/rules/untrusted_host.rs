//! P808: a copy of the report stands on a host that is neither the publisher's nor that of a body above it.
use gongkai_model::{DocumentKind, Finding, Severity, Text};
use gongkai_store::Source;

use crate::{around::host_of, facts::Facts, rules::RuleDoc};

/// The rule.
pub(crate) const DOC: RuleDoc = RuleDoc {
    code: "P808",
    name: "untrusted-host",
    severity: Severity::Warning,
    severities: &[Severity::Warning],
    title: ["报告副本位于非发布单位网站", "a copy on a host that is not the publisher's"],
    explanation: [
        "该年度报告也出现在另一网站上，而该网站不属于发布单位，也不属于其上级单位：可能是仿冒、镜像或域名被他人占用。副本不作为报告的依据，\
         判断以发布单位网站上的为准。发布单位的网站未登记的，不作判断。",
        "The report also stands on another site, which belongs neither to the publisher nor to a body above it: perhaps an \
         imitation, a mirror, or a domain that somebody else holds now. The publisher's own page is what counts. Nothing is said \
         of a body whose site the registry does not name.",
    ],
    basis: [
        "《政府信息公开条例》第二十三条、第二十四条（通过政府网站公开，加强政府信息资源的规范化管理）",
        "Regulation on government-information disclosure, Arts. 23 and 24 (publication on government sites, orderly management)",
    ],
};

/// Looks at the facts.
pub(crate) fn check(facts: &Facts) -> Option<Finding> {
    let own = facts.body.site.as_deref()?;
    let above = facts.around.above(&facts.body);
    let trusted: Vec<&str> =
        std::iter::once(own).chain(above.iter().filter_map(|body| body.site.as_deref())).collect();
    let hosts: Vec<&str> = trusted.iter().filter_map(|site| facts.around.host(site)).collect();
    let foreign = |source: &&Source| {
        let host = host_of(&source.url);
        source.gone_since.is_none()
            && !trusted.contains(&source.site.as_str())
            && !host.as_deref().is_some_and(|host| hosts.iter().any(|own| is_within(host, own)))
            && carries(facts, source)
    };
    let copies: Vec<&Source> = facts.sources.iter().filter(foreign).collect();
    let first = copies.first()?;
    let host = host_of(&first.url).unwrap_or_default();
    let (name, year, count) = (&facts.body.name, facts.year, copies.len());
    let message = Text::new(
        format!("{name}{year}年度报告有{count}份副本位于非发布单位网站{host}：{}", first.url),
        format!(
            "{name}: {count} copy(ies) of the report for {year} on {host}, which is not the publisher's: {}",
            first.url
        ),
    );
    Some(facts.finding(&DOC, Severity::Warning, message, DOC.basis()))
}

/// The same host, with or without `www`, or one below it.
fn is_within(host: &str, own: &str) -> bool {
    let own = own.strip_prefix("www.").unwrap_or(own);
    host == own || host.strip_suffix(own).is_some_and(|head| head.ends_with('.'))
}

/// A page that was read as the report; what is only listed may be something else.
fn carries(facts: &Facts, source: &Source) -> bool {
    let mut rows = facts.history.iter().filter(|row| row.source == source.id);
    rows.any(|row| row.report.kind == DocumentKind::AnnualReport)
}

#[cfg(test)]
mod tests {
    use gongkai_model::{Body, Kind, Level};
    use gongkai_store::Site;
    use jiff::civil::date;

    use super::*;
    use crate::{
        around::Around,
        sample::{at, body, facts, row, source},
    };

    fn copied_to(site: &str, url: &str) -> Facts {
        let site_of = |id: &str, home: &str| Site {
            id: id.into(),
            name: id.into(),
            region: "9901".into(),
            home: home.into(),
        };
        let government =
            Body { site: Some("city".into()), ..body("gov", Kind::Government, Level::Prefecture) };
        let mut facts = facts(date(2025, 2, 10));
        facts.body.parent = Some("gov".into());
        let sites = [
            site_of("s", "http://www.linchuan.example/"),
            site_of("city", "http://www.yunze.example/"),
            site_of("clone", "http://linchuan-gov.test/"),
        ];
        facts.around = Around::new(vec![government, facts.body.clone()], &sites);
        let mut copy = source("2025-01-22T00:00:00Z");
        (copy.site, copy.url) = (site.into(), url.into());
        facts.sources = vec![source("2025-01-20T00:00:00Z"), copy];
        facts.history = facts.sources.iter().map(|page| row(page, "2025-01-22T00:00:00Z")).collect();
        facts
    }

    #[test]
    fn a_copy_on_a_foreign_host_is_a_warning_until_it_is_gone() {
        let mut facts = copied_to("clone", "http://linchuan-gov.test/xxgk/1.html");
        let finding = check(&facts).unwrap();
        assert!(finding.message.zh.contains("linchuan-gov.test"), "{}", finding.message.zh);
        facts.sources[1].gone_since = Some(at("2025-02-01T00:00:00Z"));
        assert_eq!(check(&facts), None);
    }

    #[test]
    fn the_publishers_hosts_and_those_above_are_trusted_and_unread_pages_prove_nothing() {
        assert_eq!(check(&copied_to("city", "http://www.yunze.example/1.html")), None);
        assert_eq!(check(&copied_to("clone", "http://files.linchuan.example/1.pdf")), None);
        let mut unread = copied_to("clone", "http://linchuan-gov.test/xxgk/1.html");
        unread.history.truncate(1);
        assert_eq!(check(&unread), None);
        let mut unknown = copied_to("clone", "http://linchuan-gov.test/xxgk/1.html");
        unknown.body.site = None;
        assert_eq!(check(&unknown), None);
    }
}
