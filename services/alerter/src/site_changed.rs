//! Sites whose lists are empty, or show a challenge or a login: told once, and taken back when the list can be read again.
use std::collections::HashMap;

use gongkai_model::{Severity, Text};
use gongkai_store::{Alert, AlertChange, AlertKind, Poll, PollOutcome, Site, Telling};

use crate::polls::SitePolls;

/// What has to change for one channel, given what is open on it.
pub(crate) fn changes(
    sites: &[&Site],
    polls: &HashMap<String, SitePolls>,
    open: &[Alert],
    channel: &str,
) -> Vec<AlertChange> {
    let mut wanted: HashMap<String, (&Site, &Poll)> = HashMap::new();
    for site in sites {
        for poll in polls.get(&site.id).into_iter().flat_map(SitePolls::strange) {
            wanted.insert(format!("{}/{}", site.id, poll.column), (site, poll));
        }
    }
    let known = |key: &str| open.iter().any(|alert| alert.kind == AlertKind::SiteChanged && alert.key == key);
    let opened = wanted.iter().filter(|(key, _)| !known(key));
    let mut changes: Vec<_> = opened
        .map(|(key, (site, poll))| AlertChange {
            severity: Severity::Warning,
            message: message(site, poll),
            ..change(key, &site.id, channel, true)
        })
        .collect();
    changes.sort_by(|one, other| one.key.cmp(&other.key));
    let over = open.iter().filter(|alert| {
        alert.kind == AlertKind::SiteChanged && !wanted.contains_key(&alert.key) && alert.site.is_some()
    });
    changes.extend(over.map(|alert| {
        let site = alert.site.as_deref().unwrap_or_default();
        let name = sites.iter().find(|own| own.id == site).map_or(site, |own| own.name.as_str());
        AlertChange {
            message: Text::new(
                format!("{name}的栏目恢复正常（{}）", alert.key),
                format!("{name}: the column can be read again ({})", alert.key),
            ),
            ..change(&alert.key, site, channel, false)
        }
    }));
    changes
}

fn change(key: &str, site: &str, channel: &str, open: bool) -> AlertChange {
    AlertChange {
        kind: AlertKind::SiteChanged,
        key: key.to_owned(),
        channel: channel.to_owned(),
        open,
        telling: Telling::AtOnce,
        severity: Severity::Hint,
        site: Some(site.to_owned()),
        body: None,
        year: None,
        message: Text::default(),
    }
}

fn message(site: &Site, poll: &Poll) -> Text {
    let (name, column) = (&site.name, &poll.column);
    let (zh, en) = match poll.outcome {
        PollOutcome::Empty => {
            ("没有可识别的条目，页面结构可能已改", "shows no item; its structure may have changed")
        }
        PollOutcome::Challenge => ("返回访问验证页面", "answers with a challenge"),
        PollOutcome::Login => ("返回登录页面", "answers with a login"),
        PollOutcome::WrongType => ("返回的不是网页", "answers with something that is no web page"),
        PollOutcome::Forbidden => ("robots.txt不允许访问", "is forbidden by robots.txt"),
        PollOutcome::Status | PollOutcome::Ok | PollOutcome::Unreachable => {
            ("返回错误状态", "answers with an error status")
        }
    };
    let (problem, moved) = poll.problem_and_hint();
    let problem = problem.map(|problem| format!("：{problem}")).unwrap_or_default();
    let hint = moved.map(|moved| moved.text());
    let (hint_zh, hint_en) =
        hint.map(|hint| (format!("。{}", hint.zh), format!(". {}", hint.en))).unwrap_or_default();
    Text::new(
        format!("{name}栏目{column}{zh}，保留此前读到的内容{problem}{hint_zh}"),
        format!("{name}: column {column} {en}; what was read before stays{hint_en}"),
    )
}

#[cfg(test)]
mod tests {
    use gongkai_store::{Moved, Place};
    use jiff::civil::date;

    use super::*;
    use crate::sample::poll;

    #[test]
    fn the_alert_says_where_the_column_may_be_now() {
        let site = Site {
            id: "s".into(),
            name: "临川县政府网".into(),
            region: "9901".into(),
            home: "http://www.linchuan.example/".into(),
        };
        let place =
            Place { title: "政府信息公开年报".into(), url: "http://www.linchuan.example/nb/".into() };
        let detail = Moved::new(date(2025, 2, 1), &[place]).behind("http://x.example/: status 404");
        let poll = Poll {
            outcome: PollOutcome::Status,
            detail: Some(detail),
            ..poll("s", "annual", "2025-02-01T00:02:00Z", false)
        };
        let told = message(&site, &poll);
        assert_eq!(
            told.zh,
            "临川县政府网栏目annual返回错误状态，保留此前读到的内容：http://x.example/: status 404。\
             2025-02-01 从首页查找，年报栏目现在可能在：《政府信息公开年报》http://www.linchuan.example/nb/"
        );
        assert_eq!(
            told.en,
            "临川县政府网: column annual answers with an error status; what was read before stays. \
             2025-02-01: looked for from the home page, the list of reports may now be at \
             《政府信息公开年报》http://www.linchuan.example/nb/"
        );
    }

    #[test]
    fn a_strange_column_opens_one_alert_and_a_good_answer_ends_it() {
        let site = Site {
            id: "s".into(),
            name: "临川县政府网".into(),
            region: "9901".into(),
            home: "http://www.linchuan.example/".into(),
        };
        let mut polls = SitePolls::default();
        polls.expect(vec!["annual".into()]);
        for when in ["2025-02-01T00:00:00Z", "2025-02-01T00:02:00Z"] {
            polls.add(&Poll { outcome: PollOutcome::Challenge, ..poll("s", "annual", when, false) });
        }
        let told = |polls: &SitePolls, open: &[Alert]| {
            let polls = HashMap::from([("s".to_owned(), polls.clone())]);
            changes(&[&site], &polls, open, "webhook")
        };
        let opened = told(&polls, &[]);
        assert_eq!(opened.len(), 1);
        assert_eq!((opened[0].open, opened[0].key.as_str()), (true, "s/annual"));
        assert_eq!(opened[0].message.zh, "临川县政府网栏目annual返回访问验证页面，保留此前读到的内容");
        let open = crate::sample::alert(&opened[0]);
        assert_eq!(told(&polls, std::slice::from_ref(&open)), []);
        polls.add(&poll("s", "annual", "2025-02-01T01:00:00Z", true));
        let closed = told(&polls, std::slice::from_ref(&open));
        assert_eq!((closed.len(), closed[0].open), (1, false));
    }
}
