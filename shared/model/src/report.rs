//! A report as reading leaves it: kind, metadata, sections, tables, each with its place in the text.
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{cell::Cell, key::Key};

/// A half-open range of the normalised text, in Unicode scalar values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First character.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
}

impl Span {
    /// A range from its ends.
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// The characters of `text` that the range covers (clipped to the text).
    pub fn of<'t>(&self, text: &'t str) -> &'t str {
        let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        let from = ends.nth(self.start as usize).unwrap_or(text.len());
        let width = (self.end.saturating_sub(self.start)) as usize;
        let to = if width == 0 { from } else { ends.nth(width - 1).unwrap_or(text.len()) };
        text.get(from..to).unwrap_or_default()
    }
}

/// Words of the report with their place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The words, line breaks inside them removed.
    pub text: String,
    /// Where they stand.
    pub span: Span,
}

/// What a document is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// A 政府信息公开工作年度报告.
    AnnualReport,
    /// A page that carries the report only as an attachment.
    AttachmentOnly,
    /// Something else: news about a report, a notice on writing one, a list page, a report of another kind.
    NotAReport,
    /// Nothing could be read.
    #[default]
    Unreadable,
}

impl DocumentKind {
    /// The name in JSON and in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AnnualReport => "annual_report",
            Self::AttachmentOnly => "attachment_only",
            Self::NotAReport => "not_a_report",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Why a document could not be read, or is taken for something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadError {
    /// Stable name: `empty`, `binary`, `too_large`, `unsupported_format`, `encrypted`, `truncated`, `not_a_report`, …
    pub code: String,
    /// What is wrong, where, and what to do; Chinese.
    pub message: String,
}

/// How the date of publication is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublishedKind {
    /// A line such as 发布时间 on the page.
    PublishLine,
    /// A `<meta>` element or the like.
    Metadata,
    /// The date under the report's text.
    Signature,
    /// Digits in the address.
    Url,
    /// When it was first seen by us.
    FirstSeen,
}

impl PublishedKind {
    /// The name in JSON and in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PublishLine => "publish_line",
            Self::Metadata => "metadata",
            Self::Signature => "signature",
            Self::Url => "url",
            Self::FirstSeen => "first_seen",
        }
    }
}

/// The date of publication and how it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Date in Asia/Shanghai.
    pub date: Date,
    /// Where it was found.
    pub kind: PublishedKind,
    /// Its place, where it stands in the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
}

/// One of the six statutory parts, or an addition (number 7 and up).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// 1-6 as the form numbers them.
    pub number: u8,
    /// The heading as printed; `None` where the heading is lost and the content betrays the part.
    pub heading: Option<Quote>,
    /// Heading and content.
    pub span: Span,
}

/// A row, a column, or the column of one row that a present table lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Absent {
    /// Row key; `None` when the column is absent from every row.
    pub row: Option<Key>,
    /// Column key; `None` when the whole row is absent.
    pub column: Option<Key>,
}

/// A statutory table that was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// `disclosure`, `requests` or `proceedings`.
    pub key: Key,
    /// The form it follows, recognised from its own rows and columns.
    pub form: Key,
    /// Its place in the text.
    pub span: Span,
    /// Rows and columns of the form that it lacks.
    pub absent: Vec<Absent>,
    /// Its cells, in the order of the form.
    pub cells: Vec<Cell>,
}

impl Table {
    /// The cell at a row and column.
    pub fn cell(&self, row: &str, column: &str) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.row == *row && cell.column == *column)
    }
}

/// A trace of tables that are not in the text: a title under 附件, a picture, a link to a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableHint {
    /// What it is.
    pub kind: TableHintKind,
    /// The words that say so.
    pub quote: Quote,
}

/// Why a table is thought to exist outside the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableHintKind {
    /// Named as an attachment, or linked as a file that was not read.
    Attachment,
    /// An image stands where the table should.
    Image,
}

/// One report of a document, with the normalised text that all spans point into.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Number of the report within its document, from 0.
    pub index: u32,
    /// What the document is.
    pub kind: DocumentKind,
    /// Why, when it is not an annual report.
    pub error: Option<ReadError>,
    /// Normalised text of the document (half-width ASCII, no zero-width characters, cells parted by tabs).
    pub text: String,
    /// The charset the bytes were read with (`UTF-8`, `gb18030`, …).
    pub charset: String,
    /// Title as printed, line breaks removed.
    pub title: Option<Quote>,
    /// Publisher as printed.
    pub publisher: Option<Quote>,
    /// Report year.
    pub year: Option<i16>,
    /// 索引号.
    pub index_number: Option<Quote>,
    /// Date of publication.
    pub published: Option<Published>,
    /// Date of the signature, whether or not it serves as date of publication.
    pub signed: Option<Date>,
    /// The parts found, in the order of the text.
    pub sections: Vec<Section>,
    /// The statutory tables found, at most one a key.
    pub tables: Vec<Table>,
    /// Traces of tables outside the text.
    pub hints: Vec<TableHint>,
    /// What reading saw and could not settle, for the reader's eyes: a second table of one kind, a cut document.
    pub doubts: Vec<Doubt>,
}

/// Something in the document that reading could not settle; each becomes a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// What it is.
    pub kind: DoubtKind,
    /// The table concerned.
    pub table: Option<Key>,
    /// The words concerned.
    pub quote: Quote,
}

/// Kinds of doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DoubtKind {
    /// A second table of the same kind with other numbers; the first complete one is judged.
    SecondTable,
    /// Values that belong to a table and to none of its cells for certain.
    StrayValues,
    /// The old 政府信息公开情况统计表 stands in the text.
    OldStatistics,
    /// The document ends before its elements do: what is missing may only not have been received.
    CutShort,
}

impl Report {
    /// A report of which nothing is known but that it could not be read, and why.
    pub fn unreadable(error: ReadError, charset: &str) -> Self {
        Self { error: Some(error), charset: charset.to_owned(), ..Self::default() }
    }

    /// The table of this key.
    pub fn table(&self, key: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.key == *key)
    }

    /// The section of this number.
    pub fn section(&self, number: u8) -> Option<&Section> {
        self.sections.iter().find(|section| section.number == number)
    }

    /// The common form of the tables: a form's id, `mixed`, or nothing without tables.
    pub fn form(&self) -> Option<&'static str> {
        let mut forms = self.tables.iter().map(|table| table.form);
        let first = forms.next()?;
        Some(if forms.all(|form| form == first) { first.as_str() } else { "mixed" })
    }
}
