//! The only publisher: takes due rows of the ledger, or from the hands of commits that made them, publishes them, and notes what
//! the bus said.
//!
//! A row is taken under a short lease before it is published, so that a relay that dies leaves it due again; a confirm makes
//! the lease long. Most rows are done before that is worth a write: confirms are noted a few seconds later. Nothing here is lost when store or bus go away: the rows wait in the ledger, the relay waits for both.
//! A queue that the broker has lost is filled again from the ledger. Every process has a relay; they pass over each other's rows.
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use gongkai_bus::{Bus, BusError, Envelope, Outcome, Row};
use gongkai_model::Stage;
use gongkai_store::{Store, StoreError, StoreResult, Ticket};
use jiff::Timestamp;
use tokio::time::{Instant, timeout};

use crate::{
    backoff::Backoff,
    checkpoint::{Checkpoint, Moment},
    clock::Clock,
    desk::TAKEN,
    lifecycle::Stop,
    outage::Outage,
    wake::Wake,
    worker::Deps,
};

/// Lease of rows that the bus has confirmed.
const CONFIRMED: Duration = Duration::from_secs(600);
/// After so long a confirm is noted; well before the lease under which the row was published ends.
const NOTED_AFTER: Duration = Duration::from_secs(5);
/// How long the bus may take to confirm; ends before the lease does.
const PUBLISH_TIMEOUT: Duration = Duration::from_secs(20);
/// Rows taken and published together.
const BATCH: u32 = 500;
/// A batch becomes at least so many messages, if it has so many rows.
const SHARED_OUT: usize = 4;
/// The most rows of one message.
const MOST_ROWS: usize = 16;
/// The store is asked at least this often.
const POLL: Duration = Duration::from_secs(1);
/// Rows whose lease has run out are looked for so often: somebody died with them, which is rare.
const LOOK: Duration = Duration::from_secs(5);
/// A process hands over at most this part of what room is left, so that several together keep to the window.
const SHARES: u64 = 8;
/// Room is measured at most so often.
const MEASURE: Duration = Duration::from_millis(100);
/// A stage that had nothing due so short a time ago is not asked again because some of it has ended.
const IDLE: Duration = Duration::from_millis(100);
/// Of a stage of which some has ended more is sent at most so often: the window holds enough for longer.
const MORE: Duration = Duration::from_millis(150);
/// Smaller windows may not; there every end is answered.
const ROOMY: u32 = 200;
/// Commits within this time are answered by one round.
const GATHER: Duration = Duration::from_millis(10);
/// The same while there is much to send: fuller messages are worth more then than a moment.
const GATHER_MUCH: Duration = Duration::from_millis(50);
/// So many rows in a round are much.
const MUCH: usize = 16;
/// Pauses while store or bus are away: short, because work goes on as soon as they are back.
const PAUSES: Backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(1));
/// Before a row that no queue took, or whose fate is unknown, is sent again.
const AGAIN: Backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(1));

/// The relay of a process.
pub struct Relay {
    store: Arc<dyn Store>,
    bus: Arc<dyn Bus>,
    clock: Arc<dyn Clock>,
    wake: Wake,
    checkpoint: Arc<dyn Checkpoint>,
    window: u32,
    store_outage: Outage,
    bus_outage: Outage,
    /// When it was last asked how many rows of a stage are with the bus.
    measured: BTreeMap<Stage, Instant>,
    /// When a stage last had nothing due.
    idle: BTreeMap<Stage, Instant>,
    /// When rows of a stage were last taken.
    filled: BTreeMap<Stage, Instant>,
    /// When rows with an expired lease were last looked for.
    looked: Option<Instant>,
    /// What the bus has confirmed and the ledger does not know yet, by stage; the oldest first.
    confirmed: BTreeMap<Stage, Vec<Confirmed>>,
    /// Stages whose queue was lost and whose rows are not yet due again.
    lost: BTreeSet<Stage>,
}

/// Why a row is sent.
#[derive(Clone, Copy)]
enum Due {
    /// Its time has come.
    Ready,
    /// It was sent before, and nothing has come of it.
    Expired,
}

/// Rows that the bus confirmed together.
struct Confirmed {
    at: Timestamp,
    seen: Instant,
    tickets: Vec<Ticket>,
}

/// What came of a round that could not be finished.
enum Trouble {
    Store(StoreError),
    Bus(BusError),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Relay {
    /// A relay that keeps at most `window` (`bus.window`) rows of a stage with the bus.
    pub fn new(deps: Deps, window: u32) -> Self {
        let Deps { store, bus, clock, wake, checkpoint, metrics } = deps;
        let outage = |what| Outage::new("relay", what).shown_in(&metrics);
        let (store_outage, bus_outage) = (outage("store"), outage("bus"));
        let (confirmed, lost) = (BTreeMap::new(), BTreeSet::new());
        let (measured, idle, filled, looked) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new(), None);
        Self {
            store,
            bus,
            clock,
            wake,
            checkpoint,
            window,
            store_outage,
            bus_outage,
            measured,
            idle,
            filled,
            looked,
            confirmed,
            lost,
        }
    }

    /// Relays until the stop. Ends only then.
    pub async fn run(mut self, stop: Stop) {
        self.wake.desk().open();
        self.wake.desk().fell_short(Stage::ALL);
        self.relay(&stop).await;
        self.wake.desk().close();
        // What lies there was made by workers that thought it sent.
        let _ = self.send_handed(&self.wake.desk().stages()).await;
        // What is not noted is sent once more, and then found done.
        if let Err(error) = self.note_confirmed(Duration::ZERO).await {
            tracing::debug!(%error, "confirms could not be noted at the end");
        }
    }

    async fn relay(&mut self, stop: &Stop) {
        let mut polled = Instant::now();
        while !stop.is_stopping() {
            let poll_in = POLL.saturating_sub(polled.elapsed());
            let pause = self.wake.desk().ripens_in().map_or(poll_in, |ripe| ripe.min(poll_in));
            let calls = tokio::select! {
                () = stop.soft.cancelled() => return,
                woken = timeout(pause, self.wake.woken()) => woken.unwrap_or_default(),
            };
            // However much is called, rows whose time has come without a call are looked for.
            let (handed, stages) = if polled.elapsed() >= POLL {
                polled = Instant::now();
                (self.wake.desk().stages(), Stage::ALL.to_vec())
            } else {
                (self.wake.desk().ripe(), self.worth_asking(calls.new, calls.room))
            };
            match self.round(&handed, &stages).await {
                Ok(sent) => {
                    stop.sleep(if sent < MUCH { GATHER } else { GATHER_MUCH }).await;
                }
                Err(pause) => {
                    stop.sleep(pause).await;
                    // What this round was woken for is still to be done.
                    self.wake.wake(&stages);
                }
            }
        }
    }

    /// Stages with new rows, and those with room unless they had nothing due, or were given much, a moment ago; the poll comes
    /// in any case.
    fn worth_asking(&self, mut new: Vec<Stage>, room: Vec<Stage>) -> Vec<Stage> {
        let within = |since: &BTreeMap<Stage, Instant>, stage: &Stage, time: Duration| {
            since.get(stage).is_some_and(|since| since.elapsed() < time)
        };
        let soon = |stage: &Stage| {
            within(&self.idle, stage, IDLE) || (self.window >= ROOMY && within(&self.filled, stage, MORE))
        };
        new.extend(room.into_iter().filter(|stage| !soon(stage)));
        new
    }

    /// Sends what was handed over, and what is due of these stages, and tells how much it was; or how long to wait when store or
    /// bus are away.
    async fn round(&mut self, handed: &[Stage], stages: &[Stage]) -> Result<usize, Duration> {
        self.fill_again().await?;
        if let Err(error) = self.note_confirmed(NOTED_AFTER).await {
            return Err(PAUSES.after(self.store_outage.failed(&error).0));
        }
        if self.looked.is_none_or(|looked| looked.elapsed() >= LOOK) {
            self.send_all(&Stage::ALL, Due::Expired).await?;
            self.looked = Some(Instant::now());
        }
        let handed = self.send_handed(handed).await?;
        self.measure_room().await?;
        Ok(handed + self.send_all(stages, Due::Ready).await?)
    }

    /// Sends what commits of this process have handed over.
    async fn send_handed(&mut self, stages: &[Stage]) -> Result<usize, Duration> {
        let mut sent = 0;
        for stage in stages {
            let tickets = self.wake.desk().take(*stage);
            if !tickets.is_empty() {
                self.publish(*stage, &tickets).await.map_err(|trouble| self.pause(&trouble))?;
                sent += tickets.len();
            }
        }
        Ok(sent)
    }

    /// How many more rows commits may hand over, where they wanted to hand over more than they might.
    async fn measure_room(&mut self) -> Result<(), Duration> {
        let recent = |since: &Instant| since.elapsed() < MEASURE;
        for stage in Stage::ALL {
            if !self.wake.desk().is_short(stage) || self.measured.get(&stage).is_some_and(recent) {
                continue;
            }
            let with_bus = self.store.with_bus(stage).await.map_err(|error| self.pause(&error.into()))?;
            let room = u64::from(self.window).saturating_sub(with_bus) / SHARES;
            self.wake.desk().set_room(stage, usize::try_from(room).unwrap_or(usize::MAX));
            self.measured.insert(stage, Instant::now());
        }
        Ok(())
    }

    /// Notes that store or bus are away, and tells how long to wait.
    fn pause(&mut self, trouble: &Trouble) -> Duration {
        PAUSES.after(match trouble {
            Trouble::Store(error) => self.store_outage.failed(error).0,
            Trouble::Bus(error) => self.bus_outage.failed(error).0,
        })
    }

    async fn send_all(&mut self, stages: &[Stage], due: Due) -> Result<usize, Duration> {
        let mut all = 0;
        for stage in stages {
            loop {
                match self.send_some(*stage, due).await {
                    Ok(sent) => {
                        self.store_outage.over();
                        all += sent;
                        if sent < BATCH as usize {
                            break;
                        }
                    }
                    Err(trouble) => return Err(self.pause(&trouble)),
                }
            }
        }
        Ok(all)
    }

    /// What was in a queue that the broker has lost becomes due again.
    async fn fill_again(&mut self) -> Result<(), Duration> {
        self.lost.extend(self.bus.take_lost());
        while let Some(stage) = self.lost.first().copied() {
            // What its confirm said is no longer so.
            self.confirmed.remove(&stage);
            match self.store.send_again(stage, self.clock.now()).await {
                Ok(0) => {}
                Ok(rows) => {
                    self.looked = None;
                    tracing::warn!(
                        stage = stage.as_str(),
                        rows,
                        "a queue was lost; what it held is sent again"
                    );
                }
                Err(error) => return Err(PAUSES.after(self.store_outage.failed(&error).0)),
            }
            self.lost.remove(&stage);
        }
        Ok(())
    }

    /// Takes one batch of due rows and sends it; tells how many rows there were.
    async fn send_some(&mut self, stage: Stage, due: Due) -> Result<usize, Trouble> {
        let now = self.clock.now();
        let tickets = match due {
            Due::Ready => self.store.take_due(stage, BATCH, self.window, TAKEN, now).await?,
            Due::Expired => self.store.take_expired(stage, BATCH, TAKEN, now).await?,
        };
        if tickets.is_empty() {
            self.idle.insert(stage, Instant::now());
            return Ok(0);
        }
        self.filled.insert(stage, Instant::now());
        self.publish(stage, &tickets).await?;
        Ok(tickets.len())
    }

    /// Publishes rows that are under a lease, and notes what became of it.
    async fn publish(&mut self, stage: Stage, tickets: &[Ticket]) -> Result<(), Trouble> {
        self.checkpoint.reached(stage, Moment::BeforePublish);
        let groups = groups(tickets);
        let batch: Vec<Envelope> = groups.iter().filter_map(|group| envelope(group)).collect();
        let published = match timeout(PUBLISH_TIMEOUT, self.bus.publish(&batch)).await {
            Ok(published) => published,
            Err(_) => Err(BusError::Away(format!("no answer within {PUBLISH_TIMEOUT:?}"))),
        };
        match published {
            Ok(outcomes) => self.note(stage, &groups, &outcomes).await?,
            Err(error) => {
                self.give_back(tickets, 1, &error.to_string()).await?;
                return Err(Trouble::Bus(error));
            }
        }
        self.bus_outage.over();
        Ok(())
    }

    /// Confirmed rows will get their long lease, the others become ready again. A row without an outcome keeps its short lease.
    async fn note(&mut self, stage: Stage, groups: &[&[Ticket]], outcomes: &[Outcome]) -> StoreResult<()> {
        let mut confirmed = Vec::new();
        let mut refused = Vec::new();
        let mut why = None;
        for (group, outcome) in groups.iter().zip(outcomes) {
            match outcome {
                Outcome::Confirmed => confirmed.extend_from_slice(group),
                Outcome::Returned(reason) | Outcome::Lost(reason) => {
                    refused.extend_from_slice(group);
                    why.get_or_insert(reason);
                }
            }
        }
        if !confirmed.is_empty() {
            let confirmed = Confirmed { at: self.clock.now(), seen: Instant::now(), tickets: confirmed };
            self.confirmed.entry(stage).or_default().push(confirmed);
        }
        if let Some(why) = why {
            tracing::warn!(rows = refused.len(), reason = %why, "the bus did not take messages; they are sent again");
            self.give_back(&refused, 3, why).await?;
        }
        Ok(())
    }

    /// Rows that the bus confirmed so long ago get their long lease; what is done meanwhile needs none.
    async fn note_confirmed(&mut self, ago: Duration) -> StoreResult<()> {
        for (stage, confirmed) in &mut self.confirmed {
            let old = confirmed.partition_point(|confirmed| confirmed.seen.elapsed() >= ago);
            let Some(last) = old.checked_sub(1).and_then(|last| confirmed.get(last)) else { continue };
            let until = later(last.at, CONFIRMED);
            let tickets: Vec<Ticket> =
                confirmed.iter().take(old).flat_map(|confirmed| confirmed.tickets.iter().cloned()).collect();
            self.checkpoint.reached(*stage, Moment::BeforeConfirm);
            self.store.confirm(&tickets, until, self.clock.now()).await?;
            self.checkpoint.reached(*stage, Moment::AfterConfirm);
            confirmed.drain(..old);
        }
        Ok(())
    }

    async fn give_back(&self, tickets: &[Ticket], failures: u32, why: &str) -> StoreResult<()> {
        let now = self.clock.now();
        self.store.give_back(tickets, later(now, AGAIN.after(failures)), why, now).await
    }
}

/// Rows that travel in one message, as a broker's cost is by the message: the more are due, the more in each, and still enough
/// messages for several workers. A row that is to be alone has its own.
fn groups(tickets: &[Ticket]) -> Vec<&[Ticket]> {
    let most = (tickets.len() / SHARED_OUT).clamp(1, MOST_ROWS);
    let together = tickets.chunk_by(|one, next| !one.alone && !next.alone);
    together.flat_map(|run| run.chunks(most)).collect()
}

/// The message of a group; an empty one has none.
fn envelope(group: &[Ticket]) -> Option<Envelope> {
    let (first, more) = group.split_first()?;
    let row = |ticket: &Ticket| Row { task: ticket.task, generation: ticket.generation };
    let message = Envelope::new(first.stage, first.task, first.generation, first.subject.clone());
    Some(message.with_more(more.iter().map(row).collect()))
}

/// `at` and then `by`; the end of time where there is nothing later.
pub(crate) fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
