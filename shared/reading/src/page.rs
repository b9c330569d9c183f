//! A document between bytes and report: its normalised text, its lines, and its rows of fields with their places.
use gongkai_model::{Quote, Span};

/// A piece of a row: a table cell, or what stands between separators of a line.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// Text, trimmed.
    pub(crate) text: String,
    /// Place in the page's text.
    pub(crate) span: Span,
    /// Column of the grid, or position among the fields of the line.
    pub(crate) column: u32,
    /// Columns it spans.
    pub(crate) width: u32,
}

impl Field {
    pub(crate) fn quote(&self) -> Quote {
        Quote { text: self.text.clone(), span: self.span }
    }
}

/// A line of the text as a row of fields.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Its fields, blank ones included.
    pub(crate) fields: Vec<Field>,
    /// The grid it belongs to; `None` for a line of text.
    pub(crate) grid: Option<u32>,
    /// 1-6 for `<h1>`-`<h6>` and `#`-`######`.
    pub(crate) heading: Option<u8>,
    /// The whole line.
    pub(crate) span: Span,
}

impl Row {
    /// The only field of the row that is not empty.
    pub(crate) fn single(&self) -> Option<&Field> {
        let mut full = self.fields.iter().filter(|field| !field.text.is_empty());
        let first = full.next()?;
        full.next().is_none().then_some(first)
    }

    /// The text of a line that is no table row.
    pub(crate) fn line(&self) -> Option<&Field> {
        if self.grid.is_some() { None } else { self.single() }
    }
}

/// A link to a file or page.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) quote: Quote,
    pub(crate) href: String,
}

/// The document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    pub(crate) text: String,
    chars: u32,
    pub(crate) rows: Vec<Row>,
    pub(crate) links: Vec<Link>,
    /// Places of larger pictures.
    pub(crate) images: Vec<Quote>,
    /// `<meta name content>`.
    pub(crate) metas: Vec<(String, String)>,
    /// The row that holds the `<title>`.
    pub(crate) title_row: Option<usize>,
    /// The source ends before its elements do.
    pub(crate) cut: bool,
    grids: u32,
}

impl Page {
    pub(crate) const fn chars(&self) -> u32 {
        self.chars
    }

    pub(crate) const fn next_grid(&mut self) -> u32 {
        self.grids += 1;
        self.grids
    }

    fn push(&mut self, text: &str) -> Span {
        let start = self.chars;
        self.text.push_str(text);
        self.chars += u32::try_from(text.chars().count()).unwrap_or(u32::MAX - start);
        Span::new(start, self.chars)
    }

    /// Adds a line of one field.
    pub(crate) fn push_line(&mut self, line: &str, heading: Option<u8>) -> Span {
        let span = self.push(line);
        self.push("\n");
        let field = Field { text: line.to_owned(), span, column: 0, width: 1 };
        self.rows.push(Row { fields: vec![field], grid: None, heading, span });
        span
    }

    /// Adds the rows of a page of plain text, which knows no grids.
    pub(crate) fn append(&mut self, other: &Self) {
        for row in &other.rows {
            match row.fields.as_slice() {
                [line] => {
                    self.push_line(&line.text, row.heading);
                }
                fields => {
                    let cells = fields.iter().map(|field| (field.text.as_str(), field.column, field.width));
                    self.push_row(cells, None);
                }
            }
        }
    }

    /// Adds a line of several fields, parted by tabs: (text, column, width).
    pub(crate) fn push_row<T: AsRef<str> + Into<String>>(
        &mut self,
        cells: impl IntoIterator<Item = (T, u32, u32)>,
        grid: Option<u32>,
    ) {
        let start = self.chars;
        let mut fields = Vec::new();
        for (text, column, width) in cells {
            if !fields.is_empty() {
                self.push("\t");
            }
            let span = self.push(text.as_ref());
            fields.push(Field { text: text.into(), span, column, width });
        }
        let span = Span::new(start, self.chars);
        self.push("\n");
        self.rows.push(Row { fields, grid, heading: None, span });
    }
}
