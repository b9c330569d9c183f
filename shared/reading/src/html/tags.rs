//! The elements of HTML: what each means for reading, and how a browser treats its tags.

/// Ends a line of text.
const BLOCK: u32 = 1;
/// Says nothing to a reader.
const SILENT: u32 = 1 << 1;
/// Has attributes that are read.
const READ: u32 = 1 << 2;
/// Has no content and no end tag.
const VOID: u32 = 1 << 3;
/// Goes on behind a block that was opened in it (`<b>`): browsers keep a list of these.
const FORMATTING: u32 = 1 << 4;
/// Ends the search of an end tag for its element.
const SPECIAL: u32 = 1 << 5;
/// Ends the paragraph before it.
const ENDS_P: u32 = 1 << 6;
/// Is closed by its own end tag with all that was left open in it.
const CLOSED: u32 = 1 << 7;
/// Needs no end tag.
const IMPLIED: u32 = 1 << 8;
/// Ends the search for an element in scope.
const SCOPE: u32 = 1 << 9;
/// Holds text and no elements.
const RAW: u32 = 1 << 10;
/// Belongs into the head where it stands before the body.
const HEAD: u32 = 1 << 11;
/// A part of a table; elsewhere its tag is passed over.
const TABLE: u32 = 1 << 12;
/// Read by rules of its own that only the browser's parser knows.
const STRANGE: u32 = 1 << 13;

/// A `<div>` and its like.
const SECTION: u32 = SPECIAL | ENDS_P | CLOSED;

macro_rules! tags {
    ($($variant:ident $name:literal $traits:expr;)*) => {
        /// The name of an element.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Tag {
            $(#[doc = $name] $variant,)*
            /// Any other.
            Other,
        }

        const TRAITS: &[u32] = &[$($traits,)* 0];

        impl Tag {
            /// The element of a name in small letters.
            pub(super) fn of(name: &str) -> Self {
                match name {
                    $($name => Self::$variant,)*
                    _ => Self::Other,
                }
            }
        }
    };
}

tags! {
    A "a" FORMATTING | READ;
    Address "address" SECTION;
    Applet "applet" SPECIAL | SCOPE | STRANGE;
    Area "area" SPECIAL | VOID;
    Article "article" SECTION | BLOCK;
    Aside "aside" SECTION | BLOCK;
    B "b" FORMATTING;
    Base "base" SPECIAL | VOID | HEAD;
    Basefont "basefont" SPECIAL | VOID | HEAD;
    Bgsound "bgsound" SPECIAL | VOID | HEAD;
    Big "big" FORMATTING;
    Blockquote "blockquote" SECTION | BLOCK;
    Body "body" SPECIAL | BLOCK;
    Br "br" SPECIAL | VOID | BLOCK;
    Button "button" SPECIAL | CLOSED | SILENT;
    Caption "caption" SPECIAL | SCOPE | TABLE | BLOCK;
    Center "center" SECTION | BLOCK;
    Code "code" FORMATTING;
    Col "col" SPECIAL | VOID | TABLE;
    Colgroup "colgroup" SPECIAL | TABLE;
    Content "content" BLOCK;
    Dd "dd" SPECIAL | IMPLIED | BLOCK;
    Del "del" SILENT;
    Description "description" BLOCK;
    Details "details" SECTION;
    Dialog "dialog" ENDS_P | CLOSED;
    Dir "dir" SECTION;
    Div "div" SECTION | BLOCK;
    Dl "dl" SECTION | BLOCK;
    Dt "dt" SPECIAL | IMPLIED | BLOCK;
    Em "em" FORMATTING;
    Embed "embed" SPECIAL | VOID;
    Fieldset "fieldset" SECTION;
    Figcaption "figcaption" SECTION;
    Figure "figure" SECTION | BLOCK;
    Font "font" FORMATTING;
    Footer "footer" SECTION | SILENT;
    Form "form" SPECIAL | BLOCK;
    Frame "frame" SPECIAL | STRANGE;
    Frameset "frameset" SPECIAL | STRANGE;
    H1 "h1" SPECIAL | BLOCK;
    H2 "h2" SPECIAL | BLOCK;
    H3 "h3" SPECIAL | BLOCK;
    H4 "h4" SPECIAL | BLOCK;
    H5 "h5" SPECIAL | BLOCK;
    H6 "h6" SPECIAL | BLOCK;
    Head "head" SPECIAL | TABLE;
    Header "header" SECTION | BLOCK;
    Hgroup "hgroup" SECTION;
    Hr "hr" SPECIAL | VOID | BLOCK;
    Html "html" SPECIAL | SCOPE;
    I "i" FORMATTING;
    Iframe "iframe" SPECIAL | RAW | SILENT;
    Image "image" STRANGE;
    Img "img" SPECIAL | VOID | READ;
    Input "input" SPECIAL | VOID | READ;
    Isindex "isindex" SPECIAL | STRANGE;
    Item "item" BLOCK;
    Keygen "keygen" VOID | STRANGE;
    Li "li" SPECIAL | IMPLIED | BLOCK;
    Link "link" SPECIAL | VOID | HEAD;
    Listing "listing" SPECIAL | STRANGE;
    Main "main" SECTION | BLOCK;
    Marquee "marquee" SPECIAL | SCOPE;
    Math "math" STRANGE;
    Menu "menu" SECTION;
    Meta "meta" SPECIAL | VOID | HEAD | READ;
    Nav "nav" SECTION | SILENT;
    Nobr "nobr" FORMATTING | STRANGE;
    Noembed "noembed" SPECIAL | STRANGE;
    Noframes "noframes" SPECIAL | STRANGE;
    Noscript "noscript" SPECIAL | RAW | HEAD | SILENT;
    Object "object" SPECIAL | SCOPE | SILENT;
    Ol "ol" SECTION | BLOCK;
    Optgroup "optgroup" IMPLIED;
    Option "option" IMPLIED;
    P "p" SPECIAL | ENDS_P | IMPLIED | BLOCK;
    Param "param" SPECIAL | VOID;
    Plaintext "plaintext" SPECIAL | STRANGE;
    Pre "pre" SECTION | BLOCK;
    Pubdate "pubdate" BLOCK;
    Publishtime "publishtime" BLOCK;
    Rb "rb" IMPLIED | STRANGE;
    Rp "rp" IMPLIED | STRANGE;
    Rt "rt" IMPLIED | STRANGE;
    Rtc "rtc" IMPLIED | STRANGE;
    Ruby "ruby" STRANGE;
    S "s" FORMATTING | SILENT;
    Script "script" SPECIAL | RAW | HEAD | SILENT;
    Search "search" ENDS_P | CLOSED;
    Section "section" SECTION | BLOCK;
    Select "select" SPECIAL | SCOPE | CLOSED | SILENT;
    Selectedcontent "selectedcontent" STRANGE;
    Small "small" FORMATTING;
    Source "source" SPECIAL | VOID;
    Span "span" 0;
    Strike "strike" FORMATTING | SILENT;
    Strong "strong" FORMATTING;
    Style "style" SPECIAL | RAW | HEAD | SILENT;
    Summary "summary" SECTION;
    Sup "sup" 0;
    Svg "svg" STRANGE | SILENT;
    Table "table" SPECIAL | SCOPE | BLOCK;
    Tbody "tbody" SPECIAL | TABLE | BLOCK;
    Td "td" SPECIAL | SCOPE | TABLE | READ | BLOCK;
    Template "template" SPECIAL | SCOPE | STRANGE | SILENT;
    Textarea "textarea" SPECIAL | RAW | SILENT;
    Tfoot "tfoot" SPECIAL | TABLE;
    Th "th" SPECIAL | SCOPE | TABLE | READ | BLOCK;
    Thead "thead" SPECIAL | TABLE;
    Title "title" SPECIAL | RAW | HEAD | SILENT;
    Tr "tr" SPECIAL | TABLE | BLOCK;
    Track "track" SPECIAL | VOID;
    Tt "tt" FORMATTING;
    U "u" FORMATTING;
    Ucapcontent "ucapcontent" BLOCK;
    Ucaptitle "ucaptitle" BLOCK;
    Ul "ul" SECTION | BLOCK;
    Wbr "wbr" SPECIAL | VOID;
    Xmp "xmp" SPECIAL | STRANGE;
}

macro_rules! asks {
    ($($(#[$doc:meta])* $name:ident $of:ident;)*) => {
        impl Tag {
            $($(#[$doc])* pub(super) fn $name(self) -> bool { self.has($of) })*
        }
    };
}

asks! {
    /// Ends a line of text.
    is_block BLOCK;
    /// Says nothing to a reader.
    is_silent SILENT;
    /// Has attributes that are read.
    is_read READ;
    /// Has no content and no end tag.
    is_void VOID;
    /// Goes on behind a block that was opened in it.
    is_formatting FORMATTING;
    /// Ends the search of an end tag for its element.
    is_special SPECIAL;
    /// Ends the paragraph before it.
    ends_p ENDS_P;
    /// Is closed by its own end tag with all that was left open in it.
    is_closed CLOSED;
    /// Needs no end tag.
    is_implied IMPLIED;
    /// Ends the search for an element in scope.
    is_scope SCOPE;
    /// Holds text and no elements.
    is_raw RAW;
    /// Belongs into the head where it stands before the body.
    is_of_head HEAD;
    /// A part of a table; elsewhere its tag is passed over.
    is_of_table TABLE;
    /// Read by rules of its own that only the browser's parser knows.
    is_strange STRANGE;
}

impl Tag {
    fn has(self, traits: u32) -> bool {
        TRAITS.get(self as usize).is_some_and(|own| own & traits != 0)
    }

    /// 1-6 for `<h1>`-`<h6>`.
    pub(super) const fn heading_level(self) -> Option<u8> {
        match self {
            Self::H1 => Some(1),
            Self::H2 => Some(2),
            Self::H3 => Some(3),
            Self::H4 => Some(4),
            Self::H5 => Some(5),
            Self::H6 => Some(6),
            _ => None,
        }
    }

    /// `<td>` and `<th>`.
    pub(super) const fn is_cell(self) -> bool {
        matches!(self, Self::Td | Self::Th)
    }

    /// `<tbody>`, `<thead>`, `<tfoot>`.
    pub(super) const fn is_body_of_table(self) -> bool {
        matches!(self, Self::Tbody | Self::Thead | Self::Tfoot)
    }
}
