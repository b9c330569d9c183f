//! Every service its own process, on servers that die, stand still and come back: the end is that of an undisturbed run.
use std::{
    sync::{Arc, LazyLock},
    thread,
    time::{Duration, Instant},
};

use gongkai_harness::{
    installation::Installation,
    picture::Picture,
    service::{ORDERLY, Service},
    wait::{until, until_ok},
};
use gongkai_testkit::{
    proxy::Proxy,
    season::{Guest, Season, SeasonSite},
    servers::{Broker, Database},
};
use tokio::runtime::Runtime;

use crate::corpus;

/// Reports of the season.
const REPORTS: usize = 500;
/// How long the site takes for a page: the season lasts long enough to be disturbed several times.
const SLOWNESS: Duration = Duration::from_millis(240);
/// A fault that finds less than this to disturb proves nothing.
const AT_LEAST: u64 = 50;
/// Longest time until a moment comes.
const LIMIT: Duration = Duration::from_secs(120);

/// The site of all tests here: their stores can be compared, because addresses are the same.
struct World {
    season: Arc<Season>,
    site: SeasonSite,
    undisturbed: Picture,
    _runtime: Runtime,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let runtime = Runtime::new().unwrap();
    let guests = corpus::documents().into_iter().map(|document| Guest {
        path: format!("/corpus/{}", document.file),
        title: format!("第{}单位{}年政府信息公开工作年度报告", document.file.len(), document.year),
        content_type: document.media_type().to_owned(),
        bytes: std::fs::read(&document.path).unwrap(),
    });
    let season = Season::new(REPORTS, None).with(guests.collect()).delayed(SLOWNESS);
    let season = Arc::new(season);
    let site = runtime.block_on(season.clone().serve()).unwrap();
    let (broker, database) = (Broker::shared().unwrap(), Database::shared().unwrap());
    let store = database.create("undisturbed").unwrap();
    let calm = Installation::new(&season, &site.root(), &store, &broker.url(), "undisturbed");
    let services = start_all(&calm);
    calm.settle("the undisturbed run", season.documents(), &services.iter().collect::<Vec<_>>());
    let undisturbed = calm.picture();
    assert_eq!(undisturbed.count("report"), season.documents());
    World { season, site, undisturbed, _runtime: runtime }
});

/// Every service its own process, two parsers.
fn start_all(installation: &Installation) -> Vec<Service> {
    ["alerter", "validator", "parser", "parser", "console", "fetcher"]
        .map(|service| installation.start(&[service]))
        .into()
}

/// Waits until at least so many documents are judged while enough is left to be disturbed.
fn under_load(installation: &Installation, judged: u64) {
    until(&format!("{judged} judged"), LIMIT, || (installation.judged() >= judged).then_some(()));
    let unfinished = installation.unfinished().unwrap();
    assert!(unfinished >= AT_LEAST, "only {unfinished} rows are unfinished: nothing to disturb");
}

/// Waits until documents are judged that were not when it is called, or all are; tells how long that took.
fn goes_on(installation: &Installation, services: &[Service], about: &str) -> Duration {
    let (begin, before) = (Instant::now(), installation.judged());
    until_ok(&format!("work goes on {about}"), LIMIT, || {
        let judged = installation.judged();
        if judged > before || judged >= WORLD.season.documents() as u64 {
            return Ok(());
        }
        let said: String = services.iter().map(Service::errors).collect();
        Err(format!("{before} judged; {:#?}\n{said}", installation.counts()))
    });
    let took = begin.elapsed();
    println!("work goes on {about}: {} ms", took.as_millis());
    took
}

/// The end: nothing in flight, nothing set aside, nothing lost, nothing twice, no queue with a message left.
fn same_end(installation: &Installation, services: Vec<Service>, broker: Option<&Broker>, about: &str) {
    installation.settle(about, WORLD.season.documents(), &services.iter().collect::<Vec<_>>());
    let status = installation.command(&["status", "--format", "json"]).out_of(0);
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    assert_eq!(
        (status["in_flight"].as_u64(), status["dead_letters"].as_u64()),
        (Some(0), Some(0)),
        "{status}"
    );
    if let Some(broker) = broker {
        until("all queues are empty", Duration::from_secs(30), || {
            let queues = broker.ctl(&["list_queues", "name", "messages"]).unwrap();
            queues.lines().all(|line| line.ends_with("\t0")).then_some(())
        });
    }
    for service in services {
        let errors = service.errors();
        assert!(!errors.contains("panicked"), "{errors}");
        let (status, took) = service.terminate();
        assert!(
            status.success() && took <= ORDERLY,
            "{about}: ended with {status:?} after {took:?}: {errors}"
        );
    }
    installation.picture().assert_same(&WORLD.undisturbed, about);
}

#[test]
fn killed_services_and_servers_lose_and_double_nothing() {
    let world = &*WORLD;
    let (mut broker, mut database) = (Broker::start().unwrap(), Database::start().unwrap());
    let store = database.create("killed").unwrap();
    let installation = Installation::new(&world.season, &world.site.root(), &store, &broker.url(), "killed");
    let mut services = start_all(&installation);
    under_load(&installation, 20);
    services.remove(2).kill();
    services.push(installation.start(&["parser"]));
    under_load(&installation, 60);
    services.remove(1).kill();
    goes_on_without(&installation);
    services.push(installation.start(&["validator"]));
    under_load(&installation, 110);
    broker.kill().unwrap();
    broker.start_again().unwrap();
    let took = goes_on(&installation, &services, "after the broker's death");
    assert!(took < Duration::from_secs(10), "deliveries went on only {took:?} after the broker was back");
    under_load(&installation, 200);
    database.kill().unwrap();
    database.start_again().unwrap();
    let took = goes_on(&installation, &services, "after the database's death");
    assert!(took < Duration::from_secs(10), "work went on only {took:?} after the database was back");
    under_load(&installation, 300);
    services.remove(0).kill();
    services.push(installation.start(&["alerter"]));
    same_end(&installation, services, Some(&broker), "after five deaths");
}

/// Without a validator the rest goes on; what it is to do waits.
fn goes_on_without(installation: &Installation) {
    let before = installation.unfinished().unwrap();
    assert!(before >= AT_LEAST);
    thread::sleep(Duration::from_millis(500));
}

#[test]
fn a_broker_that_is_cut_off_stands_still_or_forgets_costs_nothing() {
    let world = &*WORLD;
    let broker = Broker::start().unwrap();
    let proxy = Proxy::start(broker.address()).unwrap();
    let store = Database::shared().unwrap().create("cut").unwrap();
    let bus = broker.url_through(proxy.address());
    let installation = Installation::new(&world.season, &world.site.root(), &store, &bus, "cut");
    let mut services = start_all(&installation);
    under_load(&installation, 20);
    proxy.cut();
    goes_on(&installation, &services, "after a cut");
    under_load(&installation, 60);
    let (status, took) = services.remove(2).terminate();
    assert!(status.success() && took <= ORDERLY, "SIGTERM under load: {status:?} after {took:?}");
    services.push(installation.start(&["parser"]));
    under_load(&installation, 110);
    for queue in ["cut.parse", "cut.judge"] {
        broker.ctl(&["delete_queue", queue]).unwrap();
    }
    goes_on(&installation, &services, "after queues were deleted");
    under_load(&installation, 180);
    proxy.freeze();
    thread::sleep(Duration::from_secs(12));
    proxy.thaw();
    goes_on(&installation, &services, "after the broker stood still");
    same_end(&installation, services, Some(&broker), "after a cut, a stop, lost queues and a freeze");
}

#[test]
fn a_database_that_is_away_for_a_minute_costs_no_message() {
    let world = &*WORLD;
    let (broker, mut database) = (Broker::start().unwrap(), Database::start().unwrap());
    let store = database.create("away").unwrap();
    let installation = Installation::new(&world.season, &world.site.root(), &store, &broker.url(), "away");
    let services = start_all(&installation);
    under_load(&installation, 50);
    database.stop().unwrap();
    thread::sleep(Duration::from_secs(60));
    let dead = broker.ctl(&["list_queues", "name", "messages"]).unwrap();
    assert!(dead.lines().any(|line| line == "away.dead\t0"), "{dead}");
    database.start_again().unwrap();
    let took = goes_on(&installation, &services, "after the database's absence");
    assert!(took < Duration::from_secs(10), "work went on only after {took:?}");
    same_end(&installation, services, Some(&broker), "after a minute without a database");
}
