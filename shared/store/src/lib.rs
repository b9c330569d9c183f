//! Where everything that must not be lost is kept: the ledger of work, sources, versions, reports, findings, due reports, alerts; and the archive.

mod archive;
mod error;
mod ledger;
mod records;
mod results;
mod store;
mod views;

pub use archive::{Archive, BlobId};
pub use error::{StoreError, StoreResult};
pub use ledger::{DeadLetter, Failure, FailureClass, Finished, StageCount, Task, TaskState, Ticket};
pub use records::{
    Alert, AlertKind, AlertState, Due, DueState, Identity, Poll, PollOutcome, ReportRow, Scope, Site, Source, SourceKind, StoredFinding,
    Version,
};
pub use results::{
    AlertChange, ColumnPolled, DueAssessed, Found, Judged, JudgedReport, Notified, PageFetched, PageOutcome, Parsed, ParsedReport,
    StageResult,
};
pub use store::{Filter, Store};
pub use views::{Coverage, Latest, SiteStatus, Trail, TrailStep};
