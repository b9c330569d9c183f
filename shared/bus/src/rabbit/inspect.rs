//! What stands on a broker and how it feels, for `gongkai doctor`. Nothing of ours is made or changed: a queue that was lost
//! and made anew here would never be found to be lost, and its work would wait for its leases to end.
use std::time::Duration;

use gongkai_model::Stage;
use lapin::{
    options::{BasicPublishOptions, ConfirmSelectOptions},
    protocol::BasicProperties,
    types::{FieldTable, ShortString},
};
use tokio::time::{Instant, sleep, timeout};

use super::{
    greeting::{Greeting, greeting},
    link::{Link, within},
    topology::{Fit, Topology, not_understood},
};
use crate::{bus::BusError, open::BusOptions};

/// How long a broker that accepts no messages takes at most to say so; one that does is known by its confirm.
const SAYS_SO: Duration = Duration::from_secs(2);
/// How long is listened after a confirm: the first message is still taken.
const AFTERWARDS: Duration = Duration::from_millis(300);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// No queue is bound with this key: what is published with it is nowhere.
const NOBODY: &str = "doctor";

/// A broker as it was found.
#[derive(Debug)]
pub struct Inspection {
    /// Its address without user and password.
    pub place: String,
    /// What it says of itself, or why it says nothing; `None` for `amqps://`, where it is not asked.
    pub greeting: Option<Result<Greeting, String>>,
    /// Arguments of our queues that this version does not know.
    pub not_understood: Vec<&'static str>,
    /// What was found with user and password, or why they did not help.
    pub inside: Result<Inside, BusError>,
}

/// What only a user sees.
#[derive(Debug)]
pub struct Inside {
    /// Seconds between heartbeats, as agreed; 0 is none.
    pub heartbeat: u16,
    /// Why nothing of ours could be made or published; `None` when it could.
    pub forbidden: Option<String>,
    /// True while it accepts no messages because memory or disk is short.
    pub blocked: bool,
    /// Our queues; the last one holds dead letters.
    pub queues: Vec<QueueLook>,
}

/// A queue of ours.
#[derive(Debug)]
pub struct QueueLook {
    /// Its name.
    pub name: String,
    /// The stage whose work it carries; none for dead letters.
    pub stage: Option<Stage>,
    /// What stands there.
    pub state: QueueState,
}

/// What stands under a queue's name.
#[derive(Debug, PartialEq, Eq)]
pub enum QueueState {
    /// Nothing yet.
    Missing,
    /// Our queue.
    Ours {
        /// Messages that wait in it.
        messages: u32,
        /// Those who read it.
        consumers: u32,
    },
    /// A queue with other arguments; why, in the broker's words.
    Other(String),
}

/// Looks a broker over.
pub async fn inspect(options: &BusOptions) -> Result<Inspection, BusError> {
    let link = Link::new(options, "doctor")?;
    let greeting = match link.plain_address() {
        Some((host, port)) => Some(greeting(host, port).await),
        None => None,
    };
    let release = greeting.as_ref().and_then(|heard| heard.as_ref().ok()).and_then(Greeting::release);
    let not_understood = release.map(not_understood).unwrap_or_default();
    let place = link.place();
    let inside = inside(options, &link).await;
    link.close().await;
    Ok(Inspection { place, greeting, not_understood, inside })
}

async fn inside(options: &BusOptions, link: &Link) -> Result<Inside, BusError> {
    let topology = Topology::new(&options.prefix);
    let channel = link.channel().await?;
    let heartbeat = link.heartbeat().await;
    drop(channel);
    let mut queues = Vec::new();
    for stage in Stage::ALL.into_iter().map(Some).chain([None]) {
        let name = topology.name_of(stage);
        queues.push(QueueLook { name: name.to_string(), stage, state: state(&topology, link, stage).await? });
    }
    let mut forbidden = may_make(&topology, link).await?;
    let blocked = match probe(options, &topology).await {
        Ok(blocked) => blocked,
        Err(BusError::Unsupported(why)) => {
            forbidden.get_or_insert(why);
            false
        }
        Err(other) => return Err(other),
    };
    Ok(Inside { heartbeat, forbidden, blocked, queues })
}

async fn state(topology: &Topology, link: &Link, stage: Option<Stage>) -> Result<QueueState, BusError> {
    let Some(standing) = topology.standing(link, stage).await? else { return Ok(QueueState::Missing) };
    Ok(match topology.fits(link, stage).await? {
        Fit::Ours => QueueState::Ours { messages: standing.messages, consumers: standing.consumers },
        Fit::Other(why) => QueueState::Other(why),
    })
}

/// Whether this user may make queues of our names: tried with one that ends with this connection.
async fn may_make(topology: &Topology, link: &Link) -> Result<Option<String>, BusError> {
    use lapin::options::QueueDeclareOptions;
    let channel = link.channel().await?;
    let options =
        QueueDeclareOptions { exclusive: true, auto_delete: true, ..QueueDeclareOptions::default() };
    let name: ShortString = format!("{}.doctor-{}", topology.exchange(), uuid::Uuid::now_v7()).into();
    match within(channel.queue_declare(name, options, FieldTable::default())).await {
        Ok(_) => Ok(None),
        Err(BusError::Unsupported(why)) => Ok(Some(why)),
        Err(other) => Err(other),
    }
}

/// Whether messages are accepted. A broker tells only connections that publish: one message is published that no queue takes,
/// on a connection of its own, which a broker whose memory is short does not listen to any more.
async fn probe(options: &BusOptions, topology: &Topology) -> Result<bool, BusError> {
    let link = Link::new(options, "doctor")?;
    let channel = link.channel().await?;
    within(channel.confirm_select(ConfirmSelectOptions::default())).await?;
    let publishing = channel.basic_publish(
        topology.exchange(),
        NOBODY.into(),
        BasicPublishOptions::default(),
        &[],
        BasicProperties::default(),
    );
    let confirm = within(publishing).await?;
    let begin = Instant::now();
    let answered = timeout(SAYS_SO, confirm).await;
    let until = if answered.is_ok() { Instant::now() + AFTERWARDS } else { begin + SAYS_SO };
    while !link.is_blocked().await && Instant::now() < until {
        sleep(LOOK_EVERY).await;
    }
    let blocked = link.is_blocked().await;
    if blocked {
        link.forget().await;
        return Ok(true);
    }
    link.close().await;
    match answered {
        Ok(Err(error)) if !super::link::is_missing(&error) => Err(super::link::away(&error)),
        _ => Ok(false),
    }
}
