//! New rows on their way from a commit to the relay of the same process: they need not be looked for in the ledger.
//!
//! A row lies here under a lease. One that is not published (the process dies, or the relay is kept from its work for long) is
//! sent by whoever comes by when the lease has ended, as any row is that was sent and stays silent.
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use gongkai_model::Stage;
use gongkai_store::{HandOver, Ticket};
use tokio::time::Instant;

/// Lease of rows that are being published.
pub(crate) const TAKEN: Duration = Duration::from_secs(30);
/// Rows that have lain here for so long are left to their lease: there must be time to publish them within it.
const STALE: Duration = Duration::from_secs(8);

/// What is due of bodies can wait for a moment: what is settled together is asked of the store together, and a body that is
/// marked again meanwhile is settled once.
const GATHER_DUE: Duration = Duration::from_millis(150);
/// So many rows of it are worth sending at once.
const MANY_DUE: usize = 128;

/// The desk of a process. Closed until a relay opens it.
#[derive(Debug, Default)]
pub(crate) struct Desk(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    open: bool,
    handed: BTreeMap<Stage, Vec<(Instant, Ticket)>>,
    /// How many more rows of a stage may come.
    room: BTreeMap<Stage, usize>,
    /// Stages for which there was too little room since it was last measured.
    short: Vec<Stage>,
}

impl Desk {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A relay is there.
    pub(crate) fn open(&self) {
        self.inner().open = true;
    }

    /// The relay ends: nothing is taken any more.
    pub(crate) fn close(&self) {
        self.inner().open = false;
    }

    /// What a commit may hand over.
    pub(crate) fn over(&self) -> HandOver {
        let inner = self.inner();
        let room = if inner.open { inner.room.clone() } else { BTreeMap::new() };
        HandOver { lease: TAKEN, room }
    }

    /// Takes rows over, or gives them back when the relay has ended meanwhile.
    pub(crate) fn hand(&self, tickets: Vec<Ticket>) -> Vec<Ticket> {
        let (mut inner, now) = (self.inner(), Instant::now());
        if !inner.open {
            return tickets;
        }
        for ticket in tickets {
            if let Some(room) = inner.room.get_mut(&ticket.stage) {
                *room = room.saturating_sub(1);
            }
            inner.handed.entry(ticket.stage).or_default().push((now, ticket));
        }
        Vec::new()
    }

    /// There was too little room for rows of these stages.
    pub(crate) fn fell_short(&self, stages: impl IntoIterator<Item = Stage>) {
        self.inner().short.extend(stages);
    }

    /// Whether room for rows of this stage is worth measuring.
    pub(crate) fn is_short(&self, stage: Stage) -> bool {
        self.inner().short.contains(&stage)
    }

    /// So many more rows of a stage may come.
    pub(crate) fn set_room(&self, stage: Stage, room: usize) {
        let mut inner = self.inner();
        inner.room.insert(stage, room);
        inner.short.retain(|short| *short != stage);
    }

    /// Stages of which rows lie here.
    pub(crate) fn stages(&self) -> Vec<Stage> {
        self.inner().handed.keys().copied().collect()
    }

    /// How long until rows that wait for company are sent without it.
    pub(crate) fn ripens_in(&self) -> Option<Duration> {
        let inner = self.inner();
        let (since, _) = inner.handed.get(&Stage::Due)?.first()?;
        Some(GATHER_DUE.saturating_sub(since.elapsed()))
    }

    /// Those of which it is time to send them.
    pub(crate) fn ripe(&self) -> Vec<Stage> {
        let inner = self.inner();
        let ripe = |(stage, rows): (&Stage, &Vec<(Instant, Ticket)>)| {
            let waited = || rows.first().is_some_and(|(since, _)| since.elapsed() >= GATHER_DUE);
            (*stage != Stage::Due || rows.len() >= MANY_DUE || waited()).then_some(*stage)
        };
        inner.handed.iter().filter_map(ripe).collect()
    }

    /// The rows of a stage that there still is time to publish; of one that was raised again only the latest generation.
    pub(crate) fn take(&self, stage: Stage) -> Vec<Ticket> {
        let handed = self.inner().handed.remove(&stage).unwrap_or_default();
        let fresh = handed.into_iter().filter(|(since, _)| since.elapsed() < STALE);
        let mut tickets: Vec<Ticket> = fresh.map(|(_, ticket)| ticket).collect();
        let latest: BTreeMap<_, _> = tickets.iter().map(|ticket| (ticket.task, ticket.generation)).collect();
        tickets.retain(|ticket| latest.get(&ticket.task) == Some(&ticket.generation));
        tickets
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn ticket(task: u128, generation: i64) -> Ticket {
        let (task, stage) = (Uuid::from_u128(task), Stage::Judge);
        Ticket { task, generation, stage, subject: String::new(), alone: false }
    }

    #[tokio::test(start_paused = true)]
    async fn a_desk_takes_what_it_has_room_for_while_a_relay_is_there() {
        let desk = Desk::default();
        desk.set_room(Stage::Judge, 3);
        assert!(desk.over().room.is_empty(), "no relay has come yet");
        assert_eq!(desk.hand(vec![ticket(1, 1)]), [ticket(1, 1)]);
        desk.open();
        assert_eq!(desk.over().room[&Stage::Judge], 3);
        assert_eq!(desk.hand(vec![ticket(1, 1), ticket(2, 1)]), []);
        assert_eq!(desk.over().room[&Stage::Judge], 1);
        assert_eq!(desk.stages(), [Stage::Judge]);
        assert_eq!(desk.take(Stage::Judge), [ticket(1, 1), ticket(2, 1)]);
        assert_eq!((desk.stages(), desk.take(Stage::Judge)), (vec![], vec![]));
        desk.close();
        assert_eq!(desk.hand(vec![ticket(3, 1)]), [ticket(3, 1)]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_due_waits_for_a_moment_or_for_company() {
        let desk = Desk::default();
        desk.open();
        let due = |task| Ticket { stage: Stage::Due, ..ticket(task, 1) };
        assert_eq!(desk.ripens_in(), None);
        desk.hand(vec![due(1), ticket(2, 1)]);
        assert_eq!((desk.ripe(), desk.ripens_in()), (vec![Stage::Judge], Some(GATHER_DUE)));
        tokio::time::sleep(GATHER_DUE).await;
        assert_eq!(desk.ripe(), [Stage::Judge, Stage::Due]);
        desk.take(Stage::Due);
        desk.hand((0..MANY_DUE as u128).map(due).collect());
        assert_eq!(desk.ripe(), [Stage::Judge, Stage::Due]);
    }

    #[tokio::test(start_paused = true)]
    async fn rows_that_lay_for_long_and_older_generations_are_not_published() {
        let desk = Desk::default();
        desk.open();
        desk.hand(vec![ticket(1, 1), ticket(2, 1)]);
        tokio::time::sleep(STALE).await;
        desk.hand(vec![ticket(3, 1), ticket(2, 2), ticket(2, 3)]);
        assert_eq!(desk.take(Stage::Judge), [ticket(3, 1), ticket(2, 3)]);
    }
}
