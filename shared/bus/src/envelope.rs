//! The versioned message: which ledger row, which generation of it, and the trace it belongs to.
use gongkai_model::Stage;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

/// The version that is written. A consumer reads this one and the one before.
pub const MESSAGE_VERSION: u32 = 1;

/// What a message announces; one kind a stage's queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MessageKind {
    /// A source is to be fetched.
    #[serde(rename = "source.due")]
    SourceDue,
    /// A version was fetched and is to be read.
    #[serde(rename = "report.fetched")]
    ReportFetched,
    /// A version was read and is to be judged.
    #[serde(rename = "report.parsed")]
    ReportParsed,
    /// Something about (body, year) changed: judged, polled, or a date passed.
    #[serde(rename = "report.validated")]
    ReportValidated,
    /// An alert is to be told.
    #[serde(rename = "alert.raised")]
    AlertRaised,
}

impl MessageKind {
    /// The kind that a stage's queue carries.
    pub const fn of(stage: Stage) -> Self {
        match stage {
            Stage::Fetch => Self::SourceDue,
            Stage::Parse => Self::ReportFetched,
            Stage::Judge => Self::ReportParsed,
            Stage::Due => Self::ReportValidated,
            Stage::Notify => Self::AlertRaised,
        }
    }

    /// The stage whose queue it travels on.
    pub const fn stage(self) -> Stage {
        match self {
            Self::SourceDue => Stage::Fetch,
            Self::ReportFetched => Stage::Parse,
            Self::ReportParsed => Stage::Judge,
            Self::ReportValidated => Stage::Due,
            Self::AlertRaised => Stage::Notify,
        }
    }
}

/// A message. `task` and `generation` name the ledger row; an older generation is acknowledged without effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Version of this shape.
    pub schema: u32,
    /// What it announces.
    pub kind: MessageKind,
    /// Ledger row.
    pub task: Uuid,
    /// Generation of the row that is meant.
    pub generation: i64,
    /// Subject of the row, for people who read queues.
    pub subject: String,
    /// W3C trace context, when there is a trace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
}

/// A body that is not a message we can use.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum EnvelopeError {
    /// Written by a newer release: try again later.
    #[error("message version {0} is newer than {MESSAGE_VERSION}, which this release reads")]
    Newer(u32),
    /// No message at all.
    #[error("not a message: {0}")]
    Malformed(String),
}

impl Envelope {
    /// The message of a ledger row.
    pub fn new(stage: Stage, task: Uuid, generation: i64, subject: impl Into<String>) -> Self {
        let kind = MessageKind::of(stage);
        Self { schema: MESSAGE_VERSION, kind, task, generation, subject: subject.into(), traceparent: None }
    }

    /// Reads a body; tells a newer version from rubbish.
    pub fn parse(body: &[u8]) -> Result<Self, EnvelopeError> {
        #[derive(Deserialize)]
        struct Version {
            schema: u32,
        }
        let malformed = |error: serde_json::Error| EnvelopeError::Malformed(error.to_string());
        let Version { schema } = serde_json::from_slice(body).map_err(malformed)?;
        if schema > MESSAGE_VERSION {
            return Err(EnvelopeError::Newer(schema));
        }
        serde_json::from_slice(body).map_err(malformed)
    }

    /// The body.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}
