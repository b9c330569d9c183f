//! `kill -9` at any moment, and a restart: nothing is lost, nothing is there twice.
use std::{path::Path, thread, time::Duration};

use crate::{demo::undisturbed, receiver::Receiver};
use gongkai_harness::{
    folder::Folder,
    picture::{DEMO_STORE, Picture, complete_polls, looking, settle},
    service::Service,
    wait::until,
};

/// Longest time until a moment comes.
const LIMIT: Duration = Duration::from_secs(60);

/// Starts the demo, kills it where `moment` returns, as often as told; then lets it run to its end.
fn killed(about: &str, times: usize, moment: impl Fn(&Path)) {
    let (folder, receiver) = (Folder::new(), Receiver::start());
    let store = folder.path().join(DEMO_STORE);
    let url = receiver.url();
    let settings = [("GONGKAI_ALERT__WEBHOOK_URL", url.as_str())];
    for _ in 0..times {
        let service = Service::demo(folder.path(), &settings);
        moment(&store);
        service.kill();
    }
    let service = Service::demo(folder.path(), &settings);
    settle(&format!("{about}: after the kill"), &service, &store, 3);
    let errors = service.errors();
    assert!(service.interrupt().0.success());
    assert!(!errors.contains("ERROR") && !errors.contains("panicked"), "{about}: {errors}");
    undisturbed().picture.assert_same(&Picture::of(&store), about);
}

fn after(milliseconds: u64) -> impl Fn(&Path) {
    move |_| thread::sleep(Duration::from_millis(milliseconds))
}

#[test]
fn killed_at_once() {
    killed("killed at once", 2, after(0));
}

#[test]
fn killed_after_300_ms() {
    killed("killed after 300 ms", 2, after(300));
}

#[test]
fn killed_after_a_second() {
    killed("killed after 1 s", 1, after(1000));
}

#[test]
fn killed_after_two_seconds() {
    killed("killed after 2 s", 1, after(2000));
}

/// The site's next round begins before the first one was taken in: the first version of a page must not be passed over.
#[test]
fn killed_among_the_first_pages_and_started_later() {
    let store_of = |folder: &Folder| folder.path().join(DEMO_STORE);
    let folder = Folder::new();
    let service = Service::demo(folder.path(), &[]);
    until("the first page", LIMIT, || (reports(&store_of(&folder)) >= 1).then_some(()));
    service.kill();
    thread::sleep(Duration::from_secs(4));
    let service = Service::demo(folder.path(), &[]);
    let store = store_of(&folder);
    settle("after the kill", &service, &store, 3);
    assert!(service.interrupt().0.success());
    let picture = Picture::of(&store);
    assert_eq!(picture.count("report"), undisturbed().picture.count("report"));
    assert!(picture.has(&["finding yz-scjg/2025 P806 warning", "open"]));
}

#[test]
fn killed_with_half_of_the_reports_judged() {
    killed("killed half way", 1, |store| {
        until("half of the reports", LIMIT, || (judged(store) >= 9).then_some(()));
    });
}

#[test]
fn killed_in_the_second_round() {
    killed("killed in the second round", 1, |store| {
        until("the second poll", LIMIT, || (complete_polls(store) >= 2).then_some(()));
        thread::sleep(Duration::from_millis(200));
    });
}

/// Reports that were read.
fn reports(store: &Path) -> usize {
    let latest = looking(store, async |store| store.latest(&gongkai_store::Filter::default()).await);
    latest.unwrap_or_default().len()
}

/// Reports that have a verdict.
fn judged(store: &Path) -> usize {
    let latest = looking(store, async |store| store.latest(&gongkai_store::Filter::default()).await);
    latest.unwrap_or_default().iter().filter(|report| report.verdict.is_some()).count()
}
