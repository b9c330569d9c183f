//! What the whole system speaks of: forms as data, reports with their cells, findings, bodies. No input or output, no clock, no async.

mod body;
mod body_index;
mod cell;
mod figures;
mod finding;
mod form;
mod key;
mod rates;
mod report;
mod scope;
mod stage;
mod text;

pub use body::{Body, Kind, Level};
pub use body_index::BodyIndex;
pub use cell::{Cell, CellAt, CellState, Unit};
pub use figures::{Cohort, Counted, Figures, Item, Publication, Sum, Sums, figures};
pub use finding::{Evidence, Finding, Origin, Repair, Severity, Suspect, Verdict};
pub use form::{
    Block, Column, Form, FormError, Group, Label, NumberKind, Op, Orientation, Relation, Row, TableForm,
    Term, form, form_of_year, forms,
};
pub use key::Key;
pub use rates::{Rate, RateName};
pub use report::{
    Absent, DocumentKind, Doubt, DoubtKind, Published, PublishedKind, Quote, ReadError, Report, Section,
    Span, Table, TableHint, TableHintKind,
};
pub use scope::Scope;
pub use stage::Stage;
pub use text::{Lang, Text};
