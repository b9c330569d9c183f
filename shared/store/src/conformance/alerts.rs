//! Alerts: once per change.
use std::sync::Arc;

use gongkai_model::{Severity, Stage, Text};

use super::scene::{
    COPY, PAGE, SITE, alert, at, due, fetched, finding, finish, identity, listed, take, watched, work,
};
use crate::{AlertChange, AlertState, DueAssessed, DueState, Filter, Notified, StageResult, Store, Telling};

/// Tells everything that is to be told; gives the alerts.
async fn tell(store: &dyn Store, now: i64) -> Vec<uuid::Uuid> {
    let mut told = Vec::new();
    for ticket in take(store, Stage::Notify, at(now)).await {
        let alert = ticket.subject.parse().unwrap();
        assert!(
            finish(store, &ticket, StageResult::Notified(Notified { alert, at: at(now) }), at(now)).await
        );
        told.push(alert);
    }
    told
}

pub async fn an_alert_is_told_once_for_each_change(store: Arc<dyn Store>) {
    for now in 1..=3 {
        store.change_alerts(&[alert("jiaoyu/2025", true)], at(now)).await.unwrap();
    }
    let told = tell(&*store, 4).await;
    assert_eq!(told.len(), 1, "opening an open one changes nothing");
    let opened = store.alert(told[0]).await.unwrap().unwrap();
    assert_eq!((opened.state, opened.opened_at, opened.told_at), (AlertState::Open, at(1), Some(at(4))));
    let over = Text::new("提醒结束", "over");
    for now in 5..=6 {
        let end = AlertChange { message: over.clone(), ..alert("jiaoyu/2025", false) };
        store.change_alerts(&[end], at(now)).await.unwrap();
    }
    assert_eq!(tell(&*store, 7).await, told, "the end is told by the same alert, once");
    let closed = store.alert(told[0]).await.unwrap().unwrap();
    assert_eq!(
        (closed.state, closed.closed_at, closed.told_at),
        (AlertState::Closed, Some(at(5)), Some(at(7)))
    );
    assert_eq!(closed.message, over, "what is told is that it ended");
    store.change_alerts(&[alert("jiaoyu/2025", true)], at(8)).await.unwrap();
    let again = tell(&*store, 9).await;
    assert!(again.len() == 1 && again != told, "what opens anew is a new alert");
    let list = store.alerts(&Filter::default()).await.unwrap();
    assert_eq!(list.iter().map(|a| a.id).collect::<Vec<_>>(), [again[0], told[0]], "newest first");
    assert_eq!(
        store.alerts(&Filter { body: Some("caizheng".into()), ..Filter::default() }).await.unwrap(),
        []
    );
}

pub async fn a_held_alert_is_told_with_the_digest_only(store: Arc<dyn Store>) {
    let held = AlertChange { telling: Telling::Held, ..alert("jiaoyu/2025", true) };
    store.change_alerts(std::slice::from_ref(&held), at(1)).await.unwrap();
    store.change_alerts(&[alert("jiaoyu/2025", true)], at(2)).await.unwrap();
    assert!(tell(&*store, 3).await.is_empty());
    assert!(store.release_held("elsewhere", "hook", at(4)).await.unwrap().is_empty());
    let released = store.release_held(SITE, "hook", at(4)).await.unwrap();
    assert_eq!(released.len(), 1);
    assert_eq!((released[0].state, released[0].told_at), (AlertState::Open, Some(at(4))));
    assert!(tell(&*store, 5).await.is_empty(), "the digest has told it");
    assert!(store.release_held(SITE, "hook", at(6)).await.unwrap().is_empty());
    store.change_alerts(&[alert("jiaoyu/2025", false)], at(7)).await.unwrap();
    assert_eq!(tell(&*store, 8).await, [released[0].id], "its end is told by itself");
}

pub async fn an_alert_that_ends_while_held_is_never_told(store: Arc<dyn Store>) {
    store
        .change_alerts(&[AlertChange { telling: Telling::Held, ..alert("jiaoyu/2025", true) }], at(1))
        .await
        .unwrap();
    store.change_alerts(&[alert("jiaoyu/2025", false)], at(2)).await.unwrap();
    assert!(tell(&*store, 3).await.is_empty());
    assert!(store.release_held(SITE, "hook", at(4)).await.unwrap().is_empty());
    assert_eq!(store.alerts(&Filter::default()).await.unwrap()[0].state, AlertState::Closed);
}

pub async fn an_end_that_is_held_is_told_with_the_digest_only(store: Arc<dyn Store>) {
    let change = |open, telling| AlertChange { telling, ..alert("jiaoyu/2025", open) };
    let apply =
        async |open, telling, now| store.change_alerts(&[change(open, telling)], at(now)).await.unwrap();
    apply(true, Telling::AtOnce, 1).await;
    let told = tell(&*store, 2).await;
    for now in 3..=4 {
        apply(false, Telling::Held, now).await;
    }
    let now = async || store.alert(told[0]).await.unwrap().unwrap();
    assert_eq!((now().await.state, now().await.closed_at), (AlertState::Held, Some(at(3))));
    assert!(store.open_alerts("hook").await.unwrap().is_empty(), "it is not said to hold");
    apply(true, Telling::Held, 5).await;
    assert_eq!((now().await.state, now().await.closed_at), (AlertState::Open, None));
    assert!(tell(&*store, 6).await.is_empty(), "it holds as it was told");
    apply(false, Telling::Held, 7).await;
    let released = store.release_held(SITE, "hook", at(8)).await.unwrap();
    assert_eq!(released, [now().await]);
    assert_eq!(
        (released[0].state, released[0].closed_at, released[0].told_at),
        (AlertState::Closed, Some(at(7)), Some(at(8)))
    );
    assert!(tell(&*store, 9).await.is_empty(), "the digest has told it");
    apply(true, Telling::AtOnce, 10).await;
    apply(false, Telling::Held, 10).await;
    apply(true, Telling::Held, 10).await;
    let again = tell(&*store, 11).await;
    assert!(again.len() == 1 && again != told, "what opens anew is a new alert");
    apply(false, Telling::Held, 12).await;
    apply(false, Telling::AtOnce, 13).await;
    assert_eq!(tell(&*store, 14).await, again, "what no digest has told is told by itself");
}

pub async fn what_another_alert_says_ends_without_a_word(store: Arc<dyn Store>) {
    for (kept, told_before, now) in
        [(Telling::AtOnce, true, 1), (Telling::AtOnce, false, 11), (Telling::Held, true, 21)]
    {
        store
            .change_alerts(&[AlertChange { telling: kept, ..alert("jiaoyu/2025", true) }], at(now))
            .await
            .unwrap();
        if told_before {
            tell(&*store, now + 1).await;
        }
        let missing = AlertChange { kind: crate::AlertKind::Missing, ..alert("jiaoyu/2025", true) };
        let passing =
            [AlertChange { telling: Telling::Never, ..alert("jiaoyu/2025", false) }, missing.clone()];
        for again in 2..=3 {
            store.change_alerts(&passing, at(now + again)).await.unwrap();
        }
        let told = tell(&*store, now + 3).await;
        assert_eq!(told.len(), 1);
        let open = store.open_alerts("hook").await.unwrap();
        assert_eq!(
            open.iter().map(|alert| (alert.id, alert.kind)).collect::<Vec<_>>(),
            [(told[0], crate::AlertKind::Missing)]
        );
        store.change_alerts(&[AlertChange { open: false, ..missing }], at(now + 4)).await.unwrap();
        assert_eq!(tell(&*store, now + 4).await, told);
    }
}

pub async fn channels_and_keys_are_apart(store: Arc<dyn Store>) {
    let changes = [
        alert("jiaoyu/2025", true),
        alert("jiaoyu/2024", true),
        AlertChange { channel: "log".into(), ..alert("jiaoyu/2025", true) },
        AlertChange { kind: crate::AlertKind::Late, ..alert("jiaoyu/2025", true) },
    ];
    store.change_alerts(&changes, at(1)).await.unwrap();
    assert_eq!(tell(&*store, 2).await.len(), 4);
    store.change_alerts(&[alert("jiaoyu/2025", false)], at(3)).await.unwrap();
    assert_eq!(tell(&*store, 4).await.len(), 1);
}

pub async fn a_due_row_writes_state_findings_and_alerts_together(store: Arc<dyn Store>) {
    let assessed = |state, late: bool, now| DueAssessed {
        due: due("jiaoyu", 2025, state, at(now)),
        findings: if late { vec![finding("P802", "p1")] } else { Vec::new() },
        evaluated: vec!["P802".into()],
        alerts: vec![alert("jiaoyu/2025", late)],
    };
    let write = async |assessed, now| {
        work(&*store, Stage::Due, "jiaoyu/2025", StageResult::Due(Box::new(assessed)), at(now)).await;
    };
    write(assessed(DueState::Overdue, true, 1), 1).await;
    write(assessed(DueState::Overdue, true, 2), 2).await;
    let of_body = Filter { body: Some("jiaoyu".into()), year: Some(2025), ..Filter::default() };
    assert_eq!(store.dues(&of_body).await.unwrap(), [due("jiaoyu", 2025, DueState::Overdue, at(2))]);
    assert_eq!(
        store.latest_findings(&of_body).await.unwrap().len(),
        1,
        "a missing report has no page, but a finding"
    );
    assert_eq!(tell(&*store, 3).await.len(), 1);
    write(assessed(DueState::Late, false, 4), 4).await;
    assert_eq!(store.dues(&Filter::default()).await.unwrap()[0].state, DueState::Late);
    assert_eq!(store.findings(&identity("jiaoyu", 2025)).await.unwrap()[0].fixed_at, Some(at(4)));
    assert_eq!(tell(&*store, 5).await.len(), 1);
    let stale = store.raise(Stage::Due, "jiaoyu/2025", at(6), at(6)).await.unwrap();
    store.raise(Stage::Due, "jiaoyu/2025", at(7), at(7)).await.unwrap();
    let result = StageResult::Due(Box::new(assessed(DueState::Missing, true, 8)));
    assert!(!finish(&*store, &stale, result, at(8)).await);
    assert_eq!(
        store.dues(&Filter::default()).await.unwrap()[0].state,
        DueState::Late,
        "nothing of a stale end is written"
    );
    assert!(tell(&*store, 9).await.is_empty());
}

pub async fn an_alert_that_grows_graver_is_shown_so_and_not_told_again(store: Arc<dyn Store>) {
    store.change_alerts(&[alert("jiaoyu/2025", true)], at(1)).await.unwrap();
    let told = tell(&*store, 2).await;
    let missing = Text::new("缺失", "missing");
    let graver =
        AlertChange { severity: Severity::Error, message: missing.clone(), ..alert("jiaoyu/2025", true) };
    store.change_alerts(&[graver], at(3)).await.unwrap();
    assert!(tell(&*store, 4).await.is_empty());
    let now = store.alert(told[0]).await.unwrap().unwrap();
    assert_eq!((now.severity, now.message, now.opened_at), (Severity::Error, missing, at(1)));
}

pub async fn the_open_alerts_of_a_channel_are_listed(store: Arc<dyn Store>) {
    let changes = [
        alert("jiaoyu/2025", true),
        alert("caizheng/2025", true),
        AlertChange { telling: Telling::Held, ..alert("minzheng/2025", true) },
        AlertChange { channel: "log".into(), ..alert("jiaoyu/2025", true) },
    ];
    store.change_alerts(&changes, at(1)).await.unwrap();
    store.change_alerts(&[alert("caizheng/2025", false)], at(2)).await.unwrap();
    let keys = async |channel| {
        let open = store.open_alerts(channel).await.unwrap();
        open.into_iter().map(|alert| alert.key).collect::<Vec<_>>()
    };
    assert_eq!(keys("hook").await, ["jiaoyu/2025"]);
    assert_eq!(keys("nobody").await, Vec::<String>::new());
}

pub async fn a_replay_of_many_is_under_way_until_it_is_told(store: Arc<dyn Store>) {
    let column = watched(&*store).await;
    for (n, url) in [PAGE, COPY].into_iter().enumerate() {
        let source = listed(&*store, column, url).await;
        fetched(&*store, source, &format!("bytes {n}"), at(2)).await;
    }
    let of_one = Filter { limit: 1, ..Filter::default() };
    assert_eq!(store.replay(Stage::Parse, &of_one, at(3)).await.unwrap(), 1);
    assert_eq!(store.replaying().await.unwrap(), None, "one version alone is told as any other");
    assert_eq!(store.replay(Stage::Parse, &Filter::default(), at(4)).await.unwrap(), 2);
    assert_eq!(store.replay(Stage::Parse, &Filter::default(), at(9)).await.unwrap(), 2);
    assert_eq!(store.replaying().await.unwrap(), Some(at(4)));
    store.replay_told(at(4), at(10)).await.unwrap();
    assert_eq!(store.replaying().await.unwrap(), Some(at(9)), "another has begun meanwhile");
    store.replay_told(at(9), at(11)).await.unwrap();
    assert_eq!(store.replaying().await.unwrap(), None);
}
