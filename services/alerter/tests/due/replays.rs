//! A replay: what it opens and what it ends is told as one thing.
use super::*;

/// Two versions of a report are stored, and a replay sends them through judging again.
async fn replayed() -> Scene {
    let mut scene = after_import().await;
    scene.move_to("2025-02-05T02:00:00Z");
    scene.publish(3, "2025-01-20").await;
    scene.settle().await;
    scene.move_to("2025-03-01T02:00:00Z");
    scene.publish(5, "2025-01-20").await;
    scene.settle().await;
    scene.told();
    scene
}

impl Scene {
    /// A new release judges everything again.
    async fn replay(&mut self, verdict: Verdict) {
        let versions = self.store.replay(Stage::Judge, &Filter::default(), self.now()).await.unwrap();
        assert_eq!(versions, 2);
        self.judge_again(verdict).await;
    }
}

#[tokio::test]
async fn a_replay_is_told_in_one_digest() {
    let mut scene = replayed().await;
    scene.replay(Verdict::Inconsistent).await;
    scene.settle().await;
    assert_eq!(scene.told(), ["open digest 重新处理完成：勾稽不一致1"]);
    scene.settle().await;
    assert_eq!(scene.told(), Vec::<String>::new());
}

#[tokio::test]
async fn what_ends_in_a_replay_is_told_in_its_digest_and_not_by_itself() {
    let mut scene = replayed().await;
    scene.replay(Verdict::Inconsistent).await;
    scene.settle().await;
    scene.told();
    scene.replay(Verdict::Consistent).await;
    scene.settle().await;
    assert_eq!(scene.told(), ["open digest 重新处理完成：提醒结束1：临川县水务局2024（勾稽不一致）"]);
    let open = scene.store.open_alerts("webhook").await.unwrap();
    assert!(open.iter().all(|alert| alert.kind.as_str() != "inconsistent"), "{open:?}");
    scene.move_to("2025-03-02T02:00:00Z");
    scene.ticker = scene.another_ticker();
    scene.settle().await;
    assert_eq!(scene.told(), Vec::<String>::new(), "the next day and a restart tell nothing again");
}

#[tokio::test]
async fn what_ends_in_a_replay_and_holds_again_before_its_digest_was_never_over() {
    let mut scene = replayed().await;
    scene.replay(Verdict::Inconsistent).await;
    scene.settle().await;
    scene.told();
    scene.replay(Verdict::Consistent).await;
    scene.work_off(&scene.due).await;
    scene.replay(Verdict::Inconsistent).await;
    scene.settle().await;
    assert_eq!(
        scene.told(),
        ["open digest 重新处理完成，无新提醒"],
        "two replays that end together are told together"
    );
    let open = scene.store.open_alerts("webhook").await.unwrap();
    assert_eq!(open.iter().filter(|alert| alert.kind.as_str() == "inconsistent").count(), 1);
}
