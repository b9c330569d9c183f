//! All documents as one page. Its summary stands first and is known last: sections wait in memory, and on disk if there are many.
use std::io::{self, Seek, Write};

use anyhow::Context;
use gongkai_console::Printout;
use gongkai_judging::render::Document;
use gongkai_model::Lang;
use tempfile::SpooledTempFile;

use crate::output;

/// Bytes of sections that wait in memory.
const IN_MEMORY: usize = 16 << 20;

/// A page that is being made.
pub(super) struct Page {
    printout: Printout,
    sections: SpooledTempFile,
}

impl Page {
    pub(super) fn begin(lang: Lang) -> Self {
        Self { printout: Printout::new(lang), sections: SpooledTempFile::new(IN_MEMORY) }
    }

    pub(super) fn document(&mut self, document: &Document<'_>) -> anyhow::Result<()> {
        let section = self.printout.section(document)?;
        self.sections
            .write_all(section.as_bytes())
            .context("临时文件无法写入 (cannot write a temporary file)")
    }

    pub(super) fn end(mut self) -> anyhow::Result<()> {
        output::print(&self.printout.head()?)?;
        self.sections.rewind()?;
        io::copy(&mut self.sections, &mut io::stdout().lock())?;
        output::print(&self.printout.end()?)?;
        Ok(())
    }
}
