//! Where everything that must not be lost is kept: the ledger of work, sources, versions, reports, findings, due reports, alerts; and the archive.

mod alerts;
mod archive;
#[cfg(feature = "conformance")]
pub mod conformance;
mod dismissals;
mod dues;
mod error;
mod ledger;
mod listing;
mod moved;
mod open;
mod records;
mod results;
mod sql;
mod store;
mod views;

pub use alerts::{Alert, AlertKind, AlertState};
pub use archive::{Archive, Blob, BlobId, BlobNames, FileArchive};
pub use dismissals::{Dismissal, Remark, RemarkError};
pub use dues::{Due, DueState};
pub use error::{StoreError, StoreResult};
pub use ledger::{
    DeadLetter, Ended, Failure, FailureClass, Finished, HandOver, StageCount, Task, TaskState, Ticket,
};
pub use listing::{ListedFinding, ListedReport, Owner, Wanted};
pub use moved::{Moved, Place};
pub use open::{open_archive, open_store, open_store_read_only, open_store_shared};
pub use records::{
    Identity, Poll, PollOutcome, ReportRow, Scope, Site, Source, SourceKind, StoredFinding, Version,
};
pub use results::{
    AlertChange, ColumnPolled, DueAssessed, Found, Judged, JudgedReport, Notified, PageFetched, PageOutcome,
    Parsed, ParsedReport, ReportDocument, ReportFacts, StageResult, Telling,
};
pub use sql::{Inspection, Room, Schema, SqlStore, inspect};
pub use store::{Filter, OfYear, Store};
pub use views::{Coverage, Latest, SiteStatus, Trail, TrailStep};
