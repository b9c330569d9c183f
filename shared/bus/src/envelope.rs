//! The versioned message: which ledger rows, which generation of each, and the trace it belongs to.
use gongkai_model::Stage;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

/// The newest version that is written. A consumer reads this one and the one before.
///
/// 1: one row. 2: `more` rows beside it; a message of one row is written as version 1.
pub const MESSAGE_VERSION: u32 = 2;
/// The version of a message that names one row.
const ONE_ROW: u32 = 1;

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

    /// The name in messages and on the broker.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SourceDue => "source.due",
            Self::ReportFetched => "report.fetched",
            Self::ReportParsed => "report.parsed",
            Self::ReportValidated => "report.validated",
            Self::AlertRaised => "alert.raised",
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

/// A ledger row in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Ledger row.
    pub task: Uuid,
    /// Generation of the row that is meant.
    pub generation: i64,
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
    /// Other rows of the stage that are due as well: a broker's cost is by the message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<Row>,
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
        let (subject, more) = (subject.into(), Vec::new());
        Self { schema: ONE_ROW, kind, task, generation, subject, more, traceparent: None }
    }

    /// The same message for these rows as well.
    pub fn with_more(self, more: Vec<Row>) -> Self {
        let schema = if more.is_empty() { ONE_ROW } else { MESSAGE_VERSION };
        Self { schema, more, ..self }
    }

    /// Every row that it names.
    pub fn rows(&self) -> impl Iterator<Item = Row> {
        let first = Row { task: self.task, generation: self.generation };
        std::iter::once(first).chain(self.more.iter().copied())
    }

    /// Reads a body; tells a newer version from rubbish.
    pub fn parse(body: &[u8]) -> Result<Self, EnvelopeError> {
        #[derive(Deserialize)]
        struct Version {
            schema: u32,
        }
        let malformed = |error: serde_json::Error| EnvelopeError::Malformed(error.to_string());
        let Version { schema } = serde_json::from_slice(body).map_err(malformed)?;
        match schema {
            0 => Err(EnvelopeError::Malformed("no release wrote version 0".to_owned())),
            newer if newer > MESSAGE_VERSION => Err(EnvelopeError::Newer(newer)),
            _ => serde_json::from_slice(body).map_err(malformed),
        }
    }

    /// The rows that a body names, whatever its version: these fields keep name and place for ever.
    pub fn rows_of(body: &[u8]) -> Vec<Row> {
        #[derive(Deserialize)]
        struct Rows {
            #[serde(flatten)]
            first: Row,
            #[serde(default)]
            more: Vec<Row>,
        }
        let rows = serde_json::from_slice::<Rows>(body).ok();
        rows.map(|rows| std::iter::once(rows.first).chain(rows.more).collect()).unwrap_or_default()
    }

    /// The body.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TASK: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
    const OTHER: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0004);
    const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    /// Every kind at version 1, and version 2 as it was first released: file and value.
    fn golden() -> Vec<(&'static [u8], Envelope)> {
        let mut traced = Envelope::new(Stage::Parse, TASK, 7, "01900000-0000-7000-8000-000000000002");
        traced.traceparent = Some(TRACE.to_owned());
        vec![
            (
                include_bytes!("../golden/source.due.v1.json"),
                Envelope::new(Stage::Fetch, TASK, 1, "01900000-0000-7000-8000-000000000002"),
            ),
            (
                include_bytes!("../golden/report.fetched.v1.json"),
                Envelope::new(Stage::Parse, TASK, 1, "01900000-0000-7000-8000-000000000002"),
            ),
            (include_bytes!("../golden/report.fetched.traced.v1.json"), traced),
            (
                include_bytes!("../golden/report.fetched.more.v2.json"),
                Envelope::new(Stage::Parse, TASK, 1, "01900000-0000-7000-8000-000000000002")
                    .with_more(vec![Row { task: OTHER, generation: 5 }]),
            ),
            (
                include_bytes!("../golden/report.parsed.v1.json"),
                Envelope::new(Stage::Judge, TASK, 3, "01900000-0000-7000-8000-000000000002"),
            ),
            (
                include_bytes!("../golden/report.validated.v1.json"),
                Envelope::new(Stage::Due, TASK, 12, "yunping-finance/2023"),
            ),
            (
                include_bytes!("../golden/alert.raised.v1.json"),
                Envelope::new(Stage::Notify, TASK, 1, "01900000-0000-7000-8000-000000000003"),
            ),
        ]
    }

    #[test]
    fn every_golden_sample_reads_as_its_value() {
        for (bytes, value) in golden() {
            assert_eq!(Envelope::parse(bytes), Ok(value));
        }
    }

    #[test]
    fn every_value_writes_its_golden_sample() {
        for (bytes, value) in golden() {
            let expected = String::from_utf8_lossy(bytes.trim_ascii_end()).into_owned();
            assert_eq!(String::from_utf8_lossy(&value.to_bytes()), expected);
        }
    }

    #[test]
    fn every_stage_has_a_kind_with_a_golden_sample() {
        for stage in Stage::ALL {
            assert_eq!(MessageKind::of(stage).stage(), stage);
            assert!(golden().iter().any(|(_, value)| value.kind.stage() == stage), "{stage:?}");
        }
    }

    #[test]
    fn a_newer_version_is_told_from_rubbish_and_still_names_its_row() {
        let body =
            format!(r#"{{"schema":3,"kind":"report.weighed","task":"{TASK}","generation":4,"weight":1}}"#);
        assert_eq!(Envelope::parse(body.as_bytes()), Err(EnvelopeError::Newer(3)));
        assert_eq!(Envelope::rows_of(body.as_bytes()), [Row { task: TASK, generation: 4 }]);
    }

    #[test]
    fn a_message_of_several_rows_names_them_all() {
        let body = include_bytes!("../golden/report.fetched.more.v2.json");
        let rows = [Row { task: TASK, generation: 1 }, Row { task: OTHER, generation: 5 }];
        assert_eq!(Envelope::parse(body).unwrap().rows().collect::<Vec<_>>(), rows);
        assert_eq!(Envelope::rows_of(body), rows);
    }

    #[test]
    fn rubbish_is_refused_with_its_place() {
        let of = |body: &str| match Envelope::parse(body.as_bytes()) {
            Err(EnvelopeError::Malformed(why)) => why,
            other => panic!("{other:?}"),
        };
        assert_eq!(of(""), "EOF while parsing a value at line 1 column 0");
        assert_eq!(of("hello"), "expected value at line 1 column 1");
        assert_eq!(of(r#"{"schema":0}"#), "no release wrote version 0");
        assert_eq!(
            of(r#"{"schema":1,"kind":"report.eaten"}"#).split(',').next(),
            Some("unknown variant `report.eaten`")
        );
        assert_eq!(of(r#"{"schema":1,"kind":"source.due"}"#), "missing field `task` at line 1 column 32");
        assert_eq!(Envelope::rows_of(b"hello"), []);
    }

    #[test]
    fn fields_added_within_a_version_are_passed_over() {
        let body = format!(
            r#"{{"schema":1,"kind":"source.due","task":"{TASK}","generation":1,"subject":"s","hue":3}}"#
        );
        assert_eq!(Envelope::parse(body.as_bytes()), Ok(Envelope::new(Stage::Fetch, TASK, 1, "s")));
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_envelope_or_an_error(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Envelope::parse(&body);
        }

        #[test]
        fn what_is_written_reads_back(stage in 0usize..5, task in any::<u128>(), generation in any::<i64>(), subject in ".*") {
            let value = Envelope::new(Stage::ALL[stage], Uuid::from_u128(task), generation, subject);
            prop_assert_eq!(Envelope::parse(&value.to_bytes()), Ok(value));
        }
    }
}
