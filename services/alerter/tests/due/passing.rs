//! A report that stays away passes from overdue to missing: that is told, once.
use super::*;

const MISSING: &str =
    "open missing 临川县水务局2024年度报告未发现：期限2025-01-31已过30天，此后栏目已完整巡查";

#[tokio::test]
async fn what_passes_from_overdue_to_missing_is_told_once_by_two_alerters_and_after_a_restart() {
    let mut scene = after_import().await;
    scene.told();
    scene.move_to("2025-03-01T02:00:00Z");
    scene.settle().await;
    assert_eq!(scene.told(), Vec::<String>::new(), "29 days after the date");
    scene.move_to("2025-03-02T02:00:00Z");
    let ticket = scene.store.raise(Stage::Due, "water/2024", scene.now(), scene.now()).await.unwrap();
    let task = scene.store.open_task(ticket.task, ticket.generation).await.unwrap().unwrap();
    let mut finished = Vec::new();
    for handler in [scene.another_handler(), scene.another_handler()] {
        let result = handler.handle(&task).await.unwrap();
        let batch = vec![Finished { ticket: ticket.clone(), result }];
        finished.extend(scene.store.finish(batch, scene.now()).await.unwrap());
    }
    assert_eq!(finished, [true, false], "both had the row in hand");
    let mut other = scene.another_ticker();
    for _ in 0..3 {
        other.tick(&CancellationToken::new()).await.unwrap();
        scene.settle().await;
    }
    assert_eq!(scene.told(), [MISSING]);
    assert_eq!(scene.state().await, DueState::Missing);
    for day in ["2025-03-02T08:00:00Z", "2025-03-03T02:00:00Z"] {
        scene.move_to(day);
        (scene.due, scene.ticker) = (scene.another_handler(), scene.another_ticker());
        scene.settle().await;
        assert_eq!(scene.told(), Vec::<String>::new(), "{day}: a restart tells nothing again");
    }
    scene.move_to("2025-03-10T02:00:00Z");
    scene.publish(3, "2025-03-10").await;
    scene.settle().await;
    let told = scene.told();
    let ends: Vec<_> = told.iter().filter(|line| line.starts_with("closed")).collect();
    assert_eq!(ends, ["closed missing 临川县水务局2024年度报告：报告缺失的提醒结束"], "{told:?}");
}

#[tokio::test]
async fn what_is_dismissed_passes_in_silence_and_speaks_as_missing_when_it_is_taken_up_again() {
    let mut scene = after_import().await;
    scene.told();
    let findings = scene.store.findings("water/2024").await.unwrap();
    let finding = &findings[0].finding.fingerprint;
    let remark = Remark::new(true, "已并入上级机关的报告", "张三").unwrap();
    scene.store.dismiss(finding, true, &remark, scene.now()).await.unwrap();
    scene.settle().await;
    assert_eq!(scene.told(), ["closed overdue 临川县水务局2024年度报告：未见报告的提醒结束"]);
    scene.move_to("2025-03-02T02:00:00Z");
    scene.settle().await;
    assert_eq!(scene.told(), Vec::<String>::new());
    scene.store.dismiss(finding, false, &Remark::default(), scene.now()).await.unwrap();
    scene.settle().await;
    assert_eq!(scene.told(), [MISSING]);
}
