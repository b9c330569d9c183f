//! What is printed of judged documents, in each format: before the first, of each as soon as it is judged, after the last.
use gongkai_judging::render::{Document, Sarif, Style, Summary, json, text};

use super::{Checked, csv, page::Page};
use crate::{
    cli::CheckFormat,
    output::{self, Exit},
};

/// What has been printed so far.
pub(super) enum Printer {
    /// Documents one after the other.
    Plain(Style),
    Lines,
    /// What stands before the next element.
    Array(&'static str),
    Sarif(Sarif),
    Html(Page),
}

/// What is printed of a document whatever comes before it; nothing in formats that look at the documents together.
pub(super) fn printed(document: &Document<'_>, format: CheckFormat, style: Style) -> String {
    match format {
        CheckFormat::Text => format!("{}\n", text(document, style)),
        CheckFormat::Json => serde_json::to_string(&json::document(document, style.lang)).unwrap_or_default(),
        CheckFormat::Jsonl => {
            format!("{}\n", json::line(document, style.lang).unwrap_or_default().trim_end())
        }
        CheckFormat::Csv => csv::lines(document, style),
        CheckFormat::Sarif | CheckFormat::Html => String::new(),
    }
}

impl Printer {
    pub(super) fn begin(format: CheckFormat, style: Style) -> anyhow::Result<Self> {
        Ok(match format {
            CheckFormat::Text => Self::Plain(style),
            CheckFormat::Json => Self::Array("["),
            CheckFormat::Jsonl => Self::Lines,
            CheckFormat::Csv => {
                output::print(csv::HEAD)?;
                Self::Lines
            }
            CheckFormat::Sarif => Self::Sarif(Sarif::new(style.lang)),
            CheckFormat::Html => Self::Html(Page::begin(style.lang)),
        })
    }

    pub(super) fn document(&mut self, checked: &Checked) -> anyhow::Result<()> {
        match self {
            Self::Plain(_) | Self::Lines => output::print(&checked.printed)?,
            Self::Array(separator) => {
                output::print(&format!("{separator}{}", checked.printed))?;
                *separator = ",\n";
            }
            Self::Sarif(log) => output::print(&log.document(&checked.document()))?,
            Self::Html(page) => page.document(&checked.document())?,
        }
        Ok(())
    }

    pub(super) fn end(self, summary: &Summary, exit: Exit) -> anyhow::Result<()> {
        match self {
            Self::Plain(style) => output::print(&format!("{}\n", summary.line(style)))?,
            Self::Lines => {}
            Self::Array("[") => output::print("[]\n")?,
            Self::Array(_) => output::print("]\n")?,
            Self::Sarif(log) => output::print(&log.end(exit.code()))?,
            Self::Html(page) => page.end()?,
        }
        Ok(())
    }
}
