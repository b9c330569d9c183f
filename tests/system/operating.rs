//! `status`, `why`, `replay`, `dead-letters`: beside a running service and after it.
use serde_json::Value;

use gongkai_harness::{
    folder::Folder,
    picture::{DEMO_STORE, Picture, settle},
    service::Service,
};

/// The demo's store, for commands that are not told of the demo.
const SETTINGS: &str = "[store]\nurl = \"sqlite:gongkai-demo/gongkai.db\"\n[archive]\nurl = \"file:gongkai-demo/archive\"\n[sites]\ndir = \"gongkai-demo/sites\"\n[registry]\nfile = \"gongkai-demo/registry.csv\"\n";

fn status(folder: &Folder) -> Value {
    serde_json::from_str(&folder.gongkai(&["status", "--format", "json"]).out_of(0)).unwrap()
}

fn done(status: &Value, stage: &str) -> u64 {
    let stages = status["stages"].as_array().unwrap();
    stages.iter().find(|line| line["stage"] == stage).unwrap()["done"].as_u64().unwrap()
}

fn looks(folder: &Folder) {
    let json = status(folder);
    assert_eq!((done(&json, "parse"), done(&json, "judge")), (19, 19), "{json}");
    assert_eq!((&json["dead_letters"], &json["unassigned"]), (&Value::from(0), &Value::from(0)));
    assert_eq!(json["lacking"].as_array().unwrap().len(), 1, "{json}");
    assert_eq!(
        (&json["lacking"][0]["body"], &json["lacking"][0]["state"]),
        (&"yz-czj".into(), &"missing".into())
    );
    let text = folder.gongkai(&["status"]).out_of(0);
    assert!(text.contains("云泽市财政局") && text.contains("missing") && text.contains("yunze"), "{text}");
    let trail = folder.gongkai(&["why", "yz-scjg", "2025"]).out_of(0);
    assert!(trail.contains("P806") && trail.matches("fetched").count() >= 2, "{trail}");
    let address = folder.gongkai(&["why", "http://demo.invalid/reports/yz-gaj-2025.html"]).out_of(0);
    assert!(address.contains("yz-gaj") && address.contains("judged"), "{address}");
    let said = folder.gongkai(&["why", "nobody", "2025"]).err_of(2);
    assert!(said.contains("nobody"), "{said}");
    let letters = folder.gongkai(&["dead-letters", "list", "--format", "json"]).out_of(0);
    assert_eq!(serde_json::from_str::<Vec<Value>>(&letters).unwrap().len(), 0);
    assert!(folder.gongkai(&["dead-letters", "redrive"]).out_of(0).starts_with("0 "));
}

#[test]
fn questions_are_answered_beside_a_running_service_and_after_it() {
    let folder = Folder::new();
    folder.write("gongkai.toml", SETTINGS);
    let store = folder.path().join(DEMO_STORE);
    let mut service = Service::demo(folder.path(), &[]);
    service.console();
    settle("the demo", &service, &store, 3);
    looks(&folder);
    // Everything is judged again while the service runs, and nothing changes.
    let before = Picture::of(&store);
    let out = folder.gongkai(&["replay", "--from", "fetched"]).out_of(0);
    assert!(out.starts_with("19 "), "{out}");
    settle("the replay", &service, &store, 3);
    before.assert_same(&Picture::of(&store), "a replay beside the service");
    assert!(service.interrupt().0.success());
    looks(&folder);
}

#[test]
fn a_replay_waits_for_the_service_when_none_runs() {
    let folder = Folder::new();
    folder.write("gongkai.toml", SETTINGS);
    let store = folder.path().join(DEMO_STORE);
    let service = Service::demo(folder.path(), &[]);
    settle("the demo", &service, &store, 3);
    assert!(service.interrupt().0.success());
    let before = Picture::of(&store);
    let out = folder.gongkai(&["replay", "--from", "parsed", "--body", "yz-gaj"]).out_of(0);
    assert!(out.starts_with("1 "), "{out}");
    assert!(folder.gongkai(&["why", "yz-gaj", "2025"]).out_of(0).contains("等待"));
    let second = Service::demo(folder.path(), &[]);
    settle("what waited", &second, &store, 3);
    assert!(second.interrupt().0.success());
    before.assert_same(&Picture::of(&store), "a replay before the service");
}
