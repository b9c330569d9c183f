//! Work that was set aside and waits for people: one alert a stage, until nothing is left of it.
use std::collections::BTreeMap;

use gongkai_model::{Severity, Stage, Text};
use gongkai_store::{Alert, AlertChange, AlertKind, DeadLetter, FailureClass, Telling};

/// What has to change for one channel, given what is parked and what is open on it. A document that cannot be read is told
/// by its finding.
pub(crate) fn changes(parked: &[DeadLetter], open: &[Alert], channel: &str) -> Vec<AlertChange> {
    let mut stages: BTreeMap<&'static str, Vec<&DeadLetter>> = BTreeMap::new();
    for letter in parked.iter().filter(|letter| letter.class != Some(FailureClass::Document)) {
        stages.entry(letter.stage.as_str()).or_default().push(letter);
    }
    let open: Vec<_> = open.iter().filter(|alert| alert.kind == AlertKind::Parked).collect();
    let opened = stages.iter().filter(|(stage, _)| !open.iter().any(|alert| alert.key == **stage));
    let mut changes: Vec<_> = opened
        .filter_map(|(stage, letters)| {
            let message = message(letters)?;
            Some(AlertChange { severity: Severity::Error, message, ..change(stage, channel, true) })
        })
        .collect();
    let over = open.iter().filter(|alert| !stages.contains_key(alert.key.as_str()));
    changes.extend(over.map(|alert| AlertChange {
        message: Text::new(
            format!("{}阶段搁置的任务已处理完", alert.key),
            format!("nothing is set aside in stage {} any more", alert.key),
        ),
        ..change(&alert.key, channel, false)
    }));
    changes
}

fn change(stage: &str, channel: &str, open: bool) -> AlertChange {
    AlertChange {
        kind: AlertKind::Parked,
        key: stage.to_owned(),
        channel: channel.to_owned(),
        open,
        telling: Telling::AtOnce,
        severity: Severity::Hint,
        site: None,
        body: None,
        year: None,
        message: Text::default(),
    }
}

fn message(letters: &[&DeadLetter]) -> Option<Text> {
    let latest = letters.iter().max_by_key(|letter| letter.since)?;
    let (count, stage, about) = (letters.len(), latest.stage.as_str(), &latest.about);
    let error = latest.error.as_deref().unwrap_or("?");
    let stage_zh = match latest.stage {
        Stage::Fetch => "采集",
        Stage::Parse => "解析",
        Stage::Judge => "校验",
        Stage::Due => "到期判断",
        Stage::Notify => "通知",
    };
    Some(Text::new(
        format!(
            "{stage_zh}阶段有{count}项任务被搁置，最近一项：{about}：{error}；用 gongkai dead-letters list 查看，处理后 redrive"
        ),
        format!(
            "{count} piece(s) of work are set aside in stage {stage}, the latest: {about}: {error}; see `gongkai dead-letters list`, then redrive"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::sample::at;

    fn letter(stage: Stage, class: FailureClass) -> DeadLetter {
        DeadLetter {
            task: Uuid::nil(),
            stage,
            subject: "7".into(),
            about: "http://www.linchuan.example/1.html".into(),
            class: Some(class),
            error: Some("the archive has lost it".into()),
            attempt: 1,
            since: at("2025-02-01T00:00:00Z"),
        }
    }

    #[test]
    fn one_alert_a_stage_opens_and_ends_when_nothing_is_left() {
        let parked = [
            letter(Stage::Parse, FailureClass::Contract),
            letter(Stage::Parse, FailureClass::Poison),
            letter(Stage::Parse, FailureClass::Document),
        ];
        let opened = changes(&parked, &[], "webhook");
        assert_eq!(opened.len(), 1);
        assert!(opened[0].message.zh.starts_with("解析阶段有2项任务被搁置"), "{}", opened[0].message.zh);
        let open = crate::sample::alert(&opened[0]);
        assert_eq!(changes(&parked, std::slice::from_ref(&open), "webhook"), []);
        assert_eq!(changes(&parked[2..], &[], "webhook"), [], "a document is told by its finding");
        let closed = changes(&[], std::slice::from_ref(&open), "webhook");
        assert_eq!((closed.len(), closed[0].open), (1, false));
    }
}
