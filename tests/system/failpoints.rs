//! The process dies before and after each publish, confirm, commit and acknowledgement of each stage: the end is the same.
use std::{collections::BTreeSet, sync::Arc, thread, time::Duration};

use gongkai_harness::{folder::binary, installation::Installation, picture::Picture, wait::until_ok};
use gongkai_model::Stage;
use gongkai_runtime::checkpoint::Moment;
use gongkai_store::Filter;
use gongkai_testkit::{
    season::{Season, SeasonSite},
    servers::{Broker, Database},
};
use tokio::runtime::Runtime;

use crate::receiver::Receiver;

/// A season that is over in a moment, and still has more than one batch.
const REPORTS: usize = 24;
/// Which time the moment is the one. All rows of a stage may be one batch, so only the first is sure to come; the list has
/// always been fetched before the pages. Confirms are noted together, so that there may be one of a stage.
const fn times(stage: Stage, moment: Moment) -> u32 {
    match (stage, moment) {
        (_, Moment::BeforeConfirm | Moment::AfterConfirm) => 1,
        (Stage::Fetch, _) => 2,
        _ => 1,
    }
}
/// Cases that run side by side; most of a case is waiting.
const LANES: usize = 10;
/// Longest time until the moment comes.
const LIMIT: Duration = Duration::from_secs(60);

struct World {
    season: Arc<Season>,
    site: SeasonSite,
    _runtime: Runtime,
}

impl World {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let season = Arc::new(Season::new(REPORTS, None));
        let site = runtime.block_on(season.clone().serve()).unwrap();
        Self { season, site, _runtime: runtime }
    }

    /// An installation of the trial program with servers of the test run, and a webhook.
    fn installation(&self, name: &str, receiver: &Receiver) -> Installation {
        let (broker, database) = (Broker::shared().unwrap(), Database::shared().unwrap());
        let store = database.create(&name.replace('.', "_")).unwrap();
        Installation::new(&self.season, &self.site.root(), &store, &broker.url(), name)
            .with_program(binary().with_file_name("gongkai-trial"))
            .with("ALERT__WEBHOOK_URL", &receiver.url())
            .with("ALERT__TICK_S", "1")
    }

    /// Runs to the end; before that dies at `moment`, if one is given. What it amounts to, and what was told to the webhook.
    fn run(&self, name: &str, moment: Option<&str>) -> (Picture, BTreeSet<String>) {
        let receiver = Receiver::start();
        let installation = self.installation(name, &receiver);
        if let Some(moment) = moment {
            let mut service = installation.start_with(&[], &[("TRIAL_DIE_AT", moment)]);
            let ended = service.ended(name, LIMIT);
            assert!(!ended.success(), "{name}: it did not die: {}", service.errors());
        }
        let service = installation.start(&[]);
        installation.settle(name, REPORTS, &[&service]);
        // The first import of a site is told in one digest, once everything is quiet.
        until_ok(&format!("{name}: the digest"), LIMIT, || {
            let alerts = installation.ask(async |store| store.alerts(&Filter::default()).await);
            let alerts = alerts.map_err(|error| error.to_string())?;
            let untold: Vec<_> = alerts.iter().filter(|alert| alert.told_at.is_none()).collect();
            if alerts.is_empty() || !untold.is_empty() { Err(format!("{untold:#?}")) } else { Ok(()) }
        });
        installation.settle(name, REPORTS, &[&service]);
        assert!(service.interrupt().0.success(), "{name}");
        let picture = installation.picture();
        (picture, receiver.keys().into_iter().collect())
    }
}

#[test]
fn a_death_at_any_moment_leaves_the_same_end() {
    let world = World::new();
    let (calm, told) = world.run("calm", None);
    assert_eq!(calm.count("report"), REPORTS);
    assert!(!told.is_empty(), "the webhook was told of the first import");
    let moments = Stage::ALL.into_iter().flat_map(|stage| Moment::ALL.map(|moment| (stage, moment)));
    let moments: Vec<_> = moments.collect();
    thread::scope(|scope| {
        for lane in 0..LANES {
            let (world, calm, told) = (&world, &calm, told.len());
            let mine = moments.iter().skip(lane).step_by(LANES);
            scope.spawn(move || {
                for (stage, moment) in mine {
                    let times = times(*stage, *moment);
                    let name = format!("{}.{moment}", stage.as_str());
                    let at = format!("{} {moment} {times}", stage.as_str());
                    let (picture, keys) = world.run(&name, Some(&at));
                    picture.assert_same(calm, &name);
                    assert_eq!(keys.len(), told, "{name}: each alert is told at least once, under one key");
                }
            });
        }
    });
}
