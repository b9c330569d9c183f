//! Documents that no reader can bear are set aside with a reason while their neighbours go through, and can be brought back.
use std::{sync::Arc, time::Duration};

use gongkai_harness::{folder::binary, installation::Installation, wait::until};
use gongkai_store::{FailureClass, Filter};
use gongkai_testkit::{
    season::{Guest, Season},
    servers::{Broker, Database},
};
use tokio::runtime::Runtime;

const REPORTS: usize = 30;

fn guest(name: &str, mark: &str) -> Guest {
    Guest {
        path: format!("/guest/{name}.html"),
        title: format!("{name}2025年政府信息公开工作年度报告"),
        content_type: "text/html".to_owned(),
        bytes: format!("<html><body><p>{mark}</p></body></html>").into_bytes(),
    }
}

#[test]
fn a_document_that_loops_or_kills_is_set_aside_alone_and_comes_back_by_redrive() {
    let runtime = Runtime::new().unwrap();
    let guests = vec![guest("loop", "trial: read for ever"), guest("kill", "trial: kill the reader")];
    let season = Arc::new(Season::new(REPORTS, None).with(guests));
    let site = runtime.block_on(season.clone().serve()).unwrap();
    let store = Database::shared().unwrap().create("poison").unwrap();
    let bus = Broker::shared().unwrap().url();
    let installation = Installation::new(&season, &site.root(), &store, &bus, "poison");
    let trial = binary().with_file_name("gongkai-trial");
    let installation = installation.with_program(trial);
    let service = installation.start(&[]);
    let parked =
        || installation.ask(async |store| store.dead_letters(&Filter::default()).await).unwrap_or_default();
    until("both are set aside", Duration::from_secs(90), || (parked().len() == 2).then_some(()));
    installation.settle("the neighbours", REPORTS, &[&service]);
    for letter in parked() {
        assert_eq!(letter.class, Some(FailureClass::Poison), "{letter:?}");
        assert_eq!(letter.attempt, 3, "{letter:?}");
        let reason = letter.error.clone().unwrap_or_default();
        let known = if letter.about.contains("loop") { "2s" } else { "signal" };
        assert!(reason.contains(known), "{letter:?}");
    }
    assert!(service.interrupt().0.success());
    let listed = installation.command(&["dead-letters", "list"]).out_of(0);
    assert!(listed.contains("/guest/loop.html") && listed.contains("/guest/kill.html"), "{listed}");
    installation.command(&["dead-letters", "redrive"]).out_of(0);
    // A release that can bear them.
    let installation = installation.with_program(binary());
    let service = installation.start(&[]);
    installation.settle("after the redrive", REPORTS + 2, &[&service]);
    assert!(parked_of(&installation).is_empty());
    assert!(service.interrupt().0.success());
}

fn parked_of(installation: &Installation) -> Vec<gongkai_store::DeadLetter> {
    installation.ask(async |store| store.dead_letters(&Filter::default()).await).unwrap()
}
